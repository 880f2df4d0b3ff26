//! candle's own quantized models behind the protocol, as anyone gets them from the crate candle-transformers.

use std::fs::File;
use std::path::Path;
use std::time::Instant;

use candle_core::quantized::gguf_file::Content;
use candle_core::{Device, IndexOp, Result, Tensor};
use candle_transformers::models::{quantized_gemma3, quantized_llama};

use crate::protocol::Request;
use crate::worker::{Worker, next_token};

enum Model {
    Llama(quantized_llama::ModelWeights),
    Gemma3(quantized_gemma3::ModelWeights),
}

impl Model {
    fn load(path: &Path) -> Result<Self> {
        let mut file = File::open(path)?;
        let content = Content::read(&mut file)?;
        let architecture = content.metadata.get("general.architecture");
        match architecture
            .map(|name| name.to_string())
            .transpose()?
            .map(String::as_str)
        {
            Some("llama") => {
                quantized_llama::ModelWeights::from_gguf(content, &mut file, &Device::Cpu).map(Self::Llama)
            }
            Some("gemma3") => {
                quantized_gemma3::ModelWeights::from_gguf(content, &mut file, &Device::Cpu).map(Self::Gemma3)
            }
            other => candle_core::bail!("{} is of the architecture {other:?}", path.display()),
        }
    }

    /// The logits after tokens that stand at `position`; at 0 a prompt begins.
    fn run(&mut self, tokens: &[u32], position: usize) -> Vec<f32> {
        let tokens = Tensor::new(tokens, &Device::Cpu).unwrap().unsqueeze(0).unwrap();
        let logits = match self {
            Self::Llama(model) => model.forward(&tokens, position),
            Self::Gemma3(model) => model.forward(&tokens, position),
        };
        logits.unwrap().i(0).unwrap().to_vec1().unwrap()
    }
}

/// candle, once a model is loaded.
#[derive(Default)]
pub struct Candle(Option<Model>);

impl Worker for Candle {
    fn answer(&mut self, request: Request) -> f64 {
        let mut started = Instant::now();
        if let Request::Load { path, token, .. } = request {
            self.0.insert(Model::load(&path).unwrap()).run(&[token], 0);
            return started.elapsed().as_secs_f64();
        }
        let model = self.0.as_mut().expect("load comes first");
        match request {
            Request::Prefill { prompt } => drop(model.run(&prompt, 0)),
            Request::Generate { prompt, count } => {
                let mut logits = model.run(&prompt, 0);
                started = Instant::now();
                for step in 0..count {
                    logits = model.run(&[next_token(&logits)], prompt.len() + step);
                }
            }
            Request::Load { .. } | Request::Score { .. } => panic!("candle's models keep no prefix for others"),
        }
        started.elapsed().as_secs_f64()
    }
}
