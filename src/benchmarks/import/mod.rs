//! Reading items from files.
//!
//! # JSON Lines, our own format
//!
//! One object a line, in UTF-8 (`.jsonl`, `.ndjson`). In `.json` an array of such objects is read too, an object that
//! holds them by their ids, and an object in which some members are lists of them, or objects with such lists however
//! deep; what stands beside a list there holds of all its records.
//!
//! | field | what it holds |
//! |---|---|
//! | `id` | names the question within its language; the same id may stand once in every language |
//! | `language` | BCP 47 tag (`en`, `ar`, `pt-BR`) or name (`Arabic`, `العربية`) |
//! | `task` | the exam within the benchmark; absent: [`ImportOptions::task`], else the file's name |
//! | `subject` | field of medicine, may be absent |
//! | `parallel` (or `parallel_id`) | the same text in every language of one question, may be absent |
//! | `context` | what is read before the question, may be absent |
//! | `question` | the question |
//! | `options` | 2 to 26 different texts: a list, an object by letters, numbers or other names, or one text in which each begins with its letter or number |
//! | `answer` | letters of the right options (`"B"`, `"A,C"`, `["A", "C"]`), Latin or the language's own; or the names that `options` gives them |
//! | `answer_index` | instead of `answer`: the right option's index **from 0**, or several |
//! | `rationale` | why the answer is right, may be absent |
//! | `split` | `test` (or absent): an item to ask; `examples` (or `dev`, `train`): one to show solved before others |
//!
//! Any other field is kept as it is. Where no record of a file has an `id`, items are called
//! `<subject or task>-<number of the record, from 1>`.
//!
//! # Tables
//!
//! CSV (`.csv`, `.tsv`; comma, semicolon or tab, found in the first line), Parquet (`.parquet`) and spreadsheets (`.xlsx`, `.xls`, `.ods`; one
//! sheet) have the same fields as columns, and these, which a mapping `column=field` gives to any column of any format:
//!
//! | field | what the column holds |
//! |---|---|
//! | `option_a` … `option_z` | one option each; the last ones may be empty |
//! | `question_with_options` | the question, and after it the options with their letters |
//! | `answer_letter` | as `answer` |
//! | `answer_index0` | the right option's index from 0 |
//! | `answer_index1` | the right option's number from 1 |
//! | `answer_text` | the right option's text |
//! | `answer_truth` | yes, no or maybe, true or false, 1 or 0, where the options mean these |
//! | `extra` | anything: the column fills nothing and is kept beside the item |
//!
//! A column may be a path: `CONTEXT.contexts` is the member `contexts` of what `CONTEXT` holds, `choices.text` the `text`
//! of every element of a list, `choices.0` its first. `@file`, `@sheet` and `@key` stand for the file's or member's name,
//! the sheet's, and the name under which an object holds a record.
//!
//! A number in `answer` is refused: whether it counts from 0 or from 1 is never guessed. Columns called like a
//! field, in capitals or not, need no mapping. A column without a name is called `column_N`, N from 1.
//!
//! # Archives
//!
//! `.zip`, `.tar`, `.tar.gz` and `.gz` of one file are unpacked in memory; [`ImportOptions::member`] chooses among
//! their files.

mod answers;
mod archive;
mod choices;
mod content;
mod csv;
mod encoding;
mod errors;
pub mod guess;
mod json;
mod labels;
mod literal;
mod mapping;
mod old_excel;
mod parquet;
mod place;
mod record;
mod source;
mod spreadsheet;
mod tokens;
mod truth;

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

pub use archive::ArchiveError;
pub use encoding::{Candidate, EncodingError};
pub use errors::{ImportError, RowError};
pub use mapping::{Field, Mapping, MappingError};
pub(super) use parquet::table as parquet_table;
pub use place::{At, Place, Rejected};
pub(super) use record::EXAMPLES;

use super::alignment::{self, Plan};
use super::item::{Item, ItemKey};
use super::provenance::Provenance;
use crate::language::Language;
use mapping::Roles;
use record::{Defaults, Reader};
use source::{Document, RawRecord, Source};

