//! What is written down about a run: everything that could move its numbers.

use std::fmt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::RunModel;
use crate::files::{WriteError, write_toml};
use crate::language::Language;
use crate::prompts::Protocol;

/// The newest layout of `run.toml` that this program knows.
pub const SCHEMA: u32 = 1;
const FILE: &str = "run.toml";

/// A run's name, which is also its folder's: the time it was made and a few random letters.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RunId(String);

impl RunId {
    /// A fresh name for a run made now.
    pub fn now() -> Self {
        let time = humantime::format_rfc3339_seconds(std::time::SystemTime::now()).to_string();
        // No colon: it cannot stand in a file name on Windows.
        let time = time.replace(':', "").replace('T', "-").replace('Z', "");
        let letters: String = std::iter::repeat_with(fastrand::lowercase).take(4).collect();
        Self(format!("{time}-{letters}"))
    }

    /// The name as given on a command line; `None` where it could leave the runs folder.
    pub fn parse(text: &str) -> Option<Self> {
        let safe = |character: char| character.is_ascii_alphanumeric() || character == '-' || character == '_';
        (!text.is_empty() && text.chars().all(safe)).then(|| Self(text.to_owned()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RunId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// How far a run came. Whether one is running right now, only the worker that runs it knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RunState {
    /// Started, and neither ended nor stopped: it is running, or its process was killed.
    Unfinished,
    Cancelled,
    Failed,
    Finished,
}

impl RunState {
    /// The word shown for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Unfinished => "unfinished",
            Self::Cancelled => "cancelled",
            Self::Failed => "failed",
            Self::Finished => "finished",
        }
    }
}

/// A benchmark as a run uses it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunBenchmark {
    pub name: String,
    /// Of its items, as [`crate::benchmarks::Benchmark::hash`] gives it.
    pub hash: String,
}

/// A run: models × items × protocol.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunRecord {
    pub schema: u32,
    pub id: RunId,
    /// When it was made, RFC 3339, UTC.
    pub created: String,
    pub state: RunState,
    /// Why it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// The version of this program that made it.
    pub program: String,
    /// Items per model in one language of one benchmark, from its start; all where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<usize>,
    /// In the order they are asked.
    pub languages: Vec<Language>,
    /// Answers the whole run has when it is finished.
    pub total: usize,
    /// The prompt templates of a run from before they were part of its protocol, word for word.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub template: String,
    pub protocol: Protocol,
    pub models: Vec<RunModel>,
    pub benchmarks: Vec<RunBenchmark>,
    /// What another program wrote there.
    #[serde(flatten)]
    pub rest: toml::Table,
}

/// Why a run's record cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    #[error("{} cannot be read", path.display())]
    Read { path: PathBuf, source: std::io::Error },
    #[error("{} is damaged", path.display())]
    Damaged { path: PathBuf, source: toml::de::Error },
    #[error("{} was made by a newer Polyclinic (its schema is {found}, this program knows up to {SCHEMA}). Update the program to read it", path.display())]
    Newer { path: PathBuf, found: u32 },
}

impl RunRecord {
    /// Reads the record in a run's folder.
    pub fn load(folder: &Path) -> Result<Self, RecordError> {
        #[derive(Deserialize)]
        struct SchemaOnly {
            schema: u32,
        }
        let path = folder.join(FILE);
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(source) => return Err(RecordError::Read { path, source }),
        };
        match toml::from_str::<SchemaOnly>(&text) {
            Ok(SchemaOnly { schema }) if schema > SCHEMA => Err(RecordError::Newer { path, found: schema }),
            Ok(_) => toml::from_str(&text).map_err(|source| RecordError::Damaged { path, source }),
            Err(source) => Err(RecordError::Damaged { path, source }),
        }
    }

    /// Writes the record into a run's folder.
    pub fn save(&self, folder: &Path) -> Result<(), WriteError> {
        write_toml(&folder.join(FILE), self)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A run of nothing.
    pub(crate) fn record() -> RunRecord {
        RunRecord {
            schema: SCHEMA,
            id: RunId::now(),
            created: "2026-11-21T09:00:00Z".into(),
            state: RunState::Unfinished,
            error: None,
            program: "0.1.0".into(),
            limit: Some(3),
            languages: vec!["ar".parse().unwrap()],
            total: 3,
            template: "[en]\ninstruction = \"x\"\n".into(),
            protocol: Protocol::default(),
            models: Vec::new(),
            benchmarks: vec![RunBenchmark {
                name: "b".into(),
                hash: "h".into(),
            }],
            rest: toml::Table::new(),
        }
    }

    #[test]
    fn names_cannot_leave_the_folder() {
        assert!(RunId::parse("../secrets").is_none());
        assert!(RunId::parse("").is_none());
        assert!(RunId::parse(RunId::now().as_str()).is_some());
    }

    #[test]
    fn unknown_fields_survive() {
        let folder = tempfile::tempdir().unwrap();
        let record = record();
        record.save(folder.path()).unwrap();
        let path = folder.path().join(FILE);
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, format!("colour = \"teal\"\n{text}")).unwrap();
        let mut read = RunRecord::load(folder.path()).unwrap();
        read.state = RunState::Finished;
        read.save(folder.path()).unwrap();
        let read = RunRecord::load(folder.path()).unwrap();
        assert_eq!(read.rest.get("colour").and_then(toml::Value::as_str), Some("teal"));
        assert_eq!(read.template, record.template);
    }
}
