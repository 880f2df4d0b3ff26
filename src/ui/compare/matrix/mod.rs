//! The matrix: its rectangles are computed first, then each cell in sight is painted in one pass. The models' names
//! stay in sight when the cells scroll sideways, the columns' heads when they scroll down.

mod cell;
mod heads;
mod keys;
mod names;
mod places;
mod printed;

use egui::{Pos2, Rangef, Rect, ScrollArea, Sense, Stroke, StrokeKind, Ui, Vec2, pos2, vec2};

use crate::app::State;
use crate::app::command::Command;
use crate::app::compare::layout::{Line, task_title};
use crate::app::compare::view::{Holds, Mode};
use crate::app::matrix::{CellKey, Group, count};
use crate::app::theme::{radius, size, space};
use crate::runs::measures::Weighing;
use crate::text::isolate::isolate;
use crate::ui::typeset::{self, Ink};
use crate::ui::widgets::{card, palette, within};
pub use keys::lines as key_lines;
pub use printed::tell as tell_printed;

use places::{HEADS, PADDING, Places, SCROLL_BAR, TITLES};

/// The rectangles of the matrix in a card `width` wide.
fn places(state: &State, width: f32, narrow: bool) -> Places {
    let compare = &state.compare;
    let cell = if narrow { space::DENSE_CELL } else { space::CELL };
    Places::new(&compare.layout, compare.view.mode, width, cell)
}

/// How high the card is that shows all rows, `width` wide.
pub fn height(state: &State, width: f32, narrow: bool) -> f32 {
    places(state, width, narrow).card_height()
}

/// Whether every column is in sight in a card `width` wide.
pub fn fits(state: &State, width: f32) -> bool {
    !places(state, width, false).overflows
}

/// How a group of columns is called.
pub fn group_title(group: &Group, state: &State) -> String {
    task_title(&state.compare.matrix, &group.benchmark, &group.task)
}

/// Shows the card.
pub fn show(ui: &mut Ui, rect: Rect, narrow: bool, state: &State, commands: &mut Vec<Command>) {
    let (title, note) = title(state);
    let mode = state.compare.view.mode;
    let scale = |ui: &mut Ui| {
        // Where title and scale cannot both stand, the figures in the cells say it.
        if rect.width() >= 560.0 {
            show_scale(ui, mode);
        }
    };
    card(ui, rect, &title, &note, scale, |ui| {
        show_body(ui, &places(state, rect.width(), narrow), state, commands);
    });
}

fn title(state: &State) -> (String, String) {
    let compare = &state.compare;
    let weighing = match compare.view.weighing {
        Weighing::Macro => "tasks weigh the same",
        Weighing::Micro => "means of all items",
    };
    let left_out = compare.layout.left_out;
    let (title, mut note) = match (compare.view.mode, &compare.view.baseline) {
        (Mode::Delta, Some(baseline)) => (
            format!("Difference to {}, paired by item", isolate(baseline)),
            "points, 95% interval below; bold: told apart, ≈: not told apart".to_owned(),
        ),
        (Mode::Rank, _) => (
            "Rank by task and language".to_owned(),
            "place among the models of the column, with accuracy and 95% interval (Wilson)".to_owned(),
        ),
        _ => (
            "Accuracy by task and language".to_owned(),
            "percent right, n at right, 95% interval below (Wilson)".to_owned(),
        ),
    };
    if compare.layout.sections.iter().any(|section| {
        let mut columns = section.columns.iter();
        columns.any(|column| matches!(column.holds, Holds::Tasks(_)))
    }) {
        note = format!("{note}; {weighing}");
    }
    if left_out > 0 {
        note = format!("up to {} items a cell left out; {note}", count(left_out));
    }
    (title, note)
}

fn show_body(ui: &mut Ui, places: &Places, state: &State, commands: &mut Vec<Command>) {
    let inner = Rect::from_min_max(
        ui.max_rect().min + vec2(PADDING, 4.0),
        ui.max_rect().max - vec2(PADDING - 2.0, 2.0),
    );
    let cells = Rect::from_min_max(inner.min + vec2(places.names, TITLES + HEADS), inner.max);
    let offset = within(ui, cells, "cells", |ui| show_cells(ui, cells, places, state, commands));
    let heads = Rect::from_min_max(pos2(cells.left(), inner.top()), pos2(cells.right(), cells.top()));
    within(ui, heads, "heads", |ui| {
        heads::show(ui, heads.min - vec2(offset.x, 0.0), places, state, commands);
    });
    let corner = Rect::from_min_max(inner.min, cells.min - vec2(PADDING, 0.0));
    within(ui, corner, "corner", |ui| {
        names::show_corner(ui, corner, state, commands)
    });
    let names = Rect::from_min_max(
        pos2(inner.left(), cells.top()),
        pos2(cells.left() - 4.0, cells.bottom()),
    );
    within(ui, names, "names", |ui| {
        names::show(ui, names.min - vec2(0.0, offset.y), places, state, commands);
    });
}

