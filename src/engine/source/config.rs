//! `config.json` as settings: the fields of today's `transformers` and those older models were published with.

use serde_json::{Map, Value};

use super::names::{FAMILIES, Family};
use crate::engine::architecture::{Activation, Architecture, find, is_last_of};
use crate::engine::rotary::{ByWavelength, Rotary, Turning, Yarn, long_magnitude};
use crate::engine::settings::{
    ExpertSettings, FeedForwardSettings, LayerSettings, MOST_CONTEXT, MOST_LAYERS, MOST_WIDTH, Settings,
};

/// The part of a configuration that describes the text model, with its family.
#[derive(Debug)]
pub struct Config<'a> {
    pub family: &'static Family,
    fields: &'a Map<String, Value>,
}

/// Why a configuration cannot be used.
#[derive(Debug)]
pub enum Problem {
    UnknownFamily {
        name: String,
        known: String,
    },
    /// In words.
    Other(String),
}

impl From<String> for Problem {
    fn from(what: String) -> Self {
        Self::Other(what)
    }
}

fn other<T>(what: &str) -> Result<T, Problem> {
    Err(Problem::Other(what.to_owned()))
}

impl<'a> Config<'a> {
    /// Finds the text model's part and its family.
    pub fn new(config: &'a Map<String, Value>) -> Result<Self, Problem> {
        let fields = config.get("text_config").and_then(Value::as_object).unwrap_or(config);
        let Some(name) = fields.get("model_type").and_then(Value::as_str) else {
            return other("'model_type' is missing from config.json");
        };
        let family = Family::find(name).ok_or_else(|| Problem::UnknownFamily {
            name: name.to_owned(),
            known: FAMILIES.map(|family| family.model_type).join(", "),
        })?;
        let quantization = config.get("quantization_config").or(fields.get("quantization_config"));
        if let Some(quantization) = quantization.filter(|quantization| !quantization.is_null()) {
            let method = quantization
                .get("quant_method")
                .and_then(Value::as_str)
                .unwrap_or("unknown");
            return Err(Problem::Other(format!(
                "its weights are quantized by '{method}', which cannot be computed with; \
                 fetch the unquantized model, or a GGUF file of it"
            )));
        }
        Ok(Self { family, fields })
    }

