//! Which column of a file fills which field of an item.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::errors::quoted;
use super::record::Columns;
use crate::benchmarks::item::{FIELD_NAMES, MAX_OPTIONS, latin_letter};

/// What stands for a column and is none: the name of the file or of the archive's member without its extension, the
/// name of the sheet, and the name under which an object holds a record or a list of them.
pub(super) const PSEUDO_COLUMNS: &[&str] = &["@file", "@sheet", "@key"];

/// What a column can fill; the module above says what each means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    Id,
    Language,
    Task,
    Subject,
    Parallel,
    Context,
    Question,
    /// A question whose text ends with its options.
    QuestionWithOptions,
    Options,
    /// One option by its place, from 0; written `option_a` to `option_z`.
    Option(u8),
    Answer,
    AnswerLetter,
    AnswerIndex0,
    AnswerIndex1,
    AnswerText,
    /// Yes, no or maybe, true or false, 1 or 0.
    AnswerTruth,
    Rationale,
    /// Whether the record is asked or shown as a solved example.
    Split,
    Extra,
}

const NAMED: &[(&str, Field)] = &[
    ("id", Field::Id),
    ("language", Field::Language),
    ("task", Field::Task),
    ("subject", Field::Subject),
    ("parallel", Field::Parallel),
    ("parallel_id", Field::Parallel),
    ("context", Field::Context),
    ("question", Field::Question),
    ("question_with_options", Field::QuestionWithOptions),
    ("options", Field::Options),
    ("answer", Field::Answer),
    ("answer_letter", Field::AnswerLetter),
    ("answer_index0", Field::AnswerIndex0),
    ("answer_index", Field::AnswerIndex0),
    ("answer_index1", Field::AnswerIndex1),
    ("answer_text", Field::AnswerText),
    ("answer_truth", Field::AnswerTruth),
    ("rationale", Field::Rationale),
    ("split", Field::Split),
    ("extra", Field::Extra),
];

impl Field {
    /// Every field, in the order in which people meet them.
    pub fn all() -> Vec<Self> {
        let mut all = vec![Self::Question, Self::QuestionWithOptions, Self::Context, Self::Options];
        all.extend((b'a'..=b'z').map(|letter| Self::Option(letter - b'a')));
        all.extend([
            Self::Answer,
            Self::AnswerLetter,
            Self::AnswerIndex0,
            Self::AnswerIndex1,
            Self::AnswerText,
            Self::AnswerTruth,
            Self::Rationale,
            Self::Id,
            Self::Parallel,
            Self::Language,
            Self::Task,
            Self::Subject,
            Self::Split,
            Self::Extra,
        ]);
        all
    }

    /// What the field is, for people.
    pub fn words(self) -> String {
        let words = match self {
            Self::Id => "id",
            Self::Language => "language",
            Self::Task => "exam",
            Self::Subject => "subject",
            Self::Parallel => "what ties it to other languages",
            Self::Context => "text to read first",
            Self::Question => "question",
            Self::QuestionWithOptions => "question with its options",
            Self::Options => "all options",
            Self::Option(index) => return format!("option {}", latin_letter(usize::from(index))),
            Self::Answer => "right answer",
            Self::AnswerLetter => "right answer, as a letter",
            Self::AnswerIndex0 => "right answer, counted from 0",
            Self::AnswerIndex1 => "right answer, counted from 1",
            Self::AnswerText => "right answer, as its text",
            Self::AnswerTruth => "right answer, as yes or no",
            Self::Rationale => "why it is right",
            Self::Split => "asked, or a solved example",
            Self::Extra => "nothing, kept beside the item",
        };
        words.to_owned()
    }

    pub(super) fn named(name: &str) -> Option<Self> {
        let fixed = NAMED.iter().find(|(known, _)| *known == name).map(|&(_, field)| field);
        fixed.or_else(|| {
            let letter = name.strip_prefix("option_")?;
            let mut bytes = letter.bytes();
            match (bytes.next(), bytes.next()) {
                (Some(letter @ b'a'..=b'z'), None) => Some(Self::Option(letter - b'a')),
                _ => None,
            }
        })
    }

    pub(super) fn is_answer(self) -> bool {
        matches!(
            self,
            Self::Answer
                | Self::AnswerLetter
                | Self::AnswerIndex0
                | Self::AnswerIndex1
                | Self::AnswerText
                | Self::AnswerTruth
        )
    }

