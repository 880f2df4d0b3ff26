//! Downloads: what is under way, the hub's token, and what the cache holds.

use egui::{Align, Align2, Layout, Margin, Rect, Role, ScrollArea, Sense, Stroke, Ui, Vec2, WidgetInfo, pos2, vec2};

use crate::app::State;
use crate::app::command::Command;
use crate::app::models::{Downloads, DownloadsCommand, Token, bytes, key};
use crate::app::theme::{size, space};
use crate::models::download::{Entry, EntryState, Order};
use crate::models::hub::{Cached, FileName, Kind};
use crate::network::Kept;
use crate::quantities::duration;
use crate::scoring::Outcome;
use crate::text::isolate::{self, isolate};
use crate::ui::spoken;
use crate::ui::text::TextEdit;
use crate::ui::typeset::{self, Ink, Words};
use crate::ui::widgets::{self, Button, Emphasis, card, palette, within};

/// How high the card of the token is at the side, where its words take three lines.
const ACCOUNT: f32 = 152.0;
/// How high it is across the page, where they take one.
const ACCOUNT_ACROSS: f32 = 124.0;
/// The least width and height of the cards where they stand one above the other.
const LEAST: Vec2 = vec2(420.0, 760.0);
/// The width of a download's buttons: the same for all, so that they stand in columns.
const ACTION: f32 = 104.0;
/// The width of a row from which its buttons stand beside its words.
const BESIDE: f32 = 620.0;

/// Shows the section.
pub fn show(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    let wide = ui.ctx().content_rect().width() >= space::NARROW;
    let least = if wide { Vec2::ZERO } else { LEAST };
    widgets::at_least(ui, least, |ui| {
        let all = ui.max_rect();
        let gutter = vec2(space::GUTTER, space::GUTTER);
        let body = Rect::from_min_max(all.min + vec2(space::GUTTER, space::GAP), all.max - gutter);
        let side = if wide {
            Rect::from_min_max(
                pos2(
                    body.right() - space::side_panel(ui.ctx().content_rect().width()),
                    body.top(),
                ),
                body.max,
            )
        } else {
            Rect::from_min_max(pos2(body.left(), body.center().y), body.max)
        };
        let queue = if wide {
            Rect::from_min_max(body.min, pos2(side.left() - space::GUTTER, body.bottom()))
        } else {
            Rect::from_min_max(body.min, pos2(body.right(), side.top() - space::GUTTER))
        };
        let height = if wide { ACCOUNT } else { ACCOUNT_ACROSS };
        let account = Rect::from_min_size(side.min, vec2(side.width(), height));
        let cache = Rect::from_min_max(pos2(side.left(), account.bottom() + space::GUTTER), side.max);
        show_queue(ui, queue, &state.models.hub, commands);
        show_account(ui, account, &state.models.hub, commands);
        show_cache(ui, cache, &state.models.hub, commands);
    });
}

fn show_queue(ui: &mut Ui, rect: Rect, downloads: &Downloads, commands: &mut Vec<Command>) {
    let known = &downloads.known;
    let note = match (known.offline, known.free) {
        (true, _) => "Offline: HF_HUB_OFFLINE is set".to_owned(),
        (false, Some(free)) => format!("{} free on the disk", bytes(free)),
        (false, None) => String::new(),
    };
    card(
        ui,
        rect,
        "Downloads",
        &note,
        |_| {},
        |ui| {
            let colours = palette(ui);
            let frame = egui::Frame::new().inner_margin(Margin::symmetric(14, 10));
            frame.show(ui, |ui| show_address(ui, downloads, commands));
            if let Some(problem) = &known.problem {
                let title = "Downloads are not possible until this is mended.";
                let frame = egui::Frame::new().inner_margin(Margin::symmetric(14, 2));
                frame.show(ui, |ui| {
                    widgets::message(ui, colours.outcome(Outcome::Failed), title, problem, |_| {});
                });
                return;
            }
            if known.forgotten {
                let words = "Another Polyclinic is open and keeps the list of downloads. What you add here is \
                             fetched, and forgotten when this window closes.";
                let frame = egui::Frame::new().inner_margin(Margin::symmetric(14, 2));
                let ink = Ink::new(size::SECONDARY, colours.text_2);
                frame.show(ui, |ui| typeset::paragraph(ui, words, ink));
            }
            if known.entries.is_empty() {
                let detail = "Name a model above, or paste the address of its page.";
                return widgets::empty(ui, "Nothing is being downloaded.", detail, |_| {});
            }
            ui.spacing_mut().item_spacing.y = 0.0;
            let line = Stroke::new(1.0, colours.line);
            ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
                for (place, entry) in known.entries.iter().enumerate() {
                    let frame = egui::Frame::new().inner_margin(Margin::symmetric(14, 10));
                    let row = frame.show(ui, |ui| show_entry(ui, entry, place > 0, commands));
                    let row = row.response.rect;
                    ui.painter().hline(row.x_range(), row.bottom() - 0.5, line);
                }
            });
        },
    );
}

