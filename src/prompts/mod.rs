//! From an item to the exact text a model reads: templates by language, shots, chat templates.

mod chat;
mod letters;
mod protocol;
mod shots;
mod text;

pub use chat::{ChatError, ChatTemplate};
pub use letters::{LetterPrompt, letter_prompt, template_text};
pub use protocol::{Letters, Protocol};
pub use shots::Shots;
pub use text::{Piece, PromptText};
