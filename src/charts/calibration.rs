//! Reliability diagrams: whether a model is right as often as it is sure.

use super::axis::{self, Scale};
use super::caption::Account;
use super::chart::{Chart, Kind, Room, legend};
use super::colour::{Colour, Look};
use super::label::{Label, Measure};
use super::scene::{Anchor, Area, Scene, Stroke, point};
use super::target::Target;
use crate::quantities::{count, percent};
use crate::runs::columns::{Columns, Named, Table, Value};
use crate::runs::comparison::INTERVAL;

/// Diagrams of some models, one beside the other.
#[derive(Debug, Clone, Default)]
pub struct Reliability {
    pub note: String,
    pub series: Vec<(Look, String)>,
    pub panels: Vec<Diagram>,
}

/// One model's diagram.
#[derive(Debug, Clone, Default)]
pub struct Diagram {
    pub model: String,
    pub curves: Vec<Curve>,
}

/// One model in one language.
#[derive(Debug, Clone)]
pub struct Curve {
    /// A place in the series.
    pub series: usize,
    /// Answers that have a probability.
    pub n: usize,
    /// The expected calibration error, from 0 to 1.
    pub error: f64,
    /// Bins with answers, the least sure first.
    pub bins: Vec<Bin>,
    pub target: Target,
}

/// Answers that are about as sure.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bin {
    /// Of the probabilities that fall into it.
    pub from: f64,
    pub to: f64,
    /// The mean probability given to the chosen option.
    pub confidence: f64,
    /// The share that was right, with its 95% interval.
    pub accuracy: f64,
    pub low: f64,
    pub high: f64,
    pub n: usize,
}

/// Between diagrams, and around each.
const GAP: f32 = 22.0;
const VALUES: f32 = 34.0;
/// What the last words of an axis reach beyond the last diagram.
const END: f32 = 16.0;
const TITLE: f32 = 18.0;
/// Below a diagram: the words of the axis, and a line for each error.
const AXIS: f32 = 36.0;
const ERROR: f32 = 15.0;
/// The least and the greatest side of a diagram.
const SIDES: (f32, f32) = (110.0, 380.0);
/// The side of a diagram among many.
const LEGIBLE: f32 = 190.0;
/// The height of the bars that count answers.
const COUNTS: f32 = 26.0;

impl Chart for Reliability {
    fn kind(&self) -> Kind {
        Kind::Calibration
    }

    fn title(&self) -> String {
        "Calibration".to_owned()
    }

    fn note(&self) -> String {
        self.note.clone()
    }

    fn is_empty(&self) -> bool {
        self.panels.iter().all(|panel| panel.curves.is_empty())
    }

    fn table(&self) -> Table {
        let curves = self.panels.iter().flat_map(|panel| &panel.curves);
        let rows: Vec<Listed<'_>> = curves
            .flat_map(|curve| curve.bins.iter().map(move |bin| Listed { curve, bin }))
            .collect();
        Table::new(&rows)
    }

    fn account(&self) -> Account {
        Account {
            of: self.note.clone(),
            measure: "Percent right against the probability that the model gave its choice, with the expected \
                      calibration error (ECE) in points; the bars below count answers"
                .to_owned(),
            interval: INTERVAL,
            unit: "item",
            counts: self
                .panels
                .iter()
                .flat_map(|panel| &panel.curves)
                .map(|curve| curve.n)
                .collect(),
            ..Account::default()
        }
    }

    fn targets(&self) -> Vec<Option<Target>> {
        let curves = self.panels.iter().flat_map(|panel| &panel.curves);
        let targets = curves.flat_map(|curve| curve.bins.iter().map(|_| Some(curve.target.clone())));
        targets.collect()
    }

    fn scene(&self, room: Room, measure: &dyn Measure) -> Scene {
        let title = format!("Calibration, {}", self.note);
        let errors = self.panels.iter().flat_map(|panel| &panel.curves).map(|curve| {
            let series = self.series.get(curve.series).map_or("", |(_, name)| name.as_str());
            format!(
                "{} {series}: expected calibration error {} points.",
                curve.target.model,
                percent(curve.error)
            )
        });
        let description = format!(
            "The share right against the probability the model gave its choice, with 95% intervals; on the diagonal \
             both agree. {}",
            errors.collect::<Vec<_>>().join(" ")
        );
        let mut scene = Scene::new(room.width, room.height, title, description);
        let entries: Vec<(Look, bool, Label)> = self
            .series
            .iter()
            .map(|(look, name)| (*look, true, Label::new(name)))
            .collect();
        let top = legend(&mut scene, measure, Area::new(0.0, 0.0, room.width, 0.0), &entries);
        let curves = self.panels.iter().map(|panel| panel.curves.len()).max().unwrap_or(1);
        let below = AXIS + COUNTS + ERROR * curves as f32;
        let tall = (room.height - top - TITLE - below).clamp(SIDES.0, SIDES.1);
        let columns = columns(room, tall, self.panels.len(), top, TITLE + below + 8.0);
        let wide = (room.width - END - GAP * (columns - 1) as f32) / columns as f32;
        let side = tall.min(wide - VALUES).max(60.0);
        let height = TITLE + side + below + 8.0;
        for (place, panel) in self.panels.iter().enumerate() {
            let left = (place % columns) as f32 * (wide + GAP) + VALUES;
            let top = top + (place / columns) as f32 * height + TITLE;
            self.diagram(
                &mut scene,
                panel,
                Area::new(left, top, left + side, top + side),
                wide - VALUES,
            );
        }
        let rows = self.panels.len().div_ceil(columns);
        scene.height = (top + rows as f32 * height).max(room.height);
        scene
    }
}

