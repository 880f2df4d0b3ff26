//! What a font lacks: characters that come out as its glyph 0, and the room for the codes in their place.

use std::ops::Range;

use skrifa::{FontRef, MetadataProvider};

use crate::text::{codes, controls};

/// Parts of the shaped text that hold characters no font has, with what is added to the advance of
/// each to make room for their codes. Needs lines.
pub(super) fn room(layout: &parley::Layout<()>, text: &str) -> Vec<(Range<usize>, f32)> {
    let mut room = Vec::new();
    for run in layout.lines().flat_map(|line| line.runs().collect::<Vec<_>>()) {
        for cluster in run.clusters() {
            let range = cluster.text_range();
            let characters = characters(&cluster, text.get(range.clone()).unwrap_or_default());
            if characters.is_empty() {
                continue;
            }
            let codes: f32 = characters
                .iter()
                .map(|character| codes::advance(*character, run.font_size()))
                .sum();
            let boxes = cluster.glyphs().filter(|glyph| glyph.id == 0);
            let present: f32 = boxes.map(|glyph| glyph.advance).sum();
            room.push((range, codes - present));
        }
    }
    room
}

/// The visible characters of a cluster that its font lacks; the first where it cannot be told.
pub(super) fn characters(cluster: &parley::Cluster<'_, ()>, text: &str) -> Vec<char> {
    if !cluster.glyphs().any(|glyph| glyph.id == 0) {
        return Vec::new();
    }
    let visible =
        |character: &char| !character.is_whitespace() && !character.is_control() && !controls::is_unseen(*character);
    let mut lacking: Vec<char> = text.chars().filter(visible).collect();
    let first = lacking.first().copied();
    let run = cluster.run();
    let font = run.font();
    if let Ok(font) = FontRef::from_index(font.data.data(), font.index) {
        let known = font.charmap();
        lacking.retain(|character| known.map(*character).is_none());
    }
    if lacking.is_empty() {
        lacking.extend(first);
    }
    lacking
}
