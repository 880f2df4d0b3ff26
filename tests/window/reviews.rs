//! Reviewing: ten items judged blind by keys alone, agreement, settling, flags that every number follows.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::{AccessKitNode, NodeT, Queryable};
use polyclinic::app::State;
use polyclinic::app::command::{Command, Page};
use polyclinic::app::review::work::{Saying, What, save};
use polyclinic::app::review::{FormLanguage, ReviewCommand, Saving, Step};
use polyclinic::reviews::{
    self, AnswerRef, ItemRef, Judgement, Opinion, Reviewer, RunModel, Severity, Statement, Verdict,
};
use polyclinic::runs::ledger::Ledger;
use polyclinic::slices::{Condition, Filter};
use polyclinic::text::isolate;
use polyclinic::workspace::Workspace;

use crate::pictures;
use crate::support::{Window, workspace};

pub const MODELS: [&str; 3] = ["SmolLM2-135M-Instruct", "gemma-3-270m", "Qwen2.5-0.5B"];

pub fn press(window: &mut Window, key: Key) {
    window.harness.key_press(key);
    window.settle();
}

pub fn go_on(window: &mut Window) {
    window.harness.key_press_modifiers(Modifiers::COMMAND, Key::Enter);
    window.settle();
}

pub fn click(window: &mut Window, label: &str) {
    window.harness.get_by_label(label).click();
    window.settle();
}

pub fn type_in(window: &mut Window, field: &str, text: &str) {
    window.harness.get_by_label(field).focus();
    window.settle();
    window.harness.event(egui::Event::Text(text.to_owned()));
    window.settle();
}

/// Everything that assistive technology is told of the window.
pub fn told(window: &Window) -> Vec<String> {
    fn collect(node: AccessKitNode<'_>, found: &mut Vec<String>) {
        let data = node.data();
        let texts = [data.label(), data.value(), data.description()];
        found.extend(texts.into_iter().flatten().map(str::to_owned));
        node.children().for_each(|child| collect(child, found));
    }
    let mut found = Vec::new();
    collect(window.harness.root().accesskit_node(), &mut found);
    found
}

pub fn names_a_model(window: &Window) -> Option<String> {
    let run = window.state(|state| state.study.as_ref().unwrap().runs()[0].record.id.to_string());
    told(window)
        .into_iter()
        .find(|text| MODELS.iter().any(|model| text.contains(model)) || text.contains(&run))
}

/// What leaves the Arabic items.
pub fn arabic() -> Filter {
    let language = Condition::Language(["ar".parse().unwrap()].into());
    Filter::from_iter([language])
}

/// A window on Inspect with the Arabic items listed and a reviewer who gave a name.
pub fn reviewing(root: &Path, width: f32, height: f32, name: &str) -> Window {
    let mut window = Window::open(root, width, height);
    window.send(Command::Show(Page::Inspect));
    window.send(Command::SetFilter(arabic()));
    click(&mut window, "Review");
    type_in(&mut window, "Name or initials", name);
    click(&mut window, "Begin");
    assert_eq!(
        window.state(|state| state.review.reviewer.as_ref().map(|by| by.name().to_owned())),
        Some(name.to_owned())
    );
    window
}

pub fn start_queue(window: &mut Window) {
    click(window, "Blind");
    click(window, "New queue");
    click(window, "Start queue");
    window.wait(|state| state.review.queue.is_some());
}

/// Judges the item at hand by keys alone, every answer wrong for a wrong fact of low severity.
pub fn judge_by_keys(window: &mut Window) {
    press(window, Key::A);
    go_on(window);
    window.wait(|state| state.review_step() == Step::Judge);
    for place in 0..MODELS.len() {
        assert_eq!(names_a_model(window), None, "answer {place}");
        for key in [Key::Num3, Key::F, Key::S] {
            press(window, key);
        }
        let before = window.state(|state| state.review.reviews.lines().len());
        go_on(window);
        window.wait(|state| state.review.reviews.lines().len() > before);
    }
    window.wait(|state| state.review_step() == Step::Revealed);
}

