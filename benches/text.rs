//! What text costs: a paragraph, and a list of 100,000 rows, with egui's own layout beside ours.
//!
//! `cargo bench --bench text`. Tessellation is not in these figures.
#![expect(clippy::print_stdout, reason = "the memory taken is printed")]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use egui::{Color32, Context, FontId, RawInput, Rect, ScrollArea, Ui, pos2, vec2};
use polyclinic::language::Language;
use polyclinic::text::controls::Controls;
use polyclinic::text::{self, Fallback, Frame, TextStyle, Weight};
use polyclinic::ui::text::Label;

const ROWS: usize = 100_000;

fn style(tag: &str) -> TextStyle {
    TextStyle {
        size: 16.0,
        line_height: 26.0,
        weight: Weight::Regular,
        language: tag.parse::<Language>().ok(),
        controls: Controls::Obeyed,
        pitch: Default::default(),
    }
}

fn context() -> Context {
    let context = Context::default();
    text::install(&context, Fallback::None);
    // The fonts are there from the second pass on.
    for _ in 0..2 {
        show(&context, |_| {});
    }
    context
}

/// One frame of a window.
fn show(context: &Context, contents: impl FnMut(&mut Ui)) {
    let input = RawInput {
        screen_rect: Some(Rect::from_min_size(pos2(0.0, 0.0), vec2(1000.0, 800.0))),
        ..RawInput::default()
    };
    context.run_ui(input, contents).drop_without_applying_deltas();
}

/// 600 characters, another text for every `number`.
fn arabic(number: usize) -> String {
    let sentence = "مريض عمره ٥٤ سنة يشكو من ألم في الصدر منذ ثلاث ساعات، ما العلاج الأول؟ ";
    let text = format!("{number} {}", sentence.repeat(10));
    text.chars().take(600).collect()
}

fn paragraph(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("600 Arabic characters");
    let context = context();
    let (style, frame) = (style("ar"), Frame::wrapped(600.0));
    let mut number = 0;
    group.bench_function("uncached", |bencher| {
        bencher.iter(|| {
            number += 1;
            let text = arabic(number);
            if number % 500 == 0 {
                show(&context, |_| {});
            }
            black_box(text::lay_out(&context, &text, &style, &frame))
        });
    });
    let text = arabic(0);
    group.bench_function("cached", |bencher| {
        bencher.iter(|| black_box(text::lay_out(&context, &text, &style, &frame)));
    });
    // In the order of writing and not of reading, but as much text.
    group.bench_function("egui's own layout, uncached", |bencher| {
        bencher.iter(|| {
            number += 1;
            let text = arabic(number);
            if number % 500 == 0 {
                show(&context, |_| {});
            }
            context.fonts_mut(|fonts| black_box(fonts.layout(text, FontId::proportional(16.0), Color32::WHITE, 600.0)))
        });
    });
    group.finish();
}

/// Rows in five scripts, each its own text.
fn rows() -> Vec<(String, TextStyle)> {
    let samples = [
        ("ar", "مريض عمره ٥٤ سنة يشكو من ألم في الصدر (BP 150/95)"),
        ("zh", "名54岁男性突发胸痛“压榨样”，首选哪种药物？"),
        ("en", "A 54-year-old man has chest pain (8/10) for 3 hours"),
        ("hi", "54 वर्षीय पुरुष को सीने में दर्द है।"),
        ("yo", "Ọkùnrin ẹni ọdún 54 kan ní ìrora àyà"),
    ];
    let styles = samples.map(|(tag, _)| style(tag));
    (0..ROWS)
        .map(|row| {
            let (_, sample) = samples[row % samples.len()];
            (format!("{row} {sample}"), styles[row % samples.len()].clone())
        })
        .collect()
}

/// A frame of a list scrolled to `offset`.
fn list(context: &Context, rows: &[(String, TextStyle)], offset: f32, label: impl Fn(&mut Ui, &str, &TextStyle)) {
    show(context, |ui| {
        ScrollArea::vertical()
            .auto_shrink(false)
            .vertical_scroll_offset(offset)
            .show_rows(ui, 26.0, rows.len(), |ui, range| {
                for (text, style) in rows.get(range).unwrap_or_default() {
                    label(ui, text, style);
                }
            });
    });
}

fn ours(ui: &mut Ui, text: &str, style: &TextStyle) {
    ui.add(Label::new(text, style).max_lines(1));
}

#[expect(clippy::disallowed_types, reason = "what ours is measured beside")]
fn eguis(ui: &mut Ui, text: &str, _: &TextStyle) {
    ui.add(egui::Label::new(text).truncate());
}

fn virtual_list(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("a list of 100,000 rows, a frame");
    let rows = rows();
    let context = context();
    let height = 26.0 + context.global_style().spacing.item_spacing.y;
    let whole = height * ROWS as f32;
    let mut offset = 0.0;
    // Three rows a frame, as a turn of the wheel does.
    let mut further = || {
        offset = (offset + 3.0 * height) % (whole - 800.0);
        offset
    };
    group.bench_function("standing", |bencher| {
        bencher.iter(|| list(&context, &rows, 5000.0, ours))
    });
    group.bench_function("scrolling", |bencher| {
        bencher.iter(|| list(&context, &rows, further(), ours))
    });
    group.bench_function("egui's own labels, standing", |bencher| {
        bencher.iter(|| list(&context, &rows, 5000.0, eguis));
    });
    group.bench_function("egui's own labels, scrolling", |bencher| {
        bencher.iter(|| list(&context, &rows, further(), eguis));
    });
    group.finish();
}

/// What is kept of a list while someone scrolls through all of it.
fn memory(_: &mut Criterion) {
    let (context, rows) = (context(), rows());
    list(&context, &rows, 0.0, ours);
    let whole = (26.0 + context.global_style().spacing.item_spacing.y) * ROWS as f32;
    let before = resident();
    let mut at = 0.0;
    while at < whole {
        list(&context, &rows, at, ours);
        at += 700.0;
    }
    println!(
        "resident: {} MiB, after scrolling through all rows {} MiB",
        before,
        resident()
    );
}

/// Memory of this process, in mebibytes; 0 where the system does not say.
fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kibibytes = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<usize>().ok());
    kibibytes.unwrap_or(0) / 1024
}

// Memory first: what the others took is not given back to the system.
criterion_group!(benches, memory, paragraph, virtual_list);
criterion_main!(benches);
