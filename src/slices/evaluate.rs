//! Which questions conditions leave.
//!
//! Conditions are looked at one after another, the cheap ones first, each only where those before it hold. A filter
//! that narrows another begins with what that one left.

use std::collections::HashSet;

use super::condition::{Condition, Flagged, ReviewedBy, Together, Who};
use super::filter::Filter;
use super::texts::Texts;
use crate::language::Language;
use crate::reviews::{AnswerRef, ItemRef, Reviewer, Reviews};
use crate::runs::ledger::{Given, Ledger, Question, Selection, Sheet};
use crate::text::folding::Query;

/// What conditions are asked of.
#[derive(Debug, Clone, Copy)]
pub struct Sources<'a> {
    pub ledger: &'a Ledger,
    /// Of this ledger's items.
    pub texts: &'a Texts,
    pub reviews: &'a Reviews,
    /// The label of the protocol whose answers count where the filter names none; each model's latest where `None`.
    pub protocol: Option<&'a str>,
}

impl Filter {
    /// The questions that the conditions leave.
    pub fn select(&self, sources: &Sources<'_>) -> Selection {
        self.select_after(sources, None)
    }

    /// The same, begun with what another filter left of the same sources where this one narrows that.
    pub fn select_after(&self, sources: &Sources<'_>, before: Option<(&Self, &Selection)>) -> Selection {
        let begun = before.and_then(|(filter, selection)| Some((self.after(filter)?, selection)));
        let (conditions, mut left) = match begun {
            Some((conditions, selection)) => (conditions, selection.questions().map(|it| it as u32).collect()),
            None => (
                self.conditions().iter().collect(),
                (0..sources.ledger.len() as u32).collect(),
            ),
        };
        self.narrow(sources, conditions, &mut left);
        let mut left = left.into_iter().peekable();
        Selection::of(sources.ledger, |question| {
            left.next_if(|&next| next as usize == question).is_some()
        })
    }

    /// Leaves of `left`, which is in order, where all conditions hold; answers are taken as this filter says.
    pub(super) fn narrow(&self, sources: &Sources<'_>, mut conditions: Vec<&Condition>, left: &mut Vec<u32>) {
        conditions.sort_by_key(|condition| condition.cost());
        let answers = Answers::new(sources.ledger, self.protocol().or(sources.protocol));
        for condition in conditions {
            if !left.is_empty() {
                condition.retain(sources, &answers, left);
            }
        }
    }
}

impl Condition {
    fn retain(&self, sources: &Sources<'_>, answers: &Answers<'_>, left: &mut Vec<u32>) {
        let ledger = sources.ledger;
        match self {
            Self::Text(typed) => sources.texts.retain(left, &Query::new(typed)),
            Self::Benchmark(names) => {
                retain_by(ledger, left, |question| names.contains(ledger.benchmark_name(question)));
            }
            Self::Task(names) => retain_by(ledger, left, |question| names.contains(ledger.task(question))),
            Self::Subject(names) => retain_by(ledger, left, |question| {
                ledger.subject(question).is_some_and(|subject| names.contains(subject))
            }),
            Self::Language(languages) => retain_by(ledger, left, |question| {
                ledger
                    .language(question)
                    .is_some_and(|language| languages.contains(language))
            }),
            Self::Flagged(flagged) => flagged.retain(sources, left),
            Self::Reviewed(by) => by.retain(sources, left),
            Self::Protocol(_) => left.retain(|&question| answers.all(question).next().is_some()),
            Self::Asked(model) => {
                let place = answers.place(model);
                left.retain(|&question| place.is_some_and(|place| answers.given(place, question).is_some()));
            }
            Self::Outcome { is, of } => {
                answers.retain(left, of, |given| Some(given.outcome() == *is));
            }
            Self::Models { right, wrong } => answers.retain_models(left, right, wrong, |pair| pair == (true, false)),
            Self::OneOfModels { first, second } => {
                answers.retain_models(left, first, second, |(one, other)| one != other)
            }
            Self::Languages { right, wrong, of } => {
                answers.retain_languages(left, right, wrong, of, |pair| pair == (true, false));
            }
            Self::OneOfLanguages { first, second, of } => {
                answers.retain_languages(left, first, second, of, |(one, other)| one != other);
            }
            Self::Answers(Together::AllWrong) => left.retain(|&question| {
                let mut counted = answers.all(question).filter(Given::counts).peekable();
                counted.peek().is_some() && counted.all(|given| !given.is_right())
            }),
            Self::Answers(Together::Differ) => left.retain(|&question| {
                let counted = answers.all(question).filter(Given::counts);
                let mut chosen = counted
                    .map(|given| given.choices())
                    .filter(|choices| !choices.is_empty());
                let first = chosen.next();
                chosen.any(|choices| Some(choices) != first)
            }),
            Self::LowMargin { below, of } => {
                let below = below.share();
                answers.retain(left, of, |given| Some(given.margin()? < below));
            }
            Self::ConfidentAndWrong { above, of } => {
                let above = above.share();
                answers.retain(left, of, |given| Some(given.confidence()? > above && !given.is_right()));
            }
        }
    }
}

fn retain_by(ledger: &Ledger, left: &mut Vec<u32>, keeps: impl Fn(&Question) -> bool) {
    left.retain(|&question| ledger.question(question as usize).is_some_and(&keeps));
}

/// The answers that count for a filter, by model.
struct Answers<'a> {
    ledger: &'a Ledger,
    /// Names with what they gave under one protocol, or under each.
    models: Vec<(&'a str, Vec<&'a Sheet>)>,
}

