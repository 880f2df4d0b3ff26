//! Tokenizers as they are published beside safetensors: `tokenizer.json`, with what `tokenizer_config.json` adds.
//!
//! The `tokenizers` crate normalizes, cuts and merges. Finding whole tokens stays with [`Vocabulary`], because only
//! that knows markup from what an item says.

use std::collections::BTreeSet;
use std::ops::Range;

use serde::Deserialize;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use tokenizers::processors::PostProcessorWrapper;
use tokenizers::tokenizer::normalizer::Range as Stretch;
use tokenizers::{
    Encoding, Model, NormalizedString, Normalizer, OffsetReferential, OffsetType, PostProcessor, PreTokenizedString,
    PreTokenizer, Token,
};

use super::vocabulary::{Kind, Special, Vocabulary};
use super::{Fragment, hexadecimal};
use crate::engine::{EngineError, TokenId};
use crate::models::safetensors::{CHAT_TEMPLATE, GENERATION_CONFIG, ModelFolder, TOKENIZER, TOKENIZER_CONFIG};

/// Ids may leave this many gaps beside as many as there are tokens; more would be memory for nothing.
pub(super) const MOST_GAPS: usize = 1 << 16;

/// The steps from text to tokens.
#[derive(Debug)]
pub(super) struct Published {
    steps: tokenizers::Tokenizer,
    /// Whether tokens spell bytes as letters, as byte-level BPE does, rather than as SentencePiece does.
    pub spells_bytes_as_letters: bool,
    /// Tokens that take the white space before them.
    strips_left: Vec<TokenId>,
    /// Tokens that take the white space after them.
    strips_right: Vec<TokenId>,
}

/// A token of `added_tokens`, which is matched whole.
#[derive(Debug, Deserialize)]
struct AddedToken {
    id: TokenId,
    content: String,
    #[serde(default)]
    special: bool,
    #[serde(default)]
    lstrip: bool,
    #[serde(default)]
    rstrip: bool,
}

/// Reads a folder's tokenizer: its tokens, its steps, and what tells it from others.
pub(super) fn read(folder: &ModelFolder) -> Result<(Vocabulary, Published, String), EngineError> {
    let path = folder.path().join(TOKENIZER);
    let Some(text) = folder.text(TOKENIZER)? else {
        return Err(EngineError::NoTokenizer {
            path: folder.path().to_owned(),
        });
    };
    let invalid = |what: String| EngineError::Tokenizer {
        path: path.clone(),
        what,
    };
    let mut file: Map<String, Value> = serde_json::from_str(&text).map_err(|error| invalid(error.to_string()))?;
    // The crate would match them in any text.
    let added = file.remove("added_tokens").filter(|added| !added.is_null());
    let added = added.unwrap_or_else(|| Value::Array(Vec::new()));
    let added: Vec<AddedToken> = serde_json::from_value(added).map_err(|error| invalid(error.to_string()))?;
    check_merges(&file).map_err(invalid)?;
    let spells_bytes_as_letters = file.get("decoder").is_some_and(has_byte_level);
    let stripped = serde_json::to_vec(&file).map_err(|error| invalid(error.to_string()))?;
    let steps = tokenizers::Tokenizer::from_bytes(stripped).map_err(|error| invalid(error.to_string()))?;

    let texts = texts(&steps, &added).map_err(invalid)?;
    let mut kinds = vec![Kind::Ordinary; texts.len()];
    for token in &added {
        if let Some(kind) = kinds.get_mut(token.id as usize) {
            *kind = if token.special {
                Kind::Control
            } else {
                Kind::UserDefined
            };
        }
    }
    let config = folder.json(TOKENIZER_CONFIG)?.unwrap_or_default();
    let mut special = special(&steps, &config, &texts).map_err(invalid)?;
    special.ends = ends(folder, texts.len())?;
    let fingerprint = fingerprint(&text, &special);
    let vocabulary = Vocabulary::new(texts, kinds, None, special);
    let stripping = |strips: fn(&AddedToken) -> bool| -> Vec<TokenId> {
        let added = added.iter().filter(|token| strips(token));
        added.map(|token| token.id).collect()
    };
    let published = Published {
        spells_bytes_as_letters,
        strips_left: stripping(|token| token.lstrip),
        strips_right: stripping(|token| token.rstrip),
        steps,
    };
    Ok((vocabulary, published, fingerprint))
}

/// The chat template of a folder: in a file of its own, or in `tokenizer_config.json`, there perhaps among others.
pub(super) fn chat_template(folder: &ModelFolder) -> Result<Option<String>, EngineError> {
    if let Some(template) = folder.text(CHAT_TEMPLATE)? {
        return Ok(Some(template));
    }
    let config = folder.json(TOKENIZER_CONFIG)?.unwrap_or_default();
    let template = match config.get("chat_template") {
        Some(Value::Array(templates)) => {
            let named = |template: &&Value| template.get("name").and_then(Value::as_str) == Some("default");
            let template = templates.iter().find(named);
            template.and_then(|template| template.get("template"))
        }
        template => template,
    };
    Ok(template.and_then(Value::as_str).map(str::to_owned))
}

