//! The prompt an answer was given to, word for word, with its tokens where the model's tokenizer is at hand.

use egui::Ui;

use super::below::{self, Of};
use crate::app::command::Command;
use crate::app::inspect::{InspectCommand, PromptOf, PromptState};
use crate::app::matrix::counted;
use crate::app::theme::{size, space};
use crate::runs::prompted::{Prompted, Token};
use crate::text::{Look, Piece};
use crate::ui::typeset::{self, Ink};
use crate::ui::widgets::{self, palette};

/// Shows it, asking for it first where it is another answer's.
pub fn show(ui: &mut Ui, of: &Of<'_>, commands: &mut Vec<Command>) {
    let wanted = PromptOf {
        question: of.place,
        run: of.given.run().id.clone(),
        model: of.given.model().to_owned(),
    };
    match &of.state.inspect.prompt {
        Some((made, state)) if *made == wanted => match state {
            PromptState::Making => below::say(ui, "Putting the prompt together"),
            PromptState::Failed(problem) => {
                let ink = Ink::new(size::BODY, palette(ui).warning().ink);
                typeset::paragraph(ui, &format!("{}.", widgets::capital(problem)), ink);
            }
            PromptState::Made(prompted) => show_prompt(ui, of, prompted),
        },
        _ => commands.push(InspectCommand::MakePrompt(wanted).into()),
    }
}

fn show_prompt(ui: &mut Ui, of: &Of<'_>, prompted: &Prompted) {
    let grey = Ink::new(size::SECONDARY, palette(ui).text_2);
    let amber = Ink::new(size::SECONDARY, palette(ui).warning().ink);
    for remark in &prompted.remarks {
        typeset::paragraph(ui, remark, amber);
    }
    typeset::paragraph(ui, &about_tokens(of, prompted), grey);
    ui.add_space(space::GAP);
    let language = &of.side.item.key.language;
    let controls = of.state.controls(of.side.needed);
    match &prompted.tokens {
        Ok(tokens) => {
            let (text, pieces) = shaded(ui, tokens);
            below::block(ui, &text, &pieces, language, controls);
        }
        Err(_) => {
            for (speaker, text) in &prompted.parts {
                typeset::line(ui, *speaker, grey.semibold());
                below::block(ui, text, &[], language, controls);
            }
        }
    }
    if !prompted.scored.is_empty() {
        ui.add_space(space::GAP);
        typeset::line(ui, "Scored after it", grey.semibold());
        for continuation in &prompted.scored {
            below::block(ui, continuation.trim_start(), &[], language, controls);
        }
    }
}

/// How many tokens there are, and why they are not shown where they are not.
fn about_tokens(of: &Of<'_>, prompted: &Prompted) -> String {
    let run = counted(of.given.prompt_tokens(), "token");
    match &prompted.tokens {
        Ok(_) => {
            let now = prompted.token_count().unwrap_or_default();
            let told = match now == of.given.prompt_tokens() {
                true => format!("{run}, as many as the run read."),
                false => format!("{}; the run read {run}.", counted(now, "token")),
            };
            format!("{told} Every other one is shaded; those that only steer are amber.")
        }
        Err(problem) => format!(
            "The run read {run}. Where each begins is not shown: {}.",
            crate::text::isolate::names(problem)
        ),
    }
}

/// The text of tokens, every other one on a ground of its own.
fn shaded(ui: &Ui, tokens: &[Token]) -> (String, Vec<Piece>) {
    let colours = palette(ui);
    let warning = colours.warning();
    let (mut text, mut pieces) = (String::new(), Vec::new());
    for (place, token) in tokens.iter().enumerate() {
        let start = text.len();
        text.push_str(&token.text);
        let range = start..text.len();
        let look = match (token.is_special, place % 2) {
            (true, _) => Look {
                color: Some(warning.ink.to_array()),
                ground: Some(warning.tint.to_array()),
                ..Look::default()
            },
            (false, 1) => Look {
                ground: Some(colours.accent_soft.to_array()),
                ..Look::default()
            },
            _ => continue,
        };
        pieces.push(Piece { range, look });
    }
    (text, pieces)
}
