//! Models: what a file says of itself, where files come from, whether they fit.

pub mod cache;
pub mod fetch;
pub mod gguf;
pub mod hash;
pub mod library;
pub mod packaged;
pub mod safetensors;

/// What a list of models shows of one.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    /// As in `llama`.
    pub architecture: String,
    pub name: Option<String>,
    /// How many numbers the weights are.
    pub parameters: u64,
    /// As in `Q4_K_M`: what the file says of itself, else the commonest type of its tensors by size.
    pub quantization: String,
    /// The longest text the model was trained for, in tokens.
    pub context_length: Option<u64>,
    pub chat_template: Option<String>,
    pub licence: Option<String>,
    /// The kind of tokenizer in a GGUF file, `gpt2` (byte-level BPE) or `llama` (SentencePiece), or the name of the file
    /// that holds it, or none where there is none.
    pub tokenizer: Option<String>,
    pub file_bytes: u64,
}
