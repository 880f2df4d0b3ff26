//! A mixture of experts: a router picks a few gated units for each token and weighs what they say.

use super::architecture::Activation;
use super::settings::{ExpertSettings, Settings};
use super::source::ModelFiles;
use super::weights::{GateScratch, GatedUnit, Holder, Processor, Wanted, vector};
use super::{Cancel, EngineError};

/// The experts of a layer.
#[derive(Debug)]
pub struct Experts<H: Holder = Processor> {
    sizes: ExpertSettings,
    /// From the width to the experts.
    pub router: H::Matrix,
    pub units: Vec<GatedUnit<H>>,
    pub shared: Option<Shared<H>>,
}

/// The expert that sees every token, weighed by a sigmoid of the token's product with `gate`.
#[derive(Debug)]
pub struct Shared<H: Holder = Processor> {
    pub unit: GatedUnit<H>,
    pub gate: H::Vector,
}

fn router(settings: &Settings, sizes: &ExpertSettings, layer: usize) -> Wanted {
    Wanted::whole(format!("blk.{layer}.ffn_gate_inp"), settings.width, sizes.count)
}

/// Gate, up and down of one expert. Today's files stack all experts in one tensor, the first ones of Mixtral
/// have a tensor for each.
fn unit(
    files: &dyn ModelFiles,
    settings: &Settings,
    sizes: &ExpertSettings,
    layer: usize,
    expert: usize,
) -> Result<[Wanted; 3], EngineError> {
    let stacked = files.find(&format!("blk.{layer}.ffn_gate_exps.weight"))?.is_some();
    let part = |role: &str, inputs: usize, outputs: usize| match stacked {
        true => Wanted {
            within: Some((outputs * sizes.count, outputs * expert)),
            ..Wanted::whole(format!("blk.{layer}.{role}_exps"), inputs, outputs)
        },
        false => Wanted::whole(format!("blk.{layer}.{role}.{expert}"), inputs, outputs),
    };
    Ok([
        part("ffn_gate", settings.width, sizes.width),
        part("ffn_up", settings.width, sizes.width),
        part("ffn_down", sizes.width, settings.width),
    ])
}

fn shared_unit(settings: &Settings, width: usize, layer: usize) -> [Wanted; 3] {
    let name = |role: &str| format!("blk.{layer}.{role}_shexp");
    [
        Wanted::whole(name("ffn_gate"), settings.width, width),
        Wanted::whole(name("ffn_up"), settings.width, width),
        Wanted::whole(name("ffn_down"), width, settings.width),
    ]
}

/// Every matrix of a layer's experts.
pub(super) fn wanted(
    files: &dyn ModelFiles,
    settings: &Settings,
    sizes: &ExpertSettings,
    layer: usize,
) -> Result<Vec<Wanted>, EngineError> {
    let mut all = vec![router(settings, sizes, layer)];
    for expert in 0..sizes.count {
        all.extend(unit(files, settings, sizes, layer, expert)?);
    }
    if let Some(width) = sizes.shared_width {
        all.extend(shared_unit(settings, width, layer));
    }
    Ok(all)
}

/// A token that an expert sees.
#[derive(Debug, Clone, Copy)]
pub struct Visit {
    pub token: usize,
    pub weight: f32,
}

impl<H: Holder> Experts<H> {
    pub(super) fn load(
        files: &dyn ModelFiles,
        settings: &Settings,
        sizes: &ExpertSettings,
        layer: usize,
        holder: &H,
        cancel: &Cancel,
    ) -> Result<Self, EngineError> {
        let shared = match sizes.shared_width {
            Some(width) => {
                let gate = vector(files, &format!("blk.{layer}.ffn_gate_inp_shexp.weight"), settings.width)?;
                Some(Shared {
                    unit: GatedUnit::load(files, shared_unit(settings, width, layer), holder, cancel)?,
                    gate: holder.vector(gate)?,
                })
            }
            None => None,
        };
        Ok(Self {
            sizes: *sizes,
            router: router(settings, sizes, layer).load(files, holder, cancel)?,
            units: (0..sizes.count)
                .map(|expert| GatedUnit::load(files, unit(files, settings, sizes, layer, expert)?, holder, cancel))
                .collect::<Result<_, _>>()?,
            shared,
        })
    }

