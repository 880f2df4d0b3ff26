//! The thread of downloads: it keeps the queue, the token and the list of what the cache holds, and tells the window
//! how they are. The transfers themselves run on the network's threads.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

use egui::Context;

use super::models::{DownloadsTask, Known, Token};
use crate::error_chain;
use crate::models::download::{EntryState, Queue};
use crate::models::hub::{Hub, HubCache, Settings, TOKEN};
use crate::network::{Backoff, Kept, SecretStore, Timeouts};

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
    settings: Settings,
    store: SecretStore,
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
            Ok(Wake::Look) | Err(RecvTimeoutError::Timeout) => {}
            Ok(Wake::End) | Err(RecvTimeoutError::Disconnected) => return desk.queue.stop(),
        }
    }
}

fn open<'a>(folder: &Path, store: SecretStore, look: Sender<Wake>, tell: &'a dyn Fn(News)) -> Result<Desk<'a>, String> {
    let settings = Settings::from_environment().map_err(|error| error_chain(&error))?;
    let make = {
        let (settings, store) = (settings.clone(), store.clone());
        move || {
            let token = store.find(TOKEN).filter(|_| settings.implicit_token);
            let settings = Settings {
                token: token.or_else(|| settings.token.clone()),
                ..settings.clone()
            };
            Hub::new(settings, Timeouts::default(), Backoff::default())
        }
    };
    // The thread is gone where nobody hears; then nobody needs to look.
    let changed = move || _ = look.send(Wake::Look);
    let queue = Queue::open(folder, Box::new(make), changed).map_err(|error| error_chain(&error))?;
    let token = match (store.find(TOKEN), &settings.token) {
        (Some(_), _) => Token::Typed(Kept::InKeyring),
        (None, Some(_)) => Token::Found,
        (None, None) => Token::Missing,
    };
    let known = Known {
        cache: settings.cache.clone(),
        offline: settings.offline,
        endpoint: Some(settings.endpoint.clone()),
        token,
        ..Known::default()
    };
    Ok(Desk {
        queue,
        cache: settings.cache(),
        settings,
        store,
        known,
        tell,
    })
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
                self.known.token = Token::Typed(self.store.keep(TOKEN, &secret));
                Ok(())
            }
            DownloadsTask::ForgetToken => {
                self.forget_token();
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
            Ok(()) if self.settings.token.is_some() => self.known.token = Token::Found,
            Ok(()) => self.known.token = Token::Missing,
            Err(problem) => (self.tell)(News::Failed("The token was not forgotten.", problem)),
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
