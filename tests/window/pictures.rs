//! Pictures of every page to look at: `POLYCLINIC_PICTURES=folder cargo test --release --test window pictures`.
//! Says so and does nothing without that folder.

use std::path::{Path, PathBuf};

use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use polyclinic::app::benchmarks::Importing;
use polyclinic::app::command::{Command, Page};
use polyclinic::app::figures::FiguresCommand;
use polyclinic::app::inspect::{InspectCommand, PromptState, Step, Tab};
use polyclinic::app::state::Notice;
use polyclinic::benchmarks::demo;
use polyclinic::charts::Kind;
use polyclinic::models::download::EntryState;
use polyclinic::prompts::Protocol;
use polyclinic::runs::measures::Measure;
use polyclinic::runs::{RunId, RunState};
use polyclinic::slices::{Condition, Filter};
use polyclinic::workspace::Workspace;

use crate::compare::STUDY;
use crate::support::{MODELS, Pages, Window, draft, run, state, workspace};

const SIZES: [(f32, f32); 4] = [(2560.0, 1440.0), (1600.0, 1000.0), (1280.0, 800.0), (1000.0, 700.0)];

pub fn folder() -> Option<PathBuf> {
    let folder = std::env::var_os("POLYCLINIC_PICTURES").map(PathBuf::from);
    if folder.is_none() {
        eprintln!("no pictures: POLYCLINIC_PICTURES names no folder");
    }
    folder
}

#[test]
fn pictures() {
    let Some(folder) = folder() else { return };
    std::fs::create_dir_all(&folder).unwrap();
    let place = match std::env::var_os("POLYCLINIC_PICTURES_OF") {
        Some(path) => path.into(),
        None => {
            let made = workspace(&MODELS);
            let benchmark = demo::benchmark().unwrap();
            let open = Workspace::open(made.path()).unwrap();
            let shots = Protocol {
                shots: 5,
                seed: 7,
                ..Protocol::default()
            };
            run(
                &open,
                &benchmark,
                &["gemma-3-270m"],
                shots.clone(),
                RunState::Cancelled,
                "2026-11-21T08:31:00Z",
            );
            run(
                &open,
                &benchmark,
                &MODELS,
                shots,
                RunState::Failed,
                "2026-11-21T07:02:00Z",
            );
            drop(open);
            made.keep()
        }
    };
    for theme in [egui::Theme::Light, egui::Theme::Dark] {
        for (width, height) in SIZES {
            let builder = Harness::builder().with_size([width, height]).with_theme(theme);
            let mut window = Window::with(&place, builder);
            for page in Page::ALL {
                window.send(Command::Show(page));
                save(&mut window, &folder, &name(page.title(), theme, width));
                if page == Page::Compare {
                    for measure in Measure::ALL.into_iter().skip(1) {
                        window.send(Command::ShowMeasure(measure));
                        save(
                            &mut window,
                            &folder,
                            &name(&format!("Compare-{}", measure.word()), theme, width),
                        );
                    }
                    window.send(Command::ShowMeasure(Measure::Accuracy));
                }
                if page == Page::Compare {
                    figures(&mut window, &folder, theme, width);
                }
                if page == Page::Runs {
                    window.send(Command::NewRun);
                    save(&mut window, &folder, &name("New-run", theme, width));
                    window.send(Command::CloseForm);
                }
            }
            if width != 1280.0 {
                for (own, beside) in [("ar", "en"), ("zh", "en"), ("yo", "ar"), ("hi", "ko")] {
                    let key = window.state(|state| state.compare.selected.clone()).unwrap();
                    let key = polyclinic::app::matrix::CellKey {
                        language: own.parse().unwrap(),
                        ..key
                    };
                    window.send(Command::OpenCell(key, None));
                    window.send(Command::from(InspectCommand::ShowBeside(vec![beside.parse().unwrap()])));
                    save(
                        &mut window,
                        &folder,
                        &name(&format!("Inspect-{own}-{beside}"), theme, width),
                    );
                }
            }
        }
    }
}

