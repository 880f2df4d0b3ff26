//! Fetching one file: by byte ranges over several connections, from where it stands, with its hash computed on the way.
//!
//! Three parts work side by side: connections receive, one thread writes what they receive, and one reads what is
//! whole from the start of the file and hashes it. What an earlier attempt left is thereby hashed like the rest.

use std::ops::Range;
use std::sync::mpsc::Sender as Teller;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::task::{JoinError, JoinSet, spawn_blocking};

use super::check::Hasher;
use super::error::DownloadError;
use super::partial::{PIECE, Partial};
use super::progress::Progress;
use super::ranges::Ranges;
use super::request::{Answer, Source};
use crate::cancel::{Cancel, Cancelled};
use crate::models::hub::{Blob, HubError, RepositoryFolder};
use crate::network::{Backoff, Retry, Retryable, with_retries};

/// How many bytes one request asks for, where the server gives parts.
const SEGMENT: u64 = 32 * PIECE;

/// How many connections fetch parts of one file.
const CONNECTIONS: usize = 4;

/// How many received buffers may wait for the disk.
const WAITING: usize = 64;

/// How often it is asked whether another program is done with the same file.
const LOCK_TICK: Duration = Duration::from_millis(250);

/// Fetches a file into the cache, unless it is there. What came stays when it fails, unless it is wrong.
pub async fn transfer(
    folder: &RepositoryFolder,
    source: Arc<Source>,
    backoff: Backoff,
    progress: &Arc<Progress>,
    cancel: &Cancel,
) -> Result<(), DownloadError> {
    let file = source.file().clone();
    let blob = folder.blob(&file.content);
    let _lock = loop {
        if let Some(lock) = folder.lock(&blob)? {
            break lock;
        }
        progress.say(format!("{} is being fetched by another program", file.name));
        cancel.or(tokio::time::sleep(LOCK_TICK)).await?;
    };
    if blob.path.is_file() {
        progress.add_present(file.size);
        return Ok(());
    }
    let transfer = Transfer {
        source,
        blob,
        backoff,
        progress: progress.clone(),
        cancel: cancel.clone(),
    };
    let partial = Partial::open(&transfer.blob, file.size).map_err(transfer.disk_error())?;
    let continued = partial.missing().total() < file.size;
    let wrong = match transfer.attempt(partial).await {
        Err(wrong @ DownloadError::Changed { .. }) => wrong,
        // What an earlier attempt left may not have reached the disk, if the power went then.
        Err(wrong @ DownloadError::Hash { .. }) if continued => wrong,
        outcome => return outcome,
    };
    tracing::warn!(%wrong, "what was there of the file does not fit; it is fetched anew");
    progress.forget(file.size);
    progress.say(format!(
        "what was there of {} does not fit; it is fetched anew",
        file.name
    ));
    let fresh = Partial::start(&transfer.blob, file.size).map_err(transfer.disk_error())?;
    transfer.attempt(fresh).await
}

/// What the parts of a transfer share.
#[derive(Clone)]
struct Transfer {
    source: Arc<Source>,
    blob: Blob,
    backoff: Backoff,
    progress: Arc<Progress>,
    cancel: Cancel,
}

impl Transfer {
    /// One attempt to make the file whole and to put it into its place, with as many requests as it takes.
    async fn attempt(&self, partial: Partial) -> Result<(), DownloadError> {
        let file = self.source.file();
        self.progress.add_present(file.size - partial.missing().total());
        let missing = partial.missing().clone();
        let version = partial.version().map(str::to_owned);
        let reader = partial.reader().map_err(self.disk_error())?;
        let stop_hashing = Cancel::default();
        let (tell_whole, whole) = std::sync::mpsc::channel();
        let hashing = spawn_blocking({
            let (hasher, size, stop) = (Hasher::of(&file.content, file.size), file.size, stop_hashing.clone());
            move || hasher.follow(&reader, size, &whole, &stop)
        });
        let (sender, received) = channel(WAITING);
        let progress = self.progress.clone();
        let writing = spawn_blocking(move || write(partial, received, &tell_whole, &progress));

        let fetched = Arc::new(Fetching::new(self.clone(), sender, missing, version))
            .run()
            .await;
        if fetched.is_err() {
            stop_hashing.cancel();
        }
        // The writer ends once nobody can send any more, and with it the hasher.
        let (partial, written) = joined(writing.await)?;
        written.map_err(self.disk_error())?;
        fetched?;
        self.progress.say(format!("checking {}", file.name));
        let hashed = self.cancel.or(hashing).await.inspect_err(|_| stop_hashing.cancel())?;
        let found = joined(hashed)?.map_err(self.disk_error())?.unwrap_or_default();
        let blob = self.blob.clone();
        if found == file.content.etag() {
            let finished = spawn_blocking(move || partial.finish(&blob)).await;
            return joined(finished)?.map_err(self.disk_error());
        }
        partial.discard(&blob).map_err(self.disk_error())?;
        Err(DownloadError::Hash {
            file: file.name.clone(),
            expected: file.content.etag().to_owned(),
            found,
        })
    }

