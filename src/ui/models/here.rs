//! The models on this machine: what can be run, what it takes, where it comes from.

use egui::{Align2, CursorIcon, Rect, Role, ScrollArea, Ui, WidgetInfo, pos2, vec2};

use super::columns::{self, Column};
use super::{fit, list_and_card, time};
use crate::app::State;
use crate::app::command::Command;
use crate::app::matrix::count;
use crate::app::models::{DownloadsCommand, Model, ModelsCommand, bytes, parameters};
use crate::app::theme::{size, space};
use crate::models::download::{Entry, EntryState};
use crate::scoring::Outcome;
use crate::text::folding::Query;
use crate::text::isolate::{self, isolate};
use crate::ui::icons::{self, Icon};
use crate::ui::marks::Marks;
use crate::ui::spoken;
use crate::ui::typeset::{self, Ink, Words};
use crate::ui::widgets::stepping::Rows;
use crate::ui::widgets::{self, Button, Emphasis, Search, card, palette, within};

const COLUMNS: [Column; 7] = [
    Column::new("Model", 0.27, 0.40),
    Column::new("Size", 0.07, 0.13).numbers(),
    Column::new("Architecture", 0.11, 0.0),
    Column::new("File", 0.13, 0.0),
    Column::new("Licence", 0.13, 0.0),
    Column::new("Memory needed", 0.13, 0.20),
    Column::new("State", 0.16, 0.27),
];

/// Shows the section.
pub fn show(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    if state.models.list.is_empty() {
        // There is nothing that a card could be of.
        return show_list(ui, super::body(ui), state, commands);
    }
    list_and_card(
        ui,
        commands,
        |ui, rect, commands| show_list(ui, rect, state, commands),
        |ui, rect, commands| show_detail(ui, rect, state, commands),
    );
}

fn show_list(ui: &mut Ui, rect: Rect, state: &State, commands: &mut Vec<Command>) {
    let here = state.models.here().count();
    let search = Search {
        typed: &state.models.search,
        thing: "model",
        focus: state.focus_search,
    };
    let query = Query::new(&state.models.search);
    let listed: Vec<&Model> = state
        .models
        .list
        .iter()
        .filter(|model| is_found(model, &query))
        .collect();
    let count = search.count(listed.len(), state.models.list.len());
    let note = format!("{count}, {here} on this machine");
    let mut added = Vec::new();
    // From the right.
    let tools = |ui: &mut Ui| {
        Button::new(Emphasis::Plain)
            .icon(Icon::Folder)
            .show(ui, &mut added, ModelsCommand::ChooseFolder.into());
        Button::new(Emphasis::Plain)
            .icon(Icon::Plus)
            .show(ui, &mut added, ModelsCommand::ChooseFile.into());
    };
    card(ui, rect, "Models", &note, tools, |ui| {
        if state.models.list.is_empty() {
            return widgets::empty(
                ui,
                "Models stand here.",
                "Add a GGUF file or a folder of safetensors, or drop one on the window.",
                |ui| {
                    Button::new(Emphasis::Main)
                        .icon(Icon::Plus)
                        .show(ui, commands, ModelsCommand::ChooseFile.into());
                },
            );
        }
        ui.spacing_mut().item_spacing.y = 0.0;
        commands.extend(search.show_band(ui).map(searched));
        if listed.is_empty() {
            return search.nothing(ui, commands, searched(String::new()));
        }
        columns::heads(ui, &COLUMNS);
        let area = ScrollArea::vertical().auto_shrink([false, false]);
        let is_selected = |model: &&Model| state.models.selected().is_some_and(|selected| selected.id == model.id);
        let selected = listed.iter().position(is_selected);
        let rows = Rows::begin(ui, widgets::id("models", "rows"), listed.len(), selected);
        rows.show(ui, area, (space::TWO_LINE_ROW, listed.len()), |ui, place| {
            if let Some(model) = listed.get(place) {
                show_row(ui, (rows, place), model, state, commands);
            }
        });
    });
    commands.append(&mut added);
}

fn searched(search: String) -> Command {
    ModelsCommand::Search(search).into()
}

