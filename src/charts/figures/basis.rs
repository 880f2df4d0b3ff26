//! What the numbers of a figure stand on, for its caption.

use std::collections::BTreeSet;

use super::{Choice, Source};
use crate::charts::Chart;
use crate::charts::caption::{Account, Basis, Caption};
use crate::charts::target::Against;
use crate::language::Language;
use crate::runs::ledger::{Column, Correction, Sheet};
use crate::scoring::Outcome;

/// What is printed below `chart`, which was made of the same source and choice.
pub fn caption(source: &Source<'_>, choice: &Choice, chart: &dyn Chart) -> Caption {
    let account = chart.account();
    let basis = basis(source, choice, chart, &account);
    Caption::new(&chart.title(), &account, &basis)
}

/// A benchmark, a task and a language.
type Place = (String, String, Language);

fn basis(source: &Source<'_>, choice: &Choice, chart: &dyn Chart, account: &Account) -> Basis {
    let mut models: BTreeSet<String> = BTreeSet::new();
    let mut places: BTreeSet<Place> = BTreeSet::new();
    for target in chart.targets().into_iter().flatten() {
        let other = match target.against {
            Some(Against::Language(language)) => Some(language),
            Some(Against::Model(_)) | None => None,
        };
        for language in target.language.into_iter().chain(other) {
            places.insert((target.benchmark.clone(), target.task.clone(), language));
        }
        models.insert(target.model);
    }
    let ledger = source.ledger;
    let is_shown = |sheet: &&Sheet| {
        let of_protocol = sheet.protocol == choice.protocol || account.beside.contains(&sheet.protocol);
        of_protocol && models.contains(&sheet.model)
    };
    let sheets: Vec<&Sheet> = ledger.sheets().iter().filter(is_shown).collect();
    let is_place =
        |column: &&Column| places.contains(&(column.benchmark.clone(), column.task.clone(), column.language.clone()));
    let mut basis = Basis {
        protocol: choice.protocol.clone(),
        slice: source.slice.cloned(),
        ..Basis::default()
    };
    for column in ledger.columns().iter().filter(is_place) {
        for question in column
            .questions()
            .filter(|question| source.selection.contains(*question))
        {
            // As a cell of the matrix counts: what failed is among the items only where it is left out.
            let is_left_out = ledger.is_left_out(question);
            let counts = |outcome: Outcome| is_left_out || outcome != Outcome::Failed;
            let mut outcomes = sheets.iter().filter_map(|sheet| sheet.outcome(question));
            if !outcomes.any(counts) {
                continue;
            }
            let correction = ledger.place(question);
            let correction = correction.and_then(|(benchmark, item)| ledger.corrections().get(benchmark, item));
            basis.answered += 1;
            basis.left_out += usize::from(is_left_out);
            basis.rekeyed += usize::from(matches!(correction, Some(Correction::Rekeyed(_))));
        }
    }
    basis
}
