//! A benchmark: a named set of items with its licence and source, kept as `<name>.toml` and the file of items that it
//! names, `<name>.<first digits of its SHA-256>.parquet`.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};

use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
use rayon::slice::ParallelSliceMut;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::alignment::{self, Plan};
use super::import::{self, EXAMPLES, Import, ImportError, ImportOptions, Rejected};
use super::item::{Item, ItemKey};
use super::provenance::Provenance;
use super::table;
use crate::files::{self, WriteError, write_atomically, write_toml};

/// The newest layout of the two files that this program knows.
pub const SCHEMA: i64 = 1;

/// How many digits of its SHA-256 stand in the name of a file of items.
const HASH_DIGITS: usize = 12;

/// What people say about a benchmark.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Description {
    /// The name to show.
    pub title: String,
    pub licence: Option<String>,
    /// Where the items come from: a repository, a paper, a file.
    pub source: Option<String>,
    /// What a reader of its numbers should know, such as who has not reviewed it.
    pub note: Option<String>,
}

/// A named set of items, never empty, in which no id stands twice in one language.
#[derive(Debug, Clone, PartialEq)]
pub struct Benchmark {
    name: String,
    pub description: Description,
    items: Vec<Item>,
    examples: Vec<Item>,
    hash: String,
    imports: Vec<Provenance>,
    /// What a newer or another program wrote into the `.toml`.
    rest: toml::Table,
}

/// What adding items did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Added {
    /// How many items are new.
    pub added: usize,
    /// The keys that stood there already; those items were left as they were.
    pub duplicates: Vec<ItemKey>,
}

impl Added {
    /// Counts what adding more did.
    pub fn join(&mut self, more: Self) {
        self.added += more.added;
        self.duplicates.extend(more.duplicates);
    }
}

/// What can go wrong with a benchmark.
#[derive(Debug, thiserror::Error)]
pub enum BenchmarkError {
    #[error(
        "`{0}` cannot name a benchmark: its files are called so; use up to 100 letters, digits, spaces, `-`, `_` or `.`, \
         beginning and ending with a letter or digit"
    )]
    Name(String),
    #[error("the benchmark `{0}` would hold no item")]
    Empty(String),
    #[error("the item `{}` in {} stands twice in the benchmark `{name}`", .key.id, .key.language)]
    Duplicate { name: String, key: ItemKey },
    #[error("the benchmark's file {} cannot be read", path.display())]
    Unreadable { path: PathBuf, source: std::io::Error },
    #[error(transparent)]
    Write(#[from] WriteError),
    #[error("the benchmark's file {} cannot be written: {reason}", path.display())]
    Table { path: PathBuf, reason: String },
    #[error("the benchmark's description {} is damaged: {reason}", path.display())]
    DamagedDescription { path: PathBuf, reason: String },
    #[error(
        "the benchmark's description {} names `{file}` as its items, which is no plain file name; `file` must name a \
         file in the same folder", path.display()
    )]
    OutsideFolder { path: PathBuf, file: String },
    #[error(
        "{} was written by a newer version of Polyclinic (schema {found}, this one knows {SCHEMA}); update the program",
        path.display()
    )]
    Newer { path: PathBuf, found: i64 },
    #[error("the benchmark's items cannot be read")]
    Items(#[from] ImportError),
    #[error("the benchmark's file {} is damaged: {first}", path.display())]
    DamagedItem { path: PathBuf, first: Box<Rejected> },
    #[error(
        "{} is not the file that its description was written for, or is damaged (SHA-256 {found}, expected \
         {expected}); restore both files from a copy or import the benchmark again", path.display()
    )]
    Hash {
        path: PathBuf,
        found: String,
        expected: String,
    },
}

/// The `.toml` beside the items.
#[derive(Debug, Serialize, Deserialize)]
struct Sidecar {
    schema: i64,
    name: String,
    title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    licence: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
    /// The name of the file of items, in the same folder; without it, `<name>.parquet`.
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    /// Of the items, whatever file holds them.
    sha256: String,
    /// Of the file of items, so that a damaged one is never parsed.
    file_sha256: String,
    items: usize,
    languages: BTreeMap<String, usize>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    imports: Vec<Provenance>,
    #[serde(flatten)]
    rest: toml::Table,
}

