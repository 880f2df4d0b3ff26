use super::*;
use crate::text::rich::Piece;

#[test]
fn an_ellipsis_stands_at_the_end_of_the_paragraphs_direction() {
    let arabic = "يجب قياس ضغط الدم مرتين على الأقل قبل بدء العلاج";
    for max_width in [30.0, 60.0, 100.0, 150.0] {
        let layout = lay_out_in(arabic, Some("ar"), &Frame::one_line(max_width));
        assert!(layout.truncated && layout.lines.len() == 1);
        assert!(layout.width <= max_width, "{}", layout.width);
        let ellipsis = layout.lines[0].clusters.first().unwrap();
        assert!(ellipsis.text.is_empty());
        assert!(ellipsis.right > ellipsis.left);
    }
    let layout = lay_out_in("the blood pressure is taken twice", Some("en"), &Frame::one_line(100.0));
    assert!(layout.lines[0].clusters.last().unwrap().text.is_empty());
    assert!(shown(&layout, 0).starts_with("the blood"));
    assert!(layout.width > 80.0, "no more is cut than must be: {}", layout.width);

    // Latin at the cut: still at the left of the Arabic paragraph.
    let layout = lay_out_in(
        "يعطى المريض Amoxicillin and clavulanate",
        Some("ar"),
        &Frame::one_line(150.0),
    );
    assert!(layout.lines[0].clusters.first().unwrap().text.is_empty());

    let fits = lay_out_in("نعم", Some("ar"), &Frame::one_line(100.0));
    assert!(!fits.truncated);
}

#[test]
fn text_is_cut_after_the_last_line_allowed() {
    let text = "one two three four five six seven eight nine ten\nsecond paragraph";
    let frame = Frame {
        max_lines: Some(2),
        ..Frame::wrapped(90.0)
    };
    let layout = lay_out_in(text, Some("en"), &frame);
    assert_eq!(layout.lines.len(), 2);
    assert!(layout.truncated);
    assert!(layout.lines.iter().all(|line| line.width <= 90.0));
    assert!(layout.lines[1].clusters.last().unwrap().text.is_empty());

    // The paragraph fits, but another follows.
    let layout = lay_out_in("one\ntwo", Some("en"), &Frame::one_line(90.0));
    assert_eq!((layout.lines.len(), layout.truncated), (1, true));
    assert_eq!(shown(&layout, 0), "one");
    assert!(layout.lines[0].clusters.last().unwrap().text.is_empty());
    let layout = lay_out_in("one\n \n", Some("en"), &Frame::one_line(90.0));
    assert!(!layout.truncated);
}

#[test]
fn a_cut_within_an_isolate_leaves_the_ellipsis_outside() {
    let text = format!("الملف {} غير موجود", isolate::isolate("a long report name.pdf"));
    let layout = lay_out_in(&text, Some("ar"), &Frame::one_line(120.0));
    assert!(layout.truncated);
    let first = layout.lines[0]
        .clusters
        .iter()
        .find(|cluster| cluster.right > cluster.left)
        .unwrap();
    assert!(first.text.is_empty(), "{first:?}");
}

/// The side on which the ellipsis stands: whether it is the leftmost of what has width.
fn leftmost(layout: &TextLayout) -> bool {
    let line = layout.lines.last().unwrap();
    let mut inked = line.clusters.iter().filter(|cluster| cluster.right > cluster.left);
    inked.next().unwrap().text.is_empty()
}

#[test]
fn a_cut_keeps_the_direction_of_the_whole() {
    // What stays has no strong letter, or one of the other direction, or an override left open.
    for (text, tag, left) in [
        ("120 80 95 110 ضغط الدم", None, true),
        ("120 80 95 110 blood pressure", None, false),
        ("Amoxicillin and clavulanate كل يوم", Some("ar"), true),
        ("يجب قياس ضغط الدم مرتين", Some("en"), false),
        ("abc \u{202e}override left open for long", Some("en"), false),
        ("جرعة \u{202d}override left open for long", Some("ar"), true),
        ("جرعة \u{2066}one \u{2067}two and three and four", Some("ar"), true),
    ] {
        for max_width in [40.0, 60.0, 90.0] {
            let layout = lay_out_in(text, tag, &Frame::one_line(max_width));
            assert!(layout.truncated && layout.width <= max_width, "{text:?}");
            assert_eq!(leftmost(&layout), left, "{text:?} in {max_width}");
        }
    }
}

