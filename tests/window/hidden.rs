//! Hidden characters in items: shown when asked for, and by themselves where they mislead.

use std::sync::Arc;

use egui::{Key, Shape};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use polyclinic::app::State;
use polyclinic::app::benchmarks::Importing;
use polyclinic::app::command::{Command, Page};
use polyclinic::app::study::Study;
use polyclinic::benchmarks::import::{self, ImportOptions};
use polyclinic::benchmarks::{Benchmark, Description};
use polyclinic::runs::ledger::Ledger;

use crate::support::{Pages, draft};

/// An honest question with a joiner, and one whose second option is an order forged by an override.
const ITEMS: &str = concat!(
    r#"{"id":"mark","language":"en","question":"Which drug\u200e first?","options":["Aspirin","Heparin"],"answer":"A"}"#,
    "\n",
    r#"{"id":"forged","language":"en","question":"How much?","options":["51 mg","\u202e15\u202c mg"],"answer":"A"}"#,
    "\n",
    r#"{"id":"forged","language":"ar","question":"كم الجرعة \u202ecba\u202c اليوم؟","options":["٥١ ملغ","١٥ ملغ"],"answer":"A"}"#,
);

const NOTICE: &str = "Hidden characters change how this text reads. They are shown.";

fn inspect(theme: egui::Theme) -> Pages {
    let read = import::read_json_lines("items.jsonl", ITEMS, &ImportOptions::default()).unwrap();
    assert!(read.rejected.is_empty(), "{:?}", read.rejected);
    let benchmark = Benchmark::new("hidden", Description::default(), read.items).unwrap();
    let study = Study::new(
        "/study".into(),
        "study".to_owned(),
        None,
        Ledger::of([benchmark], []),
        Vec::new(),
    );
    let mut state = State::default();
    state.show_study(Arc::new(study));
    state.page = Page::Inspect;
    Pages::new(state, Harness::builder().with_size([1440.0, 900.0]).with_theme(theme))
}

fn select(pages: &mut Pages, place: usize) {
    pages.harness.state_mut().0.apply(Command::SelectEntry(place));
    pages.settle();
}

/// How many corners the glyphs of a text have, where it is drawn the largest.
fn corners(pages: &Pages, text: &str) -> usize {
    let shapes = pages.harness.output().shapes.iter();
    let drawn = shapes.filter_map(|clipped| match &clipped.shape {
        Shape::Text(shape) if shape.galley.job.text == text => Some(&shape.galley),
        _ => None,
    });
    let corners = drawn.map(|galley| {
        let rows = galley.rows.iter();
        rows.map(|row| row.row.visuals.mesh.vertices.len()).sum()
    });
    corners.max().unwrap_or(0)
}

#[test]
fn hidden_characters_are_shown_on_request() {
    let mut pages = inspect(egui::Theme::Light);
    let question = "Which drug\u{200e} first?";
    let before = corners(&pages, question);
    assert!(before > 0);
    assert!(
        pages
            .harness
            .query_by_label_contains("Left-to-right\u{a0}mark")
            .is_none()
    );
    pages.harness.get_by_label("Show hidden characters").click();
    pages.settle();
    assert!(pages.state().controls_shown);
    // A sign, and the ground behind it.
    assert_eq!(corners(&pages, question), before + 8);
    pages.harness.get_by_label_contains("→\u{a0}Left-to-right\u{a0}mark");
    assert!(pages.harness.query_by_label(NOTICE).is_none());
    pages.harness.key_press(Key::H);
    pages.settle();
    assert_eq!(corners(&pages, question), before);
}

#[test]
fn a_forged_order_is_shown_by_itself_and_told_as_it_is() {
    let mut pages = inspect(egui::Theme::Light);
    assert!(pages.harness.query_by_label(NOTICE).is_none());
    select(&mut pages, 1);
    assert!(!pages.state().controls_shown);
    // The item and the one beside it both have an override.
    assert_eq!(pages.harness.query_all_by_label(NOTICE).count(), 2);
    assert!(
        pages
            .harness
            .query_all_by_label_contains("┫\u{a0}Right-to-left\u{a0}override")
            .count()
            == 2
    );
    // Who does not see the screen gets the logical text.
    pages.harness.get_by_label("\u{202e}15\u{202c} mg");
    pages.harness.get_by_label("كم الجرعة \u{202e}cba\u{202c} اليوم؟");
    assert!(corners(&pages, "\u{202e}15\u{202c} mg") > corners(&pages, "51 mg"));
}

#[test]
fn one_rule_holds_wherever_texts_of_items_stand() {
    let mut pages = inspect(egui::Theme::Light);
    let (honest, forged) = ("Which drug\u{200e} first?", "\u{202e}15\u{202c} mg");
    let question = "كم الجرعة \u{202e}cba\u{202c} اليوم؟";
    let plain = corners(&pages, honest);
    // Where an item's rows stand and not its card.
    select(&mut pages, 0);
    let listed = corners(&pages, question);
    pages.harness.state_mut().0.apply(Command::Show(Page::Benchmarks));
    let arabic = "ar".parse().unwrap();
    pages.harness.state_mut().0.apply(Command::ChoosePreview(arabic));
    pages.settle();
    assert_eq!(corners(&pages, question), listed, "shown by itself in both lists");
    assert_eq!(corners(&pages, forged), 0, "the answer that is right is another");
    let english = "en".parse().unwrap();
    pages.harness.state_mut().0.apply(Command::ChoosePreview(english));
    pages.settle();
    assert_eq!(corners(&pages, honest), plain);
    pages.harness.key_press(Key::H);
    pages.settle();
    // A sign, and the ground behind it.
    assert_eq!(corners(&pages, honest), plain + 8);
}

#[test]
fn an_import_tells_how_many_items_hide_something() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("items.jsonl");
    std::fs::write(&file, ITEMS).unwrap();
    let draft = draft(&file);
    let preview = &draft.look.preview;
    assert_eq!((preview.hidden, preview.misleading()), (3, 2));
    let mut pages = inspect(egui::Theme::Light);
    let state = &mut pages.harness.state_mut().0;
    state.page = Page::Benchmarks;
    state.benchmarks.import = Some(Importing::Read(draft));
    pages.settle();
    pages.harness.get_by_label(
        "Hidden: characters that are not seen in 3 items; in 2 they change how the text reads and are shown",
    );
    assert!(pages.harness.query_by_label("Show hidden characters").is_some());
}

#[test]
fn pictures_of_hidden_characters() {
    let Some(folder) = std::env::var_os("POLYCLINIC_PICTURES") else {
        eprintln!("no pictures: POLYCLINIC_PICTURES names no folder");
        return;
    };
    std::fs::create_dir_all(&folder).unwrap();
    for theme in [egui::Theme::Light, egui::Theme::Dark] {
        let mut pages = inspect(theme);
        for place in [0, 1] {
            select(&mut pages, place);
            if place == 0 {
                pages.harness.state_mut().0.apply(Command::ToggleControls);
                pages.settle();
            }
            let name = format!("hidden-{place}-{theme:?}.png").to_lowercase();
            let picture = pages.harness.render().unwrap();
            picture.save(std::path::Path::new(&folder).join(name)).unwrap();
            if place == 0 {
                pages.harness.state_mut().0.apply(Command::ToggleControls);
            }
        }
    }
}
