//! Quantized weights as they are held: in as many bits as the file has, in the order the products read them.
//!
//! A chunk is one block of the format from each of 32 rows: their scales, then their minimums, then their numbers
//! in tiles of 32 inputs. A tile's bytes are `[input / 4][output][input % 4]`, which one instruction multiplies with
//! four inputs for sixteen outputs. Numbers of less than 8 bits are held as half bytes, the first half of the tile
//! low and the second high, and planes of the fifth and sixth bits. Before a product they are spread to a byte each:
//! a few instructions on what is at hand, while reading memory is what generation waits for.

use rayon::prelude::*;

use super::for_level;
use super::formats::{Format, Unpacked, from_half};
use super::matrix::PANEL;
use super::quantize::BLOCK;

/// Bytes of a tile with a byte for a number.
pub(super) const TILE: usize = BLOCK * PANEL;
/// Inputs that are spread at once, for one panel: so the numbers stay in the first-level cache.
pub(super) const SPAN: usize = 256;

/// A matrix in chunks.
#[derive(Debug)]
pub(super) struct Chunks {
    pub format: &'static Format,
    pub inputs: usize,
    pub outputs: usize,
    /// `[panel][input / block][chunk]`
    bytes: Vec<u8>,
}

/// Where the parts of a chunk lie.
pub(super) struct Layout {
    pub minimums: usize,
    pub steps: usize,
    pub minimum_steps: usize,
    pub numbers: usize,
    pub end: usize,
}

/// The chunks of 32 outputs.
pub(super) struct PanelChunks<'a> {
    pub format: &'static Format,
    pub layout: Layout,
    pub bytes: &'a [u8],
}

impl Format {
    /// Blocks of 32 inputs in a block of the format.
    pub fn tiles(&self) -> usize {
        self.kind.block_values / BLOCK
    }

    /// Bytes of 32 inputs for 32 outputs.
    pub fn tile_bytes(&self) -> usize {
        self.bits * TILE / 8
    }

    fn layout(&self) -> Layout {
        let part = |present: bool, bytes: usize| if present { bytes * PANEL } else { 0 };
        let minimums = part(true, 2);
        let steps = minimums + part(self.has_minimum, 2);
        let minimum_steps = steps + part(self.has_steps, self.kind.block_values / self.shared);
        let numbers = minimum_steps + part(self.has_steps && self.has_minimum, self.tiles());
        Layout {
            minimums,
            steps,
            minimum_steps,
            numbers,
            end: numbers + self.tiles() * self.tile_bytes(),
        }
    }
}

impl Chunks {
    /// How many bytes [`Chunks::pack`] will take.
    pub fn size(format: &Format, inputs: usize, outputs: usize) -> u64 {
        let chunks = outputs.div_ceil(PANEL) as u64 * (inputs / format.kind.block_values) as u64;
        chunks * format.layout().end as u64
    }

    /// Packs rows as the file has them.
    pub fn pack(format: &'static Format, rows: &[u8], inputs: usize, outputs: usize) -> Self {
        let layout = format.layout();
        let blocks = inputs / format.kind.block_values;
        let row_bytes = blocks * format.kind.block_bytes;
        let mut bytes = vec![0u8; Self::size(format, inputs, outputs) as usize];
        bytes
            .par_chunks_mut(blocks * layout.end)
            .zip(rows.par_chunks(row_bytes * PANEL))
            .for_each(|(panel, rows)| {
                let mut unpacked = Unpacked::new();
                for (block, chunk) in panel.chunks_exact_mut(layout.end).enumerate() {
                    for (output, row) in rows.chunks_exact(row_bytes).enumerate() {
                        let at = block * format.kind.block_bytes;
                        (format.unpack)(&row[at..at + format.kind.block_bytes], &mut unpacked);
                        pack_block(format, &layout, &unpacked, output, chunk);
                    }
                }
            });
        Self {
            format,
            inputs,
            outputs,
            bytes,
        }
    }

    /// How many bytes the matrix takes.
    #[cfg(test)]
    pub fn bytes(&self) -> usize {
        self.bytes.len()
    }

