//! Asking a model on this machine: loading it, and answering one group of items after the other.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Instant;

use super::kept::Kept;
use super::{ExecuteError, Means, create::file_hash};
use crate::benchmarks::Item;
use crate::engine::{
    Backend, Cancel, Ending, EngineError, Generation, GenerationRequest, ModelFacts, PLANNED_TOKENS, Reader, Sampling,
    ScoreRequest, tokens_to_score, tokens_to_write,
};
use crate::models::whereabouts::Whereabouts;
use crate::prompts::{ChatError, ChatTemplate, Protocol, ScoredPrompt, Scoring, Shown, scored_prompt, written_prompt};
use crate::runs::{Group, ModelFile, Plan, Planned};
use crate::scoring::{Answer, Asked, Reply, ReplyEnding, likelihood, written};

/// Where a run's file lies on this machine: the first place at which it has the hash that the run was made with.
fn place_of(
    model: &str,
    file: &ModelFile,
    whereabouts: &Whereabouts,
    cancel: &Cancel,
) -> Result<PathBuf, ExecuteError> {
    let mut places = whereabouts.candidates(&file.file, &file.sha256);
    places.extend(file.lay.clone().filter(|path| path.exists()));
    let mut other = None;
    for path in places {
        let found = file_hash(&path, cancel)?;
        if found == file.sha256 {
            whereabouts.note(&found, &path);
            return Ok(path);
        }
        let recorded = file.sha256.clone();
        other.get_or_insert(ExecuteError::ModelChanged { path, recorded, found });
    }
    Err(other.unwrap_or_else(|| ExecuteError::ModelGone {
        model: model.to_owned(),
        file: file.file.clone(),
    }))
}

/// A loaded model of a run.
pub(super) struct LocalModel {
    name: String,
    backend: Box<dyn Backend>,
    chat: Option<ChatTemplate>,
    protocol: Protocol,
}

impl LocalModel {
    /// Loads a model of the run and checks that it is the one the run was made with, computing as it did then.
    pub fn load(
        name: &str,
        file: &ModelFile,
        protocol: &Protocol,
        plan: &Plan<'_>,
        means: &Means<'_>,
        cancel: &Cancel,
    ) -> Result<Self, ExecuteError> {
        let path = place_of(name, file, means.whereabouts, cancel)?;
        let name = name.to_owned();
        // What cannot be put into tokens is told when its turn comes.
        let tokens = |reader: &dyn Reader| most_tokens(reader, plan, protocol).unwrap_or(PLANNED_TOKENS);
        let backend = means
            .loader
            .load(&path, &tokens, cancel)
            .map_err(|source| match source {
                EngineError::Cancelled => ExecuteError::Cancelled,
                source => ExecuteError::Load {
                    model: name.clone(),
                    source,
                },
            })?;
        let chat = chat_template(&*backend, protocol).map_err(|source| ExecuteError::Chat {
            model: name.clone(),
            source,
        })?;
        if protocol.chat && chat.is_none() {
            tracing::warn!("{name} has no chat template and is asked without one");
        }
        match &file.facts {
            Some(recorded) if !recorded.computes_like(backend.facts()) => {
                return Err(ExecuteError::ComputedDifferently {
                    model: name,
                    recorded: recorded.to_string(),
                    found: backend.facts().to_string(),
                });
            }
            Some(_) => {}
            None => {}
        }
        Ok(Self {
            name,
            backend,
            chat,
            protocol: protocol.clone(),
        })
    }

    /// How it computes.
    pub fn facts(&self) -> &ModelFacts {
        self.backend.facts()
    }

