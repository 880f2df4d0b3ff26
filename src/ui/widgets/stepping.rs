//! Many parts that are one stop of the keyboard: arrows go from one to the next, so that Tab need not.

use egui::{EventFilter, Key, Modifiers, Response, Ui};

use crate::app::keys;

/// What a key does among parts.
#[derive(Debug, Clone, Copy)]
enum Ask {
    By(isize),
    First,
    Last,
    Open,
}

/// Every key: what it asks for, and what the list of keys says of it.
const KEYS: [(Key, Ask, &str); 9] = [
    (Key::ArrowDown, Ask::By(1), MOVE),
    (Key::ArrowRight, Ask::By(1), MOVE),
    (Key::ArrowUp, Ask::By(-1), MOVE),
    (Key::ArrowLeft, Ask::By(-1), MOVE),
    (Key::PageUp, Ask::By(-10), MOVE),
    (Key::PageDown, Ask::By(10), MOVE),
    (Key::Home, Ask::First, MOVE),
    (Key::End, Ask::Last, MOVE),
    (Key::Enter, Ask::Open, "Open the items of the part or the row"),
];

const MOVE: &str = "Move in a figure or a table";

/// Lines of the list of keys.
pub fn lines() -> Vec<(String, String)> {
    keys::lines(KEYS.map(|(key, _, does)| (does, Modifiers::NONE, key)))
}

/// Where the keyboard is among the parts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Step {
    /// The part it is at; `None` while the whole has no focus.
    pub current: Option<usize>,
    /// Whether it came there in this frame.
    pub moved: bool,
    /// Whether that part is to be opened.
    pub opened: bool,
}

/// Moves among `count` parts of `whole` by this frame's keys.
pub fn step(ui: &Ui, whole: &Response, count: usize) -> Step {
    let Some(last) = count.checked_sub(1).filter(|_| whole.has_focus()) else {
        return Step::default();
    };
    let filter = EventFilter {
        horizontal_arrows: true,
        vertical_arrows: true,
        ..EventFilter::default()
    };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(whole.id, filter));
    let id = whole.id.with("current");
    let before: usize = ui.data(|data| data.get_temp(id)).unwrap_or_default();
    let mut current = before.min(last);
    let mut opened = false;
    let asked = keys::take(ui.ctx(), |press| {
        let is_meant = |(key, ..): &&(Key, Ask, &str)| press.key == *key && press.modifiers.is_none();
        KEYS.iter().find(is_meant).map(|(_, ask, _)| *ask)
    });
    for ask in asked {
        match ask {
            Ask::By(steps) => current = current.saturating_add_signed(steps).min(last),
            Ask::First => current = 0,
            Ask::Last => current = last,
            Ask::Open => opened = true,
        }
    }
    ui.data_mut(|data| data.insert_temp(id, current));
    Step {
        current: Some(current),
        moved: current != before || whole.gained_focus(),
        opened,
    }
}
