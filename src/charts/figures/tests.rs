//! Figures of a small workspace: what they draw and say comes from its answers.

use std::collections::BTreeMap;

use super::*;
use crate::benchmarks::{Benchmark, Description, Item, ItemFields, ItemKey};
use crate::charts::Room;
use crate::charts::colour::{Colour, SERIES};
use crate::charts::scene::{Anchor, Mark, Scene, Shape};
use crate::runs::columns::{markdown, write_csv};
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

/// Five languages of twelve questions; of twelve models each has one more right than the one before.
fn many() -> Ledger {
    let tags = ["en", "ar", "de", "fr", "zh"];
    let items = tags.into_iter().flat_map(|tag| {
        (0..12).map(move |number| {
            let fields = ItemFields::asking(tag, &format!("question {number}?"), &["a", "b", "c", "d"]);
            Item::new(ItemFields {
                key: key(tag, number),
                task: "exam".into(),
                parallel: Some(number.to_string()),
                ..fields
            })
            .unwrap()
        })
    });
    let benchmark = Benchmark::new("many", Description::default(), items.collect()).unwrap();
    let answers = (0..12).flat_map(|model| {
        let items = benchmark.items().iter().enumerate();
        items.map(move |(number, item)| {
            let right = number % 12 < model;
            Answer {
                outcome: if right { Outcome::Right } else { Outcome::Wrong },
                choices: vec![usize::from(!right)],
                log_probabilities: vec![-0.5, -2.0, -3.0, -3.0],
                error: None,
                ..Answer::failed(&many_name(model), "many", item, 10, String::new())
            }
        })
    });
    let answers: Vec<Answer> = answers.collect();
    Ledger::of([benchmark.clone()], [(&record(), answers.as_slice())])
}

fn many_name(place: usize) -> String {
    format!("Model-{place:02}-{}B", place + 1)
}

