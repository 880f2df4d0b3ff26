//! The parts that the form is made of. Each mirrors itself in a form that runs from right to left.

use egui::{Align2, Color32, CursorIcon, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

use super::phrases::Phrases;
use crate::app::State;
use crate::app::command::Command;
use crate::app::review::ReviewCommand;
use crate::app::theme::{radius, size, space};
use crate::language::Language;
use crate::ui::column::Column;
use crate::ui::icons::{self, Icon};
use crate::ui::spoken;
use crate::ui::text::TextEdit;
use crate::ui::typeset::{self, Ink, Words};
use crate::ui::widgets::menu::Manner;
use crate::ui::widgets::{self, focus_ring, paint_box, palette};

/// The form being shown: its state, its words and the way it runs.
#[derive(Clone, Copy)]
pub struct Form<'a> {
    pub state: &'a State,
    pub words: Phrases,
    pub language: &'static Language,
}

/// How far a step is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    Later,
    Now,
    Done,
}

/// One of several words to choose from.
pub struct Segment<'a> {
    pub words: &'a str,
    pub icon: Option<Icon>,
    /// What assistive technology is told, where the words do not say enough.
    pub name: Option<String>,
}

impl<'a> Segment<'a> {
    pub fn new(words: &'a str) -> Self {
        Self {
            words,
            icon: None,
            name: None,
        }
    }
}

impl<'a> Form<'a> {
    pub fn new(state: &'a State) -> Self {
        Self {
            state,
            words: Phrases(state.review.form),
            language: state.review.form.language(),
        }
    }

    pub fn is_arabic(&self) -> bool {
        self.language.primary() == "ar"
    }

    /// A style of the form; Arabic is set one point larger.
    pub fn ink(&self, points: f32, colour: Color32) -> Ink {
        let larger = if self.is_arabic() { 1.0 } else { 0.0 };
        Ink::new(points + larger, colour).exact()
    }

