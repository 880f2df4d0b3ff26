//! One cell of the matrix: what it shows in each mode, what it says to a pointer and to assistive technology.

use egui::{Align2, Color32, CursorIcon, Id, Rect, Response, Role, Sense, Ui, WidgetInfo, vec2};

use super::ring;
use crate::app::State;
use crate::app::command::Command;
use crate::app::compare::command::CompareCommand;
use crate::app::compare::layout::{Column, Mean};
use crate::app::compare::view::{Holds, Mode};
use crate::app::figures::FiguresCommand;
use crate::app::matrix::{Cell, CellKey, Measure, count, counted, percent};
use crate::app::theme::{Pair, radius, size, space};
use crate::quantities::{between, capital, points};
use crate::runs::paired::{Comparison, Verdict};
use crate::scoring::Outcome;
use crate::stats::{Estimate, Interval};
use crate::text::isolate::isolate;
use crate::ui::icons::{self, Icon};
use crate::ui::spoken;
use crate::ui::typeset::{self, Ink};
use crate::ui::widgets::{self, palette, stepping};

/// The widget of a cell.
pub fn cell_id(key: &CellKey) -> Id {
    widgets::id("cell", key)
}

/// Shows a cell; a click selects it, another one opens its items, one with Shift adds it to the finding. Returns whether
/// it was reached in this frame, and so belongs in sight.
pub fn show(
    ui: &mut Ui,
    rect: Rect,
    (key, is_stop): (&CellKey, bool),
    state: &State,
    commands: &mut Vec<Command>,
) -> bool {
    let compare = &state.compare;
    let cell = compare.matrix.cell(key);
    let selected = compare.selected.as_ref() == Some(key);
    let ringed = selected || compare.against.as_ref() == Some(key);
    let response = stepping::part(ui, rect, cell_id(key), is_stop);
    let words = describe(key, cell, state);
    spoken::tell(&response, None, || {
        WidgetInfo::selected(Role::Button, true, ringed, &words)
    });
    match (cell, compare.view.mode) {
        (Cell::NotRun, _) => show_not_run(ui, rect),
        (Cell::Failed { failed }, _) => show_failed(ui, rect, failed),
        (Cell::LeftOut { left_out }, _) => show_left_out(ui, rect, left_out),
        (Cell::Measured(measure), Mode::Accuracy) => show_measure(ui, rect, measure),
        (Cell::Measured(measure), Mode::Rank) => show_rank(ui, rect, key, measure, state),
        (Cell::Measured(measure), Mode::Delta) => show_delta(ui, rect, key, measure, state),
    }
    if !compare.view.own_only && compare.published.cell(key).is_some() {
        let centre = rect.right_bottom() - vec2(8.0, 8.0);
        let colour = if cell == Cell::NotRun {
            palette(ui).text_3
        } else {
            palette(ui).cell_ink
        };
        icons::paint(ui.painter(), Icon::Diamond, centre, 9.0, colour);
    }
    if ringed {
        ring(ui, rect);
    }
    let focused = response.gained_focus() && !selected && !ui.input(|input| input.pointer.any_down());
    if focused {
        commands.push(CompareCommand::Move(key.clone()).into());
    }
    let clicked = response.clicked();
    if clicked {
        let shift = ui.input(|input| input.modifiers.shift);
        commands.push(match (shift, selected) {
            (true, _) => CompareCommand::Add(key.clone()).into(),
            (false, true) if cell != Cell::NotRun => opening(key, state),
            (false, _) => Command::SelectCell(key.clone()),
        });
    }
    hover(response, key, cell, state);
    focused || clicked
}

/// What opens a cell: all its items, or where its difference to a baseline is shown those that make it.
pub fn opening(key: &CellKey, state: &State) -> Command {
    match state.compare.delta_target(key) {
        Some(target) => FiguresCommand::Open(target).into(),
        None => Command::OpenCell(key.clone(), None),
    }
}

/// The upper and the lower line of a cell.
fn lines(rect: Rect) -> (Rect, Rect) {
    rect.shrink2(vec2(5.0, 1.0)).split_top_bottom_at_fraction(0.54)
}

