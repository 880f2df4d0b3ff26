//! The catalogue's list: its search, its filters and its rows.

use egui::{Align2, CursorIcon, Rect, Role, ScrollArea, Ui, WidgetInfo, vec2};

use super::super::columns::{self, Column};
use super::super::fit;
use super::filters;
use crate::app::State;
use crate::app::command::Command;
use crate::app::models::{ModelsCommand, bytes, parameters};
use crate::app::theme::{size, space};
use crate::models::catalogue::{Catalogue, Entry, Fact, Filter};
use crate::quantities::duration;
use crate::runs::estimate::Work;
use crate::runs::outlook;
use crate::ui::icons::{self, Icon};
use crate::ui::marks::Marks;
use crate::ui::spoken;
use crate::ui::typeset::{self, Ink, Words};
use crate::ui::widgets::stepping::Rows;
use crate::ui::widgets::{self, Search, card, palette};

const COLUMNS: [Column; 8] = [
    Column::new("Model", 0.23, 0.50),
    Column::new("Size", 0.07, 0.15).numbers(),
    Column::new("Languages", 0.10, 0.0),
    Column::new("Licence", 0.12, 0.0),
    Column::new("File", 0.13, 0.0),
    Column::new("Memory", 0.13, 0.0),
    Column::new("Run time", 0.10, 0.0),
    Column::new("Here", 0.12, 0.35),
];

/// Shows the list.
pub fn show(
    ui: &mut Ui,
    rect: Rect,
    state: &State,
    listed: &[&'static Entry],
    work: Work,
    commands: &mut Vec<Command>,
) {
    let filter = &state.models.catalogue.filter;
    let all = Catalogue::included().entries().len();
    let search = Search {
        typed: &filter.search,
        thing: "model",
        focus: state.focus_search,
    };
    let count = match filter.is_empty() {
        true => search.count(listed.len(), all),
        false => format!("{} of {all} models", listed.len()),
    };
    card(
        ui,
        rect,
        "Catalogue",
        &count,
        |_| {},
        |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            commands.extend(search.show_band(ui).map(|typed| searched(filter, typed)));
            filters::show(ui, filter, commands);
            if listed.is_empty() {
                return nothing(ui, search, filter, commands);
            }
            columns::heads(ui, &COLUMNS);
            let room = ui.available_rect_before_wrap();
            widgets::group(ui, room, Role::List, "Catalogue's models", |ui| {
                ui.ctx()
                    .accesskit_node_builder(ui.unique_id(), |node| node.set_size_of_set(listed.len()));
                let area = ScrollArea::vertical().auto_shrink([false, false]);
                let selected = state.models.catalogue.selected(listed);
                let is_selected = |entry: &&'static Entry| selected.is_some_and(|selected| selected.id == entry.id);
                let selected = listed.iter().position(is_selected);
                let rows = Rows::begin(ui, widgets::id("catalogue", "rows"), listed.len(), selected);
                rows.show(ui, area, (space::TWO_LINE_ROW, listed.len()), |ui, place| {
                    if let Some(entry) = listed.get(place) {
                        show_row(ui, state, (rows, place, selected), entry, work, commands);
                    }
                });
            });
        },
    );
}

fn searched(filter: &Filter, search: String) -> Command {
    ModelsCommand::Narrow(Filter {
        search,
        ..filter.clone()
    })
    .into()
}

/// What stands where nothing is listed: which of the search and the filters to take away.
fn nothing(ui: &mut Ui, search: Search<'_>, filter: &Filter, commands: &mut Vec<Command>) {
    if filter.is_empty() {
        return search.nothing(ui, commands, searched(filter, String::new()));
    }
    widgets::empty(ui, "No model of the catalogue passes these filters.", "", |ui| {
        let button = widgets::Button::new(widgets::Emphasis::Plain).text("Clear search and filters");
        button.show(ui, commands, ModelsCommand::Narrow(Filter::default()).into());
    });
}

