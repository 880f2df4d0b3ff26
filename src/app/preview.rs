//! What a run in the form would put to a model: the exact prompt of its first item.

use super::runs::RunForm;
use super::study::Study;
use crate::benchmarks::{Benchmark, Item, ItemKey};
use crate::language::Language;
use crate::prompts::{self, PromptText, Protocol};

/// The most characters shown of one part, from its end, where the question stands.
const MOST: usize = 4000;

/// The prompt of one item, in the parts a model is given it in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    pub item: ItemKey,
    /// Who says what: one part where the model goes on from a text, the messages where it is asked in a chat.
    pub parts: Vec<(&'static str, String)>,
    /// What may follow and is scored; empty where the model writes.
    pub scored: Vec<String>,
    /// Texts that end a written reply.
    pub stops: Vec<String>,
}

impl Preview {
    /// The first item of the first chosen benchmark in the first chosen language it has. In a chat the model's own
    /// template lays its marks around the messages, which are not known before it is loaded.
    pub fn of(form: &RunForm, study: &Study) -> Option<Self> {
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
        let parts = match protocol.chat {
            false => vec![("Prompt", end_of(&scored.text))],
            true => {
                let mut parts = vec![("System", end_of(&said.system))];
                for (question, answer) in &said.examples {
                    parts.push(("User", end_of(question)));
                    parts.push(("Model", answer.clone()));
                }
                parts.push(("User", end_of(&said.user)));
                parts.retain(|(_, text)| !text.is_empty());
                parts
            }
        };
        let written = protocol.scoring.is_written();
        let answers = if protocol.chat {
            scored.answers
        } else {
            scored.continuations
        };
        Some(Self {
            item: item.key.clone(),
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
