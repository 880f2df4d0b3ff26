//! What is marked within a text: what a search found in it, and the symbols of its hidden characters.
//!
//! Whatever shows a text of an item, or a name that can be searched for, asks here which pieces of it look
//! otherwise, so that a hit and a symbol are the same everywhere.

mod excerpt;

use std::ops::Range;
use std::sync::Arc;

use egui::cache::{ComputerMut, FrameCache};
use egui::{Align2, Rect, Ui};

use super::icons::Icon;
use super::typeset::{self, Ink, Words};
use super::widgets::{Button, Emphasis, palette};
use crate::app::State;
use crate::app::command::Command;
use crate::text::controls::Controls;
use crate::text::folding::Query;
use crate::text::{Look, Piece};

pub use excerpt::Excerpt;

/// What is marked.
#[derive(Debug, Clone, Copy)]
pub struct Marks<'a> {
    /// As typed.
    pub search: &'a str,
    /// Which hidden characters have symbols.
    pub controls: Controls,
}

impl<'a> Marks<'a> {
    /// The hits of a search alone.
    pub fn hits(search: &'a str) -> Self {
        Self {
            search,
            controls: Controls::Obeyed,
        }
    }

    /// The pieces of `text` that are marked.
    pub fn pieces(&self, ui: &Ui, text: &str) -> Vec<Piece> {
        let found = found(ui, text, self.search);
        let mut pieces = pieces_of_hits(ui, found.iter().cloned());
        pieces.extend(self.symbols(ui, text));
        pieces
    }

    /// Paints one line of `text` within `rect` as [`typeset::paint`] does.
    pub fn paint<'w>(&self, ui: &Ui, rect: Rect, words: impl Into<Words<'w>>, ink: Ink, align: Align2) -> Rect {
        let words = words.into();
        let pieces = self.pieces(ui, words.text);
        let marked = Words {
            pieces: &pieces,
            ..words
        };
        typeset::paint(ui, rect, marked, ink, align)
    }

    fn symbols(&self, ui: &Ui, text: &str) -> impl Iterator<Item = Piece> {
        let warning = palette(ui).warning();
        let look = Look {
            color: Some(warning.ink.to_array()),
            ground: Some(warning.tint.to_array()),
            ..Look::default()
        };
        let places = self.controls.places(text).into_iter();
        places.map(move |range| Piece { range, look })
    }
}

/// The button that shows hidden characters wherever texts of items stand.
pub fn button(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    let (emphasis, name) = if state.controls_shown {
        (Emphasis::Plain, "Hide hidden characters")
    } else {
        (Emphasis::Quiet, "Show hidden characters")
    };
    Button::new(emphasis)
        .icon(Icon::Hidden)
        .text("")
        .name(name)
        .show(ui, commands, Command::ToggleControls);
}

fn pieces_of_hits(ui: &Ui, found: impl Iterator<Item = Range<usize>>) -> Vec<Piece> {
    let colours = palette(ui);
    let look = Look {
        color: Some(colours.text.to_array()),
        ground: Some(colours.hit.to_array()),
        ..Look::default()
    };
    found.map(|range| Piece { range, look }).collect()
}

type Found = Arc<[Range<usize>]>;

/// Where `search` has its hits in `text`; worked out once for as long as the text is on the screen.
fn found(ui: &Ui, text: &str, search: &str) -> Found {
    if search.trim().is_empty() {
        return Found::default();
    }
    ui.memory_mut(|memory| {
        let cache = memory.caches.cache::<FrameCache<Found, Finder>>();
        Found::clone(cache.get((search, text)))
    })
}

#[derive(Default)]
struct Finder;

impl ComputerMut<(&str, &str), Found> for Finder {
    fn compute(&mut self, (search, text): (&str, &str)) -> Found {
        Query::new(search).find(text).into()
    }
}

#[cfg(test)]
mod tests {
    use egui_kittest::Harness;

    use super::*;
    use crate::app::theme;
    use crate::text::{self, Fallback};

    fn pieces(text: &str, marks: Marks<'_>) -> Vec<Piece> {
        let mut found = Vec::new();
        let mut harness = Harness::builder()
            .with_context_setup(|context| {
                text::install(context, Fallback::None);
                theme::install(context);
            })
            .build_ui(|ui| found = marks.pieces(ui, text));
        harness.run();
        drop(harness);
        found
    }

    #[test]
    fn hits_are_of_the_text_as_it_is_written() {
        let text = "هل يُعالَجُ الإنسانُ بالأنسولين؟";
        for (search, whole) in [("يعالج", "يُعالَجُ"), ("الانسان", "الإنسانُ"), ("أنسولين", "أنسولين")]
        {
            let found = pieces(text, Marks::hits(search));
            let found: Vec<&str> = found.into_iter().map(|piece| &text[piece.range]).collect();
            assert_eq!(found, [whole], "{search}");
        }
        assert_eq!(pieces(text, Marks::hits(" ")), []);
        assert_eq!(pieces(text, Marks::hits("كبد")), []);
    }

    #[test]
    fn a_symbol_within_a_hit_keeps_its_own_look() {
        let text = "Give as\u{200b}pirin";
        let marks = Marks {
            search: "aspirin",
            controls: Controls::Shown,
        };
        let found = pieces(text, marks);
        let ranges: Vec<_> = found.iter().map(|piece| piece.range.clone()).collect();
        // The later piece decides where both stand.
        assert_eq!(ranges, [5..15, 7..10]);
        assert_ne!(found[0].look, found[1].look);
        assert_eq!(pieces(text, Marks::hits("aspirin")).len(), 1);
    }
}
