//! Filters: conditions that all have to hold.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::condition::Condition;
use crate::text::folding::Query;

/// Conditions that all have to hold. None leaves everything.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Filter {
    conditions: Vec<Condition>,
}

impl FromIterator<Condition> for Filter {
    fn from_iter<I: IntoIterator<Item = Condition>>(conditions: I) -> Self {
        let start = Self::default();
        conditions.into_iter().fold(start, Self::with)
    }
}

impl Filter {
    /// What has to hold, in the order it was added.
    pub fn conditions(&self) -> &[Condition] {
        &self.conditions
    }

    /// Whether nothing is narrowed.
    pub fn is_empty(&self) -> bool {
        self.conditions.is_empty()
    }

    /// Adds a condition. What is one of several (a language, a benchmark) joins those there are; of what can be only
    /// one (the text, the protocol) the new one stands for the old; anything else has to hold besides.
    #[must_use]
    pub fn with(mut self, condition: Condition) -> Self {
        for old in &mut self.conditions {
            match (old, &condition) {
                (Condition::Benchmark(old), Condition::Benchmark(new))
                | (Condition::Task(old), Condition::Task(new))
                | (Condition::Subject(old), Condition::Subject(new)) => {
                    old.extend(new.iter().cloned());
                    return self;
                }
                (Condition::Language(old), Condition::Language(new)) => {
                    old.extend(new.iter().cloned());
                    return self;
                }
                (Condition::Text(old), Condition::Text(new)) | (Condition::Protocol(old), Condition::Protocol(new)) => {
                    old.clone_from(new);
                    return self.tidied();
                }
                (old, new) if old == new => return self,
                _ => {}
            }
        }
        self.conditions.push(condition);
        self.tidied()
    }

    /// Takes the condition in a place away.
    #[must_use]
    pub fn without(mut self, place: usize) -> Self {
        if place < self.conditions.len() {
            self.conditions.remove(place);
        }
        self
    }

    /// Puts another condition in the place of one.
    #[must_use]
    pub fn with_in_place(mut self, place: usize, condition: Condition) -> Self {
        if let Some(old) = self.conditions.get_mut(place) {
            *old = condition;
        }
        self
    }

    /// The same that looks for another text; none where that is empty.
    #[must_use]
    pub fn looking_for(self, typed: &str) -> Self {
        self.with(Condition::Text(typed.to_owned()))
    }

    /// What is looked for; empty where nothing is.
    pub fn text(&self) -> &str {
        let mut texts = self.conditions.iter().filter_map(|condition| match condition {
            Condition::Text(text) => Some(text.as_str()),
            _ => None,
        });
        texts.next_back().unwrap_or_default()
    }

    /// The label of the protocol whose answers alone count, where one is named.
    pub fn protocol(&self) -> Option<&str> {
        let mut labels = self.conditions.iter().filter_map(|condition| match condition {
            Condition::Protocol(label) => Some(label.as_str()),
            _ => None,
        });
        labels.next_back()
    }

    /// The conditions of this filter that have to be looked at where those of `before` hold already; `None` where this
    /// one may leave more than that.
    pub(super) fn after(&self, before: &Self) -> Option<Vec<&Condition>> {
        if self.protocol() != before.protocol() {
            return None;
        }
        let holds = |old: &Condition| match old {
            Condition::Text(old) => Query::new(self.text()).narrows(&Query::new(old)),
            old => self.conditions.iter().any(|new| new.is_within(old)),
        };
        let narrows = before.conditions.iter().all(holds);
        let new = || self.conditions.iter().filter(|new| !before.conditions.contains(new));
        narrows.then(|| new().collect())
    }

    /// A text of which nothing is looked for is none.
    fn tidied(mut self) -> Self {
        self.conditions
            .retain(|condition| !matches!(condition, Condition::Text(text) if text.is_empty()));
        self
    }
}

impl Condition {
    /// Whether all that this leaves is among what `other` leaves.
    fn is_within(&self, other: &Self) -> bool {
        fn within<T: Ord>(one: &BTreeSet<T>, other: &BTreeSet<T>) -> bool {
            one.is_subset(other)
        }
        match (self, other) {
            (Self::Benchmark(one), Self::Benchmark(other))
            | (Self::Task(one), Self::Task(other))
            | (Self::Subject(one), Self::Subject(other)) => within(one, other),
            (Self::Language(one), Self::Language(other)) => within(one, other),
            _ => self == other,
        }
    }
}
