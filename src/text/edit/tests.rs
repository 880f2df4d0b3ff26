use unicode_segmentation::UnicodeSegmentation;

use super::*;
use crate::text::controls::Controls;
use crate::text::fonts::{Fallback, Weight};
use crate::text::layout::{Engine, Frame, TextStyle};
use crate::text::raster::Faces;

fn lay_out(text: &str) -> TextLayout {
    let style = TextStyle {
        size: 16.0,
        line_height: 26.0,
        weight: Weight::Regular,
        language: None,
        controls: Controls::Obeyed,
        pitch: Default::default(),
    };
    let frame = Frame {
        editable: true,
        ..Frame::wrapped(120.0)
    };
    Engine::new(Fallback::None, Faces::default()).lay_out(text, &style, &frame, 1.0)
}

fn typed(texts: &[&str]) -> Edit {
    let mut edit = Edit::new("", false);
    for text in texts {
        edit.type_text(text);
    }
    edit
}

#[test]
fn a_run_of_typing_is_taken_back_at_once_and_a_space_ends_it() {
    let mut edit = typed(&["أ", "ع", "ط", " ", "m", "g"]);
    assert_eq!(edit.text(), "أعط mg");
    edit.undo();
    assert_eq!(edit.text(), "أعط ");
    edit.undo();
    assert_eq!(edit.text(), "أعط");
    edit.undo();
    assert_eq!(edit.text(), "");
    for _ in 0..3 {
        edit.redo();
    }
    assert_eq!((edit.text(), edit.caret().position), ("أعط mg", 9));
    edit.undo();
    edit.type_text("x");
    edit.redo();
    assert_eq!(edit.text(), "أعط x", "after typing there is nothing to do again");
}

#[test]
fn moving_ends_a_run() {
    let mut edit = typed(&["a", "b"]);
    edit.place(Caret::before(2), false);
    edit.type_text("c");
    edit.undo();
    assert_eq!(edit.text(), "ab");
}

#[test]
fn backspace_takes_marks_one_by_one_and_delete_takes_the_character() {
    for (text, left) in [
        ("بِّ", vec!["بِ", "ب", ""]),
        ("क्षि", vec!["क्ष", "क्", "क", ""]),
        ("ที่", vec!["ที", "ท", ""]),
        ("a👩‍⚕️", vec!["a", ""]),
        ("🇪🇬🇸🇦", vec!["🇪🇬", ""]),
        ("👍🏽", vec![""]),
        ("1️⃣", vec![""]),
        ("e\u{301}", vec!["e", ""]),
    ] {
        let mut edit = Edit::new(text, false);
        for expected in left {
            edit.delete_backward();
            assert_eq!(edit.text(), expected, "from {text}");
        }
        let mut edit = Edit::new(text, false);
        edit.place(Caret::after(0), false);
        edit.delete_forward();
        let second = text.graphemes(true).nth(1).unwrap_or_default();
        assert_eq!(edit.text(), second);
    }
    // What would join with the next letter goes as a whole.
    let mut edit = Edit::new("क्षत", false);
    edit.place(Caret::after("क्ष".len()), false);
    edit.delete_backward();
    assert_eq!(edit.text(), "कत");
}

#[test]
fn a_single_line_takes_no_breaks() {
    let mut edit = Edit::new("", false);
    edit.paste("one\r\ntwo\nثلاثة\u{2029}");
    assert_eq!(edit.text(), "one two ثلاثة ");
    let mut edit = Edit::new("", true);
    edit.paste("one\r\ntwo\rthree");
    assert_eq!(edit.text(), "one\ntwo\nthree");
}

#[test]
fn words_are_deleted_in_reading_order() {
    let mut edit = Edit::new("أعطِ Amoxicillin 500 mg", false);
    edit.delete_to(&lay_out(edit.text()), Motion::PreviousWord);
    assert_eq!(edit.text(), "أعطِ Amoxicillin 500 ");
    edit.delete_to(&lay_out(edit.text()), Motion::PreviousWord);
    edit.delete_to(&lay_out(edit.text()), Motion::PreviousWord);
    assert_eq!(edit.text(), "أعطِ ");
    edit.place(Caret::after(0), false);
    edit.delete_to(&lay_out(edit.text()), Motion::NextWord);
    assert_eq!(edit.text(), " ");
    edit.undo();
    assert_eq!(edit.text(), "أعطِ ");
}

#[test]
fn a_selection_across_directions_is_cut_in_reading_order() {
    let text = "أعطِ Amoxicillin 500 mg";
    let mut edit = Edit::new(text, false);
    let layout = lay_out(text);
    edit.place(Caret::after(0), false);
    edit.move_caret(&layout, Motion::NextWord, false);
    edit.move_caret(&layout, Motion::NextWord, true);
    assert_eq!(edit.selected(), " Amoxicillin");
    assert_eq!(edit.cut(), " Amoxicillin");
    assert_eq!(edit.text(), "أعطِ 500 mg");
    edit.undo();
    assert_eq!((edit.text(), edit.selected()), (text, " Amoxicillin"));
}

