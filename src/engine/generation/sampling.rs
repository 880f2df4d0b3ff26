//! Choosing the next token from its logits.
//!
//! The steps and their order are those of `transformers`: repetition penalty, temperature, top-k, top-p, min-p.

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::num::NonZeroUsize;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore as _, SeedableRng as _};
use serde::{Deserialize, Serialize};

use crate::engine::TokenId;

/// How the next token is chosen. The default always takes the likeliest.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Sampling {
    /// Logits are divided by it; at 0 the likeliest token is taken.
    pub temperature: f64,
    /// Only the so many likeliest tokens.
    pub top_k: Option<NonZeroUsize>,
    /// Only the likeliest tokens that together have this probability.
    pub top_p: f64,
    /// Only tokens at least this probable, as a share of the likeliest.
    pub min_p: f64,
    /// Above 1 it makes tokens less likely that stand in the prompt or were written.
    pub repetition_penalty: f64,
    /// Of the random numbers: the same seed chooses the same tokens.
    pub seed: u64,
}

impl Default for Sampling {
    fn default() -> Self {
        Self {
            temperature: 0.0,
            top_k: None,
            top_p: 1.0,
            min_p: 0.0,
            repetition_penalty: 1.0,
            seed: 0,
        }
    }
}

impl Sampling {
    /// What is wrong with the numbers, in words.
    pub fn problem(&self) -> Option<String> {
        let share = |number: f64| (0.0..=1.0).contains(&number);
        let positive = |number: f64| number.is_finite() && number > 0.0;
        if !(self.temperature.is_finite() && self.temperature >= 0.0) {
            Some(format!("the temperature is {}; it is 0 or more", self.temperature))
        } else if !(share(self.top_p) && self.top_p > 0.0) {
            Some(format!("top-p is {}; it is above 0 and at most 1", self.top_p))
        } else if !share(self.min_p) {
            Some(format!("min-p is {}; it is from 0 to 1", self.min_p))
        } else if !positive(self.repetition_penalty) {
            Some(format!(
                "the repetition penalty is {}; it is above 0",
                self.repetition_penalty
            ))
        } else {
            None
        }
    }
}

/// A token that may come next, with its scaled logit.
#[derive(Debug, Clone, Copy)]
struct Candidate {
    token: TokenId,
    logit: f64,
}

impl Candidate {
    /// The likeliest first; of equals, the first.
    fn order(&self, other: &Self) -> Ordering {
        other.logit.total_cmp(&self.logit).then(self.token.cmp(&other.token))
    }
}

/// Chooses the tokens of one sequence.
#[derive(Debug)]
pub struct Sampler {
    sampling: Sampling,
    /// The tokens of the prompt and those chosen.
    seen: BTreeSet<TokenId>,
    random: ChaCha8Rng,
}

impl Sampler {
    pub fn new(sampling: Sampling, prompt: &[TokenId]) -> Self {
        Self {
            sampling,
            seen: prompt.iter().copied().collect(),
            random: ChaCha8Rng::seed_from_u64(sampling.seed),
        }
    }

    /// The next token; `None` where the logits are no numbers.
    pub fn choose(&mut self, logits: &[f32]) -> Option<TokenId> {
        let mut logits = logits.to_vec();
        self.penalize(&mut logits);
        let likeliest = likeliest(&logits)?;
        let token = match self.sampling.temperature > 0.0 {
            true => {
                let share = (self.random.next_u64() >> 11) as f64 / (1u64 << 53) as f64;
                draw(&self.distribution(&logits, likeliest.logit), share)?
            }
            false => likeliest.token,
        };
        self.seen.insert(token);
        Some(token)
    }

    fn penalize(&self, logits: &mut [f32]) {
        let penalty = self.sampling.repetition_penalty as f32;
        if penalty == 1.0 {
            return;
        }
        for &token in &self.seen {
            if let Some(logit) = logits.get_mut(token as usize) {
                *logit = if *logit < 0.0 {
                    *logit * penalty
                } else {
                    *logit / penalty
                };
            }
        }
    }

