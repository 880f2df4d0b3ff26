//! One way for every page to set text: a style, a language, a width it must fit into.
//!
//! Everything is laid out by [`crate::text`], so that names of models, benchmarks and files come out right
//! whatever script they are in.

use std::sync::Arc;

use egui::{Align2, Color32, Galley, Rect, Response, Role, Sense, Ui, UiBuilder, WidgetInfo};

use super::spoken;
use super::text::Label;
use super::widgets::tooltip;
use crate::app::theme::{Palette, size};
use crate::language::{Language, Script};
use crate::text::controls::Controls;
use crate::text::{self, ARABIC_BESIDE_LATIN, Cut, Frame, Piece, Pitch, Styled, TextStyle, Weight};

/// How a text is set.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ink {
    pub size: f32,
    pub semibold: bool,
    pub colour: Color32,
    /// From baseline to baseline in points; by the size where absent.
    pub line_height: Option<f32>,
    /// Whether the size is that of the text's own script and not of the Latin around it.
    pub exact: bool,
    /// Whether characters that are not seen are shown.
    pub controls: Controls,
    pub pitch: Pitch,
}

/// The least line height of text that wraps, as a share of its size: signs above one line must not
/// touch those below the line before it.
fn least_leading(script: Script) -> f32 {
    match script {
        Script::Arabic => 1.7,
        Script::Devanagari | Script::Bengali | Script::Sinhala | Script::Telugu | Script::Thai => 1.5,
        _ => 1.0,
    }
}

impl Ink {
    pub fn new(size: f32, colour: Color32) -> Self {
        Self {
            size,
            semibold: false,
            colour,
            line_height: None,
            exact: false,
            controls: Controls::Obeyed,
            pitch: Pitch::Proportional,
        }
    }

    pub fn semibold(mut self) -> Self {
        self.semibold = true;
        self
    }

    pub fn bold_if(mut self, bold: bool) -> Self {
        self.semibold = bold;
        self
    }

    pub fn leading(mut self, points: f32) -> Self {
        self.line_height = Some(points);
        self
    }

    /// The size as asked also in a script that is otherwise set larger than Latin.
    pub fn exact(mut self) -> Self {
        self.exact = true;
        self
    }

    /// Shows characters that are not seen.
    pub fn controls(mut self, controls: Controls) -> Self {
        self.controls = controls;
        self
    }

    /// Letters all as wide as each other: for prompts, raw text and values as they stand in files.
    pub fn fixed(mut self) -> Self {
        self.pitch = Pitch::Fixed;
        self
    }

    fn style(self, language: Option<&Language>) -> TextStyle {
        let larger = !self.exact && language.map(Language::script) == Some(Script::Arabic);
        let line_height = self.line_height.unwrap_or(match self.size {
            size if size >= size::KEY_FIGURE => 26.0,
            size if size >= size::PAGE_TITLE => 22.0,
            size if size >= size::BODY => (size * 1.4).round(),
            size if size >= size::SECONDARY => 16.0,
            _ => 14.0,
        });
        TextStyle {
            size: if larger {
                self.size * ARABIC_BESIDE_LATIN
            } else {
                self.size
            },
            line_height,
            weight: if self.semibold {
                Weight::Semibold
            } else {
                Weight::Regular
            },
            language: language.cloned(),
            controls: self.controls,
            pitch: self.pitch,
        }
    }

    /// The style of text on more than one line.
    fn wrapping_style(self, language: Option<&Language>) -> TextStyle {
        let mut style = self.style(language);
        if let Some(language) = language.filter(|_| self.line_height.is_none()) {
            let least = (least_leading(language.script()) * style.size).round();
            style.line_height = style.line_height.max(least);
        }
        style
    }
}

/// What is set: a text with the pieces of it that look otherwise, and the language it is in where that is known.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Words<'a> {
    pub text: &'a str,
    pub pieces: &'a [Piece],
    pub language: Option<&'a Language>,
    /// What they lose where there is no room for all of them.
    pub cut: Cut,
}

impl<'a> Words<'a> {
    /// The name of a model or a file. Many begin alike, so it keeps its end.
    pub fn name(name: &'a str) -> Self {
        Self {
            cut: Cut::Middle,
            ..name.into()
        }
    }

    /// The name that a language's own speakers use.
    pub fn native(language: &'a Language) -> Self {
        (language.native_name(), language).into()
    }

    fn styled(self) -> Styled<'a> {
        Styled {
            text: self.text,
            pieces: self.pieces,
        }
    }
}

