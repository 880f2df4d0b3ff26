//! A field that opens a menu.

use std::ops::RangeInclusive;

use egui::{Rect, Response, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, vec2};

use super::menu::{self, Entry, Manner};
use super::{focus_ring, palette};
use crate::app::theme::{radius, size, space};
use crate::ui::column::Column;
use crate::ui::icons::{self, Icon};
use crate::ui::spoken;
use crate::ui::typeset::{self, Ink, Words};

/// From the field's edge to its words.
const PADDING: f32 = 10.0;
/// Between the label and what is chosen.
const GAP: f32 = 6.0;
/// Room for the arrow.
const ARROW: f32 = 26.0;

/// Shows `label` in grey and the entry in place `selected` in ink, at most `limit` wide in all. Returns the place
/// of the entry that was chosen.
pub fn choice(ui: &mut Ui, label: &str, entries: &[Entry<'_>], selected: Option<usize>, limit: f32) -> Option<usize> {
    choice_in(ui, &Manner::WINDOW, label, entries, selected, limit)
}

/// As [`choice`] in another language than the window's, mirrored where that runs from right to left.
pub fn choice_in(
    ui: &mut Ui,
    manner: &Manner<'_>,
    label: &str,
    entries: &[Entry<'_>],
    selected: Option<usize>,
    limit: f32,
) -> Option<usize> {
    field(
        ui,
        manner,
        (label, label),
        entries,
        (selected, chosen(entries, selected)),
        0.0..=limit,
    )
}

/// As [`choice`] with no label in sight, as under a column's title; `name` is what assistive technology calls it.
pub fn choice_of(ui: &mut Ui, name: &str, entries: &[Entry<'_>], selected: Option<usize>, limit: f32) -> Option<usize> {
    field(
        ui,
        &Manner::WINDOW,
        ("", name),
        entries,
        (selected, chosen(entries, selected)),
        0.0..=limit,
    )
}

/// As [`choice_of`], as wide as there is room, as fields under each other are.
pub fn choice_across(ui: &mut Ui, name: &str, entries: &[Entry<'_>], selected: Option<usize>) -> Option<usize> {
    let width = ui.available_width();
    field(
        ui,
        &Manner::WINDOW,
        ("", name),
        entries,
        (selected, chosen(entries, selected)),
        width..=width,
    )
}

/// As [`choice`] of entries of which several are marked, with `says` beside the label; `name` is what assistive
/// technology calls it.
pub fn choice_among(
    ui: &mut Ui,
    (label, name): (&str, &str),
    entries: &[Entry<'_>],
    says: &str,
    limit: f32,
) -> Option<usize> {
    let manner = &Manner::WINDOW;
    field(ui, manner, (label, name), entries, (None, says.into()), 0.0..=limit)
}

fn chosen<'a>(entries: &[Entry<'a>], selected: Option<usize>) -> Words<'a> {
    selected
        .and_then(|place| entries.get(place))
        .map_or("".into(), |entry| entry.words)
}

fn field(
    ui: &mut Ui,
    manner: &Manner<'_>,
    (label, name): (&str, &str),
    entries: &[Entry<'_>],
    (selected, value): (Option<usize>, Words<'_>),
    widths: RangeInclusive<f32>,
) -> Option<usize> {
    let colours = palette(ui);
    let grey = Ink::new(size::BODY, colours.text_2);
    let black = Ink::new(size::BODY, colours.text);
    let label_words = manner.say(label);
    let label_width = typeset::galley(ui, label_words, grey, f32::INFINITY, 1).size().x;
    let both = !label.is_empty() && !value.text.is_empty();
    let before = PADDING + label_width + if both { GAP } else { 0.0 };
    let room = (widths.end() - before - ARROW).max(40.0);
    let value_width = match value.text.is_empty() {
        true => 0.0,
        false => typeset::galley(ui, value, black, room, 1).size().x,
    };
    let width = (before + value_width + ARROW).max(*widths.start()).round();
    let (rect, response) = ui.allocate_exact_size(vec2(width, space::CONTROL), Sense::click());
    tell(&response, name, value);
    let column = manner.column(rect);
    show_field(ui, rect, column, &response);
    let place = column.place(PADDING, label_width, rect.top(), rect.height());
    typeset::paint(ui, place, label_words, grey, column.start());
    let place = column.place(before, value_width, rect.top(), rect.height());
    typeset::paint(ui, place, value, black, column.start());
    menu::show_in(&response, manner, name, entries, selected, width)
}

fn tell(response: &Response, label: &str, value: Words<'_>) {
    spoken::tell(response, value.language, || {
        let mut info = WidgetInfo::labeled(Role::ComboBox, true, label);
        info.current_text_value = Some(value.text.to_owned());
        info
    });
    menu::tell(response);
}

fn show_field(ui: &Ui, rect: Rect, column: Column, response: &Response) {
    let colours = palette(ui);
    let fill = if response.hovered() {
        colours.hover
    } else {
        colours.panel
    };
    let stroke = Stroke::new(1.0, colours.edge);
    ui.painter()
        .rect(rect, radius::CONTROL, fill, stroke, StrokeKind::Inside);
    let arrow = column.place_from_end(8.0, 12.0, rect.top(), rect.height());
    icons::paint(ui.painter(), Icon::Down, arrow.center(), 12.0, colours.text_2);
    focus_ring(ui, response, rect);
}
