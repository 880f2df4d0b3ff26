//! One line of a text that is too long for it, such that what a search found in it is in sight.

use std::borrow::Cow;
use std::ops::Range;

use egui::Ui;
use unicode_segmentation::UnicodeSegmentation;

use super::{Marks, found, pieces_of_hits};
use crate::language::Language;
use crate::text::{Piece, Styled};
use crate::ui::typeset::{self, Ink};

/// How many characters before a hit an excerpt may begin.
const LEAD: usize = 14;
/// How many characters of the hit's own word.
const LONG_WORD: usize = 24;
/// How far back words are looked for, in bytes.
const FAR: usize = 120;
/// Stands where words were left out.
const ELLIPSIS: &str = "…";

/// A line with what is marked in it.
pub struct Excerpt<'a> {
    text: Cow<'a, str>,
    pieces: Vec<Piece>,
}

impl<'a> Excerpt<'a> {
    /// What a row of `width` points shows of `text`: its first line, unless the first hit is not in sight there; then
    /// the words from shortly before that hit on, after an ellipsis.
    pub fn new(ui: &Ui, text: &'a str, marks: &Marks<'_>, (ink, language): (Ink, &Language), width: f32) -> Self {
        let found = found(ui, text, marks.search);
        let first_line = Self::from(ui, text, 0, &found, marks);
        let Some(first) = found.first() else {
            return first_line;
        };
        let is_near = || {
            let before = first_line.text.get(..first.end);
            before.is_some_and(|before| typeset::may_stand_in_line(before.chars().count(), ink, width))
        };
        // Set as it will be painted, so that this is not done twice.
        let in_sight = || first.end <= typeset::shown_in_line(ui, (first_line.styled(), language), ink, width);
        if is_near() && in_sight() {
            return first_line;
        }
        Self::from(ui, text, beginning(text, first), &found, marks)
    }

    /// The line of `text` from `start` on.
    fn from(ui: &Ui, text: &'a str, start: usize, found: &[Range<usize>], marks: &Marks<'_>) -> Self {
        let line = text.get(start..).unwrap_or_default().lines().next().unwrap_or_default();
        let shown = if start > 0 {
            // At the beginning of the paragraph, which is on the right in Arabic.
            Cow::Owned(format!("{ELLIPSIS}{line}"))
        } else {
            Cow::Borrowed(line)
        };
        let before = shown.len() - line.len();
        let within = found
            .iter()
            .filter(|hit| hit.start >= start && hit.start < start + line.len());
        let moved = within.map(|hit| hit.start - start + before..hit.end - start + before);
        let mut pieces = pieces_of_hits(ui, moved);
        pieces.extend(marks.symbols(ui, &shown));
        Self { text: shown, pieces }
    }

    pub fn styled(&self) -> Styled<'_> {
        Styled {
            text: &self.text,
            pieces: &self.pieces,
        }
    }
}

/// Where the words begin that lead to a hit on its line.
fn beginning(text: &str, hit: &Range<usize>) -> usize {
    let before = text.get(..hit.start).unwrap_or_default();
    let line = before.rfind('\n').map_or(0, |end| end + 1);
    let from = text.floor_char_boundary(hit.start.saturating_sub(FAR)).max(line);
    let near = text.get(from..hit.end).unwrap_or_default();
    let words = near
        .split_word_bound_indices()
        .filter(|(_, word)| word.contains(char::is_alphanumeric));
    let starts = words
        .map(|(start, _)| from + start)
        .take_while(|start| *start <= hit.start);
    // What comes first may be the end of a longer word.
    let starts = starts.filter(|start| *start > from || from == line);
    let lead = |start: usize| text.get(start..hit.start).map_or(0, |lead| lead.chars().count());
    let first = starts.clone().find(|start| lead(*start) <= LEAD);
    let own = || starts.last().filter(|start| lead(*start) <= LONG_WORD);
    first.or_else(own).unwrap_or(hit.start)
}

#[cfg(test)]
mod tests {
    use egui_kittest::Harness;

    use super::*;
    use crate::app::theme;
    use crate::text::folding::Query;
    use crate::text::{self, Fallback};
    use crate::ui::widgets::palette;

