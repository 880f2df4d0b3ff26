//! Making a run and working through its plan.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Instant;

use super::{Group, Journal, JournalError, Plan, RunBenchmark, RunId, RunModel, RunRecord, RunState, record, store};
use crate::benchmarks::{Benchmark, Item};
use crate::engine::{Backend, Cancel, EngineError, Loader, PLANNED_TOKENS, Reader, ScoreRequest, tokens_to_score};
use crate::files::WriteError;
use crate::language::Language;
use crate::models::hash;
use crate::models::safetensors::ModelFolder;
use crate::prompts::{ChatError, ChatTemplate, Protocol, letter_prompt, template_text};
use crate::scoring::{Answer, letters};
use crate::workspace::{Workspace, WorkspaceError};

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

/// How far a run is.
#[derive(Debug, Clone, PartialEq)]
pub struct Progress {
    pub run: RunId,
    pub model: String,
    pub benchmark: String,
    pub language: Language,
    /// Answers the run has.
    pub done: usize,
    /// Answers the run will have.
    pub total: usize,
    /// Since the run was started or resumed, loading left out.
    pub items_per_second: f64,
    /// An estimate from the speed so far.
    pub seconds_left: f64,
}

/// What a run tells while it works.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// Something that takes a while besides answering: "Loading gemma-3-270m".
    Stage(String),
    Progress(Progress),
}

/// Why a run cannot be made or go on. What it has answered by then is kept.
#[derive(Debug, thiserror::Error)]
pub enum ExecuteError {
    #[error("choose at least one model and one benchmark")]
    NothingChosen,
    #[error("two models are named `{0}`; give one of the files another name")]
    SameName(String),
    #[error("no chosen benchmark has items in {wanted}; there are {present}")]
    NoItems { wanted: String, present: String },
    #[error("{0} cannot be read")]
    Hash(PathBuf, #[source] std::io::Error),
    #[error("{} is not the file this run was made with: its SHA-256 is {found}, not {recorded}. Put the old file back or start a new run", path.display())]
    ModelChanged {
        path: PathBuf,
        recorded: String,
        found: String,
    },
    #[error(
        "the model `{model}` is computed differently now ({found}) than when this run was made ({recorded}), so its answers would not compare. Start a new run"
    )]
    ComputedDifferently {
        model: String,
        recorded: String,
        found: String,
    },
    #[error(
        "the workspace's runs know another file as `{name}` (SHA-256 {known}); give {} another name, so that their answers stay apart",
        path.display()
    )]
    NameTaken { name: String, path: PathBuf, known: String },
    #[error("the task `{task}` has {items} items in {language}: too few for {shots} examples besides the item itself")]
    TooManyShots {
        task: String,
        language: Language,
        items: usize,
        shots: usize,
    },
    #[error(
        "the prompt templates have changed since this run was made, so its answers would not compare. Start a new run"
    )]
    TemplateChanged,
    #[error("the benchmark `{0}` has changed since this run was made. Start a new run")]
    BenchmarkChanged(String),
    #[error("the journal of run {0} does not belong to its plan; the run cannot be resumed. Its answers are untouched")]
    JournalOfAnotherPlan(RunId),
    #[error("the model `{model}` could not be loaded")]
    Load { model: String, source: EngineError },
    #[error("the model `{model}` stopped at item `{item}`")]
    Engine {
        model: String,
        item: String,
        source: EngineError,
    },
    #[error("the chat template of `{model}` cannot be used; run without chat")]
    Chat { model: String, source: ChatError },
    #[error("stopped on request")]
    Cancelled,
    #[error(transparent)]
    Workspace(#[from] WorkspaceError),
    #[error(transparent)]
    Store(#[from] store::StoreError),
    #[error(transparent)]
    Journal(#[from] JournalError),
    #[error(transparent)]
    Write(#[from] WriteError),
}

impl ExecuteError {
    /// Whether the run cannot go on however often it is tried; it stays as it was.
    fn refuses_to_resume(&self) -> bool {
        matches!(
            self,
            Self::ComputedDifferently { .. }
                | Self::BenchmarkChanged(_)
                | Self::TemplateChanged
                | Self::JournalOfAnotherPlan(_)
        )
    }
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
        template: template_text().to_owned(),
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
        let (mut backend, chat) = load_model(record, index, &plan, &folder, loader, tell, cancel)?;
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
            let group_answers = answer_group(&mut *backend, chat.as_ref(), &model, group, &protocol, cancel)?;
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

/// Loads a model of the run, checks that it is the one the run was made with, and notes how it computes.
fn load_model(
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

fn answer_group(
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

fn load_benchmarks<'a>(
    workspace: &Workspace,
    names: impl Iterator<Item = &'a str>,
) -> Result<Vec<Benchmark>, WorkspaceError> {
    names.map(|name| workspace.load_benchmark(name)).collect()
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
fn file_hash(path: &Path, cancel: &Cancel) -> Result<String, ExecuteError> {
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

/// The speed of answering.
#[derive(Default)]
struct Pace {
    items: usize,
    seconds: f64,
}

impl Pace {
    fn add(&mut self, items: usize, seconds: f64) {
        self.items += items;
        self.seconds += seconds;
    }

    fn items_per_second(&self) -> f64 {
        self.items as f64 / self.seconds.max(1e-9)
    }

    fn seconds_for(&self, items: usize) -> f64 {
        items as f64 / self.items_per_second().max(1e-9)
    }
}
