//! The whole way of a stranger's file, by mouse and by keys alone: dropped, looked at, its mapping mended, its languages
//! paired, kept, asked of a model, and its answers read on Compare.

use egui::accesskit::Role;
use egui::{Event, Key, Modifiers};
use egui_kittest::kittest::{NodeT as _, Queryable, by};
use polyclinic::app::benchmarks::{Draft, Importing};
use polyclinic::app::command::{Command, Page};
use polyclinic::benchmarks::import::Field;
use polyclinic::runs::RunState;

use crate::benchmarks::{STRANGE, click, looked};
use crate::spreadsheet::{xlsx, zip_of};
use crate::support::{Window, workspace};

/// The packaged model that runs ask, where it was fetched.
const MODEL: &str = "SmolLM2 135M Instruct";

fn press(window: &mut Window, modifiers: Modifiers, key: Key) {
    window.harness.key_press_modifiers(modifiers, key);
    window.settle();
}

fn type_text(window: &mut Window, text: &str) {
    window.harness.event(Event::Text(text.to_owned()));
    window.settle();
}

/// What the focus is on, as assistive technology says it.
fn focused(window: &Window) -> String {
    let mut focused = window.harness.query_all(by().predicate(|node| node.is_focused()));
    let label = focused.next().and_then(|node| node.accesskit_node().label());
    label.unwrap_or_default()
}

/// Moves the focus by Tab to what is called so, wherever it is now.
fn reach(window: &mut Window, wanted: impl Fn(&str) -> bool, words: &str) {
    let mut seen = Vec::new();
    while seen.len() < 150 {
        press(window, Modifiers::NONE, Key::Tab);
        seen.push(focused(window));
        if seen.last().is_some_and(|label| wanted(label)) {
            return;
        }
    }
    assert!(seen.is_empty(), "Tab never reached {words}: {seen:?}");
}

fn press_on(window: &mut Window, label: &str) {
    reach(window, |focused| focused == label, label);
    press(window, Modifiers::NONE, Key::Enter);
}

fn press_on_what_begins(window: &mut Window, start: &str) {
    reach(window, |focused| focused.starts_with(start), start);
    press(window, Modifiers::NONE, Key::Enter);
}

/// Chooses an entry of the menu in focus by typing its beginning.
fn choose(window: &mut Window, menu: &str, entry: &str) {
    press_on(window, menu);
    type_text(window, entry);
    press(window, Modifiers::NONE, Key::Enter);
}

fn with_draft<R>(window: &Window, look: impl FnOnce(&Draft) -> R) -> R {
    window.state(|state| {
        let read = match &state.benchmarks.import {
            Some(Importing::Read(draft)) => Some(look(draft)),
            _ => None,
        };
        read.unwrap()
    })
}

fn kept(window: &mut Window) {
    window.wait(|state| state.benchmarks.import.is_none());
    window.wait(|state| state.study.as_ref().is_some_and(|study| study.benchmarks().len() == 2));
}

/// Starts the run that the form stands for and waits for its end, where the packaged model is here; then its answers
/// stand on Compare.
fn run_and_compare(window: &mut Window, benchmark: &str, start: impl FnOnce(&mut Window)) {
    let here = window.state(|state| state.models.here().any(|model| model.title == MODEL && model.ready()));
    if !here {
        eprintln!("{benchmark} is not asked: {MODEL} is not in the cache");
        return;
    }
    start(window);
    window.wait(|state| {
        let study = state.study.as_ref().unwrap();
        let finished = study.runs().iter().any(|run| run.record.state == RunState::Finished);
        finished && state.runs.live.is_none()
    });
    window.state(|state| assert!(state.notices.is_empty(), "{:?}", state.notices));
    press(window, Modifiers::COMMAND, Key::Num4);
    assert_eq!(window.state(|state| state.page), Page::Compare);
    window.state(|state| {
        let rows = &state.study.as_ref().unwrap().tables.rows;
        assert!(
            !rows.is_empty() && rows.iter().all(|row| row.benchmark == benchmark && row.failed == 0),
            "{rows:?}"
        );
    });
    let model = window.state(|state| state.study.as_ref().unwrap().tables.rows[0].model.clone());
    assert!(
        window.harness.query_all_by_label_contains(&model).next().is_some(),
        "{model} is not on the page"
    );
}

