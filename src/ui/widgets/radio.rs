//! One of several answers to a question, with what each would mean.

use egui::{Align2, CursorIcon, Rect, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

use super::{focus_ring, palette};
use crate::app::theme::{radius, size};
use crate::ui::spoken;
use crate::ui::typeset::{self, Ink};

const PADDING: f32 = 10.0;
const RING: f32 = 14.0;
const LINE: f32 = 18.0;

/// A box with a ring, the answer, and below it lines of what it would mean. Returns whether it was clicked.
pub fn radio(ui: &mut Ui, words: &str, lines: &[String], on: bool, width: f32) -> bool {
    let colours = palette(ui);
    let height = 2.0 * PADDING + LINE * (1 + lines.len()) as f32;
    let (rect, response) = ui.allocate_exact_size(vec2(width, height), Sense::click());
    spoken::tell(&response, None, || {
        let name = std::iter::once(words).chain(lines.iter().map(String::as_str));
        WidgetInfo::selected(Role::RadioButton, true, on, name.collect::<Vec<_>>().join(". "))
    });
    let fill = match (on, response.hovered()) {
        (true, _) => colours.selection,
        (false, true) => colours.hover,
        (false, false) => colours.panel,
    };
    let edge = if on { colours.accent } else { colours.edge };
    ui.painter()
        .rect(rect, radius::CONTROL, fill, Stroke::new(1.0, edge), StrokeKind::Inside);
    let centre = pos2(rect.left() + PADDING + RING / 2.0, rect.top() + PADDING + LINE / 2.0);
    ui.painter()
        .circle_stroke(centre, RING / 2.0 - 1.0, Stroke::new(1.5, edge));
    if on {
        ui.painter().circle_filled(centre, 3.5, colours.accent);
    }
    let left = rect.left() + PADDING + RING + 8.0;
    let line = |place: usize| {
        let top = rect.top() + PADDING + LINE * place as f32;
        Rect::from_min_max(pos2(left, top), pos2(rect.right() - PADDING, top + LINE))
    };
    let ink = Ink::new(size::BODY, colours.text).semibold();
    typeset::paint(ui, line(0), words, ink, Align2::LEFT_CENTER);
    for (place, text) in lines.iter().enumerate() {
        let ink = Ink::new(size::SECONDARY, colours.text_2);
        typeset::paint(ui, line(place + 1), text.as_str(), ink, Align2::LEFT_CENTER);
    }
    focus_ring(ui, &response, rect);
    response.on_hover_cursor(CursorIcon::PointingHand).clicked()
}