    pub(super) fn is_option(self) -> bool {
        matches!(self, Self::Options | Self::Option(_) | Self::QuestionWithOptions)
    }

    fn is_question(self) -> bool {
        matches!(self, Self::Question | Self::QuestionWithOptions)
    }
}

impl fmt::Display for Field {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Self::Option(index) = self {
            let letter = latin_letter(usize::from(*index)).to_ascii_lowercase();
            return write!(formatter, "option_{letter}");
        }
        let name = NAMED
            .iter()
            .find(|(_, field)| field == self)
            .map_or("", |(name, _)| name);
        formatter.write_str(name)
    }
}

/// One `column=field` of a mapping. The column may be a path into what a column holds: `CONTEXT.contexts`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Mapping {
    pub column: String,
    pub field: Field,
}

/// Why a mapping cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MappingError {
    #[error("`{0}` is no mapping; write `column=field`, for example `Question=question`")]
    NoEquals(String),
    #[error(
        "`{0}` is no field of an item; fields are id, language, task, subject, parallel, context, question, options, \
         option_a to option_z, question_with_options, answer, answer_letter, answer_index0, answer_index1, answer_text, \
         answer_truth, rationale, split and extra"
    )]
    UnknownField(String),
    #[error("two columns, `{first}` and `{second}`, are mapped to `{field}`; keep one")]
    Twice {
        field: Field,
        first: String,
        second: String,
    },
    #[error("the mapping names the column `{column}`, which the file does not have; it has {}", quoted(.columns))]
    NoColumn { column: String, columns: Vec<String> },
    #[error("the mapping fills both `{first}` and `{second}`; use one of them")]
    OptionsTwice { first: Field, second: Field },
}

impl FromStr for Mapping {
    type Err = MappingError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        // A column's name may hold an equals sign, a field's cannot.
        let (column, field) = text
            .rsplit_once('=')
            .ok_or_else(|| MappingError::NoEquals(text.to_owned()))?;
        let field = Field::named(field.trim()).ok_or_else(|| MappingError::UnknownField(field.trim().to_owned()))?;
        Ok(Self {
            column: column.to_owned(),
            field,
        })
    }
}

impl Mapping {
    /// Whether its path begins with the column of that name.
    pub(super) fn begins_with(&self, column: &str) -> bool {
        let after = self.column.strip_prefix(column);
        after.is_some_and(|after| after.is_empty() || after.starts_with('.'))
    }
}

impl TryFrom<String> for Mapping {
    type Error = MappingError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Mapping> for String {
    fn from(mapping: Mapping) -> Self {
        mapping.to_string()
    }
}

impl fmt::Display for Mapping {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}={}", self.column, self.field)
    }
}

/// Where in a record a value stands: a column, or a path of names into what the column holds.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ColumnPath {
    /// As the mapping has it.
    text: String,
    column: String,
    within: Vec<String>,
}

impl ColumnPath {
    /// The path that `text` means among the file's columns: the column called so, else as much of it as is a column,
    /// up to a dot, and what follows as names within.
    pub fn find(text: &str, columns: &[String]) -> Option<Self> {
        let is_column = |name: &str| columns.iter().any(|column| column == name);
        let path = |column: &str, within: Vec<String>| Self {
            text: text.to_owned(),
            column: column.to_owned(),
            within,
        };
        if is_column(text) || PSEUDO_COLUMNS.contains(&text) {
            return Some(path(text, Vec::new()));
        }
        let cuts = text.rmatch_indices('.');
        let mut parted = cuts.filter_map(|(at, _)| Some((text.get(..at)?, text.get(at + 1..)?)));
        let (column, within) = parted.find(|(column, _)| is_column(column))?;
        Some(path(column, within.split('.').map(str::to_owned).collect()))
    }

    /// As a mapping has it.
    pub fn text(&self) -> &str {
        &self.text
    }

    pub fn column(&self) -> &str {
        &self.column
    }

    /// Whether it names no column but what stands for one.
    pub fn is_pseudo(&self) -> bool {
        PSEUDO_COLUMNS.contains(&self.text.as_str())
    }

