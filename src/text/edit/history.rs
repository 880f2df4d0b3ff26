//! Undo and redo: a run of typing or of deleting is one step.

use crate::text::caret::Caret;

/// What kind of change a step is; alike ones in a row are taken back together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    Typing,
    Deleting,
    /// A step by itself: pasting, a space, a line break, an input method's word.
    Other,
}

/// A text with its selection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    pub text: String,
    pub anchor: Caret,
    pub focus: Caret,
}

/// The texts before and after this one.
#[derive(Debug, Clone, Default)]
pub struct History {
    past: Vec<Snapshot>,
    future: Vec<Snapshot>,
    /// What the last step was and where the caret came to stand, while another may still join it.
    run: Option<(Step, usize)>,
}

/// The most steps that can be taken back, and the most bytes kept for it.
const MOST_STEPS: usize = 500;
const MOST_BYTES: usize = 4 << 20;

impl History {
    /// Notes a step that began at `before` and left the caret at `position`.
    pub fn record(&mut self, step: Step, before: Snapshot, position: usize) {
        let joins = step != Step::Other && self.run == Some((step, before.focus.position));
        self.run = Some((step, position));
        self.future.clear();
        if joins {
            return;
        }
        self.past.push(before);
        let mut kept = 0;
        let bytes = |snapshot: &Snapshot| snapshot.text.len();
        let fitting = self.past.iter().rev().take_while(|snapshot| {
            kept += bytes(snapshot);
            kept <= MOST_BYTES
        });
        let steps = fitting.count().clamp(1, MOST_STEPS);
        self.past.drain(..self.past.len().saturating_sub(steps));
    }

    /// Lets no later step join the last one.
    pub fn end_run(&mut self) {
        self.run = None;
    }

    pub fn undo(&mut self, now: Snapshot) -> Option<Snapshot> {
        let before = self.past.pop()?;
        self.future.push(now);
        self.run = None;
        Some(before)
    }

    pub fn redo(&mut self, now: Snapshot) -> Option<Snapshot> {
        let after = self.future.pop()?;
        self.past.push(now);
        self.run = None;
        Some(after)
    }
}