fn show_address(ui: &mut Ui, downloads: &Downloads, commands: &mut Vec<Command>) {
    let mut text = downloads.address.clone();
    let (line, _) = ui.allocate_exact_size(vec2(ui.available_width(), space::CONTROL), Sense::hover());
    let button = Rect::from_min_max(pos2(line.right() - 76.0, line.top()), line.max);
    let field = Rect::from_min_max(line.min, pos2(button.left() - 8.0, line.bottom()));
    let enabled = !downloads.known.offline && downloads.known.endpoint.is_some();
    let edited = within(ui, field, "address", |ui| {
        TextEdit::single_line(&mut text)
            .name("Model on the hub")
            .placeholder("organisation/name, or an address of huggingface.co")
            .enabled(enabled)
            .show(ui)
    });
    if edited.response.changed() {
        commands.push(DownloadsCommand::TypeAddress(text.clone()).into());
    }
    if edited.submitted && !text.is_empty() {
        commands.push(DownloadsCommand::GetTyped.into());
    }
    within(ui, button, "get", |ui| {
        Button::new(Emphasis::Main)
            .width(76.0)
            .name("Get the named model")
            .enabled(enabled && !text.is_empty())
            .show(ui, commands, DownloadsCommand::GetTyped.into());
    });
    if let Some(problem) = &downloads.address_problem {
        let pair = palette(ui).outcome(Outcome::Failed);
        ui.add_space(6.0);
        widgets::message(ui, pair, "This names no model.", problem, |_| {});
    }
}

/// What an order is called: its file, else its repository.
fn title(order: &Order) -> &str {
    order.file.as_ref().map_or(order.repository.name(), FileName::last)
}

fn show_entry(ui: &mut Ui, entry: &Entry, can_rise: bool, commands: &mut Vec<Command>) {
    let colours = palette(ui);
    ui.set_width(ui.available_width());
    ui.spacing_mut().item_spacing.y = 6.0;
    let title = title(&entry.order);
    let status = status(entry);
    let actions = actions(entry, can_rise);
    let gaps = actions.len().saturating_sub(1) as f32 * space::GAP;
    let buttons = vec2(actions.len() as f32 * ACTION + gaps, space::SMALL_CONTROL);
    let (head, response) = ui.allocate_exact_size(vec2(ui.available_width(), 36.0), Sense::hover());
    spoken::tell(&response, None, || {
        WidgetInfo::labeled(Role::Label, true, format!("{title}: {status}"))
    });
    let beside = head.width() >= BESIDE;
    let words = match beside {
        true => head.with_max_x(head.right() - buttons.x - space::GUTTER),
        false => head,
    };
    let (upper, lower) = words.split_top_bottom_at_fraction(0.54);
    let left = Align2::LEFT_CENTER;
    typeset::paint(
        ui,
        upper,
        Words::name(title),
        Ink::new(size::BODY, colours.text).semibold(),
        left,
    );
    typeset::paint(ui, lower, &status, Ink::new(size::SECONDARY, colours.text_2), left);
    if beside {
        let place = Rect::from_min_size(
            pos2(head.right() - buttons.x, head.center().y - buttons.y / 2.0),
            buttons,
        );
        show_actions(ui, place, entry, &actions, commands);
    }
    let share = entry.done as f32 / entry.total.max(1) as f32;
    if matches!(entry.state, EntryState::Running | EntryState::Paused) && entry.total > 0 {
        let colour = match entry.state {
            EntryState::Running => colours.accent,
            _ => colours.bar_other,
        };
        widgets::progress(ui, share, colour, &format!("Progress of {title}"));
    }
    if let EntryState::Failed { reason, .. } = &entry.state {
        let pair = colours.outcome(Outcome::Failed);
        widgets::message(
            ui,
            pair,
            "The download failed; what came so far is kept.",
            reason,
            |_| {},
        );
    }
    if !beside {
        let (place, _) = ui.allocate_exact_size(buttons, Sense::hover());
        show_actions(ui, place, entry, &actions, commands);
    }
}

