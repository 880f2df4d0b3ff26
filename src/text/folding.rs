//! Folding for search: what a reader takes for the same word is found however it is written.
//!
//! Folded away are case; the marks on letters (Latin, Greek and Cyrillic diacritics, so that `й` is
//! found by `и`; Yoruba and Vietnamese tones; Arabic harakat and Quranic signs; Hebrew points;
//! nuktas); tatweel; the forms of one letter (`أ إ آ ٱ` as `ا`, `ى ی ئ` as `ي`, `ة` as `ه`, `ک` as
//! `ك`, `ؤ` as `و`, final letters of Greek and Hebrew, the letters that Amharic sounds alike);
//! letters of one language in the next (`ø ł đ ı ß æ ŋ ɗ`); the digits of every script; half and
//! full width, ligatures and other compatibility forms; katakana against hiragana; the many dashes
//! and quotes; and every character that is not seen. Vowel signs and tone marks of Indic scripts and
//! of Thai stay, for they spell the word. Korean is compared letter by letter, so that a search
//! finds while a syllable is being typed. A run of white space is one space.
//!
//! A [`Folded`] text is made once and kept; a [`Query`] looks through many. Where a hit stands in
//! the text itself is asked of few texts, those on the screen, and so is worked out anew
//! ([`Query::find`]).

use std::ops::Range;

use memchr::memmem::Finder;
use unicode_normalization::char::{canonical_combining_class, compose, decompose_compatible};
use unicode_segmentation::GraphemeCursor;

/// A text as search compares it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Folded(Box<str>);

impl Folded {
    /// Folds `text`.
    pub fn new(text: &str) -> Self {
        Self::of_parts([text])
    }

    /// Folds several texts that are searched as one; no hit reaches from one into the next.
    pub fn of_parts<'a>(parts: impl IntoIterator<Item = &'a str>) -> Self {
        let mut folder = Folder::default();
        for (place, part) in parts.into_iter().enumerate() {
            if place > 0 {
                folder.folded.push(BETWEEN);
            }
            part.chars().for_each(|character| folder.push(character));
        }
        Self(folder.folded.into())
    }

    /// The folded characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Stands between the parts of a folded text; nothing is folded to it.
const BETWEEN: char = '\n';

/// What is searched for: every word must occur, in any order; `"words in quotes"` must occur
/// just so.
#[derive(Debug, Clone, Default)]
pub struct Query {
    terms: Vec<Finder<'static>>,
}

impl Query {
    /// Reads what was typed. A quote that is still open reaches to the end.
    pub fn new(typed: &str) -> Self {
        let mut terms: Vec<String> = Vec::new();
        let mut rest = typed;
        loop {
            let (words, quoted) = split_at_quote(rest);
            let words = Folded::new(words);
            terms.extend(words.as_str().split(' ').map(str::to_owned));
            let Some(quoted) = quoted else { break };
            let (phrase, after) = quoted.split_once(is_quote).unwrap_or((quoted, ""));
            terms.push(Folded::new(phrase).as_str().trim().to_owned());
            rest = after;
        }
        terms.retain(|term| !term.is_empty());
        // The longest occurs the least, so most texts are done after one look.
        terms.sort_by_key(|term| std::cmp::Reverse(term.len()));
        terms.dedup();
        Self {
            terms: terms.iter().map(|term| Finder::new(term).into_owned()).collect(),
        }
    }

    /// Whether nothing is searched for, so that every text matches.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// Whether all of it occurs in a text.
    pub fn matches(&self, folded: &Folded) -> bool {
        self.matches_folded(&folded.0)
    }

    /// Whether all of it occurs in the characters of a text that was folded before.
    pub fn matches_folded(&self, folded: &str) -> bool {
        let haystack = folded.as_bytes();
        self.terms.iter().all(|term| term.find(haystack).is_some())
    }

    /// Whether every text that this matches is matched by `other` too, as while somebody types on.
    pub fn narrows(&self, other: &Self) -> bool {
        let occurs = |old: &Finder<'_>| self.terms.iter().any(|new| old.find(new.needle()).is_some());
        other.terms.iter().all(occurs)
    }