    /// What an error of the disk means.
    fn disk_error(&self) -> impl Fn(std::io::Error) -> DownloadError {
        let path = self.blob.partial.clone();
        let left = self.progress.total().saturating_sub(self.progress.done());
        move |source| match source.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => DownloadError::DiskFull {
                free: fs4::available_space(path.parent().unwrap_or(&path)).unwrap_or_default(),
                folder: path.parent().unwrap_or(&path).to_owned(),
                need: left,
            },
            _ => DownloadError::io(&path)(source),
        }
    }
}

/// What a thread gave; it panics only through a fault of this program, which then goes on panicking here.
pub fn joined<T>(outcome: Result<T, JoinError>) -> Result<T, DownloadError> {
    outcome.map_err(|error| match error.try_into_panic() {
        Ok(panic) => std::panic::resume_unwind(panic),
        Err(_) => DownloadError::Cancelled,
    })
}

/// What connections receive, for the thread that writes.
enum Received {
    /// What the server calls the version of the file that is coming.
    Version(String),
    Bytes(u64, Bytes),
}

/// Writes what comes until nobody sends any more or the disk refuses, and tells up to where the file is whole.
fn write(
    mut partial: Partial,
    mut received: Receiver<Received>,
    whole: &Teller<u64>,
    progress: &Progress,
) -> (Partial, std::io::Result<()>) {
    let mut until = partial.whole_until();
    // The hasher may be gone already; then nobody needs to be told.
    _ = whole.send(until);
    while let Some(received) = received.blocking_recv() {
        let written = match &received {
            Received::Version(version) => partial.set_version(version),
            Received::Bytes(offset, bytes) => partial.write(*offset, bytes),
        };
        if let Err(error) = written {
            return (partial, Err(error));
        }
        if let Received::Bytes(_, bytes) = &received {
            progress.add_fetched(bytes.len() as u64);
        }
        if partial.whole_until() > until {
            until = partial.whole_until();
            _ = whole.send(until);
        }
    }
    (partial, Ok(()))
}

/// The connections of one attempt.
struct Fetching {
    transfer: Transfer,
    sender: Sender<Received>,
    /// What no connection has taken on yet.
    left: Mutex<Ranges>,
    /// What the server calls the version of the file that was begun.
    version: Mutex<Option<String>>,
}

impl Fetching {
    fn new(transfer: Transfer, sender: Sender<Received>, left: Ranges, version: Option<String>) -> Self {
        Self {
            transfer,
            sender,
            left: Mutex::new(left),
            version: Mutex::new(version),
        }
    }

    /// Receives all that is missing.
    async fn run(self: Arc<Self>) -> Result<(), DownloadError> {
        let Some(first) = held(&self.left).take(SEGMENT) else {
            return Ok(());
        };
        // The first answer tells whether the server gives parts.
        let answer = self.retrying(|| self.open(&first)).await?;
        if !answer.is_part {
            let mut all = std::mem::take(&mut *held(&self.left));
            all.add(&first);
            return self.receive(all, Some(answer)).await;
        }
        let mut connections = JoinSet::new();
        connections.spawn(self.clone().connection(first, Some(answer)));
        for _ in 1..CONNECTIONS {
            let Some(segment) = held(&self.left).take(SEGMENT) else {
                break;
            };
            connections.spawn(self.clone().connection(segment, None));
        }
        while let Some(ended) = connections.join_next().await {
            if let Err(error) = joined(ended).and_then(|outcome| outcome) {
                connections.shutdown().await;
                return Err(error);
            }
        }
        Ok(())
    }

