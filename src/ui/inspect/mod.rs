//! The Inspect page: a list of items beside the card of one of them.

mod answers;
mod arrivals;
mod below;
pub mod card;
mod filters;
mod flagged;
mod hidden;
mod languages;
mod list;
mod pace;
mod prompt;
mod replies;
mod review;
mod run;
mod words;

use std::sync::Arc;

use egui::{Key, KeyboardShortcut, Modifiers, Rect, ScrollArea, Sense, Stroke, Ui, pos2, vec2};

use self::pace::View;
use super::icons::Icon;
use super::marks;
use super::typeset::{self, Ink};
use super::widgets::{self, Button, Emphasis, palette, within};
use crate::app::State;
use crate::app::command::{Command, Page};
use crate::app::inspect::Side;
use crate::app::review::{ReviewCommand, option_keys};
use crate::app::study::Study;
use crate::app::theme::{size, space};
use crate::language::Language;

const LIST: f32 = 312.0;
/// The list of disagreements with its figures.
const WIDE_LIST: f32 = 400.0;
/// The least width of a card that two languages can be read in.
const LEAST_CARD: f32 = 340.0;
/// Below this height the table of answers scrolls with the item.
const LOW: f32 = 480.0;

/// Shows the page.
pub fn show(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    let Some(study) = &state.study else {
        return super::no_workspace(ui, state, commands);
    };
    if study.entries.is_empty() {
        return widgets::empty(
            ui,
            "Items and their answers stand here once there is a benchmark.",
            "",
            |ui| {
                Button::new(Emphasis::Main)
                    .text("Import a benchmark")
                    .enabled(state.writable())
                    .show(ui, commands, Command::Show(Page::Benchmarks));
            },
        );
    }
    review::take_keys(ui, state, commands);
    let colours = palette(ui);
    let whole = ui.max_rect();
    let (all, panel) = beside_panel(whole, state);
    let narrow = is_narrow(ui, state);
    let listed = is_listed(ui, state);
    let wide = state.review.settling.is_some();
    let list_width = if wide { WIDE_LIST } else { LIST };
    if state.focus_search && !listed {
        // The search field stands in the list, so it is there at the next frame.
        commands.extend([Command::ToggleList, Command::FocusSearch]);
    }
    // Where the card would have no room beside the list, the list covers it, all but its header.
    let covered = listed && all.width() < list_width + LEAST_CARD;
    let split = if listed && !covered {
        all.left() + list_width
    } else {
        all.left()
    };
    let list = if covered {
        all.with_min_y(all.top() + space::HEADER)
    } else {
        Rect::from_min_max(all.min, pos2(split, all.bottom()))
    };
    let card = if narrow {
        all
    } else {
        Rect::from_min_max(pos2(split, all.top()), all.max)
    };
    ui.painter().rect_filled(card, 0, colours.panel);
    let hidden = narrow && listed;
    let shown = if hidden {
        Rect::from_min_max(pos2(split, all.top()), all.max)
    } else {
        card
    };
    within(ui, shown, "card", |ui| show_card(ui, covered, state, commands));
    if listed {
        ui.painter().rect_filled(list, 0, colours.panel);
        ui.painter()
            .vline(list.right() - 0.5, list.y_range(), Stroke::new(1.0, colours.line));
        let before = commands.len();
        within(ui, list, "list", |ui| match wide {
            true => review::agreement::show(ui, state, commands),
            false => list::show(ui, state, commands),
        });
        let chosen = |command: &Command| matches!(command, Command::SelectEntry(_));
        if covered && commands.iter().skip(before).any(chosen) {
            // The item that was chosen is to be seen.
            commands.push(Command::ToggleList);
        }
    }
    if let Some(panel) = panel {
        within(ui, panel, "review", |ui| review::show(ui, state, commands));
    }
}

/// The room of list and card, and that of the Review panel where it is open. Where both have no room beside each
/// other, the panel covers all but the card's header.
fn beside_panel(whole: Rect, state: &State) -> (Rect, Option<Rect>) {
    if !state.review.open {
        return (whole, None);
    }
    if whole.width() < space::SIDE_PANEL + LEAST_CARD {
        return (whole, Some(whole.with_min_y(whole.top() + space::HEADER)));
    }
    let (rest, panel) = whole.split_left_right_at_x(whole.right() - space::SIDE_PANEL);
    (rest, Some(panel))
}

