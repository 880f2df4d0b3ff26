//! Stops of Tab: a list, a table and the matrix are one each, however long, and arrows move inside. And no two widgets
//! have one id, on which Tab would be caught.

use std::collections::BTreeSet;

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::NodeT;
use polyclinic::app::command::{Command, Page};
use polyclinic::app::compare::view::{By, Order};
use polyclinic::app::figures::FiguresCommand;
use polyclinic::app::inspect::{InspectCommand, Tab};
use polyclinic::app::matrix::CellKey;
use polyclinic::charts::Kind;
use polyclinic::runs::measures::Measure;

use crate::compare::{LANGUAGES, STUDY, TASKS, ledger, press, state_of};
use crate::support::{MODELS, Pages, Window, state, workspace};

/// More presses than these no page needs to be gone through, however much it lists.
const PRESSES: usize = 90;

/// What has the focus: its role and its name.
fn focused<S>(harness: &Harness<'_, S>) -> Option<(Role, String)> {
    let mut left = vec![harness.root()];
    while let Some(node) = left.pop() {
        let inner = node.accesskit_node();
        if inner.is_focused() && inner.parent().is_some() {
            return Some((inner.role(), inner.label().unwrap_or_default()));
        }
        left.extend(node.children());
    }
    None
}

/// What Tab comes to from the page's start until it comes round.
fn stops(pages: &mut Pages, modifiers: Modifiers) -> Vec<(Role, String)> {
    let mut met: Vec<(Role, String)> = Vec::new();
    let mut first = None;
    let comes_round = (0..PRESSES).any(|_| {
        pages.harness.key_press_modifiers(modifiers, Key::Tab);
        pages.settle();
        let id = pages.harness.ctx.memory(|memory| memory.focused());
        let is_round = first.is_some() && id == first;
        first = first.or(id);
        met.extend(focused(&pages.harness).filter(|_| !is_round));
        is_round
    });
    assert!(comes_round, "Tab never comes round: {met:#?}");
    met
}

fn large(page: Page) -> Pages {
    let mut state = state_of(ledger(&STUDY, &LANGUAGES, &TASKS));
    state.page = page;
    Pages::new(state, Harness::builder().with_size([1440.0, 900.0]))
}

#[test]
fn tab_passes_every_page_within_a_few_presses_and_goes_back() {
    for page in Page::ALL {
        let mut demo = state(&MODELS);
        demo.page = page;
        let mut pages = Pages::new(demo, Harness::builder().with_size([1280.0, 800.0]));
        let there = stops(&mut pages, Modifiers::NONE);
        assert!(there.len() > 5, "{page:?}: {there:?}");
        let row = |met: &&(Role, String)| matches!(met.0, Role::ListBoxOption | Role::ListItem);
        assert!(there.iter().filter(row).count() <= 1, "{page:?}: {there:?}");
        let mut back = stops(&mut pages, Modifiers::SHIFT);
        back.reverse();
        let names = |met: &[(Role, String)]| met.iter().cloned().map(|met| met.1).collect::<BTreeSet<_>>();
        assert_eq!(names(&back), names(&there), "{page:?}");
    }
}

