//! What an answer can have wrong, and by what it is rated: the entries of a taxonomy.

use serde::{Deserialize, Serialize};

use crate::language::Language;

/// One way in which an answer can be wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorType {
    /// What reviews keep.
    pub id: String,
    /// The key that ticks it.
    pub key: Option<char>,
    pub en: String,
    pub ar: String,
}

/// A scale that answers are rated on, from `low` to `high`, which is best.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scale {
    /// What reviews keep.
    pub id: String,
    pub en: String,
    pub ar: String,
    pub low: u8,
    pub high: u8,
}

impl ErrorType {
    /// The words for it in a form of this language: Arabic or, for all others, English.
    pub fn words(&self, form: &Language) -> &str {
        words(form, &self.en, &self.ar)
    }
}

impl Scale {
    /// The words for it in a form of this language: Arabic or, for all others, English.
    pub fn words(&self, form: &Language) -> &str {
        words(form, &self.en, &self.ar)
    }
}

fn words<'a>(form: &Language, english: &'a str, arabic: &'a str) -> &'a str {
    if form.primary() == "ar" { arabic } else { english }
}