/// By mouse: a spreadsheet whose headings are Arabic and whose numbers could count from 0 or from 1.
#[test]
fn an_arabic_spreadsheet_is_asked_by_mouse() {
    let folder = workspace(&[]);
    let mut window = Window::open(folder.path(), 1440.0, 1000.0);
    let file = folder.path().join("أسئلة.xlsx");
    let rows: Vec<Vec<&str>> = STRANGE.lines().map(|line| line.split(',').collect()).collect();
    let rows: Vec<&[&str]> = rows.iter().map(Vec::as_slice).collect();
    std::fs::write(&file, xlsx(&[("الأسئلة", &rows)], 1)).unwrap();
    window.send(Command::Drop(vec![file]));
    looked(&mut window);
    click(&mut window, Role::RadioButton, "Arabic");
    looked(&mut window);
    let mut radios = window.harness.get_all_by_role(Role::RadioButton);
    let starts = |start: &str, label: Option<String>| label.is_some_and(|label| label.starts_with(start));
    radios
        .find(|node| starts("From 1", node.accesskit_node().label()))
        .unwrap()
        .click();
    drop(radios);
    window.settle();
    looked(&mut window);
    // The column of subjects was taken for nothing; it stands at the far left, where the table is scrolled to.
    let subjects = "Use of column التخصص";
    window
        .harness
        .get_by_role_and_label(Role::ComboBox, subjects)
        .scroll_to_me();
    window.settle();
    click(&mut window, Role::ComboBox, subjects);
    window
        .harness
        .get_by_role_and_label(Role::ListBoxOption, "Subject")
        .scroll_to_me();
    window.settle();
    click(&mut window, Role::ListBoxOption, "Subject");
    looked(&mut window);
    assert_eq!(
        with_draft(&window, |draft| draft.items()[0].subject.clone()).as_deref(),
        Some("القلب")
    );
    click(&mut window, Role::Button, "Import 3 items");
    kept(&mut window);
    click(&mut window, Role::Button, "Run it");
    run_and_compare(&mut window, "أسئلة", |window| {
        only_the_model(window);
        window.harness.get_by_label("Start run").click();
        window.settle();
    });
}

/// Leaves the packaged model alone chosen in the form of a run.
fn only_the_model(window: &mut Window) {
    let chosen = window.state(|state| state.runs.form.as_ref().unwrap().models.len());
    let others = window.state(|state| {
        let here = state.models.here().filter(|model| model.title != MODEL);
        here.map(|model| (model.id.clone(), model.title.clone()))
            .collect::<Vec<_>>()
    });
    for (id, title) in others {
        if window.state(|state| state.runs.form.as_ref().unwrap().models.contains_key(&id)) {
            window.harness.get_by_role_and_label(Role::CheckBox, &title).click();
            window.settle();
        }
    }
    assert!(window.state(|state| state.runs.form.as_ref().unwrap().models.len()) <= chosen.min(1));
}

/// By keys alone: a table in Arabic whose first row is a question already.
#[test]
fn a_table_without_a_heading_is_asked_by_keys() {
    let folder = workspace(&[]);
    let mut window = Window::open(folder.path(), 1440.0, 1000.0);
    let file = folder.path().join("headless.csv");
    let rows: Vec<&str> = STRANGE.lines().skip(1).collect();
    std::fs::write(&file, rows.join("\n")).unwrap();
    window.send(Command::ImportFile(file));
    looked(&mut window);
    if !with_draft(&window, |draft| draft.look.guess.options.without_header) {
        press_on(&mut window, "First row: names; change");
        looked(&mut window);
    }
    assert_eq!(
        with_draft(&window, |draft| draft.look.guess.columns[0].first[0].clone()),
        "1"
    );

    for (column, field) in [
        (1, Field::Id),
        (2, Field::Question),
        (3, Field::Option(0)),
        (4, Field::Option(1)),
        (5, Field::Option(2)),
        (6, Field::Option(3)),
        (7, Field::AnswerIndex1),
    ] {
        let column = format!("column_{column}");
        if with_draft(&window, |draft| draft.fills(&column)) != Some(field) {
            let menu = format!("Use of column {column}");
            choose(&mut window, &menu, &format!("\"{}\"", field.words()));
            looked(&mut window);
            assert_eq!(
                with_draft(&window, |draft| draft.fills(&column)),
                Some(field),
                "{column}"
            );
        }
    }
    if with_draft(&window, |draft| draft.obstacle().is_some()) {
        press_on(&mut window, "Arabic");
        looked(&mut window);
    }
    with_draft(&window, |draft| {
        assert_eq!(draft.obstacle(), None, "{:?}", draft.look.guess.doubts);
        assert_eq!(draft.items().len(), 3);
        assert_eq!(
            (draft.items()[0].question.as_str(), draft.items()[0].right[0]),
            ("ما العضو الذي يضخ الدم؟", 1)
        );
    });
    press_on(&mut window, "Import 3 items");
    kept(&mut window);
    press_on(&mut window, "Run it");
    assert_eq!(window.state(|state| state.page), Page::Runs);
    run_and_compare(&mut window, "headless", |window| {
        for (id, title) in window.state(|state| {
            let here = state.models.here().filter(|model| model.title != MODEL);
            here.map(|model| (model.id.clone(), model.title.clone()))
                .collect::<Vec<_>>()
        }) {
            if window.state(|state| state.runs.form.as_ref().unwrap().models.contains_key(&id)) {
                press_on_what_begins(window, &title);
            }
        }
        press_on(window, "Start run");
    });
}

