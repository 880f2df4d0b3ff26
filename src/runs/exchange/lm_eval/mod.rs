//! The files of lm-evaluation-harness: `results_<time>.json` and a `samples_<task>_<time>.jsonl` for each task.

mod export;
mod import;

pub(super) use export::export;
pub(super) use import::{import, is_results, is_samples};

/// Where our own facts lie in these files, for which the format has no place; its readers pass over them.
const OURS: &str = "polyclinic";
