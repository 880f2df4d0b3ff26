//! Editing: a text, what is selected in it, and what typing, deleting and input methods do to it.
//!
//! It knows no widget and no layout but the one handed to it to move through. The caret and both ends of
//! a selection always stand between characters as a reader takes them (graphemes). Backspace takes one
//! code point of a letter with marks, as keyboards do for harakat and Indic signs; delete takes it whole.

mod history;

use std::ops::Range;

use self::history::{History, Snapshot, Step};
use super::caret::{Caret, Motion};
use super::graphemes::{border_after, next_border, previous_border};
use super::layout::TextLayout;
use crate::language::Direction;

/// What an input method has not committed yet.
#[derive(Debug, Clone)]
struct Preedit {
    /// Where it stands in the text.
    range: Range<usize>,
    /// What it would replace.
    replaced: String,
}

/// A text being edited.
#[derive(Debug, Clone)]
pub struct Edit {
    text: String,
    /// Where a selection began.
    anchor: Caret,
    /// Where the caret is.
    focus: Caret,
    multi_line: bool,
    preedit: Option<Preedit>,
    /// The column that moving up and down keeps, in pixels.
    column: Option<f32>,
    history: History,
}

impl Edit {
    pub fn new(text: &str, multi_line: bool) -> Self {
        let end = Caret::before(text.len());
        Self {
            text: text.to_owned(),
            anchor: end,
            focus: end,
            multi_line,
            preedit: None,
            column: None,
            history: History::default(),
        }
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    pub fn caret(&self) -> Caret {
        self.focus
    }

    /// What is selected, in reading order; empty where nothing is.
    pub fn selection(&self) -> Range<usize> {
        let (anchor, focus) = (self.anchor.position, self.focus.position);
        anchor.min(focus)..anchor.max(focus)
    }

    /// Where a selection began.
    pub fn anchor(&self) -> Caret {
        self.anchor
    }

    pub fn selected(&self) -> &str {
        self.text.get(self.selection()).unwrap_or_default()
    }

    /// Where the input method composes.
    pub fn composing(&self) -> Option<Range<usize>> {
        self.preedit.as_ref().map(|preedit| preedit.range.clone())
    }

    /// Takes over a text that was changed elsewhere; its history then says nothing any more.
    pub fn follow(&mut self, text: &str) {
        if self.text != text {
            *self = Self::new(text, self.multi_line);
        }
    }

    /// Replaces the whole text as one step.
    pub fn set_text(&mut self, text: &str) {
        self.select_all();
        self.paste(text);
    }

    /// Types `text` in place of what is selected.
    pub fn type_text(&mut self, text: &str) {
        let step = if self.selection().is_empty() && !text.contains(char::is_whitespace) {
            Step::Typing
        } else {
            Step::Other
        };
        self.change(step, |edit| edit.replace_selection(text));
    }

    /// Puts `text` in place of what is selected.
    pub fn paste(&mut self, text: &str) {
        self.change(Step::Other, |edit| edit.replace_selection(text));
    }

    /// Takes away what is selected and returns it.
    pub fn cut(&mut self) -> String {
        let cut = self.selected().to_owned();
        if !cut.is_empty() {
            self.change(Step::Other, |edit| edit.replace_selection(""));
        }
        cut
    }

    /// Deletes what is selected, else the last part of the character before the caret.
    pub fn delete_backward(&mut self) {
        if self.selection().is_empty() {
            let end = self.focus.position;
            self.delete(backspace_start(&self.text, end)..end);
        } else {
            self.cut();
        }
    }

    /// Deletes what is selected, else the character after the caret.
    pub fn delete_forward(&mut self) {
        if self.selection().is_empty() {
            let start = self.focus.position;
            self.delete(start..next_border(&self.text, start));
        } else {
            self.cut();
        }
    }

    /// Deletes what is selected, else as far as `motion` would go.
    pub fn delete_to(&mut self, layout: &TextLayout, motion: Motion) {
        if self.selection().is_empty() {
            let (from, to) = (self.focus.position, layout.moved(self.focus, motion).position);
            self.delete(from.min(to)..from.max(to));
        } else {
            self.cut();
        }
    }

    fn delete(&mut self, range: Range<usize>) {
        if !range.is_empty() {
            self.change(Step::Deleting, |edit| {
                edit.anchor = Caret::before(range.start);
                edit.focus = Caret::after(range.end);
                edit.replace_selection("");
            });
        }
    }

    /// Moves the caret; `extend` keeps the other end of the selection where it is.
    pub fn move_caret(&mut self, layout: &TextLayout, motion: Motion, extend: bool) {
        self.commit_preedit();
        let selection = self.selection();
        let collapses = !extend && !selection.is_empty() && matches!(motion, Motion::Left | Motion::Right);
        if collapses {
            // To the end of the selection that lies on the side of the key.
            let runs_right = layout
                .lines
                .get(layout.line_of(self.focus))
                .is_none_or(|line| line.direction == Direction::LeftToRight);
            let to_end = runs_right == (motion == Motion::Right);
            let caret = if to_end {
                Caret::after(selection.end)
            } else {
                Caret::before(selection.start)
            };
            self.place(caret, false);
        } else {
            self.place(layout.moved(self.focus, motion), extend);
        }
    }

    /// Moves the caret by lines, keeping its column.
    pub fn move_lines(&mut self, layout: &TextLayout, lines: isize, extend: bool) {
        self.commit_preedit();
        let column = self.column.unwrap_or_else(|| layout.caret_place(self.focus).x);
        self.place(layout.moved_by_lines(self.focus, lines, column), extend);
        self.column = Some(column);
    }

    /// Puts the caret somewhere.
    pub fn place(&mut self, caret: Caret, extend: bool) {
        self.commit_preedit();
        self.focus = Caret {
            position: border_after(&self.text, caret.position),
            ..caret
        };
        if !extend {
            self.anchor = self.focus;
        }
        self.column = None;
        self.history.end_run();
    }

    /// Selects a range, the caret at its end.
    pub fn select(&mut self, range: Range<usize>) {
        self.place(Caret::before(range.start), false);
        self.place(Caret::after(range.end), true);
    }

    pub fn select_all(&mut self) {
        self.place(Caret::after(0), false);
        self.place(Caret::before(self.text.len()), true);
    }

    /// Takes back the last step.
    pub fn undo(&mut self) {
        self.commit_preedit();
        if let Some(before) = self.history.undo(self.snapshot()) {
            self.restore(before);
        }
    }

    /// Does again what was taken back last.
    pub fn redo(&mut self) {
        self.commit_preedit();
        if let Some(after) = self.history.redo(self.snapshot()) {
            self.restore(after);
        }
    }

    /// Shows what an input method composes in place of what is selected; an empty string ends it.
    pub fn compose(&mut self, text: &str, caret: Option<usize>) {
        self.cancel_preedit();
        if text.is_empty() {
            return;
        }
        let selection = self.selection();
        let replaced = self.selected().to_owned();
        let text = self.fitting(text);
        self.text.replace_range(selection.clone(), &text);
        let range = selection.start..selection.start + text.len();
        let inside = caret.and_then(|characters| text.char_indices().nth(characters));
        let caret = inside.map_or(range.end, |(place, _)| range.start + place);
        self.focus = Caret::after(caret);
        self.anchor = self.focus;
        self.preedit = Some(Preedit { range, replaced });
    }

    /// Puts what an input method decided on in place of what it composed.
    pub fn commit(&mut self, text: &str) {
        self.cancel_preedit();
        if !text.is_empty() {
            self.change(Step::Other, |edit| edit.replace_selection(text));
        }
    }

    /// Keeps what is composed as it stands, as when the caret is moved away.
    fn commit_preedit(&mut self) {
        if let Some(preedit) = self.preedit.clone() {
            let text = self.text.get(preedit.range).unwrap_or_default().to_owned();
            self.commit(&text);
        }
    }

    /// Forgets what is composed, with what it replaced back in its place and selected.
    pub fn cancel_preedit(&mut self) {
        if let Some(Preedit { range, replaced }) = self.preedit.take() {
            self.text.replace_range(range.clone(), &replaced);
            self.anchor = Caret::before(range.start);
            self.focus = Caret::after(range.start + replaced.len());
        }
    }

    /// Deletes characters around the caret, as input methods ask.
    pub fn delete_around(&mut self, before: usize, after: usize) {
        let at = self.focus.position;
        let (head, tail) = self.text.split_at(at);
        let start = head
            .char_indices()
            .rev()
            .take(before)
            .last()
            .map_or(at, |(place, _)| place);
        let end = at + tail.chars().take(after).map(char::len_utf8).sum::<usize>();
        self.delete(start..end);
    }

    /// Does something as one step of the history.
    fn change(&mut self, step: Step, change: impl FnOnce(&mut Self)) {
        self.commit_preedit();
        let before = self.snapshot();
        change(self);
        self.column = None;
        if before.text != self.text {
            self.history.record(step, before, self.focus.position);
        }
    }

    fn replace_selection(&mut self, text: &str) {
        let selection = self.selection();
        let text = self.fitting(text);
        self.text.replace_range(selection.clone(), &text);
        // Letters may join with what follows, so the caret goes on to where a character ends.
        let end = border_after(&self.text, selection.start + text.len());
        self.focus = Caret::after(end);
        self.anchor = self.focus;
    }

    /// `text` with its line breaks as this edit has them.
    fn fitting(&self, text: &str) -> String {
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        if self.multi_line {
            text
        } else {
            text.replace(['\n', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}'], " ")
        }
    }

    fn snapshot(&self) -> Snapshot {
        Snapshot {
            text: self.text.clone(),
            anchor: self.anchor,
            focus: self.focus,
        }
    }

    fn restore(&mut self, snapshot: Snapshot) {
        self.text = snapshot.text;
        self.anchor = snapshot.anchor;
        self.focus = snapshot.focus;
        self.column = None;
    }
}

/// Where what backspace deletes before `end` begins.
///
/// One code point of a letter with its marks, but pictures, flags and letters with a chosen form whole;
/// and as much as it takes that the caret does not come to stand within a character.
fn backspace_start(text: &str, end: usize) -> usize {
    let start = previous_border(text, end);
    let (Some(grapheme), Some(rest)) = (text.get(start..end), text.get(end..)) else {
        return start;
    };
    let whole = grapheme.chars().any(|character| {
        matches!(character,
            '\r' | '\u{20e3}' | '\u{fe00}'..='\u{fe0f}' | '\u{1f000}'..='\u{1faff}' | '\u{e0020}'..='\u{e01ef}')
    });
    if whole {
        return start;
    }
    let last = grapheme.char_indices().rev().map(|(place, _)| place);
    last.take_while(|&place| place > 0)
        .find(|&place| {
            let kept = grapheme.get(..place).unwrap_or_default();
            let joined = format!("{kept}{rest}");
            border_after(&joined, place) == place
        })
        .map_or(start, |place| start + place)
}

#[cfg(test)]
mod tests;
