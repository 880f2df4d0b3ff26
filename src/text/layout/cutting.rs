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

/// Bytes of each line that are shaped at first where only some lines are shown.
const ENOUGH_FOR_A_LINE: usize = 2048;

impl Engine {
    /// Shapes a paragraph. Where its end will be cut away, only as long a beginning as takes more
    /// than `room` lines stays of it: one line of a long text must not cost as much as all of it.
    pub(super) fn shape_for(&mut self, room: usize, paragraph: &mut Paragraph<'_>, cut: Cut) -> Shaped {
        let whole = paragraph.text;
        let mut enough = match (paragraph.width, cut) {
            (Some(_), Cut::End) => room.saturating_mul(ENOUGH_FOR_A_LINE),
            _ => usize::MAX,
        };
        loop {
            paragraph.text = whole.get(..whole.floor_char_boundary(enough)).unwrap_or(whole);
            let shaped = self.shape(paragraph, Excerpt::whole(paragraph.text));
            if paragraph.text.len() == whole.len() || shaped.layout.len() > room {
                return shaped;
            }
            enough = enough.saturating_mul(4);
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
        let ends = cluster_ends(whole, last..last + 2);
        let start = whole.layout.get(last).map_or(0, |line| line.text_range().start);
        self.longest(room, ends.len(), paragraph, |kept| {
            let end = kept.checked_sub(1).and_then(|last| ends.get(last));
            Excerpt::beginning(paragraph.text, end.copied().unwrap_or(start))
        })
    }

    fn cut_middle(&mut self, paragraph: &Paragraph<'_>, whole: &Shaped, room: usize) -> Shaped {
        let mut borders = vec![0];
        borders.extend(cluster_ends(whole, 0..usize::MAX));
        let clusters = borders.len() - 1;
        // What is cut away is hardly four times narrower than what stays, and this bounds the search.
        let most = clusters.min(4 * cluster_ends(whole, 0..room).len());
        let border = |index: usize| borders.get(index).copied().unwrap_or_default();
        self.longest(room, most, paragraph, |kept| {
            let head = kept.div_ceil(2);
            Excerpt::ends(paragraph.text, border(head), border(clusters - (kept - head)))
        })
    }

    /// Shapes the longest of the excerpts 0 to `most`, from short to long, that takes at most `room`
    /// lines; the shortest where none does.
    fn longest(
        &mut self,
        room: usize,
        most: usize,
        paragraph: &Paragraph<'_>,
        excerpt: impl Fn(usize) -> Excerpt,
    ) -> Shaped {
        let (mut low, mut high) = (0, most);
        let mut best = None;
        while low < high {
            let middle = (low + high).div_ceil(2);
            let shaped = self.shape(paragraph, excerpt(middle));
            if shaped.layout.len() <= room {
                best = Some(shaped);
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        best.unwrap_or_else(|| self.shape(paragraph, excerpt(0)))
    }
}

/// Where the clusters of some lines end, in reading order.
fn cluster_ends(shaped: &Shaped, lines: Range<usize>) -> Vec<usize> {
    let lines = shaped.layout.lines().skip(lines.start).take(lines.len());
    let mut ends: Vec<usize> = lines
        .flat_map(|line| line.runs().flat_map(|run| run.clusters()).collect::<Vec<_>>())
        .map(|cluster| cluster.text_range().end)
        .collect();
    ends.sort_unstable();
    ends
}
