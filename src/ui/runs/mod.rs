//! The Runs page: the run under way, every run of the workspace, and the form of a new one.

mod consent;
mod detail;
mod form;
mod protocol;

use egui::{Align2, CursorIcon, Rect, Role, ScrollArea, Ui, WidgetInfo, pos2, vec2};

use super::icons::{self, Icon};
use super::marks::Marks;
use super::spoken;
use super::typeset::{self, Ink};
use super::widgets::stepping::Rows;
use super::widgets::{self, Button, Emphasis, Search, card, palette, within};
use crate::app::State;
use crate::app::command::Command;
use crate::app::matrix::{count, counted};
use crate::app::models::Models;
use crate::app::runs::Live;
use crate::app::study::Study;
use crate::app::theme::{size, space};
use crate::quantities::duration;
use crate::runs::ledger::Run;
use crate::runs::{RunRecord, RunState};
use crate::scoring::Outcome;
use crate::text::folding::Query;
use crate::text::isolate::{self, isolate};

const LIVE: f32 = 132.0;
const ROW: f32 = 52.0;

/// Shows the page.
pub fn show(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    let Some(study) = &state.study else {
        return super::no_workspace(ui, state, commands);
    };
    if let Some(asking) = &state.runs.asking {
        consent::show(ui, asking, commands);
    }
    let all = ui.max_rect();
    let mut body = all.shrink(space::GUTTER);
    if state.runs.form.is_some() {
        let wide = ui.ctx().content_rect().width() >= space::VERY_NARROW;
        let width = if wide { 380.0 } else { body.width() };
        let form = Rect::from_min_max(pos2(body.right() - width, body.top()), body.max);
        form::show(ui, form, state, study, commands);
        if !wide {
            return;
        }
        body.max.x = form.left() - space::GUTTER;
    }
    if let Some(live) = &state.runs.live {
        let rect = Rect::from_min_size(body.min, vec2(body.width(), LIVE));
        show_live(ui, rect, live, commands);
        body.min.y = rect.bottom() + space::GUTTER;
    }
    if study.runs().is_empty() && state.runs.live.is_none() {
        return within(ui, body, "no runs", |ui| {
            widgets::empty(
                ui,
                "Runs stand here: models asked the questions of a benchmark.",
                "",
                |ui| {
                    if study.benchmarks().is_empty() {
                        let import = Command::Show(crate::app::command::Page::Benchmarks);
                        Button::new(Emphasis::Main)
                            .text("Import a benchmark first")
                            .show(ui, commands, import);
                    } else {
                        Button::new(Emphasis::Main)
                            .enabled(state.writable())
                            .show(ui, commands, Command::NewRun);
                    }
                    Button::new(Emphasis::Quiet)
                        .enabled(state.writable())
                        .show(ui, commands, Command::ChooseRuns);
                },
            );
        });
    }
    // In a wide window the selected run stands beside the list, else it opens within it.
    let wide = ui.ctx().content_rect().width() >= space::NARROW && state.runs.form.is_none();
    if wide && let Some(run) = selected(state, study) {
        let rect = Rect::from_min_max(
            pos2(
                body.right() - space::side_panel(ui.ctx().content_rect().width()),
                body.top(),
            ),
            body.max,
        );
        detail::show(ui, rect, &title(&run.record, &state.models), run, commands);
        body.max.x = rect.left() - space::GUTTER;
    }
    show_history(ui, body, state, study, !wide, commands);
}

/// The selected run, else the newest.
fn selected<'a>(state: &State, study: &'a Study) -> Option<&'a Run> {
    let chosen = state.runs.selected.as_ref();
    let found = chosen.and_then(|chosen| study.runs().iter().find(|run| run.record.id == *chosen));
    found.or_else(|| study.runs().last())
}

