//! The first two steps: one's own answer, then a judgement of every answer.

use egui::{Role, Sense, Ui};

use super::parts::{Form, Progress, Segment};
use crate::app::State;
use crate::app::command::Command;
use crate::app::review::{ALONE, Draft, Field, ReviewCommand, option_key};
use crate::app::theme::space;
use crate::reviews::{Severity, Verdict};
use crate::ui::icons::Icon;
use crate::ui::widgets::{palette, within};

/// How many letters stand in a row.
const ROW: usize = 6;

/// Step 1: the reviewer's own answer, before the right one shows.
pub fn own(ui: &mut Ui, form: &Form<'_>, commands: &mut Vec<Command>) {
    let state = form.state;
    form.step(ui, 1, Progress::Now, form.words.own(), language(state));
    form.hint(ui, form.words.own_first(), palette(ui).text_2);
    let several = state.own_takes_several();
    if several {
        form.hint(ui, form.words.own_several(), palette(ui).text_2);
    }
    let role = if several { Role::CheckBox } else { Role::RadioButton };
    ui.add_space(4.0);
    let Some(item) = state.review_item() else { return };
    let marked = state.review.own_choices(&item);
    let options = state
        .study
        .as_ref()
        .and_then(|study| study.item(state.inspect.entry()?))
        .map_or(0, |(_, item)| item.options.len());
    let letters: Vec<&str> = (0..options)
        .map(|option| item.key.language.option_letter(option).unwrap_or("?"))
        .collect();
    let held: Vec<(&str, String)> = letters
        .iter()
        .enumerate()
        .skip(ALONE)
        .filter_map(|(option, letter)| Some((*letter, option_key(ui.ctx(), option)?)))
        .collect();
    if let (Some(first), Some(last)) = (held.first(), held.last()) {
        let ((from, key), (to, last_key)) = (first, last);
        let words = match held.len() {
            1 => form.words.key_of(from, key),
            _ => form.words.keys_of((from, to), (key, last_key)),
        };
        form.hint(ui, &words, palette(ui).text_2);
        ui.add_space(4.0);
    }
    for (row, some) in letters.chunks(ROW).enumerate() {
        let mark = |place: usize| marked.contains(&(row * ROW + place));
        let segments: Vec<Segment<'_>> = some
            .iter()
            .enumerate()
            .map(|(place, letter)| Segment {
                // Colour alone does not say that several are chosen.
                icon: (several && mark(place)).then_some(Icon::Check),
                ..Segment::new(letter)
            })
            .collect();
        let name = format!("{} {}", form.words.own(), row + 1);
        let (rect, _, column) = form.row(ui, space::CONTROL, Sense::hover());
        // A last row of fewer letters is as much narrower.
        let width = match letters.len() > ROW {
            true => rect.width() * some.len() as f32 / ROW as f32,
            false => rect.width(),
        };
        let place = column.place(0.0, width, rect.top(), rect.height());
        let chosen = within(ui, place, ("own", row), |ui| {
            form.segments_of(ui, (&name, role), &segments, mark)
        });
        if let Some(place) = chosen {
            commands.push(ReviewCommand::MarkOwn(row * ROW + place).into());
        }
    }
    ui.add_space(6.0);
    let (rect, _, _) = form.row(ui, 22.0, Sense::hover());
    form.link(ui, rect, form.words.do_not_know(), commands, ReviewCommand::DoNotKnow);
    form.separator(ui);
    form.step(ui, 2, Progress::Later, form.words.judge(), "");
    form.step(ui, 3, Progress::Later, form.words.revealed_later(), "");
}

/// Step 2: every answer by its number.
pub fn show(ui: &mut Ui, form: &Form<'_>, commands: &mut Vec<Command>) {
    let state = form.state;
    if state.review.blind {
        own_given(ui, form);
        form.separator(ui);
    }
    form.step(ui, 2, Progress::Now, form.words.judge(), language(state));
    answers(ui, form, commands);
    opinion(ui, form, &state.review_draft(), commands);
    if state.review.blind {
        form.separator(ui);
        form.step(ui, 3, Progress::Later, form.words.revealed_later(), "");
    }
}

/// The language of the item at hand by its own name: others may stand beside it.
fn language(state: &State) -> &str {
    let item = || state.study.as_ref()?.item(state.inspect.entry()?);
    item().map_or("", |(_, item)| item.key.language.native_name())
}

/// What the reviewer answered.
pub fn own_given(ui: &mut Ui, form: &Form<'_>) {
    let state = form.state;
    let Some(item) = state.review_item() else { return };
    let own = state.review.reviewer.as_ref();
    let Some(own) = own.and_then(|by| state.review.reviews.own_answer(&item, by.id())) else {
        return;
    };
    let letters: Vec<&str> = own
        .what
        .choices
        .iter()
        .filter_map(|&choice| item.key.language.option_letter(choice))
        .collect();
    let letters = match letters.is_empty() {
        true => form.words.unknown().to_owned(),
        false => letters.join(", "),
    };
    form.step(ui, 1, Progress::Done, form.words.own(), &letters);
    if own.what.before_key {
        form.hint(ui, form.words.own_before(), palette(ui).text_2);
    }
}