/// Refuses what the crate would panic at when it reads merges: two parts that make no token.
fn check_merges(file: &Map<String, Value>) -> Result<(), String> {
    let field = |name: &str| file.get("model").and_then(|model| model.get(name));
    let Some(vocabulary) = field("vocab").and_then(Value::as_object) else {
        return Ok(());
    };
    let prefix = field("continuing_subword_prefix")
        .and_then(Value::as_str)
        .unwrap_or_default();
    for merge in field("merges").and_then(Value::as_array).into_iter().flatten() {
        let parts = match merge {
            Value::String(merge) => merge.split_once(' '),
            Value::Array(parts) => match parts.as_slice() {
                [Value::String(left), Value::String(right)] => Some((left.as_str(), right.as_str())),
                _ => None,
            },
            _ => None,
        };
        // What is no merge at all the crate refuses itself.
        let Some((left, right)) = parts else { continue };
        let union = right.get(prefix.len()..).map(|rest| format!("{left}{rest}"));
        if union.is_none_or(|union| !vocabulary.contains_key(&union)) {
            return Err(format!("its merge of '{left}' and '{right}' makes no token"));
        }
    }
    Ok(())
}

/// Whether a step, or one of several, is of the kind `ByteLevel`.
fn has_byte_level(step: &Value) -> bool {
    let inner = step.get("decoders").and_then(Value::as_array);
    step.get("type").and_then(Value::as_str) == Some("ByteLevel")
        || inner.is_some_and(|inner| inner.iter().any(has_byte_level))
}

/// All tokens' texts in the order of their ids; empty where an id stands for nothing.
fn texts(steps: &tokenizers::Tokenizer, added: &[AddedToken]) -> Result<Vec<String>, String> {
    let ordinary = steps.get_vocab(false);
    let highest = ordinary
        .values()
        .copied()
        .chain(added.iter().map(|token| token.id))
        .max();
    let Some(highest) = highest else {
        return Err("it lists no tokens".to_owned());
    };
    let tokens = ordinary.len().saturating_add(added.len());
    let length = (highest as usize).saturating_add(1);
    if length > tokens.saturating_mul(2).saturating_add(MOST_GAPS) {
        return Err(format!("it has {tokens} tokens, one with the id {highest}"));
    }
    let mut texts = vec![String::new(); length];
    let added = added.iter().map(|token| (token.content.clone(), token.id));
    for (text, id) in ordinary.into_iter().chain(added) {
        if let Some(place) = texts.get_mut(id as usize) {
            *place = text;
        }
    }
    Ok(texts)
}

/// The tokens that start and end sequences, and what is put before a prompt.
fn special(steps: &tokenizers::Tokenizer, config: &Map<String, Value>, texts: &[String]) -> Result<Special, String> {
    let mut bos = named(config, "bos_token", texts);
    let mut prefix = match steps.get_post_processor() {
        None => Vec::new(),
        Some(processor) => {
            check(processor)?;
            prefix(processor).map_err(|error| error.to_string())?
        }
    };
    if let Some(id) = prefix.iter().find(|&&id| id as usize >= texts.len()) {
        return Err(format!("it starts prompts with {id}, which is no token"));
    }
    if let (None, [only]) = (bos, prefix.as_slice()) {
        bos = Some(*only);
    }
    match (config.get("add_bos_token").and_then(Value::as_bool), bos) {
        (Some(false), Some(bos)) if prefix == [bos] => prefix.clear(),
        (Some(true), Some(bos)) if prefix.is_empty() => prefix.push(bos),
        _ => {}
    }
    Ok(Special {
        prefix,
        bos,
        eos: named(config, "eos_token", texts),
        ends: BTreeSet::new(),
    })
}

/// The token that the configuration names so.
pub(super) fn named(config: &Map<String, Value>, field: &str, texts: &[String]) -> Option<TokenId> {
    let value = config.get(field)?;
    let text = value.as_str().or_else(|| value.get("content")?.as_str())?;
    let place = texts.iter().position(|found| found == text)?;
    TokenId::try_from(place).ok()
}

/// The tokens that end a text by the configurations for generation and of the model: a number or a list of them.
pub(super) fn ends(folder: &ModelFolder, tokens: usize) -> Result<BTreeSet<TokenId>, EngineError> {
    let generation = folder.json(GENERATION_CONFIG)?.unwrap_or_default();
    let fields = [&generation, folder.config()].map(|config| config.get("eos_token_id"));
    let numbers = fields.into_iter().flatten().flat_map(|field| match field {
        Value::Array(list) => list.iter().collect(),
        one => vec![one],
    });
    let ids = numbers.filter_map(|number| TokenId::try_from(number.as_u64()?).ok());
    Ok(ids.filter(|&id| (id as usize) < tokens).collect())
}

