//! llama.cpp's own server: native `/completion` with token ids, `/tokenize`, `/props`.
//!
//! `/tokenize` can be told not to read control tokens, so that item text stays text. It reads a markup's own control
//! tokens only where they stand alone, which is how the text between them is cut as llama.cpp itself would cut it.

use std::collections::BTreeSet;

use futures_util::future::try_join_all;
use serde::{Deserialize, Serialize};

use super::connection::{Scored, Session};
use super::next_token::{self, Numbers, check_sum, number};
use super::special::suspicious;
use super::transport::{Answer, Tokens, Work};
use super::{EndpointError, Problem, Usage};
use crate::engine::{ScoreRequest, TokenId};
use crate::prompts::{ChatError, ChatTemplate, Piece, PromptText, ScoredPrompt};

/// How many of the likeliest next tokens are asked for at once; letters are among them nearly always.
const LIKELIEST: usize = 64;
/// Added to a token's logit so that it is the one written, and its probability told. The probabilities told are those
/// from before.
const FORCE: f64 = 1e6;

#[derive(Debug, Serialize)]
struct Tokenize<'a> {
    content: &'a str,
    add_special: bool,
    parse_special: bool,
}

#[derive(Debug, Serialize)]
struct Completion<'a> {
    model: &'a str,
    prompt: &'a [TokenId],
    n_predict: u32,
    n_probs: usize,
    temperature: f64,
    seed: u32,
    post_sampling_probs: bool,
    cache_prompt: bool,
    stream: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    logit_bias: Option<[(TokenId, f64); 1]>,
}

#[derive(Debug, Deserialize)]
struct Completed {
    model: Option<String>,
    completion_probabilities: Option<Vec<Step>>,
    #[serde(default)]
    truncated: bool,
    #[serde(default)]
    tokens_evaluated: u64,
    #[serde(default)]
    tokens_predicted: u64,
}

#[derive(Debug, Deserialize)]
struct Step {
    id: TokenId,
    logprob: Option<f64>,
    #[serde(default)]
    top_logprobs: Vec<Candidate>,
}

#[derive(Debug, Deserialize)]
struct Candidate {
    id: TokenId,
    logprob: Option<f64>,
}

impl Answer for Completed {
    fn model(&self) -> Option<&str> {
        self.model.as_deref()
    }

    fn usage(&self) -> Option<Usage> {
        Some(Usage::one(self.tokens_evaluated, self.tokens_predicted))
    }
}

#[derive(Debug, Deserialize)]
struct Props {
    chat_template: Option<String>,
    #[serde(default)]
    bos_token: String,
    #[serde(default)]
    eos_token: String,
}

impl Answer for Props {}

/// A control token, or the text between two.
enum Fragment {
    Control(TokenId),
    Text(String),
}

/// The template of the model, as the server holds it.
pub(super) async fn chat_template(session: &Session) -> Result<Option<ChatTemplate>, EndpointError> {
    let props: Props = session.transport.get("props").await?;
    let Some(source) = props.chat_template.filter(|source| !source.is_empty()) else {
        return Ok(None);
    };
    let template = ChatTemplate::new(&source, &props.bos_token, &props.eos_token);
    template
        .map(Some)
        .map_err(|problem: ChatError| session.failed("props", problem.into()))
}

pub(super) async fn score(session: &Session, prompt: &ScoredPrompt) -> Result<Scored, EndpointError> {
    let request = request(session, prompt).await?;
    let (scores, usage) = next_token::score(&request, |prompt, wanted| next(session, prompt, wanted)).await?;
    session.scored(prompt, &request, scores, usage, "the server holds it for impossible")
}

/// The numbers of the next tokens: of the likeliest all at once, of each other one by a request of its own.
async fn next(session: &Session, prompt: Vec<TokenId>, wanted: BTreeSet<TokenId>) -> Result<Numbers, EndpointError> {
    let (step, mut usage) = complete(session, &prompt, LIKELIEST.max(2 * wanted.len()), None).await?;
    let likeliest = step.top_logprobs.iter();
    let mut log_probabilities: std::collections::BTreeMap<TokenId, f64> = likeliest
        .filter(|candidate| wanted.contains(&candidate.id))
        .filter_map(|candidate| Some((candidate.id, number(candidate.logprob?)?)))
        .collect();
    let missing = wanted.iter().filter(|token| !log_probabilities.contains_key(token));
    let forced = missing.map(|&token| {
        let prompt = &prompt;
        async move {
            let (step, usage) = complete(session, prompt, 1, Some(token)).await?;
            let value = (step.id == token).then_some(step.logprob).flatten();
            Ok((token, value.and_then(number), usage))
        }
    });
    for (token, value, more) in try_join_all(forced).await? {
        usage += more;
        if let Some(value) = value {
            log_probabilities.insert(token, value);
        }
    }
    check_sum(log_probabilities.values()).map_err(|problem| session.failed("completion", problem))?;
    Ok(Numbers {
        log_probabilities,
        usage,
    })
}

