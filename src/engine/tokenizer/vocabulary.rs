//! The tokens of a model, and the cutting of text at tokens that are matched whole.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

use super::Fragment;
use super::texts::Texts;
use crate::engine::{EngineError, TokenId};
use crate::models::gguf::GgufFile;

/// What holds where the file says nothing, by the kind of tokenizer.
#[derive(Debug, Clone, Copy)]
pub(super) struct Defaults {
    pub add_bos: bool,
    pub bos: Option<TokenId>,
    pub eos: Option<TokenId>,
}

/// The tokens that stand around texts.
#[derive(Debug)]
pub(super) struct Special {
    /// What a sequence starts with: BOS, or nothing, or for a few models more.
    pub prefix: Vec<TokenId>,
    pub bos: Option<TokenId>,
    pub eos: Option<TokenId>,
    /// What ends a text or a turn, `eos` among them.
    pub ends: BTreeSet<TokenId>,
}

/// Control tokens that end a text or a turn wherever they exist: published files often name only some of their own.
const ENDS: [&str; 14] = [
    "</s>",
    "<eos>",
    "<|endoftext|>",
    "<|end_of_text|>",
    "<|im_end|>",
    "<|eot_id|>",
    "<|eom_id|>",
    "<|end|>",
    "<end_of_turn>",
    "<|return|>",
    "<|call|>",
    "<EOT>",
    "[EOS]",
    "<\u{ff5c}end\u{2581}of\u{2581}sentence\u{ff5c}>",
];

/// What a token is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Ordinary text, or a byte.
    Ordinary,
    /// Steers the model, and the unknown token; matched in markup only.
    Control,
    /// Matched whole in any text.
    UserDefined,
}

#[derive(Debug)]
pub(super) struct Vocabulary {
    texts: Texts,
    kinds: Vec<Kind>,
    scores: Vec<f32>,
    /// Tokens matched whole, longest first: the order in which they cut a text.
    whole: Vec<TokenId>,
    /// Places in `whole` by their text's first two bytes (the second is 0 for a text of one byte).
    whole_by_start: HashMap<[u8; 2], Vec<usize>>,
    pub special: Special,
}

impl Vocabulary {
    /// The tokens by their ids, each with its kind, and with its score where the method goes by scores.
    pub fn new<Text: AsRef<str>>(
        tokens: impl IntoIterator<Item = Text>,
        kinds: Vec<Kind>,
        scores: Option<Vec<f32>>,
        special: Special,
    ) -> Self {
        let mut texts = Texts::default();
        for (id, text) in tokens.into_iter().enumerate() {
            match text.as_ref() {
                "" => texts.push(&format!("[EMPTY_{id}]")),
                text => texts.push(text),
            }
        }
        let mut vocabulary = Self {
            texts,
            kinds,
            scores: scores.unwrap_or_default(),
            whole: Vec::new(),
            whole_by_start: HashMap::new(),
            special,
        };
        vocabulary.index_whole_tokens();
        vocabulary.add_ends();
        vocabulary
    }

    pub fn from_gguf(file: &GgufFile, defaults: Defaults) -> Result<Self, EngineError> {
        let invalid = |what: String| EngineError::Tokenizer {
            path: file.path().to_owned(),
            what,
        };
        let key = "tokenizer.ggml.tokens";
        let texts = file.required(key, file.texts(key)?)?;
        let count = file.required(key, file.list_length(key)?)?;
        if count == 0 || TokenId::try_from(count).is_err() {
            return Err(invalid(format!("it lists {count} tokens")));
        }
        let per_token = |key: &str| -> Result<Option<Vec<f64>>, EngineError> {
            let list = file.numbers(key)?;
            match &list {
                Some(list) if list.len() < count => Err(invalid(format!(
                    "'{key}' has {} entries for {count} tokens",
                    list.len()
                ))),
                _ => Ok(list),
            }
        };
        let scores = per_token("tokenizer.ggml.scores")?;
        let scores = scores.map(|list| list.iter().map(|&score| score as f32).collect());
        let kinds = match per_token("tokenizer.ggml.token_type")? {
            None => vec![Kind::Ordinary; count],
            Some(list) => list
                .iter()
                .map(|&kind| match kind as i64 {
                    2 | 3 => Kind::Control,
                    4 => Kind::UserDefined,
                    _ => Kind::Ordinary,
                })
                .collect(),
        };
        let special = |key: &str, default: Option<TokenId>| -> Result<Option<TokenId>, EngineError> {
            // As llama.cpp does, an id outside the vocabulary counts as absent.
            let id = file.unsigned(key)?.map_or(default, |id| u32::try_from(id).ok());
            Ok(id.filter(|&id| (id as usize) < count))
        };
        let bos = special("tokenizer.ggml.bos_token_id", defaults.bos)?;
        let eos = special("tokenizer.ggml.eos_token_id", defaults.eos)?;
        let add_bos = file
            .boolean("tokenizer.ggml.add_bos_token")?
            .unwrap_or(defaults.add_bos);
        let prefix = bos.filter(|_| add_bos).into_iter().collect();
        let mut ends = BTreeSet::new();
        for key in ["tokenizer.ggml.eot_token_id", "tokenizer.ggml.eom_token_id"] {
            ends.extend(special(key, None)?);
        }
        let special = Special { prefix, bos, eos, ends };
        Ok(Self::new(texts, kinds, scores, special))
    }

