//! What people do on the pages, and what comes of it.

use std::time::Instant;

use egui::Key;
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use polyclinic::app::benchmarks::Importing;
use polyclinic::app::command::{Command, Page};
use polyclinic::app::matrix::Cell;
use polyclinic::app::models::DownloadsTask;
use polyclinic::app::{State, Task};
use polyclinic::models::download::EntryState;
use polyclinic::runs::{ModelChoice, RunState};
use polyclinic::slices::{Condition, Filter};
use polyclinic::text::controls::Controls;
use polyclinic::text::{self, Frame, TextStyle, Weight};
use polyclinic::workspace::Workspace;

use crate::support::{MODELS, Pages, Window, state, workspace};
use crate::tiny_model;

#[test]
fn a_click_on_a_cell_opens_its_items() {
    let folder = workspace(&MODELS);
    let mut window = Window::open(folder.path(), 1440.0, 900.0);
    assert_eq!(window.state(|state| state.page), Page::Compare);
    // The first click selects, the second opens.
    for page in [Page::Compare, Page::Inspect] {
        window
            .harness
            .get_by_label_contains("gemma-3-270m, everyday medicine, Arabic")
            .click();
        window.settle();
        assert_eq!(window.state(|state| state.page), page);
    }
    window.state(|state| {
        assert_eq!(state.page, Page::Inspect);
        let arabic = Condition::Language(["ar".parse().unwrap()].into());
        let asked = Condition::Asked("gemma-3-270m".into());
        assert_eq!(state.inspect.filter.conditions(), [arabic, asked]);
        assert_eq!(state.inspect.listed.len(), 48);
    });
    // The Arabic question is there for a screen reader, in logical order.
    window.harness.get_by_label("أي علامة حيوية تقاس بكفة تلف حول العضد؟");
    window
        .harness
        .get_by_label("Which vital sign is measured with a cuff around the upper arm?");
    window.harness.get_by_label_contains("أ. ضغط الدم, right answer");
}

#[test]
fn arrows_and_enter_walk_the_matrix() {
    let mut pages = Pages::new(state(&MODELS), Harness::builder().with_size([1440.0, 900.0]));
    let selected = |pages: &Pages| pages.state().compare.selected.clone().unwrap();
    assert_eq!(selected(&pages).language.tag(), "en");
    for key in [Key::ArrowRight, Key::ArrowDown] {
        pages.harness.key_press(key);
        pages.settle();
    }
    assert_eq!(
        (selected(&pages).model.as_str(), selected(&pages).language.tag()),
        // By their names, in capitals or not.
        (MODELS[0], "ar")
    );
    pages.harness.key_press(Key::Enter);
    pages.settle();
    assert_eq!(pages.state().page, Page::Inspect);
    let arabic = Condition::Language(["ar".parse().unwrap()].into());
    assert!(pages.state().inspect.filter.conditions().contains(&arabic));
    // The letters of the keys act where no text is typed.
    pages.harness.key_press(Key::J);
    pages.settle();
    assert_eq!(pages.state().inspect.selected, 1);
    pages.harness.key_press(Key::K);
    pages.settle();
    assert_eq!(pages.state().inspect.selected, 0);
}

#[test]
fn what_is_typed_into_the_search_narrows_the_list_and_is_no_command() {
    let mut state = state(&MODELS);
    state.page = Page::Inspect;
    let mut pages = Pages::new(state, Harness::builder().with_size([1440.0, 900.0]));
    pages.harness.get_by_label("Search items").click();
    pages.settle();
    pages.harness.event(egui::Event::Text("scurvy".to_owned()));
    pages.harness.key_press(Key::J);
    pages.settle();
    assert_eq!(pages.state().inspect.filter.text(), "scurvy");
    assert_eq!(pages.state().inspect.selected, 0);
    let listed = pages.state().inspect.listed.len();
    assert!((1..10).contains(&listed), "{listed}");
}

#[test]
fn a_search_finds_what_is_written_in_another_way() {
    let mut pages = Pages::new(state(&MODELS), Harness::builder().with_size([1440.0, 900.0]));
    let study = pages.state().study.clone().unwrap();
    let mut listed = |search: &str| {
        let filter = Filter::default().looking_for(search);
        pages.harness.state_mut().0.apply(Command::SetFilter(filter));
        pages.state().inspect.listed.clone()
    };
    // With points, tatweel and another alef; in capitals; a name with its marks.
    let plain = listed("الدم");
    assert!(plain.len() > 3);
    for written in ["الدَّمُ", "الـدم", "ٱلدم"] {
        assert_eq!(listed(written), plain, "{written}");
    }
    assert_eq!(listed("SCURVY"), listed("scurvy"));
    assert_eq!(listed("vitamín Ć"), listed("vitamin c"));
    // Every digit is found by every other.
    let digits = listed("٣٧");
    assert_eq!(digits, listed("37"));
    assert!(!digits.is_empty());
    assert_eq!(listed("").len(), study.entries.len());
    assert!(listed("no such words anywhere").is_empty());
}

