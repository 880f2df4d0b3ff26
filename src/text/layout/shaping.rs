//! One paragraph through parley: fonts, sizes, direction and line breaks.

use std::borrow::Cow;
use std::ops::Range;

use parley::{BaseDirection, FontFamily, FontFamilyName, FontWeight, LineBreakContext, OverflowWrap};
use unicode_segmentation::UnicodeSegmentation;

use super::cutting::Excerpt;
use super::{ARABIC_BESIDE_LATIN, Engine, Paragraph, ROUNDING, TextStyle, lacking};
use crate::language::{Direction, Language, Script};
use crate::text::fonts::{FIXED_FAMILY, Pitch, Weight};
use crate::text::isolate;

/// A paragraph shaped and broken into lines.
pub(super) struct Shaped {
    pub layout: parley::Layout<()>,
    /// What was given to the shaper.
    pub excerpt: Excerpt,
    pub natural_width: f32,
}

impl Shaped {
    /// Which way the paragraph runs.
    pub fn direction(&self) -> Direction {
        if self.layout.is_rtl() {
            Direction::RightToLeft
        } else {
            Direction::LeftToRight
        }
    }
}

/// The size of Latin letters within Arabic text, as a share of the Arabic size: their capitals and
/// ascenders would otherwise tower over it.
const LATIN_IN_ARABIC: f32 = 0.91;

/// The size of raised text as a share of the size around it.
const RAISED: f32 = 0.65;

impl Engine {
    /// Shapes what is kept of a paragraph, and breaks it into lines.
    pub(super) fn shape(&mut self, paragraph: &Paragraph<'_>, excerpt: Excerpt) -> Shaped {
        let mut layout = self.shape_on_one_line(paragraph, &excerpt, &[]);
        let room = lacking::room(&layout, &excerpt.text);
        if !room.is_empty() {
            layout = self.shape_on_one_line(paragraph, &excerpt, &room);
        }
        let natural_width = layout
            .lines()
            .map(|line| line.metrics().advance - line.metrics().hanging_advance)
            .fold(0.0, f32::max);
        if let Some(room) = paragraph.width.map(|width| width + ROUNDING)
            && natural_width > room
        {
            layout.break_all_lines(Some(room));
        }
        Shaped {
            layout,
            excerpt,
            natural_width,
        }
    }

    /// Shapes what is kept of a paragraph, the clusters in `room` wider by so many pixels.
    fn shape_on_one_line(
        &mut self,
        paragraph: &Paragraph<'_>,
        excerpt: &Excerpt,
        room: &[(Range<usize>, f32)],
    ) -> parley::Layout<()> {
        let text = excerpt.text.as_str();
        let families = paragraph.families.iter().copied().map(FontFamilyName::named);
        let families: Vec<_> = families.collect();
        let fixed = std::iter::once(FontFamilyName::named(FIXED_FAMILY));
        let fixed: Vec<_> = fixed.chain(families.iter().cloned()).collect();
        let language = paragraph.style.language.as_ref();
        let locale = language.and_then(|language| parley::Language::parse(language.tag()).ok());
        let mut builder = self
            .context
            .style_run_builder(&mut self.fonts, text, paragraph.scale, true);
        builder.set_base_direction(match paragraph.direction {
            None => BaseDirection::Auto,
            Some(Direction::LeftToRight) => BaseDirection::Ltr,
            Some(Direction::RightToLeft) => BaseDirection::Rtl,
        });
        builder.set_line_break_override(Some(&keep_slashes));
        let in_full = |setting: Setting| parley::TextStyle {
            font_family: FontFamily::List(Cow::Borrowed(match setting.pitch {
                Pitch::Proportional => &families,
                Pitch::Fixed => &fixed,
            })),
            font_size: setting.size,
            font_weight: FontWeight::new(f32::from(setting.weight.value())),
            letter_spacing: setting.spacing,
            overflow_wrap: OverflowWrap::BreakWord,
            locale,
            ..parley::TextStyle::default()
        };
        // The first one gives every line its height.
        let base = Setting::of(paragraph.style);
        let mut known = vec![(base, builder.push_style(in_full(base)))];
        let mut end = 0;
        for run in settings(paragraph, excerpt, room).chunk_by(PartialEq::eq) {
            let setting = run.first().copied().unwrap_or(base);
            let style = match known.iter().find(|(other, _)| *other == setting) {
                Some((_, style)) => *style,
                None => {
                    let style = builder.push_style(in_full(setting));
                    known.push((setting, style));
                    style
                }
            };
            builder.push_style_run(style, end..end + run.len());
            end += run.len();
        }
        let mut layout = builder.build(text);
        layout.break_all_lines(None);
        layout
    }
}

