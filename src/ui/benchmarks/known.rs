//! Known benchmarks: a list that can be searched, what is known of one, and the button that fetches it.

use egui::{Align2, CursorIcon, Rect, Role, ScrollArea, Ui, WidgetInfo, pos2, vec2};

use crate::app::State;
use crate::app::benchmarks::{BenchmarksCommand, Getting};
use crate::app::command::Command;
use crate::app::matrix::{count, counted};
use crate::app::models::bytes;
use crate::app::study::Study;
use crate::app::theme::{size, space};
use crate::benchmarks::known::{self, Fact, Known};
use crate::benchmarks::licence::Sharing;
use crate::language::Language;
use crate::scoring::Outcome;
use crate::text::folding::Query;
use crate::ui::icons::Icon;
use crate::ui::marks::Marks;
use crate::ui::spoken;
use crate::ui::typeset::{self, Ink, Words};
use crate::ui::widgets::stepping::Rows;
use crate::ui::widgets::{self, Button, Emphasis, Search, card, palette, within};

/// How wide the names of facts are.
const LABELS: f32 = 92.0;
/// Below this width the card stands under the list.
const WIDE: f32 = 760.0;
/// How high the card is under a list.
const CARD: f32 = 320.0;
/// From this width on the list has all its columns.
const COLUMNS: f32 = 560.0;

/// Shows the list and the card of the one that is selected.
pub fn show(ui: &mut Ui, body: Rect, state: &State, study: &Study, commands: &mut Vec<Command>) {
    let query = Query::new(&state.benchmarks.search);
    let found: Vec<&Known> = known::search(&query).collect();
    let shown = state.benchmarks.shown(&found);
    let wide = body.width() >= WIDE;
    let least = if wide { vec2(0.0, 0.0) } else { vec2(0.0, 2.0 * CARD) };
    within(ui, body, "known", |ui| {
        widgets::at_least(ui, least, |ui| {
            let body = ui.max_rect();
            let start = match wide {
                true => pos2(
                    body.right() - space::side_panel(ui.ctx().content_rect().width()) - 40.0,
                    body.top(),
                ),
                false => pos2(body.left(), body.bottom() - CARD),
            };
            let end = match wide {
                true => pos2(start.x - space::GUTTER, body.bottom()),
                false => pos2(body.right(), start.y - space::GUTTER),
            };
            show_list(
                ui,
                Rect::from_min_max(body.min, end),
                state,
                study,
                &found,
                shown,
                commands,
            );
            if let Some(known) = shown {
                show_card(ui, Rect::from_min_max(start, body.max), state, study, known, commands);
            }
        });
    });
}

fn show_list(
    ui: &mut Ui,
    rect: Rect,
    state: &State,
    study: &Study,
    found: &[&Known],
    shown: Option<&Known>,
    commands: &mut Vec<Command>,
) {
    let search = Search {
        typed: &state.benchmarks.search,
        thing: "benchmark",
        focus: state.focus_search,
    };
    let note = search.count(found.len(), known::included().len());
    card(
        ui,
        rect,
        "Benchmarks that papers report",
        &note,
        |_| {},
        |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            commands.extend(search.show_band(ui).map(Command::SearchBenchmarks));
            if found.is_empty() {
                return search.nothing(ui, commands, Command::SearchBenchmarks(String::new()));
            }
            ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
                let is_shown = |known: &&Known| shown.is_some_and(|shown| shown.name == known.name);
                let selected = found.iter().position(is_shown);
                let rows = Rows::begin(ui, widgets::id("known", "rows"), found.len(), selected);
                for (place, known) in found.iter().enumerate() {
                    show_row(ui, state, study, known, (rows, place, selected), commands);
                }
            });
        },
    );
}

