//! The options of a record, in whichever shape its file has them.

use serde_json::Value;

use super::errors::RowError;
use super::labels::{self, Lettered};
use super::literal;
use super::mapping::Field;
use super::record::scalar_text;
use crate::benchmarks::item::MAX_OPTIONS;

/// Options in their order, and what they are called by where the file says so.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Choices {
    pub texts: Vec<String>,
    /// As many as there are texts, or none.
    pub labels: Vec<String>,
    /// Whether every item has the same ones, so that answers may say what they mean.
    pub fixed: bool,
}

impl Choices {
    pub fn fixed(options: &[String]) -> Self {
        Self {
            texts: options.to_vec(),
            labels: Vec::new(),
            fixed: true,
        }
    }

    fn listed(texts: Vec<String>) -> Self {
        Self {
            texts,
            ..Self::default()
        }
    }

    /// Of columns that hold one option each, by their places.
    pub fn of_columns(columns: impl Iterator<Item = (usize, Option<String>)>) -> Self {
        let mut listed = vec![None; MAX_OPTIONS];
        for (index, text) in columns {
            if let Some(option) = listed.get_mut(index) {
                *option = text.filter(|text| !text.trim().is_empty());
            }
        }
        Self::listed(without_trailing_gaps(listed))
    }

    /// Of one value: a list, an object, or a text that is either of these or has the options with their letters.
    pub fn of_value(value: &Value) -> Result<Self, RowError> {
        match value {
            Value::Array(options) => of_list(options),
            Value::Object(_) => of_object(value),
            Value::String(text) => match literal::parse(text) {
                Some(value @ (Value::Array(_) | Value::Object(_))) => Self::of_value(&value),
                _ => of_text(text),
            },
            _ => Err(RowError::OptionsNotFound { field: Field::Options }),
        }
    }

    /// Of a question that ends with them: what stands before, and they.
    pub fn after_question(text: &str) -> Result<(String, Self), RowError> {
        let found = labels::split(text).filter(|found| !found.before.is_empty());
        let Lettered { before, labels, texts } = found.ok_or(RowError::OptionsNotFound {
            field: Field::QuestionWithOptions,
        })?;
        let fixed = false;
        Ok((before, Self { texts, labels, fixed }))
    }
}

fn of_list(options: &[Value]) -> Result<Choices, RowError> {
    if options.iter().any(Value::is_object) {
        return Err(RowError::OptionsAreObjects);
    }
    let texts: Option<Vec<Option<String>>> = options
        .iter()
        .map(|option| match option {
            Value::Null => Some(None),
            other => scalar_text(other).map(Some),
        })
        .collect();
    let texts = texts.ok_or(RowError::NotText { field: Field::Options })?;
    // Letters they begin with are theirs: `A. baumannii`.
    Ok(Choices::listed(without_trailing_gaps(texts)))
}

fn of_text(text: &str) -> Result<Choices, RowError> {
    let fixed = false;
    if let Some(Lettered { before, labels, texts }) = labels::split(text)
        && before.is_empty()
    {
        return Ok(Choices { texts, labels, fixed });
    }
    let lines: Vec<String> = text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .map(str::to_owned)
        .collect();
    if lines.len() < 2 {
        return Err(RowError::OptionsNotFound { field: Field::Options });
    }
    Ok(Choices::listed(lines))
}

/// An object's members in the order of their names: by letter, by number (`option10` after `option2`), else as they stand.
fn of_object(value: &Value) -> Result<Choices, RowError> {
    let not_text = || RowError::NotText { field: Field::Options };
    let Value::Object(object) = value else {
        return Err(not_text());
    };
    let mut members: Vec<(Option<usize>, &String, Option<String>)> = Vec::new();
    for (name, value) in object.iter().filter(|(_, value)| !value.is_null()) {
        let text = scalar_text(value).ok_or_else(not_text)?;
        members.push((place_of(name), name, Some(text)));
    }
    let places: Option<Vec<usize>> = members.iter().map(|(place, ..)| *place).collect();
    let by_letter = members
        .iter()
        .all(|(_, name, _)| labels::letter_index(labels::bare(&name.to_uppercase())).is_some());
    if places.is_some() {
        members.sort_by_key(|(place, ..)| *place);
    }
    if by_letter && let Some(places) = places {
        // A letter that is missing must not shift those after it.
        let mut texts: Vec<Option<String>> = vec![None; places.iter().max().map_or(0, |last| last + 1)];
        let mut names: Vec<String> = vec![String::new(); texts.len()];
        for (place, name, text) in members {
            let place = place.unwrap_or_default();
            if let (Some(slot), Some(label)) = (texts.get_mut(place), names.get_mut(place)) {
                *slot = text;
                label.clone_from(name);
            }
        }
        let texts = texts.into_iter().map(Option::unwrap_or_default).collect();
        let fixed = false;
        return Ok(Choices {
            texts,
            labels: names,
            fixed,
        });
    }
    let (labels, texts) = members
        .into_iter()
        .map(|(_, name, text)| (name.clone(), text.unwrap_or_default()))
        .unzip();
    Ok(Choices {
        texts,
        labels,
        fixed: false,
    })
}

