//! Calibration: whether the probability a model gives its choice among the options is how often it is right.

use std::num::NonZeroUsize;

use serde::Serialize;

use crate::language::Language;
use crate::runs::ledger::{Cell, Given, Ledger, Selection};
use crate::stats::{self, Calibration, wilson_95};

/// Bins of confidence, each a tenth wide.
pub const BINS: NonZeroUsize = NonZeroUsize::MIN.saturating_add(9);

/// How confidence and accuracy of a model go together in one cell.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CalibrationScore {
    pub model: String,
    pub benchmark: String,
    pub task: String,
    pub language: Language,
    pub protocol: String,
    /// Answers that count and have probabilities; what a model wrote has none.
    pub n: usize,
    /// The mean probability of the choice by the protocol's measure, from 0 to 1.
    pub confidence: f64,
    /// From 0 to 1.
    pub accuracy: f64,
    /// Lower end of the accuracy's 95% Wilson interval.
    pub low: Option<f64>,
    /// Upper end of the accuracy's 95% Wilson interval.
    pub high: Option<f64>,
    /// The expected calibration error, from 0 to 1.
    pub error: f64,
    pub bins: Vec<BinScore>,
}

/// One bin of confidence.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BinScore {
    /// Confidence above it, up to `to`.
    pub from: f64,
    pub to: f64,
    pub n: usize,
    /// The mean confidence; absent where `n` is 0, as what follows.
    pub confidence: Option<f64>,
    pub accuracy: Option<f64>,
    /// Lower end of the accuracy's 95% Wilson interval.
    pub low: Option<f64>,
    /// Upper end of the accuracy's 95% Wilson interval.
    pub high: Option<f64>,
}

/// How well calibrated the answers of a cell are; `None` where none has probabilities.
pub fn calibration(cell: Cell<'_>, selection: &Selection) -> Option<Calibration> {
    let given = cell.answers(selection).filter(Given::counts);
    let said = given.filter_map(|given| Some((f64::from(given.confidence()?), given.is_right())));
    stats::calibration(said, BINS)
}

/// The calibration of all cells whose answers have probabilities.
pub fn calibrations(ledger: &Ledger, selection: &Selection) -> Vec<CalibrationScore> {
    let scores = ledger.cells().filter_map(|cell| {
        let found = calibration(cell, selection)?;
        let right = found.bins.iter().map(|bin| bin.right).sum();
        let interval = wilson_95(right, found.n);
        Some(CalibrationScore {
            model: cell.sheet.model.clone(),
            benchmark: cell.column.benchmark.clone(),
            task: cell.column.task.clone(),
            language: cell.column.language.clone(),
            protocol: cell.sheet.protocol.clone(),
            n: found.n,
            confidence: found.confidence,
            accuracy: found.accuracy,
            low: interval.map(|interval| interval.low),
            high: interval.map(|interval| interval.high),
            error: found.error,
            bins: found
                .bins
                .into_iter()
                .map(|bin| BinScore {
                    from: bin.low,
                    to: bin.high,
                    n: bin.n,
                    confidence: bin.confidence,
                    accuracy: bin.accuracy,
                    low: bin.interval.map(|interval| interval.low),
                    high: bin.interval.map(|interval| interval.high),
                })
                .collect(),
        })
    });
    scores.collect()
}