    /// Words of the form itself.
    pub fn say<'w>(&self, words: &'w str) -> Words<'w>
    where
        'a: 'w,
    {
        (words, self.language).into()
    }

    /// How menus of the form speak.
    pub fn manner(&self) -> Manner<'static> {
        Manner {
            language: Some(self.language),
            find: self.words.find(),
            nothing: self.words.nothing_found(),
        }
    }

    pub fn column(&self, rect: Rect) -> Column {
        Column::of(rect, self.language)
    }

    /// A row of the whole width.
    pub fn row(&self, ui: &mut Ui, height: f32, sense: Sense) -> (Rect, Response, Column) {
        let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), height), sense);
        (rect, response, self.column(rect))
    }

    /// A line of words at the start, and others at the end.
    pub fn line(&self, ui: &mut Ui, start: (&str, Ink), end: (&str, Ink), height: f32) {
        let (rect, response, column) = self.row(ui, height, Sense::hover());
        spoken::tell(&response, Some(self.language), || {
            let told = if end.0.is_empty() {
                start.0.to_owned()
            } else {
                format!("{}: {}", start.0, end.0)
            };
            WidgetInfo::labeled(Role::Label, true, told)
        });
        let drawn = typeset::paint(ui, rect, self.say(end.0), end.1, column.end());
        let taken = if end.0.is_empty() { 0.0 } else { drawn.width() + 8.0 };
        let room = column.place(0.0, (rect.width() - taken).max(0.0), rect.top(), rect.height());
        typeset::paint(ui, room, self.say(start.0), start.1, column.start());
    }

    /// The name of a group of controls, with a note or its key at the end.
    pub fn label(&self, ui: &mut Ui, words: &str, note: &str, key: &str) {
        let colours = palette(ui);
        ui.add_space(6.0);
        let (rect, response, column) = self.row(ui, 20.0, Sense::hover());
        spoken::tell(&response, Some(self.language), || {
            WidgetInfo::labeled(Role::Label, true, words)
        });
        let ink = self.ink(size::SECONDARY, colours.text_2).semibold();
        typeset::paint(ui, rect, self.say(words), ink, column.start());
        let ink = self.ink(size::SECONDARY, colours.text_3);
        typeset::paint(ui, rect, self.say(note), ink, column.end());
        if !key.is_empty() {
            self.key(ui, column, rect.top() + 1.0, key);
        }
    }

    /// A key in its box at the end of a row; returns its width.
    fn key(&self, ui: &Ui, column: Column, top: f32, key: &str) -> f32 {
        let colours = palette(ui);
        let ink = Ink::new(size::SMALL, colours.text_2);
        let width = typeset::galley(ui, key, ink, f32::INFINITY, 1).size().x + 8.0;
        let width = width.max(18.0).ceil();
        let rect = column.place_from_end(0.0, width, top, 18.0);
        let line = Stroke::new(1.0, colours.line_strong);
        ui.painter()
            .rect(rect, radius::CHIP, colours.sunken, line, StrokeKind::Inside);
        typeset::paint(ui, rect, key, ink, Align2::CENTER_CENTER);
        width
    }

    /// A step: its number, or a check once it is done, what it is, and what came of it.
    pub fn step(&self, ui: &mut Ui, number: usize, progress: Progress, words: &str, end: &str) {
        let colours = palette(ui);
        ui.add_space(8.0);
        let (rect, response, column) = self.row(ui, 24.0, Sense::hover());
        spoken::tell(&response, Some(self.language), || {
            let told = if end.is_empty() {
                words.to_owned()
            } else {
                format!("{words}: {end}")
            };
            WidgetInfo::labeled(Role::Heading, true, told)
        });
        let centre = column.place(0.0, 18.0, rect.top(), rect.height()).center();
        let number_in = |colour: Color32| {
            let ink = Ink::new(size::SMALL, colour).semibold();
            let place = Rect::from_center_size(centre, vec2(18.0, 18.0));
            typeset::paint(ui, place, &number.to_string(), ink, Align2::CENTER_CENTER);
        };
        match progress {
            Progress::Done => {
                let pair = colours.outcome(crate::scoring::Outcome::Right);
                ui.painter().circle_filled(centre, 9.0, pair.tint);
                icons::paint(ui.painter(), Icon::Check, centre, 11.0, pair.ink);
            }
            Progress::Now => {
                ui.painter().circle_filled(centre, 9.0, colours.accent);
                number_in(colours.on_accent);
            }
            Progress::Later => {
                let line = Stroke::new(1.0, colours.edge);
                ui.painter().circle_stroke(centre, 8.5, line);
                number_in(colours.text_2);
            }
        }
        let rest = column.place(26.0, rect.width() - 26.0, rect.top(), rect.height());
        let ink = self.ink(size::BODY, colours.text).semibold();
        let drawn = typeset::paint(ui, rest, self.say(end), ink, column.end());
        let room = (rest.width() - drawn.width() - 8.0).max(0.0);
        let place = column.place(26.0, room, rect.top(), rect.height());
        typeset::paint(ui, place, self.say(words), ink, column.start());
    }

    /// A line of small words that wraps.
    pub fn hint(&self, ui: &mut Ui, words: &str, colour: Color32) {
        self.small(ui, Role::Label, words, colour);
    }

    /// The same where it says what keeps something from being done.
    pub fn alert(&self, ui: &mut Ui, words: &str) {
        let colour = palette(ui).outcome(crate::scoring::Outcome::Failed).ink;
        self.small(ui, Role::Alert, words, colour);
    }

    /// What the lines under it are about; it wraps.
    pub fn title(&self, ui: &mut Ui, words: &str) {
        let ink = self.ink(size::BODY, palette(ui).text).semibold();
        self.lines(ui, Role::Heading, words, ink);
    }

    fn small(&self, ui: &mut Ui, role: Role, words: &str, colour: Color32) {
        self.lines(ui, role, words, self.ink(size::SECONDARY, colour));
    }

    fn lines(&self, ui: &mut Ui, role: Role, words: &str, ink: Ink) {
        let width = ui.available_width();
        let galley = typeset::galley(ui, self.say(words), ink, width, usize::MAX);
        let (rect, response, column) = self.row(ui, galley.size().y + 4.0, Sense::hover());
        spoken::tell(&response, Some(self.language), || {
            WidgetInfo::labeled(role, true, words)
        });
        let place = column.start().align_size_within_rect(galley.size(), rect);
        ui.painter().galley(place.min, galley, ink.colour);
    }

    pub fn separator(&self, ui: &mut Ui) {
        ui.add_space(8.0);
        let line = Stroke::new(1.0, palette(ui).line);
        let whole = ui.max_rect().expand2(vec2(14.0, 0.0));
        let top = ui.cursor().top();
        ui.painter().hline(whole.x_range(), top + 0.5, line);
        ui.add_space(1.0);
    }

    /// Words beside each other of which one is chosen. Returns the place of the one that was clicked.
    pub fn segments(
        &self,
        ui: &mut Ui,
        name: &str,
        segments: &[Segment<'_>],
        on: impl Fn(usize) -> bool,
    ) -> Option<usize> {
        self.segments_of(ui, (name, Role::RadioButton), segments, on)
    }

    /// The same of which several can be chosen where `role` is that of a check box.
    pub fn segments_of(
        &self,
        ui: &mut Ui,
        (name, role): (&str, Role),
        segments: &[Segment<'_>],
        on: impl Fn(usize) -> bool,
    ) -> Option<usize> {
        let whole_role = match role {
            Role::CheckBox => Role::Group,
            _ => Role::RadioGroup,
        };
        let colours = palette(ui);
        let (whole, _, column) = self.row(ui, space::CONTROL, Sense::hover());
        let natural: Vec<f32> = segments
            .iter()
            .map(|segment| {
                let icon = segment.icon.map_or(0.0, |_| 16.0);
                let ink = self.ink(size::SECONDARY, colours.text).semibold();
                typeset::galley(ui, self.say(segment.words), ink, f32::INFINITY, 1)
                    .size()
                    .x
                    + icon
                    + 8.0
            })
            .collect();
        let total: f32 = natural.iter().sum();
        let spare = (whole.width() - total) / segments.len().max(1) as f32;
        let mut clicked = None;
        let mut start = 0.0;
        widgets::group(ui, whole, whole_role, name, |ui| {
            let tag = self.language.tag();
            ui.ctx()
                .accesskit_node_builder(ui.unique_id(), |node| node.set_language(tag));
            for (place, (segment, natural)) in segments.iter().zip(&natural).enumerate() {
                let width = match spare >= 0.0 {
                    true => natural + spare,
                    false => natural * whole.width() / total,
                };
                let rect = column.place(start, width, whole.top(), whole.height());
                if self.segment(ui, rect, (name, place, role), segment, on(place)) {
                    clicked = Some(place);
                }
                start += width;
                if place + 1 < segments.len() {
                    let edge = column.place(start, 0.0, whole.top(), whole.height()).left();
                    ui.painter()
                        .vline(edge, whole.y_range(), Stroke::new(1.0, colours.line_strong));
                }
            }
            let edge = Stroke::new(1.0, colours.line_strong);
            ui.painter()
                .rect_stroke(whole, radius::CONTROL, edge, StrokeKind::Inside);
        });
        clicked
    }

    fn segment(
        &self,
        ui: &mut Ui,
        rect: Rect,
        (name, place, role): (&str, usize, Role),
        segment: &Segment<'_>,
        on: bool,
    ) -> bool {
        let colours = palette(ui);
        let response = ui.interact(rect, widgets::id("review", (name, place)), Sense::click());
        let told = segment.name.clone().unwrap_or_else(|| segment.words.to_owned());
        spoken::tell(&response, Some(self.language), || {
            WidgetInfo::selected(role, true, on, &told)
        });
        let fill = match (on, response.hovered()) {
            (true, _) => colours.accent_soft,
            (false, true) => colours.hover,
            (false, false) => colours.panel,
        };
        ui.painter().rect_filled(rect.shrink(1.0), radius::CHIP, fill);
        let colour = if on { colours.accent_text } else { colours.text };
        let ink = self.ink(size::SECONDARY, colour).bold_if(on);
        let mut inner = rect.shrink2(vec2(4.0, 0.0));
        if let Some(icon) = segment.icon {
            let column = self.column(inner);
            let words = typeset::galley(ui, self.say(segment.words), ink, f32::INFINITY, 1)
                .size()
                .x;
            let start = ((inner.width() - words - 16.0) / 2.0).max(0.0);
            let place = column.place(start, 12.0, inner.top(), inner.height());
            icons::paint(ui.painter(), icon, place.center(), 11.0, colour);
            inner = column.place(start + 16.0, inner.width() - start - 16.0, inner.top(), inner.height());
            typeset::paint(ui, inner, self.say(segment.words), ink, column.start());
        } else {
            typeset::paint(ui, inner, self.say(segment.words), ink, Align2::CENTER_CENTER);
        }
        focus_ring(ui, &response, rect);
        response.on_hover_cursor(CursorIcon::PointingHand).clicked()
    }

    /// A box to tick, with its key at the end. Returns whether it was clicked.
    pub fn check(&self, ui: &mut Ui, words: &str, key: Option<&str>, on: bool) -> bool {
        let colours = palette(ui);
        let (rect, response, column) = self.row(ui, 24.0, Sense::click());
        spoken::tell(&response, Some(self.language), || {
            WidgetInfo::selected(Role::CheckBox, true, on, words)
        });
        if response.hovered() {
            let ground = rect.expand2(vec2(4.0, 0.0));
            ui.painter().rect_filled(ground, radius::CHIP, colours.hover);
        }
        let mark = Rect::from_center_size(
            column.place(0.0, 14.0, rect.top(), rect.height()).center(),
            vec2(14.0, 14.0),
        );
        paint_box(ui, mark, on);
        let taken = key.map_or(18.0, |key| self.key(ui, column, rect.top() + 3.0, key));
        let place = column.place(22.0, rect.width() - 30.0 - taken, rect.top(), rect.height());
        let ink = self.ink(size::BODY, colours.text);
        typeset::paint(ui, place, self.say(words), ink, column.start());
        focus_ring(ui, &response, rect);
        response.on_hover_cursor(CursorIcon::PointingHand).clicked()
    }

    /// A field of several lines. Returns what it came to hold, where that changed.
    pub fn note(&self, ui: &mut Ui, name: &str, text: &str, focus: bool, rows: usize) -> Option<String> {
        let mut typed = text.to_owned();
        let edited = TextEdit::multi_line(&mut typed, rows).name(name).show(ui);
        let tag = self.language.tag();
        ui.ctx().accesskit_node_builder(edited.response.id, |node| {
            // What is typed may be in any language; its name is in the form's.
            if node.language().is_none() {
                node.set_language(tag);
            }
        });
        if focus {
            edited.response.request_focus();
            edited.response.scroll_to_me(None);
        }
        if edited.cancelled {
            edited.response.surrender_focus();
        }
        (typed != text).then_some(typed)
    }

    /// A link where `rect` begins. Its click sends `command`.
    pub fn link(
        &self,
        ui: &mut Ui,
        rect: Rect,
        words: &str,
        commands: &mut Vec<Command>,
        command: ReviewCommand,
    ) -> Rect {
        let start = self.column(rect).start();
        self.link_in(ui, rect, (words, start), commands, command)
    }

    /// A link where `rect` ends.
    pub fn link_at_end(
        &self,
        ui: &mut Ui,
        rect: Rect,
        words: &str,
        commands: &mut Vec<Command>,
        command: ReviewCommand,
    ) -> Rect {
        let end = self.column(rect).end();
        self.link_in(ui, rect, (words, end), commands, command)
    }

    fn link_in(
        &self,
        ui: &mut Ui,
        rect: Rect,
        (words, align): (&str, Align2),
        commands: &mut Vec<Command>,
        command: ReviewCommand,
    ) -> Rect {
        let colours = palette(ui);
        let ink = self.ink(size::SECONDARY, colours.accent_text);
        let galley = typeset::galley(ui, self.say(words), ink, rect.width(), 1);
        let place = align.align_size_within_rect(galley.size(), rect);
        // The same link may stand in the list and in the panel.
        let response = ui.interact(place, ui.unique_id().with(words), Sense::click());
        spoken::tell(&response, Some(self.language), || {
            WidgetInfo::labeled(Role::Button, true, words)
        });
        ui.painter().galley(place.min, galley, ink.colour);
        if response.hovered() {
            let line = Stroke::new(1.0, colours.accent_text);
            ui.painter().hline(place.x_range(), place.bottom() - 1.0, line);
        }
        focus_ring(ui, &response, place.expand2(vec2(3.0, 1.0)));
        let response = response.on_hover_cursor(CursorIcon::PointingHand);
        let told = self.words.tooltip(&command);
        if widgets::tooltip(response, self.say(told)).clicked() {
            commands.push(command.into());
        }
        place
    }

    /// The main thing to do, over the whole width, with its key.
    pub fn main_button(
        &self,
        ui: &mut Ui,
        words: &str,
        enabled: bool,
        commands: &mut Vec<Command>,
        command: ReviewCommand,
    ) {
        let colours = palette(ui);
        let sense = if enabled { Sense::click() } else { Sense::hover() };
        let (rect, response, column) = self.row(ui, 32.0, sense);
        spoken::tell(&response, Some(self.language), || {
            WidgetInfo::labeled(Role::Button, enabled, words)
        });
        let (fill, colour) = match enabled {
            true if response.hovered() && !colours.dark => (colours.accent_text, colours.on_accent),
            true => (colours.accent, colours.on_accent),
            false => (colours.sunken, colours.text_3),
        };
        ui.painter().rect_filled(rect, radius::CONTROL, fill);
        let ink = self.ink(size::BODY, colour).semibold();
        let words_width = typeset::galley(ui, self.say(words), ink, rect.width() - 90.0, 1)
            .size()
            .x;
        let keys = ui
            .ctx()
            .format_shortcut(&egui::KeyboardShortcut::new(egui::Modifiers::COMMAND, egui::Key::Enter));
        let hint = Ink::new(size::SMALL, colour);
        let keys_width = typeset::galley(ui, &keys, hint, f32::INFINITY, 1).size().x + 10.0;
        let start = ((rect.width() - words_width - keys_width - 8.0) / 2.0).max(6.0);
        let place = column.place(start, words_width, rect.top(), rect.height());
        typeset::paint(ui, place, self.say(words), ink, column.start());
        let chip = column.place(start + words_width + 8.0, keys_width, rect.center().y - 9.0, 18.0);
        ui.painter().rect_stroke(
            chip,
            radius::CHIP,
            Stroke::new(1.0, colour.gamma_multiply(0.5)),
            StrokeKind::Inside,
        );
        typeset::paint(ui, chip, &keys, hint, Align2::CENTER_CENTER);
        focus_ring(ui, &response, rect);
        if enabled && response.on_hover_cursor(CursorIcon::PointingHand).clicked() {
            commands.push(command.into());
        }
    }

    /// A switch with its words. Returns whether it was clicked.
    pub fn switch(&self, ui: &mut Ui, rect: Rect, words: &str, on: bool) -> bool {
        let colours = palette(ui);
        let column = self.column(rect);
        let ink = self.ink(size::BODY, colours.text).semibold();
        let width = typeset::galley(ui, self.say(words), ink, rect.width(), 1).size().x + 36.0;
        let place = column.place(0.0, width, rect.top(), rect.height());
        let response = ui.interact(place, widgets::id("review", "blind"), Sense::click());
        spoken::tell(&response, Some(self.language), || {
            WidgetInfo::selected(Role::Switch, true, on, words)
        });
        let track = column.place(0.0, 26.0, rect.center().y - 7.0, 14.0);
        let (fill, line) = if on {
            (colours.accent, colours.accent)
        } else {
            (colours.panel, colours.edge)
        };
        ui.painter()
            .rect(track, 7, fill, Stroke::new(1.0, line), StrokeKind::Inside);
        let knob = if on {
            column.place(14.0, 10.0, track.top(), 14.0)
        } else {
            column.place(2.0, 10.0, track.top(), 14.0)
        };
        let colour = if on { colours.on_accent } else { colours.edge };
        ui.painter()
            .circle_filled(pos2(knob.center().x, track.center().y), 5.0, colour);
        let words_place = column.place(34.0, width - 34.0, rect.top(), rect.height());
        typeset::paint(ui, words_place, self.say(words), ink, column.start());
        focus_ring(ui, &response, place);
        let response = response.on_hover_cursor(CursorIcon::PointingHand);
        let told = self.words.tooltip(&ReviewCommand::ToggleBlind);
        widgets::tooltip(response, self.say(told)).clicked()
    }
}
