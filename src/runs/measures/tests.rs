use super::averages::Over;
use super::*;
use crate::benchmarks::{Benchmark, Description, Item, ItemFields, ItemKey};
use crate::cancel::Steps;
use crate::prompts::{Letters, Protocol};
use crate::runs::RunRecord;
use crate::runs::ledger::{Ledger, Selection};
use crate::runs::record::tests::record;
use crate::scoring::{Answer, Outcome, Reply, ReplyEnding};

/// Four questions in English and Arabic of two subjects; the last has two right answers.
fn benchmark() -> Benchmark {
    let items = ["en", "ar"].into_iter().flat_map(|language| {
        (0..4).map(move |number| {
            let fields = ItemFields::asking(language, &format!("question {number}?"), &["a", "b", "c"]);
            let key = ItemKey {
                id: format!("{language}-{number}"),
                ..fields.key.clone()
            };
            Item::new(ItemFields {
                key,
                subject: Some(["heart", "lungs"][usize::from(number > 0)].to_owned()),
                parallel: Some(number.to_string()),
                right: if number == 3 { vec![0, 2] } else { vec![0] },
                ..fields
            })
            .unwrap()
        })
    });
    Benchmark::new("b", Description::default(), items.collect()).unwrap()
}

/// The model's answers in both languages: the choices of each question, and tokens read.
fn answers(benchmark: &Benchmark, choices: [&[usize]; 8], tokens: [usize; 8]) -> Vec<Answer> {
    let asked = benchmark.items().iter().zip(choices).zip(tokens);
    let answers = asked.map(|((item, choices), prompt_tokens)| Answer {
        outcome: if item.right == choices {
            Outcome::Right
        } else {
            Outcome::Wrong
        },
        choices: choices.to_vec(),
        log_probabilities: Vec::new(),
        seconds: 0.5,
        error: None,
        ..Answer::failed("m", "b", item, prompt_tokens, String::new())
    });
    answers.collect()
}

const CHOICES: [&[usize]; 8] = [&[0], &[1], &[0], &[0], &[0], &[0], &[], &[0, 2]];

fn under(protocol: Protocol) -> RunRecord {
    RunRecord { protocol, ..record() }
}

#[test]
fn subjects_and_languages_weigh_the_same() {
    let (benchmark, record) = (benchmark(), record());
    let answers = answers(&benchmark, CHOICES, [10; 8]);
    let ledger = Ledger::of([benchmark], [(&record, answers.as_slice())]);
    let found = averages(&ledger, &Selection::all(&ledger), &Steps::default());
    let of = |over, language: Option<&str>| {
        let wanted = |average: &&Average| {
            average.over == over && average.language.as_ref().map(|language| language.tag()) == language
        };
        found.iter().find(wanted).unwrap()
    };
    // English: heart 1 of 1, lungs 1 of 3.
    let english = of(Over::Subjects, Some("en"));
    assert!((english.macro_average - 2.0 / 3.0).abs() < 1e-12);
    assert_eq!((english.groups, english.n, english.micro_average), (2, 4, 0.5));
    let languages = of(Over::Languages, None);
    assert!((languages.macro_average - (0.5 + 0.75) / 2.0).abs() < 1e-12);
    assert!(languages.low < languages.macro_average && languages.macro_average < languages.high);
    assert!(
        !found.iter().any(|average| average.over == Over::Tasks),
        "there is one task only"
    );
}

#[test]
fn sets_count_whole_and_in_part() {
    let (benchmark, record) = (benchmark(), record());
    let answers = answers(&benchmark, CHOICES, [10; 8]);
    let ledger = Ledger::of([benchmark], [(&record, answers.as_slice())]);
    let found = set_scores(&ledger, &Selection::all(&ledger));
    let [english, arabic] = found.as_slice() else {
        panic!("{found:?}")
    };
    assert_eq!((english.n, english.several, english.exact), (4, 1, 2));
    // 1, 0, 1 and one of two right ones.
    assert!((english.hamming - 2.5 / 4.0).abs() < 1e-12);
    assert_eq!((arabic.exact, arabic.exact_share), (3, Some(0.75)));
    assert!((sets::hamming(&[0, 1], &[0, 2]) - 1.0 / 3.0).abs() < 1e-12);
}

#[test]
fn a_language_is_priced_by_the_same_items_in_english() {
    let (benchmark, record) = (benchmark(), record());
    let mut answers = answers(&benchmark, CHOICES, [10, 10, 10, 70, 30, 20, 40, 90]);
    // Not answered in English, so no pair.
    answers[3].outcome = Outcome::Failed;
    answers[4].reply = Some(Reply {
        text: "ب".to_owned(),
        tokens: 30,
        ending: ReplyEnding::Finished,
    });
    let ledger = Ledger::of([benchmark], [(&record, answers.as_slice())]);
    let found = prices(&ledger, &Selection::all(&ledger));
    let [english, arabic] = found.as_slice() else {
        panic!("{found:?}")
    };
    assert_eq!((english.n, english.pairs, english.times_english), (3, 3, Some(1.0)));
    assert_eq!((arabic.n, arabic.pairs, arabic.times_english), (4, 3, Some(4.0)));
    assert_eq!(
        (arabic.prompt_tokens, arabic.written_tokens, arabic.seconds),
        (45.0, Some(7.5), 0.5)
    );
    assert_eq!(english.written_tokens, None);
}

