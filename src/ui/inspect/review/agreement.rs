//! In place of the list: how far two reviewers agree, and every answer they differ on. In the language of the form, and
//! mirrored with it.

use egui::{Align, CursorIcon, Layout, Rect, Role, ScrollArea, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use super::parts::Form;
use super::settle::shown_name;
use crate::app::State;
use crate::app::command::Command;
use crate::app::matrix::count;
use crate::app::review::{Differs, ReviewCommand};
use crate::app::theme::{size, space};
use crate::reviews::{NoInterval, PairAgreement, Topic, TopicAgreement};
use crate::text::isolate;
use crate::ui::icons::{self, Icon};
use crate::ui::inspect::list;
use crate::ui::spoken;
use crate::ui::typeset::{self, Ink};
use crate::ui::widgets::menu::Entry;
use crate::ui::widgets::stepping::Rows;
use crate::ui::widgets::{self, palette, within};

/// The room of the figures above the disagreements.
const FIGURES: f32 = 320.0;
/// What merges another workspace's reviews.
const MERGE: &str = "polyclinic review merge OTHER --workspace HERE";
/// From the edge to what is read.
const PADDING: f32 = 12.0;

/// Shows both.
pub fn show(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    let form = &Form::new(state);
    let colours = palette(ui);
    let all = ui.max_rect();
    let agreed = &state.review.agreed;
    let settling = state.review.settling.clone().unwrap_or_default();
    let upper = Rect::from_min_size(all.min, vec2(all.width(), FIGURES.min(all.height() * 0.5)));
    within(ui, upper.shrink2(vec2(PADDING, 10.0)), "agreement", |ui| {
        heading(ui, form, form.words.agreement_of());
        let Some(pair) = state.review.chosen_pair() else {
            form.hint(ui, form.words.nobody_agrees(), colours.text_2);
            return form.hint(ui, &isolate::isolate(MERGE), colours.text_2);
        };
        choose_pair(ui, form, &agreed.pairs, settling.pair, commands);
        show_pair(ui, form, pair);
    });
    ui.painter()
        .hline(all.x_range(), upper.bottom() + 0.5, Stroke::new(1.0, colours.line));
    let lower = Rect::from_min_max(pos2(all.left(), upper.bottom() + 1.0), all.max);
    widgets::group(ui, lower, Role::ListBox, form.words.disagreements(), |ui| {
        ui.ctx()
            .accesskit_node_builder(ui.unique_id(), |node| node.set_language(form.language.tag()));
        ui.spacing_mut().item_spacing.y = 0.0;
        list::arrows(ui, commands);
        let title = match agreed.disagreements.len() {
            0 => form.words.no_disagreement().to_owned(),
            all => form.words.open_of(agreed.open(), all),
        };
        ui.add_space(6.0);
        let (rect, response, column) = form.row(ui, 24.0, Sense::hover());
        spoken::tell(&response, Some(form.language), || {
            WidgetInfo::labeled(Role::Label, true, &title)
        });
        let ink = form.ink(size::SECONDARY, colours.text).semibold();
        let line = rect.shrink2(vec2(PADDING, 0.0));
        typeset::paint(ui, line, form.say(&title), ink, column.start());
        let all = &agreed.disagreements;
        let is_selected = |differs: &Differs| settling.answer.as_ref() == Some(&differs.answer);
        let selected = all.iter().position(is_selected);
        let rows = Rows::begin(ui, widgets::id("agreement", "rows"), all.len(), selected);
        commands.extend(rows.moved.map(|place| ReviewCommand::ChooseDisagreement(place).into()));
        let area = ScrollArea::vertical()
            .auto_shrink([false, false])
            .id_salt("disagreements");
        rows.show(ui, area, (space::TWO_LINE_ROW, all.len()), |ui, place| {
            if let Some(differs) = all.get(place) {
                show_row(ui, form, (rows, place), differs, selected == Some(place), commands);
            }
        });
    });
}

fn heading(ui: &mut Ui, form: &Form<'_>, words: &str) {
    let (rect, response, column) = form.row(ui, 22.0, Sense::hover());
    spoken::tell(&response, Some(form.language), || {
        WidgetInfo::labeled(Role::Heading, true, words)
    });
    let ink = form.ink(size::BODY, palette(ui).text).semibold();
    typeset::paint(ui, rect, form.say(words), ink, column.start());
}

fn choose_pair(ui: &mut Ui, form: &Form<'_>, pairs: &[PairAgreement], selected: usize, commands: &mut Vec<Command>) {
    let names: Vec<String> = pairs
        .iter()
        .map(|pair| form.words.pair(pair.first.name(), pair.second.name()))
        .collect();
    let entries: Vec<Entry<'_>> = names.iter().map(|name| Entry::new(form.say(name))).collect();
    let (row, _, column) = form.row(ui, space::CONTROL, Sense::hover());
    let layout = match column.mirrored {
        true => Layout::right_to_left(Align::Center),
        false => Layout::left_to_right(Align::Center),
    };
    let manner = form.manner();
    let chosen = within(ui, row, "reviewers", |ui| {
        let choose = |ui: &mut Ui| {
            widgets::choice_in(
                ui,
                &manner,
                form.words.reviewers(),
                &entries,
                Some(selected),
                row.width(),
            )
        };
        ui.with_layout(layout, choose).inner
    });
    commands.extend(chosen.map(|place| ReviewCommand::ChoosePair(place).into()));
}

/// A table: what is agreed on, n, percent, kappa and alpha; the intervals below the values.
fn show_pair(ui: &mut Ui, form: &Form<'_>, pair: &PairAgreement) {
    let colours = palette(ui);
    ui.spacing_mut().item_spacing.y = 0.0;
    ui.add_space(6.0);
    let grey = form.ink(size::SMALL, colours.text_2);
    let words = form.words;
    let titles = [
        words.agreed_on(),
        "n",
        words.percent(),
        words.kappa_short(),
        words.alpha_short(),
    ];
    show_cells(
        ui,
        form,
        20.0,
        &titles.map(str::to_owned),
        &[const { String::new() }; 5],
        (grey, grey),
    );
    let black = form.ink(size::SECONDARY, colours.text);
    ScrollArea::vertical()
        .auto_shrink([false, false])
        .id_salt("topics")
        .show(ui, |ui| {
            for topic in &pair.topics {
                let (values, intervals) = cells(form, topic);
                show_cells(ui, form, 34.0, &values, &intervals, (black, grey));
            }
            if pair.topics.iter().any(|topic| topic.kappa.is_none()) {
                form.hint(ui, words.no_chance(), colours.text_2);
            }
            let mut told: Vec<NoInterval> = Vec::new();
            for why in pair.topics.iter().filter_map(TopicAgreement::no_interval) {
                if !told.contains(&why) {
                    form.hint(ui, words.of_no_interval(why), colours.text_2);
                    told.push(why);
                }
            }
            if pair.not_judged > 0 {
                form.hint(ui, &words.not_judged(pair.not_judged), colours.text_2);
            }
        });
}

fn cells(form: &Form<'_>, topic: &TopicAgreement) -> ([String; 5], [String; 5]) {
    let taxonomy = form.state.review.taxonomy();
    let name = match &topic.topic {
        Topic::Verdict => form.words.verdict(),
        Topic::Severity => form.words.severity(),
        Topic::Error(id) => taxonomy
            .error(id)
            .map_or(id.as_str(), |error| error.words(form.language)),
        Topic::Scale(id) => {
            let scale = taxonomy.scales.iter().find(|scale| scale.id == *id);
            scale.map_or(id.as_str(), |scale| scale.words(form.language))
        }
    };
    let number = |found: Option<crate::stats::agreement::Agreement>| {
        let value = found.map_or("–".to_owned(), |found| {
            format!("{:.2}", found.value).replace('-', "−")
        });
        let interval = found.and_then(|found| found.interval);
        let interval = interval.map(|ends| form.words.between(ends));
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

fn show_cells(
    ui: &mut Ui,
    form: &Form<'_>,
    height: f32,
    values: &[String; 5],
    notes: &[String; 5],
    (ink, note): (Ink, Ink),
) {
    let (rect, response, column) = form.row(ui, height, Sense::hover());
    spoken::tell(&response, Some(form.language), || {
        let told = values.iter().zip(notes).map(|(value, note)| match note.is_empty() {
            true => value.clone(),
            false => format!("{value}, {note}"),
        });
        WidgetInfo::labeled(Role::Row, true, told.collect::<Vec<_>>().join("; "))
    });
    let figures = [26.0, 74.0, 86.0, 86.0];
    let first = rect.width() - figures.iter().sum::<f32>();
    let mut start = 0.0;
    for (place, (value, under)) in values.iter().zip(notes).enumerate() {
        let width = place.checked_sub(1).and_then(|figure| figures.get(figure)).copied();
        let width = width.unwrap_or(first);
        let align = if place == 0 { column.start() } else { column.end() };
        let half = if under.is_empty() { height } else { height / 2.0 };
        let cell = column.place(start, width, rect.top(), half);
        // Figures read from left to right whatever is around them.
        match place == 0 || height < 30.0 {
            true => _ = typeset::paint(ui, cell, form.say(value), ink, align),
            false => _ = typeset::paint(ui, cell, value, ink, align),
        }
        typeset::paint(ui, cell.translate(vec2(0.0, height / 2.0 - 2.0)), under, note, align);
        start += width;
    }
    let line = Stroke::new(1.0, palette(ui).line);
    ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, line);
}

fn show_row(
    ui: &mut Ui,
    form: &Form<'_>,
    (rows, place): (Rows, usize),
    differs: &Differs,
    selected: bool,
    commands: &mut Vec<Command>,
) {
    let colours = palette(ui);
    let (rect, response) = rows.row(ui, place, space::TWO_LINE_ROW);
    let key = &differs.answer.item.key;
    let aspects = differs.aspects.iter().map(|aspect| form.words.of_aspect(*aspect));
    let aspects = form.words.list(aspects);
    let open = if differs.settled {
        form.words.settled()
    } else {
        form.words.open()
    };
    let name = shown_name(form, &differs.answer);
    let title = format!("{}  {name}", isolate::join([key.language.tag(), &key.id], "  "));
    let verdicts: Vec<String> = form
        .state
        .review
        .reviews
        .judgements_of(&differs.answer)
        .map(|(_, judged)| {
            let verdict = form.words.of_verdict(judged.what.opinion.verdict);
            format!("{} {verdict}", isolate::isolate(judged.by))
        })
        .collect();
    let under = format!("{aspects}: {}", form.words.list(verdicts.iter().map(String::as_str)));
    spoken::tell(&response, Some(form.language), || {
        let name = form.words.list([title.as_str(), open, &under]);
        WidgetInfo::selected(Role::ListBoxOption, true, selected, name)
    });
    widgets::row_ground(ui, rect, selected, &response);
    if selected && form.state.inspect.reveal {
        ui.scroll_to_rect(rect, None);
    }
    let inner = rect.shrink2(vec2(PADDING, 4.0));
    let column = form.column(inner);
    let (upper, lower) = inner.split_top_bottom_at_fraction(0.5);
    let ink = form.ink(size::BODY, colours.text).bold_if(selected);
    typeset::paint(ui, upper, form.say(&title), ink, column.start());
    if differs.settled {
        let mark = column.place_from_end(0.0, 12.0, upper.top(), upper.height());
        let colour = colours.outcome(crate::scoring::Outcome::Right).ink;
        icons::paint(ui.painter(), Icon::Check, mark.center(), 12.0, colour);
    } else {
        let ink = form.ink(size::SMALL, colours.warning().ink);
        typeset::paint(ui, upper, form.say(open), ink, column.end());
    }
    let ink = form.ink(size::SMALL, colours.text_2);
    typeset::paint(ui, lower, form.say(&under), ink, column.start());
    widgets::focus_ring(ui, &response, rect);
    let response = widgets::tooltip(response, form.say(&under));
    if response.on_hover_cursor(CursorIcon::PointingHand).clicked() {
        commands.push(ReviewCommand::ChooseDisagreement(place).into());
    }
}