#[test]
fn ten_items_are_judged_blind_by_keys_alone() {
    let folder = workspace(&MODELS);
    let mut window = reviewing(folder.path(), 1440.0, 900.0, "Reviewer A");
    assert!(names_a_model(&window).is_some(), "nothing is hidden yet");
    start_queue(&mut window);
    assert_eq!(window.state(|state| state.inspect.listed.len()), 10);
    for item in 0..10 {
        assert_eq!(names_a_model(&window), None, "item {item} before the own answer");
        let right = told(&window).iter().any(|text| text.contains(", right answer"));
        assert!(!right, "item {item}: the right answer comes after one's own");
        window.harness.get_by_label(&format!("{} of 10 in queue", item + 1));
        judge_by_keys(&mut window);
        for model in MODELS {
            assert!(
                told(&window).iter().any(|text| text.contains(model)),
                "{model} is revealed"
            );
        }
        // After the last one the same keys lead to the agreement.
        if item < 9 {
            go_on(&mut window);
        }
    }
    window.harness.get_by_label("The whole queue is judged.");
    drop(window);
    let open = Workspace::open_to_read(folder.path()).unwrap();
    let read = reviews::read(&open).unwrap();
    assert!(read.problems.is_empty());
    let by = Reviewer::new("Reviewer A").unwrap();
    assert_eq!(read.lines().len(), 1 + 10 + 30);
    assert!(folder.path().join("reviews/reviewer-a.jsonl").exists());
    let numbers: BTreeSet<usize> = read.judgements().filter_map(|said| said.what.shown_as).collect();
    assert_eq!(numbers, BTreeSet::from([1, 2, 3]));
    for judged in read.judgements() {
        let opinion = &judged.what.opinion;
        assert!(judged.what.blind);
        assert_eq!((opinion.verdict, opinion.severity), (Verdict::Wrong, Severity::Low));
        assert_eq!(opinion.errors, BTreeSet::from(["wrong-fact".to_owned()]));
        assert!(
            read.own_answer(&judged.what.answer.item, by.id())
                .unwrap()
                .what
                .before_key
        );
    }
}

/// Somebody else's judgement that came with a workspace read anew while one's own was being saved.
#[test]
fn what_is_read_while_a_judgement_is_saved_stays() {
    let folder = workspace(&MODELS);
    let window = reviewing(folder.path(), 1440.0, 900.0, "Reviewer A");
    let answer = window.state(|state| state.review_answers()[0].clone());
    let before = window.state(|state| Arc::clone(&state.review.reviews));
    drop(window);
    let open = Workspace::open(folder.path()).unwrap();
    let judged = |name: &str, reviews: &Arc<reviews::Reviews>| {
        let judgement = Judgement {
            answer: answer.clone(),
            protocol: "letters".into(),
            opinion: Opinion::new(Verdict::Right),
            blind: false,
            shown_as: None,
            queue: None,
            rest: Default::default(),
        };
        let saying = Saying {
            reviewer: Reviewer::new(name).unwrap(),
            said: What::Statements(vec![Statement::Judgement(judgement).into()]),
            before: Arc::clone(reviews),
        };
        save(Some(&open), saying)
    };
    let mut state = State::default();
    state.review.reviews = Arc::clone(&before);
    let own = judged("Reviewer A", &before);
    let others = judged("Reviewer B", &before).saved.unwrap().after;
    state.review.reviews = Arc::clone(&others);
    state.take_in_said(own);
    let who = |state: &State| -> Vec<String> {
        let said = state.review.reviews.judgements();
        said.map(|said| said.by.to_owned()).collect()
    };
    assert_eq!(who(&state), ["Reviewer A", "Reviewer B"]);
    // Where nothing came between, what the thread put together is what holds.
    let now = Arc::clone(&state.review.reviews);
    let outcome = judged("Reviewer C", &now);
    let after = Arc::clone(&outcome.saved.as_ref().unwrap().after);
    state.take_in_said(outcome);
    assert!(Arc::ptr_eq(&state.review.reviews, &after));
    assert_eq!(who(&state).len(), 3);
}

#[test]
fn a_queue_goes_on_after_a_restart_in_the_same_order() {
    let folder = workspace(&MODELS);
    let mut window = reviewing(folder.path(), 1440.0, 900.0, "ليلى");
    start_queue(&mut window);
    judge_by_keys(&mut window);
    let order = |window: &Window| {
        window.state(|state| {
            let queue = state.review.queue().unwrap();
            queue.what.items.clone()
        })
    };
    let before = order(&window);
    drop(window);
    let mut window = reviewing(folder.path(), 1440.0, 900.0, "ليلى");
    click(&mut window, "Continue queue");
    assert_eq!(order(&window), before);
    assert!(window.state(|state| state.review.blind));
    assert_eq!(window.state(|state| state.inspect.selected), 1);
    assert_eq!(names_a_model(&window), None);
}

