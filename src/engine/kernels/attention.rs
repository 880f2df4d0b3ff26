//! Causal attention of packed sequences over a shared store of keys and values.

use rayon::prelude::*;

use super::matrix::Output;
use super::{exp, for_level, multiply_add};

/// The sizes attention works with.
#[derive(Debug, Clone, Copy)]
pub struct Heads {
    pub queries: usize,
    pub key_values: usize,
    /// The numbers of a head.
    pub width: usize,
    /// How many keys a query sees, its own included.
    pub window: Option<usize>,
    pub scale: f32,
}

/// Neighbouring tokens of one sequence in a pass.
#[derive(Debug, Clone, Copy)]
pub struct Query<'a> {
    /// The first of them in the pass.
    pub first_token: usize,
    pub count: usize,
    /// For every position of the sequence up to the last of these tokens, where its key and value are stored.
    pub rows: &'a [u32],
}

impl Query<'_> {
    fn first_position(&self) -> usize {
        self.rows.len() - self.count
    }
}

/// Keys in a panel: scores are computed for so many at once.
const KEYS: usize = 16;
/// Numbers of a value that are summed at once.
const LANES: usize = 64;
/// Query rows that share a panel of keys in registers.
const ROWS: usize = 4;
/// Tokens of a task.
const TOKENS_PER_TASK: usize = 16;

