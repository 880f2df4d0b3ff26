use super::*;
use crate::text::rich::Piece;

const RED: Rgba = [255, 0, 0, 255];
const YELLOW: Rgba = [80, 80, 0, 80];

fn colored() -> Look {
    Look {
        color: Some(RED),
        ..Look::default()
    }
}

fn hit() -> Look {
    Look {
        ground: Some(YELLOW),
        ..Look::default()
    }
}

fn heavy() -> Look {
    Look {
        weight: Some(Weight::Semibold),
        ..Look::default()
    }
}

fn raised() -> Look {
    Look {
        raised: true,
        ..Look::default()
    }
}

fn lay_out_pieces(text: &str, pieces: &[(Range<usize>, Look)], style: &TextStyle, frame: &Frame) -> TextLayout {
    let pieces: Vec<Piece> = pieces
        .iter()
        .map(|(range, look)| Piece {
            range: range.clone(),
            look: *look,
        })
        .collect();
    let styled = Styled { text, pieces: &pieces };
    Engine::new(Fallback::None, Faces::default()).lay_out(styled, style, frame, 1.0)
}

fn with_pieces(text: &str, pieces: &[(Range<usize>, Look)], tag: Option<&str>) -> TextLayout {
    lay_out_pieces(text, pieces, &style(tag), &Frame::UNLIMITED)
}

fn glyph_ids(layout: &TextLayout) -> Vec<u32> {
    let glyphs = layout.lines.iter().flat_map(|line| &line.glyphs);
    glyphs.map(|glyph| glyph.glyph).collect()
}

#[test]
fn letters_join_across_the_borders_of_pieces() {
    for (text, tag) in [("يُعالَج الالتهابُ بالأدوية لا إله", "ar"), ("بیماری‌های قلبی", "fa")]
    {
        for weight in [Weight::Regular, Weight::Semibold] {
            let style = TextStyle {
                weight,
                ..style(Some(tag))
            };
            let plain = lay_out_pieces(text, &[], &style, &Frame::UNLIMITED);
            let lighter = Look {
                weight: Some(Weight::Regular),
                ..Look::default()
            };
            for look in [colored(), hit(), heavy(), lighter] {
                for (start, character) in text.char_indices() {
                    let letter = start..start + character.len_utf8();
                    let layout = lay_out_pieces(text, &[(letter, look)], &style, &Frame::UNLIMITED);
                    assert_eq!(glyph_ids(&layout), glyph_ids(&plain), "{look:?} at {start} of {text}");
                }
            }
        }
    }
}

#[test]
fn a_word_that_is_heavier_in_part_is_thickened_and_a_whole_one_takes_its_own_font() {
    let faces = Faces::default();
    let mut engine = Engine::new(Fallback::None, faces.clone());
    let mut drawn = |text: &str, range: Range<usize>| {
        let pieces = [Piece { range, look: heavy() }];
        let styled = Styled { text, pieces: &pieces };
        let layout = engine.lay_out(styled, &style(Some("ar")), &Frame::UNLIMITED, 1.0);
        let mut met: Vec<FaceId> = layout.lines[0].glyphs.iter().map(|glyph| glyph.face).collect();
        met.dedup();
        met
    };
    let whole = drawn("دواء", 0..8);
    let part = drawn("دواء", 2..4);
    let none = drawn("دواء", 0..0);
    assert_eq!((whole.len(), none.len(), part.len()), (1, 1, 3));
    assert_ne!(whole, none);
    assert_eq!((part[0], part[2]), (none[0], none[0]));
    assert!(part[1] != whole[0] && part[1] != none[0]);
    // Latin letters do not join.
    assert_eq!(drawn("dose", 0..2).len(), 2);
}

