//! Conditions: what can be asked of a question and of the answers to it.

use std::collections::BTreeSet;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::language::Language;
use crate::reviews::FlagKind;
use crate::scoring::Outcome;

/// One thing that has to hold of a question. "Wrong" is what counts and is not right, as in every accuracy: an answer
/// that failed says nothing. Only [`Condition::Outcome`] tells wrong from unparsed, refused and truncated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Condition {
    /// Its texts hold all that was typed, however either is written; see [`crate::text::folding::Query`].
    Text(String),
    /// It is of one of these benchmarks.
    Benchmark(BTreeSet<String>),
    /// It is of one of these tasks.
    Task(BTreeSet<String>),
    /// It is of one of these subjects.
    Subject(BTreeSet<String>),
    /// It is in one of these languages.
    Language(BTreeSet<Language>),
    /// It was asked under the protocol with this label; answers under others do not count for any condition.
    Protocol(String),
    /// This model was asked it.
    Asked(String),
    /// An answer to it has this outcome.
    Outcome {
        is: Outcome,
        #[serde(default, skip_serializing_if = "Who::is_any")]
        of: Who,
    },
    /// One model is right, another wrong.
    Models { right: String, wrong: String },
    /// The same question is answered right in one language and wrong in another. Holds of the question in either.
    Languages {
        right: Language,
        wrong: Language,
        #[serde(default, skip_serializing_if = "Who::is_any")]
        of: Who,
    },
    /// One of two models is right, the other wrong, whichever.
    OneOfModels { first: String, second: String },
    /// The same question is answered right in one of two languages and wrong in the other, whichever. Holds of the
    /// question in either.
    OneOfLanguages {
        first: Language,
        second: Language,
        #[serde(default, skip_serializing_if = "Who::is_any")]
        of: Who,
    },
    /// What the models' answers are together.
    Answers(Together),
    /// The first option leads the second by less than this, in points.
    LowMargin {
        below: Percent,
        #[serde(default, skip_serializing_if = "Who::is_any")]
        of: Who,
    },
    /// The chosen option has more than this probability, and is wrong.
    ConfidentAndWrong {
        above: Percent,
        #[serde(default, skip_serializing_if = "Who::is_any")]
        of: Who,
    },
    /// Somebody flagged it.
    Flagged(Flagged),
    /// Somebody, or nobody, judged an answer to it.
    Reviewed(ReviewedBy),
}

impl Condition {
    /// Whether it speaks of what models answered, and so tells something of the answers that it leaves.
    pub fn tells_of_answers(&self) -> bool {
        match self {
            Self::Asked(_)
            | Self::Outcome { .. }
            | Self::Models { .. }
            | Self::Languages { .. }
            | Self::OneOfModels { .. }
            | Self::OneOfLanguages { .. }
            | Self::Answers(_)
            | Self::LowMargin { .. }
            | Self::ConfidentAndWrong { .. } => true,
            Self::Text(_)
            | Self::Benchmark(_)
            | Self::Task(_)
            | Self::Subject(_)
            | Self::Language(_)
            | Self::Protocol(_)
            | Self::Flagged(_)
            | Self::Reviewed(_) => false,
        }
    }
}

/// Whose answers something holds of.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Who {
    /// One model's, whichever.
    #[default]
    Any,
    /// Those of every model that was asked.
    Every,
    Model(String),
}

impl Who {
    fn is_any(&self) -> bool {
        *self == Self::Any
    }
}

/// What the models' answers to one question are together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Together {
    /// Nobody is right.
    AllWrong,
    /// Two models chose differently; who chose nothing has no part in it.
    Differ,
}

/// Which flags.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Flagged {
    Any,
    #[serde(untagged)]
    As(FlagKind),
}

/// Who judged an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReviewedBy {
    Nobody,
    Anyone,
    /// The reviewer of this name.
    By(String),
}

/// A share from 0 to 100.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Percent(u8);

/// The number is no percentage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0} is no percentage; give a whole number from 0 to 100")]
pub struct PercentError(u8);

impl TryFrom<u8> for Percent {
    type Error = PercentError;

