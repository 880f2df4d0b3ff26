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
