//! Making a run and working through its plan.

mod create;
mod error;
mod kept;
mod local;
mod progress;
#[cfg(test)]
mod tests;

pub use create::{RunRequest, create};
pub use error::ExecuteError;
use kept::Kept;
use local::LocalModel;
pub use progress::{Progress, Step};

use super::{Journal, Plan, RunRecord, RunState, store};
use crate::benchmarks::Benchmark;
use crate::engine::{Cancel, Loader};
use crate::scoring::Answer;
use crate::workspace::{Workspace, WorkspaceError};

/// Works through what a run has not answered yet. The record on disk says how it ended.
pub fn execute(
    workspace: &Workspace,
    record: &mut RunRecord,
    loader: &dyn Loader,
    tell: &mut dyn FnMut(Step),
    cancel: &Cancel,
) -> Result<(), ExecuteError> {
    workspace.require_write()?;
    if record.state == RunState::Finished {
        return Ok(());
    }
    let before = (record.state, record.error.take());
    record.state = RunState::Unfinished;
    let result = answer_all(workspace, record, loader, tell, cancel);
    match &result {
        Err(error) if error.refuses_to_resume() => {
            (record.state, record.error) = before;
            return result;
        }
        Ok(()) => record.state = RunState::Finished,
        Err(ExecuteError::Cancelled) => record.state = RunState::Cancelled,
        Err(error) => {
            record.state = RunState::Failed;
            record.error = Some(crate::error_chain(error));
        }
    }
    let saved = record.save(&store::folder(workspace, &record.id));
    // Where the run itself failed, that is what to tell: a full disk often fails both.
    result.and_then(|()| Ok(saved?))
}

fn answer_all(
    workspace: &Workspace,
    record: &mut RunRecord,
    loader: &dyn Loader,
    tell: &mut dyn FnMut(Step),
    cancel: &Cancel,
) -> Result<(), ExecuteError> {
    let folder = store::folder(workspace, &record.id);
    if record.template != record.protocol.template_text() {
        return Err(ExecuteError::TemplateChanged);
    }
    let benchmarks = load_benchmarks(workspace, record.benchmarks.iter().map(|benchmark| &*benchmark.name))?;
    for (recorded, benchmark) in record.benchmarks.iter().zip(&benchmarks) {
        if recorded.hash != benchmark.hash() {
            return Err(ExecuteError::BenchmarkChanged(recorded.name.clone()));
        }
    }
    let (shots, seed) = (record.protocol.shots, record.protocol.seed);
    let plan = Plan::new(&benchmarks, &record.languages, record.limit, shots, seed);
    // Before the journal is opened, which cuts it: a refused run stays as it is.
    let present = store::answers(workspace, &record.id)?;
    if !follows_plan(record, &plan, &present) {
        return Err(ExecuteError::JournalOfAnotherPlan(record.id.clone()));
    }
    if store::is_compacted(workspace, &record.id) && present.len() == record.total {
        // Killed between the table and the last word of the record.
        return Ok(());
    }
    let opened = Journal::open(&folder, |answers| whole_groups(record, &plan, answers))?;
    let mut kept = Kept::new(record.id.clone(), record.total, opened, tell);
    for index in 0..record.models.len() {
        let answered = kept.answers.len().saturating_sub(index * plan.len());
        let groups = plan.groups_after(answered);
        let Some(model) = record.models.get(index).filter(|_| !groups.is_empty()) else {
            continue;
        };
        kept.stage(format!("Loading {}", model.name));
        let mut model = LocalModel::load(record, index, &plan, &folder, loader, cancel)?;
        kept.start();
        model.answer(groups, &mut kept, cancel)?;
    }
    let Kept { journal, answers, .. } = kept;
    store::compact(workspace, &record.id, journal, &answers)?;
    Ok(())
}

fn load_benchmarks<'a>(
    workspace: &Workspace,
    names: impl Iterator<Item = &'a str>,
) -> Result<Vec<Benchmark>, WorkspaceError> {
    names.map(|name| workspace.load_benchmark(name)).collect()
}

/// How many answers of a journal end with a whole group.
fn whole_groups(record: &RunRecord, plan: &Plan<'_>, answers: &[Answer]) -> usize {
    let mut whole = 0;
    for group in record.models.iter().flat_map(|_| &plan.groups) {
        if whole + group.items.len() > answers.len() {
            break;
        }
        whole += group.items.len();
    }
    whole
}

fn follows_plan(record: &RunRecord, plan: &Plan<'_>, answers: &[Answer]) -> bool {
    let planned = record.models.iter().flat_map(|model| {
        let items = plan
            .groups
            .iter()
            .flat_map(|group| group.items.iter().map(move |planned| (group.benchmark, planned)));
        items.map(move |(benchmark, planned)| (&*model.name, benchmark, &planned.item.key))
    });
    answers
        .iter()
        .map(|answer| (&*answer.model, &*answer.benchmark, &answer.item))
        .zip(planned)
        .all(|(left, right)| left == right)
}
