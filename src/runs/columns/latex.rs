//! Tables as LaTeX with booktabs' rules.
//!
//! Compiles with XeLaTeX, whose `polyglossia` loads `bidi`: cells that run from right to left stand in `\textarabic`
//! or `\texthebrew`, Latin words in them in `\textenglish`, which changes direction and font. What a document's
//! preamble needs is told in a comment above each table. Amiri comes with TeX Live and has the punctuation too, which
//! Noto's Arabic font has not.

use super::{Table, is_right_to_left, runs_right_to_left};
use crate::language::Script;

/// A table in LaTeX, without a float around it; nothing where it has no row.
pub fn latex(table: &Table) -> String {
    let Some(first) = table.rows.first() else {
        return String::new();
    };
    let shown: Vec<Vec<String>> = table
        .rows
        .iter()
        .map(|row| row.iter().map(|(_, value)| value.on_page()).collect())
        .collect();
    let columns: String = first
        .iter()
        .map(|(_, value)| if value.is_number() { 'r' } else { 'l' })
        .collect();
    let line = |cells: Vec<String>| format!("{} \\\\\n", cells.join(" & "));
    let mut text = preamble(shown.iter().flatten().map(String::as_str));
    text.push_str(&format!("\\begin{{tabular}}{{{columns}}}\n\\toprule\n"));
    text.push_str(&line(table.headings.iter().map(|heading| cell(heading)).collect()));
    text.push_str("\\midrule\n");
    for row in &shown {
        text.push_str(&line(row.iter().map(|text| cell(text)).collect()));
    }
    text.push_str("\\bottomrule\n\\end{tabular}\n");
    text
}

/// What a document needs for these texts, as comments.
fn preamble<'a>(texts: impl Iterator<Item = &'a str>) -> String {
    let (mut arabic, mut hebrew) = (false, false);
    for character in texts.flat_map(str::chars) {
        match Script::of(character) {
            Some(Script::Arabic) => arabic = true,
            Some(Script::Hebrew) => hebrew = true,
            _ => {}
        }
    }
    let mut lines = vec!["\\usepackage{booktabs}".to_owned()];
    if arabic || hebrew {
        lines.push("\\usepackage{polyglossia} \\setdefaultlanguage{english}".to_owned());
    }
    for (used, language, font) in [(arabic, "arabic", "Amiri"), (hebrew, "hebrew", "Noto Sans Hebrew")] {
        if used {
            let script = if language == "arabic" { "Arabic" } else { "Hebrew" };
            lines.push(format!(
                "\\setotherlanguage{{{language}}} \\newfontfamily\\{language}font[Script={script}]{{{font}}}"
            ));
        }
    }
    let compiler = match arabic || hebrew {
        true => "% Needs in the preamble, and XeLaTeX:",
        false => "% Needs in the preamble:",
    };
    let lines = lines.iter().map(|line| format!("%   {line}\n"));
    format!("{compiler}\n{}", lines.collect::<String>())
}

/// A text as it stands in a cell, in its own direction.
fn cell(text: &str) -> String {
    let outer = runs_right_to_left(text);
    let mut cell = String::with_capacity(text.len());
    for run in runs(text) {
        let words = escaped(run.text);
        match (outer, run.right_to_left) {
            (false, true) => cell.push_str(&format!("{}{{{words}}}", command(run.text))),
            (true, false) if run.text.contains(char::is_alphanumeric) => {
                cell.push_str(&format!("\\textenglish{{{words}}}"))
            }
            _ => cell.push_str(&words),
        }
    }
    match outer {
        true => format!("{}{{{cell}}}", command(text)),
        false => cell,
    }
}

/// The command that sets text of a right-to-left script.
fn command(text: &str) -> &'static str {
    let is_hebrew = |character| Script::of(character) == Some(Script::Hebrew);
    match text.contains(is_hebrew) {
        true => "\\texthebrew",
        false => "\\textarabic",
    }
}

struct Run<'a> {
    text: &'a str,
    right_to_left: bool,
}

