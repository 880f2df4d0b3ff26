//! Drawing one glyph into a small bitmap of coverage.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use parley::FontData;
use skrifa::instance::{NormalizedCoord, Size};
use skrifa::outline::{DrawSettings, HintingInstance, OutlinePen, Target};
use skrifa::{FontRef, GlyphId, MetadataProvider};
use vello_cpu::kurbo::{Affine, BezPath, Shape};
use vello_cpu::{Pixmap, RenderContext, Resources, color};

use super::fonts::{self, BundledFont};
use super::thicken::thicken;

/// A font met in layout, by its place in [`Faces`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FaceId(u32);

/// A font with everything that changes how its glyphs look, but for the size.
#[derive(Debug)]
pub struct Face {
    data: FontData,
    /// The place on the axes of a variable font.
    coordinates: Vec<i16>,
    /// Whether strokes are thickened, for want of a heavier file.
    embolden: bool,
    /// Whether its glyphs are drawn on whole pixels only.
    pub whole_pixels: bool,
}

/// The fonts met in layout, shared between layout and drawing.
#[derive(Debug, Clone, Default)]
pub struct Faces(Arc<RwLock<Vec<Arc<Face>>>>);

impl FaceId {
    /// No font: glyphs are code points, drawn as their [codes](super::codes).
    pub const CODES: Self = Self(u32::MAX);
}

impl Faces {
    /// The id of a font, new or met before.
    pub fn intern(&self, data: &FontData, coordinates: &[i16], embolden: bool) -> FaceId {
        let same =
            |face: &Arc<Face>| face.data == *data && face.coordinates == coordinates && face.embolden == embolden;
        let known = self
            .0
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .iter()
            .position(same);
        let index = known.unwrap_or_else(|| {
            let mut faces = self.0.write().unwrap_or_else(PoisonError::into_inner);
            faces.push(Arc::new(Face {
                data: data.clone(),
                coordinates: coordinates.to_vec(),
                embolden,
                whole_pixels: fonts::bundled(data.data.data()).is_some_and(BundledFont::on_whole_pixels),
            }));
            faces.len() - 1
        });
        FaceId(u32::try_from(index).unwrap_or(u32::MAX))
    }

    /// The font of an id given out here.
    pub fn get(&self, id: FaceId) -> Option<Arc<Face>> {
        let faces = self.0.read().unwrap_or_else(PoisonError::into_inner);
        faces.get(id.0 as usize).cloned()
    }
}

/// Coverage of a glyph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coverage {
    pub width: usize,
    pub height: usize,
    /// Rows from the top, `width * height` values; 255 where the glyph covers a pixel whole.
    pub alpha: Vec<u8>,
    /// From the glyph's origin to the top left pixel, rightwards.
    pub left: i32,
    /// The same downwards.
    pub top: i32,
}

impl Coverage {
    /// Nothing to see. One pixel, because an atlas takes no empty picture.
    pub fn blank() -> Self {
        Self {
            width: 1,
            height: 1,
            alpha: vec![0],
            left: 0,
            top: 0,
        }
    }
}

/// Draws glyphs, keeping what each font and size needs to be fitted to the pixel grid.
#[derive(Default)]
pub struct Rasterizer {
    hinting: HashMap<(FaceId, u32), Option<HintingInstance>>,
}

impl Rasterizer {
    /// Draws a glyph at `size` pixels per em, moved right by `shift` (a part of a pixel).
    ///
    /// Blank where the glyph has no outline, as a space has none.
    pub fn draw(&mut self, id: FaceId, face: &Face, glyph: u32, size: f32, shift: f32) -> Coverage {
        self.outline(id, face, glyph, size, shift)
            .and_then(|path| fill(&[(path, 1.0)]))
            .unwrap_or_else(Coverage::blank)
    }

