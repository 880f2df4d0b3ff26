//! The matrix and the finding of Compare: by keyboard alone, by what assistive technology is told, and in pictures.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use egui::{Key, Modifiers, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use polyclinic::app::State;
use polyclinic::app::command::Page;
use polyclinic::app::compare::command::CompareCommand;
use polyclinic::app::compare::layout::Line;
use polyclinic::app::compare::reckoner::{Question, Reckoner};
use polyclinic::app::compare::view::{ColumnGroups, Mode, RowGroups};
use polyclinic::app::study::Study;
use polyclinic::benchmarks::{Benchmark, Description, Item, ItemFields, ItemKey};
use polyclinic::prompts::Protocol;
use polyclinic::runs::ledger::{Correction, Corrections, Ledger};
use polyclinic::scoring::{Answer, Outcome};
use polyclinic::slices::{Condition, Filter, Slice};

use crate::accessibility::check;
use crate::support::{Pages, chance, record};

/// Names as the models of a study have them.
pub const STUDY: [&str; 11] = [
    "Qwen2.5-3B-Instruct",
    "Qwen2.5-7B-Instruct",
    "Pangea-7B",
    "Mistral-7B-Instruct-v0.3",
    "Llama3.1-8B-Instruct",
    "SILMA-9B-Instruct-v1.0",
    "Llama-3.1-70B-Instruct",
    "BiMediX (ثنائي اللغة)",
    "Med42-Llama3.1-70B",
    "Qwen2.5-72B-Instruct",
    "نموذج الطب العربي",
];

pub const LANGUAGES: [&str; 12] = ["en", "ar", "zh", "fr", "de", "es", "hi", "ja", "ko", "sw", "yo", "th"];
pub const TASKS: [(&str, usize); 4] = [("pubmedqa", 50), ("medmcqa", 80), ("medqa", 120), ("mmlu medical", 60)];

pub fn benchmark(languages: &[&str], tasks: &[(&str, usize)]) -> Benchmark {
    let mut items = Vec::new();
    for (task, count) in tasks {
        for language in languages {
            for number in 0..*count {
                let fields = ItemFields {
                    key: ItemKey {
                        id: format!("{task}-{language}-{number}"),
                        language: language.parse().unwrap(),
                    },
                    task: (*task).to_owned(),
                    subject: None,
                    parallel: Some(format!("{task}-{number}")),
                    context: None,
                    question: format!("Question {number} of {task}?"),
                    options: ["a", "b", "c", "d"].map(str::to_owned).to_vec(),
                    right: vec![number % 4],
                    rationale: None,
                    extra: Default::default(),
                };
                items.push(Item::new(fields).unwrap());
            }
        }
    }
    Benchmark::new("exams", Description::default(), items).unwrap()
}

/// Answers made up: a model's skill differs by task and language. The last model was not run on the second task, the
/// one before failed there in English.
pub fn ledger(models: &[&str], languages: &[&str], tasks: &[(&str, usize)]) -> Ledger {
    let benchmark = benchmark(languages, tasks);
    let mut answers = Vec::new();
    for (place, model) in models.iter().enumerate() {
        for item in benchmark.items() {
            let language = item.key.language.tag();
            let second = tasks.get(1).is_some_and(|(task, _)| *task == item.task);
            if second && place > 0 && place + 1 == models.len() {
                continue;
            }
            let mut answer = Answer::failed(model, "exams", item, 90, "the connection was lost".to_owned());
            if !(second && language == "en" && place > 0 && place + 2 == models.len()) {
                let skill = 0.25 + 0.6 * chance(&[model, language, &item.task]);
                let right = chance(&[model, &item.key.id]) < skill;
                answer.error = None;
                answer.outcome = if right { Outcome::Right } else { Outcome::Wrong };
                answer.choices = vec![if right { item.right[0] } else { (item.right[0] + 1) % 4 }];
            }
            answers.push(answer);
        }
    }
    let record = record(&benchmark, models, Protocol::default());
    Ledger::of([benchmark], [(&record, answers.as_slice())])
}

pub fn state_of(ledger: Ledger) -> State {
    let mut state = State::default();
    let study = Study::new("/srv/study".into(), "Arabic study".into(), None, ledger, Vec::new());
    state.show_study(Arc::new(study));
    state
}

pub fn open(models: &[&str], languages: &[&str], tasks: &[(&str, usize)]) -> Pages {
    let state = state_of(ledger(models, languages, tasks));
    Pages::new(state, Harness::builder().with_size([1440.0, 900.0]))
}

