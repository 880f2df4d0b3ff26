//! Any text at all: laid out without panic, nothing of it lost, positions where a caret may stand.

use std::ops::Range;
use std::time::Instant;

use polyclinic::text::caret::{Caret, Motion};
use polyclinic::text::{Cut, Frame, TextLayout};
use proptest::prelude::*;
use unicode_segmentation::{GraphemeCursor, UnicodeSegmentation};

use super::{engine, style};

/// What ends a paragraph and so is on no line.
const SEPARATORS: [char; 7] = ['\r', '\n', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}'];

/// Characters that have a rule of their own somewhere.
const ODD: &str = "\0\t\r\n\u{b}\u{c}\u{1c}\u{1f}\u{85}\u{2028}\u{2029}\u{a0}\u{ad}\u{61c}\u{200b}\u{200c}\u{200d}\u{200e}\u{200f}\
    \u{202a}\u{202b}\u{202c}\u{202d}\u{202e}\u{2060}\u{2066}\u{2067}\u{2068}\u{2069}\u{feff}\u{fffc}\u{e000}\u{f0000}\u{10ffff}\
    \u{300}\u{301}\u{64b}\u{670}\u{93f}\u{94d}\u{fe0f}\u{1f3fd}\u{1f469}\u{1f1e6}\u{e0001}\u{e0100}\u{600}\u{378}\
    aZ09 -/%.,()[]ابلاآ١۱אבहिकक्षกำ中日あア가각각የ";

fn texts() -> impl Strategy<Value = String> {
    let odd: Vec<char> = ODD.chars().collect();
    let character = prop_oneof![3 => prop::sample::select(odd), 1 => any::<char>()];
    prop::collection::vec(character, 0..60).prop_map(|characters| characters.into_iter().collect())
}

fn frames() -> impl Strategy<Value = Frame> {
    let widths = prop::sample::select(vec![0.0, 1.0, 40.0, 200.0, f32::INFINITY]);
    let lines = prop::sample::select(vec![None, Some(1), Some(2)]);
    let cuts = prop::sample::select(vec![Cut::End, Cut::Middle]);
    (widths, lines, any::<bool>(), any::<bool>(), cuts).prop_map(|(max_width, max_lines, fill, editable, cut)| Frame {
        max_width,
        max_lines,
        fill,
        editable,
        cut,
    })
}

fn languages() -> impl Strategy<Value = Option<&'static str>> {
    prop::sample::select(vec![None, Some("en"), Some("ar"), Some("ja"), Some("th"), Some("hi")])
}

/// Every byte is in one cluster of one line, or ends a paragraph. Blank lines past the last one
/// allowed are left away without an ellipsis.
fn check_nothing_is_lost(layout: &TextLayout, limited: bool) -> Result<(), TestCaseError> {
    let mut ranges: Vec<Range<usize>> = Vec::new();
    for line in &layout.lines {
        for cluster in line.clusters.iter().filter(|cluster| !cluster.text.is_empty()) {
            prop_assert!(
                line.text.start <= cluster.text.start && cluster.text.end <= line.text.end,
                "{:?} is not within {:?}",
                cluster.text,
                line.text
            );
            ranges.push(cluster.text.clone());
        }
    }
    ranges.sort_by_key(|range| range.start);
    let mut at = 0;
    for range in ranges.iter().chain([&(layout.text.len()..layout.text.len())]) {
        prop_assert!(at <= range.start, "{range:?} begins before {at}");
        let between = &layout.text[at..range.start];
        let left_away = limited && range.start == layout.text.len() && between.trim().is_empty();
        prop_assert!(
            left_away || between.chars().all(|character| SEPARATORS.contains(&character)),
            "{between:?} is in no cluster"
        );
        at = range.end;
    }
    Ok(())
}

fn is_grapheme_border(text: &str, position: usize) -> bool {
    let mut cursor = GraphemeCursor::new(position, text.len(), true);
    text.is_char_boundary(position) && cursor.is_boundary(text, 0) == Ok(true)
}

