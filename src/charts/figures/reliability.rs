//! Calibration of every model on one task.

use super::{Choice, Shown, Source, of_languages, target, task_name};
use crate::charts::calibration::{Bin, Curve, Diagram, Reliability};
use crate::language::Language;
use crate::models::named;
use crate::runs::ledger::{Cell, Column, Sheet};
use crate::runs::measures;
use crate::text::isolate::isolate;

/// One diagram for each model, one curve for each of a few languages.
pub fn reliability(source: &Source<'_>, choice: &Choice) -> Reliability {
    let cells: Vec<Cell<'_>> = source
        .ledger
        .cells()
        .filter(|cell| cell.sheet.protocol == choice.protocol && choice.has(&cell.sheet.model))
        .filter(|cell| choice.is_of(&cell.column.benchmark, &cell.column.task))
        .collect();
    let shown = Shown::new(cells.iter().map(|cell| cell.column.language.clone()), choice);
    let languages = &shown.languages;
    let models = named::distinct(cells.iter().map(|cell| cell.sheet.model.as_str()));
    let diagram = |model: &String| {
        let own = cells.iter().filter(|cell| cell.sheet.model == *model);
        let curves = languages.iter().enumerate().filter_map(|(series, language)| {
            let cell = own.clone().find(|cell| cell.column.language == *language)?;
            curve(source, *cell, series)
        });
        Diagram {
            model: model.clone(),
            curves: curves.collect(),
        }
    };
    let panels = models.iter().map(diagram).filter(|diagram| !diagram.curves.is_empty());
    Reliability {
        note: shown.note(&isolate(&task_name(source.ledger, &choice.benchmark, &choice.task))),
        series: of_languages(languages),
        panels: panels.collect(),
    }
}

fn curve(source: &Source<'_>, cell: Cell<'_>, series: usize) -> Option<Curve> {
    let found = measures::calibration(cell, source.selection)?;
    let Column {
        benchmark,
        task,
        language,
        ..
    } = cell.column;
    let Sheet { model, .. } = cell.sheet;
    let bins = found.bins.iter().filter_map(|bin| {
        let interval = bin.interval?;
        Some(Bin {
            from: bin.low,
            to: bin.high,
            confidence: bin.confidence?,
            accuracy: bin.accuracy?,
            low: interval.low,
            high: interval.high,
            n: bin.n,
        })
    });
    Some(Curve {
        series,
        n: found.n,
        error: found.error,
        bins: bins.collect(),
        target: target(model, benchmark, task, language as &Language),
    })
}
