//! The keys of the form: they act while no text field has the focus, and mean what the step at hand needs.

use egui::{Context, Key, Modifiers};

use super::{Review, ReviewCommand, Step};
use crate::app::{State, keys};
use crate::reviews::Verdict;

/// What this frame's keys ask of the panel.
pub fn keys(context: &Context, state: &State) -> Vec<ReviewCommand> {
    let typing = keys::is_typing(context);
    keys::take(context, |press| {
        match press.modifiers.matches_exact(Modifiers::COMMAND) {
            // A note is left and saved in one.
            true if press.place == Key::Enter && state.review.open => Some(go_on(state)),
            _ if typing || press.modifiers.any() => None,
            _ => plain(state, press.place),
        }
    })
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
    match state.review_step() {
        Step::Own => ReviewCommand::GiveOwn,
        Step::Judge => ReviewCommand::Save,
        Step::Revealed | Step::Nothing => ReviewCommand::Next,
    }
}

fn plain(state: &State, key: Key) -> Option<ReviewCommand> {
    let review = &state.review;
    if key == Key::G {
        return Some(ReviewCommand::ToggleFlag);
    }
    if !review.open || review.reviewer.is_none() || review.flag.is_some() {
        return None;
    }
    match state.review_step() {
        _ if review.settling.is_some() => judging(review, key),
        Step::Own => letter(key).map(ReviewCommand::MarkOwn),
        Step::Judge | Step::Revealed => judging(review, key),
        Step::Nothing => None,
    }
}

fn judging(review: &Review, key: Key) -> Option<ReviewCommand> {
    match key {
        Key::N => return Some(ReviewCommand::FocusNote),
        Key::S => return Some(ReviewCommand::NextSeverity),
        _ => {}
    }
    let digits = [Key::Num1, Key::Num2, Key::Num3, Key::Num4];
    if let Some(place) = digits.iter().position(|digit| *digit == key) {
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
