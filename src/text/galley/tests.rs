mod scales;

use egui_kittest::Harness;

use super::kept::{MOST_BYTES, MOST_KEPT};
use super::*;
use crate::text::controls::Controls;
use crate::text::{Look, Piece};

fn style(size: f32, tag: &str) -> TextStyle {
    TextStyle {
        size,
        line_height: size * 1.6,
        weight: Weight::Regular,
        language: Some(tag.parse().unwrap()),
        controls: Controls::Obeyed,
        pitch: Default::default(),
    }
}

fn context() -> Harness<'static> {
    let mut harness = Harness::new_ui(|_| {});
    install(&harness.ctx, Fallback::None);
    harness.run();
    harness
}

/// Whether every glyph of a galley shows something at its place in the atlas.
fn is_drawn(ctx: &Context, galley: &Galley) -> bool {
    let atlas = ctx.fonts(|fonts| fonts.image());
    galley.rows.iter().all(|row| {
        row.visuals.mesh.vertices.chunks_exact(4).all(|corners| {
            let (first, last) = (corners[0].uv, corners[3].uv);
            (first.y as usize..last.y as usize)
                .flat_map(|y| (first.x as usize..last.x as usize).map(move |x| (x, y)))
                .any(|at| atlas[at].a() > 0)
        })
    })
}

#[test]
fn a_text_shown_again_is_the_same_galley() {
    let mut harness = context();
    let frame = Frame::wrapped(120.0);
    let show = |harness: &Harness<'_>| galley(&harness.ctx, "قياس ضغط الدم (BP)", &style(16.0, "ar"), &frame);
    let first = show(&harness);
    assert!(Arc::ptr_eq(&first, &show(&harness)));
    for _ in 0..3 {
        harness.step();
        assert!(Arc::ptr_eq(&first, &show(&harness)), "in a later pass");
    }
    let other = galley(&harness.ctx, "قياس ضغط الدم (BP)", &style(17.0, "ar"), &frame);
    assert!(!Arc::ptr_eq(&first, &other));
}

#[test]
fn a_text_prepared_a_few_glyphs_at_a_time_is_as_one_laid_out_at_once() {
    let text = "الجرعة 12.5 mg twice a day, within 36 hours of the first signs";
    let (style, frame) = (style(17.0, "ar"), Frame::wrapped(200.0));
    let harness = context();
    let without_time = || prepare(&harness.ctx, text, &style, &frame, &|| false);
    let calls = (1..40).find(|_| without_time()).unwrap();
    assert!(calls > 3, "all at once: {calls}");
    let prepared = galley(&harness.ctx, text, &style, &frame);
    assert!(is_drawn(&harness.ctx, &prepared));
    let other = context();
    assert!(prepare(&other.ctx, text, &style, &frame, &|| true), "there was time");
    let at_once = galley(&other.ctx, text, &style, &frame);
    assert_eq!(prepared.rect, at_once.rect);
    assert_eq!(prepared.mesh_bounds, at_once.mesh_bounds);
    assert_eq!(prepared.num_vertices, at_once.num_vertices);
}

#[test]
fn a_galley_tells_egui_what_it_needs() {
    let harness = context();
    let text = "جرعة واحدة\nثلاث جرعات mg";
    let laid = lay_out(&harness.ctx, text, &style(16.0, "ar"), &Frame::wrapped(300.0));
    let galley = &laid.galley;
    assert_eq!(galley.text(), text);
    assert_eq!(galley.rows.len(), 2);
    assert!(galley.rows[0].ends_with_newline && !galley.rows[1].ends_with_newline);
    assert_eq!(galley.size(), vec2(300.0, 2.0 * 26.0));
    let wish = galley.intrinsic_size();
    assert!(wish.x < 200.0 && wish.x >= laid.layout.natural_width, "{wish:?}");
    assert!(galley.mesh_bounds.right() <= 301.0 && galley.mesh_bounds.left() > 100.0);
    assert!(galley.rows.iter().all(|row| !row.visuals.mesh.is_empty()));
    assert!(is_drawn(&harness.ctx, galley));
}

