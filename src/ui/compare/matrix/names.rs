//! The models' names beside the cells: what each is, where it ran, whether it is pinned; above them the search.

use egui::{Align2, CursorIcon, Pos2, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use super::heads;
use super::places::{HEADS, PADDING, Places, TITLES};
use crate::app::State;
use crate::app::command::Command;
use crate::app::compare::command::CompareCommand;
use crate::app::compare::layout::Line;
use crate::app::compare::view::{By, Mode};
use crate::app::matrix::count;
use crate::app::theme::{radius, size};
use crate::ui::icons::{self, Icon};
use crate::ui::marks::Marks;
use crate::ui::spoken;
use crate::ui::typeset::{self, Ink, Words};
use crate::ui::widgets::{self, Search, palette, within};

/// Shows the search and the head that sorts by name.
pub fn show_corner(ui: &mut Ui, rect: Rect, state: &State, commands: &mut Vec<Command>) {
    let view = &state.compare.view;
    let field = Rect::from_min_size(rect.min, vec2(rect.width(), TITLES));
    let search = Search {
        typed: &view.search,
        thing: "model",
        focus: state.focus_search,
    };
    let found = within(ui, field, "search", |ui| search.show(ui, "Find a model"));
    commands.extend(found.map(|search| CompareCommand::FindModel(search).into()));
    let head = Rect::from_min_size(rect.min + vec2(0.0, TITLES), vec2(rect.width(), HEADS));
    heads::show_head(ui, head, "Model", "model", By::Name, &view.order, commands);
}

/// Shows the names from `origin` on.
pub fn show(ui: &mut Ui, origin: Pos2, places: &Places, state: &State, commands: &mut Vec<Command>) {
    let seen = ui.clip_rect().y_range();
    let width = places.names - PADDING;
    for (line, range) in state.compare.layout.lines.iter().zip(&places.lines) {
        let rect = Rect::from_min_max(
            pos2(origin.x, origin.y + range.min),
            pos2(origin.x + width, origin.y + range.max),
        );
        if !seen.intersects(rect.y_range()) {
            continue;
        }
        match line {
            Line::Heading(title) => show_heading(ui, rect, title),
            Line::Fold { models, open } => show_fold(ui, rect, (*models, *open), commands),
            Line::Model(model) => show_model(ui, rect, model, state, commands),
            Line::Published(model) => show_published(ui, rect, model, state),
        }
    }
    if state.compare.layout.lines.is_empty() {
        let ink = Ink::new(size::SECONDARY, palette(ui).text_2);
        let rect = Rect::from_min_size(origin + vec2(0.0, 4.0), vec2(width, 20.0));
        typeset::paint(ui, rect, "No model is called so", ink, Align2::LEFT_CENTER);
    }
}

fn show_heading(ui: &mut Ui, rect: Rect, title: &str) {
    let response = ui.interact(rect, widgets::id("model group", title), Sense::hover());
    spoken::tell(&response, None, || WidgetInfo::labeled(Role::Heading, true, title));
    let ink = Ink::new(size::SMALL, palette(ui).text_2).semibold();
    let place = Rect::from_min_max(rect.min, rect.max - vec2(0.0, 3.0));
    typeset::paint(ui, place, Words::name(title), ink, Align2::LEFT_BOTTOM);
}

/// Shows or hides the models of which only published figures are known.
fn show_fold(ui: &mut Ui, rect: Rect, (models, open): (usize, bool), commands: &mut Vec<Command>) {
    let colours = palette(ui);
    let response = ui.interact(rect, widgets::id("matrix", "published only"), Sense::click());
    let title = format!("Published only ({})", count(models));
    let does = if open { "hide" } else { "show" };
    spoken::tell(&response, None, || {
        WidgetInfo::selected(Role::Button, true, open, format!("{title}, {does}"))
    });
    let colour = if response.hovered() {
        colours.text
    } else {
        colours.text_2
    };
    let line = Rect::from_min_max(rect.min, rect.max - vec2(0.0, 3.0));
    let icon = if open { Icon::Down } else { Icon::Next };
    let at = pos2(line.left() + 5.0, line.bottom() - 7.0);
    icons::paint(ui.painter(), icon, at, 10.0, colour);
    let ink = Ink::new(size::SMALL, colour).semibold();
    typeset::paint(
        ui,
        line.with_min_x(line.left() + 14.0),
        &title,
        ink,
        Align2::LEFT_BOTTOM,
    );
    widgets::focus_ring(ui, &response, rect);
    let told = "Models of papers that did not run here; what they print stands in no average";
    let response = widgets::tooltip(response.on_hover_cursor(CursorIcon::PointingHand), told);
    if response.clicked() {
        commands.push(CompareCommand::FoldPublished.into());
    }
}

fn show_model(ui: &mut Ui, rect: Rect, model: &str, state: &State, commands: &mut Vec<Command>) {
    let colours = palette(ui);
    let compare = &state.compare;
    let pinned = compare.pinned.contains(model);
    // Keys pin a model from its cells.
    let response = ui.interact(rect, widgets::id("matrix model", model), Sense::CLICK);
    let detail = compare
        .origins
        .get(model)
        .map(|origin| origin.words())
        .unwrap_or_default();
    spoken::tell(&response, None, || {
        WidgetInfo::selected(Role::Button, true, pinned, format!("Pin {model}, {detail}"))
    });
    if response.hovered() {
        ui.painter()
            .rect_filled(rect.expand2(vec2(4.0, 0.0)), radius::CHIP, colours.hover);
    }
    let mut words = rect;
    if pinned || response.hovered() {
        let colour = if pinned { colours.accent_text } else { colours.text_3 };
        icons::paint(
            ui.painter(),
            Icon::Pin,
            rect.right_center() - vec2(6.0, 0.0),
            12.0,
            colour,
        );
        words.max.x -= 16.0;
    }
    let is_in = |key: &Option<crate::app::matrix::CellKey>| key.as_ref().is_some_and(|key| key.model == model);
    let bold = is_in(&compare.selected) || is_in(&compare.against);
    let (upper, lower) = words.split_top_bottom_at_fraction(0.54);
    let baseline = compare.view.mode == Mode::Delta && compare.view.baseline.as_deref() == Some(model);
    let mut name = upper;
    if baseline {
        let ink = Ink::new(size::SMALL, colours.accent_text);
        let width = typeset::galley(ui, "baseline", ink, f32::INFINITY, 1).size().x + 8.0;
        let chip = Rect::from_min_size(
            pos2(upper.right() - width, upper.top() + 2.0),
            vec2(width, upper.height() - 3.0),
        );
        ui.painter().rect_filled(chip, radius::CHIP, colours.accent_soft);
        typeset::paint(ui, chip, "baseline", ink, Align2::CENTER_CENTER);
        name.max.x = chip.left() - 4.0;
    }
    let ink = Ink::new(size::BODY, colours.text).bold_if(bold);
    Marks::hits(&compare.view.search).paint(ui, name, Words::name(model), ink, Align2::LEFT_CENTER);
    let grey = Ink::new(size::SMALL, colours.text_3);
    typeset::paint(ui, lower, &detail, grey, Align2::LEFT_CENTER);
    let told = if pinned {
        "Take the pin away (Space)"
    } else {
        "Pin: plots show pinned models first (Space)"
    };
    let response = widgets::tooltip(response.on_hover_cursor(CursorIcon::PointingHand), told);
    if response.clicked() {
        commands.push(CompareCommand::Pin(model.to_owned()).into());
    }
}

fn show_published(ui: &mut Ui, rect: Rect, model: &str, state: &State) {
    let colours = palette(ui);
    let response = ui.interact(rect, widgets::id("published model", model), Sense::hover());
    spoken::tell(&response, None, || {
        WidgetInfo::labeled(Role::Label, true, format!("{model}, published only"))
    });
    let (upper, lower) = rect.split_top_bottom_at_fraction(0.54);
    let ink = Ink::new(size::BODY, colours.text);
    Marks::hits(&state.compare.view.search).paint(ui, upper, Words::name(model), ink, Align2::LEFT_CENTER);
    let grey = Ink::new(size::SMALL, colours.text_3);
    typeset::paint(ui, lower, "published only", grey, Align2::LEFT_CENTER);
}
