//! Text as screen readers walk through it: runs of one direction with the place of every character.
//!
//! A line is told in reading order, in a run for each change of direction.

use std::ops::Range;

use egui::accesskit::{self, NodeId, Role, TextDirection, TextPosition, TextSelection};
use egui::{Id, Pos2, Rect, Response, Sense, Ui, UiBuilder, vec2};

use crate::language::{Direction, Language};
use crate::text::layout::Cluster;
use crate::text::{TextLayout, isolate};
use crate::ui::spoken;

/// AccessKit counts the starts of words, and the bytes of a character, in one octet each.
const LONGEST: usize = 255;

/// Characters of one line that follow each other in one direction.
struct Run {
    id: Id,
    line: usize,
    direction: Direction,
    characters: Vec<Character>,
}

/// A character's place, in physical pixels from the left of the layout.
struct Character {
    text: Range<usize>,
    left: f32,
    right: f32,
    starts_word: bool,
}

/// Tells of the characters of `layout`, drawn at `origin` by the widget of `response`, and of its selection
/// from one position to another.
pub fn tell_runs(
    ui: &mut Ui,
    response: &Response,
    layout: &TextLayout,
    origin: Pos2,
    language: Option<&Language>,
    selection: Option<(usize, usize)>,
) {
    // Mostly nobody listens.
    if ui.ctx().accesskit_node_builder(response.id, |_| ()).is_none() {
        return;
    }
    let runs = runs(response.id, layout);
    if let Some((anchor, focus)) = selection
        && let (Some(anchor), Some(focus)) = (place_in(&runs, anchor), place_in(&runs, focus))
    {
        ui.ctx().accesskit_node_builder(response.id, |node| {
            node.set_text_selection(TextSelection { anchor, focus });
        });
    }
    let builder = UiBuilder::new()
        .id_salt((response.id, "runs"))
        .max_rect(response.rect)
        .accessibility_parent(response.id);
    let parent = ui.new_child(builder);
    for (index, run) in runs.iter().enumerate() {
        let on_line = |index: Option<usize>| {
            let other = index.and_then(|index| runs.get(index))?;
            (other.line == run.line).then(|| other.id.accesskit_id())
        };
        let neighbours = [on_line(index.checked_sub(1)), on_line(index.checked_add(1))];
        tell_run(&parent, layout, origin, language, run, neighbours);
    }
}

fn tell_run(
    parent: &Ui,
    layout: &TextLayout,
    origin: Pos2,
    language: Option<&Language>,
    run: &Run,
    [previous, next]: [Option<NodeId>; 2],
) {
    let Some(line) = layout.lines.get(run.line) else { return };
    let left = run.characters.iter().map(|it| it.left).reduce(f32::min);
    let right = run.characters.iter().map(|it| it.right).reduce(f32::max);
    let (left, right) = (left.unwrap_or(line.left), right.unwrap_or(line.left));
    let at = |x: f32, y: f32| origin + vec2(x, y) / layout.scale;
    let rect = Rect::from_min_max(at(left, line.top), at(right, line.top + line.height));
    // Only a widget gets a parent in the tree.
    parent.interact(rect, run.id, Sense::empty());
    parent.ctx().accesskit_node_builder(run.id, |node| {
        node.set_role(Role::TextRun);
        node.set_bounds(accesskit::Rect {
            x0: rect.min.x.into(),
            y0: rect.min.y.into(),
            x1: rect.max.x.into(),
            y1: rect.max.y.into(),
        });
        node.set_text_direction(match run.direction {
            Direction::LeftToRight => TextDirection::LeftToRight,
            Direction::RightToLeft => TextDirection::RightToLeft,
        });
        let texts = run.characters.iter().filter_map(|it| layout.text.get(it.text.clone()));
        let text: String = texts.collect();
        let tag = match language {
            Some(language) => Some(language.tag().to_owned()),
            None => spoken::undetermined(&text),
        };
        if let Some(tag) = tag {
            node.set_language(tag);
        }
        node.set_value(text);
        let lengths = run
            .characters
            .iter()
            .map(|it| u8::try_from(it.text.len()).unwrap_or(u8::MAX));
        node.set_character_lengths(lengths.collect::<Vec<_>>());
        let positions = run.characters.iter().map(|it| match run.direction {
            Direction::LeftToRight => (it.left - left) / layout.scale,
            Direction::RightToLeft => (right - it.right) / layout.scale,
        });
        node.set_character_positions(positions.collect::<Vec<_>>());
        let widths = run.characters.iter().map(|it| (it.right - it.left) / layout.scale);
        node.set_character_widths(widths.collect::<Vec<_>>());
        let starts = run.characters.iter().enumerate().filter(|(_, it)| it.starts_word);
        node.set_word_starts(
            starts
                .filter_map(|(index, _)| u8::try_from(index).ok())
                .collect::<Vec<_>>(),
        );
        if let Some(previous) = previous {
            node.set_previous_on_line(previous);
        }
        if let Some(next) = next {
            node.set_next_on_line(next);
        }
    });
}

