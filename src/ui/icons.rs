//! Icons, drawn by the painter on a 16 point grid with one stroke and round ends.

use egui::{Color32, Painter, Pos2, Rect, Shape, Stroke, pos2, vec2};

use crate::scoring::Outcome;

/// What an icon stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Icon {
    Models,
    Benchmarks,
    Runs,
    Compare,
    Inspect,
    Moon,
    Sun,
    Search,
    Plus,
    Check,
    Cross,
    Question,
    Barred,
    Truncated,
    Warning,
    Play,
    Stop,
    Download,
    Folder,
    /// A chevron that opens something.
    Down,
    Ascending,
    Descending,
    Previous,
    Next,
    List,
    Lock,
    Copy,
    /// The paragraph sign.
    Hidden,
    Dash,
    Pin,
    /// One for the other.
    Swap,
    /// Hollow: what others published.
    Diamond,
    Flag,
    /// An eye crossed out: what may not be seen yet.
    EyeOff,
}

impl From<Outcome> for Icon {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Right => Self::Check,
            Outcome::Wrong => Self::Cross,
            Outcome::Unparsed => Self::Question,
            Outcome::Refused => Self::Barred,
            Outcome::Truncated => Self::Truncated,
            Outcome::Failed => Self::Warning,
        }
    }
}

