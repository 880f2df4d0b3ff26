//! How a model of the catalogue comes to this machine: its card, and the whole way from an empty cache to a run.

use std::collections::BTreeMap;
use std::process::Command as Process;
use std::sync::Arc;

use egui::Key;
use egui::accesskit::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use polyclinic::app::command::{Command, Page};
use polyclinic::app::models::{DownloadsTask, EndpointForm, ModelsCommand, Section};
use polyclinic::app::{State, Task};
use polyclinic::models::catalogue::{Catalogue, Confirmation, Confirmations};
use polyclinic::models::download::{EntryState, Order};
use polyclinic::runs::RunState;

use crate::hub::Server;
use crate::support::{Pages, Window, model, state, workspace};
use crate::tiny_model;

const REPOSITORY: &str = "bartowski/Qwen2.5-7B-Instruct-GGUF";
const FILE: &str = "Qwen2.5-7B-Instruct-Q4_K_M.gguf";

/// The card of an entry of the catalogue.
fn card(entry: &str) -> Pages {
    card_in(entry, Harness::builder().with_size([1440.0, 1400.0]), |_| {})
}

fn card_in(
    entry: &str,
    builder: egui_kittest::HarnessBuilder<(State, Vec<Task>)>,
    change: impl FnOnce(&mut State),
) -> Pages {
    let mut state = state(&[]);
    state.page = Page::Models;
    state.models.section = Section::Catalogue;
    state.models.hub.known.free = Some(52_000_000_000);
    state.apply(ModelsCommand::SelectEntry(entry.to_owned()).into());
    change(&mut state);
    Pages::new(state, builder)
}

fn order() -> Order {
    Order {
        repository: REPOSITORY.parse().unwrap(),
        revision: Default::default(),
        file: Some(FILE.parse().unwrap()),
    }
}

fn click(pages: &mut Pages, label: &str) {
    pages.harness.get_by_role_and_label(Role::Button, label).click();
    pages.settle();
}

fn last_task(pages: &Pages) -> Option<&DownloadsTask> {
    match pages.tasks().last()? {
        Task::Downloads(task) => Some(task),
        _ => None,
    }
}

/// What the hub is made to say of an entry, in the form that is kept.
fn told(entry: &str, text: &str) -> Arc<Confirmations> {
    let confirmation: Confirmation = toml::from_str(text).unwrap();
    Arc::new(Confirmations(BTreeMap::from([(entry.to_owned(), confirmation)])))
}

fn renamed() -> Arc<Confirmations> {
    let text = format!(
        "date = \"2026-11-21T09:00:00Z\"\n[[sources]]\nrepository = \"{REPOSITORY}\"\nexists = true\ngated = false\n\
         models = [{{ name = \"q.Q4_K_M.gguf\", size = 4700000000 }}, {{ name = \"{}\", size = 15000000000 }}]\n",
        "نموذج-F16.gguf"
    );
    told("qwen2.5-7b", &text)
}

#[test]
fn a_card_gets_the_chosen_file_and_shows_how_far_it_is() {
    let mut pages = card("qwen2.5-7b");
    pages.harness.get_by_label_contains("of 52.0 GB free");
    click(&mut pages, "Get");
    assert_eq!(last_task(&pages), Some(&DownloadsTask::Add(order())));

    let mut entry = crate::downloads::entry(3, FILE, EntryState::Running);
    entry.order = order();
    pages.harness.state_mut().0.models.hub.known.entries = vec![entry.clone()];
    pages.settle();
    pages.harness.get_by_label_contains("1.8 GB of 4.7 GB");
    entry.state = EntryState::Failed {
        reason: "the disk is full".to_owned(),
        terms: None,
    };
    pages.harness.state_mut().0.models.hub.known.entries = vec![entry];
    pages.settle();
    pages.harness.get_by_label_contains("The disk is full");
    click(&mut pages, "Show download");
    assert_eq!(pages.state().models.section, Section::Downloads);
}

#[test]
fn another_quantization_is_another_file() {
    let mut pages = card("qwen2.5-7b");
    pages.harness.get_by_label("File").click();
    pages.settle();
    pages.harness.get_by_label("Q8_0").click();
    pages.settle();
    click(&mut pages, "Get");
    let Some(DownloadsTask::Add(order)) = last_task(&pages) else {
        panic!()
    };
    assert_eq!(order.file.as_ref().unwrap().as_str(), "Qwen2.5-7B-Instruct-Q8_0.gguf");
}