#[test]
fn an_arrow_goes_to_its_side_of_a_selection() {
    for (text, left, right) in [("abc", 0, 3), ("دواء", 8, 0)] {
        for (motion, expected) in [(Motion::Left, left), (Motion::Right, right)] {
            let mut edit = Edit::new(text, false);
            edit.select_all();
            edit.move_caret(&lay_out(text), motion, false);
            assert_eq!((edit.caret().position, edit.selected()), (expected, ""));
        }
    }
}

#[test]
fn composing_leaves_no_trace_until_it_is_committed() {
    let mut edit = typed(&["a"]);
    edit.compose("に", None);
    edit.compose("にほ", Some(1));
    assert_eq!((edit.text(), edit.composing()), ("aにほ", Some(1..7)));
    assert_eq!(edit.caret().position, 4);
    edit.compose("", None);
    assert_eq!((edit.text(), edit.composing()), ("a", None));
    edit.compose("にほん", None);
    edit.commit("日本");
    assert_eq!(edit.text(), "a日本");
    edit.undo();
    assert_eq!(edit.text(), "a");
    edit.undo();
    assert_eq!(edit.text(), "");

    // It stands in place of what was selected, which comes back.
    let mut edit = Edit::new("dose", false);
    edit.select_all();
    edit.compose("薬", None);
    assert_eq!(edit.text(), "薬");
    edit.compose("", None);
    assert_eq!((edit.text(), edit.selected()), ("dose", "dose"));
    edit.compose("薬", None);
    edit.place(Caret::after(0), false);
    assert_eq!((edit.text(), edit.composing()), ("薬", None), "moving away keeps it");
}

#[test]
fn a_text_changed_elsewhere_is_followed() {
    let mut edit = typed(&["a"]);
    edit.follow("other");
    edit.undo();
    assert_eq!((edit.text(), edit.caret().position), ("other", 5));
}

#[derive(Debug, Clone)]
enum Act {
    Type(String),
    Paste(String),
    Compose(String),
    Commit(String),
    Backward,
    Forward,
    Word,
    Move(Motion, bool),
    Lines(isize, bool),
    Cut,
    Undo,
    Redo,
}

fn act() -> impl proptest::strategy::Strategy<Value = Act> {
    use proptest::prelude::*;
    let text = "(a|b |م|لا|\u{650}|क्ष|\u{94d}|ท|ี|👩|\u{200d}|⚕️|🇪|🇬|\u{301}|\n|\u{2067}|\u{2069}){0,3}";
    let motion = prop::sample::select(vec![
        Motion::Left,
        Motion::Right,
        Motion::WordLeft,
        Motion::WordRight,
        Motion::LineStart,
        Motion::LineEnd,
        Motion::TextStart,
    ]);
    prop_oneof![
        4 => text.prop_map(Act::Type),
        1 => text.prop_map(Act::Paste),
        1 => text.prop_map(Act::Compose),
        1 => text.prop_map(Act::Commit),
        1 => Just(Act::Backward),
        1 => Just(Act::Forward),
        1 => Just(Act::Word),
        3 => (motion, any::<bool>()).prop_map(|(motion, extend)| Act::Move(motion, extend)),
        1 => (-2_isize..3, any::<bool>()).prop_map(|(lines, extend)| Act::Lines(lines, extend)),
        1 => Just(Act::Cut),
        1 => Just(Act::Undo),
        1 => Just(Act::Redo),
    ]
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(120))]

    #[test]
    fn whatever_is_done_the_caret_stands_between_characters_and_all_can_be_taken_back(
        acts in proptest::collection::vec(act(), 0..25),
        multi_line in proptest::bool::ANY,
    ) {
        let mut edit = Edit::new("", multi_line);
        for act in acts {
            let layout = lay_out(edit.text());
            match &act {
                Act::Type(text) => edit.type_text(text),
                Act::Paste(text) => edit.paste(text),
                Act::Compose(text) => edit.compose(text, None),
                Act::Commit(text) => edit.commit(text),
                Act::Backward => edit.delete_backward(),
                Act::Forward => edit.delete_forward(),
                Act::Word => edit.delete_to(&layout, Motion::PreviousWord),
                Act::Move(motion, extend) => edit.move_caret(&layout, *motion, *extend),
                Act::Lines(lines, extend) => edit.move_lines(&layout, *lines, *extend),
                Act::Cut => _ = edit.cut(),
                Act::Undo => edit.undo(),
                Act::Redo => edit.redo(),
            }
            let borders: Vec<usize> = edit.text().grapheme_indices(true).map(|(place, _)| place).collect();
            if edit.composing().is_none() {
                for caret in [edit.caret(), edit.anchor()] {
                    let at = caret.position;
                    proptest::prop_assert!(at == edit.text().len() || borders.contains(&at), "{:?} {:?} {:?}", act, edit.text(), caret);
                }
            }
            proptest::prop_assert!(multi_line || !edit.text().contains('\n'));
        }
        for _ in 0..200 {
            edit.undo();
        }
        proptest::prop_assert_eq!(edit.text(), "");
    }
}
