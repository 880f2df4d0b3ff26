//! The list: a row an item, only those in sight, below its filters.

use egui::{CursorIcon, Key, Rect, Role, ScrollArea, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

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
use crate::ui::widgets::{self, Button, Emphasis, palette, within};

/// Past this many models their marks are numbered, as the table of answers has them.
const MARKS: usize = 3;
/// Past this many the row counts outcomes instead of marking each.
const NUMBERED: usize = 6;

/// How many filters that are in the way are named.
const BLOCKERS: usize = 3;

/// The size of a mark.
const MARK: f32 = 12.0;

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
    let output = area.show_rows(ui, space::LIST_ITEM, inspect.listed.len(), |ui, places| {
        let mut arrivals = Arrivals::begin(ui, inspect.search());
        for place in places {
            let Some(&entry) = inspect.listed.get(place) else {
                continue;
            };
            show_row(ui, state, study, (place, entry), &mut arrivals, commands);
        }
        arrivals.end(ui);
    });
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
    (place, question): (usize, usize),
    arrivals: &mut Arrivals,
    commands: &mut Vec<Command>,
) {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), space::LIST_ITEM), Sense::click());
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

/// Marks each model's outcome, the last one where the row ends; returns the width that the marks take.
fn show_marks(ui: &Ui, rect: Rect, column: Column, state: &State, study: &Study, question: usize) -> f32 {
    let colours = palette(ui);
    let given = state
        .review
        .shown(study, question, question, state.compare.protocol.as_deref());
    let outcomes: Vec<Outcome> = given.iter().map(|given| given.outcome()).collect();
    let mark = |outcome: Outcome, end: f32| {
        let place = column.place_from_end(end, MARK, rect.top(), rect.height());
        let ink = colours.outcome(outcome).ink;
        icons::paint(ui.painter(), outcome.into(), place.center(), MARK, ink);
    };
    let mut taken = 0.0;
    if outcomes.len() <= NUMBERED {
        for (place, outcome) in outcomes.iter().enumerate().rev() {
            mark(*outcome, taken);
            taken += MARK + 1.0;
            if outcomes.len() > MARKS {
                let number = column.place_from_end(taken, MARK, rect.top(), rect.height());
                let number_ink = Ink::new(size::SMALL, colours.text_2);
                taken += typeset::paint(ui, number, &count(place + 1), number_ink, column.end()).width();
            }
            taken += 6.0;
        }
        return taken;
    }
    for outcome in Outcome::ALL.into_iter().rev() {
        let number = outcomes.iter().filter(|other| **other == outcome).count();
        if number > 0 {
            mark(outcome, taken);
            let place = column.place_from_end(taken + MARK + 2.0, 26.0, rect.top(), rect.height());
            let ink = Ink::new(size::SMALL, colours.outcome(outcome).ink);
            let drawn = typeset::paint(ui, place, &count(number), ink, column.end());
            taken += MARK + 2.0 + drawn.width() + 8.0;
        }
    }
    taken
}

/// Whose mark is whose.
fn show_tooltip(ui: &mut Ui, state: &State, study: &Study, question: usize) {
    let colours = palette(ui);
    let protocol = state.compare.protocol.as_deref();
    let shown = state.review.shown(study, question, question, protocol);
    let numbered = (MARKS + 1..=NUMBERED).contains(&shown.len());
    for (place, given) in shown.iter().enumerate() {
        let number = if numbered {
            format!("{}. ", place + 1)
        } else {
            String::new()
        };
        let words = format!("{number}{}: {}", isolate(given.name()), given.outcome().word());
        typeset::line(ui, &words, Ink::new(size::SECONDARY, colours.text));
    }
}
