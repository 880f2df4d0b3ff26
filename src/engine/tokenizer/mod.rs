//! Text to token ids and back, from the fields of a GGUF file, or the `tokenizer.json` or `tokenizer.model` of a folder.
//!
//! The ids are those of llama.cpp and of `transformers`, with one difference that is meant: a control token such as `<|im_end|>` is read
//! as one only where it stands inside a template's markup, never in what an item says.
//! User-defined tokens (Gemma's runs of spaces and line breaks) are matched everywhere, as both do.

mod byte_pair;
mod charsmap;
mod merging;
mod published;
mod sentence_piece;
mod sentence_piece_file;
mod texts;
mod vocabulary;

use std::ops::Range;

use sha2::{Digest, Sha256};

use super::{EngineError, TokenId};
use crate::models::gguf::GgufFile;
use crate::models::safetensors::{ModelFolder, SENTENCE_PIECE, TOKENIZER};
use crate::prompts::{ChatError, ChatTemplate, Piece, PromptText};
use byte_pair::BytePair;
use published::Published;
use sentence_piece::{Edges, SentencePiece};
use vocabulary::Vocabulary;

/// A model's tokenizer.
#[derive(Debug)]
pub struct Tokenizer {
    vocabulary: Vocabulary,
    method: Method,
    name: String,
    fingerprint: String,
}

#[derive(Debug)]
enum Method {
    BytePair(Box<BytePair>),
    SentencePiece(SentencePiece),
    Published(Box<Published>),
}

/// A part of a text: a token that was found whole, or text between such tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Fragment {
    Token(TokenId),
    Text(Range<usize>),
}

impl Tokenizer {
    /// Builds the tokenizer a model file describes.
    pub fn from_gguf(file: &GgufFile) -> Result<Self, EngineError> {
        let Some(model) = file.text("tokenizer.ggml.model")? else {
            return Err(EngineError::NoTokenizer {
                path: file.path().to_owned(),
            });
        };
        let method_defaults = match model {
            "gpt2" => byte_pair::defaults(file)?,
            "llama" => sentence_piece::DEFAULTS,
            other => {
                let path = file.path().to_owned();
                return Err(EngineError::UnknownTokenizer {
                    path,
                    name: other.to_owned(),
                });
            }
        };
        let vocabulary = Vocabulary::from_gguf(file, method_defaults)?;
        let (method, name) = match model {
            "gpt2" => {
                let method = BytePair::from_gguf(file, &vocabulary)?;
                let name = format!("byte-level BPE ({})", method.pre_tokenizer());
                (Method::BytePair(Box::new(method)), name)
            }
            _ => (
                Method::SentencePiece(SentencePiece::from_gguf(file)?),
                "SentencePiece".to_owned(),
            ),
        };
        Ok(Self {
            vocabulary,
            method,
            name,
            fingerprint: fingerprint(file),
        })
    }

    /// Builds the tokenizer a folder describes.
    pub fn from_folder(folder: &ModelFolder) -> Result<Self, EngineError> {
        if !folder.has(TOKENIZER) {
            let (vocabulary, method, fingerprint) = sentence_piece_file::read(folder)?;
            return Ok(Self {
                vocabulary,
                method: Method::SentencePiece(method),
                name: SENTENCE_PIECE.to_owned(),
                fingerprint,
            });
        }
        let (vocabulary, published, fingerprint) = published::read(folder)?;
        Ok(Self {
            vocabulary,
            method: Method::Published(Box::new(published)),
            name: "tokenizer.json".to_owned(),
            fingerprint,
        })
    }

    /// The chat template of a folder, where it has one.
    pub fn chat_template(folder: &ModelFolder) -> Result<Option<String>, EngineError> {
        published::chat_template(folder)
    }

    /// What kind of tokenizer this is, as in `byte-level BPE (smollm)`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The SHA-256 of every field of the file that tokenization depends on, in hexadecimal.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// How many tokens there are.
    pub fn len(&self) -> usize {
        self.vocabulary.len()
    }

    /// Whether there is no token at all, which a loaded tokenizer never says.
    pub fn is_empty(&self) -> bool {
        self.vocabulary.len() == 0
    }

    /// The text of the token that starts a sequence, for chat templates.
    pub fn bos_text(&self) -> Option<&str> {
        self.vocabulary.special.bos.and_then(|id| self.vocabulary.text(id))
    }

    /// The text of the token that ends a sequence, for chat templates.
    pub fn eos_text(&self) -> Option<&str> {
        self.vocabulary.special.eos.and_then(|id| self.vocabulary.text(id))
    }

