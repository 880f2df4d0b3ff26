//! SentencePiece in the form llama.cpp runs it: start from characters, merge the neighbouring pair whose union
//! has the best score, spell what is left over in bytes.
//!
//! Written here because the `tokenizers` crate merges by rank or by the best whole path, and neither gives these ids.
//! Models of SentencePiece's other type, unigram, are cut by that crate's best path.

use std::cmp::Ordering;
use std::collections::{BTreeSet, BinaryHeap};

use tokenizers::Model as _;
use tokenizers::models::unigram::Unigram;

use super::charsmap::CharsMap;
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

/// A character that Unicode keeps from being one: it hides tokens that no text may become, and goes out of texts.
const NEVER_WRITTEN: char = '\u{10ffff}';

#[derive(Debug)]
pub(super) struct SentencePiece {
    form: Form,
    segmentation: Segmentation,
    /// Tokens matched whole that are letters of their text like others: no text begins or ends at them.
    inner: BTreeSet<TokenId>,
}

/// Where a stretch of text stands in a prompt.
#[derive(Debug, Clone, Copy)]
pub(super) struct Edges {
    /// It begins the prompt.
    pub first: bool,
    /// Nothing comes before it, or a token at which text ends.
    pub begins: bool,
    /// Nothing comes after it, or a token at which text begins anew.
    pub ends: bool,
}

/// What is done with a text before it is cut.
#[derive(Debug)]
pub(super) struct Form {
    pub charsmap: Option<CharsMap>,
    /// Spaces around the text go, several become one.
    pub single_spaces: bool,
    /// The start of a prompt gets a space in front.
    pub space_prefix: bool,
    /// And so does text after a special token.
    pub space_after_tokens: bool,
}

#[derive(Debug)]
enum Segmentation {
    /// `unknown` stands for characters that are no token; where it is absent their bytes are spelled.
    Merging { unknown: Option<TokenId> },
    /// What comes out as the token `spelled` is spelled in bytes.
    Unigram {
        model: Box<Unigram>,
        spelled: Option<TokenId>,
    },
}

impl Form {
    /// The text as it is cut, spaces written as SentencePiece does.
    fn apply(&self, text: &str, edges: Edges) -> String {
        let mut text = match &self.charsmap {
            Some(charsmap) => charsmap.replace(text),
            None => text.to_owned(),
        };
        if self.single_spaces {
            let mut after_space = false;
            text.retain(|letter| !std::mem::replace(&mut after_space, letter == ' ') || letter != ' ');
            let start = if edges.begins {
                text.trim_start_matches(' ')
            } else {
                &text
            };
            text = if edges.ends { start.trim_end_matches(' ') } else { start }.to_owned();
        }
        let prefixed = self.space_prefix && edges.begins && (edges.first || self.space_after_tokens);
        let prefix = if prefixed && !text.is_empty() { " " } else { "" };
        format!("{prefix}{text}").replace(' ', SPACE.encode_utf8(&mut [0; 4]))
    }
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
        let form = Form {
            charsmap: None,
            single_spaces: false,
            space_prefix: file.boolean("tokenizer.ggml.add_space_prefix")?.unwrap_or(true),
            space_after_tokens: true,
        };
        Ok(Self::merging(form, BTreeSet::new(), None))
    }

    pub fn merging(form: Form, inner: BTreeSet<TokenId>, unknown: Option<TokenId>) -> Self {
        Self {
            form,
            segmentation: Segmentation::Merging { unknown },
            inner,
        }
    }

    /// Whether text goes on behind a token that is matched whole.
    pub fn is_inner(&self, id: TokenId) -> bool {
        self.inner.contains(&id)
    }

    /// Of the unigram type; what is wrong with it is said in words.
    pub fn unigram(
        form: Form,
        inner: BTreeSet<TokenId>,
        (unknown, byte_fallback): (Option<TokenId>, bool),
        vocabulary: &Vocabulary,
    ) -> Result<Self, String> {
        let piece = |id: TokenId| {
            let text = vocabulary.text(id).unwrap_or_default();
            // No text becomes a control token, or a byte by its spelling.
            let text = match vocabulary.is_control(id) || byte_fallback && spelled_byte(text).is_some() {
                true => format!("{NEVER_WRITTEN}{text}"),
                false => text.to_owned(),
            };
            (text, f64::from(vocabulary.score(id)))
        };
        let pieces = (0..).take(vocabulary.len()).map(piece).collect();
        let place = unknown.map(|unknown| unknown as usize);
        let model = Unigram::from(pieces, place, false).map_err(|error| error.to_string())?;
        let model = Box::new(model);
        let segmentation = Segmentation::Unigram {
            model,
            spelled: unknown.filter(|_| byte_fallback),
        };
        Ok(Self {
            form,
            segmentation,
            inner,
        })
    }

    /// Appends the ids of a text without special tokens.
    pub fn encode(
        &self,
        text: &str,
        edges: Edges,
        vocabulary: &Vocabulary,
        ids: &mut Vec<TokenId>,
    ) -> Result<(), EngineError> {
        let text = self.form.apply(text, edges);
        match &self.segmentation {
            Segmentation::Merging { unknown } => merge(&text, *unknown, vocabulary, ids),
            Segmentation::Unigram { model, spelled } => {
                let text = text.replace(NEVER_WRITTEN, "");
                let tokens = model.tokenize(&text).map_err(|error| EngineError::Tokenize {
                    what: error.to_string(),
                })?;
                for token in tokens {
                    match *spelled == Some(token.id) {
                        true => ids.extend(byte_ids(&token.value, vocabulary)),
                        false => ids.push(token.id),
                    }
                }
            }
        }
        Ok(())
    }
}

