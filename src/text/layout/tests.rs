mod controls;
mod cutting;
mod lacking;
mod pitch;
mod rich;
mod scales;

use super::*;
use crate::text::isolate;

fn style(tag: Option<&str>) -> TextStyle {
    TextStyle {
        size: 16.0,
        line_height: 26.0,
        weight: Weight::Regular,
        language: tag.map(|tag| tag.parse().unwrap()),
        controls: Controls::Obeyed,
        pitch: Default::default(),
    }
}

fn lay_out_in(text: &str, tag: Option<&str>, frame: &Frame) -> TextLayout {
    Engine::new(Fallback::None, Faces::default()).lay_out(text, &style(tag), frame, 1.0)
}

/// What a line shows from left to right.
fn shown(layout: &TextLayout, line: usize) -> String {
    let clusters = layout.lines[line].clusters.iter();
    clusters.map(|cluster| &layout.text[cluster.text.clone()]).collect()
}

fn reversed(text: &str) -> String {
    text.chars().rev().collect()
}

/// One sentence in each language of the demo questions and of the benchmarks at hand.
const SENTENCES: &[(&str, &str)] = &[
    (
        "en",
        "A 54-year-old man has chest pain (8/10) for 3 hours; which drug first?",
    ),
    (
        "ar",
        "مريض عمره ٥٤ سنة يشكو من ألمٍ في الصدر (BP 150/95)، ما العلاج الأوّل؟",
    ),
    (
        "fr",
        "Un patient de 54 ans se plaint d’une douleur thoracique – que faire ?",
    ),
    (
        "de",
        "Ein 54-jähriger Mann klagt über Brustschmerzen: welche Maßnahme zuerst?",
    ),
    (
        "es",
        "¿Qué fármaco se administra primero a un niño con convulsión febril?",
    ),
    ("pt", "Não há contraindicação à vacinação; qual é a próxima ação?"),
    (
        "ru",
        "Какой препарат вводят первым при анафилактическом шоке у ребёнка?",
    ),
    ("zh", "一名54岁男性突发胸痛“压榨样”，首选哪种药物？"),
    ("ja", "54歳の男性が胸痛を訴えています。最初に投与すべき薬はどれですか。"),
    ("ko", "54세 남자가 흉통을 호소한다. 가장 먼저 투여할 약은 무엇인가?"),
    ("hi", "54 वर्षीय पुरुष को सीने में दर्द है। सबसे पहले कौन-सी दवा दी जानी चाहिए?"),
    (
        "sw",
        "Mgonjwa wa miaka 54 ana maumivu ya kifua; ni dawa gani ya kwanza?",
    ),
    (
        "yo",
        "Ọkùnrin ẹni ọdún 54 kan ní ìrora àyà; òògùn wo ni a ó kọ́kọ́ lò fún un?",
    ),
    (
        "zu",
        "Indoda eneminyaka engama-54 inobuhlungu besifuba; yimuphi umuthi wokuqala?",
    ),
    ("am", "የ54 ዓመት ወንድ የደረት ሕመም አለው፤ መጀመሪያ የትኛው መድኃኒት ይሰጣል?"),
    ("bn", "৫৪ বছর বয়সী একজন পুরুষের বুকে ব্যথা। প্রথমে কোন ওষুধ দেওয়া উচিত?"),
    ("el", "Ποιο φάρμακο χορηγείται πρώτο σε οξύ στεφανιαίο σύνδρομο;"),
    ("fa", "کدام دارو برای بیمار ۵۴ ساله با درد قفسه‌ی سینه مناسب است؟"),
    (
        "ha",
        "Namiji mai shekara 54 yana da ciwon ƙirji; ɗan magani wanne ƴan uwa?",
    ),
    ("he", "איזו תרופה ניתנת ראשונה לגבר בן 54 עם כאב בחזה?"),
    ("ig", "Nwoke dị afọ 54 nwere mgbu obi; ọgwụ ole ka a ga-ebu ụzọ nye ya?"),
    ("th", "ชายอายุ 54 ปี มีอาการเจ็บหน้าอก ควรให้ยาใดก่อน"),
    ("hy", "54 տարեկան տղամարդը կրծքավանդակի ցավ ունի. ո՞ր դեղն է առաջինը։"),
    (
        "ka",
        "54 წლის მამაკაცს გულმკერდის ტკივილი აქვს; რომელი წამალია პირველი?",
    ),
    ("ur", "54 سالہ مرد کے سینے میں درد ہے؛ سب سے پہلے کون سی دوا دی جائے؟"),
    ("vi", "Bệnh nhân nam 54 tuổi bị đau thắt ngực, thuốc nào được ưu tiên?"),
];

