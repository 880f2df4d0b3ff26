//! Products with quantized weights, in the whole numbers the file holds.
//!
//! Every format of ggml's that has 4 to 8 bits says: a weight is `scale * (number - zero)` or `scale * number + minimum`,
//! with one scale (and minimum) for 32 or 16 neighbours. Nothing is rounded anew, so the products are llama.cpp's up
//! to the order of sums, and the weights take no more memory than in the file.

use std::cell::RefCell;

use super::Level;
use super::chunks::{Chunks, PanelChunks, Spread};
use super::formats::{FORMATS, Format};
use super::matrix::{Output, PANEL};
use super::products::add_products;
#[cfg(target_arch = "x86_64")]
use super::products::avx512;
use super::quantize::{Activations, Rounding};
use super::types::TensorType;

/// Tokens of a task: their inputs stay in the second-level cache.
const TOKENS_PER_TASK: usize = 96;
/// Panels of a task.
const PANELS_PER_TASK: usize = 4;

/// Where a thread puts what it has of a task.
struct Room {
    spread: Spread,
    sums: [[f32; PANEL]; TOKENS_PER_TASK],
}

thread_local! {
    static ROOM: RefCell<Room> = const {
        RefCell::new(Room {
            spread: Spread::new(),
            sums: [[0.0; PANEL]; TOKENS_PER_TASK],
        })
    };
}

/// Quantized weights.
#[derive(Debug)]
pub(super) struct TileMatrix {
    chunks: Chunks,
}

impl TileMatrix {
    fn format(kind: TensorType) -> Option<&'static Format> {
        const { &FORMATS }.iter().find(|format| format.kind == kind)
    }

    pub fn size_in_memory(kind: TensorType, inputs: usize, outputs: usize) -> Option<u64> {
        Some(Chunks::size(Self::format(kind)?, inputs, outputs))
    }

    /// The weights of a matrix, or nothing when it is not stored in one of the formats.
    pub fn from_bytes(bytes: &[u8], kind: TensorType, inputs: usize, outputs: usize) -> Option<Self> {
        Some(Self {
            chunks: Chunks::pack(Self::format(kind)?, bytes, inputs, outputs),
        })
    }

    pub fn inputs(&self) -> usize {
        self.chunks.inputs
    }

    pub fn outputs(&self) -> usize {
        self.chunks.outputs
    }

    /// How inputs must be rounded.
    pub fn rounding(&self) -> Rounding {
        self.chunks.format.rounding
    }

    /// Into how many tasks a product with so many tokens is cut.
    pub fn tasks(&self, tokens: usize) -> usize {
        self.panel_tasks() * tokens.div_ceil(TOKENS_PER_TASK)
    }

    fn panel_tasks(&self) -> usize {
        self.chunks.outputs.div_ceil(PANEL * PANELS_PER_TASK)
    }

    /// Computes one of the tasks.
    pub fn run(&self, task: usize, x: &Activations, output: Output) {
        ROOM.with_borrow_mut(|room| self.run_in(room, task, x, output));
    }

    fn run_in(&self, room: &mut Room, task: usize, x: &Activations, output: Output) {
        let first = task / self.panel_tasks() * TOKENS_PER_TASK;
        let count = TOKENS_PER_TASK.min(x.tokens() - first);
        let first_panel = task % self.panel_tasks() * PANELS_PER_TASK;
        let panels = self.chunks.outputs.div_ceil(PANEL);
        for panel in first_panel..panels.min(first_panel + PANELS_PER_TASK) {
            let sums = &mut room.sums[..count];
            multiply_panel(&self.chunks.panel(panel), x, first, &mut room.spread, sums);
            for (place, sums) in sums.iter().enumerate() {
                output.store(first + place, panel * PANEL, sums);
            }
        }
    }
}

/// Computes a panel for tokens `first..`.
fn multiply_panel(
    panel: &PanelChunks<'_>,
    x: &Activations,
    first: usize,
    spread: &mut Spread,
    sums: &mut [[f32; PANEL]],
) {
    #[cfg(target_arch = "x86_64")]
    if Level::detect() == Level::Avx512Vnni {
        let mut done = 0;
        while done < sums.len() {
            // SAFETY: the level was detected on this processor.
            #[expect(unsafe_code, reason = "instructions chosen at run time")]
            unsafe {
                done += avx512::step(panel, x, first + done, &mut sums[done..]);
            }
        }
        return;
    }
    multiply_spread(panel, x, first, spread, sums);
}

/// The same with the numbers spread to bytes first: a few instructions on what is in the first-level cache.
fn multiply_spread(
    panel: &PanelChunks<'_>,
    x: &Activations,
    first: usize,
    spread: &mut Spread,
    sums: &mut [[f32; PANEL]],
) {
    sums.fill([0.0; PANEL]);
    let mut block = 0;
    for span in panel.spans() {
        let span = panel.spread(span, block, spread);
        add_products(&span, x, first, sums);
        block += span.blocks;
    }
}

