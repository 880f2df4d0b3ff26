//! Accuracy of one task against what models cost.

use super::{Choice, FEW, Source, distinct, languages, measured, of_languages, of_models, target, task_name};
use crate::charts::scatter::{Accuracy, Across, Scatter, Spot};
use crate::runs::comparison::{self, Row};
use crate::runs::measures::{self, Price};
use crate::text::isolate::isolate;

/// One point for each model and language of the chosen task.
pub fn scatter(source: &Source<'_>, choice: &Choice) -> Scatter {
    let rows = comparison::compare(source.ledger, source.selection);
    let here = |row: &&Row| row.protocol == choice.protocol && choice.is_of(&row.benchmark, &row.task);
    let rows: Vec<&Row> = rows.iter().filter(here).collect();
    let prices = match choice.across {
        Across::Parameters => Vec::new(),
        Across::Tokens | Across::Seconds => measures::prices(source.ledger, source.selection),
    };
    let models = distinct(rows.iter().map(|row| row.model.clone()));
    let languages = languages(rows.iter().map(|row| row.language.clone()));
    let few = languages.len() <= FEW;
    let mut points: Vec<Spot> = rows
        .iter()
        .filter_map(|row| {
            let model = models.iter().position(|model| *model == row.model)?;
            let language = languages.iter().position(|language| *language == row.language)?;
            Some(Spot {
                series: if few { language } else { model },
                label: if few {
                    row.model.clone()
                } else {
                    row.language.english_name().to_owned()
                },
                title: format!("{}, {}", isolate(&row.model), row.language.english_name()),
                cost: cost(source, choice.across, row, &prices).filter(|cost| *cost > 0.0)?,
                accuracy: Accuracy::Measured(measured(row)?),
                tied: few.then_some(model),
                target: target(&row.model, &row.benchmark, &row.task, &row.language),
            })
        })
        .collect();
    points.sort_by_key(|spot| (spot.tied, spot.series));
    let task = task_name(source.ledger, &choice.benchmark, &choice.task);
    let sized = distinct(points.iter().map(|spot| spot.target.model.clone())).len();
    let note = match models.len() - sized {
        0 => isolate(&task),
        1 => format!("{}; of one model the number is not known", isolate(&task)),
        unknown => format!("{}; of {unknown} models the number is not known", isolate(&task)),
    };
    Scatter {
        across: choice.across,
        note,
        series: if few {
            of_languages(&languages)
        } else {
            of_models(&models)
        },
        points,
    }
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