fn show_row(
    ui: &mut Ui,
    state: &State,
    study: &Study,
    known: &Known,
    (rows, place, selected): (Rows, usize, Option<usize>),
    commands: &mut Vec<Command>,
) {
    let colours = palette(ui);
    let (row, response) = rows.row(ui, place, space::LIST_ITEM);
    let selected = selected == Some(place);
    let standing = standing(state, study, known);
    let licence = licence(known);
    spoken::tell(&response, None, || {
        let name = format!("{}, {}, {licence}, {}", known.title, size_of(known), standing.words());
        WidgetInfo::selected(Role::ListItem, true, selected, name)
    });
    widgets::row_ground(ui, row, selected, &response);
    let inner = row.shrink2(vec2(14.0, 8.0));
    let all = inner.width() >= COLUMNS;
    let widths: &[f32] = if all {
        &[0.46, 0.2, 0.2, 0.14]
    } else {
        &[0.74, 0.0, 0.0, 0.26]
    };
    let mut left = inner.left();
    let mut cells = widths.iter().map(|share| {
        let cell = Rect::from_min_size(
            pos2(left, inner.top()),
            vec2(inner.width() * share - 10.0, inner.height()),
        );
        left += inner.width() * share;
        cell
    });
    let mut next = || cells.next().unwrap_or(Rect::NOTHING);
    let (name, items, terms, state_cell) = (next(), next(), next(), next());
    let grey = Ink::new(size::SECONDARY, colours.text_3);
    let start = Align2::LEFT_CENTER;
    let (upper, lower) = name.split_top_bottom_at_fraction(0.54);
    let ink = Ink::new(size::BODY, colours.text).semibold();
    Marks::hits(&state.benchmarks.search).paint(ui, upper, known.title.as_str(), ink, start);
    typeset::paint(ui, lower, &languages(known, 4), grey, start);
    if all {
        let ink = Ink::new(size::SECONDARY, colours.text_2);
        typeset::paint(ui, items, &size_of(known), ink, start);
        typeset::paint(ui, terms, &licence, ink, start);
    }
    let ink = match standing {
        Standing::Here => colours.outcome(Outcome::Right).ink,
        Standing::Failed => colours.outcome(Outcome::Failed).ink,
        Standing::Coming => colours.accent_text,
        _ => colours.text_3,
    };
    typeset::paint(
        ui,
        state_cell,
        standing.words(),
        Ink::new(size::SECONDARY, ink),
        Align2::RIGHT_CENTER,
    );
    widgets::focus_ring(ui, &response, row);
    if response.on_hover_cursor(CursorIcon::PointingHand).clicked() {
        commands.push(BenchmarksCommand::SelectKnown(known.name.clone()).into());
    }
}

/// How a known benchmark stands with this workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    Here,
    Coming,
    Failed,
    Gated,
    ByHand,
    Ready,
}

impl Standing {
    fn words(self) -> &'static str {
        match self {
            Self::Here => "in this workspace",
            Self::Coming => "coming",
            Self::Failed => "failed",
            Self::Gated => "terms to accept",
            Self::ByHand => "not on the hub",
            Self::Ready => "on the hub",
        }
    }
}

fn standing(state: &State, study: &Study, known: &Known) -> Standing {
    match state.benchmarks.getting.get(&known.name) {
        Some(getting) if getting.failed.is_some() => Standing::Failed,
        Some(_) => Standing::Coming,
        None if is_here(study, known) => Standing::Here,
        None if known.is_gated() => Standing::Gated,
        None if known.is_on_hub() => Standing::Ready,
        None => Standing::ByHand,
    }
}

fn is_here(study: &Study, known: &Known) -> bool {
    study
        .benchmarks()
        .iter()
        .any(|benchmark| benchmark.name() == known.name)
}

fn size_of(known: &Known) -> String {
    let about = if known.is_doubtful(Fact::Items) { "about " } else { "" };
    match known.items {
        Some(1) => "1 item".to_owned(),
        Some(items) => format!("{about}{} items", count(items)),
        None => "size not known".to_owned(),
    }
}

fn licence(known: &Known) -> String {
    known.licence.clone().unwrap_or_else(|| "licence not known".to_owned())
}

/// The languages by name, the first so many of them.
fn languages(known: &Known, most: usize) -> String {
    let names: Vec<&str> = known.languages.iter().map(Language::english_name).collect();
    match names.len() > most {
        true => format!(
            "{} and {} more",
            names.get(..most).unwrap_or_default().join(", "),
            names.len() - most
        ),
        false => names.join(", "),
    }
}

