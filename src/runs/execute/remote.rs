//! Asking an endpoint: many items at once, kept in the plan's order.
//!
//! Requests run ahead of the answers that are written down by a bounded window, so memory does not grow with the run
//! and a server of many GPUs stays busy across groups. One request is one answer: retries happen inside the
//! [`Connection`]. An item that cannot be answered, such as one too long for the model, fails alone with the reason;
//! where other items would fail the same way, the run stops and can be resumed.

use std::time::Instant;

use futures_util::{StreamExt as _, stream};

use super::ExecuteError;
use super::kept::Kept;
use crate::engine::Sampling;
use crate::engine::endpoint::{Connection, Endpoint, EndpointError, ReplyEnding as Ended, WriteRequest};
use crate::network::block_on;
use crate::prompts::{ChatTemplate, Protocol, Scoring, Shown, conversation, scored_prompt};
use crate::runs::{GROUP_ITEMS, Group, Planned};
use crate::scoring::{Answer, Asked, Reply, ReplyEnding, likelihood, written};

/// How many times the requests in flight are asked for ahead of the one that is waited for.
const AHEAD: usize = 2;

/// An endpoint of a run.
pub(super) struct RemoteModel {
    name: String,
    connection: Connection,
    chat: Option<ChatTemplate>,
    protocol: Protocol,
}

/// Refuses an endpoint that cannot give what a protocol asks, before anything is sent.
pub(super) fn require_route(endpoint: &Endpoint, protocol: &Protocol) -> Result<(), ExecuteError> {
    let (model, server) = (endpoint.name.clone(), endpoint.server.to_string());
    match protocol.scoring {
        Scoring::Written { .. } => Ok(()),
        _ if !endpoint.route.scores() => Err(ExecuteError::NoScores { model, server }),
        Scoring::Options { .. } if !endpoint.server.scores_texts() => Err(ExecuteError::NoTextScores { model, server }),
        _ => Ok(()),
    }
}

/// Sees that the server is there, takes the key and has the model. No item is sent.
pub(super) fn check(connection: &Connection) -> Result<(), ExecuteError> {
    block_on(connection.check())?.map_err(stopped)
}

impl RemoteModel {
    /// Sees that the server still answers, and fetches the model's chat template where the protocol asks for it.
    pub fn open(connection: Connection, protocol: &Protocol) -> Result<Self, ExecuteError> {
        require_route(connection.endpoint(), protocol)?;
        check(&connection)?;
        let name = connection.endpoint().name.clone();
        // A chat service puts written questions through the template itself.
        let scores_in_chat = protocol.chat && !protocol.scoring.is_written();
        let chat = match scores_in_chat {
            true => block_on(connection.chat_template())?.map_err(stopped)?,
            false => None,
        };
        if scores_in_chat && chat.is_none() {
            tracing::warn!("{name} shows no chat template and is asked without one");
        }
        Ok(Self {
            name,
            connection,
            chat,
            protocol: protocol.clone(),
        })
    }

