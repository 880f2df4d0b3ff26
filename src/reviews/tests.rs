//! What must hold of reviews on the disk: nothing saved is lost, and what cannot be read hides nothing else.

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde_json::{Map, Value};

use super::*;
use crate::benchmarks::ItemKey;
use crate::error_chain;
use crate::runs::RunId;
use crate::workspace::{Workspace, WorkspaceError};

const NOTE: &str = "«حبيبات قزحية» ترجمة خاطئة، والمقصود الحمضات (eosinophils) بنسبة 20٪.\nسطر ثانٍ";

fn workspace() -> (tempfile::TempDir, Workspace) {
    let folder = tempfile::tempdir().unwrap();
    let workspace = Workspace::open_or_create(folder.path()).unwrap();
    (folder, workspace)
}

fn reviewer(name: &str) -> Reviewer {
    Reviewer::new(name).unwrap()
}

fn item(id: usize) -> ItemRef {
    ItemRef {
        benchmark: "b".into(),
        key: ItemKey {
            language: "ar".parse().unwrap(),
            id: id.to_string(),
        },
    }
}

fn answer(id: usize, model: &str) -> AnswerRef {
    AnswerRef {
        given: RunModel {
            run: RunId::parse("r1").unwrap(),
            model: model.into(),
        },
        item: item(id),
    }
}

fn judgement(id: usize, model: &str, verdict: Verdict) -> Judgement {
    let mut opinion = Opinion::new(verdict);
    opinion.note = NOTE.into();
    opinion.errors.insert("mistranslated-term".into());
    opinion.severity = Severity::Medium;
    opinion.ratings.insert("accuracy".into(), 2);
    Judgement {
        answer: answer(id, model),
        protocol: "letters".into(),
        opinion,
        blind: true,
        shown_as: Some(2),
        queue: None,
        rest: Map::new(),
    }
}

fn judge(workspace: &Workspace, by: &str, id: usize, verdict: Verdict) -> Line {
    let said = Statement::Judgement(judgement(id, "m", verdict));
    append(workspace, &reviewer(by), vec![said.into()]).unwrap().remove(0)
}

fn decide(workspace: &Workspace, by: &str, id: usize, ruling: Ruling) {
    let decision = Decision {
        item: item(id),
        ruling,
        note: "because".into(),
        rest: Map::new(),
    };
    append(workspace, &reviewer(by), vec![Statement::Decision(decision).into()]).unwrap();
}

fn path(workspace: &Workspace, file: &str) -> PathBuf {
    workspace.reviews_folder().join(file)
}

fn verdict(reviews: &Reviews, by: &str, id: usize) -> Option<Verdict> {
    let said = reviews.judgement(&answer(id, "m"), reviewer(by).id())?;
    Some(said.what.opinion.verdict)
}

#[test]
fn a_judgement_comes_back_as_it_was_saved_arabic_and_all() {
    let (_folder, workspace) = workspace();
    let line = judge(&workspace, "Reviewer A", 1, Verdict::Wrong);
    let reviews = read(&workspace).unwrap();
    assert_eq!(reviews.lines(), [line]);
    let said = reviews.judgement(&answer(1, "m"), reviewer("reviewer a").id()).unwrap();
    assert_eq!(*said.what, judgement(1, "m", Verdict::Wrong));
    assert_eq!(said.by, "Reviewer A");
    let text = std::fs::read_to_string(path(&workspace, "reviewer-a.jsonl")).unwrap();
    assert!(text.contains("حبيبات") && text.ends_with("}\n"), "{text}");
}

#[test]
fn an_edit_replaces_and_both_lines_stay() {
    let (_folder, workspace) = workspace();
    let first = judge(&workspace, "A", 1, Verdict::Wrong);
    let second = judge(&workspace, "A", 1, Verdict::Partly);
    assert_eq!(first.id, second.id);
    assert!(first.at < second.at);
    let reviews = read(&workspace).unwrap();
    assert_eq!(verdict(&reviews, "A", 1), Some(Verdict::Partly));
    assert_eq!(reviews.judgements().count(), 1);
    assert_eq!(reviews.history(&item(1)).count(), 2);
}

