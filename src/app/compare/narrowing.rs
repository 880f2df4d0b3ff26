//! To what Compare is narrowed: the questions that a slice's filter leaves.

use std::sync::Arc;

use crate::app::study::Study;
use crate::reviews::Reviews;
use crate::runs::ledger::Selection;
use crate::slices::Filter;

/// What decides which questions a slice leaves, beside the study.
#[derive(Debug, Clone)]
pub struct Narrowing {
    pub filter: Filter,
    /// The label of the protocol whose answers are shown.
    pub protocol: Option<String>,
    pub reviews: Arc<Reviews>,
}

impl PartialEq for Narrowing {
    fn eq(&self, other: &Self) -> bool {
        let is_same = (&self.filter, &self.protocol) == (&other.filter, &other.protocol);
        is_same && Arc::ptr_eq(&self.reviews, &other.reviews)
    }
}

impl Narrowing {
    /// The questions that are left. Slow where there are many answers: not for a frame.
    pub fn select(&self, study: &Study) -> Selection {
        let sources = study.sources(&self.reviews, self.protocol.as_deref());
        self.filter.select(&sources)
    }
}
