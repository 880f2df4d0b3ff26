//! Buttons, chips, choices and the other small parts that every page is made of.

use egui::{
    Align2, Color32, CornerRadius, CursorIcon, Id, Popup, PopupCloseBehavior, Rect, Response, Role, Sense, Stroke,
    StrokeKind, Ui, UiBuilder, WidgetInfo, pos2, vec2,
};

use super::icons::{self, Icon};
use super::typeset::{self, Ink};
use crate::app::command::Command;
use crate::app::theme::{Pair, Palette, radius, size, space};

/// The longest text of a list's row, in points.
const MENU_TEXT: f32 = 420.0;

/// The palette in force.
pub fn palette(ui: &Ui) -> &'static Palette {
    Palette::of(ui.visuals())
}

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
        response.widget_info(|| WidgetInfo::labeled(Role::Button, self.enabled, &name));
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
        let tooltip = tooltip(ui, &command, words.is_empty());
        if self.enabled && response.clicked() {
            commands.push(command);
        }
        let response = if self.enabled {
            response.on_hover_cursor(CursorIcon::PointingHand)
        } else {
            response
        };
        if tooltip.is_empty() {
            response
        } else {
            response.on_hover_text(tooltip)
        }
    }
}

fn tooltip(ui: &Ui, command: &Command, alone: bool) -> String {
    let mut text = command.tooltip().to_owned();
    if text.is_empty() && alone {
        command.text().clone_into(&mut text);
    }
    if let (false, Some(keys)) = (text.is_empty(), command.keys(ui.ctx())) {
        text.push_str(&format!(" ({keys})"));
    }
    text
}

/// Draws the ring around what has the keyboard's focus.
pub fn focus_ring(ui: &Ui, response: &Response, rect: Rect) {
    if response.has_focus() {
        ui.painter().rect_stroke(
            rect,
            radius::CONTROL,
            Stroke::new(2.0, palette(ui).accent),
            StrokeKind::Inside,
        );
    }
}

/// A field that opens a list: `label` in grey, `value` in ink. Returns the place in `options` that was chosen.
pub fn choice(ui: &mut Ui, label: &str, value: &str, options: &[String], limit: f32) -> Option<usize> {
    let colours = palette(ui);
    let grey = typeset::galley(ui, label, Ink::new(size::BODY, colours.text_2), f32::INFINITY, 1);
    let room = (limit - grey.size().x - 44.0).max(40.0);
    let black = typeset::galley(ui, value, Ink::new(size::BODY, colours.text), room, 1);
    let gap = if label.is_empty() { 0.0 } else { 6.0 };
    let width = (grey.size().x + gap + black.size().x + 36.0).round();
    let (rect, response) = ui.allocate_exact_size(vec2(width, space::CONTROL), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::ComboBox, true, format!("{label} {value}").trim()));
    let fill = if response.hovered() {
        colours.hover
    } else {
        colours.panel
    };
    ui.painter().rect(
        rect,
        radius::CONTROL,
        fill,
        Stroke::new(1.0, colours.edge),
        StrokeKind::Inside,
    );
    let mut x = rect.left() + 10.0;
    for (galley, colour) in [(grey, colours.text_2), (black, colours.text)] {
        let advance = galley.size().x + gap;
        ui.painter()
            .galley(pos2(x, rect.center().y - galley.size().y / 2.0), galley, colour);
        x += advance;
    }
    icons::paint(
        ui.painter(),
        Icon::Down,
        pos2(rect.right() - 14.0, rect.center().y),
        12.0,
        colours.text_2,
    );
    focus_ring(ui, &response, rect);
    let selected = options.iter().position(|option| option == value);
    let mut chosen = None;
    Popup::menu(&response)
        .close_behavior(PopupCloseBehavior::CloseOnClick)
        .show(|ui| chosen = menu(ui, options, selected, width));
    chosen
}

/// The rows of a list that opened, at least `least` wide; returns the place of the one clicked.
pub fn menu(ui: &mut Ui, names: &[String], selected: Option<usize>, least: f32) -> Option<usize> {
    let ink = Ink::new(size::BODY, palette(ui).text).semibold();
    let widest = names
        .iter()
        .map(|name| typeset::galley(ui, name, ink, MENU_TEXT, 1).size().x)
        .fold(least - 20.0, f32::max);
    ui.set_width(widest + 20.0);
    ui.spacing_mut().item_spacing.y = 2.0;
    let mut chosen = None;
    egui::ScrollArea::vertical().max_height(440.0).show(ui, |ui| {
        for (place, name) in names.iter().enumerate() {
            if menu_row(ui, name, Some(place) == selected).clicked() {
                chosen = Some(place);
            }
        }
    });
    chosen
}