#[cfg(test)]
mod tests {
    use candle_core::quantized::{GgmlDType, QTensor};
    use candle_core::{Device, Tensor};

    use super::super::matrix::dequantize;
    use super::*;

    const INPUTS: usize = 512;
    /// Not a whole number of panels.
    const OUTPUTS: usize = 40;

    fn multiply(tiles: &TileMatrix, x: &[f32], out: &mut [f32]) {
        let x = Activations::round(x, INPUTS, tiles.rounding());
        let output = Output::new(out, OUTPUTS);
        (0..tiles.tasks(x.tokens())).for_each(|task| tiles.run(task, &x, output));
    }

    fn quantized(dtype: GgmlDType) -> Vec<u8> {
        let weights: Vec<f32> = (0..INPUTS * OUTPUTS)
            .map(|i| ((i * 7919 % 1009) as f32 / 504.0 - 1.0).powi(3))
            .collect();
        let weights = Tensor::from_vec(weights, (OUTPUTS, INPUTS), &Device::Cpu).unwrap();
        QTensor::quantize(&weights, dtype).unwrap().data().unwrap().into_owned()
    }

    /// Whole numbers up to 127 in every block, so that rounding activations changes nothing.
    fn whole_activations(tokens: usize) -> Vec<f32> {
        (0..tokens * INPUTS)
            .map(|i| {
                if i % 32 == 5 {
                    127.0
                } else {
                    (i * 31 % 255) as f32 - 127.0
                }
            })
            .collect()
    }

    #[test]
    fn every_format_multiplies_as_its_numbers_say() {
        for (kind, dtype) in [
            (TensorType::Q4_0, GgmlDType::Q4_0),
            (TensorType::Q4_1, GgmlDType::Q4_1),
            (TensorType::Q5_0, GgmlDType::Q5_0),
            (TensorType::Q5_1, GgmlDType::Q5_1),
            (TensorType::Q8_0, GgmlDType::Q8_0),
            (TensorType::Q4_K, GgmlDType::Q4K),
            (TensorType::Q5_K, GgmlDType::Q5K),
            (TensorType::Q6_K, GgmlDType::Q6K),
        ] {
            let bytes = quantized(dtype);
            let weights = dequantize(&bytes, kind).unwrap();
            let tiles = TileMatrix::from_bytes(&bytes, kind, INPUTS, OUTPUTS).unwrap();
            assert_eq!(
                TileMatrix::size_in_memory(kind, INPUTS, OUTPUTS).unwrap() as usize,
                tiles.chunks.bytes()
            );
            let tokens = 8;
            let x = whole_activations(tokens);
            let mut out = vec![f32::NAN; tokens * OUTPUTS];
            multiply(&tiles, &x, &mut out);
            for (token, x) in x.chunks_exact(INPUTS).enumerate() {
                for (output, weights) in weights.chunks_exact(INPUTS).enumerate() {
                    let exact: f64 = x.iter().zip(weights).map(|(&x, &w)| f64::from(x) * f64::from(w)).sum();
                    let size: f64 = x.iter().zip(weights).map(|(&x, &w)| f64::from(x * w).abs()).sum();
                    let ours = f64::from(out[token * OUTPUTS + output]);
                    // Q4_1 and Q5_1 round the sum of a block to half precision, as llama.cpp does.
                    assert!((ours - exact).abs() < 1e-4 * size, "{}: {ours}, not {exact}", kind.name);
                }
            }
        }
    }

    #[test]
    fn a_token_has_the_same_bits_alone_and_with_others_and_by_the_plain_definition() {
        for (kind, dtype) in [(TensorType::Q4_1, GgmlDType::Q4_1), (TensorType::Q6_K, GgmlDType::Q6K)] {
            let tiles = TileMatrix::from_bytes(&quantized(dtype), kind, INPUTS, OUTPUTS).unwrap();
            let x: Vec<f32> = (0..9 * INPUTS).map(|i| ((i * 101 % 997) as f32).sin()).collect();
            let mut together = vec![0f32; 9 * OUTPUTS];
            multiply(&tiles, &x, &mut together);
            for (x, together) in x.chunks_exact(INPUTS).zip(together.chunks_exact(OUTPUTS)) {
                let mut alone = vec![0f32; OUTPUTS];
                multiply(&tiles, x, &mut alone);
                assert_eq!(alone, together);
                let x = Activations::round(x, INPUTS, tiles.rounding());
                let mut plain = [[0f32; PANEL]];
                multiply_spread(&tiles.chunks.panel(0), &x, 0, &mut Spread::new(), &mut plain);
                // Without fused multiply-add, a level of its own, the last digits may differ.
                if Level::detect() != Level::Portable {
                    assert_eq!(plain[0], together[..PANEL]);
                }
            }
        }
    }
}
