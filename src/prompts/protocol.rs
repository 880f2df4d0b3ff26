//! A protocol: how items are put to a model and scored.

use std::sync::Arc;

use serde::{Deserialize, Serialize, Serializer};
use sha2::{Digest, Sha256};

use super::Template;
use super::known;
use crate::language::Language;

/// Which letters stand before the options.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Letters {
    /// The item's language's own: أ ب ج د in Arabic, А Б В Г in Russian.
    #[default]
    Language,
    /// A B C D in every language.
    Latin,
    /// a b c d in every language.
    Lowercase,
    /// 1 2 3 4 in every language.
    Digits,
}

impl Letters {
    /// All sets of letters, in the order lists show them.
    pub const ALL: [Self; 4] = [Self::Language, Self::Latin, Self::Lowercase, Self::Digits];

    /// The letter at a place (from 0); past the alphabet its number, so that no option goes without a name.
    pub fn at(self, place: usize, language: &Language) -> String {
        let letter = match self {
            Self::Language => language.option_letter(place).map(str::to_owned),
            Self::Latin => Language::latin_letter(place).map(str::to_owned),
            Self::Lowercase => Language::latin_letter(place).map(str::to_lowercase),
            Self::Digits => None,
        };
        letter.unwrap_or_else(|| (place + 1).to_string())
    }

    /// What the set is called where it is chosen.
    pub fn title(self) -> &'static str {
        match self {
            Self::Language => "The language's own letters",
            Self::Latin => "A B C D",
            Self::Lowercase => "a b c d",
            Self::Digits => "1 2 3 4",
        }
    }

    fn label(self) -> Option<&'static str> {
        match self {
            Self::Language => None,
            Self::Latin => Some("Latin letters"),
            Self::Lowercase => Some("lower-case letters"),
            Self::Digits => Some("digits"),
        }
    }
}

/// How an option is read off a model.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scoring {
    /// The log-probability of every option's letter.
    #[default]
    Letters,
    /// The log-probability of every option's text.
    Options {
        /// What it is divided by.
        by: Normalisation,
    },
    /// The model writes, always its likeliest token, and its reply is read.
    Written {
        /// The most tokens of a reply.
        most_tokens: usize,
    },
}

impl Scoring {
    /// The most tokens of a reply, unless somebody chooses: room for a few sentences before the letter.
    pub const MOST_TOKENS: usize = 512;

    /// What the options' log-probabilities are divided by before they are compared.
    pub fn normalisation(self) -> Normalisation {
        match self {
            Self::Options { by } => by,
            Self::Letters | Self::Written { .. } => Normalisation::Sum,
        }
    }

    /// Whether a model writes its answer.
    pub fn is_written(self) -> bool {
        matches!(self, Self::Written { .. })
    }
}

/// What the log-probability of an option's text is divided by, so that long options are not at a disadvantage.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Normalisation {
    /// Nothing: lm-evaluation-harness's `acc`.
    #[default]
    Sum,
    /// The text's code points: its `acc_norm`.
    Character,
    /// The text's bytes in UTF-8: its `acc_bytes`.
    Byte,
    /// The tokens that were scored.
    Token,
}

impl Normalisation {
    /// All of them, in the order lists show them.
    pub const ALL: [Self; 4] = [Self::Sum, Self::Character, Self::Byte, Self::Token];

    /// What it is called where it is chosen.
    pub fn title(self) -> &'static str {
        match self {
            Self::Sum => "sum",
            Self::Character => "per character",
            Self::Byte => "per byte",
            Self::Token => "per token",
        }
    }
}

/// How solved examples are chosen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Draw {
    /// By the seed: the same questions for every item and in every language.
    #[default]
    Seeded,
    /// The first ones in their order, as MMLU has it.
    First,
    /// As lm-evaluation-harness draws by default: others for every item, from one stream of Python's random numbers.
    LmEval,
}

/// Where solved examples come from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ShotsFrom {
    /// The owners' solved examples where there are some, else the other items.
    #[default]
    Either,
    /// The owners' solved examples.
    Examples,
    /// The task's own items besides the one that is asked.
    Items,
}

/// The order options are shown in. Answers tell options by their place in the item, whatever was shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Order {
    #[default]
    AsGiven,
    /// Another for each question, the same in every language and for every model.
    Permuted { seed: u64 },
}

