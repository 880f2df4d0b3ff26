//! Rows of shares with their intervals: accuracy by subject, and how many choices flip between protocols.

use super::axis;
use super::caption::Account;
use super::chart::{Chart, Kind, Measured, Room, legend};
use super::colour::{Colour, Look};
use super::label::{Label, Measure};
use super::rows::{self, Line};
use super::scene::{Area, Scene, point};
use super::target::Target;
use crate::runs::columns::{Columns, Named, Table};
use crate::runs::comparison::INTERVAL;

/// A plot of rows with one dot for each of some series.
#[derive(Debug, Clone)]
pub struct Dots {
    pub kind: Kind,
    pub title: String,
    pub note: String,
    /// What it measures, as a sentence without its full stop.
    pub measure: String,
    /// Protocols that the chosen one is set beside.
    pub beside: Vec<String>,
    /// The words over the figures at the right; empty for none.
    pub heading: String,
    pub series: Vec<(Look, String)>,
    pub rows: Vec<DotRow>,
    /// The rows of the table, as many as there are dots.
    pub table: Vec<Vec<Named>>,
}

/// One row.
#[derive(Debug, Clone, Default)]
pub struct DotRow {
    pub name: String,
    /// A heading of the rows after it has neither dots nor figures.
    pub heading: bool,
    pub dots: Vec<Dot>,
    pub figures: Vec<String>,
}

/// One dot.
#[derive(Debug, Clone)]
pub struct Dot {
    /// A place in the series.
    pub series: usize,
    pub value: Measured,
    /// What it is, as its region says.
    pub title: String,
    /// What else there is to say of it; may be empty.
    pub more: String,
    pub target: Option<Target>,
}

struct Cells<'a>(&'a [Named]);

impl Columns for Cells<'_> {
    fn columns(&self) -> Vec<Named> {
        self.0.to_vec()
    }
}

impl Chart for Dots {
    fn kind(&self) -> Kind {
        self.kind
    }

    fn title(&self) -> String {
        self.title.clone()
    }

    fn note(&self) -> String {
        self.note.clone()
    }

    fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    fn table(&self) -> Table {
        let rows: Vec<Cells<'_>> = self.table.iter().map(|row| Cells(row)).collect();
        Table::new(&rows)
    }

    fn account(&self) -> Account {
        let dots = self.rows.iter().flat_map(|row| &row.dots);
        Account {
            of: self.note.clone(),
            measure: self.measure.clone(),
            interval: INTERVAL,
            unit: "item",
            counts: dots.map(|dot| dot.value.n).collect(),
            beside: self.beside.clone(),
            published: false,
        }
    }

    fn scene(&self, room: Room, measure: &dyn Measure) -> Scene {
        let title = format!("{}, {}", self.title, self.note);
        let description = format!("{}, with 95% intervals.", self.measure);
        let mut scene = Scene::new(room.width, room.height, title, description);
        let entries: Vec<(Look, bool, Label)> = self
            .series
            .iter()
            .map(|(look, name)| (*look, true, Label::name(name).colour(Colour::Text2).within(220.0)))
            .collect();
        let area = Area::new(0.0, 0.0, room.width, 0.0);
        // A single series is named by the note.
        let top = if entries.len() > 1 {
            legend(&mut scene, measure, area, &entries)
        } else {
            0.0
        };
        let lines: Vec<Line> = self.rows.iter().map(line).collect();
        let heading: Vec<Label> = Some(&self.heading)
            .filter(|heading| !heading.is_empty())
            .map(Label::small)
            .into_iter()
            .collect();
        let lanes = self.rows.iter().map(|row| row.dots.len()).max().unwrap_or(1);
        let dots = self.rows.iter().flat_map(|row| &row.dots);
        let shares = axis::fitted(dots.flat_map(|dot| [dot.value.low, dot.value.value, dot.value.high]));
        let rows = rows::lay_out(room, top, (&lines, lanes), &heading, shares, measure);
        scene.height = rows.height;
        rows::draw(&mut scene, &rows, &lines, &heading, measure);
        for (place, row) in self.rows.iter().enumerate() {
            let area = rows.area(place);
            let lane = 7.0_f32.min(area.height() / (row.dots.len() + 1) as f32);
            let first = rows.middle(place) - lane * row.dots.len().saturating_sub(1) as f32 / 2.0;
            for (number, dot) in row.dots.iter().enumerate() {
                let Some((look, _)) = self.series.get(dot.series) else {
                    continue;
                };
                let level = first + number as f32 * lane;
                rows::interval(
                    &mut scene,
                    &rows.scale,
                    (dot.value.low, dot.value.high),
                    level,
                    look.colour,
                );
                let x = rows.scale.at(dot.value.value);
                scene.symbol(look.shape, point(x, level), 3.6, look.colour, true);
                let share = area.height() / row.dots.len() as f32;
                let top = area.top + number as f32 * share;
                let words = match dot.more.as_str() {
                    "" => dot.value.words(),
                    more => format!("{}, {more}", dot.value.words()),
                };
                let lane = Area::new(area.left, top, area.right, top + share);
                scene.region(lane, dot.title.clone(), words, dot.target.clone());
            }
        }
        scene
    }
}

fn line(row: &DotRow) -> Line {
    let figures = row.figures.iter().enumerate();
    // The first of several is what the others are parts of.
    let leads = row.figures.len() > 1;
    Line {
        heading: row.heading,
        name: Label::name(&row.name).bold_if(row.heading),
        figures: figures
            .map(|(column, words)| Label::new(words).bold_if(leads && column == 0).colour(Colour::Text))
            .collect(),
    }
}