fn show_actions(ui: &mut Ui, rect: Rect, entry: &Entry, actions: &[DownloadsCommand], commands: &mut Vec<Command>) {
    let title = title(&entry.order);
    within(ui, rect, ("actions", entry.id), |ui| {
        // As high as the buttons are, not as the toolkit's own.
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = space::GAP;
            for command in actions {
                Button::new(Emphasis::Plain)
                    .small()
                    .width(ACTION)
                    .name(format!("{} {}", command.text(), isolate(title)))
                    .show(ui, commands, command.clone().into());
            }
        });
    });
}

/// What can be done with a download.
fn actions(entry: &Entry, can_rise: bool) -> Vec<DownloadsCommand> {
    let id = entry.id;
    let mut actions = match &entry.state {
        EntryState::Waiting | EntryState::Running => vec![DownloadsCommand::Pause(id)],
        EntryState::Paused => vec![DownloadsCommand::Resume(id)],
        EntryState::Failed { terms, .. } => {
            let page = terms.clone().map(DownloadsCommand::OpenPage);
            page.into_iter().chain([DownloadsCommand::Retry(id)]).collect()
        }
        EntryState::Done { .. } => return vec![DownloadsCommand::Dismiss(id)],
    };
    if can_rise && entry.state == EntryState::Waiting {
        actions.push(DownloadsCommand::Raise(id));
    }
    actions.push(DownloadsCommand::Cancel(id));
    actions
}

/// Where a download stands, in one line.
pub(super) fn status(entry: &Entry) -> String {
    let so_far = format!("{} of {}", bytes(entry.done), bytes(entry.total));
    let repository = &entry.order.repository;
    match &entry.state {
        EntryState::Waiting => format!("Waiting for its turn, {repository}"),
        EntryState::Paused if entry.total > 0 => format!("Paused at {so_far}"),
        EntryState::Paused => format!("Paused, {repository}"),
        EntryState::Failed { .. } => format!("Failed, {repository}"),
        EntryState::Done { .. } => "On this machine".to_owned(),
        EntryState::Running => {
            let speed = entry.speed.map(|speed| format!(", {}/s", bytes(speed as u64)));
            let left = entry
                .time_left
                .map(|left| format!(", {} left", duration(left.as_secs_f64())));
            match (&entry.note, entry.total) {
                (Some(note), _) => note.clone(),
                (None, 0) => format!("Asking the hub about {repository}"),
                (None, _) => format!("{so_far}{}{}", speed.unwrap_or_default(), left.unwrap_or_default()),
            }
        }
    }
}

fn show_account(ui: &mut Ui, rect: Rect, downloads: &Downloads, commands: &mut Vec<Command>) {
    let mut forgotten = Vec::new();
    let tools = |ui: &mut Ui| {
        if matches!(downloads.known.token, Token::Typed(_) | Token::Found { typed: true }) {
            Button::new(Emphasis::Plain)
                .small()
                .show(ui, &mut forgotten, DownloadsCommand::ForgetToken.into());
        }
    };
    card(ui, rect, "Token for the hub", "", tools, |ui| {
        let frame = egui::Frame::new().inner_margin(Margin::symmetric(14, 10));
        frame.show(ui, |ui| {
            ui.set_width(ui.available_width());
            let ink = Ink::new(size::SECONDARY, palette(ui).text_2);
            typeset::paragraph(ui, &token_words(&downloads.known.token), ink);
            ui.add_space(8.0);
            let (line, _) = ui.allocate_exact_size(vec2(ui.available_width(), space::CONTROL), Sense::hover());
            let button = Rect::from_min_max(pos2(line.right() - 64.0, line.top()), line.max);
            let field = Rect::from_min_max(line.min, pos2(button.left() - 8.0, line.bottom()));
            let mut typed = downloads.token.clone();
            let edited = within(ui, field, "token", |ui| {
                widgets::secret(ui, "Token", "hf_…", &mut typed)
            });
            if edited.response.changed() {
                commands.push(DownloadsCommand::TypeToken(typed.clone()).into());
            }
            if edited.submitted {
                commands.push(DownloadsCommand::KeepToken.into());
            }
            within(ui, button, "keep", |ui| {
                Button::new(Emphasis::Plain)
                    .width(64.0)
                    .name("Keep the token")
                    .enabled(typed.is_some())
                    .show(ui, commands, DownloadsCommand::KeepToken.into());
            });
            if let Some(problem) = edited.refused {
                typeset::paragraph(ui, &format!("{problem}."), ink);
            }
        });
    });
    commands.append(&mut forgotten);
}