    /// Whether all of it occurs in texts that were not folded before, each for itself.
    pub fn finds<'a>(&self, parts: impl IntoIterator<Item = &'a str>) -> bool {
        self.is_empty() || self.matches(&Folded::of_parts(parts))
    }

    /// Where parts of it stand in `text`: ranges of its bytes from first to last, apart from each
    /// other, each of whole characters as readers see them (grapheme clusters).
    pub fn find(&self, text: &str) -> Vec<Range<usize>> {
        if self.is_empty() {
            return Vec::new();
        }
        let traced = Traced::new(text);
        let haystack = traced.folded.as_bytes();
        let mut found: Vec<Range<usize>> = self
            .terms
            .iter()
            .flat_map(|term| {
                let length = term.needle().len();
                term.find_iter(haystack).map(move |start| start..start + length)
            })
            .map(|range| traced.original(range))
            .collect();
        found.sort_by_key(|range| range.start);
        found.dedup_by(|next, before| {
            let overlap = next.start < before.end;
            if overlap {
                before.end = before.end.max(next.end);
            }
            overlap
        });
        found
    }
}

/// What comes before the first quote that begins a word, and what comes after it.
fn split_at_quote(typed: &str) -> (&str, Option<&str>) {
    // Within a word it is an abbreviation (as in Hebrew) or an inch.
    let begins = |place: usize| {
        typed
            .get(..place)
            .is_some_and(|before| !before.ends_with(|it: char| !it.is_whitespace()))
    };
    let quote = typed
        .char_indices()
        .find(|&(place, character)| is_quote(character) && begins(place));
    match quote {
        Some((place, quote)) => (
            typed.get(..place).unwrap_or_default(),
            typed.get(place + quote.len_utf8()..),
        ),
        None => (typed, None),
    }
}

fn is_quote(character: char) -> bool {
    matches!(character, '"' | '“' | '”' | '„' | '«' | '»')
}

/// A folded text that knows where each part of it came from.
struct Traced<'a> {
    text: &'a str,
    folded: String,
    /// After every character of the text: how many bytes were folded so far, and read.
    borders: Vec<(usize, usize)>,
}

impl<'a> Traced<'a> {
    fn new(text: &'a str) -> Self {
        let mut folder = Folder::default();
        let mut borders = Vec::with_capacity(text.len());
        for (start, character) in text.char_indices() {
            folder.push(character);
            borders.push((folder.folded.len(), start + character.len_utf8()));
        }
        Self {
            text,
            folded: folder.folded,
            borders,
        }
    }

    /// The grapheme clusters that a range of the folded text came from.
    fn original(&self, folded: Range<usize>) -> Range<usize> {
        let read = |place: usize| self.borders.get(place).map(|(_, read)| *read);
        let first = self.borders.partition_point(|(written, _)| *written <= folded.start);
        let last = self.borders.partition_point(|(written, _)| *written < folded.end);
        let start = first.checked_sub(1).and_then(read).unwrap_or_default();
        let end = read(last).unwrap_or(start);
        let cursor = |at: usize| GraphemeCursor::new(at, self.text.len(), true);
        // From the character after the start, the border before is the start itself or that of its cluster.
        let within = read(first).unwrap_or(start);
        let start = cursor(within)
            .prev_boundary(self.text, 0)
            .ok()
            .flatten()
            .unwrap_or(start);
        let before_end = last.checked_sub(1).and_then(read).unwrap_or_default();
        let end = cursor(before_end)
            .next_boundary(self.text, 0)
            .ok()
            .flatten()
            .unwrap_or(end);
        start..end
    }
}

/// Folds character by character.
#[derive(Default)]
struct Folder {
    folded: String,
    /// Whether the last character read was a kana, which a voicing mark may join.
    voiceable: bool,
}