fn show_not_run(ui: &Ui, rect: Rect) {
    let colours = palette(ui);
    ui.painter().rect_filled(rect, radius::CELL, colours.sunken);
    let centre = rect.left_center() + vec2(12.0, 0.0);
    icons::paint(ui.painter(), Icon::Dash, centre, 10.0, colours.text_3);
    let text = Rect::from_min_max(rect.min + vec2(21.0, 0.0), rect.max);
    let ink = Ink::new(size::SECONDARY, colours.text_3);
    typeset::paint(ui, text, "not run", ink, Align2::LEFT_CENTER);
}

fn show_failed(ui: &Ui, rect: Rect, failed: usize) {
    let Pair { ink, tint } = palette(ui).outcome(Outcome::Failed);
    ui.painter().rect_filled(rect, radius::CELL, tint);
    let (upper, lower) = lines(rect);
    let centre = upper.left_center() + vec2(5.0, 0.0);
    icons::paint(ui.painter(), Icon::Warning, centre, 11.0, ink);
    let text = Rect::from_min_max(upper.min + vec2(14.0, 0.0), upper.max);
    typeset::paint(ui, text, "failed", Ink::new(size::SECONDARY, ink), Align2::LEFT_CENTER);
    let words = counted(failed, "item");
    typeset::paint(ui, lower, &words, Ink::new(size::SMALL, ink), Align2::LEFT_CENTER);
}

fn show_left_out(ui: &Ui, rect: Rect, left_out: usize) {
    let colours = palette(ui);
    ui.painter().rect_filled(rect, radius::CELL, colours.sunken);
    let (upper, lower) = lines(rect);
    let ink = Ink::new(size::SECONDARY, colours.text_2);
    typeset::paint(ui, upper, "left out", ink, Align2::LEFT_CENTER);
    let ink = Ink::new(size::SMALL, colours.text_3);
    typeset::paint(ui, lower, &counted(left_out, "item"), ink, Align2::LEFT_CENTER);
}

/// A number with something small at the end of its line, and a line below.
fn show_number(ui: &Ui, rect: Rect, number: (&str, bool), end: &str, below: &str) {
    let colour = palette(ui).cell_ink;
    let (upper, lower) = lines(rect);
    let ink = Ink::new(size::BODY, colour).bold_if(number.1);
    let drawn = typeset::paint(ui, upper, number.0, ink, Align2::LEFT_CENTER);
    let small = Ink::new(size::SMALL, colour);
    // Where the cell is too narrow for both, the smaller one is left to the words on hovering.
    if drawn.width() + 4.0 + typeset::galley(ui, end, small, f32::INFINITY, 1).size().x <= upper.width() {
        typeset::paint(ui, upper, end, small, Align2::RIGHT_CENTER);
    }
    typeset::paint(ui, lower, below, small, Align2::LEFT_CENTER);
}

fn show_measure(ui: &Ui, rect: Rect, measure: Measure) {
    let colours = palette(ui);
    ui.painter()
        .rect_filled(rect, radius::CELL, colours.sequential(measure.accuracy));
    let number = percent(measure.accuracy);
    let small = Ink::new(size::SMALL, colours.cell_ink);
    let (upper, lower) = lines(rect);
    // In the room that it is painted in, so that it is laid out once.
    let is_tight = || typeset::galley(ui, &range(measure), small, lower.width(), 1).size().x + WARNING > lower.width();
    if measure.failures_matter() && is_tight() {
        // The interval needs all of its line: the warning takes the place of n.
        show_number(ui, rect, (&number, true), "", &range(measure));
        show_warning(ui, upper);
    } else {
        show_number(ui, rect, (&number, true), &count(measure.n), &range(measure));
        show_remarks(ui, lower, measure);
    }
}

/// The room that a warning takes at the end of a line.
const WARNING: f32 = 14.0;

/// That answers failed, at the end of a line.
fn show_warning(ui: &Ui, line: Rect) {
    let ink = palette(ui).outcome(Outcome::Failed).ink;
    let centre = egui::pos2(line.right() - 4.0, line.center().y);
    icons::paint(ui.painter(), Icon::Warning, centre, 10.0, ink);
}

