//! What stands where a table is still being reckoned: how far it is, and that it can be stopped.

use std::time::Duration;

use egui::{Key, Ui};

use crate::app::State;
use crate::app::command::Command;
use crate::app::compare::command::CompareCommand;
use crate::app::keys;
use crate::app::matrix::count;
use crate::runs::measures::Measure;
use crate::ui::widgets::{self, Button, Emphasis, palette};

/// How often the number is looked at.
const EVERY: Duration = Duration::from_millis(100);
/// The widest bar.
const WIDEST: f32 = 320.0;

/// The line of the list of keys.
pub fn key_line() -> (String, String) {
    ("Stop reckoning a table".to_owned(), keys::name(Key::Escape).to_owned())
}

/// Shows it, or how far it was when somebody stopped it.
pub fn show(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    let compare = &state.compare;
    if let Some(so_far) = compare.stopped() {
        let detail = match so_far.1 {
            0 => "Nothing of it is kept.".to_owned(),
            _ => format!("It was stopped after {}.", words(compare.measure, so_far)),
        };
        return widgets::empty(ui, "The table is not reckoned.", &detail, |ui| {
            Button::new(Emphasis::Main).show(ui, commands, CompareCommand::GoOn.into());
        });
    }
    let so_far = compare.so_far();
    let detail = match so_far.1 {
        0 => String::new(),
        _ => words(compare.measure, so_far),
    };
    widgets::empty(ui, "Reckoning the table", &detail, |ui| {
        ui.vertical_centered(|ui| {
            if so_far.1 > 0 {
                ui.set_max_width(WIDEST);
                let share = so_far.0 as f32 / so_far.1 as f32;
                widgets::progress(ui, share, palette(ui).accent, "Reckoned so far");
                ui.add_space(8.0);
            }
            Button::new(Emphasis::Plain).show(ui, commands, CompareCommand::StopTable.into());
        });
    });
    if !keys::is_typing(ui.ctx()) {
        let stops = keys::take(ui.ctx(), |press| {
            (press.key == Key::Escape && press.modifiers.is_none()).then(|| CompareCommand::StopTable.into())
        });
        commands.extend(stops);
    }
    ui.ctx().request_repaint_after(EVERY);
}

/// `1,204 of 9,120 comparisons`.
fn words(measure: Measure, (done, all): (usize, usize)) -> String {
    format!("{} of {} {}", count(done), count(all), measure.steps())
}
