//! Above the page: what is shown, how it is grouped and sorted, and what can be done with it.

use egui::{Rect, Ui, vec2};

use crate::app::State;
use crate::app::command::Command;
use crate::app::compare::command::CompareCommand;
use crate::app::compare::view::{By, ColumnGroups, Mode, Order, RowGroups, View};
use crate::app::figures::FiguresCommand;
use crate::app::theme::{size, space};
use crate::runs::measures::{Measure, Weighing};
use crate::ui::icons::Icon;
use crate::ui::typeset::{self, Ink};
use crate::ui::widgets::menu::Entry;
use crate::ui::widgets::{self, Button, Emphasis, Tab, palette, tabs, within};

/// Below this width of toolbar the ways to group and sort share one menu.
const ROOMY: f32 = 1250.0;
/// Below this width it takes two rows.
const TWO_ROWS: f32 = 980.0;
/// Room for what stands at its right end.
const END: f32 = 206.0;
/// Room for the menus behind the protocol's, where they share one and where they do not, and for the switch behind them.
const ONE_MENU: f32 = 90.0;
const TWO_MENUS: f32 = 370.0;
const PUBLISHED: f32 = 130.0;

/// How high it is in a page `width` wide.
pub fn height(state: &State, width: f32) -> f32 {
    let rows = if state.compare.measure == Measure::Accuracy && width < TWO_ROWS {
        2.0
    } else {
        1.0
    };
    space::TOOLBAR + (rows - 1.0) * (space::CONTROL + space::GAP)
}

/// Shows it.
pub fn show(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    let all = ui.max_rect();
    let roomy = all.width() >= TWO_ROWS;
    let end = if roomy { END } else { 120.0 };
    let row = |number: f32| {
        let top = all.top() + number * (space::CONTROL + space::GAP);
        Rect::from_min_size(egui::pos2(all.left(), top), vec2(all.width(), space::CONTROL))
    };
    let first = row(0.0);
    let left = Rect::from_min_max(first.min, first.max - vec2(end, 0.0));
    within(ui, left, "choices", |ui| {
        ui.horizontal(|ui| {
            show_measure(ui, state, commands);
            if state.compare.measure == Measure::Accuracy {
                show_mode(ui, state, commands);
            }
            if roomy || state.compare.measure != Measure::Accuracy {
                show_choices(ui, all.width(), state, commands);
            }
        });
    });
    if !roomy && state.compare.measure == Measure::Accuracy {
        within(ui, row(1.0), "more choices", |ui| {
            ui.horizontal(|ui| show_choices(ui, all.width(), state, commands));
        });
    }
    let right = Rect::from_min_max(egui::pos2(left.right(), first.top()), first.max);
    within(ui, right, "actions", |ui| {
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            show_actions(ui, roomy, state, commands)
        });
    });
}

fn show_measure(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    let entries = Measure::ALL.map(|measure| Entry::new(measure.title()));
    let selected = Measure::ALL
        .iter()
        .position(|measure| *measure == state.compare.measure);
    // Beside the table of another measure little else stands.
    let limit = match state.compare.measure {
        Measure::Accuracy => 200.0,
        _ => 280.0,
    };
    let chosen = widgets::choice(ui, "Show", &entries, selected, limit);
    let chosen = chosen.and_then(|place| Measure::ALL.get(place));
    commands.extend(chosen.map(|measure| Command::ShowMeasure(*measure)));
}

fn show_mode(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    let strip = Mode::ALL.map(|mode| Tab {
        words: mode.title(),
        count: None,
    });
    let selected = Mode::ALL.iter().position(|mode| *mode == state.compare.view.mode);
    let ink = Ink::new(size::BODY, palette(ui).text).semibold();
    let words = Mode::ALL.map(|mode| typeset::galley(ui, mode.title(), ink, f32::INFINITY, 1).size().x + 24.0);
    let width = words.iter().sum::<f32>().ceil().min(ui.available_width());
    let (rect, _) = ui.allocate_exact_size(vec2(width, space::CONTROL), egui::Sense::hover());
    let chosen = within(ui, rect, "mode", |ui| tabs(ui, "What cells show", &strip, selected));
    let chosen = chosen.and_then(|place| Mode::ALL.get(place));
    commands.extend(chosen.map(|mode| CompareCommand::Show(*mode).into()));
}

fn show_choices(ui: &mut Ui, width: f32, state: &State, commands: &mut Vec<Command>) {
    let compare = &state.compare;
    let of_matrix = compare.measure == Measure::Accuracy;
    // Names are as long as the room allows; what they lose is told on hovering.
    let limit = if width >= 1500.0 {
        280.0
    } else {
        (width * 0.17).clamp(150.0, 240.0)
    };
    if of_matrix && compare.view.mode == Mode::Delta {
        show_baseline(ui, limit, state, commands);
    }
    show_slice(ui, limit, state, commands);
    let delta = compare.view.mode == Mode::Delta;
    let apart = width >= ROOMY + if delta { limit } else { 0.0 };
    let published = !compare.published.is_empty();
    // Which protocol it is decides what all numbers mean, so its name takes the room that the others leave.
    let others = if apart { TWO_MENUS } else { ONE_MENU } + if published { PUBLISHED } else { 0.0 };
    let rest = if of_matrix {
        ui.available_width() - others
    } else {
        limit
    };
    show_protocol(ui, rest.max(limit), state, commands);
    if !of_matrix {
        return;
    }
    if apart {
        let groups = Menu::of_groups(&compare.view);
        let order = Menu::of_order(&compare.view);
        for (label, menu) in [("Group by", groups), ("Sort", order)] {
            commands.extend(menu.show(ui, label, label, 210.0));
        }
    } else {
        let mut menu = Menu::of_groups(&compare.view);
        menu.rows.extend(Menu::of_order(&compare.view).rows);
        menu.says = String::new();
        commands.extend(menu.show(ui, "View", "Group, sort and average", 210.0));
    }
    if published {
        let command = CompareCommand::TogglePublished;
        let on = !compare.view.own_only;
        if widgets::switch(ui, command.text(), command.tooltip(), on) {
            commands.push(command.into());
        }
    }
}

