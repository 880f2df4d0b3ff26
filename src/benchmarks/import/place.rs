//! Where records stand, and those that make no item.

use std::fmt;
use std::sync::Arc;

use super::RowError;

/// Where a record stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The part of the file it stands in, where it has several: a member of an archive, a sheet.
    pub part: Option<Arc<str>>,
    pub at: At,
}

/// Where a record stands in its part of the file; all count from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum At {
    /// The line it starts on.
    Line(usize),
    /// The row of a sheet, as spreadsheets number them.
    Row(usize),
    /// Its number, in a format without lines of its own.
    Record(usize),
}

/// A record that makes no item.
#[derive(Debug, Clone, PartialEq)]
pub struct Rejected {
    pub place: Place,
    /// The record's id, where it could be read.
    pub id: Option<String>,
    pub reason: RowError,
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(part) = &self.part {
            write!(formatter, "{part}, ")?;
        }
        self.at.fmt(formatter)
    }
}

impl fmt::Display for At {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line(line) => write!(formatter, "line {line}"),
            Self::Row(row) => write!(formatter, "row {row}"),
            Self::Record(number) => write!(formatter, "record {number}"),
        }
    }
}

impl fmt::Display for Rejected {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.place)?;
        if let Some(id) = &self.id {
            write!(formatter, " ({id})")?;
        }
        write!(formatter, ": {}", self.reason)
    }
}
