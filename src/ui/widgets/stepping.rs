//! Many parts that are one stop of the keyboard: arrows go from one to the next, so that Tab need not.

use egui::{EventFilter, Key, Response, Ui};

/// How far one page goes.
const PAGE: usize = 10;

/// Where the keyboard is among the parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// The part it is at; `None` while the whole has no focus.
    pub current: Option<usize>,
    /// Whether it came there in this frame.
    pub moved: bool,
}

/// Moves among `count` parts of `whole` by this frame's arrows, Home, End and page keys.
pub fn step(ui: &Ui, whole: &Response, count: usize) -> Step {
    let nowhere = Step {
        current: None,
        moved: false,
    };
    let Some(last) = count.checked_sub(1) else {
        return nowhere;
    };
    if !whole.has_focus() {
        return nowhere;
    }
    let filter = EventFilter {
        horizontal_arrows: true,
        vertical_arrows: true,
        ..EventFilter::default()
    };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(whole.id, filter));
    let id = whole.id.with("current");
    let before: usize = ui.data(|data| data.get_temp(id)).unwrap_or_default();
    let mut current = before.min(last);
    ui.input(|input| {
        let forth = input.num_presses(Key::ArrowDown) + input.num_presses(Key::ArrowRight);
        let back = input.num_presses(Key::ArrowUp) + input.num_presses(Key::ArrowLeft);
        let (pages_forth, pages_back) = (input.num_presses(Key::PageDown), input.num_presses(Key::PageUp));
        current = (current + forth + PAGE * pages_forth).saturating_sub(back + PAGE * pages_back);
        if input.key_pressed(Key::Home) {
            current = 0;
        }
        if input.key_pressed(Key::End) {
            current = last;
        }
    });
    let current = current.min(last);
    ui.data_mut(|data| data.insert_temp(id, current));
    Step {
        current: Some(current),
        moved: current != before || whole.gained_focus(),
    }
}
