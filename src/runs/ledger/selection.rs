//! Some of a ledger's questions.

use super::Ledger;

/// The questions that a filter leaves.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    /// By question.
    kept: Vec<bool>,
    count: usize,
}

impl Selection {
    /// All questions of a ledger.
    pub fn all(ledger: &Ledger) -> Self {
        Self::of(ledger, |_| true)
    }

    /// The questions, by their numbers, that `keeps` keeps.
    pub fn of(ledger: &Ledger, keeps: impl FnMut(usize) -> bool) -> Self {
        let kept: Vec<bool> = (0..ledger.len()).map(keeps).collect();
        let count = kept.iter().filter(|kept| **kept).count();
        Self { kept, count }
    }

    /// Whether a question is among them.
    pub fn contains(&self, question: usize) -> bool {
        self.kept.get(question).copied().unwrap_or(false)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Their numbers, in order.
    pub fn questions(&self) -> impl Iterator<Item = usize> + '_ {
        let numbered = self.kept.iter().enumerate();
        numbered.filter(|(_, kept)| **kept).map(|(question, _)| question)
    }
}