/// Shows the cells that are in sight; returns how far they are scrolled.
fn show_cells(ui: &mut Ui, room: Rect, places: &Places, state: &State, commands: &mut Vec<Command>) -> Vec2 {
    let sideways = places.width > room.width() + 0.5;
    // The bar is not to cover the last row.
    let bar = if sideways { SCROLL_BAR } else { 0.0 };
    let size = vec2(places.width, places.height + bar);
    let scrolls = [sideways, size.y > room.height() + 0.5];
    let mut content = |ui: &mut Ui, origin: Pos2| {
        let reached = show_content(ui, origin, places, state, commands);
        reached.inspect(|rect| ui.scroll_to_rect(*rect, None))
    };
    if !scrolls.contains(&true) {
        content(ui, room.min);
        return Vec2::ZERO;
    }
    let shown = ScrollArea::new(scrolls).auto_shrink([false, false]).show(ui, |ui| {
        let (place, _) = ui.allocate_exact_size(size, Sense::hover());
        (place.min, content(ui, place.min))
    });
    let (origin, reached) = shown.inner;
    if let Some(rect) = reached {
        // The page may have scrolled the card half away, and is not told by what scrolls within.
        ui.scroll_to_rect(moved_into(rect, room), None);
    }
    // As drawn in this frame: what the wheel adds shows in the next.
    room.min - origin
}

/// `rect` moved no further than it takes to lie within `room`.
fn moved_into(rect: Rect, room: Rect) -> Rect {
    let last = (room.max - rect.size()).max(room.min);
    Rect::from_min_size(rect.min.clamp(room.min, last), rect.size())
}

/// Shows the cells from `origin` on; returns where one stands that was just reached, by keys or by a click.
fn show_content(
    ui: &mut Ui,
    origin: Pos2,
    places: &Places,
    state: &State,
    commands: &mut Vec<Command>,
) -> Option<Rect> {
    // Before the cells, which would take Space and Enter for clicks.
    let stop = state.compare.stop();
    let taken = stop
        .as_ref()
        .map(|stop| keys::take(ui, (origin, places), stop, state, commands));
    let mut reached = taken.flatten();
    let seen = ui.clip_rect().expand(2.0);
    let is_seen = |range: Rangef, start: f32, seen: Rangef| {
        let range = Rangef::new(range.min + start, range.max + start);
        seen.intersects(range)
    };
    let layout = &state.compare.layout;
    for (line, range) in layout.lines.iter().zip(&places.lines) {
        let Some(model) = line.model() else { continue };
        let stops = stop.as_ref().is_some_and(|key| key.model == model);
        // The selected cell keeps the focus also where it is out of sight.
        if !is_seen(*range, origin.y, seen.y_range()) && !stops {
            continue;
        }
        for (column, extent) in layout.columns().zip(places.columns()) {
            let is_stop = |key: &CellKey| stop.as_ref() == Some(key);
            let rect = Places::cell(origin, extent, *range);
            let in_sight = is_seen(extent, origin.x, seen.x_range()) && is_seen(*range, origin.y, seen.y_range());
            if !in_sight && !stops {
                continue;
            }
            let is_reached = match (&column.holds, line) {
                (Holds::Cells(place), Line::Model(_)) if in_sight || is_stop(&place.of(model)) => {
                    let key = place.of(model);
                    cell::show(ui, rect, (&key, is_stop(&key)), state, commands)
                }
                (Holds::Cells(place), Line::Published(_)) if in_sight || is_stop(&place.of(model)) => {
                    let key = place.of(model);
                    printed::show(ui, rect, (&key, is_stop(&key)), state, commands)
                }
                (Holds::Tasks(_) | Holds::Languages { .. }, Line::Model(_)) if in_sight => {
                    cell::show_mean(ui, rect, model, column, state);
                    false
                }
                _ => false,
            };
            if is_reached {
                reached = Some(rect);
            }
        }
    }
    reached
}

/// Rings a cell that the finding is about.
fn ring(ui: &Ui, rect: Rect) {
    let colours = palette(ui);
    let inner = Stroke::new(1.0, colours.panel);
    ui.painter().rect_stroke(rect.shrink(2.0), 0, inner, StrokeKind::Inside);
    let outer = Stroke::new(2.0, colours.accent);
    ui.painter().rect_stroke(rect, radius::CELL, outer, StrokeKind::Inside);
}

/// The key of the scale, drawn from the right.
fn show_scale(ui: &mut Ui, mode: Mode) {
    let colours = palette(ui);
    let ink = Ink::new(size::SECONDARY, colours.text_2);
    let (high, low, steps) = match mode {
        Mode::Accuracy | Mode::Rank => ("90 %", "20", colours.sequential_steps()),
        Mode::Delta => ("+40 ▲ points", "▼ −40", colours.diverging_steps()),
    };
    typeset::line(ui, high, ink);
    let (rect, _) = ui.allocate_exact_size(vec2(140.0, 12.0), Sense::hover());
    for (step, colour) in steps.into_iter().enumerate() {
        let left = rect.left() + step as f32 * 20.0;
        ui.painter()
            .rect_filled(Rect::from_min_size(pos2(left, rect.top()), vec2(20.0, 12.0)), 0, colour);
    }
    ui.painter()
        .rect_stroke(rect, 0, Stroke::new(1.0, colours.line), StrokeKind::Outside);
    typeset::line(ui, low, ink);
}
