//! Comparisons that are shown together, their p-values adjusted for each other.

use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};

use super::{Comparison, adjust};
use crate::language::Language;
use crate::runs::ledger::{Column, Ledger, Selection, Sheet};

/// The language that others are measured by.
const REFERENCE: &str = "en";

/// Every two models of some columns that were asked under one protocol, the one first by name as first.
pub fn models_beside_each_other(
    ledger: &Ledger,
    selection: &Selection,
    columns: &[&Column],
    protocol: Option<&str>,
) -> Vec<Comparison> {
    let mut asked = Vec::new();
    for column in columns {
        let answered = answered(ledger, column, protocol);
        for (place, one) in answered.iter().enumerate() {
            let others = answered.iter().skip(place + 1);
            asked.extend(
                others
                    .filter(|other| other.protocol == one.protocol)
                    .map(|other| (*column, *one, *other)),
            );
        }
    }
    sheets(ledger, selection, &asked)
}

/// Every other model less `baseline`, in each of some columns under each protocol where both answered.
pub fn models_beside(
    ledger: &Ledger,
    selection: &Selection,
    columns: &[&Column],
    protocol: Option<&str>,
    baseline: &str,
) -> Vec<Comparison> {
    let mut asked = Vec::new();
    for column in columns {
        let answered = answered(ledger, column, protocol);
        for base in answered.iter().filter(|sheet| sheet.model == baseline) {
            let others = answered
                .iter()
                .filter(|other| other.model != baseline && other.protocol == base.protocol);
            asked.extend(others.map(|other| (*column, *other, *base)));
        }
    }
    sheets(ledger, selection, &asked)
}

/// Every model in the languages of some columns less the same in English, where the items are tied to each other.
pub fn languages_beside_english(
    ledger: &Ledger,
    selection: &Selection,
    columns: &[&Column],
    protocol: Option<&str>,
) -> Vec<Comparison> {
    let is_reference = |column: &&&Column| column.language.primary() == REFERENCE;
    let all: Vec<&Column> = ledger.columns().iter().collect();
    let mut asked: Vec<(&Column, &Language, &Sheet)> = Vec::new();
    for column in columns.iter().filter(|column| !is_reference(column)) {
        let same = |other: &&&Column| other.benchmark == column.benchmark && other.task == column.task;
        let Some(reference) = all.iter().filter(same).find(is_reference) else {
            continue;
        };
        let answered = answered(ledger, column, protocol);
        asked.extend(answered.into_iter().map(|sheet| (*column, &reference.language, sheet)));
    }
    let compared = asked.par_iter().filter_map(|(column, reference, sheet)| {
        Comparison::of_languages(ledger, selection, &[*column], reference, sheet)
    });
    adjusted(compared.collect())
}

/// The sheets with answers in a column, under a protocol if one is named.
fn answered<'a>(ledger: &'a Ledger, column: &'a Column, protocol: Option<&str>) -> Vec<&'a Sheet> {
    let of_protocol = |sheet: &&Sheet| protocol.is_none_or(|protocol| sheet.protocol == protocol);
    let sheets = ledger.sheets().iter().filter(of_protocol);
    sheets
        .filter(|sheet| ledger.cell(column, sheet).is_answered())
        .collect()
}

fn sheets(ledger: &Ledger, selection: &Selection, asked: &[(&Column, &Sheet, &Sheet)]) -> Vec<Comparison> {
    let compared = asked
        .par_iter()
        .filter_map(|(column, first, second)| Comparison::of_sheets(ledger, selection, &[*column], first, second));
    adjusted(compared.collect())
}

fn adjusted(mut family: Vec<Comparison>) -> Vec<Comparison> {
    adjust(&mut family);
    family
}