    /// Receives one segment after the other until none is left.
    async fn connection(self: Arc<Self>, segment: Range<u64>, answer: Option<Answer>) -> Result<(), DownloadError> {
        self.receive(Ranges::of(segment), answer).await?;
        loop {
            let Some(segment) = held(&self.left).take(SEGMENT) else {
                return Ok(());
            };
            self.receive(Ranges::of(segment), None).await?;
        }
    }

    /// Receives all of `wanted`, beginning with an answer that is there already.
    async fn receive(&self, wanted: Ranges, answer: Option<Answer>) -> Result<(), DownloadError> {
        let (wanted, answer) = (Mutex::new(wanted), Mutex::new(answer));
        self.retrying(|| self.receive_once(&wanted, &answer)).await
    }

    /// Receives of `wanted` what one request gives, and takes it out of it.
    async fn receive_once(&self, wanted: &Mutex<Ranges>, answer: &Mutex<Option<Answer>>) -> Result<(), Broken> {
        let Some(span) = held(wanted).span() else {
            return Ok(());
        };
        let opened = held(answer).take();
        let mut answer = match opened {
            Some(answer) => answer,
            None => self.open(&span).await?,
        };
        let size = self.transfer.source.file().size;
        let mut further = false;
        let mut position = answer.start;
        while !held(wanted).is_empty() {
            let bytes = match answer.next().await {
                Ok(Some(bytes)) => bytes,
                Ok(None) => return Err(Broken::after(answer.cut(), further)),
                Err(error) => return Err(Broken::after(error, further)),
            };
            let came = position..position + bytes.len() as u64;
            if came.end > size {
                return Err(Broken::from(self.transfer.source.length(came.end)));
            }
            let parts = held(wanted).within(&came);
            for part in parts {
                further = true;
                // Offsets within a buffer fit any integer here.
                let slice = (part.start - came.start) as usize..(part.end - came.start) as usize;
                self.send(Received::Bytes(part.start, bytes.slice(slice))).await?;
            }
            held(wanted).remove(&came);
            position = came.end;
        }
        Ok(())
    }

    /// Asks for bytes of the version that was begun.
    async fn open(&self, range: &Range<u64>) -> Result<Answer, Broken> {
        let begun = held(&self.version).clone();
        let answer = self.transfer.source.open(range, begun.as_deref()).await?;
        match (&begun, &answer.version) {
            (Some(begun), Some(version)) if begun != version => {
                return Err(Broken::from(self.transfer.source.changed()));
            }
            (None, Some(version)) => {
                *held(&self.version) = Some(version.clone());
                self.send(Received::Version(version.clone())).await?;
            }
            _ => {}
        }
        Ok(answer)
    }

    async fn send(&self, received: Received) -> Result<(), Broken> {
        // The thread that writes ends early only with an error of its own, which is the one that is told.
        let gone = |_| Broken::from(DownloadError::Cancelled);
        self.sender.send(received).await.map_err(gone)
    }

    async fn retrying<T, F>(&self, attempt: impl FnMut() -> F) -> Result<T, DownloadError>
    where
        F: Future<Output = Result<T, Broken>>,
    {
        let waiting = |broken: &Broken, wait: Duration| {
            let text = format!("{}; trying again in {} s", broken.error, wait.as_secs_f32().ceil());
            tracing::debug!(text, "a transfer goes on after a failure");
            self.transfer.progress.say(text);
        };
        let outcome = with_retries(self.transfer.backoff, &self.transfer.cancel, waiting, attempt).await;
        outcome.map_err(|broken| broken.error)
    }
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // No code that holds one of these can panic between two halves of a change.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A request that ended early.
struct Broken {
    error: DownloadError,
    /// Whether any bytes came that were still missing.
    further: bool,
}

impl Broken {
    fn after(error: HubError, further: bool) -> Self {
        Self {
            error: error.into(),
            further,
        }
    }
}

impl From<DownloadError> for Broken {
    fn from(error: DownloadError) -> Self {
        Self { error, further: false }
    }
}

impl From<Cancelled> for Broken {
    fn from(cancelled: Cancelled) -> Self {
        DownloadError::from(cancelled).into()
    }
}

impl Retryable for Broken {
    fn retry(&self) -> Retry {
        match &self.error {
            DownloadError::Hub(error) => error.retry(),
            _ => Retry::Never,
        }
    }

    fn progressed(&self) -> bool {
        self.further
    }
}
