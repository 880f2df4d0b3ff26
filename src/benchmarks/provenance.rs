//! How the items of a benchmark came about: the file they were read from and how it was read.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::import::ImportOptions;

/// One file that items came from. It stands in the benchmark's `.toml`, so that anyone can see how the items came
/// about, and the next file of the same shape can be read the same way.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Provenance {
    /// The file's name, without its folder.
    pub file: String,
    /// Of the file, in hexadecimal.
    pub sha256: String,
    /// Where the file was fetched from: a repository, an address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Which state of that source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<String>,
    /// How many items it gave.
    pub items: usize,
    /// How many solved examples it gave.
    #[serde(default)]
    pub examples: usize,
    /// What was said about reading it.
    #[serde(default)]
    pub options: ImportOptions,
    /// Which column filled which field in the end, those with a field's own name included.
    #[serde(default)]
    pub fields: BTreeMap<String, String>,
    /// What a newer or another program wrote.
    #[serde(flatten)]
    pub rest: toml::Table,
}