pub fn press(pages: &mut Pages, keys: &[Key]) {
    for key in keys {
        pages.harness.key_press(*key);
        pages.settle();
    }
}

fn selected(pages: &Pages) -> (String, String, String) {
    let key = pages.state().compare.selected.clone().unwrap();
    (key.model, key.task, key.language.tag().to_owned())
}

/// What is asked once Compare is narrowed to what one language was asked, or to nothing.
fn narrowed(state: &mut State, tag: Option<&str>) -> Vec<Question> {
    let slice = tag.map(|tag| Slice {
        name: tag.parse().unwrap(),
        filter: Filter::default().with(Condition::Language([tag.parse().unwrap()].into())),
        rest: Default::default(),
    });
    state.apply(CompareCommand::Slice(slice).into());
    state.questions()
}

fn take(state: &mut State, questions: &[Question]) {
    for question in questions {
        state.take_reckoned(question.answer());
    }
}

/// The languages of the questions that every number stands on.
fn selected_languages(state: &State) -> BTreeSet<String> {
    let ledger = &state.study.as_ref().unwrap().ledger;
    let questions = state.compare.selection.questions();
    let items = questions.map(|question| ledger.item(question).unwrap());
    items.map(|item| item.key.language.tag().to_owned()).collect()
}

#[test]
fn numbers_are_of_the_slice_chosen_last_whatever_is_found_last() {
    let mut state = state_of(ledger(&THREE, &LANGUAGES[..3], &TASKS[..1]));
    let all = state.compare.selection.len();
    let arabic = narrowed(&mut state, Some("ar"));
    let chinese = narrowed(&mut state, Some("zh"));
    assert_eq!(state.compare.selection.len(), all, "not found yet");
    take(&mut state, &chinese);
    take(&mut state, &arabic);
    assert_eq!(selected_languages(&state), BTreeSet::from(["zh".to_owned()]));
    let tables = state.questions();
    take(&mut state, &tables);
    assert_eq!(state.compare.matrix.columns().count(), 1);
    // What is found of a slice that is no longer chosen changes nothing.
    let arabic = narrowed(&mut state, Some("ar"));
    narrowed(&mut state, None);
    take(&mut state, &arabic);
    assert_eq!(state.compare.selection.len(), all);
    assert!(state.compare.slice.is_none());
}

