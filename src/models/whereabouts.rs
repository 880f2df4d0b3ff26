//! Where files of models lie on this machine. The record of a run, which is copied and mailed, names a model's file and
//! its hash and no folder; this list, which stays here, leads from the hash to the file.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use super::cache::Places;
use super::hub::HubCache;
use super::library::Library;
use super::packaged;
use crate::files::write_toml;
use crate::places::data_folder;

/// The list's file in the data folder.
const FILE: &str = "model_files.toml";

/// A file that a run was made with here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Seen {
    sha256: String,
    path: PathBuf,
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct List {
    #[serde(default, rename = "file")]
    files: Vec<Seen>,
}

/// The files that runs were made with, by their hashes.
#[derive(Debug, Default)]
pub struct Whereabouts {
    /// Absent where there is no folder to keep it in: then it lasts as long as this.
    file: Option<PathBuf>,
    seen: Mutex<Vec<Seen>>,
}

impl Whereabouts {
    /// Those of this machine.
    pub fn of_this_machine() -> Self {
        Self {
            file: data_folder().ok().map(|folder| folder.join(FILE)),
            seen: Mutex::default(),
        }
    }

    /// Keeps where the file with this hash lies, and forgets what is gone. What cannot be kept is told in the log:
    /// the run goes on without it.
    pub fn note(&self, sha256: &str, path: &Path) {
        let one = Seen {
            sha256: sha256.to_owned(),
            path: path.to_owned(),
        };
        let mut files = self.list();
        if files.contains(&one) {
            return;
        }
        files.retain(|seen| seen.path.exists());
        files.push(one);
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = files.clone();
        let Some(file) = &self.file else { return };
        if let Err(problem) = write_toml(file, &List { files }) {
            tracing::warn!("where a model lies is not kept: {}", crate::error_chain(&problem));
        }
    }

    /// Where the file of this name and hash may lie, the likeliest first: where it was noted, where packaged models lie,
    /// and this machine's other models of that name. Each is there; its hash is still to be compared.
    pub fn candidates(&self, name: &str, sha256: &str) -> Vec<PathBuf> {
        let noted = self.list().into_iter().rev().filter(|seen| seen.sha256 == sha256);
        let mut found: Vec<PathBuf> = noted.map(|seen| seen.path).collect();
        if let Some(folder) = self.file.as_deref().and_then(Path::parent) {
            found.extend(others(folder, name, sha256));
        }
        found.retain(|path| path.exists());
        let mut distinct: Vec<PathBuf> = Vec::new();
        for path in found {
            if !distinct.contains(&path) {
                distinct.push(path);
            }
        }
        distinct
    }

    /// What is kept; nothing where it cannot be read, for then it is made anew.
    fn list(&self) -> Vec<Seen> {
        let read = self.file.as_ref().and_then(|file| std::fs::read_to_string(file).ok());
        let kept = read.and_then(|text| toml::from_str::<List>(&text).ok());
        match kept {
            Some(list) => list.files,
            None => self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone(),
        }
    }
}

/// The models of this machine that the file may be, whatever runs were made here.
fn others(folder: &Path, name: &str, sha256: &str) -> Vec<PathBuf> {
    let is_called = |path: &Path| path.file_name().is_some_and(|own| own == name);
    let mut found = Vec::new();
    let places = Places::from_environment().ok();
    if let Some(places) = &places {
        let packaged = packaged::all().iter().filter(|model| model.sha256 == sha256);
        found.extend(packaged.filter_map(|model| packaged::cached_path(model, places)));
    }
    if let Ok(library) = Library::open(folder) {
        let added = library.added().iter().map(|added| added.path.clone());
        found.extend(added.filter(|path| is_called(path)));
    }
    if let Some(places) = places {
        let cached = HubCache::new(places.hub.cache).content().into_iter();
        found.extend(
            cached
                .filter(|it| it.is_model() && is_called(&it.path))
                .map(|it| it.path),
        );
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_found_where_it_was_noted_last_and_still_is() {
        let folder = tempfile::tempdir().unwrap();
        let file = Some(folder.path().join("data").join(FILE));
        let [first, second, other] = ["a.gguf", "b.gguf", "c.gguf"].map(|name| folder.path().join(name));
        for path in [&first, &second, &other] {
            std::fs::write(path, "x").unwrap();
        }
        let whereabouts = || Whereabouts {
            file: file.clone(),
            seen: Mutex::default(),
        };
        for (sha256, path) in [("ab", &first), ("ab", &second), ("cd", &other), ("ab", &first)] {
            whereabouts().note(sha256, path);
        }
        let found = |sha256: &str| whereabouts().candidates("nameless", sha256);
        assert_eq!(found("ab"), [second.clone(), first.clone()]);
        assert_eq!(found("cd"), [other]);
        assert!(found("ef").is_empty());
        std::fs::remove_file(&second).unwrap();
        assert_eq!(found("ab"), [first]);
        // A list that is damaged is made anew.
        std::fs::write(file.as_ref().unwrap(), "[[file]").unwrap();
        assert!(found("cd").is_empty());
        whereabouts().note("ab", &folder.path().join("a.gguf"));
        assert_eq!(found("ab").len(), 1);
    }

    #[test]
    fn an_added_model_of_that_name_may_be_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mine-Q4.gguf");
        std::fs::write(&path, "x").unwrap();
        let added = Library::open(folder.path()).unwrap().add(&path).unwrap();
        let whereabouts = Whereabouts {
            file: Some(folder.path().join(FILE)),
            seen: Mutex::default(),
        };
        assert_eq!(whereabouts.candidates("mine-Q4.gguf", "ab"), [added.path]);
        assert!(whereabouts.candidates("other.gguf", "ab").is_empty());
    }
}