    /// Outputs `32 * index..`.
    pub fn panel(&self, index: usize) -> PanelChunks<'_> {
        let layout = self.format.layout();
        let length = self.inputs / self.format.kind.block_values * layout.end;
        PanelChunks {
            format: self.format,
            layout,
            bytes: &self.bytes[index * length..(index + 1) * length],
        }
    }
}

impl PanelChunks<'_> {
    /// The panel's inputs, [`SPAN`] at a time, ready for products by the plain definition.
    pub fn spans(&self) -> impl Iterator<Item = &[u8]> {
        self.bytes
            .chunks(SPAN / self.format.kind.block_values * self.layout.end)
    }

    /// Spreads one of the spans, which begins at block `first_block` of 32 inputs.
    pub fn spread<'a>(&self, span: &'a [u8], first_block: usize, spread: &'a mut Spread) -> Span<'a> {
        let (format, layout, into) = (self.format, &self.layout, &mut *spread);
        for_level!(spread_chunks(format: &Format, layout: &Layout, span: &[u8], into: &mut Spread));
        let (numbers, stride) = match format.bits {
            8 => (&span[layout.numbers..], layout.end),
            _ => (&spread.numbers[..], TILE),
        };
        Span {
            first_block,
            blocks: span.len() / layout.end * format.tiles(),
            halves: BLOCK / format.shared,
            zero: format.zero,
            numbers,
            stride,
            scales: &spread.scales,
            minimums: format.has_minimum.then_some(&spread.minimums),
        }
    }
}

fn pack_block(format: &Format, layout: &Layout, block: &Unpacked, output: usize, chunk: &mut [u8]) {
    chunk[2 * output..][..2].copy_from_slice(&block.scale);
    if format.has_minimum {
        chunk[layout.minimums + 2 * output..][..2].copy_from_slice(&block.minimum);
    }
    let mut steps = |start: usize, end: usize, steps: &[u8]| {
        for (place, &step) in chunk[start..end].chunks_exact_mut(PANEL).zip(steps) {
            place[output] = step;
        }
    };
    steps(layout.steps, layout.minimum_steps, &block.steps);
    steps(layout.minimum_steps, layout.numbers, &block.minimum_steps);
    let tiles = chunk[layout.numbers..layout.end].chunks_exact_mut(format.tile_bytes());
    for (tile, numbers) in tiles.zip(block.numbers.as_chunks::<BLOCK>().0) {
        pack_row(format.bits, numbers, output, tile);
    }
}

/// Writes one output's numbers of a tile, four bytes at a time: that is what makes loading fast.
fn pack_row(bits: usize, numbers: &[u8; BLOCK], output: usize, tile: &mut [u8]) {
    let fours = tile.as_chunks_mut::<4>().0.iter_mut();
    let fours = fours.skip(output).step_by(PANEL);
    if bits == 8 {
        for (place, four) in fours.zip(numbers.as_chunks().0) {
            *place = *four;
        }
        return;
    }
    let halves: [u8; BLOCK / 2] = std::array::from_fn(|place| numbers[place] & 15 | numbers[place + 16] << 4);
    // Of the fifth bits eight steps of four inputs share a byte, of the fifth and sixth four.
    let fifth: [u8; 4] =
        std::array::from_fn(|lane| (0..8).fold(0, |plane, step| plane | (numbers[4 * step + lane] >> 4) << step));
    let both: [u8; 8] =
        std::array::from_fn(|lane| (0..4).fold(0, |plane, pair| plane | (numbers[8 * pair + lane] >> 4) << (2 * pair)));
    let planes: &[[u8; 4]] = match bits {
        5 => &[fifth],
        6 => both.as_chunks().0,
        _ => &[],
    };
    for (place, four) in fours.zip(halves.as_chunks().0.iter().chain(planes)) {
        *place = *four;
    }
}

/// Room for a span.
pub(super) struct Spread {
    numbers: [u8; SPAN * PANEL],
    scales: [f32; SPAN / 16 * PANEL],
    minimums: [f32; SPAN / BLOCK * PANEL],
}

impl Spread {
    pub const fn new() -> Self {
        Self {
            numbers: [0; SPAN * PANEL],
            scales: [0.0; SPAN / 16 * PANEL],
            minimums: [0.0; SPAN / BLOCK * PANEL],
        }
    }
}

