//! Attention on a device, and the store of keys and values it reads.
//!
//! The tokens of a pass are of several sequences that share most of what they have read. So a block of tokens is
//! multiplied by the keys of all rows that any of them sees, each row once, and a mask takes away what a token does
//! not see: what came after it, what lies behind its window, and the other sequences' own rows.

use std::ops::Range;

use candle_core::{DType, Device, Result, Tensor};
use candle_nn::ops::softmax_last_dim;

use crate::engine::kernels::{Heads, Query};
use crate::engine::passes;
use crate::engine::settings::Settings;

/// How many scores of attention are in memory at once: 128 MiB of them, and a few copies.
pub const SCORES_AT_ONCE: usize = 1 << 25;

/// Keys and values of every token read so far, in rows as in [`Cache`](crate::engine::cache::Cache).
#[derive(Debug)]
pub struct Store {
    /// Keys and values by layer, `[key head][room][head width]` each; none before there is room.
    layers: Vec<(Tensor, Tensor)>,
    count: usize,
    heads: usize,
    width: usize,
    device: Device,
    rows: usize,
    room: usize,
}

impl Store {
    /// An empty store.
    pub fn new(settings: &Settings, device: &Device) -> Self {
        Self {
            layers: Vec::new(),
            count: settings.layers.len(),
            heads: settings.key_value_heads,
            width: settings.head_width,
            device: device.clone(),
            rows: 0,
            room: 0,
        }
    }

    pub fn room(&self) -> usize {
        self.room
    }

    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Takes memory for so many rows in all.
    pub fn make_room(&mut self, room: usize) -> Result<()> {
        if room <= self.room {
            return Ok(());
        }
        let empty = || Tensor::zeros((self.heads, room, self.width), DType::F32, &self.device);
        let larger = |tensor: &Tensor| -> Result<Tensor> {
            let larger = empty()?;
            if self.rows > 0 {
                larger.slice_set(&tensor.narrow(1, 0, self.rows)?.contiguous()?, 1, 0)?;
            }
            Ok(larger)
        };
        // Layer by layer, so that no more than one is there twice.
        for (keys, values) in &mut self.layers {
            (*keys, *values) = (larger(keys)?, larger(values)?);
        }
        while self.layers.len() < self.count {
            self.layers.push((empty()?, empty()?));
        }
        self.room = room;
        Ok(())
    }

    /// Writes what a layer gives for new tokens behind the rows there are: `[key head][token][head width]`.
    pub fn write(&self, layer: usize, keys: &Tensor, values: &Tensor) -> Result<()> {
        let (stored_keys, stored_values) = self.layer(layer)?;
        stored_keys.slice_set(keys, 1, self.rows)?;
        stored_values.slice_set(values, 1, self.rows)
    }

    /// Counts in rows that every layer has written.
    pub fn grow(&mut self, rows: usize) {
        self.rows += rows;
    }

    /// Drops every row from `rows` on.
    pub fn truncate(&mut self, rows: usize) {
        self.rows = self.rows.min(rows);
    }

    fn layer(&self, layer: usize) -> Result<&(Tensor, Tensor)> {
        match self.layers.get(layer) {
            Some(layer) => Ok(layer),
            None => candle_core::bail!("there are no keys of layer {layer}"),
        }
    }
}

/// Neighbouring tokens of a pass that go through attention together.
#[derive(Debug)]
pub struct Block {
    tokens: Range<usize>,
    rows: Rows,
    /// By the window they are for, what is added to scores: `[token][row]`; nothing where every token sees every row.
    masks: Vec<(Option<usize>, Option<Tensor>)>,
}

/// Which rows of the store a block sees.
#[derive(Debug)]
enum Rows {
    /// Neighbours, which are looked at where they lie.
    Stretch(Range<usize>),
    /// Others, which are gathered.
    Scattered(Tensor),
}

/// Tokens of one sequence within a block.
struct Piece<'a> {
    /// Where they stand in their sequence.
    positions: Range<usize>,
    /// Where keys and values of their sequence are stored, up to the last of them.
    rows: &'a [u32],
}

