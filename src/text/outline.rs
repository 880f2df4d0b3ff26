//! Text as outlines, for figures that look the same wherever they are shown and at whatever size.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use vello_cpu::kurbo::{Affine, BezPath};

use super::codes;
use super::fonts::Fallback;
use super::layout::{Engine, Frame, PlacedGlyph, TextStyle};
use super::raster::{FaceId, Faces};
use super::rich::Styled;

/// Layout rounds to pixels; at this many in a point nobody sees it.
const SCALE: f32 = 16.0;

/// Text as outlines, in one line or several. Lengths are points.
#[derive(Debug, Clone, Default)]
pub struct Outlined {
    /// Of the widest line.
    pub width: f32,
    /// Of all lines together.
    pub height: f32,
    /// From the top to the baseline of the first line.
    pub ascent: f32,
    /// Line by line and left to right, from the left end of the first baseline.
    pub glyphs: Vec<OutlinedGlyph>,
}

/// A glyph of a text.
#[derive(Debug, Clone)]
pub struct OutlinedGlyph {
    /// The same for all glyphs of one outline.
    pub key: OutlineKey,
    /// From the glyph's origin, y downwards.
    pub path: Arc<BezPath>,
    pub x: f32,
    pub y: f32,
}

/// Tells outlines apart: a font, a glyph in it, and the bits of its size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OutlineKey(FaceId, u32, u32);

/// Lays text out for [`Outlined`]; holds the fonts, so one serves many figures.
pub struct Outliner {
    faces: Faces,
    inner: Mutex<Inner>,
}

struct Inner {
    engine: Engine,
    kept: HashMap<OutlineKey, Arc<BezPath>>,
}

impl Outliner {
    /// `fallback` says where characters that no bundled font has are looked for.
    pub fn new(fallback: Fallback) -> Self {
        let faces = Faces::default();
        let inner = Inner {
            engine: Engine::new(fallback, faces.clone()),
            kept: HashMap::new(),
        };
        Self {
            faces,
            inner: Mutex::new(inner),
        }
    }

    /// `text` within `frame`.
    pub fn outline<'a>(&self, text: impl Into<Styled<'a>>, style: &TextStyle, frame: &Frame) -> Outlined {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let layout = inner.engine.lay_out(text, style, frame, SCALE);
        let Some(first) = layout.lines.first() else {
            return Outlined::default();
        };
        let left = layout.lines.iter().map(|line| line.left).fold(first.left, f32::min);
        let right = layout.lines.iter().map(|line| line.left + line.width);
        let width = right.fold(left, f32::max) - left;
        let mut glyphs = Vec::with_capacity(layout.lines.iter().map(|line| line.glyphs.len()).sum());
        for glyph in layout.lines.iter().flat_map(|line| &line.glyphs) {
            let key = OutlineKey(glyph.face, glyph.glyph, glyph.size.to_bits());
            let path = inner
                .kept
                .entry(key)
                .or_insert_with(|| Arc::new(self.path(glyph)))
                .clone();
            if !path.elements().is_empty() {
                glyphs.push(OutlinedGlyph {
                    key,
                    path,
                    x: (glyph.x - left) / SCALE,
                    y: (glyph.y - first.baseline) / SCALE,
                });
            }
        }
        Outlined {
            width: width / SCALE,
            height: layout.lines.iter().map(|line| line.height).sum::<f32>() / SCALE,
            ascent: layout.first_baseline(),
            glyphs,
        }
    }

    fn path(&self, glyph: &PlacedGlyph) -> BezPath {
        let path = match glyph.face {
            FaceId::CODES => char::from_u32(glyph.glyph).map(|character| {
                let paths = codes::paths(character, glyph.size).into_iter();
                paths.flat_map(|(path, _)| path).collect()
            }),
            face => self
                .faces
                .get(face)
                .and_then(|face| face.outline(glyph.glyph, glyph.size)),
        };
        Affine::scale(f64::from(1.0 / SCALE)) * path.unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use vello_cpu::kurbo::Shape;

    use super::*;
    use crate::text::Weight;
    use crate::text::controls::Controls;

    fn style(language: Option<&str>) -> TextStyle {
        TextStyle {
            size: 12.0,
            line_height: 16.0,
            weight: Weight::Regular,
            language: language.map(|tag| tag.parse().unwrap()),
            controls: Controls::Obeyed,
            pitch: Default::default(),
        }
    }

    #[test]
    fn letters_stand_on_the_baseline_and_are_as_wide_as_their_line() {
        let outliner = Outliner::new(Fallback::None);
        let line = outliner.outline("HAM", &style(None), &Frame::UNLIMITED);
        assert_eq!(line.glyphs.len(), 3);
        for glyph in &line.glyphs {
            let bounds = glyph.path.bounding_box();
            assert!(bounds.y1.abs() < 0.05, "{bounds:?}");
            // Noto Sans: capitals are 0.714 em high.
            assert!((bounds.y0 + 0.714 * 12.0).abs() < 0.05, "{bounds:?}");
        }
        let last = line.glyphs.last().unwrap();
        let end = f64::from(last.x) + last.path.bounding_box().x1;
        assert!(end < f64::from(line.width) && end > f64::from(line.width) - 2.0);
    }

    #[test]
    fn arabic_runs_from_right_to_left_and_joins() {
        let outliner = Outliner::new(Fallback::None);
        let line = outliner.outline("اب", &style(Some("ar")), &Frame::UNLIMITED);
        let alone = outliner.outline("ا", &style(Some("ar")), &Frame::UNLIMITED);
        let key = |glyph: &OutlinedGlyph| glyph.key;
        let alef = alone.glyphs.first().map(key);
        assert_eq!(
            line.glyphs.last().map(key),
            alef,
            "the first letter stands at the right"
        );
        let joined = outliner.outline("با", &style(Some("ar")), &Frame::UNLIMITED);
        assert!(
            !joined.glyphs.iter().any(|glyph| Some(glyph.key) == alef),
            "joined letters have other forms"
        );
    }

    #[test]
    fn what_no_font_has_is_outlined_as_its_code() {
        let outliner = Outliner::new(Fallback::None);
        let line = outliner.outline("\u{10FFFD}", &style(None), &Frame::UNLIMITED);
        assert_eq!(line.glyphs.len(), 1);
        assert!(line.glyphs[0].path.bounding_box().width() > 4.0);
    }
}
