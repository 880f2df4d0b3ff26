//! What keys, the pointer, input methods and assistive technology ask of a field.

use std::ops::Range;
use std::sync::Arc;

use egui::accesskit::{Action, ActionData};
use egui::{Event, EventFilter, ImeEvent, Key, Modifiers, Pos2, Response, Ui};

use super::Kept;
use crate::language::Direction;
use crate::text::TextLayout;
use crate::text::caret::{Caret, Motion};
use crate::text::edit::Edit;
use crate::ui::text::accessible;
use crate::ui::text::gesture::{Press, Unit, part_at};

/// A press and what it took, which a drag goes on from.
#[derive(Debug, Clone)]
pub struct Gesture {
    press: Press,
    anchor: Range<usize>,
}

/// What the keys asked of whoever shows the field.
#[derive(Debug, Clone, Copy, Default)]
pub struct Outcome {
    pub submitted: bool,
    pub cancelled: bool,
}

/// Lets a field take what happened in this frame. Its text is drawn at `origin`, and `lay_out` tells how
/// it stands after a change.
pub fn interact(
    ui: &Ui,
    response: &Response,
    kept: &mut Kept,
    origin: Pos2,
    rows: Option<usize>,
    lay_out: &dyn Fn(&Ui, &Kept) -> Arc<TextLayout>,
) -> Outcome {
    let mut outcome = Outcome::default();
    let layout = lay_out(ui, kept);
    point(ui, response, kept, &layout, origin);
    assist(ui, response, &mut kept.edit, &layout);
    if response.has_focus() {
        // `Context::text_edit_focused` looks for this; letters then are no commands.
        egui::text_edit::TextEditState::default().store(ui.ctx(), response.id);
        let filter = EventFilter {
            tab: false,
            horizontal_arrows: true,
            vertical_arrows: true,
            escape: true,
        };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
        for event in ui.input(|input| input.filtered_events(&filter)) {
            let layout = lay_out(ui, kept);
            take(ui, &event, &mut kept.edit, &layout, rows, &mut outcome);
        }
        if outcome.cancelled || (outcome.submitted && rows.is_none()) {
            kept.edit.cancel_preedit();
            ui.memory_mut(|memory| memory.surrender_focus(response.id));
        }
    }
    outcome
}

fn point(ui: &Ui, response: &Response, kept: &mut Kept, layout: &TextLayout, origin: Pos2) {
    if response.hovered() {
        ui.ctx().set_cursor_icon(egui::CursorIcon::Text);
    }
    let (pressed, down, position, now, shift) = ui.input(|input| {
        let pointer = &input.pointer;
        let (pressed, down) = (pointer.primary_pressed(), pointer.primary_down());
        (pressed, down, pointer.interact_pos(), input.time, input.modifiers.shift)
    });
    let Some(position) = position else { return };
    let offset = position - origin;
    let at = offset * layout.scale;
    let caret = layout.caret_at(at.x, at.y);
    if pressed && response.contains_pointer() {
        response.request_focus();
        let press = Press::after(kept.gesture.as_ref().map(|last| &last.press), now, position);
        let mut anchor = part_at(layout, offset, press.unit);
        if press.unit == Unit::Character {
            kept.edit.place(caret, shift);
            anchor = kept.edit.anchor().position..kept.edit.anchor().position;
        } else {
            kept.edit.select(anchor.clone());
        }
        kept.gesture = Some(Gesture { press, anchor });
    } else if down
        && response.is_pointer_button_down_on()
        && let Some(Gesture { press, anchor }) = kept.gesture.clone()
        && press.on != position
    {
        let part = part_at(layout, offset, press.unit);
        let backwards = part.start < anchor.start;
        let (from, to) = if backwards {
            (Caret::after(anchor.end), Caret::before(part.start))
        } else {
            (Caret::before(anchor.start), Caret::after(part.end))
        };
        kept.edit.place(from, false);
        let to = if press.unit == Unit::Character { caret } else { to };
        kept.edit.place(to, true);
    }
}

/// What assistive technology asks, whether the field has the focus or not.
fn assist(ui: &Ui, response: &Response, edit: &mut Edit, layout: &TextLayout) {
    ui.input(|input| {
        for request in input.accesskit_action_requests(response.id, Action::SetValue) {
            if let Some(ActionData::Value(value)) = &request.data {
                edit.set_text(value);
            }
        }
        for request in input.accesskit_action_requests(response.id, Action::ReplaceSelectedText) {
            if let Some(ActionData::Value(value)) = &request.data {
                edit.paste(value);
            }
        }
        for request in input.accesskit_action_requests(response.id, Action::SetTextSelection) {
            if let Some(ActionData::SetTextSelection(selection)) = &request.data
                && let Some(anchor) = accessible::position(response.id, layout, &selection.anchor)
                && let Some(focus) = accessible::position(response.id, layout, &selection.focus)
            {
                edit.place(Caret::before(anchor), false);
                edit.place(Caret::before(focus), true);
            }
        }
    });
}

