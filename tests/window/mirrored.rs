//! A card whose only language runs from right to left is mirrored as a whole.

use std::sync::Arc;

use egui::{Rect, Shape};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use polyclinic::app::command::Page;
use polyclinic::app::study::Study;
use polyclinic::app::theme;
use polyclinic::benchmarks::{Benchmark, Description};
use polyclinic::runs::ledger::Ledger;

use crate::support::{MODELS, Pages, runs, state};

/// The Arabic half of the demo questions and their answers alone.
fn inspect(theme: egui::Theme) -> Pages {
    let mut state = state(&MODELS);
    let study = state.study.take().unwrap();
    let demo = study.benchmarks().first().unwrap();
    let arabic = demo.items().iter().filter(|item| item.key.language.tag() == "ar");
    let benchmark = Benchmark::new(demo.name(), Description::default(), arabic.cloned().collect()).unwrap();
    let (root, name) = (study.root.clone(), "study".to_owned());
    let ledger = Ledger::new(vec![Arc::new(benchmark)], runs(&MODELS));
    let study = Study::new(root, name, None, ledger, Vec::new());
    state.show_study(Arc::new(study));
    state.page = Page::Inspect;
    Pages::new(state, Harness::builder().with_size([1440.0, 900.0]).with_theme(theme))
}

/// Where `text` is drawn first, which is in the card.
fn drawn(pages: &Pages, text: &str) -> Rect {
    let shapes = pages.harness.output().shapes.iter();
    let mut found = shapes.filter_map(|clipped| match &clipped.shape {
        Shape::Text(shape) if shape.galley.job.text == text => Some(shape.visual_bounding_rect()),
        _ => None,
    });
    found.next().unwrap()
}

#[test]
fn a_card_in_arabic_alone_is_mirrored_as_a_whole() {
    for theme in [egui::Theme::Light, egui::Theme::Dark] {
        let pages = inspect(theme);
        let edge = pages.harness.ctx.content_rect().right();
        let near = |rect: Rect, most: f32| {
            assert!(rect.right() <= edge && rect.right() > edge - most, "{rect:?} at {edge}");
        };
        near(drawn(&pages, "العربية"), 20.0);
        near(drawn(&pages, "أ"), 40.0);
        near(drawn(&pages, "الإجابة الصحيحة"), 90.0);
        near(
            pages
                .harness
                .get_by_label("أي علامة حيوية تقاس بكفة تلف حول العضد؟")
                .rect(),
            20.0,
        );
        let palette = if theme == egui::Theme::Dark {
            theme::DARK
        } else {
            theme::LIGHT
        };
        let rects: Vec<_> = pages
            .harness
            .output()
            .shapes
            .iter()
            .filter_map(|clipped| match &clipped.shape {
                Shape::Rect(shape) => Some(shape),
                _ => None,
            })
            .collect();
        let fills = [palette.bar_chosen, palette.bar_other];
        let bars: Vec<_> = rects
            .windows(2)
            .filter(|pair| pair[0].fill == palette.bar_track && fills.contains(&pair[1].fill))
            .collect();
        assert!(bars.len() >= 6, "{}", bars.len());
        for pair in bars {
            assert_eq!(pair[0].rect.right(), pair[1].rect.right(), "grows from the right");
            assert!(pair[0].rect.left() < pair[1].rect.left());
        }
        if let Some(folder) = std::env::var_os("POLYCLINIC_PICTURES") {
            std::fs::create_dir_all(&folder).unwrap();
            let mut pages = pages;
            let picture = pages.harness.render().unwrap();
            let name = format!("mirrored-{theme:?}.png").to_lowercase();
            picture.save(std::path::Path::new(&folder).join(name)).unwrap();
        }
    }
}
