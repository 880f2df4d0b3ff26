//! From one record of a file to an item.

use serde_json::{Map, Value};

use super::mapping::{Field, Roles};
use super::{Defaults, RowError};
use crate::benchmarks::item::{Item, ItemError, ItemFields, ItemKey, MAX_OPTIONS, latin_letter};
use crate::language::Language;

/// One record as its file has it: columns by name.
pub(super) type Columns = Map<String, Value>;

/// Reads records of one file, whose columns have the same roles throughout.
pub(super) struct Reader<'a> {
    pub roles: &'a Roles,
    pub defaults: &'a Defaults,
    /// Whether records are numbered instead of named, because the file names none.
    pub numbered: bool,
}

impl Reader<'_> {
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
        let answer = self.answer(columns, &options, &language)?;
        let item = Item::new(ItemFields {
            key: ItemKey { language, id },
            task,
            subject,
            parallel: self.text(columns, Field::Parallel)?,
            context: self.text(columns, Field::Context)?,
            question: self.text(columns, Field::Question)?.ok_or(ItemError::EmptyQuestion)?,
            options,
            answer,
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

    /// The index of the right option. A record may say it in several ways; they must agree.
    fn answer(&self, columns: &Columns, options: &[String], language: &Language) -> Result<usize, RowError> {
        let mut found: Option<(usize, Field)> = None;
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
            let text = text.trim();
            let index = match field {
                Field::Answer if text.parse::<f64>().is_ok() => return Err(RowError::NumberAsAnswer(text.to_owned())),
                Field::AnswerIndex0 => index_from(text, 0, options)?,
                Field::AnswerIndex1 => index_from(text, 1, options)?,
                Field::AnswerText => options
                    .iter()
                    .position(|option| option.trim() == text)
                    .ok_or_else(|| RowError::NoSuchOption(text.to_owned()))?,
                _ => letter_index(text, options, language)?,
            };
            match found {
                Some((other, first)) if other != index => {
                    return Err(RowError::AnswersDisagree { first, second: field });
                }
                _ => found = Some((index, field)),
            }
        }
        found.map(|(index, _)| index).ok_or(RowError::NoAnswer)
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
