//! The search of a list: its field, its keys, and what stands where nothing was found.

use egui::{Align2, Rect, Sense, Stroke, StrokeKind, Ui, vec2};

use super::{Button, Emphasis, empty, palette, within};
use crate::app::command::Command;
use crate::app::matrix::{count, counted};
use crate::app::theme::{size, space};
use crate::text::isolate::isolate;
use crate::ui::icons::Icon;
use crate::ui::text::TextEdit;
use crate::ui::typeset::{self, Ink};

/// What the icon and the paddings of a field take.
const BEFORE: f32 = 34.0;
/// The widest field above a list.
const WIDEST: f32 = 360.0;

/// A list's search: what it looks for and how it is called.
#[derive(Debug, Clone, Copy)]
pub struct Search<'a> {
    /// What was typed into it.
    pub typed: &'a str,
    /// One of what is listed: `model`.
    pub thing: &'a str,
    /// Whether it is to have the focus.
    pub focus: bool,
}

impl Search<'_> {
    /// Shows the field as wide as there is room. Returns what is looked for from now on, where that changed.
    pub fn show(self, ui: &mut Ui, placeholder: &str) -> Option<String> {
        let mut text = self.typed.to_owned();
        let edited = TextEdit::single_line(&mut text)
            .name(&format!("Search {}s", self.thing))
            .placeholder(placeholder)
            .icon(Icon::Search)
            .clearable()
            .show(ui);
        let response = edited.response;
        if text.is_empty() && !response.has_focus() {
            show_keys(ui, response.rect, placeholder);
        }
        if self.focus {
            response.request_focus();
        }
        if edited.cancelled && !text.is_empty() {
            // The first Escape empties the field, the next one leaves it.
            response.request_focus();
            return Some(String::new());
        }
        response.changed().then_some(text)
    }

    /// Shows the field in a band over a list; the list has the room below.
    pub fn show_band(self, ui: &mut Ui) -> Option<String> {
        let whole = ui.available_rect_before_wrap();
        let band = Rect::from_min_size(whole.min, vec2(whole.width(), space::CONTROL + 16.0));
        ui.allocate_rect(band, Sense::hover());
        let line = Stroke::new(1.0, palette(ui).line);
        ui.painter().hline(band.x_range(), band.bottom() - 0.5, line);
        let inner = band.shrink2(vec2(12.0, 8.0));
        let field = Rect::from_min_size(inner.min, vec2(inner.width().min(WIDEST), inner.height()));
        let placeholder = format!("Search {}s", self.thing);
        within(ui, field, "search", |ui| self.show(ui, &placeholder))
    }

    /// How many there are, in words: `12 models`, or `3 of 12 models` where some are searched for.
    pub fn count(self, found: usize, all: usize) -> String {
        if self.typed.trim().is_empty() {
            counted(all, self.thing)
        } else {
            format!("{} of {}", count(found), counted(all, self.thing))
        }
    }

    /// Says that nothing was found, and offers to look for nothing: `clear`.
    pub fn nothing(self, ui: &mut Ui, commands: &mut Vec<Command>, clear: Command) {
        let title = format!("No {} is found by “{}”.", self.thing, isolate(self.typed.trim()));
        empty(ui, &title, "", |ui| {
            let button = Button::new(Emphasis::Plain).text("Clear the search");
            button.show(ui, commands, clear);
        });
    }
}

/// The keys that lead to a field, at its end, where there is room for them after what stands in it.
fn show_keys(ui: &Ui, field: Rect, placeholder: &str) {
    let Some(keys) = Command::FocusSearch.keys(ui.ctx()) else {
        return;
    };
    let colours = palette(ui);
    let ink = Ink::new(size::SMALL, colours.text_2);
    let width_of = |text: &str, ink: Ink| typeset::galley(ui, text, ink, f32::INFINITY, 1).size().x;
    let width = width_of(&keys, ink) + 10.0;
    let taken = width_of(placeholder, Ink::new(size::BODY, colours.text_3)) + BEFORE;
    if field.width() < taken + width + 8.0 {
        return;
    }
    let place = field.right_center() - vec2(5.0 + width / 2.0, 0.0);
    let hint = Rect::from_center_size(place, vec2(width, 18.0));
    ui.painter()
        .rect_stroke(hint, 3, Stroke::new(1.0, colours.line_strong), StrokeKind::Inside);
    typeset::paint(ui, hint, &keys, ink, Align2::CENTER_CENTER);
}
