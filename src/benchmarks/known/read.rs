//! Reading the table of known benchmarks into types. What is wrong in it is told with its benchmark and field.

use std::collections::{BTreeMap, HashSet};

use serde::Deserialize;

use super::entry::{Citation, Fact, Known, KnownFile, Origin, Split};
use super::pattern::Pattern;
use crate::benchmarks::benchmark::is_safe_name;
use crate::benchmarks::import::{ImportOptions, Mapping};
use crate::language::Language;
use crate::models::hub::{RepositoryName, Revision};

/// The layout of the file that this program knows.
const SCHEMA: u32 = 1;

/// Why the file is no table of benchmarks.
#[derive(Debug, thiserror::Error)]
pub enum KnownError {
    #[error("the table of benchmarks cannot be read")]
    Toml(#[from] toml::de::Error),
    #[error("the table of benchmarks was made for a newer Polyclinic (schema {0}, this one knows {SCHEMA})")]
    Newer(u32),
    #[error("the benchmark `{name}`, `{field}`: {problem}")]
    Entry {
        name: String,
        field: &'static str,
        problem: String,
    },
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    schema: u32,
    benchmark: Vec<Entry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    name: String,
    title: String,
    repository: Option<String>,
    page: Option<String>,
    #[serde(default)]
    revision: Revision,
    licence: Option<String>,
    shared: bool,
    #[serde(default)]
    gated: bool,
    items: Option<usize>,
    languages: Languages,
    #[serde(default)]
    subjects: Vec<String>,
    task: String,
    parallel: Option<String>,
    protocol: String,
    columns: Vec<String>,
    #[serde(default)]
    options: Vec<String>,
    files: Vec<FileEntry>,
    citation: Citation,
    #[serde(default)]
    doubtful: Vec<Fact>,
    note: Option<String>,
}

/// The languages of a benchmark, each with what stands for it in its files' names.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Languages {
    Plain(Vec<Language>),
    Named(BTreeMap<Language, String>),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FileEntry {
    path: String,
    member: Option<String>,
    split: Split,
    #[serde(default = "yes")]
    header: bool,
}

fn yes() -> bool {
    true
}

/// Reads the table.
pub fn read(text: &str) -> Result<Vec<Known>, KnownError> {
    let file: File = toml::from_str(text)?;
    if file.schema > SCHEMA {
        return Err(KnownError::Newer(file.schema));
    }
    let mut names = HashSet::new();
    let mut known = Vec::new();
    for entry in file.benchmark {
        if !names.insert(entry.name.clone()) {
            return Err(wrong(&entry.name, "name", "it stands twice"));
        }
        known.push(whole(entry)?);
    }
    Ok(known)
}

fn wrong(name: &str, field: &'static str, problem: impl ToString) -> KnownError {
    KnownError::Entry {
        name: name.to_owned(),
        field,
        problem: problem.to_string(),
    }
}

/// Checks an entry and writes out its files, one for each language and subject that its paths name.
fn whole(entry: Entry) -> Result<Known, KnownError> {
    let name = entry.name.as_str();
    if !is_safe_name(name) {
        return Err(wrong(name, "name", "a workspace cannot keep a benchmark of this name"));
    }
    for (field, text) in [
        ("title", &entry.title),
        ("task", &entry.task),
        ("protocol", &entry.protocol),
        ("citation", &entry.citation.title),
    ] {
        if text.trim().is_empty() {
            return Err(wrong(name, field, "it is empty"));
        }
    }
    let origin = match (&entry.repository, &entry.page) {
        (Some(repository), None) => Origin::Hub {
            repository: RepositoryName::dataset(repository).map_err(|problem| wrong(name, "repository", problem))?,
            revision: entry.revision.clone(),
            gated: entry.gated,
        },
        (None, Some(page)) => Origin::Page(page.clone()),
        _ => return Err(wrong(name, "repository", "either this or a page is needed")),
    };
    let columns: Result<Vec<Mapping>, _> = entry.columns.iter().map(|text| text.parse()).collect();
    let columns = columns.map_err(|problem| wrong(name, "columns", problem))?;
    let files = files(&entry, &columns)?;
    if !files.iter().any(|file| file.split == Split::Asked) {
        return Err(wrong(name, "files", "none is asked"));
    }
    let languages: Vec<Language> = match entry.languages {
        Languages::Plain(languages) => languages,
        Languages::Named(names) => names.into_keys().collect(),
    };
    Ok(Known {
        name: entry.name,
        title: entry.title,
        origin,
        licence: entry.licence,
        shared: entry.shared,
        items: entry.items,
        languages,
        subjects: entry.subjects,
        task: entry.task,
        parallel: entry.parallel,
        protocol: entry.protocol,
        columns,
        files,
        citation: entry.citation,
        doubtful: entry.doubtful,
        note: entry.note,
    })
}

fn files(entry: &Entry, columns: &[Mapping]) -> Result<Vec<KnownFile>, KnownError> {
    let name = entry.name.as_str();
    let languages: Vec<(&Language, &str)> = match &entry.languages {
        Languages::Plain(languages) => languages.iter().map(|language| (language, "")).collect(),
        Languages::Named(names) => names.iter().map(|(language, name)| (language, name.as_str())).collect(),
    };
    if languages.is_empty() {
        return Err(wrong(name, "languages", "there is none"));
    }
    let mut files = Vec::new();
    for file in &entry.files {
        let names = |wanted: &str| {
            let member = file.member.as_ref().is_some_and(|member| member.contains(wanted));
            file.path.contains(wanted) || member
        };
        if languages.len() > 1 && !names("{language}") {
            return Err(wrong(
                name,
                "files",
                "it has several languages, and {language} stands nowhere",
            ));
        }
        let subjects: Vec<Option<&String>> = match names("{subject}") {
            true => entry.subjects.iter().map(Some).collect(),
            false => vec![None],
        };
        for (language, named) in &languages {
            for &subject in &subjects {
                let filled = |text: &str| {
                    let text = text.replace("{language}", named);
                    text.replace("{subject}", subject.map_or("", String::as_str))
                };
                files.push(KnownFile {
                    path: Pattern::new(&filled(&file.path)).map_err(|problem| wrong(name, "files", problem))?,
                    split: file.split,
                    language: (*language).clone(),
                    subject: subject.cloned(),
                    options: ImportOptions {
                        mappings: columns.to_vec(),
                        language: Some((*language).clone()),
                        task: Some(entry.name.clone()),
                        examples: file.split == Split::Examples,
                        without_header: !file.header,
                        fixed_options: entry.options.clone(),
                        member: file.member.as_deref().map(filled),
                        ..ImportOptions::default()
                    },
                });
            }
        }
    }
    Ok(files)
}
