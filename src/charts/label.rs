//! Words in a figure, measured and set by the program's own text layout.

use crate::language::{Language, Script};
use crate::text::controls::Controls;
use crate::text::outline::{Outlined, Outliner};
use crate::text::{ARABIC_BESIDE_LATIN, Cut, Frame, Pitch, TextStyle, Weight};

use super::colour::Colour;

/// The size of most words.
pub const SIZE: f32 = 12.0;
/// The size of numbers on axes, of counts and intervals.
pub const SMALL: f32 = 11.0;

/// From the baseline to the middle of a capital letter, as a share of the size.
const MIDDLE: f32 = 0.357;

/// Words, in one line unless they break.
#[derive(Debug, Clone, PartialEq)]
pub struct Label {
    pub words: String,
    /// `None`: it runs as its first strong letter does.
    pub language: Option<Language>,
    /// Points.
    pub size: f32,
    pub weight: Weight,
    pub colour: Colour,
    /// It is cut to be no wider, unless it breaks.
    pub widest: f32,
    pub cut: Cut,
    /// Whether it goes on in lines below where it is wider.
    pub breaks: bool,
}

impl Label {
    /// Words in [`SIZE`].
    pub fn new(words: impl Into<String>) -> Self {
        Self {
            words: words.into(),
            language: None,
            size: SIZE,
            weight: Weight::Regular,
            colour: Colour::Text2,
            widest: f32::INFINITY,
            cut: Cut::End,
            breaks: false,
        }
    }

    /// Words in [`SMALL`].
    pub fn small(words: impl Into<String>) -> Self {
        Self {
            size: SMALL,
            ..Self::new(words)
        }
    }

    /// The name of a model: many begin alike, so it keeps its end.
    pub fn name(words: impl Into<String>) -> Self {
        Self {
            cut: Cut::Middle,
            colour: Colour::Text,
            ..Self::new(words)
        }
    }

    pub fn semibold(mut self) -> Self {
        self.weight = Weight::Semibold;
        self
    }

    pub fn bold_if(self, bold: bool) -> Self {
        if bold { self.semibold() } else { self }
    }

    pub fn colour(mut self, colour: Colour) -> Self {
        self.colour = colour;
        self
    }

    pub fn within(mut self, widest: f32) -> Self {
        self.widest = widest.max(0.0);
        self
    }

    /// In as many lines of `widest` as it takes.
    pub fn breaking(self, widest: f32) -> Self {
        Self {
            breaks: true,
            ..self.within(widest)
        }
    }

    pub fn language(mut self, language: &Language) -> Self {
        self.language = Some(language.clone());
        self
    }

    /// How far its baseline lies below the middle of its capitals.
    pub fn middle(&self) -> f32 {
        MIDDLE * self.size
    }

    /// As text layout takes it.
    pub fn style(&self) -> TextStyle {
        let larger = self.language.as_ref().map(Language::script) == Some(Script::Arabic);
        TextStyle {
            size: if larger {
                self.size * ARABIC_BESIDE_LATIN
            } else {
                self.size
            },
            line_height: (self.size * 1.4).round(),
            weight: self.weight,
            language: self.language.clone(),
            controls: Controls::Obeyed,
            pitch: Pitch::Proportional,
        }
    }

    /// The room it may take.
    pub fn frame(&self) -> Frame {
        Frame {
            // A width of a fraction of a point less than the text's own must not cut it.
            max_width: self.widest + 0.5,
            max_lines: (!self.breaks).then_some(1),
            cut: self.cut,
            ..Frame::UNLIMITED
        }
    }
}

/// Whoever draws a figure knows how wide its words come out.
pub trait Measure {
    /// How wide `label` comes out, in points.
    fn width(&self, label: &Label) -> f32;
}

/// The widest of `labels`.
pub fn widest<'a>(measure: &dyn Measure, labels: impl IntoIterator<Item = &'a Label>) -> f32 {
    labels.into_iter().map(|label| measure.width(label)).fold(0.0, f32::max)
}

impl Measure for Outliner {
    fn width(&self, label: &Label) -> f32 {
        outlined(self, label).width
    }
}

/// The outlines of a label.
pub fn outlined(outliner: &Outliner, label: &Label) -> Outlined {
    outliner.outline(&label.words, &label.style(), &label.frame())
}
