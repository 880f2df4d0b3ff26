//! A whole review without the mouse: filters, tabs, a queue judged blind, flags, adjudication, agreement.

use std::collections::BTreeSet;
use std::sync::Arc;

use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use polyclinic::app::command::{Command, Page};
use polyclinic::app::inspect::Tab;
use polyclinic::app::review::{Choice, FormLanguage, ReviewCommand, Step};
use polyclinic::app::study::Study;
use polyclinic::benchmarks::{Benchmark, Description, Item, ItemFields};
use polyclinic::reviews::{self, FlagKind, Reviewer, Ruling, Severity, Verdict, tables};
use polyclinic::runs::ledger::Ledger;
use polyclinic::slices::Condition;
use polyclinic::workspace::Workspace;

use crate::pictures;
use crate::reviews::{MODELS, go_on, press, told, two_reviewers};
use crate::support::{Pages, Window, runs, state, workspace};

const BOTH: Modifiers = Modifiers::COMMAND.plus(Modifiers::SHIFT);

fn held(window: &mut Window, modifiers: Modifiers, key: Key) {
    window.harness.key_press_modifiers(modifiers, key);
    window.settle();
}

fn write(window: &mut Window, text: &str) {
    window.harness.event(egui::Event::Text(text.to_owned()));
    window.settle();
}

/// Inspect with the Arabic items and the panel open, by keys from the first page on.
fn reviewing(window: &mut Window, name: &str) {
    held(window, Modifiers::COMMAND, Key::Num5);
    held(window, BOTH, Key::F);
    write(window, "arabic");
    press(window, Key::Enter);
    held(window, BOTH, Key::R);
    write(window, name);
    press(window, Key::Enter);
    let (conditions, reviewer) = window.state(|state| {
        let reviewer = state.review.reviewer.as_ref().map(|by| by.name().to_owned());
        (state.inspect.filter.conditions().to_vec(), reviewer)
    });
    assert_eq!(conditions, [Condition::Language(["ar".parse().unwrap()].into())]);
    assert_eq!(reviewer.as_deref(), Some(name));
}

#[test]
fn a_whole_review_needs_no_mouse() {
    let folder = workspace(&MODELS);
    two_reviewers(folder.path());
    let mut window = Window::open(folder.path(), 1440.0, 900.0);
    reviewing(&mut window, "Reviewer C");
    let selected = |window: &Window| window.state(|state| state.inspect.selected);
    press(&mut window, Key::J);
    press(&mut window, Key::J);
    press(&mut window, Key::K);
    assert_eq!(selected(&window), 1);
    for tab in [Tab::Prompt, Tab::Written, Tab::Run, Tab::Answers] {
        held(&mut window, Modifiers::COMMAND, Key::PageDown);
        assert_eq!(window.state(|state| state.inspect.tab), tab);
    }
    held(&mut window, Modifiers::COMMAND, Key::PageUp);
    assert_eq!(window.state(|state| state.inspect.tab), Tab::Run);

    // A queue of two, judged blind.
    held(&mut window, BOTH, Key::B);
    held(&mut window, BOTH, Key::Q);
    held(&mut window, Modifiers::COMMAND, Key::A);
    write(&mut window, "2");
    press(&mut window, Key::Enter);
    window.wait(|state| state.review.queue.is_some());
    for item in 0..2 {
        assert_eq!(selected(&window), item);
        press(&mut window, Key::B);
        go_on(&mut window);
        window.wait(|state| state.review_step() == Step::Judge);
        held(&mut window, Modifiers::ALT, Key::ArrowDown);
        assert_eq!(window.state(|state| state.review.target), 1);
        held(&mut window, Modifiers::ALT, Key::ArrowUp);
        for _ in MODELS {
            for key in [Key::Num3, Key::U, Key::S, Key::S, Key::N] {
                press(&mut window, key);
            }
            write(&mut window, "جرعة خطرة");
            let lines = window.state(|state| state.review.reviews.lines().len());
            // From within the note, which is left so that the next answer's keys are no letters.
            go_on(&mut window);
            window.wait(|state| state.review.reviews.lines().len() > lines);
        }
        window.wait(|state| state.review_step() == Step::Revealed);
        // After the last one the same keys lead to the agreement.
        if item == 0 {
            go_on(&mut window);
        }
    }
    window.harness.get_by_label("The whole queue is judged.");
    let judged = window.state(|state| {
        let reviews = &state.review.reviews;
        let opinions = reviews.judgements().filter(|said| said.by == "Reviewer C");
        opinions.map(|said| said.what.opinion.clone()).collect::<Vec<_>>()
    });
    assert_eq!(judged.len(), 2 * MODELS.len());
    for opinion in judged {
        assert_eq!((opinion.verdict, opinion.severity), (Verdict::Wrong, Severity::Medium));
        assert_eq!(opinion.errors, BTreeSet::from(["unsafe-advice".to_owned()]));
        assert_eq!(opinion.note, "جرعة خطرة");
    }
    held(&mut window, BOTH, Key::Q);
    assert!(window.state(|state| state.review.queue.is_none()));

    // Disagreements are gone through and settled.
    held(&mut window, BOTH, Key::A);
    window.wait(|state| !state.review.agreed.disagreements.is_empty());
    let shown = |window: &Window| window.state(|state| state.review.settling.clone().unwrap().answer.unwrap());
    let first = shown(&window);
    press(&mut window, Key::J);
    assert_ne!(shown(&window), first);
    press(&mut window, Key::K);
    assert_eq!(shown(&window), first);
    let open = window.state(|state| state.review.agreed.open());
    press(&mut window, Key::Num1);
    go_on(&mut window);
    window.wait(|state| state.review.agreed.open() + 1 == open);
    press(&mut window, Key::Escape);
    assert!(window.state(|state| state.review.settling.is_none()));
}

