//! The Benchmarks page: a stranger's file from drop to preview to run, and known benchmarks on their way here.

use std::collections::BTreeSet;
use std::process::Command as Process;

use egui::accesskit::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable};
use polyclinic::app::Task;
use polyclinic::app::benchmarks::{BenchmarksCommand, Getting, Importing, Section};
use polyclinic::app::command::{Command, Page};
use polyclinic::benchmarks::import::{Field, ImportOptions};
use polyclinic::benchmarks::known;

use crate::hub::Server;
use crate::spreadsheet::xlsx;
use crate::support::{Pages, Window, draft, state, workspace};

/// Nothing in it is called as we call it, and its numbers fit counted from 0 and from 1.
pub const STRANGE: &str = "الرقم,السؤال,الخيار 1,الخيار 2,الخيار 3,الخيار 4,الإجابة الصحيحة,التخصص\n\
    1,ما العضو الذي يضخ الدم؟,الكبد,القلب,الرئة,المعدة,2,القلب\n\
    2,أين ينتج الأنسولين؟,البنكرياس,الكلية,الطحال,المثانة,1,الغدد\n\
    3,كم عدد حجرات القلب؟,واحدة,اثنتان,ثلاث,أربع,3,القلب\n";

pub fn click(window: &mut Window, role: Role, label: &str) {
    window.harness.get_by_role_and_label(role, label).click();
    window.settle();
}

pub fn looked(window: &mut Window) {
    window.wait(|state| matches!(&state.benchmarks.import, Some(Importing::Read(draft)) if !draft.looking));
}

#[test]
fn a_strangers_file_goes_from_drop_to_preview_to_run() {
    let folder = workspace(&[]);
    let mut window = Window::open(folder.path(), 1440.0, 900.0);
    let file = folder.path().join("أسئلة.csv");
    std::fs::write(&file, STRANGE).unwrap();
    window.send(Command::Drop(vec![file]));
    looked(&mut window);

    // Nothing is kept while a question is open: here, whether numbers count from 0 or from 1.
    assert!(
        window
            .harness
            .query_by_label_contains("count the options from 0 or from 1")
            .is_some()
    );
    window.harness.get_by_label("A question beside is still open");
    window.send(Command::KeepImport);
    assert!(window.state(|state| matches!(&state.benchmarks.import, Some(Importing::Read(_)))));
    click(&mut window, Role::RadioButton, "Arabic");
    looked(&mut window);
    let from_one = window
        .harness
        .get_all_by_role(Role::RadioButton)
        .find(|node| {
            node.accesskit_node()
                .label()
                .is_some_and(|label| label.starts_with("From 1"))
        })
        .unwrap();
    assert!(
        from_one.accesskit_node().label().unwrap().contains("القلب"),
        "what the answer would mean is shown"
    );
    from_one.click();
    window.settle();
    looked(&mut window);
    assert!(window.state(|state| {
        let Some(Importing::Read(draft)) = &state.benchmarks.import else {
            return false;
        };
        draft
            .items()
            .iter()
            .map(|item| item.right.clone())
            .eq([vec![1], vec![0], vec![2]])
    }));

    // The item is shown as it would become, with the letters of its language.
    window.harness.get_by_label_contains("ب. القلب, right answer");
    click(&mut window, Role::Button, "Next item");
    window.harness.get_by_label_contains("أ. البنكرياس, right answer");

    click(&mut window, Role::Button, "Import 3 items");
    window.wait(|state| state.benchmarks.import.is_none());
    window.wait(|state| state.study.as_ref().is_some_and(|study| study.benchmarks().len() == 2));
    window.harness.get_by_label_contains("Imported: 3 items");
    click(&mut window, Role::Button, "Run it");
    assert_eq!(window.state(|state| state.page), Page::Runs);
    window.state(|state| {
        let form = state.runs.form.as_ref().unwrap();
        assert_eq!(form.benchmarks.iter().collect::<Vec<_>>(), ["أسئلة"]);
        assert_eq!(
            form.languages.iter().map(|language| language.tag()).collect::<Vec<_>>(),
            ["ar"]
        );
    });
}