/// What the post-processor puts before a text, seen by what it does with one token.
fn prefix(processor: &impl PostProcessor) -> tokenizers::Result<Vec<TokenId>> {
    const TEXT: TokenId = TokenId::MAX;
    let text = Encoding::from_tokens(vec![Token::new(TEXT, String::new(), (0, 0))], 0);
    let processed = processor.process(text, None, true)?;
    let before = processed.get_ids().iter().copied().take_while(|&id| id != TEXT);
    Ok(before.collect())
}

/// Refuses what the crate would panic at when it puts tokens around a text: templates that name tokens they do not
/// list, or a second text.
fn check(processor: &PostProcessorWrapper) -> Result<(), String> {
    let template = match processor {
        PostProcessorWrapper::Sequence(steps) => return steps.as_ref().iter().try_for_each(check),
        PostProcessorWrapper::Template(template) => template,
        _ => return Ok(()),
    };
    // The crate shows the pieces of a template only in the form of its file.
    let pieces = serde_json::to_value(&template.single).map_err(|error| error.to_string())?;
    for piece in pieces.as_array().into_iter().flatten() {
        if piece.pointer("/Sequence/id").and_then(Value::as_str) == Some("B") {
            return Err("its post_processor puts a second text into single ones".to_owned());
        }
        if let Some(id) = piece.pointer("/SpecialToken/id").and_then(Value::as_str)
            && !template.get_special_tokens().0.contains_key(id)
        {
            return Err(format!(
                "its post_processor adds '{id}', which is not among its special_tokens"
            ));
        }
    }
    Ok(())
}

/// Hashes the file and what was settled beside it.
fn fingerprint(text: &str, special: &Special) -> String {
    let mut hash = Sha256::new();
    hash.update(text);
    for id in &special.prefix {
        hash.update(id.to_le_bytes());
    }
    hexadecimal(hash)
}

impl Published {
    /// Appends the ids of a whole text, cut into `fragments` before.
    pub fn encode(&self, text: &str, fragments: Vec<Fragment>, ids: &mut Vec<TokenId>) -> Result<(), EngineError> {
        let failed = |error: tokenizers::Error| EngineError::Tokenize {
            what: error.to_string(),
        };
        let fragments = self.strip(text, fragments);
        // In one string, since some steps treat the start of the whole text otherwise.
        let mut words = PreTokenizedString::from(text);
        words.split(|_, whole| Ok(pieces(&whole, &fragments))).map_err(failed)?;
        if let Some(normalizer) = self.steps.get_normalizer() {
            words.normalize(|part| normalizer.normalize(part)).map_err(failed)?;
        }
        if let Some(pre_tokenizer) = self.steps.get_pre_tokenizer() {
            pre_tokenizer.pre_tokenize(&mut words).map_err(failed)?;
        }
        let model = self.steps.get_model();
        words.tokenize(|part| model.tokenize(part.get())).map_err(failed)?;
        for (_, _, tokens) in words.get_splits(OffsetReferential::Original, OffsetType::Byte) {
            ids.extend(tokens.iter().flatten().map(|token| token.id));
        }
        Ok(())
    }

    /// Takes white space from texts beside tokens that swallow it.
    fn strip(&self, text: &str, mut fragments: Vec<Fragment>) -> Vec<Fragment> {
        let is_in = |list: &[TokenId], fragment: Option<&Fragment>| match fragment {
            Some(Fragment::Token(id)) => list.contains(id),
            _ => false,
        };
        for place in 0..fragments.len() {
            let before = place.checked_sub(1).and_then(|before| fragments.get(before));
            let (from_start, from_end) = (
                is_in(&self.strips_right, before),
                is_in(&self.strips_left, fragments.get(place + 1)),
            );
            let Some(Fragment::Text(range)) = fragments.get_mut(place) else {
                continue;
            };
            if from_start {
                range.start = range.end - length(text, range, str::trim_start);
            }
            if from_end {
                range.end = range.start + length(text, range, str::trim_end);
            }
        }
        fragments
    }
}

/// How long a part of a text is after trimming.
fn length(text: &str, range: &Range<usize>, trim: fn(&str) -> &str) -> usize {
    trim(text.get(range.clone()).unwrap_or_default()).len()
}

/// The fragments as the crate's parts: a token already found, or text still to be cut.
fn pieces(whole: &NormalizedString, fragments: &[Fragment]) -> Vec<(NormalizedString, Option<Vec<Token>>)> {
    let mut pieces = Vec::with_capacity(fragments.len());
    for fragment in fragments {
        match fragment {
            Fragment::Token(id) => {
                let token = Token::new(*id, String::new(), (0, 0));
                // Never empty: empty parts are dropped.
                pieces.push((NormalizedString::from(" "), Some(vec![token])));
            }
            Fragment::Text(range) if range.is_empty() => {}
            Fragment::Text(range) => {
                let part = whole.slice(Stretch::Original(range.clone()));
                pieces.extend(part.map(|part| (part, None)));
            }
        }
    }
    pieces
}
