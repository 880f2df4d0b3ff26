//! Letter scoring: the log-probability of every option's letter, as the tokenizer really continues the prompt.

use crate::benchmarks::Item;
use crate::engine::{EngineError, Reader, ScoreRequest, Scores, TokenId};
use crate::prompts::LetterPrompt;

use super::{Answer, Outcome};

/// Tokenizes a prompt with each of its continuations.
///
/// A tokenizer may join the end of the prompt with the letter, so each whole text is tokenized;
/// what all of them and the bare prompt begin with is the prompt, the rest is scored.
pub fn request(reader: &dyn Reader, prompt: &LetterPrompt) -> Result<ScoreRequest, EngineError> {
    let bare = reader.tokenize(&prompt.text)?;
    let mut shared = bare.len();
    let mut wholes: Vec<Vec<TokenId>> = Vec::with_capacity(prompt.continuations.len());
    for continuation in &prompt.continuations {
        let mut text = prompt.text.clone();
        text.push_plain(continuation);
        let whole = reader.tokenize(&text)?;
        let common = whole
            .iter()
            .zip(&bare)
            .take_while(|(left, right)| left == right)
            .count();
        // At least one token of each continuation must be left to score.
        shared = shared.min(common).min(whole.len().saturating_sub(1));
        wholes.push(whole);
    }
    let continuations = wholes
        .iter()
        .map(|whole| whole.iter().skip(shared).copied().collect())
        .collect();
    Ok(ScoreRequest {
        prompt: bare.into_iter().take(shared).collect(),
        continuations,
    })
}

/// Tokens the model has to read for a request: the prompt and its longest continuation.
pub fn token_count(request: &ScoreRequest) -> usize {
    request.prompt.len() + request.continuations.iter().map(Vec::len).max().unwrap_or(0)
}

/// The answer that scores make of an item. The likeliest letter is the choice; of equals, the first.
pub fn answer(
    model: &str,
    benchmark: &str,
    item: &Item,
    request: &ScoreRequest,
    scores: &Scores,
    seconds: f64,
) -> Answer {
    if !scores.log_probabilities.iter().all(|value| value.is_finite()) {
        let problem = "the model gave no number for an option: its file may be damaged".to_owned();
        return Answer::failed(model, benchmark, item, request.prompt.len(), problem);
    }
    let mut choice = None;
    let mut highest = f64::NEG_INFINITY;
    for (index, &value) in scores.log_probabilities.iter().enumerate() {
        if choice.is_none() || value > highest {
            (choice, highest) = (Some(index), value);
        }
    }
    Answer {
        model: model.to_owned(),
        benchmark: benchmark.to_owned(),
        task: item.task.clone(),
        item: item.key.clone(),
        log_probabilities: scores.log_probabilities.clone(),
        choice,
        outcome: if choice == Some(item.answer) {
            Outcome::Right
        } else {
            Outcome::Wrong
        },
        prompt_tokens: request.prompt.len(),
        seconds,
        reply: None,
        error: None,
    }
}
