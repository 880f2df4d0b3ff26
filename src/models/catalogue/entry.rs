//! One model of the catalogue, and what is known of it.

use serde::Deserialize;

use crate::language::Language;
use crate::models::download::Order;
use crate::models::packaged;
use crate::models::quantization::Quantization;
use crate::models::shape::Shape;
use crate::text::folding::Folded;

/// A paper that made or measured models.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Paper {
    pub id: String,
    pub title: String,
    /// Its number at arXiv.
    pub arxiv: String,
}

/// Something an entry says, and may say wrongly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fact {
    Repository,
    Gguf,
    ServedAs,
    Architecture,
    Parameters,
    Context,
    Languages,
    Licence,
    Gated,
}

impl Fact {
    /// In words, as a label.
    pub fn word(self) -> &'static str {
        match self {
            Self::Repository => "repository",
            Self::Gguf => "files",
            Self::ServedAs => "name at the endpoint",
            Self::Architecture => "architecture",
            Self::Parameters => "parameters",
            Self::Context => "context",
            Self::Languages => "languages",
            Self::Licence => "licence",
            Self::Gated => "access",
        }
    }
}

/// A repository of files converted to GGUF.
#[derive(Debug, Clone, PartialEq)]
pub struct Conversion {
    pub repository: String,
    /// How its files are called; `{Q}` stands for a quantization, `{q}` for one in small letters.
    pub file: Option<String>,
    pub quantizations: Vec<&'static Quantization>,
}

/// A file of a conversion.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GgufFile<'a> {
    pub conversion: &'a Conversion,
    pub quantization: &'static Quantization,
}

impl GgufFile<'_> {
    /// Its name in the repository, where that is known.
    pub fn name(&self) -> Option<String> {
        let name = self.quantization.name;
        let pattern = self.conversion.file.as_ref()?;
        Some(pattern.replace("{Q}", name).replace("{q}", &name.to_lowercase()))
    }

    /// What fetches it, where its name is known.
    pub fn order(&self) -> Option<Order> {
        Some(Order {
            repository: self.conversion.repository.parse().ok()?,
            revision: Default::default(),
            file: Some(self.name()?.parse().ok()?),
        })
    }
}

/// Where a closed model is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// The address of its OpenAI-compatible interface.
    pub url: String,
    /// What the model is called there.
    pub served_as: String,
}

/// A model of the catalogue.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// What the command line calls it.
    pub id: String,
    pub title: String,
    /// What papers call it.
    pub names: Vec<String>,
    pub family: String,
    /// Whether it was made for medicine.
    pub medical: bool,
    /// The model it was made from, an id.
    pub base: Option<String>,
    /// Where its weights are on the hub.
    pub repository: Option<String>,
    pub conversions: Vec<Conversion>,
    /// The name of the packaged model that it is.
    pub packaged: Option<String>,
    pub endpoint: Option<Endpoint>,
    /// As GGUF names it.
    pub architecture: Option<String>,
    pub parameters: Option<u64>,
    /// Of these, the ones that see one token, where experts share the work.
    pub active: Option<u64>,
    pub shape: Option<Shape>,
    /// In tokens.
    pub context: Option<u64>,
    pub languages: Vec<Language>,
    pub licence: Option<String>,
    /// Whether its terms must be accepted on the hub.
    pub gated: Option<bool>,
    /// Ids of papers.
    pub papers: Vec<String>,
    /// What may be wrong.
    pub doubtful: Vec<Fact>,
    pub note: Option<String>,
    /// What a search looks at.
    pub(super) folded: Folded,
}

impl Entry {
    /// Every converted file that is known.
    pub fn files(&self) -> impl Iterator<Item = GgufFile<'_>> {
        self.conversions.iter().flat_map(|conversion| {
            let of = move |&quantization| GgufFile {
                conversion,
                quantization,
            };
            conversion.quantizations.iter().map(of)
        })
    }

    /// The quantizations there are files of, the smallest first.
    pub fn quantizations(&self) -> Vec<&'static Quantization> {
        let shape = self.shape_or_typical().unwrap_or(Shape::typical(1 << 30));
        let parameters = self.parameters.unwrap_or(1 << 30);
        let mut found: Vec<_> = self.files().map(|file| file.quantization).collect();
        found.sort_by_key(|quantization| quantization.file_bytes(&shape, parameters));
        found.dedup();
        found
    }

    /// Which of them is meant where nobody chose: that of the packaged model, which can be had without the hub; else
    /// `Q4_K_M`, which keeps nearly all of a model in a third of its size; else the smallest. A model without converted files has its weights as they were trained.
    pub fn usual_quantization(&self) -> Option<&'static Quantization> {
        let all = self.quantizations();
        let is_packaged = |file: &GgufFile<'_>| file.order().is_some_and(|order| packaged::ordered(&order).is_some());
        let packaged = self.files().find(is_packaged).map(|file| file.quantization);
        let usual = || all.iter().copied().find(|quantization| quantization.name == "Q4_K_M");
        match packaged.or_else(usual).or(all.first().copied()) {
            Some(quantization) => Some(quantization),
            None => self.repository.as_ref().and_then(|_| Quantization::find("BF16")),
        }
    }

    /// The file of a quantization whose name is known, from the first repository that has it.
    pub fn file(&self, quantization: &Quantization) -> Option<GgufFile<'_>> {
        self.files()
            .find(|file| file.quantization == quantization && file.conversion.file.is_some())
    }

    /// What fetches it in a quantization: the converted file whose name is known or, where nobody is known to have
    /// converted it, the weights as they were trained. `None` where only the hub knows the file's name.
    pub fn order(&self, quantization: &Quantization) -> Option<Order> {
        if let Some(file) = self.file(quantization) {
            return file.order();
        }
        let original = self.repository.as_ref().filter(|_| self.conversions.is_empty())?;
        Some(Order {
            repository: original.parse().ok()?,
            revision: Default::default(),
            file: None,
        })
    }

    /// Every repository it can come from, its makers' first.
    pub fn repositories(&self) -> impl Iterator<Item = &str> {
        let converted = self.conversions.iter().map(|conversion| &conversion.repository);
        self.repository.iter().chain(converted).map(String::as_str)
    }

    /// Its sizes, or those of a model as large.
    pub fn shape_or_typical(&self) -> Option<Shape> {
        self.shape.or_else(|| self.parameters.map(Shape::typical))
    }

    /// Weights that see one token.
    pub fn active_parameters(&self) -> Option<u64> {
        self.active.or(self.parameters)
    }

    /// Whether one of its repositories is the one named.
    pub fn comes_from(&self, repository: &str) -> bool {
        self.repositories().any(|own| own == repository)
    }

    /// Whether what it says of this may be wrong.
    pub fn is_doubtful(&self, fact: Fact) -> bool {
        self.doubtful.contains(&fact)
    }

    /// Everything it is called, for comparison.
    pub(super) fn keys(&self) -> impl Iterator<Item = String> {
        let own = [&self.id, &self.title].into_iter();
        own.chain(&self.names).chain(&self.repository).map(|name| key(name))
    }
}

/// A name as names are compared: small letters, digits and the points between digits, nothing else.
pub(super) fn key(name: &str) -> String {
    name.to_lowercase()
        .chars()
        .filter(|character| character.is_alphanumeric() || "./".contains(*character))
        .collect()
}
