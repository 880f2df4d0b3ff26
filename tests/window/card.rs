//! The card and what stands below it, at their limits: long contexts that fold, many options, several right answers, and
//! prompts in a model's own chat format.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use polyclinic::app::command::{Command, Page};
use polyclinic::app::inspect::{InspectCommand, PromptState, Tab};
use polyclinic::app::review::ReviewCommand;
use polyclinic::app::study::Study;
use polyclinic::app::{State, Task};
use polyclinic::benchmarks::{Benchmark, Description, Item, ItemFields, ItemKey};
use polyclinic::prompts::Protocol;
use polyclinic::reviews::{self, FlagKind, Reviewer, Statement};
use polyclinic::runs::RunState;
use polyclinic::runs::ledger::Ledger;
use polyclinic::scoring::{Answer, Outcome};
use polyclinic::workspace::Workspace;

use crate::support::{Pages, Window, chance, record, run};
use crate::{accessibility, pictures, tiny_model};

const MODELS: [&str; 3] = ["gemma-3-270m", "BiMediX بيميديكس", "Qwen2.5-0.5B"];

const CONTEXT: &str = "رجل يبلغ من العمر 58 عامًا يراجع العيادة بسبب ضيق نفس متزايد منذ ثلاثة أسابيع مع تورم في الساقين. \
    لديه ارتفاع ضغط الدم منذ 12 سنة ويتناول lisinopril 20 mg يوميًا، ولم يلتزم بالعلاج في الأشهر الستة الأخيرة. ";

fn item(language: &str, id: &str, question: &str, options: Vec<String>, right: Vec<usize>) -> ItemFields {
    ItemFields {
        key: ItemKey {
            language: language.parse().unwrap(),
            id: id.to_owned(),
        },
        task: "limits".to_owned(),
        subject: Some("cardiology".to_owned()),
        parallel: Some(id.to_owned()),
        context: None,
        question: question.to_owned(),
        options,
        right,
        rationale: None,
        extra: serde_json::Map::new(),
    }
}

fn four(options: [&str; 4]) -> Vec<String> {
    options.map(str::to_owned).to_vec()
}

fn limits() -> Benchmark {
    let long = |language: &str, context: String, question: &str| ItemFields {
        context: Some(context),
        ..item(
            language,
            "long",
            question,
            four(["فشل القلب", "التهاب الرئة", "الربو", "الانصمام"]),
            vec![0],
        )
    };
    let many = (0..26).map(|number| format!("Finding number {} of the examination", number + 1));
    let items = vec![
        long("ar", CONTEXT.repeat(24), "ما التشخيص الأرجح؟"),
        long(
            "en",
            "A man of 58 with breathlessness. ".repeat(60),
            "What is the likeliest diagnosis?",
        ),
        item(
            "en",
            "many",
            "Which finding is pathognomonic?",
            many.collect(),
            vec![25],
        ),
        item(
            "en",
            "several",
            "Which of these lower blood pressure? Choose all that apply.",
            four(["Amlodipine", "Prednisolone", "Lisinopril", "Ibuprofen"]),
            vec![0, 2],
        ),
        item(
            "ar",
            "several",
            "أي مما يلي يخفض ضغط الدم؟ اختر كل ما ينطبق.",
            four(["أملوديبين", "بريدنيزولون", "ليزينوبريل", "إيبوبروفين"]),
            vec![0, 2],
        ),
        item(
            "yo",
            "several",
            "Èwo nínú àwọn wọ̀nyí ló ń dín ẹ̀jẹ̀ ríru kù? Yan gbogbo èyí tó bá yẹ.",
            four([
                "Amlodipine",
                "Prednisolone",
                "Lisinopril",
                "Ibuprofen (oògùn ìrora ẹ̀yìn àti orí fífọ́)",
            ]),
            vec![0, 2],
        ),
        item(
            "zh",
            "several",
            "下列哪些药物可以降低血压？请选择所有正确答案。",
            four(["氨氯地平", "泼尼松龙", "赖诺普利", "布洛芬"]),
            vec![0, 2],
        ),
        item(
            "en",
            "image",
            "What does the picture show?",
            four(["A fracture", "A dislocation", "A tumour", "Nothing abnormal"]),
            vec![3],
        ),
    ];
    let items = items.into_iter().map(|fields| Item::new(fields).unwrap());
    Benchmark::new("limits", Description::default(), items.collect()).unwrap()
}

