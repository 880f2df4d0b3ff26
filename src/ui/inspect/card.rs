//! The card: the question in one or several languages side by side, and every option with the models' probabilities.
//!
//! Rectangles are computed first. Both languages share one grid of rows; a [`Column`] mirrors itself, so that
//! letters stand on the outer edges and bars grow from their own side.

use egui::{Align, Layout, Pos2, Rect, Role, Sense, Stroke, Ui, WidgetInfo, vec2};

use super::words::{name_of, right_answer};
use super::{hidden, replies};
use crate::app::State;
use crate::app::command::Command;
use crate::app::inspect::{InspectCommand, Side};
use crate::app::theme::{radius, size, space};
use crate::language::Language;
use crate::scoring::Outcome;
use crate::text::Styled;
use crate::text::folding::Query;
use crate::ui::column::Column;
use crate::ui::icons::{self, Icon};
use crate::ui::marks::Marks;
use crate::ui::spoken;
use crate::ui::typeset::{self, BlockSize, Ink, Reading, Words};
use crate::ui::widgets::{self, Button, Emphasis, palette, within};

const HEAD: f32 = 30.0;
const PADDING: f32 = 14.0;
/// From the outer edge to the option's text.
const INDENT: f32 = PADDING + space::LETTER_BOX + 10.0;
const BAR_ROW: f32 = 16.0;
const PERCENT: f32 = 36.0;
const MARK: f32 = 18.0;
/// From a quiet button's edge to its words.
const BUTTON: f32 = 10.0;
/// The lines of a long context that are shown folded.
const FOLDED: usize = 5;

/// One language's half of the card.
struct Half<'a> {
    side: &'a Side<'a>,
    language: &'a Language,
    reading: Reading,
    marks: Marks<'a>,
    column: Column,
    /// The model's name and its options' probabilities.
    bars: Vec<(Words<'a>, Vec<f64>, &'a [usize], Outcome)>,
}

