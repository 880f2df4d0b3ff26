//! The server of the Python package `llama-cpp-python`: `/v1/completions` with the texts of next tokens.
//!
//! It takes prompts as text only and reads control tokens wherever it sees them, so an item whose text spells one is
//! refused. Next tokens come as a table by their texts, the likeliest first, where a text that two tokens share has the
//! number of the less likely one: such a number stands out of the order and is none.

use std::collections::BTreeSet;

use futures_util::future::try_join_all;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::connection::{Scored, Session};
use super::next_token::{check_sum, number};
use super::special::suspicious_in_plain;
use super::transport::{Answer, Tokens, Work};
use super::vllm::Counted;
use super::{EndpointError, Problem, Usage};
use crate::engine::{ScoreRequest, TokenId};
use crate::prompts::ScoredPrompt;

/// How many of the likeliest next tokens are asked for, one after the other, until every letter is among them. The
/// server sorts its vocabulary each time, so the last is far from the whole of it.
const LIKELIEST: [usize; 3] = [64, 1024, 16384];

/// Any text but none. Where the text would rather end, the server would else write no token and tell nothing; the
/// probabilities it tells are those from before the grammar.
const ANYTHING: &str = "root ::= .+";

#[derive(Debug, Serialize)]
struct Tokenize<'a> {
    model: &'a str,
    input: &'a str,
}

#[derive(Debug, Serialize)]
struct Detokenize<'a> {
    model: &'a str,
    tokens: [TokenId; 1],
}

#[derive(Debug, Deserialize)]
struct Text {
    text: String,
}

impl Answer for Text {}

#[derive(Debug, Serialize)]
struct Completion<'a> {
    model: &'a str,
    prompt: &'a str,
    max_tokens: u32,
    temperature: f64,
    logprobs: usize,
    seed: u32,
    grammar: &'a str,
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
}

#[derive(Debug, Deserialize)]
struct Logprobs {
    /// In the order of the answer, which is that of the probabilities.
    top_logprobs: Option<Vec<Option<Map<String, Value>>>>,
}

impl Answer for Completed {
    fn model(&self) -> Option<&str> {
        self.model.as_deref()
    }

    fn usage(&self) -> Option<Usage> {
        self.usage.as_ref().map(Counted::usage)
    }
}

pub(super) async fn score(session: &Session, prompt: &ScoredPrompt) -> Result<Scored, EndpointError> {
    let text = prompt.text.to_plain_string();
    let request = request(session, prompt, &text).await?;
    let mut letters = Vec::with_capacity(request.continuations.len());
    for (tokens, continuation) in request.continuations.iter().zip(&prompt.continuations) {
        match tokens.as_slice() {
            &[token] => letters.push(spelled(session, token).await?),
            _ => {
                let letter = continuation.trim().to_owned();
                let why = "it is several tokens, and this server tells of one; use Latin letters".to_owned();
                return Err(session.failed("", Problem::NoNumber { letter, why }));
            }
        }
    }
    let mut usage = Usage::default();
    let mut scores = Vec::new();
    for likeliest in LIKELIEST {
        let (table, more) = complete(session, &text, &request, likeliest).await?;
        usage += more;
        scores = letters.iter().map(|letter| in_order(&table, letter)).collect();
        if scores.iter().all(Option::is_some) {
            break;
        }
    }
    check_sum(scores.iter().flatten()).map_err(|problem| session.failed(COMPLETIONS, problem))?;
    session.scored(
        prompt,
        &request,
        scores,
        usage,
        "it is not among the likeliest next tokens the server tells of",
    )
}

const COMPLETIONS: &str = "v1/completions";

/// The number of a text, where it stands in the order of the table.
fn in_order(table: &Map<String, Value>, text: &str) -> Option<f64> {
    let (place, (_, value)) = table.iter().enumerate().find(|(_, (key, _))| *key == text)?;
    let value = value.as_f64()?;
    let later = table.values().skip(place + 1).filter_map(Value::as_f64);
    later
        .into_iter()
        .all(|later| later <= value)
        .then_some(value)
        .and_then(number)
}