#[test]
fn no_width_is_too_narrow() {
    for text in ["دواء للقلب", "medicine for the heart", "𝒳\u{301}薬"] {
        for max_width in [0.0, 1.0, 4.0, 8.0, 14.0] {
            for max_lines in [1, 2, 3] {
                for cut in [Cut::End, Cut::Middle] {
                    let frame = Frame {
                        max_lines: Some(max_lines),
                        cut,
                        ..Frame::wrapped(max_width)
                    };
                    let layout = lay_out_in(text, None, &frame);
                    assert!((1..=max_lines).contains(&layout.lines.len()));
                    let clusters = layout.lines.iter().flat_map(|line| &line.clusters);
                    let ellipses = clusters.filter(|cluster| cluster.text.is_empty()).count();
                    assert_eq!(
                        ellipses,
                        usize::from(layout.truncated),
                        "{text} in {max_width} by {max_lines}"
                    );
                }
            }
        }
    }
}

#[test]
fn a_name_cut_in_its_middle_keeps_both_ends_and_their_order() {
    let name = "medical-questions-of-all-years-v2.parquet";
    for (text, tag) in [
        (name.to_owned(), None),
        (isolate::isolate(name), Some("ar")),
        (isolate::isolate(name), Some("en")),
    ] {
        let frame = Frame {
            cut: Cut::Middle,
            ..Frame::one_line(150.0)
        };
        let layout = lay_out_in(&text, tag, &frame);
        assert!(layout.truncated && layout.width <= 150.0);
        let line = &layout.lines[0];
        let seen = shown(&layout, 0).replace(['\u{2068}', '\u{2069}'], "");
        assert!(seen.starts_with("medical") && seen.ends_with(".parquet"), "{seen}");
        let ellipsis = line
            .clusters
            .iter()
            .position(|cluster| cluster.text.is_empty())
            .unwrap();
        assert!((5..line.clusters.len() - 5).contains(&ellipsis));
        assert_eq!(line.text, 0..text.len(), "what is copied is the whole");
        assert!(layout.width > 120.0, "no more is cut than must be: {}", layout.width);
    }
    let arabic = "تقرير المريض الطويل جدا عن القلب";
    let frame = Frame {
        cut: Cut::Middle,
        ..Frame::one_line(120.0)
    };
    let layout = lay_out_in(arabic, Some("ar"), &frame);
    assert!(shown(&layout, 0).starts_with(&reversed("القلب")));
    assert!(shown(&layout, 0).ends_with(&reversed("تقرير")));
}

#[test]
fn pieces_stay_with_their_letters_when_the_middle_is_cut() {
    let text = "medical-questions-of-all-years-v2.parquet";
    let look = Look {
        ground: Some([90, 90, 0, 90]),
        weight: Some(Weight::Semibold),
        ..Look::default()
    };
    let pieces = [Piece { range: 34..41, look }];
    let frame = Frame {
        cut: Cut::Middle,
        ..Frame::one_line(150.0)
    };
    let styled = Styled { text, pieces: &pieces };
    let layout = Engine::new(Fallback::None, Faces::default()).lay_out(styled, &style(None), &frame, 1.0);
    let line = &layout.lines[0];
    let [ground] = line.grounds.as_slice() else {
        panic!("{:?}", line.grounds);
    };
    assert_eq!(ground.rectangle.right, line.width);
    let covered = line
        .clusters
        .iter()
        .filter(|cluster| cluster.left >= ground.rectangle.left);
    assert_eq!(covered.count(), "parquet".len());
}
