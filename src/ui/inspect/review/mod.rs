//! The Review panel at the right of Inspect: who reviews, the queue, and the step at hand.

pub mod agreed;
pub mod agreement;
mod flag;
mod judge;
mod parts;
mod phrases;
pub mod queue;
mod revealed;
mod rows;
mod settle;
mod start;

use std::time::Duration;

use egui::{Rect, ScrollArea, Sense, Stroke, Ui, pos2, vec2};

pub use rows::{flag, to_judge, told};

use self::parts::Form;
use super::super::widgets::{self, palette, within};
use crate::app::State;
use crate::app::command::Command;
use crate::app::review::{FormLanguage, ReviewCommand, Saving, Step, go_on, keys};
use crate::app::theme::{size, space};
use crate::ui::typeset::{self, Ink};

/// The height of what always stands at the foot: the main button and what came of saving.
const FOOT: f32 = 76.0;
const PADDING: f32 = 14.0;

/// Takes the panel's keys. They act on Inspect whether the panel is open or not.
pub fn take_keys(ui: &Ui, state: &State, commands: &mut Vec<Command>) {
    commands.extend(keys(ui.ctx(), state).into_iter().map(Command::from));
}

/// Shows the panel.
pub fn show(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    let colours = palette(ui);
    let all = ui.max_rect();
    ui.painter().rect_filled(all, 0, colours.panel);
    ui.painter()
        .vline(all.left() + 0.5, all.y_range(), Stroke::new(1.0, colours.line));
    let form = Form::new(state);
    let header = Rect::from_min_size(all.min, vec2(all.width(), space::HEADER));
    show_header(ui, header, &form, commands);
    let footed = state.review.reviewer.is_some() && has_foot(state);
    let foot = Rect::from_min_max(
        pos2(all.left(), all.bottom() - if footed { FOOT } else { 0.0 }),
        all.max,
    );
    let body = Rect::from_min_max(header.left_bottom(), foot.right_top());
    within(ui, body, "review body", |ui| {
        ScrollArea::vertical()
            .auto_shrink([false, false])
            .id_salt("review")
            .show(ui, |ui| {
                let inner = ui.available_rect_before_wrap().shrink2(vec2(PADDING, 0.0));
                let mut child = ui.new_child(egui::UiBuilder::new().max_rect(inner).id_salt("review content"));
                child.spacing_mut().item_spacing.y = 0.0;
                show_body(&mut child, &form, commands);
                let used = child.min_rect().height() + 12.0;
                ui.allocate_space(vec2(inner.width(), used));
            });
    });
    if footed {
        within(ui, foot, "review foot", |ui| show_foot(ui, &form, commands));
    }
}

fn show_header(ui: &mut Ui, rect: Rect, form: &Form<'_>, commands: &mut Vec<Command>) {
    let colours = palette(ui);
    ui.painter()
        .hline(rect.x_range(), rect.bottom() - 0.5, Stroke::new(1.0, colours.line));
    let inner = rect.shrink2(vec2(PADDING, 8.0));
    let column = form.column(inner);
    // The switch stands at the end, the title at the start.
    let switch = column.place_from_end(0.0, 116.0, inner.top(), inner.height());
    within(ui, switch, "form language", |ui| {
        let segments = FormLanguage::ALL.map(|form| parts::Segment::new(form.language().native_name()));
        let on = |place: usize| FormLanguage::ALL.get(place) == Some(&form.state.review.form);
        if let Some(place) = form.segments(ui, "Language of the form", &segments, on)
            && let Some(chosen) = FormLanguage::ALL.get(place)
        {
            commands.push(ReviewCommand::UseForm(*chosen).into());
        }
    });
    let title = column.place(0.0, inner.width() - 124.0, inner.top(), inner.height());
    let ink = form.ink(size::BODY, colours.text).semibold();
    let words = match (&form.state.review.settling, &form.state.review.flag) {
        (Some(_), _) => form.words.settle(),
        (None, Some(_)) => form.words.flag_item(),
        (None, None) => form.words.review(),
    };
    let drawn = typeset::paint(ui, title, form.say(words), ink, column.start());
    let heading = ui.interact(drawn, widgets::id("review", "title"), Sense::hover());
    crate::ui::spoken::tell(&heading, Some(form.language), || {
        egui::WidgetInfo::labeled(egui::Role::Heading, true, words)
    });
    if let Some(reviewer) = &form.state.review.reviewer {
        let start = drawn.width() + 8.0;
        let place = column.place(start, (title.width() - start).max(0.0), inner.top(), inner.height());
        let ink = Ink::new(size::SECONDARY, colours.text_2);
        typeset::paint(ui, place, reviewer.name(), ink, column.start());
    }
}