fn show_live(ui: &mut Ui, rect: Rect, live: &Live, commands: &mut Vec<Command>) {
    let colours = palette(ui);
    let title = if live.stopping { "Stopping" } else { "Running now" };
    let note = live.run.as_ref().map(ToString::to_string).unwrap_or_default();
    let tools = |ui: &mut Ui| {
        Button::new(Emphasis::Plain)
            .small()
            .icon(Icon::Stop)
            .enabled(!live.stopping)
            .show(ui, commands, Command::CancelRun);
    };
    card(ui, rect, title, &note, tools, |ui| {
        let inner = ui.max_rect().shrink2(vec2(space::CARD, 10.0));
        let share = if live.total == 0 {
            0.0
        } else {
            live.done as f32 / live.total as f32
        };
        within(ui, inner, "progress", |ui| {
            ui.horizontal(|ui| {
                let percent = format!("{:.0}%", share * 100.0);
                typeset::line(ui, &percent, Ink::new(size::FINDING, colours.text).semibold());
                let done = format!("{} of {}", count(live.done), counted(live.total, "answer"));
                typeset::line(ui, &done, Ink::new(size::BODY, colours.text_2));
                let mut now = isolate::names(&live.stage);
                if now.is_empty()
                    && let Some(language) = &live.language
                {
                    now = format!("{} on {}", isolate(&live.model), language.english_name());
                }
                typeset::line(ui, &now, Ink::new(size::BODY, colours.text_2));
            });
            widgets::progress(ui, share, colours.accent, "Share of the run that is done");
            ui.add_space(6.0);
            ui.horizontal(|ui| {
                ui.spacing_mut().item_spacing.x = 20.0;
                if live.items_per_second > 0.0 {
                    figure(ui, &format!("{:.1} items/s", live.items_per_second));
                }
                if let Some(left) = live.seconds_left {
                    figure(ui, &format!("about {} left", duration(left)));
                }
                let kept = "Stopping keeps every answer but those of the group in flight.";
                typeset::line(ui, kept, Ink::new(size::SECONDARY, colours.text_3));
            });
        });
    });
}

fn figure(ui: &mut Ui, text: &str) {
    typeset::line(ui, text, Ink::new(size::BODY, palette(ui).text).semibold());
}

fn show_history(ui: &mut Ui, rect: Rect, state: &State, study: &Study, opens: bool, commands: &mut Vec<Command>) {
    let chosen = if opens {
        state.runs.selected.as_ref()
    } else {
        selected(state, study).map(|run| &run.record.id)
    };
    let search = Search {
        typed: &state.runs.search,
        thing: "run",
        focus: state.focus_search,
    };
    let query = Query::new(&state.runs.search);
    let newest_first = study.runs().iter().rev();
    let listed: Vec<&Run> = newest_first.filter(|run| is_found(&run.record, &query)).collect();
    let note = search.count(listed.len(), study.runs().len());
    let mut asked = Vec::new();
    let tools = |ui: &mut Ui| {
        if state.runs.form.is_none() {
            let enabled = state.writable() && !study.benchmarks().is_empty();
            Button::new(Emphasis::Main)
                .icon(Icon::Plus)
                .keys()
                .enabled(enabled)
                .show(ui, &mut asked, Command::NewRun);
            Button::new(Emphasis::Quiet)
                .enabled(state.writable())
                .show(ui, &mut asked, Command::ChooseRuns);
        }
    };
    card(ui, rect, "All runs", &format!("{note}, newest first"), tools, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        commands.extend(search.show_band(ui).map(Command::SearchRuns));
        if listed.is_empty() && !query.is_empty() {
            return search.nothing(ui, commands, Command::SearchRuns(String::new()));
        }
        ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
            let selected = listed.iter().position(|run| chosen == Some(&run.record.id));
            let rows = Rows::begin(ui, widgets::id("runs", "rows"), listed.len(), selected);
            for (place, run) in listed.into_iter().enumerate() {
                let chosen = selected == Some(place);
                show_run(ui, state, run, (rows, place), (chosen, chosen && opens), commands);
            }
        });
    });
    commands.append(&mut asked);
}

