//! Writing a run as logs of inspect: one for each model, exam and language, both as `.eval` and as `.json`.
//!
//! A sample's input is the question and its first message the very text the model was given. Letters that were compared
//! and not written stand as the model's reply, since a log has no other place for a choice.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::{HEADER, OURS, SAMPLES};
use crate::files::write_with;
use crate::runs::exchange::parts::{Part, file_part, file_time, parts};
use crate::runs::exchange::questions::{Put, Questions};
use crate::runs::exchange::{ExchangeError, kept, letters, made_by, own_name, python};
use crate::runs::{RunModel, RunRecord, RunState};
use crate::scoring::{Answer, Outcome, ReplyEnding};
use crate::stats::{mean, standard_error};
use crate::workspace::Workspace;

/// The layout of logs that this is.
const VERSION: u32 = 2;
/// The name of the one score that samples have.
const SCORE: &str = "choice";

/// Writes two files for each model, exam and language into `into`, and returns them.
pub fn export(
    workspace: &Workspace,
    record: &RunRecord,
    answers: &[Answer],
    into: &Path,
) -> Result<Vec<PathBuf>, ExchangeError> {
    let questions = Questions::open(workspace, record)?;
    let planned = questions.planned(record);
    let mut files = Vec::new();
    for model in &record.models {
        for part in parts(answers, &model.name) {
            let samples = part.answers.iter().map(|answer| Ok(sample(&planned.put(answer)?)));
            let samples: Vec<Value> = samples.collect::<Result<_, ExchangeError>>()?;
            let header = header(record, model, &part);
            let stem = stem(record, model, &part);
            let archive = into.join(format!("{stem}.eval"));
            write_archive(&archive, &header, &samples)?;
            let plain = into.join(format!("{stem}.json"));
            let mut whole = header;
            if let Some(whole) = whole.as_object_mut() {
                whole.insert("samples".to_owned(), Value::Array(samples));
            }
            let text = python::pretty(&whole).map_err(ExchangeError::Json)?;
            write_with(&plain, |file| file.write_all(text.as_bytes()))?;
            files.extend([archive, plain]);
        }
    }
    Ok(files)
}

/// `2026-11-21T09-00-00_mmlu_anatomy_ar_model`: the time first, by which inspect sorts logs.
fn stem(record: &RunRecord, model: &RunModel, part: &Part<'_>) -> String {
    let time = file_time(&record.created);
    format!("{time}_{}_{}", part.name, file_part(own_name(model)))
}

fn write_archive(path: &Path, header: &Value, samples: &[Value]) -> Result<(), ExchangeError> {
    let summaries: Vec<Value> = samples.iter().map(summary).collect();
    let start = json!({"version": VERSION, "eval": header.get("eval"), "plan": header.get("plan")});
    write_with(path, |file| {
        let mut archive = ZipWriter::new(file);
        // Plain deflate, which every version of inspect and every other program reads.
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        let mut member = |name: &str, value: &Value| -> io::Result<()> {
            archive.start_file(name, options)?;
            archive.write_all(python::line(value)?.as_bytes())
        };
        member("_journal/start.json", &start)?;
        for (number, sample) in samples.iter().enumerate() {
            let id = sample.get("id").and_then(Value::as_str).unwrap_or_default();
            // An id that could lead elsewhere when somebody unpacks the archive gets a number for its name.
            let name = match file_part(id) == id.replace(['-', '.'], "_") {
                true => id.to_owned(),
                false => number.to_string(),
            };
            member(&format!("{SAMPLES}{name}_epoch_1.json"), sample)?;
        }
        member("summaries.json", &Value::Array(summaries))?;
        member(HEADER, header)?;
        archive.finish()?;
        Ok(())
    })?;
    Ok(())
}

