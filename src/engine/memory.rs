//! Whether a model fits the memory of its device, known before anything is loaded.

use super::EngineError;
use super::cache;
use super::decoder;
use super::device::{self, Device};
use super::settings::{FeedForwardSettings, Settings};
use super::source::ModelFiles;
use super::weights::{self, Holder as _, Processor};
use crate::models::quantization::{Quantization, Role};
use crate::models::shape::Shape;

/// What running a model takes, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MemoryNeed {
    /// The weights as they will be held, which is more than they take in a compact file.
    pub weights: u64,
    /// Keys and values of the planned tokens.
    pub cache: u64,
    /// How many those are.
    pub tokens: usize,
    /// What one pass through the layers writes in between.
    pub pass: u64,
}

impl MemoryNeed {
    /// What running the model takes on the device of this process, with `tokens` in memory at once: a shared prefix
    /// and a group's own parts.
    pub fn of(files: &dyn ModelFiles, tokens: usize) -> Result<Self, EngineError> {
        Self::on(Device::chosen()?, files, &files.settings()?, tokens)
    }

    pub(super) fn on(
        device: &Device,
        files: &dyn ModelFiles,
        settings: &Settings,
        tokens: usize,
    ) -> Result<Self, EngineError> {
        let (weights, pass) = match device {
            Device::Processor => (
                weights::size_in_memory(files, settings, &Processor)?,
                decoder::pass_memory(settings),
            ),
            Device::Tensors(device) => (
                weights::size_in_memory(files, settings, device)?,
                device::pass_memory(settings),
            ),
        };
        let rows = Self::of_more_rows(device, settings, tokens);
        Ok(Self {
            weights,
            pass: pass.saturating_add(rows.pass),
            ..rows
        })
    }

    /// About what a model of this shape will take on the device of this process, told before its files are here. Where
    /// that device cannot be had, it is told of the processor.
    pub fn estimate(shape: &Shape, parameters: u64, quantization: &Quantization, tokens: usize) -> Self {
        let device = Device::chosen().unwrap_or(&Device::Processor);
        Self::estimate_on(device, shape, parameters, quantization, tokens)
    }

    fn estimate_on(
        device: &Device,
        shape: &Shape,
        parameters: u64,
        quantization: &Quantization,
        tokens: usize,
    ) -> Self {
        let size = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
        let (width, keys) = (size(shape.width), size(shape.keys));
        let parts = quantization.parts(shape, parameters);
        // Embeddings are looked up in the file.
        let held = parts.iter().filter(|part| part.role != Role::Embeddings);
        let bytes = held.map(|part| {
            let rows = size(part.weights / shape.width.max(1));
            let bytes = match device {
                Device::Processor => Processor.matrix_size(part.kind, width, rows),
                Device::Tensors(device) => device.matrix_size(part.kind, width, rows),
            };
            bytes.unwrap_or(part.weights.saturating_mul(4))
        });
        let per_layer = shape.layer_weights(parameters) / shape.layers.max(1);
        let attention = 2 * shape.width.saturating_mul(shape.width.saturating_add(shape.keys));
        // A layer of experts has many times the weights that one pass of it touches.
        let inner = (per_layer.saturating_sub(attention) / (3 * shape.width.max(1))).min(6 * shape.width);
        let (inner, vocabulary) = (size(inner), size(shape.vocabulary));
        Self {
            weights: bytes.fold(0, u64::saturating_add),
            cache: cache::bytes_per_row(shape.layers, shape.keys).saturating_mul(tokens as u64),
            tokens,
            pass: match device {
                Device::Processor => decoder::pass_bytes(width, width, keys, 3 * inner, vocabulary),
                Device::Tensors(_) => {
                    device::pass_bytes(width, width, keys, 4 * inner, vocabulary) + device::mask_bytes(tokens, 1)
                }
            },
        }
    }

