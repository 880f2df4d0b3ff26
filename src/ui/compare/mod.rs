//! The Compare page: the matrix, what its selected cell means, and plots.

mod finding;
mod matrix;
mod measures;
mod plots;
mod toolbar;
mod waiting;

pub use matrix::key_lines;
pub use waiting::key_line;

use egui::{Rect, Ui, pos2, vec2};

use super::widgets::{self, Button, Emphasis, within};
use crate::app::State;
use crate::app::command::{Command, Page};
use crate::app::theme::space;
use crate::runs::measures::Measure;

/// How much of the page a long matrix leaves to what is below it.
const LEFT_BELOW: f32 = 150.0;
/// No matrix is cut shorter than this.
const LEAST_MATRIX: f32 = 420.0;
/// The share of the page that a long matrix takes where all else stands below it, and the least it is then cut to: its
/// heads and a few models.
const SHARE_ABOVE: f32 = 0.45;
const LEAST_ABOVE: f32 = 260.0;

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
    let height = toolbar::height(state, all.width() - 2.0 * space::GUTTER);
    let toolbar = Rect::from_min_size(all.min, vec2(all.width(), height)).shrink2(vec2(space::GUTTER, space::GAP));
    within(ui, toolbar, "toolbar", |ui| toolbar::show(ui, state, commands));

    let page = Rect::from_min_max(
        pos2(all.left() + space::GUTTER, toolbar.bottom() + space::GAP),
        all.max - vec2(space::GUTTER, space::GUTTER),
    );
    if compare.measure != Measure::Accuracy {
        return match compare.sheet() {
            Some(sheet) => measures::show(ui, page, state, sheet, commands),
            None => within(ui, page, "waiting", |ui| waiting::show(ui, state, commands)),
        };
    }
    // Beside the matrix where there is room, unless all its columns only fit without.
    let narrow = ui.ctx().content_rect().width() < space::NARROW;
    let beside = page.width() - space::SIDE_PANEL - space::GUTTER;
    let only_below = !matrix::fits(state, beside) && matrix::fits(state, page.width());
    let wide = !narrow && !only_below;
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
    // A long matrix scrolls within its card, so that its heads and what is below stay near.
    let most = match wide {
        true => (page.height() - LEFT_BELOW).max(LEAST_MATRIX),
        false => (page.height() * SHARE_ABOVE).max(LEAST_ABOVE),
    };
    let matrix_height = matrix::height(state, matrix_width, narrow).min(most);
    let rest = page.height() - matrix_height - space::GUTTER;
    // Where the page is too narrow for two cards, as when zoomed, they stand below each other.
    let stacked = !wide && page.width() < 2.0 * finding_width;
    let plots_width = match wide || stacked {
        true => matrix_width,
        false => page.width() - finding_width - space::GUTTER,
    };
    let least = rest.max(if wide {
        plots::LEAST
    } else {
        plots::LEAST.max(finding::HEIGHT)
    });
    // The page scrolls, and nothing in it but a long matrix.
    let lower = plots::height(ui, plots_width, least, state);
    let below_bars = if stacked { finding::HEIGHT + space::GUTTER } else { 0.0 };
    let height = matrix_height + space::GUTTER + lower + below_bars;
    // Beside the matrix it stays in sight while that and the plots scroll.
    let mut scrolled = page;
    if wide {
        let left = page.left() + matrix_width + space::GUTTER;
        finding::show(
            ui,
            Rect::from_min_max(pos2(left, page.top()), page.max),
            state,
            commands,
        );
        scrolled.max.x = page.left() + matrix_width;
    }
    within(ui, scrolled, "scrolled", |ui| {
        egui::ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
            let (place, _) = ui.allocate_exact_size(vec2(scrolled.width(), height), egui::Sense::hover());
            let matrix_rect = Rect::from_min_size(place.min, vec2(matrix_width, matrix_height));
            let below = Rect::from_min_max(pos2(place.left(), matrix_rect.bottom() + space::GUTTER), place.max);
            matrix::show(ui, matrix_rect, narrow, state, commands);
            if wide {
                plots::show(ui, below, least, state, commands);
            } else if stacked {
                let bars = Rect::from_min_size(below.min, vec2(below.width(), lower));
                let top = bars.bottom() + space::GUTTER;
                plots::show(ui, bars, least, state, commands);
                finding::show(ui, below.with_min_y(top), state, commands);
            } else {
                let split = below.right() - finding_width;
                plots::show(ui, below.with_max_x(split - space::GUTTER), least, state, commands);
                // Beside a figure that is higher than the page it is as high as that.
                let height = lower.min(page.height()).max(least);
                let beside = below.with_min_x(split).with_max_y(below.top() + height);
                finding::show(ui, beside, state, commands);
            }
        });
    });
}
