//! Bars by language, one for each model, with their intervals.

use egui::{Align2, Rect, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};
use egui_plot::{Bar, BarChart, GridMark, Plot, PlotPoint};

use super::in_words;
use super::matrix::{group_title, language_mark};
use crate::app::State;
use crate::app::command::Command;
use crate::app::matrix::{CellKey, Measure, percent};
use crate::app::theme::{size, space};
use crate::language::Language;
use crate::text::isolate::isolate;
use crate::ui::spoken;
use crate::ui::typeset::{self, Ink, Words};
use crate::ui::widgets::menu::Entry;
use crate::ui::widgets::{self, card, palette, within};

const LEGEND_ROW: f32 = 18.0;
const VALUES: f32 = 40.0;
const NAMES: f32 = 28.0;
/// How much of a language's place its bars fill.
const FILLED: f64 = 0.72;

struct Drawn {
    key: CellKey,
    series: usize,
    place: f64,
    measure: Measure,
}

/// Shows the card.
pub fn show(ui: &mut Ui, rect: Rect, state: &State, commands: &mut Vec<Command>) {
    let compare = &state.compare;
    let Some(group) = compare.matrix.groups.get(compare.task) else {
        return;
    };
    let title = format!("{} by language", isolate(&group_title(group, state)));
    let several = compare.matrix.groups.len() > 1;
    let tools = |ui: &mut Ui| {
        if several {
            let names: Vec<String> = compare
                .matrix
                .groups
                .iter()
                .map(|group| group_title(group, state))
                .collect();
            let entries: Vec<Entry<'_>> = names.iter().map(Entry::new).collect();
            if let Some(place) = widgets::choice(ui, "Task", &entries, Some(compare.task), 280.0) {
                commands.push(Command::ChooseTask(place));
            }
        }
    };
    let mut opened = None;
    card(ui, rect, &title, "percent right, 95% interval", tools, |ui| {
        let inner = ui.max_rect().shrink2(vec2(space::CARD, 10.0));
        let legend = show_legend(ui, inner, state);
        let plot = Rect::from_min_max(pos2(inner.left(), legend + 8.0), inner.max);
        if plot.height() > 60.0 {
            opened = show_plot(ui, plot, state, &group.languages);
        }
    });
    if let Some(key) = opened {
        commands.push(Command::OpenCell(key, None));
    }
}

/// Names the bars in as many rows as they need; returns where the last row ends.
fn show_legend(ui: &Ui, area: Rect, state: &State) -> f32 {
    let colours = palette(ui);
    let ink = Ink::new(size::SECONDARY, colours.text_2);
    let mut row = Rect::from_min_size(area.min, vec2(area.width(), LEGEND_ROW));
    if let Some(chance) = state.compare.tally.chance {
        let text = format!("guessing {}", percent(chance));
        let end = typeset::paint(ui, row, &text, ink, Align2::RIGHT_CENTER).left() - 7.0;
        dashed(ui, &[pos2(end - 22.0, row.center().y), pos2(end, row.center().y)]);
        row.max.x = end - 34.0;
    }
    let mut left = row.left();
    for (series, model) in state.compare.matrix.models.iter().enumerate() {
        let name = numbered(state, series, model);
        let galley = typeset::galley(ui, Words::name(&name), ink, 240.0, 1);
        let width = galley.size().x;
        if left + width + 18.0 > row.right() && left > row.left() {
            row = row.translate(vec2(0.0, LEGEND_ROW));
            left = row.left();
        }
        let swatch = Rect::from_center_size(pos2(left + 5.0, row.center().y), vec2(10.0, 10.0));
        ui.painter().rect_filled(swatch, 2, colours.series(series));
        let place = pos2(left + 16.0, row.center().y - galley.size().y / 2.0);
        ui.painter().galley(place, galley, colours.text_2);
        left += width + 36.0;
    }
    row.bottom()
}

/// From this many models on their bars carry numbers too: that many colours are hard to keep in mind.
const NUMBERED: usize = 4;

/// A model's name in the legend, with its number where the bars have them.
fn numbered(state: &State, series: usize, model: &str) -> String {
    if state.compare.matrix.models.len() < NUMBERED {
        return model.to_owned();
    }
    format!("{}  {}", series + 1, isolate(model))
}

