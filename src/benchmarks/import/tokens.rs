//! CasiMedicos as its owners ship it: a token and its label a line, sentences parted by blank lines.
//!
//! A case begins with its kind, tells the case, asks in its last sentence, numbers the options, names the right one
//! and says why.

use serde_json::Value;

use super::place::At;
use super::record::Columns;
use super::source::RawRecord;

/// What each record has.
pub(super) const COLUMNS: &[&str] = &[
    "subject",
    "context",
    "question",
    "options",
    "answer_index1",
    "rationale",
];

/// What a case begins with, in the languages of the set.
const BEGINNINGS: &[&str] = &[
    "QUESTION TYPE:",
    "TIPO DE PREGUNTA:",
    "TYPE DE QUESTION:",
    "TIPO DI DOMANDA:",
];

/// One sentence, its tokens joined by spaces.
struct Sentence {
    line: usize,
    text: String,
}

/// The cases of a text; `None` where it is something else.
pub(super) fn records(text: &str) -> Option<Vec<RawRecord>> {
    let lines = || text.lines().filter(|line| !line.trim().is_empty());
    if lines().next().is_none() || !lines().all(is_labelled_token) {
        return None;
    }
    let mut cases: Vec<Vec<Sentence>> = Vec::new();
    for sentence in sentences(text) {
        let begins = BEGINNINGS
            .iter()
            .any(|words| sentence.text.to_uppercase().starts_with(words));
        match cases.last_mut() {
            Some(case) if !begins => case.push(sentence),
            _ => cases.push(vec![sentence]),
        }
    }
    Some(cases.into_iter().map(record).collect())
}

/// Whether a line is a token and a label as corpora of marked spans have them.
fn is_labelled_token(line: &str) -> bool {
    line.trim_end()
        .rsplit_once([' ', '\t'])
        .is_some_and(|(_, label)| label == "O" || label.starts_with("B-") || label.starts_with("I-"))
}

fn sentences(text: &str) -> Vec<Sentence> {
    let mut sentences: Vec<Sentence> = Vec::new();
    let mut goes_on = false;
    for (index, line) in text.lines().enumerate() {
        let Some((token, _)) = line.trim_end().rsplit_once([' ', '\t']) else {
            goes_on = false;
            continue;
        };
        match sentences.last_mut() {
            Some(sentence) if goes_on => {
                sentence.text.push(' ');
                sentence.text.push_str(token);
            }
            _ => sentences.push(Sentence {
                line: index + 1,
                text: token.to_owned(),
            }),
        }
        goes_on = true;
    }
    sentences
}

fn record(case: Vec<Sentence>) -> RawRecord {
    let line = case.first().map_or(1, |first| first.line);
    let mut texts = case.into_iter().map(|sentence| sentence.text).peekable();
    let mut columns = Columns::new();
    let mut put = |name: &str, value: String| {
        if !value.is_empty() {
            columns.insert(name.to_owned(), Value::String(value));
        }
    };
    let subject = texts.next().unwrap_or_default();
    put(
        "subject",
        subject.split_once(':').map_or("", |(_, kind)| kind).trim().to_owned(),
    );
    let mut told: Vec<String> = Vec::new();
    while let Some(text) = texts.next_if(|text| option(text, 1).is_none()) {
        told.push(text);
    }
    put("question", told.pop().unwrap_or_default());
    // The heading `CLINICAL CASE:` is no part of the case.
    told.retain(|text| !(text.ends_with(':') && *text == text.to_uppercase()));
    put("context", told.join(" "));
    let mut options: Vec<Value> = Vec::new();
    while let Some(text) = texts.next_if(|text| option(text, options.len() + 1).is_some()) {
        options.extend(option(&text, options.len() + 1).map(Value::from));
    }
    let answer = texts.next().unwrap_or_default();
    put(
        "answer_index1",
        answer
            .rsplit_once(':')
            .map_or("", |(_, number)| number)
            .trim()
            .to_owned(),
    );
    put("rationale", texts.collect::<Vec<_>>().join(" "));
    columns.insert("options".to_owned(), Value::Array(options));
    RawRecord::new(At::Line(line), Ok(columns))
}

/// The option that a sentence is, where it begins with its number: `2- Hyper IgE syndrome.`
fn option(text: &str, number: usize) -> Option<&str> {
    text.strip_prefix(&format!("{number}-")).map(str::trim)
}
