//! Every plot, with names that are long, Arabic, one or many, as SVG and as PNG. With `POLYCLINIC_FIGURES` set to a
//! folder they are written there, to be looked at.

use super::bars::{Bar, Bars, Group, Height, Panel};
use super::calibration::{Bin, Curve, Diagram, Reliability};
use super::caption::{Basis, Caption};
use super::colour::{CATEGORIES, Colour, Look, SERIES, Theme, looks};
use super::dots::{Dot, DotRow, Dots};
use super::gap::{Gap, GapRow, Paired};
use super::label::{Label, outlined};
use super::print::Column;
use super::scatter::{Accuracy, Across, Scatter, Spot};
use super::scene::{Mark, Scene, Shape};
use super::target::Target;
use super::{Chart, Kind, Measured, Room, png, svg};
use crate::language::Language;
use crate::runs::columns::Value;
use crate::slices::Slice;
use crate::text::Fallback;
use crate::text::outline::Outliner;

fn language(tag: &str) -> Language {
    tag.parse().unwrap()
}

fn languages() -> [Language; 2] {
    [language("en"), language("ar")]
}

fn models(count: usize) -> Vec<String> {
    let known = [
        "Qwen2.5-7B-Instruct-Q4_K_M",
        "بيميديكس ٧ مليار",
        "gemma-3-270m",
        "Llama-3.1-70B-Instruct",
    ];
    (0..count)
        .map(|place| match known.get(place) {
            Some(name) => (*name).to_owned(),
            None => format!("Some-Model-{place}B-Instruct"),
        })
        .collect()
}

fn measured(value: f64) -> Measured {
    Measured {
        value,
        low: (value - 0.04).max(0.0),
        high: (value + 0.04).min(1.0),
        n: 1273,
    }
}

fn target(model: &str, tag: &str) -> Target {
    Target {
        model: model.to_owned(),
        benchmark: "m42".to_owned(),
        task: "MedQA".to_owned(),
        language: Some(language(tag)),
        ..Target::default()
    }
}

fn series() -> Vec<(Look, String)> {
    let named = |(language, look): (Language, Look)| (look, language.english_name().to_owned());
    looks(&languages()).into_iter().map(named).collect()
}

/// A number that differs from place to place.
fn spread(place: usize) -> f64 {
    0.25 + 0.6 * ((place * 37 % 100) as f64 / 100.0)
}

fn gap(count: usize) -> Gap {
    let own = models(count).into_iter().enumerate().map(|(place, model)| {
        let (reference, other) = (spread(place), spread(place) - 0.05 * (place % 5) as f64);
        GapRow {
            target: Some(target(&model, "ar")),
            published: (place == 1).then_some((0.5, 0.4)),
            source: String::new(),
            model,
            language: language("ar"),
            reference,
            other,
            difference: other - reference,
            paired: Some(Paired {
                interval: Some((other - reference - 0.04, other - reference + 0.04)),
                n: 1255,
                too_few: place % 5 == 0,
                stands: place % 5 > 1,
                sentence: if place % 5 == 0 {
                    "Too few to tell.".to_owned()
                } else {
                    "Lower.".to_owned()
                },
                stands_on: "score interval, exact McNemar test".to_owned(),
            }),
        }
    });
    let published = GapRow {
        model: "Med42-Llama3.1-70B".to_owned(),
        language: language("ar"),
        reference: 0.868,
        other: 0.677,
        difference: -0.191,
        paired: None,
        published: None,
        source: "A paper, table 1".to_owned(),
        target: None,
    };
    Gap {
        task: "MMLU medical".to_owned(),
        reference: Some(language("en")),
        rows: own.chain((count > 0).then_some(published)).collect(),
    }
}

fn bars(count: usize) -> Bars {
    let group = |(place, model): (usize, String)| Group {
        name: model.clone(),
        language: None,
        bars: ["en", "ar"]
            .into_iter()
            .enumerate()
            .map(|(series, tag)| Bar {
                series,
                height: match (place, series) {
                    (2, 0) => Height::Failed(3),
                    (3, 1) => Height::NotRun,
                    _ => Height::Measured(measured(spread(place + series))),
                },
                published: (place == 0).then_some(0.61),
                target: target(&model, tag),
            })
            .collect(),
    };
    let panel = |title: &str| Panel {
        title: title.to_owned(),
        groups: models(count).into_iter().enumerate().map(group).collect(),
    };
    Bars {
        note: "percent right, 95% interval".to_owned(),
        series: series(),
        panels: ["PubMedQA", "MedQA", "الطب الباطني"].map(panel).to_vec(),
        chance: Some(0.25),
        left_out: Vec::new(),
    }
}

