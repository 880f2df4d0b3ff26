//! Scales from values to places, and the values worth naming on them.

use super::colour::Colour;
use super::label::Label;
use super::scene::{Anchor, Scene, Stroke, point};
use crate::quantities::count;

/// From values to places along one axis.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scale {
    low: f64,
    high: f64,
    from: f32,
    to: f32,
    logarithmic: bool,
}

impl Scale {
    /// Equal steps have equal lengths: `low` lies at `from` and `high` at `to`.
    pub fn linear(values: (f64, f64), places: (f32, f32)) -> Self {
        Self {
            low: values.0,
            high: values.1,
            from: places.0,
            to: places.1,
            logarithmic: false,
        }
    }

    /// Equal ratios have equal lengths. Both values are above 0.
    pub fn logarithmic(values: (f64, f64), places: (f32, f32)) -> Self {
        Self {
            low: values.0.ln(),
            high: values.1.ln(),
            logarithmic: true,
            ..Self::linear(values, places)
        }
    }

    /// Where a value lies; at an end where it is beyond it.
    pub fn at(&self, value: f64) -> f32 {
        let value = if self.logarithmic {
            value.max(f64::MIN_POSITIVE).ln()
        } else {
            value
        };
        let length = self.high - self.low;
        let share = if length > 0.0 { (value - self.low) / length } else { 0.5 };
        self.from + (self.to - self.from) * share.clamp(0.0, 1.0) as f32
    }
}

/// The whole of a proportion.
pub const WHOLE: (f64, f64) = (0.0, 1.0);

/// The part of a proportion, in round percent, that holds `values` with a little room: for marks whose place is read
/// and not their length. Small differences stay small, as it is never less than a fifth.
pub fn fitted(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let ends = values.filter(|value| value.is_finite()).fold(None, |ends, value| {
        let (low, high) = ends.unwrap_or((value, value));
        Some((value.min(low), value.max(high)))
    });
    let Some((low, high)) = ends else { return WHOLE };
    let (low, high) = (low * 100.0 - 2.0, high * 100.0 + 2.0);
    let lack = (20.0 - (high - low)).max(0.0) / 2.0;
    // What lies beyond an end is given to the other.
    let (low, high) = (low - lack, high + lack);
    let (below, above) = ((-low).max(0.0), (high - 100.0).max(0.0));
    let (low, high) = (low - above, high + below);
    let step = if high - low < 40.0 { 5.0 } else { 10.0 };
    let (low, high) = ((low / step).floor() * step, (high / step).ceil() * step);
    (low.max(0.0) / 100.0, high.min(100.0) / 100.0)
}

/// The proportions named on an axis `length` long, with their words in percent: round ones, the last with its sign.
pub fn share_ticks((low, high): (f64, f64), length: f32) -> Vec<(f64, String)> {
    // Room for one's words and for a gap as wide.
    const EACH: f64 = 38.0;
    let span = (high - low) * 100.0;
    let most = (f64::from(length) / EACH).max(1.0);
    let step = [5, 10, 25, 50].into_iter().find(|step| span / f64::from(*step) <= most);
    let step = step.unwrap_or(100);
    let (first, last) = ((low * 100.0).round() as i32, (high * 100.0).round() as i32);
    let within: Vec<i32> = (first..=last).filter(|tick| tick % step == 0).collect();
    // One tick alone tells no scale.
    let ticks = if within.len() < 2 { vec![first, last] } else { within };
    let end = ticks.last().copied();
    let words = |tick: i32| {
        if Some(tick) == end {
            format!("{tick}%")
        } else {
            tick.to_string()
        }
    };
    ticks
        .iter()
        .map(|tick| (f64::from(*tick) / 100.0, words(*tick)))
        .collect()
}

/// Values of one, two and five times a power of ten between `low` and `high`; only powers of ten where that are many,
/// and even steps where less than two of them lie there.
pub fn logarithmic_ticks(low: f64, high: f64, words: fn(f64) -> String) -> Vec<(f64, String)> {
    let (first, last) = (low.log10().floor() as i32, high.log10().ceil() as i32);
    let factors: &[f64] = if last - first > 3 { &[1.0] } else { &[1.0, 2.0, 5.0] };
    let values = (first..=last).flat_map(|power| factors.iter().map(move |factor| factor * 10_f64.powi(power)));
    let round: Vec<f64> = values.filter(|value| (low..=high).contains(value)).collect();
    let values = if round.len() < 2 { even(low, high) } else { round };
    values.into_iter().map(|value| (value, words(value))).collect()
}

