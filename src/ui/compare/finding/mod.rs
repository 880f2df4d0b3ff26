//! What the selected cell means, or two of them beside each other: in a sentence, in counts, and where the items are.

mod pair;

use egui::{Rect, Sense, Stroke, Ui, pos2, vec2};

use super::matrix::tell_printed;
use crate::app::State;
use crate::app::command::Command;
use crate::app::compare::command::CompareCommand;
use crate::app::compare::published::Printed;
use crate::app::figures::FiguresCommand;
use crate::app::matrix::{Cell, CellKey, Measure, count, counted, percent};
use crate::app::theme::size;
use crate::charts::target::{Against, Target};
use crate::runs::comparison::{INTERVAL, Row};
use crate::runs::paired::{Between, Comparison};
use crate::scoring::Outcome;
use crate::text::isolate::isolate;
use crate::ui::icons::Icon;
use crate::ui::outcomes;
use crate::ui::typeset::{self, Ink};
use crate::ui::widgets::{self, Button, Emphasis, card, palette, within};

/// What it takes when it stands under the matrix.
pub const HEIGHT: f32 = 440.0;

/// Shows the card.
pub fn show(ui: &mut Ui, rect: Rect, state: &State, commands: &mut Vec<Command>) {
    let compare = &state.compare;
    let (selected, against) = (compare.selected.as_ref(), compare.against.as_ref());
    let note = match (selected, against) {
        (Some(_), None) => "the selected cell",
        (Some(selected), Some(against)) if selected == against => "choose a second cell",
        (Some(_), Some(_)) => "two selected cells",
        (None, _) => "",
    };
    let mut swapped = Vec::new();
    let tools = |ui: &mut Ui| {
        if against.is_some() && against != selected {
            Button::new(Emphasis::Quiet).small().icon(Icon::Swap).text("").show(
                ui,
                &mut swapped,
                CompareCommand::Swap.into(),
            );
        }
    };
    card(ui, rect, "Finding", note, tools, |ui| {
        let Some(key) = selected else { return show_nothing(ui) };
        let all = ui.max_rect();
        let foot = Rect::from_min_max(pos2(all.left(), all.bottom() - 48.0), all.max);
        let body = Rect::from_min_max(all.min, pos2(all.right(), foot.top()));
        let other = against.filter(|other| *other != key);
        within(ui, body, "finding", |ui| {
            widgets::scrolled(ui, |ui| match other {
                Some(other) => pair::show(ui, key, other, state),
                None => show_meaning(ui, key, state, commands),
            });
        });
        ui.painter()
            .hline(foot.x_range(), foot.top() + 0.5, Stroke::new(1.0, palette(ui).line));
        within(ui, foot.shrink2(vec2(12.0, 10.0)), "foot", |ui| {
            ui.horizontal(|ui| match other {
                Some(_) => pair::show_foot(ui, state, commands),
                None => show_foot(ui, key, state, commands),
            });
        });
    });
    commands.append(&mut swapped);
}

/// Where no cell is selected: what would show here.
fn show_nothing(ui: &mut Ui) {
    let colours = palette(ui);
    let ink = Ink::new(size::FINDING, colours.text).leading(21.0);
    typeset::paragraph(ui, "Select a cell", ink.semibold());
    let text = "Its accuracy with interval, its outcomes and its gap to English then show here; a second cell, with \
                Shift, is compared with it.";
    typeset::paragraph(ui, text, Ink::new(size::SECONDARY, colours.text_2));
}

