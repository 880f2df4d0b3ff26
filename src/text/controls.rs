//! Characters that are not seen: what they are called, and how they are shown on request.
//!
//! Marks of direction, joiners, soft hyphens and their like change how the text around them reads
//! while nothing is seen of them. Where they are shown, a symbol stands for each. It has as many
//! bytes as the character, so that positions in the text stay, and no direction, so that what the
//! character did to the text around it is undone.

use std::borrow::Cow;
use std::ops::Range;

/// Whether characters that are not seen act, or are shown instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Controls {
    #[default]
    Obeyed,
    /// Shown are all but [joiners](is_joiner), which right writing needs.
    Shown,
    /// Shown are all.
    AllShown,
}

impl Controls {
    /// Whether a symbol stands for `character`.
    pub fn shows(self, character: char) -> bool {
        match self {
            Self::Obeyed => false,
            Self::Shown => is_unseen(character) && !is_joiner(character),
            Self::AllShown => is_unseen(character),
        }
    }

    /// `text` with its symbols.
    pub fn reveal(self, text: &str) -> Cow<'_, str> {
        if !text.contains(|character| self.shows(character)) {
            return Cow::Borrowed(text);
        }
        let mut revealed = String::with_capacity(text.len());
        for character in text.chars() {
            if self.shows(character) {
                revealed.push_str(symbol(character));
            } else {
                revealed.push(character);
            }
        }
        Cow::Owned(revealed)
    }

    /// Where symbols stand in `text`, in bytes.
    pub fn places(self, text: &str) -> Vec<Range<usize>> {
        let shown = text.char_indices().filter(|(_, character)| self.shows(*character));
        shown
            .map(|(place, character)| place..place + character.len_utf8())
            .collect()
    }

    /// The symbols in `texts` with what each stands for, every one once.
    pub fn legend<'a>(self, texts: impl Iterator<Item = &'a str>) -> Vec<(&'static str, &'static str)> {
        let mut legend = Vec::new();
        for character in texts.flat_map(str::chars).filter(|character| self.shows(*character)) {
            let line = (symbol(character), name(character).unwrap_or_default());
            if !legend.contains(&line) {
                legend.push(line);
            }
        }
        legend
    }
}

/// Whether nothing is drawn for `character`, not even a space: Unicode's default ignorable code points.
pub fn is_unseen(character: char) -> bool {
    matches!(
        character,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fff8}'
            | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}'
    )
}

/// Whether a character is one that Persian, the scripts of India and emoji are not written right without.
pub fn is_joiner(character: char) -> bool {
    matches!(
        character,
        '\u{200c}' | '\u{200d}' | '\u{180b}'..='\u{180f}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0020}'..='\u{e01ef}'
    )
}

/// Whether a character acts on the direction of the text around it.
pub fn is_directional(character: char) -> bool {
    matches!(
        character,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
    )
}

/// What a character that is not seen is called; `None` for others.
pub fn name(character: char) -> Option<&'static str> {
    let name = match character {
        '\u{ad}' => "Soft hyphen",
        '\u{34f}' => "Combining grapheme joiner",
        '\u{61c}' => "Arabic letter mark",
        '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}' => "Hangul filler",
        '\u{200b}' => "Zero width space",
        '\u{200c}' => "Zero width non-joiner",
        '\u{200d}' => "Zero width joiner",
        '\u{200e}' => "Left-to-right mark",
        '\u{200f}' => "Right-to-left mark",
        '\u{202a}' => "Left-to-right embedding",
        '\u{202b}' => "Right-to-left embedding",
        '\u{202c}' => "Pop directional formatting",
        '\u{202d}' => "Left-to-right override",
        '\u{202e}' => "Right-to-left override",
        '\u{2060}' => "Word joiner",
        '\u{2066}' => "Left-to-right isolate",
        '\u{2067}' => "Right-to-left isolate",
        '\u{2068}' => "First strong isolate",
        '\u{2069}' => "Pop directional isolate",
        '\u{feff}' => "Byte order mark",
        '\u{180b}'..='\u{180f}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}' => "Variation selector",
        '\u{e0001}' | '\u{e0020}'..='\u{e007f}' => "Tag",
        other if is_unseen(other) => "Invisible character",
        _ => return None,
    };
    Some(name)
}

/// What is drawn for a character that is not seen: as many bytes, without a direction of its own,
/// and in the bundled fonts.
fn symbol(character: char) -> &'static str {
    match character {
        '\u{200e}' => "→",
        '\u{200f}' => "←",
        '\u{61c}' => "˂",
        '\u{202a}' => "├",
        '\u{202b}' => "┤",
        '\u{202c}' => "│",
        '\u{202d}' => "┣",
        '\u{202e}' => "┫",
        '\u{2066}' => "┌",
        '\u{2067}' => "┐",
        '\u{2068}' => "┬",
        '\u{2069}' => "┴",
        '\u{ad}' => "¬",
        '\u{200b}' => "‧",
        '\u{200c}' => "‸",
        '\u{200d}' => "⁀",
        '\u{2060}' => "‿",
        '\u{feff}' => "◎",
        // No bundled font has a sign of four bytes, so it is one of two with a line under it.
        other => match other.len_utf8() {
            2 => "×",
            3 => "◇",
            _ => "×\u{332}",
        },
    }
}

#[cfg(test)]
mod tests {
    use unicode_segmentation::UnicodeSegmentation;

    use super::*;

    fn unseen() -> impl Iterator<Item = char> {
        ('\0'..=char::MAX).filter(|character| is_unseen(*character))
    }

    #[test]
    fn a_symbol_has_as_many_bytes_is_one_character_to_a_reader_and_is_seen() {
        assert_eq!(unseen().count(), 4174);
        for character in unseen() {
            let symbol = symbol(character);
            assert_eq!(symbol.len(), character.len_utf8(), "{character:?}");
            assert_eq!(symbol.graphemes(true).count(), 1, "{character:?}");
            assert!(!symbol.contains(is_unseen));
            assert!(name(character).is_some());
        }
    }

    #[test]
    fn shows_what_was_asked_for_and_keeps_the_rest() {
        let text = "می\u{200c}خورد \u{202e}ab\u{202c}";
        assert_eq!(Controls::Obeyed.reveal(text), text);
        assert_eq!(Controls::Shown.reveal(text), "می\u{200c}خورد ┫ab│");
        assert_eq!(Controls::AllShown.reveal(text), "می‸خورد ┫ab│");
        assert_eq!(Controls::AllShown.reveal("5 mg"), "5 mg");
        assert_eq!(Controls::Shown.places(text), [16..19, 21..24]);
        let legend = Controls::Shown.legend([text, text].into_iter());
        let names = [("┫", "Right-to-left override"), ("│", "Pop directional formatting")];
        assert_eq!(legend, names);
        assert_eq!(Controls::Obeyed.legend([text].into_iter()), []);
    }

    #[test]
    fn every_mark_of_direction_is_unseen_and_shown() {
        for character in ('\0'..=char::MAX).filter(|character| is_directional(*character)) {
            assert!(Controls::Shown.shows(character), "{character:?}");
            assert_ne!(name(character), Some("Invisible character"));
        }
    }
}
