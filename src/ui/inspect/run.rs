//! The run an answer was given in, and its protocol: all that its record says.

use egui::Ui;

use super::below::{self, Of};
use crate::app::command::Command;
use crate::app::matrix::count;
use crate::app::theme::{size, space};
use crate::runs::ModelSource;
use crate::text::controls::Controls;
use crate::text::isolate;
use crate::ui::typeset::{self, Ink};
use crate::ui::widgets::{self, palette};

/// Where values begin.
const LEFT: f32 = 130.0;

/// Shows them.
pub fn show(ui: &mut Ui, of: &Of<'_>, _commands: &mut Vec<Command>) {
    let record = of.given.run();
    let mut facts = vec![
        ("Run", record.id.to_string()),
        ("Made", record.created.clone()),
        ("State", record.state.word().to_owned()),
        ("Polyclinic", record.program.clone()),
        ("Protocol", of.given.protocol().to_owned()),
        ("Description", record.protocol.description.clone()),
        ("Limit", record.limit.map(count).unwrap_or_default()),
    ];
    let model = record.models.iter().find(|model| model.name == of.given.model());
    if let Some(model) = model {
        facts.push(("Model", isolate::isolate(&model.name)));
        facts.push(("Source", model.source.mark()));
        if let ModelSource::File(file) = &model.source {
            facts.push(("File", isolate::isolate(&file.file)));
            facts.push((
                "Computed",
                file.facts.as_ref().map(ToString::to_string).unwrap_or_default(),
            ));
        }
    }
    let benchmark = of.study.item(of.place).map(|(benchmark, _)| benchmark);
    for asked in &record.benchmarks {
        let now = benchmark.filter(|benchmark| benchmark.name() == asked.name);
        let changed = now.is_some_and(|benchmark| benchmark.hash() != asked.hash);
        let since = if changed { ", changed since" } else { "" };
        facts.push((
            "Benchmark",
            format!("{}, SHA-256 {}{since}", isolate::isolate(&asked.name), asked.hash),
        ));
    }
    facts.extend(record.error.clone().map(|error| ("Error", error)));
    facts.retain(|(_, value)| !value.is_empty());
    widgets::facts(ui, &facts, LEFT);
    ui.add_space(space::GAP);
    let head = Ink::new(size::SECONDARY, palette(ui).text_2).semibold();
    typeset::line(ui, "The whole record, with the template word for word", head);
    // Made of tables, texts and numbers, as it was read.
    let text = toml::to_string_pretty(record).unwrap_or_default();
    below::block(ui, &text, &[], &of.side.item.key.language, Controls::Obeyed);
}
