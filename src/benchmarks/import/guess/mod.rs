//! What an unknown file seems to hold: a mapping with reasons, and what stays open.
//!
//! A guess never chooses where two readings fit; that is a [`Doubt`], and [`Guess::settled`] refuses while one is open.

mod answer;
mod doubt;
mod finding;
mod look;
mod names;
mod options;
mod tongue;

use std::path::Path;

pub use doubt::{Choice, Doubt, Reading, Say};

use super::mapping::Mapping;
use super::{ImportError, ImportOptions, sample, source};
use doubt::in_shell;

/// How many records a guess looks at.
const LOOKED: usize = 2000;

/// How many records mostly tell whether a file needs a guess at all.
const TRIED: usize = 50;

/// What a file seems to hold.
#[derive(Debug, Clone, PartialEq)]
pub struct Guess {
    pub contents: Contents,
    /// Everything that can be mapped, paths into columns included.
    pub columns: Vec<Column>,
    /// What fills each field, in the order in which people meet fields.
    pub fields: Vec<Guessed>,
    pub doubts: Vec<Doubt>,
    /// What was said with what was guessed.
    pub options: ImportOptions,
}

/// The parts of a file that has several.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Contents {
    pub sheets: Vec<String>,
    pub members: Vec<String>,
}

/// Something that can be mapped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// A column's name, or a path into it.
    pub path: String,
    /// A few different values, as text.
    pub examples: Vec<String>,
    /// Its values in the first records, in their order; empty where a record has none.
    pub first: Vec<String>,
    /// In how many of the records that were looked at it has a value.
    pub filled: usize,
    pub looked: usize,
}

/// A column, the field it fills, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guessed {
    pub mapping: Mapping,
    pub why: String,
    pub sure: Sureness,
}

/// How sure a guess is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sureness {
    /// Its values look like it.
    Unsure,
    /// Its name or its values say so.
    Likely,
    /// Its name says so and its values agree, or nothing else is possible.
    Sure,
    /// Somebody said it.
    Said,
}

/// Doubts are open, so that nothing is read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", told(.0))]
pub struct OpenDoubts(pub Vec<Doubt>);

fn told(doubts: &[Doubt]) -> String {
    let told: Vec<String> = doubts
        .iter()
        .map(|doubt| {
            let choices: Vec<String> = doubt
                .choices()
                .iter()
                .take(8)
                .map(|choice| format!("`{}`", choice.arguments()))
                .collect();
            match (choices.as_slice(), doubt) {
                ([], Doubt::Language { .. }) => format!("{} Say `--language` and its tag.", doubt.question()),
                ([], _) => doubt.question(),
                _ => format!("{} Say {}.", doubt.question(), choices.join(" or ")),
            }
        })
        .collect();
    told.join(" ")
}

impl Guess {
    /// How to read the file; refused while a doubt is open.
    pub fn settled(self) -> Result<ImportOptions, OpenDoubts> {
        match self.doubts.is_empty() {
            true => Ok(self.options),
            false => Err(OpenDoubts(self.doubts)),
        }
    }

    /// What to type to read the file so.
    pub fn arguments(&self) -> String {
        arguments(&self.options)
    }
}

/// Options as they are typed.
pub fn arguments(options: &ImportOptions) -> String {
    let mut arguments: Vec<String> = Vec::new();
    let mappings = options.mappings.iter().map(|mapping| in_shell(&mapping.to_string()));
    let mappings: Vec<String> = mappings.collect();
    if !mappings.is_empty() {
        arguments.push(format!("--map {}", mappings.join(" ")));
    }
    if !options.fixed_options.is_empty() {
        arguments.push(format!("--options {}", in_shell(&options.fixed_options.join(","))));
    }
    let language = options.language.as_ref().map(|language| language.tag().to_owned());
    for (name, value) in [
        ("--language", &language),
        ("--task", &options.task),
        ("--encoding", &options.encoding),
        ("--sheet", &options.sheet),
        ("--member", &options.member),
    ] {
        arguments.extend(value.as_ref().map(|value| format!("{name} {}", in_shell(value))));
    }
    for (name, said) in [
        ("--examples", options.examples),
        ("--no-header", options.without_header),
    ] {
        arguments.extend(said.then(|| name.to_owned()));
    }
    arguments.join(" ")
}

/// Whether what is said does not suffice to read a single record of the file.
pub fn is_needed(path: &Path, said: &ImportOptions) -> Result<bool, ImportError> {
    for most in [TRIED, usize::MAX] {
        match sample(path, said, most) {
            Ok(_) => return Ok(false),
            Err(ImportError::AllRejected { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(true)
}

/// Finds out how a file could be read; what is said already stays.
pub fn guess(path: &Path, said: &ImportOptions) -> Result<Guess, ImportError> {
    match source::open(path, said) {
        Ok(source) if said.without_header || !source.begins_with_a_record() => {
            return finding::guess(path, source, said.clone());
        }
        // Names of columns differ from each other; the texts of a question often do not.
        Ok(_) | Err(ImportError::SameNames { .. }) => {}
        Err(error) => return Err(error),
    }
    let without_header = ImportOptions {
        without_header: true,
        ..said.clone()
    };
    finding::guess(path, source::open(path, &without_header)?, without_header)
}
