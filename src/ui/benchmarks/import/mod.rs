//! A file on its way into the workspace: what its columns mean, what is asked about them, and what would become of it.

mod columns;
mod doubts;
mod outcome;
mod side;

use egui::{Rect, ScrollArea, Sense, Ui, pos2, vec2};

use crate::app::State;
use crate::app::benchmarks::{BenchmarksCommand, Draft, Importing, Problem, Question};
use crate::app::command::Command;
use crate::app::theme::{size, space};
use crate::benchmarks::import::ImportOptions;
use crate::scoring::Outcome;
use crate::text::isolate::isolate;
use crate::ui::icons::Icon;
use crate::ui::typeset::{self, Ink};
use crate::ui::widgets::{self, Button, Emphasis, palette, within};

/// Below this width what becomes of a file stands under its columns.
const WIDE: f32 = 860.0;
/// The widest that sentences are.
const READABLE: f32 = 760.0;
/// How high the title over the page is.
const TITLE: f32 = 36.0;
/// How high what becomes of a file is where it stands under its columns.
const SIDE: f32 = 572.0;

/// Shows the page.
pub fn show(ui: &mut Ui, rect: Rect, state: &State, importing: &Importing, commands: &mut Vec<Command>) {
    match importing {
        Importing::Reading(question) => {
            let name = question.path.display().to_string();
            within(ui, rect, "reading", |ui| {
                widgets::empty(ui, "Looking at the file", &name, |_| {})
            });
        }
        Importing::Failed { question, problem } => within(ui, rect, "failed", |ui| {
            ui.set_max_width(READABLE);
            let pair = palette(ui).outcome(Outcome::Failed);
            let detail = format!(
                "{}. The file {} stays as it is, and so does the workspace.",
                problem.words,
                isolate(&question.path.to_string_lossy())
            );
            widgets::message(ui, pair, "Nothing was imported.", &detail, |ui| {
                ui.add_space(6.0);
                show_encodings(ui, question, problem, commands);
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
        Importing::Read(draft) => show_draft(ui, rect, state, draft, false, commands),
        Importing::Keeping(draft) => show_draft(ui, rect, state, draft, true, commands),
    }
}

/// The encodings that a text could be in, each to be tried.
fn show_encodings(ui: &mut Ui, question: &Question, problem: &Problem, commands: &mut Vec<Command>) {
    if problem.encodings.is_empty() {
        return;
    }
    typeset::heading(ui, "Read it as");
    ui.add_space(2.0);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(space::GAP, space::GAP);
        for candidate in problem.encodings {
            let words = format!("{}, {}", candidate.of, candidate.label);
            let said = ImportOptions {
                encoding: Some(candidate.label.to_owned()),
                ..question.said.clone()
            };
            let button = Button::new(Emphasis::Plain)
                .text(&words)
                .name(format!("Read it as {words}"));
            button.show(ui, commands, BenchmarksCommand::Say(Box::new(said)).into());
        }
    });
    ui.add_space(10.0);
}

fn show_draft(ui: &mut Ui, rect: Rect, state: &State, draft: &Draft, keeping: bool, commands: &mut Vec<Command>) {
    let title = Rect::from_min_size(rect.min, vec2(rect.width(), TITLE));
    within(ui, title, "title", |ui| show_title(ui, draft, commands));
    let body = Rect::from_min_max(pos2(rect.left(), title.bottom() + space::GAP), rect.max);
    if body.width() >= WIDE {
        let side = Rect::from_min_max(
            pos2(
                body.right() - space::side_panel(ui.ctx().content_rect().width()),
                body.top(),
            ),
            body.max,
        );
        // The bar that scrolls stands in the gap between the two.
        let main = Rect::from_min_max(body.min, pos2(side.left() - 1.0, body.bottom()));
        within(ui, main, "draft", |ui| {
            ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
                ui.set_max_width(main.width() - space::GUTTER + 1.0);
                show_main(ui, main.height(), state, draft, commands);
            });
        });
        return side::show(ui, side, state, draft, keeping, commands);
    }
    // Too narrow for both, as when zoomed, what becomes of it stands below.
    within(ui, body, "draft", |ui| {
        ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
            show_main(ui, 0.0, state, draft, commands);
            let (side, _) = ui.allocate_exact_size(vec2(ui.available_width(), SIDE), Sense::hover());
            side::show(ui, side, state, draft, keeping, commands);
        });
    });
}

fn show_title(ui: &mut Ui, draft: &Draft, commands: &mut Vec<Command>) {
    let colours = palette(ui);
    let file = draft.path.file_name().unwrap_or_default().to_string_lossy();
    ui.horizontal(|ui| {
        Button::new(Emphasis::Quiet)
            .icon(Icon::Previous)
            .text("All benchmarks")
            .show(ui, commands, Command::DropImport);
        let words = format!("Import {}", isolate(&file));
        typeset::line(ui, &words, Ink::new(size::BODY, colours.text).semibold());
        if draft.looking {
            typeset::line(ui, "looking again…", Ink::new(size::SECONDARY, colours.text_3));
        }
    });
}

/// The columns, what is asked about them, and the items and pairs they would become.
fn show_main(ui: &mut Ui, room: f32, state: &State, draft: &Draft, commands: &mut Vec<Command>) {
    ui.spacing_mut().item_spacing.y = space::GUTTER;
    let width = ui.available_width();
    if let Some(problem) = &draft.problem {
        let pair = palette(ui).outcome(Outcome::Failed);
        let title = "It cannot be read like this; what is below is how it was read before.";
        widgets::message(ui, pair, title, problem, |_| {});
    }
    let top = ui.cursor().top();
    let (columns, _) = ui.allocate_exact_size(vec2(width, columns::height(draft)), Sense::hover());
    columns::show(ui, columns, draft, commands);
    for (place, doubt) in draft.look.guess.doubts.iter().enumerate() {
        doubts::show(ui, place, doubt, &draft.said, commands);
    }
    let used = ui.cursor().top() - top;
    let height = (room - used).max(outcome::LEAST);
    outcome::show(ui, width, height, state, draft, commands);
}
