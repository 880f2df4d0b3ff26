//! A plan: which items a run asks, in what order, in which groups.

use std::collections::BTreeMap;

use crate::benchmarks::{Benchmark, Item};
use crate::language::Language;
use crate::prompts::{Protocol, shots};

/// Items computed together and journaled together. More would share the pass better;
/// fewer would lose less when the power goes.
pub const GROUP_ITEMS: usize = 16;

/// Neighbouring items of one task in one language, and the examples each is shown.
#[derive(Debug)]
pub struct Group<'a> {
    pub benchmark: &'a str,
    pub items: Vec<Planned<'a>>,
}

/// An item with the examples put before it.
#[derive(Debug)]
pub struct Planned<'a> {
    pub item: &'a Item,
    pub shots: Vec<&'a Item>,
}

/// What one model is asked; every model of a run is asked the same.
#[derive(Debug)]
pub struct Plan<'a> {
    pub groups: Vec<Group<'a>>,
}

impl<'a> Plan<'a> {
    /// Plans `limit` items (all where `None`) of each benchmark in each of `languages`, with the protocol's examples.
    ///
    /// The order is by benchmark, language and task, so that neighbours share instruction and examples,
    /// which the engine then computes once.
    pub fn new(benchmarks: &'a [Benchmark], languages: &[Language], limit: Option<usize>, protocol: &Protocol) -> Self {
        let mut groups = Vec::new();
        for benchmark in benchmarks {
            for language in languages {
                let in_language: Vec<&Item> = benchmark
                    .items()
                    .iter()
                    .filter(|item| item.key.language == *language)
                    .collect();
                let asked = limit.unwrap_or(usize::MAX);
                let mut tasks: BTreeMap<&str, Vec<&Item>> = BTreeMap::new();
                for item in in_language.iter().take(asked) {
                    tasks.entry(&item.task).or_default().push(item);
                }
                for (task, items) in tasks {
                    let of_task = |items: &mut dyn Iterator<Item = &'a Item>| -> Vec<&'a Item> {
                        let same = |item: &&Item| item.key.language == *language && item.task == task;
                        items.filter(same).collect()
                    };
                    let examples = of_task(&mut benchmark.examples().iter());
                    let all = of_task(&mut in_language.iter().copied());
                    let shots = shots(&items, &all, &examples, protocol);
                    let mut planned = items
                        .into_iter()
                        .zip(shots)
                        .map(|(item, shots)| Planned { item, shots });
                    loop {
                        let items: Vec<Planned<'a>> = planned.by_ref().take(GROUP_ITEMS).collect();
                        if items.is_empty() {
                            break;
                        }
                        let benchmark = benchmark.name();
                        groups.push(Group { benchmark, items });
                    }
                }
            }
        }
        Self { groups }
    }

    /// The groups that are left where so many items, of whole groups, are answered.
    pub fn groups_after(&self, answered: usize) -> &[Group<'a>] {
        let mut before = 0;
        let whole = self.groups.iter().take_while(|group| {
            before += group.items.len();
            before <= answered
        });
        let whole = whole.count();
        self.groups.get(whole..).unwrap_or_default()
    }

    /// The items of all groups.
    pub fn len(&self) -> usize {
        self.groups.iter().map(|group| group.items.len()).sum()
    }

    /// Whether nothing is asked.
    pub fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }
}
