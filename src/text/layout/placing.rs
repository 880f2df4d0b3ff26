//! Shaped lines become placed glyphs: spaces at the end of a line (rule L1 of UAX 9), baselines, sides.

use std::ops::Range;

use super::shaping::Shaped;
use super::{Cluster, Engine, Frame, Line, PlacedGlyph, TextLayout, TextStyle};
use crate::language::Direction;
use crate::text::fonts;

impl Engine {
    /// Adds the lines of a shaped paragraph below those already in `result`.
    pub(super) fn place(
        &self,
        shaped: &Shaped,
        paragraph: usize,
        start: usize,
        style: &TextStyle,
        frame: &Frame,
        result: &mut TextLayout,
    ) {
        let direction = if shaped.layout.is_rtl() {
            Direction::RightToLeft
        } else {
            Direction::LeftToRight
        };
        let height = (style.line_height * result.scale).round().max(1.0);
        let ascent = match shaped.layout.root_span_metrics() {
            Some(metrics) => (height - metrics.ascent - metrics.descent) / 2.0 + metrics.ascent,
            None => height * 0.75,
        };
        for line in shaped.layout.lines() {
            let top = result.height;
            let baseline = top + ascent.round();
            let own = |position: usize| start + position.min(shaped.own);
            let mut placed = Line {
                text: own(line.text_range().start)..own(line.text_range().end),
                paragraph,
                direction,
                left: 0.0,
                width: 0.0,
                top,
                height,
                baseline,
                clusters: Vec::new(),
                glyphs: Vec::new(),
            };
            let inked = inked_end(&shaped.text, line.text_range());
            let mut trailing: Vec<(Cluster, f32)> = Vec::new();
            for run in line.runs() {
                let coordinates: Vec<i16> = run.normalized_coords().iter().map(|at| at.to_bits()).collect();
                // Synthesis is offered for big differences of weight only; ours is a small one.
                let embolden = match fonts::bundled(run.font().data.data()) {
                    Some(font) => font.weight < style.weight,
                    None => run.synthesis().embolden(),
                };
                let face = self.faces.intern(run.font(), &coordinates, embolden);
                // The width of what a ligature covers to the left of its first character.
                let mut covered = 0.0;
                for cluster in run.visual_clusters() {
                    let text = cluster.text_range();
                    let advance = cluster.advance();
                    let hangs = text.start >= inked;
                    let left = placed.width;
                    let right = left + advance;
                    let entry = Cluster {
                        text: own(text.start)..own(text.end),
                        left,
                        right,
                        direction: if cluster.is_rtl() {
                            Direction::RightToLeft
                        } else {
                            Direction::LeftToRight
                        },
                        starts_word: cluster.is_word_boundary(),
                    };
                    if hangs {
                        trailing.push((entry, advance));
                        continue;
                    }
                    placed.clusters.push(entry);
                    placed.width = right;
                    if cluster.is_ligature_continuation() {
                        covered += advance;
                        continue;
                    }
                    let mut x = if cluster.is_rtl() { left - covered } else { left };
                    covered = 0.0;
                    if !shaped.text.get(text.clone()).is_some_and(has_ink) {
                        continue;
                    }
                    for glyph in cluster.glyphs() {
                        if glyph.id == 0 {
                            result
                                .missing
                                .extend(shaped.text.get(text.clone()).and_then(missing_character));
                        }
                        placed.glyphs.push(PlacedGlyph {
                            face,
                            glyph: glyph.id,
                            size: run.font_size(),
                            x: x + glyph.x,
                            y: baseline + glyph.y,
                        });
                        x += glyph.advance;
                    }
                }
            }
            let open = frame.editable && line.text_range().end == shaped.text.len();
            let room = if open {
                frame.max_width * result.scale - placed.width
            } else {
                0.0
            };
            hang(&mut placed, trailing, room);
            result.height += height;
            result.lines.push(placed);
        }
    }
}

/// Sets what ends a line, with its advances, at the end of its paragraph's direction: rule L1 of UAX 9.
/// It takes at most `room`.
fn hang(line: &mut Line, mut trailing: Vec<(Cluster, f32)>, room: f32) {
    trailing.sort_unstable_by_key(|(cluster, _)| cluster.text.start);
    let mut taken = 0.0;
    for (cluster, advance) in &mut trailing {
        cluster.direction = line.direction;
        cluster.left = taken;
        taken = (taken + *advance).min(room.max(0.0));
        cluster.right = taken;
    }
    let clusters = trailing.into_iter().map(|(cluster, _)| cluster);
    match line.direction {
        Direction::LeftToRight => line.clusters.extend(clusters.map(|cluster| Cluster {
            left: line.width + cluster.left,
            right: line.width + cluster.right,
            ..cluster
        })),
        Direction::RightToLeft => {
            line.shift(taken);
            let clusters = clusters.rev().map(|cluster| Cluster {
                left: taken - cluster.right,
                right: taken - cluster.left,
                ..cluster
            });
            line.clusters.splice(0..0, clusters);
        }
    }
    line.width += taken;
}

impl Line {
    /// Moves what is on the line to the right.
    fn shift(&mut self, by: f32) {
        for cluster in &mut self.clusters {
            cluster.left += by;
            cluster.right += by;
        }
        for glyph in &mut self.glyphs {
            glyph.x += by;
        }
    }
}

/// Gives the layout its width and moves every line to the side where its paragraph starts.
pub(super) fn align(layout: &mut TextLayout, filled: Option<f32>) {
    let widest = layout.lines.iter().map(|line| line.width).fold(0.0, f32::max);
    layout.width = widest.max(filled.unwrap_or(0.0)).ceil();
    for line in &mut layout.lines {
        if line.direction == Direction::RightToLeft {
            line.left = layout.width - line.width;
            line.shift(line.left);
        }
    }
}

/// Where the spaces at the end of a line begin, with the invisible marks among them: rule L1 of UAX 9.
fn inked_end(text: &str, line: Range<usize>) -> usize {
    let trails = |character: char| {
        (character.is_whitespace() && !matches!(character, '\u{a0}' | '\u{202f}'))
            || matches!(
                character,
                '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
            )
    };
    let content = text.get(line.clone()).unwrap_or_default();
    line.start + content.trim_end_matches(trails).len()
}

/// Whether there is anything to draw of a cluster.
fn has_ink(cluster: &str) -> bool {
    cluster.chars().any(|character| {
        !character.is_whitespace()
            && !matches!(character, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
    })
}

/// The character of a cluster that a font would have to have.
fn missing_character(cluster: &str) -> Option<char> {
    cluster
        .chars()
        .find(|character| !character.is_whitespace() && !character.is_control())
}
