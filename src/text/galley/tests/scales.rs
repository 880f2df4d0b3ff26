//! Text at fractions and multiples of a pixel per point, as it is painted.

use egui::Shape;
use egui::epaint::{ClippedPrimitive, ClippedShape, Primitive};

use super::*;

#[test]
fn glyphs_are_painted_on_whole_pixels() {
    for scale in [0.5, 1.0, 1.25, 1.5, 2.0, 3.0] {
        let mut harness = Harness::builder().with_pixels_per_point(scale).build_ui(|_| {});
        install(&harness.ctx, Fallback::None);
        harness.run();
        for (tag, words) in [
            ("ar", "مريض عمره ٥٤ سنة (BP 150/95)، ما العلاج الأوّل؟"),
            ("en", "which drug first, العربية or 直 \u{10fffd}?"),
            ("ja", "54歳の男性が胸痛を訴えています。"),
            ("hi", "54 वर्षीय पुरुष को सीने में दर्द है।"),
        ] {
            let galley = galley(&harness.ctx, words, &style(13.0, tag), &Frame::wrapped(150.0));
            let shape = Shape::galley(pos2(10.3, 7.7), galley, Color32::BLACK);
            let painted = harness
                .ctx
                .tessellate(vec![ClippedShape::new(Rect::EVERYTHING, shape)], scale);
            let meshes = painted
                .iter()
                .map(|ClippedPrimitive { primitive, .. }| match primitive {
                    Primitive::Mesh(mesh) => mesh,
                    Primitive::Callback(_) => panic!("text is a mesh"),
                });
            let vertices: Vec<_> = meshes.flat_map(|mesh| mesh.vertices.clone()).collect();
            assert!(vertices.len() > 40, "{tag}");
            for vertex in vertices {
                let pixel = vertex.pos.to_vec2() * scale;
                let off = (pixel - pixel.round()).abs();
                assert!(off.max_elem() < 0.01, "{tag} at {scale}: {pixel:?}");
            }
        }
    }
}
