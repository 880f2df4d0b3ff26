//! Reading what lm-evaluation-harness wrote: the samples with their log-likelihoods and replies, and what
//! `results_….json` says of the model.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use super::OURS;
use crate::prompts::{Protocol, Scoring};
use crate::runs::exchange::asked::{Asked, Follows};
use crate::runs::exchange::document::Document;
use crate::runs::exchange::elsewhere::{Foreign, GivenAnswer, Home, Sample};
use crate::runs::exchange::{ExchangeError, file_hash, kept, letter_index, python, read_text};
use crate::scoring::{Outcome, Reply, ReplyEnding};

const RESULTS: &str = "results_";
const SAMPLES: &str = "samples_";

/// Whether a file is called as the harness calls its results.
pub fn is_results(name: &str) -> bool {
    name.starts_with(RESULTS) && name.ends_with(".json")
}

/// Whether a file is called as the harness calls samples.
pub fn is_samples(name: &str) -> bool {
    name.starts_with(SAMPLES) && name.ends_with(".jsonl")
}

/// Reads `results_….json` with the samples of the same time beside it, or samples alone: a run for each filter of
/// replies. `metric` says which of the harness's metrics makes an answer right.
pub fn import(path: &Path, metric: Option<&str>) -> Result<Vec<Foreign>, ExchangeError> {
    let name = file_name(path);
    let folder = path.parent().unwrap_or(Path::new(""));
    let time = time_of(&name);
    let (results_path, samples) = match is_results(&name) {
        true => (path.to_owned(), samples_of(folder, time)?),
        false => (folder.join(format!("{RESULTS}{time}.json")), vec![path.to_owned()]),
    };
    if samples.is_empty() {
        return Err(ExchangeError::NoSamplesBeside(path.to_owned()));
    }
    let results = match results_path.exists() {
        true => {
            let text = read_text(&results_path)?;
            let read = python::read(&text).map_err(|source| ExchangeError::Format {
                path: results_path.clone(),
                line: source.line(),
                reason: source.to_string(),
            })?;
            Results(read)
        }
        false => Results(Value::Null),
    };
    let mut left_out = Vec::new();
    // Filters in the order in which they come.
    let mut filters: Vec<(String, Vec<Sample>)> = Vec::new();
    for samples_path in &samples {
        let task = task_of(&file_name(samples_path));
        let home = results.home(&task);
        let text = read_text(samples_path)?;
        for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            let place = format!("{}, line {}", file_name(samples_path), index + 1);
            let value = python::read(line).map_err(|source| ExchangeError::Format {
                path: samples_path.clone(),
                line: index + 1,
                reason: source.to_string(),
            })?;
            match read_sample(&value, &place, &task, home.clone(), metric) {
                Ok((filter, sample)) => match filters.iter_mut().find(|(known, _)| *known == filter) {
                    Some((_, samples)) => samples.push(sample),
                    None => filters.push((filter, vec![sample])),
                },
                Err(problem) => left_out.push(format!("{place}: {problem}")),
            }
        }
    }
    let source = if results_path.exists() {
        results_path.as_path()
    } else {
        path
    };
    let sha256 = file_hash(source)?;
    let several = filters.len() > 1;
    let runs = filters.into_iter().map(|(filter, samples)| Foreign {
        program: results.program(),
        file: source.to_owned(),
        sha256: sha256.clone(),
        model: results.model().unwrap_or_else(|| file_name(folder)),
        variant: several.then_some(filter),
        created: results.created(),
        protocol: results.protocol(&samples),
        samples,
        left_out: std::mem::take(&mut left_out),
    });
    let runs: Vec<Foreign> = runs.collect();
    match runs.is_empty() {
        true => Err(ExchangeError::NoSamples {
            file: path.to_owned(),
            first: left_out.into_iter().next(),
        }),
        false => Ok(runs),
    }
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// The time in a file's name.
fn time_of(name: &str) -> &str {
    let stem = name.trim_end_matches(".jsonl").trim_end_matches(".json");
    stem.rsplit_once('_').map_or(stem, |(_, time)| time)
}

/// The task in the name of a file of samples.
fn task_of(name: &str) -> String {
    let stem = name.trim_start_matches(SAMPLES);
    stem.rsplit_once('_').map_or(stem, |(task, _)| task).to_owned()
}

