//! Accuracy against what a model costs: its parameters, or the tokens or seconds an item takes.

use super::axis::{self, Scale};
use super::caption::Account;
use super::chart::{Chart, Kind, Measured, Room, legend};
use super::colour::{Colour, Look};
use super::label::{Label, Measure, SMALL};
use super::placing::Places;
use super::scene::{Anchor, Area, COVERED, Point, Scene, Stroke, point, ring_radius};
use super::target::Target;
use crate::language::Language;
use crate::quantities::{parameters, percent, seconds};
use crate::runs::columns::{Columns, Named, Table, Value};
use crate::runs::comparison::INTERVAL;

/// What accuracy is set against.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Across {
    #[default]
    Parameters,
    Tokens,
    Seconds,
}

impl Across {
    /// Every cost.
    pub const ALL: [Self; 3] = [Self::Parameters, Self::Tokens, Self::Seconds];

    /// The word for it on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Parameters => "parameters",
            Self::Tokens => "tokens",
            Self::Seconds => "seconds",
        }
    }

    /// The words below the axis.
    pub fn words(self) -> &'static str {
        match self {
            Self::Parameters => "parameters",
            Self::Tokens => "tokens per item",
            Self::Seconds => "seconds per item",
        }
    }

    fn shown(self, value: f64) -> String {
        match self {
            Self::Parameters => parameters(value.round() as u64),
            Self::Tokens => format!("{value:.0}"),
            Self::Seconds => seconds(value),
        }
    }
}

/// Points of accuracy against a cost.
#[derive(Debug, Clone)]
pub struct Scatter {
    pub across: Across,
    pub note: String,
    pub series: Vec<(Look, String)>,
    pub points: Vec<Spot>,
}

/// One point.
#[derive(Debug, Clone)]
pub struct Spot {
    /// A place in the series.
    pub series: usize,
    pub model: String,
    pub language: Language,
    /// What stands beside it.
    pub label: String,
    pub title: String,
    pub cost: f64,
    pub accuracy: Accuracy,
    /// Points that belong together, as one model in two languages, are tied by a line.
    pub tied: Option<usize>,
    /// Absent of published figures, which have no items here.
    pub target: Option<Target>,
}

/// How high a point lies.
#[derive(Debug, Clone, PartialEq)]
pub enum Accuracy {
    Measured(Measured),
    /// With where it stands in print.
    Published {
        value: f64,
        source: String,
    },
}

impl Accuracy {
    fn value(&self) -> f64 {
        match self {
            Self::Measured(measured) => measured.value,
            Self::Published { value, .. } => *value,
        }
    }
}

/// Round the axes.
const VALUES: f32 = 36.0;
const FOOT: f32 = 40.0;
const LEAST: f32 = 200.0;
const RADIUS: f32 = 4.2;

impl Accuracy {
    /// What of it an axis has to reach.
    fn ends(&self) -> Vec<f64> {
        match self {
            Self::Measured(measured) => vec![measured.low, measured.value, measured.high],
            Self::Published { value, .. } => vec![*value],
        }
    }
}

impl Scatter {
    /// The rows of the table: one's own before those that were published.
    fn listed(&self) -> impl Iterator<Item = &Spot> {
        let mut spots: Vec<&Spot> = self.points.iter().collect();
        spots.sort_by_key(|spot| matches!(spot.accuracy, Accuracy::Published { .. }));
        spots.into_iter()
    }
}

impl Chart for Scatter {
    fn kind(&self) -> Kind {
        Kind::Scatter
    }

    fn title(&self) -> String {
        format!("Accuracy against {}", self.across.words())
    }

    fn note(&self) -> String {
        self.note.clone()
    }

    fn is_empty(&self) -> bool {
        self.points.is_empty()
    }

    fn table(&self) -> Table {
        let rows: Vec<Listed<'_>> = self.listed().map(|spot| Listed { chart: self, spot }).collect();
        Table::new(&rows)
    }

    fn account(&self) -> Account {
        let measured = self.points.iter().filter_map(|spot| match &spot.accuracy {
            Accuracy::Measured(measured) => Some(measured.n),
            Accuracy::Published { .. } => None,
        });
        Account {
            of: self.note.clone(),
            measure: format!("Percent right against {}", self.across.words()),
            interval: INTERVAL,
            unit: "item",
            counts: measured.collect(),
            published: self.shows_published(),
            ..Account::default()
        }
    }