    /// A field of `from` that is there and not null.
    fn value(from: &'a Map<String, Value>, field: &str) -> Option<&'a Value> {
        from.get(field).filter(|value| !value.is_null())
    }

    fn default(&self, field: &str) -> Option<f64> {
        let mut defaults = self.family.defaults.iter();
        defaults.find(|(name, _)| *name == field).map(|(_, number)| *number)
    }

    fn float_of(from: &'a Map<String, Value>, field: &str) -> Result<Option<f64>, Problem> {
        let Some(value) = Self::value(from, field) else {
            return Ok(None);
        };
        match value.as_f64().filter(|number| number.is_finite()) {
            Some(number) => Ok(Some(number)),
            None => Err(Problem::Other(format!("'{field}' in config.json is no number"))),
        }
    }

    /// Null counts as absent, but only where the field itself is absent does the family's default hold.
    fn float(&self, field: &str) -> Result<Option<f64>, Problem> {
        match self.fields.contains_key(field) {
            true => Self::float_of(self.fields, field),
            false => Ok(self.default(field)),
        }
    }

    pub fn number(&self, field: &str, most: usize) -> Result<Option<usize>, Problem> {
        let Some(number) = self.float(field)? else {
            return Ok(None);
        };
        match number >= 0.0 && number <= most as f64 && number.fract() == 0.0 {
            true => Ok(Some(number as usize)),
            false => Err(Problem::Other(format!("'{field}' in config.json is {number}"))),
        }
    }

    fn required(&self, field: &str, most: usize) -> Result<usize, Problem> {
        let number = self.number(field, most)?;
        number.ok_or_else(|| Problem::Other(format!("'{field}' is missing from config.json")))
    }

    fn flag(&self, field: &str) -> Result<Option<bool>, Problem> {
        match Self::value(self.fields, field) {
            None => Ok(None),
            Some(Value::Bool(truth)) => Ok(Some(*truth)),
            Some(_) => Err(Problem::Other(format!(
                "'{field}' in config.json is neither true nor false"
            ))),
        }
    }

    /// Whether the model's own file says that the head is the embedding.
    pub fn ties_embeddings(&self) -> Result<Option<bool>, Problem> {
        self.flag("tie_word_embeddings")
    }

    pub fn heads(&self) -> Result<usize, Problem> {
        self.required("num_attention_heads", MOST_WIDTH)
    }

    pub fn key_value_heads(&self) -> Result<usize, Problem> {
        match self.number("num_key_value_heads", MOST_WIDTH)? {
            Some(number) => Ok(number),
            None => self.heads(),
        }
    }

    pub fn head_width(&self) -> Result<usize, Problem> {
        let natural = self.required("hidden_size", MOST_WIDTH)?.checked_div(self.heads()?);
        Ok(self.number("head_dim", MOST_WIDTH)?.or(natural).unwrap_or(0))
    }

    pub fn context_length(&self) -> Result<usize, Problem> {
        self.required("max_position_embeddings", MOST_CONTEXT)
    }

    /// The settings, checked.
    pub fn settings(&self) -> Result<Settings, Problem> {
        let Some(architecture) = find(self.family.architecture) else {
            return other("its family has no architecture");
        };
        self.check_activation(architecture)?;
        let width = self.required("hidden_size", MOST_WIDTH)?;
        let head_width = self.head_width()?;
        let attention_scale = match self.float("attention_multiplier")? {
            Some(scale) => scale,
            None => {
                let scaled_width = self.float("query_pre_attn_scalar")?.unwrap_or(head_width as f64);
                1.0 / scaled_width.sqrt()
            }
        };
        let embedding_scale = match architecture.scaled_embeddings {
            true => Some((width as f64).sqrt()),
            false => self.float("embedding_multiplier")?,
        };
        let Some(epsilon) = self.float("rms_norm_eps")? else {
            return other("'rms_norm_eps' is missing from config.json");
        };
        let single = |number: Option<f64>| number.map(|number| number as f32);
        let settings = Settings {
            architecture,
            layers: self.layers(architecture)?,
            width,
            heads: self.heads()?,
            key_value_heads: self.key_value_heads()?,
            head_width,
            feed_forward: self.feed_forward(architecture)?,
            vocabulary: self.required("vocab_size", MOST_CONTEXT)?,
            context_length: self.context_length()?,
            epsilon: epsilon as f32,
            rotary: self.rotary(architecture, head_width)?,
            attention_scale: attention_scale as f32,
            attention_cap: single(self.float("attn_logit_softcapping")?),
            embedding_scale: single(embedding_scale),
            residual_scale: single(self.float("residual_multiplier")?),
            logit_scale: single(self.float("logits_scaling")?.map(|divisor| 1.0 / divisor)),
            logit_cap: single(self.float("final_logit_softcapping")?),
        };
        Ok(settings.checked()?)
    }

    fn check_activation(&self, architecture: &Architecture) -> Result<(), Problem> {
        // Gemma's first configurations said `gelu` and meant its approximation.
        let known: &[&str] = match architecture.activation {
            Activation::Silu => &["silu", "swish"],
            Activation::Gelu => &["gelu_pytorch_tanh", "gelu"],
        };
        let field = |name| Self::value(self.fields, name).and_then(Value::as_str);
        match field("hidden_activation").or(field("hidden_act")) {
            Some(name) if !known.contains(&name) => Err(Problem::Other(format!(
                "'hidden_act' in config.json is '{name}'; '{}' is run with {}",
                self.family.model_type,
                known.join(" or ")
            ))),
            _ => Ok(()),
        }
    }

    fn layers(&self, architecture: &Architecture) -> Result<Vec<LayerSettings>, Problem> {
        let count = self.required("num_hidden_layers", MOST_LAYERS)?;
        let window = match self.flag("use_sliding_window")? {
            Some(false) => None,
            _ => self.number("sliding_window", MOST_CONTEXT)?,
        };
        let every = self.number("sliding_window_pattern", MOST_LAYERS)?;
        let every = every.unwrap_or(architecture.whole_layer_every);
        // Where Qwen has a window, its first layers look past it.
        let first = match self.flag("use_sliding_window")? {
            Some(true) => self.number("max_window_layers", MOST_LAYERS)?.unwrap_or(0),
            _ => 0,
        };
        let kinds = self.list("layer_types", count)?;
        let turning = self.list("no_rope_layers", count)?;
        (0..count)
            .map(|layer| {
                let kind = kinds.and_then(|kinds| kinds.get(layer)).map(|kind| kind.as_str());
                let windowed = match kind {
                    None => layer >= first && !is_last_of(every, layer),
                    Some(Some("full_attention")) => false,
                    Some(Some("sliding_attention")) => true,
                    Some(kind) => {
                        return Err(Problem::Other(format!(
                            "'layer_types' in config.json has '{}'; only full_attention and sliding_attention can be run",
                            kind.unwrap_or("no text")
                        )));
                    }
                };
                let turns = match turning.and_then(|turning| turning.get(layer)) {
                    Some(turns) => turns.as_u64() != Some(0),
                    None => !is_last_of(architecture.unturned_layer_every, layer),
                };
                Ok(LayerSettings {
                    window: window.filter(|_| windowed),
                    turns,
                })
            })
            .collect()
    }

    /// A list with an entry for each layer.
    fn list(&self, field: &str, count: usize) -> Result<Option<&'a Vec<Value>>, Problem> {
        match Self::value(self.fields, field) {
            None => Ok(None),
            Some(Value::Array(list)) if list.len() == count => Ok(Some(list)),
            Some(_) => Err(Problem::Other(format!(
                "'{field}' in config.json is no list with an entry for each of {count} layers"
            ))),
        }
    }

