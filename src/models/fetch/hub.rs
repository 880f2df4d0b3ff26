//! Fetching a packaged model from the Hugging Face hub into its shared cache.

use std::path::PathBuf;
use std::time::Duration;

use super::{Places, Stage, Watch, WayError};
use crate::error_chain;
use crate::models::download::{self, DownloadError, Progress};
use crate::models::hub::{Content, Hub, RemoteFile, Repository};
use crate::models::packaged::PackagedModel;
use crate::network::{Backoff, Timeouts};

/// How long the hub may take to answer at all, before another way is taken.
const ANSWER: Duration = Duration::from_secs(4);

/// Downloads the model's file and returns where it lies. Its hash is that of the model.
pub(super) fn fetch(
    model: &'static PackagedModel,
    places: &Places,
    watch: &mut Watch<'_>,
) -> Result<PathBuf, WayError> {
    watch.bytes(Stage::AskingHub, 0, None);
    let timeouts = Timeouts {
        connect: ANSWER,
        ..Timeouts::default()
    };
    let backoff = Backoff {
        attempts: 2,
        patience: ANSWER,
        ..Backoff::default()
    };
    let hub = Hub::new(places.hub.clone(), timeouts, backoff).map_err(said)?;
    let cancel = watch.cancel.clone();
    let progress = Progress::shared();
    let work = async {
        let name = format!("{}/{}", model.hub.owner, model.hub.repository);
        let asked = async {
            let (name, revision) = (name.parse().map_err(said)?, model.hub.revision.parse().map_err(said)?);
            hub.repository(&name, &revision, &cancel)
                .await
                .map_err(|error| ended(error.into()))
        };
        let repository = tokio::time::timeout(ANSWER, asked).await;
        let repository =
            repository.map_err(|_| WayError::Said(format!("no answer within {} seconds", ANSWER.as_secs())))??;
        let file = expected(model, &repository)?;
        let fetched = download::fetch_files(&hub, &repository, &[file], &progress, &cancel).await;
        fetched.map(|fetched| fetched.path).map_err(ended)
    };
    let look = |progress: &Progress| watch.bytes(Stage::DownloadingFromHub, progress.done(), Some(model.size));
    download::watched(work, &progress, look).map_err(said)?
}

fn said(error: impl std::error::Error) -> WayError {
    WayError::Said(error_chain(&error))
}

fn ended(error: DownloadError) -> WayError {
    match error {
        DownloadError::Cancelled => WayError::Cancelled,
        error => said(error),
    }
}

/// The hub's file, if it can be the model: the hub tells its size and its SHA-256.
fn expected<'a>(model: &PackagedModel, repository: &'a Repository) -> Result<&'a RemoteFile, WayError> {
    let file = repository
        .files
        .iter()
        .find(|file| file.name.as_str() == model.hub.file);
    let file = file.ok_or_else(|| WayError::Said("the repository does not have the file".to_owned()))?;
    match file.size == model.size && file.content == Content::Sha256(model.sha256.to_owned()) {
        true => Ok(file),
        false => Err(WayError::Said(
            "its file of that name has another size or SHA-256".to_owned(),
        )),
    }
}
