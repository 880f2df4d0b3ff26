//! Macro averages: subjects, tasks or languages that weigh the same, however many items each has.

use std::collections::BTreeMap;

use rayon::iter::{IntoParallelIterator, ParallelIterator};
use serde::Serialize;

use crate::cancel::{Cancelled, Steps};
use crate::language::Language;
use crate::models::named;
use crate::runs::ledger::{Given, Ledger, Selection};
use crate::stats::{Estimate, clustered_average, macro_average, wilson_95};

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
    protocol: &'a str,
    over: Over,
}

/// What stands in one subject, task or language: every question's number, the same in all languages, and whether the
/// answer was right.
type Group = Vec<(u32, bool)>;

/// Averages over the subjects of a task in a language, the tasks of a benchmark in a language, and the languages of a
/// task, wherever there are two or more.
///
/// None once cancelled; a step is an average.
pub fn averages(ledger: &Ledger, selection: &Selection, steps: &Steps) -> Vec<Average> {
    let mut averaged: BTreeMap<Fixed<'_>, BTreeMap<&str, Group>> = BTreeMap::new();
    for cell in ledger.cells() {
        if steps.cancel.is_cancelled() {
            return Vec::new();
        }
        let (column, sheet) = (cell.column, cell.sheet);
        let fixed = |over, task, language| Fixed {
            benchmark: &column.benchmark,
            task,
            language,
            model: &sheet.model,
            protocol: &sheet.protocol,
            over,
        };
        let (task, language) = (column.task.as_str(), &column.language);
        let mut subjects: BTreeMap<&str, Group> = BTreeMap::new();
        let mut all = Group::new();
        for given in cell.answers(selection).filter(Given::counts) {
            let Some(question) = ledger.question(given.question()) else {
                continue;
            };
            let asked = (question.parallel, given.is_right());
            all.push(asked);
            if let Some(subject) = ledger.subject(question) {
                subjects.entry(subject).or_default().push(asked);
            }
        }
        if all.is_empty() {
            continue;
        }
        let mut add = |fixed, name, group: &Group| {
            let groups = averaged.entry(fixed).or_default();
            groups.entry(name).or_default().extend(group);
        };
        for (subject, group) in &subjects {
            add(fixed(Over::Subjects, Some(task), Some(language)), *subject, group);
        }
        add(fixed(Over::Tasks, None, Some(language)), task, &all);
        add(fixed(Over::Languages, Some(task), None), language.tag(), &all);
    }
    steps.expect(averaged.len());
    let averaged: Vec<(Fixed<'_>, Vec<Group>)> = averaged
        .into_iter()
        .map(|(fixed, groups)| (fixed, groups.into_values().collect()))
        .collect();
    let averages = averaged
        .into_par_iter()
        .map(|(fixed, groups)| steps.step(|| average(fixed, &groups)));
    let averages: Result<Vec<Option<Average>>, Cancelled> = averages.collect();
    let mut averages: Vec<Average> = averages.unwrap_or_default().into_iter().flatten().collect();
    averages.sort_by_cached_key(|average| {
        let language = average.language.as_ref().map(Language::order);
        let place = (average.benchmark.clone(), average.task.clone(), language);
        (
            place,
            named::order(&average.model),
            average.protocol.clone(),
            average.over,
        )
    });
    averages
}

/// Whether every group weighs the same, or every item.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Weighing {
    #[default]
    Macro,
    Micro,
}

/// The average of tasks of a model in one language, each given as `(right, n)`, with its 95% interval: as in
/// [`averages`], or of all items at once. `None` where there is no task, or one without items.
pub fn average_of_tasks(tasks: &[(usize, usize)], weighing: Weighing) -> Option<Estimate> {
    match weighing {
        Weighing::Macro => macro_average(tasks),
        Weighing::Micro => {
            let right = tasks.iter().map(|(right, _)| right).sum();
            let n = tasks.iter().map(|(_, n)| n).sum();
            let interval = wilson_95(right, n)?;
            let value = right as f64 / n as f64;
            tasks
                .iter()
                .all(|(_, n)| *n > 0)
                .then_some(Estimate { value, interval })
        }
    }
}

fn average(fixed: Fixed<'_>, groups: &[Group]) -> Option<Average> {
    if groups.len() < 2 {
        return None;
    }
    let count = |group: &Group| (group.iter().filter(|(_, right)| *right).count(), group.len());
    let counted: Vec<(usize, usize)> = groups.iter().map(count).collect();
    let found = match fixed.over {
        Over::Languages => clustered_average(groups)?,
        Over::Subjects | Over::Tasks => average_of_tasks(&counted, Weighing::Macro)?,
    };
    let n: usize = counted.iter().map(|(_, n)| n).sum();
    let right: usize = counted.iter().map(|(right, _)| right).sum();
    Some(Average {
        model: fixed.model.to_owned(),
        benchmark: fixed.benchmark.to_owned(),
        task: fixed.task.map(str::to_owned),
        language: fixed.language.cloned(),
        protocol: fixed.protocol.to_owned(),
        over: fixed.over,
        groups: groups.len(),
        n,
        macro_average: found.value,
        low: found.interval.low,
        high: found.interval.high,
        micro_average: right as f64 / n as f64,
    })
}
