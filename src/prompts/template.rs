//! A template: how an item, its options, its answer and what stands before all of them are written, as patterns.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::PromptText;
use super::pattern::{Field, Pattern, PatternError};
use crate::language::Language;

/// How a question is put. See `assets/protocols/README.md` for what each part is.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "TemplateTable", into = "TemplateTable")]
pub struct Template {
    /// Before everything else, once.
    pub start: Pattern,
    /// Whether a chat takes the start as its system message, as lm-evaluation-harness has it.
    pub start_in_system: bool,
    /// A question with its context and options.
    pub question: Pattern,
    /// One of the options of `{options}`.
    pub option: Pattern,
    pub between_options: Pattern,
    /// What the answer follows.
    pub cue: Pattern,
    /// Whether the user's turn of a chat ends with the cue; else it ends with the question.
    pub cue_in_chat: bool,
    /// Between the cue and the answer; a chat's answer begins without it.
    pub delimiter: Pattern,
    /// The answer where the text of options is scored.
    pub full_answer: Pattern,
    /// The answer of an example where the model writes.
    pub reply: Pattern,
    /// Between the answers of an example that has several.
    pub several: Pattern,
    /// After each example.
    pub between_shots: Pattern,
    /// Texts that end a reply where the cue stands: they would begin the next question.
    pub stops: Vec<Pattern>,
    /// Whether white space that ends the prompt is scored with the answer, as lm-evaluation-harness does.
    pub spaces_scored: bool,
    /// What is shown for what a field of items says, by field.
    names: BTreeMap<String, BTreeMap<String, String>>,
    /// The words of the template's own, by language.
    words: BTreeMap<String, BTreeMap<String, String>>,
}

/// A template as files have it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct TemplateTable {
    #[serde(default, skip_serializing_if = "String::is_empty")]
    start: String,
    #[serde(default, skip_serializing_if = "is_false")]
    start_in_system: bool,
    question: String,
    option: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    between_options: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    cue: String,
    #[serde(default = "yes", skip_serializing_if = "is_true")]
    cue_in_chat: bool,
    #[serde(default = "space")]
    delimiter: String,
    #[serde(default = "full_answer")]
    full_answer: String,
    #[serde(default = "reply")]
    reply: String,
    #[serde(default = "several")]
    several: String,
    #[serde(default = "between_shots")]
    between_shots: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    stops: Vec<String>,
    #[serde(default, skip_serializing_if = "is_false")]
    spaces_scored: bool,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    names: BTreeMap<String, BTreeMap<String, String>>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    words: BTreeMap<String, BTreeMap<String, String>>,
}

fn is_false(value: &bool) -> bool {
    !value
}

fn is_true(value: &bool) -> bool {
    *value
}

fn yes() -> bool {
    true
}

fn space() -> String {
    " ".to_owned()
}

fn full_answer() -> String {
    "{option}".to_owned()
}

fn reply() -> String {
    "{answer}".to_owned()
}

fn several() -> String {
    ", ".to_owned()
}

fn between_shots() -> String {
    "\n\n".to_owned()
}

/// Why a table is no template.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    #[error("`{part}` is no pattern: {problem}")]
    Pattern { part: String, problem: PatternError },
    #[error("`{part}`, character {at}: there is no `{{{field}}}` here; there are {known}")]
    Unknown {
        part: String,
        at: usize,
        field: String,
        known: String,
    },
    #[error("`question` does not have `{{question}}`, so nothing would be asked")]
    NoQuestion,
    #[error("`words.{language}` lacks `{word}`, which the template uses")]
    MissingWord { language: String, word: String },
    #[error("the template uses words of its own, but `words.en`, which stands in for other languages, is missing")]
    NoEnglish,
    #[error("`words.{0}`: that is no language tag")]
    NoLanguage(String),
    #[error("`names.{0}`: names can be given for `subject`, `task` and `extra.NAME`")]
    NoNames(String),
}

/// What may stand in a part of a template, besides its own words.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Scope {
    Item,
    Option,
    Answer,
    Nothing,
}

