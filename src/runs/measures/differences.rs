//! Differences: models beside each other on the same items, and languages beside English on the items they share.
//!
//! What one call returns is one family: its p-values are adjusted for each other.

use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};
use serde::Serialize;

use crate::language::Language;
use crate::runs::ledger::{Column, Ledger, Selection, Sheet};
use crate::runs::paired::{self, Comparison, Verdict};
use crate::text::isolate;

/// The language that others are measured by.
const REFERENCE: &str = "en";

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
    /// Lower end of its 95% bootstrap interval.
    pub low: Option<f64>,
    /// Upper end of its 95% bootstrap interval.
    pub high: Option<f64>,
    /// Of the exact McNemar test.
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
        let word = match comparison.verdict() {
            Verdict::First => higher,
            Verdict::Second => lower,
            Verdict::TooFew => "too few to tell",
        };
        let alone = comparison.verdict() != Verdict::TooFew && !comparison.stands();
        Self {
            n: comparison.pairs.n(),
            left_out: comparison.left_out + comparison.corrected,
            difference: comparison.difference(),
            low: comparison.estimate.map(|estimate| estimate.interval.low),
            high: comparison.estimate.map(|estimate| estimate.interval.high),
            p: comparison.p_value,
            p_holm: comparison.adjusted,
            finding: if alone {
                format!("{word}, if it were the only row")
            } else {
                word.to_owned()
            },
            sentence: isolate::plain(&comparison.sentence()),
        }
    }
}

/// Every model beside `baseline`, or every two models where there is none, under each protocol in each column where
/// both answered.
pub fn differences(ledger: &Ledger, selection: &Selection, baseline: Option<&str>) -> Vec<Difference> {
    let mut asked: Vec<(&Column, &Sheet, &Sheet)> = Vec::new();
    for column in ledger.columns() {
        let answered = ledger.sheets().iter();
        let answered: Vec<&Sheet> = answered
            .filter(|sheet| ledger.cell(column, sheet).is_answered())
            .collect();
        for (place, one) in answered.iter().enumerate() {
            let others = answered
                .iter()
                .skip(place + 1)
                .filter(|other| other.protocol == one.protocol);
            asked.extend(others.filter_map(|other| match baseline {
                None => Some((column, *one, *other)),
                Some(name) if other.model == name => Some((column, *one, *other)),
                Some(name) if one.model == name => Some((column, *other, *one)),
                Some(_) => None,
            }));
        }
    }
    let compared = asked.par_iter().filter_map(|(column, one, other)| {
        Comparison::of_sheets(ledger, selection, &[*column], one, other)
            .map(|comparison| ((*column, *one, *other), comparison))
    });
    let (asked, mut family): (Vec<_>, Vec<Comparison>) = compared.unzip();
    paired::adjust(&mut family);
    let rows = asked.into_iter().zip(&family);
    rows.map(|((column, one, other), comparison)| Difference {
        model: one.model.clone(),
        baseline: other.model.clone(),
        benchmark: column.benchmark.clone(),
        task: column.task.clone(),
        language: column.language.clone(),
        protocol: one.protocol.clone(),
        both: comparison.pairs.both,
        only_model: comparison.pairs.only_first,
        only_baseline: comparison.pairs.only_second,
        neither: comparison.pairs.neither,
        found: Found::of(comparison, ["better", "worse"]),
    })
    .collect()
}

/// Every model in every language beside English, on the items that are tied to each other.
pub fn gaps(ledger: &Ledger, selection: &Selection) -> Vec<Gap> {
    let mut asked: Vec<(&Column, &Language, &Sheet)> = Vec::new();
    for column in ledger.columns().iter().filter(|column| !is_reference(column)) {
        let same = |other: &&Column| other.benchmark == column.benchmark && other.task == column.task;
        let Some(reference) = ledger.columns().iter().filter(same).find(|other| is_reference(other)) else {
            continue;
        };
        let answered = ledger.sheets().iter();
        let answered = answered.filter(|sheet| ledger.cell(column, sheet).is_answered());
        asked.extend(answered.map(|sheet| (column, &reference.language, sheet)));
    }
    let compared = asked.par_iter().filter_map(|(column, reference, sheet)| {
        Comparison::of_languages(ledger, selection, &[*column], reference, sheet)
            .map(|comparison| ((*column, *reference, *sheet), comparison))
    });
    let (asked, mut family): (Vec<_>, Vec<Comparison>) = compared.unzip();
    paired::adjust(&mut family);
    let rows = asked.into_iter().zip(&family);
    rows.map(|((column, reference, sheet), comparison)| Gap {
        model: sheet.model.clone(),
        benchmark: column.benchmark.clone(),
        task: column.task.clone(),
        language: column.language.clone(),
        protocol: sheet.protocol.clone(),
        reference: reference.clone(),
        accuracy: comparison.first_accuracy(),
        reference_accuracy: comparison.second_accuracy(),
        found: Found::of(comparison, ["higher", "lower"]),
    })
    .collect()
}

fn is_reference(column: &Column) -> bool {
    column.language.primary() == REFERENCE
}