/// The text as the shaper takes it, every character in as many bytes, so that positions stay.
///
/// Control characters have no glyph and become spaces. A tab stays: it separates what stands on its
/// sides, which a space does not (rule L1 of UAX 9).
pub(super) fn shapeable(text: &str) -> String {
    let mut open = 0_usize;
    let shapeable = |character| {
        match character {
            isolate::LEFT_TO_RIGHT | isolate::RIGHT_TO_LEFT | isolate::FIRST_STRONG => open += 1,
            isolate::POP => open = open.saturating_sub(1),
            _ => {}
        }
        match character {
            // So deep an isolate has no effect, but the shaper would look for its first strong letter.
            isolate::FIRST_STRONG if open > DEEPEST => isolate::LEFT_TO_RIGHT,
            '\t' => '\t',
            other if other.is_ascii_control() => ' ',
            other => other,
        }
    };
    text.chars().map(shapeable).collect()
}

/// No more isolates within each other have an effect: `max_depth` of UAX 9.
const DEEPEST: usize = 125;

/// Keeps units and ratios on one line (`mg/dL`, `20/min`): Unicode lets a line break after any slash,
/// browsers do not.
fn keep_slashes(context: LineBreakContext) -> Option<bool> {
    (context.before == '/' && context.after.is_ascii_alphanumeric()).then_some(false)
}

/// How a stretch of text is set.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Setting {
    /// Points.
    size: f32,
    weight: Weight,
    /// Points that every cluster is wider by.
    spacing: f32,
    pitch: Pitch,
}

impl Setting {
    fn of(style: &TextStyle) -> Self {
        Self {
            size: style.size,
            weight: style.weight,
            spacing: 0.0,
            // Lines are as high as those of reading, and what is of fixed pitch stands on the same baseline.
            pitch: Pitch::Proportional,
        }
    }
}

/// How every byte of what is shaped is set.
fn settings(paragraph: &Paragraph<'_>, excerpt: &Excerpt, room: &[(Range<usize>, f32)]) -> Vec<Setting> {
    let (style, text) = (paragraph.style, excerpt.text.as_str());
    let mut settings = vec![Setting::of(style); text.len()];
    for (range, share) in shares(text, style.language.as_ref()) {
        for setting in settings.get_mut(range).unwrap_or_default() {
            setting.size = style.size * share;
        }
    }
    for range in raised(paragraph, excerpt) {
        for setting in settings.get_mut(range).unwrap_or_default() {
            setting.size = style.size * RAISED;
        }
    }
    for (range, weight) in weights(paragraph, excerpt) {
        for setting in settings.get_mut(range).unwrap_or_default() {
            setting.weight = weight;
        }
    }
    if style.pitch == Pitch::Fixed {
        settings.iter_mut().for_each(|setting| setting.pitch = Pitch::Fixed);
        for range in of_other_scripts(text) {
            for setting in settings.get_mut(range).unwrap_or_default() {
                setting.pitch = Pitch::Proportional;
            }
        }
    }
    for (range, pixels) in room {
        for setting in settings.get_mut(range.clone()).unwrap_or_default() {
            setting.spacing = pixels / paragraph.scale;
        }
    }
    settings
}

/// The parts of a shaped text that are smaller or larger than the rest, by the script of their letters.
fn shares(text: &str, language: Option<&Language>) -> Vec<(Range<usize>, f32)> {
    let (script, share) = match language.map(Language::script) {
        Some(Script::Arabic) => (Script::Latin, LATIN_IN_ARABIC),
        _ => (Script::Arabic, ARABIC_BESIDE_LATIN),
    };
    let words = words(text, script).into_iter();
    words.map(|range| (range, share)).collect()
}

/// The parts of a text whose letters have no form of fixed pitch, each with the spaces, digits and signs between its
/// letters: an Arabic sentence reads as one, whatever quotes or braces stand around it.
fn of_other_scripts(text: &str) -> Vec<Range<usize>> {
    let mut parts: Vec<Range<usize>> = Vec::new();
    // Whether nothing ended the last part yet.
    let mut open = false;
    let mut end = 0;
    for grapheme in text.graphemes(true) {
        let start = end;
        end += grapheme.len();
        match grapheme.chars().next() {
            Some(first) if is_of_another_script(first) => {
                match parts.last_mut().filter(|_| open) {
                    Some(last) => last.end = end,
                    None => parts.push(start..end),
                }
                open = true;
            }
            Some('"' | '<' | '>' | '[' | ']' | '{' | '}' | '|' | '\t') => open = false,
            Some(character) if character.is_alphabetic() => open = false,
            _ => {}
        }
    }
    parts
}

/// Whether a character is of a script that has no font of fixed pitch.
fn is_of_another_script(character: char) -> bool {
    let fixed = [Script::Latin, Script::Cyrillic, Script::Greek];
    Script::of(character).is_some_and(|script| !fixed.contains(&script))
}

/// The raised parts of what is shaped.
fn raised(paragraph: &Paragraph<'_>, excerpt: &Excerpt) -> Vec<Range<usize>> {
    let pieces = paragraph.pieces();
    pieces
        .filter(|(_, look)| look.raised)
        .map(|(range, _)| excerpt.shaped(&range))
        .filter(|range| !range.is_empty())
        .collect()
}

