//! The small parts that every page is made of. Each exists once, and sets its words by [`super::typeset`].

mod bar;
mod button;
mod card;
mod check;
mod chip;
mod choice;
pub mod menu;
mod radio;
mod row;
mod search;
mod secret;
pub mod stepping;
mod switch;
mod tabs;
mod tooltip;

use egui::{Id, Rect, Response, Role, ScrollArea, Sense, Stroke, StrokeKind, Ui, UiBuilder, Vec2, vec2};

pub use bar::{bar, progress};
pub use button::{Button, Emphasis};
pub use card::{card, empty, facts, message, quoted, scrolled};
pub use check::{check, paint_box};
pub use chip::{add_chip, filter_chip, menu_chip, toggle_chip};
pub use choice::{choice, choice_across, choice_among, choice_in, choice_of};
pub use radio::radio;
pub use row::row_ground;
pub use search::Search;
pub use secret::{SecretEdited, secret};
pub use switch::switch;
pub use tabs::{Tab, tabs};
pub use tooltip::{tooltip, tooltip_of};

use crate::app::theme::{Palette, radius};
pub use crate::quantities::capital;

/// The palette in force.
pub fn palette(ui: &Ui) -> &'static Palette {
    Palette::of(ui.visuals())
}

/// Draws the ring around what has the keyboard's focus, and brings it into view when keys led there. As much again is
/// shown above and below it, so that the next row of a long list is there for the next key.
pub fn focus_ring(ui: &Ui, response: &Response, rect: Rect) {
    if response.gained_focus() && !ui.input(|input| input.pointer.any_down()) {
        ui.scroll_to_rect(rect.expand2(vec2(0.0, rect.height())), None);
    }
    if response.has_focus() {
        ui.painter().rect_stroke(
            rect,
            radius::CONTROL,
            Stroke::new(2.0, palette(ui).accent),
            StrokeKind::Inside,
        );
    }
}

/// Marks the part of something that the keyboard is at.
pub fn outline(ui: &Ui, rect: Rect) {
    let pen = Stroke::new(1.5, palette(ui).accent);
    ui.painter().rect_stroke(rect, radius::CELL, pen, StrokeKind::Outside);
}

/// Shows `content` within `rect`, clipped to it.
pub fn within<R>(
    ui: &mut Ui,
    rect: Rect,
    salt: impl std::hash::Hash + std::fmt::Debug,
    content: impl FnOnce(&mut Ui) -> R,
) -> R {
    let mut child = ui.new_child(
        UiBuilder::new()
            .id_salt(salt)
            .max_rect(rect)
            .layout(egui::Layout::top_down(egui::Align::Min)),
    );
    child.shrink_clip_rect(rect);
    content(&mut child)
}

/// Shows `content` in all the room there is, scrolled where that is less than `least`, as when zoomed.
pub fn at_least(ui: &mut Ui, least: Vec2, content: impl FnOnce(&mut Ui)) {
    let room = ui.max_rect().size();
    if least.x <= room.x && least.y <= room.y {
        return content(ui);
    }
    ScrollArea::both().auto_shrink([false, false]).show(ui, |ui| {
        let (rect, _) = ui.allocate_exact_size(room.max(least), Sense::hover());
        within(ui, rect, "at least", content);
    });
}

/// As [`within`] for what assistive technology takes as one thing with parts: a list, a table, a page.
pub fn group<R>(ui: &mut Ui, rect: Rect, role: Role, name: &str, content: impl FnOnce(&mut Ui) -> R) -> R {
    let mut child = ui.new_child(
        UiBuilder::new()
            .id_salt(name)
            .max_rect(rect)
            .layout(egui::Layout::top_down(egui::Align::Min))
            .accessibility_role(role)
            .accessibility_label(name),
    );
    child.shrink_clip_rect(rect);
    content(&mut child)
}

/// Identifies a widget by the page's own name and a place.
pub fn id(page: &str, place: impl std::hash::Hash + std::fmt::Debug) -> Id {
    Id::unique(page).with(place)
}
