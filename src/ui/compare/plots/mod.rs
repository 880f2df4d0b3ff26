//! The card of plots: one of them at a time, as a figure or as the table of its numbers.

mod export;
mod table;

use egui::{Rect, Ui, Vec2, pos2, vec2};

pub use export::show as show_export;

use super::matrix::group_title;
use crate::app::State;
use crate::app::command::Command;
use crate::app::figures::FiguresCommand;
use crate::app::theme::space;
use crate::charts::scatter::Across;
use crate::charts::{Kind, Room};
use crate::ui::figure;
use crate::ui::icons::Icon;
use crate::ui::widgets::menu::Entry;
use crate::ui::widgets::{self, Button, Emphasis, Tab, card, tabs, within};

/// The least height the card needs.
pub const LEAST: f32 = 340.0;

/// What of the card is not the figure.
const AROUND: Vec2 = vec2(
    2.0 * (space::CARD + BORDER),
    space::CARD_HEADER + space::CONTROL + 3.0 * space::GAP + BORDER,
);
/// From this width of the card on the choice of a language stands beside the tabs, and is at most so wide.
const ROOMY: f32 = 720.0;
const LANGUAGE: f32 = 220.0;
/// The line around a card.
const BORDER: f32 = 1.0;

/// How high the card is in which all of the figure shows, `width` wide: `least`, unless that needs more. The page
/// scrolls, so that no figure has to.
pub fn height(ui: &Ui, width: f32, least: f32, state: &State) -> f32 {
    let Some(chart) = state.figures.shown().filter(|chart| !chart.is_empty()) else {
        return least;
    };
    let height = match state.figures.as_table {
        true => table::height(ui, chart),
        false => figure::height(ui, chart, room(width, least)),
    };
    (height + AROUND.y).ceil().max(least)
}

/// The room of a figure in a card that is `least` high before it needs more, in whole points.
fn room(width: f32, least: f32) -> Room {
    let body = vec2(width, least) - AROUND;
    Room {
        width: body.x.floor(),
        height: body.y.floor(),
    }
}

/// Shows the card, whose height is that of [`height`] for the same `least`.
pub fn show(ui: &mut Ui, rect: Rect, least: f32, state: &State, commands: &mut Vec<Command>) {
    let figures = &state.figures;
    let shown = figures.shown();
    let title = shown.map_or_else(|| figures.kind.title().to_owned(), |chart| chart.title());
    let note = shown.map_or_else(String::new, |chart| match chart.omitted() {
        0 => chart.note(),
        _ => format!("pin models to choose; {}", chart.note()),
    });
    let mut chosen = Vec::new();
    let roomy = rect.width() >= ROOMY;
    card(
        ui,
        rect,
        &title,
        &note,
        |ui| {
            show_tools(ui, state, &mut chosen);
            if !roomy {
                show_languages(ui, state, &mut chosen);
            }
        },
        |ui| {
            let inner = ui.max_rect().shrink2(vec2(space::CARD, space::GAP));
            let strip = Rect::from_min_size(inner.min, vec2(inner.width(), space::CONTROL));
            within(ui, strip, "tabs", |ui| show_tabs(ui, state, commands));
            if roomy {
                let end = strip.with_min_x(strip.right() - LANGUAGE);
                let from_right = egui::Layout::right_to_left(egui::Align::Center);
                within(ui, end, "language", |ui| {
                    ui.with_layout(from_right, |ui| show_languages(ui, state, commands));
                });
            }
            let body = Rect::from_min_max(pos2(inner.left(), strip.bottom() + space::GAP), inner.max);
            match shown {
                None => figure::nothing(ui, body, "Reckoning"),
                Some(chart) if chart.is_empty() => figure::nothing(ui, body, chart.kind().nothing()),
                Some(chart) => {
                    let opened = match figures.as_table {
                        true => table::show(ui, body, chart),
                        false => figure::show(ui, body, chart, room(rect.width(), least)),
                    };
                    commands.extend(opened.map(|target| FiguresCommand::Open(target).into()));
                }
            }
        },
    );
    commands.append(&mut chosen);
}

fn show_tools(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    let as_table = state.figures.as_table;
    Button::new(Emphasis::Plain)
        .small()
        .icon(Icon::List)
        .show(ui, commands, FiguresCommand::AsTable(!as_table).into());
    let compare = &state.compare;
    if compare.matrix.groups.len() > 1 {
        let groups = compare.matrix.groups.iter();
        let names: Vec<String> = groups.map(|group| group_title(group, state)).collect();
        let entries: Vec<Entry<'_>> = names.iter().map(Entry::new).collect();
        if let Some(place) = widgets::choice(ui, "Task", &entries, Some(compare.task), 260.0) {
            commands.push(Command::ChooseTask(place));
        }
    }
    if state.figures.kind == Kind::Scatter {
        let entries: Vec<Entry<'_>> = Across::ALL.iter().map(|across| Entry::new(across.words())).collect();
        let selected = Across::ALL.iter().position(|across| *across == state.figures.across);
        let chosen = widgets::choice(ui, "Against", &entries, selected, 220.0);
        let chosen = chosen.and_then(|place| Across::ALL.get(place));
        commands.extend(chosen.map(|across| FiguresCommand::Across(*across).into()));
    }
}

/// Lets the language be chosen of which a figure has room for one; it begins with that of the selected cell.
fn show_languages(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    let languages = state.figure_languages();
    if languages.is_empty() {
        return;
    }
    let named = languages.iter().map(|language| Entry::new(language.english_name()));
    let entries: Vec<Entry<'_>> = std::iter::once(Entry::new("as selected")).chain(named).collect();
    let chosen = languages
        .iter()
        .position(|language| Some(language) == state.figures.language.as_ref());
    let selected = chosen.map_or(0, |place| place + 1);
    if let Some(place) = widgets::choice(ui, "Language", &entries, Some(selected), LANGUAGE) {
        let language = place.checked_sub(1).and_then(|place| languages.get(place));
        commands.push(FiguresCommand::Language(language.cloned()).into());
    }
}

fn show_tabs(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    let strip = Kind::ALL.map(|kind| Tab {
        words: kind.title(),
        count: None,
    });
    let selected = Kind::ALL.iter().position(|kind| *kind == state.figures.kind);
    let chosen = tabs(ui, "Figures", &strip, selected).and_then(|place| Kind::ALL.get(place));
    commands.extend(chosen.map(|kind| FiguresCommand::Show(*kind).into()));
}