#[test]
fn what_is_taken_back_holds_no_more_and_stays_in_the_file() {
    let (_folder, workspace) = workspace();
    let line = judge(&workspace, "A", 1, Verdict::Wrong);
    let withdrawal = Append {
        id: Some(line.id),
        statement: Statement::Withdrawal(Withdrawal::default()),
    };
    append(&workspace, &reviewer("A"), vec![withdrawal]).unwrap();
    let reviews = read(&workspace).unwrap();
    assert_eq!(verdict(&reviews, "A", 1), None);
    assert_eq!(reviews.history(&item(1)).count(), 2);
    judge(&workspace, "A", 1, Verdict::Right);
    assert_eq!(verdict(&read(&workspace).unwrap(), "A", 1), Some(Verdict::Right));
}

#[test]
fn wherever_a_line_is_torn_those_before_count_and_the_next_is_whole() {
    let (_folder, workspace) = workspace();
    judge(&workspace, "A", 1, Verdict::Wrong);
    let first = std::fs::read(path(&workspace, "a.jsonl")).unwrap();
    judge(&workspace, "A", 2, Verdict::Right);
    let whole = std::fs::read(path(&workspace, "a.jsonl")).unwrap();
    for torn in first.len()..whole.len() {
        std::fs::write(path(&workspace, "a.jsonl"), &whole[..torn]).unwrap();
        let reviews = read(&workspace).unwrap();
        assert_eq!(verdict(&reviews, "A", 1), Some(Verdict::Wrong), "torn at {torn}");
        let is_whole = torn == whole.len() - 1;
        assert_eq!(
            reviews.problems.is_empty(),
            torn == first.len() || is_whole,
            "torn at {torn}"
        );
        judge(&workspace, "A", 3, Verdict::Partly);
        let reviews = read(&workspace).unwrap();
        assert!(reviews.problems.is_empty(), "torn at {torn}: {:?}", reviews.problems);
        assert_eq!(verdict(&reviews, "A", 3), Some(Verdict::Partly));
        // What lacked nothing but its line's end is a review like any other.
        assert_eq!(verdict(&reviews, "A", 2).is_some(), is_whole, "torn at {torn}");
        let aside = path(&workspace, "a.torn");
        let kept = std::fs::read(&aside).unwrap_or_default();
        let expected: &[u8] = if is_whole { b"" } else { &whole[first.len()..torn] };
        assert_eq!(kept.strip_suffix(b"\n").unwrap_or_default(), expected, "torn at {torn}");
        std::fs::remove_file(aside).ok();
    }
}

#[test]
fn every_torn_line_is_put_aside_and_told() {
    let (_folder, workspace) = workspace();
    let file = path(&workspace, "a.jsonl");
    for (id, torn) in [(1, "{\"schema\":1,\"note\":\"ترجمة"), (2, "{\"sch")] {
        judge(&workspace, "A", id, Verdict::Wrong);
        let mut text = std::fs::read_to_string(&file).unwrap();
        text.push_str(torn);
        std::fs::write(&file, text).unwrap();
        let told = read(&workspace).unwrap().problems;
        let told = told.first().unwrap().to_string();
        assert!(told.contains("a.jsonl, line") && told.contains("a.torn"), "{told}");
    }
    judge(&workspace, "A", 3, Verdict::Right);
    let reviews = read(&workspace).unwrap();
    assert!(reviews.problems.is_empty());
    assert_eq!(reviews.judgements().count(), 3);
    let aside = std::fs::read_to_string(path(&workspace, "a.torn")).unwrap();
    assert_eq!(aside, "{\"schema\":1,\"note\":\"ترجمة\n{\"sch\n");
}