#[test]
fn a_measured_nought_differs_from_what_was_not_run() {
    let pages = Pages::new(state(&MODELS[..1]), Harness::builder().with_size([1440.0, 900.0]));
    let matrix = &pages.state().compare.matrix;
    let cells = matrix
        .columns()
        .map(|(group, language)| matrix.cell(&matrix.key(MODELS[0], group, language)));
    assert!(cells.into_iter().all(|cell| matches!(cell, Cell::Measured(_))));
    let absent = matrix
        .columns()
        .next()
        .map(|(group, language)| matrix.key("another", group, language))
        .unwrap();
    assert_eq!(matrix.cell(&absent), Cell::NotRun);
}

#[test]
fn the_form_starts_the_run_that_was_chosen() {
    let mut pages = Pages::new(state(&[]), Harness::builder().with_size([1440.0, 900.0]));
    pages.harness.key_press_modifiers(egui::Modifiers::COMMAND, Key::N);
    pages.settle();
    assert_eq!(pages.state().page, Page::Runs);
    // Everything that is here is chosen at first; take away a model and all languages, then choose one.
    for label in ["Gemma 3 270M", "Qwen2.5 72B Instruct", "All languages", "Arabic"] {
        pages.harness.get_by_label(label).click();
        pages.settle();
    }
    for (field, typed) in [("Shots", "5"), ("Items per language", "20"), ("Seed", "7")] {
        pages.harness.get_by_label(field).click();
        pages.settle();
        pages.harness.key_press_modifiers(egui::Modifiers::COMMAND, Key::A);
        pages.harness.event(egui::Event::Text(typed.to_owned()));
        pages.settle();
    }
    pages.harness.get_by_label("Start run").click();
    pages.settle();
    let [Task::Run { request, agreed }] = pages.tasks() else {
        panic!("{:?}", pages.tasks())
    };
    let file = ModelChoice::File("/models/smollm2.gguf".into());
    assert_eq!(request.models, [("smollm2".to_owned(), file)]);
    assert!(agreed.is_empty());
    assert_eq!(request.benchmarks, ["everyday-medicine"]);
    assert_eq!(
        request
            .languages
            .iter()
            .map(|language| language.tag())
            .collect::<Vec<_>>(),
        ["ar"]
    );
    assert_eq!(request.limit, Some(20));
    assert_eq!((request.protocol.shots, request.protocol.seed), (5, 7));
}

#[test]
fn a_download_is_asked_for_and_cancelled() {
    let mut state = state(&[]);
    state.page = Page::Models;
    let mut pages = Pages::new(state, Harness::builder().with_size([1440.0, 900.0]));
    pages.harness.get_by_label_contains("Get BiMediX").click();
    pages.settle();
    let [Task::Downloads(DownloadsTask::Add(order))] = pages.tasks() else {
        panic!("{:?}", pages.tasks())
    };
    assert_eq!(order.file.as_ref().unwrap().as_str(), "bimedix.gguf");
    let mut running = crate::downloads::entry(9, "bimedix.gguf", EntryState::Running);
    running.order = order.clone();
    pages.harness.state_mut().0.models.hub.known.entries = vec![running];
    pages.settle();
    pages.harness.get_by_label_contains("1 download asked for");
    pages
        .harness
        .get_by_label_contains("Cancel download of BiMediX")
        .click();
    pages.settle();
    assert!(matches!(
        pages.tasks().last(),
        Some(Task::Downloads(DownloadsTask::Remove(9)))
    ));
}

#[test]
fn a_folder_is_asked_for_and_may_be_dropped() {
    let mut asking = state(&[]);
    asking.page = Page::Models;
    let mut pages = Pages::new(asking, Harness::builder().with_size([1440.0, 900.0]));
    pages.harness.get_by_label("Add a folder").click();
    pages.settle();
    assert!(matches!(pages.tasks(), [Task::ChooseModelFolder]));

    let folder = tempfile::tempdir().unwrap();
    let model = folder.path().join("Tiny-1.5");
    std::fs::create_dir(&model).unwrap();
    std::fs::write(model.join("config.json"), "{}").unwrap();
    let mut dropping = state(&[]);
    let tasks = dropping.apply(Command::Drop(vec![model.clone(), model.join("config.json")]));
    assert!(matches!(&tasks[..], [Task::AddModel(first), Task::AddModel(_)] if *first == model));
    assert_eq!(dropping.page, Page::Models);
    std::fs::remove_file(model.join("config.json")).unwrap();
    assert!(dropping.apply(Command::Drop(vec![model])).is_empty());
    assert_eq!(dropping.notices.len(), 1);
}

