//! How many choices flip between two protocols.

use super::{Choice, Source, distinct, of_models, target, task_name};
use crate::charts::dots::{Dot, DotRow, Dots};
use crate::charts::{Kind, Measured};
use crate::language::Language;
use crate::models::named;
use crate::quantities::count;
use crate::runs::columns::Columns as _;
use crate::runs::measures::{self, Flips};
use crate::text::isolate::isolate;

/// One row for each model and language of the chosen task, one dot for each other protocol.
pub fn flips(source: &Source<'_>, choice: &Choice) -> Dots {
    let here = |flips: &Flips| {
        let of_protocol = [&flips.protocol, &flips.other_protocol].contains(&&choice.protocol);
        of_protocol && choice.has(&flips.model) && choice.is_of(&flips.benchmark, &flips.task)
    };
    let mut flips = measures::flips(source.ledger, source.selection);
    flips.retain(here);
    let others = distinct(flips.iter().map(|flips| other(flips, choice).to_owned()));
    let models = named::distinct(flips.iter().map(|flips| flips.model.as_str()));
    let several = super::languages(flips.iter().map(|flips| flips.language.clone())).len() > 1;
    let mut rows = Vec::new();
    for model in &models {
        let own = || flips.iter().filter(|flips| flips.model == *model);
        if several {
            rows.push(DotRow {
                name: model.clone(),
                heading: true,
                ..DotRow::default()
            });
        }
        for language in super::languages(own().map(|flips| flips.language.clone())) {
            let of_language: Vec<&Flips> = own().filter(|flips| flips.language == language).collect();
            rows.push(row(
                &of_language,
                &others,
                choice,
                if several { None } else { Some(model) },
                &language,
            ));
        }
    }
    let single = others.len() == 1;
    let task = isolate(&task_name(source.ledger, &choice.benchmark, &choice.task));
    let note = match others.as_slice() {
        [] => task,
        [other] => format!("{task}, {} beside {}", isolate(&choice.protocol), isolate(other)),
        _ => format!("{task}, beside {}", isolate(&choice.protocol)),
    };
    Dots {
        kind: Kind::Flips,
        title: "Flips between protocols".to_owned(),
        note,
        measure: "Percent of the items on which a model chose another option under another protocol".to_owned(),
        heading: if single {
            "flipped, lost, won".to_owned()
        } else {
            String::new()
        },
        series: of_models(&others),
        beside: others,
        rows,
        table: flips.iter().map(|flips| flips.columns()).collect(),
    }
}

fn other<'a>(flips: &'a Flips, choice: &Choice) -> &'a str {
    match flips.protocol == choice.protocol {
        true => &flips.other_protocol,
        false => &flips.protocol,
    }
}

/// What was lost and won by going from the chosen protocol to the other.
fn lost_and_won(flips: &Flips, choice: &Choice) -> (usize, usize) {
    match flips.protocol == choice.protocol {
        true => (flips.lost, flips.won),
        false => (flips.won, flips.lost),
    }
}

fn row(flips: &[&Flips], others: &[String], choice: &Choice, model: Option<&str>, language: &Language) -> DotRow {
    let dot = |flips: &&Flips| {
        let series = others.iter().position(|name| name == other(flips, choice))?;
        let (lost, won) = lost_and_won(flips, choice);
        Some(Dot {
            series,
            value: Measured {
                value: flips.share?,
                low: flips.low?,
                high: flips.high?,
                n: flips.n,
            },
            title: format!("{}, {}", isolate(&flips.model), language.english_name()),
            more: format!(
                "{} lost, {} won under {}",
                count(lost),
                count(won),
                isolate(other(flips, choice))
            ),
            target: Some(target(&flips.model, &flips.benchmark, &flips.task, language)),
        })
    };
    let figures = match (others.len(), flips) {
        (1, [flips]) => {
            let (lost, won) = lost_and_won(flips, choice);
            vec![
                count(flips.flips),
                format!("−{}", count(lost)),
                format!("+{}", count(won)),
            ]
        }
        _ => Vec::new(),
    };
    DotRow {
        name: model.map_or_else(|| language.english_name().to_owned(), str::to_owned),
        heading: false,
        dots: flips.iter().filter_map(dot).collect(),
        figures,
    }
}
