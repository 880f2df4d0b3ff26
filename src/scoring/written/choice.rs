//! Reading one option at a place of a reply: its letter, its number or its text.

use std::collections::BTreeMap;

use unicode_normalization::char::canonical_combining_class;

use super::sets::Places;
use super::words::{Vocabulary, fold, places};
use crate::language::{Language, Script};
use crate::prompts::Shown;

/// What a place of a reply says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stated {
    One(usize),
    /// Several options together, where all that are right are asked for.
    All(Places),
    /// Several options that contradict each other, or a letter beside another option's text.
    Several,
}

/// Letters of two alphabets that look alike, so that one may be written for the other.
const ALIKE: [(char, char); 12] = [
    ('a', 'а'),
    ('b', 'в'),
    ('c', 'с'),
    ('e', 'е'),
    ('h', 'н'),
    ('k', 'к'),
    ('m', 'м'),
    ('o', 'о'),
    ('p', 'р'),
    ('t', 'т'),
    ('x', 'х'),
    ('y', 'у'),
];

const OPENERS: &str = "([{<*_\"'“”«‘「『【《〈`";
pub(super) const CLOSERS: &str = ")]}>*_\"'”“»’」』】》〉`";
const BETWEEN: &str = ":=-–—•·,、،|\\$#~→";
pub(super) const DELIMITERS: &str = ".:;,!)-–—،؛。、|।";
pub(super) const JOINERS: &str = ",/&+、،;";

/// The options of an item as replies name them.
#[derive(Debug)]
pub(super) struct Choices {
    /// The options' texts, folded.
    pub(super) options: Vec<String>,
    /// Whether all that are right are asked for.
    pub(super) wants_all: bool,
    /// What names an option by itself, folded.
    labels: BTreeMap<String, usize>,
    /// Whether options are numbers themselves, so that a number is no place in their list.
    numbers: bool,
    pub vocabulary: Vocabulary,
}

/// A letter or number read at the start of a text.
pub(super) struct Label<'a> {
    pub index: usize,
    /// Its characters, folded.
    length: usize,
    /// What comes after it.
    pub rest: &'a str,
}

impl Choices {
    /// The options of an item as they were shown; they are told by their places there.
    pub fn new(shown: &Shown<'_>, wants_all: bool) -> Self {
        let language = &shown.item().key.language;
        let options = shown.options_in_order().into_iter();
        let options: Vec<String> = options
            .map(|option| fold(option).trim_end_matches('.').to_owned())
            .collect();
        let starts_as_number = |option: &String| option.starts_with(|character: char| character.is_ascii_digit());
        Self {
            wants_all,
            numbers: options.iter().any(starts_as_number),
            labels: labels(language, shown.letters_in_order()),
            options,
            vocabulary: Vocabulary::of(language),
        }
    }

    /// The option that `text` names after words that only lead to it.
    pub fn after_cue(&self, text: &str) -> Option<Stated> {
        let mut rest = text;
        for _ in 0..FILLERS_AT_MOST {
            let (after, opened) = skip_between(rest);
            if let Some(stated) = self.here(after, opened, false) {
                return Some(stated);
            }
            rest = self.skip_filler(after)?;
        }
        None
    }

    /// The option that a line begins with, where nothing but its text or a reason follows.
    pub fn of_line(&self, line: &str) -> Option<Stated> {
        let mut rest = line;
        for _ in 0..FILLERS_AT_MOST {
            let (after, opened) = skip_between(rest);
            if let Some(stated) = self.here(after, opened, true) {
                return Some(stated);
            }
            rest = self.skip_filler(after)?;
        }
        None
    }

