//! Shaped lines become placed glyphs: spaces at the end of a line (rule L1 of UAX 9), baselines, sides.

use std::ops::Range;

use super::shaping::Shaped;
use super::{Cluster, Engine, Frame, Ground, Line, Paragraph, PlacedGlyph, ROUNDING, TextLayout, lacking};
use crate::language::Direction;
use crate::text::fonts::{self, Weight};
use crate::text::raster::{FaceId, Faces};
use crate::text::rich::Look;
use crate::text::selection::Rectangle;
use crate::text::{codes, controls};

/// How far raised text stands above the baseline, as a share of the size around it.
const RISE: f32 = 0.34;

impl Engine {
    /// Adds the lines of a shaped paragraph, at most `max_lines`, below those already in `result`.
    pub(super) fn place(
        &self,
        paragraph: &Paragraph<'_>,
        shaped: &Shaped,
        max_lines: usize,
        frame: &Frame,
        result: &mut TextLayout,
    ) {
        let height = (paragraph.style.line_height * paragraph.scale).round().max(1.0);
        let (ascent, descent) = match shaped.layout.root_span_metrics() {
            Some(metrics) => (metrics.ascent, metrics.descent),
            None => (0.75 * height, 0.25 * height),
        };
        let above = ((height - ascent - descent) / 2.0 + ascent).round();
        for line in shaped.layout.lines().take(max_lines) {
            let text = shaped.excerpt.original(&line.text_range());
            let clusters: usize = line.runs().map(|run| run.len()).sum();
            let mut placed = Line {
                text: paragraph.start + text.start..paragraph.start + text.end,
                paragraph: paragraph.index,
                direction: shaped.direction(),
                left: 0.0,
                width: 0.0,
                top: result.height,
                height,
                baseline: result.height + above,
                clusters: Vec::with_capacity(clusters),
                glyphs: Vec::with_capacity(clusters),
                grounds: Vec::new(),
            };
            let mut trailing = Vec::new();
            let inked = inked_end(&shaped.excerpt.text, line.text_range());
            for run in line.runs() {
                let mut placing = Placing {
                    faces: RunFaces::new(&self.faces, &run),
                    paragraph,
                    shaped,
                    inked,
                    line: &mut placed,
                    trailing: &mut trailing,
                };
                result.missing.extend(placing.run(&run));
            }
            fill_grounds(paragraph, &mut placed, ascent, descent);
            let open = frame.editable && line.text_range().end == shaped.excerpt.text.len();
            let room = if open {
                frame.max_width * paragraph.scale - placed.width
            } else {
                0.0
            };
            hang(&mut placed, trailing, room);
            result.height += height;
            result.lines.push(placed);
        }
    }
}

/// One run being added to a line.
struct Placing<'a> {
    faces: RunFaces<'a>,
    paragraph: &'a Paragraph<'a>,
    shaped: &'a Shaped,
    /// Where in the shaped text the spaces at the end of the line begin.
    inked: usize,
    line: &'a mut Line,
    /// Those spaces, with their advances.
    trailing: &'a mut Vec<(Cluster, f32)>,
}

