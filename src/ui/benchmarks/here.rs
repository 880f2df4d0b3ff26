//! The benchmarks of the workspace: their list, and what one is made of.

use egui::{Align2, CursorIcon, Margin, Rect, Role, ScrollArea, Ui, WidgetInfo, pos2, vec2};

use super::items::show_items;
use crate::app::State;
use crate::app::benchmarks::BenchmarksCommand;
use crate::app::command::Command;
use crate::app::matrix::{count, counted};
use crate::app::study::Study;
use crate::app::theme::{size, space};
use crate::benchmarks::licence::Sharing;
use crate::benchmarks::{Benchmark, Item};
use crate::language::Language;
use crate::text::controls::Controls;
use crate::text::folding::Query;
use crate::ui::icons::Icon;
use crate::ui::marks::{self, Marks};
use crate::ui::spoken;
use crate::ui::typeset::{self, Ink};
use crate::ui::widgets::menu::Entry;
use crate::ui::widgets::stepping::Rows;
use crate::ui::widgets::{self, Button, Emphasis, Search, card, palette, within};

const LIST: f32 = 300.0;
/// The height in which a benchmark's facts and some of its items can be read.
const LEAST_SHOWN: f32 = 520.0;
/// How high the word after an import is.
const IMPORTED: f32 = 52.0;

/// Shows them.
pub fn show(ui: &mut Ui, body: Rect, state: &State, study: &Study, commands: &mut Vec<Command>) {
    if study.benchmarks().is_empty() {
        return within(ui, body, "none", |ui| {
            let detail = "Drop a file with questions on the window: a spreadsheet, CSV, JSON or Parquet, in whatever \
                          columns it has. Or get one that papers report.";
            widgets::empty(
                ui,
                "Benchmarks stand here: questions with a known answer.",
                detail,
                |ui| {
                    ui.horizontal(|ui| {
                        let import = Button::new(Emphasis::Main).enabled(state.writable());
                        import.show(ui, commands, Command::ChooseBenchmarkFile);
                        let known = BenchmarksCommand::Show(crate::app::benchmarks::Section::Known);
                        Button::new(Emphasis::Plain).show(ui, commands, known.into());
                    });
                },
            );
        });
    }
    let selected = state.benchmarks.selected.as_ref();
    let benchmark = study
        .benchmarks()
        .iter()
        .find(|benchmark| Some(benchmark.name()) == selected.map(String::as_str));
    let Some(benchmark) = benchmark.or_else(|| study.benchmarks().first()) else {
        return;
    };
    if body.width() >= 2.0 * LIST {
        let list = Rect::from_min_size(body.min, vec2(LIST, body.height()));
        let rest = Rect::from_min_max(pos2(list.right() + space::GUTTER, body.top()), body.max);
        show_list(ui, list, state, study, benchmark, commands);
        return show_benchmark(ui, rest, state, study, benchmark, commands);
    }
    // Too narrow for both, as when zoomed, they stand below each other.
    let list = space::CARD_HEADER + space::LIST_ITEM * study.benchmarks().len().min(3) as f32 + 2.0;
    within(ui, body, "narrow", |ui| {
        widgets::at_least(ui, vec2(0.0, list + LEAST_SHOWN), |ui| {
            let body = ui.max_rect();
            let (upper, lower) = body.split_top_bottom_at_y(body.top() + list);
            show_list(ui, upper, state, study, benchmark, commands);
            let lower = lower.with_min_y(lower.top() + space::GUTTER);
            show_benchmark(ui, lower, state, study, benchmark, commands);
        });
    });
}

fn show_list(ui: &mut Ui, rect: Rect, state: &State, study: &Study, shown: &Benchmark, commands: &mut Vec<Command>) {
    let colours = palette(ui);
    let search = Search {
        typed: &state.benchmarks.search,
        thing: "benchmark",
        focus: state.focus_search,
    };
    let query = Query::new(&state.benchmarks.search);
    let all = study.benchmarks().iter();
    let listed: Vec<_> = all.filter(|benchmark| is_found(study, benchmark, &query)).collect();
    let note = match query.is_empty() {
        true => count(study.benchmarks().len()),
        false => format!("{} of {}", count(listed.len()), count(study.benchmarks().len())),
    };
    card(
        ui,
        rect,
        "Benchmarks",
        &note,
        |_| {},
        |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            commands.extend(search.show_band(ui).map(Command::SearchBenchmarks));
            if listed.is_empty() {
                return search.nothing(ui, commands, Command::SearchBenchmarks(String::new()));
            }
            ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
                let selected = listed.iter().position(|benchmark| benchmark.name() == shown.name());
                let rows = Rows::begin(ui, widgets::id("benchmarks", "rows"), listed.len(), selected);
                for (place, benchmark) in listed.into_iter().enumerate() {
                    let (row, response) = rows.row(ui, place, space::LIST_ITEM);
                    let selected = selected == Some(place);
                    let title = &benchmark.description.title;
                    spoken::tell(&response, None, || {
                        WidgetInfo::selected(Role::ListItem, true, selected, title)
                    });
                    widgets::row_ground(ui, row, selected, &response);
                    let (upper, lower) = row.shrink2(vec2(14.0, 8.0)).split_top_bottom_at_fraction(0.54);
                    Marks::hits(search.typed).paint(
                        ui,
                        upper,
                        title,
                        Ink::new(size::BODY, colours.text).semibold(),
                        Align2::LEFT_CENTER,
                    );
                    let note = format!(
                        "{}, {}",
                        counted(benchmark.items().len(), "item"),
                        counted(study.counts(benchmark.name()).len(), "language")
                    );
                    typeset::paint(
                        ui,
                        lower,
                        &note,
                        Ink::new(size::SECONDARY, colours.text_3),
                        Align2::LEFT_CENTER,
                    );
                    widgets::focus_ring(ui, &response, row);
                    if response.on_hover_cursor(CursorIcon::PointingHand).clicked() {
                        commands.push(Command::SelectBenchmark(benchmark.name().to_owned()));
                    }
                }
            });
        },
    );
}

