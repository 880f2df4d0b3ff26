//! What was said, as rows: what the command line prints and other programs read.

use std::collections::BTreeSet;

use serde::Serialize;

use super::agreement::{NoInterval, PairAgreement, Topic};
use super::reviewer::Reviewer;
use super::said::{Reviews, Said};
use super::statement::{FlagKind, ItemRef, Judgement, Ruling, Statement};
use super::taxonomy::Taxonomy;
use crate::language::Language;
use crate::runs::columns::{Columns, Named, Value};
use crate::stats::Interval;

/// What one reviewer has done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReviewerRow {
    pub reviewer: String,
    /// Answers judged.
    pub judgements: usize,
    /// Items of which an answer was judged.
    pub items: usize,
    pub blind: usize,
    pub flags: usize,
    pub decisions: usize,
    pub adjudications: usize,
    /// When they last said something, RFC 3339, UTC.
    pub last: String,
}

/// One judgement with all that belongs to it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct JudgementRow {
    pub reviewer: String,
    pub at: String,
    pub benchmark: String,
    pub language: Language,
    pub item: String,
    pub run: String,
    pub model: String,
    pub protocol: String,
    pub verdict: &'static str,
    /// Ids of the taxonomy, separated by commas.
    pub errors: String,
    pub severity: &'static str,
    /// One for each scale of the taxonomy, in its order.
    pub ratings: Vec<(String, Option<u8>)>,
    pub note: String,
    pub blind: bool,
    pub shown_as: Option<usize>,
    /// The reviewer's own answer as Latin letters; a dash where they did not know.
    pub own_answer: Option<String>,
    /// Whether that was given before the right answer was shown.
    pub own_before_key: Option<bool>,
    /// What holds where reviewers differed.
    pub adjudicated: Option<&'static str>,
    pub id: String,
}

/// One flagged or decided item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FlagRow {
    pub benchmark: String,
    pub language: Language,
    pub item: String,
    /// What was flagged, by anybody.
    pub flags: String,
    /// Who flagged it, when and why.
    pub flagged_by: String,
    /// What holds: `kept`, `left out`, `re-keyed to B`; empty where nothing was decided.
    pub decision: String,
    pub decided_by: String,
    pub decided_at: String,
    pub why: String,
    /// Decisions before that one.
    pub earlier: usize,
}

/// How far two reviewers agree on one thing.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AgreementRow {
    pub first: String,
    pub second: String,
    /// `verdict`, `severity`, or the id of an error type or scale.
    pub on: String,
    /// Answers that both judged and of which both said something on it.
    pub n: usize,
    /// Answers that both judged and one of them could not judge; outside of `n`.
    pub not_judged: usize,
    /// From 0 to 1.
    pub percent: f64,
    pub percent_interval: (f64, f64),
    pub kappa: Option<f64>,
    pub kappa_interval: Option<(f64, f64)>,
    /// Why kappa has no interval; empty where it has one or is itself absent.
    pub kappa_note: &'static str,
    pub alpha: Option<f64>,
    pub alpha_interval: Option<(f64, f64)>,
}

/// How far every two reviewers agree who judged the same answers.
pub fn agreements(reviews: &Reviews) -> Vec<AgreementRow> {
    super::agreements(reviews).iter().flat_map(agreement_rows).collect()
}

/// How far two reviewers agree, a row for everything they can agree on.
pub fn agreement_rows(pair: &PairAgreement) -> impl Iterator<Item = AgreementRow> + '_ {
    let ends = |interval: Interval| (interval.low, interval.high);
    pair.topics.iter().map(move |topic| AgreementRow {
        first: pair.first.name().to_owned(),
        second: pair.second.name().to_owned(),
        on: match &topic.topic {
            Topic::Verdict => "verdict".to_owned(),
            Topic::Severity => "severity".to_owned(),
            Topic::Error(id) | Topic::Scale(id) => id.clone(),
        },
        n: topic.n,
        not_judged: pair.not_judged,
        percent: topic.percent.value,
        percent_interval: ends(topic.percent.interval),
        kappa: topic.kappa.map(|kappa| kappa.value),
        kappa_interval: topic.kappa.and_then(|kappa| kappa.interval).map(ends),
        kappa_note: topic.no_interval().map_or("", NoInterval::words),
        alpha: topic.alpha.map(|alpha| alpha.value),
        alpha_interval: topic.alpha.and_then(|alpha| alpha.interval).map(ends),
    })
}

