//! Zoom by keyboard, and pages that hold at every zoom.

use egui::{Key, Modifiers, Rect, Shape};
use egui_kittest::kittest::{NodeT, Queryable};
use polyclinic::app::command::{Command, Page};

use crate::support::{MODELS, Window, workspace};

fn press(window: &mut Window, key: Key, times: usize) {
    for _ in 0..times {
        window.harness.key_press_modifiers(Modifiers::COMMAND, key);
        window.settle();
    }
}

#[test]
fn keys_zoom_between_half_and_three_times() {
    let made = workspace(&MODELS);
    let mut window = Window::open(made.path(), 1600.0, 1000.0);
    let zoom = |window: &Window| window.harness.ctx.zoom_factor();
    press(&mut window, Key::Plus, 1);
    assert_eq!(zoom(&window), 1.1);
    press(&mut window, Key::Equals, 30);
    assert_eq!(zoom(&window), 3.0);
    press(&mut window, Key::Num0, 1);
    assert_eq!(zoom(&window), 1.0);
    press(&mut window, Key::Minus, 30);
    assert_eq!(zoom(&window), 0.5);
}

/// What the pages are for is within the window however far it is zoomed.
#[test]
fn zoomed_pages_keep_what_matters_in_sight() {
    let made = workspace(&MODELS);
    for zoom in [0.5, 1.0, 2.0, 3.0] {
        let mut window = Window::open(made.path(), 1600.0, 1000.0);
        window.harness.ctx.set_zoom_factor(zoom);
        for page in Page::ALL {
            window.send(Command::Show(page));
            let whole = window.harness.ctx.content_rect();
            assert!((whole.width() - 1600.0 / zoom).abs() < 2.0, "{zoom}");
            let titles = window.harness.get_all_by_role(egui::accesskit::Role::Heading);
            let title = titles.filter(|node| node.accesskit_node().label().as_deref() == Some(page.title()));
            let places: Vec<Rect> = title.map(|node| node.rect()).collect();
            assert!(
                places.iter().any(|place| whole.contains_rect(*place)),
                "{page:?} at {zoom}: {places:?}"
            );
            let place = |words: &str| {
                let buttons = window.harness.get_all_by_role(egui::accesskit::Role::Button);
                let named = buttons.filter(|node| node.accesskit_node().label().as_deref() == Some(words));
                named.map(|node| node.rect()).next().unwrap()
            };
            assert!(!place("Inspect").intersects(place("Theme")), "the rail at {zoom}");
        }
    }
}

/// The words drawn in a window and where they can be seen.
fn words(window: &Window) -> Vec<(String, Rect)> {
    let shapes = window.harness.output().shapes.iter();
    let texts = shapes.filter_map(|clipped| match &clipped.shape {
        Shape::Text(text) if !text.galley.job.text.trim().is_empty() => {
            let drawn = text.visual_bounding_rect().shrink(1.0).intersect(clipped.clip_rect);
            Some((text.galley.job.text.clone(), drawn))
        }
        _ => None,
    });
    texts.filter(|(_, drawn)| drawn.is_positive()).collect()
}

#[test]
fn zoomed_words_do_not_run_into_each_other_or_out_of_sight() {
    let made = workspace(&MODELS);
    let mut found = Vec::new();
    for (width, height) in [(1600.0, 1000.0), (1000.0, 640.0)] {
        for zoom in [0.5, 1.0, 1.5, 2.0, 3.0] {
            let mut window = Window::open(made.path(), width, height);
            window.harness.ctx.set_zoom_factor(zoom);
            for page in Page::ALL.into_iter().chain([Page::Inspect]) {
                if window.state(|state| state.page) == page {
                    window.send(Command::ToggleList);
                }
                window.send(Command::Show(page));
                let words = words(&window);
                assert!(words.len() > 8, "{page:?}");
                for (place, (text, drawn)) in words.iter().enumerate() {
                    for (other, beside) in words.iter().skip(place + 1) {
                        let common = drawn.intersect(*beside);
                        if common.width() > 1.0 && common.height() > 2.0 {
                            found.push(format!(
                                "{page:?} {width} at {zoom}: {text:?} {drawn:?} and {other:?} {beside:?}"
                            ));
                        }
                    }
                }
            }
        }
    }
    assert!(found.is_empty(), "{} {found:#?}", found.len());
}

/// What the table of answers has no room for shows on hovering, and nothing runs out of it.
#[test]
fn a_narrow_table_of_answers_leaves_out_what_does_not_fit() {
    let made = workspace(&MODELS);
    for (zoom, titles) in [(1.0, 7), (3.0, 5)] {
        let mut window = Window::open(made.path(), 1600.0, 1000.0);
        window.harness.ctx.set_zoom_factor(zoom);
        window.send(Command::Show(Page::Inspect));
        let whole = window.harness.ctx.content_rect();
        let row = window
            .harness
            .get_by_label("Model, Language, Answer, Margin, Tokens, Time, Protocol and run");
        assert!(row.rect().right() <= whole.right() + 1.0, "{zoom}");
        row.scroll_to_me();
        window.settle();
        let shown = words(&window);
        let all = [
            "Model",
            "Language",
            "Answer",
            "Margin",
            "Tokens",
            "Time",
            "Protocol and run",
        ];
        let there = all
            .iter()
            .filter(|title| shown.iter().any(|(text, _)| text == *title))
            .count();
        assert_eq!(there, titles, "{zoom} {shown:?}");
    }
}

#[test]
fn a_zoom_is_there_again_at_the_next_start() {
    let made = workspace(&MODELS);
    let file = made.path().join("window.toml");
    let mut first = Window::open(made.path(), 1200.0, 800.0);
    first.keep_zoom(file.clone());
    press(&mut first, Key::Plus, 3);
    drop(first);
    let mut second = Window::open(made.path(), 1200.0, 800.0);
    second.keep_zoom(file);
    assert_eq!(second.harness.ctx.zoom_factor(), 1.5);
}
