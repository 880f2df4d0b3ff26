//! Slices: filters with a name, and the files that hold them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::condition::Condition;
use super::filter::Filter;

/// The newest layout of a slice's file that this program knows.
pub const SCHEMA: u32 = 1;

/// The longest name, in characters.
const LONGEST: usize = 60;

/// A filter with a name.
#[derive(Debug, Clone, PartialEq)]
pub struct Slice {
    pub name: SliceName,
    pub filter: Filter,
    /// What else stands in its file.
    pub rest: toml::Table,
}

/// The name of a slice, which is also its file's, without the ending.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SliceName(String);

/// Why a text cannot name a slice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SliceNameError {
    #[error("the name is empty; type one")]
    Empty,
    #[error("the name is longer than {LONGEST} characters; type a shorter one")]
    TooLong,
    #[error("a name cannot have `{0}` in it, for it is a file's name too; use letters, digits, spaces and `, ; - _ +`")]
    Character(char),
    #[error("no file can have this name on every system; begin with a letter, and with another word")]
    File,
}

/// Names that no file has on Windows.
const TAKEN: [&str; 6] = ["con", "prn", "aux", "nul", "com", "lpt"];

impl FromStr for SliceName {
    type Err = SliceNameError;

    fn from_str(typed: &str) -> Result<Self, SliceNameError> {
        let name = typed.trim();
        if name.is_empty() {
            return Err(SliceNameError::Empty);
        }
        if name.chars().count() > LONGEST {
            return Err(SliceNameError::TooLong);
        }
        // Marks on letters are no letters, but stand in words; what is not seen does not belong in a name.
        let unfit = |it: char| it.is_control() || "/\\:*?\"<>|`$".contains(it) || crate::text::controls::is_unseen(it);
        if let Some(character) = name.chars().find(|&character| unfit(character)) {
            return Err(SliceNameError::Character(character));
        }
        let stem = name.split('.').next().unwrap_or_default().trim_end().to_lowercase();
        let device = TAKEN.contains(&stem.trim_end_matches(|it: char| it.is_ascii_digit()));
        if device || name.starts_with(['.', '-']) || name.ends_with('.') {
            return Err(SliceNameError::File);
        }
        Ok(Self(name.to_owned()))
    }
}

impl fmt::Display for SliceName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl SliceName {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Why a text is no slice.
#[derive(Debug, thiserror::Error)]
pub enum SliceFileError {
    #[error("it is no slice: {0}")]
    Syntax(toml::de::Error),
    #[error(
        "it was written by a newer Polyclinic (its schema is {0}, this program knows up to {SCHEMA}); update the program to read it"
    )]
    Newer(u32),
    #[error("`conditions`, number {number}: {source}")]
    Condition { number: usize, source: toml::de::Error },
}

/// A slice's file.
#[derive(Serialize, Deserialize)]
struct File<C> {
    schema: u32,
    #[serde(default = "Vec::new")]
    conditions: Vec<C>,
    #[serde(flatten)]
    rest: toml::Table,
}

impl Slice {
    /// Reads a file's text. Unknown keys beside the conditions are kept; an unknown condition is refused, for without it
    /// the slice would be another.
    pub fn parse(name: SliceName, text: &str) -> Result<Self, SliceFileError> {
        let file: File<toml::Value> = toml::from_str(text).map_err(SliceFileError::Syntax)?;
        if file.schema > SCHEMA {
            return Err(SliceFileError::Newer(file.schema));
        }
        let read = |(place, value): (usize, toml::Value)| {
            Condition::deserialize(value).map_err(|source| SliceFileError::Condition {
                number: place + 1,
                source,
            })
        };
        let conditions: Result<Filter, SliceFileError> = file.conditions.into_iter().enumerate().map(read).collect();
        Ok(Self {
            name,
            filter: conditions?,
            rest: file.rest,
        })
    }

    /// The text of a file that [`Slice::parse`] reads back.
    pub fn to_file(&self) -> String {
        let file = File {
            schema: SCHEMA,
            conditions: self.filter.conditions().to_vec(),
            rest: self.rest.clone(),
        };
        // Made of tables, texts and numbers only, which TOML has.
        toml::to_string_pretty(&file).unwrap_or_default()
    }
}
