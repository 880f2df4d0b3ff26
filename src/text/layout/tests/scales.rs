use super::*;

#[test]
fn lines_break_alike_at_all_scales() {
    for (tag, sentence) in SENTENCES {
        let text = format!("{sentence} {sentence} \u{10fffd} {sentence}\n{sentence}");
        let style = style(Some(tag));
        let mut engine = Engine::new(Fallback::None, Faces::default());
        for width in [97.0, 180.0, 240.0, 420.0, 700.0] {
            let mut breaks = |scale: f32| -> Vec<Range<usize>> {
                let layout = engine.lay_out(text.as_str(), &style, &Frame::wrapped(width), scale);
                layout.lines.into_iter().map(|line| line.text).collect()
            };
            let expected = breaks(1.0);
            assert!(expected.len() > 2);
            for scale in [0.5, 1.25, 1.5, 2.0, 3.0] {
                assert_eq!(breaks(scale), expected, "{tag} in {width} at {scale}");
            }
        }
    }
}

#[test]
fn a_line_exactly_as_wide_as_its_room_stays_whole() {
    for (tag, sentence) in SENTENCES {
        let mut engine = Engine::new(Fallback::None, Faces::default());
        let text = [*sentence; 5].join(" ");
        for scale in [0.5, 1.0, 1.1, 1.25, 1.5, 1.7, 2.0, 3.0] {
            let alone = engine.lay_out(*sentence, &style(Some(tag)), &Frame::UNLIMITED, scale);
            let room = alone.natural_width / scale;
            let lines = engine
                .lay_out(text.as_str(), &style(Some(tag)), &Frame::wrapped(room), scale)
                .lines;
            assert!(
                lines.iter().all(|line| line.width > 0.99 * alone.natural_width),
                "{tag} at {scale}"
            );
            assert_eq!(lines.len(), 5, "{tag} at {scale}");
        }
    }
}

#[test]
fn baselines_are_on_whole_pixels() {
    for (tag, sentence) in SENTENCES {
        for scale in [0.5, 1.0, 1.25, 1.5, 2.0, 3.0] {
            let mut engine = Engine::new(Fallback::None, Faces::default());
            let layout = engine.lay_out(*sentence, &style(Some(tag)), &Frame::wrapped(200.0), scale);
            for line in &layout.lines {
                assert_eq!(line.baseline.fract(), 0.0, "{tag} at {scale}");
                assert_eq!((line.top.fract(), line.height.fract()), (0.0, 0.0), "{tag} at {scale}");
            }
        }
    }
}
