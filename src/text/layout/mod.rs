//! Layout: a string with its style goes in, lines of placed glyphs come out.
//!
//! Every paragraph is laid out by itself, because it has a base direction of its own: that of the
//! text's language, or of its first strong letter where no language is given. Parley shapes,
//! reorders and breaks (`shaping`); what it leaves is done here: trailing spaces go to the end of
//! the paragraph's direction (rule L1 of UAX 9) and lines start at the side their paragraph starts
//! (`placing`), text that is too long ends in an ellipsis (`cutting`), and what no font has gets room
//! for its code (`lacking`).
//!
//! Lengths are physical pixels from the top left, unless a comment says points.

mod cutting;
mod lacking;
mod paragraphs;
mod placing;
mod shaping;

pub(in crate::text) use paragraphs::paragraphs;

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

use parley::{FontContext, LayoutContext};

use super::controls::Controls;
use super::fonts::{self, Fallback, Pitch, Weight};
use super::raster::{FaceId, Faces};
use super::rich::{Look, Looks, Rgba, Styled};
use super::selection::Rectangle;
use crate::language::{Direction, Language};

/// How a text looks.
#[derive(Debug, Clone, PartialEq)]
pub struct TextStyle {
    /// Points.
    pub size: f32,
    /// From baseline to baseline, in points.
    pub line_height: f32,
    pub weight: Weight,
    /// Decides the direction of paragraphs, the font and the rules of line breaking.
    /// `None`: paragraphs run as their first strong letter does.
    pub language: Option<Language>,
    /// Where characters that are not seen are shown, a symbol stands for each and what it did is undone.
    pub controls: Controls,
    pub pitch: Pitch,
}

/// The room a text has.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Frame {
    /// Points; lines wrap before they get wider. Infinite for text that must not wrap.
    pub max_width: f32,
    /// Text past this many lines is cut and ends in an ellipsis.
    pub max_lines: Option<usize>,
    /// Whether the layout is as wide as `max_width`, so that right-to-left lines start at its right
    /// edge. Otherwise it is as wide as its widest line.
    pub fill: bool,
    /// Where text that is cut loses what it loses.
    pub cut: Cut,
    /// Whether a caret moves in it, so that what ends a paragraph takes room: its last spaces keep
    /// their width, and a line break at the very end begins a line.
    pub editable: bool,
}

/// Where a text too long is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Cut {
    /// At its end: sentences and titles.
    #[default]
    End,
    /// In its middle: names of files and models, which differ at their ends.
    Middle,
}

impl Frame {
    /// No wrapping and no cutting.
    pub const UNLIMITED: Self = Self {
        max_width: f32::INFINITY,
        max_lines: None,
        fill: false,
        cut: Cut::End,
        editable: false,
    };

    /// Wraps within `max_width` points, and fills it.
    pub fn wrapped(max_width: f32) -> Self {
        Self {
            max_width,
            fill: true,
            ..Self::UNLIMITED
        }
    }

    /// As many lines of `max_width` points as the text needs; those from right to left begin at the far edge.
    pub fn block(max_width: f32, direction: Option<Direction>) -> Self {
        Self {
            max_width,
            fill: direction == Some(Direction::RightToLeft),
            ..Self::UNLIMITED
        }
    }

    /// One line of at most `max_width` points, cut with an ellipsis.
    pub fn one_line(max_width: f32) -> Self {
        Self {
            max_width,
            max_lines: Some(1),
            ..Self::UNLIMITED
        }
    }
}

/// A text laid out.
#[derive(Debug, Clone)]
pub struct TextLayout {
    /// What was laid out, in logical order.
    pub text: Arc<str>,
    /// Top to bottom, never empty.
    pub lines: Vec<Line>,
    pub width: f32,
    pub height: f32,
    /// Of the widest paragraph if nothing wrapped.
    pub natural_width: f32,
    /// Whether text was cut away.
    pub truncated: bool,
    /// Pixels per point.
    pub scale: f32,
    /// Characters that no font has.
    pub missing: BTreeSet<char>,
}