/// Two languages in files of one archive, paired by row because their ids differ.
#[test]
fn an_archive_of_two_languages_is_paired_and_asked() {
    let folder = workspace(&[]);
    let mut window = Window::open(folder.path(), 1440.0, 1000.0);
    let lines = |ids: [&str; 2], texts: [[&str; 3]; 2]| -> String {
        let lines = ids.into_iter().zip(texts).map(|(id, [question, one, two])| {
            format!(r#"{{"no": "{id}", "question": "{question}", "options": ["{one}", "{two}"], "answer": "A"}}"#)
        });
        lines.collect::<Vec<_>>().join("\n")
    };
    let english = lines(
        ["e1", "e2"],
        [
            ["What pumps blood?", "The heart", "The liver"],
            ["How many hours has a day?", "24", "25"],
        ],
    );
    let arabic = lines(
        ["ع1", "ع2"],
        [
            ["ما الذي يضخ الدم؟", "القلب", "الكبد"],
            ["كم ساعة في اليوم؟", "24", "25"],
        ],
    );
    let file = folder.path().join("two.zip");
    std::fs::write(
        &file,
        zip_of(&[
            ("English.jsonl", english.as_bytes()),
            ("Arabic.jsonl", arabic.as_bytes()),
        ]),
    )
    .unwrap();
    window.send(Command::Drop(vec![file]));
    looked(&mut window);
    click(&mut window, Role::RadioButton, "As each file is called");
    looked(&mut window);
    assert_eq!(
        with_draft(&window, |draft| (draft.items().len(), draft.look.pairs.paired)),
        (4, 0)
    );
    click(&mut window, Role::ComboBox, "by");
    click(&mut window, Role::ListBoxOption, "row");
    looked(&mut window);
    window.harness.get_by_label_contains("2 questions in several languages");
    click(&mut window, Role::Button, "Import 4 items");
    kept(&mut window);
    let tied = window.state(|state| {
        let study = state.study.as_ref().unwrap();
        let benchmark = study
            .benchmarks()
            .iter()
            .find(|benchmark| benchmark.name() == "two")
            .unwrap();
        benchmark.items().iter().filter(|item| item.parallel.is_some()).count()
    });
    assert_eq!(tied, 4);
    click(&mut window, Role::Button, "Run it");
    run_and_compare(&mut window, "two", |window| {
        only_the_model(window);
        window.harness.get_by_label("Start run").click();
        window.settle();
    });
}

/// A spreadsheet program of old wrote it: what it is in is asked, not guessed, and can be changed when it reads wrong.
#[test]
fn a_text_in_an_old_encoding_is_read_as_it_is_said() {
    let folder = workspace(&[]);
    let mut window = Window::open(folder.path(), 1440.0, 1000.0);
    let file = folder.path().join("old.csv");
    let (bytes, _, _) = encoding_rs::WINDOWS_1256.encode(STRANGE);
    std::fs::write(&file, bytes).unwrap();
    window.send(Command::ImportFile(file));
    window.wait(|state| matches!(state.benchmarks.import, Some(Importing::Failed { .. })));
    press_on(&mut window, "Read it as Cyrillic, windows-1251");
    looked(&mut window);
    let first = |window: &Window| with_draft(window, |draft| draft.look.guess.columns[1].path.clone());
    assert_ne!(first(&window), "السؤال");
    click(&mut window, Role::ComboBox, "Read as");
    click(&mut window, Role::ListBoxOption, "Arabic, windows-1256");
    looked(&mut window);
    assert_eq!(first(&window), "السؤال");
}
