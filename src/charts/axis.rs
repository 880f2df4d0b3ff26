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

    /// The whole of a proportion, 0 to 1.
    pub fn share(places: (f32, f32)) -> Self {
        Self::linear((0.0, 1.0), places)
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

/// The proportions named on an axis `length` long, with their words in percent.
pub fn share_ticks(length: f32) -> Vec<(f64, String)> {
    let step = if length < 150.0 { 50 } else { 25 };
    let ticks = (0..=100).step_by(step);
    ticks.map(|tick| (f64::from(tick) / 100.0, in_percent(tick))).collect()
}

fn in_percent(tick: i32) -> String {
    if tick == 100 {
        "100%".to_owned()
    } else {
        tick.to_string()
    }
}

/// Values of one, two and five times a power of ten between `low` and `high`; only powers of ten where that are many.
pub fn logarithmic_ticks(low: f64, high: f64, words: fn(f64) -> String) -> Vec<(f64, String)> {
    let (first, last) = (low.log10().floor() as i32, high.log10().ceil() as i32);
    let factors: &[f64] = if last - first > 3 { &[1.0] } else { &[1.0, 2.0, 5.0] };
    let values = (first..=last).flat_map(|power| factors.iter().map(move |factor| factor * 10_f64.powi(power)));
    values
        .filter(|value| (low..=high).contains(value))
        .map(|value| (value, words(value)))
        .collect()
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
        let scale = Scale::share((100.0, 300.0));
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
        assert_eq!(values(share_ticks(300.0)), ["0", "25", "50", "75", "100%"]);
    }
}
