//! What the columns leave open, asked in plain words with what each answer would mean.

use egui::{Margin, Ui, vec2};

use crate::app::benchmarks::BenchmarksCommand;
use crate::app::command::Command;
use crate::app::theme::{radius, size, space};
use crate::benchmarks::import::guess::{Choice, Doubt};
use crate::benchmarks::import::{Field, ImportOptions};
use crate::scoring::Outcome;
use crate::text::isolate::{self, isolate};
use crate::ui::icons::{self, Icon};
use crate::ui::typeset::{self, Ink};
use crate::ui::widgets::{self, palette};

/// How many rows show what a reading would mean.
const READINGS: usize = 3;
/// How wide an answer is at least.
const LEAST: f32 = 200.0;

/// Asks about one doubt.
pub fn show(ui: &mut Ui, place: usize, doubt: &Doubt, said: &ImportOptions, commands: &mut Vec<Command>) {
    let colours = palette(ui);
    let pair = colours.outcome(Outcome::Unparsed);
    let frame = egui::Frame::new()
        .fill(pair.tint)
        .stroke(egui::Stroke::new(1.0, pair.ink))
        .corner_radius(radius::CARD)
        .inner_margin(Margin::symmetric(14, 12));
    frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing.y = space::GAP;
        ui.horizontal(|ui| {
            let (mark, _) = ui.allocate_exact_size(vec2(16.0, 18.0), egui::Sense::hover());
            icons::paint(ui.painter(), Icon::Warning, mark.center(), 14.0, pair.ink);
            typeset::paragraph(
                ui,
                &widgets::quoted(&isolate::names(&doubt.question())),
                Ink::new(size::BODY, colours.text).semibold(),
            );
        });
        let choices = doubt.choices();
        let a_row = ((ui.available_width() + space::GAP) / (LEAST + space::GAP))
            .floor()
            .max(1.0);
        let a_row = choices.len().clamp(1, a_row as usize);
        let each = (ui.available_width() - space::GAP * (a_row - 1) as f32) / a_row as f32;
        for (row, choices) in choices.chunks(a_row).enumerate() {
            ui.horizontal_top(|ui| {
                ui.spacing_mut().item_spacing.x = space::GAP;
                for (number, choice) in choices.iter().enumerate() {
                    let chosen = ui.push_id((place, row, number), |ui| {
                        widgets::radio(ui, &choice.words, &meaning(doubt, choice), false, each.floor())
                    });
                    if chosen.inner {
                        let mut said = said.clone();
                        choice.apply(&mut said);
                        commands.push(BenchmarksCommand::Say(Box::new(said)).into());
                    }
                }
            });
        }
    });
}

/// The columns that a doubt is about.
pub fn columns(doubt: &Doubt) -> &[String] {
    match doubt {
        Doubt::IndexBase { column, .. } | Doubt::FixedOptions { column, .. } => std::slice::from_ref(column),
        Doubt::Columns { candidates, .. } => candidates,
        Doubt::Missing { .. } | Doubt::Language { .. } => &[],
    }
}

/// What the first rows would say if a number counted as this choice has it.
fn meaning(doubt: &Doubt, choice: &Choice) -> Vec<String> {
    let Doubt::IndexBase { readings, .. } = doubt else {
        return Vec::new();
    };
    let mut tried = ImportOptions::default();
    choice.apply(&mut tried);
    let counts = |field| tried.mappings.iter().any(|mapping| mapping.field == field);
    let from_zero = counts(Field::AnswerIndex0);
    if !from_zero && !counts(Field::AnswerIndex1) {
        return Vec::new();
    }
    let line = |reading: &crate::benchmarks::import::guess::Reading| {
        let answer = match from_zero {
            true => &reading.from_zero,
            false => &reading.from_one,
        };
        let answer = answer.as_deref().unwrap_or("no such option");
        let question = reading.question.lines().next().unwrap_or_default();
        format!("{} – {}", isolate(&shortened(question)), isolate(answer))
    };
    readings.iter().take(READINGS).map(line).collect()
}

/// The beginning of a question, so that the answer after it is in sight.
fn shortened(text: &str) -> String {
    const MOST: usize = 36;
    match text.chars().count() > MOST {
        true => text.chars().take(MOST).chain(['…']).collect(),
        false => text.to_owned(),
    }
}