#[test]
fn a_flip_is_another_choice_under_another_protocol() {
    let benchmark = benchmark();
    let latin = Protocol {
        letters: Letters::Latin,
        ..Protocol::default()
    };
    let (first, second) = (under(Protocol::default()), under(latin));
    let before = answers(&benchmark, CHOICES, [10; 8]);
    let mut after = answers(&benchmark, [&[0], &[0], &[1], &[0], &[0], &[0], &[1], &[0, 2]], [10; 8]);
    after[7].outcome = Outcome::Failed;
    let found = flips_of(&[(&first, &before), (&second, &after)]);
    let english = found.iter().find(|flips| flips.language.tag() == "en").unwrap();
    assert_eq!((english.n, english.flips, english.share), (4, 2, Some(0.5)));
    assert_eq!((english.lost, english.won), (1, 1));
    let arabic = found.iter().find(|flips| flips.language.tag() == "ar").unwrap();
    assert_eq!((arabic.n, arabic.flips), (3, 1));
    assert_eq!(flips_of(&[(&first, &before)]), []);
}

fn flips_of(runs: &[(&RunRecord, &[Answer])]) -> Vec<Flips> {
    let ledger = Ledger::of([], runs.iter().copied());
    flips(&ledger, &Selection::all(&ledger))
}

#[test]
fn models_and_languages_stand_beside_each_other() {
    let (benchmark, record) = (benchmark(), record());
    let mut given = answers(&benchmark, CHOICES, [10; 8]);
    let none: [&[usize]; 8] = [&[1]; 8];
    let others = answers(&benchmark, none, [10; 8]);
    given.extend(others.into_iter().map(|answer| Answer {
        model: "other".into(),
        ..answer
    }));
    let ledger = Ledger::of([benchmark], [(&record, given.as_slice())]);
    let all = Selection::all(&ledger);
    let found = differences(&ledger, &all, None, &Steps::default());
    let [english, arabic] = found.as_slice() else {
        panic!("{found:?}")
    };
    assert_eq!((english.model.as_str(), english.baseline.as_str()), ("m", "other"));
    assert_eq!(
        (english.only_model, english.neither, english.found.difference),
        (2, 2, 0.5)
    );
    assert_eq!((arabic.only_model, arabic.found.difference), (3, 0.75));
    for (found, expected) in [
        (arabic.found.p, 0.25),
        (english.found.p, 0.5),
        (arabic.found.p_holm, 0.5),
        (english.found.p_holm, 0.5),
    ] {
        assert!((found - expected).abs() < 1e-12, "{found} beside {expected}");
    }
    assert_eq!(english.found.finding, "too few to tell");
    let measured = differences(&ledger, &all, Some("m"), &Steps::default());
    assert_eq!(
        (measured[0].model.as_str(), measured[0].found.difference),
        ("other", -0.5)
    );
    assert_eq!(differences(&ledger, &all, Some("nobody"), &Steps::default()), []);

    let [gap, other] = &gaps(&ledger, &all, &Steps::default())[..] else {
        panic!("one language, two models")
    };
    assert_eq!(
        (gap.model.as_str(), gap.language.tag(), gap.reference.tag()),
        ("m", "ar", "en")
    );
    assert_eq!(
        (gap.accuracy, gap.reference_accuracy, gap.found.difference),
        (0.75, 0.5, 0.25)
    );
    assert_eq!((other.found.n, other.found.p_holm), (4, 1.0));
}

#[test]
fn every_subject_has_its_own_score() {
    let (benchmark, record) = (benchmark(), record());
    let answers = answers(&benchmark, CHOICES, [10; 8]);
    let ledger = Ledger::of([benchmark], [(&record, answers.as_slice())]);
    let found = subjects(&ledger, &Selection::all(&ledger));
    let counted: Vec<(&str, &str, usize, usize)> = found
        .iter()
        .map(|score| (score.language.tag(), score.subject.as_str(), score.right, score.n))
        .collect();
    let expected = [
        ("en", "heart", 1, 1),
        ("en", "lungs", 1, 3),
        ("ar", "heart", 1, 1),
        ("ar", "lungs", 2, 3),
    ];
    assert_eq!(counted, expected);
}

#[test]
fn confidence_is_by_the_protocols_measure() {
    let (benchmark, record) = (benchmark(), record());
    let mut answers = answers(&benchmark, CHOICES, [10; 8]);
    for answer in answers.iter_mut().take(3) {
        answer.log_probabilities = vec![0.7_f64.ln(), 0.2_f64.ln(), 0.1_f64.ln()];
    }
    let ledger = Ledger::of([benchmark], [(&record, answers.as_slice())]);
    let found = calibrations(&ledger, &Selection::all(&ledger));
    let [english] = found.as_slice() else {
        panic!("only English has probabilities: {found:?}")
    };
    assert_eq!(english.n, 3);
    assert!((english.confidence - 0.7).abs() < 1e-6 && (english.accuracy - 2.0 / 3.0).abs() < 1e-12);
    assert!((english.error - (0.7 - 2.0 / 3.0)).abs() < 1e-6);
    assert_eq!(english.bins.len(), BINS.get());
    assert_eq!(english.bins.iter().map(|bin| bin.n).sum::<usize>(), 3);
}
