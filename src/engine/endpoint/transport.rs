//! One request to an endpoint and its answer: turns, retries, timeouts, the key, and what every answer must hold to.

use std::cell::Cell;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{AUTHORIZATION, LOCATION};
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use url::Url;

use super::limits::Limiter;
use super::{Endpoint, EndpointError, Problem, Usage};
use crate::cancel::{Cancel, Cancelled};
use crate::engine::TokenId;
use crate::network::{Backoff, BodyError, Retry, Retryable, Secret, Timeouts, body, client, of_status, with_retries};

/// More than any honest answer has: the probabilities of a whole vocabulary with their texts.
const MOST_BYTES: usize = 64 << 20;

/// Of an answer that only says why there is none.
const MOST_BYTES_OF_REFUSAL: usize = 1 << 20;

/// How much of a server's own words an error repeats, in characters.
const MOST_SAID: usize = 300;

/// How often an answer that does not come is waited for.
const MOST_TIMEOUTS: u32 = 2;

/// The way to an endpoint. Clones share its limits.
#[derive(Clone)]
pub(super) struct Transport(Arc<Inner>);

struct Inner {
    endpoint: Endpoint,
    client: reqwest::Client,
    key: Option<Secret>,
    limiter: Arc<Limiter>,
    cancel: Cancel,
    backoff: Backoff,
}

/// An answer as its server writes it.
pub(super) trait Answer: DeserializeOwned {
    /// The model the server says it comes from, where it says so.
    fn model(&self) -> Option<&str> {
        None
    }

    /// What it took, where the server says so.
    fn usage(&self) -> Option<Usage> {
        None
    }
}

/// A text's tokens, as every server that cuts texts tells them.
#[derive(Debug, Deserialize)]
pub(super) struct Tokens {
    pub tokens: Vec<TokenId>,
}

impl Answer for Tokens {}

/// What a request asks of a server.
#[derive(Debug, Clone, Copy)]
pub(super) enum Work {
    /// A look at something it knows.
    Look,
    /// Computing with about so many tokens.
    Tokens(u64),
}

/// A failed attempt, and whether the server may be asked again.
struct Failed {
    problem: Problem,
    retry: Retry,
}

impl From<Cancelled> for Failed {
    fn from(cancelled: Cancelled) -> Self {
        Self {
            problem: cancelled.into(),
            retry: Retry::Never,
        }
    }
}

impl Retryable for Failed {
    fn retry(&self) -> Retry {
        self.retry
    }
}

impl Transport {
    pub fn new(
        endpoint: Endpoint,
        key: Option<Secret>,
        cancel: Cancel,
        backoff: Backoff,
    ) -> Result<Self, EndpointError> {
        let timeout = timeout(&endpoint);
        let timeouts = Timeouts {
            idle: timeout,
            ..Timeouts::default()
        };
        // It follows nobody anywhere: the key belongs to this host alone.
        let client = client(endpoint.address.url(), timeouts, |builder| builder)
            .map_err(|problem| Problem::Client(problem).at(&endpoint.name, ""))?;
        Ok(Self(Arc::new(Inner {
            limiter: Limiter::new(&endpoint.limits),
            endpoint,
            client,
            key,
            cancel,
            backoff,
        })))
    }

    pub fn endpoint(&self) -> &Endpoint {
        &self.0.endpoint
    }

    /// The same way, told another thing about the endpoint. Limits start anew.
    pub fn with(&self, endpoint: Endpoint) -> Self {
        let inner = &self.0;
        Self(Arc::new(Inner {
            limiter: Limiter::new(&endpoint.limits),
            endpoint,
            client: inner.client.clone(),
            key: inner.key.clone(),
            cancel: inner.cancel.clone(),
            backoff: inner.backoff,
        }))
    }

    pub async fn get<T: Answer>(&self, path: &str) -> Result<T, EndpointError> {
        let attempt = || self.attempt(self.request(Method::GET, path), Work::Look);
        self.ask(path, attempt).await
    }

