//! Pictures of every page to look at: `POLYCLINIC_PICTURES=folder cargo test --release --test window pictures`.
//! Says so and does nothing without that folder.

use std::path::PathBuf;

use egui_kittest::Harness;
use polyclinic::app::command::{Command, Page};
use polyclinic::benchmarks::demo;
use polyclinic::prompts::Protocol;
use polyclinic::runs::RunState;
use polyclinic::workspace::Workspace;

use crate::support::{MODELS, Window, run, workspace};

const SIZES: [(f32, f32); 3] = [(1600.0, 1000.0), (1280.0, 800.0), (1000.0, 700.0)];

fn folder() -> Option<PathBuf> {
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
            let shots = Protocol { shots: 5, seed: 7, ..Protocol::default() };
            run(&open, &benchmark, &["gemma-3-270m"], shots.clone(), RunState::Cancelled, "2026-11-21T08:31:00Z");
            run(&open, &benchmark, &MODELS, shots, RunState::Failed, "2026-11-21T07:02:00Z");
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
                if page == Page::Runs {
                    window.send(Command::NewRun);
                    save(&mut window, &folder, &name("New-run", theme, width));
                    window.send(Command::CloseForm);
                }
            }
            if width == 1600.0 {
                for (own, beside) in [("ar", "en"), ("zh", "en"), ("yo", "ar"), ("hi", "ko")] {
                    let key = window.state(|state| state.compare.selected.clone()).unwrap();
                    let key = polyclinic::app::matrix::CellKey { language: own.parse().unwrap(), ..key };
                    window.send(Command::OpenCell(key, None));
                    window.send(Command::ChooseBeside(beside.parse().unwrap()));
                    save(&mut window, &folder, &name(&format!("Inspect-{own}-{beside}"), theme, width));
                }
            }
        }
    }
}

fn name(page: &str, theme: egui::Theme, width: f32) -> String {
    format!("{page}-{theme:?}-{width}.png")
}

fn save(window: &mut Window, folder: &std::path::Path, name: &str) {
    window.settle();
    window.harness.render().unwrap().save(folder.join(name)).unwrap();
}