    /// The option that stands right before words that call it correct.
    pub fn before_praise(&self, before: &str) -> Option<Stated> {
        let line = before.rsplit('\n').next().unwrap_or(before);
        let mut named = line.trim_end();
        if named.ends_with(')')
            && let Some((name, explained)) = named.rsplit_once('(')
            && explained.chars().count() > 3
        {
            named = name.trim_end();
        }
        let bare = named.trim_end_matches(|character: char| CLOSERS.contains(character) || character == ',');
        let run = last_run(bare);
        let ahead = bare.get(..bare.len() - run.len()).unwrap_or_default();
        let sentence = ahead.rsplit(['.', '。', '।', '؟', '?']).next().unwrap_or(ahead);
        if self.vocabulary.denies_before(sentence) {
            return None;
        }
        let within_word = ahead.ends_with(['-', '\'', '’']) && bare.len() == named.len();
        let number = is_number(run);
        let named_by_word = !number || self.vocabulary.is_filler(last_run(ahead.trim_end()));
        if !within_word
            && named_by_word
            && let Some(index) = self.index_of(run)
        {
            let joint = |last: char| JOINERS.contains(last);
            if self.wants_all
                && (ahead.trim_end().ends_with(joint) || self.vocabulary.is_several(last_run(ahead.trim_end())))
            {
                // The last of several, which are read from their first.
                return None;
            }
            let joined = self.vocabulary.is_several(last_run(ahead.trim_end()));
            return Some(if joined { Stated::Several } else { Stated::One(index) });
        }
        let folded = fold(bare);
        let ends = |option: &&String| places(&folded, option).any(|place| place.end == folded.len());
        let longest = self.options.iter().filter(ends).max_by_key(|option| option.len())?;
        self.options
            .iter()
            .position(|option| option == longest)
            .map(Stated::One)
    }

    /// The options whose texts `text` has and does not take back. A text within a longer one does not count, and one
    /// of two characters, such as "no", only beside another's or alone.
    pub fn texts_in(&self, text: &str) -> Vec<usize> {
        let mut found = Vec::new();
        let mut short = Vec::new();
        for sentence in text.split_inclusive(['.', '!', '?', '\n', ';', '。', '！', '？', '।', '؟']) {
            let folded = fold(sentence);
            let mut hits: Vec<(usize, std::ops::Range<usize>)> = Vec::new();
            for (index, option) in self.options.iter().enumerate() {
                hits.extend(places(&folded, option).map(|place| (index, place)));
            }
            let all = hits.clone();
            hits.retain(|(_, place)| {
                let holds = |other: &std::ops::Range<usize>| {
                    other.start <= place.start && place.end <= other.end && other.len() > place.len()
                };
                !all.iter().any(|(_, other)| holds(other))
            });
            for (index, place) in hits {
                let before = folded.get(..place.start).unwrap_or_default();
                let after = folded.get(place.end..).unwrap_or_default();
                let denied = self.vocabulary.denies_before(before) || self.vocabulary.denies_after(after);
                let alone = folded.trim_end_matches('.').len() == place.len();
                let seen = match alone || self.options.get(index).is_some_and(|option| option.chars().count() > 2) {
                    true => &mut found,
                    false => &mut short,
                };
                if !denied && !seen.contains(&index) {
                    seen.push(index);
                }
            }
        }
        if !found.is_empty() {
            short.retain(|index| !found.contains(index));
            found.append(&mut short);
        }
        found
    }

    /// The option named right here: by a label, by its text, or by both where they agree.
    fn here(&self, text: &str, opened: bool, alone: bool) -> Option<Stated> {
        if self.wants_all
            && let Some(all) = self.all_at(text, alone)
        {
            return Some(all);
        }
        let by_text = self.text_at(text, alone);
        if let Some(several) = self.letters_in_a_row(text) {
            return by_text.map(|(index, _)| Stated::One(index)).or(Some(several));
        }
        let label = self.label_at(text, opened);
        let (label, (index, length)) = match (label, by_text) {
            (None, None) => return None,
            (None, Some((index, _))) => return Some(self.joined_text(text, index)),
            (Some(label), None) => return self.by_label(&label, opened, alone),
            (Some(label), Some(by_text)) => (label, by_text),
        };
        // An option such as "E. coli" is meant, not the letter it begins with.
        let same = label.index == index;
        Some(if same || length > label.length {
            Stated::One(index)
        } else {
            Stated::Several
        })
    }

