//! The item that comes next: its texts are laid out in frames in which nothing else happens, so that going there does
//! not hold a frame up.

use std::time::{Duration, Instant};

use egui::Ui;

use super::card;
use crate::app::State;
use crate::app::inspect::Side;
use crate::ui::widgets;

/// What of it is laid out.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Ready {
    /// Its place in [`crate::app::study::Study::entries`].
    entry: usize,
    /// The room it has, in points.
    width: f32,
    /// The number of the text that is next; none once all are laid out.
    next: Option<usize>,
}

/// So long are texts laid out in one frame; the last one may take longer.
const TIME: Duration = Duration::from_millis(1);

/// Goes on with the item after the selected one, whose sides `sides` finds, where nothing was pressed or moved.
pub fn prepare<'a>(ui: &Ui, state: &State, sides: impl FnOnce(usize) -> Vec<Side<'a>>) {
    let following = state.inspect.selected.saturating_add(1);
    let Some(&entry) = state.inspect.listed.get(following) else {
        return;
    };
    let width = ui.max_rect().width();
    let id = widgets::id("item", "ahead");
    let before: Option<Ready> = ui.data(|data| data.get_temp(id));
    let before = before.filter(|ready| (ready.entry, ready.width) == (entry, width));
    let mut ready = before.unwrap_or(Ready {
        entry,
        width,
        next: Some(0),
    });
    if ready.next.is_none() {
        return;
    }
    if ui.input(|input| input.events.is_empty()) {
        let begun = Instant::now();
        let sides = sides(entry);
        while let Some(number) = ready.next.filter(|_| begun.elapsed() < TIME) {
            ready.next = card::lay_out_ahead(ui, state, &sides, number).then_some(number + 1);
        }
    }
    if ready.next.is_some() {
        ui.ctx().request_repaint();
    }
    ui.data_mut(|data| data.insert_temp(id, ready));
}
