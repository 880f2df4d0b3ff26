use super::*;
use crate::benchmarks::{Description, ItemFields};
use crate::runs::comparison::compare;
use crate::runs::record::tests::record;
use crate::runs::{RunId, store, table};
use crate::scoring::Outcome;
use crate::workspace::Workspace;

/// Two questions in English and Arabic, tied together by their ids; the first option is right.
fn benchmark() -> Benchmark {
    let items = ["en", "ar"].into_iter().flat_map(|language| {
        (0..2).map(move |number| {
            let mut fields = ItemFields::asking(language, &format!("question {number}?"), &["a", "b"]);
            fields.key.id = number.to_string();
            Item::new(fields).unwrap()
        })
    });
    Benchmark::new("b", Description::default(), items.collect()).unwrap()
}

fn answer(item: &Item, choice: usize, log_probabilities: &[f64]) -> Answer {
    Answer {
        outcome: if item.is_right(choice) {
            Outcome::Right
        } else {
            Outcome::Wrong
        },
        choices: vec![choice],
        log_probabilities: log_probabilities.to_vec(),
        error: None,
        ..Answer::failed("m", "b", item, 10, String::new())
    }
}

fn english(ledger: &Ledger) -> crate::runs::comparison::Row {
    let rows = compare(ledger, &Selection::all(ledger));
    rows.into_iter().find(|row| row.language.tag() == "en").unwrap()
}

#[test]
fn the_latest_answer_counts_and_a_later_failure_takes_nothing_back() {
    let benchmark = benchmark();
    let [first, second] = [&benchmark.items()[0], &benchmark.items()[1]];
    let early = [answer(first, 1, &[-2.0, -1.0]), answer(second, 0, &[-1.0, -2.0])];
    let late = [
        answer(first, 0, &[-1.0, -3.0]),
        Answer::failed("m", "b", second, 10, "no memory".into()),
    ];
    let record = record();
    let ledger = Ledger::of([benchmark], [(&record, &early[..]), (&record, &late[..])]);
    let row = english(&ledger);
    assert_eq!((row.n, row.right, row.failed), (2, 2, 0));
    let given = ledger.given(&ledger.sheets()[0], 0).unwrap();
    assert_eq!(
        (given.model(), given.choices(), given.outcome()),
        ("m", &[0][..], Outcome::Right)
    );
    let expected = 1.0 / (1.0 + (-2.0_f32).exp());
    assert!((given.confidence().unwrap() - expected).abs() < 1e-6);
    assert!((given.margin().unwrap() - (2.0 * expected - 1.0)).abs() < 1e-6);
    assert_eq!(ledger.answers_to(1, None).len(), 1);
    assert_eq!(ledger.answers_to(1, Some("another protocol")).len(), 0);
}

#[test]
fn corrections_leave_out_and_rekey_and_can_be_taken_back() {
    let benchmark = benchmark();
    let answers: Vec<Answer> = benchmark.items().iter().map(|item| answer(item, 1, &[])).collect();
    let keys: Vec<ItemKey> = benchmark.items().iter().map(|item| item.key.clone()).collect();
    let record = record();
    let ledger = Ledger::of([benchmark], [(&record, &answers[..])]);
    let mut corrections = Corrections::default();
    corrections.insert("b", keys[0].clone(), Correction::LeftOut);
    corrections.insert("b", keys[1].clone(), Correction::Rekeyed(vec![1]));
    let corrected = ledger.corrected(corrections);
    let row = english(&corrected);
    assert_eq!((row.n, row.right, row.left_out), (1, 1, 1));
    assert_eq!(corrected.right(1), Some(&[1][..]));
    let before = english(&corrected.corrected(Corrections::default()));
    assert_eq!(before, english(&ledger));
    assert_eq!((before.n, before.right, before.left_out), (2, 0, 0));
}

#[test]
fn a_question_knows_its_parallels_and_a_selection_narrows() {
    let benchmark = benchmark();
    let answers: Vec<Answer> = benchmark.items().iter().map(|item| answer(item, 0, &[])).collect();
    let record = record();
    let ledger = Ledger::of([benchmark], [(&record, &answers[..])]);
    assert_eq!(ledger.beside(0).collect::<Vec<_>>(), [2]);
    let first = Selection::of(&ledger, |question| question == 0);
    let rows = compare(&ledger, &first);
    assert_eq!((rows.len(), rows[0].n), (1, 1));
}

