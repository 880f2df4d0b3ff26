//! Chips: small words in a box that are on or off, or stand for something narrowed to.

use egui::{CursorIcon, Response, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

use super::{focus_ring, palette};
use crate::app::theme::{radius, size, space};
use crate::ui::icons::{self, Icon};
use crate::ui::spoken;
use crate::ui::typeset::{self, Ink, Words};

/// A chip that is on or off.
pub fn toggle_chip<'a>(ui: &mut Ui, words: impl Into<Words<'a>>, on: bool, name: &str) -> Response {
    let colours = palette(ui);
    let ink = Ink::new(size::SECONDARY, if on { colours.accent_text } else { colours.text_2 }).bold_if(on);
    let galley = typeset::galley(ui, words, ink, 260.0, 1);
    let (rect, response) = ui.allocate_exact_size(
        vec2((galley.size().x + 16.0).round(), space::SMALL_CONTROL),
        Sense::click(),
    );
    spoken::tell(&response, None, || WidgetInfo::selected(Role::CheckBox, true, on, name));
    let (fill, line) = if on {
        (colours.accent_soft, colours.accent_soft)
    } else if response.hovered() {
        (colours.hover, colours.line_strong)
    } else {
        (colours.panel, colours.line_strong)
    };
    ui.painter()
        .rect(rect, radius::CHIP, fill, Stroke::new(1.0, line), StrokeKind::Inside);
    ui.painter()
        .galley(rect.center() - galley.size() / 2.0, galley, ink.colour);
    focus_ring(ui, &response, rect);
    response.on_hover_cursor(CursorIcon::PointingHand)
}

/// A chip for something that is narrowed to; a click takes it away.
pub fn filter_chip(ui: &mut Ui, words: Words<'_>) -> Response {
    let colours = palette(ui);
    let ink = Ink::new(size::SECONDARY, colours.accent_text).semibold();
    let galley = typeset::galley(ui, words, ink, 250.0, 1);
    let (rect, response) = ui.allocate_exact_size(vec2((galley.size().x + 30.0).round(), 22.0), Sense::click());
    spoken::tell(&response, None, || {
        WidgetInfo::labeled(Role::Button, true, format!("Remove filter {}", words.text))
    });
    ui.painter().rect_filled(rect, radius::CHIP, colours.accent_soft);
    ui.painter().galley(
        pos2(rect.left() + 8.0, rect.center().y - galley.size().y / 2.0),
        galley,
        ink.colour,
    );
    let mark = if response.hovered() {
        colours.text
    } else {
        colours.accent_text
    };
    icons::paint(
        ui.painter(),
        Icon::Cross,
        pos2(rect.right() - 12.0, rect.center().y),
        10.0,
        mark,
    );
    focus_ring(ui, &response, rect);
    response.on_hover_cursor(CursorIcon::PointingHand)
}

/// A chip with a plus that opens something to add; `name` says what.
pub fn add_chip(ui: &mut Ui, text: &str, name: &str) -> Response {
    let colours = palette(ui);
    let ink = Ink::new(size::SECONDARY, colours.text);
    let galley = typeset::galley(ui, text, ink, 220.0, 1);
    let (rect, response) = ui.allocate_exact_size(vec2((galley.size().x + 32.0).round(), 22.0), Sense::click());
    spoken::tell(&response, None, || WidgetInfo::labeled(Role::Button, true, name));
    let fill = if response.hovered() {
        colours.hover
    } else {
        colours.panel
    };
    let stroke = Stroke::new(1.0, colours.line_strong);
    ui.painter().rect(rect, radius::CHIP, fill, stroke, StrokeKind::Inside);
    let plus = pos2(rect.left() + 13.0, rect.center().y);
    icons::paint(ui.painter(), Icon::Plus, plus, 11.0, colours.text_2);
    let place = pos2(rect.left() + 23.0, rect.center().y - galley.size().y / 2.0);
    ui.painter().galley(place, galley, ink.colour);
    focus_ring(ui, &response, rect);
    response.on_hover_cursor(CursorIcon::PointingHand)
}

/// A chip that opens a menu; `name` says what is chosen.
pub fn menu_chip(ui: &mut Ui, text: &str, name: &str) -> Response {
    let colours = palette(ui);
    let ink = Ink::new(size::SECONDARY, colours.text_2);
    let galley = typeset::galley(ui, text, ink, 180.0, 1);
    let (rect, response) = ui.allocate_exact_size(vec2((galley.size().x + 28.0).round(), 22.0), Sense::click());
    spoken::tell(&response, None, || WidgetInfo::labeled(Role::Button, true, name));
    super::menu::tell(&response);
    if response.hovered() {
        ui.painter().rect_filled(rect, radius::CHIP, colours.hover);
    }
    let place = pos2(rect.left() + 6.0, rect.center().y - galley.size().y / 2.0);
    ui.painter().galley(place, galley, ink.colour);
    let arrow = pos2(rect.right() - 12.0, rect.center().y);
    icons::paint(ui.painter(), Icon::Down, arrow, 11.0, colours.text_2);
    focus_ring(ui, &response, rect);
    response.on_hover_cursor(CursorIcon::PointingHand)
}
