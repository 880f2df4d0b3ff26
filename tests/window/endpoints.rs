//! The endpoints of the Models page.

use std::sync::Arc;

use egui::Key;
use egui::accesskit::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use polyclinic::app::State;
use polyclinic::app::command::Page;
use polyclinic::app::models::{Asking, EndpointForm, Section};
use polyclinic::engine::endpoint::{Endpoint, Limits, ProbeReport, RefusedRoute, Route, Server, Usage};

use crate::pictures;
use crate::support::{Pages, state};

/// An endpoint that scores, or one that writes.
fn endpoint(name: &str, address: &str, server: Server, route: Route) -> Endpoint {
    Endpoint {
        name: name.to_owned(),
        address: address.parse().unwrap(),
        model: format!("org/{name}"),
        server,
        route,
        context_length: Some(8192),
        key_variable: None,
        limits: Limits::default(),
        prices: None,
    }
}

/// What a probe of an endpoint found.
fn report(endpoint: &Endpoint, refused: &[(Route, &str)]) -> ProbeReport {
    ProbeReport {
        server: endpoint.server,
        version: Some("0.28.0".to_owned()),
        models: Vec::new(),
        model: endpoint.model.clone(),
        context_length: endpoint.context_length,
        has_chat_template: endpoint.route.scores(),
        route: endpoint.route,
        refused: refused
            .iter()
            .map(|&(route, reason)| RefusedRoute {
                route,
                reason: reason.to_owned(),
            })
            .collect(),
        usage: Usage::default(),
    }
}

/// The Models page with a local and a hosted endpoint.
pub fn with_endpoints() -> State {
    let mut state = state(&[]);
    state.page = Page::Models;
    state.models.section = Section::Endpoints;
    let local = endpoint("llama-3.3-70b", "http://localhost:8000", Server::Vllm, Route::NextToken);
    let hosted = endpoint(
        "بيميديكس-hosted",
        "https://api.example.org/v1",
        Server::OpenAi,
        Route::Written,
    );
    let endpoints = &mut state.models.endpoints;
    endpoints
        .reports
        .insert(local.name.clone(), Arc::new(report(&local, &[])));
    let reason = "a hosted chat service gives no log-probabilities of a prompt's own continuations";
    let hosted_report = report(&hosted, &[(Route::NextToken, reason)]);
    endpoints.reports.insert(hosted.name.clone(), Arc::new(hosted_report));
    endpoints.list = vec![local, hosted];
    state
}

fn page(state: State, width: f32) -> Pages {
    Pages::new(state, Harness::builder().with_size([width, 900.0]))
}

#[test]
fn a_card_says_what_leaves_the_machine_and_to_where() {
    let mut pages = page(with_endpoints(), 1440.0);
    pages.harness.get_by_label_contains("Nothing leaves this machine");
    pages.harness.get_by_label("Server: vLLM 0.28.0");
    pages
        .harness
        .get_by_role_and_label(Role::ListItem, "بيميديكس-hosted")
        .click();
    pages.settle();
    pages
        .harness
        .get_by_label_contains("go to api.example.org over an encrypted connection");
    pages
        .harness
        .get_by_label_contains("Not by next-token probabilities: a hosted chat service");
}

#[test]
fn a_key_is_typed_without_being_shown_and_kept() {
    let mut pages = page(with_endpoints(), 1440.0);
    let field = pages.harness.get_by_role(Role::PasswordInput);
    field.focus();
    pages.settle();
    let field = pages.harness.get_by_role(Role::PasswordInput);
    field.type_text("sk-ward-1");
    pages.settle();
    let field = pages.harness.get_by_role(Role::PasswordInput);
    let shown = field.accesskit_node().value().unwrap_or_default();
    assert!(
        shown.chars().all(|letter| letter == '•') && !shown.is_empty(),
        "{shown}"
    );
    pages
        .harness
        .get_by_role_and_label(Role::Button, "Keep the key")
        .click();
    pages.settle();
    assert!(!format!("{:?}", pages.state()).contains("sk-ward"));
}

