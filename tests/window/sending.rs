//! Endpoints in the form of a run, and the question before anything is sent to one.

use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use polyclinic::app::command::Command;
use polyclinic::app::matrix;
use polyclinic::app::runs::RunForm;
use polyclinic::app::{State, Task};
use polyclinic::engine::endpoint::{Endpoint, Limits, Route, Server};
use polyclinic::prompts::Scoring;
use polyclinic::runs::ModelChoice;

use crate::pictures;
use crate::support::{Pages, state};

fn endpoint(name: &str, address: &str, server: Server, route: Route) -> Endpoint {
    Endpoint {
        name: name.to_owned(),
        address: address.parse().unwrap(),
        model: "org/big-model".to_owned(),
        server,
        route,
        context_length: None,
        key_variable: None,
        limits: Limits::default(),
        prices: None,
    }
}

fn with_endpoints() -> State {
    let mut state = state(&[]);
    state.models.endpoints.list = vec![
        endpoint("llama-3.1-70b", "http://localhost:8000", Server::Vllm, Route::NextToken),
        endpoint(
            "نموذج بيت الحكمة الطبي الكبير",
            "https://api.example.org",
            Server::OpenAi,
            Route::Written,
        ),
    ];
    state
}

/// The form open, with one endpoint chosen and nothing else.
fn form_with(chosen: &str, builder: egui_kittest::HarnessBuilder<(State, Vec<Task>)>) -> Pages {
    let mut state = with_endpoints();
    state.apply(Command::NewRun);
    let mut form = state.runs.form.clone().unwrap();
    form.models.clear();
    state.apply(Command::EditForm(Box::new(form)));
    let mut pages = Pages::new(state, builder);
    pages.harness.get_by_label(chosen).click();
    pages.settle();
    pages
}

fn wide() -> egui_kittest::HarnessBuilder<(State, Vec<Task>)> {
    Harness::builder().with_size([1440.0, 900.0])
}

const FAR: &str = "نموذج بيت الحكمة الطبي الكبير";

#[test]
fn a_far_endpoint_is_asked_about_and_only_then_started() {
    let mut pages = form_with(FAR, wide());
    let start = |pages: &mut Pages| {
        pages.harness.get_by_label("Start run").click();
        pages.settle();
    };
    let expense = format!("at most {} written", matrix::count(672 * Scoring::MOST_TOKENS));
    pages.harness.get_by_label_contains(&expense);
    start(&mut pages);
    assert!(pages.tasks().is_empty());
    let asking = pages.state().runs.asking.clone().unwrap();
    assert_eq!(asking.questions, 672);
    assert!(
        pages
            .harness
            .query_by_label_contains("672 questions to api.example.org")
            .is_some()
    );
    assert!(
        pages.harness.query_by_label_contains("options").is_some(),
        "it says what leaves the machine"
    );
    pages.harness.get_by_label("Do not send").click();
    pages.settle();
    assert!(pages.tasks().is_empty());
    assert!(pages.state().runs.form.is_some(), "the form is as it was");
    start(&mut pages);
    pages.harness.get_by_label("Send and start").click();
    pages.settle();
    let [Task::Run { request, agreed }] = pages.tasks() else {
        panic!("{:?}", pages.tasks())
    };
    assert_eq!(agreed, &["https://api.example.org"]);
    assert!(matches!(&request.models[..], [(name, ModelChoice::Endpoint(_))] if name == FAR));
    // Its letters cannot be compared, so its answers are written.
    assert!(matches!(request.protocol.scoring, Scoring::Written { .. }));
}

#[test]
fn what_was_declined_is_followed_by_nothing() {
    let form = form_with(FAR, wide()).state().runs.form.clone().unwrap();
    let mut state = with_endpoints();
    state.apply(Command::EditForm(Box::new(RunForm {
        fragility: true,
        ..form
    })));
    assert!(state.apply(Command::StartRun).is_empty());
    state.apply(Command::DeclineToSend);
    assert!(
        state.runs.next.is_empty(),
        "a run that is resumed now must not begin what was declined"
    );
    state.apply(Command::StartRun);
    assert_eq!(state.apply(Command::AgreeToSend).len(), 1);
    assert_eq!(state.runs.next.len(), 3);
}

#[test]
fn an_endpoint_on_this_machine_and_one_agreed_to_start_at_once() {
    let mut near = form_with("llama-3.1-70b", wide());
    near.harness.get_by_label("Start run").click();
    near.settle();
    let [Task::Run { request, agreed }] = near.tasks() else {
        panic!("{:?}", near.tasks())
    };
    assert!(agreed.is_empty());
    assert_eq!(request.protocol.scoring, Scoring::Letters);

    let mut state = with_endpoints();
    // What was listed last knows the study too.
    state.inspect = Default::default();
    let study = std::sync::Arc::get_mut(state.study.as_mut().unwrap()).unwrap();
    study.sends_to.insert("https://api.example.org".to_owned());
    state.apply(Command::NewRun);
    let mut pages = Pages::new(state, wide());
    pages.harness.get_by_label(FAR).click();
    pages.settle();
    pages.harness.get_by_label("Start run").click();
    pages.settle();
    assert_eq!(pages.tasks().len(), 1);
}

/// The form and the question, to be looked at.
#[test]
fn pictures_of_sending() {
    let Some(folder) = pictures::folder() else { return };
    std::fs::create_dir_all(&folder).unwrap();
    for (theme, word) in [(egui::Theme::Light, "light"), (egui::Theme::Dark, "dark")] {
        for width in [1440.0, 900.0] {
            let builder = Harness::builder().with_size([width, 900.0]).with_theme(theme);
            let mut pages = form_with(FAR, builder);
            let save = |pages: &mut Pages, name: &str| {
                let image = pages.harness.render().unwrap();
                image
                    .save(folder.join(format!("Sending-{name}-{word}-{width}.png")))
                    .unwrap();
            };
            save(&mut pages, "form");
            pages.harness.get_by_label("Start run").click();
            pages.settle();
            save(&mut pages, "question");
        }
    }
}
