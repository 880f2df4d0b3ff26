//! In place of the list: how far two reviewers agree, and every answer they differ on.

use egui::{Align2, CursorIcon, Rect, Role, ScrollArea, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use crate::app::State;
use crate::app::command::Command;
use crate::app::matrix::{count, counted};
use crate::app::review::{Differs, ReviewCommand};
use crate::app::theme::{size, space};
use crate::reviews::{Aspect, PairAgreement, Topic, TopicAgreement};
use crate::text::isolate;
use crate::ui::icons::{self, Icon};
use crate::ui::spoken;
use crate::ui::typeset::{self, Ink};
use crate::ui::widgets::menu::Entry;
use crate::ui::widgets::{self, palette, within};

/// The room of the figures above the disagreements.
const FIGURES: f32 = 320.0;

/// Shows both.
pub fn show(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    let colours = palette(ui);
    let all = ui.max_rect();
    let agreed = &state.review.agreed;
    let settling = state.review.settling.clone().unwrap_or_default();
    let upper = Rect::from_min_size(all.min, vec2(all.width(), FIGURES.min(all.height() * 0.5)));
    within(ui, upper.shrink2(vec2(12.0, 10.0)), "agreement", |ui| {
        heading(ui, "Agreement");
        let Some(pair) = agreed.pairs.get(settling.pair).or(agreed.pairs.first()) else {
            let words = "No two reviewers have judged the same answer yet. Merge another workspace's reviews with \
                         `polyclinic review merge`, or let a colleague review here.";
            return block(ui, words);
        };
        choose_pair(ui, &agreed.pairs, settling.pair, commands);
        show_pair(ui, state, pair);
    });
    ui.painter()
        .hline(all.x_range(), upper.bottom() + 0.5, Stroke::new(1.0, colours.line));
    let lower = Rect::from_min_max(pos2(all.left(), upper.bottom() + 1.0), all.max);
    widgets::group(ui, lower, Role::ListBox, "Disagreements", |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        let title = format!(
            "{} of {} open",
            count(agreed.open()),
            counted(agreed.disagreements.len(), "disagreement")
        );
        ui.add_space(6.0);
        let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 24.0), Sense::hover());
        spoken::tell(&response, None, || WidgetInfo::labeled(Role::Label, true, &title));
        let ink = Ink::new(size::SECONDARY, colours.text).semibold();
        typeset::paint(ui, rect.shrink2(vec2(12.0, 0.0)), &title, ink, Align2::LEFT_CENTER);
        let rows = agreed.disagreements.len();
        let area = ScrollArea::vertical()
            .auto_shrink([false, false])
            .id_salt("disagreements");
        area.show_rows(ui, space::TWO_LINE_ROW, rows, |ui, places| {
            for place in places {
                if let Some(differs) = agreed.disagreements.get(place) {
                    let selected = settling.answer.as_ref() == Some(&differs.answer);
                    show_row(ui, state, place, differs, selected, commands);
                }
            }
        });
    });
}

fn heading(ui: &mut Ui, words: &str) {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 22.0), Sense::hover());
    spoken::tell(&response, None, || WidgetInfo::labeled(Role::Heading, true, words));
    let ink = Ink::new(size::BODY, palette(ui).text).semibold();
    typeset::paint(ui, rect, words, ink, Align2::LEFT_CENTER);
}

fn block(ui: &mut Ui, words: &str) {
    let ink = Ink::new(size::SECONDARY, palette(ui).text_2);
    let width = ui.available_width();
    let galley = typeset::galley(ui, words, ink, width, usize::MAX);
    let (rect, response) = ui.allocate_exact_size(vec2(width, galley.size().y), Sense::hover());
    spoken::tell(&response, None, || WidgetInfo::labeled(Role::Label, true, words));
    ui.painter().galley(rect.min, galley, ink.colour);
}

fn choose_pair(ui: &mut Ui, pairs: &[PairAgreement], selected: usize, commands: &mut Vec<Command>) {
    let names: Vec<String> = pairs
        .iter()
        .map(|pair| isolate::join([pair.first.name(), pair.second.name()], " and "))
        .collect();
    let entries: Vec<Entry<'_>> = names.iter().map(Entry::new).collect();
    let width = ui.available_width();
    if let Some(place) = widgets::choice(ui, "Reviewers", &entries, Some(selected), width) {
        commands.push(ReviewCommand::ChoosePair(place).into());
    }
}

/// A table: what is agreed on, n, percent, kappa and alpha; the intervals below the values.
fn show_pair(ui: &mut Ui, state: &State, pair: &PairAgreement) {
    let colours = palette(ui);
    ui.spacing_mut().item_spacing.y = 0.0;
    ui.add_space(6.0);
    let grey = Ink::new(size::SMALL, colours.text_2);
    let titles = ["On", "n", "Percent", "Kappa", "Alpha"].map(str::to_owned);
    show_cells(ui, 20.0, &titles, &[const { String::new() }; 5], (grey, grey));
    let black = Ink::new(size::SECONDARY, colours.text);
    ScrollArea::vertical()
        .auto_shrink([false, false])
        .id_salt("topics")
        .show(ui, |ui| {
            for topic in &pair.topics {
                let (values, intervals) = cells(state, topic);
                show_cells(ui, 34.0, &values, &intervals, (black, grey));
            }
            if pair.not_judged > 0 {
                let words = format!(
                    "{} left out that one of them could not judge",
                    counted(pair.not_judged, "answer")
                );
                block(ui, &words);
            }
        });
}

