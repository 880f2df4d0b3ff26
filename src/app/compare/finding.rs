//! What two cells say beside each other: who is better by how much and how sure that is, or why that cannot be told.

use super::matrix::{Cell, CellKey, Matrix};
use crate::cancel::Cancel;
use crate::runs::ledger::{self, Ledger, Selection};
use crate::runs::paired::{self, Comparison};
use crate::slices::{Condition, Filter, Who};

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

    /// Compares the two, and says how sure that is among all pairs of their kind on the page.
    pub fn compare(&self, ledger: &Ledger, selection: &Selection, cancel: &Cancel) -> Result<Comparison, Incomparable> {
        let (first, second) = (self.cell(ledger, &self.first)?, self.cell(ledger, &self.second)?);
        Ok(paired::among_its_kind(ledger, selection, first, second, cancel)?)
    }

    fn cell<'a>(&self, ledger: &'a Ledger, key: &CellKey) -> Result<ledger::Cell<'a>, Incomparable> {
        let cell = ledger.cell_of(&key.benchmark, &key.task, &key.language, &key.model, &self.protocol);
        cell.ok_or(Incomparable::Empty)
    }
}