fn menu_row(ui: &mut Ui, text: &str, selected: bool) -> Response {
    let colours = palette(ui);
    let ink = Ink::new(size::BODY, if selected { colours.accent_text } else { colours.text }).bold_if(selected);
    let galley = typeset::galley(ui, text, ink, MENU_TEXT, 1);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), space::SMALL_CONTROL), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::ListBoxOption, true, selected, text));
    if selected || response.hovered() || response.has_focus() {
        let fill = if selected { colours.accent_soft } else { colours.hover };
        ui.painter().rect_filled(rect, radius::CHIP, fill);
    }
    ui.painter().galley(
        pos2(rect.left() + 10.0, rect.center().y - galley.size().y / 2.0),
        galley,
        ink.colour,
    );
    response
}

/// A chip that is on or off.
pub fn toggle_chip(ui: &mut Ui, text: &str, on: bool, name: &str) -> Response {
    let colours = palette(ui);
    let ink = Ink::new(size::SECONDARY, if on { colours.accent_text } else { colours.text_2 }).bold_if(on);
    let galley = typeset::galley(ui, text, ink, 260.0, 1);
    let (rect, response) = ui.allocate_exact_size(
        vec2((galley.size().x + 16.0).round(), space::SMALL_CONTROL),
        Sense::click(),
    );
    response.widget_info(|| WidgetInfo::selected(Role::CheckBox, true, on, name));
    let (fill, line) = if on {
        (colours.accent_soft, colours.accent_soft)
    } else if response.hovered() {
        (colours.hover, colours.line_strong)
    } else {
        (colours.panel, colours.line_strong)
    };
    ui.painter()
        .rect(rect, radius::CHIP, fill, Stroke::new(1.0, line), StrokeKind::Inside);
    ui.painter()
        .galley(rect.center() - galley.size() / 2.0, galley, ink.colour);
    focus_ring(ui, &response, rect);
    response.on_hover_cursor(CursorIcon::PointingHand)
}

/// What lies under a row of a list: the selected one's colour and edge, the hovered one's colour, a line below.
pub fn row_ground(ui: &Ui, rect: Rect, selected: bool, response: &Response) {
    let colours = palette(ui);
    if selected {
        ui.painter().rect_filled(rect, 0, colours.accent_soft);
        let edge = Rect::from_min_size(rect.min, vec2(3.0, rect.height()));
        ui.painter().rect_filled(edge, 0, colours.accent);
    } else if response.hovered() {
        ui.painter().rect_filled(rect, 0, colours.hover);
    }
    ui.painter()
        .hline(rect.x_range(), rect.bottom() - 0.5, Stroke::new(1.0, colours.line));
}

/// A chip for something that is narrowed to; a click takes it away.
pub fn filter_chip(ui: &mut Ui, text: &str) -> Response {
    let colours = palette(ui);
    let ink = Ink::new(size::SECONDARY, colours.accent_text).semibold();
    let galley = typeset::galley(ui, text, ink, 220.0, 1);
    let (rect, response) = ui.allocate_exact_size(vec2((galley.size().x + 30.0).round(), 22.0), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, format!("Remove filter {text}")));
    ui.painter().rect_filled(rect, radius::CHIP, colours.accent_soft);
    ui.painter().galley(
        pos2(rect.left() + 8.0, rect.center().y - galley.size().y / 2.0),
        galley,
        ink.colour,
    );
    let mark = if response.hovered() {
        colours.text
    } else {
        colours.accent_text
    };
    icons::paint(
        ui.painter(),
        Icon::Cross,
        pos2(rect.right() - 12.0, rect.center().y),
        10.0,
        mark,
    );
    focus_ring(ui, &response, rect);
    response.on_hover_cursor(CursorIcon::PointingHand)
}

/// A bar of `share` from 0 to 1 on its track.
pub fn progress(ui: &mut Ui, share: f32, colour: Color32, name: &str) {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), space::BAR), Sense::hover());
    response.widget_info(|| {
        let mut info = WidgetInfo::labeled(Role::ProgressIndicator, true, name);
        info.value = Some(f64::from(share * 100.0));
        info
    });
    bar(ui, rect, share, colour, false);
}

/// Paints a bar in `rect`; `from_right` lets it grow from the right edge.
pub fn bar(ui: &Ui, rect: Rect, share: f32, colour: Color32, from_right: bool) {
    let width = rect.width() * share.clamp(0.0, 1.0);
    let filled = if from_right {
        Rect::from_min_max(pos2(rect.right() - width, rect.top()), rect.max)
    } else {
        Rect::from_min_max(rect.min, pos2(rect.left() + width, rect.bottom()))
    };
    ui.painter()
        .rect_filled(rect, CornerRadius::same(1), palette(ui).bar_track);
    ui.painter().rect_filled(filled, CornerRadius::same(1), colour);
}

