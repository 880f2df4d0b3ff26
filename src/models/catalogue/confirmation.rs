//! What the hub says of an entry: asked on request, compared with the entry, and kept in the cache folder.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use super::Entry;
use super::entry::key;
use crate::cancel::Cancel;
use crate::files::{WriteError, write_toml};
use crate::models::download::Order;
use crate::models::hub::{FileName, Hub, HubError, Repository, RepositoryName, Revision, gguf_models};
use crate::models::quantization::Quantization;

/// A GGUF model that a repository has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemoteModel {
    pub name: FileName,
    /// In bytes; of a model in parts, those of the first.
    pub size: u64,
}

/// What the hub has under the name of a repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    pub repository: RepositoryName,
    /// Whether the hub knows it, and shows it to who asked.
    pub exists: bool,
    pub gated: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub licence: Option<String>,
    #[serde(default)]
    pub models: Vec<RemoteModel>,
}

/// What the hub said of an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confirmation {
    /// When it was asked, as RFC 3339.
    pub date: String,
    /// The entry's repositories, in its order.
    pub sources: Vec<Source>,
}

/// Why what was kept cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum KeptError {
    #[error("what the hub said of models, {}, cannot be read", path.display())]
    Read { path: PathBuf, source: std::io::Error },
    #[error("what the hub said of models, {}, is damaged; delete it and ask again", path.display())]
    Damaged { path: PathBuf, source: toml::de::Error },
}

impl Confirmation {
    /// Asks the hub about each of the entry's repositories. One that does not exist is an answer too.
    pub async fn ask(hub: &Hub, entry: &Entry, cancel: &Cancel) -> Result<Self, HubError> {
        let mut sources = Vec::new();
        for name in entry.repositories().filter_map(|name| name.parse().ok()) {
            sources.push(match hub.repository(&name, &Revision::default(), cancel).await {
                Ok(repository) => Source::of(repository),
                Err(HubError::NoRepository { .. }) => Source::missing(name),
                Err(problem) => return Err(problem),
            });
        }
        Ok(Self {
            date: humantime::format_rfc3339_seconds(SystemTime::now()).to_string(),
            sources,
        })
    }

    /// The day it was asked, as `2026-11-21`.
    pub fn day(&self) -> &str {
        self.date.split('T').next().unwrap_or(&self.date)
    }

    /// Every model that can be fetched by itself, with what fetches it.
    pub fn models(&self) -> impl Iterator<Item = (&RemoteModel, Order)> {
        self.sources.iter().flat_map(|source| {
            let order = |model: &RemoteModel| Order {
                repository: source.repository.clone(),
                revision: Revision::default(),
                file: Some(model.name.clone()),
            };
            source.models.iter().map(move |model| (model, order(model)))
        })
    }

    /// What fetches the entry in a quantization: the file the entry names where the hub has it, else one whose name has
    /// the quantization's.
    pub fn order(&self, entry: &Entry, quantization: &Quantization) -> Option<Order> {
        let named = entry.order(quantization);
        let is_there = |order: &Order| order.file.is_none() || self.models().any(|(_, there)| there == *order);
        named.filter(is_there).or_else(|| {
            let wanted = quantization.name.to_lowercase();
            let is_it = |name: &FileName| {
                let name = name.as_str().to_lowercase();
                let mut parts = name.match_indices(&wanted);
                parts.any(|(at, _)| is_whole(&name, at, wanted.len()))
            };
            self.models()
                .find(|(model, _)| is_it(&model.name))
                .map(|(_, order)| order)
        })
    }

    /// What the hub says otherwise than the entry, in sentences.
    pub fn differences(&self, entry: &Entry) -> Vec<String> {
        let mut differences = Vec::new();
        for source in &self.sources {
            let repository = &source.repository;
            if !source.exists {
                differences.push(format!("The hub does not show a repository {repository}."));
                continue;
            }
            if entry.repository.as_deref() != Some(repository.as_str()) {
                continue;
            }
            match (entry.gated, source.gated) {
                (Some(false), true) => differences.push("Its terms must be accepted first.".to_owned()),
                (Some(true), false) => differences.push("It is open: no terms need to be accepted.".to_owned()),
                _ => {}
            }
            if let (Some(said), Some(told)) = (&entry.licence, &source.licence)
                && !is_same_licence(said, told)
            {
                differences.push(format!("Its licence is {told}."));
            }
        }
        let orders = entry.files().filter_map(|file| file.order());
        let missing = orders.filter(|order| {
            let exists = |source: &&Source| source.exists && source.repository == order.repository;
            self.sources.iter().any(|source| exists(&source)) && !self.models().any(|(_, there)| there == *order)
        });
        differences.extend(missing.filter_map(|order| {
            let file = order.file?;
            Some(format!("{} has no file {file}.", order.repository))
        }));
        differences
    }
}

/// Whether the letters at `at` are a part of a name by themselves: `q4_k` is none of `q4_k_m`.
fn is_whole(name: &str, at: usize, length: usize) -> bool {
    let is_edge = |character: Option<char>| !character.is_some_and(|c| c.is_alphanumeric() || c == '_');
    let before = name.get(..at).and_then(|before| before.chars().next_back());
    let after = name.get(at + length..).and_then(|after| after.chars().next());
    is_edge(before) && is_edge(after)
}

