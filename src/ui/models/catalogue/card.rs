//! The selected entry's card: whether it fits, how long it takes and what is known of it.

use egui::{Rect, Ui, pos2, vec2};

use super::super::{fit, time};
use super::getting;
use super::list::origin;
use crate::app::State;
use crate::app::command::Command;
use crate::app::matrix::count;
use crate::app::models::{ModelsCommand, bytes, parameters};
use crate::app::theme::size;
use crate::models::catalogue::{Catalogue, Entry, Fact};
use crate::runs::estimate::Work;
use crate::runs::outlook::{self, Outlook};
use crate::ui::typeset::{self, Ink};
use crate::ui::widgets::menu;
use crate::ui::widgets::{self, card, palette, within};

/// How wide the names of facts are.
const LABELS: f32 = 92.0;

/// Shows the card.
pub fn show(ui: &mut Ui, rect: Rect, state: &State, entry: &Entry, work: Work, commands: &mut Vec<Command>) {
    card(
        ui,
        rect,
        &entry.title,
        "",
        |_| {},
        |ui| {
            let all = ui.max_rect();
            let foot = Rect::from_min_max(pos2(all.left(), all.bottom() - 44.0), all.max);
            let body = Rect::from_min_max(all.min, pos2(all.right(), foot.top()));
            within(ui, body, "facts", |ui| {
                widgets::scrolled(ui, |ui| {
                    show_facts(ui, state, entry, work, commands);
                });
            });
            within(ui, foot.shrink2(vec2(12.0, 8.0)), "actions", |ui| {
                ui.horizontal(|ui| getting::show_actions(ui, state, entry, commands));
            });
        },
    );
}

fn show_facts(ui: &mut Ui, state: &State, entry: &Entry, work: Work, commands: &mut Vec<Command>) {
    let expected = state.models.catalogue.chosen_outlook(entry, work);
    if entry.endpoint.is_some() {
        let words = "It is asked over the network, so the questions leave this machine.";
        typeset::paragraph(ui, words, Ink::new(size::BODY, palette(ui).text));
    } else {
        getting::show_progress(ui, state, entry);
        typeset::heading(ui, "Does it fit in memory?");
        let needs = expected.map(|expected| expected.memory.total());
        fit::show(ui, needs, "Its size is not known", &state.machine);
        if let Some(expected) = expected {
            show_sizes(ui, state, entry, &expected, commands);
        }
        ui.add_space(10.0);
        typeset::heading(ui, "How long will it take?");
        show_time(ui, state, entry, expected, work, commands);
    }
    ui.add_space(10.0);
    typeset::heading(ui, "About it");
    ui.add_space(2.0);
    widgets::facts(ui, &facts(entry), LABELS);
    if let Some(note) = &entry.note {
        ui.add_space(6.0);
        typeset::paragraph(ui, note, Ink::new(size::SECONDARY, palette(ui).text_2));
    }
    if entry.repository.is_some() {
        ui.add_space(10.0);
        getting::show_hub(ui, state, entry, commands);
    }
}

fn show_sizes(ui: &mut Ui, state: &State, entry: &Entry, expected: &Outlook, commands: &mut Vec<Command>) {
    ui.add_space(4.0);
    let quantizations = entry.quantizations();
    if quantizations.len() > 1 {
        let entries: Vec<menu::Entry<'_>> = quantizations.iter().map(|known| menu::Entry::new(known.name)).collect();
        let chosen = quantizations.iter().position(|known| *known == expected.quantization);
        let place = widgets::choice(ui, "File", &entries, chosen, ui.available_width());
        let quantization = place.and_then(|place| quantizations.get(place));
        commands.extend(quantization.map(|chosen| ModelsCommand::ChooseQuantization(chosen).into()));
        ui.add_space(4.0);
    }
    let memory = &expected.memory;
    let rows = [
        (
            "Weights",
            format!("about {} as {}", bytes(memory.weights), expected.quantization),
        ),
        (
            "Cache",
            format!("{} for {} tokens", bytes(memory.cache), count(memory.tokens)),
        ),
        ("Working", bytes(memory.pass)),
        ("On disk", on_disk(expected.file_bytes, state.models.hub.known.free)),
    ];
    widgets::facts(ui, &rows, LABELS);
}