#[test]
fn an_arabic_spreadsheet_is_read_as_its_csv_is() {
    let folder = workspace(&[]);
    let mut window = Window::open(folder.path(), 1440.0, 900.0);
    let file = folder.path().join("أسئلة.xlsx");
    let rows: Vec<Vec<&str>> = STRANGE.lines().map(|line| line.split(',').collect()).collect();
    let rows: Vec<&[&str]> = rows.iter().map(Vec::as_slice).collect();
    std::fs::write(&file, xlsx(&[("ملاحظات", &[]), ("الأسئلة", &rows)], 2)).unwrap();
    window.send(Command::Drop(vec![file]));
    looked(&mut window);
    click(&mut window, Role::RadioButton, "Arabic");
    looked(&mut window);
    let mut doubts = window.harness.get_all_by_role(Role::RadioButton);
    let starts = |label: &str, with: &str| label.starts_with(with) && label.contains("القلب");
    let from_one = doubts.find(|node| {
        node.accesskit_node()
            .label()
            .is_some_and(|label| starts(&label, "From 1"))
    });
    from_one.unwrap().click();
    drop(doubts);
    window.settle();
    looked(&mut window);
    window.harness.get_by_label_contains("ب. القلب, right answer");
    click(&mut window, Role::Button, "Import 3 items");
    window.wait(|state| state.study.as_ref().is_some_and(|study| study.benchmarks().len() == 2));
    window.state(|state| {
        let study = state.study.as_ref().unwrap();
        let benchmark = study
            .benchmarks()
            .iter()
            .find(|benchmark| benchmark.name() == "أسئلة")
            .unwrap();
        let item = &benchmark.items()[1];
        assert_eq!(
            (item.question.as_str(), item.right.as_slice()),
            ("أين ينتج الأنسولين؟", [0].as_slice())
        );
        assert_eq!(item.key.language.tag(), "ar");
    });
}

#[test]
fn a_licence_is_kept_and_the_next_file_is_mapped_like_the_first() {
    let folder = workspace(&[]);
    let mut window = Window::open(folder.path(), 1440.0, 1000.0);
    let file = folder.path().join("first.csv");
    std::fs::write(&file, STRANGE).unwrap();
    window.send(Command::ImportFile(file));
    looked(&mut window);
    let said = "الرقم=id السؤال=question الإجابة~الصحيحة=answer_index1 التخصص=subject";
    let mut options = ImportOptions {
        language: Some("ar".parse().unwrap()),
        mappings: said
            .split(' ')
            .map(|one| one.replace('~', " ").parse().unwrap())
            .collect(),
        ..Default::default()
    };
    let letters = ["option_a", "option_b", "option_c", "option_d"].iter().enumerate();
    let columns = letters.map(|(place, field)| format!("الخيار {}={field}", place + 1).parse().unwrap());
    options.mappings.extend(columns);
    window.send(BenchmarksCommand::Say(Box::new(options.clone())).into());
    looked(&mut window);
    window
        .harness
        .get_by_label_contains("Whether its items may be passed on is not known");
    window.send(BenchmarksCommand::TypeLicence("CC-BY-NC-4.0".to_owned()).into());
    window.settle();
    window
        .harness
        .get_by_label_contains("Its items may not be passed on freely");
    window.send(Command::KeepImport);
    window.wait(|state| state.study.as_ref().is_some_and(|study| study.benchmarks().len() == 2));
    window.state(|state| {
        let study = state.study.as_ref().unwrap();
        let benchmark = study
            .benchmarks()
            .iter()
            .find(|benchmark| benchmark.name() == "first")
            .unwrap();
        assert_eq!(benchmark.description.licence.as_deref(), Some("CC-BY-NC-4.0"));
    });

    // Its numbers would be asked about again; said to be like the first, nothing is open.
    let file = folder.path().join("second.csv");
    std::fs::write(&file, STRANGE.replace("الدم", "الماء")).unwrap();
    window.send(Command::ImportFile(file));
    looked(&mut window);
    window.harness.get_by_label("A question beside is still open");
    click(&mut window, Role::ComboBox, "Map like");
    window
        .harness
        .get_by_role_and_label(Role::ListBoxOption, "first")
        .click();
    window.settle();
    looked(&mut window);
    window.state(|state| {
        let Some(Importing::Read(draft)) = &state.benchmarks.import else {
            panic!()
        };
        assert_eq!(draft.obstacle(), None);
        let mapped = |options: &ImportOptions| {
            options
                .mappings
                .iter()
                .map(ToString::to_string)
                .collect::<BTreeSet<_>>()
        };
        assert_eq!(mapped(&draft.said), mapped(&options));
        assert_eq!(draft.items()[0].right, [1]);
    });
}

