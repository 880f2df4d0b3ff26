//! The keys of the form: they act while no text field has the focus, and mean what the step at hand needs.

use egui::{Context, Event, Key, KeyboardShortcut, Modifiers, Popup};

use super::{Choice, FlagForm, Review, ReviewCommand, Step};
use crate::app::State;
use crate::reviews::{FlagKind, Verdict};

const DIGITS: [Key; 5] = [Key::Num1, Key::Num2, Key::Num3, Key::Num4, Key::Num5];

/// What this frame's keys ask of the panel. Letters are taken from where they lie on the keyboard.
pub fn keys(context: &Context, state: &State) -> Vec<ReviewCommand> {
    let review = &state.review;
    let typing = context.text_edit_focused() || Popup::is_any_open(context);
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
            let key = physical_key.unwrap_or(*key);
            let held = |command: &&ReviewCommand| {
                let shortcut = command.shortcut();
                let is_it = |it: KeyboardShortcut| {
                    it.modifiers.any() && it.logical_key == key && modifiers.matches_exact(it.modifiers)
                };
                shortcut.is_some_and(is_it)
            };
            let command = match modifiers.matches_exact(Modifiers::COMMAND) {
                // A note is left and saved in one.
                true if key == Key::Enter && review.open => Some(go_on(state)),
                _ if modifiers.any() => ReviewCommand::WITH_KEYS
                    .iter()
                    .find(held)
                    // In a field these move the caret.
                    .filter(|_| !(typing && modifiers.alt))
                    .cloned(),
                _ if typing => None,
                _ => plain(state, key),
            };
            let taken = command.is_some();
            found.extend(command);
            !taken
        });
    });
    found
}

/// What Ctrl+Enter does now.
pub fn go_on(state: &State) -> ReviewCommand {
    let review = &state.review;
    if review.flag.is_some() {
        return ReviewCommand::SaveFlag;
    }
    if review.settling.is_some() {
        return ReviewCommand::Save;
    }
    if review.starting.is_some() {
        return ReviewCommand::StartQueue;
    }
    match state.review_step() {
        Step::Own => ReviewCommand::GiveOwn,
        Step::Judge => ReviewCommand::Save,
        // What comes of a queue is how far others see the same.
        Step::Revealed if review.is_queue_done() => ReviewCommand::ToggleAgreement,
        Step::Revealed | Step::Nothing => ReviewCommand::Next,
    }
}

fn plain(state: &State, key: Key) -> Option<ReviewCommand> {
    let review = &state.review;
    if key == Key::G {
        return Some(ReviewCommand::ToggleFlag);
    }
    if !review.open || review.reviewer.is_none() {
        return None;
    }
    if let Some(flag) = &review.flag {
        return flagging(flag, key);
    }
    match state.review_step() {
        _ if review.settling.is_some() => settling(review, key),
        Step::Own => letter(key).map(ReviewCommand::MarkOwn),
        Step::Judge | Step::Revealed => judging(review, key),
        Step::Nothing => None,
    }
}

/// What a key does in the form of flags.
fn flagging(flag: &FlagForm, key: Key) -> Option<ReviewCommand> {
    if let Some(place) = DIGITS.iter().position(|digit| *digit == key) {
        return FlagKind::ALL.get(place).copied().map(ReviewCommand::FlagAs);
    }
    match key {
        Key::N => Some(ReviewCommand::FocusNote),
        Key::S => Some(ReviewCommand::NextDecision),
        Key::Escape => Some(ReviewCommand::ToggleFlag),
        _ if flag.choice == Choice::Rekeyed => letter(key).map(ReviewCommand::Rekey),
        _ => None,
    }
}

fn settling(review: &Review, key: Key) -> Option<ReviewCommand> {
    match key {
        Key::Escape => Some(ReviewCommand::ToggleAgreement),
        _ => judging(review, key),
    }
}

fn judging(review: &Review, key: Key) -> Option<ReviewCommand> {
    match key {
        Key::N => return Some(ReviewCommand::FocusNote),
        Key::S => return Some(ReviewCommand::NextSeverity),
        _ => {}
    }
    if let Some(place) = DIGITS.iter().position(|digit| *digit == key) {
        return Verdict::ALL.get(place).copied().map(ReviewCommand::Judge);
    }
    let errors = &review.taxonomy().errors;
    let name = key.name();
    let error = errors
        .iter()
        .find(|error| error.key.is_some_and(|key| name == key.to_string()))?;
    Some(ReviewCommand::ToggleError(error.id.clone()))
}

/// The option that a letter's key stands for, from 0.
fn letter(key: Key) -> Option<usize> {
    // Past F some letters do something else on this page.
    const LETTERS: [Key; 6] = [Key::A, Key::B, Key::C, Key::D, Key::E, Key::F];
    LETTERS.iter().position(|letter| *letter == key)
}
