//! Keys: taking this frame's presses out of the input for whom they are meant, and what keys are called.

use egui::{Context, Event, Key, Modifiers, Popup};

/// A key that was pressed in this frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Press {
    /// What it types in the layout in force.
    pub key: Key,
    /// Where it lies on the keyboard: letters are taken from there, so that they work with an Arabic layout too.
    pub place: Key,
    pub modifiers: Modifiers,
}

/// Takes the presses out of this frame's input that `meant` has something for, and returns that in their order.
pub fn take<T>(context: &Context, mut meant: impl FnMut(Press) -> Option<T>) -> Vec<T> {
    let mut found = Vec::new();
    context.input_mut(|input| {
        input.events.retain(|event| {
            let Event::Key {
                key,
                physical_key,
                pressed: true,
                modifiers,
                ..
            } = event
            else {
                return true;
            };
            let press = Press {
                key: *key,
                place: physical_key.unwrap_or(*key),
                modifiers: *modifiers,
            };
            let taken = meant(press);
            let is_left = taken.is_none();
            found.extend(taken);
            is_left
        });
    });
    found
}

/// Whether what is typed goes into a text field, or into an open menu, which takes it too.
pub fn is_typing(context: &Context) -> bool {
    context.text_edit_focused() || Popup::is_any_open(context)
}

/// What a key is called in lists of keys; the four arrows have one name.
pub fn name(key: Key) -> &'static str {
    match key {
        Key::ArrowDown | Key::ArrowLeft | Key::ArrowRight | Key::ArrowUp => "Arrows",
        Key::PageUp => "Page Up",
        Key::PageDown => "Page Down",
        key => key.symbol_or_name(),
    }
}

/// Lines of a list of keys from what each key does, in the order in which things to do come first.
pub fn lines(keys: impl IntoIterator<Item = (&'static str, Modifiers, Key)>) -> Vec<(String, String)> {
    let mut lines: Vec<(String, Vec<String>)> = Vec::new();
    for (does, modifiers, key) in keys {
        let shift = if modifiers.shift { "Shift+" } else { "" };
        let name = format!("{shift}{}", name(key));
        match lines.iter_mut().find(|(known, _)| known == does) {
            Some((_, names)) if names.contains(&name) => {}
            Some((_, names)) => names.push(name),
            None => lines.push((does.to_owned(), vec![name])),
        }
    }
    lines
        .into_iter()
        .map(|(does, names)| (does, names.join("  ")))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_that_do_the_same_stand_in_one_line() {
        let none = Modifiers::NONE;
        let found = lines([
            ("Move", none, Key::ArrowLeft),
            ("Move", none, Key::ArrowRight),
            ("Open", none, Key::Enter),
            ("Move", none, Key::PageUp),
            ("Keep", Modifiers::SHIFT, Key::Enter),
        ]);
        let expected = [("Move", "Arrows  Page Up"), ("Open", "Enter"), ("Keep", "Shift+Enter")];
        assert_eq!(found, expected.map(|(does, keys)| (does.to_owned(), keys.to_owned())));
    }

    #[test]
    fn what_is_taken_is_gone_and_the_rest_stays() {
        let context = Context::default();
        let press = |key, physical_key, pressed| Event::Key {
            key,
            physical_key,
            pressed,
            repeat: false,
            modifiers: Modifiers::NONE,
        };
        // An Arabic layout types another letter where J lies.
        let events = vec![
            press(Key::A, Some(Key::J), true),
            press(Key::J, None, false),
            press(Key::K, None, true),
        ];
        context.input_mut(|input| input.events = events);
        assert_eq!(
            take(&context, |press| (press.place == Key::J).then_some(press.key)),
            [Key::A]
        );
        assert_eq!(context.input(|input| input.events.len()), 2);
    }
}
