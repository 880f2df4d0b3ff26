//! A field to type in, of one line or several, in any script.
//!
//! What typing does is decided by [`crate::text::edit`]; here its keys, pointer and picture are egui's.
//! A field runs the way of what is in it: an empty one the way of its placeholder, so that the caret
//! stands where the first letter will come.

mod events;

use egui::{
    Color32, NumExt as _, Pos2, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo, pos2, vec2,
};

use self::events::Gesture;
use super::accessible;
use super::menu::{self, Entry};
use crate::app::theme::{radius, size, space};
use crate::language::{Direction, Language};
use crate::text::caret::CaretPlace;
use crate::text::controls::Controls;
use crate::text::edit::Edit;
use crate::text::{self, Frame, Pitch, Text, TextLayout, TextStyle, Weight};
use crate::ui::icons::{self, Icon};
use crate::ui::spoken;
use crate::ui::widgets::{focus_ring, palette};

/// From the edge of a field to its text.
const PADDING: Vec2 = vec2(8.0, 5.0);
/// The room of an icon beside the text.
const ICON: f32 = 20.0;
const LINE: f32 = 18.0;
const CARET: f32 = 1.5;

/// A field: `TextEdit::single_line(&mut text).name("Search").show(ui)`.
pub struct TextEdit<'a> {
    text: &'a mut String,
    name: &'a str,
    placeholder: &'a str,
    language: Option<&'a Language>,
    width: Option<f32>,
    rows: Option<usize>,
    icon: Option<Icon>,
    clearable: bool,
    enabled: bool,
}

/// What happened to a field in this frame. Its text changed if `response.changed()`.
pub struct Edited {
    pub response: Response,
    /// Enter was pressed in a single line, or Ctrl+Enter in several.
    pub submitted: bool,
    /// Escape was pressed, which takes the focus away.
    pub cancelled: bool,
}

/// What is kept of a field between frames.
#[derive(Debug, Clone)]
struct Kept {
    edit: Edit,
    /// How far the text is scrolled, in points.
    offset: Vec2,
    /// When it was last typed or clicked: the caret then begins to blink anew.
    touched: f64,
    /// Whether the caret or the text has just changed, so that the caret is to be seen.
    moved: bool,
    gesture: Option<Gesture>,
}

impl Kept {
    fn new(text: &str, multi_line: bool) -> Self {
        Self {
            edit: Edit::new(text, multi_line),
            offset: Vec2::ZERO,
            touched: 0.0,
            moved: true,
            gesture: None,
        }
    }
}

impl<'a> TextEdit<'a> {
    pub fn single_line(text: &'a mut String) -> Self {
        Self {
            text,
            name: "",
            placeholder: "",
            language: None,
            width: None,
            rows: None,
            icon: None,
            clearable: false,
            enabled: true,
        }
    }

    /// A field of `rows` lines that wraps and scrolls.
    pub fn multi_line(text: &'a mut String, rows: usize) -> Self {
        Self {
            rows: Some(rows.max(1)),
            ..Self::single_line(text)
        }
    }

    /// The accessible name.
    pub fn name(mut self, name: &'a str) -> Self {
        self.name = name;
        self
    }

    /// Shown while it is empty, in its own direction.
    pub fn placeholder(mut self, placeholder: &'a str) -> Self {
        self.placeholder = placeholder;
        self
    }

    /// The language typed in; without one each paragraph runs as its first letter does.
    pub fn language(mut self, language: Option<&'a Language>) -> Self {
        self.language = language;
        self
    }

    /// Points; the width there is where none is given.
    pub fn width(mut self, width: f32) -> Self {
        self.width = Some(width);
        self
    }

    /// Shown where the text starts.
    pub fn icon(mut self, icon: Icon) -> Self {
        self.icon = Some(icon);
        self
    }

    /// Offers a cross that empties it.
    pub fn clearable(mut self) -> Self {
        self.clearable = true;
        self
    }

    pub fn enabled(mut self, enabled: bool) -> Self {
        self.enabled = enabled;
        self
    }

