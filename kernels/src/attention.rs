//! Causal attention of packed sequences over a shared store of keys and values.

use rayon::prelude::*;

use super::elementwise::soft_cap;
use super::matrix::Output;
use super::{Level, exp, for_level, multiply_add};

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
    /// Scaled scores approach this and do not pass it.
    pub cap: Option<f32>,
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

/// Keys are stored in panels of so many rows, and scores are computed for a panel at once.
const KEYS: usize = 32;
/// Query rows that share a panel of keys in registers.
const SCORE_ROWS: usize = 8;
/// So many numbers of a value are summed at once.
const LANES: usize = 64;
/// Query rows that share a value in registers.
const VALUE_ROWS: usize = 6;
/// Tokens of a task.
const TOKENS_PER_TASK: usize = 16;

/// Writes the keys of rows `first_row..` into a store, `[row / 32][key head][width][row % 32]`, and makes it longer
/// as needed. `keys` is `[row][key head][width]`.
pub fn store_keys(store: &mut Vec<f32>, first_row: usize, keys: &[f32], key_width: usize) {
    let rows = first_row + keys.len() / key_width;
    store.resize(stored_keys(rows, key_width), 0.0);
    for (row, keys) in keys.chunks_exact(key_width).enumerate() {
        let row = first_row + row;
        let panel = &mut store[row / KEYS * KEYS * key_width..];
        for (place, &number) in panel.iter_mut().skip(row % KEYS).step_by(KEYS).zip(keys) {
            *place = number;
        }
    }
}

/// How long a store of so many rows of keys is.
pub fn stored_keys(rows: usize, key_width: usize) -> usize {
    rows.next_multiple_of(KEYS) * key_width
}