fn show_card(ui: &mut Ui, rect: Rect, state: &State, study: &Study, known: &Known, commands: &mut Vec<Command>) {
    card(
        ui,
        rect,
        &known.title,
        "",
        |_| {},
        |ui| {
            let all = ui.max_rect();
            let foot = Rect::from_min_max(pos2(all.left(), all.bottom() - 44.0), all.max);
            let body = Rect::from_min_max(all.min, pos2(all.right(), foot.top()));
            within(ui, body, "facts", |ui| {
                widgets::scrolled(ui, |ui| {
                    if let Some(getting) = state.benchmarks.getting.get(&known.name) {
                        show_getting(ui, known, getting, commands);
                    }
                    show_facts(ui, known);
                    show_languages(ui, state, study, known, commands);
                });
            });
            within(ui, foot.shrink2(vec2(12.0, 8.0)), "actions", |ui| {
                ui.horizontal(|ui| show_actions(ui, state, study, known, commands));
            });
        },
    );
}

/// How far it is on its way, or why it did not come.
fn show_getting(ui: &mut Ui, known: &Known, getting: &Getting, commands: &mut Vec<Command>) {
    let colours = palette(ui);
    if let Some(failure) = &getting.failed {
        let pair = colours.outcome(Outcome::Failed);
        widgets::message(ui, pair, "It could not be fetched.", &failure.reason, |ui| {
            if let Some(terms) = &failure.terms {
                ui.add_space(6.0);
                Button::new(Emphasis::Plain).text("Copy the address of its terms").show(
                    ui,
                    commands,
                    Command::Copy(terms.clone()),
                );
            }
        });
    } else {
        let (done, all) = (getting.progress.done(), getting.progress.total());
        let (words, share) = match getting.files_read() {
            Some((read, files)) => (
                format!("Reading its files, {read} of {files}"),
                read as f32 / files.max(1) as f32,
            ),
            None if all == 0 => ("Asking the hub for its files".to_owned(), 0.0),
            None => (
                format!("Fetching, {} of {}", bytes(done), bytes(all)),
                done as f32 / all.max(1) as f32,
            ),
        };
        let words = getting.progress.note().unwrap_or(words);
        typeset::paragraph(ui, &words, Ink::new(size::BODY, colours.text));
        ui.add_space(4.0);
        let name = format!("Progress of {}", known.title);
        widgets::progress(ui, share, colours.accent, &name);
    }
    ui.add_space(10.0);
}

fn show_facts(ui: &mut Ui, known: &Known) {
    let said = |fact, text: String| match known.is_doubtful(fact) {
        true => format!("{text} (doubtful)"),
        false => text,
    };
    let mut rows = vec![
        ("Items", said(Fact::Items, size_of(known))),
        ("Languages", said(Fact::Languages, languages(known, usize::MAX))),
    ];
    if !known.subjects.is_empty() {
        rows.push(("Subjects", said(Fact::Subjects, known.subjects.join(", "))));
    }
    rows.push(("Licence", said(Fact::Licence, licence(known))));
    rows.push(("Sharing", Sharing::known(known.shared).words().to_owned()));
    if known.is_gated() {
        rows.push(("Access", "its terms must be accepted on the hub".to_owned()));
    }
    rows.push(("Scored by", known.protocol.clone()));
    rows.push(("Where", said(Fact::Repository, known.page())));
    let citation = &known.citation;
    rows.push(("Paper", format!("{} ({})", citation.title, citation.year)));
    rows.push(("Link", citation.link.clone()));
    widgets::facts(ui, &rows, LABELS);
    if let Some(note) = &known.note {
        ui.add_space(8.0);
        typeset::paragraph(ui, note, Ink::new(size::SECONDARY, palette(ui).text_2));
    }
}

