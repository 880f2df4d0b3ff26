//! What can go wrong while loading or running a model.

use std::path::PathBuf;

use super::device::DeviceError;
use super::memory::MemoryNeed;
use crate::models::gguf::GgufError;
use crate::models::safetensors::FolderError;

#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// Somebody asked to stop.
    #[error("stopped on request")]
    Cancelled,
    #[error(transparent)]
    File(#[from] GgufError),
    #[error(transparent)]
    Folder(#[from] FolderError),
    #[error("{}: no tokenizer is inside; fetch a complete GGUF file of this model, or its tokenizer.json or tokenizer.model", path.display())]
    NoTokenizer { path: PathBuf },
    #[error("{}: its tokenizer is of the kind '{name}'; known are gpt2 and llama", path.display())]
    UnknownTokenizer { path: PathBuf, name: String },
    #[error("{}: its tokenizer cuts words by the rule '{name}', which is unknown; known are {known}", path.display())]
    UnknownPreTokenizer { path: PathBuf, name: String, known: String },
    #[error("{}: its tokenizer is damaged: {what}", path.display())]
    Tokenizer { path: PathBuf, what: String },
    #[error("the text could not be cut into tokens: {what}")]
    Tokenize { what: String },
    #[error("{}: its architecture is '{name}', which is unknown; known are {known}", path.display())]
    UnknownArchitecture { path: PathBuf, name: String, known: String },
    #[error("{}: its settings cannot be used: {what}", path.display())]
    Settings { path: PathBuf, what: String },
    #[error("{}: the tensor '{tensor}' is stored as {kind}, which this program cannot compute with", path.display())]
    TensorType {
        path: PathBuf,
        tensor: String,
        kind: String,
    },
    #[error("{}: the tensor '{name}' is missing, so the model cannot be used", path.display())]
    NoTensor { path: PathBuf, name: String },
    #[error("{}: the tensor '{name}' has the shape {found:?}, its settings ask for {expected:?}", path.display())]
    Shape {
        path: PathBuf,
        name: String,
        expected: Vec<usize>,
        found: Vec<usize>,
    },
    #[error(
        "{}: running this model takes {} more memory (weights {}, keys and values of {} tokens {}, a pass {}), {} is \
         free there ({device}); close other programs, choose a smaller quantization or shorter prompts",
        path.display(), gigabytes(need.total()), gigabytes(need.weights), need.tokens, gigabytes(need.cache),
        gigabytes(need.pass), gigabytes(*available)
    )]
    Memory {
        path: PathBuf,
        need: MemoryNeed,
        available: u64,
        device: String,
    },
    #[error("{}: the model gave no number for the next token: its file may be damaged", path.display())]
    NoNumber { path: PathBuf },
    #[error("request {request}: {what}")]
    Request { request: usize, what: String },
    #[error(transparent)]
    Device(#[from] DeviceError),
    #[error("the computation failed; if it was a GPU's, `--device cpu` does without one")]
    Compute(#[from] candle_core::Error),
}

/// A size as people say it.
fn gigabytes(bytes: u64) -> String {
    format!("{:.2} GB", bytes as f64 / 1e9)
}
