use super::*;

fn lay_out_fixed(text: &str, tag: Option<&str>) -> TextLayout {
    let style = TextStyle {
        pitch: Pitch::Fixed,
        ..style(tag)
    };
    Engine::new(Fallback::None, Faces::default()).lay_out(text, &style, &Frame::UNLIMITED, 1.0)
}

/// Where each character of the first line begins and ends.
fn edges(layout: &TextLayout) -> Vec<(Range<usize>, f32, f32)> {
    let clusters = layout.lines[0].clusters.iter();
    clusters
        .map(|cluster| (cluster.text.clone(), cluster.left, cluster.right))
        .collect()
}

fn width_of(line: &Line, place: usize) -> f32 {
    let cluster = line
        .clusters
        .iter()
        .find(|cluster| cluster.text.start == place)
        .unwrap();
    cluster.right - cluster.left
}

#[test]
fn letters_digits_and_signs_of_fixed_pitch_are_all_as_wide() {
    // Yoruba with tone marks over dots, Vietnamese, Cyrillic, Greek, and what stands in JSON.
    for text in [
        r#"{"id": 17, "i": [1.5, null]}"#,
        "Kí ni ẹ̀jẹ̀ ń ṣe nínú ara?",
        "Tim bơm máu ở đâu?",
        "Где сердце? Ответ: Б",
        "Πού είναι η καρδιά; ≤ 5 → 6",
    ] {
        let layout = lay_out_fixed(text, None);
        assert!(layout.missing.is_empty(), "{text}: {:?}", layout.missing);
        let line = &layout.lines[0];
        for cluster in &line.clusters {
            let width = cluster.right - cluster.left;
            assert!(
                (width - 9.6).abs() < 0.05,
                "{text}: {:?} is {width} wide",
                &text[cluster.text.clone()]
            );
        }
    }
}

#[test]
fn letters_of_other_scripts_keep_their_widths_and_their_order() {
    for (words, tag) in [
        ("القلب، والكبد 12 مم", "ar"),
        ("הלב והכבד", "he"),
        ("心脏在哪里", "zh"),
        ("हृदय कहाँ है", "hi"),
    ] {
        let reading = lay_out_in(words, Some(tag), &Frame::UNLIMITED);
        let fixed = lay_out_fixed(words, Some(tag));
        assert_eq!(edges(&fixed), edges(&reading), "{tag}");
        assert_eq!(fixed.lines[0].baseline, reading.lines[0].baseline, "{tag}");

        // Among what is of fixed pitch too, and the quotes around them are.
        let among = format!("\"q\": \"{words}\"");
        let layout = lay_out_fixed(&among, Some(tag));
        let line = &layout.lines[0];
        let start = among.find(words).unwrap();
        let end = start + words.len();
        for place in [0, 1, 2, 3, start - 1, end] {
            let share = if tag == "ar" && place == 1 { 0.91 } else { 1.0 };
            let width = width_of(line, place);
            assert!((width - 9.6 * share).abs() < 0.05, "{tag}: {place} is {width} wide");
        }
        let mut within: Vec<_> = line
            .clusters
            .iter()
            .filter(|cluster| (start..end).contains(&cluster.text.start))
            .collect();
        within.sort_unstable_by_key(|cluster| cluster.text.start);
        let mut alone: Vec<_> = reading.lines[0].clusters.iter().collect();
        alone.sort_unstable_by_key(|cluster| cluster.text.start);
        assert_eq!(within.len(), alone.len(), "{tag}");
        for (within, alone) in within.into_iter().zip(alone) {
            let widths = [within, alone].map(|cluster| cluster.right - cluster.left);
            assert!(
                (widths[0] - widths[1]).abs() < 0.02,
                "{tag}: {widths:?} {:?}",
                &words[alone.text.clone()]
            );
            assert_eq!(within.direction, alone.direction, "{tag}");
        }
        // Carets find a place at every border: clusters stand side by side without gaps.
        assert!(
            line.clusters.windows(2).all(|pair| pair[0].right == pair[1].left),
            "{tag}"
        );
    }
}

#[test]
fn what_the_font_of_fixed_pitch_lacks_comes_from_the_others() {
    let layout = lay_out_fixed("ok: 心 ع 🩺 ∮", None);
    assert!(layout.missing.is_empty(), "{:?}", layout.missing);
    // Those of one font share a face; the Arabic letter, the Chinese one and the emoji have others.
    let faces: Vec<FaceId> = layout.lines[0].glyphs.iter().map(|glyph| glyph.face).collect();
    assert!(faces[..3].iter().all(|face| *face == faces[0]), "{faces:?}");
    assert!(faces[3..6].iter().all(|face| *face != faces[0]), "{faces:?}");
}
