//! The flag form: what is wrong with the item, whether it counts, and why.

use egui::Ui;

use super::parts::{Form, Segment};
use crate::app::command::Command;
use crate::app::review::{Choice, Field, ReviewCommand, option_key};
use crate::app::theme::size;
use crate::reviews::{FlagKind, Statement};
use crate::text::isolate::isolate;
use crate::ui::widgets::palette;

/// Shows the form.
pub fn show(ui: &mut Ui, form: &Form<'_>, commands: &mut Vec<Command>) {
    let state = form.state;
    let Some(flag) = &state.review.flag else { return };
    form.label(ui, form.words.flag_what(), form.words.any_number(), "");
    for (kind, key) in FlagKind::ALL.into_iter().zip('1'..) {
        let key = key.to_string();
        if form.check(ui, form.words.of_flag(kind), Some(&key), flag.kinds.contains(&kind)) {
            commands.push(ReviewCommand::FlagAs(kind).into());
        }
    }
    form.label(ui, form.words.flag_counts(), "", "S");
    let veil = state.flag_veil();
    let choices = Choice::of(veil);
    let segments: Vec<Segment<'_>> = choices
        .iter()
        .map(|choice| Segment::new(form.words.of_choice(*choice)))
        .collect();
    let on = |place: usize| choices.get(place) == Some(&flag.choice);
    if let Some(place) = form.segments(ui, form.words.flag_counts(), &segments, on)
        && let Some(choice) = choices.get(place)
    {
        commands.push(ReviewCommand::Decide(*choice).into());
    }
    if veil.unjudged {
        // The options of a re-keyed item would tell the right answer.
        form.hint(ui, form.words.flag_unseen(), palette(ui).text_2);
    } else if flag.choice == Choice::Rekeyed {
        rekey(ui, form, commands);
    }
    form.label(ui, form.words.why(), "", "N");
    let focus = state.review.focus == Some(Field::Note);
    if let Some(note) = form.note(ui, form.words.why(), &flag.note, focus, 3) {
        commands.push(ReviewCommand::NoteFlag(note).into());
    }
    if let Some(problem) = flag.problem {
        ui.add_space(4.0);
        form.alert(ui, form.words.of_lack(problem));
    }
    ui.add_space(6.0);
    let (rect, _, _) = form.row(ui, 22.0, egui::Sense::hover());
    form.link(ui, rect, form.words.cancel(), commands, ReviewCommand::ToggleFlag);
    history(ui, form);
}

/// Which options are right instead.
fn rekey(ui: &mut Ui, form: &Form<'_>, commands: &mut Vec<Command>) {
    let state = form.state;
    let Some(flag) = &state.review.flag else { return };
    let Some(item) = state.flagged_item() else { return };
    form.label(ui, form.words.right_options(), form.words.any_number(), "");
    for (option, text) in item.options.iter().enumerate() {
        let key = option_key(ui.ctx(), option);
        let letter = item.key.language.option_letter(option).unwrap_or("?");
        let words = format!("{}  {}", isolate(letter), isolate(text));
        if form.check(ui, &words, key.as_deref(), flag.right.contains(&option)) {
            commands.push(ReviewCommand::Rekey(option).into());
        }
    }
}

/// Who flagged and decided what, when and why, the latest first.
fn history(ui: &mut Ui, form: &Form<'_>) {
    let state = form.state;
    let Some(flag) = &state.review.flag else { return };
    let colours = palette(ui);
    let veil = state.flag_veil();
    let lines: Vec<_> = state
        .review
        .reviews
        .history(&flag.item)
        .filter_map(|line| {
            let (what, why) = match &line.statement {
                Statement::Flag(flag) => {
                    let kinds: Vec<&str> = flag.kinds.iter().map(|kind| form.words.of_flag(*kind)).collect();
                    (form.words.list(kinds), &flag.note)
                }
                Statement::Decision(decision) => (form.words.of_ruling(&decision.ruling, veil), &decision.note),
                _ => return None,
            };
            let why = if why.is_empty() {
                String::new()
            } else {
                format!(": {}", isolate(why))
            };
            let (by, day) = (isolate(&line.reviewer), isolate(&line.at.day()));
            Some(format!("{}: {what}{why}", form.words.list([by.as_str(), &day])))
        })
        .collect();
    if lines.is_empty() {
        return;
    }
    form.separator(ui);
    ui.add_space(6.0);
    let ink = form.ink(size::BODY, colours.text).semibold();
    form.line(ui, (form.words.earlier(), ink), ("", ink), 24.0);
    for line in lines.iter().rev() {
        form.hint(ui, line, colours.text_2);
    }
}