    pub async fn post<T: Answer>(&self, path: &str, body: &impl Serialize, work: Work) -> Result<T, EndpointError> {
        let told = |what: String| Problem::Refused(what).at(&self.endpoint().name, path);
        let body = serde_json::to_vec(body).map_err(|problem| told(problem.to_string()))?;
        let attempt = || {
            let request = self.request(Method::POST, path);
            let request = request.header("content-type", "application/json").body(body.clone());
            self.attempt(request, work)
        };
        self.ask(path, attempt).await
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let inner = &self.0;
        let request = inner.client.request(method, inner.endpoint.address.path(path));
        let request = request.timeout(timeout(&inner.endpoint));
        match &inner.key {
            Some(key) => request.header(AUTHORIZATION, key.bearer()),
            None => request,
        }
    }

    async fn ask<T, F>(&self, path: &str, mut attempt: impl FnMut() -> F) -> Result<T, EndpointError>
    where
        F: Future<Output = Result<T, Problem>>,
    {
        let inner = &self.0;
        let timeouts = Cell::new(0);
        let outcome = with_retries(
            inner.backoff,
            &inner.cancel,
            |failed: &Failed, wait| {
                tracing::info!(
                    endpoint = inner.endpoint.name,
                    path,
                    seconds = wait.as_secs_f64(),
                    "asking again: {}",
                    failed.problem
                );
            },
            || {
                let answer = attempt();
                async {
                    answer.await.map_err(|problem| {
                        if matches!(problem, Problem::TimedOut(_)) {
                            timeouts.set(timeouts.get() + 1);
                        }
                        let retry = self.retry(&problem, timeouts.get());
                        Failed { problem, retry }
                    })
                }
            },
        );
        outcome
            .await
            .map_err(|failed| failed.problem.at(&inner.endpoint.name, &format!("/{path}")))
    }

    /// Whether to ask again. Asking twice never scores twice, since one answer is used; where tokens cost money, what
    /// the server may have counted already is not asked again.
    fn retry(&self, problem: &Problem, timeouts: u32) -> Retry {
        match problem {
            Problem::Cut(_) | Problem::TimedOut(_) if self.0.endpoint.prices.is_some() => Retry::Never,
            Problem::TimedOut(_) if timeouts >= MOST_TIMEOUTS => Retry::Never,
            problem => problem.retry(),
        }
    }

    async fn attempt<T: Answer>(&self, request: RequestBuilder, work: Work) -> Result<T, Problem> {
        let inner = &self.0;
        let guess = match work {
            Work::Look => 0,
            Work::Tokens(guess) => guess,
        };
        let turn = inner.limiter.turn(guess).await;
        let timeout = timeout(&inner.endpoint);
        let response = request
            .send()
            .await
            .map_err(|error| Problem::of_request(error, timeout))?;
        let status = response.status();
        if !status.is_success() {
            return Err(self.refusal(response, timeout).await);
        }
        let bytes = read(response, MOST_BYTES, timeout).await?;
        let answer: T = serde_json::from_slice(&bytes).map_err(|problem| Problem::Malformed {
            // It quotes what it did not expect.
            what: self.shown(problem.to_string()),
            excerpt: self.shown(around(&bytes, problem.column())),
        })?;
        if let Some(usage) = answer.usage() {
            inner.limiter.correct(&turn, usage.tokens());
        }
        match answer.model() {
            Some(model) if !is_same_model(&inner.endpoint.model, model) => Err(Problem::OtherModel {
                asked: inner.endpoint.model.clone(),
                answered: self.shown(model.to_owned()),
            }),
            _ => Ok(answer),
        }
    }

    /// What an answer without success means.
    async fn refusal(&self, response: Response, timeout: Duration) -> Problem {
        let status = response.status();
        if status.is_redirection() {
            let target = response.headers().get(LOCATION).and_then(|value| value.to_str().ok());
            let target = target.and_then(|target| self.0.endpoint.address.url().join(target).ok());
            let host = |url: Url| url.origin().ascii_serialization();
            return Problem::Redirected(target.map_or_else(|| "another place".to_owned(), host));
        }
        let retry = of_status(status, response.headers());
        if let (StatusCode::TOO_MANY_REQUESTS, Retry::Later { after: Some(after) }) = (status, retry) {
            self.0.limiter.hold(after.min(self.0.backoff.patience));
        }
        // Where not even the reason arrives, the status says enough.
        let said_text = read(response, MOST_BYTES_OF_REFUSAL, timeout)
            .await
            .map(|bytes| self.shown(reason(&bytes)));
        let (status, said_text) = (status.as_u16(), said_text.unwrap_or_default());
        match status {
            401 | 403 => Problem::Unauthorized { status, said_text },
            _ => Problem::Status {
                status,
                said_text,
                retry,
            },
        }
    }

