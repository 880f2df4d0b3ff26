//! A comparison in plain words: who, on what, by how much, how sure, on how many items.

use super::{Between, Comparison, Place, Verdict};
use crate::language::Language;
use crate::quantities::{counted, percent};
use crate::runs::columns::interval;
use crate::text::isolate::isolate;

impl Comparison {
    /// The finding as a sentence. Names are isolated from its direction ([`isolate`]).
    pub fn sentence(&self) -> String {
        let (first, second, place) = self.names();
        let higher = match self.verdict() {
            Verdict::TooFew => return self.too_few(&first, &second, &place),
            Verdict::First => true,
            Verdict::Second => false,
        };
        let by = format!("{} points", percent(self.difference().abs()));
        let finding = match &self.between {
            Between::Models { .. } => {
                let word = if higher { "better" } else { "worse" };
                format!("{first} is {word} than {second} on {place} by {by}")
            }
            Between::Languages { model, .. } => {
                let word = if higher { "higher" } else { "lower" };
                format!("{} is {by} {word} {first} than {second} on {place}", isolate(model))
            }
            Between::Protocols { model, .. } => {
                let word = if higher { "higher" } else { "lower" };
                format!(
                    "{} is {by} {word} under {first} than under {second} on {place}",
                    isolate(model)
                )
            }
        };
        let (low, high) = self.ends(higher);
        let words = |share: f64| percent(share.abs());
        let items = counted(self.pairs.n(), "item");
        let mut sentence = format!("{finding}, 95% interval {} to {}, {items}.", words(low), words(high));
        if !self.stands() {
            let count = counted(self.family, "comparison");
            sentence.push_str(&format!(
                " Among {count} shown it may be chance (Holm-adjusted p {:.2}).",
                self.adjusted
            ));
        }
        sentence
    }

    /// What was left out of it, where anything was.
    pub fn leavings(&self) -> Option<String> {
        let parts = [
            (self.left_out, "answered by one only or failed"),
            (self.corrected, "flagged"),
        ];
        let told: Vec<String> = parts
            .iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, why)| format!("{} {why}", counted(*count, "item")))
            .collect();
        (!told.is_empty()).then(|| format!("Left out: {}.", told.join(", ")))
    }

    fn too_few(&self, first: &str, second: &str, place: &str) -> String {
        let question = match &self.between {
            Between::Models { .. } => format!("whether {first} or {second} is better on {place}"),
            Between::Languages { model, .. } => {
                format!("whether {} is better {first} or {second} on {place}", isolate(model))
            }
            Between::Protocols { model, .. } => format!(
                "whether {} is better under {first} or under {second} on {place}",
                isolate(model)
            ),
        };
        let items = counted(self.pairs.n(), "item");
        let signed = crate::quantities::points(self.difference());
        match self.estimate {
            Some(estimate) => {
                let (low, high) = (estimate.interval.low, estimate.interval.high);
                let ends = match low < 0.0 {
                    true => interval(low, high),
                    false => format!("{} to {}", percent(low), percent(high)),
                };
                format!("Too few to tell {question}: {signed} points, 95% interval {ends}, {items}.")
            }
            None => format!("Too few to tell {question}: {signed} points, {items}."),
        }
    }

    /// The ends of the interval with the larger side as the positive one.
    fn ends(&self, higher: bool) -> (f64, f64) {
        let found = self
            .estimate
            .map_or((0.0, 0.0), |estimate| (estimate.interval.low, estimate.interval.high));
        if higher { found } else { (-found.1, -found.0) }
    }

    /// The two that are compared and on what, as they stand in a sentence.
    fn names(&self) -> (String, String, String) {
        match &self.between {
            Between::Models { first, second, .. } | Between::Protocols { first, second, .. } => {
                (isolate(first), isolate(second), self.place.words())
            }
            Between::Languages { first, second, .. } => {
                let place = Place {
                    languages: Vec::new(),
                    ..self.place.clone()
                };
                let first = match first.as_slice() {
                    [language] => format!("in {}", name(language)),
                    several => format!("in {}", counted(several.len(), "other language")),
                };
                (first, format!("in {}", name(second)), place.words())
            }
        }
    }
}

impl Place {
    /// In words: `Arabic medqa`, or how many there are.
    fn words(&self) -> String {
        let tasks = match self.tasks.as_slice() {
            [task] => isolate(task),
            several => counted(several.len(), "task"),
        };
        match self.languages.as_slice() {
            [] => tasks,
            [language] => format!("{} {tasks}", name(language)),
            several => format!("{tasks} in {}", counted(several.len(), "language")),
        }
    }
}

fn name(language: &Language) -> &str {
    language.english_name()
}