/// Whether a search finds a benchmark, by what it is called, said to be, and its languages.
fn is_found(study: &Study, benchmark: &Benchmark, query: &Query) -> bool {
    let description = &benchmark.description;
    let optional = [&description.licence, &description.source, &description.note];
    let known = optional.into_iter().filter_map(Option::as_deref);
    let languages = study.counts(benchmark.name()).iter();
    let languages = languages.flat_map(|(language, _)| [language.english_name(), language.native_name()]);
    query.finds(
        [benchmark.name(), &description.title]
            .into_iter()
            .chain(known)
            .chain(languages),
    )
}

fn show_benchmark(
    ui: &mut Ui,
    rect: Rect,
    state: &State,
    study: &Study,
    benchmark: &Benchmark,
    commands: &mut Vec<Command>,
) {
    let description = &benchmark.description;
    let mut rows = vec![("Name", benchmark.name().to_owned())];
    let unknown = || "not said".to_owned();
    rows.push(("Licence", description.licence.clone().unwrap_or_else(unknown)));
    let sharing = Sharing::of(description.licence.as_deref().unwrap_or_default());
    if sharing != Sharing::Free {
        rows.push(("Sharing", sharing.words().to_owned()));
    }
    rows.push(("Source", description.source.clone().unwrap_or_else(unknown)));
    rows.extend(description.note.clone().map(|note| ("Note", note)));
    let hash = benchmark.hash().get(..16).unwrap_or(benchmark.hash());
    rows.push(("SHA-256", format!("{hash}…")));
    // Long notes wrap; what is left goes to the items.
    let lines: f32 = rows
        .iter()
        .map(|(_, value)| {
            let ink = Ink::new(size::SECONDARY, palette(ui).text);
            typeset::galley(ui, value, ink, rect.width() - 28.0 - 84.0, usize::MAX)
                .size()
                .y
                .max(18.0)
                + 4.0
        })
        .sum();
    let facts = Rect::from_min_size(rect.min, vec2(rect.width(), space::CARD_HEADER + 20.0 + lines));
    let facts = show_imported(ui, facts, state, benchmark);
    let mut chosen = Vec::new();
    let tools = |ui: &mut Ui| {
        let run = BenchmarksCommand::Run(benchmark.name().to_owned());
        let button = Button::new(Emphasis::Main).icon(Icon::Play).small();
        button.enabled(state.writable()).show(ui, &mut chosen, run.into());
    };
    card(ui, facts, &description.title, "", tools, |ui| {
        egui::Frame::new()
            .inner_margin(Margin::symmetric(14, 10))
            .show(ui, |ui| {
                ui.set_width(ui.available_width());
                widgets::facts(ui, &rows, 84.0);
            });
    });
    commands.append(&mut chosen);
    let items = Rect::from_min_max(pos2(rect.left(), facts.bottom() + space::GUTTER), rect.max);
    if items.height() < 100.0 {
        return;
    }
    let there: Vec<Language> = study
        .counts(benchmark.name())
        .iter()
        .map(|(language, _)| language.clone())
        .collect();
    let shown = state
        .benchmarks
        .preview
        .as_ref()
        .filter(|language| there.contains(language))
        .or_else(|| there.first());
    let Some(shown) = shown else { return };
    let listed: Vec<(&Item, Controls)> = study
        .items(benchmark)
        .filter(|(item, _)| item.key.language == *shown)
        .collect();
    let note = format!("{} in {}", count(listed.len()), shown.english_name());
    let tools = |ui: &mut Ui| {
        marks::button(ui, state, commands);
        let entries: Vec<Entry<'_>> = there.iter().map(Entry::native).collect();
        let selected = there.iter().position(|language| language == shown);
        if let Some(place) = widgets::choice(ui, "Language", &entries, selected, 260.0)
            && let Some(language) = there.get(place)
        {
            commands.push(Command::ChoosePreview(language.clone()));
        }
    };
    card(ui, items, "Items", &note, tools, |ui| show_items(ui, state, &listed));
}

/// Says above the facts that this is what was just imported, and what comes next. Returns where the facts go.
fn show_imported(ui: &mut Ui, facts: Rect, state: &State, benchmark: &Benchmark) -> Rect {
    if state.benchmarks.imported.as_deref() != Some(benchmark.name()) {
        return facts;
    }
    let pair = palette(ui).outcome(crate::scoring::Outcome::Right);
    let place = Rect::from_min_size(facts.min, vec2(facts.width(), IMPORTED));
    let title = format!(
        "Imported: {} in this workspace.",
        counted(benchmark.items().len(), "item")
    );
    within(ui, place, "imported", |ui| {
        widgets::message(
            ui,
            pair,
            &title,
            "Look through them below, or run models on them with “Run it”.",
            |_| {},
        );
    });
    facts.translate(vec2(0.0, IMPORTED + space::GUTTER))
}
