//! What answers cost: requests, tokens and money.

use std::iter::Sum;
use std::ops::{Add, AddAssign};

use serde::{Deserialize, Serialize};

/// What was asked of a server, as the server counted it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// Requests that were answered; questions about tokens alone are not counted.
    pub requests: u64,
    pub prompt_tokens: u64,
    pub written_tokens: u64,
}

/// What a service takes, in its own currency.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Prices {
    /// For a million tokens it reads.
    pub million_in: f64,
    /// For a million tokens it writes.
    pub million_out: f64,
}

impl Usage {
    /// One answered request.
    pub(super) fn one(prompt_tokens: u64, written_tokens: u64) -> Self {
        Self {
            requests: 1,
            prompt_tokens,
            written_tokens,
        }
    }

    /// All tokens together.
    pub fn tokens(&self) -> u64 {
        self.prompt_tokens.saturating_add(self.written_tokens)
    }

    /// What it comes to at these prices.
    pub fn cost(&self, prices: &Prices) -> f64 {
        (self.prompt_tokens as f64 * prices.million_in + self.written_tokens as f64 * prices.million_out) / 1e6
    }
}

impl Add for Usage {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            requests: self.requests.saturating_add(other.requests),
            prompt_tokens: self.prompt_tokens.saturating_add(other.prompt_tokens),
            written_tokens: self.written_tokens.saturating_add(other.written_tokens),
        }
    }
}

impl AddAssign for Usage {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sum for Usage {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), Add::add)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn costs_are_prices_of_a_million_tokens() {
        let prices = Prices {
            million_in: 2.0,
            million_out: 8.0,
        };
        let usage: Usage = [Usage::one(300_000, 100_000), Usage::one(200_000, 25_000)]
            .into_iter()
            .sum();
        assert_eq!(usage.requests, 2);
        assert!((usage.cost(&prices) - 2.0).abs() < 1e-12);
    }
}
