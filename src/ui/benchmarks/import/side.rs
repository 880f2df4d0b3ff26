//! What becomes of a file in figures, what is left out of it, what it is called, and the button that keeps it.

use egui::{Align2, Margin, Rect, Role, ScrollArea, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use crate::app::State;
use crate::app::benchmarks::{BenchmarksCommand, Draft, Preview};
use crate::app::command::Command;
use crate::app::matrix::{count, counted};
use crate::app::study::count_languages;
use crate::app::theme::{size, space};
use crate::benchmarks::import::{ImportOptions, Rejected};
use crate::benchmarks::licence::Sharing;
use crate::error_chain;
use crate::language::Language;
use crate::scoring::Outcome;
use crate::text::isolate::{self, isolate};
use crate::ui::icons::{self, Icon};
use crate::ui::spoken;
use crate::ui::text::TextEdit;
use crate::ui::typeset::{self, Ink, Words};
use crate::ui::widgets::menu::Entry;
use crate::ui::widgets::{self, Button, Emphasis, card, palette, within};

/// The foot's edges, and between its fields.
const EDGE: f32 = 10.0;
const BETWEEN: f32 = 6.0;
/// How wide the button that drops the file is.
const CANCEL: f32 = 72.0;
/// A row that was left out: two lines of why, and where it stands.
const LEFT_OUT: f32 = 68.0;
/// How wide the names of fields are.
const LABELS: f32 = 78.0;

/// Shows the card.
pub fn show(ui: &mut Ui, rect: Rect, state: &State, draft: &Draft, keeping: bool, commands: &mut Vec<Command>) {
    card(
        ui,
        rect,
        "What becomes of it",
        "",
        |_| {},
        |ui| {
            let all = ui.max_rect();
            let height = foot_height(ui, all.width() - 28.0, state, draft, keeping);
            let foot = Rect::from_min_max(pos2(all.left(), all.bottom() - height), all.max);
            let body = Rect::from_min_max(all.min, pos2(all.right(), foot.top()));
            within(ui, body, "summary", |ui| show_summary(ui, draft));
            ui.painter()
                .hline(foot.x_range(), foot.top() + 0.5, Stroke::new(1.0, palette(ui).line));
            within(ui, foot.shrink2(vec2(14.0, EDGE)), "foot", |ui| {
                show_foot(ui, state, draft, keeping, commands);
            });
        },
    );
}

fn show_summary(ui: &mut Ui, draft: &Draft) {
    let preview = &draft.look.preview;
    let import = &preview.import;
    let colours = palette(ui);
    let good = import.items.len() + import.examples.len();
    if good == 0 && !draft.look.guess.doubts.is_empty() {
        // Why rows are left out is not known before: the questions beside are about it.
        let frame = egui::Frame::new().inner_margin(Margin::symmetric(14, 12));
        frame.show(ui, |ui| {
            let words = "What becomes of the rows shows here once the questions beside are answered.";
            typeset::paragraph(ui, words, Ink::new(size::SECONDARY, colours.text_2));
        });
        return;
    }
    let (figures, _) = ui.allocate_exact_size(vec2(ui.available_width(), 62.0), Sense::hover());
    let (left, right) = figures.split_left_right_at_fraction(0.5);
    let ink = |outcome, none: bool| match none {
        true => colours.text_2,
        false => colours.outcome(outcome).ink,
    };
    let figures_shown = [
        (left, good, "rows good", ink(Outcome::Right, good == 0)),
        (
            right,
            import.rejected.len(),
            "rows left out",
            ink(Outcome::Failed, import.rejected.is_empty()),
        ),
    ];
    for (half, number, words, ink) in figures_shown {
        let response = ui.interact(half, widgets::id("figure", words), Sense::hover());
        spoken::tell(&response, None, || {
            WidgetInfo::labeled(Role::Label, true, format!("{} {words}", count(number)))
        });
        let (upper, lower) = half.shrink2(vec2(14.0, 8.0)).split_top_bottom_at_fraction(0.58);
        let figure = Ink::new(size::KEY_FIGURE, ink).semibold();
        typeset::paint(ui, upper, &count(number), figure, Align2::LEFT_CENTER);
        let grey = Ink::new(size::SECONDARY, colours.text_2);
        typeset::paint(ui, lower, words, grey, Align2::LEFT_CENTER);
    }
    ui.painter().hline(
        figures.x_range(),
        figures.bottom() - 0.5,
        Stroke::new(1.0, colours.line),
    );
    let there: Vec<String> = count_languages(&import.items)
        .iter()
        .map(|(language, items)| format!("{} {}", language.english_name(), count(*items)))
        .collect();
    egui::Frame::new()
        .inner_margin(Margin::symmetric(14, 8))
        .show(ui, |ui| {
            let mut rows = Vec::new();
            if !draft.look.whole {
                rows.push((
                    "So far",
                    "the first rows of a large file; importing reads all of it".to_owned(),
                ));
            }
            if !there.is_empty() {
                rows.push(("Languages", there.join(", ")));
            }
            if !import.examples.is_empty() {
                let shown = counted(import.examples.len(), "row");
                rows.push(("Examples", format!("{shown}, shown solved and not asked")));
            }
            rows.extend(hidden(preview).map(|words| ("Hidden", words)));
            widgets::facts(ui, &rows, LABELS);
        });
    if import.rejected.is_empty() {
        return;
    }
    egui::Frame::new()
        .inner_margin(Margin::symmetric(14, 4))
        .show(ui, |ui| {
            typeset::heading(ui, "Rows with a problem");
        });
    ScrollArea::vertical()
        .auto_shrink([false, false])
        .show_rows(ui, LEFT_OUT, import.rejected.len(), |ui, places| {
            for rejected in import.rejected.get(places).into_iter().flatten() {
                show_rejected(ui, rejected);
            }
        });
}

/// How high the fields, what is said below them and the buttons are, so that all else goes to the rows.
fn foot_height(ui: &Ui, width: f32, state: &State, draft: &Draft, keeping: bool) -> f32 {
    let joined = state.study.as_ref().is_some_and(|study| !study.benchmarks().is_empty());
    // Name, language, task, licence and the button.
    let fields = 5 + usize::from(joined) + usize::from(!like(state).is_empty());
    let said = |words: &str, size| {
        let ink = Ink::new(size, palette(ui).text_2);
        typeset::galley(ui, words, ink, width, usize::MAX).size().y + BETWEEN
    };
    let (_, licence) = licence(state, draft);
    let sharing = Sharing::of(&licence);
    let sharing = (sharing != Sharing::Free).then(|| said(sharing.words(), size::SMALL));
    let obstacle = draft.obstacle().filter(|_| !keeping);
    let obstacle = obstacle.map(|obstacle| said(obstacle, size::SECONDARY));
    let fields = fields as f32 * (space::CONTROL + BETWEEN);
    (fields + sharing.unwrap_or_default() + obstacle.unwrap_or_default() + 2.0 * EDGE - BETWEEN).ceil()
}

/// The benchmark's name, language and exam, and the buttons.
fn show_foot(ui: &mut Ui, state: &State, draft: &Draft, keeping: bool, commands: &mut Vec<Command>) {
    let import = &draft.look.preview.import;
    ui.spacing_mut().item_spacing.y = BETWEEN;
    if let Some(study) = state.study.as_ref().filter(|study| !study.benchmarks().is_empty()) {
        let there: Vec<&str> = study.benchmarks().iter().map(|benchmark| benchmark.name()).collect();
        let names = there.iter().map(|name| Entry::new(Words::name(name)));
        let entries: Vec<Entry<'_>> = std::iter::once(Entry::new("a benchmark of its own"))
            .chain(names)
            .collect();
        let joined = draft.pairing.with.as_deref();
        let selected = joined.and_then(|name| there.iter().position(|there| *there == name));
        let selected = Some(selected.map_or(0, |place| place + 1));
        show_like(ui, state, draft, commands);
        labelled(ui, "Keep as", |ui| {
            if let Some(place) = widgets::choice_across(ui, "Keep as", &entries, selected) {
                let name = place.checked_sub(1).and_then(|place| there.get(place));
                commands.push(BenchmarksCommand::Join(name.map(|name| (*name).to_owned())).into());
            }
        });
    }
    labelled(ui, "Name", |ui| {
        let mut name = draft.name.clone();
        let field = TextEdit::single_line(&mut name).name("Name in this workspace");
        let enabled = !keeping && draft.pairing.with.is_none();
        if field.enabled(enabled).show(ui).response.changed() {
            commands.push(Command::NameImport(name));
        }
    });
    labelled(ui, "Language", |ui| show_language(ui, draft, commands));
    labelled(ui, "Task", |ui| {
        let mut task = draft.task.clone();
        let response = TextEdit::single_line(&mut task)
            .name("Task")
            .placeholder("named by the rows")
            .enabled(!keeping)
            .show(ui)
            .response;
        if response.changed() {
            commands.push(BenchmarksCommand::TypeTask(task.clone()).into());
        }
        let task = Some(task.trim().to_owned()).filter(|task| !task.is_empty());
        if response.lost_focus() && task.is_some() && task != draft.said.task {
            let said = ImportOptions {
                task,
                ..draft.said.clone()
            };
            commands.push(BenchmarksCommand::Say(Box::new(said)).into());
        }
    });
    show_licence(ui, state, draft, keeping, commands);
    let obstacle = draft.obstacle().filter(|_| !keeping);
    if let Some(obstacle) = obstacle {
        typeset::line(ui, obstacle, Ink::new(size::SECONDARY, palette(ui).text_2));
    }
    let good = import.items.len() + import.examples.len();
    let words = match (keeping, draft.look.whole) {
        (true, _) => "Importing".to_owned(),
        (false, true) => format!("Import {}", counted(good, "item")),
        (false, false) => "Import all of it".to_owned(),
    };
    let width = ui.available_width() - CANCEL - space::GAP;
    let enabled = state.writable() && !keeping && obstacle.is_none();
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = space::GAP;
        let button = Button::new(Emphasis::Main).text(&words).width(width).enabled(enabled);
        button.show(ui, commands, Command::KeepImport);
        let cancel = Button::new(Emphasis::Quiet).width(CANCEL).enabled(!keeping);
        cancel.show(ui, commands, Command::DropImport);
    });
}

