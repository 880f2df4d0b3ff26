//! Carets: where in a laid-out text one may type, what that looks like, and how keys move there.
//!
//! A caret is a position between two characters that a reader tells apart (graphemes of UAX 29) and
//! the side it belongs to. Where a line wraps, one position has two places: the end of one line and
//! the start of the next. Where text of the other direction begins it has two on one line.
//!
//! Arrows move over what is on the line from left to right. On a line of `n` characters they stop at
//! `n + 1` places, and each of those has a position of its own, so that none is left out: where two
//! directions meet it is that of the outer one, as in Chromium. Parley's own editor gives all
//! paragraphs one direction and knows nothing of rule L1, so this stands on our lines instead.

mod units;

use std::ops::Range;

use self::units::Unit;
use super::graphemes;
use super::layout::{Line, TextLayout};
use crate::language::Direction;

/// The side of a caret's position that it belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Affinity {
    /// To the character before it; at the start of a paragraph, to the side where its lines start.
    Upstream,
    /// To the character after it; at the end of a paragraph, to the side where its lines end.
    Downstream,
}

/// A place to type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caret {
    /// Bytes of the text.
    pub position: usize,
    pub affinity: Affinity,
}

/// Where a caret is drawn, in physical pixels from the top left of the layout.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CaretPlace {
    pub x: f32,
    pub top: f32,
    pub bottom: f32,
    /// Of the character it belongs to.
    pub direction: Direction,
}

/// A way to move a caret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Motion {
    /// To the next place on the left, or to the neighbouring line.
    Left,
    Right,
    /// By a word, forwards where the paragraph runs to the left.
    WordLeft,
    WordRight,
    /// In reading order.
    PreviousWord,
    NextWord,
    LineStart,
    LineEnd,
    ParagraphStart,
    ParagraphEnd,
    TextStart,
    TextEnd,
}

impl Caret {
    /// Belongs to the character before it.
    pub fn after(position: usize) -> Self {
        Self {
            position,
            affinity: Affinity::Upstream,
        }
    }

    /// Belongs to the character after it.
    pub fn before(position: usize) -> Self {
        Self {
            position,
            affinity: Affinity::Downstream,
        }
    }
}

/// A place between two units of a line, counted from its left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Gap {
    line: usize,
    index: usize,
}

impl TextLayout {
    /// Where `caret` is drawn.
    pub fn caret_place(&self, caret: Caret) -> CaretPlace {
        let line_index = self.line_of(caret);
        let Some(line) = self.lines.get(line_index) else {
            return CaretPlace {
                x: 0.0,
                top: 0.0,
                bottom: self.height,
                direction: self.direction(),
            };
        };
        let units = self.units(line);
        let (gap, direction) = self.gap_of(caret, line_index, line, &units);
        CaretPlace {
            x: place_of(line, &units, gap),
            top: line.top,
            bottom: line.top + line.height,
            direction,
        }
    }

    /// The caret nearest to a point.
    pub fn caret_at(&self, x: f32, y: f32) -> Caret {
        match self.line_at(y) {
            _ if y < 0.0 => Caret::after(0),
            Some(line) => self.settled(self.caret_on(line, x)),
            None => Caret::before(self.text.len()),
        }
    }

    /// `caret` moved. Where it cannot move it stays.
    ///
    /// Left and right leave a paragraph where it ends and enter the next where that starts, and the
    /// other way round; so from a paragraph into one of the other direction the key that goes on changes.
    pub fn moved(&self, caret: Caret, motion: Motion) -> Caret {
        let mut moved = self.moved_once(caret, motion);
        // Fonts or directions may have torn a character in two, even over the end of a line.
        while matches!(motion, Motion::Left | Motion::Right) && self.settled(moved) != moved {
            let next = self.moved_once(moved, motion);
            if next == moved {
                break;
            }
            moved = next;
        }
        self.settled(moved)
    }

    /// `caret`, moved on if it is within a character.
    fn settled(&self, caret: Caret) -> Caret {
        Caret {
            position: graphemes::border_after(&self.text, caret.position),
            ..caret
        }
    }

    fn moved_once(&self, caret: Caret, motion: Motion) -> Caret {
        let line_index = self.line_of(caret);
        let Some(line) = self.lines.get(line_index) else {
            return caret;
        };
        let runs_right = line.direction == Direction::LeftToRight;
        match motion {
            Motion::Left => self.beside(caret, line_index, line, false),
            Motion::Right => self.beside(caret, line_index, line, true),
            Motion::WordLeft if runs_right => self.word_before(caret.position),
            Motion::WordLeft => self.word_after(caret.position),
            Motion::WordRight if runs_right => self.word_after(caret.position),
            Motion::WordRight => self.word_before(caret.position),
            Motion::PreviousWord => self.word_before(caret.position),
            Motion::NextWord => self.word_after(caret.position),
            Motion::LineStart => self.start_of(line_index, line),
            Motion::LineEnd => self.end_of(line_index, line),
            Motion::ParagraphStart => Caret::after(self.paragraph_of(line).start),
            Motion::ParagraphEnd => Caret::before(self.paragraph_of(line).end),
            Motion::TextStart => Caret::after(0),
            Motion::TextEnd => Caret::before(self.text.len()),
        }
    }

