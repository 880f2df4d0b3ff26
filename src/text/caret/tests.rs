use unicode_segmentation::UnicodeSegmentation;

use super::*;
use crate::text::controls::Controls;
use crate::text::fonts::{Fallback, Weight};
use crate::text::layout::{Engine, Frame, TextStyle};
use crate::text::raster::Faces;

fn lay_out_at(text: &str, tag: Option<&str>, max_width: f32) -> TextLayout {
    let style = TextStyle {
        size: 16.0,
        line_height: 26.0,
        weight: Weight::Regular,
        language: tag.map(|tag| tag.parse().unwrap()),
        controls: Controls::Obeyed,
        pitch: Default::default(),
    };
    let frame = Frame {
        editable: true,
        fill: max_width.is_finite(),
        max_width,
        ..Frame::UNLIMITED
    };
    Engine::new(Fallback::None, Faces::default()).lay_out(text, &style, &frame, 1.0)
}

fn lay_out(text: &str, tag: &str) -> TextLayout {
    lay_out_at(text, Some(tag), f32::INFINITY)
}

/// The carets met by repeating a motion until nothing changes, with where it started.
fn walk(layout: &TextLayout, from: Caret, motion: Motion) -> Vec<Caret> {
    let mut carets = vec![from];
    for _ in 0..2000 {
        let last = *carets.last().unwrap();
        let next = layout.moved(last, motion);
        if next == last {
            return carets;
        }
        carets.push(next);
    }
    panic!("it never ends: {:?}", &carets[carets.len() - 6..]);
}

fn positions(carets: &[Caret]) -> Vec<usize> {
    carets.iter().map(|caret| caret.position).collect()
}

fn borders(text: &str) -> Vec<usize> {
    text.grapheme_indices(true)
        .map(|(start, _)| start)
        .chain([text.len()])
        .collect()
}

/// The places of carets that go one way never go back.
fn goes(layout: &TextLayout, carets: &[Caret], right: bool) {
    let places: Vec<f32> = carets.iter().map(|caret| layout.caret_place(*caret).x).collect();
    for pair in places.windows(2) {
        assert!(
            if right { pair[0] <= pair[1] } else { pair[0] >= pair[1] },
            "{places:?}"
        );
    }
}

#[test]
fn arrows_move_over_what_is_shown_and_leave_no_place_out() {
    for (text, tag) in [
        ("abc def", "en"),
        ("دواء المريض", "ar"),
        ("أعطِ Amoxicillin 500 mg", "ar"),
        ("أعطِ Amoxicillin 500 mg كل 8 ساعات", "en"),
        ("the chart says ألم ١٢ في الصدر (8/10) twice", "en"),
        ("لا إله (BP 150/95) ١٢.٥ 3,4 אבג", "ar"),
        ("abc 12 אבג", "he"),
        ("abc אבג12", "en"),
        ("אבג12", "en"),
        ("क्षत्रिय को दवा", "hi"),
        ("ยาแก้ปวด", "th"),
        ("👩‍⚕️ and 🏳️‍🌈 e\u{301}", "en"),
        ("", "ar"),
        ("  ", "ar"),
        ("x  ", "ar"),
    ] {
        let layout = lay_out(text, tag);
        let runs_right = layout.direction() == Direction::LeftToRight;
        let (to_end, to_start) = if runs_right {
            (Motion::Right, Motion::Left)
        } else {
            (Motion::Left, Motion::Right)
        };
        let there = walk(&layout, Caret::after(0), to_end);
        goes(&layout, &there, runs_right);
        assert_eq!(
            *there.last().unwrap(),
            if text.is_empty() {
                Caret::after(0)
            } else {
                Caret::before(text.len())
            }
        );
        let mut found = positions(&there);
        let mut back = positions(&walk(&layout, *there.last().unwrap(), to_start));
        back.reverse();
        assert_eq!(found, back, "the same places both ways in {text:?}");
        found.sort_unstable();
        assert_eq!(found, borders(text), "every place in {text:?}");
    }
}

#[test]
fn at_a_border_of_directions_the_outer_one_decides() {
    // Shown as "ab 12CBA": reading order a b _ A B C 1 2.
    let text = "ab אבג12";
    let layout = lay_out(text, "en");
    let found = positions(&walk(&layout, Caret::after(0), Motion::Right));
    assert_eq!(found, [0, 1, 2, 3, 10, 9, 7, 5, 11]);
}

