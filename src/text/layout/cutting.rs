//! Text too long for its lines: how much of it stays, with an ellipsis.

use std::ops::Range;

use super::shaping::{self, Shaped};
use super::{Cut, Engine, Paragraph};
use crate::text::isolate;

const ELLIPSIS: char = '…';

/// What is shaped of a paragraph: all of it, or its beginning and its end with an ellipsis between.
pub(super) struct Excerpt {
    /// What is given to the shaper.
    pub text: String,
    /// The length of the beginning.
    head: usize,
    /// The length of the ellipsis, with the marks that close what the beginning leaves open.
    mark: usize,
    /// Where in the paragraph the end starts.
    tail: usize,
}

impl Excerpt {
    pub fn whole(paragraph: &str) -> Self {
        Self {
            text: shaping::shapeable(paragraph),
            head: paragraph.len(),
            mark: 0,
            tail: paragraph.len(),
        }
    }

    /// The first `end` bytes, without the spaces they end in.
    fn beginning(paragraph: &str, end: usize) -> Self {
        let kept = paragraph.get(..end).unwrap_or(paragraph).trim_end();
        // The ellipsis belongs to the paragraph, not to the isolate the cut may be in.
        let mut mark = isolate::closing(kept);
        mark.push(ELLIPSIS);
        Self {
            text: shaping::shapeable(kept) + &mark,
            head: kept.len(),
            mark: mark.len(),
            tail: paragraph.len(),
        }
    }

    /// The first `head` bytes and those from `tail` on.
    fn ends(paragraph: &str, head: usize, tail: usize) -> Self {
        let beginning = paragraph.get(..head).unwrap_or_default();
        let end = paragraph.get(tail..).unwrap_or_default();
        // Within the isolate that both may be parts of, which keeps their order.
        let text = format!("{}{ELLIPSIS}{}", shaping::shapeable(beginning), shaping::shapeable(end));
        Self {
            text,
            head: beginning.len(),
            mark: ELLIPSIS.len_utf8(),
            tail: paragraph.len() - end.len(),
        }
    }

    /// The bytes of the paragraph that bytes of the shaped text stand for: none for the ellipsis.
    pub fn original(&self, shaped: &Range<usize>) -> Range<usize> {
        let after = self.head + self.mark;
        let position = |place: usize, in_mark: bool| match place {
            place if in_mark => place.min(self.head),
            // An empty text is shaped as a space, which is past its end.
            place => self.tail + place.min(self.text.len()).saturating_sub(after),
        };
        let start = position(shaped.start, shaped.start < after);
        start..position(shaped.end, shaped.end <= after).max(start)
    }

    /// The bytes of the shaped text that stand for bytes of the paragraph. The ellipsis stands for
    /// the first that was cut away.
    pub fn shaped(&self, original: &Range<usize>) -> Range<usize> {
        let after = self.head + self.mark;
        let position = |place: usize, in_head: bool| match place {
            place if in_head => place,
            place => after + place.saturating_sub(self.tail),
        };
        position(original.start, original.start <= self.head)..position(original.end, original.end <= self.head)
    }
}

/// The width of an ellipsis as a share of the size, about.
const ELLIPSIS_WIDTH: f32 = 0.8;

impl Engine {
    /// Shapes a paragraph. Where its end will be cut away, only as long a beginning as takes more
    /// than `room` lines stays of it: one line of a long text must not cost as much as all of it.
    pub(super) fn shape_for(&mut self, room: usize, paragraph: &mut Paragraph<'_>, cut: Cut) -> Shaped {
        let whole = paragraph.text;
        let mut enough = match (paragraph.width, cut) {
            (Some(width), Cut::End) => (width / paragraph.em() + 2.0) * room as f32,
            _ => f32::INFINITY,
        };
        loop {
            paragraph.text = whole.get(..beginning_of(whole, enough)).unwrap_or(whole);
            let shaped = self.shape(paragraph, Excerpt::whole(paragraph.text));
            if paragraph.text.len() == whole.len() || shaped.layout.len() > room {
                return shaped;
            }
            enough *= 4.0;
        }
    }

    /// Shapes as much of the paragraph as with an ellipsis takes at most `room` lines.
    pub(super) fn cut(&mut self, paragraph: &Paragraph<'_>, whole: &Shaped, room: usize, cut: Cut) -> Shaped {
        match cut {
            Cut::End => self.cut_end(paragraph, whole, room),
            Cut::Middle => self.cut_middle(paragraph, whole, room),
        }
    }

    fn cut_end(&mut self, paragraph: &Paragraph<'_>, whole: &Shaped, room: usize) -> Shaped {
        let last = room.saturating_sub(1);
        // Only the last line that stays and the one after it can hold the cut.
        let clusters = clusters(whole, last..last + 2);
        let start = whole.layout.get(last).map_or(0, |line| line.text_range().start);
        let mut left = paragraph.beside_ellipsis(1);
        let fitting = clusters.iter().take_while(|cluster| {
            left -= cluster.advance;
            left >= 0.0
        });
        let most = (fitting.count(), clusters.len());
        self.longest(room, most, paragraph, |kept| {
            let last = kept.checked_sub(1).and_then(|last| clusters.get(last));
            Excerpt::beginning(paragraph.text, last.map_or(start, |cluster| cluster.end))
        })
    }

