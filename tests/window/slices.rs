//! Slices of Inspect are renamed in place and removed with a way back, by keys alone; queues drawn from one go on.

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT, Queryable};
use polyclinic::app::command::{Command, Page};
use polyclinic::app::compare::command::CompareCommand;
use polyclinic::app::review::Step;
use polyclinic::slices::{self, Filter, Slice};
use polyclinic::workspace::Workspace;

use crate::accessibility;
use crate::reviews::{MODELS, arabic, click, judge_by_keys, press, reviewing, start_queue};
use crate::support::{Window, workspace};

const NAME: &str = "عربية";

/// A workspace that keeps two slices.
fn kept() -> tempfile::TempDir {
    let folder = workspace(&MODELS);
    let open = Workspace::open(folder.path()).unwrap();
    for (name, filter) in [(NAME, arabic()), ("fever", Filter::default().looking_for("fever"))] {
        let mut rest = toml::Table::new();
        rest.insert("colour".to_owned(), "teal".into());
        let slice = Slice {
            name: name.parse().unwrap(),
            filter,
            rest,
        };
        slices::add(&open, &slice).unwrap();
    }
    folder
}

/// Chooses a row of the menu of slices by what is typed.
fn choose(window: &mut Window, typed: &str) {
    window.harness.get_by_label("Slices").focus();
    window.settle();
    press(window, Key::Enter);
    assert!(
        window
            .harness
            .query_by_role_and_label(Role::ListBox, "Slices")
            .is_some()
    );
    window.harness.event(egui::Event::Text(typed.to_owned()));
    window.settle();
    press(window, Key::Enter);
}

fn names(window: &Window) -> Vec<String> {
    window.state(|state| state.slices.iter().map(|slice| slice.name.to_string()).collect())
}

fn open(folder: &tempfile::TempDir) -> Window {
    let mut window = Window::open(folder.path(), 1440.0, 900.0);
    window.wait(|state| state.slices.len() == 2);
    window.send(Command::Show(Page::Inspect));
    window
}

#[test]
fn a_slice_is_renamed_in_place_and_compare_follows() {
    let folder = kept();
    let mut window = open(&folder);
    let slice = window.state(|state| state.slices.iter().find(|slice| slice.name.as_str() == NAME).cloned());
    window.send(Command::Compare(CompareCommand::Slice(slice)));
    choose(&mut window, "rename عربية");
    let field = format!("New name of the slice {NAME}");
    assert!(window.harness.query_by_label(&field).is_some());
    // Another's name is refused before anything is written.
    let select_all = |window: &mut Window, text: &str| {
        window.harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
        window.settle();
        window.harness.event(egui::Event::Text(text.to_owned()));
        window.settle();
    };
    select_all(&mut window, "fever");
    window.harness.get_by_label_contains("There is a slice of this name");
    press(&mut window, Key::Enter);
    assert_eq!(names(&window), ["fever", NAME]);
    select_all(&mut window, "الأسئلة العربية");
    accessibility::check_root(window.harness.root().accesskit_node(), "renaming");
    press(&mut window, Key::Enter);
    window.wait(|state| state.slices.iter().any(|slice| slice.name.as_str() == "الأسئلة العربية"));
    assert_eq!(names(&window), ["fever", "الأسئلة العربية"]);
    let chosen = window.state(|state| state.compare.slice.as_ref().map(|slice| slice.name.to_string()));
    assert_eq!(chosen.as_deref(), Some("الأسئلة العربية"));
    let read = Workspace::open_to_read(folder.path()).unwrap();
    let kept = slices::find(&read, "الأسئلة العربية").unwrap();
    assert_eq!(kept.filter, arabic());
    assert!(kept.rest.contains_key("colour"));
}

#[test]
fn a_slice_that_was_removed_can_be_had_again() {
    let folder = kept();
    let mut window = open(&folder);
    choose(&mut window, "remove fever");
    window.wait(|state| state.slices.len() == 1);
    accessibility::check_root(window.harness.root().accesskit_node(), "a slice was removed");
    window.harness.get_by_label("Undo: keep the slice fever again").focus();
    window.settle();
    press(&mut window, Key::Enter);
    window.wait(|state| state.slices.len() == 2);
    assert!(
        window
            .harness
            .query_by_label("Undo: keep the slice fever again")
            .is_none()
    );
    let read = Workspace::open_to_read(folder.path()).unwrap();
    let kept = slices::find(&read, "fever").unwrap();
    assert_eq!(kept.filter, Filter::default().looking_for("fever"));
    assert!(kept.rest.contains_key("colour"), "nothing of its file is lost");
    choose(&mut window, "remove fever");
    window.wait(|state| state.slices.len() == 1);
    click(&mut window, "Dismiss: the slice stays removed");
    assert!(window.state(|state| state.inspect.forgotten.is_none()));
}

#[test]
fn a_queue_goes_on_whatever_becomes_of_the_slice_it_was_drawn_from() {
    let folder = kept();
    let mut window = reviewing(folder.path(), 1440.0, 900.0, "A");
    choose(&mut window, NAME);
    start_queue(&mut window);
    judge_by_keys(&mut window);
    let queued = window.state(|state| state.inspect.listed.clone());
    click(&mut window, "Leave queue");
    choose(&mut window, "rename عربية");
    window.harness.event(egui::Event::Text(" ١".to_owned()));
    window.settle();
    press(&mut window, Key::Enter);
    window.wait(|state| state.slices.iter().all(|slice| slice.name.as_str() != NAME));
    click(&mut window, "Continue queue");
    assert_eq!(window.state(|state| state.inspect.listed.clone()), queued);
    click(&mut window, "Leave queue");
    choose(&mut window, "remove عربية");
    window.wait(|state| state.slices.len() == 1);
    drop(window);
    let mut window = reviewing(folder.path(), 1440.0, 900.0, "A");
    click(&mut window, "Continue queue");
    assert_eq!(window.state(|state| state.inspect.listed.clone()), queued);
    assert_eq!(
        window.state(|state| (state.inspect.selected, state.review_step())),
        (1, Step::Own)
    );
}