impl Folder {
    fn push(&mut self, character: char) {
        let voiceable = std::mem::take(&mut self.voiceable);
        match character {
            'A'..='Z' => self.folded.push(character.to_ascii_lowercase()),
            '!'..='~' if character != '`' => self.folded.push(character),
            ' ' => self.push_space(),
            '\u{621}'..='\u{63a}' | '\u{641}'..='\u{64a}' => self.folded.push(variant(character).unwrap_or(character)),
            // Letters of these blocks have no parts, or fold to themselves.
            '\u{4e00}'..='\u{9fff}' => self.folded.push(character),
            '\u{3041}'..='\u{3096}' | '\u{309d}' | '\u{309e}' => {
                self.folded.push(character);
                self.voiceable = true;
            }
            '\u{3099}' | '\u{309a}' | '\u{ff9e}' | '\u{ff9f}' => {
                if voiceable {
                    self.voice(character);
                }
            }
            _ if is_unseen(character) => {}
            // A mark between a kana and its voicing mark is of the same cluster as both.
            _ if is_mark(character) => self.voiceable = voiceable && canonical_combining_class(character) > 0,
            _ => match variant(character) {
                Some(letter) => self.folded.push(letter),
                None => decompose_compatible(character, |part| self.push_part(part)),
            },
        }
    }

    /// A character without a decomposition.
    fn push_part(&mut self, part: char) {
        // Amharic has a space of its own.
        if part.is_whitespace() || part == '\u{1361}' {
            self.push_space();
        } else if !is_unseen(part) && !is_mark(part) {
            for lower in part.to_lowercase() {
                match (spelled(lower), variant(lower).or_else(|| digit(lower))) {
                    (Some(letters), _) => self.folded.push_str(letters),
                    (None, Some(letter)) => self.folded.push(letter),
                    (None, None) => self.push_letter(lower),
                }
            }
        }
    }

    fn push_space(&mut self) {
        if !self.folded.ends_with(' ') {
            self.folded.push(' ');
        }
    }

    fn push_letter(&mut self, letter: char) {
        match letter {
            '\u{3099}' | '\u{309a}' => {
                if self.voiceable {
                    self.voice(letter);
                }
            }
            // Katakana, which lie as far from hiragana everywhere.
            '\u{30a1}'..='\u{30f6}' | '\u{30fd}' | '\u{30fe}' => {
                let hiragana = char::from_u32(u32::from(letter) - 0x60).unwrap_or(letter);
                self.folded.push(hiragana);
                self.voiceable = true;
            }
            _ => self.folded.push(letter),
        }
    }

    /// Joins a voicing mark to the kana before it, as in が; one that joins nothing says nothing.
    fn voice(&mut self, mark: char) {
        let mark = match mark {
            '\u{ff9e}' => '\u{3099}',
            '\u{ff9f}' => '\u{309a}',
            mark => mark,
        };
        self.voiceable = false;
        if let Some(voiced) = self.folded.chars().next_back().and_then(|kana| compose(kana, mark)) {
            self.folded.pop();
            self.folded.push(voiced);
        }
    }
}

/// Whether a character is not seen, or only stretches a line as tatweel does.
fn is_unseen(character: char) -> bool {
    match character {
        '\u{640}' => true,
        '\u{0}'..='\u{ff}' => character == '\u{ad}' || (character.is_control() && !character.is_whitespace()),
        _ => super::controls::is_unseen(character),
    }
}

/// Whether a character is a mark on a letter that does not spell the word: accents, tones of Latin
/// letters, Arabic and Hebrew points, nuktas.
fn is_mark(character: char) -> bool {
    match canonical_combining_class(character) {
        // Enclosing marks, and the Quranic signs that are no combining characters.
        0 => matches!(
            character,
            '\u{488}' | '\u{489}' | '\u{6dd}' | '\u{6de}' | '\u{6e5}' | '\u{6e6}' | '\u{6e9}'
                | '\u{20dd}'..='\u{20e0}' | '\u{20e2}'..='\u{20e4}'
        ),
        // A nukta, but in Burmese a tone.
        7 => character != '\u{1037}',
        1 | 10..=35 | 200..=240 => true,
        _ => false,
    }
}

