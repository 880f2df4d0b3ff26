//! The card of an endpoint: what it is, what its server can do, its limits and its key, and what leaves the machine.

use egui::{Id, Rect, Ui};

use crate::app::command::Command;
use crate::app::matrix::count;
use crate::app::models::{Asking, Endpoints, EndpointsCommand};
use crate::app::theme::size;
use crate::engine::endpoint::{Endpoint, ProbeReport, Route};
use crate::network::Secret;
use crate::scoring::Outcome;
use crate::text::isolate::isolate;
use crate::ui::icons::Icon;
use crate::ui::typeset::{self, Ink};
use crate::ui::widgets::{self, Button, Emphasis, card, palette};

/// Shows the selected endpoint.
pub fn show(ui: &mut Ui, rect: Rect, endpoints: &Endpoints, commands: &mut Vec<Command>) {
    let Some(endpoint) = endpoints.selected() else { return };
    let asked = endpoints.asking == Asking::Known(endpoint.name.clone());
    let mut probed = Vec::new();
    let tools = |ui: &mut Ui| {
        let button = Button::new(Emphasis::Plain).small();
        match asked {
            true => button
                .icon(Icon::Stop)
                .show(ui, &mut probed, EndpointsCommand::Stop.into()),
            false => button.enabled(endpoints.asking == Asking::Nothing).show(
                ui,
                &mut probed,
                EndpointsCommand::Probe(endpoint.name.clone()).into(),
            ),
        };
    };
    let note = if asked { "being asked what it is" } else { "" };
    card(ui, rect, &endpoint.name, note, tools, |ui| {
        widgets::scrolled(ui, |ui| {
            if let Some(problem) = endpoints.failures.get(&endpoint.name) {
                let pair = palette(ui).outcome(Outcome::Failed);
                widgets::message(ui, pair, "The server did not answer as it should.", problem, |_| {});
                ui.add_space(10.0);
            }
            let report = endpoints.reports.get(&endpoint.name).map(AsRef::as_ref);
            show_leaving(ui, endpoint);
            show_server(ui, endpoint, report);
            show_route(ui, endpoint, report);
            show_limits(ui, endpoint);
            show_key(ui, endpoint, endpoints, commands);
            show_removing(ui, endpoint, endpoints, commands);
        });
    });
    commands.append(&mut probed);
}

fn heading(ui: &mut Ui, text: &str) {
    ui.add_space(10.0);
    typeset::heading(ui, text);
    ui.add_space(2.0);
}

fn text(ui: &mut Ui, words: &str) {
    let ink = Ink::new(size::SECONDARY, palette(ui).text_2);
    typeset::paragraph(ui, words, ink);
}

fn show_leaving(ui: &mut Ui, endpoint: &Endpoint) {
    typeset::heading(ui, "What leaves this machine");
    ui.add_space(2.0);
    let colours = palette(ui);
    match endpoint.is_loopback() {
        true => text(ui, &endpoint.what_leaves()),
        false => widgets::message(
            ui,
            colours.warning(),
            &format!("Questions go to {}", isolate(endpoint.address.host())),
            &format!(
                "{} You are asked once in each workspace before anything is sent.",
                endpoint.what_leaves()
            ),
            |_| {},
        ),
    }
}

fn show_server(ui: &mut Ui, endpoint: &Endpoint, report: Option<&ProbeReport>) {
    heading(ui, "The server");
    let version = report.and_then(|report| report.version.as_deref());
    let server = match version {
        Some(version) => format!("{} {version}", endpoint.server),
        None => endpoint.server.to_string(),
    };
    let context = endpoint
        .context_length
        .map_or_else(|| "not told".to_owned(), |tokens| format!("{} tokens", count(tokens)));
    let mut rows = vec![
        ("Address", endpoint.address.to_string()),
        ("Server", server),
        ("Model", endpoint.model.clone()),
        ("Context", context),
    ];
    if let Some(report) = report.filter(|report| report.models.len() > 1) {
        let names: Vec<&str> = report.models.iter().map(|model| model.name.as_str()).collect();
        rows.push(("Has", names.join(", ")));
    }
    widgets::facts(ui, &rows, 92.0);
}

