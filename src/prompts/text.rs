//! The text of a prompt, with the parts that came from items kept apart from the template's own.
//!
//! A tokenizer may read special tokens such as `<|im_end|>` in markup, never in what an item says:
//! a question that quotes such a token stays plain text.

use serde::{Deserialize, Serialize};

use super::pattern::is_space;

/// One stretch of a prompt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Piece {
    /// From a template: special tokens in it are special.
    Markup(String),
    /// From an item, a model or a person: special tokens in it are letters like others.
    Plain(String),
}

/// A prompt in the order the model reads it. Neighbouring pieces are tokenized as one text,
/// so a border between pieces never changes the tokens of ordinary words.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PromptText {
    pieces: Vec<Piece>,
}

impl PromptText {
    /// Appends text whose special tokens count; joins the last piece where that is markup too.
    pub fn push_markup(&mut self, text: &str) {
        match self.pieces.last_mut() {
            _ if text.is_empty() => {}
            Some(Piece::Markup(last)) => last.push_str(text),
            _ => self.pieces.push(Piece::Markup(text.to_owned())),
        }
    }

    /// Appends text in which nothing is special; joins the last piece where that is plain too.
    pub fn push_plain(&mut self, text: &str) {
        match self.pieces.last_mut() {
            _ if text.is_empty() => {}
            Some(Piece::Plain(last)) => last.push_str(text),
            _ => self.pieces.push(Piece::Plain(text.to_owned())),
        }
    }

    /// Appends another text, piece by piece.
    pub fn push(&mut self, other: &Self) {
        for piece in &other.pieces {
            match piece {
                Piece::Markup(text) => self.push_markup(text),
                Piece::Plain(text) => self.push_plain(text),
            }
        }
    }

    /// The text without the white space at its end, and that white space.
    pub fn without_spaces_at_end(&self) -> (Self, String) {
        let mut pieces = self.pieces.clone();
        let mut spaces = String::new();
        while let Some(last) = pieces.pop() {
            let (Piece::Markup(text) | Piece::Plain(text)) = &last;
            let kept = text.trim_end_matches(is_space);
            spaces.insert_str(0, text.get(kept.len()..).unwrap_or_default());
            if !kept.is_empty() {
                pieces.push(match &last {
                    Piece::Markup(_) => Piece::Markup(kept.to_owned()),
                    Piece::Plain(_) => Piece::Plain(kept.to_owned()),
                });
                break;
            }
        }
        (Self { pieces }, spaces)
    }

    /// The pieces in order; none is empty and no two neighbours are of one kind.
    pub fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    /// The prompt as one string, as a person reads it.
    pub fn to_plain_string(&self) -> String {
        self.pieces
            .iter()
            .map(|piece| match piece {
                Piece::Markup(text) | Piece::Plain(text) => text.as_str(),
            })
            .collect()
    }
}
