//! The matrix: its rectangles are computed first, then each cell is painted in one pass.

use egui::{
    Align2, CursorIcon, EventFilter, Id, Key, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2,
    vec2,
};

use super::{in_words, show_scale};
use crate::app::State;
use crate::app::command::Command;
use crate::app::matrix::{Cell, CellKey, Group, Matrix, Measure, count, counted, percent};
use crate::app::theme::{radius, size, space};
use crate::language::Language;
use crate::text::isolate::isolate;
use crate::ui::icons::{self, Icon};
use crate::ui::spoken;
use crate::ui::typeset::{self, Ink, Words};
use crate::ui::widgets::{self, card, palette, within};

const WIDEST_NAMES: f32 = 164.0;
const LEAST_CELL: f32 = 68.0;
const WIDEST_CELL: f32 = 140.0;
const GAP: f32 = 2.0;
const GROUP_GAP: f32 = 10.0;
const GROUP_ROW: f32 = 24.0;
const LANGUAGE_ROW: f32 = 22.0;
const PADDING: f32 = 12.0;
/// Room for the scroll bar below the cells.
const SCROLL_BAR: f32 = 10.0;

/// How high the card is in a page `width` wide.
pub fn height(matrix: &Matrix, width: f32) -> f32 {
    let rows = matrix.models.len() as f32;
    let (_, overflows) = cell_width(matrix, width);
    let bar = if overflows { SCROLL_BAR } else { 0.0 };
    space::CARD_HEADER + 4.0 + GROUP_ROW + LANGUAGE_ROW + rows * (space::CELL + GAP) + PADDING - GAP + bar
}

/// Whether every column is in sight in a page `width` wide.
pub fn fits(matrix: &Matrix, width: f32) -> bool {
    !cell_width(matrix, width).1
}

/// The width of the models' names in a page `width` wide.
fn names_width(width: f32) -> f32 {
    (width * 0.36).min(WIDEST_NAMES)
}

/// A cell's width in a page `width` wide, and whether the cells overflow it.
fn cell_width(matrix: &Matrix, width: f32) -> (f32, bool) {
    let columns = matrix.columns().count().max(1) as f32;
    let gaps = columns * GAP + matrix.groups.len().saturating_sub(1) as f32 * GROUP_GAP;
    let room = width - 2.0 * PADDING - names_width(width) - gaps;
    let each = (room / columns).floor();
    (each.clamp(LEAST_CELL, WIDEST_CELL), each < LEAST_CELL)
}

/// Shows the card.
pub fn show(ui: &mut Ui, rect: Rect, state: &State, commands: &mut Vec<Command>) {
    let note = "percent right, n at right, 95% interval below (Wilson)";
    let scale = |ui: &mut Ui| {
        // Where title and scale cannot both stand, the figures in the cells say it.
        if rect.width() >= 460.0 {
            show_scale(ui);
        }
    };
    card(ui, rect, "Accuracy by task and language", note, scale, |ui| {
        show_body(ui, state, commands)
    });
}

