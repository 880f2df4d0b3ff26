//! The third step: whose answers they were, what was said of them, and how far another reviewer agrees.

use egui::{Rect, Role, Sense, Stroke, Ui, WidgetInfo};

use super::judge::{self, mark_of};
use super::parts::{Form, Progress};
use crate::app::command::Command;
use crate::app::review::ReviewCommand;
use crate::app::theme::size;
use crate::reviews::{Opinion, Severity, TopicAgreement, Verdict};
use crate::scoring::Outcome;
use crate::stats::Interval;
use crate::text::isolate;
use crate::ui::icons;
use crate::ui::spoken;
use crate::ui::typeset::{self, Ink, Words};
use crate::ui::widgets::palette;

/// Shows the step.
pub fn show(ui: &mut Ui, form: &Form<'_>, commands: &mut Vec<Command>) {
    judge::own_given(ui, form);
    form.step(ui, 2, Progress::Done, form.words.all_judged(), "");
    form.step(ui, 3, Progress::Done, form.words.revealed(), "");
    form.separator(ui);
    judgements(ui, form);
    agreement(ui, form);
    form.separator(ui);
    // What was said can be changed.
    ui.add_space(8.0);
    judge::answers(ui, form, commands);
    judge::opinion(ui, form, &form.state.review_draft(), commands);
    ui.add_space(6.0);
    let (rect, _, _) = form.row(ui, 22.0, Sense::hover());
    form.link(ui, rect, form.words.take_back(), commands, ReviewCommand::TakeBack);
}

fn judgements(ui: &mut Ui, form: &Form<'_>) {
    let colours = palette(ui);
    let state = form.state;
    let ink = form.ink(size::BODY, colours.text).semibold();
    ui.add_space(6.0);
    form.line(ui, (form.words.judgements(), ink), ("", ink), 24.0);
    let Some(reviewer) = &state.review.reviewer else { return };
    for answer in state.review_answers() {
        if let Some(judged) = state.review.reviews.judgement(&answer, reviewer.id()) {
            said(ui, form, &answer.given.model, &judged.what.opinion);
        }
    }
}

/// An opinion under a name: the verdict with its mark, then what went wrong and how much it weighs.
pub fn said(ui: &mut Ui, form: &Form<'_>, name: &str, opinion: &Opinion) {
    let colours = palette(ui);
    let words = form.words;
    let line = Stroke::new(1.0, colours.line);
    let (rect, response, column) = form.row(ui, 26.0, Sense::hover());
    ui.painter().hline(rect.x_range(), rect.top() + 0.5, line);
    let verdict = words.of_verdict(opinion.verdict);
    spoken::tell(&response, Some(form.language), || {
        WidgetInfo::labeled(Role::Label, true, format!("{name}: {verdict}"))
    });
    let ink = form.ink(size::BODY, colour_of(ui, opinion.verdict));
    let drawn = typeset::paint(ui, rect, form.say(verdict), ink, column.end());
    let mut taken = drawn.width() + 8.0;
    if let Some(mark) = mark_of(opinion.verdict) {
        let place = column.place_from_end(taken - 2.0, 12.0, rect.top(), rect.height());
        icons::paint(ui.painter(), mark, place.center(), 12.0, ink.colour);
        taken += 18.0;
    }
    let place = column.place(0.0, (rect.width() - taken).max(0.0), rect.top(), rect.height());
    let ink = Ink::new(size::BODY, colours.text).semibold();
    typeset::paint(ui, place, Words::name(name), ink, column.start());
    let taxonomy = form.state.review.taxonomy();
    let mut parts: Vec<String> = opinion
        .errors
        .iter()
        .map(|id| {
            taxonomy
                .error(id)
                .map_or(id.as_str(), |error| error.words(form.language))
                .to_owned()
        })
        .collect();
    if opinion.severity != Severity::None {
        parts.push(format!("{}: {}", words.severity(), words.of_severity(opinion.severity)));
    }
    if !parts.is_empty() {
        form.hint(ui, &form.words.list(parts.iter().map(String::as_str)), colours.text_2);
    }
    if !opinion.note.is_empty() {
        let width = ui.available_width();
        let ink = Ink::new(size::SECONDARY, colours.text_2);
        let galley = typeset::galley(ui, opinion.note.as_str(), ink, width, usize::MAX);
        let (rect, response) = ui.allocate_exact_size(egui::vec2(width, galley.size().y + 4.0), Sense::hover());
        spoken::tell(&response, None, || {
            WidgetInfo::labeled(Role::Label, true, &opinion.note)
        });
        let align = form.column(rect).start();
        let place: Rect = align.align_size_within_rect(galley.size(), rect);
        ui.painter().galley(place.min, galley, ink.colour);
    }
}

/// The colour of a verdict's words.
fn colour_of(ui: &Ui, verdict: Verdict) -> egui::Color32 {
    let colours = palette(ui);
    match verdict {
        Verdict::Right => colours.outcome(Outcome::Right).ink,
        Verdict::Wrong => colours.outcome(Outcome::Wrong).ink,
        Verdict::Partly => colours.warning().ink,
        Verdict::CannotJudge => colours.text_2,
    }
}

/// How far others agree with the reviewer on verdicts.
fn agreement(ui: &mut Ui, form: &Form<'_>) {
    let review = &form.state.review;
    let Some(own) = &review.reviewer else { return };
    for pair in &review.agreed.pairs {
        let other = match (pair.first.id() == own.id(), pair.second.id() == own.id()) {
            (true, _) => &pair.second,
            (_, true) => &pair.first,
            _ => continue,
        };
        let Some(verdict) = pair.verdict() else { continue };
        form.separator(ui);
        ui.add_space(6.0);
        let ink = form.ink(size::BODY, palette(ui).text).semibold();
        let name = isolate::isolate(other.name()).to_string();
        form.line(ui, (&form.words.agreement_with(&name), ink), ("", ink), 24.0);
        figures(ui, form, verdict);
    }
}

/// Kappa, alpha, percent and n with their intervals, a line each.
pub fn figures(ui: &mut Ui, form: &Form<'_>, topic: &TopicAgreement) {
    let colours = palette(ui);
    let grey = form.ink(size::SECONDARY, colours.text_2);
    let black = form.ink(size::SECONDARY, colours.text);
    let signed = |value: f64| format!("{value:.2}").replace('-', "−");
    let number = |value: f64, interval: Option<Interval>| match interval {
        Some(interval) => format!("{} ({})", signed(value), form.words.between(interval)),
        None => signed(value),
    };
    let known = |found: Option<crate::stats::agreement::Agreement>| {
        found.map_or("–".to_owned(), |found| number(found.value, found.interval))
    };
    let interval = topic.percent.interval;
    let percent = format!(
        "{:.1}% ({:.1}–{:.1})",
        topic.percent.value * 100.0,
        interval.low * 100.0,
        interval.high * 100.0
    );
    let words = form.words;
    for (name, value) in [
        (words.kappa(), known(topic.kappa)),
        (words.alpha(), known(topic.alpha)),
        (words.percent(), percent),
        (words.answers(), crate::app::matrix::count(topic.n)),
    ] {
        form.line(ui, (name, grey), (&isolate::isolate(&value).to_string(), black), 22.0);
    }
    if let Some(why) = topic.no_interval() {
        form.hint(ui, words.of_no_interval(why), colours.text_2);
    }
}
