//! Which answers count: of a model's answers to an item under one protocol, the latest.

use std::collections::{BTreeMap, HashMap};

use super::RunRecord;
use crate::benchmarks::ItemKey;
use crate::language::Language;
use crate::scoring::{Answer, Outcome};

/// A model on a task in a language under a protocol; in the order tables have.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Cell<'a> {
    pub benchmark: &'a str,
    pub task: &'a str,
    pub language: &'a Language,
    pub model: &'a str,
    /// [`crate::prompts::Protocol::label`] of how the items were put.
    pub protocol: String,
}

/// The answers of runs given oldest first, by cell and item.
///
/// A later failure says nothing about the model; what it answered before still stands.
pub fn latest<'a>(
    runs: impl IntoIterator<Item = (&'a RunRecord, &'a [Answer])>,
) -> BTreeMap<Cell<'a>, HashMap<&'a ItemKey, &'a Answer>> {
    let mut cells: BTreeMap<Cell<'a>, HashMap<&'a ItemKey, &'a Answer>> = BTreeMap::new();
    for (record, answers) in runs {
        let protocol = record.protocol.label();
        for answer in answers {
            let cell = Cell {
                benchmark: &answer.benchmark,
                task: &answer.task,
                language: &answer.item.language,
                model: &answer.model,
                protocol: protocol.clone(),
            };
            let answered = cells.entry(cell).or_default();
            if answer.outcome != Outcome::Failed || !answered.contains_key(&answer.item) {
                answered.insert(&answer.item, answer);
            }
        }
    }
    cells
}