impl Placing<'_> {
    /// Adds the clusters and glyphs of a run; returns the characters its font lacks.
    fn run(&mut self, run: &parley::Run<'_, ()>) -> Vec<char> {
        let mut missing = Vec::new();
        // The width of what a ligature covers to the left of its first character.
        let mut covered = 0.0;
        for cluster in run.visual_clusters() {
            let text = cluster.text_range();
            let advance = cluster.advance();
            let hangs = text.start >= self.inked;
            let left = self.line.width;
            let right = left + advance;
            let original = self.shaped.excerpt.original(&text);
            let start = self.paragraph.start;
            let entry = Cluster {
                text: start + original.start..start + original.end,
                left,
                right,
                direction: if cluster.is_rtl() {
                    Direction::RightToLeft
                } else {
                    Direction::LeftToRight
                },
                starts_word: cluster.is_word_boundary(),
            };
            let look = self.paragraph.looks.at(entry.text.start);
            if hangs {
                self.trailing.push((entry, advance));
                continue;
            }
            self.line.clusters.push(entry);
            self.line.width = right;
            if cluster.is_ligature_continuation() {
                covered += advance;
                continue;
            }
            let x = if cluster.is_rtl() { left - covered } else { left };
            covered = 0.0;
            let text = self.shaped.excerpt.text.get(text).unwrap_or_default();
            if has_ink(text) {
                let lacking = lacking::characters(&cluster, text);
                self.glyphs(&cluster, x, look, &lacking);
                missing.extend(lacking);
            }
        }
        missing
    }

    /// Adds the glyphs of a cluster, with codes instead of those that stand for what the font is `lacking`.
    fn glyphs(&mut self, cluster: &parley::Cluster<'_, ()>, mut x: f32, look: Look, lacking: &[char]) {
        let style = self.paragraph.style;
        let face = self.faces.of(look.weight.unwrap_or(style.weight));
        let rise = if look.raised {
            (RISE * style.size * self.paragraph.scale).round()
        } else {
            0.0
        };
        let size = self.faces.size;
        let baseline = self.line.baseline - rise;
        let mut place = |face, glyph, x, y| {
            self.line.glyphs.push(PlacedGlyph {
                face,
                glyph,
                size,
                x,
                y,
                color: look.color,
            });
        };
        let mut lacking = lacking.iter();
        for glyph in cluster.glyphs() {
            if glyph.id != 0 {
                place(face, glyph.id, x + glyph.x, baseline + glyph.y);
                x += glyph.advance;
                continue;
            }
            // All codes of a cluster stand where its first glyph is lacking.
            for character in lacking.by_ref() {
                place(FaceId::CODES, u32::from(*character), x, baseline);
                x += codes::advance(*character, size);
            }
        }
    }
}

/// The font of a run as it is and thickened, each met on its first glyph.
struct RunFaces<'a> {
    faces: &'a Faces,
    font: &'a parley::FontData,
    coordinates: Vec<i16>,
    /// Pixels per em.
    size: f32,
    /// Whether the font asks to be thickened by itself.
    light: bool,
    weight: Option<Weight>,
    met: [Option<FaceId>; 2],
}

impl<'a> RunFaces<'a> {
    fn new(faces: &'a Faces, run: &'a parley::Run<'a, ()>) -> Self {
        Self {
            faces,
            font: run.font(),
            coordinates: run.normalized_coords().iter().map(|at| at.to_bits()).collect(),
            size: run.font_size(),
            light: run.synthesis().embolden(),
            weight: fonts::bundled(run.font().data.data()).map(|font| font.weight),
            met: [None; 2],
        }
    }

    /// The face for text of a weight.
    fn of(&mut self, weight: Weight) -> FaceId {
        // Synthesis is offered for big differences of weight only; ours is a small one.
        let thickened = self.weight.map_or(self.light, |own| own < weight);
        let [plain, thick] = &mut self.met;
        let met = if thickened { thick } else { plain };
        *met.get_or_insert_with(|| self.faces.intern(self.font, &self.coordinates, thickened))
    }
}

/// Puts the grounds of pieces behind a line: as high as the font, but not higher than the line.
fn fill_grounds(paragraph: &Paragraph<'_>, line: &mut Line, ascent: f32, descent: f32) {
    let top = (line.baseline - ascent).round().max(line.top);
    let bottom = (line.baseline + descent).round().min(line.top + line.height);
    let mut grounds: Vec<Ground> = Vec::new();
    for cluster in line.clusters.iter().filter(|cluster| cluster.left < cluster.right) {
        let Some(color) = paragraph.looks.at(cluster.text.start).ground else {
            continue;
        };
        match grounds.last_mut() {
            Some(last) if last.rectangle.right == cluster.left && last.color == color => {
                last.rectangle.right = cluster.right;
            }
            _ => grounds.push(Ground {
                rectangle: Rectangle {
                    left: cluster.left,
                    right: cluster.right,
                    top,
                    bottom,
                },
                color,
            }),
        }
    }
    line.grounds = grounds;
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
        for ground in &mut self.grounds {
            ground.rectangle.left += by;
            ground.rectangle.right += by;
        }
    }
}

/// Gives the layout its width and moves every line to the side where its paragraph starts.
pub(super) fn align(layout: &mut TextLayout, filled: Option<f32>) {
    let widest = layout.lines.iter().map(|line| line.width).fold(0.0, f32::max);
    layout.width = (widest - ROUNDING).max(filled.unwrap_or(0.0)).ceil();
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
    cluster
        .chars()
        .any(|character| !character.is_whitespace() && !controls::is_unseen(character))
}
