//! Many parts that are one stop of the keyboard: arrows go from one to the next, so that Tab need not.
//!
//! Parts of a picture are outlined within a whole that has the focus ([`step`]). Rows and cells that can be chosen have
//! the focus themselves, one at a time: Tab comes to the current one alone ([`Rows`], [`part`]). Heads above them are
//! reached from the first row ([`heads`]).

use egui::accesskit::Action;
use egui::scroll_area::ScrollAreaOutput;
use egui::{EventFilter, FocusDirection, Id, Key, Modifiers, Popup, Rect, Response, ScrollArea, Sense, Ui, UiBuilder};
use egui::{pos2, vec2};

use crate::app::keys;

/// What a key does among parts.
#[derive(Debug, Clone, Copy)]
enum Ask {
    By(isize),
    First,
    Last,
    Open,
}

impl Ask {
    /// The part it leads to from `current`.
    fn from(self, current: usize, last: usize) -> usize {
        match self {
            Self::By(steps) => current.saturating_add_signed(steps).min(last),
            Self::First => 0,
            Self::Last => last,
            Self::Open => current,
        }
    }
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

/// Those of a list.
const IN_ROWS: [Key; 6] = [
    Key::ArrowDown,
    Key::ArrowUp,
    Key::PageUp,
    Key::PageDown,
    Key::Home,
    Key::End,
];

/// Those of heads; [`Key::ArrowDown`] leaves them.
const IN_HEADS: [Key; 5] = [Key::ArrowLeft, Key::ArrowRight, Key::Home, Key::End, Key::ArrowDown];

const MOVE: &str = "Move in a list, a figure or a table";

/// Lines of the list of keys.
pub fn lines() -> Vec<(String, String)> {
    let mut lines = keys::lines(KEYS.map(|(key, _, does)| (does, Modifiers::NONE, key)));
    for (does, keys) in [
        ("Reach the heads that sort, from the first row", "Arrows"),
        ("Choose the row, sort by the head", "Enter  Space"),
    ] {
        lines.push((does.to_owned(), keys.to_owned()));
    }
    lines
}

/// Takes the presses of `meant` out of this frame's input.
fn asked(ui: &Ui, meant: &[Key]) -> Vec<(Key, Ask)> {
    keys::take(ui.ctx(), |press| {
        let is_meant = |(key, ..): &&(Key, Ask, &str)| press.key == *key && press.modifiers.is_none();
        let (key, ask, _) = KEYS.iter().find(is_meant)?;
        meant.contains(key).then_some((*key, *ask))
    })
}

/// Keeps arrows from leading the focus away from `id`.
pub fn lock(ui: &Ui, id: Id) {
    let filter = EventFilter {
        horizontal_arrows: true,
        vertical_arrows: true,
        ..EventFilter::default()
    };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(id, filter));
}

/// Gives the focus to `id`, whatever else the arrows of this frame would do with it.
pub fn pass(ui: &Ui, id: Id) {
    ui.memory_mut(|memory| {
        memory.request_focus(id);
        memory.move_focus(FocusDirection::None);
    });
}

/// A part that takes clicks, and is a stop of the keyboard where it is the current one or has the focus. Assistive
/// technology may give the focus to any.
pub fn part(ui: &Ui, rect: Rect, id: Id, is_current: bool) -> Response {
    if ui.input(|input| input.has_accesskit_action_request(id, Action::Focus)) {
        pass(ui, id);
    }
    let sense = match is_current || ui.memory(|memory| memory.has_focus(id)) {
        true => Sense::click(),
        false => Sense::CLICK,
    };
    let response = ui.interact(rect, id, sense);
    ui.ctx()
        .accesskit_node_builder(id, |node| node.add_action(Action::Focus));
    response
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
    /// Whether it goes up from the first part.
    pub above: bool,
}

/// Moves among `count` parts of `whole` by this frame's keys.
pub fn step(ui: &Ui, whole: &Response, count: usize) -> Step {
    let Some(last) = count.checked_sub(1).filter(|_| whole.has_focus()) else {
        return Step::default();
    };
    lock(ui, whole.id);
    let id = whole.id.with("current");
    let before: usize = ui.data(|data| data.get_temp(id)).unwrap_or_default();
    let mut current = before.min(last);
    let (mut opened, mut above) = (false, false);
    for (key, ask) in asked(ui, &KEYS.map(|(key, ..)| key)) {
        opened |= matches!(ask, Ask::Open);
        above |= key == Key::ArrowUp && current == 0;
        current = ask.from(current, last);
    }
    ui.data_mut(|data| data.insert_temp(id, current));
    Step {
        current: Some(current),
        moved: current != before || whole.gained_focus(),
        opened,
        above,
    }
}

