//! The list of wanted downloads on disk, which one program at a time keeps.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::Order;
use crate::files::{WriteError, write_toml};

/// The newest layout of the list that this program knows.
const SCHEMA: u32 = 1;

/// Why the list of downloads cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum QueueError {
    #[error("the list of downloads {} cannot be read", path.display())]
    Read { path: PathBuf, source: std::io::Error },
    #[error("the list of downloads {} is damaged; mend it or delete it, what was fetched is safe", path.display())]
    Damaged { path: PathBuf, source: toml::de::Error },
    #[error("the list of downloads {} was made by a newer Polyclinic; update the program", path.display())]
    Newer { path: PathBuf },
    #[error(transparent)]
    Write(#[from] WriteError),
}

#[derive(Debug, Serialize, Deserialize)]
struct List {
    schema: u32,
    #[serde(default, rename = "download")]
    downloads: Vec<Saved>,
}

/// A download that is wanted, and what keeps it from going on by itself.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Saved {
    #[serde(flatten)]
    pub order: Order,
    #[serde(default)]
    pub paused: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terms: Option<String>,
}

/// The list on disk, ours as long as the lock is held.
pub(super) struct SavedList {
    file: PathBuf,
    _lock: File,
}

impl SavedList {
    /// Takes the lock on the list kept in a folder; `None` where another program has it.
    pub fn open(folder: &Path) -> Result<Option<Self>, QueueError> {
        let path = folder.join("downloads.lock");
        let locked = std::fs::create_dir_all(folder).and_then(|()| File::create(&path));
        let lock = locked.map_err(|source| WriteError {
            path: path.clone(),
            source,
        })?;
        match lock.try_lock() {
            Ok(()) => Ok(Some(Self {
                file: folder.join("downloads.toml"),
                _lock: lock,
            })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(source)) => Err(WriteError { path, source }.into()),
        }
    }

    /// What was wanted when the list was written last; nothing where there is none yet.
    pub fn read(&self) -> Result<Vec<Saved>, QueueError> {
        let path = self.file.clone();
        let list: List = match std::fs::read_to_string(&path) {
            Ok(text) => toml::from_str(&text).map_err(|source| QueueError::Damaged {
                path: path.clone(),
                source,
            })?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(source) => return Err(QueueError::Read { path, source }),
        };
        match list.schema > SCHEMA {
            true => Err(QueueError::Newer { path }),
            false => Ok(list.downloads),
        }
    }

    /// Keeps what is wanted now.
    pub fn write(&self, downloads: Vec<Saved>) -> Result<(), WriteError> {
        let schema = SCHEMA;
        write_toml(&self.file, &List { schema, downloads })
    }
}