#[test]
fn the_bundle_has_every_character_of_its_languages() {
    let mut engine = Engine::new(Fallback::None, Faces::default());
    for (tag, sentence) in SENTENCES {
        for weight in [Weight::Regular, Weight::Semibold] {
            let style = TextStyle {
                weight,
                ..style(Some(tag))
            };
            let layout = engine.lay_out(*sentence, &style, &Frame::UNLIMITED, 1.0);
            assert!(layout.missing.is_empty(), "{tag}: {:?}", layout.missing);
            let glyphs = layout.lines[0].glyphs.len();
            assert!(
                glyphs > 10 && layout.lines[0].glyphs.iter().all(|glyph| glyph.glyph != 0),
                "{tag}"
            );
        }
    }
}

#[test]
fn what_no_font_has_is_reported() {
    let layout = lay_out_in("a \u{10FFFD} b", None, &Frame::UNLIMITED);
    assert_eq!(layout.missing.into_iter().collect::<Vec<_>>(), ['\u{10FFFD}']);
    let mark = lay_out_in("a\u{1e2c0}", None, &Frame::UNLIMITED);
    assert!(!mark.missing.contains(&'a'), "{:?}", mark.missing);
    let blank = lay_out_in("a\u{200b}\u{2068}b\u{2069}\t\0\u{200d}c", None, &Frame::UNLIMITED);
    assert!(blank.missing.is_empty(), "{:?}", blank.missing);
}

#[test]
fn arabic_runs_from_the_right_and_numbers_and_latin_within_it_from_the_left() {
    let layout = lay_out_in("الجرعة ١٢ mg", Some("ar"), &Frame::UNLIMITED);
    assert_eq!(shown(&layout, 0), format!("mg ١٢ {}", reversed("الجرعة")));

    let layout = lay_out_in("ضغط الدم 120/80 مم زئبق.", Some("ar"), &Frame::UNLIMITED);
    let expected = format!(".{} 120/80 {}", reversed("مم زئبق"), reversed("ضغط الدم"));
    assert_eq!(shown(&layout, 0), expected);

    let layout = lay_out_in("يعطى Amoxicillin 500 mg ثلاث مرات", Some("ar"), &Frame::UNLIMITED);
    let expected = format!("{} Amoxicillin 500 mg {}", reversed("ثلاث مرات"), reversed("يعطى"));
    assert_eq!(shown(&layout, 0), expected);
}

#[test]
fn clusters_and_glyphs_go_from_left_to_right_without_gaps() {
    let text = SENTENCES[1].1;
    let layout = lay_out_in(text, Some("ar"), &Frame::UNLIMITED);
    let line = &layout.lines[0];
    let mut x = line.left;
    for cluster in &line.clusters {
        assert!((cluster.left - x).abs() < 0.01, "{:?}", cluster);
        x = cluster.right;
    }
    assert!((x - line.left - line.width).abs() < 0.01);
    assert!(line.glyphs.iter().all(|glyph| glyph.x >= -1.0 && glyph.x <= x));
    // Lam and alef are one glyph that covers two characters.
    let covered: usize = line.clusters.iter().map(|cluster| cluster.text.len()).sum();
    assert_eq!(covered, text.len());
}