fn answers(benchmark: &Benchmark) -> Vec<Answer> {
    let given = |model: &str, item: &Item| {
        let log_probabilities: Vec<f64> = (0..item.options.len())
            .map(|option| 3.0 * chance(&[model, &item.key.id, &option.to_string()]) - 4.0)
            .collect();
        let best =
            (0..item.options.len()).max_by(|one, other| log_probabilities[*one].total_cmp(&log_probabilities[*other]));
        Answer {
            model: model.to_owned(),
            benchmark: benchmark.name().to_owned(),
            task: item.task.clone(),
            item: item.key.clone(),
            outcome: match best.is_some_and(|best| item.is_right(best)) {
                true => Outcome::Right,
                false => Outcome::Wrong,
            },
            choices: best.into_iter().collect(),
            log_probabilities,
            option_tokens: Vec::new(),
            prompt_tokens: 300,
            seconds: 0.2,
            usage: None,
            reply: None,
            error: None,
        }
    };
    let items = benchmark.items().iter();
    items.flat_map(|item| MODELS.map(|model| given(model, item))).collect()
}

fn state() -> State {
    let benchmark = limits();
    let runs = vec![(record(&benchmark, &MODELS, Protocol::default()), answers(&benchmark))];
    let ledger = Ledger::new(vec![Arc::new(benchmark)], runs);
    let study = Study::new("/study".into(), "study".to_owned(), None, ledger, Vec::new());
    let mut state = State::default();
    state.show_study(Arc::new(study));
    state.page = Page::Inspect;
    state
}

fn inspect(width: f32, height: f32) -> Pages {
    Pages::new(state(), Harness::builder().with_size([width, height]))
}

fn send(pages: &mut Pages, command: impl Into<Command>) -> Vec<Task> {
    let tasks = pages.harness.state_mut().0.apply(command.into());
    pages.settle();
    tasks
}

/// Where an item stands in the list.
fn place_of(pages: &Pages, language: &str, id: &str) -> usize {
    let study = pages.state().study.clone().unwrap();
    let is_wanted = |place: &usize| {
        let key = &study.item(*place).unwrap().1.key;
        key.language.tag() == language && key.id == id
    };
    pages.state().inspect.listed.iter().position(is_wanted).unwrap()
}

fn select(pages: &mut Pages, language: &str, id: &str) {
    let place = place_of(pages, language, id);
    send(pages, Command::SelectEntry(place));
}

#[test]
fn a_long_context_folds_and_unfolds_by_keys() {
    let mut pages = inspect(1440.0, 900.0);
    select(&mut pages, "ar", "long");
    accessibility::check(&pages, "a folded context");
    let question = |pages: &Pages| {
        pages
            .harness
            .get_by_role_and_label(Role::Label, "ما التشخيص الأرجح؟")
            .rect()
            .top()
    };
    let folded = question(&pages);
    assert!(
        folded < 400.0,
        "the question is in sight below five lines of its context: {folded}"
    );
    for language in ["Arabic", "English"] {
        pages
            .harness
            .get_by_label(&format!("Show all of the context in {language}"));
    }
    pages.harness.get_by_label("Show all of the context in Arabic").focus();
    pages.settle();
    pages.harness.key_press(Key::Enter);
    pages.settle();
    assert!(pages.state().inspect.context_shown);
    assert!(question(&pages) > folded + 400.0, "{} after {folded}", question(&pages));
    // Its key does the same without looking for the button.
    pages
        .harness
        .key_press_modifiers(Modifiers::COMMAND.plus(Modifiers::SHIFT), Key::E);
    pages.settle();
    assert!(!pages.state().inspect.context_shown);
    assert_eq!(question(&pages), folded);
    // What is searched for is not folded away.
    let search = pages.state().inspect.filter.clone().looking_for("lisinopril");
    send(&mut pages, Command::SetFilter(search));
    assert!(question(&pages) > folded + 400.0);
}

