//! Menus: rows of one height under a button, for pointer and keyboard, narrowed by typing.
//!
//! Opening a menu gives the focus to its chosen row. egui moves it with the arrow keys, clicks the row in focus on
//! Enter and closes on Escape; what is typed meanwhile narrows the rows. A menu of a language that runs from right to
//! left is mirrored.

use egui::{
    Align, Align2, Event, Id, ImeEvent, Key, Modifiers, Popup, PopupCloseBehavior, Rect, RectAlign, Response, Role,
    ScrollArea, Sense, Ui, UiBuilder, WidgetInfo, vec2,
};

use super::palette;
use crate::app::theme::{radius, size, space};
use crate::language::{Direction, Language};
use crate::text::folding::Query;
use crate::ui::column::Column;
use crate::ui::icons::{self, Icon};
use crate::ui::marks::Marks;
use crate::ui::spoken;
use crate::ui::typeset::{self, Ink, Words};

/// The longest text of a row, in points.
const LONGEST: f32 = 420.0;
/// Between a row's edge and its words.
const PADDING: f32 = 10.0;
/// Between a row's words and its note.
const NOTE_GAP: f32 = 16.0;
/// Room for a row's count, or for the arrow of one that leads on.
const COUNT: f32 = 52.0;
/// A menu of more rows says that it can be searched.
const LONG: usize = 10;

/// A row.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'a> {
    pub words: Words<'a>,
    /// In grey at the far end, such as a language's own name.
    note: Option<Words<'a>>,
    /// Named above the first row of a group; empty where there are none.
    group: &'a str,
    /// Chosen besides others.
    marked: bool,
    /// How much there is of it, at the far end; its room is there while it is not known yet.
    count: Option<&'a str>,
    /// Whether choosing it leads to other rows in the same menu, which then stays open.
    leads_on: bool,
}

impl<'a> Entry<'a> {
    pub fn new(words: impl Into<Words<'a>>) -> Self {
        Self {
            words: words.into(),
            note: None,
            group: "",
            marked: false,
            count: None,
            leads_on: false,
        }
    }

    /// A language by its English name, with its own beside it.
    pub fn language(language: &'a Language) -> Self {
        let mut entry = Self::new(language.english_name());
        if language.native_name() != language.english_name() {
            entry.note = Some(Words::native(language));
        }
        entry
    }

    /// A language by its own name, with the English one beside it.
    pub fn native(language: &'a Language) -> Self {
        let mut entry = Self::new(Words::native(language));
        if language.native_name() != language.english_name() {
            entry.note = Some(language.english_name().into());
        }
        entry
    }

    pub fn group(mut self, group: &'a str) -> Self {
        self.group = group;
        self
    }

    /// Shows it as chosen where several are.
    pub fn marked(mut self, marked: bool) -> Self {
        self.marked = marked;
        self
    }

    pub fn counted(mut self, count: &'a str) -> Self {
        self.count = Some(count);
        self
    }

    pub fn leading_on(mut self) -> Self {
        self.leads_on = true;
        self
    }

    fn is_found(&self, query: &Query) -> bool {
        query.finds([self.words.text, self.note.map_or("", |note| note.text), self.group])
    }
}

/// How a menu speaks, and which way it runs.
#[derive(Debug, Clone, Copy)]
pub struct Manner<'a> {
    /// None where it is the window's own. A row's words may be in another.
    pub language: Option<&'a Language>,
    /// Says that typing narrows the rows.
    pub find: &'a str,
    /// Says that no row is like what was typed.
    pub nothing: &'a str,
}

impl Manner<'static> {
    /// The window's own.
    pub const WINDOW: Self = Self {
        language: None,
        find: "Type to find",
        nothing: "Nothing like this",
    };
}

impl Manner<'_> {
    pub fn column(&self, rect: Rect) -> Column {
        Column {
            left: rect.left(),
            right: rect.right(),
            mirrored: self.language.map(Language::direction) == Some(Direction::RightToLeft),
        }
    }

    /// Words of its own.
    pub fn say<'w>(&'w self, words: &'w str) -> Words<'w> {
        Words {
            language: self.language,
            ..words.into()
        }
    }
}