    /// Shows it.
    pub fn show(self, ui: &mut Ui) -> Edited {
        let height = match self.rows {
            None => space::CONTROL,
            Some(rows) => rows as f32 * LINE + 2.0 * PADDING.y,
        };
        let width = self.width.unwrap_or(ui.available_width()).max(40.0);
        let enabled = self.enabled && ui.is_enabled();
        let sense = if enabled {
            Sense::click_and_drag()
        } else {
            Sense::hover()
        };
        let (rect, mut response) = ui.allocate_exact_size(vec2(width, height), sense);
        let before = self.text.clone();
        let id = response.id;
        let mut kept = ui
            .data(|data| data.get_temp::<Kept>(id))
            .unwrap_or_else(|| Kept::new(self.text, self.rows.is_some()));
        if kept.edit.composing().is_none() || !response.has_focus() {
            kept.edit.cancel_preedit();
            kept.edit.follow(self.text);
        }

        let standing = |edit: &Edit| (edit.text().to_owned(), edit.caret(), edit.selection());
        let stood = standing(&kept.edit);
        let mut outcome = events::Outcome::default();
        let mut cross = None;
        if enabled {
            let text = self.lay_out(ui, &kept, rect);
            let origin = self.origin(&kept, &text, rect);
            outcome = events::interact(ui, &response, &mut kept, origin, self.rows, &|ui, kept| {
                self.lay_out(ui, kept, rect).layout
            });
            offer(&response, &mut kept.edit);
            cross = self.cross(ui, &kept, rect, text.layout.direction());
            if cross.as_ref().is_some_and(Response::clicked) {
                kept.edit.set_text("");
                response.request_focus();
            }
        }
        kept.moved = response.gained_focus() || stood != standing(&kept.edit);
        if kept.moved {
            kept.touched = ui.input(|input| input.time);
        }
        // What is only composed is not the text yet.
        if kept.edit.composing().is_none() && *self.text != kept.edit.text() {
            kept.edit.text().clone_into(self.text);
            response.mark_changed();
        }
        let text = self.lay_out(ui, &kept, rect);
        let focused = response.has_focus();
        self.scroll(&mut kept, &text, rect, focused);
        let origin = self.origin(&kept, &text, rect);
        self.tell(ui, &response, &kept, &text, origin, &before);
        if ui.is_rect_visible(rect) {
            self.paint(ui, rect, &response, &kept, &text, origin);
            if let Some(cross) = cross.filter(|_| !kept.edit.text().is_empty()) {
                let colours = palette(ui);
                let colour = if cross.hovered() { colours.text } else { colours.text_2 };
                icons::paint(ui.painter(), Icon::Cross, cross.rect.center(), 10.0, colour);
            }
        }
        ui.data_mut(|data| data.insert_temp(id, kept));
        Edited {
            response,
            submitted: outcome.submitted,
            cancelled: outcome.cancelled,
        }
    }

    fn style(&self, language: Option<Language>) -> TextStyle {
        TextStyle {
            size: size::BODY,
            line_height: LINE,
            weight: Weight::Regular,
            language,
            controls: Controls::Obeyed,
            pitch: Pitch::Proportional,
        }
    }

    fn hint(&self, ui: &Ui, width: f32) -> Text {
        let frame = Frame {
            max_lines: Some(self.rows.unwrap_or(1)),
            fill: false,
            ..Frame::wrapped(width)
        };
        text::lay_out(ui.ctx(), self.placeholder, &self.style(self.language.cloned()), &frame)
    }

    /// The text as it is shown, in lines as wide as the field if it has several.
    fn lay_out(&self, ui: &Ui, kept: &Kept, rect: Rect) -> Text {
        let content = kept.edit.text();
        let mut language = self.language.cloned();
        // Digits and signs alone run as the placeholder does.
        if language.is_none()
            && !content.chars().any(char::is_alphabetic)
            && self.hint(ui, f32::INFINITY).layout.direction() == Direction::RightToLeft
        {
            language = "ar".parse().ok();
        }
        let frame = match self.rows {
            None => Frame {
                editable: true,
                ..Frame::UNLIMITED
            },
            Some(_) => Frame {
                editable: true,
                ..Frame::wrapped(self.inner(rect, Direction::LeftToRight).width())
            },
        };
        text::lay_out(ui.ctx(), content, &self.style(language), &frame)
    }

    /// Where the text may be seen.
    fn inner(&self, rect: Rect, direction: Direction) -> Rect {
        let icon = if self.icon.is_some() { ICON } else { 0.0 };
        let clear = if self.clearable { ICON } else { 0.0 };
        let (left, right) = match direction {
            Direction::LeftToRight => (icon, clear),
            Direction::RightToLeft => (clear, icon),
        };
        let height = if self.rows.is_some() {
            rect.height() - 2.0 * PADDING.y
        } else {
            LINE
        };
        let top = rect.center().y - height / 2.0;
        Rect::from_min_max(
            pos2(rect.left() + PADDING.x + left, top),
            pos2(rect.right() - PADDING.x - right, top + height),
        )
    }