/// How to read a file; the default reads our own format.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ImportOptions {
    /// Which columns fill which fields, where their names do not say so.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub mappings: Vec<Mapping>,
    /// The options of every record, where the file names none: yes, no, maybe.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fixed_options: Vec<String>,
    /// The language of records that name none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
    /// The task of records that name none; `None` takes the file's name up to its first dot.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub task: Option<String>,
    /// The text encoding, by its name on the web (`windows-1256`); `None` reads UTF-8. A byte-order mark goes first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encoding: Option<String>,
    /// Which sheet of a spreadsheet; `None` takes the first with rows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
    /// Which members of an archive, by path or the end of it; `*` stands for anything. `None` takes all that can be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub member: Option<String>,
    /// Whether records that name no split are solved examples, to be shown and not asked.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub examples: bool,
    /// Whether the first row of a table is an item already; its columns are then called `column_1` and so on.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub without_header: bool,
}

impl ImportOptions {
    /// These, and where they leave something open, what was said of an earlier file of the same shape.
    #[must_use]
    pub fn or(self, then: &Self) -> Self {
        Self {
            mappings: match self.mappings.is_empty() {
                true => then.mappings.clone(),
                false => self.mappings,
            },
            fixed_options: match self.fixed_options.is_empty() {
                true => then.fixed_options.clone(),
                false => self.fixed_options,
            },
            language: self.language.or_else(|| then.language.clone()),
            task: self.task.or_else(|| then.task.clone()),
            encoding: self.encoding.or_else(|| then.encoding.clone()),
            sheet: self.sheet.or_else(|| then.sheet.clone()),
            member: self.member.or_else(|| then.member.clone()),
            examples: self.examples || then.examples,
            without_header: self.without_header || then.without_header,
        }
    }
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
    /// What is kept with the items about how they were read.
    pub provenance: Provenance,
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

    /// Ties items of different languages together as the plan says.
    pub fn align(&mut self, plan: &Plan) {
        self.items = alignment::apply(std::mem::take(&mut self.items), plan);
    }
}

/// Reads the items of a file; its extension names the format.
pub fn read(path: &Path, options: &ImportOptions) -> Result<Import, ImportError> {
    sample(path, options, usize::MAX)
}

/// Reads the items of the first records of a file, as [`read`] would read them.
pub fn sample(path: &Path, options: &ImportOptions, most: usize) -> Result<Import, ImportError> {
    items(path, source::open(path, options)?, options, most)
}

/// Reads items from the text of a JSON Lines file that is in memory; `name` stands for it in messages.
pub fn read_json_lines(name: &str, text: &str, options: &ImportOptions) -> Result<Import, ImportError> {
    items(Path::new(name), Source::of_lines(name, text), options, usize::MAX)
}

/// The names of the columns of a table and its rows, every value as text.
pub(super) fn id_rows(path: &Path) -> Result<IdRows, ImportError> {
    let mut source = source::open(path, &ImportOptions::default())?;
    let names = source.columns();
    let mut rows = Vec::new();
    for document in &mut source.documents {
        let _ = document.each(&mut |record: RawRecord| {
            if let Ok(columns) = record.columns {
                let id = |name: &String| columns.get(name).and_then(record::scalar_text);
                rows.push(names.iter().map(id).collect());
            }
            ControlFlow::Continue(())
        });
    }
    Ok((names, rows))
}

/// Names of columns, and rows of what they hold.
pub(super) type IdRows = (Vec<String>, Vec<Vec<Option<String>>>);

/// What each column of the source is for.
fn roles(path: &Path, source: &Source, options: &ImportOptions) -> Result<Roles, ImportError> {
    let roles = Roles::new(&source.columns(), &options.mappings);
    let mut roles = roles.map_err(|source| ImportError::Mapping {
        path: path.to_owned(),
        source,
    })?;
    if source.is_keyed() {
        roles.fill_absent(Field::Id, "@key");
    }
    Ok(roles)
}

