//! Protocols in the form of a run: chosen from their list, and shown by the exact prompt of one item.

use std::sync::Arc;

use egui::Key;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use polyclinic::app::command::Command;
use polyclinic::app::preview::Chat;
use polyclinic::app::{State, Task};
use polyclinic::prompts::{ChatTemplate, Protocol, known};

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

/// A chat as Qwen's template writes it.
fn chat() -> Chat {
    let source = "{{ bos_token }}{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n{% endfor %}<|im_start|>assistant\n";
    Chat::Template(Arc::new(ChatTemplate::new(source, "<s>", "</s>").unwrap()))
}

#[test]
fn a_chat_is_previewed_as_the_chosen_model_reads_it() {
    let mut state = form_with(known::find("medqa").unwrap(), "en");
    let mut form = state.runs.form.clone().unwrap();
    form.protocol.chat = true;
    form.protocol.system = Some("You are a careful doctor.".to_owned());
    let tasks = state.apply(Command::EditForm(form.clone().into()));
    let [Task::ReadChatTemplate(path)] = tasks.as_slice() else {
        panic!("{tasks:?}")
    };
    // Until it is read, the messages are shown; it is asked for once.
    let shown = |state: &State| state.runs.preview.clone().unwrap();
    assert_eq!(shown(&state).parts[0].0, "System");
    form.shots = "1".to_owned();
    assert!(state.apply(Command::EditForm(form.clone().into())).is_empty());
    let study = state.study.clone();
    state.runs.take_chat(path.clone(), chat(), study.as_deref());
    let preview = shown(&state);
    let [(who, text)] = preview.parts.as_slice() else {
        panic!("{preview:?}")
    };
    assert_eq!(*who, "Prompt");
    assert!(
        text.starts_with("<s><|im_start|>system\nYou are a careful doctor.<|im_end|>\n<|im_start|>user\n"),
        "{text}"
    );
    assert!(text.ends_with("<|im_end|>\n<|im_start|>assistant"), "{text}");
    assert_eq!(preview.scored, ["A", "B", "C", "D"]);
    let mut pages = Pages::new(state, Harness::builder().with_size([1440.0, 1600.0]));
    pages.harness.get_by_label_contains("Through the chat template of");
    pages.harness.get_by_label_contains("<|im_start|>assistant");
    // A model that has none is asked plainly.
    let (path, study) = (path.clone(), pages.state().study.clone());
    let state = &mut pages.harness.state_mut().0;
    state.runs.take_chat(path, Chat::Without, study.as_deref());
    assert_eq!(shown(state).scored, [" A", " B", " C", " D"]);
    pages.settle();
    pages.harness.get_by_label_contains("has no chat template");
}

#[test]
fn the_foot_names_a_protocol_as_it_is_called() {
    let state = form_with(known::find("oall-arabic-mmlu").unwrap(), "ar");
    let pages = Pages::new(state, Harness::builder().with_size([1440.0, 1600.0]));
    assert!(pages.harness.query_by_label_contains("oall-arabic-mmlu (").is_some());
    assert!(pages.harness.query_by_label_contains("Oall").is_none());
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
            let mut state = form_with(&protocol, language);
            if protocol.chat {
                let (form, study) = (state.runs.form.clone().unwrap(), state.study.clone());
                let (_, path) = form.first_file().unwrap();
                state.runs.take_chat(path.to_owned(), chat(), study.as_deref());
            }
            let mut pages = Pages::new(state, builder);
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
