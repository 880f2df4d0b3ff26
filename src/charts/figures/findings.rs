//! What a task's numbers say in sentences: models beside the baseline or the best, and languages beside English.

use super::{Choice, Source, gap};
use crate::cancel::Steps;
use crate::quantities::counted;
use crate::runs::ledger::{Column, Given};
use crate::runs::paired::{Comparison, Verdict, models_beside};
use crate::text::isolate::isolate;

/// Findings of one kind, their p-values adjusted for each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Findings {
    pub title: String,
    pub sentences: Vec<String>,
}

/// What is found on the chosen task; kinds of which nothing is compared are left out.
pub fn findings(source: &Source<'_>, choice: &Choice) -> Vec<Findings> {
    let models = baseline(source, choice).and_then(|(baseline, is_best)| {
        let what = format!("of a model with {}", isolate(&baseline));
        let best = if is_best { ", the highest on average" } else { "" };
        let title = format!("Models beside {}{best}", isolate(&baseline));
        told(title, differences(source, choice, &baseline), &what)
    });
    let languages = told(
        "Languages beside English".to_owned(),
        gap::comparisons(source, choice),
        "of a language with English",
    );
    models.into_iter().chain(languages).collect()
}

/// The chosen baseline, or the model with the highest mean accuracy over the task's languages among those that
/// answered in most of them; and whether it is that.
fn baseline(source: &Source<'_>, choice: &Choice) -> Option<(String, bool)> {
    let ledger = source.ledger;
    let sheets = ledger.sheets().iter();
    let sheets = sheets.filter(|sheet| sheet.protocol == choice.protocol && choice.has(&sheet.model));
    let means = sheets.filter_map(|sheet| {
        let shares: Vec<f64> = columns(source, choice)
            .filter_map(|column| {
                let answers = ledger.cell(column, sheet).answers(source.selection);
                let counted: Vec<bool> = answers.filter(Given::counts).map(|given| given.is_right()).collect();
                let right = counted.iter().filter(|right| **right).count();
                (!counted.is_empty()).then(|| right as f64 / counted.len() as f64)
            })
            .collect();
        let mean = shares.iter().sum::<f64>() / shares.len() as f64;
        (!shares.is_empty()).then_some((sheet, shares.len(), mean))
    });
    let means: Vec<_> = means.collect();
    let chosen = choice.baseline.as_ref();
    if let Some(chosen) = chosen.filter(|chosen| means.iter().any(|(sheet, ..)| sheet.model == **chosen)) {
        return Some((chosen.clone(), false));
    }
    let best = means
        .into_iter()
        .max_by(|(_, one, mean), (_, other, other_mean)| one.cmp(other).then(mean.total_cmp(other_mean)));
    best.map(|(sheet, ..)| (sheet.model.clone(), true))
}

fn columns<'a>(source: &Source<'a>, choice: &'a Choice) -> impl Iterator<Item = &'a Column> {
    let columns = source.ledger.columns().iter();
    columns.filter(|column| choice.is_of(&column.benchmark, &column.task))
}

fn differences(source: &Source<'_>, choice: &Choice, baseline: &str) -> Vec<Comparison> {
    let columns: Vec<&Column> = columns(source, choice).collect();
    let (ledger, selection) = (source.ledger, source.selection);
    let protocol = Some(choice.protocol.as_str());
    models_beside(ledger, selection, &columns, protocol, baseline, &Steps::default())
}

/// The largest differences first; those that are left open are counted.
fn told(title: String, mut comparisons: Vec<Comparison>, what: &str) -> Option<Findings> {
    if comparisons.is_empty() {
        return None;
    }
    let of_all = comparisons.len();
    comparisons.retain(|comparison| comparison.verdict() != Verdict::TooFew);
    let untold = of_all - comparisons.len();
    let size = |comparison: &Comparison| comparison.difference().abs();
    comparisons.sort_by(|one, other| size(other).total_cmp(&size(one)));
    let mut sentences: Vec<String> = comparisons.iter().map(Comparison::sentence).collect();
    if untold > 0 {
        let noun = if sentences.is_empty() {
            "comparison"
        } else {
            "other comparison"
        };
        sentences.push(format!("No difference is told in {} {what}.", counted(untold, noun)));
    }
    Some(Findings { title, sentences })
}
