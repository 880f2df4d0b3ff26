use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::benchmarks::{Benchmark, Description, Item, ItemFields};
use crate::language::Language;
use crate::prompts::Protocol;
use crate::reviews::{
    AnswerRef, Append, Flag, FlagKind, ItemRef, Judgement, Opinion, Reviewer, Reviews, RunModel as Asked, Statement,
    Verdict,
};
use crate::runs::ledger::{Given, Ledger, Selection};
use crate::runs::{RunId, RunRecord, RunState};
use crate::scoring::{Answer, Outcome};
use crate::text::folding::Query;
use crate::workspace::Workspace;

const LANGUAGES: [&str; 3] = ["en", "ar", "yo"];
const MODELS: [&str; 3] = ["a", "b", "c"];
const QUESTIONS: usize = 5;
/// Questions, in all languages, of two benchmarks.
const ITEMS: usize = 2 * QUESTIONS * LANGUAGES.len();

fn words(language: &str, number: usize) -> &'static str {
    match (language, number % 3) {
        ("ar", 0) => "ما سبب الحُمّى؟",
        ("ar", _) => "أي دواء يعالج الصداع؟",
        ("yo", 0) => "Kí ló ń fa ibà?",
        ("yo", _) => "Oògùn wo ló ń wo orí fífọ́?",
        (_, 0) => "What causes a fever?",
        _ => "Which drug treats a headache and fever?",
    }
}

fn benchmark(name: &str) -> Benchmark {
    let items = LANGUAGES.iter().flat_map(|language| {
        (0..QUESTIONS).map(move |number| {
            let mut fields = ItemFields::asking(language, words(language, number), &["one", "two", "three"]);
            fields.key.id = format!("{name}{number}");
            fields.task = ["anatomy", "surgery"][number % 2].to_owned();
            fields.subject = (number > 0).then(|| format!("subject {}", number % 2));
            Item::new(fields).unwrap()
        })
    });
    Benchmark::new(name, Description::default(), items.collect()).unwrap()
}

fn record(protocol: Protocol) -> RunRecord {
    RunRecord {
        schema: 1,
        id: RunId::now(),
        created: "2026-11-21T09:00:00Z".into(),
        state: RunState::Finished,
        error: None,
        program: "0.1.0".into(),
        limit: None,
        languages: Vec::new(),
        total: 0,
        template: String::new(),
        protocol,
        models: Vec::new(),
        benchmarks: Vec::new(),
        rest: toml::Table::new(),
    }
}

/// What a number makes of an answer; `None` where the item was not asked.
fn answer(item: &Item, benchmark: &str, model: &str, kind: u8) -> Option<Answer> {
    let failed = Answer::failed(model, benchmark, item, 10, "out of memory".into());
    let chose = |choice: usize, sure: f64| {
        let mut log_probabilities = vec![-2.0; 3];
        log_probabilities[choice] += sure;
        Answer {
            outcome: if item.is_right(choice) {
                Outcome::Right
            } else {
                Outcome::Wrong
            },
            choices: vec![choice],
            log_probabilities,
            error: None,
            ..failed.clone()
        }
    };
    Some(match kind % 12 {
        0 => return None,
        1 => failed,
        2 => Answer {
            outcome: Outcome::Unparsed,
            error: None,
            ..failed
        },
        kind => chose(usize::from(kind) % 3, [0.1, 1.0, 4.0][usize::from(kind / 3) % 3]),
    })
}

/// Two protocols' runs, from a number for every model and item of each.
fn ledger(kinds: &[u8]) -> Ledger {
    let benchmarks = [benchmark("p"), benchmark("q")];
    let items = || {
        benchmarks
            .iter()
            .flat_map(|it| it.items().iter().map(|item| (it.name(), item)))
    };
    let shots = Protocol {
        shots: 5,
        ..Protocol::default()
    };
    let runs: Vec<(RunRecord, Vec<Answer>)> = [Protocol::default(), shots]
        .into_iter()
        .zip(kinds.chunks(MODELS.len() * ITEMS))
        .map(|(protocol, kinds)| {
            let asked = MODELS
                .iter()
                .flat_map(|model| items().map(move |(name, item)| (model, name, item)));
            let answers = asked
                .zip(kinds)
                .filter_map(|((model, name, item), kind)| answer(item, name, model, *kind));
            (record(protocol), answers.collect())
        })
        .collect();
    let runs = runs.iter().map(|(record, answers)| (record, answers.as_slice()));
    Ledger::of(benchmarks.clone(), runs)
}

