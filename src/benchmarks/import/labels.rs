//! The letters and numbers that options are called by, in any script, and options that one text holds.

use crate::language::Script;

/// What exams count options with. The same letter may stand in several.
const ALPHABETS: &[&[&str]] = &[
    &[
        "A", "B", "C", "D", "E", "F", "G", "H", "I", "J", "K", "L", "M", "N", "O", "P", "Q", "R", "S", "T", "U", "V",
        "W", "X", "Y", "Z",
    ],
    &[
        "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o", "p", "q", "r", "s", "t", "u", "v",
        "w", "x", "y", "z",
    ],
    &[
        "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15", "16", "17", "18", "19", "20",
        "21", "22", "23", "24", "25", "26",
    ],
    &["أ", "ب", "ج", "د", "هـ", "و", "ز", "ح", "ط", "ي"],
    &["ا", "ب", "ج", "د", "ه", "و", "ز", "ح", "ط", "ي"],
    &["أ", "ب", "ت", "ث", "ج", "ح", "خ", "د"],
    &["الف", "ب", "ج", "د", "ه", "و"],
    &["الف", "ب", "پ", "ت"],
    &["А", "Б", "В", "Г", "Д", "Е", "Ж", "З", "И", "К"],
    &["а", "б", "в", "г", "д", "е", "ж", "з", "и", "к"],
    &["Α", "Β", "Γ", "Δ", "Ε", "Ζ"],
    &["α", "β", "γ", "δ", "ε", "ζ"],
    &["א", "ב", "ג", "ד", "ה", "ו"],
    &["क", "ख", "ग", "घ", "ङ", "च"],
    &["अ", "ब", "स", "द"],
    &["ক", "খ", "গ", "ঘ", "ঙ"],
    &["ก", "ข", "ค", "ง", "จ"],
    &["가", "나", "다", "라", "마", "바"],
    &["ㄱ", "ㄴ", "ㄷ", "ㄹ", "ㅁ", "ㅂ"],
    &["ア", "イ", "ウ", "エ", "オ", "カ"],
    &["甲", "乙", "丙", "丁", "戊"],
    &["ሀ", "ለ", "ሐ", "መ", "ሠ", "ረ"],
    &["Ａ", "Ｂ", "Ｃ", "Ｄ", "Ｅ", "Ｆ"],
    &["１", "２", "３", "４", "５", "６"],
    &["①", "②", "③", "④", "⑤", "⑥", "⑦", "⑧"],
    &["١", "٢", "٣", "٤", "٥", "٦"],
    &["۱", "۲", "۳", "۴", "۵", "۶"],
];

/// What stands after a label that nothing opens, and between opening and closing marks.
const AFTER: &[&str] = &[")", ".", ":", "-", "–", "、", "．", "：", "）", "،", "/"];
const AROUND: &[(&str, &str)] = &[("(", ")"), ("（", "）"), ("[", "]"), ("【", "】")];

/// Where a label stands in a text.
#[derive(Debug, Clone, Copy)]
struct Mark {
    start: usize,
    /// Past what closes it.
    end: usize,
}

/// Options that a text holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Lettered {
    /// What stands before the first.
    pub before: String,
    pub labels: Vec<String>,
    pub texts: Vec<String>,
}

/// The place, from 0, of a letter in the alphabets that have it, where they agree. Numbers are no letters.
pub(super) fn letter_index(letter: &str) -> Option<usize> {
    if letter.chars().any(char::is_numeric) {
        return None;
    }
    let mut places = ALPHABETS
        .iter()
        .filter_map(|letters| letters.iter().position(|other| *other == letter));
    let first = places.next()?;
    places.all(|other| other == first).then_some(first)
}

/// The indices of labels in the order of the alphabet that knows most of them, as far as it goes without a gap; numbers
/// may begin with 0. `None` where no alphabet knows its first two.
pub(super) fn order(labels: &[&str]) -> Option<Vec<usize>> {
    let place = |label: &str| {
        labels
            .iter()
            .position(|other| other.to_uppercase() == label.to_uppercase())
    };
    let from_zero = std::iter::once("0")
        .chain(ALPHABETS.get(2)?.iter().copied())
        .collect::<Vec<_>>();
    let alphabets = ALPHABETS.iter().copied().chain([from_zero.as_slice()]);
    let known = alphabets.map(|alphabet| alphabet.iter().map_while(|label| place(label)).collect::<Vec<_>>());
    known.filter(|order| order.len() >= 2).max_by_key(Vec::len)
}

/// Takes the marks off a label: `(ب)` and `B.`.
pub(super) fn bare(label: &str) -> &str {
    label.trim().trim_matches(|character: char| {
        matches!(
            character,
            '(' | ')' | '[' | ']' | '.' | ':' | ' ' | '（' | '）' | '【' | '】' | '：' | '．' | '、' | '*'
        )
    })
}

