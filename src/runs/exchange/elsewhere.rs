//! A run that another program made, taken into a workspace.
//!
//! Its answers are tied to items that are there, by the hash of the document or by question and options; of what is not
//! there a benchmark of its own is made. It is a run as others, finished, so nothing resumes it.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;

use super::asked::{self, Asked, AskedItems};
use super::document::Document;
use super::kept::Kept;
use super::parts::file_part;
use super::{ExchangeError, Imported, python};
use crate::benchmarks::{Benchmark, Description, Item, ItemKey};
use crate::engine::endpoint::Usage;
use crate::language::Language;
use crate::prompts::Protocol;
use crate::runs::model::name_of;
use crate::runs::{Elsewhere, ModelSource, RunBenchmark, RunModel, RunRecord, RunState, store};
use crate::scoring::{Answer, Outcome, Reply};
use crate::workspace::Workspace;

/// A run as its files tell it.
#[derive(Debug)]
pub(super) struct Foreign {
    /// Who made it, with its version where that is told.
    pub program: String,
    pub file: PathBuf,
    /// The file's SHA-256, in hexadecimal.
    pub sha256: String,
    pub model: String,
    /// What tells this run from others of the same files, such as the filter of its replies.
    pub variant: Option<String>,
    /// RFC 3339; now where the files do not tell.
    pub created: Option<String>,
    pub protocol: Protocol,
    pub samples: Vec<Sample>,
    /// What could not be read, each with its place and why.
    pub left_out: Vec<String>,
}

/// One answer of it.
#[derive(Debug)]
pub(super) struct Sample {
    /// Where it stands, for people.
    pub place: String,
    /// The harness's name of the exam.
    pub task: String,
    /// The number or name it has there.
    pub number: String,
    pub document: Document,
    pub document_hash: Option<String>,
    pub right: Vec<usize>,
    pub home: Option<Home>,
    /// What the model was given, where that is told.
    pub asked: Option<Asked>,
    pub given: GivenAnswer,
}

/// Where an item of ours lay when it was written out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Home {
    pub benchmark: String,
    pub task: String,
    pub language: Language,
}

/// What the model gave.
#[derive(Debug)]
pub(super) struct GivenAnswer {
    pub log_probabilities: Vec<f64>,
    /// The tokens of each, where they are told.
    pub option_tokens: Vec<usize>,
    pub choices: Vec<usize>,
    pub outcome: Outcome,
    pub reply: Option<Reply>,
    pub prompt_tokens: usize,
    pub seconds: f64,
    pub usage: Option<Usage>,
    pub error: Option<String>,
}

/// Takes a run into the workspace. `language` is that of items that tell none, `model` a name to give it.
pub(super) fn keep(
    workspace: &Workspace,
    foreign: Foreign,
    language: Option<&Language>,
    model: Option<&str>,
) -> Result<Imported, ExchangeError> {
    workspace.require_write()?;
    let name = model_name(workspace, &foreign, model)?;
    let mut known = Known::of(workspace)?;
    let mut left_out = foreign.left_out;
    let mut made: Vec<Made> = Vec::new();
    let mut answers: Vec<Answer> = Vec::new();
    let mut seen: HashSet<(String, ItemKey)> = HashSet::new();
    let mut asked = AskedItems::new();
    for sample in foreign.samples {
        let place = sample.place.clone();
        let found = match known.find(&sample) {
            Some(found) => found,
            None => match make(workspace, &mut made, &sample, language)? {
                Ok(found) => found,
                Err(problem) => {
                    left_out.push(format!("{place}: {problem}"));
                    continue;
                }
            },
        };
        if !seen.insert((found.benchmark.clone(), found.key.clone())) {
            left_out.push(format!(
                "{place}: the item was answered before; the first answer counts"
            ));
            continue;
        }
        if let Some(told) = sample.asked {
            asked.insert((found.benchmark.clone(), found.key.clone()), told);
        }
        answers.push(answer(&name, found, sample.given));
    }
    if answers.is_empty() {
        return Err(ExchangeError::NoSamples {
            file: foreign.file,
            first: left_out.into_iter().next(),
        });
    }
    let source = format!("{} of {}", foreign.file.display(), foreign.program);
    made.iter_mut().for_each(|made| made.keep_only(&seen));
    let mut benchmarks = save(workspace, made, &source)?;
    let new_benchmarks: Vec<String> = benchmarks.iter().map(|benchmark| benchmark.name.clone()).collect();
    benchmarks.extend(known.used(&answers));
    let mut languages: Vec<Language> = Vec::new();
    for answer in &answers {
        if !languages.contains(&answer.item.language) {
            languages.push(answer.item.language.clone());
        }
    }
    let model = RunModel {
        name,
        source: ModelSource::Elsewhere {
            elsewhere: Elsewhere {
                model: foreign.model,
                program: foreign.program.clone(),
                file: name_of(&foreign.file).into(),
                sha256: foreign.sha256,
            },
        },
    };
    let made = RunRecord::new(foreign.protocol, vec![model], benchmarks, languages);
    let record = RunRecord {
        created: foreign.created.unwrap_or_else(|| made.created.clone()),
        state: RunState::Finished,
        program: foreign.program,
        total: answers.len(),
        ..made
    };
    // What was asked first: without its record there is no run.
    asked::write(&store::folder(workspace, &record.id), asked)?;
    store::keep(workspace, &record, &answers)?;
    Ok(Imported {
        record,
        answers: answers.len(),
        tied: answers
            .iter()
            .filter(|answer| !new_benchmarks.contains(&answer.benchmark))
            .count(),
        new_benchmarks,
        left_out,
    })
}

