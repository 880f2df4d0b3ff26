//! A model's sizes and numbers, checked before anything is allocated by them.

use super::architecture::Architecture;
use super::rotary::Rotary;

/// What a model's files say of it, whichever form they have.
#[derive(Debug)]
pub struct Settings {
    pub architecture: &'static Architecture,
    pub layers: Vec<LayerSettings>,
    /// The width of the residual stream.
    pub width: usize,
    pub heads: usize,
    /// Heads of keys and values; a divisor of `heads`.
    pub key_value_heads: usize,
    pub head_width: usize,
    pub feed_forward: FeedForwardSettings,
    pub vocabulary: usize,
    pub context_length: usize,
    /// Added under the root of the norms.
    pub epsilon: f32,
    pub rotary: Rotary,
    pub attention_scale: f32,
    /// Scores of attention approach this and do not pass it.
    pub attention_cap: Option<f32>,
    /// Embeddings are multiplied by it.
    pub embedding_scale: Option<f32>,
    /// What a block adds to the residual stream is multiplied by it.
    pub residual_scale: Option<f32>,
    /// Logits are multiplied by it.
    pub logit_scale: Option<f32>,
    /// Logits approach this and do not pass it.
    pub logit_cap: Option<f32>,
}

/// What sets one layer apart from another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LayerSettings {
    /// How many keys a query sees, its own included, where not all.
    pub window: Option<usize>,
    /// Whether queries and keys turn with their position.
    pub turns: bool,
}

/// The sizes of the feed-forward block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FeedForwardSettings {
    Dense { width: usize },
    Experts(ExpertSettings),
}

/// The sizes of a mixture of experts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExpertSettings {
    pub count: usize,
    /// How many see a token.
    pub used: usize,
    /// Of one expert.
    pub width: usize,
    /// Of the expert that sees every token.
    pub shared_width: Option<usize>,
    /// The weights of the chosen are made to sum to one.
    pub renormalized: bool,
}

/// No real model goes beyond these; they keep products of sizes from overflowing.
pub const MOST_LAYERS: usize = 1 << 12;
pub const MOST_WIDTH: usize = 1 << 20;
pub const MOST_CONTEXT: usize = 1 << 28;
const MOST_EXPERTS: usize = 1 << 12;

impl Settings {
    /// Passes settings that fit together on, and says in words what is wrong with others.
    pub fn checked(self) -> Result<Self, String> {
        let size = |what: &str, number: usize, most: usize| match (1..=most).contains(&number) {
            true => Ok(()),
            false => Err(format!("{what} is {number}")),
        };
        size("its number of layers", self.layers.len(), MOST_LAYERS)?;
        size("its width", self.width, MOST_WIDTH)?;
        size("its number of heads", self.heads, MOST_WIDTH)?;
        size("its number of key and value heads", self.key_value_heads, MOST_WIDTH)?;
        size("the width of its heads", self.head_width, MOST_WIDTH)?;
        size("its vocabulary", self.vocabulary, MOST_CONTEXT)?;
        size("its context", self.context_length, MOST_CONTEXT)?;
        if !self.heads.is_multiple_of(self.key_value_heads) {
            return Err(format!(
                "{} heads cannot share {} heads of keys",
                self.heads, self.key_value_heads
            ));
        }
        if self.heads.saturating_mul(self.head_width) > MOST_WIDTH {
            return Err(format!(
                "{} heads of {} numbers are too wide",
                self.heads, self.head_width
            ));
        }
        for layer in &self.layers {
            if let Some(window) = layer.window {
                size("its sliding window", window, MOST_CONTEXT)?;
            }
        }
        self.check_rotary()?;
        self.check_feed_forward()?;
        let positive = |number: f32| number.is_finite() && number > 0.0;
        let scales = [
            ("attention's scale", Some(self.attention_scale)),
            ("attention's cap", self.attention_cap),
            ("the scale of embeddings", self.embedding_scale),
            ("the scale of residuals", self.residual_scale),
            ("the scale of logits", self.logit_scale),
            ("the cap of logits", self.logit_cap),
        ];
        for (what, number) in scales {
            if let Some(number) = number.filter(|&number| !positive(number)) {
                return Err(format!("{what} is {number}"));
            }
        }
        if !(self.epsilon.is_finite() && self.epsilon >= 0.0) {
            return Err(format!("the epsilon of its norms is {}", self.epsilon));
        }
        Ok(self)
    }

    fn check_rotary(&self) -> Result<(), String> {
        let rotary = &self.rotary;
        if rotary.width == 0 || !rotary.width.is_multiple_of(2) || rotary.width > self.head_width {
            return Err(format!(
                "{} of {} numbers of a head turn; that must be an even part of them",
                rotary.width, self.head_width
            ));
        }
        let far = rotary.far.as_ref().map(|(_, turning)| turning);
        for turning in [Some(&rotary.near), far, rotary.window.as_ref()].into_iter().flatten() {
            if turning.pairs() != rotary.width / 2 {
                return Err(format!(
                    "its rotary embedding has {} factors for {} pairs",
                    turning.pairs(),
                    rotary.width / 2
                ));
            }
            if !turning.is_sound() {
                return Err("a number of its rotary embedding is out of range".to_owned());
            }
        }
        Ok(())
    }

    fn check_feed_forward(&self) -> Result<(), String> {
        let width = |number: usize| match (1..=MOST_WIDTH).contains(&number) {
            true => Ok(()),
            false => Err(format!("the width of its feed-forward block is {number}")),
        };
        match self.feed_forward {
            FeedForwardSettings::Dense { width: number } => width(number),
            FeedForwardSettings::Experts(experts) => {
                width(experts.width)?;
                experts.shared_width.map_or(Ok(()), width)?;
                match experts.count <= MOST_EXPERTS && (1..=experts.count).contains(&experts.used) {
                    true => Ok(()),
                    false => Err(format!("{} of its {} experts are used", experts.used, experts.count)),
                }
            }
        }
    }

    /// How many numbers all query heads of a token have.
    pub fn query_width(&self) -> usize {
        self.heads * self.head_width
    }

    /// How many numbers the keys of a token have; the values as many.
    pub fn key_width(&self) -> usize {
        self.key_value_heads * self.head_width
    }
}
