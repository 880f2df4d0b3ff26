//! The ledger: every answer of a workspace in columns, which tables, plots and filters read.
//!
//! A [`Question`] is an item as it is asked; questions are numbered from 0. A [`Sheet`] is what one model gave under one
//! protocol, by question; of several answers to one question the latest counts. A [`Column`] is the questions of one
//! task in one language, and a [`Cell`] a sheet in a column: what Compare shows as one number. A [`Selection`] narrows
//! all of them to some questions, and [`Corrections`] leave questions out or give them other right answers.

mod answers;
mod cell;
mod corrections;
mod names;
mod questions;
mod read;
mod selection;
mod sheet;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::Arc;

use polars::prelude::PlHashMap;
use rayon::iter::{IntoParallelIterator, ParallelIterator};

pub use answers::{Run, RunAnswers};
pub use cell::{Cell, Column};
pub use corrections::{Correction, Corrections};
pub use questions::Question;
pub use read::LedgerError;
pub use selection::Selection;
pub use sheet::{Given, Sheet};

use super::RunRecord;
use super::rows::AnswerRow;
use crate::benchmarks::{Benchmark, Item, ItemKey};
use crate::language::Language;
use crate::models::named;
use crate::scoring::Answer;
use answers::ReadRun;
use questions::Questions;

/// Benchmarks, what was asked of them and what was answered. Copies share all that is large.
#[derive(Debug, Clone)]
pub struct Ledger {
    benchmarks: Arc<[Arc<Benchmark>]>,
    questions: Arc<Questions>,
    /// Oldest first.
    runs: Arc<[Run]>,
    /// By benchmark, task and language.
    columns: Arc<[Column]>,
    /// By model and protocol.
    sheets: Vec<Sheet>,
    corrections: Arc<Corrections>,
    /// Whether a question counts nowhere.
    left_out: Arc<[bool]>,
    /// The right options of questions that have others than their items.
    rekeyed: Arc<PlHashMap<usize, Vec<usize>>>,
}

impl Default for Ledger {
    fn default() -> Self {
        Self::new(Vec::new(), Vec::new())
    }
}

impl Ledger {
    /// Puts the answers of `runs`, given oldest first, to the items of `benchmarks`. What was answered of a benchmark
    /// that is not here counts too; nobody can say what it was asked.
    pub fn new(benchmarks: Vec<Arc<Benchmark>>, runs: Vec<(RunRecord, Vec<Answer>)>) -> Self {
        let questions = Questions::of(&benchmarks);
        let read = runs.into_par_iter().map(|(record, answers)| {
            let rows = answers
                .iter()
                .map(|answer| Ok::<_, Infallible>(AnswerRow::from(answer)));
            let Ok(run) = ReadRun::new(record, rows, &questions, &benchmarks);
            run
        });
        let read = read.collect();
        Self::of_runs(benchmarks, questions, read)
    }

    fn of_runs(benchmarks: Vec<Arc<Benchmark>>, mut questions: Questions, read: Vec<ReadRun>) -> Self {
        // What is new in a run is numbered after what is new in those before it, however they were read.
        let runs = read.into_iter().map(|run| run.settle(&mut questions)).collect();
        let columns = cell::columns(&questions);
        let left_out = vec![false; questions.len()].into();
        let mut ledger = Self {
            benchmarks: benchmarks.into(),
            questions: Arc::new(questions),
            runs,
            columns: columns.into(),
            sheets: Vec::new(),
            corrections: Arc::default(),
            left_out,
            rekeyed: Arc::default(),
        };
        ledger.sheets = ledger.written_sheets();
        ledger
    }

