//! Fetching from the Hugging Face hub into its shared cache.

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use hf_hub::progress::{DownloadEvent, ProgressEvent, ProgressHandler};
use hf_hub::repository::{RepoTreeEntry, RepoTypeModel};
use hf_hub::{HFClientBuilder, HFError, HFRepositorySync};

use super::{HubError, Places, Stage, Watch};
use crate::models::packaged::PackagedModel;

/// How long the hub may take to answer at all.
const ANSWER: Duration = Duration::from_secs(4);
/// How long a transfer may stand still.
const STALL: Duration = Duration::from_secs(60);
/// How often a wait looks at `cancel`.
const TICK: Duration = Duration::from_millis(50);

/// What the thread that talks to the hub says.
enum Event {
    Bytes(u64),
    Facts(Result<Vec<RepoTreeEntry>, HFError>),
    Done(Result<PathBuf, HFError>),
}

/// Downloads the model's file, whose hash is still to be checked.
pub(super) fn fetch(
    model: &'static PackagedModel,
    places: &Places,
    watch: &mut Watch<'_>,
) -> Result<PathBuf, HubError> {
    if places.hub_offline {
        return Err(HubError::Said("HF_HUB_OFFLINE is set".to_owned()));
    }
    watch.bytes(Stage::AskingHub, 0, None);
    let mut builder = HFClientBuilder::new()
        .cache_dir(&places.hub_cache)
        .retry_max_attempts(1);
    if let Some(endpoint) = &places.hub_endpoint {
        builder = builder.endpoint(endpoint);
    }
    let client = builder.build_sync().map_err(said)?;
    let repository = client.model(model.hub.owner, model.hub.repository);

    let facts = spawn({
        let repository = repository.clone();
        move |events| {
            let facts = repository
                .get_paths_info()
                .paths(vec![model.hub.file.to_owned()])
                .revision(model.hub.revision)
                .send();
            send(&events, Event::Facts(facts));
        }
    })?;
    let entries = loop {
        match next(&facts, ANSWER, watch)? {
            Event::Facts(facts) => break facts.map_err(said)?,
            Event::Bytes(_) | Event::Done(_) => {}
        }
    };
    expected(model, &entries)?;

    let transfer = spawn(move |events| {
        let done = download(&repository, model, events.clone());
        send(&events, Event::Done(done));
    })?;
    loop {
        match next(&transfer, STALL, watch)? {
            Event::Bytes(done) => watch.bytes(Stage::DownloadingFromHub, done, Some(model.size)),
            Event::Done(done) => return done.map_err(said),
            Event::Facts(_) => {}
        }
    }
}

/// What an error says, in as few words as help: of a failed connection only the cause, not every layer above it.
fn said(error: HFError) -> HubError {
    if !matches!(error, HFError::Request { .. }) {
        return HubError::Said(error.to_string());
    }
    let mut cause: &dyn std::error::Error = &error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    HubError::Said(cause.to_string())
}

/// Whether the hub's file can be the model: the hub tells its size and, for large files, its SHA-256.
fn expected(model: &PackagedModel, entries: &[RepoTreeEntry]) -> Result<(), HubError> {
    let file = entries.iter().find_map(|entry| match entry {
        RepoTreeEntry::File { path, size, lfs, .. } if path == model.hub.file => Some((*size, lfs.as_ref())),
        _ => None,
    });
    let Some((size, lfs)) = file else {
        return Err(HubError::Said("the repository does not have the file".to_owned()));
    };
    let hash = lfs.and_then(|lfs| lfs.sha256.as_deref());
    if size != model.size || hash.is_some_and(|hash| hash != model.sha256) {
        return Err(HubError::Said(
            "its file of that name has another size or SHA-256".to_owned(),
        ));
    }
    Ok(())
}

fn download(
    repository: &HFRepositorySync<RepoTypeModel>,
    model: &PackagedModel,
    events: Sender<Event>,
) -> Result<PathBuf, HFError> {
    repository
        .download_file()
        .filename(model.hub.file)
        .revision(model.hub.revision)
        .progress(Forward(events))
        .send()
}

/// Passes the client's progress on.
struct Forward(Sender<Event>);

impl ProgressHandler for Forward {
    fn on_progress(&self, event: &ProgressEvent) {
        match event {
            ProgressEvent::Download(DownloadEvent::AggregateProgress { bytes_completed, .. }) => {
                send(&self.0, Event::Bytes(*bytes_completed));
            }
            ProgressEvent::Download(DownloadEvent::Progress { files }) => {
                for file in files {
                    send(&self.0, Event::Bytes(file.bytes_completed));
                }
            }
            _ => {}
        }
    }
}

/// Sends to whoever waits; nobody does after a cancellation.
fn send(events: &Sender<Event>, event: Event) {
    _ = events.send(event);
}

/// The client cannot be interrupted, so it works on a thread that can be left behind.
fn spawn(work: impl FnOnce(Sender<Event>) + Send + 'static) -> Result<Receiver<Event>, HubError> {
    let (events, received) = channel();
    std::thread::Builder::new()
        .name("hub".to_owned())
        .spawn(move || work(events))
        .map_err(|error| HubError::Said(error.to_string()))?;
    Ok(received)
}

fn next(events: &Receiver<Event>, patience: Duration, watch: &Watch<'_>) -> Result<Event, HubError> {
    let start = Instant::now();
    loop {
        if (watch.cancel)() {
            return Err(HubError::Cancelled);
        }
        match events.recv_timeout(TICK) {
            Ok(event) => return Ok(event),
            Err(RecvTimeoutError::Timeout) if start.elapsed() < patience => {}
            Err(RecvTimeoutError::Timeout) => {
                let seconds = patience.as_secs();
                return Err(HubError::Said(format!("no answer within {seconds} seconds")));
            }
            Err(RecvTimeoutError::Disconnected) => {
                return Err(HubError::Said("the transfer ended without a result".to_owned()));
            }
        }
    }
}
