//! A scene as SVG. Words are outlines of the program's own fonts, so that they look the same everywhere; what they
//! and the marks say is there for screen readers and pointers.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use vello_cpu::kurbo::{BezPath, PathEl};

use super::colour::{Colour, Theme};
use super::label::{Label, outlined};
use super::print::{MARGIN, millimetres};
use super::scene::{Anchor, Area, Mark, Point, Region, Scene, Shape, Stroke, corners};
use crate::files::markup::escaped;
use crate::text::isolate;
use crate::text::outline::{OutlineKey, Outliner};

/// Writes `scene` as a file of its own, as large on paper as its type is meant to be there.
pub fn document(scene: &Scene, theme: &Theme, outliner: &Outliner) -> String {
    let size = format!(
        r#"width="{}mm" height="{}mm""#,
        number(millimetres(scene.width + 2.0 * MARGIN)),
        number(millimetres(scene.height + 2.0 * MARGIN))
    );
    let mut writer = Writer::new(outliner, "f", Some(theme));
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{}\n",
        writer.whole(scene, &size, MARGIN)
    )
}

/// Writes `scene` as an element of a page whose style sheet has a variable for every colour, named by
/// [`Colour::name`]. `id` begins the ids within it.
pub fn element(scene: &Scene, id: &str, outliner: &Outliner) -> String {
    let size = format!(r#"class="figure" width="{}""#, number(scene.width));
    Writer::new(outliner, id, None).whole(scene, &size, 0.0)
}

struct Writer<'a> {
    outliner: &'a Outliner,
    id: &'a str,
    /// `None`: by the variables of a page.
    theme: Option<&'a Theme>,
    /// Every outline once, with its number.
    outlines: BTreeMap<OutlineKey, usize>,
    definitions: String,
}

impl<'a> Writer<'a> {
    fn new(outliner: &'a Outliner, id: &'a str, theme: Option<&'a Theme>) -> Self {
        Self {
            outliner,
            id,
            theme,
            outlines: BTreeMap::new(),
            definitions: String::new(),
        }
    }