fn show_body(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    let colours = palette(ui);
    let matrix = &state.compare.matrix;
    let inner = Rect::from_min_max(
        ui.max_rect().min + vec2(PADDING, 4.0),
        ui.max_rect().max - vec2(PADDING, 0.0),
    );
    let (cell_width, overflows) = cell_width(matrix, ui.max_rect().width() + 2.0);
    let names = names_width(ui.max_rect().width() + 2.0);
    let first_row = inner.top() + GROUP_ROW + LANGUAGE_ROW;
    let row_top = |row: usize| first_row + row as f32 * (space::CELL + GAP);

    let head = Rect::from_min_size(pos2(inner.left(), inner.top() + GROUP_ROW), vec2(names, LANGUAGE_ROW));
    typeset::paint(
        ui,
        head,
        "Model",
        Ink::new(size::SECONDARY, colours.text_2),
        Align2::LEFT_CENTER,
    );
    for (row, model) in matrix.models.iter().enumerate() {
        let place = Rect::from_min_size(pos2(inner.left(), row_top(row)), vec2(names - 12.0, space::CELL));
        show_model(ui, place, model, state);
    }

    let cells = Rect::from_min_max(pos2(inner.left() + names, inner.top()), inner.max);
    within(ui, cells, "cells", |ui| {
        let mut content = |ui: &mut Ui, origin: egui::Pos2| {
            let shift = origin - cells.min;
            let mut left = origin.x;
            let mut places = Vec::new();
            for group in &matrix.groups {
                let width = group.languages.len() as f32 * (cell_width + GAP) - GAP;
                let title = Rect::from_min_size(pos2(left, origin.y), vec2(width, GROUP_ROW));
                show_group(ui, title, group, state);
                for language in &group.languages {
                    let head =
                        Rect::from_min_size(pos2(left, origin.y + GROUP_ROW), vec2(cell_width - 2.0, LANGUAGE_ROW));
                    let ink = Ink::new(size::SECONDARY, colours.text_2);
                    typeset::paint(ui, head, language.english_name(), ink, Align2::LEFT_CENTER);
                    for (row, model) in matrix.models.iter().enumerate() {
                        let top = row_top(row) + shift.y;
                        let place = Rect::from_min_size(pos2(left, top), vec2(cell_width, space::CELL));
                        places.push((matrix.key(model, group, language), place));
                    }
                    left += cell_width + GAP;
                }
                left += GROUP_GAP;
            }
            for (key, place) in &places {
                show_cell(ui, *place, key, state, commands);
            }
            keys(ui, state, commands);
        };
        if overflows {
            let columns = matrix.columns().count() as f32;
            let width = columns * (cell_width + GAP) + matrix.groups.len() as f32 * GROUP_GAP;
            egui::ScrollArea::horizontal()
                .auto_shrink([false, false])
                .show(ui, |ui| {
                    let (place, _) = ui.allocate_exact_size(vec2(width, cells.height()), Sense::hover());
                    content(ui, place.min);
                });
        } else {
            content(ui, cells.min);
        }
    });
}

fn show_model(ui: &mut Ui, rect: Rect, model: &str, state: &State) {
    let colours = palette(ui);
    let known = state
        .models
        .list
        .iter()
        .find(|known| known.id == model || known.title == model);
    let detail = known.map(|known| {
        let mut parts = Vec::new();
        parts.extend(known.parameters.map(crate::app::models::parameters));
        parts.extend(known.quantization.clone());
        parts.push("this machine".to_owned());
        parts.join(", ")
    });
    let selected = state.compare.selected.as_ref().is_some_and(|key| key.model == model);
    let name = Rect::from_min_size(rect.min, vec2(rect.width(), rect.height() / 2.0));
    let ink = Ink::new(size::BODY, colours.text).bold_if(selected);
    let response = ui.interact(rect, widgets::id("matrix model", model), Sense::hover());
    spoken::tell(&response, None, || WidgetInfo::labeled(Role::Label, true, model));
    match detail {
        None => _ = typeset::paint(ui, rect, Words::name(model), ink, Align2::LEFT_CENTER),
        Some(detail) => {
            typeset::paint(ui, name, Words::name(model), ink, Align2::LEFT_CENTER);
            let below = Rect::from_min_max(name.left_bottom(), rect.max);
            typeset::paint(
                ui,
                below,
                &detail,
                Ink::new(size::SMALL, colours.text_3),
                Align2::LEFT_CENTER,
            );
        }
    }
}

/// How a group of columns is called: by its task, with its benchmark where several are shown.
pub fn group_title(group: &Group, state: &State) -> String {
    let several = state
        .compare
        .matrix
        .groups
        .iter()
        .any(|other| other.benchmark != group.benchmark);
    let title = widgets::capital(&group.task);
    if several && group.benchmark != group.task {
        format!("{}: {}", isolate(&group.benchmark), isolate(&title))
    } else {
        title
    }
}

fn show_group(ui: &mut Ui, rect: Rect, group: &Group, state: &State) {
    let colours = palette(ui);
    let title = group_title(group, state);
    let ink = Ink::new(size::BODY, colours.text).semibold();
    typeset::paint(ui, rect, &title, ink, Align2::LEFT_CENTER);
    ui.painter()
        .hline(rect.x_range(), rect.bottom() - 0.5, Stroke::new(1.0, colours.line));
}