fn is_narrow(ui: &Ui, state: &State) -> bool {
    let width = ui.ctx().content_rect().width();
    match (state.review.open, &state.review.settling) {
        (true, None) => width < space::NARROW,
        // What is settled stands in the list.
        (_, Some(_)) => false,
        (false, None) => width < space::VERY_NARROW,
    }
}

/// Whether the list stands beside the card.
fn is_listed(ui: &Ui, state: &State) -> bool {
    state.review.settling.is_some() || is_narrow(ui, state) == state.inspect.list_toggled
}

/// Shows an item with its answers, or its header alone where the list covers the rest.
fn show_card(ui: &mut Ui, covered: bool, state: &State, commands: &mut Vec<Command>) {
    let colours = palette(ui);
    let all = ui.max_rect();
    let header = Rect::from_min_size(all.min, vec2(all.width(), space::HEADER));
    ui.painter()
        .hline(header.x_range(), header.bottom() - 0.5, Stroke::new(1.0, colours.line));
    let shown = state.study.as_ref().and_then(|study| {
        let place = state.inspect.entry()?;
        Some((study, place, Side::new(state, study, place, place)?))
    });
    let Some((study, place, own)) = shown else {
        within(ui, header.shrink2(vec2(12.0, 8.0)), "header", |ui| {
            ui.horizontal(|ui| list_button(ui, state, commands));
        });
        let body = Rect::from_min_max(header.left_bottom(), all.max);
        return within(ui, body, "none", |ui| {
            if state.review.settling.is_some() {
                return review::agreed::show(ui, state, commands);
            }
            // The list says it already, where it is open.
            if !is_listed(ui, state) {
                widgets::empty(
                    ui,
                    "No item passes the filters.",
                    "Open the list to remove one.",
                    |_| {},
                );
            }
        });
    };
    let others = study.beside(place);
    let beside = beside(state, &own, &others, all.width());
    within(ui, header.shrink2(vec2(12.0, 8.0)), "header", |ui| {
        show_header(ui, state, &own, &others, &beside, commands);
    });
    if covered {
        return;
    }
    let sides = with_beside(state, study, place, own, &beside);
    let height = below::height(state, &sides);
    let body = Rect::from_min_max(header.left_bottom(), all.max);
    let sides_of = |entry| sides_of(state, study, entry, all.width());
    let view = pace::view(ui, state, (study, place, all.width()), sides_of);
    let before = (view.entry != place).then(|| sides_of(view.entry));
    let shown = before.as_deref().unwrap_or(&sides);
    if all.height() < LOW {
        return within(ui, body, "sides", |ui| {
            scrolled(ui, view.entry, |ui| {
                show_item(ui, state, &view, shown, commands);
                let (rect, _) = ui.allocate_exact_size(vec2(body.width(), height), Sense::hover());
                within(ui, rect, "below", |ui| {
                    below::show(ui, state, &sides, place, study, commands)
                });
            });
        });
    }
    let (body, bottom) = body.split_top_bottom_at_y(all.bottom() - height.min(all.height() * 0.45));
    within(ui, body, "sides", |ui| {
        scrolled(ui, view.entry, |ui| {
            show_item(ui, state, &view, shown, commands);
        });
    });
    within(ui, bottom, "below", |ui| {
        below::show(ui, state, &sides, place, study, commands)
    });
    pace::prepare(ui, state, view, sides_of);
}

/// Shows the item of a view, with what was found wrong in it.
fn show_item(ui: &mut Ui, state: &State, view: &View, sides: &[Side<'_>], commands: &mut Vec<Command>) {
    if let Some(study) = &state.study {
        flagged::show(ui, state, study, view.entry);
    }
    card::show(ui, state, sides, &view.search, commands);
}

/// The languages beside an item's own, and their places.
fn beside(state: &State, own: &Side<'_>, others: &[(Language, usize)], width: f32) -> Vec<(Language, usize)> {
    languages::beside(&own.item.key.language, others, state.inspect.beside.as_deref(), width)
}

/// An item with those beside it, as they stand.
fn with_beside<'a>(
    state: &State,
    study: &'a Arc<Study>,
    place: usize,
    own: Side<'a>,
    beside: &[(Language, usize)],
) -> Vec<Side<'a>> {
    let mut sides = vec![own];
    let others = beside.iter();
    sides.extend(others.filter_map(|(_, beside)| Side::new(state, study, *beside, place)));
    languages::in_order(sides)
}

