//! The heads of the matrix: sections by title, columns as buttons that sort.

use egui::{Align2, CursorIcon, Id, Pos2, Rangef, Rect, Role, Stroke, Ui, WidgetInfo, pos2, vec2};

use super::places::{HEADS, Places, TITLES};
use crate::app::State;
use crate::app::command::Command;
use crate::app::compare::command::CompareCommand;
use crate::app::compare::layout::Section;
use crate::app::compare::view::{By, Holds, Mode, Order};
use crate::app::matrix::count;
use crate::app::theme::size;
use crate::ui::icons::{self, Icon};
use crate::ui::spoken;
use crate::ui::typeset::{self, Ink};
use crate::ui::widgets::{self, palette, stepping};

/// Between a head and the next.
const BESIDE: f32 = 6.0;

/// Shows them from `origin` on.
pub fn show(ui: &mut Ui, origin: Pos2, places: &Places, state: &State, commands: &mut Vec<Command>) {
    let seen = ui.clip_rect().x_range();
    let focus = ui.memory(|memory| memory.focused());
    let layout = &state.compare.layout;
    for (section, (extent, columns)) in layout.sections.iter().zip(&places.sections) {
        let moved = |range: &Rangef| Rangef::new(range.min + origin.x, range.max + origin.x);
        if seen.intersects(moved(extent)) {
            let title = Rect::from_x_y_ranges(moved(extent), origin.y..=origin.y + TITLES);
            show_title(ui, title, section, state.compare.view.mode);
        }
        for (column, extent) in section.columns.iter().zip(columns) {
            let top = origin.y + TITLES;
            let head = Rect::from_x_y_ranges(moved(extent), top..=top + HEADS);
            let by = By::Column(column.holds.clone());
            // What has the focus keeps it until it has scrolled into sight.
            if seen.intersects(head.x_range()) || focus == Some(head_id(&by)) {
                let name = format!("{}, {}", section.title, column.head);
                show_head(ui, head, &column.head, &name, by, &state.compare.view.order, commands);
            }
        }
    }
}

fn show_title(ui: &mut Ui, rect: Rect, section: &Section, mode: Mode) {
    let colours = palette(ui);
    // What scrolled half away keeps its title in sight.
    let mut words = rect;
    words.min.x = words.min.x.max(ui.clip_rect().left()).min(words.max.x);
    let ink = Ink::new(size::BODY, colours.text).semibold();
    let drawn = typeset::paint(ui, words, &section.title, ink, Align2::LEFT_CENTER);
    // Cells of differences have no room for n.
    if let Some(n) = section.n.filter(|_| mode != Mode::Accuracy) {
        let place = Rect::from_min_max(pos2(drawn.right() + 5.0, rect.top()), rect.max);
        let ink = Ink::new(size::SECONDARY, colours.text_2);
        typeset::paint(ui, place, &format!("n {}", count(n)), ink, Align2::LEFT_CENTER);
    }
    let line = Stroke::new(1.0, colours.line);
    ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, line);
}

/// A head that sorts the rows by its column.
pub fn show_head(ui: &mut Ui, rect: Rect, words: &str, name: &str, by: By, order: &Order, commands: &mut Vec<Command>) {
    let colours = palette(ui);
    // Arrows reach it from the first row.
    let response = stepping::part(ui, rect, head_id(&by), false);
    let sorted = (order.by == by && *order != Order::default()).then_some(order.descending);
    let told = match sorted {
        None => format!("Sort by {name}"),
        Some(false) => format!("Sort by {name}, ascending now"),
        Some(true) => format!("Sort by {name}, descending now"),
    };
    spoken::tell(&response, None, || WidgetInfo::labeled(Role::ColumnHeader, true, &told));
    let colour = if response.hovered() || sorted.is_some() {
        colours.text
    } else {
        colours.text_2
    };
    let ink = Ink::new(size::SECONDARY, colour).bold_if(sorted.is_some());
    let room = if sorted.is_some() { 14.0 } else { BESIDE };
    let place = Rect::from_min_max(rect.min, rect.max - vec2(room, 0.0));
    let is_cut = typeset::galley(ui, words, ink, place.width(), 1).elided;
    let drawn = typeset::paint(ui, place, words, ink, Align2::LEFT_CENTER);
    if let Some(descending) = sorted {
        let icon = if descending { Icon::Descending } else { Icon::Ascending };
        let centre = pos2(drawn.right() + 7.0, rect.center().y);
        icons::paint(ui.painter(), icon, centre, 10.0, colours.text);
    }
    widgets::focus_ring(ui, &response, rect);
    let mut response = response.on_hover_cursor(CursorIcon::PointingHand);
    if is_cut {
        response = widgets::tooltip(response, name);
    }
    if response.clicked() {
        commands.push(CompareCommand::Sort(order.clicked(by)).into());
    }
}

/// The widget of a head.
pub fn head_id(by: &By) -> Id {
    let salt: (u8, Option<&Holds>) = match by {
        By::Name => (0, None),
        By::Mean => (1, None),
        By::Size => (2, None),
        By::Column(holds) => (3, Some(holds)),
    };
    widgets::id("sort", salt)
}
