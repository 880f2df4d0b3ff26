//! The Models page: its sections.

use egui::Key;
use egui::accesskit::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use polyclinic::app::command::Page;
use polyclinic::app::models::Section;

use crate::support::{Pages, state};

/// The page, `width` points wide.
fn page(width: f32) -> Pages {
    let mut state = state(&[]);
    state.page = Page::Models;
    Pages::new(state, Harness::builder().with_size([width, 900.0]))
}

#[test]
fn sections_are_tabs_that_count_what_is_in_them() {
    let pages = page(1440.0);
    let tabs: Vec<_> = pages.harness.query_all_by_role(Role::Tab).collect();
    assert_eq!(tabs.len(), Section::ALL.len());
    let chosen: Vec<_> = tabs
        .iter()
        .filter_map(|tab| tab.accesskit_node().is_selected())
        .collect();
    assert_eq!(chosen.iter().filter(|selected| **selected).count(), 1, "{chosen:?}");
    pages.harness.get_by_label("On this machine, 3");
}

#[test]
fn sections_are_chosen_by_keys_alone() {
    for width in [1440.0, 900.0] {
        let mut pages = page(width);
        for section in Section::ALL.into_iter().rev() {
            let name = |tab: &egui_kittest::Node<'_>| tab.accesskit_node().label().unwrap_or_default();
            let tabs: Vec<_> = pages.harness.query_all_by_role(Role::Tab).collect();
            let tab = tabs.iter().find(|tab| name(tab).starts_with(section.title())).unwrap();
            tab.focus();
            pages.settle();
            pages.harness.key_press(Key::Enter);
            pages.settle();
            assert_eq!(pages.state().models.section, section);
        }
    }
}