/// The parts of what is shaped that take another weight than the rest; later ones count.
///
/// A change of font within a word of joined letters would take its ligatures apart, so such a word
/// is shaped in the lightest font, and what is heavier in it is thickened when it is drawn.
fn weights(paragraph: &Paragraph<'_>, excerpt: &Excerpt) -> Vec<(Range<usize>, Weight)> {
    let base = paragraph.style.weight;
    let mut weights: Vec<(Range<usize>, Weight)> = Vec::new();
    for (range, look) in paragraph.pieces() {
        let (range, weight) = (excerpt.shaped(&range), look.weight.unwrap_or(base));
        match weights.last_mut() {
            Some((last, same)) if last.end == range.start && *same == weight => last.end = range.end,
            _ => weights.push((range, weight)),
        }
    }
    weights.retain(|(range, weight)| *weight != base && !range.is_empty());
    let borders: Vec<usize> = weights.iter().flat_map(|(range, _)| [range.start, range.end]).collect();
    let split = borders
        .into_iter()
        .filter_map(|border| joined_word(&excerpt.text, border));
    weights.extend(split.map(|word| (word, Weight::Regular)));
    weights
}

/// The word of joined letters that goes on across a position.
fn joined_word(text: &str, position: usize) -> Option<Range<usize>> {
    let (before, after) = text.split_at_checked(position)?;
    let start = before.trim_end_matches(joins).len();
    let end = text.len() - after.trim_start_matches(joins).len();
    (start < position && position < end).then_some(start..end)
}

/// Whether a character is one of a script whose letters join, or joins what stands beside it:
/// Arabic and its relatives, Mongolian, Hanifi Rohingya and Adlam.
fn joins(character: char) -> bool {
    matches!(
        u32::from(character),
        0x600..=0x8FF | 0x1800..=0x18AF | 0x200D | 0xFB50..=0xFDFF | 0xFE70..=0xFEFC | 0x10D00..=0x10D3F | 0x1E900..=0x1E95F
    )
}

/// Stretches of words in `script`: Latin ones with the digits and signs that belong to them
/// (`120 mg/dL`), but no digits that stand alone. A bracket or a quotation mark ends a stretch, so
/// that it is as large as its partner.
fn words(text: &str, script: Script) -> Vec<Range<usize>> {
    let latin = script == Script::Latin;
    let mut words: Vec<Range<usize>> = Vec::new();
    let mut current: Option<(Range<usize>, bool)> = None;
    let mut finish = |current: &mut Option<(Range<usize>, bool)>| {
        if let Some((range, true)) = current.take() {
            words.push(range);
        }
    };
    for (position, character) in text.char_indices() {
        let end = position + character.len_utf8();
        let letter = script.contains(character);
        if letter || (latin && character.is_ascii_digit()) {
            let (range, has_letter) = current.get_or_insert((position..end, false));
            range.end = end;
            *has_letter |= letter;
        } else if !(matches!(character, ' ' | '\u{a0}') || (latin && is_inner_sign(character))) {
            finish(&mut current);
        }
    }
    finish(&mut current);
    words
}

/// Whether a sign may stand within a stretch of Latin words.
fn is_inner_sign(character: char) -> bool {
    character.is_ascii_punctuation() && !matches!(character, '(' | ')' | '[' | ']' | '{' | '}' | '<' | '>' | '"')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn latin_words_take_the_numbers_that_belong_to_them() {
        let text = "أعط 500 mg/day و ٣ مرات، أو 12.";
        let found: Vec<&str> = words(text, Script::Latin)
            .into_iter()
            .map(|range| &text[range])
            .collect();
        assert_eq!(found, ["500 mg/day"]);
        let text = "ضغط (BP 120) أو (HR)";
        let found: Vec<&str> = words(text, Script::Latin)
            .into_iter()
            .map(|range| &text[range])
            .collect();
        assert_eq!(found, ["BP 120", "HR"]);
    }

    #[test]
    fn arabic_words_are_found_with_the_spaces_between_them() {
        let text = "take (الاسم التجاري) 500، ١٢ mg";
        let found: Vec<&str> = words(text, Script::Arabic)
            .into_iter()
            .map(|range| &text[range])
            .collect();
        assert_eq!(found, ["الاسم التجاري", "، ١٢"]);
    }

    #[test]
    fn a_word_of_joined_letters_is_found_around_a_position() {
        let text = "an عربي word";
        let word = 3..11;
        for position in 0..=text.len() {
            let expected = (word.start < position && position < word.end).then_some(word.clone());
            let found = joined_word(text, position).filter(|_| text.is_char_boundary(position));
            assert_eq!(
                found,
                expected.filter(|_| text.is_char_boundary(position)),
                "{position}"
            );
        }
    }
}
