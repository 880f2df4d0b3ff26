//! What turns tokens into scores: the backend trait, the local decoder and servers behind it.
//!
//! candle's types stay inside this folder and the crate of the kernels.

mod architecture;
mod cache;
pub mod calibration;
mod decoder;
mod device;
pub mod endpoint;
mod error;
mod experts;
mod generation;
mod local;
mod machine;
pub mod memory;
mod passes;
mod rotary;
mod settings;
pub mod source;
mod threads;
pub mod tokenizer;
mod weights;

use std::fmt;
use std::path::Path;

use polyclinic_kernels as kernels;
use serde::{Deserialize, Serialize};

pub use crate::cancel::Cancel;
use crate::prompts::{ChatError, ChatTemplate, PromptText};
pub use architecture::{ARCHITECTURES, Architecture, find as architecture};
pub use device::{Device, DeviceError, DeviceName};
pub use error::EngineError;
pub use generation::{Ending, Generation, GenerationRequest, Sampling, Written};
pub use local::{LocalBackend, ModelWords, PLANNED_TOKENS};

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

impl ScoreRequest {
    /// Parts whole texts, each of a prompt with one continuation, where they go on after the `bare` prompt.
    ///
    /// A tokenizer may join the end of the prompt with a continuation; what all of them and the bare prompt begin with
    /// is the prompt, the rest is scored.
    pub fn continuing(bare: &[TokenId], wholes: Vec<Vec<TokenId>>) -> Self {
        let mut shared = bare.len();
        for whole in &wholes {
            // At least one token of each continuation must be left to score.
            let most = whole.len().saturating_sub(1);
            shared = shared.min(shared_prefix(whole, bare)).min(most);
        }
        let rest = |whole: Vec<TokenId>| whole.into_iter().skip(shared).collect();
        Self {
            prompt: bare.iter().take(shared).copied().collect(),
            continuations: wholes.into_iter().map(rest).collect(),
        }
    }

    /// The tokens of all continuations.
    pub fn scored_tokens(&self) -> usize {
        self.continuations.iter().map(Vec::len).sum()
    }
}

/// The scores of one request.
#[derive(Debug, Clone, PartialEq)]
pub struct Scores {
    /// For every continuation the sum of its tokens' natural-log probabilities, over the whole vocabulary.
    pub log_probabilities: Vec<f64>,
}

/// What loading a model shows of it: everything besides the file that could move its numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelFacts {
    pub architecture: String,
    pub quantization: String,
    /// SHA-256 of everything that turns text into token ids.
    pub tokenizer_sha256: String,
    /// The device that computes: "CPU, 2 threads", "cuda:0, NVIDIA A100-SXM4-40GB".
    pub device: String,
    /// The form of weights and kernels, and which model of GPU computes.
    pub computed: String,
}

impl ModelFacts {
    /// Whether both give the same bits: everything but how many threads share the work, or which of equal GPUs does it.
    pub fn computes_like(&self, other: &Self) -> bool {
        let without_device = |facts: &Self| Self {
            device: String::new(),
            ..facts.clone()
        };
        without_device(self) == without_device(other)
    }
}

impl fmt::Display for ModelFacts {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            architecture,
            quantization,
            tokenizer_sha256,
            device,
            computed,
        } = self;
        let tokenizer = tokenizer_sha256.get(..8).unwrap_or(tokenizer_sha256);
        write!(
            formatter,
            "{architecture}, {quantization}, tokenizer {tokenizer}, {device}, {computed}"
        )
    }
}

/// How many tokens a group has in memory at once: what all prompts share, and what each has of its own.
pub fn tokens_to_score(group: &[ScoreRequest]) -> usize {
    let Some((first, others)) = group.split_first() else {
        return 0;
    };
    let shared = others.iter().map(|other| shared_prefix(&first.prompt, &other.prompt));
    let shared = shared.min().unwrap_or(0);
    let own = |request: &ScoreRequest| {
        let continuations = request
            .continuations
            .iter()
            .map(|tokens| tokens.len().saturating_sub(1));
        request.prompt.len() - shared + continuations.sum::<usize>()
    };
    shared + group.iter().map(own).sum::<usize>()
}

