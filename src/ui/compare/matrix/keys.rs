//! The matrix by keyboard: arrows move, Enter opens, Shift+Enter keeps the cell in the finding, Space pins its model,
//! Escape leaves the comparison. They act as long as no other widget has the focus.

use egui::{EventFilter, Key, Modifiers, Pos2, Rangef, Rect, Ui};

use super::cell::{cell_id, opening};
use super::places::Places;
use crate::app::command::Command;
use crate::app::compare::command::CompareCommand;
use crate::app::compare::layout::Layout;
use crate::app::compare::view::Holds;
use crate::app::matrix::{Cell, CellKey};
use crate::app::{State, keys};

/// What a key asks for.
#[derive(Debug, Clone, Copy)]
enum Ask {
    Step(isize, isize),
    Open,
    Keep,
    Pin,
    Drop,
}

/// Every key of the matrix: what it asks for, and what the list of keys says of it.
const KEYS: [(Key, Modifiers, Ask, &str); 12] = [
    (Key::ArrowRight, Modifiers::NONE, Ask::Step(1, 0), MOVE),
    (Key::ArrowLeft, Modifiers::NONE, Ask::Step(-1, 0), MOVE),
    (Key::ArrowDown, Modifiers::NONE, Ask::Step(0, 1), MOVE),
    (Key::ArrowUp, Modifiers::NONE, Ask::Step(0, -1), MOVE),
    (
        Key::Home,
        Modifiers::NONE,
        Ask::Step(isize::MIN / 2, 0),
        "First or last column",
    ),
    (
        Key::End,
        Modifiers::NONE,
        Ask::Step(isize::MAX / 2, 0),
        "First or last column",
    ),
    (Key::PageUp, Modifiers::NONE, Ask::Step(0, -10), "Ten models up or down"),
    (
        Key::PageDown,
        Modifiers::NONE,
        Ask::Step(0, 10),
        "Ten models up or down",
    ),
    (
        Key::Enter,
        Modifiers::NONE,
        Ask::Open,
        "Open the items of the selected cell",
    ),
    (
        Key::Enter,
        Modifiers::SHIFT,
        Ask::Keep,
        "Add the cell to the finding, or let it go",
    ),
    (Key::Space, Modifiers::NONE, Ask::Pin, "Pin the model of the cell"),
    (Key::Escape, Modifiers::NONE, Ask::Drop, "Leave the comparison"),
];

const MOVE: &str = "Move in the matrix";

/// So much beside a cell comes into sight with it, so that keys do not run along the edge.
const AROUND: f32 = 40.0;

/// Lines of the list of keys.
pub fn lines() -> Vec<(String, String)> {
    keys::lines(KEYS.map(|(key, modifiers, _, does)| (does, modifiers, key)))
}

/// Takes the keys that are the matrix's own out of this frame's input; returns where the cell stands that they went to,
/// with some of what is around it.
pub fn take(ui: &Ui, origin: Pos2, places: &Places, state: &State, commands: &mut Vec<Command>) -> Option<Rect> {
    let selected = state.compare.selected.as_ref()?;
    let here = cell_id(selected);
    let focus = ui.memory(|memory| memory.focused());
    if focus.is_some_and(|focus| focus != here) || egui::Popup::is_any_open(ui.ctx()) {
        return None;
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
    if key == *selected {
        return None;
    }
    if focus == Some(here) {
        ui.memory_mut(|memory| memory.request_focus(cell_id(&key)));
    }
    let place = place_of(&state.compare.layout, &key, origin, places);
    // Before what else was asked in this frame, which is of the cell that was reached.
    commands.insert(0, CompareCommand::Move(key).into());
    place.map(|rect| rect.expand(AROUND))
}

fn asked(ui: &Ui) -> Vec<Ask> {
    keys::take(ui.ctx(), |press| {
        let is_meant = |(key, modifiers, ..): &&(Key, Modifiers, Ask, &str)| {
            press.key == *key && press.modifiers.matches_exact(*modifiers)
        };
        KEYS.iter().find(is_meant).map(|(_, _, ask, _)| *ask)
    })
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
