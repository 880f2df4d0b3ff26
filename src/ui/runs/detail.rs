//! One run in full: what was asked of which model, and what came of it.

use egui::{Margin, Rect, ScrollArea, Ui};

use super::date;
use crate::app::matrix::{count, counted};
use crate::language::Language;
use crate::runs::RunRecord;
use crate::scoring::{Answer, Outcome};
use crate::text::isolate::isolate;
use crate::ui::outcomes;
use crate::ui::typeset;
use crate::ui::widgets::{self, card};

/// Shows the run as a card.
pub fn show(ui: &mut Ui, rect: Rect, title: &str, record: &RunRecord, answers: &[Answer]) {
    card(
        ui,
        rect,
        title,
        "",
        |_| {},
        |ui| {
            ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
                egui::Frame::new()
                    .inner_margin(Margin::symmetric(14, 12))
                    .show(ui, |ui| {
                        ui.set_width(ui.available_width());
                        typeset::heading(ui, &format!("Outcomes, n {}", count(answers.len())));
                        ui.add_space(2.0);
                        let counts = Outcome::ALL
                            .map(|outcome| answers.iter().filter(|answer| answer.outcome == outcome).count());
                        outcomes::show_counts(ui, &counts);
                        ui.add_space(12.0);
                        typeset::heading(ui, "What was asked");
                        ui.add_space(2.0);
                        show_facts(ui, record, answers);
                    });
            });
        },
    );
}

/// Everything that is written down about the run.
pub fn show_facts(ui: &mut Ui, record: &RunRecord, answers: &[Answer]) {
    let seconds: f64 = answers.iter().map(|answer| answer.seconds).sum();
    let tokens: usize = answers.iter().map(|answer| answer.prompt_tokens).sum();
    let failed = answers
        .iter()
        .filter(|answer| answer.outcome == Outcome::Failed)
        .count();
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
        ("Tokens read", count(tokens)),
        ("Failed", counted(failed, "answer")),
    ];
    let written: usize = answers
        .iter()
        .filter_map(|answer| Some(answer.reply.as_ref()?.tokens))
        .sum();
    if written > 0 {
        rows.push(("Tokens written", count(written)));
    }
    if seconds > 0.0 {
        let speed = answers.len() as f64 / seconds;
        rows.push(("Speed", format!("{speed:.1} items/s while answering")));
    }
    for model in &record.models {
        let hash = model.sha256.get(..12).unwrap_or(&model.sha256);
        let facts = model
            .facts
            .as_ref()
            .map(|facts| format!(", {facts}"))
            .unwrap_or_default();
        rows.push(("Model", format!("{}, SHA-256 {hash}…{facts}", isolate(&model.name))));
    }
    rows.push(("Made by", format!("Polyclinic {}", record.program)));
    widgets::facts(ui, &rows, 92.0);
}
