//! vLLM: `/v1/completions` with token ids, chosen next tokens or the prompt's own probabilities, and `/tokenize`.
//!
//! `/tokenize` reads control tokens wherever it sees them, so an item whose text spells one is refused.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::try_join_all;
use serde::{Deserialize, Serialize};

use super::connection::{Scored, Session};
use super::next_token::{self, Numbers, check_sum, number};
use super::special::suspicious_in_plain;
use super::transport::{Answer, Tokens, Work};
use super::{EndpointError, Problem, Route, Usage};
use crate::engine::{ScoreRequest, TokenId};
use crate::prompts::{ChatTemplate, PromptText, ScoredPrompt};

/// The most next tokens a server tells of unless its `--max-logprobs` says otherwise.
const LIKELIEST: usize = 20;
/// Stands for the question while the server lays its chat template around it.
const PLACEHOLDER: &str = "polyclinicquestion";

#[derive(Debug, Serialize)]
struct Tokenize<'a> {
    model: &'a str,
    prompt: &'a str,
    add_special_tokens: bool,
}

#[derive(Debug, Serialize)]
struct TokenizeChat<'a> {
    model: &'a str,
    messages: [Message<'a>; 1],
    add_generation_prompt: bool,
}

#[derive(Debug, Serialize)]
struct Message<'a> {
    role: &'a str,
    content: &'a str,
}

#[derive(Debug, Serialize)]
struct Detokenize<'a> {
    model: &'a str,
    tokens: &'a [TokenId],
}

#[derive(Debug, Deserialize)]
struct Text {
    prompt: String,
}

impl Answer for Text {}

#[derive(Debug, Serialize)]
struct Completion<'a> {
    model: &'a str,
    prompt: &'a [TokenId],
    max_tokens: u32,
    temperature: f64,
    add_special_tokens: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    logprobs: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    logprob_token_ids: Option<&'a BTreeSet<TokenId>>,
    return_tokens_as_token_ids: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    prompt_logprobs: Option<usize>,
}

#[derive(Debug, Deserialize)]
struct Completed {
    model: Option<String>,
    choices: Vec<Choice>,
    usage: Option<Counted>,
}

#[derive(Debug, Deserialize)]
struct Choice {
    logprobs: Option<Logprobs>,
    prompt_logprobs: Option<Vec<Option<BTreeMap<TokenId, PromptToken>>>>,
}

/// Log-probabilities by `token_id:` and the id.
type Told = BTreeMap<String, Option<f64>>;

#[derive(Debug, Deserialize)]
struct Logprobs {
    top_logprobs: Option<Vec<Option<Told>>>,
}

#[derive(Debug, Deserialize)]
struct PromptToken {
    logprob: Option<f64>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Counted {
    #[serde(default)]
    prompt_tokens: u64,
    completion_tokens: Option<u64>,
}

impl Counted {
    pub fn usage(&self) -> Usage {
        Usage::one(self.prompt_tokens, self.completion_tokens.unwrap_or(0))
    }
}

impl Answer for Completed {
    fn model(&self) -> Option<&str> {
        self.model.as_deref()
    }

