//! Pairs: two models, languages or protocols beside each other on the questions that both answered, with how sure the
//! difference is.
//!
//! A failed answer says nothing about a model, so its question makes no pair; what could not be read, was refused or
//! was cut off is not right, as in accuracy. Questions about one context, and the same question in several languages,
//! are no independent evidence: they are resampled and tested together.
//!
//! The interval is a bootstrap's, but of items that stand alone a score interval where fewer than [`FEW`] came out
//! otherwise than most did: resampling them would claim more than they tell. The test is the exact McNemar test, and of
//! items in groups the exact sign-flip test of groups, which is the same where every group is one item.

mod certainty;
mod clusters;
mod families;
mod sentence;

#[cfg(test)]
mod tests;

use std::collections::HashMap;

pub use certainty::{Doubt, Method};
pub use families::{among_its_kind, languages_beside_english, models_beside, models_beside_each_other};
pub use sentence::Finding;

use super::ledger::{Cell, Column, Ledger, Selection, Sheet};
use crate::language::Language;
use crate::scoring::Outcome;

use crate::stats::{
    Cluster, Estimate, Pairs, clustered_difference, exact_mcnemar, exact_sign_flip, holm, score_difference,
};
use clusters::Clusters;

/// How the intervals of differences are reckoned.
pub const INTERVAL: &str = "paired bootstrap, 95%, or Tango's score where few items differ";

/// Fewer pairs than these tell nothing: resampling them shows only what they happened to be.
pub const FEWEST: usize = 20;

/// Where fewer pairs than these came out otherwise than most did, resampling knows too little.
pub const FEW: usize = 10;

/// What is compared: the first less the second.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Between {
    Models {
        first: String,
        second: String,
        protocol: String,
    },
    Languages {
        first: Vec<Language>,
        second: Language,
        model: String,
        protocol: String,
    },
    Protocols {
        first: String,
        second: String,
        model: String,
    },
}

/// On what it is compared. One name of each where it is one cell, several where cells are pooled.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Place {
    pub benchmarks: Vec<String>,
    pub tasks: Vec<String>,
    pub languages: Vec<Language>,
}

/// Which of the two came out higher.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    First,
    Second,
    /// Neither: [`Comparison::doubt`] says why.
    TooFew,
}

/// Why two cells cannot be compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Incomparable {
    #[error("a cell cannot be compared with itself")]
    Same,
    #[error("they are of different tasks, which ask different questions")]
    Tasks,
    #[error("they differ in more than one of model, language and protocol, so that no difference could be laid to one")]
    SeveralThings,
    #[error("no question was answered by both")]
    NothingShared,
    #[error("no question was answered in both languages, or nothing says which ones are the same")]
    NothingTied,
}

/// Two sides on the same questions.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    pub between: Between,
    pub place: Place,
    /// How the pairs came out.
    pub pairs: Pairs,
    /// How many groups of pairs are independent of each other.
    pub clusters: usize,
    /// Questions that only one of the two answered, or that failed for one.
    pub left_out: usize,
    /// Questions that count nowhere because somebody decided so.
    pub corrected: usize,
    /// The difference of the two accuracies, from −1 to 1, with its interval ([`Comparison::method`]). `None` of fewer
    /// than two clusters, and where all of several items have the same difference.
    pub estimate: Option<Estimate>,
    /// Of the exact McNemar test; where pairs belong together of the exact sign-flip test of clusters.
    pub p_value: f64,
    /// The same, adjusted by Holm's method for all comparisons of its family ([`adjust`]).
    pub adjusted: f64,
    /// How many comparisons its family has.
    pub family: usize,
}

impl Comparison {
    /// Two cells that differ in their model, their language or their protocol alone.
    pub fn of_cells(
        ledger: &Ledger,
        selection: &Selection,
        first: Cell<'_>,
        second: Cell<'_>,
    ) -> Result<Self, Incomparable> {
        let (one, other) = (first.column, second.column);
        if (&one.benchmark, &one.task) != (&other.benchmark, &other.task) {
            return Err(Incomparable::Tasks);
        }
        let differing = [
            first.sheet.model != second.sheet.model,
            first.sheet.protocol != second.sheet.protocol,
            one.language != other.language,
        ];
        match differing {
            [false, false, false] => Err(Incomparable::Same),
            [true, false, false] | [false, true, false] => {
                Self::of_sheets(ledger, selection, &[one], first.sheet, second.sheet).ok_or(Incomparable::NothingShared)
            }
            [false, false, true] => Self::of_languages(ledger, selection, &[one], &other.language, first.sheet)
                .ok_or(Incomparable::NothingTied),
            _ => Err(Incomparable::SeveralThings),
        }
    }

