//! What a guess leaves open: a question in plain words, and the answers that settle it.

use super::super::mapping::{Field, Mapping};
use super::super::{ImportOptions, errors::quoted};
use crate::language::Language;

/// What stays open about a file, because several readings fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Doubt {
    /// The numbers of this column fit the options both counted from 0 and counted from 1.
    IndexBase { column: String, readings: Vec<Reading> },
    /// Several columns could fill the field.
    Columns { field: Field, candidates: Vec<String> },
    /// No column seems to fill a field that every item needs.
    Missing {
        field: Field,
        columns: Vec<String>,
        /// The column that is called so but has no value.
        empty: Option<String>,
    },
    /// The answers are true or false, and nothing names the options to show.
    FixedOptions {
        column: String,
        suggestions: Vec<Vec<String>>,
    },
    /// No language is named.
    Language {
        /// What the letters and common words of the questions look like, the likeliest first.
        suggestions: Vec<Language>,
        /// Whether each member of the archive seems to be called after its language.
        by_file: bool,
    },
}

/// One record as both ways of counting read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    pub question: String,
    pub number: String,
    /// The right option, where the number counts from 0.
    pub from_zero: Option<String>,
    /// The right option, where the number counts from 1.
    pub from_one: Option<String>,
}

/// One answer to a doubt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// In plain words.
    pub words: String,
    pub say: Say,
}

/// What choosing says about the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Say {
    Map(Mapping),
    Options(Vec<String>),
    Language(Language),
}

impl Doubt {
    /// The question, in plain words.
    pub fn question(&self) -> String {
        match self {
            Self::IndexBase { column, .. } => {
                format!("Do the numbers in `{column}` count the options from 0 or from 1? Both fit.")
            }
            Self::Columns { field, candidates } => {
                format!("Which column holds the {}: {}?", noun(*field), quoted(candidates))
            }
            Self::Missing { field, empty: None, .. } => {
                format!("Which column holds the {}? None is called so.", noun(*field))
            }
            Self::Missing {
                field,
                empty: Some(column),
                ..
            } => format!(
                "Which column holds the {}? `{column}` is called so but has no value; formulas have none until a \
                 spreadsheet program has saved their results.",
                noun(*field)
            ),
            Self::FixedOptions { column, .. } => {
                format!("What are the options? `{column}` says true or false and the file names none.")
            }
            Self::Language { .. } => "Which language are the questions in? The file names none.".to_owned(),
        }
    }

    /// The answers that settle it.
    pub fn choices(&self) -> Vec<Choice> {
        let map = |column: &str, field: Field, words: String| Choice {
            words,
            say: Say::Map(Mapping {
                column: column.to_owned(),
                field,
            }),
        };
        match self {
            Self::IndexBase { column, .. } => vec![
                map(column, Field::AnswerIndex0, "From 0: 0 is the first option".to_owned()),
                map(column, Field::AnswerIndex1, "From 1: 1 is the first option".to_owned()),
            ],
            Self::Columns {
                field,
                candidates: columns,
            }
            | Self::Missing { field, columns, .. } => columns
                .iter()
                .map(|column| map(column, *field, column.clone()))
                .collect(),
            Self::FixedOptions { suggestions, .. } => suggestions
                .iter()
                .map(|options| Choice {
                    words: options.join(", "),
                    say: Say::Options(options.clone()),
                })
                .collect(),
            Self::Language { suggestions, by_file } => {
                let by_file = by_file.then(|| map("@file", Field::Language, "As each file is called".to_owned()));
                let named = suggestions.iter().map(|language| Choice {
                    words: language.english_name().to_owned(),
                    say: Say::Language(language.clone()),
                });
                by_file.into_iter().chain(named).collect()
            }
        }
    }
}

/// What a column holds that fills a field.
fn noun(field: Field) -> String {
    match field {
        Field::Options => "options".to_owned(),
        field => field.words(),
    }
}

impl Choice {
    /// Adds what it says to what is said already, in place of what that says of the same.
    pub fn apply(&self, options: &mut ImportOptions) {
        match &self.say {
            Say::Map(mapping) => {
                let alike = |field: Field| field == mapping.field || (field.is_answer() && mapping.field.is_answer());
                options
                    .mappings
                    .retain(|other| !alike(other.field) && other.column != mapping.column);
                options.mappings.push(mapping.clone());
            }
            Say::Options(fixed) => options.fixed_options.clone_from(fixed),
            Say::Language(language) => options.language = Some(language.clone()),
        }
    }

    /// What to type on the command line.
    pub fn arguments(&self) -> String {
        match &self.say {
            Say::Map(mapping) => format!("--map {}", in_shell(&mapping.to_string())),
            Say::Options(options) => format!("--options {}", in_shell(&options.join(","))),
            Say::Language(language) => format!("--language {language}"),
        }
    }
}

/// A word as shells take it, quoted where it must be.
pub(super) fn in_shell(word: &str) -> String {
    let plain = |character: char| character.is_alphanumeric() || "_-=.,/@+:".contains(character);
    match !word.is_empty() && word.chars().all(plain) {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', r"'\''")),
    }
}
