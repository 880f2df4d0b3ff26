//! Whether a model fits into memory: the bar in a list's row, and the answer in a card.

use egui::{Align2, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use super::super::icons::{self, Icon};
use super::super::spoken;
use super::super::typeset::{self, Ink};
use super::super::widgets::{self, palette};
use crate::app::models::bytes;
use crate::app::state::Machine;
use crate::app::theme::size;
use crate::scoring::Outcome;

/// A bar of what is needed against what is free, and the figure.
pub fn paint(ui: &Ui, cell: Rect, needs: Option<u64>, machine: &Machine) {
    let colours = palette(ui);
    let Some(needs) = needs else {
        typeset::paint(ui, cell, "–", Ink::new(size::BODY, colours.text_2), Align2::LEFT_CENTER);
        return;
    };
    let fits = needs <= machine.free;
    let bar = Rect::from_min_size(
        pos2(cell.left(), cell.center().y - 3.0),
        vec2((cell.width() * 0.4).min(46.0), 6.0),
    );
    let share = needs as f32 / machine.free.max(1) as f32;
    let colour = if fits {
        colours.bar_second
    } else {
        colours.outcome(Outcome::Wrong).ink
    };
    widgets::bar(ui, bar, share, colour, false);
    let words = Rect::from_min_max(pos2(bar.right() + 8.0, cell.top()), cell.max);
    let ink = if fits {
        Ink::new(size::BODY, colours.text)
    } else {
        Ink::new(size::BODY, colour).semibold()
    };
    typeset::paint(ui, words, &bytes(needs), ink, Align2::LEFT_CENTER);
}

/// Says whether it fits, with a bar of all memory. `unknown` is said where nobody knows.
pub fn show(ui: &mut Ui, needs: Option<u64>, unknown: &str, machine: &Machine) {
    let colours = palette(ui);
    let (icon, words, ink) = match needs {
        None => (Icon::Question, unknown.to_owned(), colours.text_2),
        Some(needs) if needs <= machine.free => (
            Icon::Check,
            format!("Yes: needs {} of {} free", bytes(needs), bytes(machine.free)),
            colours.text,
        ),
        Some(needs) => (
            Icon::Cross,
            format!("No: needs {}, {} are free", bytes(needs), bytes(machine.free)),
            colours.outcome(Outcome::Wrong).ink,
        ),
    };
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 22.0), Sense::hover());
    spoken::tell(&response, None, || WidgetInfo::labeled(Role::Label, true, &words));
    icons::paint(ui.painter(), icon, pos2(rect.left() + 6.0, rect.center().y), 12.0, ink);
    let line = Rect::from_min_max(rect.min + vec2(18.0, 0.0), rect.max);
    let bold = Ink::new(size::BODY, ink).semibold();
    typeset::paint(ui, line, &words, bold, Align2::LEFT_CENTER);
    if let Some(needs) = needs.filter(|_| machine.total > 0) {
        let (bar, _) = ui.allocate_exact_size(vec2(ui.available_width(), 12.0), Sense::hover());
        let used = machine.total.saturating_sub(machine.free);
        let share = |part: u64| part as f32 / machine.total as f32;
        widgets::bar(ui, bar, share(used.saturating_add(needs)), colours.bar_chosen, false);
        let taken = Rect::from_min_size(bar.min, vec2(bar.width() * share(used).min(1.0), bar.height()));
        ui.painter().rect_filled(taken, 1, colours.bar_other);
        let text = format!(
            "in use {}, this model {}, in all {}",
            bytes(used),
            bytes(needs),
            bytes(machine.total)
        );
        typeset::paragraph(ui, &text, Ink::new(size::SMALL, colours.text_2));
    }
}
