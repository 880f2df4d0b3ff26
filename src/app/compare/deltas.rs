//! Every cell beside the baseline's: the paired differences that delta mode shows.

use std::collections::BTreeMap;

use super::matrix::CellKey;
use crate::cancel::Cancel;
use crate::language::Language;
use crate::runs::ledger::{Column, Ledger, Selection, Sheet};
use crate::runs::measures::Weighing;
use crate::runs::paired::{Comparison, adjust};
use crate::stats::{Estimate, macro_estimate};

/// What cells are compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Baseline {
    pub protocol: String,
    pub model: String,
    pub weighing: Weighing,
}

/// The differences of all cells to the baseline's in the same column, p-values adjusted over all of them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Deltas {
    pub cells: BTreeMap<CellKey, Comparison>,
    /// Of the averages of tasks, by model and language; only where model and baseline have all of them.
    pub tasks: BTreeMap<(String, Language), Estimate>,
}

impl Deltas {
    /// Reckons them; what it has so far once cancelled.
    pub fn new(ledger: &Ledger, selection: &Selection, baseline: &Baseline, cancel: &Cancel) -> Self {
        let Some(base) = ledger.sheet(&baseline.model, &baseline.protocol) else {
            return Self::default();
        };
        let sheets = ledger.sheets().iter();
        let sheets: Vec<&Sheet> = sheets
            .filter(|sheet| sheet.protocol == base.protocol && sheet.model != base.model)
            .collect();
        let mut keys = Vec::new();
        let mut comparisons = Vec::new();
        let mut tasks = BTreeMap::new();
        let mut languages: Vec<&Language> = ledger.columns().iter().map(|column| &column.language).collect();
        languages.sort();
        languages.dedup();
        for language in languages {
            let columns = ledger.columns().iter().filter(|column| column.language == *language);
            let columns: Vec<&Column> = columns
                .filter(|column| {
                    ledger
                        .sheets()
                        .iter()
                        .any(|sheet| sheet.protocol == base.protocol && ledger.cell(column, sheet).is_answered())
                })
                .collect();
            for sheet in &sheets {
                if cancel.is_cancelled() {
                    return Self::default();
                }
                let first = comparisons.len();
                for column in &columns {
                    if let Some(found) = Comparison::of_sheets(ledger, selection, &[column], sheet, base) {
                        keys.push(key(column, sheet));
                        comparisons.push(found);
                    }
                }
                let own = comparisons.get(first..).unwrap_or_default();
                if columns.len() > 1 && own.len() == columns.len() {
                    let pooled = || Comparison::of_sheets(ledger, selection, &columns, sheet, base)?.estimate;
                    let average = match baseline.weighing {
                        Weighing::Macro => own
                            .iter()
                            .map(|cell| cell.estimate)
                            .collect::<Option<Vec<_>>>()
                            .as_deref()
                            .and_then(macro_estimate),
                        Weighing::Micro => pooled(),
                    };
                    if let Some(average) = average {
                        tasks.insert((sheet.model.clone(), language.clone()), average);
                    }
                }
            }
        }
        adjust(&mut comparisons);
        Self {
            cells: keys.into_iter().zip(comparisons).collect(),
            tasks,
        }
    }
}

fn key(column: &Column, sheet: &Sheet) -> CellKey {
    CellKey {
        model: sheet.model.clone(),
        benchmark: column.benchmark.clone(),
        task: column.task.clone(),
        language: column.language.clone(),
    }
}
