//! Labels for text of any language: what items, models and people wrote.
//!
//! They wrap and align by the direction of each paragraph, and tell assistive technology the
//! text in logical order with its language.

mod accessible;
mod edit;
mod gesture;
mod menu;
mod select;

pub use edit::{Edited, TextEdit};

use egui::{Align, Color32, Response, Role, Sense, Ui, Widget, WidgetInfo};

use super::spoken;
use super::widgets::tooltip_of;
use crate::language::{Direction, Language};
use crate::text::layout::Line;
use crate::text::{self, Cut, Frame, Styled, TextStyle};

/// A label: `ui.add(Label::new(text, &style).color(color).selectable())`.
pub struct Label<'a> {
    text: Styled<'a>,
    style: &'a TextStyle,
    color: Option<Color32>,
    max_lines: Option<usize>,
    cut: Cut,
    selectable: bool,
}

impl<'a> Label<'a> {
    /// A label in the colour of the widgets around it, as many lines high as it needs.
    pub fn new(text: impl Into<Styled<'a>>, style: &'a TextStyle) -> Self {
        Self {
            text: text.into(),
            style,
            color: None,
            max_lines: None,
            cut: Cut::End,
            selectable: false,
        }
    }

    /// Draws it in `color`.
    pub fn color(mut self, color: Color32) -> Self {
        self.color = Some(color);
        self
    }

    /// Cuts it with an ellipsis after `lines` lines; the whole then shows on hovering.
    pub fn max_lines(mut self, lines: usize) -> Self {
        self.max_lines = Some(lines);
        self
    }

    /// Where it loses what it loses when it is cut.
    pub fn cut(mut self, cut: Cut) -> Self {
        self.cut = cut;
        self
    }

    /// Lets it be selected and copied: drag, double-click a word, triple-click a paragraph.
    pub fn selectable(mut self) -> Self {
        self.selectable = true;
        self
    }
}

impl Widget for Label<'_> {
    fn ui(self, ui: &mut Ui) -> Response {
        let max_width = ui.available_width();
        // Right-to-left lines start at the far edge, unless other widgets share the row or all is centred.
        let owns_row = !ui.layout().is_horizontal() && ui.layout().horizontal_align() != Align::Center;
        let may_fill = max_width.is_finite() && owns_row;
        let direction = self.style.language.as_ref().map(Language::direction);
        let mut frame = Frame {
            max_lines: self.max_lines,
            cut: self.cut,
            ..Frame::block(max_width, direction.filter(|_| may_fill))
        };
        let mut laid = text::lay_out(ui.ctx(), self.text, self.style, &frame);
        // Without a language the letters decide, which is known once they are laid out.
        let runs_left = |line: &Line| line.direction == Direction::RightToLeft;
        if may_fill && direction.is_none() && laid.layout.lines.iter().any(runs_left) {
            frame.fill = true;
            laid = text::lay_out(ui.ctx(), self.text, self.style, &frame);
        }
        let sense = if self.selectable {
            Sense::click_and_drag() - Sense::FOCUSABLE
        } else {
            Sense::hover()
        };
        let (rect, response) = ui.allocate_exact_size(laid.galley.size(), sense);
        spoken::tell(&response, self.style.language.as_ref(), || {
            WidgetInfo::labeled(Role::Label, ui.is_enabled(), self.text.text)
        });
        if self.selectable {
            // Also out of sight, where a selection made before stays one.
            let selection = select::interact(ui, &response, &laid.layout);
            let language = self.style.language.as_ref();
            accessible::tell_runs(ui, &response, &laid.layout, rect.min, language, selection);
            ui.ctx().accesskit_node_builder(response.id, |node| {
                node.add_action(egui::accesskit::Action::SetTextSelection);
            });
        }
        if ui.is_rect_visible(rect) {
            let color = self.color.unwrap_or_else(|| ui.visuals().text_color());
            ui.painter().galley(rect.min, laid.galley.clone(), color);
        }
        if laid.layout.truncated {
            return tooltip_of(response, |ui| _ = Label::new(self.text, self.style).ui(ui));
        }
        response
    }
}

/// Shows `text`, wrapped.
pub fn label(ui: &mut Ui, text: &str, style: &TextStyle) -> Response {
    ui.add(Label::new(text, style))
}

/// Shows `text`, wrapped; it can be selected and copied.
pub fn selectable(ui: &mut Ui, text: &str, style: &TextStyle) -> Response {
    ui.add(Label::new(text, style).selectable())
}

#[cfg(test)]
mod tests;
