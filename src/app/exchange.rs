//! Writing a run for other programs and taking in theirs, told in the window's words.

use std::path::Path;

use super::loader::Event;
use super::matrix::counted;
use crate::error_chain;
use crate::reviews::corrections_of;
use crate::runs::RunId;
use crate::runs::exchange::{self, Format, ImportChoices, Imported};
use crate::workspace::Workspace;

/// Writes a run into a folder.
pub fn export(workspace: Option<&Workspace>, run: &RunId, format: Format, into: &Path) -> Event {
    let Some(workspace) = workspace else {
        return failed("no workspace is open".to_owned());
    };
    // What cannot be read of the reviews was told when the workspace was opened.
    let (corrections, _) = corrections_of(workspace);
    match exchange::export(workspace, run, format, &corrections, into) {
        Ok(files) => Event::Exchanged {
            title: "The run was exported.".to_owned(),
            detail: format!("{} in {}", counted(files.len(), "file"), into.display()),
            done: true,
            taken_in: false,
        },
        Err(problem) => failed(error_chain(&problem)),
    }
}

/// Takes in the runs of a folder.
pub fn import(workspace: Option<&Workspace>, path: &Path) -> Event {
    let Some(workspace) = workspace else {
        return failed("no workspace is open".to_owned());
    };
    match exchange::import(workspace, path, &ImportChoices::default()) {
        Ok(imported) => Event::Exchanged {
            title: format!("{} taken in.", counted(imported.len(), "run")),
            detail: imported.iter().map(told).collect::<Vec<_>>().join("; "),
            done: true,
            taken_in: true,
        },
        Err(problem) => failed(error_chain(&problem)),
    }
}

fn told(imported: &Imported) -> String {
    let models: Vec<&str> = imported.record.models.iter().map(|model| model.name.as_str()).collect();
    let (answers, tied) = (counted(imported.answers, "answer"), imported.tied);
    let mut told = format!("{answers} of {}, {tied} to items that were here", models.join(", "));
    if let Some(first) = imported.left_out.first() {
        told.push_str(&format!("; {} left out, the first: {first}", imported.left_out.len()));
    }
    told
}

/// What is told of an exchange that failed.
pub fn failed(problem: String) -> Event {
    Event::Exchanged {
        title: "Nothing was exported or taken in.".to_owned(),
        detail: problem,
        done: false,
        taken_in: false,
    }
}
