//! Accuracy by subject: where in medicine a model is strong and where it is not.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::language::Language;
use crate::runs::ledger::{Given, Ledger, Selection};
use crate::stats::wilson_95;

/// A model on one subject of a task in a language.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SubjectScore {
    pub model: String,
    pub benchmark: String,
    pub task: String,
    pub language: Language,
    pub protocol: String,
    pub subject: String,
    /// Answers that count.
    pub n: usize,
    pub right: usize,
    /// `right / n`, from 0 to 1; absent where `n` is 0.
    pub accuracy: Option<f64>,
    /// Lower end of its 95% Wilson interval.
    pub low: Option<f64>,
    /// Upper end of its 95% Wilson interval.
    pub high: Option<f64>,
}

/// The scores of all cells by subject; items that name none are in no row.
pub fn subjects(ledger: &Ledger, selection: &Selection) -> Vec<SubjectScore> {
    let mut scores = Vec::new();
    for cell in ledger.cells() {
        let mut counted: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
        for given in cell.answers(selection).filter(Given::counts) {
            let question = ledger.question(given.question());
            let Some(subject) = question.and_then(|question| ledger.subject(question)) else {
                continue;
            };
            let (right, n) = counted.entry(subject).or_default();
            *right += usize::from(given.is_right());
            *n += 1;
        }
        scores.extend(counted.into_iter().map(|(subject, (right, n))| {
            let interval = wilson_95(right, n);
            SubjectScore {
                model: cell.sheet.model.clone(),
                benchmark: cell.column.benchmark.clone(),
                task: cell.column.task.clone(),
                language: cell.column.language.clone(),
                protocol: cell.sheet.protocol.clone(),
                subject: subject.to_owned(),
                n,
                right,
                accuracy: (n > 0).then(|| right as f64 / n as f64),
                low: interval.map(|interval| interval.low),
                high: interval.map(|interval| interval.high),
            }
        }));
    }
    scores
}
