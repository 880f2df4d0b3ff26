//! The form of a new run.

use egui::{Align2, Rect, Sense, Stroke, Ui, pos2, vec2};

use super::protocol;
use crate::app::State;
use crate::app::command::{Command, Page};
use crate::app::matrix::{self, count, counted};
use crate::app::models::bytes;
use crate::app::runs::RunForm;
use crate::app::study::Study;
use crate::app::theme::size;
use crate::engine::endpoint::{Endpoint, Usage};
use crate::language::Language;
use crate::quantities::duration;
use crate::runs::ModelChoice;
use crate::ui::text::TextEdit;
use crate::ui::typeset::{self, Ink, Words};
use crate::ui::widgets::{self, Button, Emphasis, card, palette, within};

/// The height of the foot: two lines of what would be asked, and the buttons; and that of a third line, about endpoints.
const FOOT: f32 = 102.0;
const EXPENSE: f32 = 20.0;

/// Shows the form as a card.
pub fn show(ui: &mut Ui, rect: Rect, state: &State, study: &Study, commands: &mut Vec<Command>) {
    let Some(form) = &state.runs.form else { return };
    let mut edited = form.clone();
    card(
        ui,
        rect,
        "New run",
        "",
        |_| {},
        |ui| {
            let all = ui.max_rect();
            let sends = edited
                .models
                .values()
                .any(|choice| matches!(choice, ModelChoice::Endpoint(_)));
            let foot = FOOT + if sends { EXPENSE } else { 0.0 };
            let foot = Rect::from_min_max(pos2(all.left(), all.bottom() - foot), all.max);
            let body = Rect::from_min_max(all.min, pos2(all.right(), foot.top()));
            within(ui, body, "fields", |ui| {
                widgets::scrolled(ui, |ui| {
                    ui.spacing_mut().item_spacing.y = 2.0;
                    show_models(ui, &mut edited, state, commands);
                    show_benchmarks(ui, &mut edited, study);
                    show_languages(ui, &mut edited, study);
                    protocol::show(ui, &mut edited, study, state.runs.preview.as_ref());
                });
            });
            show_foot(ui, foot, &edited, state, study, commands);
        },
    );
    if edited != *form {
        // Before what was clicked, so that a start takes what was typed in the same frame.
        commands.insert(0, Command::EditForm(Box::new(edited)));
    }
}

pub(super) fn heading(ui: &mut Ui, text: &str) {
    ui.add_space(8.0);
    typeset::heading(ui, text);
    ui.add_space(2.0);
}

fn show_models(ui: &mut Ui, form: &mut RunForm, state: &State, commands: &mut Vec<Command>) {
    heading(ui, "Models");
    let mut any = false;
    for model in state.models.list.iter().filter(|model| model.problem.is_none()) {
        let Some(path) = &model.path else { continue };
        any = true;
        let on = form.models.contains_key(&model.id);
        let note = model.bytes.map(bytes).unwrap_or_default();
        if widgets::check(ui, Words::name(&model.title), &note, on) {
            if on {
                form.models.remove(&model.id);
            } else {
                let choice = ModelChoice::File(path.clone());
                form.models.insert(model.id.clone(), choice);
            }
        }
    }
    for endpoint in &state.models.endpoints.list {
        any = true;
        show_endpoint(ui, form, endpoint);
    }
    if !any {
        typeset::paragraph(
            ui,
            "No model is on this machine yet, and no endpoint was added.",
            Ink::new(size::BODY, palette(ui).text_2),
        );
        Button::new(Emphasis::Plain)
            .small()
            .text("Go to Models")
            .show(ui, commands, Command::Show(Page::Models));
    }
}

/// An endpoint to choose, with where items would go; one that cannot give letters' probabilities says so.
fn show_endpoint(ui: &mut Ui, form: &mut RunForm, endpoint: &Endpoint) {
    let on = form.models.contains_key(&endpoint.name);
    let place = match endpoint.is_loopback() {
        true => "this machine",
        false => endpoint.address.host(),
    };
    if widgets::check(ui, Words::name(&endpoint.name), place, on) {
        if on {
            form.models.remove(&endpoint.name);
        } else {
            let choice = ModelChoice::Endpoint(Box::new(endpoint.clone()));
            form.models.insert(endpoint.name.clone(), choice);
            // Letters cannot be compared by probability there.
            if !endpoint.route.scores() && !form.protocol.scoring.is_written() {
                protocol::write(form, true);
            }
        }
    }
}

fn show_benchmarks(ui: &mut Ui, form: &mut RunForm, study: &Study) {
    heading(ui, "Benchmarks");
    for benchmark in study.benchmarks() {
        let on = form.benchmarks.contains(benchmark.name());
        if widgets::check(
            ui,
            &benchmark.description.title,
            &counted(benchmark.items().len(), "item"),
            on,
        ) {
            if on {
                form.benchmarks.remove(benchmark.name());
            } else {
                form.benchmarks.insert(benchmark.name().to_owned());
            }
            let there = languages(form, study);
            form.languages.retain(|language| there.contains(language));
        }
    }
}