impl Scope {
    fn allows(self, field: &Field) -> bool {
        match (self, field) {
            (Self::Item, Field::Answer | Field::Word(_)) => false,
            (Self::Item, field) => !field.is_of_option(),
            (Self::Option, field) => field.is_of_option(),
            (Self::Answer, field) => *field == Field::Answer,
            (Self::Nothing, _) => false,
        }
    }

    fn names(self) -> &'static [&'static str] {
        match self {
            Self::Item => &[
                "question",
                "context",
                "options",
                "letters",
                "subject",
                "task",
                "language",
                "extra.NAME",
            ],
            Self::Option => &["letter", "option", "number", "index"],
            Self::Answer => &["answer"],
            Self::Nothing => &[],
        }
    }
}

impl TryFrom<TemplateTable> for Template {
    type Error = TemplateError;

    fn try_from(table: TemplateTable) -> Result<Self, TemplateError> {
        let TemplateTable { names, words, .. } = table;
        let all_words: BTreeSet<&str> = words.values().flat_map(BTreeMap::keys).map(String::as_str).collect();
        let mut used = BTreeSet::new();
        let mut pattern = |part: &str, source: &str, scope: Scope| {
            let pattern = Pattern::parse(source).map_err(|problem| TemplateError::Pattern {
                part: part.to_owned(),
                problem,
            })?;
            for (field, at) in pattern.fields() {
                match field {
                    Field::Word(word) if all_words.contains(word.as_str()) => {
                        used.insert(word.clone());
                    }
                    field if scope.allows(field) => {}
                    field => {
                        let known = scope.names().iter().chain(&all_words);
                        let known: Vec<String> = known.map(|name| format!("`{{{name}}}`")).collect();
                        return Err(TemplateError::Unknown {
                            part: part.to_owned(),
                            at,
                            field: field.to_string(),
                            known: match known.is_empty() {
                                true => "none".to_owned(),
                                false => known.join(", "),
                            },
                        });
                    }
                }
            }
            Ok(pattern)
        };
        let stops = table.stops.iter().enumerate();
        let stops = stops.map(|(index, stop)| pattern(&format!("stops[{index}]"), stop, Scope::Nothing));
        let stops = stops.collect::<Result<_, _>>()?;
        let template = Self {
            start: pattern("start", &table.start, Scope::Item)?,
            start_in_system: table.start_in_system,
            question: pattern("question", &table.question, Scope::Item)?,
            option: pattern("option", &table.option, Scope::Option)?,
            between_options: pattern("between_options", &table.between_options, Scope::Nothing)?,
            cue: pattern("cue", &table.cue, Scope::Item)?,
            cue_in_chat: table.cue_in_chat,
            delimiter: pattern("delimiter", &table.delimiter, Scope::Nothing)?,
            full_answer: pattern("full_answer", &table.full_answer, Scope::Option)?,
            reply: pattern("reply", &table.reply, Scope::Answer)?,
            several: pattern("several", &table.several, Scope::Nothing)?,
            between_shots: pattern("between_shots", &table.between_shots, Scope::Nothing)?,
            stops,
            spaces_scored: table.spaces_scored,
            names,
            words,
        };
        template.check(&used)?;
        Ok(template)
    }
}

impl From<Template> for TemplateTable {
    fn from(template: Template) -> Self {
        let source = |pattern: &Pattern| pattern.source().to_owned();
        Self {
            start: source(&template.start),
            start_in_system: template.start_in_system,
            question: source(&template.question),
            option: source(&template.option),
            between_options: source(&template.between_options),
            cue: source(&template.cue),
            cue_in_chat: template.cue_in_chat,
            delimiter: source(&template.delimiter),
            full_answer: source(&template.full_answer),
            reply: source(&template.reply),
            several: source(&template.several),
            between_shots: source(&template.between_shots),
            stops: template.stops.iter().map(source).collect(),
            spaces_scored: template.spaces_scored,
            names: template.names,
            words: template.words,
        }
    }
}

