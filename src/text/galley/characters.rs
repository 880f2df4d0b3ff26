//! Private-use characters that stand for glyphs, and the rasterizer that draws them into egui's atlas.
//!
//! egui keeps glyphs by character, not by glyph id, and lays out only its own fonts. So each glyph
//! we place is given a character of the private planes 15 and 16, in a font family without fonts:
//! egui then asks our rasterizer for the picture, and keeps it in the atlas of all other text.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use egui::epaint::text::{GlyphBitmap, GlyphRasterizer, GlyphRasterizerRequest, RasterizedGlyph};
use egui::{Color32, ColorImage, vec2};

use crate::text::codes;
use crate::text::raster::{Coverage, FaceId, Faces, Rasterizer};

/// The family that has no font, only our characters.
pub const FAMILY: &str = "polyclinic glyphs";

/// What a private-use character stands for: one glyph, moved right by so many quarters of a pixel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Meaning {
    pub face: FaceId,
    pub glyph: u32,
    pub quarter: u8,
}

/// The characters given out so far.
#[derive(Debug, Default)]
struct Characters {
    meanings: Vec<Meaning>,
    known: HashMap<Meaning, char>,
}

/// The characters, what they stand for, and what is needed to draw them.
#[derive(Clone)]
pub struct CharacterTable {
    characters: Arc<Mutex<Characters>>,
    rasterizer: Arc<Mutex<Rasterizer>>,
    faces: Faces,
}

/// Planes 15 and 16, but for the last two code points of each, which are no characters.
const PER_PLANE: usize = 0xFFFE;

impl CharacterTable {
    pub fn new(faces: Faces) -> Self {
        Self {
            characters: Arc::default(),
            rasterizer: Arc::default(),
            faces,
        }
    }

    /// The character that stands for `meaning`.
    ///
    /// `None` once both planes are full, which would take 131,068 different glyphs.
    pub fn character(&self, meaning: Meaning) -> Option<char> {
        let mut characters = lock(&self.characters);
        if let Some(character) = characters.known.get(&meaning) {
            return Some(*character);
        }
        let index = characters.meanings.len();
        let code = match index {
            0..PER_PLANE => 0xF_0000 + index,
            _ if index < 2 * PER_PLANE => 0x10_0000 + index - PER_PLANE,
            _ => {
                tracing::warn!("no private-use character is left: some glyphs are not drawn");
                return None;
            }
        };
        let character = char::from_u32(u32::try_from(code).ok()?)?;
        characters.meanings.push(meaning);
        characters.known.insert(meaning, character);
        Some(character)
    }

    /// The quarter of a pixel, 0 to 3, and the whole pixel on which a glyph at `x` is drawn.
    pub fn pixel(&self, face: FaceId, x: f32) -> (u8, f32) {
        if face == FaceId::CODES || self.faces.get(face).is_some_and(|face| face.whole_pixels) {
            return (0, x.round());
        }
        let quarters = (x * 4.0).round();
        let pixel = (quarters / 4.0).floor();
        ((quarters - 4.0 * pixel) as u8, pixel)
    }

    /// What egui asks for pictures. It must not call egui's context, which is locked meanwhile.
    pub fn rasterizer(&self) -> GlyphRasterizer {
        let table = self.clone();
        GlyphRasterizer::new("polyclinic::text", move |request| table.draw(request))
    }

    fn draw(&self, request: &GlyphRasterizerRequest<'_>) -> Option<RasterizedGlyph> {
        let character = request.cluster.chars().next()?;
        let index = match u32::from(character) {
            code @ 0xF_0000..=0xF_FFFD => code as usize - 0xF_0000,
            code @ 0x10_0000..=0x10_FFFD => code as usize - 0x10_0000 + PER_PLANE,
            _ => return None,
        };
        let Meaning { face, glyph, quarter } = lock(&self.characters).meanings.get(index).copied()?;
        let shift = f32::from(quarter) / 4.0;
        Some(picture(&self.coverage(face, glyph, request.font_size_px, shift)))
    }

    fn coverage(&self, face: FaceId, glyph: u32, size: f32, shift: f32) -> Coverage {
        if face == FaceId::CODES {
            return char::from_u32(glyph).map_or_else(Coverage::blank, |character| codes::draw(character, size));
        }
        match self.faces.get(face) {
            Some(data) => lock(&self.rasterizer).draw(face, &data, glyph, size, shift),
            None => Coverage::blank(),
        }
    }
}

fn picture(coverage: &Coverage) -> RasterizedGlyph {
    let pixels = coverage
        .alpha
        .iter()
        .map(|alpha| Color32::from_white_alpha(*alpha))
        .collect();
    RasterizedGlyph {
        bitmap: GlyphBitmap {
            image: ColorImage::new([coverage.width, coverage.height], pixels),
            offset_px: vec2(coverage.left as f32, coverage.top as f32),
            is_color: false,
        },
        // Where the glyph stands is decided by our layout.
        advance_px: 0.0,
    }
}

/// A panic elsewhere leaves at worst a missing glyph behind, so a poisoned lock is taken all the same.
pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
