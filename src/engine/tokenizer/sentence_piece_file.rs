//! SentencePiece's own `tokenizer.model`, beside which a folder has no `tokenizer.json`: its tokens and their scores,
//! how text is brought into form before, and what `tokenizer_config.json` adds.

use std::collections::BTreeSet;

use prost::Message;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::charsmap::CharsMap;
use super::hexadecimal;
use super::published::{self, MOST_GAPS};
use super::sentence_piece::{Form, SentencePiece};
use super::vocabulary::{Kind, Special, Vocabulary};
use crate::engine::{EngineError, TokenId};
use crate::models::safetensors::{ADDED_TOKENS, ModelFolder, SENTENCE_PIECE, TOKENIZER_CONFIG};

/// The parts of SentencePiece's `ModelProto` that cutting text depends on.
#[derive(Message)]
struct Model {
    #[prost(message, repeated, tag = "1")]
    pieces: Vec<Piece>,
    #[prost(message, optional, tag = "2")]
    trainer: Option<Trainer>,
    #[prost(message, optional, tag = "3")]
    normalizer: Option<Normalizer>,
}

#[derive(Message)]
struct Piece {
    #[prost(string, tag = "1")]
    text: String,
    #[prost(float, tag = "2")]
    score: f32,
    #[prost(int32, tag = "3", default = "1")]
    kind: i32,
}

#[derive(Message)]
struct Trainer {
    #[prost(int32, tag = "3", default = "1")]
    model_type: i32,
    #[prost(bool, tag = "24")]
    whitespace_as_suffix: bool,
    #[prost(bool, tag = "35")]
    byte_fallback: bool,
    #[prost(int32, optional, tag = "41", default = "1")]
    bos: Option<i32>,
    #[prost(int32, optional, tag = "42", default = "2")]
    eos: Option<i32>,
}

#[derive(Message)]
struct Normalizer {
    #[prost(bytes = "vec", tag = "2")]
    charsmap: Vec<u8>,
    #[prost(bool, optional, tag = "3", default = "true")]
    add_dummy_prefix: Option<bool>,
    #[prost(bool, optional, tag = "4", default = "true")]
    remove_extra_spaces: Option<bool>,
}

const UNIGRAM: i32 = 1;
const BYTE_PAIRS: i32 = 2;
const UNKNOWN: i32 = 2;
const CONTROL: i32 = 3;
const USER_DEFINED: i32 = 4;

/// Reads a folder's tokenizer: its tokens, its method, and what tells it from others.
pub(super) fn read(folder: &ModelFolder) -> Result<(Vocabulary, SentencePiece, String), EngineError> {
    let invalid = |what: String| EngineError::Tokenizer {
        path: folder.path().join(SENTENCE_PIECE),
        what,
    };
    let Some(bytes) = folder.bytes_of(SENTENCE_PIECE)? else {
        return Err(EngineError::NoTokenizer {
            path: folder.path().to_owned(),
        });
    };
    let model = Model::decode(bytes.as_slice()).map_err(|error| invalid(error.to_string()))?;
    let config = folder.json(TOKENIZER_CONFIG)?.unwrap_or_default();
    let added = folder.json(ADDED_TOKENS)?.unwrap_or_default();
    let trainer = model.trainer.unwrap_or_default();
    let mut tokens = Tokens::of(model.pieces);
    tokens.add(&config, &added).map_err(invalid)?;
    if tokens.texts.is_empty() || tokens.scores.iter().any(|score| !score.is_finite()) {
        return Err(invalid("it has no tokens, or one whose score is no number".to_owned()));
    }
    let special = special(folder, &config, &tokens, &trainer)?;
    let mut hash = Sha256::new();
    hash.update(&bytes);
    for text in &tokens.texts {
        hash.update((text.len() as u64).to_le_bytes());
        hash.update(text);
    }
    for id in &special.prefix {
        hash.update(id.to_le_bytes());
    }
    let (unknown, inner) = (tokens.unknown, tokens.inner);
    let vocabulary = Vocabulary::new(tokens.texts, tokens.kinds, Some(tokens.scores), special);
    let form = form(model.normalizer.unwrap_or_default(), &config).map_err(invalid)?;
    let method = match trainer.model_type {
        _ if trainer.whitespace_as_suffix => Err("it writes spaces behind words, which cannot be read".to_owned()),
        BYTE_PAIRS => Ok(SentencePiece::merging(
            form,
            inner,
            unknown.filter(|_| !trainer.byte_fallback),
        )),
        UNIGRAM => SentencePiece::unigram(form, inner, (unknown, trainer.byte_fallback), &vocabulary),
        other => Err(format!(
            "it is of SentencePiece's type {other}; 1 (unigram) and 2 (BPE) can be read"
        )),
    };
    Ok((vocabulary, method.map_err(invalid)?, hexadecimal(hash)))
}