/// The position that assistive technology means by a place in the runs of a widget.
pub fn position(widget: Id, layout: &TextLayout, place: &TextPosition) -> Option<usize> {
    let runs = runs(widget, layout);
    let run = runs.iter().find(|run| run.id.accesskit_id() == place.node)?;
    match run.characters.get(place.character_index) {
        Some(character) => Some(character.text.start),
        None => run
            .characters
            .last()
            .map(|last| last.text.end)
            .or(layout.lines.get(run.line).map(|it| it.text.start)),
    }
}

/// Where in the runs a position is.
fn place_in(runs: &[Run], position: usize) -> Option<TextPosition> {
    let ends = |run: &&Run| run.characters.last().is_some_and(|last| position < last.text.end);
    let run = runs.iter().find(ends).or(runs.last())?;
    let before = run.characters.iter().take_while(|it| it.text.end <= position).count();
    Some(TextPosition {
        node: run.id.accesskit_id(),
        character_index: before,
    })
}

/// The runs of a text in reading order; an empty line has an empty one.
fn runs(widget: Id, layout: &TextLayout) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    // Marks that isolate names are for the eye.
    let marks = isolate::marks(&layout.text);
    for (index, line) in layout.lines.iter().enumerate() {
        let mut clusters: Vec<_> = line
            .clusters
            .iter()
            .filter(|cluster| !cluster.text.is_empty() && !marks.contains(&cluster.text.start))
            .collect();
        clusters.sort_unstable_by_key(|cluster| cluster.text.start);
        let id = |count: usize| widget.with((index, count));
        let characters = clusters
            .into_iter()
            .flat_map(|cluster| characters(&layout.text, cluster).map(move |character| (cluster, character)));
        let mut count = 0;
        let mut open = Run {
            id: id(0),
            line: index,
            direction: line.direction,
            characters: Vec::new(),
        };
        for (cluster, character) in characters {
            let turns = cluster.direction != open.direction && !open.characters.is_empty();
            if turns || open.characters.len() == LONGEST {
                count += 1;
                let next = Run {
                    id: id(count),
                    line: index,
                    direction: cluster.direction,
                    characters: Vec::new(),
                };
                runs.push(std::mem::replace(&mut open, next));
            }
            open.direction = cluster.direction;
            open.characters.push(character);
        }
        // A line break is a character at the end of its line.
        if let Some(next) = layout.lines.get(index + 1)
            && next.text.start > line.text.end
            && open.characters.len() < LONGEST
        {
            let end = open.characters.last().map_or(line.left, |last| match open.direction {
                Direction::LeftToRight => last.right,
                Direction::RightToLeft => last.left,
            });
            open.characters.push(Character {
                text: line.text.end..next.text.start,
                left: end,
                right: end,
                starts_word: false,
            });
        }
        runs.push(open);
    }
    runs
}

/// A cluster as one character; in parts where it has more marks than AccessKit can count.
fn characters(text: &str, cluster: &Cluster) -> impl Iterator<Item = Character> {
    let end = match cluster.direction {
        Direction::LeftToRight => cluster.right,
        Direction::RightToLeft => cluster.left,
    };
    let mut parts = Vec::new();
    let mut start = cluster.text.start;
    while start < cluster.text.end {
        let part = start..text.floor_char_boundary((start + LONGEST).min(cluster.text.end));
        let first = start == cluster.text.start;
        start = part.end;
        parts.push(Character {
            text: part,
            left: if first { cluster.left } else { end },
            right: if first { cluster.right } else { end },
            starts_word: first && cluster.starts_word,
        });
    }
    parts.into_iter()
}
