//! Models behind servers that speak the OpenAI-compatible protocol: what is known of such a server, and asking it.
//!
//! [`Connection`] is what the rest of the program uses. Each kind of server has its own wire format in a file of its
//! own; [`probe`] finds out which one stands behind an address and the best route to scores it offers.

mod adding;
mod address;
mod book;
mod chat;
mod connection;
mod error;
mod limits;
mod llama_cpp_python;
mod llama_server;
mod next_token;
mod ollama;
mod probe;
mod special;
mod transport;
mod usage;
mod vllm;

use std::fmt;
use std::num::{NonZeroU32, NonZeroUsize};

use serde::{Deserialize, Serialize};

pub use adding::{AddError, AddedEndpoint, Wish, add, probe_again, remove};
pub use address::{Address, AddressError};
pub use book::{BookError, EndpointBook};
pub use chat::{Reply, ReplyEnding, WriteRequest};
pub use connection::{Connection, Scored};
pub use error::{EndpointError, Problem};
pub use probe::{ModelSeen, ProbeReport, RefusedRoute, probe};
pub use usage::{Prices, Usage};

/// A server, the model it is asked for, and how. It never holds a key.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Endpoint {
    /// What people call it here.
    pub name: String,
    pub address: Address,
    /// The server's own name of the model.
    pub model: String,
    pub server: Server,
    pub route: Route,
    /// The most tokens a prompt with its answer may have, where the server says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context_length: Option<usize>,
    /// The environment variable that holds the key. Without one the key is what was typed in, where there was any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_variable: Option<String>,
    #[serde(default)]
    pub limits: Limits,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prices: Option<Prices>,
}

impl Endpoint {
    /// Whether it runs on this machine, so that nothing leaves it.
    pub fn is_loopback(&self) -> bool {
        self.address.is_loopback()
    }

    /// What the keyring files a typed-in key under. The host is part of it, so that a key never follows a name to
    /// another address.
    pub fn key_name(&self) -> String {
        format!("endpoint {} at {}", self.name, self.address.origin())
    }

    /// What would leave this machine and to where, in plain words.
    pub fn what_leaves(&self) -> String {
        let host = self.address.host();
        if self.is_loopback() {
            return format!("Nothing leaves this machine: {host} is the machine itself.");
        }
        let line = match self.address.is_encrypted() {
            true => "over an encrypted connection",
            false => "over a connection that is not encrypted, so that others on the network can read it",
        };
        format!(
            "The text of every question, its options and examples, and the key where there is one, go to {host} {line}. \
             Reviews and other models' answers stay here."
        )
    }
}

/// A kind of server, by what it answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Server {
    Vllm,
    /// llama.cpp's own server.
    LlamaServer,
    /// The server of the Python package `llama-cpp-python`.
    LlamaCppPython,
    Ollama,
    LmStudio,
    /// A hosted chat service, or any other server of the protocol.
    OpenAi,
}

impl Server {
    /// The ways it may offer to score letters, the best first.
    fn scoring_routes(self) -> &'static [Route] {
        match self {
            Self::Vllm => &[Route::NextToken, Route::Continuations],
            Self::LlamaServer | Self::LlamaCppPython | Self::Ollama => &[Route::NextToken],
            Self::LmStudio | Self::OpenAi => &[],
        }
    }
}

impl Server {
    /// Whether it tells the probabilities of whole texts; others tell those of one next token.
    pub fn scores_texts(self) -> bool {
        matches!(self, Self::Vllm | Self::LlamaServer)
    }
}

impl fmt::Display for Server {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Vllm => "vLLM",
            Self::LlamaServer => "llama-server",
            Self::LlamaCppPython => "llama-cpp-python",
            Self::Ollama => "Ollama",
            Self::LmStudio => "LM Studio",
            Self::OpenAi => "OpenAI-compatible",
        })
    }
}

/// How answers are had from a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Route {
    /// The log-probabilities of the letters as next tokens: one request an item.
    NextToken,
    /// The log-probabilities of each whole continuation: one request an option.
    Continuations,
    /// A chat reply, whose answer is found in its text.
    Written,
}

impl Route {
    /// Whether it gives log-probabilities; else there is only text.
    pub fn scores(self) -> bool {
        self != Self::Written
    }
}

impl fmt::Display for Route {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::NextToken => "next-token probabilities",
            Self::Continuations => "continuation probabilities",
            Self::Written => "written replies",
        })
    }
}

/// How hard a server may be pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Limits {
    /// Requests in flight at once.
    pub concurrent: NonZeroUsize,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requests_per_minute: Option<NonZeroU32>,
    /// Read and written together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tokens_per_minute: Option<NonZeroU32>,
    /// The longest one answer may take.
    pub timeout_seconds: NonZeroU32,
}

impl Default for Limits {
    fn default() -> Self {
        const CONCURRENT: NonZeroUsize = NonZeroUsize::MIN.saturating_add(63);
        const TIMEOUT_SECONDS: NonZeroU32 = NonZeroU32::MIN.saturating_add(299);
        Self {
            concurrent: CONCURRENT,
            requests_per_minute: None,
            tokens_per_minute: None,
            timeout_seconds: TIMEOUT_SECONDS,
        }
    }
}
