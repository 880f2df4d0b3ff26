//! Above the question: who flagged the item or decided about it, when and why.

use egui::{Frame, Margin, Ui};

use crate::app::State;
use crate::app::review::Review;
use crate::app::study::Study;
use crate::app::theme::size;
use crate::reviews::tables::ruled;
use crate::reviews::{FlagKind, Ruling};
use crate::text::isolate::isolate;
use crate::ui::typeset::{self, Ink};
use crate::ui::widgets::{self, palette};

/// Shows it of the question in place `place` of [`Study::entries`]; nothing where nobody said anything of the item.
pub fn show(ui: &mut Ui, state: &State, study: &Study, place: usize) {
    let reviews = &state.review.reviews;
    let Some(item) = Review::item(study, place) else { return };
    let veil = state.review.veil(study, place, state.compare.protocol.as_deref());
    let mut lines: Vec<String> = reviews
        .flags_of(&item)
        .map(|(_, flag)| {
            let kinds: Vec<&str> = flag.what.kinds.iter().copied().map(FlagKind::words).collect();
            said(&kinds.join(", "), flag.by, &flag.at.day(), &flag.what.note)
        })
        .collect();
    let decision = reviews.decision(&item);
    lines.extend(decision.map(|decision| {
        // The new right options may not be seen before the item is judged.
        let ruling = match veil.unjudged {
            true => decision.what.ruling.words().to_owned(),
            false => ruled(&decision.what.ruling),
        };
        said(&ruling, decision.by, &decision.at.day(), &decision.what.note)
    }));
    if lines.is_empty() {
        return;
    }
    let title = match decision.map(|decision| &decision.what.ruling) {
        Some(Ruling::LeftOut) => "Flagged, and left out of every number",
        Some(Ruling::Rekeyed(_)) => "Flagged, and scored by other right options",
        Some(Ruling::Kept) => "Looked at, and kept",
        None => "Flagged",
    };
    let colours = palette(ui);
    let around = Frame::new().inner_margin(Margin::symmetric(12, 10));
    around.show(ui, |ui| {
        widgets::message(ui, colours.warning(), title, "", |ui| {
            for line in &lines {
                typeset::paragraph(ui, line, Ink::new(size::SECONDARY, colours.text_2));
            }
        });
    });
}

fn said(what: &str, by: &str, day: &str, why: &str) -> String {
    let why = match why {
        "" => String::new(),
        why => format!(": {}", isolate(why)),
    };
    format!("{}, by {}, {day}{why}", widgets::capital(what), isolate(by))
}