/// `out[t] = sum over visible positions of softmax(scale * q[t] . k) * v`, head by head.
///
/// `queries` and `out` are `[token][head][width]`; `keys` and `values` are `[row][key head][width]`.
pub fn attend(heads: Heads, sequences: &[Query<'_>], queries: &[f32], keys: &[f32], values: &[f32], out: &mut [f32]) {
    let tasks: Vec<(usize, Query<'_>)> = sequences
        .iter()
        .flat_map(|sequence| {
            (0..sequence.count).step_by(TOKENS_PER_TASK).flat_map(move |start| {
                let count = TOKENS_PER_TASK.min(sequence.count - start);
                let rows = sequence
                    .rows
                    .get(..sequence.first_position() + start + count)
                    .unwrap_or_default();
                let part = Query {
                    first_token: sequence.first_token + start,
                    count,
                    rows,
                };
                (0..heads.key_values).map(move |head| (head, part))
            })
        })
        .collect();
    let group_width = heads.queries / heads.key_values * heads.width;
    let output = Output::new(out, heads.queries * heads.width);
    tasks.par_iter().for_each(|&(head, query)| {
        let mut result = vec![0f32; query.count * group_width];
        let result_ref = &mut result[..];
        for_level!(attend_task(
            heads: Heads,
            head: usize,
            query: Query<'_>,
            queries: &[f32],
            keys: &[f32],
            values: &[f32],
            result_ref: &mut [f32],
        ));
        for (token, result) in result.chunks_exact(group_width).enumerate() {
            output.store(query.first_token + token, head * group_width, result);
        }
    });
}

/// One head of keys and values for some tokens and all query heads that share it.
#[inline(always)]
fn attend_task<const FUSED: bool>(
    heads: Heads,
    head: usize,
    query: Query<'_>,
    queries: &[f32],
    keys: &[f32],
    values: &[f32],
    out: &mut [f32],
) {
    let width = heads.width;
    let group = heads.queries / heads.key_values;
    let first_position = query.first_position();
    let positions = query.rows.len();
    // Panels start at multiples of their size, so a score never depends on the tokens that share the task.
    let start = heads
        .window
        .map_or(0, |window| (first_position + 1).saturating_sub(window))
        / KEYS
        * KEYS;
    let span = (positions - start).next_multiple_of(KEYS);
    let key_row = |position: usize, of: &'_ [f32]| {
        let row = query.rows[position.min(positions - 1)] as usize;
        let at = (row * heads.key_values + head) * width;
        at..(at + width).min(of.len())
    };
    let query_rows: Vec<&[f32]> = (0..query.count * group)
        .map(|row| {
            let (token, member) = (query.first_token + row / group, row % group);
            &queries[(token * heads.queries + head * group + member) * width..][..width]
        })
        .collect();
    let mut scores = vec![0f32; query_rows.len() * span];

    let mut panel = vec![[0f32; KEYS]; width];
    for first in (start..positions).step_by(KEYS) {
        for key in 0..KEYS {
            let row = &keys[key_row(first + key, keys)];
            for (panel, &number) in panel.iter_mut().zip(row) {
                panel[key] = number;
            }
        }
        for (place, rows) in query_rows.chunks(ROWS).enumerate() {
            let mut sums = [[0f32; KEYS]; ROWS];
            if let &[a, b, c, d] = rows {
                for ((((panel, &a), &b), &c), &d) in panel.iter().zip(a).zip(b).zip(c).zip(d) {
                    for (sums, query) in sums.iter_mut().zip([a, b, c, d]) {
                        for (sum, &key) in sums.iter_mut().zip(panel) {
                            *sum = multiply_add::<FUSED>(query, key, *sum);
                        }
                    }
                }
            } else {
                for (sums, row) in sums.iter_mut().zip(rows) {
                    for (panel, &query) in panel.iter().zip(*row) {
                        for (sum, &key) in sums.iter_mut().zip(panel) {
                            *sum = multiply_add::<FUSED>(query, key, *sum);
                        }
                    }
                }
            }
            for (row, sums) in sums.iter().take(rows.len()).enumerate() {
                scores[(place * ROWS + row) * span + first - start..][..KEYS].copy_from_slice(sums);
            }
        }
    }

    for (row, scores) in scores.chunks_exact_mut(span).enumerate() {
        let position = first_position + row / group;
        let visible = heads.window.map_or(0, |window| (position + 1).saturating_sub(window));
        soften::<FUSED>(scores, visible - start, position + 1 - start, heads.scale);
    }

    for lane in (0..width).step_by(LANES) {
        let lanes = LANES.min(width - lane);
        for first_row in (0..query_rows.len()).step_by(ROWS) {
            let rows = ROWS.min(query_rows.len() - first_row);
            let mut sums = [[0f32; LANES]; ROWS];
            let weights: [&[f32]; ROWS] =
                std::array::from_fn(|row| &scores[(first_row + row.min(rows - 1)) * span..][..span]);
            for position in start..positions {
                let value = &values[key_row(position, values)][lane..lane + lanes];
                if let Some(value) = value.first_chunk::<LANES>() {
                    for (sums, weights) in sums.iter_mut().zip(weights) {
                        let weight = weights[position - start];
                        for (sum, &value) in sums.iter_mut().zip(value) {
                            *sum = multiply_add::<FUSED>(weight, value, *sum);
                        }
                    }
                } else {
                    for (sums, weights) in sums.iter_mut().zip(weights) {
                        let weight = weights[position - start];
                        for (sum, &value) in sums.iter_mut().zip(value) {
                            *sum = multiply_add::<FUSED>(weight, value, *sum);
                        }
                    }
                }
            }
            for (row, sums) in sums.iter().take(rows).enumerate() {
                out[(first_row + row) * width + lane..][..lanes].copy_from_slice(&sums[..lanes]);
            }
        }
    }
}

/// Softmax over `scores[from..to]`; every other score becomes a weight of zero.
#[inline(always)]
fn soften<const FUSED: bool>(scores: &mut [f32], from: usize, to: usize, scale: f32) {
    scores[..from].fill(0.0);
    scores[to..].fill(0.0);
    let visible = &mut scores[from..to];
    let largest = visible.iter().fold(f32::NEG_INFINITY, |all, &score| all.max(score));
    let mut sums = [0f32; 16];
    let mut chunks = visible.chunks_exact_mut(16);
    for chunk in &mut chunks {
        for (sum, score) in sums.iter_mut().zip(chunk) {
            *score = exp::<FUSED>((*score - largest) * scale);
            *sum += *score;
        }
    }
    for (sum, score) in sums.iter_mut().zip(chunks.into_remainder()) {
        *score = exp::<FUSED>((*score - largest) * scale);
        *sum += *score;
    }
    let inverse = 1.0 / sums.iter().sum::<f32>();
    for score in visible {
        *score *= inverse;
    }
}
