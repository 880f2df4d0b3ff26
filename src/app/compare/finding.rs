//! What two cells say beside each other: who is better by how much and how sure that is, or why that cannot be told.

use super::matrix::{Cell, CellKey, Matrix};
use crate::runs::ledger::{self, Column, Ledger, Selection, Sheet};
use crate::runs::paired::{self, Comparison};
use crate::scoring::Outcome;
use crate::slices::{Condition, Filter, Who};
use crate::stats::{Pairs, exact_mcnemar, holm};

/// One of the two of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    First,
    Second,
}

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
    #[error("one of them has no answers that count")]
    Empty,
    #[error("figures that others published have no items behind them that could be paired")]
    Published,
    #[error(transparent)]
    Items(#[from] paired::Incomparable),
}

/// What can be told of two cells without looking at answers.
pub fn obstacle(matrix: &Matrix, first: &CellKey, second: &CellKey) -> Option<Incomparable> {
    use paired::Incomparable::{Same, SeveralThings, Tasks};
    let own = |key: &CellKey| matrix.models.contains(&key.model);
    let measured = |key: &CellKey| matches!(matrix.cell(key), Cell::Measured(_));
    let tasks = |key: &CellKey| (key.benchmark.clone(), key.task.clone());
    if first == second {
        Some(Same.into())
    } else if !own(first) || !own(second) {
        Some(Incomparable::Published)
    } else if tasks(first) != tasks(second) {
        Some(Tasks.into())
    } else if first.model != second.model && first.language != second.language {
        Some(SeveralThings.into())
    } else {
        (!measured(first) || !measured(second)).then_some(Incomparable::Empty)
    }
}

impl Pair {
    /// The items that only `side` has right.
    pub fn only(&self, side: Side) -> Filter {
        let (right, wrong) = match side {
            Side::First => (&self.first, &self.second),
            Side::Second => (&self.second, &self.first),
        };
        let apart = match right.model == wrong.model {
            true => Condition::Languages {
                right: right.language.clone(),
                wrong: wrong.language.clone(),
                of: Who::Model(right.model.clone()),
            },
            false => Condition::Models {
                right: right.model.clone(),
                wrong: wrong.model.clone(),
            },
        };
        [
            Condition::Benchmark([right.benchmark.clone()].into()),
            Condition::Task([right.task.clone()].into()),
            Condition::Language([right.language.clone()].into()),
            apart,
        ]
        .into_iter()
        .collect()
    }

    /// Compares the two, and says how sure that is among all pairs of their kind on the page: every two models of the
    /// column, or every model's two languages.
    pub fn compare(&self, ledger: &Ledger, selection: &Selection) -> Result<Comparison, Incomparable> {
        let (first, second) = (self.cell(ledger, &self.first)?, self.cell(ledger, &self.second)?);
        let mut comparison = Comparison::of_cells(ledger, selection, first, second)?;
        let sheets: Vec<&Sheet> = of_protocol(ledger, &self.protocol)
            .filter(|sheet| ledger.cell(first.column, sheet).is_answered())
            .collect();
        let mut p_values = vec![comparison.p_value];
        if self.first.model == self.second.model {
            let others = sheets.iter().filter(|sheet| sheet.model != self.first.model);
            let reference = &self.second.language;
            p_values.extend(others.filter_map(|sheet| {
                let other = Comparison::of_languages(ledger, selection, &[first.column], reference, sheet)?;
                Some(other.p_value)
            }));
        } else {
            let is_own = |sheet: &Sheet| sheet.model == self.first.model || sheet.model == self.second.model;
            for (place, one) in sheets.iter().enumerate() {
                let others = sheets
                    .iter()
                    .skip(place + 1)
                    .filter(|other| !(is_own(one) && is_own(other)));
                p_values.extend(others.filter_map(|other| p_value(ledger, selection, first.column, one, other)));
            }
        }
        comparison.family = p_values.len();
        comparison.adjusted = holm(&p_values).first().copied().unwrap_or(comparison.p_value);
        Ok(comparison)
    }

    fn cell<'a>(&self, ledger: &'a Ledger, key: &CellKey) -> Result<ledger::Cell<'a>, Incomparable> {
        let cell = ledger.cell_of(&key.benchmark, &key.task, &key.language, &key.model, &self.protocol);
        cell.ok_or(Incomparable::Empty)
    }
}

fn of_protocol<'a>(ledger: &'a Ledger, protocol: &'a str) -> impl Iterator<Item = &'a Sheet> {
    ledger.sheets().iter().filter(move |sheet| sheet.protocol == protocol)
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
