//! What stands around every page: the rail, the header, the status line, notices and the list of keys.

use egui::{Align2, CursorIcon, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo, pos2, vec2};

use super::icons::{self, Icon};
use super::spoken;
use super::typeset::{self, Ink, Words};
use super::widgets::{self, Button, Emphasis, palette, stepping, tooltip, within};
use crate::app::State;
use crate::app::command::{self, Command, Page};
use crate::app::matrix::{count, counted};
use crate::app::models::bytes;
use crate::app::study::Study;
use crate::app::theme::{radius, size, space};
use crate::scoring::Outcome;
use crate::text::isolate::isolate;
use crate::text::{self, Missing, isolate};

/// Where there is less room, a page scrolls as a whole.
const LEAST_PAGE: Vec2 = vec2(280.0, 200.0);

/// A row and a column of the list of keys, between columns, and what stands above and below them.
const KEY_ROW: f32 = 22.0;
const KEY_COLUMN: f32 = 420.0;
const KEY_GAP: f32 = 32.0;
/// What a scroll bar beside them takes.
const KEY_BAR: f32 = 14.0;
const KEYS_AROUND: f32 = 160.0;

/// Shows the frame of the window and, inside it, the page.
pub fn show(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    spoken::tell_window(ui);
    let colours = palette(ui);
    let all = ui.max_rect();
    ui.painter().rect_filled(all, 0, colours.window);
    let words = has_words(all);
    let width = if words { space::RAIL } else { space::NARROW_RAIL };
    let rail = Rect::from_min_size(all.min, vec2(width, all.height()));
    let right = Rect::from_min_max(pos2(rail.right(), all.top()), all.max);
    let header = Rect::from_min_size(right.min, vec2(right.width(), space::HEADER));
    let status = Rect::from_min_max(pos2(right.left(), right.bottom() - space::STATUS), right.max);
    let mut page = Rect::from_min_max(header.left_bottom(), status.right_top());

    show_rail(ui, rail, words, state, commands);
    show_header(ui, header, state, commands);
    show_status(ui, status, state, commands);
    if let Some(reason) = state.study.as_ref().and_then(|study| study.read_only.as_ref()) {
        let rect = Rect::from_min_size(page.min, vec2(page.width(), space::NOTICE));
        show_read_only(ui, rect, reason);
        page.min.y = rect.bottom();
    }
    page.min.y += show_notices(ui, page, state, commands);
    within(ui, page, "page", |ui| {
        widgets::at_least(ui, LEAST_PAGE, |ui| match state.page {
            Page::Models => super::models::show(ui, state, commands),
            Page::Benchmarks => super::benchmarks::show(ui, state, commands),
            Page::Runs => super::runs::show(ui, state, commands),
            Page::Compare => super::compare::show(ui, state, commands),
            Page::Inspect => super::inspect::show(ui, state, commands),
        });
    });
    if state.keys_shown {
        show_keys(ui, commands);
    }
    show_hovered_files(ui, all);
}

/// Whether the rail has room for words. Where the window is too small, as when zoomed, its icons stand alone and
/// tooltips name them.
fn has_words(all: Rect) -> bool {
    48.0 + 56.0 * Page::ALL.len() as f32 + 62.0 <= all.height() && all.width() >= 480.0
}

fn show_rail(ui: &mut Ui, rail: Rect, words: bool, state: &State, commands: &mut Vec<Command>) {
    let colours = palette(ui);
    ui.painter().rect_filled(rail, 0, colours.rail);
    ui.painter()
        .vline(rail.right() - 0.5, rail.y_range(), Stroke::new(1.0, colours.line));
    let sign = Rect::from_center_size(pos2(rail.center().x - 0.5, rail.top() + 22.0), vec2(26.0, 26.0));
    icons::paint_sign(ui.painter(), sign, colours.accent, colours.on_accent);
    let each = (rail.height() - 56.0) / (Page::ALL.len() + 1) as f32 - 2.0;
    let height = if words { 54.0 } else { each.clamp(22.0, 40.0) };
    let mut top = rail.top() + 48.0;
    for page in Page::ALL {
        let icon = match page {
            Page::Models => Icon::Models,
            Page::Benchmarks => Icon::Benchmarks,
            Page::Runs => Icon::Runs,
            Page::Compare => Icon::Compare,
            Page::Inspect => Icon::Inspect,
        };
        let badge = match page {
            Page::Models => state.models.hub.running(),
            Page::Runs => usize::from(state.runs.live.is_some()),
            _ => 0,
        };
        let rect = Rect::from_min_size(pos2(rail.left() + 3.0, top), vec2(rail.width() - 7.0, height));
        rail_button(ui, rect, icon, Command::Show(page), state.page == page, badge, commands);
        top += height + 2.0;
    }
    let foot = Rect::from_min_size(
        pos2(rail.left() + 3.0, rail.bottom() - height - 6.0),
        vec2(rail.width() - 7.0, height),
    );
    let icon = if colours.dark { Icon::Sun } else { Icon::Moon };
    rail_button(ui, foot, icon, Command::ToggleTheme, false, 0, commands);
}

