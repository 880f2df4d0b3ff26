//! From every difference that Compare shows to the items it is made of, by pointer and by keys.

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT, Queryable};
use polyclinic::app::State;
use polyclinic::app::command::{Command, Page};
use polyclinic::app::compare::command::CompareCommand;
use polyclinic::app::figures::FiguresCommand;
use polyclinic::charts::Kind;
use polyclinic::runs::ledger::{Ledger, Selection};
use polyclinic::runs::measures::Measure;
use polyclinic::runs::paired::Comparison;
use polyclinic::slices::{Condition, Who};
use polyclinic::stats::Pairs;

use crate::compare::{LANGUAGES, TASKS, THREE, open, press};
use crate::support::{MODELS, Pages, Window, workspace};

/// The gap of a model on the only task, reckoned by itself.
fn gap(ledger: &Ledger, model: &str, language: &str) -> Pairs {
    let column = |tag: &str| {
        let mut columns = ledger.columns().iter();
        columns.find(|column| column.language.tag() == tag).unwrap()
    };
    let sheet = ledger.sheets().iter().find(|sheet| sheet.model == model).unwrap();
    let (english, columns) = ("en".parse().unwrap(), [column(language)]);
    let selection = Selection::all(ledger);
    Comparison::of_languages(ledger, &selection, &columns, &english, sheet)
        .unwrap()
        .pairs
}

fn last(state: &State) -> Condition {
    state.inspect.filter.conditions().last().unwrap().clone()
}

fn lost(model: &str, language: &str) -> Condition {
    Condition::Languages {
        right: "en".parse().unwrap(),
        wrong: language.parse().unwrap(),
        of: Who::Model(model.to_owned()),
    }
}

/// Chooses one of the three ways in Inspect, by keys.
fn turn(pages: &mut Pages, to: Key) {
    pages.harness.get_by_label_contains("Which way: ").focus();
    pages.settle();
    press(pages, &[Key::Enter, to, Key::Enter]);
}

#[test]
fn a_gap_in_the_figure_opens_what_is_lost_in_the_language() {
    let made = workspace(&MODELS);
    let mut window = Window::open(made.path(), 1440.0, 900.0);
    window.send(FiguresCommand::Show(Kind::Gap).into());
    window.wait(|state| state.figures.shown().is_some());
    let ledger = window.state(|state| state.study.clone().unwrap().ledger.clone());
    let pairs = gap(&ledger, MODELS[1], "yo");
    assert!(pairs.only_second > 0 && pairs.only_first > 0, "{pairs:?}");
    let words = format!("\u{2068}{}\u{2069}, Yoruba, ", MODELS[1]);
    for as_table in [false, true] {
        window.send(Command::Show(Page::Compare));
        window.send(FiguresCommand::AsTable(as_table).into());
        if as_table {
            let rows = window.harness.get_all_by_role(Role::Row);
            let is_it = |words: &str| words.contains(MODELS[1]) && words.contains("Yoruba");
            let row = rows
                .into_iter()
                .find(|row| row.accesskit_node().label().is_some_and(|words| is_it(&words)));
            row.unwrap().click();
        } else {
            window.harness.get_by_label_contains(&words).click();
        }
        window.settle();
        window.state(|state| {
            assert_eq!(state.page, Page::Inspect);
            assert_eq!(last(state), lost(MODELS[1], "yo"));
            assert_eq!(
                state.inspect.listed.len(),
                pairs.only_second,
                "as many as the gap counts"
            );
        });
    }
}

