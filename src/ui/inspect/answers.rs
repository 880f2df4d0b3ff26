//! The answers of the shown items as a table: choice, outcome, margin, tokens, time, run.

use egui::{Align2, Rect, Response, Role, ScrollArea, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use super::words::name_of;
use crate::app::inspect::Side;
use crate::app::matrix::{count, counted};
use crate::app::review::Shown;
use crate::app::study::Study;
use crate::app::theme::{size, space};
use crate::text::isolate;
use crate::ui::outcomes;
use crate::ui::spoken;
use crate::ui::typeset::{self, Ink};
use crate::ui::widgets::{self, palette};

const NOTE: f32 = 26.0;
const GAP: f32 = 12.0;
const LEAST_MODEL: f32 = 110.0;
const TITLES: [&str; 7] = [
    "Model",
    "Language",
    "Answer",
    "Margin",
    "Tokens",
    "Time",
    "Protocol and run",
];

/// The column of the letters chosen, with the outcome.
const ANSWER: usize = 2;
/// How many of the columns show before an item is judged.
const UNJUDGED: usize = 4;

/// How high the table is with the benchmark's note.
pub fn height(sides: &[Side<'_>]) -> f32 {
    let rows: usize = sides.iter().map(|side| side.given.len()).sum();
    space::DENSE_ROW * (rows.max(1) + 1) as f32 + NOTE + 6.0
}

/// Shows the table.
pub fn show(ui: &mut Ui, sides: &[Side<'_>], study: &Study) {
    let colours = palette(ui);
    let all = ui.max_rect();
    let note = Rect::from_min_max(pos2(all.left() + 14.0, all.bottom() - NOTE), all.max - vec2(14.0, 4.0));
    show_note(ui, note, sides, study);
    let table = Rect::from_min_max(all.min, pos2(all.right(), note.top()));
    widgets::group(ui, table, Role::Table, "Answers of the models", |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        let given: Vec<(&Side<'_>, &Shown<'_>)> = sides
            .iter()
            .flat_map(|side| side.given.iter().map(move |given| (side, given)))
            .collect();
        let unanswered = sides.iter().any(|side| side.veil.unanswered);
        if given.is_empty() || unanswered {
            let words = if unanswered {
                "The answers show once you gave your own."
            } else {
                "No model was asked this item."
            };
            let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), space::DENSE_ROW), Sense::hover());
            let line = rect.shrink2(vec2(14.0, 0.0));
            typeset::paint(
                ui,
                line,
                words,
                Ink::new(size::BODY, colours.text_2),
                Align2::LEFT_CENTER,
            );
            return;
        }
        // Margins are seen in the bars as well; what follows them tells models apart.
        let most = match sides.iter().any(|side| side.veil.unjudged) {
            true => UNJUDGED,
            false => TITLES.len(),
        };
        let rows = |ui: &mut Ui| {
            show_head(ui, most);
            for (side, given) in &given {
                show_answer(ui, side, given, most);
            }
        };
        // What is high enough is no place to scroll in: it would take what is meant for the item around it.
        if space::DENSE_ROW * (given.len() + 1) as f32 <= table.height() {
            return rows(ui);
        }
        ScrollArea::vertical()
            .auto_shrink([false, false])
            .id_salt("answers")
            .show(ui, rows);
    });
}

/// The columns that there is room for, of the first `most`: those of figures keep their width, names and protocol share the rest. What
/// is left out, the figures from the last on, shows on hovering.
fn columns(rect: Rect, most: usize) -> Vec<(Rect, Align2)> {
    let inner = rect.shrink2(vec2(14.0, 0.0));
    let fixed = [84.0, 104.0, 52.0, 56.0, 56.0];
    let fixed = fixed.get(..most - 1).unwrap_or(&fixed);
    let taken = |count: usize| fixed.iter().take(count).map(|width| width + GAP).sum::<f32>();
    let count = (2..=fixed.len())
        .rev()
        .find(|count| taken(*count) + LEAST_MODEL <= inner.width());
    let count = count.unwrap_or(2);
    let rest = (inner.width() - taken(count)).max(LEAST_MODEL);
    // Where there is no room for the protocol, the names have it all; the Runs page has the rest.
    let protocol = count + 1 < most && count == fixed.len() && rest >= 260.0;
    let model = if protocol { (rest * 0.5).min(260.0) } else { rest };
    let widths = std::iter::once(model)
        .chain(fixed.iter().copied().take(count))
        .chain(protocol.then_some(rest - model - GAP));
    let mut left = inner.left();
    let place = |(place, width): (usize, f32)| {
        let cell = Rect::from_min_size(pos2(left, rect.top()), vec2(width, rect.height()));
        left += width + GAP;
        let figures = (3..=5).contains(&place);
        let align = if figures {
            Align2::RIGHT_CENTER
        } else {
            Align2::LEFT_CENTER
        };
        (cell, align)
    };
    widths.enumerate().map(place).collect()
}

