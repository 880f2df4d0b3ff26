//! Presses that follow each other at one place: the first takes a character, the second its word, the third its
//! paragraph, and a drag goes on by what was taken.

use std::ops::Range;

use egui::{Pos2, Vec2};

use crate::text::TextLayout;

/// What is taken at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    Character,
    Word,
    Paragraph,
}

/// A press that others may follow.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Press {
    pub unit: Unit,
    pub on: Pos2,
    at: f64,
}

/// Presses closer together than this are one gesture, in seconds and points.
const SECONDS: f64 = 0.4;
const POINTS: f32 = 6.0;

impl Press {
    /// A press in second `at` after the `last` one.
    pub fn after(last: Option<&Self>, at: f64, on: Pos2) -> Self {
        let goes_on = last.filter(|last| at - last.at < SECONDS && last.on.distance(on) < POINTS);
        let unit = match goes_on.map(|last| last.unit) {
            None => Unit::Character,
            Some(Unit::Character) => Unit::Word,
            Some(Unit::Word | Unit::Paragraph) => Unit::Paragraph,
        };
        Self { unit, on, at }
    }
}

/// The part of a text at `offset` points from its top left.
pub fn part_at(layout: &TextLayout, offset: Vec2, unit: Unit) -> Range<usize> {
    let point = offset * layout.scale;
    match unit {
        Unit::Character => {
            let position = layout.caret_at(point.x, point.y).position;
            position..position
        }
        Unit::Word => layout.word_at(point.x, point.y),
        Unit::Paragraph => layout.paragraph_at(point.y),
    }
}
