//! From one record of a file to an item.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::answers;
use super::choices::Choices;
use super::errors::RowError;
use super::mapping::{Field, PSEUDO_COLUMNS, Roles};
use crate::benchmarks::item::{Item, ItemError, ItemFields, ItemKey};
use crate::language::Language;

/// One record as its file has it: columns by name.
pub(super) type Columns = Map<String, Value>;

/// What [`Field::Split`] says of a solved example in the files we write.
pub(in crate::benchmarks) const EXAMPLES: &str = "examples";

/// What holds of records that do not say it themselves.
pub(super) struct Defaults {
    pub language: Option<Language>,
    pub task: String,
    pub examples: bool,
    /// The options of every record, where the file has none.
    pub options: Vec<String>,
}

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
        split_of(&split).ok_or(RowError::UnknownSplit(split))
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
        let (question, choices) = self.question(columns)?;
        let right = self.right(columns, &choices, &language)?;
        let item = Item::new(ItemFields {
            key: ItemKey { language, id },
            task,
            subject,
            parallel: self.text(columns, Field::Parallel)?,
            context: self.text(columns, Field::Context)?,
            question,
            options: choices.texts,
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

    fn value<'c>(&self, columns: &'c Columns, field: Field) -> Option<Cow<'c, Value>> {
        self.roles.path(field)?.value(columns)
    }

    /// The text of a field; `None` where it is absent or blank. A list of texts is one text of its lines.
    fn text(&self, columns: &Columns, field: Field) -> Result<Option<String>, RowError> {
        let Some(value) = self.value(columns, field) else {
            return Ok(None);
        };
        let text = match value {
            Cow::Owned(Value::String(text)) => Some(text),
            value => match value.as_ref() {
                Value::Array(lines) => {
                    let given = lines.iter().filter(|line| !line.is_null());
                    let lines: Option<Vec<String>> = given.map(scalar_text).collect();
                    lines.map(|lines| lines.join("\n"))
                }
                other => scalar_text(other),
            },
        };
        let text = text.ok_or(RowError::NotText { field })?;
        Ok((!text.trim().is_empty()).then_some(text))
    }

    /// By tag or by name (`Arabic`); a file's name may say more than that: `mmlu_AR-XY`.
    fn language(&self, columns: &Columns) -> Result<Language, RowError> {
        match (self.text(columns, Field::Language)?, &self.defaults.language) {
            (Some(text), _) => match Language::named(&text) {
                Some(language) => Ok(language),
                None if self.roles.path(Field::Language).is_some_and(|path| path.is_pseudo()) => {
                    language_within(&text).ok_or(RowError::NoLanguage)
                }
                None => Ok(text.parse()?),
            },
            (None, Some(language)) => Ok(language.clone()),
            (None, None) => Err(RowError::NoLanguage),
        }
    }

    fn question(&self, columns: &Columns) -> Result<(String, Choices), RowError> {
        if let Some(text) = self.text(columns, Field::QuestionWithOptions)? {
            return Choices::after_question(&text);
        }
        let question = self.text(columns, Field::Question)?.ok_or(ItemError::EmptyQuestion)?;
        Ok((question, self.choices(columns)?))
    }

    fn choices(&self, columns: &Columns) -> Result<Choices, RowError> {
        if let Some(value) = self.value(columns, Field::Options) {
            return Choices::of_value(&value);
        }
        let mut single = self.roles.option_columns().peekable();
        if single.peek().is_some() {
            return Ok(Choices::of_columns(single.map(|(index, path)| {
                let value = path.value(columns);
                (index, value.and_then(|value| scalar_text(&value)))
            })));
        }
        match self.defaults.options.as_slice() {
            [] => Err(RowError::NoOptions),
            options => Ok(Choices::fixed(options)),
        }
    }

    /// The indices of the right options. A record may say them in several ways; they must agree.
    fn right(&self, columns: &Columns, choices: &Choices, language: &Language) -> Result<Vec<usize>, RowError> {
        let mut found: Option<(Vec<usize>, Field)> = None;
        for field in self.roles.fields().filter(|field| field.is_answer()) {
            let Some(value) = self.value(columns, field) else {
                continue;
            };
            let right = answers::right(field, &value, choices, language)?;
            match found {
                _ if right.is_empty() => {}
                Some((other, first)) if other != right => {
                    return Err(RowError::AnswersDisagree { first, second: field });
                }
                _ => found = Some((right, field)),
            }
        }
        found.map(|(right, _)| right).ok_or(RowError::NoAnswer)
    }

    fn extra(&self, columns: &Columns) -> Columns {
        let nested_extra = self.roles.path(Field::Extra).map(|path| path.column());
        let mut extra = Columns::new();
        for (column, value) in columns.iter().filter(|(_, value)| !value.is_null()) {
            if PSEUDO_COLUMNS.contains(&column.as_str()) {
                continue;
            }
            if nested_extra == Some(column)
                && let Some(object) = nested(value)
            {
                let named = object
                    .into_iter()
                    .map(|(name, value)| (Roles::extra_name(&name), value));
                extra.extend(named);
            } else if nested_extra == Some(column) {
                extra.insert(Roles::extra_name(column), value.clone());
            } else if let Some(left) = self.roles.rest(column, value) {
                extra.insert(Roles::extra_name(column), left);
            }
        }
        extra
    }
}

/// Whether the records of a split are solved examples; `None` where it is not known.
pub(super) fn split_of(split: &str) -> Option<bool> {
    match split.trim().to_lowercase().as_str() {
        "test" | "validation" | "valid" | "val" | "eval" => Some(false),
        EXAMPLES | "dev" | "development" | "train" | "few-shot" => Some(true),
        _ => None,
    }
}

/// The last part of a file's name that is a language.
pub(super) fn language_within(name: &str) -> Option<Language> {
    let with_region = name.split(|character: char| !(character.is_alphanumeric() || character == '-'));
    let without = || name.split(|character: char| !character.is_alphanumeric());
    // `AR-XY` names no region: those from XA to XZ are for private use.
    let is_private = |language: &Language| {
        language
            .tag()
            .rsplit_once("-X")
            .is_some_and(|(_, rest)| rest.len() == 1)
    };
    let last = with_region
        .filter_map(Language::named)
        .rfind(|language| !is_private(language));
    last.or_else(|| without().filter_map(Language::named).next_back())
}

/// What a column called `extra` holds when we wrote it: an object, or in a table the object's JSON.
fn nested(value: &Value) -> Option<Columns> {
    match value {
        Value::Object(object) => Some(object.clone()),
        Value::String(text) => serde_json::from_str(text).ok(),
        _ => None,
    }
}

pub(super) fn scalar_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(value) => Some(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}