#[test]
fn a_wrapped_paragraph_starts_at_the_side_of_its_direction() {
    let text = "يجب قياس ضغط الدم مرتين على الأقل قبل بدء العلاج بالأدوية الخافضة للضغط";
    let layout = lay_out_in(text, Some("ar"), &Frame::wrapped(150.0));
    assert!(layout.lines.len() > 2);
    assert_eq!(layout.width, 150.0);
    for line in &layout.lines {
        assert!((line.left + line.width - 150.0).abs() <= 0.5, "{line:?}");
        assert!(line.width <= 150.0);
    }
    let latin = lay_out_in("the blood pressure is taken twice", Some("en"), &Frame::wrapped(100.0));
    assert!(latin.lines.len() > 1 && latin.lines.iter().all(|line| line.left == 0.0));

    // Not filled: as wide as needed, and still flush right.
    let frame = Frame {
        fill: false,
        ..Frame::wrapped(1000.0)
    };
    let layout = lay_out_in("نعم\nقياس الضغط", Some("ar"), &frame);
    assert!(layout.width < 120.0);
    assert!((layout.lines[0].left + layout.lines[0].width - layout.width).abs() <= 1.0);
}

#[test]
fn the_space_at_a_soft_wrap_does_not_split_what_stands_there() {
    let text = "يقاس ضغط الدم الشرياني (BP measurement) عند كل زيارة (HR and RR) للعيادة";
    let mut split_in_latin = 0;
    for width in 110..300 {
        let layout = lay_out_in(text, Some("ar"), &Frame::wrapped(width as f32));
        for line in &layout.lines {
            let mut x = line.left;
            for cluster in &line.clusters {
                assert!((cluster.left - x).abs() < 0.01, "a gap in {line:?}");
                x = cluster.right;
            }
            let first = line.clusters.first().unwrap();
            if layout.lines.len() > 1 && line.text.end < text.len() {
                assert_eq!(&text[first.text.clone()], " ", "at width {width}");
                assert_eq!((first.left, first.right), (line.left, line.left));
                let before = &text[..first.text.start];
                split_in_latin += usize::from(before.ends_with(|last: char| last.is_ascii_alphabetic()));
                let bracket = line.clusters.iter().find(|cluster| &text[cluster.text.clone()] == "(");
                if let Some(bracket) = bracket.filter(|_| before.ends_with("(BP")) {
                    let last = line
                        .clusters
                        .iter()
                        .find(|cluster| cluster.text.end == before.len())
                        .unwrap();
                    assert!((last.right - bracket.left).abs() < 0.01);
                }
            }
        }
    }
    assert!(split_in_latin > 10);
}

#[test]
fn without_a_language_each_paragraph_takes_its_direction_from_its_letters() {
    let layout = lay_out_in("English first\nثم العربية mg\n\n12\r\n", None, &Frame::wrapped(300.0));
    let directions: Vec<_> = layout.lines.iter().map(|line| line.direction).collect();
    assert_eq!(
        directions,
        [
            Direction::LeftToRight,
            Direction::RightToLeft,
            Direction::LeftToRight,
            Direction::LeftToRight
        ]
    );
    assert_eq!(layout.lines[0].left, 0.0);
    assert!(layout.lines[1].left > 100.0);
    assert_eq!(layout.height, 4.0 * 26.0);

    // An item's language decides, even where a paragraph begins in another script.
    let layout = lay_out_in("mg هي وحدة", Some("ar"), &Frame::UNLIMITED);
    assert_eq!(layout.direction(), Direction::RightToLeft);
    assert!(shown(&layout, 0).ends_with("mg"));
}

#[test]
fn an_isolated_name_keeps_its_own_order() {
    let name = "report (v2).pdf";
    let bare = lay_out_in(&format!("الملف {name}، 12 سطر"), Some("ar"), &Frame::UNLIMITED);
    assert!(shown(&bare, 0).contains("report (v2).pdf"));
    // At the end of the Arabic sentence its mark would jump to the wrong side.
    let ending = "Yahoo!";
    let bare = lay_out_in(&format!("الاسم {ending}"), Some("ar"), &Frame::UNLIMITED);
    assert!(!shown(&bare, 0).contains(ending));
    let isolated = lay_out_in(
        &format!("الاسم {}", isolate::isolate(ending)),
        Some("ar"),
        &Frame::UNLIMITED,
    );
    assert!(shown(&isolated, 0).contains(ending), "{}", shown(&isolated, 0));
}

