//! Variants of a protocol that should make no difference: what flips between them tells how fragile answers are.

use super::{Letters, Order, Protocol, Scoring, known};

impl Protocol {
    /// The same with the options in another order where the model sees them, with another set of letters where letters
    /// are answered with, and with another template; everything else stays.
    pub fn variants(&self) -> Vec<Self> {
        let reordered = Self {
            order: Order::Permuted {
                seed: match self.order {
                    Order::AsGiven => 1,
                    Order::Permuted { seed } => seed.wrapping_add(1),
                },
            },
            ..self.clone()
        };
        let relettered = Self {
            letters: match self.letters {
                // Differs from every language's own letters.
                Letters::Language | Letters::Latin | Letters::Lowercase => Letters::Digits,
                Letters::Digits => Letters::Latin,
            },
            ..self.clone()
        };
        let other = known::usual(match (self.scoring, self.name.as_str()) {
            (Scoring::Letters, known::LETTERS) => "medqa",
            (Scoring::Letters, _) => known::LETTERS,
            (Scoring::Options { .. }, "med42" | known::CLOZE) => "headqa",
            (Scoring::Options { .. }, "headqa") => known::CLOZE,
            (Scoring::Options { .. }, _) => "med42",
            (Scoring::Written { .. }, known::WRITTEN) => "simple-evals",
            (Scoring::Written { .. }, _) => known::WRITTEN,
        });
        let reworded = Self {
            name: other.name,
            description: other.description,
            template: other.template,
            ..self.clone()
        };
        match self.scoring {
            // Options that are not shown have no order.
            Scoring::Options { .. } if !self.template.shows_options() => vec![reworded],
            Scoring::Options { .. } => vec![reordered, reworded],
            Scoring::Letters | Scoring::Written { .. } => vec![reordered, relettered, reworded],
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_variant_of_every_protocol_is_told_apart() {
        for protocol in known::all() {
            let variants = protocol.variants();
            let labels: BTreeSet<String> = variants.iter().chain([protocol]).map(Protocol::label).collect();
            assert_eq!(labels.len(), variants.len() + 1, "{labels:#?}");
            assert!(variants.iter().all(|variant| variant.scoring == protocol.scoring));
        }
    }
}
