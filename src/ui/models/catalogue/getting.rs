//! How the selected entry comes to this machine: what is under way, what the hub has of it, and the buttons.

use egui::{Align2, Rect, Sense, Ui, pos2, vec2};

use super::super::downloads;
use crate::app::State;
use crate::app::command::Command;
use crate::app::models::{DownloadsCommand, ModelsCommand, Section, bytes};
use crate::app::theme::{size, space};
use crate::models::catalogue::{Confirmation, Entry, RemoteModel};
use crate::models::download::{self, EntryState, Order};
use crate::runs::outlook;
use crate::scoring::Outcome;
use crate::text::isolate::isolate;
use crate::ui::icons::Icon;
use crate::ui::typeset::{self, Ink, Words};
use crate::ui::widgets::{self, Button, Emphasis, palette, within};

/// How wide the button beside a file is.
const GET: f32 = 64.0;

/// What fetches the entry as it is chosen.
fn order(state: &State, entry: &Entry) -> Option<Order> {
    let told = state.models.hub.confirmation(&entry.id);
    state.models.catalogue.order(entry, told)
}

/// The download of an order, while it is not done.
fn underway<'a>(state: &'a State, order: &Order) -> Option<&'a download::Entry> {
    let entry = state.models.hub.of(order)?;
    (!matches!(entry.state, EntryState::Done { .. })).then_some(entry)
}

/// Shows how far the download of the chosen file is, and what went wrong with it.
pub fn show_progress(ui: &mut Ui, state: &State, entry: &Entry) {
    let Some(entry) = order(state, entry).and_then(|order| underway(state, &order)) else {
        return;
    };
    let colours = palette(ui);
    if let EntryState::Failed { reason, .. } = &entry.state {
        let pair = colours.outcome(Outcome::Failed);
        let title = "The download failed; what came so far is kept.";
        widgets::message(ui, pair, title, reason, |_| {});
    } else {
        typeset::paragraph(ui, &downloads::status(entry), Ink::new(size::BODY, colours.text));
        ui.add_space(4.0);
        let share = entry.done as f32 / entry.total.max(1) as f32;
        widgets::progress(ui, share, colours.accent, "Progress of the download");
    }
    ui.add_space(10.0);
}

/// Shows what the hub says of the entry, with its files, or how to ask it.
pub fn show_hub(ui: &mut Ui, state: &State, entry: &Entry, commands: &mut Vec<Command>) {
    let hub = &state.models.hub;
    let colours = palette(ui);
    let secondary = Ink::new(size::SECONDARY, colours.text_2);
    typeset::heading(ui, "What the hub says");
    ui.add_space(2.0);
    if let Some(problem) = hub.known.unanswered.get(&entry.id) {
        let pair = colours.outcome(Outcome::Failed);
        widgets::message(ui, pair, "The hub did not answer.", problem, |_| {});
        ui.add_space(4.0);
    }
    match hub.confirmation(&entry.id) {
        Some(told) => show_answer(ui, state, entry, told, commands),
        None => _ = typeset::paragraph(ui, "It was not asked about this model yet.", secondary),
    }
    ui.add_space(4.0);
    let asking = hub.known.asking.contains(&entry.id);
    Button::new(Emphasis::Plain)
        .small()
        .text(if asking { "Asking the hub…" } else { "Ask the hub" })
        .enabled(!asking && hub.known.problem.is_none())
        .show(ui, commands, DownloadsCommand::AskHub(entry.id.clone()).into());
}

fn show_answer(ui: &mut Ui, state: &State, entry: &Entry, told: &Confirmation, commands: &mut Vec<Command>) {
    let colours = palette(ui);
    let differences = told.differences(entry);
    if differences.is_empty() {
        let words = format!("Checked on {}: as the catalogue says.", told.day());
        typeset::paragraph(ui, &words, Ink::new(size::SECONDARY, colours.text_2));
    } else {
        let title = format!("Checked on {}: not as the catalogue says.", told.day());
        let pair = colours.outcome(Outcome::Unparsed);
        widgets::message(ui, pair, &title, &differences.join(" "), |_| {});
    }
    ui.add_space(4.0);
    for (place, (model, order)) in told.models().enumerate() {
        show_file(ui, state, place, model, order, commands);
    }
}

