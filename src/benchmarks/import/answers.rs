//! Which options are right, in whichever way a file says so.

use serde_json::Value;

use super::choices::Choices;
use super::errors::RowError;
use super::labels;
use super::literal;
use super::mapping::Field;
use super::record::scalar_text;
use super::truth::Truth;
use crate::benchmarks::item::{MAX_OPTIONS, latin_letter};
use crate::language::Language;

/// The indices of the options that a value names in the way of its field, in order; empty where it is blank.
pub(super) fn right(
    field: Field,
    value: &Value,
    choices: &Choices,
    language: &Language,
) -> Result<Vec<usize>, RowError> {
    let values = values(field, value)?;
    let mut right = Vec::new();
    for value in values.iter().filter(|value| !value.trim().is_empty()) {
        let text = value.trim();
        match field {
            Field::AnswerIndex0 => right.extend(indices(text, 0, choices)?),
            Field::AnswerIndex1 => right.extend(indices(text, 1, choices)?),
            Field::AnswerText => right.push(of_text(value, choices)?),
            Field::AnswerTruth => right.push(of_truth(value, choices)?),
            _ => right.extend(named(field, text, choices, language)?),
        }
    }
    right.sort_unstable();
    right.dedup();
    Ok(right)
}

/// The values of a field: those of a list, of a text that is one, or the one there is.
fn values(field: Field, value: &Value) -> Result<Vec<String>, RowError> {
    let not_text = || RowError::NotText { field };
    let listed = match value {
        Value::Array(values) => Some(values.clone()),
        Value::String(text) => match literal::parse(text) {
            Some(Value::Array(values)) => Some(values),
            _ => None,
        },
        _ => None,
    };
    match listed {
        Some(values) => values
            .iter()
            .map(|value| scalar_text(value).ok_or_else(not_text))
            .collect(),
        None => Ok(vec![scalar_text(value).ok_or_else(not_text)?]),
    }
}

/// One number, or several: `2`, `1,3`.
fn indices(text: &str, first: i64, choices: &Choices) -> Result<Vec<usize>, RowError> {
    let each = text.split([',', ';', '،']).map(str::trim);
    each.filter(|part| !part.is_empty())
        .map(|part| index_from(part, first, choices.texts.len()))
        .collect()
}

fn index_from(text: &str, first: i64, options: usize) -> Result<usize, RowError> {
    // Tables written by other tools turn integers into `1.0` when a cell of the column is empty.
    let whole = text.strip_suffix(".0").unwrap_or(text);
    let number: i64 = whole.parse().map_err(|_| RowError::NoInteger(text.to_owned()))?;
    number
        .checked_sub(first)
        .and_then(|index| usize::try_from(index).ok())
        .filter(|&index| index < options)
        .ok_or(RowError::IndexOutOfRange { number, first, options })
}

fn of_text(text: &str, choices: &Choices) -> Result<usize, RowError> {
    let same = |option: &String| option.trim() == text.trim();
    let place = choices.texts.iter().position(same);
    place.ok_or_else(|| RowError::NoSuchOption(text.to_owned()))
}

/// The one option that means yes, no or maybe as the value does.
fn of_truth(value: &str, choices: &Choices) -> Result<usize, RowError> {
    let truth = Truth::of_value(value).ok_or_else(|| RowError::NoTruth(value.to_owned()))?;
    meaning(truth, choices).ok_or_else(|| not_among(value, choices))
}

fn not_among(answer: &str, choices: &Choices) -> RowError {
    RowError::NotAmong {
        answer: answer.to_owned(),
        options: choices.texts.clone(),
    }
}

fn meaning(truth: Truth, choices: &Choices) -> Option<usize> {
    choices.texts.iter().position(|option| Truth::of(option) == Some(truth))
}

