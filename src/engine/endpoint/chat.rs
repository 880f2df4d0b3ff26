//! Written replies: `/v1/chat/completions`, which every server of the protocol has.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::connection::Session;
use super::transport::{Answer, Work};
use super::vllm::Counted;
use super::{EndpointError, Problem, Server, Usage};
use crate::engine::Sampling;

const CHAT: &str = "v1/chat/completions";

/// What is asked in a chat.
#[derive(Debug, Clone, PartialEq)]
pub struct WriteRequest {
    /// What stands before the conversation, where something does.
    pub system: Option<String>,
    /// What was asked and answered before, such as solved examples.
    pub earlier: Vec<(String, String)>,
    pub user: String,
    /// The most tokens to write, reasoning included.
    pub most_tokens: u32,
    pub sampling: Sampling,
    /// Texts that end the reply where they come up.
    pub stops: Vec<String>,
}

/// What a model replied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    pub text: String,
    /// What it thought before, where the server keeps that apart.
    pub reasoning: Option<String>,
    /// The service's own words where it would not have its model reply.
    pub refusal: Option<String>,
    pub ending: ReplyEnding,
    pub usage: Usage,
    /// The settings the server would not take, by their names in the protocol.
    pub left_out: Vec<String>,
}

/// Why a reply ends where it does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReplyEnding {
    /// The model said that it is done, or a stop text came up.
    Finished,
    /// As many tokens as were asked for, or as the model reads.
    Limit,
    /// The service's filter stepped in.
    Filtered,
    /// What else the server says.
    Other(String),
}

#[derive(Debug, Deserialize)]
struct Chatted {
    model: Option<String>,
    choices: Vec<Choice>,
    usage: Option<Counted>,
}

#[derive(Debug, Deserialize)]
struct Choice {
    message: Option<Message>,
    finish_reason: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
struct Message {
    content: Option<String>,
    /// As llama-server, DeepSeek and older vLLM call it.
    reasoning_content: Option<String>,
    /// As newer vLLM, Ollama and routers call it.
    reasoning: Option<String>,
    refusal: Option<String>,
}

impl Answer for Chatted {
    fn model(&self) -> Option<&str> {
        self.model.as_deref()
    }