    fn by_label(&self, label: &Label<'_>, opened: bool, alone: bool) -> Option<Stated> {
        let line = label.rest.split('\n').next().unwrap_or_default();
        let closed = line.trim_start_matches(|character: char| CLOSERS.contains(character));
        let was_closed = closed.len() < line.len();
        if self.vocabulary.denies_after(closed) {
            return None;
        }
        let (tail, _) = skip_between(closed.trim_start_matches(|character: char| DELIMITERS.contains(character)));
        let delimited = closed.trim().is_empty() || closed.starts_with(|character| DELIMITERS.contains(character));
        match self.text_at(tail, false) {
            Some((index, _)) if index == label.index => return Some(Stated::One(index)),
            // The letter was an article: "A metformina".
            Some((index, _)) if tail.len() == closed.trim_start().len() && !was_closed && !opened => {
                return Some(Stated::One(index));
            }
            Some(_) => return Some(Stated::Several),
            None => {}
        }
        if self.goes_on(closed, label.index) {
            return Some(Stated::Several);
        }
        let ends = delimited || was_closed || begins_joined(closed);
        (!alone || ends).then_some(Stated::One(label.index))
    }

    /// Whether another label is joined to the one before `rest`: "or C", ", C".
    fn goes_on(&self, rest: &str, index: usize) -> bool {
        let trimmed = rest.trim_start();
        let (after, by_sign) = match trimmed.strip_prefix(|character: char| JOINERS.contains(character)) {
            Some(after) => (after, true),
            None => {
                let run = first_run(trimmed);
                let Some(word) = prefixes(run).find(|prefix| self.vocabulary.is_several(prefix)) else {
                    return false;
                };
                (trimmed.get(word.len()..).unwrap_or_default(), false)
            }
        };
        let (after, opened) = skip_between(after);
        let after = match first_run(after) {
            // ", or C"
            run if by_sign && self.vocabulary.is_several(run) => {
                skip_between(after.get(run.len()..).unwrap_or_default()).0
            }
            run if self.vocabulary.is_filler(run) && self.index_of(run).is_none() => {
                skip_between(after.get(run.len()..).unwrap_or_default()).0
            }
            _ => after,
        };
        let Some(other) = self.label_at(after, opened) else {
            return false;
        };
        let followed = other
            .rest
            .trim_start_matches(|character: char| CLOSERS.contains(character));
        let ends = followed.trim().is_empty() || followed.starts_with(|character| DELIMITERS.contains(character));
        other.index != index && (!by_sign || ends || self.goes_on(other.rest, other.index))
    }

    /// An option's text, unless another is joined to it.
    fn joined_text(&self, text: &str, index: usize) -> Stated {
        let folded = fold(&beginning(text));
        let Some(rest) = self
            .options
            .get(index)
            .and_then(|option| folded.strip_prefix(option.as_str()))
        else {
            return Stated::One(index);
        };
        let rest = rest.trim_start();
        let after = match rest.strip_prefix(|character: char| JOINERS.contains(character)) {
            Some(after) => after.trim_start(),
            None => match first_run(rest) {
                run if self.vocabulary.is_several(run) => rest.get(run.len()..).unwrap_or_default().trim_start(),
                _ => return Stated::One(index),
            },
        };
        let another = |(other, option): (usize, &String)| other != index && begins_with(after, option);
        match self.options.iter().enumerate().any(another) {
            true => Stated::Several,
            false => Stated::One(index),
        }
    }

    /// The option whose text `text` begins with, the longest of them, and the text's length.
    pub(super) fn text_at(&self, text: &str, alone: bool) -> Option<(usize, usize)> {
        let folded = fold(&beginning(text));
        let matching = self
            .options
            .iter()
            .enumerate()
            .filter(|(_, option)| begins_with(&folded, option));
        let (index, option) = matching.max_by_key(|(_, option)| option.len())?;
        let rest = folded.get(option.len()..).unwrap_or_default();
        let rest = rest
            .trim_start_matches(|character: char| CLOSERS.contains(character))
            .trim_start();
        let ends = rest.is_empty() || rest.starts_with(|character| DELIMITERS.contains(character));
        if self.vocabulary.denies_after(rest) || (alone && !ends) {
            return None;
        }
        Some((index, option.chars().count()))
    }

