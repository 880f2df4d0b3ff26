//! The menu that a field opens on a right click.

use egui::{Align2, Popup, Response, Role, Sense, Ui, ViewportCommand, WidgetInfo, vec2};

use crate::app::theme::{Palette, radius, size, space};
use crate::text::edit::Edit;
use crate::ui::spoken;
use crate::ui::typeset::{self, Ink};

const WIDTH: f32 = 140.0;

/// Shows it under the pointer while it is open. The field keeps the focus, so that what is pasted reaches it.
pub fn show(response: &Response, edit: &mut Edit) {
    if response.secondary_clicked() {
        response.request_focus();
    }
    Popup::context_menu(response).show(|ui| {
        ui.set_width(WIDTH);
        ui.spacing_mut().item_spacing.y = 2.0;
        let selected = !edit.selected().is_empty();
        if row(ui, "Cut", selected) {
            let cut = edit.cut();
            ui.ctx().copy_text(cut);
        }
        if row(ui, "Copy", selected) {
            ui.ctx().copy_text(edit.selected().to_owned());
        }
        if row(ui, "Paste", true) {
            ui.ctx().send_viewport_cmd(ViewportCommand::RequestPaste);
        }
        if row(ui, "Select all", !edit.text().is_empty()) {
            edit.select_all();
        }
    });
}

fn row(ui: &mut Ui, words: &str, enabled: bool) -> bool {
    let colours = Palette::of(ui.visuals());
    let sense = if enabled {
        Sense::click() - Sense::FOCUSABLE
    } else {
        Sense::hover()
    };
    let (rect, response) = ui.allocate_exact_size(vec2(WIDTH, space::SMALL_CONTROL), sense);
    spoken::tell(&response, None, || WidgetInfo::labeled(Role::MenuItem, enabled, words));
    if enabled && response.hovered() {
        ui.painter().rect_filled(rect, radius::CHIP, colours.hover);
    }
    let colour = if enabled { colours.text } else { colours.text_3 };
    let inner = rect.shrink2(vec2(10.0, 0.0));
    typeset::paint(ui, inner, words, Ink::new(size::BODY, colour), Align2::LEFT_CENTER);
    if response.clicked() {
        ui.close();
    }
    response.clicked()
}