async fn complete(
    session: &Session,
    prompt: &str,
    request: &ScoreRequest,
    likeliest: usize,
) -> Result<(Map<String, Value>, Usage), EndpointError> {
    let body = Completion {
        model: &session.transport.endpoint().model,
        prompt,
        max_tokens: 1,
        temperature: 0.0,
        logprobs: likeliest,
        seed: 0,
        grammar: ANYTHING,
    };
    let work = Work::Tokens(request.prompt.len() as u64 + 1);
    let completed: Completed = session.transport.post(COMPLETIONS, &body, work).await?;
    let lacking = |what: String| session.failed(COMPLETIONS, Problem::Incomplete(what));
    let usage = completed.usage().unwrap_or_default();
    if usage.prompt_tokens != request.prompt.len() as u64 {
        return Err(lacking(format!(
            "the server read {} tokens, where its tokenizer made {}",
            usage.prompt_tokens,
            request.prompt.len()
        )));
    }
    let choice = completed
        .choices
        .into_iter()
        .next()
        .ok_or_else(|| lacking("there are no `choices`".into()))?;
    let steps = choice.logprobs.and_then(|logprobs| logprobs.top_logprobs);
    let steps =
        steps.ok_or_else(|| lacking("there are no `logprobs`; start the server with --logits_all true".into()))?;
    let table = steps.into_iter().next().flatten();
    let table = table.ok_or_else(|| lacking("no token was written, though one was asked for".into()))?;
    Ok((table, usage))
}

/// The token ids of a prompt and of what may follow it. The prompt's own must be all of the prompt, since the server
/// takes no others.
async fn request(session: &Session, prompt: &ScoredPrompt, text: &str) -> Result<ScoreRequest, EndpointError> {
    let suspicious: BTreeSet<&str> = suspicious_in_plain(&prompt.text).into_iter().collect();
    for text in suspicious {
        let is_control = match session.known.get(text) {
            Some(known) => known.is_some(),
            None => {
                // The model's own beginning comes with it.
                let alone = tokenize(session, text).await?.len();
                let nothing = tokenize(session, "").await?.len();
                let is_control = alone == nothing + 1;
                session.known.keep(text, is_control.then_some(0));
                is_control
            }
        };
        if is_control {
            let text = text.to_owned();
            return Err(session.failed("extras/tokenize", Problem::ControlToken { text }));
        }
    }
    let ends = std::iter::once("").chain(prompt.continuations.iter().map(String::as_str));
    let wholes = ends.map(|end| {
        let whole = format!("{text}{end}");
        async move { tokenize(session, &whole).await }
    });
    let mut wholes = try_join_all(wholes).await?.into_iter();
    let bare = wholes.next().unwrap_or_default();
    let request = ScoreRequest::continuing(&bare, wholes.collect());
    if request.prompt != bare {
        let what = "the tokenizer joins the prompt's end with the letters, and this server takes no token ids";
        return Err(session.failed("extras/tokenize", Problem::Refused(what.to_owned())));
    }
    Ok(request)
}

async fn tokenize(session: &Session, input: &str) -> Result<Vec<TokenId>, EndpointError> {
    let model = &session.transport.endpoint().model;
    let body = Tokenize { model, input };
    let tokens: Tokens = session.transport.post("extras/tokenize", &body, Work::Look).await?;
    Ok(tokens.tokens)
}

async fn spelled(session: &Session, token: TokenId) -> Result<String, EndpointError> {
    let body = Detokenize {
        model: &session.transport.endpoint().model,
        tokens: [token],
    };
    let text: Text = session.transport.post("extras/detokenize", &body, Work::Look).await?;
    Ok(text.text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_out_of_order_belongs_to_another_token() {
        let table: Map<String, Value> =
            serde_json::from_str(r#"{" A":-0.5,"A":-9.0," B":-1.5,"":-3.0," C":-2.0}"#).unwrap();
        assert_eq!(in_order(&table, " A"), Some(-0.5));
        assert_eq!(in_order(&table, " B"), Some(-1.5));
        assert_eq!(
            in_order(&table, "A"),
            None,
            "the byte's number stands in the letter's place"
        );
        assert_eq!(in_order(&table, " C"), Some(-2.0));
        assert_eq!(in_order(&table, " D"), None);
    }
}
