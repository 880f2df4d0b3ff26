//! The Compare page: the matrix, what its selected cell means, and plots.

mod finding;
mod matrix;
mod measures;
mod plots;

use egui::{Rect, Ui, pos2, vec2};

use super::typeset::{self, Ink};
use super::widgets::menu::Entry;
use super::widgets::{self, Button, Emphasis, palette, within};
use crate::app::State;
use crate::app::command::{Command, Page};
use crate::app::figures::FiguresCommand;
use crate::app::matrix::percent;
use crate::app::theme::{size, space};
use crate::runs::measures::Measure;

/// Shows the page.
pub fn show(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    let all = ui.max_rect();
    let compare = &state.compare;
    let Some(study) = &state.study else {
        return super::no_workspace(ui, state, commands);
    };
    if compare.matrix.models.is_empty() {
        return widgets::empty(
            ui,
            "Accuracy by task and language stands here once a run has answers.",
            "",
            |ui| {
                if study.benchmarks().is_empty() {
                    Button::new(Emphasis::Main)
                        .text("Import a benchmark")
                        .enabled(state.writable())
                        .show(ui, commands, Command::Show(Page::Benchmarks));
                } else {
                    Button::new(Emphasis::Main)
                        .enabled(state.writable())
                        .keys()
                        .show(ui, commands, Command::NewRun);
                }
            },
        );
    }
    if let Some(exporting) = state.figures.exporting {
        plots::show_export(ui, exporting, commands);
    }
    let toolbar =
        Rect::from_min_size(all.min, vec2(all.width(), space::TOOLBAR)).shrink2(vec2(space::GUTTER, space::GAP));
    within(ui, toolbar, "toolbar", |ui| show_toolbar(ui, state, commands));

    let page = Rect::from_min_max(
        pos2(all.left() + space::GUTTER, toolbar.bottom() + space::GAP),
        all.max - vec2(space::GUTTER, space::GUTTER),
    );
    if let Some(sheet) = compare.sheet() {
        return measures::show(ui, page, state, sheet, commands);
    }
    // Beside the matrix where there is room, unless all its columns only fit without.
    let beside = page.width() - space::SIDE_PANEL - space::GUTTER;
    let only_below = !matrix::fits(&compare.matrix, beside) && matrix::fits(&compare.matrix, page.width());
    let wide = ui.ctx().content_rect().width() >= space::NARROW && !only_below;
    let finding_width = if wide {
        space::SIDE_PANEL
    } else {
        (page.width() * 0.36).clamp(300.0, 380.0)
    };
    let matrix_width = if wide {
        page.width() - finding_width - space::GUTTER
    } else {
        page.width()
    };
    let matrix_height = matrix::height(&compare.matrix, matrix_width);
    let rest = page.height() - matrix_height - space::GUTTER;
    let lower = rest.max(if wide { plots::LEAST } else { finding::HEIGHT });
    // Where the page is too narrow for two cards, as when zoomed, they stand below each other.
    let stacked = !wide && page.width() < 2.0 * finding_width;
    let below_bars = if stacked { finding::HEIGHT + space::GUTTER } else { 0.0 };
    let height = matrix_height + space::GUTTER + lower + below_bars;
    within(ui, page, "scrolled", |ui| {
        egui::ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
            let (place, _) = ui.allocate_exact_size(vec2(page.width(), height), egui::Sense::hover());
            let matrix_rect = Rect::from_min_size(place.min, vec2(matrix_width, matrix_height));
            let below = Rect::from_min_max(pos2(place.left(), matrix_rect.bottom() + space::GUTTER), place.max);
            let (bars_rect, finding_rect) = if wide {
                (
                    Rect::from_min_max(below.min, pos2(matrix_rect.right(), below.bottom())),
                    Rect::from_min_max(pos2(matrix_rect.right() + space::GUTTER, place.top()), place.max),
                )
            } else if stacked {
                let bars = Rect::from_min_size(below.min, vec2(below.width(), lower));
                let top = bars.bottom() + space::GUTTER;
                (bars, Rect::from_min_max(pos2(below.left(), top), below.max))
            } else {
                let split = below.right() - finding_width;
                (
                    Rect::from_min_max(below.min, pos2(split - space::GUTTER, below.bottom())),
                    Rect::from_min_max(pos2(split, below.top()), below.max),
                )
            };
            matrix::show(ui, matrix_rect, state, commands);
            plots::show(ui, bars_rect, state, commands);
            finding::show(ui, finding_rect, state, commands);
        });
    });
}

