//! How positions turn queries and keys, and the ways models are stretched to longer texts.
//!
//! Every stretching comes down to a divisor for the speed of each pair and a factor for the length of what is turned.

use super::architecture::RotaryLayout;

/// The turning of a model's layers.
#[derive(Debug)]
pub struct Rotary {
    pub layout: RotaryLayout,
    /// How many numbers at the start of a head turn: even, at most the head's width.
    pub width: usize,
    pub near: Turning,
    /// Prompts longer than this many tokens turn otherwise, from their first token on.
    pub far: Option<(usize, Turning)>,
    /// In layers behind a sliding window, where it is another.
    pub window: Option<Turning>,
}

/// Which turning a prompt gets; keys of one cannot be mixed with keys of the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    Near,
    Far,
}

impl Rotary {
    /// Which turning a text of so many tokens gets.
    pub fn reach(&self, tokens: usize) -> Reach {
        match &self.far {
            Some((limit, _)) if tokens > *limit => Reach::Far,
            _ => Reach::Near,
        }
    }

    /// The turning of layers without a window.
    pub fn turning(&self, reach: Reach) -> &Turning {
        match (reach, &self.far) {
            (Reach::Far, Some((_, far))) => far,
            _ => &self.near,
        }
    }
}

/// How fast each pair turns.
#[derive(Debug, Clone, PartialEq)]
pub struct Turning {
    base: f64,
    /// One for each pair; the pair's own speed is divided by it.
    divisors: Vec<f32>,
    /// Cosines and sines are multiplied by it.
    magnitude: f32,
}

/// The cosines and sines of some tokens, `[token][pair]`.
pub struct Angles {
    pub cosines: Vec<f32>,
    pub sines: Vec<f32>,
}

/// The numbers of Llama 3.1's stretching.
#[derive(Debug, Clone, Copy)]
pub struct ByWavelength {
    pub factor: f64,
    pub low: f64,
    pub high: f64,
    /// The context before stretching.
    pub original: f64,
}

/// The numbers of YaRN.
#[derive(Debug, Clone, Copy)]
pub struct Yarn {
    pub factor: f64,
    /// The context before stretching.
    pub original: f64,
    /// Pairs that turn more often than `fast` within it stay as they are, those slower than `slow` are stretched.
    pub fast: f64,
    pub slow: f64,
    /// The factor of what is turned, where the file says it.
    pub magnitude: Option<f64>,
}

impl Turning {
    /// Pair `i` of `n` turns by `base^(-i/n)` a position.
    pub fn plain(base: f64, pairs: usize) -> Self {
        Self::divided(base, vec![1.0; pairs], 1.0)
    }

    /// Positions divided by a factor.
    pub fn linear(base: f64, pairs: usize, factor: f64) -> Self {
        Self::divided(base, vec![factor as f32; pairs], 1.0)
    }

    /// With a divisor for each pair.
    pub fn divided(base: f64, divisors: Vec<f32>, magnitude: f32) -> Self {
        Self {
            base,
            divisors,
            magnitude,
        }
    }

    /// Slow pairs are stretched, fast ones are not, and those between in part.
    pub fn by_wavelength(base: f64, pairs: usize, numbers: ByWavelength) -> Self {
        let ByWavelength {
            factor,
            low,
            high,
            original,
        } = numbers;
        let divisors = (0..pairs).map(|pair| {
            let turns = original / wavelength(base, pair, pairs);
            let smooth = ((turns - low) / (high - low)).clamp(0.0, 1.0);
            (1.0 / ((1.0 - smooth) / factor + smooth)) as f32
        });
        Self::divided(base, divisors.collect(), 1.0)
    }

    /// As [`Turning::by_wavelength`], but sloping evenly from pair to pair.
    pub fn yarn(base: f64, pairs: usize, numbers: Yarn) -> Self {
        let Yarn {
            factor,
            original,
            fast,
            slow,
            magnitude,
        } = numbers;
        let last = (2 * pairs - 1) as f64;
        // The pair, not a whole number, that turns so often within the original context.
        let pair = |turns: f64| pairs as f64 * (original / (turns * std::f64::consts::TAU)).ln() / base.ln();
        let (low, high) = (pair(fast).floor().max(0.0), pair(slow).ceil().min(last));
        let slope = (high - low).max(0.001);
        let divisors = (0..pairs).map(|pair| {
            let stretched = ((pair as f64 - low) / slope).clamp(0.0, 1.0);
            (1.0 / (stretched / factor + 1.0 - stretched)) as f32
        });
        let magnitude = magnitude.unwrap_or_else(|| if factor > 1.0 { 0.1 * factor.ln() + 1.0 } else { 1.0 });
        Self::divided(base, divisors.collect(), magnitude as f32)
    }

    /// The same with one more divisor for each pair.
    pub fn divided_by(mut self, factors: &[f32]) -> Self {
        for (divisor, factor) in self.divisors.iter_mut().zip(factors) {
            *divisor *= factor;
        }
        self
    }

    /// Whether every number is one that can be computed with.
    pub fn is_sound(&self) -> bool {
        let positive = |number: f32| number.is_finite() && number > 0.0;
        self.base.is_finite()
            && self.base > 1.0
            && positive(self.magnitude)
            && self.divisors.iter().all(|&divisor| positive(divisor))
    }

    /// How many pairs turn.
    pub fn pairs(&self) -> usize {
        self.divisors.len()
    }

    /// The angles by which pairs turn at these positions.
    pub fn angles(&self, positions: &[usize]) -> Angles {
        let pairs = self.divisors.len();
        let mut angles = Angles {
            cosines: Vec::with_capacity(positions.len() * pairs),
            sines: Vec::with_capacity(positions.len() * pairs),
        };
        // In single precision and by repeated multiplication, as the reference does it.
        let slow_down = (self.base as f32).powf(-1.0 / pairs as f32);
        for &position in positions {
            let mut angle = position as f32;
            for divisor in &self.divisors {
                let turned = angle / divisor;
                angles.cosines.push(turned.cos() * self.magnitude);
                angles.sines.push(turned.sin() * self.magnitude);
                angle *= slow_down;
            }
        }
        angles
    }
}

/// After how many positions a pair comes round.
fn wavelength(base: f64, pair: usize, pairs: usize) -> f64 {
    std::f64::consts::TAU * base.powf(pair as f64 / pairs as f64)
}

/// How much longer texts make what is turned, where pairs have factors of their own for them.
pub fn long_magnitude(stretch: f64, original: f64) -> f64 {
    match stretch > 1.0 && original > 1.0 {
        true => (1.0 + stretch.ln() / original.ln()).sqrt(),
        false => 1.0,
    }
}