/// Nadia judged the first answer and flagged the second item; Omar judged the third.
fn reviews(ledger: &Ledger, workspace: &Workspace) -> Reviews {
    let reference = |question: usize| {
        let (benchmark, key) = ledger.place(question).unwrap();
        ItemRef {
            benchmark: benchmark.to_owned(),
            key: key.clone(),
        }
    };
    let judged = |question: usize| {
        let given = Asked {
            run: ledger.runs()[0].record.id.clone(),
            model: "a".into(),
        };
        Statement::Judgement(Judgement {
            answer: AnswerRef {
                given,
                item: reference(question),
            },
            protocol: "letters".into(),
            opinion: Opinion::new(Verdict::Right),
            blind: false,
            shown_as: None,
            queue: None,
            rest: Default::default(),
        })
    };
    let flag = Statement::Flag(Flag {
        item: reference(1),
        kinds: BTreeSet::from([FlagKind::BadKey]),
        note: String::new(),
        rest: Default::default(),
    });
    let say = |name: &str, statements: Vec<Statement>| {
        let lines: Vec<Append> = statements.into_iter().map(Append::from).collect();
        crate::reviews::append(workspace, &Reviewer::new(name).unwrap(), lines).unwrap();
    };
    say("Nadia", vec![judged(0), flag]);
    say("Omar", vec![judged(2)]);
    crate::reviews::read(workspace).unwrap()
}

/// The same said as plainly as it can be, question by question.
fn holds(condition: &Condition, ledger: &Ledger, reviews: &Reviews, protocol: Option<&str>, question: usize) -> bool {
    let Some(item) = ledger.item(question) else {
        return false;
    };
    let (benchmark, key) = ledger.place(question).unwrap();
    let given = ledger.answers_to(question, protocol);
    let of = |model: &str, question: usize| {
        let given = ledger.answers_to(question, protocol);
        given.into_iter().find(|given| given.model() == model)
    };
    let right = |model: &str, question: usize| of(model, question).filter(Given::counts).map(|given| given.is_right());
    let by = |who: &Who, said: &dyn Fn(&str) -> Option<bool>| {
        let all: Vec<bool> = MODELS.iter().filter_map(|model| said(model)).collect();
        match who {
            Who::Any => all.contains(&true),
            Who::Every => !all.is_empty() && !all.contains(&false),
            Who::Model(model) => MODELS.contains(&model.as_str()) && said(model) == Some(true),
        }
    };
    let reference = ItemRef {
        benchmark: benchmark.to_owned(),
        key: key.clone(),
    };
    let judges = || {
        reviews
            .judgements()
            .filter(|said| said.what.answer.item == reference)
            .map(|said| said.by)
    };
    match condition {
        Condition::Text(typed) => {
            let parts = [&item.key.id, &item.question]
                .into_iter()
                .chain(&item.subject)
                .chain(&item.options);
            Query::new(typed).finds(parts.map(String::as_str))
        }
        Condition::Benchmark(names) => names.contains(benchmark),
        Condition::Task(names) => names.contains(&item.task),
        Condition::Subject(names) => item.subject.as_ref().is_some_and(|subject| names.contains(subject)),
        Condition::Language(languages) => languages.contains(&key.language),
        Condition::Protocol(_) => !given.is_empty(),
        Condition::Asked(model) => of(model, question).is_some(),
        Condition::Outcome { is, of: who } => by(who, &|model| Some(of(model, question)?.outcome() == *is)),
        Condition::Models {
            right: one,
            wrong: other,
        } => right(one, question) == Some(true) && right(other, question) == Some(false),
        Condition::OneOfModels { .. } | Condition::OneOfLanguages { .. } => {
            let [_, ways @ ..] = condition.ways().unwrap();
            ways.iter().any(|way| holds(way, ledger, reviews, protocol, question))
        }
        Condition::Languages {
            right: one,
            wrong: other,
            of: who,
        } => (0..ledger.len()).any(|beside| {
            let Some((other_benchmark, other_key)) = ledger.place(beside) else {
                return false;
            };
            let same = other_benchmark == benchmark && other_key.id == key.id && beside != question;
            let pair = match (&key.language, &other_key.language) {
                (own, second) if own == one && second == other => Some((question, beside)),
                (own, second) if own == other && second == one => Some((beside, question)),
                _ => None,
            };
            let differs = |(first, second): (usize, usize)| {
                by(who, &|model| {
                    let both = (right(model, first)?, right(model, second)?);
                    Some(both == (true, false))
                })
            };
            same && pair.is_some_and(differs)
        }),
        Condition::Answers(Together::AllWrong) => {
            let said: Vec<bool> = MODELS.iter().filter_map(|model| right(model, question)).collect();
            !said.is_empty() && !said.contains(&true)
        }
        Condition::Answers(Together::Differ) => {
            let counted = given
                .iter()
                .filter(|given| given.counts() && !given.choices().is_empty());
            counted.map(Given::choices).collect::<BTreeSet<_>>().len() > 1
        }
        Condition::LowMargin { below, of: who } => {
            by(who, &|model| Some(of(model, question)?.margin()? < below.share()))
        }
        Condition::ConfidentAndWrong { above, of: who } => by(who, &|model| {
            let given = of(model, question)?;
            Some(given.confidence()? > above.share() && !given.is_right())
        }),
        Condition::Flagged(Flagged::Any) => reviews.is_flagged(&reference),
        Condition::Flagged(Flagged::As(kind)) => {
            let mut flags = reviews.flags_of(&reference);
            flags.any(|(_, flag)| flag.what.kinds.contains(kind))
        }
        Condition::Reviewed(ReviewedBy::Nobody) => judges().next().is_none(),
        Condition::Reviewed(ReviewedBy::Anyone) => judges().next().is_some(),
        Condition::Reviewed(ReviewedBy::By(name)) => judges().any(|judge| judge == name),
    }
}