#[test]
fn languages_of_a_known_benchmark_are_chosen() {
    let mut state = state(&[]);
    state.page = Page::Benchmarks;
    state.benchmarks.section = Section::Known;
    state.apply(BenchmarksCommand::SelectKnown("mmmlu-medical".to_owned()).into());
    let known = known::named("mmmlu-medical").unwrap();
    let mut pages = Pages::new(state, Harness::builder().with_size([1440.0, 1200.0]));
    assert_eq!(pages.state().benchmarks.wanted(known), known.languages);
    pages
        .harness
        .get_by_role_and_label(Role::CheckBox, "All languages")
        .click();
    pages.settle();
    assert!(pages.state().benchmarks.wanted(known).is_empty());
    let get = format!("Get {}", known.title);
    assert!(pages.harness.get_by_label(&get).accesskit_node().is_disabled());
    for language in ["Yoruba", "Arabic"] {
        pages.harness.get_by_role_and_label(Role::CheckBox, language).click();
        pages.settle();
    }
    pages.harness.get_by_label(&get).click();
    pages.settle();
    let [Task::GetBenchmark(_, getting)] = pages.tasks() else {
        panic!("{:?}", pages.tasks())
    };
    let tags: Vec<&str> = getting.languages().iter().map(|language| language.tag()).collect();
    assert_eq!(tags, ["ar", "yo"]);
}

#[test]
fn what_a_column_fills_is_changed_by_choosing() {
    let folder = workspace(&[]);
    let mut window = Window::open(folder.path(), 1440.0, 900.0);
    let file = folder.path().join("two.csv");
    let rows = "id,language,stem,question,option_a,option_b,answer\n1,en,Which is it?,never mind,one,two,B\n";
    std::fs::write(&file, rows).unwrap();
    window.send(Command::ImportFile(file));
    looked(&mut window);
    window.harness.get_by_label_contains("1 rows good");
    click(&mut window, Role::ComboBox, "Use of column stem");
    window
        .harness
        .get_by_role_and_label(Role::ListBoxOption, "Question")
        .click();
    window.settle();
    looked(&mut window);
    window.state(|state| {
        let Some(Importing::Read(draft)) = &state.benchmarks.import else {
            panic!()
        };
        assert_eq!(draft.items()[0].question, "Which is it?");
        assert_eq!(
            (draft.fills("stem"), draft.fills("question")),
            (Some(Field::Question), None)
        );
    });
}

