//! Making a run and working through its plan.

mod create;
mod error;
mod kept;
mod local;
mod progress;
mod remote;
#[cfg(test)]
mod tests;

use std::path::Path;

pub use create::{ModelChoice, RunRequest, create};
pub use error::ExecuteError;
use kept::Kept;
use local::LocalModel;
pub use progress::{Progress, Step};

use remote::RemoteModel;

use super::{Journal, ModelSource, Plan, RunRecord, RunState, store};
use crate::benchmarks::Benchmark;
use crate::cancel::Cancel;
use crate::engine::endpoint::{Connection, Endpoint};
use crate::engine::{Loader, ModelFacts};
use crate::models::whereabouts::Whereabouts;
use crate::network::SecretStore;
use crate::scoring::Answer;
use crate::workspace::{Workspace, WorkspaceError};

/// What models are reached with.
#[derive(Clone, Copy)]
pub struct Means<'a> {
    /// Loads those on this machine.
    pub loader: &'a dyn Loader,
    /// Knows where files of models lie.
    pub whereabouts: &'a Whereabouts,
    /// Holds the keys of endpoints.
    pub keys: &'a SecretStore,
}

/// Works through what a run has not answered yet. The record on disk says how it ended.
pub fn execute(
    workspace: &Workspace,
    record: &mut RunRecord,
    means: &Means<'_>,
    tell: &mut dyn FnMut(Step),
    cancel: &Cancel,
) -> Result<(), ExecuteError> {
    workspace.require_write()?;
    if record.state == RunState::Finished {
        return Ok(());
    }
    let before = (record.state, record.error.take());
    record.state = RunState::Unfinished;
    let result = answer_all(workspace, record, means, tell, cancel);
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
    means: &Means<'_>,
    tell: &mut dyn FnMut(Step),
    cancel: &Cancel,
) -> Result<(), ExecuteError> {
    let folder = store::folder(workspace, &record.id);
    if !record.template.is_empty() {
        return Err(ExecuteError::TemplateChanged);
    }
    let benchmarks = load_benchmarks(workspace, record.benchmarks.iter().map(|benchmark| &*benchmark.name))?;
    for (recorded, benchmark) in record.benchmarks.iter().zip(&benchmarks) {
        if recorded.hash != benchmark.hash() {
            return Err(ExecuteError::BenchmarkChanged(recorded.name.clone()));
        }
    }
    let plan = Plan::new(&benchmarks, &record.languages, record.limit, &record.protocol);
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
        match &model.source {
            ModelSource::File(file) => {
                kept.stage(format!("Loading {}", model.name));
                let protocol = &record.protocol;
                let mut loaded = LocalModel::load(&model.name, file, protocol, &plan, means, cancel)?;
                note_facts(record, index, loaded.facts(), &folder)?;
                kept.start();
                loaded.answer(groups, &mut kept, cancel)?;
            }
            ModelSource::Endpoint { endpoint } => {
                kept.stage(format!("Reaching {} at {}", model.name, endpoint.address.host()));
                require_consent(workspace, endpoint)?;
                let connection = Connection::open(Endpoint::clone(endpoint), means.keys, cancel.clone());
                let reached = RemoteModel::open(connection.map_err(ExecuteError::Endpoint)?, &record.protocol)?;
                kept.start();
                reached.answer(groups, &mut kept)?;
            }
            ModelSource::Elsewhere { .. } => return Err(ExecuteError::MadeElsewhere(model.name.clone())),
        }
    }
    let Kept { journal, answers, .. } = kept;
    store::compact(workspace, &record.id, journal, &answers)?;
    Ok(())
}

/// Writes down how a model computes, where that is not known yet.
fn note_facts(record: &mut RunRecord, index: usize, facts: &ModelFacts, folder: &Path) -> Result<(), ExecuteError> {
    let source = record.models.get_mut(index).map(|model| &mut model.source);
    if let Some(ModelSource::File(file)) = source
        && file.facts.is_none()
    {
        file.facts = Some(facts.clone());
        record.save(folder)?;
    }
    Ok(())
}

/// Nothing leaves the machine for a place that nobody agreed to.
fn require_consent(workspace: &Workspace, endpoint: &Endpoint) -> Result<(), ExecuteError> {
    match endpoint.is_loopback() || workspace.may_send_to(&endpoint.address.to_string()) {
        true => Ok(()),
        false => Err(ExecuteError::NoConsent {
            model: endpoint.name.clone(),
            host: endpoint.address.host().to_owned(),
        }),
    }
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
