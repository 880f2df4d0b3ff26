//! Grouped bars with intervals: accuracy by task and language.

use std::borrow::Cow;

use super::axis::{self, Scale};
use super::caption::Account;
use super::chart::{Chart, Kind, Measured, Room, legend};
use super::colour::{Colour, Look};
use super::label::{Label, Measure, widest};
use super::scene::{Anchor, Area, Scene, Shape, Stroke, point};
use super::target::Target;
use crate::language::Language;
use crate::quantities::percent;
use crate::runs::columns::{Columns, Named, Table, Value};
use crate::runs::comparison::INTERVAL;
use crate::text::isolate::join;

/// Bars in groups, groups in panels.
#[derive(Debug, Clone, Default)]
pub struct Bars {
    pub note: String,
    /// What each bar of a group stands for.
    pub series: Vec<(Look, String)>,
    pub panels: Vec<Panel>,
    /// What guessing would give, where that is the same for all bars.
    pub chance: Option<f64>,
    /// Places in the series whose bars only the table has: where models are more than there are colours for them.
    pub left_out: Vec<usize>,
}

/// The bars of one task.
#[derive(Debug, Clone, Default)]
pub struct Panel {
    pub title: String,
    pub groups: Vec<Group>,
}

/// Bars that stand together.
#[derive(Debug, Clone, Default)]
pub struct Group {
    pub name: String,
    /// The language of the name.
    pub language: Option<Language>,
    pub bars: Vec<Bar>,
}

/// One bar, or what stands in its place.
#[derive(Debug, Clone)]
pub struct Bar {
    /// A place in the series.
    pub series: usize,
    pub height: Height,
    /// What others published of the same model on the same task.
    pub published: Option<f64>,
    /// Of the bar's row in the table too.
    pub target: Target,
}

/// What was measured.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Height {
    Measured(Measured),
    /// Every answer failed: not the same as 0.
    Failed(usize),
    NotRun,
}

/// From this many series on their bars carry numbers too: that many colours are hard to keep in mind.
const NUMBERED: usize = 4;
const WIDEST_BAR: f32 = 22.0;
const LEAST_BAR: f32 = 7.0;
/// Between groups, and between bars of one.
const GROUP_GAP: f32 = 12.0;
const BAR_GAP: f32 = 1.0;
const PANEL_GAP: f32 = 20.0;
/// How far groups move apart where there is room.
const MOST_APART: f32 = 40.0;
/// Before the bars, for the words of the axis.
const VALUES: f32 = 36.0;
const TITLE: f32 = 20.0;
/// The line that tells of models that are not drawn.
const OMISSION: f32 = 22.0;
/// The least height of the bars' area, and of names that run upwards.
const LEAST: f32 = 110.0;
const TURNED: f32 = 140.0;

impl Bar {
    fn words(&self) -> String {
        let measured = match self.height {
            Height::Measured(measured) => measured.words(),
            Height::Failed(_) => "failed".to_owned(),
            Height::NotRun => "not run".to_owned(),
        };
        match self.published {
            Some(published) => format!("{measured}, published {} percent", percent(published)),
            None => measured,
        }
    }

    fn title(&self) -> String {
        let model = crate::text::isolate::isolate(&self.target.model);
        match &self.target.language {
            Some(language) => format!("{model}, {}", language.english_name()),
            None => model,
        }
    }
}

/// Some groups of a panel on one line of the figure.
struct Strip<'a> {
    title: &'a str,
    groups: &'a [Group],
}

impl Strip<'_> {
    fn bars(&self) -> usize {
        self.groups.iter().map(|group| group.bars.len()).sum()
    }

    /// How wide it is with bars of a width.
    fn width(&self, bar: f32) -> f32 {
        self.bars() as f32 * (bar + BAR_GAP) + self.groups.len() as f32 * GROUP_GAP
    }
}

impl Bars {
    /// All bars, also those of which only the table tells.
    fn bars(&self) -> impl Iterator<Item = &Bar> {
        let groups = self.panels.iter().flat_map(|panel| &panel.groups);
        groups.flat_map(|group| &group.bars)
    }