fn show_head(ui: &mut Ui, most: usize) {
    let colours = palette(ui);
    let titles = TITLES.get(..most).unwrap_or(&TITLES);
    let (rect, _) = row(ui, titles.join(", "));
    let ink = Ink::new(size::SECONDARY, colours.text_2);
    for ((cell, align), title) in columns(rect, most).into_iter().zip(titles) {
        typeset::paint(ui, cell, *title, ink, align);
    }
}

/// A row and what assistive technology is told of it.
fn row(ui: &mut Ui, told: String) -> (Rect, Response) {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), space::DENSE_ROW), Sense::hover());
    spoken::tell(&response, None, || WidgetInfo::labeled(Role::Row, true, &told));
    let line = Stroke::new(1.0, palette(ui).line);
    ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, line);
    (rect, response)
}

fn show_answer(ui: &mut Ui, side: &Side<'_>, given: &Shown<'_>, most: usize) {
    let colours = palette(ui);
    let outcome = side.veil.outcome(given.outcome());
    let texts = texts(side, given);
    let texts = texts.get(..most).unwrap_or(&texts);
    let mut told: Vec<&str> = texts.iter().map(String::as_str).collect();
    if let Some(outcome) = outcome {
        told.insert(ANSWER + 1, outcome.word());
    }
    let (rect, response) = row(ui, told.join(", "));
    let columns = columns(rect, most);
    let left_out = columns.len();
    for (place, ((cell, align), text)) in columns.into_iter().zip(texts).enumerate() {
        let ink = match place {
            0 => Ink::new(size::SECONDARY, colours.text).semibold(),
            6 => Ink::new(size::SECONDARY, colours.text_2),
            _ => Ink::new(size::SECONDARY, colours.text),
        };
        match place {
            0 => _ = typeset::paint(ui, cell, name_of(given), ink, align),
            ANSWER => {
                let drawn = typeset::paint(ui, cell, text, ink, align);
                if let Some(outcome) = outcome {
                    let left = (cell.left() + 22.0).max(drawn.right() + 8.0);
                    outcomes::paint(ui, pos2(left, cell.center().y), outcome);
                }
            }
            _ => _ = typeset::paint(ui, cell, text, ink, align),
        }
    }
    let rest = TITLES.iter().zip(texts).skip(left_out);
    let rest: Vec<String> = rest
        .map(|(title, text)| format!("{title}: {}", isolate::isolate(text)))
        .collect();
    widgets::tooltip(response, &rest.join("\n"));
}

/// What stands in the columns.
fn texts(side: &Side<'_>, given: &Shown<'_>) -> [String; 7] {
    let language = &side.item.key.language;
    let letters: Vec<&str> = given
        .choices()
        .iter()
        .filter_map(|&choice| language.option_letter(choice))
        .collect();
    let letter = match letters.is_empty() {
        true => "–".to_owned(),
        false => letters.join(", "),
    };
    let margin = match given.margin() {
        Some(margin) => format!("{:.0}", margin * 100.0),
        None => "–".to_owned(),
    };
    let run = match (given.error(), given.reply()) {
        (Some(error), _) => error.to_owned(),
        (None, None) => format!("{}, {}", given.protocol(), given.run().id),
        (None, Some(reply)) => {
            let wrote = counted(reply.tokens, "token");
            format!("{}, wrote {wrote}, {}", given.protocol(), given.run().id)
        }
    };
    [
        given.name().to_owned(),
        language.english_name().to_owned(),
        letter,
        margin,
        count(given.prompt_tokens()),
        time(given.seconds()),
        run,
    ]
}

fn time(seconds: f64) -> String {
    if seconds < 0.1 {
        format!("{:.0} ms", seconds * 1000.0)
    } else {
        format!("{seconds:.2} s")
    }
}

/// The benchmark's licence, source and honest note.
fn show_note(ui: &mut Ui, rect: Rect, sides: &[Side<'_>], study: &Study) {
    let colours = palette(ui);
    let Some(item) = sides.first().map(|side| side.item) else {
        return;
    };
    let benchmark = study
        .benchmarks()
        .iter()
        .find(|benchmark| benchmark.items().iter().any(|other| std::ptr::eq(other, item)));
    let Some(benchmark) = benchmark else { return };
    let description = &benchmark.description;
    let parts = [
        Some(description.title.as_str()),
        description.licence.as_deref(),
        description.note.as_deref(),
    ];
    let parts = parts.into_iter().flatten().filter(|part| !part.is_empty());
    let text = isolate::join(parts, " · ");
    let response = ui.interact(rect, widgets::id("answers", "note"), Sense::hover());
    spoken::tell(&response, None, || WidgetInfo::labeled(Role::Label, true, &text));
    typeset::paint(
        ui,
        rect,
        &text,
        Ink::new(size::SMALL, colours.text_3),
        Align2::LEFT_CENTER,
    );
    widgets::tooltip(response, &text);
}