    /// The value there. A path leads through a list to each of its elements, and a number to one of them, from 0.
    pub fn value<'c>(&self, columns: &'c Columns) -> Option<Cow<'c, Value>> {
        let value = columns.get(&self.column)?;
        let found = within(value, &self.within)?;
        (!found.is_null()).then_some(found)
    }
}

fn within<'c>(value: &'c Value, path: &[String]) -> Option<Cow<'c, Value>> {
    let Some((name, rest)) = path.split_first() else {
        return Some(Cow::Borrowed(value));
    };
    match value {
        Value::Object(object) => within(object.get(name)?, rest),
        Value::Array(elements) => match name.parse::<usize>() {
            Ok(index) => within(elements.get(index)?, rest),
            Err(_) => {
                let each = elements
                    .iter()
                    .map(|element| within(element, path).map(Cow::into_owned));
                Some(Cow::Owned(each.map(Option::unwrap_or_default).collect()))
            }
        },
        // Tables hold objects as their JSON.
        Value::String(text) if text.starts_with('{') => {
            let object = Value::Object(serde_json::from_str(text).ok()?);
            within(&object, path).map(|found| Cow::Owned(found.into_owned()))
        }
        _ => None,
    }
}

/// Takes what a path leads to out of a value; `None` where nothing else is left.
fn without(value: &Value, path: &[String]) -> Option<Value> {
    let (name, rest) = path.split_first()?;
    match value {
        Value::Object(object) => {
            let mut object = object.clone();
            let inner = object.get(name).and_then(|inner| without(inner, rest));
            match inner {
                Some(inner) => _ = object.insert(name.clone(), inner),
                None => _ = object.shift_remove(name),
            }
            (!object.is_empty()).then_some(Value::Object(object))
        }
        Value::Array(elements) if name.parse::<usize>().is_err() => {
            let left: Option<Vec<Value>> = elements.iter().map(|element| without(element, path)).collect();
            left.map(Value::Array)
        }
        _ => None,
    }
}

/// What each column of one file is for.
#[derive(Debug, Default)]
pub(super) struct Roles {
    filled: Vec<(Field, ColumnPath)>,
    /// Columns that a mapping keeps as they are.
    kept: Vec<String>,
}

impl Roles {
    /// Applies `mappings`, then lets columns called like a field (in any case) fill it, where no mapping
    /// has filled the field or, for options and answers, another of its kind.
    pub fn new(columns: &[String], mappings: &[Mapping]) -> Result<Self, MappingError> {
        let mut roles = Self::default();
        for Mapping { column, field } in mappings {
            let path = ColumnPath::find(column, columns).ok_or_else(|| MappingError::NoColumn {
                column: column.clone(),
                columns: columns.to_vec(),
            })?;
            if *field == Field::Extra && path.column != "extra" {
                roles.kept.push(path.column);
                continue;
            }
            if let Some(first) = roles.path(*field) {
                return Err(MappingError::Twice {
                    field: *field,
                    first: first.text.clone(),
                    second: column.clone(),
                });
            }
            roles.filled.push((*field, path));
        }
        let options: Vec<Field> = roles.fields().filter(|field| field.is_option()).collect();
        let whole = options.iter().find(|field| !matches!(field, Field::Option(_)));
        if let (Some(&first), Some(&second)) = (whole, options.iter().find(|&field| Some(field) != whole)) {
            return Err(MappingError::OptionsTwice { first, second });
        }
        let mapped: Vec<Field> = roles.fields().collect();
        let blocked = |field: Field| {
            mapped.iter().any(|other| {
                *other == field
                    || (other.is_answer() && field.is_answer())
                    || (other.is_option() && field.is_option())
                    || (other.is_question() && field.is_question())
            })
        };
        let spelled_exactly = columns.iter().map(|column| (column, Field::named(column)));
        let in_any_case = columns
            .iter()
            .map(|column| (column, Field::named(&column.to_lowercase())));
        for (column, field) in spelled_exactly.chain(in_any_case) {
            let Some(field) = field else { continue };
            let free = !roles.uses(column) && !roles.kept.contains(column);
            if free && !blocked(field) && roles.path(field).is_none() {
                roles.fill(field, column);
            }
        }
        roles.filled.sort();
        Ok(roles)
    }

    /// Lets a pseudo column fill a field that nothing else fills.
    pub fn fill_absent(&mut self, field: Field, column: &str) {
        if self.path(field).is_none() {
            self.fill(field, column);
        }
    }