fn show_body(ui: &mut Ui, form: &Form<'_>, commands: &mut Vec<Command>) {
    let review = &form.state.review;
    if review.reviewer.is_none() {
        return start::ask_name(ui, form, commands);
    }
    if review.settling.is_some() {
        return settle::show(ui, form, commands);
    }
    if review.flag.is_some() {
        return flag::show(ui, form, commands);
    }
    start::show(ui, form, commands);
    if review.starting.is_some() {
        return;
    }
    match form.state.review_step() {
        Step::Nothing => {
            ui.add_space(12.0);
            form.hint(ui, form.words.nothing_to_judge(), palette(ui).text_2);
        }
        Step::Own => judge::own(ui, form, commands),
        Step::Judge => judge::show(ui, form, commands),
        Step::Revealed => revealed::show(ui, form, commands),
    }
}

fn has_foot(state: &State) -> bool {
    let review = &state.review;
    if review.settling.is_some() {
        return state.review_target().is_some();
    }
    review.flag.is_some() || (review.starting.is_none() && state.review_step() != Step::Nothing)
}

/// The main button and what came of saving.
fn show_foot(ui: &mut Ui, form: &Form<'_>, commands: &mut Vec<Command>) {
    let colours = palette(ui);
    let all = ui.max_rect();
    ui.painter()
        .hline(all.x_range(), all.top() + 0.5, Stroke::new(1.0, colours.line));
    let inner = all.shrink2(vec2(PADDING, 8.0));
    within(ui, inner, "foot", |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        let command = go_on(form.state);
        let words = main_words(form, &command);
        let enabled = form.state.review.saving != Saving::UnderWay;
        form.main_button(ui, &words, enabled, commands, command);
        ui.add_space(4.0);
        show_saving(ui, form);
    });
}

fn main_words(form: &Form<'_>, command: &ReviewCommand) -> String {
    let (state, words) = (form.state, form.words);
    match command {
        ReviewCommand::GiveOwn => words.give().to_owned(),
        ReviewCommand::SaveFlag => words.save_flag().to_owned(),
        ReviewCommand::Next => words.next().to_owned(),
        ReviewCommand::ToggleAgreement => words.agreement().to_owned(),
        _ if state.review.settling.is_some() => words.settle_save().to_owned(),
        _ => {
            let answers = state.review_answers();
            let target = state.review.target;
            let open = |place: usize| answers.get(place).is_some_and(|answer| !state.review.is_judged(answer));
            let next = (0..answers.len()).find(|&place| place != target && open(place));
            match next {
                Some(next) if open(target) => words.save_and_go_to(next + 1),
                _ if !open(target) => words.save_changes().to_owned(),
                None if state.review.blind => words.save_and_show().to_owned(),
                _ => words.save().to_owned(),
            }
        }
    }
}

fn show_saving(ui: &mut Ui, form: &Form<'_>) {
    let colours = palette(ui);
    match &form.state.review.saving {
        Saving::Nothing => {}
        Saving::UnderWay => form.hint(ui, form.words.saving(), colours.text_2),
        Saving::Saved { file, at } => {
            let words = form.words.saved(file, at.elapsed());
            let ink = form.ink(size::SMALL, colours.text_2);
            form.line(ui, (&words, ink), ("", ink), 18.0);
            // The words count on.
            ui.ctx().request_repaint_after(Duration::from_secs(1));
        }
        Saving::Lacks(lack) => {
            form.alert(ui, form.words.of_lack(*lack));
        }
        Saving::Failed(problem) => {
            let ink = form.ink(size::SMALL, colours.outcome(crate::scoring::Outcome::Failed).ink);
            let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 18.0), Sense::hover());
            crate::ui::spoken::tell(&response, None, || {
                egui::WidgetInfo::labeled(egui::Role::Alert, true, problem.as_str())
            });
            typeset::paint(ui, rect, problem.as_str(), ink, form.column(rect).start());
            widgets::tooltip(response, problem);
        }
    }
}
