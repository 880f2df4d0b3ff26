//! The form that adds an endpoint: where it is, its key, and how hard it may be pressed.

use egui::{Rect, Ui};

use crate::app::command::Command;
use crate::app::models::{Asking, EndpointForm, Endpoints, EndpointsCommand};
use crate::app::theme::size;
use crate::scoring::Outcome;
use crate::ui::icons::Icon;
use crate::ui::text::TextEdit;
use crate::ui::typeset::{self, Ink};
use crate::ui::widgets::{self, Button, Emphasis, card, palette};

/// Shows the form as a card.
pub fn show(ui: &mut Ui, rect: Rect, form: &EndpointForm, endpoints: &Endpoints, commands: &mut Vec<Command>) {
    let mut edited = form.clone();
    let asking = endpoints.asking == Asking::New;
    let note = if asking { "asking the server what it is" } else { "" };
    let before = commands.len();
    card(
        ui,
        rect,
        "New endpoint",
        note,
        |_| {},
        |ui| {
            widgets::scrolled(ui, |ui| {
                if let Some(problem) = &endpoints.form_problem {
                    let pair = palette(ui).outcome(Outcome::Failed);
                    widgets::message(ui, pair, "It was not added.", problem, |_| {});
                }
                ui.add_enabled_ui(!asking, |ui| show_fields(ui, &mut edited));
                ui.add_space(12.0);
                ui.horizontal(|ui| {
                    if asking {
                        Button::new(Emphasis::Plain)
                            .icon(Icon::Stop)
                            .show(ui, commands, EndpointsCommand::Stop.into());
                    } else {
                        Button::new(Emphasis::Main)
                            .enabled(endpoints.asking == Asking::Nothing)
                            .show(ui, commands, EndpointsCommand::Add.into());
                    }
                    Button::new(Emphasis::Quiet).show(ui, commands, EndpointsCommand::CloseForm.into());
                });
            });
        },
    );
    if edited != *form {
        // Before what was clicked, so that it takes what was typed in the same frame.
        commands.insert(before, EndpointsCommand::EditForm(Box::new(edited)).into());
    }
}

fn show_fields(ui: &mut Ui, form: &mut EndpointForm) {
    field(
        ui,
        "Address",
        "",
        "http://localhost:8000 or https://api.example.org/v1",
        &mut form.address,
    );
    field(
        ui,
        "Model",
        "The server's own name of it; empty where it has but one",
        "the only one",
        &mut form.model,
    );
    field(ui, "Name here", "", "the model's name", &mut form.name);
    label(
        ui,
        "Key",
        "Kept in the system's keyring, or else in memory. It goes to this host only, in no file and no message",
    );
    let refused = widgets::secret(ui, "Key", "none", &mut form.key).refused;
    if let Some(problem) = refused {
        hint(ui, &format!("{problem}."));
    }
    let variable = "Or the environment variable that holds it";
    field(ui, variable, "", "such as OPENAI_API_KEY", &mut form.key_variable);
    let at_once = "Hundreds for a large server, few for a small one";
    field(ui, "Requests at once", at_once, "64", &mut form.concurrent);
    let prices = "In the service's own currency; what a run costs is counted with both";
    field(ui, "Price of a million tokens read", prices, "none", &mut form.price_in);
    field(ui, "Price of a million tokens written", "", "none", &mut form.price_out);
}

fn hint(ui: &mut Ui, words: &str) {
    let ink = Ink::new(size::SMALL, palette(ui).text_2);
    typeset::paragraph(ui, words, ink);
}

fn label(ui: &mut Ui, words: &str, explained: &str) {
    ui.add_space(8.0);
    let ink = Ink::new(size::SECONDARY, palette(ui).text);
    typeset::line(ui, words, ink);
    if !explained.is_empty() {
        hint(ui, explained);
    }
    ui.add_space(2.0);
}

fn field(ui: &mut Ui, name: &str, explained: &str, placeholder: &str, text: &mut String) {
    label(ui, name, explained);
    TextEdit::single_line(text).name(name).placeholder(placeholder).show(ui);
}
