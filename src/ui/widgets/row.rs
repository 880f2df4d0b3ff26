//! Rows of lists: the ground they stand on.

use egui::{Rect, Response, Stroke, Ui, vec2};

use super::palette;

/// What lies under a row of a list: the selected one's colour and edge, the hovered one's colour, a line below.
pub fn row_ground(ui: &Ui, rect: Rect, selected: bool, response: &Response) {
    let colours = palette(ui);
    if selected {
        ui.painter().rect_filled(rect, 0, colours.accent_soft);
        let edge = Rect::from_min_size(rect.min, vec2(3.0, rect.height()));
        ui.painter().rect_filled(edge, 0, colours.accent);
    } else if response.hovered() {
        ui.painter().rect_filled(rect, 0, colours.hover);
    }
    ui.painter()
        .hline(rect.x_range(), rect.bottom() - 0.5, Stroke::new(1.0, colours.line));
}
