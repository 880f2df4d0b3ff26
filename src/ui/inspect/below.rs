//! What stands below the item, in tabs: the answers, the prompt and its tokens, what was written, the run.

use egui::{Align2, Rect, Role, ScrollArea, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use super::words::name_of;
use super::{answers, prompt, run};
use crate::app::State;
use crate::app::command::Command;
use crate::app::inspect::{InspectCommand, Side, Tab};
use crate::app::matrix::counted;
use crate::app::review::Shown;
use crate::app::study::Study;
use crate::app::theme::{size, space};
use crate::language::Language;
use crate::text::controls::Controls;
use crate::ui::icons::{self, Icon};
use crate::ui::spoken;
use crate::ui::typeset::{self, Ink};
use crate::ui::widgets::menu::Entry;
use crate::ui::widgets::{self, palette, within};

/// The strip of tabs.
const HEAD: f32 = 40.0;
/// From the edge to what is read.
const PADDING: f32 = 14.0;

/// How high it is: the answers as high as they are, anything else as high as there is room.
pub fn height(state: &State, sides: &[Side<'_>]) -> f32 {
    match state.inspect.tab {
        Tab::Answers => HEAD + answers::height(sides),
        Tab::Prompt | Tab::Written | Tab::Run => HEAD + 400.0,
    }
}

/// Shows the tabs and the one that is chosen. `place` is the item's question.
pub fn show(ui: &mut Ui, state: &State, sides: &[Side<'_>], place: usize, study: &Study, commands: &mut Vec<Command>) {
    let colours = palette(ui);
    let all = ui.max_rect();
    ui.painter().rect_filled(all, 0, colours.panel);
    ui.painter()
        .hline(all.x_range(), all.top() + 0.5, Stroke::new(1.0, colours.line_strong));
    let (head, body) = all.split_top_bottom_at_y(all.top() + HEAD);
    let hidden = sides.iter().any(|side| side.veil.unjudged);
    within(ui, head.shrink2(vec2(PADDING, 6.0)), "tabs", |ui| {
        ui.horizontal(|ui| {
            let tabs = Tab::ALL.map(|tab| widgets::Tab {
                words: tab.title(),
                count: None,
            });
            let selected = Tab::ALL.iter().position(|tab| *tab == state.inspect.tab);
            let chosen = widgets::tabs(ui, "About the answers", &tabs, selected);
            let chosen = chosen.and_then(|place| Tab::ALL.get(place));
            commands.extend(chosen.map(|tab| InspectCommand::ShowTab(*tab).into()));
            if hidden && ui.available_width() > 220.0 {
                let rest = ui.available_rect_before_wrap();
                let ink = Ink::new(size::SECONDARY, colours.text_2);
                let words = typeset::paint(ui, rest, "Names and right answer hidden", ink, Align2::RIGHT_CENTER);
                let mark = pos2(words.left() - 12.0, rest.center().y);
                icons::paint(ui.painter(), Icon::EyeOff, mark, 13.0, colours.text_2);
            }
        });
    });
    // What was written has to be read to be judged, but for one's own answer.
    let before_own = sides.iter().any(|side| side.veil.unanswered);
    within(ui, body, "tab", |ui| match state.inspect.tab {
        Tab::Answers => answers::show(ui, sides, study),
        Tab::Written if before_own => say(ui, "This shows once you gave your own answer."),
        Tab::Prompt | Tab::Run if hidden => say(ui, "This shows once all answers are judged: it names models."),
        tab => scrolled(ui, |ui| match tab {
            Tab::Written => show_written(ui, state, sides),
            Tab::Prompt => with_model(ui, state, sides, place, study, commands, prompt::show),
            Tab::Run | Tab::Answers => with_model(ui, state, sides, place, study, commands, run::show),
        }),
    });
}

/// One line in grey.
pub fn say(ui: &mut Ui, words: &str) {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), space::DENSE_ROW), Sense::hover());
    spoken::tell(&response, None, || WidgetInfo::labeled(Role::Label, true, words));
    let ink = Ink::new(size::BODY, palette(ui).text_2);
    typeset::paint(ui, rect.shrink2(vec2(PADDING, 0.0)), words, ink, Align2::LEFT_CENTER);
}

