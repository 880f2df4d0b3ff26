//! Finding out what stands behind an address: which server, which models, and the best route to answers.
//!
//! Only a neutral question is sent, never an item's text.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::connection::{Connection, Listed, models, no_scores};
use super::transport::{Answer, Transport};
use super::{Endpoint, EndpointError, Problem, Route, Server, Usage, WriteRequest};
use crate::cancel::Cancel;
use crate::engine::Sampling;
use crate::network::{Backoff, Secret};
use crate::prompts::{PromptText, ScoredPrompt};

/// What a probe found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ProbeReport {
    pub server: Server,
    pub version: Option<String>,
    /// What the server has, as far as it says.
    pub models: Vec<ModelSeen>,
    /// The model that was tried.
    pub model: String,
    pub context_length: Option<usize>,
    /// Whether prompts can be put through the model's chat template with probabilities asked for.
    pub has_chat_template: bool,
    /// The best route that worked.
    pub route: Route,
    /// The routes that would be better or are left, and why they cannot be gone.
    pub refused: Vec<RefusedRoute>,
    /// What the probe itself took.
    pub usage: Usage,
}

/// A model a server lists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ModelSeen {
    pub name: String,
    pub context_length: Option<usize>,
}

/// A route that cannot be gone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RefusedRoute {
    pub route: Route,
    pub reason: String,
}

/// A few attempts: whoever probes is waiting for it.
const BACKOFF: Backoff = Backoff {
    attempts: 3,
    first: std::time::Duration::from_millis(300),
    longest: std::time::Duration::from_secs(5),
    patience: std::time::Duration::from_secs(20),
};

/// Asks the server of `endpoint` what it is and what it can do. The endpoint's own server and route are not believed;
/// its model may be empty where the server has but one.
pub async fn probe(endpoint: &Endpoint, key: Option<Secret>, cancel: Cancel) -> Result<ProbeReport, EndpointError> {
    let transport = Transport::new(endpoint.clone(), key, cancel, BACKOFF)?;
    let listed = match models(&transport).await {
        Ok(listed) => listed,
        Err(error) if matches!(error.problem, Problem::Status { status: 404 | 405, .. }) => Vec::new(),
        Err(error) => return Err(error),
    };
    let model = chosen_model(endpoint, &listed)?;
    let seen = identify(&transport, &listed).await?;
    let mut tried = Trial {
        transport,
        endpoint: Endpoint {
            model: model.clone(),
            server: seen.server,
            ..endpoint.clone()
        },
        usage: Usage::default(),
        refused: Vec::new(),
    };
    let route = tried.best_route().await?;
    let has_chat_template = route.scores()
        && tried
            .connection(route)
            .chat_template()
            .await
            .is_ok_and(|found| found.is_some());
    let of_model = listed
        .iter()
        .find(|listed| listed.is_called(&model))
        .and_then(|listed| listed.max_model_len);
    let shown = |listed: Listed| ModelSeen {
        name: tried.transport.shown(listed.id),
        context_length: listed.max_model_len,
    };
    Ok(ProbeReport {
        server: seen.server,
        version: seen.version.map(|version| tried.transport.shown(version)),
        models: listed.into_iter().map(shown).collect(),
        model,
        context_length: of_model.or(seen.context_length),
        has_chat_template,
        route,
        refused: tried.refused,
        usage: tried.usage,
    })
}

/// The model that was asked for, or the only one there is.
fn chosen_model(endpoint: &Endpoint, listed: &[Listed]) -> Result<String, EndpointError> {
    let asked = &endpoint.model;
    let known = |listed: &[Listed]| -> String {
        let names: Vec<&str> = listed.iter().take(20).map(|listed| listed.id.as_str()).collect();
        match listed.len() > names.len() {
            true => format!("{} and {} more", names.join(", "), listed.len() - names.len()),
            false => names.join(", "),
        }
    };
    let failed = |problem: Problem| Err(problem.at(&endpoint.name, "/v1/models"));
    match listed {
        [] if asked.is_empty() => failed(Problem::Refused(
            "the server does not list its models; say which one is meant".to_owned(),
        )),
        [] => Ok(asked.clone()),
        [only] if asked.is_empty() => Ok(only.id.clone()),
        listed if asked.is_empty() => failed(Problem::Refused(format!(
            "the server has several models; say which one is meant: {}",
            known(listed)
        ))),
        listed if listed.iter().any(|listed| listed.is_called(asked)) => Ok(asked.clone()),
        listed => failed(Problem::NoModel {
            asked: asked.clone(),
            known: known(listed),
        }),
    }
}

