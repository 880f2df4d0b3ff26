//! Letter scoring: the log-probability of every option's letter, as the tokenizer really continues the prompt.

use crate::benchmarks::Item;
use crate::engine::{EngineError, Reader, ScoreRequest, Scores};
use crate::prompts::LetterPrompt;

use super::{Answer, Asked, Outcome};

/// Tokenizes a prompt with each of its continuations.
pub fn request(reader: &dyn Reader, prompt: &LetterPrompt) -> Result<ScoreRequest, EngineError> {
    let bare = reader.tokenize(&prompt.text)?;
    let wholes = prompt.continuations.iter().map(|continuation| {
        let mut text = prompt.text.clone();
        text.push_plain(continuation);
        reader.tokenize(&text)
    });
    Ok(ScoreRequest::continuing(&bare, wholes.collect::<Result<_, _>>()?))
}

/// Tokens the model has to read for a request: the prompt and its longest continuation.
pub fn token_count(request: &ScoreRequest) -> usize {
    request.prompt.len() + request.continuations.iter().map(Vec::len).max().unwrap_or(0)
}

/// The answer that scores make of an item. The likeliest letter is the choice; of equals, the first. Where several options
/// are right, any of them counts, as in lm-evaluation-harness.
pub fn answer(model: &str, benchmark: &str, item: &Item, asked: Asked, scores: &Scores) -> Answer {
    if !scores.log_probabilities.iter().all(|value| value.is_finite()) {
        let problem = "the model gave no number for an option: its file may be damaged".to_owned();
        return Answer::failed(model, benchmark, item, asked.prompt_tokens, problem);
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
        choices: choice.into_iter().collect(),
        outcome: match choice {
            Some(choice) if item.is_right(choice) => Outcome::Right,
            _ => Outcome::Wrong,
        },
        prompt_tokens: asked.prompt_tokens,
        seconds: asked.seconds,
        usage: None,
        reply: None,
        error: None,
    }
}