impl Template {
    fn check(&self, used: &BTreeSet<String>) -> Result<(), TemplateError> {
        let asks = |(field, _): &(&Field, usize)| **field == Field::Question;
        if !self.question.fields().iter().any(asks) {
            return Err(TemplateError::NoQuestion);
        }
        for name in self.names.keys() {
            if !matches!(Field::of(name), Field::Subject | Field::Task | Field::Extra(_)) {
                return Err(TemplateError::NoNames(name.clone()));
            }
        }
        if !used.is_empty() && !self.words.contains_key("en") {
            return Err(TemplateError::NoEnglish);
        }
        for (language, words) in &self.words {
            if language.parse::<Language>().is_err() {
                return Err(TemplateError::NoLanguage(language.clone()));
            }
            if let Some(word) = used.iter().find(|word| !words.contains_key(*word)) {
                return Err(TemplateError::MissingWord {
                    language: language.clone(),
                    word: word.clone(),
                });
            }
        }
        Ok(())
    }

    /// A word of the template in a language: that of its whole tag, of its first part, or the English one.
    fn word(&self, language: &Language, word: &str) -> &str {
        let tables = [language.tag(), language.primary(), "en"].map(|tag| self.words.get(tag));
        let found = tables.into_iter().flatten().next();
        found.and_then(|words| words.get(word)).map_or("", String::as_str)
    }

    /// What the template's own words put at a place.
    pub(super) fn fill_word(&self, language: &Language, field: &Field) -> PromptText {
        let mut text = PromptText::default();
        if let Field::Word(word) = field {
            text.push_markup(self.word(language, word));
        }
        text
    }

    /// What is shown where an item says `value` in a field.
    pub(super) fn name<'a>(&'a self, field: &Field, value: &'a str) -> &'a str {
        let names = self.names.get(&field.to_string());
        names.and_then(|names| names.get(value)).map_or(value, String::as_str)
    }

    /// Whether a question is put with its options.
    pub fn shows_options(&self) -> bool {
        let patterns = [&self.start, &self.question, &self.cue];
        patterns
            .iter()
            .any(|pattern| pattern.fields().iter().any(|(field, _)| **field == Field::Options))
    }

    /// The languages the template has words in.
    pub fn languages(&self) -> impl Iterator<Item = &str> {
        self.words.keys().map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: &str = "question = \"{question}\"\noption = \"{letter}. {option}\"\n";

    fn problem(lines: &str) -> String {
        toml::from_str::<Template>(lines).unwrap_err().message().to_owned()
    }

    #[test]
    fn a_template_comes_back_as_it_was() {
        let table = format!("{SMALL}delimiter = \"{{gap}}\"\n[words.en]\ngap = \" \"\n[words.zh]\ngap = \"\"\n");
        let template: Template = toml::from_str(&table).unwrap();
        let text = toml::to_string(&template).unwrap();
        assert_eq!(toml::from_str::<Template>(&text).unwrap(), template);
        let gap = |tag: &str| template.word(&tag.parse().unwrap(), "gap").to_owned();
        assert_eq!([gap("zh-Hant"), gap("fr")], ["", " "]);
    }

    #[test]
    fn what_is_unknown_or_missing_is_told_with_its_place() {
        assert_eq!(
            problem("question = \"Q {question} {colour}\"\noption = \"{option}\"\n"),
            "`question`, character 14: there is no `{colour}` here; there are `{question}`, `{context}`, `{options}`, \
             `{letters}`, `{subject}`, `{task}`, `{language}`, `{extra.NAME}`"
        );
        assert!(problem("question = \"{question}{letter}\"\noption = \"{option}\"\n").contains("no `{letter}` here"));
        assert!(problem("question = \"What?\"\noption = \"{option}\"\n").contains("nothing would be asked"));
        assert!(
            problem("question = \"{question}\"\noption = \"{\"\n").contains("`option` is no pattern: at character 1")
        );
        let words = |words: &str| problem(&format!("{SMALL}cue = \"{{cue}}\"\n{words}"));
        assert!(words("[words.en]\ncue = \"Answer:\"\n[words.fr]\nsay = \"\"\n").contains("`words.fr` lacks `cue`"));
        assert!(words("[words.fr]\ncue = \"Réponse :\"\n").contains("`words.en`"));
        assert!(words("[words.en]\ncue = \"\"\n[words.1]\ncue = \"\"\n").contains("`words.1`"));
        let names = format!("{SMALL}[names.question]\na = \"b\"\n");
        assert!(problem(&names).contains("`names.question`"));
        assert!(problem(&format!("{SMALL}colour = \"red\"\n")).contains("unknown field `colour`"));
    }
}