fn show_toolbar(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    let compare = &state.compare;
    ui.horizontal(|ui| {
        let measures: Vec<Entry<'_>> = Measure::ALL.iter().map(|measure| Entry::new(measure.title())).collect();
        let selected = Measure::ALL.iter().position(|measure| *measure == compare.measure);
        if let Some(place) = widgets::choice(ui, "Show", &measures, selected, 260.0)
            && let Some(measure) = Measure::ALL.get(place)
        {
            commands.push(Command::ShowMeasure(*measure));
        }
        let entries: Vec<Entry<'_>> = compare.protocols.iter().map(Entry::new).collect();
        let selected = compare
            .protocols
            .iter()
            .position(|label| Some(label) == compare.protocol.as_ref());
        if selected.is_some()
            && let Some(place) = widgets::choice(ui, "Protocol", &entries, selected, 360.0)
            && let Some(chosen) = compare.protocols.get(place)
        {
            commands.push(Command::ChooseProtocol(chosen.clone()));
        }
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            let roomy = ui.available_width() > 230.0;
            Button::new(Emphasis::Plain)
                .icon(super::icons::Icon::Download)
                .text(if roomy { "Export" } else { "" })
                .show(ui, commands, FiguresCommand::Export.into());
            let words = "Copy as CSV";
            Button::new(Emphasis::Plain)
                .icon(super::icons::Icon::Copy)
                .text(if roomy { words } else { "" })
                .name(words)
                .show(ui, commands, Command::Copy(as_csv(state)));
            if roomy {
                Button::new(Emphasis::Quiet)
                    .enabled(state.writable())
                    .show(ui, commands, Command::NewRun);
            }
        });
    });
}

/// What is shown as comma-separated text; of the matrix one row a cell that was measured.
fn as_csv(state: &State) -> String {
    if let Some(sheet) = state.compare.sheet() {
        return sheet.csv();
    }
    let quote = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let mut text = String::from("model,benchmark,task,language,protocol,n,right,accuracy,low,high,failed\n");
    let matrix = &state.compare.matrix;
    let protocol = state.compare.protocol.as_deref().unwrap_or_default();
    for model in &matrix.models {
        for (group, language) in matrix.columns() {
            let Some(measure) = matrix.measure(&matrix.key(model, group, language)) else {
                continue;
            };
            let names = [model, &group.benchmark, &group.task, language.tag(), protocol]
                .map(quote)
                .join(",");
            text.push_str(&format!(
                "{names},{},{},{:.4},{:.4},{:.4},{}\n",
                measure.n, measure.right, measure.accuracy, measure.low, measure.high, measure.failed
            ));
        }
    }
    text
}

/// The key of the sequential scale, drawn from the right.
fn show_scale(ui: &mut Ui) {
    let colours = palette(ui);
    let ink = Ink::new(size::SECONDARY, colours.text_2);
    typeset::line(ui, "90 %", ink);
    let (rect, _) = ui.allocate_exact_size(vec2(140.0, 12.0), egui::Sense::hover());
    for (step, colour) in colours.sequential_steps().into_iter().enumerate() {
        let left = rect.left() + step as f32 * 20.0;
        ui.painter()
            .rect_filled(Rect::from_min_size(pos2(left, rect.top()), vec2(20.0, 12.0)), 0, colour);
    }
    ui.painter()
        .rect_stroke(rect, 0, egui::Stroke::new(1.0, colours.line), egui::StrokeKind::Outside);
    typeset::line(ui, "20", ink);
}

/// `61.2, n 500, 56.9–65.4`: a number with what it stands on.
pub(super) fn in_words(measure: crate::app::matrix::Measure) -> String {
    format!(
        "{} percent, n {}, {} to {}",
        percent(measure.accuracy),
        measure.n,
        percent(measure.low),
        percent(measure.high)
    )
}
