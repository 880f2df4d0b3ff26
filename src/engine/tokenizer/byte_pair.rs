//! Byte-level byte pair encoding: cut into words by the model's own pattern, spell the bytes of each word
//! as letters, merge by rank.
//!
//! Cutting and spelling are those of the `tokenizers` crate. Merging is done here, on the vocabulary that is there
//! already: the crate copies it twice, which costs a small model memory and much of its time to load.

use std::cmp::Reverse;
use std::collections::HashMap;

use tokenizers::pre_tokenizers::byte_level::ByteLevel;
use tokenizers::pre_tokenizers::split::{Split, SplitPattern};
use tokenizers::{OffsetReferential, OffsetType, PreTokenizedString, PreTokenizer, SplitDelimiterBehavior};

use super::merging::{self, Symbol, Union};
use super::vocabulary::{Defaults, Vocabulary};
use crate::engine::{EngineError, TokenId};
use crate::models::gguf::GgufFile;

/// How text is cut into words before merging, by the name in `tokenizer.ggml.pre`.
struct PreTokenizerRule {
    names: &'static [&'static str],
    /// Each cuts what those before it left.
    patterns: &'static [&'static str],
    /// A word that is itself a token is not merged anew.
    whole_words: bool,
    /// Whether a sequence starts with BOS where the file does not say.
    add_bos: bool,
}

const GPT2: &str = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";
const LLAMA3: &str = r"(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";
const QWEN2: &str = r"(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";
const TEKKEN: &str = r"[^\r\n\p{L}\p{N}]?((?=[\p{L}])([^a-z]))*((?=[\p{L}])([^A-Z]))+|[^\r\n\p{L}\p{N}]?((?=[\p{L}])([^a-z]))+((?=[\p{L}])([^A-Z]))*|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+";

const GPT4O: &str = r"[^\r\n\p{L}\p{N}]?((?=[\p{L}])([^a-z]))*((?=[\p{L}])([^A-Z]))+(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])?|[^\r\n\p{L}\p{N}]?((?=[\p{L}])([^a-z]))+((?=[\p{L}])([^A-Z]))*(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+";

const fn rule(names: &'static [&'static str], patterns: &'static [&'static str]) -> PreTokenizerRule {
    PreTokenizerRule {
        names,
        patterns,
        whole_words: false,
        add_bos: false,
    }
}

const RULES: [PreTokenizerRule; 9] = [
    rule(
        &["default"],
        &[r"[\p{P}\$\+<=>\^~\|]+", GPT2, r"\p{N}+", "[0-9][0-9][0-9]"],
    ),
    rule(
        &[
            "gpt-2", "phi-2", "olmo", "mpt", "jais", "trillion", "exaone4", "a.x-4.0", "mellum",
        ],
        &[GPT2],
    ),
    rule(
        &[
            "smollm",
            "starcoder",
            "refact",
            "command-r",
            "codeshell",
            "exaone",
            "minerva-7b",
        ],
        &[r"\p{N}", GPT2],
    ),
    PreTokenizerRule {
        names: &[
            "llama-bpe",
            "llama3",
            "llama-v3",
            "falcon3",
            "falcon-h1",
            "pixtral",
            "midm-2.0",
            "lfm2",
        ],
        patterns: &[LLAMA3],
        whole_words: true,
        add_bos: true,
    },
    PreTokenizerRule {
        whole_words: true,
        ..rule(&["glm4", "glm5"], &[LLAMA3])
    },
    rule(&["dbrx", "smaug-bpe", "chatglm-bpe"], &[LLAMA3]),
    rule(&["gpt-4o", "llama4", "kanana2"], &[GPT4O]),
    rule(
        &["qwen2", "deepseek-r1-qwen", "stablelm2", "megrez", "hunyuan"],
        &[QWEN2],
    ),
    PreTokenizerRule {
        names: &["tekken"],
        patterns: &[TEKKEN],
        whole_words: true,
        add_bos: true,
    },
];

fn pre_tokenizer_name(file: &GgufFile) -> Result<&str, EngineError> {
    Ok(file.text("tokenizer.ggml.pre")?.unwrap_or("default"))
}

fn find_rule(file: &GgufFile) -> Result<&'static PreTokenizerRule, EngineError> {
    let name = pre_tokenizer_name(file)?;
    RULES
        .iter()
        .find(|rule| rule.names.contains(&name))
        .ok_or_else(|| EngineError::UnknownPreTokenizer {
            path: file.path().to_owned(),
            name: name.to_owned(),
            known: RULES
                .iter()
                .flat_map(|rule| rule.names)
                .copied()
                .collect::<Vec<_>>()
                .join(", "),
        })
}

/// What holds where the file says nothing.
pub(super) fn defaults(file: &GgufFile) -> Result<Defaults, EngineError> {
    let rule = find_rule(file)?;
    Ok(Defaults {
        add_bos: rule.add_bos,
        bos: Some(11),
        eos: Some(11),
    })
}

#[derive(Debug)]
pub(super) struct BytePair {
    pre_tokenizer: String,
    splits: Vec<Split>,
    spelling: ByteLevel,
    whole_words: bool,
    merges: HashMap<Pair, Merged>,
}

