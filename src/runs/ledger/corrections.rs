//! Corrections: items that count nowhere, or that other options are right of than their benchmark says.

use std::collections::HashMap;

use crate::benchmarks::ItemKey;

/// What people decided about an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Correction {
    /// It counts in no number.
    LeftOut,
    /// These options are right, counted from 0.
    Rekeyed(Vec<usize>),
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

    /// How many items are corrected.
    pub fn len(&self) -> usize {
        self.items.values().map(HashMap::len).sum()
    }

    /// Whether nothing is corrected.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }
}
