//! Isolates: text of unknown direction placed into a sentence without reordering what stands around it.
//!
//! A drug name, a file name or a model's answer goes between FIRST STRONG ISOLATE and POP
//! DIRECTIONAL ISOLATE (UAX 9): it takes its direction from its own content, and counts as one
//! neutral character outside.

/// FIRST STRONG ISOLATE.
pub const FIRST_STRONG: char = '\u{2068}';
/// POP DIRECTIONAL ISOLATE.
pub const POP: char = '\u{2069}';

/// POP DIRECTIONAL FORMATTING, the end of an embedding or an override.
const POP_EMBEDDING: char = '\u{202c}';
const LEFT_TO_RIGHT: char = '\u{2066}';
const RIGHT_TO_LEFT: char = '\u{2067}';

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
