//! Accuracy of one task against what models cost.

use super::published::beside;
use super::{Choice, FEW, Shown, Source, distinct, languages, measured, of_languages, of_models, target, task_name};
use crate::charts::scatter::{Accuracy, Across, Scatter, Spot};
use crate::language::Language;
use crate::models::named;
use crate::runs::comparison::{self, Row};
use crate::runs::measures::{self, Price};
use crate::text::isolate::isolate;

/// One point for each model and language of the chosen task.
pub fn scatter(source: &Source<'_>, choice: &Choice) -> Scatter {
    let rows = comparison::compare(source.ledger, source.selection);
    let here = |row: &&Row| {
        row.protocol == choice.protocol && choice.has(&row.model) && choice.is_of(&row.benchmark, &row.task)
    };
    let rows: Vec<&Row> = rows.iter().filter(here).collect();
    let prices = match choice.across {
        Across::Parameters => Vec::new(),
        Across::Tokens | Across::Seconds => measures::prices(source.ledger, source.selection),
    };
    let models = named::distinct(rows.iter().map(|row| row.model.as_str()));
    // A model is as large in every language: of many only two say something.
    let asked = languages(rows.iter().map(|row| row.language.clone()));
    let shown = match choice.across {
        Across::Parameters => Shown::new(asked.into_iter(), choice),
        Across::Tokens | Across::Seconds => Shown {
            of: asked.len(),
            languages: asked,
        },
    };
    let languages = &shown.languages;
    let few = languages.len() <= FEW;
    let mut points: Vec<Spot> = rows
        .iter()
        .filter_map(|row| {
            let model = models.iter().position(|model| *model == row.model)?;
            let language = languages.iter().position(|language| *language == row.language)?;
            Some(Spot {
                series: if few { language } else { model },
                model: row.model.clone(),
                language: row.language.clone(),
                label: if few {
                    row.model.clone()
                } else {
                    row.language.english_name().to_owned()
                },
                title: format!("{}, {}", isolate(&row.model), row.language.english_name()),
                cost: cost(source, choice.across, row, &prices).filter(|cost| *cost > 0.0)?,
                accuracy: Accuracy::Measured(measured(row)?),
                tied: few.then_some(model),
                target: Some(target(&row.model, &row.benchmark, &row.task, &row.language)),
            })
        })
        .collect();
    if choice.across == Across::Parameters {
        points.extend(printed(choice, &models, languages));
    }
    points.sort_by_key(|spot| (spot.tied, spot.series));
    let task = shown.note(&isolate(&task_name(source.ledger, &choice.benchmark, &choice.task)));
    let own = points.iter().filter(|spot| spot.target.is_some());
    let sized = distinct(own.map(|spot| spot.model.clone())).len();
    let note = match models.len() - sized {
        0 => task,
        1 => format!("{task}; of one model the number is not known"),
        unknown => format!("{task}; of {unknown} models the number is not known"),
    };
    Scatter {
        across: choice.across,
        note,
        series: if few {
            of_languages(languages)
        } else {
            of_models(&models)
        },
        points,
    }
}

/// What was published of models whose name tells their size, in languages that have colours of their own.
fn printed(choice: &Choice, models: &[String], languages: &[Language]) -> Vec<Spot> {
    let places = languages.iter().enumerate();
    let marks = places.flat_map(|(series, language)| {
        let marks = beside(choice, &choice.task, language).into_iter();
        marks.map(move |mark| (series, language, mark.figure))
    });
    let mut names: Vec<&str> = Vec::new();
    let spots = marks
        .filter(|(_, _, figure)| figure.setting.is_none())
        .filter_map(|(series, language, figure)| {
            let cost = named::parameters(&figure.model)? as f64;
            let place = names.iter().position(|name| *name == figure.model).unwrap_or_else(|| {
                names.push(&figure.model);
                names.len() - 1
            });
            Some(Spot {
                series,
                model: figure.model.clone(),
                language: language.clone(),
                label: figure.model.clone(),
                title: format!("{}, {}", isolate(&figure.model), language.english_name()),
                cost,
                accuracy: Accuracy::Published {
                    value: figure.share(),
                    source: figure.source(),
                },
                tied: Some(models.len() + place),
                target: None,
            })
        });
    spots.collect()
}

fn cost(source: &Source<'_>, across: Across, row: &Row, prices: &[Price]) -> Option<f64> {
    let price = || {
        prices.iter().find(|price| {
            price.model == row.model
                && price.benchmark == row.benchmark
                && price.task == row.task
                && price.language == row.language
                && price.protocol == row.protocol
        })
    };
    match across {
        Across::Parameters => source.sizes.get(&row.model).map(|size| *size as f64),
        Across::Tokens => price().map(|price| price.prompt_tokens + price.written_tokens.unwrap_or_default()),
        Across::Seconds => price().map(|price| price.seconds),
    }
}
