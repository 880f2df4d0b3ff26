//! The Models page: its sections as tabs, and the section that is shown.

mod catalogue;
mod columns;
mod downloads;
mod endpoints;
mod fit;
mod here;
mod time;

use egui::{Rect, Ui, Vec2, pos2, vec2};

use super::widgets::{self, Tab, within};
use crate::app::State;
use crate::app::command::Command;
use crate::app::models::{ModelsCommand, Section};
use crate::app::theme::space;
use crate::models::catalogue::Catalogue;

/// How high the selected model's card is under a list.
const CARD: f32 = 250.0;
/// The width in which every column that is left can be read.
const LEAST_LIST: f32 = 420.0;

/// Shows the page.
pub fn show(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    let all = ui.max_rect();
    let toolbar = Rect::from_min_size(all.min, vec2(all.width(), space::TOOLBAR));
    let strip = toolbar.shrink2(vec2(space::GUTTER, space::GAP));
    within(ui, strip, "sections", |ui| show_sections(ui, state, commands));
    let rest = Rect::from_min_max(pos2(all.left(), toolbar.bottom() - space::GAP), all.max);
    let section = state.models.section;
    within(ui, rest, section.title(), |ui| match section {
        Section::Catalogue => catalogue::show(ui, state, commands),
        Section::Downloads => downloads::show(ui, state, commands),
        Section::Here => here::show(ui, state, commands),
        Section::Endpoints => endpoints::show(ui, state, commands),
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
        Section::Catalogue => Catalogue::included().entries().len(),
        Section::Downloads => state.models.hub.unfinished(),
        Section::Here => state.models.here().count(),
        Section::Endpoints => state.models.endpoints.list.len(),
    }
}

/// Shows a list and the selected model's card: beside it where the window is wide, below it else. Where there is too
/// little room for both, as when zoomed, they are scrolled.
fn list_and_card(
    ui: &mut Ui,
    commands: &mut Vec<Command>,
    list: impl FnOnce(&mut Ui, Rect, &mut Vec<Command>),
    card: impl FnOnce(&mut Ui, Rect, &mut Vec<Command>),
) {
    let wide = ui.ctx().content_rect().width() >= space::NARROW;
    let least = if wide { Vec2::ZERO } else { vec2(LEAST_LIST, 2.0 * CARD) };
    widgets::at_least(ui, least, |ui| {
        let all = ui.max_rect();
        let edge = vec2(space::GUTTER, space::GUTTER);
        let body = Rect::from_min_max(all.min + vec2(space::GUTTER, space::GAP), all.max - edge);
        let start = match wide {
            true => pos2(
                body.right() - space::side_panel(ui.ctx().content_rect().width()),
                body.top(),
            ),
            false => pos2(body.left(), body.bottom() - CARD),
        };
        let end = match wide {
            true => pos2(start.x - space::GUTTER, body.bottom()),
            false => pos2(body.right(), start.y - space::GUTTER),
        };
        list(ui, Rect::from_min_max(body.min, end), commands);
        card(ui, Rect::from_min_max(start, body.max), commands);
    });
}