fn header(record: &RunRecord, model: &RunModel, part: &Part<'_>) -> Value {
    let created = record.created.replace('Z', "+00:00");
    let name = stem(record, model, part);
    let ids: Vec<&str> = part.answers.iter().map(|answer| answer.item.id.as_str()).collect();
    let asked = part.answers.iter().filter(|answer| answer.outcome != Outcome::Failed);
    let values: Vec<f64> = asked
        .map(|answer| f64::from(u8::from(answer.outcome == Outcome::Right)))
        .collect();
    let failed = part.answers.len() - values.len();
    let metric = |name: &str, value: f64| json!({"name": name, "value": value, "params": {}});
    json!({
        "version": VERSION,
        "status": match record.state {
            RunState::Finished => "success",
            RunState::Cancelled => "cancelled",
            RunState::Failed => "error",
            RunState::Unfinished => "started",
        },
        "eval": {
            "eval_id": python::hash(&name).get(..22),
            "run_id": record.id,
            "created": created,
            "task": part.name,
            "task_id": python::hash(&part.name).get(..22),
            "task_version": 0,
            "task_display_name": part.title(),
            "task_attribs": {},
            "task_args": {},
            "dataset": {
                "name": part.benchmark,
                "samples": part.answers.len(),
                "sample_ids": ids,
                "shuffled": false,
            },
            "model": own_name(model),
            "model_args": {"source": model.source.mark()},
            "config": {"limit": record.limit, "epochs": 1},
            "packages": {OURS: env!("CARGO_PKG_VERSION")},
            "metadata": {OURS: {
                "run": record.id,
                "program": made_by(record),
                "benchmark": part.benchmark,
                "task": part.task,
                "language": part.language,
                "protocol": record.protocol,
                "label": record.protocol.label(),
            }},
        },
        "plan": {"name": "plan", "steps": [{"solver": record.protocol.label(), "params": {}}], "config": {}},
        "results": {
            "total_samples": part.answers.len(),
            "completed_samples": values.len(),
            "scores": [{
                "name": SCORE,
                "scorer": SCORE,
                "scored_samples": values.len(),
                "unscored_samples": failed,
                "params": {},
                "metrics": {
                    "accuracy": metric("accuracy", mean(&values).unwrap_or(0.0)),
                    "stderr": metric("stderr", standard_error(&values).unwrap_or(0.0)),
                },
            }],
        },
        "stats": {"started_at": created, "completed_at": created, "model_usage": {}},
    })
}

fn sample(put: &Put<'_>) -> Value {
    let Put { answer, item, given } = put;
    let text = match &answer.reply {
        Some(reply) => reply.text.clone(),
        None => letters(&answer.choices),
    };
    let target: Value = match item.right.as_slice() {
        [right] => letters(&[*right]).into(),
        several => several.iter().map(|&index| letters(&[index])).collect(),
    };
    let stop = match answer.reply.as_ref().map(|reply| reply.ending) {
        Some(ReplyEnding::Truncated) => "max_tokens",
        Some(ReplyEnding::Filtered) => "content_filter",
        Some(ReplyEnding::Finished) | None => "stop",
    };
    let reply = json!({"content": text, "source": "generate", "role": "assistant", "model": answer.model});
    let mut sample = json!({
        "id": item.key.id,
        "epoch": 1,
        "input": item.question,
        "choices": item.options,
        "target": target,
        "messages": [{"content": given.prompt, "source": "input", "role": "user"}, reply.clone()],
        "output": {
            "model": answer.model,
            "choices": [{"message": reply, "stop_reason": stop}],
            "completion": text,
        },
        "metadata": {
            "language": item.key.language,
            "subject": item.subject,
            OURS: {"item": item.to_json(), "answer": kept::write(answer)},
        },
        "store": {},
        "events": [],
        "model_usage": {},
        "total_time": answer.seconds,
        "attachments": {},
    });
    let Some(object) = sample.as_object_mut() else {
        return sample;
    };
    match &answer.error {
        Some(error) => {
            let error = json!({"message": error, "traceback": "", "traceback_ansi": ""});
            object.insert("error".to_owned(), error);
        }
        None => {
            let value = match answer.outcome {
                Outcome::Right => "C",
                // What it calls no answer.
                Outcome::Unparsed | Outcome::Refused | Outcome::Truncated => "N",
                Outcome::Wrong | Outcome::Failed => "I",
            };
            let chosen = Some(letters(&answer.choices)).filter(|letters| !letters.is_empty());
            let score = json!({"value": value, "answer": chosen, "explanation": answer.outcome.word(), "history": []});
            object.insert("scores".to_owned(), json!({SCORE: score}));
        }
    }
    sample
}

/// What a list of samples shows of one.
fn summary(sample: &Value) -> Value {
    let mut summary = Map::new();
    for name in [
        "id",
        "epoch",
        "input",
        "choices",
        "target",
        "scores",
        "model_usage",
        "total_time",
    ] {
        if let Some(value) = sample.get(name) {
            summary.insert(name.to_owned(), value.clone());
        }
    }
    let error = sample.get("error").and_then(|error| error.get("message"));
    if let Some(error) = error {
        summary.insert("error".to_owned(), error.clone());
    }
    summary.insert("completed".to_owned(), error.is_none().into());
    summary.insert("message_count".to_owned(), 2.into());
    Value::Object(summary)
}