/// The benchmarks whose newest file tells how another could be read, and how that was.
fn like(state: &State) -> Vec<(&str, &ImportOptions)> {
    let benchmarks = state.study.iter().flat_map(|study| study.benchmarks());
    let newest = benchmarks.filter_map(|benchmark| {
        let options = &benchmark.imports().last()?.options;
        (!options.mappings.is_empty()).then(|| (benchmark.name(), options))
    });
    newest.collect()
}

/// Lets the file be read like one of them.
fn show_like(ui: &mut Ui, state: &State, draft: &Draft, commands: &mut Vec<Command>) {
    let there = like(state);
    if there.is_empty() {
        return;
    }
    let entries: Vec<Entry<'_>> = std::iter::once(Entry::new("as guessed and said"))
        .chain(there.iter().map(|(name, _)| Entry::new(Words::name(name))))
        .collect();
    let is_it = |(_, options): &(&str, &ImportOptions)| options.mappings == draft.said.mappings;
    let selected = Some(there.iter().position(is_it).map_or(0, |place| place + 1));
    labelled(ui, "Map like", |ui| {
        let Some(place) = widgets::choice_across(ui, "Map like", &entries, selected) else {
            return;
        };
        let open = ImportOptions {
            mappings: Vec::new(),
            fixed_options: Vec::new(),
            ..draft.said.clone()
        };
        let said = match place.checked_sub(1).and_then(|place| there.get(place)) {
            Some((_, then)) => open.or(then),
            None => open,
        };
        commands.push(BenchmarksCommand::Say(Box::new(said)).into());
    });
}

