//! What Compare shows of some questions: accuracy of every cell, averages and the tables of the other measures.

use std::collections::BTreeMap;

use crate::app::measures::{self, Sheet};
use crate::runs::comparison::{self, Row};
use crate::runs::ledger::{Ledger, Selection};
use crate::runs::measures::{Average, Measure, averages};

/// The numbers of a selection.
#[derive(Debug, Clone, Default)]
pub struct Tables {
    /// By benchmark, task, language, model and protocol.
    pub rows: Vec<Row>,
    pub averages: Vec<Average>,
    /// What is measured beside accuracy.
    pub sheets: BTreeMap<Measure, Sheet>,
}

impl Tables {
    /// Reckons them. Slow where there are many answers: not for a frame.
    pub fn new(ledger: &Ledger, selection: &Selection) -> Self {
        Self {
            rows: comparison::compare(ledger, selection),
            averages: averages(ledger, selection),
            sheets: measures::sheets(ledger, selection),
        }
    }
}
