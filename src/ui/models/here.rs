//! The models on this machine: what can be run, what it takes, where it comes from.

use egui::{Align2, CursorIcon, Margin, Rect, Role, ScrollArea, Sense, Stroke, Ui, Vec2, WidgetInfo, pos2, vec2};

use crate::app::State;
use crate::app::command::Command;
use crate::app::matrix::count;
use crate::app::models::{Download, Model, ModelsCommand, bytes, parameters};
use crate::app::state::Machine;
use crate::app::theme::{size, space};
use crate::scoring::Outcome;
use crate::text::folding::Query;
use crate::text::isolate::isolate;
use crate::ui::icons::{self, Icon};
use crate::ui::marks::Marks;
use crate::ui::spoken;
use crate::ui::typeset::{self, Ink, Words};
use crate::ui::widgets::{self, Button, Emphasis, Search, card, palette, within};

/// Shares of a row's width: model, size, architecture, file, licence, memory, state.
const SHARES: [f32; 7] = [0.27, 0.07, 0.11, 0.13, 0.13, 0.13, 0.16];
/// The same where there is no room for all; the selected model's card says the rest.
const FEW_SHARES: [f32; 7] = [0.40, 0.13, 0.0, 0.0, 0.0, 0.20, 0.27];
/// Below this width of a row.
const FEW: f32 = 640.0;
const STATE: usize = 6;
/// How high the selected model's card is under the list.
const DETAIL: f32 = 250.0;
/// The width in which every column of the list can be read.
const LEAST_LIST: f32 = 420.0;

/// Shows the section.
pub fn show(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    let wide = ui.ctx().content_rect().width() >= space::NARROW;
    let least = if wide {
        Vec2::ZERO
    } else {
        vec2(LEAST_LIST, 2.0 * DETAIL)
    };
    widgets::at_least(ui, least, |ui| show_section(ui, wide, state, commands));
}

