//! Reviews at the command line: what was said is listed and exported, two workspaces' reviews are joined.

use polyclinic::reviews::{
    self, AnswerRef, Decision, Flag, FlagKind, ItemRef, Judgement, Opinion, Reviewer, Ruling, RunModel, Statement,
    Verdict,
};
use polyclinic::workspace::Workspace;
use serde_json::Map;

use super::{Place, said};

fn item(id: &str) -> ItemRef {
    ItemRef {
        benchmark: "everyday-medicine".into(),
        key: polyclinic::benchmarks::ItemKey {
            language: "ar".parse().unwrap(),
            id: id.into(),
        },
    }
}

fn judge(place: &Place, workspace: &str, by: &str, id: &str, verdict: Verdict, note: &str) {
    let open = Workspace::open_or_create(&place.path(workspace)).unwrap();
    let mut opinion = Opinion::new(verdict);
    opinion.note = note.into();
    let judgement = Judgement {
        answer: AnswerRef {
            given: RunModel {
                run: polyclinic::runs::RunId::parse("r1").unwrap(),
                model: "m".into(),
            },
            item: item(id),
        },
        protocol: "letters".into(),
        opinion,
        blind: true,
        shown_as: Some(1),
        queue: None,
        rest: Map::new(),
    };
    let said = vec![Statement::Judgement(judgement).into()];
    reviews::append(&open, &Reviewer::new(by).unwrap(), said).unwrap();
}

