//! The columns of the page's lists: heads and cells.

use egui::{Align2, Rect, Sense, Stroke, Ui, pos2, vec2};

use super::super::typeset::{self, Ink};
use super::super::widgets::palette;
use crate::app::theme::{size, space};

/// Between a row's edge and its cells, and between cells.
const GAP: f32 = 14.0;
/// Rows narrower than this leave some columns out; the selected model's card says the rest.
const FEW: f32 = 640.0;

/// A column of a list.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    pub title: &'static str,
    /// Its share of a row's width.
    pub share: f32,
    /// The same where there is no room for all columns; 0 leaves it out.
    pub few_share: f32,
    pub align: Align2,
}

impl Column {
    pub const fn new(title: &'static str, share: f32, few_share: f32) -> Self {
        Self {
            title,
            share,
            few_share,
            align: Align2::LEFT_CENTER,
        }
    }

    /// Its numbers end at one line.
    pub const fn numbers(mut self) -> Self {
        self.align = Align2::RIGHT_CENTER;
        self
    }
}

/// A row's cells, as wide as their columns; those left out have no width.
pub fn cells<const N: usize>(row: Rect, columns: &[Column; N]) -> [Rect; N] {
    let inner = row.shrink2(vec2(GAP, 0.0));
    let few = inner.width() < FEW;
    let mut left = inner.left();
    let mut cells = columns.map(|column| {
        let width = inner.width() * if few { column.few_share } else { column.share };
        let cell = Rect::from_min_size(pos2(left, row.top()), vec2((width - GAP).max(0.0), row.height()));
        left += width;
        cell
    });
    // The last one goes to the edge.
    if let Some(last) = cells.last_mut() {
        last.max.x = inner.right();
    }
    cells
}

/// Shows the titles.
pub fn heads<const N: usize>(ui: &mut Ui, columns: &[Column; N]) {
    let (head, _) = ui.allocate_exact_size(vec2(ui.available_width(), space::ROW), Sense::hover());
    for (cell, column) in cells(head, columns).into_iter().zip(columns) {
        if cell.width() > 0.0 {
            let ink = Ink::new(size::SECONDARY, palette(ui).text_2);
            typeset::paint(ui, cell, column.title, ink, column.align);
        }
    }
    let line = Stroke::new(1.0, palette(ui).line);
    ui.painter().hline(head.x_range(), head.bottom() - 0.5, line);
}
