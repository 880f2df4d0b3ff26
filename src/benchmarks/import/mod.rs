//! Reading items from files.
//!
//! # JSON Lines, our own format
//!
//! One object a line, in UTF-8 (`.jsonl`, `.ndjson`); a JSON array of such objects (`.json`) is read too.
//!
//! | field | what it holds |
//! |---|---|
//! | `id` | names the question within its language; the same id may stand once in every language |
//! | `language` | BCP 47 tag: `en`, `ar`, `pt-BR` |
//! | `task` | the exam within the benchmark; absent: [`ImportOptions::task`], else the file's name |
//! | `subject` | field of medicine, may be absent |
//! | `parallel` (or `parallel_id`) | the same text in every language of one question, may be absent |
//! | `context` | what is read before the question, may be absent |
//! | `question` | the question |
//! | `options` | list of 2 to 26 different texts, or an object `{"A": …, "B": …}` |
//! | `answer` | letter of the right option: `"B"`, or the language's own letter |
//! | `answer_index` | instead of `answer`: the right option's index **from 0** |
//! | `rationale` | why the answer is right, may be absent |
//! | `split` | `test` (or absent): an item to ask; `examples` (or `dev`, `train`): one to show solved before others |
//!
//! Any other field is kept as it is. Where no record of a file has an `id`, items are called
//! `<subject or task>-<number of the record, from 1>`.
//!
//! # Tables
//!
//! CSV (`.csv`, `.tsv`; comma, semicolon or tab, found in the first line) and Parquet (`.parquet`) have the same
//! fields as columns, and these, which a mapping `column=field` gives to any column of any format:
//!
//! | field | what the column holds |
//! |---|---|
//! | `option_a` … `option_z` | one option each; the last ones may be empty |
//! | `answer_letter` | as `answer` |
//! | `answer_index0` | the right option's index from 0 |
//! | `answer_index1` | the right option's number from 1 |
//! | `answer_text` | the right option's text |
//!
//! A number in `answer` is refused: whether it counts from 0 or from 1 is never guessed. Columns called like a
//! field, in capitals or not, need no mapping. A column without a name is called `column_N`, N from 1.

mod csv;
mod encoding;
mod json;
mod mapping;
mod parquet;
mod record;

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::path::{Path, PathBuf};

pub use encoding::EncodingError;
pub use mapping::{Field, Mapping, MappingError};

use super::item::{Item, ItemError};
use crate::language::{Language, LanguageError};
use mapping::Roles;
pub(super) use record::EXAMPLES;
use record::{Columns, Reader};

/// How to read a file; the default reads our own format.
#[derive(Debug, Clone, Default)]
pub struct ImportOptions {
    /// Which columns fill which fields, where their names do not say so.
    pub mappings: Vec<Mapping>,
    /// The language of records that name none.
    pub language: Option<Language>,
    /// The task of records that name none; `None` takes the file's name up to its first dot.
    pub task: Option<String>,
    /// The text encoding, by its name on the web (`windows-1256`); `None` reads UTF-8. A byte-order mark goes first.
    pub encoding: Option<String>,
    /// Whether records that name no split are solved examples, to be shown and not asked.
    pub examples: bool,
    /// Whether the first row of a CSV file is an item already; its columns are then called `column_1` and so on.
    pub without_header: bool,
}

/// What a file held.
#[derive(Debug, Clone)]
pub struct Import {
    pub path: PathBuf,
    /// The good items, in the file's order.
    pub items: Vec<Item>,
    /// The good solved examples, in the file's order. Of these and the items there is at least one.
    pub examples: Vec<Item>,
    /// The records left out, in the file's order.
    pub rejected: Vec<Rejected>,
}

impl Import {
    /// A benchmark's name for the file: its own up to the first dot, so that `mmlu.en.jsonl` and `mmlu.ar.jsonl`
    /// come together. Characters a benchmark's name cannot have become dashes.
    pub fn suggested_name(&self) -> String {
        let safe = |character: char| {
            if character.is_alphanumeric() || character == '_' {
                character
            } else {
                '-'
            }
        };
        name_to_first_dot(&self.path).chars().map(safe).collect()
    }
}

/// Where a record stands in its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The line it starts on, from 1.
    Line(usize),
    /// Its number, from 1, in a format without lines of its own.
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

