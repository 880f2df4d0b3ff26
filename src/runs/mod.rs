//! Runs: planning, working through a plan, journaling, resuming, comparing, measuring.

pub mod columns;
pub mod comparison;
pub mod estimate;
pub mod exchange;
mod execute;
pub mod export;
mod journal;
pub mod ledger;
pub mod measures;
mod model;
pub mod outlook;
pub mod paired;
mod plan;
pub mod prompted;
pub mod published;
mod record;
pub mod spending;
pub mod store;
mod table;
pub mod worker;

pub use execute::{ExecuteError, Means, ModelChoice, Progress, RunRequest, Step};
pub use journal::{Journal, JournalError};
pub use model::{Elsewhere, ModelFile, ModelSource, RunModel};
pub use plan::{GROUP_ITEMS, Group, Plan, Planned};
#[cfg(test)]
pub(crate) use record::tests::record as example_record;
pub use record::{RecordError, RunBenchmark, RunId, RunRecord, RunState};
pub use table::TableError;
