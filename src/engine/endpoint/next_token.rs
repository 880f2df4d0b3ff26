//! From the probabilities of single next tokens to those of whole continuations.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::try_join_all;

use super::{EndpointError, Problem, Usage};
use crate::engine::{ScoreRequest, TokenId};

/// Servers write -9999 or the smallest float where they have no number; no model is so sure of anything.
const LEAST: f64 = -9000.0;
/// What rounding may add.
const ROUNDING: f64 = 0.01;

/// A log-probability a server gave, if it is one.
pub(super) fn number(value: f64) -> Option<f64> {
    (value.is_finite() && value > LEAST && value < ROUNDING).then_some(value.min(0.0))
}

/// Refuses probabilities of different next tokens that are together more than one: no model gave them.
pub(super) fn check_sum<'a>(log_probabilities: impl IntoIterator<Item = &'a f64>) -> Result<(), Problem> {
    let sum: f64 = log_probabilities.into_iter().map(|value| value.exp()).sum();
    match sum <= 1.0 + ROUNDING {
        true => Ok(()),
        false => Err(Problem::Incomplete(format!(
            "its probabilities add up to {sum:.2}, so they are none"
        ))),
    }
}

/// Which next tokens are wanted after which beginning of a continuation.
fn wanted(request: &ScoreRequest) -> BTreeMap<&[TokenId], BTreeSet<TokenId>> {
    let mut wanted: BTreeMap<&[TokenId], BTreeSet<TokenId>> = BTreeMap::new();
    for continuation in &request.continuations {
        for (length, &token) in continuation.iter().enumerate() {
            let beginning = continuation.get(..length).unwrap_or_default();
            wanted.entry(beginning).or_default().insert(token);
        }
    }
    wanted
}

/// What a server said of next tokens. Those it gave no number for are not among them.
#[derive(Debug, Default)]
pub(super) struct Numbers {
    pub log_probabilities: BTreeMap<TokenId, f64>,
    pub usage: Usage,
}

/// Scores continuations by asking `next` for the log-probabilities of the tokens that may come next: once after the
/// prompt, and once after every beginning that continuations of several tokens have. A continuation with a token of
/// which there is no number has none.
pub(super) async fn score<F>(
    request: &ScoreRequest,
    next: impl Fn(Vec<TokenId>, BTreeSet<TokenId>) -> F,
) -> Result<(Vec<Option<f64>>, Usage), EndpointError>
where
    F: Future<Output = Result<Numbers, EndpointError>>,
{
    let questions = wanted(request);
    let answers = questions.iter().map(|(beginning, tokens)| {
        let prompt = [request.prompt.as_slice(), beginning].concat();
        next(prompt, tokens.clone())
    });
    let answers = try_join_all(answers).await?;
    let usage = answers.iter().map(|answer| answer.usage).sum();
    let answers: BTreeMap<&[TokenId], Numbers> = questions.into_keys().zip(answers).collect();
    let score = |continuation: &Vec<TokenId>| -> Option<f64> {
        let steps = continuation.iter().enumerate().map(|(length, token)| {
            let answer = answers.get(continuation.get(..length)?)?;
            answer.log_probabilities.get(token).copied()
        });
        steps.sum()
    };
    Ok((request.continuations.iter().map(score).collect(), usage))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::block_on;

    #[test]
    fn what_servers_write_for_nothing_is_no_number() {
        for nothing in [
            f64::NAN,
            f64::NEG_INFINITY,
            f64::INFINITY,
            -9999.0,
            f64::from(f32::MIN),
            0.5,
        ] {
            assert_eq!(number(nothing), None, "{nothing}");
        }
        assert_eq!(number(-87.3), Some(-87.3));
        assert_eq!(number(1e-6), Some(0.0), "rounding");
    }

    #[test]
    fn probabilities_that_add_up_to_more_than_one_are_refused() {
        assert!(check_sum(&[0.5_f64.ln(), 0.25_f64.ln()]).is_ok());
        assert!(check_sum(&[0.0, -3.0]).is_err());
        assert!(
            check_sum(&[0.0, 0.0, 0.0, 0.0]).is_err(),
            "the silent zero of a broken server"
        );
    }

    #[test]
    fn continuations_of_several_tokens_are_summed_along_their_beginnings() {
        let request = ScoreRequest {
            prompt: vec![1, 2],
            continuations: vec![vec![5], vec![6, 7], vec![6, 8], vec![9]],
        };
        let asked = std::sync::Mutex::new(Vec::new());
        let outcome = block_on(score(&request, |prompt, tokens| {
            asked.lock().unwrap().push((prompt.clone(), tokens.clone()));
            async move {
                let log_probabilities = tokens
                    .into_iter()
                    .filter(|&token| token != 9)
                    .map(|token| (token, -f64::from(token)));
                Ok(Numbers {
                    log_probabilities: log_probabilities.collect(),
                    usage: Usage::one(prompt.len() as u64, 1),
                })
            }
        }));
        let (scores, usage) = outcome.unwrap().unwrap();
        assert_eq!(scores, [Some(-5.0), Some(-13.0), Some(-14.0), None]);
        assert_eq!((usage.requests, usage.prompt_tokens), (2, 5));
        let asked = asked.into_inner().unwrap();
        assert_eq!(asked, [(vec![1, 2], [5, 6, 9].into()), (vec![1, 2, 6], [7, 8].into())]);
    }
}
