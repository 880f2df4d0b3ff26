//! Isolates: text of unknown direction placed into a sentence without reordering what stands around it.
//!
//! A drug name, a file name or a model's answer goes between FIRST STRONG ISOLATE and POP
//! DIRECTIONAL ISOLATE (UAX 9): it takes its direction from its own content, and counts as one
//! neutral character outside.

use std::collections::HashSet;
use std::ops::Range;
use std::path::Path;

/// FIRST STRONG ISOLATE.
pub const FIRST_STRONG: char = '\u{2068}';
/// POP DIRECTIONAL ISOLATE.
pub const POP: char = '\u{2069}';

/// POP DIRECTIONAL FORMATTING, the end of an embedding or an override.
const POP_EMBEDDING: char = '\u{202c}';
/// LEFT-TO-RIGHT ISOLATE.
pub const LEFT_TO_RIGHT: char = '\u{2066}';
/// RIGHT-TO-LEFT ISOLATE.
pub const RIGHT_TO_LEFT: char = '\u{2067}';

/// `text` between isolate marks, balanced so that marks within it cannot reach outside.
pub fn isolate(text: &str) -> String {
    let mut isolated = String::with_capacity(text.len() + 2 * POP.len_utf8());
    isolated.push(FIRST_STRONG);
    let mut open = 0_usize;
    for character in text.chars() {
        match character {
            FIRST_STRONG | LEFT_TO_RIGHT | RIGHT_TO_LEFT => open += 1,
            // One without a beginning would end our own isolate.
            POP if open == 0 => continue,
            POP => open -= 1,
            _ => {}
        }
        isolated.push(character);
    }
    isolated.extend(std::iter::repeat_n(POP, open + 1));
    isolated
}

/// Joins `parts` by `separator`, each part isolated from the others.
pub fn join<'a>(parts: impl IntoIterator<Item = &'a str>, separator: &str) -> String {
    let isolated: Vec<String> = parts.into_iter().map(isolate).collect();
    isolated.join(separator)
}

/// A path whose folders and file are isolated from each other, so that it is read from the root on whatever letters
/// they are in.
pub fn path(path: &Path) -> String {
    let shown = path.display().to_string();
    let mut isolated = String::with_capacity(shown.len());
    for part in shown.split_inclusive(std::path::is_separator) {
        let name = part.trim_end_matches(std::path::is_separator);
        match name.contains(is_right_to_left) {
            true => isolated.push_str(&isolate(name)),
            false => isolated.push_str(name),
        }
        isolated.push_str(part.get(name.len()..).unwrap_or_default());
    }
    isolated
}

/// A sentence of ours in which every name in right-to-left letters is isolated.
///
/// For messages that come whole, as an error's does: their parts are not known any more, and where
/// the command line prints them there are to be no marks. In a left-to-right sentence, words next
/// to each other that hold right-to-left letters are taken for one name; a name between backquotes
/// ends there. Parts that are isolated already stay as they are.
pub fn names(sentence: &str) -> String {
    let mut shown = String::with_capacity(sentence.len());
    let mut written = 0;
    for name in foreign(sentence) {
        shown.push_str(sentence.get(written..name.start).unwrap_or_default());
        shown.push_str(&isolate(sentence.get(name.clone()).unwrap_or_default()));
        written = name.end;
    }
    shown.push_str(sentence.get(written..).unwrap_or_default());
    shown
}

/// `text` without the pairs of marks that [`isolate`] adds, for those who listen to it.
pub fn plain(text: &str) -> String {
    let marks = marks(text);
    let kept = text.char_indices().filter(|(at, _)| !marks.contains(at));
    kept.map(|(_, character)| character).collect()
}

/// Where the pairs of marks that [`isolate`] adds stand in `text`.
pub fn marks(text: &str) -> HashSet<usize> {
    let mut marks = HashSet::new();
    // Of every isolate that is open, where its first mark stands if that is ours.
    let mut open: Vec<Option<usize>> = Vec::new();
    for (at, character) in text.char_indices() {
        match character {
            FIRST_STRONG => open.push(Some(at)),
            LEFT_TO_RIGHT | RIGHT_TO_LEFT => open.push(None),
            POP => {
                if let Some(Some(first)) = open.pop() {
                    marks.extend([first, at]);
                }
            }
            _ => {}
        }
    }
    marks
}

/// Where names in right-to-left letters stand in `sentence`, outside of its isolates.
fn foreign(sentence: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut open = 0_usize;
    // Whether the name found last may go on with the next word.
    let mut goes_on = false;
    let mut start = 0;
    for word in sentence.split_inclusive(char::is_whitespace) {
        let isolated = open > 0 || word.contains([FIRST_STRONG, LEFT_TO_RIGHT, RIGHT_TO_LEFT]);
        for character in word.chars() {
            match character {
                FIRST_STRONG | LEFT_TO_RIGHT | RIGHT_TO_LEFT => open += 1,
                POP => open = open.saturating_sub(1),
                _ => {}
            }
        }
        let trimmed = word.trim_end();
        let begun = trimmed.trim_start_matches(BESIDE);
        let bare = begun.trim_end_matches(BESIDE);
        let is_name = !isolated && bare.contains(is_right_to_left);
        if is_name {
            let begin = start + trimmed.len() - begun.len();
            let end = begin + bare.len();
            match found.last_mut() {
                Some(last) if goes_on && begun == trimmed => last.end = end,
                _ => found.push(begin..end),
            }
        }
        goes_on = is_name && bare == begun;
        start += word.len();
    }
    found
}

