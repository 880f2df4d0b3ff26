//! Ollama: native `/api/generate` with the texts of the twenty likeliest next tokens.
//!
//! It has no tokenizer to ask, so letters are found by their text, and an item whose text looks like a control token
//! is refused. It adds what the model wants before every text by itself.

use serde::{Deserialize, Serialize};

use super::connection::{Scored, Session};
use super::next_token::{check_sum, number};
use super::special::suspicious_in_plain;
use super::transport::{Answer, Work};
use super::{EndpointError, Problem, Usage};
use crate::prompts::ScoredPrompt;

/// The most next tokens the server tells of.
const LIKELIEST: usize = 20;
const GENERATE: &str = "api/generate";

#[derive(Debug, Serialize)]
struct Generate<'a> {
    model: &'a str,
    prompt: &'a str,
    /// Without the model's template.
    raw: bool,
    stream: bool,
    logprobs: bool,
    top_logprobs: usize,
    /// A prompt that is too long is refused, not cut.
    truncate: bool,
    options: Options,
}

#[derive(Debug, Serialize)]
struct Options {
    temperature: f64,
    num_predict: u32,
    seed: u32,
}

#[derive(Debug, Deserialize)]
struct Generated {
    model: Option<String>,
    logprobs: Option<Vec<Step>>,
    #[serde(default)]
    prompt_eval_count: u64,
    #[serde(default)]
    eval_count: u64,
}

#[derive(Debug, Deserialize)]
struct Step {
    #[serde(default)]
    top_logprobs: Vec<Candidate>,
}

#[derive(Debug, Deserialize)]
struct Candidate {
    token: String,
    logprob: Option<f64>,
}

impl Answer for Generated {
    fn model(&self) -> Option<&str> {
        self.model.as_deref()
    }

    fn usage(&self) -> Option<Usage> {
        Some(Usage::one(self.prompt_eval_count, self.eval_count))
    }
}

pub(super) async fn score(session: &Session, prompt: &ScoredPrompt) -> Result<Scored, EndpointError> {
    if let Some(text) = suspicious_in_plain(&prompt.text).first() {
        let text = (*text).to_owned();
        return Err(session.failed(GENERATE, Problem::ControlToken { text }));
    }
    let text = prompt.text.to_plain_string();
    let body = Generate {
        model: &session.transport.endpoint().model,
        prompt: &text,
        raw: true,
        stream: false,
        logprobs: true,
        top_logprobs: LIKELIEST,
        truncate: false,
        options: Options {
            temperature: 0.0,
            num_predict: 1,
            seed: 0,
        },
    };
    // A token has about three bytes.
    let work = Work::Tokens(text.len() as u64 / 3 + 1);
    let generated: Generated = session.transport.post(GENERATE, &body, work).await?;
    let usage = generated.usage().unwrap_or_default();
    let lacking = |what: &str| session.failed(GENERATE, Problem::Incomplete(what.to_owned()));
    let steps = generated.logprobs;
    let steps = steps.ok_or_else(|| lacking("there are no `logprobs`; Ollama gives them from version 0.12.11 on"))?;
    let step = steps.into_iter().next();
    let step =
        step.ok_or_else(|| lacking("no token was written: the text would rather end, and Ollama tells nothing then"))?;
    let scores: Vec<Option<f64>> = prompt
        .continuations
        .iter()
        .map(|letter| only(&step.top_logprobs, letter))
        .collect();
    check_sum(scores.iter().flatten()).map_err(|problem| session.failed(GENERATE, problem))?;
    let prompt_tokens = usize::try_from(usage.prompt_tokens).unwrap_or(usize::MAX);
    let why = "it is not among the 20 likeliest next tokens, and Ollama tells of no others";
    let scores = session.numbers(prompt, scores, why)?;
    Ok(Scored {
        option_tokens: vec![1; scores.log_probabilities.len()],
        scores,
        prompt_tokens,
        usage,
    })
}

/// The number of the only token with this text.
fn only(candidates: &[Candidate], text: &str) -> Option<f64> {
    let mut found = candidates.iter().filter(|candidate| candidate.token == text);
    let candidate = found.next()?;
    match found.next() {
        None => number(candidate.logprob?),
        Some(_) => None,
    }
}