/// Why a record makes no item.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RowError {
    #[error(transparent)]
    Item(#[from] ItemError),
    #[error("this is no JSON: {0}")]
    NotJson(String),
    #[error("this is no JSON object with the fields of an item")]
    NotObject,
    #[error("the row has {found} columns where the table has {expected}")]
    ColumnCount { found: usize, expected: usize },
    #[error("a quotation mark is never closed")]
    UnclosedQuote,
    #[error(
        "a quotation mark stands inside an unquoted value, or text follows a closing one; quote the value and double its marks"
    )]
    StrayQuote,
    #[error("`{field}` holds something other than text")]
    NotText { field: Field },
    #[error(transparent)]
    Language(#[from] LanguageError),
    #[error("the split `{0}` is not known; write `test` for items to ask and `examples` for solved examples")]
    UnknownSplit(String),
    #[error("no language is named; add a `language` field or name the language of the whole file")]
    NoLanguage,
    #[error("there are no options; map a list to `options`, or columns to `option_a`, `option_b` and so on")]
    NoOptions,
    #[error(
        "`options` is neither a list nor an object of letters; map single columns to `option_a`, `option_b` and so on"
    )]
    OptionsNoList,
    #[error("`options` has names other than the letters A to Z, or values other than text")]
    OptionsNotLettered,
    #[error("the right answer is missing")]
    NoAnswer,
    #[error(
        "the answer `{0}` is a number; map its column to `answer_index0` if it counts from 0, or to `answer_index1` if \
         it counts from 1"
    )]
    NumberAsAnswer(String),
    #[error("the answer `{0}` is no option letter; map its column to `answer_text` if it is the option's text")]
    NoLetter(String),
    #[error("the answer {letter} is out of range: there are {options} options")]
    LetterOutOfRange { letter: String, options: usize },
    #[error("the answer {number}, counted from {first}, is out of range: there are {options} options")]
    IndexOutOfRange { number: i64, first: i64, options: usize },
    #[error("the answer `{0}` should be a whole number")]
    NoInteger(String),
    #[error("the answer `{0}` is the text of no option")]
    NoSuchOption(String),
    #[error("`{first}` and `{second}` name different options")]
    AnswersDisagree { first: Field, second: Field },
    #[error("the id `{id}` in {language} stands already at {earlier}")]
    DuplicateId {
        id: String,
        language: Language,
        earlier: Place,
    },
}

/// Why nothing was read from a file.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    #[error("{} cannot be read", path.display())]
    Unreadable { path: PathBuf, source: std::io::Error },
    #[error(
        "{} is in a format that cannot be imported; use JSON Lines (.jsonl), a JSON array (.json), CSV (.csv, .tsv) or \
         Parquet (.parquet){}", path.display(), spreadsheet_advice(path)
    )]
    Format { path: PathBuf },
    #[error("{} cannot be read as text", path.display())]
    Encoding { path: PathBuf, source: EncodingError },
    #[error("{} is one JSON object; use one object a line, or an array of objects", path.display())]
    NotRecords { path: PathBuf },
    #[error("{} is damaged: {reason}", path.display())]
    Damaged { path: PathBuf, reason: String },
    #[error("{} cannot be read with this mapping", path.display())]
    Mapping { path: PathBuf, source: MappingError },
    #[error("{} holds no item", path.display())]
    Empty { path: PathBuf },
    #[error("none of the {} records of {} is a usable item; {}", .rejected.len(), path.display(), first(.rejected))]
    AllRejected { path: PathBuf, rejected: Vec<Rejected> },
}

fn spreadsheet_advice(path: &Path) -> &'static str {
    let extension = path.extension().map(|extension| extension.to_ascii_lowercase());
    match extension.as_ref().and_then(|extension| extension.to_str()) {
        Some("xlsx" | "xls" | "ods") => "; save the sheet as CSV in UTF-8",
        _ => "",
    }
}

fn first(rejected: &[Rejected]) -> String {
    rejected.first().map(Rejected::to_string).unwrap_or_default()
}

/// What one record of a file gave, before it is looked at.
struct RawRecord {
    place: Place,
    columns: Result<Columns, RowError>,
}

struct Defaults {
    language: Option<Language>,
    task: String,
    examples: bool,
}

/// Reads the items of a file; its extension names the format.
pub fn read(path: &Path, options: &ImportOptions) -> Result<Import, ImportError> {
    items(path, raw_records(path, options)?, options)
}

/// Reads items from the text of a JSON Lines file that is in memory; `name` stands for it in messages.
pub fn read_json_lines(name: &str, text: &str, options: &ImportOptions) -> Result<Import, ImportError> {
    let path = Path::new(name);
    let records = json::records(text).ok_or_else(|| ImportError::NotRecords { path: path.to_owned() })?;
    items(path, records, options)
}

