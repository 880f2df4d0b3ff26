//! The table twin of a figure: the same rows, for who would rather read numbers. The page scrolls it, and its headings
//! stay in sight.

use std::sync::Arc;

use egui::{Rect, ScrollArea, Sense, Ui, vec2};

use super::super::measures;
use crate::app::measures::Sheet;
use crate::app::theme::space;
use crate::charts::Chart;
use crate::charts::target::Target;
use crate::ui::widgets::{self, within};

/// Room for the bar that scrolls a wide table sideways.
const SCROLL_BAR: f32 = 10.0;

/// A sheet made before, with the figure it is of.
#[derive(Clone)]
struct Kept {
    chart: Arc<dyn Chart>,
    sheet: Arc<Sheet>,
}

/// How high the numbers of `chart` are.
pub fn height(ui: &Ui, chart: &Arc<dyn Chart>) -> f32 {
    let rows = sheet(ui, chart).table.rows.len();
    space::ROW * (rows + 1) as f32 + SCROLL_BAR
}

fn sheet(ui: &Ui, chart: &Arc<dyn Chart>) -> Arc<Sheet> {
    let id = widgets::id("figure table", chart.kind().word());
    let kept: Option<Kept> = ui.data(|data| data.get_temp(id));
    let kept = kept.filter(|kept| Arc::ptr_eq(&kept.chart, chart)).unwrap_or_else(|| {
        let kept = Kept {
            chart: Arc::clone(chart),
            sheet: Arc::new(Sheet::of_chart(&**chart)),
        };
        ui.data_mut(|data| data.insert_temp(id, kept.clone()));
        kept
    });
    kept.sheet
}

/// Shows the numbers of `chart` within `rect`, which has the height they need. Returns what was clicked, to be opened.
pub fn show(ui: &mut Ui, rect: Rect, chart: &Arc<dyn Chart>) -> Option<Target> {
    let id = widgets::id("figure rows", chart.kind().word());
    let sheet = &*sheet(ui, chart);
    within(ui, rect, id, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        let widths = measures::widths(ui, sheet);
        let width = measures::whole_width(&widths);
        let scroll = ScrollArea::horizontal().auto_shrink([false, false]);
        let shown = scroll.show(ui, |ui| {
            ui.set_width(width.max(ui.available_width()));
            let (place, _) = ui.allocate_exact_size(vec2(ui.available_width(), space::ROW), Sense::hover());
            let head = pinned(place, rect, ui.clip_rect());
            // Sorted as the figure is.
            measures::show_headings(ui, head, sheet, &widths, None, None);
            let rows: Vec<usize> = (0..sheet.table.rows.len()).collect();
            ui.set_clip_rect(ui.clip_rect().intersect(Rect::everything_below(head.bottom())));
            measures::show_rows(ui, id, sheet, &rows, &widths, "")
        });
        if let Some(row) = shown.inner.reached {
            // What scrolls sideways takes it from the page, which has to scroll; the headings cover a row above.
            ui.scroll_to_rect(row.with_min_y(row.top() - space::ROW), None);
        }
        shown.inner.opened
    })
}

/// Where headings stand whose `place` in the table may have scrolled away: at the top of what is `seen` of it, and with
/// the last row once that is all there is.
fn pinned(place: Rect, table: Rect, seen: Rect) -> Rect {
    let last = (table.bottom() - SCROLL_BAR - 2.0 * space::ROW).max(place.top());
    let top = seen.top().clamp(place.top(), last);
    place.translate(vec2(0.0, top - place.top()))
}