    /// The tokens that may come next, with weights that need not add up to one.
    fn distribution(&self, logits: &[f32], largest: f64) -> Vec<(TokenId, f64)> {
        let Sampling {
            temperature,
            top_k,
            top_p,
            min_p,
            ..
        } = self.sampling;
        let scaled = |logit: f32| (f64::from(logit) - largest) / temperature;
        let mut candidates: Vec<Candidate> = logits
            .iter()
            .zip(0..)
            .map(|(&logit, token)| Candidate {
                token,
                logit: scaled(logit),
            })
            .collect();
        if let Some(most) = top_k.map(NonZeroUsize::get).filter(|&most| most < candidates.len()) {
            candidates.select_nth_unstable_by(most, Candidate::order);
            candidates.truncate(most);
        }
        if top_p < 1.0 {
            keep_nucleus(&mut candidates, top_p);
        }
        let least = min_p.ln();
        let kept = candidates.iter().filter(|candidate| candidate.logit >= least);
        let mut weights: Vec<(TokenId, f64)> = kept.map(|kept| (kept.token, kept.logit.exp())).collect();
        // So that what is drawn depends on the weights alone.
        weights.sort_unstable_by_key(|&(token, _)| token);
        weights
    }
}

/// Keeps the fewest candidates that together have the share `top_p` of the weight.
fn keep_nucleus(candidates: &mut Vec<Candidate>, top_p: f64) {
    let total: f64 = candidates.iter().map(|candidate| candidate.logit.exp()).sum();
    // Candidates below this are outside even if all are: most need not be sorted.
    let least = ((1.0 - top_p) * total / candidates.len() as f64).ln();
    candidates.retain(|candidate| candidate.logit >= least);
    candidates.sort_unstable_by(Candidate::order);
    let mut sum = 0.0;
    let before = |candidate: &Candidate| {
        let inside = sum < top_p * total;
        sum += candidate.logit.exp();
        inside
    };
    let kept = candidates.iter().map(before).take_while(|&inside| inside).count();
    candidates.truncate(kept.max(1));
}

/// The token with the largest logit, of equals the first; `None` where one is no number.
fn likeliest(logits: &[f32]) -> Option<Candidate> {
    let mut best: Option<(TokenId, f32)> = None;
    for (&logit, token) in logits.iter().zip(0..) {
        if logit.is_nan() {
            return None;
        }
        if best.is_none_or(|(_, most)| logit > most) {
            best = Some((token, logit));
        }
    }
    let (token, logit) = best.filter(|(_, logit)| logit.is_finite())?;
    Some(Candidate {
        token,
        logit: logit.into(),
    })
}

