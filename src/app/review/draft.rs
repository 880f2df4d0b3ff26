//! What is filled in of the form and not saved yet.

use std::collections::{BTreeMap, BTreeSet};

use crate::reviews::{Opinion, Severity, Verdict};

/// An opinion in the making.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Draft {
    pub verdict: Option<Verdict>,
    /// Ids of the taxonomy.
    pub errors: BTreeSet<String>,
    pub severity: Severity,
    /// By the scale's id.
    pub ratings: BTreeMap<String, u8>,
    pub note: String,
}

impl Draft {
    /// An opinion to be changed.
    pub fn of(opinion: &Opinion) -> Self {
        Self {
            verdict: Some(opinion.verdict),
            errors: opinion.errors.clone(),
            severity: opinion.severity,
            ratings: opinion.ratings.clone(),
            note: opinion.note.clone(),
        }
    }

    /// The opinion; `None` while there is no verdict.
    pub fn opinion(&self) -> Option<Opinion> {
        Some(Opinion {
            verdict: self.verdict?,
            errors: self.errors.clone(),
            severity: self.severity,
            ratings: self.ratings.clone(),
            note: self.note.trim_end().to_owned(),
        })
    }

    /// Ticks an error, or takes its tick away.
    pub fn toggle(&mut self, error: &str) {
        if !self.errors.remove(error) {
            self.errors.insert(error.to_owned());
        }
    }

    /// Rates on a scale; the same rating again takes it away.
    pub fn rate(&mut self, scale: &str, rating: u8) {
        if self.ratings.get(scale) == Some(&rating) {
            self.ratings.remove(scale);
        } else {
            self.ratings.insert(scale.to_owned(), rating);
        }
    }

    /// The next severity, going round.
    pub fn next_severity(&mut self) {
        let place = Severity::ALL.iter().position(|severity| *severity == self.severity);
        let next = place.map_or(0, |place| (place + 1) % Severity::ALL.len());
        self.severity = Severity::ALL.get(next).copied().unwrap_or_default();
    }
}
