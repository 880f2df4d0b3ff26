//! The file's columns with their first values, and what each of them fills.

use egui::{Align2, Rect, Role, ScrollArea, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use super::doubts;
use crate::app::benchmarks::{BenchmarksCommand, Draft};
use crate::app::command::Command;
use crate::app::matrix::{count, counted};
use crate::app::theme::{size, space};
use crate::benchmarks::import::guess::{Column, Guessed, Sureness};
use crate::benchmarks::import::{Candidate, Field, ImportOptions, Mapping};
use crate::language::{Direction, Script};
use crate::scoring::Outcome;
use crate::text::isolate::isolate;
use crate::ui::icons::{self, Icon};
use crate::ui::spoken;
use crate::ui::typeset::{self, Ink};
use crate::ui::widgets::menu::Entry;
use crate::ui::widgets::{self, Button, Emphasis, card, palette, within};

/// How many values of a column are shown.
const VALUES: usize = 5;
/// How wide a column is.
const WIDTHS: std::ops::RangeInclusive<f32> = 128.0..=300.0;
/// About how wide a letter of a value is.
const LETTER: f32 = 7.2;
/// What a menu takes beside its words, with the room around it.
const CHOOSER: f32 = 56.0;
/// The rows over the values: a column's name and what it fills.
const NAME: f32 = 34.0;
const USE: f32 = 40.0;
/// Room for the bar that scrolls sideways.
const BAR: f32 = 12.0;

/// How high the card is.
pub fn height(draft: &Draft) -> f32 {
    let values = draft.look.guess.columns.iter().map(|column| column.first.len());
    let rows = values.max().unwrap_or_default().clamp(1, VALUES);
    space::CARD_HEADER + NAME + USE + space::ROW * rows as f32 + BAR + 2.0
}

/// Shows the card.
pub fn show(ui: &mut Ui, rect: Rect, draft: &Draft, commands: &mut Vec<Command>) {
    let guess = &draft.look.guess;
    let fills = |column: &&Column| draft.fills(&column.path).is_some();
    let used = guess.columns.iter().filter(fills).count();
    let mirrored = reads_from_the_right(&guess.columns);
    let note = format!(
        "{}, {} used{}",
        counted(guess.columns.len(), "column"),
        count(used),
        if mirrored { ", read from right to left" } else { "" }
    );
    let mut said = None;
    card(
        ui,
        rect,
        "What each column means",
        &note,
        |ui| said = show_tools(ui, draft),
        |ui| {
            let body = ui.max_rect();
            let widths = widths(draft, body.width());
            let all = widths.iter().sum::<f32>().max(body.width());
            let area = ScrollArea::horizontal().auto_shrink([false, false]);
            let area = area.id_salt(("columns", &draft.path)).stick_to_right(mirrored);
            area.show(ui, |ui| {
                let (whole, _) = ui.allocate_exact_size(vec2(all, body.height() - BAR), Sense::hover());
                let mut start = 0.0;
                for (place, (column, width)) in guess.columns.iter().zip(widths).enumerate() {
                    let left = match mirrored {
                        true => whole.right() - start - width,
                        false => whole.left() + start,
                    };
                    start += width;
                    let strip = Rect::from_min_size(pos2(left, whole.top()), vec2(width, whole.height()));
                    if let Some(field) = show_column(ui, strip, place, draft, column, mirrored) {
                        commands.push(say(mapped(&draft.said, guess.fields.as_slice(), &column.path, field)));
                    }
                }
            });
        },
    );
    commands.extend(said.map(say));
}

fn say(said: ImportOptions) -> Command {
    BenchmarksCommand::Say(Box::new(said)).into()
}

/// The part of the file that is meant, where it has several, and whether its first row is a question already.
fn show_tools(ui: &mut Ui, draft: &Draft) -> Option<ImportOptions> {
    let guess = &draft.look.guess;
    let said = &draft.said;
    let mut changed = None;
    let ending = draft
        .path
        .extension()
        .unwrap_or_default()
        .to_string_lossy()
        .to_lowercase();
    if ["csv", "tsv", "xlsx", "xls", "ods"].contains(&ending.as_str()) {
        let words = match guess.options.without_header {
            true => "First row: a question",
            false => "First row: names",
        };
        let mut clicked = Vec::new();
        let toggled = ImportOptions {
            without_header: !guess.options.without_header,
            // What was said of columns was said of their names.
            mappings: Vec::new(),
            ..said.clone()
        };
        Button::new(Emphasis::Plain)
            .small()
            .text(words)
            .name(format!("{words}; change"))
            .show(ui, &mut clicked, say(toggled.clone()));
        if !clicked.is_empty() {
            changed = Some(toggled);
        }
    }
    if let Some(encoding) = &said.encoding {
        // It was named because the file is not UTF-8; what its letters look like shows whether that was right.
        let all = Candidate::OLD.iter().chain(&Candidate::WIDE);
        let all: Vec<&Candidate> = all.collect();
        let words: Vec<String> = all.iter().map(|one| format!("{}, {}", one.of, one.label)).collect();
        let entries: Vec<Entry<'_>> = words.iter().map(Entry::new).collect();
        let selected = all.iter().position(|one| one.label == encoding);
        let place = widgets::choice(ui, "Read as", &entries, selected, 260.0);
        changed = place.and_then(|place| all.get(place)).map_or(changed, |candidate| {
            Some(ImportOptions {
                encoding: Some(candidate.label.to_owned()),
                // What was said of columns was said of names as they were read before.
                mappings: Vec::new(),
                ..said.clone()
            })
        });
    }
    let parts = [
        ("Sheet", &guess.contents.sheets, &guess.options.sheet),
        ("File", &guess.contents.members, &guess.options.member),
    ];
    for (label, names, chosen) in parts {
        if names.len() < 2 {
            continue;
        }
        let entries: Vec<Entry<'_>> = std::iter::once("all")
            .filter(|_| label == "File")
            .chain(names.iter().map(String::as_str))
            .map(Entry::new)
            .collect();
        let offset = entries.len() - names.len();
        let named = chosen
            .as_ref()
            .and_then(|chosen| names.iter().position(|name| name == chosen));
        let selected = named.map(|place| place + offset).or(Some(0));
        if let Some(place) = widgets::choice(ui, label, &entries, selected, 240.0) {
            let name = place.checked_sub(offset).and_then(|place| names.get(place)).cloned();
            changed = Some(match label {
                "Sheet" => ImportOptions {
                    sheet: name,
                    mappings: Vec::new(),
                    ..said.clone()
                },
                _ => ImportOptions {
                    member: name,
                    mappings: Vec::new(),
                    ..said.clone()
                },
            });
        }
    }
    changed
}

/// What was said, with a column filling a field, or none, from now on.
fn mapped(said: &ImportOptions, guessed: &[Guessed], column: &str, field: Option<Field>) -> ImportOptions {
    let mut said = said.clone();
    let field = field.unwrap_or(Field::Extra);
    said.mappings.retain(|mapping| {
        let other = field == Field::Extra || mapping.field != field;
        mapping.column != column && other
    });
    // The column that filled the field so far fills nothing now, and is not guessed to again.
    let before = guessed.iter().map(|guessed| &guessed.mapping);
    let before = before.filter(|mapping| mapping.field == field && mapping.column != column);
    let nothing = before.filter(|_| field != Field::Extra).map(|mapping| Mapping {
        column: mapping.column.clone(),
        field: Field::Extra,
    });
    for mapping in nothing {
        said.mappings.retain(|other| other.column != mapping.column);
        said.mappings.push(mapping);
    }
    said.mappings.push(Mapping {
        column: column.to_owned(),
        field,
    });
    said
}

/// Why a column is thought to fill what it fills.
fn guessed<'a>(draft: &'a Draft, column: &Column) -> Option<&'a Guessed> {
    let mut fields = draft.look.guess.fields.iter();
    fields.find(|guessed| guessed.mapping.column == column.path)
}

