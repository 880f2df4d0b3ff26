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
use crate::text::controls::Controls;
use crate::text::layout::{Engine, Frame, TextStyle};
use crate::text::raster::{Coverage, FaceId, Faces, Rasterizer};

/// The family that has no font, only our characters.
pub const FAMILY: &str = "polyclinic glyphs";

/// What a private-use character stands for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Meaning {
    /// One glyph, moved right by this many quarters of a pixel.
    Glyph { face: FaceId, glyph: u32, quarter: u8 },
    /// A whole text on one line, in the size asked for.
    Text(Arc<str>, WholeStyle),
}

/// How a whole text is drawn, but for its size.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct WholeStyle {
    pub weight: crate::text::Weight,
    pub language: Option<crate::language::Language>,
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
    engine: Arc<Mutex<Engine>>,
    faces: Faces,
}

/// Planes 15 and 16, but for the last two code points of each, which are no characters.
const PER_PLANE: usize = 0xFFFE;

impl CharacterTable {
    pub fn new(engine: Arc<Mutex<Engine>>, faces: Faces) -> Self {
        Self {
            characters: Arc::default(),
            rasterizer: Arc::default(),
            engine,
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
        characters.meanings.push(meaning.clone());
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
        let meaning = lock(&self.characters).meanings.get(index).cloned()?;
        Some(match meaning {
            Meaning::Glyph { face, glyph, quarter } => {
                let shift = f32::from(quarter) / 4.0;
                let coverage = self.coverage(face, glyph, request.font_size_px, shift);
                // Where the glyph stands is decided by our layout, so its advance is not used.
                picture(&coverage, 0.0)
            }
            Meaning::Text(text, style) => self.draw_whole(&text, style, request.font_size_px),
        })
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

    /// Draws a text on one line into one picture, its origin at the left of the baseline.
    fn draw_whole(&self, text: &str, style: WholeStyle, size: f32) -> RasterizedGlyph {
        let style = TextStyle {
            size,
            line_height: size,
            weight: style.weight,
            language: style.language,
            controls: Controls::Obeyed,
        };
        let line = text.replace('\n', " ");
        let layout = lock(&self.engine).lay_out(&line, &style, &Frame::UNLIMITED, 1.0);
        let baseline = layout.first_baseline();
        let pieces: Vec<(Coverage, i32, i32)> = layout
            .lines
            .iter()
            .flat_map(|line| &line.glyphs)
            .map(|glyph| {
                let (quarter, x) = self.pixel(glyph.face, glyph.x);
                let coverage = self.coverage(glyph.face, glyph.glyph, glyph.size, f32::from(quarter) / 4.0);
                let left = x as i32 + coverage.left;
                let top = (glyph.y - baseline).round() as i32 + coverage.top;
                (coverage, left, top)
            })
            .collect();
        picture(&joined(&pieces), layout.width)
    }
}

/// One coverage of all `pieces`, each with the place of its top left pixel.
fn joined(pieces: &[(Coverage, i32, i32)]) -> Coverage {
    let Some(left) = pieces.iter().map(|piece| piece.1).min() else {
        return Coverage::blank();
    };
    let top = pieces.iter().map(|piece| piece.2).min().unwrap_or(0);
    let right = pieces
        .iter()
        .map(|(coverage, left, _)| left + coverage.width as i32)
        .max();
    let bottom = pieces
        .iter()
        .map(|(coverage, _, top)| top + coverage.height as i32)
        .max();
    let width = (right.unwrap_or(left) - left).max(1) as usize;
    let height = (bottom.unwrap_or(top) - top).max(1) as usize;
    let mut alpha = vec![0_u8; width * height];
    for (coverage, piece_left, piece_top) in pieces {
        let column = (piece_left - left) as usize;
        let rows = alpha.chunks_exact_mut(width).skip((piece_top - top) as usize);
        for (target, source) in rows.zip(coverage.alpha.chunks_exact(coverage.width)) {
            for (target, source) in target.iter_mut().skip(column).zip(source) {
                *target = (*target).max(*source);
            }
        }
    }
    Coverage {
        width,
        height,
        alpha,
        left,
        top,
    }
}

fn picture(coverage: &Coverage, advance: f32) -> RasterizedGlyph {
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
        advance_px: advance,
    }
}

/// A panic elsewhere leaves at worst a missing glyph behind, so a poisoned lock is taken all the same.
pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