    /// The ledger of one benchmark and the answers of one run after another, for who has them at hand.
    pub fn of<'a>(
        benchmarks: impl IntoIterator<Item = Benchmark>,
        runs: impl IntoIterator<Item = (&'a RunRecord, &'a [Answer])>,
    ) -> Self {
        let runs = runs.into_iter();
        Self::new(
            benchmarks.into_iter().map(Arc::new).collect(),
            runs.map(|(record, answers)| (record.clone(), answers.to_vec()))
                .collect(),
        )
    }

    /// The same ledger under `corrections`, and under no others.
    pub fn corrected(&self, corrections: Corrections) -> Self {
        let mut left_out = vec![false; self.len()];
        let mut rekeyed = PlHashMap::default();
        for (benchmark, key, correction) in corrections.iter() {
            let Some(question) = self.find(benchmark, key) else {
                continue;
            };
            match correction {
                Correction::Rekeyed(right) => _ = rekeyed.insert(question, right.clone()),
                Correction::LeftOut => {
                    if let Some(left_out) = left_out.get_mut(question) {
                        *left_out = true;
                    }
                }
            }
        }
        let mut ledger = Self {
            left_out: left_out.into(),
            rekeyed: Arc::new(rekeyed),
            corrections: Arc::new(corrections),
            ..self.clone()
        };
        ledger.sheets = ledger.written_sheets();
        ledger
    }

    /// What is corrected.
    pub fn corrections(&self) -> &Corrections {
        &self.corrections
    }

    /// How many questions there are.
    pub fn len(&self) -> usize {
        self.questions.len()
    }

    /// Whether there is no question.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The benchmarks whose items are here, in the order they were given.
    pub fn benchmarks(&self) -> &[Arc<Benchmark>] {
        &self.benchmarks
    }

    /// The question of that number.
    #[inline]
    pub fn question(&self, question: usize) -> Option<&Question> {
        self.questions.get(question)
    }

    /// The number of the question that asks an item.
    pub fn find(&self, benchmark: &str, item: &ItemKey) -> Option<usize> {
        self.questions.find(benchmark, item)
    }

    /// The item a question asks; `None` where its benchmark is not here.
    #[inline]
    pub fn item(&self, question: usize) -> Option<&Item> {
        let question = self.question(question)?;
        let benchmark = self.benchmarks.get(question.source?.0)?;
        benchmark.items().get(question.source?.1)
    }

    /// The benchmark's name and the item's key of a question, also where the benchmark is not here.
    pub fn place(&self, question: usize) -> Option<(&str, &ItemKey)> {
        let found = self.question(question)?;
        let key = match self.item(question) {
            Some(item) => &item.key,
            None => self.questions.lost_key(question)?,
        };
        Some((self.questions.benchmark(found), key))
    }

    /// The name of a question's benchmark.
    pub fn benchmark_name(&self, question: &Question) -> &str {
        self.questions.benchmark(question)
    }

    /// The name of a question's task.
    pub fn task(&self, question: &Question) -> &str {
        self.questions.task(question)
    }

    /// The language of a question.
    pub fn language(&self, question: &Question) -> Option<&Language> {
        self.questions.language(question)
    }

    /// The subject of a question, where its item names one.
    pub fn subject(&self, question: &Question) -> Option<&str> {
        self.questions.subject(question)
    }

    /// The indices of a question's right options, as corrected; `None` where nobody knows them.
    #[inline]
    pub fn right(&self, question: usize) -> Option<&[usize]> {
        match self.rekeyed.get(&question) {
            Some(right) => Some(right),
            None => Some(&self.item(question)?.right),
        }
    }

    /// Whether a question counts nowhere.
    #[inline]
    pub fn is_left_out(&self, question: usize) -> bool {
        self.left_out.get(question).copied().unwrap_or(false)
    }

    /// The questions that ask the same in other languages, itself left out.
    pub fn beside(&self, question: usize) -> impl Iterator<Item = usize> + '_ {
        let same = self
            .question(question)
            .map(|found| self.questions.parallel(found.parallel));
        same.unwrap_or_default()
            .iter()
            .map(|&other| other as usize)
            .filter(move |&other| other != question)
    }

    /// The runs, oldest first.
    pub fn runs(&self) -> &[Run] {
        &self.runs
    }

    /// Every model under every protocol, by both their names.
    pub fn sheets(&self) -> &[Sheet] {
        &self.sheets
    }

    /// What `model` gave under the protocol with this label.
    pub fn sheet(&self, model: &str, protocol: &str) -> Option<&Sheet> {
        self.sheets
            .iter()
            .find(|sheet| sheet.model == model && sheet.protocol == protocol)
    }

    /// Every task in every language, by benchmark, task and language.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// What the sheets hold in every column, by benchmark, task, language, model and protocol.
    pub fn cells(&self) -> impl Iterator<Item = Cell<'_>> {
        self.columns.iter().flat_map(move |column| {
            let cells = self.sheets.iter().map(move |sheet| Cell::new(self, column, sheet));
            cells.filter(|cell| cell.is_answered())
        })
    }

    /// The cell that these names mean, if there is such a column and such a sheet.
    pub fn cell_of(
        &self,
        benchmark: &str,
        task: &str,
        language: &Language,
        model: &str,
        protocol: &str,
    ) -> Option<Cell<'_>> {
        let is =
            |column: &&Column| column.benchmark == benchmark && column.task == task && column.language == *language;
        let column = self.columns.iter().find(is)?;
        Some(Cell::new(self, column, self.sheet(model, protocol)?))
    }

    /// The cell of a sheet in a column, whether or not anything was answered there.
    pub fn cell<'a>(&'a self, column: &'a Column, sheet: &'a Sheet) -> Cell<'a> {
        Cell::new(self, column, sheet)
    }

    /// What was given to a question in a sheet.
    #[inline]
    pub fn given(&self, sheet: &Sheet, question: usize) -> Option<Given<'_>> {
        let mark = sheet.mark(question)?;
        let run = self.runs.get(mark.run as usize)?;
        Some(Given::new(run, mark, question))
    }

    /// What every model gave to a question under the protocol with this label (any where `None`: then each model's
    /// latest), in the order of the models' names.
    pub fn answers_to(&self, question: usize, protocol: Option<&str>) -> Vec<Given<'_>> {
        let of_protocol = |sheet: &&Sheet| protocol.is_none_or(|protocol| sheet.protocol == protocol);
        // Sheets of one model stand beside each other.
        let mut latest: Vec<Given<'_>> = Vec::new();
        for sheet in self.sheets.iter().filter(of_protocol) {
            let Some(given) = self.given(sheet, question) else {
                continue;
            };
            match latest.last_mut() {
                Some(before) if before.model() == sheet.model => {
                    if given.order() > before.order() {
                        *before = given;
                    }
                }
                _ => latest.push(given),
            }
        }
        latest
    }

    fn written_sheets(&self) -> Vec<Sheet> {
        // What every sheet is made of, oldest first.
        let mut parts: BTreeMap<(&str, &str), Vec<(usize, usize)>> = BTreeMap::new();
        for (place, run) in self.runs.iter().enumerate() {
            for (model, name) in run.answers.models().iter().enumerate() {
                let part = parts.entry((name, run.label.as_str())).or_default();
                part.push((place, model));
            }
        }
        let sheets = parts.into_par_iter().map(|((name, label), parts)| {
            let mut sheet = Sheet::new(name, label, self.len(), self.columns.len());
            for (place, model) in parts {
                let Some(run) = self.runs.get(place) else { continue };
                for row in run.answers.rows_of(model) {
                    let question = run.answers.question(row);
                    let right = self.rekeyed.get(&question).map(Vec::as_slice);
                    sheet.take(place, row, question, run.answers.outcome_under(row, right));
                }
            }
            sheet.count(&self.columns);
            sheet
        });
        let mut sheets: Vec<Sheet> = sheets.collect();
        sheets.sort_by_cached_key(|sheet| (named::order(&sheet.model), sheet.protocol.clone()));
        sheets
    }
}