impl Benchmark {
    /// Puts items together under a name that files can have.
    pub fn new(name: &str, description: Description, items: Vec<Item>) -> Result<Self, BenchmarkError> {
        Self::of_parts(name, description, items, Vec::new())
    }

    fn of_parts(
        name: &str,
        description: Description,
        items: Vec<Item>,
        examples: Vec<Item>,
    ) -> Result<Self, BenchmarkError> {
        if !is_safe_name(name) {
            return Err(BenchmarkError::Name(name.to_owned()));
        }
        if items.is_empty() {
            return Err(BenchmarkError::Empty(name.to_owned()));
        }
        require_distinct(name, &items)?;
        require_distinct(name, &examples)?;
        Ok(Self {
            hash: hash(&items, &examples),
            name: name.to_owned(),
            description,
            items,
            examples,
            imports: Vec::new(),
            rest: toml::Table::new(),
        })
    }

    /// Gives it solved examples, to be shown before items and never asked.
    pub fn with_examples(mut self, examples: Vec<Item>) -> Result<Self, BenchmarkError> {
        require_distinct(&self.name, &examples)?;
        self.hash = hash(&self.items, &examples);
        self.examples = examples;
        Ok(self)
    }

    /// The name, which is also its files' name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The items in the order in which they came.
    pub fn items(&self) -> &[Item] {
        &self.items
    }

    /// The solved examples of its owners, in their order; shown before items, never asked. Often there are none.
    pub fn examples(&self) -> &[Item] {
        &self.examples
    }

    /// The files its items were read from, in the order in which they came.
    pub fn imports(&self) -> &[Provenance] {
        &self.imports
    }

    /// Makes a benchmark of what a file held.
    pub fn from_import(name: &str, description: Description, import: Import) -> Result<Self, BenchmarkError> {
        let mut benchmark = Self::of_parts(name, description, import.items, import.examples)?;
        benchmark.imports.push(import.provenance);
        Ok(benchmark)
    }

    /// Adds what another file held, as [`Benchmark::add`] adds items.
    pub fn add_import(&mut self, import: Import) -> Added {
        let mut added = self.add(import.items);
        let examples = self.add_examples(import.examples);
        added.added += examples.added;
        added.duplicates.extend(examples.duplicates);
        if added.added > 0 {
            self.imports.push(import.provenance);
        }
        added
    }

    /// Ties items of different languages together as the plan says.
    pub fn align(&mut self, plan: &Plan) {
        self.items = alignment::apply(std::mem::take(&mut self.items), plan);
        self.hash = hash(&self.items, &self.examples);
    }

    /// SHA-256, in hexadecimal, of everything a model or a reader of answers sees; the items' order and
    /// their `extra` information do not count.
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// How many items there are in each language, by tag.
    pub fn languages(&self) -> BTreeMap<String, usize> {
        let mut languages = BTreeMap::new();
        for item in &self.items {
            *languages.entry(item.key.language.tag().to_owned()).or_default() += 1;
        }
        languages
    }

    /// Adds items, such as the same questions in another language. What is there already is never overwritten.
    pub fn add(&mut self, items: Vec<Item>) -> Added {
        let added = add_absent(&mut self.items, items);
        self.hash = hash(&self.items, &self.examples);
        added
    }

    /// Adds solved examples as [`Benchmark::add`] adds items.
    pub fn add_examples(&mut self, examples: Vec<Item>) -> Added {
        let added = add_absent(&mut self.examples, examples);
        self.hash = hash(&self.items, &self.examples);
        added
    }

