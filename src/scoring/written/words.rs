//! The words by which replies say which option they mean; see `assets/replies.toml`.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::language::Language;
use crate::text::folding::{Folded, Query};

const TEXT: &str = include_str!("../../../assets/replies.toml");

#[expect(clippy::expect_used, reason = "the file is part of the program and read by a test")]
static TABLE: LazyLock<BTreeMap<String, Words>> = LazyLock::new(|| {
    let table: BTreeMap<String, Entry> = toml::from_str(TEXT).expect("replies.toml is well-formed");
    table.into_iter().map(|(tag, entry)| (tag, entry.into())).collect()
});

/// An entry as the file has it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    answer: Vec<String>,
    r#final: Vec<String>,
    fillers: Vec<String>,
    correct: Vec<String>,
    not: Vec<String>,
    not_after: Vec<String>,
    several: Vec<String>,
    either: Vec<String>,
    reasons: Vec<String>,
    articles: Vec<String>,
    refusals: Vec<String>,
}

/// The words of one language, made ready to be looked for.
#[derive(Debug)]
struct Words {
    answer: Query,
    r#final: Query,
    correct: Query,
    refusals: Query,
    fillers: BTreeSet<String>,
    not: BTreeSet<String>,
    not_after: BTreeSet<String>,
    several: BTreeSet<String>,
    either: BTreeSet<String>,
    reasons: BTreeSet<String>,
    articles: BTreeSet<String>,
}

impl From<Entry> for Words {
    fn from(entry: Entry) -> Self {
        let phrases = |phrases: &[String]| {
            let quoted: Vec<String> = phrases.iter().map(|phrase| format!("\"{phrase}\"")).collect();
            Query::new(&quoted.join(" "))
        };
        let folded = |words: &[String]| words.iter().map(|word| fold(word)).collect();
        Self {
            answer: phrases(&entry.answer),
            r#final: phrases(&entry.r#final),
            correct: phrases(&entry.correct),
            refusals: phrases(&entry.refusals),
            fillers: folded(&entry.fillers),
            not: folded(&entry.not),
            not_after: folded(&entry.not_after),
            several: folded(&entry.several),
            either: folded(&entry.either),
            reasons: folded(&entry.reasons),
            articles: folded(&entry.articles),
        }
    }
}

/// The words a reply to an item in some language is read with: its own and the English ones.
#[derive(Debug, Clone)]
pub(super) struct Vocabulary(Vec<&'static Words>);

impl Vocabulary {
    pub fn of(language: &Language) -> Self {
        let mut tags = vec![language.primary(), "en"];
        tags.dedup();
        Self(tags.into_iter().filter_map(|tag| TABLE.get(tag)).collect())
    }

    /// Where the words stand after which the chosen option comes.
    pub fn answers(&self, text: &str) -> Vec<Range<usize>> {
        self.find(text, |words| &words.answer)
    }

    /// Those of them that stand above any earlier answer.
    pub fn finals(&self, text: &str) -> Vec<Range<usize>> {
        self.find(text, |words| &words.r#final)
    }

    /// Where the words stand that call what comes before them correct.
    pub fn corrects(&self, text: &str) -> Vec<Range<usize>> {
        self.find(text, |words| &words.correct)
    }

    /// Where a reply says that it gives no answer.
    pub fn refusals(&self, text: &str) -> Vec<Range<usize>> {
        self.find(text, |words| &words.refusals)
    }

    pub fn is_filler(&self, word: &str) -> bool {
        self.holds(word, |words| &words.fillers)
    }

    pub fn is_several(&self, word: &str) -> bool {
        self.holds(word, |words| &words.several)
    }

    /// Whether it leaves open which of those it joins is meant.
    pub fn is_either(&self, word: &str) -> bool {
        self.holds(word, |words| &words.either)
    }

    pub fn is_reason(&self, word: &str) -> bool {
        self.holds(word, |words| &words.reasons)
    }

    pub fn is_article(&self, word: &str) -> bool {
        self.holds(word, |words| &words.articles)
    }

    /// Whether a sentence takes back what comes after this beginning of it.
    pub fn denies_before(&self, beginning: &str) -> bool {
        let beginning = fold(beginning);
        let mut denials = self.0.iter().flat_map(|words| &words.not);
        denials.any(|denial| has_word(&beginning, denial))
    }

    /// Whether what follows an option takes it back.
    pub fn denies_after(&self, rest: &str) -> bool {
        let rest = fold(rest);
        let rest = rest.trim_start_matches(|character: char| !character.is_alphanumeric());
        let mut denials = self.0.iter().flat_map(|words| &words.not_after);
        denials.any(|denial| rest.starts_with(denial.as_str()) && ends_word(denial, rest.get(denial.len()..)))
    }

    fn find(&self, text: &str, of: impl Fn(&Words) -> &Query) -> Vec<Range<usize>> {
        self.0.iter().flat_map(|words| of(words).find(text)).collect()
    }

    fn holds(&self, word: &str, of: impl Fn(&Words) -> &BTreeSet<String>) -> bool {
        let word = fold(word);
        self.0.iter().any(|words| of(words).contains(&word))
    }
}

/// A text as replies are compared.
pub(super) fn fold(text: &str) -> String {
    Folded::new(text).as_str().trim().to_owned()
}

/// A digit of any script as the ASCII one; what is no digit stays.
pub(super) fn plain_digit(character: char) -> char {
    if character.is_ascii() || !character.is_numeric() {
        return character;
    }
    let folded = fold(&character.to_string());
    folded.chars().next().filter(char::is_ascii_digit).unwrap_or(character)
}

/// Whether `text` has `word`, both folded, as a word of its own where its script parts words.
pub(super) fn has_word(text: &str, word: &str) -> bool {
    places(text, word).next().is_some()
}

/// Where `word` stands in `text`, both folded.
pub(super) fn places<'a>(text: &'a str, word: &'a str) -> impl Iterator<Item = Range<usize>> + 'a {
    text.match_indices(word).filter_map(move |(start, found)| {
        let end = start + found.len();
        let begins = text.get(..start).is_none_or(|before| !joins(before, found));
        (begins && ends_word(found, text.get(end..))).then_some(start..end)
    })
}

fn ends_word(word: &str, rest: Option<&str>) -> bool {
    rest.is_none_or(|rest| !joins(word, rest))
}

/// Whether the last character of one text and the first of another are within one word. Only scripts with capitals
/// part words so that it can be told: Chinese and Japanese write no spaces, Korean and Arabic join particles.
pub(super) fn joins(before: &str, after: &str) -> bool {
    let (Some(last), Some(first)) = (before.chars().next_back(), after.chars().next()) else {
        return false;
    };
    let parted =
        |character: char| character.is_ascii_alphanumeric() || (character.is_alphanumeric() && parts_words(character));
    parted(last) && parted(first)
}

fn parts_words(character: char) -> bool {
    character.is_lowercase() || character.is_uppercase() || matches!(u32::from(character), 0x900..=0x97F)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_of_the_demo_has_its_words() {
        for item in crate::benchmarks::demo::benchmark().unwrap().items() {
            let tag = item.key.language.primary();
            assert!(TABLE.contains_key(tag), "{tag}");
        }
    }

    #[test]
    fn words_are_found_whole_where_a_script_parts_them() {
        assert!(has_word("do not give it", "not") && !has_word("note this", "not"));
        assert!(has_word("これはbではない", "ではない"));
    }
}
