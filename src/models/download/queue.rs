//! Downloads waiting for their turn: kept on disk, run in the background, stopped and resumed one by one.
//!
//! The list on disk says what is wanted, never how far it is: that is read from the files themselves. A queue that was
//! ended in the middle, by whatever, goes on when it is opened again. One program at a time keeps the list; the queue
//! of a second one is forgotten when that ends.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::saved::{Saved, SavedList};
use super::{DownloadError, Order, Progress, QueueError, Speed, fetch};
use crate::cancel::Cancel;
use crate::error_chain;
use crate::files::WriteError;
use crate::models::hub::{Hub, HubError};
use crate::network::{block_on, spawn};

/// How many models are fetched at once, each with several files.
const AT_ONCE: usize = 2;

/// Where a download stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EntryState {
    /// Its turn has not come.
    Waiting,
    Running,
    /// Stopped by a person, until it is resumed.
    Paused,
    Failed {
        /// What happened and what to do.
        reason: String,
        /// Where its terms are accepted, if that is what it lacks.
        terms: Option<String>,
    },
    /// It is in the cache.
    Done {
        path: PathBuf,
    },
}

/// A download of the queue, as it is now.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Its own as long as the program runs.
    pub id: u64,
    pub order: Order,
    pub state: EntryState,
    /// Bytes that are here, of those there are; 0 of 0 until the hub was asked.
    pub done: u64,
    pub total: u64,
    /// Bytes a second, while it runs.
    pub speed: Option<f64>,
    pub time_left: Option<Duration>,
    /// What it waits for, where it waits for something.
    pub note: Option<String>,
}

/// What brings a model into a cache and returns where it is: from the hub, or by another way. It runs on a thread of its
/// own, where it may wait.
pub type Fetch = dyn Fn(&Order, &Arc<Progress>, &Cancel) -> Result<PathBuf, Unfinished> + Send + Sync;

/// Why a download ended without its model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unfinished {
    /// It was stopped on request.
    Cancelled,
    Failed {
        /// What happened and what to do.
        reason: String,
        /// Where its terms are accepted, if that is what it lacks.
        terms: Option<String>,
    },
}

impl Unfinished {
    /// A failure with nothing to accept.
    pub fn because(error: &dyn std::error::Error) -> Self {
        Self::Failed {
            reason: error_chain(error),
            terms: None,
        }
    }
}

impl From<DownloadError> for Unfinished {
    fn from(error: DownloadError) -> Self {
        match &error {
            DownloadError::Cancelled => Self::Cancelled,
            DownloadError::Hub(HubError::Gated { page, .. }) => Self::Failed {
                reason: error_chain(&error),
                terms: Some(page.clone()),
            },
            _ => Self::because(&error),
        }
    }
}

/// Brings a model from the hub, for a thread that may wait.
pub fn from_hub(hub: &Hub, order: &Order, progress: &Arc<Progress>, cancel: &Cancel) -> Result<PathBuf, Unfinished> {
    let fetched = block_on(fetch(hub, order, progress, cancel)).map_err(|problem| Unfinished::because(&problem))?;
    Ok(fetched?.path)
}

/// The downloads of this program. Clones share them.
#[derive(Clone)]
pub struct Queue(Arc<Shared>);

struct Shared {
    /// `None` where another program keeps the list, and once this one ended.
    list: Mutex<Option<SavedList>>,
    fetch: Box<Fetch>,
    /// Called whenever an entry changed, from any thread.
    changed: Box<dyn Fn() + Send + Sync>,
    items: Mutex<Items>,
}

#[derive(Default)]
struct Items {
    list: Vec<Item>,
    last_id: u64,
}

struct Item {
    id: u64,
    order: Order,
    state: EntryState,
    progress: Arc<Progress>,
    speed: Speed,
    cancel: Cancel,
}