#[test]
fn answers_of_a_benchmark_that_is_gone_still_count() {
    let benchmark = benchmark();
    let answers: Vec<Answer> = benchmark.items().iter().map(|item| answer(item, 0, &[])).collect();
    let record = record();
    let ledger = Ledger::of([], [(&record, &answers[..])]);
    assert_eq!(english(&ledger).n, 2);
    assert_eq!(ledger.item(0), None);
    assert_eq!(ledger.place(0), Some(("b", &benchmark.items()[0].key)));
}

/// All that a ledger says of every answer, in words.
fn said(ledger: &Ledger) -> Vec<String> {
    let questions = 0..ledger.len();
    let said = questions.flat_map(|question| {
        let place = ledger.place(question);
        ledger.answers_to(question, None).into_iter().map(move |given| {
            let item = Item::new(ItemFields::asking("en", "?", &["a", "b", "c"])).unwrap();
            format!(
                "{place:?} {} {:?} {:?} {:?} {:?} {:?} {:?} {} {} {:?} {:?}",
                given.model(),
                given.outcome(),
                given.choices(),
                given.log_probabilities(),
                given.probabilities(&item),
                given.confidence(),
                given.margin(),
                given.prompt_tokens(),
                given.seconds(),
                given.reply(),
                given.error(),
            )
        })
    });
    let usages = ledger.runs().iter().flat_map(|run| run.answers.usages());
    said.chain(usages.map(|usage| format!("{usage:?}"))).collect()
}

#[test]
fn tables_of_every_layout_are_read_into_the_columns_that_their_answers_make() {
    let benchmark = benchmark();
    let mut answers: Vec<Answer> = (0..40).map(table::tests::answer).collect();
    // Some are of a benchmark that is here.
    let items = benchmark.items().iter();
    answers.extend(items.map(|item| answer(item, 1, &[-0.25, -1.5])));
    answers.last_mut().unwrap().model = "another".into();
    let folder = tempfile::tempdir().unwrap();
    let workspace = Workspace::open_or_create(folder.path()).unwrap();
    workspace.save_benchmark(&benchmark).unwrap();
    let layouts = [None, Some("option_tokens"), Some("usage_requests"), Some("reply")];
    for (number, since) in layouts.into_iter().enumerate() {
        let mut record = record();
        record.id = RunId::parse(&format!("run-{number}")).unwrap();
        record.created = format!("2026-11-2{number}T09:00:00Z");
        store::keep(&workspace, &record, &answers).unwrap();
        if let Some(since) = since {
            table::tests::write_older(&store::folder(&workspace, &record.id), &answers, since);
        }
        let (read, problems) = Ledger::read(&workspace).unwrap();
        assert_eq!(problems, [""; 0]);
        assert_eq!(read.runs().len(), number + 1);
        let runs = store::list(&workspace).unwrap().runs.into_iter();
        let runs = runs.map(|record| {
            let answers = store::answers(&workspace, &record.id).unwrap();
            (record, answers)
        });
        let made = Ledger::new(vec![Arc::new(benchmark.clone())], runs.collect());
        assert_eq!(said(&read), said(&made), "{since:?}");
        assert_eq!(read.len(), made.len());
        let all = Selection::all(&made);
        assert_eq!(compare(&read, &all), compare(&made, &all));
    }
}

#[test]
fn what_no_benchmark_has_is_numbered_in_the_order_of_runs_however_they_are_read() {
    let benchmark = benchmark();
    let record = record();
    let answers: Vec<Vec<Answer>> = (0..20)
        .map(|run| {
            let mut given = answer(&benchmark.items()[0], 0, &[]);
            given.benchmark = format!("gone {}", (run * 7) % 20);
            vec![given]
        })
        .collect();
    let ledger = Ledger::of([], answers.iter().map(|answers| (&record, &answers[..])));
    let places: Vec<&str> = (0..20).map(|question| ledger.place(question).unwrap().0).collect();
    let expected: Vec<&str> = answers.iter().map(|answers| answers[0].benchmark.as_str()).collect();
    assert_eq!(places, expected);
}
