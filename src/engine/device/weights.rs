//! Weights on a device: quantized as the file has them, or dense in the file's precision.

use std::borrow::Cow;

use candle_core::quantized::{QStorage, QTensor};
use candle_core::{DType, Device, Result, Tensor};

use super::TensorDevice;
use crate::engine::kernels::candle_type;
use crate::engine::weights::{Holder, Projection};
use crate::models::gguf::TensorType;

/// A matrix of `outputs` rows and `inputs` columns.
#[derive(Debug)]
pub enum Matrix {
    Quantized(QTensor),
    Dense(Tensor),
}

/// In which precision floating-point weights are held and multiplied; nothing for quantized ones. A GPU multiplies
/// halves much faster, so there they stay what they are; the processor does not.
fn precision(kind: TensorType, device: &Device) -> Option<DType> {
    let stored = stored_precision(kind)?;
    Some(if device.is_cpu() { DType::F32 } else { stored })
}

fn stored_precision(kind: TensorType) -> Option<DType> {
    match kind {
        TensorType::F32 => Some(DType::F32),
        TensorType::F16 => Some(DType::F16),
        TensorType::BF16 => Some(DType::BF16),
        _ => None,
    }
}

impl Holder for TensorDevice {
    type Matrix = Matrix;
    type Vector = Tensor;

    fn matrix(&self, bytes: &[u8], kind: TensorType, inputs: usize, outputs: usize) -> Result<Matrix> {
        if let (Some(stored), Some(precision)) = (stored_precision(kind), precision(kind, &self.candle)) {
            let tensor = Tensor::from_raw_buffer(bytes, stored, &[outputs, inputs], &self.candle)?;
            return Ok(Matrix::Dense(tensor.to_dtype(precision)?));
        }
        let Some(quantized) = candle_type(kind) else {
            candle_core::bail!("numbers stored as {} cannot be computed with", kind.name)
        };
        let storage = QStorage::from_data(Cow::Borrowed(bytes), &self.candle, quantized)?;
        Ok(Matrix::Quantized(QTensor::new(storage, (outputs, inputs))?))
    }

    fn vector(&self, numbers: Vec<f32>) -> Result<Tensor> {
        let length = numbers.len();
        Tensor::from_vec(numbers, length, &self.candle)
    }

    fn matrix_size(&self, kind: TensorType, inputs: usize, outputs: usize) -> Option<u64> {
        candle_type(kind)?;
        let numbers = (inputs as u64).saturating_mul(outputs as u64);
        Some(match precision(kind, &self.candle) {
            Some(precision) => numbers.saturating_mul(precision.size_in_bytes() as u64),
            None => numbers / kind.block_values as u64 * kind.block_bytes as u64,
        })
    }

    fn form(matrix: &Matrix) -> &'static str {
        match matrix {
            Matrix::Quantized(_) => "quantized",
            Matrix::Dense(tensor) => tensor.dtype().as_str(),
        }
    }
}

impl Matrix {
    /// The product with every token: from `[token][inputs]` to `[token][outputs]`, both in single precision.
    pub fn multiply(&self, x: &Tensor) -> Result<Tensor> {
        match self {
            Self::Quantized(matrix) => x.apply_op1_no_bwd(matrix),
            Self::Dense(matrix) => x.to_dtype(matrix.dtype())?.matmul(&matrix.t()?)?.to_dtype(DType::F32),
        }
    }
}

impl Projection<TensorDevice> {
    /// The product with every token, and the bias added.
    pub fn project(&self, x: &Tensor) -> Result<Tensor> {
        let product = self.matrix.multiply(x)?;
        match &self.bias {
            Some(bias) => product.broadcast_add(bias),
            None => Ok(product),
        }
    }
}
