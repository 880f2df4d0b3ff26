//! How far a run is, as told while it works.

use crate::language::Language;
use crate::runs::RunId;

/// How far a run is.
#[derive(Debug, Clone, PartialEq)]
pub struct Progress {
    pub run: RunId,
    pub model: String,
    pub benchmark: String,
    pub language: Language,
    /// Answers the run has.
    pub done: usize,
    /// Answers the run will have.
    pub total: usize,
    /// Since the run was started or resumed, loading left out.
    pub items_per_second: f64,
    /// An estimate from the speed so far.
    pub seconds_left: f64,
}

/// What a run tells while it works.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// Something that takes a while besides answering: "Loading gemma-3-270m".
    Stage(String),
    Progress(Progress),
}

/// The speed of answering.
#[derive(Default)]
pub(super) struct Pace {
    items: usize,
    seconds: f64,
}

impl Pace {
    pub(super) fn add(&mut self, items: usize, seconds: f64) {
        self.items += items;
        self.seconds += seconds;
    }

    pub(super) fn items_per_second(&self) -> f64 {
        self.items as f64 / self.seconds.max(1e-9)
    }

    pub(super) fn seconds_for(&self, items: usize) -> f64 {
        items as f64 / self.items_per_second().max(1e-9)
    }
}