    fn feed_forward(&self, architecture: &Architecture) -> Result<FeedForwardSettings, Problem> {
        let count = match self.number("num_local_experts", MOST_WIDTH)? {
            Some(count) => Some(count),
            None => self.number("num_experts", MOST_WIDTH)?,
        };
        let (Some(count), Some(routing)) = (count.filter(|&count| count > 0), architecture.routing) else {
            return Ok(FeedForwardSettings::Dense {
                width: self.required("intermediate_size", MOST_WIDTH)?,
            });
        };
        let step = self.number("decoder_sparse_step", MOST_LAYERS)?.unwrap_or(1);
        let dense = Self::value(self.fields, "mlp_only_layers").and_then(Value::as_array);
        if step != 1 || dense.is_some_and(|layers| !layers.is_empty()) {
            return other("only some of its layers have experts, which cannot be run");
        }
        let width = match self.number("moe_intermediate_size", MOST_WIDTH)? {
            Some(width) => width,
            None => self.required("intermediate_size", MOST_WIDTH)?,
        };
        let shared_width = match routing.shared {
            true => Some(self.required("shared_expert_intermediate_size", MOST_WIDTH)?),
            false => None,
        };
        // Mixtral has no such field and always does it; Qwen does it only where the field says so.
        let renormalized = match self.family.model_type {
            "mixtral" => true,
            _ => self.flag("norm_topk_prob")?.unwrap_or(false),
        };
        Ok(FeedForwardSettings::Experts(ExpertSettings {
            count,
            used: self.required("num_experts_per_tok", MOST_WIDTH)?,
            width,
            shared_width,
            renormalized,
        }))
    }

