//! The columns of every measure's rows.

use super::{Columns, Named, Value};
use crate::language::Language;
use crate::runs::comparison::Row;
use crate::runs::measures::{Average, CalibrationScore, Difference, Flips, Found, Gap, Price, SetScore, SubjectScore};

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

/// What was asked of whom: the first columns of most tables.
fn asked(model: &str, benchmark: &str, task: &str, language: &Language, protocol: &str) -> [Named; 5] {
    [
        ("model", text(model)),
        ("benchmark", text(benchmark)),
        ("task", text(task)),
        ("language", Value::Language(language.clone())),
        ("protocol", text(protocol)),
    ]
}

impl Columns for Row {
    fn columns(&self) -> Vec<Named> {
        let asked = asked(&self.model, &self.benchmark, &self.task, &self.language, &self.protocol);
        let measured = [
            ("n", Value::Count(self.n)),
            ("right", Value::Count(self.right)),
            ("failed", Value::Count(self.failed)),
            ("left_out", Value::Count(self.left_out)),
            ("accuracy", Value::Share(self.accuracy)),
            ("", Value::Interval(self.low.zip(self.high))),
        ];
        asked.into_iter().chain(measured).collect()
    }
}

impl Columns for Average {
    fn columns(&self) -> Vec<Named> {
        let all = "all";
        vec![
            ("model", text(&self.model)),
            ("benchmark", text(&self.benchmark)),
            ("task", text(self.task.as_deref().unwrap_or(all))),
            (
                "language",
                self.language.clone().map_or_else(|| text(all), Value::Language),
            ),
            ("protocol", text(&self.protocol)),
            ("over", Value::Text(format!("{} {}", self.groups, self.over.word()))),
            ("n", Value::Count(self.n)),
            ("macro_average", Value::Share(Some(self.macro_average))),
            ("", Value::Interval(Some((self.low, self.high)))),
            ("micro_average", Value::Share(Some(self.micro_average))),
        ]
    }
}

impl Columns for SetScore {
    fn columns(&self) -> Vec<Named> {
        let asked = asked(&self.model, &self.benchmark, &self.task, &self.language, &self.protocol);
        let measured = [
            ("n", Value::Count(self.n)),
            ("several_right", Value::Count(self.several)),
            ("exact", Value::Share(self.exact_share)),
            ("exact_", Value::Interval(self.exact_low.zip(self.exact_high))),
            ("hamming", Value::Share(Some(self.hamming))),
            ("hamming_", Value::Interval(self.hamming_low.zip(self.hamming_high))),
        ];
        asked.into_iter().chain(measured).collect()
    }
}

impl Columns for Price {
    fn columns(&self) -> Vec<Named> {
        let asked = asked(&self.model, &self.benchmark, &self.task, &self.language, &self.protocol);
        let measured = [
            ("n", Value::Count(self.n)),
            ("prompt_tokens", Value::Number(Some(self.prompt_tokens))),
            ("written_tokens", Value::Number(self.written_tokens)),
            ("seconds", Value::Seconds(Some(self.seconds))),
            ("pairs", Value::Count(self.pairs)),
            ("times_english", Value::Number(self.times_english)),
        ];
        asked.into_iter().chain(measured).collect()
    }
}

impl Columns for Flips {
    fn columns(&self) -> Vec<Named> {
        let asked = asked(&self.model, &self.benchmark, &self.task, &self.language, &self.protocol);
        let measured = [
            ("other_protocol", text(&self.other_protocol)),
            ("n", Value::Count(self.n)),
            ("flips", Value::Count(self.flips)),
            ("share", Value::Share(self.share)),
            ("", Value::Interval(self.low.zip(self.high))),
            ("lost", Value::Count(self.lost)),
            ("won", Value::Count(self.won)),
        ];
        asked.into_iter().chain(measured).collect()
    }
}

impl Columns for Difference {
    fn columns(&self) -> Vec<Named> {
        let asked = asked(&self.model, &self.benchmark, &self.task, &self.language, &self.protocol);
        let measured = [
            ("baseline", text(&self.baseline)),
            ("n", Value::Count(self.found.n)),
            ("only_model_right", Value::Count(self.only_model)),
            ("only_baseline_right", Value::Count(self.only_baseline)),
        ];
        asked.into_iter().chain(measured).chain(found(&self.found)).collect()
    }
}

impl Columns for Gap {
    fn columns(&self) -> Vec<Named> {
        let asked = asked(&self.model, &self.benchmark, &self.task, &self.language, &self.protocol);
        let measured = [
            ("reference", Value::Language(self.reference.clone())),
            ("n", Value::Count(self.found.n)),
            ("accuracy", Value::Share(Some(self.accuracy))),
            ("reference_accuracy", Value::Share(Some(self.reference_accuracy))),
        ];
        asked.into_iter().chain(measured).chain(found(&self.found)).collect()
    }
}

/// What is known of a difference: the last columns of tables of differences.
fn found(found: &Found) -> [Named; 9] {
    [
        ("difference", Value::Points(Some(found.difference))),
        ("", Value::PointsInterval(found.low.zip(found.high))),
        ("interval_by", text(&found.interval)),
        ("groups", Value::Count(found.groups)),
        ("test", text(&found.test)),
        ("p", Value::Probability(Some(found.p))),
        ("p_holm", Value::Probability(Some(found.p_holm))),
        ("left_out", Value::Count(found.left_out)),
        ("finding", text(&found.finding)),
    ]
}

impl Columns for SubjectScore {
    fn columns(&self) -> Vec<Named> {
        let asked = asked(&self.model, &self.benchmark, &self.task, &self.language, &self.protocol);
        let measured = [
            ("subject", text(&self.subject)),
            ("n", Value::Count(self.n)),
            ("right", Value::Count(self.right)),
            ("accuracy", Value::Share(self.accuracy)),
            ("", Value::Interval(self.low.zip(self.high))),
        ];
        asked.into_iter().chain(measured).collect()
    }
}

impl Columns for CalibrationScore {
    fn columns(&self) -> Vec<Named> {
        let asked = asked(&self.model, &self.benchmark, &self.task, &self.language, &self.protocol);
        let measured = [
            ("n", Value::Count(self.n)),
            ("calibration_error", Value::Share(Some(self.error))),
            ("confidence", Value::Share(Some(self.confidence))),
            ("accuracy", Value::Share(Some(self.accuracy))),
            ("", Value::Interval(self.low.zip(self.high))),
        ];
        asked.into_iter().chain(measured).collect()
    }
}
