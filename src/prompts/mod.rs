//! From an item to the exact text a model reads: protocols and their templates, solved examples, chat templates.

mod chat;
mod file;
pub mod kept;
pub mod known;
mod pattern;
mod prompt;
mod protocol;
mod python_random;
mod shots;
mod shown;
mod template;
mod text;
mod variants;

#[cfg(test)]
mod tests;

pub use chat::{ChatError, ChatTemplate, Message, Role};
pub use file::ProtocolFileError;
pub use pattern::{Field, Pattern, PatternError};
pub use prompt::{
    Conversation, ScoredPrompt, WrittenPrompt, conversation, scored_answers, scored_prompt, written_prompt,
};
pub use protocol::{Draw, Letters, Normalisation, Order, Protocol, Scoring, ShotsFrom};
pub use shots::shots;
pub use shown::Shown;
pub use template::{Template, TemplateError};
pub use text::{Piece, PromptText};