/// How items are put to a model and its answers are scored.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "ProtocolTable")]
pub struct Protocol {
    /// What the template is called: a known protocol's name or one of the user's.
    pub name: String,
    /// What it is and where it comes from, for people.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// Solved examples before each question.
    pub shots: usize,
    /// Chooses the examples; the same seed takes the same examples for every model and language.
    pub seed: u64,
    #[serde(skip_serializing_if = "is_default")]
    pub draw: Draw,
    #[serde(skip_serializing_if = "is_default")]
    pub shots_from: ShotsFrom,
    /// Whether a model that has a chat template is asked through it.
    pub chat: bool,
    /// Whether each example is a turn of the chat of its own.
    #[serde(skip_serializing_if = "is_default")]
    pub multi_turn: bool,
    /// What stands before everything: a chat's system message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub system: Option<String>,
    pub letters: Letters,
    /// Leaves out the template's start, as some harnesses do.
    pub without_instruction: bool,
    /// Whether replies may name several options although the item has one right: the prompt asks for all that are.
    #[serde(skip_serializing_if = "is_default")]
    pub asks_for_all: bool,
    #[serde(skip_serializing_if = "is_default")]
    pub order: Order,
    #[serde(skip_serializing_if = "is_default")]
    pub scoring: Scoring,
    #[serde(serialize_with = "serialize_template")]
    pub template: Arc<Template>,
}

/// A protocol as files have it. Runs from before there were templates in protocols have neither name nor template.
#[derive(Debug, Deserialize)]
struct ProtocolTable {
    name: Option<String>,
    #[serde(default)]
    description: String,
    #[serde(default)]
    shots: usize,
    #[serde(default)]
    seed: u64,
    #[serde(default)]
    draw: Draw,
    #[serde(default)]
    shots_from: ShotsFrom,
    #[serde(default)]
    chat: bool,
    #[serde(default)]
    multi_turn: bool,
    system: Option<String>,
    #[serde(default)]
    letters: Letters,
    #[serde(default)]
    without_instruction: bool,
    #[serde(default)]
    asks_for_all: bool,
    #[serde(default)]
    order: Order,
    #[serde(default)]
    scoring: Scoring,
    template: Option<Template>,
}

impl From<ProtocolTable> for Protocol {
    fn from(table: ProtocolTable) -> Self {
        let usual = match table.scoring {
            Scoring::Written { .. } => known::WRITTEN,
            Scoring::Letters | Scoring::Options { .. } => known::LETTERS,
        };
        Self {
            name: table.name.unwrap_or_else(|| usual.to_owned()),
            description: table.description,
            shots: table.shots,
            seed: table.seed,
            draw: table.draw,
            shots_from: table.shots_from,
            chat: table.chat,
            multi_turn: table.multi_turn,
            system: table.system.filter(|system| !system.trim().is_empty()),
            letters: table.letters,
            without_instruction: table.without_instruction,
            asks_for_all: table.asks_for_all,
            order: table.order,
            scoring: table.scoring,
            template: match table.template {
                Some(template) => Arc::new(template),
                None => known::template(usual),
            },
        }
    }
}