/// What the file takes of the disk, beside what is free where it would lie.
fn on_disk(file: u64, free: Option<u64>) -> String {
    match free {
        Some(free) if free < file => format!("about {}, more than the {} free there", bytes(file), bytes(free)),
        Some(free) => format!("about {}, of {} free", bytes(file), bytes(free)),
        None => format!("about {}", bytes(file)),
    }
}

fn show_time(
    ui: &mut Ui,
    state: &State,
    entry: &Entry,
    expected: Option<Outlook>,
    work: Work,
    commands: &mut Vec<Command>,
) {
    if outlook::runs(entry) {
        let seconds = expected.and_then(|expected| expected.seconds);
        return time::show(ui, &state.models.catalogue.speed, seconds, work, commands);
    }
    let architecture = entry.architecture.as_deref().unwrap_or("not known");
    let words = format!("It cannot run here yet: its architecture ({architecture}) is not one of the engine's.");
    typeset::paragraph(ui, &words, Ink::new(size::SECONDARY, palette(ui).text_2));
}

/// What the catalogue says of it, with a word where it doubts itself.
fn facts(entry: &Entry) -> Vec<(&'static str, String)> {
    let catalogue = Catalogue::included();
    let said = |fact, text: Option<String>| match text {
        None => "not known".to_owned(),
        Some(text) if entry.is_doubtful(fact) => format!("{text} (doubtful)"),
        Some(text) => text,
    };
    let mut rows = Vec::new();
    if let Some(endpoint) = &entry.endpoint {
        rows.push(("Called", said(Fact::ServedAs, Some(endpoint.served_as.clone()))));
        rows.push(("Asked at", endpoint.url.clone()));
    } else {
        rows.push(("Hub", said(Fact::Repository, Some(origin(entry).to_owned()))));
        rows.push(("Architecture", said(Fact::Architecture, entry.architecture.clone())));
        let weights = entry.parameters.map(|all| match entry.active {
            Some(active) => format!("{}, of which {} see a token", parameters(all), parameters(active)),
            None => parameters(all),
        });
        rows.push(("Weights", said(Fact::Parameters, weights)));
        let access = entry.gated.map(|gated| match gated {
            true => "its terms must be accepted on the hub".to_owned(),
            false => "open".to_owned(),
        });
        rows.push(("Access", said(Fact::Gated, access)));
    }
    let context = entry.context.and_then(|tokens| usize::try_from(tokens).ok());
    let context = context.map(|tokens| format!("{} tokens", count(tokens)));
    rows.push(("Context", said(Fact::Context, context)));
    if !entry.languages.is_empty() {
        let names: Vec<&str> = entry.languages.iter().map(|language| language.english_name()).collect();
        rows.push(("Languages", said(Fact::Languages, Some(names.join(", ")))));
    }
    rows.push(("Licence", said(Fact::Licence, entry.licence.clone())));
    if !entry.names.is_empty() {
        rows.push(("In papers as", entry.names.join(", ")));
    }
    for paper in entry.papers.iter().filter_map(|id| catalogue.paper(id)) {
        rows.push(("Paper", format!("{} (arXiv {})", paper.title, paper.arxiv)));
    }
    for conversion in &entry.conversions {
        let names: Vec<&str> = conversion.quantizations.iter().map(|known| known.name).collect();
        rows.push((
            "Files",
            said(
                Fact::Gguf,
                Some(format!("{}: {}", conversion.repository, names.join(", "))),
            ),
        ));
    }
    rows
}
