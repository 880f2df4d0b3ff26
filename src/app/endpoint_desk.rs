//! The threads that ask servers for the window, so that no frame waits for a network or a keyring.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};

use egui::Context;

use super::models::{EndpointsEvent, EndpointsTask};
use crate::engine::Cancel;
use crate::engine::endpoint::{self, AddError, EndpointBook};
use crate::error_chain;
use crate::network::{SecretStore, block_on};
use crate::places::data_folder;

/// Takes tasks, each to a thread of its own, and tells what came of them.
pub struct EndpointDesk {
    events: Receiver<EndpointsEvent>,
    teller: Sender<EndpointsEvent>,
    context: Context,
    keys: SecretStore,
    cancel: Cancel,
}

impl EndpointDesk {
    /// Wakes `context` whenever there is something to take in. `keys` are those of the whole program.
    pub fn new(context: &Context, keys: SecretStore) -> Self {
        let (teller, events) = channel();
        Self {
            events,
            teller,
            context: context.clone(),
            keys,
            cancel: Cancel::default(),
        }
    }

    /// Begins a task.
    pub fn submit(&mut self, task: EndpointsTask) {
        match task {
            EndpointsTask::Stop => return self.cancel.cancel(),
            // One server is asked at a time; what else is done needs no stopping.
            EndpointsTask::Add(_) | EndpointsTask::Probe(_) => self.cancel = Cancel::default(),
            EndpointsTask::Read | EndpointsTask::Remove(_) | EndpointsTask::KeepKey(..) => {}
        }
        let (keys, cancel) = (self.keys.clone(), self.cancel.clone());
        let (teller, context) = (self.teller.clone(), self.context.clone());
        let work = move || {
            for event in work_on(task, &keys, &cancel) {
                // The window may be closed by now.
                teller.send(event).ok();
            }
            context.request_repaint();
        };
        if let Err(problem) = std::thread::Builder::new().name("endpoint".into()).spawn(work) {
            self.teller.send(EndpointsEvent::NotListed(problem.to_string())).ok();
        }
    }

    /// What came of a task, where something did.
    pub fn try_event(&self) -> Option<EndpointsEvent> {
        self.events.try_recv().ok()
    }
}

impl Drop for EndpointDesk {
    fn drop(&mut self) {
        self.cancel.cancel();
    }
}

fn work_on(task: EndpointsTask, keys: &SecretStore, cancel: &Cancel) -> Vec<EndpointsEvent> {
    let folder = match data_folder() {
        Ok(folder) => folder,
        Err(problem) => return vec![EndpointsEvent::NotListed(problem.to_string())],
    };
    let first = match task {
        EndpointsTask::Read | EndpointsTask::Stop => None,
        EndpointsTask::Add(wish) => Some(match block_on(endpoint::add(&folder, *wish, keys, cancel.clone())) {
            Ok(Ok(added)) => EndpointsEvent::Added {
                warning: added.key_problem(),
                name: added.endpoint.name,
                report: Arc::new(added.report),
            },
            Ok(Err(problem)) => ended(problem, EndpointsEvent::NotAdded),
            Err(problem) => EndpointsEvent::NotAdded(problem.to_string()),
        }),
        EndpointsTask::Probe(name) => Some(
            match block_on(endpoint::probe_again(&folder, &name, keys, cancel.clone())) {
                Ok(Ok((_, report))) => EndpointsEvent::Probed(name, Arc::new(report)),
                Ok(Err(problem)) => ended(problem, |problem| EndpointsEvent::NotProbed(name, problem)),
                Err(problem) => EndpointsEvent::NotProbed(name, problem.to_string()),
            },
        ),
        EndpointsTask::Remove(name) => Some(match endpoint::remove(&folder, &name, keys) {
            Ok(warning) => EndpointsEvent::Removed { warning },
            Err(problem) => EndpointsEvent::NotRemoved(error_chain(&problem)),
        }),
        EndpointsTask::KeepKey(endpoint, key) => {
            let kept = keys.keep(&endpoint.key_name(), &key);
            return vec![EndpointsEvent::KeyKept(endpoint.name, kept)];
        }
    };
    first.into_iter().chain([list(folder)]).collect()
}

/// How asking ended without an answer: told, unless somebody stopped it.
fn ended(problem: AddError, told: impl FnOnce(String) -> EndpointsEvent) -> EndpointsEvent {
    match &problem {
        AddError::Endpoint(error) if error.is_cancelled() => EndpointsEvent::Stopped,
        problem => told(error_chain(problem)),
    }
}

fn list(folder: PathBuf) -> EndpointsEvent {
    match EndpointBook::open(&folder) {
        Ok(book) => EndpointsEvent::Listed(book.endpoints().to_vec()),
        Err(problem) => EndpointsEvent::NotListed(error_chain(&problem)),
    }
}
