//! What would become of a file: an item as it would be shown, and the questions that are one in several languages.

use egui::{Align2, Rect, Role, ScrollArea, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use crate::app::State;
use crate::app::benchmarks::{BenchmarksCommand, Draft, PairBy, Pairs};
use crate::app::command::Command;
use crate::app::inspect::Side;
use crate::app::matrix::{count, counted};
use crate::app::theme::{size, space};
use crate::benchmarks::Item;
use crate::ui::column::Column;
use crate::ui::icons::Icon;
use crate::ui::inspect;
use crate::ui::marks;
use crate::ui::spoken;
use crate::ui::typeset::{self, Ink};
use crate::ui::widgets::menu::Entry;
use crate::ui::widgets::{self, Button, Emphasis, card, palette, within};

/// The height in which an item can be read.
pub const LEAST: f32 = 320.0;
/// Below this width the two cards stand under each other.
const BESIDE: f32 = 700.0;
/// The width in which the beginning of a question can be read.
const LEAST_TEXT: f32 = 240.0;
/// Room for how many more languages a question has.
const MORE: f32 = 32.0;

/// Shows both cards in the room there is.
pub fn show(ui: &mut Ui, width: f32, height: f32, state: &State, draft: &Draft, commands: &mut Vec<Command>) {
    let pairs = &draft.look.pairs;
    let has_pairs = pairs.by.is_some();
    if !has_pairs {
        let (item, _) = ui.allocate_exact_size(vec2(width, height), Sense::hover());
        return show_item(ui, item, state, draft, commands);
    }
    if width >= BESIDE {
        let (both, _) = ui.allocate_exact_size(vec2(width, height), Sense::hover());
        let (left, right) = both.split_left_right_at_fraction(0.5);
        show_pairs(
            ui,
            left.with_max_x(left.right() - space::GUTTER / 2.0),
            draft,
            pairs,
            commands,
        );
        return show_item(
            ui,
            right.with_min_x(right.left() + space::GUTTER / 2.0),
            state,
            draft,
            commands,
        );
    }
    let (item, _) = ui.allocate_exact_size(vec2(width, height), Sense::hover());
    show_item(ui, item, state, draft, commands);
    let (below, _) = ui.allocate_exact_size(vec2(width, LEAST), Sense::hover());
    show_pairs(ui, below, draft, pairs, commands);
}

fn show_item(ui: &mut Ui, rect: Rect, state: &State, draft: &Draft, commands: &mut Vec<Command>) {
    let items = draft.items();
    let item = items.get(draft.shown);
    let note = item.map(|item| {
        let key = &item.key;
        format!(
            "{}, {}",
            key.language.english_name(),
            counted(item.options.len(), "option")
        )
    });
    let mut chosen = Vec::new();
    let tools = |ui: &mut Ui| {
        // They stand from right to left.
        let step = |ui: &mut Ui, chosen: &mut Vec<Command>, icon, name: &str, to: Option<usize>| {
            let button = Button::new(Emphasis::Plain).icon(icon).text("").small().name(name);
            let enabled = to.is_some_and(|to| to < items.len());
            let command = BenchmarksCommand::ShowItem(to.unwrap_or_default());
            button.enabled(enabled).show(ui, chosen, command.into());
        };
        step(ui, &mut chosen, Icon::Next, "Next item", draft.shown.checked_add(1));
        let place = format!("{} of {}", count(draft.shown + 1), count(items.len()));
        if !items.is_empty() {
            typeset::line(ui, &place, Ink::new(size::SECONDARY, palette(ui).text_2));
        }
        step(
            ui,
            &mut chosen,
            Icon::Previous,
            "Previous item",
            draft.shown.checked_sub(1),
        );
        marks::button(ui, state, &mut chosen);
    };
    let title = item.map_or_else(|| "As an item".to_owned(), |item| format!("{} as an item", item.key.id));
    card(ui, rect, &title, &note.unwrap_or_default(), tools, |ui| match item {
        Some(item) => show_rendered(ui, state, draft, item, commands),
        None => {
            let detail = "Choose which columns hold the question, the options and the right answer.";
            widgets::empty(ui, "No row makes an item yet.", detail, |_| {});
        }
    });
    commands.append(&mut chosen);
}

/// The item as Inspect shows items.
fn show_rendered(ui: &mut Ui, state: &State, draft: &Draft, item: &Item, commands: &mut Vec<Command>) {
    let needed = draft
        .look
        .preview
        .controls
        .get(draft.shown)
        .copied()
        .unwrap_or_default();
    let side = Side::of_item(item, needed);
    ScrollArea::vertical()
        .auto_shrink([false, false])
        .id_salt("item")
        .show(ui, |ui| inspect::card::show(ui, state, &[side], "", commands));
}

fn show_pairs(ui: &mut Ui, rect: Rect, draft: &Draft, pairs: &Pairs, commands: &mut Vec<Command>) {
    let title = match &draft.pairing.with {
        Some(name) => format!("Paired with {name}"),
        None => "Pairs across languages".to_owned(),
    };
    let tools = |ui: &mut Ui| {
        let entries: Vec<Entry<'_>> = PairBy::ALL.into_iter().map(|by| Entry::new(by.word())).collect();
        let selected = pairs
            .by
            .and_then(|by| PairBy::ALL.into_iter().position(|other| other == by));
        let place = widgets::choice(ui, "by", &entries, selected, 160.0);
        let by = place.and_then(|place| PairBy::ALL.get(place));
        commands.extend(by.map(|by| BenchmarksCommand::PairBy(*by).into()));
    };
    card(ui, rect, &title, "", tools, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        let all = ui.max_rect();
        let words = Rect::from_min_size(all.min, vec2(all.width(), space::CELL));
        within(ui, words.shrink2(vec2(14.0, 8.0)), "words", |ui| {
            typeset::line(
                ui,
                &summary(pairs),
                Ink::new(size::SECONDARY, palette(ui).text).semibold(),
            );
        });
        let rest = Rect::from_min_max(pos2(all.left(), words.bottom()), all.max);
        within(ui, rest, "pairs", |ui| {
            ScrollArea::vertical()
                .auto_shrink([false, false])
                .id_salt("pairs")
                .show(ui, |ui| {
                    for (group, items) in &pairs.shown {
                        show_pair(ui, &group.parallel, items, group.differs.is_some());
                    }
                });
        });
    });
}

