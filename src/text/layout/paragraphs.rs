//! Where paragraphs begin and end.

use std::ops::Range;

/// The byte ranges of the paragraphs of `text`, without what ends them.
pub(super) fn paragraphs(text: &str) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive(['\n', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}']) {
        let end = start + line.len();
        let content = line.trim_end_matches(['\r', '\n', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}']);
        ranges.push(start..start + content.len());
        start = end;
    }
    if ranges.is_empty() {
        ranges.push(0..0);
    }
    ranges
}