/// `out[t] = sum over visible positions of softmax(scale * q[t] . k) * v`, head by head.
///
/// `queries` and `out` are `[token][head][width]`, `values` is `[row][key head][width]`;
/// `keys` is as [`store_keys`] writes it.
pub fn attend(heads: Heads, sequences: &[Query<'_>], queries: &[f32], keys: &[f32], values: &[f32], out: &mut [f32]) {
    let tasks: Vec<(usize, Query<'_>)> = sequences
        .iter()
        .flat_map(|sequence| {
            (0..sequence.count).step_by(TOKENS_PER_TASK).flat_map(move |start| {
                let count = TOKENS_PER_TASK.min(sequence.count - start);
                let rows = &sequence.rows[..sequence.first_position() + start + count];
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
        let task = Task::new(heads, head, query, queries);
        let mut scores = task.scores(keys);
        for (row, scores) in scores.chunks_exact_mut(task.span).enumerate() {
            let position = query.first_position() + row / task.group;
            let visible = heads.window.map_or(0, |window| (position + 1).saturating_sub(window));
            let (from, to, mut scale) = (visible - task.start, position + 1 - task.start, heads.scale);
            if let Some(cap) = heads.cap {
                soft_cap(&mut scores[from..to], scale, cap);
                scale = 1.0;
            }
            for_level!(soften(scores: &mut [f32], from: usize, to: usize, scale: f32));
        }
        let result = task.weigh(&scores, values);
        for (token, result) in result.chunks_exact(group_width).enumerate() {
            output.store(query.first_token + token, head * group_width, result);
        }
    });
}

/// One head of keys and values for some tokens and all query heads that share it.
struct Task<'a> {
    width: usize,
    /// Query heads that share the key head.
    group: usize,
    /// The first position that is looked at.
    start: usize,
    /// How many positions from `start` on there are, and scores in a row.
    span: usize,
    /// Where each position from `start` on is stored.
    rows: &'a [u32],
    /// The key head of the task, and how many there are.
    head: usize,
    heads: usize,
    /// One row for each token and query head, `[width]` each.
    queries: Vec<&'a [f32]>,
}

impl<'a> Task<'a> {
    fn new(heads: Heads, head: usize, query: Query<'a>, queries: &'a [f32]) -> Self {
        let (width, group) = (heads.width, heads.queries / heads.key_values);
        let start = heads
            .window
            .map_or(0, |window| (query.first_position() + 1).saturating_sub(window));
        let row = |row: usize| {
            let (token, member) = (query.first_token + row / group, row % group);
            &queries[(token * heads.queries + head * group + member) * width..][..width]
        };
        Self {
            width,
            group,
            start,
            span: query.rows.len() - start,
            rows: &query.rows[start..],
            head,
            heads: heads.key_values,
            queries: (0..query.count * group).map(row).collect(),
        }
    }

    /// The products of every query row with every key, `[row][span]`. A product sums over the numbers of the head
    /// in order, so it does not depend on the rows and keys beside it.
    fn scores(&self, keys: &[f32]) -> Vec<f32> {
        let mut scores = vec![0f32; self.queries.len() * self.span];
        let head_panel = self.width * KEYS;
        let mut position = 0;
        while let Some(&row) = self.rows.get(position) {
            // The positions that follow in the same panel: most often all of it.
            let (panel, lane) = (row as usize / KEYS, row as usize % KEYS);
            let following = self.rows[position..].iter().zip(row..).take(KEYS - lane);
            let count = following.take_while(|&(&row, expected)| row == expected).count();
            let panel = &keys[(panel * self.heads + self.head) * head_panel..][..head_panel];
            for (block, rows) in self.queries.chunks(SCORE_ROWS).enumerate() {
                let last = rows.len() - 1;
                let rows_of_step: [&[f32]; SCORE_ROWS] = std::array::from_fn(|row| rows[row.min(last)]);
                let mut sums = [[0f32; KEYS]; SCORE_ROWS];
                score_step(panel.as_chunks().0, rows_of_step, &mut sums);
                for (row, sums) in sums.iter().take(rows.len()).enumerate() {
                    let place = (block * SCORE_ROWS + row) * self.span + position;
                    scores[place..place + count].copy_from_slice(&sums[lane..lane + count]);
                }
            }
            position += count;
        }
        scores
    }

    /// The values weighed by the softened scores, `[row][width]`. Positions that a row does not see weigh nothing
    /// and leave its sums as they are.
    fn weigh(&self, weights: &[f32], values: &[f32]) -> Vec<f32> {
        let rows = self.queries.len();
        let place = |&row: &u32| (row as usize * self.heads + self.head) * self.width;
        let places: Vec<usize> = self.rows.iter().map(place).collect();
        let mut out = vec![0f32; rows * self.width];
        for lane in (0..self.width).step_by(LANES) {
            let lanes = LANES.min(self.width - lane);
            for first in (0..rows).step_by(VALUE_ROWS) {
                let weights: [&[f32]; VALUE_ROWS] =
                    std::array::from_fn(|row| &weights[(first + row).min(rows - 1) * self.span..][..places.len()]);
                let mut sums = [[0f32; LANES]; VALUE_ROWS];
                value_step(&values[lane..], lanes, &places, weights, &mut sums);
                for (row, sums) in sums.iter().enumerate().take(rows - first) {
                    out[(first + row) * self.width + lane..][..lanes].copy_from_slice(&sums[..lanes]);
                }
            }
        }
        out
    }
}

/// `sums[row][key] = rows[row] . panel[..][key]`
fn score_step(panel: &[[f32; KEYS]], rows: [&[f32]; SCORE_ROWS], sums: &mut [[f32; KEYS]; SCORE_ROWS]) {
    #[cfg(target_arch = "x86_64")]
    if Level::detect() == Level::Avx512Vnni {
        // SAFETY: the level was detected on this processor.
        #[expect(unsafe_code, reason = "instructions chosen at run time")]
        unsafe {
            avx512::score_step(panel, rows, sums);
        }
        return;
    }
    for_level!(plain_score_step(
        panel: &[[f32; KEYS]],
        rows: [&[f32]; SCORE_ROWS],
        sums: &mut [[f32; KEYS]; SCORE_ROWS],
    ));
}

#[inline(always)]
fn plain_score_step<const FUSED: bool>(
    panel: &[[f32; KEYS]],
    rows: [&[f32]; SCORE_ROWS],
    sums: &mut [[f32; KEYS]; SCORE_ROWS],
) {
    for (row, out) in rows.iter().zip(sums) {
        let mut sums = [0f32; KEYS];
        for (panel, &query) in panel.iter().zip(*row) {
            for (sum, &key) in sums.iter_mut().zip(panel) {
                *sum = multiply_add::<FUSED>(query, key, *sum);
            }
        }
        *out = sums;
    }
}

/// `sums[row] = sum over positions of weights[row][position] * values[places[position]..]`, the first `lanes` numbers.
fn value_step(
    values: &[f32],
    lanes: usize,
    places: &[usize],
    weights: [&[f32]; VALUE_ROWS],
    sums: &mut [[f32; LANES]; VALUE_ROWS],
) {
    #[cfg(target_arch = "x86_64")]
    if Level::detect() == Level::Avx512Vnni && lanes == LANES {
        // SAFETY: the level was detected on this processor.
        #[expect(unsafe_code, reason = "instructions chosen at run time")]
        unsafe {
            avx512::value_step(values, places, weights, sums);
        }
        return;
    }
    for_level!(plain_value_step(
        values: &[f32],
        lanes: usize,
        places: &[usize],
        weights: [&[f32]; VALUE_ROWS],
        sums: &mut [[f32; LANES]; VALUE_ROWS],
    ));
}

#[inline(always)]
fn plain_value_step<const FUSED: bool>(
    values: &[f32],
    lanes: usize,
    places: &[usize],
    weights: [&[f32]; VALUE_ROWS],
    sums: &mut [[f32; LANES]; VALUE_ROWS],
) {
    for (weights, out) in weights.iter().zip(sums) {
        let mut sums = [0f32; LANES];
        for (&place, &weight) in places.iter().zip(*weights) {
            for (sum, &value) in sums.iter_mut().zip(&values[place..place + lanes]) {
                *sum = multiply_add::<FUSED>(weight, value, *sum);
            }
        }
        *out = sums;
    }
}

/// Softmax over `scores[from..to]`; every other score becomes a weight of zero.
#[inline(always)]
fn soften<const FUSED: bool>(scores: &mut [f32], from: usize, to: usize, scale: f32) {
    scores[..from].fill(0.0);
    scores[to..].fill(0.0);
    let visible = &mut scores[from..to];
    let mut lanes = [f32::NEG_INFINITY; 16];
    for chunk in visible.chunks(16) {
        for (lane, &score) in lanes.iter_mut().zip(chunk) {
            *lane = if score > *lane { score } else { *lane };
        }
    }
    let largest = lanes.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let mut sums = [0f32; 16];
    let (chunks, rest) = visible.as_chunks_mut::<16>();
    for chunk in chunks {
        for (sum, score) in sums.iter_mut().zip(chunk) {
            *score = exp::<FUSED>((*score - largest) * scale);
            *sum += *score;
        }
    }
    for (sum, score) in sums.iter_mut().zip(rest) {
        *score = exp::<FUSED>((*score - largest) * scale);
        *sum += *score;
    }
    let inverse = 1.0 / sums.iter().sum::<f32>();
    for score in visible {
        *score *= inverse;
    }
}

/// The two inner loops in AVX-512; the order of every sum is that of the plain ones.
#[cfg(target_arch = "x86_64")]
mod avx512 {
    use std::arch::x86_64::*;

    use super::{KEYS, LANES, SCORE_ROWS, VALUE_ROWS};

    #[target_feature(enable = "avx512f")]
    pub fn score_step(panel: &[[f32; KEYS]], rows: [&[f32]; SCORE_ROWS], out: &mut [[f32; KEYS]; SCORE_ROWS]) {
        assert!(rows.iter().all(|row| row.len() == panel.len()));
        let mut sums = [[_mm512_setzero_ps(); 2]; SCORE_ROWS];
        for (number, keys) in panel.iter().enumerate() {
            // SAFETY: a panel entry has 32 floats, and every row is as long as the panel by the assertion.
            #[expect(unsafe_code, reason = "loads without a bounds check in the innermost loop")]
            unsafe {
                let (first, second) = (_mm512_loadu_ps(keys.as_ptr()), _mm512_loadu_ps(keys.as_ptr().add(16)));
                for (sums, row) in sums.iter_mut().zip(rows) {
                    let query = _mm512_set1_ps(*row.get_unchecked(number));
                    sums[0] = _mm512_fmadd_ps(query, first, sums[0]);
                    sums[1] = _mm512_fmadd_ps(query, second, sums[1]);
                }
            }
        }
        for (out, sums) in out.iter_mut().zip(sums) {
            // SAFETY: both halves of 32 floats.
            #[expect(unsafe_code, reason = "stores to an array")]
            unsafe {
                _mm512_storeu_ps(out.as_mut_ptr(), sums[0]);
                _mm512_storeu_ps(out.as_mut_ptr().add(16), sums[1]);
            }
        }
    }

    #[target_feature(enable = "avx512f")]
    pub fn value_step(
        values: &[f32],
        places: &[usize],
        weights: [&[f32]; VALUE_ROWS],
        out: &mut [[f32; LANES]; VALUE_ROWS],
    ) {
        assert!(weights.iter().all(|weights| weights.len() == places.len()));
        let mut sums = [[_mm512_setzero_ps(); LANES / 16]; VALUE_ROWS];
        for (position, &place) in places.iter().enumerate() {
            let value = &values[place..place + LANES];
            // SAFETY: the value has 64 floats, and every row of weights is as long as the places by the assertion.
            #[expect(unsafe_code, reason = "loads without a bounds check in the innermost loop")]
            unsafe {
                let value = value.as_ptr();
                let value: [__m512; LANES / 16] = [
                    _mm512_loadu_ps(value),
                    _mm512_loadu_ps(value.add(16)),
                    _mm512_loadu_ps(value.add(32)),
                    _mm512_loadu_ps(value.add(48)),
                ];
                for (sums, weights) in sums.iter_mut().zip(weights) {
                    let weight = _mm512_set1_ps(*weights.get_unchecked(position));
                    for (sum, value) in sums.iter_mut().zip(value) {
                        *sum = _mm512_fmadd_ps(weight, value, *sum);
                    }
                }
            }
        }
        for (out, sums) in out.iter_mut().zip(sums) {
            for (part, sum) in sums.into_iter().enumerate() {
                // SAFETY: four quarters of 64 floats.
                #[expect(unsafe_code, reason = "stores to an array")]
                unsafe {
                    _mm512_storeu_ps(out.as_mut_ptr().add(16 * part), sum);
                }
            }
        }
    }
}
