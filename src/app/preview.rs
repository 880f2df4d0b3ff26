//! What a run in the form would put to a model: the exact prompt of its first item.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use super::runs::RunForm;
use super::study::Study;
use crate::benchmarks::{Benchmark, Item, ItemKey};
use crate::error_chain;
use crate::language::Language;
use crate::prompts::{self, ChatTemplate, Conversation, PromptText, Protocol};
use crate::text::isolate::isolate;

/// The most characters shown of one part, from its end, where the question stands.
const MOST: usize = 4000;

/// How a model's chats are written.
#[derive(Debug, Clone)]
pub enum Chat {
    /// Its file is being looked into.
    Reading,
    Template(Arc<ChatTemplate>),
    /// It carries no template and is asked without a chat.
    Without,
    Unreadable(String),
}

/// The prompt of one item, in the parts a model is given it in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    pub item: ItemKey,
    /// Whose chat template it was put through, or why through none.
    pub note: Option<String>,
    /// Who says what: one part where the model goes on from a text, the messages where it is asked in a chat.
    pub parts: Vec<(&'static str, String)>,
    /// What may follow and is scored; empty where the model writes.
    pub scored: Vec<String>,
    /// Texts that end a written reply.
    pub stops: Vec<String>,
}

impl Preview {
    /// The first item of the first chosen benchmark in the first chosen language it has. In a chat it is put through the
    /// template of the form's first model where `chats` knows it, else its messages are shown.
    pub fn of(form: &RunForm, study: &Study, chats: &BTreeMap<PathBuf, Chat>) -> Option<Self> {
        let protocol = form.protocol().ok()?;
        let chosen = study
            .benchmarks()
            .iter()
            .filter(|benchmark| form.benchmarks.contains(benchmark.name()));
        let mut items = chosen.flat_map(|benchmark| benchmark.items().iter().map(move |item| (&**benchmark, item)));
        let (benchmark, item) = items.find(|(_, item)| form.languages.contains(&item.key.language))?;
        let shots = shots(benchmark, item, &protocol);
        let said = prompts::conversation(item, &shots, &protocol);
        let plain = Protocol {
            chat: false,
            ..protocol.clone()
        };
        // Without a chat template nothing of a model is needed, so nothing can fail.
        let scored = prompts::scored_prompt(item, &shots, &plain, None).ok()?;
        let model = form.first_file().filter(|_| protocol.chat);
        let chat = model.and_then(|(name, path)| Some((name, chats.get(path)?)));
        let through = |template: &ChatTemplate| {
            let put = prompts::scored_prompt(item, &shots, &protocol, Some(template));
            put.map(|put| end_of(&put.text))
        };
        let mut note = None;
        let mut is_chat = protocol.chat;
        let parts = match chat {
            _ if !protocol.chat => vec![("Prompt", end_of(&scored.text))],
            Some((name, Chat::Template(template))) => match through(template) {
                Ok(text) => {
                    note = Some(format!("Through the chat template of {}", isolate(name)));
                    vec![("Prompt", text)]
                }
                Err(problem) => {
                    note = Some(format!("{}: {}", isolate(name), error_chain(&problem)));
                    messages(&said)
                }
            },
            Some((name, Chat::Without)) => {
                note = Some(format!(
                    "{} has no chat template: it reads the text as it is",
                    isolate(name)
                ));
                is_chat = false;
                vec![("Prompt", end_of(&scored.text))]
            }
            Some((name, Chat::Unreadable(problem))) => {
                note = Some(format!("{}: {problem}", isolate(name)));
                messages(&said)
            }
            // Endpoints put the messages through their own template.
            Some((_, Chat::Reading)) | None => messages(&said),
        };
        let written = protocol.scoring.is_written();
        let answers = if is_chat { scored.answers } else { scored.continuations };
        Some(Self {
            item: item.key.clone(),
            note,
            parts,
            scored: if written { Vec::new() } else { answers },
            stops: if written { said.stops } else { Vec::new() },
        })
    }

    /// The language the item is in.
    pub fn language(&self) -> &Language {
        &self.item.language
    }
}

/// Who says what in a chat.
fn messages(said: &Conversation) -> Vec<(&'static str, String)> {
    let mut parts = vec![("System", end_of(&said.system))];
    for (question, answer) in &said.examples {
        parts.push(("User", end_of(question)));
        parts.push(("Model", answer.clone()));
    }
    parts.push(("User", end_of(&said.user)));
    parts.retain(|(_, text)| !text.is_empty());
    parts
}

/// The examples of a task's first item.
fn shots<'a>(benchmark: &'a Benchmark, item: &'a Item, protocol: &Protocol) -> Vec<&'a Item> {
    let of_task = |items: &'a [Item]| -> Vec<&'a Item> {
        let same = |other: &&Item| other.key.language == item.key.language && other.task == item.task;
        items.iter().filter(same).collect()
    };
    let (all, examples) = (of_task(benchmark.items()), of_task(benchmark.examples()));
    prompts::shots(&[item], &all, &examples, protocol)
        .pop()
        .unwrap_or_default()
}

/// The end of a text; an ellipsis stands for what is left out.
fn end_of(text: &PromptText) -> String {
    let text = text.to_plain_string();
    match text.char_indices().rev().nth(MOST) {
        None => text,
        Some((place, _)) => format!("…{}", text.get(place..).unwrap_or_default()),
    }
}
