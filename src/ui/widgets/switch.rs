//! Switches: something that is on or off at once, as in a toolbar.

use egui::{Align2, CursorIcon, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use super::{focus_ring, palette, tooltip};
use crate::app::theme::{size, space};
use crate::ui::spoken;
use crate::ui::typeset::{self, Ink};

const TRACK: egui::Vec2 = vec2(26.0, 14.0);
const GAP: f32 = 7.0;

/// A switch with its words; `told` shows on hovering. Returns whether it was clicked.
pub fn switch(ui: &mut Ui, words: &str, told: &str, on: bool) -> bool {
    let colours = palette(ui);
    let ink = Ink::new(size::BODY, colours.text);
    let width = typeset::galley(ui, words, ink, f32::INFINITY, 1).size().x;
    let (rect, response) = ui.allocate_exact_size(vec2(TRACK.x + GAP + width + 4.0, space::CONTROL), Sense::click());
    spoken::tell(&response, None, || WidgetInfo::selected(Role::Switch, true, on, words));
    let track = Rect::from_center_size(pos2(rect.left() + 2.0 + TRACK.x / 2.0, rect.center().y), TRACK);
    let (fill, knob) = if on {
        (colours.accent, colours.on_accent)
    } else {
        (colours.edge, colours.panel)
    };
    let radius = TRACK.y / 2.0;
    ui.painter().rect_filled(track, radius, fill);
    let centre = if on {
        track.right_center() - vec2(radius, 0.0)
    } else {
        track.left_center() + vec2(radius, 0.0)
    };
    ui.painter().circle_filled(centre, radius - 2.5, knob);
    let place = Rect::from_min_max(pos2(track.right() + GAP, rect.top()), rect.max);
    typeset::paint(ui, place, words, ink, Align2::LEFT_CENTER);
    focus_ring(ui, &response, rect);
    tooltip(response.on_hover_cursor(CursorIcon::PointingHand), told).clicked()
}
