//! What other formats have no place for: an answer's own facts, kept beside theirs so that they come back unchanged.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::engine::endpoint::Usage;
use crate::scoring::{Answer, Outcome, Reply};

/// An answer without what names its item and its model.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Kept {
    pub outcome: Outcome,
    pub choices: Vec<usize>,
    pub log_probabilities: Vec<f64>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub option_tokens: Vec<usize>,
    pub prompt_tokens: usize,
    pub seconds: f64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usage: Option<Usage>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply: Option<Reply>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// The facts of an answer.
pub(super) fn write(answer: &Answer) -> Value {
    let kept = Kept {
        outcome: answer.outcome,
        choices: answer.choices.clone(),
        log_probabilities: answer.log_probabilities.clone(),
        option_tokens: answer.option_tokens.clone(),
        prompt_tokens: answer.prompt_tokens,
        seconds: answer.seconds,
        usage: answer.usage,
        reply: answer.reply.clone(),
        error: answer.error.clone(),
    };
    serde_json::to_value(kept).unwrap_or_default()
}

/// The facts, where we wrote them.
pub(super) fn read(value: Option<&Value>) -> Option<Kept> {
    Kept::deserialize(value?).ok()
}
