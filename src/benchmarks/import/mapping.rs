//! Which column of a file fills which field of an item.

use std::fmt;
use std::str::FromStr;

use crate::benchmarks::item::{FIELD_NAMES, MAX_OPTIONS, latin_letter};

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
    Options,
    /// One option by its place, from 0; written `option_a` to `option_z`.
    Option(u8),
    Answer,
    AnswerLetter,
    AnswerIndex0,
    AnswerIndex1,
    AnswerText,
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
    ("options", Field::Options),
    ("answer", Field::Answer),
    ("answer_letter", Field::AnswerLetter),
    ("answer_index", Field::AnswerIndex0),
    ("answer_index0", Field::AnswerIndex0),
    ("answer_index1", Field::AnswerIndex1),
    ("answer_text", Field::AnswerText),
    ("rationale", Field::Rationale),
    ("split", Field::Split),
    ("extra", Field::Extra),
];

impl Field {
    fn named(name: &str) -> Option<Self> {
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

    fn is_answer(self) -> bool {
        matches!(
            self,
            Self::Answer | Self::AnswerLetter | Self::AnswerIndex0 | Self::AnswerIndex1 | Self::AnswerText
        )
    }

    fn is_option(self) -> bool {
        matches!(self, Self::Options | Self::Option(_))
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

/// One `column=field` of a mapping.
#[derive(Debug, Clone, PartialEq, Eq)]
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
         option_a to option_z, answer, answer_letter, answer_index0, answer_index1, answer_text, rationale and split"
    )]
    UnknownField(String),
    #[error("two columns, `{first}` and `{second}`, are mapped to `{field}`; keep one")]
    Twice {
        field: Field,
        first: String,
        second: String,
    },
    #[error("the mapping names the column `{column}`, which the file does not have; it has {}", list(.columns))]
    NoColumn { column: String, columns: Vec<String> },
    #[error("the mapping fills both `options` and `{0}`; use one list or one column an option")]
    OptionsTwice(Field),
}

fn list(names: &[String]) -> String {
    if names.is_empty() {
        return "none".to_owned();
    }
    names
        .iter()
        .map(|name| format!("`{name}`"))
        .collect::<Vec<_>>()
        .join(", ")
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

/// What each column of one file is for.
#[derive(Debug, Default)]
pub(super) struct Roles {
    filled: Vec<(Field, String)>,
}

impl Roles {
    /// Applies `mappings`, then lets columns called like a field (in any case) fill it, where no mapping
    /// has filled the field or, for options and answers, another of its kind.
    pub fn new(columns: &[String], mappings: &[Mapping]) -> Result<Self, MappingError> {
        let mut roles = Self::default();
        for Mapping { column, field } in mappings {
            if !columns.contains(column) {
                return Err(MappingError::NoColumn {
                    column: column.clone(),
                    columns: columns.to_vec(),
                });
            }
            if let Some(first) = roles.column(*field) {
                return Err(MappingError::Twice {
                    field: *field,
                    first: first.to_owned(),
                    second: column.clone(),
                });
            }
            roles.filled.push((*field, column.clone()));
        }
        let single = roles.filled.iter().find(|(field, _)| matches!(field, Field::Option(_)));
        if let (Some((field, _)), Some(_)) = (single, roles.column(Field::Options)) {
            return Err(MappingError::OptionsTwice(*field));
        }
        let mapped = roles.filled.clone();
        let blocked = |field: Field| {
            mapped.iter().any(|(other, _)| {
                *other == field || (other.is_answer() && field.is_answer()) || (other.is_option() && field.is_option())
            })
        };
        let spelled_exactly = columns.iter().map(|column| (column, Field::named(column)));
        let in_any_case = columns
            .iter()
            .map(|column| (column, Field::named(&column.to_lowercase())));
        for (column, field) in spelled_exactly.chain(in_any_case) {
            let Some(field) = field else { continue };
            if !blocked(field) && roles.column(field).is_none() && roles.field(column).is_none() {
                roles.filled.push((field, column.clone()));
            }
        }
        roles.filled.sort();
        Ok(roles)
    }

    /// The column that fills `field`.
    pub fn column(&self, field: Field) -> Option<&str> {
        self.filled
            .iter()
            .find(|(filled, _)| *filled == field)
            .map(|(_, column)| column.as_str())
    }

    /// The field that `column` fills.
    pub fn field(&self, column: &str) -> Option<Field> {
        self.filled
            .iter()
            .find(|(_, filling)| filling == column)
            .map(|&(field, _)| field)
    }

    /// The columns that hold one option each, by the option's index from 0.
    pub fn option_columns(&self) -> impl Iterator<Item = (usize, &str)> {
        self.filled.iter().filter_map(|(field, column)| match field {
            Field::Option(index) => Some((usize::from(*index), column.as_str())),
            _ => None,
        })
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
        assert_eq!(roles.field("ID"), Some(Field::Id));
        assert_eq!(
            roles.field("answer"),
            None,
            "the mapped answer stands for the named one"
        );
        assert_eq!(roles.field("question"), Some(Field::Question));
        assert_eq!(roles.field("Question"), None);
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
            MappingError::OptionsTwice(Field::Option(0))
        );
    }
}
