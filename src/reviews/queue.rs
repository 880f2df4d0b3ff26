//! Queues: a sample of items, each with its answers in blind order, and how far a reviewer came in it.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore as _, SeedableRng as _};
use serde_json::Map;

use super::blinding::blind_order;
use super::reviewer::ReviewerId;
use super::said::Reviews;
use super::statement::{AnswerRef, ItemRef, Queue, QueueItem, RunModel};

/// An item that could be judged, with the answers it has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    pub item: ItemRef,
    pub answers: Vec<RunModel>,
}

/// How far a reviewer came in a queue.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Progress {
    /// Items all of whose answers the reviewer has judged.
    pub done: usize,
    pub items: usize,
}

impl Queue {
    /// Draws `size` of the candidates that have an answer, or all where there are fewer. The same seed draws the same
    /// from the same candidates, in the same order.
    pub fn draw(title: &str, candidates: Vec<Candidate>, size: usize, seed: u64, blind: bool) -> Self {
        let mut pool: Vec<Candidate> = candidates;
        pool.retain(|candidate| !candidate.answers.is_empty());
        // Whatever order the window lists them in.
        pool.sort_by(|one, other| one.item.cmp(&other.item));
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let size = size.min(pool.len());
        for place in 0..size {
            let rest = pool.len() - place;
            pool.swap(place, place + below(&mut random, rest));
        }
        pool.truncate(size);
        let items = pool.into_iter().map(|Candidate { item, mut answers }| {
            blind_order(seed, &item, &mut answers);
            QueueItem { item, answers }
        });
        Self {
            title: title.to_owned(),
            seed,
            blind,
            items: items.collect(),
            rest: Map::new(),
        }
    }

    /// How far a reviewer came in it.
    pub fn progress(&self, reviews: &Reviews, by: &ReviewerId) -> Progress {
        Progress {
            done: self.items.iter().filter(|item| item.is_judged(reviews, by)).count(),
            items: self.items.len(),
        }
    }

    /// The first item after place `after` (from its start where `None`) that the reviewer has not judged to the end,
    /// going round.
    pub fn next(&self, reviews: &Reviews, by: &ReviewerId, after: Option<usize>) -> Option<usize> {
        let start = after.map_or(0, |place| place + 1);
        let places = (start..self.items.len()).chain(0..start.min(self.items.len()));
        places
            .into_iter()
            .find(|&place| self.items.get(place).is_some_and(|item| !item.is_judged(reviews, by)))
    }
}

impl QueueItem {
    /// Its answers, in the order they are numbered.
    pub fn answers(&self) -> impl Iterator<Item = AnswerRef> {
        self.answers.iter().map(|given| AnswerRef {
            given: given.clone(),
            item: self.item.clone(),
        })
    }

    /// Whether a reviewer has judged all of its answers.
    pub fn is_judged(&self, reviews: &Reviews, by: &ReviewerId) -> bool {
        self.answers().all(|answer| reviews.judgement(&answer, by).is_some())
    }
}

/// A number below `end`, each as likely as the others.
fn below(random: &mut ChaCha8Rng, end: usize) -> usize {
    let end = end.max(1) as u64;
    // Above the last whole multiple, the low numbers would come up once more often.
    let limit = u64::MAX - u64::MAX % end;
    loop {
        let drawn = random.next_u64();
        if drawn < limit {
            return usize::try_from(drawn % end).unwrap_or(0);
        }
    }
}