/// What every reviewer has done, by name.
pub fn reviewers(reviews: &Reviews) -> Vec<ReviewerRow> {
    reviews
        .reviewers()
        .map(|reviewer| reviewer_row(reviews, reviewer))
        .collect()
}

fn reviewer_row(reviews: &Reviews, reviewer: &Reviewer) -> ReviewerRow {
    let is_theirs = |by: &str| Reviewer::new(by).is_ok_and(|other| other.id() == reviewer.id());
    let judgements: Vec<Said<'_, Judgement>> = reviews.judgements().filter(|said| is_theirs(said.by)).collect();
    let items: BTreeSet<&ItemRef> = judgements.iter().map(|said| &said.what.answer.item).collect();
    let lines = || reviews.lines().iter().filter(|line| is_theirs(&line.reviewer));
    let said = |wanted: fn(&Statement) -> bool| lines().filter(|line| wanted(&line.statement)).count();
    ReviewerRow {
        reviewer: reviewer.name().to_owned(),
        items: items.len(),
        blind: judgements.iter().filter(|said| said.what.blind).count(),
        judgements: judgements.len(),
        flags: reviews
            .flagged()
            .filter(|item| reviews.flags_of(item).any(|(by, _)| by == reviewer.id()))
            .count(),
        decisions: said(|statement| matches!(statement, Statement::Decision(_))),
        adjudications: said(|statement| matches!(statement, Statement::Adjudication(_))),
        last: lines().next_back().map(|line| line.at.to_string()).unwrap_or_default(),
    }
}

/// Every judgement that holds, in the order they were made.
pub fn judgements(reviews: &Reviews, taxonomy: &Taxonomy) -> Vec<JudgementRow> {
    reviews
        .judgements()
        .map(|said| judgement_row(reviews, taxonomy, said))
        .collect()
}

fn judgement_row(reviews: &Reviews, taxonomy: &Taxonomy, said: Said<'_, Judgement>) -> JudgementRow {
    let Judgement { answer, opinion, .. } = said.what;
    let reviewer = Reviewer::new(said.by).ok();
    let own = reviewer.and_then(|reviewer| reviews.own_answer(&answer.item, reviewer.id()));
    let rating = |id: &String| (id.clone(), opinion.ratings.get(id).copied());
    JudgementRow {
        reviewer: said.by.to_owned(),
        at: said.at.to_string(),
        benchmark: answer.item.benchmark.clone(),
        language: answer.item.key.language.clone(),
        item: answer.item.key.id.clone(),
        run: answer.given.run.to_string(),
        model: answer.given.model.clone(),
        protocol: said.what.protocol.clone(),
        verdict: opinion.verdict.word(),
        errors: opinion.errors.iter().cloned().collect::<Vec<_>>().join(","),
        severity: opinion.severity.word(),
        ratings: taxonomy.scales.iter().map(|scale| rating(&scale.id)).collect(),
        note: opinion.note.clone(),
        blind: said.what.blind,
        shown_as: said.what.shown_as,
        own_answer: own.map(|own| letters(&own.what.choices)),
        own_before_key: own.map(|own| own.what.before_key),
        adjudicated: reviews
            .adjudication(answer)
            .map(|settled| settled.what.opinion.verdict.word()),
        id: said.id.as_str().to_owned(),
    }
}

/// Every item that was flagged or decided about, in the order of benchmarks, languages and ids.
pub fn flags(reviews: &Reviews) -> Vec<FlagRow> {
    let decided = reviews.decided().map(|(item, _)| item);
    let items: BTreeSet<&ItemRef> = reviews.flagged().chain(decided).collect();
    items.into_iter().map(|item| flag_row(reviews, item)).collect()
}

fn flag_row(reviews: &Reviews, item: &ItemRef) -> FlagRow {
    let kinds: BTreeSet<FlagKind> = reviews
        .flags_of(item)
        .flat_map(|(_, flag)| flag.what.kinds.iter().copied())
        .collect();
    let flagged_by = reviews.flags_of(item).map(|(_, flag)| {
        let why = match flag.what.note.as_str() {
            "" => String::new(),
            note => format!(": {note}"),
        };
        format!("{}, {}{why}", flag.by, flag.at.day())
    });
    let decision = reviews.decision(item);
    FlagRow {
        benchmark: item.benchmark.clone(),
        language: item.key.language.clone(),
        item: item.key.id.clone(),
        flags: kinds.into_iter().map(FlagKind::words).collect::<Vec<_>>().join(", "),
        flagged_by: flagged_by.collect::<Vec<_>>().join("; "),
        decision: decision
            .map(|decision| ruled(&decision.what.ruling))
            .unwrap_or_default(),
        decided_by: decision.map(|decision| decision.by.to_owned()).unwrap_or_default(),
        decided_at: decision.map(|decision| decision.at.to_string()).unwrap_or_default(),
        why: decision.map(|decision| decision.what.note.clone()).unwrap_or_default(),
        earlier: reviews.decisions_of(item).count().saturating_sub(1),
    }
}