/// How many diagrams stand beside each other, so that they are as large as they may be where all of them fit the room
/// below `top`, and else as small as is still read well. Each is `around` higher than its side.
fn columns(room: Room, tall: f32, panels: usize, top: f32, around: f32) -> usize {
    let beside = |side: f32| {
        let most = ((room.width - END + GAP) / (side + VALUES + GAP)).floor() as usize;
        most.clamp(1, panels.max(1))
    };
    let (few, many) = (beside(tall), beside(tall.min(LEGIBLE)));
    let fits = |columns: &usize| {
        let wide = (room.width - END + GAP) / *columns as f32 - GAP;
        let height = panels.div_ceil(*columns) as f32 * (tall.min(wide - VALUES) + around);
        top + height <= room.height
    };
    (few..=many).find(fits).unwrap_or(many)
}

impl Reliability {
    fn diagram(&self, scene: &mut Scene, panel: &Diagram, area: Area, width: f32) {
        let name = Label::name(&panel.model).semibold().within(width);
        scene.write_beside(name, point(area.left, area.top - TITLE / 2.0 - 2.0), Anchor::Left);
        let across = Scale::linear(axis::WHOLE, (area.left, area.right));
        let up = Scale::linear(axis::WHOLE, (area.bottom, area.top));
        let ticks = axis::share_ticks(axis::WHOLE, area.width());
        axis::rows(scene, &up, &ticks, area.left, area.right);
        let counts = area.bottom + COUNTS;
        axis::columns(scene, &across, &ticks, area.top, counts);
        let diagonal = Stroke::dashed(Colour::Text3, 1.0);
        scene.line(point(area.left, area.bottom), point(area.right, area.top), diagonal);
        let words = Label::small("how sure the model was");
        scene.write(
            words.within(width),
            point(area.centre().x, counts + 30.0),
            Anchor::Centre,
        );
        for (place, curve) in panel.curves.iter().enumerate() {
            let Some((look, name)) = self.series.get(curve.series) else {
                continue;
            };
            let lanes = (place, panel.curves.len());
            curve_counts(scene, curve, *look, &across, (area.bottom + 2.0, counts), lanes);
            let line: Vec<_> = curve
                .bins
                .iter()
                .map(|bin| point(across.at(bin.confidence), up.at(bin.accuracy)))
                .collect();
            scene.marks.push(super::scene::Mark::Path {
                points: line.clone(),
                stroke: Stroke::new(look.colour, 1.2),
            });
            for (bin, at) in curve.bins.iter().zip(line) {
                let stroke = Stroke::new(look.colour, 1.0);
                scene.line(point(at.x, up.at(bin.low)), point(at.x, up.at(bin.high)), stroke);
                scene.symbol(look.shape, at, 3.6, look.colour, true);
                let title = format!("{}, {name}", crate::text::isolate::isolate(&panel.model));
                scene.region(Area::around(at, 7.0), title, bin.words(), Some(curve.target.clone()));
            }
            let level = counts + AXIS + ERROR * (place as f32 + 0.5);
            scene.symbol(look.shape, point(area.left + 4.0, level), 3.6, look.colour, true);
            let words = format!("ECE {}, n {}", percent(curve.error), count(curve.n));
            let label = Label::small(words).colour(Colour::Text);
            scene.write_beside(label, point(area.left + 12.0, level), Anchor::Left);
        }
    }
}

/// Draws how many answers each bin has, downwards from the diagram.
fn curve_counts(
    scene: &mut Scene,
    curve: &Curve,
    look: Look,
    across: &Scale,
    levels: (f32, f32),
    lanes: (usize, usize),
) {
    let most = curve.bins.iter().map(|bin| bin.n).max().unwrap_or(1).max(1);
    for bin in &curve.bins {
        let (from, to) = (across.at(bin.from) + 1.0, across.at(bin.to) - 1.0);
        let lane = (to - from) / lanes.1 as f32;
        let left = from + lane * lanes.0 as f32;
        let height = (levels.1 - levels.0) * bin.n as f32 / most as f32;
        scene.rectangle(
            Area::new(left, levels.0, left + lane, levels.0 + height.max(1.0)),
            look.colour,
        );
    }
}

impl Bin {
    fn words(&self) -> String {
        format!(
            "sure {} to {} percent: {} percent right, {} to {}, n {}",
            percent(self.from),
            percent(self.to),
            percent(self.accuracy),
            percent(self.low),
            percent(self.high),
            count(self.n)
        )
    }
}

struct Listed<'a> {
    curve: &'a Curve,
    bin: &'a Bin,
}

impl Columns for Listed<'_> {
    fn columns(&self) -> Vec<Named> {
        let (target, bin) = (&self.curve.target, self.bin);
        let language = match &target.language {
            Some(language) => Value::Language(language.clone()),
            None => Value::Text(String::new()),
        };
        vec![
            ("model", Value::Text(target.model.clone())),
            ("task", Value::Text(target.task.clone())),
            ("language", language),
            ("sure_from", Value::Share(Some(bin.from))),
            ("sure_to", Value::Share(Some(bin.to))),
            ("n", Value::Count(bin.n)),
            ("confidence", Value::Share(Some(bin.confidence))),
            ("accuracy", Value::Share(Some(bin.accuracy))),
            ("", Value::Interval(Some((bin.low, bin.high)))),
            ("calibration_error", Value::Share(Some(self.curve.error))),
        ]
    }
}
