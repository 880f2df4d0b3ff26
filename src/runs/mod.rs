//! Runs: planning, working through a plan, journaling, resuming, comparing.

pub mod comparison;
pub mod estimate;
mod execute;
pub mod export;
mod journal;
pub mod outlook;
mod plan;
mod record;
pub mod store;
mod table;
pub mod worker;

pub use execute::{ExecuteError, Progress, RunRequest, Step};
pub use journal::{Journal, JournalError};
pub use plan::{GROUP_ITEMS, Group, Plan, Planned};
pub use record::{RecordError, RunBenchmark, RunId, RunModel, RunRecord, RunState};
pub use table::TableError;