/// Every figure of Compare, one of them as a table, and the form that asks what to export.
fn figures(window: &mut Window, folder: &Path, theme: egui::Theme, width: f32) {
    for kind in Kind::ALL {
        window.send(FiguresCommand::Show(kind).into());
        window.wait(|state| state.figures.shown().is_some());
        save(window, folder, &name(&format!("Figure-{}", kind.word()), theme, width));
    }
    window.send(FiguresCommand::Show(Kind::Gap).into());
    window.send(FiguresCommand::AsTable(true).into());
    save(window, folder, &name("Figure-table", theme, width));
    window.send(FiguresCommand::AsTable(false).into());
    window.send(FiguresCommand::Export.into());
    save(window, folder, &name("Figure-export", theme, width));
    window.send(FiguresCommand::CloseExport.into());
}

/// Every page in windows that are zoomed, wide and narrow.
#[test]
fn pictures_of_zoom() {
    let Some(folder) = folder() else { return };
    std::fs::create_dir_all(&folder).unwrap();
    let made = workspace(&MODELS);
    for theme in [egui::Theme::Light, egui::Theme::Dark] {
        for (width, height) in [(1600.0, 1000.0), (1000.0, 640.0)] {
            let builder = Harness::builder().with_size([width, height]).with_theme(theme);
            let mut window = Window::with(made.path(), builder);
            for zoom in [0.5, 1.5, 2.0, 3.0] {
                window.harness.ctx.set_zoom_factor(zoom);
                for page in Page::ALL {
                    window.send(Command::Show(page));
                    save(
                        &mut window,
                        &folder,
                        &name(&format!("Zoom-{zoom}-{}", page.title()), theme, width),
                    );
                }
                window.send(Command::Show(Page::Inspect));
                window.send(Command::ToggleList);
                save(&mut window, &folder, &name(&format!("Zoom-{zoom}-list"), theme, width));
                window.send(Command::ToggleList);
            }
        }
    }
}

/// States that a finished workspace does not show: a run under way, a download, an import, an error.
#[test]
fn pictures_of_work() {
    let Some(folder) = folder() else { return };
    std::fs::create_dir_all(&folder).unwrap();
    let csv = tempfile::tempdir().unwrap();
    let file = csv.path().join("أسئلة_سريرية.csv");
    let rows = "id,language,question,option_a,option_b,option_c,answer\n\
        q001,ar,أي من هذه الأعضاء يضخ الدم إلى سائر أنحاء الجسم ليلا ونهارا؟,القلب,الكبد,المعدة,A\n\
        q002,ar,,أحمر,أزرق,أخضر,A\nq003,ar,كم ساعة في اليوم؟,24,25,26,7\nq004,ar,ما لون الدم؟,أحمر,أحمر,أزرق,A\n";
    std::fs::write(&file, rows).unwrap();
    for theme in [egui::Theme::Light, egui::Theme::Dark] {
        let mut state = state(&MODELS);
        state.runs.live = Some(polyclinic::app::runs::Live {
            run: RunId::parse("2026-11-21-093312-kfzx"),
            stage: String::new(),
            model: "gemma-3-270m".into(),
            language: Some("ar".parse().unwrap()),
            done: 403,
            total: 1344,
            items_per_second: 12.4,
            seconds_left: Some(76.0),
            stopping: false,
        });
        let mut running = crate::downloads::entry(1, "bimedix.gguf", EntryState::Running);
        running.order = state.models.list[3].order.clone().unwrap();
        (running.done, running.total) = (8_400_000_000, 28_400_000_000);
        state.models.hub.known.entries = vec![running];
        state.models.list[2].problem =
            Some("/models/qwen.gguf ends in the middle of its tensors; download it again".into());
        state.benchmarks.import = Some(Importing::Read(draft(&file)));
        state.notices.push(Notice {
            title: "A run failed; every answer so far is kept.".into(),
            detail: "the model `gemma-3-270m` stopped at item `q17`: not enough memory".into(),
            done: false,
        });
        let builder = Harness::builder().with_size([1440.0, 900.0]).with_theme(theme);
        let mut pages = Pages::new(state, builder);
        for page in [Page::Models, Page::Benchmarks, Page::Runs] {
            pages.harness.state_mut().0.page = page;
            pages.settle();
            let name = name(&format!("Work-{}", page.title()), theme, 1440.0);
            pages.harness.render().unwrap().save(folder.join(name)).unwrap();
            pages.harness.state_mut().0.notices.clear();
        }
        pages.harness.state_mut().0.runs.live = None;
        pages.harness.state_mut().0.apply(Command::NewRun);
        pages.settle();
        let form = name("Work-form", theme, 1440.0);
        pages.harness.render().unwrap().save(folder.join(form)).unwrap();
        let empty = Pages::new(
            state_of_nothing(),
            Harness::builder().with_size([1440.0, 900.0]).with_theme(theme),
        );
        let mut empty = empty;
        for page in Page::ALL {
            empty.harness.state_mut().0.page = page;
            empty.settle();
            let name = name(&format!("Empty-{}", page.title()), theme, 1440.0);
            empty.harness.render().unwrap().save(folder.join(name)).unwrap();
        }
    }
}