fn show_meaning(ui: &mut Ui, key: &CellKey, state: &State, commands: &mut Vec<Command>) {
    let colours = palette(ui);
    let ink = Ink::new(size::FINDING, colours.text).leading(21.0);
    let plain = Ink::new(size::SECONDARY, colours.text_2);
    let printed = state.compare.published.cell(key);
    if let Some(printed) = printed.filter(|_| !state.compare.matrix.models.contains(&key.model)) {
        let title = format!("{} percent right", percent(printed.share));
        typeset::line(ui, &title, Ink::new(size::KEY_FIGURE, colours.text).semibold());
        let text = format!("{} on {}, as published.", isolate(&key.model), where_(key));
        typeset::paragraph(ui, &text, ink);
        return show_printed(ui, printed);
    }
    match state.compare.matrix.cell(key) {
        Cell::LeftOut { left_out } => {
            let (model, items) = (isolate(&key.model), counted(left_out, "item"));
            let text = format!("All {items} that {model} answered on {} are left out.", where_(key));
            typeset::paragraph(ui, &text, ink);
            typeset::paragraph(ui, "Somebody flagged them; Inspect tells who and why.", plain);
        }
        Cell::NotRun => {
            typeset::paragraph(
                ui,
                &format!("{} was not run on {}.", isolate(&key.model), where_(key)),
                ink,
            );
            typeset::paragraph(ui, "A new run can ask it.", plain);
        }
        Cell::Failed { failed } => {
            let (model, failed) = (isolate(&key.model), counted(failed, "item"));
            let text = format!("{model} failed on {}: {failed}.", where_(key));
            typeset::paragraph(ui, &text, ink.semibold());
            typeset::paragraph(ui, "Nothing was measured, which is not the same as 0.", plain);
        }
        Cell::Measured(measure) => show_measure(ui, key, measure, state, commands),
    }
    if let Some(printed) = printed.filter(|_| !state.compare.view.own_only) {
        show_printed(ui, printed);
    }
}

/// What a paper prints for the cell.
fn show_printed(ui: &mut Ui, printed: &Printed) {
    divider(ui);
    let ink = Ink::new(size::BODY, palette(ui).text).semibold();
    typeset::paragraph(ui, "◇ Published, never averaged in", ink);
    tell_printed(ui, printed);
}

fn where_(key: &CellKey) -> String {
    format!("{} {}", key.language.english_name(), isolate(&key.task))
}

fn show_measure(ui: &mut Ui, key: &CellKey, measure: Measure, state: &State, commands: &mut Vec<Command>) {
    let colours = palette(ui);
    let ink = Ink::new(size::FINDING, colours.text).leading(21.0);
    let plain = Ink::new(size::SECONDARY, colours.text_2);
    let title = format!("{} percent right", percent(measure.accuracy));
    typeset::line(ui, &title, Ink::new(size::KEY_FIGURE, colours.text).semibold());
    let text = format!(
        "{} on {}, 95% interval {} to {}, {}.",
        isolate(&key.model),
        where_(key),
        percent(measure.low),
        percent(measure.high),
        counted(measure.n, "item")
    );
    typeset::paragraph(ui, &text, ink);
    ui.add_space(6.0);
    if let Some(chance) = state.compare.tally.chance {
        let guess = percent(chance);
        let (mark, sentence) = if measure.low > chance {
            ("▲", format!("Above guessing ({guess})."))
        } else if measure.high < chance {
            ("▼", format!("Below guessing ({guess})."))
        } else {
            ("≈", format!("Too few to tell from guessing ({guess})."))
        };
        typeset::paragraph(ui, &format!("{mark} {sentence}"), plain);
    }
    if let Some(Ok(comparison)) = state.compare.pair() {
        divider(ui);
        pair::show_short(ui, comparison);
        show_lost(ui, key, comparison, commands);
    }
    divider(ui);
    outcomes::show_counts(ui, &state.compare.tally.outcomes);
    divider(ui);
    let mut rows = vec![
        ("Protocol", state.compare.protocol.clone().unwrap_or_default()),
        ("Interval", INTERVAL.to_owned()),
    ];
    if measure.failed > 0 {
        rows.push(("Failed", format!("{}, not counted", counted(measure.failed, "item"))));
    }
    let left_out = format!("{} of {}", count(measure.left_out), count(measure.n + measure.left_out));
    rows.push(("Left out", left_out));
    rows.extend(extremes(key, state));
    rows.extend(state.compare.elsewhere(key).filter_map(elsewhere));
    widgets::facts(ui, &rows, 84.0);
    divider(ui);
    let hint = "To compare: Shift and click another cell, or Shift+Enter here and move on with the arrows.";
    typeset::paragraph(ui, hint, Ink::new(size::SECONDARY, colours.text_3));
}

