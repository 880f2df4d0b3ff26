//! The comparison: accuracy of every model on every task and language, with n and interval.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;

use super::RunRecord;
use crate::benchmarks::ItemKey;
use crate::language::Language;
use crate::scoring::{Answer, Outcome};
use crate::stats::wilson_95;

/// One cell of the matrix: a model on a task in a language under a protocol.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Row {
    pub model: String,
    pub benchmark: String,
    pub task: String,
    pub language: Language,
    /// [`crate::prompts::Protocol::label`] of how the items were put.
    pub protocol: String,
    /// Answers that count: all but the failed ones.
    pub n: usize,
    pub right: usize,
    /// Answers whose model could not be asked; outside of `n`.
    pub failed: usize,
    /// `right / n`, from 0 to 1; absent where `n` is 0.
    pub accuracy: Option<f64>,
    /// Lower end of the 95% Wilson interval.
    pub low: Option<f64>,
    /// Upper end of the 95% Wilson interval.
    pub high: Option<f64>,
}

/// Compares the answers of runs given oldest first.
///
/// Where a model answered an item more than once under one protocol, the latest answer counts.
/// Rows are sorted by benchmark, task, language, model and protocol.
pub fn compare<'a>(runs: impl IntoIterator<Item = (&'a RunRecord, &'a [Answer])>) -> Vec<Row> {
    type Cell<'a> = (&'a str, &'a str, &'a Language, &'a str, String);
    let mut cells: BTreeMap<Cell<'a>, HashMap<&'a ItemKey, Outcome>> = BTreeMap::new();
    for (record, answers) in runs {
        let protocol = record.protocol.label();
        for answer in answers {
            let cell = (
                &*answer.benchmark,
                &*answer.task,
                &answer.item.language,
                &*answer.model,
                protocol.clone(),
            );
            let outcomes = cells.entry(cell).or_default();
            // A later failure says nothing about the model; what it answered before still stands.
            if answer.outcome != Outcome::Failed || !outcomes.contains_key(&answer.item) {
                outcomes.insert(&answer.item, answer.outcome);
            }
        }
    }
    cells
        .into_iter()
        .map(|((benchmark, task, language, model, protocol), outcomes)| {
            let count = |wanted| outcomes.values().filter(|&&outcome| outcome == wanted).count();
            let failed = count(Outcome::Failed);
            let right = count(Outcome::Right);
            let n = outcomes.len() - failed;
            let interval = wilson_95(right, n);
            Row {
                model: model.to_owned(),
                benchmark: benchmark.to_owned(),
                task: task.to_owned(),
                language: language.clone(),
                protocol,
                n,
                right,
                failed,
                accuracy: (n > 0).then(|| right as f64 / n as f64),
                low: interval.map(|interval| interval.low),
                high: interval.map(|interval| interval.high),
            }
        })
        .collect()
}