/// Eleven models, four tasks, two languages: with cells that failed and that were not run.
#[test]
fn pictures_of_many() {
    let Some(folder) = folder() else { return };
    std::fs::create_dir_all(&folder).unwrap();
    let names = &STUDY[..9];
    let tasks = [
        ("PubMedQA", 500),
        ("MedMCQA", 2000),
        ("MedQA", 1273),
        ("MMLU medical", 1255),
    ];
    let mut rows = Vec::new();
    for (place, model) in names.iter().enumerate() {
        for (column, (task, n)) in tasks.iter().enumerate() {
            for language in ["en", "ar"] {
                let failed = place == 5 && column == 1 && language == "en";
                if place == 7 && column == 1 {
                    continue;
                }
                let n = if failed { 0 } else { *n };
                let right = n
                    * (25 + (place * 13 + column * 7 + language.len() * 5 + usize::from(language == "en") * 17) % 65)
                    / 100;
                let interval = polyclinic::stats::wilson_95(right, n);
                rows.push(polyclinic::runs::comparison::Row {
                    model: (*model).into(),
                    benchmark: "open-medical".into(),
                    task: (*task).into(),
                    language: language.parse().unwrap(),
                    protocol: "letters, zero-shot".into(),
                    n,
                    right,
                    failed: if failed { 2000 } else { 0 },
                    left_out: 0,
                    accuracy: (n > 0).then(|| right as f64 / n as f64),
                    low: interval.map(|interval| interval.low),
                    high: interval.map(|interval| interval.high),
                });
            }
        }
    }
    for theme in [egui::Theme::Light, egui::Theme::Dark] {
        let mut state = state(&[]);
        let study = state.study.clone().unwrap();
        let (root, ledger) = (study.root.clone(), study.ledger.clone());
        let mut study = polyclinic::app::study::Study::new(root, "study".into(), None, ledger, vec![]);
        study.tables = std::sync::Arc::new(polyclinic::app::compare::tables::Tables {
            rows: rows.clone(),
            averages: Vec::new(),
        });
        state.show_study(std::sync::Arc::new(study));
        for (width, height) in SIZES {
            let builder = Harness::builder().with_size([width, height]).with_theme(theme);
            let mut pages = Pages::new(std::mem::take(&mut state), builder);
            pages.settle();
            pages
                .harness
                .render()
                .unwrap()
                .save(folder.join(name("Many", theme, width)))
                .unwrap();
            if width == 1280.0 {
                pages.harness.state_mut().0.apply(Command::ToggleKeys);
                pages.settle();
                pages
                    .harness
                    .render()
                    .unwrap()
                    .save(folder.join(name("Keys", theme, width)))
                    .unwrap();
                pages.harness.state_mut().0.apply(Command::ToggleKeys);
                pages.harness.state_mut().0.page = Page::Inspect;
                pages.settle();
                pages.harness.get_by_label("Add filter").click();
                pages.settle();
                pages
                    .harness
                    .render()
                    .unwrap()
                    .save(folder.join(name("Filter", theme, width)))
                    .unwrap();
            }
            if width == 1600.0 {
                for page in [Page::Compare, Page::Inspect] {
                    pages.harness.state_mut().0.page = page;
                    pages
                        .harness
                        .set_size(egui::vec2(1000.0, 700.0))
                        .set_pixels_per_point(1.25);
                    pages.settle();
                    let name = name(&format!("Scaled-{}", page.title()), theme, 1250.0);
                    pages.harness.render().unwrap().save(folder.join(name)).unwrap();
                }
            }
            state = std::mem::take(&mut pages.harness.state_mut().0);
            state.page = Page::Compare;
        }
    }
}

