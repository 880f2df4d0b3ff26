//! What the Downloads section keeps: the queue, the token, what the cache holds.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use url::Url;

use super::Task;
use crate::models::catalogue::{Confirmation, Confirmations};
use crate::models::download::{Entry, EntryState, Order};
use crate::models::hub::{Address, Cached};
use crate::network::{Kept, Secret};

/// The section's own state.
#[derive(Debug, Clone, Default)]
pub struct Downloads {
    /// What the thread of downloads told last.
    pub known: Known,
    /// What is being typed where a repository is named.
    pub address: String,
    /// Why that names no model.
    pub address_problem: Option<String>,
    /// The token while it is typed.
    pub token: Option<Secret>,
    /// The name of what is to be removed from the cache, until that is confirmed.
    pub asked: Option<String>,
}

/// What only the thread of downloads can know.
#[derive(Debug, Clone, Default)]
pub struct Known {
    pub entries: Vec<Entry>,
    /// What the cache holds, the largest first.
    pub cached: Vec<Cached>,
    /// Where the cache lies.
    pub cache: PathBuf,
    /// Bytes free on its disk.
    pub free: Option<u64>,
    /// Whether another Polyclinic keeps the list of downloads, so that this one's is forgotten when it ends.
    pub forgotten: bool,
    /// Whether the environment forbids to ask the network.
    pub offline: bool,
    pub token: Token,
    /// The hub, or a mirror of it.
    pub endpoint: Option<Url>,
    /// What the hub said of entries of the catalogue.
    pub confirmations: Arc<Confirmations>,
    /// Ids of the entries that it is being asked about.
    pub asking: BTreeSet<String>,
    /// Why it said nothing of an entry when it was asked last, by the entry's id.
    pub unanswered: BTreeMap<String, String>,
    /// Why there are no downloads at all.
    pub problem: Option<String>,
}

/// Where the hub's token is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Token {
    #[default]
    Missing,
    /// In the environment or in the file of `hf auth login`, which goes before a typed one.
    Found { typed: bool },
    /// Typed in.
    Typed(Kept),
}

/// One thing to do in the section.
#[derive(Debug, Clone, PartialEq)]
pub enum DownloadsCommand {
    TypeAddress(String),
    /// Gets what the typed address names.
    GetTyped,
    Get(Order),
    /// Asks the hub about an entry of the catalogue, by its id.
    AskHub(String),
    Pause(u64),
    Resume(u64),
    Retry(u64),
    Raise(u64),
    /// Stops a download and takes it off the list, or only the latter where it has ended.
    Cancel(u64),
    Dismiss(u64),
    OpenPage(String),
    TypeToken(Option<Secret>),
    KeepToken,
    ForgetToken,
    AskRemoval(String),
    KeepCached,
    RemoveCached(String),
}

/// Work for the thread of downloads.
#[derive(Debug, Clone, PartialEq)]
pub enum DownloadsTask {
    Add(Order),
    AskHub(String),
    Pause(u64),
    Resume(u64),
    Raise(u64),
    Remove(u64),
    KeepToken(Secret),
    ForgetToken,
    RemoveCached(Box<Cached>),
    /// Something else has put files there.
    LookIntoCache,
}

impl DownloadsCommand {
    /// As [`super::super::command::Command::text`].
    pub fn text(&self) -> &'static str {
        match self {
            Self::TypeAddress(_) | Self::TypeToken(_) => "Type",
            Self::GetTyped | Self::Get(_) => "Get",
            Self::AskHub(_) => "Ask the hub",
            Self::Pause(_) => "Pause",
            Self::Resume(_) => "Resume",
            Self::Retry(_) => "Try again",
            Self::Raise(_) => "Earlier",
            Self::Cancel(_) => "Cancel",
            Self::Dismiss(_) => "Dismiss",
            Self::OpenPage(_) => "Open the page",
            Self::KeepToken => "Keep",
            Self::ForgetToken => "Forget the token",
            Self::AskRemoval(_) => "Remove",
            Self::KeepCached => "Keep it",
            Self::RemoveCached(_) => "Remove from disk",
        }
    }

    /// As [`super::super::command::Command::tooltip`].
    pub fn tooltip(&self) -> &'static str {
        match self {
            Self::GetTyped | Self::Get(_) => "Download this model. Nothing about your items is sent",
            Self::AskHub(_) => "Asks what the hub says of this model: its files, its licence and its terms",
            Self::Pause(_) => "What came so far is kept",
            Self::Cancel(_) => "Take it off the list. What came so far stays in the cache until it is removed there",
            Self::OpenPage(_) => "Open the page in the browser, where the terms are accepted",
            Self::KeepToken => "Keep the token in the system's keyring, or in memory where there is none",
            _ => "",
        }
    }
}

