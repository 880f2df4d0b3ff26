//! SentencePiece in the form llama.cpp runs it: start from characters, merge the neighbouring pair whose union
//! has the best score, spell what is left over in bytes.
//!
//! Written here because the `tokenizers` crate merges by rank or by the best whole path, and neither gives these ids.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use super::vocabulary::{Defaults, Vocabulary};
use crate::engine::{EngineError, TokenId};
use crate::models::gguf::GgufFile;

pub(super) const DEFAULTS: Defaults = Defaults {
    add_bos: true,
    bos: Some(1),
    eos: Some(2),
};

/// SentencePiece writes a space as this letter.
const SPACE: char = '\u{2581}';

#[derive(Debug)]
pub(super) struct SentencePiece {
    /// Text at the start and after a special token gets a space in front.
    add_space_prefix: bool,
}

/// A stretch of text on its way to a token; a merged symbol's right neighbour becomes empty.
#[derive(Debug, Clone, Copy)]
struct Symbol {
    start: usize,
    end: usize,
    previous: Option<usize>,
    next: Option<usize>,
}

/// Two neighbours whose union is a token.
#[derive(Debug, PartialEq)]
struct Candidate {
    score: f32,
    left: usize,
    right: usize,
    /// The length of the union when it was found, to notice that a part has changed since.
    length: usize,
}

impl Eq for Candidate {}

impl Ord for Candidate {
    /// The best score first, then the leftmost.
    fn cmp(&self, other: &Self) -> Ordering {
        self.score
            .total_cmp(&other.score)
            .then(other.left.cmp(&self.left))
            .then(other.length.cmp(&self.length))
    }
}

impl PartialOrd for Candidate {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// One text being merged.
struct Merging<'a> {
    text: &'a str,
    vocabulary: &'a Vocabulary,
    symbols: Vec<Symbol>,
    candidates: BinaryHeap<Candidate>,
}

impl Merging<'_> {
    fn consider(&mut self, left: Option<usize>, right: Option<usize>) {
        let (Some(left), Some(right)) = (left, right) else {
            return;
        };
        let (Some(first), Some(second)) = (self.symbols.get(left), self.symbols.get(right)) else {
            return;
        };
        let union = self.text.get(first.start..second.end).unwrap_or_default();
        if let Some(id) = self.vocabulary.ordinary_id(union) {
            self.candidates.push(Candidate {
                score: self.vocabulary.score(id),
                left,
                right,
                length: union.len(),
            });
        }
    }

    fn run(&mut self) {
        for right in 1..self.symbols.len() {
            self.consider(Some(right - 1), Some(right));
        }
        while let Some(Candidate {
            left, right, length, ..
        }) = self.candidates.pop()
        {
            let (Some(&first), Some(&second)) = (self.symbols.get(left), self.symbols.get(right)) else {
                continue;
            };
            let (first_length, second_length) = (first.end - first.start, second.end - second.start);
            if first_length == 0 || second_length == 0 || first_length + second_length != length {
                continue;
            }
            if let Some(symbol) = self.symbols.get_mut(left) {
                symbol.end = second.end;
                symbol.next = second.next;
            }
            if let Some(symbol) = self.symbols.get_mut(right) {
                symbol.end = symbol.start;
            }
            if let Some(symbol) = second.next.and_then(|next| self.symbols.get_mut(next)) {
                symbol.previous = Some(left);
            }
            self.consider(first.previous, Some(left));
            self.consider(Some(left), second.next);
        }
    }
}

impl SentencePiece {
    pub fn from_gguf(file: &GgufFile) -> Result<Self, EngineError> {
        Ok(Self {
            add_space_prefix: file.boolean("tokenizer.ggml.add_space_prefix")?.unwrap_or(true),
        })
    }

    /// Appends the ids of a text without special tokens.
    pub fn encode(&self, text: &str, after_token: bool, vocabulary: &Vocabulary, ids: &mut Vec<TokenId>) {
        let prefix = if self.add_space_prefix && after_token { " " } else { "" };
        let text = format!("{prefix}{text}").replace(' ', SPACE.encode_utf8(&mut [0; 4]));
        let letters: Vec<(usize, char)> = text.char_indices().collect();
        let last = letters.len().saturating_sub(1);
        let symbols = letters.iter().enumerate().map(|(place, &(start, letter))| Symbol {
            start,
            end: start + letter.len_utf8(),
            previous: place.checked_sub(1),
            next: (place < last).then_some(place + 1),
        });
        let symbols = symbols.collect();
        let mut merging = Merging {
            text: &text,
            vocabulary,
            symbols,
            candidates: BinaryHeap::new(),
        };
        merging.run();
        for symbol in merging.symbols.iter().filter(|symbol| symbol.start < symbol.end) {
            let part = text.get(symbol.start..symbol.end).unwrap_or_default();
            match vocabulary.ordinary_id(part) {
                Some(id) => ids.push(id),
                // Only a single character can be no token: a union was one when it was made.
                None => ids.extend(part.bytes().filter_map(|byte| {
                    let spelled = vocabulary.ordinary_id(&format!("<0x{byte:02X}>"));
                    spelled.or_else(|| vocabulary.ordinary_id(char::from(byte).encode_utf8(&mut [0; 4])))
                })),
            }
        }
    }
}

/// The bytes a token's text stands for.
pub(super) fn decode(text: &str) -> Vec<u8> {
    let byte = text.strip_prefix("<0x").and_then(|rest| rest.strip_suffix('>'));
    if let Some(byte) = byte
        .filter(|digits| digits.len() == 2)
        .and_then(|digits| u8::from_str_radix(digits, 16).ok())
    {
        return vec![byte];
    }
    text.replace(SPACE, " ").into_bytes()
}
