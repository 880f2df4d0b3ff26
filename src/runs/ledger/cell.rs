//! Columns and cells: a task in a language, and what one sheet holds there.

use std::collections::BTreeMap;

use super::questions::Questions;
use super::{Given, Ledger, Selection, Sheet};
use crate::language::Language;

/// The questions of one task in one language.
#[derive(Debug, Clone)]
pub struct Column {
    pub benchmark: String,
    pub task: String,
    pub language: Language,
    place: usize,
    questions: Vec<u32>,
}

impl Column {
    /// Their numbers, in the benchmark's order.
    pub fn questions(&self) -> impl Iterator<Item = usize> + '_ {
        self.questions.iter().map(|&question| question as usize)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.questions.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.questions.is_empty()
    }
}

/// All columns, by benchmark, task and language.
pub(super) fn columns(questions: &Questions) -> Vec<Column> {
    let mut numbered: BTreeMap<(u32, u32, u32), Vec<u32>> = BTreeMap::new();
    for (number, question) in questions.iter().enumerate() {
        let column = (question.benchmark, question.task, question.language);
        numbered.entry(column).or_default().push(number as u32);
    }
    let mut columns: Vec<Column> = numbered
        .into_values()
        .filter_map(|numbers| {
            let first = questions.get(*numbers.first()? as usize)?;
            Some(Column {
                benchmark: questions.benchmark(first).to_owned(),
                task: questions.task(first).to_owned(),
                language: questions.language(first)?.clone(),
                place: 0,
                questions: numbers,
            })
        })
        .collect();
    let name = |column: &Column| {
        let language = (column.language.order(), column.language.clone());
        (column.benchmark.clone(), column.task.clone(), language)
    };
    columns.sort_by_cached_key(name);
    for (place, column) in columns.iter_mut().enumerate() {
        column.place = place;
    }
    columns
}

/// What one sheet holds in one column.
#[derive(Debug, Clone, Copy)]
pub struct Cell<'a> {
    ledger: &'a Ledger,
    pub column: &'a Column,
    pub sheet: &'a Sheet,
}

impl<'a> Cell<'a> {
    pub(super) fn new(ledger: &'a Ledger, column: &'a Column, sheet: &'a Sheet) -> Self {
        Self { ledger, column, sheet }
    }

    /// Whether any of its questions was asked.
    pub fn is_answered(&self) -> bool {
        self.sheet.answered(self.column.place) > 0
    }

    /// The answers to the questions of a selection, in the benchmark's order. Questions that are left out are not among
    /// them; answers that failed are.
    pub fn answers(&self, selection: &'a Selection) -> impl Iterator<Item = Given<'a>> + use<'a> {
        let Self { ledger, column, sheet } = *self;
        let questions = column.questions().filter(|&question| selection.contains(question));
        let counted = questions.filter(|&question| !ledger.is_left_out(question));
        counted.filter_map(|question| ledger.given(sheet, question))
    }

    /// How many answers to the questions of a selection do not count because their question is left out.
    pub fn left_out(&self, selection: &Selection) -> usize {
        let questions = self.column.questions().filter(|&question| selection.contains(question));
        let answered = questions.filter(|&question| self.sheet.outcome(question).is_some());
        answered.filter(|&question| self.ledger.is_left_out(question)).count()
    }
}
