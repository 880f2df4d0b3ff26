//! How long frames take: scrolling Inspect's list, typing into its search, moving over Compare's matrix. Sixty frames a
//! second come, while other threads list and reckon what the frames ask of them, as in the program.
//!
//! The goal is for what a frame computes, so the time its thread has run is what counts; what the clock says includes
//! whatever else the machine does meanwhile.

use std::time::{Duration, Instant};

use egui::{Context, Event, Modifiers, MouseWheelSource, MouseWheelUnit, Pos2, RawInput, Rect, TouchPhase, pos2, vec2};
use polyclinic::app::State;
use polyclinic::app::command::{self, Command, Page};
use polyclinic::app::compare::reckoner::Reckoner;
use polyclinic::app::inspect::Lister;
use polyclinic::text::{self, Fallback};
use polyclinic::ui::shell;

const WIDTH: f32 = 1440.0;
const HEIGHT: f32 = 900.0;
const FRAMES: usize = 240;

const BETWEEN: Duration = Duration::from_nanos(16_666_667);

/// A window without a screen.
struct Window {
    context: Context,
    state: State,
    lister: Lister,
    reckoner: Reckoner,
    frames: u32,
}

impl Window {
    fn new(state: State) -> Self {
        let context = Context::default();
        text::install(&context, Fallback::None);
        polyclinic::app::theme::install(&context);
        let mut window = Self {
            lister: Lister::start(&context).unwrap(),
            reckoner: Reckoner::start(&context).unwrap(),
            context,
            state,
            frames: 0,
        };
        window.settle();
        window
    }

    /// One frame, as the program makes it.
    fn frame(&mut self, events: Vec<Event>) -> Taken {
        self.frames += 1;
        let input = RawInput {
            screen_rect: Some(Rect::from_min_size(Pos2::ZERO, vec2(WIDTH, HEIGHT))),
            time: Some((BETWEEN * self.frames).as_secs_f64()),
            events,
            ..RawInput::default()
        };
        let (begun, ran) = (Instant::now(), thread_time());
        let state = &mut self.state;
        state.consult(&mut self.reckoner, &self.lister);
        let output = self.context.run_ui(input, |ui| {
            let mut commands = command::pressed(ui.ctx());
            shell::show(ui, state, &mut commands);
            state.after_frame();
            for command in commands {
                state.apply(command);
            }
        });
        let pixels_per_point = output.pixels_per_point;
        drop(self.context.tessellate(output.shapes, pixels_per_point));
        let by_the_clock = begun.elapsed();
        let computing = thread_time().zip(ran).map(|(after, before)| after - before);
        std::thread::sleep(BETWEEN.saturating_sub(by_the_clock));
        Taken {
            computing: computing.unwrap_or(by_the_clock),
            by_the_clock,
        }
    }

    /// Waits until all that was asked is shown.
    fn settle(&mut self) {
        for _ in 0..30 {
            self.frame(Vec::new());
        }
    }

    fn send(&mut self, command: Command) {
        self.state.apply(command);
        self.settle();
    }

    /// Frames with an event each; tells their times.
    fn measure(&mut self, what: &str, event: impl Fn(usize) -> Vec<Event>) {
        let taken: Vec<Taken> = (0..FRAMES).map(|frame| self.frame(event(frame))).collect();
        let computing = sorted(taken.iter().map(|taken| taken.computing));
        let by_the_clock = sorted(taken.iter().map(|taken| taken.by_the_clock));
        let verdict = if share(&computing, 0.99) < 8.0 {
            "under 8 ms"
        } else {
            "OVER 8 ms"
        };
        println!(
            "frame: {what:<49} {:>9.1} ms  p99 {:.1} ms, {verdict}; most {:.1} ms; by the clock p99 {:.1} ms",
            share(&computing, 0.5),
            share(&computing, 0.99),
            share(&computing, 1.0),
            share(&by_the_clock, 0.99),
        );
    }
}

/// How long a frame took.
struct Taken {
    /// Of the thread that makes frames.
    computing: Duration,
    by_the_clock: Duration,
}

/// How long this thread has run, where the system tells.
fn thread_time() -> Option<Duration> {
    #[cfg(unix)]
    {
        let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
        Duration::try_from(time).ok()
    }
    #[cfg(not(unix))]
    None
}

/// Milliseconds, the shortest first.
fn sorted(times: impl Iterator<Item = Duration>) -> Vec<f64> {
    let mut times: Vec<f64> = times.map(|time| time.as_secs_f64() * 1e3).collect();
    times.sort_by(f64::total_cmp);
    times
}

/// The time that this share of all frames does not take longer than.
fn share(times: &[f64], share: f64) -> f64 {
    times[((times.len() - 1) as f64 * share).round() as usize]
}

/// Measures frames of the pages on a state.
pub fn measure(state: State) {
    let mut window = Window::new(state);
    window.send(Command::Show(Page::Inspect));
    window.frame(vec![Event::PointerMoved(pos2(200.0, 500.0))]);
    window.measure("scrolling Inspect's list", |_| {
        vec![Event::MouseWheel {
            unit: MouseWheelUnit::Point,
            delta: vec2(0.0, -120.0),
            phase: TouchPhase::Move,
            source: MouseWheelSource::Wheel,
            modifiers: Modifiers::NONE,
        }]
    });
    window.measure("going from item to item", |frame| match frame % 4 {
        0 => key(egui::Key::J),
        _ => Vec::new(),
    });
    window.send(Command::FocusSearch);
    // A letter every sixth frame is 10 a second, faster than anybody types. Every word takes the place of the one before,
    // and every letter leaves another list.
    let words = ["patient", "المريض", "fever", "kidney", "الكلى"];
    let letters: Vec<(bool, char)> = words
        .iter()
        .flat_map(|word| word.chars().enumerate().map(|(place, letter)| (place == 0, letter)))
        .collect();
    window.measure("typing into its search", |frame| match frame % 6 {
        0 => {
            let (begins, letter) = letters[frame / 6 % letters.len()];
            let mut events = if begins { select_all() } else { Vec::new() };
            events.push(Event::Text(letter.to_string()));
            events
        }
        _ => Vec::new(),
    });
    window.send(Command::SetFilter(Default::default()));
    window.send(Command::Show(Page::Compare));
    window.measure("moving over Compare's matrix", |frame| {
        let way = frame as f32 / FRAMES as f32;
        vec![Event::PointerMoved(pos2(
            300.0 + 1000.0 * way,
            200.0 + 500.0 * (way * 7.0).fract(),
        ))]
    });
    window.measure("going through the matrix by keys", |frame| match frame % 8 {
        0 => key(egui::Key::ArrowRight),
        4 => key(egui::Key::ArrowDown),
        _ => Vec::new(),
    });
}

fn select_all() -> Vec<Event> {
    pressed(egui::Key::A, Modifiers::COMMAND)
}

fn key(key: egui::Key) -> Vec<Event> {
    pressed(key, Modifiers::NONE)
}

fn pressed(key: egui::Key, modifiers: Modifiers) -> Vec<Event> {
    [true, false]
        .map(|pressed| Event::Key {
            key,
            physical_key: None,
            pressed,
            repeat: false,
            modifiers,
        })
        .to_vec()
}
