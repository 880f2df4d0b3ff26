//! What a reader sees of a text, so that hidden characters cannot make one text pass for another.
//!
//! A mark of direction can make an answer look like another one, or a question ask something else
//! than a model reads in it ("Trojan Source", Boucher and Anderson, 2021). Seen is a paragraph in
//! visual order as if it were one line, without what draws nothing, and compatible forms alike. It
//! needs no fonts. Texts are laid out one by one, so what one of them does never reaches the next.

use parley_engine::{Analysis, AnalysisOptions, Analyzer, BaseDirection};
use unicode_normalization::UnicodeNormalization;
use unicode_segmentation::UnicodeSegmentation;

use super::controls::{Controls, is_directional, is_unseen};
use super::layout::paragraphs;
use crate::language::Direction;

/// What has to be shown of an item's `options` and its other `texts`, so that nobody takes one for
/// another or reads a line in an order its writer forged.
pub fn needed(texts: &[&str], options: &[String], direction: Direction) -> Controls {
    let options: Vec<&str> = options.iter().map(String::as_str).collect();
    let mut all = texts.iter().chain(&options);
    if !all.clone().any(|text| text.contains(is_unseen)) {
        return Controls::Obeyed;
    }
    let mut reader = Reader::new(direction);
    let mut needed = Controls::Obeyed;
    if all.any(|text| reader.is_misled_by(text)) {
        needed = Controls::Shown;
    }
    for (place, one) in options.iter().enumerate() {
        for other in options.iter().skip(place + 1) {
            // Where symbols tell no difference, none is hidden.
            if !reader.look_alike(one, other, Controls::Obeyed) || reader.look_alike(one, other, Controls::AllShown) {
                continue;
            }
            if reader.look_alike(one, other, Controls::Shown) {
                return Controls::AllShown;
            }
            needed = Controls::Shown;
        }
    }
    needed
}

/// Reads as a person would.
struct Reader {
    analyzer: Analyzer,
    direction: BaseDirection,
}

impl Reader {
    fn new(direction: Direction) -> Self {
        Self {
            analyzer: Analyzer::new(),
            direction: match direction {
                Direction::LeftToRight => BaseDirection::Ltr,
                Direction::RightToLeft => BaseDirection::Rtl,
            },
        }
    }

    /// Whether two texts differ in nothing that is seen.
    fn look_alike(&mut self, one: &str, other: &str, controls: Controls) -> bool {
        let [one, other] = [one, other].map(|text| self.text(&controls.reveal(text)));
        one == other
    }

    /// Whether a text forces an order on letters, or begins one that it does not end.
    fn is_misled_by(&mut self, text: &str) -> bool {
        if text.contains(['\u{202d}', '\u{202e}']) {
            return true;
        }
        paragraphs(text, false).into_iter().any(|range| {
            let paragraph = text.get(range).unwrap_or_default();
            !is_balanced(paragraph) && {
                let plain = paragraph.replace(is_directional, "");
                self.paragraph(paragraph) != self.paragraph(&plain)
            }
        })
    }

    fn text(&mut self, text: &str) -> Vec<String> {
        let paragraphs = paragraphs(text, false).into_iter();
        paragraphs
            .map(|range| self.paragraph(text.get(range).unwrap_or_default()))
            .collect()
    }

    /// What is seen of a paragraph, from left to right.
    fn paragraph(&mut self, paragraph: &str) -> String {
        let options = AnalysisOptions {
            base_direction: self.direction,
            ..AnalysisOptions::default()
        };
        let mut analysis = Analysis::new();
        self.analyzer.analyze(paragraph, &options, &mut analysis);
        let base = analysis.paragraph_level().to_u8();
        let levels = analysis.bidi_levels().iter().map(|level| level.to_u8());
        // There are none where all runs from left to right.
        let levels = levels.chain(std::iter::repeat(base));
        let (seen, levels): (String, Vec<u8>) = paragraph
            .chars()
            .zip(levels)
            .filter(|(character, _)| !is_unseen(*character))
            .unzip();
        let mut levels = levels.into_iter();
        let mut graphemes: Vec<(&str, u8)> = Vec::new();
        for grapheme in seen.trim_end().graphemes(true) {
            let level = levels.next().unwrap_or(base);
            levels.by_ref().take(grapheme.chars().count() - 1).for_each(drop);
            graphemes.push((grapheme, level));
        }
        reorder(&mut graphemes);
        let drawn: String = graphemes
            .into_iter()
            .map(|(grapheme, level)| if level % 2 == 1 { mirrored(grapheme) } else { grapheme })
            .collect();
        drawn.nfkc().collect::<String>().trim().to_owned()
    }
}

/// Puts what has levels in visual order: rule L2 of UAX 9.
fn reorder(graphemes: &mut [(&str, u8)]) {
    let highest = graphemes.iter().map(|(_, level)| *level).max().unwrap_or(0);
    for least in (1..=highest).rev() {
        for run in graphemes.chunk_by_mut(|(_, one), (_, other)| (*one >= least) == (*other >= least)) {
            if run.first().is_some_and(|(_, level)| *level >= least) {
                run.reverse();
            }
        }
    }
}

/// What is drawn for a bracket or sign of comparison that stands in text from right to left: rule L4.
fn mirrored(grapheme: &str) -> &str {
    match grapheme {
        "(" => ")",
        ")" => "(",
        "[" => "]",
        "]" => "[",
        "{" => "}",
        "}" => "{",
        "<" => ">",
        ">" => "<",
        "«" => "»",
        "»" => "«",
        "‹" => "›",
        "›" => "‹",
        "≤" => "≥",
        "≥" => "≤",
        other => other,
    }
}