    /// Asks groups of items one after the other.
    pub fn answer(&mut self, groups: &[Group<'_>], kept: &mut Kept<'_>, cancel: &Cancel) -> Result<(), ExecuteError> {
        for group in groups {
            if cancel.is_cancelled() {
                return Err(ExecuteError::Cancelled);
            }
            let answers = match self.protocol.scoring {
                Scoring::Letters | Scoring::Options { .. } => self.score(group, cancel)?,
                Scoring::Written { most_tokens } => self.write(group, most_tokens, cancel)?,
            };
            kept.keep(answers)?;
        }
        Ok(())
    }

    fn score(&mut self, group: &Group<'_>, cancel: &Cancel) -> Result<Vec<Answer>, ExecuteError> {
        let started = Instant::now();
        let mut requests = Vec::with_capacity(group.items.len());
        let mut prompts = Vec::with_capacity(group.items.len());
        for planned in &group.items {
            let request = score_request(&*self.backend, planned, &self.protocol, self.chat.as_ref());
            let (prompt, request) = request.map_err(|error| self.stopped(planned.item, error))?;
            prompts.push(prompt);
            requests.push(request);
        }
        let context_length = self.backend.context_length();
        let fits = |request: &&ScoreRequest| likelihood::token_count(request) <= context_length;
        let fitting: Vec<ScoreRequest> = requests.iter().filter(fits).cloned().collect();
        let scores = match group.items.first() {
            Some(first) if !fitting.is_empty() => self
                .backend
                .score(&fitting, cancel)
                .map_err(|source| self.stopped(first.item, source.into()))?,
            _ => Vec::new(),
        };
        let seconds = started.elapsed().as_secs_f64() / group.items.len().max(1) as f64;
        let mut scores = scores.iter();
        let asked = group.items.iter().zip(&prompts).zip(&requests);
        let answers = asked.map(|((planned, prompt), request)| {
            let score = if fits(&request) { scores.next() } else { None };
            match score {
                Some(score) => {
                    let prompt_tokens = request.prompt.len();
                    let asked = Asked { prompt_tokens, seconds };
                    let option_tokens: Vec<usize> = request.continuations.iter().map(Vec::len).collect();
                    let scored = likelihood::Scored {
                        scores: score,
                        option_tokens: &option_tokens,
                        answers: &prompt.answers,
                        by: self.protocol.scoring.normalisation(),
                    };
                    likelihood::answer(&self.name, group.benchmark, planned.item, asked, scored)
                }
                None => {
                    let tokens = likelihood::token_count(request);
                    let problem = format!("the prompt has {tokens} tokens; the model reads at most {context_length}");
                    Answer::failed(&self.name, group.benchmark, planned.item, request.prompt.len(), problem)
                }
            }
        });
        Ok(answers.collect())
    }

    fn write(&mut self, group: &Group<'_>, most: usize, cancel: &Cancel) -> Result<Vec<Answer>, ExecuteError> {
        let started = Instant::now();
        let mut requests = Vec::with_capacity(group.items.len());
        for planned in &group.items {
            let request = write_request(&*self.backend, planned, &self.protocol, self.chat.as_ref(), most);
            requests.push(request.map_err(|error| self.stopped(planned.item, error))?);
        }
        let context_length = self.backend.context_length();
        // A reply needs room for one token at least.
        let fits = |request: &&GenerationRequest| request.prompt.len() < context_length;
        let fitting: Vec<GenerationRequest> = requests.iter().filter(fits).cloned().collect();
        let generations = match group.items.first() {
            Some(first) if !fitting.is_empty() => self
                .backend
                .generate(&fitting, &mut |_, _| {}, cancel)
                .map_err(|source| self.stopped(first.item, source.into()))?,
            _ => Vec::new(),
        };
        let seconds = started.elapsed().as_secs_f64() / group.items.len().max(1) as f64;
        let mut generations = generations.into_iter();
        let mut answers = Vec::with_capacity(group.items.len());
        for (planned, request) in group.items.iter().zip(&requests) {
            let prompt_tokens = request.prompt.len();
            let generation = if fits(&request) { generations.next() } else { None };
            answers.push(match generation {
                Some(generation) => {
                    let reply = reply(generation).ok_or(ExecuteError::Cancelled)?;
                    let asked = Asked { prompt_tokens, seconds };
                    let shown = Shown::new(planned.item, &self.protocol);
                    let all = self.protocol.asks_for_all;
                    written::answer(&self.name, group.benchmark, &shown, all, asked, reply)
                }
                None => {
                    let problem = format!(
                        "the prompt has {prompt_tokens} tokens; the model reads at most {context_length}, its reply included"
                    );
                    Answer::failed(&self.name, group.benchmark, planned.item, prompt_tokens, problem)
                }
            });
        }
        Ok(answers)
    }

    fn stopped(&self, item: &Item, error: RequestError) -> ExecuteError {
        match error {
            RequestError::Engine(EngineError::Cancelled) => ExecuteError::Cancelled,
            RequestError::Engine(source) => ExecuteError::Engine {
                model: self.name.clone(),
                item: item.key.id.clone(),
                source,
            },
            RequestError::Chat(source) => ExecuteError::Chat {
                model: self.name.clone(),
                source,
            },
        }
    }
}

/// Why an item cannot be put to a model.
enum RequestError {
    Engine(EngineError),
    Chat(ChatError),
}

impl From<EngineError> for RequestError {
    fn from(error: EngineError) -> Self {
        Self::Engine(error)
    }
}

impl From<ChatError> for RequestError {
    fn from(error: ChatError) -> Self {
        Self::Chat(error)
    }
}

fn chat_template(reader: &dyn Reader, protocol: &Protocol) -> Result<Option<ChatTemplate>, ChatError> {
    match protocol.chat {
        true => reader.chat_template(),
        false => Ok(None),
    }
}

fn score_request(
    reader: &dyn Reader,
    planned: &Planned<'_>,
    protocol: &Protocol,
    chat: Option<&ChatTemplate>,
) -> Result<(ScoredPrompt, ScoreRequest), RequestError> {
    let prompt = scored_prompt(planned.item, &planned.shots, protocol, chat)?;
    let request = likelihood::request(reader, &prompt)?;
    Ok((prompt, request))
}

fn write_request(
    reader: &dyn Reader,
    planned: &Planned<'_>,
    protocol: &Protocol,
    chat: Option<&ChatTemplate>,
    most_tokens: usize,
) -> Result<GenerationRequest, RequestError> {
    let prompt = written_prompt(planned.item, &planned.shots, protocol, chat)?;
    Ok(GenerationRequest {
        prompt: reader.tokenize(&prompt.text)?,
        most_tokens,
        sampling: Sampling::default(),
        stops: prompt.stops,
    })
}

/// What was written, as runs keep it; `None` where somebody stopped it.
fn reply(generation: Generation) -> Option<Reply> {
    let ending = match generation.ending {
        Ending::Finished | Ending::Stop(_) => ReplyEnding::Finished,
        Ending::Limit | Ending::ContextFull => ReplyEnding::Truncated,
        Ending::Cancelled => return None,
    };
    Some(Reply {
        tokens: generation.tokens.len(),
        text: generation.text,
        ending,
    })
}

/// How many tokens the largest group has in memory at once. Of each benchmark and language the group with the
/// longest text stands for all, since a tokenizer cuts one language about alike.
fn most_tokens(reader: &dyn Reader, plan: &Plan<'_>, protocol: &Protocol) -> Option<usize> {
    let chat = chat_template(reader, protocol).ok()?;
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
    let tokens = |group: &Group<'_>| match protocol.scoring {
        Scoring::Letters | Scoring::Options { .. } => {
            let request = |planned| Some(score_request(reader, planned, protocol, chat.as_ref()).ok()?.1);
            let mut requests: Vec<ScoreRequest> = group.items.iter().map(request).collect::<Option<_>>()?;
            requests.retain(|request| likelihood::token_count(request) <= reader.context_length());
            Some(tokens_to_score(&requests))
        }
        Scoring::Written { most_tokens } => {
            let request = |planned| write_request(reader, planned, protocol, chat.as_ref(), most_tokens).ok();
            let requests: Vec<GenerationRequest> = group.items.iter().map(request).collect::<Option<_>>()?;
            Some(tokens_to_write(&requests, reader.context_length()))
        }
    };
    let mut most = longest.values().map(|(_, group)| tokens(group));
    most.try_fold(0, |most: usize, tokens| Some(most.max(tokens?)))
}