#[test]
fn a_list_of_thousands_is_one_stop_and_arrows_reach_its_ends() {
    let mut pages = large(Page::Inspect);
    let all = pages.state().inspect.listed.len();
    assert!(all > 3000, "{all}");
    let met = stops(&mut pages, Modifiers::NONE);
    assert_eq!(met.iter().filter(|met| met.0 == Role::ListBoxOption).count(), 1);
    assert!(
        met.iter().any(|met| met.1 == "Answers"),
        "the tabs below the item: {met:?}"
    );
    while focused(&pages.harness).is_none_or(|met| met.0 != Role::ListBoxOption) {
        press(&mut pages, &[Key::Tab]);
    }
    let at = |pages: &Pages| {
        let place = pages.state().inspect.selected;
        let study = pages.state().study.clone().unwrap();
        let (_, item) = study.item(pages.state().inspect.entry().unwrap()).unwrap();
        let (role, name) = focused(&pages.harness).unwrap();
        assert_eq!(role, Role::ListBoxOption);
        assert!(name.contains(&format!("{}:", item.key.id)), "{name}");
        place
    };
    for (key, place) in [
        (Key::ArrowDown, 1),
        (Key::ArrowDown, 2),
        (Key::ArrowUp, 1),
        (Key::PageDown, 11),
        (Key::End, all - 1),
        (Key::PageUp, all - 11),
        (Key::J, all - 10),
        (Key::Home, 0),
        (Key::PageDown, 10),
    ] {
        press(&mut pages, &[key]);
        assert_eq!(at(&pages), place, "{key:?}");
    }
    // Scrolled away, it is still where Tab comes back to.
    press(&mut pages, &[Key::Tab]);
    assert_ne!(focused(&pages.harness).unwrap().0, Role::ListBoxOption);
    pages.harness.hover_at(egui::pos2(150.0, 600.0));
    for _ in 0..4 {
        pages.harness.event(egui::Event::MouseWheel {
            unit: egui::MouseWheelUnit::Point,
            delta: egui::vec2(0.0, -2000.0),
            phase: egui::TouchPhase::Move,
            modifiers: Modifiers::NONE,
            source: egui::MouseWheelSource::Unknown,
        });
        pages.settle();
    }
    pages.harness.key_press_modifiers(Modifiers::SHIFT, Key::Tab);
    pages.settle();
    assert_eq!(at(&pages), 10);
}

#[test]
fn arrows_reach_every_cell_and_the_heads_which_sort() {
    let mut state = state_of(ledger(&STUDY, &LANGUAGES[..6], &TASKS));
    state.page = Page::Compare;
    let mut pages = Pages::new(state, Harness::builder().with_size([1000.0, 700.0]));
    let met = stops(&mut pages, Modifiers::NONE);
    let is_cell = |met: &(Role, String)| met.1.contains("percent, n ") || met.1.contains(", not run");
    assert_eq!(met.iter().filter(|met| is_cell(met)).count(), 1, "{met:#?}");
    assert!(
        !met.iter()
            .any(|met| met.0 == Role::ColumnHeader || met.1.starts_with("Pin "))
    );
    while focused(&pages.harness).is_none_or(|met| !is_cell(&met)) {
        press(&mut pages, &[Key::Tab]);
    }
    let selected = |pages: &Pages| pages.state().compare.selected.clone().unwrap();
    let layout = pages.state().compare.layout.clone();
    let columns = layout.cell_columns().count();
    let mut reached: BTreeSet<CellKey> = BTreeSet::new();
    for _ in layout.models() {
        press(&mut pages, &[Key::Home]);
        reached.insert(selected(&pages));
        for _ in 1..columns {
            pages.harness.key_press(Key::ArrowRight);
            pages.harness.step();
            pages.harness.step();
            reached.insert(selected(&pages));
        }
        pages.settle();
        let (_, name) = focused(&pages.harness).unwrap();
        assert!(
            name.starts_with(&format!("{}, {}, ", selected(&pages).model, selected(&pages).task)),
            "{name}"
        );
        press(&mut pages, &[Key::ArrowDown]);
    }
    assert_eq!(reached.len(), columns * layout.models().count());

    let order = |pages: &Pages| pages.state().compare.view.order.clone();
    press(&mut pages, &[Key::Home]);
    let row = |pages: &Pages| {
        layout
            .models()
            .position(|model| model == selected(pages).model)
            .unwrap()
    };
    while row(&pages) > 0 {
        press(&mut pages, &[Key::ArrowUp]);
    }
    press(&mut pages, &[Key::ArrowUp]);
    assert_eq!(focused(&pages.harness).unwrap().0, Role::ColumnHeader);
    press(&mut pages, &[Key::Enter]);
    let first = By::Column(layout.columns().next().unwrap().holds.clone());
    assert_eq!(order(&pages), Order::natural(first));
    press(&mut pages, &[Key::ArrowLeft, Key::Space]);
    assert_eq!(order(&pages).by, By::Name);
    press(&mut pages, &[Key::End, Key::Enter]);
    let last = By::Column(layout.columns().last().unwrap().holds.clone());
    assert_eq!(order(&pages), Order::natural(last), "a mean, out of sight at first");
    press(
        &mut pages,
        &[Key::Home, Key::ArrowRight, Key::ArrowRight, Key::ArrowDown],
    );
    let key = selected(&pages);
    assert_eq!(Some(&key.column()), layout.cell_columns().nth(1));
    assert_eq!(pages.state().compare.layout.models().next(), Some(key.model.as_str()));
    assert!(is_cell(&focused(&pages.harness).unwrap()));
}