/// What an open menu remembers.
#[derive(Debug, Clone, Default)]
struct Open {
    typed: String,
    /// What an input method is composing, which finds nothing yet.
    composing: String,
    /// Whether a row has been given the focus since the rows last changed.
    focused: bool,
}

/// Whether the menu of `button` is open.
pub fn is_open(button: &Response) -> bool {
    Popup::is_id_open(&button.ctx, Popup::default_response_id(button))
}

/// Tells that `button` has a menu, and whether it is open.
pub fn tell(button: &Response) {
    let open = is_open(button);
    button.ctx.accesskit_node_builder(button.id, |node| {
        node.set_has_popup(egui::accesskit::HasPopup::Listbox);
        node.set_expanded(open);
    });
}

/// Opens under `button` when that is clicked, at least `least` wide; returns the place in `entries` of the row that
/// was chosen.
pub fn show(
    button: &Response,
    name: &str,
    entries: &[Entry<'_>],
    selected: Option<usize>,
    least: f32,
) -> Option<usize> {
    show_in(button, &Manner::WINDOW, name, entries, selected, least)
}

/// The same in another language than the window's.
pub fn show_in(
    button: &Response,
    manner: &Manner<'_>,
    name: &str,
    entries: &[Entry<'_>],
    selected: Option<usize>,
    least: f32,
) -> Option<usize> {
    let context = &button.ctx;
    let id = Popup::default_response_id(button).with("typed");
    let mut open = context.data(|data| data.get_temp::<Open>(id)).unwrap_or_default();
    let mut chosen = None;
    let align = match manner.column(button.rect).mirrored {
        false => RectAlign::BOTTOM_START,
        true => RectAlign::BOTTOM_END,
    };
    let shown = Popup::menu(button)
        .align(align)
        .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
        .show(|ui| {
            chosen = show_rows(ui, manner, name, entries, (selected, least), &mut open);
            let leads_on = chosen.and_then(|place| entries.get(place)).map(|entry| entry.leads_on);
            match leads_on {
                Some(true) => open = Open::default(),
                Some(false) => ui.close(),
                None => {}
            }
        });
    match shown {
        Some(shown) if !shown.response.should_close() => {
            context.data_mut(|data| data.insert_temp(id, open));
        }
        Some(_) => {
            context.data_mut(|data| data.remove::<Open>(id));
            // Whoever used the keyboard goes on from the button.
            if context.input(|input| input.key_pressed(Key::Enter) || input.key_pressed(Key::Escape)) {
                button.request_focus();
            }
        }
        None => {}
    }
    chosen
}

fn show_rows(
    ui: &mut Ui,
    manner: &Manner<'_>,
    name: &str,
    entries: &[Entry<'_>],
    (selected, least): (Option<usize>, f32),
    open: &mut Open,
) -> Option<usize> {
    let width = width(ui, entries, least);
    ui.set_width(width);
    ui.spacing_mut().item_spacing.y = 2.0;
    if !ui.is_sizing_pass() && take_typed(ui, open) {
        open.focused = false;
    }
    if entries.len() > LONG || !open.typed.is_empty() || !open.composing.is_empty() {
        show_typed(ui, manner, open);
    }
    let query = Query::new(&open.typed);
    let shown: Vec<(usize, &Entry<'_>)> = entries
        .iter()
        .enumerate()
        .filter(|(_, entry)| entry.is_found(&query))
        .collect();
    if shown.is_empty() {
        let (rect, _) = ui.allocate_exact_size(vec2(width, space::SMALL_CONTROL), Sense::hover());
        let ink = Ink::new(size::BODY, palette(ui).text_2);
        typeset::paint(
            ui,
            rect.shrink2(vec2(PADDING, 0.0)),
            manner.say(manner.nothing),
            ink,
            manner.column(rect).start(),
        );
    }
    let first = shown
        .iter()
        .map(|(place, _)| *place)
        .find(|place| Some(*place) == selected)
        .or(shown.first().map(|(place, _)| *place));
    let to_focus = if open.focused || ui.is_sizing_pass() {
        None
    } else {
        first
    };
    open.focused |= to_focus.is_some();
    let mut chosen = None;
    let builder = UiBuilder::new()
        .accessibility_role(Role::ListBox)
        .accessibility_label(name);
    ui.scope_builder(builder, |ui| {
        ScrollArea::vertical().max_height(440.0).show(ui, |ui| {
            let mut group = "";
            for (place, entry) in shown {
                if entry.group != group {
                    group = entry.group;
                    match group {
                        "" => ui.add_space(6.0),
                        group => show_group(ui, manner, group),
                    }
                }
                let response = show_row(
                    ui,
                    manner,
                    place,
                    entry,
                    &open.typed,
                    (Some(place) == selected || entry.marked, width),
                );
                if to_focus == Some(place) {
                    response.request_focus();
                    response.scroll_to_me(None);
                } else if response.gained_focus() {
                    response.scroll_to_me(None);
                }
                if response.clicked() {
                    chosen = Some(place);
                }
            }
        });
    });
    chosen
}

/// The width of the widest row.
fn width(ui: &Ui, entries: &[Entry<'_>], least: f32) -> f32 {
    let bold = Ink::new(size::BODY, palette(ui).text).semibold();
    let grey = note_ink(ui);
    let natural = |words: Words<'_>, ink| typeset::galley(ui, words, ink, LONGEST, 1).size().x;
    entries
        .iter()
        .map(|entry| {
            let note = entry.note.map_or(0.0, |note| NOTE_GAP + natural(note, grey));
            let end = if entry.count.is_some() || entry.leads_on {
                COUNT
            } else {
                0.0
            };
            natural(entry.words, bold) + note + end + 2.0 * PADDING
        })
        .fold(least, f32::max)
        .ceil()
}

fn note_ink(ui: &Ui) -> Ink {
    Ink::new(size::SECONDARY, palette(ui).text_3)
}

/// Takes what was typed in this frame, and says whether that changes what is found.
fn take_typed(ui: &Ui, open: &mut Open) -> bool {
    let Open { typed, composing, .. } = open;
    let before = typed.clone();
    ui.input_mut(|input| {
        input.events.retain(|event| match event {
            Event::Text(text) if typed.is_empty() && text.trim().is_empty() => true,
            Event::Text(text) => {
                typed.push_str(text);
                false
            }
            Event::Ime(ImeEvent::Preedit { text, .. }) => {
                composing.clone_from(text);
                false
            }
            Event::Ime(ImeEvent::Commit(text)) => {
                composing.clear();
                typed.push_str(text);
                false
            }
            Event::Key {
                key: Key::Backspace,
                pressed: true,
                modifiers,
                ..
            } => {
                match modifiers.matches_logically(Modifiers::NONE) {
                    true => _ = typed.pop(),
                    false => typed.clear(),
                }
                false
            }
            // Within what is typed a space is a letter and chooses nothing.
            Event::Key { key: Key::Space, .. } => typed.is_empty(),
            _ => true,
        });
    });
    *typed != before
}

fn show_typed(ui: &mut Ui, manner: &Manner<'_>, open: &Open) {
    let colours = palette(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), space::CONTROL), Sense::hover());
    let typed = format!("{}{}", open.typed, open.composing);
    let (words, ink) = match typed.as_str() {
        "" => (manner.say(manner.find), colours.text_3),
        typed => (typed.into(), colours.text),
    };
    spoken::tell(&response, words.language, || {
        WidgetInfo::labeled(Role::Label, true, words.text)
    });
    let column = manner.column(rect.shrink2(vec2(PADDING, 0.0)));
    icons::paint(
        ui.painter(),
        Icon::Search,
        column.place(0.0, 12.0, rect.top(), rect.height()).center(),
        13.0,
        colours.text_2,
    );
    let place = column.place(20.0, column.width() - 20.0, rect.top(), rect.height());
    let drawn = typeset::paint(ui, place, words, Ink::new(size::BODY, ink), column.start());
    // Input methods are on only where there is something to type into.
    let to_global = ui.ctx().layer_transform_to_global(ui.layer_id()).unwrap_or_default();
    ui.output_mut(|output| {
        output.ime = Some(egui::output::IMEOutput {
            purpose: egui::IMEPurpose::Normal,
            rect: to_global * rect,
            cursor_rect: to_global * drawn,
            should_interrupt_composition: false,
        });
    });
    ui.painter().hline(
        rect.x_range(),
        rect.bottom() - 0.5,
        egui::Stroke::new(1.0, colours.line),
    );
}

fn show_group(ui: &mut Ui, manner: &Manner<'_>, group: &str) {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), space::SMALL_CONTROL), Sense::hover());
    spoken::tell(&response, None, || WidgetInfo::labeled(Role::Heading, true, group));
    let ink = Ink::new(size::SMALL, palette(ui).text_2).semibold();
    let place = rect.shrink2(vec2(PADDING, 2.0));
    let start = manner.column(place).start();
    typeset::paint(ui, place, group, ink, Align2([start.x(), Align::Max]));
}

fn show_row(
    ui: &mut Ui,
    manner: &Manner<'_>,
    place: usize,
    entry: &Entry<'_>,
    typed: &str,
    (selected, width): (bool, f32),
) -> Response {
    let colours = palette(ui);
    let (_, rect) = ui.allocate_space(vec2(width, space::SMALL_CONTROL));
    let response = ui.interact(rect, row_id(ui, place), Sense::click());
    spoken::tell(&response, entry.words.language, || {
        WidgetInfo::selected(Role::ListBoxOption, true, selected, entry.words.text)
    });
    if let Some(count) = entry.count {
        ui.ctx()
            .accesskit_node_builder(response.id, |node| node.set_description(count));
    }
    if !ui.is_rect_visible(rect) {
        return response;
    }
    let ink = Ink::new(size::BODY, if selected { colours.accent_text } else { colours.text }).bold_if(selected);
    if selected {
        ui.painter().rect_filled(rect, radius::CHIP, colours.accent_soft);
    } else if response.hovered() || response.has_focus() {
        ui.painter().rect_filled(rect, radius::CHIP, colours.hover);
    }
    super::focus_ring(ui, &response, rect);
    let inner = rect.shrink2(vec2(PADDING, 0.0));
    let column = manner.column(inner);
    if entry.leads_on {
        let arrow = column.place_from_end(0.0, 10.0, inner.top(), inner.height());
        let icon = if column.mirrored { Icon::Previous } else { Icon::Next };
        icons::paint(ui.painter(), icon, arrow.center(), 11.0, colours.text_2);
    }
    if let Some(count) = entry.count {
        let ink = Ink::new(size::SECONDARY, colours.text_2);
        typeset::paint(ui, inner, count, ink, column.end());
    }
    let mut room = inner.width();
    if entry.leads_on || entry.count.is_some() {
        room -= COUNT;
    }
    if let Some(note) = entry.note {
        let place = column.place(0.0, room, inner.top(), inner.height());
        room -= typeset::paint(ui, place, note, note_ink(ui), column.end()).width() + NOTE_GAP;
    }
    let words = column.place(0.0, room.max(0.0), inner.top(), inner.height());
    Marks::hits(typed).paint(ui, words, entry.words, ink, column.start());
    response
}

fn row_id(ui: &Ui, place: usize) -> Id {
    ui.scope_id().with(("row", place))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_found_however_its_words_are_written() {
        let is_found = |entry: Entry<'_>, typed: &str| entry.is_found(&Query::new(typed));
        let thousand = Entry::new("ألف").group("Shots");
        for typed in ["الف", "ألف", "أَلْف", "الـف", "shot", " "] {
            assert!(is_found(thousand, typed), "{typed}");
        }
        assert!(!is_found(thousand, "مئة"));
        let arabic: Language = "ar".parse().unwrap();
        for typed in ["العربيه", "عربي", "ARAB", "árabic"] {
            assert!(is_found(Entry::language(&arabic), typed), "{typed}");
            assert!(is_found(Entry::native(&arabic), typed), "{typed}");
        }
        // While a Korean syllable is being put together.
        assert!(is_found(Entry::new("한국어"), "한구"));
    }
}
