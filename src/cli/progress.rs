//! Progress on standard error: a bar on a terminal, plain lines elsewhere.

use std::io::IsTerminal;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use polyclinic::quantities::duration;

use super::output::note;

/// The least time between two plain lines.
const QUIET: Duration = Duration::from_secs(5);

/// What a bar shows of work that cannot be counted.
const WAITING: &str = "{spinner} {msg} {elapsed}";

/// One bar or stream of lines for a whole command.
pub struct Display {
    bar: Option<ProgressBar>,
    last_line: Option<Instant>,
    stage: String,
}

impl Display {
    /// A bar where standard error is a terminal, lines elsewhere.
    pub fn new() -> Self {
        let bar = std::io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr()).with_style(style(WAITING));
            bar.enable_steady_tick(Duration::from_millis(200));
            bar
        });
        Self {
            bar,
            last_line: None,
            stage: String::new(),
        }
    }

    /// Names what happens now, where it is something else than before.
    pub fn stage(&mut self, text: &str) {
        if self.stage == text {
            return;
        }
        text.clone_into(&mut self.stage);
        match &self.bar {
            Some(bar) => {
                bar.unset_length();
                bar.set_style(style(WAITING));
                bar.set_message(text.to_owned());
            }
            None => note(text),
        }
        self.last_line = None;
    }

    /// Shows how far something countable is: `label` says what, `details` speed and time left.
    pub fn count(&mut self, label: &str, done: u64, total: u64, details: &str) {
        match &self.bar {
            Some(bar) => {
                if bar.length() != Some(total) {
                    bar.set_length(total);
                    bar.set_style(style("{msg} {bar:30} {percent}% {prefix}"));
                    self.stage.clear();
                }
                bar.set_message(label.to_owned());
                bar.set_prefix(details.to_owned());
                bar.set_position(done);
            }
            None => {
                let due = self.last_line.is_none_or(|last| last.elapsed() >= QUIET);
                if due || done == total {
                    note(&format!("{label}, {details}"));
                    self.last_line = Some(Instant::now());
                }
            }
        }
    }

    /// Takes the bar away, so that results start on a clean line.
    pub fn clear(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        self.clear();
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

/// A time left as people say it: "about 40 s", "about 12 min", "about 3 h 30 min".
pub fn about(seconds: f64) -> String {
    format!("about {}", duration(seconds))
}