#[test]
fn questions_in_two_languages_are_shown_as_pairs_and_kept_so() {
    let folder = workspace(&[]);
    let mut window = Window::open(folder.path(), 1440.0, 900.0);
    let file = folder.path().join("pairs.csv");
    let rows = "id,language,question,option_a,option_b,answer\n\
        1,en,What pumps blood?,Heart,Liver,A\n1,ar,ما الذي يضخ الدم؟,القلب,الكبد,A\n2,en,Alone?,Yes,No,A\n";
    std::fs::write(&file, rows).unwrap();
    window.send(Command::ImportFile(file));
    looked(&mut window);
    window
        .harness
        .get_by_label_contains("1 question in several languages; not paired: 1 item");
    let pair = "What pumps blood?; ما الذي يضخ الدم؟";
    let mut rows = window.harness.get_all_by_role(Role::Row);
    assert!(rows.any(|row| row.accesskit_node().label().is_some_and(|label| label.contains(pair))));
    drop(rows);
    click(&mut window, Role::Button, "Import 3 items");
    window.wait(|state| state.study.as_ref().is_some_and(|study| study.benchmarks().len() == 2));
    let paired = window.state(|state| {
        let study = state.study.as_ref().unwrap();
        let benchmark = study
            .benchmarks()
            .iter()
            .find(|benchmark| benchmark.name() == "pairs")
            .unwrap();
        benchmark.items().iter().filter(|item| item.parallel.is_some()).count()
    });
    assert_eq!(paired, 2);
}

#[test]
fn known_benchmarks_are_found_and_asked_for() {
    let mut state = state(&[]);
    state.page = Page::Benchmarks;
    let mut pages = Pages::new(state, Harness::builder().with_size([1440.0, 900.0]));
    let tab = format!("Known benchmarks, {}", known::included().len());
    pages.harness.get_by_label(&tab).click();
    pages.settle();
    pages
        .harness
        .state_mut()
        .0
        .apply(Command::SearchBenchmarks("korean".to_owned()));
    pages.settle();
    assert!(pages.harness.query_by_label_contains("PubMedQA, ").is_none());
    pages
        .harness
        .get_by_label_contains("KorMedMCQA, 3,009 items, CC-BY-NC-2.0")
        .click();
    pages.settle();
    pages.harness.get_by_label_contains("may not be passed on");
    pages.harness.get_by_label("Get KorMedMCQA").click();
    pages.settle();
    let [Task::GetBenchmark(known, getting)] = pages.tasks() else {
        panic!("{:?}", pages.tasks())
    };
    assert_eq!(known.name, "kormedmcqa");
    let cancel = getting.cancel.clone();
    pages.harness.get_by_label("Progress of KorMedMCQA");
    pages.harness.get_by_label("Cancel KorMedMCQA").click();
    pages.settle();
    assert!(cancel.is_cancelled());
    pages.harness.get_by_label("Get KorMedMCQA");
}

#[test]
fn a_benchmark_that_did_not_come_says_why_and_what_to_do() {
    let mut state = state(&[]);
    state.page = Page::Benchmarks;
    state.benchmarks.section = Section::Known;
    let mut failed = Getting::default();
    failed.failed = Some(polyclinic::app::benchmarks::Failure {
        reason: "intronhealth/afrimedqa_v2 is gated: its owner wants terms accepted first".to_owned(),
        terms: Some("https://hub/datasets/intronhealth/afrimedqa_v2".to_owned()),
    });
    state.benchmarks.getting.insert("afrimedqa".to_owned(), failed);
    state.apply(BenchmarksCommand::SelectKnown("afrimedqa".to_owned()).into());
    let mut pages = Pages::new(state, Harness::builder().with_size([1440.0, 900.0]));
    pages.harness.get_by_label_contains("wants terms accepted first");
    pages.harness.get_by_label("Copy the address of its terms").click();
    pages.harness.get_by_label("Try again AfriMed-QA");
    pages.settle();
    assert!(matches!(pages.tasks(), [Task::Copy(text)] if text.contains("afrimedqa_v2")));
}

#[test]
fn every_part_of_the_import_is_reached_by_keys() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("أسئلة.csv");
    std::fs::write(&file, STRANGE).unwrap();
    let mut state = state(&[]);
    state.page = Page::Benchmarks;
    state.benchmarks.import = Some(Importing::Read(draft(&file)));
    let mut pages = Pages::new(state, Harness::builder().with_size([1000.0, 700.0]));
    let mut reached = BTreeSet::new();
    for _ in 0..60 {
        pages.harness.key_press(egui::Key::Tab);
        pages.settle();
        let focused = pages
            .harness
            .query_all(egui_kittest::kittest::by().predicate(|node| node.is_focused()));
        reached.extend(focused.filter_map(|node| node.accesskit_node().label()));
    }
    for part in [
        "Use of column السؤال",
        "From 1",
        "Keep as",
        "Name in this workspace",
        "Language",
        "Task",
        "All benchmarks",
    ] {
        assert!(reached.iter().any(|label| label.contains(part)), "{part}: {reached:?}");
    }
}

