//! One way for every page to set text: a style, a language, a width it must fit into.
//!
//! Everything is laid out by [`crate::text`], so that names of models, benchmarks and files come out right
//! whatever script they are in.

use std::sync::Arc;

use egui::{Align2, Color32, Galley, Rect, Response, Role, Sense, Ui, UiBuilder, WidgetInfo};

use super::text::Label;
use crate::app::theme::size;
use crate::language::{Language, Script};
use crate::text::{self, Frame, TextStyle, Weight};

/// How a text is set.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ink {
    pub size: f32,
    pub semibold: bool,
    pub colour: Color32,
    /// From baseline to baseline in points; by the size where absent.
    pub line_height: Option<f32>,
}

impl Ink {
    pub fn new(size: f32, colour: Color32) -> Self {
        Self {
            size,
            semibold: false,
            colour,
            line_height: None,
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

    fn style(self, language: Option<&Language>) -> TextStyle {
        let line_height = self.line_height.unwrap_or(match self.size {
            size if size >= size::KEY_FIGURE => 26.0,
            size if size >= size::PAGE_TITLE => 22.0,
            size if size >= size::BODY => (size * 1.4).round(),
            size if size >= size::SECONDARY => 16.0,
            _ => 14.0,
        });
        TextStyle {
            size: self.size,
            line_height,
            weight: if self.semibold {
                Weight::Semibold
            } else {
                Weight::Regular
            },
            language: language.cloned(),
        }
    }
}

/// Lays `text` out in at most `rows` lines of `width` points, with an ellipsis where more is left.
pub fn galley(ui: &Ui, text: &str, ink: Ink, width: f32, rows: usize) -> Arc<Galley> {
    galley_in(ui, text, ink, width, rows, None)
}

/// As [`galley`], in the direction, the face and with the line breaks of `language`.
pub fn galley_in(ui: &Ui, text: &str, ink: Ink, width: f32, rows: usize, language: Option<&Language>) -> Arc<Galley> {
    let max_lines = (rows < usize::MAX).then_some(rows);
    // A width of a fraction of a point less than the text's own must not cut it.
    let frame = Frame {
        max_width: width.max(0.0) + 0.5,
        max_lines,
        fill: false,
        editable: false,
    };
    text::galley(ui.ctx(), text, &ink.style(language), &frame)
}

/// Paints one line of `text` within `rect`, and says where it came to stand.
pub fn paint(ui: &Ui, rect: Rect, text: &str, ink: Ink, align: Align2) -> Rect {
    put(ui, rect, galley(ui, text, ink, rect.width(), 1), ink, align)
}

/// As [`paint`] for text in `language`.
pub fn paint_in(ui: &Ui, rect: Rect, text: &str, ink: Ink, align: Align2, language: &Language) -> Rect {
    put(
        ui,
        rect,
        galley_in(ui, text, ink, rect.width(), 1, Some(language)),
        ink,
        align,
    )
}

fn put(ui: &Ui, rect: Rect, galley: Arc<Galley>, ink: Ink, align: Align2) -> Rect {
    let place = align.align_size_within_rect(galley.size(), rect);
    ui.painter().galley(place.min, galley, ink.colour);
    place
}

/// Shows text in `language` from the top of `rect` on, wrapped at its width, aligned to the side where its
/// lines begin; it can be selected. Returns its height.
pub fn block(ui: &mut Ui, rect: Rect, text: &str, ink: Ink, language: &Language) -> f32 {
    let style = ink.style(Some(language));
    let label = Label::new(text, &style).color(ink.colour).selectable();
    let builder = UiBuilder::new()
        .max_rect(rect)
        .layout(egui::Layout::top_down(egui::Align::Min));
    ui.new_child(builder).add(label).rect.height()
}

/// How far the first baseline of text in `language` lies below its top.
pub fn first_baseline(ui: &Ui, text: &str, ink: Ink, width: f32, language: &Language) -> f32 {
    text::lay_out(ui.ctx(), text, &ink.style(Some(language)), &Frame::wrapped(width))
        .layout
        .first_baseline()
}

/// A label of one line, elided at the width there is.
pub fn line(ui: &mut Ui, text: &str, ink: Ink) -> Response {
    label(ui, text, ink, 1)
}

/// A label that wraps at the width there is.
pub fn paragraph(ui: &mut Ui, text: &str, ink: Ink) -> Response {
    label(ui, text, ink, usize::MAX)
}

fn label(ui: &mut Ui, text: &str, ink: Ink, rows: usize) -> Response {
    let galley = galley(ui, text, ink, ui.available_width(), rows);
    let (rect, response) = ui.allocate_exact_size(galley.size(), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, ui.is_enabled(), text));
    ui.painter().galley(rect.min, galley, ink.colour);
    response
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
        Script::Devanagari | Script::Ethiopic | Script::Bengali | Script::Thai => Reading {
            question: (15.0, 24.0),
            option: (15.0, 24.0),
            list: 13.5,
        },
        Script::Han | Script::Japanese | Script::Hangul => Reading {
            question: (15.0, 24.0),
            option: (14.0, 22.0),
            list: size::BODY,
        },
        Script::Latin | Script::Cyrillic | Script::Greek => Reading {
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
