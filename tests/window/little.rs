//! Compare with little to show: nothing at all, one language, one model, nothing but failures; and with long names in
//! several scripts.

use egui::Theme;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use polyclinic::app::State;
use polyclinic::app::compare::command::CompareCommand;
use polyclinic::app::compare::view::Mode;
use polyclinic::prompts::Protocol;
use polyclinic::runs::ledger::Ledger;
use polyclinic::scoring::Answer;

use crate::accessibility::check;
use crate::compare::{LANGUAGES, TASKS, THREE, benchmark, ledger, state_of};
use crate::pictures::{folder, name};
use crate::support::{Pages, record};

const LONG: [&str; 5] = [
    "نموذج اللغة الطبي العربي الكبير للاستخدام السريري والبحثي ٧٠ مليار معلمة",
    "华佗医学大语言模型第二代七百二十亿参数指令微调版本",
    "Àwòṣe èdè ìṣègùn Yorùbá tó tóbi jùlọ fún ìwádìí àti ìtọ́jú aláìsàn-7B",
    "an-organisation/a-model-with-a-very-long-name-instruct-v2.5-GGUF-Q4_K_M",
    "kort",
];
const LONG_TASKS: [(&str, usize); 3] = [
    ("امتحان الترخيص الطبي لطب الأسرة والرعاية الأولية", 40),
    ("国家医师资格考试临床执业医师综合笔试", 30),
    ("ìdánwò ìwé-àṣẹ fún àwọn dókítà ní Nàìjíríà", 25),
];

fn failed() -> Ledger {
    let benchmark = benchmark(&LANGUAGES[..3], &TASKS[..2]);
    let answers: Vec<Answer> = THREE
        .iter()
        .flat_map(|model| {
            let items = benchmark.items().iter();
            items.map(move |item| Answer::failed(model, "exams", item, 90, "the server is gone".to_owned()))
        })
        .collect();
    let record = record(&benchmark, &THREE, Protocol::default());
    Ledger::of([benchmark], [(&record, answers.as_slice())])
}

/// What is pictured, by name.
fn scenes() -> Vec<(&'static str, State)> {
    let long = ledger(&LONG, &LANGUAGES[..4], &LONG_TASKS);
    let mut delta = state_of(long.clone());
    delta.apply(CompareCommand::Show(Mode::Delta).into());
    vec![
        ("no-benchmarks", state_of(Ledger::of([], []))),
        (
            "no-runs",
            state_of(Ledger::of([benchmark(&LANGUAGES[..2], &TASKS[..2])], [])),
        ),
        ("one-language", state_of(ledger(&THREE, &LANGUAGES[..1], &TASKS[..2]))),
        ("one-model", state_of(ledger(&THREE[..1], &LANGUAGES, &TASKS[..1]))),
        ("all-failed", state_of(failed())),
        ("long-names", state_of(long)),
        ("long-names-delta", delta),
    ]
}

#[test]
fn compare_stands_with_little_and_with_long_names() {
    for (what, state) in scenes() {
        let pages = Pages::new(state, Harness::builder().with_size([1280.0, 800.0]));
        check(&pages, what);
        match what {
            "no-benchmarks" => _ = pages.harness.get_by_label("Import a benchmark"),
            "no-runs" => assert!(pages.harness.get_all_by_label_contains("New run").count() > 0),
            "all-failed" => {
                let failed = pages.harness.get_all_by_label_contains(", failed, ").count();
                assert_eq!(failed, 18, "every cell says that it failed, none that it is 0");
            }
            _ => assert!(
                pages.harness.get_all_by_label_contains(" percent, n ").count() > 0,
                "{what}"
            ),
        }
    }
}

#[test]
fn pictures_of_little() {
    let Some(folder) = folder() else { return };
    std::fs::create_dir_all(&folder).unwrap();
    for theme in [Theme::Light, Theme::Dark] {
        for size in [[1280.0, 800.0], [1600.0, 1000.0], [2560.0, 1440.0]] {
            for (what, state) in scenes() {
                let builder = Harness::builder().with_size(size).with_theme(theme);
                let mut pages = Pages::new(state, builder);
                let file = folder.join(name(&format!("Little-{what}"), theme, size[0]));
                pages.harness.render().unwrap().save(file).unwrap();
            }
        }
    }
}
