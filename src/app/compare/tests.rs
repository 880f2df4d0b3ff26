//! The matrix of a small workspace whose every number is known: how it is laid out, what its differences and findings
//! are.

use std::collections::BTreeMap;

use super::deltas::{Baseline, Deltas};
use super::finding::{Incomparable, Pair, Way, obstacle};
use super::layout::{Layout, Line, Mean, Parts};
use super::matrix::{Cell, CellKey, Matrix};
use super::origin::{Origin, Ran};
use super::view::{By, ColumnGroups, Holds, Order, RowGroups, View};
use crate::benchmarks::{Benchmark, Description, Item, ItemFields, ItemKey};
use crate::cancel::{Cancel, Steps};
use crate::language::Language;
use crate::runs::example_record as record;
use crate::runs::ledger::{Ledger, Selection};
use crate::runs::measures::Weighing;
use crate::runs::paired::{self, Verdict};
use crate::runs::{comparison, measures};
use crate::scoring::{Answer, Outcome};
use crate::slices::{Condition, Who};
use crate::text::isolate::plain;

const SMALL: &str = "Qwen2.5-3B";
const LARGE: &str = "Qwen2.5-12B";
const ARABIC: &str = "نموذج الطب";
const FAILED: &str = "Llama-3.1-70B";
/// Tasks with their items in each language.
const TASKS: [(&str, usize); 2] = [("anatomy", 40), ("surgery", 20)];
const LANGUAGES: [&str; 3] = ["en", "ar", "yo"];

/// How many of a cell's first questions a model has right; `None` where it was not run.
fn right(model: &str, task: &str, language: &str) -> Option<usize> {
    Some(match (model, task, language) {
        (SMALL, "anatomy", "en") => 30,
        (SMALL, "surgery", "en") => 5,
        (SMALL, "anatomy", _) => 20,
        (SMALL, ..) => 5,
        (LARGE, "anatomy", "en") => 40,
        (LARGE, "surgery", "en") => 15,
        (LARGE, "anatomy", "ar") => 39,
        (LARGE, ..) => 10,
        // Nothing right is something measured.
        (ARABIC, "anatomy", "ar") => 0,
        (ARABIC, "anatomy", _) => 10,
        (ARABIC, ..) => return None,
        _ => 0,
    })
}

fn language(tag: &str) -> Language {
    tag.parse().unwrap()
}

fn ledger() -> Ledger {
    let items = TASKS.iter().flat_map(|(task, count)| {
        LANGUAGES.iter().flat_map(move |tag| {
            (0..*count).map(move |number| {
                let fields = ItemFields::asking(tag, &format!("{task} {number}?"), &["a", "b"]);
                Item::new(ItemFields {
                    key: ItemKey {
                        language: language(tag),
                        id: format!("{task}-{number}"),
                    },
                    task: (*task).to_owned(),
                    parallel: Some(format!("{task}-{number}")),
                    ..fields
                })
                .unwrap()
            })
        })
    });
    let benchmark = Benchmark::new("exams", Description::default(), items.collect()).unwrap();
    let mut answers = Vec::new();
    for model in [SMALL, LARGE, ARABIC, FAILED] {
        for item in benchmark.items() {
            let Some(right) = right(model, &item.task, item.key.language.tag()) else {
                continue;
            };
            let number: usize = item.key.id.rsplit('-').next().unwrap().parse().unwrap();
            let mut answer = Answer::failed(model, "exams", item, 10, "no connection".to_owned());
            if model != FAILED {
                let is_right = number < right;
                answer.outcome = if is_right { Outcome::Right } else { Outcome::Wrong };
                answer.error = None;
            }
            answers.push(answer);
        }
    }
    let record = record();
    Ledger::of([benchmark], [(&record, answers.as_slice())])
}

/// What a layout is made of, kept together.
struct Made {
    ledger: Ledger,
    selection: Selection,
    protocol: String,
    matrix: Matrix,
    origins: BTreeMap<String, Origin>,
    averages: Vec<measures::Average>,
    published: Vec<String>,
}

