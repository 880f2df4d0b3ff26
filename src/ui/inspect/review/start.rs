//! The top of the panel: the reviewer's name, the blind switch, the queue.

use egui::{Sense, Ui, vec2};

use super::parts::Form;
use crate::app::command::Command;
use crate::app::review::{Field, ReviewCommand};
use crate::app::theme::{radius, size, space};
use crate::text::isolate;
use crate::ui::inspect;
use crate::ui::text::TextEdit;
use crate::ui::typeset;
use crate::ui::widgets::{Button, Emphasis, palette};

/// Asks who reviews.
pub fn ask_name(ui: &mut Ui, form: &Form<'_>, commands: &mut Vec<Command>) {
    let review = &form.state.review;
    ui.add_space(14.0);
    let ink = form.ink(size::BODY, palette(ui).text).semibold();
    form.line(ui, (form.words.who(), ink), ("", ink), 22.0);
    form.hint(ui, form.words.who_note(), palette(ui).text_2);
    ui.add_space(6.0);
    let mut name = review.name.clone();
    let edited = TextEdit::single_line(&mut name)
        .name(form.words.name())
        .placeholder(form.words.name())
        .show(ui);
    if review.focus == Some(Field::Name) {
        edited.response.request_focus();
    }
    if edited.response.changed() {
        commands.push(ReviewCommand::TypeName(name).into());
    }
    if edited.submitted {
        commands.push(ReviewCommand::KeepName.into());
    }
    if let Some(problem) = review.name_problem {
        form.alert(ui, &form.words.name_problem(problem));
    }
    ui.add_space(8.0);
    Button::new(Emphasis::Main)
        .text(form.words.begin())
        .width(ui.available_width())
        .show(ui, commands, ReviewCommand::KeepName.into());
}

/// The blind switch, how far the queue is, and what starts or leaves one.
pub fn show(ui: &mut Ui, form: &Form<'_>, commands: &mut Vec<Command>) {
    let colours = palette(ui);
    let review = &form.state.review;
    ui.add_space(6.0);
    let (rect, _, column) = form.row(ui, space::CONTROL, Sense::hover());
    let switch = column.place(0.0, rect.width() * 0.6, rect.top(), rect.height());
    if form.switch(ui, switch, form.words.blind(), review.blind) {
        commands.push(ReviewCommand::ToggleBlind.into());
    }
    let queue = review.queue();
    if let (Some(queue), Some(reviewer)) = (queue, &review.reviewer) {
        let progress = queue.what.progress(&review.reviews, reviewer.id());
        let item = form.state.review_item();
        let place = queue
            .what
            .items
            .iter()
            .position(|queued| Some(&queued.item) == item.as_ref());
        let words = form
            .words
            .in_queue(place.map_or(progress.done, |place| place + 1), progress.items);
        let ink = form.ink(size::SECONDARY, colours.text_2);
        let end = column.place_from_end(0.0, rect.width() * 0.5, rect.top(), rect.height());
        typeset::paint(ui, end, form.say(&words), ink, column.end());
        let (bar, response, column) = form.row(ui, space::BAR, Sense::hover());
        crate::ui::spoken::tell(&response, Some(form.language), || {
            let mut info = egui::WidgetInfo::labeled(egui::Role::ProgressIndicator, true, &words);
            info.value = Some(progress.done as f64);
            info
        });
        ui.painter().rect_filled(bar, radius::CELL, colours.bar_track);
        let share = progress.done as f32 / progress.items.max(1) as f32;
        let done = column.place(0.0, bar.width() * share, bar.top(), bar.height());
        ui.painter().rect_filled(done, radius::CELL, colours.accent);
        if progress.done == progress.items {
            ui.add_space(4.0);
            form.hint(ui, form.words.queue_done(), colours.text);
        }
    }
    ui.add_space(2.0);
    show_links(ui, form, commands);
    if review.starting.is_some() {
        plan(ui, form, commands);
    }
    form.separator(ui);
}

fn show_links(ui: &mut Ui, form: &Form<'_>, commands: &mut Vec<Command>) {
    let review = &form.state.review;
    let (rect, _, column) = form.row(ui, 22.0, Sense::hover());
    let mut links: Vec<(&str, ReviewCommand)> = Vec::new();
    if review.queue.is_some() {
        // The list has its own way out.
        if !inspect::is_listed(ui, form.state) {
            links.push((form.words.leave_queue(), ReviewCommand::LeaveQueue));
        }
    } else {
        links.push((form.words.new_queue(), ReviewCommand::PlanQueue));
        if review.unfinished_queue().is_some() {
            links.push((form.words.continue_queue(), ReviewCommand::ContinueQueue));
        }
    }
    links.push((form.words.agreement(), ReviewCommand::ToggleAgreement));
    links.push((form.words.other_reviewer(), ReviewCommand::ChangeName));
    let mut start = 0.0;
    for (words, command) in links {
        let room = rect.width() - start;
        if room < 30.0 {
            break;
        }
        let place = column.place(start, room, rect.top(), rect.height());
        start += form.link(ui, place, words, commands, command).width() + 12.0;
    }
    if let Some(other) = review.others_queue().filter(|_| review.queue.is_none()) {
        let words = form.words.queue_of(&isolate::isolate(other.by));
        let (rect, _, _) = form.row(ui, 22.0, Sense::hover());
        form.link(ui, rect, &words, commands, ReviewCommand::TakeQueue);
    }
}

/// How many items the queue has.
fn plan(ui: &mut Ui, form: &Form<'_>, commands: &mut Vec<Command>) {
    let Some(starting) = &form.state.review.starting else {
        return;
    };
    form.label(ui, form.words.queue_size(), "", "");
    let mut size = starting.size.clone();
    let edited = TextEdit::single_line(&mut size).name(form.words.queue_size()).show(ui);
    if form.state.review.focus == Some(Field::Size) {
        edited.response.request_focus();
    }
    if edited.cancelled {
        commands.push(ReviewCommand::DropQueue.into());
    }
    if edited.response.changed() {
        commands.push(ReviewCommand::TypeSize(size).into());
    }
    if edited.submitted {
        commands.push(ReviewCommand::StartQueue.into());
    }
    ui.add_space(8.0);
    let valid = starting.size.trim().parse().is_ok_and(|size: usize| size > 0);
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), space::CONTROL), Sense::hover());
    let column = form.column(rect);
    let half = (rect.width() - 8.0) / 2.0;
    let buttons = [
        (
            0.0,
            Emphasis::Main,
            form.words.start(),
            ReviewCommand::StartQueue,
            valid,
        ),
        (
            half + 8.0,
            Emphasis::Plain,
            form.words.cancel(),
            ReviewCommand::DropQueue,
            true,
        ),
    ];
    for (start, emphasis, words, command, enabled) in buttons {
        let place = column.place(start, half, rect.top(), rect.height());
        crate::ui::widgets::within(ui, place, words, |ui| {
            let button = Button::new(emphasis).text(words).width(half).enabled(enabled);
            button.show(ui, commands, command.into());
        });
    }
}
