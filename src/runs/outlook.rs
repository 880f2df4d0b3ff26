//! What it would take to run a model of the catalogue here, reckoned before any of it is fetched.

use super::estimate::{self, Work};
use crate::engine::calibration::Calibration;
use crate::engine::memory::MemoryNeed;
use crate::engine::{self, PLANNED_TOKENS};
use crate::models::catalogue::Entry;
use crate::models::quantization::Quantization;

/// What a model takes in one of its quantizations. All of it is an estimate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Outlook {
    pub quantization: &'static Quantization,
    /// On the disk.
    pub file_bytes: u64,
    pub memory: MemoryNeed,
    /// For the work that was asked about, where this machine was measured and its processor can run it.
    pub seconds: Option<f64>,
}

impl Outlook {
    /// The outlook of an entry whose size is known.
    pub fn of(
        entry: &Entry,
        quantization: &'static Quantization,
        work: Work,
        calibration: Option<&Calibration>,
    ) -> Option<Self> {
        let (shape, parameters) = (entry.shape_or_typical()?, entry.parameters?);
        let tokens = planned_tokens(entry.context);
        let active = entry.active_parameters()?;
        let measured = calibration.filter(|_| runs(entry) && work.items > 0);
        Some(Self {
            quantization,
            file_bytes: quantization.file_bytes(&shape, parameters),
            memory: MemoryNeed::estimate(&shape, parameters, quantization, tokens),
            seconds: measured.and_then(|measured| estimate::seconds(measured, work, &shape, active, quantization)),
        })
    }

    /// That of the quantization meant where nobody chose one.
    pub fn usual(entry: &Entry, work: Work, calibration: Option<&Calibration>) -> Option<Self> {
        Self::of(entry, entry.usual_quantization()?, work, calibration)
    }
}

/// Whether the engine knows to run models of the entry's architecture.
pub fn runs(entry: &Entry) -> bool {
    let known = entry.architecture.as_deref().and_then(engine::architecture);
    entry.endpoint.is_none() && known.is_some()
}

/// Whether the entry can run here in so many bytes of memory.
pub fn fits(entry: &Entry, free: u64) -> bool {
    let takes = |outlook: Outlook| outlook.memory.total() <= free;
    runs(entry) && Outlook::usual(entry, Work::default(), None).is_some_and(takes)
}

/// The tokens planned for in memory: fewer where the model was made for less.
fn planned_tokens(context: Option<u64>) -> usize {
    let context = context.and_then(|tokens| usize::try_from(tokens).ok());
    PLANNED_TOKENS.min(context.unwrap_or(PLANNED_TOKENS))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::catalogue::Catalogue;

    #[test]
    fn an_8b_model_takes_what_people_know_it_takes() {
        let entry = Catalogue::included().find("llama-3.1-8b").unwrap();
        let outlook = Outlook::usual(entry, Work::default(), None).unwrap();
        assert_eq!(outlook.quantization.name, "Q4_K_M");
        assert!(
            (4_800_000_000..5_100_000_000).contains(&outlook.file_bytes),
            "{outlook:?}"
        );
        // 32 layers of 1024 keys and as many values, each of four bytes.
        assert_eq!(outlook.memory.cache, 32 * 2048 * 4 * 4096);
        assert!(
            (5_000_000_000..6_500_000_000).contains(&outlook.memory.total()),
            "{outlook:?}"
        );
        assert_eq!(outlook.seconds, None);
        assert!(fits(entry, 8_000_000_000) && !fits(entry, 4_000_000_000));
    }

    #[test]
    fn what_the_engine_does_not_know_does_not_fit() {
        let catalogue = Catalogue::included();
        for (id, known) in [
            ("silma-9b", true),
            ("bimedix-bilingual", true),
            ("mmedlm-2-7b", true),
            ("mmedlm-7b", false),
            ("aya-expanse-8b", false),
            ("jais-13b-chat", false),
            ("gpt-4o", false),
            ("globmed-llms", false),
        ] {
            let entry = catalogue.find(id).unwrap();
            assert_eq!(runs(entry), known, "{id}");
            assert_eq!(fits(entry, u64::MAX), known, "{id}");
        }
    }
}
