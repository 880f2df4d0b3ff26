//! Making a run: what was asked for is checked and written down.

use std::path::{Path, PathBuf};

use super::{ExecuteError, Step, load_benchmarks};
use crate::benchmarks::Benchmark;
use crate::engine::{Cancel, Loader};
use crate::language::Language;
use crate::models::hash;
use crate::models::safetensors::ModelFolder;
use crate::prompts::Protocol;
use crate::runs::{Plan, RunBenchmark, RunId, RunModel, RunRecord, RunState, record, store};
use crate::workspace::Workspace;

/// What somebody chose to run.
#[derive(Debug, Clone, PartialEq)]
pub struct RunRequest {
    /// Names and files of the models, asked in this order.
    pub models: Vec<(String, PathBuf)>,
    /// Names of benchmarks in the workspace.
    pub benchmarks: Vec<String>,
    /// Empty for every language the benchmarks have.
    pub languages: Vec<Language>,
    /// Items per model in one language of one benchmark; `None` for all.
    pub limit: Option<usize>,
    pub protocol: Protocol,
}

/// Checks a request and writes down the run it makes, with nothing answered yet.
pub fn create(
    workspace: &Workspace,
    request: &RunRequest,
    loader: &dyn Loader,
    tell: &mut dyn FnMut(Step),
    cancel: &Cancel,
) -> Result<RunRecord, ExecuteError> {
    workspace.require_write()?;
    if request.models.is_empty() || request.benchmarks.is_empty() {
        return Err(ExecuteError::NothingChosen);
    }
    for (index, (name, _)) in request.models.iter().enumerate() {
        if request.models.iter().take(index).any(|(earlier, _)| earlier == name) {
            return Err(ExecuteError::SameName(name.clone()));
        }
    }
    let names = without_repeats(&request.benchmarks);
    let benchmarks = load_benchmarks(workspace, names.iter().map(String::as_str))?;
    let languages = chosen_languages(&benchmarks, &request.languages)?;
    let protocol = &request.protocol;
    let planned = Plan::new(&benchmarks, &languages, request.limit, protocol.shots, protocol.seed);
    require_examples(&planned, protocol.shots)?;
    let planned = planned.len();
    let earlier = store::list(workspace)?.runs;
    let mut models = Vec::new();
    for (name, path) in &request.models {
        tell(Step::Stage(format!("Checking {name}")));
        let path = std::path::absolute(path).unwrap_or_else(|_| path.clone());
        loader.check(&path).map_err(|source| ExecuteError::Load {
            model: name.clone(),
            source,
        })?;
        let sha256 = file_hash(&path, cancel)?;
        let known = earlier.iter().flat_map(|run| &run.models);
        if let Some(other) = known
            .into_iter()
            .find(|model| model.name == *name && model.sha256 != sha256)
        {
            return Err(ExecuteError::NameTaken {
                name: name.clone(),
                path,
                known: other.sha256.clone(),
            });
        }
        models.push(RunModel {
            name: name.clone(),
            path,
            sha256,
            facts: None,
        });
    }
    let record = RunRecord {
        schema: record::SCHEMA,
        id: RunId::now(),
        created: humantime::format_rfc3339_seconds(std::time::SystemTime::now()).to_string(),
        state: RunState::Unfinished,
        error: None,
        program: env!("CARGO_PKG_VERSION").to_owned(),
        limit: request.limit,
        languages,
        total: planned * models.len(),
        template: request.protocol.template_text(),
        protocol: request.protocol.clone(),
        benchmarks: benchmarks
            .iter()
            .map(|benchmark| RunBenchmark {
                name: benchmark.name().to_owned(),
                hash: benchmark.hash().to_owned(),
            })
            .collect(),
        models,
        rest: toml::Table::new(),
    };
    record.save(&store::folder(workspace, &record.id))?;
    Ok(record)
}

/// The languages to ask, in the order wanted, or in the benchmarks' own order where none was named.
fn chosen_languages(benchmarks: &[Benchmark], wanted: &[Language]) -> Result<Vec<Language>, ExecuteError> {
    let mut present: Vec<Language> = Vec::new();
    for item in benchmarks.iter().flat_map(|benchmark| benchmark.items()) {
        if !present.contains(&item.key.language) {
            present.push(item.key.language.clone());
        }
    }
    if wanted.is_empty() {
        return Ok(present);
    }
    let tags = |languages: &[Language]| languages.iter().map(Language::tag).collect::<Vec<_>>().join(", ");
    let missing: Vec<Language> = wanted
        .iter()
        .filter(|language| !present.contains(language))
        .cloned()
        .collect();
    if missing.is_empty() {
        Ok(without_repeats(wanted))
    } else {
        Err(ExecuteError::NoItems {
            wanted: tags(&missing),
            present: tags(&present),
        })
    }
}

/// The values in their order, each once.
fn without_repeats<T: Clone + PartialEq>(values: &[T]) -> Vec<T> {
    let mut once: Vec<T> = Vec::new();
    for value in values {
        if !once.contains(value) {
            once.push(value.clone());
        }
    }
    once
}

/// Fewer examples than the protocol says would make its name untrue.
fn require_examples(plan: &Plan<'_>, shots: usize) -> Result<(), ExecuteError> {
    let groups = plan.groups.iter().flat_map(|group| &group.items);
    match groups.into_iter().find(|planned| planned.shots.len() < shots) {
        None => Ok(()),
        Some(planned) => Err(ExecuteError::TooManyShots {
            task: planned.item.task.clone(),
            language: planned.item.key.language.clone(),
            items: planned.shots.len() + 1,
            shots,
        }),
    }
}

/// The hash of a model's file, or of all files of its folder.
pub(super) fn file_hash(path: &Path, cancel: &Cancel) -> Result<String, ExecuteError> {
    let stop = || cancel.is_cancelled();
    let hash = match ModelFolder::find(path) {
        None => hash::sha256(path, &mut |_| {}, &stop),
        Some(folder) => ModelFolder::open(&folder)
            .map_err(std::io::Error::other)
            .and_then(|folder| hash::sha256_of_all(&folder.files(), &stop)),
    };
    match hash {
        Ok(hash) => Ok(hash),
        Err(_) if cancel.is_cancelled() => Err(ExecuteError::Cancelled),
        Err(error) => Err(ExecuteError::Hash(path.to_owned(), error)),
    }
}