    /// Two models under one protocol, or one model under two, over the questions of some columns. `None` where no
    /// question was answered by both.
    pub fn of_sheets(
        ledger: &Ledger,
        selection: &Selection,
        columns: &[&Column],
        first: &Sheet,
        second: &Sheet,
    ) -> Option<Self> {
        let met = met_by_both(selection, columns, first, second);
        let between = match first.model == second.model {
            false => Between::Models {
                first: first.model.clone(),
                second: second.model.clone(),
                protocol: first.protocol.clone(),
            },
            true => Between::Protocols {
                first: first.protocol.clone(),
                second: second.protocol.clone(),
                model: first.model.clone(),
            },
        };
        Self::of(ledger, between, Place::of(columns), met)
    }

    /// A model in the languages of some columns beside `reference`, over the questions that are tied to each other.
    /// `None` where no such question was answered in both. Only the columns' own questions have to be selected.
    pub fn of_languages(
        ledger: &Ledger,
        selection: &Selection,
        columns: &[&Column],
        reference: &Language,
        sheet: &Sheet,
    ) -> Option<Self> {
        let met = met_in_both(ledger, selection, columns, reference, sheet);
        let place = Place::of(columns);
        let between = Between::Languages {
            first: place.languages.clone(),
            second: reference.clone(),
            model: sheet.model.clone(),
            protocol: sheet.protocol.clone(),
        };
        Self::of(ledger, between, place, met)
    }

    fn of(ledger: &Ledger, between: Between, place: Place, met: impl Iterator<Item = Met>) -> Option<Self> {
        let mut pairs = Pairs::default();
        let mut clusters = Clusters::new(ledger.len());
        let (mut left_out, mut corrected) = (0, 0);
        for met in met {
            let (first, second) = match met.comes_to(ledger) {
                Outturn::Pair(first, second) => (first, second),
                Outturn::LeftOut => {
                    left_out += 1;
                    continue;
                }
                Outturn::Corrected => {
                    corrected += 1;
                    continue;
                }
                Outturn::Nothing => continue,
            };
            met.count(ledger, (first, second), &mut pairs, &mut clusters);
        }
        let clusters = clusters.into_clusters();
        let p_value = tested(pairs, &clusters);
        (pairs.n() > 0).then(|| Self {
            between,
            place,
            pairs,
            clusters: clusters.len(),
            left_out,
            corrected,
            estimate: match Method::of(pairs, clusters.len()) {
                Method::Score => score_difference(pairs),
                Method::Bootstrap => clustered_difference(clusters),
            },
            p_value,
            adjusted: p_value,
            family: 1,
        })
    }

    /// Whether some pairs belong together.
    pub fn is_clustered(&self) -> bool {
        self.clusters < self.pairs.n()
    }

    /// The first accuracy less the second, from −1 to 1.
    pub fn difference(&self) -> f64 {
        self.pairs.difference().unwrap_or_default()
    }

    /// The accuracy of the first on the questions of both, from 0 to 1.
    pub fn first_accuracy(&self) -> f64 {
        (self.pairs.both + self.pairs.only_first) as f64 / self.pairs.n() as f64
    }

    /// The accuracy of the second on the questions of both, from 0 to 1.
    pub fn second_accuracy(&self) -> f64 {
        (self.pairs.both + self.pairs.only_second) as f64 / self.pairs.n() as f64
    }
}

/// Adjusts the p-values of comparisons that are shown together.
pub fn adjust(family: &mut [Comparison]) {
    let p_values: Vec<f64> = family.iter().map(|comparison| comparison.p_value).collect();
    let count = family.len();
    for (comparison, adjusted) in family.iter_mut().zip(holm(&p_values)) {
        (comparison.adjusted, comparison.family) = (adjusted, count);
    }
}

impl Place {
    /// The benchmark, the task and the language where it is one cell.
    pub fn one(&self) -> Option<(&str, &str, &Language)> {
        match (
            self.benchmarks.as_slice(),
            self.tasks.as_slice(),
            self.languages.as_slice(),
        ) {
            ([benchmark], [task], [language]) => Some((benchmark, task, language)),
            _ => None,
        }
    }

    /// What is pooled over these columns.
    fn of(columns: &[&Column]) -> Self {
        fn distinct<T: Clone + PartialEq>(names: impl Iterator<Item = T>) -> Vec<T> {
            let mut found: Vec<T> = Vec::new();
            for name in names {
                if !found.contains(&name) {
                    found.push(name);
                }
            }
            found
        }
        Self {
            benchmarks: distinct(columns.iter().map(|column| column.benchmark.clone())),
            tasks: distinct(columns.iter().map(|column| column.task.clone())),
            languages: distinct(columns.iter().map(|column| column.language.clone())),
        }
    }
}