fn scatter(count: usize) -> Scatter {
    let spots = models(count).into_iter().enumerate().flat_map(|(place, model)| {
        ["en", "ar"].into_iter().enumerate().map(move |(series, tag)| Spot {
            series,
            model: model.clone(),
            language: language(tag),
            label: model.clone(),
            title: format!("{model}, {tag}"),
            cost: 2.7e8 * (1 << (place % 9)) as f64,
            accuracy: Accuracy::Measured(measured(spread(place) - 0.1 * series as f64)),
            tied: Some(place),
            target: Some(target(&model, tag)),
        })
    });
    Scatter {
        across: Across::Parameters,
        note: "MedQA, 1,273 items".to_owned(),
        series: series(),
        points: spots.collect(),
    }
}

fn reliability(count: usize) -> Reliability {
    let bin = |place: usize, shift: f64| {
        let from = place as f64 / 10.0;
        Bin {
            from,
            to: from + 0.1,
            confidence: from + 0.06,
            accuracy: (from * 0.7 + shift).min(1.0),
            low: (from * 0.7 + shift - 0.05).max(0.0),
            high: (from * 0.7 + shift + 0.05).min(1.0),
            n: 20 + place * 17,
        }
    };
    let panel = |model: String| Diagram {
        curves: ["en", "ar"]
            .into_iter()
            .enumerate()
            .map(|(series, tag)| Curve {
                series,
                n: 1273,
                error: 0.083 + series as f64 * 0.1,
                bins: (2..10).map(|place| bin(place, 0.2 - 0.1 * series as f64)).collect(),
                target: target(&model, tag),
            })
            .collect(),
        model,
    };
    Reliability {
        note: "MedQA".to_owned(),
        series: series(),
        panels: models(count).into_iter().map(panel).collect(),
    }
}

fn subjects(count: usize) -> Dots {
    let names = ["Cardiology", "طب الأطفال وحديثي الولادة", "Internal medicine", "外科"];
    let row = |(place, name): (usize, &str)| DotRow {
        name: name.to_owned(),
        dots: (0..2)
            .map(|series| Dot {
                series,
                value: measured(spread(place * 3 + series)),
                title: name.to_owned(),
                more: String::new(),
                target: None,
            })
            .collect(),
        ..DotRow::default()
    };
    Dots {
        kind: Kind::Subjects,
        title: "Accuracy by subject".to_owned(),
        note: "MedQA".to_owned(),
        measure: "Percent right in each subject".to_owned(),
        beside: Vec::new(),
        heading: String::new(),
        series: series(),
        rows: names.into_iter().enumerate().take(count).map(row).collect(),
        table: vec![vec![("subject", Value::Text("x".to_owned()))]; count.min(4)],
    }
}

fn charts(count: usize) -> Vec<Box<dyn Chart>> {
    vec![
        Box::new(gap(count)),
        Box::new(bars(count)),
        Box::new(scatter(count)),
        Box::new(reliability(count)),
        Box::new(subjects(count)),
    ]
}

fn room(column: Column) -> Room {
    Room {
        width: column.scene_width(),
        height: 260.0,
    }
}

fn keep(name: &str, bytes: &[u8]) {
    if let Some(folder) = std::env::var_os("POLYCLINIC_FIGURES") {
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(std::path::Path::new(&folder).join(name), bytes).unwrap();
    }
}

