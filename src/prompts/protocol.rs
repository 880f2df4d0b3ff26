//! A protocol: how items are put to a model and scored.

use serde::{Deserialize, Serialize};

use super::template::TEMPLATES_TEXT;
use super::written::INSTRUCTIONS_TEXT;

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

/// How an option is read off a model.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scoring {
    /// The log-probability of every option's letter.
    #[default]
    Letters,
    /// The model writes, always its likeliest token, and its reply is read.
    Written {
        /// The most tokens of a reply.
        most_tokens: usize,
    },
}

impl Scoring {
    /// The most tokens of a reply, unless somebody chooses: room for a few sentences before the letter.
    pub const MOST_TOKENS: usize = 512;

    fn is_letters(&self) -> bool {
        *self == Self::Letters
    }
}

/// How items are put to a model and its answers are scored.
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
    #[serde(default, skip_serializing_if = "Scoring::is_letters")]
    pub scoring: Scoring,
}

impl Protocol {
    /// A few words for tables: "letters, 5 shots". The seed shows where it chooses something.
    pub fn label(&self) -> String {
        let mut label = match (self.scoring, self.letters) {
            (Scoring::Letters, Letters::Language) => "letters".to_owned(),
            (Scoring::Letters, Letters::Latin) => "Latin letters".to_owned(),
            (Scoring::Written { most_tokens }, letters) => {
                let letters = if letters == Letters::Latin {
                    ", Latin letters"
                } else {
                    ""
                };
                format!("written, at most {most_tokens} tokens{letters}")
            }
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

    /// The words around the questions, for a run to record what it asked with.
    pub fn template_text(&self) -> String {
        match self.scoring {
            Scoring::Letters => TEMPLATES_TEXT.to_owned(),
            Scoring::Written { .. } => format!("{TEMPLATES_TEXT}\n{INSTRUCTIONS_TEXT}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_protocol_of_letters_is_stored_as_it_was_before_there_were_others() {
        let text = "shots = 2\nseed = 0\nchat = false\nletters = \"language\"\nwithout_instruction = false\n";
        let read: Protocol = toml::from_str(text).unwrap();
        assert_eq!(read.scoring, Scoring::Letters);
        assert_eq!(toml::to_string(&read).unwrap(), text);
    }

    #[test]
    fn a_protocol_of_written_answers_comes_back_and_says_how_long_they_may_be() {
        let written = Protocol {
            scoring: Scoring::Written { most_tokens: 64 },
            ..Protocol::default()
        };
        let text = toml::to_string(&written).unwrap();
        assert_eq!(toml::from_str::<Protocol>(&text).unwrap(), written);
        assert_eq!(written.label(), "written, at most 64 tokens, zero-shot");
        assert_ne!(written.template_text(), Protocol::default().template_text());
    }
}