/// Finds options that begin with letters or numbers in their order. Labels that begin lines are trusted most; within a
/// line a label counts only where it stands once, so that "A. Hepatitis B. B. Hepatitis C." is not torn wrongly.
pub(super) fn split(text: &str) -> Option<Lettered> {
    let ways: &[fn(&str, &str) -> Vec<Mark>] = &[line_marks, inner_marks, spaced_marks];
    for find in ways {
        let found = ALPHABETS.iter().filter_map(|alphabet| sequence(text, alphabet, *find));
        // What ends the text are its options, whatever lists stand before.
        let best = found.max_by_key(|marks| (marks.last().map(|(_, mark)| mark.start), marks.len()));
        if let Some(marks) = best {
            return Some(cut(text, &marks));
        }
    }
    None
}

/// The labels of an alphabet in their order; `None` where there are fewer than two, or one of them is not clear.
fn sequence<'l>(text: &str, alphabet: &[&'l str], find: fn(&str, &str) -> Vec<Mark>) -> Option<Vec<(&'l str, Mark)>> {
    let [first, second, ..] = alphabet else { return None };
    // A question may have a list of its own before: the last start that goes on counts.
    let seconds = find(text, second);
    let start = *find(text, first)
        .iter()
        .rfind(|first| seconds.iter().any(|second| second.start >= first.end))?;
    let mut marks = vec![(*first, start)];
    for (index, label) in alphabet.iter().enumerate().skip(1) {
        let after = marks.last().map_or(0, |(_, mark)| mark.end);
        let next = alphabet.get(index + 1).map(|next| find(text, next)).unwrap_or_default();
        let here: Vec<Mark> = find(text, label)
            .into_iter()
            .filter(|mark| mark.start >= after)
            .collect();
        let Some(&chosen) = here.first() else { break };
        let following = next
            .iter()
            .find(|next| next.start >= chosen.end)
            .map_or(text.len(), |next| next.start);
        if here.iter().skip(1).any(|again| again.start < following) {
            return None;
        }
        marks.push((*label, chosen));
    }
    (marks.len() >= 2).then_some(marks)
}

fn cut(text: &str, marks: &[(&str, Mark)]) -> Lettered {
    let start = marks.first().map_or(0, |(_, mark)| mark.start);
    let ends = marks.iter().skip(1).map(|(_, mark)| mark.start).chain([text.len()]);
    let texts: Vec<&str> = marks
        .iter()
        .zip(ends)
        .map(|((_, mark), end)| text.get(mark.end..end).unwrap_or_default().trim())
        .collect();
    Lettered {
        before: text.get(..start).unwrap_or_default().trim().to_owned(),
        labels: marks.iter().map(|(label, _)| (*label).to_owned()).collect(),
        texts: without_separators(&texts),
    }
}

/// Takes away what stands between options where it stands after each but the last.
fn without_separators(texts: &[&str]) -> Vec<String> {
    let between = texts.split_last().map_or(texts, |(_, others)| others);
    let separator = [",", ";", "،", "؛", "|", "；", "，"]
        .into_iter()
        .find(|separator| !between.is_empty() && between.iter().all(|text| text.ends_with(separator)));
    let trimmed = texts.iter().map(|text| match separator {
        Some(separator) => text.strip_suffix(separator).unwrap_or(text).trim_end(),
        None => text,
    });
    trimmed.map(str::to_owned).collect()
}

/// Where the label begins a line, with marks after or around it.
fn line_marks(text: &str, label: &str) -> Vec<Mark> {
    let starts = text.split_inclusive('\n').scan(0, |at, line| {
        let start = *at;
        *at += line.len();
        Some(start + line.len() - line.trim_start().len())
    });
    starts.filter_map(|start| marked(text, start, label)).collect()
}

/// Where the label stands anywhere by itself, with marks after or around it.
fn inner_marks(text: &str, label: &str) -> Vec<Mark> {
    let mut marks: Vec<Mark> = Vec::new();
    for (at, _) in text.match_indices(label) {
        let before = text.get(..at).unwrap_or_default();
        let opening = AROUND.iter().find(|(opening, _)| before.ends_with(opening));
        let start = at - opening.map_or(0, |(opening, _)| opening.len());
        let free = text.get(..start).unwrap_or_default().chars().next_back();
        // An enclosed label may follow a word at once, and any may in scripts without spaces.
        let glued = free
            .is_some_and(|before| (before.is_alphanumeric() && !Script::Japanese.contains(before)) || before == '-');
        let is_apart = opening.is_some() || is_enclosed(label) || !glued;
        if let (true, Some(mark)) = (is_apart, marked(text, start, label)) {
            marks.push(mark);
        }
    }
    marks
}

