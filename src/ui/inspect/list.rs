//! The list: a row an item, only those in sight, below its filters.

use egui::{Align2, CursorIcon, Key, Rect, Role, ScrollArea, Stroke, Ui, WidgetInfo, pos2, vec2};

use super::arrivals::Arrivals;
use super::{filters, review};
use crate::app::State;
use crate::app::command::Command;
use crate::app::matrix::{count, counted};
use crate::app::study::Study;
use crate::app::theme::{size, space};
use crate::benchmarks::Item;
use crate::language::Language;
use crate::scoring::Outcome;
use crate::slices::{Condition, Filter};
use crate::text::Styled;
use crate::text::isolate::{self, isolate};
use crate::ui::column::Column;
use crate::ui::icons;
use crate::ui::marks::{Excerpt, Marks};
use crate::ui::spoken;
use crate::ui::typeset::{self, Ink};
use crate::ui::widgets::stepping::Rows;
use crate::ui::widgets::{self, Button, Emphasis, palette, within};

/// Past this many models their marks are numbered, as the table of answers has them.
const MARKS: usize = 3;
/// Past this many the row counts outcomes instead of marking each.
const NUMBERED: usize = 6;

/// How many filters that are in the way are named.
const BLOCKERS: usize = 3;

/// The size of a mark.
const MARK: f32 = 12.0;
/// Between two marks.
const BETWEEN: f32 = 7.0;

/// Shows the list.
pub fn show(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    let Some(study) = &state.study else { return };
    let colours = palette(ui);
    let all = ui.max_rect();
    let head = all.shrink2(vec2(12.0, 10.0));
    let used = within(ui, head, "filters", |ui| {
        match state.review.queue() {
            // Its own list, which no filter narrows.
            Some(queue) => review::queue::show(ui, state, queue.what, commands),
            None => filters::show(ui, state, study, commands),
        }
        ui.min_rect().bottom()
    });
    let top = used + 6.0;
    ui.painter()
        .hline(all.x_range(), top - 0.5, Stroke::new(1.0, colours.line));
    let rows = Rect::from_min_max(pos2(all.left(), top), all.max - vec2(1.0, 0.0));
    widgets::group(ui, rows, Role::ListBox, "Items", |ui| {
        let listed = state.inspect.listed.len();
        ui.ctx()
            .accesskit_node_builder(ui.unique_id(), |node| node.set_size_of_set(listed));
        show_rows(ui, state, study, commands);
    });
}

fn show_rows(ui: &mut Ui, state: &State, study: &Study, commands: &mut Vec<Command>) {
    ui.spacing_mut().item_spacing.y = 0.0;
    let inspect = &state.inspect;
    if inspect.listed.is_empty() {
        if !inspect.is_listing {
            show_nothing(ui, state, commands);
        }
        return;
    }
    arrows(ui, commands);
    let rows = Rows::begin(
        ui,
        widgets::id("list", "rows"),
        inspect.listed.len(),
        Some(inspect.selected),
    );
    commands.extend(rows.moved.map(Command::GoToItem));
    let mut area = ScrollArea::vertical().auto_shrink([false, false]);
    if inspect.reveal {
        let top = inspect.selected as f32 * space::LIST_ITEM;
        let offset = ui
            .data(|data| data.get_temp::<f32>(widgets::id("list", "offset")))
            .unwrap_or_default();
        let height = ui.available_height();
        if top < offset {
            area = area.vertical_scroll_offset(top);
        } else if top + space::LIST_ITEM > offset + height {
            area = area.vertical_scroll_offset(top + space::LIST_ITEM - height);
        }
    }
    let mut arrivals = Arrivals::begin(ui, inspect.search());
    let output = rows.show(ui, area, (space::LIST_ITEM, inspect.listed.len()), |ui, place| {
        if let Some(&entry) = inspect.listed.get(place) {
            show_row(ui, state, study, (rows, place, entry), &mut arrivals, commands);
        }
    });
    arrivals.end(ui);
    ui.data_mut(|data| data.insert_temp(widgets::id("list", "offset"), output.state.clamped_offset().y));
}

/// Says that nothing is left, and which filter to remove for how much.
fn show_nothing(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    let inspect = &state.inspect;
    let conditions = inspect.filter.conditions();
    if let [Condition::Text(_)] = conditions {
        return filters::search(state).nothing(ui, commands, filters::searched(state, ""));
    }
    let (title, detail) = match (inspect.blockers.is_empty(), conditions.len()) {
        (_, 0) => ("Nothing is listed here.", ""),
        (true, 1) => ("No item passes this filter.", ""),
        (true, _) => ("No item passes these filters.", "No single one of them is in the way."),
        (false, _) => ("No item passes all of these filters.", ""),
    };
    widgets::empty(ui, title, detail, |ui| {
        ui.vertical_centered(|ui| {
            for (place, left) in inspect.blockers.iter().take(BLOCKERS) {
                let Some(condition) = conditions.get(*place) else {
                    continue;
                };
                let words = filters::words(state, condition);
                let words = format!("Remove “{words}”: {}", counted(*left, "item"));
                let button = Button::new(Emphasis::Plain).text(&words);
                button.show(ui, commands, filters::removed(state, *place));
            }
            if inspect.blockers.is_empty() && !conditions.is_empty() {
                let clear = Button::new(Emphasis::Plain).text("Clear all filters");
                clear.show(ui, commands, Command::SetFilter(Filter::default()));
            }
        });
    });
}

