//! Downloads from the hub that can be stopped at any moment, by whatever, and go on from there.
//!
//! - [`fetch`] brings one model into the shared cache: its files side by side, each by [`transfer`];
//! - [`Queue`] keeps several in order across starts of the program, and runs them in the background;
//! - [`verify`] reads what is here and compares it with its hash.
//!
//! A file is believed only with the size and the hash that the hub says it has.

mod check;
mod error;
mod partial;
mod progress;
mod queue;
mod ranges;
mod request;
mod saved;
mod transfer;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use serde::{Deserialize, Serialize};
use tokio::task::spawn_blocking;

pub use check::verify;
pub use error::DownloadError;
pub use progress::{Progress, Speed};
pub use queue::{Entry, EntryState, Queue, Unfinished, from_hub};
use request::Source;
pub use saved::QueueError;
use transfer::{joined, transfer};

use super::hub::{
    FileName, Hub, RemoteFile, Repository, RepositoryFolder, RepositoryName, Revision, Settings, all_parts, choose,
};
use crate::cancel::Cancel;
use crate::network::{NoRuntime, block_on};

/// How many files of a model are fetched at once.
const FILES: usize = 3;

/// How long lies between two looks at how far a download is.
const LOOK: Duration = Duration::from_millis(100);

/// What is to be fetched: a model of a repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    pub repository: RepositoryName,
    #[serde(default)]
    pub revision: Revision,
    /// A GGUF file, of which all parts come; without one, the repository's only model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<FileName>,
}

/// A model that is in the cache.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    /// What a run opens: the file, its first part, or the folder of a safetensors model.
    pub path: PathBuf,
    pub commit: Revision,
    /// All of its files.
    pub files: Vec<PathBuf>,
}

/// Brings a model into the hub's cache and returns where it is. Files that are there are not fetched again.
///
/// `progress` can be watched meanwhile. A stop leaves what came so far, and the next call goes on from there.
pub async fn fetch(
    hub: &Hub,
    order: &Order,
    progress: &Arc<Progress>,
    cancel: &Cancel,
) -> Result<Fetched, DownloadError> {
    let repository = hub.repository(&order.repository, &order.revision, cancel).await?;
    let chosen = choose(&repository.files, order.file.as_ref()).map_err(|source| DownloadError::Choice {
        repository: order.repository.clone(),
        source,
    })?;
    fetch_files(hub, &repository, &chosen, progress, cancel).await
}

/// Where a model already is, as far as the cache alone can tell; nothing is asked of the network.
pub fn present(settings: &Settings, order: &Order) -> Option<PathBuf> {
    let folder = settings.cache().repository(&order.repository);
    if let Some(file) = &order.file {
        let mut parts = all_parts(file).map(|part| folder.find(&order.revision, &part));
        let first = parts.next()??;
        return parts.all(|part| part.is_some()).then_some(first);
    }
    let snapshot = folder.snapshot(&folder.commit(&order.revision)?);
    let mut models = folder.content();
    models.retain(|cached| cached.is_model() && cached.path.starts_with(&snapshot));
    models.pop().filter(|_| models.is_empty()).map(|only| only.path)
}

/// Brings some files of a repository into the hub's cache; the first is what a run opens, or lies in its folder.
pub async fn fetch_files(
    hub: &Hub,
    repository: &Repository,
    files: &[&RemoteFile],
    progress: &Arc<Progress>,
    cancel: &Cancel,
) -> Result<Fetched, DownloadError> {
    let folder = hub.cache().repository(&repository.name);
    progress.set_total(files.iter().map(|file| file.size).fold(0, u64::saturating_add));
    refuse_if_too_large(hub, &folder, files)?;
    let mut waiting = files.iter();
    let mut running = FuturesUnordered::new();
    loop {
        while running.len() < FILES
            && let Some(file) = waiting.next()
        {
            running.push(fetch_file(hub, repository, &folder, file, progress, cancel));
        }
        match running.next().await {
            Some(outcome) => outcome?,
            None => break,
        }
    }
    let snapshot = folder.snapshot(&repository.commit);
    let paths: Vec<PathBuf> = files.iter().map(|file| snapshot.join(file.name.path())).collect();
    // The revision is noted last: until then a reader without a network finds the commit it knew before.
    folder.note(&repository.revision, &repository.commit)?;
    let is_folder = files.iter().any(|file| file.name.as_str() == "config.json");
    let first = paths.first().filter(|_| !is_folder);
    Ok(Fetched {
        path: first.cloned().unwrap_or(snapshot),
        commit: repository.commit.clone(),
        files: paths,
    })
}

/// Runs `work` to its end on the network's threads, while `look` is shown how far it is a few times a second.
pub fn watched<T>(
    work: impl Future<Output = T>,
    progress: &Progress,
    mut look: impl FnMut(&Progress),
) -> Result<T, NoRuntime> {
    block_on(async {
        let mut tick = tokio::time::interval(LOOK);
        let mut work = std::pin::pin!(work);
        loop {
            tokio::select! {
                outcome = &mut work => return outcome,
                _ = tick.tick() => look(progress),
            }
        }
    })
}

async fn fetch_file(
    hub: &Hub,
    repository: &Repository,
    folder: &RepositoryFolder,
    file: &RemoteFile,
    progress: &Arc<Progress>,
    cancel: &Cancel,
) -> Result<(), DownloadError> {
    let blob = folder.blob(&file.content);
    if blob.path.is_file() {
        progress.add_present(file.size);
    } else {
        let source = Arc::new(Source::new(hub, repository, file));
        transfer(folder, source, hub.backoff(), progress, cancel).await?;
    }
    // Where the disk has no links, the whole file is copied.
    let (folder, commit, file) = (folder.clone(), repository.commit.clone(), file.clone());
    let shown = spawn_blocking(move || folder.show(&commit, &file.name, &file.content)).await;
    joined(shown)??;
    Ok(())
}

/// Refuses what the disk has no room for, before the first byte.
fn refuse_if_too_large(hub: &Hub, folder: &RepositoryFolder, files: &[&RemoteFile]) -> Result<(), DownloadError> {
    let need = files
        .iter()
        .map(|file| partial::still_needed(&folder.blob(&file.content), file.size));
    let need = need.fold(0, u64::saturating_add);
    let cache = hub.cache();
    let free = cache.free_space().map_err(DownloadError::io(cache.root()))?;
    match need > free {
        true => Err(DownloadError::DiskFull {
            folder: cache.root().to_owned(),
            need,
            free,
        }),
        false => Ok(()),
    }
}
