//! What a model was given: the prompt of one item under a run's protocol, made anew, and its tokens where the model's
//! file is still at hand.

use super::plan::{Plan, Planned};
use super::{ModelSource, RunRecord};
use crate::benchmarks::{Benchmark, ItemKey};
use crate::engine::{EngineError, ModelWords, Reader as _};
use crate::error_chain;
use crate::models::whereabouts::Whereabouts;
use crate::prompts::{ChatError, ChatTemplate, PromptText, Protocol, conversation, scored_prompt, written_prompt};
use crate::text::isolate::isolate;

/// A prompt as it was put.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prompted {
    /// One text, or the messages of a chat whose template is not at hand: who speaks and what is said.
    pub parts: Vec<(&'static str, String)>,
    /// What may follow and was scored, in the item's order; none where the model wrote.
    pub scored: Vec<String>,
    /// The tokens of the prompt, or in words why they cannot be shown.
    pub tokens: Result<Vec<Token>, String>,
    /// What may make it another prompt than the run's, in words.
    pub remarks: Vec<String>,
}

/// Neighbouring tokens that are text together: mostly one, several where a character is spread over them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    pub text: String,
    /// How many there are.
    pub count: usize,
    /// Whether it steers and says nothing, as the one that begins a text does.
    pub is_special: bool,
}

/// Why a prompt cannot be made again.
#[derive(Debug, thiserror::Error)]
pub enum PromptedError {
    #[error("the run `{0}` did not ask this item, as its record and the benchmark are now")]
    NotAsked(String),
    #[error("the prompt cannot be made")]
    Chat(#[from] ChatError),
}

impl Prompted {
    /// The prompt that `model` was given for an item of `benchmark` in the run of `record`.
    pub fn new(
        record: &RunRecord,
        benchmark: &Benchmark,
        item: &ItemKey,
        model: &str,
        whereabouts: &Whereabouts,
    ) -> Result<Self, PromptedError> {
        let protocol = &record.protocol;
        let plan = Plan::new(
            std::slice::from_ref(benchmark),
            std::slice::from_ref(&item.language),
            record.limit,
            protocol,
        );
        let mut planned = plan.groups.iter().flat_map(|group| &group.items);
        let planned = planned.find(|planned| planned.item.key == *item);
        let planned = planned.ok_or_else(|| PromptedError::NotAsked(record.id.to_string()))?;
        let mut remarks = Vec::new();
        let asked = record.benchmarks.iter().find(|asked| asked.name == benchmark.name());
        if asked.is_some_and(|asked| asked.hash != benchmark.hash()) {
            remarks.push("The benchmark has changed since the run, so the prompt may have been another.".to_owned());
        }
        let source = record.models.iter().find(|known| known.name == model);
        let words = words(source.map(|known| &known.source), whereabouts);
        let template = words.as_ref().ok().filter(|_| protocol.chat);
        let template = template.map(|words| words.chat_template()).transpose()?.flatten();
        let (text, scored) = text(planned, protocol, template.as_ref())?;
        let parts = match (protocol.chat, &words) {
            // The model's own marks around the messages are in its file.
            (true, Err(_)) => messages(planned, protocol),
            _ => vec![("Prompt", text.to_plain_string())],
        };
        Ok(Self {
            parts,
            scored,
            tokens: words.and_then(|words| tokens(&words, &text).map_err(|problem| error_chain(&problem))),
            remarks,
        })
    }

    /// How many tokens there are, where they are known.
    pub fn token_count(&self) -> Option<usize> {
        let tokens = self.tokens.as_ref().ok()?;
        Some(tokens.iter().map(|token| token.count).sum())
    }
}

/// How the model reads, where its file is at hand; else in words why not.
fn words(source: Option<&ModelSource>, whereabouts: &Whereabouts) -> Result<ModelWords, String> {
    let file = match source {
        Some(ModelSource::File(file)) => file,
        Some(ModelSource::Endpoint { endpoint }) => {
            return Err(format!(
                "{} tells no tokens: its model's tokenizer is at the server",
                endpoint.name
            ));
        }
        Some(ModelSource::Elsewhere { elsewhere }) => {
            return Err(format!(
                "{} asked the model, and its tokenizer is not at hand",
                elsewhere.program
            ));
        }
        None => return Err("the run's record does not name the model".to_owned()),
    };
    let mut places = whereabouts.candidates(&file.file, &file.sha256);
    places.extend(file.lay.clone().filter(|path| path.exists()));
    // To hash a whole model takes too long here; its tokenizer is what counts.
    let recorded = file.facts.as_ref().map(|facts| facts.tokenizer_sha256.as_str());
    let mut problem = None;
    for place in places {
        match ModelWords::read(&place) {
            Ok(words) if recorded.is_none_or(|recorded| words.tokenizer().fingerprint() == recorded) => {
                return Ok(words);
            }
            Ok(_) => {}
            Err(unread) => problem = Some(error_chain(&unread)),
        }
    }
    Err(problem.unwrap_or_else(|| format!("the model's file {} is not on this machine", isolate(&file.file))))
}

fn text(
    planned: &Planned<'_>,
    protocol: &Protocol,
    template: Option<&ChatTemplate>,
) -> Result<(PromptText, Vec<String>), PromptedError> {
    Ok(match protocol.scoring.is_written() {
        true => (
            written_prompt(planned.item, &planned.shots, protocol, template)?.text,
            Vec::new(),
        ),
        false => scored_prompt(planned.item, &planned.shots, protocol, template)?.parted(),
    })
}

/// The messages of a chat.
fn messages(planned: &Planned<'_>, protocol: &Protocol) -> Vec<(&'static str, String)> {
    let said = conversation(planned.item, &planned.shots, protocol);
    let mut parts = vec![("System", said.system.to_plain_string())];
    for (question, answer) in &said.examples {
        parts.push(("User", question.to_plain_string()));
        parts.push(("Model", answer.clone()));
    }
    parts.push(("User", said.user.to_plain_string()));
    parts.retain(|(_, text)| !text.is_empty());
    parts
}

fn tokens(words: &ModelWords, text: &PromptText) -> Result<Vec<Token>, EngineError> {
    let tokenizer = words.tokenizer();
    let mut tokens = Vec::new();
    let mut pending: (Vec<u8>, usize) = Default::default();
    for id in words.tokenize(text)? {
        let bytes = tokenizer.written(id);
        if bytes.is_empty() {
            tokens.push(Token {
                text: tokenizer.decode(&[id]),
                count: 1,
                is_special: true,
            });
            continue;
        }
        pending.0.extend(bytes);
        pending.1 += 1;
        if let Ok(text) = std::str::from_utf8(&pending.0) {
            tokens.push(Token {
                text: text.to_owned(),
                count: pending.1,
                is_special: false,
            });
            pending = Default::default();
        }
    }
    if pending.1 > 0 {
        tokens.push(Token {
            text: String::from_utf8_lossy(&pending.0).into_owned(),
            count: pending.1,
            is_special: false,
        });
    }
    Ok(tokens)
}
