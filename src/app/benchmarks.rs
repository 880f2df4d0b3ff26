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
}

/// How far an import is.
#[derive(Debug, Clone)]
pub enum Importing {
    Reading(PathBuf),
    /// Read and not yet kept; `name` is what the benchmark will be called.
    Read { import: Arc<Import>, name: String },
    /// Being written into the workspace.
    Keeping { import: Arc<Import>, name: String },
    Failed { path: PathBuf, problem: String },
}

impl Benchmarks {
    /// A benchmark's name made from a file's: its stem, with what file names cannot hold left out.
    pub fn name_for(path: &std::path::Path) -> String {
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        let kept: String =
            stem.chars().map(|letter| if letter.is_alphanumeric() || "-_.".contains(letter) { letter } else { '-' }).collect();
        let trimmed = kept.trim_matches(|letter: char| !letter.is_alphanumeric());
        if trimmed.is_empty() { "imported".to_owned() } else { trimmed.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn names_come_from_files() {
        assert_eq!(Benchmarks::name_for(Path::new("/a/MedQA (test).jsonl")), "MedQA--test");
        assert_eq!(Benchmarks::name_for(Path::new("أسئلة.csv")), "أسئلة");
        assert_eq!(Benchmarks::name_for(Path::new("...")), "imported");
    }
}
