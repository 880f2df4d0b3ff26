//! Reading a workspace's ledger from disk.

use std::sync::Arc;

use rayon::iter::{IntoParallelIterator, IntoParallelRefIterator, ParallelIterator};

use super::Ledger;
use super::answers::ReadRun;
use super::questions::Questions;
use crate::benchmarks::Benchmark;
use crate::error_chain;
use crate::runs::RunRecord;
use crate::runs::rows::AnswerRow;
use crate::runs::store::{self, Kept, StoreError};
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
        let names = workspace.benchmark_names()?;
        let loaded: Vec<_> = names.par_iter().map(|name| workspace.load_benchmark(name)).collect();
        let mut benchmarks = Vec::new();
        for benchmark in loaded {
            match benchmark {
                Ok(benchmark) => benchmarks.push(Arc::new(benchmark)),
                Err(problem) => problems.push(error_chain(&problem)),
            }
        }
        let listing = store::list(workspace)?;
        problems.extend(listing.problems.iter().map(|problem| error_chain(problem)));
        let questions = Questions::of(&benchmarks);
        let records = listing.runs.into_par_iter();
        let read: Vec<_> = records
            .map(|record| read_run(workspace, record, &questions, &benchmarks))
            .collect();
        let mut runs = Vec::new();
        for run in read {
            match run {
                Ok(run) => runs.push(run),
                Err(problem) => problems.push(error_chain(&problem)),
            }
        }
        Ok((Self::of_runs(benchmarks, questions, runs), problems))
    }
}

fn read_run(
    workspace: &Workspace,
    record: RunRecord,
    questions: &Questions,
    benchmarks: &[Arc<Benchmark>],
) -> Result<ReadRun, StoreError> {
    match store::kept(workspace, &record.id)? {
        Kept::Table(table) => {
            let rows = table.rows()?;
            Ok(ReadRun::new(record, rows.iter(), questions, benchmarks)?)
        }
        Kept::Journal(answers) => {
            let rows = answers.iter().map(|answer| Ok(AnswerRow::from(answer)));
            ReadRun::new(record, rows, questions, benchmarks)
        }
    }
}