/// Which of the answers is judged; those that are have a check.
pub fn answers(ui: &mut Ui, form: &Form<'_>, commands: &mut Vec<Command>) {
    let state = form.state;
    let (Some(study), Some(place)) = (&state.study, state.inspect.entry()) else {
        return;
    };
    let protocol = state.compare.protocol.as_deref();
    let judged: Vec<bool> = state
        .review_answers()
        .iter()
        .map(|answer| state.review.is_judged(answer))
        .collect();
    let shown = state.review.shown(study, place, place, protocol);
    let numbered = shown.iter().any(|shown| shown.number.is_some());
    let words: Vec<String> = shown
        .iter()
        .enumerate()
        .map(|(place, shown)| match numbered {
            true => state.review.form.numbered(place + 1),
            false => shown.name().to_owned(),
        })
        .collect();
    // Past a few there is room for numbers only.
    let short = words.len() > 3;
    let segments: Vec<Segment<'_>> = words
        .iter()
        .zip(&judged)
        .map(|(words, judged)| Segment {
            words: match short {
                true => words.split(' ').next_back().unwrap_or(words),
                false => words,
            },
            icon: judged.then_some(Icon::Check),
            name: Some(if *judged {
                form.words.list([words.as_str(), form.words.judged()])
            } else {
                words.clone()
            }),
        })
        .collect();
    let target = state.review.target;
    if let Some(place) = form.segments(ui, form.words.judge(), &segments, |place| place == target) {
        commands.push(ReviewCommand::ChooseAnswer(place).into());
    }
}

/// Verdict, errors, severity, ratings and note.
pub fn opinion(ui: &mut Ui, form: &Form<'_>, draft: &Draft, commands: &mut Vec<Command>) {
    let (state, words) = (form.state, form.words);
    form.label(ui, words.verdict(), "1–4", "");
    let segments = Verdict::ALL.map(|verdict| Segment {
        words: words.of_verdict(verdict),
        icon: (draft.verdict == Some(verdict)).then(|| mark_of(verdict)).flatten(),
        name: None,
    });
    let on = |place: usize| draft.verdict.is_some() && Verdict::ALL.get(place).copied() == draft.verdict;
    if let Some(place) = form.segments(ui, words.verdict(), &segments, on)
        && let Some(verdict) = Verdict::ALL.get(place)
    {
        commands.push(ReviewCommand::Judge(*verdict).into());
    }
    form.label(ui, words.what_went_wrong(), words.any_number(), "");
    for error in &state.review.taxonomy().errors {
        if form.check(
            ui,
            error.words(form.language),
            error.key.map(String::from).as_deref(),
            draft.errors.contains(&error.id),
        ) {
            commands.push(ReviewCommand::ToggleError(error.id.clone()).into());
        }
    }
    form.label(ui, words.severity(), "", "S");
    let segments = Severity::ALL.map(|severity| Segment::new(words.of_severity(severity)));
    let on = |place: usize| Severity::ALL.get(place) == Some(&draft.severity);
    if let Some(place) = form.segments(ui, words.severity(), &segments, on)
        && let Some(severity) = Severity::ALL.get(place)
    {
        commands.push(ReviewCommand::Grade(*severity).into());
    }
    form.label(ui, words.note(), "", "N");
    let focus = state.review.focus == Some(Field::Note);
    if let Some(note) = form.note(ui, words.note(), &draft.note, focus, 3) {
        commands.push(ReviewCommand::Note(note).into());
    }
    ratings(ui, form, draft, commands);
}

fn ratings(ui: &mut Ui, form: &Form<'_>, draft: &Draft, commands: &mut Vec<Command>) {
    let scales = &form.state.review.taxonomy().scales;
    if !scales.is_empty() {
        form.label(ui, form.words.ratings(), "", "");
    }
    for scale in scales {
        let (rect, _, column) = form.row(ui, 30.0, Sense::hover());
        let name = scale.words(form.language);
        let colours = palette(ui);
        let ink = form.ink(crate::app::theme::size::SECONDARY, colours.text);
        let words = column.place(0.0, 84.0, rect.top(), 28.0);
        crate::ui::typeset::paint(ui, words, form.say(name), ink, column.start());
        let place = column.place(88.0, rect.width() - 88.0, rect.top(), 28.0);
        within(ui, place, ("scale", &scale.id), |ui| {
            let steps: Vec<String> = (scale.low..=scale.high).map(|step| step.to_string()).collect();
            let segments: Vec<Segment<'_>> = steps
                .iter()
                .map(|step| Segment {
                    words: step,
                    icon: None,
                    name: Some(format!("{name} {step}")),
                })
                .collect();
            let rated = draft.ratings.get(&scale.id).copied();
            let step = |place: usize| scale.low.saturating_add(u8::try_from(place).unwrap_or(0));
            let on = |place: usize| rated == Some(step(place));
            if let Some(place) = form.segments(ui, name, &segments, on) {
                commands.push(ReviewCommand::Rate(scale.id.clone(), step(place)).into());
            }
        });
    }
}

/// The mark of a chosen verdict.
pub fn mark_of(verdict: Verdict) -> Option<Icon> {
    match verdict {
        Verdict::Right => Some(Icon::Check),
        Verdict::Wrong => Some(Icon::Cross),
        Verdict::Partly | Verdict::CannotJudge => None,
    }
}