/// Two neighbouring tokens.
type Pair = (TokenId, TokenId);

/// What a pair becomes, and where that stands in the list of merges: the first go first.
#[derive(Debug, Clone, Copy)]
struct Merged {
    rank: Reverse<usize>,
    id: TokenId,
}

impl BytePair {
    pub fn from_gguf(file: &GgufFile, vocabulary: &Vocabulary) -> Result<Self, EngineError> {
        let invalid = |what: String| EngineError::Tokenizer {
            path: file.path().to_owned(),
            what,
        };
        let rule = find_rule(file)?;
        let key = "tokenizer.ggml.merges";
        let merges = file.required(key, file.texts(key)?)?;
        let merges = merges.enumerate().map(|(rank, merge)| {
            let (pair, id) = read_merge(&merge, vocabulary).map_err(invalid)?;
            let rank = Reverse(rank);
            Ok((pair, Merged { rank, id }))
        });
        let merges = merges.collect::<Result<_, EngineError>>()?;
        let splits = rule
            .patterns
            .iter()
            .map(|&pattern| {
                Split::new(
                    SplitPattern::Regex(pattern.to_owned()),
                    SplitDelimiterBehavior::Isolated,
                    false,
                )
                .map_err(|error| invalid(error.to_string()))
            })
            .collect::<Result<Vec<_>, EngineError>>()?;
        Ok(Self {
            pre_tokenizer: pre_tokenizer_name(file)?.to_owned(),
            splits,
            spelling: ByteLevel::new(false, false, false),
            whole_words: rule.whole_words,
            merges,
        })
    }

    pub fn pre_tokenizer(&self) -> &str {
        &self.pre_tokenizer
    }

    /// Appends the ids of a text without special tokens.
    pub fn encode(&self, text: &str, vocabulary: &Vocabulary, ids: &mut Vec<TokenId>) -> Result<(), EngineError> {
        let failed = |error: tokenizers::Error| EngineError::Tokenize {
            what: error.to_string(),
        };
        let mut words = PreTokenizedString::from(text);
        for split in &self.splits {
            split.pre_tokenize(&mut words).map_err(failed)?;
        }
        self.spelling.pre_tokenize(&mut words).map_err(failed)?;
        for (word, _, _) in words.get_splits(OffsetReferential::Normalized, OffsetType::None) {
            match vocabulary.id(word).filter(|_| self.whole_words) {
                Some(id) => ids.push(id),
                None => self.encode_word(word, vocabulary, ids),
            }
        }
        Ok(())
    }

    /// Appends the ids of a spelled word. Letters that are no token are left out.
    fn encode_word(&self, word: &str, vocabulary: &Vocabulary, ids: &mut Vec<TokenId>) {
        let letters = word.char_indices().filter_map(|(start, letter)| {
            let range = start..start + letter.len_utf8();
            let id = Some(vocabulary.id(word.get(range.clone())?)?);
            Some(Symbol { range, id })
        });
        let union = |left: &Symbol, right: &Symbol| {
            let &Merged { rank, id } = self.merges.get(&(left.id?, right.id?))?;
            Some(Union { priority: rank, id })
        };
        ids.extend(merging::merge(letters.collect(), union).filter_map(|symbol| symbol.id));
    }
}

/// The two tokens that a line of the list merges, and the token they become.
fn read_merge(merge: &str, vocabulary: &Vocabulary) -> Result<(Pair, TokenId), String> {
    // The first part may itself begin with a space.
    let mut letters = merge.char_indices().skip(1);
    let cut = letters.find(|&(_, letter)| letter == ' ').map(|(at, _)| at);
    let (left, right) = merge.split_at(cut.unwrap_or(merge.len()));
    let right = right.strip_prefix(' ').filter(|right| !right.is_empty());
    let right = right.ok_or_else(|| format!("the merge '{merge}' is not two parts"))?;
    let id = |text: &str| {
        let id = vocabulary.id(text);
        id.ok_or_else(|| format!("its merges do not fit its tokens: '{text}' of the merge '{merge}' is none"))
    };
    Ok(((id(left)?, id(right)?), id(&format!("{left}{right}"))?))
}

/// The byte a letter of the byte alphabet stands for: printable Latin-1 stands for itself,
/// the other 68 bytes follow in order from U+0100.
fn letter_byte(letter: char) -> Option<u8> {
    let stands_for_itself = |code: u32| matches!(code, 0x21..=0x7e | 0xa1..=0xac | 0xae..=0xff);
    let code = u32::from(letter);
    if stands_for_itself(code) {
        return u8::try_from(code).ok();
    }
    let place = code.checked_sub(0x100)? as usize;
    (0..=255u8).filter(|&byte| !stands_for_itself(byte.into())).nth(place)
}

/// The bytes a token's spelling stands for.
pub(super) fn decode(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    for letter in text.chars() {
        match letter_byte(letter) {
            Some(byte) => bytes.push(byte),
            None => bytes.extend(letter.encode_utf8(&mut [0; 4]).bytes()),
        }
    }
    bytes
}