    /// A model's chat template, which may write the tokens that start and end a sequence.
    pub fn chat(&self, template: &str) -> Result<ChatTemplate, ChatError> {
        let text = Option::unwrap_or_default;
        ChatTemplate::new(template, text(self.bos_text()), text(self.eos_text()))
    }

    /// Whether a model that gives this token has come to an end.
    pub fn is_end(&self, id: TokenId) -> bool {
        self.vocabulary.special.ends.contains(&id)
    }

    /// The control token with this text.
    pub fn control(&self, text: &str) -> Option<TokenId> {
        self.vocabulary.id(text).filter(|&id| self.vocabulary.is_control(id))
    }

    /// What a token adds to a written text: control tokens steer and say nothing.
    pub fn written(&self, id: TokenId) -> Vec<u8> {
        match self.vocabulary.is_control(id) {
            true => Vec::new(),
            false => self.bytes(id),
        }
    }

    /// The ids of a prompt, with BOS (or what else the model wants) before it, unless the prompt begins so itself.
    pub fn encode(&self, prompt: &PromptText) -> Result<Vec<TokenId>, EngineError> {
        let mut ids = self.encode_without_bos(prompt)?;
        let prefix = &self.vocabulary.special.prefix;
        if !ids.starts_with(prefix) {
            ids.splice(0..0, prefix.iter().copied());
        }
        Ok(ids)
    }

    /// The ids of a text that does not start a sequence.
    pub fn encode_without_bos(&self, prompt: &PromptText) -> Result<Vec<TokenId>, EngineError> {
        let mut ids = Vec::new();
        let text = prompt.to_plain_string();
        let mut markup = Vec::new();
        let mut start = 0;
        for piece in prompt.pieces() {
            let (length, is_markup) = match piece {
                Piece::Markup(text) => (text.len(), true),
                Piece::Plain(text) => (text.len(), false),
            };
            if is_markup {
                markup.push(start..start + length);
            }
            start += length;
        }
        let fragments = self.vocabulary.split(&text, &markup);
        match &self.method {
            Method::BytePair(method) => {
                for fragment in fragments {
                    match fragment {
                        Fragment::Token(id) => ids.push(id),
                        Fragment::Text(range) => {
                            method.encode(text.get(range).unwrap_or_default(), &self.vocabulary, &mut ids)?;
                        }
                    }
                }
            }
            Method::SentencePiece(method) => {
                let inner = |fragment: &Fragment| match fragment {
                    Fragment::Token(id) => method.is_inner(*id),
                    Fragment::Text(_) => false,
                };
                let (mut first, mut begins) = (true, true);
                let mut fragments = fragments.into_iter().peekable();
                while let Some(fragment) = fragments.next() {
                    let goes_on = inner(&fragment) || fragments.peek().is_some_and(inner);
                    match fragment {
                        Fragment::Token(id) => ids.push(id),
                        Fragment::Text(range) => {
                            let edges = Edges {
                                first,
                                begins,
                                ends: !goes_on,
                            };
                            let part = text.get(range).unwrap_or_default();
                            method.encode(part, edges, &self.vocabulary, &mut ids)?;
                        }
                    }
                    (first, begins) = (false, !goes_on);
                }
            }
            Method::Published(method) => method.encode(&text, fragments, &mut ids)?,
        }
        Ok(ids)
    }

    /// The bytes a token stands for; control tokens give their own text.
    fn bytes(&self, id: TokenId) -> Vec<u8> {
        let Some(text) = self.vocabulary.text(id) else {
            return Vec::new();
        };
        if self.vocabulary.is_special(id) {
            return text.as_bytes().to_vec();
        }
        match &self.method {
            Method::BytePair(_) => byte_pair::decode(text),
            Method::Published(method) if method.spells_bytes_as_letters => byte_pair::decode(text),
            Method::Published(_) => sentence_piece::decode(text),
            Method::SentencePiece(_) => sentence_piece::decode(text),
        }
    }

    /// The text of several tokens; what is no valid text becomes a replacement character.
    pub fn decode(&self, ids: &[TokenId]) -> String {
        let bytes: Vec<u8> = ids.iter().flat_map(|&id| self.bytes(id)).collect();
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

/// Hashes the tokenizer's fields; the chat template shapes prompts, not tokens, and stays out.
fn fingerprint(file: &GgufFile) -> String {
    let mut hash = Sha256::new();
    for (key, bytes) in file.fields("tokenizer.ggml.") {
        hash.update((key.len() as u64).to_le_bytes());
        hash.update(key);
        hash.update((bytes.len() as u64).to_le_bytes());
        hash.update(bytes);
    }
    hexadecimal(hash)
}

fn hexadecimal(hash: Sha256) -> String {
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