/// At the end of a cell's lower line: that not a few answers failed, or that items are left out.
fn show_remarks(ui: &Ui, lower: Rect, measure: Measure) {
    let colours = palette(ui);
    let mut right = lower.right();
    if measure.failures_matter() {
        show_warning(ui, lower);
        right -= WARNING;
    }
    if measure.left_out > 0 {
        let place = lower.with_max_x(right);
        let ink = Ink::new(size::SMALL, colours.cell_ink);
        let text = format!("−{}", count(measure.left_out));
        let width = typeset::galley(ui, &text, ink, f32::INFINITY, 1).size().x;
        let interval = typeset::galley(ui, &range(measure), ink, f32::INFINITY, 1).size().x;
        if width + interval + 4.0 <= place.width() {
            typeset::paint(ui, place, &text, ink, Align2::RIGHT_CENTER);
        }
    }
}

fn show_rank(ui: &Ui, rect: Rect, key: &CellKey, measure: Measure, state: &State) {
    let colours = palette(ui);
    ui.painter()
        .rect_filled(rect, radius::CELL, colours.sequential(measure.accuracy));
    let Some((rank, all)) = state.compare.matrix.rank(key) else {
        return;
    };
    let below = format!("{}, {}", percent(measure.accuracy), range(measure));
    let small = Ink::new(size::SMALL, colours.cell_ink);
    let (_, lower) = lines(rect);
    let fits = !typeset::galley(ui, &below, small, lower.width(), 1).elided;
    // Where the cell is narrow the number of models is left to the words on hovering.
    let (end, below) = match fits {
        true => (format!("of {all}"), below),
        false => (percent(measure.accuracy), range(measure)),
    };
    show_number(ui, rect, (&rank.to_string(), true), &end, &below);
}

fn show_delta(ui: &Ui, rect: Rect, key: &CellKey, measure: Measure, state: &State) {
    let colours = palette(ui);
    if state.compare.view.baseline.as_ref() == Some(&key.model) {
        ui.painter().rect_filled(rect, radius::CELL, colours.accent_soft);
        let number = percent(measure.accuracy);
        show_number(ui, rect, (&number, true), &count(measure.n), &range(measure));
        return;
    }
    let Some(deltas) = state.compare.deltas() else {
        return show_waiting(ui, rect);
    };
    let Some(comparison) = deltas.cells.get(key) else {
        ui.painter().rect_filled(rect, radius::CELL, colours.sunken);
        let text = rect.shrink2(vec2(5.0, 0.0));
        let ink = Ink::new(size::SMALL, colours.text_3);
        typeset::paint(ui, text, "no pairs", ink, Align2::LEFT_CENTER);
        return;
    };
    let (mark, sure) = mark(comparison);
    let difference = comparison.difference();
    let ground = if sure {
        colours.diverging(difference)
    } else {
        colours.diverging(0.0)
    };
    ui.painter().rect_filled(rect, radius::CELL, ground);
    let below = comparison
        .estimate
        .map(|estimate| to(estimate.interval))
        .or(comparison.no_interval().map(str::to_owned))
        .unwrap_or_default();
    show_number(ui, rect, (&points(difference), sure), mark, &below);
}

/// Grey where a number is still being reckoned.
fn show_waiting(ui: &Ui, rect: Rect) {
    let colours = palette(ui);
    ui.painter().rect_filled(rect, radius::CELL, colours.sunken);
    let bar = Rect::from_min_size(
        rect.left_center() + vec2(6.0, -3.0),
        vec2(rect.width() * 0.5, space::BAR),
    );
    ui.painter().rect_filled(bar, 3, colours.bar_track);
}

/// The mark of a difference, and whether it can be told from none.
fn mark(comparison: &Comparison) -> (&'static str, bool) {
    match comparison.verdict() {
        Verdict::First => ("▲", true),
        Verdict::Second => ("▼", true),
        Verdict::TooFew => ("≈", false),
    }
}

