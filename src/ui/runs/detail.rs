//! One run in full: what was asked of which model, and what came of it.

use egui::{Rect, Ui};

use super::date;
use crate::app::command::Command;
use crate::app::matrix::{count, counted};
use crate::language::Language;
use crate::runs::exchange::Format;
use crate::runs::ledger::Run;
use crate::runs::spending::{self, Spent};
use crate::runs::{ModelSource, RunModel};
use crate::scoring::Outcome;
use crate::text::isolate::isolate;
use crate::ui::outcomes;
use crate::ui::typeset;
use crate::ui::widgets::menu::Entry;
use crate::ui::widgets::{self, card};

/// Shows the run as a card.
pub fn show(ui: &mut Ui, rect: Rect, title: &str, run: &Run, commands: &mut Vec<Command>) {
    card(
        ui,
        rect,
        title,
        "",
        |_| {},
        |ui| {
            widgets::scrolled(ui, |ui| {
                typeset::heading(ui, &format!("Outcomes, n {}", count(run.answers.len())));
                ui.add_space(2.0);
                outcomes::show_counts(ui, &run.answers.counts());
                ui.add_space(12.0);
                typeset::heading(ui, "What was asked");
                ui.add_space(2.0);
                show_facts(ui, run);
                ui.add_space(12.0);
                show_export(ui, run, commands);
            });
        },
    );
}

/// A menu of the formats a run can be written in.
pub fn show_export(ui: &mut Ui, run: &Run, commands: &mut Vec<Command>) {
    if run.answers.is_empty() {
        return;
    }
    let formats: Vec<Entry<'_>> = Format::ALL.iter().map(|format| Entry::new(format.title())).collect();
    if let Some(place) = widgets::choice(ui, "Export", &formats, None, 200.0)
        && let Some(format) = Format::ALL.get(place)
    {
        commands.push(Command::ExportRun(run.record.id.clone(), *format));
    }
}

/// Everything that is written down about the run.
pub fn show_facts(ui: &mut Ui, run: &Run) {
    let Run { record, answers, .. } = run;
    let seconds = answers.seconds();
    let failed = answers.outcomes().iter().filter(|outcome| **outcome == Outcome::Failed);
    let languages: Vec<&str> = record.languages.iter().map(Language::english_name).collect();
    let limit = record
        .limit
        .map_or("all items".to_owned(), |limit| counted(limit, "item"));
    let mut rows = vec![
        ("Run", record.id.to_string()),
        ("Begun", date(&record.created)),
        ("Protocol", record.protocol.label()),
        ("Languages", languages.join(", ")),
        ("Limit", limit),
        ("Tokens read", count(answers.tokens_read())),
        ("Failed", counted(failed.count(), "answer")),
    ];
    let written = answers.tokens_written();
    if written > 0 {
        rows.push(("Tokens written", count(written)));
    }
    if seconds > 0.0 {
        let speed = answers.len() as f64 / seconds;
        rows.push(("Speed", format!("{speed:.1} items/s while answering")));
    }
    for (model, spent) in record.models.iter().zip(spending::spent(record, answers.usages())) {
        rows.push(("Model", facts(model)));
        if model.endpoint().is_some() {
            rows.push(("Counted there", counted_there(&spent)));
        }
    }
    let elsewhere = record.models.iter().any(|model| model.elsewhere().is_some());
    rows.push(match elsewhere {
        true => ("Made by", isolate(&record.program)),
        false => ("Made by", format!("Polyclinic {}", record.program)),
    });
    widgets::facts(ui, &rows, 92.0);
}

/// What is known of a model: its file and how it computes, or the server it stands behind.
fn facts(model: &RunModel) -> String {
    let name = isolate(&model.name);
    match &model.source {
        ModelSource::File(file) => {
            let hash = file.sha256.get(..12).unwrap_or(&file.sha256);
            let facts = file.facts.as_ref().map(|facts| format!(", {facts}"));
            format!("{name}, SHA-256 {hash}…{}", facts.unwrap_or_default())
        }
        ModelSource::Endpoint { endpoint } => {
            let (server, route, address) = (endpoint.server, endpoint.route, &endpoint.address);
            format!(
                "{name}, {} behind {server} at {address}, {route}",
                isolate(&endpoint.model)
            )
        }
        ModelSource::Elsewhere { elsewhere } => {
            let file = elsewhere
                .file
                .file_name()
                .unwrap_or(elsewhere.file.as_os_str())
                .to_string_lossy();
            let hash = elsewhere.sha256.get(..12).unwrap_or(&elsewhere.sha256);
            format!("{name}, imported from {}, SHA-256 {hash}…", isolate(&file))
        }
    }
}

fn counted_there(spent: &Spent<'_>) -> String {
    let usage = &spent.usage;
    let number = |number: u64| count(usize::try_from(number).unwrap_or(usize::MAX));
    let (requests, read, wrote) = (usage.requests, usage.prompt_tokens, usage.written_tokens);
    let (requests, read, wrote) = (number(requests), number(read), number(wrote));
    let cost = spent.cost.map_or_else(String::new, |cost| format!(", cost {cost:.4}"));
    format!("{requests} requests, {read} tokens read, {wrote} written{cost}")
}
