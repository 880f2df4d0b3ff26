//! A figure as shapes: what is painted in the window, and written as SVG and PNG, is the same list of marks.
//!
//! Lengths are points at the size of the window's type; a figure for print is the same scene made smaller.

use super::colour::Colour;
use super::label::Label;
use super::target::Target;

/// A place, from the top left of the figure.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Point {
    pub x: f32,
    pub y: f32,
}

/// A place at `x` and `y`.
pub fn point(x: f32, y: f32) -> Point {
    Point { x, y }
}

/// A rectangle with level sides.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Area {
    pub left: f32,
    pub top: f32,
    pub right: f32,
    pub bottom: f32,
}

impl Area {
    /// The area between two sides and two levels.
    pub fn new(left: f32, top: f32, right: f32, bottom: f32) -> Self {
        Self {
            left,
            top,
            right,
            bottom,
        }
    }

    /// The area that reaches `reach` to every side of `centre`.
    pub fn around(centre: Point, reach: f32) -> Self {
        Self::new(centre.x - reach, centre.y - reach, centre.x + reach, centre.y + reach)
    }

    pub fn width(&self) -> f32 {
        self.right - self.left
    }

    pub fn height(&self) -> f32 {
        self.bottom - self.top
    }

    pub fn centre(&self) -> Point {
        point((self.left + self.right) / 2.0, (self.top + self.bottom) / 2.0)
    }

    /// Whether the two share more than an edge.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.left < other.right && other.left < self.right && self.top < other.bottom && other.top < self.bottom
    }

    /// Whether `other` lies within.
    pub fn holds(&self, other: &Self) -> bool {
        self.left <= other.left && self.top <= other.top && self.right >= other.right && self.bottom >= other.bottom
    }
}

/// Marks nearer than this to each other cannot be told apart.
pub const COVERED: f32 = 4.0;
/// The outer radius of a ring round a mark, whatever the shapes of the two, how thick it is, and how much wider the next
/// ring is.
const RING: f32 = 8.2;
const RIM: f32 = 1.6;
const NEXT_RING: f32 = 3.2;

/// How a line is drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stroke {
    pub colour: Colour,
    pub width: f32,
    pub dashed: bool,
}

impl Stroke {
    /// Dashes and the gaps between them.
    pub const DASHES: [f32; 2] = [3.0, 2.5];

    /// A whole line.
    pub fn new(colour: Colour, width: f32) -> Self {
        Self {
            colour,
            width,
            dashed: false,
        }
    }

    /// A line of dashes: what was published, or what is only a guide.
    pub fn dashed(colour: Colour, width: f32) -> Self {
        Self {
            dashed: true,
            ..Self::new(colour, width)
        }
    }
}

/// The shape of a mark that stands for a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Shape {
    Circle,
    Diamond,
    Square,
    Triangle,
}

/// Where a text stands about its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anchor {
    /// It begins there, at its left.
    Left,
    Centre,
    /// It ends there, at its right.
    Right,
}

/// One thing drawn.
#[derive(Debug, Clone, PartialEq)]
pub enum Mark {
    Rectangle {
        area: Area,
        fill: Colour,
        radius: f32,
    },
    Line {
        from: Point,
        to: Point,
        stroke: Stroke,
    },
    /// Straight lines through several points.
    Path {
        points: Vec<Point>,
        stroke: Stroke,
    },
    Symbol {
        shape: Shape,
        centre: Point,
        /// Of a circle as large.
        radius: f32,
        colour: Colour,
        /// One's own values are filled, published ones hollow.
        filled: bool,
    },
    Text {
        label: Label,
        /// On the baseline.
        at: Point,
        anchor: Anchor,
        /// Whether it runs upwards.
        turned: bool,
    },
}

/// A part of the figure that says something when pointed at.
#[derive(Debug, Clone, PartialEq)]
pub struct Region {
    pub area: Area,
    /// What it is: `Qwen2.5-7B, Arabic`.
    pub title: String,
    /// What was measured: `61.2 percent, n 500, 56.9 to 65.4`.
    pub detail: String,
    pub target: Option<Target>,
}