async fn complete(
    session: &Session,
    prompt: &[TokenId],
    likeliest: usize,
    forced: Option<TokenId>,
) -> Result<(Step, Usage), EndpointError> {
    let body = Completion {
        model: &session.transport.endpoint().model,
        prompt,
        n_predict: 1,
        n_probs: likeliest,
        temperature: 0.0,
        seed: 0,
        post_sampling_probs: false,
        cache_prompt: true,
        stream: false,
        logit_bias: forced.map(|token| [(token, FORCE)]),
    };
    let work = Work::Tokens(prompt.len() as u64 + 1);
    let completed: Completed = session.transport.post("completion", &body, work).await?;
    let lacking = |what: &str| session.failed("completion", Problem::Incomplete(what.to_owned()));
    if completed.truncated {
        return Err(lacking(
            "the server cut the prompt to fit its context; start it with a larger one",
        ));
    }
    let usage = completed.usage().unwrap_or_default();
    let steps = completed.completion_probabilities;
    let steps = steps.ok_or_else(|| lacking("there are no `completion_probabilities`"))?;
    let step = steps.into_iter().next();
    let step = step.ok_or_else(|| lacking("no token was written, though one was asked for"))?;
    Ok((step, usage))
}

/// The token ids of a prompt and of what may follow it.
async fn request(session: &Session, prompt: &ScoredPrompt) -> Result<ScoreRequest, EndpointError> {
    let (text, continuations) = prompt.parted();
    let mut fragments = fragments(session, &text).await?;
    let last = match fragments.pop() {
        Some(Fragment::Text(text)) => text,
        Some(control) => {
            fragments.push(control);
            String::new()
        }
        None => String::new(),
    };
    let beginning = session.beginning(|| async { tokenize(session, "", true, false).await });
    let head = try_join_all(fragments.iter().map(|fragment| async move {
        match fragment {
            Fragment::Control(token) => Ok(vec![*token]),
            Fragment::Text(text) => tokenize(session, text, false, false).await,
        }
    }));
    let ends = std::iter::once("").chain(continuations.iter().map(String::as_str));
    let tails = try_join_all(ends.map(|end| {
        let text = format!("{last}{end}");
        async move { tokenize(session, &text, false, false).await }
    }));
    let (beginning, head, tails) = futures_util::try_join!(beginning, head, tails)?;
    let mut head = head.concat();
    if !head.starts_with(beginning) {
        head.splice(0..0, beginning.iter().copied());
    }
    let mut wholes = tails.into_iter().map(|tail| [head.as_slice(), &tail].concat());
    let bare = wholes.next().unwrap_or_default();
    Ok(ScoreRequest::continuing(&bare, wholes.collect()))
}

/// Cuts a prompt at the control tokens of its markup.
async fn fragments(session: &Session, prompt: &PromptText) -> Result<Vec<Fragment>, EndpointError> {
    let mut fragments = Vec::new();
    let mut text = String::new();
    for piece in prompt.pieces() {
        let markup = match piece {
            Piece::Plain(plain) => {
                text.push_str(plain);
                continue;
            }
            Piece::Markup(markup) => markup,
        };
        let mut done = 0;
        for range in suspicious(markup) {
            let Some(token) = control(session, markup.get(range.clone()).unwrap_or_default()).await? else {
                continue;
            };
            text.push_str(markup.get(done..range.start).unwrap_or_default());
            if !text.is_empty() {
                fragments.push(Fragment::Text(std::mem::take(&mut text)));
            }
            fragments.push(Fragment::Control(token));
            done = range.end;
        }
        text.push_str(markup.get(done..).unwrap_or_default());
    }
    if !text.is_empty() {
        fragments.push(Fragment::Text(text));
    }
    Ok(fragments)
}

/// The control token a text is the name of.
async fn control(session: &Session, text: &str) -> Result<Option<TokenId>, EndpointError> {
    if let Some(known) = session.known.get(text) {
        return Ok(known);
    }
    let (read, spelled) = futures_util::try_join!(
        tokenize(session, text, false, true),
        tokenize(session, text, false, false)
    )?;
    let token = match read.as_slice() {
        // A token that is the same either way is a word like others.
        &[token] if read != spelled => Some(token),
        _ => None,
    };
    session.known.keep(text, token);
    Ok(token)
}

async fn tokenize(
    session: &Session,
    content: &str,
    add_special: bool,
    parse_special: bool,
) -> Result<Vec<TokenId>, EndpointError> {
    if content.is_empty() && !add_special {
        return Ok(Vec::new());
    }
    let body = Tokenize {
        content,
        add_special,
        parse_special,
    };
    let tokens: Tokens = session.transport.post("tokenize", &body, Work::Look).await?;
    Ok(tokens.tokens)
}
