//! What stands above the list: the search, the filters in force, the menu that adds one, slices and the order.

use egui::{Align, Align2, Id, Popup, Response, Role, Sense, Ui, WidgetInfo, vec2};

use crate::app::State;
use crate::app::command::Command;
use crate::app::inspect::{Choice, InspectCommand, Lead, Menu, Naming, Order, Step};
use crate::app::matrix::count;
use crate::app::study::Study;
use crate::app::theme::{size, space};
use crate::slices::{Condition, Filter, Slice, SliceName};
use crate::text::isolate::{isolate, plain};
use crate::ui::icons::Icon;
use crate::ui::spoken;
use crate::ui::text::TextEdit;
use crate::ui::typeset::{self, Ink, Words};
use crate::ui::widgets::menu::{self, Entry};
use crate::ui::widgets::{self, Button, Emphasis, Search, palette};

/// Room for the buttons behind the name of a slice that was removed.
const BACK: f32 = 96.0;

/// Shows them from the top of `ui` on.
pub fn show(ui: &mut Ui, state: &State, study: &Study, commands: &mut Vec<Command>) {
    ui.spacing_mut().item_spacing = vec2(6.0, 6.0);
    let changed = search(state).show(ui, "Search items, any language");
    commands.extend(changed.map(|typed| searched(state, &typed)));
    ui.spacing_mut().interact_size.y = 22.0;
    ui.horizontal_wrapped(|ui| {
        show_chips(ui, state, commands);
        show_adding(ui, state, study, commands);
        show_slices(ui, state, study, commands);
        show_order(ui, state, commands);
    });
    if let Some(naming) = &state.inspect.naming {
        show_naming(ui, state, naming, commands);
    }
    if let Some(slice) = &state.inspect.forgotten {
        show_forgotten(ui, slice, commands);
    }
    show_count(ui, state, study, commands);
}

/// The search of the list.
pub fn search(state: &State) -> Search<'_> {
    Search {
        typed: state.inspect.filter.text(),
        thing: "item",
        focus: state.focus_search,
    }
}

/// Looks for something else from now on.
pub fn searched(state: &State, typed: &str) -> Command {
    Command::SetFilter(state.inspect.filter.clone().looking_for(typed))
}

/// Takes the filter in a place away.
pub fn removed(state: &State, place: usize) -> Command {
    Command::SetFilter(state.inspect.filter.clone().without(place))
}

/// What a condition is in words, as far as whoever judges blind may know it.
pub fn words(state: &State, condition: &Condition) -> String {
    match state.review.blind && condition.tells_of_answers() {
        true => "By answers".to_owned(),
        false => condition.words(),
    }
}

fn show_chips(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    for (place, condition) in state.inspect.filter.conditions().iter().enumerate() {
        // The text stands in the search field.
        if matches!(condition, Condition::Text(_)) {
            continue;
        }
        let words = words(state, condition);
        if widgets::filter_chip(ui, Words::from(&*words)).clicked() {
            commands.push(removed(state, place));
        }
        if let Some(ways) = condition.ways() {
            show_ways(ui, state, (place, condition), ways, commands);
        }
    }
}

/// The other ways in which the same two may be told apart.
fn show_ways(
    ui: &mut Ui,
    state: &State,
    (place, condition): (usize, &Condition),
    ways: [Condition; 3],
    commands: &mut Vec<Command>,
) {
    let words = ways.each_ref().map(Condition::words);
    let chip = widgets::menu_chip(ui, "Which way", &format!("Which way: {}", condition.words()));
    let entries = words.each_ref().map(|words| Entry::new(Words::name(words)));
    let selected = ways.iter().position(|way| way == condition);
    let chosen = menu::show(&chip, "Which way", &entries, selected, 320.0);
    if let Some(way) = chosen.and_then(|place| ways.get(place)) {
        let filter = state.inspect.filter.clone();
        commands.push(Command::SetFilter(filter.with_in_place(place, way.clone())));
    }
}

/// The menu that adds a filter, and asks step by step where one is not enough.
fn show_adding(ui: &mut Ui, state: &State, study: &Study, commands: &mut Vec<Command>) {
    let add = widgets::add_chip(ui, "Filter", "Add filter");
    menu::tell(&add);
    if state.inspect.opens_filters {
        Popup::open_id(ui.ctx(), Popup::default_response_id(&add));
    }
    let open = add.clicked() || menu::is_open(&add);
    let Some(menu) = &state.inspect.menu else {
        if open {
            // The rows are there at once, the counts when they are known.
            let step = Step::First;
            let choices = step.choices(study, &state.review.reviews, state.review.blind);
            let menu = Menu {
                step,
                choices,
                counts: Vec::new(),
            };
            show_menu(&add, &menu, commands);
            commands.push(InspectCommand::ShowMenu(Step::First).into());
        }
        return;
    };
    if open {
        show_menu(&add, menu, commands);
    } else {
        commands.push(InspectCommand::HideMenu.into());
    }
}

