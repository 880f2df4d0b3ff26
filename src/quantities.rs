//! Sizes, numbers and times in words, the same in the window, on the command line and in errors.

/// Bytes in words, in decimal units as disks and hubs count: `98 MB`, `4.7 GB`.
pub fn bytes(bytes: u64) -> String {
    let value = bytes as f64;
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{:.0} kB", value / 1e3),
        1_000_000..1_000_000_000 => format!("{:.0} MB", value / 1e6),
        _ => format!("{:.1} GB", value / 1e9),
    }
}

/// A number of weights in words: `135 M`, `7.6 B`.
pub fn parameters(number: u64) -> String {
    let value = number as f64;
    if number < 1_000_000_000 {
        format!("{:.0} M", value / 1e6)
    } else {
        format!("{:.1} B", value / 1e9)
    }
}

/// Seconds in words: `8 s`, `39 min`, `3 h 12 min`.
pub fn duration(seconds: f64) -> String {
    let whole = seconds.max(0.0).round() as u64;
    match whole {
        0..60 => format!("{whole} s"),
        60..3600 => format!("{} min", whole.div_ceil(60)),
        _ => format!("{} h {:02} min", whole / 3600, whole % 3600 / 60),
    }
}

/// What one answer takes in seconds, all with as many decimals: `0.068`, `1.250`.
pub fn seconds(seconds: f64) -> String {
    format!("{seconds:.3}")
}

/// A proportion as percent with one decimal: `61.2`.
pub fn percent(proportion: f64) -> String {
    format!("{:.1}", proportion * 100.0)
}

/// A difference of proportions in points, with its sign: `+6.5`, `−2.9`, `0.0`.
pub fn points(difference: f64) -> String {
    let text = format!("{:.1}", (difference * 100.0).abs());
    match difference {
        _ if text == "0.0" => text,
        _ if difference < 0.0 => format!("−{text}"),
        _ => format!("+{text}"),
    }
}

/// The ends of an interval of differences, in points: `−2.9 to 6.5`.
pub fn between(low: f64, high: f64) -> String {
    let signed = |end: f64| points(end).replace('+', "");
    format!("{} to {}", signed(low), signed(high))
}

/// A count with thousands commas.
pub fn count(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A count with its noun: `1 item`, `2,000 items`.
pub fn counted(number: usize, noun: &str) -> String {
    format!("{} {noun}{}", count(number), if number == 1 { "" } else { "s" })
}

/// `text` beginning with a capital, as a sentence does; a name such as `mmlu_medical` or a path stays as it is.
pub fn capital(text: &str) -> String {
    let word = text.split_whitespace().next().unwrap_or_default();
    if word.contains(['_', '/', '\\', '.']) {
        return text.to_owned();
    }
    let mut letters = text.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_have_commas() {
        assert_eq!(count(0), "0");
        assert_eq!(count(999), "999");
        assert_eq!(count(1_273), "1,273");
        assert_eq!(count(1_000_000), "1,000,000");
        assert_eq!(counted(1, "item"), "1 item");
    }

    #[test]
    fn differences_have_true_signs() {
        assert_eq!(points(-0.0291), "−2.9");
        assert_eq!(points(0.065), "+6.5");
        assert_eq!(points(-0.0004), "0.0");
        assert_eq!(between(-0.029, 0.065), "−2.9 to 6.5");
        assert_eq!(between(-0.065, -0.029), "−6.5 to −2.9");
    }

    #[test]
    fn sizes_are_in_words() {
        assert_eq!(bytes(98_000_000), "98 MB");
        assert_eq!(bytes(4_683_000_000), "4.7 GB");
        assert_eq!(parameters(134_515_008), "135 M");
        assert_eq!(parameters(7_615_616_512), "7.6 B");
    }

    #[test]
    fn durations_are_in_words() {
        assert_eq!(duration(8.4), "8 s");
        assert_eq!(duration(61.0), "2 min");
        assert_eq!(duration(11_520.0), "3 h 12 min");
    }
}
