//! Compare's figures: what they say, what they open, by pointer and by keys, and what is exported of them.

use egui::Key;
use egui::accesskit::Role;
use egui_kittest::kittest::{NodeT, Queryable};
use polyclinic::app::command::Page;
use polyclinic::app::figures::{Exporting, FiguresCommand, Part};
use polyclinic::charts::Kind;

use crate::compare::{LANGUAGES, STUDY, ledger, state_of};
use crate::support::{MODELS, Pages, Window, workspace};

fn shown(kind: Kind) -> (tempfile::TempDir, Window) {
    let made = workspace(&MODELS);
    let mut window = Window::open(made.path(), 1440.0, 900.0);
    window.send(FiguresCommand::Show(kind).into());
    window.wait(|state| state.figures.shown().is_some());
    (made, window)
}

#[test]
fn a_part_of_a_figure_tells_its_numbers_and_opens_its_items() {
    let (_made, mut window) = shown(Kind::Bars);
    window.harness.get_by_label_contains("gemma-3-270m, Arabic, ").click();
    window.settle();
    assert_eq!(window.state(|state| state.page), Page::Inspect);
    let filter = window.state(|state| state.inspect.filter.clone());
    assert!(format!("{filter:?}").contains("gemma-3-270m"), "{filter:?}");
}

#[test]
fn arrows_go_through_a_figure_and_enter_opens_a_part() {
    let (_made, mut window) = shown(Kind::Gap);
    window.harness.get_by_role(Role::Figure).focus();
    window.settle();
    window.harness.key_press(Key::ArrowDown);
    window.settle();
    window.harness.key_press(Key::Enter);
    window.settle();
    assert_eq!(window.state(|state| state.page), Page::Inspect);
}

#[test]
fn a_figure_has_a_table_of_its_numbers() {
    let (_made, mut window) = shown(Kind::Gap);
    window.harness.get_by_label("As table").click();
    window.settle();
    let rows = window.harness.get_all_by_role(Role::Row);
    let told = rows.filter_map(|row| row.accesskit_node().label());
    assert!(
        told.into_iter()
            .any(|words| words.contains("difference") && words.contains("95% interval"))
    );
    window.harness.get_by_label("As figure").click();
    window.settle();
    window.harness.get_by_role(Role::Figure);
}

#[test]
fn the_headings_of_a_long_table_stay_in_sight_and_keys_bring_its_rows_there() {
    let (_made, mut window) = shown(Kind::Calibration);
    window.send(FiguresCommand::AsTable(true).into());
    let rows = |window: &Window| {
        let rows = window.harness.get_all_by_role(Role::Row);
        let mut places: Vec<egui::Rect> = rows.map(|row| row.rect()).collect();
        places.sort_by(|one, other| one.top().total_cmp(&other.top()));
        places
    };
    let heading = |window: &Window| {
        let headings = window.harness.get_all_by_role(Role::ColumnHeader);
        let mut named = headings.filter(|node| node.accesskit_node().label().as_deref() == Some("calibration error"));
        named.next().unwrap().rect()
    };
    let at_first = heading(&window);
    let table = window.harness.get_all_by_role(Role::Table);
    let table = table.max_by(|one, other| one.rect().bottom().total_cmp(&other.rect().bottom()));
    table.unwrap().focus();
    window.settle();
    window.harness.key_press(Key::End);
    window.harness.run_steps(60);
    // The page scrolled to the last row, and the headings stand over the first row that is seen.
    let seen = rows(&window);
    let (first, last) = (seen.first().unwrap(), seen.last().unwrap());
    assert!(last.bottom() <= 900.0, "the last row is at {last:?}");
    let pinned = heading(&window);
    assert!((0.0..900.0).contains(&pinned.top()), "the headings are at {pinned:?}");
    assert!(pinned != at_first, "the table is too short to tell");
    assert!(
        first.bottom() >= pinned.bottom() - 1.0,
        "{first:?} is drawn over by {pinned:?}"
    );
    // Back at its beginning they stand before the first row, which nothing covers.
    window.harness.key_press(Key::Home);
    window.harness.run_steps(60);
    let first = *rows(&window).first().unwrap();
    let head = heading(&window);
    assert!((head.bottom() - first.top()).abs() < 1.0, "{head:?} over {first:?}");
    assert!(head.top() >= 0.0);
}

#[test]
fn all_of_a_figure_that_is_higher_than_the_page_is_scrolled_to() {
    let made = workspace(&STUDY);
    let mut window = Window::open(made.path(), 2560.0, 1440.0);
    window.send(FiguresCommand::Show(Kind::Calibration).into());
    window.wait(|state| state.figures.shown().is_some());
    window.harness.hover_at(egui::pos2(800.0, 1300.0));
    window.harness.event(egui::Event::MouseWheel {
        unit: egui::MouseWheelUnit::Point,
        delta: egui::vec2(0.0, -100_000.0),
        source: egui::MouseWheelSource::Unknown,
        phase: egui::TouchPhase::Move,
        modifiers: egui::Modifiers::NONE,
    });
    window.harness.run_steps(60);
    let figure = window.harness.get_by_role(Role::Figure).rect();
    // Beside it stand the finding, 304 points wide, the gutters, and the card's edge.
    let card = 2560.0 - 304.0 - 2.0 * 12.0;
    assert!(
        figure.right() < card - 12.0,
        "{figure:?} is cut by the card, which ends at {card}"
    );
    assert!(figure.bottom() < 1440.0, "{figure:?} ends below the page");
    assert!(figure.top() < 0.0 || figure.height() < 1440.0, "{figure:?}");
}

