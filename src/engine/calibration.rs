//! How fast this machine multiplies: measured in a few seconds and kept, so that the time of a run can be told before
//! it begins.
//!
//! Most of a run's time goes into products of weights with tokens. How many of them a second depends on the format of
//! the weights, so each format is measured by a matrix of zeros: the kernels take the same steps whatever the numbers.
//! Only the processor is measured; how long a GPU takes is not told.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use serde::{Deserialize, Serialize};

use super::decoder::TOKENS_PER_PASS;
use super::kernels::{Level, Matrix};
use super::{Cancel, Device, EngineError, go_on, threads};
use crate::files::{WriteError, write_toml};
use crate::models::gguf::TensorType;
use crate::models::quantization::{Part, Role};

/// The side of the matrix that is multiplied by.
const SIDE: usize = 1024;
/// The tokens that go through it at once.
const TOKENS: usize = TOKENS_PER_PASS;
/// How long each format is measured.
const LONG: Duration = Duration::from_millis(200);

/// Every format the kernels multiply by in a way of its own; the others are spread out to single precision.
const FORMATS: [TensorType; 9] = [
    TensorType::Q4_0,
    TensorType::Q4_1,
    TensorType::Q5_0,
    TensorType::Q5_1,
    TensorType::Q8_0,
    TensorType::Q4_K,
    TensorType::Q5_K,
    TensorType::Q6_K,
    TensorType::F32,
];

/// How fast a machine was when it was measured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Calibration {
    /// As in `CPU, 8 threads, AVX2`: figures of another device say nothing here.
    pub device: String,
    /// When it was measured, in RFC 3339.
    pub date: String,
    /// By the format of weights, how many of them meet a token in a second.
    rates: BTreeMap<String, f64>,
}

/// Why what was measured before cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CalibrationError {
    #[error("the calibration {} cannot be read", path.display())]
    Read { path: PathBuf, source: std::io::Error },
    #[error("the calibration {} is damaged; delete it, and it is measured again", path.display())]
    Damaged { path: PathBuf, source: toml::de::Error },
}

impl Calibration {
    /// Measures this machine, in about two seconds on all its cores.
    pub fn measure(cancel: &Cancel) -> Result<Self, EngineError> {
        let mut rates = BTreeMap::new();
        for kind in FORMATS {
            go_on(cancel)?;
            rates.insert(kind.name.to_owned(), threads::run(|| rate(kind))?);
        }
        Ok(Self {
            device: device(),
            date: humantime::format_rfc3339_seconds(SystemTime::now()).to_string(),
            rates,
        })
    }

    /// What was measured before on this device and kept in the folder; `None` where nothing was, or not every format.
    pub fn open(folder: &Path) -> Result<Option<Self>, CalibrationError> {
        let path = file(folder);
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(CalibrationError::Read { path, source }),
        };
        let kept: Self = toml::from_str(&text).map_err(|source| CalibrationError::Damaged { path, source })?;
        let is_whole = FORMATS.iter().all(|kind| {
            let rate = kept.rates.get(kind.name);
            rate.is_some_and(|rate| rate.is_finite() && *rate > 0.0)
        });
        Ok((is_whole && kept.device == device()).then_some(kept))
    }

    /// Keeps it in the folder.
    pub fn keep(&self, folder: &Path) -> Result<(), WriteError> {
        write_toml(&file(folder), self)
    }

    /// The seconds in which `tokens` go through the layers made of `parts`, and `ends` of them through the output.
    pub fn seconds(&self, parts: &[Part], tokens: f64, ends: usize) -> f64 {
        let seconds = |part: &Part| {
            let times = match part.role {
                Role::Layers => tokens,
                Role::Output => ends as f64,
                Role::Embeddings => 0.0,
            };
            part.weights as f64 * times / self.rate(part.kind)
        };
        parts.iter().map(seconds).sum()
    }

    /// The day it was measured, as `2026-11-21`.
    pub fn day(&self) -> &str {
        self.date.split('T').next().unwrap_or(&self.date)
    }

    fn rate(&self, kind: TensorType) -> f64 {
        let rate = self
            .rates
            .get(kind.name)
            .or_else(|| self.rates.get(TensorType::F32.name));
        rate.copied().unwrap_or(f64::INFINITY)
    }
}

fn file(folder: &Path) -> PathBuf {
    folder.join("calibration.toml")
}

fn device() -> String {
    format!("{}, {}", Device::Processor, Level::detect().name())
}

/// Weights times tokens in a second, by the fastest of several goes: others only wait for something else.
fn rate(kind: TensorType) -> Result<f64, EngineError> {
    let bytes = vec![0; SIDE * SIDE / kind.block_values * kind.block_bytes];
    let matrix = Matrix::from_bytes(&bytes, kind, SIDE, SIDE)?;
    let (x, mut out) = (vec![0.5; SIDE * TOKENS], vec![0.0; SIDE * TOKENS]);
    let mut fastest = Duration::MAX;
    let begun = Instant::now();
    while begun.elapsed() < LONG {
        let start = Instant::now();
        matrix.multiply(&x, &mut out);
        fastest = fastest.min(start.elapsed());
    }
    Ok((SIDE * SIDE * TOKENS) as f64 / fastest.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::quantization::Quantization;
    use crate::models::shape::Shape;

    #[test]
    fn what_was_measured_is_kept_and_scales_with_tokens() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(Calibration::open(folder.path()).unwrap(), None);
        let measured = Calibration::measure(&Cancel::default()).unwrap();
        measured.keep(folder.path()).unwrap();
        assert_eq!(Calibration::open(folder.path()).unwrap(), Some(measured.clone()));
        let shape = Shape::typical(1_000_000_000);
        for name in ["Q4_K_M", "Q8_0", "BF16", "Q2_K"] {
            let parts = Quantization::find(name).unwrap().parts(&shape, 1_000_000_000);
            let one = measured.seconds(&parts, 1000.0, 0);
            assert!(one > 0.0 && one.is_finite(), "{name}: {one}");
            assert!((measured.seconds(&parts, 2000.0, 0) / one - 2.0).abs() < 1e-9);
            assert!(measured.seconds(&parts, 1000.0, 10) > one);
        }
    }

    #[test]
    fn figures_of_another_device_are_not_used() {
        let folder = tempfile::tempdir().unwrap();
        let mut measured = Calibration::measure(&Cancel::default()).unwrap();
        measured.device = "CPU, 4096 threads, abacus".to_owned();
        measured.keep(folder.path()).unwrap();
        assert_eq!(Calibration::open(folder.path()).unwrap(), None);
        measured.device = device();
        measured.rates.insert("Q8_0".to_owned(), 0.0);
        measured.keep(folder.path()).unwrap();
        assert_eq!(
            Calibration::open(folder.path()).unwrap(),
            None,
            "no run takes no time, or for ever"
        );
        std::fs::write(folder.path().join("calibration.toml"), "rates = 7").unwrap();
        let damaged = Calibration::open(folder.path()).unwrap_err();
        assert!(
            matches!(damaged, CalibrationError::Damaged { .. }) && damaged.to_string().contains("calibration.toml")
        );
    }

    #[test]
    fn measuring_stops_when_asked() {
        let cancel = Cancel::default();
        cancel.cancel();
        assert!(matches!(Calibration::measure(&cancel), Err(EngineError::Cancelled)));
    }
}