/// Where the label begins a line and a space follows: `A 2小时`.
fn spaced_marks(text: &str, label: &str) -> Vec<Mark> {
    let mut marks = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let start = at + line.len() - line.trim_start().len();
        at += line.len();
        let after = text.get(start..).and_then(|rest| rest.strip_prefix(label));
        if after.is_some_and(|after| after.starts_with([' ', '\t', '\u{3000}'])) {
            let end = start + label.len();
            marks.push(Mark { start, end });
        }
    }
    marks
}

/// Whether a label such as ① needs no marks.
fn is_enclosed(label: &str) -> bool {
    label.chars().all(|character| ('①'..='⑳').contains(&character))
}

/// The label at `start` with the marks that make it one.
fn marked(text: &str, start: usize, label: &str) -> Option<Mark> {
    let rest = text.get(start..)?;
    let around = AROUND.iter().find_map(|(opening, closing)| {
        let inner = rest.strip_prefix(opening)?.trim_start();
        inner.strip_prefix(label)?.trim_start().strip_prefix(closing)
    });
    let after = || {
        let left = rest.strip_prefix(label)?;
        if is_enclosed(label) {
            return Some(left);
        }
        let mark = AFTER
            .iter()
            .find(|mark| left.strip_prefix(' ').unwrap_or(left).starts_with(**mark))?;
        let left = left.strip_prefix(' ').unwrap_or(left).strip_prefix(mark)?;
        // `1.5 mg` and `A-fibres` are no labels.
        let glued = left.chars().next().is_some_and(|next| match *mark {
            "." | ":" | "-" | "/" => next.is_ascii_digit() || (*mark != "." && next.is_alphanumeric()),
            _ => false,
        });
        (!glued).then_some(left)
    };
    let left = around.or_else(after)?;
    let end = text.len() - left.len();
    Some(Mark { start, end })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_found_with_any_letters() {
        for (text, labels, texts) in [
            ("(A) Fibronectina..\n(B) Colágeno..", "A B", "Fibronectina..|Colágeno.."),
            ("A. one B. two C. three", "A B C", "one|two|three"),
            ("أ) نعم ب) لا ج) ربما", "أ ب ج", "نعم|لا|ربما"),
            ("الف) بله\nب) خیر", "الف ب", "بله|خیر"),
            ("А) да; Б) нет; В) может", "А Б В", "да|нет|может"),
            ("A 2小时\nB 4小时内\nC 12小时内", "A B C", "2小时|4小时内|12小时内"),
            ("①はい②いいえ", "① ②", "はい|いいえ"),
            ("1- Wiskott-Aldrich\n2- Hyper IgE", "1 2", "Wiskott-Aldrich|Hyper IgE"),
            ("1. 1.5 mg\n2. 2.5 mg", "1 2", "1.5 mg|2.5 mg"),
            ("A：甲B：乙", "A B", "甲|乙"),
            (
                "A. Hepatitis B.\nB. Hepatitis C.\nC. neither",
                "A B C",
                "Hepatitis B.|Hepatitis C.|neither",
            ),
            ("(a) $x_{1}$ (b) &lt; 3", "a b", "$x_{1}$|&lt; 3"),
        ] {
            let found = split(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(found.labels.join(" "), labels, "{text}");
            assert_eq!(found.texts.join("|"), texts, "{text}");
            assert_eq!(found.before, "", "{text}");
        }
    }

    #[test]
    fn what_could_be_torn_wrongly_is_not_torn() {
        for text in [
            "A. Hepatitis B. B. Hepatitis C",
            "no letters here",
            "vitamin A and vitamin B",
            "A. alone",
            "",
        ] {
            assert_eq!(split(text), None, "{text}");
        }
    }

    #[test]
    fn a_question_stands_before_its_options() {
        let text = "Which are true?\n1. x\n2. y\nA. both\nB. neither";
        let found = split(text).unwrap();
        assert_eq!(found.before, "Which are true?\n1. x\n2. y");
        assert_eq!(found.texts, ["both", "neither"]);
    }

    #[test]
    fn labels_are_ordered_by_the_alphabet_that_knows_most() {
        assert_eq!(order(&["b", "a", "c"]), Some(vec![1, 0, 2]));
        assert_eq!(order(&["أ", "ب", "ج", "د"]), Some(vec![0, 1, 2, 3]));
        assert_eq!(order(&["أ", "ب", "ت", "ث"]), Some(vec![0, 1, 2, 3]));
        assert_eq!(order(&["s", "1", "2"]), Some(vec![1, 2]));
        assert_eq!(order(&["0", "1", "2"]), Some(vec![0, 1, 2]));
        assert_eq!(order(&["b", "c"]), None);
    }

    #[test]
    fn letters_count_where_alphabets_agree() {
        assert_eq!(letter_index("ب"), Some(1));
        assert_eq!(letter_index("ت"), None, "third in one alphabet, fourth in another");
        assert_eq!(letter_index("Γ"), Some(2));
        assert_eq!(letter_index("1"), None);
    }
}
