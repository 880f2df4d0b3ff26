//! The list of keys: every key that Compare answers to stands in it.

use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use polyclinic::app::State;
use polyclinic::app::command::Command;
use polyclinic::app::keys;
use polyclinic::app::matrix::CellKey;

use crate::compare::{LANGUAGES, THREE, ledger, press, state_of};
use crate::support::Pages;

/// What a key may change, in words.
fn told(pages: &Pages) -> String {
    let state: &State = pages.state();
    let (compare, inspect) = (&state.compare, &state.inspect);
    let focus = pages.harness.ctx.memory(|memory| memory.focused());
    format!(
        "{:?}",
        (
            (state.page, state.keys_shown, state.controls_shown, focus),
            (&compare.selected, &compare.against, &compare.pinned, &compare.view),
            (state.figures.exporting, state.runs.form.is_some()),
            (inspect.list_toggled, inspect.selected, &inspect.filter),
            pages.tasks().len(),
        )
    )
}

/// Compare with a cell in the middle selected and another one in the finding.
fn begin(ledger: &polyclinic::runs::ledger::Ledger) -> State {
    let mut state = state_of(ledger.clone());
    let first = state.compare.selected.clone().unwrap();
    let middle = CellKey {
        model: "Llama-3.1-70B".into(),
        language: "ar".parse().unwrap(),
        ..first.clone()
    };
    state.apply(Command::SelectCell(middle));
    state.compare.against = Some(first);
    state
}

#[test]
fn every_key_that_compare_answers_to_is_in_the_list() {
    let ledger = ledger(&THREE, &LANGUAGES[..3], &[("pubmedqa", 6)]);
    let mut pages = Pages::new(begin(&ledger), Harness::builder().with_size([1280.0, 800.0]));
    press(&mut pages, &[Key::Questionmark]);
    let labels = pages.harness.get_all_by_label_contains(": ");
    let listed: Vec<String> = labels
        // A label's words are its value.
        .filter_map(|node| node.accesskit_node().label().or(node.accesskit_node().value()))
        .filter_map(|label| Some(label.split_once(": ")?.1.to_owned()))
        .collect();
    let control = Modifiers::COMMAND;
    let held = [
        Modifiers::NONE,
        Modifiers::SHIFT,
        control,
        control.plus(Modifiers::SHIFT),
    ];
    let mut answered = Vec::new();
    for modifiers in held {
        // What Tab does is egui's.
        for key in Key::ALL.iter().copied().filter(|key| *key != Key::Tab) {
            let state = begin(&ledger);
            *pages.harness.state_mut() = (state, Vec::new());
            pages.harness.ctx.memory_mut(|memory| {
                if let Some(focus) = memory.focused() {
                    memory.surrender_focus(focus);
                }
            });
            pages.harness.run_steps(1);
            let before = told(&pages);
            pages.harness.key_press_modifiers(modifiers, key);
            pages.harness.run_steps(2);
            if told(&pages) == before {
                continue;
            }
            let name = match modifiers.command {
                true => pages
                    .harness
                    .ctx
                    .format_shortcut(&egui::KeyboardShortcut::new(modifiers, key)),
                false if modifiers.shift && key != Key::Questionmark => format!("Shift+{}", keys::name(key)),
                false => keys::name(key).to_owned(),
            };
            // Letters without Ctrl mean the same with Shift.
            let plain = keys::name(key).to_owned();
            let is_listed = |keys: &String| {
                let mut names = keys.split("  ");
                names.any(|listed| listed == name || modifiers == Modifiers::SHIFT && listed == plain)
            };
            assert!(listed.iter().any(is_listed), "{name} is not in the list: {listed:#?}");
            answered.push(name);
        }
    }
    for expected in [
        "Arrows",
        "Home",
        "Page Up",
        "Enter",
        "Shift+Enter",
        "Space",
        "Escape",
        "D",
        "X",
        "?",
        "Ctrl+E",
    ] {
        assert!(answered.iter().any(|name| name == expected), "{expected}: {answered:?}");
    }
}
