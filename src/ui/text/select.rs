//! Selecting and copying what is not typed in. One text of the window is selected at a time, also while it is
//! scrolled out of sight.

use std::ops::Range;

use egui::accesskit::{Action, ActionData};
use egui::style::ScrollAnimation;
use egui::{CursorIcon, Event, Id, Key, Pos2, Rect, Response, Ui, pos2, vec2};

use super::accessible;
use super::gesture::{Press, Unit, part_at};
use super::menu::{self, Entry};
use crate::text::TextLayout;

/// The selection of the window, in bytes of the logical text of one widget.
#[derive(Debug, Clone, PartialEq)]
struct Selection {
    widget: Id,
    /// Where the drag began, and where it is now.
    anchor: Range<usize>,
    focus: Range<usize>,
    press: Option<Press>,
}

impl Selection {
    /// What was selected otherwise than with the pointer.
    fn between(widget: Id, anchor: usize, focus: usize) -> Self {
        Self {
            widget,
            anchor: anchor..anchor,
            focus: focus..focus,
            press: None,
        }
    }

    fn range(&self) -> Range<usize> {
        self.anchor.start.min(self.focus.start)..self.anchor.end.max(self.focus.end)
    }

    /// Its two ends in the order in which they were made.
    fn ends(&self) -> (usize, usize) {
        let Range { start, end } = self.range();
        if self.focus.start < self.anchor.start {
            (end, start)
        } else {
            (start, end)
        }
    }
}

/// How far a text scrolls in a second for each point that a drag is beyond what is in sight.
const SCROLLED_PER_POINT: f32 = 12.0;

/// Follows the pointer, the keys, the menu and assistive technology over a text, fills what is selected and copies
/// it when asked. Returns where the selection begins and ends.
pub fn interact(ui: &Ui, response: &Response, layout: &TextLayout) -> Option<(usize, usize)> {
    if response.hovered() {
        ui.ctx().set_cursor_icon(CursorIcon::Text);
    }
    let store = Id::unique("selected text");
    let stored: Option<Selection> = ui.data(|data| data.get_temp(store));
    let stored = stored.filter(|selection| selection.widget == response.id);
    let mut selection = stored.clone();
    // A press in the open menu is for the menu.
    if !menu::is_open(response) {
        point(ui, response, layout, &mut selection);
    }
    if ask(ui, response, layout, &mut selection)
        && let Some(text) = selection.as_ref().and_then(|it| layout.text.get(it.range()))
        && !text.is_empty()
    {
        ui.ctx().copy_text(text.to_owned());
    }
    if selection != stored {
        ui.data_mut(|data| match selection.clone() {
            Some(selection) => _ = data.insert_temp(store, selection),
            None => data.remove::<Selection>(store),
        });
    }
    let selection = selection?;
    for part in layout.rectangles(&selection.range()) {
        let corner = |x: f32, y: f32| response.rect.min + pos2(x, y).to_vec2() / layout.scale;
        let rect = Rect::from_min_max(corner(part.left, part.top), corner(part.right, part.bottom));
        ui.painter().rect_filled(rect, 0.0, ui.visuals().selection.bg_fill);
    }
    Some(selection.ends())
}

/// Lets the pointer begin, extend and end a selection.
fn point(ui: &Ui, response: &Response, layout: &TextLayout, selection: &mut Option<Selection>) {
    let (pressed, down, pointer, now, extend) = ui.input(|input| {
        let pointer = &input.pointer;
        let (pressed, down) = (pointer.primary_pressed(), pointer.primary_down());
        (pressed, down, pointer.interact_pos(), input.time, input.modifiers.shift)
    });
    let Some(position) = pointer else { return };
    let offset = position - response.rect.min;
    // The press itself begins a selection: a drag is recognised only some way further on.
    if pressed && response.contains_pointer() {
        let last = selection.as_ref().and_then(|selection| selection.press.as_ref());
        let press = Press::after(last, now, position);
        let focus = part_at(layout, offset, press.unit);
        // With Shift the other end stays.
        let anchor = match selection {
            Some(last) if extend => last.anchor.clone(),
            _ => focus.clone(),
        };
        *selection = Some(Selection {
            widget: response.id,
            anchor,
            focus,
            press: Some(press),
        });
    } else if pressed {
        *selection = None;
    } else if down
        && response.is_pointer_button_down_on()
        && let Some(selection) = selection
    {
        let unit = selection.press.map_or(Unit::Character, |press| press.unit);
        selection.focus = part_at(layout, offset, unit);
        scroll_after(ui, position);
    }
}

/// Scrolls after a drag beyond what is in sight, the faster the further it is.
fn scroll_after(ui: &Ui, pointer: Pos2) {
    let seen = ui.clip_rect().y_range();
    let beyond = pointer.y - seen.clamp(pointer.y);
    if beyond != 0.0 {
        let seconds = ui.input(|input| input.stable_dt).min(0.1);
        let step = vec2(0.0, -beyond * SCROLLED_PER_POINT * seconds);
        ui.scroll_with_delta_animation(step, ScrollAnimation::none());
        ui.ctx().request_repaint();
    }
}

/// Does what keys, the menu and assistive technology ask for; returns whether that is to copy.
fn ask(ui: &Ui, response: &Response, layout: &TextLayout, selection: &mut Option<Selection>) -> bool {
    let all = Selection::between(response.id, 0, layout.text.len());
    ui.input(|input| {
        for request in input.accesskit_action_requests(response.id, Action::SetTextSelection) {
            if let Some(ActionData::SetTextSelection(asked)) = &request.data
                && let Some(anchor) = accessible::position(response.id, layout, &asked.anchor)
                && let Some(focus) = accessible::position(response.id, layout, &asked.focus)
            {
                *selection = Some(Selection::between(response.id, anchor, focus));
            }
        }
    });
    let (copy, take_all) = ui.input(|input| {
        (
            input.events.iter().any(|event| matches!(event, Event::Copy)),
            input.modifiers.command && input.key_pressed(Key::A),
        )
    });
    // Where something is typed, keys are for what is selected there.
    let keys = !ui.ctx().text_edit_focused();
    if take_all && selection.is_some() && keys {
        *selection = Some(all.clone());
    }
    let selected = selection.as_ref().is_some_and(|it| !it.range().is_empty());
    let entries = [(Entry::Copy, selected), (Entry::SelectAll, !layout.text.is_empty())];
    match menu::show(response, &entries) {
        Some(Entry::SelectAll) => *selection = Some(all),
        Some(Entry::Copy) => return true,
        _ => {}
    }
    copy && keys
}
