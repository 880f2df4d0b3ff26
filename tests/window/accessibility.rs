//! What a screen reader is told: the language of every foreign word, and the name of everything that takes the focus.

use egui::accesskit::{Action, Role, TextDirection};
use egui_kittest::Harness;
use egui_kittest::kittest::{AccessKitNode, NodeT, Queryable};
use polyclinic::app::State;
use polyclinic::app::command::{Command, Page};
use polyclinic::app::models::Section;
use polyclinic::app::state::Notice;
use polyclinic::language::{Direction, Script};
use polyclinic::text::isolate;

use crate::support::{Pages, model, state};
use crate::{downloads, endpoints};

/// Models with names in scripts that a screen reader must not take for English.
const FOREIGN: [&str; 3] = ["بيميديكس", "医学大模型", "gemma-3-270m"];

fn foreign_state() -> State {
    let mut state = state(&FOREIGN);
    state.models.list.push(model(
        "arabic",
        "نموذج الطب العربي",
        Some("/models/عربي.gguf"),
        140_000_000,
    ));
    state.notices.push(Notice {
        title: "The file أسئلة.csv could not be read.".into(),
        detail: "/srv/بيانات/أسئلة.csv".into(),
        done: false,
    });
    state
}

fn is_foreign(text: &str) -> bool {
    text.chars().filter_map(Script::of).any(|script| {
        script.direction() == Direction::RightToLeft
            || matches!(script, Script::Han | Script::Japanese | Script::Hangul)
    })
}

/// What is wrong with `node` and all below it. `told` says whether a node above, below the window itself, has a language.
fn faults(node: AccessKitNode<'_>, told: bool, found: &mut Vec<String>) {
    let data = node.data();
    let told = told || (data.language().is_some() && !node.is_root());
    let texts = [data.label(), data.value(), data.description(), data.placeholder()];
    let marks = |text: &str| !isolate::marks(text).is_empty();
    if texts.into_iter().flatten().any(marks) {
        found.push(format!("{:?} {texts:?} tells marks that are for the eye", data.role()));
    }
    if data.role() == Role::TextRun && data.language().is_none() && texts.into_iter().flatten().any(is_foreign) {
        found.push(format!("the run {texts:?} tells no language"));
    }
    if !told && texts.into_iter().flatten().any(is_foreign) {
        found.push(format!("{:?} {texts:?} tells no language", data.role()));
    }
    let name = node.label().or(node.value()).unwrap_or_default();
    if data.supports_action(Action::Focus) && data.role() != Role::Window && name.trim().is_empty() {
        found.push(format!(
            "{:?} at {:?} takes the focus and has no name",
            data.role(),
            data.bounds()
        ));
    }
    for child in node.children() {
        faults(child, told, found);
    }
}

/// Checks all that is told of a window.
pub fn check(pages: &Pages, what: &str) {
    check_root(pages.harness.root().accesskit_node(), what);
}

/// The same of the node that all others stand in.
pub fn check_root(root: AccessKitNode<'_>, what: &str) {
    let mut found = Vec::new();
    assert_eq!(root.data().language(), Some("en"));
    faults(root, false, &mut found);
    assert!(found.is_empty(), "{what}: {found:#?}");
}

fn open(page: Page) -> Pages {
    let mut state = foreign_state();
    state.page = page;
    Pages::new(state, Harness::builder().with_size([1440.0, 900.0]))
}

#[test]
fn every_page_tells_languages_and_names() {
    for page in Page::ALL {
        check(&open(page), page.title());
    }
}

#[test]
fn every_section_of_models_tells_languages_and_names() {
    for section in Section::ALL {
        let mut state = foreign_state();
        state.page = Page::Models;
        state.models.section = section;
        state.models.hub.known = downloads::known();
        state.models.hub.known.entries = downloads::entries();
        state.models.endpoints = endpoints::with_endpoints().models.endpoints;
        let pages = Pages::new(state, Harness::builder().with_size([1440.0, 900.0]));
        check(&pages, section.title());
    }
}

#[test]
fn forms_and_menus_tell_languages_and_names() {
    let mut pages = open(Page::Runs);
    pages.harness.state_mut().0.apply(Command::NewRun);
    pages.settle();
    check(&pages, "the form of a run");
    let mut pages = open(Page::Inspect);
    for (menu, name) in [("Add filter", "Filter"), ("Beside", "Beside")] {
        pages.harness.get_by_label(menu).click();
        pages.settle();
        pages.harness.get_by_role_and_label(Role::ListBox, name);
        check(&pages, menu);
        pages.harness.key_press(egui::Key::Escape);
        pages.settle();
    }
    pages.harness.state_mut().0.apply(Command::ToggleKeys);
    pages.settle();
    check(&pages, "the list of keys");
}

#[test]
fn the_items_are_a_list_to_choose_one_from() {
    let mut pages = open(Page::Inspect);
    let length = pages.state().inspect.listed.len();
    for chosen in [0, 2] {
        pages.harness.state_mut().0.apply(Command::SelectEntry(chosen));
        pages.settle();
        let list = pages.harness.get_by_role_and_label(Role::ListBox, "Items");
        let rows: Vec<_> = list.get_all_by_role(Role::ListBoxOption).collect();
        assert_eq!(list.accesskit_node().size_of_set(), Some(length));
        assert!(rows.len() > 5 && rows.len() < length, "only those in sight");
        for (place, row) in rows.iter().enumerate() {
            let row = row.accesskit_node();
            assert_eq!(row.is_selected(), Some(place == chosen), "{place}");
            assert_eq!(row.position_in_set(), Some(place));
        }
    }
}

/// A question is walked through by character and word, in the direction of its lines.
#[test]
fn a_question_is_told_in_runs_of_its_direction() {
    let pages = open(Page::Inspect);
    let question = "أي علامة حيوية تقاس بكفة تلف حول العضد؟";
    let node = pages.harness.get_by_label(question);
    let node = node.accesskit_node();
    assert!(node.supports_text_ranges());
    assert_eq!(node.document_range().text(), question);
    let runs: Vec<_> = node
        .children()
        .flat_map(|child| child.children().chain([child]))
        .collect();
    let runs: Vec<_> = runs.iter().filter(|run| run.data().role() == Role::TextRun).collect();
    assert!(!runs.is_empty());
    for run in runs {
        assert_eq!(run.data().text_direction(), Some(TextDirection::RightToLeft));
        assert_eq!(run.data().language(), Some("ar"));
        let widths: f32 = run.data().character_widths().unwrap().iter().sum();
        let bounds = run.data().bounds().unwrap();
        assert!(
            (f64::from(widths) - (bounds.x1 - bounds.x0)).abs() < 1.0,
            "{widths} in {bounds:?}"
        );
    }
}
