//! Which column seems to say the right answer, and in which way.

use super::super::answers;
use super::super::choices::Choices;
use super::super::mapping::{ColumnPath, Field};
use super::look::Look;
use super::{Reading, Sureness, names};
use crate::language::Language;

/// The right options by record, where they can be read.
type Right = Vec<Option<Vec<usize>>>;

/// A column that could be the answer.
pub(super) struct Candidate {
    pub path: ColumnPath,
    pub way: Way,
    pub sure: Sureness,
    /// The right options it gives, by record.
    right: Right,
}

/// In which way a column says the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Way {
    Field(Field, &'static str),
    /// A number that fits counted from 0 and from 1.
    EitherBase,
}

/// The columns that fit as answers, the likeliest first. Of those that a name tells, one that does not fit is left out.
pub(super) fn candidates(
    look: &Look,
    taken: &[&str],
    choices: &[Option<Choices>],
    language: &Language,
) -> Vec<Candidate> {
    let free = || look.paths.iter().filter(|path| !taken.contains(&path.text()));
    let mut called: Vec<(usize, &ColumnPath)> = free()
        .filter_map(|path| Some((names::fit(path.text(), Field::Answer)?, path)))
        .collect();
    called.sort_by_key(|(place, _)| *place);
    let mut found: Vec<Candidate> = called
        .into_iter()
        .filter_map(|(_, path)| candidate(look, path, choices, language, Sureness::Sure))
        .collect();
    if found.is_empty() {
        // Letters of options are told from other texts by themselves; numbers are not.
        let lettered = free().filter_map(|path| candidate(look, path, choices, language, Sureness::Unsure));
        found = lettered
            .filter(|candidate| !matches!(candidate.way, Way::EitherBase))
            .collect();
        found.retain(|candidate| matches!(candidate.way, Way::Field(Field::Answer | Field::AnswerText, _)));
    }
    found
}

/// How a column says the answer, where it does so in nearly every record.
fn candidate(
    look: &Look,
    path: &ColumnPath,
    choices: &[Option<Choices>],
    language: &Language,
    sure: Sureness,
) -> Option<Candidate> {
    let ways: &[(Field, &'static str)] = &[
        (Field::Answer, "its values are the letters or names of options"),
        (Field::AnswerText, "its values are the texts of options"),
        (Field::AnswerIndex0, "its numbers reach 0, so they count from 0"),
        (
            Field::AnswerIndex1,
            "its numbers reach the number of options, so they count from 1",
        ),
        (Field::AnswerTruth, "its values are true and false"),
    ];
    let read: Vec<(Field, &'static str, Right)> = ways
        .iter()
        .filter_map(|(field, why)| Some((*field, *why, read(look, path, *field, choices, language)?)))
        .collect();
    let of = |field: Field| read.iter().find(|(other, ..)| *other == field);
    let (way, right) = match (
        of(Field::Answer),
        of(Field::AnswerText),
        of(Field::AnswerIndex0),
        of(Field::AnswerIndex1),
    ) {
        (Some((field, why, right)), ..) | (None, Some((field, why, right)), ..) => (Way::Field(*field, why), right),
        (None, None, Some((_, _, right)), Some(_)) => (Way::EitherBase, right),
        (None, None, Some((field, why, right)), None) | (None, None, None, Some((field, why, right))) => {
            (Way::Field(*field, why), right)
        }
        (None, None, None, None) => {
            let (field, why, right) = of(Field::AnswerTruth)?;
            (Way::Field(*field, why), right)
        }
    };
    let right = right.clone();
    let path = path.clone();
    Some(Candidate { path, way, sure, right })
}

/// The right options of each record, where most that have a value can be read so; those that cannot are left out when
/// the file is read. Numbers must all fit: one that does not shows how they count.
fn read(
    look: &Look,
    path: &ColumnPath,
    field: Field,
    choices: &[Option<Choices>],
    language: &Language,
) -> Option<Right> {
    let counts = matches!(field, Field::AnswerIndex0 | Field::AnswerIndex1);
    let (mut good, mut all) = (0, 0);
    let mut right = Vec::with_capacity(choices.len());
    for (record, choices) in look.records.iter().zip(choices) {
        let (Some(value), Some(choices)) = (path.value(record), choices) else {
            right.push(None);
            continue;
        };
        let found = answers::right(field, &value, choices, language);
        match found {
            Ok(found) if found.is_empty() => right.push(None),
            Ok(found) => {
                all += 1;
                good += 1;
                right.push(Some(found));
            }
            Err(_) => {
                all += 1;
                right.push(None);
            }
        }
    }
    let enough = match counts {
        true => good == all,
        false => good * 3 >= all * 2,
    };
    (good > 0 && enough).then_some(right)
}

impl Candidate {
    /// Whether both say the same of every record that both speak of; a number may count either way.
    pub fn agrees(&self, other: &Self) -> bool {
        let pairs = || {
            self.right
                .iter()
                .zip(&other.right)
                .filter_map(|(first, second)| first.as_ref().zip(second.as_ref()))
        };
        let shifted =
            |by: usize| pairs().all(|(first, second)| first.iter().map(|index| index + by).eq(second.iter().copied()));
        let shifted_back =
            || pairs().all(|(first, second)| second.iter().map(|index| index + 1).eq(first.iter().copied()));
        let either = self.way == Way::EitherBase || other.way == Way::EitherBase;
        shifted(0) || (either && (shifted(1) || shifted_back()))
    }

    /// A few records as both ways of counting read them.
    pub fn readings(&self, look: &Look, question: Option<&ColumnPath>, choices: &[Option<Choices>]) -> Vec<Reading> {
        let reading = |(record, choices): (&super::super::record::Columns, &Option<Choices>)| {
            let choices = choices.as_ref()?;
            let number = super::super::record::scalar_text(self.path.value(record)?.as_ref())?;
            let index: usize = number.trim().trim_end_matches(".0").parse().ok()?;
            let asked = question.and_then(|path| super::super::record::scalar_text(path.value(record)?.as_ref()));
            Some(Reading {
                question: asked.unwrap_or_default(),
                number,
                from_zero: choices.texts.get(index).cloned(),
                from_one: index.checked_sub(1).and_then(|index| choices.texts.get(index)).cloned(),
            })
        };
        look.records.iter().zip(choices).filter_map(reading).take(3).collect()
    }
}
