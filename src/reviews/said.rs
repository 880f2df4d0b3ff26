//! All that was said in a workspace, as it holds now.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::line::{Line, StatementId, Timestamp};
use super::read::LineProblem;
use super::reviewer::{Reviewer, ReviewerId};
use super::statement::{Adjudication, AnswerRef, Decision, Flag, ItemRef, Judgement, OwnAnswer, Queue, Statement};

/// Something said, by whom and when.
#[derive(Debug)]
pub struct Said<'a, T> {
    pub id: &'a StatementId,
    /// The name as the reviewer gave it.
    pub by: &'a str,
    pub at: Timestamp,
    pub what: &'a T,
}

impl<T> Clone for Said<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Said<'_, T> {}

/// Everything said in a workspace: what holds now, and every line that led there.
#[derive(Debug, Clone, Default)]
pub struct Reviews {
    /// In the order they were said.
    lines: Vec<Line>,
    reviewers: BTreeMap<ReviewerId, Reviewer>,
    /// What holds: places in `lines`.
    standing: Standing,
    /// What could not be read.
    pub problems: Vec<Arc<LineProblem>>,
}

#[derive(Debug, Clone, Default)]
struct Standing {
    judgements: BTreeMap<AnswerRef, BTreeMap<ReviewerId, usize>>,
    own: HashMap<ItemRef, BTreeMap<ReviewerId, usize>>,
    flags: BTreeMap<ItemRef, BTreeMap<ReviewerId, usize>>,
    decisions: BTreeMap<ItemRef, Vec<usize>>,
    adjudications: BTreeMap<AnswerRef, Vec<usize>>,
    queues: BTreeMap<ReviewerId, Vec<usize>>,
}

impl Reviews {
    /// Puts lines of any order together.
    pub fn new(mut lines: Vec<Line>, problems: Vec<LineProblem>) -> Self {
        lines.sort_by(|one, other| one.order().cmp(&other.order()));
        // The same line may stand in two files of a workspace that was joined by hand.
        lines.dedup_by(|one, other| one.line == other.line && one == other);
        let mut reviews = Self {
            lines,
            problems: problems.into_iter().map(Arc::new).collect(),
            ..Self::default()
        };
        reviews.index();
        reviews
    }

    /// Adds lines that were just saved.
    pub fn add(&mut self, lines: Vec<Line>) {
        self.lines.extend(lines);
        self.lines.sort_by(|one, other| one.order().cmp(&other.order()));
        self.index();
    }

    fn index(&mut self) {
        let mut latest: HashMap<&StatementId, usize> = HashMap::new();
        // Few people say many things, so that a name is looked at once.
        let mut known: HashMap<&str, Reviewer> = HashMap::new();
        let (mut standing, mut reviewers) = (Standing::default(), BTreeMap::new());
        for (place, line) in self.lines.iter().enumerate() {
            latest.insert(&line.id, place);
            if !known.contains_key(line.reviewer.as_str())
                && let Ok(reviewer) = Reviewer::new(&line.reviewer)
            {
                reviewers
                    .entry(reviewer.id().clone())
                    .or_insert_with(|| reviewer.clone());
                known.insert(&line.reviewer, reviewer);
            }
        }
        let mut places: Vec<usize> = latest.into_values().collect();
        places.sort_unstable();
        for place in places {
            if let Some(line) = self.lines.get(place)
                && let Some(reviewer) = known.get(line.reviewer.as_str())
            {
                standing.take(place, reviewer.id().clone(), &line.statement);
            }
        }
        self.standing = standing;
        self.reviewers = reviewers;
    }

