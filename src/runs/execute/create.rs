//! Making a run: what was asked for is checked and written down.

use std::path::{Path, PathBuf};

use super::{ExecuteError, Means, Step, load_benchmarks, remote, require_consent};
use crate::benchmarks::Benchmark;
use crate::cancel::Cancel;
use crate::engine::endpoint::{Connection, Endpoint};
use crate::language::Language;
use crate::models::gguf::GgufFile;
use crate::models::hash;
use crate::models::part_name::PartName;
use crate::models::safetensors::ModelFolder;
use crate::prompts::Protocol;
use crate::runs::model::name_of;
use crate::runs::{ModelFile, ModelSource, Plan, RunBenchmark, RunModel, RunRecord, store};
use crate::workspace::Workspace;

/// What somebody chose to run.
#[derive(Debug, Clone, PartialEq)]
pub struct RunRequest {
    /// Names of the models and where they are, asked in this order.
    pub models: Vec<(String, ModelChoice)>,
    /// Names of benchmarks in the workspace.
    pub benchmarks: Vec<String>,
    /// Empty for every language the benchmarks have.
    pub languages: Vec<Language>,
    /// Items per model in one language of one benchmark; `None` for all.
    pub limit: Option<usize>,
    pub protocol: Protocol,
}

/// Where a chosen model is.
#[derive(Debug, Clone, PartialEq)]
pub enum ModelChoice {
    File(PathBuf),
    Endpoint(Box<Endpoint>),
}

/// Checks a request and writes down the run it makes, with nothing answered yet.
pub fn create(
    workspace: &Workspace,
    request: &RunRequest,
    means: &Means<'_>,
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
    let planned = Plan::new(&benchmarks, &languages, request.limit, protocol);
    require_examples(&planned, protocol.shots)?;
    let planned = planned.len();
    let earlier = store::list(workspace)?.runs;
    let mut models = Vec::new();
    for (name, choice) in &request.models {
        tell(Step::Stage(format!("Checking {name}")));
        let source = match choice {
            ModelChoice::File(path) => ModelSource::File(checked_file(name, path, means, cancel)?),
            ModelChoice::Endpoint(endpoint) => {
                remote::require_route(endpoint, protocol)?;
                require_consent(workspace, endpoint)?;
                let connection = Connection::open(Endpoint::clone(endpoint), means.keys, cancel.clone());
                remote::check(&connection.map_err(ExecuteError::Endpoint)?)?;
                ModelSource::Endpoint {
                    endpoint: endpoint.clone(),
                }
            }
        };
        let mut known = earlier.iter().flat_map(|run| &run.models);
        if let Some(other) = known.find(|model| model.name == *name && !model.source.answers_like(&source)) {
            return Err(ExecuteError::NameTaken {
                name: name.clone(),
                chosen: source.mark(),
                known: other.source.mark(),
            });
        }
        models.push(RunModel {
            name: name.clone(),
            source,
        });
    }
    let total = planned * models.len();
    let benchmarks = benchmarks.iter().map(RunBenchmark::of).collect();
    let record = RunRecord {
        limit: request.limit,
        total,
        ..RunRecord::new(request.protocol.clone(), models, benchmarks, languages)
    };
    record.save(&store::folder(workspace, &record.id))?;
    Ok(record)
}

fn checked_file(name: &str, path: &Path, means: &Means<'_>, cancel: &Cancel) -> Result<ModelFile, ExecuteError> {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    means.loader.check(&path).map_err(|source| ExecuteError::Load {
        model: name.to_owned(),
        source,
    })?;
    let sha256 = file_hash(&path, cancel)?;
    means.whereabouts.note(&sha256, &path);
    Ok(ModelFile {
        file: name_of(&path),
        sha256,
        facts: None,
        lay: None,
    })
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

/// The hash of a model's file, or of all its parts or all files of its folder.
pub(super) fn file_hash(path: &Path, cancel: &Cancel) -> Result<String, ExecuteError> {
    let stop = || cancel.is_cancelled();
    let hash = files(path).and_then(|files| match files.as_slice() {
        [file] => hash::sha256(file, &mut |_| {}, &stop),
        several => hash::sha256_of_all(several, &stop),
    });
    match hash {
        Ok(hash) => Ok(hash),
        Err(_) if cancel.is_cancelled() => Err(ExecuteError::Cancelled),
        Err(error) => Err(ExecuteError::Hash(path.to_owned(), error)),
    }
}

/// Every file that a model's answers depend on.
fn files(path: &Path) -> std::io::Result<Vec<PathBuf>> {
    if let Some(folder) = ModelFolder::find(path) {
        let folder = ModelFolder::open(&folder).map_err(std::io::Error::other)?;
        Ok(folder.files())
    } else if PartName::of_path(path).is_some() {
        let file = GgufFile::open(path).map_err(std::io::Error::other)?;
        Ok(file.files())
    } else {
        Ok(vec![path.to_owned()])
    }
}

#[cfg(test)]
#[path = "../../../tests/support/tiny_model.rs"]
mod tiny_model;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_in_parts_has_one_hash_by_any_of_them_and_another_when_any_changes() {
        let folder = tempfile::tempdir().unwrap();
        let parts = tiny_model::write_parts(folder.path(), "m", &tiny_model::Shape::llama(), 3);
        let hash = |part: &PathBuf| file_hash(part, &Cancel::default()).unwrap();
        let hashes = || parts.iter().map(hash).collect::<Vec<_>>();
        let before = hashes();
        assert!(before.iter().all(|hash| *hash == before[0]), "{before:?}");
        let mut bytes = std::fs::read(&parts[2]).unwrap();
        *bytes.last_mut().unwrap() ^= 1;
        std::fs::write(&parts[2], bytes).unwrap();
        assert_ne!(hashes()[0], before[0]);
        std::fs::remove_file(&parts[1]).unwrap();
        let missing = file_hash(&parts[0], &Cancel::default()).unwrap_err();
        let message = crate::error_chain(&missing);
        assert!(message.contains("m-00002-of-00003.gguf is missing"), "{message}");
    }
}