    fn targets(&self) -> Vec<Option<Target>> {
        self.listed().map(|spot| spot.target.clone()).collect()
    }

    fn scene(&self, room: Room, measure: &dyn Measure) -> Scene {
        let title = format!("{}, {}", self.title(), self.note);
        let description = format!(
            "Percent right with 95% intervals, upwards, against {}, to the right on a scale of equal ratios.",
            self.across.words()
        );
        let mut scene = Scene::new(room.width, room.height, title, description);
        let top = self.legend(&mut scene, room.width, measure);
        let bottom = (room.height - FOOT).max(top + LEAST);
        scene.height = bottom + FOOT;
        let area = Area::new(VALUES, top + 8.0, room.width - 12.0, bottom);
        let (low, high) = self.costs();
        let across = Scale::logarithmic((low, high), (area.left + 10.0, area.right - 10.0));
        let shares = axis::fitted(self.points.iter().flat_map(|spot| spot.accuracy.ends()));
        let up = Scale::linear(shares, (area.bottom, area.top));
        axis::rows(
            &mut scene,
            &up,
            &axis::share_ticks(shares, area.height()),
            area.left,
            area.right,
        );
        let mut ticks = axis::logarithmic_ticks(low, high, |value| value.to_string());
        for (value, words) in &mut ticks {
            *words = self.tick(*value);
        }
        axis::columns(&mut scene, &across, &ticks, area.top, area.bottom);
        let words = Label::small(self.across.words());
        scene.write(words, point(area.centre().x, area.bottom + 34.0), Anchor::Centre);

        let at = |spot: &Spot| point(across.at(spot.cost), up.at(spot.accuracy.value()));
        self.ties(&mut scene, &at);
        // Beside the topmost and the last points too.
        let mut places = Places::new(Area::new(area.left, top, room.width, area.bottom));
        for spot in &self.points {
            let radius = self.spot(&mut scene, spot, &at, &up);
            places.block(Area::around(at(spot), radius + 1.0));
        }
        for spot in self.named() {
            let label = Label::name(&spot.label).colour(Colour::Text2).within(170.0);
            let label = Label { size: SMALL, ..label };
            let width = measure.width(&label);
            if let Some(place) = places.find(at(spot), width, SMALL) {
                scene.write_beside(label, point(place.left, place.centre().y), Anchor::Left);
            }
        }
        scene
    }
}

/// Above this many points of one name only the topmost is named: a language that twenty models answered in.
const MOST_NAMED: usize = 4;

impl Scatter {
    /// The points that a name stands beside: of tied ones the first, of many that share one the topmost.
    fn named(&self) -> Vec<&Spot> {
        let mut named: Vec<&Spot> = Vec::new();
        for spot in &self.points {
            let alike = |other: &&Spot| other.label == spot.label && other.tied == spot.tied;
            let all = self.points.iter().filter(alike);
            let only = match spot.tied {
                Some(_) => self.points.iter().find(alike),
                None if all.clone().count() > MOST_NAMED => {
                    all.max_by(|one, other| one.accuracy.value().total_cmp(&other.accuracy.value()))
                }
                None => Some(spot),
            };
            if only.is_some_and(|only| std::ptr::eq(only, spot)) {
                named.push(spot);
            }
        }
        named
    }

    fn shows_published(&self) -> bool {
        let published = |spot: &Spot| matches!(spot.accuracy, Accuracy::Published { .. });
        self.points.iter().any(published)
    }

    fn legend(&self, scene: &mut Scene, width: f32, measure: &dyn Measure) -> f32 {
        let mut entries: Vec<(Look, bool, Label)> = self
            .series
            .iter()
            .map(|(look, name)| (*look, true, Label::name(name).colour(Colour::Text2).within(220.0)))
            .collect();
        if let (true, Some((look, _))) = (self.shows_published(), self.series.first()) {
            entries.push((*look, false, Label::new("published")));
        }
        legend(scene, measure, Area::new(0.0, 0.0, width, 0.0), &entries)
    }

    /// The costs between which the axis runs, with room to both sides.
    fn costs(&self) -> (f64, f64) {
        let costs = || self.points.iter().map(|spot| spot.cost).filter(|cost| *cost > 0.0);
        let (low, high) = costs().fold((f64::INFINITY, 0.0_f64), |(low, high), cost| {
            (low.min(cost), high.max(cost))
        });
        if low > high {
            return (1.0, 10.0);
        }
        // A single cost stands in the middle.
        let room = match high / low {
            ..1.01 => 2.0,
            ratio => ratio.powf(0.08).clamp(1.02, 1.25),
        };
        (low / room, high * room)
    }