/// Appends the ids of a text by merging. Neighbouring characters that are unknown are one unknown token.
fn merge(text: &str, unknown: Option<TokenId>, vocabulary: &Vocabulary, ids: &mut Vec<TokenId>) {
    let letters: Vec<(usize, char)> = text.char_indices().collect();
    let last = letters.len().saturating_sub(1);
    let symbols = letters.iter().enumerate().map(|(place, &(start, letter))| Symbol {
        start,
        end: start + letter.len_utf8(),
        previous: place.checked_sub(1),
        next: (place < last).then_some(place + 1),
    });
    let mut merging = Merging {
        text,
        vocabulary,
        symbols: symbols.collect(),
        candidates: BinaryHeap::new(),
    };
    merging.run();
    let mut after_unknown = false;
    for symbol in merging.symbols.iter().filter(|symbol| symbol.start < symbol.end) {
        let part = text.get(symbol.start..symbol.end).unwrap_or_default();
        let known = vocabulary.ordinary_id(part);
        match (known, unknown) {
            (Some(id), _) => ids.push(id),
            (None, Some(unknown)) if !after_unknown => ids.push(unknown),
            (None, Some(_)) => {}
            // Only a single character can be no token: a union was one when it was made.
            (None, None) => ids.extend(byte_ids(part, vocabulary)),
        }
        after_unknown = known.is_none();
    }
}

/// The tokens that spell a text in bytes.
fn byte_ids(text: &str, vocabulary: &Vocabulary) -> impl Iterator<Item = TokenId> {
    text.bytes().filter_map(|byte| {
        let spelled = vocabulary.ordinary_id(&format!("<0x{byte:02X}>"));
        spelled.or_else(|| vocabulary.ordinary_id(char::from(byte).encode_utf8(&mut [0; 4])))
    })
}

/// The byte that a token's text spells, as `<0x0A>` does.
fn spelled_byte(text: &str) -> Option<u8> {
    let digits = text.strip_prefix("<0x")?.strip_suffix('>')?;
    let digits = Some(digits).filter(|digits| digits.len() == 2)?;
    u8::from_str_radix(digits, 16).ok()
}

/// The bytes a token's text stands for.
pub(super) fn decode(text: &str) -> Vec<u8> {
    match spelled_byte(text) {
        Some(byte) => vec![byte],
        None => text.replace(SPACE, " ").into_bytes(),
    }
}