/// Two to six values between `low` and `high`, in steps of one, two or five times a power of ten.
fn even(low: f64, high: f64) -> Vec<f64> {
    let power = ((high - low) / 6.0).log10().floor() as i32;
    let steps = [1.0, 2.0, 5.0, 10.0].into_iter();
    // A quotient of whole numbers is written without a rest.
    let (times, parts) = (10_f64.powi(power.max(0)), 10_f64.powi(-power.min(0)));
    let ticks = steps.map(|step| {
        let unit = step * times / parts;
        let (first, last) = ((low / unit).ceil() as i64, (high / unit).floor() as i64);
        let values = (first..=last).map(|number| number as f64 * step * times / parts);
        values.collect::<Vec<f64>>()
    });
    let mut ticks = ticks.filter(|ticks| ticks.len() <= 6);
    ticks.next().unwrap_or_default()
}

/// A number with as many decimals as it needs.
pub fn decimal(value: f64) -> String {
    match value.abs() {
        1000.0.. => count(value.round() as usize),
        _ => {
            let text = format!("{value:.2}");
            text.trim_end_matches('0').trim_end_matches('.').to_owned()
        }
    }
}

/// Draws the lines of a level axis from `top` to `bottom` with their words below.
pub fn columns(scene: &mut Scene, scale: &Scale, ticks: &[(f64, String)], top: f32, bottom: f32) {
    for (value, words) in ticks {
        let x = scale.at(*value).round() + 0.5;
        scene.line(point(x, top), point(x, bottom), Stroke::new(Colour::Line, 1.0));
        let label = Label::small(words);
        let baseline = bottom + 4.0 + label.size;
        scene.write(label, point(x, baseline), Anchor::Centre);
    }
}

/// Draws the lines of an upright axis from `left` to `right` with their words before them.
pub fn rows(scene: &mut Scene, scale: &Scale, ticks: &[(f64, String)], left: f32, right: f32) {
    for (value, words) in ticks {
        let y = scale.at(*value).round() + 0.5;
        scene.line(point(left, y), point(right, y), Stroke::new(Colour::Line, 1.0));
        scene.write_beside(Label::small(words), point(left - 6.0, y), Anchor::Right);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_meet_their_ends_and_stay_inside() {
        let scale = Scale::linear(WHOLE, (100.0, 300.0));
        assert_eq!(
            [0.0, 0.5, 1.0, 1.7].map(|value| scale.at(value)),
            [100.0, 200.0, 300.0, 300.0]
        );
        let scale = Scale::logarithmic((1.0, 100.0), (0.0, 10.0));
        assert!((scale.at(10.0) - 5.0).abs() < 1e-4);
        assert_eq!(scale.at(0.0), 0.0);
        assert_eq!(Scale::linear((2.0, 2.0), (0.0, 8.0)).at(2.0), 4.0);
    }

    #[test]
    fn ticks_are_round() {
        let values = |ticks: Vec<(f64, String)>| ticks.into_iter().map(|(_, words)| words).collect::<Vec<_>>();
        assert_eq!(
            values(logarithmic_ticks(100.0, 3000.0, decimal)),
            ["100", "200", "500", "1,000", "2,000"]
        );
        // Between two powers of ten steps are even, and written without a rest.
        let plain = |value: f64| value.to_string();
        assert_eq!(
            values(logarithmic_ticks(0.157, 0.263, plain)),
            ["0.16", "0.18", "0.2", "0.22", "0.24", "0.26"]
        );
        assert_eq!(
            values(logarithmic_ticks(210.0, 420.0, plain)),
            ["250", "300", "350", "400"]
        );
        assert_eq!(values(share_ticks(WHOLE, 160.0)), ["0", "25", "50", "75", "100%"]);
        assert_eq!(values(share_ticks(WHOLE, 60.0)), ["0", "100%"]);
        assert_eq!(
            values(share_ticks((0.4, 0.65), 300.0)),
            ["40", "45", "50", "55", "60", "65%"]
        );
        // Where one round value alone has room, the ends tell the scale.
        assert_eq!(values(share_ticks((0.4, 0.65), 40.0)), ["40", "65%"]);
    }

    #[test]
    fn an_axis_is_fitted_to_round_percent_and_never_to_a_sliver() {
        let fitted = |values: &[f64]| {
            let (low, high) = fitted(values.iter().copied());
            ((low * 100.0).round(), (high * 100.0).round())
        };
        assert_eq!(fitted(&[0.612, 0.655, 0.48]), (45.0, 70.0));
        assert_eq!(fitted(&[0.1, 0.93]), (0.0, 100.0));
        // Two values close together stay close.
        assert_eq!(fitted(&[0.70, 0.71]), (60.0, 85.0));
        assert_eq!(fitted(&[1.0]), (80.0, 100.0));
        assert_eq!(fitted(&[0.0, 0.03]), (0.0, 20.0));
        assert_eq!(fitted(&[]), (0.0, 100.0));
        assert_eq!(fitted(&[f64::NAN]), (0.0, 100.0));
    }
}
