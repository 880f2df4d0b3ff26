//! How far two reviewers agree on the answers that both judged.
//!
//! Verdicts and error types are compared as they are; severities and ratings by how far they lie apart (kappa with linear
//! weights, alpha of ordered categories). A verdict of "can't judge" is no verdict, so such an answer is left out.

use std::collections::BTreeSet;

use super::reviewer::{Reviewer, ReviewerId};
use super::said::Reviews;
use super::statement::{Opinion, Severity, Verdict};
use crate::stats::agreement::{self, Agreement, Level, Weights};
use crate::stats::{Estimate, wilson_95};

/// What can be agreed on.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Topic {
    Verdict,
    Severity,
    /// Whether an answer has this error, by its id.
    Error(String),
    /// A scale, by its id.
    Scale(String),
}

/// How far two reviewers agree on one thing.
#[derive(Debug, Clone, PartialEq)]
pub struct TopicAgreement {
    pub topic: Topic,
    /// Answers of which both said something on it.
    pub n: usize,
    /// The share they said the same of, with its Wilson interval.
    pub percent: Estimate,
    /// Cohen's kappa; absent where both always said the same one thing.
    pub kappa: Option<Agreement>,
    /// Whether one of the two said the same of all, so that kappa is 0 whatever the other said.
    pub one_sided: bool,
    /// Krippendorff's alpha; absent likewise.
    pub alpha: Option<Agreement>,
}

/// How far two reviewers agree.
#[derive(Debug, Clone, PartialEq)]
pub struct PairAgreement {
    pub first: Reviewer,
    pub second: Reviewer,
    /// Answers that both judged.
    pub answers: usize,
    /// Those of them that one could not judge.
    pub not_judged: usize,
    /// The verdict first; only what at least one of them used.
    pub topics: Vec<TopicAgreement>,
}

impl PairAgreement {
    /// How far they agree on verdicts.
    pub fn verdict(&self) -> Option<&TopicAgreement> {
        self.topics.iter().find(|topic| topic.topic == Topic::Verdict)
    }
}

/// Every two reviewers who judged the same answers.
pub fn agreements(reviews: &Reviews) -> Vec<PairAgreement> {
    let reviewers: Vec<&Reviewer> = reviews.reviewers().collect();
    let pairs = reviewers.iter().enumerate().flat_map(|(place, first)| {
        let others = reviewers.iter().skip(place + 1);
        others.map(move |second| (first.id(), second.id()))
    });
    pairs
        .filter_map(|(first, second)| agreement(reviews, first, second))
        .collect()
}

/// How far two reviewers agree; `None` where they judged no answer both.
pub fn agreement(reviews: &Reviews, first: &ReviewerId, second: &ReviewerId) -> Option<PairAgreement> {
    let both: Vec<(&Opinion, &Opinion)> = reviews
        .judged()
        .filter_map(|answer| {
            let opinion = |by| reviews.judgement(answer, by).map(|said| &said.what.opinion);
            opinion(first).zip(opinion(second))
        })
        .collect();
    let reviewer = |id| reviews.reviewers().find(|reviewer| reviewer.id() == id).cloned();
    if both.is_empty() {
        return None;
    }
    let judged: Vec<(&Opinion, &Opinion)> = both
        .iter()
        .copied()
        .filter(|(one, other)| ![one.verdict, other.verdict].contains(&Verdict::CannotJudge))
        .collect();
    Some(PairAgreement {
        first: reviewer(first)?,
        second: reviewer(second)?,
        answers: both.len(),
        not_judged: both.len() - judged.len(),
        topics: topics(&judged)
            .into_iter()
            .filter_map(|topic| measured(topic, &judged))
            .collect(),
    })
}

/// The topics that the opinions speak of, in the order tables show them.
fn topics(judged: &[(&Opinion, &Opinion)]) -> Vec<Topic> {
    let opinions = || judged.iter().flat_map(|(one, other)| [*one, *other]);
    let errors: BTreeSet<&String> = opinions().flat_map(|opinion| &opinion.errors).collect();
    let scales: BTreeSet<&String> = opinions().flat_map(|opinion| opinion.ratings.keys()).collect();
    let mut topics = vec![Topic::Verdict, Topic::Severity];
    topics.extend(errors.into_iter().cloned().map(Topic::Error));
    topics.extend(scales.into_iter().cloned().map(Topic::Scale));
    topics
}

fn measured(topic: Topic, judged: &[(&Opinion, &Opinion)]) -> Option<TopicAgreement> {
    let pairs: Vec<(usize, usize)> = judged
        .iter()
        .filter_map(|(one, other)| topic.category(one).zip(topic.category(other)))
        .collect();
    let same = pairs.iter().filter(|(one, other)| one == other).count();
    let units: Vec<Vec<Option<usize>>> = pairs.iter().map(|&(one, other)| vec![Some(one), Some(other)]).collect();
    let (weights, level) = match topic {
        Topic::Verdict | Topic::Error(_) => (Weights::None, Level::Nominal),
        Topic::Severity | Topic::Scale(_) => (Weights::Linear, Level::Ordinal),
    };
    Some(TopicAgreement {
        n: pairs.len(),
        percent: Estimate {
            interval: wilson_95(same, pairs.len())?,
            value: same as f64 / pairs.len() as f64,
        },
        kappa: agreement::kappa(&pairs, weights),
        one_sided: says_one(pairs.iter().map(|(one, _)| one)) || says_one(pairs.iter().map(|(_, other)| other)),
        alpha: agreement::alpha(&units, level),
        topic,
    })
}

/// Why kappa has no interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoInterval {
    /// One of the two said the same of all: kappa is 0 whatever the other said.
    OneSided,
    /// They agree on every answer, so that every resample does.
    AllAgreed,
    /// Resamples too often left nothing to disagree on.
    TooFew,
}

impl NoInterval {
    /// In a few words, as tables name it.
    pub fn words(self) -> &'static str {
        match self {
            Self::OneSided => "one reviewer said the same of all",
            Self::AllAgreed => "all agreed",
            Self::TooFew => "too few",
        }
    }
}

impl TopicAgreement {
    /// Why kappa has no interval; `None` where it has one or is itself absent.
    pub fn no_interval(&self) -> Option<NoInterval> {
        let kappa = self.kappa.filter(|kappa| kappa.interval.is_none())?;
        Some(match self.one_sided {
            true => NoInterval::OneSided,
            false if kappa.value == 1.0 => NoInterval::AllAgreed,
            false => NoInterval::TooFew,
        })
    }
}

/// Whether all are the same.
fn says_one<'a>(mut said: impl Iterator<Item = &'a usize>) -> bool {
    let first = said.next();
    said.all(|other| Some(other) == first)
}

impl Topic {
    /// What an opinion says on it, as the place of a category; ordered ones in their order.
    fn category(&self, opinion: &Opinion) -> Option<usize> {
        match self {
            Self::Verdict => Verdict::ALL.iter().position(|verdict| *verdict == opinion.verdict),
            Self::Severity => Severity::ALL.iter().position(|severity| *severity == opinion.severity),
            Self::Error(id) => Some(usize::from(opinion.errors.contains(id))),
            Self::Scale(id) => opinion.ratings.get(id).map(|&rating| usize::from(rating)),
        }
    }
}
