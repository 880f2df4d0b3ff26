//! A field for a key: what is typed shows as dots, and neither assistive technology nor the clipboard gets it.

use egui::{Align2, Event, EventFilter, Key, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, vec2};

use super::{focus_ring, palette};
use crate::app::theme::{radius, size, space};
use crate::network::{Secret, SecretError};
use crate::ui::spoken;
use crate::ui::typeset::{self, Ink};

/// From the edge of the field to its dots.
const PADDING: f32 = 8.0;
/// How many dots there are at most, so that they do not tell how long a key is.
const MOST_DOTS: usize = 24;

/// What happened to the field in this frame.
pub struct SecretEdited {
    pub response: Response,
    /// Enter was pressed.
    pub submitted: bool,
    /// Why what was typed or pasted last is no part of a key.
    pub refused: Option<SecretError>,
}

/// Shows the field as wide as there is room.
pub fn secret(ui: &mut Ui, name: &str, placeholder: &str, key: &mut Option<Secret>) -> SecretEdited {
    let wide = vec2(ui.available_width().max(40.0), space::CONTROL);
    let (rect, mut response) = ui.allocate_exact_size(wide, Sense::click());
    if response.clicked() {
        response.request_focus();
    }
    let mut submitted = false;
    let mut refused = None;
    if response.has_focus() {
        // `Context::text_edit_focused` looks for this; letters then are no commands.
        egui::text_edit::TextEditState::default().store(ui.ctx(), response.id);
        let filter = EventFilter {
            horizontal_arrows: true,
            vertical_arrows: true,
            ..EventFilter::default()
        };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
        for event in ui.input(|input| input.filtered_events(&filter)) {
            match take(&event, key) {
                Taken::Changed => response.mark_changed(),
                Taken::Refused(problem) => refused = Some(problem),
                Taken::Submitted => submitted = true,
                Taken::Nothing => {}
            }
        }
    }
    let dots = "•".repeat(key.as_ref().map_or(0, |key| key.expose().len()).min(MOST_DOTS));
    spoken::tell(&response, None, || WidgetInfo::labeled(Role::PasswordInput, true, name));
    ui.ctx().accesskit_node_builder(response.id, |node| {
        node.set_role(Role::PasswordInput);
        node.set_value(dots.as_str());
    });
    paint(ui, rect, &response, &dots, placeholder);
    SecretEdited {
        response: response.on_hover_cursor(egui::CursorIcon::Text),
        submitted,
        refused,
    }
}

enum Taken {
    Nothing,
    Changed,
    Refused(SecretError),
    Submitted,
}

/// What an event does to a key: text goes to its end, and what is taken away goes from there.
fn take(event: &Event, key: &mut Option<Secret>) -> Taken {
    let present = key.as_ref().map_or("", Secret::expose);
    let text = match event {
        Event::Text(typed) => format!("{present}{typed}"),
        // A whole key is pasted, whatever stood there before.
        Event::Paste(pasted) => pasted.clone(),
        Event::Key {
            key: Key::Backspace,
            pressed: true,
            modifiers,
            ..
        } if !modifiers.any() => {
            let mut letters = present.chars();
            letters.next_back();
            letters.as_str().to_owned()
        }
        Event::Key {
            key: Key::Backspace | Key::Delete,
            pressed: true,
            ..
        } => String::new(),
        Event::Key {
            key: Key::Enter,
            pressed: true,
            ..
        } => return Taken::Submitted,
        _ => return Taken::Nothing,
    };
    match Secret::new(&text) {
        Ok(secret) => *key = Some(secret),
        Err(SecretError::Empty) => *key = None,
        Err(problem) => return Taken::Refused(problem),
    }
    Taken::Changed
}

fn paint(ui: &Ui, rect: Rect, response: &Response, dots: &str, placeholder: &str) {
    let colours = palette(ui);
    ui.painter().rect(
        rect,
        radius::CONTROL,
        colours.panel,
        Stroke::new(1.0, colours.edge),
        StrokeKind::Inside,
    );
    focus_ring(ui, response, rect);
    let inner = rect.shrink2(vec2(PADDING, 0.0));
    let (words, colour) = match dots.is_empty() {
        true => (placeholder, colours.text_3),
        false => (dots, colours.text),
    };
    let end = typeset::paint(ui, inner, words, Ink::new(size::BODY, colour), Align2::LEFT_CENTER).right();
    if response.has_focus() {
        let x = if dots.is_empty() { inner.left() } else { end + 1.0 };
        ui.painter()
            .vline(x, rect.y_range().shrink(6.0), Stroke::new(1.5, colours.text));
    }
}

#[cfg(test)]
mod tests {
    use egui::Modifiers;

    use super::*;

    fn pressed(key: Key, modifiers: Modifiers) -> Event {
        Event::Key {
            key,
            physical_key: None,
            pressed: true,
            repeat: false,
            modifiers,
        }
    }

    #[test]
    fn keys_are_typed_pasted_and_taken_away() {
        let mut key = None;
        let text = |key: &Option<Secret>| key.as_ref().map(|key| key.expose().to_owned());
        take(&Event::Text("sk".into()), &mut key);
        take(&Event::Text("-1".into()), &mut key);
        assert_eq!(text(&key).as_deref(), Some("sk-1"));
        take(&pressed(Key::Backspace, Modifiers::NONE), &mut key);
        assert_eq!(text(&key).as_deref(), Some("sk-"));
        take(&Event::Paste(" sk-22\n".into()), &mut key);
        assert_eq!(text(&key).as_deref(), Some("sk-22"));
        assert!(matches!(
            take(&Event::Paste("two words".into()), &mut key),
            Taken::Refused(_)
        ));
        assert_eq!(text(&key).as_deref(), Some("sk-22"));
        take(&pressed(Key::Backspace, Modifiers::COMMAND), &mut key);
        assert_eq!(key, None);
    }
}
