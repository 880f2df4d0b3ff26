//! Where this program keeps its own files on a machine.

use std::path::PathBuf;

use directories::ProjectDirs;

/// The machine has no home folder for us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("there is no home folder to keep files in; set POLYCLINIC_HOME to a folder that can be written")]
pub struct NoHome;

/// Where workspaces without another place and the list of added models lie.
/// `POLYCLINIC_HOME` puts it elsewhere.
pub fn data_folder() -> Result<PathBuf, NoHome> {
    match std::env::var_os("POLYCLINIC_HOME") {
        Some(folder) if !folder.is_empty() => Ok(folder.into()),
        _ => Ok(ProjectDirs::from("", "", "polyclinic")
            .ok_or(NoHome)?
            .data_dir()
            .to_owned()),
    }
}

/// The workspace that opens where none is named.
pub fn demo_workspace() -> Result<PathBuf, NoHome> {
    Ok(data_folder()?.join("workspaces").join("demo"))
}
