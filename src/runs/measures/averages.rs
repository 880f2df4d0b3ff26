//! Macro averages: subjects, tasks or languages that weigh the same, however many items each has.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Items, counts};
use crate::language::Language;
use crate::runs::RunRecord;
use crate::runs::latest::latest;
use crate::scoring::{Answer, Outcome};
use crate::stats::{clustered_average, macro_average};

/// What is averaged over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Over {
    Languages,
    Subjects,
    Tasks,
}

impl Over {
    /// The word shown for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Languages => "languages",
            Self::Subjects => "subjects",
            Self::Tasks => "tasks",
        }
    }
}

/// One macro average, with the micro average over the same items beside it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Average {
    pub model: String,
    pub benchmark: String,
    /// Absent where tasks are averaged over.
    pub task: Option<String>,
    /// Absent where languages are averaged over.
    pub language: Option<Language>,
    pub protocol: String,
    pub over: Over,
    /// How many subjects, tasks or languages.
    pub groups: usize,
    /// Items that count, of all groups together.
    pub n: usize,
    /// The mean of the groups' accuracies, from 0 to 1.
    pub macro_average: f64,
    /// Lower end of its 95% interval: [`macro_average`], or [`clustered_average`] by question over languages.
    pub low: f64,
    /// Upper end of its 95% interval.
    pub high: f64,
    /// The accuracy over all items at once, from 0 to 1.
    pub micro_average: f64,
}

/// What stands the same in all of an average's groups.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Fixed<'a> {
    benchmark: &'a str,
    task: Option<&'a str>,
    language: Option<&'a Language>,
    model: &'a str,
    protocol: String,
    over: Over,
}

/// What stands in one subject, task or language: every question's name and whether the answer was right.
type Group<'a> = Vec<(&'a str, bool)>;

/// Averages over the subjects of a task in a language, the tasks of a benchmark in a language, and the languages of a
/// task, wherever there are two or more. `runs` are given oldest first.
pub fn averages<'a>(runs: impl IntoIterator<Item = (&'a RunRecord, &'a [Answer])>, items: &Items<'a>) -> Vec<Average> {
    let mut averaged: BTreeMap<Fixed<'a>, BTreeMap<&'a str, Group<'a>>> = BTreeMap::new();
    for (cell, answers) in latest(runs) {
        for answer in answers.into_values().filter(|answer| counts(answer)) {
            let item = items.of(answer);
            let subject = item.and_then(|item| item.subject.as_deref());
            let parallel = item.and_then(|item| item.parallel.as_deref());
            let asked = (parallel.unwrap_or(&answer.item.id), answer.outcome == Outcome::Right);
            let groups = [
                (Over::Subjects, Some(cell.task), Some(cell.language), subject),
                (Over::Tasks, None, Some(cell.language), Some(cell.task)),
                (Over::Languages, Some(cell.task), None, Some(cell.language.tag())),
            ];
            for (over, task, language, group) in groups {
                let Some(group) = group else { continue };
                let fixed = Fixed {
                    benchmark: cell.benchmark,
                    task,
                    language,
                    model: cell.model,
                    protocol: cell.protocol.clone(),
                    over,
                };
                averaged.entry(fixed).or_default().entry(group).or_default().push(asked);
            }
        }
    }
    let averaged = averaged.into_iter();
    averaged
        .filter_map(|(fixed, groups)| average(fixed, &groups.into_values().collect::<Vec<_>>()))
        .collect()
}

fn average(fixed: Fixed<'_>, groups: &[Group<'_>]) -> Option<Average> {
    if groups.len() < 2 {
        return None;
    }
    let count = |group: &Group<'_>| (group.iter().filter(|(_, right)| *right).count(), group.len());
    let counted: Vec<(usize, usize)> = groups.iter().map(count).collect();
    let found = match fixed.over {
        Over::Languages => clustered_average(groups)?,
        Over::Subjects | Over::Tasks => macro_average(&counted)?,
    };
    let n: usize = counted.iter().map(|(_, n)| n).sum();
    let right: usize = counted.iter().map(|(right, _)| right).sum();
    Some(Average {
        model: fixed.model.to_owned(),
        benchmark: fixed.benchmark.to_owned(),
        task: fixed.task.map(str::to_owned),
        language: fixed.language.cloned(),
        protocol: fixed.protocol,
        over: fixed.over,
        groups: groups.len(),
        n,
        macro_average: found.value,
        low: found.interval.low,
        high: found.interval.high,
        micro_average: right as f64 / n as f64,
    })
}