    /// The line shown of `text` in 240 points, and what is marked in it.
    fn shown(text: &str, search: &str, tag: &str) -> (String, Vec<String>) {
        let language: Language = tag.parse().unwrap();
        let mut found = None;
        let mut harness = Harness::builder()
            .with_context_setup(|context| {
                text::install(context, Fallback::None);
                theme::install(context);
            })
            .build_ui(|ui| {
                let ink = Ink::new(typeset::list_size(&language), palette(ui).text).exact();
                let excerpt = Excerpt::new(ui, text, &Marks::hits(search), (ink, &language), 240.0);
                let hits = excerpt
                    .pieces
                    .iter()
                    .map(|piece| excerpt.text[piece.range.clone()].to_owned());
                found = Some((excerpt.text.clone().into_owned(), hits.collect()));
            });
        harness.run();
        drop(harness);
        found.unwrap()
    }

    #[test]
    fn a_hit_in_sight_leaves_the_line_as_it_is() {
        let text = "Aspirin is given to a man of 54 years with chest pain for three hours, and heparin.\nThen?";
        let line = text.lines().next().unwrap();
        assert_eq!(shown(text, "", "en"), (line.to_owned(), vec![]));
        assert_eq!(shown(text, "given", "en"), (line.to_owned(), vec!["given".to_owned()]));
        // The second hit is cut away, the first is not.
        let both = vec!["Aspirin".to_owned(), "heparin".to_owned()];
        assert_eq!(shown(text, "aspirin heparin", "en"), (line.to_owned(), both));
        // One that is longer than the row begins the line as it is.
        let whole = vec![line.to_owned()];
        assert_eq!(shown(text, &format!("\"{line}\""), "en"), (line.to_owned(), whole));
    }

    #[test]
    fn a_hit_that_is_cut_away_begins_the_line() {
        let text = "A man of 54 years with chest pain for three hours is given aspirin and heparin.\nThen warfarin?";
        let hits = |hits: &[&str]| hits.iter().map(|hit| (*hit).to_owned()).collect::<Vec<_>>();
        let heparin = ("…aspirin and heparin.".to_owned(), hits(&["heparin"]));
        assert_eq!(shown(text, "heparin", "en"), heparin);
        assert_eq!(
            shown(text, "warfarin", "en"),
            ("…Then warfarin?".to_owned(), hits(&["warfarin"]))
        );
        // Hits of other lines are not marked in this one.
        assert_eq!(shown(text, "heparin warfarin", "en"), heparin);
        // Written with harakat and another alef than what is typed.
        let arabic = "رجل عمره ٥٤ سنة يشكو من ألم في الصدر منذ ثلاث ساعات ويُعطى الأَسْبِرين أوّلًا";
        let (line, marked) = shown(arabic, "الاسبرين اولا", "ar");
        assert_eq!(line, "…ساعات ويُعطى الأَسْبِرين أوّلًا");
        assert_eq!(marked, hits(&["الأَسْبِرين", "أوّلًا"]));
    }

    fn begins(text: &str, search: &str) -> String {
        let hit = Query::new(search).find(text).remove(0);
        text[beginning(text, &hit)..].chars().take(24).collect()
    }

    #[test]
    fn an_excerpt_begins_at_a_word_shortly_before_the_hit() {
        let english = "A man of 54 years with chest pain for three hours is given aspirin first.";
        assert_eq!(begins(english, "aspirin"), "is given aspirin first.");
        assert_eq!(begins(english, "man"), "A man of 54 years with c");
        assert!(begins("a short gastroenterological word", "logical").starts_with("gastroenterological"));
        assert!(begins(english, "pirin").starts_with("is given aspirin"));
        let arabic = "رجل عمره ٥٤ سنة يشكو من ألم في الصدر منذ ثلاث ساعات ويعطى الأسبرين أولا";
        assert!(begins(arabic, "الاسبرين").starts_with("ساعات ويعطى الأسبرين"));
        assert!(begins("a heart that is failing, given aspirin", "aspirin").starts_with("given"));
        assert!(begins("first\nsecond aspirin", "aspirin").starts_with("second aspirin"));
    }

    #[test]
    fn a_hit_in_an_endless_word_is_begun_with() {
        let text = format!("{}aspirin", "x".repeat(10_000));
        assert!(begins(&text, "aspirin").ends_with("aspirin"));
        let chinese = format!("{}阿司匹林", "患者男性".repeat(200));
        let found = begins(&chinese, "阿司匹林");
        assert!(
            found.ends_with("阿司匹林") && found.chars().count() <= LEAD + 4,
            "{found}"
        );
    }
}