#[test]
fn a_note_is_written_left_and_saved_without_the_mouse() {
    let folder = workspace(&MODELS);
    let mut window = reviewing(folder.path(), 1440.0, 900.0, "A");
    press(&mut window, Key::Num2);
    press(&mut window, Key::N);
    let note = "«حبيبات قزحية» ترجمة خاطئة (eosinophils)";
    window.harness.event(egui::Event::Text(note.to_owned()));
    window.settle();
    // Letters go into the note while it has the focus.
    assert_eq!(window.state(|state| state.review_draft().note.clone()), note);
    press(&mut window, Key::Escape);
    press(&mut window, Key::T);
    go_on(&mut window);
    window.wait(|state| matches!(state.review.saving, Saving::Saved { .. }));
    let judged = window.state(|state| {
        let said = state.review.reviews.judgements().next().unwrap();
        said.what.opinion.clone()
    });
    assert_eq!(judged.note, note);
    assert_eq!(judged.verdict, Verdict::Partly);
    assert!(judged.errors.contains("mistranslated-term"));
}

#[test]
fn what_cannot_be_saved_stays_in_the_form() {
    let folder = workspace(&MODELS);
    let mut window = reviewing(folder.path(), 1440.0, 900.0, "A");
    // A file where the folder has to be.
    std::fs::write(folder.path().join("reviews"), "").unwrap();
    press(&mut window, Key::Num3);
    go_on(&mut window);
    window.wait(|state| matches!(state.review.saving, Saving::Failed(_)));
    assert!(
        told(&window).iter().any(|text| text.contains("a.jsonl")),
        "it says which file"
    );
    assert_eq!(window.state(|state| state.review_draft().verdict), Some(Verdict::Wrong));
    std::fs::remove_file(folder.path().join("reviews")).unwrap();
    go_on(&mut window);
    window.wait(|state| matches!(state.review.saving, Saving::Saved { .. }));
    assert_eq!(window.state(|state| state.review.reviews.judgements().count()), 1);
}

fn n(window: &Window, language: &str) -> (usize, usize) {
    window.state(|state| {
        let rows = &state.study.as_ref().unwrap().tables.rows;
        let row = rows.iter().find(|row| row.language.tag() == language).unwrap();
        (row.n, row.left_out)
    })
}

#[test]
fn a_flagged_item_is_left_out_and_every_number_follows() {
    let folder = workspace(&MODELS);
    let mut window = reviewing(folder.path(), 1440.0, 900.0, "A");
    let (before, _) = n(&window, "ar");
    press(&mut window, Key::G);
    click(&mut window, "Bad translation");
    click(&mut window, "Leave out");
    go_on(&mut window);
    window.wait(|state| state.study.as_ref().unwrap().ledger.corrections().len() == 1);
    assert_eq!(n(&window, "ar"), (before - 1, 1));
    let items = window.state(|state| state.study.as_ref().unwrap().entries.len());
    window
        .harness
        .get_by_label(&format!("1 of {items} items flagged, 1 left out of Compare"));
    let ledger = |root: &Path| {
        let open = Workspace::open_to_read(root).unwrap();
        let (ledger, _) = Ledger::read(&open).unwrap();
        ledger.corrected(reviews::read(&open).unwrap().corrections())
    };
    assert_eq!(ledger(folder.path()).corrections().len(), 1);
    // Another decision takes its place, and the first is kept.
    press(&mut window, Key::G);
    click(&mut window, "Keep");
    go_on(&mut window);
    window.wait(|state| state.study.as_ref().unwrap().ledger.corrections().is_empty());
    assert_eq!(n(&window, "ar"), (before, 0));
    press(&mut window, Key::G);
    let said = told(&window);
    assert!(said.iter().any(|text| text.contains("left out")), "{said:#?}");
}

