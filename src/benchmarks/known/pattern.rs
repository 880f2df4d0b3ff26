//! Names of files with parts left open: `*` stands for any characters within a folder's or a file's name.

use std::fmt;

use crate::models::hub::{AddressError, FileName};

/// A name in which `*` stands for anything but `/`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pattern(String);

impl Pattern {
    /// Reads one; what it finds are plain paths inside a repository.
    pub fn new(text: &str) -> Result<Self, AddressError> {
        text.replace(['*', '?'], "x").parse::<FileName>()?;
        Ok(Self(text.to_owned()))
    }

    /// As in `test/*.csv`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a name is one that it means.
    pub fn finds(&self, name: &str) -> bool {
        let (pattern, name): (Vec<&str>, Vec<&str>) = (self.0.split('/').collect(), name.split('/').collect());
        pattern.len() == name.len() && pattern.iter().zip(&name).all(|(pattern, part)| is_like(pattern, part))
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Whether a part of a name is like a part of a pattern. `?` stands for one character.
fn is_like(pattern: &str, part: &str) -> bool {
    let mut rest = part;
    let mut pieces = pattern.split('*');
    let first = pieces.next().unwrap_or_default();
    let Some(after) = without(rest, first) else {
        return false;
    };
    rest = after;
    let mut pieces: Vec<&str> = pieces.collect();
    let Some(last) = pieces.pop() else {
        return rest.is_empty();
    };
    for piece in pieces {
        let found = rest
            .char_indices()
            .map(|(at, _)| at)
            .chain([rest.len()])
            .find_map(|at| without(rest.get(at..)?, piece));
        match found {
            Some(after) => rest = after,
            None => return false,
        }
    }
    let ends = rest
        .char_indices()
        .map(|(at, _)| at)
        .chain([rest.len()])
        .filter_map(|at| rest.get(at..));
    let mut ends = ends.filter_map(|end| without(end, last));
    ends.any(str::is_empty)
}

/// What follows in `text` after something like `piece`, where it begins so.
fn without<'a>(text: &'a str, piece: &str) -> Option<&'a str> {
    let mut characters = text.chars();
    for wanted in piece.chars() {
        let found = characters.next()?;
        if wanted != '?' && wanted != found {
            return None;
        }
    }
    Some(characters.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stays_within_a_name() {
        let finds = |pattern: &str, name: &str| Pattern::new(pattern).unwrap().finds(name);
        assert!(finds("test/mmlu_AR-XY.csv", "test/mmlu_AR-XY.csv"));
        assert!(finds("anatomy/test-*.parquet", "anatomy/test-00000-of-00001.parquet"));
        assert!(!finds("anatomy/test-*.parquet", "anatomy/dev-00000-of-00001.parquet"));
        assert!(!finds("test-*.parquet", "anatomy/test-0.parquet"));
        assert!(!finds("*", "a/b"));
        assert!(finds("*a*b*", "xxayyb"));
        assert!(finds("*ab", "aab"));
        assert!(finds("*-?.jsonl", "116-A.jsonl"));
        assert!(!finds("*-?.jsonl", "116-A_translate.jsonl"));
        assert!(finds("*é?.csv", "aéß.csv"));
        assert!(!finds("a*c", "ab"));
    }

    #[test]
    fn no_pattern_leads_out_of_its_folder() {
        for bad in ["", "../x", "/etc/*", "a//b", "C:*"] {
            assert!(Pattern::new(bad).is_err(), "{bad}");
        }
    }
}
