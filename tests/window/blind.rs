//! Blind review: no sign of a model, of the answers' order or of the right answer before an item is judged, neither in
//! what is painted nor in what assistive technology is told; and queues as lists of their own.

use std::collections::BTreeSet;
use std::path::Path;

use egui::{Key, Shape};
use egui_kittest::kittest::{NodeT, Queryable};
use polyclinic::app::command::{Command, Page};
use polyclinic::app::inspect::{InspectCommand, Tab};
use polyclinic::app::review::{FormLanguage, Review, ReviewCommand, Step};
use polyclinic::reviews::{self, Decision, FlagKind, Reviewer, Ruling, Statement};
use polyclinic::runs::ledger::Ledger;
use polyclinic::scoring::Outcome;
use polyclinic::slices::{self, Condition, Filter, Slice, Who};
use polyclinic::workspace::Workspace;

use crate::reviews::{MODELS, click, go_on, judge_by_keys, press, reviewing, start_queue, told};
use crate::support::{Window, workspace};

/// Every text that is painted.
fn painted(window: &Window) -> Vec<String> {
    fn collect(shape: &Shape, found: &mut Vec<String>) {
        match shape {
            Shape::Text(text) => found.push(text.galley.job.text.clone()),
            Shape::Vec(shapes) => shapes.iter().for_each(|shape| collect(shape, found)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    for clipped in &window.harness.output().shapes {
        collect(&clipped.shape, &mut found);
    }
    found
}

/// What would tell of the item at hand: words within a text, and texts as a whole.
struct Signs {
    within: Vec<String>,
    whole: BTreeSet<String>,
}

fn signs(window: &Window) -> Signs {
    window.state(|state| {
        let study = state.study.as_ref().unwrap();
        let place = state.inspect.entry().unwrap();
        let places: Vec<usize> = study
            .beside(place)
            .into_iter()
            .map(|(_, other)| other)
            .chain([place])
            .collect();
        let mut within: Vec<String> = MODELS.map(str::to_owned).to_vec();
        within.extend(study.runs().iter().map(|run| run.record.id.to_string()));
        within.extend(["right answer", "الإجابة الصحيحة", "token"].map(str::to_owned));
        let titles = ["Tokens", "Time", "Protocol and run"];
        let mut whole: BTreeSet<String> = ["right", "wrong"]
            .iter()
            .chain(&titles)
            .map(|it| (*it).to_owned())
            .collect();
        for given in places.iter().flat_map(|place| study.ledger.answers_to(*place, None)) {
            whole.insert(given.prompt_tokens().to_string());
            whole.insert(format!("{:.2} s", given.seconds()));
            whole.insert(format!("{:.0} ms", given.seconds() * 1000.0));
        }
        // An option may be a number by itself.
        for place in places {
            study
                .item(place)
                .unwrap()
                .1
                .options
                .iter()
                .for_each(|option| _ = whole.remove(option));
        }
        Signs { within, whole }
    })
}

/// The panel's own words speak of the right answer, and are known whatever the item is.
const PANEL: [&str; 7] = [
    "Names and right answer follow",
    "Names and right answer hidden",
    "Given before the right answer was shown.",
    "Hide names, order and right answer until an item is judged",
    "Prompt and tokens",
    "Right",
    "Wrong",
];

/// The first sign that is found in texts.
fn found(signs: &Signs, texts: Vec<String>) -> Option<String> {
    texts
        .into_iter()
        .filter(|text| !PANEL.contains(&text.as_str()))
        .find(|text| {
            let parts = text.split(", ").any(|part| signs.whole.contains(part));
            parts || signs.within.iter().any(|sign| text.contains(sign))
        })
}

fn assert_no_sign(window: &Window, when: &str) {
    let signs = signs(window);
    assert_eq!(found(&signs, told(window)), None, "told {when}");
    assert_eq!(found(&signs, painted(window)), None, "painted {when}");
}

/// Looks at every tab, at the form of flags, and at what shows while the pointer rests on the first rows.
fn look_around(window: &mut Window, when: &str) {
    for tab in Tab::ALL {
        window.send(InspectCommand::ShowTab(tab).into());
        assert_no_sign(window, &format!("{when}, {}", tab.title()));
    }
    window.send(InspectCommand::ShowTab(Tab::Answers).into());
    window.send(ReviewCommand::ToggleFlag.into());
    assert_no_sign(window, &format!("{when}, flags"));
    window.send(ReviewCommand::ToggleFlag.into());
    let rows: Vec<_> = window
        .harness
        .query_all_by_role(egui::accesskit::Role::ListBoxOption)
        .map(|row| row.rect().center())
        .collect();
    for row in rows.into_iter().take(3) {
        window.harness.hover_at(row);
        window.harness.run_steps(40);
        assert_no_sign(window, &format!("{when}, pointing at a row"));
    }
}

/// A filter, slices and a re-keyed item that all tell something.
fn telling(root: &Path) {
    let open = Workspace::open(root).unwrap();
    let filter: Filter = [Condition::Asked(MODELS[1].to_owned())].into_iter().collect();
    for (name, filter) in [
        ("asked", filter),
        ("about gemma-3-270m", Filter::default().looking_for("x")),
    ] {
        let slice = Slice {
            name: name.parse().unwrap(),
            filter,
            rest: toml::Table::new(),
        };
        slices::add(&open, &slice).unwrap();
    }
    let (ledger, _) = Ledger::read(&open).unwrap();
    let item = (0..ledger.len())
        .find(|&place| ledger.place(place).unwrap().1.language.tag() == "ar")
        .and_then(|place| {
            let (benchmark, key) = ledger.place(place)?;
            Some(reviews::ItemRef {
                benchmark: benchmark.to_owned(),
                key: key.clone(),
            })
        });
    let decision = Decision {
        item: item.unwrap(),
        ruling: Ruling::Rekeyed([1].into()),
        note: String::new(),
        rest: serde_json::Map::new(),
    };
    let said = vec![Statement::Decision(decision).into()];
    reviews::append(&open, &Reviewer::new("Somebody").unwrap(), said).unwrap();
}

#[test]
fn nothing_tells_of_models_order_or_right_answer_before_an_item_is_judged() {
    let folder = workspace(&MODELS);
    telling(folder.path());
    let mut window = reviewing(folder.path(), 1440.0, 900.0, "Reviewer A");
    let filter = window.state(|state| state.inspect.filter.clone());
    let asked = Condition::Asked(MODELS[0].to_owned());
    let wrong = Condition::Outcome {
        is: Outcome::Wrong,
        of: Who::Any,
    };
    window.send(Command::SetFilter(filter.with(asked).with(wrong)));
    let before = signs(&window);
    assert!(found(&before, told(&window)).is_some() && found(&before, painted(&window)).is_some());
    // Outside of a queue, then in one.
    press(&mut window, Key::J);
    window.send(ReviewCommand::ToggleBlind.into());
    assert_no_sign(&window, "with filters that name a model");
    window.harness.get_by_label("Add filter").click();
    window.settle();
    assert_no_sign(&window, "in the menu of filters");
    press(&mut window, Key::Escape);
    let chips = window.harness.query_all_by_label("Remove filter By answers");
    assert_eq!(chips.count(), 2);
    assert!(
        window.harness.query_by_label("Slices").is_none(),
        "both slices tell of answers"
    );
    window.send(ReviewCommand::ToggleBlind.into());
    start_queue(&mut window);
    look_around(&mut window, "before the own answer");
    press(&mut window, Key::A);
    go_on(&mut window);
    window.wait(|state| state.review_step() == Step::Judge);
    look_around(&mut window, "before the judgement");
    let chosen = told(&window)
        .into_iter()
        .filter(|text| text.contains(", chosen"))
        .count();
    assert!(chosen > 0, "what the models chose is there to be judged");
    for _ in 0..MODELS.len() {
        press(&mut window, Key::Num3);
        assert_no_sign(&window, "while it is judged");
        let lines = window.state(|state| state.review.reviews.lines().len());
        go_on(&mut window);
        window.wait(|state| state.review.reviews.lines().len() > lines);
    }
    window.wait(|state| state.review_step() == Step::Revealed);
    let (told, painted) = (told(&window), painted(&window));
    for sign in MODELS.into_iter().chain(["Tokens", "Time"]) {
        assert!(told.iter().any(|text| text.contains(sign)), "{sign} is told");
        assert!(painted.iter().any(|text| text.contains(sign)), "{sign} is painted");
    }
    let run = window.state(|state| state.study.as_ref().unwrap().runs()[0].record.id.to_string());
    assert!(told.iter().any(|text| text.contains(&run)));
    assert!(told.iter().any(|text| text.contains(", right answer")));
    assert!(painted.iter().any(|text| text == "الإجابة الصحيحة"));
    for tab in [Tab::Prompt, Tab::Run] {
        window.send(InspectCommand::ShowTab(tab).into());
        window.settle();
        assert!(window.harness.query_by_label_contains("This shows once").is_none());
    }
}

#[test]
fn an_item_in_the_queue_stays_hidden_beside_one_that_is_judged() {
    let folder = workspace(&MODELS);
    let mut window = reviewing(folder.path(), 1440.0, 900.0, "A");
    // The same question in two languages.
    let pair = window.state(|state| {
        let study = state.study.as_ref().unwrap();
        let place = state.inspect.entry().unwrap();
        let english = study
            .beside(place)
            .into_iter()
            .find(|(language, _)| language.tag() == "en");
        (place, english.unwrap().1)
    });
    let text = window.state(|state| {
        let study = state.study.as_ref().unwrap();
        study.item(pair.0).unwrap().1.key.id.clone()
    });
    let languages = Condition::Language(["ar".parse().unwrap(), "en".parse().unwrap()].into());
    window.send(Command::SetFilter(Filter::from_iter([languages]).looking_for(&text)));
    start_queue(&mut window);
    assert!(window.state(|state| state.inspect.listed.contains(&pair.0) && state.inspect.listed.contains(&pair.1)));
    let first = window.state(|state| state.inspect.listed.iter().position(|place| *place == pair.0).unwrap());
    window.send(Command::SelectEntry(first));
    judge_by_keys(&mut window);
    let names = |window: &Window, place: usize| {
        window.state(|state| {
            let study = state.study.as_ref().unwrap();
            let shown = state.review.shown(study, place, pair.0, None);
            shown.iter().map(|shown| shown.name().to_owned()).collect::<Vec<_>>()
        })
    };
    assert!(
        names(&window, pair.0)
            .iter()
            .all(|name| MODELS.contains(&name.as_str()))
    );
    let beside = names(&window, pair.1);
    assert!(beside.iter().all(|name| name.starts_with("Answer ")), "{beside:?}");
    let second = window.state(|state| state.inspect.listed.iter().position(|place| *place == pair.1).unwrap());
    window.send(Command::SelectEntry(second));
    judge_by_keys(&mut window);
    assert!(
        names(&window, pair.1)
            .iter()
            .all(|name| MODELS.contains(&name.as_str()))
    );
}

/// Whatever language the question is in.
#[test]
fn the_form_and_the_card_call_answers_the_same() {
    let folder = workspace(&MODELS);
    let mut window = reviewing(folder.path(), 1440.0, 900.0, "A");
    window.send(ReviewCommand::ToggleBlind.into());
    for question in ["en", "ar", "zh"] {
        let language = Condition::Language([question.parse().unwrap()].into());
        window.send(Command::SetFilter(Filter::from_iter([language])));
        window.send(InspectCommand::ShowBeside(Vec::new()).into());
        press(&mut window, Key::A);
        for (form, own, others) in [
            (FormLanguage::English, "Your answer", "إجابتك"),
            (FormLanguage::Arabic, "إجابتك", "Your answer"),
        ] {
            window.send(ReviewCommand::UseForm(form).into());
            let shown = painted(&window);
            let times = |words: &str| shown.iter().filter(|text| *text == words).count();
            assert_eq!(
                (times(own), times(others), times("you")),
                (2, 0, 0),
                "{form:?} of {question}"
            );
            let marked = told(&window)
                .into_iter()
                .find(|text| text.ends_with(&format!(", {own}")));
            assert!(marked.is_some(), "{form:?} of {question}");
        }
        go_on(&mut window);
        window.wait(|state| state.review_step() == Step::Judge);
        for (form, first, others) in [
            (FormLanguage::English, "Answer 1", "الإجابة"),
            (FormLanguage::Arabic, "الإجابة 1", "Answer"),
        ] {
            window.send(ReviewCommand::UseForm(form).into());
            let shown = painted(&window);
            let times = shown.iter().filter(|text| *text == first).count();
            // In the form, in the table, and at every option.
            assert!(times > 4, "{form:?} of {question}: {shown:#?}");
            let numbered = |text: &&String| text.starts_with(others) && text.ends_with(['1', '2', '3']);
            assert_eq!(shown.iter().find(numbered), None, "{form:?} of {question}");
            let chosen = told(&window)
                .into_iter()
                .find(|text| text.contains(&format!("; {first} ")));
            assert!(chosen.is_some(), "{form:?} of {question}");
        }
    }
}

#[test]
fn a_queue_is_a_list_of_its_own_with_a_way_out() {
    let folder = workspace(&MODELS);
    let mut window = reviewing(folder.path(), 1440.0, 900.0, "A");
    let filter = window.state(|state| state.inspect.filter.clone()).looking_for("ما");
    window.send(Command::SetFilter(filter.clone()));
    let listed = window.state(|state| state.inspect.listed.clone());
    start_queue(&mut window);
    let items = window.state(|state| state.study.as_ref().unwrap().entries.len());
    for gone in ["Add filter", "Search items, any language", "Order: Workspace order"] {
        assert!(window.harness.query_by_label(gone).is_none(), "{gone}");
    }
    let said = told(&window);
    assert!(
        !said.iter().any(|text| text.contains(&format!("of {items} items"))),
        "{said:#?}"
    );
    let size = window.state(|state| state.inspect.listed.len());
    window.harness.get_by_label("Queue");
    window
        .harness
        .get_by_label(&format!("1 of {size} in queue: 0 done, {size} left"));
    judge_by_keys(&mut window);
    go_on(&mut window);
    let left = size - 1;
    window
        .harness
        .get_by_label(&format!("2 of {size} in queue: 1 done, {left} left"));
    crate::accessibility::check_root(window.harness.root().accesskit_node(), "a queue");
    click(&mut window, "Leave queue");
    assert_eq!(window.state(|state| state.inspect.filter.clone()), filter);
    assert_eq!(window.state(|state| state.inspect.listed.clone()), listed);
    window.harness.get_by_label("Add filter");
}

#[test]
fn a_flag_that_was_begun_waits_for_its_item() {
    let folder = workspace(&MODELS);
    let mut window = reviewing(folder.path(), 1440.0, 900.0, "A");
    press(&mut window, Key::G);
    press(&mut window, Key::Num1);
    press(&mut window, Key::J);
    assert!(window.state(|state| state.review.flag.is_none()));
    press(&mut window, Key::G);
    assert!(window.state(|state| state.review.flag.as_ref().unwrap().kinds.is_empty()));
    press(&mut window, Key::K);
    press(&mut window, Key::G);
    let (kinds, item, at_hand) = window.state(|state| {
        let flag = state.review.flag.clone().unwrap();
        let study = state.study.as_ref().unwrap();
        (
            flag.kinds,
            flag.item,
            Review::item(study, state.inspect.entry().unwrap()).unwrap(),
        )
    });
    assert_eq!((kinds, item), (BTreeSet::from([FlagKind::BadKey]), at_hand));
    window.send(Command::Show(Page::Inspect));
}