    /// The top left of the text on the screen.
    fn origin(&self, kept: &Kept, text: &Text, rect: Rect) -> Pos2 {
        let inner = self.inner(rect, text.layout.direction());
        let slack = (inner.width() - text.galley.size().x).at_least(0.0);
        let starts_right = self.rows.is_none() && text.layout.direction() == Direction::RightToLeft;
        let left = if starts_right { slack } else { 0.0 };
        inner.min + vec2(left, 0.0) - kept.offset
    }

    /// Scrolls to the caret; to the start of a line where nobody types.
    fn scroll(&self, kept: &mut Kept, text: &Text, rect: Rect, focused: bool) {
        let inner = self.inner(rect, text.layout.direction());
        let most = (text.galley.size() - inner.size()).at_least(Vec2::ZERO);
        if self.rows.is_none() && !focused {
            let starts_right = text.layout.direction() == Direction::RightToLeft;
            kept.offset.x = if starts_right { most.x + CARET } else { 0.0 };
            return;
        }
        if kept.moved {
            let place = text.layout.caret_place(kept.edit.caret());
            let scale = text.layout.scale;
            let (x, top, bottom) = (place.x / scale, place.top / scale, place.bottom / scale);
            // At fractions of a pixel a line may be higher than the field: its top then decides.
            kept.offset.x = kept.offset.x.at_least(x + CARET - inner.width()).at_most(x);
            kept.offset.y = kept.offset.y.at_least(bottom - inner.height()).at_most(top);
        }
        kept.offset = kept.offset.clamp(Vec2::ZERO, most + vec2(CARET, 0.0));
        if self.rows.is_some() || most.x == 0.0 {
            kept.offset.x = 0.0;
        }
    }

    /// The cross that empties the field, where there is something to empty.
    fn cross(&self, ui: &Ui, kept: &Kept, rect: Rect, direction: Direction) -> Option<Response> {
        if !self.clearable || kept.edit.text().is_empty() {
            return None;
        }
        let x = match direction {
            Direction::LeftToRight => rect.right() - PADDING.x - 6.0,
            Direction::RightToLeft => rect.left() + PADDING.x + 6.0,
        };
        let place = Rect::from_center_size(pos2(x, rect.top() + space::CONTROL / 2.0), vec2(18.0, 18.0));
        let id = ui.scope_id().with((self.name, "clear"));
        let cross = ui.interact(place, id, Sense::click() - Sense::FOCUSABLE);
        spoken::tell(&cross, None, || {
            WidgetInfo::labeled(Role::Button, true, format!("Clear {}", self.name))
        });
        Some(cross.on_hover_cursor(egui::CursorIcon::Default))
    }

    fn tell(&self, ui: &mut Ui, response: &Response, kept: &Kept, text: &Text, origin: Pos2, before: &str) {
        spoken::tell(response, self.language, || {
            WidgetInfo::text_edit(
                ui.is_enabled() && self.enabled,
                before,
                kept.edit.text(),
                self.placeholder,
            )
        });
        let role = match (self.rows, self.icon) {
            (Some(_), _) => Role::MultilineTextInput,
            (None, Some(Icon::Search)) => Role::SearchInput,
            (None, _) => Role::TextInput,
        };
        ui.ctx().accesskit_node_builder(response.id, |node| {
            node.set_role(role);
            if !self.name.is_empty() {
                node.set_label(self.name);
            }
            node.add_action(egui::accesskit::Action::SetValue);
            node.add_action(egui::accesskit::Action::SetTextSelection);
            node.add_action(egui::accesskit::Action::ReplaceSelectedText);
        });
        let selection = response
            .has_focus()
            .then(|| (kept.edit.anchor().position, kept.edit.caret().position));
        accessible::tell_runs(ui, response, &text.layout, origin, self.language, selection);
    }