    /// The label that `text` begins with; `opened` where a bracket or an asterisk stands before it.
    pub(super) fn label_at<'a>(&self, text: &'a str, opened: bool) -> Option<Label<'a>> {
        let run = first_run(text);
        let rest = text.get(run.len()..)?;
        let index = self.index_of(run)?;
        let mut following = rest.chars();
        let (next, second) = (following.next(), following.next());
        let goes_on = second.is_some_and(char::is_alphanumeric);
        let within = match next {
            Some('-' | '\'' | '’' | '.' | ',' | '/') if goes_on => {
                // "B-cell", "C'est", "2.5": part of a word or a number; "B.Metformin" is not.
                let point = matches!(next, Some('.' | ',' | '/'));
                !point || (is_number(run) && second.is_some_and(char::is_numeric))
            }
            Some('%' | '+' | '°') => true,
            // A letter of another script, or a digit, right after: "B입니다" is fine, "2B" and "B12" are not.
            Some(character) => character.is_ascii_alphanumeric(),
            None => false,
        };
        if within {
            return None;
        }
        // A word follows with a space: "A beta blocker", "2 mg".
        let word = first_run(rest.trim_start_matches(' '));
        let spaced = rest.starts_with(' ') && !word.is_empty();
        let may_be_a_word = is_number(run) || self.vocabulary.is_article(run);
        if spaced && may_be_a_word && !opened && !self.vocabulary.is_reason(word) {
            let stands_for_text = !is_number(run) && self.text_at(rest, false).is_some();
            if !stands_for_text {
                return None;
            }
        }
        Some(Label {
            index,
            length: fold(run).chars().count(),
            rest,
        })
    }

    /// "AC" or "ABD": several letters in one word.
    fn letters_in_a_row(&self, text: &str) -> Option<Stated> {
        let run = first_run(text);
        let mut letters: Vec<char> = run.chars().collect();
        let named = |letter: &char| letter.is_uppercase() && self.labels.contains_key(&fold(&letter.to_string()));
        let all = letters.iter().all(named);
        let count = letters.len();
        letters.dedup();
        let several = count > 1 && letters.len() == count && count <= self.options.len() && all;
        several.then(|| match self.wants_all {
            true => Stated::All(letters.iter().fold(Places::default(), |places, letter| {
                let place = self.labels.get(&fold(&letter.to_string()));
                place.map_or(places, |&place| places.with(place))
            })),
            false => Stated::Several,
        })
    }

    fn index_of(&self, run: &str) -> Option<usize> {
        if is_number(run) {
            let number: usize = run.parse().ok()?;
            return (!self.numbers && (1..=self.options.len()).contains(&number)).then(|| number - 1);
        }
        self.labels
            .get(&fold(run))
            .copied()
            .filter(|index| *index < self.options.len())
    }

    /// What comes after the words at the start of `text` that only lead to an option.
    fn skip_filler<'a>(&self, text: &'a str) -> Option<&'a str> {
        let run = first_run(text);
        let filler = prefixes(run).find(|prefix| self.vocabulary.is_filler(prefix))?;
        text.get(filler.len()..)
    }
}

/// How many words may lead to an option before the place says something else.
const FILLERS_AT_MOST: usize = 16;

/// What names each option by itself: the letter shown, and another alphabet's where it cannot be mistaken.
fn labels(language: &Language, letters: &[String]) -> BTreeMap<String, usize> {
    let mut labels: BTreeMap<String, usize> = BTreeMap::new();
    let shown: BTreeMap<String, usize> = letters.iter().map(|letter| fold(letter)).zip(0..).collect();
    let count = letters.len();
    let latin = (0..count).filter_map(|index| Some((Language::latin_letter(index)?, index)));
    let own = (0..count).filter_map(|index| Some((language.option_letter(index)?, index)));
    let mut doubtful = Vec::new();
    let looks = shown
        .iter()
        .filter_map(|(letter, index)| Some((alike(letter)?.to_string(), *index)));
    let others = latin.chain(own).map(|(letter, index)| (fold(letter), index));
    for (letter, index) in others.chain(looks) {
        match labels.insert(letter.clone(), index) {
            Some(other) if other != index => doubtful.push(letter),
            _ => {}
        }
    }
    for letter in doubtful {
        labels.remove(&letter);
    }
    labels.extend(shown);
    labels
}

