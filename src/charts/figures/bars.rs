//! Bars of accuracy by task and language.

use super::published::{self, beside};
use super::{Choice, FEW, Source, distinct, languages, measured, of_languages, of_models, target, task_name};
use crate::charts::bars::{Bar, Bars, Group, Height, Panel};
use crate::charts::colour::SERIES;
use crate::language::Language;
use crate::models::named;
use crate::runs::comparison::{self, Row};
use crate::runs::ledger::Ledger;

/// Above this many tasks only those of one benchmark are shown, and above it of these only one.
const MOST_TASKS: usize = 6;

/// Every task with bars by language for each model; of many languages one task, with bars by model for each.
pub fn bars(source: &Source<'_>, choice: &Choice) -> Bars {
    let rows = comparison::compare(source.ledger, source.selection);
    let rows: Vec<Row> = rows
        .into_iter()
        .filter(|row| row.protocol == choice.protocol && choice.has(&row.model))
        .collect();
    let rows = &Found(rows);
    let few = languages(rows.0.iter().map(|row| row.language.clone()));
    if few.len() <= FEW {
        return by_language(source, choice, rows, &few);
    }
    by_model(source, choice, rows)
}

/// Rows of one protocol.
struct Found(Vec<Row>);

impl Found {
    fn height(&self, model: &str, benchmark: &str, task: &str, language: &Language) -> Height {
        let row = self.0.iter().find(|row| {
            row.model == model && row.benchmark == benchmark && row.task == task && row.language == *language
        });
        match row {
            Some(row) => measured(row).map_or(Height::Failed(row.failed), Height::Measured),
            None => Height::NotRun,
        }
    }
}

fn by_language(source: &Source<'_>, choice: &Choice, rows: &Found, languages: &[Language]) -> Bars {
    let mut tasks = distinct(rows.0.iter().map(|row| (row.benchmark.clone(), row.task.clone())));
    if tasks.len() > MOST_TASKS {
        tasks.retain(|(benchmark, _)| *benchmark == choice.benchmark);
    }
    if tasks.len() > MOST_TASKS {
        tasks.retain(|(_, task)| *task == choice.task);
    }
    let panel = |(benchmark, task): &(String, String)| {
        let here = || {
            rows.0
                .iter()
                .filter(|row| row.benchmark == *benchmark && row.task == *task)
        };
        let models = named::distinct(here().map(|row| row.model.as_str()));
        let asked: Vec<(usize, &Language)> = languages
            .iter()
            .enumerate()
            .filter(|(_, language)| here().any(|row| row.language == **language))
            .collect();
        let group = |model: String| Group {
            bars: asked
                .iter()
                .map(|(series, language)| Bar {
                    series: *series,
                    height: rows.height(&model, benchmark, task, language),
                    published: published::share(&beside(choice, task, language), &model),
                    target: target(&model, benchmark, task, language),
                })
                .collect(),
            name: model,
            language: None,
        };
        Panel {
            title: task_name(source.ledger, benchmark, task),
            groups: models.into_iter().map(group).collect(),
        }
    };
    Bars {
        note: note(rows),
        series: of_languages(languages),
        chance: chance(source.ledger, &tasks),
        panels: tasks.iter().map(panel).collect(),
        left_out: Vec::new(),
    }
}

fn by_model(source: &Source<'_>, choice: &Choice, rows: &Found) -> Bars {
    let here = || rows.0.iter().filter(|row| choice.is_of(&row.benchmark, &row.task));
    let models = named::distinct(here().map(|row| row.model.as_str()));
    let languages = languages(here().map(|row| row.language.clone()));
    let group = |language: &Language| Group {
        name: language.native_name().to_owned(),
        language: Some(language.clone()),
        bars: models
            .iter()
            .enumerate()
            .map(|(series, model)| Bar {
                series,
                height: rows.height(model, &choice.benchmark, &choice.task, language),
                published: published::share(&beside(choice, &choice.task, language), model),
                target: target(model, &choice.benchmark, &choice.task, language),
            })
            .collect(),
    };
    let groups: Vec<Group> = languages.iter().map(group).collect();
    let task = (choice.benchmark.clone(), choice.task.clone());
    Bars {
        note: note(rows),
        series: of_models(&models),
        left_out: left_out(rows, choice, &models),
        chance: chance(source.ledger, std::slice::from_ref(&task)),
        panels: Some(Panel {
            title: task_name(source.ledger, &choice.benchmark, &choice.task),
            groups,
        })
        .filter(|panel| !panel.groups.is_empty())
        .into_iter()
        .collect(),
    }
}

/// The places of all models but the most accurate ones, which have the colours.
fn left_out(rows: &Found, choice: &Choice, models: &[String]) -> Vec<usize> {
    let accuracy = |model: &String| {
        let own = rows.0.iter().filter(|row| row.model == *model);
        let own = own.filter(|row| choice.is_of(&row.benchmark, &row.task));
        let answered = own.filter_map(|row| Some((row.accuracy? * row.n as f64, row.n)));
        let (right, n) = answered.fold((0.0, 0), |(right, n), own| (right + own.0, n + own.1));
        if n == 0 { -1.0 } else { right / n as f64 }
    };
    let mut places: Vec<(usize, f64)> = models.iter().map(accuracy).enumerate().collect();
    places.sort_by(|one, other| other.1.total_cmp(&one.1));
    places.into_iter().skip(SERIES).map(|(place, _)| place).collect()
}

fn note(rows: &Found) -> String {
    match rows.0.is_empty() {
        true => String::new(),
        false => "percent right, 95% interval (Wilson)".to_owned(),
    }
}

/// The accuracy that guessing gives, where that is the same for all `tasks`.
fn chance(ledger: &Ledger, tasks: &[(String, String)]) -> Option<f64> {
    let columns = ledger.columns().iter().filter(|column| {
        tasks
            .iter()
            .any(|(benchmark, task)| column.benchmark == *benchmark && column.task == *task)
    });
    let mut shares = columns.map(|column| {
        let options = column
            .questions()
            .filter_map(|question| Some(ledger.item(question)?.options.len()));
        let shares: Vec<f64> = options
            .filter(|options| *options > 0)
            .map(|options| 1.0 / options as f64)
            .collect();
        (!shares.is_empty()).then(|| shares.iter().sum::<f64>() / shares.len() as f64)
    });
    let first = shares.next()??;
    let same = shares.all(|share| share.is_some_and(|share| (share - first).abs() < 0.005));
    same.then_some(first)
}
