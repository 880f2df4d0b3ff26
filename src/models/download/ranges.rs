//! A set of bytes of a file, as ranges.

use std::ops::Range;

/// Which bytes are meant: ranges in order, apart from each other and none of them empty.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ranges(Vec<Range<u64>>);

impl Ranges {
    /// The bytes of one range.
    pub fn of(range: Range<u64>) -> Self {
        Self(if range.is_empty() { Vec::new() } else { vec![range] })
    }

    /// Whether no byte is left.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many bytes there are.
    pub fn total(&self) -> u64 {
        self.0.iter().map(|range| range.end - range.start).sum()
    }

    /// From the first byte to the last, with whatever lies between.
    pub fn span(&self) -> Option<Range<u64>> {
        Some(self.0.first()?.start..self.0.last()?.end)
    }

    /// Takes bytes out.
    pub fn remove(&mut self, gone: &Range<u64>) {
        let cut = |range: Range<u64>| {
            let before = range.start..range.end.min(gone.start);
            let after = range.start.max(gone.end)..range.end;
            [before, after].into_iter().filter(|range| !range.is_empty())
        };
        // What lies on both sides of a gap would be found twice where the gap is empty.
        if !gone.is_empty() {
            self.0 = std::mem::take(&mut self.0).into_iter().flat_map(cut).collect();
        }
    }

    /// Puts bytes in that are not among them.
    pub fn add(&mut self, more: &Range<u64>) {
        self.0.push(more.clone());
        self.0.sort_by_key(|range| range.start);
    }

    /// The parts of `range` that are among them.
    pub fn within(&self, range: &Range<u64>) -> Vec<Range<u64>> {
        let parts = self
            .0
            .iter()
            .map(|own| own.start.max(range.start)..own.end.min(range.end));
        parts.filter(|range| !range.is_empty()).collect()
    }

    /// Takes out the first bytes that lie together, at most `most` of them.
    pub fn take(&mut self, most: u64) -> Option<Range<u64>> {
        let first = self.0.first()?;
        let taken = first.start..first.end.min(first.start.saturating_add(most));
        self.remove(&taken);
        Some(taken)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn bytes_are_taken_from_the_front() {
        let mut ranges = Ranges::of(0..10);
        ranges.remove(&(4..6));
        assert_eq!((ranges.total(), ranges.span()), (8, Some(0..10)));
        assert_eq!(ranges.within(&(2..8)), [2..4, 6..8]);
        assert_eq!(ranges.take(3), Some(0..3));
        assert_eq!(ranges.take(3), Some(3..4));
        assert_eq!(ranges.take(30), Some(6..10));
        assert_eq!((ranges.take(1), ranges.is_empty()), (None, true));
        assert!(Ranges::of(5..5).is_empty());
        ranges.add(&(8..9));
        ranges.add(&(2..3));
        assert_eq!(ranges.span(), Some(2..9));
    }

    proptest! {
        #[test]
        fn they_hold_the_bytes_that_a_plain_set_holds(gone in prop::collection::vec((0_u64..60, 0_u64..20), 0..12)) {
            let mut ranges = Ranges::of(0..60);
            let mut set: Vec<u64> = (0..60).collect();
            for (start, length) in gone {
                let gone = start..start + length;
                ranges.remove(&gone);
                set.retain(|byte| !gone.contains(byte));
            }
            let held: Vec<u64> = ranges.0.iter().cloned().flatten().collect();
            prop_assert_eq!(&held, &set);
            prop_assert_eq!(ranges.total(), set.len() as u64);
        }
    }
}
