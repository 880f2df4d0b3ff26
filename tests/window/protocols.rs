//! Protocols in the form of a run: chosen from their list, and shown by the exact prompt of one item.

use egui::Key;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use polyclinic::app::State;
use polyclinic::app::command::Command;
use polyclinic::prompts::{Protocol, known};

use crate::pictures;
use crate::support::{Pages, state};

fn form_with(protocol: &Protocol, language: &str) -> State {
    let mut state = state(&[]);
    state.apply(Command::NewRun);
    let mut form = state.runs.form.clone().unwrap();
    form.languages = [language.parse().unwrap()].into();
    form.choose(protocol);
    state.apply(Command::EditForm(Box::new(form)));
    state
}

#[test]
fn a_protocol_is_found_by_typing_and_shown_by_its_prompt() {
    let state = form_with(&Protocol::default(), "ar");
    let mut pages = Pages::new(state, Harness::builder().with_size([1440.0, 1600.0]));
    assert!(pages.harness.query_by_label_contains("السؤال:").is_some());
    pages.harness.get_by_label("Put as").click();
    pages.settle();
    pages.harness.event(egui::Event::Text("simple".to_owned()));
    pages.settle();
    pages.harness.key_press(Key::Enter);
    pages.settle();
    let form = pages.state().runs.form.clone().unwrap();
    let protocol = form.protocol().unwrap();
    assert_eq!(&protocol, known::find("simple-evals").unwrap());
    let preview = pages.state().runs.preview.clone().unwrap();
    assert_eq!(preview.parts.len(), 1);
    assert_eq!(preview.parts[0].0, "User");
    assert!(
        preview.parts[0]
            .1
            .starts_with("Answer the following multiple choice question.")
    );
    assert!(pages.harness.query_by_label_contains("Think step by step").is_some());
}

#[test]
fn the_preview_follows_what_is_changed() {
    let mut state = form_with(known::find("medqa").unwrap(), "en");
    let shown = |state: &State| state.runs.preview.clone().unwrap();
    assert_eq!(shown(&state).scored, [" A", " B", " C", " D"]);
    let mut form = state.runs.form.clone().unwrap();
    form.shots = "2".to_owned();
    form.protocol.chat = true;
    form.protocol.multi_turn = true;
    state.apply(Command::EditForm(Box::new(form)));
    let said: Vec<&str> = shown(&state).parts.iter().map(|(who, _)| *who).collect();
    assert_eq!(said, ["User", "Model", "User", "Model", "User"]);
    assert_eq!(shown(&state).scored, ["A", "B", "C", "D"]);
}

/// The form with its preview, to be looked at.
#[test]
fn pictures_of_protocols() {
    let Some(folder) = pictures::folder() else { return };
    std::fs::create_dir_all(&folder).unwrap();
    let few_shots = Protocol {
        shots: 1,
        ..known::find("oall-arabic-mmlu").unwrap().clone()
    };
    let in_chat = Protocol {
        shots: 1,
        multi_turn: true,
        system: Some("You are a careful doctor.".to_owned()),
        chat: true,
        ..known::find("medqa").unwrap().clone()
    };
    for (theme, word) in [(egui::Theme::Light, "light"), (egui::Theme::Dark, "dark")] {
        for (name, protocol, language) in [
            ("letters-ar", Protocol::default(), "ar"),
            ("leaderboard-ar", few_shots.clone(), "ar"),
            ("chat-en", in_chat.clone(), "en"),
        ] {
            let builder = Harness::builder().with_size([1280.0, 1600.0]).with_theme(theme);
            let mut pages = Pages::new(form_with(&protocol, language), builder);
            let mut save = |name: String| {
                pages.settle();
                pages.harness.render().unwrap().save(folder.join(name)).unwrap();
            };
            save(format!("Protocol-{name}-{word}.png"));
            if name == "chat-en" {
                pages.harness.get_by_label("Put as").click();
                pages.settle();
                let image = pages.harness.render().unwrap();
                image.save(folder.join(format!("Protocol-list-{word}.png"))).unwrap();
            }
        }
    }
}