/// Whether two names mean one licence: the hub says `llama3.1` where people say `Llama 3.1`.
pub fn is_same_licence(said: &str, told: &str) -> bool {
    let plain = |name: &str| key(name).replace(['.', '/'], "");
    let (said, told) = (plain(said), plain(told));
    said.contains(&told) || told.contains(&said)
}

impl Source {
    fn of(repository: Repository) -> Self {
        let models = gguf_models(&repository.files).into_iter().map(|file| RemoteModel {
            name: file.name.clone(),
            size: file.size,
        });
        Self {
            models: models.collect(),
            repository: repository.name,
            exists: true,
            gated: repository.gated,
            licence: repository.licence,
        }
    }

    fn missing(repository: RepositoryName) -> Self {
        Self {
            repository,
            exists: false,
            gated: false,
            licence: None,
            models: Vec::new(),
        }
    }
}

/// What is kept of the hub's answers, by the entry's id.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Confirmations(pub BTreeMap<String, Confirmation>);

impl Confirmations {
    /// What was kept in the folder.
    pub fn open(folder: &Path) -> Result<Self, KeptError> {
        let path = file(folder);
        match std::fs::read_to_string(&path) {
            Ok(text) => toml::from_str(&text).map_err(|source| KeptError::Damaged { path, source }),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(source) => Err(KeptError::Read { path, source }),
        }
    }

    /// Keeps it in the folder.
    pub fn keep(&self, folder: &Path) -> Result<(), WriteError> {
        write_toml(&file(folder), self)
    }
}

fn file(folder: &Path) -> PathBuf {
    folder.join("confirmations.toml")
}

#[cfg(test)]
mod tests {
    use super::super::Catalogue;
    use super::*;

    fn source(repository: &str, files: &[&str]) -> Source {
        let model = |name: &&str| RemoteModel {
            name: name.parse().unwrap(),
            size: 7,
        };
        Source {
            repository: repository.parse().unwrap(),
            exists: true,
            gated: false,
            licence: None,
            models: files.iter().map(model).collect(),
        }
    }

    fn confirmation(sources: Vec<Source>) -> Confirmation {
        Confirmation {
            date: "2026-11-21T10:00:00Z".to_owned(),
            sources,
        }
    }

    fn file_of(confirmation: &Confirmation, entry: &Entry, quantization: &str) -> Option<String> {
        let quantization = Quantization::find(quantization).unwrap();
        let order = confirmation.order(entry, quantization)?;
        order.file.map(|file| file.to_string())
    }

    #[test]
    fn the_hub_s_names_count_for_more_than_the_entry_s() {
        let entry = Catalogue::included().find("qwen2.5-7b").unwrap();
        let repository = "bartowski/Qwen2.5-7B-Instruct-GGUF";
        let named = confirmation(vec![source(repository, &["Qwen2.5-7B-Instruct-Q4_K_M.gguf"])]);
        let expected = Some("Qwen2.5-7B-Instruct-Q4_K_M.gguf".to_owned());
        assert_eq!(file_of(&named, entry, "Q4_K_M"), expected);
        assert_eq!(file_of(&named, entry, "Q8_0"), None);
        let renamed = confirmation(vec![source(repository, &["x.q4_k_s.gguf", "x.q4_k_m.gguf"])]);
        assert_eq!(file_of(&renamed, entry, "Q4_K_M").as_deref(), Some("x.q4_k_m.gguf"));
        let told = renamed.differences(entry);
        assert!(
            told.iter()
                .any(|line| line.contains("no file Qwen2.5-7B-Instruct-Q4_K_M.gguf")),
            "{told:?}"
        );
    }

    #[test]
    fn terms_licence_and_missing_repositories_are_told() {
        let entry = Catalogue::included().find("qwen2.5-7b").unwrap();
        let own = entry.repository.as_deref().unwrap();
        let mut changed = source(own, &[]);
        (changed.gated, changed.licence) = (true, Some("cc-by-nc-4.0".to_owned()));
        let told = confirmation(vec![changed]).differences(entry).concat();
        assert!(
            told.contains("terms must be accepted") && told.contains("cc-by-nc-4.0"),
            "{told}"
        );
        let mut same = source(own, &[]);
        same.licence = Some("apache-2.0".to_owned());
        assert!(confirmation(vec![same]).differences(entry).is_empty());
        let gone = Source::missing(own.parse().unwrap());
        let told = confirmation(vec![gone]).differences(entry).concat();
        assert!(told.contains("does not show"), "{told}");
        assert!(is_same_licence("Llama 3.1", "llama3.1") && !is_same_licence("MIT", "apache-2.0"));
    }

    #[test]
    fn answers_are_kept_and_a_damaged_file_is_named() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(Confirmations::open(folder.path()).unwrap(), Confirmations::default());
        let kept = Confirmations([("m".to_owned(), confirmation(vec![source("a/b", &["m.gguf"])]))].into());
        kept.keep(folder.path()).unwrap();
        assert_eq!(Confirmations::open(folder.path()).unwrap(), kept);
        std::fs::write(file(folder.path()), "nothing").unwrap();
        let problem = Confirmations::open(folder.path()).unwrap_err();
        assert!(problem.to_string().contains("confirmations.toml"));
    }
}
