//! From an item to the exact text a model reads: templates by language, shots, chat templates.

mod chat;
mod letters;
mod protocol;
mod shots;
mod template;
mod text;
mod written;

pub use chat::{ChatError, ChatTemplate};
pub use letters::{LetterPrompt, letter_prompt};
pub use protocol::{Letters, Protocol, Scoring};
pub use shots::Shots;
pub use template::shown_letters;
pub use text::{Piece, PromptText};
pub use written::{WrittenPrompt, written_prompt};
