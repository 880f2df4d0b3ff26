//! Figures of a small workspace: what they draw and say comes from its answers.

use std::collections::BTreeMap;

use super::*;
use crate::benchmarks::{Benchmark, Description, Item, ItemFields, ItemKey};
use crate::charts::Room;
use crate::runs::example_record as record;
use crate::runs::ledger::{Correction, Corrections};
use crate::scoring::{Answer, Outcome};
use crate::text::Fallback;
use crate::text::outline::Outliner;

const QUESTIONS: usize = 60;
const MODELS: [&str; 2] = ["Qwen2.5-7B-Instruct", "نموذج ٧"];

/// Questions of a task that papers print, in English and Arabic, tied to each other, of two subjects.
fn benchmark() -> Benchmark {
    let items = ["en", "ar"].into_iter().flat_map(|tag| {
        (0..QUESTIONS).map(move |number| {
            let fields = ItemFields::asking(tag, &format!("question {number}?"), &["a", "b", "c", "d"]);
            Item::new(ItemFields {
                key: key(tag, number),
                task: "MedQA".into(),
                parallel: Some(number.to_string()),
                subject: Some(["القلب", "lungs"][number % 2].to_owned()),
                ..fields
            })
            .unwrap()
        })
    });
    Benchmark::new("m42", Description::default(), items.collect()).unwrap()
}

fn key(tag: &str, number: usize) -> ItemKey {
    ItemKey {
        language: tag.parse().unwrap(),
        id: format!("{tag}-{number}"),
    }
}

/// In English every third answer is wrong, in Arabic only every third right.
fn ledger() -> Ledger {
    let benchmark = benchmark();
    let answers = MODELS.iter().flat_map(|model| {
        let items = benchmark.items().iter().enumerate();
        items.map(move |(number, item)| {
            let right = (number % 3 == 0) == (item.key.language.tag() == "ar");
            Answer {
                outcome: if right { Outcome::Right } else { Outcome::Wrong },
                choices: vec![usize::from(!right)],
                log_probabilities: vec![-0.5, -2.0, -3.0, -3.0],
                error: None,
                ..Answer::failed(model, "m42", item, 10, String::new())
            }
        })
    });
    let answers: Vec<Answer> = answers.collect();
    Ledger::of([benchmark.clone()], [(&record(), answers.as_slice())])
}

