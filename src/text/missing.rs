//! Characters that no font has, counted over the program, so that they can be told of once.

use std::collections::{BTreeSet, HashSet};
use std::hash::{BuildHasher, RandomState};

/// What was asked for and could not be drawn.
#[derive(Debug, Clone, Default)]
pub struct Missing {
    pub characters: BTreeSet<char>,
    /// In how many texts they stand.
    pub texts: usize,
}

/// Counts what is missing.
#[derive(Debug, Default)]
pub(super) struct Counter {
    pub found: Missing,
    /// The texts counted, by their hashes.
    texts: HashSet<u64>,
    hasher: RandomState,
}

/// Texts are not counted past this.
const MOST_TEXTS: usize = 10_000;

impl Counter {
    /// Notes the characters missing in `text`; says whether anything changed.
    pub fn note(&mut self, text: &str, characters: &BTreeSet<char>) -> bool {
        if characters.is_empty() {
            return false;
        }
        let before = (self.found.characters.len(), self.found.texts);
        self.found.characters.extend(characters);
        if self.texts.len() < MOST_TEXTS {
            self.texts.insert(self.hasher.hash_one(text));
            self.found.texts = self.texts.len();
        }
        before != (self.found.characters.len(), self.found.texts)
    }
}
