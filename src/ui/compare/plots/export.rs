//! The form that asks what to export, and how.

use egui::Ui;

use crate::app::command::Command;
use crate::app::figures::{Exporting, FiguresCommand, Part};
use crate::app::theme::{size, space};
use crate::charts::export::{Picture, Sheet};
use crate::charts::print::Column;
use crate::ui::icons::Icon;
use crate::ui::typeset::{self, Ink};
use crate::ui::widgets::menu::Entry;
use crate::ui::widgets::{self, Button, Emphasis, palette, radio};

const WIDTH: f32 = 420.0;

/// Shows the form over the page.
pub fn show(ui: &mut Ui, exporting: Exporting, commands: &mut Vec<Command>) {
    let colours = palette(ui);
    let context = ui.ctx().clone();
    let frame = egui::Frame::popup(ui.style()).inner_margin(16);
    let shown = egui::Modal::new(widgets::id("compare", "export"))
        .frame(frame)
        .show(&context, |ui| {
            let width = WIDTH.min(context.content_rect().width() - 64.0);
            ui.set_width(width);
            let title = Ink::new(size::PAGE_TITLE, colours.text).semibold();
            typeset::paragraph(ui, "Export", title);
            ui.add_space(space::GAP);
            for part in Part::ALL {
                let lines = [holds(part).to_owned()];
                if radio(ui, part.words(), &lines, exporting.part == part, width) {
                    choose(commands, Exporting { part, ..exporting });
                }
            }
            ui.add_space(space::GAP);
            ui.horizontal(|ui| show_how(ui, exporting, commands));
            ui.add_space(space::GAP);
            ui.horizontal(|ui| {
                Button::new(Emphasis::Main)
                    .icon(Icon::Download)
                    .show(ui, commands, FiguresCommand::ChooseFile.into());
                Button::new(Emphasis::Quiet).show(ui, commands, FiguresCommand::CloseExport.into());
            });
        });
    if shown.should_close() {
        commands.push(FiguresCommand::CloseExport.into());
    }
}

fn choose(commands: &mut Vec<Command>, exporting: Exporting) {
    commands.push(FiguresCommand::Choose(exporting).into());
}

fn holds(part: Part) -> &'static str {
    match part {
        Part::Figure => "At the size of a journal's column, its words as outlines",
        Part::Numbers => "The same rows that the figure draws",
        Part::Page => "Every number with n and interval",
        Part::Report => "All figures and tables in one HTML file that needs no network",
    }
}

fn show_how(ui: &mut Ui, exporting: Exporting, commands: &mut Vec<Command>) {
    match exporting.part {
        Part::Figure => {
            if let Some(picture) = pick(ui, "Format", &Picture::ALL, exporting.picture, Picture::words) {
                choose(commands, Exporting { picture, ..exporting });
            }
            if let Some(column) = pick(ui, "Width", &Column::ALL, exporting.column, Column::words) {
                choose(commands, Exporting { column, ..exporting });
            }
        }
        Part::Numbers | Part::Page => {
            if let Some(sheet) = pick(ui, "Format", &Sheet::ALL, exporting.sheet, Sheet::words) {
                choose(commands, Exporting { sheet, ..exporting });
            }
        }
        Part::Report => {}
    }
}

fn pick<T: Copy + PartialEq>(ui: &mut Ui, label: &str, all: &[T], now: T, words: fn(T) -> &'static str) -> Option<T> {
    let entries: Vec<Entry<'_>> = all.iter().map(|one| Entry::new(words(*one))).collect();
    let selected = all.iter().position(|one| *one == now);
    let place = widgets::choice(ui, label, &entries, selected, 210.0)?;
    all.get(place).copied()
}