/// What was decided, with the new right options.
pub fn ruled(ruling: &Ruling) -> String {
    match ruling {
        Ruling::Rekeyed(options) => format!("{} to {}", ruling.words(), letters(options)),
        Ruling::Kept | Ruling::LeftOut => ruling.words().to_owned(),
    }
}

/// The Latin letters of options, or a dash where there are none.
pub fn letters(options: &BTreeSet<usize>) -> String {
    let letters: Vec<&str> = options
        .iter()
        .filter_map(|&option| Language::latin_letter(option))
        .collect();
    match letters.is_empty() {
        true => "–".to_owned(),
        false => letters.join(","),
    }
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn yes(value: bool) -> Value {
    text(if value { "yes" } else { "no" })
}

impl Columns for ReviewerRow {
    fn columns(&self) -> Vec<Named> {
        vec![
            ("reviewer", text(&self.reviewer)),
            ("judgements", Value::Count(self.judgements)),
            ("items", Value::Count(self.items)),
            ("blind", Value::Count(self.blind)),
            ("flags", Value::Count(self.flags)),
            ("decisions", Value::Count(self.decisions)),
            ("adjudications", Value::Count(self.adjudications)),
            ("last", text(&self.last)),
        ]
    }
}

impl Columns for JudgementRow {
    fn columns(&self) -> Vec<Named> {
        let ratings: Vec<String> = self
            .ratings
            .iter()
            .filter_map(|(scale, rating)| rating.map(|rating| format!("{scale} {rating}")))
            .collect();
        let shown_as = self.shown_as.map(|number| number.to_string()).unwrap_or_default();
        vec![
            ("reviewer", text(&self.reviewer)),
            ("at", text(&self.at)),
            ("benchmark", text(&self.benchmark)),
            ("language", Value::Language(self.language.clone())),
            ("item", text(&self.item)),
            ("run", text(&self.run)),
            ("model", text(&self.model)),
            ("protocol", text(&self.protocol)),
            ("verdict", text(self.verdict)),
            ("errors", text(&self.errors)),
            ("severity", text(self.severity)),
            ("ratings", text(&ratings.join(","))),
            ("note", text(&self.note)),
            ("blind", yes(self.blind)),
            ("shown_as", text(&shown_as)),
            ("own_answer", text(self.own_answer.as_deref().unwrap_or_default())),
            ("own_before_key", self.own_before_key.map_or_else(|| text(""), yes)),
            ("adjudicated", text(self.adjudicated.unwrap_or_default())),
            ("id", text(&self.id)),
        ]
    }
}

impl Columns for AgreementRow {
    fn columns(&self) -> Vec<Named> {
        vec![
            ("first", text(&self.first)),
            ("second", text(&self.second)),
            ("on", text(&self.on)),
            ("n", Value::Count(self.n)),
            ("not_judged", Value::Count(self.not_judged)),
            ("percent", Value::Share(Some(self.percent))),
            ("percent_", Value::Interval(Some(self.percent_interval))),
            ("kappa", Value::Number(self.kappa)),
            ("kappa_low", Value::Number(self.kappa_interval.map(|(low, _)| low))),
            ("kappa_high", Value::Number(self.kappa_interval.map(|(_, high)| high))),
            ("kappa_note", text(self.kappa_note)),
            ("alpha", Value::Number(self.alpha)),
            ("alpha_low", Value::Number(self.alpha_interval.map(|(low, _)| low))),
            ("alpha_high", Value::Number(self.alpha_interval.map(|(_, high)| high))),
        ]
    }
}

impl Columns for FlagRow {
    fn columns(&self) -> Vec<Named> {
        vec![
            ("benchmark", text(&self.benchmark)),
            ("language", Value::Language(self.language.clone())),
            ("item", text(&self.item)),
            ("flags", text(&self.flags)),
            ("flagged_by", text(&self.flagged_by)),
            ("decision", text(&self.decision)),
            ("decided_by", text(&self.decided_by)),
            ("decided_at", text(&self.decided_at)),
            ("why", text(&self.why)),
            ("earlier", Value::Count(self.earlier)),
        ]
    }
}
