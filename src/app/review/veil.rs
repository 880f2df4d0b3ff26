//! What may be seen of an item while it is judged blind.

use std::ops::Deref;

use super::Review;
use crate::app::study::Study;
use crate::language::Language;
use crate::reviews::{AnswerRef, ItemRef, RunModel, blind_order, disagreement};
use crate::runs::ledger::Given;
use crate::scoring::Outcome;

/// What an item still waits for, and what is hidden of it until then.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Veil {
    /// Answers are to be judged: hides the right answer, the names of models and runs, and what tells models apart.
    pub unjudged: bool,
    /// The reviewer's own answer comes first: hides every choice, probability and reply too.
    pub unanswered: bool,
}

impl Veil {
    /// An outcome, as far as it may be known: right and wrong would tell the right answer.
    pub fn outcome(self, outcome: Outcome) -> Option<Outcome> {
        let tells = matches!(outcome, Outcome::Right | Outcome::Wrong);
        let hidden = self.unanswered || (self.unjudged && tells);
        (!hidden).then_some(outcome)
    }
}

/// An answer as the page shows it.
#[derive(Debug, Clone)]
pub struct Shown<'a> {
    given: Given<'a>,
    name: String,
    language: Option<&'static Language>,
    /// From 1, where the answers are numbered.
    pub number: Option<usize>,
}

impl<'a> Shown<'a> {
    /// The model's name, or `Answer 2` in the language of the form while that is hidden.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The language of what stands for a hidden name; a model's name is in none.
    pub fn language(&self) -> Option<&'static Language> {
        self.language
    }

    /// The answer itself.
    pub fn given(&self) -> Given<'a> {
        self.given
    }
}

impl<'a> Deref for Shown<'a> {
    type Target = Given<'a>;

    fn deref(&self) -> &Given<'a> {
        &self.given
    }
}

impl Review {
    /// Whether answers are numbered, in an order that tells nothing.
    fn is_numbered(&self) -> bool {
        self.blind || self.queue.is_some()
    }

    /// What is hidden of the item in a place of [`Study::entries`].
    pub fn veil(&self, study: &Study, place: usize, protocol: Option<&str>) -> Veil {
        if !self.blind {
            return Veil::default();
        }
        let Some(item) = Self::item(study, place) else {
            return Veil::default();
        };
        let answers = self.answers(study, place, protocol);
        let waits = |answer: &AnswerRef| match self.settling {
            // Who settles between others judges nothing else.
            Some(_) => disagreement(&self.reviews, answer).is_some_and(|differs| differs.settled.is_none()),
            None => true,
        };
        let unjudged = answers.iter().any(|answer| !self.is_judged(answer) && waits(answer));
        Veil {
            unjudged,
            unanswered: unjudged && !self.own_given(&item) && self.settling.is_none(),
        }
    }

    /// The same where it is shown beside the item in place `like`, with which it is judged: the same question in another
    /// language.
    pub fn veil_beside(&self, study: &Study, place: usize, like: usize, protocol: Option<&str>) -> Veil {
        let veil = self.veil(study, like, protocol);
        if place == like {
            return veil;
        }
        let queued = || {
            let item = Self::item(study, place);
            let queue = self.queue();
            queue.is_some_and(|queue| {
                queue
                    .what
                    .items
                    .iter()
                    .any(|queued| Some(&queued.item) == item.as_ref())
            })
        };
        // What has a turn of its own stays hidden until then, and so does what nothing beside it can reveal.
        if !queued() && !self.answers(study, like, protocol).is_empty() {
            return veil;
        }
        let own = self.veil(study, place, protocol);
        Veil {
            unjudged: veil.unjudged || own.unjudged,
            unanswered: veil.unanswered || own.unanswered,
        }
    }

    /// The answers to the item in a place of [`Study::entries`] that are judged, in the order they are numbered: those
    /// of the queue, else every model's under the protocol.
    pub fn answers(&self, study: &Study, place: usize, protocol: Option<&str>) -> Vec<AnswerRef> {
        let Some(item) = Self::item(study, place) else {
            return Vec::new();
        };
        let models: Vec<RunModel> = self.given(study, place, &item, protocol).iter().map(named).collect();
        let answer = |given| AnswerRef {
            given,
            item: item.clone(),
        };
        models.into_iter().map(answer).collect()
    }

    /// The same with what was given, as the page shows it. `like` is the item whose numbers count: a question's other
    /// languages are numbered as it is.
    pub fn shown<'a>(&self, study: &'a Study, place: usize, like: usize, protocol: Option<&str>) -> Vec<Shown<'a>> {
        let Some(item) = Self::item(study, place) else {
            return Vec::new();
        };
        let mut given = self.given(study, place, &item, protocol);
        if !self.is_numbered() {
            return given.into_iter().map(|given| plain(given, None)).collect();
        }
        let models: Vec<String> = self
            .answers(study, like, protocol)
            .into_iter()
            .map(|answer| answer.given.model)
            .collect();
        let number = |given: &Given<'_>| models.iter().position(|model| model == given.model());
        given.sort_by_key(|given| number(given).unwrap_or(usize::MAX));
        let hidden = self.veil_beside(study, place, like, protocol).unjudged;
        given
            .into_iter()
            .enumerate()
            .map(|(place, given)| {
                let number = number(&given).unwrap_or(place.max(models.len())) + 1;
                match hidden {
                    true => Shown {
                        given,
                        name: self.form.numbered(number),
                        language: Some(self.form.language()),
                        number: Some(number),
                    },
                    false => plain(given, Some(number)),
                }
            })
            .collect()
    }

    fn given<'a>(&self, study: &'a Study, place: usize, item: &ItemRef, protocol: Option<&str>) -> Vec<Given<'a>> {
        let queued = self.queue();
        let queued = queued.and_then(|queue| queue.what.items.iter().find(|queued| queued.item == *item));
        if let Some(queued) = queued {
            let sheets = || study.ledger.sheets().iter();
            let find = |wanted: &RunModel| {
                sheets()
                    .filter(|sheet| sheet.model == wanted.model)
                    .filter_map(|sheet| study.ledger.given(sheet, place))
                    .find(|given| given.run().id == wanted.run)
            };
            return queued.answers.iter().filter_map(find).collect();
        }
        let mut given = study.ledger.answers_to(place, protocol);
        if self.is_numbered() {
            let mut order: Vec<RunModel> = given.iter().map(named).collect();
            blind_order(self.seed(), item, &mut order);
            given.sort_by_cached_key(|given| order.iter().position(|other| *other == named(given)));
        }
        given
    }

    /// What orders answers outside of queues: the same for a reviewer after every start.
    fn seed(&self) -> u64 {
        let name = self.reviewer.as_ref().map_or("", |reviewer| reviewer.id().as_str());
        name.bytes().fold(0x9e37_79b9_7f4a_7c15, |seed, byte| {
            (seed ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        })
    }
}

fn plain(given: Given<'_>, number: Option<usize>) -> Shown<'_> {
    Shown {
        given,
        name: given.model().to_owned(),
        language: None,
        number,
    }
}

fn named(given: &Given<'_>) -> RunModel {
    RunModel {
        run: given.run().id.clone(),
        model: given.model().to_owned(),
    }
}
