//! Which languages have much text to train models on: a table in `assets/language_resources.toml`, which says where it
//! is from.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::language::Language;

/// How much text there is in a language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Resources {
    High,
    Mid,
    Low,
    /// Nobody classed it.
    Unknown,
}

impl Resources {
    /// Every level, from much to little.
    pub const ALL: [Self; 4] = [Self::High, Self::Mid, Self::Low, Self::Unknown];

    /// The words above its columns.
    pub fn title(self) -> &'static str {
        match self {
            Self::High => "High-resource",
            Self::Mid => "Mid-resource",
            Self::Low => "Low-resource",
            Self::Unknown => "Resources unknown",
        }
    }

    /// The level of a language, whatever its region and script.
    pub fn of(language: &Language) -> Self {
        static LEVELS: LazyLock<HashMap<String, Resources>> = LazyLock::new(levels);
        LEVELS.get(language.primary()).copied().unwrap_or(Self::Unknown)
    }
}

#[derive(Deserialize, Default)]
struct Table {
    high: Vec<String>,
    mid: Vec<String>,
    low: Vec<String>,
}

fn levels() -> HashMap<String, Resources> {
    // A test reads it; a window without levels is still a window.
    let table: Table = toml::from_str(include_str!("../../../assets/language_resources.toml")).unwrap_or_default();
    let levels = [
        (Resources::High, table.high),
        (Resources::Mid, table.mid),
        (Resources::Low, table.low),
    ];
    let tagged = levels
        .into_iter()
        .flat_map(|(level, tags)| tags.into_iter().map(move |tag| (tag, level)));
    tagged.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_have_the_level_of_the_table() {
        for (tag, level) in [
            ("en", Resources::High),
            ("ar-EG", Resources::High),
            ("th", Resources::Mid),
            ("yo", Resources::Low),
            ("tlh", Resources::Unknown),
        ] {
            assert_eq!(Resources::of(&tag.parse().unwrap()), level, "{tag}");
        }
        let table: Table = toml::from_str(include_str!("../../../assets/language_resources.toml")).unwrap();
        let tags = [table.high, table.mid, table.low].concat();
        assert_eq!(levels().len(), tags.len(), "a language stands in two levels");
        for tag in tags {
            let language: Language = tag.parse().unwrap();
            assert_eq!(language.primary(), tag);
        }
    }
}
