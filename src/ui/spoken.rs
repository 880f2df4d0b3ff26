//! What assistive technology is told of a widget: what it is, what it says, and in which language.
//!
//! The window itself is in English; a node whose words are in another language says so, and one with
//! foreign letters of which nobody knows the language at least tells the script.

use egui::accesskit::{Role, Toggled};
use egui::{Response, Ui, WidgetInfo};

use crate::language::{Language, Script};
use crate::text::isolate;

/// Tells of `response`. Its words are in `language`; without one, their letters decide. Marks that isolate names
/// are for the eye and left out.
#[expect(clippy::disallowed_methods, reason = "the one place that adds the language")]
pub fn tell(response: &Response, language: Option<&Language>, info: impl Fn() -> WidgetInfo) {
    response.widget_info(|| {
        let mut info = info();
        for words in [&mut info.label, &mut info.current_text_value].into_iter().flatten() {
            if words.contains(isolate::FIRST_STRONG) {
                *words = isolate::plain(words);
            }
        }
        info
    });
    response.ctx.accesskit_node_builder(response.id, |node| {
        let tag = match language {
            Some(language) => Some(language.tag().to_owned()),
            None => [node.label(), node.value()]
                .into_iter()
                .flatten()
                .find_map(undetermined),
        };
        if let Some(tag) = tag {
            node.set_language(tag);
        }
        // Of a list one is chosen; only buttons are pressed.
        if matches!(node.role(), Role::ListBoxOption | Role::ListItem | Role::Tab)
            && let Some(toggled) = node.toggled()
        {
            node.set_selected(toggled == Toggled::True);
            node.clear_toggled();
        }
    });
}

/// Says that words are English wherever nothing else is said.
pub fn tell_window(ui: &Ui) {
    ui.ctx()
        .accesskit_node_builder(egui::accesskit_root_id(), |node| node.set_language("en"));
}

/// The tag of an unknown language in the script of the first letters of `text` that are not Latin, such as
/// `und-Arab`; `None` for Latin text.
pub fn undetermined(text: &str) -> Option<String> {
    let script = text.chars().find_map(Script::of)?;
    let code = match script {
        // Which language writes Chinese characters shows in what else there is.
        Script::Han if text.chars().any(|letter| Script::of(letter) == Some(Script::Japanese)) => {
            Script::Japanese.code()
        }
        Script::Han => "Hani",
        script => script.code(),
    };
    Some(format!("und-{code}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_tell_the_script_of_an_unknown_language() {
        for (text, tag) in [
            ("gemma-3-270m, 61.2 percent", None),
            ("BiMediX بيميديكس", Some("und-Arab")),
            ("医学模型", Some("und-Hani")),
            ("日本語のモデル", Some("und-Jpan")),
            ("한국어", Some("und-Kore")),
            ("модель", Some("und-Cyrl")),
        ] {
            assert_eq!(undetermined(text).as_deref(), tag, "{text}");
        }
    }
}
