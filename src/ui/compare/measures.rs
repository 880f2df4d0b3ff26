//! The table of a measure beside accuracy: one row a model, task and language, found by a search and sorted by a column.

use egui::{Align2, CursorIcon, Id, Rect, Role, ScrollArea, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use crate::app::State;
use crate::app::command::Command;
use crate::app::figures::FiguresCommand;
use crate::app::measures::{Sheet, Sorting};
use crate::app::theme::{size, space};
use crate::charts::target::Target;
use crate::runs::measures::Measure;
use crate::ui::icons::{self, Icon};
use crate::ui::marks::Marks;
use crate::ui::spoken;
use crate::ui::typeset::{self, Ink, Words};
use crate::ui::widgets::stepping::{self, Led};
use crate::ui::widgets::{self, Search, card, palette};

const PADDING: f32 = 14.0;
const GAP: f32 = 20.0;
/// The widest column of text.
const WIDEST: f32 = 280.0;
/// Room for the arrow beside a heading.
const ARROW: f32 = 14.0;

/// Shows the table.
pub fn show(ui: &mut Ui, rect: Rect, state: &State, sheet: &Sheet, commands: &mut Vec<Command>) {
    let compare = &state.compare;
    let measure = compare.measure;
    if sheet.table.rows.is_empty() {
        return widgets::within(ui, rect, "nothing", |ui| {
            widgets::empty(ui, nothing(measure), "", |_| {});
        });
    }
    let protocol = compare.protocol.as_deref();
    let listed = sheet.listed(protocol, &compare.search, compare.sorting);
    let search = Search {
        typed: &compare.search,
        thing: "row",
        focus: state.focus_search,
    };
    let all = sheet.listed(protocol, "", None).len();
    card(
        ui,
        rect,
        measure.title(),
        &search.count(listed.len(), all),
        |_| {},
        |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            commands.extend(search.show_band(ui).map(Command::SearchMeasure));
            if listed.is_empty() && !compare.search.is_empty() {
                return search.nothing(ui, commands, Command::SearchMeasure(String::new()));
            }
            let widths = widths(ui, sheet);
            let width = whole_width(&widths);
            // The headings scroll sideways with the rows and stay when those scroll down.
            ScrollArea::horizontal().auto_shrink([false, false]).show(ui, |ui| {
                ui.set_width(width.max(ui.available_width()));
                let (head, _) = ui.allocate_exact_size(vec2(ui.available_width(), space::ROW), Sense::hover());
                let id = widgets::id("measure rows", measure.title());
                let heads: Vec<Id> = (0..sheet.table.headings.len()).map(head_id).collect();
                if let Some(Led::Below(_)) = stepping::heads(ui, &heads) {
                    stepping::pass(ui, id);
                }
                show_headings(ui, head, sheet, &widths, compare.sorting, Some(commands));
                let scroll = ScrollArea::vertical().auto_shrink([false, false]);
                let shown = scroll.show(ui, |ui| {
                    let shown = show_rows(ui, id, sheet, &listed, &widths, &compare.search);
                    shown.reached.inspect(|row| ui.scroll_to_rect(*row, None));
                    shown
                });
                if shown.inner.above {
                    stepping::pass(ui, head_id(0));
                }
                let opened = shown.inner.opened;
                commands.extend(opened.map(|target| FiguresCommand::Open(target).into()));
            });
        },
    );
}

/// What is said where a measure has no row.
fn nothing(measure: Measure) -> &'static str {
    match measure {
        Measure::Accuracy => "Accuracy stands here once a run has answers.",
        Measure::Averages => "Averages stand here once there are answers in two subjects, tasks or languages.",
        Measure::Differences => "Differences stand here once two models answered the same items.",
        Measure::Gaps => "Gaps stand here once a model answered the same items in English and in another language.",
        Measure::Subjects => "Subjects stand here once models answered items that name theirs.",
        Measure::Calibration => "Calibration stands here once options were scored by probability.",
        Measure::Sets => "Scores of sets stand here once models answered items with several right options.",
        Measure::Price => "Tokens and time stand here once a run has answers.",
        Measure::Flips => "Flips stand here once a model answered the same items under two protocols.",
    }
}

/// The widths of a table's columns.
pub fn widths(ui: &Ui, sheet: &Sheet) -> Vec<f32> {
    let ink = Ink::new(size::BODY, palette(ui).text);
    let columns = 0..sheet.table.headings.len();
    let width = |column| {
        let words = typeset::galley(ui, sheet.widest(column), ink, f32::INFINITY, 1)
            .size()
            .x
            + ARROW;
        words.min(WIDEST).ceil()
    };
    columns.map(width).collect()
}

/// The width of all columns, with the room around them.
pub fn whole_width(widths: &[f32]) -> f32 {
    widths.iter().sum::<f32>() + GAP * widths.len() as f32 + 2.0 * PADDING
}

/// A row's cells from left to right.
fn cells(row: Rect, widths: &[f32]) -> impl Iterator<Item = Rect> {
    let mut left = row.left() + PADDING;
    widths.iter().map(move |&width| {
        let cell = Rect::from_min_size(pos2(left, row.top()), vec2(width, row.height()));
        left += width + GAP;
        cell
    })
}

fn align(sheet: &Sheet, column: usize) -> Align2 {
    if sheet.is_number(column) {
        Align2::RIGHT_CENTER
    } else {
        Align2::LEFT_CENTER
    }
}

/// The widget of a heading.
fn head_id(column: usize) -> Id {
    widgets::id("measure", ("heading", column))
}

