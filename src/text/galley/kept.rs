//! The texts laid out before: what is shown again is not laid out again.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

use egui::ViewportId;
use egui::epaint::{Galley, Vertex};

use crate::text::layout::{Frame, TextLayout, TextStyle};
use crate::text::rich::{Piece, Styled};

/// What was laid out before.
#[derive(Default)]
pub struct Kept {
    pub entries: HashMap<u64, Entry>,
    /// What was forgotten and is still to be freed.
    forgotten: Vec<Entry>,
    /// A galley laid out by egui in every pass of a viewport. When it comes back as another one,
    /// the atlas was emptied and no galley made before may be painted.
    pub sentinels: HashMap<ViewportId, (u64, Arc<Galley>)>,
    /// How often that happened.
    pub generation: u64,
    /// Counts the passes of all viewports.
    pub pass: u64,
    /// Of all entries together, about.
    pub bytes: usize,
    /// What of it was shown at the last clearing: it is not looked through again in every pass, but once there is
    /// twice as much.
    needed: (usize, usize),
}

impl Kept {
    /// What is kept of a text: its layout, and its galley where that may be painted.
    pub fn find(&mut self, order: &Order<'_>) -> Option<(Arc<TextLayout>, Option<Arc<Galley>>)> {
        let entry = self.entries.get_mut(&order.key).filter(|entry| entry.is_of(order))?;
        entry.shown = self.pass;
        let galley = entry.galley.clone().filter(|_| entry.generation == order.generation);
        Some((Arc::clone(&entry.layout), galley))
    }

    /// Keeps a text, whose galley may be still to be made.
    pub fn insert(&mut self, order: &Order<'_>, layout: Arc<TextLayout>, galley: Option<Arc<Galley>>) {
        let entry = Entry {
            bytes: bytes_of(&layout, galley.as_deref()),
            layout,
            galley,
            pieces: order.styled.pieces.into(),
            style: order.style.clone(),
            frame: order.frame,
            generation: order.generation,
            shown: self.pass,
        };
        self.bytes += entry.bytes;
        if let Some(before) = self.entries.insert(order.key, entry) {
            self.bytes -= before.bytes;
        }
    }

    /// Forgets what no viewport showed lately, the longest not shown first, once there is too much.
    pub fn clear(&mut self) {
        let number = self.forgotten.len();
        self.forgotten
            .truncate(number.saturating_sub(FREED_AT_ONCE.max(number / 32)));
        let (entries, bytes) = self.needed;
        let (most, most_bytes) = (MOST_KEPT.max(2 * entries), MOST_BYTES.max(2 * bytes));
        if self.entries.len() <= most && self.bytes <= most_bytes {
            return;
        }
        // Viewports take turns, so the last pass of each is among the last few.
        let needed_since = self.pass.saturating_sub(self.sentinels.len() as u64) + 1;
        // What comes again and again, such as numbers, is kept though it is not in sight just now.
        let mut shown: Vec<(u64, usize)> = self.entries.values().map(|entry| (entry.shown, entry.bytes)).collect();
        shown.sort_unstable_by_key(|(pass, _)| Reverse(*pass));
        let (mut count, mut sum) = (0, 0);
        let over = shown.iter().find(|(_, bytes)| {
            count += 1;
            sum += bytes;
            count > most / 2 || sum > most_bytes / 2
        });
        let since = over.map_or(0, |(pass, _)| pass + 1).min(needed_since);
        let forgotten = self.entries.extract_if(|_, entry| entry.shown < since);
        self.forgotten.extend(forgotten.map(|(_, entry)| entry));
        self.bytes = self.entries.values().map(|entry| entry.bytes).sum();
        let needed = self.entries.values().filter(|entry| entry.shown >= needed_since);
        self.needed = needed.fold((0, 0), |(count, bytes), entry| (count + 1, bytes + entry.bytes));
    }
}

/// A text as it is asked for.
pub struct Order<'a> {
    pub styled: Styled<'a>,
    pub style: &'a TextStyle,
    pub frame: Frame,
    /// Pixels in a point.
    pub scale: f32,
    /// As [`Kept::generation`].
    pub generation: u64,
    key: u64,
}

impl<'a> Order<'a> {
    pub fn new(
        (styled, style, frame): (Styled<'a>, &'a TextStyle, &Frame),
        scale: f32,
        generation: u64,
        hasher: &RandomState,
    ) -> Self {
        // Differences and sums of places are rounded; the same room is to come out as the same.
        let frame = Frame {
            max_width: (frame.max_width * STEPS).round() / STEPS,
            ..*frame
        };
        let key = hasher.hash_one((
            styled.text,
            styled.pieces,
            [style.size, style.line_height, frame.max_width, scale].map(f32::to_bits),
            style.weight,
            (&style.language, style.controls, style.pitch),
            frame.max_lines,
            (frame.fill, frame.cut, frame.editable),
        ));
        Self {
            styled,
            style,
            frame,
            scale,
            generation,
            key,
        }
    }
}

pub struct Entry {
    layout: Arc<TextLayout>,
    /// Absent while glyphs of it are still to be drawn.
    galley: Option<Arc<Galley>>,
    pieces: Box<[Piece]>,
    style: TextStyle,
    frame: Frame,
    generation: u64,
    /// The pass it was last shown in.
    shown: u64,
    /// What it takes in memory, about.
    pub bytes: usize,
}

impl Entry {
    fn is_of(&self, order: &Order<'_>) -> bool {
        *self.layout.text == *order.styled.text
            && *self.pieces == *order.styled.pieces
            && self.style == *order.style
            && self.frame == order.frame
            && self.layout.scale == order.scale
    }
}

/// Above this many, texts not shown lately are dropped.
pub const MOST_KEPT: usize = 4096;

/// The same in bytes.
pub const MOST_BYTES: usize = 64 << 20;

/// About so many of them are freed in one pass: thousands at once would hold a frame up.
const FREED_AT_ONCE: usize = 64;

/// The steps of a point that widths come in.
const STEPS: f32 = 256.0;

/// What a text takes in memory, about: its vertices, glyphs and clusters are most of it.
fn bytes_of(layout: &TextLayout, galley: Option<&Galley>) -> usize {
    let lines = layout.lines.iter();
    let placed: usize = lines
        .map(|line| size_of_val(line) + size_of_val(&*line.clusters) + size_of_val(&*line.glyphs))
        .sum();
    let drawn = galley.map_or(0, |galley| {
        galley.num_vertices * size_of::<Vertex>() + galley.num_indices * size_of::<u32>()
    });
    size_of::<Entry>() + 2 * layout.text.len() + placed + drawn
}
