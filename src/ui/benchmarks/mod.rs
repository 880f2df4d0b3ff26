//! The Benchmarks page: what there is to ask, benchmarks that can be fetched, and files being imported.

mod here;
mod import;
mod items;
mod known;

use egui::{Rect, Ui, pos2, vec2};

use super::icons::Icon;
use super::widgets::{self, Button, Emphasis, Tab, within};
use crate::app::State;
use crate::app::benchmarks::{BenchmarksCommand, Section};
use crate::app::command::Command;
use crate::app::study::Study;
use crate::app::theme::space;
use crate::benchmarks::known::included;

/// How wide the button for a file of one's own is, at most.
const IMPORT: f32 = 140.0;

/// Shows the page.
pub fn show(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    let Some(study) = &state.study else {
        return super::no_workspace(ui, state, commands);
    };
    let all = ui.max_rect();
    if let Some(importing) = &state.benchmarks.import {
        return import::show(ui, all.shrink(space::GUTTER), state, importing, commands);
    }
    let toolbar = Rect::from_min_size(all.min, vec2(all.width(), space::TOOLBAR));
    let strip = toolbar.shrink2(vec2(space::GUTTER, space::GAP));
    let (tabs, button) = strip.split_left_right_at_x((strip.right() - IMPORT).max(strip.center().x));
    within(ui, tabs, "sections", |ui| show_sections(ui, state, study, commands));
    within(ui, button, "import", |ui| {
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            let import = Button::new(Emphasis::Plain).icon(Icon::Plus).enabled(state.writable());
            import.show(ui, commands, Command::ChooseBenchmarkFile);
        });
    });
    let edge = vec2(space::GUTTER, space::GUTTER);
    let body = Rect::from_min_max(pos2(all.left() + space::GUTTER, toolbar.bottom()), all.max - edge);
    match state.benchmarks.section {
        Section::Here => here::show(ui, body, state, study, commands),
        Section::Known => known::show(ui, body, state, study, commands),
    }
}

fn show_sections(ui: &mut Ui, state: &State, study: &Study, commands: &mut Vec<Command>) {
    let tabs = Section::ALL.map(|section| Tab {
        words: section.title(),
        count: Some(match section {
            Section::Here => study.benchmarks().len(),
            Section::Known => included().len(),
        }),
    });
    let shown = Section::ALL
        .iter()
        .position(|section| *section == state.benchmarks.section);
    let chosen = widgets::tabs(ui, "Sections of Benchmarks", &tabs, shown);
    let section = chosen.and_then(|place| Section::ALL.get(place));
    commands.extend(section.map(|section| BenchmarksCommand::Show(*section).into()));
}
