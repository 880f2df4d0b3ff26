//! Where paragraphs begin and end.

use std::ops::Range;

/// What ends a paragraph, with a carriage return before it or not.
const BREAKS: [char; 6] = ['\n', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}'];

/// The byte ranges of the paragraphs of `text`, without what ends them. After a break at the very
/// end there is another, empty one if the text is `open_ended`.
pub(in crate::text) fn paragraphs(text: &str, open_ended: bool) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive(BREAKS) {
        let end = start + line.len();
        let content = line.trim_end_matches(BREAKS).trim_end_matches('\r');
        ranges.push(start..start + content.len());
        start = end;
    }
    if ranges.is_empty() || (open_ended && text.ends_with(BREAKS)) {
        ranges.push(start..start);
    }
    ranges
}