#[test]
fn a_caret_belongs_to_what_was_typed_or_pointed_at() {
    let text = "ab אבג";
    let layout = lay_out(text, "en");
    let line = &layout.lines[0];
    let hebrew = line.clusters.iter().find(|cluster| cluster.text.start == 3).unwrap();
    // After the last Hebrew letter, at its left; at the end of the paragraph, on its right.
    let typed = layout.caret_place(Caret::after(text.len()));
    let border = line
        .clusters
        .iter()
        .find(|cluster| cluster.text.start == 2)
        .unwrap()
        .right;
    assert_eq!((typed.x, typed.direction), (border, Direction::RightToLeft));
    let end = layout.caret_place(Caret::before(text.len()));
    assert_eq!((end.x, end.direction), (line.left + line.width, Direction::LeftToRight));
    // The same place from the other side.
    let after_space = layout.caret_place(Caret::after(3));
    assert_eq!((after_space.x, after_space.direction), (border, Direction::LeftToRight));
    assert_eq!(layout.caret_place(Caret::before(3)).x, hebrew.right);

    let pointed = layout.caret_at(hebrew.right - 1.0, 10.0);
    assert_eq!(pointed, Caret::before(3));
    assert_eq!(layout.caret_place(pointed).x, hebrew.right);
}

#[test]
fn a_ligature_has_a_place_within() {
    let text = "سلام";
    let layout = lay_out(text, "ar");
    let stops = walk(&layout, Caret::after(0), Motion::Left);
    assert_eq!(positions(&stops), [0, 2, 4, 6, 8]);
    let places: Vec<f32> = stops.iter().map(|caret| layout.caret_place(*caret).x).collect();
    assert!(places.windows(2).all(|pair| pair[0] > pair[1] + 1.0), "{places:?}");
}

#[test]
fn a_mark_on_a_letter_is_passed_with_it() {
    let layout = lay_out("أعطِ", "ar");
    assert_eq!(positions(&walk(&layout, Caret::after(0), Motion::Left)), [0, 2, 4, 8]);
    let layout = lay_out("ọ\u{301}kan", "yo");
    assert_eq!(
        positions(&walk(&layout, Caret::after(0), Motion::Right)),
        [0, 5, 6, 7, 8]
    );
}

#[test]
fn marks_of_direction_do_not_stop_the_arrows() {
    let text = "a\u{2068}b\u{2069}c";
    let layout = lay_out(text, "en");
    let stops = walk(&layout, Caret::after(0), Motion::Right);
    let places: Vec<f32> = stops.iter().map(|caret| layout.caret_place(*caret).x).collect();
    assert_eq!(stops.len(), 4);
    assert!(places.windows(2).all(|pair| pair[0] < pair[1]));
}

#[test]
fn a_wrapped_line_goes_on_in_the_direction_of_its_paragraph() {
    for (text, tag, forwards, backwards) in [
        ("one two three four five six", "en", Motion::Right, Motion::Left),
        ("يقاس ضغط الدم عند كل زيارة", "ar", Motion::Left, Motion::Right),
        ("يقاس ضغط Amoxicillin الدم BP mg كل", "ar", Motion::Left, Motion::Right),
        ("一名男性突发胸痛首选哪种药物", "zh", Motion::Right, Motion::Left),
    ] {
        let layout = lay_out_at(text, Some(tag), 80.0);
        assert!(layout.lines.len() > 2);
        let there = walk(&layout, Caret::after(0), forwards);
        let mut found = positions(&there);
        let lines: Vec<usize> = there.iter().map(|caret| layout.line_of(*caret)).collect();
        assert!(lines.is_sorted(), "{lines:?}");
        let mut back = positions(&walk(&layout, *there.last().unwrap(), backwards));
        back.reverse();
        assert_eq!(found, back, "{text}");
        found.sort_unstable();
        assert_eq!(found, borders(text), "{text}");
    }
}

#[test]
fn a_place_where_a_line_wraps_is_seen_on_either_line() {
    let text = "一名男性突发胸痛首选哪种药物";
    let layout = lay_out_at(text, Some("zh"), 80.0);
    let wrap = layout.lines[0].text.end;
    let end = layout.moved(Caret::before(0), Motion::LineEnd);
    assert_eq!(end, Caret::after(wrap));
    let place = layout.caret_place(end);
    assert_eq!((place.top, place.x), (0.0, layout.lines[0].width));
    let next = layout.moved(end, Motion::Right);
    assert_eq!(next, Caret::before(wrap));
    let place = layout.caret_place(next);
    assert_eq!((place.top, place.x), (26.0, 0.0));
    assert_eq!(layout.moved(next, Motion::LineStart), next);

    // At a space the end is before it, so that what is typed stays on the line.
    let text = "one two three four";
    let layout = lay_out_at(text, Some("en"), 64.0);
    let end = layout.moved(Caret::before(0), Motion::LineEnd);
    assert_eq!(&text[end.position..=end.position], " ");
    assert_eq!(layout.line_of(end), 0);
    let next = layout.moved(end, Motion::Right);
    assert_eq!(
        (next.position, layout.line_of(next)),
        (end.position + 1, 1),
        "over the space at once"
    );
}