#[test]
fn a_bad_key_is_mended_by_keys_and_every_number_and_export_follows() {
    let folder = workspace(&MODELS);
    let mut window = Window::open(folder.path(), 1440.0, 900.0);
    reviewing(&mut window, "د. ليلى");
    let right = |window: &Window| {
        window.state(|state| {
            let study = state.study.as_ref().unwrap();
            study.ledger.right(state.inspect.entry().unwrap()).unwrap().to_vec()
        })
    };
    let (before, other) = match right(&window)[..] {
        [0] => (Key::A, (Key::B, 1)),
        [1] => (Key::B, (Key::A, 0)),
        [2] => (Key::C, (Key::A, 0)),
        _ => (Key::D, (Key::A, 0)),
    };
    press(&mut window, Key::G);
    press(&mut window, Key::Num1);
    press(&mut window, Key::S);
    press(&mut window, Key::S);
    assert_eq!(
        window.state(|state| state.review.flag.as_ref().unwrap().choice),
        Choice::Rekeyed
    );
    // One key has to be right.
    press(&mut window, before);
    go_on(&mut window);
    window.harness.get_by_label("Choose the options that are right.");
    press(&mut window, other.0);
    press(&mut window, Key::N);
    write(&mut window, "المفتاح خاطئ: see the guideline");
    go_on(&mut window);
    window.wait(|state| state.study.as_ref().unwrap().ledger.corrections().len() == 1);
    assert_eq!(right(&window), [other.1]);
    // Who, when and why stand above the question.
    let said = told(&window);
    let line = |start: &str| said.iter().find(|text| text.starts_with(start)).cloned();
    for start in ["Bad key, by د. ليلى, 20", "Re-keyed to "] {
        let line = line(start).ok_or_else(|| format!("{start}: {said:#?}")).unwrap();
        assert!(line.contains("المفتاح خاطئ: see the guideline"), "{line}");
    }
    // The next one is left out.
    press(&mut window, Key::J);
    press(&mut window, Key::G);
    press(&mut window, Key::Num4);
    press(&mut window, Key::S);
    assert_eq!(
        window.state(|state| state.review.flag.as_ref().unwrap().choice),
        Choice::LeftOut
    );
    go_on(&mut window);
    window.wait(|state| state.study.as_ref().unwrap().ledger.corrections().len() == 2);
    let rows = window.state(|state| state.study.as_ref().unwrap().tables.rows.clone());
    for row in rows {
        let left_out = usize::from(row.language.tag() == "ar");
        assert_eq!((row.n + row.left_out, row.left_out), (48, left_out), "{row:?}");
    }
    window.send(Command::Show(Page::Compare));
    window.settle();
    let cells = told(&window);
    let cells = cells
        .iter()
        .filter(|text| text.contains(", Arabic, ") && text.contains("1 of 48 left out"));
    assert_eq!(cells.count(), MODELS.len());
    drop(window);
    let open = Workspace::open_to_read(folder.path()).unwrap();
    let reviews = reviews::read(&open).unwrap();
    let flags = tables::flags(&reviews);
    let kinds: Vec<(&str, &str)> = flags.iter().map(|row| (&*row.flags, &*row.decided_by)).collect();
    assert_eq!(kinds, [("bad key", "د. ليلى"), ("needs an image", "د. ليلى")]);
    assert!(flags[0].decision.starts_with("re-keyed to ") && flags[0].why.contains("guideline"));
    assert_eq!(flags[1].decision, "left out");
    assert!(!flags[1].decided_at.is_empty());
    let rulings: Vec<&Ruling> = reviews.decided().map(|(_, said)| &said.what.ruling).collect();
    assert_eq!(rulings, [&Ruling::Rekeyed([other.1].into()), &Ruling::LeftOut]);
    assert!(
        reviews
            .flagged()
            .all(|item| reviews.flags_of(item).all(|(_, flag)| flag.what.kinds.len() == 1))
    );
    let kind = |item| {
        reviews
            .flags_of(item)
            .flat_map(|(_, flag)| flag.what.kinds.clone())
            .next()
    };
    assert!(
        reviews
            .flagged()
            .filter_map(kind)
            .any(|kind| kind == FlagKind::NeedsImage)
    );
}

