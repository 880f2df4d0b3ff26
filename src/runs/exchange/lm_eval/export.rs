//! Writing a run as lm-evaluation-harness writes one.
//!
//! What a model was given, the log-likelihoods and the hashes are as its own files have them: values as text, Python's
//! booleans and numbers. Whether an option was the likeliest of all continuations is not recorded by us and stands as
//! `False`. Answers that failed are not samples; how many there are stands in `results_….json`.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use super::OURS;
use crate::files::{write_atomically, write_with};
use crate::prompts::Normalisation;
use crate::runs::exchange::asked::Follows;
use crate::runs::exchange::parts::{Part, file_time, parts};
use crate::runs::exchange::python;
use crate::runs::exchange::questions::{Put, Questions};
use crate::runs::exchange::{ExchangeError, kept, letters, made_by, own_name};
use crate::runs::{RunModel, RunRecord};
use crate::scoring::likelihood::{choice, normalised};
use crate::scoring::{Answer, Outcome};
use crate::stats::{mean, standard_error};
use crate::workspace::Workspace;

/// Writes a folder for each model into `into`, and returns the files.
pub fn export(
    workspace: &Workspace,
    record: &RunRecord,
    answers: &[Answer],
    into: &Path,
) -> Result<Vec<PathBuf>, ExchangeError> {
    let questions = Questions::open(workspace, record)?;
    let planned = questions.planned(record);
    let time = file_time(&record.created);
    let mut files = Vec::new();
    for model in &record.models {
        let folder = into.join(folder_name(own_name(model)));
        let mut results = Results::default();
        for part in parts(answers, &model.name) {
            let path = folder.join(format!("samples_{}_{time}.jsonl", part.name));
            let mut tally = Tally::default();
            let mut failure = None;
            let written = write_with(&path, |file| {
                for (number, answer) in part.answers.iter().enumerate() {
                    if answer.outcome == Outcome::Failed {
                        tally.failed += 1;
                        continue;
                    }
                    let line = planned.put(answer).and_then(|put| tally.sample(number, &put));
                    match line {
                        Ok(line) => writeln!(file, "{line}")?,
                        Err(error) => {
                            failure = Some(error);
                            return Err(std::io::ErrorKind::InvalidData.into());
                        }
                    }
                }
                Ok(())
            });
            if let Some(error) = failure {
                return Err(error);
            }
            written?;
            files.push(path);
            results.add(record, &part, tally);
        }
        let path = folder.join(format!("results_{time}.json"));
        let text = python::pretty(&results.file(record, model)).map_err(ExchangeError::Json)?;
        write_atomically(&path, text.as_bytes())?;
        files.push(path);
    }
    Ok(files)
}

/// What the samples of a task add up to.
#[derive(Default)]
struct Tally {
    /// Each metric's values, in the order in which they are written.
    metrics: Vec<(&'static str, Vec<f64>)>,
    filter: &'static str,
    hashes: Sha256,
    samples: usize,
    failed: usize,
    seconds: f64,
}

impl Tally {
    /// The line of a sample.
    fn sample(&mut self, number: usize, put: &Put<'_>) -> Result<String, ExchangeError> {
        let Put { answer, item, given } = put;
        let document = Value::Object(item.to_json());
        let (target, arguments, answered, metrics) = match &given.follows {
            Follows::Continuations { continuations, answers } => {
                self.filter = "none";
                let target = match item.right.as_slice() {
                    [right] => right.to_string(),
                    several => format!("{several:?}"),
                };
                let arguments: Vec<Value> = continuations
                    .iter()
                    .map(|continuation| json!({"arg_0": given.prompt, "arg_1": continuation}))
                    .collect();
                let values = answer.log_probabilities.iter();
                let answered = values.map(|&value| json!([python::number(value), "False"])).collect();
                (target, arguments, answered, of_likelihoods(put, answers))
            }
            Follows::Reply { stops, most_tokens } => {
                self.filter = "extracted";
                let target = letters(&item.right);
                let settings = json!({"until": stops, "max_gen_toks": most_tokens, "do_sample": false});
                let arguments = vec![json!({"arg_0": given.prompt, "arg_1": settings})];
                let answered = vec![match answer.choices.as_slice() {
                    [] => "[invalid]".into(),
                    choices => letters(choices).into(),
                }];
                let right = f64::from(u8::from(answer.outcome == Outcome::Right));
                (target, arguments, answered, vec![("exact_match", right)])
            }
        };
        let replies: Vec<Value> = match &answer.reply {
            Some(reply) => vec![json!([reply.text])],
            None => answered.iter().map(|value| json!([value])).collect(),
        };
        let names: Vec<&str> = metrics.iter().map(|(name, _)| *name).collect();
        let document_hash = python::hash(&python::pretty(&document).map_err(ExchangeError::Json)?);
        let prompt_hash = python::hash(&given.prompt);
        let target_hash = python::hash(&target);
        for hash in [&document_hash, &prompt_hash, &target_hash] {
            self.hashes.update(hash.as_bytes());
        }
        let numbered = arguments.into_iter().enumerate();
        let arguments: Map<String, Value> = numbered
            .map(|(index, pair)| (format!("gen_args_{index}"), pair))
            .collect();
        let mut sample = json!({
            "doc_id": number,
            "doc": document,
            "target": target,
            "arguments": arguments,
            "resps": replies,
            "filtered_resps": answered,
            "filter": self.filter,
            "metrics": names,
            "doc_hash": document_hash,
            "prompt_hash": prompt_hash,
            "target_hash": target_hash,
        });
        if let Some(sample) = sample.as_object_mut() {
            for (name, value) in &metrics {
                sample.insert((*name).to_owned(), json!(value));
            }
            sample.insert(OURS.to_owned(), kept::write(answer));
        }
        self.samples += 1;
        self.seconds += answer.seconds;
        self.count(metrics);
        python::line(&sample).map_err(ExchangeError::Json)
    }

