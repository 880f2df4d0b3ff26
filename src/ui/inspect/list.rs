//! The list: search, filters, and a row an item, only those in sight.

use egui::{Align, CursorIcon, Key, Rect, Response, Role, ScrollArea, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use super::review;
use crate::app::State;
use crate::app::command::Command;
use crate::app::inspect::Filter;
use crate::app::matrix::count;
use crate::app::study::Study;
use crate::app::theme::{size, space};
use crate::scoring::Outcome;
use crate::text::Styled;
use crate::text::isolate::{self, isolate};
use crate::ui::column::Column;
use crate::ui::icons;
use crate::ui::marks::{Excerpt, Marks};
use crate::ui::spoken;
use crate::ui::typeset::{self, Ink, Words};
use crate::ui::widgets::menu::{self, Entry};
use crate::ui::widgets::{self, Button, Emphasis, Search, palette, within};

/// What a filter narrows to, and how it is taken away.
type Chip<'a> = (Option<Words<'a>>, fn(&mut Filter));

/// Past this many models the row counts outcomes instead of marking each.
const MARKS: usize = 5;

/// The size of a mark.
const MARK: f32 = 12.0;

/// Shows the list.
pub fn show(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    let Some(study) = &state.study else { return };
    let colours = palette(ui);
    let all = ui.max_rect();
    let head = all.shrink2(vec2(12.0, 10.0));
    let used = within(ui, head, "filters", |ui| {
        ui.spacing_mut().item_spacing = vec2(6.0, 6.0);
        let changed = search(state).show(ui, "Search items, any language");
        commands.extend(changed.map(|typed| searched(state, typed)));
        show_filters(ui, state, study, commands);
        show_count(ui, state, study, commands);
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

fn search(state: &State) -> Search<'_> {
    Search {
        typed: &state.inspect.filter.search,
        thing: "item",
        focus: state.focus_search,
    }
}

fn searched(state: &State, search: String) -> Command {
    Command::SetFilter(Filter {
        search,
        ..state.inspect.filter.clone()
    })
}

fn show_filters(ui: &mut Ui, state: &State, study: &Study, commands: &mut Vec<Command>) {
    let filter = &state.inspect.filter;
    ui.spacing_mut().interact_size.y = 22.0;
    ui.horizontal_wrapped(|ui| {
        let language = filter.language.as_ref().map(|language| language.english_name().into());
        let outcome = filter.outcome.map(|outcome| outcome.word().into());
        let chips: [Chip<'_>; 6] = [
            (filter.model.as_deref().map(Words::name), |filter| filter.model = None),
            (filter.benchmark.as_deref().map(Words::name), |filter| {
                filter.benchmark = None;
            }),
            (filter.task.as_deref().map(Words::from), |filter| filter.task = None),
            (language, |filter| filter.language = None),
            (filter.subject.as_deref().map(Words::from), |filter| {
                filter.subject = None;
            }),
            (outcome, |filter| filter.outcome = None),
        ];
        for (words, remove) in chips {
            let Some(words) = words else { continue };
            if widgets::filter_chip(ui, words).clicked() {
                let mut fewer = filter.clone();
                remove(&mut fewer);
                commands.push(Command::SetFilter(fewer));
            }
        }
        let add = widgets::add_chip(ui, "Filter", "Add filter");
        menu::tell(&add);
        // What there is to narrow to takes a look at every item, so only an open menu asks.
        if add.clicked() || menu::is_open(&add) {
            show_menu(&add, filter, study, commands);
        }
    });
}

/// Everything there is to narrow to, in one menu.
fn show_menu(button: &Response, filter: &Filter, study: &Study, commands: &mut Vec<Command>) {
    let (languages, subjects, models) = (study.languages(), study.subjects(), study.models());
    let benchmarks = study.benchmarks().iter().map(|benchmark| benchmark.name());
    let narrowed = || filter.clone();
    let mut rows: Vec<(Entry<'_>, Filter)> = Vec::new();
    rows.extend(Outcome::ALL.map(|outcome| {
        let outcome_only = Filter {
            outcome: Some(outcome),
            ..narrowed()
        };
        (Entry::new(outcome.word()).group("Outcome"), outcome_only)
    }));
    rows.extend(languages.iter().map(|language| {
        let entry = Entry::language(language).group("Language");
        (
            entry,
            Filter {
                language: Some(language.clone()),
                ..narrowed()
            },
        )
    }));
    rows.extend(subjects.iter().map(|subject| {
        let entry = Entry::new(subject).group("Subject");
        (
            entry,
            Filter {
                subject: Some(subject.clone()),
                ..narrowed()
            },
        )
    }));
    rows.extend(models.iter().map(|model| {
        let entry = Entry::new(Words::name(model)).group("Model");
        (
            entry,
            Filter {
                model: Some(model.clone()),
                ..narrowed()
            },
        )
    }));
    rows.extend(benchmarks.map(|benchmark| {
        let entry = Entry::new(Words::name(benchmark)).group("Benchmark");
        (
            entry,
            Filter {
                benchmark: Some(benchmark.to_owned()),
                ..narrowed()
            },
        )
    }));
    let (entries, filters): (Vec<_>, Vec<_>) = rows.into_iter().unzip();
    let chosen = menu::show(button, "Filter", &entries, None, 200.0);
    commands.extend(
        chosen
            .and_then(|place| filters.into_iter().nth(place))
            .map(Command::SetFilter),
    );
}

fn show_count(ui: &mut Ui, state: &State, study: &Study, commands: &mut Vec<Command>) {
    let colours = palette(ui);
    let text = format!(
        "{} of {} items",
        count(state.inspect.listed.len()),
        count(study.entries.len())
    );
    ui.horizontal(|ui| {
        typeset::line(ui, &text, Ink::new(size::SECONDARY, colours.text).semibold());
        if !state.inspect.filter.is_empty() {
            ui.with_layout(egui::Layout::right_to_left(Align::Center), |ui| {
                let clear = Button::new(Emphasis::Quiet)
                    .small()
                    .text("Clear")
                    .name("Clear all filters");
                clear.show(ui, commands, Command::SetFilter(Filter::default()));
            });
        }
    });
}

fn show_rows(ui: &mut Ui, state: &State, study: &Study, commands: &mut Vec<Command>) {
    ui.spacing_mut().item_spacing.y = 0.0;
    let inspect = &state.inspect;
    if inspect.listed.is_empty() && !inspect.filter.search.trim().is_empty() {
        return search(state).nothing(ui, commands, searched(state, String::new()));
    }
    if inspect.listed.is_empty() {
        return widgets::empty(ui, "No item passes these filters.", "Remove one of them above.", |_| {});
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
        for place in places {
            let Some(&entry) = inspect.listed.get(place) else {
                continue;
            };
            show_row(ui, state, study, place, entry, commands);
        }
    });
    ui.data_mut(|data| data.insert_temp(widgets::id("list", "offset"), output.state.clamped_offset().y));
}

/// Arrows move the selection while nothing else has the focus.
fn arrows(ui: &Ui, commands: &mut Vec<Command>) {
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

fn show_row(ui: &mut Ui, state: &State, study: &Study, place: usize, question: usize, commands: &mut Vec<Command>) {
    let colours = palette(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), space::LIST_ITEM), Sense::click());
    let Some((_, item)) = study.item(question) else { return };
    let Some(entry) = study.entries.get(question) else {
        return;
    };
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
    let inner = rect.shrink2(vec2(12.0, 6.0));
    let (upper, lower) = inner.split_top_bottom_at_fraction(0.56);
    let column = Column::of(inner, language);
    let ink = Ink::new(typeset::list_size(language), colours.text)
        .exact()
        .bold_if(selected);
    let marks = Marks {
        search: &state.inspect.filter.search,
        controls: state.controls(entry.controls),
    };
    let ink = ink.controls(marks.controls);
    let excerpt = Excerpt::new(ui, &item.question, &marks, (ink, language), upper.width());
    let galley = typeset::galley(ui, (excerpt.styled(), language), ink, upper.width(), 1);
    let start = column.start().align_size_within_rect(galley.size(), upper);
    ui.painter().galley(start.min, galley, ink.colour);
    let marks = match review::to_judge(ui, lower, column, state, study, question) {
        Some(taken) => taken,
        None => show_marks(ui, lower, column, state, study, question),
    };
    let marks = marks + review::flag(ui, lower, column, marks, state, study, question);
    let subject = item.subject.as_deref().unwrap_or(&item.task);
    let note = isolate::join([language.tag(), subject, &item.key.id], "  ");
    let mut pieces = Marks::hits(&state.inspect.filter.search).pieces(ui, &note);
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
    widgets::focus_ring(ui, &response, rect);
    let response = widgets::tooltip_of(response, |ui| show_tooltip(ui, state, study, question));
    if response.on_hover_cursor(CursorIcon::PointingHand).clicked() {
        commands.push(Command::SelectEntry(place));
    }
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
    if outcomes.len() <= MARKS {
        for outcome in outcomes.iter().rev() {
            mark(*outcome, taken);
            taken += MARK + 5.0;
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
    if state.review.veil(study, question, protocol).names {
        return;
    }
    for given in state.review.shown(study, question, question, protocol) {
        let words = format!("{}: {}", isolate(given.name()), given.outcome().word());
        typeset::line(ui, &words, Ink::new(size::SECONDARY, colours.text));
    }
}
