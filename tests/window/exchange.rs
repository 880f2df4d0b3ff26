//! Runs that go to other harnesses and come from them, from the Runs page.

use egui::accesskit::Role;
use egui_kittest::kittest::Queryable;
use polyclinic::app::command::{Command, Page};
use polyclinic::runs::exchange::Format;

use crate::support::{MODELS, Window, workspace};

#[test]
fn a_run_is_exported_and_taken_in_elsewhere_with_the_same_accuracy() {
    let (here, there, out) = (
        workspace(&MODELS),
        workspace(&MODELS[..1]),
        tempfile::tempdir().unwrap(),
    );
    let mut window = Window::open(here.path(), 1440.0, 900.0);
    window.send(Command::Show(Page::Runs));
    window.harness.get_by_role_and_label(Role::Button, "Import runs");
    let run = window.state(|state| state.study.as_ref().unwrap().runs().last().unwrap().record.id.clone());
    let into = out.path().to_owned();
    window.send(Command::ExportInto(run, Format::LmEval, into.clone()));
    window.wait(|state| !state.notices.is_empty());
    window.state(|state| assert_eq!(state.notices[0].title, "The run was exported.", "{:?}", state.notices));
    let right = |window: &Window, model: &str| {
        window.state(|state| {
            let rows = state.study.as_ref().unwrap().tables.rows.iter();
            rows.filter(|row| row.model.starts_with(model))
                .map(|row| (row.n, row.right))
                .collect::<Vec<_>>()
        })
    };
    let exported = right(&window, MODELS[1]);
    assert!(!exported.is_empty());
    drop(window);

    let mut window = Window::open(there.path(), 1440.0, 900.0);
    let before = window.state(|state| state.study.as_ref().unwrap().runs().len());
    window.send(Command::ImportRuns(into));
    window.wait(|state| state.study.as_ref().is_some_and(|study| study.runs().len() > before));
    assert_eq!(right(&window, MODELS[1]), exported);
    window.send(Command::ImportRuns(there.path().join("nothing")));
    window.wait(|state| state.notices.len() > 1);
    window.state(|state| assert_eq!(state.notices[1].title, "Nothing was exported or taken in."));
}
