//! Where everything of the matrix stands, computed before anything is painted.

use egui::{Rangef, Rect, pos2};

use crate::app::compare::layout::{Layout, Line};
use crate::app::compare::view::{Holds, Mode};
use crate::app::theme::space;

const WIDEST_CELL: f32 = 140.0;
const GAP: f32 = 2.0;
const SECTION_GAP: f32 = 10.0;
/// A row that names the models below it.
const HEADING: f32 = 24.0;
/// Around everything within the card.
pub const PADDING: f32 = 12.0;
/// The titles of the sections.
pub const TITLES: f32 = 28.0;
/// The heads of the columns.
pub const HEADS: f32 = 22.0;
/// Room for a scroll bar beside the cells.
pub const SCROLL_BAR: f32 = 10.0;

/// Extents of columns from the left of the cells and of rows from their top.
#[derive(Debug, Clone, PartialEq)]
pub struct Places {
    /// The width of the models' names.
    pub names: f32,
    /// Of every section: its own extent and those of its columns.
    pub sections: Vec<(Rangef, Vec<Rangef>)>,
    /// Of every line of the layout.
    pub lines: Vec<Rangef>,
    /// Of all columns together.
    pub width: f32,
    /// Of all lines together.
    pub height: f32,
    /// Whether not all columns are in sight.
    pub overflows: bool,
}

impl Places {
    /// Places `layout` in a card `width` wide, its rows as high as `cell`.
    pub fn new(layout: &Layout, mode: Mode, width: f32, cell: f32) -> Self {
        let names = (width * 0.15).clamp((width * 0.36).min(164.0), 260.0);
        let room = width - 2.0 * PADDING - names;
        let is_cell = |holds: &Holds| matches!(holds, Holds::Cells(_));
        let cells = layout.columns().filter(|column| is_cell(&column.holds)).count() as f32;
        let means = layout.columns().count() as f32 - cells;
        let mean = least_mean(mode);
        let gaps = layout.sections.len().saturating_sub(1) as f32 * (SECTION_GAP - GAP);
        let each = ((room - gaps - means * (mean + GAP)) / cells.max(1.0) - GAP).floor();
        let overflows = each < least_cell(mode);
        let each = each.clamp(least_cell(mode), WIDEST_CELL);
        let mut left = 0.0;
        let mut sections = Vec::new();
        for section in &layout.sections {
            let first = left;
            let mut columns = Vec::new();
            for column in &section.columns {
                let width = if is_cell(&column.holds) { each } else { mean };
                columns.push(Rangef::new(left, left + width));
                left += width + GAP;
            }
            sections.push((Rangef::new(first, left - GAP), columns));
            left += SECTION_GAP - GAP;
        }
        let mut top = 0.0;
        let mut lines = Vec::new();
        for line in &layout.lines {
            let height = match line {
                Line::Heading(_) | Line::Fold { .. } => HEADING,
                Line::Model(_) | Line::Published(_) => cell,
            };
            lines.push(Rangef::new(top, top + height));
            top += height + GAP;
        }
        Self {
            names,
            sections,
            lines,
            width: (left - SECTION_GAP).max(0.0),
            height: (top - GAP).max(0.0),
            overflows,
        }
    }

    /// How high the card is that shows every line.
    pub fn card_height(&self) -> f32 {
        let bar = if self.overflows { SCROLL_BAR } else { 0.0 };
        space::CARD_HEADER + 4.0 + TITLES + HEADS + self.height + PADDING + bar
    }

    /// Every column from left to right, by section and place in it.
    pub fn columns(&self) -> impl Iterator<Item = Rangef> + '_ {
        self.sections.iter().flat_map(|(_, columns)| columns.iter().copied())
    }

    /// The rectangle of a column in a line, where the cells begin at `origin`.
    pub fn cell(origin: egui::Pos2, column: Rangef, line: Rangef) -> Rect {
        Rect::from_min_max(
            pos2(origin.x + column.min, origin.y + line.min),
            pos2(origin.x + column.max, origin.y + line.max),
        )
    }
}

/// Below this a cell's interval would be cut.
fn least_cell(mode: Mode) -> f32 {
    match mode {
        Mode::Accuracy | Mode::Rank => 74.0,
        Mode::Delta => 92.0,
    }
}

fn least_mean(mode: Mode) -> f32 {
    match mode {
        Mode::Accuracy | Mode::Rank => 68.0,
        Mode::Delta => 86.0,
    }
}