#[test]
fn pieces_colour_the_glyphs_and_fill_behind_all_of_them() {
    let harness = context();
    let (style, frame) = (style(16.0, "en"), Frame::wrapped(60.0));
    let text = "one two three four";
    let (red, yellow) = ([255, 0, 0, 255], [90, 90, 0, 90]);
    let look = Look {
        color: Some(red),
        ground: Some(yellow),
        ..Look::default()
    };
    let pieces = [Piece { range: 8..18, look }];
    let plain = galley(&harness.ctx, text, &style, &frame);
    let rich = galley(&harness.ctx, Styled { text, pieces: &pieces }, &style, &frame);
    assert!(!Arc::ptr_eq(&plain, &rich), "pieces are a part of what is kept");
    let again = galley(&harness.ctx, Styled { text, pieces: &pieces }, &style, &frame);
    assert!(Arc::ptr_eq(&again, &rich));

    let visuals: Vec<_> = rich.rows.iter().map(|row| &row.visuals).collect();
    assert!(visuals.len() > 2);
    let count = |wanted: Color32| {
        let vertices = visuals.iter().flat_map(|visuals| &visuals.mesh.vertices);
        vertices.filter(|vertex| vertex.color == wanted).count() / 4
    };
    assert_eq!(count(color(red)), "threefour".len());
    assert_eq!(count(Color32::PLACEHOLDER), "onetwo".len());
    // Before the first glyph of all, of a white texel, and left alone where egui recolours glyphs.
    let first = visuals[0];
    let behind = first.glyph_vertex_range.start;
    assert_eq!(behind / 4, count(color(yellow)));
    assert_eq!(behind / 4, 2, "one on each line of the piece");
    assert_eq!(first.glyph_index_start, behind / 4 * 6);
    assert!(
        first.mesh.vertices[..behind]
            .iter()
            .all(|vertex| vertex.uv == egui::epaint::WHITE_UV)
    );
    assert!(first.mesh_bounds.bottom() > 2.0 * 26.0 - 13.0);
}

#[test]
fn empty_and_blank_texts_are_one_row_high() {
    let harness = context();
    for text in ["", " ", "\u{2068}\u{2069}"] {
        let galley = galley(&harness.ctx, text, &style(16.0, "ar"), &Frame::UNLIMITED);
        assert_eq!(galley.rows.len(), 1, "{text:?}");
        assert_eq!(galley.size().y, 26.0);
    }
}

#[test]
fn a_galley_survives_an_emptied_atlas() {
    let mut harness = context();
    let show = |harness: &Harness<'_>| lay_out(&harness.ctx, "دواء mg", &style(16.0, "ar"), &Frame::UNLIMITED);
    let before = show(&harness);
    let mut emptied = false;
    for size in 0..200 {
        // Ever new big glyphs, until egui throws them all away.
        let text = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
        galley(&harness.ctx, text, &style(150.0 + size as f32, "en"), &Frame::UNLIMITED);
        let fill = harness.ctx.fonts(|fonts| fonts.font_atlas_fill_ratio());
        harness.step();
        let after = show(&harness);
        assert!(is_drawn(&harness.ctx, &after.galley));
        assert!(
            Arc::ptr_eq(&before.layout, &after.layout),
            "only the galley is made anew"
        );
        if harness.ctx.fonts(|fonts| fonts.font_atlas_fill_ratio()) < fill / 2.0 {
            emptied = true;
            assert!(!Arc::ptr_eq(&before.galley, &after.galley));
            break;
        }
    }
    assert!(emptied);
}

#[test]
fn what_is_no_longer_shown_is_dropped() {
    let mut harness = context();
    let style = style(16.0, "en");
    for row in 0..MOST_KEPT + 500 {
        galley(&harness.ctx, &format!("row {row}"), &style, &Frame::UNLIMITED);
        if row % 100 == 0 {
            harness.step();
        }
    }
    harness.step();
    galley(&harness.ctx, "last", &style, &Frame::UNLIMITED);
    let bridge = Bridge::of(&harness.ctx);
    assert!(lock(&bridge.kept).entries.len() < MOST_KEPT);
}

