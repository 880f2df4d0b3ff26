//! Every plot from the answers of a workspace: what the window shows and the command line writes.

mod bars;
mod basis;
mod costs;
mod findings;
mod fragility;
mod gap;
mod published;
mod reliability;
mod subjects;

use std::collections::BTreeMap;

pub use basis::caption;
pub use findings::{Findings, findings};

use super::colour::{FEW, Look, looks};
use super::scatter::Across;
use super::target::Target;
use super::{Chart, Kind, Measured};
use crate::language::Language;
use crate::runs::comparison::{self, Row};
use crate::runs::ledger::{Ledger, Selection};
use crate::slices::Slice;
use crate::text::isolate::isolate;

/// What figures are made from.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    pub ledger: &'a Ledger,
    pub selection: &'a Selection,
    /// How many weights models have, by the names answers carry.
    pub sizes: &'a BTreeMap<String, u64>,
    /// What the selection is of, where it is not everything.
    pub slice: Option<&'a Slice>,
}

/// What of it is shown.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Choice {
    /// The label of a protocol.
    pub protocol: String,
    pub benchmark: String,
    pub task: String,
    pub across: Across,
    /// Only these, where there are any.
    pub models: Vec<String>,
    /// Where a figure has room for one model, or few languages: these.
    pub model: String,
    pub language: Option<Language>,
    /// Leaves out what others published.
    pub own_only: bool,
    /// The model that findings measure others by; the best one where there is none.
    pub baseline: Option<String>,
}

/// Makes a plot. It is empty where there is nothing to show.
pub fn make(kind: Kind, source: &Source<'_>, choice: &Choice) -> Box<dyn Chart> {
    match kind {
        Kind::Bars => Box::new(bars::bars(source, choice)),
        Kind::Scatter => Box::new(costs::scatter(source, choice)),
        Kind::Flips => Box::new(fragility::flips(source, choice)),
        Kind::Gap => Box::new(gap::gap(source, choice)),
        Kind::Calibration => Box::new(reliability::reliability(source, choice)),
        Kind::Subjects => Box::new(subjects::subjects(source, choice)),
    }
}

/// Where the published figures come from that stand beside one's own.
pub fn sources(source: &Source<'_>, choice: &Choice) -> Vec<String> {
    let mut rows = comparison::compare(source.ledger, source.selection);
    rows.retain(|row| row.protocol == choice.protocol);
    published::sources(source, choice, &rows)
}

impl Choice {
    /// The first of everything: the protocol that the window shows ([`comparison::protocols`]), and its first task.
    pub fn first(rows: &[Row]) -> Self {
        let protocol = comparison::protocols(rows).into_iter().next().unwrap_or_default();
        let first = rows.iter().find(|row| row.protocol == protocol);
        Self {
            benchmark: first.map_or_else(String::new, |row| row.benchmark.clone()),
            task: first.map_or_else(String::new, |row| row.task.clone()),
            protocol,
            ..Self::default()
        }
    }

    fn is_of(&self, benchmark: &str, task: &str) -> bool {
        self.benchmark == benchmark && self.task == task
    }

    fn has(&self, model: &str) -> bool {
        self.models.is_empty() || self.models.iter().any(|chosen| chosen == model)
    }
}

/// What a task is called, its name as it is written; where `several` benchmarks are compared the name of its own
/// stands before it.
pub fn task_title(benchmark: &str, task: &str, several: bool) -> String {
    match several && benchmark != task {
        true => format!("{}: {}", isolate(benchmark), isolate(task)),
        false => task.to_owned(),
    }
}

fn task_name(ledger: &Ledger, benchmark: &str, task: &str) -> String {
    let several = ledger.columns().iter().any(|column| column.benchmark != benchmark);
    task_title(benchmark, task, several)
}

/// The different ones of some values, in their order.
fn distinct<T: Ord + Clone>(values: impl Iterator<Item = T>) -> Vec<T> {
    let mut values: Vec<T> = values.collect();
    values.sort();
    values.dedup();
    values
}

/// English first, then Arabic, then by name: the two languages of the papers lead.
fn languages(values: impl Iterator<Item = Language>) -> Vec<Language> {
    let mut languages = distinct(values);
    languages.sort_by_key(Language::order);
    languages
}

/// The languages that a figure with room for a few shows.
struct Shown {
    languages: Vec<Language>,
    /// Of how many.
    of: usize,
}

impl Shown {
    /// All of them where they are few; else English and the chosen one, or the one after English.
    fn new(values: impl Iterator<Item = Language>, choice: &Choice) -> Self {
        let mut shown = languages(values);
        let of = shown.len();
        if of > FEW {
            let chosen = shown
                .iter()
                .position(|language| Some(language) == choice.language.as_ref());
            let chosen = chosen.filter(|place| *place > 0).unwrap_or(1);
            shown.swap(1, chosen);
            shown.truncate(2);
        }
        Self { languages: shown, of }
    }

    /// What a figure is of, with how many languages it shows where that is not all.
    fn note(&self, of: &str) -> String {
        match self.languages.len() {
            shown if shown < self.of => format!("{of}; {shown} of {} languages", self.of),
            _ => of.to_owned(),
        }
    }
}

/// The looks of a few languages.
fn of_languages(languages: &[Language]) -> Vec<(Look, String)> {
    let named = |(language, look): (Language, Look)| (look, language.english_name().to_owned());
    looks(languages).into_iter().map(named).collect()
}

/// The looks of models where these have the colours.
fn of_models(models: &[String]) -> Vec<(Look, String)> {
    let models = models.iter().enumerate();
    models
        .map(|(place, model)| (Look::of_model(place), model.clone()))
        .collect()
}

fn measured(row: &Row) -> Option<Measured> {
    Some(Measured {
        value: row.accuracy?,
        low: row.low?,
        high: row.high?,
        n: row.n,
    })
}

fn target(model: &str, benchmark: &str, task: &str, language: &Language) -> Target {
    Target {
        model: model.to_owned(),
        benchmark: benchmark.to_owned(),
        task: task.to_owned(),
        language: Some(language.clone()),
        ..Target::default()
    }
}

#[cfg(test)]
mod tests;
