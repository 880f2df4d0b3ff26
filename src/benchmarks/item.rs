//! An item: one question in one language, checked when it is made.

use serde::{Deserialize, Serialize};

use crate::language::Language;

/// What names an item within its benchmark: the same id may stand once in every language.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ItemKey {
    pub language: Language,
    pub id: String,
}

/// One question in one language, with 2 to 26 distinct options of which one is right.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    pub key: ItemKey,
    /// The exam within the benchmark.
    pub task: String,
    /// The field of medicine, where the source names one.
    pub subject: Option<String>,
    /// Ties the same question in other languages together.
    pub parallel: Option<String>,
    /// What the question is about, read before it: an abstract, a case.
    pub context: Option<String>,
    pub question: String,
    pub options: Vec<String>,
    /// Index of the right option, from 0.
    pub answer: usize,
    /// Why the answer is right, where the source says so.
    pub rationale: Option<String>,
    /// What else the source says about the item, kept as it was.
    pub extra: serde_json::Map<String, serde_json::Value>,
}
