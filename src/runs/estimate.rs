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
    /// As a tokenizer with few words for languages besides English cuts them.
    narrow: f64,
    /// As one with many words does.
    wide: f64,
}

impl Work {
    /// One item.
    pub fn of(item: &Item) -> Self {
        let texts = item.context.iter().chain([&item.question]).chain(&item.options);
        let around = AROUND + AROUND_OPTION * item.options.len() as f64;
        let english = item.key.language.primary() == "en";
        let mut work = Self {
            items: 1,
            narrow: around,
            wide: around,
        };
        for character in texts.flat_map(|text| text.chars()) {
            let (narrow, wide) = tokens(character, english);
            work.narrow += narrow;
            work.wide += wide;
        }
        work
    }

    /// Tokens for a model with so many words.
    pub fn tokens(&self, vocabulary: u64) -> f64 {
        match vocabulary >= MANY_WORDS {
            true => self.wide,
            false => self.narrow,
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
            narrow: self.narrow + other.narrow,
            wide: self.wide + other.wide,
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
            narrow: self.narrow * factor,
            wide: self.wide * factor,
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