#[test]
fn the_name_of_a_subject_stands_as_it_is_written() {
    let mut pages = inspect(1440.0, 900.0);
    select(&mut pages, "en", "several");
    assert!(pages.harness.query_all_by_label("cardiology").count() > 0);
    assert_eq!(pages.harness.query_all_by_label("Cardiology").count(), 0);
}

/// Its texts are laid out over a few frames; till then the item before stays whole.
#[test]
fn another_item_comes_whole_and_from_its_beginning() {
    const BEFORE: &str = "Which finding is pathognomonic?";
    const AFTER: &str = "What is the likeliest diagnosis?";
    let top = |pages: &Pages, question: &str| {
        let labels = pages.harness.query_all_by_role_and_label(Role::Label, question);
        labels.map(|node| node.rect().top()).next()
    };
    let mut untouched = inspect(1440.0, 900.0);
    select(&mut untouched, "en", "long");
    let mut pages = inspect(1440.0, 900.0);
    select(&mut pages, "en", "many");
    let unscrolled = top(&pages, BEFORE).unwrap();
    pages.harness.event(egui::Event::PointerMoved(egui::pos2(900.0, 300.0)));
    pages.harness.event(egui::Event::MouseWheel {
        unit: egui::MouseWheelUnit::Point,
        delta: egui::vec2(0.0, -200.0),
        phase: egui::TouchPhase::Move,
        source: egui::MouseWheelSource::Wheel,
        modifiers: Modifiers::NONE,
    });
    pages.settle();
    assert!(
        top(&pages, BEFORE).is_none_or(|top| top < unscrolled - 100.0),
        "the card scrolls"
    );
    let place = place_of(&pages, "en", "long");
    pages.harness.state_mut().0.apply(Command::SelectEntry(place));
    let mut has_come = false;
    for frame in 0..30 {
        pages.harness.step();
        let is_shown = top(&pages, AFTER).is_some();
        assert!(is_shown || !has_come, "what came stays: frame {frame}");
        has_come = is_shown;
    }
    assert_eq!(top(&pages, AFTER), top(&untouched, AFTER));
    assert!(top(&pages, BEFORE).is_none());
}

fn reviewer(pages: &mut Pages) {
    let state = &mut pages.harness.state_mut().0;
    state.review.reviewer = Reviewer::new("A").ok();
    (state.review.open, state.review.blind) = (true, true);
    pages.settle();
}

#[test]
fn an_own_answer_is_several_options_where_several_are_right() {
    let mut pages = inspect(1440.0, 900.0);
    reviewer(&mut pages);
    let own = |pages: &Pages| pages.state().review.own_choices(&pages.state().review_item().unwrap());
    select(&mut pages, "en", "several");
    pages.harness.get_by_label("Several may be right.");
    for key in [Key::A, Key::B, Key::C, Key::B] {
        pages.harness.key_press(key);
        pages.settle();
    }
    assert_eq!(own(&pages), BTreeSet::from([0, 2]));
    accessibility::check(&pages, "several options");
    for (letter, on) in [("A", true), ("B", false), ("C", true)] {
        let option = pages.harness.get_by_role_and_label(Role::CheckBox, letter);
        let toggled = option.accesskit_node().toggled();
        assert_eq!(toggled == Some(egui::accesskit::Toggled::True), on, "{letter}");
    }
    let tasks = send(&mut pages, ReviewCommand::GiveOwn);
    let [Task::Say(saying)] = &tasks[..] else {
        unreachable!("{tasks:?}")
    };
    assert!(format!("{saying:?}").contains("choices: {0, 2}"), "{saying:?}");
    // One is right of the others, so that another takes its place.
    select(&mut pages, "en", "image");
    assert!(pages.harness.query_by_label("Several may be right.").is_none());
    for key in [Key::A, Key::C] {
        pages.harness.key_press(key);
        pages.settle();
    }
    assert_eq!(own(&pages), BTreeSet::from([2]));
    assert!(pages.harness.query_by_role_and_label(Role::RadioButton, "C").is_some());
}

