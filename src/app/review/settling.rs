//! Disagreements one after another, and the opinion that settles each.

use super::Draft;
use crate::reviews::AnswerRef;

/// What is looked at.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Settling {
    /// A place among the pairs of reviewers.
    pub pair: usize,
    /// The answer that is settled.
    pub answer: Option<AnswerRef>,
    pub draft: Draft,
}