/// Shows the sides as high as they are, with what `search` finds in them marked.
pub fn show(ui: &mut Ui, state: &State, sides: &[Side<'_>], search: &str, commands: &mut Vec<Command>) {
    let width = ui.max_rect().width();
    let origin = ui.cursor().min;
    let halves = halves(state, sides, search, origin.x, width);
    let mut top = show_heads(ui, &halves, origin.y);
    top = show_hidden(ui, &halves, top);
    top = show_questions(ui, state, &halves, top, commands);
    let options = halves
        .iter()
        .map(|half| half.side.item.options.len())
        .max()
        .unwrap_or(0);
    for option in 0..options {
        top = show_option(ui, &halves, option, top);
    }
    ui.painter().hline(
        origin.x..=origin.x + width,
        top + 0.5,
        Stroke::new(1.0, palette(ui).line),
    );
    top = show_rationales(ui, &halves, top);
    top = show_replies(ui, &halves, top);
    for half in halves.iter().skip(1) {
        let spine = half.column.left;
        ui.painter()
            .vline(spine - 0.5, origin.y..=top, Stroke::new(1.0, palette(ui).line));
    }
    ui.allocate_exact_size(vec2(width, top - origin.y), Sense::hover());
}

/// Lays out texts of the sides as [`show`] does, from the one of number `from` on and while there is time, which are then
/// there when they are shown. Returns the number of the next one, none where no more are left.
pub fn lay_out(
    ui: &Ui,
    state: &State,
    sides: &[Side<'_>],
    (search, width): (&str, f32),
    from: usize,
    has_time: &dyn Fn() -> bool,
) -> Option<usize> {
    let halves = halves(state, sides, search, 0.0, width);
    let texts = halves.iter().flat_map(|half| {
        let item = half.side.item;
        let context = item
            .context
            .as_deref()
            .map(|text| (text, context_ink(ui, half), 2.0 * PADDING));
        let question = (item.question.as_str(), question_ink(ui, half), 2.0 * PADDING);
        let options = item.options.iter().enumerate().map(move |(option, text)| {
            let ink = option_ink(ui, half, half.side.is_right(option));
            (text.as_str(), ink, INDENT + PADDING)
        });
        let rationale = shown_rationale(half).map(|text| (text, rationale_ink(ui, half), 2.0 * PADDING));
        let texts = context.into_iter().chain([question]).chain(options).chain(rationale);
        texts.map(move |text| (half, text))
    });
    for (number, (half, (text, ink, margins))) in texts.enumerate().skip(from) {
        let is_out_of_time = number > from && !has_time();
        let pieces = half.marks.pieces(ui, text);
        let room = (half.column.width() - margins, half.language);
        let text = Styled { text, pieces: &pieces };
        if is_out_of_time || !typeset::prepare_block(ui, text, ink, room, has_time) {
            return Some(number);
        }
    }
    None
}

fn halves<'a>(state: &State, sides: &'a [Side<'a>], search: &'a str, left: f32, width: f32) -> Vec<Half<'a>> {
    let each = (width / sides.len().max(1) as f32).floor();
    sides
        .iter()
        .enumerate()
        .map(|(place, side)| {
            let language = &side.item.key.language;
            let start = left + place as f32 * each;
            let end = if place + 1 == sides.len() {
                left + width
            } else {
                start + each
            };
            Half {
                side,
                language,
                reading: typeset::reading(language),
                marks: Marks {
                    search,
                    controls: state.controls(side.needed),
                },
                column: Column::of(Rect::from_x_y_ranges(start..=end, 0.0..=0.0), language),
                bars: side
                    .given
                    .iter()
                    .filter(|_| !side.veil.unanswered)
                    .map(|given| {
                        (
                            name_of(given),
                            given.probabilities(side.item),
                            given.choices(),
                            given.outcome(),
                        )
                    })
                    .collect(),
            }
        })
        .collect()
}

fn show_heads(ui: &mut Ui, halves: &[Half<'_>], top: f32) -> f32 {
    let colours = palette(ui);
    for half in halves {
        let column = half.column;
        let band = column.place(0.0, column.width(), top, HEAD);
        ui.painter().rect_filled(band, 0, colours.sunken);
        let names = column.place(PADDING, column.width() - 2.0 * PADDING, top, HEAD);
        let ink = Ink::new(size::BODY, colours.text).semibold();
        let drawn = typeset::paint(ui, names, Words::native(half.language), ink, column.start());
        let taken = drawn.width() + 8.0 + PADDING;
        let rest = column.place(taken, (column.width() - taken - PADDING).max(0.0), top, HEAD);
        let english = half.language.english_name();
        if english != half.language.native_name() {
            typeset::paint(
                ui,
                rest,
                english,
                Ink::new(size::SECONDARY, colours.text_3),
                column.start(),
            );
        }
    }
    let line = halves
        .first()
        .zip(halves.last())
        .map(|(first, last)| first.column.left..=last.column.right);
    if let Some(line) = line {
        ui.painter()
            .hline(line, top + HEAD - 0.5, Stroke::new(1.0, colours.line));
    }
    top + HEAD
}

/// What the symbols of each half stand for, where any are shown.
fn show_hidden(ui: &mut Ui, halves: &[Half<'_>], top: f32) -> f32 {
    let mut bottom = top;
    for half in halves {
        let column = half.column;
        let place = column.place(PADDING, column.width() - 2.0 * PADDING, top + 10.0, f32::INFINITY);
        let height = hidden::explain(ui, place, half.side, half.marks.controls);
        if height > 0.0 {
            bottom = bottom.max(top + 10.0 + height);
        }
    }
    bottom.ceil()
}

/// Shows a text of the item with what is marked in it; returns its height.
fn show_text(ui: &mut Ui, half: &Half<'_>, place: Rect, text: &str, ink: Ink) -> f32 {
    let pieces = half.marks.pieces(ui, text);
    typeset::block(ui, place, Styled { text, pieces: &pieces }, ink, half.language)
}

/// What [`show_text`] takes.
fn text_size(ui: &Ui, half: &Half<'_>, width: f32, text: &str, ink: Ink) -> BlockSize {
    let pieces = half.marks.pieces(ui, text);
    typeset::block_size(ui, Styled { text, pieces: &pieces }, ink, width, half.language)
}

fn question_ink(ui: &Ui, half: &Half<'_>) -> Ink {
    Ink::new(half.reading.question.0, palette(ui).text)
        .leading(half.reading.question.1)
        .exact()
        .controls(half.marks.controls)
}

fn context_ink(ui: &Ui, half: &Half<'_>) -> Ink {
    Ink::new(half.reading.option.0, palette(ui).text_2)
        .leading(half.reading.option.1)
        .exact()
        .controls(half.marks.controls)
}

fn rationale_ink(ui: &Ui, half: &Half<'_>) -> Ink {
    Ink::new(half.reading.option.0 - 1.0, palette(ui).text_2)
        .leading(half.reading.option.1)
        .exact()
        .controls(half.marks.controls)
}

/// The rationale, unless it would tell what nobody may know yet.
fn shown_rationale<'a>(half: &Half<'a>) -> Option<&'a str> {
    half.side.item.rationale.as_deref().filter(|_| !half.side.veil.unjudged)
}

fn baseline(ui: &Ui, half: &Half<'_>) -> f32 {
    let item = half.side.item;
    let (text, ink) = match &item.context {
        Some(context) => (context, context_ink(ui, half)),
        None => (&item.question, question_ink(ui, half)),
    };
    text_size(ui, half, half.column.width() - 2.0 * PADDING, text, ink).baseline
}

fn show_questions(ui: &mut Ui, state: &State, halves: &[Half<'_>], top: f32, commands: &mut Vec<Command>) -> f32 {
    let mut bottom = top;
    // The first baselines of the two languages meet.
    let baselines: Vec<f32> = halves.iter().map(|half| baseline(ui, half)).collect();
    let lowest = baselines.iter().copied().fold(0.0, f32::max);
    for (half, baseline) in halves.iter().zip(&baselines) {
        let column = half.column;
        let width = column.width() - 2.0 * PADDING;
        let mut y = top + 12.0 + lowest - baseline;
        if let Some(context) = &half.side.item.context {
            let place = column.place(PADDING, width, y, f32::INFINITY);
            y += show_context(ui, state, half, place, context, commands) + 10.0;
        }
        let ink = question_ink(ui, half);
        let place = column.place(PADDING, width, y, f32::INFINITY);
        y += show_text(ui, half, place, &half.side.item.question, ink) + 16.0;
        bottom = bottom.max(y);
    }
    bottom.ceil()
}

/// Shows what the question is about, its first lines only where it is long and nobody asked for more; returns the
/// height. What is searched for is never folded away.
fn show_context(
    ui: &mut Ui,
    state: &State,
    half: &Half<'_>,
    place: Rect,
    context: &str,
    commands: &mut Vec<Command>,
) -> f32 {
    let ink = context_ink(ui, half);
    let line = half.reading.option.1;
    let whole = text_size(ui, half, place.width(), context, ink).height;
    let found = Query::new(half.marks.search);
    if whole <= line * (FOLDED + 2) as f32 || (!found.is_empty() && found.finds([context])) {
        return show_text(ui, half, place, context, ink);
    }
    let (height, words) = match state.inspect.context_shown {
        true => (show_text(ui, half, place, context, ink), "Show less"),
        false => {
            let height = line * FOLDED as f32;
            let first = Rect::from_min_size(place.min, vec2(place.width(), height));
            within(ui, first, ("context", half.language.tag()), |ui| {
                show_text(ui, half, place, context, ink);
            });
            (height, "Show all")
        }
    };
    let button = half
        .column
        .place(PADDING - BUTTON, 90.0, place.top() + height, space::SMALL_CONTROL);
    let layout = match half.column.mirrored {
        true => Layout::right_to_left(Align::Center),
        false => Layout::left_to_right(Align::Center),
    };
    within(ui, button, ("fold", half.language.tag()), |ui| {
        ui.with_layout(layout, |ui| {
            let name = format!("{words} of the context in {}", half.language.english_name());
            let button = Button::new(Emphasis::Quiet).small().text(words).name(name);
            button.show(ui, commands, InspectCommand::ToggleContext.into());
        });
    });
    height + space::SMALL_CONTROL
}

/// Why the right answer is right, where the source says so.
fn show_rationales(ui: &mut Ui, halves: &[Half<'_>], top: f32) -> f32 {
    let mut bottom = top;
    for half in halves {
        let Some(rationale) = shown_rationale(half) else {
            continue;
        };
        let column = half.column;
        let ink = rationale_ink(ui, half);
        let place = column.place(PADDING, column.width() - 2.0 * PADDING, top + 12.0, f32::INFINITY);
        bottom = bottom.max(top + 12.0 + show_text(ui, half, place, rationale, ink) + 14.0);
    }
    bottom.ceil()
}

/// What the models wrote, where they were asked to.
fn show_replies(ui: &mut Ui, halves: &[Half<'_>], top: f32) -> f32 {
    let ends = halves
        .iter()
        .map(|half| replies::show(ui, half.column, half.side, half.marks.controls, top));
    ends.fold(top, f32::max).ceil()
}

/// Heights of an option's parts; those of a row are the greatest of its halves.
#[derive(Debug, Clone, Copy, Default)]
struct Parts {
    /// The line "right answer".
    mark: f32,
    /// From the text's top to its first baseline.
    baseline: f32,
    /// The text from its first baseline down.
    below: f32,
    bars: f32,
}

impl Parts {
    fn of(ui: &Ui, half: &Half<'_>, option: usize) -> Self {
        let Some(text) = half.side.item.options.get(option) else {
            return Self::default();
        };
        let right = half.side.is_right(option);
        let own = half.side.own.contains(&option);
        let ink = option_ink(ui, half, right);
        let width = half.column.width() - INDENT - PADDING;
        let BlockSize { height, baseline } = text_size(ui, half, width, text, ink);
        Self {
            mark: if right || own { 20.0 } else { 0.0 },
            baseline,
            below: height - baseline,
            bars: half.bars.len() as f32 * BAR_ROW,
        }
    }

    fn greatest(self, other: Self) -> Self {
        Self {
            mark: self.mark.max(other.mark),
            baseline: self.baseline.max(other.baseline),
            below: self.below.max(other.below),
            bars: self.bars.max(other.bars),
        }
    }

    fn text(self) -> f32 {
        (self.baseline + self.below).max(space::LETTER_BOX)
    }
}

fn option_ink(ui: &Ui, half: &Half<'_>, right: bool) -> Ink {
    Ink::new(half.reading.option.0, palette(ui).text)
        .leading(half.reading.option.1)
        .exact()
        .controls(half.marks.controls)
        .bold_if(right)
}

fn show_option(ui: &mut Ui, halves: &[Half<'_>], option: usize, top: f32) -> f32 {
    let colours = palette(ui);
    let parts: Vec<Parts> = halves.iter().map(|half| Parts::of(ui, half, option)).collect();
    let row = parts.iter().copied().fold(Parts::default(), Parts::greatest);
    let height = (8.0 + row.mark + row.text() + 6.0 + row.bars + 10.0).ceil();
    for (half, own) in halves.iter().zip(&parts) {
        show_half(ui, half, option, top, height, (row, own.baseline));
    }
    if let Some((first, last)) = halves.first().zip(halves.last()) {
        ui.painter().hline(
            first.column.left..=last.column.right,
            top + 0.5,
            Stroke::new(1.0, colours.line),
        );
    }
    top + height
}

fn show_half(ui: &mut Ui, half: &Half<'_>, option: usize, top: f32, height: f32, (row, baseline): (Parts, f32)) {
    let colours = palette(ui);
    let item = half.side.item;
    let Some(text) = item.options.get(option) else { return };
    let column = half.column;
    let right = half.side.is_right(option);
    let own = half.side.own.contains(&option);
    let pair = colours.outcome(Outcome::Right);
    let whole = column.place(0.0, column.width(), top, height);
    if right {
        ui.painter().rect_filled(whole, 0, pair.tint);
        ui.painter()
            .rect_filled(column.place(0.0, 3.0, top, height), 0, pair.ink);
    }
    let line = column.place(INDENT, column.width() - INDENT - PADDING, top + 8.0, 18.0);
    let mut start = INDENT;
    if right {
        start += show_right_answer(ui, half, line) + 10.0;
    }
    if own {
        show_own(ui, half, start, line);
    }
    let text_top = top + 8.0 + row.mark;
    let text_height = row.text();
    let letter = half.language.option_letter(option).unwrap_or("?");
    let box_rect = column.place(
        PADDING,
        space::LETTER_BOX,
        text_top + (text_height.min(26.0) - space::LETTER_BOX) / 2.0,
        space::LETTER_BOX,
    );
    show_letter(ui, half, box_rect, letter, right);
    let ink = option_ink(ui, half, right);
    // The first baselines of the two languages meet.
    let own_top = text_top + row.baseline - baseline;
    let place = column.place(INDENT, column.width() - INDENT - PADDING, own_top, f32::INFINITY);
    show_text(ui, half, place, text, ink);
    let mut y = text_top + text_height + 6.0;
    let names = name_width(ui, half);
    for (model, probabilities, choices, outcome) in &half.bars {
        let probability = probabilities.get(option).copied();
        let mark = match choices.contains(&option) {
            true if half.side.veil.unjudged => Mark::Chosen,
            true if right => Mark::Outcome(Outcome::Right),
            true => Mark::Outcome(Outcome::Wrong),
            // One that chose nothing shows why at every option.
            false if choices.is_empty() => half.side.veil.outcome(*outcome).map_or(Mark::None, Mark::Outcome),
            false => Mark::None,
        };
        let bar = Bar {
            model: *model,
            probability,
            chosen: choices.contains(&option),
            mark,
        };
        show_bar(ui, half, bar, names, y);
        y += BAR_ROW;
    }
    let response = ui.interact(
        whole,
        widgets::id("option", (half.language.tag(), &item.key.id, option)),
        Sense::hover(),
    );
    spoken::tell(&response, None, || {
        let mut name = format!("{letter}. {text}");
        if right {
            name.push_str(", right answer");
        }
        if own {
            name.push_str(&format!(", {}", half.side.form.own_answer()));
        }
        for (model, probabilities, choices, _) in &half.bars {
            let chosen = if choices.contains(&option) { ", chosen" } else { "" };
            name.push_str(&format!(
                "; {} {}{chosen}",
                model.text,
                probabilities
                    .get(option)
                    .map_or("none".to_owned(), |share| percent(*share))
            ));
        }
        WidgetInfo::labeled(Role::ListItem, true, name)
    });
}

/// Returns how far it reaches.
fn show_right_answer(ui: &Ui, half: &Half<'_>, rect: Rect) -> f32 {
    let colour = palette(ui).outcome(Outcome::Right).ink;
    let words: Words<'_> = match right_answer(half.language) {
        Some(words) => (words, half.language).into(),
        None => "right answer".into(),
    };
    let mark = half.column.place(INDENT, 12.0, rect.top(), rect.height());
    icons::paint(ui.painter(), Icon::Check, mark.center(), 12.0, colour);
    let words_rect = half
        .column
        .place(INDENT + 18.0, rect.width() - 18.0, rect.top(), rect.height());
    let ink = Ink::new(size::SECONDARY, colour).semibold();
    typeset::paint(ui, words_rect, words, ink, half.column.start()).width() + 18.0
}

/// Marks the option that the reviewer would choose.
fn show_own(ui: &Ui, half: &Half<'_>, start: f32, rect: Rect) {
    let colours = palette(ui);
    let form = half.side.form;
    let words = Words::from((form.own_answer(), form.language()));
    let ink = Ink::new(size::SMALL, colours.text);
    let width = typeset::galley(ui, words, ink, f32::INFINITY, 1).size().x + 12.0;
    let chip = half.column.place(start, width, rect.top(), rect.height());
    ui.painter().rect(
        chip,
        radius::CHIP,
        colours.panel,
        Stroke::new(1.0, colours.accent),
        egui::StrokeKind::Inside,
    );
    typeset::paint(ui, chip, words, ink, egui::Align2::CENTER_CENTER);
}

fn show_letter(ui: &Ui, half: &Half<'_>, rect: Rect, letter: &str, right: bool) {
    let colours = palette(ui);
    let pair = colours.outcome(Outcome::Right);
    let (fill, line, ink) = if right {
        (pair.ink, pair.ink, colours.panel)
    } else {
        (colours.panel, colours.line_strong, colours.text)
    };
    ui.painter().rect(
        rect,
        radius::CONTROL,
        fill,
        Stroke::new(1.0, line),
        egui::StrokeKind::Inside,
    );
    let ink = Ink::new(size::BODY, ink).semibold();
    typeset::paint_centred(ui, rect, (letter, half.language), ink);
}

fn name_width(ui: &Ui, half: &Half<'_>) -> f32 {
    let widest = half
        .bars
        .iter()
        .map(|(model, ..)| {
            typeset::galley(
                ui,
                *model,
                Ink::new(size::SMALL, palette(ui).text).semibold(),
                f32::INFINITY,
                1,
            )
            .size()
            .x
        })
        .fold(0.0, f32::max);
    widest.min(half.column.width() * 0.36).ceil() + 2.0
}

/// What stands behind a bar.
#[derive(Debug, Clone, Copy)]
enum Mark {
    None,
    /// Chosen, and nobody may know yet whether rightly.
    Chosen,
    Outcome(Outcome),
}

/// One model's probability of an option.
#[derive(Debug, Clone, Copy)]
struct Bar<'a> {
    model: Words<'a>,
    probability: Option<f64>,
    chosen: bool,
    mark: Mark,
}

fn show_bar(ui: &Ui, half: &Half<'_>, bar: Bar<'_>, names: f32, top: f32) {
    let colours = palette(ui);
    let column = half.column;
    let chosen = bar.chosen;
    let ink = Ink::new(size::SMALL, if chosen { colours.text } else { colours.text_2 }).bold_if(chosen);
    typeset::paint(
        ui,
        column.place(INDENT, names, top, BAR_ROW),
        bar.model,
        ink,
        column.start(),
    );
    let start = INDENT + names + 8.0;
    let length = (column.width() - start - PERCENT - MARK - PADDING - 6.0).max(10.0);
    let track = column.place(start, length, top + (BAR_ROW - 7.0) / 2.0, 7.0);
    let colour = if chosen { colours.bar_chosen } else { colours.bar_other };
    widgets::bar(
        ui,
        track,
        bar.probability.unwrap_or(0.0) as f32,
        colour,
        column.mirrored,
    );
    let numbers = column.place(start + length + 2.0, PERCENT, top, BAR_ROW);
    let text = bar.probability.map_or("–".to_owned(), percent);
    typeset::paint(ui, numbers, &text, ink, column.end());
    let place: Pos2 = column
        .place(start + length + PERCENT + 6.0, MARK, top, BAR_ROW)
        .center();
    match bar.mark {
        Mark::None => {}
        Mark::Chosen => _ = ui.painter().circle_filled(place, 3.0, colours.text),
        Mark::Outcome(outcome) => {
            icons::paint(ui.painter(), outcome.into(), place, 12.0, colours.outcome(outcome).ink);
        }
    }
}

/// A probability in whole percent; what is nearly nothing or nearly sure is not rounded to it.
fn percent(share: f64) -> String {
    match share * 100.0 {
        value if value > 0.0 && value < 0.5 => "<1%".to_owned(),
        value if (99.5..100.0).contains(&value) => ">99%".to_owned(),
        value => format!("{value:.0}%"),
    }
}