fn show_section(ui: &mut Ui, wide: bool, state: &State, commands: &mut Vec<Command>) {
    let all = ui.max_rect();
    let body = Rect::from_min_max(
        all.min + vec2(space::GUTTER, space::GAP),
        all.max - vec2(space::GUTTER, space::GUTTER),
    );
    let detail = Rect::from_min_max(
        if wide {
            pos2(body.right() - space::SIDE_PANEL, body.top())
        } else {
            pos2(body.left(), body.bottom() - DETAIL)
        },
        body.max,
    );
    let list = if wide {
        Rect::from_min_max(body.min, pos2(detail.left() - space::GUTTER, body.bottom()))
    } else {
        Rect::from_min_max(body.min, pos2(body.right(), detail.top() - space::GUTTER))
    };
    show_list(ui, list, state, commands);
    show_detail(ui, detail, state);
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
        let (head, _) = ui.allocate_exact_size(vec2(ui.available_width(), space::ROW), Sense::hover());
        let titles = [
            "Model",
            "Size",
            "Architecture",
            "File",
            "Licence",
            "Memory needed",
            "State",
        ];
        for ((cell, align), title) in cells(head).into_iter().zip(titles) {
            typeset::paint(ui, cell, title, Ink::new(size::SECONDARY, palette(ui).text_2), align);
        }
        ui.painter()
            .hline(head.x_range(), head.bottom() - 0.5, Stroke::new(1.0, palette(ui).line));
        ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
            for model in listed {
                show_row(ui, model, state, commands);
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

fn cells(row: Rect) -> [(Rect, Align2); 7] {
    let inner = row.shrink2(vec2(14.0, 0.0));
    let shares = if inner.width() < FEW { FEW_SHARES } else { SHARES };
    let mut left = inner.left();
    let mut place = 0;
    shares.map(|share| {
        let width = inner.width() * share;
        let cell = Rect::from_min_size(pos2(left, row.top()), vec2(width - 14.0, row.height()));
        left += width;
        place += 1;
        let align = if place == 2 {
            Align2::RIGHT_CENTER
        } else {
            Align2::LEFT_CENTER
        };
        if place == SHARES.len() {
            (Rect::from_min_max(cell.min, pos2(inner.right(), cell.bottom())), align)
        } else {
            (cell, align)
        }
    })
}

fn show_row(ui: &mut Ui, model: &Model, state: &State, commands: &mut Vec<Command>) {
    let colours = palette(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), space::TWO_LINE_ROW), Sense::click());
    let selected = state.models.selected().is_some_and(|selected| selected.id == model.id);
    spoken::tell(&response, None, || {
        WidgetInfo::selected(Role::ListItem, true, selected, &model.title)
    });
    widgets::row_ground(ui, rect, selected, &response);
    let cells = cells(rect);
    let plain = Ink::new(size::BODY, colours.text_2);
    let unknown = || "–".to_owned();
    let file = match (&model.quantization, model.bytes) {
        (Some(quantization), Some(size)) => format!("{quantization} {}", bytes(size)),
        (None, Some(size)) => bytes(size),
        (Some(quantization), None) => quantization.clone(),
        (None, None) => unknown(),
    };
    let texts = [
        String::new(),
        model.parameters.map_or_else(unknown, parameters),
        model.architecture.clone().unwrap_or_else(unknown),
        file,
        model.licence.clone().unwrap_or_else(unknown),
    ];
    for (place, ((cell, align), text)) in cells.iter().zip(&texts).enumerate() {
        if place == 0 {
            let (upper, lower) = cell.shrink2(vec2(0.0, 5.0)).split_top_bottom_at_fraction(0.54);
            let marks = Marks::hits(&state.models.search);
            marks.paint(
                ui,
                upper,
                Words::name(&model.title),
                Ink::new(size::BODY, colours.text).semibold(),
                Align2::LEFT_CENTER,
            );
            marks.paint(
                ui,
                lower,
                &model.origin,
                Ink::new(size::SMALL, colours.text_3),
                Align2::LEFT_CENTER,
            );
        } else {
            let ink = if place == 1 {
                Ink::new(size::BODY, colours.text)
            } else {
                plain
            };
            typeset::paint(ui, *cell, text, ink, *align);
        }
    }
    if let Some((cell, _)) = cells.get(5) {
        show_memory(ui, *cell, model, &state.machine);
    }
    widgets::focus_ring(ui, &response, rect);
    if response.on_hover_cursor(CursorIcon::PointingHand).clicked() {
        commands.push(ModelsCommand::Select(model.id.clone()).into());
    }
    if let Some((cell, _)) = cells.get(STATE) {
        show_state(ui, *cell, model, state, commands);
    }
    let failed = match state.models.downloads.get(&model.id) {
        Some(Download::Failed(problem)) => Some(("The download failed; nothing else changed.", problem)),
        _ => model
            .problem
            .as_ref()
            .map(|problem| ("This file cannot be used.", problem)),
    };
    if let Some((title, problem)) = failed {
        egui::Frame::new()
            .inner_margin(Margin::symmetric(14, 8))
            .show(ui, |ui| {
                widgets::message(ui, colours.outcome(Outcome::Failed), title, problem, |_| {});
            });
    }
}

/// A bar of what is needed against what is free, and the figure.
fn show_memory(ui: &Ui, cell: Rect, model: &Model, machine: &Machine) {
    let colours = palette(ui);
    let Some(needs) = model.needs else {
        typeset::paint(ui, cell, "–", Ink::new(size::BODY, colours.text_2), Align2::LEFT_CENTER);
        return;
    };
    let fits = needs <= machine.free;
    let bar = Rect::from_min_size(
        pos2(cell.left(), cell.center().y - 3.0),
        vec2((cell.width() * 0.4).min(46.0), 6.0),
    );
    let share = needs as f32 / machine.free.max(1) as f32;
    let colour = if fits {
        colours.bar_second
    } else {
        colours.outcome(Outcome::Wrong).ink
    };
    widgets::bar(ui, bar, share, colour, false);
    let words = Rect::from_min_max(pos2(bar.right() + 8.0, cell.top()), cell.max);
    let ink = if fits {
        Ink::new(size::BODY, colours.text)
    } else {
        Ink::new(size::BODY, colour).semibold()
    };
    typeset::paint(ui, words, &bytes(needs), ink, Align2::LEFT_CENTER);
}