#[test]
fn the_form_is_filled_by_keys_and_says_what_is_wrong() {
    for width in [1440.0, 900.0] {
        let mut pages = page(with_endpoints(), width);
        pages
            .harness
            .get_by_role_and_label(Role::Button, "Add an endpoint")
            .click();
        pages.settle();
        let add = pages.harness.get_by_role_and_label(Role::Button, "Try and add");
        add.focus();
        pages.settle();
        pages.harness.key_press(Key::Enter);
        pages.settle();
        assert!(pages.state().models.endpoints.form_problem.is_some());
        pages.harness.get_by_label_contains("Say where the server is");
        pages.harness.get_by_role_and_label(Role::TextInput, "Address").focus();
        pages.settle();
        pages
            .harness
            .get_by_role_and_label(Role::TextInput, "Address")
            .type_text("localhost:8000");
        pages.settle();
        let form = pages.state().models.endpoints.form.clone().unwrap();
        assert_eq!(form.address, "localhost:8000");
        pages.harness.get_by_role_and_label(Role::Button, "Try and add").focus();
        pages.settle();
        pages.harness.key_press(Key::Enter);
        pages.settle();
        assert_eq!(pages.state().models.endpoints.asking, Asking::New);
        pages.harness.get_by_role_and_label(Role::Button, "Stop");
    }
}

#[test]
fn removing_asks_first() {
    let mut pages = page(with_endpoints(), 1440.0);
    pages.harness.get_by_label_contains("Remove this endpoint").click();
    pages.settle();
    pages.harness.get_by_role_and_label(Role::Button, "Keep it").click();
    pages.settle();
    assert_eq!(pages.state().models.endpoints.removing, None);
    assert_eq!(pages.state().models.endpoints.list.len(), 2);
}

/// The section in its states: `POLYCLINIC_PICTURES=folder cargo test --release --test window pictures`.
#[test]
fn pictures_of_endpoints() {
    let Some(folder) = pictures::folder() else { return };
    std::fs::create_dir_all(&folder).unwrap();
    for theme in [egui::Theme::Light, egui::Theme::Dark] {
        for (width, height) in [(1600.0, 1000.0), (1000.0, 700.0)] {
            for (name, state) in states() {
                let builder = Harness::builder().with_size([width, height]).with_theme(theme);
                let mut pages = Pages::new(state, builder);
                let picture = pages.harness.render().unwrap();
                picture.save(folder.join(pictures::name(name, theme, width))).unwrap();
            }
        }
    }
}

/// The section in its states, by name.
fn states() -> Vec<(&'static str, State)> {
    let mut empty = with_endpoints();
    empty.models.endpoints = Default::default();
    let mut hosted = with_endpoints();
    hosted.models.endpoints.selected = Some("بيميديكس-hosted".to_owned());
    hosted.models.endpoints.removing = Some("بيميديكس-hosted".to_owned());
    let mut failed = with_endpoints();
    let name = "llama-3.3-70b".to_owned();
    failed.models.endpoints.failures.insert(
        name.clone(),
        "endpoint `llama-3.3-70b`, /v1/models: the server cannot be reached: connection refused. See that it runs and \
         that the address is right"
            .to_owned(),
    );
    let mut asking = with_endpoints();
    asking.models.endpoints.asking = Asking::Known(name);
    let mut form = with_endpoints();
    form.models.endpoints.form = Some(EndpointForm {
        address: "https://api.example.org/v1".to_owned(),
        ..EndpointForm::default()
    });
    form.models.endpoints.form_problem = Some(
        "endpoint `api.example.org`, /v1/models: the server wants another key (status 401): no key was given"
            .to_owned(),
    );
    vec![
        ("Endpoints", with_endpoints()),
        ("Endpoints-empty", empty),
        ("Endpoints-hosted", hosted),
        ("Endpoints-failed", failed),
        ("Endpoints-asking", asking),
        ("Endpoints-form", form),
    ]
}
