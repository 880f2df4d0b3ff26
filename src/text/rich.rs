//! Rich text: a string with pieces of it that look otherwise.
//!
//! Pieces never cut shaping: their ends fall between graphemes, and a word whose letters join is
//! one word whatever the colours within it.

use std::collections::BTreeSet;
use std::ops::Range;

use unicode_segmentation::GraphemeCursor;

use super::fonts::Weight;

/// Red, green, blue and alpha, the first three multiplied by the last.
pub type Rgba = [u8; 4];

/// What a piece of text has otherwise than the text around it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Look {
    pub weight: Option<Weight>,
    /// Of the glyphs.
    pub color: Option<Rgba>,
    /// Filled behind the glyphs: a search hit.
    pub ground: Option<Rgba>,
    /// Small and high, as the exponent of a unit.
    pub raised: bool,
}

impl Look {
    /// This look with whatever `over` says of its own.
    fn under(self, over: Self) -> Self {
        Self {
            weight: over.weight.or(self.weight),
            color: over.color.or(self.color),
            ground: over.ground.or(self.ground),
            raised: over.raised || self.raised,
        }
    }
}

/// A part of a text, in bytes, and how it looks.
///
/// Pieces may overlap: the later one then decides. What is outside of the text does no harm.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Piece {
    pub range: Range<usize>,
    pub look: Look,
}

/// A text with its pieces.
#[derive(Debug, Clone, Copy)]
pub struct Styled<'a> {
    pub text: &'a str,
    pub pieces: &'a [Piece],
}

impl<'a> From<&'a str> for Styled<'a> {
    fn from(text: &'a str) -> Self {
        Self { text, pieces: &[] }
    }
}

impl<'a> From<&'a String> for Styled<'a> {
    fn from(text: &'a String) -> Self {
        text.as_str().into()
    }
}

/// The looks of a text by position: in order, without overlaps, from grapheme to grapheme.
#[derive(Debug, Default)]
pub struct Looks(Vec<Piece>);

impl Looks {
    /// Settles which piece decides where.
    pub fn of(styled: Styled<'_>) -> Self {
        let mut borders: Vec<(usize, usize, bool)> = Vec::with_capacity(2 * styled.pieces.len());
        for (index, piece) in styled.pieces.iter().enumerate() {
            let range = to_graphemes(styled.text, &piece.range);
            if !range.is_empty() {
                borders.push((range.start, index, true));
                borders.push((range.end, index, false));
            }
        }
        borders.sort_unstable();
        let mut looks: Vec<Piece> = Vec::new();
        let mut open = BTreeSet::new();
        let mut start = 0;
        for (position, index, opens) in borders {
            if position > start && !open.is_empty() {
                let pieces = open.iter().filter_map(|index: &usize| styled.pieces.get(*index));
                let look = pieces.fold(Look::default(), |look, piece| look.under(piece.look));
                looks.push(Piece {
                    range: start..position,
                    look,
                });
            }
            start = position;
            if opens {
                open.insert(index);
            } else {
                open.remove(&index);
            }
        }
        Self(looks)
    }

    /// The look at a byte of the text.
    pub fn at(&self, position: usize) -> Look {
        let next = self.0.partition_point(|piece| piece.range.end <= position);
        match self.0.get(next) {
            Some(piece) if piece.range.start <= position => piece.look,
            _ => Look::default(),
        }
    }

    /// The pieces that reach into `range`, in order.
    pub fn within(&self, range: Range<usize>) -> &[Piece] {
        let first = self.0.partition_point(|piece| piece.range.end <= range.start);
        let last = self.0.partition_point(|piece| piece.range.start < range.end);
        self.0.get(first..last).unwrap_or_default()
    }
}

/// The graphemes that `range` touches.
fn to_graphemes(text: &str, range: &Range<usize>) -> Range<usize> {
    if range.start >= range.end || range.start >= text.len() {
        return 0..0;
    }
    let start = text.floor_char_boundary(range.start);
    let end = text.ceil_char_boundary(range.end);
    let cursor = |position| GraphemeCursor::new(position, text.len(), true);
    // The whole text is at hand, so that the cursor cannot ask for more of it.
    let is_border = |position| cursor(position).is_boundary(text, 0).unwrap_or(true);
    let start = if is_border(start) {
        start
    } else {
        cursor(start).prev_boundary(text, 0).ok().flatten().unwrap_or(0)
    };
    let end = if is_border(end) {
        end
    } else {
        cursor(end).next_boundary(text, 0).ok().flatten().unwrap_or(text.len())
    };
    start..end
}

#[cfg(test)]
mod tests {
    use super::*;

    const RED: Look = Look {
        weight: None,
        color: Some([255, 0, 0, 255]),
        ground: None,
        raised: false,
    };
    const BOLD: Look = Look {
        weight: Some(Weight::Semibold),
        color: None,
        ground: None,
        raised: false,
    };

    fn looks(text: &str, pieces: &[(Range<usize>, Look)]) -> Vec<(Range<usize>, Look)> {
        let pieces: Vec<Piece> = pieces
            .iter()
            .map(|(range, look)| Piece {
                range: range.clone(),
                look: *look,
            })
            .collect();
        let looks = Looks::of(Styled { text, pieces: &pieces });
        looks.0.into_iter().map(|piece| (piece.range, piece.look)).collect()
    }

    #[test]
    fn overlapping_pieces_become_parts_that_have_the_looks_of_both() {
        let both = Look {
            weight: BOLD.weight,
            ..RED
        };
        assert_eq!(
            looks("abcdefgh", &[(4..6, BOLD), (1..5, RED)]),
            [(1..4, RED), (4..5, both), (5..6, BOLD)]
        );
        let blue = Look {
            color: Some([0, 0, 255, 255]),
            ..Look::default()
        };
        assert_eq!(looks("abc", &[(0..3, RED), (1..2, blue)])[1], (1..2, blue));
    }

    #[test]
    fn pieces_grow_to_the_graphemes_they_touch() {
        // e with a combining acute accent, a flag, and a conjunct of Devanagari.
        assert_eq!(looks("e\u{301}x", &[(1..3, RED)]), [(0..3, RED)]);
        assert_eq!(looks("e\u{301}x", &[(0..2, RED)]), [(0..3, RED)]);
        assert_eq!(looks("🇯🇵a", &[(5..6, RED)]), [(0..8, RED)]);
        assert_eq!(looks("क्ष", &[(0..3, RED)]), [(0..9, RED)]);
    }

    #[test]
    fn what_is_outside_of_the_text_does_no_harm() {
        assert_eq!(looks("ab", &[(1..9, RED)]), [(1..2, RED)]);
        #[expect(clippy::reversed_empty_ranges, reason = "a caller's mistake is what is tested")]
        let odd = [(5..9, RED), (1..1, RED), (2..1, RED)];
        assert_eq!(looks("ab", &odd), []);
        assert_eq!(looks("", &[(0..1, RED)]), []);
    }

    #[test]
    fn a_position_has_the_look_of_its_piece() {
        let pieces = [(1..2, RED), (4..6, BOLD)].map(|(range, look)| Piece { range, look });
        let looks = Looks::of(Styled {
            text: "abcdefgh",
            pieces: &pieces,
        });
        let found: Vec<Look> = (0..9).map(|position| looks.at(position)).collect();
        let plain = Look::default();
        assert_eq!(found, [plain, RED, plain, plain, BOLD, BOLD, plain, plain, plain]);
        assert_eq!(looks.within(2..4), []);
        assert_eq!(looks.within(0..5).len(), 2);
        assert_eq!(looks.within(5..6).len(), 1);
    }
}
