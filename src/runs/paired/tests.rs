use super::*;
use crate::benchmarks::{Benchmark, Description, Item, ItemFields, ItemKey};
use crate::cancel::{Cancel, Steps};
use crate::runs::RunRecord;
use crate::runs::ledger::{Correction, Corrections};
use crate::runs::record::tests::record;
use crate::scoring::Answer;
use crate::stats::Interval;
use crate::text::isolate;

const QUESTIONS: usize = 60;

/// Questions in English and Yoruba, tied to each other; of English, three at a time about one context.
fn benchmark() -> Benchmark {
    let items = ["en", "yo"].into_iter().flat_map(|language| {
        (0..QUESTIONS).map(move |number| {
            let fields = ItemFields::asking(language, &format!("question {number}?"), &["a", "b"]);
            Item::new(ItemFields {
                key: key(language, number),
                task: "امتحان".into(),
                parallel: Some(number.to_string()),
                context: (language == "en").then(|| format!("text {}", number / 3)),
                ..fields
            })
            .unwrap()
        })
    });
    Benchmark::new("b", Description::default(), items.collect()).unwrap()
}

fn key(language: &str, number: usize) -> ItemKey {
    ItemKey {
        language: language.parse().unwrap(),
        id: format!("{language}-{number}"),
    }
}

/// A model's answers in a language: what came of each question, by its number.
fn answers(
    benchmark: &Benchmark,
    model: &str,
    language: &str,
    outcome: impl Fn(usize) -> Option<Outcome>,
) -> Vec<Answer> {
    let items = benchmark
        .items()
        .iter()
        .filter(|item| item.key.language.tag() == language);
    let asked = items
        .enumerate()
        .filter_map(|(number, item)| Some((item, outcome(number)?)));
    asked
        .map(|(item, outcome)| Answer {
            outcome,
            ..Answer::failed(model, "b", item, 1, String::new())
        })
        .collect()
}

fn ledger(answers: Vec<Answer>) -> Ledger {
    let record: RunRecord = record();
    Ledger::of([benchmark()], [(&record, answers.as_slice())])
}

fn is(right: bool) -> Option<Outcome> {
    Some(if right { Outcome::Right } else { Outcome::Wrong })
}

fn column<'a>(ledger: &'a Ledger, language: &str) -> &'a Column {
    let mut columns = ledger.columns().iter();
    columns.find(|column| column.language.tag() == language).unwrap()
}

fn models(ledger: &Ledger, languages: &[&str]) -> Comparison {
    let columns: Vec<&Column> = languages.iter().map(|language| column(ledger, language)).collect();
    let label = &ledger.sheets()[0].protocol;
    let [first, second] = ["A", "ب"].map(|model| ledger.sheet(model, label).unwrap());
    Comparison::of_sheets(ledger, &Selection::all(ledger), &columns, first, second).unwrap()
}

fn gap(ledger: &Ledger) -> Comparison {
    let english = "en".parse().unwrap();
    let columns = [column(ledger, "yo")];
    Comparison::of_languages(ledger, &Selection::all(ledger), &columns, &english, &ledger.sheets()[0]).unwrap()
}

/// The first right on two thirds, the second on one sixth of these.
fn unlike() -> Vec<Answer> {
    let benchmark = benchmark();
    let mut all = answers(&benchmark, "A", "en", |number| is(number % 3 != 0));
    all.extend(answers(&benchmark, "ب", "en", |number| is(number % 6 == 1)));
    all
}

#[test]
fn pairs_are_of_what_both_answered() {
    let benchmark = benchmark();
    let mut all = answers(&benchmark, "A", "en", |number| match number {
        0 => Some(Outcome::Failed),
        1 => None,
        2 => Some(Outcome::Unparsed),
        3 => Some(Outcome::Truncated),
        _ => is(true),
    });
    all.extend(answers(&benchmark, "ب", "en", |number| is(number == 2 || number > 40)));
    let found = models(&ledger(all), &["en"]);
    assert_eq!((found.pairs.n(), found.left_out, found.corrected), (58, 2, 0));
    let expected = Pairs {
        both: 19,
        only_first: 37,
        only_second: 1,
        neither: 1,
    };
    assert_eq!(found.pairs, expected);
    assert_eq!(found.clusters, 20, "three questions share each text");
    // Of three questions about one text the three are turned round together: 19 texts lean to the first.
    assert_eq!(found.test(), "exact sign-flip test of groups");
    assert!(found.p_value > exact_mcnemar(expected), "{}", found.p_value);
    let estimate = found.estimate.unwrap();
    assert!((estimate.value - 36.0 / 58.0).abs() < 1e-12);
    assert!((found.first_accuracy() - found.second_accuracy() - found.difference()).abs() < 1e-12);
}

