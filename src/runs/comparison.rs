//! The comparison: accuracy of every model on every task and language, with n and interval.

use serde::Serialize;

use super::RunRecord;
use super::latest::latest;
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
    latest(runs)
        .into_iter()
        .map(|(cell, answers)| {
            let count = |wanted| answers.values().filter(|answer| answer.outcome == wanted).count();
            let failed = count(Outcome::Failed);
            let right = count(Outcome::Right);
            let n = answers.len() - failed;
            let interval = wilson_95(right, n);
            Row {
                model: cell.model.to_owned(),
                benchmark: cell.benchmark.to_owned(),
                task: cell.task.to_owned(),
                language: cell.language.clone(),
                protocol: cell.protocol,
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