    /// `caret` moved down by `lines`, or up by fewer than none, keeping to the column at `x`. Past the
    /// first and last line it goes to the start and end of the text.
    pub fn moved_by_lines(&self, caret: Caret, lines: isize, x: f32) -> Caret {
        let Some(target) = self.line_of(caret).checked_add_signed(lines) else {
            return Caret::after(0);
        };
        match self.lines.get(target) {
            Some(_) => self.settled(self.caret_on(target, x)),
            None => Caret::before(self.text.len()),
        }
    }

    /// The line on which a caret is drawn.
    pub fn line_of(&self, caret: Caret) -> usize {
        let after = self.lines.partition_point(|line| line.text.start <= caret.position);
        let line = after.saturating_sub(1);
        let starts = self
            .lines
            .get(line)
            .is_some_and(|it| it.text.start == caret.position && self.wraps_into(line));
        if starts && caret.affinity == Affinity::Upstream {
            line - 1
        } else {
            line
        }
    }

    /// Whether the line goes on the paragraph of the one above it.
    fn wraps_into(&self, line: usize) -> bool {
        let paragraph = |line: usize| self.lines.get(line).map(|line| line.paragraph);
        line.checked_sub(1)
            .is_some_and(|above| paragraph(above) == paragraph(line))
    }

    /// The gap where `caret` is on its line, and the direction of what it belongs to.
    fn gap_of(&self, caret: Caret, line_index: usize, line: &Line, units: &[Unit]) -> (usize, Direction) {
        let position = caret.position.clamp(line.text.start, line.text.end);
        let upstream = caret.affinity == Affinity::Upstream;
        let starts_paragraph = !self.wraps_into(line_index);
        let ends_paragraph = !self.wraps_into(line_index + 1);
        if position == line.text.start && (upstream || !starts_paragraph) {
            return (start_gap(line, units), line.direction);
        }
        if position == line.text.end && (!upstream || !ends_paragraph) {
            return (end_gap(line, units), line.direction);
        }
        let found = units.iter().position(|unit| {
            if upstream {
                unit.text.start < position && position <= unit.text.end
            } else {
                unit.text.start <= position && position < unit.text.end
            }
        });
        match found.and_then(|index| units.get(index).map(|unit| (index, unit))) {
            Some((index, unit)) => {
                let right = (unit.direction == Direction::LeftToRight) == (upstream && position == unit.text.end);
                (index + usize::from(right), unit.direction)
            }
            None => (start_gap(line, units), line.direction),
        }
    }

    /// The caret of a gap: at a border of directions, that of the outer one.
    fn caret_in(&self, gap: Gap, line: &Line, units: &[Unit]) -> Caret {
        let left = gap.index.checked_sub(1).and_then(|index| units.get(index));
        let right = units.get(gap.index);
        match (left, right) {
            (Some(left), Some(right)) => {
                let same = left.level == right.level;
                let runs_right = left.direction == Direction::LeftToRight;
                if left.level < right.level || (same && !runs_right) {
                    left.right_side()
                } else {
                    right.left_side()
                }
            }
            _ if gap.index == start_gap(line, units) => self.start_of(gap.line, line),
            _ => self.end_of(gap.line, line),
        }
    }

    fn start_of(&self, line_index: usize, line: &Line) -> Caret {
        if self.wraps_into(line_index) {
            Caret::before(line.text.start)
        } else {
            Caret::after(line.text.start)
        }
    }

    /// The end of a line; before the spaces at which it wraps, so that what is typed there stays there.
    fn end_of(&self, line_index: usize, line: &Line) -> Caret {
        if !self.wraps_into(line_index + 1) {
            return Caret::before(line.text.end);
        }
        let content = self.text.get(line.text.clone()).unwrap_or_default();
        match content.trim_end().len() {
            0 => Caret::after(line.text.end),
            inked if inked == content.len() => Caret::after(line.text.end),
            inked => Caret::before(line.text.start + inked),
        }
    }

