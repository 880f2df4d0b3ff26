//! Several right answers: how often exactly they were chosen, and how near the other choices came.

use serde::Serialize;

use super::{Items, counts};
use crate::language::Language;
use crate::runs::RunRecord;
use crate::runs::latest::latest;
use crate::scoring::Answer;
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

/// The scores of all cells where at least one item has several right answers. `runs` are given oldest first.
pub fn set_scores<'a>(
    runs: impl IntoIterator<Item = (&'a RunRecord, &'a [Answer])>,
    items: &Items<'a>,
) -> Vec<SetScore> {
    let cells = latest(runs).into_iter().filter_map(|(cell, answers)| {
        let counted = answers.into_values().filter(|answer| counts(answer));
        let known: Vec<(&Answer, &[usize])> = counted
            .filter_map(|answer| Some((answer, items.of(answer)?.right.as_slice())))
            .collect();
        let several = known.iter().filter(|(_, right)| right.len() > 1).count();
        if several == 0 {
            return None;
        }
        let exact = known.iter().filter(|(answer, right)| answer.choices == *right).count();
        let scores: Vec<f64> = known
            .iter()
            .map(|(answer, right)| hamming(&answer.choices, right))
            .collect();
        let n = known.len();
        let (interval, mean) = (wilson_95(exact, n), mean_95(&scores));
        Some(SetScore {
            model: cell.model.to_owned(),
            benchmark: cell.benchmark.to_owned(),
            task: cell.task.to_owned(),
            language: cell.language.clone(),
            protocol: cell.protocol,
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