#[test]
fn an_import_says_what_was_left_out_and_keeps_the_rest() {
    let folder = workspace(&[]);
    let mut window = Window::open(folder.path(), 1440.0, 900.0);
    let file = folder.path().join("أسئلة.csv");
    let rows = "id,language,question,option_a,option_b,answer\n\
        1,ar,ما لون الدم؟,أحمر,أزرق,A\n2,ar,,أحمر,أزرق,A\n3,ar,كم ساعة في اليوم؟,24,25,C\n";
    std::fs::write(&file, rows).unwrap();
    window.send(Command::Drop(vec![file]));
    window.wait(|state| matches!(state.benchmarks.import, Some(Importing::Read { .. })));
    window.harness.get_by_label_contains("line 3, 2: The question is empty");
    assert!(window.harness.get_all_by_label_contains("ما لون الدم؟").count() > 0);
    window.harness.get_by_label("Import 1 item").click();
    window.wait(|state| state.benchmarks.import.is_none());
    window.wait(|state| state.study.as_ref().is_some_and(|study| study.benchmarks().len() == 2));
    assert_eq!(
        window.state(|state| state.benchmarks.selected.clone()).as_deref(),
        Some("أسئلة")
    );
}

#[test]
fn a_file_that_is_no_benchmark_says_so() {
    let folder = workspace(&[]);
    let mut window = Window::open(folder.path(), 1440.0, 900.0);
    let file = folder.path().join("broken.parquet");
    std::fs::write(&file, "no parquet").unwrap();
    window.send(Command::Drop(vec![file, folder.path().join("notes.docx")]));
    window.wait(|state| matches!(state.benchmarks.import, Some(Importing::Failed { .. })));
    window.harness.get_by_label("Nothing was imported.");
    window.harness.get_by_label("This kind of file cannot be opened here.");
}

#[test]
fn a_workspace_that_is_held_elsewhere_opens_read_only() {
    let folder = workspace(&MODELS);
    let held = Workspace::open(folder.path()).unwrap();
    let mut window = Window::open(folder.path(), 1440.0, 900.0);
    window.harness.get_by_label_contains("Read only: ");
    window.send(Command::NewRun);
    window.send(Command::StartRun);
    assert!(window.state(|state| state.runs.live.is_none()));
    drop(held);
}

#[test]
fn a_folder_that_is_no_workspace_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let window = Window::open(&folder.path().join("nothing"), 1440.0, 900.0);
    window.harness.get_by_label("The workspace could not be read.");
}

/// Says how long a frame takes with many items; the figure depends on the machine, so nothing is asserted.
#[test]
fn a_long_list_draws_only_what_is_in_sight() {
    let mut state = state(&MODELS);
    state.page = Page::Inspect;
    let study = state.study.clone().unwrap();
    let benchmark = &study.benchmarks()[0];
    let many = (0..20_usize).flat_map(|copy| {
        benchmark.items().iter().map(move |item| {
            let mut fields = item.clone().into_fields();
            fields.key.id = format!("{}-{copy}", fields.key.id);
            polyclinic::benchmarks::Item::new(fields).unwrap()
        })
    });
    let many = polyclinic::benchmarks::Benchmark::new("many", benchmark.description.clone(), many.collect()).unwrap();
    let ledger = polyclinic::runs::ledger::Ledger::of([many], []);
    let study = polyclinic::app::study::Study::new(study.root.clone(), study.name.clone(), None, ledger, Vec::new());
    state.show_study(std::sync::Arc::new(study));
    let mut pages = Pages::new(state, Harness::builder().with_size([1440.0, 900.0]));
    assert_eq!(pages.state().inspect.listed.len(), 13_440);
    let begun = Instant::now();
    for _ in 0..100 {
        pages.harness.key_press(Key::J);
        pages.harness.step();
    }
    eprintln!("13,440 items: {:.2} ms a frame", begun.elapsed().as_secs_f64() * 10.0);
    assert_eq!(pages.state().inspect.selected, 100);
}