#[test]
fn one_bad_line_hides_no_other_and_is_told_by_file_and_line() {
    let (_folder, workspace) = workspace();
    for id in 1..4 {
        judge(&workspace, "A", id, Verdict::Wrong);
    }
    judge(&workspace, "B", 1, Verdict::Right);
    let file = path(&workspace, "a.jsonl");
    let text = std::fs::read_to_string(&file).unwrap();
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    lines[1] = "{\"schema\":1,\"verdict\":\"wrong\"}".into();
    lines.insert(2, lines[0].replacen("\"schema\":1", "\"schema\":7", 1));
    lines.insert(
        3,
        lines[0].replacen("\"verdict\":\"wrong\"", "\"verdict\":\"awful\"", 1),
    );
    std::fs::write(&file, lines.join("\n") + "\n").unwrap();
    let reviews = read(&workspace).unwrap();
    assert_eq!(verdict(&reviews, "A", 1), Some(Verdict::Wrong));
    assert_eq!(verdict(&reviews, "A", 3), Some(Verdict::Wrong));
    assert_eq!(verdict(&reviews, "B", 1), Some(Verdict::Right));
    let told: Vec<String> = reviews
        .problems
        .iter()
        .map(|problem| error_chain(problem.as_ref()))
        .collect();
    assert_eq!(told.len(), 3, "{told:#?}");
    assert!(
        told[0].contains("a.jsonl, line 2") && told[0].contains("missing field"),
        "{told:#?}"
    );
    assert!(
        told[1].contains("line 3") && told[1].contains("schema is 7"),
        "{told:#?}"
    );
    assert!(told[2].contains("line 4") && told[2].contains("awful"), "{told:#?}");
    // The next line is added; the bad ones stay for whoever mends them.
    judge(&workspace, "A", 9, Verdict::Wrong);
    let after = std::fs::read_to_string(&file).unwrap();
    assert!(after.starts_with(&(lines.join("\n") + "\n")));
}

#[test]
fn fields_of_other_versions_survive_an_edit() {
    let (_folder, workspace) = workspace();
    judge(&workspace, "A", 1, Verdict::Wrong);
    let file = path(&workspace, "a.jsonl");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(
        &file,
        text.replacen("\"blind\":true", "\"blind\":true,\"confidence\":0.7", 1),
    )
    .unwrap();
    let reviews = read(&workspace).unwrap();
    let mut edited = reviews
        .judgement(&answer(1, "m"), reviewer("A").id())
        .unwrap()
        .what
        .clone();
    assert_eq!(edited.rest.get("confidence"), Some(&Value::from(0.7)));
    assert_eq!(edited.rest.len(), 1, "{:?}", edited.rest);
    edited.opinion.verdict = Verdict::Right;
    append(&workspace, &reviewer("A"), vec![Statement::Judgement(edited).into()]).unwrap();
    let reviews = read(&workspace).unwrap();
    let edited = reviews.judgement(&answer(1, "m"), reviewer("A").id()).unwrap().what;
    assert_eq!(edited.rest.get("confidence"), Some(&Value::from(0.7)));
}

#[test]
fn every_statement_is_read_as_it_was_written() {
    let (_folder, workspace) = workspace();
    let flag = Flag {
        item: item(1),
        kinds: BTreeSet::from([FlagKind::BadTranslation, FlagKind::NeedsImage]),
        note: NOTE.into(),
        rest: Map::new(),
    };
    let own = OwnAnswer {
        item: item(1),
        choices: BTreeSet::from([3]),
        before_key: true,
        rest: Map::new(),
    };
    let candidates = (0..5)
        .map(|id| Candidate {
            item: item(id),
            answers: vec![answer(id, "m").given, answer(id, "n").given],
        })
        .collect();
    let adjudication = Adjudication {
        answer: answer(1, "m"),
        opinion: Opinion::new(Verdict::Partly),
        settles: BTreeSet::new(),
        rest: Map::new(),
    };
    let said: Vec<Statement> = vec![
        Statement::Flag(flag),
        Statement::OwnAnswer(own),
        Statement::Queue(Queue::draw("all", candidates, 3, 11, true)),
        Statement::Adjudication(adjudication),
    ];
    append(
        &workspace,
        &reviewer("A"),
        said.iter().cloned().map(Append::from).collect(),
    )
    .unwrap();
    decide(&workspace, "A", 1, Ruling::Rekeyed(BTreeSet::from([1, 2])));
    let reviews = read(&workspace).unwrap();
    assert!(reviews.problems.is_empty(), "{:?}", reviews.problems);
    let read: Vec<&Statement> = reviews.lines().iter().map(|line| &line.statement).collect();
    assert_eq!(read[..4], said.iter().collect::<Vec<_>>());
    let by = reviewer("A");
    assert!(reviews.is_flagged(&item(1)));
    assert!(reviews.own_answer(&item(1), by.id()).unwrap().what.before_key);
    assert_eq!(reviews.queues(by.id()).next_back().unwrap().what.items.len(), 3);
    assert_eq!(
        reviews.decision(&item(1)).unwrap().what.ruling,
        Ruling::Rekeyed(BTreeSet::from([1, 2]))
    );
}