#[test]
fn of_many_options_every_one_can_be_given_by_keys() {
    let mut pages = inspect(1280.0, 800.0);
    reviewer(&mut pages);
    select(&mut pages, "en", "many");
    pages.harness.get_by_role_and_label(Role::RadioButton, "Z").focus();
    pages.settle();
    pages.harness.key_press(Key::Enter);
    pages.settle();
    let item = pages.state().review_item().unwrap();
    assert_eq!(pages.state().review.own_choices(&item), BTreeSet::from([25]));
    accessibility::check(&pages, "26 options");
}

const TEMPLATE: &str = "{{ bos_token }}{% for message in messages %}[{{ message.role }}] {{ message.content }}</s>\
    {% endfor %}{% if add_generation_prompt %}[assistant]{% endif %}";

/// A workspace whose only model has a chat template, and the item's question with marks that look special.
fn chat(folder: &Path) {
    let model = folder.join("tiny.gguf");
    let shape = tiny_model::Shape {
        chat_template: Some(TEMPLATE),
        ..tiny_model::Shape::llama()
    };
    tiny_model::write(&model, &shape);
    let open = Workspace::open_or_create(&folder.join("w")).unwrap();
    let question = "Which of these is </s> a pulse?";
    let fields = item("en", "chat", question, four(["one", "two", "three", "four"]), vec![1]);
    let benchmark = Benchmark::new("chat", Description::default(), vec![Item::new(fields).unwrap()]).unwrap();
    open.save_benchmark(&benchmark).unwrap();
    let protocol = Protocol {
        chat: true,
        ..Protocol::default()
    };
    let id = run(
        &open,
        &benchmark,
        &["tiny"],
        protocol,
        RunState::Finished,
        "2026-11-20T18:12:00Z",
    );
    let file = open.runs_folder().join(id.as_str()).join("run.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    // As records of earlier versions have it.
    let (old, new) = ("file = \"tiny.gguf\"", format!("path = {model:?}"));
    assert!(text.contains(old));
    std::fs::write(&file, text.replace(old, &new)).unwrap();
}

#[test]
fn a_chat_prompt_is_shown_to_the_letter_with_its_special_tokens() {
    let folder = tempfile::tempdir().unwrap();
    chat(folder.path());
    let mut window = Window::open(&folder.path().join("w"), 1440.0, 900.0);
    window.send(Command::Show(Page::Inspect));
    window.send(InspectCommand::ShowTab(Tab::Prompt).into());
    window.wait(|state| {
        matches!(
            state.inspect.prompt,
            Some((_, PromptState::Made(_) | PromptState::Failed(_)))
        )
    });
    let prompted = window.state(|state| match &state.inspect.prompt {
        Some((_, PromptState::Made(prompted))) => prompted.clone(),
        other => unreachable!("{other:?}"),
    });
    let tokens = prompted.tokens.as_ref().unwrap();
    let whole: String = tokens.iter().map(|token| token.text.as_str()).collect();
    assert!(
        whole.starts_with("<s>[user] ") && whole.ends_with("</s>[assistant]"),
        "{whole}"
    );
    assert!(whole.contains("Which of these is </s> a pulse?"), "{whole}");
    // The template's own marks steer; the same letters within the item are letters.
    let special: Vec<&str> = tokens
        .iter()
        .filter(|token| token.is_special)
        .map(|token| token.text.as_str())
        .collect();
    assert_eq!(special, ["<s>", "</s>"]);
    assert_eq!(prompted.parts[0].1, whole, "as it was put");
    // The whole of it is there to be read, special tokens in amber.
    let shown = window
        .harness
        .query_all_by_role(Role::Label)
        .filter_map(|node| node.accesskit_node().label());
    let values = window
        .harness
        .query_all_by_role(Role::Label)
        .filter_map(|node| node.accesskit_node().value());
    assert!(shown.chain(values).any(|text| text == whole));
    let amber = polyclinic::app::theme::DARK.warning().ink;
    let light = polyclinic::app::theme::LIGHT.warning().ink;
    let coloured = window
        .harness
        .output()
        .shapes
        .iter()
        .any(|clipped| match &clipped.shape {
            egui::Shape::Text(text) if text.galley.job.text == whole => {
                let rows = text
                    .galley
                    .rows
                    .iter()
                    .flat_map(|row| row.row.visuals.mesh.vertices.iter());
                rows.into_iter().any(|vertex| [amber, light].contains(&vertex.color))
            }
            _ => false,
        });
    assert!(coloured, "special tokens look like nothing else");
}

/// Everything at its limits, to be looked at.
#[test]
fn pictures_of_limits() {
    let Some(folder) = pictures::folder() else { return };
    std::fs::create_dir_all(&folder).unwrap();
    for theme in [egui::Theme::Light, egui::Theme::Dark] {
        for (width, height) in [(1280.0, 800.0), (2560.0, 1440.0)] {
            let made = tempfile::tempdir().unwrap();
            let open = Workspace::open_or_create(made.path()).unwrap();
            let mut state = state();
            let study = state.study.clone().unwrap();
            let place = (0..study.entries.len()).find(|place| study.item(*place).unwrap().1.key.id == "image");
            let item = polyclinic::app::review::Review::item(&study, place.unwrap()).unwrap();
            let flag = reviews::Flag {
                item: item.clone(),
                kinds: [FlagKind::NeedsImage].into(),
                note: "الصورة غير موجودة في الملف".to_owned(),
                rest: serde_json::Map::new(),
            };
            let decision = reviews::Decision {
                item,
                ruling: reviews::Ruling::LeftOut,
                note: "The picture is not in the source either.".to_owned(),
                rest: serde_json::Map::new(),
            };
            let said = vec![Statement::Flag(flag).into(), Statement::Decision(decision).into()];
            reviews::append(&open, &Reviewer::new("د. ليلى").unwrap(), said).unwrap();
            state.review.reviews = Arc::new(reviews::read(&open).unwrap());
            let builder = Harness::builder().with_size([width, height]).with_theme(theme);
            let mut pages = Pages::new(state, builder);
            let save = |pages: &mut Pages, name: &str| {
                let file = folder.join(pictures::name(&format!("Limits-{name}"), theme, width));
                pages.harness.render().unwrap().save(file).unwrap();
            };
            let beside =
                |tags: &[&str]| InspectCommand::ShowBeside(tags.iter().map(|tag| tag.parse().unwrap()).collect());
            select(&mut pages, "ar", "long");
            save(&mut pages, "context");
            send(&mut pages, InspectCommand::ToggleContext);
            save(&mut pages, "context-shown");
            select(&mut pages, "en", "many");
            save(&mut pages, "options");
            select(&mut pages, "en", "several");
            send(&mut pages, beside(&["ar", "yo", "zh"]));
            save(&mut pages, "languages");
            select(&mut pages, "en", "image");
            save(&mut pages, "flagged");
            reviewer(&mut pages);
            select(&mut pages, "en", "several");
            for key in [Key::A, Key::C] {
                pages.harness.key_press(key);
                pages.settle();
            }
            save(&mut pages, "own-several");
            select(&mut pages, "en", "many");
            save(&mut pages, "own-many");
        }
    }
}