/// The licence of the benchmark that the items join, where it has one, and that of the items.
fn licence(state: &State, draft: &Draft) -> (Option<String>, String) {
    let joined = draft.pairing.with.as_deref();
    let mut benchmarks = state.study.iter().flat_map(|study| study.benchmarks());
    let joined = benchmarks.find(|benchmark| Some(benchmark.name()) == joined);
    let there = joined.and_then(|benchmark| benchmark.description.licence.clone());
    let licence = there.clone().unwrap_or_else(|| draft.licence.clone());
    (there, licence)
}

/// Under which licence the items are, and what that means for passing them on.
fn show_licence(ui: &mut Ui, state: &State, draft: &Draft, keeping: bool, commands: &mut Vec<Command>) {
    let (there, mut licence) = licence(state, draft);
    labelled(ui, "Licence", |ui| {
        let field = TextEdit::single_line(&mut licence).name("Licence");
        let field = field
            .placeholder("such as CC-BY-4.0")
            .enabled(!keeping && there.is_none());
        if field.show(ui).response.changed() {
            commands.push(BenchmarksCommand::TypeLicence(licence.clone()).into());
        }
    });
    let sharing = Sharing::of(&licence);
    if sharing != Sharing::Free {
        typeset::paragraph(ui, sharing.words(), Ink::new(size::SMALL, palette(ui).text_2));
    }
}

