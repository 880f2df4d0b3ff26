//! Narrowing the catalogue.

use std::fmt;
use std::str::FromStr;

use super::{Catalogue, Entry};
use crate::language::Language;
use crate::text::folding::Query;

/// How large models are, by their weights.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Size {
    /// Below 2 billion.
    Small,
    /// From 2 to 5 billion.
    Light,
    /// From 5 to 15 billion.
    Medium,
    /// From 15 to 50 billion.
    Large,
    /// 50 billion and more.
    Huge,
}

impl Size {
    /// Every size, the smallest first.
    pub const ALL: [Self; 5] = [Self::Small, Self::Light, Self::Medium, Self::Large, Self::Huge];

    /// In words, as `2 to 5 B`.
    pub fn words(self) -> &'static str {
        match self {
            Self::Small => "under 2 B",
            Self::Light => "2 to 5 B",
            Self::Medium => "5 to 15 B",
            Self::Large => "15 to 50 B",
            Self::Huge => "50 B and more",
        }
    }

    fn holds(self, parameters: u64) -> bool {
        let billions = match self {
            Self::Small => 0..2,
            Self::Light => 2..5,
            Self::Medium => 5..15,
            Self::Large => 15..50,
            Self::Huge => 50..u64::MAX / 1_000_000_000,
        };
        billions.contains(&(parameters / 1_000_000_000))
    }
}

/// What models were made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Purpose {
    Medical,
    General,
}

impl Purpose {
    /// Both, in the order in which they are offered.
    pub const ALL: [Self; 2] = [Self::Medical, Self::General];

    /// In a word, as a label.
    pub fn word(self) -> &'static str {
        match self {
            Self::Medical => "medical",
            Self::General => "general",
        }
    }
}

impl fmt::Display for Purpose {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.word())
    }
}

impl FromStr for Purpose {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let known = Self::ALL.into_iter().find(|purpose| purpose.word() == text);
        known.ok_or_else(|| format!("`{text}` is neither `medical` nor `general`"))
    }
}

/// What the catalogue is narrowed to; the default keeps everything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Words of names, repositories, families, licences or papers; folded, as everywhere.
    pub search: String,
    /// Its makers name this language, or another kind of it: `pt` finds `pt-BR`.
    pub language: Option<Language>,
    pub size: Option<Size>,
    pub licence: Option<String>,
    pub family: Option<String>,
    pub purpose: Option<Purpose>,
    /// Only what can be had without accepting terms.
    pub ungated: bool,
    /// Only what the engine knows to run.
    pub runs: bool,
    /// Only what this machine has the memory for.
    pub fits: bool,
}

impl Filter {
    /// Whether everything is kept, whatever is searched for.
    pub fn is_empty(&self) -> bool {
        let search = String::new();
        Self { search, ..self.clone() } == Self::default()
    }

    /// The entries it keeps, in the catalogue's order. `runs` and `fits` say of an entry what the filter may ask.
    pub fn list<'a>(
        &self,
        catalogue: &'a Catalogue,
        runs: impl Fn(&Entry) -> bool,
        fits: impl Fn(&Entry) -> bool,
    ) -> Vec<&'a Entry> {
        let query = Query::new(&self.search);
        let keeps = |entry: &&Entry| {
            self.holds(entry)
                && query.matches(&entry.folded)
                && (!self.runs || runs(entry))
                && (!self.fits || fits(entry))
        };
        catalogue.entries().iter().filter(keeps).collect()
    }

    fn holds(&self, entry: &Entry) -> bool {
        let language = self.language.as_ref().is_none_or(|wanted| {
            let speaks = |language: &Language| language == wanted || language.primary() == wanted.tag();
            entry.languages.iter().any(speaks)
        });
        let size = self
            .size
            .is_none_or(|size| entry.parameters.is_some_and(|parameters| size.holds(parameters)));
        let licence = self.licence.as_ref().is_none_or(|licence| {
            let own = entry.licence.as_ref();
            own.is_some_and(|own| own.to_lowercase().contains(&licence.to_lowercase()))
        });
        let purpose = self
            .purpose
            .is_none_or(|purpose| (purpose == Purpose::Medical) == entry.medical);
        language
            && size
            && licence
            && self.family.as_ref().is_none_or(|family| *family == entry.family)
            && purpose
            && (!self.ungated || entry.gated == Some(false))
    }
}