/// Cuts the tokens of a pass into blocks whose scores are at most so many, for layers of these windows.
pub fn blocks(
    queries: &[Query<'_>],
    heads: usize,
    windows: &[Option<usize>],
    scores: usize,
    device: &Device,
) -> Result<Vec<Block>> {
    let seen = union(queries.iter().map(|query| query.rows));
    let most = (scores / (heads * seen.len().max(1))).max(1);
    let lengths = queries.iter().map(|query| query.count);
    let mut first_token = 0;
    let blocks = passes::cut_lengths(lengths, most).into_iter().map(|parts| {
        let pieces: Vec<Piece<'_>> = parts
            .into_iter()
            .filter_map(|part| {
                let query = queries.get(part.step)?;
                let first = query.rows.len() - query.count;
                let positions = first + part.tokens.start..first + part.tokens.end;
                let rows = query.rows.get(..positions.end)?;
                Some(Piece { positions, rows })
            })
            .collect();
        let count: usize = pieces.iter().map(|piece| piece.positions.len()).sum();
        let tokens = first_token..first_token + count;
        first_token += count;
        Block::new(tokens, &pieces, windows, device)
    });
    blocks.collect()
}

/// All rows of several sequences, in order.
fn union<'a>(rows: impl Iterator<Item = &'a [u32]>) -> Vec<u32> {
    let mut all: Vec<u32> = rows.flatten().copied().collect();
    all.sort_unstable();
    all.dedup();
    all
}

