//! Where a file seems to have its options.

use serde_json::Value;

use super::super::choices::Choices;
use super::super::labels;
use super::super::mapping::{ColumnPath, Field};
use super::super::record::Columns;
use super::super::truth::Truth;
use super::look::Look;
use super::{Sureness, names};

/// Options that were found: what to map, why, and the choices they give a record.
pub(super) struct Found {
    pub mappings: Vec<(ColumnPath, Field)>,
    pub why: String,
    pub sure: Sureness,
}

/// How many of the records that have a value must be read well for a column to count.
fn most_of(good: usize, all: usize) -> bool {
    all > 0 && good * 10 >= all * 9
}

/// Columns that are called like options and hold some.
pub(super) fn called(look: &Look, taken: &[&str]) -> Option<Found> {
    let free: Vec<&ColumnPath> = look.paths.iter().filter(|path| !taken.contains(&path.text())).collect();
    named(look, &free).or_else(|| columns(look, &free))
}

/// Where values alone look like options, the likeliest way first.
pub(super) fn uncalled(look: &Look, taken: &[&str], question: Option<&ColumnPath>) -> Option<Found> {
    let free: Vec<&ColumnPath> = look.paths.iter().filter(|path| !taken.contains(&path.text())).collect();
    let within = || within_question(look, question?);
    within()
        .or_else(|| between(look, question, taken))
        .or_else(|| lists(look, &free))
}

/// One column called like options, whose values are some.
fn named(look: &Look, free: &[&ColumnPath]) -> Option<Found> {
    let mut called: Vec<(usize, &ColumnPath)> = free
        .iter()
        .filter_map(|path| Some((names::fit(path.text(), Field::Options)?, *path)))
        .collect();
    called.sort_by_key(|(place, _)| *place);
    called.into_iter().find_map(|(_, path)| {
        if holds_options(look, path) {
            let why = "the column is called so, and its values are options".to_owned();
            return Some(whole(path, why, Sureness::Sure));
        }
        // A list of objects: the member with the longest texts is what they say.
        let prefix = format!("{}.", path.text());
        let inner = free
            .iter()
            .filter(|inner| inner.text().starts_with(&prefix) && holds_options(look, inner));
        let said = inner.max_by_key(|inner| length_of_lists(look, inner))?;
        let why = format!("`{}` is a list, and this is what its elements say", path.text());
        Some(whole(said, why, Sureness::Likely))
    })
}

fn whole(path: &ColumnPath, why: String, sure: Sureness) -> Found {
    Found {
        mappings: vec![(path.clone(), Field::Options)],
        why,
        sure,
    }
}

fn holds_options(look: &Look, path: &ColumnPath) -> bool {
    let mut all = 0;
    let mut good = 0;
    for value in look.values(path) {
        all += 1;
        good += usize::from(Choices::of_value(&value).is_ok_and(|choices| (2..=26).contains(&choices.texts.len())));
    }
    most_of(good, all)
}

fn length_of_lists(look: &Look, path: &ColumnPath) -> usize {
    look.values(path).map(|value| value.to_string().len()).sum()
}

/// A column an option: `A`, `B`, `C`; `opa`, `opb`; `Option 1`, `Option 2`; `الخيار أ`.
fn columns(look: &Look, free: &[&ColumnPath]) -> Option<Found> {
    let mut groups: Vec<(String, Vec<(String, &ColumnPath)>)> = Vec::new();
    for path in free {
        let Some((word, label)) = names::option_label(path.text()) else {
            continue;
        };
        let parent = path.text().rsplit_once('.').map_or("", |(parent, _)| parent);
        let group = format!("{parent} {word}");
        match groups.iter_mut().find(|(other, _)| *other == group) {
            Some((_, members)) => members.push((label, path)),
            None => groups.push((group, vec![(label, path)])),
        }
    }
    let in_order = groups.iter().filter_map(|(_, members)| {
        let labels: Vec<&str> = members.iter().map(|(label, _)| label.as_str()).collect();
        let order = labels::order(&labels)?;
        let ordered = order.into_iter().filter_map(|index| Some(members.get(index)?.1));
        Some(ordered.collect::<Vec<&ColumnPath>>())
    });
    let filled = in_order.filter(|paths| paths.iter().take(2).all(|path| look.profile(path).texts > 0));
    let best = filled.max_by_key(Vec::len)?;
    let mappings = best.into_iter().enumerate().filter_map(|(index, path)| {
        let field = Field::Option(u8::try_from(index).ok()?);
        Some((path.clone(), field))
    });
    Some(Found {
        mappings: mappings.collect(),
        why: "the columns are called after options in their order".to_owned(),
        sure: Sureness::Sure,
    })
}