fn items(path: &Path, records: Vec<RawRecord>, options: &ImportOptions) -> Result<Import, ImportError> {
    if records.is_empty() {
        return Err(ImportError::Empty { path: path.to_owned() });
    }
    let roles = Roles::new(&column_names(&records), &options.mappings).map_err(|source| ImportError::Mapping {
        path: path.to_owned(),
        source,
    })?;
    let defaults = Defaults {
        language: options.language.clone(),
        task: options.task.clone().unwrap_or_else(|| name_to_first_dot(path)),
        examples: options.examples,
    };
    let reader = Reader {
        roles: &roles,
        defaults: &defaults,
        numbered: roles.column(Field::Id).is_none(),
    };
    let mut import = Import {
        path: path.to_owned(),
        items: Vec::new(),
        examples: Vec::new(),
        rejected: Vec::new(),
    };
    let mut places = HashMap::new();
    for (index, RawRecord { place, columns }) in records.into_iter().enumerate() {
        let id = columns.as_ref().ok().and_then(|columns| reader.id(columns));
        let item = columns.and_then(|columns| {
            let example = reader.is_example(&columns)?;
            Ok((example, reader.item(&columns, index + 1)?))
        });
        let checked = item.and_then(|(example, item)| match places.get(&(example, item.key.clone())) {
            None => Ok((example, item)),
            Some(&earlier) => Err(RowError::DuplicateId {
                id: item.key.id.clone(),
                language: item.key.language.clone(),
                earlier,
            }),
        });
        match checked {
            Ok((example, item)) => {
                places.insert((example, item.key.clone()), place);
                match example {
                    true => import.examples.push(item),
                    false => import.items.push(item),
                }
            }
            Err(reason) => import.rejected.push(Rejected { place, id, reason }),
        }
    }
    if import.items.is_empty() && import.examples.is_empty() {
        let Import { path, rejected, .. } = import;
        return Err(ImportError::AllRejected { path, rejected });
    }
    Ok(import)
}

/// The file's name up to its first dot.
fn name_to_first_dot(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.split('.').next().unwrap_or_default().to_owned()
}

fn raw_records(path: &Path, options: &ImportOptions) -> Result<Vec<RawRecord>, ImportError> {
    let extension = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    if extension == "parquet" {
        return parquet::records(path);
    }
    if !["jsonl", "ndjson", "json", "csv", "tsv"].contains(&extension.as_str()) {
        return Err(ImportError::Format { path: path.to_owned() });
    }
    let bytes = std::fs::read(path).map_err(|source| ImportError::Unreadable {
        path: path.to_owned(),
        source,
    })?;
    let text = encoding::decode(bytes, options.encoding.as_deref()).map_err(|source| ImportError::Encoding {
        path: path.to_owned(),
        source,
    })?;
    match extension.as_str() {
        "csv" | "tsv" => csv::records(&text, !options.without_header).map_err(|reason| ImportError::Damaged {
            path: path.to_owned(),
            reason,
        }),
        _ => json::records(&text).ok_or_else(|| ImportError::NotRecords { path: path.to_owned() }),
    }
}

/// All column names, in the order in which they first appear.
fn column_names(records: &[RawRecord]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let mut seen = std::collections::HashSet::new();
    for columns in records.iter().filter_map(|record| record.columns.as_ref().ok()) {
        for name in columns.keys() {
            if seen.insert(name.as_str()) {
                names.push(name.clone());
            }
        }
    }
    names
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line(line) => write!(formatter, "line {line}"),
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

/// The most rejected records that a summary names one by one.
const SHOWN: usize = 20;

/// A summary for people: both counts, then every rejected record with its place and reason.
impl Import {
    /// How many items were read, by language, and how many records were left out; one line.
    pub fn counts(&self) -> String {
        let mut languages: BTreeMap<&Language, usize> = BTreeMap::new();
        for item in &self.items {
            *languages.entry(&item.key.language).or_default() += 1;
        }
        let languages: Vec<String> = languages.iter().map(|(tag, count)| format!("{tag} {count}")).collect();
        let (good, bad) = (self.items.len(), self.rejected.len());
        format!(
            "{}: {good} {} read ({}), {bad} {} left out",
            self.path.display(),
            if good == 1 { "item" } else { "items" },
            languages.join(", "),
            if bad == 1 { "record" } else { "records" },
        )
    }
}

impl fmt::Display for Import {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.counts())?;
        for rejected in self.rejected.iter().take(SHOWN) {
            write!(formatter, "\n  {rejected}")?;
        }
        if self.rejected.len() > SHOWN {
            write!(formatter, "\n  and {} more", self.rejected.len() - SHOWN)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
