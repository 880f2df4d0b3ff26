//! Models: what a file says of itself, where files come from, whether they fit.

pub mod cache;
pub mod catalogue;
pub mod download;
pub mod fetch;
pub mod gguf;
pub mod hash;
pub mod hub;
pub mod library;
pub mod named;
pub mod packaged;
pub mod part_name;
pub mod quantization;
pub mod safetensors;
pub mod shape;
pub mod whereabouts;

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

/// Gives back the memory of what was read of a mapped file.
#[cfg_attr(
    not(unix),
    expect(unused_variables, reason = "other systems take it back by themselves")
)]
fn let_go(map: &memmap2::Mmap) {
    #[cfg(unix)]
    {
        // SAFETY: the map is a file's, shared and never written to: its pages come back as they were.
        #[expect(unsafe_code, reason = "the advice would lose what a private map was written")]
        let given_back = unsafe { map.unchecked_advise(memmap2::UncheckedAdvice::DontNeed) };
        if let Err(problem) = given_back {
            tracing::debug!(%problem, "the memory of a model file was not given back");
        }
    }
}
