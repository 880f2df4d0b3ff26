//! Differences: models beside each other on the same items, and languages beside English on the items they share.
//!
//! What one call returns is one family: its p-values are adjusted for each other.

use serde::Serialize;

use crate::cancel::Steps;
use crate::language::Language;
use crate::runs::ledger::{Column, Ledger, Selection};
use crate::runs::paired::{self, Between, Comparison};
use crate::text::isolate;

/// A model beside another.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Difference {
    pub model: String,
    /// The model it is measured by.
    pub baseline: String,
    pub benchmark: String,
    pub task: String,
    pub language: Language,
    pub protocol: String,
    /// Right by both, by only one, by none.
    pub both: usize,
    pub only_model: usize,
    pub only_baseline: usize,
    pub neither: usize,
    #[serde(flatten)]
    pub found: Found,
}

/// A language beside English.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Gap {
    pub model: String,
    pub benchmark: String,
    pub task: String,
    pub language: Language,
    pub protocol: String,
    /// The language it is measured by.
    pub reference: Language,
    /// On the items of both languages, from 0 to 1.
    pub accuracy: f64,
    /// On the same items, from 0 to 1.
    pub reference_accuracy: f64,
    #[serde(flatten)]
    pub found: Found,
}

/// What is known of a difference.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Found {
    /// Items that both answered.
    pub n: usize,
    /// Items that only one answered, that failed for one or that are flagged.
    pub left_out: usize,
    /// From −1 to 1.
    pub difference: f64,
    /// Lower end of its 95% interval.
    pub low: Option<f64>,
    /// Upper end of its 95% interval.
    pub high: Option<f64>,
    /// How the interval was found, `bootstrap` or `score`; empty where there is none.
    pub interval: String,
    /// Groups of items that are independent of each other.
    pub groups: usize,
    /// The exact test that `p` is of.
    pub test: String,
    pub p: f64,
    /// The same after Holm's adjustment for all rows.
    pub p_holm: f64,
    /// In a few words, and in a sentence.
    pub finding: String,
    pub sentence: String,
}

impl Found {
    fn of(comparison: &Comparison, words: [&str; 2]) -> Self {
        let [higher, lower] = words;
        let word = if comparison.difference() > 0.0 { higher } else { lower };
        let finding = match comparison.doubt() {
            Some(doubt) => doubt.words(),
            None if comparison.stands() => word.to_owned(),
            None => format!("{word}, if it were the only row"),
        };
        let interval = comparison.estimate.map(|_| comparison.method().word());
        Self {
            n: comparison.pairs.n(),
            left_out: comparison.left_out + comparison.corrected,
            difference: comparison.difference(),
            low: comparison.estimate.map(|estimate| estimate.interval.low),
            high: comparison.estimate.map(|estimate| estimate.interval.high),
            interval: interval.unwrap_or_default().to_owned(),
            groups: comparison.clusters,
            test: comparison.test().to_owned(),
            p: comparison.p_value,
            p_holm: comparison.adjusted,
            finding,
            sentence: isolate::plain(&comparison.sentence()),
        }
    }
}

/// Every model beside `baseline`, or every two models where there is none, under each protocol in each column where
/// both answered.
///
/// None once cancelled; a step is a comparison.
pub fn differences(ledger: &Ledger, selection: &Selection, baseline: Option<&str>, steps: &Steps) -> Vec<Difference> {
    let columns: Vec<&Column> = ledger.columns().iter().collect();
    let family = match baseline {
        Some(baseline) => paired::models_beside(ledger, selection, &columns, None, baseline, steps),
        None => paired::models_beside_each_other(ledger, selection, &columns, None, steps),
    };
    family.iter().filter_map(Difference::of).collect()
}

/// Every model in every language beside English, on the items that are tied to each other.
///
/// None once cancelled; a step is a comparison.
pub fn gaps(ledger: &Ledger, selection: &Selection, steps: &Steps) -> Vec<Gap> {
    let columns: Vec<&Column> = ledger.columns().iter().collect();
    let family = paired::languages_beside_english(ledger, selection, &columns, None, steps);
    family.iter().filter_map(Gap::of).collect()
}

impl Difference {
    /// The row of two models; `None` of anything else.
    fn of(comparison: &Comparison) -> Option<Self> {
        let Between::Models {
            first,
            second,
            protocol,
        } = &comparison.between
        else {
            return None;
        };
        let (benchmark, task, language) = comparison.place.one()?;
        Some(Self {
            model: first.clone(),
            baseline: second.clone(),
            benchmark: benchmark.to_owned(),
            task: task.to_owned(),
            language: language.clone(),
            protocol: protocol.clone(),
            both: comparison.pairs.both,
            only_model: comparison.pairs.only_first,
            only_baseline: comparison.pairs.only_second,
            neither: comparison.pairs.neither,
            found: Found::of(comparison, ["better", "worse"]),
        })
    }
}

impl Gap {
    /// The row of two languages; `None` of anything else.
    fn of(comparison: &Comparison) -> Option<Self> {
        let Between::Languages {
            second,
            model,
            protocol,
            ..
        } = &comparison.between
        else {
            return None;
        };
        let (benchmark, task, language) = comparison.place.one()?;
        Some(Self {
            model: model.clone(),
            benchmark: benchmark.to_owned(),
            task: task.to_owned(),
            language: language.clone(),
            protocol: protocol.clone(),
            reference: second.clone(),
            accuracy: comparison.first_accuracy(),
            reference_accuracy: comparison.second_accuracy(),
            found: Found::of(comparison, ["higher", "lower"]),
        })
    }
}
