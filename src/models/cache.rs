//! Where model files lie: our own cache and the Hugging Face cache that other tools share.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use super::hash;
use super::packaged::PackagedModel;

/// The folders and addresses that fetching uses.
#[derive(Debug, Clone)]
pub struct Places {
    /// Our own folder of model files.
    pub models: PathBuf,
    /// The hub's cache, shared with other tools.
    pub hub_cache: PathBuf,
    /// The hub's address, where it is not the usual one.
    pub hub_endpoint: Option<String>,
    /// Whether the hub must not be asked.
    pub hub_offline: bool,
    /// Where programs are looked for, as `PATH` has it.
    pub search_path: OsString,
}

/// The system names no folder for caches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this system names no home folder to keep models in; set POLYCLINIC_CACHE to a folder")]
pub struct NoCacheFolder;

impl Places {
    /// As the environment says: `POLYCLINIC_CACHE` (else the system's folder for caches), `HF_HUB_CACHE`, `HF_HOME`,
    /// `HF_ENDPOINT`, `HF_HUB_OFFLINE` and `PATH`.
    pub fn from_environment() -> Result<Self, NoCacheFolder> {
        let folder = match std::env::var_os("POLYCLINIC_CACHE").filter(|folder| !folder.is_empty()) {
            Some(folder) => PathBuf::from(folder),
            None => directories::BaseDirs::new()
                .ok_or(NoCacheFolder)?
                .cache_dir()
                .join("polyclinic"),
        };
        let offline = std::env::var("HF_HUB_OFFLINE").unwrap_or_default().to_lowercase();
        Ok(Self {
            models: folder.join("models"),
            hub_cache: hf_hub::resolve_cache_dir(),
            hub_endpoint: std::env::var("HF_ENDPOINT")
                .ok()
                .filter(|endpoint| !endpoint.is_empty()),
            hub_offline: ["1", "true", "yes", "on"].contains(&offline.as_str()),
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
        let snapshots = fs::read_dir(self.hub_cache.join(repository).join("snapshots"));
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