/// Writes the numbers of the models at the feet of their bars, where those are wide enough.
fn show_numbers(ui: &Ui, drawn: &[Drawn], models: usize, width: f32, at: &impl Fn(f64, f64) -> egui::Pos2) {
    if models < NUMBERED || width < 12.0 {
        return;
    }
    let colours = palette(ui);
    for bar in drawn {
        let foot = at(bar.place, 0.0);
        let place = Rect::from_min_max(foot - vec2(width / 2.0, 18.0), foot + vec2(width / 2.0, -2.0));
        ui.painter().circle_filled(place.center(), 7.0, colours.panel);
        let ink = Ink::new(size::SMALL, colours.text).semibold();
        typeset::paint_centred(ui, place, &(bar.series + 1).to_string(), ink);
    }
}

fn drawn(state: &State, languages: &[Language]) -> Vec<Drawn> {
    let matrix = &state.compare.matrix;
    let Some(group) = matrix.groups.get(state.compare.task) else {
        return Vec::new();
    };
    let models = matrix.models.len().max(1) as f64;
    let mut drawn = Vec::new();
    for (column, language) in languages.iter().enumerate() {
        for (series, model) in matrix.models.iter().enumerate() {
            let key = matrix.key(model, group, language);
            if let Some(measure) = matrix.measure(&key) {
                let place = column as f64 + FILLED * ((series as f64 + 0.5) / models - 0.5);
                drawn.push(Drawn {
                    key,
                    series,
                    place,
                    measure,
                });
            }
        }
    }
    drawn
}

/// Draws the bars; returns the cell of one that was clicked.
fn show_plot(ui: &mut Ui, rect: Rect, state: &State, languages: &[Language]) -> Option<CellKey> {
    let colours = palette(ui);
    let drawn = drawn(state, languages);
    let models = state.compare.matrix.models.len().max(1);
    let width = (FILLED / models as f64) * 0.9;
    let body = Rect::from_min_max(rect.min + vec2(VALUES, 6.0), rect.max - vec2(0.0, NAMES));
    let count = languages.len().max(1) as f64;
    let charts: Vec<BarChart> = (0..models)
        .map(|series| {
            let bars = drawn.iter().filter(|bar| bar.series == series);
            let bars = bars
                .map(|bar| {
                    let bar = Bar::new(bar.place, bar.measure.accuracy * 100.0).width(width);
                    bar.fill(colours.series(series)).stroke(Stroke::NONE)
                })
                .collect();
            BarChart::new(format!("series {series}"), bars)
                .color(colours.series(series))
                .allow_hover(false)
        })
        .collect();
    let response = within(ui, body, "plot", |ui| {
        Plot::new("accuracy by language")
            .width(body.width())
            .height(body.height())
            .show_axes([false, false])
            .show_grid([false, true])
            .show_background(false)
            .grid_color(colours.line)
            .grid_fade(0.0)
            .y_grid_spacer(|_| {
                [0.0, 25.0, 50.0, 75.0, 100.0]
                    .map(|value| GridMark { value, step_size: 25.0 })
                    .to_vec()
            })
            .default_x_bounds(-0.5, count - 0.5)
            .default_y_bounds(0.0, 100.0)
            .auto_bounds([false, false])
            .set_margin_fraction(egui::Vec2::ZERO)
            .allow_zoom(false)
            .allow_drag(false)
            .allow_scroll(false)
            .allow_boxed_zoom(false)
            .allow_double_click_reset(false)
            .show_crosshair(false)
            .sense(Sense::hover())
            .label_formatter(|_| None)
            .show(ui, |plot| {
                plot.set_plot_bounds_x(-0.5..=count - 0.5);
                plot.set_plot_bounds_y(0.0..=100.0);
                for chart in charts {
                    plot.bar_chart(chart);
                }
            })
    });
    let at = |x: f64, y: f64| response.transform.position_from_point(&PlotPoint::new(x, y));
    for value in [0.0, 25.0, 50.0, 75.0, 100.0] {
        let y = at(0.0, value).y;
        let text = if value == 100.0 {
            "100%".to_owned()
        } else {
            format!("{value:.0}")
        };
        let place = Rect::from_min_max(pos2(rect.left(), y - 8.0), pos2(body.left() - 8.0, y + 8.0));
        typeset::paint(
            ui,
            place,
            &text,
            Ink::new(size::SMALL, colours.text_2),
            Align2::RIGHT_CENTER,
        );
    }
    if let Some(chance) = state.compare.tally.chance {
        show_chance(ui, body, at(0.0, chance * 100.0).y);
    }
    for bar in &drawn {
        show_interval(
            ui,
            at(bar.place, bar.measure.low * 100.0),
            at(bar.place, bar.measure.high * 100.0),
            width,
            &at,
        );
    }
    show_numbers(ui, &drawn, models, at(width, 0.0).x - at(0.0, 0.0).x, &at);
    ui.painter().hline(
        body.x_range(),
        body.bottom().round() - 0.5,
        Stroke::new(1.0, colours.line_strong),
    );
    for (column, language) in languages.iter().enumerate() {
        let left = at(column as f64 - 0.5, 0.0).x;
        let right = at(column as f64 + 0.5, 0.0).x;
        let place = Rect::from_min_max(pos2(left + 1.0, body.bottom() + 4.0), pos2(right - 1.0, rect.bottom()));
        show_name(ui, place, language);
    }
    // Bars are marks to point at too: what they say in words, and the items behind them.
    let mut opened = None;
    for bar in &drawn {
        let half = width / 2.0;
        let top = at(bar.place - half, bar.measure.high.max(bar.measure.accuracy) * 100.0);
        let area = Rect::from_min_max(top, at(bar.place + half, 0.0));
        let response = ui.interact(area, widgets::id("bar", &bar.key), Sense::click());
        let words = format!(
            "Bar, {}, {}, {}",
            bar.key.model,
            bar.key.language.english_name(),
            in_words(bar.measure)
        );
        spoken::tell(&response, None, || WidgetInfo::labeled(Role::Button, true, &words));
        widgets::focus_ring(ui, &response, area);
        if response.clicked() {
            opened = Some(bar.key.clone());
        }
        let response = response.on_hover_cursor(egui::CursorIcon::PointingHand);
        widgets::tooltip_of(response, |ui| {
            let title = format!("{}, {}", isolate(&bar.key.model), bar.key.language.english_name());
            typeset::line(ui, &title, Ink::new(size::BODY, colours.text).semibold());
            typeset::line(ui, &in_words(bar.measure), Ink::new(size::SECONDARY, colours.text_2));
        });
    }
    opened
}