#[test]
fn colours_and_grounds_follow_their_letters() {
    let text = "جرعة ABC";
    let start = text.find('ة').unwrap();
    let end = text.find('B').unwrap();
    let layout = with_pieces(text, &[(start..end, hit()), (start..end, colored())], Some("ar"));
    let line = &layout.lines[0];
    // What the reader takes for one hit stands in two places, as a selection of it would.
    let grounds: Vec<Rectangle> = line.grounds.iter().map(|ground| ground.rectangle).collect();
    let selected = layout.rectangles(&(start..end));
    assert_eq!((grounds.len(), selected.len()), (2, 2));
    for (ground, selected) in grounds.iter().zip(&selected) {
        assert_eq!((ground.left, ground.right), (selected.left, selected.right));
        assert!(ground.top >= line.top && ground.bottom <= line.top + line.height);
        assert!(ground.top < line.baseline && line.baseline < ground.bottom);
    }
    for glyph in &line.glyphs {
        let within = grounds
            .iter()
            .any(|ground| (ground.left..ground.right).contains(&glyph.x));
        assert_eq!(glyph.color, within.then_some(RED), "{glyph:?}");
    }
}

#[test]
fn a_ground_goes_on_over_lines_and_not_under_the_spaces_that_end_them() {
    let text = "one two three four five six seven";
    let layout = lay_out_pieces(
        text,
        &[(0..text.len(), hit())],
        &style(Some("en")),
        &Frame::wrapped(90.0),
    );
    assert!(layout.lines.len() > 2);
    for line in &layout.lines {
        let [ground] = line.grounds.as_slice() else {
            panic!("{:?}", line.grounds);
        };
        assert_eq!((ground.rectangle.left, ground.rectangle.right), (0.0, line.width));
    }
}

#[test]
fn a_raised_piece_is_small_and_high() {
    let layout = with_pieces("25 kg/m2 ab", &[(7..8, raised())], Some("en"));
    let line = &layout.lines[0];
    let high: Vec<&PlacedGlyph> = line.glyphs.iter().filter(|glyph| glyph.y < line.baseline).collect();
    assert_eq!(high.len(), 1);
    assert!(high[0].size < 11.0 && line.baseline - high[0].y >= 4.0);
    // Unicode's own exponents are glyphs of the font, on the baseline.
    let layout = with_pieces("25 kg/m²", &[], Some("en"));
    assert!(layout.missing.is_empty());
    assert!(
        layout.lines[0]
            .glyphs
            .iter()
            .all(|glyph| glyph.y == layout.lines[0].baseline)
    );
}

#[test]
fn an_ellipsis_looks_as_what_it_stands_for() {
    let text = "the blood pressure is taken twice";
    let frame = Frame::one_line(100.0);
    let layout = lay_out_pieces(text, &[(4..text.len(), colored())], &style(Some("en")), &frame);
    assert!(layout.truncated);
    assert_eq!(layout.lines[0].glyphs.last().unwrap().color, Some(RED));
    let layout = lay_out_pieces(text, &[(0..3, colored())], &style(Some("en")), &frame);
    assert_eq!(layout.lines[0].glyphs.last().unwrap().color, None);
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(200))]

    #[test]
    fn no_piece_loses_text(
        text in "[ -~\u{600}-\u{6ff}\u{900}-\u{97f}\u{300}-\u{310}\u{200b}-\u{200f}\u{202a}-\u{202e}\u{1f1e6}-\u{1f1ff}\u{1f468}\u{fe0f}\n]{0,24}",
        pieces in proptest::collection::vec((0_usize..60, 0_usize..60, 0_u8..16), 0..5),
        width in 5.0_f32..150.0,
        max_lines in proptest::option::of(1_usize..3),
    ) {
        let pieces: Vec<(Range<usize>, Look)> = pieces
            .into_iter()
            .map(|(start, end, looks)| {
                let look = Look {
                    weight: (looks & 1 > 0).then_some(Weight::Semibold),
                    color: (looks & 2 > 0).then_some(RED),
                    ground: (looks & 4 > 0).then_some(YELLOW),
                    raised: looks & 8 > 0,
                };
                (start..end, look)
            })
            .collect();
        let frame = Frame { max_lines, ..Frame::wrapped(width) };
        let layout = lay_out_pieces(&text, &pieces, &style(None), &frame);
        for cluster in layout.lines.iter().flat_map(|line| &line.clusters) {
            proptest::prop_assert!(text.get(cluster.text.clone()).is_some());
        }
        if !layout.truncated {
            let covered: usize = layout.lines.iter().flat_map(|line| &line.clusters).map(|cluster| cluster.text.len()).sum();
            let ends = text.chars().filter(|character| *character == '\n').count();
            proptest::prop_assert_eq!(covered + ends, text.len());
        }
    }
}