impl TextLayout {
    /// The baseline of the first line, in points from the top.
    ///
    /// Texts of two scripts side by side are placed so that these meet.
    pub fn first_baseline(&self) -> f32 {
        self.lines.first().map_or(0.0, |line| line.baseline / self.scale)
    }

    /// Which way the first paragraph runs.
    pub fn direction(&self) -> Direction {
        self.lines.first().map_or(Direction::LeftToRight, |line| line.direction)
    }
}

/// One line.
#[derive(Debug, Clone)]
pub struct Line {
    /// Bytes of the whole text.
    pub text: Range<usize>,
    /// Which paragraph the line is of, from 0.
    pub paragraph: usize,
    /// Of the paragraph.
    pub direction: Direction,
    pub left: f32,
    /// Without spaces at its end, unless they take room.
    pub width: f32,
    pub top: f32,
    pub height: f32,
    /// From the top of the layout.
    pub baseline: f32,
    /// Left to right; spaces at the end of the line stand at its end, zero wide unless a caret needs
    /// to be seen moving over them.
    pub clusters: Vec<Cluster>,
    pub glyphs: Vec<PlacedGlyph>,
    /// What is filled behind the glyphs, left to right.
    pub grounds: Vec<Ground>,
}

/// A part of a line with a ground of its own.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ground {
    pub rectangle: Rectangle,
    pub color: Rgba,
}

/// What a reader takes for one character: the unit of selection.
#[derive(Debug, Clone)]
pub struct Cluster {
    /// Bytes of the whole text; empty for an ellipsis.
    pub text: Range<usize>,
    /// From the left of the layout.
    pub left: f32,
    pub right: f32,
    pub direction: Direction,
    /// Whether a word, a space or a punctuation mark begins here.
    pub starts_word: bool,
}

/// A glyph and its origin.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PlacedGlyph {
    pub face: FaceId,
    /// By its place in the font; a code point where the face is [`FaceId::CODES`].
    pub glyph: u32,
    /// Pixels per em.
    pub size: f32,
    /// From the left of the layout.
    pub x: f32,
    /// From the top of the layout, downwards.
    pub y: f32,
    /// `None`: whoever draws the text decides.
    pub color: Option<Rgba>,
}

/// The size of Arabic letters beside those of another script, as a share of their size: their bowls are lower than
/// an x at the same size.
pub const ARABIC_BESIDE_LATIN: f32 = 1.15;

/// How much wider than its room a line may come out, in pixels, because sums of widths are rounded.
/// Without it a line exactly as wide as its room would break in some scales and not in others.
const ROUNDING: f32 = 1.0 / 128.0;

/// Lays texts out. Holds the fonts, so there is one for the whole program.
pub struct Engine {
    fonts: FontContext,
    context: LayoutContext<()>,
    fallback: Fallback,
    faces: Faces,
}

impl Engine {
    /// `faces` collects the fonts met, for whoever draws the glyphs.
    pub fn new(fallback: Fallback, faces: Faces) -> Self {
        Self {
            fonts: fonts::collection(),
            context: LayoutContext::new(),
            fallback,
            faces,
        }
    }

