//! Pictures of Compare to look at: its matrix in every mode and its figures, of made-up studies and of a workspace.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use egui::Key;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use polyclinic::app::State;
use polyclinic::app::command::{Command, Page};
use polyclinic::app::compare::command::CompareCommand;
use polyclinic::app::compare::view::{By, ColumnGroups, Mode, Order, RowGroups};
use polyclinic::app::figures::FiguresCommand;
use polyclinic::charts::Kind;
use polyclinic::charts::scatter::Across;
use polyclinic::runs::measures::Measure;

use crate::compare::{LANGUAGES, STUDY, TASKS, ledger, press, state_of};
use crate::pictures::{folder, name};
use crate::support::{MODELS, Pages, Window, workspace};

#[test]
fn pictures_of_compare() {
    let Some(folder) = folder() else { return };
    std::fs::create_dir_all(&folder).unwrap();
    let twenty: Vec<String> = (1..=20)
        .map(|number| format!("Model-{number}-{}B", number * 3))
        .collect();
    let twenty: Vec<&str> = twenty.iter().map(String::as_str).collect();
    let tasks = TASKS.map(|(task, count)| (task, count * 4));
    let sizes = [
        (1000.0, 700.0),
        (1280.0, 800.0),
        (1440.0, 900.0),
        (1600.0, 1000.0),
        (2560.0, 1440.0),
    ];
    let ledgers = [
        ("eleven", ledger(&STUDY, &LANGUAGES[..2], &tasks)),
        ("twenty", ledger(&twenty, &LANGUAGES, &TASKS)),
        ("one", ledger(&STUDY[..1], &LANGUAGES[..2], &tasks[..1])),
    ];
    for (what, ledger) in &ledgers {
        for theme in [egui::Theme::Light, egui::Theme::Dark] {
            for (width, height) in sizes {
                let builder = Harness::builder().with_size([width, height]).with_theme(theme);
                let mut pages = Pages::new(state_of(ledger.clone()), builder);
                let save = |pages: &mut Pages, state: &str| {
                    pages.settle();
                    let file = name(&format!("Matrix-{what}-{state}"), theme, width);
                    pages.harness.render().unwrap().save(folder.join(file)).unwrap();
                };
                save(&mut pages, "accuracy");
                let send = |pages: &mut Pages, command: CompareCommand| {
                    pages.harness.state_mut().0.apply(command.into());
                };
                if *what == "one" {
                    continue;
                }
                send(&mut pages, CompareCommand::GroupRows(RowGroups::Size));
                send(&mut pages, CompareCommand::Sort(Order::natural(By::Mean)));
                send(&mut pages, CompareCommand::Keep);
                press(&mut pages, &[Key::ArrowDown, Key::ArrowDown]);
                send(&mut pages, CompareCommand::Show(Mode::Delta));
                save(&mut pages, "delta");
                if width == 1440.0 {
                    send(&mut pages, CompareCommand::Show(Mode::Rank));
                    send(&mut pages, CompareCommand::GroupColumns(ColumnGroups::Language));
                    save(&mut pages, "rank");
                    pages.harness.get_by_label("Group by").click();
                    save(&mut pages, "menu");
                    pages.harness.key_press(Key::Escape);
                    press(&mut pages, &[Key::Escape]);
                    send(&mut pages, CompareCommand::FoldPublished);
                    let published = pages.state().compare.published.only[0].clone();
                    let key = pages.state().compare.selected.clone().unwrap();
                    let key = polyclinic::app::matrix::CellKey {
                        model: published,
                        task: "medqa".into(),
                        language: "ar".parse().unwrap(),
                        ..key
                    };
                    pages.harness.state_mut().0.apply(Command::SelectCell(key));
                    send(&mut pages, CompareCommand::Show(Mode::Accuracy));
                    send(&mut pages, CompareCommand::GroupColumns(ColumnGroups::Resources));
                    save(&mut pages, "published");
                }
            }
        }
    }
}

