//! Names of files that a model's weights are spread over: `model-00002-of-00003.gguf`.

use std::path::{Path, PathBuf};

/// A name that says it is one of several.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PartName<'a> {
    /// What all parts share, in front of the numbers.
    pub before: &'a str,
    /// From 1 on.
    pub number: u32,
    pub total: u32,
    /// What all parts share, behind the numbers.
    pub after: &'a str,
    /// How many digits the numbers are written with.
    digits: usize,
}

impl<'a> PartName<'a> {
    /// Reads a name; `None` where it is that of a whole file.
    pub fn of(name: &'a str) -> Option<Self> {
        let (left, right) = name.split_at(name.rfind("-of-")?);
        let right = right.strip_prefix("-of-")?;
        let (before, number) = left.split_at(left.rfind('-')?);
        let digits = right
            .find(|character: char| !character.is_ascii_digit())
            .unwrap_or(right.len());
        let (total, after) = right.split_at(digits);
        let number = number.strip_prefix('-')?;
        let as_long = number.len() == digits && number.bytes().all(|byte| byte.is_ascii_digit());
        let named = !before.is_empty() && !before.ends_with('/');
        (as_long && named).then_some(Self {
            before,
            number: number.parse().ok()?,
            total: total.parse().ok()?,
            after,
            digits,
        })
    }

    /// Reads the name of the file at a path.
    pub fn of_path(path: &'a Path) -> Option<Self> {
        Self::of(path.file_name()?.to_str()?)
    }

    /// Whether another name is that of a part of the same whole.
    pub fn belongs_with(&self, other: &PartName<'_>) -> bool {
        let number = self.number;
        PartName { number, ..*other } == *self
    }

    /// The name of the part with another number.
    pub fn numbered(&self, number: u32) -> String {
        let (before, total, after, width) = (self.before, self.total, self.after, self.digits);
        format!("{before}-{number:0width$}-of-{total:0width$}{after}")
    }
}

/// The file that a model in parts goes by: the first of the parts a file is one of, where that lies beside it.
pub fn first_beside(path: &Path) -> Option<PathBuf> {
    let part = PartName::of_path(path)?;
    Some(path.with_file_name(part.numbered(1))).filter(|first| first.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_told_from_whole_files_and_from_parts_of_others() {
        let part = PartName::of("Q4/a-of-b-00002-of-00013.gguf").unwrap();
        assert_eq!((part.before, part.number, part.total), ("Q4/a-of-b", 2, 13));
        assert_eq!(part.numbered(1), "Q4/a-of-b-00001-of-00013.gguf");
        let together = |other| part.belongs_with(&PartName::of(other).unwrap());
        assert!(together("Q4/a-of-b-00009-of-00013.gguf"));
        for other in [
            "Q8/a-of-b-00002-of-00013.gguf",
            "Q4/a-of-b-00002-of-00012.gguf",
            "Q4/a-of-b-02-of-13.gguf",
            "Q4/a-of-b-00002-of-00013.bin",
        ] {
            assert!(!together(other), "{other}");
        }
        for whole in [
            "m.gguf",
            "a-of-b.gguf",
            "m-2-of-13.gguf",
            "m-+2-of-03.gguf",
            "m--of-.gguf",
            "m-ثلاثة-of-00003.gguf",
            "00001-of-00003.gguf",
            "-00001-of-00003.gguf",
            "Q4/-00001-of-00003.gguf",
            "m-99999999999-of-99999999999.gguf",
        ] {
            assert_eq!(PartName::of(whole), None, "{whole}");
        }
    }
}
