//! From points to positions in a laid-out text and back: what selecting with a pointer needs.
//!
//! A selection is a range of the logical text, so that what is copied reads in order; across a
//! border between directions it covers several rectangles on one line, as in a browser.

use std::ops::Range;

use super::caret::Caret;
use super::graphemes;
use super::layout::{Cluster, Line, TextLayout};
use crate::language::Direction;

/// The width of a selected line break, as a share of the height of its line.
const LINE_BREAK: f32 = 0.25;

/// A rectangle in physical pixels from the top left of the layout.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rectangle {
    pub left: f32,
    pub right: f32,
    pub top: f32,
    pub bottom: f32,
}

impl TextLayout {
    /// The word under a point, or the space or punctuation mark; the nearest where there is none.
    pub fn word_at(&self, x: f32, y: f32) -> Range<usize> {
        let word = self.clusters_of_word_at(x, y);
        // A cluster may be a part of a character, as where a mark is of another script than its letter.
        let start = match graphemes::border_after(&self.text, word.start) {
            border if border == word.start => border,
            _ => graphemes::previous_border(&self.text, word.start),
        };
        start..graphemes::border_after(&self.text, word.end)
    }

    fn clusters_of_word_at(&self, x: f32, y: f32) -> Range<usize> {
        let Some(line) = self.line_at(y).and_then(|line| self.lines.get(line)) else {
            return self.text.len()..self.text.len();
        };
        let position = match cluster_at(line, x.clamp(line.left, line.left + line.width)) {
            Some(cluster) => cluster.text.start,
            None => return line.text.clone(),
        };
        let mut clusters: Vec<&Cluster> = self
            .lines
            .iter()
            .filter(|other| other.paragraph == line.paragraph)
            .flat_map(|other| &other.clusters)
            .collect();
        clusters.sort_by_key(|cluster| cluster.text.start);
        let mut word = position..position;
        for cluster in clusters {
            if cluster.text.start <= position {
                if cluster.starts_word {
                    word.start = cluster.text.start;
                }
            } else if cluster.starts_word {
                break;
            }
            word.end = cluster.text.end;
        }
        word
    }

    /// The paragraph under a point, without what ends it.
    pub fn paragraph_at(&self, y: f32) -> Range<usize> {
        let line = self.line_at(y).and_then(|line| self.lines.get(line));
        line.map_or(0..self.text.len(), |line| self.paragraph_of(line))
    }

    /// What to fill behind a selected range of the text, line by line. A selected line break shows as a
    /// narrow stretch past the end of its line.
    pub fn rectangles(&self, selected: &Range<usize>) -> Vec<Rectangle> {
        let mut rectangles: Vec<Rectangle> = Vec::new();
        let mut lines = self.lines.iter().peekable();
        while let Some(line) = lines.next() {
            let mut open: Option<Rectangle> = None;
            for cluster in &line.clusters {
                let covered = !cluster.text.is_empty()
                    && selected.start <= cluster.text.start
                    && cluster.text.end <= selected.end;
                if cluster.left == cluster.right {
                    continue;
                }
                match &mut open {
                    Some(rectangle) if covered => rectangle.right = cluster.right,
                    _ if covered => {
                        open = Some(Rectangle {
                            left: cluster.left,
                            right: cluster.right,
                            top: line.top,
                            bottom: line.top + line.height,
                        });
                    }
                    _ => rectangles.extend(open.take()),
                }
            }
            rectangles.extend(open);
            let ends_paragraph = lines.peek().is_some_and(|next| next.paragraph != line.paragraph);
            if ends_paragraph && (selected.start..selected.end).contains(&line.text.end) {
                let end = self.caret_place(Caret::before(line.text.end)).x;
                let break_width = line.height * LINE_BREAK;
                let (left, right) = match line.direction {
                    Direction::LeftToRight => (end, end + break_width),
                    Direction::RightToLeft => (end - break_width, end),
                };
                rectangles.push(Rectangle {
                    left,
                    right,
                    top: line.top,
                    bottom: line.top + line.height,
                });
            }
        }
        rectangles
    }

    /// The line at a height, the first above the text, none below it.
    pub(super) fn line_at(&self, y: f32) -> Option<usize> {
        let line = self.lines.partition_point(|line| line.top + line.height <= y);
        (line < self.lines.len()).then_some(line)
    }
}

