//! A table of items: id, subject, question and right answer, in the direction of their language.

use egui::{Rect, Role, ScrollArea, Sense, Stroke, Ui, WidgetInfo, vec2};

use crate::app::State;
use crate::app::theme::{size, space};
use crate::benchmarks::Item;
use crate::language::Language;
use crate::text::controls::Controls;
use crate::ui::column::Column;
use crate::ui::marks::Marks;
use crate::ui::spoken;
use crate::ui::typeset::{self, Ink};
use crate::ui::widgets::palette;

/// The least room for the letter of an answer.
const LETTER: f32 = 12.0;

/// A table of items, only the rows in sight; mirrored for languages that run from right to left.
pub fn show_items(ui: &mut Ui, state: &State, items: &[(&Item, Controls)]) {
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
    // Answers stand in a column whatever their letters' widths.
    let room = (right.width() - drawn.width().max(LETTER) - 8.0).max(0.0);
    let rest = answer_column.place_from_end(0.0, room, right.top(), right.height());
    marks.paint(ui, rest, (answer.as_str(), language), ink, align);
}
