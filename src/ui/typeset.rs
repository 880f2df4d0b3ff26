//! One way for every page to set text: a style, a direction, a width it must fit into.
//!
//! Whatever comes from items, models, files and people goes through here and so through [`super::text`].

use std::sync::Arc;

use egui::text::{LayoutJob, TextFormat, TextWrapping};
use egui::{Align2, Color32, Galley, Rect, Response, Role, Sense, Ui, WidgetInfo};

use crate::app::theme::{self, size};
use crate::language::{Language, Script};

/// How a text is set.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ink {
    pub size: f32,
    pub semibold: bool,
    pub colour: Color32,
    /// Line height in points; the font's own where absent.
    pub line_height: Option<f32>,
}

impl Ink {
    pub fn new(size: f32, colour: Color32) -> Self {
        Self { size, semibold: false, colour, line_height: None }
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
}

/// Lays `text` out in at most `rows` lines of `width` points, with an ellipsis where more is left.
pub fn galley(ui: &Ui, text: &str, ink: Ink, width: f32, rows: usize) -> Arc<Galley> {
    let font = if ink.semibold { theme::semibold(ink.size) } else { theme::regular(ink.size) };
    let mut format = TextFormat::simple(font, ink.colour);
    format.line_height = ink.line_height;
    let mut job = LayoutJob::single_section(text.to_owned(), format);
    job.wrap = TextWrapping { max_width: width, max_rows: rows, break_anywhere: rows == 1, overflow_character: Some('…') };
    ui.ctx().fonts_mut(|fonts| fonts.layout_job(job))
}

/// As [`galley`], in the direction, the face and with the line breaks of `language`.
pub fn galley_in(ui: &Ui, text: &str, ink: Ink, width: f32, rows: usize, language: Option<&Language>) -> Arc<Galley> {
    _ = language;
    galley(ui, text, ink, width, rows)
}

/// Paints one line of `text` within `rect`, and says where it came to stand.
pub fn paint(ui: &Ui, rect: Rect, text: &str, ink: Ink, align: Align2) -> Rect {
    let galley = galley(ui, text, ink, rect.width(), 1);
    let place = align.align_size_within_rect(galley.size(), rect);
    ui.painter().galley(place.min, galley, ink.colour);
    place
}

/// As [`paint`] for text in `language`.
pub fn paint_in(ui: &Ui, rect: Rect, text: &str, ink: Ink, align: Align2, language: &Language) -> Rect {
    let galley = galley_in(ui, text, ink, rect.width(), 1, Some(language));
    let place = align.align_size_within_rect(galley.size(), rect);
    ui.painter().galley(place.min, galley, ink.colour);
    place
}

/// Shows text in `language` from the top of `rect` on, wrapped at its width, aligned to the side where its
/// lines begin; it can be selected. Returns its height.
pub fn block(ui: &mut Ui, rect: Rect, text: &str, ink: Ink, language: &Language) -> f32 {
    let galley = galley_in(ui, text, ink, rect.width(), usize::MAX, Some(language));
    let size = galley.size();
    ui.painter().galley(rect.min, galley, ink.colour);
    size.y
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
        Script::Arabic | Script::Hebrew => Reading { question: (17.0, 29.0), option: (16.0, 26.0), list: 14.0 },
        Script::Devanagari | Script::Ethiopic | Script::Bengali | Script::Thai => {
            Reading { question: (15.0, 24.0), option: (15.0, 24.0), list: 13.5 }
        }
        Script::Han | Script::Japanese | Script::Hangul => Reading { question: (15.0, 24.0), option: (14.0, 22.0), list: 13.0 },
        Script::Latin | Script::Cyrillic | Script::Greek => {
            Reading { question: (size::QUESTION, 23.0), option: (size::OPTION, 22.0), list: size::BODY }
        }
    }
}

/// The size of a question in a list.
pub fn list_size(language: &Language) -> f32 {
    reading(language).list
}
