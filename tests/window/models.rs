//! The Models page: its sections and the catalogue.

use egui::Key;
use egui::accesskit::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use polyclinic::app::command::{Command, Page};
use polyclinic::app::models::{ModelsCommand, Section, Speed};
use polyclinic::app::{State, Task};
use polyclinic::models::catalogue::Catalogue;

use crate::support::{Pages, model, state};

/// The page, `width` points wide.
fn page(width: f32) -> Pages {
    let mut state = state(&[]);
    state.page = Page::Models;
    Pages::new(state, Harness::builder().with_size([width, 900.0]))
}

#[test]
fn sections_are_tabs_that_count_what_is_in_them() {
    let pages = page(1440.0);
    let tabs: Vec<_> = pages.harness.query_all_by_role(Role::Tab).collect();
    assert_eq!(tabs.len(), Section::ALL.len());
    let chosen: Vec<_> = tabs
        .iter()
        .filter_map(|tab| tab.accesskit_node().is_selected())
        .collect();
    assert_eq!(chosen.iter().filter(|selected| **selected).count(), 1, "{chosen:?}");
    pages.harness.get_by_label("On this machine, 3");
}

#[test]
fn sections_are_chosen_by_keys_alone() {
    for width in [1440.0, 900.0] {
        let mut pages = page(width);
        for section in Section::ALL.into_iter().rev() {
            let name = |tab: &egui_kittest::Node<'_>| tab.accesskit_node().label().unwrap_or_default();
            let tabs: Vec<_> = pages.harness.query_all_by_role(Role::Tab).collect();
            let tab = tabs.iter().find(|tab| name(tab).starts_with(section.title())).unwrap();
            tab.focus();
            pages.settle();
            pages.harness.key_press(Key::Enter);
            pages.settle();
            assert_eq!(pages.state().models.section, section);
        }
    }
}

/// The catalogue as it is when the page is opened on it.
fn catalogue(width: f32) -> Pages {
    let mut pages = page(width);
    send(&mut pages, ModelsCommand::Show(Section::Catalogue));
    pages
}

fn send(pages: &mut Pages, command: ModelsCommand) {
    pages.harness.state_mut().0.apply(Command::Models(command));
    pages.settle();
}

fn rows(pages: &Pages) -> Vec<String> {
    let rows = pages.harness.query_all_by_role(Role::ListItem);
    rows.map(|row| row.accesskit_node().label().unwrap()).collect()
}

fn type_in(pages: &mut Pages, text: &str) {
    pages.harness.key_press_modifiers(egui::Modifiers::COMMAND, Key::F);
    pages.settle();
    pages.harness.event(egui::Event::Text(text.to_owned()));
    pages.settle();
}

#[test]
fn of_a_long_catalogue_only_what_is_in_sight_is_drawn() {
    let pages = catalogue(1440.0);
    let all = Catalogue::included().entries().len();
    let list = pages.harness.get_by_role_and_label(Role::List, "Catalogue's models");
    assert_eq!(list.accesskit_node().size_of_set(), Some(all));
    let drawn = rows(&pages).len();
    assert!((10..40).contains(&drawn), "{drawn} of {all}");
}

#[test]
fn the_catalogue_is_searched_and_narrowed_by_keys_and_clicks() {
    let mut pages = catalogue(1440.0);
    type_in(&mut pages, "silma");
    assert!(
        rows(&pages)[0].starts_with("SILMA 9B Instruct v1.0"),
        "{:?}",
        rows(&pages)
    );
    assert_eq!(rows(&pages).len(), 1);
    // What the card tells of it.
    pages.harness.get_by_label("In papers as: Silma-9B-Instruct-v1.0");
    pages.harness.get_by_label("Architecture: gemma2");
    pages.harness.get_by_label("It was not asked about this model yet.");
    type_in(&mut pages, " no such thing");
    assert!(rows(&pages).is_empty());
    pages.harness.get_by_label("Clear the search").click();
    pages.settle();
    let all = rows(&pages);
    pages.harness.get_by_label("Fits this machine").click();
    pages.settle();
    assert_ne!(rows(&pages), all);
    assert!(
        rows(&pages)
            .iter()
            .all(|row| !row.ends_with("Does not fit") && !row.ends_with("Not run here"))
    );
    // Two filters that together keep nothing, and the way back.
    pages.harness.get_by_label("Fits this machine").click();
    let filter = polyclinic::models::catalogue::Filter {
        family: Some("GPT".to_owned()),
        runs: true,
        ..Default::default()
    };
    send(&mut pages, ModelsCommand::Narrow(filter));
    pages
        .harness
        .get_by_label("No model of the catalogue passes these filters.");
    pages.harness.get_by_label("Clear search and filters").click();
    pages.settle();
    assert_eq!(rows(&pages), all);
}

