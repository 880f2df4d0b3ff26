//! Pages and widgets: they read the state and send commands.

mod allowance;
pub mod benchmarks;
mod column;
pub mod compare;
mod figure;
pub mod icons;
pub mod inspect;
mod marks;
pub mod models;
pub mod outcomes;
pub mod runs;
pub mod shell;
mod spoken;
pub mod text;
pub mod typeset;
pub mod widgets;

use std::path::Path;

use egui::Ui;

use crate::app::command::Command;
use crate::app::{self, OpenError, State};

/// Opens the window on the workspace at `root` and returns when it is closed.
pub fn open(root: &Path) -> Result<(), OpenError> {
    app::open(root, shell::show)
}

/// What a page shows while there is no workspace: that it is being read, or why it cannot be.
fn no_workspace(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    match &state.problem {
        None => widgets::empty(ui, "Reading the workspace", "", |_| {}),
        Some(problem) => widgets::empty(ui, "The workspace could not be read.", problem, |ui| {
            widgets::Button::new(widgets::Emphasis::Main).show(ui, commands, Command::Reload);
        }),
    }
}