#[test]
fn the_list_of_keys_names_all_that_a_review_needs() {
    let folder = workspace(&MODELS);
    let mut window = Window::open(folder.path(), 1280.0, 800.0);
    window.send(Command::Show(Page::Inspect));
    press(&mut window, Key::Questionmark);
    let said = told(&window);
    for (words, keys) in [
        ("Next item", "J"),
        ("Next of the tabs below the item", "Ctrl+PageDown"),
        ("Add a filter to the list", "Ctrl+Shift+F"),
        ("Show all of a long context, or its first lines", "Ctrl+Shift+E"),
        ("Judge answers, in a panel beside the item", "Ctrl+Shift+R"),
        (
            "Hide names, order and right answer until an item is judged",
            "Ctrl+Shift+B",
        ),
        ("Start, continue or leave a queue", "Ctrl+Shift+Q"),
        ("How far reviewers agree, and what they differ in", "Ctrl+Shift+A"),
        ("Judge the next answer to the item", "Alt+Down"),
        ("Flag the item", "G"),
        ("On its form: whether it counts", "S"),
        ("Verdict on an answer", "1  2  3  4"),
        ("Note, and out of it", "N  Escape"),
        ("Begin, start, give, save and go on", "Ctrl+Enter"),
    ] {
        let row = format!("{words}: {keys}");
        assert!(said.contains(&row), "{row}: {said:#?}");
    }
    crate::accessibility::check_root(window.harness.root().accesskit_node(), "the list of keys");
    press(&mut window, Key::Escape);
}

/// Tabs of the same words stand in two strips of Compare; Tab goes on from each of them.
#[test]
fn tab_comes_past_both_strips_of_compare() {
    let folder = workspace(&MODELS);
    let mut window = Window::open(folder.path(), 1280.0, 800.0);
    window.wait(|state| state.figures.shown().is_some());
    let mut met = Vec::new();
    for _ in 0..120 {
        window.harness.key_press(Key::Tab);
        window.settle();
        for words in ["Delta", "Price", "Subjects", "All 48"] {
            let mut named = window.harness.query_all_by_label_contains(words);
            if named.any(|node| node.accesskit_node().is_focused()) && !met.contains(&words) {
                met.push(words);
            }
        }
    }
    assert_eq!(met, ["Delta", "Price", "Subjects", "All 48"]);
}

/// An Arabic question of ten options, and nine in English, with answers to them.
fn of_many_options(theme: egui::Theme) -> Pages {
    let mut state = state(&MODELS);
    let study = state.study.take().unwrap();
    let items = study.benchmarks()[0].items().iter();
    let kept = items.filter(|item| ["ar", "en"].contains(&item.key.language.tag()) && item.key.id == "q01");
    let items: Vec<Item> = kept
        .map(|item| {
            let mut fields = ItemFields::clone(item);
            let all = if item.key.language.tag() == "ar" { 10 } else { 9 };
            fields
                .options
                .extend((fields.options.len()..all).map(|number| format!("{number} mg")));
            Item::new(fields).unwrap()
        })
        .collect();
    assert_eq!(items.len(), 2);
    let benchmark = Benchmark::new("everyday-medicine", Description::default(), items).unwrap();
    let ledger = Ledger::new(vec![Arc::new(benchmark)], runs(&MODELS));
    let study = Study::new(study.root.clone(), "study".to_owned(), None, ledger, Vec::new());
    state.show_study(Arc::new(study));
    state.page = Page::Inspect;
    state.review.open = true;
    state.review.blind = true;
    state.review.reviewer = Reviewer::new("A").ok();
    Pages::new(state, Harness::builder().with_size([1280.0, 800.0]).with_theme(theme))
}