/// Whether a search finds a model, by what its row and its details say.
fn is_found(model: &Model, query: &Query) -> bool {
    let optional = [&model.architecture, &model.quantization, &model.licence];
    let known = optional.into_iter().filter_map(Option::as_deref);
    query.finds(
        [model.title.as_str(), &model.origin, &model.languages, &model.id]
            .into_iter()
            .chain(known),
    )
}

fn show_row(ui: &mut Ui, (rows, place): (Rows, usize), model: &Model, state: &State, commands: &mut Vec<Command>) {
    let colours = palette(ui);
    let (rect, response) = rows.row(ui, place, space::TWO_LINE_ROW);
    let selected = state.models.selected().is_some_and(|selected| selected.id == model.id);
    spoken::tell(&response, None, || {
        WidgetInfo::selected(Role::ListItem, true, selected, &model.title)
    });
    widgets::row_ground(ui, rect, selected, &response);
    let [title, weights, architecture, file, licence, memory, standing] = columns::cells(rect, &COLUMNS);
    let (upper, lower) = title.shrink2(vec2(0.0, 5.0)).split_top_bottom_at_fraction(0.54);
    let marks = Marks::hits(&state.models.search);
    let bold = Ink::new(size::BODY, colours.text).semibold();
    marks.paint(ui, upper, Words::name(&model.title), bold, Align2::LEFT_CENTER);
    let grey = Ink::new(size::SMALL, colours.text_3);
    marks.paint(ui, lower, &model.origin, grey, Align2::LEFT_CENTER);
    let unknown = || "–".to_owned();
    let stored = match (&model.quantization, model.bytes) {
        (Some(quantization), Some(size)) => format!("{quantization} {}", bytes(size)),
        (None, Some(size)) => bytes(size),
        (Some(quantization), None) => quantization.clone(),
        (None, None) => unknown(),
    };
    let plain = Ink::new(size::BODY, colours.text_2);
    let number = model.parameters.map_or_else(unknown, parameters);
    typeset::paint(
        ui,
        weights,
        &number,
        Ink::new(size::BODY, colours.text),
        Align2::RIGHT_CENTER,
    );
    for (cell, text) in [
        (architecture, model.architecture.clone().unwrap_or_else(unknown)),
        (file, stored),
        (licence, model.licence.clone().unwrap_or_else(unknown)),
    ] {
        typeset::paint(ui, cell, &text, plain, Align2::LEFT_CENTER);
    }
    fit::paint(ui, memory, model.needs, &state.machine);
    widgets::focus_ring(ui, &response, rect);
    if response.on_hover_cursor(CursorIcon::PointingHand).clicked() {
        commands.push(ModelsCommand::Select(model.id.clone()).into());
    }
    show_state(ui, standing, model, state, commands);
}

/// What went wrong with a model, and the reason.
fn problem<'a>(model: &'a Model, state: &'a State) -> Option<(&'static str, &'a str)> {
    match download(model, state).map(|download| &download.state) {
        Some(EntryState::Failed { reason, .. }) => Some(("The download failed; what came so far is kept.", reason)),
        _ => model
            .problem
            .as_deref()
            .map(|problem| ("This file cannot be used.", problem)),
    }
}

/// The download of a model that is not here.
fn download<'a>(model: &Model, state: &'a State) -> Option<&'a Entry> {
    let order = model.order.as_ref().filter(|_| model.path.is_none())?;
    state.models.hub.of(order)
}