fn alike(letter: &str) -> Option<char> {
    let mut characters = letter.chars();
    let (first, None) = (characters.next()?, characters.next()) else {
        return None;
    };
    ALIKE.iter().find_map(|&(left, right)| match first {
        _ if first == left => Some(right),
        _ if first == right => Some(left),
        _ => None,
    })
}

/// As much of a text as an option with its end can be read from.
fn beginning(text: &str) -> String {
    text.split('\n').next().unwrap_or_default().chars().take(600).collect()
}

fn begins_with(folded: &str, option: &str) -> bool {
    places(folded, option).next().is_some_and(|place| place.start == 0)
}

/// Leaves out spaces and signs; tells whether a bracket or an asterisk came last.
pub(super) fn skip_between(text: &str) -> (&str, bool) {
    let skipped = |character: char| {
        character.is_whitespace()
            || OPENERS.contains(character)
            || CLOSERS.contains(character)
            || BETWEEN.contains(character)
    };
    let rest = text.trim_start_matches(skipped);
    let before = text.get(..text.len() - rest.len()).unwrap_or_default();
    let opened = before.chars().next_back().is_some_and(|last| OPENERS.contains(last));
    (rest, opened)
}

/// The characters of one word and one script, or the digits, that a text begins with.
pub(super) fn first_run(text: &str) -> &str {
    let mut kind = None;
    let end = text.char_indices().find_map(|(place, character)| {
        if canonical_combining_class(character) != 0 && kind.is_some() {
            return None;
        }
        let this = Kind::of(character);
        let same = this.is_some() && (kind.is_none() || kind == this);
        kind = kind.or(this);
        (!same).then_some(place)
    });
    text.get(..end.unwrap_or(text.len())).unwrap_or_default()
}

/// The same at the end of a text.
fn last_run(text: &str) -> &str {
    let mut kind = None;
    let mut start = text.len();
    for (place, character) in text.char_indices().rev() {
        let marks = canonical_combining_class(character) != 0;
        let this = Kind::of(character);
        if !marks {
            if this.is_none() || (kind.is_some() && kind != this) {
                break;
            }
            kind = this;
        }
        start = place;
    }
    text.get(start..).unwrap_or_default()
}

/// What characters must share to be of one run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Digit,
    Letter(Option<Script>),
}

impl Kind {
    fn of(character: char) -> Option<Self> {
        if character.is_ascii_digit() {
            return Some(Self::Digit);
        }
        // The sign that joins Devanagari letters, and what only stretches an Arabic word.
        let joins = matches!(character, '\u{94d}' | '\u{640}');
        (character.is_alphabetic() || joins).then(|| Self::Letter(Script::of(character)))
    }
}

fn is_number(run: &str) -> bool {
    run.starts_with(|character: char| character.is_ascii_digit())
}

/// Whether particles join on right here, as in Chinese, Japanese and Korean.
fn begins_joined(text: &str) -> bool {
    text.chars().next().and_then(Script::of).is_some_and(joins_particles)
}

fn joins_particles(script: Script) -> bool {
    matches!(script, Script::Han | Script::Japanese | Script::Hangul)
}

/// The run itself, and where its script joins words its beginnings too, the longest first.
pub(super) fn prefixes(run: &str) -> impl Iterator<Item = &str> {
    let joins = begins_joined(run);
    let ends = run
        .char_indices()
        .map(|(place, character)| place + character.len_utf8());
    let mut ends: Vec<usize> = ends.collect();
    ends.reverse();
    let ends = ends.into_iter().enumerate();
    ends.filter_map(move |(shorter, end)| (joins || shorter == 0).then(|| run.get(..end)).flatten())
}
