//! The benchmarks that papers report: where they are, how their files are read, under what licence.
//!
//! They are `assets/benchmarks.toml`, in the program itself. [`get`] brings one into a workspace: from the hub, or from a
//! folder that has its files.

mod confirmation;
mod entry;
mod get;
mod pattern;
mod read;

use std::sync::LazyLock;

pub use confirmation::Confirmation;
pub use entry::{Citation, Fact, Known, KnownFile, Origin, Split};
pub use get::{Collected, Found, GetError, collect, fetch, in_folder, present};
pub use pattern::Pattern;
pub use read::KnownError;

use crate::text::folding::Query;

/// The file they are read from.
const FILE: &str = include_str!("../../../assets/benchmarks.toml");

#[expect(
    clippy::expect_used,
    reason = "the file is a part of the program, and a test reads it"
)]
static INCLUDED: LazyLock<Vec<Known>> = LazyLock::new(|| read::read(FILE).expect("the benchmarks can be read"));

/// Those in this program, in the order of the file.
pub fn included() -> &'static [Known] {
    &INCLUDED
}

/// The one of this name or title, however capitals, spaces and hyphens are set.
pub fn named(name: &str) -> Option<&'static Known> {
    let plain = |text: &str| -> String {
        let letters = text.chars().filter(|character| character.is_alphanumeric());
        letters.flat_map(char::to_lowercase).collect()
    };
    let wanted = plain(name);
    let is_it = |known: &&Known| plain(&known.name) == wanted || plain(&known.title) == wanted;
    included().iter().find(is_it)
}

/// Those that a search finds by what they are called, where they are, their languages, licence and paper.
pub fn search<'a>(query: &'a Query) -> impl Iterator<Item = &'static Known> + 'a {
    included().iter().filter(|known| known.is_found(query))
}

#[cfg(test)]
mod tests;
