//! Making a run and working through its plan.

mod create;
mod error;
mod local;
mod progress;
#[cfg(test)]
mod tests;

use std::time::Instant;

pub use create::{RunRequest, create};
pub use error::ExecuteError;
use progress::Pace;
pub use progress::{Progress, Step};

use super::{Journal, Plan, RunRecord, RunState, store};
use crate::benchmarks::Benchmark;
use crate::engine::{Cancel, Loader};
use crate::prompts::template_text;
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
    if record.template != template_text() {
        return Err(ExecuteError::TemplateChanged);
    }
    let benchmarks = load_benchmarks(workspace, record.benchmarks.iter().map(|benchmark| &*benchmark.name))?;
    for (recorded, benchmark) in record.benchmarks.iter().zip(&benchmarks) {
        if recorded.hash != benchmark.hash() {
            return Err(ExecuteError::BenchmarkChanged(recorded.name.clone()));
        }
    }
    let protocol = record.protocol.clone();
    let plan = Plan::new(
        &benchmarks,
        &record.languages,
        record.limit,
        protocol.shots,
        protocol.seed,
    );
    // Before the journal is opened, which cuts it: a refused run stays as it is.
    let present = store::answers(workspace, &record.id)?;
    if !follows_plan(record, &plan, &present) {
        return Err(ExecuteError::JournalOfAnotherPlan(record.id.clone()));
    }
    if store::is_compacted(workspace, &record.id) && present.len() == record.total {
        // Killed between the table and the last word of the record.
        return Ok(());
    }
    let (mut journal, mut answers) = Journal::open(&folder, |answers| whole_groups(record, &plan, answers))?;
    let mut pace = Pace::default();
    let per_model = plan.len();
    for index in 0..record.models.len() {
        let answered = answers.len().saturating_sub(index * per_model);
        if answered >= per_model {
            continue;
        }
        let (mut backend, chat) = local::load_model(record, index, &plan, &folder, loader, tell, cancel)?;
        let Some(model) = record.models.get(index).map(|model| model.name.clone()) else {
            break;
        };
        let mut before = 0;
        for group in &plan.groups {
            before += group.items.len();
            if before <= answered {
                continue;
            }
            if cancel.is_cancelled() {
                return Err(ExecuteError::Cancelled);
            }
            let started = Instant::now();
            let group_answers = local::answer_group(&mut *backend, chat.as_ref(), &model, group, &protocol, cancel)?;
            journal.append(&group_answers)?;
            answers.extend(group_answers);
            pace.add(group.items.len(), started.elapsed().as_secs_f64());
            if let Some(first) = group.items.first() {
                tell(Step::Progress(Progress {
                    run: record.id.clone(),
                    model: model.clone(),
                    benchmark: group.benchmark.to_owned(),
                    language: first.item.key.language.clone(),
                    done: answers.len(),
                    total: record.total,
                    items_per_second: pace.items_per_second(),
                    seconds_left: pace.seconds_for(record.total.saturating_sub(answers.len())),
                }));
            }
        }
    }
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
