//! Scoring by probability: that of every option's letter or text, as the tokenizer really continues the prompt.

use crate::benchmarks::Item;
use crate::engine::{EngineError, Reader, ScoreRequest, Scores};
use crate::prompts::{Normalisation, ScoredPrompt};

use super::{Answer, Asked, Outcome};

/// Tokenizes a prompt with each of its continuations.
pub fn request(reader: &dyn Reader, prompt: &ScoredPrompt) -> Result<ScoreRequest, EngineError> {
    let (text, continuations) = prompt.parted();
    let bare = reader.tokenize(&text)?;
    let wholes = continuations.iter().map(|continuation| {
        let mut whole = text.clone();
        whole.push_plain(continuation);
        reader.tokenize(&whole)
    });
    Ok(ScoreRequest::continuing(&bare, wholes.collect::<Result<_, _>>()?))
}

/// Tokens the model has to read for a request: the prompt and its longest continuation.
pub fn token_count(request: &ScoreRequest) -> usize {
    request.prompt.len() + request.continuations.iter().map(Vec::len).max().unwrap_or(0)
}

/// The log-probabilities of answers divided by their lengths: of the answers' own text, without what stands between it
/// and the prompt, or in the tokens that were scored.
pub fn normalised(log_probabilities: &[f64], by: Normalisation, answers: &[String], tokens: &[usize]) -> Vec<f64> {
    divided(log_probabilities, by, answers, tokens).collect()
}

fn divided<'a>(
    log_probabilities: &'a [f64],
    by: Normalisation,
    answers: &'a [String],
    tokens: &'a [usize],
) -> impl Iterator<Item = f64> + Clone + 'a {
    let length = move |index: usize| {
        let answer = answers.get(index).map_or("", String::as_str);
        match by {
            Normalisation::Sum => 1,
            Normalisation::Character => answer.chars().count(),
            Normalisation::Byte => answer.len(),
            Normalisation::Token => tokens.get(index).copied().unwrap_or(1),
        }
    };
    let divided = log_probabilities.iter().enumerate();
    divided.map(move |(index, value)| value / length(index).max(1) as f64)
}

/// The probabilities of answers among each other, which add up to 1, by their log-probabilities divided by their lengths.
pub fn probabilities(log_probabilities: &[f64], by: Normalisation, answers: &[String], tokens: &[usize]) -> Vec<f64> {
    let values = divided(log_probabilities, by, answers, tokens);
    let highest = values.clone().fold(f64::NEG_INFINITY, f64::max);
    let mut weights: Vec<f64> = values.map(|value| (value - highest).exp()).collect();
    let total: f64 = weights.iter().sum();
    weights.iter_mut().for_each(|weight| *weight /= total);
    weights
}

/// The highest of those [`probabilities`], and by how much it leads; not numbers where there is none.
pub fn lead(log_probabilities: &[f64], by: Normalisation, answers: &[String], tokens: &[usize]) -> (f64, f64) {
    let values = divided(log_probabilities, by, answers, tokens);
    let [mut highest, mut next] = [f64::NEG_INFINITY; 2];
    for value in values.clone() {
        if value > highest {
            (highest, next) = (value, highest);
        } else {
            next = next.max(value);
        }
    }
    let total: f64 = values.map(|value| (value - highest).exp()).sum();
    let first = 1.0 / total;
    match log_probabilities.len() {
        0 => (f64::NAN, f64::NAN),
        1 => (first, f64::NAN),
        _ => (first, first - (next - highest).exp() / total),
    }
}

/// The highest of the values; of equals, the first.
pub fn choice(values: &[f64]) -> Option<usize> {
    let mut choice = None;
    let mut highest = f64::NEG_INFINITY;
    for (index, &value) in values.iter().enumerate() {
        if choice.is_none() || value > highest {
            (choice, highest) = (Some(index), value);
        }
    }
    choice
}

/// What was scored of an item.
#[derive(Debug, Clone, Copy)]
pub struct Scored<'a> {
    pub scores: &'a Scores,
    /// How many tokens of each continuation were scored.
    pub option_tokens: &'a [usize],
    /// The answers' own texts.
    pub answers: &'a [String],
    pub by: Normalisation,
}