#[test]
fn japanese_and_chinese_take_their_own_forms() {
    let faces = Faces::default();
    let mut engine = Engine::new(Fallback::None, faces.clone());
    let glyph =
        |engine: &mut Engine, tag| engine.lay_out("直", &style(Some(tag)), &Frame::UNLIMITED, 1.0).lines[0].glyphs[0];
    assert_ne!(glyph(&mut engine, "ja").face, glyph(&mut engine, "zh").face);
}

#[test]
fn a_script_without_a_semibold_file_is_thickened() {
    let faces = Faces::default();
    let mut engine = Engine::new(Fallback::None, faces.clone());
    for (text, tag) in [("약", "ko"), ("ዓ", "am"), ("ع", "ar")] {
        let [regular, semibold] = [Weight::Regular, Weight::Semibold].map(|weight| {
            let style = TextStyle {
                weight,
                ..style(Some(tag))
            };
            let glyph = engine.lay_out(text, &style, &Frame::UNLIMITED, 2.0).lines[0].glyphs[0];
            let face = faces.get(glyph.face).unwrap();
            let drawn = crate::text::raster::Rasterizer::default().draw(glyph.face, &face, glyph.glyph, 32.0, 0.0);
            drawn.alpha.iter().map(|alpha| u32::from(*alpha)).sum::<u32>()
        });
        assert!(semibold > regular * 11 / 10, "{tag}: {regular} {semibold}");
    }
}

#[test]
fn latin_words_within_arabic_are_smaller_with_their_numbers() {
    let text = "أعط 500 mg/day و ٣ مرات، أو 12.";
    let layout = lay_out_in(text, Some("ar"), &Frame::UNLIMITED);
    let sizes: BTreeSet<u32> = layout.lines[0]
        .glyphs
        .iter()
        .map(|glyph| glyph.size.to_bits())
        .collect();
    assert_eq!(sizes.len(), 2);
}

#[test]
fn arabic_words_elsewhere_are_larger_on_the_same_baseline() {
    let text = "take دواء now";
    for tag in [Some("en"), None] {
        let layout = lay_out_in(text, tag, &Frame::UNLIMITED);
        let line = &layout.lines[0];
        let larger = line.glyphs.iter().filter(|glyph| glyph.size > 18.0).count();
        assert!(larger >= 4 && larger < line.glyphs.len());
        assert!(
            line.glyphs
                .iter()
                .all(|glyph| glyph.size == 16.0 || (glyph.size - 18.4).abs() < 0.01)
        );
        assert!(line.glyphs.iter().all(|glyph| glyph.y == line.baseline));
    }
    let own = lay_out_in("دواء", Some("ar"), &Frame::UNLIMITED);
    assert!(own.lines[0].glyphs.iter().all(|glyph| glyph.size == 16.0));
}

#[test]
fn baselines_are_told_in_points() {
    let mut engine = Engine::new(Fallback::None, Faces::default());
    let frame = Frame::UNLIMITED;
    let once = engine.lay_out("Aa", &style(Some("en")), &frame, 1.0).first_baseline();
    let twice = engine.lay_out("Aa", &style(Some("en")), &frame, 2.0).first_baseline();
    assert!((once - twice).abs() <= 0.5, "{once} {twice}");
    assert!((14.0..24.0).contains(&once));
}

#[test]
fn odd_strings_are_laid_out_without_panic() {
    let isolates = "\u{2067}".repeat(500);
    let marks = "\u{301}".repeat(100);
    let long = "a".repeat(2000);
    for text in [
        "",
        "\n",
        "\r",
        " ",
        "\u{2069}\u{202e}x",
        "\0\0",
        "🏳️‍🌈👩‍⚕️",
        &isolates,
        &marks,
        &long,
    ] {
        for max_width in [0.0, 1.0, 50.0, f32::INFINITY] {
            for max_lines in [None, Some(0), Some(1), Some(3)] {
                for fill in [false, true] {
                    let frame = Frame {
                        max_width,
                        max_lines,
                        fill,
                        editable: fill,
                        cut: Cut::End,
                    };
                    let layout = lay_out_in(text, None, &frame);
                    assert!(!layout.lines.is_empty() && layout.height > 0.0);
                }
            }
        }
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]

    #[test]
    fn any_text_keeps_its_positions_on_character_borders(text in "\\PC{0,40}", width in 10.0_f32..200.0) {
        let layout = lay_out_in(&text, None, &Frame::wrapped(width));
        for cluster in layout.lines.iter().flat_map(|line| &line.clusters) {
            proptest::prop_assert!(text.get(cluster.text.clone()).is_some());
        }
        for line in &layout.lines {
            let y = line.top + line.height / 2.0;
            for x in [-1.0, 0.0, width / 3.0, width] {
                proptest::prop_assert!(text.is_char_boundary(layout.caret_at(x, y).position));
                proptest::prop_assert!(text.get(layout.word_at(x, y)).is_some());
            }
        }
    }
}

