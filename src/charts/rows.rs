//! What plots of rows have in common: names at the left, an axis of percent, figures at the right.

use super::axis::{self, Scale};
use super::chart::Room;
use super::colour::Colour;
use super::label::{Label, Measure, widest};
use super::scene::{Anchor, Area, Scene, Stroke, point};

/// The least and the greatest height of a row.
const HEIGHTS: (f32, f32) = (17.0, 26.0);
/// Above the rows, where the right column has a heading.
const HEADING: f32 = 18.0;
/// Below the rows, for the words of the axis.
const FOOT: f32 = 22.0;
const GAP: f32 = 12.0;
/// A figure of more rows has the words of its axis above them too.
const LONG: usize = 30;

/// One row's words.
#[derive(Debug, Clone)]
pub struct Line {
    /// A heading of the rows after it has no marks.
    pub heading: bool,
    pub name: Label,
    /// Figures at the right, in columns.
    pub figures: Vec<Label>,
}

/// Where rows and their axis stand.
#[derive(Debug, Clone, Copy)]
pub struct Rows {
    pub scale: Scale,
    /// What the scale reaches from and to.
    shares: (f64, f64),
    /// The area of the marks.
    pub plot: Area,
    /// Of the whole scene.
    pub width: f32,
    pub height: f32,
    row: f32,
}

impl Rows {
    /// The level of a row's middle.
    pub fn middle(&self, row: usize) -> f32 {
        self.plot.top + (row as f32 + 0.5) * self.row
    }

    /// All of a row, from edge to edge.
    pub fn area(&self, row: usize) -> Area {
        let top = self.plot.top + row as f32 * self.row;
        Area::new(0.0, top, self.width, top + self.row)
    }
}

/// Lays rows out from `top` on, on an axis of these shares. `lanes` is how many marks stand above each other in a row.
pub fn lay_out(
    room: Room,
    top: f32,
    (lines, lanes): (&[Line], usize),
    heading: &[Label],
    shares: (f64, f64),
    measure: &dyn Measure,
) -> Rows {
    let names = widest(measure, lines.iter().map(|line| &line.name)).min(room.width * 0.36);
    let figures: f32 = column_widths(lines, heading, measure)
        .iter()
        .map(|width| width + GAP)
        .sum();
    let top = match heading.is_empty() && lines.len() <= LONG {
        true => top + 4.0,
        false => top + HEADING,
    };
    let least = HEIGHTS.0.max(lanes as f32 * 7.0 + 6.0);
    let spare = room.height - top - FOOT;
    let row = (spare / lines.len().max(1) as f32)
        .clamp(least, HEIGHTS.1.max(least))
        .floor();
    let plot = Area::new(
        names + GAP,
        top,
        // The last tick's words reach half beyond it.
        room.width - figures - if figures > 0.0 { 10.0 } else { 18.0 },
        top + row * lines.len() as f32,
    );
    Rows {
        scale: Scale::linear(shares, (plot.left + 4.0, plot.right.max(plot.left + 40.0) - 4.0)),
        shares,
        plot,
        width: room.width,
        // No higher than its rows: a caption stands right below.
        height: plot.bottom + FOOT,
        row,
    }
}

fn column_widths(lines: &[Line], heading: &[Label], measure: &dyn Measure) -> Vec<f32> {
    let columns = lines.iter().map(|line| line.figures.len()).max().unwrap_or(0);
    let mut widths: Vec<f32> = (0..columns)
        .map(|column| widest(measure, lines.iter().filter_map(|line| line.figures.get(column))))
        .collect();
    // A heading stands over all columns and ends where they end.
    let together: f32 = widths.iter().sum::<f32>() + GAP * columns.saturating_sub(1) as f32;
    let over = widest(measure, heading);
    if let Some(first) = widths.first_mut() {
        *first += (over - together).max(0.0);
    }
    widths
}

/// Draws the axis, the names and the figures.
pub fn draw(scene: &mut Scene, rows: &Rows, lines: &[Line], heading: &[Label], measure: &dyn Measure) {
    let ticks = axis::share_ticks(rows.shares, rows.plot.width());
    axis::columns(scene, &rows.scale, &ticks, rows.plot.top - 2.0, rows.plot.bottom + 2.0);
    if lines.len() > LONG {
        for (value, words) in &ticks {
            let at = point(rows.scale.at(*value).round() + 0.5, rows.plot.top - HEADING / 2.0);
            scene.write_beside(Label::small(words), at, Anchor::Centre);
        }
    }
    for label in heading {
        let at = point(rows.width, rows.plot.top - HEADING / 2.0);
        scene.write_beside(label.clone(), at, Anchor::Right);
    }
    let widths = column_widths(lines, heading, measure);
    for (place, line) in lines.iter().enumerate() {
        let middle = rows.middle(place);
        let room = if line.heading {
            rows.plot.right
        } else {
            rows.plot.left - GAP
        };
        let name = line.name.clone().within(room);
        match line.heading {
            true => scene.write_beside(name, point(0.0, middle), Anchor::Left),
            false => scene.write_beside(name, point(rows.plot.left - GAP, middle), Anchor::Right),
        }
        let mut right = rows.width;
        for (column, figure) in line.figures.iter().enumerate().rev() {
            scene.write_beside(figure.clone(), point(right, middle), Anchor::Right);
            right -= widths.get(column).copied().unwrap_or_default() + GAP;
        }
    }
}

/// Draws an interval as a thin line with ends.
pub fn interval(scene: &mut Scene, scale: &Scale, (low, high): (f64, f64), level: f32, colour: Colour) {
    let (from, to) = (scale.at(low), scale.at(high));
    let stroke = Stroke::new(colour, 1.2);
    scene.line(point(from, level), point(to, level), stroke);
    for end in [from, to] {
        scene.line(point(end, level - 2.5), point(end, level + 2.5), stroke);
    }
}
