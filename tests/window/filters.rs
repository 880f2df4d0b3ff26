//! Filters and slices of Inspect, by keyboard alone.

use std::sync::Arc;

use egui::Key;
use egui::accesskit::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use polyclinic::app::State;
use polyclinic::app::command::{Command, Page};
use polyclinic::app::compare::command::CompareCommand;
use polyclinic::app::inspect::{InspectCommand, Order, PromptState, Tab};
use polyclinic::app::matrix::CellKey;
use polyclinic::app::study::Study;
use polyclinic::benchmarks::{Benchmark, Description, Item, ItemFields};
use polyclinic::runs::ledger::Ledger;
use polyclinic::scoring::{Answer, Outcome};
use polyclinic::slices::{self, Condition, Filter, Together, Who};
use polyclinic::workspace::Workspace;

use crate::accessibility;
use crate::support::{MODELS, Pages, Window, runs, state, workspace};

fn inspect() -> Pages {
    let mut state = state(&MODELS);
    state.page = Page::Inspect;
    Pages::new(state, Harness::builder().with_size([1440.0, 900.0]))
}

fn press(pages: &mut Pages, key: Key) {
    pages.harness.key_press(key);
    pages.settle();
}

fn type_in(pages: &mut Pages, text: &str) {
    pages.harness.event(egui::Event::Text(text.to_owned()));
    pages.settle();
}

/// Opens the menu of filters and chooses rows one after the other, each by what is typed.
fn add(pages: &mut Pages, typed: &[&str]) {
    pages.harness.get_by_label("Add filter").focus();
    pages.settle();
    press(pages, Key::Enter);
    for typed in typed {
        assert!(
            pages.harness.query_by_role_and_label(Role::ListBox, "Filter").is_some(),
            "{typed}"
        );
        type_in(pages, typed);
        press(pages, Key::Enter);
    }
    assert!(
        pages.harness.query_by_role_and_label(Role::ListBox, "Filter").is_none(),
        "{typed:?}"
    );
}

fn conditions(pages: &Pages) -> Vec<Condition> {
    pages.state().inspect.filter.conditions().to_vec()
}

fn languages(of: Who) -> Condition {
    Condition::Languages {
        right: "en".parse().unwrap(),
        wrong: "yo".parse().unwrap(),
        of,
    }
}

#[test]
fn filters_are_added_and_taken_away_by_keys() {
    let mut pages = inspect();
    let all = pages.state().inspect.listed.len();
    add(&mut pages, &["right in one language", "english", "yoruba", "any"]);
    assert_eq!(conditions(&pages), [languages(Who::Any)]);
    let pairs = pages.state().inspect.listed.clone();
    assert!(!pairs.is_empty() && pairs.len() < all);
    add(&mut pages, &["yoruba"]);
    let study = pages.state().study.clone().unwrap();
    let listed = pages.state().inspect.listed.clone();
    assert!(!listed.is_empty() && listed.iter().all(|place| pairs.contains(place)));
    for &place in &listed {
        assert_eq!(study.item(place).unwrap().1.key.language.tag(), "yo");
        // As the table of answers has it: some model is wrong here and right in English.
        let english = study
            .beside(place)
            .into_iter()
            .find(|(language, _)| language.tag() == "en")
            .unwrap()
            .1;
        let outcome = |question: usize, model: &str| {
            let given = study.ledger.answers_to(question, None);
            given.iter().find(|given| given.model() == model).unwrap().outcome()
        };
        let differs =
            |model: &&str| (outcome(english, model), outcome(place, model)) == (Outcome::Right, Outcome::Wrong);
        assert!(MODELS.iter().any(differs));
    }
    pages
        .harness
        .get_by_label("Remove filter Right in English, wrong in Yoruba")
        .focus();
    pages.settle();
    press(&mut pages, Key::Enter);
    assert_eq!(
        conditions(&pages),
        [Condition::Language(["yo".parse().unwrap()].into())]
    );
    assert_eq!(pages.state().inspect.listed.len(), 48);
    pages.harness.get_by_label("Clear all filters").focus();
    pages.settle();
    press(&mut pages, Key::Enter);
    assert_eq!(pages.state().inspect.listed.len(), all);
}

#[test]
fn every_kind_of_filter_is_reached_by_keys() {
    let (one, other) = (MODELS[0].to_owned(), MODELS[1].to_owned());
    for (typed, expected) in [
        (
            vec!["one model right", &one, &other],
            Condition::Models {
                right: one.clone(),
                wrong: other.clone(),
            },
        ),
        (
            vec!["wrong", "every"],
            Condition::Outcome {
                is: Outcome::Wrong,
                of: Who::Every,
            },
        ),
        (vec!["all wrong"], Condition::Answers(Together::AllWrong)),
        (vec!["disagree"], Condition::Answers(Together::Differ)),
        (
            vec!["low margin", "10", &one],
            Condition::LowMargin {
                below: 10.try_into().unwrap(),
                of: Who::Model(one.clone()),
            },
        ),
        (
            vec!["confident", "90", "any"],
            Condition::ConfidentAndWrong {
                above: 90.try_into().unwrap(),
                of: Who::Any,
            },
        ),
        (vec!["not reviewed"], Condition::Reviewed(slices::ReviewedBy::Nobody)),
        (vec!["flagged: bad key"], "flagged = \"bad_key\"".parse().unwrap()),
        (vec![&format!("answered {other}")], Condition::Asked(other.clone())),
    ] {
        let mut pages = inspect();
        add(&mut pages, &typed);
        assert_eq!(conditions(&pages), [expected]);
    }
}