fn show_state(ui: &mut Ui, cell: Rect, model: &Model, state: &State, commands: &mut Vec<Command>) {
    let colours = palette(ui);
    if let Some(Download::Going { done, total }) = state.models.downloads.get(&model.id) {
        let cancel = Rect::from_min_size(pos2(cell.right() - 24.0, cell.center().y - 12.0), vec2(24.0, 24.0));
        let text = match total {
            Some(total) => format!("{} of {}", bytes(*done), bytes(*total)),
            None => "Starting".to_owned(),
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
        let share = total.map_or(0.0, |total| *done as f32 / total.max(1) as f32);
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
                .show(ui, commands, ModelsCommand::CancelGet(model.id.clone()).into());
        });
    }
    let (icon, words, ink) = if model.problem.is_some() {
        (Icon::Warning, "Cannot be used", colours.outcome(Outcome::Failed).ink)
    } else if model.path.is_some() {
        (Icon::Check, "On this machine", colours.outcome(Outcome::Right).ink)
    } else {
        let place = Rect::from_min_size(pos2(cell.right() - 76.0, cell.center().y - 12.0), vec2(76.0, 24.0));
        typeset::paint(
            ui,
            cell,
            "Not here",
            Ink::new(size::BODY, colours.text_2),
            Align2::LEFT_CENTER,
        );
        return within(ui, place, ("get", &model.id), |ui| {
            Button::new(Emphasis::Plain)
                .small()
                .icon(Icon::Download)
                .width(76.0)
                .name(format!("Get {}", isolate(&model.title)))
                .show(ui, commands, ModelsCommand::Get(model.id.clone()).into());
        });
    };
    icons::paint(ui.painter(), icon, pos2(cell.left() + 6.0, cell.center().y), 12.0, ink);
    let rest = Rect::from_min_max(cell.min + vec2(18.0, 0.0), cell.max);
    let colour = if model.problem.is_some() { ink } else { colours.text_2 };
    typeset::paint(ui, rest, words, Ink::new(size::BODY, colour), Align2::LEFT_CENTER);
}

fn show_detail(ui: &mut Ui, rect: Rect, state: &State) {
    let Some(model) = state.models.selected() else { return };
    card(
        ui,
        rect,
        &model.title,
        "",
        |_| {},
        |ui| {
            ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
                egui::Frame::new()
                    .inner_margin(Margin::symmetric(14, 12))
                    .show(ui, |ui| {
                        ui.set_width(ui.available_width());
                        typeset::heading(ui, "Does it fit in memory?");
                        show_fit(ui, model, &state.machine);
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
                            rows.push(("File", path.display().to_string()));
                        }
                        widgets::facts(ui, &rows, 92.0);
                    });
            });
        },
    );
}

fn show_fit(ui: &mut Ui, model: &Model, machine: &Machine) {
    let colours = palette(ui);
    let (icon, words, ink) = match model.needs {
        None => (Icon::Question, "Known once the file is here".to_owned(), colours.text_2),
        Some(needs) if needs <= machine.free => (
            Icon::Check,
            format!("Yes: needs {} of {} free", bytes(needs), bytes(machine.free)),
            colours.text,
        ),
        Some(needs) => (
            Icon::Cross,
            format!("No: needs {}, {} are free", bytes(needs), bytes(machine.free)),
            colours.outcome(Outcome::Wrong).ink,
        ),
    };
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 22.0), Sense::hover());
    spoken::tell(&response, None, || WidgetInfo::labeled(Role::Label, true, &words));
    icons::paint(ui.painter(), icon, pos2(rect.left() + 6.0, rect.center().y), 12.0, ink);
    let line = Rect::from_min_max(rect.min + vec2(18.0, 0.0), rect.max);
    typeset::paint(
        ui,
        line,
        &words,
        Ink::new(size::BODY, ink).semibold(),
        Align2::LEFT_CENTER,
    );
    if let Some(needs) = model.needs.filter(|_| machine.total > 0) {
        let (bar, _) = ui.allocate_exact_size(vec2(ui.available_width(), 12.0), Sense::hover());
        let used = machine.total.saturating_sub(machine.free);
        let share = |part: u64| part as f32 / machine.total as f32;
        widgets::bar(ui, bar, share(used.saturating_add(needs)), colours.bar_chosen, false);
        let taken = Rect::from_min_size(bar.min, vec2(bar.width() * share(used).min(1.0), bar.height()));
        ui.painter().rect_filled(taken, 1, colours.bar_other);
        let text = format!(
            "in use {}, this model {}, in all {}",
            bytes(used),
            bytes(needs),
            bytes(machine.total)
        );
        typeset::paragraph(ui, &text, Ink::new(size::SMALL, colours.text_2));
    }
}
