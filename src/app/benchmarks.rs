//! What the Benchmarks page keeps: what is selected, and a file being imported.

use std::path::PathBuf;
use std::sync::Arc;

use crate::benchmarks::import::Import;
use crate::language::Language;

/// The Benchmarks page's own state.
#[derive(Debug, Clone, Default)]
pub struct Benchmarks {
    /// Its name.
    pub selected: Option<String>,
    /// The language whose items the table previews.
    pub preview: Option<Language>,
    pub import: Option<Importing>,
    /// What is searched for in the list.
    pub search: String,
}

/// How far an import is.
#[derive(Debug, Clone)]
pub enum Importing {
    Reading(PathBuf),
    /// Read and not yet kept; `name` is what the benchmark will be called.
    Read {
        import: Arc<Import>,
        name: String,
    },
    /// Being written into the workspace.
    Keeping {
        import: Arc<Import>,
        name: String,
    },
    Failed {
        path: PathBuf,
        problem: String,
    },
}
