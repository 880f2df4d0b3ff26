//! The time that a frame has for texts not laid out before. What is new on a page comes in a few frames, so that none of
//! them is held up.

use std::time::{Duration, Instant};

use egui::Context;

use super::widgets;

/// So long may a frame lay out what is new; the last text may take longer.
const IN_A_FRAME: Duration = Duration::from_millis(2);

/// What this frame has taken of it.
#[derive(Debug, Clone, Copy, Default)]
struct Spent {
    /// The pass of egui that it was spent in.
    pass: u64,
    time: Duration,
}

impl Spent {
    fn of(context: &Context) -> Self {
        let pass = context.cumulative_pass_nr();
        let spent: Option<Self> = context.data(|data| data.get_temp(widgets::id("allowance", "spent")));
        spent.filter(|spent| spent.pass == pass).unwrap_or(Self {
            pass,
            ..Self::default()
        })
    }
}

/// Whether this frame has time left.
pub fn is_left(context: &Context) -> bool {
    Spent::of(context).time < IN_A_FRAME
}

/// Does `work`, which takes of this frame's time and is given a way to ask whether there is some left.
pub fn spend<R>(context: &Context, work: impl FnOnce(&dyn Fn() -> bool) -> R) -> R {
    let before = Spent::of(context);
    let begun = Instant::now();
    let result = work(&|| before.time + begun.elapsed() < IN_A_FRAME);
    let time = before.time + begun.elapsed();
    context.data_mut(|data| data.insert_temp(widgets::id("allowance", "spent"), Spent { time, ..before }));
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_that_took_its_time_has_none_left_and_the_next_one_has() {
        let context = Context::default();
        let frame = |work: Duration| {
            let mut left = (true, true);
            drop(context.run_ui(Default::default(), |ui| {
                spend(ui.ctx(), |has_time| {
                    std::thread::sleep(work);
                    left.0 = has_time();
                });
                left.1 = is_left(ui.ctx());
            }));
            left
        };
        assert_eq!(frame(2 * IN_A_FRAME), (false, false));
        assert_eq!(frame(Duration::ZERO), (true, true));
    }
}