fn with<R>(own_only: bool, look: impl FnOnce(&Source<'_>, &Choice) -> R) -> R {
    let ledger = ledger();
    let selection = Selection::all(&ledger);
    let source = Source {
        ledger: &ledger,
        selection: &selection,
        sizes: &BTreeMap::from([(MODELS[0].to_owned(), 7_600_000_000)]),
        slice: None,
    };
    let rows = comparison::compare(&ledger, &selection);
    let choice = Choice {
        own_only,
        ..Choice::first(&rows)
    };
    look(&source, &choice)
}

/// As the list of protocols in the window does, where the first is the one that is shown.
#[test]
fn of_equally_used_protocols_the_first_by_name_is_shown() {
    with(false, |source, _| {
        let mut rows = comparison::compare(source.ledger, source.selection);
        let other = rows.iter().map(|row| Row {
            protocol: "cloze".into(),
            ..row.clone()
        });
        rows.extend(other.collect::<Vec<_>>());
        assert_eq!(Choice::first(&rows).protocol, "cloze");
    });
}

fn regions(kind: Kind, own_only: bool) -> Vec<String> {
    with(own_only, |source, choice| {
        let room = Room {
            width: 600.0,
            height: 300.0,
        };
        let scene = make(kind, source, choice).scene(room, &Outliner::new(Fallback::None));
        let words = scene.regions.iter().map(crate::charts::scene::Region::words);
        words.map(|words| crate::text::isolate::plain(&words)).collect()
    })
}

#[test]
fn the_gap_is_that_of_pairs_and_published_rows_stand_apart() {
    let own = regions(Kind::Gap, true);
    assert_eq!(own.len(), 2, "{own:#?}");
    for words in &own {
        // Of 60 questions 40 are right in English and 20 in Arabic.
        assert!(words.contains("33.3 percent, 66.7 in English"), "{words}");
        assert!(
            words.contains("33.3 points lower") && words.contains("60 items"),
            "{words}"
        );
    }
    let all = regions(Kind::Gap, false);
    let published = all.iter().filter(|words| words.contains("published: ")).count();
    assert!(published > 3, "{all:#?}");
    // The paper's figures for a model that is here stand in its own row.
    let here = all
        .iter()
        .filter(|words| words.starts_with(MODELS[0]))
        .collect::<Vec<_>>();
    assert!(
        matches!(here.as_slice(), [words] if words.contains("published 53.9 and 60.2")),
        "{here:#?}"
    );
}

#[test]
fn every_other_figure_says_what_was_measured() {
    for (kind, count, part) in [
        (Kind::Bars, 4, "66.7 percent, n 60"),
        (Kind::Subjects, 4, "n 30"),
        (Kind::Calibration, 4, "n 60"),
        (Kind::Scatter, 2, "7.6 B parameters"),
        (Kind::Flips, 0, ""),
    ] {
        let words = regions(kind, true);
        assert_eq!(words.len(), count, "{kind:?} {words:#?}");
        assert!(
            words.is_empty() || words.iter().any(|words| words.contains(part)),
            "{kind:?} {words:#?}"
        );
    }
}

#[test]
fn findings_and_sources_are_sentences() {
    with(false, |source, choice| {
        let findings = findings(source, choice);
        // Both models answered alike, so nothing tells them apart.
        assert_eq!(findings.len(), 2);
        assert_eq!(
            findings[0].sentences,
            [format!(
                "No difference is told in 2 comparisons of a model with {}.",
                isolate(MODELS[1])
            )]
        );
        assert_eq!(findings[1].sentences.len(), 2);
        assert!(
            findings[1]
                .sentences
                .iter()
                .all(|finding| finding.contains("lower in Arabic than in English"))
        );
        assert!(
            sources(source, choice)
                .iter()
                .any(|source| source.contains("arXiv 2501.09825"))
        );
    });
}

#[test]
fn a_workspace_without_answers_has_empty_figures() {
    let ledger = Ledger::of([benchmark()], []);
    let selection = Selection::all(&ledger);
    let source = Source {
        ledger: &ledger,
        selection: &selection,
        sizes: &BTreeMap::new(),
        slice: None,
    };
    for kind in Kind::ALL {
        let chart = make(kind, &source, &Choice::default());
        assert!(chart.is_empty() && chart.table().rows.is_empty(), "{kind:?}");
    }
}

#[test]
fn a_caption_says_what_is_shown_of_what_and_what_narrows_it() {
    let mut corrections = Corrections::default();
    for number in [0, 2, 4] {
        corrections.insert("m42", key("ar", number), Correction::LeftOut);
    }
    corrections.insert("m42", key("ar", 6), Correction::Rekeyed(vec![3]));
    let ledger = ledger().corrected(corrections);
    // The even questions: those of the heart.
    let selection = Selection::of(&ledger, |question| {
        let (_, item) = ledger.place(question).unwrap();
        item.id.ends_with(['0', '2', '4', '6', '8'])
    });
    let slice = Slice {
        name: "أسئلة القلب".parse().unwrap(),
        filter: ["subject = [\"القلب\"]".parse().unwrap()].into_iter().collect(),
        rest: toml::Table::new(),
    };
    let source = Source {
        ledger: &ledger,
        selection: &selection,
        sizes: &BTreeMap::new(),
        slice: Some(&slice),
    };
    let choice = Choice {
        own_only: true,
        ..Choice::first(&comparison::compare(&ledger, &selection))
    };
    let narrowed = "Only items of the slice أسئلة القلب (القلب). 3 of 60 items left out by decisions on flags. \
                    1 item counted with a corrected key.";
    let protocol = &choice.protocol;
    for (kind, title, text) in [
        (
            Kind::Gap,
            "Language gap: MedQA",
            format!(
                "Percent right in English and in Arabic on the same questions, and the difference in points. \
                 Protocol: {protocol}. n = 27 question pairs each. Intervals: paired bootstrap, 95%, or Tango's score \
                 where few items differ. {narrowed}"
            ),
        ),
        (
            Kind::Bars,
            "Accuracy: MedQA",
            format!(
                "Percent right by task and language. Protocol: {protocol}. n = 27 to 30 items each. Intervals: Wilson \
                 score, 95%. {narrowed}"
            ),
        ),
    ] {
        let chart = make(kind, &source, &choice);
        let caption = caption(&source, &choice, &*chart);
        assert_eq!(crate::text::isolate::plain(&caption.title), title);
        assert_eq!(crate::text::isolate::plain(&caption.text), text);
        // It is what a cell of the matrix says of itself, and the n of the table.
        let rows = comparison::compare(&ledger, &selection);
        assert!(rows.iter().any(|row| row.left_out == 3 && row.n + row.left_out == 30));
    }
    // Whatever is not so is not said.
    with(false, |source, choice| {
        let chart = make(Kind::Scatter, source, choice);
        let caption = caption(source, choice, &*chart);
        let text = crate::text::isolate::plain(&caption.text);
        let said = format!(
            "Percent right against parameters. Protocol: {}. n = 60 items each. Intervals: Wilson score, 95%. Hollow \
             marks are published figures, of protocols of their own.",
            choice.protocol
        );
        assert_eq!(text, said);
    });
}
