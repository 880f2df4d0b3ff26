//! What decisions about items change in every number.

use super::said::Reviews;
use super::statement::Ruling;
use crate::runs::ledger::{Correction, Corrections};

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