fn show_baseline(ui: &mut Ui, limit: f32, state: &State, commands: &mut Vec<Command>) {
    let models = &state.compare.matrix.models;
    let entries: Vec<Entry<'_>> = models
        .iter()
        .map(|model| Entry::new(typeset::Words::name(model)))
        .collect();
    let baseline = state.compare.view.baseline.as_ref();
    let selected = models.iter().position(|model| Some(model) == baseline);
    let chosen = widgets::choice(ui, "Baseline", &entries, selected, limit);
    let chosen = chosen.and_then(|place| models.get(place));
    commands.extend(chosen.map(|model| CompareCommand::Baseline(model.clone()).into()));
}

fn show_slice(ui: &mut Ui, limit: f32, state: &State, commands: &mut Vec<Command>) {
    let chosen = state.compare.slice.as_ref();
    if state.slices.is_empty() && chosen.is_none() {
        return;
    }
    let all = std::iter::once(Entry::new("All items"));
    let names = state.slices.iter().map(|slice| Entry::new(slice.name.as_str()));
    let entries: Vec<Entry<'_>> = all.chain(names).collect();
    let is_it = |name: &str| chosen.is_some_and(|slice| slice.name.as_str() == name);
    let place = state.slices.iter().position(|slice| is_it(slice.name.as_str()));
    let selected = place.map_or(0, |place| place + 1);
    let place = widgets::choice(ui, "Slice", &entries, Some(selected), limit);
    let slice = |place: usize| state.slices.get(place.checked_sub(1)?).cloned();
    commands.extend(place.map(|place| CompareCommand::Slice(slice(place)).into()));
}

fn show_protocol(ui: &mut Ui, limit: f32, state: &State, commands: &mut Vec<Command>) {
    let protocols = &state.compare.protocols;
    let entries: Vec<Entry<'_>> = protocols.iter().map(Entry::new).collect();
    let chosen = state.compare.protocol.as_ref();
    let Some(selected) = protocols.iter().position(|label| Some(label) == chosen) else {
        return;
    };
    let place = widgets::choice(ui, "Protocol", &entries, Some(selected), limit);
    let label = place.and_then(|place| protocols.get(place));
    commands.extend(label.map(|label| Command::ChooseProtocol(label.clone())));
}

/// A menu of several groups of rows, of each of which one is chosen.
struct Menu {
    rows: Vec<Row>,
    /// What stands on its button beside the label.
    says: String,
}

struct Row {
    group: &'static str,
    words: String,
    on: bool,
    command: CompareCommand,
}

impl Menu {
    fn of_groups(view: &View) -> Self {
        let rows = RowGroups::ALL.map(|by| Row {
            group: "Rows by",
            words: by.title().to_owned(),
            on: view.rows == by,
            command: CompareCommand::GroupRows(by),
        });
        let columns = ColumnGroups::ALL.map(|by| Row {
            group: "Columns by",
            words: by.title().to_owned(),
            on: view.columns == by,
            command: CompareCommand::GroupColumns(by),
        });
        let says = match view.rows {
            RowGroups::None => view.columns.title().to_owned(),
            rows => rows.title().to_owned(),
        };
        Self {
            rows: rows.into_iter().chain(columns).collect(),
            says,
        }
    }

    fn of_order(view: &View) -> Self {
        let word = |by: &By| match by {
            By::Name => "Name",
            By::Mean => "Mean of all columns",
            By::Size => "Size of the model",
            By::Column(_) => "A column",
        };
        let orders = [By::Name, By::Mean, By::Size].map(|by| Row {
            group: "Sort by",
            words: word(&by).to_owned(),
            on: view.order.by == by,
            command: CompareCommand::Sort(Order::natural(by)),
        });
        let averages = [
            (Weighing::Macro, "Tasks weigh the same (macro)"),
            (Weighing::Micro, "Items weigh the same (micro)"),
        ];
        let averages = averages.map(|(weighing, words)| Row {
            group: "Averages",
            words: words.to_owned(),
            on: view.weighing == weighing,
            command: CompareCommand::Weigh(weighing),
        });
        Self {
            rows: orders.into_iter().chain(averages).collect(),
            says: match &view.order.by {
                By::Mean => "Mean".to_owned(),
                By::Size => "Size".to_owned(),
                by => word(by).to_owned(),
            },
        }
    }

    /// Shows its button; returns what was chosen.
    fn show(self, ui: &mut Ui, label: &str, name: &str, limit: f32) -> Option<Command> {
        let entries: Vec<Entry<'_>> = self
            .rows
            .iter()
            .map(|row| Entry::new(&row.words).group(row.group).marked(row.on))
            .collect();
        let place = widgets::choice_among(ui, (label, name), &entries, &self.says, limit)?;
        Some(self.rows.into_iter().nth(place)?.command.into())
    }
}

fn show_actions(ui: &mut Ui, roomy: bool, state: &State, commands: &mut Vec<Command>) {
    Button::new(Emphasis::Plain)
        .icon(Icon::Download)
        .text(if roomy { "Export" } else { "" })
        .name("Export")
        .show(ui, commands, FiguresCommand::Export.into());
    Button::new(Emphasis::Quiet)
        .icon(Icon::Plus)
        .text(if roomy { Command::NewRun.text() } else { "" })
        .name(Command::NewRun.text())
        .enabled(state.writable())
        .show(ui, commands, Command::NewRun);
}