/// Up to [`SPAN`] inputs for 32 outputs.
#[derive(Clone, Copy)]
pub(super) struct Span<'a> {
    /// Where it begins in the inputs, in blocks of 32.
    pub first_block: usize,
    pub blocks: usize,
    /// Scales for each 32 inputs: 1 or 2.
    pub halves: usize,
    /// The number that stands for zero.
    pub zero: i32,
    /// A tile every `stride` bytes.
    pub numbers: &'a [u8],
    pub stride: usize,
    /// `[block][half][output]`
    pub scales: &'a [f32; SPAN / 16 * PANEL],
    /// `[block][output]`
    pub minimums: Option<&'a [f32; SPAN / BLOCK * PANEL]>,
}

impl Span<'_> {
    /// The numbers of a block.
    pub fn tile(&self, block: usize) -> &[u8; TILE] {
        const EMPTY: &[u8; TILE] = &[0; TILE];
        self.numbers[block * self.stride..].first_chunk().unwrap_or(EMPTY)
    }
}

#[inline(always)]
fn spread_chunks<const FUSED: bool>(format: &Format, layout: &Layout, chunks: &[u8], out: &mut Spread) {
    let groups = format.kind.block_values / format.shared;
    for (index, chunk) in chunks.chunks_exact(layout.end).enumerate() {
        let scales = out.scales.chunks_exact_mut(groups * PANEL).nth(index);
        let steps = &chunk[layout.steps..layout.minimum_steps];
        spread_scales(&chunk[..2 * PANEL], steps, scales.unwrap_or_default());
        if format.has_minimum {
            let minimums = out.minimums.chunks_exact_mut(format.tiles() * PANEL).nth(index);
            let steps = &chunk[layout.minimum_steps..layout.numbers];
            spread_scales(
                &chunk[layout.minimums..layout.steps],
                steps,
                minimums.unwrap_or_default(),
            );
        }
        if format.bits == 8 {
            continue;
        }
        let tiles = chunk[layout.numbers..].chunks_exact(format.tile_bytes());
        let first = index * format.tiles();
        for (tile, out) in tiles.zip(out.numbers.as_chunks_mut::<TILE>().0.iter_mut().skip(first)) {
            spread_tile(format.bits, tile, out);
        }
    }
}

/// Turns halves, times their steps where there are any, into single precision.
#[inline(always)]
fn spread_scales(halves: &[u8], steps: &[u8], out: &mut [f32]) {
    let mut scales = [0f32; PANEL];
    for (scale, bytes) in scales.iter_mut().zip(halves.as_chunks::<2>().0) {
        *scale = from_half(u16::from_le_bytes(*bytes));
    }
    if steps.is_empty() {
        out.copy_from_slice(&scales);
        return;
    }
    for (out, steps) in out
        .as_chunks_mut::<PANEL>()
        .0
        .iter_mut()
        .zip(steps.as_chunks::<PANEL>().0)
    {
        for output in 0..PANEL {
            out[output] = scales[output] * f32::from(steps[output].cast_signed());
        }
    }
}

/// Gives each number of a tile a byte.
#[inline(always)]
fn spread_tile(bits: usize, tile: &[u8], out: &mut [u8; TILE]) {
    let (Some(halves), planes) = (tile.first_chunk::<{ TILE / 2 }>(), &tile[TILE / 2..]) else {
        return;
    };
    for place in 0..TILE / 2 {
        out[place] = halves[place] & 15;
        out[TILE / 2 + place] = halves[place] >> 4;
    }
    if let (5, Some(plane)) = (bits, planes.first_chunk::<{ TILE / 8 }>()) {
        for (shift, out) in out.as_chunks_mut::<{ TILE / 8 }>().0.iter_mut().enumerate() {
            for place in 0..TILE / 8 {
                out[place] |= (plane[place] >> shift & 1) << 4;
            }
        }
    }
    if let (6, Some(plane)) = (bits, planes.first_chunk::<{ TILE / 4 }>()) {
        for (shift, out) in out.as_chunks_mut::<{ TILE / 4 }>().0.iter_mut().enumerate() {
            for place in 0..TILE / 4 {
                out[place] |= (plane[place] >> (2 * shift) & 3) << 4;
            }
        }
    }
}