/// The languages of the chosen benchmarks.
fn languages(form: &RunForm, study: &Study) -> Vec<Language> {
    let chosen = study
        .benchmarks()
        .iter()
        .filter(|benchmark| form.benchmarks.contains(benchmark.name()));
    let mut languages: Vec<Language> = chosen
        .flat_map(|benchmark| {
            study
                .counts(benchmark.name())
                .iter()
                .map(|(language, _)| language.clone())
        })
        .collect();
    languages.sort_by_key(matrix::order);
    languages.dedup();
    languages
}

fn show_languages(ui: &mut Ui, form: &mut RunForm, study: &Study) {
    heading(ui, "Languages");
    let there = languages(form, study);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(6.0, 6.0);
        ui.spacing_mut().interact_size.y = 24.0;
        let all = there.iter().all(|language| form.languages.contains(language));
        if !there.is_empty() && widgets::toggle_chip(ui, "All", all, "All languages").clicked() {
            form.languages = if all {
                Default::default()
            } else {
                there.iter().cloned().collect()
            };
        }
        for language in &there {
            let on = form.languages.contains(language);
            let chip = widgets::toggle_chip(ui, Words::native(language), on, language.english_name());
            if widgets::tooltip(chip, language.english_name()).clicked() {
                if on {
                    form.languages.remove(language);
                } else {
                    form.languages.insert(language.clone());
                }
            }
        }
    });
}

pub(super) fn number(ui: &mut Ui, label: &str, tooltip: &str, text: &mut String, hint: &str) {
    let colours = palette(ui);
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 34.0), Sense::hover());
    typeset::paint(ui, rect, label, Ink::new(size::BODY, colours.text), Align2::LEFT_CENTER);
    let field = Rect::from_min_max(
        pos2(rect.right() - 110.0, rect.top() + 3.0),
        pos2(rect.right(), rect.bottom() - 3.0),
    );
    let edit = TextEdit::single_line(text).name(label).placeholder(hint);
    let response = within(ui, field, label, |ui| edit.show(ui).response);
    widgets::tooltip(response, tooltip);
}

fn show_foot(ui: &mut Ui, rect: Rect, form: &RunForm, state: &State, study: &Study, commands: &mut Vec<Command>) {
    let colours = palette(ui);
    ui.painter()
        .hline(rect.x_range(), rect.top() + 0.5, Stroke::new(1.0, colours.line));
    let request = form.request();
    let busy = state.runs.live.is_some();
    let (expense, cost) = form.expense(study);
    within(ui, rect.shrink2(vec2(14.0, 10.0)), "foot", |ui| {
        let warning = colours.warning().ink;
        let (words, protocol, ink) = match &request {
            Err(missing) => ((*missing).to_owned(), String::new(), warning),
            Ok(_) if busy => (
                "Another run is under way; it has to end first".to_owned(),
                String::new(),
                warning,
            ),
            Ok(request) => {
                let asked = counted(form.questions(study), "question");
                let requests = match expense.requests {
                    0 => String::new(),
                    requests => format!(", {} to send", counted(requests as usize, "request")),
                };
                let about = state.planned_seconds().map(duration);
                let about = about.map_or_else(String::new, |time| format!(", about {time}"));
                (
                    format!("{asked}{requests}{about}"),
                    widgets::capital(&request.protocol.label()),
                    colours.text,
                )
            }
        };
        ui.spacing_mut().item_spacing.y = 2.0;
        typeset::line(ui, &words, Ink::new(size::SECONDARY, ink));
        typeset::line(ui, &protocol, Ink::new(size::SECONDARY, colours.text_2));
        if expense.requests > 0 {
            typeset::line(
                ui,
                &in_tokens(&expense, cost),
                Ink::new(size::SECONDARY, colours.text_2),
            );
        }
        ui.add_space(8.0);
        ui.horizontal(|ui| {
            let start = Button::new(Emphasis::Main).icon(super::Icon::Play);
            start
                .enabled(request.is_ok() && !busy && state.writable())
                .width(180.0)
                .show(ui, commands, Command::StartRun);
            Button::new(Emphasis::Quiet).show(ui, commands, Command::CloseForm);
        });
    });
}

/// What endpoints would read and write, and what they would take for it.
fn in_tokens(expense: &Usage, cost: Option<f64>) -> String {
    let read = count(expense.prompt_tokens as usize);
    let written = match expense.written_tokens {
        0 => String::new(),
        most => format!(", at most {} written", count(most as usize)),
    };
    let cost = cost.map_or_else(String::new, |cost| format!(", costs at most about {cost:.2}"));
    format!("About {read} tokens to read{written}{cost}")
}