/// The way of a known benchmark through threads, network and disk: in a process of its own, whose environment names a hub
/// of the test's.
#[test]
fn a_known_benchmark_comes_from_the_hub_with_one_click() {
    let server = Server::start();
    server.set(|behaviour| behaviour.repository = Some("datasets/GBaker/MedQA-USMLE-4-options".to_owned()));
    let lines = concat!(
        r#"{"question": "Why?", "answer": "two", "options": {"A": "one", "B": "two"}, "meta_info": "step1", "answer_idx": "B"}"#,
        "\n"
    );
    server.put("phrases_no_exclude_test.jsonl", lines.into());
    let folder = tempfile::tempdir().unwrap();
    let walk = Process::new(std::env::current_exe().unwrap())
        .args(["--exact", "benchmarks::walk", "--ignored", "--nocapture"])
        .env("POLYCLINIC_HOME", folder.path().join("home"))
        .env("POLYCLINIC_CACHE", folder.path().join("cache"))
        .env("HF_HOME", folder.path().join("hugging-face"))
        .env("HF_ENDPOINT", server.address())
        .env("HF_HUB_DISABLE_IMPLICIT_TOKEN", "1")
        .env_remove("HF_HUB_CACHE")
        .env_remove("HUGGINGFACE_HUB_CACHE")
        .env_remove("HF_HUB_OFFLINE")
        .env_remove("TRANSFORMERS_OFFLINE")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&walk.stdout).into_owned() + &String::from_utf8_lossy(&walk.stderr);
    assert!(walk.status.success(), "{said}");
    assert!(said.contains("1 passed"), "{said}");
}

#[test]
#[ignore = "the test above runs it, in an environment of its own"]
fn walk() {
    let folder = workspace(&[]);
    let mut window = Window::open(folder.path(), 1440.0, 900.0);
    window.send(Command::Show(Page::Benchmarks));
    window.send(BenchmarksCommand::Show(Section::Known).into());
    window.send(BenchmarksCommand::SelectKnown("medqa-usmle".to_owned()).into());
    click(&mut window, Role::Button, "Get MedQA, USMLE");
    window.wait(|state| state.study.as_ref().is_some_and(|study| study.benchmarks().len() == 2));
    click(&mut window, Role::Button, "Show in workspace");
    window.harness.get_by_label_contains("Imported: 1 item");
    window.state(|state| {
        let study = state.study.as_ref().unwrap();
        let benchmark = study
            .benchmarks()
            .iter()
            .find(|benchmark| benchmark.name() == "medqa-usmle")
            .unwrap();
        assert_eq!(benchmark.items()[0].right, [1]);
        assert!(
            benchmark
                .description
                .source
                .as_ref()
                .unwrap()
                .contains("GBaker/MedQA-USMLE-4-options")
        );
        assert!(state.benchmarks.getting.is_empty());
    });
    // One that the hub does not have says so on its card, and can be tried again.
    window.send(BenchmarksCommand::Show(Section::Known).into());
    window.send(BenchmarksCommand::SelectKnown("medmcqa".to_owned()).into());
    click(&mut window, Role::Button, "Get MedMCQA");
    window.wait(|state| {
        state
            .benchmarks
            .getting
            .get("medmcqa")
            .is_some_and(|getting| getting.failed.is_some())
    });
    window
        .harness
        .get_by_label_contains("no data set “openlifescienceai/medmcqa”");
    window.harness.get_by_label("Try again MedMCQA");
}
