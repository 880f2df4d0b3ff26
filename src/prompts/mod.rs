//! From an item to the exact text a model reads: templates by language, shots, chat templates.

mod text;

pub use text::{Piece, PromptText};