#[test]
fn the_latest_decision_holds_and_the_earlier_are_kept() {
    let (_folder, workspace) = workspace();
    decide(&workspace, "A", 1, Ruling::LeftOut);
    decide(&workspace, "B", 1, Ruling::Kept);
    decide(&workspace, "A", 1, Ruling::Rekeyed(BTreeSet::from([2])));
    let reviews = read(&workspace).unwrap();
    assert_eq!(reviews.decided().count(), 1);
    assert_eq!(reviews.decisions_of(&item(1)).count(), 3);
    let rows = tables::flags(&reviews);
    assert_eq!(rows.len(), 1);
    assert_eq!((rows[0].decision.as_str(), rows[0].earlier), ("re-keyed to C", 2));
}

#[test]
fn a_queue_draws_the_same_from_the_same_and_every_item_at_most_once() {
    let candidates = |order: &mut dyn Iterator<Item = usize>| -> Vec<Candidate> {
        order
            .map(|id| Candidate {
                item: item(id),
                answers: match id {
                    7 => Vec::new(),
                    _ => vec![answer(id, "m").given, answer(id, "n").given],
                },
            })
            .collect()
    };
    let draw = |seed| Queue::draw("t", candidates(&mut (0..50)), 10, seed, true);
    assert_eq!(draw(3), Queue::draw("t", candidates(&mut (0..50).rev()), 10, 3, true));
    assert_ne!(draw(3).items, draw(4).items);
    let items: BTreeSet<ItemRef> = draw(3).items.into_iter().map(|item| item.item).collect();
    assert_eq!(items.len(), 10);
    let all = Queue::draw("t", candidates(&mut (0..50)), 500, 3, true);
    assert_eq!(all.items.len(), 49, "what nobody answered cannot be judged");
}

#[test]
fn a_queue_goes_on_where_the_reviewer_stopped() {
    let (_folder, workspace) = workspace();
    let candidates = (0..3)
        .map(|id| Candidate {
            item: item(id),
            answers: vec![answer(id, "m").given],
        })
        .collect();
    let queue = Queue::draw("t", candidates, 3, 1, true);
    let by = reviewer("A");
    let first: usize = queue.items[0].item.key.id.parse().unwrap();
    judge(&workspace, "A", first, Verdict::Right);
    judge(
        &workspace,
        "B",
        queue.items[1].item.key.id.parse().unwrap(),
        Verdict::Right,
    );
    let reviews = read(&workspace).unwrap();
    assert_eq!(queue.progress(&reviews, by.id()), Progress { done: 1, items: 3 });
    assert_eq!(queue.next(&reviews, by.id(), None), Some(1));
    assert_eq!(queue.next(&reviews, by.id(), Some(2)), Some(1), "it goes round");
    for item in &queue.items {
        judge(&workspace, "A", item.item.key.id.parse().unwrap(), Verdict::Right);
    }
    assert_eq!(queue.next(&read(&workspace).unwrap(), by.id(), Some(0)), None);
}

