//! The languages an item is shown in: its own, and others beside it where there is room.

use egui::Ui;

use crate::app::command::Command;
use crate::app::inspect::{InspectCommand, Side};
use crate::app::theme::size;
use crate::language::{Direction, Language};
use crate::ui::typeset::{self, Ink, Words};
use crate::ui::widgets::menu::{self, Entry};
use crate::ui::widgets::{self, palette};

/// The least width of a column that is read with ease.
const COLUMN: f32 = 330.0;
/// The most columns.
const MOST: usize = 4;
/// Room for the menu of all languages.
pub const MENU: f32 = 86.0;

/// Which of `others`, the same question's languages and places, are shown beside it in `width` points: those that are
/// wished, else English, else Arabic, else the first there is.
pub fn beside(
    own: &Language,
    others: &[(Language, usize)],
    wished: Option<&[Language]>,
    width: f32,
) -> Vec<(Language, usize)> {
    let room = ((width / COLUMN) as usize).clamp(2, MOST) - 1;
    let find = |wanted: &Language| others.iter().find(|(language, _)| language == wanted).cloned();
    if let Some(wished) = wished {
        let found: Vec<(Language, usize)> = wished.iter().filter_map(find).collect();
        if !found.is_empty() || wished.is_empty() {
            // What was chosen last is sure to be seen.
            let hidden = found.len().saturating_sub(room);
            return found.into_iter().skip(hidden).collect();
        }
    }
    let usual = if own.is_english() { "ar" } else { "en" };
    let first = others.iter().find(|(language, _)| language.primary() == usual);
    first.or(others.first()).cloned().into_iter().collect()
}

/// English stands left, what runs right to left stands right.
pub fn in_order<'a>(mut sides: Vec<Side<'a>>) -> Vec<Side<'a>> {
    sides.sort_by_key(|side| {
        let language = &side.item.key.language;
        (!language.is_english(), language.direction() == Direction::RightToLeft)
    });
    sides
}

/// Shows the item's language, those beside it and as many more as there is room for; a click shows or hides one. The
/// menu at the end has all of them.
pub fn chips(
    ui: &mut Ui,
    own: &Language,
    others: &[(Language, usize)],
    shown: &[(Language, usize)],
    commands: &mut Vec<Command>,
) {
    if others.is_empty() {
        return;
    }
    let is_shown = |language: &Language| shown.iter().any(|(other, _)| other == language);
    let hidden = others.iter().filter(|(language, _)| !is_shown(language));
    let mut room = ui.available_width() - MENU;
    let mut fits = |ui: &Ui, language: &Language| {
        let ink = Ink::new(size::SECONDARY, palette(ui).text).semibold();
        let words = typeset::galley(ui, Words::native(language), ink, f32::INFINITY, 1);
        room -= words.size().x + 16.0 + ui.spacing().item_spacing.x;
        room > 0.0
    };
    if fits(ui, own) {
        // The item's own language is always there.
        widgets::toggle_chip(ui, Words::native(own), true, own.english_name());
    }
    for (language, _) in shown.iter().chain(hidden) {
        if !fits(ui, language) {
            break;
        }
        let chip = widgets::toggle_chip(ui, Words::native(language), is_shown(language), language.english_name());
        if chip.clicked() {
            commands.push(toggled(shown, language));
        }
    }
    let chip = widgets::menu_chip(ui, "Beside", "Beside");
    let entries: Vec<Entry<'_>> = others.iter().map(|(language, _)| Entry::native(language)).collect();
    let selected = others.iter().position(|(language, _)| is_shown(language));
    let chosen = menu::show(&chip, "Beside", &entries, selected, 180.0);
    commands.extend(chosen.and_then(|place| Some(toggled(shown, &others.get(place)?.0))));
}

/// Shows a language besides those that are shown, or no longer.
fn toggled(shown: &[(Language, usize)], language: &Language) -> Command {
    let mut wished: Vec<Language> = shown.iter().map(|(language, _)| language.clone()).collect();
    match wished.iter().position(|other| other == language) {
        Some(place) => _ = wished.remove(place),
        None => wished.push(language.clone()),
    }
    InspectCommand::ShowBeside(wished).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn language(tag: &str) -> Language {
        tag.parse().unwrap()
    }

    fn shown(own: &str, wished: Option<&[&str]>, width: f32) -> Vec<String> {
        let others: Vec<(Language, usize)> = ["en", "ar", "zh", "yo"]
            .into_iter()
            .filter(|tag| *tag != own)
            .enumerate()
            .map(|(place, tag)| (language(tag), place))
            .collect();
        let wished: Option<Vec<Language>> = wished.map(|tags| tags.iter().map(|tag| language(tag)).collect());
        let beside = beside(&language(own), &others, wished.as_deref(), width);
        beside
            .into_iter()
            .map(|(language, _)| language.tag().to_owned())
            .collect()
    }

    #[test]
    fn as_many_languages_stand_side_by_side_as_there_is_room_for() {
        assert_eq!(shown("en", None, 700.0), ["ar"]);
        assert_eq!(shown("yo", None, 700.0), ["en"]);
        assert_eq!(shown("yo", Some(&["zh", "ar"]), 700.0), ["ar"]);
        assert_eq!(shown("yo", Some(&["zh", "ar"]), 1200.0), ["zh", "ar"]);
        assert_eq!(shown("yo", Some(&[]), 1200.0), [""; 0]);
        assert_eq!(shown("yo", Some(&["fr"]), 1200.0), ["en"]);
    }
}
