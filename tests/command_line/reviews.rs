//! Reviews at the command line: what was said is listed and exported, two workspaces' reviews are joined.

use polyclinic::reviews::{
    self, AnswerRef, Decision, ItemRef, Judgement, Opinion, Reviewer, Ruling, RunModel, Statement, Verdict,
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