/// The parts of a text that run one way; spaces and marks belong to the run they
/// stand in, at its end to none.
fn runs(text: &str) -> Vec<Run<'_>> {
    let mut runs = Vec::new();
    let mut start = 0;
    let mut direction = None;
    // Where the last letter of the run ended.
    let mut end = 0;
    for (place, character) in text.char_indices() {
        if !character.is_alphanumeric() {
            if closes(character, text.get(start..end).unwrap_or_default()) {
                end = place + character.len_utf8();
            }
            continue;
        }
        let right_to_left = match (character.is_numeric(), direction) {
            // A number goes with what is before it; after right-to-left letters, with what comes next.
            (true, Some(true)) => text
                .get(place..)
                .unwrap_or_default()
                .chars()
                .find(|next| next.is_alphabetic())
                .is_none_or(is_right_to_left),
            (true, Some(false)) => false,
            _ => is_right_to_left(character),
        };
        match direction {
            Some(before) if before != right_to_left => {
                runs.extend(part(text, start, end, before));
                runs.extend(part(text, end, place, false));
                start = place;
            }
            Some(_) => {}
            None => {
                runs.extend(part(text, 0, place, false));
                start = place;
            }
        }
        direction = Some(right_to_left);
        end = place + character.len_utf8();
    }
    runs.extend(part(text, start, end, direction.unwrap_or(false)));
    runs.extend(part(text, end, text.len(), false));
    runs
}

/// Whether a bracket ends what was begun in the run so far, and so belongs to it.
fn closes(bracket: char, run: &str) -> bool {
    let opening = match bracket {
        ')' => '(',
        ']' => '[',
        '}' => '{',
        _ => return false,
    };
    run.matches(opening).count() > run.matches(bracket).count()
}

fn part(text: &str, start: usize, end: usize, right_to_left: bool) -> Option<Run<'_>> {
    let text = text.get(start..end).filter(|text| !text.is_empty())?;
    Some(Run { text, right_to_left })
}

/// A text that LaTeX prints as it is.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\\' => escaped.push_str("\\textbackslash{}"),
            '~' => escaped.push_str("\\textasciitilde{}"),
            '^' => escaped.push_str("\\textasciicircum{}"),
            '<' => escaped.push_str("\\textless{}"),
            '>' => escaped.push_str("\\textgreater{}"),
            '"' => escaped.push_str("\\textquotedbl{}"),
            // A bracket at a row's start would be read as an argument of the row before it.
            '[' => escaped.push_str("{[}"),
            ']' => escaped.push_str("{]}"),
            '–' => escaped.push_str("--"),
            '−' => escaped.push_str("$-$"),
            '\n' | '\r' => escaped.push(' '),
            '&' | '%' | '$' | '#' | '_' | '{' | '}' => escaped.extend(['\\', character]),
            _ => escaped.push(character),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::super::tests::table;
    use super::*;

    #[test]
    fn a_table_has_its_rules_and_its_preamble() {
        let text = latex(&table());
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(
            lines,
            [
                "% Needs in the preamble, and XeLaTeX:",
                "%   \\usepackage{booktabs}",
                "%   \\usepackage{polyglossia} \\setdefaultlanguage{english}",
                "%   \\setotherlanguage{arabic} \\newfontfamily\\arabicfont[Script=Arabic]{Amiri}",
                "\\begin{tabular}{llrrrrr}",
                "\\toprule",
                "model & language & n & accuracy & 95\\% interval & gap & p \\\\",
                "\\midrule",
                "a|b\\_c 50\\% \\& \\textless{}i\\textgreater{} & English & 1,273 & 61.2 & 56.9--65.4 & $-$2.9 & \\textless{}0.001 \\\\",
                "\\textarabic{نموذج \\textenglish{7B (Arabic)}} & Arabic & 5 & -- & -- & +6.5 & 0.042 \\\\",
                "\\bottomrule",
                "\\end{tabular}",
            ]
        );
        assert_eq!(latex(&Table::default()), "");
    }

    #[test]
    fn every_name_runs_its_own_way() {
        assert_eq!(cell("model نموذج الطب, v2"), "model \\textarabic{نموذج الطب}, v2");
        assert_eq!(cell("שלום x"), "\\texthebrew{שלום \\textenglish{x}}");
        assert_eq!(cell("v2 (نموذج 3-ب) 7B"), "v2 (\\textarabic{نموذج 3-ب}) 7B");
        assert_eq!(cell("\\[a]{b}"), "\\textbackslash{}{[}a{]}\\{b\\}");
        assert_eq!(cell(""), "");
    }

    #[test]
    fn without_arabic_any_latex_does() {
        let mut table = table();
        table.rows.truncate(1);
        assert!(latex(&table).starts_with("% Needs in the preamble:\n%   \\usepackage{booktabs}\n\\begin"));
    }
}
