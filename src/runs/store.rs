//! The runs of a workspace as they lie on disk.

use std::path::PathBuf;

use super::table::Table;
use super::{Journal, RecordError, RunId, RunRecord, journal, table};
use crate::files::WriteError;
use crate::scoring::Answer;
use crate::workspace::Workspace;

/// Why a workspace's runs cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("{} cannot be listed", path.display())]
    List { path: PathBuf, source: std::io::Error },
    #[error("there is no run `{run}` in {}", path.display())]
    Unknown { run: String, path: PathBuf },
    #[error(transparent)]
    Record(#[from] RecordError),
    #[error(transparent)]
    Journal(#[from] journal::JournalError),
    #[error(transparent)]
    Table(#[from] table::TableError),
    #[error(transparent)]
    Write(#[from] WriteError),
}

/// The runs that could be read, oldest first, and why the others could not:
/// one damaged run must not hide the rest.
#[derive(Debug, Default)]
pub struct Listing {
    pub runs: Vec<RunRecord>,
    pub problems: Vec<RecordError>,
}

/// Lists a workspace's runs.
pub fn list(workspace: &Workspace) -> Result<Listing, StoreError> {
    let path = workspace.runs_folder();
    let mut listing = Listing::default();
    if !path.exists() {
        return Ok(listing);
    }
    let error = |source| StoreError::List {
        path: path.clone(),
        source,
    };
    for entry in std::fs::read_dir(&path).map_err(error)? {
        let folder = entry.map_err(error)?.path();
        if !folder.is_dir() {
            continue;
        }
        match RunRecord::load(&folder) {
            Ok(record) => listing.runs.push(record),
            Err(problem) => listing.problems.push(problem),
        }
    }
    listing
        .runs
        .sort_by(|left, right| (&left.created, &left.id).cmp(&(&right.created, &right.id)));
    Ok(listing)
}

/// The folder of a run.
pub fn folder(workspace: &Workspace, run: &RunId) -> PathBuf {
    workspace.runs_folder().join(run.as_str())
}

/// The record of one run.
pub fn load(workspace: &Workspace, run: &RunId) -> Result<RunRecord, StoreError> {
    let folder = folder(workspace, run);
    if !folder.is_dir() {
        return Err(StoreError::Unknown {
            run: run.to_string(),
            path: workspace.runs_folder(),
        });
    }
    Ok(RunRecord::load(&folder)?)
}

/// The answers a run has so far.
pub fn answers(workspace: &Workspace, run: &RunId) -> Result<Vec<Answer>, StoreError> {
    match kept(workspace, run)? {
        Kept::Table(table) => Ok(table.answers()?),
        Kept::Journal(answers) => Ok(answers),
    }
}

/// The answers of a run as they are kept.
pub(super) enum Kept {
    Table(Table),
    Journal(Vec<Answer>),
}

/// Reads what a run has so far.
pub(super) fn kept(workspace: &Workspace, run: &RunId) -> Result<Kept, StoreError> {
    let folder = folder(workspace, run);
    // The table is written whole before the journal goes, so it wins where both are there.
    Ok(match is_compacted(workspace, run) {
        true => Kept::Table(Table::open(&folder)?),
        false => Kept::Journal(journal::read(&folder)?),
    })
}

/// Keeps a run that is finished, all at once.
pub fn keep(workspace: &Workspace, record: &RunRecord, answers: &[Answer]) -> Result<(), StoreError> {
    let folder = folder(workspace, &record.id);
    // The record last: without it there is no run.
    table::write(&folder, answers)?;
    Ok(record.save(&folder)?)
}

/// Whether a run's answers lie in their table already.
pub(super) fn is_compacted(workspace: &Workspace, run: &RunId) -> bool {
    folder(workspace, run).join(table::FILE).exists()
}

/// Turns the journal of a finished run into its table.
pub(super) fn compact(
    workspace: &Workspace,
    run: &RunId,
    journal: Journal,
    answers: &[Answer],
) -> Result<(), StoreError> {
    let folder = folder(workspace, run);
    table::write(&folder, answers)?;
    journal.remove()?;
    Ok(())
}
