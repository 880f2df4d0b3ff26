//! The characters of a line as carets see them: graphemes, with their places and how deep they lie.
//!
//! Levels of direction are not told by parley, but the two orders of a line tell them: what stands
//! where it is read lies at the level of the paragraph, and what is read the other way lies deeper.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

use super::Caret;
use crate::language::Direction;
use crate::text::layout::{Line, TextLayout};

/// A character as a reader takes it, on a line.
#[derive(Debug, Clone)]
pub struct Unit {
    pub text: Range<usize>,
    pub left: f32,
    pub right: f32,
    pub direction: Direction,
    /// How deep it lies in turns of direction, from 0 for the paragraph's own.
    pub level: u8,
}

/// No text turns more often: the limit of UAX 9.
const DEEPEST: u8 = 126;

impl Unit {
    /// The caret at its left side, belonging to it.
    pub fn left_side(&self) -> Caret {
        match self.direction {
            Direction::LeftToRight => Caret::before(self.text.start),
            Direction::RightToLeft => Caret::after(self.text.end),
        }
    }

    /// The caret at its right side, belonging to it.
    pub fn right_side(&self) -> Caret {
        match self.direction {
            Direction::LeftToRight => Caret::after(self.text.end),
            Direction::RightToLeft => Caret::before(self.text.start),
        }
    }
}

impl TextLayout {
    /// The characters of a line, from left to right.
    pub(super) fn units(&self, line: &Line) -> Vec<Unit> {
        let content = self.text.get(line.text.clone()).unwrap_or_default();
        let graphemes: Vec<Range<usize>> = content
            .grapheme_indices(true)
            .map(|(start, grapheme)| line.text.start + start..line.text.start + start + grapheme.len())
            .collect();
        let mut units: Vec<Unit> = Vec::with_capacity(graphemes.len());
        let mut place: Vec<Option<usize>> = vec![None; graphemes.len()];
        for cluster in &line.clusters {
            let first = graphemes.partition_point(|grapheme| grapheme.end <= cluster.text.start);
            let last = graphemes.partition_point(|grapheme| grapheme.start < cluster.text.end);
            let count = last.saturating_sub(first);
            let width = (cluster.right - cluster.left) / count.max(1) as f32;
            for step in 0..count {
                let grapheme = match cluster.direction {
                    Direction::LeftToRight => first + step,
                    Direction::RightToLeft => last - 1 - step,
                };
                let left = cluster.left + width * step as f32;
                let right = left + width;
                let known = place.get(grapheme).copied().flatten();
                if let Some(unit) = known.and_then(|unit| units.get_mut(unit)) {
                    unit.left = unit.left.min(left);
                    unit.right = unit.right.max(right);
                } else if let (Some(text), Some(place)) = (graphemes.get(grapheme), place.get_mut(grapheme)) {
                    *place = Some(units.len());
                    units.push(Unit {
                        text: text.clone(),
                        left,
                        right,
                        direction: cluster.direction,
                        level: 0,
                    });
                }
            }
        }
        find_levels(&mut units, line.direction);
        units
    }
}

/// Finds how deep each unit lies by comparing the order on the line with the order of reading.
fn find_levels(units: &mut [Unit], base: Direction) {
    let mut order: Vec<usize> = (0..units.len()).collect();
    order.sort_unstable_by_key(|&unit| units.get(unit).map(|unit| unit.text.start));
    let mut ranks = vec![0; units.len()];
    for (rank, unit) in order.into_iter().enumerate() {
        if let Some(place) = ranks.get_mut(unit) {
            *place = rank;
        }
    }
    deepen(units, &ranks, base, 0);
}

/// `ranks` are consecutive numbers. A stretch that holds the next few of them in another order, or a
/// unit that runs the other way, lies one turn deeper.
fn deepen(units: &mut [Unit], ranks: &[usize], base: Direction, level: u8) {
    let count = ranks.len();
    let Some(&lowest) = ranks.iter().min() else { return };
    let turned = match base {
        Direction::LeftToRight => Direction::RightToLeft,
        Direction::RightToLeft => Direction::LeftToRight,
    };
    let (mut done, mut highest) = (0, 0);
    for step in 0..count {
        let at = match base {
            Direction::LeftToRight => step,
            Direction::RightToLeft => count - 1 - step,
        };
        highest = highest.max(ranks.get(at).copied().unwrap_or_default());
        if highest != lowest + step {
            continue;
        }
        let part = match base {
            Direction::LeftToRight => done..step + 1,
            Direction::RightToLeft => at..count - done,
        };
        done = step + 1;
        let (Some(units), Some(ranks)) = (units.get_mut(part.clone()), ranks.get(part)) else {
            return;
        };
        match units {
            [unit] if unit.direction == base || level == DEEPEST => unit.level = level,
            units if level < DEEPEST => deepen(units, ranks, turned, level + 1),
            units => units.iter_mut().for_each(|unit| unit.level = level),
        }
    }
}
