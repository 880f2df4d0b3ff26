//! What runs a model: the processor or a device, behind one border.

use std::fmt;

use super::cache::Cache;
use super::decoder::Decoder;
use super::device::{Device, DeviceDecoder};
use super::kernels::Level;
use super::memory::MemoryNeed;
use super::passes::Step;
use super::rotary::Reach;
use super::settings::Settings;
use super::source::ModelFiles;
use super::{Cancel, EngineError};

/// A loaded model with a store for the keys and values of the tokens it has read.
pub trait Machine: fmt::Debug + Send {
    /// Where the model came from.
    fn files(&self) -> &dyn ModelFiles;

    fn settings(&self) -> &Settings;

    /// Runs all steps and returns the wanted hidden states in their order, `[wanted][width]`, ready for
    /// [`Machine::logits`]. All rows of the store are of one `reach`.
    ///
    /// After an error the store holds rows of no sequence; cut it back to where it was.
    fn advance(&mut self, steps: &mut [Step<'_>], reach: Reach, cancel: &Cancel) -> Result<Vec<f32>, EngineError>;

    /// The logits of hidden states: `[state][vocabulary]`.
    fn logits(&self, hidden: &[f32]) -> Result<Vec<f32>, EngineError>;

    /// How many rows the store has memory for.
    fn room(&self) -> usize;

    /// Takes memory for so many rows in all. Whether they fit was checked before.
    fn make_room(&mut self, rows: usize) -> Result<(), EngineError>;

    /// Drops every row of the store from `rows` on.
    fn truncate(&mut self, rows: usize);

    /// How many tokens of a start are computed in a pass of their own where the bits of a token depend on what is
    /// beside it; nothing where they do not. The module of [`Device`] tells why.
    fn block(&self) -> Option<usize>;

    /// The form of weights and kernels, for the record of a run.
    fn computed(&self) -> String;
}

/// Loads the weights onto a device and takes memory for `tokens`, where both fit.
pub fn load(
    files: Box<dyn ModelFiles>,
    settings: Settings,
    device: &Device,
    tokens: usize,
    cancel: &Cancel,
) -> Result<Box<dyn Machine>, EngineError> {
    MemoryNeed::on(device, files.as_ref(), &settings, tokens)?.check(files.as_ref(), device)?;
    let mut machine: Box<dyn Machine> = match device {
        Device::Processor => Box::new(Processor {
            cache: Cache::new(&settings),
            decoder: Decoder::load(files, settings, cancel)?,
        }),
        Device::Tensors(device) => Box::new(DeviceDecoder::load(device.clone(), files, settings, cancel)?),
    };
    machine.make_room(tokens)?;
    Ok(machine)
}

/// The decoder on the processor and its store.
#[derive(Debug)]
struct Processor {
    decoder: Decoder,
    cache: Cache,
}

impl Machine for Processor {
    fn files(&self) -> &dyn ModelFiles {
        self.decoder.files()
    }

    fn settings(&self) -> &Settings {
        self.decoder.settings()
    }

    fn advance(&mut self, steps: &mut [Step<'_>], reach: Reach, cancel: &Cancel) -> Result<Vec<f32>, EngineError> {
        self.decoder.advance(&mut self.cache, steps, reach, cancel)
    }

    fn logits(&self, hidden: &[f32]) -> Result<Vec<f32>, EngineError> {
        Ok(self.decoder.logits(hidden))
    }

    fn room(&self) -> usize {
        self.cache.room()
    }

    fn make_room(&mut self, rows: usize) -> Result<(), EngineError> {
        self.cache.make_room(rows);
        Ok(())
    }

    fn truncate(&mut self, rows: usize) {
        self.cache.truncate(rows);
    }

    fn block(&self) -> Option<usize> {
        None
    }

    fn computed(&self) -> String {
        format!("{}; {}", Level::detect().name(), self.decoder.weights().forms())
    }
}