#[test]
fn a_question_in_two_languages_is_one_cluster() {
    let benchmark = benchmark();
    let mut all = unlike();
    all.extend(answers(&benchmark, "A", "yo", |number| is(number % 2 == 0)));
    all.extend(answers(&benchmark, "ب", "yo", |_| is(false)));
    let ledger = ledger(all);
    let found = models(&ledger, &["en", "yo"]);
    assert_eq!((found.pairs.n(), found.clusters), (120, 20));
    assert_eq!(models(&ledger, &["yo"]).clusters, 60, "Yoruba has no texts");
    assert_eq!(found.place.languages.len(), 2);
    assert!(found.sentence().contains("in 2 languages"), "{}", found.sentence());
}

#[test]
fn flagged_questions_count_nowhere() {
    let ledger = ledger(unlike());
    let mut corrections = Corrections::default();
    corrections.insert("b", key("en", 1), Correction::LeftOut);
    corrections.insert("b", key("en", 2), Correction::LeftOut);
    let before = models(&ledger, &["en"]);
    let after = models(&ledger.corrected(corrections), &["en"]);
    assert_eq!((after.corrected, after.pairs.n()), (2, before.pairs.n() - 2));
    assert_eq!(after.leavings().unwrap(), "Left out: 2 items flagged.");
    assert_eq!(before.leavings(), None);
}

#[test]
fn a_finding_is_told_in_words() {
    let found = models(&ledger(unlike()), &["en"]);
    assert_eq!(found.verdict(), Verdict::First);
    let interval = found.estimate.unwrap().interval;
    let ends = format!("{:.1} to {:.1}", interval.low * 100.0, interval.high * 100.0);
    assert_eq!(
        isolate::plain(&found.sentence()),
        format!("A is better than ب on English امتحان by 50.0 points, 95% interval {ends}, 60 items in 20 groups.")
    );
    let finding = found.finding();
    let strong: Vec<&str> = finding
        .strong
        .iter()
        .map(|range| &finding.text[range.clone()])
        .collect();
    assert_eq!(strong, ["\u{2068}A\u{2069} is better", "by 50.0 points"]);
    // In a right-to-left name's place nothing around it moves.
    assert!(
        found
            .sentence()
            .contains("\u{2068}ب\u{2069} on English \u{2068}امتحان\u{2069} by")
    );
}

#[test]
fn a_language_gap_is_told_in_words() {
    let benchmark = benchmark();
    let mut all = answers(&benchmark, "A", "en", |number| is(number % 4 != 0));
    all.extend(answers(&benchmark, "A", "yo", |number| match number {
        59 => Some(Outcome::Failed),
        _ => is(number % 4 == 1),
    }));
    let found = gap(&ledger(all));
    assert_eq!(
        (found.pairs.n(), found.left_out, found.verdict()),
        (59, 1, Verdict::Second)
    );
    let interval = found.estimate.unwrap().interval;
    let ends = format!("{:.1} to {:.1}", -interval.high * 100.0, -interval.low * 100.0);
    let points = format!("{:.1}", -found.difference() * 100.0);
    assert_eq!(
        isolate::plain(&found.sentence()),
        format!(
            "A is {points} points lower in Yoruba than in English on امتحان, 95% interval {ends}, 59 items in 20 groups."
        )
    );
}

/// Yoruba questions, which stand alone: how many both have right, only "A", only "ب" and neither.
fn alone([both, only_first, only_second, neither]: [usize; 4]) -> Comparison {
    let benchmark = benchmark();
    let n = both + only_first + only_second + neither;
    let first = |number: usize| (number < n).then_some(number < both + only_first);
    let second = |number: usize| {
        let lone = both + only_first;
        (number < n).then_some(number < both || (lone..lone + only_second).contains(&number))
    };
    let mut all = answers(&benchmark, "A", "yo", |number| is(first(number)?));
    all.extend(answers(&benchmark, "ب", "yo", |number| is(second(number)?)));
    let found = models(&ledger(all), &["yo"]);
    let expected = Pairs {
        both,
        only_first,
        only_second,
        neither,
    };
    assert_eq!((found.pairs, found.is_clustered()), (expected, false));
    found
}

#[test]
fn too_few_is_said_so() {
    let found = alone([20, 0, 1, 39]);
    assert_eq!((found.verdict(), found.doubt()), (Verdict::TooFew, Some(Doubt::TooFew)));
    let sentence = isolate::plain(&found.sentence());
    // The higher one is named first.
    let start = "Too few to tell. ب and A on Yoruba امتحان: 1.7 points apart, 95% interval ";
    assert!(
        sentence.starts_with(start) && sentence.ends_with(", 60 items."),
        "{sentence}"
    );
    // Always better, but on so few that nothing is told.
    let few = alone([0, 12, 0, 0]);
    assert_eq!((few.verdict(), few.doubt()), (Verdict::TooFew, Some(Doubt::FewItems)));
    assert!(
        few.sentence().ends_with(" Under 20 items nothing is told."),
        "{}",
        few.sentence()
    );
}

