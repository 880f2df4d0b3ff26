//! How many questions a filter would leave with one more condition, for every choice of a menu.

use std::collections::BTreeMap;

use super::condition::Condition;
use super::evaluate::Sources;
use super::filter::Filter;
use crate::runs::ledger::{Question, Selection};

/// What a question is one of several of.
#[derive(Clone, Copy, PartialEq)]
enum Facet {
    Benchmark,
    Task,
    Subject,
    Language,
}

impl Facet {
    fn of(condition: &Condition) -> Option<Self> {
        Some(match condition {
            Condition::Benchmark(_) => Self::Benchmark,
            Condition::Task(_) => Self::Task,
            Condition::Subject(_) => Self::Subject,
            Condition::Language(_) => Self::Language,
            _ => return None,
        })
    }

    fn number(self, question: &Question) -> Option<u32> {
        match self {
            Self::Benchmark => Some(question.benchmark),
            Self::Task => Some(question.task),
            Self::Subject => question.subject,
            Self::Language => Some(question.language),
        }
    }

    /// The text that a condition of this kind names a question's by.
    fn name<'a>(self, sources: &Sources<'a>, question: &'a Question) -> Option<&'a str> {
        let ledger = sources.ledger;
        match self {
            Self::Benchmark => Some(ledger.benchmark_name(question)),
            Self::Task => Some(ledger.task(question)),
            Self::Subject => ledger.subject(question),
            Self::Language => ledger.language(question).map(|language| language.tag()),
        }
    }
}

/// The texts that a condition on a facet names.
fn named(condition: &Condition) -> Vec<&str> {
    match condition {
        Condition::Benchmark(names) | Condition::Task(names) | Condition::Subject(names) => {
            names.iter().map(String::as_str).collect()
        }
        Condition::Language(languages) => languages.iter().map(|language| language.tag()).collect(),
        _ => Vec::new(),
    }
}

impl Filter {
    /// How many questions each of `choices` would leave, were it added. `selection` is what this filter leaves.
    pub fn counts(&self, sources: &Sources<'_>, selection: &Selection, choices: &[Condition]) -> Vec<usize> {
        let mut facets: Vec<(Facet, BTreeMap<&str, usize>)> = Vec::new();
        let mut counts = Vec::with_capacity(choices.len());
        for choice in choices {
            let Some(facet) = Facet::of(choice) else {
                let with = self.clone().with(choice.clone());
                counts.push(with.select_after(sources, Some((self, selection))).len());
                continue;
            };
            if !facets.iter().any(|(known, _)| *known == facet) {
                facets.push((facet, self.by_name(sources, selection, facet)));
            }
            let with = self.clone().with(choice.clone());
            let names = with
                .conditions()
                .iter()
                .filter(|it| Facet::of(it) == Some(facet))
                .flat_map(named);
            let known = facets.iter().find(|(known, _)| *known == facet);
            counts.push(names.filter_map(|name| known?.1.get(name)).sum());
        }
        counts
    }

    /// How many questions there are of each of a facet, were this filter's own condition on it not there.
    fn by_name<'a>(&self, sources: &Sources<'a>, selection: &Selection, facet: Facet) -> BTreeMap<&'a str, usize> {
        let is_other = |condition: &&Condition| Facet::of(condition) != Some(facet);
        let others: Vec<&Condition> = self.conditions().iter().filter(is_other).collect();
        let left: Vec<u32> = if others.len() == self.conditions().len() {
            selection.questions().map(|question| question as u32).collect()
        } else {
            let mut left = (0..sources.ledger.len() as u32).collect();
            self.narrow(sources, others, &mut left);
            left
        };
        let mut by_number: BTreeMap<u32, (&Question, usize)> = BTreeMap::new();
        for question in left {
            let found = sources.ledger.question(question as usize);
            if let Some((found, number)) = found.and_then(|found| Some((found, facet.number(found)?))) {
                by_number.entry(number).or_insert((found, 0)).1 += 1;
            }
        }
        let counted = by_number.into_values();
        counted
            .filter_map(|(question, count)| Some((facet.name(sources, question)?, count)))
            .collect()
    }
}
