//! Bars: a share of a whole on its track.

use egui::{Color32, CornerRadius, Rect, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

use super::palette;
use crate::app::theme::space;
use crate::ui::spoken;

/// A bar of `share` from 0 to 1 on its track.
pub fn progress(ui: &mut Ui, share: f32, colour: Color32, name: &str) {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), space::BAR), Sense::hover());
    spoken::tell(&response, None, || {
        let mut info = WidgetInfo::labeled(Role::ProgressIndicator, true, name);
        info.value = Some(f64::from(share * 100.0));
        info
    });
    bar(ui, rect, share, colour, false);
}

/// Paints a bar in `rect`; `from_right` lets it grow from the right edge.
pub fn bar(ui: &Ui, rect: Rect, share: f32, colour: Color32, from_right: bool) {
    let width = rect.width() * share.clamp(0.0, 1.0);
    let filled = if from_right {
        Rect::from_min_max(pos2(rect.right() - width, rect.top()), rect.max)
    } else {
        Rect::from_min_max(rect.min, pos2(rect.left() + width, rect.bottom()))
    };
    let colours = palette(ui);
    // The edge keeps the track in sight on the ground of a selected row.
    let edge = Stroke::new(1.0, colours.line_strong);
    ui.painter()
        .rect(rect, CornerRadius::same(1), colours.bar_track, edge, StrokeKind::Inside);
    ui.painter().rect_filled(filled, CornerRadius::same(1), colour);
}