fn themes() -> [(&'static str, Theme); 2] {
    let light = Theme {
        ground: [0xFF; 3],
        text: [0x15, 0x19, 0x1E],
        text_2: [0x46, 0x50, 0x5B],
        text_3: [0x5D, 0x67, 0x72],
        line: [0xDD, 0xE0, 0xE5],
        strong_line: [0xB4, 0xBB, 0xC4],
        neutral: [0x5F, 0x69, 0x75],
        right: [0x0B, 0x72, 0x68],
        wrong: [0xB5, 0x43, 0x1A],
        failed: [0xA3, 0x1D, 0x4E],
        categories: [[0x2B, 0x66, 0xB8], [0xB0, 0x7A, 0x00], [0x75, 0x05, 0x24]]
            .into_iter()
            .cycle()
            .take(CATEGORIES)
            .collect::<Vec<_>>()
            .try_into()
            .unwrap(),
        series: [[0x2F, 0x37, 0x40]; SERIES],
    };
    let dark = Theme {
        ground: [0x1C, 0x20, 0x25],
        text: [0xE9, 0xEC, 0xEF],
        text_2: [0xB7, 0xBF, 0xC8],
        line: [0x2D, 0x33, 0x3A],
        ..light
    };
    [("light", light), ("dark", dark)]
}

#[test]
fn every_plot_is_drawn_for_none_one_few_and_many_models() {
    let outliner = Outliner::new(Fallback::None);
    for count in [0, 1, 4, 20] {
        for chart in charts(count) {
            let column = if count > 4 { Column::Double } else { Column::Single };
            let scene = chart.scene(room(column), &outliner);
            assert!(
                scene.height < 4000.0 && scene.height > 0.0,
                "{:?} {}",
                chart.kind(),
                scene.height
            );
            let name = |theme: &str, ending: &str| format!("{}-{count}-{theme}.{ending}", chart.kind().word());
            for (theme, colours) in themes() {
                let picture = png::picture(&scene, &colours, &outliner, 150.0).unwrap();
                keep(&name(theme, "png"), &picture);
                keep(
                    &name(theme, "svg"),
                    svg::document(&scene, &colours, &outliner).as_bytes(),
                );
            }
            assert_eq!(chart.is_empty(), count == 0, "{:?}", chart.kind());
            assert_eq!(chart.table().rows.is_empty(), count == 0, "{:?}", chart.kind());
        }
    }
}

#[test]
fn a_caption_keeps_to_the_width_of_its_figure_and_shows_all_of_itself() {
    let outliner = Outliner::new(Fallback::None);
    let slice = Slice {
        name: "أسئلة لم يجب عنها أحد".parse().unwrap(),
        filter: ["subject = [\"طب الأطفال وحديثي الولادة\", \"Cardiology\"]"
            .parse()
            .unwrap()]
        .into_iter()
        .collect(),
        rest: toml::Table::new(),
    };
    let basis = Basis {
        protocol: "letters, 5 shots, seed 7, تعليمات بالعربية".to_owned(),
        slice: Some(slice),
        answered: 1273,
        left_out: 12,
        rekeyed: 3,
    };
    for column in Column::ALL {
        for chart in charts(4) {
            let mut scene = chart.scene(room(column), &outliner);
            let (bare, marks) = (scene.height, scene.marks.len());
            if chart.kind() == Kind::Gap {
                let last = scene
                    .regions
                    .iter()
                    .map(|region| region.area.bottom)
                    .fold(0.0, f32::max);
                assert!(
                    bare - last < 72.0,
                    "between the rows and the caption stand the axis and a key of three lines at most"
                );
            }
            let caption = Caption::new(&chart.title(), &chart.account(), &basis);
            caption.write_below(&mut scene, &outliner);
            let words: Vec<_> = scene
                .marks
                .iter()
                .skip(marks)
                .map(|mark| match mark {
                    Mark::Text { label, at, .. } => (label, *at),
                    other => panic!("{other:?} is no text"),
                })
                .collect();
            assert_eq!(words.len(), 2, "a title and the sentences below it");
            let mut bottom = bare;
            for (label, at) in words {
                let set = outlined(&outliner, label);
                assert!(
                    !label.words.contains('…') && set.width <= scene.width + 1.0,
                    "{}",
                    set.width
                );
                assert!(at.y - set.ascent >= bottom, "it stands below what is above it");
                bottom = at.y - set.ascent + set.height;
                let lowest = set.glyphs.iter().map(|glyph| at.y + glyph.y).fold(0.0, f32::max);
                assert!(
                    lowest < bottom && bottom <= scene.height,
                    "{lowest} {bottom} {}",
                    scene.height
                );
            }
            // As many letters as in one line: nothing is cut.
            let glyphs = |label: Label| outlined(&outliner, &label).glyphs.len();
            let small = Label::small(&caption.text);
            assert_eq!(
                glyphs(small.clone().breaking(scene.width)),
                glyphs(small),
                "{}",
                caption.text
            );
            assert!(scene.description.ends_with(&caption.text));
            for (theme, colours) in themes() {
                let name = format!("captioned-{}-{column:?}-{theme}.png", chart.kind().word());
                keep(&name, &png::picture(&scene, &colours, &outliner, 150.0).unwrap());
            }
        }
    }
}

#[test]
fn what_many_points_are_called_alike_is_written_once() {
    let outliner = Outliner::new(Fallback::None);
    let mut chart = scatter(20);
    for spot in &mut chart.points {
        spot.tied = None;
        spot.label = spot.language.english_name().to_owned();
    }
    let scene = chart.scene(room(Column::Double), &outliner);
    let written = |words: &str| {
        let mut labels = scene.marks.iter().filter_map(|mark| match mark {
            Mark::Text { label, .. } if label.size < 12.0 => Some(label.words.as_str()),
            _ => None,
        });
        labels.by_ref().filter(|label| *label == words).count()
    };
    assert_eq!([written("English"), written("Arabic")], [1, 1]);
}

#[test]
fn a_point_at_the_top_of_the_axis_has_its_name() {
    let outliner = Outliner::new(Fallback::None);
    let mut chart = scatter(1);
    for spot in &mut chart.points {
        spot.accuracy = Accuracy::Measured(measured(1.0));
    }
    let scene = chart.scene(room(Column::Single), &outliner);
    let is_name = |mark: &&Mark| matches!(mark, Mark::Text { label, .. } if label.words == models(1)[0]);
    assert_eq!(scene.marks.iter().filter(is_name).count(), 1);
}

#[test]
fn many_diagrams_of_calibration_use_all_of_the_width() {
    let outliner = Outliner::new(Fallback::None);
    let sides = |count: usize, width: f32, height: f32| {
        let scene = reliability(count).scene(Room { width, height }, &outliner);
        let names = scene.marks.iter().filter_map(|mark| match mark {
            Mark::Text { label, at, .. } if models(count).contains(&label.words) => Some(at.x),
            _ => None,
        });
        let mut lefts: Vec<i32> = names.map(|left| left.round() as i32).collect();
        lefts.sort_unstable();
        lefts.dedup();
        (lefts.len(), scene.height)
    };
    let (columns, height) = sides(19, 754.0, 6000.0);
    assert_eq!(columns, 2, "as large as they may be where all fit, {height}");
    let (columns, height) = sides(19, 754.0, 600.0);
    assert_eq!(columns, 3, "{height}");
    assert!(height < 7.0 * 340.0, "{height}");
    assert_eq!(sides(1, 754.0, 600.0).0, 1);
}

#[test]
fn the_axis_of_a_long_figure_is_named_above_its_rows_too() {
    let outliner = Outliner::new(Fallback::None);
    let ticks = |count: usize| {
        let scene = gap(count).scene(room(Column::Double), &outliner);
        let percent = |mark: &&Mark| matches!(mark, Mark::Text { label, .. } if label.words.ends_with('%') && !label.words.contains(' '));
        scene.marks.iter().filter(percent).count()
    };
    assert_eq!((ticks(4), ticks(40)), (1, 2));
}

#[test]
fn no_mark_and_no_region_leaves_the_figure() {
    let outliner = Outliner::new(Fallback::None);
    for count in [1, 4, 20] {
        for chart in charts(count) {
            let scene = chart.scene(room(Column::Single), &outliner);
            for region in &scene.regions {
                let area = region.area;
                let inside = area.left >= -4.0
                    && area.top >= -4.0
                    && area.right <= scene.width + 4.0
                    && area.bottom <= scene.height + 4.0;
                assert!(inside, "{:?} {count}: {area:?}", chart.kind());
                assert!(!region.title.is_empty() && !region.detail.is_empty());
            }
        }
    }
}

#[test]
fn no_words_leave_the_figure() {
    let outliner = Outliner::new(Fallback::None);
    let window = Room {
        width: 754.0,
        height: 600.0,
    };
    let rooms = [
        (1, room(Column::Single)),
        (4, room(Column::Single)),
        (20, room(Column::Double)),
        (19, window),
    ];
    for (count, room) in rooms {
        for chart in charts(count) {
            let scene = chart.scene(room, &outliner);
            for mark in &scene.marks {
                let Mark::Text {
                    label,
                    at,
                    anchor,
                    turned: false,
                } = mark
                else {
                    continue;
                };
                let width = outlined(&outliner, label).width;
                let left = at.x + svg::offset(*anchor, width);
                let inside = left >= -2.0 && left + width <= scene.width + 2.0;
                assert!(
                    inside,
                    "{:?} {count}: `{}` from {left}, {width} wide",
                    chart.kind(),
                    label.words
                );
            }
        }
    }
}

#[test]
fn an_svg_says_in_words_what_it_shows_and_needs_no_fonts() {
    let outliner = Outliner::new(Fallback::None);
    let scene = gap(4).scene(room(Column::Single), &outliner);
    let text = svg::document(&scene, &themes()[0].1, &outliner);
    assert!(text.contains("width=\"89mm\""), "{}", &text[..200]);
    for part in [
        "<title>Language gap",
        "<desc id=",
        "aria-label=",
        "role=\"graphics-symbol\"",
    ] {
        assert!(text.contains(part), "{part}");
    }
    // English, Arabic, and a published row: hollow and dashed.
    for part in ["#2b66b8", "#b07a00", "stroke-dasharray", "published"] {
        assert!(text.contains(part), "{part}");
    }
    assert!(!text.contains("<text") && !text.contains("font-family"));
    let regions = text.matches("graphics-symbol").count();
    assert_eq!(regions, 5, "one for each row");
    assert!(
        text.contains("بيميديكس ٧ مليار, Arabic"),
        "names are in the words as they are"
    );
}

#[test]
fn an_svg_in_a_page_names_its_colours() {
    let outliner = Outliner::new(Fallback::None);
    let scene = gap(2).scene(room(Column::Single), &outliner);
    let text = svg::element(&scene, "gap", &outliner);
    assert!(text.contains("var(--category-0)") && text.contains("var(--text-2)"));
    assert!(!text.contains("#2b66b8") && text.contains("href=\"#gap-0\""));
}

#[test]
fn a_picture_has_its_size_on_paper_its_title_and_its_colours() {
    let outliner = Outliner::new(Fallback::None);
    let mut scene = Scene::new(Column::Single.scene_width(), 100.0, "غ".to_owned(), String::new());
    let middle = super::scene::point(scene.width / 2.0, 50.0);
    scene.symbol(Shape::Square, middle, 20.0, Colour::Category(1), true);
    let bytes = png::picture(&scene, &themes()[0].1, &outliner, png::PRINT).unwrap();
    let mut reader = ::png::Decoder::new(std::io::Cursor::new(bytes)).read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let frame = reader.next_frame(&mut pixels).unwrap();
    // 89 mm at 300 dots in an inch.
    assert_eq!(frame.width, 1051);
    assert_eq!(reader.info().pixel_dims.unwrap().xppu, 11811);
    let at = |x: u32, y: u32| {
        let start = ((y * frame.width + x) * 3) as usize;
        &pixels[start..start + 3]
    };
    assert_eq!(at(frame.width / 2, frame.height / 2), [0xB0, 0x7A, 0x00]);
    assert_eq!(at(2, 2), [0xFF, 0xFF, 0xFF]);
    assert_eq!(at(frame.width - 1, frame.height - 1), [0xFF, 0xFF, 0xFF]);
}

#[test]
fn a_picture_that_is_too_large_says_so() {
    let outliner = Outliner::new(Fallback::None);
    let scene = Scene::new(400.0, 60_000.0, String::new(), String::new());
    let problem = png::picture(&scene, &themes()[0].1, &outliner, 300.0).unwrap_err();
    assert!(problem.to_string().contains("65,535"), "{problem}");
}

#[test]
fn the_gap_says_too_few_where_the_interval_holds_nothing() {
    let outliner = Outliner::new(Fallback::None);
    let scene = gap(4).scene(room(Column::Single), &outliner);
    assert!(scene.regions.iter().any(|region| {
        region
            .detail
            .ends_with("Too few to tell. Score interval, exact McNemar test.")
    }));
    let published = scene
        .regions
        .iter()
        .filter(|region| region.detail.contains("published: A paper"));
    assert_eq!(published.count(), 1);
    assert!(gap(4).note().contains("1,255 question pairs"));
    // Below stands what the weight and the mark of figures say, nothing of it outside.
    let texts = scene.marks.iter().filter_map(|mark| match mark {
        Mark::Text { label, .. } => Some(label.words.as_str()),
        _ => None,
    });
    let words = texts.collect::<Vec<_>>().join(" ");
    for part in ["Bold: told apart", "Regular: by itself only", "≈: not told apart"] {
        assert!(words.contains(part), "{words}");
    }
}