#[test]
fn a_disagreement_is_settled_until_one_judges_anew() {
    let (_folder, workspace) = workspace();
    judge(&workspace, "A", 1, Verdict::Wrong);
    judge(&workspace, "B", 1, Verdict::Wrong);
    judge(&workspace, "A", 2, Verdict::Wrong);
    judge(&workspace, "B", 2, Verdict::Right);
    let reviews = read(&workspace).unwrap();
    let found = disagreements(&reviews);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].aspects, BTreeSet::from([Aspect::Verdict]));
    assert!(found[0].settled.is_none());
    let adjudication = Adjudication {
        answer: answer(2, "m"),
        opinion: Opinion::new(Verdict::Partly),
        settles: found[0].ids(),
        rest: Map::new(),
    };
    append(
        &workspace,
        &reviewer("C"),
        vec![Statement::Adjudication(adjudication).into()],
    )
    .unwrap();
    let reviews = read(&workspace).unwrap();
    let settled = disagreements(&reviews)[0].settled.unwrap();
    assert_eq!((settled.by, settled.what.opinion.verdict), ("C", Verdict::Partly));
    std::thread::sleep(std::time::Duration::from_millis(2));
    judge(&workspace, "B", 2, Verdict::Partly);
    assert!(disagreements(&read(&workspace).unwrap())[0].settled.is_none());
}

#[test]
fn agreement_is_told_with_n_and_intervals_and_without_what_one_could_not_judge() {
    let (_folder, workspace) = workspace();
    for id in 0..20 {
        judge(
            &workspace,
            "A",
            id,
            if id < 10 { Verdict::Wrong } else { Verdict::Right },
        );
        let other = match id {
            0..=8 => Verdict::Wrong,
            19 => Verdict::CannotJudge,
            _ => Verdict::Right,
        };
        judge(&workspace, "B", id, other);
    }
    judge(&workspace, "B", 99, Verdict::Right);
    let reviews = read(&workspace).unwrap();
    let pairs = agreements(&reviews);
    assert_eq!(pairs.len(), 1);
    assert_eq!((pairs[0].answers, pairs[0].not_judged), (20, 1));
    let verdict = pairs[0].verdict().unwrap();
    assert_eq!(verdict.n, 19);
    assert!((verdict.percent.value - 18.0 / 19.0).abs() < 1e-12);
    assert!(verdict.percent.interval.low > 0.7 && verdict.percent.interval.high < 1.0);
    // By hand: 18 of 19 the same, where chance gives 180 of 361.
    let kappa = verdict.kappa.unwrap();
    assert!((kappa.value - 162.0 / 181.0).abs() < 1e-9, "{}", kappa.value);
    assert!(kappa.interval.unwrap().holds(kappa.value));
    let rows = tables::agreements(&reviews);
    let on: Vec<&str> = rows.iter().map(|row| row.on.as_str()).collect();
    assert_eq!(on, ["verdict", "severity", "mistranslated-term", "accuracy"]);
    assert_eq!(rows[1].percent, 1.0);
    assert_eq!(rows[1].kappa, None, "both always said the same");
}

#[test]
fn kappa_of_one_who_always_says_the_same_has_no_interval() {
    let (_folder, workspace) = workspace();
    for id in 0..30 {
        let first = if id % 3 == 0 { Verdict::Wrong } else { Verdict::Right };
        judge(&workspace, "A", id, first);
        judge(&workspace, "B", id, Verdict::Right);
        judge(&workspace, "C", id, first);
    }
    let reviews = read(&workspace).unwrap();
    let pairs = agreements(&reviews);
    let found = |place: usize| {
        let verdict = pairs[place].verdict().unwrap();
        let kappa = verdict.kappa.unwrap();
        (kappa.value, kappa.interval, verdict.no_interval())
    };
    assert_eq!(found(0), (0.0, None, Some(NoInterval::OneSided)));
    assert_eq!(found(1), (1.0, None, Some(NoInterval::AllAgreed)));
    let rows = tables::agreements(&reviews);
    assert_eq!(rows[0].kappa_note, "one reviewer said the same of all");
    assert_eq!(rows[0].kappa_interval, None);
}