/// What both sides made of a question, or of one question in two languages.
struct Met {
    own: usize,
    other: usize,
    first: Option<Outcome>,
    second: Option<Outcome>,
}

/// What that comes to.
enum Outturn {
    /// Whether the first and whether the second is right.
    Pair(bool, bool),
    /// Only one of the two answered, or one failed.
    LeftOut,
    /// Somebody decided that the question counts nowhere.
    Corrected,
    /// Neither answered.
    Nothing,
}

impl Met {
    fn comes_to(&self, ledger: &Ledger) -> Outturn {
        if self.first.is_none() && self.second.is_none() {
            return Outturn::Nothing;
        }
        if ledger.is_left_out(self.own) || ledger.is_left_out(self.other) {
            return Outturn::Corrected;
        }
        match (right(self.first), right(self.second)) {
            (Some(first), Some(second)) => Outturn::Pair(first, second),
            _ => Outturn::LeftOut,
        }
    }

    /// Counts it as a pair, and with those that it belongs to.
    fn count(&self, ledger: &Ledger, (first, second): (bool, bool), pairs: &mut Pairs, clusters: &mut Clusters) {
        pairs.add(first, second);
        let questions = [self.own, self.other].into_iter();
        clusters.add(
            questions.filter_map(|question| ledger.question(question)),
            i64::from(first) - i64::from(second),
        );
    }
}

/// Two sheets on the questions of some columns.
fn met_by_both<'a>(
    selection: &'a Selection,
    columns: &'a [&Column],
    first: &'a Sheet,
    second: &'a Sheet,
) -> impl Iterator<Item = Met> + 'a {
    let questions = columns.iter().flat_map(|column| column.questions());
    let selected = questions.filter(|&question| selection.contains(question));
    selected.map(|question| Met {
        own: question,
        other: question,
        first: first.outcome(question),
        second: second.outcome(question),
    })
}

/// One sheet on the questions of some columns and on those that are tied to them in another language.
fn met_in_both<'a>(
    ledger: &'a Ledger,
    selection: &'a Selection,
    columns: &'a [&Column],
    reference: &'a Language,
    sheet: &'a Sheet,
) -> impl Iterator<Item = Met> + 'a {
    columns.iter().flat_map(move |column| {
        let others = tied(ledger, column, reference);
        let own = column.questions().filter(|&question| selection.contains(question));
        own.filter_map(move |own| {
            let question = ledger.question(own).filter(|question| question.is_tied)?;
            let other = *others.get(&question.parallel)?;
            Some(Met {
                own,
                other,
                first: sheet.outcome(own),
                second: sheet.outcome(other),
            })
        })
    })
}

/// Of the exact test alone, without the resampling of a whole comparison. `None` where nothing makes a pair.
fn p_value(ledger: &Ledger, met: impl Iterator<Item = Met>) -> Option<f64> {
    let mut pairs = Pairs::default();
    let mut clusters = Clusters::new(ledger.len());
    for met in met {
        if let Outturn::Pair(first, second) = met.comes_to(ledger) {
            met.count(ledger, (first, second), &mut pairs, &mut clusters);
        }
    }
    (pairs.n() > 0).then(|| tested(pairs, &clusters.into_clusters()))
}

/// The p-value of pairs in clusters.
fn tested(pairs: Pairs, clusters: &[Cluster]) -> f64 {
    match clusters.len() < pairs.n() {
        true => exact_sign_flip(clusters.iter().map(|cluster| cluster.sum)),
        false => exact_mcnemar(pairs),
    }
}

/// Whether an answer is right; `None` where there is none that counts.
fn right(outcome: Option<Outcome>) -> Option<bool> {
    let counted = outcome.filter(|outcome| *outcome != Outcome::Failed)?;
    Some(counted == Outcome::Right)
}

/// The questions of a column's task in another language, by what ties them to it.
fn tied(ledger: &Ledger, column: &Column, language: &Language) -> HashMap<u32, usize> {
    let same = |other: &&Column| {
        other.benchmark == column.benchmark && other.task == column.task && other.language == *language
    };
    let questions = ledger
        .columns()
        .iter()
        .find(same)
        .into_iter()
        .flat_map(Column::questions);
    let tied = questions.filter_map(|number| {
        let question = ledger.question(number).filter(|question| question.is_tied)?;
        Some((question.parallel, number))
    });
    tied.collect()
}
