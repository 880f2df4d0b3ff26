//! The endpoints of the Models page: what is known of them, the form that adds one, and what is being asked.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::super::state::Task;
use crate::engine::endpoint::{Address, Endpoint, Limits, Prices, ProbeReport, Wish};
use crate::network::{Kept, Secret};

/// One thing to do with endpoints.
#[derive(Debug, Clone, PartialEq)]
pub enum EndpointsCommand {
    Select(String),
    OpenForm,
    EditForm(Box<EndpointForm>),
    CloseForm,
    /// Asks the server of the form and adds it.
    Add,
    /// Asks a server again what it is.
    Probe(String),
    /// Stops asking.
    Stop,
    /// Asks whether to forget an endpoint.
    AskRemove(String),
    /// Takes that back.
    KeepIt,
    Remove(String),
    /// Keeps a key for an endpoint.
    KeepKey(String, Secret),
}

impl EndpointsCommand {
    /// As [`super::super::command::Command::text`].
    pub fn text(&self) -> &'static str {
        match self {
            Self::Select(_) => "Select endpoint",
            Self::OpenForm => "Add an endpoint",
            Self::EditForm(_) => "Edit",
            Self::CloseForm => "Cancel",
            Self::Add => "Try and add",
            Self::Probe(_) => "Try again",
            Self::Stop => "Stop",
            Self::AskRemove(_) => "Remove",
            Self::KeepIt => "Keep it",
            Self::Remove(_) => "Remove it",
            Self::KeepKey(..) => "Keep the key",
        }
    }

    /// As [`super::super::command::Command::tooltip`].
    pub fn tooltip(&self) -> &'static str {
        match self {
            Self::OpenForm => "Reach a model over the network",
            Self::Add => "Asks the server what it is, with a neutral question. No item is sent",
            Self::Probe(_) => "Asks the server again what it is and can do. No item is sent",
            Self::KeepKey(..) => "Keeps it in the system's keyring, or else in memory until the program ends",
            _ => "",
        }
    }
}

/// Work with endpoints that other threads do.
#[derive(Debug, Clone)]
pub enum EndpointsTask {
    Read,
    Add(Box<Wish>),
    Probe(String),
    Remove(String),
    KeepKey(Box<Endpoint>, Secret),
    Stop,
}

/// What came of it. Problems are whole chains of causes in words.
#[derive(Debug)]
pub enum EndpointsEvent {
    Listed(Vec<Endpoint>),
    NotListed(String),
    Added {
        name: String,
        report: Arc<ProbeReport>,
        warning: Option<String>,
    },
    NotAdded(String),
    Probed(String, Arc<ProbeReport>),
    NotProbed(String, String),
    Removed {
        warning: Option<String>,
    },
    NotRemoved(String),
    KeyKept(String, Kept),
    Stopped,
}

/// A form of what people say of a new endpoint, as typed.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct EndpointForm {
    pub address: String,
    pub model: String,
    pub name: String,
    pub key: Option<Secret>,
    pub key_variable: String,
    pub concurrent: String,
    pub price_in: String,
    pub price_out: String,
}

impl EndpointForm {
    /// What is wished for, or what is wrong with what was typed.
    pub fn wish(&self) -> Result<Wish, String> {
        if self.address.trim().is_empty() {
            return Err("Say where the server is.".to_owned());
        }
        let address: Address = self.address.parse().map_err(|problem| format!("{problem}."))?;
        let concurrent = match self.concurrent.trim() {
            "" => Limits::default().concurrent,
            text => text
                .parse()
                .map_err(|_| format!("“{text}” is no number of requests; write 1 or more."))?,
        };
        let price = |text: &str| -> Result<Option<f64>, String> {
            let text = text.trim().replace(',', ".");
            match text.parse() {
                _ if text.is_empty() => Ok(None),
                Ok(price) if f64::is_finite(price) && price >= 0.0 => Ok(Some(price)),
                _ => Err(format!("“{text}” is no price.")),
            }
        };
        let prices = match (price(&self.price_in)?, price(&self.price_out)?) {
            (None, None) => None,
            (Some(million_in), Some(million_out)) => Some(Prices {
                million_in,
                million_out,
            }),
            _ => return Err("Give both prices or none.".to_owned()),
        };
        let variable = self.key_variable.trim();
        if self.key.is_some() && !variable.is_empty() {
            return Err("Give the key or the variable that holds it, not both.".to_owned());
        }
        Ok(Wish {
            address,
            model: self.model.trim().to_owned(),
            name: self.name.trim().to_owned(),
            key_variable: (!variable.is_empty()).then(|| variable.to_owned()),
            key: self.key.clone(),
            limits: Limits {
                concurrent,
                ..Limits::default()
            },
            prices,
        })
    }
}

