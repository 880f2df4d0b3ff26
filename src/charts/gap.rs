//! The language gap: how much worse a model does in another language than in English, on the same questions.

use super::axis;
use super::caption::Account;
use super::chart::{Chart, Kind, Room, legend};
use super::colour::{Colour, FEW, Look, looks};
use super::label::{Label, Measure};
use super::rows::{self, Line, Rows};
use super::scene::{Anchor, Area, COVERED, Scene, Stroke, point};
use super::target::Target;
use crate::language::Language;
use crate::models::named;
use crate::quantities::{capital, count, percent, points};
use crate::runs::columns::{Columns, Named, Table, Value};
use crate::runs::paired::INTERVAL;

/// The radius of a mark.
const MARK: f32 = 4.2;

/// What the figures' weight and mark say.
const KEY: [&str; 3] = [
    "Bold: told apart, among all rows too.",
    "Regular: by itself only.",
    "≈: not told apart.",
];
/// The height of a line of it.
const KEY_LINE: f32 = 16.0;

/// The gaps of some models on one task.
#[derive(Debug, Clone, PartialEq)]
pub struct Gap {
    /// The task's name.
    pub task: String,
    /// What the others are compared with; absent where there is nothing to compare.
    pub reference: Option<Language>,
    pub rows: Vec<GapRow>,
}

/// One model in one language beside the reference.
#[derive(Debug, Clone, PartialEq)]
pub struct GapRow {
    pub model: String,
    pub language: Language,
    /// Accuracy in the reference language, on the pairs.
    pub reference: f64,
    /// Accuracy in the other, on the pairs.
    pub other: f64,
    /// `other - reference`.
    pub difference: f64,
    /// What one's own pairs say of the difference; absent of published figures.
    pub paired: Option<Paired>,
    /// What others published of the same model, in the reference language and in the other.
    pub published: Option<(f64, f64)>,
    /// Where a published row stands in print; empty of one's own.
    pub source: String,
    pub target: Option<Target>,
}

/// How sure a difference is.
#[derive(Debug, Clone, PartialEq)]
pub struct Paired {
    /// Its 95% interval; absent where there are too few pairs for one.
    pub interval: Option<(f64, f64)>,
    /// Questions answered in both languages.
    pub n: usize,
    /// Whether the difference is left open.
    pub too_few: bool,
    /// Whether it is one when all rows are counted.
    pub stands: bool,
    /// All of it in words.
    pub sentence: String,
    /// By which interval and test.
    pub stands_on: String,
}

impl GapRow {
    fn is_published(&self) -> bool {
        self.paired.is_none()
    }
}

impl Gap {
    fn languages(&self) -> Vec<Language> {
        let mut languages: Vec<Language> = self.reference.iter().cloned().collect();
        for row in &self.rows {
            if !languages.contains(&row.language) {
                languages.push(row.language.clone());
            }
        }
        languages
    }

    /// Rows with the largest loss first, those of a model together where there are several languages; and whether
    /// each model has a heading.
    fn sorted(&self) -> (Vec<&GapRow>, bool) {
        let mut sorted: Vec<&GapRow> = self.rows.iter().collect();
        let by_gap = |one: &&GapRow, other: &&GapRow| one.difference.total_cmp(&other.difference);
        sorted.sort_by(by_gap);
        let first = sorted.first().map(|row| row.model.as_str());
        let several = sorted.iter().any(|row| Some(row.model.as_str()) != first);
        let grouped = several && self.languages().len() > 2;
        if grouped {
            // Those of one model stay as they are.
            sorted.sort_by_cached_key(|row| named::order(&row.model));
        }
        (sorted, grouped)
    }

    /// The rows of the table: one's own before those that were published.
    fn listed(&self) -> impl Iterator<Item = &GapRow> {
        let mut sorted = self.sorted().0;
        sorted.sort_by_key(|row| row.is_published());
        sorted.into_iter()
    }

    fn shows_published(&self) -> bool {
        let mut rows = self.rows.iter();
        rows.any(|row| row.is_published() || row.published.is_some())
    }

    /// `Arabic − English, 95%`, or `Difference to English, 95%` of several.
    fn heading(&self) -> String {
        let languages = self.languages();
        match languages.as_slice() {
            [reference, other] => format!("{} − {}, 95%", other.english_name(), reference.english_name()),
            _ => format!("Difference to {}, 95%", self.reference_name()),
        }
    }

    fn reference_name(&self) -> &str {
        self.reference.as_ref().map_or("", Language::english_name)
    }

    fn region(&self, row: &GapRow) -> (String, String) {
        let title = format!("{}, {}", isolated(&row.model), row.language.english_name());
        let (here, there) = (percent(row.other), percent(row.reference));
        let both = format!("{here} percent, {there} in {}", self.reference_name());
        let detail = match &row.paired {
            Some(paired) => match row.published {
                Some((reference, other)) => format!(
                    "{both}; published {} and {}. {} {}.",
                    percent(other),
                    percent(reference),
                    paired.sentence,
                    capital(&paired.stands_on)
                ),
                None => format!("{both}. {} {}.", paired.sentence, capital(&paired.stands_on)),
            },
            None => format!("{both}, published: {}", row.source),
        };
        (title, detail)
    }
}