    /// The bars that are drawn, with colours that tell them apart.
    fn drawn(&self) -> Cow<'_, Self> {
        if self.left_out.is_empty() {
            return Cow::Borrowed(self);
        }
        let kept: Vec<usize> = (0..self.series.len())
            .filter(|place| !self.left_out.contains(place))
            .collect();
        let names = kept.iter().filter_map(|place| self.series.get(*place));
        let mut drawn = Self {
            series: names
                .enumerate()
                .map(|(place, (_, name))| (Look::of_model(place), name.clone()))
                .collect(),
            left_out: Vec::new(),
            ..self.clone()
        };
        for group in drawn.panels.iter_mut().flat_map(|panel| &mut panel.groups) {
            group.bars = std::mem::take(&mut group.bars)
                .into_iter()
                .filter_map(|bar| {
                    let series = kept.iter().position(|place| *place == bar.series)?;
                    Some(Bar { series, ..bar })
                })
                .collect();
        }
        Cow::Owned(drawn)
    }

    /// What is said of the models that are not drawn.
    fn omission(&self) -> Option<String> {
        let all = self.series.len();
        let drawn = all.saturating_sub(self.left_out.len());
        (drawn < all).then(|| format!("{drawn} of {all} models shown, the most accurate"))
    }

    /// The panels in lines, so that no bar becomes too thin.
    fn lines(&self, room: f32) -> Vec<Vec<Strip<'_>>> {
        let mut lines: Vec<Vec<Strip<'_>>> = Vec::new();
        let mut left = 0.0;
        for panel in &self.panels {
            let widest = panel.groups.iter().map(|group| group.bars.len()).max().unwrap_or(1);
            let group = widest as f32 * (LEAST_BAR + BAR_GAP) + GROUP_GAP;
            let most = ((room / group).floor() as usize).max(1);
            // Parts of about the same size, and not a full one with a rest.
            let parts = panel.groups.len().div_ceil(most).max(1);
            let each = panel.groups.len().div_ceil(parts).max(1);
            for groups in panel.groups.chunks(each) {
                let strip = Strip {
                    title: &panel.title,
                    groups,
                };
                let width = strip.width(LEAST_BAR) + PANEL_GAP;
                match lines.last_mut() {
                    Some(line) if width <= left => line.push(strip),
                    _ => {
                        lines.push(vec![strip]);
                        left = room;
                    }
                }
                left -= width;
            }
        }
        lines
    }
}

impl Chart for Bars {
    fn kind(&self) -> Kind {
        Kind::Bars
    }

    fn title(&self) -> String {
        "Accuracy".to_owned()
    }

    fn note(&self) -> String {
        self.note.clone()
    }

    fn is_empty(&self) -> bool {
        self.panels.iter().all(|panel| panel.groups.is_empty())
    }

    fn table(&self) -> Table {
        let bars: Vec<Bar> = self.bars().cloned().collect();
        Table::new(&bars)
    }

    fn omitted(&self) -> usize {
        self.left_out.len()
    }

    fn account(&self) -> Account {
        let drawn = self.drawn();
        let measured = drawn.bars().filter_map(|bar| match bar.height {
            Height::Measured(measured) => Some(measured.n),
            Height::Failed(_) | Height::NotRun => None,
        });
        Account {
            of: join(self.panels.iter().map(|panel| panel.title.as_str()), ", "),
            measure: match self.omission() {
                Some(omission) => format!("Percent right by task and language; {omission}"),
                None => "Percent right by task and language".to_owned(),
            },
            interval: INTERVAL,
            unit: "item",
            counts: measured.collect(),
            published: drawn.bars().any(|bar| bar.published.is_some()),
            ..Account::default()
        }
    }

    fn targets(&self) -> Vec<Option<Target>> {
        self.bars()
            .map(|bar| (bar.height != Height::NotRun).then(|| bar.target.clone()))
            .collect()
    }

    fn scene(&self, room: Room, measure: &dyn Measure) -> Scene {
        let mut description = "Percent right with 95% intervals, in bars by task and language.".to_owned();
        let omission = self.omission();
        if let Some(omission) = &omission {
            description = format!("{description} {omission}.");
        }
        let mut scene = Scene::new(room.width, room.height, format!("Accuracy, {}", self.note), description);
        let drawn = self.drawn();
        let mut top = drawn.legend(&mut scene, room.width, measure);
        if let Some(omission) = omission {
            let label = Label::new(omission).colour(Colour::Text2).within(room.width);
            scene.write_beside(label, point(0.0, top + OMISSION / 2.0), Anchor::Left);
            top += OMISSION;
        }
        let lines = drawn.lines(room.width - VALUES);
        let count = lines.len().max(1) as f32;
        let spare = (room.height - top) / count;
        for line in &lines {
            let bar = bar_width(line, room.width - VALUES);
            let foot = foot(line, bar, room.width - VALUES, measure);
            let height = (spare - TITLE - foot.height).max(LEAST);
            let area = Area::new(VALUES, top + TITLE, room.width, top + TITLE + height);
            drawn.line(&mut scene, line, area, bar, &foot);
            top = area.bottom + foot.height;
        }
        scene.height = top.max(room.height);
        scene
    }
}

