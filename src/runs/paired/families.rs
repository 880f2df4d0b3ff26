//! Comparisons that are shown together, their p-values adjusted for each other.

use rayon::prelude::{IntoParallelIterator, IntoParallelRefIterator, ParallelIterator};

use super::{Between, Comparison, Incomparable, adjust, met_by_both, met_in_both, p_value};
use crate::cancel::{Cancel, Cancelled, Steps};
use crate::language::Language;
use crate::runs::ledger::{Cell, Column, Ledger, Selection, Sheet};
use crate::stats::holm;

/// Every two models of some columns that were asked under one protocol, the one first by name as first.
pub fn models_beside_each_other(
    ledger: &Ledger,
    selection: &Selection,
    columns: &[&Column],
    protocol: Option<&str>,
    steps: &Steps,
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
    sheets(ledger, selection, &asked, steps)
}

/// Every other model less `baseline`, in each of some columns under each protocol where both answered. None once
/// cancelled, which is looked for before every cell.
pub fn models_beside(
    ledger: &Ledger,
    selection: &Selection,
    columns: &[&Column],
    protocol: Option<&str>,
    baseline: &str,
    steps: &Steps,
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
    sheets(ledger, selection, &asked, steps)
}

/// Every model in the languages of some columns less the same in English, where the items are tied to each other.
pub fn languages_beside_english(
    ledger: &Ledger,
    selection: &Selection,
    columns: &[&Column],
    protocol: Option<&str>,
    steps: &Steps,
) -> Vec<Comparison> {
    let is_reference = |column: &&&Column| column.language.is_english();
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
    family(&asked, steps, |(column, reference, sheet)| {
        Comparison::of_languages(ledger, selection, &[*column], reference, sheet)
    })
}

/// Two cells, adjusted for all comparisons of their kind that stand beside them: of every two models of the column
/// under the protocol, of every model in the two languages, or of every model under the two protocols. Of the others
/// only the test is made, as nothing else of them is shown. Once cancelled the others are left out.
pub fn among_its_kind(
    ledger: &Ledger,
    selection: &Selection,
    first: Cell<'_>,
    second: Cell<'_>,
    cancel: &Cancel,
) -> Result<Comparison, Incomparable> {
    let mut comparison = Comparison::of_cells(ledger, selection, first, second)?;
    let (column, protocol) = (first.column, &first.sheet.protocol);
    let columns = [column];
    let both = |one: &Sheet, other: &Sheet| p_value(ledger, met_by_both(selection, &columns, one, other));
    let in_column = answered(ledger, column, Some(protocol));
    let others: Vec<f64> = match &comparison.between {
        Between::Models { first, second, .. } => {
            let is_own = |sheet: &Sheet| sheet.model == *first || sheet.model == *second;
            let pairs = in_column.iter().enumerate().flat_map(|(place, one)| {
                let others = in_column.iter().skip(place + 1);
                others.map(move |other| (*one, *other))
            });
            let pairs: Vec<_> = pairs.filter(|(one, other)| !(is_own(one) && is_own(other))).collect();
            let p_values = pairs.into_par_iter().filter(|_| !cancel.is_cancelled());
            p_values.filter_map(|(one, other)| both(one, other)).collect()
        }
        Between::Languages { second, model, .. } => {
            let sheets = in_column.into_par_iter().filter(|sheet| sheet.model != *model);
            let p_values = sheets.filter(|_| !cancel.is_cancelled());
            p_values
                .filter_map(|sheet| p_value(ledger, met_in_both(ledger, selection, &columns, second, sheet)))
                .collect()
        }
        Between::Protocols { second, model, .. } => {
            let sheets = in_column.iter().filter(|sheet| sheet.model != *model);
            let pairs = sheets.filter_map(|sheet| both(sheet, ledger.sheet(&sheet.model, second)?));
            pairs.collect()
        }
    };
    let mut p_values = vec![comparison.p_value];
    p_values.extend(others);
    comparison.family = p_values.len();
    comparison.adjusted = holm(&p_values).first().copied().unwrap_or(comparison.p_value);
    Ok(comparison)
}

/// The sheets with answers in a column, under a protocol if one is named.
fn answered<'a>(ledger: &'a Ledger, column: &'a Column, protocol: Option<&str>) -> Vec<&'a Sheet> {
    let of_protocol = |sheet: &&Sheet| protocol.is_none_or(|protocol| sheet.protocol == protocol);
    let sheets = ledger.sheets().iter().filter(of_protocol);
    sheets
        .filter(|sheet| ledger.cell(column, sheet).is_answered())
        .collect()
}

fn sheets(
    ledger: &Ledger,
    selection: &Selection,
    asked: &[(&Column, &Sheet, &Sheet)],
    steps: &Steps,
) -> Vec<Comparison> {
    family(asked, steps, |(column, first, second)| {
        Comparison::of_sheets(ledger, selection, &[*column], first, second)
    })
}

/// The comparisons of all that is asked, adjusted for each other; none once cancelled.
fn family<T: Sync>(asked: &[T], steps: &Steps, compare: impl Fn(&T) -> Option<Comparison> + Sync) -> Vec<Comparison> {
    steps.expect(asked.len());
    let compared = asked.par_iter().map(|one| steps.step(|| compare(one)));
    let compared: Result<Vec<Option<Comparison>>, Cancelled> = compared.collect();
    let mut family: Vec<Comparison> = compared.unwrap_or_default().into_iter().flatten().collect();
    adjust(&mut family);
    family
}
