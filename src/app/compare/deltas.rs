//! Every cell beside the baseline's: the paired differences that delta mode shows.

use std::collections::BTreeMap;

use super::matrix::CellKey;
use crate::cancel::Steps;
use crate::language::Language;
use crate::runs::ledger::{Column, Ledger, Selection, Sheet};
use crate::runs::measures::Weighing;
use crate::runs::paired::{Between, Comparison, models_beside};
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
    /// Reckons them: nothing once cancelled.
    pub fn new(ledger: &Ledger, selection: &Selection, baseline: &Baseline, steps: &Steps) -> Self {
        let Some(base) = ledger.sheet(&baseline.model, &baseline.protocol) else {
            return Self::default();
        };
        let columns: Vec<&Column> = ledger
            .columns()
            .iter()
            .filter(|column| is_shown(ledger, column, &base.protocol))
            .collect();
        let protocol = Some(base.protocol.as_str());
        let family = models_beside(ledger, selection, &columns, protocol, &base.model, steps);
        let mut deltas = Self::default();
        for comparison in family {
            if let Some(key) = key(&comparison) {
                deltas.cells.insert(key, comparison);
            }
        }
        let mut languages: Vec<&Language> = columns.iter().map(|column| &column.language).collect();
        languages.sort();
        languages.dedup();
        let sheets = ledger.sheets().iter();
        for sheet in sheets.filter(|sheet| sheet.protocol == base.protocol && sheet.model != base.model) {
            for language in &languages {
                if steps.cancel.is_cancelled() {
                    return Self::default();
                }
                let columns: Vec<&Column> = columns
                    .iter()
                    .filter(|column| column.language == **language)
                    .copied()
                    .collect();
                let average = deltas.average(ledger, selection, &columns, (sheet, base), baseline.weighing);
                let place = (sheet.model.clone(), (*language).clone());
                deltas.tasks.extend(average.map(|average| (place, average)));
            }
        }
        deltas
    }

    /// The average over several tasks; `None` where one of them has no interval.
    fn average(
        &self,
        ledger: &Ledger,
        selection: &Selection,
        columns: &[&Column],
        (sheet, base): (&Sheet, &Sheet),
        weighing: Weighing,
    ) -> Option<Estimate> {
        let cells = columns.iter().map(|column| {
            let key = CellKey {
                model: sheet.model.clone(),
                benchmark: column.benchmark.clone(),
                task: column.task.clone(),
                language: column.language.clone(),
            };
            self.cells.get(&key)?.estimate
        });
        let cells = cells.collect::<Option<Vec<Estimate>>>()?;
        match weighing {
            _ if cells.len() < 2 => None,
            Weighing::Macro => macro_estimate(&cells),
            Weighing::Micro => Comparison::of_sheets(ledger, selection, columns, sheet, base)?.estimate,
        }
    }
}

/// Whether anything was answered in a column under a protocol.
fn is_shown(ledger: &Ledger, column: &Column, protocol: &str) -> bool {
    let mut sheets = ledger.sheets().iter();
    sheets.any(|sheet| sheet.protocol == protocol && ledger.cell(column, sheet).is_answered())
}

/// The cell that a comparison with the baseline stands in.
fn key(comparison: &Comparison) -> Option<CellKey> {
    let Between::Models { first, .. } = &comparison.between else {
        return None;
    };
    let (benchmark, task, language) = comparison.place.one()?;
    Some(CellKey {
        model: first.clone(),
        benchmark: benchmark.to_owned(),
        task: task.to_owned(),
        language: language.clone(),
    })
}
