//! What the catalogue is narrowed to: chips to take away, and a menu of everything there is.

use egui::{Rect, Sense, Stroke, Ui, vec2};

use crate::app::command::Command;
use crate::app::matrix;
use crate::app::models::ModelsCommand;
use crate::app::theme::space;
use crate::language::Language;
use crate::models::catalogue::{Catalogue, Filter, Purpose, Size};
use crate::ui::widgets::menu::{self, Entry};
use crate::ui::widgets::{self, palette, within};

const RUNS: &str = "Runs here";
const FITS: &str = "Fits this machine";
const UNGATED: &str = "No terms to accept";

/// What something is narrowed to, and how to take that away.
type Chip<'a> = (Option<&'a str>, fn(&mut Filter));

/// Shows the band of chips.
pub fn show(ui: &mut Ui, filter: &Filter, commands: &mut Vec<Command>) {
    let whole = ui.available_rect_before_wrap();
    let inner = Rect::from_min_size(whole.min + vec2(12.0, 6.0), vec2(whole.width() - 24.0, f32::INFINITY));
    let used = within(ui, inner, "filters", |ui| {
        ui.spacing_mut().item_spacing = vec2(6.0, 6.0);
        ui.spacing_mut().interact_size.y = 22.0;
        ui.horizontal_wrapped(|ui| show_chips(ui, filter, commands));
        ui.min_rect().bottom()
    });
    let band = Rect::from_min_max(whole.min, egui::pos2(whole.right(), used + 6.0));
    ui.allocate_rect(band, Sense::hover());
    let line = Stroke::new(1.0, palette(ui).line);
    ui.painter().hline(band.x_range(), band.bottom() - 0.5, line);
}

fn narrow(filter: Filter) -> Command {
    ModelsCommand::Narrow(filter).into()
}

fn show_chips(ui: &mut Ui, filter: &Filter, commands: &mut Vec<Command>) {
    for (on, name, toggled) in [
        (
            filter.fits,
            FITS,
            Filter {
                fits: !filter.fits,
                ..filter.clone()
            },
        ),
        (
            filter.runs,
            RUNS,
            Filter {
                runs: !filter.runs,
                ..filter.clone()
            },
        ),
        (
            filter.ungated,
            UNGATED,
            Filter {
                ungated: !filter.ungated,
                ..filter.clone()
            },
        ),
    ] {
        if widgets::toggle_chip(ui, name, on, name).clicked() {
            commands.push(narrow(toggled));
        }
    }
    let language = filter.language.as_ref().map(Language::english_name);
    let size = filter.size.map(Size::words);
    let purpose = filter.purpose.map(Purpose::word);
    let chips: [Chip<'_>; 5] = [
        (language, |filter| filter.language = None),
        (size, |filter| filter.size = None),
        (purpose, |filter| filter.purpose = None),
        (filter.licence.as_deref(), |filter| filter.licence = None),
        (filter.family.as_deref(), |filter| filter.family = None),
    ];
    for (words, remove) in chips {
        let Some(words) = words else { continue };
        if widgets::filter_chip(ui, words.into()).clicked() {
            let mut fewer = filter.clone();
            remove(&mut fewer);
            commands.push(narrow(fewer));
        }
    }
    let add = widgets::add_chip(ui, "Filter", "Add filter");
    menu::tell(&add);
    if add.clicked() || menu::is_open(&add) {
        show_menu(&add, filter, commands);
    }
}

/// Everything there is to narrow to, in one menu.
fn show_menu(button: &egui::Response, filter: &Filter, commands: &mut Vec<Command>) {
    let entries = Catalogue::included().entries();
    let mut languages: Vec<&Language> = entries.iter().flat_map(|entry| &entry.languages).collect();
    languages.sort_by_key(|language| matrix::order(language));
    languages.dedup();
    let mut licences: Vec<&str> = entries.iter().filter_map(|entry| entry.licence.as_deref()).collect();
    licences.sort_unstable();
    licences.dedup();
    let mut families: Vec<&str> = entries.iter().map(|entry| entry.family.as_str()).collect();
    families.dedup();
    let mut rows: Vec<(Entry<'_>, Filter)> = Vec::new();
    rows.extend(Purpose::ALL.map(|purpose| {
        let narrowed = Filter {
            purpose: Some(purpose),
            ..filter.clone()
        };
        (Entry::new(purpose.word()).group("Made for"), narrowed)
    }));
    rows.extend(Size::ALL.map(|size| {
        let narrowed = Filter {
            size: Some(size),
            ..filter.clone()
        };
        (Entry::new(size.words()).group("Weights"), narrowed)
    }));
    rows.extend(languages.into_iter().map(|language| {
        let narrowed = Filter {
            language: Some(language.clone()),
            ..filter.clone()
        };
        (Entry::language(language).group("Language"), narrowed)
    }));
    rows.extend(licences.into_iter().map(|licence| {
        let narrowed = Filter {
            licence: Some(licence.to_owned()),
            ..filter.clone()
        };
        (Entry::new(licence).group("Licence"), narrowed)
    }));
    rows.extend(families.into_iter().map(|family| {
        let narrowed = Filter {
            family: Some(family.to_owned()),
            ..filter.clone()
        };
        (Entry::new(family).group("Family"), narrowed)
    }));
    let (entries, filters): (Vec<_>, Vec<_>) = rows.into_iter().unzip();
    let chosen = menu::show(button, "Filter", &entries, None, space::SIDE_PANEL * 0.7);
    commands.extend(chosen.and_then(|place| filters.into_iter().nth(place)).map(narrow));
}