#[test]
fn a_slice_is_no_longer_looked_for_once_another_is_chosen() {
    let mut state = state_of(ledger(&THREE, &LANGUAGES[..3], &TASKS[..1]));
    let mut reckoner = Reckoner::start(&egui::Context::default()).unwrap();
    let [arabic] = narrowed(&mut state, Some("ar")).try_into().unwrap();
    let [chinese] = narrowed(&mut state, Some("zh")).try_into().unwrap();
    let cancelled = arabic.steps.cancel.clone();
    reckoner.submit(arabic);
    assert!(!cancelled.is_cancelled());
    reckoner.submit(chinese);
    assert!(cancelled.is_cancelled());
    let begun = Instant::now();
    while state.compare.selection.len() == state.study.as_ref().unwrap().ledger.len() {
        assert!(begun.elapsed() < Duration::from_secs(60), "the slice was never found");
        while let Some(reckoned) = reckoner.try_answer() {
            state.take_reckoned(reckoned);
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(selected_languages(&state), BTreeSet::from(["zh".to_owned()]));
}

pub const THREE: [&str; 3] = ["Qwen2.5-7B", "Llama-3.1-70B", "gemma-3-270m"];

#[test]
fn two_cells_are_compared_by_keyboard_alone() {
    let mut pages = open(&THREE, &LANGUAGES[..2], &TASKS[..2]);
    // By name with numbers in order, medmcqa before pubmedqa.
    assert_eq!(selected(&pages), ("gemma-3-270m".into(), "medmcqa".into(), "en".into()));
    press(&mut pages, &[Key::ArrowRight, Key::ArrowRight]);
    assert_eq!(selected(&pages).1, "pubmedqa");
    // Where intervals overlap too the highest and the lowest are named, as seen, and no test is made of it.
    pages.harness.get_by_label_contains("Highest: ");
    pages.harness.get_by_label_contains("Lowest: ");
    pages.harness.key_press_modifiers(Modifiers::SHIFT, Key::Enter);
    pages.settle();
    press(&mut pages, &[Key::ArrowDown]);
    let comparison = pages.state().compare.pair().unwrap().unwrap().clone();
    assert_eq!(comparison.pairs.n(), 50);
    assert_eq!(comparison.family, 3, "three models make three pairs");
    pages.harness.get_by_label_contains("two selected cells");
    pages.harness.get_by_label_contains("p after Holm: ");
    pages.harness.get_by_label("Copy sentence");
    // The counts stand below the bar, however narrow its sides are.
    let counts = [comparison.pairs.only_first, comparison.pairs.only_second];
    let shapes = pages.harness.output().shapes.iter();
    let texts = shapes.filter_map(|clipped| match &clipped.shape {
        egui::Shape::Text(shape) => Some(shape.galley.job.text.clone()),
        _ => None,
    });
    let below: Vec<String> = texts.filter(|text| text.contains(" only ")).collect();
    for count in counts {
        assert!(
            below.iter().any(|text| text.starts_with(&format!("{count} only "))),
            "{below:?}"
        );
    }
    let before = pages.state().compare.selected.clone();
    press(&mut pages, &[Key::X]);
    assert_eq!(pages.state().compare.against, before);
    let swapped = pages.state().compare.pair().unwrap().unwrap();
    assert!((swapped.difference() + comparison.difference()).abs() < 1e-12);
    press(&mut pages, &[Key::ArrowRight]);
    let both = pages.state().compare.pair().unwrap();
    assert!(both.is_err(), "model and language differ");
    pages.harness.get_by_label("These two cells are not compared.");
    press(&mut pages, &[Key::ArrowDown]);
    assert!(
        pages.state().compare.pair().unwrap().is_ok(),
        "one model in two languages"
    );
    press(&mut pages, &[Key::Escape]);
    assert_eq!(pages.state().compare.against, None);
    // With nothing to swap the selected cell stays, and the finding with it.
    let before = pages.state().compare.selected.clone();
    press(&mut pages, &[Key::Escape, Key::X]);
    assert!(before.is_some());
    assert_eq!(pages.state().compare.selected, before);
}

#[test]
fn keys_pin_show_differences_and_open() {
    let mut pages = open(&THREE, &LANGUAGES[..2], &TASKS[..2]);
    press(&mut pages, &[Key::Space]);
    assert!(pages.state().compare.pinned.contains("gemma-3-270m"));
    press(&mut pages, &[Key::D]);
    let compare = &pages.state().compare;
    assert_eq!(
        (compare.view.mode, compare.view.baseline.as_deref()),
        (Mode::Delta, Some("gemma-3-270m"))
    );
    assert_eq!(
        compare.deltas().unwrap().cells.len(),
        4,
        "two models, two languages of one task"
    );
    pages.harness.get_by_label_contains("Llama-3.1-70B, pubmedqa, Arabic, ");
    let said = pages.harness.get_by_label_contains("Qwen2.5-7B, pubmedqa, Arabic, ");
    let words = said.accesskit_node().label().unwrap();
    assert!(words.contains(" points, n 50, "), "{words}");
    press(&mut pages, &[Key::D, Key::Space]);
    assert_eq!(pages.state().compare.view.mode, Mode::Accuracy);
    assert!(pages.state().compare.pinned.is_empty());
    // What was not run has no items to open.
    press(&mut pages, &[Key::Enter]);
    assert_eq!(pages.state().page, Page::Compare);
    press(&mut pages, &[Key::ArrowRight, Key::ArrowRight, Key::Enter]);
    assert_eq!(pages.state().page, Page::Inspect);
}

#[test]
fn a_head_sorts_by_its_column_from_the_keyboard() {
    let mut pages = open(&THREE, &LANGUAGES[..2], &TASKS[..2]);
    for (descending, said) in [(true, "descending now"), (false, "ascending now")] {
        pages.harness.get_by_label_contains("Sort by pubmedqa, Arabic").focus();
        press(&mut pages, &[Key::Enter]);
        pages.harness.get_by_label(&format!("Sort by pubmedqa, Arabic, {said}"));
        let compare = &pages.state().compare;
        let column = compare.layout.cell_columns().nth(3).unwrap();
        let accuracies: Vec<f64> = compare
            .layout
            .models()
            .filter_map(|model| Some(compare.matrix.measure(&column.of(model))?.accuracy))
            .collect();
        assert_eq!(accuracies.len(), 3);
        let sorted = accuracies.is_sorted_by(|one, other| if descending { one >= other } else { one <= other });
        assert!(sorted, "{accuracies:?}");
    }
}

#[test]
fn cells_say_what_they_hold() {
    let ledger = ledger(&THREE, &LANGUAGES[..2], &TASKS);
    let mut corrections = Corrections::default();
    for number in 0..12 {
        let key = ItemKey {
            id: format!("medqa-ar-{number}"),
            language: "ar".parse().unwrap(),
        };
        corrections.insert("exams", key, Correction::LeftOut);
    }
    let state = state_of(ledger.corrected(corrections));
    let mut pages = Pages::new(state, Harness::builder().with_size([1440.0, 900.0]));
    pages
        .harness
        .get_by_label_contains("gemma-3-270m, medmcqa, English, not run");
    pages
        .harness
        .get_by_label_contains("Llama-3.1-70B, medmcqa, English, failed, 80 items");
    let measure = |model: &str, task: &str, language: &str| {
        let matrix = &pages.state().compare.matrix;
        let group = matrix.groups.iter().find(|group| group.task == task).unwrap();
        matrix
            .measure(&matrix.key(model, group, &language.parse().unwrap()))
            .unwrap()
    };
    let found = measure("Qwen2.5-7B", "medqa", "ar");
    assert_eq!((found.n, found.left_out), (108, 12));
    let words = format!(
        "Qwen2.5-7B, medqa, Arabic, {:.1} percent, n 108, {:.1} to {:.1}, 12 of 120 left out",
        found.accuracy * 100.0,
        found.low * 100.0,
        found.high * 100.0
    );
    pages.harness.get_by_label(&words);
    pages
        .harness
        .get_by_label_contains("gemma-3-270m, mean of tasks, English, 3 of 4 tasks");
    pages.harness.get_by_label("Pin Qwen2.5-7B, 7.0 B, this machine");
    // A published figure is no cell of one's own, and rows of those alone are folded.
    assert_eq!(pages.harness.query_all_by_label_contains(", published only").count(), 0);
    pages.harness.get_by_label_contains("Published only (").focus();
    pages.settle();
    press(&mut pages, &[Key::Enter]);
    let published = pages.harness.get_all_by_label_contains(", medqa, Arabic, ");
    let own = published.filter(|node| {
        node.accesskit_node()
            .label()
            .is_some_and(|label| label.ends_with("published"))
    });
    assert!(own.count() > 0);
    check(&pages, "Compare with published figures");
}

#[test]
fn rows_and_columns_stand_in_groups() {
    let mut pages = open(&THREE, &LANGUAGES, &TASKS[..1]);
    let mut send = |command: CompareCommand| {
        pages.harness.state_mut().0.apply(command.into());
        pages.settle();
        let layout = &pages.state().compare.layout;
        let headings = layout.lines.iter().filter_map(|line| match line {
            Line::Heading(title) => Some(title.clone()),
            Line::Model(_) | Line::Published(_) | Line::Fold { .. } => None,
        });
        let titles = layout.sections.iter().map(|section| section.title.clone());
        (headings.collect::<Vec<_>>(), titles.collect::<Vec<_>>())
    };
    send(CompareCommand::TogglePublished);
    assert_eq!(
        send(CompareCommand::GroupRows(RowGroups::Family)).0,
        ["Gemma", "Llama", "Qwen"]
    );
    assert_eq!(
        send(CompareCommand::GroupRows(RowGroups::Size)).0,
        ["Under 4 B", "4 to 16 B", "50 B and more"]
    );
    assert_eq!(send(CompareCommand::GroupRows(RowGroups::Ran)).0, ["This machine"]);
    let titles = send(CompareCommand::GroupColumns(ColumnGroups::Resources)).1;
    assert_eq!(titles, ["High-resource", "Mid-resource", "Low-resource", "Mean"]);
    assert_eq!(send(CompareCommand::GroupColumns(ColumnGroups::Language)).1.len(), 12);
    assert_eq!(send(CompareCommand::FindModel("qwen".into())).0, ["This machine"]);
    assert_eq!(
        pages.state().compare.layout.models().collect::<Vec<_>>(),
        ["Qwen2.5-7B"]
    );
}

#[test]
fn only_rows_in_sight_are_drawn_and_the_keys_reach_all() {
    let names: Vec<String> = (1..=56).map(|number| format!("model-{number}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut pages = open(&names, &LANGUAGES, &[("pubmedqa", 4), ("medqa", 4)]);
    pages
        .harness
        .state_mut()
        .0
        .apply(CompareCommand::TogglePublished.into());
    pages.settle();
    let drawn = pages.harness.get_all_by_label_contains("model-").count();
    assert!((100..800).contains(&drawn), "{drawn} of {}", 56 * 24);
    press(
        &mut pages,
        &[
            Key::End,
            Key::PageDown,
            Key::PageDown,
            Key::PageDown,
            Key::PageDown,
            Key::PageDown,
        ],
    );
    press(&mut pages, &[Key::PageDown]);
    let (model, task, language) = selected(&pages);
    assert_eq!(
        (model.as_str(), task.as_str(), language.as_str()),
        ("model-56", "pubmedqa", "yo")
    );
    let cell = pages.harness.get_by_label_contains("model-56, pubmedqa, Yoruba, ");
    assert!(
        cell.rect().max.y < 900.0 && cell.rect().max.x < 1440.0,
        "{:?}",
        cell.rect()
    );
    // A search leaves one.
    pages.harness.key_press_modifiers(Modifiers::COMMAND, Key::F);
    pages.settle();
    pages.harness.event(egui::Event::Text("model-31".to_owned()));
    pages.settle();
    assert_eq!(pages.state().compare.layout.models().collect::<Vec<_>>(), ["model-31"]);
}

#[test]
fn a_click_on_a_cell_half_out_of_sight_brings_it_into_sight() {
    let names: Vec<String> = (1..=30).map(|number| format!("model-{number}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut pages = open(&names, &LANGUAGES, &[("pubmedqa", 4), ("medqa", 4)]);
    press(&mut pages, &[Key::ArrowDown, Key::ArrowDown]);
    let place = |pages: &Pages| {
        let cell = pages.harness.get_by_label_contains("model-1, medqa, English, ");
        cell.rect()
    };
    let whole = place(&pages);
    pages.harness.hover_at(whole.center());
    pages.harness.event(egui::Event::MouseWheel {
        unit: egui::MouseWheelUnit::Point,
        delta: vec2(-30.0, -17.0),
        source: egui::MouseWheelSource::Unknown,
        phase: egui::TouchPhase::Move,
        modifiers: Modifiers::NONE,
    });
    pages.harness.run_steps(40);
    let half = place(&pages);
    assert!(
        half.left() < whole.left() - 20.0 && half.top() < whole.top() - 10.0,
        "{half:?} was {whole:?}"
    );
    let at = half.max - vec2(6.0, 6.0);
    pages.harness.hover_at(at);
    pages.settle();
    for pressed in [true, false] {
        pages.harness.event(egui::Event::PointerButton {
            pos: at,
            button: egui::PointerButton::Primary,
            pressed,
            modifiers: Modifiers::NONE,
        });
    }
    pages.harness.run_steps(60);
    assert_eq!(selected(&pages), ("model-1".into(), "medqa".into(), "en".into()));
    let shown = place(&pages);
    assert!((shown.min - whole.min).length() < 1.0, "{shown:?}, whole at {whole:?}");
}

#[test]
fn the_foot_of_the_finding_has_room_for_all_its_buttons() {
    let mut pages = open(&THREE, &LANGUAGES[..1], &[("medqa", 8000)]);
    pages.settle();
    press(&mut pages, &[Key::ArrowDown]);
    pages.harness.key_press_modifiers(Modifiers::SHIFT, Key::Enter);
    press(&mut pages, &[Key::ArrowUp]);
    let pairs = pages.state().compare.pair().unwrap().unwrap().pairs;
    assert!(pairs.only_first > 999 || pairs.only_second > 999, "{pairs:?}");
    let buttons = ["Open the ", "Copy sentence", CompareCommand::Drop.text()];
    let mut left = 0.0;
    for button in buttons {
        let rect = pages.harness.get_by_label_contains(button).rect();
        assert!(
            rect.left() >= left && rect.right() <= 1440.0 - 12.0,
            "{button} at {rect:?}"
        );
        left = rect.right();
    }
}

#[test]
fn names_of_tasks_stand_as_they_are_written() {
    let pages = open(
        &THREE,
        &LANGUAGES[..2],
        &[("diagnosis", 4), ("أمراض القلب", 4), ("eGFR", 4)],
    );
    let sections = &pages.state().compare.layout.sections;
    let titles: Vec<&str> = sections.iter().map(|section| section.title.as_str()).collect();
    assert_eq!(titles, ["diagnosis", "eGFR", "أمراض القلب", "Mean of tasks"]);
}