fn naive(filter: &Filter, sources: &Sources<'_>) -> Vec<usize> {
    let protocol = filter.protocol().or(sources.protocol);
    let all = |question: &usize| {
        let mut conditions = filter.conditions().iter();
        conditions.all(|condition| holds(condition, sources.ledger, sources.reviews, protocol, *question))
    };
    (0..sources.ledger.len()).filter(all).collect()
}

fn who() -> impl Strategy<Value = Who> {
    let model = proptest::sample::select(vec!["a", "b", "c", "nobody"]).prop_map(|name| Who::Model(name.into()));
    prop_oneof![Just(Who::Any), Just(Who::Every), model]
}

fn language() -> impl Strategy<Value = Language> {
    proptest::sample::select(vec!["en", "ar", "yo", "fr"]).prop_map(|tag| tag.parse().unwrap())
}

fn names(of: &'static [&'static str]) -> impl Strategy<Value = BTreeSet<String>> {
    let picked = proptest::sample::subsequence(of, 1..=of.len());
    picked.prop_map(|names| names.into_iter().map(str::to_owned).collect())
}

fn percent() -> impl Strategy<Value = Percent> {
    (0_u8..=100).prop_map(|number| number.try_into().unwrap())
}

fn model() -> impl Strategy<Value = String> {
    proptest::sample::select(vec!["a", "b", "c"]).prop_map(str::to_owned)
}