/// Shows the headings in `head`; where `commands` are given a click sorts by one.
pub fn show_headings(
    ui: &mut Ui,
    head: Rect,
    sheet: &Sheet,
    widths: &[f32],
    sorting: Option<Sorting>,
    mut commands: Option<&mut Vec<Command>>,
) {
    let colours = palette(ui);
    for (column, (cell, heading)) in cells(head, widths).zip(&sheet.table.headings).enumerate() {
        let id = head_id(column);
        let response = match commands {
            // Keys reach them from the first row.
            Some(_) => stepping::part(ui, cell, id, false),
            None => ui.interact(cell, id, Sense::hover()),
        };
        let sorted = sorting.filter(|sorting| sorting.column == column);
        let spoken = match sorted {
            None if commands.is_none() => heading.clone(),
            None => format!("Sort by {heading}"),
            Some(Sorting { descending: false, .. }) => format!("Sort by {heading}, ascending now"),
            Some(Sorting { descending: true, .. }) => format!("Sort by {heading}, descending now"),
        };
        spoken::tell(&response, None, || {
            WidgetInfo::labeled(Role::ColumnHeader, true, &spoken)
        });
        let ink = match (response.hovered(), sorted) {
            (false, None) => colours.text_2,
            _ => colours.text,
        };
        let ink = Ink::new(size::SECONDARY, ink).bold_if(sorted.is_some());
        let drawn = typeset::paint(ui, cell, &capital(heading), ink, align(sheet, column));
        if let Some(Sorting { descending, .. }) = sorted {
            let icon = if descending { Icon::Descending } else { Icon::Ascending };
            let beside = match sheet.is_number(column) {
                true => drawn.left() - ARROW / 2.0 - 2.0,
                false => drawn.right() + ARROW / 2.0 + 2.0,
            };
            icons::paint(ui.painter(), icon, pos2(beside, cell.center().y), 10.0, colours.text);
        }
        widgets::focus_ring(ui, &response, cell);
        if let Some(commands) = &mut commands
            && response.on_hover_cursor(CursorIcon::PointingHand).clicked()
        {
            commands.push(Command::SortMeasure(Sorting::clicked(sorting, column)));
        }
    }
    ui.painter().hline(
        head.x_range(),
        head.bottom() - 0.5,
        Stroke::new(1.0, colours.line_strong),
    );
}

/// As a heading begins, except for the `n` and `p` of statistics.
fn capital(heading: &str) -> String {
    match heading {
        "n" | "p" => heading.to_owned(),
        "p holm" => "p Holm".to_owned(),
        _ => widgets::capital(heading),
    }
}

/// What came of showing rows.
pub struct Shown {
    /// What is to be opened.
    pub opened: Option<Target>,
    /// The row that keys went to, which belongs in sight.
    pub reached: Option<Rect>,
    /// Whether keys lead up from the first row.
    above: bool,
}

/// Shows rows from `ui`'s cursor on, those in sight only.
///
/// They are one stop of the keyboard: arrows go from row to row, and Enter opens one.
pub fn show_rows(ui: &mut Ui, id: Id, sheet: &Sheet, listed: &[usize], widths: &[f32], search: &str) -> Shown {
    let height = space::ROW * listed.len() as f32;
    let (all, _) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::hover());
    let seen = ui.clip_rect();
    let whole = ui.interact(all.intersect(seen), id, Sense::FOCUSABLE);
    spoken::tell(&whole, None, || {
        WidgetInfo::labeled(Role::Table, true, format!("{} rows", listed.len()))
    });
    let step = stepping::step(ui, &whole, listed.len());
    let (mut opened, mut reached) = (None, None);
    for (number, &place) in listed.iter().enumerate() {
        let top = all.top() + space::ROW * number as f32;
        let row = Rect::from_min_size(pos2(all.left(), top), vec2(all.width(), space::ROW));
        let here = step.current == Some(number);
        if here && step.moved {
            reached = Some(row.intersect(seen.with_min_y(f32::MIN).with_max_y(f32::MAX)));
        }
        if !seen.y_range().intersects(row.y_range()) {
            continue;
        }
        let clicked = show_row(ui, row, id.with(place), (sheet, place), widths, search);
        if here {
            widgets::outline(ui, row.shrink(1.0));
        }
        if clicked || here && step.opened {
            opened = sheet.target(place).cloned();
        }
    }
    Shown {
        opened,
        reached,
        above: step.above,
    }
}

/// Shows a row, marking what a search found in it; returns whether it was clicked.
fn show_row(ui: &mut Ui, row: Rect, id: Id, (sheet, place): (&Sheet, usize), widths: &[f32], search: &str) -> bool {
    let colours = palette(ui);
    let opens = sheet.target(place).is_some();
    // Rows take clicks but no stop of the keyboard each: there may be hundreds.
    let response = ui.interact(row, id, if opens { Sense::CLICK } else { Sense::hover() });
    let texts = sheet.row(place);
    let headed = || sheet.table.headings.iter().zip(texts);
    spoken::tell(&response, None, || {
        let words: Vec<String> = headed().map(|(heading, text)| format!("{heading} {text}")).collect();
        WidgetInfo::labeled(Role::Row, true, words.join(", "))
    });
    widgets::row_ground(ui, row, false, &response);
    let marks = Marks::hits(search);
    for (column, (cell, text)) in cells(row, widths).zip(texts).enumerate() {
        if sheet.is_number(column) {
            typeset::paint(ui, cell, text, Ink::new(size::BODY, colours.text), Align2::RIGHT_CENTER);
        } else {
            let colour = if column == 0 { colours.text } else { colours.text_2 };
            let ink = Ink::new(size::BODY, colour).bold_if(column == 0);
            marks.paint(ui, cell, Words::name(text), ink, Align2::LEFT_CENTER);
        }
    }
    if response.hovered() && opens {
        ui.ctx().set_cursor_icon(CursorIcon::PointingHand);
    }
    opens && response.clicked()
}