    fn rotary(&self, architecture: &Architecture, head_width: usize) -> Result<Rotary, Problem> {
        let today = Self::value(self.fields, "rope_parameters").and_then(Value::as_object);
        let of_kind = |kind| {
            today
                .and_then(|all: &Map<String, Value>| all.get(kind))
                .and_then(Value::as_object)
        };
        let scaling = match today {
            Some(all) => Some(of_kind("full_attention").unwrap_or(all)),
            None => Self::value(self.fields, "rope_scaling").and_then(Value::as_object),
        };
        let from = |field: &str| -> Result<Option<f64>, Problem> {
            let within = scaling.map_or(Ok(None), |scaling| Self::float_of(scaling, field))?;
            match within {
                Some(number) => Ok(Some(number)),
                None => self.float(field),
            }
        };
        let part = from("partial_rotary_factor")?.unwrap_or(1.0);
        if !(part > 0.0 && part <= 1.0) {
            return Err(Problem::Other(format!(
                "'partial_rotary_factor' in config.json is {part}"
            )));
        }
        let width = (head_width as f64 * part) as usize;
        let base = from("rope_theta")?.unwrap_or(10_000.0);
        let (near, far) = self.stretched(scaling, base, width / 2)?;
        let window_base = match of_kind("sliding_attention") {
            Some(scaling) => Self::float_of(scaling, "rope_theta")?,
            None => self.float("rope_local_base_freq")?,
        };
        let window_base = window_base.filter(|_| architecture.window_rotary_base.is_some());
        Ok(Rotary {
            layout: self.family.rotary,
            width,
            near,
            far,
            window: window_base.map(|base| Turning::plain(base, width / 2)),
        })
    }

    /// The turning that `rope_scaling` asks for, and that of long texts where it is another.
    fn stretched(
        &self,
        scaling: Option<&'a Map<String, Value>>,
        base: f64,
        pairs: usize,
    ) -> Result<(Turning, Option<(usize, Turning)>), Problem> {
        let plain = Turning::plain(base, pairs);
        let Some(scaling) = scaling else {
            return Ok((plain, None));
        };
        let float = |field: &str| Self::float_of(scaling, field);
        let required = |field: &str| -> Result<f64, Problem> {
            let number = float(field)?;
            number.ok_or_else(|| Problem::Other(format!("'{field}' is missing from the rotary scaling in config.json")))
        };
        let kind = ["rope_type", "type"]
            .iter()
            .find_map(|field| scaling.get(*field)?.as_str());
        let near = match kind.unwrap_or("default") {
            // Dynamic scaling sets in beyond the model's context, where no prompt goes.
            "default" | "dynamic" => plain,
            "linear" => Turning::linear(base, pairs, required("factor")?),
            "llama3" => {
                let numbers = ByWavelength {
                    factor: required("factor")?,
                    low: required("low_freq_factor")?,
                    high: required("high_freq_factor")?,
                    original: required("original_max_position_embeddings")?,
                };
                Turning::by_wavelength(base, pairs, numbers)
            }
            "yarn" => {
                let numbers = Yarn {
                    factor: required("factor")?,
                    original: required("original_max_position_embeddings")?,
                    fast: float("beta_fast")?.unwrap_or(32.0),
                    slow: float("beta_slow")?.unwrap_or(1.0),
                    magnitude: float("attention_factor")?,
                };
                Turning::yarn(base, pairs, numbers)
            }
            "longrope" | "su" => return self.long(scaling, base),
            other => {
                return Err(Problem::Other(format!(
                    "it stretches positions by '{other}', which is unknown here"
                )));
            }
        };
        Ok((near, None))
    }

    /// Factors for each pair, others for short texts than for long ones.
    fn long(&self, scaling: &'a Map<String, Value>, base: f64) -> Result<(Turning, Option<(usize, Turning)>), Problem> {
        let factors = |field: &str| -> Result<Vec<f32>, Problem> {
            let list = scaling.get(field).and_then(Value::as_array);
            let numbers = list.and_then(|list| list.iter().map(|factor| Some(factor.as_f64()? as f32)).collect());
            numbers.ok_or_else(|| Problem::Other(format!("'{field}' in config.json is no list of numbers")))
        };
        let field = "original_max_position_embeddings";
        let original = match Self::float_of(scaling, field)? {
            Some(number) if number >= 1.0 && number <= MOST_CONTEXT as f64 => number as usize,
            Some(number) => return Err(Problem::Other(format!("'{field}' in config.json is {number}"))),
            None => self.required(field, MOST_CONTEXT)?,
        };
        let magnitude = match Self::float_of(scaling, "attention_factor")? {
            Some(magnitude) => magnitude,
            None => long_magnitude(self.context_length()? as f64 / original as f64, original as f64),
        };
        let turning = |field: &str| Ok::<_, Problem>(Turning::divided(base, factors(field)?, magnitude as f32));
        Ok((turning("short_factor")?, Some((original, turning("long_factor")?))))
    }
}