impl Block {
    fn new(tokens: Range<usize>, pieces: &[Piece<'_>], windows: &[Option<usize>], device: &Device) -> Result<Self> {
        let seen = union(pieces.iter().map(|piece| piece.rows));
        let first = seen.first().map_or(0, |&row| row as usize);
        let end = seen.last().map_or(0, |&row| row as usize + 1);
        let masks = windows
            .iter()
            .map(|&window| Ok((window, mask(pieces, &seen, tokens.len(), window, device)?)))
            .collect::<Result<_>>()?;
        let rows = match end - first == seen.len() {
            true => Rows::Stretch(first..end),
            false => {
                let count = seen.len();
                Rows::Scattered(Tensor::from_vec(seen, count, device)?)
            }
        };
        Ok(Self { tokens, rows, masks })
    }

    /// The rows that the block sees of a layer's keys or values.
    fn seen(&self, stored: &Tensor) -> Result<Tensor> {
        match &self.rows {
            Rows::Stretch(rows) => stored.narrow(1, rows.start, rows.len()),
            Rows::Scattered(rows) => stored.index_select(rows, 1),
        }
    }

    fn mask(&self, window: Option<usize>) -> Option<&Tensor> {
        let (_, mask) = self.masks.iter().find(|(of, _)| *of == window)?;
        mask.as_ref()
    }
}

/// What hides from each token the rows it does not see; nothing where it sees all.
fn mask(
    pieces: &[Piece<'_>],
    seen: &[u32],
    tokens: usize,
    window: Option<usize>,
    device: &Device,
) -> Result<Option<Tensor>> {
    let first = seen.first().copied().unwrap_or(0);
    let mut columns = vec![0; seen.last().map_or(0, |&last| (last - first) as usize + 1)];
    for (column, &row) in seen.iter().enumerate() {
        if let Some(place) = columns.get_mut((row - first) as usize) {
            *place = column;
        }
    }
    let mut mask = vec![f32::NEG_INFINITY; tokens * seen.len()];
    let mut shown = 0;
    let placed = pieces
        .iter()
        .flat_map(|piece| piece.positions.clone().map(move |position| (piece, position)));
    for ((piece, position), line) in placed.zip(mask.chunks_exact_mut(seen.len().max(1))) {
        let start = window.map_or(0, |window| (position + 1).saturating_sub(window));
        for &row in piece.rows.get(start..=position).unwrap_or_default() {
            let column = columns.get((row - first) as usize);
            if let Some(place) = column.and_then(|&column| line.get_mut(column)) {
                *place = 0.0;
                shown += 1;
            }
        }
    }
    match shown == mask.len() {
        true => Ok(None),
        false => Tensor::from_vec(mask, (tokens, seen.len()), device).map(Some),
    }
}

/// What attention gives each token of a pass: from turned queries `[head][token][head width]` to
/// `[token][head][head width]`, flat by token.
pub fn attend(heads: Heads, blocks: &[Block], queries: &Tensor, store: &Store, layer: usize) -> Result<Tensor> {
    let queries = (queries * f64::from(heads.scale))?;
    let (keys, values) = store.layer(layer)?;
    let attended = blocks.iter().map(|block| {
        let tokens = block.tokens.len();
        // The heads that share keys lie behind each other as if they were more tokens.
        let grouped = (heads.key_values, heads.queries / heads.key_values * tokens, heads.width);
        let queries = queries.narrow(1, block.tokens.start, tokens)?.contiguous()?;
        let mut scores = queries.reshape(grouped)?.matmul(&block.seen(keys)?.t()?)?;
        let shape = scores.dims3()?;
        if let Some(cap) = heads.cap.map(f64::from) {
            scores = ((scores / cap)?.tanh()? * cap)?;
        }
        if let Some(mask) = block.mask(heads.window) {
            scores = scores.reshape((heads.queries, tokens, shape.2))?.broadcast_add(mask)?;
        }
        let shares = softmax_last_dim(&scores)?.reshape(shape)?;
        let attended = shares.matmul(&block.seen(values)?)?;
        let by_head = attended.reshape((heads.queries, tokens, heads.width))?;
        by_head
            .transpose(0, 1)?
            .contiguous()?
            .reshape((tokens, heads.queries * heads.width))
    });
    let attended = attended.collect::<Result<Vec<_>>>()?;
    match attended.as_slice() {
        [whole] => Ok(whole.clone()),
        parts => Tensor::cat(parts, 0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::kernels;

    const HEADS: Heads = Heads {
        queries: 4,
        key_values: 2,
        width: 8,
        window: None,
        scale: 0.4,
        cap: None,
    };

    fn numbers(count: usize, seed: f32) -> Vec<f32> {
        (0..count).map(|place| (place as f32 * 0.37 + seed).sin()).collect()
    }

    /// From `[token][head][width]` to `[head][token][width]`.
    fn by_head(numbers: &[f32], tokens: usize, heads: usize) -> Tensor {
        let tensor = Tensor::from_slice(numbers, (tokens, heads, HEADS.width), &Device::Cpu).unwrap();
        tensor.transpose(0, 1).unwrap().contiguous().unwrap()
    }

    #[test]
    fn it_attends_as_the_processor_does() {
        const ROWS: usize = 40;
        let key_width = HEADS.key_values * HEADS.width;
        let (keys, values) = (numbers(ROWS * key_width, 1.0), numbers(ROWS * key_width, 2.0));
        let mut store = Store {
            layers: Vec::new(),
            count: 1,
            heads: HEADS.key_values,
            width: HEADS.width,
            device: Device::Cpu,
            rows: 0,
            room: 0,
        };
        // In two writes, with the room taken in between.
        for rows in [0..25, 25..ROWS] {
            store.make_room(rows.end).unwrap();
            let part = |all: &[f32]| {
                let numbers = &all[rows.start * key_width..rows.end * key_width];
                by_head(numbers, rows.len(), HEADS.key_values)
            };
            store.write(0, &part(&keys), &part(&values)).unwrap();
            store.grow(rows.len());
        }
        let mut kernel_keys = Vec::new();
        kernels::store_keys(&mut kernel_keys, 0, &keys, key_width);

        // Two sequences that share ten rows, and one whose rows have gaps.
        let first: Vec<u32> = (0..20).collect();
        let second: Vec<u32> = (0..10).chain(22..30).collect();
        let gaps: Vec<u32> = (0..40).step_by(3).collect();
        let sequences = [(6, &first), (8, &second), (1, &gaps)];
        let mut tokens = 0;
        let queries = sequences.map(|(count, rows)| {
            tokens += count;
            Query {
                first_token: tokens - count,
                count,
                rows,
            }
        });
        let asked = numbers(tokens * HEADS.queries * HEADS.width, 3.0);
        for (queries, window, cap) in [
            (&queries[..], None, None),
            (&queries[..], Some(4), Some(0.7)),
            (&queries[..1], Some(100), None),
            (&queries[..1], Some(3), None),
        ] {
            let heads = Heads { window, cap, ..HEADS };
            let tokens: usize = queries.iter().map(|query| query.count).sum();
            let asked = &asked[..tokens * HEADS.queries * HEADS.width];
            let mut expected = vec![0f32; asked.len()];
            kernels::attend(heads, queries, asked, &kernel_keys, &values, &mut expected);
            // All at once, some tokens at a time, and one.
            for scores in [1 << 20, 320, 1] {
                let windows = [None, Some(3), Some(4), Some(100)];
                let blocks = blocks(queries, HEADS.queries, &windows, scores, &Device::Cpu).unwrap();
                assert_eq!(blocks.len() > 1, scores < 1 << 20);
                let asked = by_head(asked, tokens, HEADS.queries);
                let attended = attend(heads, &blocks, &asked, &store, 0).unwrap();
                let attended: Vec<f32> = attended.flatten_all().unwrap().to_vec1().unwrap();
                let apart = attended.iter().zip(&expected).map(|(a, b)| (a - b).abs());
                let apart = apart.fold(0.0, f32::max);
                assert!(apart < 1e-5, "window {window:?}, {scores} scores: {apart}");
            }
        }
    }
}
