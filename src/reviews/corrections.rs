//! What decisions about items change in every number.

use super::read::read;
use super::said::Reviews;
use super::statement::Ruling;
use crate::error_chain;
use crate::runs::ledger::{Correction, Corrections, Ledger, LedgerError};
use crate::workspace::Workspace;

/// Everything a workspace holds, as the decisions in its reviews have it, and in words what could not be read of it.
pub fn corrected_ledger(workspace: &Workspace) -> Result<(Ledger, Vec<String>), LedgerError> {
    let (ledger, mut problems) = Ledger::read(workspace)?;
    let (corrections, more) = corrections_of(workspace);
    problems.extend(more);
    match corrections.is_empty() {
        true => Ok((ledger, problems)),
        false => Ok((ledger.corrected(corrections), problems)),
    }
}

/// What the decisions in a workspace's reviews correct, and in words what could not be read of them.
pub fn corrections_of(workspace: &Workspace) -> (Corrections, Vec<String>) {
    match read(workspace) {
        Ok(reviews) => {
            let problems = reviews.problems.iter().map(|problem| error_chain(problem.as_ref()));
            (reviews.corrections(), problems.collect())
        }
        Err(problem) => (Corrections::default(), vec![error_chain(&problem)]),
    }
}

impl Reviews {
    /// The items that count nowhere, and those of which other options are right, by the decisions that hold.
    pub fn corrections(&self) -> Corrections {
        let mut corrections = Corrections::default();
        for (item, decision) in self.decided() {
            let correction = match &decision.what.ruling {
                Ruling::Kept => continue,
                Ruling::LeftOut => Correction::LeftOut,
                Ruling::Rekeyed(right) => Correction::Rekeyed(right.iter().copied().collect()),
            };
            corrections.insert(&item.benchmark, item.key.clone(), correction);
        }
        corrections
    }
}
