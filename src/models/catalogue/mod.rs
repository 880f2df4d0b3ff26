//! The catalogue: models that papers compare, those a laptop runs, and closed ones behind an endpoint.
//!
//! It is `assets/models.toml`, in the program itself. Nothing in it was checked against the hub; what the hub says of an
//! entry once it was asked is in [`confirmation`].

mod confirmation;
mod entry;
mod filter;
mod read;

use std::sync::LazyLock;

pub use confirmation::{Confirmation, Confirmations, KeptError, RemoteModel, is_same_licence};
pub use entry::{Conversion, Endpoint, Entry, Fact, GgufFile, Paper};
pub use filter::{Filter, Purpose, Size};
pub use read::CatalogueError;

/// The file the catalogue is read from.
const FILE: &str = include_str!("../../../assets/models.toml");

#[expect(
    clippy::expect_used,
    reason = "the file is a part of the program, and a test reads it"
)]
static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| Catalogue::parse(FILE).expect("the catalogue can be read"));

/// Models, each once, in the order of the file.
#[derive(Debug, Clone, PartialEq)]
pub struct Catalogue {
    papers: Vec<Paper>,
    entries: Vec<Entry>,
}

impl Catalogue {
    /// The one in this program.
    pub fn included() -> &'static Self {
        &CATALOGUE
    }

    /// Reads one. An error names the line and the field.
    pub fn parse(text: &str) -> Result<Self, CatalogueError> {
        let (papers, entries) = read::read(text)?;
        Ok(Self { papers, entries })
    }

    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The entry of this id.
    pub fn find(&self, id: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.id == id)
    }

    /// The entry that a paper, a hub or a person calls so: by its id, its title, its repository or another name of it,
    /// however hyphens, spaces and capitals are set.
    pub fn named(&self, name: &str) -> Option<&Entry> {
        let wanted = entry::key(name);
        self.entries.iter().find(|entry| entry.keys().any(|key| key == wanted))
    }

    /// The paper of this id.
    pub fn paper(&self, id: &str) -> Option<&Paper> {
        self.papers.iter().find(|paper| paper.id == id)
    }
}

#[cfg(test)]
mod tests;
