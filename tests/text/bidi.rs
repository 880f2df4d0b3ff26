//! The order of characters on a line against Unicode's `BidiCharacterTest.txt` and `BidiTest.txt`.
//!
//! The files are in Debian's package `unicode-data`; `POLYCLINIC_UNICODE` names another folder that
//! has them. Without them the tests skip, and say so.
//!
//! What is compared is the order in which a line's clusters stand, left to right, spelled out in
//! characters: a cluster that runs from right to left shows its characters in reverse. Characters
//! that rule X9 removes have no place in the standard's order and are left out. The paragraph's
//! direction is compared too.
//!
//! Both files can be put to the layout whole: 91,707 and 770,241 cases in Unicode 15.0. Only the
//! paragraph separator that ends some cases of `BidiTest.txt` is left away: it is on no line.

use std::path::PathBuf;

use polyclinic::language::Direction;
use polyclinic::text::layout::Engine;
use polyclinic::text::{Frame, TextLayout, TextStyle};

use super::{engine, style};

/// A text, the direction asked for, and what has to come out.
struct Case {
    text: Vec<char>,
    asked: Asked,
    /// Of the paragraph; `None` where the file does not say.
    direction: Option<Direction>,
    /// For each character, whether rule X9 leaves it in place.
    stays: Vec<bool>,
    /// Places of characters, left to right.
    order: Vec<usize>,
}

#[derive(Debug, Clone, Copy)]
enum Asked {
    FromContent,
    LeftToRight,
    RightToLeft,
}

/// A style for each direction that can be asked for.
struct Styles {
    from_content: TextStyle,
    left_to_right: TextStyle,
    right_to_left: TextStyle,
}

impl Styles {
    fn new() -> Self {
        Self {
            from_content: style(None),
            left_to_right: style(Some("en")),
            right_to_left: style(Some("ar")),
        }
    }

    fn of(&self, asked: Asked) -> &TextStyle {
        match asked {
            Asked::FromContent => &self.from_content,
            Asked::LeftToRight => &self.left_to_right,
            Asked::RightToLeft => &self.right_to_left,
        }
    }
}

/// How many cases agreed, and the first that did not.
#[derive(Default)]
struct Tally {
    right: usize,
    wrong: usize,
    first_wrong: Vec<String>,
}

impl Tally {
    fn check(&mut self, engine: &mut Engine, styles: &Styles, case: &Case) {
        let text: String = case.text.iter().collect();
        let layout = engine.lay_out(&text, styles.of(case.asked), &Frame::UNLIMITED, 1.0);
        let order = order_shown(&layout, &case.text, &case.stays);
        if layout.lines.len() == 1
            && order == case.order
            && case.direction.is_none_or(|direction| layout.direction() == direction)
        {
            self.right += 1;
            return;
        }
        self.wrong += 1;
        if self.first_wrong.len() < 20 {
            let codes: Vec<String> = case.text.iter().map(|&c| format!("{:04X}", u32::from(c))).collect();
            self.first_wrong.push(format!(
                "{} {:?}: {order:?} for {:?} ({:?}, {} lines)",
                codes.join(" "),
                case.asked,
                case.order,
                layout.direction(),
                layout.lines.len(),
            ));
        }
    }

    fn report(self, file: &str) {
        eprintln!("{file}: {} cases as the standard has them", self.right);
        assert!(self.right > 0, "{file} holds no case");
        assert_eq!(
            self.wrong,
            0,
            "{file}: {} right; the first wrong ones:\n{}",
            self.right,
            self.first_wrong.join("\n")
        );
    }
}

/// Places of the characters on the first line, left to right.
fn order_shown(layout: &TextLayout, text: &[char], stays: &[bool]) -> Vec<usize> {
    let starts: Vec<usize> = text
        .iter()
        .scan(0, |at, character| {
            let start = *at;
            *at += character.len_utf8();
            Some(start)
        })
        .collect();
    let mut order = Vec::new();
    for cluster in &layout.lines[0].clusters {
        let first = starts.partition_point(|&start| start < cluster.text.start);
        let end = starts.partition_point(|&start| start < cluster.text.end);
        let places = (first..end).filter(|&place| stays[place]);
        match cluster.direction {
            Direction::LeftToRight => order.extend(places),
            Direction::RightToLeft => order.extend(places.rev()),
        }
    }
    order
}

