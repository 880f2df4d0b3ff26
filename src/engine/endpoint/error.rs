//! What can go wrong with a server, told with the endpoint and the request.

use std::time::Duration;

use reqwest::StatusCode;

use crate::cancel::Cancelled;
use crate::network::{ClientError, Retry, Retryable, SecretError, of_error};
use crate::prompts::ChatError;

/// A failure at an endpoint.
#[derive(Debug, thiserror::Error)]
#[error("endpoint `{endpoint}`{}: {problem}", asked(request))]
pub struct EndpointError {
    pub endpoint: String,
    /// The path asked, as `/v1/completions`; empty where nothing was asked.
    pub request: String,
    pub problem: Problem,
}

fn asked(request: &str) -> String {
    match request.is_empty() {
        true => String::new(),
        false => format!(", {request}"),
    }
}

/// What went wrong.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    #[error("stopped on request")]
    Cancelled,
    #[error("{0}")]
    Client(ClientError),
    #[error("its key is expected in the environment variable {0}, which is not set; set it and start again")]
    NoVariable(String),
    #[error("the environment variable {variable} holds no key: {problem}")]
    BadVariable { variable: String, problem: SecretError },
    #[error("the server cannot be reached: {what}. See that it runs and that the address is right")]
    Unreachable { what: String, retry: Retry },
    #[error(
        "no answer within {0} seconds; the server is overloaded or stalled. Lower the requests at once, or allow more time"
    )]
    TimedOut(u64),
    #[error("the connection was cut before the whole answer had come: {0}. The server may have been restarted")]
    Cut(String),
    #[error("the server wants another key (status {status}){}", said(said_text))]
    Unauthorized { status: u16, said_text: String },
    #[error("the server sends us on to {0}, where the key does not go; if that is right, add that address instead")]
    Redirected(String),
    #[error("the server answered with status {status}{}", said(said_text))]
    Status {
        status: u16,
        said_text: String,
        retry: Retry,
    },
    #[error("the answer has more than {0} bytes; this is no server of the protocol")]
    TooLarge(usize),
    #[error("the answer cannot be read: {what}{}", said(excerpt))]
    Malformed { what: String, excerpt: String },
    #[error("the answer lacks what was asked for: {0}")]
    Incomplete(String),
    #[error("the answer is from the model `{answered}`; asked was `{asked}`")]
    OtherModel { asked: String, answered: String },
    #[error("the server has no model `{asked}`; it has {known}")]
    NoModel { asked: String, known: String },
    #[error("no number for the option `{letter}`: {why}")]
    NoNumber { letter: String, why: String },
    #[error(
        "the text holds `{text}`, which the model would read as a control token; this server cannot be told to read it as text"
    )]
    ControlToken { text: String },
    #[error("{0}")]
    Refused(String),
    #[error(transparent)]
    Chat(#[from] ChatError),
}

fn said(text: &str) -> String {
    match text.is_empty() {
        true => String::new(),
        false => format!(": {text}"),
    }
}

impl EndpointError {
    /// Whether other requests would fail the same way: the server is not there, wants another key, or has another
    /// model. Else only this answer failed.
    pub fn ends_run(&self) -> bool {
        match &self.problem {
            Problem::Cancelled
            | Problem::Client(_)
            | Problem::NoVariable(_)
            | Problem::BadVariable { .. }
            | Problem::Unreachable { .. }
            | Problem::Unauthorized { .. }
            | Problem::Redirected(_)
            | Problem::OtherModel { .. }
            | Problem::NoModel { .. } => true,
            // Asked again with patience, it still says that it has had enough.
            Problem::Status { status, .. } => *status == StatusCode::TOO_MANY_REQUESTS.as_u16(),
            _ => false,
        }
    }

    /// Whether somebody asked to stop.
    pub fn is_cancelled(&self) -> bool {
        matches!(self.problem, Problem::Cancelled)
    }
}

impl Problem {
    /// Tells it of an endpoint and the path that was asked.
    pub(super) fn at(self, endpoint: &str, request: &str) -> EndpointError {
        EndpointError {
            endpoint: endpoint.to_owned(),
            request: request.to_owned(),
            problem: self,
        }
    }

    /// A request that got no whole answer within `timeout`. The address is left out: it is told with the endpoint.
    pub(super) fn of_request(error: reqwest::Error, timeout: Duration) -> Self {
        let retry = of_error(&error);
        if error.is_connect() {
            return Self::Unreachable {
                what: crate::error_chain(&error.without_url()),
                retry,
            };
        }
        if error.is_timeout() {
            return Self::TimedOut(timeout.as_secs());
        }
        Self::Cut(crate::error_chain(&error.without_url()))
    }
}

impl From<Cancelled> for Problem {
    fn from(_: Cancelled) -> Self {
        Self::Cancelled
    }
}

impl Retryable for Problem {
    fn retry(&self) -> Retry {
        match self {
            Self::Unreachable { retry, .. } | Self::Status { retry, .. } => *retry,
            Self::Cut(_) | Self::TimedOut(_) => Retry::Later { after: None },
            _ => Retry::Never,
        }
    }
}
