//! What goes through the layers together: steps of several sequences, cut into passes that are not too long.

use std::ops::Range;

use super::TokenId;
use super::cache::Sequence;
use super::kernels::Query;

/// Tokens that follow a sequence's past.
pub struct Step<'a> {
    /// Its past; afterwards it has the new tokens too.
    pub sequence: &'a mut Sequence,
    /// Never empty.
    pub tokens: &'a [TokenId],
    /// The last so many of `tokens` give a hidden state.
    pub wanted: usize,
}

impl Step<'_> {
    /// Where in `tokens` those begin that give a hidden state.
    pub fn first_wanted(&self) -> usize {
        self.tokens.len() - self.wanted
    }
}

/// The part of a step that goes through the layers in one pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The number of the step.
    pub step: usize,
    /// Which of its tokens; never empty.
    pub tokens: Range<usize>,
}

/// Cuts steps into passes of at most `most` tokens, in their order.
pub fn cut(steps: &[Step<'_>], most: usize) -> Vec<Vec<Part>> {
    cut_lengths(steps.iter().map(|step| step.tokens.len()), most)
}

/// As [`cut`], of whatever has these lengths.
pub fn cut_lengths(lengths: impl IntoIterator<Item = usize>, most: usize) -> Vec<Vec<Part>> {
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

/// The tokens of a pass.
pub struct Pass {
    pub tokens: Vec<TokenId>,
    /// Where each stands in its sequence.
    pub positions: Vec<usize>,
    /// Which of them give a hidden state.
    pub wanted: Vec<usize>,
}

impl Pass {
    /// Takes the tokens of `parts` and notes in their sequences the rows they will have: `first_row` and those behind.
    pub fn take(steps: &mut [Step<'_>], parts: &[Part], first_row: usize) -> Self {
        let (mut tokens, mut positions, mut wanted) = (Vec::new(), Vec::new(), Vec::new());
        for part in parts {
            let Some(step) = steps.get_mut(part.step) else { continue };
            for place in part.tokens.clone() {
                if place >= step.first_wanted() {
                    wanted.push(tokens.len());
                }
                positions.push(step.sequence.rows.len());
                step.sequence.rows.push((first_row + tokens.len()) as u32);
                tokens.extend(step.tokens.get(place));
            }
        }
        Self {
            tokens,
            positions,
            wanted,
        }
    }
}

/// What attention is asked once a pass was taken: by each part's tokens from the place `first` says of its step on,
/// counted through in this order.
pub fn queries<'a>(steps: &'a [Step<'_>], parts: &[Part], first: impl Fn(&Step<'_>) -> usize) -> Vec<Query<'a>> {
    let mut first_token = 0;
    let query = |part: &Part| {
        let step = steps.get(part.step)?;
        let asking = part.tokens.start.max(first(step))..part.tokens.end;
        first_token += asking.len();
        Some(Query {
            first_token: first_token - asking.len(),
            count: asking.len(),
            // A step appears in one pass at most once, so its rows now end with this part's tokens.
            rows: &step.sequence.rows,
        })
    };
    parts.iter().filter_map(query).filter(|query| query.count > 0).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_token_is_in_one_pass_and_no_pass_is_too_long() {
        let passes = cut_lengths([3, 0, 9, 1], 4);
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
        assert!(cut_lengths([0, 0], 4).is_empty());
    }
}
