//! The servers that models are asked through: which they are, what they can do, and what goes to them.

mod detail;
mod form;

use egui::{Align2, CursorIcon, Rect, Role, ScrollArea, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use crate::app::State;
use crate::app::command::Command;
use crate::app::models::{Asking, EndpointsCommand};
use crate::app::theme::{size, space};
use crate::engine::endpoint::Endpoint;
use crate::scoring::Outcome;
use crate::ui::icons::{self, Icon};
use crate::ui::spoken;
use crate::ui::typeset::{self, Ink, Words};
use crate::ui::widgets::stepping::Rows;
use crate::ui::widgets::{self, Button, Emphasis, card, palette};

/// Shares of a row's width: name and model, server, where, state.
const SHARES: [f32; 4] = [0.36, 0.18, 0.26, 0.20];

/// Shows the section.
pub fn show(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    let endpoints = &state.models.endpoints;
    let body = super::body(ui);
    if endpoints.list.is_empty() && endpoints.form.is_none() {
        return show_list(ui, body, state, commands);
    }
    // The form needs more height than a card below the list has.
    if let Some(form) = &endpoints.form
        && ui.ctx().content_rect().width() < space::NARROW
    {
        return form::show(ui, body, form, endpoints, commands);
    }
    super::list_and_card(
        ui,
        commands,
        |ui, rect, commands| show_list(ui, rect, state, commands),
        |ui, rect, commands| match &endpoints.form {
            Some(form) => form::show(ui, rect, form, endpoints, commands),
            None => detail::show(ui, rect, endpoints, commands),
        },
    );
}

fn show_list(ui: &mut Ui, rect: Rect, state: &State, commands: &mut Vec<Command>) {
    let endpoints = &state.models.endpoints;
    let mut added = Vec::new();
    let tools = |ui: &mut Ui| {
        Button::new(Emphasis::Plain)
            .icon(Icon::Plus)
            .enabled(endpoints.form.is_none())
            .show(ui, &mut added, EndpointsCommand::OpenForm.into());
    };
    let note = "nothing is sent until you allow it, once in each workspace";
    card(ui, rect, "Endpoints", note, tools, |ui| {
        if let Some(problem) = &endpoints.problem {
            let pair = palette(ui).outcome(Outcome::Failed);
            let title = "The list of endpoints could not be read.";
            egui::Frame::new()
                .inner_margin(egui::Margin::symmetric(14, 10))
                .show(ui, |ui| widgets::message(ui, pair, title, problem, |_| {}));
            return;
        }
        if endpoints.list.is_empty() {
            let detail = "No laptop holds a large model, but a server does: vLLM, llama-server, Ollama, or a hosted chat \
                          service. It is asked what it is and can do before anything else.";
            return widgets::empty(ui, "Models on other machines stand here.", detail, |ui| {
                if endpoints.form.is_none() {
                    Button::new(Emphasis::Main)
                        .icon(Icon::Plus)
                        .show(ui, commands, EndpointsCommand::OpenForm.into());
                }
            });
        }
        ui.spacing_mut().item_spacing.y = 0.0;
        let (head, _) = ui.allocate_exact_size(vec2(ui.available_width(), space::ROW), Sense::hover());
        for (cell, title) in cells(head).into_iter().zip(["Endpoint", "Server", "Where", "State"]) {
            let grey = Ink::new(size::SECONDARY, palette(ui).text_2);
            typeset::paint(ui, cell, title, grey, Align2::LEFT_CENTER);
        }
        let line = Stroke::new(1.0, palette(ui).line);
        ui.painter().hline(head.x_range(), head.bottom() - 0.5, line);
        ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
            let selected = endpoints.selected().filter(|_| endpoints.form.is_none());
            let is_selected = |endpoint: &Endpoint| selected.is_some_and(|selected| selected.name == endpoint.name);
            let selected = endpoints.list.iter().position(is_selected);
            let rows = Rows::begin(ui, widgets::id("endpoints", "rows"), endpoints.list.len(), selected);
            for (place, endpoint) in endpoints.list.iter().enumerate() {
                show_row(ui, (rows, place, selected), endpoint, state, commands);
            }
        });
    });
    commands.append(&mut added);
}

fn cells(row: Rect) -> [Rect; 4] {
    let inner = row.shrink2(vec2(14.0, 0.0));
    let mut left = inner.left();
    SHARES.map(|share| {
        let width = inner.width() * share;
        let cell = Rect::from_min_size(pos2(left, row.top()), vec2(width - 14.0, row.height()));
        left += width;
        cell
    })
}

fn show_row(
    ui: &mut Ui,
    (rows, place, selected): (Rows, usize, Option<usize>),
    endpoint: &Endpoint,
    state: &State,
    commands: &mut Vec<Command>,
) {
    let colours = palette(ui);
    let endpoints = &state.models.endpoints;
    let (rect, response) = rows.row(ui, place, space::TWO_LINE_ROW);
    let selected = selected == Some(place);
    let name = endpoint.name.as_str();
    spoken::tell(&response, None, || {
        WidgetInfo::selected(Role::ListItem, true, selected, name)
    });
    widgets::row_ground(ui, rect, selected, &response);
    let [names, server, host, standing] = cells(rect);
    let (upper, lower) = names.shrink2(vec2(0.0, 5.0)).split_top_bottom_at_fraction(0.54);
    let bold = Ink::new(size::BODY, colours.text).semibold();
    typeset::paint(ui, upper, Words::name(name), bold, Align2::LEFT_CENTER);
    let small = Ink::new(size::SMALL, colours.text_3);
    typeset::paint(ui, lower, Words::name(&endpoint.model), small, Align2::LEFT_CENTER);
    let grey = Ink::new(size::BODY, colours.text_2);
    typeset::paint(ui, server, &endpoint.server.to_string(), grey, Align2::LEFT_CENTER);
    typeset::paint(ui, host, endpoint.address.host(), grey, Align2::LEFT_CENTER);
    let (icon, words, ink) = if endpoints.asking == Asking::Known(name.to_owned()) {
        (Icon::Play, "Being asked", colours.text_2)
    } else if endpoints.failures.contains_key(name) {
        (Icon::Warning, "No answer", colours.outcome(Outcome::Failed).ink)
    } else if endpoint.route.scores() {
        (Icon::Check, "Scores letters", colours.outcome(Outcome::Right).ink)
    } else {
        (Icon::List, "Writes replies", colours.text_2)
    };
    icons::paint(
        ui.painter(),
        icon,
        pos2(standing.left() + 6.0, standing.center().y),
        12.0,
        ink,
    );
    let rest = Rect::from_min_max(standing.min + vec2(18.0, 0.0), standing.max);
    typeset::paint(ui, rest, words, grey, Align2::LEFT_CENTER);
    widgets::focus_ring(ui, &response, rect);
    if response.on_hover_cursor(CursorIcon::PointingHand).clicked() {
        commands.push(EndpointsCommand::Select(name.to_owned()).into());
    }
}
