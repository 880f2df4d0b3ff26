//! Reading reviewers' files: one bad line or file does not hide the rest.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::line::{Line, SCHEMA};
use super::reviewer::ReviewerError;
use super::said::Reviews;
use super::taxonomy::TaxonomyError;
use crate::files::WriteError;
use crate::workspace::{Workspace, WorkspaceError};

/// The ending of a reviewer's file.
pub(super) const ENDING: &str = "jsonl";
/// The ending of the file beside it that keeps what a crash or a full disk left torn.
pub(super) const TORN: &str = "torn";

/// Why reviews cannot be read or kept.
#[derive(Debug, thiserror::Error)]
pub enum ReviewError {
    #[error("{} cannot be listed", path.display())]
    List { path: PathBuf, source: std::io::Error },
    #[error("{} cannot be read", path.display())]
    Read { path: PathBuf, source: std::io::Error },
    #[error("the review could not be written to {}; those written before are safe. Make room or mend the disk, then save again", path.display())]
    Append { path: PathBuf, source: std::io::Error },
    #[error("{} and {} are the same workspace; there is nothing to merge", from.display(), into.display())]
    Same { from: PathBuf, into: PathBuf },
    #[error("{} has no reviews: there is no folder {}", workspace.display(), reviews.display())]
    None { workspace: PathBuf, reviews: PathBuf },
    #[error(transparent)]
    Reviewer(#[from] ReviewerError),
    #[error(transparent)]
    Taxonomy(#[from] TaxonomyError),
    #[error(transparent)]
    Workspace(#[from] WorkspaceError),
    #[error(transparent)]
    Write(#[from] WriteError),
}

/// A line that says nothing we understand. It stays in its file.
#[derive(Debug, thiserror::Error)]
pub enum LineProblem {
    #[error("{}, line {line}: this is no review; the other lines count. Mend or remove the line", path.display())]
    Damaged {
        path: PathBuf,
        line: usize,
        source: serde_json::Error,
    },
    #[error("{}, line {line}: this was written by a newer Polyclinic (its schema is {found}, this program knows up to {SCHEMA}); the other lines count. Update the program to read it", path.display())]
    Newer { path: PathBuf, line: usize, found: u32 },
    #[error("{}, line {line}: this line is torn, as a crash or a full disk leaves it; the others count, and when this reviewer next saves, it is put aside into {}", path.display(), path.with_extension(TORN).display())]
    Torn { path: PathBuf, line: usize },
    #[error("{}, line {line}: the reviewer's name cannot be used; the other lines count", path.display())]
    Reviewer {
        path: PathBuf,
        line: usize,
        source: ReviewerError,
    },
    #[error("{} cannot be read; the other reviewers' files count", path.display())]
    File { path: PathBuf, source: std::io::Error },
}

/// Reads all that was said in a workspace. What cannot be read is told in [`Reviews::problems`].
pub fn read(workspace: &Workspace) -> Result<Reviews, ReviewError> {
    let mut lines = Vec::new();
    let mut problems = Vec::new();
    for path in files(&workspace.reviews_folder())? {
        match std::fs::read(&path) {
            Ok(bytes) => {
                for (_, parsed) in parse(&path, &bytes) {
                    match parsed {
                        Ok(line) => lines.push(line),
                        Err(problem) => problems.push(problem),
                    }
                }
            }
            Err(source) => problems.push(LineProblem::File { path, source }),
        }
    }
    Ok(Reviews::new(lines, problems))
}

/// The reviewers' files in a folder, sorted; none where there is no folder.
pub(super) fn files(folder: &Path) -> Result<Vec<PathBuf>, ReviewError> {
    let mut paths = crate::files::with_ending(folder, ENDING).map_err(|source| ReviewError::List {
        path: folder.to_owned(),
        source,
    })?;
    paths.sort();
    Ok(paths)
}

/// The lines of a file with what each says; blank ones left out.
///
/// A last line without its line feed is torn, unless it is whole but for that, as editors leave it.
pub(super) fn parse<'a>(path: &Path, bytes: &'a [u8]) -> Vec<(&'a [u8], Result<Line, LineProblem>)> {
    let mut parsed = Vec::new();
    for (index, raw) in bytes.split_inclusive(|&byte| byte == b'\n').enumerate() {
        let text = raw.strip_suffix(b"\n").unwrap_or(raw);
        if text.trim_ascii().is_empty() {
            continue;
        }
        let read = match parse_line(path, index + 1, text) {
            Err(LineProblem::Damaged { path, line, .. }) if text.len() == raw.len() => {
                Err(LineProblem::Torn { path, line })
            }
            read => read,
        };
        parsed.push((text, read));
    }
    parsed
}

fn parse_line(path: &Path, line: usize, text: &[u8]) -> Result<Line, LineProblem> {
    #[derive(Deserialize)]
    struct SchemaOnly {
        schema: u32,
    }
    let damaged = |source| LineProblem::Damaged {
        path: path.to_owned(),
        line,
        source,
    };
    // The schema first: a newer line may lack what this program looks for.
    match serde_json::from_slice(text).map_err(damaged)? {
        SchemaOnly { schema } if schema > SCHEMA => Err(LineProblem::Newer {
            path: path.to_owned(),
            line,
            found: schema,
        }),
        SchemaOnly { .. } => {
            let read: Line = serde_json::from_slice(text).map_err(damaged)?;
            match super::Reviewer::new(&read.reviewer) {
                Ok(_) => Ok(read),
                Err(source) => Err(LineProblem::Reviewer {
                    path: path.to_owned(),
                    line,
                    source,
                }),
            }
        }
    }
}
