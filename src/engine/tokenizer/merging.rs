//! The merging of neighbours in a text: the best pair first, until no two neighbours make a token.

use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::ops::Range;

use crate::engine::TokenId;

/// A stretch of text on its way to a token.
#[derive(Debug, Clone)]
pub(super) struct Symbol {
    /// Where it lies in the text; empty once its left neighbour took it in.
    pub range: Range<usize>,
    /// Only a letter that was there from the start can be no token.
    pub id: Option<TokenId>,
}

/// What two neighbours become together, and how urgently: the greatest priority goes first.
pub(super) struct Union<Priority> {
    pub priority: Priority,
    pub id: TokenId,
}

/// Merges until `join` finds nothing for any two neighbours. Of equal priorities the leftmost pair goes first.
pub(super) fn merge<Priority: Ord>(
    symbols: Vec<Symbol>,
    join: impl Fn(&Symbol, &Symbol) -> Option<Union<Priority>>,
) -> impl Iterator<Item = Symbol> {
    let last = symbols.len().saturating_sub(1);
    let neighbours = |place: usize| Neighbours {
        left: place.checked_sub(1),
        right: (place < last).then_some(place + 1),
    };
    let mut merging = Merging {
        neighbours: (0..symbols.len()).map(neighbours).collect(),
        candidates: BinaryHeap::with_capacity(symbols.len()),
        symbols,
        join,
    };
    merging.run();
    merging.symbols.into_iter().filter(|symbol| !symbol.range.is_empty())
}

#[derive(Debug, Clone, Copy)]
struct Neighbours {
    left: Option<usize>,
    right: Option<usize>,
}

/// Two neighbours that may be merged.
struct Candidate<Priority> {
    priority: Priority,
    left: usize,
    right: usize,
    /// The length of both when they were found, to notice that one has changed since.
    length: usize,
    id: TokenId,
}

impl<Priority: Ord> Ord for Candidate<Priority> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.priority
            .cmp(&other.priority)
            .then(other.left.cmp(&self.left))
            .then(other.length.cmp(&self.length))
    }
}

impl<Priority: Ord> PartialOrd for Candidate<Priority> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<Priority: Ord> PartialEq for Candidate<Priority> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl<Priority: Ord> Eq for Candidate<Priority> {}

/// One text being merged.
struct Merging<Priority, Join> {
    symbols: Vec<Symbol>,
    neighbours: Vec<Neighbours>,
    candidates: BinaryHeap<Candidate<Priority>>,
    join: Join,
}

impl<Priority: Ord, Join: Fn(&Symbol, &Symbol) -> Option<Union<Priority>>> Merging<Priority, Join> {
    fn consider(&mut self, left: Option<usize>, right: Option<usize>) {
        let (Some(left), Some(right)) = (left, right) else {
            return;
        };
        let (Some(first), Some(second)) = (self.symbols.get(left), self.symbols.get(right)) else {
            return;
        };
        if let Some(Union { priority, id }) = (self.join)(first, second) {
            self.candidates.push(Candidate {
                priority,
                left,
                right,
                length: first.range.len() + second.range.len(),
                id,
            });
        }
    }

    fn run(&mut self) {
        for right in 1..self.symbols.len() {
            self.consider(Some(right - 1), Some(right));
        }
        while let Some(candidate) = self.candidates.pop() {
            self.apply(&candidate);
        }
    }

    fn apply(&mut self, candidate: &Candidate<Priority>) {
        let &Candidate { left, right, .. } = candidate;
        let (Some(first), Some(second)) = (self.symbols.get(left), self.symbols.get(right)) else {
            return;
        };
        let gone = first.range.is_empty() || second.range.is_empty();
        if gone || first.range.len() + second.range.len() != candidate.length {
            return;
        }
        let (middle, end) = (second.range.start, second.range.end);
        if let Some(symbol) = self.symbols.get_mut(left) {
            symbol.range.end = end;
            symbol.id = Some(candidate.id);
        }
        if let Some(symbol) = self.symbols.get_mut(right) {
            symbol.range = middle..middle;
        }
        let next = self.neighbours.get(right).and_then(|neighbours| neighbours.right);
        if let Some(neighbours) = next.and_then(|next| self.neighbours.get_mut(next)) {
            neighbours.left = Some(left);
        }
        let Some(neighbours) = self.neighbours.get_mut(left) else {
            return;
        };
        neighbours.right = next;
        let before = neighbours.left;
        self.consider(before, Some(left));
        self.consider(Some(left), next);
    }
}