fn cell_id(key: &CellKey) -> Id {
    widgets::id("cell", key)
}

fn show_cell(ui: &mut Ui, rect: Rect, key: &CellKey, state: &State, commands: &mut Vec<Command>) {
    let colours = palette(ui);
    let cell = state.compare.matrix.cell(key);
    let selected = state.compare.selected.as_ref() == Some(key);
    let response = ui.interact(rect, cell_id(key), Sense::click());
    let words = describe(key, cell);
    spoken::tell(&response, None, || {
        WidgetInfo::selected(Role::Button, true, selected, &words)
    });
    match cell {
        Cell::NotRun | Cell::LeftOut { .. } => {
            ui.painter().rect_filled(rect, radius::CELL, colours.sunken);
            icons::paint(
                ui.painter(),
                Icon::Dash,
                rect.left_center() + vec2(12.0, 0.0),
                10.0,
                colours.text_3,
            );
            let text = Rect::from_min_max(rect.min + vec2(21.0, 0.0), rect.max);
            typeset::paint(
                ui,
                text,
                "not run",
                Ink::new(size::SECONDARY, colours.text_3),
                Align2::LEFT_CENTER,
            );
        }
        Cell::Failed { failed } => {
            let pair = colours.outcome(crate::scoring::Outcome::Failed);
            ui.painter().rect_filled(rect, radius::CELL, pair.tint);
            let (upper, lower) = rect.shrink2(vec2(6.0, 3.0)).split_top_bottom_at_fraction(0.5);
            icons::paint(
                ui.painter(),
                Icon::Warning,
                upper.left_center() + vec2(5.0, 0.0),
                11.0,
                pair.ink,
            );
            let text = Rect::from_min_max(upper.min + vec2(14.0, 0.0), upper.max);
            typeset::paint(
                ui,
                text,
                "failed",
                Ink::new(size::SECONDARY, pair.ink),
                Align2::LEFT_CENTER,
            );
            typeset::paint(
                ui,
                lower,
                &counted(failed, "item"),
                Ink::new(size::SMALL, pair.ink),
                Align2::LEFT_CENTER,
            );
        }
        Cell::Measured(measure) => {
            ui.painter()
                .rect_filled(rect, radius::CELL, colours.sequential(measure.accuracy));
            let (upper, lower) = rect.shrink2(vec2(5.0, 2.0)).split_top_bottom_at_fraction(0.52);
            let number = Ink::new(size::BODY, colours.cell_ink).semibold();
            let drawn = typeset::paint(ui, upper, &percent(measure.accuracy), number, Align2::LEFT_CENTER);
            let small = Ink::new(size::SMALL, colours.cell_ink);
            // Where the cell is too narrow for all three, n is left to the words on hovering.
            let n = count(measure.n);
            if drawn.width() + 4.0 + typeset::galley(ui, &n, small, f32::INFINITY, 1).size().x <= upper.width() {
                typeset::paint(ui, upper, &n, small, Align2::RIGHT_CENTER);
            }
            let interval = format!("{}–{}", percent(measure.low), percent(measure.high));
            typeset::paint(ui, lower, &interval, small, Align2::LEFT_CENTER);
            if measure.failed > 0 {
                let ink = colours.outcome(crate::scoring::Outcome::Failed).ink;
                icons::paint(
                    ui.painter(),
                    Icon::Warning,
                    lower.right_center() - vec2(4.0, 0.0),
                    10.0,
                    ink,
                );
            }
        }
    }
    if selected {
        ui.painter()
            .rect_stroke(rect.shrink(2.0), 0, Stroke::new(1.0, colours.panel), StrokeKind::Inside);
        ui.painter()
            .rect_stroke(rect, radius::CELL, Stroke::new(2.0, colours.accent), StrokeKind::Inside);
    }
    let moved = ui.input(|input| input.pointer.is_moving());
    if (response.hovered() && moved || response.gained_focus()) && !selected {
        commands.push(Command::SelectCell(key.clone()));
    }
    if response.clicked() && cell != Cell::NotRun {
        commands.push(Command::OpenCell(key.clone(), None));
    }
    hover(response, key, cell);
}