fn entry(choice: &Choice) -> Entry<'_> {
    match &choice.language {
        Some(language) => Entry::language(language),
        None => Entry::new(Words::name(&choice.words)),
    }
}

fn show_menu(button: &Response, shown: &Menu, commands: &mut Vec<Command>) {
    let counts: Vec<String> = shown
        .choices
        .iter()
        .map(|choice| shown.count(choice).map(count).unwrap_or_default())
        .collect();
    let title = |choice: &Choice| match shown.step {
        Step::First => choice.group,
        _ => shown.step.title(),
    };
    let mut entries: Vec<Entry<'_>> = shown
        .choices
        .iter()
        .zip(&counts)
        .map(|(choice, count)| {
            let entry = entry(choice).group(title(choice));
            match choice.lead {
                Lead::To(_) => entry.leading_on(),
                Lead::Adds(_) => entry.counted(count),
            }
        })
        .collect();
    if shown.step != Step::First {
        entries.push(Entry::new("Back to all filters").group("").leading_on());
    }
    let Some(place) = menu::show(button, "Filter", &entries, None, 264.0) else {
        return;
    };
    commands.push(match shown.choices.get(place).map(|choice| &choice.lead) {
        Some(Lead::Adds(condition)) => InspectCommand::Add(condition.clone()).into(),
        Some(Lead::To(step)) => InspectCommand::ShowMenu(step.clone()).into(),
        None => InspectCommand::ShowMenu(Step::First).into(),
    });
}

/// The slices the workspace keeps: to narrow to one, to rename or to remove one.
fn show_slices(ui: &mut Ui, state: &State, study: &Study, commands: &mut Vec<Command>) {
    let told = |slice: &&Slice| !state.review.blind || !tells(study, slice);
    let slices: Vec<&Slice> = state.slices.iter().filter(told).collect();
    if slices.is_empty() {
        return;
    }
    let chip = widgets::menu_chip(ui, "Slices", "Slices");
    let acts: &[Act] = &[
        ("Narrow to", |slice| Command::SetFilter(slice.filter.clone())),
        ("Rename", |slice| InspectCommand::RenameSlice(slice.name.clone()).into()),
        ("Remove from the workspace", |slice| {
            InspectCommand::ForgetSlice(slice.name.clone()).into()
        }),
    ];
    let possible = if state.writable() { acts.len() } else { 1 };
    let rows: Vec<(Act, &Slice)> = acts
        .iter()
        .take(possible)
        .flat_map(|act| slices.iter().map(|slice| (*act, *slice)))
        .collect();
    let entries: Vec<Entry<'_>> = rows
        .iter()
        .map(|((group, _), slice)| Entry::new(Words::name(slice.name.as_str())).group(group))
        .collect();
    let selected = slices.iter().position(|slice| slice.filter == state.inspect.filter);
    let chosen = menu::show(&chip, "Slices", &entries, selected, 220.0);
    commands.extend(
        chosen
            .and_then(|place| rows.get(place))
            .map(|((_, act), slice)| act(slice)),
    );
}

