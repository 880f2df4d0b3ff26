//! The keys and values of every token computed so far, in one store that sequences share.

use super::kernels;
use super::settings::Settings;

/// Keys and values of a layer.
#[derive(Debug, Default)]
pub struct LayerCache {
    /// As [`kernels::store_keys`] lays them out.
    pub keys: Vec<f32>,
    /// `[row][key head][head width]`
    pub values: Vec<f32>,
}

/// A store of rows, one for each token that went through the model. It only grows, until it is cut back.
///
/// A [`Sequence`] says which rows are its past, so forking one copies row numbers and no keys.
#[derive(Debug)]
pub struct Cache {
    pub layers: Vec<LayerCache>,
    rows: usize,
    room: usize,
    row_width: usize,
}

/// How many bytes the keys and values of a token take in so many layers, here as on a device; `keys` are the numbers
/// of its keys in one.
pub fn bytes_per_row(layers: u64, keys: u64) -> u64 {
    layers.saturating_mul(keys).saturating_mul(2 * size_of::<f32>() as u64)
}

/// The rows of a sequence, one for each position from 0 on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sequence {
    pub rows: Vec<u32>,
}

impl Cache {
    /// An empty store.
    pub fn new(settings: &Settings) -> Self {
        let layers = settings.layers.iter().map(|_| LayerCache::default()).collect();
        Self {
            layers,
            rows: 0,
            room: 0,
            row_width: settings.key_width(),
        }
    }

    /// How many rows there is memory for.
    pub fn room(&self) -> usize {
        self.room
    }

    /// Takes memory for so many rows in all. Growing by itself, a store would take up to twice of what it needs.
    pub fn make_room(&mut self, rows: usize) {
        for layer in &mut self.layers {
            let (keys, values) = (kernels::stored_keys(rows, self.row_width), rows * self.row_width);
            layer.keys.reserve_exact(keys.saturating_sub(layer.keys.len()));
            layer.values.reserve_exact(values.saturating_sub(layer.values.len()));
        }
        self.room = self.room.max(rows);
    }

    /// How many rows there are.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Counts in rows whose keys and values every layer has appended.
    pub fn grow(&mut self, rows: usize) {
        self.rows += rows;
    }

    /// Drops every row from `rows` on, also those of a pass that was cancelled midway.
    pub fn truncate(&mut self, rows: usize) {
        self.rows = self.rows.min(rows);
        for layer in &mut self.layers {
            layer.keys.truncate(kernels::stored_keys(self.rows, self.row_width));
            layer.values.truncate(self.rows * self.row_width);
        }
    }
}
