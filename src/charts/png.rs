//! A scene as a PNG, drawn as the window's glyphs are: on the processor, the same on every machine.

use vello_cpu::kurbo::{Affine, BezPath, Circle, RoundedRect, Shape as _, Stroke as Pen};
use vello_cpu::{Pixmap, RenderContext, Resources, color};

use super::colour::{Colour, Theme};
use super::label::{Label, outlined};
use super::print::{MARGIN, millimetres};
use super::scene::{Anchor, Mark, Point, Scene, Shape, Stroke, corners, point};
use super::svg::{HOLLOW, offset};
use crate::text::isolate;
use crate::text::outline::Outliner;

/// Why there is no picture.
#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    #[error(
        "the figure would be {width} by {height} pixels, and a picture has at most 65,535 each way; choose a lower resolution or fewer rows"
    )]
    TooLarge { width: f32, height: f32 },
    #[error("the picture could not be written as PNG")]
    Encode(#[from] png::EncodingError),
}

/// Dots in an inch that journals ask for.
pub const PRINT: f32 = 300.0;

/// Draws `scene` at its size on paper with `resolution` dots in an inch.
pub fn picture(scene: &Scene, theme: &Theme, outliner: &Outliner, resolution: f32) -> Result<Vec<u8>, PictureError> {
    let scale = millimetres(1.0) / 25.4 * resolution;
    let [width, height] = [scene.width, scene.height].map(|length| ((length + 2.0 * MARGIN) * scale).round());
    let holds = |length: f32| (1.0..=f32::from(u16::MAX)).contains(&length);
    if !holds(width) || !holds(height) {
        return Err(PictureError::TooLarge { width, height });
    }
    let (width, height) = (width as u16, height as u16);
    let pixmap = draw(scene, theme, outliner, scale, width, height);
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, u32::from(width), u32::from(height));
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    let per_metre = (f64::from(resolution) / 0.0254).round() as u32;
    encoder.set_pixel_dims(Some(png::PixelDimensions {
        xppu: per_metre,
        yppu: per_metre,
        unit: png::Unit::Meter,
    }));
    for (key, text) in [("Title", &scene.title), ("Description", &scene.description)] {
        encoder.add_itxt_chunk(key.to_owned(), isolate::plain(text))?;
    }
    let mut writer = encoder.write_header()?;
    // The ground is opaque, so no colour is hidden by its alpha.
    let pixels: Vec<u8> = pixmap
        .data()
        .iter()
        .flat_map(|pixel| [pixel.r, pixel.g, pixel.b])
        .collect();
    writer.write_image_data(&pixels)?;
    writer.finish()?;
    Ok(bytes)
}

fn draw(scene: &Scene, theme: &Theme, outliner: &Outliner, scale: f32, width: u16, height: u16) -> Pixmap {
    let mut painter = Painter {
        context: RenderContext::new(width, height),
        scale: Affine::scale(f64::from(scale)) * Affine::translate((f64::from(MARGIN), f64::from(MARGIN))),
        theme,
        outliner,
    };
    // In pixels, so that no edge is left half covered.
    let whole = vello_cpu::kurbo::Rect::new(0.0, 0.0, f64::from(width), f64::from(height));
    painter.fill(&whole.to_path(TOLERANCE), Colour::Ground);
    painter.context.set_transform(painter.scale);
    for mark in &scene.marks {
        painter.mark(mark);
    }
    painter.context.flush();
    let mut pixmap = Pixmap::new(width, height);
    painter.context.render(&mut pixmap, &mut Resources::new());
    pixmap
}

/// How far a curve may be from its ideal, in points.
const TOLERANCE: f64 = 0.01;

struct Painter<'a> {
    context: RenderContext,
    scale: Affine,
    theme: &'a Theme,
    outliner: &'a Outliner,
}

impl Painter<'_> {
    fn paint(&mut self, colour: Colour) {
        let [red, green, blue] = self.theme.rgb(colour);
        self.context
            .set_paint(color::AlphaColor::<color::Srgb>::from_rgb8(red, green, blue));
    }

    fn fill(&mut self, path: &BezPath, colour: Colour) {
        self.paint(colour);
        self.context.fill_path(path);
    }

    fn stroke(&mut self, path: &BezPath, stroke: &Stroke) {
        self.paint(stroke.colour);
        let mut pen = Pen::new(f64::from(stroke.width)).with_caps(vello_cpu::kurbo::Cap::Butt);
        if stroke.dashed {
            pen = pen.with_dashes(0.0, Stroke::DASHES.map(f64::from));
        }
        self.context.set_stroke(pen);
        self.context.stroke_path(path);
    }

    fn mark(&mut self, mark: &Mark) {
        match mark {
            Mark::Rectangle { area, fill, radius } => {
                let [left, top, right, bottom] = [area.left, area.top, area.right, area.bottom].map(f64::from);
                let rect = RoundedRect::new(left, top, right, bottom, f64::from(*radius));
                self.fill(&rect.to_path(TOLERANCE), *fill);
            }
            Mark::Line { from, to, stroke } => self.stroke(&line(&[*from, *to], false), stroke),
            Mark::Path { points, stroke } => self.stroke(&line(points, false), stroke),
            Mark::Symbol {
                shape,
                centre,
                radius,
                colour,
                filled,
            } => {
                let path = match shape {
                    Shape::Circle => Circle::new(at(*centre), f64::from(*radius)).to_path(TOLERANCE),
                    shape => line(&corners(*shape, *centre, *radius), true),
                };
                self.fill(&path, if *filled { *colour } else { Colour::Ground });
                if !filled {
                    self.stroke(&path, &Stroke::new(*colour, HOLLOW));
                }
            }
            Mark::Text {
                label,
                at,
                anchor,
                turned,
            } => self.text(label, *at, *anchor, *turned),
        }
    }

    fn text(&mut self, label: &Label, place: Point, anchor: Anchor, turned: bool) {
        let line = outlined(self.outliner, label);
        let turn = if turned {
            Affine::rotate(-std::f64::consts::FRAC_PI_2)
        } else {
            Affine::IDENTITY
        };
        let here = self.scale * Affine::translate(at(place).to_vec2()) * turn;
        let left = offset(anchor, line.width);
        self.paint(label.colour);
        for glyph in &line.glyphs {
            let origin = at(point(left + glyph.x, glyph.y)).to_vec2();
            self.context.set_transform(here * Affine::translate(origin));
            self.context.fill_path(&glyph.path);
        }
        self.context.set_transform(self.scale);
    }
}

fn at(place: Point) -> vello_cpu::kurbo::Point {
    vello_cpu::kurbo::Point::new(f64::from(place.x), f64::from(place.y))
}

fn line(points: &[Point], closed: bool) -> BezPath {
    let mut path = BezPath::new();
    for (place, point) in points.iter().enumerate() {
        match place {
            0 => path.move_to(at(*point)),
            _ => path.line_to(at(*point)),
        }
    }
    if closed {
        path.close_path();
    }
    path
}
