//! The matrix by keyboard: arrows move, Enter opens, Shift+Enter keeps the cell in the finding, Space pins its model,
//! Escape leaves the comparison. They act as long as no other widget has the focus. Up from the first row they reach the
//! heads, which sort.

use egui::{Id, Key, Modifiers, Pos2, Rangef, Rect, Ui};

use super::cell::{cell_id, opening};
use super::heads::head_id;
use super::places::Places;
use crate::app::command::Command;
use crate::app::compare::command::CompareCommand;
use crate::app::compare::layout::Layout;
use crate::app::compare::view::{By, Holds};
use crate::app::matrix::{Cell, CellKey};
use crate::app::{State, keys};
use crate::ui::widgets;
use crate::ui::widgets::stepping::{self, Led};

/// What a key asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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

/// One row up.
const UP: Ask = Ask::Step(0, -1);
/// To the first row.
const TOP: isize = isize::MIN / 2;
/// So much beside a cell comes into sight with it, so that keys do not run along the edge.
const AROUND: f32 = 40.0;

/// Lines of the list of keys.
pub fn lines() -> Vec<(String, String)> {
    keys::lines(KEYS.map(|(key, modifiers, _, does)| (does, modifiers, key)))
}

/// Takes the keys that are the matrix's own out of this frame's input; `stop` is the cell that Tab comes to. Returns where
/// the cell or the column stands that they went to, with some of what is around it.
pub fn take(
    ui: &Ui,
    (origin, places): (Pos2, &Places),
    stop: &CellKey,
    state: &State,
    commands: &mut Vec<Command>,
) -> Option<Rect> {
    let here = cell_id(stop);
    pass_on(ui, here);
    let focus = ui.memory(|memory| memory.focused());
    if egui::Popup::is_any_open(ui.ctx()) {
        return None;
    }
    if focus.is_some_and(|focus| focus != here) {
        return take_in_heads(ui, (origin, places), stop, state, commands);
    }
    if focus == Some(here) {
        stepping::lock(ui, here);
    }
    let mut key = stop.clone();
    for ask in asked(ui) {
        match ask {
            UP if state.compare.step(&key, (0, -1)) == key => {
                let by = By::Column(Holds::Cells(key.column()));
                stepping::pass(ui, head_id(&by));
                return None;
            }
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
    if key == *stop {
        return None;
    }
    if focus == Some(here) {
        stepping::pass(ui, cell_id(&key));
    }
    let place = place_of(&state.compare.layout, &key, origin, places);
    // Before what else was asked in this frame, which is of the cell that was reached.
    commands.insert(0, CompareCommand::Move(key).into());
    place.map(|rect| rect.expand(AROUND))
}

/// Passes the focus on where another cell was selected than the one that has it.
fn pass_on(ui: &Ui, here: Id) {
    let place = widgets::id("matrix", "stop");
    let before: Option<Id> = ui.data(|data| data.get_temp(place));
    if before.is_some_and(|before| before != here && ui.memory(|memory| memory.has_focus(before))) {
        stepping::pass(ui, here);
    }
    ui.data_mut(|data| data.insert_temp(place, here));
}

/// Moves among the heads where one of them has the focus; returns where what they led to belongs in sight.
fn take_in_heads(
    ui: &Ui,
    (origin, places): (Pos2, &Places),
    stop: &CellKey,
    state: &State,
    commands: &mut Vec<Command>,
) -> Option<Rect> {
    let compare = &state.compare;
    let columns = || compare.layout.columns().zip(places.columns());
    let by = columns().map(|(column, _)| By::Column(column.holds.clone()));
    let heads: Vec<Id> = [By::Name].into_iter().chain(by).map(|by| head_id(&by)).collect();
    // The first one is of the names, which do not scroll sideways.
    let column = |head: usize| columns().nth(head.checked_sub(1)?);
    match stepping::heads(ui, &heads)? {
        Led::To(head) => {
            let (_, extent) = column(head)?;
            let top = ui.clip_rect().top() - origin.y;
            Some(Places::cell(origin, extent, Rangef::new(top, top)))
        }
        Led::Below(head) => {
            let key = match column(head).map(|(column, _)| &column.holds) {
                Some(Holds::Cells(column)) => compare.step(&column.of(&stop.model), (0, TOP)),
                _ => compare.step(stop, (0, TOP)),
            };
            stepping::pass(ui, cell_id(&key));
            let place = place_of(&compare.layout, &key, origin, places);
            commands.push(CompareCommand::Move(key).into());
            place
        }
    }
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