/// Rows of which one is the stop of the keyboard: the selected one, until arrows go on from there.
#[derive(Debug, Clone, Copy)]
pub struct Rows {
    whole: Id,
    current: usize,
    selected: Option<usize>,
    /// The row that keys lead to in this frame.
    pub moved: Option<usize>,
}

impl Rows {
    /// Moves among `count` rows by this frame's keys. Another selected row takes the focus over from the current one.
    pub fn begin(ui: &Ui, whole: Id, count: usize, selected: Option<usize>) -> Self {
        let kept: Option<(usize, Option<usize>)> = ui.data(|data| data.get_temp(whole));
        let before = kept.map(|(current, _)| current);
        let current = match kept {
            Some((current, of)) if of == selected => current,
            _ => selected.or(before).unwrap_or_default(),
        };
        let last = count.saturating_sub(1);
        let mut rows = Self {
            whole,
            current: current.min(last),
            selected,
            moved: None,
        };
        let has_focus = |place: usize| ui.memory(|memory| memory.has_focus(rows.id(place)));
        if before.is_some_and(|before| before != rows.current && has_focus(before)) {
            pass(ui, rows.id(rows.current));
        }
        if has_focus(rows.current) && !Popup::is_any_open(ui.ctx()) {
            let from = rows.current;
            lock(ui, rows.id(from));
            let asked = asked(ui, &IN_ROWS).into_iter();
            rows.current = asked.fold(from, |current, (_, ask)| ask.from(current, last));
            if rows.current != from {
                rows.moved = Some(rows.current);
                pass(ui, rows.id(rows.current));
            }
        }
        ui.data_mut(|data| data.insert_temp(whole, (rows.current, selected)));
        rows
    }

    fn id(&self, place: usize) -> Id {
        self.whole.with(place)
    }

    /// The place of the next row, and what is done with it.
    pub fn row(&self, ui: &mut Ui, place: usize, height: f32) -> (Rect, Response) {
        let (_, rect) = ui.allocate_space(vec2(ui.available_width(), height));
        let response = part(ui, rect, self.id(place), place == self.current);
        if response.gained_focus() {
            ui.data_mut(|data| data.insert_temp(self.whole, (place, self.selected)));
        }
        (rect, response)
    }

    /// Shows rows of one height without room between them: those in sight, and the current one wherever it is, so that
    /// Tab leads back to it.
    pub fn show(
        &self,
        ui: &mut Ui,
        area: ScrollArea,
        (height, count): (f32, usize),
        mut show: impl FnMut(&mut Ui, usize),
    ) -> ScrollAreaOutput<()> {
        area.show_rows(ui, height, count, |ui, places| {
            let first = places.start;
            let all = ui.max_rect();
            for place in places.clone() {
                show(ui, place);
            }
            if !places.contains(&self.current) && self.current < count {
                let top = all.top() + (self.current as f32 - first as f32) * height;
                let room = Rect::from_min_size(pos2(all.left(), top), vec2(all.width(), height));
                show(
                    &mut ui.new_child(UiBuilder::new().id_salt("out of sight").max_rect(room)),
                    self.current,
                );
            }
        })
    }
}

/// Where keys lead from a head that has the focus.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Led {
    /// To another head.
    To(usize),
    /// Down from this one.
    Below(usize),
}

/// Moves among heads, given by their widgets, by this frame's keys; `None` where none of them has the focus, or stays.
pub fn heads(ui: &Ui, heads: &[Id]) -> Option<Led> {
    let focus = ui.memory(|memory| memory.focused())?;
    let from = heads.iter().position(|id| *id == focus)?;
    lock(ui, focus);
    let last = heads.len().saturating_sub(1);
    let mut current = from;
    for (key, ask) in asked(ui, &IN_HEADS) {
        if key == Key::ArrowDown {
            return Some(Led::Below(current));
        }
        current = ask.from(current, last);
    }
    if current == from {
        return None;
    }
    pass(ui, *heads.get(current)?);
    Some(Led::To(current))
}