    fn add_ends(&mut self) {
        let controls = self.whole.iter().filter(|&&id| self.is_control(id));
        let known = controls.filter(|&&id| self.text(id).is_some_and(|text| ENDS.contains(&text)));
        let ends: BTreeSet<TokenId> = known.copied().chain(self.special.eos).collect();
        self.special.ends.extend(ends);
    }

    fn index_whole_tokens(&mut self) {
        let kinds = self.kinds.iter().zip(0..);
        self.whole = kinds
            .filter(|(kind, _)| **kind != Kind::Ordinary)
            .map(|(_, id)| id)
            .collect();
        let texts = &self.texts;
        self.whole
            .sort_by_key(|&id| std::cmp::Reverse(texts.get(id).map_or(0, str::len)));
        for (place, &id) in self.whole.iter().enumerate() {
            if let Some([first, rest @ ..]) = texts.get(id).map(str::as_bytes) {
                let start = [*first, rest.first().copied().unwrap_or(0)];
                self.whole_by_start.entry(start).or_default().push(place);
            }
        }
    }

    pub fn len(&self) -> usize {
        self.texts.len()
    }

    pub fn text(&self, id: TokenId) -> Option<&str> {
        self.texts.get(id)
    }

    pub fn id(&self, text: &str) -> Option<TokenId> {
        self.texts.find(text)
    }

    /// Whether the token is matched whole rather than built from its parts.
    pub fn is_special(&self, id: TokenId) -> bool {
        self.kinds.get(id as usize).is_some_and(|&kind| kind != Kind::Ordinary)
    }

    /// Whether the token steers the model and is no text.
    pub fn is_control(&self, id: TokenId) -> bool {
        self.kinds.get(id as usize) == Some(&Kind::Control)
    }

    /// The id of an ordinary or user-defined token; text never merges into a control token.
    pub fn ordinary_id(&self, text: &str) -> Option<TokenId> {
        self.id(text).filter(|&id| !self.is_control(id))
    }

    pub fn score(&self, id: TokenId) -> f32 {
        self.scores.get(id as usize).copied().unwrap_or(0.0)
    }

    /// Cuts a text at the tokens matched whole: user-defined ones anywhere, control tokens where they lie
    /// wholly inside one of the `markup` stretches. Longer tokens cut first, each from left to right.
    pub fn split(&self, text: &str, markup: &[Range<usize>]) -> Vec<Fragment> {
        let mut fragments = vec![];
        if !text.is_empty() {
            fragments.push(Fragment::Text(0..text.len()));
        }
        for place in self.whole_tokens_in(text) {
            let Some(&id) = self.whole.get(place) else { continue };
            let Some(token) = self.text(id) else { continue };
            let anywhere = self.kinds.get(id as usize) == Some(&Kind::UserDefined);
            let allowed = |found: &Range<usize>| {
                anywhere
                    || markup
                        .iter()
                        .any(|markup| markup.start <= found.start && found.end <= markup.end)
            };
            let mut cut = Vec::with_capacity(fragments.len());
            for fragment in fragments {
                let Fragment::Text(range) = fragment else {
                    cut.push(fragment);
                    continue;
                };
                let (mut start, mut search) = (range.start, range.start);
                while let Some(offset) = text.get(search..range.end).and_then(|part| part.find(token)) {
                    let found = search + offset..search + offset + token.len();
                    if allowed(&found) {
                        if found.start > start {
                            cut.push(Fragment::Text(start..found.start));
                        }
                        cut.push(Fragment::Token(id));
                        (start, search) = (found.end, found.end);
                    } else {
                        let step = text
                            .get(found.start..)
                            .and_then(|rest| rest.chars().next())
                            .map_or(1, char::len_utf8);
                        search = found.start + step;
                    }
                }
                if start < range.end {
                    cut.push(Fragment::Text(start..range.end));
                }
            }
            fragments = cut;
        }
        fragments
    }

    /// The places in `whole` of tokens that occur in the text, in cutting order. Looking each of Gemma's
    /// thousands up in turn would take longer than the rest of tokenization.
    fn whole_tokens_in(&self, text: &str) -> Vec<usize> {
        let bytes = text.as_bytes();
        let mut places = Vec::new();
        for (at, &first) in bytes.iter().enumerate() {
            let second = bytes.get(at + 1).copied().unwrap_or(0);
            let starts = [[first, second], [first, 0]];
            for start in starts.iter().take(if second == 0 { 1 } else { 2 }) {
                for &place in self.whole_by_start.get(start).into_iter().flatten() {
                    let token = self.whole.get(place).and_then(|&id| self.text(id)).unwrap_or_default();
                    if bytes.get(at..).is_some_and(|rest| rest.starts_with(token.as_bytes())) {
                        places.push(place);
                    }
                }
            }
        }
        places.sort_unstable();
        places.dedup();
        places
    }
}
