//! A reviewer's name, and the name of the file that keeps what they say.

use std::fmt;

use sha2::{Digest as _, Sha256};
use unicode_normalization::UnicodeNormalization as _;

/// The longest name, in characters.
pub const LONGEST: usize = 60;

/// A person who reviews, by the name they gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reviewer {
    name: String,
    id: ReviewerId,
}

/// What tells reviewers apart, and names their files: the name without capitals, with hyphens for spaces.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ReviewerId(String);

/// Why a text is no reviewer's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReviewerError {
    #[error("the reviewer's name is empty; type a name or initials")]
    Empty,
    #[error("the reviewer's name is longer than {LONGEST} characters; type a shorter one")]
    TooLong,
    #[error("the reviewer's name has a character that is not seen, such as a line's end; type the name anew")]
    Control,
}

impl Reviewer {
    /// The reviewer of a name; spaces around it do not count.
    pub fn new(name: &str) -> Result<Self, ReviewerError> {
        let name: String = name.trim().nfc().collect();
        if name.is_empty() {
            return Err(ReviewerError::Empty);
        }
        if name.chars().count() > LONGEST {
            return Err(ReviewerError::TooLong);
        }
        if name
            .chars()
            .any(|character| character.is_control() || is_mark_of_direction(character))
        {
            return Err(ReviewerError::Control);
        }
        let id = ReviewerId::of(&name);
        Ok(Self { name, id })
    }

    /// The name as it was given.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What tells the reviewer from others.
    pub fn id(&self) -> &ReviewerId {
        &self.id
    }
}

impl ReviewerId {
    /// The text, which is safe as the stem of a file's name on every system.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Two names that differ in more than capitals and the width of spaces have different ids: what a file's name cannot
    /// hold is told by a hash.
    fn of(name: &str) -> Self {
        let words = name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
        let safe: String = words
            .chars()
            .filter_map(|character| match character {
                ' ' => Some('-'),
                '-' | '_' => Some(character),
                _ => character.is_alphanumeric().then_some(character),
            })
            .collect();
        let lossless = safe.chars().count() == words.chars().count() && !words.contains('-') && !is_reserved(&safe);
        Self(match lossless {
            true => safe,
            false => {
                let hash = Sha256::digest(words.as_bytes());
                let hash: String = hash.iter().take(3).map(|byte| format!("{byte:02x}")).collect();
                format!("{safe}-{hash}").trim_start_matches('-').to_owned()
            }
        })
    }
}

impl fmt::Display for ReviewerId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Marks that turn text around would make two names look alike.
fn is_mark_of_direction(character: char) -> bool {
    matches!(character, '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Names that Windows keeps for devices.
fn is_reserved(stem: &str) -> bool {
    let numbered = |prefix: &str| stem.strip_prefix(prefix).is_some_and(|rest| rest.chars().count() == 1);
    matches!(stem, "con" | "prn" | "aux" | "nul") || numbered("com") || numbered("lpt")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn id(name: &str) -> String {
        Reviewer::new(name).unwrap().id().to_string()
    }

    #[test]
    fn the_same_person_has_one_file_however_the_name_is_typed() {
        assert_eq!(id("Reviewer A"), "reviewer-a");
        assert_eq!(id("  reviewer   a "), "reviewer-a");
        assert_eq!(id("د. ليلى").split('-').next(), Some("د"));
        assert_eq!(id("ليلى"), "ليلى");
        // The same letters, composed or not.
        assert_eq!(id("Zo\u{eb}"), id("Zoe\u{308}"));
    }

    #[test]
    fn different_names_never_share_a_file() {
        let names = [
            "a b", "a-b", "a/b", "ab", "a.b", "a_b", "..", "../ab", "con", "com1", "???", "!!!",
        ];
        let mut ids: Vec<String> = names.map(id).to_vec();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), names.len(), "{ids:?}");
        assert!(!ids.contains(&"con".to_owned()));
    }

    #[test]
    fn what_is_no_name_is_refused_with_the_reason() {
        assert_eq!(Reviewer::new(" \t"), Err(ReviewerError::Empty));
        assert_eq!(Reviewer::new(&"x".repeat(61)), Err(ReviewerError::TooLong));
        assert_eq!(Reviewer::new("a\u{202e}b"), Err(ReviewerError::Control));
        assert_eq!(Reviewer::new("a\nb"), Err(ReviewerError::Control));
    }

    proptest! {
        #[test]
        fn every_name_makes_a_safe_file_name(name in "\\PC{1,70}") {
            if let Ok(reviewer) = Reviewer::new(&name) {
                let id = reviewer.id().as_str();
                prop_assert!(!id.is_empty() && !id.starts_with('.'));
                prop_assert!(id.chars().all(|character| character.is_alphanumeric() || character == '-' || character == '_'));
                prop_assert!(id.len() < 250);
            }
        }
    }
}
