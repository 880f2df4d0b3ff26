//! The question whether items may leave this machine, asked before a run sends any.

use egui::Ui;

use crate::app::command::Command;
use crate::app::matrix::counted;
use crate::app::runs::Asking;
use crate::app::theme::{size, space};
use crate::text::isolate::isolate;
use crate::ui::icons::Icon;
use crate::ui::typeset::{self, Ink};
use crate::ui::widgets::{self, Button, Emphasis, palette};

const WIDTH: f32 = 460.0;

/// Shows the question over the page.
pub fn show(ui: &mut Ui, asking: &Asking, commands: &mut Vec<Command>) {
    let colours = palette(ui);
    let context = ui.ctx().clone();
    let frame = egui::Frame::popup(ui.style()).inner_margin(16);
    let shown = egui::Modal::new(widgets::id("runs", "consent"))
        .frame(frame)
        .show(&context, |ui| {
            ui.set_width(WIDTH.min(context.content_rect().width() - 64.0));
            let title = Ink::new(size::PAGE_TITLE, colours.text).semibold();
            typeset::paragraph(ui, "Send questions to another machine?", title);
            ui.add_space(space::GAP);
            for endpoint in &asking.endpoints {
                let asked = counted(asking.questions, "question");
                let goes = format!("{asked} to {} for {}.", endpoint.address.host(), isolate(&endpoint.name));
                typeset::paragraph(ui, &goes, Ink::new(size::BODY, colours.text).semibold());
                typeset::paragraph(ui, &endpoint.what_leaves(), Ink::new(size::BODY, colours.text));
                ui.add_space(space::GAP);
            }
            let once = "You are asked once for each address in this workspace. Whoever runs the server may keep what it \
                        is sent.";
            typeset::paragraph(ui, once, Ink::new(size::SECONDARY, colours.text_2));
            ui.add_space(space::GAP);
            ui.horizontal(|ui| {
                Button::new(Emphasis::Main)
                    .icon(Icon::Play)
                    .show(ui, commands, Command::AgreeToSend);
                Button::new(Emphasis::Quiet).show(ui, commands, Command::DeclineToSend);
            });
        });
    if shown.should_close() {
        commands.push(Command::DeclineToSend);
    }
}
