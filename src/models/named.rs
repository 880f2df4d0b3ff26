//! What the name of a model tells of it.

/// How many weights the name says there are, about: `Qwen2.5-7B-Instruct` has 7 billion. `None` where it does not say,
/// or says it of experts, who share some.
pub fn parameters(name: &str) -> Option<u64> {
    let parts = name.split(|character: char| !(character.is_ascii_alphanumeric() || character == '.'));
    parts.filter_map(size).next_back()
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
    use super::parameters;

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