/// Shows an average.
pub fn show_mean(ui: &mut Ui, rect: Rect, model: &str, column: &Column, state: &State) {
    let colours = palette(ui);
    let shown = shown_mean(model, &column.holds, state);
    let (upper, lower) = lines(rect);
    let words = match &shown {
        Shown::Number(number, below, n) => {
            let ink = Ink::new(size::BODY, colours.text).semibold();
            typeset::paint(ui, upper, number, ink, Align2::LEFT_CENTER);
            let ink = Ink::new(size::SMALL, colours.text_2);
            typeset::paint(ui, lower, below, ink, Align2::LEFT_CENTER);
            format!("{number}, {below}{n}")
        }
        Shown::Words(first, second) => {
            let ink = Ink::new(size::SMALL, colours.text_3);
            typeset::paint(ui, upper, first, ink, Align2::LEFT_CENTER);
            typeset::paint(ui, lower, second, ink, Align2::LEFT_CENTER);
            format!("{first} {second}")
        }
        Shown::Waiting => return show_waiting(ui, rect),
    };
    let response = ui.interact(rect, widgets::id("mean", (model, &column.holds)), Sense::hover());
    let what = match &column.holds {
        Holds::Tasks(language) => format!("mean of tasks, {}", language.english_name()),
        Holds::Languages { .. } => "mean of languages".to_owned(),
        Holds::Cells(_) => String::new(),
    };
    spoken::tell(&response, None, || {
        WidgetInfo::labeled(Role::Label, true, format!("{model}, {what}, {words}"))
    });
}

/// What an average's place says.
enum Shown {
    /// The number, its interval, and its n as it is read out.
    Number(String, String, String),
    Words(String, String),
    Waiting,
}

fn shown_mean(model: &str, holds: &Holds, state: &State) -> Shown {
    let compare = &state.compare;
    let whole = |average: Estimate, n: usize| {
        let Interval { low, high } = average.interval;
        Shown::Number(
            percent(average.value),
            format!("{}–{}", percent(low), percent(high)),
            format!(", n {n}"),
        )
    };
    let unit = match holds {
        Holds::Languages { .. } => "languages",
        Holds::Tasks(_) | Holds::Cells(_) => "tasks",
    };
    let own = match compare.layout.mean(model, holds) {
        None => return Shown::Words("–".to_owned(), String::new()),
        Some(Mean::Partial { there, of }) => return Shown::Words(format!("{there} of {of}"), unit.to_owned()),
        Some(Mean::Whole { average, n }) => whole(average, n),
    };
    let Holds::Tasks(language) = holds else { return own };
    if compare.view.mode != Mode::Delta || compare.view.baseline.as_deref() == Some(model) {
        return own;
    }
    let Some(deltas) = compare.deltas() else {
        return Shown::Waiting;
    };
    match deltas.tasks.get(&(model.to_owned(), language.clone())) {
        Some(average) => Shown::Number(points(average.value), to(average.interval), String::new()),
        None => Shown::Words("no interval".to_owned(), String::new()),
    }
}

fn range(measure: Measure) -> String {
    format!("{}–{}", percent(measure.low), percent(measure.high))
}

/// An interval of differences: `−22.7 to −16.4`.
fn to(interval: Interval) -> String {
    between(interval.low, interval.high)
}

/// A cell in words.
fn describe(key: &CellKey, cell: Cell, state: &State) -> String {
    let compare = &state.compare;
    let what = match cell {
        Cell::NotRun => "not run".to_owned(),
        Cell::Failed { failed } => format!("failed, {}", counted(failed, "item")),
        Cell::LeftOut { left_out } => format!("{} left out", counted(left_out, "item")),
        Cell::Measured(measure) => {
            let accuracy = in_words(measure);
            let delta = || compare.deltas()?.cells.get(key);
            match compare.view.mode {
                Mode::Rank => match compare.matrix.rank(key) {
                    Some((rank, all)) => format!("rank {rank} of {all}, {accuracy}"),
                    None => accuracy,
                },
                Mode::Delta => match delta() {
                    Some(comparison) => delta_in_words(comparison),
                    None => accuracy,
                },
                Mode::Accuracy => accuracy,
            }
        }
    };
    format!("{}, {}, {}, {what}", key.model, key.task, key.language.english_name())
}