fn rail_button(
    ui: &mut Ui,
    rect: Rect,
    icon: Icon,
    command: Command,
    selected: bool,
    badge: usize,
    commands: &mut Vec<Command>,
) {
    let colours = palette(ui);
    let words = command.text();
    let response = ui.interact(rect, widgets::id("rail", words), Sense::click());
    let name = if badge > 0 {
        format!("{words}, {badge} at work")
    } else {
        words.to_owned()
    };
    spoken::tell(&response, None, || {
        WidgetInfo::selected(Role::Button, true, selected, &name)
    });
    if selected {
        ui.painter().rect(
            rect,
            radius::CARD,
            colours.panel,
            Stroke::new(1.0, colours.line),
            StrokeKind::Inside,
        );
    } else if response.hovered() {
        ui.painter().rect_filled(rect, radius::CARD, colours.hover);
    }
    let colour = if selected { colours.accent_text } else { colours.text_2 };
    let middle = pos2(rect.center().x, rect.top() + (rect.height() / 2.0).min(20.0));
    icons::paint(ui.painter(), icon, middle, (rect.height() - 6.0).min(20.0), colour);
    if badge > 0 {
        let centre = middle + vec2(13.0, -7.0);
        ui.painter().circle_filled(centre, 7.5, colours.accent);
        let ink = Ink::new(size::SMALL, colours.on_accent).semibold();
        typeset::paint(
            ui,
            Rect::from_center_size(centre, vec2(16.0, 16.0)),
            &badge.to_string(),
            ink,
            Align2::CENTER_CENTER,
        );
    }
    if rect.height() >= 54.0 {
        let line = Rect::from_min_max(
            pos2(rect.left() - 3.0, rect.top() + 33.0),
            pos2(rect.right() + 4.0, rect.bottom() - 4.0),
        );
        let ink = Ink::new(size::SMALL, colour).bold_if(selected);
        typeset::paint(ui, line, words, ink, Align2::CENTER_CENTER);
    }
    widgets::focus_ring(ui, &response, rect);
    let keys = command.keys(ui.ctx()).unwrap_or_default();
    let tooltip = match command.tooltip() {
        "" => format!("{words} ({keys})"),
        tooltip => format!("{tooltip} ({keys})"),
    };
    let response = response.on_hover_cursor(CursorIcon::PointingHand);
    if widgets::tooltip(response, &tooltip).clicked() {
        commands.push(command);
    }
}

fn show_header(ui: &mut Ui, rect: Rect, state: &State, commands: &mut Vec<Command>) {
    let colours = palette(ui);
    ui.painter()
        .hline(rect.x_range(), rect.bottom() - 0.5, Stroke::new(1.0, colours.line));
    let title = Rect::from_min_max(rect.min + vec2(16.0, 0.0), rect.max);
    let ink = Ink::new(size::PAGE_TITLE, colours.text).semibold();
    let words = state.page.title();
    let drawn = typeset::paint(ui, title, words, ink, Align2::LEFT_CENTER);
    let response = ui.interact(drawn, widgets::id("shell", "title"), Sense::hover());
    spoken::tell(&response, None, || WidgetInfo::labeled(Role::Heading, true, words));
    let tools = rect.shrink2(vec2(12.0, 8.0)).with_min_x(drawn.right() + space::GAP);
    within(ui, tools, "header", |ui| {
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            Button::new(Emphasis::Quiet)
                .keys()
                .show(ui, commands, Command::ToggleKeys);
            // Its key is in the list of keys.
            if ui.available_width() > 96.0 {
                Button::new(Emphasis::Quiet).show(ui, commands, Command::Reload);
            }
        });
    });
}

