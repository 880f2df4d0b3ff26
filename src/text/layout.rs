//! Layout: a string with its style goes in, lines of placed glyphs come out.
//!
//! Every paragraph is laid out by itself, because it has a base direction of its own: that of the
//! text's language, or of its first strong letter where no language is given. Parley shapes,
//! reorders and breaks; what it leaves is done here: trailing spaces go to the end of the
//! paragraph's direction (rule L1 of UAX 9), lines start at the side their paragraph starts,
//! and text that is too long ends in an ellipsis.
//!
//! Lengths are physical pixels from the top left, unless a comment says points.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

use parley::{
    BaseDirection, FontContext, FontFamily, FontFamilyName, FontWeight, LayoutContext, OverflowWrap, StyleProperty,
};

use super::fonts::{self, Fallback, Weight};
use super::isolate;
use super::raster::{FaceId, Faces};
use crate::language::{Direction, Language, Script};

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
}

impl Frame {
    /// No wrapping and no cutting.
    pub const UNLIMITED: Self = Self {
        max_width: f32::INFINITY,
        max_lines: None,
        fill: false,
    };

    /// Wraps within `max_width` points, and fills it.
    pub fn wrapped(max_width: f32) -> Self {
        Self {
            max_width,
            max_lines: None,
            fill: true,
        }
    }

