//! The menu that a text opens on a right click. The text keeps the focus, so that what is pasted reaches it.

use egui::{Align2, Key, KeyboardShortcut, Modifiers, Popup, Response, Role, Sense, Ui, WidgetInfo, vec2};

use crate::app::theme::{radius, size, space};
use crate::ui::spoken;
use crate::ui::typeset::{self, Ink};
use crate::ui::widgets::palette;

const WIDTH: f32 = 168.0;

/// What a menu offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entry {
    Cut,
    Copy,
    Paste,
    SelectAll,
}

impl Entry {
    fn words(self) -> &'static str {
        match self {
            Self::Cut => "Cut",
            Self::Copy => "Copy",
            Self::Paste => "Paste",
            Self::SelectAll => "Select all",
        }
    }

    fn keys(self) -> KeyboardShortcut {
        let key = match self {
            Self::Cut => Key::X,
            Self::Copy => Key::C,
            Self::Paste => Key::V,
            Self::SelectAll => Key::A,
        };
        KeyboardShortcut::new(Modifiers::COMMAND, key)
    }
}

/// Whether the menu of a text is open.
pub fn is_open(response: &Response) -> bool {
    Popup::is_id_open(&response.ctx, Popup::default_response_id(response))
}

/// Shows entries under the pointer while the menu is open, each with whether it can be used; returns the one that
/// was clicked.
pub fn show(response: &Response, entries: &[(Entry, bool)]) -> Option<Entry> {
    let mut clicked = None;
    Popup::context_menu(response).show(|ui| {
        ui.set_width(WIDTH);
        ui.spacing_mut().item_spacing.y = 2.0;
        for (entry, enabled) in entries {
            if row(ui, *entry, *enabled) {
                clicked = Some(*entry);
                ui.close();
            }
        }
    });
    clicked
}

fn row(ui: &mut Ui, entry: Entry, enabled: bool) -> bool {
    let colours = palette(ui);
    let sense = if enabled {
        Sense::click() - Sense::FOCUSABLE
    } else {
        Sense::hover()
    };
    let (rect, response) = ui.allocate_exact_size(vec2(WIDTH, space::SMALL_CONTROL), sense);
    let keys = ui.ctx().format_shortcut(&entry.keys());
    spoken::tell(&response, None, || {
        WidgetInfo::labeled(Role::MenuItem, enabled, entry.words())
    });
    ui.ctx()
        .accesskit_node_builder(response.id, |node| node.set_keyboard_shortcut(keys.as_str()));
    if enabled && response.hovered() {
        ui.painter().rect_filled(rect, radius::CHIP, colours.hover);
    }
    let (words, hint) = if enabled {
        (colours.text, colours.text_2)
    } else {
        (colours.text_3, colours.text_3)
    };
    let inner = rect.shrink2(vec2(10.0, 0.0));
    typeset::paint(
        ui,
        inner,
        entry.words(),
        Ink::new(size::BODY, words),
        Align2::LEFT_CENTER,
    );
    typeset::paint(ui, inner, &keys, Ink::new(size::SECONDARY, hint), Align2::RIGHT_CENTER);
    response.clicked()
}