/// What orders an option among others by its name: its letter, or the number it ends with.
fn place_of(name: &str) -> Option<usize> {
    let bare = labels::bare(name);
    let digits = bare.trim_start_matches(|character: char| !character.is_ascii_digit());
    if let Ok(number) = digits.parse::<usize>() {
        return Some(number);
    }
    let letter = bare.rsplit(['_', ' ', '-']).next().unwrap_or(bare);
    labels::letter_index(letter).or_else(|| labels::letter_index(&letter.to_uppercase()))
}

/// Options up to the last given one; a gap before it stays, empty, for the item's check to name.
fn without_trailing_gaps(mut options: Vec<Option<String>>) -> Vec<String> {
    while options.pop_if(|last| last.is_none()).is_some() {}
    options.into_iter().map(Option::unwrap_or_default).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn options_come_in_many_shapes() {
        for (value, labels, texts) in [
            (json!(["x", "y"]), "", "x|y"),
            (json!(["x", "y", null]), "", "x|y"),
            (json!({"B": "y", "A": "x"}), "A B", "x|y"),
            (json!({"a": "x", "b": "y", "e": null}), "a b", "x|y"),
            (
                json!({"option2": "y", "option10": "z", "option1": "x"}),
                "option1 option2 option10",
                "x|y|z",
            ),
            (json!({"opa": "x", "opb": "y"}), "opa opb", "x|y"),
            (json!({"1": "x", "2": "y"}), "1 2", "x|y"),
            (json!({"أ": "x", "ب": "y"}), "أ ب", "x|y"),
            (json!("(A) x\n(B) y"), "A B", "x|y"),
            (json!(["1.", "2.", "3."]), "", "1.|2.|3."),
            (json!(["A. baumannii", "B. fragilis"]), "", "A. baumannii|B. fragilis"),
            (json!("[\"x\", \"y\"]"), "", "x|y"),
            (json!("['x', \"it's\"]"), "", "x|it's"),
            (json!("{'A': 'x', 'B': 'y'}"), "A B", "x|y"),
            (json!("first line\nsecond line"), "", "first line|second line"),
            (json!([1, 2.5]), "", "1|2.5"),
        ] {
            let choices = Choices::of_value(&value).unwrap_or_else(|error| panic!("{value}: {error}"));
            assert_eq!(choices.labels.join(" "), labels, "{value}");
            assert_eq!(choices.texts.join("|"), texts, "{value}");
        }
    }

    #[test]
    fn a_missing_letter_leaves_a_gap_that_the_item_refuses() {
        let choices = Choices::of_value(&json!({"A": "x", "C": "z"})).unwrap();
        assert_eq!(choices.texts, ["x", "", "z"]);
    }

    #[test]
    fn what_holds_no_options_says_so() {
        for value in [json!("x, y"), json!(3), json!("")] {
            let error = Choices::of_value(&value).unwrap_err();
            assert_eq!(error, RowError::OptionsNotFound { field: Field::Options }, "{value}");
        }
        let objects = json!([{"id": 1, "text": "x"}]);
        assert_eq!(Choices::of_value(&objects).unwrap_err(), RowError::OptionsAreObjects);
        let nested = json!(["x", ["y"]]);
        let error = Choices::of_value(&nested).unwrap_err();
        assert_eq!(error, RowError::NotText { field: Field::Options });
    }
}