/// Makes benchmarks of the items that were not in the workspace.
fn save(workspace: &Workspace, made: Vec<Made>, source: &str) -> Result<Vec<RunBenchmark>, ExchangeError> {
    let save = |made: Made| {
        let description = Description {
            title: made.name.clone(),
            source: Some(source.to_owned()),
            ..Description::default()
        };
        let benchmark = Benchmark::new(&made.name, description, made.items)?;
        workspace.save_benchmark(&benchmark)?;
        Ok(RunBenchmark::of(&benchmark))
    };
    made.into_iter().map(save).collect()
}

fn answer(model: &str, found: Found, given: GivenAnswer) -> Answer {
    Answer {
        model: model.to_owned(),
        benchmark: found.benchmark,
        task: found.task,
        item: found.key,
        log_probabilities: given.log_probabilities,
        option_tokens: given.option_tokens,
        choices: given.choices,
        outcome: given.outcome,
        prompt_tokens: given.prompt_tokens,
        seconds: given.seconds,
        usage: given.usage,
        reply: given.reply,
        error: given.error,
    }
}

/// The name its answers carry: never that of a model whose answers were made here.
fn model_name(workspace: &Workspace, foreign: &Foreign, wanted: Option<&str>) -> Result<String, ExchangeError> {
    let told = match &foreign.variant {
        Some(variant) => format!("{} (imported, {variant})", foreign.model),
        None => format!("{} (imported)", foreign.model),
    };
    let name = wanted.map_or(told, str::to_owned);
    let runs = store::list(workspace)?.runs;
    let mut models = runs.iter().flat_map(|run| &run.models);
    match models.find(|model| model.name == name && model.elsewhere().is_none()) {
        Some(_) => Err(ExchangeError::NameTaken(name)),
        None => Ok(name),
    }
}

/// An item that a sample answers.
#[derive(Debug, Clone)]
struct Found {
    benchmark: String,
    task: String,
    key: ItemKey,
}

/// The items of a workspace, by what tells that a sample means them.
struct Known {
    benchmarks: Vec<RunBenchmark>,
    by_hash: HashMap<String, Vec<Found>>,
    by_text: HashMap<(String, Vec<String>), Vec<Found>>,
}

impl Known {
    fn of(workspace: &Workspace) -> Result<Self, ExchangeError> {
        let mut known = Self {
            benchmarks: Vec::new(),
            by_hash: HashMap::new(),
            by_text: HashMap::new(),
        };
        for name in workspace.benchmark_names()? {
            let benchmark = workspace.load_benchmark(&name)?;
            for item in benchmark.items() {
                let found = || Found {
                    benchmark: name.clone(),
                    task: item.task.clone(),
                    key: item.key.clone(),
                };
                let document = python::pretty(&item.to_json()).map_err(ExchangeError::Json)?;
                known.by_hash.entry(python::hash(&document)).or_default().push(found());
                known
                    .by_text
                    .entry(text_of(&item.question, &item.options))
                    .or_default()
                    .push(found());
            }
            known.benchmarks.push(RunBenchmark::of(&benchmark));
        }
        Ok(known)
    }

    /// The item that a sample means. Of several with one text, the next that no sample meant before.
    fn find(&mut self, sample: &Sample) -> Option<Found> {
        let by_hash = sample
            .document_hash
            .as_ref()
            .and_then(|hash| self.by_hash.get_mut(hash));
        let question = sample.document.question.as_deref()?;
        let found = match by_hash {
            Some(found) => found,
            None => self.by_text.get_mut(&text_of(question, &sample.document.options))?,
        };
        let home = sample.home.as_ref();
        let at_home = |found: &Found| home.is_some_and(|home| home.benchmark == found.benchmark);
        let index = found.iter().position(at_home).unwrap_or(0);
        match found.len() {
            0 => None,
            1 => found.first().cloned(),
            _ => Some(found.remove(index)),
        }
    }