    fn tick(&self, value: f64) -> String {
        match self.across {
            Across::Parameters => parameters(value.round() as u64).replace(".0 ", " "),
            Across::Tokens | Across::Seconds => match value {
                1.0.. => axis::decimal(value),
                _ => value.to_string(),
            },
        }
    }

    fn ties(&self, scene: &mut Scene, at: &dyn Fn(&Spot) -> Point) {
        for (place, spot) in self.points.iter().enumerate() {
            let next = self
                .points
                .iter()
                .skip(place + 1)
                .find(|next| spot.tied.is_some() && next.tied == spot.tied);
            if let Some(next) = next {
                scene.line(at(spot), at(next), Stroke::new(Colour::Line, 1.4));
            }
        }
    }

    /// How many points of the same model, drawn after this one, lie on it.
    fn covers(&self, spot: &Spot, at: &dyn Fn(&Spot) -> Point) -> usize {
        let after = self
            .points
            .iter()
            .skip_while(|other| !std::ptr::eq(*other, spot))
            .skip(1);
        let here = at(spot);
        let covers = |other: &&Spot| {
            let there = at(other);
            let near = (there.x - here.x).hypot(there.y - here.y) < COVERED;
            near && spot.tied.is_some() && other.tied == spot.tied && other.series != spot.series
        };
        after.filter(covers).count()
    }

    /// Draws a point; returns how far it reaches.
    fn spot(&self, scene: &mut Scene, spot: &Spot, place: &dyn Fn(&Spot) -> Point, up: &Scale) -> f32 {
        let Some((look, _)) = self.series.get(spot.series) else {
            return 0.0;
        };
        let at = place(spot);
        let words = match &spot.accuracy {
            Accuracy::Measured(measured) => {
                let stroke = Stroke::new(look.colour, 1.0);
                scene.line(
                    point(at.x, up.at(measured.low)),
                    point(at.x, up.at(measured.high)),
                    stroke,
                );
                measured.words()
            }
            Accuracy::Published { value, source } => format!("{} percent, published: {source}", percent(*value)),
        };
        let filled = matches!(spot.accuracy, Accuracy::Measured(_));
        let covers = self.covers(spot, place);
        let radius = if covers == 0 { RADIUS } else { ring_radius(covers) };
        match covers {
            0 => scene.symbol(look.shape, at, RADIUS, look.colour, filled),
            _ => scene.ring(look.shape, at, covers, look.colour, filled),
        }
        let cost = self.across.shown(spot.cost);
        let detail = match self.across {
            Across::Parameters => format!("{words}, {cost} parameters"),
            across => format!("{words}, {cost} {}", across.words()),
        };
        let part = Area::around(at, radius + 3.0);
        scene.region(part, spot.title.clone(), detail, spot.target.clone());
        radius
    }
}

struct Listed<'a> {
    chart: &'a Scatter,
    spot: &'a Spot,
}

impl Columns for Listed<'_> {
    fn columns(&self) -> Vec<Named> {
        let Spot {
            model,
            language,
            accuracy,
            cost,
            ..
        } = self.spot;
        let measured = match accuracy {
            Accuracy::Measured(measured) => Some(measured),
            Accuracy::Published { .. } => None,
        };
        let cost = match self.chart.across {
            Across::Parameters => ("parameters", Value::Count(cost.round() as usize)),
            Across::Tokens => ("tokens_per_item", Value::Number(Some(*cost))),
            Across::Seconds => ("seconds_per_item", Value::Seconds(Some(*cost))),
        };
        vec![
            ("model", Value::Text(model.clone())),
            ("language", Value::Language(language.clone())),
            cost,
            (
                "n",
                measured.map_or(Value::Number(None), |measured| Value::Count(measured.n)),
            ),
            ("accuracy", Value::Share(Some(accuracy.value()))),
            (
                "",
                Value::Interval(measured.map(|measured| (measured.low, measured.high))),
            ),
            (
                "source",
                Value::Text(if measured.is_some() { "own run" } else { "published" }.to_owned()),
            ),
        ]
    }
}