    /// Lays `text` out at `scale` pixels per point. A line break at its very end adds no line, unless
    /// the frame is editable.
    pub fn lay_out<'a>(
        &mut self,
        text: impl Into<Styled<'a>>,
        style: &TextStyle,
        frame: &Frame,
        scale: f32,
    ) -> TextLayout {
        let text = text.into();
        let layout = self.lay_out_once(text, style, frame, scale);
        if layout.missing.is_empty() || self.fallback == Fallback::None {
            return layout;
        }
        // Looking through the fonts of the system takes long, so only the first text to need it waits.
        self.fallback = Fallback::None;
        self.fonts.collection.load_system_fonts();
        self.context = LayoutContext::new();
        self.lay_out_once(text, style, frame, scale)
    }

    fn lay_out_once(&mut self, styled: Styled<'_>, style: &TextStyle, frame: &Frame, scale: f32) -> TextLayout {
        // Symbols are as long as what they stand for, so every position is one of the text too.
        let shown = style.controls.reveal(styled.text);
        let looks = Looks::of(Styled {
            text: &shown,
            pieces: styled.pieces,
        });
        let families = fonts::families(style.language.as_ref(), &shown);
        let width = frame.max_width.is_finite().then(|| (frame.max_width * scale).max(1.0));
        let max_lines = frame.max_lines.unwrap_or(usize::MAX).max(1);
        let mut result = TextLayout {
            text: styled.text.into(),
            lines: Vec::new(),
            width: 0.0,
            height: 0.0,
            natural_width: 0.0,
            truncated: false,
            scale,
            missing: BTreeSet::new(),
        };
        let mut before = None;
        // Empty lines in a row are all alike.
        let mut empty = None;
        for (index, range) in paragraphs(&shown, frame.editable).into_iter().enumerate() {
            let own = shown.get(range.clone()).unwrap_or_default();
            let mut paragraph = Paragraph {
                text: own,
                start: range.start,
                index,
                looks: &looks,
                families: &families,
                style,
                direction: direction(own, style, before.filter(|_| frame.editable)),
                width,
                scale,
            };
            let room = max_lines - result.lines.len();
            let asked = paragraph.direction;
            let mut shaped = match empty.take() {
                Some((direction, shaped)) if own.is_empty() && direction == asked => shaped,
                _ => self.shape_for(room, &mut paragraph, frame.cut),
            };
            // A part of it may begin with other letters than the whole.
            paragraph.direction = Some(shaped.direction());
            let full = shaped.layout.len() >= room;
            let more = full && shown.get(range.end..).is_some_and(|rest| !rest.trim().is_empty());
            let last = shaped.layout.len() > room || more;
            result.natural_width = result.natural_width.max(shaped.natural_width);
            if last {
                // What follows as a paragraph of its own is cut away at the end.
                let cut = if more { Cut::End } else { frame.cut };
                shaped = self.cut(&paragraph, &shaped, room, cut);
                result.truncated = true;
            }
            self.place(&paragraph, &shaped, room, frame, &mut result);
            before = result.lines.last().map(|line| line.direction);
            if last || result.lines.len() >= max_lines {
                break;
            }
            empty = own.is_empty().then_some((asked, shaped));
        }
        placing::align(&mut result, if frame.fill { width } else { None });
        result
    }
}

/// The base direction of a paragraph; `None` for that of its first strong letter.
///
/// Where something is typed, an empty line goes on in the direction of the one `before` it.
fn direction(paragraph: &str, style: &TextStyle, before: Option<Direction>) -> Option<Direction> {
    let of_language = style.language.as_ref().map(Language::direction);
    of_language.or_else(|| before.filter(|_| !paragraph.chars().any(char::is_alphabetic)))
}

/// One paragraph, with all that decides how it is set.
struct Paragraph<'a> {
    text: &'a str,
    /// Where it begins in the whole text.
    start: usize,
    /// Which one it is, from 0.
    index: usize,
    /// Of the whole text.
    looks: &'a Looks,
    /// The font families of the whole text, the first that has a character winning.
    families: &'a [&'static str],
    style: &'a TextStyle,
    /// `None`: that of its first strong letter.
    direction: Option<Direction>,
    /// Lines break before they get wider.
    width: Option<f32>,
    scale: f32,
}

impl Paragraph<'_> {
    /// The pieces that reach into it, in its own bytes.
    fn pieces(&self) -> impl Iterator<Item = (Range<usize>, Look)> {
        let (start, end) = (self.start, self.start + self.text.len());
        let pieces = self.looks.within(start..end).iter();
        pieces.map(move |piece| {
            let range = piece.range.start.max(start) - start..piece.range.end.min(end) - start;
            (range, piece.look)
        })
    }
}

#[cfg(test)]
mod tests;
