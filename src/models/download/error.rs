//! Why a download ended without its file.

use std::io;
use std::path::{Path, PathBuf};

use super::super::hub::{CacheError, ChoiceError, FileName, HubError, RepositoryName};
use crate::cancel::Cancelled;
use crate::network::NoRuntime;
use crate::quantities::bytes;

/// Why a download ended without its file. What came so far is kept unless it is wrong.
#[derive(Debug, thiserror::Error)]
pub enum DownloadError {
    #[error("stopped on request; what came so far is kept, and the next attempt goes on from there")]
    Cancelled,
    #[error(transparent)]
    Hub(HubError),
    #[error("{repository} cannot be fetched: {source}")]
    Choice {
        repository: RepositoryName,
        source: ChoiceError,
    },
    #[error(
        "{file} was not fetched: {found} bytes are offered where the hub says {expected}; a proxy or a login page may \
         stand between"
    )]
    Length { file: FileName, expected: u64, found: u64 },
    #[error(
        "{file} came with the hash {found} where {expected} is expected and was not kept: it was damaged on its way or \
         the server holds another file; try again, or another network"
    )]
    Hash {
        file: FileName,
        expected: String,
        found: String,
    },
    #[error("{file} changed on the server while it was fetched; try again")]
    Changed { file: FileName },
    #[error("{file} cannot be fetched: its address leads on and on, or to what is no address")]
    Redirect { file: FileName },
    #[error(
        "the disk that holds {} has {} free and {} are needed; make room, or set HF_HOME to a folder on another disk",
        folder.display(), bytes(*free), bytes(*need)
    )]
    DiskFull { folder: PathBuf, need: u64, free: u64 },
    #[error(transparent)]
    Cache(#[from] CacheError),
    #[error("{} cannot be read or written", path.display())]
    Io { path: PathBuf, source: io::Error },
    #[error("{} is damaged: its content has the hash {found}; remove it and fetch it again", path.display())]
    Damaged { path: PathBuf, found: String },
    #[error(transparent)]
    Runtime(#[from] NoRuntime),
}

impl DownloadError {
    pub(super) fn io(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { path, source }
    }
}

impl From<Cancelled> for DownloadError {
    fn from(_: Cancelled) -> Self {
        Self::Cancelled
    }
}

impl From<HubError> for DownloadError {
    fn from(error: HubError) -> Self {
        match error {
            HubError::Cancelled => Self::Cancelled,
            error => Self::Hub(error),
        }
    }
}