/// Where the parts of a run's row stand.
struct Columns {
    names: Rect,
    state: Rect,
    /// When it began, where there is room to say so; the opened run says it too.
    when: Option<Rect>,
}

impl Columns {
    fn of(inner: Rect, resumable: bool) -> Self {
        let strip = |left: f32, right: f32| Rect::from_min_max(pos2(left, inner.top()), pos2(right, inner.bottom()));
        let roomy = inner.width() >= 640.0;
        let end = inner.right() - if resumable || roomy { 108.0 } else { 0.0 };
        let before = if roomy { end - 136.0 } else { end };
        let middle = inner.left() + (before - inner.left()) * 0.58;
        Self {
            names: strip(inner.left(), middle - 8.0),
            state: strip(middle, before),
            when: roomy.then(|| strip(end - 124.0, end)),
        }
    }
}

/// Whether a search finds a run, by what its row says, its languages and its name.
fn is_found(record: &RunRecord, query: &Query) -> bool {
    let (protocol, date) = (record.protocol.label(), date(&record.created));
    let models = record.models.iter().map(|model| model.name.as_str());
    let benchmarks = record.benchmarks.iter().map(|benchmark| benchmark.name.as_str());
    let languages = record.languages.iter();
    let languages = languages.flat_map(|language| [language.english_name(), language.native_name()]);
    let own = [record.id.as_str(), record.state.word(), &protocol, &date];
    query.finds(own.into_iter().chain(models).chain(benchmarks).chain(languages))
}

fn show_run(
    ui: &mut Ui,
    state: &State,
    run: &Run,
    (rows, place): (Rows, usize),
    (chosen, open): (bool, bool),
    commands: &mut Vec<Command>,
) {
    let record = &run.record;
    let colours = palette(ui);
    let live = state
        .runs
        .live
        .as_ref()
        .filter(|live| live.run.as_ref() == Some(&record.id));
    let (rect, response) = rows.row(ui, place, ROW);
    let title = title(record, &state.models);
    let word = if live.is_some() { "running" } else { record.state.word() };
    spoken::tell(&response, None, || {
        WidgetInfo::selected(Role::ListItem, true, chosen, format!("{title}, {word}"))
    });
    widgets::row_ground(ui, rect, chosen, &response);
    let inner = rect.shrink2(vec2(14.0, 7.0));
    let resumable = !matches!(record.state, RunState::Finished) && live.is_none();
    let columns = Columns::of(inner, resumable);
    let (upper, lower) = columns.names.split_top_bottom_at_fraction(0.55);
    let marks = Marks::hits(&state.runs.search);
    marks.paint(
        ui,
        upper,
        &title,
        Ink::new(size::BODY, colours.text).semibold(),
        Align2::LEFT_CENTER,
    );
    marks.paint(
        ui,
        lower,
        &detail(record),
        Ink::new(size::SMALL, colours.text_3),
        Align2::LEFT_CENTER,
    );
    show_state(ui, columns.state, run, live);
    if let Some(when) = columns.when {
        typeset::paint(
            ui,
            when,
            &date(&record.created),
            Ink::new(size::SECONDARY, colours.text_2),
            Align2::RIGHT_CENTER,
        );
    }
    if resumable {
        let place = Rect::from_min_size(pos2(inner.right() - 92.0, inner.center().y - 12.0), vec2(92.0, 24.0));
        within(ui, place, ("resume", record.id.as_str()), |ui| {
            Button::new(Emphasis::Plain)
                .small()
                .icon(Icon::Play)
                .width(92.0)
                .name(format!("Resume {}", record.id))
                .enabled(state.writable() && state.runs.live.is_none())
                .show(ui, commands, Command::ResumeRun(record.id.clone()));
        });
    }
    widgets::focus_ring(ui, &response, rect);
    if response.on_hover_cursor(CursorIcon::PointingHand).clicked() {
        commands.push(Command::SelectRun(record.id.clone()));
    }
    if let Some(error) = &record.error {
        padded(ui, |ui| {
            let pair = colours.outcome(Outcome::Failed);
            let safe = format!("{} so far are kept.", counted(run.answers.len(), "answer"));
            widgets::message(ui, pair, "The run failed.", &format!("{}. {safe}", error), |_| {});
        });
    }
    if open {
        padded(ui, |ui| {
            detail::show_facts(ui, run);
            ui.add_space(8.0);
            detail::show_export(ui, run, commands);
        });
    }
}

