//! The demo workspace: what opens where nobody named a workspace, with answers this program recorded.

use std::path::Path;

use crate::benchmarks::demo::{self, DemoError};
use crate::files::{WriteError, write_atomically};
use crate::workspace::{Workspace, WorkspaceError};

/// A file of `workspaces/demo` and its content.
macro_rules! recorded {
    ($path:literal) => {
        ($path, include_bytes!(concat!("../workspaces/demo/", $path)))
    };
}

/// The recorded runs by their path in the workspace; `workspaces/demo` in the repository.
const RECORDED: &[(&str, &[u8])] = &[
    recorded!("runs/2026-11-22-040253-umuu/run.toml"),
    recorded!("runs/2026-11-22-040253-umuu/answers.parquet"),
    recorded!("runs/2026-11-22-040500-nzqh/run.toml"),
    recorded!("runs/2026-11-22-040500-nzqh/answers.parquet"),
];

/// Why the demo workspace cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum DemoWorkspaceError {
    #[error(transparent)]
    Questions(#[from] DemoError),
    #[error(transparent)]
    Workspace(#[from] WorkspaceError),
    #[error(transparent)]
    Write(#[from] WriteError),
}

/// Opens the workspace at `root` with the demo questions in it, adding what is missing and changing nothing else.
pub fn with_questions(root: &Path) -> Result<Workspace, DemoWorkspaceError> {
    let workspace = Workspace::open_or_create(root)?;
    let present = workspace.benchmark_names()?.iter().any(|name| name == demo::NAME);
    if !present {
        workspace.save_benchmark(&demo::benchmark()?)?;
    }
    Ok(workspace)
}

/// Opens the workspace at `root`; where there is none yet, makes one with the questions and the recorded answers.
pub fn with_recorded_answers(root: &Path) -> Result<Workspace, DemoWorkspaceError> {
    let fresh = matches!(Workspace::open_to_read(root), Err(WorkspaceError::Missing(_)));
    if fresh {
        for (path, content) in RECORDED {
            write_atomically(&root.join(path), content)?;
        }
    }
    with_questions(root)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prompts::known;
    use crate::runs::{ModelSource, RunState, store};

    #[test]
    fn no_recorded_text_names_a_folder_of_the_machine_it_was_made_on() {
        for (path, content) in RECORDED.iter().filter(|(path, _)| path.ends_with(".toml")) {
            let text = std::str::from_utf8(content).unwrap();
            for folder in ["/root", "/home", "/Users", ".cache", ":\\"] {
                assert!(!text.contains(folder), "{path} holds {folder}");
            }
        }
    }

    #[test]
    fn the_recorded_answers_are_whole_and_belong_to_the_questions() {
        let folder = tempfile::tempdir().unwrap();
        let workspace = with_recorded_answers(folder.path()).unwrap();
        let benchmark = workspace.load_benchmark(demo::NAME).unwrap();
        assert_eq!(benchmark.hash(), demo::benchmark().unwrap().hash());
        let listing = store::list(&workspace).unwrap();
        assert!(listing.problems.is_empty(), "{:?}", listing.problems);
        let mut asked = Vec::new();
        for record in &listing.runs {
            assert_eq!(record.state, RunState::Finished);
            assert!(record.benchmarks.iter().all(|used| used.hash == benchmark.hash()));
            assert_eq!(store::answers(&workspace, &record.id).unwrap().len(), record.total);
            // Nothing of the machine that recorded it is shipped.
            for model in &record.models {
                let ModelSource::File(file) = &model.source else {
                    panic!("{model:?}");
                };
                assert_eq!(file.lay, None, "{}", model.name);
                let packaged = crate::models::packaged::find(&model.name).unwrap();
                assert_eq!(
                    (file.file.as_str(), file.sha256.as_str()),
                    (packaged.file, packaged.sha256)
                );
            }
            // As the program knows it now, so that what is asked next stands beside it.
            assert_eq!(Some(&record.protocol), known::find(&record.protocol.name));
            let models = record.models.iter();
            asked.extend(models.map(|model| (record.protocol.name.as_str(), model.name.as_str())));
        }
        for protocol in [known::CLOZE, known::LETTERS] {
            for packaged in crate::models::packaged::all() {
                let name = packaged.name;
                assert!(asked.contains(&(protocol, name)), "no answers of {name} by {protocol}");
            }
        }
    }
}