fn condition() -> impl Strategy<Value = Condition> {
    let texts = vec![
        "fever",
        "f",
        "fev",
        "الحمى",
        "اي دواء",
        "iba",
        "\"a fever\"",
        "q1",
        "drug head",
        "kidney",
        "'\"x\\",
    ];
    let reviewed = vec![
        ReviewedBy::Nobody,
        ReviewedBy::Anyone,
        ReviewedBy::By("Nadia".into()),
        ReviewedBy::By("Omar".into()),
    ];
    let flagged = vec![
        Flagged::Any,
        Flagged::As(FlagKind::BadKey),
        Flagged::As(FlagKind::Duplicate),
    ];
    prop_oneof![
        proptest::sample::select(texts).prop_map(|text| Condition::Text(text.into())),
        names(&["p", "q"]).prop_map(Condition::Benchmark),
        names(&["anatomy", "surgery", "dentistry"]).prop_map(Condition::Task),
        names(&["subject 0", "subject 1"]).prop_map(Condition::Subject),
        proptest::collection::btree_set(language(), 1..3).prop_map(Condition::Language),
        proptest::sample::select(vec![0_usize, 5]).prop_map(|shots| {
            let protocol = Protocol {
                shots,
                ..Protocol::default()
            };
            Condition::Protocol(protocol.label())
        }),
        model().prop_map(Condition::Asked),
        (proptest::sample::select(Outcome::ALL.to_vec()), who()).prop_map(|(is, of)| Condition::Outcome { is, of }),
        (model(), model()).prop_map(|(right, wrong)| Condition::Models { right, wrong }),
        (language(), language(), who()).prop_map(|(right, wrong, of)| Condition::Languages { right, wrong, of }),
        (model(), model()).prop_map(|(first, second)| Condition::OneOfModels { first, second }),
        // Of every model one way and every model the other way is not the same as every model one of the two ways.
        (language(), language(), who())
            .prop_filter("every", |(.., who)| *who != Who::Every)
            .prop_map(|(first, second, of)| Condition::OneOfLanguages { first, second, of }),
        Just(Condition::Answers(Together::AllWrong)),
        Just(Condition::Answers(Together::Differ)),
        (percent(), who()).prop_map(|(below, of)| Condition::LowMargin { below, of }),
        (percent(), who()).prop_map(|(above, of)| Condition::ConfidentAndWrong { above, of }),
        proptest::sample::select(flagged).prop_map(Condition::Flagged),
        proptest::sample::select(reviewed).prop_map(Condition::Reviewed),
    ]
}

fn conditions() -> impl Strategy<Value = Vec<Condition>> {
    proptest::collection::vec(condition(), 0..4)
}

fn kinds() -> impl Strategy<Value = Vec<u8>> {
    proptest::collection::vec(any::<u8>(), 2 * MODELS.len() * ITEMS)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn a_filter_leaves_what_its_conditions_say(kinds in kinds(), conditions in conditions(), more in condition(), shots in any::<Option<bool>>()) {
        let ledger = ledger(&kinds);
        let folder = tempfile::tempdir().unwrap();
        let workspace = Workspace::open_or_create(folder.path()).unwrap();
        let reviews = reviews(&ledger, &workspace);
        let texts = Texts::of(&ledger);
        let label = shots.map(|shots| Protocol { shots: if shots { 5 } else { 0 }, ..Protocol::default() }.label());
        let sources = Sources { ledger: &ledger, texts: &texts, reviews: &reviews, protocol: label.as_deref() };
        let filter: Filter = conditions.into_iter().collect();
        let selection = filter.select(&sources);
        prop_assert_eq!(selection.questions().collect::<Vec<_>>(), naive(&filter, &sources));
        // What is added leaves the same whether it is begun anew, goes on from what there was, or is only counted.
        let after = filter.clone().with(more.clone());
        let anew = after.select(&sources);
        prop_assert_eq!(after.select_after(&sources, Some((&filter, &selection))), anew.clone());
        prop_assert_eq!(filter.select_after(&sources, Some((&after, &anew))), selection.clone());
        prop_assert_eq!(filter.counts(&sources, &selection, &[more]), [anew.len()]);
    }

    #[test]
    fn a_slice_comes_back_from_its_file_and_a_condition_from_its_line(conditions in conditions(), one in condition()) {
        let slice = Slice { name: "mine".parse().unwrap(), filter: conditions.into_iter().collect(), rest: toml::Table::new() };
        prop_assert_eq!(Slice::parse(slice.name.clone(), &slice.to_file()).unwrap(), slice);
        let line = one.to_line();
        prop_assert!(!line.contains('\n'), "{line}");
        prop_assert_eq!(line.parse::<Condition>().unwrap(), one);
    }

    /// While somebody types on, fewer and fewer are left, and the same as if all was typed at once.
    #[test]
    fn typing_on_narrows(typed in "[a-z\" اىحمّى]{1,12}") {
        let ledger = ledger(&[7; 2 * MODELS.len() * ITEMS]);
        let (texts, reviews) = (Texts::of(&ledger), Reviews::default());
        let sources = Sources { ledger: &ledger, texts: &texts, reviews: &reviews, protocol: None };
        let mut before = (Filter::default(), Selection::all(&ledger));
        for end in typed.char_indices().map(|(start, letter)| start + letter.len_utf8()) {
            let filter = Filter::default().looking_for(&typed[..end]);
            let selection = filter.select_after(&sources, Some((&before.0, &before.1)));
            prop_assert_eq!(&selection, &filter.select(&sources));
            before = (filter, selection);
        }
    }
}