    /// One line of at most `max_width` points, cut with an ellipsis.
    pub fn one_line(max_width: f32) -> Self {
        Self {
            max_width,
            max_lines: Some(1),
            fill: false,
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
    /// Whether text was cut away at the end.
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
    /// Without spaces at its end.
    pub width: f32,
    pub top: f32,
    pub height: f32,
    /// From the top of the layout.
    pub baseline: f32,
    /// Left to right; spaces at the end of the line are zero wide and stand at its end.
    pub clusters: Vec<Cluster>,
    pub glyphs: Vec<PlacedGlyph>,
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
    pub glyph: u32,
    /// Pixels per em.
    pub size: f32,
    /// From the left of the layout.
    pub x: f32,
    /// From the top of the layout, downwards.
    pub y: f32,
}

/// Lays texts out. Holds the fonts, so there is one for the whole program.
pub struct Engine {
    fonts: FontContext,
    context: LayoutContext<()>,
    fallback: Fallback,
    faces: Faces,
}

/// A paragraph shaped and broken into lines.
struct Shaped {
    layout: parley::Layout<()>,
    /// What was given to the shaper.
    text: String,
    /// The part of it that is the paragraph's own; the rest is an ellipsis.
    own: usize,
    natural_width: f32,
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

    /// Lays `text` out at `scale` pixels per point. A line break at its very end adds no line.
    pub fn lay_out(&mut self, text: &str, style: &TextStyle, frame: &Frame, scale: f32) -> TextLayout {
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

    fn lay_out_once(&mut self, text: &str, style: &TextStyle, frame: &Frame, scale: f32) -> TextLayout {
        let width = frame.max_width.is_finite().then(|| (frame.max_width * scale).max(1.0));
        let max_lines = frame.max_lines.unwrap_or(usize::MAX).max(1);
        let paragraphs = paragraphs(text);
        let mut result = TextLayout {
            text: text.into(),
            lines: Vec::new(),
            width: 0.0,
            height: 0.0,
            natural_width: 0.0,
            truncated: false,
            scale,
            missing: BTreeSet::new(),
        };
        for (index, range) in paragraphs.iter().enumerate() {
            let paragraph = text.get(range.clone()).unwrap_or_default();
            let room = max_lines - result.lines.len();
            let mut shaped = self.shape(paragraph, "", style, width, scale);
            let more = text.get(range.end..).is_some_and(|rest| !rest.trim().is_empty());
            let last = shaped.layout.len() > room || (shaped.layout.len() == room && more);
            result.natural_width = result.natural_width.max(shaped.natural_width);
            if last {
                shaped = self.cut(paragraph, shaped, room, style, width, scale);
                result.truncated = true;
            }
            self.place(&shaped, index, range.start, style, &mut result);
            if last || result.lines.len() >= max_lines {
                break;
            }
        }
        align(&mut result, if frame.fill { width } else { None });
        result
    }

    /// Shapes `paragraph` followed by `ending`, and breaks it into lines of at most `width`.
    fn shape(&mut self, paragraph: &str, ending: &str, style: &TextStyle, width: Option<f32>, scale: f32) -> Shaped {
        // Control characters have no glyph. A space is as many bytes, so that positions stay.
        let mut text: String = paragraph
            .chars()
            .map(|character| if character.is_ascii_control() { ' ' } else { character })
            .collect();
        let own = text.len();
        text.push_str(ending);

        let families: Vec<FontFamilyName<'_>> = fonts::families(style.language.as_ref())
            .into_iter()
            .map(FontFamilyName::named)
            .collect();
        let language = style.language.as_ref();
        let mut builder = self.context.ranged_builder(&mut self.fonts, &text, scale, true);
        builder.set_base_direction(match language.map(Language::direction) {
            None => BaseDirection::Auto,
            Some(Direction::LeftToRight) => BaseDirection::Ltr,
            Some(Direction::RightToLeft) => BaseDirection::Rtl,
        });
        builder.push_default(FontFamily::List(Cow::Owned(families)));
        builder.push_default(StyleProperty::FontSize(style.size));
        builder.push_default(FontWeight::new(f32::from(style.weight.value())));
        builder.push_default(OverflowWrap::BreakWord);
        builder.push_default(StyleProperty::Locale(
            language.and_then(|language| parley::Language::parse(language.tag()).ok()),
        ));
        if language.map(Language::script) == Some(Script::Arabic) {
            for range in latin_words(&text) {
                builder.push(StyleProperty::FontSize(style.size * LATIN_IN_ARABIC), range);
            }
        }
        let mut layout = builder.build(&text);
        layout.break_all_lines(None);
        let natural_width = layout
            .lines()
            .map(|line| line.metrics().advance - line.metrics().hanging_advance)
            .fold(0.0, f32::max);
        if let Some(width) = width
            && natural_width > width
        {
            layout.break_all_lines(Some(width));
        }
        Shaped {
            layout,
            text,
            own,
            natural_width,
        }
    }

    /// Shapes the longest beginning of `paragraph` that with an ellipsis takes at most `room` lines.
    fn cut(
        &mut self,
        paragraph: &str,
        whole: Shaped,
        room: usize,
        style: &TextStyle,
        width: Option<f32>,
        scale: f32,
    ) -> Shaped {
        // Only the last line that stays and the one after it can hold the cut.
        let lines = whole.layout.lines().skip(room.saturating_sub(1)).take(2);
        let mut ends: Vec<usize> = lines
            .flat_map(|line| line.runs().flat_map(|run| run.clusters()).collect::<Vec<_>>())
            .map(|cluster| cluster.text_range().end)
            .collect();
        ends.sort_unstable();
        let attempt = |engine: &mut Self, end: usize| {
            let kept = paragraph.get(..end).unwrap_or(paragraph).trim_end();
            let mut ending: String = std::iter::repeat_n(isolate::POP, isolate::open_isolates(kept)).collect();
            ending.push('…');
            engine.shape(kept, &ending, style, width, scale)
        };
        // The paragraph may fit as it is, where only later ones are cut.
        let (mut low, mut high) = (0, ends.len());
        let mut best = None;
        while low < high {
            let middle = (low + high).div_ceil(2);
            let end = ends.get(middle - 1).copied().unwrap_or_default();
            let shaped = attempt(self, end);
            if shaped.layout.len() <= room {
                best = Some(shaped);
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        best.unwrap_or_else(|| {
            let start = whole
                .layout
                .get(room.saturating_sub(1))
                .map_or(0, |line| line.text_range().start);
            attempt(self, start)
        })
    }

    /// Adds the lines of a shaped paragraph below those already in `result`.
    fn place(&self, shaped: &Shaped, paragraph: usize, start: usize, style: &TextStyle, result: &mut TextLayout) {
        let direction = if shaped.layout.is_rtl() {
            Direction::RightToLeft
        } else {
            Direction::LeftToRight
        };
        let height = (style.line_height * result.scale).round().max(1.0);
        let ascent = match shaped.layout.root_span_metrics() {
            Some(metrics) => (height - metrics.ascent - metrics.descent) / 2.0 + metrics.ascent,
            None => height * 0.75,
        };
        for line in shaped.layout.lines() {
            let top = result.height;
            let baseline = top + ascent.round();
            let own = |position: usize| start + position.min(shaped.own);
            let mut placed = Line {
                text: own(line.text_range().start)..own(line.text_range().end),
                paragraph,
                direction,
                left: 0.0,
                width: 0.0,
                top,
                height,
                baseline,
                clusters: Vec::new(),
                glyphs: Vec::new(),
            };
            let inked = inked_end(&shaped.text, line.text_range());
            let mut trailing = Vec::new();
            for run in line.runs() {
                let coordinates: Vec<i16> = run.normalized_coords().iter().map(|at| at.to_bits()).collect();
                let face = self.faces.intern(run.font(), &coordinates, run.synthesis().embolden());
                // The width of what a ligature covers to the left of its first character.
                let mut covered = 0.0;
                for cluster in run.visual_clusters() {
                    let text = cluster.text_range();
                    let advance = cluster.advance();
                    let hangs = text.start >= inked;
                    let left = placed.width;
                    let right = if hangs { left } else { left + advance };
                    let entry = Cluster {
                        text: own(text.start)..own(text.end),
                        left,
                        right,
                        direction: if cluster.is_rtl() {
                            Direction::RightToLeft
                        } else {
                            Direction::LeftToRight
                        },
                        starts_word: cluster.is_word_boundary(),
                    };
                    if hangs {
                        trailing.push(entry);
                        continue;
                    }
                    placed.clusters.push(entry);
                    placed.width = right;
                    if cluster.is_ligature_continuation() {
                        covered += advance;
                        continue;
                    }
                    let mut x = if cluster.is_rtl() { left - covered } else { left };
                    covered = 0.0;
                    for glyph in cluster.glyphs() {
                        if glyph.id == 0 {
                            result
                                .missing
                                .extend(shaped.text.get(text.clone()).and_then(missing_character));
                        }
                        placed.glyphs.push(PlacedGlyph {
                            face,
                            glyph: glyph.id,
                            size: run.font_size(),
                            x: x + glyph.x,
                            y: baseline + glyph.y,
                        });
                        x += glyph.advance;
                    }
                }
            }
            match direction {
                Direction::LeftToRight => {
                    for cluster in &mut trailing {
                        (cluster.left, cluster.right) = (placed.width, placed.width);
                    }
                    placed.clusters.append(&mut trailing);
                }
                Direction::RightToLeft => {
                    for cluster in &mut trailing {
                        (cluster.left, cluster.right) = (0.0, 0.0);
                    }
                    placed.clusters.splice(0..0, trailing);
                }
            }
            result.height += height;
            result.lines.push(placed);
        }
    }
}

/// The size of Latin letters within Arabic text, as a share of the Arabic size: their capitals and
/// ascenders would otherwise tower over it.
const LATIN_IN_ARABIC: f32 = 0.91;

/// Gives the layout its width and moves every line to the side where its paragraph starts.
fn align(layout: &mut TextLayout, filled: Option<f32>) {
    let widest = layout.lines.iter().map(|line| line.width).fold(0.0, f32::max);
    layout.width = widest.max(filled.unwrap_or(0.0)).ceil();
    for line in &mut layout.lines {
        if line.direction == Direction::RightToLeft {
            line.left = (layout.width - line.width).round();
            for cluster in &mut line.clusters {
                cluster.left += line.left;
                cluster.right += line.left;
            }
            for glyph in &mut line.glyphs {
                glyph.x += line.left;
            }
        }
    }
}

/// The byte ranges of the paragraphs of `text`, without what ends them.
fn paragraphs(text: &str) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive(['\n', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}']) {
        let end = start + line.len();
        let content = line.trim_end_matches(['\r', '\n', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}']);
        ranges.push(start..start + content.len());
        start = end;
    }
    if ranges.is_empty() {
        ranges.push(0..0);
    }
    ranges
}

/// Where the spaces (and isolate marks) at the end of a line begin: rule L1 of UAX 9.
fn inked_end(text: &str, line: Range<usize>) -> usize {
    let trails = |character: char| {
        (character.is_whitespace() && !matches!(character, '\u{a0}' | '\u{202f}'))
            || matches!(character, '\u{2066}'..='\u{2069}')
    };
    let content = text.get(line.clone()).unwrap_or_default();
    line.start + content.trim_end_matches(trails).len()
}

/// The character of a cluster that a font would have to have.
fn missing_character(cluster: &str) -> Option<char> {
    cluster
        .chars()
        .find(|character| !character.is_whitespace() && !character.is_control())
}

/// Stretches of Latin words within Arabic text, with the digits and signs that belong to them
/// (`120 mg/dL`), but not digits that stand alone.
fn latin_words(text: &str) -> Vec<Range<usize>> {
    let mut words: Vec<Range<usize>> = Vec::new();
    let mut current: Option<(Range<usize>, bool)> = None;
    let mut finish = |current: &mut Option<(Range<usize>, bool)>| {
        if let Some((range, true)) = current.take() {
            words.push(range);
        }
    };
    for (position, character) in text.char_indices() {
        let end = position + character.len_utf8();
        let letter = Script::Latin.contains(character);
        if letter || character.is_ascii_digit() {
            let (range, has_letter) = current.get_or_insert((position..end, false));
            range.end = end;
            *has_letter |= letter;
        } else if !(character.is_ascii_punctuation() || character == ' ' || character == '\u{a0}') {
            finish(&mut current);
        }
    }
    finish(&mut current);
    words
}

#[cfg(test)]
#[path = "layout_tests.rs"]
mod tests;
