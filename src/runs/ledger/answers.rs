//! The answers of one run in columns.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::corrections;
use super::names::Names;
use super::questions::{Ids, Questions};
use crate::benchmarks::{Benchmark, Item, ItemKey};
use crate::engine::endpoint::Usage;
use crate::language::Language;
use crate::prompts::Protocol;
use crate::runs::rows::AnswerRow;
use crate::runs::{RunRecord, spending};
use crate::scoring::{Outcome, Reply, likelihood};

/// A run with what came of it.
#[derive(Debug, Clone)]
pub struct Run {
    pub record: RunRecord,
    pub answers: RunAnswers,
    /// [`crate::prompts::Protocol::label`] of its protocol.
    pub label: String,
}

/// An answer's question that no benchmark here has.
#[derive(Debug)]
struct Lost {
    row: usize,
    benchmark: String,
    task: String,
    key: ItemKey,
}

/// A run whose answers are in columns, but for those to questions that no benchmark here has: these get their numbers
/// once all runs are read, one run after another.
#[derive(Debug)]
pub(super) struct ReadRun {
    run: Run,
    lost: Vec<Lost>,
}

impl ReadRun {
    pub(super) fn new<'a, E>(
        record: RunRecord,
        rows: impl Iterator<Item = Result<AnswerRow<'a>, E>>,
        questions: &Questions,
        benchmarks: &[Arc<Benchmark>],
    ) -> Result<Self, E> {
        let mut answers = RunAnswers::with_room_for(rows.size_hint().0);
        let mut lost = Vec::new();
        // Rows of one benchmark and language mostly follow each other.
        let mut last: Option<(String, Language, Option<&Ids>)> = None;
        for row in rows {
            let row = row?;
            if !matches!(&last, Some((benchmark, language, _)) if benchmark == row.benchmark && language == row.language)
            {
                let ids = questions.ids(row.benchmark, row.language);
                last = Some((row.benchmark.to_owned(), row.language.clone(), ids));
            }
            let ids = last.as_ref().and_then(|(_, _, ids)| *ids);
            let question = ids.and_then(|ids| ids.get(row.id)).copied();
            if question.is_none() {
                lost.push(Lost {
                    row: answers.len(),
                    benchmark: row.benchmark.to_owned(),
                    task: row.task.to_owned(),
                    key: row.key(),
                });
            }
            let source = question.and_then(|question| questions.get(question as usize)?.source);
            let item = source.and_then(|(benchmark, item)| benchmarks.get(benchmark)?.items().get(item));
            answers.push(row, question.unwrap_or(u32::MAX), item, &record.protocol);
        }
        let label = record.protocol.label();
        Ok(Self {
            run: Run { record, answers, label },
            lost,
        })
    }

    /// Numbers the questions that are not here.
    pub(super) fn settle(mut self, questions: &mut Questions) -> Run {
        for lost in self.lost {
            let number = questions.asked(&lost.benchmark, &lost.task, &lost.key);
            if let Some(question) = self.run.answers.question.get_mut(lost.row) {
                *question = number;
            }
        }
        self.run
    }
}

/// Answers by row, one column for each thing that is known of them.
#[derive(Debug, Clone, Default)]
pub struct RunAnswers {
    models: Names<String>,
    model: Vec<u32>,
    question: Vec<u32>,
    outcomes: Vec<Outcome>,
    choices: Lists<usize>,
    log_probabilities: Lists<f64>,
    option_tokens: Lists<usize>,
    /// The probability of the choice among the options, by the protocol's measure; not a number where there is none.
    confidence: Vec<f32>,
    /// How far it is from the next likely option.
    margin: Vec<f32>,
    prompt_tokens: Vec<u32>,
    seconds: Vec<f64>,
    // What most answers do not have, by row.
    usage: BTreeMap<u32, Usage>,
    replies: BTreeMap<u32, Reply>,
    errors: BTreeMap<u32, String>,
}

/// So many options most items have.
const OPTIONS: usize = 4;

impl RunAnswers {
    fn with_room_for(answers: usize) -> Self {
        Self {
            model: Vec::with_capacity(answers),
            question: Vec::with_capacity(answers),
            outcomes: Vec::with_capacity(answers),
            choices: Lists::with_room_for(answers, answers),
            log_probabilities: Lists::with_room_for(answers, answers * OPTIONS),
            option_tokens: Lists::with_room_for(answers, answers * OPTIONS),
            confidence: Vec::with_capacity(answers),
            margin: Vec::with_capacity(answers),
            prompt_tokens: Vec::with_capacity(answers),
            seconds: Vec::with_capacity(answers),
            ..Self::default()
        }
    }

    fn push(&mut self, answer: AnswerRow<'_>, question: u32, item: Option<&Item>, protocol: &Protocol) {
        let row = self.model.len() as u32;
        let model = match self.model.last() {
            Some(&last) if self.models.name(last).is_some_and(|name| name == answer.model) => last,
            _ => self.models.number(answer.model),
        };
        self.model.push(model);
        self.question.push(question);
        self.outcomes.push(answer.outcome);
        self.choices.push(answer.choices);
        self.log_probabilities.push(answer.log_probabilities);
        self.option_tokens.push(answer.option_tokens);
        let (confidence, margin) = likelihood::lead(answer.log_probabilities, answer.option_tokens, item, protocol);
        self.confidence.push(confidence as f32);
        self.margin.push(margin as f32);
        self.prompt_tokens
            .push(u32::try_from(answer.prompt_tokens).unwrap_or(u32::MAX));
        self.seconds.push(answer.seconds);
        if let Some(usage) = answer.usage {
            self.usage.insert(row, usage);
        }
        if let Some(reply) = answer.reply {
            self.replies.insert(row, reply.into());
        }
        if let Some(error) = answer.error {
            self.errors.insert(row, error.to_owned());
        }
    }

