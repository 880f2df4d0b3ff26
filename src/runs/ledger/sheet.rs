//! A sheet: what one model gave under one protocol, and what can be asked of one answer.

use super::answers::Run;
use super::cell::Column;
use crate::benchmarks::Item;
use crate::runs::RunRecord;
use crate::scoring::{Outcome, Reply, likelihood};

/// What one model gave under one protocol.
#[derive(Debug, Clone)]
pub struct Sheet {
    pub model: String,
    /// [`crate::prompts::Protocol::label`].
    pub protocol: String,
    /// By question.
    marks: Vec<Option<Mark>>,
    /// By column.
    answered: Vec<u32>,
}

/// The answer that counts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mark {
    pub(super) run: u32,
    pub(super) row: u32,
    /// Under the ledger's corrections.
    pub(super) outcome: Outcome,
}

impl Sheet {
    pub(super) fn new(model: &str, protocol: &str, questions: usize, columns: usize) -> Self {
        Self {
            model: model.to_owned(),
            protocol: protocol.to_owned(),
            marks: vec![None; questions],
            answered: vec![0; columns],
        }
    }

    /// Takes an answer newer than those before. A later failure says nothing about the model; what it answered before
    /// still stands.
    pub(super) fn take(&mut self, run: usize, row: usize, question: usize, outcome: Outcome) {
        if let Some(mark) = self.marks.get_mut(question)
            && (outcome != Outcome::Failed || mark.is_none())
        {
            *mark = Some(Mark {
                run: run as u32,
                row: row as u32,
                outcome,
            });
        }
    }

    pub(super) fn count(&mut self, columns: &[Column]) {
        let answered = |column: &Column| {
            column
                .questions()
                .filter(|&question| self.mark(question).is_some())
                .count()
        };
        self.answered = columns.iter().map(|column| answered(column) as u32).collect();
    }

    pub(super) fn mark(&self, question: usize) -> Option<Mark> {
        self.marks.get(question).copied().flatten()
    }

    /// What came of a question; `None` where it was not asked.
    pub fn outcome(&self, question: usize) -> Option<Outcome> {
        self.mark(question).map(|mark| mark.outcome)
    }

    pub(super) fn answered(&self, column: usize) -> usize {
        self.answered.get(column).map_or(0, |&answered| answered as usize)
    }
}

/// What one model gave to one question.
#[derive(Debug, Clone, Copy)]
pub struct Given<'a> {
    run: &'a Run,
    mark: Mark,
    question: usize,
}

impl<'a> Given<'a> {
    pub(super) fn new(run: &'a Run, mark: Mark, question: usize) -> Self {
        Self { run, mark, question }
    }

    /// Larger for what was given later.
    pub(super) fn order(&self) -> (u32, u32) {
        (self.mark.run, self.mark.row)
    }

    /// Whether it was given after another.
    pub fn is_later_than(&self, other: &Self) -> bool {
        self.order() > other.order()
    }

    fn row(&self) -> usize {
        self.mark.row as usize
    }

    /// The run it belongs to.
    pub fn run(&self) -> &'a RunRecord {
        &self.run.record
    }

    /// The label of the protocol it was asked under.
    pub fn protocol(&self) -> &'a str {
        &self.run.label
    }

    /// The model's name.
    pub fn model(&self) -> &'a str {
        self.run.answers.model_of(self.row())
    }

    /// The number of its question.
    pub fn question(&self) -> usize {
        self.question
    }

    /// What came of it, as corrected.
    pub fn outcome(&self) -> Outcome {
        self.mark.outcome
    }

    /// Whether it counts at all: a failed answer says nothing about the model.
    pub fn counts(&self) -> bool {
        self.mark.outcome != Outcome::Failed
    }

    /// Whether it is right; only meaningful where it counts.
    pub fn is_right(&self) -> bool {
        self.mark.outcome == Outcome::Right
    }

    /// Indices of the chosen options, from 0.
    pub fn choices(&self) -> &'a [usize] {
        self.run.answers.choices(self.row())
    }

    /// Natural-log probability of every option, undivided; empty where none was scored.
    pub fn log_probabilities(&self) -> &'a [f64] {
        self.run.answers.log_probabilities(self.row())
    }

    /// The probabilities of the options of its `item` among each other (they add up to 1), by the protocol's measure.
    pub fn probabilities(&self, item: &Item) -> Vec<f64> {
        let by = self.run.record.protocol.scoring.normalisation();
        let tokens = self.run.answers.option_tokens(self.row());
        likelihood::probabilities(self.log_probabilities(), by, &item.options, tokens)
    }

    /// The highest of those probabilities.
    pub fn confidence(&self) -> Option<f32> {
        self.run.answers.confidence(self.row())
    }

    /// How far the highest of those probabilities is from the next.
    pub fn margin(&self) -> Option<f32> {
        self.run.answers.margin(self.row())
    }

    /// Tokens of the prompt.
    pub fn prompt_tokens(&self) -> usize {
        self.run.answers.prompt_tokens(self.row())
    }

    /// Tokens the model wrote.
    pub fn written_tokens(&self) -> usize {
        self.reply().map_or(0, |reply| reply.tokens)
    }

    /// How long it took.
    pub fn seconds(&self) -> f64 {
        self.run.answers.seconds_of(self.row())
    }

    /// What the model wrote.
    pub fn reply(&self) -> Option<&'a Reply> {
        self.run.answers.reply(self.row())
    }

    /// Why it failed.
    pub fn error(&self) -> Option<&'a str> {
        self.run.answers.error(self.row())
    }
}