#[test]
fn the_menu_counts_what_each_choice_would_leave() {
    let mut pages = inspect();
    add(&mut pages, &["yoruba"]);
    pages.harness.get_by_label("Add filter").click();
    pages.settle();
    accessibility::check(&pages, "the menu of filters");
    let menu = pages.state().inspect.menu.clone().unwrap();
    assert!(!menu.counts.is_empty());
    for (condition, count) in menu.counts {
        let mut alone = inspect();
        let filter = pages.state().inspect.filter.clone().with(condition.clone());
        alone.harness.state_mut().0.apply(Command::SetFilter(filter));
        assert_eq!(alone.state().inspect.listed.len(), count, "{}", condition.words());
    }
    // Other languages would join Yoruba.
    let english = Condition::Language(["en".parse().unwrap()].into());
    let counted = pages.state().inspect.menu.clone().unwrap().counts;
    assert!(counted.contains(&(english, 96)));
}

#[test]
fn nothing_left_names_the_filter_to_remove() {
    let mut pages = inspect();
    add(&mut pages, &["yoruba"]);
    add(&mut pages, &["flagged: bad key"]);
    assert!(pages.state().inspect.listed.is_empty());
    accessibility::check(&pages, "nothing left");
    pages
        .harness
        .get_by_label("Remove “Flagged: bad key”: 48 items")
        .focus();
    pages.settle();
    press(&mut pages, Key::Enter);
    assert_eq!(pages.state().inspect.listed.len(), 48);
}

#[test]
fn the_list_is_sorted() {
    let mut pages = inspect();
    pages.harness.get_by_label("Order: Workspace order").focus();
    pages.settle();
    press(&mut pages, Key::Enter);
    type_in(&mut pages, "margin");
    press(&mut pages, Key::Enter);
    assert_eq!(pages.state().inspect.order, Order::Margin);
    let study = pages.state().study.clone().unwrap();
    let margins: Vec<f32> = pages
        .state()
        .inspect
        .listed
        .iter()
        .map(|&place| {
            let given = study.ledger.answers_to(place, None);
            given
                .iter()
                .filter_map(|given| given.margin())
                .fold(f32::INFINITY, f32::min)
        })
        .collect();
    assert!(margins.is_sorted() && margins.first() < margins.last());
}

#[test]
fn a_slice_is_kept_found_again_and_forgotten() {
    let made = workspace(&MODELS);
    let mut window = Window::open(made.path(), 1440.0, 900.0);
    window.send(Command::Show(Page::Inspect));
    let filter: Filter = [languages(Who::Any)].into_iter().collect();
    window.send(Command::SetFilter(filter.clone()));
    let listed = window.state(|state| state.inspect.listed.clone());
    window.harness.get_by_label("Save slice").focus();
    window.settle();
    window.harness.key_press(Key::Enter);
    window.settle();
    window.harness.event(egui::Event::Text("خطأ في اليوروبا".into()));
    window.settle();
    window.harness.key_press(Key::Enter);
    window.wait(|state| !state.slices.is_empty());
    let open = Workspace::open_to_read(made.path()).unwrap();
    assert_eq!(slices::find(&open, "خطأ في اليوروبا").unwrap().filter, filter);
    window.send(Command::SetFilter(Filter::default()));
    window.harness.get_by_label("Slices").focus();
    window.settle();
    window.harness.key_press(Key::Enter);
    window.settle();
    window.harness.key_press(Key::Enter);
    window.settle();
    assert_eq!(window.state(|state| state.inspect.listed.clone()), listed);
    let name = window.state(|state| state.slices[0].name.clone());
    window.send(InspectCommand::ForgetSlice(name).into());
    window.wait(|state| state.slices.is_empty());
    assert!(slices::list(&open).unwrap().slices.is_empty());
}

#[test]
fn a_prompt_is_shown_as_the_run_put_it() {
    let made = workspace(&MODELS);
    let mut window = Window::open(made.path(), 1440.0, 900.0);
    window.send(Command::Show(Page::Inspect));
    window.send(InspectCommand::ShowTab(Tab::Prompt).into());
    window.wait(|state| matches!(state.inspect.prompt, Some((_, PromptState::Made(_)))));
    let (question, prompted) = window.state(|state| {
        let study = state.study.clone().unwrap();
        let item = study.item(state.inspect.entry().unwrap()).unwrap().1.question.clone();
        let Some((_, PromptState::Made(prompted))) = &state.inspect.prompt else {
            unreachable!()
        };
        (item, prompted.clone())
    });
    assert!(prompted.parts[0].1.contains(&question));
    assert_eq!(prompted.scored.len(), 4);
    // The file of the run's model is not on this machine.
    assert!(prompted.tokens.as_ref().unwrap_err().contains("is not on this machine"));
    for tab in [Tab::Written, Tab::Run, Tab::Answers] {
        window.send(InspectCommand::ShowTab(tab).into());
    }
}