#[test]
fn reviews_are_listed_exported_and_joined() {
    let place = Place::new();
    for id in ["q1", "q2", "q3"] {
        judge(&place, "here", "Reviewer A", id, Verdict::Wrong, "=1+1 ترجمة خاطئة");
        judge(
            &place,
            "there",
            "Reviewer B",
            id,
            if id == "q3" { Verdict::Right } else { Verdict::Wrong },
            "",
        );
    }
    let first = place.works(&["review", "merge", "there", "--workspace", "here"]);
    assert!(first.contains("reviews/reviewer-b.jsonl: 3 lines added"), "{first}");
    assert_eq!(
        place.works(&["review", "merge", "there", "--workspace", "here"]).trim(),
        "nothing new"
    );
    let list = place.works(&["review", "list", "--workspace", "here", "--format", "csv"]);
    assert!(
        list.contains("Reviewer A,3,3,3") && list.contains("Reviewer B,3,3,3"),
        "{list}"
    );
    let csv = place.works(&["review", "export", "--workspace", "here"]);
    assert_eq!(csv.lines().count(), 7, "{csv}");
    assert!(csv.contains("'=1+1 ترجمة خاطئة"), "no spreadsheet runs it: {csv}");
    let agreement = place.works(&["review", "agreement", "--workspace", "here", "--format", "csv"]);
    assert!(
        agreement.contains("Reviewer A,Reviewer B,verdict,3,0,0.66"),
        "{agreement}"
    );
    let output = place.run(&["review", "merge", "here", "--workspace", "here"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains("same workspace"), "{}", said(&output));
}

#[test]
fn what_was_decided_is_told_and_a_torn_file_hides_nothing_else() {
    let place = Place::new();
    judge(&place, "here", "A", "q1", Verdict::Wrong, "");
    let decision = Decision {
        item: item("q1"),
        ruling: Ruling::LeftOut,
        note: "the picture is missing".into(),
        rest: Map::new(),
    };
    {
        let open = Workspace::open(&place.path("here")).unwrap();
        reviews::append(
            &open,
            &Reviewer::new("A").unwrap(),
            vec![Statement::Decision(decision).into()],
        )
        .unwrap();
    }
    let path = place.path("here").join("reviews/a.jsonl");
    let mut text = std::fs::read_to_string(&path).unwrap();
    text.push_str("{\"schema\":1,\"li");
    std::fs::write(&path, text).unwrap();
    let output = place.run(&["review", "flags", "--workspace", "here"]);
    assert_eq!(output.status.code(), Some(0));
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(
        printed.contains("left out") && printed.contains("the picture is missing"),
        "{printed}"
    );
    let warned = said(&output);
    assert!(
        warned.contains("a.jsonl, line 3") && warned.contains("torn"),
        "{warned}"
    );
}

/// Flags an item of the questions and decides about it.
fn decide(place: &Place, workspace: &str, by: &str, id: &str, (kind, ruling, why): (FlagKind, Ruling, &str)) {
    let item = ItemRef {
        benchmark: "questions".into(),
        ..item(id)
    };
    let flag = Flag {
        item: item.clone(),
        kinds: [kind].into(),
        note: why.into(),
        rest: Map::new(),
    };
    let decision = Decision {
        item,
        ruling,
        note: why.into(),
        rest: Map::new(),
    };
    let open = Workspace::open(&place.path(workspace)).unwrap();
    let said = vec![Statement::Flag(flag).into(), Statement::Decision(decision).into()];
    reviews::append(&open, &Reviewer::new(by).unwrap(), said).unwrap();
}

#[test]
fn flags_of_two_workspaces_are_joined_and_every_number_follows() {
    let place = Place::new();
    place.with_questions(4);
    let model = place.model();
    place.works(&["run", "--workspace", "w", "--model", &model, "--benchmark", "questions"]);
    super::copy_folder(&place.path("w"), &place.path("colleague"));
    let left_out = (FlagKind::NeedsImage, Ruling::LeftOut, "الصورة مفقودة");
    decide(&place, "w", "A", "q0", left_out);
    let rekeyed = (FlagKind::BadKey, Ruling::Rekeyed([2].into()), "see the guideline");
    decide(&place, "colleague", "B", "q1", rekeyed);
    let mut torn = std::fs::read_to_string(place.path("colleague/reviews/b.jsonl")).unwrap();
    torn.push_str("{\"schema\":1,");
    std::fs::write(place.path("colleague/reviews/b.jsonl"), torn).unwrap();
    let output = place.run(&["review", "merge", "colleague", "--workspace", "w"]);
    assert_eq!(output.status.code(), Some(0));
    assert!(said(&output).contains("b.jsonl, line 3"), "{}", said(&output));
    let flags = place.works(&["review", "flags", "--workspace", "w", "--format", "csv"]);
    let row = |id: &str| flags.lines().find(|line| line.contains(&format!(",{id},"))).unwrap();
    for part in ["needs an image", "\"A, 20", "left out,A,20", "الصورة مفقودة"] {
        assert!(row("q0").contains(part), "{part}: {flags}");
    }
    for part in ["bad key", "re-keyed to C,B,20", "see the guideline"] {
        assert!(row("q1").contains(part), "{part}: {flags}");
    }
    let compared = place.works(&["compare", "--workspace", "w", "--format", "json"]);
    let rows: Vec<serde_json::Value> = serde_json::from_str(&compared).unwrap();
    let counts: Vec<_> = rows
        .iter()
        .map(|row| (row["n"].as_u64(), row["left_out"].as_u64()))
        .collect();
    assert_eq!(counts, [(Some(4), Some(0)), (Some(3), Some(1))], "English, then Arabic");
    assert_answers_follow(&place, &rows[1]);
    // By the new key of the second question.
    let keys = [("q1", "C"), ("q2", "C"), ("q3", "D")];
    let is_right = |answer: &serde_json::Value| {
        let is = |(id, key): &(&str, &str)| answer["item"] == *id && answer["choice"] == *key;
        answer["language"] == "ar" && keys.iter().any(is)
    };
    let right = place.answers("w").iter().filter(|answer| is_right(answer)).count();
    assert_eq!(rows[1]["right"].as_u64(), Some(right as u64));
}

/// The answers that are printed and those that are exported have the outcomes that numbers are made of.
fn assert_answers_follow(place: &Place, compared: &serde_json::Value) {
    let output = place.run(&["answers", "--workspace", "w", "--format", "jsonl"]);
    let told = said(&output);
    assert!(
        told.contains("2 of 8 answers") && told.contains("review flags"),
        "{told}"
    );
    let lines = |text: &str| -> Vec<serde_json::Value> {
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    };
    let printed = lines(&String::from_utf8(output.stdout).unwrap());
    let run = printed[0]["run"].as_str().unwrap().to_owned();
    let to = ["--to", "jsonl", "--into", "exported"];
    place.works(&[&["export", "--run", &run, "--workspace", "w"][..], &to].concat());
    let exported = std::fs::read_to_string(place.path("exported/answers.jsonl")).unwrap();
    for answers in [printed, lines(&exported)] {
        let arabic: Vec<_> = answers.iter().filter(|answer| answer["language"] == "ar").collect();
        let counted = arabic.iter().filter(|answer| answer["decision"] != "left out");
        let right = counted.filter(|answer| answer["outcome"] == "right").count();
        assert_eq!(compared["right"].as_u64(), Some(right as u64));
        let decision = |id: &str| {
            let answer = arabic.iter().find(|answer| answer["item"] == id).unwrap();
            answer["decision"].as_str().map(str::to_owned)
        };
        assert_eq!(decision("q0").as_deref(), Some("left out"));
        assert_eq!(decision("q1").as_deref(), Some("re-keyed to C"));
        assert_eq!(decision("q2"), None);
        assert!(
            answers
                .iter()
                .all(|answer| answer["language"] == "ar" || answer["decision"].is_null())
        );
    }
}

#[test]
fn a_figure_says_what_it_stands_on_and_follows_flags_and_slice() {
    let place = Place::new();
    place.with_questions(4);
    let model = place.model();
    place.works(&["run", "--workspace", "w", "--model", &model, "--benchmark", "questions"]);
    let left_out = (FlagKind::NeedsImage, Ruling::LeftOut, "الصورة مفقودة");
    decide(&place, "w", "A", "q0", left_out);
    let arabic = [
        "slice",
        "add",
        "عربية",
        "--where",
        "language = [\"ar\"]",
        "--workspace",
        "w",
    ];
    place.works(&arabic);
    let figure = [
        "compare",
        "--workspace",
        "w",
        "--slice",
        "عربية",
        "--figure",
        "bars",
        "bars.svg",
    ];
    place.works(&figure);
    let svg = std::fs::read_to_string(place.path("bars.svg")).unwrap();
    let svg = polyclinic::text::isolate::plain(&svg);
    for part in [
        "Protocol: letters, zero-shot. n = 3 items. Intervals: Wilson score, 95%.",
        "Only items of the slice عربية (Arabic). 1 of 4 items left out by decisions on flags.",
    ] {
        assert!(svg.contains(part), "{part}: {svg}");
    }
    let report = [
        "compare",
        "--workspace",
        "w",
        "--slice",
        "عربية",
        "--report",
        "all.html",
    ];
    place.works(&report);
    let page = std::fs::read_to_string(place.path("all.html")).unwrap();
    let page = polyclinic::text::isolate::plain(&page);
    assert!(
        page.contains("<figcaption>Percent right by task and language."),
        "{page}"
    );
    assert!(
        page.contains("4 of 8 shown, those of the slice عربية (Arabic)"),
        "{page}"
    );
}