    fn count(&mut self, metrics: Vec<(&'static str, f64)>) {
        for (name, value) in metrics {
            match self.metrics.iter_mut().find(|(known, _)| *known == name) {
                Some((_, values)) => values.push(value),
                None => self.metrics.push((name, vec![value])),
            }
        }
    }
}

/// Whether the likeliest option is right, by the sum and by the sum for each character.
fn of_likelihoods(put: &Put<'_>, answers: &[String]) -> Vec<(&'static str, f64)> {
    let Answer {
        log_probabilities,
        option_tokens,
        ..
    } = put.answer;
    let right = |by: Normalisation| {
        let values = normalised(log_probabilities, by, answers, option_tokens);
        let right = choice(&values).is_some_and(|choice| put.item.is_right(choice));
        f64::from(u8::from(right))
    };
    vec![
        ("acc", right(Normalisation::Sum)),
        ("acc_norm", right(Normalisation::Character)),
    ]
}

/// The tables of `results_….json`, each by task.
#[derive(Default)]
struct Results {
    results: Map<String, Value>,
    configs: Map<String, Value>,
    versions: Map<String, Value>,
    shots: Map<String, Value>,
    higher_is_better: Map<String, Value>,
    samples: Map<String, Value>,
    hashes: Map<String, Value>,
    seconds: f64,
    failed: usize,
}

impl Results {
    fn add(&mut self, record: &RunRecord, part: &Part<'_>, tally: Tally) {
        let name = || part.name.clone();
        let mut row = Map::new();
        row.insert("name".to_owned(), part.name.clone().into());
        row.insert("alias".to_owned(), part.title().into());
        row.insert("sample_len".to_owned(), tally.samples.into());
        let mut metrics = Vec::new();
        let mut higher = Map::new();
        for (metric, values) in &tally.metrics {
            let filter = tally.filter;
            row.insert(format!("{metric},{filter}"), json!(mean(values)));
            let error = standard_error(values).map_or_else(|| json!("N/A"), |error| json!(error));
            row.insert(format!("{metric}_stderr,{filter}"), error);
            metrics.push(json!({"metric": metric, "aggregation": "mean", "higher_is_better": true}));
            higher.insert((*metric).to_owned(), true.into());
        }
        let config = json!({
            "task": part.name,
            "task_alias": part.title(),
            "output_type": if tally.filter == "none" { "multiple_choice" } else { "generate_until" },
            "num_fewshot": record.protocol.shots,
            "metric_list": metrics,
            "metadata": {
                "version": 1.0,
                OURS: {"benchmark": part.benchmark, "task": part.task, "language": part.language},
            },
        });
        let counts = json!({"original": part.answers.len(), "effective": tally.samples});
        self.results.insert(name(), Value::Object(row));
        self.configs.insert(name(), config);
        self.versions.insert(name(), json!(1.0));
        self.shots.insert(name(), record.protocol.shots.into());
        self.higher_is_better.insert(name(), Value::Object(higher));
        self.samples.insert(name(), counts);
        self.hashes.insert(name(), hexadecimal(tally.hashes).into());
        self.seconds += tally.seconds;
        self.failed += tally.failed;
    }

    fn file(self, record: &RunRecord, model: &RunModel) -> Value {
        let date = humantime::parse_rfc3339(&record.created).ok();
        let date = date.and_then(|date| date.duration_since(std::time::UNIX_EPOCH).ok());
        json!({
            "results": self.results,
            "group_subtasks": {},
            "configs": self.configs,
            "versions": self.versions,
            "n-shot": self.shots,
            "higher_is_better": self.higher_is_better,
            "n-samples": self.samples,
            "config": {
                "model": OURS,
                "model_args": {"model": own_name(model), "source": model.source.mark()},
                "batch_size": null,
                "batch_sizes": [],
                "device": null,
                "use_cache": null,
                "limit": record.limit,
                "gen_kwargs": null,
                "fewshot_seed": record.protocol.seed,
            },
            "git_hash": null,
            "date": date.map(|date| date.as_secs_f64()),
            "task_hashes": self.hashes,
            "model_source": OURS,
            "model_name": own_name(model),
            "model_name_sanitized": folder_name(own_name(model)),
            "system_instruction": null,
            "system_instruction_sha": null,
            "fewshot_as_multiturn": false,
            "chat_template": null,
            "chat_template_sha": null,
            "total_evaluation_time_seconds": python::number(self.seconds),
            OURS: {
                "program": made_by(record),
                "run": record.id,
                "protocol": record.protocol,
                "label": record.protocol.label(),
                "failed": self.failed,
            },
        })
    }
}

fn hexadecimal(hash: Sha256) -> String {
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A model's name as its folder.
fn folder_name(model: &str) -> String {
    let mut name = String::new();
    for character in model.chars() {
        match character {
            '"' | '<' | '>' | ':' | '/' | '|' | '\\' | '?' | '*' | '[' | ']' if name.ends_with("__") => {}
            '"' | '<' | '>' | ':' | '/' | '|' | '\\' | '?' | '*' | '[' | ']' => name.push_str("__"),
            character if character.is_control() => name.push('_'),
            character => name.push(character),
        }
    }
    // Neither this folder nor the one above.
    match name.trim_matches('.') {
        "" => "model".to_owned(),
        _ => name,
    }
}
