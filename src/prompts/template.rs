//! The words around a question in its language, and a question set with them: what every kind of prompt shares.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::{Letters, PromptText};
use crate::benchmarks::Item;
use crate::language::Language;

/// The words around a question in one language; see `assets/templates/letters.toml`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Template {
    pub instruction: String,
    pub context: String,
    pub question: String,
    pub answer: String,
    pub gap: String,
}

pub(super) const TEMPLATES_TEXT: &str = include_str!("../../assets/templates/letters.toml");

#[expect(clippy::expect_used, reason = "the file is part of the program and read by a test")]
pub(super) static TEMPLATES: LazyLock<BTreeMap<String, Template>> =
    LazyLock::new(|| toml::from_str(TEMPLATES_TEXT).expect("letters.toml is well-formed"));

/// The words of a language, or the English ones where it has none.
#[expect(clippy::expect_used, reason = "the file is part of the program and read by a test")]
pub(super) fn template(language: &Language) -> &'static Template {
    TEMPLATES
        .get(language.primary())
        .or_else(|| TEMPLATES.get("en"))
        .expect("letters.toml has English")
}

/// Puts a question with its context and lettered options, without the cue for the answer.
pub(super) fn push_question(text: &mut PromptText, template: &Template, item: &Item, letters: Letters) {
    if let Some(context) = &item.context {
        text.push_markup(&template.context);
        text.push_markup(" ");
        text.push_plain(context);
        text.push_markup("\n");
    }
    text.push_markup(&template.question);
    text.push_markup(" ");
    text.push_plain(&item.question);
    for (index, option) in item.options.iter().enumerate() {
        text.push_markup(&format!("\n{}. ", letter(item, index, letters)));
        text.push_plain(option);
    }
}

/// The letter before option `index`; past the alphabet its number, so that no option goes without a name.
pub(super) fn letter(item: &Item, index: usize, letters: Letters) -> String {
    let letter = match letters {
        Letters::Language => item.key.language.option_letter(index),
        Letters::Latin => Language::latin_letter(index),
    };
    letter.map_or_else(|| (index + 1).to_string(), str::to_owned)
}

/// What stands before the options of `item`, in their order.
pub fn shown_letters(item: &Item, letters: Letters) -> Vec<String> {
    (0..item.options.len())
        .map(|index| letter(item, index, letters))
        .collect()
}

/// Puts solved examples, each with a blank line after it.
pub(super) fn push_shots(text: &mut PromptText, template: &Template, shots: &[&Item], letters: Letters) {
    for shot in shots {
        push_question(text, template, shot, letters);
        push_cue(text, template);
        text.push_markup(&template.gap);
        let right: Vec<String> = shot.right.iter().map(|&index| letter(shot, index, letters)).collect();
        text.push_markup(&right.join(", "));
        text.push_markup("\n\n");
    }
}

/// Puts the cue that the answer follows.
pub(super) fn push_cue(text: &mut PromptText, template: &Template) {
    text.push_markup("\n");
    text.push_markup(&template.answer);
}