fn take(ui: &Ui, event: &Event, edit: &mut Edit, layout: &TextLayout, rows: Option<usize>, outcome: &mut Outcome) {
    match event {
        Event::Copy if !edit.selected().is_empty() => ui.ctx().copy_text(edit.selected().to_owned()),
        Event::Cut if !edit.selected().is_empty() => {
            let cut = edit.cut();
            ui.ctx().copy_text(cut);
        }
        Event::Paste(text) => edit.paste(text),
        // Line breaks come as keys.
        Event::Text(text) if !matches!(text.as_str(), "\n" | "\r") => edit.type_text(text),
        Event::Ime(ImeEvent::Preedit {
            text,
            active_range_chars,
        }) if edit.composing().is_some() || !text.is_empty() => {
            edit.compose(text, active_range_chars.as_ref().map(|range| range.end));
        }
        Event::Ime(ImeEvent::Commit(text)) => edit.commit(text),
        Event::Ime(ImeEvent::DeleteSurrounding {
            before_chars,
            after_chars,
        }) => edit.delete_around(*before_chars, *after_chars),
        Event::Key {
            key,
            pressed: true,
            modifiers,
            ..
        } => press(*key, *modifiers, edit, layout, rows, outcome),
        _ => {}
    }
}

fn press(
    key: Key,
    modifiers: Modifiers,
    edit: &mut Edit,
    layout: &TextLayout,
    rows: Option<usize>,
    outcome: &mut Outcome,
) {
    let shift = modifiers.shift;
    // AltGr comes as Ctrl with Alt and types letters.
    let command = modifiers.command && !modifiers.alt;
    let by_word = modifiers.alt || modifiers.ctrl;
    let page = rows.and_then(|rows| isize::try_from(rows).ok()).unwrap_or(1);
    match key {
        Key::A if command => edit.select_all(),
        Key::Z if command && shift => edit.redo(),
        Key::Z if command => edit.undo(),
        Key::Y if command => edit.redo(),
        Key::Enter if rows.is_none() || command => outcome.submitted = true,
        Key::Enter => edit.paste("\n"),
        Key::Escape if edit.composing().is_some() => edit.cancel_preedit(),
        Key::Escape => outcome.cancelled = true,
        Key::Backspace if modifiers.mac_cmd => edit.delete_to(layout, Motion::LineStart),
        Key::Backspace if by_word => edit.delete_to(layout, Motion::PreviousWord),
        Key::Backspace => edit.delete_backward(),
        Key::Delete if by_word => edit.delete_to(layout, Motion::NextWord),
        Key::Delete => edit.delete_forward(),
        Key::ArrowUp if rows.is_none() || modifiers.mac_cmd => edit.move_caret(layout, Motion::TextStart, shift),
        Key::ArrowDown if rows.is_none() || modifiers.mac_cmd => edit.move_caret(layout, Motion::TextEnd, shift),
        Key::ArrowUp => edit.move_lines(layout, -1, shift),
        Key::ArrowDown => edit.move_lines(layout, 1, shift),
        Key::PageUp => edit.move_lines(layout, -page, shift),
        Key::PageDown => edit.move_lines(layout, page, shift),
        _ => {
            if let Some(motion) = motion(key, modifiers, by_word, layout, edit.caret()) {
                edit.move_caret(layout, motion, shift);
            }
        }
    }
}

fn motion(key: Key, modifiers: Modifiers, by_word: bool, layout: &TextLayout, caret: Caret) -> Option<Motion> {
    let line = layout.lines.get(layout.line_of(caret));
    let runs_right = line.is_none_or(|line| line.direction == Direction::LeftToRight);
    Some(match key {
        // On macOS the command key takes an arrow to that side of the line.
        Key::ArrowLeft | Key::ArrowRight if modifiers.mac_cmd => {
            if (key == Key::ArrowLeft) == runs_right {
                Motion::LineStart
            } else {
                Motion::LineEnd
            }
        }
        Key::ArrowLeft if by_word => Motion::WordLeft,
        Key::ArrowRight if by_word => Motion::WordRight,
        Key::ArrowLeft => Motion::Left,
        Key::ArrowRight => Motion::Right,
        Key::Home if modifiers.command => Motion::TextStart,
        Key::End if modifiers.command => Motion::TextEnd,
        Key::Home => Motion::LineStart,
        Key::End => Motion::LineEnd,
        _ => return None,
    })
}
