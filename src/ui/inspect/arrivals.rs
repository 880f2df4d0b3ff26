//! How rows of the list come into sight: to set the texts of all of another list would hold a frame up, so that each
//! frame sets some more.

use std::sync::Arc;

use egui::{Id, Ui};

use crate::ui::{allowance, widgets};

/// The rows that this frame shows.
pub struct Arrivals {
    before: Arc<Set>,
    now: Set,
    /// Whether something is left for the next frame.
    is_more: bool,
}

/// The rows whose texts are set.
#[derive(Default)]
struct Set {
    /// What they are marked with.
    search: String,
    /// Places in [`Study::entries`](crate::app::study::Study::entries).
    entries: Vec<usize>,
}

impl Arrivals {
    /// Begins a frame whose rows are marked with `search`.
    pub fn begin(ui: &Ui, search: &str) -> Self {
        let before: Option<Arc<Set>> = ui.data(|data| data.get_temp(id()));
        Self {
            before: before.filter(|before| before.search == search).unwrap_or_default(),
            now: Set {
                search: search.to_owned(),
                entries: Vec::new(),
            },
            is_more: false,
        }
    }

    /// Whether the texts of the row of `entry` are set; those of one that comes are laid out by `prepare`.
    pub fn admit(&mut self, ui: &Ui, entry: usize, prepare: impl FnOnce(&Ui, &dyn Fn() -> bool) -> bool) -> bool {
        let is_known = self.before.entries.contains(&entry);
        let is_set = is_known || self.prepare(ui, prepare);
        self.now.entries.extend(is_set.then_some(entry));
        is_set
    }

    /// Lays out a text while this frame has time; returns whether it is done.
    pub fn prepare(&mut self, ui: &Ui, prepare: impl FnOnce(&Ui, &dyn Fn() -> bool) -> bool) -> bool {
        let is_done = allowance::is_left(ui.ctx()) && allowance::spend(ui.ctx(), |has_time| prepare(ui, has_time));
        self.is_more |= !is_done;
        is_done
    }

    /// Ends the frame, and asks for another one where something is left.
    pub fn end(self, ui: &Ui) {
        if self.is_more {
            ui.ctx().request_repaint();
        }
        ui.data_mut(|data| data.insert_temp(id(), Arc::new(self.now)));
    }
}

fn id() -> Id {
    widgets::id("list", "set")
}

#[cfg(test)]
mod tests {
    use std::ops::Range;

    use egui::{Context, RawInput};

    use super::*;

    #[test]
    fn rows_of_another_list_come_a_few_at_a_time_and_then_stay() {
        let context = Context::default();
        // The texts of so many can be laid out in the frame.
        let frame = |search: &str, entries: Range<usize>, few: usize| {
            let (mut set, mut left) = (Vec::new(), few);
            let output = context.run_ui(RawInput::default(), |ui| {
                let mut arrivals = Arrivals::begin(ui, search);
                for entry in entries.clone() {
                    let is_set = arrivals.admit(ui, entry, |_, _| {
                        let is_done = left > 0;
                        left = left.saturating_sub(1);
                        is_done
                    });
                    set.extend(is_set.then_some(entry));
                }
                arrivals.end(ui);
            });
            drop(output);
            set
        };
        assert_eq!(frame("", 0..10, 4), [0, 1, 2, 3]);
        assert!(context.has_requested_repaint());
        assert_eq!(frame("", 0..10, 4).len(), 8);
        assert_eq!(frame("", 0..10, 4).len(), 10);
        // Scrolled by a row: only that one is new.
        assert_eq!(frame("", 1..11, 0).len(), 9);
        assert_eq!(frame("", 1..11, 1).len(), 10);
        // Marked otherwise, all are new.
        assert_eq!(frame("fever", 1..11, 3), [1, 2, 3]);
    }
}
