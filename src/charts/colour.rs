//! Colours by what they mean, so that one scene serves the light, the dark and the printed theme.

use super::scene::Shape;
use crate::language::Language;

/// What a colour is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Colour {
    /// What the figure stands on.
    Ground,
    Text,
    /// Labels.
    Text2,
    /// Hints.
    Text3,
    Line,
    StrongLine,
    /// Bars without a meaning of their own.
    Neutral,
    /// A language or another category, by its place: English is 0, Arabic 1.
    Category(usize),
    /// A model's bars where they stand beside those of others.
    Series(usize),
    Right,
    Wrong,
    Failed,
}

/// Red, green and blue.
pub type Rgb = [u8; 3];

/// The colours of one theme.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Theme {
    pub ground: Rgb,
    pub text: Rgb,
    pub text_2: Rgb,
    pub text_3: Rgb,
    pub line: Rgb,
    pub strong_line: Rgb,
    pub neutral: Rgb,
    pub right: Rgb,
    pub wrong: Rgb,
    pub failed: Rgb,
    pub categories: [Rgb; CATEGORIES],
    pub series: [Rgb; SERIES],
}

/// How many categories have a colour of their own.
pub const CATEGORIES: usize = 8;
/// How many models have one.
pub const SERIES: usize = 9;

impl Theme {
    /// The colour that has a meaning here. Past the last category or model they begin again.
    pub fn rgb(&self, colour: Colour) -> Rgb {
        match colour {
            Colour::Ground => self.ground,
            Colour::Text => self.text,
            Colour::Text2 => self.text_2,
            Colour::Text3 => self.text_3,
            Colour::Line => self.line,
            Colour::StrongLine => self.strong_line,
            Colour::Neutral => self.neutral,
            Colour::Category(place) => self.categories[place % CATEGORIES],
            Colour::Series(place) => self.series[place % SERIES],
            Colour::Right => self.right,
            Colour::Wrong => self.wrong,
            Colour::Failed => self.failed,
        }
    }
}

impl Colour {
    /// Every colour a theme has.
    pub fn all() -> impl Iterator<Item = Self> {
        let plain = [
            Self::Ground,
            Self::Text,
            Self::Text2,
            Self::Text3,
            Self::Line,
            Self::StrongLine,
            Self::Neutral,
            Self::Right,
            Self::Wrong,
            Self::Failed,
        ];
        let categories = (0..CATEGORIES).map(Self::Category);
        plain.into_iter().chain(categories).chain((0..SERIES).map(Self::Series))
    }

    /// Its name in a style sheet.
    pub fn name(self) -> String {
        match self {
            Self::Ground => "ground".to_owned(),
            Self::Text => "text".to_owned(),
            Self::Text2 => "text-2".to_owned(),
            Self::Text3 => "text-3".to_owned(),
            Self::Line => "line".to_owned(),
            Self::StrongLine => "strong-line".to_owned(),
            Self::Neutral => "neutral".to_owned(),
            Self::Category(place) => format!("category-{}", place % CATEGORIES),
            Self::Series(place) => format!("series-{}", place % SERIES),
            Self::Right => "right".to_owned(),
            Self::Wrong => "wrong".to_owned(),
            Self::Failed => "failed".to_owned(),
        }
    }
}

/// Up to how many languages each has a colour of its own.
pub const FEW: usize = 4;

/// How the marks of a category look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    pub colour: Colour,
    pub shape: Shape,
}

impl Look {
    /// The look of the model in a place among others where these have the colours.
    pub fn of_model(place: usize) -> Self {
        Self {
            colour: Colour::Series(place),
            shape: [Shape::Circle, Shape::Diamond, Shape::Square, Shape::Triangle][place % 4],
        }
    }
}

/// The look of every language of a figure: English a blue circle and Arabic an ochre diamond wherever they are, the
/// others in their order. Of many the others look alike: whoever shows them names them beside their marks.
pub fn looks(languages: &[Language]) -> Vec<(Language, Look)> {
    let mut next = 2;
    let many = languages.len() > FEW;
    let look = |language: &Language| {
        if many && !matches!(language.primary(), "en" | "ar") {
            let look = Look {
                colour: Colour::Neutral,
                shape: Shape::Square,
            };
            return (language.clone(), look);
        }
        let place = match language.primary() {
            "en" => 0,
            "ar" => 1,
            _ => {
                next += 1;
                next - 1
            }
        };
        let shape = match place {
            0 => Shape::Circle,
            1 => Shape::Diamond,
            place if place % 2 == 0 => Shape::Square,
            _ => Shape::Triangle,
        };
        (
            language.clone(),
            Look {
                colour: Colour::Category(place),
                shape,
            },
        )
    };
    languages.iter().map(look).collect()
}
