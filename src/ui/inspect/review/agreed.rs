//! In place of the card while agreement is shown and no item is there to settle: what the reviewers agree on, and what to
//! do next.

use egui::{Align, Layout, Rect, Ui, pos2, vec2};

use super::parts::Form;
use crate::app::State;
use crate::app::command::Command;
use crate::app::review::ReviewCommand;
use crate::app::theme::space;
use crate::ui::widgets::{Button, Emphasis, palette, within};

/// The most that its lines are wide.
const WIDEST: f32 = 460.0;

/// Shows it in the middle.
pub fn show(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    let form = &Form::new(state);
    let all = ui.max_rect();
    let width = WIDEST.min(all.width() - 2.0 * space::GUTTER).max(0.0);
    let top = all.top() + (all.height() * 0.3).clamp(24.0, 160.0);
    let middle = Rect::from_min_max(pos2(all.center().x - width / 2.0, top), all.max);
    within(ui, middle.with_max_x(middle.left() + width), "agreed", |ui| {
        ui.spacing_mut().item_spacing = vec2(space::GAP, 0.0);
        let pair = state.review.chosen_pair();
        let is_gone = state
            .review
            .settling
            .as_ref()
            .is_some_and(|settling| settling.answer.is_some());
        let words = form.words;
        let (title, next) = match pair {
            _ if is_gone => (words.item_gone().to_owned(), words.item_gone_next()),
            Some(pair) => (words.all_agreed(pair), words.all_agreed_next()),
            None => (words.nothing_yet().to_owned(), words.nothing_yet_next()),
        };
        form.title(ui, &title);
        form.hint(ui, next, palette(ui).text_2);
        ui.add_space(space::GAP);
        let (row, _, column) = form.row(ui, space::CONTROL, egui::Sense::hover());
        let layout = match column.mirrored {
            true => Layout::right_to_left(Align::Center),
            false => Layout::left_to_right(Align::Center),
        };
        let both = (words.items_of_both(), ReviewCommand::ListBoth, Emphasis::Main);
        let back = (words.back(), ReviewCommand::ToggleAgreement, Emphasis::Plain);
        let buttons = [(pair.is_some() && !is_gone).then_some(both), Some(back)];
        within(ui, row, "agreed buttons", |ui| {
            ui.with_layout(layout, |ui| {
                for (words, command, emphasis) in buttons.into_iter().flatten() {
                    Button::new(emphasis).text(words).show(ui, commands, command.into());
                }
            });
        });
    });
}