fn items(path: &Path, mut source: Source, options: &ImportOptions, most: usize) -> Result<Import, ImportError> {
    let roles = roles(path, &source, options)?;
    let defaults = Defaults {
        language: options.language.clone(),
        task: options.task.clone().unwrap_or_else(|| name_to_first_dot(path)),
        examples: options.examples,
        options: options.fixed_options.clone(),
    };
    let mut gathering = Gathering {
        reader: Reader {
            roles: &roles,
            defaults: &defaults,
            numbered: roles.path(Field::Id).is_none(),
        },
        places: HashMap::new(),
        number: 0,
        items: Vec::new(),
        examples: Vec::new(),
        rejected: Vec::new(),
    };
    for document in &mut source.documents {
        let about = About::of(document);
        let _ = document.each(&mut |record| {
            if gathering.number >= most {
                return ControlFlow::Break(());
            }
            gathering.take(&about, record);
            ControlFlow::Continue(())
        });
    }
    let Gathering {
        number,
        items,
        examples,
        rejected,
        ..
    } = gathering;
    let path = path.to_owned();
    if number == 0 {
        return Err(ImportError::Empty { path });
    }
    if items.is_empty() && examples.is_empty() {
        return Err(ImportError::AllRejected { path, rejected });
    }
    let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let provenance = Provenance {
        file,
        sha256: source.sha256,
        items: items.len(),
        examples: examples.len(),
        options: options.clone(),
        fields: roles.named(),
        ..Provenance::default()
    };
    Ok(Import {
        path,
        items,
        examples,
        rejected,
        provenance,
    })
}

/// What holds of all records of a document.
struct About {
    place: Place,
    file: String,
    sheet: Option<String>,
}

impl About {
    fn of(document: &Document) -> Self {
        Self {
            place: document.place(At::Record(0)),
            file: document.file.clone(),
            sheet: document.sheet.clone(),
        }
    }

    fn place(&self, at: At) -> Place {
        let part = self.place.part.clone();
        Place { part, at }
    }
}

/// Items as they come out of records.
struct Gathering<'a> {
    reader: Reader<'a>,
    /// Where each item, or solved example, stands.
    places: HashMap<(bool, ItemKey), Place>,
    number: usize,
    items: Vec<Item>,
    examples: Vec<Item>,
    rejected: Vec<Rejected>,
}

impl Gathering<'_> {
    fn take(&mut self, about: &About, record: RawRecord) {
        self.number += 1;
        let RawRecord { at, key, mut columns } = record;
        if let Ok(columns) = &mut columns {
            let stands_for = [
                ("@file", Some(&about.file)),
                ("@sheet", about.sheet.as_ref()),
                ("@key", key.as_ref()),
            ];
            for (name, value) in stands_for.into_iter().filter(|(name, _)| self.reader.roles.uses(name)) {
                columns.insert(name.to_owned(), value.cloned().into());
            }
        }
        let place = about.place(at);
        let id = columns.as_ref().ok().and_then(|columns| self.reader.id(columns));
        match columns.and_then(|columns| self.item(&columns, &place)) {
            Ok((true, item)) => self.examples.push(item),
            Ok((false, item)) => self.items.push(item),
            Err(reason) => self.rejected.push(Rejected { place, id, reason }),
        }
    }

    /// The item, and whether it is a solved example.
    fn item(&mut self, columns: &record::Columns, place: &Place) -> Result<(bool, Item), RowError> {
        let example = self.reader.is_example(columns)?;
        let item = self.reader.item(columns, self.number)?;
        let key = (example, item.key.clone());
        match self.places.get(&key) {
            Some(earlier) => Err(RowError::DuplicateId {
                id: item.key.id.clone(),
                language: item.key.language.clone(),
                earlier: earlier.clone(),
            }),
            None => {
                self.places.insert(key, place.clone());
                Ok((example, item))
            }
        }
    }
}

/// The file's name up to its first dot.
fn name_to_first_dot(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.split('.').next().unwrap_or_default().to_owned()
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