/// Arrows move the selection while nothing else has the focus.
pub fn arrows(ui: &Ui, commands: &mut Vec<Command>) {
    if ui.memory(|memory| memory.focused()).is_some() {
        return;
    }
    ui.input(|input| {
        for _ in 0..input.num_presses(Key::ArrowDown) {
            commands.push(Command::NextItem);
        }
        for _ in 0..input.num_presses(Key::ArrowUp) {
            commands.push(Command::PreviousItem);
        }
    });
}

fn show_row(
    ui: &mut Ui,
    state: &State,
    study: &Study,
    (rows, place, question): (Rows, usize, usize),
    arrivals: &mut Arrivals,
    commands: &mut Vec<Command>,
) {
    let (rect, response) = rows.row(ui, place, space::LIST_ITEM);
    let Some((_, item)) = study.item(question) else { return };
    let selected = place == state.inspect.selected;
    let language = &item.key.language;
    spoken::tell(&response, Some(language), || {
        WidgetInfo::selected(
            Role::ListBoxOption,
            true,
            selected,
            format!(
                "{} {}: {}{}",
                language.tag(),
                item.key.id,
                item.question,
                review::told(state, study, question)
            ),
        )
    });
    // Only the rows in sight are there to be counted.
    ui.ctx()
        .accesskit_node_builder(response.id, |node| node.set_position_in_set(place));
    widgets::row_ground(ui, rect, selected, &response);
    let line = |ui: &Ui, bold| Line::of(ui, state, (study, question, item), rect, bold);
    if arrivals.admit(ui, question, |ui, has_time| line(ui, false).prepare(ui, has_time)) {
        let bold = selected && arrivals.prepare(ui, |ui, has_time| line(ui, true).prepare(ui, has_time));
        line(ui, bold).paint(ui);
        paint_notes(ui, state, study, rect, (question, item));
    }
    widgets::focus_ring(ui, &response, rect);
    let protocol = state.compare.protocol.as_deref();
    let response = match state.review.veil(study, question, protocol).unjudged {
        true => response,
        false => widgets::tooltip_of(response, |ui| show_tooltip(ui, state, study, question)),
    };
    if response.on_hover_cursor(CursorIcon::PointingHand).clicked() {
        commands.push(Command::SelectEntry(place));
    }
}

/// The room of a row's line and, below it, of its notes.
fn split(row: Rect) -> (Rect, Rect) {
    row.shrink2(vec2(12.0, 6.0)).split_top_bottom_at_fraction(0.56)
}

/// What a row shows of the question.
struct Line<'a> {
    excerpt: Excerpt<'a>,
    ink: Ink,
    language: &'a Language,
    row: Rect,
}