enum Part {
    Line(&'static [(f32, f32)]),
    Ring((f32, f32), f32),
    Dot((f32, f32), f32),
    /// An arc of a circle: centre, radius, first and last angle in degrees, clockwise from the right.
    Arc((f32, f32), f32, f32, f32),
}

use Part::{Arc, Dot, Line, Ring};

fn parts(icon: Icon) -> &'static [Part] {
    match icon {
        Icon::Models => &[
            Line(&[(2.5, 2.5), (13.5, 2.5), (13.5, 7.0), (2.5, 7.0), (2.5, 2.5)]),
            Line(&[(2.5, 9.0), (13.5, 9.0), (13.5, 13.5), (2.5, 13.5), (2.5, 9.0)]),
            Dot((5.0, 4.75), 0.8),
            Dot((5.0, 11.25), 0.8),
            Line(&[(7.5, 4.75), (11.0, 4.75)]),
            Line(&[(7.5, 11.25), (11.0, 11.25)]),
        ],
        Icon::Benchmarks => &[
            Line(&[
                (9.5, 1.75),
                (3.5, 1.75),
                (3.5, 14.25),
                (12.5, 14.25),
                (12.5, 4.75),
                (9.5, 1.75),
                (9.5, 4.75),
                (12.5, 4.75),
            ]),
            Line(&[(6.0, 8.0), (10.0, 8.0)]),
            Line(&[(6.0, 11.0), (10.0, 11.0)]),
        ],
        Icon::Runs => &[
            Ring((8.0, 8.0), 6.25),
            Line(&[(6.5, 5.25), (10.75, 8.0), (6.5, 10.75), (6.5, 5.25)]),
        ],
        Icon::Compare => &[
            Line(&[(2.0, 14.0), (14.0, 14.0)]),
            Line(&[(4.0, 11.5), (4.0, 8.0)]),
            Line(&[(8.0, 11.5), (8.0, 2.5)]),
            Line(&[(12.0, 11.5), (12.0, 5.5)]),
        ],
        Icon::Inspect => &[
            Ring((7.0, 7.0), 4.75),
            Line(&[(10.5, 10.5), (14.0, 14.0)]),
            Line(&[(5.0, 6.0), (9.0, 6.0)]),
            Line(&[(5.0, 8.25), (7.75, 8.25)]),
        ],
        Icon::Moon => &[Arc((8.0, 8.0), 5.5, 20.0, 250.0), Arc((11.1, 4.9), 4.9, 62.0, 207.0)],
        Icon::Sun => &[
            Ring((8.0, 8.0), 2.75),
            Line(&[(8.0, 1.5), (8.0, 2.75)]),
            Line(&[(8.0, 13.25), (8.0, 14.5)]),
            Line(&[(1.5, 8.0), (2.75, 8.0)]),
            Line(&[(13.25, 8.0), (14.5, 8.0)]),
            Line(&[(3.4, 3.4), (4.3, 4.3)]),
            Line(&[(11.7, 11.7), (12.6, 12.6)]),
            Line(&[(3.4, 12.6), (4.3, 11.7)]),
            Line(&[(11.7, 4.3), (12.6, 3.4)]),
        ],
        Icon::Search => &[Ring((7.0, 7.0), 4.5), Line(&[(10.4, 10.4), (13.75, 13.75)])],
        Icon::Plus => &[Line(&[(8.0, 3.0), (8.0, 13.0)]), Line(&[(3.0, 8.0), (13.0, 8.0)])],
        Icon::Check => &[Line(&[(3.0, 8.5), (6.5, 12.0), (13.0, 4.5)])],
        Icon::Cross => &[Line(&[(4.0, 4.0), (12.0, 12.0)]), Line(&[(12.0, 4.0), (4.0, 12.0)])],
        Icon::Question => &[
            Arc((8.0, 5.75), 2.75, 180.0, 405.0),
            Line(&[(9.95, 7.7), (8.0, 9.4), (8.0, 10.2)]),
            Dot((8.0, 13.0), 0.9),
        ],
        Icon::Barred => &[Ring((8.0, 8.0), 5.5), Line(&[(4.2, 4.2), (11.8, 11.8)])],
        Icon::Truncated => &[
            Line(&[(2.0, 8.0), (8.0, 8.0)]),
            Dot((10.5, 8.0), 0.9),
            Dot((13.5, 8.0), 0.9),
        ],
        Icon::Warning => &[
            Line(&[(8.0, 2.25), (14.25, 13.5), (1.75, 13.5), (8.0, 2.25)]),
            Line(&[(8.0, 6.25), (8.0, 9.5)]),
            Dot((8.0, 11.5), 0.8),
        ],
        Icon::Play => &[Line(&[(4.5, 3.0), (12.5, 8.0), (4.5, 13.0), (4.5, 3.0)])],
        Icon::Stop => &[Line(&[(4.0, 4.0), (12.0, 4.0), (12.0, 12.0), (4.0, 12.0), (4.0, 4.0)])],
        Icon::Download => &[
            Line(&[(8.0, 2.0), (8.0, 10.5)]),
            Line(&[(4.75, 7.25), (8.0, 10.5), (11.25, 7.25)]),
            Line(&[(2.5, 13.75), (13.5, 13.75)]),
        ],
        Icon::Folder => &[Line(&[
            (1.75, 13.0),
            (1.75, 3.25),
            (6.25, 3.25),
            (7.75, 5.25),
            (14.25, 5.25),
            (14.25, 13.0),
            (1.75, 13.0),
        ])],
        Icon::Ascending => &[
            Line(&[(8.0, 13.0), (8.0, 3.0)]),
            Line(&[(4.0, 7.0), (8.0, 3.0), (12.0, 7.0)]),
        ],
        Icon::Descending => &[
            Line(&[(8.0, 3.0), (8.0, 13.0)]),
            Line(&[(4.0, 9.0), (8.0, 13.0), (12.0, 9.0)]),
        ],
        Icon::Down => &[Line(&[(4.5, 6.5), (8.0, 10.0), (11.5, 6.5)])],
        Icon::Previous => &[Line(&[(9.75, 3.75), (5.5, 8.0), (9.75, 12.25)])],
        Icon::Next => &[Line(&[(6.25, 3.75), (10.5, 8.0), (6.25, 12.25)])],
        Icon::List => &[
            Line(&[(2.5, 4.0), (13.5, 4.0)]),
            Line(&[(2.5, 8.0), (13.5, 8.0)]),
            Line(&[(2.5, 12.0), (13.5, 12.0)]),
        ],
        Icon::Lock => &[
            Line(&[(3.25, 7.25), (12.75, 7.25), (12.75, 13.75), (3.25, 13.75), (3.25, 7.25)]),
            Line(&[(5.25, 7.0), (5.25, 5.0)]),
            Arc((8.0, 5.0), 2.75, 180.0, 360.0),
            Line(&[(10.75, 5.0), (10.75, 7.0)]),
        ],
        Icon::Hidden => &[
            Line(&[(13.0, 2.5), (6.5, 2.5)]),
            Arc((6.5, 5.5), 3.0, 90.0, 270.0),
            Line(&[(6.5, 8.5), (8.5, 8.5)]),
            Line(&[(8.5, 2.5), (8.5, 13.5)]),
            Line(&[(11.5, 2.5), (11.5, 13.5)]),
        ],
        Icon::Copy => &[
            Line(&[(5.5, 5.5), (13.5, 5.5), (13.5, 13.5), (5.5, 13.5), (5.5, 5.5)]),
            Line(&[(3.0, 10.5), (2.5, 10.5), (2.5, 2.5), (10.5, 2.5), (10.5, 3.0)]),
        ],
        Icon::Pin => &[
            Line(&[
                (5.5, 2.0),
                (10.5, 2.0),
                (10.0, 7.0),
                (12.0, 9.5),
                (4.0, 9.5),
                (6.0, 7.0),
                (5.5, 2.0),
            ]),
            Line(&[(8.0, 9.5), (8.0, 14.0)]),
        ],
        Icon::Swap => &[
            Line(&[(2.5, 5.5), (13.5, 5.5)]),
            Line(&[(10.5, 2.5), (13.5, 5.5), (10.5, 8.5)]),
            Line(&[(13.5, 11.0), (2.5, 11.0)]),
            Line(&[(5.5, 8.0), (2.5, 11.0), (5.5, 14.0)]),
        ],
        Icon::Diamond => &[Line(&[(8.0, 2.0), (14.0, 8.0), (8.0, 14.0), (2.0, 8.0), (8.0, 2.0)])],
        Icon::Flag => &[
            Line(&[(3.5, 14.0), (3.5, 2.5)]),
            Line(&[
                (3.5, 2.75),
                (12.75, 2.75),
                (10.5, 5.75),
                (12.75, 8.75),
                (3.5, 8.75),
                (3.5, 2.75),
            ]),
        ],
        Icon::EyeOff => &[
            Line(&[(1.5, 8.0), (4.0, 5.25), (8.0, 3.75), (12.0, 5.25), (14.5, 8.0)]),
            Line(&[(1.5, 8.0), (4.0, 10.75), (8.0, 12.25), (12.0, 10.75), (14.5, 8.0)]),
            Ring((8.0, 8.0), 2.0),
            Line(&[(3.0, 13.5), (13.0, 2.5)]),
        ],
        Icon::Dash => &[Line(&[(3.5, 8.0), (12.5, 8.0)])],
    }
}

