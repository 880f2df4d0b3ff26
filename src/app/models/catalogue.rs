//! What the Catalogue section keeps: what it is narrowed to, what is selected, how fast this machine is.

use std::sync::Arc;

use crate::app::state::Machine;
use crate::engine::calibration::Calibration;
use crate::models::catalogue::{Catalogue, Confirmation, Entry, Filter};
use crate::models::download::Order;
use crate::models::quantization::Quantization;
use crate::runs::estimate::Work;
use crate::runs::outlook::{self, Outlook};

/// What is known of how fast this machine multiplies.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Speed {
    /// It was never measured.
    #[default]
    Unknown,
    Measuring,
    Known(Arc<Calibration>),
    Failed(String),
}

/// The section's own state.
#[derive(Debug, Clone, Default)]
pub struct Browsing {
    pub filter: Filter,
    /// An entry's id.
    pub selected: Option<String>,
    /// The quantization chosen for the selected entry, where not the usual one.
    pub quantization: Option<&'static Quantization>,
    pub speed: Speed,
}

impl Browsing {
    /// The entries that the filter keeps.
    pub fn listed(&self, machine: &Machine) -> Vec<&'static Entry> {
        let fits = |entry: &Entry| outlook::fits(entry, machine.free);
        self.filter.list(Catalogue::included(), outlook::runs, fits)
    }

    /// The selected entry where it is listed, else the first that is.
    pub fn selected(&self, listed: &[&'static Entry]) -> Option<&'static Entry> {
        let selected = listed.iter().find(|entry| Some(&entry.id) == self.selected.as_ref());
        selected.or(listed.first()).copied()
    }

    /// Selects an entry, with its usual quantization.
    pub fn select(&mut self, id: String) {
        if self.selected.as_ref() != Some(&id) {
            self.quantization = None;
        }
        self.selected = Some(id);
    }

    /// The quantization of the selected entry.
    pub fn quantization(&self, entry: &Entry) -> Option<&'static Quantization> {
        let chosen = self
            .quantization
            .filter(|chosen| entry.quantizations().contains(chosen));
        chosen.or_else(|| entry.usual_quantization())
    }

    /// What fetches the entry in the chosen quantization; the hub's own word counts for more than the catalogue's.
    /// `None` where the file's name is not known.
    pub fn order(&self, entry: &Entry, told: Option<&Confirmation>) -> Option<Order> {
        let quantization = self.quantization(entry)?;
        match told {
            Some(told) => told.order(entry, quantization),
            None => entry.order(quantization),
        }
    }

    /// What running the entry in its usual quantization takes, and how long for the work.
    pub fn outlook(&self, entry: &Entry, work: Work) -> Option<Outlook> {
        Outlook::usual(entry, work, self.calibration())
    }

    /// As [`Self::outlook`], in the quantization chosen for the selected entry.
    pub fn chosen_outlook(&self, entry: &Entry, work: Work) -> Option<Outlook> {
        Outlook::of(entry, self.quantization(entry)?, work, self.calibration())
    }

    fn calibration(&self) -> Option<&Calibration> {
        match &self.speed {
            Speed::Known(calibration) => Some(calibration),
            _ => None,
        }
    }
}