impl Queue {
    /// Reads the list kept in a folder, and goes on with what was under way or waiting; begins with nothing where
    /// another program keeps that list.
    pub fn open(
        folder: &Path,
        fetch: Box<Fetch>,
        changed: impl Fn() + Send + Sync + 'static,
    ) -> Result<Self, QueueError> {
        let list = SavedList::open(folder)?;
        let mut items = Items::default();
        for saved in list.as_ref().map(SavedList::read).transpose()?.unwrap_or_default() {
            let state = match (saved.failed, saved.paused) {
                (Some(reason), _) => EntryState::Failed {
                    reason,
                    terms: saved.terms,
                },
                (None, true) => EntryState::Paused,
                (None, false) => EntryState::Waiting,
            };
            items.push(saved.order, state);
        }
        let queue = Self(Arc::new(Shared {
            list: Mutex::new(list),
            fetch,
            changed: Box::new(changed),
            items: Mutex::new(items),
        }));
        queue.start_what_may();
        Ok(queue)
    }

    /// Whether what is on the list now will be there when the program starts again.
    pub fn is_kept(&self) -> bool {
        self.list().is_some()
    }

    /// Every download in order, as it is now.
    pub fn entries(&self) -> Vec<Entry> {
        let now = Instant::now();
        let mut items = self.items();
        items.list.iter_mut().map(|item| item.entry(now)).collect()
    }

    /// Puts a download at the end; one that is there already goes on instead. One that was done is looked at again,
    /// since its files may have been removed.
    pub fn add(&self, order: Order) -> Result<u64, QueueError> {
        let id = {
            let mut items = self.items();
            match items.list.iter_mut().find(|item| item.order == order) {
                Some(same) => {
                    if same.state != EntryState::Running {
                        same.state = EntryState::Waiting;
                    }
                    same.id
                }
                None => items.push(order, EntryState::Waiting),
            }
        };
        self.changed()?;
        Ok(id)
    }

    /// Stops a download until it is resumed. What came stays.
    pub fn pause(&self, id: u64) -> Result<(), QueueError> {
        self.change(id, |item| {
            if matches!(item.state, EntryState::Running | EntryState::Waiting) {
                item.cancel.cancel();
                item.state = EntryState::Paused;
            }
        })
    }

    /// Goes on with a download that was paused or failed.
    pub fn resume(&self, id: u64) -> Result<(), QueueError> {
        self.change(id, |item| {
            if matches!(item.state, EntryState::Paused | EntryState::Failed { .. }) {
                item.state = EntryState::Waiting;
            }
        })
    }

    /// Stops a download and takes it off the list. What came stays in the cache, where it is listed and removed.
    pub fn remove(&self, id: u64) -> Result<(), QueueError> {
        let removed = {
            let mut items = self.items();
            let position = items.list.iter().position(|item| item.id == id);
            position.map(|position| items.list.remove(position))
        };
        if let Some(item) = removed {
            item.cancel.cancel();
        }
        self.changed()
    }

    /// Lets a download be fetched before the one above it.
    pub fn raise(&self, id: u64) -> Result<(), QueueError> {
        {
            let mut items = self.items();
            let position = items.list.iter().position(|item| item.id == id);
            if let Some(position) = position.filter(|position| *position > 0) {
                items.list.swap(position - 1, position);
            }
        }
        self.changed()
    }

    /// Stops everything without noting it, as the end of the program does: the next start goes on with it.
    pub fn stop(&self) {
        *self.list() = None;
        for item in &self.items().list {
            item.cancel.cancel();
        }
    }

    fn change(&self, id: u64, change: impl FnOnce(&mut Item)) -> Result<(), QueueError> {
        if let Some(item) = self.items().list.iter_mut().find(|item| item.id == id) {
            change(item);
        }
        self.changed()
    }

    /// Keeps the list, starts what may start, and tells whoever watches.
    fn changed(&self) -> Result<(), QueueError> {
        let kept = self.save();
        self.start_what_may();
        (self.0.changed)();
        Ok(kept?)
    }

