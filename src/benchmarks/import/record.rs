//! From one record of a file to an item.

use serde_json::{Map, Value};

use super::mapping::{Field, Roles};
use super::{Defaults, RowError};
use crate::benchmarks::item::{Item, ItemError, ItemFields, ItemKey, MAX_OPTIONS, latin_letter};
use crate::language::Language;

/// One record as its file has it: columns by name.
pub(super) type Columns = Map<String, Value>;

/// What [`Field::Split`] says of a solved example in the files we write.
pub(in crate::benchmarks) const EXAMPLES: &str = "examples";

/// Reads records of one file, whose columns have the same roles throughout.
pub(super) struct Reader<'a> {
    pub roles: &'a Roles,
    pub defaults: &'a Defaults,
    /// Whether records are numbered instead of named, because the file names none.
    pub numbered: bool,
}

impl Reader<'_> {
    /// Whether a record is a solved example, to be shown and not asked.
    pub fn is_example(&self, columns: &Columns) -> Result<bool, RowError> {
        let Some(split) = self.text(columns, Field::Split)? else {
            return Ok(self.defaults.examples);
        };
        match split.trim().to_lowercase().as_str() {
            "test" | "validation" | "valid" | "val" | "eval" => Ok(false),
            EXAMPLES | "dev" | "development" | "train" | "few-shot" => Ok(true),
            _ => Err(RowError::UnknownSplit(split)),
        }
    }

    /// Makes an item of a record; `number` counts records from 1.
    pub fn item(&self, columns: &Columns, number: usize) -> Result<Item, RowError> {
        let language = self.language(columns)?;
        let subject = self.text(columns, Field::Subject)?;
        let task = match self.text(columns, Field::Task)? {
            Some(task) => task,
            None => self.defaults.task.clone(),
        };
        let id = match self.text(columns, Field::Id)? {
            Some(id) => id,
            None if self.numbered => format!("{}-{number}", subject.as_ref().unwrap_or(&task)),
            None => return Err(ItemError::EmptyId.into()),
        };
        let options = self.options(columns)?;
        let right = self.right(columns, &options, &language)?;
        let item = Item::new(ItemFields {
            key: ItemKey { language, id },
            task,
            subject,
            parallel: self.text(columns, Field::Parallel)?,
            context: self.text(columns, Field::Context)?,
            question: self.text(columns, Field::Question)?.ok_or(ItemError::EmptyQuestion)?,
            options,
            right,
            rationale: self.text(columns, Field::Rationale)?,
            extra: self.extra(columns),
        })?;
        Ok(item)
    }

    /// The record's id, where it has one, to name a record that makes no item.
    pub fn id(&self, columns: &Columns) -> Option<String> {
        self.text(columns, Field::Id).ok().flatten()
    }

    fn value<'c>(&self, columns: &'c Columns, field: Field) -> Option<&'c Value> {
        let value = columns.get(self.roles.column(field)?)?;
        (!value.is_null()).then_some(value)
    }

    /// The text of a field; `None` where it is absent or blank. A list of texts is one text of its lines.
    fn text(&self, columns: &Columns, field: Field) -> Result<Option<String>, RowError> {
        let Some(value) = self.value(columns, field) else {
            return Ok(None);
        };
        let text = match value {
            Value::Array(lines) => {
                let lines: Option<Vec<String>> = lines.iter().map(scalar_text).collect();
                lines.map(|lines| lines.join("\n"))
            }
            other => scalar_text(other),
        };
        let text = text.ok_or(RowError::NotText { field })?;
        Ok((!text.trim().is_empty()).then_some(text))
    }

    fn language(&self, columns: &Columns) -> Result<Language, RowError> {
        match (self.text(columns, Field::Language)?, &self.defaults.language) {
            (Some(tag), _) => Ok(tag.parse()?),
            (None, Some(language)) => Ok(language.clone()),
            (None, None) => Err(RowError::NoLanguage),
        }
    }

    fn options(&self, columns: &Columns) -> Result<Vec<String>, RowError> {
        match self.value(columns, Field::Options) {
            Some(Value::Array(options)) => options
                .iter()
                .map(|option| match option {
                    Value::Null => Some(String::new()),
                    other => scalar_text(other),
                })
                .collect::<Option<_>>()
                .ok_or(RowError::NotText { field: Field::Options }),
            Some(Value::Object(options)) => {
                let by_letter = (0..MAX_OPTIONS).map(|index| options.get(&latin_letter(index).to_string()));
                let listed: Vec<Option<String>> = by_letter.map(|option| option.and_then(scalar_text)).collect();
                let options_given = options.values().filter(|option| !option.is_null()).count();
                if listed.iter().flatten().count() != options_given {
                    return Err(RowError::OptionsNotLettered);
                }
                Ok(without_trailing_gaps(listed))
            }
            Some(_) => Err(RowError::OptionsNoList),
            None => {
                let mut listed = vec![None; MAX_OPTIONS];
                let mut any = false;
                for (index, column) in self.roles.option_columns() {
                    any = true;
                    let text = columns.get(column).and_then(scalar_text);
                    if let Some(option) = listed.get_mut(index) {
                        *option = text.filter(|text| !text.trim().is_empty());
                    }
                }
                if !any {
                    return Err(RowError::NoOptions);
                }
                Ok(without_trailing_gaps(listed))
            }
        }
    }

    /// The indices of the right options. A record may say them in several ways; they must agree.
    fn right(&self, columns: &Columns, options: &[String], language: &Language) -> Result<Vec<usize>, RowError> {
        let mut found: Option<(Vec<usize>, Field)> = None;
        for field in [
            Field::Answer,
            Field::AnswerLetter,
            Field::AnswerIndex0,
            Field::AnswerIndex1,
            Field::AnswerText,
        ] {
            let Some(text) = self.text(columns, field)? else {
                continue;
            };
            // The values of a list stand a line each.
            let each = text.lines().map(str::trim).filter(|text| !text.is_empty());
            let mut right = match field {
                Field::AnswerIndex0 => each
                    .map(|text| index_from(text, 0, options))
                    .collect::<Result<Vec<_>, _>>()?,
                Field::AnswerIndex1 => each
                    .map(|text| index_from(text, 1, options))
                    .collect::<Result<_, _>>()?,
                Field::AnswerText => self.texts_of(columns, field, &text, options)?,
                _ => each
                    .map(|text| match text.parse::<f64>() {
                        Ok(_) if field == Field::Answer => Err(RowError::NumberAsAnswer(text.to_owned())),
                        _ => letter_indices(text, options, language),
                    })
                    .collect::<Result<Vec<_>, _>>()?
                    .concat(),
            };
            right.sort_unstable();
            right.dedup();
            match found {
                Some((other, first)) if other != right => {
                    return Err(RowError::AnswersDisagree { first, second: field });
                }
                _ => found = Some((right, field)),
            }
        }
        found.map(|(right, _)| right).ok_or(RowError::NoAnswer)
    }

    /// The options whose text is the answer's: the whole text, or each value of a list.
    fn texts_of(
        &self,
        columns: &Columns,
        field: Field,
        text: &str,
        options: &[String],
    ) -> Result<Vec<usize>, RowError> {
        let listed = match self.value(columns, field) {
            Some(Value::Array(values)) => values.iter().filter_map(scalar_text).collect(),
            _ => vec![text.to_owned()],
        };
        let place = |text: String| {
            let same = |option: &String| option.trim() == text.trim();
            options.iter().position(same).ok_or(RowError::NoSuchOption(text))
        };
        listed.into_iter().map(place).collect()
    }

    fn extra(&self, columns: &Columns) -> Columns {
        let mut extra = Columns::new();
        for (column, value) in columns.iter().filter(|(_, value)| !value.is_null()) {
            match self.roles.field(column) {
                None => {
                    extra.insert(Roles::extra_name(column), value.clone());
                }
                Some(Field::Extra) => match nested(value) {
                    Some(object) => {
                        let named = object
                            .into_iter()
                            .map(|(name, value)| (Roles::extra_name(&name), value));
                        extra.extend(named);
                    }
                    None => {
                        extra.insert(Roles::extra_name(column), value.clone());
                    }
                },
                Some(_) => {}
            }
        }
        extra
    }
}

