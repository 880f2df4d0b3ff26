//! Models in GGUF files.

use std::borrow::Cow;
use std::path::Path;

use super::{ModelFiles, Stored};
use crate::engine::EngineError;
use crate::engine::architecture::{ARCHITECTURES, Architecture, find, is_last_of};
use crate::engine::rotary::{Rotary, Turning, Yarn};
use crate::engine::settings::{
    ExpertSettings, FeedForwardSettings, LayerSettings, MOST_CONTEXT, MOST_LAYERS, MOST_WIDTH, Settings,
};
use crate::engine::tokenizer::Tokenizer;
use crate::engine::weights::vector;
use crate::models::Summary;
use crate::models::gguf::GgufFile;

impl ModelFiles for GgufFile {
    fn path(&self) -> &Path {
        GgufFile::path(self)
    }

    fn settings(&self) -> Result<Settings, EngineError> {
        let name = self.architecture()?;
        let architecture = find(name).ok_or_else(|| EngineError::UnknownArchitecture {
            path: self.path().to_owned(),
            name: name.to_owned(),
            known: ARCHITECTURES.map(|architecture| architecture.name).join(", "),
        })?;
        Fields {
            file: self,
            architecture,
        }
        .settings()
    }

    fn find(&self, name: &str) -> Result<Option<Stored>, EngineError> {
        Ok(self.find_tensor(name).map(|tensor| Stored {
            dimensions: tensor.dimensions.clone(),
            kind: tensor.kind,
        }))
    }

    fn bytes(&self, name: &str) -> Cow<'_, [u8]> {
        self.find_tensor(name)
            .map_or(&[][..], |tensor| GgufFile::bytes(self, tensor))
            .into()
    }

    fn let_go(&self) {
        GgufFile::let_go(self);
    }

    fn tokenizer(&self) -> Result<Tokenizer, EngineError> {
        Tokenizer::from_gguf(self)
    }

    fn summary(&self) -> Result<Summary, EngineError> {
        Ok(GgufFile::summary(self)?)
    }
}

/// The metadata of a file, by names without the architecture's in front.
struct Fields<'a> {
    file: &'a GgufFile,
    architecture: &'static Architecture,
}

