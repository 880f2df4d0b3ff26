//! Krippendorff's alpha.

use std::collections::BTreeMap;

use super::{Agreement, of_kinds};

/// What is known of the categories.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// Only whether they are the same.
    Nominal,
    /// Which comes before which.
    Ordinal,
}

/// Krippendorff's alpha of units that any number of raters rated; what a rater left out is `None`.
///
/// As `krippendorff.alpha`: 1 less the disagreement within units by that between any two ratings. `None` where no unit
/// has two ratings, or only one category is used.
pub fn alpha(units: &[Vec<Option<usize>>], level: Level) -> Option<Agreement> {
    let mut kinds: BTreeMap<Vec<usize>, usize> = BTreeMap::new();
    for unit in units {
        let mut ratings: Vec<usize> = unit.iter().flatten().copied().collect();
        ratings.sort_unstable();
        if ratings.len() > 1 {
            *kinds.entry(ratings).or_default() += 1;
        }
    }
    let categories = kinds.keys().flatten().max()? + 1;
    let counts: Vec<usize> = kinds.values().copied().collect();
    let coincidences: Vec<Vec<f64>> = kinds.keys().map(|ratings| coincidences(ratings, categories)).collect();
    of_kinds(&counts, |counts| {
        let mut all = vec![0.0; categories * categories];
        for (coincidences, &count) in coincidences.iter().zip(counts) {
            for (sum, value) in all.iter_mut().zip(coincidences) {
                *sum += value * count as f64;
            }
        }
        of_coincidences(&all, categories, level)
    })
}

/// How often each category meets each other within a unit, every rating weighing 1; a square, row by row.
fn coincidences(ratings: &[usize], categories: usize) -> Vec<f64> {
    let mut square = vec![0.0; categories * categories];
    let weight = 1.0 / (ratings.len() - 1) as f64;
    for (place, one) in ratings.iter().enumerate() {
        for (_, other) in ratings.iter().enumerate().filter(|(beside, _)| *beside != place) {
            if let Some(value) = square.get_mut(one * categories + other) {
                *value += weight;
            }
        }
    }
    square
}

fn of_coincidences(square: &[f64], categories: usize, level: Level) -> Option<f64> {
    let used: Vec<f64> = square.chunks(categories).map(|row| row.iter().sum()).collect();
    let ratings: f64 = used.iter().sum();
    // Ratings in the categories before each, itself left out.
    let before: Vec<f64> = used
        .iter()
        .scan(0.0, |sum, count| {
            *sum += count;
            Some(*sum - count)
        })
        .collect();
    let difference = |one: usize, other: usize| match (level, used.get(one), used.get(other)) {
        (Level::Nominal, ..) => f64::from(u8::from(one != other)),
        (Level::Ordinal, Some(first), Some(second)) => {
            let middle = |place: usize, count: f64| before.get(place).copied().unwrap_or_default() + count / 2.0;
            (middle(one, *first) - middle(other, *second)).powi(2)
        }
        (Level::Ordinal, ..) => 0.0,
    };
    let (mut observed, mut by_chance) = (0.0, 0.0);
    for (one, (row, first)) in square.chunks(categories).zip(&used).enumerate() {
        for (other, (met, second)) in row.iter().zip(&used).enumerate() {
            observed += met * difference(one, other);
            by_chance += first * second * difference(one, other);
        }
    }
    (by_chance > 0.0).then(|| 1.0 - (ratings - 1.0) * observed / by_chance)
}
