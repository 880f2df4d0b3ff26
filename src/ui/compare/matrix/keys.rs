//! The matrix by keyboard: arrows move, Enter opens, Shift+Enter keeps the cell in the finding, Space pins its model,
//! Escape leaves the comparison. They act as long as no other widget has the focus.

use egui::{Event, EventFilter, Key, Pos2, Rangef, Rect, Ui};

use super::cell::{cell_id, opening};
use super::places::Places;
use crate::app::State;
use crate::app::command::Command;
use crate::app::compare::command::CompareCommand;
use crate::app::compare::layout::Layout;
use crate::app::compare::view::Holds;
use crate::app::matrix::{Cell, CellKey};

/// What a key asks for.
enum Ask {
    Step(isize, isize),
    Open,
    Keep,
    Pin,
    Drop,
}

/// Takes the keys that are the matrix's own out of this frame's input.
pub fn take(ui: &Ui, origin: Pos2, places: &Places, state: &State, commands: &mut Vec<Command>) {
    let Some(selected) = &state.compare.selected else {
        return;
    };
    let here = cell_id(selected);
    let focus = ui.memory(|memory| memory.focused());
    if focus.is_some_and(|focus| focus != here) || egui::Popup::is_any_open(ui.ctx()) {
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
    let mut key = selected.clone();
    for ask in asked(ui) {
        match ask {
            Ask::Step(right, down) => key = state.compare.step(&key, (right, down)),
            Ask::Open if state.compare.matrix.cell(&key) != Cell::NotRun => {
                commands.push(opening(&key, state));
            }
            Ask::Open => {}
            Ask::Keep => commands.push(CompareCommand::Keep.into()),
            Ask::Pin => commands.push(CompareCommand::Pin(key.model.clone()).into()),
            Ask::Drop => commands.push(CompareCommand::Drop.into()),
        }
    }
    if key != *selected {
        if focus == Some(here) {
            ui.memory_mut(|memory| memory.request_focus(cell_id(&key)));
        }
        if let Some(rect) = place_of(&state.compare.layout, &key, origin, places) {
            ui.scroll_to_rect(rect.expand(places.names.min(40.0)), None);
        }
        // Before what else was asked in this frame, which is of the cell that was reached.
        commands.insert(0, CompareCommand::Move(key).into());
    }
}

fn asked(ui: &Ui) -> Vec<Ask> {
    let mut asked = Vec::new();
    ui.input_mut(|input| {
        input.events.retain(|event| {
            let Event::Key {
                key,
                pressed: true,
                modifiers,
                ..
            } = event
            else {
                return true;
            };
            let ask = match (key, modifiers.is_none(), modifiers.shift_only()) {
                (Key::ArrowRight, true, _) => Ask::Step(1, 0),
                (Key::ArrowLeft, true, _) => Ask::Step(-1, 0),
                (Key::ArrowDown, true, _) => Ask::Step(0, 1),
                (Key::ArrowUp, true, _) => Ask::Step(0, -1),
                (Key::Home, true, _) => Ask::Step(isize::MIN / 2, 0),
                (Key::End, true, _) => Ask::Step(isize::MAX / 2, 0),
                (Key::PageDown, true, _) => Ask::Step(0, 10),
                (Key::PageUp, true, _) => Ask::Step(0, -10),
                (Key::Enter, true, _) => Ask::Open,
                (Key::Enter, _, true) => Ask::Keep,
                (Key::Space, true, _) => Ask::Pin,
                (Key::Escape, true, _) => Ask::Drop,
                _ => return true,
            };
            asked.push(ask);
            false
        });
    });
    asked
}

/// Where a cell stands.
fn place_of(layout: &Layout, key: &CellKey, origin: Pos2, places: &Places) -> Option<Rect> {
    let column = key.column();
    let columns = layout.columns().zip(places.columns());
    let extent = columns
        .filter(|(other, _)| other.holds == Holds::Cells(column.clone()))
        .map(|(_, extent)| extent)
        .next()?;
    let mut lines = layout.lines.iter().zip(&places.lines);
    let line: Rangef = *lines.find(|(line, _)| line.model() == Some(&key.model))?.1;
    Some(Places::cell(origin, extent, line))
}
