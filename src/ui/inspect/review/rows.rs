//! What reviews add to the rows of Inspect's list: "to judge" in place of outcomes, and a flag.

use egui::{Rect, Ui};

use super::phrases::Phrases;
use crate::app::State;
use crate::app::review::Review;
use crate::app::study::Study;
use crate::app::theme::size;
use crate::ui::column::Column;
use crate::ui::icons::{self, Icon};
use crate::ui::typeset::{self, Ink, Words};
use crate::ui::widgets::palette;

const MARK: f32 = 12.0;

fn is_hidden(state: &State, study: &Study, question: usize) -> bool {
    let protocol = state.compare.protocol.as_deref();
    state.review.veil(study, question, protocol).unjudged
}

fn is_flagged(state: &State, study: &Study, question: usize) -> bool {
    Review::item(study, question).is_some_and(|item| state.review.reviews.is_flagged(&item))
}

/// What assistive technology is told of a row beside its question.
pub fn told(state: &State, study: &Study, question: usize) -> String {
    let mut told = String::new();
    if is_hidden(state, study, question) {
        told.push_str(", ");
        told.push_str(Phrases(state.review.form).to_judge());
    }
    if is_flagged(state, study, question) {
        told.push_str(", flagged");
    }
    if study.ledger.is_left_out(question) {
        told.push_str(", left out");
    }
    told
}

/// Says that an item is still to be judged, where its outcomes may not be seen; returns the width taken.
pub fn to_judge(ui: &Ui, rect: Rect, column: Column, state: &State, study: &Study, question: usize) -> Option<f32> {
    if !is_hidden(state, study, question) {
        return None;
    }
    let colours = palette(ui);
    let mark = column.place_from_end(0.0, MARK, rect.top(), rect.height());
    icons::paint(ui.painter(), Icon::EyeOff, mark.center(), MARK, colours.text_2);
    let place = column.place_from_end(MARK + 5.0, 60.0, rect.top(), rect.height());
    let ink = Ink::new(size::SMALL, colours.text_2);
    let form = state.review.form;
    let words = Words::from((Phrases(form).to_judge(), form.language()));
    let drawn = typeset::paint(ui, place, words, ink, column.end());
    Some(MARK + 5.0 + drawn.width())
}

/// Marks a flagged item before its other marks; returns the width taken.
pub fn flag(ui: &Ui, rect: Rect, column: Column, taken: f32, state: &State, study: &Study, question: usize) -> f32 {
    if !is_flagged(state, study, question) {
        return 0.0;
    }
    let place = column.place_from_end(taken + 8.0, MARK, rect.top(), rect.height());
    let colour = palette(ui).warning().ink;
    icons::paint(ui.painter(), Icon::Flag, place.center(), MARK, colour);
    MARK + 8.0
}