#[test]
fn merging_loses_and_doubles_nothing_and_may_be_done_again() {
    let (_here, here) = workspace();
    let (_there, there) = workspace();
    judge(&here, "A", 1, Verdict::Wrong);
    judge(&there, "A", 2, Verdict::Right);
    judge(&there, "A", 1, Verdict::Partly);
    judge(&there, "ب", 1, Verdict::Right);
    let before = std::fs::read_to_string(path(&here, "a.jsonl")).unwrap();
    let merged = merge(&there, &here).unwrap();
    assert_eq!(merged.added, [("a.jsonl".to_owned(), 2), ("ب.jsonl".to_owned(), 1)]);
    let after = std::fs::read_to_string(path(&here, "a.jsonl")).unwrap();
    assert!(after.starts_with(&before));
    let reviews = read(&here).unwrap();
    assert_eq!(
        verdict(&reviews, "A", 1),
        Some(Verdict::Partly),
        "what was said later holds"
    );
    assert_eq!(verdict(&reviews, "A", 2), Some(Verdict::Right));
    assert_eq!(verdict(&reviews, "ب", 1), Some(Verdict::Right));
    let again = merge(&there, &here).unwrap();
    assert_eq!((again.added.len(), again.known), (0, 3));
    assert_eq!(std::fs::read_to_string(path(&here, "a.jsonl")).unwrap(), after);
    // The other way round both end up with the same.
    merge(&here, &there).unwrap();
    assert_eq!(read(&there).unwrap().lines(), read(&here).unwrap().lines());
}

#[test]
fn merging_keeps_lines_it_does_not_understand_and_leaves_torn_ones() {
    let (_here, here) = workspace();
    let (_there, there) = workspace();
    judge(&here, "A", 1, Verdict::Wrong);
    judge(&there, "A", 2, Verdict::Right);
    let file = path(&there, "a.jsonl");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(
        &file,
        format!("{{\"schema\":9,\"kind\":\"dream\"}}\n{text}{{\"schema\":1,\"li"),
    )
    .unwrap();
    let merged = merge(&there, &here).unwrap();
    assert_eq!(merged.added, [("a.jsonl".to_owned(), 2)]);
    assert_eq!(merged.problems.len(), 2, "{:?}", merged.problems);
    let text = std::fs::read_to_string(path(&here, "a.jsonl")).unwrap();
    assert!(text.contains("dream") && !text.ends_with("li"), "{text}");
    assert!(merge(&there, &here).unwrap().added.is_empty());
}

#[test]
fn merging_takes_a_taxonomy_over_only_where_there_is_none() {
    let (_here, here) = workspace();
    let (_there, there) = workspace();
    judge(&there, "A", 2, Verdict::Right);
    let own = "schema = 1\n[[error]]\nid = \"slow\"\nkey = \"W\"\nen = \"Slow\"\nar = \"بطيء\"\n";
    std::fs::write(path(&there, "taxonomy.toml"), own).unwrap();
    assert!(merge(&there, &here).unwrap().taxonomy);
    assert!(Taxonomy::of(&here).unwrap().error("slow").is_some());
    std::fs::write(path(&here, "taxonomy.toml"), own.replace("slow", "quick")).unwrap();
    let merged = merge(&there, &here).unwrap();
    assert!(!merged.taxonomy);
    assert_eq!(merged.unknown_errors, BTreeSet::from(["slow".to_owned()]));
}

#[test]
fn a_workspace_that_may_not_be_written_is_left_alone() {
    let (folder, workspace) = workspace();
    judge(&workspace, "A", 1, Verdict::Wrong);
    let reading = Workspace::open_to_read(folder.path()).unwrap();
    let said = Statement::Judgement(judgement(2, "m", Verdict::Right));
    let error = append(&reading, &reviewer("A"), vec![said.into()]).unwrap_err();
    assert!(matches!(error, ReviewError::Workspace(WorkspaceError::ReadOnly { .. })));
    assert!(merge(&workspace, &reading).is_err());
    assert!(matches!(merge(&reading, &workspace), Err(ReviewError::Same { .. })));
    assert_eq!(read(&workspace).unwrap().lines().len(), 1);
}