    fn said<'a, T>(&'a self, place: usize, what: impl FnOnce(&'a Statement) -> Option<&'a T>) -> Option<Said<'a, T>> {
        let line = self.lines.get(place)?;
        Some(Said {
            id: &line.id,
            by: &line.reviewer,
            at: line.at,
            what: what(&line.statement)?,
        })
    }

    /// Everybody who said something, by the name they gave first.
    pub fn reviewers(&self) -> impl Iterator<Item = &Reviewer> {
        self.reviewers.values()
    }

    /// Every line, in the order they were said.
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// A reviewer's judgement of an answer.
    pub fn judgement(&self, answer: &AnswerRef, by: &ReviewerId) -> Option<Said<'_, Judgement>> {
        let place = self.standing.judgements.get(answer)?.get(by)?;
        self.said(*place, as_judgement)
    }

    /// What reviewers think of an answer, in the order of their ids.
    pub fn judgements_of(&self, answer: &AnswerRef) -> impl Iterator<Item = (&ReviewerId, Said<'_, Judgement>)> {
        let by = self.standing.judgements.get(answer);
        by.into_iter()
            .flatten()
            .filter_map(|(by, place)| Some((by, self.said(*place, as_judgement)?)))
    }

    /// The answers that were judged.
    pub fn judged(&self) -> impl Iterator<Item = &AnswerRef> {
        self.standing.judgements.keys()
    }

    /// Every judgement that holds, in the order they were made.
    pub fn judgements(&self) -> impl Iterator<Item = Said<'_, Judgement>> {
        let mut places: Vec<usize> = self
            .standing
            .judgements
            .values()
            .flat_map(BTreeMap::values)
            .copied()
            .collect();
        places.sort_unstable();
        places.into_iter().filter_map(|place| self.said(place, as_judgement))
    }

    /// What a reviewer would answer to an item.
    pub fn own_answer(&self, item: &ItemRef, by: &ReviewerId) -> Option<Said<'_, OwnAnswer>> {
        let place = self.standing.own.get(item)?.get(by)?;
        self.said(*place, |statement| match statement {
            Statement::OwnAnswer(own) => Some(own),
            _ => None,
        })
    }

    /// The flags on an item, in the order of the reviewers' ids.
    pub fn flags_of(&self, item: &ItemRef) -> impl Iterator<Item = (&ReviewerId, Said<'_, Flag>)> {
        let by = self.standing.flags.get(item);
        by.into_iter().flatten().filter_map(|(by, place)| {
            let flag = self.said(*place, |statement| match statement {
                Statement::Flag(flag) => Some(flag),
                _ => None,
            })?;
            Some((by, flag))
        })
    }

    /// The items that somebody flagged.
    pub fn flagged(&self) -> impl Iterator<Item = &ItemRef> {
        self.standing.flags.keys()
    }

    /// Whether somebody flagged an item.
    pub fn is_flagged(&self, item: &ItemRef) -> bool {
        self.standing.flags.contains_key(item)
    }

    /// Every decision about an item that was not taken back, the one that holds last.
    pub fn decisions_of(&self, item: &ItemRef) -> impl DoubleEndedIterator<Item = Said<'_, Decision>> {
        let places = self.standing.decisions.get(item);
        places
            .into_iter()
            .flatten()
            .filter_map(|place| self.said(*place, as_decision))
    }

    /// The decision about an item that holds.
    pub fn decision(&self, item: &ItemRef) -> Option<Said<'_, Decision>> {
        self.decisions_of(item).next_back()
    }

    /// The items that something was decided about, each with the decision that holds.
    pub fn decided(&self) -> impl Iterator<Item = (&ItemRef, Said<'_, Decision>)> {
        self.standing.decisions.iter().filter_map(|(item, places)| {
            let decision = self.said(*places.last()?, as_decision)?;
            Some((item, decision))
        })
    }

    /// What settled an answer that was judged differently, the latest.
    pub fn adjudication(&self, answer: &AnswerRef) -> Option<Said<'_, Adjudication>> {
        let place = self.standing.adjudications.get(answer)?.last()?;
        self.said(*place, |statement| match statement {
            Statement::Adjudication(adjudication) => Some(adjudication),
            _ => None,
        })
    }

    /// A reviewer's queues, the newest last.
    pub fn queues(&self, by: &ReviewerId) -> impl DoubleEndedIterator<Item = Said<'_, Queue>> {
        let places = self.standing.queues.get(by);
        places.into_iter().flatten().filter_map(|place| {
            self.said(*place, |statement| match statement {
                Statement::Queue(queue) => Some(queue),
                _ => None,
            })
        })
    }

    /// Everything ever said of an item and its answers, edits and what was taken back included, in order.
    pub fn history<'a>(&'a self, item: &'a ItemRef) -> impl Iterator<Item = &'a Line> {
        let mut ids: BTreeSet<&StatementId> = BTreeSet::new();
        for line in &self.lines {
            if line.statement.item() == Some(item) {
                ids.insert(&line.id);
            }
        }
        self.lines.iter().filter(move |line| ids.contains(&line.id))
    }
}

impl Standing {
    fn take(&mut self, place: usize, by: ReviewerId, statement: &Statement) {
        match statement {
            Statement::Judgement(judgement) => {
                let of = self.judgements.entry(judgement.answer.clone()).or_default();
                of.insert(by, place);
            }
            Statement::OwnAnswer(own) => _ = self.own.entry(own.item.clone()).or_default().insert(by, place),
            Statement::Flag(flag) => _ = self.flags.entry(flag.item.clone()).or_default().insert(by, place),
            Statement::Decision(decision) => self.decisions.entry(decision.item.clone()).or_default().push(place),
            Statement::Adjudication(settled) => {
                self.adjudications
                    .entry(settled.answer.clone())
                    .or_default()
                    .push(place);
            }
            Statement::Queue(_) => self.queues.entry(by).or_default().push(place),
            Statement::Withdrawal(_) => {}
        }
    }
}

impl Statement {
    /// The item it speaks of, if it speaks of one.
    pub fn item(&self) -> Option<&ItemRef> {
        match self {
            Self::Judgement(judgement) => Some(&judgement.answer.item),
            Self::OwnAnswer(own) => Some(&own.item),
            Self::Flag(flag) => Some(&flag.item),
            Self::Decision(decision) => Some(&decision.item),
            Self::Adjudication(settled) => Some(&settled.answer.item),
            Self::Queue(_) | Self::Withdrawal(_) => None,
        }
    }
}

fn as_judgement(statement: &Statement) -> Option<&Judgement> {
    match statement {
        Statement::Judgement(judgement) => Some(judgement),
        _ => None,
    }
}

fn as_decision(statement: &Statement) -> Option<&Decision> {
    match statement {
        Statement::Decision(decision) => Some(decision),
        _ => None,
    }
}
