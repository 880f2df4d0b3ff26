//! The Benchmarks page: what there is to ask, a preview of its items, and files being imported.

use egui::{Align2, CursorIcon, Margin, Rect, Role, ScrollArea, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use super::column::Column;
use super::icons::Icon;
use super::marks::{self, Marks};
use super::spoken;
use super::text::TextEdit;
use super::typeset::{self, Ink};
use super::widgets::menu::Entry;
use super::widgets::{self, Button, Emphasis, Search, card, palette, within};
use crate::app::State;
use crate::app::benchmarks::{Importing, Preview};
use crate::app::command::Command;
use crate::app::matrix::{count, counted};
use crate::app::study::{Study, count_languages};
use crate::app::theme::{size, space};
use crate::benchmarks::import::{At, Rejected};
use crate::benchmarks::{Benchmark, Item};
use crate::error_chain;
use crate::language::Language;
use crate::scoring::Outcome;
use crate::text::controls::Controls;
use crate::text::folding::Query;
use crate::text::isolate::{self, isolate};

const LIST: f32 = 300.0;
/// The height in which a benchmark's facts and some of its items can be read.
const LEAST_SHOWN: f32 = 520.0;

/// Shows the page.
pub fn show(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    let Some(study) = &state.study else {
        return super::no_workspace(ui, state, commands);
    };
    let all = ui.max_rect().shrink(space::GUTTER);
    let body = all;
    if let Some(importing) = &state.benchmarks.import {
        return show_import(ui, body, state, importing, commands);
    }
    if study.benchmarks.is_empty() {
        return within(ui, body, "none", |ui| {
            let detail = "A JSON Lines, CSV or Parquet file with questions, options and the right answer. Drop one on the window.";
            widgets::empty(
                ui,
                "Benchmarks stand here: questions with a known answer.",
                detail,
                |ui| {
                    Button::new(Emphasis::Main).enabled(state.writable()).show(
                        ui,
                        commands,
                        Command::ChooseBenchmarkFile,
                    );
                },
            );
        });
    }
    let selected = state.benchmarks.selected.as_ref();
    let benchmark = study
        .benchmarks
        .iter()
        .find(|benchmark| Some(benchmark.name()) == selected.map(String::as_str));
    let Some(benchmark) = benchmark.or_else(|| study.benchmarks.first()) else {
        return;
    };
    if body.width() >= 2.0 * LIST {
        let list = Rect::from_min_size(body.min, vec2(LIST, body.height()));
        let rest = Rect::from_min_max(pos2(list.right() + space::GUTTER, body.top()), body.max);
        show_list(ui, list, state, study, benchmark, commands);
        return show_benchmark(ui, rest, state, study, benchmark, commands);
    }
    // Too narrow for both, as when zoomed, they stand below each other.
    let list = space::CARD_HEADER + space::LIST_ITEM * study.benchmarks.len().min(3) as f32 + 2.0;
    widgets::at_least(ui, vec2(0.0, list + LEAST_SHOWN), |ui| {
        let body = ui.max_rect().shrink(space::GUTTER);
        let (upper, lower) = body.split_top_bottom_at_y(body.top() + list);
        show_list(ui, upper, state, study, benchmark, commands);
        let lower = lower.with_min_y(lower.top() + space::GUTTER);
        show_benchmark(ui, lower, state, study, benchmark, commands);
    });
}

fn show_list(ui: &mut Ui, rect: Rect, state: &State, study: &Study, shown: &Benchmark, commands: &mut Vec<Command>) {
    let colours = palette(ui);
    let mut chosen = Vec::new();
    let tools = |ui: &mut Ui| {
        let import = Button::new(Emphasis::Plain).icon(Icon::Plus).enabled(state.writable());
        import.show(ui, &mut chosen, Command::ChooseBenchmarkFile);
    };
    let search = Search {
        typed: &state.benchmarks.search,
        thing: "benchmark",
        focus: state.focus_search,
    };
    let query = Query::new(&state.benchmarks.search);
    let all = study.benchmarks.iter();
    let listed: Vec<_> = all.filter(|benchmark| is_found(study, benchmark, &query)).collect();
    let note = match query.is_empty() {
        true => count(study.benchmarks.len()),
        false => format!("{} of {}", count(listed.len()), count(study.benchmarks.len())),
    };
    card(ui, rect, "Benchmarks", &note, tools, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        commands.extend(search.show_band(ui).map(Command::SearchBenchmarks));
        if listed.is_empty() {
            return search.nothing(ui, commands, Command::SearchBenchmarks(String::new()));
        }
        ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
            for benchmark in listed {
                let (row, response) =
                    ui.allocate_exact_size(vec2(ui.available_width(), space::LIST_ITEM), Sense::click());
                let selected = benchmark.name() == shown.name();
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
    });
    commands.append(&mut chosen);
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
    card(
        ui,
        facts,
        &description.title,
        "",
        |_| {},
        |ui| {
            egui::Frame::new()
                .inner_margin(Margin::symmetric(14, 10))
                .show(ui, |ui| {
                    ui.set_width(ui.available_width());
                    widgets::facts(ui, &rows, 84.0);
                });
        },
    );
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

/// A table of items, only the rows in sight; mirrored for languages that run from right to left.
fn show_items(ui: &mut Ui, state: &State, items: &[(&Item, Controls)]) {
    let colours = palette(ui);
    ui.spacing_mut().item_spacing.y = 0.0;
    let (head, _) = ui.allocate_exact_size(vec2(ui.available_width(), space::ROW), Sense::hover());
    let Some((first, _)) = items.first() else { return };
    let column = item_column(head, &first.key.language);
    for (cell, title) in item_cells(head, column)
        .into_iter()
        .zip(["Id", "Subject", "Question", "Right answer"])
    {
        let ink = Ink::new(size::SECONDARY, colours.text_2);
        typeset::paint(ui, cell, title, ink, column.start());
    }
    ui.painter()
        .hline(head.x_range(), head.bottom() - 0.5, Stroke::new(1.0, colours.line));
    ScrollArea::vertical()
        .auto_shrink([false, false])
        .show_rows(ui, space::ROW, items.len(), |ui, places| {
            for (item, needed) in items.get(places).into_iter().flatten() {
                show_item(ui, item, state.controls(*needed));
            }
        });
}

fn item_column(row: Rect, language: &Language) -> Column {
    Column::of(row.shrink2(vec2(14.0, 0.0)), language)
}

/// Id, subject, question, right answer; the last two alone where there is no room for all.
fn item_cells(row: Rect, column: Column) -> [Rect; 4] {
    let mut start = 0.0;
    let shares = if column.width() < 440.0 {
        [0.0, 0.0, 0.62, 0.38]
    } else {
        [0.12, 0.16, 0.46, 0.26]
    };
    shares.map(|share| {
        let width = column.width() * share;
        let cell = column.place(start, (width - 12.0).max(0.0), row.top(), row.height());
        start += width;
        cell
    })
}

fn show_item(ui: &mut Ui, item: &Item, controls: Controls) {
    let colours = palette(ui);
    let language = &item.key.language;
    let (row, response) = ui.allocate_exact_size(vec2(ui.available_width(), space::ROW), Sense::hover());
    spoken::tell(&response, None, || {
        WidgetInfo::labeled(Role::Row, true, format!("{}: {}", item.key.id, item.question))
    });
    if response.hovered() {
        ui.painter().rect_filled(row, 0, colours.hover);
    }
    ui.painter()
        .hline(row.x_range(), row.bottom() - 0.5, Stroke::new(1.0, colours.line));
    let column = item_column(row, language);
    let align = column.start();
    let letters: Vec<&str> = item
        .right
        .iter()
        .filter_map(|&index| language.option_letter(index))
        .collect();
    let letter = letters.join(", ");
    let answers: Vec<&str> = item
        .right
        .iter()
        .filter_map(|&index| item.options.get(index))
        .map(String::as_str)
        .collect();
    let answer = answers.join(" · ");
    let [id, subject, question, right] = item_cells(row, column);
    let grey = Ink::new(size::SECONDARY, colours.text_2);
    typeset::paint(ui, id, &item.key.id, grey, align);
    typeset::paint(ui, subject, item.subject.as_deref().unwrap_or(&item.task), grey, align);
    let ink = Ink::new(typeset::list_size(language), colours.text)
        .exact()
        .controls(controls);
    let marks = Marks { search: "", controls };
    let first_line = item.question.lines().next().unwrap_or_default();
    marks.paint(ui, question, (first_line, language), ink, align);
    let answer_column = Column::of(right, language);
    let drawn = typeset::paint(ui, right, (letter.as_str(), language), ink, align);
    let room = (right.width() - drawn.width() - 8.0).max(0.0);
    let rest = answer_column.place_from_end(0.0, room, right.top(), right.height());
    marks.paint(ui, rest, (answer.as_str(), language), ink, align);
}

fn show_import(ui: &mut Ui, rect: Rect, state: &State, importing: &Importing, commands: &mut Vec<Command>) {
    match importing {
        Importing::Reading(path) => {
            let name = path.display().to_string();
            within(ui, rect, "reading", |ui| {
                widgets::empty(ui, "Reading the file", &name, |_| {})
            });
        }
        Importing::Failed { path, problem } => within(ui, rect, "failed", |ui| {
            let pair = palette(ui).outcome(Outcome::Failed);
            let detail = format!(
                "{}. The file {} stays as it is, and so does the workspace.",
                problem,
                isolate(&path.to_string_lossy())
            );
            widgets::message(ui, pair, "Nothing was imported.", &detail, |ui| {
                ui.add_space(6.0);
                ui.horizontal(|ui| {
                    Button::new(Emphasis::Plain).text("Choose another file").show(
                        ui,
                        commands,
                        Command::ChooseBenchmarkFile,
                    );
                    Button::new(Emphasis::Quiet)
                        .text("Back")
                        .show(ui, commands, Command::DropImport);
                });
            });
        }),
        Importing::Read { preview, name } => show_read(ui, rect, state, preview, name, false, commands),
        Importing::Keeping { preview, name } => show_read(ui, rect, state, preview, name, true, commands),
    }
}

fn show_read(
    ui: &mut Ui,
    rect: Rect,
    state: &State,
    preview: &Preview,
    name: &str,
    keeping: bool,
    commands: &mut Vec<Command>,
) {
    let import = &preview.import;
    let side = Rect::from_min_max(pos2(rect.right() - space::SIDE_PANEL, rect.top()), rect.max);
    let table = Rect::from_min_max(rect.min, pos2(side.left() - space::GUTTER, rect.bottom()));
    let file = import.path.file_name().unwrap_or_default().to_string_lossy();
    let controls = preview.controls.iter().copied();
    let items: Vec<(&Item, Controls)> = import.items.iter().zip(controls).collect();
    card(
        ui,
        table,
        &format!("Import {}", isolate(&file)),
        &counted(items.len(), "item"),
        |ui| marks::button(ui, state, commands),
        |ui| show_items(ui, state, &items),
    );
    card(
        ui,
        side,
        "Summary",
        "",
        |_| {},
        |ui| {
            let colours = palette(ui);
            let all = ui.max_rect();
            let foot = Rect::from_min_max(pos2(all.left(), all.bottom() - 132.0), all.max);
            let body = Rect::from_min_max(all.min, pos2(all.right(), foot.top()));
            within(ui, body, "summary", |ui| show_summary(ui, preview));
            ui.painter()
                .hline(foot.x_range(), foot.top() + 0.5, Stroke::new(1.0, colours.line));
            within(ui, foot.shrink2(vec2(14.0, 10.0)), "foot", |ui| {
                typeset::line(ui, "Name in this workspace", Ink::new(size::SECONDARY, colours.text_2));
                let mut edited = name.to_owned();
                let response = TextEdit::single_line(&mut edited)
                    .name("Name in this workspace")
                    .enabled(!keeping)
                    .show(ui)
                    .response;
                if response.changed() {
                    commands.push(Command::NameImport(edited));
                }
                ui.add_space(4.0);
                let words = if keeping {
                    "Importing".to_owned()
                } else {
                    format!("Import {}", counted(import.items.len(), "item"))
                };
                let width = ui.available_width();
                let enabled = state.writable() && !keeping && !name.trim().is_empty();
                Button::new(Emphasis::Main)
                    .text(&words)
                    .width(width)
                    .enabled(enabled)
                    .show(ui, commands, Command::KeepImport);
                Button::new(Emphasis::Quiet)
                    .enabled(!keeping)
                    .show(ui, commands, Command::DropImport);
            });
        },
    );
}

fn show_summary(ui: &mut Ui, preview: &Preview) {
    let import = &preview.import;
    let colours = palette(ui);
    let (figures, _) = ui.allocate_exact_size(vec2(ui.available_width(), 62.0), Sense::hover());
    let (left, right) = figures.split_left_right_at_fraction(0.5);
    let good = colours.outcome(Outcome::Right).ink;
    let bad = if import.rejected.is_empty() {
        colours.text_2
    } else {
        colours.outcome(Outcome::Failed).ink
    };
    for (half, number, words, ink) in [
        (left, import.items.len(), "rows good", good),
        (right, import.rejected.len(), "rows left out", bad),
    ] {
        let (upper, lower) = half.shrink2(vec2(14.0, 8.0)).split_top_bottom_at_fraction(0.58);
        typeset::paint(
            ui,
            upper,
            &count(number),
            Ink::new(size::KEY_FIGURE, ink).semibold(),
            Align2::LEFT_CENTER,
        );
        typeset::paint(
            ui,
            lower,
            words,
            Ink::new(size::SECONDARY, colours.text_2),
            Align2::LEFT_CENTER,
        );
    }
    ui.painter().hline(
        figures.x_range(),
        figures.bottom() - 0.5,
        Stroke::new(1.0, colours.line),
    );
    let there: Vec<String> = count_languages(&import.items)
        .iter()
        .map(|(language, items)| format!("{} {}", language.english_name(), count(*items)))
        .collect();
    egui::Frame::new()
        .inner_margin(Margin::symmetric(14, 8))
        .show(ui, |ui| {
            let mut rows = vec![
                ("Languages", there.join(", ")),
                ("File", import.path.display().to_string()),
            ];
            rows.extend(hidden(preview).map(|words| ("Hidden", words)));
            widgets::facts(ui, &rows, 76.0);
        });
    if import.rejected.is_empty() {
        return;
    }
    egui::Frame::new()
        .inner_margin(Margin::symmetric(14, 4))
        .show(ui, |ui| {
            typeset::heading(ui, "Rows with a problem");
        });
    ScrollArea::vertical().auto_shrink([false, false]).show_rows(
        ui,
        space::LIST_ITEM,
        import.rejected.len(),
        |ui, places| {
            for rejected in import.rejected.get(places).into_iter().flatten() {
                show_rejected(ui, rejected);
            }
        },
    );
}

/// In how many items there are hidden characters, and what they do; `None` where there are none.
fn hidden(preview: &Preview) -> Option<String> {
    if preview.hidden == 0 && preview.misleading() == 0 {
        return None;
    }
    let there = format!("characters that are not seen in {}", counted(preview.hidden, "item"));
    Some(match preview.misleading() {
        0 => format!("{there}; they change no reading"),
        misleading => format!(
            "{there}; in {} they change how the text reads and are shown",
            count(misleading)
        ),
    })
}

fn show_rejected(ui: &mut Ui, rejected: &Rejected) {
    let colours = palette(ui);
    let (row, response) = ui.allocate_exact_size(vec2(ui.available_width(), space::LIST_ITEM), Sense::hover());
    let at = match rejected.place.at {
        At::Line(line) => format!("line {}", count(line)),
        At::Row(row) => format!("row {}", count(row)),
        At::Record(record) => format!("record {}", count(record)),
    };
    let part = rejected.place.part.as_deref();
    let place = part.map_or(at.clone(), |part| format!("{}, {at}", isolate(part)));
    let place = rejected
        .id
        .as_ref()
        .map_or(place.clone(), |id| format!("{place}, {}", isolate(id)));
    let reason = isolate::names(&widgets::capital(&error_chain(&rejected.reason)));
    spoken::tell(&response, None, || {
        WidgetInfo::labeled(Role::ListItem, true, format!("{place}: {reason}"))
    });
    ui.painter()
        .hline(row.x_range(), row.bottom() - 0.5, Stroke::new(1.0, colours.line));
    let inner = row.shrink2(vec2(14.0, 6.0));
    let ink = colours.outcome(Outcome::Failed).ink;
    super::icons::paint(
        ui.painter(),
        Icon::Warning,
        pos2(inner.left() + 6.0, inner.top() + 10.0),
        12.0,
        ink,
    );
    let words = Rect::from_min_max(inner.min + vec2(20.0, 0.0), inner.max);
    let (upper, lower) = words.split_top_bottom_at_fraction(0.55);
    typeset::paint(
        ui,
        upper,
        &reason,
        Ink::new(size::SECONDARY, colours.text),
        Align2::LEFT_CENTER,
    );
    typeset::paint(
        ui,
        lower,
        &place,
        Ink::new(size::SMALL, colours.text_3),
        Align2::LEFT_CENTER,
    );
    widgets::tooltip(response, &reason);
}
