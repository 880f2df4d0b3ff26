//! A run cut into what other harnesses call a task: one exam of one benchmark in one language.

use std::collections::HashSet;

use crate::language::Language;
use crate::scoring::Answer;

/// A run's time as other harnesses have it in the names of their files.
pub(super) fn file_time(created: &str) -> String {
    created.trim_end_matches('Z').replace(':', "-")
}

/// The answers of one model to one exam in one language.
#[derive(Debug)]
pub(super) struct Part<'a> {
    /// Good as part of a file's name, and no other part's of this model.
    pub name: String,
    pub benchmark: &'a str,
    pub task: &'a str,
    pub language: &'a Language,
    /// In the run's order.
    pub answers: Vec<&'a Answer>,
}

impl Part<'_> {
    /// What people read.
    pub fn title(&self) -> String {
        let Self {
            benchmark,
            task,
            language,
            ..
        } = self;
        match benchmark == task {
            true => format!("{task} ({language})"),
            false => format!("{benchmark}: {task} ({language})"),
        }
    }
}

/// The parts that `model` answered, in the run's order.
pub(super) fn parts<'a>(answers: &'a [Answer], model: &str) -> Vec<Part<'a>> {
    let mut parts: Vec<Part<'a>> = Vec::new();
    let mut names = HashSet::new();
    for answer in answers.iter().filter(|answer| answer.model == model) {
        let (benchmark, task, language) = (&*answer.benchmark, &*answer.task, &answer.item.language);
        let of = |part: &&mut Part<'_>| (part.benchmark, part.task, part.language) == (benchmark, task, language);
        // The plan keeps a part together, so it is the last one or a new one; a journal cut by hand may differ.
        if let Some(part) = parts.iter_mut().rev().find(of) {
            part.answers.push(answer);
            continue;
        }
        let exam = match benchmark == task {
            true => task.to_owned(),
            false => format!("{benchmark}_{task}"),
        };
        parts.push(Part {
            name: unused(&mut names, &file_part(&format!("{exam}_{language}"))),
            benchmark,
            task,
            language,
            answers: vec![answer],
        });
    }
    parts
}

/// What any file system takes, in which `_` parts words: lm-evaluation-harness's readers find a task between the first
/// and the last one.
pub(super) fn file_part(name: &str) -> String {
    let safe = |character: char| if character.is_alphanumeric() { character } else { '_' };
    name.chars().map(safe).collect()
}

fn unused(names: &mut HashSet<String>, wanted: &str) -> String {
    let numbered = (2..).map(|number| format!("{wanted}_{number}"));
    let mut candidates = std::iter::once(wanted.to_owned()).chain(numbered);
    candidates.find(|name| names.insert(name.clone())).unwrap_or_default()
}