    /// What more `rows` of keys and values take in a model that is loaded, with what hides them from tokens.
    pub(super) fn of_more_rows(device: &Device, settings: &Settings, rows: usize) -> Self {
        let bytes_per_row = cache::bytes_per_row(settings.layers.len() as u64, settings.key_width() as u64);
        Self {
            weights: 0,
            cache: bytes_per_row.saturating_mul(rows as u64),
            tokens: rows,
            pass: match device {
                Device::Processor => 0,
                Device::Tensors(_) => device::mask_memory(settings, rows),
            },
        }
    }

    /// All together.
    pub fn total(self) -> u64 {
        self.weights.saturating_add(self.cache).saturating_add(self.pass)
    }

    /// Fails where less than this is free on a device, saying both figures. Where the system does not tell, it passes.
    pub fn check(self, files: &dyn ModelFiles, device: &Device) -> Result<(), EngineError> {
        let available = available_on(device).unwrap_or(u64::MAX);
        match self.total() <= available {
            true => Ok(()),
            false => Err(EngineError::Memory {
                path: files.path().to_owned(),
                need: self,
                available,
                device: device.to_string(),
            }),
        }
    }
}

/// The free memory where this process holds models, in bytes: that of its GPU, or else of the machine.
pub fn free() -> Option<u64> {
    available_on(Device::chosen().unwrap_or(&Device::Processor))
}

/// The free memory of a device, in bytes.
fn available_on(device: &Device) -> Option<u64> {
    device.memory().map(|memory| memory.free).or_else(available)
}

/// A model's sizes as its files say them, and how many of its `parameters` see one token.
pub fn sizes(files: &dyn ModelFiles, parameters: u64) -> Result<(Shape, u64), EngineError> {
    let settings = files.settings()?;
    let shape = Shape {
        layers: settings.layers.len() as u64,
        width: settings.width as u64,
        keys: settings.key_width() as u64,
        vocabulary: settings.vocabulary as u64,
        tied: files.find("output.weight")?.is_none(),
    };
    let idle = match settings.feed_forward {
        FeedForwardSettings::Dense { .. } => 0,
        FeedForwardSettings::Experts(experts) => {
            let one = 3 * settings.width.saturating_mul(experts.width);
            let idle = (experts.count - experts.used).saturating_mul(one) as u64;
            idle.saturating_mul(shape.layers)
        }
    };
    Ok((shape, parameters.saturating_sub(idle)))
}

/// The memory programs can still take without pushing others out, in bytes; within a container no more than its limit.
pub fn available() -> Option<u64> {
    let mut system = sysinfo::System::new().ok()?;
    system.refresh_memory();
    // What the container's processes hold; its file cache would give way and does not count.
    let container = system
        .cgroup_limits()
        .map(|limits| limits.total_memory.saturating_sub(limits.rss));
    Some(system.available_memory().min(container.unwrap_or(u64::MAX)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::DeviceName;

    #[test]
    fn a_device_takes_what_it_holds_and_not_what_the_processor_would() {
        let tensors = Device::open(DeviceName::CpuTensors).unwrap();
        let shape = Shape::typical(8_000_000_000);
        let estimate = |device: &Device, name: &str| {
            let quantization = Quantization::find(name).unwrap();
            MemoryNeed::estimate_on(device, &shape, 8_000_000_000, quantization, 4096)
        };
        // The processor spreads weights of 2 and 3 bits out to single precision; candle multiplies by them as they are.
        let (processor, device) = (estimate(&Device::Processor, "Q2_K"), estimate(&tensors, "Q2_K"));
        assert!(device.weights * 4 < processor.weights, "{device:?}, {processor:?}");
        assert_eq!(device.cache, processor.cache);
        // What hides rows from tokens grows with both: 1024 tokens a pass, four bytes each.
        let quantization = Quantization::find("Q2_K").unwrap();
        let longer = MemoryNeed::estimate_on(&tensors, &shape, 8_000_000_000, quantization, 104_096);
        assert_eq!(longer.pass - device.pass, 1024 * 100_000 * 4);
        assert!(device.pass > processor.pass);
        let (processor, device) = (estimate(&Device::Processor, "Q8_0"), estimate(&tensors, "Q8_0"));
        assert!(
            device.weights.abs_diff(processor.weights) * 100 < device.weights,
            "{device:?}, {processor:?}"
        );
    }
}