#[test]
fn a_table_is_one_stop_and_its_headings_sort_by_keys() {
    let mut pages = Pages::new(state(&MODELS), Harness::builder().with_size([1440.0, 900.0]));
    pages.harness.state_mut().0.apply(Command::ShowMeasure(Measure::Price));
    pages.settle();
    let met = stops(&mut pages, Modifiers::NONE);
    assert_eq!(met.iter().filter(|met| met.0 == Role::Table).count(), 1);
    assert!(!met.iter().any(|met| met.0 == Role::ColumnHeader), "{met:?}");
    while focused(&pages.harness).is_none_or(|met| met.0 != Role::Table) {
        press(&mut pages, &[Key::Tab]);
    }
    press(
        &mut pages,
        &[Key::ArrowDown, Key::ArrowUp, Key::ArrowUp, Key::ArrowRight, Key::Enter],
    );
    assert_eq!(pages.state().compare.sorting.unwrap().column, 1);
    press(&mut pages, &[Key::ArrowDown]);
    assert_eq!(focused(&pages.harness).unwrap().0, Role::Table);
}

/// What egui writes where two widgets of a frame have one id.
fn clashes(window: &mut Window) -> Vec<String> {
    fn texts(shape: &egui::Shape, found: &mut Vec<String>) {
        match shape {
            egui::Shape::Text(text) if text.galley.text().contains(" use of ") => {
                found.push(text.galley.text().to_owned());
            }
            egui::Shape::Vec(shapes) => shapes.iter().for_each(|shape| texts(shape, found)),
            _ => {}
        }
    }
    window.harness.step();
    window.harness.step();
    let mut found = Vec::new();
    for shape in &window.harness.output().shapes {
        texts(&shape.shape, &mut found);
    }
    found
}

#[test]
fn no_two_widgets_have_one_id() {
    let folder = workspace(&MODELS);
    for size in [[1000.0, 700.0], [1280.0, 800.0], [2560.0, 1440.0]] {
        let mut window = Window::with(folder.path(), Harness::builder().with_size(size));
        window
            .harness
            .ctx
            .options_mut(|options| options.warn_on_id_clash = true);
        let look = |window: &mut Window, what: &str| assert_eq!(clashes(window), [""; 0], "{what} at {size:?}");
        for page in Page::ALL {
            window.send(Command::Show(page));
            look(&mut window, page.title());
        }
        window.send(Command::Show(Page::Compare));
        for kind in Kind::ALL {
            window.send(FiguresCommand::Show(kind).into());
            window.wait(|state| state.figures.shown().is_some());
            look(&mut window, kind.word());
            window.send(FiguresCommand::AsTable(true).into());
            look(&mut window, &format!("{} as table", kind.word()));
            window.send(FiguresCommand::AsTable(false).into());
        }
        window.send(FiguresCommand::Export.into());
        look(&mut window, "export");
        window.send(FiguresCommand::CloseExport.into());
        for measure in Measure::ALL {
            window.send(Command::ShowMeasure(measure));
            window.wait(|state| measure == Measure::Accuracy || state.compare.sheet().is_some());
            look(&mut window, measure.word());
        }
        window.send(Command::ShowMeasure(Measure::Accuracy));
        window.send(Command::NewRun);
        look(&mut window, "new run");
        window.send(Command::CloseForm);
        window.send(Command::Show(Page::Inspect));
        for tab in Tab::ALL {
            window.send(InspectCommand::ShowTab(tab).into());
            look(&mut window, tab.title());
        }
        window.send(InspectCommand::OpenFilters.into());
        look(&mut window, "filters");
    }
}