    /// A server's words as an error may repeat them: short, in one line, without what a terminal would obey, and without
    /// the key, should they hold it.
    pub fn shown(&self, text: String) -> String {
        let text = match &self.0.key {
            Some(key) => text.replace(key.expose(), "(key)"),
            None => text,
        };
        let is_between = |character: char| character.is_whitespace() || character.is_control();
        let words: Vec<&str> = text.split(is_between).filter(|word| !word.is_empty()).collect();
        let line = words.join(" ");
        match line.char_indices().nth(MOST_SAID) {
            Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default()),
            None => line,
        }
    }
}

fn timeout(endpoint: &Endpoint) -> Duration {
    Duration::from_secs(endpoint.limits.timeout_seconds.get().into())
}

/// The whole body, unless it is absurd.
async fn read(response: Response, most: usize, timeout: Duration) -> Result<Vec<u8>, Problem> {
    body(response, most).await.map_err(|problem| match problem {
        BodyError::TooLarge(most) => Problem::TooLarge(most),
        BodyError::Request(error) => Problem::of_request(error, timeout),
    })
}

/// The part of an unreadable answer where reading stopped.
fn around(bytes: &[u8], column: usize) -> String {
    const EACH_SIDE: usize = 60;
    let start = column.saturating_sub(EACH_SIDE).min(bytes.len());
    let end = (column + EACH_SIDE).min(bytes.len());
    String::from_utf8_lossy(bytes.get(start..end).unwrap_or_default()).into_owned()
}

/// Why a server refused, in its own words: the message of its JSON, or else its text.
fn reason(bytes: &[u8]) -> String {
    let Ok(value) = serde_json::from_slice::<serde_json::Value>(bytes) else {
        return String::from_utf8_lossy(bytes).into_owned();
    };
    let places = ["/error/message", "/error", "/message", "/detail"];
    let mut found = places.iter().filter_map(|place| value.pointer(place));
    match found.find_map(serde_json::Value::as_str) {
        Some(message) => message.to_owned(),
        None => value.to_string(),
    }
}

/// Whether two names mean one model. Services answer with the dated name of what they were asked for by its short
/// name, Ollama with the tag, routers with the owner before it.
fn is_same_model(asked: &str, answered: &str) -> bool {
    let last = |name: &str| name.rsplit('/').next().unwrap_or(name).to_ascii_lowercase();
    let (asked, answered) = (last(asked), last(answered));
    let refines = |short: &str, long: &str| {
        long.strip_prefix(short)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '@']) || is_date(rest))
    };
    refines(&asked, &answered) || refines(&answered, &asked)
}

/// Whether this is the `-2024-08-06` or `-0613` that services hang on names.
fn is_date(rest: &str) -> bool {
    rest.strip_prefix('-').is_some_and(|date| {
        date.len() >= 4
            && date
                .chars()
                .all(|character| character.is_ascii_digit() || character == '-')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_model_goes_by_several_names_and_another_by_none_of_them() {
        for (asked, answered) in [
            ("m", "m"),
            ("gpt-4o", "gpt-4o-2024-08-06"),
            ("gpt-4", "gpt-4-0613"),
            ("gemma3", "gemma3:latest"),
            ("openai/gpt-4o", "gpt-4o"),
            ("/models/x.gguf", "x.gguf"),
        ] {
            assert!(is_same_model(asked, answered), "{asked} {answered}");
        }
        for (asked, answered) in [
            ("gpt-4", "gpt-4o"),
            ("gpt-4o", "gpt-4o-mini"),
            ("llama-3-8b", "llama-3-70b"),
            ("m", ""),
            ("m", "other"),
        ] {
            assert!(!is_same_model(asked, answered), "{asked} {answered}");
        }
    }

    #[test]
    fn reasons_are_found_where_servers_put_them() {
        for body in [
            r#"{"error":{"message":"too long","code":400}}"#,
            r#"{"error":"too long"}"#,
            r#"{"detail":"too long"}"#,
            r#"{"object":"error","message":"too long"}"#,
            "too long",
        ] {
            assert_eq!(reason(body.as_bytes()), "too long", "{body}");
        }
    }
}
