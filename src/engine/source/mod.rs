//! Where a model comes from: one border between the decoder and the forms models are published in.
//!
//! Tensors go by GGUF's names on this side of it, whatever their files call them.

mod config;
mod gguf;
mod hugging_face;
mod names;

use std::borrow::Cow;
use std::fmt;
use std::path::Path;

pub use hugging_face::HuggingFaceModel;

use super::EngineError;
use super::settings::Settings;
use super::tokenizer::Tokenizer;
use crate::models::Summary;
use crate::models::gguf::{GgufFile, TensorType};
use crate::models::safetensors::ModelFolder;

/// What a tensor's file says of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// The length of a row first.
    pub dimensions: Vec<usize>,
    pub kind: TensorType,
}

/// The files of a model.
pub trait ModelFiles: fmt::Debug + Send + Sync {
    /// Where they lie: a file or a folder.
    fn path(&self) -> &Path;

    /// Sizes and numbers, checked against each other.
    fn settings(&self) -> Result<Settings, EngineError>;

    /// A tensor by its GGUF name, where there is one.
    fn find(&self, name: &str) -> Result<Option<Stored>, EngineError>;

    /// The bytes of a tensor that [`ModelFiles::find`] found; nothing for another.
    fn bytes(&self, name: &str) -> Cow<'_, [u8]>;

    /// Gives back the memory of what was read so far; whatever is read again comes from the files.
    fn let_go(&self);

    /// What turns text into token ids.
    fn tokenizer(&self) -> Result<Tokenizer, EngineError>;

    /// What a list of models shows.
    fn summary(&self) -> Result<Summary, EngineError>;
}

/// Opens a GGUF file, or a folder with `config.json` and safetensors by its path or that of a file in it.
pub fn open(path: &Path) -> Result<Box<dyn ModelFiles>, EngineError> {
    Ok(match ModelFolder::find(path) {
        Some(folder) => Box::new(HuggingFaceModel::open(&folder)?),
        None => Box::new(GgufFile::open(path)?),
    })
}
