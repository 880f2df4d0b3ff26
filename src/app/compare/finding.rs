//! What two cells say beside each other: who is better by how much and how sure that is, or why that cannot be told.

use super::matrix::{Cell, CellKey, Matrix};
use crate::runs::ledger::{Column, Ledger, Selection, Sheet};
use crate::runs::paired::{Comparison, adjust};
use crate::scoring::Outcome;
use crate::stats::{Pairs, exact_mcnemar, holm};

/// Two cells and the protocol they stand under.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair {
    pub protocol: String,
    pub first: CellKey,
    pub second: CellKey,
}

/// Why two cells are not compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Incomparable {
    #[error("This is one cell. Add another to compare it with.")]
    Same,
    #[error("One of the two cells has no answers.")]
    Empty,
    #[error("Figures that others published have no items behind them, so nothing can be paired.")]
    Published,
    #[error("Different tasks ask different questions: only cells of one task are compared.")]
    Tasks,
    #[error("Both the model and the language differ. Compare two models in one language, or one model in two.")]
    Both,
    #[error("No item of one language is tied to one of the other, so the questions may differ.")]
    NotParallel,
    #[error("The two models answered no item in common.")]
    NothingShared,
}

/// What can be told of two cells without looking at answers.
pub fn obstacle(matrix: &Matrix, first: &CellKey, second: &CellKey) -> Option<Incomparable> {
    if first == second {
        return Some(Incomparable::Same);
    }
    let own = |key: &CellKey| matrix.models.contains(&key.model);
    if !own(first) || !own(second) {
        return Some(Incomparable::Published);
    }
    if (&first.benchmark, &first.task) != (&second.benchmark, &second.task) {
        return Some(Incomparable::Tasks);
    }
    if first.model != second.model && first.language != second.language {
        return Some(Incomparable::Both);
    }
    let measured = |key: &CellKey| matches!(matrix.cell(key), Cell::Measured(_));
    (!measured(first) || !measured(second)).then_some(Incomparable::Empty)
}

impl Pair {
    /// Compares the two, and says how sure that is among all pairs of their kind on the page: every two models of the
    /// column, or every model's two languages.
    pub fn compare(&self, ledger: &Ledger, selection: &Selection) -> Result<Comparison, Incomparable> {
        let column = column(ledger, &self.first).ok_or(Incomparable::Empty)?;
        let sheet = |key: &CellKey| ledger.sheet(&key.model, &self.protocol).ok_or(Incomparable::Empty);
        let (first, second) = (sheet(&self.first)?, sheet(&self.second)?);
        if self.first.model == self.second.model {
            return self.languages(ledger, selection, column, first);
        }
        let comparison = Comparison::of_sheets(ledger, selection, &[column], first, second);
        let mut comparison = comparison.ok_or(Incomparable::NothingShared)?;
        let sheets: Vec<&Sheet> = of_protocol(ledger, &self.protocol)
            .filter(|sheet| ledger.cell(column, sheet).is_answered())
            .collect();
        let mut p_values = vec![comparison.p_value];
        for (place, one) in sheets.iter().enumerate() {
            for other in sheets.iter().skip(place + 1) {
                let is_own = |sheet: &Sheet| sheet.model == first.model || sheet.model == second.model;
                if !(is_own(one) && is_own(other)) {
                    p_values.extend(p_value(ledger, selection, column, one, other));
                }
            }
        }
        comparison.family = p_values.len();
        comparison.adjusted = holm(&p_values).first().copied().unwrap_or(comparison.p_value);
        Ok(comparison)
    }

    fn languages(
        &self,
        ledger: &Ledger,
        selection: &Selection,
        column: &Column,
        own: &Sheet,
    ) -> Result<Comparison, Incomparable> {
        let reference = &self.second.language;
        let sheets = of_protocol(ledger, &self.protocol);
        let compared = |sheet| Comparison::of_languages(ledger, selection, &[column], reference, sheet);
        let mut family: Vec<(bool, Comparison)> = sheets
            .filter_map(|sheet| Some((sheet.model == own.model, compared(sheet)?)))
            .collect();
        let place = family.iter().position(|(is_own, _)| *is_own);
        let mut comparisons: Vec<Comparison> = family.drain(..).map(|(_, comparison)| comparison).collect();
        adjust(&mut comparisons);
        place
            .and_then(|place| comparisons.into_iter().nth(place))
            .ok_or(Incomparable::NotParallel)
    }
}

fn of_protocol<'a>(ledger: &'a Ledger, protocol: &'a str) -> impl Iterator<Item = &'a Sheet> {
    ledger.sheets().iter().filter(move |sheet| sheet.protocol == protocol)
}

fn column<'a>(ledger: &'a Ledger, key: &CellKey) -> Option<&'a Column> {
    ledger
        .columns()
        .iter()
        .find(|column| column.benchmark == key.benchmark && column.task == key.task && column.language == key.language)
}

/// The exact test of two models alone, without the resampling of a whole comparison: for the others of its family.
fn p_value(ledger: &Ledger, selection: &Selection, column: &Column, one: &Sheet, other: &Sheet) -> Option<f64> {
    let counted = |outcome: Option<Outcome>| outcome.filter(|outcome| *outcome != Outcome::Failed);
    let mut pairs = Pairs::default();
    let questions = column.questions().filter(|&question| selection.contains(question));
    for question in questions.filter(|&question| !ledger.is_left_out(question)) {
        if let (Some(one), Some(other)) = (counted(one.outcome(question)), counted(other.outcome(question))) {
            pairs.add(one == Outcome::Right, other == Outcome::Right);
        }
    }
    (pairs.n() > 0).then(|| exact_mcnemar(pairs))
}