#[test]
fn what_ends_a_line_stands_in_the_order_of_its_paragraph() {
    // Two spaces of an embedding of the other direction, as rule L1 has them.
    let layout = lay_out_in("a \u{202b}\u{5d0}  ", Some("en"), &Frame::UNLIMITED);
    assert_eq!(shown(&layout, 0), "a \u{202b}\u{5d0}  ");
    let line = &layout.lines[0];
    let places: Vec<usize> = line.clusters.iter().map(|cluster| cluster.text.start).collect();
    assert_eq!(places, [0, 1, 2, 5, 7, 8]);
    let last = line.clusters.last().unwrap();
    assert_eq!(last.direction, Direction::LeftToRight);
    assert_eq!((last.left, last.right), (line.width, line.width));
}

#[test]
fn a_tab_separates_the_order_of_its_sides() {
    let layout = lay_out_in("\u{5d0}\t\u{5d1}", Some("en"), &Frame::UNLIMITED);
    assert_eq!(shown(&layout, 0), "\u{5d0}\t\u{5d1}");
    let layout = lay_out_in("\u{5d0} \u{5d1}", Some("en"), &Frame::UNLIMITED);
    assert_eq!(shown(&layout, 0), "\u{5d1} \u{5d0}");
}

#[test]
fn where_a_caret_moves_the_last_spaces_take_room_at_the_end_of_their_direction() {
    let frame = Frame {
        editable: true,
        ..Frame::UNLIMITED
    };
    for (text, direction) in [
        ("dose  ", Direction::LeftToRight),
        ("جرعة  ", Direction::RightToLeft),
        ("جرعة mg  ", Direction::RightToLeft),
    ] {
        let bare = lay_out_in(text.trim_end(), None, &frame);
        let layout = lay_out_in(text, None, &frame);
        let line = &layout.lines[0];
        assert_eq!(line.direction, direction);
        assert!(line.width > bare.lines[0].width + 4.0, "{text:?}");
        let mut x = line.left;
        for cluster in &line.clusters {
            assert!((cluster.left - x).abs() < 0.01, "a gap in {line:?}");
            x = cluster.right;
        }
        assert!((x - line.left - line.width).abs() < 0.01);
        let last = if direction == Direction::LeftToRight {
            line.clusters.last()
        } else {
            line.clusters.first()
        };
        assert_eq!(last.unwrap().text.end, text.len(), "{text:?}");
        assert_eq!(last.unwrap().direction, direction);
    }
    // No more than there is: the caret stays inside.
    let narrow = Frame {
        editable: true,
        ..Frame::wrapped(60.0)
    };
    let layout = lay_out_in(&format!("dose{}", " ".repeat(50)), None, &narrow);
    assert_eq!((layout.lines.len(), layout.width), (1, 60.0));
}

#[test]
fn where_a_caret_moves_a_break_at_the_end_begins_a_line() {
    let frame = Frame {
        editable: true,
        ..Frame::wrapped(200.0)
    };
    let layout = lay_out_in("جرعة\n", None, &frame);
    assert_eq!(layout.lines.len(), 2);
    let direction = layout.lines[1].direction;
    assert_eq!(direction, Direction::RightToLeft, "as the line before it");
    assert_eq!(layout.lines[1].text, "جرعة\n".len().."جرعة\n".len());
    let layout = lay_out_in("جرعة\n12 mg\n", None, &frame);
    let directions: Vec<Direction> = layout.lines.iter().map(|line| line.direction).collect();
    assert_eq!(
        directions,
        [Direction::RightToLeft, Direction::LeftToRight, Direction::LeftToRight]
    );
    assert_eq!(lay_out_in("جرعة\n", None, &Frame::wrapped(200.0)).lines.len(), 1);
}

