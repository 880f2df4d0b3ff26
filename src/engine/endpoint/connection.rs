//! Asking an endpoint: one call, one answer, whichever server stands behind it.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use serde::Deserialize;
use tokio::sync::OnceCell;

use super::special::Known;
use super::transport::{Answer, Transport};
use super::{
    Endpoint, EndpointError, Problem, Reply, Route, Server, Usage, WriteRequest, chat, llama_cpp_python, llama_server,
    ollama, vllm,
};
use crate::cancel::Cancel;
use crate::engine::{ScoreRequest, Scores, TokenId};
use crate::network::{Backoff, Secret, SecretStore};
use crate::prompts::{ChatTemplate, ScoredPrompt};

/// An endpoint that can be asked. Clones are cheap and share its limits; any number of calls may wait at once.
#[derive(Clone)]
pub struct Connection(Arc<Session>);

/// What is shared by all requests: the way there, and what was learnt of the model's tokens.
pub(super) struct Session {
    pub transport: Transport,
    pub known: Known,
    beginning: OnceCell<Vec<TokenId>>,
    /// The settings of replies the server said it does not take.
    refused: Mutex<BTreeSet<&'static str>>,
}

/// The scores of one item.
#[derive(Debug, Clone, PartialEq)]
pub struct Scored {
    /// One finite number for each continuation.
    pub scores: Scores,
    /// How many tokens of each continuation were scored.
    pub option_tokens: Vec<usize>,
    pub prompt_tokens: usize,
    pub usage: Usage,
}

/// Patient enough for a server that is started again: about three minutes in all.
const BACKOFF: Backoff = Backoff {
    attempts: 10,
    first: std::time::Duration::from_millis(500),
    longest: std::time::Duration::from_secs(30),
    patience: std::time::Duration::from_secs(300),
};

impl Connection {
    /// Prepares to ask; nothing is sent yet. The key is that of the endpoint's variable, or else the one kept for it;
    /// looking it up may wait for the keyring.
    pub fn open(endpoint: Endpoint, keys: &SecretStore, cancel: Cancel) -> Result<Self, EndpointError> {
        let key = key(&endpoint, keys)?;
        Self::with_key(endpoint, key, cancel, BACKOFF)
    }

    /// Prepares to ask with a given key and patience.
    pub fn with_key(
        endpoint: Endpoint,
        key: Option<Secret>,
        cancel: Cancel,
        backoff: Backoff,
    ) -> Result<Self, EndpointError> {
        Transport::new(endpoint, key, cancel, backoff).map(Self::over)
    }

    pub(super) fn over(transport: Transport) -> Self {
        Self(Arc::new(Session {
            transport,
            known: Known::default(),
            beginning: OnceCell::new(),
            refused: Mutex::default(),
        }))
    }

    pub fn endpoint(&self) -> &Endpoint {
        self.0.transport.endpoint()
    }

    /// Sees that the server is there, takes the key and has the model.
    pub async fn check(&self) -> Result<(), EndpointError> {
        let models = match models(&self.0.transport).await {
            Ok(models) => models,
            // Not every service lists its models; the first answer will tell.
            Err(error) if matches!(error.problem, Problem::Status { status: 404, .. }) => return Ok(()),
            Err(error) => return Err(error),
        };
        let asked = &self.endpoint().model;
        if models.iter().any(|model| model.is_called(asked)) {
            return Ok(());
        }
        let known: Vec<String> = models
            .into_iter()
            .map(|model| self.0.transport.shown(model.id))
            .collect();
        let known = match known.is_empty() {
            true => "none".to_owned(),
            false => known.join(", "),
        };
        let asked = asked.clone();
        Err(self.0.failed(MODELS, Problem::NoModel { asked, known }))
    }

    /// The model's chat template, to render prompts with as those of local models; `None` where the model has none or
    /// its server does not show it.
    pub async fn chat_template(&self) -> Result<Option<ChatTemplate>, EndpointError> {
        match self.endpoint().server {
            Server::LlamaServer => llama_server::chat_template(&self.0).await,
            Server::Vllm => vllm::chat_template(&self.0).await,
            Server::LlamaCppPython | Server::Ollama | Server::LmStudio | Server::OpenAi => Ok(None),
        }
    }

    /// The log-probability of each continuation after the prompt. There is a number for every one, or an error.
    pub async fn score(&self, prompt: &ScoredPrompt) -> Result<Scored, EndpointError> {
        let Endpoint { server, route, .. } = self.endpoint();
        if *route == Route::Written {
            return Err(self.0.failed("", Problem::Refused(no_scores(*server).to_owned())));
        }
        match server {
            Server::Vllm => vllm::score(&self.0, prompt).await,
            Server::LlamaServer => llama_server::score(&self.0, prompt).await,
            Server::LlamaCppPython => llama_cpp_python::score(&self.0, prompt).await,
            Server::Ollama => ollama::score(&self.0, prompt).await,
            Server::LmStudio | Server::OpenAi => {
                Err(self.0.failed("", Problem::Refused(no_scores(*server).to_owned())))
            }
        }
    }

