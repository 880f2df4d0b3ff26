//! An answer: what one model gave for one item, and what came of it.

use serde::{Deserialize, Deserializer, Serialize};

use crate::benchmarks::{Item, ItemKey};
use crate::engine::endpoint::Usage;

/// What came of asking; never folded into each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    Right,
    Wrong,
    /// The model answered, but no option could be read from what it wrote.
    Unparsed,
    Refused,
    /// The answer was cut off before it ended.
    Truncated,
    /// The model could not be asked; `Answer::error` says why. Not counted in any score.
    Failed,
}

impl Outcome {
    /// Every outcome, in the order lists show them.
    pub const ALL: [Self; 6] = [
        Self::Right,
        Self::Wrong,
        Self::Unparsed,
        Self::Refused,
        Self::Truncated,
        Self::Failed,
    ];

    /// The word shown for it and stored.
    pub fn word(self) -> &'static str {
        match self {
            Self::Right => "right",
            Self::Wrong => "wrong",
            Self::Unparsed => "unparsed",
            Self::Refused => "refused",
            Self::Truncated => "truncated",
            Self::Failed => "failed",
        }
    }

    /// The outcome a stored word stands for.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.word() == word)
    }
}

/// What asking took.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Asked {
    pub prompt_tokens: usize,
    pub seconds: f64,
}

/// What a model wrote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    /// Word for word, thoughts included.
    pub text: String,
    /// Tokens of the text.
    pub tokens: usize,
    pub ending: ReplyEnding,
}

/// Why a reply ends where it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ReplyEnding {
    /// The model was done, or began the next question.
    Finished,
    /// It might have gone on past the most tokens.
    Truncated,
    /// The service withheld it.
    Filtered,
}

impl ReplyEnding {
    const ALL: [Self; 3] = [Self::Finished, Self::Truncated, Self::Filtered];

    /// The word stored for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Finished => "finished",
            Self::Truncated => "truncated",
            Self::Filtered => "filtered",
        }
    }

    /// The ending a stored word stands for.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|ending| ending.word() == word)
    }
}

/// What one model gave for one item.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// The model's name in its run.
    pub model: String,
    pub benchmark: String,
    pub task: String,
    #[serde(flatten)]
    pub item: ItemKey,
    /// Natural-log probability of every option's letter or text in the item's order, undivided; empty where the model
    /// wrote or failed.
    pub log_probabilities: Vec<f64>,
    /// How many tokens each of them is the sum of; absent in runs from before they were kept.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub option_tokens: Vec<usize>,
    /// Indices of the chosen options, from 0; empty where none could be read, several only from what a model wrote.
    #[serde(default, alias = "choice", deserialize_with = "one_or_several")]
    pub choices: Vec<usize>,
    pub outcome: Outcome,
    /// Tokens of the prompt, shared prefix included.
    pub prompt_tokens: usize,
    /// In seconds: this item's share of the time its group took, or how long an endpoint took, its retries included.
    pub seconds: f64,
    /// What an endpoint counted for it, all requests together; absent for a model on this machine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usage: Option<Usage>,
    /// What the model wrote, where that was read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply: Option<Reply>,
    /// Why the outcome is [`Outcome::Failed`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

impl Answer {
    /// The answer of a model that could not be asked.
    pub fn failed(model: &str, benchmark: &str, item: &Item, prompt_tokens: usize, error: String) -> Self {
        Self {
            model: model.to_owned(),
            benchmark: benchmark.to_owned(),
            task: item.task.clone(),
            item: item.key.clone(),
            log_probabilities: Vec::new(),
            option_tokens: Vec::new(),
            choices: Vec::new(),
            outcome: Outcome::Failed,
            prompt_tokens,
            seconds: 0.0,
            usage: None,
            reply: None,
            error: Some(error),
        }
    }
}

/// Journals from before several options could be chosen have one number or none.
fn one_or_several<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<usize>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Choices {
        One(Option<usize>),
        Several(Vec<usize>),
    }
    Ok(match Choices::deserialize(deserializer)? {
        Choices::One(choice) => choice.into_iter().collect(),
        Choices::Several(choices) => choices,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_outcome_is_found_by_its_word() {
        for outcome in Outcome::ALL {
            assert_eq!(Outcome::from_word(outcome.word()), Some(outcome));
        }
        assert_eq!(Outcome::from_word("correct"), None);
    }

    #[test]
    fn a_journal_with_one_choice_is_read() {
        let answer = |choice: &str| {
            let line = format!(
                r#"{{"model":"m","benchmark":"b","task":"t","language":"en","id":"1","log_probabilities":[],{choice},"outcome":"right","prompt_tokens":1,"seconds":0.5}}"#
            );
            serde_json::from_str::<Answer>(&line).unwrap().choices
        };
        assert_eq!(answer(r#""choice":2"#), [2]);
        assert!(answer(r#""choice":null"#).is_empty());
        assert_eq!(answer(r#""choices":[0,3]"#), [0, 3]);
    }
}
