//! The protocols a workspace keeps, a file each in its folder `protocols`, beside those of the program.

use std::path::{Path, PathBuf};

use super::{Protocol, ProtocolFileError, known};
use crate::files::{self, WriteError, write_atomically};
use crate::workspace::{Workspace, WorkspaceError};

const ENDING: &str = "toml";

/// A template is a few kilobytes; whatever is larger than this is no protocol.
const LARGEST: u64 = 1 << 20;

/// Why a protocol cannot be read or kept.
#[derive(Debug, thiserror::Error)]
pub enum KeptError {
    #[error("{} cannot be read", path.display())]
    Read { path: PathBuf, source: std::io::Error },
    #[error("{} is too large to be a protocol", .0.display())]
    TooLarge(PathBuf),
    #[error("{}", path.display())]
    Parse { path: PathBuf, source: ProtocolFileError },
    #[error("there is no protocol `{name}`; there are {}", known.join(", "))]
    Unknown { name: String, known: Vec<String> },
    #[error(
        "`{0}` comes with the program and cannot be changed or removed; export it, give the copy a name of its own and add that"
    )]
    Known(String),
    #[error("the workspace has another protocol `{0}`; give one of them another name, or remove that first")]
    Taken(String),
    #[error(transparent)]
    Write(#[from] WriteError),
    #[error(transparent)]
    Workspace(#[from] WorkspaceError),
}

/// The protocols of a workspace that could be read, by name, and why the others could not.
#[derive(Debug, Default)]
pub struct KeptProtocols {
    pub protocols: Vec<Protocol>,
    pub problems: Vec<KeptError>,
}

/// Reads a protocol's file, wherever it lies.
pub fn read(path: &Path) -> Result<Protocol, KeptError> {
    let unread = |source| KeptError::Read {
        path: path.to_owned(),
        source,
    };
    if std::fs::metadata(path).map_err(unread)?.len() > LARGEST {
        return Err(KeptError::TooLarge(path.to_owned()));
    }
    let text = std::fs::read_to_string(path).map_err(unread)?;
    Protocol::parse(&text).map_err(|source| KeptError::Parse {
        path: path.to_owned(),
        source,
    })
}

/// The protocols a workspace keeps.
pub fn list(workspace: &Workspace) -> Result<KeptProtocols, KeptError> {
    let folder = workspace.protocols_folder();
    let mut kept = KeptProtocols::default();
    let paths = files::with_ending(&folder, ENDING).map_err(|source| KeptError::Read { path: folder, source })?;
    for path in paths {
        match read(&path) {
            Ok(protocol) => kept.protocols.push(protocol),
            Err(problem) => kept.problems.push(problem),
        }
    }
    kept.protocols.sort_by(|left, right| left.name.cmp(&right.name));
    Ok(kept)
}

/// The protocol of a name: one of the program's, or one that the workspace keeps.
pub fn find(workspace: Option<&Workspace>, name: &str) -> Result<Protocol, KeptError> {
    if let Some(protocol) = known::find(name) {
        return Ok(protocol.clone());
    }
    let kept = workspace.map(list).transpose()?.unwrap_or_default();
    let mut names: Vec<String> = known::all().iter().map(|known| known.name.clone()).collect();
    names.extend(kept.protocols.iter().map(|kept| kept.name.clone()));
    let found = kept.protocols.into_iter().find(|kept| kept.name == name);
    found.ok_or_else(|| KeptError::Unknown {
        name: name.to_owned(),
        known: names,
    })
}

/// Keeps a protocol. One of the same name that says something else is never overwritten.
pub fn add(workspace: &Workspace, protocol: &Protocol) -> Result<PathBuf, KeptError> {
    workspace.require_write()?;
    if known::find(&protocol.name).is_some() {
        return Err(KeptError::Known(protocol.name.clone()));
    }
    let path = path(workspace, &protocol.name);
    if path.exists() && read(&path)? != *protocol {
        return Err(KeptError::Taken(protocol.name.clone()));
    }
    write_atomically(&path, protocol.to_file().as_bytes())?;
    Ok(path)
}

/// Forgets a protocol; runs keep their own copies.
pub fn remove(workspace: &Workspace, name: &str) -> Result<(), KeptError> {
    workspace.require_write()?;
    if known::find(name).is_some() {
        return Err(KeptError::Known(name.to_owned()));
    }
    find(Some(workspace), name)?;
    let path = path(workspace, name);
    std::fs::remove_file(&path).map_err(|source| KeptError::Read { path, source })
}

/// Names were checked when the protocol was read, so none leaves the folder.
fn path(workspace: &Workspace, name: &str) -> PathBuf {
    workspace.protocols_folder().join(format!("{name}.{ENDING}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_protocol_is_kept_found_and_forgotten_and_never_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let workspace = Workspace::open_or_create(folder.path()).unwrap();
        assert!(list(&workspace).unwrap().protocols.is_empty());
        let own = Protocol {
            name: "mine".into(),
            shots: 3,
            ..known::find("medqa").unwrap().clone()
        };
        add(&workspace, &own).unwrap();
        add(&workspace, &own).unwrap();
        assert_eq!(find(Some(&workspace), "mine").unwrap(), own);
        let other = Protocol {
            shots: 5,
            ..own.clone()
        };
        assert!(matches!(add(&workspace, &other), Err(KeptError::Taken(_))));
        let usual = known::find("medqa").unwrap();
        assert!(matches!(add(&workspace, usual), Err(KeptError::Known(_))));
        assert!(matches!(remove(&workspace, "medqa"), Err(KeptError::Known(_))));
        remove(&workspace, "mine").unwrap();
        let problem = find(Some(&workspace), "mine").unwrap_err().to_string();
        assert!(problem.contains("`mine`") && problem.contains("cmmlu"), "{problem}");
    }

    #[test]
    fn a_damaged_file_is_told_and_hides_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let workspace = Workspace::open_or_create(folder.path()).unwrap();
        let own = Protocol {
            name: "mine".into(),
            ..Protocol::default()
        };
        add(&workspace, &own).unwrap();
        std::fs::write(workspace.protocols_folder().join("broken.toml"), "name = ").unwrap();
        let kept = list(&workspace).unwrap();
        assert_eq!((kept.protocols.len(), kept.problems.len()), (1, 1));
        let problem = crate::error_chain(&kept.problems[0]);
        assert!(
            problem.contains("broken.toml") && problem.contains("line 1"),
            "{problem}"
        );
    }
}