#[test]
fn long_texts_are_dropped_by_their_bytes() {
    let mut harness = context();
    let style = style(16.0, "en");
    let long = "A long paragraph that nobody looks at any more. ".repeat(200);
    let bridge = Bridge::of(&harness.ctx);
    let mut most = 0;
    for row in 0..100 {
        galley(&harness.ctx, &format!("{row} {long}"), &style, &Frame::wrapped(400.0));
        harness.step();
        most = lock(&bridge.kept).bytes.max(most);
    }
    assert!(most > MOST_BYTES / 2 && most < MOST_BYTES + (4 << 20), "{most} bytes");
    let kept = lock(&bridge.kept);
    assert_eq!(
        kept.bytes,
        kept.entries.values().map(|entry| entry.bytes).sum::<usize>()
    );
}

#[test]
fn what_is_all_shown_at_once_is_all_kept() {
    let mut harness = context();
    let style = style(16.0, "en");
    let show = |harness: &Harness<'_>| -> Vec<Arc<Galley>> {
        (0..MOST_KEPT + 200)
            .map(|row| galley(&harness.ctx, &format!("row {row}"), &style, &Frame::UNLIMITED))
            .collect()
    };
    let first = show(&harness);
    for _ in 0..2 {
        harness.step();
        let again = show(&harness);
        assert!(first.iter().zip(&again).all(|(one, other)| Arc::ptr_eq(one, other)));
    }
}

#[test]
fn eguis_own_labels_use_the_bundled_fonts() {
    let harness = context();
    for family in [FontFamily::Proportional, FontFamily::Name(SEMIBOLD.into())] {
        let characters = harness.ctx.fonts_mut(|fonts| fonts.characters(&family).clone());
        let weight = if family == FontFamily::Proportional { 400 } else { 600 };
        assert_eq!(characters[&'1'][0], format!("Noto Sans {weight}"));
        assert_eq!(characters[&'ع'][0], format!("Noto Sans Arabic {weight}"));
    }
    let digits: Vec<f32> = ('0'..='9')
        .map(|digit| {
            harness
                .ctx
                .fonts_mut(|fonts| fonts.glyph_width(&FontId::proportional(13.0), digit))
        })
        .collect();
    assert!(digits.iter().all(|width| *width == digits[0]), "digits are tabular");
}

#[test]
fn what_no_font_has_is_counted_once() {
    let harness = context();
    let show = |text: &str, size: f32| galley(&harness.ctx, text, &style(size, "en"), &Frame::UNLIMITED);
    assert_eq!(
        (missing(&harness.ctx).characters.len(), missing(&harness.ctx).texts),
        (0, 0)
    );
    show("a dose of \u{10fffd}", 14.0);
    show("a dose of \u{10fffd}", 16.0);
    show("\u{10fffd} and \u{10fffc}", 14.0);
    show("nothing amiss", 14.0);
    let found = missing(&harness.ctx);
    assert_eq!(found.characters.iter().collect::<String>(), "\u{10fffc}\u{10fffd}");
    assert_eq!(found.texts, 2);
}

#[test]
fn what_no_font_has_is_drawn_in_the_colour_of_its_text() {
    let harness = context();
    for size in [11.0, 14.0, 40.0] {
        let show = |text: &str| galley(&harness.ctx, text, &style(size, "en"), &Frame::UNLIMITED);
        let (one, other) = (show("\u{10fffd}"), show("\u{10fffc}"));
        assert!(is_drawn(&harness.ctx, &one));
        let corner = |galley: &Galley| galley.rows[0].visuals.mesh.vertices[0];
        assert_eq!(corner(&one).color, Color32::PLACEHOLDER);
        assert_ne!(corner(&one).uv, corner(&other).uv, "codes tell characters apart");
        let bounds = one.mesh_bounds;
        assert!(
            bounds.width() > 0.7 * size
                && Rect::from_min_size(pos2(0.0, 0.0), one.size())
                    .expand(1.0)
                    .contains_rect(bounds)
        );
    }
}
