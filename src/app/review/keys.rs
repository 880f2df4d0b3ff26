//! The keys of the form: they act while no text field has the focus, and mean what the step at hand needs.

use egui::{Context, Key, KeyboardShortcut, Modifiers};

use super::{Choice, Review, ReviewCommand, Step};
use crate::app::{State, keys};
use crate::reviews::{FlagKind, Verdict};

/// The letters of options.
const LETTERS: [Key; 26] = [
    Key::A,
    Key::B,
    Key::C,
    Key::D,
    Key::E,
    Key::F,
    Key::G,
    Key::H,
    Key::I,
    Key::J,
    Key::K,
    Key::L,
    Key::M,
    Key::N,
    Key::O,
    Key::P,
    Key::Q,
    Key::R,
    Key::S,
    Key::T,
    Key::U,
    Key::V,
    Key::W,
    Key::X,
    Key::Y,
    Key::Z,
];
/// How many of them stand for an option alone: past F some do something else on this page, so that Shift is held.
pub const ALONE: usize = 6;

const DIGITS: [Key; 5] = [Key::Num1, Key::Num2, Key::Num3, Key::Num4, Key::Num5];

/// What this frame's keys ask of the panel.
pub fn keys(context: &Context, state: &State) -> Vec<ReviewCommand> {
    let typing = keys::is_typing(context);
    let mut leaves = false;
    let found = keys::take(context, |press| {
        let (place, modifiers) = (press.place, press.modifiers);
        let held = |command: &&ReviewCommand| {
            let is_it = |it: KeyboardShortcut| {
                it.modifiers.any() && it.logical_key == place && modifiers.matches_exact(it.modifiers)
            };
            command.shortcut().is_some_and(is_it)
        };
        match modifiers.matches_exact(Modifiers::COMMAND) {
            // A note is left and saved in one.
            true if place == Key::Enter && state.review.open => {
                leaves = typing;
                Some(go_on(state))
            }
            _ if modifiers.matches_exact(Modifiers::SHIFT) && !typing => shifted(state, place),
            _ if modifiers.any() => ReviewCommand::WITH_KEYS
                .iter()
                .find(held)
                // In a field these move the caret.
                .filter(|_| !(typing && modifiers.alt))
                .cloned(),
            _ if typing => None,
            _ => plain(state, place),
        }
    });
    if leaves {
        // The field of the next form would take what is meant for its keys.
        context.memory_mut(|memory| {
            memory
                .focused()
                .into_iter()
                .for_each(|field| memory.surrender_focus(field))
        });
    }
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
    if review.flag.is_some() {
        return flagging(state, key);
    }
    match state.review_step() {
        _ if review.settling.is_some() => settling(review, key),
        Step::Own => letter(key).zip(marks(state)).map(|(option, mark)| mark(option)),
        Step::Judge | Step::Revealed => judging(review, key),
        Step::Nothing => None,
    }
}

/// What a key does in the form of flags.
fn flagging(state: &State, key: Key) -> Option<ReviewCommand> {
    if let Some(place) = DIGITS.iter().position(|digit| *digit == key) {
        return FlagKind::ALL.get(place).copied().map(ReviewCommand::FlagAs);
    }
    match key {
        Key::N => Some(ReviewCommand::FocusNote),
        Key::S => Some(ReviewCommand::NextDecision),
        Key::Escape => Some(ReviewCommand::ToggleFlag),
        _ => letter(key).zip(marks(state)).map(|(option, mark)| mark(option)),
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

/// What the letters of options do now: mark one's own answer, or the right options of an item that is re-keyed.
fn marks(state: &State) -> Option<fn(usize) -> ReviewCommand> {
    let review = &state.review;
    if !review.open || review.reviewer.is_none() {
        return None;
    }
    match &review.flag {
        Some(flag) => (flag.choice == Choice::Rekeyed).then_some(ReviewCommand::Rekey),
        None if review.settling.is_some() => None,
        None => (state.review_step() == Step::Own).then_some(ReviewCommand::MarkOwn),
    }
}

/// What a letter that is pressed with Shift does: it is an option's, whatever it does alone.
fn shifted(state: &State, key: Key) -> Option<ReviewCommand> {
    let option = LETTERS.iter().position(|letter| *letter == key)?;
    marks(state).map(|mark| mark(option))
}

/// The option that a letter's key alone stands for, from 0.
fn letter(key: Key) -> Option<usize> {
    LETTERS.iter().take(ALONE).position(|letter| *letter == key)
}

/// The keys of an option (from 0) in words, such as `A` or `Shift+G`; `None` past Z.
pub fn option_key(context: &Context, option: usize) -> Option<String> {
    let modifiers = if option < ALONE {
        Modifiers::NONE
    } else {
        Modifiers::SHIFT
    };
    let key = LETTERS.get(option)?;
    Some(context.format_shortcut(&KeyboardShortcut::new(modifiers, *key)))
}

/// The keys of all options, for the list of keys.
pub fn option_keys(context: &Context) -> String {
    let key = |option| option_key(context, option);
    let alone: Vec<String> = (0..ALONE).filter_map(key).collect();
    let held: Vec<String> = [ALONE, LETTERS.len() - 1].into_iter().filter_map(key).collect();
    format!("{}  {}", alone.join("  "), held.join(" … "))
}