#[test]
fn paragraphs_follow_each_other_at_their_ends() {
    let text = "first\nالثانية\n\nlast";
    let layout = lay_out_at(text, None, 300.0);
    let end = layout.moved(Caret::before(0), Motion::ParagraphEnd);
    assert_eq!(end, Caret::before(5));
    let second = layout.moved(end, Motion::Right);
    assert_eq!(second, Caret::after(6));
    assert!(
        layout.caret_place(second).x > 290.0,
        "a right-to-left paragraph starts on the right"
    );
    assert_eq!(
        layout.moved(second, Motion::Right),
        end,
        "against its direction it goes back"
    );
    let third = text.find("\n\n").unwrap() + 1;
    let caret = layout.moved(second, Motion::ParagraphEnd);
    assert_eq!(layout.moved(caret, Motion::Left), Caret::after(third));
    let last = text.find("last").unwrap();
    assert_eq!(layout.moved(Caret::after(last), Motion::Left), Caret::before(third));
}

#[test]
fn up_and_down_keep_the_column() {
    let text = "a long first line\nb\nقصير\na long last line";
    let layout = lay_out_at(text, None, 300.0);
    let x = 60.0;
    let start = layout.caret_at(x, 1.0);
    let down = layout.moved_by_lines(start, 1, x);
    assert_eq!(down.position, text.find("b\n").unwrap() + 1);
    let arabic = layout.moved_by_lines(down, 1, x);
    assert_eq!(
        arabic.position,
        text.find("\na long last").unwrap(),
        "left of Arabic is its end"
    );
    let last = layout.moved_by_lines(arabic, 1, x);
    assert!((layout.caret_place(last).x - layout.caret_place(start).x).abs() < 8.0);
    assert_eq!(layout.moved_by_lines(last, 1, x), Caret::before(text.len()));
    assert_eq!(layout.moved_by_lines(start, -1, x), Caret::after(0));
    assert_eq!(layout.moved_by_lines(start, 99, x), Caret::before(text.len()));
}

#[test]
fn words_are_passed_in_the_direction_of_the_paragraph() {
    let text = "يعطى المريض، Amoxicillin كل يوم";
    let layout = lay_out_at(text, Some("ar"), 120.0);
    let ends: Vec<usize> = ["يعطى", "المريض", "Amoxicillin", "كل", "يوم"]
        .iter()
        .map(|word| text.find(word).unwrap() + word.len())
        .collect();
    let found = positions(&walk(&layout, Caret::after(0), Motion::WordLeft));
    assert_eq!(found[1..6], ends);
    let starts = positions(&walk(&layout, Caret::before(text.len()), Motion::WordRight));
    let expected: Vec<usize> = ["يوم", "كل", "Amoxicillin", "المريض", "يعطى"]
        .iter()
        .map(|word| text.find(word).unwrap())
        .collect();
    assert_eq!(starts[1..6], expected);
    let layout = lay_out("take 2.5 mg/kg, don't wait", "en");
    assert_eq!(
        positions(&walk(&layout, Caret::after(0), Motion::WordRight)),
        [0, 4, 8, 11, 14, 21, 26, 26]
    );
}

#[test]
fn a_caret_in_a_text_that_changed_is_still_somewhere() {
    let layout = lay_out("ab\nc", "en");
    for position in 0..20 {
        for affinity in [Affinity::Upstream, Affinity::Downstream] {
            let caret = Caret { position, affinity };
            assert!(layout.caret_place(caret).x.is_finite());
            for motion in [
                Motion::Left,
                Motion::Right,
                Motion::NextWord,
                Motion::PreviousWord,
                Motion::LineEnd,
            ] {
                assert!(layout.moved(caret, motion).position <= 20);
            }
        }
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(200))]

    #[test]
    fn any_mixture_is_walked_through_wholly(
        text in "[ab אבגدل1٢(). ]{0,24}",
        right_to_left in proptest::bool::ANY,
        width in proptest::option::of(20.0_f32..120.0),
    ) {
        let layout = lay_out_at(&text, Some(if right_to_left { "ar" } else { "en" }), width.unwrap_or(f32::INFINITY));
        let (to_end, to_start) = if right_to_left {
            (Motion::Left, Motion::Right)
        } else {
            (Motion::Right, Motion::Left)
        };
        let mut there = positions(&walk(&layout, Caret::after(0), to_end));
        let mut back = positions(&walk(&layout, Caret::before(text.len()), to_start));
        there.sort_unstable();
        back.sort_unstable();
        there.dedup();
        back.dedup();
        proptest::prop_assert_eq!(&there, &borders(&text));
        proptest::prop_assert_eq!(&back, &borders(&text));
    }

    #[test]
    fn any_point_and_any_motion_give_a_border_of_characters(
        text in "\\PC{0,30}",
        x in -20.0_f32..300.0,
        y in -20.0_f32..200.0,
    ) {
        let layout = lay_out_at(&text, None, 90.0);
        let caret = layout.caret_at(x, y);
        let all = borders(&text);
        proptest::prop_assert!(all.contains(&caret.position));
        for motion in [Motion::Left, Motion::Right, Motion::WordLeft, Motion::WordRight, Motion::LineStart, Motion::LineEnd] {
            let moved = layout.moved(caret, motion);
            proptest::prop_assert!(all.contains(&moved.position), "{:?} from {:?} to {:?}", motion, caret, moved);
        }
    }
}
