//! Asking a model on this machine: loading it, and answering one group of items after the other.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

use super::{ExecuteError, Step};
use crate::benchmarks::Item;
use crate::engine::{Backend, Cancel, EngineError, Loader, PLANNED_TOKENS, Reader, ScoreRequest, tokens_to_score};
use crate::models::hash;
use crate::models::safetensors::ModelFolder;
use crate::prompts::{ChatTemplate, Protocol, letter_prompt};
use crate::runs::{Group, Plan, RunRecord};
use crate::scoring::{Answer, letters};

/// Loads a model of the run, checks that it is the one the run was made with, and notes how it computes.
pub(super) fn load_model(
    record: &mut RunRecord,
    index: usize,
    plan: &Plan<'_>,
    folder: &Path,
    loader: &dyn Loader,
    tell: &mut dyn FnMut(Step),
    cancel: &Cancel,
) -> Result<(Box<dyn Backend>, Option<ChatTemplate>), ExecuteError> {
    let chat_asked = record.protocol.chat;
    let Some(model) = record.models.get_mut(index) else {
        return Err(ExecuteError::NothingChosen);
    };
    tell(Step::Stage(format!("Loading {}", model.name)));
    let found = file_hash(&model.path, cancel)?;
    if found != model.sha256 {
        let (path, recorded) = (model.path.clone(), model.sha256.clone());
        return Err(ExecuteError::ModelChanged { path, recorded, found });
    }
    let protocol = &record.protocol;
    // What cannot be put into tokens is told when its turn comes.
    let tokens = |reader: &dyn Reader| most_tokens(reader, plan, protocol).unwrap_or(PLANNED_TOKENS);
    let backend = loader
        .load(&model.path, &tokens, cancel)
        .map_err(|source| match source {
            EngineError::Cancelled => ExecuteError::Cancelled,
            source => ExecuteError::Load {
                model: model.name.clone(),
                source,
            },
        })?;
    let chat_error = |source| ExecuteError::Chat {
        model: model.name.clone(),
        source,
    };
    let chat = if chat_asked {
        backend.chat_template().map_err(chat_error)?
    } else {
        None
    };
    if chat_asked && chat.is_none() {
        tracing::warn!("{} has no chat template and is asked without one", model.name);
    }
    match &model.facts {
        Some(recorded) if !recorded.computes_like(backend.facts()) => {
            return Err(ExecuteError::ComputedDifferently {
                model: model.name.clone(),
                recorded: recorded.to_string(),
                found: backend.facts().to_string(),
            });
        }
        Some(_) => {}
        None => {
            model.facts = Some(backend.facts().clone());
            record.save(folder)?;
        }
    }
    Ok((backend, chat))
}

/// How many tokens the largest group has in memory at once. Of each benchmark and language the group with the
/// longest text stands for all, since a tokenizer cuts one language about alike.
fn most_tokens(reader: &dyn Reader, plan: &Plan<'_>, protocol: &Protocol) -> Option<usize> {
    let chat = match protocol.chat {
        true => reader.chat_template().ok()?,
        false => None,
    };
    let mut longest = BTreeMap::new();
    for group in &plan.groups {
        let Some(first) = group.items.first() else { continue };
        let length: usize = group.items.iter().map(|planned| planned.item.question.len()).sum();
        let (most, stands) = longest
            .entry((group.benchmark, first.item.key.language.tag()))
            .or_insert((length, group));
        if length > *most {
            (*most, *stands) = (length, group);
        }
    }
    let mut most = longest.values().map(|(_, group)| {
        let requests: Option<Vec<ScoreRequest>> = group
            .items
            .iter()
            .map(|planned| {
                let prompt = letter_prompt(planned.item, &planned.shots, protocol, chat.as_ref()).ok()?;
                letters::request(reader, &prompt).ok()
            })
            .collect();
        let mut requests = requests?;
        requests.retain(|request| letters::token_count(request) <= reader.context_length());
        Some(tokens_to_score(&requests))
    });
    most.try_fold(0, |most: usize, tokens| Some(most.max(tokens?)))
}

/// Asks one group of items.
pub(super) fn answer_group(
    backend: &mut dyn Backend,
    chat: Option<&ChatTemplate>,
    model: &str,
    group: &Group<'_>,
    protocol: &Protocol,
    cancel: &Cancel,
) -> Result<Vec<Answer>, ExecuteError> {
    let started = Instant::now();
    let engine_error = |item: &Item, source| match source {
        EngineError::Cancelled => ExecuteError::Cancelled,
        source => ExecuteError::Engine {
            model: model.to_owned(),
            item: item.key.id.clone(),
            source,
        },
    };
    let mut requests = Vec::with_capacity(group.items.len());
    for planned in &group.items {
        let prompt =
            letter_prompt(planned.item, &planned.shots, protocol, chat).map_err(|source| ExecuteError::Chat {
                model: model.to_owned(),
                source,
            })?;
        requests.push(letters::request(backend, &prompt).map_err(|source| engine_error(planned.item, source))?);
    }
    let context_length = backend.context_length();
    let fits = |request: &&ScoreRequest| letters::token_count(request) <= context_length;
    let fitting: Vec<ScoreRequest> = requests.iter().filter(fits).cloned().collect();
    let scores = match group.items.first() {
        Some(first) if !fitting.is_empty() => backend
            .score(&fitting, cancel)
            .map_err(|source| engine_error(first.item, source))?,
        _ => Vec::new(),
    };
    let seconds = started.elapsed().as_secs_f64() / group.items.len().max(1) as f64;
    let mut scores = scores.iter();
    let answers = group.items.iter().zip(&requests).map(|(planned, request)| {
        let score = if fits(&request) { scores.next() } else { None };
        match score {
            Some(score) => letters::answer(model, group.benchmark, planned.item, request, score, seconds),
            None => {
                let tokens = letters::token_count(request);
                let problem = format!("the prompt has {tokens} tokens; the model reads at most {context_length}");
                letters::failed(model, group.benchmark, planned.item, request.prompt.len(), problem)
            }
        }
    });
    Ok(answers.collect())
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