/// An answer in words or letters: what the file calls its options, the text of a fixed option or what means the same,
/// a letter, several letters, or a letter with its option's text.
fn named(field: Field, text: &str, choices: &Choices, language: &Language) -> Result<Vec<usize>, RowError> {
    if let Some(labelled) = of_labels(text, choices) {
        return Ok(labelled);
    }
    if choices.fixed {
        let folded = text.to_lowercase();
        let same = choices
            .texts
            .iter()
            .position(|option| option.trim().to_lowercase() == folded);
        let found = same.or_else(|| meaning(Truth::of(text)?, choices));
        if let Some(index) = found {
            return Ok(vec![index]);
        }
    }
    if text.parse::<f64>().is_ok() && field == Field::Answer {
        return Err(RowError::NumberAsAnswer(text.to_owned()));
    }
    let options = choices.texts.len();
    let error = match letter_indices(text, options, language) {
        Err(error @ RowError::NoLetter(_)) => error,
        found => return found,
    };
    if let Some(index) = of_letter_and_text(text, choices, language) {
        return Ok(vec![index]);
    }
    Err(match choices.fixed {
        true => not_among(text, choices),
        false => error,
    })
}

/// The options that a text calls by the names that the file gives them: `option3`, `A,C`, `(B)`.
fn of_labels(text: &str, choices: &Choices) -> Option<Vec<usize>> {
    let place = |name: &str| {
        let name = labels::bare(name).to_lowercase();
        let same = |label: &String| !label.is_empty() && labels::bare(label).to_lowercase() == name;
        choices.labels.iter().position(same)
    };
    place(text).map(|index| vec![index]).or_else(|| {
        let parts = text
            .split([',', ';', '/', '&', '،', '、'])
            .map(str::trim)
            .filter(|part| !part.is_empty());
        parts
            .map(place)
            .collect::<Option<Vec<usize>>>()
            .filter(|places| !places.is_empty())
    })
}

/// Reads one letter, or several: `A,C`, `A C`, `(ABD)`.
fn letter_indices(text: &str, options: usize, language: &Language) -> Result<Vec<usize>, RowError> {
    let one = letter_index(text, options, language);
    let Err(RowError::NoLetter(_)) = one else {
        return one.map(|index| vec![index]);
    };
    let parted: Vec<&str> = labels::bare(text)
        .split([',', ';', '/', '&', '،', '、', ' '])
        .filter(|part| !part.is_empty())
        .collect();
    let letters: Vec<String> = match parted.as_slice() {
        // Capitals only: a word in small letters is no list of options.
        [run] if run.chars().all(|character| character.is_ascii_uppercase()) => run.chars().map(String::from).collect(),
        [_] | [] => return one.map(|index| vec![index]),
        parts => parts.iter().map(|&part| part.to_owned()).collect(),
    };
    let indices: Result<Vec<usize>, _> = letters
        .iter()
        .map(|letter| letter_index(letter, options, language))
        .collect();
    // What is no list of letters is told whole.
    indices.map_err(|error| match error {
        RowError::NoLetter(_) => RowError::NoLetter(text.to_owned()),
        error => error,
    })
}

/// Reads `B`, `b`, `(B)`, `B.`, the language's own letters and those of other scripts that can mean one place only.
fn letter_index(text: &str, options: usize, language: &Language) -> Result<usize, RowError> {
    let letter = labels::bare(text);
    let own = (0..MAX_OPTIONS).find(|&index| language.option_letter(index) == Some(letter));
    let latin = || {
        let mut characters = letter.chars();
        let character = characters.next()?.to_ascii_uppercase();
        let single = characters.next().is_none();
        single.then(|| (0..MAX_OPTIONS).find(|&index| latin_letter(index) == character))?
    };
    match own.or_else(latin).or_else(|| labels::letter_index(letter)) {
        None => Err(RowError::NoLetter(text.to_owned())),
        Some(index) if index >= options => Err(RowError::LetterOutOfRange {
            letter: letter.to_owned(),
            options,
        }),
        Some(index) => Ok(index),
    }
}

