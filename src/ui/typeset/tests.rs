use std::collections::HashSet;

use egui::Context;
use egui_kittest::Harness;

use super::*;
use crate::text::Fallback;

/// Words with the highest and lowest marks of their scripts, for lines under each other to touch.
const STACKS: &[(&str, &str)] = &[
    ("ar", "أَلَمٌ شَدِيدٌ فِي الصَّدْرِ إِلَّا ٱللَّهِ لِلَّذِي يُعْطَىٰ كُلًّا بِحَسَبِهِ رُؤْيَةٍ مُؤَجَّلَةٍ"),
    ("fa", "آیا گچِ پزشکی چگونه است؟ ژَرفایِ رِگٌ"),
    ("ur", "مریضِ ٹُوٹی ہَڈّی، چِیچَک ڈاکٹَر"),
    ("vi", "Ẩ Ẫ Ấ Ệ Ộ Ặ Ậ ngưỡng phẫu thuật Ế Ỗ Ợ Ự ỵ ặ ậ ệ ộ"),
    ("yo", "Ọ̀ Ọ́ Ẹ̀ Ẹ́ ọ̀gbẹ́ni ẹ̀ṣẹ̀ ǹjẹ́ Ṣ gbígbọ̀n"),
    ("hi", "र्ट्ठ्यि ङ्क्ष्मैं हृदयाघात कुष्ठों श्रीँ ॐ ट्ठू र्द्धूं क्लृप्ति"),
    ("th", "ปู่ ญู ฎุ ที่ น้ำ กี้ ผู้ป่วย เจ็บ ฐุ๋ ฟื้น ปิ๊"),
    ("bn", "র্দ্ধূ ক্ষ্ণি স্ট্রোক শ্রীঁ ষ্ঠু হৃৎপিণ্ড"),
    ("am", "ጩኸት ሕመም ፏፏቴ ኳስ ቯ"),
    ("zh", "鬱體藥，饕餮龘"),
];

/// The pixels that each row inks, from the top left of the galley; those less than a quarter covered left out.
fn inked(ctx: &Context, galley: &Galley, scale: f32) -> Vec<HashSet<(i32, i32)>> {
    const FAINT: u8 = 64;
    let atlas = ctx.fonts(|fonts| fonts.image());
    let mut rows = Vec::new();
    for row in &galley.rows {
        let mut inked = HashSet::new();
        for corners in row.visuals.mesh.vertices.chunks_exact(4) {
            let corner = (row.pos + corners[0].pos.to_vec2()).to_vec2() * scale;
            let (first, last) = (corners[0].uv, corners[3].uv);
            for y in first.y as usize..last.y as usize {
                for x in first.x as usize..last.x as usize {
                    if atlas[(x, y)].a() > FAINT {
                        let (across, down) = (x as i32 - first.x as i32, y as i32 - first.y as i32);
                        inked.insert((corner.x.round() as i32 + across, corner.y.round() as i32 + down));
                    }
                }
            }
        }
        rows.push(inked);
    }
    rows
}

#[test]
fn ink_stays_within_the_galley_and_off_the_lines_beside_it() {
    let mut bad = Vec::new();
    for scale in [0.5, 1.0, 1.25, 1.5, 2.0, 3.0] {
        let mut harness = Harness::builder().with_pixels_per_point(scale).build_ui(|_| {});
        text::install(&harness.ctx, Fallback::None);
        harness.run();
        for (tag, words) in STACKS {
            let language: Language = tag.parse().unwrap();
            let Reading { question, option, .. } = reading(&language);
            let at = |size: f32| Ink::new(size, Color32::BLACK);
            let inks = [
                at(question.0).exact().leading(question.1),
                at(option.0).exact().leading(option.1),
                at(size::BODY),
                at(size::SECONDARY),
            ];
            for ink in inks {
                let style = ink.wrapping_style(Some(&language));
                let text = format!("{words} {words} {words}\n{words}");
                let galley = text::galley(&harness.ctx, text.as_str(), &style, &Frame::wrapped(10.0 * ink.size));
                let rows = inked(&harness.ctx, &galley, scale);
                assert!(rows.len() > 2, "{tag}");
                let (width, height) = (galley.rect.width() * scale, galley.rect.height() * scale);
                let mut shared: usize = rows.windows(2).map(|pair| pair[0].intersection(&pair[1]).count()).sum();
                if scale < 1.0 {
                    // Between signs as small as this there is not one pixel.
                    shared = shared.saturating_sub(4);
                }
                // A point of soft edge may stand over.
                let point = scale.ceil() as i32;
                let within = |(x, y): &(i32, i32)| {
                    (-point..width.ceil() as i32 + point).contains(x)
                        && (-point..height.round() as i32 + point).contains(y)
                };
                let outside = rows.iter().flatten().filter(|pixel| !within(pixel)).count();
                if shared + outside > 0 {
                    bad.push(format!(
                        "{tag}, {} at {scale}: {shared} shared, {outside} outside",
                        ink.size
                    ));
                }
            }
        }
    }
    assert!(bad.is_empty(), "{bad:#?}");
}

#[test]
fn names_that_differ_at_their_ends_look_different_where_they_are_cut() {
    let mut harness = Harness::builder().build_ui(|ui| {
        let ink = Ink::new(size::SMALL, Color32::BLACK);
        let drawn = |words: Words<'_>| {
            let galley = galley(ui, words, ink, 90.0, 1);
            assert!(galley.elided && galley.size().x <= 91.0, "{}", words.text);
            let vertices = galley.rows.iter().flat_map(|row| &row.visuals.mesh.vertices);
            vertices.map(|vertex| vertex.uv).collect::<Vec<_>>()
        };
        let [one, other] = ["medical-llama-3-instruct-q4_0", "medical-llama-3-instruct-q8_0"];
        assert_ne!(drawn(Words::name(one)), drawn(Words::name(other)));
        assert_eq!(drawn(one.into()), drawn(other.into()), "as a sentence is cut");
    });
    text::install(&harness.ctx, Fallback::None);
    harness.run();
}