/// Whether every embedding and isolate that is begun is ended, in the right order.
fn is_balanced(paragraph: &str) -> bool {
    let mut open = Vec::new();
    for character in paragraph.chars() {
        match character {
            '\u{202a}' | '\u{202b}' => open.push('\u{202c}'),
            '\u{2066}'..='\u{2068}' => open.push('\u{2069}'),
            '\u{202c}' | '\u{2069}' if open.pop() != Some(character) => return false,
            _ => {}
        }
    }
    open.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_options(options: &[&str], direction: Direction) -> Controls {
        let options: Vec<String> = options.iter().map(|option| (*option).to_owned()).collect();
        needed(&["Which dose?"], &options, direction)
    }

    fn of_question(question: &str, direction: Direction) -> Controls {
        needed(&[question], &["5 mg".to_owned(), "10 mg".to_owned()], direction)
    }

    use Direction::{LeftToRight, RightToLeft};

    #[test]
    fn seen_is_the_visual_order_without_what_is_hidden() {
        let mut english = Reader::new(LeftToRight);
        assert_eq!(english.paragraph("a\u{202e}bcd\u{202c}e"), "adcbe");
        assert_eq!(english.paragraph("dose (5\u{200b} mg) "), "dose (5 mg)");
        assert_eq!(english.paragraph("\u{202e}(a) <\u{202c}"), "> (a)");
        let mut arabic = Reader::new(RightToLeft);
        assert_eq!(arabic.paragraph("أب 12"), "12 بأ");
        // A mark stays on its letter.
        assert_eq!(arabic.paragraph("دَم"), "مدَ");
    }

    #[test]
    fn an_option_that_passes_for_another_is_shown() {
        // Reversed digits; a zero width space; a byte order mark; a soft hyphen.
        for options in [
            ["51 mg", "\u{202e}15\u{202c} mg"],
            ["5 mg", "5\u{200b} mg"],
            ["aspirin", "\u{feff}aspirin"],
            ["aspirin", "aspi\u{ad}rin"],
            ["5 mg", "5 mg\u{3164}"],
        ] {
            assert_eq!(of_options(&options, LeftToRight), Controls::Shown, "{options:?}");
        }
        // No override, and every embedding ended: still one looks like the other.
        let swapped = ["ب < أ", "\u{202a}أ\u{202c} > \u{202a}ب\u{202c}"];
        assert_eq!(of_options(&swapped, LeftToRight), Controls::Shown);
        // Only a joiner differs.
        let joined = ["می\u{200c}خورد", "میخورد"];
        assert_eq!(of_options(&joined, RightToLeft), Controls::AllShown);
    }

    #[test]
    fn honest_texts_keep_their_marks_to_themselves() {
        for options in [
            ["می\u{200c}خورد", "نمی\u{200c}خورد"],
            ["أعط \u{2068}5 mg\u{2069}", "أعط \u{2068}10 mg\u{2069}"],
            ["\u{200f}5 mg", "\u{200f}10 mg"],
            // Alike with or without: no hidden character is to blame.
            ["5 mg", "5 mg"],
            ["H\u{2082}O\u{200e}", "H2O\u{200e}"],
        ] {
            assert_eq!(of_options(&options, RightToLeft), Controls::Obeyed, "{options:?}");
        }
        assert_eq!(
            of_question("السؤال: \u{2067}BP\u{2069}؟", RightToLeft),
            Controls::Obeyed
        );
        // Begun and not ended, but nothing moves.
        assert_eq!(of_question("\u{202a}Which dose?", LeftToRight), Controls::Obeyed);
        assert_eq!(of_question("Which dose?\u{202c}", LeftToRight), Controls::Obeyed);
    }

    /// The patterns of the paper, on questions in place of programs.
    #[test]
    fn forged_orders_are_shown() {
        for question in [
            // Early return: what looks like the end of the stem goes on.
            "Give \u{2067}not more than 5 mg) (daily.",
            // Commenting out: a remark swallows part of the question.
            "\u{202e}\u{2066}(not \u{2069}\u{2066}in pregnancy)\u{2069} Which drug?",
            // Stretched string: a word outside of the quotes seems to be within.
            "The label says \"user\u{202e} \u{2066}// do not\u{2069} \u{2066}give\" now.",
            // Begun in one sentence and never ended.
            "Dose: \u{202b}5 mg, then 10 mg.",
        ] {
            assert_eq!(of_question(question, LeftToRight), Controls::Shown, "{question:?}");
        }
        assert_eq!(
            of_question("الجرعة \u{2066}أقل من mg 5 ثم", RightToLeft),
            Controls::Shown
        );
    }

    #[test]
    fn what_one_text_begins_does_not_reach_the_next() {
        let mut reader = Reader::new(LeftToRight);
        let alone = reader.text("abc 12.");
        for begun in ["\u{202e}", "\u{202b}", "\u{2067}", "\u{2067}\u{202e}\u{202b}"] {
            assert_ne!(reader.text(&format!("{begun}abc 12.")), ["abc 12."]);
            assert_eq!(reader.text("abc 12."), alone);
            assert_eq!(reader.text(&format!("{begun}x\nabc 12.")).last(), alone.last());
        }
    }
}