impl<'a> Answers<'a> {
    fn new(ledger: &'a Ledger, protocol: Option<&str>) -> Self {
        let mut models: Vec<(&str, Vec<&Sheet>)> = Vec::new();
        for sheet in ledger.sheets() {
            if protocol.is_some_and(|protocol| protocol != sheet.protocol) {
                continue;
            }
            match models.iter_mut().find(|(model, _)| *model == sheet.model) {
                Some((_, sheets)) => sheets.push(sheet),
                None => models.push((&sheet.model, vec![sheet])),
            }
        }
        Self { ledger, models }
    }

    fn place(&self, model: &str) -> Option<usize> {
        self.models.iter().position(|(name, _)| *name == model)
    }

    /// What a model gave, the latest of several protocols'.
    fn given(&self, model: usize, question: u32) -> Option<Given<'a>> {
        let (_, sheets) = self.models.get(model)?;
        let given = sheets
            .iter()
            .filter_map(|sheet| self.ledger.given(sheet, question as usize));
        given.reduce(|one, other| if other.is_later_than(&one) { other } else { one })
    }

    /// What every model gave.
    fn all(&self, question: u32) -> impl Iterator<Item = Given<'a>> + '_ {
        (0..self.models.len()).filter_map(move |model| self.given(model, question))
    }

    /// Whether a model is right; `None` where it gave nothing that counts.
    fn is_right(&self, model: usize, question: u32) -> Option<bool> {
        let given = self.given(model, question)?;
        given.counts().then(|| given.is_right())
    }

    /// Whether something holds of whose answers it is to hold; `None` says that nothing can be said of a model's.
    fn holds(&self, of: &Who, mut of_model: impl FnMut(usize) -> Option<bool>) -> bool {
        let mut said = (0..self.models.len()).filter_map(&mut of_model).peekable();
        match of {
            Who::Any => said.any(|holds| holds),
            Who::Every => said.peek().is_some() && said.all(|holds| holds),
            Who::Model(name) => self.place(name).and_then(of_model).unwrap_or(false),
        }
    }

    /// Leaves the questions where something holds of whether two models are right, which both must have answered.
    fn retain_models(&self, left: &mut Vec<u32>, first: &str, second: &str, holds: impl Fn((bool, bool)) -> bool) {
        let Some((first, second)) = self.place(first).zip(self.place(second)) else {
            return left.clear();
        };
        let pair = |question| self.is_right(first, question).zip(self.is_right(second, question));
        left.retain(|&question| pair(question).is_some_and(&holds));
    }

    /// Leaves the questions, in one of two languages, where something holds of whether answers in the first and in the
    /// second are right, both of which there must be.
    fn retain_languages(
        &self,
        left: &mut Vec<u32>,
        first: &Language,
        second: &Language,
        of: &Who,
        holds: impl Fn((bool, bool)) -> bool,
    ) {
        let ledger = self.ledger;
        let is = |question: usize, wanted: &Language| {
            let found = ledger.question(question);
            found.and_then(|found| ledger.language(found)) == Some(wanted)
        };
        let other = |question: u32, wanted| {
            let beside = ledger.beside(question as usize);
            beside.filter(move |&it| is(it, wanted)).map(|it| it as u32)
        };
        let both = |one: u32, other: u32| {
            self.holds(of, |model| {
                let pair = self.is_right(model, one).zip(self.is_right(model, other));
                pair.map(&holds)
            })
        };
        left.retain(|&question| {
            (is(question as usize, first) && other(question, second).any(|it| both(question, it)))
                || (is(question as usize, second) && other(question, first).any(|it| both(it, question)))
        });
    }

    /// Leaves the questions where something holds of the answers; `None` says that nothing can be said of one.
    fn retain(&self, left: &mut Vec<u32>, of: &Who, holds: impl Fn(Given<'_>) -> Option<bool>) {
        left.retain(|&question| self.holds(of, |model| holds(self.given(model, question)?)));
    }
}

impl Flagged {
    fn retain(self, sources: &Sources<'_>, left: &mut Vec<u32>) {
        let is_meant = |item: &&ItemRef| match self {
            Self::Any => true,
            Self::As(kind) => {
                let mut flags = sources.reviews.flags_of(item);
                flags.any(|(_, flag)| flag.what.kinds.contains(&kind))
            }
        };
        let flagged = found(sources.ledger, sources.reviews.flagged().filter(is_meant));
        left.retain(|question| flagged.contains(question));
    }
}

impl ReviewedBy {
    fn retain(&self, sources: &Sources<'_>, left: &mut Vec<u32>) {
        let reviews = sources.reviews;
        let reviewer = match self {
            Self::Nobody | Self::Anyone => None,
            // A name that cannot be one has reviewed nothing.
            Self::By(name) => match Reviewer::new(name) {
                Ok(reviewer) => Some(reviewer),
                Err(_) => return left.clear(),
            },
        };
        let by_them = |answer: &&AnswerRef| {
            let reviewer = reviewer.as_ref();
            reviewer.is_none_or(|reviewer| reviews.judgement(answer, reviewer.id()).is_some())
        };
        let judged = reviews.judged().filter(by_them).map(|answer| &answer.item);
        let judged = found(sources.ledger, judged);
        left.retain(|question| judged.contains(question) != matches!(self, Self::Nobody));
    }
}

/// The questions that ask items; items that are gone are left out.
fn found<'a>(ledger: &Ledger, items: impl Iterator<Item = &'a ItemRef>) -> HashSet<u32> {
    let questions = items.filter_map(|item| ledger.find(&item.benchmark, &item.key));
    questions.map(|question| question as u32).collect()
}
