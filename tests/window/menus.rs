//! Menus by keyboard: opened, walked, searched, left.

use egui::accesskit::Role;
use egui::{ImeEvent, Key};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use polyclinic::app::command::Page;
use polyclinic::slices::Condition;

use crate::support::{MODELS, Pages, state};

fn inspect() -> Pages {
    let mut state = state(&MODELS);
    state.page = Page::Inspect;
    Pages::new(state, Harness::builder().with_size([1440.0, 900.0]))
}

fn press(pages: &mut Pages, key: Key) {
    pages.harness.key_press(key);
    pages.settle();
}

fn type_in(pages: &mut Pages, text: &str) {
    pages.harness.event(egui::Event::Text(text.to_owned()));
    pages.settle();
}

/// The rows that the open menu of that name shows, and which of them has the focus.
fn rows(pages: &Pages, menu: &str) -> (Vec<String>, Option<usize>) {
    let menu = pages.harness.get_by_role_and_label(Role::ListBox, menu);
    let rows: Vec<_> = menu.query_all_by_role(Role::ListBoxOption).collect();
    let names = rows.iter().map(|row| row.accesskit_node().label().unwrap()).collect();
    (names, rows.iter().position(|row| row.accesskit_node().is_focused()))
}

#[test]
fn a_menu_is_walked_and_left_by_keys() {
    let mut pages = inspect();
    let field = || "Beside";
    pages.harness.get_by_label(field()).focus();
    pages.settle();
    press(&mut pages, Key::Enter);
    let (names, focus) = rows(&pages, field());
    assert_eq!(names.len(), 13);
    let arabic = names.iter().position(|name| name == "العربية").unwrap();
    assert_eq!(focus, Some(arabic), "the chosen row has the focus");
    press(&mut pages, Key::ArrowDown);
    assert_eq!(rows(&pages, field()).1, Some(arabic + 1));
    press(&mut pages, Key::Escape);
    assert!(pages.harness.query_by_role_and_label(Role::ListBox, field()).is_none());
    assert!(pages.harness.get_by_label(field()).accesskit_node().is_focused());
    assert!(pages.state().inspect.beside.is_none());
}

#[test]
fn what_an_input_method_commits_finds_a_row() {
    let mut pages = inspect();
    pages.harness.get_by_label("Add filter").click();
    pages.settle();
    let all = rows(&pages, "Filter").0.len();
    let output = &pages.harness.output().platform_output;
    assert!(output.ime.is_some(), "input methods are on");
    let mut compose = |event: ImeEvent| {
        pages.harness.event(egui::Event::Ime(event));
        pages.settle();
        rows(&pages, "Filter").0
    };
    let preedit = |text: &str| ImeEvent::Preedit {
        text: text.to_owned(),
        active_range_chars: None,
    };
    // What is composed finds nothing yet.
    assert_eq!(compose(preedit("ri'ben")).len(), all);
    compose(preedit(""));
    assert_eq!(compose(ImeEvent::Commit("日本".to_owned())), ["Japanese"]);
    for _ in 0..2 {
        press(&mut pages, Key::Backspace);
    }
    // Another letter at the end than the name is written with, and no hamza.
    for (typed, name) in [("العربيه", "Arabic"), ("espanol", "Spanish")] {
        type_in(&mut pages, typed);
        assert_eq!(rows(&pages, "Filter").0, [name], "{typed}");
        for _ in typed.chars() {
            press(&mut pages, Key::Backspace);
        }
    }
}

#[test]
fn what_is_typed_finds_a_row_and_is_no_command() {
    let mut pages = inspect();
    let before = pages.state().inspect.selected;
    pages.harness.get_by_label("Add filter").click();
    pages.settle();
    assert!(rows(&pages, "Filter").0.len() > 20);
    for (typed, name) in [("jap", "Japanese"), ("日本", "Japanese"), ("العر", "Arabic")] {
        type_in(&mut pages, typed);
        assert_eq!(rows(&pages, "Filter"), (vec![name.to_owned()], Some(0)), "{typed}");
        for _ in typed.chars() {
            press(&mut pages, Key::Backspace);
        }
    }
    // A letter that is a command elsewhere, and a space within what is sought.
    press(&mut pages, Key::J);
    assert_eq!(pages.state().inspect.selected, before);
    type_in(&mut pages, "infectious");
    press(&mut pages, Key::Space);
    type_in(&mut pages, " dis");
    assert_eq!(
        rows(&pages, "Filter"),
        (vec!["infectious diseases".to_owned()], Some(0))
    );
    press(&mut pages, Key::Enter);
    assert_eq!(
        pages.state().inspect.filter.conditions(),
        [Condition::Subject(["infectious diseases".to_owned()].into())]
    );
    assert!(pages.harness.query_by_role_and_label(Role::ListBox, "Filter").is_none());
}