fn labelled(ui: &mut Ui, label: &str, field: impl FnOnce(&mut Ui)) {
    ui.horizontal(|ui| {
        let (name, _) = ui.allocate_exact_size(vec2(LABELS - 8.0, space::CONTROL), Sense::hover());
        let grey = Ink::new(size::SECONDARY, palette(ui).text_2);
        typeset::paint(ui, name, label, grey, Align2::LEFT_CENTER);
        field(ui);
    });
}

/// The language of rows that name none: as it was said or guessed, to be chosen from all there are.
fn show_language(ui: &mut Ui, draft: &Draft, commands: &mut Vec<Command>) {
    let languages: Vec<Language> = Language::all().collect();
    let entries: Vec<Entry<'_>> = std::iter::once(Entry::new("named by the rows"))
        .chain(languages.iter().map(Entry::language))
        .collect();
    let chosen = draft.look.guess.options.language.as_ref();
    let selected = chosen.and_then(|chosen| languages.iter().position(|language| language == chosen));
    let selected = Some(selected.map_or(0, |place| place + 1));
    if let Some(place) = widgets::choice_across(ui, "Language", &entries, selected) {
        let language = place.checked_sub(1).and_then(|place| languages.get(place)).cloned();
        let said = ImportOptions {
            language,
            ..draft.said.clone()
        };
        commands.push(BenchmarksCommand::Say(Box::new(said)).into());
    }
}

/// In how many items there are hidden characters, and what they do; `None` where there are none.
fn hidden(preview: &Preview) -> Option<String> {
    if preview.hidden == 0 && preview.misleading() == 0 {
        return None;
    }
    let there = format!("characters that are not seen in {}", counted(preview.hidden, "item"));
    Some(match preview.misleading() {
        0 => format!("{there}; they change no reading"),
        misleading => format!(
            "{there}; in {} they change how the text reads and are shown",
            count(misleading)
        ),
    })
}

fn show_rejected(ui: &mut Ui, rejected: &Rejected) {
    let colours = palette(ui);
    let (row, response) = ui.allocate_exact_size(vec2(ui.available_width(), LEFT_OUT), Sense::hover());
    let place = rejected.place.to_string();
    let place = rejected
        .id
        .as_ref()
        .map_or(place.clone(), |id| format!("{place}, {}", isolate(id)));
    let reason = widgets::quoted(&isolate::names(&widgets::capital(&error_chain(&rejected.reason))));
    spoken::tell(&response, None, || {
        WidgetInfo::labeled(Role::ListItem, true, format!("{place}: {reason}"))
    });
    ui.painter()
        .hline(row.x_range(), row.bottom() - 0.5, Stroke::new(1.0, colours.line));
    let inner = row.shrink2(vec2(14.0, 6.0));
    let ink = colours.outcome(Outcome::Failed).ink;
    icons::paint(
        ui.painter(),
        Icon::Warning,
        pos2(inner.left() + 6.0, inner.top() + 10.0),
        12.0,
        ink,
    );
    let words = Rect::from_min_max(inner.min + vec2(20.0, 0.0), inner.max);
    let ink = Ink::new(size::SECONDARY, colours.text);
    let why = typeset::galley(ui, &reason, ink, words.width(), 2);
    let lower = words
        .with_min_y(words.top() + why.size().y)
        .with_max_y(words.top() + why.size().y + 18.0);
    ui.painter().galley(words.min, why, ink.colour);
    typeset::paint(
        ui,
        lower,
        &place,
        Ink::new(size::SMALL, colours.text_3),
        Align2::LEFT_CENTER,
    );
    widgets::tooltip(response, &reason);
}