impl Fields<'_> {
    fn key(&self, field: &str) -> String {
        format!("{}.{field}", self.architecture.name)
    }

    fn invalid(&self, what: String) -> EngineError {
        EngineError::Settings {
            path: self.file.path().to_owned(),
            what,
        }
    }

    /// A whole number from 0 on; 0 often says that there is none.
    fn number(&self, field: &str, most: usize) -> Result<Option<usize>, EngineError> {
        let key = self.key(field);
        let Some(number) = self.file.unsigned(&key)? else {
            return Ok(None);
        };
        match usize::try_from(number).ok().filter(|&number| number <= most) {
            Some(number) => Ok(Some(number)),
            None => Err(self.invalid(format!("'{key}' is {number}"))),
        }
    }

    fn required(&self, field: &str, most: usize) -> Result<usize, EngineError> {
        let number = self.number(field, most)?;
        Ok(self.file.required(&self.key(field), number)?)
    }

    fn float(&self, field: &str) -> Result<Option<f64>, EngineError> {
        Ok(self.file.float(&self.key(field))?)
    }

    /// A number where 0 says that there is none.
    fn nonzero(&self, field: &str) -> Result<Option<f64>, EngineError> {
        Ok(self.float(field)?.filter(|&number| number != 0.0))
    }

    fn settings(&self) -> Result<Settings, EngineError> {
        let (file, architecture) = (self.file, self.architecture);
        let width = self.required("embedding_length", MOST_WIDTH)?;
        let heads = self.required("attention.head_count", MOST_WIDTH)?;
        let key_value_heads = self.number("attention.head_count_kv", MOST_WIDTH)?.unwrap_or(heads);
        let natural_width = width.checked_div(heads).unwrap_or(0);
        let head_width = self
            .number("attention.key_length", MOST_WIDTH)?
            .unwrap_or(natural_width);
        let value_width = self.number("attention.value_length", MOST_WIDTH)?.unwrap_or(head_width);
        if value_width != head_width {
            return Err(self.invalid(format!(
                "its keys have {head_width} numbers and its values {value_width}; only equal ones can be run"
            )));
        }
        let layers = self.layers()?;
        let scaled_width = match layers.len() == architecture.largest_layers {
            true => natural_width,
            false => head_width,
        };
        let natural_scale = 1.0 / (scaled_width as f64).sqrt();
        let tokens = file.list_length("tokenizer.ggml.tokens")?;
        let vocabulary = tokens.ok_or_else(|| EngineError::NoTokenizer {
            path: file.path().to_owned(),
        })?;
        let epsilon = "attention.layer_norm_rms_epsilon";
        let epsilon = file.required(&self.key(epsilon), self.float(epsilon)?)?;
        let embedding_scale = match architecture.scaled_embeddings {
            true => Some((width as f64).sqrt()),
            false => self.nonzero("embedding_scale")?,
        };
        let single = |number: Option<f64>| number.map(|number| number as f32);
        let settings = Settings {
            architecture,
            layers,
            width,
            heads,
            key_value_heads,
            head_width,
            feed_forward: self.feed_forward()?,
            vocabulary,
            context_length: self.required("context_length", MOST_CONTEXT)?,
            epsilon: epsilon as f32,
            rotary: self.rotary(head_width)?,
            attention_scale: self.nonzero("attention.scale")?.unwrap_or(natural_scale) as f32,
            attention_cap: single(self.nonzero("attn_logit_softcapping")?),
            embedding_scale: single(embedding_scale),
            residual_scale: single(self.nonzero("residual_scale")?),
            logit_scale: single(self.nonzero("logit_scale")?.map(|divisor| 1.0 / divisor)),
            logit_cap: single(self.nonzero("final_logit_softcapping")?),
        };
        settings.checked().map_err(|what| self.invalid(what))
    }

    fn layers(&self) -> Result<Vec<LayerSettings>, EngineError> {
        let count = self.required("block_count", MOST_LAYERS)?;
        let window = self
            .number("attention.sliding_window", MOST_CONTEXT)?
            .filter(|&window| window > 0);
        let key = self.key("attention.sliding_window_pattern");
        // A list says it for each layer, a number how often a layer sees everything.
        let listed = match self.file.list_length(&key) {
            Ok(Some(length)) if length < count => {
                return Err(self.invalid(format!("'{key}' has {length} entries for {count} layers")));
            }
            Ok(Some(_)) => self.file.numbers(&key)?,
            Ok(None) | Err(_) => None,
        };
        let every = match listed {
            Some(_) => 0,
            None => self
                .number("attention.sliding_window_pattern", MOST_LAYERS)?
                .unwrap_or(self.architecture.whole_layer_every),
        };
        let windowed = |layer: usize| match &listed {
            Some(list) => list.get(layer).is_some_and(|&windowed| windowed != 0.0),
            None => !is_last_of(every, layer),
        };
        Ok((0..count)
            .map(|layer| LayerSettings {
                window: window.filter(|_| windowed(layer)),
                turns: !is_last_of(self.architecture.unturned_layer_every, layer),
            })
            .collect())
    }

    fn feed_forward(&self) -> Result<FeedForwardSettings, EngineError> {
        let width = self.required("feed_forward_length", MOST_WIDTH)?;
        let count = self.number("expert_count", MOST_WIDTH)?.unwrap_or(0);
        if count == 0 {
            return Ok(FeedForwardSettings::Dense { width });
        }
        let Some(routing) = self.architecture.routing else {
            return Err(self.invalid(format!(
                "it is a mixture of {count} experts, which '{}' is not run with",
                self.architecture.name
            )));
        };
        let gating = self.number("expert_gating_func", MOST_WIDTH)?.unwrap_or(0);
        let scale = self.nonzero("expert_weights_scale")?.unwrap_or(1.0);
        if gating > 1 || scale != 1.0 {
            return Err(self.invalid(format!(
                "its experts are weighed by function {gating} and scale {scale}; only a softmax can be run"
            )));
        }
        let used = self.required("expert_used_count", MOST_WIDTH)?;
        let expert_width = self.number("expert_feed_forward_length", MOST_WIDTH)?;
        let own_width = match routing.shared {
            true => width.checked_div(used).unwrap_or(0),
            false => width,
        };
        let shared_width = match routing.shared {
            true => Some(
                self.number("expert_shared_feed_forward_length", MOST_WIDTH)?
                    .unwrap_or(width),
            ),
            false => None,
        };
        let renormalized = self.file.boolean(&self.key("expert_weights_norm"))?;
        Ok(FeedForwardSettings::Experts(ExpertSettings {
            count,
            used,
            width: expert_width.filter(|&width| width > 0).unwrap_or(own_width),
            shared_width,
            renormalized: renormalized.unwrap_or(routing.renormalized),
        }))
    }

    fn rotary(&self, head_width: usize) -> Result<Rotary, EngineError> {
        let width = self.number("rope.dimension_count", MOST_WIDTH)?.unwrap_or(head_width);
        let pairs = width / 2;
        let base = self.float("rope.freq_base")?.unwrap_or(10_000.0);
        let factors = |name: &str| match self.file.find_tensor(name) {
            Some(_) => vector(self.file, name, pairs).map(Some),
            None => Ok(None),
        };
        let mut near = self.stretched(base, pairs)?;
        if let Some(factors) = factors("rope_freqs.weight")? {
            near = near.divided_by(&factors);
        }
        let mut far = None;
        if let (Some(short), Some(long)) = (
            factors("rope_factors_short.weight")?,
            factors("rope_factors_long.weight")?,
        ) {
            let original = self.required("rope.scaling.original_context_length", MOST_CONTEXT)?;
            let magnitude = self.nonzero("rope.scaling.attn_factor")?.unwrap_or(1.0) as f32;
            near = Turning::divided(base, short, magnitude);
            far = Some((original, Turning::divided(base, long, magnitude)));
        }
        let window_base = self
            .float("rope.freq_base_swa")?
            .or(self.architecture.window_rotary_base);
        Ok(Rotary {
            layout: self.architecture.rotary,
            width,
            near,
            far,
            window: window_base.map(|base| Turning::plain(base, pairs)),
        })
    }

    /// The turning that `rope.scaling` asks for.
    fn stretched(&self, base: f64, pairs: usize) -> Result<Turning, EngineError> {
        let factor = || -> Result<f64, EngineError> { Ok(self.nonzero("rope.scaling.factor")?.unwrap_or(1.0)) };
        let original = || self.required("rope.scaling.original_context_length", MOST_CONTEXT);
        let key = self.key("rope.scaling.type");
        Ok(match self.file.text(&key)? {
            // The factors of `longrope` are tensors.
            None | Some("none" | "longrope") => Turning::plain(base, pairs),
            Some("linear") => Turning::linear(base, pairs, factor()?),
            Some("yarn") => {
                let numbers = Yarn {
                    factor: factor()?,
                    original: original()? as f64,
                    fast: self.float("rope.scaling.yarn_beta_fast")?.unwrap_or(32.0),
                    slow: self.float("rope.scaling.yarn_beta_slow")?.unwrap_or(1.0),
                    magnitude: None,
                };
                Turning::yarn(base, pairs, numbers)
            }
            Some(other) => {
                return Err(self.invalid(format!("it stretches positions by '{other}', which is unknown here")));
            }
        })
    }
}
