//! How long a run will take, told before it begins: from the texts of its items, the sizes of the model and how fast
//! this machine was found to be.

use std::iter::Sum;
use std::ops::{Add, Mul};

use crate::benchmarks::Item;
use crate::engine::Device;
use crate::engine::calibration::Calibration;
use crate::language::Script;
use crate::models::quantization::Quantization;
use crate::models::shape::Shape;
use crate::prompts::{Protocol, Scoring};

/// A tokenizer with at least so many words has some for most languages.
const MANY_WORDS: u64 = 100_000;

/// Tokens of a prompt besides the texts of its item: what names the question and asks for the answer.
const AROUND: f64 = 6.0;
/// Tokens of an option besides its text: its letter, and what ends its line.
const AROUND_OPTION: f64 = 3.0;

/// What is asked of a model, in items and in about how many tokens. Instructions and examples are computed once for
/// many items and are left out.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Work {
    pub items: usize,
    /// Questions with their contexts.
    asked: Tokens,
    /// Their options.
    options: Tokens,
}

/// A count of tokens.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Tokens {
    /// As a tokenizer with few words for languages besides English cuts them.
    narrow: f64,
    /// As one with many words does.
    wide: f64,
}

impl Tokens {
    fn around(count: f64) -> Self {
        Self {
            narrow: count,
            wide: count,
        }
    }

    fn of<'a>(texts: impl Iterator<Item = &'a String>, english: bool) -> Self {
        let characters = texts.flat_map(|text| text.chars());
        characters.fold(Self::default(), |sum, character| {
            let (narrow, wide) = tokens(character, english);
            sum + Self { narrow, wide }
        })
    }
}

impl Add for Tokens {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            narrow: self.narrow + other.narrow,
            wide: self.wide + other.wide,
        }
    }
}

impl Mul<f64> for Tokens {
    type Output = Self;

    fn mul(self, factor: f64) -> Self {
        Self {
            narrow: self.narrow * factor,
            wide: self.wide * factor,
        }
    }
}

impl Work {
    /// One item.
    pub fn of(item: &Item) -> Self {
        let english = item.key.language.is_english();
        let around_options = Tokens::around(AROUND_OPTION * item.options.len() as f64);
        Self {
            items: 1,
            asked: Tokens::around(AROUND) + Tokens::of(item.context.iter().chain([&item.question]), english),
            options: around_options + Tokens::of(item.options.iter(), english),
        }
    }

    /// What the prompts of a protocol have of it: options where its template shows them.
    pub fn shown(self, protocol: &Protocol) -> Self {
        match protocol.template.shows_options() {
            true => self,
            false => Self {
                options: Tokens::default(),
                ..self
            },
        }
    }

    /// What is read after the prompts: every option's text where a protocol scores these. A letter is none to speak of.
    pub fn scored(self, protocol: &Protocol) -> Self {
        match protocol.scoring {
            Scoring::Options { .. } => Self {
                items: 0,
                asked: Tokens::default(),
                ..self
            },
            Scoring::Letters | Scoring::Written { .. } => Self::default(),
        }
    }

    /// Tokens for a model with so many words.
    pub fn tokens(&self, vocabulary: u64) -> f64 {
        let all = self.asked + self.options;
        match vocabulary >= MANY_WORDS {
            true => all.wide,
            false => all.narrow,
        }
    }

    /// The first `limit` items of these, taken as long as all of them.
    pub fn limited(self, limit: usize) -> Self {
        match self.items > limit {
            true => Self {
                items: limit,
                ..self * (limit as f64 / self.items as f64)
            },
            false => self,
        }
    }
}

impl Add for Work {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            items: self.items + other.items,
            asked: self.asked + other.asked,
            options: self.options + other.options,
        }
    }
}

impl Sum for Work {
    fn sum<I: Iterator<Item = Self>>(parts: I) -> Self {
        parts.fold(Self::default(), Add::add)
    }
}

/// Its tokens; items stay whole.
impl Mul<f64> for Work {
    type Output = Self;

    fn mul(self, factor: f64) -> Self {
        Self {
            items: self.items,
            asked: self.asked * factor,
            options: self.options * factor,
        }
    }
}

/// About how many seconds a model takes for the work on this machine, where its processor computes. `active` are the
/// weights that see one token.
pub fn seconds(
    calibration: &Calibration,
    work: Work,
    shape: &Shape,
    active: u64,
    quantization: &Quantization,
) -> Option<f64> {
    if !matches!(Device::chosen(), Ok(Device::Processor)) {
        return None;
    }
    let parts = quantization.parts(shape, active);
    Some(calibration.seconds(&parts, work.tokens(shape.vocabulary), work.items))
}

/// About how many tokens a character takes, with a narrow and with a wide vocabulary: fitted to the questions of
/// `assets/questions` as SmolLM2's tokenizer (49,152 words) and Gemma 3's (262,144) cut them. English has words of its
/// own in every vocabulary.
fn tokens(character: char, english: bool) -> (f64, f64) {
    match Script::of(character) {
        None | Some(Script::Latin) if english => (0.205, 0.21),
        None | Some(Script::Latin) if character.is_ascii() => (0.35, 0.25),
        None | Some(Script::Latin) => (1.3, 0.9),
        Some(Script::Han) => (2.1, 0.85),
        Some(Script::Japanese) => (1.9, 0.66),
        Some(Script::Hangul) => (2.9, 0.82),
        Some(Script::Ethiopic) => (3.0, 1.2),
        Some(Script::Devanagari | Script::Bengali | Script::Sinhala | Script::Telugu | Script::Thai) => (1.4, 0.3),
        Some(Script::Arabic | Script::Hebrew) => (1.15, 0.4),
        Some(Script::Cyrillic | Script::Greek) => (0.95, 0.3),
        Some(Script::Armenian | Script::Georgian) => (1.6, 0.6),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::benchmarks::ItemFields;
    use crate::prompts::{Normalisation, known};

    #[test]
    fn long_options_are_read_where_they_are_shown_and_again_where_their_texts_are_scored() {
        let long = "a very long option that goes on for quite a while".repeat(4);
        let fields = ItemFields::asking("en", "Which?", &[&format!("{long} one"), &format!("{long} two")]);
        let work = Work::of(&Item::new(fields).unwrap());
        let reads = |protocol: &Protocol| (work.shown(protocol) + work.scored(protocol)).tokens(MANY_WORDS);
        let letters = Protocol::default();
        let texts = letters.clone().scored_by(Scoring::Options { by: Normalisation::Sum });
        // lm-evaluation-harness's HEAD-QA shows no options and scores their texts.
        let unseen = known::find("headqa").unwrap();
        assert_eq!(reads(&letters), work.tokens(MANY_WORDS));
        assert!(
            reads(&texts) > 1.8 * reads(&letters),
            "{} {}",
            reads(&texts),
            reads(&letters)
        );
        assert!((reads(unseen) - reads(&letters)).abs() < 1e-9);
        assert_eq!((work.shown(&texts) + work.scored(&texts)).items, 1);
    }
}