#[test]
fn items_that_all_agree_leave_a_difference_possible() {
    for pairs in [[30, 0, 0, 18], [24, 2, 0, 22], [2, 40, 0, 6]] {
        let found = alone(pairs);
        let interval = found.estimate.unwrap().interval;
        assert_eq!(found.method(), Method::Score);
        assert!(
            interval.low < found.difference() && found.difference() < interval.high,
            "{interval:?}"
        );
    }
    assert!(alone([24, 2, 0, 22]).estimate.unwrap().interval.low < 0.0);
    let many = alone([20, 8, 4, 20]);
    assert_eq!(many.method(), Method::Bootstrap);
}

#[test]
fn groups_where_no_item_differed_have_no_interval_but_words() {
    let benchmark = benchmark();
    let mut all = answers(&benchmark, "A", "en", |number| is(number % 2 == 0));
    all.extend(answers(&benchmark, "ب", "en", |number| is(number % 2 == 0)));
    let found = models(&ledger(all), &["en"]);
    assert_eq!((found.estimate, found.p_value), (None, 1.0));
    let sentence = isolate::plain(&found.sentence());
    let expected =
        "Too few to tell. A and ب on English امتحان: 0.0 points apart, 60 items in 20 groups: no item differed.";
    assert_eq!(sentence, expected);
}

#[test]
fn where_interval_and_test_disagree_it_is_said_so() {
    // Five against none: the score interval leaves 0 out, the exact test has p 0.0625.
    let found = alone([30, 5, 0, 20]);
    assert!(!found.estimate.unwrap().interval.holds(0.0));
    assert_eq!(found.doubt(), Some(Doubt::Test { p_value: 0.0625 }));
    let sentence = found.sentence();
    assert!(sentence.starts_with("Left open. "), "{sentence}");
    let end = "The interval leaves 0 out, but the exact test leaves it open (p 0.06).";
    assert!(sentence.ends_with(end), "{sentence}");
}

#[test]
fn a_narrow_interval_is_not_too_few() {
    let mut found = alone([40, 0, 0, 20]);
    let interval = Interval {
        low: -0.021,
        high: 0.034,
    };
    found.estimate = Some(Estimate { value: 0.002, interval });
    assert_eq!(found.doubt(), Some(Doubt::Small { end: 0.034 }));
    assert!(
        found
            .sentence()
            .starts_with("No difference above 3.4 points is likely. ")
    );
    assert!(!found.doubt().unwrap().reason().contains("More items"));
}

#[test]
fn a_finding_among_many_may_be_chance() {
    let found = models(&ledger(unlike()), &["en"]);
    let mut family = vec![found.clone(); 3];
    for (comparison, p_value) in family.iter_mut().zip([0.02, 0.5, 0.6]) {
        comparison.p_value = p_value;
    }
    adjust(&mut family);
    assert!((family[0].adjusted - 0.06).abs() < 1e-12 && family[0].family == 3);
    assert!(found.stands() && !family[0].stands());
    let end = "Among 3 comparisons shown it may be chance (exact sign-flip test of groups, p after Holm 0.06).";
    assert!(family[0].sentence().ends_with(end), "{}", family[0].sentence());
}

#[test]
fn only_what_differs_in_one_thing_is_compared() {
    let benchmark = benchmark();
    let mut all = unlike();
    all.extend(answers(&benchmark, "A", "yo", |number| {
        (number > 30).then_some(Outcome::Right)
    }));
    all.extend(answers(&benchmark, "C", "yo", |number| {
        (number == 0).then_some(Outcome::Right)
    }));
    let ledger = ledger(all);
    let label = ledger.sheets()[0].protocol.clone();
    let cell = |model: &str, language: &str| {
        let language = language.parse().unwrap();
        ledger.cell_of("b", "امتحان", &language, model, &label).unwrap()
    };
    let compare = |first, second| Comparison::of_cells(&ledger, &Selection::all(&ledger), first, second);
    let english = cell("A", "en");
    assert_eq!(compare(english, cell("ب", "en")).unwrap(), models(&ledger, &["en"]));
    assert_eq!(compare(cell("A", "yo"), english).unwrap().pairs.n(), 29);
    assert_eq!(compare(english, english), Err(Incomparable::Same));
    assert_eq!(compare(english, cell("ب", "yo")), Err(Incomparable::SeveralThings));
    assert_eq!(compare(english, cell("C", "en")), Err(Incomparable::NothingShared));
    assert_eq!(
        compare(cell("C", "yo"), cell("C", "en")),
        Err(Incomparable::NothingTied)
    );
}

