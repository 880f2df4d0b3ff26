//! Fragility: how many of a model's choices flip when the same items are put to it under another protocol.
//!
//! Options that a protocol permutes keep their indices, so a choice that only moved with its option is no flip.

use serde::Serialize;

use crate::language::Language;
use crate::runs::ledger::{Cell, Given, Ledger, Selection};
use crate::stats::wilson_95;

/// One protocol beside another, on the items that a model answered under both.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Flips {
    pub model: String,
    pub benchmark: String,
    pub task: String,
    pub language: Language,
    pub protocol: String,
    pub other_protocol: String,
    /// Items answered under both.
    pub n: usize,
    /// Items with another choice, or with a choice under one of the two only.
    pub flips: usize,
    /// `flips / n`, from 0 to 1.
    pub share: Option<f64>,
    /// Lower end of its 95% Wilson interval.
    pub low: Option<f64>,
    /// Upper end of its 95% Wilson interval.
    pub high: Option<f64>,
    /// Items right under the first protocol and not under the other.
    pub lost: usize,
    /// Items right under the other protocol and not under the first.
    pub won: usize,
}

/// Every pair of protocols under which a model answered the same items of a task.
pub fn flips(ledger: &Ledger, selection: &Selection) -> Vec<Flips> {
    // In the order of cells the protocols of a model stand beside each other.
    let cells: Vec<Cell<'_>> = ledger.cells().collect();
    let asked = |one: &Cell<'_>, other: &Cell<'_>| {
        std::ptr::eq(one.column, other.column) && one.sheet.model == other.sheet.model
    };
    let mut found = Vec::new();
    for same in cells.chunk_by(asked) {
        for (place, one) in same.iter().enumerate() {
            let others = same.iter().skip(place + 1);
            found.extend(others.map(|other| beside(ledger, selection, one, other)));
        }
    }
    found.retain(|flips| flips.n > 0);
    found
}

fn beside(ledger: &Ledger, selection: &Selection, cell: &Cell<'_>, other: &Cell<'_>) -> Flips {
    let both: Vec<(Given<'_>, Given<'_>)> = cell
        .answers(selection)
        .filter_map(|given| Some((given, ledger.given(other.sheet, given.question())?)))
        .filter(|(one, other)| one.counts() && other.counts())
        .collect();
    let count = |changed: &dyn Fn(&Given<'_>, &Given<'_>) -> bool| {
        let found = both.iter().filter(|(one, other)| changed(one, other));
        found.count()
    };
    let n = both.len();
    let flips = count(&|one, other| one.choices() != other.choices());
    let interval = wilson_95(flips, n);
    Flips {
        model: cell.sheet.model.clone(),
        benchmark: cell.column.benchmark.clone(),
        task: cell.column.task.clone(),
        language: cell.column.language.clone(),
        protocol: cell.sheet.protocol.clone(),
        other_protocol: other.sheet.protocol.clone(),
        n,
        flips,
        share: (n > 0).then(|| flips as f64 / n as f64),
        low: interval.map(|interval| interval.low),
        high: interval.map(|interval| interval.high),
        lost: count(&|one, other| one.is_right() && !other.is_right()),
        won: count(&|one, other| !one.is_right() && other.is_right()),
    }
}
