//! Private-use characters that stand for glyphs, and the rasterizer that draws them into egui's atlas.
//!
//! egui keeps glyphs by character, not by glyph id, and lays out only its own fonts. So each glyph
//! we place is given a character of the private planes 15 and 16, in a font family without fonts:
//! egui then asks our rasterizer for the picture, and keeps it in the atlas of all other text.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use egui::epaint::text::{GlyphBitmap, GlyphRasterizer, GlyphRasterizerRequest, RasterizedGlyph};
use egui::{Color32, ColorImage, vec2};

use crate::text::codes;
use crate::text::raster::{Coverage, Drawing, FaceId, Faces, Rasterizer};

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
    ahead: Arc<Mutex<Ahead>>,
    faces: Faces,
}

/// Glyphs drawn on several threads before egui asks for them one by one, by character and the bits of their size.
#[derive(Default)]
struct Ahead {
    /// What was asked for already.
    known: HashSet<(char, u32)>,
    /// What egui has not fetched yet.
    drawn: HashMap<(char, u32), Coverage>,
}

/// Fewer glyphs than this are not worth another thread.
const TOGETHER: usize = 12;
/// More threads than this would wait for each other.
const THREADS: usize = 4;

/// Planes 15 and 16, but for the last two code points of each, which are no characters.
const PER_PLANE: usize = 0xFFFE;

impl CharacterTable {
    pub fn new(faces: Faces) -> Self {
        Self {
            characters: Arc::default(),
            rasterizer: Arc::default(),
            ahead: Arc::default(),
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

    /// Draws those of some glyphs that are new, on several threads where they are many: a page in a script that was not
    /// seen before has hundreds. Each comes by its character and the bits of its size in pixels.
    pub fn draw_ahead(&self, glyphs: &[(char, u32)]) {
        let new: Vec<(char, u32)> = {
            let mut ahead = lock(&self.ahead);
            let new = glyphs.iter().filter(|glyph| ahead.known.insert(**glyph));
            new.copied().collect()
        };
        let threads = std::thread::available_parallelism().map_or(1, |threads| threads.get().min(THREADS));
        if new.len() < TOGETHER || threads < 2 {
            return;
        }
        let prepared: Vec<((char, u32), Drawing)> = new
            .into_iter()
            .filter_map(|glyph| Some((glyph, self.prepare(glyph.0, f32::from_bits(glyph.1))?)))
            .collect();
        let draw = |part: &[((char, u32), Drawing)]| -> Vec<((char, u32), Coverage)> {
            part.iter().map(|(glyph, drawing)| (*glyph, drawing.draw())).collect()
        };
        let mut parts = prepared.chunks(prepared.len().div_ceil(threads).max(1));
        let own = parts.next().unwrap_or_default();
        let drawn = std::thread::scope(|scope| {
            let others: Vec<_> = parts.map(|part| scope.spawn(move || draw(part))).collect();
            let mut drawn = draw(own);
            // What a thread failed at is drawn when egui asks for it.
            drawn.extend(others.into_iter().filter_map(|other| other.join().ok()).flatten());
            drawn
        });
        lock(&self.ahead).drawn.extend(drawn);
    }

    fn draw(&self, request: &GlyphRasterizerRequest<'_>) -> Option<RasterizedGlyph> {
        let character = request.cluster.chars().next()?;
        let meaning = self.meaning(character)?;
        let size = request.font_size_px;
        let drawn = lock(&self.ahead).drawn.remove(&(character, size.to_bits()));
        let coverage = drawn.unwrap_or_else(|| match self.prepare(character, size) {
            Some(drawing) => drawing.draw(),
            None => match char::from_u32(meaning.glyph).filter(|_| meaning.face == FaceId::CODES) {
                Some(code) => codes::draw(code, size),
                None => Coverage::blank(),
            },
        });
        Some(picture(&coverage))
    }

    fn meaning(&self, character: char) -> Option<Meaning> {
        let index = match u32::from(character) {
            code @ 0xF_0000..=0xF_FFFD => code as usize - 0xF_0000,
            code @ 0x10_0000..=0x10_FFFD => code as usize - 0x10_0000 + PER_PLANE,
            _ => return None,
        };
        lock(&self.characters).meanings.get(index).copied()
    }

    /// What a character's glyph is drawn from; `None` where it is of no font.
    fn prepare(&self, character: char, size: f32) -> Option<Drawing> {
        let Meaning { face, glyph, quarter } = self.meaning(character)?;
        let shift = f32::from(quarter) / 4.0;
        let font = self.faces.get(face)?;
        Some(lock(&self.rasterizer).prepare(face, font, glyph, (size, shift)))
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
