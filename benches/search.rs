//! Search: folding, and looking through 100,000 items of 500 characters, beside the naive way.
//!
//! Run with `cargo bench --bench search`.

#![expect(clippy::unwrap_used, reason = "a benchmark may fail by panicking")]

use std::hint::black_box;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use polyclinic::benchmarks::demo;
use polyclinic::text::folding::{Folded, Query};

const ITEMS: usize = 100_000;
const CHARACTERS: usize = 500;

/// Questions of the demo in all its languages, one after the other until they are long enough.
fn items() -> Vec<String> {
    let benchmark = demo::benchmark().unwrap();
    let items = benchmark.items();
    (0..ITEMS)
        .map(|number| {
            let language = &items[number % items.len()].key.language;
            let own = items.iter().filter(|item| item.key.language == *language);
            let texts = own.cycle().skip(number % 48).map(|item| item.question.as_str());
            texts
                .flat_map(|text| text.chars().chain([' ']))
                .take(CHARACTERS)
                .collect()
        })
        .collect()
}

fn folding(criterion: &mut Criterion) {
    let items = items();
    let few = &items[..1000];
    let mut group = criterion.benchmark_group("fold an item of 500 characters");
    group.throughput(Throughput::Elements(few.len() as u64));
    group.bench_function("Folded::new", |bencher| {
        bencher.iter(|| few.iter().map(|item| Folded::new(black_box(item))).for_each(drop));
    });
    group.bench_function("naive: to_lowercase", |bencher| {
        bencher.iter(|| few.iter().map(|item| black_box(item).to_lowercase()).for_each(drop));
    });
    group.finish();
}

fn searching(criterion: &mut Criterion) {
    let items = items();
    let folded: Vec<Folded> = items.iter().map(|item| Folded::new(item)).collect();
    let lower: Vec<String> = items.iter().map(|item| item.to_lowercase()).collect();
    for typed in ["scurvy", "الدم", "血圧", "blood pressure", "e"] {
        let query = Query::new(typed);
        let mut group = criterion.benchmark_group(format!("search 100,000 items for {typed}"));
        group.throughput(Throughput::Elements(ITEMS as u64));
        group.sample_size(10);
        group.bench_function("Query::matches", |bencher| {
            bencher.iter(|| folded.iter().filter(|item| query.matches(black_box(item))).count());
        });
        group.bench_function("naive: contains, lower case kept", |bencher| {
            bencher.iter(|| lower.iter().filter(|item| black_box(item).contains(typed)).count());
        });
        group.bench_function("naive: to_lowercase().contains", |bencher| {
            bencher.iter(|| {
                let found = items
                    .iter()
                    .filter(|item| black_box(item).to_lowercase().contains(typed));
                found.count()
            });
        });
        group.finish();
    }
}

fn highlighting(criterion: &mut Criterion) {
    let items = items();
    let query = Query::new("الدم 500");
    let mut place = 0;
    criterion.bench_function("find the hits in one item of 500 characters", |bencher| {
        bencher.iter_batched(
            || {
                place = (place + 1) % items.len();
                &items[place]
            },
            |item| query.find(item),
            BatchSize::SmallInput,
        );
    });
}

criterion_group!(benches, folding, searching, highlighting);
criterion_main!(benches);
