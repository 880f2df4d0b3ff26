//! What the Benchmarks page keeps: what is selected, and a file being imported.

use std::path::PathBuf;
use std::sync::Arc;

use super::study::{controls, texts};
use crate::benchmarks::Item;
use crate::benchmarks::import::Import;
use crate::language::Language;
use crate::text::controls::Controls;

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

/// What a file held, and what is to be known of it before it is kept.
#[derive(Debug)]
pub struct Preview {
    pub import: Arc<Import>,
    /// What has to be shown of each item's hidden characters.
    pub controls: Vec<Controls>,
    /// How many items have hidden characters that right writing does not need.
    pub hidden: usize,
}

impl Preview {
    /// Looks for hidden characters in what was read.
    pub fn new(import: Import) -> Self {
        let shows = |text: &str| text.contains(|character| Controls::Shown.shows(character));
        let hides = |item: &&Item| texts(item).any(shows);
        Self {
            controls: import.items.iter().map(controls).collect(),
            hidden: import.items.iter().filter(hides).count(),
            import: Arc::new(import),
        }
    }

    /// In how many items hidden characters change how they read.
    pub fn misleading(&self) -> usize {
        let needed = self.controls.iter().filter(|controls| **controls != Controls::Obeyed);
        needed.count()
    }
}

/// How far an import is.
#[derive(Debug, Clone)]
pub enum Importing {
    Reading(PathBuf),
    /// Read and not yet kept; `name` is what the benchmark will be called.
    Read {
        preview: Arc<Preview>,
        name: String,
    },
    /// Being written into the workspace.
    Keeping {
        preview: Arc<Preview>,
        name: String,
    },
    Failed {
        path: PathBuf,
        problem: String,
    },
}
