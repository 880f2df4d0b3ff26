//! The logs of inspect: `.json`, one object, and `.eval`, a ZIP of `header.json`, `summaries.json` and a file for each
//! sample.

mod export;
mod import;

pub(super) use export::export;
pub(super) use import::import;

/// Where our own facts lie in a log's and a sample's metadata.
const OURS: &str = "polyclinic";
const HEADER: &str = "header.json";
const SAMPLES: &str = "samples/";