fn token_words(token: &Token) -> String {
    match token {
        Token::Missing => {
            "Gated and private models need a token of an account at the hub. It is sent to the hub's own \
                           host and nowhere else."
                .to_owned()
        }
        Token::Found { typed: true } => {
            "The token of the environment (HF_TOKEN or `hf auth login`) is used; the one typed here is not.".to_owned()
        }
        Token::Found { typed: false } => {
            "The token of the environment (HF_TOKEN or `hf auth login`) is used.".to_owned()
        }
        Token::Typed(Kept::InKeyring) => "The token is kept in the system's keyring.".to_owned(),
        Token::Typed(Kept::InMemory { reason }) => {
            format!("The token is kept until the window closes, because {reason}.")
        }
    }
}

fn show_cache(ui: &mut Ui, rect: Rect, downloads: &Downloads, commands: &mut Vec<Command>) {
    let known = &downloads.known;
    let total: u64 = known.cached.iter().map(|cached| cached.bytes).sum();
    let note = if total > 0 { bytes(total) } else { String::new() };
    card(
        ui,
        rect,
        "In the shared cache",
        &note,
        |_| {},
        |ui| {
            if known.cached.is_empty() {
                let detail = match known.cache.as_os_str().is_empty() {
                    true => String::new(),
                    false => format!(
                        "Models and data sets fetched by any program lie in {}.",
                        isolate::path(&known.cache)
                    ),
                };
                return widgets::empty(ui, "The cache is empty.", &detail, |_| {});
            }
            ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
                for cached in &known.cached {
                    let frame = egui::Frame::new().inner_margin(Margin::symmetric(14, 6));
                    frame.show(ui, |ui| show_cached(ui, cached, downloads, commands));
                }
            });
        },
    );
}

fn show_cached(ui: &mut Ui, cached: &Cached, downloads: &Downloads, commands: &mut Vec<Command>) {
    let colours = palette(ui);
    ui.set_width(ui.available_width());
    // The repository stands below; only where it is all there is does the accessible name need it.
    let (shown, name) = match cached.kind {
        Kind::Gguf | Kind::Safetensors => (cached.short_name(), cached.short_name().to_owned()),
        Kind::Dataset => (
            cached.repository.name(),
            format!("Data set {}", cached.repository.plain()),
        ),
        Kind::Other => ("Other files", format!("Other files of {}", cached.repository)),
        Kind::Unfinished => (
            "Unfinished downloads",
            format!("Unfinished downloads of {}", cached.repository),
        ),
    };
    let asked = downloads.asked.as_ref() == Some(&key(cached));
    let (line, response) = ui.allocate_exact_size(vec2(ui.available_width(), 36.0), Sense::hover());
    let size_words = bytes(cached.bytes);
    spoken::tell(&response, None, || {
        WidgetInfo::labeled(Role::Label, true, format!("{name}: {size_words}"))
    });
    let button = Rect::from_min_max(
        pos2(line.right() - 72.0, line.center().y - 12.0),
        pos2(line.right(), line.center().y + 12.0),
    );
    let words = Rect::from_min_max(line.min, pos2(button.left() - 8.0, line.bottom()));
    let (upper, lower) = words.split_top_bottom_at_fraction(0.54);
    let left = Align2::LEFT_CENTER;
    typeset::paint(ui, upper, Words::name(shown), Ink::new(size::BODY, colours.text), left);
    let below = match cached.kind {
        Kind::Dataset => format!("{size_words}, data set of {}", cached.repository.owner()),
        _ => format!("{size_words}, {}", cached.repository),
    };
    typeset::paint(ui, lower, &below, Ink::new(size::SMALL, colours.text_3), left);
    if !asked {
        return within(ui, button, ("remove", key(cached)), |ui| {
            Button::new(Emphasis::Plain)
                .small()
                .width(72.0)
                .name(format!("Remove {}", isolate(&name)))
                .show(ui, commands, DownloadsCommand::AskRemoval(key(cached)).into());
        });
    }
    let stays = match cached.kind {
        Kind::Dataset => " Benchmarks that were made of it stay in their workspaces.",
        _ => "",
    };
    let detail = format!("{size_words} are freed. Other programs that use this cache lose it too.{stays}");
    widgets::message(ui, colours.warning(), "Remove it from the disk?", &detail, |ui| {
        ui.add_space(4.0);
        ui.horizontal(|ui| {
            for (emphasis, command) in [
                (Emphasis::Plain, DownloadsCommand::RemoveCached(key(cached))),
                (Emphasis::Quiet, DownloadsCommand::KeepCached),
            ] {
                Button::new(emphasis).small().show(ui, commands, command.into());
            }
        });
    });
}
