//! One known benchmark, and what is known of it.

use serde::Deserialize;

use super::pattern::Pattern;
use crate::benchmarks::import::{ImportOptions, Mapping};
use crate::language::Language;
use crate::models::hub::{RepositoryName, Revision};
use crate::text::folding::Query;

/// Something an entry says, and may say wrongly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fact {
    Repository,
    Licence,
    Items,
    Languages,
    Subjects,
    Files,
    Columns,
}

impl Fact {
    /// In words, as a label.
    pub fn word(self) -> &'static str {
        match self {
            Self::Repository => "where it is",
            Self::Licence => "licence",
            Self::Items => "number of items",
            Self::Languages => "languages",
            Self::Subjects => "subjects",
            Self::Files => "names of files",
            Self::Columns => "columns",
        }
    }
}

/// The paper that made a benchmark.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Citation {
    pub title: String,
    pub year: u16,
    pub link: String,
}

/// Where a benchmark's files are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    Hub {
        repository: RepositoryName,
        revision: Revision,
        /// Whether its terms must be accepted there.
        gated: bool,
    },
    /// A page from which people fetch them.
    Page(String),
}

/// What the records of a file are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Split {
    Asked,
    /// Shown solved before others.
    Examples,
}

/// A file of a benchmark, or several of one kind.
#[derive(Debug, Clone, PartialEq)]
pub struct KnownFile {
    pub path: Pattern,
    pub split: Split,
    pub language: Language,
    /// The subject of all its records, where the file is of one.
    pub subject: Option<String>,
    /// How it is read.
    pub options: ImportOptions,
}

/// A benchmark of the table.
#[derive(Debug, Clone, PartialEq)]
pub struct Known {
    /// What the command line and the workspace call it.
    pub name: String,
    pub title: String,
    pub origin: Origin,
    pub licence: Option<String>,
    /// Whether its items may be passed on.
    pub shared: bool,
    /// How many are asked, over all languages.
    pub items: Option<usize>,
    pub languages: Vec<Language>,
    /// The subjects that are read; all where there are none.
    pub subjects: Vec<String>,
    /// With `{subject}`, what the exam of an item is called.
    pub task: String,
    /// With `{subject}`, `{row}` and `{id}`, what ties items of several languages together.
    pub parallel: Option<String>,
    /// The name of the protocol by which its owners score it.
    pub protocol: String,
    pub columns: Vec<Mapping>,
    pub files: Vec<KnownFile>,
    pub citation: Citation,
    /// What may be wrong.
    pub doubtful: Vec<Fact>,
    pub note: Option<String>,
}

impl Known {
    /// Whether what it says of this may be wrong.
    pub fn is_doubtful(&self, fact: Fact) -> bool {
        self.doubtful.contains(&fact)
    }

    /// Where people read about it: its repository's page on the hub, or its own.
    pub fn page(&self) -> String {
        match &self.origin {
            Origin::Hub { repository, .. } => format!("https://huggingface.co/{repository}"),
            Origin::Page(page) => page.clone(),
        }
    }

    /// Whether its files are on the hub, so that they can be fetched.
    pub fn is_on_hub(&self) -> bool {
        matches!(self.origin, Origin::Hub { .. })
    }

    /// Whether its owner wants terms accepted first, as far as is known.
    pub fn is_gated(&self) -> bool {
        matches!(self.origin, Origin::Hub { gated: true, .. })
    }

    /// The files of some languages; of all where none is named.
    pub fn files_in<'a>(&'a self, languages: &'a [Language]) -> impl Iterator<Item = &'a KnownFile> {
        self.files
            .iter()
            .filter(move |file| languages.is_empty() || languages.contains(&file.language))
    }

    /// The task of an item of a subject.
    pub fn task_of(&self, subject: Option<&str>) -> String {
        self.task.replace("{subject}", subject.unwrap_or("all"))
    }

    /// What a search looks at.
    pub(super) fn is_found(&self, query: &Query) -> bool {
        let languages = self
            .languages
            .iter()
            .flat_map(|language| [language.english_name(), language.native_name(), language.tag()]);
        let where_it_is = match &self.origin {
            Origin::Hub { repository, .. } => repository.plain(),
            Origin::Page(page) => page,
        };
        let own = [self.name.as_str(), &self.title, where_it_is, &self.citation.title];
        query.finds(own.into_iter().chain(self.licence.as_deref()).chain(languages))
    }
}
