//! A weight matrix in the form the kernels multiply by, made from the bytes of a model file.

use std::borrow::Cow;

use candle_core::Device;
use candle_core::quantized::{GgmlDType, QStorage, QTensor};
use rayon::prelude::*;

use super::dense::DenseMatrix;
use super::quantize::{Activations, Rounding};
use super::tiles::TileMatrix;
use super::types::TensorType;

/// Output rows that one step of a kernel computes; matrices are padded to whole panels.
pub(super) const PANEL: usize = 32;

/// A matrix of `outputs` rows and `inputs` columns.
#[derive(Debug)]
pub struct Matrix(Form);

#[derive(Debug)]
enum Form {
    /// The file's own small whole numbers, for 8-bit products.
    Tiles(TileMatrix),
    /// Single precision, for weights that the file holds in floating point.
    Dense(DenseMatrix),
}

impl Matrix {
    /// Brings weights into kernel form. `bytes` holds `outputs` rows of `inputs` numbers stored as `kind`;
    /// the caller checked that the sizes agree.
    pub fn from_bytes(bytes: &[u8], kind: TensorType, inputs: usize, outputs: usize) -> candle_core::Result<Self> {
        Ok(Self(match TileMatrix::from_bytes(bytes, kind, inputs, outputs) {
            Some(tiles) => Form::Tiles(tiles),
            None => Form::Dense(DenseMatrix::from_rows(&dequantize(bytes, kind)?, inputs, outputs)),
        }))
    }

    /// How many bytes [`Matrix::from_bytes`] will take, or nothing when the kind cannot be computed with.
    pub fn size_in_memory(kind: TensorType, inputs: usize, outputs: usize) -> Option<u64> {
        let tiles = TileMatrix::size_in_memory(kind, inputs, outputs);
        tiles.or_else(|| candle_type(kind).map(|_| DenseMatrix::size_in_memory(inputs, outputs)))
    }

    /// How the numbers are held, for the record of a run.
    pub fn form(&self) -> &'static str {
        match self.0 {
            Form::Tiles(_) => "whole numbers",
            Form::Dense(_) => "f32",
        }
    }

    /// `out[t] = matrix * x[t]` for every token: `x` is `[token][inputs]`, `out` is `[token][outputs]`.
    pub fn multiply(&self, x: &[f32], out: &mut [f32]) {
        multiply_all(x, [(self, out)]);
    }

    fn inputs(&self) -> usize {
        match &self.0 {
            Form::Tiles(tiles) => tiles.inputs(),
            Form::Dense(dense) => dense.inputs(),
        }
    }
}

/// A product of a matrix with some tokens, to be computed in tasks that threads share.
struct Product<'a> {
    factors: Factors<'a>,
    output: Output,
    tasks: usize,
}

enum Factors<'a> {
    Tiles(&'a TileMatrix, &'a Activations),
    Dense(&'a DenseMatrix, &'a [f32]),
}

impl<'a> Product<'a> {
    /// `rounded` holds the tokens by the number of their [`Rounding`](super::quantize::Rounding).
    fn new(matrix: &'a Matrix, x: &'a [f32], rounded: &'a [Option<Activations>], out: &mut [f32]) -> Option<Self> {
        let tokens = x.len() / matrix.inputs();
        let (factors, outputs, tasks) = match &matrix.0 {
            Form::Dense(dense) => (Factors::Dense(dense, x), dense.outputs(), dense.tasks(tokens)),
            Form::Tiles(tiles) => {
                let x = rounded.get(tiles.rounding() as usize)?.as_ref()?;
                (Factors::Tiles(tiles, x), tiles.outputs(), tiles.tasks(tokens))
            }
        };
        Some(Self {
            factors,
            output: Output::new(out, outputs),
            tasks,
        })
    }

    fn run(&self, task: usize) {
        match self.factors {
            Factors::Tiles(tiles, x) => tiles.run(task, x, self.output),
            Factors::Dense(dense, x) => dense.run(task, x, self.output),
        }
    }
}

