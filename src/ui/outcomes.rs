//! Outcomes drawn: always a mark with its word, never a colour alone.

use egui::{Align2, Pos2, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use super::icons;
use super::spoken;
use super::typeset::{self, Ink};
use super::widgets::{self, palette};
use crate::app::matrix::count;
use crate::app::theme::size;
use crate::scoring::Outcome;

/// Paints an outcome's mark and word from `left`, which is half-way up.
pub fn paint(ui: &Ui, left: Pos2, outcome: Outcome) {
    let ink = palette(ui).outcome(outcome).ink;
    icons::paint(ui.painter(), outcome.into(), pos2(left.x + 6.0, left.y), 12.0, ink);
    let galley = typeset::galley(ui, outcome.word(), Ink::new(size::BODY, ink), f32::INFINITY, 1);
    let place = pos2(left.x + 18.0, left.y - galley.size().y / 2.0);
    ui.painter().galley(place, galley, ink);
}

/// How often each outcome came up, in the order of [`Outcome::ALL`]; right and wrong show always.
pub fn show_counts(ui: &mut Ui, counts: &[usize; 6]) {
    let colours = palette(ui);
    let total: usize = counts.iter().sum();
    for (outcome, number) in Outcome::ALL.into_iter().zip(counts.iter().copied()) {
        if number == 0 && !matches!(outcome, Outcome::Right | Outcome::Wrong) {
            continue;
        }
        let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 22.0), Sense::hover());
        spoken::tell(&response, None, || {
            WidgetInfo::labeled(Role::Label, true, format!("{} {}", count(number), outcome.word()))
        });
        paint(ui, rect.left_center(), outcome);
        let numbers = Rect::from_min_max(pos2(rect.right() - 44.0, rect.top()), rect.max);
        let ink = Ink::new(size::BODY, colours.text);
        typeset::paint(ui, numbers, &count(number), ink, Align2::RIGHT_CENTER);
        let (top, bottom) = (rect.center().y - 4.0, rect.center().y + 4.0);
        let bar = Rect::from_min_max(pos2(rect.left() + 92.0, top), pos2(numbers.left(), bottom));
        let share = if total == 0 { 0.0 } else { number as f32 / total as f32 };
        widgets::bar(ui, bar, share, colours.outcome(outcome).ink, false);
    }
}