    /// A chat reply.
    pub async fn write(&self, request: &WriteRequest) -> Result<Reply, EndpointError> {
        chat::write(&self.0, request).await
    }
}

/// Why a server's letters cannot be scored by probability.
pub(super) fn no_scores(server: Server) -> &'static str {
    match server {
        Server::LmStudio => "LM Studio gives no log-probabilities, so its replies are written and read",
        Server::OpenAi => {
            "a hosted chat service gives no log-probabilities of a prompt's own continuations, so its replies are \
             written and read"
        }
        _ => "it was set up for written replies, not for log-probabilities",
    }
}

impl Session {
    /// A failure at one of the server's paths.
    pub fn failed(&self, path: &str, problem: Problem) -> EndpointError {
        let path = match path.is_empty() {
            true => String::new(),
            false => format!("/{path}"),
        };
        problem.at(&self.transport.endpoint().name, &path)
    }

    /// The tokens the model wants before every text; found out once.
    pub async fn beginning<F>(&self, find: impl FnOnce() -> F) -> Result<&Vec<TokenId>, EndpointError>
    where
        F: Future<Output = Result<Vec<TokenId>, EndpointError>>,
    {
        self.beginning.get_or_try_init(find).await
    }

    /// The settings of replies the server does not take.
    pub fn refused(&self) -> BTreeSet<&'static str> {
        self.refused.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Remembers a setting the server does not take.
    pub fn refuse(&self, setting: &'static str) {
        self.refused
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(setting);
    }

    /// The scores where there is a number for every continuation; `why` says what it means that there is none.
    pub fn scored(
        &self,
        prompt: &ScoredPrompt,
        request: &ScoreRequest,
        scores: Vec<Option<f64>>,
        usage: Usage,
        why: &str,
    ) -> Result<Scored, EndpointError> {
        Ok(Scored {
            scores: self.numbers(prompt, scores, why)?,
            option_tokens: request.continuations.iter().map(Vec::len).collect(),
            prompt_tokens: request.prompt.len(),
            usage,
        })
    }

    /// The numbers alone.
    pub fn numbers(&self, prompt: &ScoredPrompt, scores: Vec<Option<f64>>, why: &str) -> Result<Scores, EndpointError> {
        let numbers = scores.iter().zip(&prompt.continuations).map(|(score, continuation)| {
            score.ok_or_else(|| {
                let (letter, why) = (continuation.trim().to_owned(), why.to_owned());
                self.failed("", Problem::NoNumber { letter, why })
            })
        });
        Ok(Scores {
            log_probabilities: numbers.collect::<Result<_, _>>()?,
        })
    }
}

/// The key of an endpoint: that of its variable, or else the one kept for it.
pub(super) fn key(endpoint: &Endpoint, keys: &SecretStore) -> Result<Option<Secret>, EndpointError> {
    let Some(variable) = &endpoint.key_variable else {
        return Ok(keys.find(&endpoint.key_name()));
    };
    let failed = |problem: Problem| problem.at(&endpoint.name, "");
    let text = std::env::var(variable).map_err(|_| failed(Problem::NoVariable(variable.clone())))?;
    Secret::new(&text).map(Some).map_err(|problem| {
        failed(Problem::BadVariable {
            variable: variable.clone(),
            problem,
        })
    })
}

pub(super) const MODELS: &str = "v1/models";

/// A model as a server lists it.
#[derive(Debug, Deserialize)]
pub(super) struct Listed {
    pub id: String,
    #[serde(default)]
    pub owned_by: Option<String>,
    /// What vLLM calls the context length.
    #[serde(default)]
    pub max_model_len: Option<usize>,
}

impl Listed {
    /// Whether a name means this model. Ollama lists names with a tag, Google's service with `models/` before them.
    pub fn is_called(&self, name: &str) -> bool {
        let listed = self.id.strip_prefix("models/").unwrap_or(&self.id);
        self.id == name || listed == name || listed.strip_suffix(":latest") == Some(name)
    }
}

#[derive(Debug, Deserialize)]
struct List {
    data: Option<Vec<Listed>>,
}

impl Answer for List {}

/// The models a server has. Names that a terminal would obey instead of showing them are no names.
pub(super) async fn models(transport: &Transport) -> Result<Vec<Listed>, EndpointError> {
    let list: List = transport.get(MODELS).await?;
    let mut models = list.data.unwrap_or_default();
    models.retain(|model| !model.id.contains(char::is_control));
    Ok(models)
}