/// How many pair and how many do not, in a sentence.
fn summary(pairs: &Pairs) -> String {
    if let Some(problem) = &pairs.problem {
        return widgets::capital(problem);
    }
    let mut words = format!("{} in several languages", counted(pairs.paired, "question"));
    if pairs.alone > 0 {
        words.push_str(&format!("; not paired: {}", counted(pairs.alone, "item")));
    }
    if pairs.differing > 0 {
        words.push_str(&format!(
            "; {} differ in options or right answers",
            count(pairs.differing)
        ));
    }
    words.push('.');
    words
}

/// The languages of a question beside each other, as many as there is room for, and how many more it has.
fn show_pair(ui: &mut Ui, key: &str, items: &[std::sync::Arc<Item>], differs: bool) {
    let colours = palette(ui);
    let (row, response) = ui.allocate_exact_size(vec2(ui.available_width(), space::ROW), Sense::hover());
    spoken::tell(&response, None, || {
        let texts = items
            .iter()
            .map(|item| item.question.lines().next().unwrap_or_default());
        let differs = if differs { ", with other options or answers" } else { "" };
        let name = format!("{key}{differs}: {}", texts.collect::<Vec<_>>().join("; "));
        WidgetInfo::labeled(Role::Row, true, name)
    });
    ui.painter()
        .hline(row.x_range(), row.bottom() - 0.5, Stroke::new(1.0, colours.line));
    let inner = row.shrink2(vec2(14.0, 0.0));
    let fit = (inner.width() / LEAST_TEXT).floor().max(2.0) as usize;
    let shown = items.len().clamp(1, fit);
    let more = items.len() - shown;
    let rest = if more > 0 { MORE } else { 0.0 };
    let each = ((inner.width() - rest) / shown as f32).floor();
    if more > 0 {
        let place = Rect::from_min_max(pos2(inner.right() - rest, inner.top()), inner.max);
        let ink = Ink::new(size::SMALL, colours.text_3);
        typeset::paint(ui, place, &format!("+{more}"), ink, Align2::RIGHT_CENTER);
    }
    for (place, item) in items.iter().take(shown).enumerate() {
        let left = inner.left() + each * place as f32;
        let cell = Rect::from_min_size(pos2(left, inner.top()), vec2(each - 12.0, inner.height()));
        let language = &item.key.language;
        let column = Column::of(cell, language);
        let ink = match differs {
            true => colours.outcome(crate::scoring::Outcome::Unparsed).ink,
            false => colours.text,
        };
        let ink = Ink::new(typeset::list_size(language), ink).exact();
        let text = item.question.lines().next().unwrap_or_default();
        let align = if shown > 1 { column.start() } else { Align2::LEFT_CENTER };
        typeset::paint(ui, cell, (text, language), ink, align);
    }
    if differs {
        widgets::tooltip(
            response,
            "The options or right answers of these differ in number or place",
        );
    }
}