    fn usage(&self) -> Option<Usage> {
        self.usage.as_ref().map(Counted::usage)
    }
}

/// The template of the model. The server does not show it, but lays it around a word for us.
pub(super) async fn chat_template(session: &Session) -> Result<Option<ChatTemplate>, EndpointError> {
    let model = &session.transport.endpoint().model;
    let body = TokenizeChat {
        model,
        messages: [Message {
            role: "user",
            content: PLACEHOLDER,
        }],
        add_generation_prompt: true,
    };
    let tokens: Tokens = match session.transport.post("tokenize", &body, Work::Look).await {
        Ok(tokens) => tokens,
        // Asked for a template that the model has not, vLLM says that the request is wrong.
        Err(error) if matches!(error.problem, Problem::Status { status: 400, .. }) => return Ok(None),
        Err(error) => return Err(error),
    };
    let body = Detokenize {
        model,
        tokens: &tokens.tokens,
    };
    let text: Text = session.transport.post("detokenize", &body, Work::Look).await?;
    let around = text.prompt.split_once(PLACEHOLDER).ok_or_else(|| {
        let what = "the chat template does not hold the question it was laid around";
        session.failed("detokenize", Problem::Incomplete(what.to_owned()))
    })?;
    let template = ChatTemplate::around(around.0, around.1);
    template
        .map(Some)
        .map_err(|problem| session.failed("detokenize", problem.into()))
}

pub(super) async fn score(session: &Session, prompt: &ScoredPrompt) -> Result<Scored, EndpointError> {
    let request = request(session, prompt).await?;
    let (scores, usage) = match session.transport.endpoint().route {
        Route::Continuations => continuations(session, &request).await?,
        // Each option read as the end of a prompt takes fewer requests than its tokens one after the other.
        _ if request.scored_tokens() > 2 * request.continuations.len() => continuations(session, &request).await?,
        _ => next_token::score(&request, |prompt, wanted| next(session, prompt, wanted)).await?,
    };
    session.scored(
        prompt,
        &request,
        scores,
        usage,
        "the server gives no finite probability for its tokens",
    )
}

/// The numbers of the chosen next tokens. A server too old to be told which gives those of the likeliest, and each
/// missing one is read as the last token of a prompt.
async fn next(session: &Session, prompt: Vec<TokenId>, wanted: BTreeSet<TokenId>) -> Result<Numbers, EndpointError> {
    let body = Completion {
        logprobs: Some(LIKELIEST.max(wanted.len())),
        logprob_token_ids: Some(&wanted),
        ..completion(session, &prompt)
    };
    let (choice, mut usage) = complete(session, &body).await?;
    let steps = choice.logprobs.and_then(|logprobs| logprobs.top_logprobs);
    let steps = steps.ok_or_else(|| lacking(session, "there are no `logprobs`"))?;
    let step = steps.into_iter().next().flatten();
    let step = step.ok_or_else(|| lacking(session, "no token was written, though one was asked for"))?;
    let mut log_probabilities: BTreeMap<TokenId, f64> = step
        .into_iter()
        .filter_map(|(text, value)| Some((text.strip_prefix("token_id:")?.parse().ok()?, number(value?)?)))
        .filter(|(token, _)| wanted.contains(token))
        .collect();
    let missing: Vec<TokenId> = wanted
        .iter()
        .copied()
        .filter(|token| !log_probabilities.contains_key(token))
        .collect();
    for token in missing {
        let (value, more) = continuation(session, &prompt, &[token]).await?;
        usage += more;
        if let Some(value) = value {
            log_probabilities.insert(token, value);
        }
    }
    check_sum(log_probabilities.values()).map_err(|problem| session.failed(COMPLETIONS, problem))?;
    Ok(Numbers {
        log_probabilities,
        usage,
    })
}

const COMPLETIONS: &str = "v1/completions";

async fn continuations(session: &Session, request: &ScoreRequest) -> Result<(Vec<Option<f64>>, Usage), EndpointError> {
    let scored = request
        .continuations
        .iter()
        .map(|tokens| continuation(session, &request.prompt, tokens));
    let (scores, usages): (Vec<_>, Vec<_>) = try_join_all(scored).await?.into_iter().unzip();
    if request.continuations.iter().all(|tokens| tokens.len() == 1) {
        check_sum(scores.iter().flatten()).map_err(|problem| session.failed(COMPLETIONS, problem))?;
    }
    Ok((scores, usages.into_iter().sum()))
}

/// The log-probability of tokens after others, read as the end of one prompt.
async fn continuation(
    session: &Session,
    prompt: &[TokenId],
    tokens: &[TokenId],
) -> Result<(Option<f64>, Usage), EndpointError> {
    let whole = [prompt, tokens].concat();
    let body = Completion {
        prompt_logprobs: Some(0),
        ..completion(session, &whole)
    };
    let (choice, usage) = complete(session, &body).await?;
    let steps = choice
        .prompt_logprobs
        .ok_or_else(|| lacking(session, "there are no `prompt_logprobs`"))?;
    if steps.len() != whole.len() {
        let what = format!(
            "{} tokens were asked about, {} are in the answer",
            whole.len(),
            steps.len()
        );
        return Err(lacking(session, &what));
    }
    let ends = steps.iter().skip(prompt.len()).zip(tokens);
    let values = ends.map(|(step, token)| number(step.as_ref()?.get(token)?.logprob?));
    Ok((values.sum(), usage))
}

fn completion<'a>(session: &'a Session, prompt: &'a [TokenId]) -> Completion<'a> {
    Completion {
        model: &session.transport.endpoint().model,
        prompt,
        max_tokens: 1,
        temperature: 0.0,
        add_special_tokens: false,
        logprobs: None,
        logprob_token_ids: None,
        return_tokens_as_token_ids: true,
        prompt_logprobs: None,
    }
}

async fn complete(session: &Session, body: &Completion<'_>) -> Result<(Choice, Usage), EndpointError> {
    let work = Work::Tokens(body.prompt.len() as u64 + 1);
    let completed: Completed = session.transport.post(COMPLETIONS, body, work).await?;
    let usage = Answer::usage(&completed).unwrap_or(Usage::one(body.prompt.len() as u64, 1));
    let choice = completed.choices.into_iter().next();
    let choice = choice.ok_or_else(|| lacking(session, "there are no `choices`"))?;
    Ok((choice, usage))
}

fn lacking(session: &Session, what: &str) -> EndpointError {
    session.failed(COMPLETIONS, Problem::Incomplete(what.to_owned()))
}

/// The token ids of a prompt and of what may follow it.
async fn request(session: &Session, prompt: &ScoredPrompt) -> Result<ScoreRequest, EndpointError> {
    refuse_control_tokens(session, &prompt.text).await?;
    let (text, continuations) = prompt.parted();
    let text = text.to_plain_string();
    let ends = std::iter::once("").chain(continuations.iter().map(String::as_str));
    let wholes = try_join_all(ends.map(|end| {
        let text = format!("{text}{end}");
        async move { tokenize(session, &text, false).await }
    }));
    let beginning = session.beginning(|| beginning(session));
    let (beginning, wholes) = futures_util::try_join!(beginning, wholes)?;
    let mut wholes = wholes.into_iter().map(|mut whole| {
        if !whole.starts_with(beginning) {
            whole.splice(0..0, beginning.iter().copied());
        }
        whole
    });
    let bare = wholes.next().unwrap_or_default();
    Ok(ScoreRequest::continuing(&bare, wholes.collect()))
}

/// What the model wants before every text: what a text has more when the server may add it.
async fn beginning(session: &Session) -> Result<Vec<TokenId>, EndpointError> {
    let (with, without) = futures_util::try_join!(tokenize(session, "a", true), tokenize(session, "a", false))?;
    let added = with.windows(without.len().max(1)).position(|window| window == without);
    Ok(with.into_iter().take(added.unwrap_or(0)).collect())
}

async fn refuse_control_tokens(session: &Session, prompt: &PromptText) -> Result<(), EndpointError> {
    for text in suspicious_in_plain(prompt) {
        let control = match session.known.get(text) {
            Some(known) => known,
            None => {
                let token = match tokenize(session, text, false).await?.as_slice() {
                    &[token] => Some(token),
                    _ => None,
                };
                session.known.keep(text, token);
                token
            }
        };
        if control.is_some() {
            return Err(session.failed("tokenize", Problem::ControlToken { text: text.to_owned() }));
        }
    }
    Ok(())
}

async fn tokenize(session: &Session, prompt: &str, add_special_tokens: bool) -> Result<Vec<TokenId>, EndpointError> {
    let body = Tokenize {
        model: &session.transport.endpoint().model,
        prompt,
        add_special_tokens,
    };
    let tokens: Tokens = session.transport.post("tokenize", &body, Work::Look).await?;
    Ok(tokens.tokens)
}