fn with_many<R>(change: impl FnOnce(&mut Choice), look: impl FnOnce(&Source<'_>, &Choice) -> R) -> R {
    let ledger = many();
    let selection = Selection::all(&ledger);
    let source = Source {
        ledger: &ledger,
        selection: &selection,
        sizes: &(0..12).map(|place| (many_name(place), 1 << (30 + place))).collect(),
        slice: None,
    };
    let mut choice = Choice {
        own_only: true,
        ..Choice::first(&comparison::compare(&ledger, &selection))
    };
    change(&mut choice);
    look(&source, &choice)
}

fn drawn(chart: &dyn Chart) -> Scene {
    let room = Room {
        width: 900.0,
        height: 400.0,
    };
    chart.scene(room, &Outliner::new(Fallback::None))
}

fn written(scene: &Scene) -> Vec<String> {
    let words = scene.marks.iter().filter_map(|mark| match mark {
        Mark::Text { label, .. } => Some(crate::text::isolate::plain(&label.words)),
        _ => None,
    });
    words.collect()
}

#[test]
fn a_language_is_a_code_in_data_and_a_name_on_pages_in_every_column() {
    with(true, |source, choice| {
        let table = make(Kind::Gap, source, choice).table();
        let mut bytes = Vec::new();
        write_csv(&mut bytes, &table).unwrap();
        let csv = String::from_utf8(bytes).unwrap();
        assert!(csv.contains(",MedQA,ar,en,60,"), "{csv}");
        let page = markdown(&table);
        assert!(page.contains("| MedQA | Arabic | English | 60 |"), "{page}");
    });
}

#[test]
fn of_more_models_than_colours_the_most_accurate_are_drawn_and_the_table_has_all() {
    let colours = |scene: &Scene| {
        let bars = scene.marks.iter().filter_map(|mark| match mark {
            Mark::Rectangle {
                fill: Colour::Series(place),
                ..
            } => Some(*place),
            _ => None,
        });
        distinct(bars)
    };
    with_many(
        |_| {},
        |source, choice| {
            let chart = make(Kind::Bars, source, choice);
            assert_eq!((chart.omitted(), chart.table().rows.len()), (3, 60));
            assert_eq!(chart.targets().len(), 60);
            let scene = drawn(&*chart);
            assert_eq!(colours(&scene), (0..SERIES).collect::<Vec<_>>());
            let words = written(&scene);
            let said = "9 of 12 models shown, the most accurate";
            assert!(words.iter().any(|words| words == said), "{words:?}");
            assert!(caption(source, choice, &*chart).text.contains(said));
            for place in 0..12 {
                let shown = words.iter().any(|words| words.ends_with(&many_name(place)));
                assert_eq!(shown, place >= 3, "{place}: {words:?}");
                let parts = scene.regions.iter();
                let parts = parts.filter(|part| part.title.contains(&many_name(place))).count();
                assert_eq!(parts, if place >= 3 { 5 } else { 0 });
            }
        },
    );
    // Those that were chosen stand in their place.
    let models = [0, 1].map(many_name).to_vec();
    with_many(
        |choice| choice.models = models,
        |source, choice| {
            let chart = make(Kind::Bars, source, choice);
            let scene = drawn(&*chart);
            assert_eq!((chart.omitted(), colours(&scene)), (0, vec![0, 1]));
            assert!(!written(&scene).iter().any(|words| words.contains("models shown")));
        },
    );
}

#[test]
fn a_figure_with_room_for_two_languages_shows_the_chosen_one_and_says_of_how_many() {
    for kind in [Kind::Scatter, Kind::Calibration] {
        for (tag, name) in [(None, "Arabic"), (Some("fr"), "French"), (Some("zh"), "Chinese")] {
            with_many(
                |choice| choice.language = tag.map(|tag| tag.parse().unwrap()),
                |source, choice| {
                    let chart = make(kind, source, choice);
                    let note = crate::text::isolate::plain(&chart.note());
                    assert_eq!(note, "exam; 2 of 5 languages", "{kind:?}");
                    let words = written(&drawn(&*chart));
                    for (language, shown) in [("English", true), ("German", false), (name, true)] {
                        assert_eq!(
                            words.iter().any(|words| words == language),
                            shown,
                            "{kind:?} {language}: {words:?}"
                        );
                    }
                },
            );
        }
    }
}

#[test]
fn a_point_that_lies_on_another_of_its_model_is_a_ring_round_it() {
    with_many(
        |choice| choice.models = vec![many_name(6)],
        |source, choice| {
            let scene = drawn(&*make(Kind::Scatter, source, choice));
            let mut places: BTreeMap<[u32; 2], Vec<(Shape, f32)>> = BTreeMap::new();
            for mark in &scene.marks {
                if let Mark::Symbol {
                    shape, centre, radius, ..
                } = mark
                {
                    let place = places.entry([centre.x.to_bits(), centre.y.to_bits()]).or_default();
                    place.push((*shape, *radius));
                }
            }
            let together: Vec<_> = places.into_values().filter(|marks| marks.len() > 1).collect();
            // English as a ring, what is within it, and Arabic.
            let [marks] = together.as_slice() else {
                unreachable!("{together:?}")
            };
            let [(outer, wide), (inner, _), (covering, narrow)] = marks.as_slice() else {
                unreachable!("{marks:?}")
            };
            assert_eq!(
                (outer, inner, covering),
                (&Shape::Circle, &Shape::Circle, &Shape::Diamond)
            );
            assert!(*wide > narrow * 1.5, "{marks:?}");
            let widths: Vec<f32> = scene.regions.iter().map(|part| part.area.width()).collect();
            assert!(matches!(widths.as_slice(), [ring, mark] if ring > mark), "{widths:?}");
        },
    );
}

#[test]
fn subjects_say_how_many_items_they_stand_on() {
    let counts = |scene: &Scene| {
        let right = scene.marks.iter().filter_map(|mark| match mark {
            Mark::Text {
                label,
                at,
                anchor: Anchor::Right,
                ..
            } if at.x == scene.width => Some(label.words.clone()),
            _ => None,
        });
        right.collect::<Vec<_>>()
    };
    with(true, |source, choice| {
        assert_eq!(
            counts(&drawn(&*make(Kind::Subjects, source, choice))),
            ["n", "30", "30"]
        );
        // Of one model's languages one has fewer.
        let selection = Selection::of(source.ledger, |question| {
            let (_, item) = source.ledger.place(question).unwrap();
            !matches!(item.id.as_str(), "en-0" | "en-2")
        });
        let source = Source {
            selection: &selection,
            ..*source
        };
        let choice = Choice {
            models: vec![MODELS[0].to_owned()],
            ..choice.clone()
        };
        let mut counted = counts(&drawn(&*make(Kind::Subjects, &source, &choice)));
        counted.sort();
        assert_eq!(counted, ["28–30", "30", "n"]);
    });
}
