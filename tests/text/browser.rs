//! Our half of the comparison with a browser: `compare_with_browser.py` runs it and holds the other.
//!
//! Reads texts and widths as JSON lines, and writes for each paragraph what the browser's page needs
//! (its clusters, and the stretches set in another size) and where our layout puts every cluster.

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};

use polyclinic::text::layout::PlacedGlyph;
use polyclinic::text::{Frame, TextLayout};
use serde_json::{Value, json};

use super::{engine, style};

/// One line of the input.
#[derive(serde::Deserialize)]
struct Item {
    id: String,
    language: String,
    text: String,
}

#[test]
#[ignore = "run by compare_with_browser.py, which names its files"]
fn lays_out_for_the_browser() {
    let name = |variable: &str| std::env::var(variable).unwrap();
    let widths: Vec<f32> = name("POLYCLINIC_WIDTHS")
        .split(',')
        .map(|width| width.parse().unwrap())
        .collect();
    let items = BufReader::new(File::open(name("POLYCLINIC_TEXTS")).unwrap());
    let mut output = BufWriter::new(File::create(name("POLYCLINIC_LAYOUTS")).unwrap());
    let mut engine = engine();
    for line in items.lines() {
        let item: Item = serde_json::from_str(&line.unwrap()).unwrap();
        let style = style(Some(&item.language));
        for paragraph in item.text.lines().filter(|paragraph| !paragraph.trim().is_empty()) {
            let layouts: Vec<TextLayout> = widths
                .iter()
                .map(|width| engine.lay_out(paragraph, &style, &Frame::wrapped(*width), 1.0))
                .collect();
            let units = Units::of(paragraph);
            let record = json!({
                "id": item.id,
                "language": item.language,
                "text": paragraph,
                "clusters": clusters(&layouts[0], &units),
                "sizes": sizes(&layouts[0], &units, style.size),
                "layouts": layouts.iter().map(|layout| lines(layout, &units)).collect::<Vec<_>>(),
            });
            writeln!(output, "{record}").unwrap();
        }
    }
}

/// From bytes to the UTF-16 units that a browser counts in.
struct Units(Vec<usize>);

impl Units {
    fn of(text: &str) -> Self {
        let mut units = Vec::with_capacity(text.len() + 1);
        let mut count = 0;
        for character in text.chars() {
            units.extend(std::iter::repeat_n(count, character.len_utf8()));
            count += character.len_utf16();
        }
        units.push(count);
        Self(units)
    }

    fn at(&self, byte: usize) -> usize {
        self.0[byte]
    }
}

/// Starts and ends of all clusters in logical order, one after the other.
fn clusters(layout: &TextLayout, units: &Units) -> Vec<usize> {
    let mut ranges: Vec<_> = layout
        .lines
        .iter()
        .flat_map(|line| &line.clusters)
        .map(|cluster| cluster.text.clone())
        .collect();
    ranges.sort_by_key(|range| range.start);
    ranges
        .into_iter()
        .flat_map(|range| [units.at(range.start), units.at(range.end)])
        .collect()
}

/// The stretches in another size than the text's own: start, end and pixels per em.
///
/// A layout tells the size of glyphs: a cluster has that of the glyph nearest to its left edge, and
/// what stands between two clusters of one size has it too.
fn sizes(layout: &TextLayout, units: &Units, own: f32) -> Vec<Value> {
    let mut sized: Vec<(usize, usize, f32)> = Vec::new();
    for line in &layout.lines {
        for cluster in line.clusters.iter().filter(|cluster| cluster.left < cluster.right) {
            let within = |glyph: &&PlacedGlyph| glyph.x < cluster.right && glyph.x > cluster.left - 0.5;
            let distance = |glyph: &&PlacedGlyph| (glyph.x - cluster.left).abs();
            let nearest = line
                .glyphs
                .iter()
                .filter(within)
                .min_by(|one, other| distance(one).total_cmp(&distance(other)));
            if let Some(glyph) = nearest {
                sized.push((cluster.text.start, cluster.text.end, glyph.size));
            }
        }
    }
    sized.sort_by_key(|(start, _, _)| *start);
    sized
        .chunk_by(|before, after| before.2 == after.2)
        .filter(|stretch| stretch[0].2 != own)
        .map(|stretch| {
            let (start, end) = (stretch[0].0, stretch[stretch.len() - 1].1);
            json!([units.at(start), units.at(end), stretch[0].2])
        })
        .collect()
}

/// Every line: where its text starts and ends, and of each cluster the start, left and right.
fn lines(layout: &TextLayout, units: &Units) -> Vec<Value> {
    let line = |line: &polyclinic::text::layout::Line| {
        let clusters: Vec<Value> = line
            .clusters
            .iter()
            .map(|cluster| json!([units.at(cluster.text.start), cluster.left, cluster.right]))
            .collect();
        json!({"start": units.at(line.text.start), "end": units.at(line.text.end), "clusters": clusters})
    };
    layout.lines.iter().map(line).collect()
}