/// What is told of Arabic models and files in English stays in the order of English.
#[test]
fn names_do_not_reorder_the_sentence_around_them() {
    let (model, file) = ("بيان ٢", "نتائج (1).csv");
    let told = format!(
        "Run of {}, 500 items: {} cannot be written.",
        isolate::isolate(model),
        isolate::isolate(file)
    );
    let message = isolate::names("/home/زيد/نتائج.csv, 12 rows: the benchmark `أسئلة`, 3 items, is damaged.");
    // The words and figures around the names, which one after the other begin further right.
    for (text, words) in [
        (
            told.as_str(),
            vec!["Run", "of", ", 500", "items", ": ", "cannot", "written."],
        ),
        (
            message.as_str(),
            vec!["/home/", ", 12", "rows", "benchmark", "`", "3", "items", "damaged."],
        ),
    ] {
        let layout = lay_out_in(text, None, &Frame::UNLIMITED);
        assert_eq!(layout.direction(), Direction::LeftToRight, "{text}");
        let left = |position: usize| {
            let mut clusters = layout.lines[0].clusters.iter();
            clusters.find(|cluster| cluster.text.contains(&position)).unwrap().left
        };
        let mut from = 0;
        let mut before = -1.0;
        for word in words {
            let range = from + text[from..].find(word).unwrap()..;
            for (place, _) in word.char_indices() {
                let here = left(range.start + place);
                assert!(here > before, "{word:?} of {text:?} at {here}, after {before}");
                before = here;
            }
            from = range.start + word.len();
        }
    }
    // What is isolated runs by itself: the name's number follows it to the left.
    let layout = lay_out_in(&told, None, &Frame::UNLIMITED);
    let shown = shown(&layout, 0).replace(['\u{2068}', '\u{2069}'], "");
    assert!(
        shown.starts_with(&format!("Run of ٢ {}, 500 items: ", reversed("بيان"))),
        "{shown}"
    );
}

#[test]
fn units_stay_on_one_line() {
    for text in ["glucose 300 mg/dL", "respirations 20/min"] {
        let whole = lay_out_in(text, Some("en"), &Frame::UNLIMITED).width;
        let layout = lay_out_in(text, Some("en"), &Frame::wrapped(whole - 6.0));
        let last = text.rfind(' ').unwrap() + 1;
        assert_eq!(layout.lines[1].text, last..text.len(), "{text}");
    }
}

#[test]
fn a_line_of_a_long_text_is_the_line_of_a_short_one() {
    let sentence = "The patient was given aspirin and sent home. ";
    let frame = Frame::one_line(200.0);
    let short = lay_out_in(&sentence.repeat(4), Some("en"), &frame);
    let long = lay_out_in(&sentence.repeat(400), Some("en"), &frame);
    assert_eq!(short.lines[0].glyphs, long.lines[0].glyphs);
    assert!(short.truncated && long.truncated);
    // Marks that take no room: the beginning that is shaped first does not fill the line.
    let marks = format!("a{}b", "\u{301}".repeat(5000));
    assert!(!lay_out_in(&marks, Some("en"), &frame).truncated);
}

#[test]
fn thai_breaks_between_words_though_it_writes_no_spaces() {
    // "The patient has a headache and a fever."
    let words = ["ผู้ป่วย", "มี", "อาการ", "ปวด", "ศีรษะ", "และ", "มี", "ไข้"];
    let text = words.concat();
    let borders: Vec<usize> = words
        .iter()
        .scan(0, |end, word| {
            *end += word.len();
            Some(*end)
        })
        .collect();
    for width in [60.0, 80.0, 100.0, 120.0] {
        let layout = lay_out_in(&text, Some("th"), &Frame::wrapped(width));
        assert!(layout.lines.len() > 1, "at width {width}");
        for line in &layout.lines {
            assert!(
                borders.contains(&line.text.end),
                "{:?} at {width}",
                &text[line.text.clone()]
            );
        }
    }
}