fn language_of(tag: &str) -> Language {
    tag.parse().unwrap()
}

#[test]
fn two_sides_are_told_apart_three_ways() {
    let one = Condition::Models {
        right: "gemma".into(),
        wrong: "qwen".into(),
    };
    let ways = one.ways().unwrap();
    assert_eq!(ways[1], one);
    assert_eq!(ways[0].ways().unwrap(), ways, "from either way each side is reached");
    assert_eq!(ways[2].ways().unwrap()[2], one, "and from one side the other");
    assert_eq!(Condition::Answers(Together::Differ).ways(), None);
    let filter: Filter = [Condition::Asked("gemma".into()), one].into_iter().collect();
    let turned = filter.clone().with_in_place(1, ways[2].clone());
    assert_eq!(turned.conditions(), [Condition::Asked("gemma".into()), ways[2].clone()]);
    assert_eq!(filter.clone().with_in_place(9, ways[2].clone()), filter);
}

#[test]
fn conditions_say_what_they_are() {
    let languages = |of| Condition::Languages {
        right: language_of("en"),
        wrong: language_of("ar"),
        of,
    };
    for (condition, words, line) in [
        (
            languages(Who::Any),
            "Right in English, wrong in Arabic",
            r#"languages = { right = "en", wrong = "ar" }"#,
        ),
        (
            languages(Who::Model("gemma".into())),
            "gemma right in English, wrong in Arabic",
            r#"languages = { of = { model = "gemma" }, right = "en", wrong = "ar" }"#,
        ),
        (
            languages(Who::Any).ways().unwrap()[0].clone(),
            "Right in only one of English and Arabic",
            r#"one-of-languages = { first = "en", second = "ar" }"#,
        ),
        (
            Condition::OneOfModels {
                first: "gemma".into(),
                second: "qwen".into(),
            },
            "Only one of gemma and qwen right",
            r#"one-of-models = { first = "gemma", second = "qwen" }"#,
        ),
        (
            Condition::Outcome {
                is: Outcome::Wrong,
                of: Who::Every,
            },
            "Every model wrong",
            r#"outcome = { is = "wrong", of = "every" }"#,
        ),
        (
            Condition::Answers(Together::AllWrong),
            "All wrong",
            r#"answers = "all-wrong""#,
        ),
        (
            Condition::ConfidentAndWrong {
                above: 90.try_into().unwrap(),
                of: Who::Any,
            },
            "Above 90% sure and wrong",
            "confident-and-wrong = { above = 90 }",
        ),
        (
            Condition::Flagged(Flagged::As(FlagKind::BadKey)),
            "Flagged: bad key",
            r#"flagged = "bad_key""#,
        ),
    ] {
        assert_eq!(crate::text::isolate::plain(&condition.words()), words);
        let parsed: Condition = line.parse().unwrap();
        assert_eq!(parsed, condition, "{line}");
        assert_eq!(condition.to_line().parse::<Condition>().unwrap(), condition);
    }
}

#[test]
fn what_is_no_condition_is_refused_with_a_reason() {
    for (typed, part) in [
        ("colour = \"teal\"", "colour"),
        ("low-margin = { below = 101 }", "101 is no percentage"),
        ("outcome = { is = \"wrong\", by = \"gemma\" }", "by"),
        ("language = [\"klingonese language\"]", "language tag"),
        ("outcome = ", "is no condition"),
    ] {
        let problem = typed.parse::<Condition>().unwrap_err().to_string();
        assert!(problem.contains(part), "{typed}: {problem}");
    }
}