fn describe(key: &CellKey, cell: Cell) -> String {
    let what = match cell {
        Cell::NotRun | Cell::LeftOut { .. } => "not run".to_owned(),
        Cell::Failed { failed } => format!("failed, {}", counted(failed, "item")),
        Cell::Measured(measure) => in_words(measure),
    };
    format!("{}, {}, {}, {what}", key.model, key.task, key.language.english_name())
}

fn hover(response: Response, key: &CellKey, cell: Cell) {
    let response = response.on_hover_cursor(CursorIcon::PointingHand);
    widgets::tooltip_of(response, |ui| {
        let colours = palette(ui);
        ui.set_max_width(300.0);
        let title = format!("{}, {}", isolate(&key.model), key.language.english_name());
        typeset::paragraph(ui, &title, Ink::new(size::BODY, colours.text).semibold());
        let detail = match cell {
            Cell::NotRun | Cell::LeftOut { .. } => "No run has asked this model these questions.".to_owned(),
            Cell::Failed { failed } => format!("{} could not be asked. Click to see why.", counted(failed, "item")),
            Cell::Measured(measure) => sentence(measure),
        };
        typeset::paragraph(ui, &detail, Ink::new(size::SECONDARY, colours.text_2));
    });
}

fn sentence(measure: Measure) -> String {
    let mut text = format!(
        "{} of {} right: {} percent, 95% interval {} to {}.",
        count(measure.right),
        counted(measure.n, "item"),
        percent(measure.accuracy),
        percent(measure.low),
        percent(measure.high)
    );
    if measure.failed > 0 {
        text.push_str(&format!(
            " {} failed and are not counted.",
            counted(measure.failed, "item")
        ));
    }
    text.push_str(" Click to open the items.");
    text
}

/// Arrows move the selection, Enter opens it, as long as no other widget has the focus.
fn keys(ui: &Ui, state: &State, commands: &mut Vec<Command>) {
    let Some(selected) = &state.compare.selected else {
        return;
    };
    let here = cell_id(selected);
    let focus = ui.memory(|memory| memory.focused());
    if focus.is_some_and(|focus| focus != here) {
        return;
    }
    if focus == Some(here) {
        let filter = EventFilter {
            horizontal_arrows: true,
            vertical_arrows: true,
            ..EventFilter::default()
        };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(here, filter));
    }
    let step = |key| match key {
        Key::ArrowRight => Some((1, 0)),
        Key::ArrowLeft => Some((-1, 0)),
        Key::ArrowDown => Some((0, 1)),
        Key::ArrowUp => Some((0, -1)),
        _ => None,
    };
    let (moves, enter) = ui.input(|input| {
        let pressed = input.events.iter().filter_map(|event| match event {
            egui::Event::Key {
                key,
                pressed: true,
                modifiers,
                ..
            } if modifiers.is_none() => Some(*key),
            _ => None,
        });
        let moves: Vec<_> = pressed.filter_map(step).collect();
        (moves, input.key_pressed(Key::Enter))
    });
    let mut key = selected.clone();
    for (right, down) in moves {
        key = state.compare.layout.step(&key, right, down).unwrap_or(key);
    }
    if key != *selected {
        if focus == Some(here) {
            ui.memory_mut(|memory| memory.request_focus(cell_id(&key)));
        }
        commands.push(Command::SelectCell(key.clone()));
    }
    // With the focus on the cell, Enter has clicked it already.
    if enter && focus.is_none() && state.compare.matrix.cell(&key) != Cell::NotRun {
        commands.push(Command::OpenCell(key, None));
    }
}

/// Whether a language is one whose colour the style fixes.
pub fn language_mark(ui: &Ui, centre: egui::Pos2, language: &Language) -> bool {
    let colours = palette(ui);
    match language.primary() {
        "en" => {
            ui.painter().circle_filled(centre, 4.0, colours.english);
            true
        }
        "ar" => {
            let points =
                [vec2(0.0, -5.0), vec2(5.0, 0.0), vec2(0.0, 5.0), vec2(-5.0, 0.0)].map(|offset| centre + offset);
            ui.painter().add(egui::Shape::convex_polygon(
                points.to_vec(),
                colours.arabic,
                Stroke::NONE,
            ));
            true
        }
        _ => false,
    }
}