#[test]
fn tabs_and_languages_tell_their_names() {
    for tab in Tab::ALL {
        let mut pages = inspect();
        pages.harness.get_by_role_and_label(Role::Tab, tab.title()).focus();
        pages.settle();
        press(&mut pages, Key::Enter);
        assert_eq!(pages.state().inspect.tab, tab);
        accessibility::check(&pages, tab.title());
    }
    let mut pages = inspect();
    pages.harness.get_by_label("Beside").focus();
    pages.settle();
    press(&mut pages, Key::Enter);
    type_in(&mut pages, "yoruba");
    press(&mut pages, Key::Enter);
    let chosen = pages.state().inspect.beside.clone().unwrap();
    assert!(chosen.iter().any(|language| language.tag() == "yo"), "{chosen:?}");
    let yoruba = pages.harness.get_by_role_and_label(Role::CheckBox, "Yoruba");
    assert!(yoruba.accesskit_node().toggled().is_some());
}

/// A state whose items are in so many benchmarks, each with a task of its own.
fn in_benchmarks(names: &[&str]) -> State {
    let mut state = state(&MODELS);
    let study = state.study.take().unwrap();
    let demo = study.benchmarks()[0].clone();
    let mut runs = runs(&MODELS);
    let benchmarks = names.iter().enumerate().map(|(place, name)| {
        let items = demo.items().iter().map(|item| {
            let mut fields = ItemFields::clone(item);
            fields.task = format!("task {place}");
            Item::new(fields).unwrap()
        });
        Arc::new(Benchmark::new(name, Description::default(), items.collect()).unwrap())
    });
    for (_, answers) in &mut runs {
        let all = names.iter().enumerate().flat_map(|(place, name)| {
            answers.iter().map(move |answer| Answer {
                benchmark: (*name).to_owned(),
                task: format!("task {place}"),
                ..answer.clone()
            })
        });
        *answers = all.collect();
    }
    let ledger = Ledger::new(benchmarks.collect(), runs);
    let study = Study::new(study.root.clone(), "study".to_owned(), None, ledger, Vec::new());
    state.show_study(Arc::new(study));
    state
}

/// What "Add filter" offers above its rows.
fn groups(pages: &mut Pages) -> Vec<String> {
    pages.harness.get_by_label("Add filter").click();
    pages.settle();
    let headings = pages.harness.get_all_by_role(Role::Heading);
    let groups = headings.filter_map(|node| node.accesskit_node().label()).collect();
    press(pages, Key::Escape);
    groups
}

#[test]
fn what_there_is_but_one_of_is_no_filter() {
    for (names, several) in [(&["exams"][..], false), (&["exams", "boards"][..], true)] {
        let mut state = in_benchmarks(names);
        // The items of a finding: two models apart in one cell.
        let first = state.compare.selected.clone().unwrap();
        let other = MODELS.into_iter().find(|model| *model != first.model).unwrap();
        state.compare.against = Some(CellKey {
            model: other.to_owned(),
            ..first.clone()
        });
        state.apply(CompareCommand::OpenApart.into());
        let kinds = |state: &State| {
            let conditions = state.inspect.filter.conditions().iter();
            let of = |kind: fn(&Condition) -> bool| conditions.clone().any(kind);
            [
                of(|it| matches!(it, Condition::Benchmark(_))),
                of(|it| matches!(it, Condition::Task(_))),
                of(|it| matches!(it, Condition::Language(_))),
            ]
        };
        assert_eq!(kinds(&state), [several, several, true], "a finding in {names:?}");
        let apart = state.inspect.listed.len();
        state.apply(Command::OpenCell(first.clone(), None));
        assert_eq!(kinds(&state), [several, several, true], "a cell in {names:?}");
        assert!(apart > 0 && apart < state.inspect.listed.len());
        assert_eq!(state.inspect.listed.len(), 48, "the items of the cell and no others");
        state.page = Page::Inspect;
        let mut pages = Pages::new(state, Harness::builder().with_size([1440.0, 900.0]));
        let offered = groups(&mut pages);
        for group in ["Benchmark", "Task"] {
            assert_eq!(
                offered.iter().any(|offered| offered == group),
                several,
                "{group} in {names:?}"
            );
        }
        assert!(offered.iter().any(|group| group == "Language"));
        // One that somebody set, as a slice may have it, is there to be taken away.
        let set = Condition::Benchmark(["exams".to_owned()].into());
        pages
            .harness
            .state_mut()
            .0
            .apply(Command::SetFilter(Filter::from_iter([set])));
        pages.settle();
        pages.harness.get_by_label("Remove filter exams").click();
        pages.settle();
        assert!(pages.state().inspect.filter.is_empty());
    }
}