    /// Writes both files into `folder`. The items get a file of their own; renaming the description that names it into
    /// place commits the change, and a crash before that leaves the benchmark as it was.
    pub fn save(&self, folder: &Path) -> Result<(), BenchmarkError> {
        let description_path = description_path(folder, &self.name);
        let bytes = table::parquet(&self.items, &self.examples).map_err(|error| BenchmarkError::Table {
            path: folder.join(default_file(&self.name)),
            reason: error.to_string(),
        })?;
        let file_sha256 = hexadecimal(Sha256::new_with_prefix(&bytes));
        let file = items_file(&self.name, &file_sha256);
        let old = read_sidecar(&description_path)
            .ok()
            .map(|old| old.file.unwrap_or_else(|| default_file(&self.name)));
        let sidecar = Sidecar {
            schema: SCHEMA,
            name: self.name.clone(),
            title: self.description.title.clone(),
            licence: self.description.licence.clone(),
            source: self.description.source.clone(),
            note: self.description.note.clone(),
            file: Some(file.clone()),
            sha256: self.hash.clone(),
            file_sha256,
            items: self.items.len(),
            languages: self.languages(),
            imports: self.imports.clone(),
            rest: self.rest.clone(),
        };
        write_atomically(&folder.join(&file), &bytes)?;
        write_toml(&description_path, &sidecar)?;
        if let Some(old) = old.filter(|old| *old != file && is_items_file(old, &self.name)) {
            let path = folder.join(old);
            // The benchmark is saved; a file left over only takes room.
            if let Err(error) = std::fs::remove_file(&path)
                && error.kind() != std::io::ErrorKind::NotFound
            {
                tracing::warn!(path = %path.display(), %error, "the old items of a benchmark could not be removed");
            }
        }
        Ok(())
    }

    /// Reads the benchmark called `name` from `folder` and checks its hash.
    pub fn load(folder: &Path, name: &str) -> Result<Self, BenchmarkError> {
        if !is_safe_name(name) {
            return Err(BenchmarkError::Name(name.to_owned()));
        }
        let description_path = description_path(folder, name);
        let sidecar = read_sidecar(&description_path)?;
        let file = sidecar.file.unwrap_or_else(|| default_file(name));
        if !is_plain_file_name(&file) {
            return Err(BenchmarkError::OutsideFolder {
                path: description_path,
                file,
            });
        }
        let items_path = folder.join(file);
        let bytes = std::fs::read(&items_path).map_err(|source| BenchmarkError::Unreadable {
            path: items_path.clone(),
            source,
        })?;
        let found = hexadecimal(Sha256::new_with_prefix(&bytes));
        if found != sidecar.file_sha256 {
            return Err(BenchmarkError::Hash {
                path: items_path,
                found,
                expected: sidecar.file_sha256,
            });
        }
        let (items, examples) = match table::read(bytes) {
            Some(read) => read,
            None => import_items(items_path.clone())?,
        };
        let description = Description {
            title: sidecar.title,
            licence: sidecar.licence,
            source: sidecar.source,
            note: sidecar.note,
        };
        let mut benchmark = Self::of_parts(name, description, items, examples)?;
        if benchmark.hash != sidecar.sha256 {
            return Err(BenchmarkError::Hash {
                path: items_path,
                found: benchmark.hash,
                expected: sidecar.sha256,
            });
        }
        benchmark.imports = sidecar.imports;
        benchmark.rest = sidecar.rest;
        Ok(benchmark)
    }

    /// The names of the benchmarks in `folder`, sorted; none where there is no such folder.
    pub fn names(folder: &Path) -> Result<Vec<String>, BenchmarkError> {
        let descriptions = files::with_ending(folder, "toml").map_err(|source| BenchmarkError::Unreadable {
            path: folder.to_owned(),
            source,
        })?;
        let stems = descriptions.iter().filter_map(|path| path.file_stem()?.to_str());
        let mut names: Vec<String> = stems.map(str::to_owned).collect();
        names.sort();
        Ok(names)
    }
}

/// The items and solved examples of a file that is not as we write them now.
fn import_items(path: PathBuf) -> Result<(Vec<Item>, Vec<Item>), BenchmarkError> {
    let import = import::read(&path, &ImportOptions::default())?;
    match import.rejected.into_iter().next() {
        Some(first) => Err(BenchmarkError::DamagedItem {
            path,
            first: Box::new(first),
        }),
        None => Ok((import.items, import.examples)),
    }
}

fn description_path(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}.toml"))
}

/// The file of items of a description that names none.
fn default_file(name: &str) -> String {
    format!("{name}.parquet")
}

/// Called after its content, so that new items never take the place of those that the description still names.
fn items_file(name: &str, file_sha256: &str) -> String {
    let digits: String = file_sha256.chars().take(HASH_DIGITS).collect();
    format!("{name}.{digits}.parquet")
}