    fn paint(&self, ui: &Ui, rect: Rect, response: &Response, kept: &Kept, text: &Text, origin: Pos2) {
        let colours = palette(ui);
        let enabled = self.enabled && ui.is_enabled();
        let direction = text.layout.direction();
        let inner = self.inner(rect, direction);
        let (fill, edge, ink) = if enabled {
            (colours.panel, colours.edge, colours.text)
        } else {
            (colours.sunken, colours.line, colours.text_3)
        };
        ui.painter()
            .rect(rect, radius::CONTROL, fill, Stroke::new(1.0, edge), StrokeKind::Inside);
        focus_ring(ui, response, rect);
        if let Some(icon) = self.icon {
            let x = match direction {
                Direction::LeftToRight => rect.left() + PADDING.x + 7.0,
                Direction::RightToLeft => rect.right() - PADDING.x - 7.0,
            };
            icons::paint(
                ui.painter(),
                icon,
                pos2(x, rect.top() + space::CONTROL / 2.0),
                14.0,
                colours.text_2,
            );
        }
        let painter = ui
            .painter()
            .with_clip_rect(inner.expand2(vec2(CARET, 2.0)).intersect(ui.clip_rect()));
        let at = |x: f32, y: f32| origin + vec2(x, y) / text.layout.scale;
        if kept.edit.text().is_empty() {
            let hint = self.hint(ui, inner.width());
            let left = match hint.layout.direction() {
                Direction::LeftToRight => inner.left(),
                Direction::RightToLeft => inner.right() - hint.galley.size().x,
            };
            painter.galley(pos2(left, inner.top()), hint.galley, colours.text_3);
        }
        if response.has_focus() {
            for part in text.layout.rectangles(&kept.edit.selection()) {
                let part = Rect::from_min_max(at(part.left, part.top), at(part.right, part.bottom));
                painter.rect_filled(part, 0.0, ui.visuals().selection.bg_fill);
            }
        }
        painter.galley(origin, text.galley.clone(), ink);
        if let Some(composing) = kept.edit.composing() {
            for part in text.layout.rectangles(&composing) {
                let line = at(part.left, part.bottom).x..=at(part.right, part.bottom).x;
                painter.hline(line, at(0.0, part.bottom).y - 2.0, Stroke::new(1.0, ink));
            }
        }
        if enabled && response.has_focus() && ui.input(|input| input.focused) {
            let place = text.layout.caret_place(kept.edit.caret());
            let caret = Rect::from_min_max(at(place.x, place.top), at(place.x, place.bottom)).expand2(vec2(0.0, -1.0));
            if is_lit(ui, kept.touched) {
                paint_caret(&painter, caret, place, &text.layout, colours.text);
            }
            let to_global = ui.ctx().layer_transform_to_global(ui.layer_id()).unwrap_or_default();
            ui.output_mut(|output| {
                output.ime = Some(egui::output::IMEOutput {
                    purpose: egui::IMEPurpose::Normal,
                    rect: to_global * inner,
                    cursor_rect: to_global * caret,
                    should_interrupt_composition: false,
                });
            });
        }
    }
}

/// Offers in a menu what can be done with a field, and does what is chosen.
fn offer(response: &Response, edit: &mut Edit) {
    if response.secondary_clicked() {
        response.request_focus();
    }
    let selected = !edit.selected().is_empty();
    let entries = [
        (Entry::Cut, selected),
        (Entry::Copy, selected),
        (Entry::Paste, true),
        (Entry::SelectAll, !edit.text().is_empty()),
    ];
    match menu::show(response, &entries) {
        Some(Entry::Cut) => response.ctx.copy_text(edit.cut()),
        Some(Entry::Copy) => response.ctx.copy_text(edit.selected().to_owned()),
        Some(Entry::Paste) => response.ctx.send_viewport_cmd(egui::ViewportCommand::RequestPaste),
        Some(Entry::SelectAll) => edit.select_all(),
        None => {}
    }
}

/// Whether a blinking caret is on, having been touched at `touched`.
fn is_lit(ui: &Ui, touched: f64) -> bool {
    let style = &ui.visuals().text_cursor;
    if !style.blink {
        return true;
    }
    let period = f64::from(style.on_duration + style.off_duration);
    let since = (ui.input(|input| input.time) - touched) % period;
    let lit = since < f64::from(style.on_duration);
    let next = if lit {
        f64::from(style.on_duration) - since
    } else {
        period - since
    };
    ui.ctx().request_repaint_after_secs(next as f32);
    lit
}

/// Paints a caret; in text of both directions a small flag says which way it will type.
fn paint_caret(painter: &egui::Painter, caret: Rect, place: CaretPlace, layout: &TextLayout, colour: Color32) {
    painter.vline(caret.center().x, caret.y_range(), Stroke::new(CARET, colour));
    let mut directions = layout
        .lines
        .iter()
        .flat_map(|line| &line.clusters)
        .map(|cluster| cluster.direction);
    let first = directions.next();
    if directions.all(|direction| Some(direction) == first) {
        return;
    }
    let tip = match place.direction {
        Direction::LeftToRight => 4.0,
        Direction::RightToLeft => -4.0,
    };
    let top = caret.center_top();
    let flag = vec![top, top + vec2(tip, 0.0), top + vec2(0.0, 4.0)];
    painter.add(egui::Shape::convex_polygon(flag, colour, Stroke::NONE));
}

#[cfg(test)]
mod tests;