/// Makes the figure that Compare wants, as the loader does.
fn make(pages: &mut Pages) {
    let state = &mut pages.harness.state_mut().0;
    let request = state.next_figure().unwrap();
    let chart = request.make();
    state.figures.take_in(request, chart);
    pages.settle();
}

fn twenty() -> Vec<String> {
    (1..=20).map(|number| format!("Model-{number}-{number}B")).collect()
}

fn pages_of(models: &[String], width: f32, height: f32) -> Pages {
    let models: Vec<&str> = models.iter().map(String::as_str).collect();
    let state = state_of(ledger(&models, &LANGUAGES, &[("medqa", 8), ("pubmedqa", 8)]));
    Pages::new(state, egui_kittest::Harness::builder().with_size([width, height]))
}

#[test]
fn a_figure_is_in_sight_below_the_matrix_of_many_models_where_all_stands_in_one_column() {
    let mut pages = pages_of(&twenty(), 1280.0, 800.0);
    make(&mut pages);
    let figure = pages.harness.get_by_role(Role::Figure).rect();
    assert!(figure.top() < 800.0 - 180.0, "{figure:?} is below the page");
}

#[test]
fn the_language_of_a_figure_with_room_for_one_is_chosen() {
    let mut pages = pages_of(&twenty()[..3], 1440.0, 900.0);
    let shown = |pages: &Pages| {
        pages
            .harness
            .get_by_role(Role::Figure)
            .accesskit_node()
            .label()
            .unwrap()
    };
    // Papers printed some of Arabic, beside the three models here.
    let has = |pages: &Pages, language: &str| {
        let figure = pages.state().figures.shown().unwrap().table();
        let named = figure.rows.iter().flatten();
        named.filter(|(_, value)| value.on_page() == language).count() > 0
    };
    // Bars show every language: there is nothing to choose.
    pages
        .harness
        .state_mut()
        .0
        .apply(FiguresCommand::Show(Kind::Bars).into());
    make(&mut pages);
    assert!(
        pages
            .harness
            .query_by_role_and_label(Role::ComboBox, "Language")
            .is_none()
    );
    pages
        .harness
        .state_mut()
        .0
        .apply(FiguresCommand::Show(Kind::Scatter).into());
    make(&mut pages);
    assert!(shown(&pages).contains("2 of 12 languages"), "{}", shown(&pages));
    assert_eq!((has(&pages, "Arabic"), has(&pages, "Chinese")), (true, false));
    pages.harness.get_by_role_and_label(Role::ComboBox, "Language").click();
    pages.settle();
    pages
        .harness
        .get_by_role_and_label(Role::ListBoxOption, "Chinese")
        .click();
    pages.settle();
    make(&mut pages);
    assert_eq!((has(&pages, "Arabic"), has(&pages, "Chinese")), (false, true));
    // Without a choice it is that of the selected cell.
    pages.harness.state_mut().0.apply(FiguresCommand::Language(None).into());
    let key = pages.state().compare.selected.clone().unwrap();
    let key = polyclinic::app::matrix::CellKey {
        language: "fr".parse().unwrap(),
        ..key
    };
    let select = polyclinic::app::command::Command::SelectCell(key);
    pages.harness.state_mut().0.apply(select);
    make(&mut pages);
    assert_eq!((has(&pages, "French"), has(&pages, "Chinese")), (true, false));
}

#[test]
fn pinned_models_stand_in_the_place_of_the_most_accurate_of_many() {
    let mut pages = pages_of(&twenty(), 1440.0, 900.0);
    pages
        .harness
        .state_mut()
        .0
        .apply(FiguresCommand::Show(Kind::Bars).into());
    make(&mut pages);
    assert_eq!(pages.state().figures.shown().unwrap().omitted(), 11);
    pages.harness.get_by_label_contains("pin models to choose");
    let pin = polyclinic::app::compare::command::CompareCommand::Pin("Model-3-3B".to_owned());
    pages.harness.state_mut().0.apply(pin.into());
    make(&mut pages);
    assert_eq!(pages.state().figures.shown().unwrap().omitted(), 0);
    assert_eq!(
        pages
            .harness
            .query_all_by_label_contains("pin models to choose")
            .count(),
        0
    );
}

#[test]
fn control_e_asks_what_to_export_and_the_report_is_written() {
    let (made, mut window) = shown(Kind::Gap);
    window.harness.key_press_modifiers(egui::Modifiers::COMMAND, Key::E);
    window.settle();
    window.harness.get_by_label_contains("A report of the page").click();
    window.settle();
    let exporting = window.state(|state| state.figures.exporting).unwrap();
    assert_eq!(exporting.part, Part::Report);
    window.send(FiguresCommand::CloseExport.into());
    let figure = Exporting::default();
    for (exporting, begins) in [(exporting, "<!DOCTYPE html>"), (figure, "<?xml")] {
        let file = made.path().join(format!("out.{}", exporting.ending()));
        window.send(FiguresCommand::Write(exporting, file.clone()).into());
        window.wait(|state| {
            state
                .notices
                .iter()
                .any(|notice| notice.detail.ends_with(exporting.ending()))
        });
        let written = std::fs::read_to_string(&file).unwrap();
        assert!(written.starts_with(begins));
        let protocol = window.state(|state| state.compare.protocol.clone()).unwrap();
        let caption = format!("Protocol: \u{2068}{protocol}\u{2069}. n = ");
        assert!(written.contains(&caption), "{begins} has no `{caption}`");
    }
}
