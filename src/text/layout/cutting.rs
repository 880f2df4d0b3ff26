//! Text too long for its lines: how much of it stays, with an ellipsis.

use super::shaping::Shaped;
use super::{Engine, TextStyle};
use crate::language::Direction;
use crate::text::isolate;

impl Engine {
    /// Shapes the longest beginning of `paragraph` that with an ellipsis takes at most `room` lines.
    pub(super) fn cut(
        &mut self,
        paragraph: &str,
        whole: Shaped,
        room: usize,
        style: &TextStyle,
        width: Option<f32>,
        scale: f32,
    ) -> Shaped {
        // Only the last line that stays and the one after it can hold the cut.
        let lines = whole.layout.lines().skip(room.saturating_sub(1)).take(2);
        let mut ends: Vec<usize> = lines
            .flat_map(|line| line.runs().flat_map(|run| run.clusters()).collect::<Vec<_>>())
            .map(|cluster| cluster.text_range().end)
            .collect();
        ends.sort_unstable();
        let direction = if whole.layout.is_rtl() {
            Direction::RightToLeft
        } else {
            Direction::LeftToRight
        };
        let attempt = |engine: &mut Self, end: usize| {
            let kept = paragraph.get(..end).unwrap_or(paragraph).trim_end();
            let mut ending: String = std::iter::repeat_n(isolate::POP, isolate::open_isolates(kept)).collect();
            ending.push('…');
            engine.shape(kept, &ending, style, Some(direction), width, scale)
        };
        // The paragraph may fit as it is, where only later ones are cut.
        let (mut low, mut high) = (0, ends.len());
        let mut best = None;
        while low < high {
            let middle = (low + high).div_ceil(2);
            let end = ends.get(middle - 1).copied().unwrap_or_default();
            let shaped = attempt(self, end);
            if shaped.layout.len() <= room {
                best = Some(shaped);
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        best.unwrap_or_else(|| {
            let start = whole
                .layout
                .get(room.saturating_sub(1))
                .map_or(0, |line| line.text_range().start);
            attempt(self, start)
        })
    }
}
