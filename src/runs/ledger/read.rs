//! Reading a workspace's ledger from disk.

use std::sync::Arc;

use super::Ledger;
use crate::error_chain;
use crate::runs::store::{self, StoreError};
use crate::workspace::{Workspace, WorkspaceError};

/// Why nothing can be read at all.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    #[error(transparent)]
    Workspace(#[from] WorkspaceError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Ledger {
    /// Everything a workspace holds, and in words what could not be read of it: one damaged file must not hide the rest.
    pub fn read(workspace: &Workspace) -> Result<(Self, Vec<String>), LedgerError> {
        let mut problems = Vec::new();
        let mut benchmarks = Vec::new();
        for name in workspace.benchmark_names()? {
            match workspace.load_benchmark(&name) {
                Ok(benchmark) => benchmarks.push(Arc::new(benchmark)),
                Err(problem) => problems.push(error_chain(&problem)),
            }
        }
        let listing = store::list(workspace)?;
        problems.extend(listing.problems.iter().map(|problem| error_chain(problem)));
        let mut runs = Vec::new();
        for record in listing.runs {
            match store::answers(workspace, &record.id) {
                Ok(answers) => runs.push((record, answers)),
                Err(problem) => problems.push(error_chain(&problem)),
            }
        }
        Ok((Self::new(benchmarks, runs), problems))
    }
}