fn cells(state: &State, topic: &TopicAgreement) -> ([String; 5], [String; 5]) {
    let taxonomy = state.review.taxonomy();
    let name = match &topic.topic {
        Topic::Verdict => "Verdict",
        Topic::Severity => "Severity",
        Topic::Error(id) => taxonomy.error(id).map_or(id.as_str(), |error| &error.en),
        Topic::Scale(id) => {
            let scale = taxonomy.scales.iter().find(|scale| scale.id == *id);
            scale.map_or(id.as_str(), |scale| &scale.en)
        }
    };
    let number = |found: Option<crate::stats::agreement::Agreement>| {
        let value = found.map_or("–".to_owned(), |found| {
            format!("{:.2}", found.value).replace('-', "−")
        });
        let interval = found.and_then(|found| found.interval);
        let interval = interval.map(|ends| format!("{:.2} to {:.2}", ends.low, ends.high).replace('-', "−"));
        (value, interval.unwrap_or_default())
    };
    let ((kappa, kappa_ends), (alpha, alpha_ends)) = (number(topic.kappa), number(topic.alpha));
    let percent = topic.percent;
    let ends = format!(
        "{:.1}–{:.1}",
        percent.interval.low * 100.0,
        percent.interval.high * 100.0
    );
    (
        [
            name.to_owned(),
            count(topic.n),
            format!("{:.1}", percent.value * 100.0),
            kappa,
            alpha,
        ],
        [String::new(), String::new(), ends, kappa_ends, alpha_ends],
    )
}

fn show_cells(ui: &mut Ui, height: f32, values: &[String; 5], notes: &[String; 5], (ink, note): (Ink, Ink)) {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::hover());
    spoken::tell(&response, None, || {
        let told = values.iter().zip(notes).map(|(value, note)| match note.is_empty() {
            true => value.clone(),
            false => format!("{value}, {note}"),
        });
        WidgetInfo::labeled(Role::Row, true, told.collect::<Vec<_>>().join("; "))
    });
    let figures = [34.0, 64.0, 80.0, 80.0];
    let first = rect.width() - figures.iter().sum::<f32>();
    let mut left = rect.left();
    for (place, (value, under)) in values.iter().zip(notes).enumerate() {
        let width = place.checked_sub(1).and_then(|figure| figures.get(figure)).copied();
        let width = width.unwrap_or(first);
        let align = if place == 0 {
            Align2::LEFT_CENTER
        } else {
            Align2::RIGHT_CENTER
        };
        let half = if under.is_empty() { height } else { height / 2.0 };
        let cell = Rect::from_min_size(pos2(left, rect.top()), vec2(width, half));
        typeset::paint(ui, cell, value, ink, align);
        typeset::paint(ui, cell.translate(vec2(0.0, height / 2.0 - 2.0)), under, note, align);
        left += width;
    }
    let line = Stroke::new(1.0, palette(ui).line);
    ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, line);
}

fn show_row(ui: &mut Ui, state: &State, place: usize, differs: &Differs, selected: bool, commands: &mut Vec<Command>) {
    let colours = palette(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), space::TWO_LINE_ROW), Sense::click());
    let key = &differs.answer.item.key;
    let aspects: Vec<&str> = differs
        .aspects
        .iter()
        .map(|aspect| match aspect {
            Aspect::Verdict => "verdict",
            Aspect::Severity => "severity",
            Aspect::Errors => "what went wrong",
        })
        .collect();
    let open = if differs.settled { "settled" } else { "open" };
    let title = isolate::join([key.language.tag(), &key.id], "  ");
    let verdicts: Vec<String> = state
        .review
        .reviews
        .judgements_of(&differs.answer)
        .map(|(_, judged)| format!("{} {}", isolate::isolate(judged.by), judged.what.opinion.verdict.word()))
        .collect();
    let under = format!("{}: {}", aspects.join(", "), verdicts.join(", "));
    spoken::tell(&response, None, || {
        let name = format!("{title}, {open}, {under}");
        WidgetInfo::selected(Role::ListBoxOption, true, selected, name)
    });
    widgets::row_ground(ui, rect, selected, &response);
    let inner = rect.shrink2(vec2(12.0, 4.0));
    let (upper, lower) = inner.split_top_bottom_at_fraction(0.5);
    let ink = Ink::new(size::BODY, colours.text).bold_if(selected);
    typeset::paint(ui, upper, &title, ink, Align2::LEFT_CENTER);
    if differs.settled {
        let mark = pos2(upper.right() - 6.0, upper.center().y);
        let colour = colours.outcome(crate::scoring::Outcome::Right).ink;
        icons::paint(ui.painter(), Icon::Check, mark, 12.0, colour);
    } else {
        let ink = Ink::new(size::SMALL, colours.warning().ink);
        typeset::paint(ui, upper, open, ink, Align2::RIGHT_CENTER);
    }
    let ink = Ink::new(size::SMALL, colours.text_2);
    typeset::paint(ui, lower, &under, ink, Align2::LEFT_CENTER);
    widgets::focus_ring(ui, &response, rect);
    if response.on_hover_cursor(CursorIcon::PointingHand).clicked() {
        commands.push(ReviewCommand::ChooseDisagreement(place).into());
    }
}