/// How wide the columns are: as their values, names and uses ask for, and where there is room beside them, wider for
/// those whose values would be cut.
fn widths(draft: &Draft, room: f32) -> Vec<f32> {
    let columns = &draft.look.guess.columns;
    let wanted: Vec<f32> = columns.iter().map(|column| wanted(draft, column)).collect();
    let mut widths: Vec<f32> = wanted.iter().map(|wanted| wanted.min(*WIDTHS.end())).collect();
    let left = (room - widths.iter().sum::<f32>()).max(0.0);
    let lacking: f32 = wanted.iter().zip(&widths).map(|(wanted, width)| wanted - width).sum();
    let share = if lacking > 0.0 { (left / lacking).min(1.0) } else { 0.0 };
    for (width, wanted) in widths.iter_mut().zip(wanted) {
        *width = (*width + (wanted - *width) * share).floor();
    }
    widths
}

/// How wide a column would be without anything of it cut.
fn wanted(draft: &Draft, column: &Column) -> f32 {
    let letters = |text: &String| text.lines().next().unwrap_or_default().chars().count() as f32;
    let values = column.first.iter().take(VALUES).map(letters);
    let values = values.fold(0.0, f32::max).max(letters(&column.path) + 2.0);
    let field = draft.fills(&column.path);
    let used = field.map_or(0.0, |field| letters(&field.words()) * LETTER + CHOOSER);
    (values * LETTER + 24.0).max(used).max(*WIDTHS.start()).round()
}

/// Whether more of the names and values are in a script that runs from right to left than not.
fn reads_from_the_right(columns: &[Column]) -> bool {
    let texts = columns
        .iter()
        .flat_map(|column| column.examples.iter().chain([&column.path]));
    let (mut right, mut left) = (0_usize, 0_usize);
    for character in texts
        .flat_map(|text| text.chars())
        .filter(|character| character.is_alphabetic())
    {
        match Script::of(character).map(Script::direction) {
            Some(Direction::RightToLeft) => right += 1,
            _ => left += 1,
        }
    }
    right > left
}