#[test]
fn what_is_here_is_one_click_away() {
    let mut pages = card_in("qwen2.5-7b", Harness::builder().with_size([1440.0, 900.0]), |state| {
        let mut here = model("qwen-of-the-hub", FILE, Some(&format!("/hub/{FILE}")), 5_000_000_000);
        here.origin = REPOSITORY.to_owned();
        state.models.list.push(here);
    });
    click(&mut pages, "On this machine");
    let models = &pages.state().models;
    assert_eq!(models.section, Section::Here);
    assert_eq!(models.selected().unwrap().id, "qwen-of-the-hub");
}

#[test]
fn weights_that_nobody_converted_come_as_their_folder() {
    let catalogue = Catalogue::included();
    let entry = catalogue
        .entries()
        .iter()
        .find(|entry| entry.repository.is_some() && entry.conversions.is_empty())
        .unwrap();
    let mut pages = card(&entry.id);
    click(&mut pages, "Get");
    let Some(DownloadsTask::Add(order)) = last_task(&pages) else {
        panic!()
    };
    assert_eq!(Some(order.repository.as_str()), entry.repository.as_deref());
    assert_eq!(order.file, None);
}

#[test]
fn where_no_file_is_known_the_hub_is_asked_for_them() {
    let catalogue = Catalogue::included();
    let mut unnamed = catalogue.entries().iter().filter(|entry| {
        let usual = entry.usual_quantization();
        !entry.conversions.is_empty() && usual.is_some_and(|usual| entry.order(usual).is_none())
    });
    let entry = unnamed.next().unwrap();
    let mut pages = card(&entry.id);
    click(&mut pages, "Ask the hub for its files");
    assert_eq!(last_task(&pages), Some(&DownloadsTask::AskHub(entry.id.clone())));
    pages
        .harness
        .state_mut()
        .0
        .models
        .hub
        .known
        .asking
        .insert(entry.id.clone());
    pages.settle();
    pages.harness.get_by_label("Asking the hub…");
    let known = &mut pages.harness.state_mut().0.models.hub.known;
    known.asking.clear();
    known.unanswered.insert(entry.id.clone(), "it is offline".to_owned());
    pages.settle();
    pages.harness.get_by_label_contains("It is offline");
}

#[test]
fn the_hub_s_files_and_what_differs_stand_on_the_card() {
    let builder = Harness::builder().with_size([1440.0, 1400.0]);
    let mut pages = card_in("qwen2.5-7b", builder, |state| {
        state.models.hub.known.confirmations = renamed()
    });
    pages
        .harness
        .get_by_label_contains("Checked on 2026-11-21: not as the catalogue says.");
    pages.harness.get_by_label_contains(&format!("has no file {FILE}"));
    let file = |pages: &Pages| match last_task(pages) {
        Some(DownloadsTask::Add(order)) => order.file.as_ref().unwrap().to_string(),
        task => panic!("{task:?}"),
    };
    click(&mut pages, "Get");
    assert_eq!(file(&pages), "q.Q4_K_M.gguf");
    let buttons = pages.harness.query_all_by_role(Role::Button);
    let large = |node: &egui_kittest::Node<'_>| node.accesskit_node().label().is_some_and(|name| name.contains("F16"));
    buttons.into_iter().find(large).unwrap().click();
    pages.settle();
    assert_eq!(file(&pages), "نموذج-F16.gguf");
}

#[test]
fn a_closed_model_opens_the_form_of_its_endpoint() {
    let mut pages = card("gpt-4o");
    click(&mut pages, "Add endpoint");
    let endpoint = Catalogue::included().find("gpt-4o").unwrap().endpoint.clone().unwrap();
    let models = &pages.state().models;
    assert_eq!(models.section, Section::Endpoints);
    let form = EndpointForm {
        address: endpoint.url,
        model: endpoint.served_as,
        ..EndpointForm::default()
    };
    assert_eq!(models.endpoints.form, Some(form));
}

