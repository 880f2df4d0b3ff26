//! What every plot is: a question answered by a picture, by a table of the same rows, and in words.

use std::fmt::Debug;
use std::str::FromStr;

use super::caption::Account;
use super::colour::Look;
use super::label::{Label, Measure};
use super::scene::{Anchor, Area, Scene, point};
use super::target::Target;
use crate::quantities::{count, percent};
use crate::runs::columns::Table;

/// Which plot.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    #[default]
    Gap,
    Bars,
    Scatter,
    Calibration,
    Flips,
    Subjects,
}

impl Kind {
    /// Every plot, in the order tabs show them.
    pub const ALL: [Self; 6] = [
        Self::Gap,
        Self::Bars,
        Self::Scatter,
        Self::Calibration,
        Self::Flips,
        Self::Subjects,
    ];

    /// The word for it on the command line and in names of files.
    pub fn word(self) -> &'static str {
        match self {
            Self::Gap => "gap",
            Self::Bars => "bars",
            Self::Scatter => "scatter",
            Self::Calibration => "calibration",
            Self::Flips => "flips",
            Self::Subjects => "subjects",
        }
    }

    /// Its name in the window.
    pub fn title(self) -> &'static str {
        match self {
            Self::Gap => "Language gap",
            Self::Bars => "Accuracy",
            Self::Scatter => "Price",
            Self::Calibration => "Calibration",
            Self::Flips => "Flips",
            Self::Subjects => "Subjects",
        }
    }

    /// What stands in its place while there is nothing to show.
    pub fn nothing(self) -> &'static str {
        match self {
            Self::Gap => "The gap shows once a model answered the same items in English and another language",
            Self::Bars => "Accuracy shows once a run has answers",
            Self::Scatter => "Accuracy shows against size, tokens and time once a run has answers",
            Self::Calibration => "Calibration shows once a model scored options: written replies have no probabilities",
            Self::Flips => "Flips show once a model answered the same items under two protocols",
            Self::Subjects => "Subjects show where the items of a benchmark name them",
        }
    }
}

/// A word that names no plot.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no figure; there are gap, bars, scatter, calibration, flips and subjects")]
pub struct UnknownKind(String);

impl FromStr for Kind {
    type Err = UnknownKind;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.into_iter().find(|kind| kind.word() == text);
        found.ok_or_else(|| UnknownKind(text.to_owned()))
    }
}

/// The room a figure has, in points. It is as wide; where it needs more height it takes it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Room {
    pub width: f32,
    pub height: f32,
}

/// A plot with its numbers.
pub trait Chart: Debug + Send + Sync {
    /// Which plot it is.
    fn kind(&self) -> Kind;
    /// What it shows: `Language gap`.
    fn title(&self) -> String;
    /// Of what: `MMLU medical, 1,255 question pairs`.
    fn note(&self) -> String;
    /// Whether there is nothing to draw.
    fn is_empty(&self) -> bool;
    /// How many models only the table has, where they are more than a picture can tell apart.
    fn omitted(&self) -> usize {
        0
    }
    /// The same rows as a table.
    fn table(&self) -> Table;
    /// What stands behind each row of the table.
    fn targets(&self) -> Vec<Option<Target>> {
        self.table().rows.iter().map(|row| Target::of_row(row)).collect()
    }
    /// What its caption says of it.
    fn account(&self) -> Account;
    /// The picture.
    fn scene(&self, room: Room, measure: &dyn Measure) -> Scene;
}

/// A share with what it stands on; proportions from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Measured {
    pub value: f64,
    /// Of its 95% interval.
    pub low: f64,
    pub high: f64,
    pub n: usize,
}

impl Measured {
    /// `61.2 percent, n 500, 56.9 to 65.4`.
    pub fn words(&self) -> String {
        format!(
            "{} percent, n {}, {} to {}",
            percent(self.value),
            count(self.n),
            percent(self.low),
            percent(self.high)
        )
    }
}

/// The height of a line of a legend.
const LEGEND: f32 = 18.0;

/// Names what the marks stand for, from `area`'s top left on, in as many lines as that takes. Returns where the next
/// thing may begin.
pub fn legend(scene: &mut Scene, measure: &dyn Measure, area: Area, entries: &[(Look, bool, Label)]) -> f32 {
    let (mut left, mut middle) = (area.left, area.top + LEGEND / 2.0);
    for (look, filled, label) in entries {
        let width = measure.width(label);
        if left + 14.0 + width > area.right && left > area.left {
            left = area.left;
            middle += LEGEND;
        }
        scene.symbol(look.shape, point(left + 5.0, middle), 4.0, look.colour, *filled);
        scene.write_beside(label.clone(), point(left + 14.0, middle), Anchor::Left);
        left += 14.0 + width + 14.0;
    }
    if entries.is_empty() {
        area.top
    } else {
        middle + LEGEND / 2.0 + 4.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_figure_is_found_by_its_word() {
        for kind in Kind::ALL {
            assert_eq!(kind.word().parse(), Ok(kind));
        }
        let problem = "pie".parse::<Kind>().unwrap_err().to_string();
        for kind in Kind::ALL {
            assert!(problem.contains(kind.word()), "{problem}");
        }
    }
}