fn serialize_template<S: Serializer>(template: &Template, serializer: S) -> Result<S::Ok, S::Error> {
    template.serialize(serializer)
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

impl Default for Protocol {
    /// Letters, put in each language's own words.
    fn default() -> Self {
        known::usual(known::LETTERS)
    }
}

impl Protocol {
    /// A few words for tables: "letters, 5 shots". The seed shows where it chooses something.
    pub fn label(&self) -> String {
        let usual = [known::LETTERS, known::WRITTEN].contains(&self.name.as_str());
        let mut label = match (usual, self.scoring, self.letters.label()) {
            (true, Scoring::Letters, Some(letters)) => letters.to_owned(),
            (true, Scoring::Written { .. } | Scoring::Options { .. }, Some(letters)) => {
                format!("{}, {letters}", self.scoring_label())
            }
            (true, _, None) => self.scoring_label(),
            (false, _, Some(letters)) => format!("{} ({}, {letters})", self.name, self.scoring_label()),
            (false, _, None) => format!("{} ({})", self.name, self.scoring_label()),
        };
        if known::find(&self.name).is_none_or(|known| known.template != self.template) {
            label.push_str(&format!(", template {}", self.template_mark()));
        }
        label.push_str(&self.shots_label());
        if self.chat {
            label.push_str(match self.multi_turn && self.shots > 0 {
                true => ", chat of several turns",
                false => ", chat",
            });
        }
        if let Some(system) = &self.system {
            label.push_str(&format!(", system prompt {}", mark(system.as_bytes())));
        }
        if self.without_instruction {
            label.push_str(", no instruction");
        }
        if let Order::Permuted { seed } = self.order {
            label.push_str(&format!(", options permuted, seed {seed}"));
        }
        label
    }

    /// The protocol with another scoring. Each of the two usual ones becomes the other where a model has to be asked
    /// to write or not to.
    pub fn scored_by(mut self, scoring: Scoring) -> Self {
        let other = match (self.name.as_str(), scoring.is_written()) {
            (known::LETTERS, true) => Some(known::WRITTEN),
            (known::WRITTEN, false) => Some(known::LETTERS),
            _ => None,
        };
        if let Some(other) = other.map(known::usual) {
            (self.name, self.description, self.template) = (other.name, other.description, other.template);
        }
        Self { scoring, ..self }
    }

    fn scoring_label(&self) -> String {
        match self.scoring {
            Scoring::Letters => "letters".to_owned(),
            Scoring::Options { by } => format!("option text, {}", by.title()),
            Scoring::Written { most_tokens } => format!("written, at most {most_tokens} tokens"),
        }
    }

    fn shots_label(&self) -> String {
        let count = match self.shots {
            0 => return ", zero-shot".to_owned(),
            1 => "1 shot".to_owned(),
            shots => format!("{shots} shots"),
        };
        let drawn = match self.draw {
            Draw::Seeded => format!("seed {}", self.seed),
            Draw::First => "the first".to_owned(),
            Draw::LmEval => format!("lm-eval's, seed {}", self.seed),
        };
        let from = match self.shots_from {
            ShotsFrom::Either => "",
            ShotsFrom::Examples => " of the examples",
            ShotsFrom::Items => " of the items",
        };
        format!(", {count}{from}, {drawn}")
    }

    /// A few digits that tell the template from others of the same name.
    fn template_mark(&self) -> String {
        mark(toml::to_string(&*self.template).unwrap_or_default().as_bytes())
    }
}

/// The first digits of a hash.
fn mark(bytes: &[u8]) -> String {
    let hash = Sha256::digest(bytes);
    hash.iter().take(2).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_protocol_from_before_there_were_templates_in_it_is_read_and_called_as_it_was() {
        let read = |text: &str| toml::from_str::<Protocol>(text).unwrap();
        let common = "shots = 2\nseed = 0\nchat = true\nletters = \"language\"\nwithout_instruction = true\n";
        let letters = read(common);
        assert_eq!((letters.scoring, &*letters.name), (Scoring::Letters, known::LETTERS));
        assert_eq!(letters.label(), "letters, 2 shots, seed 0, chat, no instruction");
        let written = read(&format!("{common}[scoring.written]\nmost_tokens = 64\n"));
        assert_eq!(
            written.label(),
            "written, at most 64 tokens, 2 shots, seed 0, chat, no instruction"
        );
        assert_ne!(written.template, letters.template);
        let latin = read("shots = 0\nseed = 0\nchat = false\nletters = \"latin\"\n");
        assert_eq!(latin.label(), "Latin letters, zero-shot");
    }

    #[test]
    fn every_known_protocol_comes_back_as_it_was_and_has_a_label_of_its_own() {
        let mut labels = std::collections::BTreeSet::new();
        for protocol in known::all() {
            let text = toml::to_string(protocol).unwrap();
            assert_eq!(toml::from_str::<Protocol>(&text).unwrap(), *protocol);
            assert!(labels.insert(protocol.label()), "{}", protocol.label());
            assert!(!protocol.label().contains("template"), "{}", protocol.label());
        }
    }

    #[test]
    fn what_moves_the_numbers_shows_in_the_label() {
        let usual = Protocol::default();
        let medqa = known::usual("medqa");
        let changed = [
            Protocol {
                order: Order::Permuted { seed: 7 },
                ..usual.clone()
            },
            Protocol {
                letters: Letters::Digits,
                ..usual.clone()
            },
            Protocol {
                system: Some("Be brief.".into()),
                ..usual.clone()
            },
            Protocol {
                template: medqa.template.clone(),
                ..usual.clone()
            },
            Protocol {
                scoring: Scoring::Options {
                    by: Normalisation::Token,
                },
                ..usual.clone()
            },
            Protocol {
                shots: 3,
                draw: Draw::LmEval,
                ..usual.clone()
            },
            Protocol {
                shots: 3,
                draw: Draw::First,
                ..usual.clone()
            },
            Protocol {
                shots: 3,
                ..usual.clone()
            },
            usual,
            medqa,
        ];
        let labels: std::collections::BTreeSet<String> = changed.iter().map(Protocol::label).collect();
        assert_eq!(labels.len(), changed.len(), "{labels:#?}");
    }
}