/// A file that the hub has, its size, and how it stands with this machine.
fn show_file(ui: &mut Ui, state: &State, place: usize, model: &RemoteModel, order: Order, commands: &mut Vec<Command>) {
    let colours = palette(ui);
    let (line, _) = ui.allocate_exact_size(vec2(ui.available_width(), space::TWO_LINE_ROW), Sense::hover());
    let button = Rect::from_center_size(pos2(line.right() - GET / 2.0, line.center().y), vec2(GET, 24.0));
    let words = Rect::from_min_max(line.min, pos2(button.left() - 8.0, line.bottom()));
    let (upper, lower) = words.shrink2(vec2(0.0, 5.0)).split_top_bottom_at_fraction(0.54);
    let name = model.name.last();
    let left = Align2::LEFT_CENTER;
    typeset::paint(
        ui,
        upper,
        Words::name(name),
        Ink::new(size::SECONDARY, colours.text),
        left,
    );
    let standing = match underway(state, &order) {
        Some(download) => downloads::status(download),
        None if state.models.brought(&order).is_some() => format!("{}, on this machine", bytes(model.size)),
        None => bytes(model.size),
    };
    typeset::paint(ui, lower, &standing, Ink::new(size::SMALL, colours.text_3), left);
    let to_get = underway(state, &order).is_none() && state.models.brought(&order).is_none();
    within(ui, button, ("file", place), |ui| {
        Button::new(Emphasis::Plain)
            .small()
            .width(GET)
            .name(format!("Get {}", isolate(name)))
            .enabled(to_get && state.models.hub.known.problem.is_none())
            .show(ui, commands, DownloadsCommand::Get(order).into());
    });
}

/// Shows what can be done with the entry.
pub fn show_actions(ui: &mut Ui, state: &State, entry: &Entry, commands: &mut Vec<Command>) {
    if entry.endpoint.is_some() {
        Button::new(Emphasis::Main).icon(Icon::Plus).show(
            ui,
            commands,
            ModelsCommand::AddEndpoint(entry.id.clone()).into(),
        );
    } else if let Some(order) = order(state, entry) {
        show_get(ui, state, entry, order, commands);
    } else if entry.repositories().next().is_some() {
        let asking = state.models.hub.known.asking.contains(&entry.id);
        Button::new(Emphasis::Main)
            .enabled(!asking && state.models.hub.known.problem.is_none())
            .name("Ask the hub for its files")
            .show(ui, commands, DownloadsCommand::AskHub(entry.id.clone()).into());
    }
    if let Some(address) = address(entry) {
        Button::new(Emphasis::Plain)
            .icon(Icon::Copy)
            .text("Copy address")
            .show(ui, commands, Command::Copy(address));
    }
}

/// The way to what is here or under way, else the button that begins it.
fn show_get(ui: &mut Ui, state: &State, entry: &Entry, order: Order, commands: &mut Vec<Command>) {
    if let Some(model) = state.models.brought(&order) {
        let show = ModelsCommand::ShowHere(model.id.clone());
        Button::new(Emphasis::Plain)
            .icon(Icon::Check)
            .show(ui, commands, show.into());
    } else if underway(state, &order).is_some() {
        let show = ModelsCommand::Show(Section::Downloads);
        Button::new(Emphasis::Plain)
            .icon(Icon::Download)
            .text("Show download")
            .show(ui, commands, show.into());
    } else {
        // What the engine cannot run is not offered first.
        let emphasis = match outlook::runs(entry) {
            true => Emphasis::Main,
            false => Emphasis::Plain,
        };
        Button::new(emphasis)
            .icon(Icon::Download)
            .enabled(state.models.hub.known.problem.is_none())
            .show(ui, commands, DownloadsCommand::Get(order).into());
    }
}

/// The page of its repository, or the address of its endpoint.
fn address(entry: &Entry) -> Option<String> {
    let page = |repository: &String| format!("https://huggingface.co/{repository}");
    let endpoint = entry.endpoint.as_ref().map(|endpoint| endpoint.url.clone());
    entry.repository.as_ref().map(page).or(endpoint)
}
