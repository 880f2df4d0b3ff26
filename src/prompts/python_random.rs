//! The random numbers of Python's `random.Random`, as far as `sample` takes them: lm-evaluation-harness chooses its
//! examples by them.

use std::collections::HashSet;

use rand_mt::Mt;

/// A generator that gives what `random.Random(seed)` gives.
pub(super) struct PythonRandom(Mt);

impl PythonRandom {
    /// Seeds it with a whole number, as Python does: by its 32-bit digits, the lowest first.
    pub fn new(seed: u64) -> Self {
        let (low, high) = (seed as u32, (seed >> 32) as u32);
        let key = match high {
            0 => vec![low],
            _ => vec![low, high],
        };
        Self(Mt::new_with_key(key))
    }

    /// The numbers of `k` of `n` things, as `sample(range(n), k)` gives them; fewer where there are not so many.
    pub fn sample(&mut self, n: usize, k: usize) -> Vec<usize> {
        let k = k.min(n);
        // Python keeps a list of all while that is smaller than a set of those taken.
        let mut set_size = 21;
        if k > 5 {
            set_size += 4_usize.saturating_pow(least_power_of_four(3 * k));
        }
        match n <= set_size {
            true => self.sample_from_pool(n, k),
            false => self.sample_besides_taken(n, k),
        }
    }

    fn sample_from_pool(&mut self, n: usize, k: usize) -> Vec<usize> {
        let mut pool: Vec<usize> = (0..n).collect();
        let taken = (0..k).map(|_| {
            let place = self.below(pool.len());
            pool.swap_remove(place)
        });
        taken.collect()
    }

    fn sample_besides_taken(&mut self, n: usize, k: usize) -> Vec<usize> {
        let mut seen = HashSet::new();
        let mut taken = Vec::with_capacity(k);
        while taken.len() < k {
            let number = self.below(n);
            if seen.insert(number) {
                taken.push(number);
            }
        }
        taken
    }

    /// A number below `n`, which is at most 2³²: as many bits as `n` has, drawn again while they are too many.
    fn below(&mut self, n: usize) -> usize {
        let bits = usize::BITS - n.leading_zeros();
        loop {
            let number = (self.0.next_u32() >> (32 - bits.clamp(1, 32))) as usize;
            if number < n || n == 0 {
                return number;
            }
        }
    }
}

/// The least power of four that is `number` at least.
fn least_power_of_four(number: usize) -> u32 {
    let mut power = 0;
    while 4_usize.saturating_pow(power) < number {
        power += 1;
    }
    power
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made with Python 3.11.7 by `tests/golden/python_sample.py`.
    #[test]
    fn samples_are_pythons_own() {
        type Draw = (usize, usize, Vec<usize>);
        let golden: Vec<(u64, Vec<Draw>)> =
            serde_json::from_str(include_str!("../../tests/golden/python_sample.json")).unwrap();
        assert!(golden.len() >= 4);
        for (seed, samples) in golden {
            let mut random = PythonRandom::new(seed);
            for (n, k, sample) in samples {
                assert_eq!(random.sample(n, k), sample, "seed {seed}: {k} of {n}");
            }
        }
    }

    #[test]
    fn no_more_is_sampled_than_there_is() {
        assert_eq!(PythonRandom::new(1).sample(2, 5).len(), 2);
        assert!(PythonRandom::new(1).sample(0, 5).is_empty());
    }
}
