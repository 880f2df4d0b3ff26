//! Buttons: words, an icon or both, which send a command.

use egui::{Color32, CursorIcon, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

use super::{focus_ring, palette, tooltip};
use crate::app::command::Command;
use crate::app::theme::{radius, size, space};
use crate::ui::icons::{self, Icon};
use crate::ui::spoken;
use crate::ui::typeset::{self, Ink};

/// How much a button asks for attention.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Emphasis {
    /// The one main thing to do here.
    Main,
    Plain,
    /// Words alone until hovered.
    Quiet,
}

/// A button that sends a command.
#[derive(Debug, Clone)]
pub struct Button<'a> {
    icon: Option<Icon>,
    text: Option<&'a str>,
    name: Option<String>,
    emphasis: Emphasis,
    keys: bool,
    enabled: bool,
    small: bool,
    width: Option<f32>,
}

impl<'a> Button<'a> {
    pub fn new(emphasis: Emphasis) -> Self {
        Self {
            icon: None,
            text: None,
            name: None,
            emphasis,
            keys: false,
            enabled: true,
            small: false,
            width: None,
        }
    }

    pub fn icon(mut self, icon: Icon) -> Self {
        self.icon = Some(icon);
        self
    }

    /// Other words than the command's own; empty for a button with an icon alone.
    pub fn text(mut self, text: &'a str) -> Self {
        self.text = Some(text);
        self
    }

    /// The accessible name, where the words do not say enough by themselves.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Shows the command's keys on the button.
    pub fn keys(mut self) -> Self {
        self.keys = true;
        self
    }

    pub fn enabled(mut self, enabled: bool) -> Self {
        self.enabled = enabled;
        self
    }

    pub fn small(mut self) -> Self {
        self.small = true;
        self
    }

    pub fn width(mut self, width: f32) -> Self {
        self.width = Some(width);
        self
    }

    /// Shows it; a click sends `command`.
    pub fn show(self, ui: &mut Ui, commands: &mut Vec<Command>, command: Command) -> Response {
        let colours = palette(ui);
        let words = self.text.unwrap_or(command.text());
        let keys = if self.keys { command.keys(ui.ctx()) } else { None };
        let height = if self.small {
            space::SMALL_CONTROL
        } else {
            space::CONTROL
        };
        let padding = if words.is_empty() { (height - 14.0) / 2.0 } else { 10.0 };
        let font = if self.small { size::SECONDARY } else { size::BODY };
        let ink = Ink::new(font, colours.text).bold_if(self.emphasis == Emphasis::Main);
        let galley = typeset::galley(ui, words, ink, f32::INFINITY, 1);
        let hint = keys
            .as_ref()
            .map(|keys| typeset::galley(ui, keys, Ink::new(size::SMALL, colours.text), f32::INFINITY, 1));
        let icon_width = self
            .icon
            .map_or(0.0, |_| 14.0 + if words.is_empty() { 0.0 } else { 7.0 });
        let hint_width = hint.as_ref().map_or(0.0, |hint| hint.size().x + 18.0);
        let content = icon_width + galley.size().x + hint_width;
        let width = self.width.unwrap_or(0.0).max(content + 2.0 * padding).round();
        let sense = if self.enabled { Sense::click() } else { Sense::hover() };
        let (rect, response) = ui.allocate_exact_size(vec2(width, height), sense);
        let name = self.name.clone().unwrap_or_else(|| {
            if words.is_empty() {
                command.text().to_owned()
            } else {
                words.to_owned()
            }
        });
        spoken::tell(&response, None, || {
            WidgetInfo::labeled(Role::Button, self.enabled, &name)
        });
        let (fill, line, text) = match (self.emphasis, self.enabled) {
            (Emphasis::Main, true) => {
                let fill = if response.hovered() || response.has_focus() {
                    colours.accent_text
                } else {
                    colours.accent
                };
                let fill = if colours.dark { colours.accent } else { fill };
                (fill, Color32::TRANSPARENT, colours.on_accent)
            }
            (Emphasis::Main | Emphasis::Plain, false) => (colours.sunken, colours.line, colours.text_3),
            (Emphasis::Plain, true) => (
                if response.hovered() {
                    colours.hover
                } else {
                    colours.panel
                },
                colours.line_strong,
                colours.text,
            ),
            (Emphasis::Quiet, enabled) => (
                if enabled && response.hovered() {
                    colours.hover
                } else {
                    Color32::TRANSPARENT
                },
                Color32::TRANSPARENT,
                if enabled { colours.text_2 } else { colours.text_3 },
            ),
        };
        let painter = ui.painter();
        painter.rect(rect, radius::CONTROL, fill, Stroke::new(1.0, line), StrokeKind::Inside);
        let mut x = rect.center().x - content / 2.0;
        if let Some(icon) = self.icon {
            icons::paint(painter, icon, pos2(x + 7.0, rect.center().y), 14.0, text);
            x += icon_width;
        }
        let top = rect.center().y - galley.size().y / 2.0;
        let words_width = galley.size().x;
        painter.galley_with_override_text_color(pos2(x, top), galley, text);
        if let Some(hint) = hint {
            let box_rect = Rect::from_center_size(
                pos2(x + words_width + 8.0 + (hint.size().x + 10.0) / 2.0, rect.center().y),
                vec2(hint.size().x + 10.0, 18.0),
            );
            painter.rect_stroke(
                box_rect,
                radius::CHIP,
                Stroke::new(1.0, text.gamma_multiply(0.5)),
                StrokeKind::Inside,
            );
            painter.galley_with_override_text_color(box_rect.center() - hint.size() / 2.0, hint, text);
        }
        focus_ring(ui, &response, rect);
        let tooltip_text = tooltip_text(ui, &command, words.is_empty());
        if self.enabled && response.clicked() {
            commands.push(command);
        }
        let response = if self.enabled {
            response.on_hover_cursor(CursorIcon::PointingHand)
        } else {
            response
        };
        tooltip(response, &tooltip_text)
    }
}

fn tooltip_text(ui: &Ui, command: &Command, alone: bool) -> String {
    let mut text = command.tooltip().to_owned();
    if text.is_empty() && alone {
        command.text().clone_into(&mut text);
    }
    if let (false, Some(keys)) = (text.is_empty(), command.keys(ui.ctx())) {
        text.push_str(&format!(" ({keys})"));
    }
    text
}