/// The cluster drawn at `x`.
fn cluster_at(line: &Line, x: f32) -> Option<&Cluster> {
    let mut inked = line.clusters.iter().filter(|cluster| cluster.left < cluster.right);
    inked.clone().find(|cluster| x < cluster.right).or(inked.next_back())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::controls::Controls;
    use crate::text::fonts::{Fallback, Weight};
    use crate::text::layout::{Engine, Frame, TextStyle};
    use crate::text::raster::Faces;

    fn lay_out(text: &str, tag: &str, max_width: f32) -> TextLayout {
        let style = TextStyle {
            size: 16.0,
            line_height: 26.0,
            weight: Weight::Regular,
            language: Some(tag.parse().unwrap()),
            controls: Controls::Obeyed,
            pitch: Default::default(),
        };
        Engine::new(Fallback::None, Faces::default()).lay_out(text, &style, &Frame::wrapped(max_width), 1.0)
    }

    /// The middle of the first cluster that holds the byte at `position`.
    fn middle(layout: &TextLayout, position: usize) -> (f32, f32) {
        let (line, cluster) = layout
            .lines
            .iter()
            .flat_map(|line| line.clusters.iter().map(move |cluster| (line, cluster)))
            .find(|(_, cluster)| cluster.text.contains(&position))
            .unwrap();
        ((cluster.left + cluster.right) / 2.0, line.top + line.height / 2.0)
    }

    #[test]
    fn a_point_on_a_character_gives_its_nearer_side_in_reading_order() {
        let layout = lay_out("ab", "en", 200.0);
        let (x, y) = middle(&layout, 0);
        assert_eq!(layout.caret_at(x - 1.0, y).position, 0);
        assert_eq!(layout.caret_at(x + 1.0, y).position, 1);

        let layout = lay_out("دواء", "ar", 200.0);
        let (x, y) = middle(&layout, 0);
        assert_eq!(layout.caret_at(x + 1.0, y).position, 0);
        assert_eq!(layout.caret_at(x - 1.0, y).position, 2);
    }

    #[test]
    fn a_point_beside_a_line_gives_its_ends() {
        let text = "دواء ABC";
        let layout = lay_out(text, "ar", 300.0);
        let y = layout.height / 2.0;
        assert_eq!(layout.caret_at(299.9, y).position, 0);
        assert_eq!(
            layout.caret_at(0.0, y).position,
            text.len(),
            "left of a right-to-left line is its end"
        );
        assert_eq!(layout.caret_at(0.0, -5.0).position, 0);
        assert_eq!(layout.caret_at(0.0, layout.height + 5.0).position, text.len());
    }

    #[test]
    fn a_word_is_found_in_either_direction_and_across_lines() {
        let text = "يعطى المريض Amoxicillin كل يوم";
        for width in [400.0, 90.0] {
            let layout = lay_out(text, "ar", width);
            for word in ["المريض", "Amoxicillin", "كل"] {
                let start = text.find(word).unwrap();
                let (x, y) = middle(&layout, start + 1);
                let found = layout.word_at(x, y);
                assert_eq!(&text[found], word, "at width {width}");
            }
        }
    }

    #[test]
    fn a_paragraph_is_found_over_its_lines() {
        let text = "first one\nsecond one that wraps over lines\nthird";
        let layout = lay_out(text, "en", 90.0);
        assert!(layout.lines.len() > 4);
        assert_eq!(
            &text[layout.paragraph_at(2.5 * 26.0)],
            "second one that wraps over lines"
        );
    }

    #[test]
    fn a_selection_across_a_border_of_directions_is_two_rectangles() {
        let text = "جرعة ABC";
        let layout = lay_out(text, "ar", 300.0);
        let all = layout.rectangles(&(0..text.len()));
        assert_eq!(all.len(), 1);
        assert!((all[0].right - 300.0).abs() < 1.0);

        // The last Arabic letters and the first Latin one are not neighbours on the line.
        let start = text.find('ة').unwrap();
        let end = text.find('B').unwrap();
        let parts = layout.rectangles(&(start..end));
        assert_eq!(parts.len(), 2);
        assert!(parts[0].right < parts[1].left);
        assert!(layout.rectangles(&(3..3)).is_empty());
    }
}