/// The token at a share from 0 to 1 of the whole weight.
fn draw(weights: &[(TokenId, f64)], share: f64) -> Option<TokenId> {
    let total: f64 = weights.iter().map(|&(_, weight)| weight).sum();
    let mut sum = 0.0;
    for &(token, weight) in weights {
        sum += weight;
        if share * total < sum {
            return Some(token);
        }
    }
    weights.last().map(|&(token, _)| token)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `tests/golden/make_sampling.py` recorded of the processors in `transformers`.
    #[derive(Deserialize)]
    struct Golden {
        logits: Vec<f32>,
        cases: Vec<Case>,
    }

    #[derive(Deserialize)]
    struct Case {
        #[serde(flatten)]
        sampling: Sampling,
        seen: Vec<TokenId>,
        /// Of the tokens that are left, in order of their ids.
        tokens: Vec<TokenId>,
        probabilities: Vec<f64>,
    }

    #[test]
    fn what_may_come_next_is_what_transformers_leaves() {
        let golden = include_str!("../../../tests/golden/sampling.json");
        let golden: Golden = serde_json::from_str(golden).unwrap();
        for case in &golden.cases {
            let sampler = Sampler::new(case.sampling, &case.seen);
            let mut logits = golden.logits.clone();
            sampler.penalize(&mut logits);
            let largest = likeliest(&logits).unwrap().logit;
            let weights = sampler.distribution(&logits, largest);
            let total: f64 = weights.iter().map(|&(_, weight)| weight).sum();
            let tokens: Vec<TokenId> = weights.iter().map(|&(token, _)| token).collect();
            assert_eq!(tokens, case.tokens, "{:?}", case.sampling);
            for (&(token, weight), &expected) in weights.iter().zip(&case.probabilities) {
                assert!((weight / total - expected).abs() < 1e-5, "{:?}: {token}", case.sampling);
            }
        }
        assert!(golden.cases.len() >= 10);
    }

    fn sampled(sampling: Sampling, logits: &[f32], count: usize) -> Vec<TokenId> {
        let mut sampler = Sampler::new(sampling, &[]);
        (0..count).map(|_| sampler.choose(logits).unwrap()).collect()
    }

    #[test]
    fn tokens_come_up_as_often_as_their_probability_says() {
        let probabilities = [0.5f32, 0.3, 0.15, 0.05];
        let logits = probabilities.map(f32::ln);
        let sampling = Sampling {
            temperature: 1.0,
            seed: 7,
            ..Sampling::default()
        };
        let drawn = sampled(sampling, &logits, 20_000);
        for (token, probability) in probabilities.iter().enumerate() {
            let share = drawn.iter().filter(|&&drawn| drawn as usize == token).count() as f64 / 20_000.0;
            // Four standard deviations.
            assert!((share - f64::from(*probability)).abs() < 0.015, "{token}: {share}");
        }
    }

    #[test]
    fn a_seed_repeats_and_another_differs() {
        let logits: Vec<f32> = (0..100u8).map(|token| f32::from(token % 7)).collect();
        let with_seed = |seed| {
            let sampling = Sampling {
                temperature: 1.5,
                seed,
                ..Sampling::default()
            };
            sampled(sampling, &logits, 50)
        };
        assert_eq!(with_seed(1), with_seed(1));
        assert_ne!(with_seed(1), with_seed(2));
        // Recorded: a seed keeps its meaning from version to version.
        assert_eq!(with_seed(1)[..8], [41, 11, 61, 24, 27, 69, 47, 18]);
    }

    #[test]
    fn greedy_takes_the_first_of_equals_and_a_penalty_moves_on() {
        let logits = [1.0, 3.0, 3.0, -1.0];
        assert_eq!(sampled(Sampling::default(), &logits, 3), [1, 1, 1]);
        let penalized = Sampling {
            repetition_penalty: 4.0,
            ..Sampling::default()
        };
        assert_eq!(sampled(penalized, &logits, 4), [1, 2, 0, 1]);
    }

    #[test]
    fn logits_that_are_no_numbers_choose_nothing() {
        let mut sampler = Sampler::new(Sampling::default(), &[]);
        assert_eq!(sampler.choose(&[0.0, f32::NAN]), None);
        assert_eq!(sampler.choose(&[f32::NEG_INFINITY; 2]), None);
        assert_eq!(sampler.choose(&[]), None);
    }

    #[test]
    fn numbers_out_of_range_are_named() {
        let default = Sampling::default();
        assert_eq!(default.problem(), None);
        for (sampling, word) in [
            (
                Sampling {
                    temperature: -1.0,
                    ..default
                },
                "temperature",
            ),
            (
                Sampling {
                    temperature: f64::NAN,
                    ..default
                },
                "temperature",
            ),
            (Sampling { top_p: 0.0, ..default }, "top-p"),
            (Sampling { min_p: 1.5, ..default }, "min-p"),
            (
                Sampling {
                    repetition_penalty: 0.0,
                    ..default
                },
                "repetition",
            ),
        ] {
            assert!(sampling.problem().unwrap().contains(word));
        }
    }
}
