//! Tabs: one strip of the sections of a page.

use egui::{Align2, CursorIcon, Id, Rect, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

use super::{focus_ring, group, id, palette, tooltip};
use crate::app::matrix::count;
use crate::app::theme::{radius, size, space};
use crate::ui::spoken;
use crate::ui::typeset::{self, Ink};

/// From a tab's edge to its words.
const PADDING: f32 = 12.0;
/// The same where there is little room.
const LEAST_PADDING: f32 = 5.0;
/// Between a tab's words and its count.
const GAP: f32 = 8.0;

/// A section of a page.
#[derive(Debug, Clone, Copy)]
pub struct Tab<'a> {
    pub words: &'a str,
    /// How much there is in it, where that says something.
    pub count: Option<usize>,
}

impl Tab<'_> {
    fn name(self) -> String {
        match self.count {
            Some(number) => format!("{}, {}", self.words, count(number)),
            None => self.words.to_owned(),
        }
    }
}

/// Shows the tabs in one strip; where that is wider than the room there is, counts go first, then the room around words, then their ends.
/// Returns the place of the one that was chosen.
pub fn tabs(ui: &mut Ui, name: &str, tabs: &[Tab<'_>], selected: Option<usize>) -> Option<usize> {
    let room = ui.available_rect_before_wrap();
    let words_width = |tab: &Tab<'_>| typeset::galley(ui, tab.words, ink(ui, true), f32::INFINITY, 1).size().x;
    let count_width = |tab: &Tab<'_>| match tab.count {
        Some(number) => GAP + typeset::galley(ui, &count(number), grey(ui), f32::INFINITY, 1).size().x,
        None => 0.0,
    };
    let plain: Vec<f32> = tabs.iter().map(words_width).collect();
    let full: Vec<f32> = tabs
        .iter()
        .zip(&plain)
        .map(|(tab, width)| width + count_width(tab))
        .collect();
    let around = 2.0 * tabs.len() as f32;
    let counted = full.iter().sum::<f32>() + around * PADDING <= room.width();
    let mut widths = if counted { full } else { plain };
    let padding = (room.width() - widths.iter().sum::<f32>()) / around.max(1.0);
    let padding = padding.clamp(LEAST_PADDING, PADDING);
    widths.iter_mut().for_each(|width| *width += 2.0 * padding);
    let shrink = (room.width() / widths.iter().sum::<f32>().max(1.0)).min(1.0);
    let whole = Rect::from_min_size(room.min, vec2(widths.iter().sum::<f32>() * shrink, space::CONTROL));
    ui.allocate_rect(whole, Sense::hover());
    group(ui, whole, Role::TabList, name, |ui| {
        let mut left = whole.left();
        let mut chosen = None;
        for (place, (tab, width)) in tabs.iter().zip(&widths).enumerate() {
            let right = left + width * shrink;
            let rect = Rect::from_min_max(pos2(left.round(), whole.top()), pos2(right.round(), whole.bottom()));
            if show_tab(
                ui,
                // Several strips of a page may have tabs of the same words.
                id("tab", (name, tab.words)),
                (rect.shrink2(vec2(padding, 0.0)), rect),
                *tab,
                (selected == Some(place), counted),
            ) {
                chosen = Some(place);
            }
            if place > 0 {
                let line = Stroke::new(1.0, palette(ui).line_strong);
                ui.painter().vline(rect.left() + 0.5, rect.y_range(), line);
            }
            left = right;
        }
        let edge = Stroke::new(1.0, palette(ui).line_strong);
        ui.painter()
            .rect_stroke(whole, radius::CONTROL, edge, StrokeKind::Inside);
        chosen
    })
}

fn ink(ui: &Ui, selected: bool) -> Ink {
    let colours = palette(ui);
    Ink::new(size::BODY, if selected { colours.accent_text } else { colours.text_2 }).bold_if(selected)
}

fn grey(ui: &Ui) -> Ink {
    Ink::new(size::SECONDARY, palette(ui).text_2)
}

/// Shows a tab with its words in `inner`. Returns whether it was clicked.
fn show_tab(ui: &mut Ui, id: Id, (inner, rect): (Rect, Rect), tab: Tab<'_>, (selected, counted): (bool, bool)) -> bool {
    let colours = palette(ui);
    let response = ui.interact(rect, id, Sense::click());
    let name = tab.name();
    spoken::tell(&response, None, || {
        WidgetInfo::selected(Role::Tab, true, selected, &name)
    });
    let fill = if selected {
        colours.accent_soft
    } else if response.hovered() {
        colours.hover
    } else {
        colours.panel
    };
    ui.painter().rect_filled(rect, radius::CONTROL, fill);
    let drawn = typeset::paint(ui, inner, tab.words, ink(ui, selected), Align2::LEFT_CENTER);
    if let Some(number) = tab.count.filter(|_| counted) {
        let place = inner.with_min_x(drawn.right() + GAP);
        typeset::paint(ui, place, &count(number), grey(ui), Align2::LEFT_CENTER);
    }
    focus_ring(ui, &response, rect);
    let response = response.on_hover_cursor(CursorIcon::PointingHand);
    let cut = inner.width() + 0.5
        < typeset::galley(ui, tab.words, ink(ui, selected), f32::INFINITY, 1)
            .size()
            .x;
    tooltip(response, if cut { tab.words } else { "" }).clicked()
}