fn show_route(ui: &mut Ui, endpoint: &Endpoint, report: Option<&ProbeReport>) {
    heading(ui, "How answers are read");
    let how = match endpoint.route {
        Route::NextToken => "By the probability of each letter as the next token: one request a question.",
        Route::Continuations => "By the probability of each letter after the question: one request an option.",
        Route::Written => "The model writes a reply, and the answer is found in its text.",
    };
    text(ui, how);
    let Some(report) = report else {
        return text(ui, "Try again to see what the server says of itself now.");
    };
    if endpoint.route.scores() {
        let template = match report.has_chat_template {
            true => "The model's chat template can be used.",
            false => "The server shows no chat template; questions are put without one.",
        };
        text(ui, template);
    }
    for refused in &report.refused {
        text(ui, &format!("Not by {}: {}.", refused.route, refused.reason));
    }
}

fn show_limits(ui: &mut Ui, endpoint: &Endpoint) {
    heading(ui, "Limits and prices");
    let limits = &endpoint.limits;
    let a_minute = |limit: Option<std::num::NonZeroU32>, thing: &str| {
        limit.map_or_else(
            || "no limit".to_owned(),
            |limit| format!("{} {thing} a minute", count(limit.get() as usize)),
        )
    };
    let price = endpoint.prices.map_or_else(
        || "none given; cost is not counted".to_owned(),
        |prices| {
            format!(
                "{} in, {} out for a million tokens",
                prices.million_in, prices.million_out
            )
        },
    );
    let rows = [
        ("At once", format!("{} requests", count(limits.concurrent.get()))),
        ("Requests", a_minute(limits.requests_per_minute, "requests")),
        ("Tokens", a_minute(limits.tokens_per_minute, "tokens")),
        ("An answer", format!("may take {} seconds", limits.timeout_seconds)),
        ("Prices", price),
    ];
    widgets::facts(ui, &rows, 92.0);
}

fn show_key(ui: &mut Ui, endpoint: &Endpoint, endpoints: &Endpoints, commands: &mut Vec<Command>) {
    heading(ui, "Key");
    if let Some(variable) = &endpoint.key_variable {
        return text(
            ui,
            &format!("Read from the environment variable {variable} each time; kept nowhere."),
        );
    }
    if let Some(note) = endpoints.key_notes.get(&endpoint.name) {
        text(ui, note);
    }
    let host = isolate(endpoint.address.host());
    text(
        ui,
        &format!("A key is kept in the system's keyring, or else in memory, and goes to {host} only."),
    );
    ui.add_space(4.0);
    let place = Id::unique("key of an endpoint").with(&endpoint.name);
    let mut key: Option<Secret> = ui.data(|data| data.get_temp(place)).flatten();
    let edited = widgets::secret(ui, "Key", "type or paste a key", &mut key);
    if let Some(problem) = edited.refused {
        text(ui, &format!("{problem}."));
    }
    ui.add_space(4.0);
    let ready = key.is_some();
    let keep = key
        .clone()
        .map(|key| EndpointsCommand::KeepKey(endpoint.name.clone(), key));
    let button = Button::new(Emphasis::Plain).small().text("Keep the key").enabled(ready);
    let mut clicked = Vec::new();
    // Without a key the button is off, and what it would send does not matter.
    button.show(
        ui,
        &mut clicked,
        keep.clone().unwrap_or(EndpointsCommand::KeepIt).into(),
    );
    if ready && (!clicked.is_empty() || edited.submitted) {
        commands.extend(keep.map(Command::from));
        key = None;
    }
    ui.data_mut(|data| data.insert_temp(place, key));
}

fn show_removing(ui: &mut Ui, endpoint: &Endpoint, endpoints: &Endpoints, commands: &mut Vec<Command>) {
    ui.add_space(14.0);
    let name = &endpoint.name;
    if endpoints.removing.as_ref() != Some(name) {
        Button::new(Emphasis::Quiet).small().text("Remove this endpoint…").show(
            ui,
            commands,
            EndpointsCommand::AskRemove(name.clone()).into(),
        );
        return;
    }
    let title = format!("Remove {}?", isolate(name));
    let detail = "Its key is forgotten too. Answers it gave stay in their workspaces.";
    widgets::message(ui, palette(ui).warning(), &title, detail, |ui| {
        ui.add_space(6.0);
        ui.horizontal(|ui| {
            Button::new(Emphasis::Plain)
                .small()
                .show(ui, commands, EndpointsCommand::Remove(name.clone()).into());
            Button::new(Emphasis::Quiet)
                .small()
                .show(ui, commands, EndpointsCommand::KeepIt.into());
        });
    });
}
