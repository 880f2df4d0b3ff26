//! Where models are computed: on the processor, or on a GPU where the build and the machine have one.
//!
//! One device serves a whole process. It is chosen by [`Device::choose`], by `POLYCLINIC_DEVICE`, or else by what
//! is there: a build with the feature `cuda` or `metal` takes the first GPU, and the processor where it finds none.
//! What depends on those features is in `hardware.rs` and nowhere else; the decoder on candle's tensors is in every
//! build, and tests run it on the processor as the device `cpu-tensors`.
//!
//! # Same numbers for the same run
//!
//! On the processor a token's numbers have the same bits whatever else is in the pass. On a device they do not:
//! a library of matrix products adds in another order for another shape. There this holds instead: the numbers of a
//! group of requests depend on that group alone, on the device's model, and on the room that was planned for keys
//! and values. The plan of a run fixes its groups and the room, and a resumed run starts at the border of a group;
//! so it ends with the bits an uninterrupted run would have given, on the same model of GPU.
//!
//! A kept start must not break that, for it was computed while another group was at work. So a start is read in
//! blocks of [`decoder::BLOCK`] tokens, counted from its first token, each in a pass of its own: what a block gives
//! depends on the tokens up to its end and on nothing else. Only whole blocks are kept from one group to the next. What
//! a group shares beyond its last whole block is read anew in every group.

mod attention;
mod decoder;
mod hardware;
mod weights;

use std::fmt;
use std::str::FromStr;
use std::sync::OnceLock;

pub use decoder::{DeviceDecoder, mask_bytes, mask_memory, pass_bytes, pass_memory};

use super::threads;

/// How people name a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeviceName {
    Cpu,
    /// Candle's tensors on the processor: slow, and right for testing what a GPU computes.
    CpuTensors,
    /// An NVIDIA GPU by its number, from 0.
    Cuda(usize),
    /// The GPU of an Apple computer.
    Metal,
}

/// Why a device cannot be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DeviceError {
    #[error("the device '{0}' is unknown; known are cpu, cuda, cuda:1 for a second GPU, and metal")]
    Unknown(String),
    #[error(
        "this build of Polyclinic does not compute on {0}; README tells under \"On a GPU\" how to make one that does"
    )]
    NotBuilt(DeviceName),
    #[error("{name} cannot be used: {why}; `--device cpu` computes on the processor")]
    Absent { name: DeviceName, why: String },
}

impl fmt::Display for DeviceName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cpu => formatter.write_str("cpu"),
            Self::CpuTensors => formatter.write_str("cpu-tensors"),
            Self::Cuda(number) => write!(formatter, "cuda:{number}"),
            Self::Metal => formatter.write_str("metal"),
        }
    }
}

impl FromStr for DeviceName {
    type Err = DeviceError;

    fn from_str(said: &str) -> Result<Self, DeviceError> {
        let unknown = || DeviceError::Unknown(said.to_owned());
        match said {
            "cpu" => Ok(Self::Cpu),
            "cpu-tensors" => Ok(Self::CpuTensors),
            "cuda" => Ok(Self::Cuda(0)),
            "metal" => Ok(Self::Metal),
            _ => {
                let number = said.strip_prefix("cuda:").and_then(|number| number.parse().ok());
                number.map(Self::Cuda).ok_or_else(unknown)
            }
        }
    }
}

/// A device ready to compute.
#[derive(Debug, Clone)]
pub enum Device {
    /// By our own kernels.
    Processor,
    /// By candle's tensors.
    Tensors(TensorDevice),
}

/// A device that holds candle's tensors.
#[derive(Debug, Clone)]
pub struct TensorDevice {
    candle: candle_core::Device,
    name: DeviceName,
    /// What its maker calls it: "NVIDIA H100 80GB HBM3".
    model: String,
}

/// The memory of a GPU, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeviceMemory {
    pub free: u64,
    pub total: u64,
}

static CHOSEN: OnceLock<Result<Device, DeviceError>> = OnceLock::new();

impl Device {
    /// Gets a device ready.
    pub fn open(name: DeviceName) -> Result<Self, DeviceError> {
        if name == DeviceName::Cpu {
            return Ok(Self::Processor);
        }
        let (candle, model) = hardware::open(name)?;
        Ok(Self::Tensors(TensorDevice { candle, name, model }))
    }

    /// Takes a device for this process. To be called before anything has asked for [`Device::chosen`].
    pub fn choose(name: DeviceName) -> Result<&'static Self, DeviceError> {
        CHOSEN.get_or_init(|| Self::open(name)).as_ref().map_err(Clone::clone)
    }

    /// The device of this process.
    pub fn chosen() -> Result<&'static Self, DeviceError> {
        let chosen = CHOSEN.get_or_init(|| match std::env::var("POLYCLINIC_DEVICE") {
            Ok(said) if !said.is_empty() => Self::open(said.parse()?),
            _ => Ok(Self::best()),
        });
        chosen.as_ref().map_err(Clone::clone)
    }

    /// Its memory, where that is not the machine's.
    pub fn memory(&self) -> Option<DeviceMemory> {
        match self {
            Self::Processor => None,
            Self::Tensors(device) => hardware::memory(&device.candle),
        }
    }

    /// A GPU where there is one, else the processor.
    fn best() -> Self {
        let Some(name) = hardware::BEST else {
            return Self::Processor;
        };
        Self::open(name).unwrap_or_else(|problem| {
            tracing::warn!("{problem}; computing on the processor");
            Self::Processor
        })
    }
}

impl fmt::Display for Device {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Processor => match threads::count() {
                1 => formatter.write_str("CPU, 1 thread"),
                count => write!(formatter, "CPU, {count} threads"),
            },
            Self::Tensors(TensorDevice { name, model, .. }) => write!(formatter, "{name}, {model}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn devices_are_found_by_the_names_they_show() {
        for name in ["cpu", "cpu-tensors", "cuda:0", "cuda:1", "metal"] {
            assert_eq!(name.parse::<DeviceName>().unwrap().to_string(), name);
        }
        assert_eq!("cuda".parse(), Ok(DeviceName::Cuda(0)));
        for unknown in ["", "gpu", "cuda:", "cuda:-1", "CPU:1"] {
            let problem = unknown.parse::<DeviceName>().unwrap_err().to_string();
            assert!(
                problem.contains(&format!("'{unknown}' is unknown; known are cpu")),
                "{problem}"
            );
        }
    }

    #[cfg(not(any(feature = "cuda", feature = "metal")))]
    #[test]
    fn a_build_without_gpus_says_so() {
        for name in [DeviceName::Cuda(0), DeviceName::Metal] {
            let problem = Device::open(name).unwrap_err();
            assert_eq!(problem, DeviceError::NotBuilt(name));
            assert!(problem.to_string().contains("README"), "{problem}");
        }
        assert!(matches!(Device::best(), Device::Processor));
    }
}