    fn try_from(number: u8) -> Result<Self, PercentError> {
        if number <= 100 {
            Ok(Self(number))
        } else {
            Err(PercentError(number))
        }
    }
}

impl From<Percent> for u8 {
    fn from(percent: Percent) -> Self {
        percent.0
    }
}

impl Percent {
    /// From 0 to 1.
    pub fn share(self) -> f32 {
        f32::from(self.0) / 100.0
    }
}

/// Why a text is no condition.
#[derive(Debug, thiserror::Error)]
#[error(
    "`{typed}` is no condition: {}. Write it as a slice's file does, such as `language = [\"ar\"]`, `outcome = {{ is = \"wrong\" }}` or `languages = {{ right = \"en\", wrong = \"ar\" }}`",
    source.message()
)]
pub struct ConditionError {
    typed: String,
    source: toml::de::Error,
}

impl FromStr for Condition {
    type Err = ConditionError;

    fn from_str(typed: &str) -> Result<Self, ConditionError> {
        toml::from_str(typed).map_err(|source| ConditionError {
            typed: typed.to_owned(),
            source,
        })
    }
}

impl Condition {
    /// As one line of a slice's file, which [`str::parse`] reads back.
    pub fn to_line(&self) -> String {
        let named = std::collections::BTreeMap::from([("condition", self)]);
        // Made of tables, texts and numbers only, which TOML has.
        let table = toml::Table::try_from(named).unwrap_or_default();
        let fields = table.get("condition").and_then(toml::Value::as_table);
        let line = |(name, value): (&String, &toml::Value)| format!("{name} = {value}");
        fields.into_iter().flatten().map(line).collect()
    }

    /// Of two that are told apart by being right or wrong: either way, only the first right, only the second right.
    /// This condition is one of the three. `None` of any other.
    pub fn ways(&self) -> Option<[Self; 3]> {
        Some(match self {
            Self::Models { right, wrong } => models_apart(right, wrong),
            Self::OneOfModels { first, second } => models_apart(first, second),
            Self::Languages { right, wrong, of } => languages_apart(right, wrong, of),
            Self::OneOfLanguages { first, second, of } => languages_apart(first, second, of),
            _ => return None,
        })
    }

    /// Larger for what takes longer to find out, so that the cheap conditions leave less to the dear ones.
    pub(super) fn cost(&self) -> u8 {
        match self {
            Self::Benchmark(_) | Self::Task(_) | Self::Subject(_) | Self::Language(_) => 0,
            Self::Flagged(_) | Self::Reviewed(_) => 1,
            Self::Asked(_) | Self::Outcome { of: Who::Model(_), .. } => 2,
            Self::Models { .. } | Self::OneOfModels { .. } => 2,
            Self::LowMargin { of: Who::Model(_), .. } | Self::ConfidentAndWrong { of: Who::Model(_), .. } => 2,
            Self::Languages { .. } | Self::OneOfLanguages { .. } => 3,
            Self::Outcome { .. } | Self::Answers(Together::AllWrong) => 3,
            Self::Protocol(_) | Self::Answers(Together::Differ) => 4,
            Self::LowMargin { .. } | Self::ConfidentAndWrong { .. } => 4,
            Self::Text(_) => 5,
        }
    }
}

fn models_apart(first: &str, second: &str) -> [Condition; 3] {
    let one_way = |right: &str, wrong: &str| Condition::Models {
        right: right.to_owned(),
        wrong: wrong.to_owned(),
    };
    let either = Condition::OneOfModels {
        first: first.to_owned(),
        second: second.to_owned(),
    };
    [either, one_way(first, second), one_way(second, first)]
}

fn languages_apart(first: &Language, second: &Language, of: &Who) -> [Condition; 3] {
    let one_way = |right: &Language, wrong: &Language| Condition::Languages {
        right: right.clone(),
        wrong: wrong.clone(),
        of: of.clone(),
    };
    let either = Condition::OneOfLanguages {
        first: first.clone(),
        second: second.clone(),
        of: of.clone(),
    };
    [either, one_way(first, second), one_way(second, first)]
}
