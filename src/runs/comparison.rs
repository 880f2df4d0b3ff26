//! The comparison: accuracy of every model on every task and language, with n and interval.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use serde::Serialize;

use super::ledger::{Ledger, Selection};
use crate::language::Language;
use crate::scoring::Outcome;
use crate::stats::wilson_95;

/// How the intervals of shares are reckoned, here and of all measures.
pub const INTERVAL: &str = "Wilson score, 95%";

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
    /// Answers to items that somebody decided to leave out; outside of `n`.
    pub left_out: usize,
    /// `right / n`, from 0 to 1; absent where `n` is 0.
    pub accuracy: Option<f64>,
    /// Lower end of the 95% Wilson interval.
    pub low: Option<f64>,
    /// Upper end of the 95% Wilson interval.
    pub high: Option<f64>,
}

/// Compares what was answered of a selection.
///
/// Where a model answered an item more than once under one protocol, the latest answer counts.
/// Rows are sorted by benchmark, task, language, model and protocol.
pub fn compare(ledger: &Ledger, selection: &Selection) -> Vec<Row> {
    let rows = ledger.cells().filter_map(|cell| {
        let [mut n, mut right, mut failed] = [0; 3];
        for given in cell.answers(selection) {
            match given.outcome() {
                Outcome::Failed => failed += 1,
                outcome => {
                    n += 1;
                    right += usize::from(outcome == Outcome::Right);
                }
            }
        }
        let left_out = cell.left_out(selection);
        if n + failed + left_out == 0 {
            return None;
        }
        let interval = wilson_95(right, n);
        Some(Row {
            model: cell.sheet.model.clone(),
            benchmark: cell.column.benchmark.clone(),
            task: cell.column.task.clone(),
            language: cell.column.language.clone(),
            protocol: cell.sheet.protocol.clone(),
            n,
            right,
            failed,
            left_out,
            accuracy: (n > 0).then(|| right as f64 / n as f64),
            low: interval.map(|interval| interval.low),
            high: interval.map(|interval| interval.high),
        })
    });
    rows.collect()
}

/// The labels of the protocols of rows, that of most answers first, of equal ones the first by name: what is shown
/// where nobody chose another.
pub fn protocols(rows: &[Row]) -> Vec<String> {
    let mut answers: BTreeMap<&str, usize> = BTreeMap::new();
    for row in rows {
        *answers.entry(&row.protocol).or_default() += row.n;
    }
    let mut protocols: Vec<(&str, usize)> = answers.into_iter().collect();
    // Stable: equal ones stay in the order of their names.
    protocols.sort_by_key(|(_, n)| Reverse(*n));
    protocols.into_iter().map(|(label, _)| label.to_owned()).collect()
}
