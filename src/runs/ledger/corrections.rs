//! Corrections: items that count nowhere, or that other options are right of than their benchmark says.

use std::collections::HashMap;

use crate::benchmarks::ItemKey;
use crate::language::Language;
use crate::scoring::{Answer, Outcome};

/// What people decided about an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Correction {
    /// It counts in no number.
    LeftOut,
    /// These options are right, counted from 0.
    Rekeyed(Vec<usize>),
}

impl Correction {
    /// In words: `left out`, or `re-keyed to A,C`.
    pub fn words(&self) -> String {
        match self {
            Self::LeftOut => "left out".to_owned(),
            Self::Rekeyed(right) => {
                let letters = right
                    .iter()
                    .map(|&option| Language::latin_letter(option).unwrap_or("?"));
                format!("re-keyed to {}", letters.collect::<Vec<_>>().join(","))
            }
        }
    }
}

/// What comes of an answer where these options are right, which `before` came of when it was asked. Of what was
/// written the whole set counts, of what was scored any right option.
#[inline]
pub(super) fn outcome_under(right: &[usize], before: Outcome, chosen: &[usize], is_written: bool) -> Outcome {
    let is_right = match (before, is_written) {
        (Outcome::Right | Outcome::Wrong, true) => chosen == right,
        (Outcome::Right | Outcome::Wrong, false) => chosen.iter().any(|choice| right.contains(choice)),
        _ => return before,
    };
    if is_right { Outcome::Right } else { Outcome::Wrong }
}

/// The corrections of a workspace's items.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Corrections {
    /// By benchmark, then by item.
    items: HashMap<String, HashMap<ItemKey, Correction>>,
}

impl Corrections {
    /// Corrects an item of a benchmark, whatever was said of it before.
    pub fn insert(&mut self, benchmark: &str, item: ItemKey, correction: Correction) {
        self.items
            .entry(benchmark.to_owned())
            .or_default()
            .insert(item, correction);
    }

    /// What was decided about an item.
    pub fn get(&self, benchmark: &str, item: &ItemKey) -> Option<&Correction> {
        self.items.get(benchmark)?.get(item)
    }

    /// What came of an answer under them, and what was decided about its item.
    pub fn outcome<'a>(&'a self, answer: &Answer) -> (Outcome, Option<&'a Correction>) {
        let correction = self.get(&answer.benchmark, &answer.item);
        let outcome = match correction {
            Some(Correction::Rekeyed(right)) => {
                outcome_under(right, answer.outcome, &answer.choices, answer.reply.is_some())
            }
            Some(Correction::LeftOut) | None => answer.outcome,
        };
        (outcome, correction)
    }

    /// All of them, in no order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &ItemKey, &Correction)> {
        self.items.iter().flat_map(|(benchmark, items)| {
            let items = items.iter();
            items.map(move |(item, correction)| (benchmark.as_str(), item, correction))
        })
    }

    /// How many items are corrected.
    pub fn len(&self) -> usize {
        self.items.values().map(HashMap::len).sum()
    }

    /// Whether nothing is corrected.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_to_a_rekeyed_item_is_scored_as_it_was_asked() {
        let outcome = |right: &[usize], chosen: &[usize], is_written| {
            [Outcome::Right, Outcome::Wrong].map(|before| outcome_under(right, before, chosen, is_written))
        };
        assert_eq!(outcome(&[1], &[1], false), [Outcome::Right; 2]);
        assert_eq!(outcome(&[1], &[0], false), [Outcome::Wrong; 2]);
        assert_eq!(outcome(&[0, 2], &[2], false), [Outcome::Right; 2]);
        assert_eq!(
            outcome(&[0, 2], &[2], true),
            [Outcome::Wrong; 2],
            "not all that are right"
        );
        assert_eq!(outcome(&[0, 2], &[0, 2], true), [Outcome::Right; 2]);
        for before in [Outcome::Unparsed, Outcome::Refused, Outcome::Truncated, Outcome::Failed] {
            assert_eq!(outcome_under(&[1], before, &[1], true), before);
        }
    }
}
