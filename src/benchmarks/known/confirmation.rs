//! What the hub says of a known benchmark, beside what the table says.

use super::entry::{Known, KnownFile, Origin};
use crate::models::catalogue::is_same_licence;
use crate::models::hub::{Repository, Revision};

/// What the hub said of a benchmark's data set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirmation {
    /// The commit that was meant.
    pub commit: Revision,
    pub gated: bool,
    pub licence: Option<String>,
    /// What it says otherwise than the table, in sentences.
    pub differences: Vec<String>,
    /// The paths of the table that no file of the data set has.
    pub missing: Vec<String>,
}

impl Confirmation {
    /// Compares what the hub says with the table.
    pub fn new(known: &Known, repository: &Repository) -> Self {
        let mut differences = Vec::new();
        if let (Origin::Hub { gated, .. }, told) = (&known.origin, repository.gated)
            && *gated != told
        {
            differences.push(match told {
                true => "Its terms must be accepted first.".to_owned(),
                false => "It is open: no terms need to be accepted.".to_owned(),
            });
        }
        if let Some(told) = &repository.licence {
            match &known.licence {
                Some(said) if is_same_licence(said, told) => {}
                Some(said) => differences.push(format!("Its licence is {told}, where {said} was thought.")),
                None => differences.push(format!("Its licence is {told}.")),
            }
        }
        let is_missing = |file: &&KnownFile| {
            let mut names = repository.files.iter().map(|file| file.name.as_str());
            !names.any(|name| file.path.finds(name))
        };
        let missing = known.files.iter().filter(is_missing).map(|file| file.path.to_string());
        let mut missing: Vec<String> = missing.collect();
        missing.dedup();
        Self {
            commit: repository.commit.clone(),
            gated: repository.gated,
            licence: repository.licence.clone(),
            differences,
            missing,
        }
    }
}
