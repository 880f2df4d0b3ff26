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

#[cfg(test)]
mod tests {
    use super::*;

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
