//! What the models wrote about an item, where their replies were read.

use egui::{Rect, Role, Sense, Ui, WidgetInfo, vec2};

use super::words::name_of;
use crate::app::inspect::Side;
use crate::app::matrix::counted;
use crate::app::review::Shown;
use crate::app::theme::size;
use crate::scoring::{Outcome, Reply};
use crate::text::controls::Controls;
use crate::ui::column::Column;
use crate::ui::outcomes;
use crate::ui::spoken;
use crate::ui::typeset::{self, Ink};
use crate::ui::widgets::{self, palette};

const HEAD: f32 = 22.0;
const PADDING: f32 = 14.0;
/// The most characters shown of a reply, from its end, where its answer stands.
const MOST: usize = 6000;

/// Shows the replies to one side of the card from `top` on; returns where they end.
pub fn show(ui: &mut Ui, column: Column, side: &Side<'_>, controls: Controls, top: f32) -> f32 {
    let mut y = top;
    if side.veil.unanswered {
        return top;
    }
    for (place, given) in side.given.iter().enumerate() {
        if let Some(reply) = given.reply() {
            y = show_reply(ui, column, side, (place, given, reply), controls, y + 12.0);
        }
    }
    if y > top { y + 4.0 } else { top }
}

fn show_reply(
    ui: &mut Ui,
    column: Column,
    side: &Side<'_>,
    (number, given, reply): (usize, &Shown<'_>, &Reply),
    controls: Controls,
    top: f32,
) -> f32 {
    let colours = palette(ui);
    let language = &side.item.key.language;
    let width = column.width() - 2.0 * PADDING;
    let head = column.place(PADDING, width, top, HEAD);
    let ink = Ink::new(size::SECONDARY, colours.text).semibold();
    let drawn = typeset::paint(ui, head, name_of(given), ink, column.start());
    let mark = column.place(PADDING + drawn.width() + 12.0, 96.0, top, HEAD);
    let outcome = side.veil.outcome(given.outcome());
    if let Some(outcome) = outcome {
        outcomes::paint(ui, mark.left_center(), outcome);
    }
    let (left_out, text) = end_of(&reply.text);
    // How a model counts its tokens tells which it is.
    let tokens = (!side.veil.unjudged).then(|| counted(reply.tokens, "token"));
    let cut = (left_out > 0).then(|| format!("the first {} left out here", counted(left_out, "character")));
    let note = [tokens, cut].into_iter().flatten().collect::<Vec<_>>().join(", ");
    let rest = PADDING + drawn.width() + 12.0 + 96.0;
    let place = column.place(rest, (column.width() - rest - PADDING).max(0.0), top, HEAD);
    typeset::paint(ui, place, &note, Ink::new(size::SMALL, colours.text_3), column.end());
    let response = ui.interact(head, widgets::id("reply", (language.tag(), number)), Sense::hover());
    spoken::tell(&response, None, || {
        let outcome = outcome.map(Outcome::word).unwrap_or_default();
        let told = [outcome, &note].into_iter().filter(|part| !part.is_empty());
        let told = told.collect::<Vec<_>>().join(", ");
        WidgetInfo::labeled(Role::Label, true, format!("{}: {told}", given.name()))
    });
    if text.trim().is_empty() {
        let line = column.place(PADDING, width, top + HEAD, HEAD);
        let grey = Ink::new(size::SECONDARY, colours.text_2);
        typeset::paint(ui, line, "Nothing was written", grey, column.start());
        return line.bottom();
    }
    let reading = typeset::reading(language);
    let ink = Ink::new(reading.option.0 - 1.0, colours.text_2)
        .leading(reading.option.1)
        .exact()
        .controls(controls);
    let body = Rect::from_min_size(
        column.place(PADDING, width, top + HEAD, 0.0).min,
        vec2(width, f32::INFINITY),
    );
    top + HEAD + typeset::block(ui, body, text.trim(), ink, language)
}

/// The end of a text, and how many characters stand before it.
fn end_of(text: &str) -> (usize, &str) {
    let characters = text.chars().count();
    let left_out = characters.saturating_sub(MOST);
    let start = text.char_indices().nth(left_out).map_or(text.len(), |(place, _)| place);
    (left_out, text.get(start..).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_reply_is_shown_from_its_end() {
        let long = "ب".repeat(MOST) + "الإجابة";
        let (left_out, shown) = end_of(&long);
        assert_eq!((left_out, shown.chars().count()), (7, MOST));
        assert!(shown.ends_with("الإجابة"));
        assert_eq!(end_of("short"), (0, "short"));
    }
}
