//! Rows of measures as columns: what a terminal, a spreadsheet and the window show of any of them.

mod csv;
mod html;
mod latex;
mod markdown;
mod rows;

use std::cmp::Ordering;

pub use csv::write_csv;
pub use html::{html, html_page};
pub use latex::latex;
pub use markdown::markdown;

use crate::language::{Direction, Language, Script};
use crate::quantities::{between, count, percent, points, seconds};

/// One cell of a table.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    Text(String),
    /// By its tag in files of data and in terminals, by its name on pages.
    Language(Language),
    Count(usize),
    /// From 0 to 1.
    Share(Option<f64>),
    /// A difference of shares, from −1 to 1.
    Points(Option<f64>),
    /// The 95% interval of the share before it.
    Interval(Option<(f64, f64)>),
    /// The 95% interval of the difference before it.
    PointsInterval(Option<(f64, f64)>),
    /// The probability that chance alone gives, from 0 to 1.
    Probability(Option<f64>),
    /// What one answer takes.
    Seconds(Option<f64>),
    Number(Option<f64>),
}

impl Value {
    /// The cell as people read it: shares in percent, what is not known as a dash.
    pub fn shown(&self) -> String {
        let known = match self {
            Self::Text(text) => Some(text.clone()),
            Self::Language(language) => Some(language.tag().to_owned()),
            Self::Count(number) => Some(count(*number)),
            Self::Share(share) => share.map(percent),
            Self::Points(difference) => difference.map(points),
            Self::Interval(ends) => ends.map(|(low, high)| format!("{}–{}", percent(low), percent(high))),
            Self::PointsInterval(ends) => ends.map(|(low, high)| between(low, high)),
            Self::Probability(probability) => probability.map(|probability| match probability {
                ..0.001 => "<0.001".to_owned(),
                _ => format!("{probability:.3}"),
            }),
            Self::Seconds(number) => number.map(seconds),
            Self::Number(number) => number.map(|number| match number.abs() {
                0.0..10.0 => format!("{number:.2}").replace('-', "−"),
                _ => format!("{number:.1}").replace('-', "−"),
            }),
        };
        known.unwrap_or_else(|| "–".to_owned())
    }

    /// The cell on a page, where a language has its name.
    pub fn on_page(&self) -> String {
        match self {
            Self::Language(language) => language.english_name().to_owned(),
            value => value.shown(),
        }
    }

    /// How it stands to another of its column: texts by their letters, numbers by size, what is not known first.
    pub fn order(&self, other: &Self) -> Ordering {
        let number = |value: &Self| match value {
            Self::Text(_) | Self::Language(_) => None,
            Self::Count(count) => Some(*count as f64),
            Self::Share(number)
            | Self::Points(number)
            | Self::Number(number)
            | Self::Seconds(number)
            | Self::Probability(number) => *number,
            Self::Interval(ends) | Self::PointsInterval(ends) => ends.map(|(low, _)| low),
        };
        match (self, other) {
            (Self::Text(one), Self::Text(other)) => one.to_lowercase().cmp(&other.to_lowercase()),
            (Self::Language(one), Self::Language(other)) => one.english_name().cmp(other.english_name()),
            _ => match (number(self), number(other)) {
                (Some(one), Some(other)) => one.total_cmp(&other),
                (one, other) => one.is_some().cmp(&other.is_some()),
            },
        }
    }

    /// Whether it stands at the end of its column, as numbers do.
    pub fn is_number(&self) -> bool {
        !matches!(self, Self::Text(_) | Self::Language(_))
    }
}

/// Which way a text runs: that of its first letter that runs either way.
fn runs_right_to_left(text: &str) -> bool {
    let letter = |character: char| character.is_alphabetic().then(|| is_right_to_left(character));
    text.chars().find_map(letter).unwrap_or(false)
}

/// Whether a character is of a script that runs from right to left.
fn is_right_to_left(character: char) -> bool {
    Script::of(character).is_some_and(|script| script.direction() == Direction::RightToLeft)
}

/// A cell with the name of its column in files. An interval's is what stands before `low` and `high`.
pub type Named = (&'static str, Value);

/// A row with columns; those of all rows of a kind are the same.
pub trait Columns {
    /// The cells from left to right.
    fn columns(&self) -> Vec<Named>;
}

/// The name of a column as people read it.
pub fn heading((name, value): &Named) -> String {
    match value {
        Value::Interval(_) | Value::PointsInterval(_) => "95% interval".to_owned(),
        _ => name.replace('_', " ").replace("english", "English"),
    }
}

/// A measure's rows, ready to be shown.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Table {
    pub headings: Vec<String>,
    pub rows: Vec<Vec<Named>>,
}

impl Table {
    /// Puts rows of one kind together.
    pub fn new<R: Columns>(rows: &[R]) -> Self {
        let rows: Vec<Vec<Named>> = rows.iter().map(Columns::columns).collect();
        let headings = rows
            .first()
            .map_or_else(Vec::new, |row| row.iter().map(heading).collect());
        Self { headings, rows }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two rows with what every format has to mind.
    pub(super) fn table() -> Table {
        struct Of(&'static str, &'static str, Option<f64>, f64, f64);
        impl Columns for Of {
            fn columns(&self) -> Vec<Named> {
                vec![
                    ("model", Value::Text(self.0.to_owned())),
                    ("language", Value::Language(self.1.parse().unwrap())),
                    ("n", Value::Count(if self.2.is_some() { 1273 } else { 5 })),
                    ("accuracy", Value::Share(self.2)),
                    ("", Value::Interval(self.2.map(|share| (share - 0.043, share + 0.042)))),
                    ("gap", Value::Points(Some(self.3))),
                    ("p", Value::Probability(Some(self.4))),
                ]
            }
        }
        Table::new(&[
            Of("a|b_c 50% & <i>", "en", Some(0.612), -0.029, 0.0002),
            Of("نموذج 7B (Arabic)", "ar", None, 0.065, 0.0421),
        ])
    }

    #[test]
    fn intervals_with_signs_have_a_word_between() {
        let ends = Some((0.029, 0.065));
        assert_eq!(Value::Interval(ends).shown(), "2.9–6.5");
        assert_eq!(Value::Count(16_000_000_000).shown(), "16,000,000,000");
        assert_eq!(Value::PointsInterval(ends).shown(), "2.9 to 6.5");
    }

    #[test]
    fn numbers_of_a_kind_are_written_alike() {
        assert_eq!(Value::Seconds(Some(0.0681)).shown(), "0.068");
        assert_eq!(Value::Seconds(Some(0.11)).shown(), "0.110");
        assert_eq!(Value::Number(Some(0.0681)).shown(), "0.07");
        assert_eq!(Value::Number(Some(-0.26)).shown(), "−0.26");
    }

    #[test]
    fn csv_has_numbers_and_both_ends() {
        let mut bytes = Vec::new();
        write_csv(&mut bytes, &table()).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0], "model,language,n,accuracy,low,high,gap,p");
        assert!(lines[1].starts_with("a|b_c 50% & <i>,en,1273,0.612,0.569"), "{text}");
        assert!(lines[2].ends_with(",ar,5,,,,0.065,0.0421"), "{text}");
    }
}
