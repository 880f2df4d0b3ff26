//! Reading a log of inspect, whoever wrote it: `.json`, or `.eval` with deflated, stored or zstd members.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use serde_json::{Map, Value};
use zip::ZipArchive;

use super::{HEADER, OURS, SAMPLES};
use crate::prompts::{Protocol, Scoring};
use crate::runs::exchange::asked::Asked;
use crate::runs::exchange::document::Document;
use crate::runs::exchange::elsewhere::{Foreign, GivenAnswer, Home, Sample};
use crate::runs::exchange::{ExchangeError, file_hash, kept, letter_index, python, read_text};
use crate::scoring::{Outcome, Reply, ReplyEnding};

/// The most that one member of an archive may unpack to, and all of them together: a log of real samples is far below,
/// and an archive made to fill the memory ends here.
const MOST_OF_A_MEMBER: u64 = 1 << 28;
const MOST_OF_ALL: u64 = 1 << 32;

/// Reads a log. `score` is the name of the score that says whether an answer is right; without it, the first.
pub fn import(path: &Path, score: Option<&str>) -> Result<Foreign, ExchangeError> {
    let is_archive = path.extension().is_some_and(|extension| extension == "eval");
    let (header, samples) = match is_archive {
        true => open_archive(path)?,
        false => open_plain(path)?,
    };
    let text = |path: &str| header.pointer(path).and_then(Value::as_str).map(str::to_owned);
    let task = text("/eval/task").ok_or_else(|| no_log(path, "it names no task".to_owned()))?;
    let model = text("/eval/model").ok_or_else(|| no_log(path, "it names no model".to_owned()))?;
    let ours = header.pointer("/eval/metadata").and_then(|metadata| metadata.get(OURS));
    let home = ours.and_then(home);
    let mut read = Vec::new();
    let mut left_out = Vec::new();
    for (place, sample) in samples {
        match read_sample(&sample, &place, &task, home.clone(), score) {
            Ok(sample) => read.push(sample),
            Err(problem) => left_out.push(format!("{place}: {problem}")),
        }
    }
    let told = ours.and_then(|ours| serde_json::from_value::<Protocol>(ours.get("protocol")?.clone()).ok());
    let packages = header.pointer("/eval/packages").and_then(Value::as_object);
    let (name, version) = match packages {
        Some(packages) if packages.contains_key(OURS) => ("Polyclinic", packages.get(OURS)),
        Some(packages) => ("inspect", packages.get("inspect_ai")),
        None => ("inspect", None),
    };
    let made_by = ours.and_then(|ours| ours.get("program")?.as_str());
    Ok(Foreign {
        program: match (made_by, version.and_then(Value::as_str)) {
            (Some(program), _) => program.to_owned(),
            (None, Some(version)) => format!("{name} {version}"),
            (None, None) => name.to_owned(),
        },
        file: path.to_owned(),
        sha256: file_hash(path)?,
        model,
        variant: None,
        created: text("/eval/created").and_then(|time| utc(&time)),
        protocol: told.unwrap_or_else(|| Protocol {
            name: "inspect".to_owned(),
            chat: true,
            scoring: Scoring::Written {
                most_tokens: Scoring::MOST_TOKENS,
            },
            ..Protocol::default()
        }),
        samples: read,
        left_out,
    })
}

fn no_log(path: &Path, reason: String) -> ExchangeError {
    ExchangeError::NoLog {
        path: path.to_owned(),
        reason,
    }
}

/// A time with its distance from UTC as RFC 3339 in UTC; `None` where it is written otherwise.
fn utc(time: &str) -> Option<String> {
    let plain = time.strip_suffix("+00:00").or_else(|| time.strip_suffix('Z'))?;
    let parsed = humantime::parse_rfc3339(&format!("{plain}Z")).ok()?;
    Some(humantime::format_rfc3339_seconds(parsed).to_string())
}

fn home(ours: &Value) -> Option<Home> {
    let text = |name: &str| Some(ours.get(name)?.as_str()?.to_owned());
    Some(Home {
        benchmark: text("benchmark")?,
        task: text("task")?,
        language: text("language")?.parse().ok()?,
    })
}

type Log = (Value, Vec<(String, Value)>);

fn open_plain(path: &Path) -> Result<Log, ExchangeError> {
    let mut header = python::read(&read_text(path)?).map_err(|source| ExchangeError::Format {
        path: path.to_owned(),
        line: source.line(),
        reason: source.to_string(),
    })?;
    let samples = match header.as_object_mut().and_then(|header| header.remove("samples")) {
        Some(Value::Array(samples)) => samples,
        _ => return Err(no_log(path, "it has no samples".to_owned())),
    };
    let numbered = samples.into_iter().enumerate();
    let samples = numbered
        .map(|(index, sample)| (format!("sample {}", index + 1), sample))
        .collect();
    Ok((header, samples))
}

