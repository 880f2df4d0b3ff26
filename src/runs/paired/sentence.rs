//! A comparison in plain words: who, on what, by how much, how sure, on how many items.

use std::ops::Range;

use super::{Between, Comparison, Doubt, Place};
use crate::language::Language;
use crate::quantities::{between, counted, percent};
use crate::text::isolate::isolate;

/// A sentence, and what stands out in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Finding {
    /// Names in it are isolated from its direction ([`isolate`]).
    pub text: String,
    /// The places in the text of what stands out, from left to right.
    pub strong: Vec<Range<usize>>,
}

impl Finding {
    fn plain(mut self, text: &str) -> Self {
        self.text.push_str(text);
        self
    }

    fn strong(mut self, text: &str) -> Self {
        let start = self.text.len();
        self.text.push_str(text);
        self.strong.push(start..self.text.len());
        self
    }
}

impl Comparison {
    /// What it comes to, in a sentence.
    pub fn finding(&self) -> Finding {
        if let Some(doubt) = self.doubt() {
            return self.open(doubt);
        }
        let higher = self.difference() > 0.0;
        let (first, second, place) = self.names();
        let by = format!("{} points", percent(self.difference().abs()));
        let word = |words: [&'static str; 2]| if higher { words[0] } else { words[1] };
        let told = Finding::default();
        let told = match &self.between {
            Between::Models { .. } => told
                .strong(&format!("{first} is {}", word(["better", "worse"])))
                .plain(&format!(" than {second} on {place} "))
                .strong(&format!("by {by}")),
            Between::Languages { model, .. } | Between::Protocols { model, .. } => told
                .plain(&format!("{} is ", isolate(model)))
                .strong(&format!("{by} {} {first}", word(["higher", "lower"])))
                .plain(&format!(" than {second} on {place}")),
        };
        let told = told.plain(&self.certainty(higher));
        match self.stands() {
            true => told,
            false => told.plain(&format!(
                " Among {} shown it may be chance ({}, p after Holm {:.2}).",
                counted(self.family, "comparison"),
                self.test(),
                self.adjusted
            )),
        }
    }

    /// The text of [`Comparison::finding`].
    pub fn sentence(&self) -> String {
        self.finding().text
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

    /// Where neither is told to be higher. Names the higher of the two first.
    fn open(&self, doubt: Doubt) -> Finding {
        let (first, second, place) = self.names();
        let higher = self.difference() >= 0.0;
        let (one, other) = if higher { (first, second) } else { (second, first) };
        let whose = match &self.between {
            Between::Models { .. } => String::new(),
            Between::Languages { model, .. } | Between::Protocols { model, .. } => format!("{} ", isolate(model)),
        };
        let apart = percent(self.difference().abs());
        let told = Finding::default()
            .strong(&format!("{}.", doubt.heading()))
            .plain(&format!(" {whose}{one} and {other} on {place}: {apart} points apart"))
            .plain(&self.certainty(higher));
        match doubt {
            Doubt::FewItems | Doubt::Test { .. } | Doubt::Interval { .. } => {
                told.plain(&format!(" {}", doubt.reason()))
            }
            // What stands before says it already.
            Doubt::TooFew | Doubt::Small { .. } => told,
        }
    }

    /// The interval, the larger side taken for the positive one, and the items.
    fn certainty(&self, higher: bool) -> String {
        let items = match self.is_clustered() {
            true => format!(
                "{} in {}",
                counted(self.pairs.n(), "item"),
                counted(self.clusters, "group")
            ),
            false => counted(self.pairs.n(), "item"),
        };
        let interval = self.estimate.map(|estimate| estimate.interval);
        let interval = interval.map(|interval| match higher {
            true => format!(", 95% interval {}", between(interval.low, interval.high)),
            false => format!(", 95% interval {}", between(-interval.high, -interval.low)),
        });
        let without = self.no_interval().map(|why| format!(": {why}"));
        format!(
            "{}, {items}{}.",
            interval.unwrap_or_default(),
            without.unwrap_or_default()
        )
    }

    /// The two that are compared and on what, as they stand in a sentence.
    fn names(&self) -> (String, String, String) {
        match &self.between {
            Between::Models { first, second, .. } => (isolate(first), isolate(second), self.place.words()),
            Between::Protocols { first, second, .. } => {
                let under = |protocol: &str| format!("under {}", isolate(protocol));
                (under(first), under(second), self.place.words())
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
