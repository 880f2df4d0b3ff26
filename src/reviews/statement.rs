//! Everything a reviewer can say.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::line::StatementId;
use super::reviewer::ReviewerId;
use crate::benchmarks::ItemKey;
use crate::runs::RunId;

/// An item, named across benchmarks.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ItemRef {
    pub benchmark: String,
    #[serde(flatten)]
    pub key: ItemKey,
}

/// An answer: what one model gave for one item in one run.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct AnswerRef {
    #[serde(flatten)]
    pub given: RunModel,
    #[serde(flatten)]
    pub item: ItemRef,
}

/// A model in a run.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RunModel {
    pub run: RunId,
    /// The model's name in its run.
    pub model: String,
}

/// Whether an answer is right, as a reviewer sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Right,
    Partly,
    Wrong,
    CannotJudge,
}

impl Verdict {
    /// Every verdict, in the order of their keys 1 to 4.
    pub const ALL: [Self; 4] = [Self::Right, Self::Partly, Self::Wrong, Self::CannotJudge];

    /// The word shown for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Right => "right",
            Self::Partly => "partly",
            Self::Wrong => "wrong",
            Self::CannotJudge => "can't judge",
        }
    }
}

/// How much harm an error could do.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    #[default]
    None,
    Low,
    Medium,
    High,
}

impl Severity {
    /// Every severity, the least first.
    pub const ALL: [Self; 4] = [Self::None, Self::Low, Self::Medium, Self::High];

    /// The word shown for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

/// What is thought of an answer, by one reviewer or by whoever settles between two.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Opinion {
    pub verdict: Verdict,
    /// Ids of the taxonomy.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub errors: BTreeSet<String>,
    #[serde(default)]
    pub severity: Severity,
    /// By the scale's id in the taxonomy.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub ratings: BTreeMap<String, u8>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

impl Opinion {
    /// An opinion of which only the verdict is known yet.
    pub fn new(verdict: Verdict) -> Self {
        Self {
            verdict,
            errors: BTreeSet::new(),
            severity: Severity::None,
            ratings: BTreeMap::new(),
            note: String::new(),
        }
    }
}

/// What one reviewer thinks of one answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Judgement {
    pub answer: AnswerRef,
    /// [`crate::prompts::Protocol::label`] of how the item was put.
    pub protocol: String,
    pub opinion: Opinion,
    /// Whether the model's name and the right answer were hidden until then.
    pub blind: bool,
    /// The number the answer was shown under, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shown_as: Option<usize>,
    /// The queue it was judged in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queue: Option<StatementId>,
    /// What another version of the program wrote there.
    #[serde(flatten)]
    pub rest: Map<String, Value>,
}

/// What the reviewer would answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OwnAnswer {
    pub item: ItemRef,
    /// Indices of the options, from 0; none where the reviewer does not know.
    pub choices: BTreeSet<usize>,
    /// Whether it was given before the right answer was shown.
    pub before_key: bool,
    #[serde(flatten)]
    pub rest: Map<String, Value>,
}

/// What is wrong with an item itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FlagKind {
    BadKey,
    BadTranslation,
    Duplicate,
    NeedsImage,
    /// What the note says.
    Other,
}

impl FlagKind {
    /// Every kind, in the order menus show them.
    pub const ALL: [Self; 5] = [
        Self::BadKey,
        Self::BadTranslation,
        Self::Duplicate,
        Self::NeedsImage,
        Self::Other,
    ];

    /// The words shown for it.
    pub fn words(self) -> &'static str {
        match self {
            Self::BadKey => "bad key",
            Self::BadTranslation => "bad translation",
            Self::Duplicate => "duplicate",
            Self::NeedsImage => "needs an image",
            Self::Other => "other",
        }
    }
}

/// A reviewer's flag on an item.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Flag {
    pub item: ItemRef,
    pub kinds: BTreeSet<FlagKind>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    #[serde(flatten)]
    pub rest: Map<String, Value>,
}

/// What becomes of an item in every number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ruling {
    /// It counts as it is.
    Kept,
    /// It counts nowhere.
    LeftOut,
    /// It counts with other right options, whose indices from 0 these are.
    Rekeyed(BTreeSet<usize>),
}

impl Ruling {
    /// The words shown for it.
    pub fn words(&self) -> &'static str {
        match self {
            Self::Kept => "kept",
            Self::LeftOut => "left out",
            Self::Rekeyed(_) => "re-keyed",
        }
    }
}

/// What was decided about an item; the latest decision holds, whoever made it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    pub item: ItemRef,
    pub ruling: Ruling,
    /// Why.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    #[serde(flatten)]
    pub rest: Map<String, Value>,
}

/// What holds for an answer that reviewers judged differently.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Adjudication {
    pub answer: AnswerRef,
    pub opinion: Opinion,
    /// The judgements that were looked at; one that is edited afterwards opens the disagreement again.
    pub settles: BTreeSet<StatementId>,
    #[serde(flatten)]
    pub rest: Map<String, Value>,
}

/// Items to judge one after another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Queue {
    /// What the items were chosen by, in words.
    pub title: String,
    /// What chose them and put the answers into their order.
    pub seed: u64,
    pub blind: bool,
    pub items: Vec<QueueItem>,
    #[serde(flatten)]
    pub rest: Map<String, Value>,
}

/// An item of a queue with its answers in the order they are numbered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueItem {
    #[serde(flatten)]
    pub item: ItemRef,
    pub answers: Vec<RunModel>,
}

/// What was said under an id holds no more.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Withdrawal {
    #[serde(flatten)]
    pub rest: Map<String, Value>,
}

/// One thing said.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Statement {
    Judgement(Judgement),
    OwnAnswer(OwnAnswer),
    Flag(Flag),
    Decision(Decision),
    Adjudication(Adjudication),
    Queue(Queue),
    Withdrawal(Withdrawal),
}

impl Statement {
    /// The id under which `reviewer` says it: a judgement, an own answer and a flag there is one of for each answer or
    /// item, so that saying it again replaces it; the others can be said over and over.
    pub fn id(&self, reviewer: &ReviewerId) -> StatementId {
        let by = reviewer.as_str();
        match self {
            Self::Judgement(judgement) => judgement.answer.named("judgement", by),
            Self::OwnAnswer(own) => own.item.named("own answer", by),
            Self::Flag(flag) => flag.item.named("flag", by),
            Self::Decision(_) | Self::Adjudication(_) | Self::Queue(_) | Self::Withdrawal(_) => StatementId::fresh(),
        }
    }
}

impl ItemRef {
    fn named(&self, kind: &str, by: &str) -> StatementId {
        StatementId::of(&[kind, by, &self.benchmark, self.key.language.tag(), &self.key.id])
    }
}

impl AnswerRef {
    fn named(&self, kind: &str, by: &str) -> StatementId {
        let RunModel { run, model } = &self.given;
        let ItemRef { benchmark, key } = &self.item;
        StatementId::of(&[kind, by, run.as_str(), model, benchmark, key.language.tag(), &key.id])
    }
}
