//! The Compare page's tables: measures beside accuracy.

use egui::Key;
use egui::accesskit::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use polyclinic::app::command::Command;
use polyclinic::app::compare::reckoner::What;
use polyclinic::app::measures::Sorting;
use polyclinic::runs::measures::Measure;

use crate::support::{MODELS, Pages, state};

fn shown(measure: Measure) -> Pages {
    let mut pages = Pages::new(state(&MODELS), Harness::builder().with_size([1440.0, 900.0]));
    pages.harness.state_mut().0.apply(Command::ShowMeasure(measure));
    pages.settle();
    pages
}

/// What the rows in sight say, from the top.
fn rows(pages: &Pages) -> Vec<String> {
    let rows = pages.harness.get_all_by_role(Role::Row);
    rows.map(|row| row.accesskit_node().label().unwrap_or_default())
        .collect()
}

#[test]
fn a_price_is_told_for_every_language_and_sorted_by_its_heading() {
    let mut pages = shown(Measure::Price);
    assert!(rows(&pages)[0].contains("times English 1."), "{:?}", rows(&pages)[0]);
    let heading = "Sort by times English";
    for expected in [Some(false), Some(true), None] {
        pages.harness.get_by_label_contains(heading).click();
        pages.settle();
        let sorting = pages.state().compare.sorting;
        assert_eq!(sorting.map(|sorting: Sorting| sorting.descending), expected);
    }
    pages.harness.get_by_label_contains(heading).focus();
    pages.harness.key_press(Key::Enter);
    pages.settle();
    assert!(
        pages.state().compare.sorting.is_some(),
        "a heading works from the keyboard"
    );
    let times = |row: &String| row.rsplit("times English ").next()?.parse::<f64>().ok();
    let sorted: Vec<f64> = rows(&pages).iter().filter_map(times).collect();
    assert!(sorted.len() > 5 && sorted.is_sorted(), "{sorted:?}");
}

#[test]
fn rows_are_searched_and_copied_as_they_stand_in_files() {
    let mut pages = shown(Measure::Averages);
    pages
        .harness
        .state_mut()
        .0
        .apply(Command::SearchMeasure("languages gemma".to_owned()));
    pages.settle();
    let found = rows(&pages);
    assert!(
        !found.is_empty()
            && found
                .iter()
                .all(|row| row.contains("gemma") && row.contains("languages"))
    );
    let sheet = pages.state().compare.sheet().unwrap();
    let csv = sheet.csv();
    assert!(csv.starts_with("model,benchmark,task,language,protocol,over,n,macro_average,low,high,micro_average\n"));
    assert_eq!(csv.lines().count(), sheet.table.rows.len() + 1);
    pages
        .harness
        .state_mut()
        .0
        .apply(Command::SearchMeasure("no such row".to_owned()));
    pages.settle();
    pages.harness.get_by_label_contains("No row is found");
}

#[test]
fn a_long_table_says_how_far_it_is_and_is_stopped_and_reckoned_after_all() {
    let mut state = state(&MODELS);
    state.apply(Command::ShowMeasure(Measure::Differences));
    let question = state
        .questions()
        .into_iter()
        .find(|asked| asked.what == What::Sheet(Measure::Differences));
    let steps = question.unwrap().steps;
    let mut pages = Pages::new(state, Harness::builder().with_size([1280.0, 800.0]));
    steps.expect(1300);
    steps.step(|| ()).unwrap();
    pages.settle();
    pages.harness.get_by_label("1 of 1,300 comparisons");
    pages.harness.key_press(Key::Escape);
    pages.settle();
    assert!(steps.cancel.is_cancelled());
    pages
        .harness
        .get_by_label("It was stopped after 1 of 1,300 comparisons.");
    pages.settle();
    assert!(pages.state().compare.sheet().is_none(), "it stays stopped");
    pages.harness.get_by_label("Reckon the table").click();
    pages.settle();
    assert!(!rows(&pages).is_empty());
}

#[test]
fn a_measure_without_rows_says_when_it_has_some() {
    let pages = shown(Measure::Flips);
    pages.harness.get_by_label_contains("under two protocols");
}
