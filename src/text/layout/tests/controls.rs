use super::*;
use crate::text::controls::is_unseen;

fn lay_out_shown(text: &str, tag: &str) -> TextLayout {
    let style = TextStyle {
        controls: Controls::AllShown,
        ..style(Some(tag))
    };
    Engine::new(Fallback::None, Faces::default()).lay_out(text, &style, &Frame::UNLIMITED, 1.0)
}

#[test]
fn every_symbol_is_in_the_bundled_fonts_and_takes_room() {
    for character in ('\0'..=char::MAX).filter(|character| is_unseen(*character)) {
        // Of the many that share a symbol a few stand for all.
        if u32::from(character) > 0xe_0010 {
            continue;
        }
        for tag in ["en", "ar"] {
            let layout = lay_out_shown(&format!("a{character}b"), tag);
            assert!(layout.missing.is_empty(), "{character:?}");
            let hidden = layout.lines[0].clusters.iter().find(|cluster| cluster.text.start == 1);
            let hidden = hidden.unwrap();
            assert!(hidden.right - hidden.left > 1.0, "{character:?}");
        }
    }
}

#[test]
fn what_is_shown_no_longer_acts() {
    // An override would run the Latin letters backwards.
    let text = "a\u{202e}bcd\u{202c}e";
    assert_eq!(
        shown(&lay_out_in(text, Some("en"), &Frame::UNLIMITED), 0).replace(is_unseen, ""),
        "adcbe"
    );
    let layout = lay_out_shown(text, "en");
    assert_eq!(shown(&layout, 0), text);
    assert_eq!(&*layout.text, text);
    // Among Arabic letters a symbol stands where its character does, with no direction of its own.
    for character in [
        '\u{200e}', '\u{200f}', '\u{61c}', '\u{202d}', '\u{2066}', '\u{ad}', '\u{2060}',
    ] {
        let text = format!("أب{character}جد");
        assert_eq!(shown(&lay_out_shown(&text, "ar"), 0), reversed(&text), "{character:?}");
        let text = format!("ab{character}cd");
        assert_eq!(shown(&lay_out_shown(&text, "en"), 0), text, "{character:?}");
    }
}

#[test]
fn an_override_ends_with_its_paragraph() {
    let layout = lay_out_in("\u{202e}abc\nabc", Some("en"), &Frame::UNLIMITED);
    assert_eq!(shown(&layout, 0).replace(is_unseen, ""), "cba");
    assert_eq!(shown(&layout, 1), "abc");
}