/// What takes long, pictured once it is reckoned: `POLYCLINIC_PICTURES_OF` names a workspace with many answers.
#[test]
fn pictures_of_what_is_reckoned() {
    let Some(folder) = folder() else { return };
    std::fs::create_dir_all(&folder).unwrap();
    let made = workspace(&MODELS);
    let place = std::env::var_os("POLYCLINIC_PICTURES_OF").map_or_else(|| made.path().to_owned(), PathBuf::from);
    for theme in [egui::Theme::Light, egui::Theme::Dark] {
        for (width, height) in [(1280.0, 800.0), (2560.0, 1440.0)] {
            let builder = Harness::builder().with_size([width, height]).with_theme(theme);
            let mut window = Window::with(&place, builder);
            window.send(Command::Show(Page::Compare));
            let scene = Scene {
                folder: &folder,
                theme,
                size: (width, height),
            };
            scene.matrix(&mut window);
            scene.figures(&mut window);
            for measure in [Measure::Differences, Measure::Gaps] {
                window.send(Command::ShowMeasure(measure));
                reckon(&mut window, |state| state.compare.sheet().is_some());
                scene.save(&mut window, measure.word());
            }
        }
    }
}

/// Runs frames until the state is so; of a million answers that takes longer than a test may.
fn reckon(window: &mut Window, so: impl Fn(&State) -> bool) {
    let begun = Instant::now();
    while !window.state(&so) && begun.elapsed() < Duration::from_secs(300) {
        std::thread::sleep(Duration::from_millis(20));
        window.harness.step();
    }
    assert!(window.state(&so), "it was never reckoned");
}

struct Scene<'a> {
    folder: &'a Path,
    theme: egui::Theme,
    size: (f32, f32),
}

impl Scene<'_> {
    fn save(&self, window: &mut Window, what: &str) {
        window.settle();
        let file = name(&format!("Reckoned-{what}"), self.theme, self.size.0);
        window.harness.render().unwrap().save(self.folder.join(file)).unwrap();
    }

    /// Every mode, in every grouping, with two models beside each other in the finding.
    fn matrix(&self, window: &mut Window) {
        let send = |window: &mut Window, command: CompareCommand| window.send(command.into());
        send(window, CompareCommand::Keep);
        window.harness.key_press(Key::ArrowDown);
        window.settle();
        reckon(window, |state| state.compare.pair().is_some());
        let groups = [
            (RowGroups::None, ColumnGroups::Task, "plain"),
            (RowGroups::Family, ColumnGroups::Language, "languages"),
            (RowGroups::Size, ColumnGroups::Resources, "resources"),
        ];
        for mode in [Mode::Delta, Mode::Rank, Mode::Accuracy] {
            send(window, CompareCommand::Show(mode));
            for (rows, columns, grouped) in groups {
                send(window, CompareCommand::GroupRows(rows));
                send(window, CompareCommand::GroupColumns(columns));
                reckon(window, |state| {
                    state.compare.view.mode != Mode::Delta || state.compare.deltas().is_some()
                });
                self.save(window, &format!("{}-{grouped}", mode.title()));
            }
        }
        send(window, CompareCommand::GroupRows(RowGroups::None));
        send(window, CompareCommand::GroupColumns(ColumnGroups::Task));
        send(window, CompareCommand::Drop);
    }

    /// Every figure and its table, scrolled to.
    fn figures(&self, window: &mut Window) {
        let costs = Across::ALL.map(|across| (Kind::Scatter, across));
        let kinds = Kind::ALL.map(|kind| (kind, Across::Parameters));
        for (kind, across) in kinds.into_iter().chain(costs.into_iter().skip(1)) {
            window.send(FiguresCommand::Show(kind).into());
            window.send(FiguresCommand::Across(across).into());
            reckon(window, |state| {
                let of_costs = |title: String| kind != Kind::Scatter || title.ends_with(across.words());
                let shown = state.figures.shown();
                shown.is_some_and(|shown| shown.kind() == kind && of_costs(shown.title()))
            });
            for as_table in [false, true] {
                window.send(FiguresCommand::AsTable(as_table).into());
                // Far enough for the last of it, then back to where it begins.
                window
                    .harness
                    .hover_at(egui::pos2(self.size.0 / 3.0, self.size.1 - 80.0));
                for (down, at) in [(-200_000.0, "end"), (700.0, "before")] {
                    window.harness.event(egui::Event::MouseWheel {
                        unit: egui::MouseWheelUnit::Point,
                        delta: egui::vec2(0.0, down),
                        source: egui::MouseWheelSource::Unknown,
                        phase: egui::TouchPhase::Move,
                        modifiers: egui::Modifiers::NONE,
                    });
                    window.harness.run_steps(40);
                    let what = if as_table { "table" } else { "figure" };
                    self.save(window, &format!("{what}-{}-{}-{at}", kind.word(), across.word()));
                }
            }
            window.send(FiguresCommand::AsTable(false).into());
        }
    }
}