#[test]
fn a_rekeyed_item_is_scored_by_its_new_answer() {
    let folder = workspace(&MODELS);
    let mut window = reviewing(folder.path(), 1440.0, 900.0, "A");
    let right = |window: &Window| {
        window.state(|state| {
            let study = state.study.as_ref().unwrap();
            study.ledger.right(state.inspect.entry().unwrap()).unwrap().to_vec()
        })
    };
    let before = right(&window);
    press(&mut window, Key::G);
    click(&mut window, "Re-key");
    let other = if before == [0] { 1 } else { 0 };
    window.send(ReviewCommand::Rekey(before[0]).into());
    window.send(ReviewCommand::Rekey(other).into());
    go_on(&mut window);
    window.wait(|state| state.study.as_ref().unwrap().ledger.corrections().len() == 1);
    assert_eq!(right(&window), [other]);
    let agree = window.state(|state| {
        let study = state.study.as_ref().unwrap();
        let given = study.ledger.answers_to(state.inspect.entry().unwrap(), None);
        given
            .iter()
            .all(|given| given.is_right() == (given.choices() == [other]))
    });
    assert!(agree);
}

/// A reviewer, and which answers they judge against the key.
type Judge = (&'static str, fn(usize) -> bool);

/// Two reviewers who judged twenty answers of one model, and differ on three.
pub fn two_reviewers(root: &Path) {
    judged_by(
        root,
        20,
        &[("Reviewer A", |_| false), ("Reviewer B", |number| number % 8 == 3)],
    );
}

/// Reviewers who judged so many Arabic answers of one model, each against the key where `differs` says so.
fn judged_by(root: &Path, answers: usize, reviewers: &[Judge]) {
    let open = Workspace::open(root).unwrap();
    let (ledger, _) = Ledger::read(&open).unwrap();
    let sheet = ledger.sheets().iter().find(|sheet| sheet.model == MODELS[1]).unwrap();
    let arabic = (0..ledger.len()).filter(|&question| ledger.place(question).unwrap().1.language.tag() == "ar");
    for (number, question) in arabic.take(answers).enumerate() {
        let given = ledger.given(sheet, question).unwrap();
        let (benchmark, key) = ledger.place(question).unwrap();
        let answer = AnswerRef {
            given: RunModel {
                run: given.run().id.clone(),
                model: given.model().to_owned(),
            },
            item: ItemRef {
                benchmark: benchmark.to_owned(),
                key: key.clone(),
            },
        };
        for (reviewer, differs) in reviewers {
            let differs = differs(number);
            let verdict = if given.is_right() == differs {
                Verdict::Wrong
            } else {
                Verdict::Right
            };
            let mut opinion = Opinion::new(verdict);
            if verdict == Verdict::Wrong {
                opinion.errors.insert("wrong-fact".to_owned());
                opinion.severity = Severity::Medium;
            }
            opinion.ratings.insert("accuracy".to_owned(), 2 + u8::from(differs));
            let judgement = Judgement {
                answer: answer.clone(),
                protocol: given.protocol().to_owned(),
                opinion,
                blind: true,
                shown_as: Some(1),
                queue: None,
                rest: serde_json::Map::new(),
            };
            let said = vec![Statement::Judgement(judgement).into()];
            reviews::append(&open, &Reviewer::new(reviewer).unwrap(), said).unwrap();
        }
    }
}

#[test]
fn agreement_is_shown_and_disagreements_are_settled_one_after_another() {
    let folder = workspace(&MODELS);
    two_reviewers(folder.path());
    let mut window = reviewing(folder.path(), 1440.0, 900.0, "Reviewer C");
    click(&mut window, "Agreement");
    window.wait(|state| state.review.agreed.disagreements.len() == 3);
    let said = told(&window);
    let row = said.iter().find(|text| text.starts_with("Verdict; 20; 85.0")).unwrap();
    assert!(row.contains("64.0–94.8"), "{row}");
    window.harness.get_by_label("3 of 3 disagreements open");
    for left in [2, 1, 0] {
        press(&mut window, Key::Num1);
        go_on(&mut window);
        window.wait(|state| state.review.agreed.open() == left);
    }
    let settled = window.state(|state| {
        let reviews = &state.review.reviews;
        let judged: Vec<_> = reviews
            .judged()
            .filter_map(|answer| reviews.adjudication(answer))
            .collect();
        judged
            .iter()
            .map(|said| (said.by.to_owned(), said.what.settles.len()))
            .collect::<Vec<_>>()
    });
    assert_eq!(settled, vec![("Reviewer C".to_owned(), 2); 3]);
}

/// Where a text is painted first.
fn painted(window: &Window, text: &str) -> egui::Rect {
    let shapes = window.harness.output().shapes.iter();
    let mut found = shapes.filter_map(|clipped| match &clipped.shape {
        egui::Shape::Text(shape) if shape.galley.job.text == text => Some(shape.visual_bounding_rect()),
        _ => None,
    });
    found.next().ok_or(text).unwrap()
}

#[test]
fn the_reviewers_language_rules_agreement_and_mirrors_it() {
    let folder = workspace(&MODELS);
    two_reviewers(folder.path());
    let mut window = reviewing(folder.path(), 1440.0, 900.0, "Reviewer C");
    click(&mut window, "Agreement");
    window.wait(|state| state.review.agreed.disagreements.len() == 3);
    let (name, kappa) = (painted(&window, "Verdict"), painted(&window, "Kappa"));
    assert!(name.right() < kappa.left());
    window.send(ReviewCommand::UseForm(FormLanguage::Arabic).into());
    let said = told(&window);
    let row = said.iter().find(|text| text.starts_with("الحكم; 20; 85.0")).unwrap();
    assert!(row.contains("64.0–94.8"), "{row}");
    for words in [
        "الاتفاق بين المقيّمين",
        "الخلافات المفتوحة: 3 من 3",
        "الخلافات",
        "حسم الخلاف",
        "آراء المقيّمين",
    ] {
        assert!(said.iter().any(|text| text.contains(words)), "{words}: {said:#?}");
    }
    let row = said.iter().find(|text| text.contains("مفتوح، ")).unwrap();
    assert!(
        row.contains("Reviewer A صحيحة") || row.contains("Reviewer A خاطئة"),
        "{row}"
    );
    for word in [
        "Agreement",
        "Disagreements",
        "open",
        "Kappa",
        "Percent",
        "verdict",
        "Settle",
    ] {
        let english = said
            .iter()
            .find(|text| text.split([' ', ',', ':']).any(|part| part == word));
        assert_eq!(english, None, "{word} is Arabic too");
    }
    let (name, kappa) = (painted(&window, "الحكم"), painted(&window, "كابا"));
    assert!(kappa.right() < name.left(), "{kappa:?} {name:?}");
    crate::accessibility::check_root(window.harness.root().accesskit_node(), "agreement in Arabic");
}

#[test]
fn the_menu_of_reviewers_runs_as_the_form_does() {
    let folder = workspace(&MODELS);
    let three: [Judge; 3] = [
        ("Reviewer A", |_| false),
        ("Reviewer B", |number| number % 8 == 3),
        ("د. ليلى", |number| number % 5 == 3),
    ];
    judged_by(folder.path(), 20, &three);
    let mut window = reviewing(folder.path(), 1440.0, 900.0, "Reviewer C");
    click(&mut window, "Agreement");
    window.wait(|state| state.review.agreed.pairs.len() == 3);
    for (form, name, mirrored) in [
        (FormLanguage::English, "Reviewers", false),
        (FormLanguage::Arabic, "المقيّمان", true),
    ] {
        window.send(ReviewCommand::UseForm(form).into());
        let field = window.harness.get_by_role_and_label(Role::ComboBox, name).rect();
        // From the end of the line that the label begins.
        let at_start = |outer: egui::Rect, inner: egui::Rect, most: f32| {
            let distance = match mirrored {
                true => outer.right() - inner.right(),
                false => inner.left() - outer.left(),
            };
            assert!(
                (-1.0..most).contains(&distance),
                "{distance}: {inner:?} in {outer:?}, {form:?}"
            );
        };
        let heading = window.harness.get_by_label(if mirrored {
            "الاتفاق بين المقيّمين"
        } else {
            "Agreement of reviewers"
        });
        at_start(heading.rect(), field, 1.0);
        at_start(field, painted(&window, name), 14.0);
        window.harness.get_by_role_and_label(Role::ComboBox, name).click();
        window.settle();
        let menu = window.harness.get_by_role_and_label(Role::ListBox, name);
        let rows: Vec<_> = menu.query_all_by_role(Role::ListBoxOption).collect();
        assert_eq!(rows.len(), 3);
        at_start(field, rows[0].rect(), 20.0);
        for row in rows {
            let words = row.accesskit_node().label().unwrap();
            let shapes = window.harness.output().shapes.iter();
            let drawn = shapes.filter_map(|clipped| match &clipped.shape {
                egui::Shape::Text(shape) if isolate::plain(&shape.galley.job.text) == words => {
                    Some(shape.visual_bounding_rect())
                }
                _ => None,
            });
            let within = drawn.into_iter().find(|drawn| row.rect().contains(drawn.center()));
            at_start(row.rect(), within.unwrap(), 14.0);
        }
        window.harness.event(egui::Event::Text("zzz".to_owned()));
        window.settle();
        painted(
            &window,
            if mirrored {
                "لا شيء مطابق"
            } else {
                "Nothing like this"
            },
        );
        press(&mut window, Key::Escape);
    }
}

/// What stands beside the list of disagreements where it is empty.
#[test]
fn where_reviewers_agree_on_all_the_card_says_so_and_what_to_do_next() {
    let folder = workspace(&MODELS);
    judged_by(folder.path(), 7, &[("Reviewer A", |_| false), ("د. ليلى", |_| false)]);
    let mut window = reviewing(folder.path(), 1280.0, 800.0, "Reviewer C");
    click(&mut window, "Agreement");
    window.wait(|state| state.review.agreed.pairs.len() == 1);
    let agree = "Reviewer A and د. ليلى agree on all 7 answers that both judged: on the verdict, its severity and what went wrong.";
    window.harness.get_by_role_and_label(Role::Heading, agree);
    window.send(ReviewCommand::UseForm(FormLanguage::Arabic).into());
    let agree = "اتفق Reviewer A ود. ليلى في كل الإجابات التي قيّماها معًا (عددها 7): في الحكم وشدة الخطأ ونوعه.";
    let heading = window.harness.get_by_role_and_label(Role::Heading, agree).rect();
    let button = window.harness.get_by_label("الأسئلة التي قيّمها الاثنان").rect();
    assert!((heading.right() - button.right()).abs() < 2.0, "{heading:?} {button:?}");
    crate::accessibility::check_root(window.harness.root().accesskit_node(), "all is agreed on");
    click(&mut window, "الأسئلة التي قيّمها الاثنان");
    let (settling, listed) = window.state(|state| (state.review.settling.is_some(), state.inspect.listed.len()));
    assert_eq!((settling, listed), (false, 7));
}

#[test]
fn without_two_reviewers_the_card_says_what_will_stand_there() {
    let folder = workspace(&MODELS);
    let mut window = reviewing(folder.path(), 1280.0, 800.0, "Reviewer C");
    click(&mut window, "Agreement");
    window
        .harness
        .get_by_role_and_label(Role::Heading, "There is nothing to settle yet.");
    assert!(window.harness.query_by_label("Items both judged").is_none());
}

#[test]
fn the_panel_tells_names_and_languages() {
    let folder = workspace(&MODELS);
    two_reviewers(folder.path());
    let mut window = reviewing(folder.path(), 1440.0, 900.0, "ليلى");
    for form in FormLanguage::ALL {
        window.send(ReviewCommand::UseForm(form).into());
        crate::accessibility::check_root(window.harness.root().accesskit_node(), "the form");
        window.send(ReviewCommand::ToggleFlag.into());
        crate::accessibility::check_root(window.harness.root().accesskit_node(), "the flags");
        window.send(ReviewCommand::ToggleFlag.into());
        window.send(ReviewCommand::ToggleAgreement.into());
        crate::accessibility::check_root(window.harness.root().accesskit_node(), "agreement");
        window.send(ReviewCommand::ToggleAgreement.into());
    }
}

/// Every state of the panel, to be looked at.
#[test]
fn pictures_of_reviews() {
    let Some(folder) = pictures::folder() else { return };
    std::fs::create_dir_all(&folder).unwrap();
    for theme in [egui::Theme::Light, egui::Theme::Dark] {
        for (width, height) in [(1280.0, 800.0), (1440.0, 900.0), (2560.0, 1440.0), (1000.0, 700.0)] {
            let root = workspace(&MODELS);
            two_reviewers(root.path());
            let builder = Harness::builder().with_size([width, height]).with_theme(theme);
            let mut window = Window::with(root.path(), builder);
            let take = |window: &mut Window, name: &str| {
                window.settle();
                let file = folder.join(pictures::name(&format!("Review-{name}"), theme, width));
                window.harness.render().unwrap().save(file).unwrap();
            };
            window.send(Command::Show(Page::Inspect));
            window.send(Command::SetFilter(arabic()));
            window.send(ReviewCommand::Toggle.into());
            take(&mut window, "name");
            window.send(ReviewCommand::TypeName("Reviewer A".into()).into());
            window.send(ReviewCommand::KeepName.into());
            take(&mut window, "open");
            window.send(ReviewCommand::ToggleBlind.into());
            window.send(ReviewCommand::PlanQueue.into());
            take(&mut window, "plan");
            window.send(ReviewCommand::StartQueue.into());
            window.wait(|state| state.review.queue.is_some());
            while window.state(|state| state.review_step() == Step::Revealed) {
                window.send(ReviewCommand::Next.into());
            }
            window.send(ReviewCommand::MarkOwn(3).into());
            take(&mut window, "own");
            window.send(ReviewCommand::GiveOwn.into());
            window.wait(|state| state.review_step() == Step::Judge);
            window.send(ReviewCommand::Judge(Verdict::Wrong).into());
            window.send(ReviewCommand::ToggleError("mistranslated-term".into()).into());
            window.send(ReviewCommand::Grade(Severity::Medium).into());
            window.send(
                ReviewCommand::Note("«حبيبات قزحية» ترجمة خاطئة، والمقصود الحمضات (eosinophils) بنسبة 20٪.".into())
                    .into(),
            );
            take(&mut window, "judge");
            window.send(ReviewCommand::UseForm(FormLanguage::Arabic).into());
            take(&mut window, "judge-arabic");
            for _ in 0..MODELS.len() {
                window.send(ReviewCommand::Judge(Verdict::Partly).into());
                let before = window.state(|state| state.review.reviews.lines().len());
                window.send(ReviewCommand::Save.into());
                window
                    .wait(|state| state.review.reviews.lines().len() > before || state.review_step() == Step::Revealed);
            }
            window.wait(|state| state.review_step() == Step::Revealed && !state.review.agreed.pairs.is_empty());
            take(&mut window, "revealed-arabic");
            window.send(ReviewCommand::UseForm(FormLanguage::English).into());
            take(&mut window, "revealed");
            window.send(ReviewCommand::ToggleFlag.into());
            take(&mut window, "flag");
            window.send(ReviewCommand::ToggleFlag.into());
            window.send(ReviewCommand::ToggleAgreement.into());
            window.wait(|state| !state.review.agreed.disagreements.is_empty());
            take(&mut window, "agreement");
            window.send(ReviewCommand::UseForm(FormLanguage::Arabic).into());
            take(&mut window, "agreement-arabic");
            window.send(ReviewCommand::ToggleAgreement.into());
            window.send(ReviewCommand::ToggleFlag.into());
            take(&mut window, "flag-arabic");
        }
    }
}

/// Three who differ, and two who judged one answer.
#[test]
fn pictures_of_few_and_many_reviewers() {
    let Some(folder) = pictures::folder() else { return };
    std::fs::create_dir_all(&folder).unwrap();
    let three: [Judge; 3] = [
        ("Reviewer A", |_| false),
        ("د. ليلى", |number| number % 5 == 3),
        ("Dr Ọláńrewájú Adébáyọ̀", |number| number % 3 == 1),
    ];
    let same: [Judge; 2] = [("Reviewer A", |_| false), ("د. ليلى", |_| false)];
    for theme in [egui::Theme::Light, egui::Theme::Dark] {
        for (name, answers, reviewers) in [
            ("three", 30, &three[..]),
            ("one", 1, &three[..2]),
            ("agreed", 12, &same[..]),
            ("none", 0, &[]),
        ] {
            for (width, height) in [(1280.0, 800.0), (2560.0, 1440.0)] {
                let root = workspace(&MODELS);
                judged_by(root.path(), answers, reviewers);
                let builder = Harness::builder().with_size([width, height]).with_theme(theme);
                let mut window = Window::with(root.path(), builder);
                window.send(Command::Show(Page::Inspect));
                window.send(ReviewCommand::TypeName("Reviewer Z".into()).into());
                window.send(ReviewCommand::KeepName.into());
                window.send(ReviewCommand::ToggleAgreement.into());
                window.wait(|state| state.review.agreed.pairs.is_empty() == (answers == 0));
                for form in FormLanguage::ALL {
                    window.send(ReviewCommand::UseForm(form).into());
                    let save = |window: &mut Window, state: &str| {
                        let file = pictures::name(&format!("Agreement-{name}-{form:?}{state}"), theme, width);
                        window.harness.render().unwrap().save(folder.join(file)).unwrap();
                    };
                    save(&mut window, "");
                    if name == "three" {
                        window.harness.get_by_role(Role::ComboBox).click();
                        window.settle();
                        save(&mut window, "-menu");
                        press(&mut window, Key::Escape);
                    }
                }
            }
        }
    }
}
