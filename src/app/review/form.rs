//! The language of the form, and what is called the same in the form and on the card so that the two can be matched.

use std::sync::LazyLock;

use crate::language::Language;

/// The language of the form; Arabic mirrors it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum FormLanguage {
    #[default]
    English,
    Arabic,
}

impl FormLanguage {
    /// Both, in the order of the switch.
    pub const ALL: [Self; 2] = [Self::English, Self::Arabic];

    /// The language itself.
    pub fn language(self) -> &'static Language {
        #[expect(clippy::expect_used, reason = "both tags are well-formed")]
        static LANGUAGES: LazyLock<[Language; 2]> =
            LazyLock::new(|| ["en", "ar"].map(|tag| tag.parse().expect("a known tag")));
        let [english, arabic] = &*LANGUAGES;
        match self {
            Self::English => english,
            Self::Arabic => arabic,
        }
    }

    /// What an answer is called while whose it is stays hidden, by its number from 1.
    pub fn numbered(self, number: usize) -> String {
        match self {
            Self::English => format!("Answer {number}"),
            Self::Arabic => format!("الإجابة {number}"),
        }
    }

    /// What the reviewer's own answer is called.
    pub fn own_answer(self) -> &'static str {
        match self {
            Self::English => "Your answer",
            Self::Arabic => "إجابتك",
        }
    }
}