    fn whole(&mut self, scene: &Scene, size: &str, margin: f32) -> String {
        let mut marks = String::new();
        let whole = Area::new(-margin, -margin, scene.width + margin, scene.height + margin);
        self.rectangle(&mut marks, &whole, Colour::Ground, 0.0);
        for mark in &scene.marks {
            self.mark(&mut marks, mark);
        }
        let regions: String = scene.regions.iter().map(region).collect();
        let (id, definitions) = (self.id, &self.definitions);
        let view = [whole.left, whole.top, whole.width(), whole.height()]
            .map(number)
            .join(" ");
        let (title, description) = (escaped(&scene.title), escaped(&scene.description));
        let plain = escaped(&isolate::plain(&scene.title));
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" {size} viewBox=\"{view}\" \
             role=\"graphics-document\" aria-label=\"{plain}\" aria-describedby=\"{id}-d\">\n\
             <title>{title}</title>\n<desc id=\"{id}-d\">{description}</desc>\n\
             <defs>\n{definitions}</defs>\n\
             <g aria-hidden=\"true\" fill=\"none\">\n{marks}</g>\n\
             <g fill=\"none\" pointer-events=\"all\">\n{regions}</g>\n</svg>"
        )
    }

    fn paint(&self, colour: Colour) -> String {
        match self.theme {
            Some(theme) => {
                let [red, green, blue] = theme.rgb(colour);
                format!("#{red:02x}{green:02x}{blue:02x}")
            }
            None => format!("var(--{})", colour.name()),
        }
    }

    fn mark(&mut self, out: &mut String, mark: &Mark) {
        match mark {
            Mark::Rectangle { area, fill, radius } => self.rectangle(out, area, *fill, *radius),
            Mark::Line { from, to, stroke } => self.path(out, &[*from, *to], stroke),
            Mark::Path { points, stroke } => self.path(out, points, stroke),
            Mark::Symbol {
                shape,
                centre,
                radius,
                colour,
                filled,
            } => self.symbol(out, *shape, *centre, *radius, *colour, *filled),
            Mark::Text {
                label,
                at,
                anchor,
                turned,
            } => self.text(out, label, *at, *anchor, *turned),
        }
    }

    fn rectangle(&self, out: &mut String, area: &Area, fill: Colour, radius: f32) {
        let rounded = if radius > 0.0 {
            format!(" rx=\"{}\"", number(radius))
        } else {
            String::new()
        };
        _ = writeln!(out, "<rect {}{rounded} fill=\"{}\"/>", sides(area), self.paint(fill));
    }

    fn path(&self, out: &mut String, points: &[Point], stroke: &Stroke) {
        let mut data = String::new();
        for (place, point) in points.iter().enumerate() {
            let command = if place == 0 { 'M' } else { 'L' };
            _ = write!(data, "{command}{} {}", number(point.x), number(point.y));
        }
        let dashes = if stroke.dashed {
            let [on, off] = Stroke::DASHES.map(number);
            format!(" stroke-dasharray=\"{on} {off}\"")
        } else {
            String::new()
        };
        let (colour, width) = (self.paint(stroke.colour), number(stroke.width));
        _ = writeln!(
            out,
            "<path d=\"{data}\" stroke=\"{colour}\" stroke-width=\"{width}\"{dashes}/>"
        );
    }

    fn symbol(&self, out: &mut String, shape: Shape, centre: Point, radius: f32, colour: Colour, filled: bool) {
        let colour = self.paint(colour);
        let look = if filled {
            format!("fill=\"{colour}\"")
        } else {
            format!(
                "fill=\"{}\" stroke=\"{colour}\" stroke-width=\"{}\"",
                self.paint(Colour::Ground),
                number(HOLLOW)
            )
        };
        let corners = corners(shape, centre, radius);
        if corners.is_empty() {
            let [x, y, radius] = [centre.x, centre.y, radius].map(number);
            _ = writeln!(out, "<circle cx=\"{x}\" cy=\"{y}\" r=\"{radius}\" {look}/>");
            return;
        }
        let points: Vec<String> = corners
            .iter()
            .map(|point| format!("{},{}", number(point.x), number(point.y)))
            .collect();
        _ = writeln!(out, "<polygon points=\"{}\" {look}/>", points.join(" "));
    }

    fn text(&mut self, out: &mut String, label: &Label, at: Point, anchor: Anchor, turned: bool) {
        let line = outlined(self.outliner, label);
        if line.glyphs.is_empty() {
            return;
        }
        let left = offset(anchor, line.width);
        let turn = if turned { " rotate(-90)" } else { "" };
        let (x, y) = (number(at.x), number(at.y));
        _ = write!(
            out,
            "<g transform=\"translate({x} {y}){turn}\" fill=\"{}\">",
            self.paint(label.colour)
        );
        for glyph in &line.glyphs {
            let next = self.outlines.len();
            let outline = *self.outlines.entry(glyph.key).or_insert(next);
            if outline == next {
                let data = data(&glyph.path);
                _ = writeln!(self.definitions, "<path id=\"{}-{outline}\" d=\"{data}\"/>", self.id);
            }
            let (x, y) = (number(left + glyph.x), number(glyph.y));
            let down = if y == "0" { String::new() } else { format!(" y=\"{y}\"") };
            _ = write!(out, "<use href=\"#{}-{outline}\" x=\"{x}\"{down}/>", self.id);
        }
        out.push_str("</g>\n");
    }
}

/// The line around a hollow symbol.
pub const HOLLOW: f32 = 1.4;

/// From a text's place to its left end.
pub fn offset(anchor: Anchor, width: f32) -> f32 {
    match anchor {
        Anchor::Left => 0.0,
        Anchor::Centre => -width / 2.0,
        Anchor::Right => -width,
    }
}

fn region(region: &Region) -> String {
    let words = escaped(&region.words());
    let plain = escaped(&isolate::plain(&region.words()));
    format!(
        "<rect {} role=\"graphics-symbol\" aria-label=\"{plain}\"><title>{words}</title></rect>\n",
        sides(&region.area)
    )
}

fn sides(area: &Area) -> String {
    let [x, y, width, height] = [area.left, area.top, area.width(), area.height()].map(number);
    format!("x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\"")
}

/// A length to a hundredth of a point, without zeros that say nothing.
fn number(length: f32) -> String {
    let text = format!("{length:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

fn data(path: &BezPath) -> String {
    let mut data = String::new();
    let at = |point: vello_cpu::kurbo::Point| format!("{} {}", number(point.x as f32), number(point.y as f32));
    for element in path.elements() {
        _ = match *element {
            PathEl::MoveTo(end) => write!(data, "M{}", at(end)),
            PathEl::LineTo(end) => write!(data, "L{}", at(end)),
            PathEl::QuadTo(one, end) => write!(data, "Q{} {}", at(one), at(end)),
            PathEl::CurveTo(one, two, end) => write!(data, "C{} {} {}", at(one), at(two), at(end)),
            PathEl::ClosePath => write!(data, "Z"),
        };
    }
    data
}