/// What can be done with a slice: its words, and what does it.
type Act = (&'static str, fn(&Slice) -> Command);

/// Whether a slice tells of answers, by what it leaves or by its name.
fn tells(study: &Study, slice: &Slice) -> bool {
    let conditions = slice.filter.conditions().iter();
    let name = slice.name.as_str().to_lowercase();
    let names_a_model = || study.models().iter().any(|model| name.contains(&model.to_lowercase()));
    conditions.into_iter().any(Condition::tells_of_answers) || names_a_model()
}

fn show_order(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    let current = state.inspect.order;
    let words = current.words();
    let chip = widgets::menu_chip(ui, words, &format!("Order: {words}"));
    let entries = Order::ALL.map(|order| Entry::new(order.words()));
    let selected = Order::ALL.iter().position(|order| *order == current);
    let chosen = menu::show(&chip, "Order", &entries, selected, 180.0);
    let order = chosen.and_then(|place| Order::ALL.get(place));
    commands.extend(order.map(|order| InspectCommand::Sort(*order).into()));
}

/// The field for the name of a new slice, or for another name of one.
fn show_naming(ui: &mut Ui, state: &State, naming: &Naming, commands: &mut Vec<Command>) {
    let mut text = naming.typed.clone();
    let name = match naming.of {
        Some(_) => "New name of the slice",
        None => "Name of the slice",
    };
    let edited = TextEdit::single_line(&mut text)
        .name(name)
        .placeholder("Name of the slice")
        .show(ui);
    // Typing goes on where the button was.
    let begun = Id::unique("naming a slice");
    if !ui.data(|data| data.get_temp::<bool>(begun).unwrap_or_default()) {
        edited.response.request_focus();
        ui.data_mut(|data| data.insert_temp(begun, true));
    }
    let mut done = edited.cancelled;
    if edited.cancelled {
        commands.push(InspectCommand::DropName.into());
    } else if edited.response.changed() {
        commands.push(InspectCommand::NameSlice(text.clone()).into());
    }
    let problem = obstacle(state, &text, naming.of.as_ref());
    match (edited.submitted, &problem) {
        (true, None) => {
            commands.push(InspectCommand::KeepSlice.into());
            done = true;
        }
        // Whoever typed a name that cannot be goes on typing.
        (true, Some(_)) => edited.response.request_focus(),
        (false, _) => {}
    }
    if let Some(problem) = problem.as_ref().filter(|_| !text.is_empty()) {
        typeset::paragraph(ui, problem, Ink::new(size::SECONDARY, palette(ui).warning().ink));
    }
    let before = commands.len();
    ui.horizontal(|ui| {
        let save = Button::new(Emphasis::Main).small().enabled(problem.is_none());
        let (words, name) = match naming.of {
            Some(_) => ("Rename", "Rename the slice"),
            None => ("Save", "Save the slice"),
        };
        save.text(words)
            .name(name)
            .show(ui, commands, InspectCommand::KeepSlice.into());
        Button::new(Emphasis::Quiet)
            .small()
            .show(ui, commands, InspectCommand::DropName.into());
    });
    if done || commands.len() > before {
        ui.data_mut(|data| data.remove::<bool>(begun));
    }
}

/// Why a slice cannot have this name.
fn obstacle(state: &State, typed: &str, renamed: Option<&SliceName>) -> Option<String> {
    match typed.parse::<SliceName>() {
        Err(problem) => Some(format!("{}.", widgets::capital(&problem.to_string()))),
        Ok(name) => {
            let taken = state.slices.iter().find(|slice| slice.name == name);
            let is_free = |slice: &&Slice| match renamed {
                Some(old) => slice.name == *old,
                None => slice.filter == state.inspect.filter,
            };
            let other = taken.filter(|slice| !is_free(slice))?;
            Some(format!(
                "There is a slice of this name: {}.",
                plain(&other.filter.words())
            ))
        }
    }
}

/// Says which slice was removed, and how to have it again.
fn show_forgotten(ui: &mut Ui, slice: &Slice, commands: &mut Vec<Command>) {
    ui.horizontal(|ui| {
        let words = format!("Removed {}", isolate(slice.name.as_str()));
        let ink = Ink::new(size::SECONDARY, palette(ui).text_2);
        let room = (ui.available_width() - BACK).max(40.0);
        let galley = typeset::galley(ui, &words, ink, room, 1);
        let (rect, response) = ui.allocate_exact_size(vec2(galley.size().x, space::SMALL_CONTROL), Sense::hover());
        spoken::tell(&response, None, || WidgetInfo::labeled(Role::Status, true, &words));
        typeset::paint(ui, rect.expand2(vec2(1.0, 0.0)), &words, ink, Align2::LEFT_CENTER);
        Button::new(Emphasis::Quiet)
            .small()
            .name(format!("Undo: keep the slice {} again", slice.name))
            .show(ui, commands, InspectCommand::KeepAgain.into());
        Button::new(Emphasis::Quiet)
            .small()
            .icon(Icon::Cross)
            .text("")
            .name("Dismiss: the slice stays removed")
            .show(ui, commands, InspectCommand::DropForgotten.into());
    });
}

fn show_count(ui: &mut Ui, state: &State, study: &Study, commands: &mut Vec<Command>) {
    let inspect = &state.inspect;
    let listed = count(inspect.listed.len());
    let text = format!("{listed} of {} items", count(study.entries.len()));
    ui.horizontal(|ui| {
        // What is counted anew is grey meanwhile.
        let colours = palette(ui);
        let colour = if inspect.is_listing {
            colours.text_3
        } else {
            colours.text
        };
        typeset::line(ui, &text, Ink::new(size::SECONDARY, colour).semibold());
        if inspect.filter.is_empty() {
            return;
        }
        ui.with_layout(egui::Layout::right_to_left(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = 0.0;
            let clear = Button::new(Emphasis::Quiet)
                .small()
                .text("Clear")
                .name("Clear all filters");
            clear.show(ui, commands, Command::SetFilter(Filter::default()));
            if inspect.naming.is_none() && state.writable() {
                let save = Button::new(Emphasis::Quiet).small();
                save.show(ui, commands, InspectCommand::NameSlice(String::new()).into());
            }
        });
    });
}
