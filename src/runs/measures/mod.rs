//! What is measured beside accuracy: averages over subjects and languages, differences between models and between
//! languages, accuracy by subject, calibration, sets of right answers, the price of a language, and how many answers
//! flip with the protocol.
//!
//! Failed answers count nowhere. Whatever else came of asking counts: a reply that could not be read chose nothing.

mod averages;
mod calibration;
mod differences;
mod flips;
mod price;
mod sets;
mod subjects;

#[cfg(test)]
mod tests;

use std::str::FromStr;

pub use averages::{Average, Over, Weighing, average_of_tasks, averages};
pub use calibration::{BINS, BinScore, CalibrationScore, calibration, calibrations};
pub use differences::{Difference, Found, Gap, differences, gaps};
pub use flips::{Flips, flips};
pub use price::{Price, prices};
pub use sets::{SetScore, set_scores};
pub use subjects::{SubjectScore, subjects};

/// What answers are measured by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Measure {
    #[default]
    Accuracy,
    Averages,
    Differences,
    Gaps,
    Subjects,
    Calibration,
    Sets,
    Price,
    Flips,
}

impl Measure {
    /// Every measure, in the order lists show them.
    pub const ALL: [Self; 9] = [
        Self::Accuracy,
        Self::Averages,
        Self::Differences,
        Self::Gaps,
        Self::Subjects,
        Self::Calibration,
        Self::Sets,
        Self::Price,
        Self::Flips,
    ];

    /// The word for it on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Accuracy => "accuracy",
            Self::Averages => "averages",
            Self::Differences => "differences",
            Self::Gaps => "gaps",
            Self::Subjects => "subjects",
            Self::Calibration => "calibration",
            Self::Sets => "sets",
            Self::Price => "price",
            Self::Flips => "flips",
        }
    }

    /// What is counted while it is reckoned.
    pub fn steps(self) -> &'static str {
        match self {
            Self::Averages => "averages",
            _ => "comparisons",
        }
    }

    /// Its name in the window.
    pub fn title(self) -> &'static str {
        match self {
            Self::Accuracy => "Accuracy",
            Self::Averages => "Macro averages",
            Self::Differences => "Differences between models",
            Self::Gaps => "Gaps to English",
            Self::Subjects => "Subjects",
            Self::Calibration => "Calibration",
            Self::Sets => "Several right answers",
            Self::Price => "Price of a language",
            Self::Flips => "Flips between protocols",
        }
    }
}

/// A word that names no measure.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no measure; there are {list}", list = Measure::ALL.map(Measure::word).join(", "))]
pub struct UnknownMeasure(String);

impl FromStr for Measure {
    type Err = UnknownMeasure;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.into_iter().find(|measure| measure.word() == text);
        found.ok_or_else(|| UnknownMeasure(text.to_owned()))
    }
}