/// Filters, slices, several languages and the tabs below an item.
#[test]
fn pictures_of_filters() {
    let Some(folder) = folder() else { return };
    std::fs::create_dir_all(&folder).unwrap();
    let five = [
        "Apollo2-2B",
        "BiMediX بيميديكس",
        "gemma-3-270m",
        "Med42-8B",
        "SmolLM2-135M-Instruct",
    ];
    let made = workspace(&five);
    let place = std::env::var_os("POLYCLINIC_PICTURES_OF").map_or_else(|| made.path().to_owned(), PathBuf::from);
    let condition = |line: &str| line.parse::<Condition>().unwrap();
    let pair = condition("languages = { right = \"en\", wrong = \"yo\" }");
    let shows = |tags: &[&str]| -> Command {
        InspectCommand::ShowBeside(tags.iter().map(|tag| tag.parse().unwrap()).collect()).into()
    };
    for theme in [egui::Theme::Light, egui::Theme::Dark] {
        for (width, height) in [(2560.0, 1440.0), (1440.0, 900.0), (1000.0, 700.0)] {
            let builder = || Harness::builder().with_size([width, height]).with_theme(theme);
            let save = |window: &mut Window, page: &str| save(window, &folder, &name(page, theme, width));
            let mut window = Window::with(made.path(), builder());
            window.send(Command::Show(Page::Inspect));
            if width < 1100.0 {
                window.send(Command::ToggleList);
            }
            let filter: Filter = [pair.clone(), condition("language = [\"yo\"]")].into_iter().collect();
            window.send(Command::SetFilter(filter.clone()));
            save(&mut window, "Filters-chips");
            window.harness.get_by_label("Add filter").click();
            window.settle();
            save(&mut window, "Filters-menu");
            window.send(InspectCommand::ShowMenu(Step::WrongLanguage("en".parse().unwrap())).into());
            save(&mut window, "Filters-step");
            window.harness.key_press(egui::Key::Escape);
            window.settle();
            window.send(InspectCommand::NameSlice("Wrong in".into()).into());
            save(&mut window, "Filters-name");
            window.send(InspectCommand::DropName.into());
            window.send(Command::SetFilter(filter.with(condition("flagged = \"bad_key\""))));
            save(&mut window, "Filters-nothing");
            window.send(Command::SetFilter(
                [condition("language = [\"zh\"]")].into_iter().collect(),
            ));
            if width < 1100.0 {
                window.send(Command::ToggleList);
            }
            window.send(shows(&["yo", "ar"]));
            save(&mut window, "Card-languages");
            drop(window);
            let mut window = Window::with(&place, builder());
            window.send(Command::Show(Page::Inspect));
            for tab in Tab::ALL {
                window.send(InspectCommand::ShowTab(tab).into());
                if tab == Tab::Prompt {
                    window.wait(|state| !matches!(state.inspect.prompt, None | Some((_, PromptState::Making))));
                }
                save(&mut window, &format!("Card-{}", tab.title()));
            }
            window.send(InspectCommand::ShowTab(Tab::Prompt).into());
            for tag in ["ar", "zh", "yo"] {
                let language = condition(&format!("language = [\"{tag}\"]"));
                window.send(Command::SetFilter([language].into_iter().collect()));
                window.wait(|state| !matches!(state.inspect.prompt, None | Some((_, PromptState::Making))));
                save(&mut window, &format!("Card-prompt-{tag}"));
            }
        }
    }
}

fn state_of_nothing() -> polyclinic::app::State {
    let mut state = polyclinic::app::State::default();
    let reason = Some("process 4711 holds this workspace; close it to write here".to_owned());
    let study = polyclinic::app::study::Study::new(
        "/srv/study".into(),
        "study".into(),
        reason,
        polyclinic::runs::ledger::Ledger::default(),
        vec![],
    );
    state.show_study(std::sync::Arc::new(study));
    state
}

pub fn name(page: &str, theme: egui::Theme, width: f32) -> String {
    format!("{page}-{theme:?}-{width}.png")
}

fn save(window: &mut Window, folder: &Path, name: &str) {
    window.settle();
    window.harness.render().unwrap().save(folder.join(name)).unwrap();
}