/// What is done with a text before it is cut. Where `legacy` is false, only the start of a prompt gets a space.
fn form(normalizer: Normalizer, config: &Map<String, Value>) -> Result<Form, String> {
    let charsmap = match normalizer.charsmap.as_slice() {
        [] => None,
        bytes => Some(CharsMap::new(bytes).ok_or("its table of replacements is damaged")?),
    };
    let flag = |name: &str| config.get(name).and_then(Value::as_bool);
    Ok(Form {
        charsmap,
        single_spaces: normalizer.remove_extra_spaces(),
        space_prefix: flag("add_prefix_space").unwrap_or(normalizer.add_dummy_prefix()),
        space_after_tokens: flag("legacy").unwrap_or(true),
    })
}

fn special(
    folder: &ModelFolder,
    config: &Map<String, Value>,
    tokens: &Tokens,
    trainer: &Trainer,
) -> Result<Special, EngineError> {
    let own = |id: i32| {
        TokenId::try_from(id)
            .ok()
            .filter(|&id| (id as usize) < tokens.texts.len())
    };
    let bos = published::named(config, "bos_token", &tokens.texts).or(own(trainer.bos()));
    let eos = published::named(config, "eos_token", &tokens.texts).or(own(trainer.eos()));
    let adds = config.get("add_bos_token").and_then(Value::as_bool).unwrap_or(true);
    Ok(Special {
        prefix: bos.filter(|_| adds).into_iter().collect(),
        bos,
        eos,
        ends: published::ends(folder, tokens.texts.len())?,
    })
}

/// The tokens by their ids.
struct Tokens {
    texts: Vec<String>,
    kinds: Vec<Kind>,
    scores: Vec<f32>,
    unknown: Option<TokenId>,
    /// What the file itself has of tokens matched whole.
    inner: BTreeSet<TokenId>,
}

impl Tokens {
    fn of(pieces: Vec<Piece>) -> Self {
        let kinds = pieces.iter().map(|piece| match piece.kind {
            UNKNOWN | CONTROL => Kind::Control,
            USER_DEFINED => Kind::UserDefined,
            _ => Kind::Ordinary,
        });
        let inner = (0..).zip(&pieces).filter(|(_, piece)| piece.kind == USER_DEFINED);
        let inner = inner.map(|(id, _)| id).collect();
        let unknown = pieces.iter().position(|piece| piece.kind == UNKNOWN);
        Self {
            inner,
            kinds: kinds.collect(),
            scores: pieces.iter().map(|piece| piece.score).collect(),
            unknown: unknown.and_then(|place| TokenId::try_from(place).ok()),
            texts: pieces.into_iter().map(|piece| piece.text).collect(),
        }
    }

    /// Adds what stands beside the file: `added_tokens.json`, and `added_tokens_decoder` in the configuration,
    /// which also gives tokens of the file other texts.
    fn add(&mut self, config: &Map<String, Value>, added: &Map<String, Value>) -> Result<(), String> {
        for (text, id) in added {
            self.put(id.as_u64(), text, Kind::UserDefined)?;
        }
        let decoder = config.get("added_tokens_decoder").and_then(Value::as_object);
        for (id, token) in decoder.into_iter().flatten() {
            let special = token.get("special").and_then(Value::as_bool).unwrap_or(false);
            let kind = if special { Kind::Control } else { Kind::UserDefined };
            let text = token.get("content").and_then(Value::as_str).unwrap_or_default();
            self.put(id.parse().ok(), text, kind)?;
        }
        Ok(())
    }

    fn put(&mut self, id: Option<u64>, text: &str, kind: Kind) -> Result<(), String> {
        let most = self.texts.len() + MOST_GAPS;
        let id = id.and_then(|id| usize::try_from(id).ok()).filter(|&id| id < most);
        let id = id.ok_or_else(|| format!("the added token '{text}' has an id beyond {most}"))?;
        if id >= self.texts.len() {
            self.texts.resize(id + 1, String::new());
            self.kinds.resize(id + 1, Kind::Ordinary);
            self.scores.resize(id + 1, 0.0);
        }
        if let (Some(place), Some(found)) = (self.texts.get_mut(id), self.kinds.get_mut(id)) {
            text.clone_into(place);
            *found = kind;
            self.inner.retain(|&inner| inner as usize != id);
        }
        Ok(())
    }
}
