//! Above the list while a queue is worked through: where in it the reviewer is, what is left, and the way out.

use egui::{Role, Sense, Ui, WidgetInfo};

use super::parts::Form;
use crate::app::State;
use crate::app::command::Command;
use crate::app::review::ReviewCommand;
use crate::app::theme::{radius, size, space};
use crate::reviews::Queue;
use crate::ui::spoken;
use crate::ui::typeset;
use crate::ui::widgets::palette;

/// Shows them from the top of `ui` on, in the language of the form.
pub fn show(ui: &mut Ui, state: &State, queue: &Queue, commands: &mut Vec<Command>) {
    let form = &Form::new(state);
    let colours = palette(ui);
    ui.spacing_mut().item_spacing.y = 0.0;
    let (rect, response, column) = form.row(ui, space::CONTROL, Sense::hover());
    let ink = form.ink(size::BODY, colours.text).semibold();
    let words = form.words.queue();
    spoken::tell(&response, Some(form.language), || {
        WidgetInfo::labeled(Role::Heading, true, words)
    });
    let half = rect.width() / 2.0;
    let start = column.place(0.0, half, rect.top(), rect.height());
    typeset::paint(ui, start, form.say(words), ink, column.start());
    let end = column.place_from_end(0.0, half, rect.top(), rect.height());
    form.link_at_end(ui, end, form.words.leave_queue(), commands, ReviewCommand::LeaveQueue);
    let item = state.review_item();
    let place = queue
        .items
        .iter()
        .position(|queued| Some(&queued.item) == item.as_ref());
    let done = match &state.review.reviewer {
        Some(reviewer) => queue.progress(&state.review.reviews, reviewer.id()).done,
        None => 0,
    };
    let all = queue.items.len();
    let grey = form.ink(size::SECONDARY, colours.text_2);
    let position = form.words.in_queue(place.map_or(done, |place| place + 1), all);
    let left = form.words.done_and_left(done, all - done);
    form.line(ui, (&position, grey), (&left, grey), space::SMALL_CONTROL);
    let (bar, _, column) = form.row(ui, space::BAR, Sense::hover());
    ui.painter().rect_filled(bar, radius::CELL, colours.bar_track);
    let width = bar.width() * done as f32 / all.max(1) as f32;
    let filled = column.place(0.0, width, bar.top(), bar.height());
    ui.painter().rect_filled(filled, radius::CELL, colours.accent);
    ui.add_space(4.0);
}
