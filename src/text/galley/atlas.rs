//! Where glyphs are in egui's atlas.

use std::collections::HashMap;

use egui::Vec2;

use crate::text::layout::PlacedGlyph;

/// Glyphs in egui's atlas, by character and the bits of their size in pixels and of the pixels in a point.
pub type Pictures = HashMap<(char, u32, u32), Picture>;

pub fn picture_key(character: char, glyph: &PlacedGlyph, scale: f32) -> (char, u32, u32) {
    (character, glyph.size.to_bits(), scale.to_bits())
}

/// What egui's atlas has, until it is emptied.
#[derive(Default)]
pub struct Atlas {
    /// How often it was emptied before; as [`super::kept::Kept::generation`].
    generation: u64,
    pub pictures: Pictures,
}

impl Atlas {
    /// Forgets the places in another filling of the atlas than this one.
    pub fn keep_only(&mut self, generation: u64) {
        if self.generation != generation {
            self.generation = generation;
            self.pictures.clear();
        }
    }
}

/// Where a glyph is in egui's atlas.
#[derive(Clone, Copy, Default)]
pub struct Picture {
    /// From the glyph's origin, in points.
    pub offset: Vec2,
    /// Points.
    pub size: Vec2,
    /// Texels.
    pub min: [u16; 2],
    pub max: [u16; 2],
}