impl<'a> Line<'a> {
    fn of(ui: &Ui, state: &State, (study, question, item): (&Study, usize, &'a Item), row: Rect, bold: bool) -> Self {
        let language = &item.key.language;
        let marks = Marks {
            search: state.inspect.search(),
            controls: state.controls(study.controls(question)),
        };
        let ink = Ink::new(typeset::list_size(language), palette(ui).text)
            .exact()
            .bold_if(bold)
            .controls(marks.controls);
        let (upper, _) = split(row);
        let excerpt = Excerpt::new(ui, &item.question, &marks, (ink, language), upper.width());
        Self {
            excerpt,
            ink,
            language,
            row,
        }
    }

    fn prepare(&self, ui: &Ui, has_time: &dyn Fn() -> bool) -> bool {
        let (upper, _) = split(self.row);
        typeset::prepare_line(
            ui,
            (self.excerpt.styled(), self.language),
            self.ink,
            upper.width(),
            has_time,
        )
    }

    fn paint(&self, ui: &Ui) {
        let (upper, _) = split(self.row);
        let galley = typeset::galley(ui, (self.excerpt.styled(), self.language), self.ink, upper.width(), 1);
        let start = Column::of(upper, self.language)
            .start()
            .align_size_within_rect(galley.size(), upper);
        ui.painter().galley(start.min, galley, self.ink.colour);
    }
}

/// Paints the lower line of a row: its marks and where the item comes from.
fn paint_notes(ui: &Ui, state: &State, study: &Study, row: Rect, (question, item): (usize, &Item)) {
    let colours = palette(ui);
    let (_, lower) = split(row);
    let language = &item.key.language;
    let column = Column::of(lower, language);
    let marks = match review::to_judge(ui, lower, column, state, study, question) {
        Some(taken) => taken,
        None => show_marks(ui, lower, column, state, study, question),
    };
    let marks = marks + review::flag(ui, lower, column, marks, state, study, question);
    let subject = item.subject.as_deref().unwrap_or(&item.task);
    let note = isolate::join([language.tag(), subject, &item.key.id], "  ");
    let mut pieces = Marks::hits(state.inspect.search()).pieces(ui, &note);
    // The tag is not searched.
    let tag = isolate(language.tag()).len();
    pieces.retain(|piece| piece.range.start >= tag);
    typeset::paint(
        ui,
        column.place(0.0, column.width() - marks - 8.0, lower.top(), lower.height()),
        Styled {
            text: &note,
            pieces: &pieces,
        },
        Ink::new(size::SMALL, colours.text_3),
        column.start(),
    );
}

/// Marks each model's outcome where the row ends; returns the width that the marks take. Models stand from left to right in
/// rows of every direction, so that those of one model are found below each other's side.
fn show_marks(ui: &Ui, rect: Rect, column: Column, state: &State, study: &Study, question: usize) -> f32 {
    let colours = palette(ui);
    let given = state
        .review
        .shown(study, question, question, state.compare.protocol.as_deref());
    let outcomes: Vec<Outcome> = given.iter().map(|given| given.outcome()).collect();
    let marks: Vec<(String, Outcome)> = if outcomes.len() <= NUMBERED {
        let number = |place| match outcomes.len() > MARKS {
            true => count(place + 1),
            false => String::new(),
        };
        let marks = outcomes.iter().enumerate();
        marks.map(|(place, outcome)| (number(place), *outcome)).collect()
    } else {
        let number = |outcome| outcomes.iter().filter(|other| **other == outcome).count();
        let counts = Outcome::ALL.map(|outcome| (number(outcome), outcome));
        let counts = counts.into_iter().filter(|(number, _)| *number > 0);
        counts.map(|(number, outcome)| (count(number), outcome)).collect()
    };
    let number_ink = Ink::new(size::SMALL, colours.text_2);
    let width = |(number, _): &(String, Outcome)| match number.is_empty() {
        true => MARK,
        false => MARK + 1.0 + typeset::galley(ui, number, number_ink, f32::INFINITY, 1).size().x,
    };
    let widths: Vec<f32> = marks.iter().map(width).collect();
    for ((number, outcome), place) in marks.iter().zip(mark_places(column, &widths, rect)) {
        let centre = pos2(place.right() - MARK / 2.0, place.center().y);
        icons::paint(
            ui.painter(),
            (*outcome).into(),
            centre,
            MARK,
            colours.outcome(*outcome).ink,
        );
        typeset::paint(ui, place, number, number_ink, Align2::LEFT_CENTER);
    }
    widths.iter().map(|width| width + BETWEEN).sum()
}

/// Where marks of these widths stand at the end of a row, from left to right.
fn mark_places(column: Column, widths: &[f32], rect: Rect) -> Vec<Rect> {
    let all = widths.iter().map(|width| width + BETWEEN).sum::<f32>() - BETWEEN;
    let mut left = column.place_from_end(0.0, all, rect.top(), rect.height()).left();
    let place = |width: &f32| {
        let place = Rect::from_min_size(pos2(left, rect.top()), vec2(*width, rect.height()));
        left += width + BETWEEN;
        place
    };
    widths.iter().map(place).collect()
}

/// Whose mark is whose.
fn show_tooltip(ui: &mut Ui, state: &State, study: &Study, question: usize) {
    let colours = palette(ui);
    let protocol = state.compare.protocol.as_deref();
    let shown = state.review.shown(study, question, question, protocol);
    let marked = (2..=NUMBERED).contains(&shown.len());
    if marked {
        let words = "The marks, from left to right:";
        typeset::line(ui, words, Ink::new(size::SECONDARY, colours.text_2));
    }
    for (place, given) in shown.iter().enumerate() {
        let number = if marked {
            format!("{}. ", place + 1)
        } else {
            String::new()
        };
        let words = format!("{number}{}: {}", isolate(given.name()), given.outcome().word());
        typeset::line(ui, &words, Ink::new(size::SECONDARY, colours.text));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn models_stand_in_one_order_at_the_end_of_rows_of_either_direction() {
        let rect = Rect::from_min_max(pos2(100.0, 0.0), pos2(300.0, 20.0));
        let ends = |tag: &str| {
            let column = Column::of(rect, &tag.parse().unwrap());
            let places = mark_places(column, &[12.0, 18.0], rect);
            places
                .into_iter()
                .map(|place| (place.left(), place.right()))
                .collect::<Vec<_>>()
        };
        assert_eq!(ends("en"), [(263.0, 275.0), (282.0, 300.0)]);
        assert_eq!(ends("ar"), [(100.0, 112.0), (119.0, 137.0)]);
    }
}