    fn save(&self) -> Result<(), WriteError> {
        // Written under the lock, so that an older list never overwrites a newer one.
        let items = self.items();
        let unfinished = items
            .list
            .iter()
            .filter(|item| !matches!(item.state, EntryState::Done { .. }));
        match &*self.list() {
            Some(list) => list.write(unfinished.map(Item::saved).collect()),
            None => Ok(()),
        }
    }

    fn start_what_may(&self) {
        let mut items = self.items();
        let running = items
            .list
            .iter()
            .filter(|item| item.state == EntryState::Running)
            .count();
        let waiting = items.list.iter_mut().filter(|item| item.state == EntryState::Waiting);
        for item in waiting.take(AT_ONCE.saturating_sub(running)) {
            item.state = EntryState::Running;
            item.cancel = Cancel::default();
            item.progress = Arc::default();
            item.speed = Speed::default();
            let (id, order, cancel) = (item.id, item.order.clone(), item.cancel.clone());
            let work = run(self.clone(), id, order, item.progress.clone(), cancel);
            if let Err(problem) = spawn(work) {
                item.state = EntryState::Failed {
                    reason: problem.to_string(),
                    terms: None,
                };
            }
        }
    }

    /// Notes how a download ended, unless a person changed its state meanwhile.
    fn ended(&self, id: u64, cancel: &Cancel, state: EntryState) {
        {
            let mut items = self.items();
            let item = items
                .list
                .iter_mut()
                .find(|item| item.id == id && !cancel.is_cancelled());
            if let Some(item) = item {
                item.state = state;
            }
        }
        if let Err(problem) = self.changed() {
            tracing::error!(%problem, "the list of downloads was not kept");
        }
    }

    fn list(&self) -> MutexGuard<'_, Option<SavedList>> {
        self.0.list.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn items(&self) -> MutexGuard<'_, Items> {
        // Every change under the lock is whole before anything in it can fail.
        self.0.items.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Fetches one model and notes how that ended.
async fn run(queue: Queue, id: u64, order: Order, progress: Arc<Progress>, cancel: Cancel) {
    let shared = queue.0.clone();
    let stop = cancel.clone();
    let outcome = tokio::task::spawn_blocking(move || (shared.fetch)(&order, &progress, &stop)).await;
    let state = match outcome {
        Ok(Ok(path)) => EntryState::Done { path },
        Ok(Err(Unfinished::Cancelled)) => EntryState::Paused,
        Ok(Err(Unfinished::Failed { reason, terms })) => EntryState::Failed { reason, terms },
        Err(problem) => EntryState::Failed {
            reason: error_chain(&problem),
            terms: None,
        },
    };
    queue.ended(id, &cancel, state);
}

impl Items {
    fn push(&mut self, order: Order, state: EntryState) -> u64 {
        self.last_id += 1;
        self.list.push(Item {
            id: self.last_id,
            order,
            state,
            progress: Arc::default(),
            speed: Speed::default(),
            cancel: Cancel::default(),
        });
        self.last_id
    }
}

impl Item {
    fn entry(&mut self, now: Instant) -> Entry {
        let running = self.state == EntryState::Running;
        if running {
            self.speed.note(now, self.progress.fetched());
        }
        let (done, total) = (self.progress.done(), self.progress.total());
        Entry {
            id: self.id,
            order: self.order.clone(),
            state: self.state.clone(),
            done,
            total,
            speed: self.speed.bytes_per_second().filter(|_| running),
            time_left: self.speed.time_left(total.saturating_sub(done)).filter(|_| running),
            note: self.progress.note().filter(|_| running),
        }
    }

    fn saved(&self) -> Saved {
        let (failed, terms) = match &self.state {
            EntryState::Failed { reason, terms } => (Some(reason.clone()), terms.clone()),
            _ => (None, None),
        };
        Saved {
            order: self.order.clone(),
            paused: self.state == EntryState::Paused,
            failed,
            terms,
        }
    }
}
