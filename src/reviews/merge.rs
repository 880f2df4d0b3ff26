//! Joining the reviews of two workspaces: every line of both stays, and none is doubled.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;

use super::file::append_raw;
use super::line::LineId;
use super::read::{LineProblem, ReviewError, files, parse};
use super::taxonomy::{FILE, Taxonomy};
use crate::files::write_atomically;
use crate::workspace::Workspace;

/// What joining did.
#[derive(Debug, Default)]
pub struct Merged {
    /// The files that lines were added to, with how many.
    pub added: Vec<(String, usize)>,
    /// Lines that were there before.
    pub known: usize,
    /// Lines of one name that say different things; both are kept.
    pub conflicts: usize,
    /// Whether the other's taxonomy was taken over, there being none here.
    pub taxonomy: bool,
    /// Errors that the other's taxonomy has and the one here has not.
    pub unknown_errors: BTreeSet<String>,
    /// Lines of the other workspace that cannot be read. Whole ones are kept all the same, torn ones are not.
    pub problems: Vec<LineProblem>,
}

/// Adds the reviews of the workspace `from`, which is only read, to those of `into`. Doing it again changes nothing.
pub fn merge(from: &Workspace, into: &Workspace) -> Result<Merged, ReviewError> {
    into.require_write()?;
    if same_folder(from.root(), into.root()) {
        return Err(ReviewError::Same {
            from: from.root().to_owned(),
            into: into.root().to_owned(),
        });
    }
    let reviews = from.reviews_folder();
    if !reviews.is_dir() {
        return Err(ReviewError::None {
            workspace: from.root().to_owned(),
            reviews,
        });
    }
    let mut merged = Merged::default();
    for path in files(&reviews)? {
        let Some(name) = path.file_name() else { continue };
        let target = into.reviews_folder().join(name);
        let added = merge_file(&path, &target, &mut merged)?;
        if added > 0 {
            merged.added.push((name.to_string_lossy().into_owned(), added));
        }
    }
    merge_taxonomy(from, into, &mut merged)?;
    Ok(merged)
}

fn merge_file(from: &Path, into: &Path, merged: &mut Merged) -> Result<usize, ReviewError> {
    let read = |path: &Path| {
        std::fs::read(path).map_err(|source| ReviewError::Read {
            path: path.to_owned(),
            source,
        })
    };
    let (theirs, ours) = (read(from)?, if into.exists() { read(into)? } else { Vec::new() });
    let ours = parse(into, &ours);
    let texts: BTreeSet<&[u8]> = ours.iter().map(|(text, _)| *text).collect();
    let by_name: HashMap<&LineId, ()> = ours
        .iter()
        .filter_map(|(_, line)| Some((&line.as_ref().ok()?.line, ())))
        .collect();
    let mut new: Vec<&[u8]> = Vec::new();
    for (text, line) in parse(from, &theirs) {
        match &line {
            _ if texts.contains(text) || new.contains(&text) => {
                merged.known += 1;
                continue;
            }
            Err(LineProblem::Torn { .. }) => {}
            Ok(line) if by_name.contains_key(&line.line) => {
                merged.conflicts += 1;
                new.push(text);
            }
            _ => new.push(text),
        }
        merged.problems.extend(line.err());
    }
    if !new.is_empty() {
        append_raw(into, &new)?;
    }
    Ok(new.len())
}

fn merge_taxonomy(from: &Workspace, into: &Workspace, merged: &mut Merged) -> Result<(), ReviewError> {
    let (theirs, ours) = (from.reviews_folder().join(FILE), into.reviews_folder().join(FILE));
    if !theirs.exists() {
        return Ok(());
    }
    let taxonomy = Taxonomy::of(from)?;
    if !ours.exists() {
        let text = std::fs::read(&theirs).map_err(|source| ReviewError::Read { path: theirs, source })?;
        write_atomically(&ours, &text)?;
        merged.taxonomy = true;
        return Ok(());
    }
    let known = Taxonomy::of(into)?;
    let unknown = taxonomy
        .errors
        .into_iter()
        .filter(|error| known.error(&error.id).is_none());
    merged.unknown_errors = unknown.map(|error| error.id).collect();
    Ok(())
}

fn same_folder(one: &Path, other: &Path) -> bool {
    match (one.canonicalize(), other.canonicalize()) {
        (Ok(one), Ok(other)) => one == other,
        _ => one == other,
    }
}
