//! The language gap of one task.

use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};

use super::published::{self, Pair};
use super::{Choice, Source, target, task_name};
use crate::charts::gap::{Gap, GapRow, Paired};
use crate::charts::target::{Against, Target};
use crate::language::Language;
use crate::runs::ledger::{Column, Sheet};
use crate::runs::paired::{self, Comparison, Verdict};

/// Every model in every other language of the chosen task beside English, on the questions of both.
pub fn gap(source: &Source<'_>, choice: &Choice) -> Gap {
    let task = task_name(source.ledger, &choice.benchmark, &choice.task);
    let compared = compared(source, choice);
    let reference = compared.first().map(|compared| compared.reference.clone());
    let mut languages: Vec<&Language> = compared.iter().map(|compared| &compared.language).collect();
    languages.dedup();
    let printed: Vec<(&Language, Pair)> = languages
        .into_iter()
        .flat_map(|language| {
            let pairs = reference
                .iter()
                .flat_map(move |reference| published::pairs(choice, &choice.task, reference, language));
            pairs.map(move |pair| (language, pair))
        })
        .collect();
    let own = |pair: &Pair| compared.iter().any(|compared| pair.figure.is_of(&compared.model));
    let others = printed.iter().filter(|(_, pair)| !own(pair));
    let rows = compared.iter().map(|compared| {
        let mut printed = printed.iter();
        let same = |(language, pair): &&(&Language, Pair)| {
            **language == compared.language && pair.figure.is_of(&compared.model)
        };
        row(compared, printed.find(same).map(|(_, pair)| pair))
    });
    Gap {
        task,
        reference: reference.clone(),
        rows: rows
            .chain(others.map(|(language, pair)| printed_row(language, pair)))
            .collect(),
    }
}

/// The row of a model of which only published figures are known.
fn printed_row(language: &Language, pair: &Pair) -> GapRow {
    GapRow {
        model: pair.figure.model.clone(),
        language: language.clone(),
        reference: pair.reference,
        other: pair.other,
        difference: pair.other - pair.reference,
        paired: None,
        published: None,
        source: pair.figure.source(),
        target: None,
    }
}

/// What the gaps say in sentences; those that are too few to tell are counted.
pub fn comparisons(source: &Source<'_>, choice: &Choice) -> Vec<Comparison> {
    compared(source, choice)
        .into_iter()
        .map(|compared| compared.comparison)
        .collect()
}

struct Compared {
    language: Language,
    reference: Language,
    model: String,
    benchmark: String,
    task: String,
    comparison: Comparison,
}

/// One family: the p-values of all that the figure shows are adjusted for each other.
fn compared(source: &Source<'_>, choice: &Choice) -> Vec<Compared> {
    let columns = || {
        let columns = source.ledger.columns().iter();
        columns.filter(|column| choice.is_of(&column.benchmark, &column.task))
    };
    let is_reference = |column: &Column| column.language.is_english();
    let Some(reference) = columns().find(|column| is_reference(column)) else {
        return Vec::new();
    };
    let sheets = || {
        source
            .ledger
            .sheets()
            .iter()
            .filter(|sheet| sheet.protocol == choice.protocol && choice.has(&sheet.model))
    };
    let asked: Vec<(&Column, &Sheet)> = columns()
        .filter(|column| !is_reference(column))
        .flat_map(|column| sheets().map(move |sheet| (column, sheet)))
        .filter(|(column, sheet)| source.ledger.cell(column, sheet).is_answered())
        .collect();
    let found = asked.par_iter().filter_map(|(column, sheet)| {
        let language = &reference.language;
        let found = Comparison::of_languages(source.ledger, source.selection, &[*column], language, sheet);
        found.map(|comparison| ((*column, *sheet), comparison))
    });
    let (asked, mut family): (Vec<_>, Vec<Comparison>) = found.unzip();
    paired::adjust(&mut family);
    let rows = asked.into_iter().zip(family);
    rows.map(|((column, sheet), comparison)| Compared {
        language: column.language.clone(),
        reference: reference.language.clone(),
        model: sheet.model.clone(),
        benchmark: column.benchmark.clone(),
        task: column.task.clone(),
        comparison,
    })
    .collect()
}

fn row(compared: &Compared, printed: Option<&Pair>) -> GapRow {
    let Compared {
        language,
        model,
        benchmark,
        task,
        comparison,
        ..
    } = compared;
    GapRow {
        model: model.clone(),
        language: language.clone(),
        reference: comparison.second_accuracy(),
        other: comparison.first_accuracy(),
        difference: comparison.difference(),
        paired: Some(Paired {
            interval: comparison
                .estimate
                .map(|estimate| (estimate.interval.low, estimate.interval.high)),
            n: comparison.pairs.n(),
            too_few: comparison.verdict() == Verdict::TooFew,
            stands: comparison.stands(),
            sentence: comparison.sentence(),
            stands_on: comparison.stands_on(),
        }),
        published: printed.map(|pair| (pair.reference, pair.other)),
        source: String::new(),
        target: Some(Target {
            against: Some(Against::Language(compared.reference.clone())),
            ..target(model, benchmark, task, language)
        }),
    }
}