/// How the names below a line of bars are set.
struct Foot {
    turned: bool,
    height: f32,
}

fn name(group: &Group) -> Label {
    let label = Label {
        language: group.language.clone(),
        ..Label::name(&group.name)
    };
    label.colour(Colour::Text2)
}

fn foot(line: &[Strip<'_>], bar: f32, room: f32, measure: &dyn Measure) -> Foot {
    let count: usize = line.iter().map(|strip| strip.groups.len()).sum();
    let taken: f32 = line.iter().map(|strip| strip.width(bar)).sum();
    let strips = line.len() as f32;
    // As much as groups move apart where there is room.
    let spare = ((room - taken) / (count as f32 + strips)).clamp(0.0, MOST_APART);
    let groups = || line.iter().flat_map(|strip| strip.groups);
    let fits = |group: &Group| {
        measure.width(&name(group)) <= group.bars.len() as f32 * (bar + BAR_GAP) + GROUP_GAP + spare - 4.0
    };
    if groups().all(fits) {
        return Foot {
            turned: false,
            height: 24.0,
        };
    }
    let labels: Vec<Label> = groups().map(name).collect();
    Foot {
        turned: true,
        height: widest(measure, &labels).min(TURNED) + 12.0,
    }
}

fn bar_width(line: &[Strip<'_>], room: f32) -> f32 {
    let bars: usize = line.iter().map(Strip::bars).sum();
    let fixed: f32 = line.iter().map(|strip| strip.width(0.0)).sum();
    let gaps = PANEL_GAP * line.len().saturating_sub(1) as f32;
    ((room - fixed - gaps) / bars.max(1) as f32).clamp(2.0, WIDEST_BAR)
}

impl Bars {
    fn legend(&self, scene: &mut Scene, width: f32, measure: &dyn Measure) -> f32 {
        let numbered = self.series.len() >= NUMBERED;
        let entry = |(place, (look, name)): (usize, &(Look, String))| {
            let words = match numbered {
                true => format!("{}  {}", place + 1, crate::text::isolate::isolate(name)),
                false => name.clone(),
            };
            let square = Look {
                shape: Shape::Square,
                ..*look
            };
            (square, true, Label::name(words).colour(Colour::Text2).within(240.0))
        };
        let mut entries: Vec<(Look, bool, Label)> = self.series.iter().enumerate().map(entry).collect();
        if let (true, Some((look, _))) = (self.bars().any(|bar| bar.published.is_some()), self.series.first()) {
            entries.push((*look, false, Label::new("published")));
        }
        let mut right = width;
        if let Some(chance) = self.chance {
            let label = Label::new(format!("guessing {}", percent(chance)));
            let left = width - measure.width(&label);
            scene.write_beside(label, point(left, 9.0), Anchor::Left);
            scene.line(point(left - 28.0, 9.0), point(left - 6.0, 9.0), GUESSING);
            right = left - 40.0;
        }
        let end = legend(scene, measure, Area::new(0.0, 0.0, right, 0.0), &entries);
        end.max(if self.chance.is_some() { 22.0 } else { 0.0 })
    }

    fn line(&self, scene: &mut Scene, line: &[Strip<'_>], area: Area, bar: f32, foot: &Foot) {
        let scale = Scale::linear(axis::WHOLE, (area.bottom, area.top));
        axis::rows(
            scene,
            &scale,
            &axis::share_ticks(axis::WHOLE, area.height()),
            area.left,
            area.right,
        );
        let widths: f32 = line.iter().map(|strip| strip.width(bar)).sum();
        let spare = (area.width() - widths) / line.len().max(1) as f32;
        let mut left = area.left;
        for (place, strip) in line.iter().enumerate() {
            let width = strip.width(bar) + spare;
            if place > 0 {
                let x = left.round() + 0.5;
                scene.line(
                    point(x, area.top - TITLE),
                    point(x, area.bottom),
                    Stroke::new(Colour::Line, 1.0),
                );
            }
            let title = Label::new(strip.title)
                .semibold()
                .colour(Colour::Text)
                .within(width - 8.0);
            scene.write_beside(
                title,
                point(left + width / 2.0, area.top - TITLE / 2.0 - 2.0),
                Anchor::Centre,
            );
            // Groups share what is to spare, so that few of them stand in the middle of their panel.
            let gap = (spare / (strip.groups.len() + 1) as f32).min(MOST_APART);
            let taken = strip.width(bar) + gap * strip.groups.len().saturating_sub(1) as f32;
            let mut from = left + (width - taken + GROUP_GAP) / 2.0;
            for group in strip.groups {
                let width = group.bars.len() as f32 * (bar + BAR_GAP) - BAR_GAP;
                self.group(
                    scene,
                    group,
                    Area::new(from, area.top, from + width, area.bottom),
                    bar,
                    &scale,
                );
                let centre = from + width / 2.0;
                if foot.turned {
                    let label = name(group).within(TURNED);
                    scene.write_upwards(label, point(centre, area.bottom + 6.0), Anchor::Right);
                } else {
                    scene.write_beside(name(group), point(centre, area.bottom + 14.0), Anchor::Centre);
                }
                from += width + BAR_GAP + GROUP_GAP + gap;
            }
            left += width;
        }
        if let Some(chance) = self.chance {
            let y = scale.at(chance);
            scene.line(point(area.left, y), point(area.right, y), GUESSING);
        }
        let base = area.bottom.round() + 0.5;
        scene.line(
            point(area.left, base),
            point(area.right, base),
            Stroke::new(Colour::StrongLine, 1.0),
        );
    }

    fn group(&self, scene: &mut Scene, group: &Group, area: Area, width: f32, scale: &Scale) {
        for (place, bar) in group.bars.iter().enumerate() {
            let left = area.left + place as f32 * (width + BAR_GAP);
            let centre = left + width / 2.0;
            let Some((look, _)) = self.series.get(bar.series) else {
                continue;
            };
            let mut top = area.bottom - 24.0;
            match bar.height {
                Height::Measured(measured) => {
                    top = scale.at(measured.value.max(measured.high));
                    let bar = Area::new(left, scale.at(measured.value), left + width, area.bottom);
                    scene.rectangle(bar, look.colour);
                    interval(scene, centre, (scale.at(measured.low), scale.at(measured.high)), width);
                }
                Height::Failed(_) => {
                    let label = Label::small("failed").colour(Colour::Failed);
                    scene.write_upwards(label, point(centre, area.bottom - 4.0), Anchor::Left);
                }
                Height::NotRun => {
                    let label = Label::small("–").colour(Colour::Text3);
                    scene.write_beside(label, point(centre, area.bottom - 8.0), Anchor::Centre);
                }
            }
            if let Some(published) = bar.published {
                let at = point((left + width).min(area.right + 2.0), scale.at(published));
                top = top.min(at.y - 4.0);
                scene.symbol(look.shape, at, 3.4, look.colour, false);
            }
            if self.series.len() >= NUMBERED && width >= 12.0 {
                let at = point(centre, area.bottom - 9.0);
                scene.symbol(Shape::Circle, at, 7.0, Colour::Ground, true);
                let label = Label::small((bar.series + 1).to_string()).colour(Colour::Text);
                scene.write_beside(label.semibold(), at, Anchor::Centre);
            }
            let part = Area::new(left, top, left + width + BAR_GAP, area.bottom);
            scene.region(part, bar.title(), bar.words(), Some(bar.target.clone()));
        }
    }
}

/// The line at which guessing comes out.
const GUESSING: Stroke = Stroke {
    colour: Colour::Text3,
    width: 1.0,
    dashed: true,
};

/// Draws an upright interval; a rim of the ground keeps it visible on bars of any colour.
fn interval(scene: &mut Scene, x: f32, (low, high): (f32, f32), width: f32) {
    let cap = (width * 0.3).clamp(1.5, 5.0);
    for (colour, thick) in [(Colour::Ground, 3.0), (Colour::Text, 1.2)] {
        let stroke = Stroke::new(colour, thick);
        scene.line(point(x, low), point(x, high), stroke);
        for end in [low, high] {
            scene.line(point(x - cap, end), point(x + cap, end), stroke);
        }
    }
}

impl Columns for Bar {
    fn columns(&self) -> Vec<Named> {
        let target = &self.target;
        let measured = match self.height {
            Height::Measured(measured) => Some(measured),
            Height::Failed(_) | Height::NotRun => None,
        };
        let state = match self.height {
            Height::Measured(_) => "measured",
            Height::Failed(_) => "failed",
            Height::NotRun => "not run",
        };
        let language = match &target.language {
            Some(language) => Value::Language(language.clone()),
            None => Value::Text(String::new()),
        };
        vec![
            ("model", Value::Text(target.model.clone())),
            ("benchmark", Value::Text(target.benchmark.clone())),
            ("task", Value::Text(target.task.clone())),
            ("language", language),
            ("n", Value::Count(measured.map_or(0, |measured| measured.n))),
            ("accuracy", Value::Share(measured.map(|measured| measured.value))),
            (
                "",
                Value::Interval(measured.map(|measured| (measured.low, measured.high))),
            ),
            ("published", Value::Share(self.published)),
            ("state", Value::Text(state.to_owned())),
        ]
    }
}
