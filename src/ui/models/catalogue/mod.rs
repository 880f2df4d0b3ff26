//! The catalogue: what there is besides what is on this machine, and what each model would take here.

mod card;
mod filters;
mod getting;
mod list;

use egui::Ui;

use super::list_and_card;
use crate::app::State;
use crate::app::command::Command;

/// Shows the section.
pub fn show(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    let listed = state.models.catalogue.listed(&state.machine);
    let selected = state.models.catalogue.selected(&listed);
    let work = state.planned_work();
    list_and_card(
        ui,
        commands,
        |ui, rect, commands| list::show(ui, rect, state, &listed, work, commands),
        |ui, rect, commands| {
            if let Some(entry) = selected {
                card::show(ui, rect, state, entry, work, commands);
            }
        },
    );
}
