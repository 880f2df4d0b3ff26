use super::*;
use crate::text::codes;

/// Characters that no font of the bundle has: a letter, a private one, a mark.
const LETTER: char = '\u{1e2d0}';
const PRIVATE: char = '\u{10fffd}';
const MARK: char = '\u{1ac1}';

/// The codes on the first line, from left to right.
fn codes(layout: &TextLayout) -> Vec<(char, f32)> {
    let glyphs = layout.lines[0].glyphs.iter();
    let codes = glyphs.filter(|glyph| glyph.face == FaceId::CODES);
    codes
        .map(|glyph| (char::from_u32(glyph.glyph).unwrap(), glyph.x))
        .collect()
}

#[test]
fn a_code_has_the_room_it_is_drawn_in() {
    for (tag, text) in [
        ("en", format!("dose {PRIVATE}{LETTER} mg")),
        ("ar", format!("جرعة {PRIVATE}{LETTER} دواء")),
        ("ja", format!("薬{PRIVATE}{LETTER}量")),
    ] {
        let layout = lay_out_in(&text, Some(tag), &Frame::UNLIMITED);
        let line = &layout.lines[0];
        let codes = codes(&layout);
        assert_eq!(codes.len(), 2, "{tag}");
        for (character, x) in codes {
            let start = text.find(character).unwrap();
            let cluster = line
                .clusters
                .iter()
                .find(|cluster| cluster.text.start == start)
                .unwrap();
            let advance = codes::advance(character, 16.0);
            assert!((cluster.left - x).abs() < 0.01, "{tag}: {cluster:?} {x}");
            assert!((cluster.right - cluster.left - advance).abs() < 0.01, "{tag}");
        }
        let ends = line.clusters.windows(2).all(|pair| pair[0].right == pair[1].left);
        assert!(ends && layout.text.as_ref() == text, "{tag}");
    }
}

#[test]
fn what_a_font_has_of_a_cluster_stays() {
    let text = format!("a{MARK}b");
    let layout = lay_out_in(&text, Some("en"), &Frame::UNLIMITED);
    let line = &layout.lines[0];
    assert_eq!(line.clusters.len(), 2);
    let plain = lay_out_in("ab", Some("en"), &Frame::UNLIMITED);
    let letter = plain.lines[0].clusters[0].right;
    assert_eq!(line.glyphs[0].glyph, plain.lines[0].glyphs[0].glyph);
    assert_eq!(codes(&layout), [(MARK, letter)]);
    let end = letter + codes::advance(MARK, 16.0);
    assert!((line.clusters[1].left - end).abs() < 0.01, "{:?}", line.clusters);
    assert_eq!(layout.missing.into_iter().collect::<Vec<_>>(), [MARK]);
}

#[test]
fn lines_of_codes_wrap_within_their_width() {
    let text = PRIVATE.to_string().repeat(40);
    let layout = lay_out_in(&text, None, &Frame::wrapped(120.0));
    assert!(layout.lines.len() > 4);
    assert!(layout.lines.iter().all(|line| line.width <= 120.0));
    let cut = lay_out_in(&text, None, &Frame::one_line(120.0));
    assert!(cut.truncated && cut.width <= 120.0);
}

#[test]
fn emoji_have_a_font() {
    // One or two code points, a sequence with joiners, a flag, a keycap, a skin tone.
    for emoji in [
        "🩺",
        "💊",
        "❤\u{fe0f}",
        "👨\u{200d}👩\u{200d}👧",
        "🇫🇷",
        "1\u{fe0f}\u{20e3}",
        "👍🏽",
        "☎",
        "🫁",
    ] {
        let layout = lay_out_in(&format!("a {emoji} b"), Some("en"), &Frame::UNLIMITED);
        assert!(layout.missing.is_empty(), "{emoji}: {:?}", layout.missing);
        assert_eq!(layout.lines[0].clusters.len(), 5, "{emoji}");
    }
}

#[test]
fn signs_and_rare_characters_of_medicine_have_a_font() {
    let layout = lay_out_in("∆ ∕ ﹣ 啰疓 → ⇌ ≰ ⅔ ♀", Some("zh"), &Frame::UNLIMITED);
    assert!(layout.missing.is_empty(), "{:?}", layout.missing);
}