fn open_archive(path: &Path) -> Result<Log, ExchangeError> {
    let file = File::open(path).map_err(|source| ExchangeError::Read {
        path: path.to_owned(),
        source,
    })?;
    let mut archive = ZipArchive::new(file).map_err(|error| no_log(path, error.to_string()))?;
    let mut left = MOST_OF_ALL;
    let mut header = None;
    let mut samples = Vec::new();
    for index in 0..archive.len() {
        let broken = |error: zip::result::ZipError| no_log(path, error.to_string());
        let mut member = archive.by_index(index).map_err(broken)?;
        let name = member.name().map_err(broken)?.into_owned();
        if name != HEADER && !(name.starts_with(SAMPLES) && name.ends_with(".json")) {
            continue;
        }
        let most = MOST_OF_A_MEMBER.min(left);
        let mut text = String::new();
        let read = (&mut member).take(most + 1).read_to_string(&mut text);
        let length = read.map_err(|error| no_log(path, format!("its member {name} cannot be read: {error}")))? as u64;
        if length > most {
            return Err(no_log(
                path,
                format!("its member {name} unpacks to more than {most} bytes"),
            ));
        }
        left -= length;
        let value =
            python::read(&text).map_err(|error| no_log(path, format!("its member {name} is no JSON: {error}")))?;
        match name == HEADER {
            true => header = Some(value),
            false => samples.push((name, value)),
        }
    }
    let header = header.ok_or_else(|| no_log(path, "it has no header, so its run did not end".to_owned()))?;
    Ok((header, samples))
}

/// A sample; the error says in words what it lacks.
fn read_sample(
    value: &Value,
    place: &str,
    task: &str,
    home: Option<Home>,
    score: Option<&str>,
) -> Result<Sample, String> {
    let object = value.as_object().ok_or("it is no JSON object")?;
    match object.get("epoch").and_then(Value::as_u64) {
        None | Some(1) => {}
        Some(epoch) => return Err(format!("it is of epoch {epoch}; the first epoch counts")),
    }
    let ours = object.get("metadata").and_then(|metadata| metadata.get(OURS));
    let kept_item = ours.and_then(|ours| ours.get("item")?.as_object());
    let document = match kept_item {
        Some(item) => Document::read(item),
        None => Document {
            question: object.get("input").and_then(content),
            options: texts(object.get("choices")),
            language: metadata_text(object, "language").and_then(|tag| tag.parse().ok()),
            subject: metadata_text(object, "subject"),
            ..Document::default()
        },
    };
    if document.options.is_empty() {
        return Err("it has no choices".to_owned());
    }
    let right = targets(object.get("target"), &document.options)?;
    let given = match kept::read(ours.and_then(|ours| ours.get("answer"))) {
        Some(kept) => GivenAnswer::from(kept),
        None => given_answer(object, &document.options, score)?,
    };
    let number = match object.get("id") {
        Some(Value::String(id)) => id.clone(),
        Some(id) => id.to_string(),
        None => return Err("it has no id".to_owned()),
    };
    let hash = kept_item.and_then(|item| python::pretty(item).ok());
    Ok(Sample {
        place: place.to_owned(),
        task: task.to_owned(),
        number,
        document_hash: hash.map(|document| python::hash(&document)),
        document,
        right,
        home,
        asked: asked(object),
        given,
    })
}

/// What the model was given: the messages before its first own one.
fn asked(sample: &Map<String, Value>) -> Option<Asked> {
    let messages = sample.get("messages")?.as_array()?.iter();
    let is_own = |message: &&Value| message.get("role").and_then(Value::as_str) == Some("assistant");
    let before = messages.take_while(|message| !is_own(message));
    let texts: Vec<String> = before.filter_map(|message| content(message.get("content")?)).collect();
    (!texts.is_empty()).then(|| Asked {
        prompt: texts.join("\n\n"),
        follows: None,
    })
}

fn metadata_text(sample: &Map<String, Value>, name: &str) -> Option<String> {
    Some(sample.get("metadata")?.get(name)?.as_str()?.to_owned())
}