    /// The tokens each expert sees, in their order, by the router's logits: `[token][expert]`.
    pub fn visits(&self, logits: &[f32]) -> Vec<Vec<Visit>> {
        let mut visits = vec![Vec::new(); self.sizes.count];
        for (token, logits) in logits.chunks_exact(self.sizes.count).enumerate() {
            for (expert, weight) in self.choose(logits) {
                if let Some(visits) = visits.get_mut(expert) {
                    visits.push(Visit { token, weight });
                }
            }
        }
        visits
    }

    /// The experts of a token and their weights: the likeliest by a softmax over all.
    fn choose(&self, logits: &[f32]) -> Vec<(usize, f32)> {
        let largest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let likelihoods: Vec<f32> = logits.iter().map(|logit| (logit - largest).exp()).collect();
        let total: f32 = likelihoods.iter().sum();
        let mut chosen: Vec<(usize, f32)> = likelihoods.into_iter().enumerate().collect();
        // The sort is stable: of equals the first is chosen.
        chosen.sort_by(|(_, a), (_, b)| b.total_cmp(a));
        chosen.truncate(self.sizes.used);
        let divisor = match self.sizes.renormalized {
            true => chosen.iter().map(|(_, likelihood)| likelihood).sum(),
            false => total,
        };
        for (_, weight) in &mut chosen {
            *weight /= divisor;
        }
        chosen
    }

    pub fn matrices(&self) -> impl Iterator<Item = &H::Matrix> {
        let shared = self.shared.iter().map(|shared| &shared.unit);
        std::iter::once(&self.router).chain(self.units.iter().chain(shared).flat_map(GatedUnit::matrices))
    }
}

impl Experts {
    /// What the experts make of each token: `x` and `out` are `[token][width]`.
    ///
    /// A token's sum runs over its experts in their order, so it does not depend on the tokens beside it.
    pub fn apply(&self, x: &[f32], width: usize, activation: Activation, scratch: &mut GateScratch, out: &mut [f32]) {
        out.fill(0.0);
        let mut logits = vec![0f32; x.len() / width * self.sizes.count];
        self.router.multiply(x, &mut logits);
        for (unit, visits) in self.units.iter().zip(self.visits(&logits)) {
            if visits.is_empty() {
                continue;
            }
            let seen: Vec<f32> = visits
                .iter()
                .flat_map(|visit| {
                    x.get(visit.token * width..(visit.token + 1) * width)
                        .unwrap_or_default()
                })
                .copied()
                .collect();
            let mut said = vec![0f32; seen.len()];
            unit.apply(&seen, activation, scratch, &mut said);
            for (visit, said) in visits.iter().zip(said.chunks_exact(width)) {
                let sum = out.get_mut(visit.token * width..(visit.token + 1) * width);
                add_weighed(sum.unwrap_or_default(), said, visit.weight);
            }
        }
        let Some(shared) = &self.shared else {
            return;
        };
        let mut said = vec![0f32; x.len()];
        shared.unit.apply(x, activation, scratch, &mut said);
        let tokens = x.chunks_exact(width).zip(said.chunks_exact(width));
        for ((x, said), sum) in tokens.zip(out.chunks_exact_mut(width)) {
            let product: f32 = x.iter().zip(&shared.gate).map(|(x, gate)| x * gate).sum();
            add_weighed(sum, said, 1.0 / (1.0 + (-product).exp()));
        }
    }
}

fn add_weighed(sum: &mut [f32], said: &[f32], weight: f32) {
    for (sum, said) in sum.iter_mut().zip(said) {
        *sum += weight * said;
    }
}