fn isolated(name: &str) -> String {
    crate::text::isolate::isolate(name)
}

impl Chart for Gap {
    fn kind(&self) -> Kind {
        Kind::Gap
    }

    fn title(&self) -> String {
        "Language gap".to_owned()
    }

    fn note(&self) -> String {
        let pairs = self.rows.iter().filter_map(|row| Some(row.paired.as_ref()?.n));
        match (pairs.clone().min(), pairs.max()) {
            (Some(least), Some(most)) if least == most => {
                format!("{}, {} question pairs", isolated(&self.task), count(most))
            }
            (Some(least), Some(most)) => {
                format!(
                    "{}, {} to {} question pairs",
                    isolated(&self.task),
                    count(least),
                    count(most)
                )
            }
            _ => isolated(&self.task),
        }
    }

    fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    fn table(&self) -> Table {
        let rows: Vec<Listed<'_>> = self.listed().map(|row| Listed { gap: self, row }).collect();
        Table::new(&rows)
    }

    fn account(&self) -> Account {
        let languages = self.languages();
        let others = match languages.as_slice() {
            [_, other] => other.english_name(),
            _ => "other languages",
        };
        let reference = self.reference_name();
        Account {
            of: isolated(&self.task),
            measure: format!(
                "Percent right in {reference} and in {others} on the same questions, and the difference in points"
            ),
            interval: INTERVAL,
            unit: "question pair",
            counts: self
                .rows
                .iter()
                .filter_map(|row| Some(row.paired.as_ref()?.n))
                .collect(),
            published: self.shows_published(),
            ..Account::default()
        }
    }

    fn targets(&self) -> Vec<Option<Target>> {
        self.listed().map(|row| row.target.clone()).collect()
    }

    fn scene(&self, room: Room, measure: &dyn Measure) -> Scene {
        let (sorted, grouped) = self.sorted();
        let description = format!(
            "Accuracy in {} and in other languages on the same questions, with the difference. {}",
            self.reference_name(),
            self.rows.first().map_or_else(String::new, |_| sentence(self, &sorted))
        );
        let mut scene = Scene::new(
            room.width,
            room.height,
            format!("Language gap, {}", self.note()),
            description,
        );
        let looks = looks(&self.languages());
        let top = legend(
            &mut scene,
            measure,
            Area::new(0.0, 0.0, room.width, 0.0),
            &entries(&looks, self.shows_published()),
        );
        let mut lines = Vec::new();
        let mut placed: Vec<Option<&GapRow>> = Vec::new();
        let one_model = sorted
            .iter()
            .all(|row| sorted.first().is_some_and(|first| first.model == row.model));
        for row in sorted {
            let begins = grouped
                && placed
                    .last()
                    .is_none_or(|before| before.is_none_or(|before| before.model != row.model));
            if begins {
                lines.push(Line {
                    heading: true,
                    name: Label::name(&row.model).semibold(),
                    figures: Vec::new(),
                });
                placed.push(None);
            }
            lines.push(line(row, grouped || one_model));
            placed.push(Some(row));
        }
        let heading = [Label::small(self.heading())];
        let shares = axis::fitted(self.rows.iter().flat_map(|row| {
            let published = row.published.map(|(reference, other)| [reference, other]);
            [row.reference, row.other]
                .into_iter()
                .chain(published.into_iter().flatten())
        }));
        let key = self.key(room.width, measure);
        let below = KEY_LINE * key.len() as f32;
        let rows_room = Room {
            height: room.height - below,
            ..room
        };
        let rows = rows::lay_out(rows_room, top, (&lines, 1), &heading, shares, measure);
        scene.height = rows.height + below;
        rows::draw(&mut scene, &rows, &lines, &heading, measure);
        for (place, line) in key.into_iter().enumerate() {
            let middle = rows.height + KEY_LINE * (place as f32 + 0.5);
            scene.write_beside(line, point(0.0, middle), Anchor::Left);
        }
        for (place, row) in placed.into_iter().enumerate() {
            if let Some(row) = row {
                self.dumbbell(&mut scene, &rows, place, row, &looks);
            }
        }
        scene
    }
}

impl Gap {
    /// What bold, regular and ≈ say, in as many lines as it takes; nothing where all is published.
    fn key(&self, width: f32, measure: &dyn Measure) -> Vec<Label> {
        let mut lines: Vec<Label> = Vec::new();
        if self.rows.iter().all(GapRow::is_published) {
            return lines;
        }
        for part in KEY {
            let longer = lines.last().map(|line| Label::small(format!("{} {part}", line.words)));
            match (lines.last_mut(), longer) {
                (Some(line), Some(longer)) if measure.width(&longer) <= width => *line = longer,
                _ => lines.push(Label::small(part).within(width)),
            }
        }
        lines
    }

