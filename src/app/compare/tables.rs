//! What the matrix shows of some questions: the accuracy of every cell, and averages.

use crate::cancel::Steps;
use crate::runs::comparison::{self, Row};
use crate::runs::ledger::{Ledger, Selection};
use crate::runs::measures::{Average, averages};

/// The numbers of a selection.
#[derive(Debug, Clone, Default)]
pub struct Tables {
    /// By benchmark, task, language, model and protocol.
    pub rows: Vec<Row>,
    /// Those over languages stand beside a task that is alone; none where no task is.
    pub averages: Vec<Average>,
}

impl Tables {
    /// Reckons them. Slow where there are many answers: not for a frame.
    pub fn new(ledger: &Ledger, selection: &Selection) -> Self {
        let rows = comparison::compare(ledger, selection);
        let is_alone = |row: &Row| {
            let mut others = rows.iter().filter(|other| other.protocol == row.protocol);
            others.all(|other| (&other.benchmark, &other.task) == (&row.benchmark, &row.task))
        };
        let mut protocols: Vec<&Row> = Vec::new();
        for row in &rows {
            if !protocols.iter().any(|other| other.protocol == row.protocol) {
                protocols.push(row);
            }
        }
        let averages = match protocols.into_iter().any(is_alone) {
            true => averages(ledger, selection, &Steps::default()),
            false => Vec::new(),
        };
        Self { rows, averages }
    }
}