/// From the form to the matrix, stopped and resumed on the way, with a tiny model of random weights.
#[test]
fn a_run_goes_from_the_form_to_the_matrix() {
    let folder = workspace(&[]);
    let model = folder.path().join("tiny.gguf");
    tiny_model::write(&model, &tiny_model::Shape::llama());
    let mut window = Window::open(folder.path(), 1440.0, 900.0);
    window.send(Command::NewRun);
    let mut form = window.state(|state| state.runs.form.clone()).unwrap();
    form.models = [("tiny".to_owned(), ModelChoice::File(model))].into();
    form.languages = ["en", "ar", "zh"].map(|tag| tag.parse().unwrap()).into();
    window.send(Command::EditForm(Box::new(form)));
    // Stopped while the model is still being hashed, nothing has happened, and that is no failure.
    let form = window.state(|state| state.runs.form.clone()).unwrap();
    window.send(Command::StartRun);
    window.send(Command::CancelRun);
    window.wait(|state| state.runs.live.is_none());
    assert!(window.state(|state| state.notices.is_empty()));

    let earlier = window.state(|state| state.study.as_ref().unwrap().runs().len());
    window.send(Command::NewRun);
    window.send(Command::EditForm(Box::new(form)));
    window.harness.get_by_label("Start run").click();
    window.settle();
    window.wait(|state| state.study.as_ref().is_some_and(|study| study.runs().len() > earlier));
    window.wait(|state| state.runs.live.as_ref().is_none_or(|live| live.done > 0));
    window.send(Command::CancelRun);
    let ended = |state: &State| {
        let study = state.study.as_ref().unwrap();
        let record = study.runs().last().map(|run| (run.record.id.clone(), run.record.state));
        record.filter(|(_, run)| state.runs.live.is_none() && *run != RunState::Unfinished)
    };
    window.wait(|state| ended(state).is_some());
    let (id, how) = window.state(ended).unwrap();
    if how != RunState::Finished {
        assert_eq!(how, RunState::Cancelled);
        window.harness.get_by_label(&format!("Resume {id}")).click();
        window.settle();
        window.wait(|state| ended(state).is_some_and(|(_, how)| how == RunState::Finished));
    }
    window.state(|state| {
        let matrix = &state.compare.matrix;
        assert_eq!(matrix.columns().count(), 3);
        for (group, language) in matrix.columns() {
            let cell = matrix.cell(&matrix.key("tiny", group, language));
            assert!(matches!(cell, Cell::Measured(measure) if measure.n == 48), "{cell:?}");
        }
    });
}

#[test]
fn a_text_file_called_gguf_is_not_added() {
    let folder = workspace(&[]);
    let mut window = Window::open(folder.path(), 1440.0, 900.0);
    let file = folder.path().join("notes.gguf");
    std::fs::write(&file, "these are notes, not weights").unwrap();
    window.send(Command::Drop(vec![file]));
    window.wait(|state| !state.notices.is_empty());
    assert_eq!(window.state(|state| state.page), Page::Models);
    window.harness.get_by_label("The model was not added.");
    let before = window.state(|state| state.models.list.len());
    window.harness.get_by_label("Dismiss").click();
    window.settle();
    assert!(window.state(|state| state.notices.is_empty() && state.models.list.len() == before));
}

#[test]
fn characters_without_a_font_are_told_of_once() {
    let mut pages = Pages::new(state(&MODELS), Harness::builder().with_size([1440.0, 900.0]));
    pages.settle();
    assert!(pages.harness.query_by_label_contains("no font").is_none());
    let style = TextStyle {
        size: 14.0,
        line_height: 20.0,
        weight: Weight::Regular,
        language: None,
        controls: Controls::Obeyed,
        pitch: Default::default(),
    };
    for text in ["a dose of \u{10fffd}", "\u{10fffc}, \u{10fffd}"] {
        text::lay_out(&pages.harness.ctx, text, &style, &Frame::UNLIMITED);
    }
    pages.settle();
    let notice = pages.harness.get_by_label("2 characters have no font");
    let description = notice.accesskit_node().description().unwrap();
    assert!(
        description.contains("U+10FFFC, U+10FFFD, met in 2 texts"),
        "{description}"
    );
    assert!(description.contains("Install a font"));

    // Dismissed by keyboard, it comes back once there is more to tell.
    let dismiss = "Dismiss: 2 characters have no font";
    pages.harness.get_by_label(dismiss).focus();
    pages.settle();
    pages.harness.key_press(Key::Enter);
    pages.settle();
    assert!(pages.harness.query_by_label_contains("no font").is_none());
    text::lay_out(&pages.harness.ctx, "\u{10fffb}", &style, &Frame::UNLIMITED);
    pages.settle();
    pages.harness.get_by_label("Dismiss: 3 characters have no font").click();
    pages.settle();
    assert!(pages.harness.query_by_label_contains("no font").is_none());
}

#[test]
fn inspect_comes_to_rest_with_every_row_set_and_the_next_item_ready() {
    let mut state = state(&MODELS);
    state.page = Page::Inspect;
    let builder = Harness::builder().with_size([1440.0, 900.0]).with_max_steps(200);
    let mut pages = Pages::new(state, builder);
    assert!(pages.harness.try_run().is_ok());
    pages.harness.key_press(Key::J);
    assert!(pages.harness.try_run().is_ok());
}