/// What is being asked, or went wrong.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Asking {
    #[default]
    Nothing,
    /// The server of the form.
    New,
    /// The server of the endpoint of this name.
    Known(String),
}

/// The section's own state.
#[derive(Debug, Clone, Default)]
pub struct Endpoints {
    pub list: Vec<Endpoint>,
    /// Why the list could not be read.
    pub problem: Option<String>,
    pub selected: Option<String>,
    pub form: Option<EndpointForm>,
    /// Why what the form says could not be added.
    pub form_problem: Option<String>,
    pub asking: Asking,
    /// What servers said of themselves since the window opened, by the endpoint's name.
    pub reports: BTreeMap<String, Arc<ProbeReport>>,
    /// Why they could not be asked.
    pub failures: BTreeMap<String, String>,
    /// What is to be known of an endpoint's key.
    pub key_notes: BTreeMap<String, String>,
    /// The endpoint that is about to be removed.
    pub removing: Option<String>,
}

impl Endpoints {
    /// Carries out `command` and returns what others have to do for it.
    pub fn apply(&mut self, command: EndpointsCommand) -> Vec<Task> {
        let task = match command {
            EndpointsCommand::Select(name) => {
                self.selected = Some(name);
                self.form = None;
                self.removing = None;
                None
            }
            EndpointsCommand::OpenForm => {
                self.form = Some(EndpointForm::default());
                self.form_problem = None;
                None
            }
            EndpointsCommand::EditForm(form) => {
                self.form = Some(*form);
                None
            }
            EndpointsCommand::CloseForm => {
                self.form = None;
                (self.asking == Asking::New).then_some(EndpointsTask::Stop)
            }
            EndpointsCommand::Add => self.add(),
            EndpointsCommand::Probe(name) if self.asking == Asking::Nothing => {
                self.asking = Asking::Known(name.clone());
                self.failures.remove(&name);
                Some(EndpointsTask::Probe(name))
            }
            EndpointsCommand::Probe(_) => None,
            EndpointsCommand::Stop => Some(EndpointsTask::Stop),
            EndpointsCommand::AskRemove(name) => {
                self.removing = Some(name);
                None
            }
            EndpointsCommand::KeepIt => {
                self.removing = None;
                None
            }
            EndpointsCommand::Remove(name) => {
                self.removing = None;
                Some(EndpointsTask::Remove(name))
            }
            EndpointsCommand::KeepKey(name, key) => {
                let endpoint = self.list.iter().find(|endpoint| endpoint.name == name);
                endpoint.map(|endpoint| EndpointsTask::KeepKey(Box::new(endpoint.clone()), key))
            }
        };
        task.map(Task::Endpoints).into_iter().collect()
    }

    fn add(&mut self) -> Option<EndpointsTask> {
        if self.asking != Asking::Nothing {
            return None;
        }
        match self.form.as_ref()?.wish() {
            Ok(wish) => {
                self.form_problem = None;
                self.asking = Asking::New;
                Some(EndpointsTask::Add(Box::new(wish)))
            }
            Err(problem) => {
                self.form_problem = Some(problem);
                None
            }
        }
    }

