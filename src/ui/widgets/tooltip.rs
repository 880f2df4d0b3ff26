//! What shows beside the pointer while it rests on a widget.

use egui::{Response, Ui};

use super::palette;
use crate::app::theme::size;
use crate::text::isolate;
use crate::ui::typeset::{self, Ink, Words};

/// Shows `words` while the pointer rests on `response`; assistive technology reads them as its description.
/// Nothing where they are empty.
pub fn tooltip<'a>(response: Response, words: impl Into<Words<'a>>) -> Response {
    let words = words.into();
    if words.text.is_empty() {
        return response;
    }
    if response.ctx.has_accesskit_node(response.id) {
        let told = isolate::plain(words.text);
        response.ctx.accesskit_node_builder(response.id, |node| {
            // A name that was cut is read in full already.
            if ![node.label(), node.value()].contains(&Some(told.as_str())) {
                node.set_description(told);
            }
        });
    }
    tooltip_of(response, |ui| {
        let ink = Ink::new(size::SECONDARY, palette(ui).text);
        // As wide as the words, so that those that begin at the right do not begin far off.
        let natural = typeset::galley(ui, words, ink, ui.spacing().tooltip_width, usize::MAX)
            .size()
            .x;
        ui.set_max_width(natural);
        typeset::paragraph(ui, words, ink);
    })
}

/// Shows `content` while the pointer rests on `response`.
pub fn tooltip_of(response: Response, content: impl FnOnce(&mut Ui)) -> Response {
    response.on_hover_ui(|ui| {
        ui.set_max_width(ui.spacing().tooltip_width);
        content(ui);
    })
}