fn show_interval(ui: &Ui, low: egui::Pos2, high: egui::Pos2, width: f64, at: &impl Fn(f64, f64) -> egui::Pos2) {
    let colours = palette(ui);
    let cap = ((at(width, 0.0).x - at(0.0, 0.0).x) * 0.3).clamp(2.0, 5.0);
    // A rim of the card's colour keeps the line visible on bars of any colour.
    for (colour, stroke) in [(colours.panel, 3.0), (colours.text, 1.2)] {
        let stroke = Stroke::new(stroke, colour);
        ui.painter().line_segment([low, high], stroke);
        for end in [low, high] {
            ui.painter()
                .line_segment([end - vec2(cap, 0.0), end + vec2(cap, 0.0)], stroke);
        }
    }
}

/// A dashed line where guessing would come out; the legend says its figure.
fn show_chance(ui: &Ui, body: Rect, y: f32) {
    let line = [pos2(body.left(), y), pos2(body.right(), y)];
    dashed(ui, &line);
}

fn dashed(ui: &Ui, line: &[egui::Pos2]) {
    let stroke = Stroke::new(1.0, palette(ui).text_3);
    ui.painter().extend(egui::Shape::dashed_line(line, stroke, 4.0, 3.0));
}

fn show_name(ui: &mut Ui, rect: Rect, language: &Language) {
    let colours = palette(ui);
    let response = ui.interact(rect, widgets::id("axis", language.tag()), Sense::hover());
    let ink = Ink::new(size::SECONDARY, colours.text_2);
    let mut galley = typeset::galley(ui, Words::native(language), ink, f32::INFINITY, 1);
    if galley.size().x > rect.width() {
        let small = Ink {
            size: size::SMALL,
            ..ink
        };
        galley = typeset::galley(ui, Words::native(language), small, rect.width(), 1);
    }
    let marked = matches!(language.primary(), "en" | "ar") && galley.size().x + 14.0 < rect.width();
    let shift = if marked { 7.0 } else { 0.0 };
    let left = rect.center().x - galley.size().x / 2.0 + shift;
    if marked {
        language_mark(ui, pos2(left - 9.0, rect.center().y), language);
    }
    ui.painter().galley(
        pos2(left, rect.center().y - galley.size().y / 2.0),
        galley,
        colours.text_2,
    );
    spoken::tell(&response, Some(language), || {
        WidgetInfo::labeled(Role::Label, true, language.native_name())
    });
    widgets::tooltip(response, language.english_name());
}
