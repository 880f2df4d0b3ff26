//! Writing text: what is asked of a model that writes, and what comes of it.
//!
//! A sequence's tokens have the same bits whatever other sequences are written beside it, as scores have.

mod sampling;
mod text;

use serde::{Deserialize, Serialize};

use super::TokenId;
pub(super) use sampling::Sampler;
pub use sampling::Sampling;
pub(super) use text::TextStream;

/// A prompt to go on from.
#[derive(Debug, Clone, PartialEq)]
pub struct GenerationRequest {
    /// What the model reads first, BOS included where the model wants one; never empty.
    pub prompt: Vec<TokenId>,
    /// The most tokens to write. The model's context may end the text before.
    pub most_tokens: usize,
    pub sampling: Sampling,
    /// Texts that end the writing where they come up; they are not part of it. None is empty.
    pub stops: Vec<String>,
}

/// What a model wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Generation {
    /// Without the token that ended it; with those of a stop string.
    pub tokens: Vec<TokenId>,
    pub text: String,
    pub ending: Ending,
}

/// Why a text ends where it does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// The model said that it is done.
    Finished,
    /// This text came up.
    Stop(String),
    /// As many tokens as were asked for.
    Limit,
    /// The model reads no longer texts.
    ContextFull,
    /// Somebody asked to stop.
    Cancelled,
}

/// What is told of a sequence while it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written<'a> {
    /// The next stretch of its text, of whole characters as readers count them.
    Text(&'a str),
    /// It is written; all its text was told.
    End(&'a Generation),
}
