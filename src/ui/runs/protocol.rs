//! The part of a new run's form that says how items are put and scored, with the exact prompt of one of them.

use egui::Ui;

use super::form::{heading, number};
use crate::app::preview::Preview;
use crate::app::runs::RunForm;
use crate::app::study::Study;
use crate::app::theme::size;
use crate::prompts::{Letters, Normalisation, Order, Protocol, Scoring, known};
use crate::text::controls::Controls;
use crate::text::isolate::isolate;
use crate::ui::typeset::{self, Ink, Words};
use crate::ui::widgets::menu::Entry;
use crate::ui::widgets::{self, palette};

/// Shows the fields and the preview.
pub fn show(ui: &mut Ui, form: &mut RunForm, study: &Study, preview: Option<&Preview>) {
    heading(ui, "Protocol");
    show_names(ui, form, study);
    show_scoring(ui, form);
    ui.add_space(4.0);
    show_letters(ui, form);
    ui.add_space(4.0);
    number(
        ui,
        "Shots",
        "Solved examples before each question, 0 for none",
        &mut form.shots,
        "0",
    );
    number(
        ui,
        "Items per language",
        "From the start of each benchmark; empty for all",
        &mut form.limit,
        "all",
    );
    number(
        ui,
        "Seed",
        "Chooses the examples and the order of permuted options",
        &mut form.seed,
        "0",
    );
    show_checks(ui, form);
    if let Some(preview) = preview {
        show_preview(ui, preview);
    }
}

/// The protocols by name; typing into the open menu narrows them.
fn show_names(ui: &mut Ui, form: &mut RunForm, study: &Study) {
    let all: Vec<&Protocol> = known::all().iter().chain(&study.protocols).collect();
    let own = known::all().len();
    let group = |place: usize| {
        if place < own {
            "Known protocols"
        } else {
            "Of this workspace"
        }
    };
    let entries = all.iter().enumerate();
    let entries: Vec<Entry<'_>> = entries
        .map(|(place, protocol)| Entry::new(Words::name(&protocol.name)).group(group(place)))
        .collect();
    let selected = all.iter().position(|protocol| protocol.name == form.protocol.name);
    let width = ui.available_width();
    let chosen = widgets::choice(ui, "Put as", &entries, selected, width);
    if let Some(protocol) = chosen.and_then(|place| all.get(place)) {
        form.choose(protocol);
    }
    let ink = Ink::new(size::SECONDARY, palette(ui).text_2);
    typeset::paragraph(ui, &form.protocol.description, ink);
    ui.add_space(4.0);
}

/// How an option is read off a model.
fn show_scoring(ui: &mut Ui, form: &mut RunForm) {
    let scorings = [Scoring::Letters]
        .into_iter()
        .chain(Normalisation::ALL.map(|by| Scoring::Options { by }));
    let scorings: Vec<Scoring> = scorings.collect();
    let title = |scoring: &Scoring| match scoring {
        Scoring::Options { by } => format!("Option texts, {}", by.title()),
        Scoring::Letters | Scoring::Written { .. } => "Letters, by probability".to_owned(),
    };
    let mut titles: Vec<String> = scorings.iter().map(title).collect();
    titles.push("Written, then read".to_owned());
    let entries: Vec<Entry<'_>> = titles.iter().map(Entry::new).collect();
    let written = form.protocol.scoring.is_written();
    let selected = match written {
        true => Some(scorings.len()),
        false => scorings.iter().position(|scoring| *scoring == form.protocol.scoring),
    };
    let width = ui.available_width();
    match widgets::choice(ui, "Answers", &entries, selected, width) {
        Some(place) if place == scorings.len() => write(form, true),
        Some(place) => {
            if let Some(scoring) = scorings.get(place) {
                form.protocol = form.protocol.clone().scored_by(*scoring);
            }
        }
        None => {}
    }
    if written {
        number(
            ui,
            "Most tokens",
            "Where an answer is cut off; models that think first need thousands",
            &mut form.most_tokens,
            "512",
        );
    }
}

/// Lets models write their answers, or compares letters.
pub fn write(form: &mut RunForm, written: bool) {
    let scoring = match written {
        true => Scoring::Written {
            most_tokens: Scoring::MOST_TOKENS,
        },
        false => Scoring::Letters,
    };
    form.protocol = form.protocol.clone().scored_by(scoring);
}

fn show_letters(ui: &mut Ui, form: &mut RunForm) {
    let entries = Letters::ALL.map(|letters| Entry::new(letters.title()));
    let selected = Letters::ALL
        .iter()
        .position(|letters| *letters == form.protocol.letters);
    let width = ui.available_width();
    let chosen = widgets::choice(ui, "Letters", &entries, selected, width);
    if let Some(letters) = chosen.and_then(|place| Letters::ALL.get(place)) {
        form.protocol.letters = *letters;
    }
}

fn show_checks(ui: &mut Ui, form: &mut RunForm) {
    let seed = form.seed.trim().parse().unwrap_or(0);
    let protocol = &mut form.protocol;
    let permuted = protocol.order != Order::AsGiven;
    if widgets::check(ui, "Options in another order", "", permuted) {
        protocol.order = match permuted {
            true => Order::AsGiven,
            false => Order::Permuted { seed },
        };
    } else if permuted {
        protocol.order = Order::Permuted { seed };
    }
    let choices = [
        ("No instruction before the questions", &mut protocol.without_instruction),
        ("Chat template, where a model has one", &mut protocol.chat),
        ("Each example a turn of the chat", &mut protocol.multi_turn),
    ];
    for (label, chosen) in choices {
        if widgets::check(ui, label, "", *chosen) {
            *chosen = !*chosen;
        }
    }
    let label = "Again in other order, letters and words";
    if widgets::check(ui, label, "to see what flips", form.fragility) {
        form.fragility = !form.fragility;
    }
}

/// The exact prompt of one item, in the direction of its language.
fn show_preview(ui: &mut Ui, preview: &Preview) {
    let colours = palette(ui);
    heading(ui, "What a model reads");
    let grey = Ink::new(size::SECONDARY, colours.text_2);
    let ink = Ink::new(size::SECONDARY, colours.text)
        .fixed()
        .controls(Controls::AllShown);
    typeset::paragraph(
        ui,
        &format!(
            "Item {} in {}",
            isolate(&preview.item.id),
            preview.language().english_name()
        ),
        grey,
    );
    if let Some(note) = &preview.note {
        typeset::paragraph(ui, note, grey);
    }
    for (who, text) in &preview.parts {
        ui.add_space(4.0);
        typeset::line(ui, *who, grey.semibold());
        typeset::paragraph(ui, (text.as_str(), preview.language()), ink);
    }
    let show = |ui: &mut Ui, title: &str, texts: &[String]| {
        if !texts.is_empty() {
            ui.add_space(4.0);
            typeset::line(ui, title, grey.semibold());
            for text in texts {
                typeset::paragraph(ui, (text.as_str(), preview.language()), ink);
            }
        }
    };
    show(ui, "Scored after it", &preview.scored);
    show(ui, "Ends the reply", &preview.stops);
    ui.add_space(8.0);
}