fn padded(ui: &mut Ui, content: impl FnOnce(&mut Ui)) {
    egui::Frame::new()
        .inner_margin(egui::Margin::symmetric(14, 8))
        .show(ui, content);
}

fn show_state(ui: &Ui, place: Rect, run: &Run, live: Option<&Live>) {
    let Run { record, answers, .. } = run;
    let colours = palette(ui);
    let (upper, lower) = place.split_top_bottom_at_fraction(0.55);
    let (icon, word, ink) = match (live, record.state) {
        (Some(_), _) => (Icon::Play, "Running", colours.accent_text),
        (None, RunState::Finished) => (Icon::Check, "Finished", colours.text),
        (None, RunState::Cancelled) => (Icon::Stop, "Stopped", colours.text_2),
        (None, RunState::Unfinished) => (Icon::Truncated, "Unfinished", colours.warning().ink),
        (None, RunState::Failed) => (Icon::Warning, "Failed", colours.outcome(Outcome::Failed).ink),
    };
    icons::paint(
        ui.painter(),
        icon,
        pos2(upper.left() + 6.0, upper.center().y),
        12.0,
        ink,
    );
    let words = Rect::from_min_max(upper.min + vec2(18.0, 0.0), upper.max);
    let drawn = typeset::paint(ui, words, word, Ink::new(size::BODY, ink), Align2::LEFT_CENTER);
    let done = live.map_or(answers.len(), |live| live.done);
    let numbers = Rect::from_min_max(pos2(drawn.right() + 8.0, upper.top()), upper.max);
    let text = if done == record.total {
        counted(done, "answer")
    } else {
        format!("{} of {}", count(done), counted(record.total, "answer"))
    };
    typeset::paint(
        ui,
        numbers,
        &text,
        Ink::new(size::SECONDARY, colours.text_2),
        Align2::LEFT_CENTER,
    );
    let share = if record.total == 0 {
        0.0
    } else {
        done as f32 / record.total as f32
    };
    let width = lower.width().min(280.0);
    let bar = Rect::from_min_size(pos2(lower.left(), lower.center().y - 2.0), vec2(width, space::BAR));
    let colour = if live.is_some() {
        colours.accent
    } else {
        colours.bar_second
    };
    if width > 30.0 {
        widgets::bar(ui, bar, share, colour, false);
    }
}

fn title(record: &RunRecord, models: &Models) -> String {
    let names = |names: Vec<&str>| match names.as_slice() {
        [one] => isolate(one),
        [one, two] => format!("{} and {}", isolate(one), isolate(two)),
        [one, rest @ ..] => format!("{} and {} more", isolate(one), rest.len()),
        [] => "nothing".to_owned(),
    };
    let asked = names(record.models.iter().map(|model| models.title(&model.name)).collect());
    let benchmarks = names(
        record
            .benchmarks
            .iter()
            .map(|benchmark| benchmark.name.as_str())
            .collect(),
    );
    format!("{asked} on {benchmarks}")
}

fn detail(record: &RunRecord) -> String {
    let languages = match record.languages.as_slice() {
        [one] => one.english_name().to_owned(),
        many => counted(many.len(), "language"),
    };
    format!("{}, {languages}", record.protocol.label())
}

/// `2026-11-21 09:33` of an RFC 3339 time, which is in UTC.
fn date(created: &str) -> String {
    let (day, time) = created.split_once('T').unwrap_or((created, ""));
    let minutes = time.get(..5).unwrap_or(time);
    format!("{day} {minutes} UTC")
}