impl Downloads {
    /// Carries out `command` and returns what others have to do for it.
    pub fn apply(&mut self, command: DownloadsCommand) -> Vec<Task> {
        let task = match command {
            DownloadsCommand::TypeAddress(address) => {
                self.address = address;
                self.address_problem = None;
                return Vec::new();
            }
            DownloadsCommand::GetTyped => match self.typed_order() {
                Ok(order) => {
                    self.address.clear();
                    DownloadsTask::Add(order)
                }
                Err(problem) => {
                    self.address_problem = Some(problem);
                    return Vec::new();
                }
            },
            DownloadsCommand::Get(order) => DownloadsTask::Add(order),
            DownloadsCommand::AskHub(entry) => DownloadsTask::AskHub(entry),
            DownloadsCommand::Pause(id) => DownloadsTask::Pause(id),
            DownloadsCommand::Resume(id) | DownloadsCommand::Retry(id) => DownloadsTask::Resume(id),
            DownloadsCommand::Raise(id) => DownloadsTask::Raise(id),
            DownloadsCommand::Cancel(id) | DownloadsCommand::Dismiss(id) => DownloadsTask::Remove(id),
            DownloadsCommand::OpenPage(page) => return vec![Task::OpenPage(page)],
            DownloadsCommand::TypeToken(token) => {
                self.token = token;
                return Vec::new();
            }
            DownloadsCommand::KeepToken => match self.token.take() {
                Some(secret) => DownloadsTask::KeepToken(secret),
                None => return Vec::new(),
            },
            DownloadsCommand::ForgetToken => DownloadsTask::ForgetToken,
            DownloadsCommand::AskRemoval(name) => {
                self.asked = Some(name);
                return Vec::new();
            }
            DownloadsCommand::KeepCached => {
                self.asked = None;
                return Vec::new();
            }
            DownloadsCommand::RemoveCached(name) => {
                self.asked = None;
                match self.known.cached.iter().find(|cached| key(cached) == name) {
                    Some(cached) => DownloadsTask::RemoveCached(Box::new(cached.clone())),
                    None => return Vec::new(),
                }
            }
        };
        vec![Task::Downloads(task)]
    }

    /// What the typed text names.
    fn typed_order(&self) -> Result<Order, String> {
        let endpoint = self
            .known
            .endpoint
            .as_ref()
            .ok_or("the hub's address is not known yet")?;
        let address = Address::parse(&self.address, endpoint).map_err(|problem| problem.to_string())?;
        Ok(Order {
            repository: address.repository,
            revision: address.revision.unwrap_or_default(),
            file: address.file,
        })
    }

    /// The download of an order, while it is on the list.
    pub fn of(&self, order: &Order) -> Option<&Entry> {
        self.known.entries.iter().find(|entry| entry.order == *order)
    }

    /// What the hub said of an entry of the catalogue, where it was asked.
    pub fn confirmation(&self, entry: &str) -> Option<&Confirmation> {
        self.known.confirmations.0.get(entry)
    }

    /// How many downloads are under way.
    pub fn running(&self) -> usize {
        let entries = self.known.entries.iter();
        entries.filter(|entry| entry.state == EntryState::Running).count()
    }

    /// How many downloads are not done.
    pub fn unfinished(&self) -> usize {
        let done = |entry: &&Entry| matches!(entry.state, EntryState::Done { .. });
        self.known.entries.iter().filter(|entry| !done(entry)).count()
    }
}

/// What tells one part of the cache from the others: two kinds of files can carry one repository's name.
pub fn key(cached: &Cached) -> String {
    format!("{:?} {}", cached.kind, cached.name())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typed_address_becomes_an_order_or_says_why_not() {
        let mut downloads = Downloads::default();
        downloads.known.endpoint = Some(Url::parse("https://huggingface.co").unwrap());
        downloads.apply(DownloadsCommand::TypeAddress("nowhere at all".to_owned()));
        assert!(downloads.apply(DownloadsCommand::GetTyped).is_empty());
        assert!(
            downloads
                .address_problem
                .as_ref()
                .unwrap()
                .contains("organisation/name")
        );
        downloads.apply(DownloadsCommand::TypeAddress(
            "https://hf.co/a/b/blob/main/m.gguf".to_owned(),
        ));
        assert_eq!(downloads.address_problem, None);
        let tasks = downloads.apply(DownloadsCommand::GetTyped);
        let [Task::Downloads(DownloadsTask::Add(order))] = &tasks[..] else {
            panic!("{tasks:?}")
        };
        assert_eq!(order.file.as_ref().unwrap().as_str(), "m.gguf");
        assert!(downloads.address.is_empty());
    }

    #[test]
    fn a_token_leaves_the_field_and_is_never_printed() {
        let mut downloads = Downloads::default();
        let command = DownloadsCommand::TypeToken(Secret::new("hf_secret").ok());
        assert!(!format!("{command:?}").contains("hf_secret"));
        downloads.apply(command);
        let tasks = downloads.apply(DownloadsCommand::KeepToken);
        assert!(!format!("{tasks:?} {downloads:?}").contains("hf_secret"));
        let [Task::Downloads(DownloadsTask::KeepToken(secret))] = &tasks[..] else {
            panic!("no task")
        };
        assert_eq!(secret.expose(), "hf_secret");
        assert_eq!(downloads.token, None);
    }
}