/// What stands beside a name in a sentence and is no part of it.
const BESIDE: [char; 13] = ['.', ',', ':', ';', '!', '?', '`', '\'', '"', '(', ')', '[', ']'];

/// Whether a character is of a script that runs from right to left (the blocks that Unicode keeps for them).
fn is_right_to_left(character: char) -> bool {
    matches!(
        character,
        '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}'
            | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}'
    )
}

/// The marks that end what `text` begins within its last paragraph and does not end: isolates,
/// embeddings and overrides.
pub fn closing(text: &str) -> String {
    let mut open: Vec<char> = Vec::new();
    for character in text.chars() {
        match character {
            FIRST_STRONG | LEFT_TO_RIGHT | RIGHT_TO_LEFT => open.push(POP),
            '\u{202a}' | '\u{202b}' | '\u{202d}' | '\u{202e}' => open.push(POP_EMBEDDING),
            // The end of an isolate ends what was begun within it.
            POP => {
                if let Some(isolate) = open.iter().rposition(|end| *end == POP) {
                    open.truncate(isolate);
                }
            }
            POP_EMBEDDING if open.last() == Some(&POP_EMBEDDING) => drop(open.pop()),
            '\n' | '\u{2029}' => open.clear(),
            _ => {}
        }
    }
    open.into_iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn isolates_and_joins() {
        assert_eq!(isolate("mg"), "\u{2068}mg\u{2069}");
        assert_eq!(join(["أ", "b"], ", "), "\u{2068}أ\u{2069}, \u{2068}b\u{2069}");
        assert_eq!(join([], ", "), "");
    }

    #[test]
    fn every_part_of_a_path_is_isolated() {
        for (plain, shown) in [
            ("/home/nadia/a.gguf", "/home/nadia/a.gguf"),
            ("/بيانات/نموذج-7B.gguf", "/<<بيانات>>/<<نموذج-7B.gguf>>"),
            ("", ""),
        ] {
            let marks = shown.replace("<<", "\u{2068}").replace(">>", "\u{2069}");
            assert_eq!(path(Path::new(plain)), marks);
        }
    }

    #[test]
    fn names_in_a_message_are_isolated() {
        for (message, shown) in [
            ("no such file", "no such file"),
            ("/home/زيد/a.gguf is damaged", "<</home/زيد/a.gguf>> is damaged"),
            (
                "ملف النتائج.csv cannot be read: line 3.",
                "<<ملف النتائج.csv>> cannot be read: line 3.",
            ),
            (
                "the benchmark `أسئلة الطب` would hold no item",
                "the benchmark `<<أسئلة الطب>>` would hold no item",
            ),
            ("there are `أ`, `ب` and `c`", "there are `<<أ>>`, `<<ب>>` and `c`"),
            ("`أ` `ب`", "`<<أ>>` `<<ب>>`"),
            ("Model <<بيان>> failed on أ: 3", "Model <<بيان>> failed on <<أ>>: 3"),
            ("", ""),
        ] {
            let marks = |text: &str| text.replace("<<", "\u{2068}").replace(">>", "\u{2069}");
            assert_eq!(names(&marks(message)), marks(shown));
            assert_eq!(plain(&marks(shown)), message.replace("<<", "").replace(">>", ""));
        }
    }

    #[test]
    fn only_marks_that_could_be_ours_are_left_out() {
        assert_eq!(plain("\u{2067}a\u{2069} \u{2068}b\u{2069}"), "\u{2067}a\u{2069} b");
        assert_eq!(plain("a\u{2069}"), "a\u{2069}");
        assert_eq!(plain(&isolate(&isolate("أ"))), "أ");
    }

    #[test]
    fn marks_within_cannot_reach_outside() {
        assert_eq!(isolate("a\u{2069}b"), "\u{2068}ab\u{2069}");
        assert_eq!(isolate("\u{2067}a"), "\u{2068}\u{2067}a\u{2069}\u{2069}");
        assert_eq!(isolate("\u{2067}a\u{2069}"), "\u{2068}\u{2067}a\u{2069}\u{2069}");
        for text in ["", "a", "\u{2069}\u{2069}", "\u{2066}\u{2067}x"] {
            assert_eq!(closing(&isolate(text)), "", "{text:?}");
        }
    }

    #[test]
    fn ends_what_is_open_in_the_last_paragraph() {
        assert_eq!(closing("\u{2068}a\n\u{2066}b \u{2067}c\u{2069}"), "\u{2069}");
        assert_eq!(closing("\u{2069}\u{2069}\u{202c}"), "");
        assert_eq!(closing("\u{202e}a\u{2068}b\u{202b}c"), "\u{202c}\u{2069}\u{202c}");
        assert_eq!(closing("\u{202e}a\u{2068}b\u{202b}c\u{2069}"), "\u{202c}");
        assert_eq!(
            closing("\u{2068}b\u{202c}"),
            "\u{2069}",
            "an embedding's end ends no isolate"
        );
    }
}
