//! Settling a disagreement: what each reviewer said, and the opinion that holds.

use egui::Ui;

use super::judge;
use super::parts::Form;
use super::revealed;
use crate::app::command::Command;
use crate::app::review::ReviewCommand;
use crate::app::theme::size;
use crate::reviews::AnswerRef;
use crate::text::isolate::isolate;
use crate::ui::widgets::palette;

/// The name that the card has for an answer: the model's, or what stands for it while that is hidden.
pub fn shown_name(form: &Form<'_>, answer: &AnswerRef) -> String {
    let state = form.state;
    let item = &answer.item;
    let found = state.study.as_ref().and_then(|study| {
        let place = study.ledger.find(&item.benchmark, &item.key)?;
        Some((study, place))
    });
    let Some((study, place)) = found else {
        return String::new();
    };
    let shown = state
        .review
        .shown(study, place, place, state.compare.protocol.as_deref());
    let is_it = |run: &str, model: &str| run == answer.given.run.as_str() && model == answer.given.model;
    let found = shown.iter().find(|shown| is_it(shown.run().id.as_str(), shown.model()));
    found.map(|shown| isolate(shown.name()).to_string()).unwrap_or_default()
}

/// Shows the form.
pub fn show(ui: &mut Ui, form: &Form<'_>, commands: &mut Vec<Command>) {
    let state = form.state;
    let colours = palette(ui);
    ui.add_space(4.0);
    let (rect, _, _) = form.row(ui, 24.0, egui::Sense::hover());
    form.link(ui, rect, form.words.back(), commands, ReviewCommand::ToggleAgreement);
    let Some(answer) = state.review_target() else {
        ui.add_space(6.0);
        return form.hint(ui, form.words.no_disagreement(), colours.text_2);
    };
    let ink = form.ink(size::BODY, colours.text).semibold();
    let name = shown_name(form, &answer);
    form.line(ui, (form.words.opinions(), ink), (&name, ink), 24.0);
    for (_, judged) in state.review.reviews.judgements_of(&answer) {
        revealed::said(ui, form, judged.by, &judged.what.opinion);
    }
    if let Some(settled) = state.review.reviews.adjudication(&answer) {
        form.separator(ui);
        let words = format!(
            "{}: {}, {}",
            form.words.settled(),
            isolate(settled.by),
            settled.at.day()
        );
        form.hint(ui, &words, colours.text_2);
    }
    form.separator(ui);
    judge::opinion(ui, form, &state.review_draft(), commands);
}