/// How many tokens texts have in memory at once, each written as far as it may go.
pub fn tokens_to_write(requests: &[GenerationRequest], context_length: usize) -> usize {
    let length = |request: &GenerationRequest| request.prompt.len().saturating_add(request.most_tokens);
    requests
        .iter()
        .map(|request| length(request).min(context_length))
        .fold(0, usize::saturating_add)
}

/// Fails where somebody asked to stop.
fn go_on(cancel: &Cancel) -> Result<(), EngineError> {
    match cancel.is_cancelled() {
        true => Err(EngineError::Cancelled),
        false => Ok(()),
    }
}

/// How many tokens two prompts share from the start.
fn shared_prefix(a: &[TokenId], b: &[TokenId]) -> usize {
    a.iter().zip(b).take_while(|(a, b)| a == b).count()
}

/// What a model makes of text. It is known before the weights are loaded.
pub trait Reader {
    /// The token ids of a prompt, with BOS where the model wants one and the prompt's markup has not put it already.
    fn tokenize(&self, prompt: &PromptText) -> Result<Vec<TokenId>, EngineError>;

    /// The model's own chat template; `None` where its file has none.
    fn chat_template(&self) -> Result<Option<ChatTemplate>, ChatError>;

    /// The most tokens a prompt with its continuation may have.
    fn context_length(&self) -> usize;
}

/// A loaded model that answers.
pub trait Backend: Reader + Send {
    /// What a run writes down about the model.
    fn facts(&self) -> &ModelFacts;

    /// Scores a group of requests. The longest prefix all prompts share is computed once.
    ///
    /// A group gets the same bits at every call. On the processor a request gets them in every group; on a GPU they
    /// depend on the group too (see [`Device`]).
    fn score(&mut self, group: &[ScoreRequest], cancel: &Cancel) -> Result<Vec<Scores>, EngineError>;

    /// Writes on from every prompt, all in the same passes, and tells by the number of the request what was written.
    ///
    /// A group gets the same tokens at every call, as in [`Backend::score`]. Where somebody cancels, what was written
    /// by then is the result.
    fn generate(
        &mut self,
        requests: &[GenerationRequest],
        tell: &mut dyn FnMut(usize, Written<'_>),
        cancel: &Cancel,
    ) -> Result<Vec<Generation>, EngineError>;
}

/// Where models come from; tests put their own in the files' place.
pub trait Loader {
    /// Finds out cheaply whether a model can be loaded: its headers, its architecture, the memory it takes.
    fn check(&self, path: &Path) -> Result<(), EngineError>;

    /// Loads a model: a GGUF file, or a folder of safetensors. `plan` says how many tokens will be in memory at once;
    /// where those or the weights do not fit, no weight is loaded.
    fn load(
        &self,
        path: &Path,
        plan: &dyn Fn(&dyn Reader) -> usize,
        cancel: &Cancel,
    ) -> Result<Box<dyn Backend>, EngineError>;
}

/// Loads model files into this process, onto [`Device::chosen`].
#[derive(Debug, Clone, Copy)]
pub struct LocalLoader;

impl Loader for LocalLoader {
    fn check(&self, path: &Path) -> Result<(), EngineError> {
        LocalBackend::check_files(path, Device::chosen()?)
    }

    fn load(
        &self,
        path: &Path,
        plan: &dyn Fn(&dyn Reader) -> usize,
        cancel: &Cancel,
    ) -> Result<Box<dyn Backend>, EngineError> {
        Ok(Box::new(LocalBackend::load_for(path, Device::chosen()?, plan, cancel)?))
    }
}
