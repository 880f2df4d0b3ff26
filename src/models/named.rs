//! What the name of a model tells of it, and the order of names.

use std::collections::BTreeSet;

/// How many weights the name says there are, about: `Qwen2.5-7B-Instruct` has 7 billion. `None` where it does not say,
/// or says it of experts, who share some.
pub fn parameters(name: &str) -> Option<u64> {
    let parts = name.split(|character: char| !(character.is_ascii_alphanumeric() || character == '.'));
    parts.filter_map(size).next_back()
}

/// Where a name stands in every list and table of models: whatever its capitals, with its numbers in order, 3B before
/// 12B.
pub fn order(name: &str) -> impl Ord + use<> {
    let mut parts = Vec::new();
    let mut rest = name;
    while !rest.is_empty() {
        let words = rest.find(|letter: char| letter.is_ascii_digit()).unwrap_or(rest.len());
        let (word, after) = rest.split_at(words);
        let digits = after
            .find(|letter: char| !letter.is_ascii_digit())
            .unwrap_or(after.len());
        let (number, after) = after.split_at(digits);
        parts.push((0, word.to_lowercase()));
        if let Ok(number) = number.parse::<u64>() {
            parts.push((number, String::new()));
        }
        rest = after;
    }
    (parts, name.to_owned())
}

/// Every name once, in order.
pub fn distinct<'a>(names: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let distinct: BTreeSet<&str> = names.into_iter().collect();
    let mut names: Vec<String> = distinct.into_iter().map(str::to_owned).collect();
    names.sort_by_cached_key(|name| order(name));
    names
}

fn size(part: &str) -> Option<u64> {
    let unit = match part.chars().next_back()? {
        'b' | 'B' => 1e9,
        'm' | 'M' => 1e6,
        _ => return None,
    };
    let digits = part.get(..part.len() - 1)?;
    let plain = digits
        .chars()
        .all(|character| character.is_ascii_digit() || character == '.');
    let number: f64 = digits.parse().ok().filter(|number| plain && *number > 0.0)?;
    Some((number * unit).round() as u64)
}

#[cfg(test)]
mod tests {
    use super::{distinct, parameters};

    #[test]
    fn names_stand_in_one_order_whatever_their_capitals() {
        let names = ["b-12B", "SmolLM2", "gemma-3", "B-3B", "gemma-3", "Gemma-3"];
        assert_eq!(distinct(names), ["B-3B", "b-12B", "Gemma-3", "gemma-3", "SmolLM2"]);
    }

    #[test]
    fn names_tell_sizes() {
        for (name, size) in [
            ("Qwen2.5-7B-Instruct-Q4_K_M", Some(7_000_000_000)),
            ("Qwen2.5-0.5B", Some(500_000_000)),
            ("gemma-3-270m", Some(270_000_000)),
            ("SmolLM2-135M-Instruct", Some(135_000_000)),
            ("Mixtral-8x7B", None),
            ("gpt-4", None),
            ("بيميديكس 7B", Some(7_000_000_000)),
            ("M", None),
            (".B", None),
        ] {
            assert_eq!(parameters(name), size, "{name}");
        }
    }
}