impl Made {
    fn new() -> Self {
        let ledger = ledger();
        let selection = Selection::all(&ledger);
        let rows = comparison::compare(&ledger, &selection);
        let protocol = rows[0].protocol.clone();
        let origin = |parameters: Option<u64>, family: &str, ran| Origin {
            parameters,
            quantization: None,
            family: family.to_owned(),
            ran,
        };
        let origins = [
            (SMALL, origin(Some(3_000_000_000), "Qwen", Ran::Here)),
            (LARGE, origin(Some(12_000_000_000), "Qwen", Ran::Endpoint)),
            (FAILED, origin(Some(70_000_000_000), "Llama", Ran::Elsewhere)),
        ];
        Self {
            matrix: Matrix::new(&rows, &protocol),
            averages: measures::averages(&ledger, &selection, &Steps::default()),
            origins: origins.map(|(name, origin)| (name.to_owned(), origin)).into(),
            published: vec!["GPT-4".to_owned(), "بيميديكس".to_owned()],
            ledger,
            selection,
            protocol,
        }
    }

    fn layout(&self, view: &View) -> Layout {
        let parts = Parts {
            matrix: &self.matrix,
            origins: &self.origins,
            averages: &self.averages,
            protocol: &self.protocol,
            published: &self.published,
        };
        Layout::new(parts, view)
    }

    fn baseline(&self, model: &str, weighing: Weighing) -> Baseline {
        Baseline {
            protocol: self.protocol.clone(),
            model: model.to_owned(),
            weighing,
        }
    }

    fn deltas(&self, weighing: Weighing) -> Deltas {
        let baseline = self.baseline(SMALL, weighing);
        Deltas::new(&self.ledger, &self.selection, &baseline, &Steps::default())
    }

    fn pair(&self, first: CellKey, second: CellKey) -> Pair {
        Pair {
            protocol: self.protocol.clone(),
            first,
            second,
        }
    }
}

fn key(model: &str, task: &str, tag: &str) -> CellKey {
    CellKey {
        model: model.to_owned(),
        benchmark: "exams".to_owned(),
        task: task.to_owned(),
        language: language(tag),
    }
}

fn own(sorted: By, descending: bool) -> View {
    View {
        order: Order { by: sorted, descending },
        own_only: true,
        ..View::default()
    }
}

fn names(layout: &Layout) -> Vec<&str> {
    layout.models().collect()
}

fn titles(layout: &Layout) -> Vec<&str> {
    layout.sections.iter().map(|section| section.title.as_str()).collect()
}