fn show_state(ui: &mut Ui, cell: Rect, model: &Model, state: &State, commands: &mut Vec<Command>) {
    let colours = palette(ui);
    let download = download(model, state);
    let failed = download.is_some_and(|download| matches!(download.state, EntryState::Failed { .. }));
    if let Some(download) = download.filter(|_| !failed) {
        let cancel = Rect::from_min_size(pos2(cell.right() - 24.0, cell.center().y - 12.0), vec2(24.0, 24.0));
        let (done, total) = (download.done, download.total);
        let text = match (&download.state, total) {
            (EntryState::Waiting, _) => "Waiting".to_owned(),
            (EntryState::Paused, _) => "Paused".to_owned(),
            (_, 0) => "Starting".to_owned(),
            _ => format!("{} of {}", bytes(done), bytes(total)),
        };
        let words = Rect::from_min_max(
            pos2(cell.left(), cell.top() + 6.0),
            pos2(cancel.left() - 8.0, cell.center().y + 2.0),
        );
        typeset::paint(
            ui,
            words,
            &text,
            Ink::new(size::SMALL, colours.text_2),
            Align2::LEFT_CENTER,
        );
        let share = done as f32 / total.max(1) as f32;
        let bar = Rect::from_min_size(
            pos2(cell.left(), cell.center().y + 6.0),
            vec2(words.width(), space::BAR),
        );
        widgets::bar(ui, bar, share, colours.accent, false);
        let name = format!("Cancel download of {}", isolate(&model.title));
        return within(ui, cancel, ("cancel", &model.id), |ui| {
            Button::new(Emphasis::Plain)
                .small()
                .icon(Icon::Cross)
                .text("")
                .name(name)
                .show(ui, commands, DownloadsCommand::Cancel(download.id).into());
        });
    }
    let (icon, words, ink) = if model.problem.is_some() {
        (Icon::Warning, "Cannot be used", colours.outcome(Outcome::Failed).ink)
    } else if model.path.is_some() {
        (Icon::Check, "On this machine", colours.outcome(Outcome::Right).ink)
    } else {
        let place = Rect::from_min_size(pos2(cell.right() - 76.0, cell.center().y - 12.0), vec2(76.0, 24.0));
        let (words, ink) = match failed {
            true => ("Failed", colours.outcome(Outcome::Failed).ink),
            false => ("Not here", colours.text_2),
        };
        typeset::paint(ui, cell, words, Ink::new(size::BODY, ink), Align2::LEFT_CENTER);
        let Some(order) = &model.order else { return };
        return within(ui, place, ("get", &model.id), |ui| {
            Button::new(Emphasis::Plain)
                .small()
                .icon(Icon::Download)
                .width(76.0)
                .name(format!("Get {}", isolate(&model.title)))
                .enabled(state.models.hub.known.problem.is_none())
                .show(ui, commands, DownloadsCommand::Get(order.clone()).into());
        });
    };
    icons::paint(ui.painter(), icon, pos2(cell.left() + 6.0, cell.center().y), 12.0, ink);
    let rest = Rect::from_min_max(cell.min + vec2(18.0, 0.0), cell.max);
    let colour = if model.problem.is_some() { ink } else { colours.text_2 };
    typeset::paint(ui, rest, words, Ink::new(size::BODY, colour), Align2::LEFT_CENTER);
}

fn show_detail(ui: &mut Ui, rect: Rect, state: &State, commands: &mut Vec<Command>) {
    let Some(model) = state.models.selected() else { return };
    card(
        ui,
        rect,
        &model.title,
        "",
        |_| {},
        |ui| {
            widgets::scrolled(ui, |ui| {
                if let Some((title, problem)) = problem(model, state) {
                    let colours = palette(ui);
                    widgets::message(ui, colours.outcome(Outcome::Failed), title, problem, |_| {});
                    ui.add_space(10.0);
                }
                typeset::heading(ui, "Does it fit in memory?");
                fit::show(ui, model.needs, "Known once the file is here", &state.machine);
                if model.ready() {
                    ui.add_space(10.0);
                    typeset::heading(ui, "How long will it take?");
                    let (speed, work) = (&state.models.catalogue.speed, state.planned_work());
                    time::show(ui, speed, model.seconds(work, speed), work, commands);
                }
                ui.add_space(10.0);
                typeset::heading(ui, "About it");
                ui.add_space(2.0);
                let unknown = if model.path.is_some() {
                    "the file does not say"
                } else {
                    "known once the file is here"
                };
                let known = |text: &Option<String>| text.clone().unwrap_or_else(|| unknown.to_owned());
                let mut rows = vec![
                    ("Architecture", known(&model.architecture)),
                    ("Quantization", known(&model.quantization)),
                    (
                        "Context",
                        model
                            .context
                            .map_or_else(|| known(&None), |tokens| format!("{} tokens", count(tokens))),
                    ),
                    ("Licence", known(&model.licence)),
                    ("Comes from", model.origin.clone()),
                ];
                if !model.languages.is_empty() {
                    rows.insert(3, ("Languages", model.languages.clone()));
                }
                if let Some(path) = &model.path {
                    rows.push(("File", isolate::path(path)));
                }
                widgets::facts(ui, &rows, 92.0);
            });
        },
    );
}
