//! SentencePiece in the form llama.cpp runs it: start from characters, merge the neighbouring pair whose union
//! has the best score, spell what is left over in bytes.
//!
//! Written here because the `tokenizers` crate merges by rank or by the best whole path, and neither gives these ids.
//! Models of SentencePiece's other type, unigram, are cut by that crate's best path.

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::ops::Range;

use tokenizers::Model as _;
use tokenizers::models::unigram::Unigram;

use super::charsmap::CharsMap;
use super::merging::{self, Symbol, Union};
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

/// A score as a priority of merging.
#[derive(Debug)]
struct Score(f32);

impl Ord for Score {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.total_cmp(&other.0)
    }
}

impl PartialOrd for Score {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Score {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Score {}

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
    let known = |range: Range<usize>| vocabulary.ordinary_id(text.get(range)?);
    let letters = text.char_indices().map(|(start, letter)| {
        let range = start..start + letter.len_utf8();
        let id = known(range.clone());
        Symbol { range, id }
    });
    let union = |left: &Symbol, right: &Symbol| {
        let id = known(left.range.start..right.range.end)?;
        let priority = Score(vocabulary.score(id));
        Some(Union { priority, id })
    };
    let mut after_unknown = false;
    for symbol in merging::merge(letters.collect(), union) {
        match (symbol.id, unknown) {
            (Some(id), _) => ids.push(id),
            (None, Some(unknown)) if !after_unknown => ids.push(unknown),
            (None, Some(_)) => {}
            (None, None) => ids.extend(byte_ids(text.get(symbol.range).unwrap_or_default(), vocabulary)),
        }
        after_unknown = symbol.id.is_none();
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