    fn fill(&mut self, field: Field, column: &str) {
        let path = ColumnPath {
            text: column.to_owned(),
            column: column.to_owned(),
            within: Vec::new(),
        };
        self.filled.push((field, path));
    }

    /// What fills `field`.
    pub fn path(&self, field: Field) -> Option<&ColumnPath> {
        self.filled
            .iter()
            .find(|(filled, _)| *filled == field)
            .map(|(_, path)| path)
    }

    /// The fields that something fills.
    pub fn fields(&self) -> impl Iterator<Item = Field> {
        self.filled.iter().map(|&(field, _)| field)
    }

    /// Every filled field with what fills it, by name.
    pub fn named(&self) -> BTreeMap<String, String> {
        let named = self.filled.iter();
        named
            .map(|(field, path)| (field.to_string(), path.text.clone()))
            .collect()
    }

    /// Whether a column fills some field, or part of it does.
    pub fn uses(&self, column: &str) -> bool {
        self.filled.iter().any(|(_, path)| path.column == column)
    }

    /// The columns that hold one option each, by the option's index from 0.
    pub fn option_columns(&self) -> impl Iterator<Item = (usize, &ColumnPath)> {
        self.filled.iter().filter_map(|(field, path)| match field {
            Field::Option(index) => Some((usize::from(*index), path)),
            _ => None,
        })
    }

    /// What is left of a column once the fields that it fills are taken out of it; `None` where nothing is.
    pub fn rest(&self, column: &str, value: &Value) -> Option<Value> {
        let mut paths = self.filled.iter().filter(|(_, path)| path.column == column).peekable();
        if paths.peek().is_none() {
            return Some(value.clone());
        }
        let mut left = None;
        for (_, path) in paths {
            left = Some(without(left.as_ref().unwrap_or(value), &path.within)?);
        }
        left.filter(|left| !left.is_null())
    }

    /// The name under which a column that fills no field is kept as extra information.
    pub fn extra_name(column: &str) -> String {
        if FIELD_NAMES.contains(&column) {
            format!("source_{column}")
        } else {
            column.to_owned()
        }
    }
}

const _: () = assert!(MAX_OPTIONS == 26, "option columns are named by one Latin letter each");

#[cfg(test)]
mod tests {
    use super::*;

    fn columns(names: &[&str]) -> Vec<String> {
        names.iter().map(|&name| name.to_owned()).collect()
    }

    #[test]
    fn reads_mappings() {
        let mapping: Mapping = "x=y=option_c".parse().unwrap();
        assert_eq!((mapping.column.as_str(), mapping.field), ("x=y", Field::Option(2)));
        assert_eq!(mapping.field.to_string(), "option_c");
        assert_eq!("a".parse::<Mapping>(), Err(MappingError::NoEquals("a".to_owned())));
        for field in ["answers", "option_", "option_aa", "option_1"] {
            let error = format!("a={field}").parse::<Mapping>().unwrap_err();
            assert_eq!(error, MappingError::UnknownField(field.to_owned()));
        }
    }

    #[test]
    fn a_mapping_goes_before_names() {
        let columns = columns(&["ID", "answer", "key", "Question", "question"]);
        let roles = Roles::new(&columns, &["key=answer_letter".parse().unwrap()]).unwrap();
        let filled = [("answer_letter", "key"), ("id", "ID"), ("question", "question")];
        let filled = filled.map(|(field, column)| (field.to_owned(), column.to_owned()));
        assert_eq!(
            roles.named(),
            filled.into(),
            "the mapped answer stands for the named one"
        );
    }

    #[test]
    fn refuses_mappings_that_contradict_the_file_or_each_other() {
        let columns = columns(&["a", "b"]);
        let roles = |texts: &[&str]| {
            let mappings: Vec<Mapping> = texts.iter().map(|text| text.parse().unwrap()).collect();
            Roles::new(&columns, &mappings).unwrap_err()
        };
        assert!(matches!(roles(&["c=id"]), MappingError::NoColumn { .. }));
        assert!(matches!(roles(&["a=id", "b=id"]), MappingError::Twice { .. }));
        assert_eq!(
            roles(&["a=options", "b=option_a"]),
            MappingError::OptionsTwice {
                first: Field::Options,
                second: Field::Option(0)
            }
        );
    }
}