fn show_row(
    ui: &mut Ui,
    state: &State,
    (rows, place, selected): (Rows, usize, Option<usize>),
    entry: &Entry,
    work: Work,
    commands: &mut Vec<Command>,
) {
    let browsing = &state.models.catalogue;
    let colours = palette(ui);
    let (rect, response) = rows.row(ui, place, space::TWO_LINE_ROW);
    let selected = selected == Some(place);
    let expected = browsing.outlook(entry, work);
    let (icon, here) = standing(entry, state);
    spoken::tell(&response, None, || {
        WidgetInfo::selected(Role::ListItem, true, selected, format!("{}, {here}", entry.title))
    });
    ui.ctx()
        .accesskit_node_builder(response.id, |node| node.set_position_in_set(place));
    widgets::row_ground(ui, rect, selected, &response);
    let [model, weights, languages, licence, file, memory, time, state_cell] = columns::cells(rect, &COLUMNS);
    let (upper, lower) = model.shrink2(vec2(0.0, 5.0)).split_top_bottom_at_fraction(0.54);
    let marks = Marks::hits(&browsing.filter.search);
    let bold = Ink::new(size::BODY, colours.text).semibold();
    marks.paint(ui, upper, Words::name(&entry.title), bold, Align2::LEFT_CENTER);
    let origin = origin(entry);
    let grey = Ink::new(size::SMALL, colours.text_3);
    marks.paint(ui, lower, origin, grey, Align2::LEFT_CENTER);
    let plain = Ink::new(size::BODY, colours.text_2);
    let known = |fact, text: Option<String>| doubted(entry, fact, text);
    let sizes = entry.parameters.map(parameters);
    let file_text = expected.map(|expected| {
        let size = bytes(expected.file_bytes);
        format!("{} {size}", expected.quantization)
    });
    for (cell, text, align) in [
        (weights, known(Fact::Parameters, sizes), Align2::RIGHT_CENTER),
        (
            languages,
            known(Fact::Languages, languages_in_short(entry)),
            Align2::LEFT_CENTER,
        ),
        (
            licence,
            known(Fact::Licence, entry.licence.clone()),
            Align2::LEFT_CENTER,
        ),
        (file, known(Fact::Gguf, file_text), Align2::LEFT_CENTER),
    ] {
        typeset::paint(ui, cell, &text, plain, align);
    }
    if memory.width() > 0.0 {
        let needs = expected.map(|expected| expected.memory.total());
        fit::paint(ui, memory, needs, &state.machine);
        let fits = needs.is_some_and(|needs| needs <= state.machine.free);
        let seconds = expected.and_then(|expected| expected.seconds).filter(|_| fits);
        let words = seconds.map_or_else(|| "–".to_owned(), duration);
        typeset::paint(ui, time, &words, plain, Align2::LEFT_CENTER);
    }
    let ink = match icon {
        Icon::Check => colours.outcome(crate::scoring::Outcome::Right).ink,
        _ => colours.text_2,
    };
    icons::paint(ui.painter(), icon, state_cell.left_center() + vec2(6.0, 0.0), 12.0, ink);
    let words = state_cell.with_min_x(state_cell.left() + 18.0);
    typeset::paint(ui, words, here, plain, Align2::LEFT_CENTER);
    widgets::focus_ring(ui, &response, rect);
    if response.on_hover_cursor(CursorIcon::PointingHand).clicked() {
        commands.push(ModelsCommand::SelectEntry(entry.id.clone()).into());
    }
}

/// Where it comes from: its repository, or the host of its endpoint.
pub(super) fn origin(entry: &Entry) -> &str {
    let endpoint = entry.endpoint.as_ref().map(|endpoint| endpoint.url.as_str());
    entry
        .repository
        .as_deref()
        .or(endpoint)
        .unwrap_or("no repository known")
}

/// What a row says of how an entry stands with this machine.
fn standing(entry: &Entry, state: &State) -> (Icon, &'static str) {
    let is_it = |id: &str, origin: &str| entry.packaged.as_deref() == Some(id) || entry.comes_from(origin);
    if state.models.here().any(|model| is_it(&model.id, &model.origin)) {
        return (Icon::Check, "On this machine");
    }
    if entry.endpoint.is_some() {
        return (Icon::Dash, "By endpoint");
    }
    match (outlook::runs(entry), entry.gated) {
        (false, _) => (Icon::Barred, "Not run here"),
        (true, Some(true)) => (Icon::Lock, "Terms first"),
        (true, _) if outlook::fits(entry, state.machine.free) => (Icon::Download, "To get"),
        (true, _) => (Icon::Cross, "Does not fit"),
    }
}

/// The text with a mark where the entry itself doubts it.
fn doubted(entry: &Entry, fact: Fact, text: Option<String>) -> String {
    match text {
        None => "–".to_owned(),
        Some(text) if entry.is_doubtful(fact) => format!("{text}?"),
        Some(text) => text,
    }
}

/// As `ar, en`, or how many there are and whether Arabic is one of them.
fn languages_in_short(entry: &Entry) -> Option<String> {
    let tags: Vec<&str> = entry.languages.iter().map(|language| language.tag()).collect();
    match tags.len() {
        0 => None,
        1..=3 => Some(tags.join(", ")),
        many if tags.contains(&"ar") => Some(format!("{many}, with ar")),
        many => Some(format!("{many}, not ar")),
    }
}