fn show_status(ui: &mut Ui, rect: Rect, state: &State, commands: &mut Vec<Command>) {
    let colours = palette(ui);
    ui.painter()
        .hline(rect.x_range(), rect.top() + 0.5, Stroke::new(1.0, colours.line));
    let ink = Ink::new(size::SMALL, colours.text_2);
    let inner = rect.shrink2(vec2(16.0, 2.0));
    let machine = &state.machine;
    let network = network_words(state);
    let memory = match machine.total {
        0 => String::new(),
        total => format!("Memory {} of {}", bytes(machine.used), bytes(total)),
    };
    let missing = text::missing(ui.ctx());
    let warns = missing.characters.len() > state.missing_dismissed;
    // What does not fit is left out, the least important first; a warning always has its room.
    let room = if warns { 190.0 } else { 30.0 };
    let mut right = inner.right();
    for (name, text) in [("network", &network), ("memory", &memory), ("device", &machine.device)] {
        let width = typeset::galley(ui, text, ink, f32::INFINITY, 1).size().x;
        if text.is_empty() || right - width < inner.left() + room {
            continue;
        }
        right = status_text_before(ui, inner, right, (name, text), ink).rect.left() - 24.0;
    }
    if warns {
        right = show_missing(ui, inner, right, &missing, commands) - 24.0;
    }
    icons::paint(
        ui.painter(),
        Icon::Folder,
        pos2(inner.left() + 6.0, inner.center().y),
        12.0,
        colours.text_2,
    );
    let mut left = inner.left() + 18.0;
    let Some(study) = &state.study else { return };
    let counts = format!(
        "{}, {}, {}",
        counted(study.models().len(), "model"),
        counted(study.entries.len(), "item"),
        counted(study.runs().len(), "run")
    );
    let root = study.root.display().to_string();
    let flags = flag_words(state, study);
    for (name, words) in [
        ("workspace", Words::name(&root)),
        ("flags", Words::from(&flags)),
        ("counts", Words::from(&counts)),
    ] {
        if words.text.is_empty() {
            continue;
        }
        let room = (right - left).max(0.0);
        let galley = typeset::galley(ui, words, ink, room, 1);
        let place = Rect::from_min_size(pos2(left, inner.top()), vec2(galley.size().x, inner.height()));
        if room > 60.0 {
            status_text(ui, place, name, words, ink);
        }
        left = place.right() + 24.0;
    }
}

/// How many items are flagged, and how many count nowhere; empty where there is neither.
fn flag_words(state: &State, study: &Study) -> String {
    let (flagged, left_out) = state.review.flagged(study);
    let items = counted(study.entries.len(), "item");
    match (flagged, left_out) {
        (0, 0) => String::new(),
        (flagged, 0) => format!("{} of {items} flagged", count(flagged)),
        (flagged, left_out) => format!(
            "{} of {items} flagged, {} left out of Compare",
            count(flagged),
            count(left_out)
        ),
    }
}

/// What may have left this machine: items only where somebody agreed to it in this workspace.
fn network_words(state: &State) -> String {
    let sent_to = state.study.as_deref().map(|study| &study.sends_to);
    let items = match sent_to.filter(|addresses| !addresses.is_empty()) {
        None => "No text has left this machine".to_owned(),
        Some(addresses) => {
            let addresses: Vec<String> = addresses.iter().map(|address| isolate(address).to_string()).collect();
            format!("Items may be sent to {}", addresses.join(", "))
        }
    };
    match state.models.downloads_asked {
        0 => items,
        number => format!("{items}; {} asked for", counted(number, "download")),
    }
}