/// Which of its languages are fetched, where it has several.
fn show_languages(ui: &mut Ui, state: &State, study: &Study, known: &Known, commands: &mut Vec<Command>) {
    let away = languages_away(study, known);
    if known.languages.len() < 2
        || away.is_empty()
        || !known.is_on_hub()
        || standing(state, study, known) == Standing::Coming
    {
        return;
    }
    let wanted = state.benchmarks.wanted(known);
    ui.add_space(10.0);
    typeset::heading(ui, "Languages to get");
    ui.add_space(4.0);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(6.0, 6.0);
        ui.spacing_mut().interact_size.y = 24.0;
        let all = wanted.len() == known.languages.len();
        if widgets::toggle_chip(ui, "All", all, "All languages").clicked() {
            commands.push(BenchmarksCommand::ChooseLanguages(known.name.clone(), !all).into());
        }
        for language in &away {
            let on = wanted.contains(language);
            let chip = widgets::toggle_chip(ui, Words::native(language), on, language.english_name());
            if widgets::tooltip(chip, language.english_name()).clicked() {
                commands.push(BenchmarksCommand::ToggleLanguage(known.name.clone(), language.clone()).into());
            }
        }
    });
}

/// Its languages that are not in the workspace.
fn languages_away(study: &Study, known: &Known) -> Vec<Language> {
    let mut there = study
        .benchmarks()
        .iter()
        .filter(|benchmark| benchmark.name() == known.name);
    let here = there.next().map(|benchmark| benchmark.languages()).unwrap_or_default();
    let away = |language: &&Language| !here.contains_key(language.tag());
    known.languages.iter().filter(away).cloned().collect()
}

/// The chosen ones of them.
fn to_come(state: &State, study: &Study, known: &Known) -> Vec<Language> {
    let mut wanted = state.benchmarks.wanted(known);
    let away = languages_away(study, known);
    wanted.retain(|language| away.contains(language));
    wanted
}

/// The button that fetches it.
fn get<'a>(known: &Known, emphasis: Emphasis, text: &'a str, enabled: bool) -> Button<'a> {
    let button = Button::new(emphasis).icon(Icon::Download).text(text);
    button.name(format!("{text} {}", known.title)).enabled(enabled)
}

fn show_actions(ui: &mut Ui, state: &State, study: &Study, known: &Known, commands: &mut Vec<Command>) {
    let name = known.name.clone();
    let coming = to_come(state, study, known);
    let enabled = state.writable() && !coming.is_empty();
    match standing(state, study, known) {
        Standing::Coming => {
            let cancel = Button::new(Emphasis::Plain).name(format!("Cancel {}", known.title));
            cancel.show(ui, commands, BenchmarksCommand::CancelGetting(name).into());
        }
        Standing::Failed => {
            get(known, Emphasis::Main, "Try again", enabled).show(
                ui,
                commands,
                BenchmarksCommand::Get(name.clone(), coming).into(),
            );
            let dismiss = Button::new(Emphasis::Quiet).text("Dismiss");
            dismiss.show(ui, commands, BenchmarksCommand::CancelGetting(name).into());
        }
        Standing::Here => {
            let run = Button::new(Emphasis::Main).icon(Icon::Play).enabled(state.writable());
            run.show(ui, commands, BenchmarksCommand::Run(name.clone()).into());
            Button::new(Emphasis::Plain).show(ui, commands, BenchmarksCommand::Open(name.clone()).into());
            if !coming.is_empty() && known.is_on_hub() {
                let words = format!("Get {}", counted(coming.len(), "more language"));
                get(known, Emphasis::Plain, &words, enabled).show(
                    ui,
                    commands,
                    BenchmarksCommand::Get(name, coming).into(),
                );
            }
        }
        Standing::ByHand => {
            let import = Button::new(Emphasis::Main).icon(Icon::Plus).enabled(state.writable());
            import.show(ui, commands, Command::ChooseBenchmarkFile);
        }
        Standing::Gated | Standing::Ready => {
            get(known, Emphasis::Main, "Get", enabled).show(ui, commands, BenchmarksCommand::Get(name, coming).into());
        }
    }
    Button::new(Emphasis::Plain)
        .icon(Icon::Copy)
        .text("Copy address")
        .show(ui, commands, Command::Copy(known.page()));
}