#[test]
fn a_gap_in_a_table_opens_by_keys_and_is_turned_round() {
    let mut pages = open(&THREE[..1], &LANGUAGES[..3], &TASKS[2..3]);
    let send = |pages: &mut Pages, command: Command| {
        pages.harness.state_mut().0.apply(command);
        pages.settle();
    };
    send(&mut pages, Command::ShowMeasure(Measure::Gaps));
    pages.harness.get_by_role(Role::Table).focus();
    pages.settle();
    press(&mut pages, &[Key::ArrowDown, Key::Home, Key::ArrowDown, Key::Enter]);
    assert_eq!(pages.state().page, Page::Inspect);
    let found = last(pages.state());
    let Condition::Languages { wrong, .. } = found.clone() else {
        panic!("{found:?}")
    };
    assert_eq!(found, lost(THREE[0], wrong.tag()));
    let pairs = gap(&pages.state().study.clone().unwrap().ledger, THREE[0], wrong.tag());
    let listed = |pages: &Pages| pages.state().inspect.listed.len();
    assert_eq!(listed(&pages), pairs.only_second);
    turn(&mut pages, Key::ArrowDown);
    assert_eq!(listed(&pages), pairs.only_first, "right here and wrong in English");
    turn(&mut pages, Key::ArrowUp);
    assert_eq!(listed(&pages), pairs.only_first + pairs.only_second, "either way");
}

#[test]
fn a_difference_to_the_baseline_opens_what_only_one_has_right() {
    let mut pages = open(&THREE, &LANGUAGES[..2], &TASKS[..1]);
    press(&mut pages, &[Key::D, Key::ArrowDown]);
    let key = pages.state().compare.selected.clone().unwrap();
    let pairs = pages.state().compare.deltas().unwrap().cells[&key].pairs;
    press(&mut pages, &[Key::Enter]);
    assert_eq!(pages.state().page, Page::Inspect);
    let expected = Condition::OneOfModels {
        first: key.model.clone(),
        second: "gemma-3-270m".to_owned(),
    };
    assert_eq!(last(pages.state()), expected);
    assert_eq!(pages.state().inspect.listed.len(), pairs.only_first + pairs.only_second);
    // The baseline's own cell is a difference to nothing.
    pages.harness.state_mut().0.apply(Command::Show(Page::Compare));
    pages.settle();
    press(&mut pages, &[Key::ArrowUp, Key::Enter]);
    assert_eq!(last(pages.state()), Condition::Asked("gemma-3-270m".to_owned()));
}

#[test]
fn one_control_opens_all_that_a_finding_is_made_of() {
    let mut pages = open(&THREE, &LANGUAGES[..2], &TASKS[..1]);
    pages.harness.key_press_modifiers(Modifiers::SHIFT, Key::Enter);
    pages.settle();
    press(&mut pages, &[Key::ArrowDown]);
    let pairs = pages.state().compare.pair().unwrap().unwrap().pairs;
    let words = format!("Open the {} + {} items", pairs.only_first, pairs.only_second);
    assert_eq!(pages.harness.get_all_by_label_contains("Open the ").count(), 1);
    pages.harness.get_by_label_contains(&words).focus();
    pages.settle();
    press(&mut pages, &[Key::Enter]);
    assert_eq!(pages.state().page, Page::Inspect);
    let listed = |pages: &Pages| pages.state().inspect.listed.len();
    assert_eq!(listed(&pages), pairs.only_first + pairs.only_second);
    turn(&mut pages, Key::ArrowDown);
    assert_eq!(listed(&pages), pairs.only_first);
    turn(&mut pages, Key::ArrowDown);
    assert_eq!(listed(&pages), pairs.only_second);
    let Condition::Models { right, .. } = last(pages.state()) else {
        panic!("{:?}", last(pages.state()))
    };
    assert_eq!(right, "gemma-3-270m");
}

#[test]
fn a_slice_narrows_what_is_opened() {
    let mut pages = open(&THREE, &LANGUAGES[..2], &TASKS[..1]);
    let slice = |condition: Condition| polyclinic::slices::Slice {
        name: "part".parse().unwrap(),
        filter: [condition].into_iter().collect(),
        rest: Default::default(),
    };
    let differ = Condition::Answers(polyclinic::slices::Together::Differ);
    let command = CompareCommand::Slice(Some(slice(differ.clone())));
    pages.harness.state_mut().0.apply(command.into());
    pages.settle();
    press(&mut pages, &[Key::D, Key::ArrowDown]);
    let key = pages.state().compare.selected.clone().unwrap();
    let pairs = pages.state().compare.deltas().unwrap().cells[&key].pairs;
    press(&mut pages, &[Key::Enter]);
    assert_eq!(last(pages.state()), differ);
    assert_eq!(pages.state().inspect.listed.len(), pairs.only_first + pairs.only_second);
}