/// What a server says of itself.
struct Seen {
    server: Server,
    version: Option<String>,
    context_length: Option<usize>,
}

#[derive(Debug, Deserialize)]
#[serde(transparent)]
struct Anything(Value);

impl Answer for Anything {}

async fn identify(transport: &Transport, listed: &[Listed]) -> Result<Seen, EndpointError> {
    let seen = |server, version: Option<&Value>| Seen {
        server,
        version: version.and_then(Value::as_str).map(str::to_owned),
        context_length: None,
    };
    let is_owned_by = |owner: &str| listed.iter().any(|listed| listed.owned_by.as_deref() == Some(owner));
    if is_owned_by("vllm") {
        let version = look(transport, "version").await?;
        return Ok(seen(
            Server::Vllm,
            version.as_ref().and_then(|version| version.get("version")),
        ));
    }
    if let Some(props) = look(transport, "props").await?
        && let Some(settings) = props.get("default_generation_settings")
    {
        let context_length = settings
            .get("n_ctx")
            .and_then(Value::as_u64)
            .and_then(|length| length.try_into().ok());
        return Ok(Seen {
            context_length,
            ..seen(Server::LlamaServer, props.get("build_info"))
        });
    }
    if let Some(version) = look(transport, "api/version").await?
        && let Some(version) = version.get("version")
    {
        return Ok(seen(Server::Ollama, Some(version)));
    }
    if let Some(models) = look(transport, "api/v0/models").await?
        && models.pointer("/data/0/compatibility_type").is_some()
    {
        return Ok(seen(Server::LmStudio, None));
    }
    if let Some(description) = look(transport, "openapi.json").await?
        && let Some(title) = description.pointer("/info/title").and_then(Value::as_str)
        && title.contains("llama.cpp Python")
    {
        return Ok(seen(Server::LlamaCppPython, description.pointer("/info/version")));
    }
    Ok(seen(Server::OpenAi, None))
}

/// What lies at a path, where anything readable does. Only a server that has gone away is a failure.
async fn look(transport: &Transport, path: &str) -> Result<Option<Value>, EndpointError> {
    match transport.get::<Anything>(path).await {
        Ok(Anything(value)) => Ok(Some(value)),
        Err(error) if matches!(error.problem, Problem::Cancelled | Problem::Unreachable { .. }) => Err(error),
        Err(_) => Ok(None),
    }
}

/// Routes being tried.
struct Trial {
    transport: Transport,
    endpoint: Endpoint,
    usage: Usage,
    refused: Vec<RefusedRoute>,
}

impl Trial {
    fn connection(&self, route: Route) -> Connection {
        let endpoint = Endpoint {
            route,
            ..self.endpoint.clone()
        };
        Connection::over(self.transport.with(endpoint))
    }

    /// The best route that works; those before it are noted with what went wrong.
    async fn best_route(&mut self) -> Result<Route, EndpointError> {
        let server = self.endpoint.server;
        let mut first_failure = None;
        for &route in server.scoring_routes() {
            match self.connection(route).score(&neutral()).await {
                Ok(scored) => {
                    self.usage += scored.usage;
                    return Ok(route);
                }
                Err(error) if error.ends_run() => return Err(error),
                Err(error) => {
                    self.refuse(route, error.problem.to_string());
                    first_failure.get_or_insert(error);
                }
            }
        }
        if server.scoring_routes().is_empty() {
            self.refuse(Route::NextToken, no_scores(server).to_owned());
        }
        let request = WriteRequest {
            system: None,
            earlier: Vec::new(),
            user: "Reply with the word: yes".to_owned(),
            most_tokens: 16,
            sampling: Sampling::default(),
            stops: Vec::new(),
        };
        let reply = self.connection(Route::Written).write(&request).await;
        // Where nothing works, the failure of the best route tells more than that of the last.
        let reply = reply.map_err(|error| match error.ends_run() {
            true => error,
            false => first_failure.unwrap_or(error),
        })?;
        self.usage += reply.usage;
        Ok(Route::Written)
    }

    fn refuse(&mut self, route: Route, reason: String) {
        self.refused.push(RefusedRoute { route, reason });
    }
}

/// A question that is nobody's, in the shape of an item.
fn neutral() -> ScoredPrompt {
    let mut text = PromptText::default();
    text.push_markup("Question: Which of these is a colour?\nA. Blue\nB. Seven\nAnswer:");
    ScoredPrompt::new(text, &[" A", " B"])
}