/// The answer that scores make of an item: the likeliest option by the protocol's measure, of equals the first. The
/// sums are kept as they are. Where several options are right, any of them counts, as in lm-evaluation-harness.
pub fn answer(model: &str, benchmark: &str, item: &Item, asked: Asked, scored: Scored<'_>) -> Answer {
    let log_probabilities = &scored.scores.log_probabilities;
    if !log_probabilities.iter().all(|value| value.is_finite()) {
        let problem = "the model gave no number for an option: its file may be damaged".to_owned();
        return Answer::failed(model, benchmark, item, asked.prompt_tokens, problem);
    }
    let values = normalised(log_probabilities, scored.by, scored.answers, scored.option_tokens);
    let choice = choice(&values);
    Answer {
        model: model.to_owned(),
        benchmark: benchmark.to_owned(),
        task: item.task.clone(),
        item: item.key.clone(),
        log_probabilities: log_probabilities.clone(),
        option_tokens: scored.option_tokens.to_vec(),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::benchmarks::ItemFields;

    #[test]
    fn each_normalisation_divides_by_its_own_length() {
        let answers = ["yes", "صداع", "a"].map(str::to_owned);
        let values = |by| normalised(&[-6.0, -8.0, -3.0], by, &answers, &[1, 4, 2]);
        assert_eq!(values(Normalisation::Sum), [-6.0, -8.0, -3.0]);
        assert_eq!(values(Normalisation::Character), [-2.0, -2.0, -3.0]);
        assert_eq!(values(Normalisation::Byte), [-2.0, -1.0, -3.0]);
        assert_eq!(values(Normalisation::Token), [-6.0, -2.0, -1.5]);
    }

    #[test]
    fn probabilities_add_up_even_for_unlikely_letters_and_follow_the_measure() {
        let found = probabilities(&[-1000.0, -1001.0, -1002.0], Normalisation::Sum, &[], &[]);
        assert!((found.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        assert!((found[0] / found[1] - std::f64::consts::E).abs() < 1e-9);
        let answers = ["no", "certainly not"].map(str::to_owned);
        let found = probabilities(&[-4.0, -13.0], Normalisation::Character, &answers, &[1, 2]);
        assert!((found[1] / found[0] - std::f64::consts::E).abs() < 1e-9);
    }

    #[test]
    fn the_lead_is_that_of_the_probabilities() {
        let answers = ["no", "certainly not", "perhaps", "صداع"].map(str::to_owned);
        let tokens = [1, 3, 2, 4];
        for values in [
            &[][..],
            &[-1.0],
            &[-2.0, -2.0],
            &[-4.0, -13.0, -1.5, -6.0],
            &[-1000.0, -1001.0, f64::NEG_INFINITY],
            &[-1.0, f64::NAN, -2.0],
            &[f64::NEG_INFINITY, f64::NEG_INFINITY],
        ] {
            for by in [Normalisation::Sum, Normalisation::Character, Normalisation::Token] {
                let mut sorted = probabilities(values, by, &answers, &tokens);
                sorted.sort_by(|one, other| other.total_cmp(one));
                let first = sorted.first().copied().unwrap_or(f64::NAN);
                let next = sorted.get(1).copied().unwrap_or(f64::NAN);
                let (found, margin) = lead(values, by, &answers, &tokens);
                let same = |one: f64, other: f64| one == other || (one.is_nan() && other.is_nan());
                assert!(
                    same(found, first) && same(margin, first - next),
                    "{values:?}: {found}, {margin}"
                );
            }
        }
    }

    #[test]
    fn a_tie_goes_to_the_first() {
        assert_eq!(choice(&[-2.0, -1.0, -1.0]), Some(1));
        assert_eq!(choice(&[-2.0, -2.0]), Some(0));
        assert_eq!(choice(&[]), None);
    }

    #[test]
    fn the_choice_follows_the_measure_and_the_sums_stay() {
        let fields = ItemFields::asking("en", "?", &["no", "certainly not"]);
        let item = Item::new(ItemFields {
            right: vec![1],
            ..fields
        })
        .unwrap();
        let scores = Scores {
            log_probabilities: vec![-4.0, -13.0],
        };
        let chosen = |by| {
            let scored = Scored {
                scores: &scores,
                option_tokens: &[1, 2],
                answers: &item.options,
                by,
            };
            let asked = Asked {
                prompt_tokens: 10,
                seconds: 0.0,
            };
            let answer = answer("m", "b", &item, asked, scored);
            assert_eq!(answer.log_probabilities, [-4.0, -13.0]);
            assert_eq!(answer.option_tokens, [1, 2]);
            (answer.choices, answer.outcome)
        };
        assert_eq!(chosen(Normalisation::Sum), (vec![0], Outcome::Wrong));
        assert_eq!(chosen(Normalisation::Character), (vec![1], Outcome::Right));
        assert_eq!(chosen(Normalisation::Token), (vec![0], Outcome::Wrong));
    }
}