    /// Asks all items of the groups, and keeps groups as soon as they and those before them are answered.
    pub fn answer(&self, groups: &[Group<'_>], kept: &mut Kept<'_>) -> Result<(), ExecuteError> {
        block_on(self.answer_all(groups, kept))?
    }

    async fn answer_all(&self, groups: &[Group<'_>], kept: &mut Kept<'_>) -> Result<(), ExecuteError> {
        let window = self.connection.endpoint().limits.concurrent.get().saturating_mul(AHEAD);
        let items = groups
            .iter()
            .flat_map(|group| group.items.iter().map(move |planned| (group.benchmark, planned)));
        // A prompt is made when its turn comes, not before.
        let asked = items.map(|(benchmark, planned)| self.ask(benchmark, planned));
        let mut answers = stream::iter(asked).buffered(window);
        // A fast server would wait for the disk if every group were written by itself.
        let groups_at_once = (window / (8 * GROUP_ITEMS)).max(1);
        for groups in groups.chunks(groups_at_once) {
            let mut answered = Vec::new();
            for _ in groups.iter().flat_map(|group| &group.items) {
                match answers.next().await {
                    Some(answer) => answered.push(answer?),
                    None => break,
                }
            }
            kept.keep(answered)?;
        }
        Ok(())
    }

    async fn ask(&self, benchmark: &str, planned: &Planned<'_>) -> Result<Answer, ExecuteError> {
        let asked = match self.protocol.scoring {
            Scoring::Letters | Scoring::Options { .. } => self.score(benchmark, planned).await,
            Scoring::Written { most_tokens } => self.write(benchmark, planned, most_tokens).await,
        };
        match asked {
            Ok(answer) => Ok(answer),
            Err(AskError::Chat(source)) => Err(ExecuteError::Chat {
                model: self.name.clone(),
                source,
            }),
            Err(AskError::Endpoint(error)) if error.ends_run() || error.is_cancelled() => Err(stopped(error)),
            Err(AskError::Endpoint(error)) => {
                let problem = crate::error_chain(&error);
                Ok(Answer::failed(&self.name, benchmark, planned.item, 0, problem))
            }
        }
    }

    async fn score(&self, benchmark: &str, planned: &Planned<'_>) -> Result<Answer, AskError> {
        let prompt = scored_prompt(planned.item, &planned.shots, &self.protocol, self.chat.as_ref())?;
        let started = Instant::now();
        let scored = self.connection.score(&prompt).await?;
        let asked = Asked {
            prompt_tokens: scored.prompt_tokens,
            seconds: started.elapsed().as_secs_f64(),
        };
        let numbers = likelihood::Scored {
            scores: &scored.scores,
            option_tokens: &scored.option_tokens,
            answers: &prompt.answers,
            by: self.protocol.scoring.normalisation(),
        };
        let answer = likelihood::answer(&self.name, benchmark, planned.item, asked, numbers);
        Ok(Answer {
            usage: Some(scored.usage),
            ..answer
        })
    }

    async fn write(&self, benchmark: &str, planned: &Planned<'_>, most: usize) -> Result<Answer, AskError> {
        let said = conversation(planned.item, &planned.shots, &self.protocol);
        let earlier = said.examples.into_iter();
        let system = said.system.to_plain_string();
        let request = WriteRequest {
            system: (!system.is_empty()).then_some(system),
            earlier: earlier.map(|(user, answer)| (user.to_plain_string(), answer)).collect(),
            user: said.user.to_plain_string(),
            most_tokens: u32::try_from(most).unwrap_or(u32::MAX),
            sampling: Sampling::default(),
            stops: said.stops,
        };
        let started = Instant::now();
        let reply = self.connection.write(&request).await?;
        let asked = Asked {
            prompt_tokens: usize::try_from(reply.usage.prompt_tokens).unwrap_or(usize::MAX),
            seconds: started.elapsed().as_secs_f64(),
        };
        let usage = reply.usage;
        let shown = Shown::new(planned.item, &self.protocol);
        let all = self.protocol.asks_for_all;
        let answer = written::answer(&self.name, benchmark, &shown, all, asked, kept_reply(reply));
        Ok(Answer {
            usage: Some(usage),
            ..answer
        })
    }
}

/// A reply as runs keep it: thoughts that the server parted from it stand before it, as models write them themselves.
fn kept_reply(reply: crate::engine::endpoint::Reply) -> Reply {
    let filtered = reply.ending == Ended::Filtered || reply.refusal.is_some();
    let text = match (reply.reasoning, reply.refusal) {
        (_, Some(refusal)) => refusal,
        (Some(reasoning), None) => format!("<think>{reasoning}</think>{}", reply.text),
        (None, None) => reply.text,
    };
    Reply {
        text,
        tokens: usize::try_from(reply.usage.written_tokens).unwrap_or(usize::MAX),
        ending: match reply.ending {
            _ if filtered => ReplyEnding::Filtered,
            Ended::Limit => ReplyEnding::Truncated,
            _ => ReplyEnding::Finished,
        },
    }
}

/// Why an item was not answered.
enum AskError {
    Endpoint(EndpointError),
    Chat(crate::prompts::ChatError),
}

impl From<EndpointError> for AskError {
    fn from(error: EndpointError) -> Self {
        Self::Endpoint(error)
    }
}

impl From<crate::prompts::ChatError> for AskError {
    fn from(error: crate::prompts::ChatError) -> Self {
        Self::Chat(error)
    }
}

fn stopped(error: EndpointError) -> ExecuteError {
    match error.is_cancelled() {
        true => ExecuteError::Cancelled,
        false => ExecuteError::Endpoint(error),
    }
}