/// Reads a letter and the text of its option, where both say the same: `B. Colágeno`.
fn of_letter_and_text(text: &str, choices: &Choices, language: &Language) -> Option<usize> {
    let numbered = choices.texts.iter().enumerate();
    let mut found = numbered.filter_map(|(index, option)| {
        let letter = text.strip_suffix(option.trim())?;
        let same = letter_index(letter.trim(), choices.texts.len(), language) == Ok(index);
        same.then_some(index)
    });
    found.next()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(field: Field, value: &Value, choices: &Choices) -> Result<Vec<usize>, RowError> {
        right(field, value, choices, &"ar".parse().unwrap())
    }

    fn choices(value: &Value) -> Choices {
        Choices::of_value(value).unwrap()
    }

    #[test]
    fn answers_come_in_many_ways() {
        let four = choices(&json!(["Aorta", "Vein", "Heart", "Lung"]));
        let named = choices(&json!({"option1": "x", "option2": "y", "option3": "z"}));
        let numbered = choices(&json!({"1": "x", "2": "y", "3": "z"}));
        for (choices, field, value, expected) in [
            (&four, Field::Answer, json!("B"), vec![1]),
            (&four, Field::Answer, json!(" (ب) "), vec![1]),
            (&four, Field::Answer, json!("A,C"), vec![0, 2]),
            (&four, Field::Answer, json!("(ABD)"), vec![0, 1, 3]),
            (&four, Field::Answer, json!(["C", "A"]), vec![0, 2]),
            (&four, Field::Answer, json!("['C', 'A']"), vec![0, 2]),
            (&four, Field::Answer, json!("B. Vein"), vec![1]),
            (&four, Field::AnswerLetter, json!("d"), vec![3]),
            (&four, Field::AnswerIndex0, json!(0), vec![0]),
            (&four, Field::AnswerIndex0, json!("2.0"), vec![2]),
            (&four, Field::AnswerIndex1, json!([1, 4]), vec![0, 3]),
            (&four, Field::AnswerIndex1, json!("1,3"), vec![0, 2]),
            (&four, Field::AnswerText, json!(" Heart"), vec![2]),
            (&four, Field::AnswerText, json!(["Lung", "Vein"]), vec![1, 3]),
            (&named, Field::Answer, json!("option3"), vec![2]),
            (&named, Field::Answer, json!("option1,option3"), vec![0, 2]),
            (&numbered, Field::Answer, json!(3), vec![2]),
            (&four, Field::Answer, json!(""), vec![]),
        ] {
            assert_eq!(read(field, &value, choices), Ok(expected), "{field} {value}");
        }
    }

    #[test]
    fn fixed_options_are_named_by_what_they_mean() {
        let english = Choices::fixed(&["yes", "no", "maybe"].map(str::to_owned));
        let arabic = Choices::fixed(&["نعم", "لا"].map(str::to_owned));
        for (choices, field, value, expected) in [
            (&english, Field::Answer, json!("maybe"), 2),
            (&english, Field::Answer, json!("No"), 1),
            (&english, Field::Answer, json!(true), 0),
            (&english, Field::Answer, json!("نعم"), 0),
            (&english, Field::Answer, json!("B"), 1),
            (&arabic, Field::Answer, json!("لا"), 1),
            (&arabic, Field::Answer, json!(false), 1),
            (&arabic, Field::AnswerTruth, json!(1), 0),
            (&arabic, Field::AnswerTruth, json!("0.0"), 1),
        ] {
            assert_eq!(read(field, &value, choices), Ok(vec![expected]), "{field} {value}");
        }
        let number = read(Field::Answer, &json!(1), &arabic);
        assert_eq!(number, Err(RowError::NumberAsAnswer("1".to_owned())));
        let maybe = read(Field::AnswerTruth, &json!("maybe"), &arabic);
        assert!(matches!(maybe, Err(RowError::NotAmong { .. })));
        let word = read(Field::Answer, &json!("perhaps so"), &english);
        assert!(matches!(word, Err(RowError::NotAmong { .. })));
    }

    #[test]
    fn numbers_are_never_guessed() {
        let two = choices(&json!(["x", "y"]));
        for value in [json!(1), json!("1"), json!("1.0")] {
            assert!(
                matches!(read(Field::Answer, &value, &two), Err(RowError::NumberAsAnswer(_))),
                "{value}"
            );
        }
    }
}
