//! Answers that reviewers judged differently, and whether somebody settled between them.

use std::collections::BTreeSet;

use super::line::StatementId;
use super::said::{Reviews, Said};
use super::statement::{Adjudication, AnswerRef, Judgement};

/// What two judgements can differ in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Aspect {
    Verdict,
    Severity,
    Errors,
}

/// An answer that was judged differently.
#[derive(Debug)]
pub struct Disagreement<'a> {
    pub answer: &'a AnswerRef,
    /// In the order of the reviewers' ids.
    pub judgements: Vec<Said<'a, Judgement>>,
    /// What they differ in, the weightiest first.
    pub aspects: BTreeSet<Aspect>,
    /// What settled it; absent while it is open.
    pub settled: Option<Said<'a, Adjudication>>,
}

impl Disagreement<'_> {
    /// The ids of the judgements.
    pub fn ids(&self) -> BTreeSet<StatementId> {
        self.judgements.iter().map(|judgement| judgement.id.clone()).collect()
    }
}

/// The answers that reviewers judged differently: open ones first, and those about the verdict before others.
pub fn disagreements(reviews: &Reviews) -> Vec<Disagreement<'_>> {
    let judged = reviews.judged();
    let mut found: Vec<Disagreement<'_>> = judged.filter_map(|answer| disagreement(reviews, answer)).collect();
    found.sort_by_key(|one| (one.settled.is_some(), one.aspects.first().copied()));
    found
}

/// What reviewers differ in about one answer; `None` where they do not.
pub fn disagreement<'a>(reviews: &'a Reviews, answer: &'a AnswerRef) -> Option<Disagreement<'a>> {
    let judgements: Vec<Said<'_, Judgement>> = reviews.judgements_of(answer).map(|(_, said)| said).collect();
    let aspects = differences(&judgements);
    if aspects.is_empty() {
        return None;
    }
    let settled = reviews
        .adjudication(answer)
        .filter(|settled| holds(settled, &judgements));
    Some(Disagreement {
        answer,
        judgements,
        aspects,
        settled,
    })
}

/// A judgement that came or changed after it opens the disagreement again.
fn holds(settled: &Said<'_, Adjudication>, judgements: &[Said<'_, Judgement>]) -> bool {
    judgements
        .iter()
        .all(|judgement| settled.what.settles.contains(judgement.id) && judgement.at <= settled.at)
}

fn differences(judgements: &[Said<'_, Judgement>]) -> BTreeSet<Aspect> {
    let Some((first, rest)) = judgements.split_first() else {
        return BTreeSet::new();
    };
    let mut aspects = BTreeSet::new();
    for other in rest {
        let (one, other) = (&first.what.opinion, &other.what.opinion);
        let differ = [
            (Aspect::Verdict, one.verdict != other.verdict),
            (Aspect::Severity, one.severity != other.severity),
            (Aspect::Errors, one.errors != other.errors),
        ];
        aspects.extend(
            differ
                .into_iter()
                .filter(|(_, differ)| *differ)
                .map(|(aspect, _)| aspect),
        );
    }
    aspects
}
