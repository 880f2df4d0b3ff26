//! Several right answers: how often exactly they were chosen, and how near the other choices came.

use serde::Serialize;

use crate::language::Language;
use crate::runs::ledger::{Given, Ledger, Selection};
use crate::stats::{mean_95, wilson_95};

/// How a model did on a task in which items have several right answers.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SetScore {
    pub model: String,
    pub benchmark: String,
    pub task: String,
    pub language: Language,
    pub protocol: String,
    /// Answers that count.
    pub n: usize,
    /// Items among them that have several right answers.
    pub several: usize,
    /// Answers whose choices are exactly the right options.
    pub exact: usize,
    /// `exact / n`, from 0 to 1.
    pub exact_share: Option<f64>,
    /// Lower end of its 95% Wilson interval.
    pub exact_low: Option<f64>,
    /// Upper end of its 95% Wilson interval.
    pub exact_high: Option<f64>,
    /// The mean Hamming score, from 0 to 1: what is both chosen and right, by what is chosen or right, as
    /// FrenchMedMCQA reckons it.
    pub hamming: f64,
    /// Lower end of its 95% interval, from the standard error.
    pub hamming_low: Option<f64>,
    /// Upper end of its 95% interval.
    pub hamming_high: Option<f64>,
}

/// The scores of all cells where at least one item has several right answers.
pub fn set_scores(ledger: &Ledger, selection: &Selection) -> Vec<SetScore> {
    let cells = ledger.cells().filter_map(|cell| {
        let counted = cell.answers(selection).filter(Given::counts);
        let known: Vec<(&[usize], &[usize])> = counted
            .filter_map(|given| Some((given.choices(), ledger.right(given.question())?)))
            .collect();
        let several = known.iter().filter(|(_, right)| right.len() > 1).count();
        if several == 0 {
            return None;
        }
        let exact = known.iter().filter(|(chosen, right)| chosen == right).count();
        let scores: Vec<f64> = known.iter().map(|(chosen, right)| hamming(chosen, right)).collect();
        let n = known.len();
        let (interval, mean) = (wilson_95(exact, n), mean_95(&scores));
        Some(SetScore {
            model: cell.sheet.model.clone(),
            benchmark: cell.column.benchmark.clone(),
            task: cell.column.task.clone(),
            language: cell.column.language.clone(),
            protocol: cell.sheet.protocol.clone(),
            n,
            several,
            exact,
            exact_share: (n > 0).then(|| exact as f64 / n as f64),
            exact_low: interval.map(|interval| interval.low),
            exact_high: interval.map(|interval| interval.high),
            hamming: scores.iter().sum::<f64>() / n as f64,
            hamming_low: mean.map(|mean| mean.interval.low),
            hamming_high: mean.map(|mean| mean.interval.high),
        })
    });
    cells.collect()
}

/// What two sets share, by what is in either; both hold no index twice.
pub(super) fn hamming(chosen: &[usize], right: &[usize]) -> f64 {
    let both = chosen.iter().filter(|index| right.contains(index)).count();
    let either = chosen.len() + right.len() - both;
    if either == 0 { 0.0 } else { both as f64 / either as f64 }
}