/// An answer with where it stands.
pub struct Of<'a> {
    pub state: &'a State,
    pub study: &'a Study,
    pub side: &'a Side<'a>,
    /// The question's number.
    pub place: usize,
    pub given: &'a Shown<'a>,
}

/// Shows something of one answer to the item, with a choice of the model where there are several.
fn with_model(
    ui: &mut Ui,
    state: &State,
    sides: &[Side<'_>],
    place: usize,
    study: &Study,
    commands: &mut Vec<Command>,
    show: fn(&mut Ui, &Of<'_>, &mut Vec<Command>),
) {
    let own = study.item(place).map(|(_, item)| item);
    let side = sides
        .iter()
        .find(|side| own.is_some_and(|own| std::ptr::eq(own, side.item)));
    let Some(side) = side.filter(|side| !side.given.is_empty()) else {
        return say(ui, "No model was asked this item.");
    };
    let wished = state.inspect.model.as_deref();
    let chosen = side
        .given
        .iter()
        .position(|given| Some(given.model()) == wished)
        .unwrap_or(0);
    if side.given.len() > 1 {
        let entries: Vec<Entry<'_>> = side.given.iter().map(|given| Entry::new(name_of(given))).collect();
        let changed = widgets::choice(ui, "Model", &entries, Some(chosen), 420.0);
        let changed = changed.and_then(|place| side.given.get(place));
        commands.extend(changed.map(|given| InspectCommand::ChooseModel(given.model().to_owned()).into()));
        ui.add_space(space::GAP);
    }
    if let Some(given) = side.given.get(chosen) {
        let of = Of {
            state,
            study,
            side,
            place,
            given,
        };
        show(ui, &of, commands);
    }
}

fn scrolled(ui: &mut Ui, content: impl FnOnce(&mut Ui)) {
    let inner = ui.max_rect().shrink2(vec2(PADDING, 2.0));
    within(ui, inner, "scrolled", |ui| {
        ScrollArea::vertical()
            .auto_shrink([false, false])
            .id_salt("below")
            .show(ui, content);
    });
}

/// Everything that models wrote about the item in the languages shown.
fn show_written(ui: &mut Ui, state: &State, sides: &[Side<'_>]) {
    let written: Vec<(&Side<'_>, &Shown<'_>)> = sides
        .iter()
        .flat_map(|side| side.given.iter().map(move |given| (side, given)))
        .filter(|(_, given)| given.reply().is_some())
        .collect();
    if written.is_empty() {
        return say(
            ui,
            "No model wrote a reply to this item: options were scored, or it was not asked.",
        );
    }
    for (side, given) in written {
        let Some(reply) = given.reply() else { continue };
        let language = &side.item.key.language;
        let mut about: Vec<String> = side
            .veil
            .outcome(given.outcome())
            .map(|it| it.word().to_owned())
            .into_iter()
            .collect();
        about.push(reply.ending.word().to_owned());
        if !side.veil.unjudged {
            about.push(format!("read {}", counted(given.prompt_tokens(), "token")));
            about.push(format!("wrote {}", counted(reply.tokens, "token")));
        }
        let model = crate::text::isolate::isolate(given.name());
        let head = format!("{model}, {}: {}", language.english_name(), about.join(", "));
        typeset::line(ui, &head, Ink::new(size::BODY, palette(ui).text).semibold());
        match reply.text.trim().is_empty() {
            true => say(ui, "Nothing was written"),
            false => block(ui, &reply.text, &[], language, state.controls(side.needed)),
        }
        ui.add_space(space::GAP);
    }
}

/// A text word for word to read and select, as wide as there is room.
pub fn block(ui: &mut Ui, text: &str, pieces: &[crate::text::Piece], language: &Language, controls: Controls) {
    let reading = typeset::reading(language);
    let ink = Ink::new(reading.option.0 - 1.0, palette(ui).text)
        .leading(reading.option.1)
        .exact()
        .fixed()
        .controls(controls);
    let top = ui.cursor().min;
    let width = ui.available_width() - 8.0;
    let place = Rect::from_min_size(top, vec2(width, f32::INFINITY));
    let height = typeset::block(ui, place, crate::text::Styled { text, pieces }, ink, language);
    ui.allocate_exact_size(vec2(width, height), Sense::hover());
}
