//! Fragility: how many of a model's choices flip when the same items are put to it under another protocol.
//!
//! Options that a protocol permutes keep their indices, so a choice that only moved with its option is no flip.

use std::collections::HashMap;

use serde::Serialize;

use super::counts;
use crate::benchmarks::ItemKey;
use crate::language::Language;
use crate::runs::RunRecord;
use crate::runs::latest::{Cell, latest};
use crate::scoring::{Answer, Outcome};
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

/// Every pair of protocols under which a model answered the same items of a task. `runs` are given oldest first.
pub fn flips<'a>(runs: impl IntoIterator<Item = (&'a RunRecord, &'a [Answer])>) -> Vec<Flips> {
    // In the order of cells the protocols of a model stand beside each other.
    let cells: Vec<(Cell<'a>, HashMap<&ItemKey, &Answer>)> = latest(runs).into_iter().collect();
    let asked = |cell: &Cell<'a>| (cell.benchmark, cell.task, cell.language, cell.model);
    let protocols = cells.chunk_by(|(one, _), (other, _)| asked(one) == asked(other));
    let pairs = protocols.flat_map(|same| {
        let others = |place: usize| same.iter().skip(place + 1);
        same.iter()
            .enumerate()
            .flat_map(move |(place, one)| others(place).map(move |other| (one, other)))
    });
    pairs
        .map(|(one, other)| beside(one, other))
        .filter(|flips| flips.n > 0)
        .collect()
}

type Answered<'a> = (Cell<'a>, HashMap<&'a ItemKey, &'a Answer>);

fn beside((cell, answers): &Answered<'_>, (other, others): &Answered<'_>) -> Flips {
    let both = answers
        .iter()
        .filter_map(|(key, answer)| Some((*answer, *others.get(key)?)));
    let both: Vec<(&Answer, &Answer)> = both.filter(|(one, other)| counts(one) && counts(other)).collect();
    let count = |changed: &dyn Fn(&Answer, &Answer) -> bool| {
        let found = both.iter().filter(|(one, other)| changed(one, other));
        found.count()
    };
    let right = |answer: &Answer| answer.outcome == Outcome::Right;
    let n = both.len();
    let flips = count(&|one, other| one.choices != other.choices);
    let interval = wilson_95(flips, n);
    Flips {
        model: cell.model.to_owned(),
        benchmark: cell.benchmark.to_owned(),
        task: cell.task.to_owned(),
        language: cell.language.clone(),
        protocol: cell.protocol.clone(),
        other_protocol: other.protocol.clone(),
        n,
        flips,
        share: (n > 0).then(|| flips as f64 / n as f64),
        low: interval.map(|interval| interval.low),
        high: interval.map(|interval| interval.high),
        lost: count(&|one, other| right(one) && !right(other)),
        won: count(&|one, other| !right(one) && right(other)),
    }
}
