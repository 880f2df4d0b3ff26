//! The Models page: its sections as tabs, and the section that is shown.

mod here;

use egui::{Rect, Ui, pos2, vec2};

use super::widgets::{self, Tab, within};
use crate::app::State;
use crate::app::command::Command;
use crate::app::models::{ModelsCommand, Section};
use crate::app::theme::space;

/// Shows the page.
pub fn show(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    let all = ui.max_rect();
    let toolbar = Rect::from_min_size(all.min, vec2(all.width(), space::TOOLBAR));
    let strip = toolbar.shrink2(vec2(space::GUTTER, space::GAP));
    within(ui, strip, "sections", |ui| show_sections(ui, state, commands));
    let rest = Rect::from_min_max(pos2(all.left(), toolbar.bottom() - space::GAP), all.max);
    let section = state.models.section;
    within(ui, rest, section.title(), |ui| match section {
        Section::Here => here::show(ui, state, commands),
    });
}

fn show_sections(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    let tabs = Section::ALL.map(|section| Tab {
        words: section.title(),
        count: Some(count(section, state)),
    });
    let shown = Section::ALL.iter().position(|section| *section == state.models.section);
    let chosen = widgets::tabs(ui, "Sections of Models", &tabs, shown);
    let section = chosen.and_then(|place| Section::ALL.get(place));
    commands.extend(section.map(|section| Command::Models(ModelsCommand::Show(*section))));
}

/// What the section's tab counts.
fn count(section: Section, state: &State) -> usize {
    match section {
        Section::Here => state.models.here().count(),
    }
}