    /// The caret on the given line nearest to `x`.
    fn caret_on(&self, line_index: usize, x: f32) -> Caret {
        let Some(line) = self.lines.get(line_index) else {
            return Caret::before(self.text.len());
        };
        let units = self.units(line);
        let at_left_end = x <= line.left;
        if at_left_end || x >= line.left + line.width {
            return if at_left_end == (line.direction == Direction::LeftToRight) {
                self.start_of(line_index, line)
            } else {
                self.end_of(line_index, line)
            };
        }
        let seen = units.iter().find(|unit| unit.left < unit.right && x < unit.right);
        match seen {
            Some(unit) if x < (unit.left + unit.right) / 2.0 => unit.left_side(),
            Some(unit) => unit.right_side(),
            None => self.end_of(line_index, line),
        }
    }

    /// One step to the right or the left.
    fn beside(&self, caret: Caret, line_index: usize, line: &Line, right: bool) -> Caret {
        let units = self.units(line);
        let (mut index, _) = self.gap_of(caret, line_index, line, &units);
        let wraps = self.wraps_into(line_index + 1);
        let here = |index| {
            let gap = Gap {
                line: line_index,
                index,
            };
            self.caret_in(gap, line, &units)
        };
        loop {
            let passed = if right { Some(index) } else { index.checked_sub(1) };
            let Some(unit) = passed.and_then(|passed| units.get(passed)) else {
                break;
            };
            index = if right { index + 1 } else { index - 1 };
            // The place after the last character of a wrapped line is the start of the next one.
            if wraps && index == end_gap(line, &units) {
                break;
            }
            if !self.is_unseen(unit) {
                return here(index);
            }
        }
        let forwards = right == (line.direction == Direction::LeftToRight);
        let next = if forwards {
            line_index.checked_add(1)
        } else {
            line_index.checked_sub(1)
        };
        let Some((next, other)) = next.and_then(|next| self.lines.get(next).map(|line| (next, line))) else {
            return here(index);
        };
        if forwards {
            return self.start_of(next, other);
        }
        if !self.wraps_into(line_index) {
            return Caret::before(other.text.end);
        }
        // The place at the end of the line above is the one just left.
        let end = Caret::after(other.text.end);
        self.beside(end, next, other, right)
    }

    /// Whether a unit shows nothing and takes no room, as a mark of direction does.
    fn is_unseen(&self, unit: &Unit) -> bool {
        let text = self.text.get(unit.text.clone()).unwrap_or_default();
        unit.left == unit.right && !text.chars().all(char::is_whitespace)
    }

    /// The end of the word at or after `position`.
    fn word_after(&self, position: usize) -> Caret {
        let words = self.words();
        let next = words.iter().find(|word| word.end > position);
        next.map_or(Caret::before(self.text.len()), |word| Caret::after(word.end))
    }

    /// The start of the word at or before `position`.
    fn word_before(&self, position: usize) -> Caret {
        let words = self.words();
        let last = words.iter().rev().find(|word| word.start < position);
        last.map_or(Caret::after(0), |word| Caret::before(word.start))
    }

    /// The words of the text in reading order, without spaces and punctuation.
    fn words(&self) -> Vec<Range<usize>> {
        let mut words: Vec<Range<usize>> = Vec::new();
        for line in &self.lines {
            let mut clusters: Vec<_> = line.clusters.iter().collect();
            clusters.sort_unstable_by_key(|cluster| cluster.text.start);
            for cluster in clusters.iter().filter(|cluster| !cluster.text.is_empty()) {
                let goes_on = words.last().is_some_and(|word| word.end == cluster.text.start) && !cluster.starts_word;
                match words.last_mut() {
                    Some(word) if goes_on => word.end = cluster.text.end,
                    _ => words.push(cluster.text.clone()),
                }
            }
        }
        words.retain(|word| self.text.get(word.clone()).is_some_and(is_word));
        words
    }

    /// The paragraph of a line, without what ends it.
    pub(super) fn paragraph_of(&self, line: &Line) -> Range<usize> {
        let mut lines = self.lines.iter().filter(|other| other.paragraph == line.paragraph);
        let first = lines.next().unwrap_or(line);
        let last = lines.next_back().unwrap_or(first);
        first.text.start..last.text.end
    }
}

/// Whether a stretch between two borders of words is one that word keys stop at.
fn is_word(text: &str) -> bool {
    text.chars()
        .any(|character| character.is_alphanumeric() || matches!(character, '\u{1f000}'..='\u{1faff}'))
}

fn start_gap(line: &Line, units: &[Unit]) -> usize {
    match line.direction {
        Direction::LeftToRight => 0,
        Direction::RightToLeft => units.len(),
    }
}

fn end_gap(line: &Line, units: &[Unit]) -> usize {
    units.len() - start_gap(line, units)
}

fn place_of(line: &Line, units: &[Unit], gap: usize) -> f32 {
    let right_of_last = units.last().map_or(line.left, |unit| unit.right);
    units.get(gap).map_or(right_of_last, |unit| unit.left)
}

#[cfg(test)]
mod tests;
