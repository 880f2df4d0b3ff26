//! What a screen reader is told: the language of every foreign word, and the name of everything that takes the focus.

use egui::accesskit::{Action, Role};
use egui_kittest::Harness;
use egui_kittest::kittest::{AccessKitNode, NodeT, Queryable};
use polyclinic::app::State;
use polyclinic::app::command::{Command, Page};
use polyclinic::app::state::Notice;
use polyclinic::language::{Direction, Script};

use crate::support::{Pages, model, state};

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

fn check(pages: &Pages, what: &str) {
    let mut found = Vec::new();
    let root = pages.harness.root().accesskit_node();
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
fn forms_and_menus_tell_languages_and_names() {
    let mut pages = open(Page::Runs);
    pages.harness.state_mut().0.apply(Command::NewRun);
    pages.settle();
    check(&pages, "the form of a run");
    let mut pages = open(Page::Inspect);
    for menu in ["Add filter", "Beside"] {
        pages.harness.get_by_label(menu).click();
        pages.settle();
        pages.harness.get_by_role(Role::ListBox);
        check(&pages, menu);
        pages.harness.key_press(egui::Key::Escape);
        pages.settle();
    }
    pages.harness.state_mut().0.apply(Command::ToggleKeys);
    pages.settle();
    check(&pages, "the list of keys");
}
