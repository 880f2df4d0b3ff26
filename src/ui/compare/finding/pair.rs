//! Two cells beside each other: the sentence, how the items fell, and what it stands on.

use egui::{Align2, CursorIcon, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use super::divider;
use crate::app::State;
use crate::app::command::Command;
use crate::app::compare::command::CompareCommand;
use crate::app::compare::finding::Incomparable;
use crate::app::matrix::{CellKey, count, counted};
use crate::app::theme::{radius, size, space};
use crate::quantities::capital;
use crate::runs::paired::{Between, Comparison, FEW, Finding, Method};
use crate::stats::{RESAMPLES, SEED};
use crate::text::isolate::isolate;
use crate::text::{Look, Piece, Styled, Weight};
use crate::ui::icons::Icon;
use crate::ui::spoken;
use crate::ui::typeset::{self, Ink, Words};
use crate::ui::widgets::{self, Button, Emphasis, palette};

/// How high the bar is that shows whose items they are.
const BAR: f32 = 24.0;
/// An icon and the edges of a button, beside its words.
const BUTTON: f32 = 41.0;

/// Shows what two cells say.
pub fn show(ui: &mut Ui, first: &CellKey, second: &CellKey, state: &State) {
    match state.compare.pair() {
        None => show_waiting(ui),
        Some(Err(obstacle)) => show_obstacle(ui, first, second, obstacle),
        Some(Ok(comparison)) => show_comparison(ui, comparison),
    }
}

fn show_waiting(ui: &mut Ui) {
    let colours = palette(ui);
    for share in [0.9, 0.75, 0.4] {
        let width = ui.available_width();
        let (rect, _) = ui.allocate_exact_size(vec2(width, 21.0), Sense::hover());
        let bar = Rect::from_min_size(rect.left_center() - vec2(0.0, 3.0), vec2(width * share, space::BAR));
        ui.painter().rect_filled(bar, 3, colours.bar_track);
    }
}

fn show_obstacle(ui: &mut Ui, first: &CellKey, second: &CellKey, obstacle: Incomparable) {
    let colours = palette(ui);
    let ink = Ink::new(size::FINDING, colours.text).leading(21.0);
    typeset::paragraph(ui, "These two cells are not compared.", ink.semibold());
    let plain = Ink::new(size::SECONDARY, colours.text_2);
    typeset::paragraph(ui, &format!("{}.", capital(&obstacle.to_string())), plain);
    divider(ui);
    for key in [first, second] {
        let words = format!("{}, {}", isolate(&key.model), super::where_(key));
        typeset::paragraph(ui, &words, plain);
    }
}

/// What the two come to and whose the items are, without what it stands on.
pub fn show_short(ui: &mut Ui, comparison: &Comparison) {
    let colours = palette(ui);
    let ink = Ink::new(size::FINDING, colours.text).leading(21.0);
    let plain = Ink::new(size::SECONDARY, colours.text_2);
    show_finding(ui, comparison, ink);
    ui.add_space(6.0);
    show_bar(ui, comparison);
    let pairs = comparison.pairs;
    let rest = format!(
        "Both right {}, neither right {}.",
        count(pairs.both),
        count(pairs.neither)
    );
    typeset::paragraph(ui, &rest, plain);
}

fn show_comparison(ui: &mut Ui, comparison: &Comparison) {
    let colours = palette(ui);
    let plain = Ink::new(size::SECONDARY, colours.text_2);
    show_short(ui, comparison);
    divider(ui);
    widgets::facts(ui, &facts(comparison), 84.0);
    if let Some(doubt) = comparison.doubt() {
        divider(ui);
        let heading = format!("≈ {}", doubt.heading());
        typeset::paragraph(ui, &heading, Ink::new(size::BODY, colours.text).semibold());
        typeset::paragraph(ui, &doubt.reason(), plain);
    }
}

/// The sentence, with what it comes to in bold.
fn show_finding(ui: &mut Ui, comparison: &Comparison, ink: Ink) {
    let Finding { text, strong } = comparison.finding();
    let look = Look {
        weight: Some(Weight::Semibold),
        ..Look::default()
    };
    let pieces: Vec<Piece> = strong.into_iter().map(|range| Piece { range, look }).collect();
    let styled = Styled {
        text: &text,
        pieces: &pieces,
    };
    typeset::paragraph(ui, styled, ink);
}

fn facts(comparison: &Comparison) -> Vec<(&'static str, String)> {
    let shown = match comparison.between {
        Between::Languages { .. } => "models shown",
        Between::Models { .. } | Between::Protocols { .. } => "pairs shown",
    };
    let n = comparison.pairs.n();
    let units = match comparison.clusters == n {
        true => counted(n, "item"),
        false => format!("{} of {}", counted(comparison.clusters, "group"), counted(n, "item")),
    };
    let left_out = match comparison.leavings() {
        Some(leavings) => leavings
            .trim_start_matches("Left out: ")
            .trim_end_matches('.')
            .to_owned(),
        None => format!("0 of {}", count(n)),
    };
    vec![
        ("Test", capital(comparison.test())),
        (
            "p after Holm",
            format!(
                "{}, of {} {shown}",
                p_words(comparison.adjusted),
                count(comparison.family)
            ),
        ),
        (
            "Interval",
            match (comparison.no_interval(), comparison.method()) {
                (Some(why), _) => format!("None: {why}"),
                (None, Method::Score) => format!("Tango's score: of {units} fewer than {FEW} are unlike the rest"),
                (None, Method::Bootstrap) => {
                    format!("Paired bootstrap of {units}, {} times, seed {SEED}", count(RESAMPLES))
                }
            },
        ),
        ("Left out", left_out),
    ]
}

/// The words of the button that opens items: without the last one where the others beside it would have no room.
fn fitting<'a>(ui: &Ui, words: &'a str) -> &'a str {
    let ink = Ink::new(size::BODY, palette(ui).text);
    let width = typeset::galley(ui, words, ink, f32::INFINITY, 1).size().x;
    let others = 2.0 * (space::CONTROL + ui.spacing().item_spacing.x);
    match width + BUTTON > ui.available_width() - others {
        true => words.strip_suffix(" items").unwrap_or(words),
        false => words,
    }
}