impl<'a> From<&'a str> for Words<'a> {
    fn from(text: &'a str) -> Self {
        Styled::from(text).into()
    }
}

impl<'a> From<&'a String> for Words<'a> {
    fn from(text: &'a String) -> Self {
        text.as_str().into()
    }
}

impl<'a> From<Styled<'a>> for Words<'a> {
    fn from(Styled { text, pieces }: Styled<'a>) -> Self {
        Self {
            text,
            pieces,
            language: None,
            cut: Cut::End,
        }
    }
}

impl<'a> From<(&'a str, &'a Language)> for Words<'a> {
    fn from((text, language): (&'a str, &'a Language)) -> Self {
        (Styled::from(text), language).into()
    }
}

impl<'a> From<(Styled<'a>, &'a Language)> for Words<'a> {
    fn from((styled, language): (Styled<'a>, &'a Language)) -> Self {
        Self {
            language: Some(language),
            ..styled.into()
        }
    }
}

/// Lays `words` out in at most `rows` lines of `width` points, with an ellipsis where more is left.
pub fn galley<'a>(ui: &Ui, words: impl Into<Words<'a>>, ink: Ink, width: f32, rows: usize) -> Arc<Galley> {
    laid_out(ui, words.into(), ink, width, rows).galley
}

/// Lays one line out as [`galley`] does, ahead of it and while there is time. Returns whether all is done.
pub fn prepare_line<'a>(
    ui: &Ui,
    words: impl Into<Words<'a>>,
    ink: Ink,
    width: f32,
    has_time: &dyn Fn() -> bool,
) -> bool {
    let words = words.into();
    let (style, frame) = measures(words, ink, width, 1);
    text::prepare(ui.ctx(), words.styled(), &style, &frame, has_time)
}

fn laid_out(ui: &Ui, words: Words<'_>, ink: Ink, width: f32, rows: usize) -> text::Text {
    let (style, frame) = measures(words, ink, width, rows);
    text::lay_out(ui.ctx(), words.styled(), &style, &frame)
}

/// The style and the room of `words` in at most `rows` lines of `width` points.
fn measures(words: Words<'_>, ink: Ink, width: f32, rows: usize) -> (TextStyle, Frame) {
    let max_lines = (rows < usize::MAX).then_some(rows);
    // A width of a fraction of a point less than the text's own must not cut it.
    let frame = Frame {
        max_width: width.max(0.0) + 0.5,
        max_lines,
        cut: words.cut,
        ..Frame::UNLIMITED
    };
    let style = match rows {
        1 => ink.style(words.language),
        _ => ink.wrapping_style(words.language),
    };
    (style, frame)
}

/// Paints one line of `words` within `rect`, and says where it came to stand. The whole shows on hovering over
/// words that had to be cut. Where there is no room at all nothing shows, not even an ellipsis.
pub fn paint<'a>(ui: &Ui, rect: Rect, words: impl Into<Words<'a>>, ink: Ink, align: Align2) -> Rect {
    let words = words.into();
    if rect.width() <= 0.0 {
        return rect;
    }
    let galley = galley(ui, words, ink, rect.width(), 1);
    let place = align.align_size_within_rect(galley.size(), rect);
    if galley.elided {
        let here = (words.text, place.min.x.to_bits(), place.min.y.to_bits());
        let response = ui.interact(place, ui.scope_id().with(here), Sense::hover());
        tooltip(response, words);
    }
    ui.painter().galley(place.min, galley, ink.colour);
    place
}

/// Paints a letter in the middle of `rect`: by its ink and not by its line box, which in Arabic reaches far
/// below the letters.
pub fn paint_centred<'a>(ui: &Ui, rect: Rect, words: impl Into<Words<'a>>, ink: Ink) {
    let galley = galley(ui, words, ink, f32::INFINITY, 1);
    let bounds = galley.mesh_bounds;
    let centre = if bounds.is_positive() {
        bounds.center()
    } else {
        (galley.size() / 2.0).to_pos2()
    };
    ui.painter()
        .galley(rect.center() - centre.to_vec2(), galley, ink.colour);
}

/// Shows text in `language` from the top of `rect` on, wrapped at its width, aligned to the side where its
/// lines begin; it can be selected. Returns its height.
pub fn block<'a>(ui: &mut Ui, rect: Rect, text: impl Into<Styled<'a>>, ink: Ink, language: &Language) -> f32 {
    let style = ink.wrapping_style(Some(language));
    let text: Styled<'_> = text.into();
    let label = Label::new(text, &style).color(ink.colour).selectable();
    let builder = UiBuilder::new()
        .max_rect(rect)
        .layout(egui::Layout::top_down(egui::Align::Min));
    ui.new_child(builder).add(label).rect.height()
}