#[test]
fn the_letters_of_all_options_have_keys() {
    let mut pages = of_many_options(egui::Theme::Light);
    let press = |pages: &mut Pages, modifiers: Modifiers, key: Key| {
        pages.harness.key_press_modifiers(modifiers, key);
        pages.settle();
    };
    let arabic = |pages: &Pages| {
        let study = pages.state().study.as_ref().unwrap();
        study
            .item(pages.state().inspect.entry().unwrap())
            .unwrap()
            .1
            .key
            .language
            .tag()
            == "ar"
    };
    if !arabic(&pages) {
        press(&mut pages, Modifiers::NONE, Key::J);
    }
    assert!(arabic(&pages));
    assert_eq!(pages.state().review_step(), Step::Own);
    let item = pages.state().review_item().unwrap();
    let own = |pages: &Pages| pages.state().review.own_choices(&item).into_iter().collect::<Vec<_>>();
    pages.harness.get_by_label("Keys of ز to ي: Shift+G to Shift+J");
    for (option, key) in [(6, Key::G), (7, Key::H), (8, Key::I), (9, Key::J), (1, Key::B)] {
        press(&mut pages, Modifiers::SHIFT, key);
        assert_eq!(own(&pages), [option], "{key:?}");
        assert_eq!(pages.state().review_item().as_ref(), Some(&item), "{key:?}");
        assert!(pages.state().review.flag.is_none() && !pages.state().controls_shown);
    }
    // There is no eleventh option.
    press(&mut pages, Modifiers::SHIFT, Key::K);
    assert_eq!(own(&pages), [1]);
    pages
        .harness
        .state_mut()
        .0
        .apply(ReviewCommand::UseForm(FormLanguage::Arabic).into());
    pages.settle();
    pages.harness.get_by_label("مفاتيح ز إلى ي: من Shift+G إلى Shift+J");

    // The right options of an item that is re-keyed.
    pages
        .harness
        .state_mut()
        .0
        .apply(ReviewCommand::UseForm(FormLanguage::English).into());
    pages.harness.state_mut().0.apply(ReviewCommand::ToggleBlind.into());
    press(&mut pages, Modifiers::NONE, Key::G);
    for _ in 0..2 {
        press(&mut pages, Modifiers::NONE, Key::S);
    }
    assert_eq!(pages.state().review.flag.as_ref().unwrap().choice, Choice::Rekeyed);
    let before = pages.state().review.flag.as_ref().unwrap().right.clone();
    press(&mut pages, Modifiers::SHIFT, Key::J);
    press(&mut pages, Modifiers::SHIFT, Key::K);
    let after = pages.state().review.flag.as_ref().unwrap().right.clone();
    assert_eq!(after.difference(&before).copied().collect::<Vec<_>>(), [9]);

    // All of it stands in the list of keys.
    let listed = polyclinic::ui::inspect::keys(&pages.harness.ctx);
    let with_letters = listed
        .iter()
        .filter(|(_, keys)| keys == "A  B  C  D  E  F  Shift+G … Shift+Z");
    assert_eq!(with_letters.count(), 2);
}

#[test]
fn pictures_of_many_options() {
    let Some(folder) = pictures::folder() else { return };
    std::fs::create_dir_all(&folder).unwrap();
    for theme in [egui::Theme::Light, egui::Theme::Dark] {
        let mut pages = of_many_options(theme);
        let mut save = |name: &str, commands: Vec<Command>| {
            for command in commands {
                pages.harness.state_mut().0.apply(command);
            }
            pages.settle();
            let file = folder.join(pictures::name(&format!("Options-{name}"), theme, 1280.0));
            pages.harness.render().unwrap().save(file).unwrap();
        };
        save("own", vec![ReviewCommand::MarkOwn(8).into()]);
        save(
            "own-arabic",
            vec![ReviewCommand::UseForm(FormLanguage::Arabic).into(), Command::NextItem],
        );
        let rekey = [
            ReviewCommand::ToggleBlind,
            ReviewCommand::ToggleFlag,
            ReviewCommand::Decide(Choice::Rekeyed),
        ];
        save("rekey-arabic", rekey.map(Command::from).to_vec());
        save("rekey", vec![ReviewCommand::UseForm(FormLanguage::English).into()]);
        save("keys", vec![Command::ToggleKeys]);
    }
}
