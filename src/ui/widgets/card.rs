//! Cards and what stands in them: a header, facts, a message, one line where there is nothing yet.

use egui::{
    Align2, CornerRadius, Margin, Rect, Role, ScrollArea, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2,
};

use super::{palette, within};
use crate::app::theme::{Pair, radius, size, space};
use crate::quantities::capital;
use crate::text::isolate;
use crate::ui::spoken;
use crate::ui::typeset::{self, Ink};

/// Paints a card and shows its header and its body; the header is [`space::CARD_HEADER`] high.
pub fn card(ui: &mut Ui, rect: Rect, title: &str, note: &str, tools: impl FnOnce(&mut Ui), body: impl FnOnce(&mut Ui)) {
    let colours = palette(ui);
    ui.painter().rect(
        rect,
        radius::CARD,
        colours.panel,
        Stroke::new(1.0, colours.line),
        StrokeKind::Inside,
    );
    let header = Rect::from_min_size(rect.min, vec2(rect.width(), space::CARD_HEADER));
    ui.painter().hline(
        rect.x_range().shrink(1.0),
        header.bottom() - 0.5,
        Stroke::new(1.0, colours.line),
    );
    within(ui, header.shrink2(vec2(12.0, 4.0)), (title, "header"), |ui| {
        egui::Sides::new().height(space::CONTROL).shrink_left().truncate().show(
            ui,
            |ui| {
                let heading = typeset::line(ui, title, Ink::new(size::BODY, colours.text).semibold());
                spoken::tell(&heading, None, || WidgetInfo::labeled(Role::Heading, true, title));
                if !note.is_empty() {
                    typeset::line(ui, note, Ink::new(size::SECONDARY, colours.text_2));
                }
            },
            tools,
        );
    });
    let inside = Rect::from_min_max(pos2(rect.left() + 1.0, header.bottom()), rect.max - vec2(1.0, 1.0));
    within(ui, inside, (title, "body"), body);
}

/// What a card holds where it is read from top to bottom: with room around it, and scrolled where it is long.
pub fn scrolled(ui: &mut Ui, content: impl FnOnce(&mut Ui)) {
    ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
        let frame = egui::Frame::new().inner_margin(Margin::symmetric(14, 12));
        frame.show(ui, |ui| {
            ui.set_width(ui.available_width());
            content(ui);
        });
    });
}

/// Two columns: what it is in grey, what it is in ink.
pub fn facts(ui: &mut Ui, rows: &[(&str, String)], left: f32) {
    let colours = palette(ui);
    for (label, value) in rows {
        let top = ui.cursor().min;
        let width = ui.available_width();
        let galley = typeset::galley(
            ui,
            value,
            Ink::new(size::SECONDARY, colours.text),
            width - left,
            usize::MAX,
        );
        let (rect, response) = ui.allocate_exact_size(vec2(width, galley.size().y.max(18.0)), Sense::hover());
        spoken::tell(&response, None, || {
            WidgetInfo::labeled(Role::Label, true, format!("{label}: {value}"))
        });
        let name = Rect::from_min_size(top, vec2(left - 8.0, 16.0));
        typeset::paint(
            ui,
            name,
            *label,
            Ink::new(size::SECONDARY, colours.text_2),
            Align2::LEFT_TOP,
        );
        ui.painter()
            .galley(pos2(rect.left() + left, rect.top()), galley, colours.text);
    }
}

/// What happened, where, and what to do: a box with a strong left edge. Names in `detail` do not reorder it.
/// `act` adds its buttons.
pub fn message(ui: &mut Ui, pair: Pair, title: &str, detail: &str, act: impl FnOnce(&mut Ui)) {
    let colours = palette(ui);
    let frame = egui::Frame::new()
        .fill(pair.tint)
        .corner_radius(radius::CHIP)
        .inner_margin(Margin::symmetric(12, 8));
    let response = frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing.y = 2.0;
        typeset::paragraph(ui, title, Ink::new(size::BODY, colours.text).semibold());
        if !detail.is_empty() {
            typeset::paragraph(
                ui,
                &quoted(&isolate::names(&capital(detail))),
                Ink::new(size::SECONDARY, colours.text_2),
            );
        }
        act(ui);
    });
    let rect = response.response.rect;
    let edge = Rect::from_min_size(rect.min, vec2(3.0, rect.height()));
    ui.painter().rect_filled(
        edge,
        CornerRadius {
            nw: radius::CHIP,
            sw: radius::CHIP,
            ne: 0,
            se: 0,
        },
        pair.ink,
    );
}

/// `text` with the names that stand between backquotes, as the command line prints them, between quotation marks.
pub fn quoted(text: &str) -> String {
    let parts: Vec<&str> = text.split('`').collect();
    if parts.len().is_multiple_of(2) {
        return text.to_owned();
    }
    let mut shown = String::with_capacity(text.len());
    for (place, part) in parts.into_iter().enumerate() {
        match place {
            0 => {}
            place if place % 2 == 1 => shown.push('“'),
            _ => shown.push('”'),
        }
        shown.push_str(part);
    }
    shown
}

/// One line of what belongs here, and what to do about it.
pub fn empty(ui: &mut Ui, title: &str, detail: &str, act: impl FnOnce(&mut Ui)) {
    let colours = palette(ui);
    let detail = isolate::names(detail);
    let bold = Ink::new(size::BODY, colours.text).semibold();
    let grey = Ink::new(size::SECONDARY, colours.text_2);
    // All of it begins at one edge, and stands in the middle as a whole.
    let widest = 460.0_f32.min(ui.available_width() - 2.0 * space::GUTTER);
    let width = |words: &str, ink| typeset::galley(ui, words, ink, widest, usize::MAX).size().x;
    let width = (width(title, bold).max(width(&detail, grey)) + 1.0).ceil().min(widest);
    ui.vertical_centered(|ui| {
        ui.add_space((ui.available_height() * 0.3).clamp(24.0, 160.0));
        ui.set_max_width(width);
        ui.with_layout(egui::Layout::top_down(egui::Align::Min), |ui| {
            typeset::line(ui, title, bold);
            if !detail.is_empty() {
                typeset::paragraph(ui, &detail, grey);
            }
            ui.add_space(space::GAP);
            act(ui);
        });
    });
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn names_stand_between_quotation_marks() {
        for (text, shown) in [
            (
                "the model `gemma` stopped at `q17`",
                "the model “gemma” stopped at “q17”",
            ),
            ("a lone ` stays", "a lone ` stays"),
            ("none", "none"),
        ] {
            assert_eq!(quoted(text), shown);
        }
    }
}