/// A column whose values are lists or texts with letters, whatever it is called.
fn lists(look: &Look, free: &[&ColumnPath]) -> Option<Found> {
    let is_like = |value: &Value| match value {
        Value::Array(_) | Value::Object(_) => true,
        Value::String(text) => {
            text.starts_with(['[', '{']) || labels::split(text).is_some_and(|found| found.before.is_empty())
        }
        _ => false,
    };
    let fitting = free.iter().find(|path| {
        let other = [Field::Context, Field::Rationale, Field::Answer, Field::Subject]
            .map(|field| names::fit(path.text(), field));
        let of_others = other.iter().any(Option::is_some);
        !of_others && look.values(path).all(|value| is_like(&value)) && holds_options(look, path)
    })?;
    Some(whole(
        fitting,
        "its values look like options".to_owned(),
        Sureness::Likely,
    ))
}

/// The columns after the question and before a column of their letters, as tables without names have them.
fn between(look: &Look, question: Option<&ColumnPath>, taken: &[&str]) -> Option<Found> {
    let after = look.paths.iter().position(|path| Some(path) == question)? + 1;
    let free = look
        .paths
        .get(after..)?
        .iter()
        .filter(|path| !taken.contains(&path.text()));
    let columns: Vec<&ColumnPath> = free.take_while(|path| look.profile(path).texts > 0).collect();
    let is_letters = |path: &ColumnPath| {
        let texts = look.texts(path);
        texts
            .iter()
            .all(|text| labels::letter_index(labels::bare(&text.to_uppercase())).is_some())
    };
    let letters = columns.iter().position(|path| is_letters(path))?;
    let options = columns
        .get(..letters)
        .filter(|options| (2..=26).contains(&options.len()))?;
    let mappings = options.iter().enumerate().filter_map(|(index, path)| {
        let field = Field::Option(u8::try_from(index).ok()?);
        Some(((*path).clone(), field))
    });
    Some(Found {
        mappings: mappings.collect(),
        why: "the columns stand between the question and a letter".to_owned(),
        sure: Sureness::Likely,
    })
}

/// The question itself, where its text ends with options.
fn within_question(look: &Look, question: &ColumnPath) -> Option<Found> {
    let texts = look.texts(question);
    let good = texts
        .iter()
        .filter(|text| Choices::after_question(text).is_ok())
        .count();
    most_of(good, texts.len()).then(|| Found {
        mappings: vec![(question.clone(), Field::QuestionWithOptions)],
        why: "its texts end with options".to_owned(),
        sure: Sureness::Sure,
    })
}

/// What the values of an answer are, where all say yes, no or maybe: the words as the file has them, in this order.
pub(super) fn said_in_words(look: &Look, answer: &ColumnPath) -> Option<Words> {
    let texts = look.texts(answer);
    let mut words: Vec<(Truth, String)> = Vec::new();
    for text in &texts {
        let truth = Truth::of_value(text)?;
        if !words.iter().any(|(other, _)| *other == truth) {
            words.push((truth, text.trim().to_owned()));
        }
    }
    words.sort_by_key(|(truth, _)| *truth);
    let bare = look.values(answer).all(|value| !value.is_string()) || words.iter().all(|(_, word)| word.len() == 1);
    match (bare, words.len()) {
        (_, 0) => None,
        (true, _) => Some(Words::Bare),
        (false, 1) => None,
        (false, _) => Some(Words::Said(words.into_iter().map(|(_, word)| word).collect())),
    }
}

/// How a file says yes and no.
pub(super) enum Words {
    /// In these words, which can be shown as options.
    Said(Vec<String>),
    /// As true and false or 1 and 0.
    Bare,
}

/// What a record's options are under mappings that were found.
pub(super) fn choices(found: &[(ColumnPath, Field)], fixed: &[String], record: &Columns) -> Option<Choices> {
    let whole = found
        .iter()
        .find(|(_, field)| matches!(field, Field::Options | Field::QuestionWithOptions));
    match whole {
        Some((path, Field::Options)) => Choices::of_value(path.value(record)?.as_ref()).ok(),
        Some((path, _)) => {
            let text = path.value(record)?;
            Some(Choices::after_question(text.as_str()?).ok()?.1)
        }
        None => {
            let single = found.iter().filter_map(|(path, field)| match field {
                Field::Option(index) => {
                    let value = path.value(record);
                    let text = value.and_then(|value| super::super::record::scalar_text(&value));
                    Some((usize::from(*index), text))
                }
                _ => None,
            });
            let single: Vec<_> = single.collect();
            match (single.is_empty(), fixed) {
                (false, _) => Some(Choices::of_columns(single.into_iter())),
                (true, []) => None,
                (true, fixed) => Some(Choices::fixed(fixed)),
            }
        }
    }
}
