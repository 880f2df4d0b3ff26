//! Accuracy by subject on one task.

use super::{Choice, FEW, Shown, Source, distinct, of_languages, of_models, target, task_name};
use crate::charts::dots::{Dot, DotRow, Dots};
use crate::charts::target::Target;
use crate::charts::{Kind, Measured};
use crate::language::Language;
use crate::models::named;
use crate::quantities::count;
use crate::runs::columns::Columns as _;
use crate::runs::measures::{self, SubjectScore};
use crate::text::isolate::isolate;

/// One row for each subject, the strongest first: a few models in one language, or one model in a few languages.
pub fn subjects(source: &Source<'_>, choice: &Choice) -> Dots {
    let mut scores = measures::subjects(source.ledger, source.selection);
    scores.retain(|score| {
        score.protocol == choice.protocol && choice.has(&score.model) && choice.is_of(&score.benchmark, &score.task)
    });
    let models = named::distinct(scores.iter().map(|score| score.model.as_str()));
    let shown = Shown::new(scores.iter().map(|score| score.language.clone()), choice);
    let languages = &shown.languages;
    let by_model = (2..=FEW).contains(&models.len());
    let task = isolate(&task_name(source.ledger, &choice.benchmark, &choice.task));
    let language = languages
        .iter()
        .find(|language| Some(*language) == choice.language.as_ref())
        .or(languages.first())
        .cloned();
    let model = models
        .iter()
        .find(|model| **model == choice.model)
        .or(models.first())
        .cloned();
    let (note, series) = match (by_model, language, model) {
        (true, Some(language), _) => {
            scores.retain(|score| score.language == language);
            (format!("{task}, {}", language.english_name()), of_models(&models))
        }
        (false, _, Some(model)) => {
            scores.retain(|score| score.model == model && languages.contains(&score.language));
            (
                shown.note(&format!("{task}, {}", isolate(&model))),
                of_languages(languages),
            )
        }
        _ => (task, Vec::new()),
    };
    let place = |score: &SubjectScore| match by_model {
        true => models.iter().position(|model| *model == score.model),
        false => languages.iter().position(|language| *language == score.language),
    };
    Dots {
        kind: Kind::Subjects,
        title: "Accuracy by subject".to_owned(),
        note,
        measure: "Percent right in each subject, the highest first".to_owned(),
        beside: Vec::new(),
        heading: "n".to_owned(),
        series,
        rows: rows(&scores, &place),
        table: scores.iter().map(|score| score.columns()).collect(),
    }
}

fn rows(scores: &[SubjectScore], place: &dyn Fn(&SubjectScore) -> Option<usize>) -> Vec<DotRow> {
    let names = distinct(scores.iter().map(|score| score.subject.clone()));
    let row = |name: String| {
        let own = scores.iter().filter(|score| score.subject == name);
        let mut dots: Vec<Dot> = own.filter_map(|score| dot(score, place(score)?)).collect();
        dots.sort_by_key(|dot| dot.series);
        DotRow {
            name,
            figures: vec![counts(&dots)],
            dots,
            ..DotRow::default()
        }
    };
    let mut rows: Vec<DotRow> = names.into_iter().map(row).filter(|row| !row.dots.is_empty()).collect();
    let first = |row: &DotRow| row.dots.first().map_or(0.0, |dot| dot.value.value);
    rows.sort_by(|one, other| first(other).total_cmp(&first(one)));
    rows
}

/// How many items the dots of a row stand on, from the fewest to the most where they differ.
fn counts(dots: &[Dot]) -> String {
    let counts = || dots.iter().map(|dot| dot.value.n);
    match (counts().min(), counts().max()) {
        (Some(least), Some(most)) if least < most => format!("{}–{}", count(least), count(most)),
        (_, most) => count(most.unwrap_or_default()),
    }
}

fn dot(score: &SubjectScore, series: usize) -> Option<Dot> {
    let language: &Language = &score.language;
    Some(Dot {
        series,
        value: Measured {
            value: score.accuracy?,
            low: score.low?,
            high: score.high?,
            n: score.n,
        },
        title: format!(
            "{}, {}, {}",
            isolate(&score.subject),
            isolate(&score.model),
            language.english_name()
        ),
        more: String::new(),
        target: Some(Target {
            subject: Some(score.subject.clone()),
            ..target(&score.model, &score.benchmark, &score.task, language)
        }),
    })
}
