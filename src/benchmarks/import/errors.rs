//! Why a record makes no item, and why nothing was read from a file.

use std::path::{Path, PathBuf};

use super::archive::ArchiveError;
use super::encoding::EncodingError;
use super::mapping::{Field, MappingError};
use super::place::{Place, Rejected};
use crate::benchmarks::item::ItemError;
use crate::language::{Language, LanguageError};

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
        "`{field}` holds no options: neither a list, an object, nor a text in which each option begins with its letter \
         or number, such as `(A) … (B) …`; map single columns to `option_a`, `option_b` and so on"
    )]
    OptionsNotFound { field: Field },
    #[error("`options` is a list of objects; map the path of their texts, such as `options.text=options`")]
    OptionsAreObjects,
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
    #[error("the answer `{answer}` is none of the options {}", quoted(.options))]
    NotAmong { answer: String, options: Vec<String> },
    #[error("`answer_truth` reads yes, no and maybe, true and false, 1 and 0; `{0}` is none of them")]
    NoTruth(String),
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
        "{} is in a format that cannot be imported; use JSON Lines (.jsonl), JSON (.json), CSV (.csv, .tsv), Parquet \
         (.parquet), Excel (.xlsx, .xls), OpenDocument (.ods), or a .zip, .tar.gz or .gz of these{}", path.display(), spreadsheet_advice(path)
    )]
    Format { path: PathBuf },
    #[error("{} cannot be unpacked", path.display())]
    Archive { path: PathBuf, source: ArchiveError },
    #[error("{} cannot be read as text", of(path, part.as_deref()))]
    Encoding {
        path: PathBuf,
        part: Option<String>,
        source: EncodingError,
    },
    #[error(
        "{} is one JSON object that holds neither records by their ids nor a list of records; use one object a line, or \
         an array of objects", of(path, part.as_deref())
    )]
    NotRecords { path: PathBuf, part: Option<String> },
    #[error("{} is damaged: {reason}", of(path, part.as_deref()))]
    Damaged {
        path: PathBuf,
        part: Option<String>,
        reason: String,
    },
    #[error("{} has no sheet called `{sheet}`; it has {}", of(path, part.as_deref()), quoted(.sheets))]
    NoSheet {
        path: PathBuf,
        part: Option<String>,
        sheet: String,
        sheets: Vec<String>,
    },
    #[error("{} cannot be read with this mapping", path.display())]
    Mapping { path: PathBuf, source: MappingError },
    #[error("{} holds no item: there is no record in it", path.display())]
    Empty { path: PathBuf },
    #[error("{} is empty, it has no bytes; it may not have been saved or downloaded whole", of(path, part.as_deref()))]
    NoBytes { path: PathBuf, part: Option<String> },
    #[error("{} holds {holds}, whatever its name ends in; if so, rename it to {ending}, else get it anew", of(path, part.as_deref()))]
    OtherContent {
        path: PathBuf,
        part: Option<String>,
        holds: &'static str,
        ending: &'static str,
    },
    #[error("none of the {} records of {} is a usable item; {}", .rejected.len(), path.display(), first(.rejected))]
    AllRejected { path: PathBuf, rejected: Vec<Rejected> },
}

fn spreadsheet_advice(path: &Path) -> &'static str {
    let extension = path.extension().map(|extension| extension.to_ascii_lowercase());
    match extension.as_ref().and_then(|extension| extension.to_str()) {
        Some("xlsb" | "numbers") => "; save the spreadsheet as .xlsx",
        Some("7z" | "rar" | "bz2" | "xz" | "zst") => "; unpack it first",
        _ => "",
    }
}

fn first(rejected: &[Rejected]) -> String {
    rejected.first().map(Rejected::to_string).unwrap_or_default()
}

/// A file, and the part of it that is meant where it has several.
fn of(path: &Path, part: Option<&str>) -> String {
    match part {
        Some(part) => format!("{part} in {}", path.display()),
        None => path.display().to_string(),
    }
}

/// Names for a message, each in backticks.
pub(super) fn quoted(names: &[String]) -> String {
    if names.is_empty() {
        return "none".to_owned();
    }
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    names.join(", ")
}
