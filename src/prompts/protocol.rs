//! A protocol: how items are put to a model and scored.

use serde::{Deserialize, Serialize};

/// Which letters stand before the options.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Letters {
    /// The item's language's own: أ ب ج د in Arabic, А Б В Г in Russian.
    #[default]
    Language,
    /// A B C D in every language.
    Latin,
}

/// How items are put to a model: letters are scored by log-probability.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Protocol {
    /// Solved examples before each question.
    pub shots: usize,
    /// Chooses the examples; the same seed takes the same examples for every model and language.
    pub seed: u64,
    /// Whether a model that has a chat template is asked through it.
    pub chat: bool,
    #[serde(default)]
    pub letters: Letters,
    /// Leaves out the paragraph that says what follows, as some harnesses do.
    #[serde(default)]
    pub without_instruction: bool,
}

impl Protocol {
    /// A few words for tables: "letters, 5 shots". The seed shows where it chooses something.
    pub fn label(&self) -> String {
        let mut label = match self.letters {
            Letters::Language => "letters".to_owned(),
            Letters::Latin => "Latin letters".to_owned(),
        };
        match self.shots {
            0 => label.push_str(", zero-shot"),
            1 => label.push_str(&format!(", 1 shot, seed {}", self.seed)),
            shots => label.push_str(&format!(", {shots} shots, seed {}", self.seed)),
        }
        if self.chat {
            label.push_str(", chat");
        }
        if self.without_instruction {
            label.push_str(", no instruction");
        }
        label
    }
}
