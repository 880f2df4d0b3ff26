//! What two cells say beside each other: who is better by how much and how sure that is, or why that cannot be told.

use super::matrix::{Cell, CellKey, Matrix};
use crate::cancel::Cancel;
use crate::runs::ledger::{self, Ledger, Selection};
use crate::runs::paired::{self, Comparison};
use crate::slices::{Condition, Filter, Who};

/// Which of the items that tell two cells apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// All that only one of the two has right.
    Either,
    FirstRight,
    SecondRight,
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
    /// What Inspect shows of the items that tell the two apart: those of the first one's language, as many as its pairs.
    pub fn apart(&self, way: Way) -> Filter {
        let (first, second) = (&self.first, &self.second);
        let either = match first.model == second.model {
            true => Condition::OneOfLanguages {
                first: first.language.clone(),
                second: second.language.clone(),
                of: Who::Model(first.model.clone()),
            },
            false => Condition::OneOfModels {
                first: first.model.clone(),
                second: second.model.clone(),
            },
        };
        let place = match way {
            Way::Either => 0,
            Way::FirstRight => 1,
            Way::SecondRight => 2,
        };
        let one = either.ways().into_iter().flatten().nth(place);
        [
            Condition::Benchmark([first.benchmark.clone()].into()),
            Condition::Task([first.task.clone()].into()),
            Condition::Language([first.language.clone()].into()),
            one.unwrap_or(either),
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