    /// The benchmarks of answers, of those that were there before.
    fn used(self, answers: &[Answer]) -> Vec<RunBenchmark> {
        let names: HashSet<&str> = answers.iter().map(|answer| answer.benchmark.as_str()).collect();
        let benchmarks = self.benchmarks.into_iter();
        benchmarks
            .filter(|benchmark| names.contains(benchmark.name.as_str()))
            .collect()
    }
}

/// A question and its options without what differs between copies: spaces.
fn text_of(question: &str, options: &[String]) -> (String, Vec<String>) {
    let plain = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    (plain(question), options.iter().map(|option| plain(option)).collect())
}

/// Makes the item of a sample; the inner error says why there can be none.
fn make(
    workspace: &Workspace,
    made: &mut Vec<Made>,
    sample: &Sample,
    language: Option<&Language>,
) -> Result<Result<Found, String>, ExchangeError> {
    let home = sample.home.as_ref();
    let told = sample
        .document
        .language
        .as_ref()
        .or(home.map(|home| &home.language))
        .or(language);
    let Some(language) = told else {
        return Err(ExchangeError::NoLanguage(sample.task.clone()));
    };
    let wanted = home.map_or_else(|| sample.task.clone(), |home| home.benchmark.clone());
    let task = home.map_or_else(|| sample.task.clone(), |home| home.task.clone());
    let number = || format!("{}-{}", file_part(&sample.task), sample.number);
    let id = sample
        .document
        .id
        .clone()
        .filter(|_| home.is_some())
        .unwrap_or_else(number);
    let made_item = sample
        .document
        .clone()
        .item(id, language.clone(), task, sample.right.clone());
    let item = match made_item {
        Ok(item) => item,
        Err(problem) => return Ok(Err(problem.to_string())),
    };
    let wanted = plain_name(&wanted);
    let index = match made.iter().position(|made| made.wanted == wanted) {
        Some(index) => index,
        None => {
            let name = unused_name(workspace, &wanted)?;
            made.push(Made {
                wanted,
                name,
                items: Vec::new(),
            });
            made.len() - 1
        }
    };
    let Some(Made { name, items, .. }) = made.get_mut(index) else {
        return Ok(Err("there is no benchmark to put it into".to_owned()));
    };
    let found = Found {
        benchmark: name.clone(),
        task: item.task.clone(),
        key: item.key.clone(),
    };
    items.push(item);
    Ok(Ok(found))
}

/// A benchmark in the making, of items that are not in the workspace.
struct Made {
    wanted: String,
    /// The wanted name, or one like it that no benchmark has.
    name: String,
    items: Vec<Item>,
}

impl Made {
    /// Forgets items of which no answer was kept, and those that stand twice.
    fn keep_only(&mut self, answered: &HashSet<(String, ItemKey)>) {
        let mut keys = HashSet::new();
        let name = &self.name;
        self.items
            .retain(|item| answered.contains(&(name.clone(), item.key.clone())) && keys.insert(item.key.clone()));
    }
}

/// A benchmark's name that every file system takes.
fn plain_name(wanted: &str) -> String {
    let safe = |character: char| {
        if character.is_alphanumeric() || "-_. ".contains(character) {
            character
        } else {
            '-'
        }
    };
    let name: String = wanted.chars().map(safe).take(60).collect();
    match name.trim_matches(|character: char| !character.is_alphanumeric()) {
        "" => "imported".to_owned(),
        name => name.to_owned(),
    }
}

/// A benchmark that is there is never changed: runs stand on it.
fn unused_name(workspace: &Workspace, wanted: &str) -> Result<String, ExchangeError> {
    let present = workspace.benchmark_names()?;
    let first = [wanted.to_owned(), format!("{wanted}-imported")].into_iter();
    let mut candidates = first.chain((2..).map(|number| format!("{wanted}-imported-{number}")));
    Ok(candidates.find(|name| !present.contains(name)).unwrap_or_default())
}

impl GivenAnswer {
    /// An answer of which no more is told; not yet whether it is right.
    pub fn of(log_probabilities: Vec<f64>, reply: Option<Reply>) -> Self {
        Self {
            log_probabilities,
            option_tokens: Vec::new(),
            choices: Vec::new(),
            outcome: Outcome::Unparsed,
            reply,
            prompt_tokens: 0,
            seconds: 0.0,
            usage: None,
            error: None,
        }
    }
}

impl From<Kept> for GivenAnswer {
    fn from(kept: Kept) -> Self {
        Self {
            log_probabilities: kept.log_probabilities,
            option_tokens: kept.option_tokens,
            choices: kept.choices,
            outcome: kept.outcome,
            reply: kept.reply,
            prompt_tokens: kept.prompt_tokens,
            seconds: kept.seconds,
            usage: kept.usage,
            error: kept.error,
        }
    }
}
