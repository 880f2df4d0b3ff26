//! A column that mirrors itself: what stands in it is placed by its distance from the edge where its
//! language begins, so that rows, marks and bars of right-to-left content run from right to left.

use egui::{Align2, Rect, pos2, vec2};

use crate::language::{Direction, Language};

/// A strip of the page in one language's direction.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Column {
    pub left: f32,
    pub right: f32,
    /// Whether distances count from the right edge.
    pub mirrored: bool,
}

impl Column {
    /// The width of `rect`, in the direction of `language`.
    pub fn of(rect: Rect, language: &Language) -> Self {
        Self {
            left: rect.left(),
            right: rect.right(),
            mirrored: language.direction() == Direction::RightToLeft,
        }
    }

    pub fn width(&self) -> f32 {
        self.right - self.left
    }

    /// The rectangle that begins `start` points from the edge where the language begins.
    pub fn place(&self, start: f32, width: f32, top: f32, height: f32) -> Rect {
        let left = if self.mirrored {
            self.right - start - width
        } else {
            self.left + start
        };
        Rect::from_min_size(pos2(left, top), vec2(width, height))
    }

    /// The rectangle that ends `end` points before the edge where the language ends.
    pub fn place_from_end(&self, end: f32, width: f32, top: f32, height: f32) -> Rect {
        self.place(self.width() - end - width, width, top, height)
    }

    /// Towards the edge where lines begin.
    pub fn start(&self) -> Align2 {
        if self.mirrored {
            Align2::RIGHT_CENTER
        } else {
            Align2::LEFT_CENTER
        }
    }

    /// Towards the edge where lines end.
    pub fn end(&self) -> Align2 {
        if self.mirrored {
            Align2::LEFT_CENTER
        } else {
            Align2::RIGHT_CENTER
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RECT: Rect = Rect::from_min_max(pos2(100.0, 0.0), pos2(300.0, 20.0));

    fn ends(rect: Rect) -> (f32, f32) {
        (rect.left(), rect.right())
    }

    #[test]
    fn distances_count_from_where_the_language_begins() {
        for (tag, first, last) in [
            ("en", (110.0, 140.0), (265.0, 295.0)),
            ("ar", (260.0, 290.0), (105.0, 135.0)),
        ] {
            let column = Column::of(RECT, &tag.parse().unwrap());
            assert_eq!(ends(column.place(10.0, 30.0, 0.0, 20.0)), first, "{tag}");
            assert_eq!(ends(column.place_from_end(5.0, 30.0, 0.0, 20.0)), last, "{tag}");
        }
    }
}
