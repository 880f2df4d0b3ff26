//! The slices a workspace keeps, a file each in its folder `slices`.

use std::path::{Path, PathBuf};

use super::slice::{Slice, SliceFileError, SliceName, SliceNameError};
use crate::files::{self, WriteError, write_atomically};
use crate::workspace::{Workspace, WorkspaceError};

const ENDING: &str = "toml";

/// A slice is a few lines; whatever is larger than this is none.
const LARGEST: u64 = 1 << 20;

/// Why a slice cannot be read or kept.
#[derive(Debug, thiserror::Error)]
pub enum KeptError {
    #[error("{} cannot be read", path.display())]
    Read { path: PathBuf, source: std::io::Error },
    #[error("{} is too large to be a slice", .0.display())]
    TooLarge(PathBuf),
    #[error("{}", path.display())]
    Parse { path: PathBuf, source: SliceFileError },
    #[error("{} cannot be a slice's file", path.display())]
    Name { path: PathBuf, source: SliceNameError },
    #[error("there is no slice `{name}`; {}", there_are(known))]
    Unknown { name: String, known: Vec<String> },
    #[error("the workspace has another slice `{0}`; choose another name, or remove that first")]
    Taken(SliceName),
    #[error("{} cannot be renamed", path.display())]
    Rename { path: PathBuf, source: std::io::Error },
    #[error("{} cannot be removed", path.display())]
    Remove { path: PathBuf, source: std::io::Error },
    #[error(transparent)]
    Write(#[from] WriteError),
    #[error(transparent)]
    Workspace(#[from] WorkspaceError),
}

fn there_are(known: &[String]) -> String {
    match known {
        [] => "the workspace keeps none yet".to_owned(),
        known => format!("there are {}", known.join(", ")),
    }
}

/// The slices of a workspace that could be read, by name, and why the others could not.
#[derive(Debug, Default)]
pub struct KeptSlices {
    pub slices: Vec<Slice>,
    pub problems: Vec<KeptError>,
}

/// The slices a workspace keeps.
pub fn list(workspace: &Workspace) -> Result<KeptSlices, KeptError> {
    let folder = workspace.slices_folder();
    let mut kept = KeptSlices::default();
    let paths = files::with_ending(&folder, ENDING).map_err(|source| KeptError::Read { path: folder, source })?;
    for path in paths {
        match read(&path) {
            Ok(slice) => kept.slices.push(slice),
            Err(problem) => kept.problems.push(problem),
        }
    }
    kept.slices.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(kept)
}

fn read(path: &Path) -> Result<Slice, KeptError> {
    let unread = |source| KeptError::Read {
        path: path.to_owned(),
        source,
    };
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let name = stem.parse().map_err(|source| KeptError::Name {
        path: path.to_owned(),
        source,
    })?;
    if std::fs::metadata(path).map_err(unread)?.len() > LARGEST {
        return Err(KeptError::TooLarge(path.to_owned()));
    }
    let text = std::fs::read_to_string(path).map_err(unread)?;
    Slice::parse(name, &text).map_err(|source| KeptError::Parse {
        path: path.to_owned(),
        source,
    })
}

/// The slice of a name.
pub fn find(workspace: &Workspace, name: &str) -> Result<Slice, KeptError> {
    let mut kept = list(workspace)?;
    let is_it = |path: &Path| path.file_stem().is_some_and(|stem| stem == name);
    let of_problem = |problem: &KeptError| match problem {
        KeptError::Read { path, .. }
        | KeptError::TooLarge(path)
        | KeptError::Parse { path, .. }
        | KeptError::Name { path, .. } => is_it(path),
        _ => false,
    };
    // Whoever asks for one that is damaged is to hear why, not that it is not there.
    if let Some(place) = kept.problems.iter().position(of_problem) {
        return Err(kept.problems.swap_remove(place));
    }
    let names = kept.slices.iter().map(|slice| slice.name.to_string()).collect();
    let found = kept.slices.into_iter().find(|slice| slice.name.as_str() == name);
    found.ok_or_else(|| KeptError::Unknown {
        name: name.to_owned(),
        known: names,
    })
}

/// Keeps a slice. One of the same name that says something else is never overwritten.
pub fn add(workspace: &Workspace, slice: &Slice) -> Result<PathBuf, KeptError> {
    workspace.require_write()?;
    let path = path(workspace, &slice.name);
    if path.exists() && read(&path)?.filter != slice.filter {
        return Err(KeptError::Taken(slice.name.clone()));
    }
    if !path.exists() {
        write_atomically(&path, slice.to_file().as_bytes())?;
    }
    Ok(path)
}

/// Gives a slice another name and changes nothing else in its file. The name of another slice is never taken.
pub fn rename(workspace: &Workspace, old: &str, new: &SliceName) -> Result<PathBuf, KeptError> {
    workspace.require_write()?;
    let slice = find(workspace, old)?;
    let (from, to) = (path(workspace, &slice.name), path(workspace, new));
    if slice.name == *new {
        return Ok(to);
    }
    // Where letters' case makes no other file, a slice is in its own way.
    if to.exists() && !is_same_file(&from, &to) {
        return Err(KeptError::Taken(new.clone()));
    }
    std::fs::rename(&from, &to).map_err(|source| KeptError::Rename { path: from, source })?;
    Ok(to)
}

fn is_same_file(one: &Path, other: &Path) -> bool {
    let real = |path: &Path| path.canonicalize().ok();
    real(one).is_some_and(|one| Some(one) == real(other))
}

/// Forgets a slice; what it narrowed to stays.
pub fn remove(workspace: &Workspace, name: &str) -> Result<(), KeptError> {
    workspace.require_write()?;
    let slice = find(workspace, name)?;
    let path = path(workspace, &slice.name);
    std::fs::remove_file(&path).map_err(|source| KeptError::Remove { path, source })
}

/// Names were checked when they were read, so none leaves the folder.
fn path(workspace: &Workspace, name: &SliceName) -> PathBuf {
    workspace.slices_folder().join(format!("{name}.{ENDING}"))
}