/// A p-value as it is read: `0.013`, `below 0.001`.
fn p_words(p: f64) -> String {
    match p < 0.001 {
        true => "below 0.001".to_owned(),
        false => format!("{p:.3}"),
    }
}

/// The items that only one of the two has right, side by side.
fn show_bar(ui: &mut Ui, comparison: &Comparison) {
    let colours = palette(ui);
    let pairs = comparison.pairs;
    let (first, second) = (pairs.only_first, pairs.only_second);
    let [one, other] = short_names(comparison);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), BAR), Sense::hover());
    spoken::tell(&response, None, || {
        let words = format!("only {one} right {first}, only {other} right {second}");
        WidgetInfo::labeled(Role::Label, true, words)
    });
    if first + second == 0 {
        ui.painter().rect_filled(rect, radius::CHIP, colours.bar_track);
        let ink = Ink::new(size::SECONDARY, colours.text_2);
        typeset::paint(
            ui,
            rect.shrink2(vec2(8.0, 0.0)),
            "No item told them apart",
            ink,
            Align2::LEFT_CENTER,
        );
        return;
    }
    let share = first as f32 / (first + second) as f32;
    // A side with items is never so narrow that it is not seen.
    let least = |items: usize| if items > 0 { 6.0 } else { 0.0 };
    let split = (rect.width() * share).clamp(least(first), rect.width() - least(second));
    let middle = rect.left() + split;
    let left = Rect::from_min_max(rect.min, pos2(middle - 1.0, rect.bottom()));
    let right = Rect::from_min_max(pos2(middle + 1.0, rect.top()), rect.max);
    for (side, items, ground) in [(left, first, colours.bar_chosen), (right, second, colours.bar_other)] {
        if items > 0 {
            ui.painter().rect_filled(side, radius::CELL, ground);
        }
    }
    // A side may be too narrow for its count, which stands in the line below whatever the sides are.
    let ink = Ink::new(size::SECONDARY, colours.text);
    let (below, _) = ui.allocate_exact_size(vec2(rect.width(), 18.0), Sense::hover());
    let half = below.width() / 2.0 - 4.0;
    let places = [
        (
            Rect::from_min_size(below.min, vec2(half, below.height())),
            (first, one),
            Align2::LEFT_CENTER,
        ),
        (
            Rect::from_min_max(pos2(below.right() - half, below.top()), below.max),
            (second, other),
            Align2::RIGHT_CENTER,
        ),
    ];
    for (place, (items, name), align) in places {
        let words = format!("{} only {} right", count(items), isolate(&name));
        typeset::paint(ui, place, Words::name(&words), ink, align);
    }
}

/// The two as they stand under the bar.
fn short_names(comparison: &Comparison) -> [String; 2] {
    match &comparison.between {
        Between::Models { first, second, .. } | Between::Protocols { first, second, .. } => {
            [first.clone(), second.clone()]
        }
        Between::Languages { first, second, .. } => {
            let names: Vec<&str> = first.iter().map(|language| language.english_name()).collect();
            [names.join(", "), second.english_name().to_owned()]
        }
    }
}

/// The buttons at the foot of the card.
pub fn show_foot(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    if let Some(Ok(comparison)) = state.compare.pair() {
        let sentence = crate::text::isolate::plain(&comparison.sentence());
        let (first, second) = (comparison.pairs.only_first, comparison.pairs.only_second);
        let [one, other] = short_names(comparison);
        let (words, name) = match (first, second) {
            (0, 0) => (String::new(), String::new()),
            (items, 0) | (0, items) => {
                let only = if second == 0 { one } else { other };
                let items = counted(items, "item");
                (
                    format!("Open the {items}"),
                    format!("Open the {items} that only {only} has right"),
                )
            }
            (first, second) => {
                let all = format!("Open the {} + {} items", count(first), count(second));
                let name = format!("{all}: {first} that only {one} has right and {second} that only {other} has");
                (all, name)
            }
        };
        if !words.is_empty() {
            Button::new(Emphasis::Plain)
                .icon(Icon::Inspect)
                .text(fitting(ui, &words))
                .name(name)
                .show(ui, commands, CompareCommand::OpenApart.into());
        }
        Button::new(Emphasis::Quiet)
            .icon(Icon::Copy)
            .text("")
            .name("Copy sentence")
            .show(ui, commands, Command::Copy(sentence));
    }
    Button::new(Emphasis::Quiet)
        .icon(Icon::Cross)
        .text("")
        .name(CompareCommand::Drop.text())
        .show(ui, commands, CompareCommand::Drop.into())
        .on_hover_cursor(CursorIcon::PointingHand);
}
