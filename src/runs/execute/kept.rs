//! What a run has answered by now: journaled group by group in the plan's order, counted and told.

use std::time::Instant;

use super::{Progress, Step};
use crate::runs::{Journal, JournalError, RunId};
use crate::scoring::Answer;

/// The answers of a run under way.
pub(super) struct Kept<'a> {
    pub run: RunId,
    /// Answers the whole run will have.
    pub total: usize,
    pub journal: Journal,
    pub answers: Vec<Answer>,
    pub tell: &'a mut dyn FnMut(Step),
    pace: Pace,
}

impl<'a> Kept<'a> {
    /// Goes on after `answers`, which the journal has.
    pub fn new(
        run: RunId,
        total: usize,
        (journal, answers): (Journal, Vec<Answer>),
        tell: &'a mut dyn FnMut(Step),
    ) -> Self {
        Self {
            run,
            total,
            journal,
            answers,
            tell,
            pace: Pace::default(),
        }
    }

    /// Something besides answering begins.
    pub fn stage(&mut self, stage: String) {
        (self.tell)(Step::Stage(stage));
    }

    /// Answering begins: what was before, such as loading, does not count as its time.
    pub fn start(&mut self) {
        self.pace.since = Some(Instant::now());
    }

    /// Writes down the answers to the next groups of the plan.
    pub fn keep(&mut self, answers: Vec<Answer>) -> Result<(), JournalError> {
        self.journal.append(&answers)?;
        self.pace.add(answers.len());
        self.answers.extend(answers);
        if let Some(last) = self.answers.last() {
            (self.tell)(Step::Progress(Progress {
                run: self.run.clone(),
                model: last.model.clone(),
                benchmark: last.benchmark.clone(),
                language: last.item.language.clone(),
                done: self.answers.len(),
                total: self.total,
                items_per_second: self.pace.items_per_second(),
                seconds_left: self.pace.seconds_for(self.total.saturating_sub(self.answers.len())),
            }));
        }
        Ok(())
    }
}

/// The speed of answering.
#[derive(Default)]
struct Pace {
    items: usize,
    seconds: f64,
    since: Option<Instant>,
}

impl Pace {
    fn add(&mut self, items: usize) {
        let now = Instant::now();
        if let Some(since) = self.since.replace(now) {
            self.seconds += (now - since).as_secs_f64();
            self.items += items;
        }
    }

    fn items_per_second(&self) -> f64 {
        self.items as f64 / self.seconds.max(1e-9)
    }

    fn seconds_for(&self, items: usize) -> f64 {
        items as f64 / self.items_per_second().max(1e-9)
    }
}
