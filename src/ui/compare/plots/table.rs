//! The table twin of a figure: the same rows, for who would rather read numbers.

use std::sync::Arc;

use egui::{Rect, ScrollArea, Ui};

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
            // Sorted as the figure is.
            measures::show_headings(ui, sheet, &widths, None, None);
            let rows: Vec<usize> = (0..sheet.table.rows.len()).collect();
            measures::show_rows(ui, id, sheet, &rows, &widths, "")
        });
        shown.inner.opened
    })
}