/// The letter or sign that `character`, a small letter, is taken for.
fn variant(character: char) -> Option<char> {
    Some(match character {
        // Arabic, with Persian, Urdu and Kurdish.
        'أ' | 'إ' | 'آ' | 'ٱ' | 'ٲ' | 'ٳ' | 'ٵ' => 'ا',
        'ى' | 'ی' | 'ئ' | 'ې' | 'ۍ' | 'ێ' | 'ؠ' | 'ٸ' => 'ي',
        'ؤ' | 'ٶ' => 'و',
        'ة' | 'ۃ' | 'ہ' | 'ۂ' | 'ھ' | 'ە' | 'ۀ' => 'ه',
        'ک' | 'ڪ' | 'ػ' => 'ك',
        '،' | '٬' | '、' => ',',
        '؛' => ';',
        '؟' => '?',
        '٪' => '%',
        '٫' | '۔' | '。' => '.',
        // Latin of many languages.
        'ø' | 'ɔ' => 'o',
        'ł' => 'l',
        'đ' | 'ð' | 'ɗ' | 'ɖ' => 'd',
        'ħ' => 'h',
        'ı' => 'i',
        'ŋ' | 'ɲ' => 'n',
        'ŧ' => 't',
        'ɓ' => 'b',
        'ƙ' => 'k',
        'ƴ' => 'y',
        'ɛ' | 'ə' | 'ǝ' => 'e',
        'ƒ' => 'f',
        'ɣ' => 'g',
        'ʋ' => 'v',
        // Greek, Cyrillic, Hebrew.
        'ς' => 'σ',
        'ґ' => 'г',
        'ך' => 'כ',
        'ם' => 'מ',
        'ן' => 'נ',
        'ף' => 'פ',
        'ץ' => 'צ',
        // The letters of Amharic that sound alike, by their order.
        '\u{1210}'..='\u{1217}' | '\u{1280}'..='\u{1287}' => ethiopic('\u{1200}', character),
        '\u{1220}'..='\u{1227}' => ethiopic('\u{1230}', character),
        '\u{12d0}'..='\u{12d7}' => ethiopic('\u{12a0}', character),
        '\u{1340}'..='\u{1347}' => ethiopic('\u{1338}', character),
        '\u{1203}' => '\u{1200}',
        '\u{12a3}' => '\u{12a0}',
        // Signs.
        '\u{2010}'..='\u{2015}' | '\u{2043}' | '\u{2212}' | '\u{5be}' => '-',
        '\u{2044}' | '\u{2215}' => '/',
        '‘' | '’' | '‚' | '‛' | '‹' | '›' | '′' | 'ʹ' | 'ʻ' | 'ʼ' | '`' | '´' | '׳' => '\'',
        '“' | '”' | '„' | '‟' | '«' | '»' | '″' | '״' => '"',
        _ => return None,
    })
}

/// The letter of the same order in the row of eight that begins with `row`; two of them have one
/// more way to write the first.
fn ethiopic(row: char, letter: char) -> char {
    let order = u32::from(letter) % 8;
    let first_again = order == 3 && matches!(row, '\u{1200}' | '\u{12a0}');
    let order = if first_again { 0 } else { order };
    char::from_u32(u32::from(row) + order).unwrap_or(letter)
}

/// A small letter that is written with several.
fn spelled(letter: char) -> Option<&'static str> {
    Some(match letter {
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'þ' => "th",
        'ĸ' => "k",
        _ => return None,
    })
}

/// The ASCII digit that a decimal digit of another script stands for.
fn digit(character: char) -> Option<char> {
    let code = u32::from(character);
    if !character.is_numeric() {
        return None;
    }
    let row = ZEROS.partition_point(|zero| *zero <= code).checked_sub(1)?;
    let value = code - ZEROS.get(row)?;
    char::from_digit(value, 10)
}

/// The zeros of the scripts with decimal digits (Unicode's category Nd); nine digits follow each.
const ZEROS: &[u32] = &[
    0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xde6, 0xe50, 0xed0, 0xf20,
    0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50, 0x1bb0, 0x1c40, 0x1c50, 0xa620, 0xa8d0,
    0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0x104a0, 0x10d30, 0x11066, 0x110f0, 0x11136, 0x111d0, 0x112f0, 0x11450,
    0x114d0, 0x11650, 0x116c0, 0x11730, 0x118e0, 0x11950, 0x11c50, 0x11d50, 0x11da0, 0x11f50, 0x16a60, 0x16ac0,
    0x16b50, 0x1e140, 0x1e2f0, 0x1e4f0, 0x1e950,
];

#[cfg(test)]
#[path = "folding_tests.rs"]
mod tests;