    fn outline(&mut self, id: FaceId, face: &Face, glyph: u32, size: f32, shift: f32) -> Option<BezPath> {
        let (font, coordinates) = face.open()?;
        // As egui draws its own text, so that both look alike on a line.
        let hinting = self.hinting.entry((id, size.to_bits())).or_insert_with(|| {
            let glyphs = font.outline_glyphs();
            HintingInstance::new(&glyphs, Size::new(size), coordinates.as_slice(), Target::default()).ok()
        });
        let settings = match hinting {
            Some(hinting) => DrawSettings::hinted(hinting, false),
            None => DrawSettings::unhinted(Size::new(size), coordinates.as_slice()),
        };
        face.trace(&font, glyph, size, shift, settings)
    }
}

impl Face {
    fn open(&self) -> Option<(FontRef<'_>, Vec<NormalizedCoord>)> {
        let font = FontRef::from_index(self.data.data.data(), self.data.index).ok()?;
        let coordinates = self.coordinates.iter().copied().map(NormalizedCoord::from_bits);
        Some((font, coordinates.collect()))
    }

    fn trace(
        &self,
        font: &FontRef<'_>,
        glyph: u32,
        size: f32,
        shift: f32,
        settings: DrawSettings<'_>,
    ) -> Option<BezPath> {
        let outline = font.outline_glyphs().get(GlyphId::new(glyph))?;
        let mut pen = PathPen {
            path: BezPath::new(),
            shift,
        };
        outline.draw(settings, &mut pen).ok()?;
        let mut path = pen.path;
        if self.embolden {
            thicken(&mut path, f64::from(size) / 56.0);
        }
        Some(path)
    }

    /// A glyph's outline at `size` per em from its origin, y downwards, fitted to no grid. `None` where it has none.
    pub(super) fn outline(&self, glyph: u32, size: f32) -> Option<BezPath> {
        let (font, coordinates) = self.open()?;
        let settings = DrawSettings::unhinted(Size::new(size), coordinates.as_slice());
        self.trace(&font, glyph, size, 0.0, settings)
    }
}

/// Fills paths one over the other, each as opaque as it says. `None` where there is nothing to see.
pub(super) fn fill(paths: &[(BezPath, f32)]) -> Option<Coverage> {
    let boxes = paths.iter().map(|(path, _)| path.bounding_box());
    let bounds = boxes.reduce(|all, one| all.union(one))?.expand();
    let (width, height) = (bounds.width(), bounds.height());
    if !(width >= 1.0 && height >= 1.0 && width <= f64::from(u16::MAX) && height <= f64::from(u16::MAX)) {
        return None;
    }
    let (width, height) = (width as u16, height as u16);
    let mut context = RenderContext::new(width, height);
    context.set_transform(Affine::translate((-bounds.x0, -bounds.y0)));
    for (path, opacity) in paths {
        context.set_paint(color::AlphaColor::<color::Srgb>::WHITE.with_alpha(*opacity));
        context.fill_path(path);
    }
    let mut picture = Pixmap::new(width, height);
    context.render(&mut picture, &mut Resources::new());
    Some(Coverage {
        width: usize::from(width),
        height: usize::from(height),
        alpha: picture.data().iter().map(|pixel| pixel.a).collect(),
        left: bounds.x0 as i32,
        top: bounds.y0 as i32,
    })
}

/// Collects an outline as a path with y downwards.
struct PathPen {
    path: BezPath,
    shift: f32,
}

impl PathPen {
    fn point(&self, x: f32, y: f32) -> (f64, f64) {
        (f64::from(x + self.shift), f64::from(-y))
    }
}

impl OutlinePen for PathPen {
    fn move_to(&mut self, x: f32, y: f32) {
        self.path.move_to(self.point(x, y));
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.path.line_to(self.point(x, y));
    }

    fn quad_to(&mut self, cx: f32, cy: f32, x: f32, y: f32) {
        self.path.quad_to(self.point(cx, cy), self.point(x, y));
    }

    fn curve_to(&mut self, ax: f32, ay: f32, bx: f32, by: f32, x: f32, y: f32) {
        self.path
            .curve_to(self.point(ax, ay), self.point(bx, by), self.point(x, y));
    }

    fn close(&mut self) {
        self.path.close_path();
    }
}
