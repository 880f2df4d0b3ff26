//! What a licence says about passing items on.

/// Whether the items of a benchmark may be passed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sharing {
    Free,
    Restricted,
    /// No licence is told, or none that is known here.
    Unknown,
}

/// Words of licences that let anybody pass the items on.
const FREE: [&str; 12] = [
    "cc0",
    "cc",
    "mit",
    "apache",
    "bsd",
    "odc",
    "odbl",
    "pddl",
    "gpl",
    "gfdl",
    "unlicense",
    "public",
];
/// Words that do not, whatever stands beside them.
const RESTRICTED: [&str; 9] = [
    "nc",
    "nd",
    "noncommercial",
    "commercial",
    "research",
    "proprietary",
    "reserved",
    "confidential",
    "private",
];

impl Sharing {
    /// As a licence's name or its words say (`CC-BY-NC-4.0`, `MIT`, `all rights reserved`).
    pub fn of(licence: &str) -> Self {
        let lower = licence.to_lowercase();
        let mut words = lower.split(|character: char| !character.is_alphanumeric());
        let is_one_of = |list: &[&str], word: &str| list.contains(&word);
        if words.clone().any(|word| is_one_of(&RESTRICTED, word)) {
            Self::Restricted
        } else if words.any(|word| is_one_of(&FREE, word)) {
            Self::Free
        } else {
            Self::Unknown
        }
    }

    /// As the table of known benchmarks says.
    pub fn known(shared: bool) -> Self {
        if shared { Self::Free } else { Self::Restricted }
    }

    /// What people are told.
    pub fn words(self) -> &'static str {
        match self {
            Self::Free => "Its items may be passed on.",
            Self::Restricted => "Its items may not be passed on freely: keep them out of what you share.",
            Self::Unknown => "Whether its items may be passed on is not known: ask before you share them.",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn licences_are_known_by_their_names_and_words() {
        for (licence, expected) in [
            ("MIT", Sharing::Free),
            ("Apache-2.0", Sharing::Free),
            ("cc-by-4.0", Sharing::Free),
            ("CC BY-SA 3.0", Sharing::Free),
            ("CC0-1.0", Sharing::Free),
            ("public domain", Sharing::Free),
            ("CC-BY-NC-4.0", Sharing::Restricted),
            ("CC BY-NC-ND 4.0", Sharing::Restricted),
            ("for research only", Sharing::Restricted),
            ("All rights reserved", Sharing::Restricted),
            ("the hospital's own", Sharing::Unknown),
            ("submitted", Sharing::Unknown),
            ("", Sharing::Unknown),
        ] {
            assert_eq!(Sharing::of(licence), expected, "{licence}");
        }
    }

    #[test]
    fn no_known_benchmark_that_is_kept_back_has_a_licence_that_reads_as_free() {
        for known in super::super::known::included() {
            let said = Sharing::of(known.licence.as_deref().unwrap_or_default());
            assert!(!known.shared || said == Sharing::Free, "{}: {said:?}", known.name);
        }
    }
}