/// From an empty cache to a finished run of a model of the catalogue, in a process of its own, whose environment has
/// nothing but a hub on this machine.
#[test]
fn from_an_empty_cache_to_a_run() {
    let server = Server::start();
    server.put(FILE, tiny_model::bytes(&tiny_model::Shape::llama()).into());
    server.set(|behaviour| behaviour.repository = Some(REPOSITORY.to_owned()));
    let folder = tempfile::tempdir().unwrap();
    let walk = Process::new(std::env::current_exe().unwrap())
        .args(["--exact", "getting::walk", "--ignored", "--nocapture"])
        .env("POLYCLINIC_HOME", folder.path().join("home"))
        .env("POLYCLINIC_CACHE", folder.path().join("cache"))
        .env("HF_HOME", folder.path().join("hugging-face"))
        .env("HF_ENDPOINT", server.address())
        .env("HF_HUB_DISABLE_IMPLICIT_TOKEN", "1")
        .env_remove("HF_HUB_CACHE")
        .env_remove("HUGGINGFACE_HUB_CACHE")
        .env_remove("HF_HUB_OFFLINE")
        .env_remove("TRANSFORMERS_OFFLINE")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&walk.stdout).into_owned() + &String::from_utf8_lossy(&walk.stderr);
    assert!(walk.status.success(), "{said}");
    assert!(said.contains("1 passed"), "{said}");
}

#[test]
#[ignore = "is a part of from_an_empty_cache_to_a_run, which gives it a hub and an empty cache"]
fn walk() {
    let home = std::path::PathBuf::from(std::env::var_os("POLYCLINIC_HOME").unwrap());
    std::fs::create_dir_all(&home).unwrap();
    let root = workspace(&[]);
    let mut window = Window::open(root.path(), 1440.0, 1200.0);
    window.keep_downloads(home);
    assert_eq!(window.state(|state| state.models.here().count()), 0);
    window.send(Command::Show(Page::Models));
    window.send(ModelsCommand::Show(Section::Catalogue).into());
    window.send(ModelsCommand::SelectEntry("qwen2.5-7b".to_owned()).into());

    window
        .harness
        .get_by_role_and_label(Role::Button, "Ask the hub")
        .click();
    window.settle();
    window.wait(|state| state.models.hub.confirmation("qwen2.5-7b").is_some());
    window.harness.get_by_label_contains("Checked on ");

    window.harness.get_by_role_and_label(Role::Button, "Get").click();
    window.settle();
    window.wait(|state| state.models.here().any(|model| model.ready()));
    window
        .harness
        .get_by_role_and_label(Role::Button, "On this machine")
        .click();
    window.settle();
    assert_eq!(window.state(|state| state.models.section), Section::Here);

    window.harness.key_press_modifiers(egui::Modifiers::COMMAND, Key::N);
    window.settle();
    window.harness.get_by_label("Items per language").click();
    window.settle();
    window.harness.event(egui::Event::Text("1".to_owned()));
    window.settle();
    window.harness.get_by_label("Start run").click();
    window.settle();
    window.wait(|state| {
        let study = state.study.as_ref().unwrap();
        let finished = study.runs().iter().any(|run| run.record.state == RunState::Finished);
        finished && state.runs.live.is_none()
    });
    assert!(window.state(|state| state.notices.is_empty()));
}

/// In both themes, wide and narrow: under way, failed, with the hub's answer, not known, closed.
#[test]
fn pictures_of_getting() {
    let Some(folder) = crate::pictures::folder() else {
        return;
    };
    std::fs::create_dir_all(&folder).unwrap();
    let download = |state: EntryState| {
        let mut entry = crate::downloads::entry(1, FILE, state);
        entry.order = order();
        entry
    };
    for theme in [egui::Theme::Light, egui::Theme::Dark] {
        for width in [1440.0, 1000.0] {
            for (name, entry) in [
                ("plain", "qwen2.5-7b"),
                ("underway", "qwen2.5-7b"),
                ("failed", "qwen2.5-7b"),
                ("told", "qwen2.5-7b"),
                ("closed", "gpt-4o"),
            ] {
                let builder = Harness::builder().with_size([width, 1000.0]).with_theme(theme);
                let mut pages = card_in(entry, builder, |state| match name {
                    "underway" => state.models.hub.known.entries = vec![download(EntryState::Running)],
                    "failed" => {
                        let reason = "the disk that holds /home/nadia/.cache has 900 MB free and 2900 MB are needed";
                        let failed = EntryState::Failed {
                            reason: reason.to_owned(),
                            terms: None,
                        };
                        state.models.hub.known.entries = vec![download(failed)];
                    }
                    "told" => state.models.hub.known.confirmations = renamed(),
                    _ => {}
                });
                if name == "told" {
                    // To the end of the card.
                    let answer = pages.harness.get_by_label_contains("Checked on ");
                    answer.scroll_to_me();
                    pages.settle();
                }
                let file = format!("getting-{name}-{theme:?}-{width}.png").to_lowercase();
                pages.harness.render().unwrap().save(folder.join(file)).unwrap();
            }
        }
    }
}