/// Tells how many characters no font has, and what to do about it, until dismissed. Returns its left edge.
fn show_missing(ui: &mut Ui, rect: Rect, right: f32, missing: &Missing, commands: &mut Vec<Command>) -> f32 {
    const MOST_LISTED: usize = 12;
    let number = missing.characters.len();
    let listed = missing.characters.iter().take(MOST_LISTED);
    let codes: Vec<String> = listed
        .map(|character| format!("U+{:04X}", u32::from(*character)))
        .collect();
    let rest = match number.saturating_sub(MOST_LISTED) {
        0 => String::new(),
        rest => format!(" and {rest} more"),
    };
    let verb = if number == 1 { "has" } else { "have" };
    let text = format!("{} {verb} no font", counted(number, "character"));
    let remedy = format!(
        "Neither the fonts in Polyclinic nor those of this machine have {}{rest}, met in {}. They show as their codes \
         in a frame. Install a font of their script and start Polyclinic again.",
        codes.join(", "),
        counted(missing.texts, "text")
    );
    let button = Rect::from_center_size(
        pos2(right - space::SMALL_CONTROL / 2.0, rect.center().y),
        vec2(space::SMALL_CONTROL, space::SMALL_CONTROL),
    );
    within(ui, button, "dismiss missing", |ui| {
        Button::new(Emphasis::Quiet)
            .icon(Icon::Cross)
            .text("")
            .small()
            .name(format!("Dismiss: {text}"))
            .show(ui, commands, Command::DismissMissing(number));
    });
    let ink = Ink::new(size::SMALL, palette(ui).text_2);
    let told = status_text_before(ui, rect, button.left(), ("missing", &text), ink);
    tooltip(told, &remedy).rect.left()
}

/// A text of the status line that ends at `right`.
fn status_text_before(ui: &mut Ui, rect: Rect, right: f32, (name, text): (&str, &str), ink: Ink) -> Response {
    let galley = typeset::galley(ui, text, ink, f32::INFINITY, 1);
    let place = Rect::from_min_max(pos2(right - galley.size().x, rect.top()), pos2(right, rect.bottom()));
    status_text(ui, place, name, text.into(), ink)
}

fn status_text(ui: &mut Ui, rect: Rect, name: &str, words: Words<'_>, ink: Ink) -> Response {
    let response = ui.interact(rect, widgets::id("status", name), Sense::hover());
    spoken::tell(&response, None, || WidgetInfo::labeled(Role::Label, true, words.text));
    typeset::paint(ui, rect.expand2(vec2(1.0, 0.0)), words, ink, Align2::LEFT_CENTER);
    response
}

fn show_read_only(ui: &mut Ui, rect: Rect, reason: &str) {
    let colours = palette(ui);
    let pair = colours.warning();
    ui.painter().rect_filled(rect, 0, pair.tint);
    ui.painter()
        .hline(rect.x_range(), rect.bottom() - 0.5, Stroke::new(1.0, colours.line));
    icons::paint(
        ui.painter(),
        Icon::Lock,
        pos2(rect.left() + 24.0, rect.center().y),
        14.0,
        pair.ink,
    );
    let text = format!("Read only: {}", isolate::names(reason));
    let line = Rect::from_min_max(pos2(rect.left() + 38.0, rect.top()), rect.max - vec2(16.0, 0.0));
    let response = ui.interact(line, widgets::id("shell", "read only"), Sense::hover());
    spoken::tell(&response, None, || WidgetInfo::labeled(Role::Label, true, &text));
    typeset::paint(
        ui,
        line,
        &text,
        Ink::new(size::SECONDARY, colours.text),
        Align2::LEFT_CENTER,
    );
}

/// Shows what was said, newest first, and returns the height it took.
fn show_notices(ui: &mut Ui, page: Rect, state: &State, commands: &mut Vec<Command>) -> f32 {
    if state.notices.is_empty() {
        return 0.0;
    }
    let colours = palette(ui);
    let rect = Rect::from_min_max(
        page.min + vec2(space::GUTTER, space::GAP),
        page.max - vec2(space::GUTTER, 0.0),
    );
    let used = within(ui, rect, "notices", |ui| {
        for (place, notice) in state.notices.iter().enumerate().rev().take(3) {
            let pair = match notice.done {
                true => colours.outcome(Outcome::Right),
                false => colours.warning(),
            };
            let top = ui.cursor().min;
            widgets::message(ui, pair, &notice.title, &notice.detail, |_| {});
            let told = Rect::from_min_max(top, pos2(rect.right(), ui.min_rect().bottom()));
            // Beside the words, which are few: below them it would push the page further down.
            within(ui, told.shrink2(vec2(12.0, 8.0)), ("dismiss", place), |ui| {
                ui.with_layout(egui::Layout::right_to_left(egui::Align::Min), |ui| {
                    Button::new(Emphasis::Plain)
                        .small()
                        .show(ui, commands, Command::DismissNotice(place));
                });
            });
        }
        ui.min_rect().height()
    });
    used + space::GAP
}

