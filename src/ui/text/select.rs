//! Selecting and copying with the pointer. One text of the window is selected at a time.

use std::ops::Range;

use egui::{CursorIcon, Event, Id, Key, Pos2, Rect, Response, Ui, Vec2, pos2};

use crate::text::TextLayout;

/// What a drag takes along: characters after one press, words after two, paragraphs after three.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unit {
    Character,
    Word,
    Paragraph,
}

/// The selection of the window, in bytes of the logical text of one widget.
#[derive(Debug, Clone)]
struct Selection {
    widget: Id,
    unit: Unit,
    /// Where the drag began, and where it is now.
    anchor: Range<usize>,
    focus: Range<usize>,
    pressed_at: f64,
    pressed_on: Pos2,
}

impl Selection {
    fn range(&self) -> Range<usize> {
        self.anchor.start.min(self.focus.start)..self.anchor.end.max(self.focus.end)
    }
}

/// Presses closer together than this are one gesture, in seconds and points.
const GESTURE_SECONDS: f64 = 0.4;
const GESTURE_POINTS: f32 = 6.0;

/// Follows the pointer over a text, fills what is selected and copies it when asked.
pub fn interact(ui: &Ui, response: &Response, layout: &TextLayout) {
    if response.hovered() {
        ui.ctx().set_cursor_icon(CursorIcon::Text);
    }
    let store = Id::unique("selected text");
    let mut selection: Option<Selection> = ui.data(|data| data.get_temp(store));
    let (pressed, down, pointer, now, copy, extend, all) = ui.input(|input| {
        (
            input.pointer.primary_pressed(),
            input.pointer.primary_down(),
            input.pointer.interact_pos(),
            input.time,
            input.events.iter().any(|event| matches!(event, Event::Copy)),
            input.modifiers.shift,
            input.modifiers.command && input.key_pressed(Key::A),
        )
    });
    let ours = |selection: &Option<Selection>| selection.as_ref().is_some_and(|it| it.widget == response.id);

    // The press itself begins a selection: a drag is recognised only some way further on.
    if pressed && let Some(position) = pointer {
        if response.contains_pointer() {
            let unit = match &selection {
                Some(last)
                    if last.widget == response.id
                        && now - last.pressed_at < GESTURE_SECONDS
                        && last.pressed_on.distance(position) < GESTURE_POINTS =>
                {
                    match last.unit {
                        Unit::Character => Unit::Word,
                        Unit::Word | Unit::Paragraph => Unit::Paragraph,
                    }
                }
                _ => Unit::Character,
            };
            let focus = part_at(layout, position - response.rect.min, unit);
            // With Shift the other end stays.
            let anchor = match &selection {
                Some(last) if extend && last.widget == response.id => last.anchor.clone(),
                _ => focus.clone(),
            };
            selection = Some(Selection {
                widget: response.id,
                unit,
                focus,
                anchor,
                pressed_at: now,
                pressed_on: position,
            });
        } else if ours(&selection) {
            selection = None;
        }
        ui.data_mut(|data| match &selection {
            Some(selection) => {
                data.insert_temp(store, selection.clone());
            }
            None => data.remove::<Selection>(store),
        });
    } else if down
        && response.is_pointer_button_down_on()
        && let Some(position) = pointer
        && let Some(selection) = selection.as_mut().filter(|it| it.widget == response.id)
    {
        selection.focus = part_at(layout, position - response.rect.min, selection.unit);
        ui.data_mut(|data| data.insert_temp(store, selection.clone()));
    }

    if all
        && !ui.ctx().text_edit_focused()
        && let Some(selection) = selection.as_mut().filter(|it| it.widget == response.id)
    {
        (selection.anchor, selection.focus) = (0..0, layout.text.len()..layout.text.len());
        ui.data_mut(|data| data.insert_temp(store, selection.clone()));
    }

    let Some(selection) = selection.filter(|it| it.widget == response.id) else {
        return;
    };
    let range = selection.range();
    for part in layout.rectangles(&range) {
        let corner = |x: f32, y: f32| response.rect.min + pos2(x, y).to_vec2() / layout.scale;
        let rect = Rect::from_min_max(corner(part.left, part.top), corner(part.right, part.bottom));
        ui.painter().rect_filled(rect, 0.0, ui.visuals().selection.bg_fill);
    }
    if copy
        && let Some(text) = layout.text.get(range)
        && !text.is_empty()
    {
        ui.ctx().copy_text(text.to_owned());
    }
}

/// The part of the text at `offset` points from its top left.
fn part_at(layout: &TextLayout, offset: Vec2, unit: Unit) -> Range<usize> {
    let point = offset * layout.scale;
    match unit {
        Unit::Character => {
            let position = layout.caret_at(point.x, point.y).position;
            position..position
        }
        Unit::Word => layout.word_at(point.x, point.y),
        Unit::Paragraph => layout.paragraph_at(point.y),
    }
}