/// What a column called `extra` holds when we wrote it: an object, or in a table the object's JSON.
fn nested(value: &Value) -> Option<Columns> {
    match value {
        Value::Object(object) => Some(object.clone()),
        Value::String(text) => serde_json::from_str(text).ok(),
        _ => None,
    }
}

fn scalar_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(value) => Some(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// Options up to the last given one; a gap before it stays, empty, for the item's check to name.
fn without_trailing_gaps(mut options: Vec<Option<String>>) -> Vec<String> {
    while options.pop_if(|last| last.is_none()).is_some() {}
    options.into_iter().map(Option::unwrap_or_default).collect()
}

fn index_from(text: &str, first: i64, options: &[String]) -> Result<usize, RowError> {
    // Tables written by other tools turn integers into `1.0` when a cell of the column is empty.
    let whole = text.strip_suffix(".0").unwrap_or(text);
    let number: i64 = whole.parse().map_err(|_| RowError::NoInteger(text.to_owned()))?;
    number
        .checked_sub(first)
        .and_then(|index| usize::try_from(index).ok())
        .filter(|&index| index < options.len())
        .ok_or(RowError::IndexOutOfRange {
            number,
            first,
            options: options.len(),
        })
}

/// Reads one letter, or several: `A,C`, `A C`, `(ABD)`.
fn letter_indices(text: &str, options: &[String], language: &Language) -> Result<Vec<usize>, RowError> {
    let one = letter_index(text, options, language);
    let Err(RowError::NoLetter(_)) = one else {
        return one.map(|index| vec![index]);
    };
    let inner = text.trim_matches(|character: char| matches!(character, '(' | ')' | '[' | ']' | '.' | ' '));
    let parted: Vec<&str> = inner
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

/// Reads `B`, `b`, `(B)`, `B.` and the language's own letters.
fn letter_index(text: &str, options: &[String], language: &Language) -> Result<usize, RowError> {
    let letter = text.trim_matches(|character: char| matches!(character, '(' | ')' | '.' | ':' | '[' | ']' | ' '));
    let own = (0..MAX_OPTIONS).find(|&index| language.option_letter(index) == Some(letter));
    let index = own.or_else(|| {
        let mut characters = letter.chars();
        let character = characters.next()?.to_ascii_uppercase();
        let single = characters.next().is_none();
        single.then(|| (0..MAX_OPTIONS).find(|&index| latin_letter(index) == character))?
    });
    match index {
        None => Err(RowError::NoLetter(text.to_owned())),
        Some(index) if index >= options.len() => Err(RowError::LetterOutOfRange {
            letter: letter.to_owned(),
            options: options.len(),
        }),
        Some(index) => Ok(index),
    }
}