/// The text of a message's content, of its parts, or of the last message of a list.
fn content(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Array(parts) => {
            let texts = parts.iter().filter_map(|part| match part.get("text") {
                Some(Value::String(text)) => Some(text.clone()),
                _ => content(part.get("content")?),
            });
            Some(texts.collect::<Vec<_>>().join("\n")).filter(|text| !text.is_empty())
        }
        _ => None,
    }
}

fn texts(value: Option<&Value>) -> Vec<String> {
    let values = value.and_then(Value::as_array).into_iter().flatten();
    values.filter_map(Value::as_str).map(str::to_owned).collect()
}

/// The right options: letters, or their texts.
fn targets(target: Option<&Value>, options: &[String]) -> Result<Vec<usize>, String> {
    let texts = match target {
        Some(Value::String(text)) => vec![text.as_str()],
        Some(Value::Array(texts)) => texts.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let index = |text: &&str| option_index(text, options).ok_or_else(|| format!("its target `{text}` is no choice"));
    texts.iter().map(index).collect()
}

fn option_index(text: &str, options: &[String]) -> Option<usize> {
    let text = text.trim();
    let by_letter = letter_index(text).filter(|&index| index < options.len());
    by_letter.or_else(|| options.iter().position(|option| option.trim() == text))
}

fn given_answer(sample: &Map<String, Value>, options: &[String], score: Option<&str>) -> Result<GivenAnswer, String> {
    let scores = sample.get("scores").and_then(Value::as_object);
    let error = sample.get("error").and_then(|error| error.get("message")?.as_str());
    if let (Some(error), None) = (error, scores) {
        return Ok(GivenAnswer {
            outcome: Outcome::Failed,
            error: Some(error.to_owned()),
            ..GivenAnswer::of(Vec::new(), None)
        });
    }
    let scores = scores.ok_or("it has no score")?;
    let found = match score {
        Some(name) => scores.get(name).ok_or_else(|| {
            let names: Vec<&str> = scores.keys().map(String::as_str).collect();
            format!("it has no score `{name}`; its scores are {}", names.join(", "))
        })?,
        None => scores.values().next().ok_or("it has no score")?,
    };
    let told = found.get("answer").and_then(Value::as_str).unwrap_or_default();
    let choices: Option<Vec<usize>> = match option_index(told, options) {
        Some(index) => Some(vec![index]),
        None => told.split(',').map(|part| option_index(part, options)).collect(),
    };
    let reply = reply(sample);
    let cut = reply
        .as_ref()
        .is_some_and(|reply| reply.ending == ReplyEnding::Truncated);
    let outcome = match found.get("value") {
        Some(Value::String(value)) if value == "C" => Outcome::Right,
        Some(Value::Bool(true)) => Outcome::Right,
        Some(Value::Number(number)) if number.as_f64() == Some(1.0) => Outcome::Right,
        Some(Value::String(value)) if value == "I" || value == "N" => {
            without_right(choices.is_some() && value == "I", cut)
        }
        Some(Value::Bool(false)) => without_right(choices.is_some(), cut),
        Some(Value::Number(number)) if number.as_f64() == Some(0.0) => without_right(choices.is_some(), cut),
        Some(other) => {
            return Err(format!(
                "its score is {other}, and right or wrong is `C` or `I`; choose another score"
            ));
        }
        None => return Err("its score has no value".to_owned()),
    };
    Ok(GivenAnswer {
        outcome,
        choices: choices.unwrap_or_default(),
        seconds: sample.get("total_time").and_then(Value::as_f64).unwrap_or(0.0),
        ..GivenAnswer::of(Vec::new(), reply)
    })
}

fn without_right(chose: bool, cut: bool) -> Outcome {
    match (chose, cut) {
        (true, _) => Outcome::Wrong,
        (false, true) => Outcome::Truncated,
        (false, false) => Outcome::Unparsed,
    }
}

fn reply(sample: &Map<String, Value>) -> Option<Reply> {
    let output = sample.get("output")?;
    let choice = output.get("choices").and_then(|choices| choices.get(0));
    let message = choice.and_then(|choice| content(choice.get("message")?.get("content")?));
    let text = message.or_else(|| content(output.get("completion")?))?;
    let tokens = output.pointer("/usage/output_tokens").and_then(Value::as_u64);
    let ending = match choice.and_then(|choice| choice.get("stop_reason")?.as_str()) {
        Some("max_tokens" | "model_length") => ReplyEnding::Truncated,
        Some("content_filter") => ReplyEnding::Filtered,
        _ => ReplyEnding::Finished,
    };
    Some(Reply {
        text,
        tokens: tokens.and_then(|tokens| usize::try_from(tokens).ok()).unwrap_or(0),
        ending,
    })
}
