//! The table twin of a figure: the same rows, for who would rather read numbers.

use std::sync::Arc;

use egui::{Rect, ScrollArea, Ui};

use super::super::measures;
use crate::app::measures::Sheet;
use crate::charts::Chart;
use crate::charts::target::Target;
use crate::ui::widgets::{self, within};

/// A sheet made before, with the figure it is of.
#[derive(Clone)]
struct Kept {
    chart: Arc<dyn Chart>,
    sheet: Arc<Sheet>,
}

/// Shows the numbers of `chart` within `rect`. Returns what was clicked, to be opened.
pub fn show(ui: &mut Ui, rect: Rect, chart: &Arc<dyn Chart>) -> Option<Target> {
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
    let sheet = &*kept.sheet;
    let mut opened = None;
    within(ui, rect, id, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        let widths = measures::widths(ui, sheet);
        let width = measures::whole_width(&widths);
        ScrollArea::horizontal().auto_shrink([false, false]).show(ui, |ui| {
            ui.set_width(width.max(ui.available_width()));
            // Sorted as the figure is.
            measures::show_headings(ui, sheet, &widths, None, None);
            let rows: Vec<usize> = (0..sheet.table.rows.len()).collect();
            opened = measures::show_rows(ui, id, sheet, &rows, &widths, "");
        });
    });
    opened
}