#[test]
fn models_are_sorted_by_name_size_mean_and_column() {
    let made = Made::new();
    let sorted = |by: By, descending| {
        let layout = made.layout(&own(by, descending));
        names(&layout).into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(sorted(By::Name, false), [FAILED, SMALL, LARGE, ARABIC], "3B before 12B");
    assert_eq!(sorted(By::Name, true), [ARABIC, LARGE, SMALL, FAILED]);
    assert_eq!(
        sorted(By::Size, true),
        [FAILED, LARGE, SMALL, ARABIC],
        "unknown sizes last"
    );
    assert_eq!(sorted(By::Size, false), [SMALL, LARGE, FAILED, ARABIC], "either way");
    // Who lacks a column has no mean; what failed is not 0.
    assert_eq!(sorted(By::Mean, true), [LARGE, SMALL, FAILED, ARABIC]);
    assert_eq!(sorted(By::Mean, false), [SMALL, LARGE, FAILED, ARABIC]);
    let arabic = By::Column(Holds::Cells(key(SMALL, "anatomy", "ar").column()));
    assert_eq!(
        sorted(arabic.clone(), false),
        [ARABIC, SMALL, LARGE, FAILED],
        "0 is low"
    );
    assert_eq!(sorted(arabic, true), [LARGE, SMALL, ARABIC, FAILED]);
    let mean = By::Column(Holds::Tasks(language("en")));
    assert_eq!(sorted(mean, true), [LARGE, SMALL, FAILED, ARABIC]);
}

#[test]
fn rows_stand_in_groups() {
    let made = Made::new();
    let grouped = |rows| {
        let layout = made.layout(&View {
            rows,
            ..own(By::Name, false)
        });
        let line = |line: &Line| match line {
            Line::Heading(title) => format!("[{title}]"),
            line => line.model().unwrap_or_default().to_owned(),
        };
        layout.lines.iter().map(line).collect::<Vec<_>>()
    };
    assert_eq!(
        grouped(RowGroups::Family),
        ["[Llama]", FAILED, "[Qwen]", SMALL, LARGE, "[Unknown]", ARABIC]
    );
    assert_eq!(
        grouped(RowGroups::Ran),
        [
            "[This machine]",
            SMALL,
            "[Endpoint]",
            LARGE,
            "[Imported]",
            FAILED,
            "[Unknown]",
            ARABIC
        ]
    );
    assert_eq!(
        grouped(RowGroups::Size),
        [
            "[Under 4 B]",
            SMALL,
            "[4 to 16 B]",
            LARGE,
            "[50 B and more]",
            FAILED,
            "[Unknown]",
            ARABIC
        ]
    );
    let found = made.layout(&View {
        search: "الطب".to_owned(),
        ..own(By::Name, false)
    });
    assert_eq!(names(&found), [ARABIC]);
}

#[test]
fn a_column_among_tasks_names_its_benchmark_only_where_the_task_does_not_tell() {
    let mut made = Made::new();
    let mut rows = comparison::compare(&made.ledger, &made.selection);
    let surgery = |row: &&mut comparison::Row| row.task == "surgery";
    rows.iter_mut()
        .filter(surgery)
        .for_each(|row| row.benchmark = "cases".to_owned());
    let view = View {
        columns: ColumnGroups::Language,
        ..own(By::Name, false)
    };
    let heads = |made: &Made| {
        let layout = made.layout(&view);
        let columns = layout.sections[0].columns.iter();
        columns.map(|column| plain(&column.head)).collect::<Vec<_>>()
    };
    made.matrix = Matrix::new(&rows, &made.protocol);
    assert_eq!(heads(&made), ["surgery", "anatomy", "Mean"]);
    let again: Vec<comparison::Row> = rows.iter().filter(|row| row.task == "surgery").cloned().collect();
    let again = again.into_iter().map(|row| comparison::Row {
        benchmark: "exams".to_owned(),
        ..row
    });
    rows.extend(again);
    rows.sort_by(|one, other| (&one.benchmark, &one.task).cmp(&(&other.benchmark, &other.task)));
    made.matrix = Matrix::new(&rows, &made.protocol);
    assert_eq!(heads(&made), ["cases: surgery", "anatomy", "exams: surgery", "Mean"]);
}

#[test]
fn columns_stand_in_groups() {
    let made = Made::new();
    let grouped = |columns| {
        made.layout(&View {
            columns,
            ..own(By::Name, false)
        })
    };
    let by_task = grouped(ColumnGroups::Task);
    assert_eq!(titles(&by_task), ["anatomy", "surgery", "Mean of tasks"]);
    let heads: Vec<&str> = by_task.columns().map(|column| column.head.as_str()).collect();
    assert_eq!(heads[..3], ["English", "Arabic", "Yoruba"]);
    assert_eq!((heads.len(), by_task.cell_columns().count()), (9, 6));
    assert_eq!((by_task.sections[0].n, by_task.sections[1].n), (Some(40), Some(20)));
    let by_language = grouped(ColumnGroups::Language);
    assert_eq!(titles(&by_language), ["English", "Arabic", "Yoruba"]);
    assert_eq!(by_language.sections[0].columns.len(), 3, "two tasks and their mean");
    assert_eq!(by_language.sections[0].n, None, "tasks of 40 and of 20 items");
    let by_resources = grouped(ColumnGroups::Resources);
    assert_eq!(
        titles(&by_resources),
        [
            "anatomy, high-resource",
            "surgery, high-resource",
            "anatomy, low-resource",
            "surgery, low-resource",
            "Mean of tasks"
        ]
    );
}

#[test]
fn nothing_right_failed_and_not_run_are_three_things() {
    let made = Made::new();
    let cell = |model, task, tag| made.matrix.cell(&key(model, task, tag));
    assert!(
        matches!(cell(ARABIC, "anatomy", "ar"), Cell::Measured(measure) if measure.accuracy == 0.0 && measure.n == 40)
    );
    assert_eq!(cell(FAILED, "surgery", "yo"), Cell::Failed { failed: 20 });
    assert_eq!(cell(ARABIC, "surgery", "en"), Cell::NotRun);
    let layout = made.layout(&View::default());
    let mean = |model| layout.mean(model, &Holds::Tasks(language("ar")));
    assert_eq!(mean(ARABIC), Some(Mean::Partial { there: 1, of: 2 }));
    assert_eq!(mean(FAILED), None);
}

#[test]
fn means_weigh_tasks_or_items_and_know_nothing_of_print() {
    let made = Made::new();
    let mean = |view: &View| match made.layout(view).mean(SMALL, &Holds::Tasks(language("en"))) {
        Some(Mean::Whole { average, n }) => (average, n),
        other => panic!("{other:?}"),
    };
    let (average, n) = mean(&View::default());
    assert!((average.value - (30.0 / 40.0 + 5.0 / 20.0) / 2.0).abs() < 1e-12);
    assert_eq!(n, 60);
    assert!(average.interval.low < average.value && average.value < average.interval.high);
    let of_items = View {
        weighing: Weighing::Micro,
        ..View::default()
    };
    assert!((mean(&of_items).0.value - 35.0 / 60.0).abs() < 1e-12);
    // Whether published figures show or not, no average has them.
    for (own_only, published_open) in [(false, true), (false, false), (true, false)] {
        let view = View {
            own_only,
            published_open,
            ..View::default()
        };
        assert_eq!(mean(&view), (average, n));
        let layout = made.layout(&view);
        let printed = layout.lines.iter().filter(|line| matches!(line, Line::Published(_)));
        assert_eq!(printed.count(), if published_open { 2 } else { 0 });
        let fold = layout
            .lines
            .iter()
            .any(|line| matches!(line, Line::Fold { models: 2, .. }));
        assert_eq!(fold, !own_only);
        assert_eq!(layout.mean("GPT-4", &Holds::Tasks(language("en"))), None);
    }
    // Who looks for a published model finds it at once.
    let found = made.layout(&View {
        search: "gpt".to_owned(),
        ..View::default()
    });
    assert_eq!(names(&found), ["GPT-4"]);
}

#[test]
fn a_step_goes_over_means_and_headings_and_stops_at_the_edge() {
    let made = Made::new();
    let layout = made.layout(&View {
        rows: RowGroups::Family,
        ..own(By::Name, false)
    });
    let step = |from: CellKey, by| layout.step(&from, by, |key| made.matrix.holds(key));
    assert_eq!(step(key(FAILED, "anatomy", "yo"), (1, 0)), key(FAILED, "surgery", "en"));
    assert_eq!(step(key(FAILED, "surgery", "yo"), (1, 0)), key(FAILED, "surgery", "yo"));
    assert_eq!(step(key(FAILED, "anatomy", "en"), (0, 1)), key(SMALL, "anatomy", "en"));
    assert_eq!(step(key(SMALL, "anatomy", "en"), (5, 9)), key(ARABIC, "surgery", "yo"));
}

#[test]
fn deltas_are_paired_differences_to_the_baseline() {
    let made = Made::new();
    let deltas = made.deltas(Weighing::Macro);
    let cell = |model, task, tag| deltas.cells.get(&key(model, task, tag));
    let large = cell(LARGE, "anatomy", "en").unwrap();
    assert!((large.difference() - 10.0 / 40.0).abs() < 1e-12);
    assert_eq!((large.pairs.only_first, large.pairs.only_second), (10, 0));
    let arabic = cell(ARABIC, "anatomy", "ar").unwrap();
    assert!((arabic.difference() + 20.0 / 40.0).abs() < 1e-12);
    assert_eq!(arabic.verdict(), Verdict::Second);
    for (model, task, tag) in [
        (SMALL, "anatomy", "en"),
        (FAILED, "anatomy", "en"),
        (ARABIC, "surgery", "en"),
    ] {
        assert_eq!(cell(model, task, tag), None, "{model}");
    }
    // Six cells of one model, three of the other, all adjusted together.
    assert_eq!(deltas.cells.len(), 9);
    assert!(
        deltas
            .cells
            .values()
            .all(|cell| cell.family == 9 && cell.adjusted >= cell.p_value)
    );
    let mean = |deltas: &Deltas, model: &str| {
        let found = deltas.tasks.get(&(model.to_owned(), language("en")));
        found.map(|estimate| estimate.value)
    };
    let of_tasks = (10.0 / 40.0 + 10.0 / 20.0) / 2.0;
    assert!((mean(&deltas, LARGE).unwrap() - of_tasks).abs() < 1e-12);
    assert_eq!(mean(&deltas, ARABIC), None, "it lacks a task");
    let of_items = mean(&made.deltas(Weighing::Micro), LARGE).unwrap();
    assert!((of_items - 20.0 / 60.0).abs() < 1e-12);
}

#[test]
fn cancelled_deltas_and_those_to_nobody_are_none() {
    let made = Made::new();
    let stopped = Steps::default();
    stopped.cancel.cancel();
    let baseline = made.baseline(SMALL, Weighing::Macro);
    let found = Deltas::new(&made.ledger, &made.selection, &baseline, &stopped);
    assert_eq!(found, Deltas::default());
    let nobody = made.baseline("nobody", Weighing::Macro);
    let found = Deltas::new(&made.ledger, &made.selection, &nobody, &Steps::default());
    assert_eq!(found, Deltas::default());
}

#[test]
fn cells_that_cannot_be_compared_say_why() {
    use paired::Incomparable::{Same, SeveralThings, Tasks};
    let made = Made::new();
    let small = key(SMALL, "anatomy", "en");
    for (other, expected) in [
        (key(LARGE, "anatomy", "en"), None),
        (key(SMALL, "anatomy", "yo"), None),
        (small.clone(), Some(Incomparable::Items(Same))),
        (key(LARGE, "surgery", "en"), Some(Incomparable::Items(Tasks))),
        (key(LARGE, "anatomy", "ar"), Some(Incomparable::Items(SeveralThings))),
        (key(FAILED, "anatomy", "en"), Some(Incomparable::Empty)),
        (key("GPT-4", "anatomy", "en"), Some(Incomparable::Published)),
    ] {
        assert_eq!(obstacle(&made.matrix, &small, &other), expected, "{other:?}");
    }
}

#[test]
fn a_finding_tells_who_is_better_by_how_much_or_that_they_are_too_few() {
    let made = Made::new();
    let sentence = |first, second| {
        let pair = made.pair(first, second);
        let found = pair.compare(&made.ledger, &made.selection, &Cancel::default());
        found.map(|found| (plain(&found.sentence()), found.family))
    };
    let (words, family) = sentence(key(LARGE, "anatomy", "en"), key(SMALL, "anatomy", "en")).unwrap();
    assert!(
        words.starts_with("Qwen2.5-12B is better than Qwen2.5-3B on English anatomy by 25.0 points, 95% interval "),
        "{words}"
    );
    assert!(words.contains(", 40 items."), "{words}");
    // Three models make three pairs; whose answers all failed makes none.
    assert_eq!(family, 3);
    let (words, family) = sentence(key(LARGE, "anatomy", "ar"), key(LARGE, "anatomy", "en")).unwrap();
    assert!(words.starts_with("Too few to tell. "), "{words}");
    assert!(words.contains("2.5 points apart"), "{words}");
    assert_eq!(family, 3, "three models have the gap");
    let (words, _) = sentence(key(SMALL, "anatomy", "yo"), key(SMALL, "anatomy", "en")).unwrap();
    assert!(
        words.starts_with("Qwen2.5-3B is 25.0 points lower in Yoruba than in English on anatomy"),
        "{words}"
    );
    let missing = sentence(key(ARABIC, "surgery", "en"), key(SMALL, "surgery", "en"));
    assert_eq!(missing, Err(Incomparable::Items(paired::Incomparable::NothingShared)));
}

#[test]
fn the_items_of_a_finding_are_either_or_one_side() {
    let made = Made::new();
    let models = made.pair(key(LARGE, "anatomy", "ar"), key(SMALL, "anatomy", "ar"));
    let last = |pair: &Pair, way| pair.apart(way).conditions().last().unwrap().clone();
    let place = models.apart(Way::Either);
    assert_eq!(
        place.conditions()[..3],
        [
            Condition::Benchmark(["exams".to_owned()].into()),
            Condition::Task(["anatomy".to_owned()].into()),
            Condition::Language([language("ar")].into()),
        ]
    );
    assert!(matches!(last(&models, Way::Either), Condition::OneOfModels { .. }));
    let second = Condition::Models {
        right: SMALL.to_owned(),
        wrong: LARGE.to_owned(),
    };
    assert_eq!(last(&models, Way::SecondRight), second);
    let gap = made.pair(key(SMALL, "anatomy", "yo"), key(SMALL, "anatomy", "en"));
    let lost = Condition::Languages {
        right: language("en"),
        wrong: language("yo"),
        of: Who::Model(SMALL.to_owned()),
    };
    assert_eq!(last(&gap, Way::SecondRight), lost);
    assert_eq!(last(&gap, Way::Either).ways().unwrap()[2], lost);
}