fn show_keys(ui: &mut Ui, commands: &mut Vec<Command>) {
    let colours = palette(ui);
    let context = ui.ctx().clone();
    let frame = egui::Frame::popup(ui.style()).inner_margin(16);
    let columns = if context.content_rect().width() >= 940.0 { 2 } else { 1 };
    let response = egui::Modal::new(widgets::id("shell", "keys"))
        .frame(frame)
        .show(&context, |ui| {
            ui.set_width(columns as f32 * KEY_COLUMN + (columns - 1) as f32 * KEY_GAP + KEY_BAR);
            typeset::line(ui, "Keys", Ink::new(size::PAGE_TITLE, colours.text).semibold());
            ui.add_space(space::GAP);
            let mut rows: Vec<(String, String)> = command::with_keys()
                .into_iter()
                .filter_map(|command| {
                    let words = match &command {
                        Command::Show(page) => format!("Page {}", page.title()),
                        // A tooltip of two sentences is too long for a line.
                        command if command.tooltip().is_empty() || command.tooltip().contains(". ") => {
                            command.text().to_owned()
                        }
                        command => command.tooltip().to_owned(),
                    };
                    Some((words, command.keys(&context)?))
                })
                .collect();
            rows.extend(super::compare::key_lines());
            rows.push(super::compare::key_line());
            rows.extend(stepping::lines());
            rows.extend(super::inspect::keys(&context));
            rows.push(("Zoom in, out, back".to_owned(), "Ctrl +  Ctrl −  Ctrl 0".to_owned()));
            let room = context.content_rect().height() - KEYS_AROUND;
            egui::ScrollArea::vertical()
                .max_height(room)
                .show(ui, |ui| key_rows(ui, &rows, columns));
            ui.add_space(space::GAP);
            Button::new(Emphasis::Plain)
                .text("Close")
                .show(ui, commands, Command::ToggleKeys);
        });
    if response.should_close() {
        commands.push(Command::ToggleKeys);
    }
}

fn show_hovered_files(ui: &Ui, all: Rect) {
    let hovered = ui.input(|input| input.raw.hovered_files.len());
    if hovered == 0 {
        return;
    }
    let colours = palette(ui);
    let painter = ui.ctx().layer_painter(egui::LayerId::new(
        egui::Order::Foreground,
        widgets::id("shell", "drop"),
    ));
    painter.rect(
        all.shrink(8.0),
        radius::CARD,
        colours.accent_soft.gamma_multiply(0.9),
        Stroke::new(2.0, colours.accent),
        StrokeKind::Inside,
    );
    let ink = Ink::new(size::PAGE_TITLE, colours.accent_text).semibold();
    let galley = typeset::galley(
        ui,
        "Drop a model (.gguf) or a benchmark (.jsonl, .csv, .parquet)",
        ink,
        all.width(),
        1,
    );
    painter.galley(all.center() - galley.size() / 2.0, galley, ink.colour);
}

/// The keys in columns, each row with what it does.
fn key_rows(ui: &mut Ui, rows: &[(String, String)], columns: usize) {
    let colours = palette(ui);
    let each = rows.len().div_ceil(columns.max(1));
    let (all, _) = ui.allocate_exact_size(vec2(ui.available_width(), each as f32 * KEY_ROW), Sense::hover());
    for (place, (words, keys)) in rows.iter().enumerate() {
        let (column, row) = (place / each.max(1), place % each.max(1));
        let left = all.left() + column as f32 * (KEY_COLUMN + KEY_GAP);
        let rect = Rect::from_min_size(
            pos2(left, all.top() + row as f32 * KEY_ROW),
            vec2(KEY_COLUMN.min(all.width()), KEY_ROW),
        );
        let response = ui.interact(rect, widgets::id("keys", place), Sense::hover());
        spoken::tell(&response, None, || {
            WidgetInfo::labeled(Role::Label, true, format!("{words}: {keys}"))
        });
        let ink = Ink::new(size::SECONDARY, colours.text_2);
        let drawn = typeset::paint(ui, rect, keys.as_str(), ink, Align2::RIGHT_CENTER);
        let words_rect = rect.with_max_x(drawn.left() - space::GAP);
        typeset::paint(
            ui,
            words_rect,
            words.as_str(),
            Ink::new(size::BODY, colours.text),
            Align2::LEFT_CENTER,
        );
    }
}