/// Whether the file is called as `save` calls, or once called, the items of the benchmark, so that it may be removed.
fn is_items_file(file: &str, name: &str) -> bool {
    let between = file.strip_prefix(name).and_then(|rest| rest.strip_suffix(".parquet"));
    between.is_some_and(|between| {
        between.is_empty()
            || between.strip_prefix('.').is_some_and(|digits| {
                digits.len() == HASH_DIGITS && digits.chars().all(|digit| digit.is_ascii_hexdigit())
            })
    })
}

/// Whether the name leads nowhere but into the folder it is joined to, on every system we run on.
fn is_plain_file_name(file: &str) -> bool {
    file.strip_suffix(".parquet").is_some_and(|stem| !stem.is_empty())
        && !file.contains(|character: char| matches!(character, '/' | '\\' | ':') || character.is_control())
}

/// Whether every system we run on takes the name for a file, whatever the extension.
pub(super) fn is_safe_name(name: &str) -> bool {
    const RESERVED: &[&str] = &["con", "prn", "aux", "nul"];
    let inner = |character: char| character.is_alphanumeric() || matches!(character, '-' | '_' | '.' | ' ');
    // Combining marks belong to letters of many scripts and are not alphanumeric themselves.
    let is_mark = |character: char| !character.is_ascii() && !character.is_control() && !character.is_whitespace();
    let stem = name.split('.').next().unwrap_or_default().to_lowercase();
    let numbered_port = stem.len() == 4
        && ["com", "lpt"].iter().any(|port| stem.starts_with(port))
        && stem.ends_with(|character: char| character.is_ascii_digit());
    name.len() <= 100
        && name.starts_with(char::is_alphanumeric)
        && name.ends_with(|character: char| character.is_alphanumeric() || is_mark(character))
        && name.chars().all(|character| inner(character) || is_mark(character))
        && !RESERVED.contains(&stem.as_str())
        && !numbered_port
}

fn require_distinct(name: &str, items: &[Item]) -> Result<(), BenchmarkError> {
    let mut keys = HashSet::new();
    match items.iter().find(|item| !keys.insert(&item.key)) {
        Some(twice) => Err(BenchmarkError::Duplicate {
            name: name.to_owned(),
            key: twice.key.clone(),
        }),
        None => Ok(()),
    }
}

fn add_absent(present: &mut Vec<Item>, items: Vec<Item>) -> Added {
    let mut keys: HashSet<ItemKey> = present.iter().map(|item| item.key.clone()).collect();
    let before = present.len();
    let mut duplicates = Vec::new();
    for item in items {
        if keys.insert(item.key.clone()) {
            present.push(item);
        } else {
            duplicates.push(item.key.clone());
        }
    }
    Added {
        added: present.len() - before,
        duplicates,
    }
}

/// So many items are written out at once to be hashed.
const HASHED_TOGETHER: usize = 4096;

/// The order of the examples counts: the first are shown first.
fn hash(items: &[Item], examples: &[Item]) -> String {
    let mut sorted: Vec<&Item> = items.iter().collect();
    sorted.par_sort_by(|first, second| first.key.cmp(&second.key));
    sorted.extend(examples);
    let mut digest = Sha256::new();
    for together in sorted.chunks(HASHED_TOGETHER) {
        let lines: Vec<String> = together.par_iter().map(|item| item.canonical_json()).collect();
        for line in lines {
            digest.update(line.as_bytes());
            digest.update(b"\n");
        }
    }
    if !examples.is_empty() {
        // Else an example could pass for a last item.
        digest.update(format!("{} {EXAMPLES}\n", examples.len()).as_bytes());
    }
    hexadecimal(digest)
}

pub(super) fn hexadecimal(digest: Sha256) -> String {
    digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn read_sidecar(path: &Path) -> Result<Sidecar, BenchmarkError> {
    let text = std::fs::read_to_string(path).map_err(|source| BenchmarkError::Unreadable {
        path: path.to_owned(),
        source,
    })?;
    let damaged = |error: toml::de::Error| BenchmarkError::DamagedDescription {
        path: path.to_owned(),
        reason: error.to_string(),
    };
    let table: toml::Table = toml::from_str(&text).map_err(damaged)?;
    if let Some(found) = table.get("schema").and_then(toml::Value::as_integer)
        && found > SCHEMA
    {
        return Err(BenchmarkError::Newer {
            path: path.to_owned(),
            found,
        });
    }
    table.try_into().map_err(damaged)
}

#[cfg(test)]
mod tests;
