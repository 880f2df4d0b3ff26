//! Cutting steps into passes that are not too long.

use std::ops::Range;

/// The part of a step that goes through the layers in one pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The number of the step.
    pub step: usize,
    /// Which of its tokens; never empty.
    pub tokens: Range<usize>,
}

/// Cuts steps of these lengths into passes of at most `most` tokens, in their order.
pub fn cut(lengths: impl IntoIterator<Item = usize>, most: usize) -> Vec<Vec<Part>> {
    let mut passes = Vec::new();
    let mut pass = Vec::new();
    let mut room = most;
    for (step, length) in lengths.into_iter().enumerate() {
        let mut start = 0;
        while start < length {
            let end = length.min(start + room);
            pass.push(Part {
                step,
                tokens: start..end,
            });
            room -= end - start;
            start = end;
            if room == 0 {
                passes.push(std::mem::take(&mut pass));
                room = most;
            }
        }
    }
    if !pass.is_empty() {
        passes.push(pass);
    }
    passes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_token_is_in_one_pass_and_no_pass_is_too_long() {
        let passes = cut([3, 0, 9, 1], 4);
        let parts = |pass: &Vec<Part>| -> Vec<(usize, Range<usize>)> {
            pass.iter().map(|part| (part.step, part.tokens.clone())).collect()
        };
        let passes: Vec<_> = passes.iter().map(parts).collect();
        let expected = [
            vec![(0, 0..3), (2, 0..1)],
            vec![(2, 1..5)],
            vec![(2, 5..9)],
            vec![(3, 0..1)],
        ];
        assert_eq!(passes, expected);
        assert!(cut([0, 0], 4).is_empty());
    }
}