    fn usage(&self) -> Option<Usage> {
        self.usage.as_ref().map(Counted::usage)
    }
}

pub(super) async fn write(session: &Session, request: &WriteRequest) -> Result<Reply, EndpointError> {
    if let Some(problem) = request.sampling.problem() {
        return Err(session.failed(CHAT, Problem::Refused(problem)));
    }
    let settings = settings(session.transport.endpoint().server, request);
    let earlier = request.earlier.iter().map(|(user, answer)| user.len() + answer.len());
    let prompt = request.system.as_ref().map_or(0, String::len) + earlier.sum::<usize>() + request.user.len();
    // A token has about three bytes.
    let work = Work::Tokens(prompt as u64 / 3 + u64::from(request.most_tokens));
    loop {
        let refused = session.refused();
        let body = body(session, request, &settings, &refused);
        let problem = match session.transport.post::<Chatted>(CHAT, &body, work).await {
            Ok(chatted) => return reply(session, chatted, left_out(&settings, &refused)),
            Err(problem) => problem,
        };
        match refused_setting(&problem, &settings, &refused) {
            Some(name) => session.refuse(name),
            None => return Err(problem),
        }
    }
}

/// A setting of a request, and another name that newer services have for it.
struct Setting {
    name: &'static str,
    value: Value,
    other_name: Option<&'static str>,
    /// Whether the reply would be another without it: one that only repeats the server's usual is not missed.
    matters: bool,
}

/// Everything that chooses tokens, said outright: servers differ in what they do unasked.
fn settings(server: Server, request: &WriteRequest) -> Vec<Setting> {
    let Sampling {
        temperature,
        top_k,
        top_p,
        min_p,
        repetition_penalty,
        seed,
    } = request.sampling;
    let setting = |name, value, matters| Setting {
        name,
        value,
        other_name: None,
        matters,
    };
    // At temperature 0 there is nothing to choose among.
    let samples = temperature > 0.0;
    let mut settings = vec![
        Setting {
            other_name: Some("max_completion_tokens"),
            ..setting("max_tokens", json!(request.most_tokens), true)
        },
        setting("temperature", json!(temperature), true),
        setting("top_p", json!(top_p), samples && top_p < 1.0),
        setting("seed", json!(seed), samples),
    ];
    if !request.stops.is_empty() {
        settings.push(setting("stop", json!(request.stops), true));
    }
    let repetition = match server {
        Server::Vllm => "repetition_penalty",
        _ => "repeat_penalty",
    };
    let more = [
        setting("top_k", json!(top_k.map_or(0, |k| k.get())), samples && top_k.is_some()),
        setting("min_p", json!(min_p), samples && min_p > 0.0),
        setting(repetition, json!(repetition_penalty), repetition_penalty != 1.0),
    ];
    match server {
        Server::Vllm | Server::LlamaServer | Server::LlamaCppPython | Server::LmStudio => settings.extend(more),
        // Services of the bare protocol refuse what it does not know, so only what matters is tried.
        Server::Ollama | Server::OpenAi => settings.extend(more.into_iter().filter(|setting| setting.matters)),
    }
    settings
}

fn body(
    session: &Session,
    request: &WriteRequest,
    settings: &[Setting],
    refused: &BTreeSet<&'static str>,
) -> Map<String, Value> {
    let mut messages = Vec::new();
    if let Some(system) = &request.system {
        messages.push(json!({"role": "system", "content": system}));
    }
    for (user, answer) in &request.earlier {
        messages.push(json!({"role": "user", "content": user}));
        messages.push(json!({"role": "assistant", "content": answer}));
    }
    messages.push(json!({"role": "user", "content": request.user}));
    let mut body = Map::new();
    body.insert("model".into(), json!(session.transport.endpoint().model));
    body.insert("messages".into(), Value::Array(messages));
    body.insert("stream".into(), json!(false));
    for setting in settings {
        let names = std::iter::once(setting.name).chain(setting.other_name);
        if let Some(name) = names.into_iter().find(|name| !refused.contains(name)) {
            body.insert(name.to_owned(), setting.value.clone());
        }
    }
    body
}

fn left_out(settings: &[Setting], refused: &BTreeSet<&'static str>) -> Vec<String> {
    let is_refused = |setting: &&Setting| {
        let mut names = std::iter::once(setting.name).chain(setting.other_name);
        setting.matters && names.all(|name| refused.contains(name))
    };
    settings
        .iter()
        .filter(is_refused)
        .map(|setting| setting.name.to_owned())
        .collect()
}

/// The setting a server names when it says that a request is wrong, where it was among those sent.
fn refused_setting(
    error: &EndpointError,
    settings: &[Setting],
    refused: &BTreeSet<&'static str>,
) -> Option<&'static str> {
    let Problem::Status {
        status: 400 | 422,
        said_text,
        ..
    } = &error.problem
    else {
        return None;
    };
    let names = settings.iter().filter_map(|setting| {
        let mut names = std::iter::once(setting.name).chain(setting.other_name);
        names.find(|name| !refused.contains(name))
    });
    let quoted = |name: &str| {
        ['\'', '`', '"']
            .iter()
            .any(|quote| said_text.contains(&format!("{quote}{name}{quote}")))
    };
    // A service that wants the other name quotes both, the wrong one first.
    names
        .filter(|name| quoted(name))
        .min_by_key(|name| said_text.find(name))
}

fn reply(session: &Session, chatted: Chatted, left_out: Vec<String>) -> Result<Reply, EndpointError> {
    let usage = chatted.usage().unwrap_or(Usage::one(0, 0));
    let lacking = |what: &str| session.failed(CHAT, Problem::Incomplete(what.to_owned()));
    let choice = chatted.choices.into_iter().next();
    let choice = choice.ok_or_else(|| lacking("there are no `choices`"))?;
    let ending = match choice.finish_reason.as_deref() {
        Some("stop" | "eos" | "end_turn") => ReplyEnding::Finished,
        Some("length" | "max_tokens") => ReplyEnding::Limit,
        Some("content_filter" | "safety" | "refusal") => ReplyEnding::Filtered,
        Some(other) => ReplyEnding::Other(session.transport.shown(other.to_owned())),
        None => return Err(lacking("there is no `finish_reason`, so the reply may be cut")),
    };
    let message = choice.message.ok_or_else(|| lacking("there is no `message`"))?;
    let reasoning = message.reasoning_content.or(message.reasoning);
    if message.content.is_none() && reasoning.is_none() && message.refusal.is_none() && ending == ReplyEnding::Finished
    {
        return Err(lacking("the message has no `content`"));
    }
    Ok(Reply {
        text: message.content.unwrap_or_default(),
        reasoning: reasoning.filter(|text| !text.is_empty()),
        refusal: message.refusal,
        ending,
        usage,
        left_out,
    })
}