/// Two columns: what it is in grey, what it is in ink.
pub fn facts(ui: &mut Ui, rows: &[(&str, String)], left: f32) {
    let colours = palette(ui);
    for (label, value) in rows {
        let top = ui.cursor().min;
        let width = ui.available_width();
        let galley = typeset::galley(
            ui,
            value,
            Ink::new(size::SECONDARY, colours.text),
            width - left,
            usize::MAX,
        );
        let (rect, response) = ui.allocate_exact_size(vec2(width, galley.size().y.max(18.0)), Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("{label}: {value}")));
        let name = Rect::from_min_size(top, vec2(left - 8.0, 16.0));
        typeset::paint(
            ui,
            name,
            label,
            Ink::new(size::SECONDARY, colours.text_2),
            Align2::LEFT_TOP,
        );
        ui.painter()
            .galley(pos2(rect.left() + left, rect.top()), galley, colours.text);
    }
}

/// What happened, where, and what to do: a box with a strong left edge. `act` adds its buttons.
pub fn message(ui: &mut Ui, pair: Pair, title: &str, detail: &str, act: impl FnOnce(&mut Ui)) {
    let colours = palette(ui);
    let frame = egui::Frame::new()
        .fill(pair.tint)
        .corner_radius(radius::CHIP)
        .inner_margin(egui::Margin::symmetric(12, 8));
    let response = frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing.y = 2.0;
        typeset::paragraph(ui, title, Ink::new(size::BODY, colours.text).semibold());
        if !detail.is_empty() {
            typeset::paragraph(ui, &capital(detail), Ink::new(size::SECONDARY, colours.text_2));
        }
        act(ui);
    });
    let rect = response.response.rect;
    let edge = Rect::from_min_size(rect.min, vec2(3.0, rect.height()));
    ui.painter().rect_filled(
        edge,
        CornerRadius {
            nw: radius::CHIP,
            sw: radius::CHIP,
            ne: 0,
            se: 0,
        },
        pair.ink,
    );
}

/// One line of what belongs here, and what to do about it.
pub fn empty(ui: &mut Ui, title: &str, detail: &str, act: impl FnOnce(&mut Ui)) {
    let colours = palette(ui);
    ui.vertical_centered(|ui| {
        ui.add_space((ui.available_height() * 0.3).clamp(24.0, 160.0));
        ui.set_max_width(460.0);
        typeset::line(ui, title, Ink::new(size::BODY, colours.text).semibold());
        if !detail.is_empty() {
            typeset::paragraph(ui, detail, Ink::new(size::SECONDARY, colours.text_2));
        }
        ui.add_space(space::GAP);
        act(ui);
    });
}

/// Shows `content` within `rect`, clipped to it.
pub fn within<R>(
    ui: &mut Ui,
    rect: Rect,
    salt: impl std::hash::Hash + std::fmt::Debug,
    content: impl FnOnce(&mut Ui) -> R,
) -> R {
    let mut child = ui.new_child(
        UiBuilder::new()
            .id_salt(salt)
            .max_rect(rect)
            .layout(egui::Layout::top_down(egui::Align::Min)),
    );
    child.shrink_clip_rect(rect);
    content(&mut child)
}

/// Paints a card and shows its header and its body; the header is [`space::CARD_HEADER`] high.
pub fn card(ui: &mut Ui, rect: Rect, title: &str, note: &str, tools: impl FnOnce(&mut Ui), body: impl FnOnce(&mut Ui)) {
    let colours = palette(ui);
    ui.painter().rect(
        rect,
        radius::CARD,
        colours.panel,
        Stroke::new(1.0, colours.line),
        StrokeKind::Inside,
    );
    let header = Rect::from_min_size(rect.min, vec2(rect.width(), space::CARD_HEADER));
    ui.painter().hline(
        rect.x_range().shrink(1.0),
        header.bottom() - 0.5,
        Stroke::new(1.0, colours.line),
    );
    within(ui, header.shrink2(vec2(12.0, 4.0)), (title, "header"), |ui| {
        egui::Sides::new().height(space::CONTROL).shrink_left().truncate().show(
            ui,
            |ui| {
                typeset::line(ui, title, Ink::new(size::BODY, colours.text).semibold());
                if !note.is_empty() {
                    typeset::line(ui, note, Ink::new(size::SECONDARY, colours.text_2));
                }
            },
            tools,
        );
    });
    let inside = Rect::from_min_max(pos2(rect.left() + 1.0, header.bottom()), rect.max - vec2(1.0, 1.0));
    within(ui, inside, (title, "body"), body);
}

/// `text` beginning with a capital, as a sentence does; a name such as `mmlu_medical` or a path stays as it is.
pub fn capital(text: &str) -> String {
    let word = text.split_whitespace().next().unwrap_or_default();
    if word.contains(['_', '/', '\\', '.']) {
        return text.to_owned();
    }
    let mut letters = text.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}

/// Identifies a widget by the page's own name and a place.
pub fn id(page: &str, place: impl std::hash::Hash + std::fmt::Debug) -> Id {
    Id::unique(page).with(place)
}