    /// How many answers there are.
    pub fn len(&self) -> usize {
        self.model.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.model.is_empty()
    }

    /// The outcome of every answer.
    pub fn outcomes(&self) -> &[Outcome] {
        &self.outcomes
    }

    /// How many answers had each outcome, in the order of [`Outcome::ALL`].
    pub fn counts(&self) -> [usize; 6] {
        Outcome::ALL.map(|wanted| self.outcomes.iter().filter(|outcome| **outcome == wanted).count())
    }

    /// Seconds all answers took together.
    pub fn seconds(&self) -> f64 {
        self.seconds.iter().sum()
    }

    /// Tokens that were read for all answers together.
    pub fn tokens_read(&self) -> usize {
        self.prompt_tokens.iter().map(|&tokens| tokens as usize).sum()
    }

    /// Tokens that were written for all answers together.
    pub fn tokens_written(&self) -> usize {
        self.replies.values().map(|reply| reply.tokens).sum()
    }

    /// What every answer took, with its model's name.
    pub fn usages(&self) -> impl Iterator<Item = (&str, Usage)> {
        (0..self.len()).map(|row| {
            let counted = self.usage.get(&(row as u32)).copied();
            let written = self.reply(row).map_or(0, |reply| reply.tokens);
            let usage = spending::usage(counted, self.prompt_tokens(row), written);
            (self.model_of(row), usage)
        })
    }

    pub(super) fn models(&self) -> &[String] {
        self.models.all()
    }

    pub(super) fn rows_of(&self, model: usize) -> impl Iterator<Item = usize> {
        let rows = self.model.iter().enumerate();
        rows.filter(move |(_, of)| **of as usize == model).map(|(row, _)| row)
    }

    #[inline]
    pub(super) fn question(&self, row: usize) -> usize {
        self.question.get(row).map_or(usize::MAX, |&question| question as usize)
    }

    /// The outcome of a row where other options are right than when it was asked, else as it was.
    #[inline]
    pub(super) fn outcome_under(&self, row: usize, right: Option<&[usize]>) -> Outcome {
        let before = self.outcomes.get(row).copied().unwrap_or(Outcome::Failed);
        let Some(right) = right else { return before };
        let is_written = self.replies.contains_key(&(row as u32));
        corrections::outcome_under(right, before, self.choices.get(row), is_written)
    }

    pub(super) fn model_of(&self, row: usize) -> &str {
        let model = self.model.get(row).and_then(|&model| self.models.name(model));
        model.map_or("", String::as_str)
    }

    #[inline]
    pub(super) fn choices(&self, row: usize) -> &[usize] {
        self.choices.get(row)
    }

    pub(super) fn log_probabilities(&self, row: usize) -> &[f64] {
        self.log_probabilities.get(row)
    }

    pub(super) fn option_tokens(&self, row: usize) -> &[usize] {
        self.option_tokens.get(row)
    }

    #[inline]
    pub(super) fn confidence(&self, row: usize) -> Option<f32> {
        self.confidence.get(row).copied().filter(|value| !value.is_nan())
    }

    #[inline]
    pub(super) fn margin(&self, row: usize) -> Option<f32> {
        self.margin.get(row).copied().filter(|value| !value.is_nan())
    }

    #[inline]
    pub(super) fn prompt_tokens(&self, row: usize) -> usize {
        self.prompt_tokens.get(row).map_or(0, |&tokens| tokens as usize)
    }

    pub(super) fn seconds_of(&self, row: usize) -> f64 {
        self.seconds.get(row).copied().unwrap_or_default()
    }

    #[inline]
    pub(super) fn reply(&self, row: usize) -> Option<&Reply> {
        self.replies.get(&(row as u32))
    }

    pub(super) fn error(&self, row: usize) -> Option<&str> {
        self.errors.get(&(row as u32)).map(String::as_str)
    }
}

/// Lists of different lengths, one after another.
#[derive(Debug, Clone)]
struct Lists<T> {
    ends: Vec<u32>,
    values: Vec<T>,
}

impl<T> Default for Lists<T> {
    fn default() -> Self {
        Self {
            ends: Vec::new(),
            values: Vec::new(),
        }
    }
}

impl<T: Copy> Lists<T> {
    fn with_room_for(lists: usize, values: usize) -> Self {
        Self {
            ends: Vec::with_capacity(lists),
            values: Vec::with_capacity(values),
        }
    }

    fn push(&mut self, list: &[T]) {
        self.values.extend_from_slice(list);
        self.ends.push(self.values.len() as u32);
    }

    /// The list of a row; empty where there is no such row.
    #[inline]
    fn get(&self, row: usize) -> &[T] {
        let end = |row: usize| self.ends.get(row).map(|&end| end as usize);
        let start = row.checked_sub(1).map_or(Some(0), end);
        let range = start.zip(end(row)).map(|(start, end)| start..end);
        range.and_then(|range| self.values.get(range)).unwrap_or(&[])
    }
}