/// What the card shows of the item in a place of [`Study::entries`], in a page of this width.
fn sides_of<'a>(state: &State, study: &'a Arc<Study>, place: usize, width: f32) -> Vec<Side<'a>> {
    let Some(own) = Side::new(state, study, place, place) else {
        return Vec::new();
    };
    let beside = beside(state, &own, &study.beside(place), width);
    with_beside(state, study, place, own, &beside)
}

/// An item scrolls by itself: another one is seen from its beginning.
fn scrolled(ui: &mut Ui, entry: usize, content: impl FnOnce(&mut Ui)) {
    ui.spacing_mut().item_spacing.y = 0.0;
    ScrollArea::vertical()
        .auto_shrink([false, false])
        .id_salt(("item card", entry))
        .show(ui, content);
}

/// What keys do in Inspect and its Review panel beside those of every page, with the keys.
pub fn keys(context: &egui::Context) -> Vec<(String, String)> {
    let held = ReviewCommand::WITH_KEYS.into_iter().filter_map(|command| {
        let words = command.tooltip().to_owned();
        Some((words, Command::from(command).keys(context)?))
    });
    let go_on = context.format_shortcut(&KeyboardShortcut::new(Modifiers::COMMAND, Key::Enter));
    let letters = option_keys(context);
    let plain = [
        ("Begin, start, give, save and go on", go_on.as_str()),
        ("Your answer, before the models' show", letters.as_str()),
        ("Verdict on an answer", "1  2  3  4"),
        ("What went wrong", "F  R  C  T  L  U  Q  Y"),
        ("Severity", "S"),
        ("Note, and out of it", "N  Escape"),
        ("Flag the item", "G"),
        ("On its form: what is wrong", "1  2  3  4  5"),
        ("On its form: whether it counts", "S"),
        ("On its form: the right options", letters.as_str()),
        ("Close that form, or leave the agreement", "Escape"),
    ]
    .map(|(words, keys)| (words.to_owned(), keys.to_owned()));
    held.chain(plain).collect()
}

/// Opens the panel, and the item's flags.
fn review_buttons(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    let item = state.review_item();
    let flagged = item.is_some_and(|item| state.review.reviews.is_flagged(&item));
    let roomy = ui.available_width() >= 360.0;
    let emphasis = |on: bool| if on { Emphasis::Quiet } else { Emphasis::Plain };
    Button::new(emphasis(state.review.open)).show(ui, commands, ReviewCommand::Toggle.into());
    let words = if flagged { "Flagged" } else { "Flag item" };
    Button::new(emphasis(flagged))
        .icon(Icon::Flag)
        .text(if roomy { words } else { "" })
        .name(words)
        .show(ui, commands, ReviewCommand::ToggleFlag.into());
}

fn list_button(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    let emphasis = if is_listed(ui, state) {
        Emphasis::Quiet
    } else {
        Emphasis::Plain
    };
    Button::new(emphasis)
        .icon(Icon::List)
        .text("")
        .show(ui, commands, Command::ToggleList);
}

fn show_header(
    ui: &mut Ui,
    state: &State,
    own: &Side<'_>,
    others: &[(Language, usize)],
    beside: &[(Language, usize)],
    commands: &mut Vec<Command>,
) {
    let colours = palette(ui);
    let item = own.item;
    ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
        let last = state.inspect.listed.len().saturating_sub(1);
        let roomy = ui.available_width() >= 400.0;
        let step = |icon: Icon, enabled: bool| {
            let button = Button::new(Emphasis::Quiet).icon(icon).text("").enabled(enabled);
            if roomy { button.keys() } else { button }
        };
        step(Icon::Next, state.inspect.selected < last).show(ui, commands, Command::NextItem);
        step(Icon::Previous, state.inspect.selected > 0).show(ui, commands, Command::PreviousItem);
        marks::button(ui, state, commands);
        review_buttons(ui, state, commands);
        ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
            list_button(ui, state, commands);
            if ui.available_width() < 60.0 {
                return;
            }
            let subject = item.subject.as_deref().unwrap_or(&item.task);
            let menu = if others.is_empty() { 0.0 } else { languages::MENU };
            ui.scope(|ui| {
                ui.set_max_width((ui.available_width() - menu).max(0.0));
                typeset::line(ui, subject, Ink::new(size::BODY, colours.text).semibold());
                typeset::line(ui, &item.key.id, Ink::new(size::SECONDARY, colours.text_2));
            });
            languages::chips(ui, &item.key.language, others, beside, commands);
        });
    });
}
