//! What turns tokens into scores: the backend trait and the local decoder behind it.
//!
//! candle's types stay inside this folder.

mod architecture;
mod cache;
mod decoder;
mod error;
mod kernels;
mod local;
pub mod memory;
pub mod tokenizer;
mod weights;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::prompts::PromptText;
pub use architecture::{ARCHITECTURES, Architecture};
pub use error::EngineError;
pub use local::{LocalBackend, LocalInfo, PLANNED_TOKENS};

/// A token's number in a model's vocabulary.
pub type TokenId = u32;

/// A prompt and the continuations to score after it, all as token ids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScoreRequest {
    /// What the model reads first, BOS included where the model wants one; never empty.
    pub prompt: Vec<TokenId>,
    /// What may follow; each is at least one token.
    pub continuations: Vec<Vec<TokenId>>,
}

/// The scores of one request.
#[derive(Debug, Clone, PartialEq)]
pub struct Scores {
    /// For every continuation the sum of its tokens' natural-log probabilities, over the whole vocabulary.
    pub log_probabilities: Vec<f64>,
}

/// Asks running work to stop; cloned to whoever may ask.
#[derive(Debug, Clone, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// Asks for the stop; work notices it at its next step.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether somebody asked.
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// A loaded model that answers.
pub trait Backend: Send {
    /// The token ids of a prompt, with BOS where the model wants one and the prompt's markup has not put it already.
    fn tokenize(&self, prompt: &PromptText) -> Result<Vec<TokenId>, EngineError>;

    /// The most tokens a prompt with its continuation may have.
    fn context_length(&self) -> usize;

    /// Scores a group of requests. The longest prefix all prompts share is computed once.
    ///
    /// The same group gives the same bits every time; another grouping may differ in the last digits.
    fn score(&mut self, group: &[ScoreRequest], cancel: &Cancel) -> Result<Vec<Scores>, EngineError>;
}