/// How many bytes of `words` stand in one line of `width` points before an ellipsis.
pub fn shown_in_line<'a>(ui: &Ui, words: impl Into<Words<'a>>, ink: Ink, width: f32) -> usize {
    let laid = laid_out(ui, words.into(), ink, width, 1);
    let clusters = laid.layout.lines.first().into_iter().flat_map(|line| &line.clusters);
    clusters.map(|cluster| cluster.text.end).max().unwrap_or_default()
}

/// Whether so many characters may stand in one line of `width` points; `false` where they surely do not.
pub fn may_stand_in_line(characters: usize, ink: Ink, width: f32) -> bool {
    /// Hardly any letter is narrower, as a share of the size.
    const NARROWEST: f32 = 0.2;
    characters as f32 * NARROWEST * ink.size <= width
}

/// Lengths of a text that [`block`] shows, in points.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BlockSize {
    pub height: f32,
    /// From the top to the first baseline.
    pub baseline: f32,
}

/// What [`block`] takes in `width` points. The same text is not laid out again to be shown.
pub fn block_size<'a>(ui: &Ui, text: impl Into<Styled<'a>>, ink: Ink, width: f32, language: &Language) -> BlockSize {
    let frame = Frame::block(width, Some(language.direction()));
    let laid = text::lay_out(ui.ctx(), text, &ink.wrapping_style(Some(language)), &frame);
    BlockSize {
        height: laid.galley.size().y,
        baseline: laid.layout.first_baseline(),
    }
}

/// Lays out what [`block`] shows in `width` points, ahead of it and while there is time. Returns whether all is done.
pub fn prepare_block<'a>(
    ui: &Ui,
    text: impl Into<Styled<'a>>,
    ink: Ink,
    (width, language): (f32, &Language),
    has_time: &dyn Fn() -> bool,
) -> bool {
    let frame = Frame::block(width, Some(language.direction()));
    text::prepare(ui.ctx(), text, &ink.wrapping_style(Some(language)), &frame, has_time)
}

/// A label of one line, elided at the width there is.
pub fn line<'a>(ui: &mut Ui, words: impl Into<Words<'a>>, ink: Ink) -> Response {
    let words = words.into();
    let style = ink.style(words.language);
    let label = Label::new(words.styled(), &style).color(ink.colour);
    ui.add(label.max_lines(1).cut(words.cut))
}

/// A label that wraps at the width there is.
pub fn paragraph<'a>(ui: &mut Ui, words: impl Into<Words<'a>>, ink: Ink) -> Response {
    let words = words.into();
    let style = ink.wrapping_style(words.language);
    ui.add(Label::new(words.styled(), &style).color(ink.colour))
}

/// The title of a part of a page or card.
pub fn heading(ui: &mut Ui, text: &str) {
    let ink = Ink::new(size::SECONDARY, Palette::of(ui.visuals()).text_2).semibold();
    let response = line(ui, text, ink);
    spoken::tell(&response, None, || WidgetInfo::labeled(Role::Heading, true, text));
}

/// Sizes and line heights of what readers of a language's script need: Arabic larger and looser than Latin.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reading {
    pub question: (f32, f32),
    pub option: (f32, f32),
    pub list: f32,
}

/// The sizes for `language`.
pub fn reading(language: &Language) -> Reading {
    match language.script() {
        Script::Arabic | Script::Hebrew => Reading {
            question: (17.0, 29.0),
            option: (16.0, 26.0),
            list: 14.0,
        },
        Script::Devanagari | Script::Ethiopic | Script::Bengali | Script::Sinhala | Script::Telugu | Script::Thai => {
            Reading {
                question: (15.0, 24.0),
                option: (15.0, 24.0),
                list: 13.5,
            }
        }
        Script::Han | Script::Japanese | Script::Hangul => Reading {
            question: (15.0, 24.0),
            option: (14.0, 22.0),
            list: size::BODY,
        },
        Script::Latin | Script::Cyrillic | Script::Greek | Script::Armenian | Script::Georgian => Reading {
            question: (size::QUESTION, 23.0),
            option: (size::OPTION, 22.0),
            list: size::BODY,
        },
    }
}

/// The size of a question in a list.
pub fn list_size(language: &Language) -> f32 {
    reading(language).list
}

#[cfg(test)]
mod tests;