/// Shows one column. Returns what it was chosen to fill.
fn show_column(
    ui: &mut Ui,
    strip: Rect,
    place: usize,
    draft: &Draft,
    column: &Column,
    mirrored: bool,
) -> Option<Option<Field>> {
    let colours = palette(ui);
    let (guessed, field) = (guessed(draft, column), draft.fills(&column.path));
    let asked = matches!(guessed.map(|guessed| &guessed.sure), Some(Sureness::Unsure))
        || draft
            .look
            .guess
            .doubts
            .iter()
            .any(|doubt| doubts::columns(doubt).contains(&column.path));
    let align = if mirrored {
        Align2::RIGHT_CENTER
    } else {
        Align2::LEFT_CENTER
    };
    let line = Stroke::new(1.0, colours.line);
    let name = Rect::from_min_size(strip.min, vec2(strip.width(), NAME));
    let chooser = Rect::from_min_size(name.left_bottom(), vec2(strip.width(), USE));
    let head = Rect::from_min_max(name.min, chooser.max);
    let ground = if asked {
        colours.outcome(Outcome::Unparsed).tint
    } else {
        colours.sunken
    };
    ui.painter().rect_filled(head, 0, ground);
    ui.painter().vline(strip.right() - 0.5, strip.y_range(), line);
    ui.painter().hline(strip.x_range(), head.bottom() - 0.5, line);
    let response = ui.interact(name, widgets::id("column", place), Sense::hover());
    spoken::tell(&response, None, || {
        let examples = column
            .examples
            .iter()
            .take(VALUES)
            .cloned()
            .collect::<Vec<_>>()
            .join("; ");
        let words = format!(
            "Column {}, {} of {} filled: {examples}",
            column.path, column.filled, column.looked
        );
        WidgetInfo::labeled(Role::ColumnHeader, true, words)
    });
    let ink = Ink::new(size::BODY, colours.text).semibold();
    let mut words = name.shrink2(vec2(10.0, 0.0));
    if asked {
        let ink = colours.outcome(Outcome::Unparsed).ink;
        let mark = if mirrored {
            words.left() + 6.0
        } else {
            words.right() - 6.0
        };
        icons::paint(ui.painter(), Icon::Warning, pos2(mark, words.center().y), 12.0, ink);
        words = match mirrored {
            true => words.with_min_x(words.left() + 18.0),
            false => words.with_max_x(words.right() - 18.0),
        };
    }
    typeset::paint(ui, words, column.path.as_str(), ink, align);
    if let Some(guessed) = guessed {
        widgets::tooltip(response, &widgets::capital(&guessed.why));
    }
    let chosen = within(ui, chooser.shrink2(vec2(8.0, 6.0)), ("use", place), |ui| {
        show_use(ui, column, field, mirrored)
    });
    let grey = if field.is_some() { colours.text } else { colours.text_3 };
    for (row, value) in column.first.iter().take(VALUES).enumerate() {
        let top = head.bottom() + space::ROW * row as f32;
        let cell = Rect::from_min_size(pos2(strip.left(), top), vec2(strip.width(), space::ROW));
        ui.painter().hline(cell.x_range(), cell.bottom() - 0.5, line);
        let first = value.lines().next().unwrap_or_default();
        typeset::paint(
            ui,
            cell.shrink2(vec2(10.0, 0.0)),
            first,
            Ink::new(size::SECONDARY, grey).fixed(),
            align,
        );
    }
    chosen
}

/// What the column fills, to be chosen from every field there is.
fn show_use(ui: &mut Ui, column: &Column, field: Option<Field>, mirrored: bool) -> Option<Option<Field>> {
    let mut fields = Field::all();
    fields.retain(|field| *field != Field::Extra);
    let words: Vec<String> = fields.iter().map(|field| widgets::capital(&field.words())).collect();
    let entries: Vec<Entry<'_>> = std::iter::once("Nothing")
        .chain(words.iter().map(String::as_str))
        .map(Entry::new)
        .collect();
    let selected = field.and_then(|field| fields.iter().position(|other| *other == field));
    let name = format!("Use of column {}", isolate(&column.path));
    let limit = ui.available_width();
    let layout = match mirrored {
        true => egui::Layout::right_to_left(egui::Align::Center),
        false => egui::Layout::left_to_right(egui::Align::Center),
    };
    let selected = Some(selected.map_or(0, |place| place + 1));
    let chosen = ui.with_layout(layout, |ui| widgets::choice_of(ui, &name, &entries, selected, limit));
    let place = chosen.inner?;
    Some(place.checked_sub(1).and_then(|place| fields.get(place)).copied())
}