impl Region {
    /// All of it in one line of words.
    pub fn words(&self) -> String {
        format!("{}, {}", self.title, self.detail)
    }
}

/// A whole figure.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Scene {
    pub width: f32,
    pub height: f32,
    /// What it shows, in a few words.
    pub title: String,
    /// The same in sentences, for who does not see it.
    pub description: String,
    /// From the bottom up.
    pub marks: Vec<Mark>,
    /// In reading order.
    pub regions: Vec<Region>,
}

impl Scene {
    /// An empty scene.
    pub fn new(width: f32, height: f32, title: String, description: String) -> Self {
        Self {
            width,
            height,
            title,
            description,
            ..Self::default()
        }
    }

    /// Draws a straight line.
    pub fn line(&mut self, from: Point, to: Point, stroke: Stroke) {
        self.marks.push(Mark::Line { from, to, stroke });
    }

    /// Draws a filled rectangle with square corners.
    pub fn rectangle(&mut self, area: Area, fill: Colour) {
        self.marks.push(Mark::Rectangle {
            area,
            fill,
            radius: 0.0,
        });
    }

    /// Draws a mark that stands for a value.
    pub fn symbol(&mut self, shape: Shape, centre: Point, radius: f32, colour: Colour, filled: bool) {
        self.marks.push(Mark::Symbol {
            shape,
            centre,
            radius,
            colour,
            filled,
        });
    }

    /// Draws a mark that others would hide, `covers` of them, as a ring round these: they are drawn after it.
    pub fn ring(&mut self, shape: Shape, centre: Point, covers: usize, colour: Colour, filled: bool) {
        let radius = ring_radius(covers);
        self.symbol(shape, centre, radius, colour, filled);
        self.symbol(shape, centre, radius - RIM, Colour::Ground, true);
    }

    /// Writes a label with its baseline at `at`.
    pub fn write(&mut self, label: Label, at: Point, anchor: Anchor) {
        self.marks.push(Mark::Text {
            label,
            at,
            anchor,
            turned: false,
        });
    }

    /// Writes a label so that the middle of its capitals is at `at`.
    pub fn write_beside(&mut self, label: Label, at: Point, anchor: Anchor) {
        let down = label.middle();
        self.write(label, point(at.x, at.y + down), anchor);
    }

    /// Writes a label that runs upwards, the middle of its capitals at `at`.
    pub fn write_upwards(&mut self, label: Label, at: Point, anchor: Anchor) {
        let at = point(at.x + label.middle(), at.y);
        self.marks.push(Mark::Text {
            label,
            at,
            anchor,
            turned: true,
        });
    }

    /// Adds a part that can be pointed at.
    pub fn region(&mut self, area: Area, title: String, detail: String, target: Option<Target>) {
        self.regions.push(Region {
            area,
            title,
            detail,
            target,
        });
    }
}

/// The radius of a ring round `covers` marks at one place.
pub fn ring_radius(covers: usize) -> f32 {
    RING + NEXT_RING * covers.saturating_sub(1) as f32
}

/// The corners of a symbol; none of a circle.
///
/// All shapes cover about as much as a circle of `radius`.
pub fn corners(shape: Shape, centre: Point, radius: f32) -> Vec<Point> {
    let at = |(x, y): (f32, f32)| point(centre.x + x * radius, centre.y + y * radius);
    let corners: &[(f32, f32)] = match shape {
        Shape::Circle => &[],
        Shape::Diamond => &[(0.0, -1.3), (1.3, 0.0), (0.0, 1.3), (-1.3, 0.0)],
        Shape::Square => &[(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)],
        Shape::Triangle => &[(0.0, -1.25), (1.2, 0.9), (-1.2, 0.9)],
    };
    corners.iter().copied().map(at).collect()
}