    fn dumbbell(&self, scene: &mut Scene, rows: &Rows, place: usize, row: &GapRow, looks: &[(Language, Look)]) {
        let level = rows.middle(place).round() + 0.5;
        let (from, to) = (rows.scale.at(row.reference), rows.scale.at(row.other));
        let stroke = match row.is_published() {
            true => Stroke::dashed(Colour::StrongLine, 1.4),
            false => Stroke::new(Colour::StrongLine, 2.0),
        };
        scene.line(point(from, level), point(to, level), stroke);
        if let Some((reference, other)) = row.published {
            for (language, value) in [(self.reference.as_ref(), reference), (Some(&row.language), other)] {
                if let Some((_, look)) = looks.iter().find(|(known, _)| Some(known) == language) {
                    scene.symbol(look.shape, point(rows.scale.at(value), level), 3.6, look.colour, false);
                }
            }
        }
        let look = |language: Option<&Language>| {
            let found = looks.iter().find(|(known, _)| Some(known) == language);
            found.map(|(_, look)| *look)
        };
        let filled = !row.is_published();
        if let Some(look) = look(self.reference.as_ref()) {
            let at = point(from, level);
            if (from - to).abs() < COVERED {
                // The other mark would hide it: it stands around that as a ring.
                scene.ring(look.shape, at, 1, look.colour, filled);
            } else {
                scene.symbol(look.shape, at, MARK, look.colour, filled);
            }
        }
        if let Some(look) = look(Some(&row.language)) {
            scene.symbol(look.shape, point(to, level), MARK, look.colour, filled);
        }
        let (title, detail) = self.region(row);
        scene.region(rows.area(place), title, detail, row.target.clone());
    }
}

fn entries(looks: &[(Language, Look)], published: bool) -> Vec<(Look, bool, Label)> {
    // Rows name the languages where there are many.
    let named = if looks.len() <= FEW { looks.len() } else { 1 };
    let mut entries: Vec<(Look, bool, Label)> = looks
        .iter()
        .take(named)
        .map(|(language, look)| (*look, true, Label::new(language.english_name())))
        .collect();
    if let (Some((_, look)), true) = (looks.get(1), published) {
        entries.push((*look, false, Label::new("published")));
    }
    entries
}

fn line(row: &GapRow, by_language: bool) -> Line {
    let ink = if row.is_published() {
        Colour::Text2
    } else {
        Colour::Text
    };
    let name = match by_language {
        true => Label::new(row.language.english_name()),
        false => Label::name(&row.model),
    };
    let gap = Label::new(points(row.difference)).colour(ink);
    let figures = match &row.paired {
        Some(paired) if paired.too_few => vec![Label::new(format!("≈ {}", gap.words)).colour(ink), interval(paired)],
        Some(paired) => vec![gap.bold_if(paired.stands), interval(paired)],
        None => vec![gap, Label::new("published")],
    };
    Line {
        heading: false,
        name: name.colour(ink),
        figures,
    }
}

fn interval(paired: &Paired) -> Label {
    let words = |(low, high)| format!("{} to {}", points(low), points(high)).replace('+', "");
    Label::new(paired.interval.map_or_else(|| "–".to_owned(), words))
}

/// The largest gap in words.
fn sentence(gap: &Gap, sorted: &[&GapRow]) -> String {
    let worst = sorted
        .iter()
        .min_by(|one, other| one.difference.total_cmp(&other.difference));
    worst.map_or_else(String::new, |row| {
        let (title, detail) = gap.region(row);
        format!("The largest loss: {title}, {}.", detail.trim_end_matches('.'))
    })
}

struct Listed<'a> {
    gap: &'a Gap,
    row: &'a GapRow,
}

impl Columns for Listed<'_> {
    fn columns(&self) -> Vec<Named> {
        let Self { gap, row } = self;
        let reference = match &gap.reference {
            Some(language) => Value::Language(language.clone()),
            None => Value::Text(String::new()),
        };
        vec![
            ("model", Value::Text(row.model.clone())),
            ("task", Value::Text(gap.task.clone())),
            ("language", Value::Language(row.language.clone())),
            ("reference", reference),
            (
                "n",
                row.paired
                    .as_ref()
                    .map_or(Value::Number(None), |paired| Value::Count(paired.n)),
            ),
            ("accuracy", Value::Share(Some(row.other))),
            ("reference_accuracy", Value::Share(Some(row.reference))),
            ("difference", Value::Points(Some(row.difference))),
            (
                "",
                Value::PointsInterval(row.paired.as_ref().and_then(|paired| paired.interval)),
            ),
            (
                "stands_on",
                Value::Text(
                    row.paired
                        .as_ref()
                        .map_or_else(String::new, |paired| paired.stands_on.clone()),
                ),
            ),
            (
                "source",
                Value::Text(if row.is_published() { "published" } else { "own run" }.to_owned()),
            ),
        ]
    }
}