/// Opens the items that the gap to another language is made of.
fn show_lost(ui: &mut Ui, key: &CellKey, comparison: &Comparison, commands: &mut Vec<Command>) {
    let (Between::Languages { second, .. }, lost @ 1..) = (&comparison.between, comparison.pairs.only_second) else {
        return;
    };
    let (here, there) = (key.language.english_name(), second.english_name());
    let target = Target {
        against: Some(Against::Language(second.clone())),
        ..key.target()
    };
    ui.add_space(4.0);
    Button::new(Emphasis::Plain)
        .small()
        .icon(Icon::Inspect)
        .text(&format!("Open the {} lost in {here}", count(lost)))
        .name(format!(
            "Open the {} right in {there} and wrong in {here}",
            counted(lost, "item")
        ))
        .show(ui, commands, FiguresCommand::Open(target).into());
}

/// What came of the same items under another protocol.
fn elsewhere(row: &Row) -> Option<(&'static str, String)> {
    let (low, high) = row.low.zip(row.high)?;
    let (accuracy, low, high) = (percent(row.accuracy?), percent(low), percent(high));
    Some((
        "Else under",
        format!("{}: {accuracy} ({low}–{high})", isolate(&row.protocol)),
    ))
}

/// The languages where the model's accuracy is highest and lowest on the task, as seen: they are chosen by looking, so
/// that their intervals are no test of the difference. Nothing where all are the same.
fn extremes(key: &CellKey, state: &State) -> Vec<(&'static str, String)> {
    let matrix = &state.compare.matrix;
    let measured: Vec<(&str, Measure)> = matrix
        .columns()
        .filter(|(group, _)| group.benchmark == key.benchmark && group.task == key.task)
        .filter_map(|(group, language)| {
            let measure = matrix.measure(&matrix.key(&key.model, group, language))?;
            Some((language.english_name(), measure))
        })
        .collect();
    let by_accuracy = |one: &&(&str, Measure), other: &&(&str, Measure)| one.1.accuracy.total_cmp(&other.1.accuracy);
    let (Some(best), Some(worst)) = (measured.iter().max_by(by_accuracy), measured.iter().min_by(by_accuracy)) else {
        return Vec::new();
    };
    if best.1.accuracy == worst.1.accuracy {
        return Vec::new();
    }
    // Equal figures are named together: none of them is first.
    let words = |measure: Measure| {
        let equal = measured.iter().filter(|(_, other)| other.accuracy == measure.accuracy);
        let names: Vec<&str> = equal.map(|(name, _)| *name).collect();
        let (low, high) = (percent(measure.low), percent(measure.high));
        format!("{} {} ({low}–{high})", names.join(", "), percent(measure.accuracy))
    };
    vec![("Highest", words(best.1)), ("Lowest", words(worst.1))]
}

fn divider(ui: &mut Ui) {
    let colours = palette(ui);
    ui.add_space(8.0);
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 1.0), Sense::hover());
    ui.painter().hline(
        rect.x_range().expand(14.0),
        rect.top() + 0.5,
        Stroke::new(1.0, colours.line),
    );
    ui.add_space(8.0);
}

fn show_foot(ui: &mut Ui, key: &CellKey, state: &State, commands: &mut Vec<Command>) {
    let open = |outcome| Command::OpenCell(key.clone(), outcome);
    match state.compare.matrix.cell(key) {
        Cell::NotRun if state.compare.published.cell(key).is_some() => {
            let ink = Ink::new(size::SECONDARY, palette(ui).text_2);
            typeset::line(ui, "No items of it are here", ink);
        }
        Cell::NotRun => {
            Button::new(Emphasis::Plain)
                .enabled(state.writable())
                .show(ui, commands, Command::NewRun);
        }
        Cell::Failed { failed: items } | Cell::LeftOut { left_out: items } => {
            let words = format!("Open the {}", counted(items, "item"));
            let button = Button::new(Emphasis::Plain).icon(Icon::Inspect).text(&words);
            button.show(ui, commands, open(None));
        }
        Cell::Measured(measure) => {
            let wrong = state.compare.tally.outcomes.get(1).copied().unwrap_or_default();
            if wrong > 0 {
                let words = format!("Open the {} wrong", count(wrong));
                let button = Button::new(Emphasis::Plain).icon(Icon::Inspect).text(&words);
                button.show(ui, commands, open(Some(Outcome::Wrong)));
            }
            let words = format!("All {}", count(measure.n + measure.failed));
            let emphasis = if wrong > 0 { Emphasis::Quiet } else { Emphasis::Plain };
            Button::new(emphasis).text(&words).show(ui, commands, open(None));
        }
    }
}
