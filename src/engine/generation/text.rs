//! Tokens' bytes to text that can be shown while it comes.
//!
//! A token may end within a character, and a character as readers count it (a letter with its vowel signs, a flag)
//! may go on in the next token. So the last such character is held back until another begins, and so is what
//! may turn out to be the start of a stop string.

use unicode_segmentation::UnicodeSegmentation as _;

/// The text of one sequence, as it is written.
#[derive(Debug)]
pub struct TextStream {
    stops: Vec<String>,
    text: String,
    /// Bytes of a character that is not whole yet.
    unfinished: Vec<u8>,
    /// How much of the text was handed out; always between two characters.
    told: usize,
}

impl TextStream {
    pub fn new(stops: Vec<String>) -> Self {
        Self {
            stops,
            text: String::new(),
            unfinished: Vec::new(),
            told: 0,
        }
    }

    /// Adds a token's bytes. Where a stop string comes up, the text ends before it and this returns it.
    pub fn push(&mut self, bytes: &[u8]) -> Option<String> {
        self.unfinished.extend_from_slice(bytes);
        let before = self.text.len();
        self.take_finished();
        self.cut_at_stop(before)
    }

    /// What can be shown beyond what was returned before.
    pub fn ready(&mut self) -> &str {
        let held = self.held_for_stops();
        let (from, untold) = (self.told, self.text.get(self.told..).unwrap_or_default());
        // Whether a character ends here is settled only by what follows it.
        let mut starts = untold.grapheme_indices(true).map(|(start, _)| from + start);
        if let Some(end) = starts.rfind(|&start| start <= held) {
            self.told = end;
        }
        self.text.get(from..self.told).unwrap_or_default()
    }

    /// Nothing follows: returns all that was not shown yet.
    pub fn finish(&mut self) -> &str {
        if !self.unfinished.is_empty() {
            self.unfinished.clear();
            self.text.push(char::REPLACEMENT_CHARACTER);
        }
        let from = std::mem::replace(&mut self.told, self.text.len());
        self.text.get(from..).unwrap_or_default()
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Moves whole characters to the text; bytes that can become none are replaced.
    fn take_finished(&mut self) {
        loop {
            let (valid, invalid) = match std::str::from_utf8(&self.unfinished) {
                Ok(text) => (text.len(), None),
                Err(error) => (error.valid_up_to(), error.error_len()),
            };
            let rest = self.unfinished.split_off(valid);
            self.text.push_str(&String::from_utf8_lossy(&self.unfinished));
            self.unfinished = rest;
            match invalid {
                Some(length) => {
                    self.unfinished.drain(..length);
                    self.text.push(char::REPLACEMENT_CHARACTER);
                }
                None => return,
            }
        }
    }

    fn cut_at_stop(&mut self, before: usize) -> Option<String> {
        let found = |stop: &String| {
            // It may have begun in what came before.
            let from = self.text.floor_char_boundary(before.saturating_sub(stop.len()));
            let place = self.text.get(from..)?.find(stop.as_str())?;
            Some((from + place, stop.clone()))
        };
        let (place, stop) = self.stops.iter().filter_map(found).min_by_key(|&(place, _)| place)?;
        self.text.truncate(place);
        self.unfinished.clear();
        Some(stop)
    }

    /// Where the longest end of the text starts that a stop string begins with.
    fn held_for_stops(&self) -> usize {
        let begins = |start: &usize| {
            let end = self.text.get(*start..).unwrap_or_default();
            !end.is_empty() && self.stops.iter().any(|stop| stop.starts_with(end))
        };
        let longest = self.stops.iter().map(String::len).max().unwrap_or(0);
        let first = self.text.len().saturating_sub(longest).max(self.told);
        let mut starts = (first..self.text.len()).filter(|&start| self.text.is_char_boundary(start));
        starts.find(begins).unwrap_or(self.text.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The pieces of a text whose bytes come in stretches, and the stop string that came up.
    fn pieces(stops: &[&str], stretches: &[&[u8]]) -> (Vec<String>, Option<String>) {
        let mut stream = TextStream::new(stops.iter().map(|&stop| stop.to_owned()).collect());
        let mut pieces = Vec::new();
        let mut stopped = None;
        for bytes in stretches {
            stopped = stream.push(bytes);
            pieces.push(stream.ready().to_owned());
            if stopped.is_some() {
                break;
            }
        }
        pieces.push(stream.finish().to_owned());
        assert_eq!(pieces.concat(), stream.text());
        pieces.retain(|piece| !piece.is_empty());
        (pieces, stopped)
    }

    #[test]
    fn a_letter_waits_for_its_vowel_signs() {
        let word = "طِبّ".as_bytes();
        let (letters, _) = pieces(&[], &word.iter().map(std::slice::from_ref).collect::<Vec<_>>());
        assert_eq!(letters, ["طِ", "بّ"]);
        let family = "👩‍⚕️🇸🇦!".as_bytes();
        let (signs, _) = pieces(&[], &family.chunks(3).collect::<Vec<_>>());
        assert_eq!(signs, ["👩‍⚕️", "🇸🇦", "!"]);
    }

    #[test]
    fn a_stop_string_is_found_across_tokens_and_never_shown() {
        let (shown, stopped) = pieces(&["\nQ:"], &[b"yes", b"\n", b"Q", b": no"]);
        assert_eq!((shown.concat().as_str(), stopped.as_deref()), ("yes", Some("\nQ:")));
        let (shown, stopped) = pieces(&["\nQ:"], &[b"yes", b"\n", b"Q", b" no"]);
        assert_eq!((shown.concat().as_str(), stopped), ("yes\nQ no", None));
    }

    #[test]
    fn of_two_stop_strings_the_first_in_the_text_counts() {
        let (shown, stopped) = pieces(&["cd", "b"], &[b"abcd"]);
        assert_eq!((shown.concat().as_str(), stopped.as_deref()), ("a", Some("b")));
        let stop = "؟";
        let (shown, stopped) = pieces(
            &[stop],
            &["هل".as_bytes(), &stop.as_bytes()[..1], &stop.as_bytes()[1..]],
        );
        assert_eq!((shown.concat().as_str(), stopped.as_deref()), ("هل", Some(stop)));
    }

    #[test]
    fn bytes_that_are_no_text_are_replaced() {
        let (shown, _) = pieces(&[], &[b"a\xff", b"b\xd8"]);
        assert_eq!(shown.concat(), "a\u{fffd}b\u{fffd}");
    }

    proptest! {
        #[test]
        fn pieces_are_the_text_cut_between_characters(
            text in "[a-cطبِّ\u{200d}👩🇸🇦\u{0915}\u{094d} ]{0,12}",
            cuts in prop::collection::vec(1usize..5, 1..20),
            stop in "[abط]{1,3}",
        ) {
            let mut stretches = Vec::new();
            let (mut rest, mut cuts) = (text.as_bytes(), cuts.iter().cycle());
            while !rest.is_empty() {
                let (stretch, after) = rest.split_at(rest.len().min(*cuts.next().unwrap()));
                stretches.push(stretch);
                rest = after;
            }
            let (shown, stopped) = pieces(&[&stop], &stretches);
            let expected = text.split(&*stop).next().unwrap();
            prop_assert_eq!(shown.concat(), expected);
            prop_assert_eq!(stopped.is_some(), text.contains(&*stop));
            let mut ends = expected.grapheme_indices(true).map(|(start, grapheme)| start + grapheme.len());
            let mut end = 0;
            for piece in &shown {
                end += piece.len();
                prop_assert!(ends.any(|boundary| boundary == end), "{:?}", shown);
            }
        }
    }
}