#[test]
fn a_workspace_keeps_slices_and_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let workspace = Workspace::open_or_create(folder.path()).unwrap();
    assert!(list(&workspace).unwrap().slices.is_empty());
    let slice = |name: &str, text: &str| Slice {
        name: name.parse().unwrap(),
        filter: Filter::default().looking_for(text),
        rest: toml::Table::new(),
    };
    let arabic = slice("خطأ في العربية", "حمى");
    let path = add(&workspace, &arabic).unwrap();
    add(&workspace, &arabic).unwrap();
    assert_eq!(find(&workspace, "خطأ في العربية").unwrap(), arabic);
    let taken = add(&workspace, &slice("خطأ في العربية", "fever"))
        .unwrap_err()
        .to_string();
    assert!(taken.contains("another slice"), "{taken}");
    // What another program wrote there stays.
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, format!("colour = \"teal\"\n{text}")).unwrap();
    let read = find(&workspace, "خطأ في العربية").unwrap();
    assert_eq!(read.rest.get("colour").and_then(toml::Value::as_str), Some("teal"));
    assert!(read.to_file().contains("teal"));
    add(&workspace, &arabic).unwrap();
    assert!(std::fs::read_to_string(&path).unwrap().contains("teal"));
    // One that is damaged hides none, and says where and what.
    let broken = workspace.slices_folder().join("broken.toml");
    std::fs::write(
        &broken,
        "schema = 1\n[[conditions]]\ntext = \"x\"\n[[conditions]]\ncolour = \"teal\"\n",
    )
    .unwrap();
    let newer = workspace.slices_folder().join("newer.toml");
    std::fs::write(&newer, "schema = 2\n").unwrap();
    let kept = list(&workspace).unwrap();
    assert_eq!(kept.slices.len(), 1);
    let problems: Vec<String> = kept
        .problems
        .iter()
        .map(|problem| crate::error_chain(problem))
        .collect();
    let told = |parts: [&str; 2]| problems.iter().any(|it| parts.iter().all(|part| it.contains(part)));
    assert!(
        told(["broken.toml", "number 2"]) && told(["colour", "broken"]),
        "{problems:?}"
    );
    assert!(told(["newer.toml", "newer Polyclinic"]), "{problems:?}");
    let asked = crate::error_chain(&find(&workspace, "broken").unwrap_err());
    assert!(asked.contains("number 2"), "{asked}");
    remove(&workspace, "خطأ في العربية").unwrap();
    let gone = find(&workspace, "خطأ في العربية").unwrap_err().to_string();
    assert!(gone.contains("there is no slice"), "{gone}");
}

#[test]
fn another_name_changes_nothing_else_and_takes_no_other_slice() {
    let folder = tempfile::tempdir().unwrap();
    let workspace = Workspace::open_or_create(folder.path()).unwrap();
    let slice = |name: &str, text: &str| Slice {
        name: name.parse().unwrap(),
        filter: Filter::default().looking_for(text),
        rest: toml::Table::new(),
    };
    let path = add(&workspace, &slice("fever", "حمى")).unwrap();
    add(&workspace, &slice("pain", "ألم")).unwrap();
    // As somebody left it, remark and all.
    let text = format!("# ours\n{}", std::fs::read_to_string(&path).unwrap());
    std::fs::write(&path, &text).unwrap();
    let new: SliceName = "حمّى".parse().unwrap();
    let renamed = rename(&workspace, "fever", &new).unwrap();
    assert_eq!(std::fs::read_to_string(renamed).unwrap(), text);
    assert!(!path.exists());
    let taken = rename(&workspace, "pain", &new).unwrap_err();
    assert!(matches!(taken, KeptError::Taken(_)), "{taken}");
    assert!(matches!(
        rename(&workspace, "fever", &new),
        Err(KeptError::Unknown { .. })
    ));
    rename(&workspace, "pain", &"pain".parse().unwrap()).unwrap();
    let names: Vec<String> = list(&workspace)
        .unwrap()
        .slices
        .iter()
        .map(|slice| slice.name.to_string())
        .collect();
    assert_eq!(names, ["pain", "حمّى"]);
}

#[test]
fn a_name_is_a_file_s_on_every_system() {
    for name in [
        "../secrets",
        "a/b",
        "a\\b",
        "",
        "  ",
        ".hidden",
        "con",
        "LPT1",
        "nul.x",
        "a\u{202e}b",
        "-x",
        "a\nb",
        "x.",
    ] {
        assert!(name.parse::<SliceName>().is_err(), "{name:?}");
    }
    for name in ["wrong in Arabic", "خطأ", "错题", "àrùn", "consult", "v1.2"] {
        assert_eq!(name.parse::<SliceName>().unwrap().as_str(), name);
    }
}