fn delta_in_words(comparison: &Comparison) -> String {
    let number = format!("{} points, n {}", points(comparison.difference()), comparison.pairs.n());
    let interval = comparison.estimate.map(|estimate| to(estimate.interval));
    let interval = interval.or(comparison.no_interval().map(str::to_owned));
    let doubt = comparison.doubt().map(|doubt| doubt.words());
    let parts = [interval, doubt].into_iter().flatten();
    parts.fold(number, |words, part| format!("{words}, {part}"))
}

/// `61.2 percent, n 500, 56.9 to 65.4`: a number with what it stands on.
fn in_words(measure: Measure) -> String {
    let mut words = format!(
        "{} percent, n {}, {} to {}",
        percent(measure.accuracy),
        measure.n,
        percent(measure.low),
        percent(measure.high)
    );
    if measure.failed > 0 {
        words.push_str(&format!(", {} failed", measure.failed));
    }
    if measure.left_out > 0 {
        words.push_str(&format!(", {} of {} left out", measure.left_out, asked(measure)));
    }
    words
}

/// How many items were answered, those that are left out among them.
fn asked(measure: Measure) -> usize {
    measure.n + measure.left_out
}

fn hover(response: Response, key: &CellKey, cell: Cell, state: &State) {
    let selected = state.compare.selected.as_ref() == Some(key);
    let response = response.on_hover_cursor(CursorIcon::PointingHand);
    widgets::tooltip_of(response, |ui| {
        let colours = palette(ui);
        ui.set_max_width(300.0);
        let title = format!(
            "{}, {} {}",
            isolate(&key.model),
            key.language.english_name(),
            isolate(&key.task)
        );
        typeset::paragraph(ui, &title, Ink::new(size::BODY, colours.text).semibold());
        let grey = |ui: &mut Ui, text: &str, colour: Color32| {
            typeset::paragraph(ui, text, Ink::new(size::SECONDARY, colour));
        };
        let detail = match cell {
            Cell::NotRun => "No run has asked this model these questions.".to_owned(),
            Cell::Failed { failed } => format!("{} could not be asked.", counted(failed, "item")),
            Cell::LeftOut { left_out } => format!("Somebody left out all {}.", counted(left_out, "item")),
            Cell::Measured(measure) => sentence(measure),
        };
        grey(ui, &detail, colours.text_2);
        let deltas = state
            .compare
            .deltas()
            .filter(|_| state.compare.view.mode == Mode::Delta);
        if let Some(comparison) = deltas.and_then(|deltas| deltas.cells.get(key)) {
            grey(ui, &comparison.sentence(), colours.text);
            grey(ui, &capital(&comparison.stands_on()), colours.text_3);
        }
        let keys = match (selected, cell) {
            (true, Cell::NotRun) => return,
            (true, _) if state.compare.delta_target(key).is_some() => {
                "Click again or Enter: open the items that only one of the two has right"
            }
            (true, _) => "Click again or Enter: open the items",
            (false, _) => "Click: select. Shift and click: compare with the selected cell",
        };
        grey(ui, keys, colours.text_3);
    });
}

fn sentence(measure: Measure) -> String {
    let mut text = format!(
        "{} of {} right: {} percent, 95% interval {} to {}.",
        count(measure.right),
        counted(measure.n, "item"),
        percent(measure.accuracy),
        percent(measure.low),
        percent(measure.high)
    );
    if measure.failed > 0 {
        let rule = match measure.failures_matter() {
            true => "at least one in a hundred, which ⚠ marks",
            false => "fewer than one in a hundred, too few for a ⚠",
        };
        let failed = counted(measure.failed, "item");
        text.push_str(&format!(" {failed} failed and are not counted: {rule}."));
    }
    if measure.left_out > 0 {
        text.push_str(&format!(
            " {} of {} left out.",
            count(measure.left_out),
            count(asked(measure))
        ));
    }
    text
}
