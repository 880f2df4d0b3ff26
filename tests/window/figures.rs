//! Compare's figures: what they say, what they open, by pointer and by keys, and what is exported of them.

use egui::Key;
use egui::accesskit::Role;
use egui_kittest::kittest::{NodeT, Queryable};
use polyclinic::app::command::Page;
use polyclinic::app::figures::{Exporting, FiguresCommand, Part};
use polyclinic::charts::Kind;

use crate::support::{MODELS, Window, workspace};

fn shown(kind: Kind) -> (tempfile::TempDir, Window) {
    let made = workspace(&MODELS);
    let mut window = Window::open(made.path(), 1440.0, 900.0);
    window.send(FiguresCommand::Show(kind).into());
    window.wait(|state| state.figures.shown().is_some());
    (made, window)
}

#[test]
fn a_part_of_a_figure_tells_its_numbers_and_opens_its_items() {
    let (_made, mut window) = shown(Kind::Bars);
    window.harness.get_by_label_contains("gemma-3-270m, Arabic, ").click();
    window.settle();
    assert_eq!(window.state(|state| state.page), Page::Inspect);
    let filter = window.state(|state| state.inspect.filter.clone());
    assert!(format!("{filter:?}").contains("gemma-3-270m"), "{filter:?}");
}

#[test]
fn arrows_go_through_a_figure_and_enter_opens_a_part() {
    let (_made, mut window) = shown(Kind::Gap);
    window.harness.get_by_role(Role::Figure).focus();
    window.settle();
    window.harness.key_press(Key::ArrowDown);
    window.settle();
    window.harness.key_press(Key::Enter);
    window.settle();
    assert_eq!(window.state(|state| state.page), Page::Inspect);
}

#[test]
fn a_figure_has_a_table_of_its_numbers() {
    let (_made, mut window) = shown(Kind::Gap);
    window.harness.get_by_label("As table").click();
    window.settle();
    let rows = window.harness.get_all_by_role(Role::Row);
    let told = rows.filter_map(|row| row.accesskit_node().label());
    assert!(
        told.into_iter()
            .any(|words| words.contains("difference") && words.contains("95% interval"))
    );
    window.harness.get_by_label("As figure").click();
    window.settle();
    window.harness.get_by_role(Role::Figure);
}

#[test]
fn control_e_asks_what_to_export_and_the_report_is_written() {
    let (made, mut window) = shown(Kind::Gap);
    window.harness.key_press_modifiers(egui::Modifiers::COMMAND, Key::E);
    window.settle();
    window.harness.get_by_label_contains("A report of the page").click();
    window.settle();
    let exporting = window.state(|state| state.figures.exporting).unwrap();
    assert_eq!(exporting.part, Part::Report);
    window.send(FiguresCommand::CloseExport.into());
    let figure = Exporting::default();
    for (exporting, begins) in [(exporting, "<!DOCTYPE html>"), (figure, "<?xml")] {
        let file = made.path().join(format!("out.{}", exporting.ending()));
        window.send(FiguresCommand::Write(exporting, file.clone()).into());
        window.wait(|state| {
            state
                .notices
                .iter()
                .any(|notice| notice.detail.ends_with(exporting.ending()))
        });
        assert!(std::fs::read_to_string(&file).unwrap().starts_with(begins));
    }
}