#[test]
fn a_model_tells_what_it_takes_before_it_is_fetched() {
    let mut pages = catalogue(1440.0);
    send(&mut pages, ModelsCommand::SelectEntry("llama-3.1-8b".to_owned()));
    pages.harness.get_by_label_contains("Yes: needs 5.");
    pages.harness.get_by_label_contains("Weights: about 4.");
    // A larger file of it.
    pages.harness.get_by_label("File").click();
    pages.settle();
    pages.harness.get_by_label("Q8_0").click();
    pages.settle();
    pages.harness.get_by_label_contains("Weights: about 8.");
    send(&mut pages, ModelsCommand::SelectEntry("llama-3.1-70b".to_owned()));
    pages.harness.get_by_label_contains("No: needs 4");
    send(&mut pages, ModelsCommand::SelectEntry("aya-expanse-8b".to_owned()));
    pages
        .harness
        .get_by_label_contains("its architecture (command-r) is not one of the engine's");
    send(&mut pages, ModelsCommand::SelectEntry("gpt-4o".to_owned()));
    pages.harness.get_by_label_contains("the questions leave this machine");
}

#[test]
fn the_time_of_a_run_is_told_once_the_machine_was_measured() {
    let mut pages = catalogue(1440.0);
    send(&mut pages, ModelsCommand::SelectEntry("llama-3.1-8b".to_owned()));
    pages.harness.get_by_label("Measure this machine").click();
    pages.settle();
    assert!(matches!(pages.tasks(), [Task::Calibrate]));
    pages.harness.get_by_label("This machine is being measured.");
    let measured = polyclinic::engine::calibration::Calibration::measure(&Default::default()).unwrap();
    let speed = |state: &mut State, speed| state.models.catalogue.speed = speed;
    speed(
        &mut pages.harness.state_mut().0,
        Speed::Known(std::sync::Arc::new(measured)),
    );
    pages.settle();
    pages.harness.get_by_label_contains(" for 672 items");
    // As it is told of what is on this machine, and of the run that is about to start.
    send(&mut pages, ModelsCommand::Show(Section::Here));
    pages.harness.get_by_label_contains(" for 672 items");
    pages.harness.state_mut().0.apply(Command::NewRun);
    pages.settle();
    pages.harness.get_by_label_contains(" questions, about ");
    pages.harness.state_mut().0.apply(Command::CloseForm);
    pages.harness.state_mut().0.apply(Command::Show(Page::Models));
    send(&mut pages, ModelsCommand::Show(Section::Catalogue));
    let failed = Speed::Failed("the disk is full".to_owned());
    speed(&mut pages.harness.state_mut().0, failed);
    pages.settle();
    pages.harness.get_by_label_contains("the disk is full");
}

#[test]
fn a_model_that_failed_says_why_in_its_card() {
    let mut state = state(&[]);
    state.page = Page::Models;
    state.models.list[2].problem = Some("/models/qwen.gguf ends in the middle of its tensors".to_owned());
    state.models.selected = Some("qwen2.5-72b".to_owned());
    let pages = Pages::new(state, Harness::builder().with_size([1440.0, 900.0]));
    pages.harness.get_by_label("This file cannot be used.");
    pages.harness.get_by_label_contains("in the middle of its tensors");
}

/// In both themes, wide and narrow: measured, narrowed, with nothing found, and an added model with an Arabic name.
#[test]
fn pictures_of_the_catalogue() {
    let Some(folder) = std::env::var_os("POLYCLINIC_PICTURES").map(std::path::PathBuf::from) else {
        eprintln!("no pictures: POLYCLINIC_PICTURES names no folder");
        return;
    };
    std::fs::create_dir_all(&folder).unwrap();
    let measured = polyclinic::engine::calibration::Calibration::measure(&Default::default()).unwrap();
    let speed = Speed::Known(std::sync::Arc::new(measured));
    for theme in [egui::Theme::Light, egui::Theme::Dark] {
        for width in [1440.0, 1000.0] {
            let mut state = state(&[]);
            state.page = Page::Models;
            state.models.section = Section::Catalogue;
            state.models.catalogue.speed = speed.clone();
            let path = "/home/nadia/models/نموذج-اللغة-الطبية-العربية-7B-Q4_K_M.gguf";
            let added = model(
                "نموذج-اللغة-الطبية-العربية-7B",
                "نموذج-اللغة-الطبية-العربية-7B",
                Some(path),
                5_000_000_000,
            );
            state.models.list.push(added);
            let builder = Harness::builder().with_size([width, 900.0]).with_theme(theme);
            let mut pages = Pages::new(state, builder);
            let filter = |search: &str, fits: bool| polyclinic::models::catalogue::Filter {
                search: search.to_owned(),
                language: fits.then(|| "ar".parse().unwrap()),
                fits,
                ..Default::default()
            };
            let select = |id: &str| ModelsCommand::SelectEntry(id.to_owned());
            for (name, commands) in [
                ("all", vec![]),
                ("large", vec![select("llama-3.1-70b")]),
                (
                    "closed",
                    vec![ModelsCommand::Narrow(filter("gpt", false)), select("gpt-4o")],
                ),
                (
                    "narrowed",
                    vec![ModelsCommand::Narrow(filter("", true)), select("silma-9b")],
                ),
                ("nothing", vec![ModelsCommand::Narrow(filter("لا شيء", false))]),
                (
                    "here",
                    vec![
                        ModelsCommand::Show(Section::Here),
                        ModelsCommand::Select("نموذج-اللغة-الطبية-العربية-7B".to_owned()),
                    ],
                ),
            ] {
                for command in commands {
                    send(&mut pages, command);
                }
                let file = format!("catalogue-{name}-{theme:?}-{width}.png").to_lowercase();
                pages.harness.render().unwrap().save(folder.join(file)).unwrap();
            }
        }
    }
}
