//! One paragraph through parley: fonts, sizes, direction and line breaks.

use std::borrow::Cow;
use std::ops::Range;

use parley::{BaseDirection, FontFamily, FontFamilyName, FontWeight, OverflowWrap, StyleProperty};

use super::{Engine, TextStyle};
use crate::language::{Direction, Language, Script};
use crate::text::fonts;

/// A paragraph shaped and broken into lines.
pub(super) struct Shaped {
    pub layout: parley::Layout<()>,
    /// What was given to the shaper.
    pub text: String,
    /// The part of it that is the paragraph's own; the rest is an ellipsis.
    pub own: usize,
    pub natural_width: f32,
}

/// The size of Latin letters within Arabic text, as a share of the Arabic size: their capitals and
/// ascenders would otherwise tower over it.
const LATIN_IN_ARABIC: f32 = 0.91;

impl Engine {
    /// Shapes `paragraph` followed by `ending`, and breaks it into lines of at most `width`.
    pub(super) fn shape(
        &mut self,
        paragraph: &str,
        ending: &str,
        style: &TextStyle,
        direction: Option<Direction>,
        width: Option<f32>,
        scale: f32,
    ) -> Shaped {
        // Control characters have no glyph. A space is as many bytes, so that positions stay.
        // A tab stays: it separates what stands on its sides, which a space does not (rule L1 of UAX 9).
        let mut text: String = paragraph
            .chars()
            .map(|character| match character {
                '\t' => '\t',
                other if other.is_ascii_control() => ' ',
                other => other,
            })
            .collect();
        let own = text.len();
        text.push_str(ending);

        let families: Vec<FontFamilyName<'_>> = fonts::families(style.language.as_ref())
            .into_iter()
            .map(FontFamilyName::named)
            .collect();
        let language = style.language.as_ref();
        let mut builder = self.context.ranged_builder(&mut self.fonts, &text, scale, true);
        builder.set_base_direction(match direction {
            None => BaseDirection::Auto,
            Some(Direction::LeftToRight) => BaseDirection::Ltr,
            Some(Direction::RightToLeft) => BaseDirection::Rtl,
        });
        builder.push_default(FontFamily::List(Cow::Owned(families)));
        builder.push_default(StyleProperty::FontSize(style.size));
        builder.push_default(FontWeight::new(f32::from(style.weight.value())));
        builder.push_default(OverflowWrap::BreakWord);
        builder.push_default(StyleProperty::Locale(
            language.and_then(|language| parley::Language::parse(language.tag()).ok()),
        ));
        if language.map(Language::script) == Some(Script::Arabic) {
            for range in latin_words(&text) {
                builder.push(StyleProperty::FontSize(style.size * LATIN_IN_ARABIC), range);
            }
        }
        let mut layout = builder.build(&text);
        layout.break_all_lines(None);
        let natural_width = layout
            .lines()
            .map(|line| line.metrics().advance - line.metrics().hanging_advance)
            .fold(0.0, f32::max);
        if let Some(width) = width
            && natural_width > width
        {
            layout.break_all_lines(Some(width));
        }
        Shaped {
            layout,
            text,
            own,
            natural_width,
        }
    }
}

/// Stretches of Latin words within Arabic text, with the digits and signs that belong to them
/// (`120 mg/dL`), but not digits that stand alone.
fn latin_words(text: &str) -> Vec<Range<usize>> {
    let mut words: Vec<Range<usize>> = Vec::new();
    let mut current: Option<(Range<usize>, bool)> = None;
    let mut finish = |current: &mut Option<(Range<usize>, bool)>| {
        if let Some((range, true)) = current.take() {
            words.push(range);
        }
    };
    for (position, character) in text.char_indices() {
        let end = position + character.len_utf8();
        let letter = Script::Latin.contains(character);
        if letter || character.is_ascii_digit() {
            let (range, has_letter) = current.get_or_insert((position..end, false));
            range.end = end;
            *has_letter |= letter;
        } else if !(character.is_ascii_punctuation() || character == ' ' || character == '\u{a0}') {
            finish(&mut current);
        }
    }
    finish(&mut current);
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn latin_words_take_the_numbers_that_belong_to_them() {
        let text = "أعط 500 mg/day و ٣ مرات، أو 12.";
        let found: Vec<&str> = latin_words(text).into_iter().map(|range| &text[range]).collect();
        assert_eq!(found, ["500 mg/day"]);
    }
}
