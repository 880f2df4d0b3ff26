//! What says which hidden characters the symbols in an item stand for.

use egui::{Layout, Rect, Ui, UiBuilder};

use crate::app::inspect::Side;
use crate::app::theme::size;
use crate::text::controls::Controls;
use crate::ui::typeset::{self, Ink};
use crate::ui::widgets::{self, palette};

/// Says from the top of `rect` on what the symbols in an item stand for, and warns where they are shown because
/// they have to be. Returns its height; none where there are no symbols.
pub fn explain(ui: &mut Ui, rect: Rect, side: &Side<'_>, controls: Controls) -> f32 {
    let item = side.item;
    let optional = item.context.iter().chain(&item.rationale);
    let texts = optional.chain([&item.question]).chain(&item.options);
    let legend = controls.legend(texts.map(String::as_str));
    if legend.is_empty() {
        return 0.0;
    }
    let lines: Vec<String> = legend
        .into_iter()
        .map(|(symbol, name)| format!("{symbol}\u{a0}{}", name.replace(' ', "\u{a0}")))
        .collect();
    let legend = lines.join("   ");
    let builder = UiBuilder::new()
        .max_rect(rect)
        .layout(Layout::top_down(egui::Align::Min));
    let mut ui = ui.new_child(builder);
    if side.needed == Controls::Obeyed {
        let ink = Ink::new(size::SECONDARY, palette(&ui).text_2);
        typeset::paragraph(&mut ui, &legend, ink);
    } else {
        let title = "Hidden characters change how this text reads. They are shown.";
        let pair = palette(&ui).warning();
        widgets::message(&mut ui, pair, title, &legend, |_| {});
    }
    ui.min_rect().height()
}
