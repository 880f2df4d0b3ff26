//! How long a run would take: the answer in a card, or how to get one.

use egui::Ui;

use crate::app::command::Command;
use crate::app::matrix::counted;
use crate::app::models::{ModelsCommand, Speed};
use crate::app::theme::size;
use crate::quantities::duration;
use crate::runs::estimate::Work;
use crate::ui::typeset::{self, Ink};
use crate::ui::widgets::{Button, Emphasis, palette};

/// Says how long the work takes, which is `seconds` where that could be reckoned.
pub fn show(ui: &mut Ui, speed: &Speed, seconds: Option<f64>, work: Work, commands: &mut Vec<Command>) {
    let colours = palette(ui);
    let plain = Ink::new(size::SECONDARY, colours.text_2);
    if work.items == 0 {
        typeset::paragraph(ui, "Known once there are questions to ask.", plain);
        return;
    }
    let words = match (speed, seconds) {
        (Speed::Known(calibration), Some(seconds)) => {
            let words = format!("About {} for {}", duration(seconds), counted(work.items, "item"));
            typeset::paragraph(ui, &words, Ink::new(size::BODY, colours.text).semibold());
            format!("Zero-shot, from how fast this machine was on {}.", calibration.day())
        }
        (Speed::Known(_), None) => {
            "Not known: its sizes are missing, or a GPU computes, which is not measured.".to_owned()
        }
        (Speed::Measuring, _) => "This machine is being measured.".to_owned(),
        (Speed::Failed(problem), _) => format!("This machine could not be measured: {problem}"),
        (Speed::Unknown, _) => "Known once this machine was measured, which takes two seconds.".to_owned(),
    };
    typeset::paragraph(ui, &words, plain);
    if matches!(speed, Speed::Failed(_) | Speed::Unknown) {
        ui.add_space(4.0);
        Button::new(Emphasis::Plain)
            .small()
            .show(ui, commands, ModelsCommand::Calibrate.into());
    }
}
