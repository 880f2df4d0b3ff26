//! The model files people have added on this machine, by name. Packaged models need no adding.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::part_name::{self, PartName};
use super::safetensors::ModelFolder;
use crate::files::{WriteError, write_toml};

/// The newest layout of the list that this program knows.
const SCHEMA: u32 = 1;

/// A model file and the name it goes by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Added {
    pub name: String,
    pub path: PathBuf,
}

/// The list of added files, as it lies on disk.
#[derive(Debug)]
pub struct Library {
    file: PathBuf,
    list: List,
}

#[derive(Debug, Serialize, Deserialize)]
struct List {
    schema: u32,
    #[serde(default, rename = "model")]
    models: Vec<Added>,
    #[serde(flatten)]
    rest: toml::Table,
}

/// Why the list cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LibraryError {
    #[error("the list of added models {} cannot be read", path.display())]
    Read { path: PathBuf, source: std::io::Error },
    #[error("the list of added models {} is damaged; mend it or delete it, the model files themselves are safe", path.display())]
    Damaged { path: PathBuf, source: toml::de::Error },
    #[error("the list of added models {} was made by a newer Polyclinic; update the program", path.display())]
    Newer { path: PathBuf },
    #[error("{} is no model file and no folder with a config.json", .0.display())]
    NoFile(PathBuf),
    #[error("no model was added under the name `{0}`")]
    Unknown(String),
    #[error(transparent)]
    Write(#[from] WriteError),
}

impl Library {
    /// Reads the list kept in a folder; empty where there is none yet.
    pub fn open(folder: &Path) -> Result<Self, LibraryError> {
        let file = folder.join("models.toml");
        let list = match std::fs::read_to_string(&file) {
            Ok(text) => toml::from_str(&text).map_err(|source| LibraryError::Damaged {
                path: file.clone(),
                source,
            })?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => List {
                schema: SCHEMA,
                models: Vec::new(),
                rest: toml::Table::new(),
            },
            Err(source) => return Err(LibraryError::Read { path: file, source }),
        };
        if list.schema > SCHEMA {
            return Err(LibraryError::Newer { path: file });
        }
        Ok(Self { file, list })
    }

    /// The added files, in the order they were added.
    pub fn added(&self) -> &[Added] {
        &self.list.models
    }

    /// The file a name stands for.
    pub fn find(&self, name: &str) -> Option<&Added> {
        self.list.models.iter().find(|model| model.name == name)
    }

    /// Adds a file, a model in parts by any of them, or a folder by its path or that of a file in it. It goes by its
    /// own name, made different where that is taken, and the list is kept. What is there already keeps its name.
    pub fn add(&mut self, path: &Path) -> Result<Added, LibraryError> {
        let folder = ModelFolder::find(path);
        let whole = folder.clone().or_else(|| part_name::first_beside(path));
        let path = whole.as_deref().unwrap_or(path);
        if folder.is_none() && !path.is_file() {
            return Err(LibraryError::NoFile(path.to_owned()));
        }
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        if let Some(present) = self.list.models.iter().find(|model| model.path == path) {
            return Ok(present.clone());
        }
        let name = self.free_name(&file_name(&path));
        let added = Added { name, path };
        self.list.models.push(added.clone());
        self.save()?;
        Ok(added)
    }

    /// Forgets a file and keeps the list; the file itself stays.
    pub fn remove(&mut self, name: &str) -> Result<(), LibraryError> {
        let before = self.list.models.len();
        self.list.models.retain(|model| model.name != name);
        if self.list.models.len() == before {
            return Err(LibraryError::Unknown(name.to_owned()));
        }
        self.save()
    }

    fn free_name(&self, wanted: &str) -> String {
        let numbered = (2..).map(|number| format!("{wanted}-{number}"));
        let mut names = std::iter::once(wanted.to_owned()).chain(numbered);
        let free = |name: &String| self.find(name).is_none() && super::packaged::find(name).is_none();
        names.find(free).unwrap_or_else(|| wanted.to_owned())
    }

    fn save(&self) -> Result<(), LibraryError> {
        Ok(write_toml(&self.file, &self.list)?)
    }
}

/// The name a model goes by where nobody gave it one: its folder's, or its file's without the ending and the numbers of
/// parts.
pub fn file_name(path: &Path) -> String {
    let in_parts = PartName::of_path(path).map(|part| OsStr::new(part.before));
    let name = match path.is_dir() {
        true => path.file_name(),
        false => in_parts.or_else(|| path.file_stem()),
    };
    name.map_or_else(|| "model".to_owned(), |stem| stem.to_string_lossy().into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_keep_their_names_and_names_stay_apart() {
        let folder = tempfile::tempdir().unwrap();
        let mut library = Library::open(folder.path()).unwrap();
        for place in ["a", "b"] {
            std::fs::create_dir(folder.path().join(place)).unwrap();
            std::fs::write(folder.path().join(place).join("model.gguf"), "x").unwrap();
        }
        let first = library.add(&folder.path().join("a/model.gguf")).unwrap();
        let second = library.add(&folder.path().join("b/model.gguf")).unwrap();
        assert_eq!((first.name.as_str(), second.name.as_str()), ("model", "model-2"));
        assert_eq!(library.add(&first.path).unwrap(), first);
        let mut library = Library::open(folder.path()).unwrap();
        assert_eq!(library.added(), [first, second.clone()]);
        library.remove("model").unwrap();
        assert_eq!(Library::open(folder.path()).unwrap().added(), [second]);
        assert!(matches!(library.remove("model"), Err(LibraryError::Unknown(_))));
    }

    #[test]
    fn a_folder_is_added_by_itself_or_by_a_file_in_it() {
        let folder = tempfile::tempdir().unwrap();
        let model = folder.path().join("Tiny-1.5");
        std::fs::create_dir(&model).unwrap();
        let mut library = Library::open(folder.path()).unwrap();
        assert!(matches!(library.add(&model), Err(LibraryError::NoFile(_))));
        std::fs::write(model.join("config.json"), "{}").unwrap();
        let added = library.add(&model.join("config.json")).unwrap();
        assert_eq!((added.name.as_str(), &added.path), ("Tiny-1.5", &model));
        assert_eq!(library.add(&model).unwrap(), added);
    }

    #[test]
    fn a_model_in_parts_is_added_once_by_any_of_them() {
        let folder = tempfile::tempdir().unwrap();
        let parts = [1, 2, 3].map(|number| folder.path().join(format!("tiny-Q8_0-0000{number}-of-00003.gguf")));
        for part in &parts {
            std::fs::write(part, "x").unwrap();
        }
        let mut library = Library::open(folder.path()).unwrap();
        for part in [&parts[1], &parts[0], &parts[2]] {
            let added = library.add(part).unwrap();
            assert_eq!((added.name.as_str(), &added.path), ("tiny-Q8_0", &parts[0]));
        }
        assert_eq!(library.added().len(), 1);
        // A whole file may have such a name too.
        let alone = folder.path().join("alone-00002-of-00003.gguf");
        std::fs::write(&alone, "x").unwrap();
        assert_eq!(library.add(&alone).unwrap().path, alone);
    }

    #[test]
    fn what_is_no_file_is_not_added() {
        let folder = tempfile::tempdir().unwrap();
        let mut library = Library::open(folder.path()).unwrap();
        assert!(matches!(
            library.add(&folder.path().join("gone.gguf")),
            Err(LibraryError::NoFile(_))
        ));
    }
}
