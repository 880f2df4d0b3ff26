//! Reading several options at a place of a reply, where all that are right are asked for: "A and C", "A、C", "أ و ج".

use super::choice::{CLOSERS, Choices, DELIMITERS, JOINERS, Stated, first_run, prefixes, skip_between};
use super::words::fold;

/// Options by their places, as bits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Places(u32);

impl Places {
    pub fn with(self, place: usize) -> Self {
        let bit = u32::try_from(place).ok().and_then(|place| 1_u32.checked_shl(place));
        Self(self.0 | bit.unwrap_or(0))
    }

    pub fn count(self) -> usize {
        self.0.count_ones() as usize
    }

    /// The places in their order.
    pub fn in_order(self) -> impl Iterator<Item = usize> {
        (0..32).filter(move |place| self.0 >> place & 1 == 1)
    }
}

/// The longest text of an option that is looked for, in characters.
const LONGEST: usize = 300;

impl Choices {
    /// Two options or more, one joined to the other, that `text` begins with. Joined by "or" they contradict each other.
    pub(super) fn all_at(&self, text: &str, alone: bool) -> Option<Stated> {
        let (first, mut rest) = self.element(text)?;
        let mut places = Places::default().with(first);
        while let Some((after, either)) = self.after_joint(rest) {
            let (after, _) = skip_between(after);
            let Some((place, further)) = self.element(after) else {
                if after.trim().is_empty() {
                    // "A and" says that there is more.
                    return Some(Stated::Several);
                }
                break;
            };
            if either {
                return Some(Stated::Several);
            }
            places = places.with(place);
            rest = further;
        }
        let ended = rest.trim_start_matches(|character: char| CLOSERS.contains(character));
        let ended = ended.split('\n').next().unwrap_or_default().trim();
        let ends = ended.is_empty() || ended.starts_with(|character| DELIMITERS.contains(character));
        (places.count() > 1 && (ends || !alone) && !self.vocabulary.denies_after(ended)).then_some(Stated::All(places))
    }

    /// Options that stand in lines of their own, where they are fewer than all.
    pub(super) fn together(&self, lines: &[Stated]) -> Option<Stated> {
        let mut places = Places::default();
        for line in lines {
            match line {
                Stated::One(place) => places = places.with(*place),
                Stated::All(_) | Stated::Several => return None,
            }
        }
        let listed = self.wants_all && places.count() == lines.len() && places.count() < self.options.len();
        (listed && places.count() > 1).then_some(Stated::All(places))
    }

    /// One option by its letter, with its text where that follows, or by its text; and what comes after it.
    fn element<'a>(&self, text: &'a str) -> Option<(usize, &'a str)> {
        // A letter that is a word too is a letter beside others.
        let Some(label) = self.label_at(text, true) else {
            let (place, _) = self.text_at(text, false)?;
            return Some((place, self.after_text(text, place)?));
        };
        let closed = label
            .rest
            .trim_start_matches(|character: char| CLOSERS.contains(character));
        let tail = closed.trim_start_matches(|character: char| DELIMITERS.contains(character) || character == ' ');
        match self.text_at(tail, false) {
            Some((place, _)) if place == label.index => Some((place, self.after_text(tail, place)?)),
            Some(_) | None => Some((label.index, label.rest)),
        }
    }

    /// What comes after an option's text that `text` begins with.
    fn after_text<'a>(&self, text: &'a str, place: usize) -> Option<&'a str> {
        let option = self.options.get(place)?;
        let ends = text.char_indices().map(|(at, character)| at + character.len_utf8());
        let mut ends = ends.take(LONGEST);
        let end = ends.find(|&end| text.get(..end).is_some_and(|beginning| fold(beginning) == *option))?;
        text.get(end..)
    }

    /// What follows a sign or word that joins one option to another, and whether that leaves open which is meant.
    fn after_joint<'a>(&self, rest: &'a str) -> Option<(&'a str, bool)> {
        let rest = rest.trim_start_matches(|character: char| CLOSERS.contains(character) || character == ' ');
        let (rest, by_sign) = match rest.strip_prefix(|character: char| JOINERS.contains(character)) {
            Some(after) => (after.trim_start(), true),
            None => (rest, false),
        };
        let run = first_run(rest);
        if let Some(word) = prefixes(run).find(|prefix| self.vocabulary.is_several(prefix)) {
            return Some((rest.get(word.len()..)?, self.vocabulary.is_either(word)));
        }
        // Arabic writes its "and" onto the next word.
        if let Some(after) = rest.strip_prefix('و')
            && self.label_at(after, false).is_some()
        {
            return Some((after, false));
        }
        by_sign.then_some((rest, false))
    }
}
