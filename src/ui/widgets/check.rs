//! Checkboxes.

use egui::{Align2, CursorIcon, Rect, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

use super::{focus_ring, palette};
use crate::app::theme::{radius, size};
use crate::ui::icons::{self, Icon};
use crate::ui::spoken;
use crate::ui::typeset::{self, Ink, Words};

const ROW: f32 = 26.0;
const BOX: f32 = 14.0;

/// Paints the box of a choice that is on or off.
pub fn paint_box(ui: &Ui, place: Rect, on: bool) {
    let colours = palette(ui);
    let (fill, line) = if on {
        (colours.accent, colours.accent)
    } else {
        (colours.panel, colours.edge)
    };
    ui.painter()
        .rect(place, radius::CHIP, fill, Stroke::new(1.0, line), StrokeKind::Inside);
    if on {
        icons::paint(ui.painter(), Icon::Check, place.center(), 11.0, colours.on_accent);
    }
}

/// A box with a mark, its words, and a note at the far end. Returns whether it was clicked.
pub fn check<'a>(ui: &mut Ui, words: impl Into<Words<'a>>, note: &str, on: bool) -> bool {
    let words = words.into();
    let colours = palette(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::click());
    spoken::tell(&response, None, || {
        WidgetInfo::selected(Role::CheckBox, true, on, words.text)
    });
    if response.hovered() {
        ui.painter()
            .rect_filled(rect.expand2(vec2(4.0, 0.0)), radius::CHIP, colours.hover);
    }
    let mark = Rect::from_center_size(pos2(rect.left() + BOX / 2.0, rect.center().y), vec2(BOX, BOX));
    paint_box(ui, mark, on);
    let grey = Ink::new(size::SECONDARY, colours.text_3);
    let end = typeset::paint(ui, rect, note, grey, Align2::RIGHT_CENTER).left();
    let place = Rect::from_min_max(rect.min + vec2(BOX + 8.0, 0.0), pos2(end - 10.0, rect.bottom()));
    typeset::paint(
        ui,
        place,
        words,
        Ink::new(size::BODY, colours.text),
        Align2::LEFT_CENTER,
    );
    focus_ring(ui, &response, rect);
    response.on_hover_cursor(CursorIcon::PointingHand).clicked()
}