fn file(name: &str) -> Option<String> {
    let folder = std::env::var_os("POLYCLINIC_UNICODE").map_or_else(|| "/usr/share/unicode".into(), PathBuf::from);
    let path = folder.join(name);
    let text = std::fs::read_to_string(&path).ok();
    if text.is_none() {
        eprintln!(
            "skipped: {} is not there (Debian: apt-get install unicode-data)",
            path.display()
        );
    }
    text
}

fn numbers(field: &str) -> Vec<usize> {
    field.split_whitespace().map(|number| number.parse().unwrap()).collect()
}

/// Which of a list of levels are not `x`.
fn stays(levels: &str) -> Vec<bool> {
    levels.split_whitespace().map(|level| level != "x").collect()
}

#[test]
fn characters_stand_in_the_order_of_the_standard() {
    let Some(text) = file("BidiCharacterTest.txt") else {
        return;
    };
    let (mut engine, styles, mut tally) = (engine(), Styles::new(), Tally::default());
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let fields: Vec<&str> = line.split(';').collect();
        let character = |code: &str| char::from_u32(u32::from_str_radix(code, 16).unwrap()).unwrap();
        let case = Case {
            text: fields[0].split_whitespace().map(character).collect(),
            asked: match fields[1] {
                "0" => Asked::LeftToRight,
                "1" => Asked::RightToLeft,
                _ => Asked::FromContent,
            },
            direction: Some(match fields[2] {
                "0" => Direction::LeftToRight,
                _ => Direction::RightToLeft,
            }),
            stays: stays(fields[3]),
            order: numbers(fields[4]),
        };
        tally.check(&mut engine, &styles, &case);
    }
    tally.report("BidiCharacterTest.txt");
}

#[test]
fn classes_of_characters_stand_in_the_order_of_the_standard() {
    let Some(text) = file("BidiTest.txt") else { return };
    let (mut engine, styles, mut tally) = (engine(), Styles::new(), Tally::default());
    let (mut levels, mut order) = (Vec::new(), Vec::new());
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if let Some(list) = line.strip_prefix("@Levels:") {
            levels = stays(list);
        } else if let Some(list) = line.strip_prefix("@Reorder:") {
            order = numbers(list);
        } else if let Some((classes, directions)) = line.split_once(';') {
            let mut text: Vec<char> = classes.split_whitespace().map(character_of).collect();
            let (mut stays, mut order) = (levels.clone(), order.clone());
            if text.last() == Some(&SEPARATOR) {
                text.pop();
                stays.pop();
                order.retain(|&place| place < text.len());
            }
            let directions = u8::from_str_radix(directions.trim(), 16).unwrap();
            let each = [Asked::FromContent, Asked::LeftToRight, Asked::RightToLeft];
            for (bit, asked) in each.into_iter().enumerate() {
                if directions & 1 << bit != 0 {
                    let case = Case {
                        text: text.clone(),
                        asked,
                        direction: None,
                        stays: stays.clone(),
                        order: order.clone(),
                    };
                    tally.check(&mut engine, &styles, &case);
                }
            }
        }
    }
    tally.report("BidiTest.txt");
}

const SEPARATOR: char = '\u{2029}';

/// A character of a class.
fn character_of(class: &str) -> char {
    match class {
        "L" => 'a',
        "R" => 'א',
        "AL" => 'ب',
        "EN" => '1',
        "ES" => '+',
        "ET" => '$',
        "AN" => '١',
        "CS" => ',',
        "B" => SEPARATOR,
        "S" => '\t',
        "WS" => ' ',
        "ON" => '!',
        "NSM" => '\u{300}',
        "BN" => '\u{AD}',
        "LRE" => '\u{202A}',
        "RLE" => '\u{202B}',
        "PDF" => '\u{202C}',
        "LRO" => '\u{202D}',
        "RLO" => '\u{202E}',
        "LRI" => '\u{2066}',
        "RLI" => '\u{2067}',
        "FSI" => '\u{2068}',
        "PDI" => '\u{2069}',
        other => unreachable!("Unicode has no class {other}"),
    }
}