#[test]
fn a_family_is_what_is_shown_together() {
    let benchmark = benchmark();
    let mut all = unlike();
    all.extend(answers(&benchmark, "C", "en", |number| is(number % 2 == 0)));
    all.extend(answers(&benchmark, "A", "yo", |number| is(number % 5 == 0)));
    let ledger = ledger(all);
    let selection = Selection::all(&ledger);
    let columns: Vec<&Column> = ledger.columns().iter().collect();
    let names = |family: &[Comparison]| -> Vec<String> {
        let name = |comparison: &Comparison| match &comparison.between {
            Between::Models { first, second, .. } => format!("{first}{second}"),
            other => panic!("{other:?}"),
        };
        family.iter().map(name).collect()
    };
    let going = Steps::default();
    let pairs = models_beside_each_other(&ledger, &selection, &columns, None, &going);
    assert_eq!(names(&pairs), ["AC", "Aب", "Cب"]);
    assert!(
        pairs
            .iter()
            .all(|pair| pair.family == 3 && pair.adjusted >= pair.p_value)
    );
    assert_eq!(
        names(&models_beside(&ledger, &selection, &columns, None, "C", &going)),
        ["AC", "بC"]
    );
    assert!(models_beside(&ledger, &selection, &columns, Some("other"), "C", &going).is_empty());
    let gaps = languages_beside_english(&ledger, &selection, &columns, None, &going);
    assert_eq!(gaps.len(), 1);
    assert_eq!(gaps[0].verdict(), Verdict::Second);
    // Three pairs, two beside C, none under another protocol, one gap.
    assert_eq!(going.so_far(), (6, 6));
    let stopped = Steps::default();
    stopped.cancel.cancel();
    assert!(models_beside(&ledger, &selection, &columns, None, "C", &stopped).is_empty());
    assert_eq!(stopped.so_far(), (0, 2));
}

#[test]
fn a_finding_is_adjusted_for_all_of_its_kind() {
    let benchmark = benchmark();
    let mut all = unlike();
    all.extend(answers(&benchmark, "C", "en", |number| is(number % 2 == 0)));
    for (model, right) in [("A", 5), ("ب", 3), ("C", 2)] {
        all.extend(answers(&benchmark, model, "yo", |number| is(number % right == 0)));
    }
    // Who answered one language only has no gap.
    all.extend(answers(&benchmark, "D", "yo", |_| is(true)));
    let ledger = ledger(all);
    let selection = Selection::all(&ledger);
    let label = ledger.sheets()[0].protocol.clone();
    let cell = |model: &str, language: &str| {
        let language = language.parse().unwrap();
        ledger.cell_of("b", "امتحان", &language, model, &label).unwrap()
    };
    let found = |first, second| among_its_kind(&ledger, &selection, first, second, &Cancel::default()).unwrap();
    // The same as the whole family has that is reckoned together.
    let column = [column(&ledger, "en")];
    let pairs = models_beside_each_other(&ledger, &selection, &column, None, &Steps::default());
    for (pair, [first, second]) in pairs.iter().zip([["A", "C"], ["A", "ب"], ["C", "ب"]]) {
        assert_eq!(found(cell(first, "en"), cell(second, "en")), *pair);
    }
    assert!(pairs.iter().any(|pair| pair.adjusted > pair.p_value));
    let gaps = languages_beside_english(
        &ledger,
        &selection,
        &ledger.columns().iter().collect::<Vec<_>>(),
        None,
        &Steps::default(),
    );
    assert_eq!(gaps.len(), 3);
    for gap in &gaps {
        let Between::Languages { model, .. } = &gap.between else {
            panic!("{gap:?}")
        };
        assert_eq!(found(cell(model, "yo"), cell(model, "en")), *gap);
    }
    let same = among_its_kind(
        &ledger,
        &selection,
        cell("A", "en"),
        cell("A", "en"),
        &Cancel::default(),
    );
    assert_eq!(same, Err(Incomparable::Same));
}

#[test]
fn a_thousand_pairs_are_what_one_by_one_they_are() {
    // Joined or not, no pair is lost and the differences add up.
    let ledger = ledger(unlike());
    let questions: Vec<_> = (0..ledger.len()).filter_map(|number| ledger.question(number)).collect();
    let mut clusters = Clusters::new(ledger.len());
    for step in 0..1000_usize {
        let chosen = [step * 7 % questions.len(), step * 13 % questions.len()];
        clusters.add(chosen.into_iter().map(|place| questions[place]), (step % 3) as i64 - 1);
    }
    let found = clusters.into_clusters();
    assert_eq!(found.iter().map(|cluster| cluster.pairs).sum::<usize>(), 1000);
    assert_eq!(found.iter().map(|cluster| cluster.sum).sum::<i64>(), -1);
}
