//! What papers print for the same tasks. It stands beside one's own runs as hollow marks and is in no average.

use super::{Choice, Source};
use crate::language::Language;
use crate::runs::comparison::Row;
use crate::runs::published::{Figure, Mark, Published};

/// The figures for a task in a language; none where they are not to be shown.
pub fn beside(choice: &Choice, task: &str, language: &Language) -> Vec<Mark<'static>> {
    match choice.own_only {
        true => Vec::new(),
        false => Published::included().beside(task, language),
    }
}

/// What was published of a local model, from 0 to 1.
pub fn share(marks: &[Mark<'_>], model: &str) -> Option<f64> {
    let mark = marks.iter().find(|mark| mark.figure.is_of(model))?;
    Some(mark.figure.share())
}

/// One paper's model in two languages.
pub struct Pair {
    pub figure: &'static Figure,
    pub reference: f64,
    pub other: f64,
}

/// What papers print of their models on a task in both of two languages.
pub fn pairs(choice: &Choice, task: &str, reference: &Language, other: &Language) -> Vec<Pair> {
    let references = beside(choice, task, reference);
    let pair = |mark: Mark<'static>| {
        let figure = mark.figure;
        let same = |one: &&Mark<'_>| {
            let one = one.figure;
            (&one.model, &one.setting, &one.arxiv, &one.table)
                == (&figure.model, &figure.setting, &figure.arxiv, &figure.table)
        };
        let reference = references.iter().find(same)?.figure.share();
        Some(Pair {
            figure,
            reference,
            other: figure.share(),
        })
    };
    let marks = beside(choice, task, other).into_iter();
    marks
        .filter(|mark| mark.figure.setting.is_none())
        .filter_map(pair)
        .collect()
}

/// Where the figures for all that is shown come from, each with what differs from one's own runs.
pub fn sources(source: &Source<'_>, choice: &Choice, rows: &[Row]) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for column in source.ledger.columns() {
        let shown = rows
            .iter()
            .any(|row| row.task == column.task && row.language == column.language);
        if !shown {
            continue;
        }
        for mark in beside(choice, &column.task, &column.language) {
            let differs = mark.differs.join(" ");
            let line = format!("{}. {differs}", mark.figure.source());
            if !lines.contains(&line) {
                lines.push(line);
            }
        }
    }
    lines
}
