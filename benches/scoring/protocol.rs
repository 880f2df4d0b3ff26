//! What the benchmark asks of an engine: a JSON request a line, answered by a line with the seconds it took.
//!
//! Each engine is a process of its own, so that each has its own peak of memory.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "ask", rename_all = "snake_case")]
pub enum Request {
    /// Loads the model and answers one token: only then are weights that a file maps in memory.
    Load {
        path: PathBuf,
        threads: usize,
        /// The tokens that must fit at once, and the sequences they are of.
        context: usize,
        sequences: usize,
        token: u32,
    },
    /// Runs a prompt from nothing to the logits after it.
    Prefill { prompt: Vec<u32> },
    /// Runs a prompt, then so many tokens one by one; only these are timed.
    Generate { prompt: Vec<u32>, count: usize },
    /// Scores items after a shared start, some of them at once. The start is computed before the clock runs:
    /// in a run hundreds of items share it.
    Score {
        shared: Vec<u32>,
        own: Vec<Vec<u32>>,
        at_once: usize,
    },
}

/// What an engine says before the first request.
#[derive(Debug, Serialize, Deserialize)]
pub struct Ready {
    /// The bytes it holds without a model.
    pub resident: u64,
}

#[derive(Debug, Serialize, Deserialize)]
pub struct Reply {
    pub seconds: f64,
}