fn samples_of(folder: &Path, time: &str) -> Result<Vec<PathBuf>, ExchangeError> {
    let unreadable = |source| ExchangeError::Read {
        path: folder.to_owned(),
        source,
    };
    // An empty path is this folder.
    let listed = if folder.as_os_str().is_empty() {
        Path::new(".")
    } else {
        folder
    };
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(listed).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let name = file_name(&path);
        if is_samples(&name) && time_of(&name) == time {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

/// What `results_….json` says; null where there is none.
struct Results(Value);

impl Results {
    fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.as_str()
    }

    fn program(&self) -> String {
        let ours = |name: &str| self.0.get(OURS)?.get(name)?.as_str();
        match (ours("program"), ours("version"), self.text("lm_eval_version")) {
            (Some(program), ..) => program.to_owned(),
            // As our files had it before runs of others were in them.
            (None, Some(version), _) => format!("Polyclinic {version}"),
            (None, None, Some(version)) => format!("lm-evaluation-harness {version}"),
            (None, None, None) => "lm-evaluation-harness".to_owned(),
        }
    }

    fn model(&self) -> Option<String> {
        let named = self.text("model_name").filter(|name| !name.is_empty());
        named.map(str::to_owned)
    }

    fn created(&self) -> Option<String> {
        let seconds = self
            .0
            .get("date")?
            .as_f64()
            .filter(|seconds| (0.0..1e11).contains(seconds))?;
        let date = std::time::UNIX_EPOCH + std::time::Duration::from_secs_f64(seconds);
        Some(humantime::format_rfc3339_seconds(date).to_string())
    }

    /// Where the items of a task lay, where we wrote the file.
    fn home(&self, task: &str) -> Option<Home> {
        let ours = self.0.get("configs")?.get(task)?.get("metadata")?.get(OURS)?;
        let text = |name: &str| Some(ours.get(name)?.as_str()?.to_owned());
        Some(Home {
            benchmark: text("benchmark")?,
            task: text("task")?,
            language: text("language")?.parse().ok()?,
        })
    }

    /// How the items were put: told whole by our own files, in outline by others.
    fn protocol(&self, samples: &[Sample]) -> Protocol {
        let ours = self.0.get(OURS).and_then(|ours| ours.get("protocol"));
        if let Some(protocol) = ours.and_then(|ours| serde_json::from_value(ours.clone()).ok()) {
            return protocol;
        }
        let shots = self.0.get("n-shot").and_then(Value::as_object);
        let shots = shots.and_then(|shots| shots.values().filter_map(Value::as_u64).max());
        let written = samples.iter().any(|sample| sample.given.reply.is_some());
        Protocol {
            name: "lm-evaluation-harness".to_owned(),
            shots: shots.and_then(|shots| usize::try_from(shots).ok()).unwrap_or(0),
            chat: self.text("chat_template").is_some(),
            scoring: match written {
                true => Scoring::Written {
                    most_tokens: Scoring::MOST_TOKENS,
                },
                false => Scoring::Letters,
            },
            ..Protocol::default()
        }
    }
}

/// A sample and the name of its filter; the error says in words what it lacks.
fn read_sample(
    value: &Value,
    place: &str,
    task: &str,
    home: Option<Home>,
    metric: Option<&str>,
) -> Result<(String, Sample), String> {
    let object = value.as_object().ok_or("it is no JSON object")?;
    let field = |name: &str| object.get(name).ok_or_else(|| format!("it has no `{name}`"));
    let empty = Map::new();
    let mut document = Document::read(field("doc")?.as_object().unwrap_or(&empty));
    let requests = Requests::of(field("arguments")?);
    let answers = field("filtered_resps")?
        .as_array()
        .ok_or("`filtered_resps` is no list")?;
    let likelihoods: Option<Vec<f64>> = answers.iter().map(likelihood).collect();
    let likelihoods = likelihoods.filter(|values| values.len() > 1);
    if document.question.is_none() {
        document.question = requests.first().map(|(prompt, _)| prompt.clone());
    }
    if likelihoods.is_some() && !requests.are_letters() {
        // The options themselves were scored.
        document.options = requests.continuations();
    }
    if document.options.is_empty() {
        return Err("its options are not in its document, so there is nothing to choose from".to_owned());
    }
    let metric = Metric::of(object, metric)?;
    let highest = likelihoods
        .as_deref()
        .and_then(|values| metric.choice(values, &requests));
    let right = right_options(field("target")?, &document.options, metric.value, highest)?;
    let kept = kept::read(object.get(OURS));
    let given = match (kept, likelihoods) {
        (Some(kept), _) => GivenAnswer::from(kept),
        (None, Some(values)) => GivenAnswer {
            outcome: match values.iter().all(|value| value.is_finite()) {
                false => return Err("a log-likelihood is not a finite number".to_owned()),
                true if metric.value == 1.0 => Outcome::Right,
                true => Outcome::Wrong,
            },
            choices: highest.into_iter().collect(),
            ..GivenAnswer::of(values, None)
        },
        (None, None) => reply_answer(object, answers, &document.options, &right, &metric),
    };
    if given.log_probabilities.len() > document.options.len() {
        let (values, options) = (given.log_probabilities.len(), document.options.len());
        return Err(format!("it has {values} log-likelihoods for {options} options"));
    }
    let text = |name: &str| object.get(name).and_then(Value::as_str).map(str::to_owned);
    let asked = requests.asked(given.log_probabilities.is_empty(), field("arguments")?);
    let sample = Sample {
        place: place.to_owned(),
        task: task.to_owned(),
        number: object.get("doc_id").map(Value::to_string).unwrap_or_default(),
        document,
        document_hash: text("doc_hash"),
        right,
        home,
        asked,
        given,
    };
    Ok((text("filter").unwrap_or_else(|| "none".to_owned()), sample))
}

/// The log-likelihood of `["-0.26", "False"]`; older files have numbers.
fn likelihood(answer: &Value) -> Option<f64> {
    match answer.as_array()?.first()? {
        Value::String(text) => text.parse().ok(),
        Value::Number(number) => number.as_f64(),
        // A bare `-Infinity` was read as nothing.
        Value::Null => Some(f64::NAN),
        _ => None,
    }
}

/// What the model was asked: a context and what follows it, once for each option.
struct Requests(Vec<(String, String)>);

impl Requests {
    /// From `{"gen_args_0": {"arg_0": …, "arg_1": …}}`, or from lists as older files have them.
    fn of(value: &Value) -> Self {
        let text = |value: Option<&Value>| value.and_then(Value::as_str).unwrap_or_default().to_owned();
        let pair = |value: &Value| {
            (
                text(value.get("arg_0").or(value.get(0))),
                text(value.get("arg_1").or(value.get(1))),
            )
        };
        match value {
            Value::Object(object) => {
                // By number: in other orders `gen_args_10` may stand before `gen_args_2`.
                let number = |name: &str| {
                    name.rsplit_once('_')
                        .and_then(|(_, number)| number.parse::<usize>().ok())
                };
                let sorted: BTreeMap<_, _> = object.iter().map(|(name, value)| (number(name), value)).collect();
                Self(sorted.into_values().map(pair).collect())
            }
            Value::Array(values) => Self(values.iter().map(pair).collect()),
            _ => Self(Vec::new()),
        }
    }

    fn first(&self) -> Option<&(String, String)> {
        self.0.first()
    }

    /// What the model was given, where that is told. `settings` are those of a reply it `wrote`.
    fn asked(&self, wrote: bool, settings: &Value) -> Option<Asked> {
        let (prompt, _) = self.first()?;
        let follows = match wrote {
            false => Follows::Continuations {
                continuations: self.0.iter().map(|(_, continuation)| continuation.clone()).collect(),
                answers: self.continuations(),
            },
            true => {
                let settings = settings
                    .pointer("/gen_args_0/arg_1")
                    .or_else(|| settings.pointer("/0/1"));
                let setting = |name: &str| settings.and_then(|settings| settings.get(name));
                let stops = match setting("until") {
                    Some(Value::String(stop)) => vec![stop.clone()],
                    Some(Value::Array(stops)) => stops.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
                    _ => Vec::new(),
                };
                let most = setting("max_gen_toks").and_then(Value::as_u64);
                let most = most.and_then(|most| usize::try_from(most).ok());
                Follows::Reply {
                    stops,
                    most_tokens: most.unwrap_or(Scoring::MOST_TOKENS),
                }
            }
        };
        Some(Asked {
            prompt: prompt.clone(),
            follows: Some(follows),
        })
    }

    /// What followed the context, without the space between.
    fn continuations(&self) -> Vec<String> {
        self.0
            .iter()
            .map(|(_, continuation)| continuation.trim_start().to_owned())
            .collect()
    }

    /// Whether letters or numbers stood for the options.
    fn are_letters(&self) -> bool {
        let short = |text: &String| text.chars().filter(|character| character.is_alphanumeric()).count() <= 2;
        self.continuations().iter().all(short)
    }
}

/// The metric that says whether an answer is right.
struct Metric {
    name: String,
    value: f64,
}

impl Metric {
    fn of(sample: &Map<String, Value>, wanted: Option<&str>) -> Result<Self, String> {
        let listed: Vec<&str> = match sample.get("metrics") {
            Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        };
        let usual = ["acc", "exact_match", "acc_norm"]
            .into_iter()
            .filter(|name| sample.contains_key(*name));
        let mut names = wanted
            .into_iter()
            .chain(usual.filter(|_| wanted.is_none()))
            .chain(listed.iter().copied());
        let name = names.next().ok_or("it has no metric")?;
        let value = match sample.get(name) {
            Some(Value::Number(number)) => number.as_f64(),
            Some(Value::Bool(right)) => Some(f64::from(u8::from(*right))),
            _ => None,
        };
        match value {
            Some(value) if value == 0.0 || value == 1.0 => Ok(Self {
                name: name.to_owned(),
                value,
            }),
            Some(value) => Err(format!(
                "its `{name}` is {value}, and right or wrong is 1 or 0; choose another metric"
            )),
            None => Err(format!(
                "it has no number as `{name}`; its metrics are {}",
                listed.join(", ")
            )),
        }
    }

    /// The option that it takes for the model's choice; of equals, the first.
    fn choice(&self, values: &[f64], requests: &Requests) -> Option<usize> {
        let continuations = requests.continuations();
        let length = |index: usize| match (self.name.as_str(), continuations.get(index)) {
            ("acc_norm", Some(text)) => text.chars().count() as f64,
            ("acc_bytes", Some(text)) => text.len() as f64,
            _ => 1.0,
        };
        let mut highest: Option<(usize, f64)> = None;
        for (index, value) in values.iter().enumerate() {
            let value = value / length(index);
            if highest.is_none_or(|(_, known)| value > known) {
                highest = Some((index, value));
            }
        }
        highest.map(|(index, _)| index)
    }
}

/// The right options of a target: an index from 0, a list of them, a letter, or an option's text. Where a number could be
/// an index or a text and both are options, the choice and whether it was right tell which, where they can.
fn right_options(target: &Value, options: &[String], value: f64, choice: Option<usize>) -> Result<Vec<usize>, String> {
    let text = match target {
        Value::String(text) => text.trim().to_owned(),
        other => other.to_string(),
    };
    let by_text = options.iter().position(|option| option.trim() == text);
    let by_index = text.parse::<usize>().ok().filter(|&index| index < options.len());
    match (by_text, by_index) {
        (Some(by_text), Some(by_index)) if by_text != by_index => {
            let agrees = |right: &usize| (choice == Some(*right)) == (value == 1.0);
            let mut told = [by_text, by_index].into_iter().filter(agrees);
            return match (told.next(), told.next()) {
                (Some(right), None) => Ok(vec![right]),
                _ => Err(format!("its target `{text}` may be an index or the text of an option")),
            };
        }
        (Some(index), _) | (None, Some(index)) => return Ok(vec![index]),
        (None, None) => {}
    }
    let inner = text.trim_start_matches('[').trim_end_matches(']');
    let parts = inner.split(',').map(|part| part.trim().trim_matches(['\'', '"']));
    let indices = parts.map(|part| {
        part.parse()
            .ok()
            .or_else(|| letter_index(part))
            .filter(|&index| index < options.len())
    });
    let indices: Option<Vec<usize>> = indices.collect();
    indices.ok_or_else(|| format!("its target `{text}` is none of its {} options", options.len()))
}

/// The answer of a reply that the harness read.
fn reply_answer(
    sample: &Map<String, Value>,
    filtered: &[Value],
    options: &[String],
    right: &[usize],
    metric: &Metric,
) -> GivenAnswer {
    let first = sample.get("resps").and_then(|resps| resps.get(0)?.get(0)?.as_str());
    let read = match filtered.first() {
        Some(Value::String(text)) => text.as_str(),
        Some(Value::Array(texts)) => texts.first().and_then(Value::as_str).unwrap_or_default(),
        _ => "",
    };
    let read = read.trim().trim_matches(['(', ')', '.']);
    let several: Option<Vec<usize>> = read.split(',').map(|part| letter_index(part.trim())).collect();
    let by_text = options
        .iter()
        .position(|option| option.trim() == read)
        .map(|index| vec![index]);
    let choices = by_text
        .or(several)
        .filter(|choices| choices.iter().all(|&choice| choice < options.len()));
    let right_one = metric.value == 1.0;
    GivenAnswer {
        outcome: match (&choices, right_one) {
            (_, true) => Outcome::Right,
            (None, false) => Outcome::Unparsed,
            (Some(_), false) => Outcome::Wrong,
        },
        choices: choices.unwrap_or_else(|| if right_one { right.to_vec() } else { Vec::new() }),
        ..GivenAnswer::of(
            Vec::new(),
            Some(Reply {
                text: first.unwrap_or_default().to_owned(),
                tokens: 0,
                ending: ReplyEnding::Finished,
            }),
        )
    }
}
