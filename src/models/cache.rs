//! Where model files lie: our own cache and the Hugging Face cache that other tools share.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use super::hash;
use super::hub::{Settings, SettingsError};
use super::packaged::PackagedModel;

/// The folders and addresses that fetching uses.
#[derive(Debug, Clone)]
pub struct Places {
    /// Our own folder of model files.
    pub models: PathBuf,
    /// The hub, and its cache that other tools share.
    pub hub: Settings,
    /// Where programs are looked for, as `PATH` has it.
    pub search_path: OsString,
}

/// Why the folders and addresses cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PlacesError {
    #[error("this system names no home folder to keep models in; set POLYCLINIC_CACHE to a folder")]
    NoFolder,
    #[error(transparent)]
    Hub(#[from] SettingsError),
}

impl Places {
    /// As the environment says: `POLYCLINIC_CACHE` (else the system's folder for caches), `PATH`, and what
    /// [`Settings::from_environment`] reads.
    pub fn from_environment() -> Result<Self, PlacesError> {
        let folder = match std::env::var_os("POLYCLINIC_CACHE").filter(|folder| !folder.is_empty()) {
            Some(folder) => PathBuf::from(folder),
            None => directories::BaseDirs::new()
                .ok_or(PlacesError::NoFolder)?
                .cache_dir()
                .join("polyclinic"),
        };
        Ok(Self {
            models: folder.join("models"),
            hub: Settings::from_environment()?,
            search_path: std::env::var_os("PATH").unwrap_or_default(),
        })
    }

    /// Where our own cache keeps the model.
    pub fn own_path(&self, model: &PackagedModel) -> PathBuf {
        self.models.join(model.file)
    }

    /// Whether a wrong file may give way to the right one: only a regular file directly in our own folder, or none.
    /// A link there was put by someone, and the hub's cache serves other tools.
    pub(super) fn may_replace(&self, path: &Path) -> bool {
        let ours = path.parent() == Some(self.models.as_path());
        ours && !fs::symlink_metadata(path).is_ok_and(|found| !found.is_file())
    }

    /// Files that by name and size could be the model, our own first.
    pub(super) fn candidates(&self, model: &PackagedModel) -> Vec<PathBuf> {
        let repository = format!("models--{}--{}", model.hub.owner, model.hub.repository);
        let snapshots = fs::read_dir(self.hub.cache.join(repository).join("snapshots"));
        let in_hub = snapshots.into_iter().flatten().flatten();
        let in_hub = in_hub.map(|snapshot| snapshot.path().join(model.hub.file));
        std::iter::once(self.own_path(model))
            .chain(in_hub)
            .filter(|path| fs::metadata(path).is_ok_and(|found| found.is_file() && found.len() == model.size))
            .collect()
    }

    /// Whether the file is the model. Its hash is computed once; a note in our cache then remembers the file as it
    /// was (place, size, time of change), and a file that differs from the note is hashed again.
    pub(super) fn verify(
        &self,
        model: &PackagedModel,
        path: &Path,
        progress: &mut dyn FnMut(u64),
        cancel: &dyn Fn() -> bool,
    ) -> io::Result<Verdict> {
        let note = self.models.join(format!("{}.verified", model.file));
        let state = state(model, path)?;
        if fs::read_to_string(&note).is_ok_and(|noted| noted == state) {
            return Ok(Verdict::Right);
        }
        let found = hash::sha256(path, progress, cancel)?;
        if found != model.sha256 {
            return Ok(Verdict::Wrong { found });
        }
        self.remember(model, path);
        Ok(Verdict::Right)
    }

    /// Notes that the file was found right.
    pub(super) fn remember(&self, model: &PackagedModel, path: &Path) {
        let note = self.models.join(format!("{}.verified", model.file));
        // Without the note the file is only hashed again next time.
        if let Ok(state) = state(model, path)
            && fs::create_dir_all(&self.models)
                .and_then(|()| fs::write(&note, state))
                .is_err()
        {
            tracing::debug!(note = %note.display(), "the note of a verified model could not be written");
        }
    }
}

/// What looking at a file's hash gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    Right,
    Wrong { found: String },
}

fn state(model: &PackagedModel, path: &Path) -> io::Result<String> {
    let metadata = fs::metadata(path)?;
    let changed = metadata.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default();
    Ok(format!(
        "{}\n{}\n{} bytes, changed {}.{:09}\n",
        model.sha256,
        path.display(),
        metadata.len(),
        changed.as_secs(),
        changed.subsec_nanos()
    ))
}
