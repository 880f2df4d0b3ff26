//! The prompt of a written answer: the question as letters are asked, with the request to say how the reply ends.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::template::{push_cue, push_question, push_shots, template};
use super::{PromptText, Protocol};
use crate::benchmarks::Item;
use crate::language::Language;

/// What stands before the questions in one language; see `assets/templates/written.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Instruction {
    instruction: String,
}

pub(super) const INSTRUCTIONS_TEXT: &str = include_str!("../../assets/templates/written.toml");

#[expect(clippy::expect_used, reason = "the file is part of the program and read by a test")]
static INSTRUCTIONS: LazyLock<BTreeMap<String, Instruction>> =
    LazyLock::new(|| toml::from_str(INSTRUCTIONS_TEXT).expect("written.toml is well-formed"));

/// A prompt that a model writes a reply to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrittenPrompt {
    pub text: PromptText,
    /// Texts that end the reply: they would begin the next question.
    pub stops: Vec<String>,
}

/// Puts `item` after the solved `shots` for a reply in writing. As a `turn` of a chat it ends with the question,
/// else with the cue that the model goes on from.
pub fn written_prompt(item: &Item, shots: &[&Item], protocol: &Protocol, turn: bool) -> WrittenPrompt {
    let template = template(&item.key.language);
    let mut text = PromptText::default();
    if !protocol.without_instruction {
        text.push_markup(instruction(&item.key.language));
        text.push_markup("\n\n");
    }
    push_shots(&mut text, template, shots, protocol.letters);
    push_question(&mut text, template, item, protocol.letters);
    if turn {
        return WrittenPrompt {
            text,
            stops: Vec::new(),
        };
    }
    push_cue(&mut text, template);
    let stops = [&template.question, &template.context].map(|cue| format!("\n{cue}"));
    WrittenPrompt {
        text,
        stops: stops.to_vec(),
    }
}

#[expect(clippy::expect_used, reason = "the file is part of the program and read by a test")]
fn instruction(language: &Language) -> &'static str {
    let found = INSTRUCTIONS.get(language.primary()).or_else(|| INSTRUCTIONS.get("en"));
    &found.expect("written.toml has English").instruction
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::benchmarks::ItemFields;
    use crate::prompts::template::TEMPLATES;

    fn item(language: &str) -> Item {
        Item::new(ItemFields::asking(language, "?", &["one", "two"])).unwrap()
    }

    #[test]
    fn a_turn_ends_with_the_options_and_a_plain_prompt_with_the_cue() {
        let turn = written_prompt(&item("en"), &[], &Protocol::default(), true);
        let turn_text = turn.text.to_plain_string();
        assert!(turn_text.ends_with("\nA. one\nB. two"), "{turn_text}");
        assert!(turn.stops.is_empty());
        let plain = written_prompt(&item("en"), &[], &Protocol::default(), false);
        assert_eq!(plain.text.to_plain_string(), format!("{turn_text}\nAnswer:"));
        assert_eq!(plain.stops, ["\nQuestion:", "\nContext:"]);
    }

    #[test]
    fn every_language_with_words_of_its_own_has_a_request_that_names_its_cue() {
        for (tag, template) in TEMPLATES.iter() {
            let request = &INSTRUCTIONS.get(tag).unwrap().instruction;
            let cue = template.answer.trim_end_matches([':', '：', ' ', '\u{a0}']);
            assert!(request.contains(cue), "{tag}: {request}");
        }
    }
}