/// Multiplies the same tokens by several matrices of equally many inputs, each as [`Matrix::multiply`] does:
/// the tokens are rounded once, and the threads meet once.
pub fn multiply_all<const COUNT: usize>(x: &[f32], products: [(&Matrix, &mut [f32]); COUNT]) {
    let mut rounded = [const { None }; Rounding::COUNT];
    for (matrix, _) in &products {
        if let Form::Tiles(tiles) = &matrix.0
            && let Some(rounded) = rounded.get_mut(tiles.rounding() as usize)
        {
            rounded.get_or_insert_with(|| Activations::round(x, tiles.inputs(), tiles.rounding()));
        }
    }
    let products = products.map(|(matrix, out)| Product::new(matrix, x, &rounded, out));
    let tasks: usize = products.iter().flatten().map(|product| product.tasks).sum();
    (0..tasks).into_par_iter().for_each(|mut task| {
        for product in products.iter().flatten() {
            if task < product.tasks {
                product.run(task);
                return;
            }
            task -= product.tasks;
        }
    });
}

/// candle's name for a type, where candle can read it.
pub fn candle_type(kind: TensorType) -> Option<GgmlDType> {
    Some(match kind {
        TensorType::F32 => GgmlDType::F32,
        TensorType::F16 => GgmlDType::F16,
        TensorType::BF16 => GgmlDType::BF16,
        TensorType::Q4_0 => GgmlDType::Q4_0,
        TensorType::Q4_1 => GgmlDType::Q4_1,
        TensorType::Q5_0 => GgmlDType::Q5_0,
        TensorType::Q5_1 => GgmlDType::Q5_1,
        TensorType::Q8_0 => GgmlDType::Q8_0,
        TensorType::Q2_K => GgmlDType::Q2K,
        TensorType::Q3_K => GgmlDType::Q3K,
        TensorType::Q4_K => GgmlDType::Q4K,
        TensorType::Q5_K => GgmlDType::Q5K,
        TensorType::Q6_K => GgmlDType::Q6K,
        _ => return None,
    })
}

/// The numbers a file's bytes stand for.
pub fn dequantize(bytes: &[u8], kind: TensorType) -> candle_core::Result<Vec<f32>> {
    let Some(dtype) = candle_type(kind) else {
        candle_core::bail!("numbers stored as {} cannot be read", kind.name)
    };
    let elements = bytes.len() / kind.block_bytes * kind.block_values;
    let storage = QStorage::from_data(Cow::Borrowed(bytes), &Device::Cpu, dtype)?;
    QTensor::new(storage, elements)?.dequantize(&Device::Cpu)?.to_vec1()
}

/// Where kernels of several threads write, each to places of its own.
#[derive(Clone, Copy)]
pub(super) struct Output {
    start: *mut f32,
    length: usize,
    /// The numbers of a token.
    pub width: usize,
}

#[expect(
    unsafe_code,
    reason = "threads write disjoint columns of the same rows, which slices cannot express"
)]
// SAFETY: the pointer comes from a `&mut [f32]` that outlives the threads, and `store` says who may write where.
unsafe impl Send for Output {}
#[expect(unsafe_code, reason = "see above")]
// SAFETY: as above.
unsafe impl Sync for Output {}

impl Output {
    pub fn new(out: &mut [f32], width: usize) -> Self {
        Self {
            start: out.as_mut_ptr(),
            length: out.len(),
            width,
        }
    }

    /// Writes the part of `panel` that lies inside the matrix to columns `column..` of a token.
    /// No two threads may be given the same columns of the same token.
    pub fn store(self, token: usize, column: usize, panel: &[f32]) {
        let count = panel.len().min(self.width.saturating_sub(column));
        let at = token * self.width + column;
        if at + count <= self.length {
            // SAFETY: in bounds by the check; no other thread writes here by this function's contract.
            #[expect(unsafe_code, reason = "see the type")]
            unsafe {
                std::ptr::copy_nonoverlapping(panel.as_ptr(), self.start.add(at), count);
            }
        }
    }
}
