//! Which pairs belong together: those about one context, and those that ask the same in several languages.

use crate::runs::ledger::Question;
use crate::stats::Cluster;

/// Nothing yet.
const NONE: u32 = u32::MAX;

/// Pairs that come one after another, joined where they share anything.
pub(super) struct Clusters {
    /// Of every pair, a pair of its cluster that came before it, or itself.
    before: Vec<u32>,
    /// Of every pair, by how much the first did better.
    differences: Vec<i64>,
    /// The first pair with a context, by its number.
    contexts: Vec<u32>,
    /// The first pair that asks something, by its number.
    parallels: Vec<u32>,
}

impl Clusters {
    /// None yet, of a ledger with so many questions.
    pub(super) fn new(questions: usize) -> Self {
        Self {
            before: Vec::new(),
            differences: Vec::new(),
            contexts: vec![NONE; questions],
            parallels: vec![NONE; questions],
        }
    }

    /// Adds a pair of answers to these questions.
    pub(super) fn add<'a>(&mut self, questions: impl Iterator<Item = &'a Question>, difference: i64) {
        let pair = self.before.len() as u32;
        self.before.push(pair);
        self.differences.push(difference);
        for question in questions {
            let shared = [
                self.contexts.get_mut(question.context as usize),
                self.parallels.get_mut(question.parallel as usize),
            ];
            let firsts = shared.map(|first| {
                first.map_or(pair, |first| {
                    if *first == NONE {
                        *first = pair;
                    }
                    *first
                })
            });
            for first in firsts {
                self.join(first, pair);
            }
        }
    }

    fn join(&mut self, one: u32, other: u32) {
        let (one, other) = (self.head(one), self.head(other));
        if let Some(before) = self.before.get_mut(one.max(other) as usize) {
            *before = one.min(other);
        }
    }

    /// The first pair of a pair's cluster.
    fn head(&mut self, mut pair: u32) -> u32 {
        loop {
            let before = self.of(pair);
            if before == pair {
                return pair;
            }
            // Every look shortens the way for the next.
            let earlier = self.of(before);
            if let Some(before) = self.before.get_mut(pair as usize) {
                *before = earlier;
            }
            pair = earlier;
        }
    }

    fn of(&self, pair: u32) -> u32 {
        self.before.get(pair as usize).copied().unwrap_or(pair)
    }

    /// The clusters, in the order of their first pairs.
    pub(super) fn into_clusters(mut self) -> Vec<Cluster> {
        let mut clusters = vec![Cluster { sum: 0, pairs: 0 }; self.before.len()];
        for pair in 0..self.before.len() as u32 {
            let head = self.head(pair);
            let difference = self.differences.get(pair as usize).copied().unwrap_or_default();
            if let Some(cluster) = clusters.get_mut(head as usize) {
                cluster.sum += difference;
                cluster.pairs += 1;
            }
        }
        clusters.retain(|cluster| cluster.pairs > 0);
        clusters
    }
}