    fn cut_middle(&mut self, paragraph: &Paragraph<'_>, whole: &Shaped, room: usize) -> Shaped {
        let clusters = clusters(whole, 0..usize::MAX);
        let in_room: usize = whole.layout.lines().take(room).map(|line| line_length(&line)).sum();
        // What is cut away is hardly four times narrower than what stays, and this bounds the search.
        let most = clusters.len().min(4 * in_room);
        // Of both ends in turns.
        let ends = |kept: usize| (kept.div_ceil(2), clusters.len() - kept / 2);
        let advance = |kept: &usize| {
            let (head, tail) = ends(*kept);
            let taken = if kept % 2 == 1 { head - 1 } else { tail };
            clusters.get(taken).map_or(0.0, |cluster| cluster.advance)
        };
        let mut left = paragraph.beside_ellipsis(room);
        let fitting = (1..=most).take_while(|kept| {
            left -= advance(kept);
            left >= 0.0
        });
        let most = (fitting.count(), most);
        let border = |clusters_before: usize| {
            let last = clusters_before.checked_sub(1).and_then(|last| clusters.get(last));
            last.map_or(0, |cluster| cluster.end)
        };
        self.longest(room, most, paragraph, |kept| {
            let (head, tail) = ends(kept);
            Excerpt::ends(paragraph.text, border(head), border(tail))
        })
    }

    /// Shapes the longest of the excerpts 0 to `most`, from short to long, that takes at most `room`
    /// lines; the shortest where none does. `guess` is about where that is: near it, every one costs a shaping.
    fn longest(
        &mut self,
        room: usize,
        (guess, most): (usize, usize),
        paragraph: &Paragraph<'_>,
        excerpt: impl Fn(usize) -> Excerpt,
    ) -> Shaped {
        // What fits for certain, and what may.
        let (mut low, mut high) = (0, most);
        // Away from the guess in growing strides while one side is open, then by halves.
        let (mut tried, mut stride) = (guess.max(1), 1);
        let mut best = None;
        while low < high {
            let bounded = low > 0 && high < most;
            let tries = if bounded { (low + high).div_ceil(2) } else { tried };
            let tries = tries.clamp(low + 1, high);
            let shaped = self.shape(paragraph, excerpt(tries));
            if shaped.layout.len() <= room {
                best = Some(shaped);
                low = tries;
                tried = low + stride;
            } else {
                high = tries - 1;
                tried = (high + 1).saturating_sub(stride);
            }
            stride *= 2;
        }
        best.unwrap_or_else(|| self.shape(paragraph, excerpt(0)))
    }
}

/// The end of a beginning that is hardly less than so many ems wide, and often half as much again.
fn beginning_of(text: &str, ems: f32) -> usize {
    let mut left = ems;
    let beyond = text.char_indices().find(|(_, character)| {
        left -= match u32::from(*character) {
            // As wide as high: hanzi, kana, hangul.
            0x1100..=0x115F | 0x2E80..=0xA4CF | 0xAC00..=0xD7A3 | 0xF900..=0xFAFF | 0xFF01..=0xFF60 | 0x20000.. => 1.0,
            _ => 0.3,
        };
        left < 0.0
    });
    beyond.map_or(text.len(), |(place, _)| place)
}

impl Paragraph<'_> {
    /// Its size in pixels.
    fn em(&self) -> f32 {
        (self.style.size * self.scale).max(1.0)
    }

    /// About how much room some lines have beside an ellipsis.
    fn beside_ellipsis(&self, lines: usize) -> f32 {
        self.width.unwrap_or(f32::INFINITY) * lines as f32 - ELLIPSIS_WIDTH * self.em()
    }
}

/// What a reader takes for one character, in what was shaped.
struct Measured {
    /// Where it ends, in bytes.
    end: usize,
    /// Pixels.
    advance: f32,
}

/// The clusters of some lines, in reading order.
fn clusters(shaped: &Shaped, lines: Range<usize>) -> Vec<Measured> {
    let lines = shaped.layout.lines().skip(lines.start).take(lines.len());
    let mut clusters: Vec<Measured> = lines
        .flat_map(|line| line.runs().flat_map(|run| run.clusters()).collect::<Vec<_>>())
        .map(|cluster| Measured {
            end: cluster.text_range().end,
            advance: cluster.advance(),
        })
        .collect();
    clusters.sort_unstable_by_key(|cluster| cluster.end);
    clusters
}

fn line_length(line: &parley::Line<'_, ()>) -> usize {
    line.runs().map(|run| run.len()).sum()
}
