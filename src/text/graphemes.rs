//! Graphemes: where one character ends and the next begins for a reader (UAX 29).

use unicode_segmentation::{GraphemeCursor, GraphemeIncomplete};

/// `position`, or the end of the character it lies in.
pub fn border_after(text: &str, position: usize) -> usize {
    let mut position = position.min(text.len());
    while !text.is_char_boundary(position) {
        position += 1;
    }
    let mut cursor = GraphemeCursor::new(position, text.len(), true);
    if cursor.is_boundary(text, 0) == Ok(false) {
        next_border(text, position)
    } else {
        position
    }
}

/// The end of the character after `position`.
pub fn next_border(text: &str, position: usize) -> usize {
    let found: Result<_, GraphemeIncomplete> =
        GraphemeCursor::new(position.min(text.len()), text.len(), true).next_boundary(text, 0);
    found.ok().flatten().unwrap_or(text.len())
}

/// The start of the character before `position`.
pub fn previous_border(text: &str, position: usize) -> usize {
    let found: Result<_, GraphemeIncomplete> =
        GraphemeCursor::new(position.min(text.len()), text.len(), true).prev_boundary(text, 0);
    found.ok().flatten().unwrap_or(0)
}