/// Draws `icon` about `centre`, `size` points a side.
pub fn paint(painter: &Painter, icon: Icon, centre: Pos2, size: f32, colour: Color32) {
    let rect = Rect::from_center_size(centre, vec2(size, size));
    let scale = size / 16.0;
    let place = |(x, y): (f32, f32)| pos2(rect.left() + x * scale, rect.top() + y * scale);
    let stroke = Stroke::new(1.4_f32.max(1.4 * scale * 0.95), colour);
    let line = |mut points: Vec<Pos2>| {
        if points.first() == points.last() {
            points.pop();
            painter.add(Shape::closed_line(points, stroke));
            return;
        }
        for end in [points.first(), points.last()].into_iter().flatten() {
            painter.circle_filled(*end, stroke.width / 2.0, colour);
        }
        painter.add(Shape::line(points, stroke));
    };
    for part in parts(icon) {
        match *part {
            Line(points) => line(points.iter().copied().map(place).collect()),
            Ring(centre, radius) => {
                painter.circle_stroke(place(centre), radius * scale, stroke);
            }
            Dot(centre, radius) => {
                painter.circle_filled(place(centre), radius * scale, colour);
            }
            Arc((x, y), radius, from, to) => {
                let steps = 24;
                let points = (0..=steps).map(|step| {
                    let angle = (from + (to - from) * step as f32 / steps as f32).to_radians();
                    place((x + radius * angle.cos(), y + radius * angle.sin()))
                });
                painter.add(Shape::line(points.collect(), stroke));
            }
        }
    }
}

/// Draws the program's own sign: three bars of unequal length on an accent ground.
pub fn paint_sign(painter: &Painter, rect: Rect, ground: Color32, ink: Color32) {
    painter.rect_filled(rect, rect.height() * 0.2, ground);
    let unit = rect.width() / 24.0;
    for (top, left, width) in [(6.5, 6.0, 10.0), (11.0, 8.0, 10.0), (15.5, 6.0, 6.0)] {
        let bar = Rect::from_min_size(rect.min + vec2(left, top) * unit, vec2(width, 2.4) * unit);
        painter.rect_filled(bar, 1.2 * unit, ink);
    }
}