/// What a pointer finds anywhere on the layout and around it.
fn check_positions(layout: &TextLayout) -> Result<(), TestCaseError> {
    let (width, height) = (layout.width, layout.height);
    for row in -1..=8 {
        for column in -1..=16 {
            let (x, y) = (width * column as f32 / 15.0 + 0.3, height * row as f32 / 7.0 + 0.3);
            let position = layout.caret_at(x, y).position;
            prop_assert!(is_grapheme_border(&layout.text, position), "{position} at {x} {y}");
            let word = layout.word_at(x, y);
            prop_assert!(word.start <= word.end, "{word:?}");
            for position in [word.start, word.end] {
                prop_assert!(is_grapheme_border(&layout.text, position), "{word:?} at {x} {y}");
            }
        }
    }
    for grapheme in layout.text.grapheme_indices(true) {
        let range = grapheme.0..layout.text.len();
        // A selected line break shows past the end of its line.
        let past = match layout.text[range.clone()].contains(SEPARATORS) {
            true => layout.lines[0].height / 4.0 + 0.01,
            false => 0.01,
        };
        for rectangle in layout.rectangles(&range) {
            prop_assert!(rectangle.left <= rectangle.right && rectangle.top <= rectangle.bottom);
            prop_assert!(
                rectangle.left >= -past && rectangle.right <= width + past,
                "{rectangle:?} of {width}"
            );
            prop_assert!(
                rectangle.top >= -0.01 && rectangle.bottom <= height + 0.01,
                "{rectangle:?} of {height}"
            );
        }
    }
    Ok(())
}

const MOTIONS: [Motion; 12] = [
    Motion::Left,
    Motion::Right,
    Motion::WordLeft,
    Motion::WordRight,
    Motion::PreviousWord,
    Motion::NextWord,
    Motion::LineStart,
    Motion::LineEnd,
    Motion::ParagraphStart,
    Motion::ParagraphEnd,
    Motion::TextStart,
    Motion::TextEnd,
];

/// Wherever a caret stands it is drawn within the layout, and every key takes it to where one may stand.
fn check_carets(layout: &TextLayout) -> Result<(), TestCaseError> {
    let borders = layout.text.grapheme_indices(true).map(|(start, _)| start);
    for position in borders.chain([layout.text.len()]) {
        for caret in [Caret::after(position), Caret::before(position)] {
            let place = layout.caret_place(caret);
            prop_assert!(
                -0.01 <= place.x && place.x <= layout.width + 0.01,
                "{caret:?} at {place:?} of {}",
                layout.width
            );
            prop_assert!(-0.01 <= place.top && place.top < place.bottom && place.bottom <= layout.height + 0.01);
            for motion in MOTIONS {
                let moved = layout.moved(caret, motion);
                prop_assert!(
                    is_grapheme_border(&layout.text, moved.position),
                    "{caret:?} {motion:?} {moved:?}"
                );
            }
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1500) })]

    #[test]
    fn any_text_is_laid_out_whole(text in texts(), frame in frames(), language in languages()) {
        let layout = engine().lay_out(&text, &style(language), &frame, 1.0);
        prop_assert!(!layout.lines.is_empty());
        if !layout.truncated {
            check_nothing_is_lost(&layout, frame.max_lines.is_some())?;
        }
        check_positions(&layout)?;
        if frame.editable && frame.max_lines.is_none() {
            check_carets(&layout)?;
        }
    }
}

/// Texts whose size or nesting would show work that grows with their square.
fn vast() -> Vec<(&'static str, String)> {
    const MEGABYTE: usize = 1 << 20;
    let filled = |part: &str| part.repeat(MEGABYTE / part.len());
    vec![
        ("letters without a space", filled("a")),
        ("Arabic without a space", filled("ب")),
        ("line breaks", filled("\n")),
        ("first strong isolates", filled("\u{2068}")),
        ("combining marks", filled("\u{301}")),
        (
            "isolates, 10,000 deep",
            format!("{}a{}", "\u{2067}".repeat(10_000), "\u{2069}".repeat(10_000)),
        ),
        ("brackets", filled("(")),
        ("spaces", filled(" ")),
        ("both directions in turn", filled("a ب ")),
    ]
}

/// A vast text takes about as long a byte as one of a sixteenth: `--nocapture` shows the times.
#[test]
fn vast_texts_are_laid_out_whole() {
    let mut engine = engine();
    for (name, text) in vast() {
        for (kind, frame) in [("wrapped", Frame::wrapped(400.0)), ("one line", Frame::one_line(400.0))] {
            let before = Instant::now();
            let layout = engine.lay_out(&text, &style(None), &frame, 1.0);
            let time = before.elapsed();
            let (bytes, lines) = (text.len(), layout.lines.len());
            eprintln!("{name}, {bytes} bytes, {kind}: {lines} lines in {time:.2?}");
            if !layout.truncated {
                check_nothing_is_lost(&layout, frame.max_lines.is_some()).unwrap();
            }
        }
    }
}