    /// Takes in what other threads tell; what cannot be shown in the section is returned, to be said across the page.
    pub fn take_in(&mut self, event: EndpointsEvent) -> Option<(&'static str, String)> {
        match event {
            EndpointsEvent::Listed(list) => {
                self.list = list;
                self.problem = None;
            }
            EndpointsEvent::NotListed(problem) => self.problem = Some(problem),
            EndpointsEvent::Added { name, report, warning } => {
                self.asking = Asking::Nothing;
                self.form = None;
                self.reports.insert(name.clone(), report);
                if let Some(warning) = warning {
                    self.key_notes.insert(name.clone(), warning);
                }
                self.selected = Some(name);
            }
            EndpointsEvent::NotAdded(problem) => {
                self.asking = Asking::Nothing;
                self.form_problem = Some(problem);
            }
            EndpointsEvent::Probed(name, report) => {
                self.asking = Asking::Nothing;
                self.reports.insert(name, report);
            }
            EndpointsEvent::NotProbed(name, problem) => {
                self.asking = Asking::Nothing;
                self.failures.insert(name, problem);
            }
            EndpointsEvent::Removed { warning } => {
                return warning.map(|warning| ("The endpoint is gone, but its key is still in the keyring.", warning));
            }
            EndpointsEvent::NotRemoved(problem) => return Some(("The endpoint could not be removed.", problem)),
            EndpointsEvent::KeyKept(name, kept) => {
                let note = match kept {
                    Kept::InKeyring => "The key is in the system's keyring.".to_owned(),
                    Kept::InMemory { reason } => {
                        format!("The key is only in memory and is gone when the program ends: {reason}.")
                    }
                };
                self.key_notes.insert(name, note);
            }
            EndpointsEvent::Stopped => self.asking = Asking::Nothing,
        }
        None
    }

    /// The selected endpoint, else the first.
    pub fn selected(&self) -> Option<&Endpoint> {
        let named = |name: &String| self.list.iter().find(|endpoint| endpoint.name == *name);
        self.selected.as_ref().and_then(named).or_else(|| self.list.first())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(address: &str) -> EndpointForm {
        EndpointForm {
            address: address.to_owned(),
            ..EndpointForm::default()
        }
    }

    #[test]
    fn a_form_says_what_is_wrong_with_it() {
        let problem = |form: EndpointForm| form.wish().unwrap_err();
        assert!(problem(form(" ")).contains("where the server is"));
        assert!(problem(form("ftp://x")).contains("neither http nor https"));
        let local = form("localhost:8000");
        assert_eq!(local.wish().unwrap().limits, Limits::default());
        for (name, wrong) in [
            (
                "requests",
                EndpointForm {
                    concurrent: "0".into(),
                    ..local.clone()
                },
            ),
            (
                "price",
                EndpointForm {
                    price_in: "-1".into(),
                    price_out: "2".into(),
                    ..local.clone()
                },
            ),
            (
                "both prices",
                EndpointForm {
                    price_in: "1".into(),
                    ..local.clone()
                },
            ),
            (
                "not both",
                EndpointForm {
                    key: Some(Secret::new("sk-1").unwrap()),
                    key_variable: "KEY".into(),
                    ..local.clone()
                },
            ),
        ] {
            assert!(problem(wrong).contains(name), "{name}");
        }
        let priced = EndpointForm {
            price_in: "0,5".into(),
            price_out: "1.5".into(),
            ..local
        };
        assert_eq!(priced.wish().unwrap().prices.unwrap().million_in, 0.5);
    }

    #[test]
    fn one_server_is_asked_at_a_time_and_the_form_stays_until_it_answers() {
        let mut endpoints = Endpoints::default();
        endpoints.apply(EndpointsCommand::OpenForm);
        assert!(endpoints.apply(EndpointsCommand::Add).is_empty());
        assert!(endpoints.form_problem.is_some());
        endpoints.apply(EndpointsCommand::EditForm(Box::new(form("localhost:1"))));
        assert_eq!(endpoints.apply(EndpointsCommand::Add).len(), 1);
        assert!(endpoints.apply(EndpointsCommand::Add).is_empty());
        assert!(endpoints.apply(EndpointsCommand::Probe("x".into())).is_empty());
        endpoints.take_in(EndpointsEvent::NotAdded("no answer".into()));
        assert_eq!(endpoints.form_problem.as_deref(), Some("no answer"));
        assert!(endpoints.form.is_some());
        assert_eq!(endpoints.apply(EndpointsCommand::Add).len(), 1);
    }
}
