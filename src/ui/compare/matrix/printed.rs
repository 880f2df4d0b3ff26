//! Cells of published figures: a dashed edge, a hollow diamond, no ground, since nobody here measured them.

use egui::{Align2, CursorIcon, Rect, Role, Shape, Stroke, Ui, WidgetInfo, pos2, vec2};

use super::cell::cell_id;
use super::ring;
use crate::app::State;
use crate::app::command::Command;
use crate::app::compare::command::CompareCommand;
use crate::app::compare::published::Printed;
use crate::app::matrix::{CellKey, percent};
use crate::app::theme::size;
use crate::text::isolate::isolate;
use crate::ui::icons::{self, Icon};
use crate::ui::spoken;
use crate::ui::typeset::{self, Ink};
use crate::ui::widgets::{self, palette, stepping};

/// Shows the cell of a model that did not run here. Returns whether it was reached in this frame, and so belongs in
/// sight.
pub fn show(
    ui: &mut Ui,
    rect: Rect,
    (key, is_stop): (&CellKey, bool),
    state: &State,
    commands: &mut Vec<Command>,
) -> bool {
    let compare = &state.compare;
    let Some(printed) = compare.published.cell(key) else {
        return false;
    };
    let colours = palette(ui);
    let selected = compare.selected.as_ref() == Some(key);
    let response = stepping::part(ui, rect, cell_id(key), is_stop);
    let words = format!(
        "{}, {}, {}, {} percent, published",
        key.model,
        key.task,
        key.language.english_name(),
        percent(printed.share)
    );
    spoken::tell(&response, None, || {
        WidgetInfo::selected(Role::Button, true, selected, &words)
    });
    let edge = rect.shrink(0.5);
    let corners = [
        edge.left_top(),
        edge.right_top(),
        edge.right_bottom(),
        edge.left_bottom(),
        edge.left_top(),
    ];
    let stroke = Stroke::new(1.0, colours.edge);
    ui.painter().extend(Shape::dashed_line(&corners, stroke, 3.0, 3.0));
    let inner = rect.shrink2(vec2(6.0, 2.0));
    let ink = Ink::new(size::BODY, colours.text_2);
    typeset::paint(ui, inner, &percent(printed.share), ink, Align2::LEFT_CENTER);
    let centre = pos2(inner.right() - 5.0, inner.center().y);
    icons::paint(ui.painter(), Icon::Diamond, centre, 12.0, colours.text_3);
    if selected || compare.against.as_ref() == Some(key) {
        ring(ui, rect);
    }
    let focused = response.gained_focus() && !selected && !ui.input(|input| input.pointer.any_down());
    if focused {
        commands.push(CompareCommand::Move(key.clone()).into());
    }
    let clicked = response.clicked();
    if clicked {
        commands.push(Command::SelectCell(key.clone()));
    }
    let response = response.on_hover_cursor(CursorIcon::PointingHand);
    widgets::tooltip_of(response, |ui| {
        ui.set_max_width(320.0);
        let title = format!(
            "{}, {} {}",
            isolate(&key.model),
            key.language.english_name(),
            isolate(&key.task)
        );
        typeset::paragraph(ui, &title, Ink::new(size::BODY, colours.text).semibold());
        tell(ui, printed);
    });
    focused || clicked
}

/// Where a published number is from and what differs.
pub fn tell(ui: &mut Ui, printed: &Printed) {
    let colours = palette(ui);
    let ink = Ink::new(size::SECONDARY, colours.text_2);
    let text = format!("{} percent in {}.", percent(printed.share), isolate(&printed.source));
    typeset::paragraph(ui, &text, ink);
    for words in &printed.differs {
        typeset::paragraph(ui, words, ink);
    }
}
