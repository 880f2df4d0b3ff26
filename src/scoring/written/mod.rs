//! Written answers: reading which option a reply means, and what comes of a reply that means none.
//!
//! A reply is read from its strongest words down: what stands in `\boxed{}` or after "final answer"; what any
//! sentence calls the answer; lines that begin with an option; what is set in bold; the one option whose text
//! comes up. Only the strongest kind that is there counts. Where its places differ, or one names several options,
//! nothing is read: a reply that contradicts itself is unparsed, never wrong.

mod choice;
mod sets;
mod thinking;
mod words;

#[cfg(test)]
mod tests;

use unicode_normalization::UnicodeNormalization;

use choice::{Choices, Stated};

use super::answer::{Answer, Asked, Outcome, Reply, ReplyEnding};
use crate::prompts::Shown;
use crate::text::controls::is_unseen;

/// What a reply says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reading {
    /// Indices of the options it means, from 0 and in order; several only where all that are right are asked for.
    Options(Vec<usize>),
    Unparsed,
    Refused,
    /// It was cut off before it meant anything.
    Truncated,
}

/// How far into a reply a refusal stands that is one even where the reply was cut off, in characters.
const OPENING: usize = 200;

/// Reads a reply to an item as it was shown. `asks_for_all` tells whether the prompt asks for all options that are
/// right, as an item with several right ones always does.
pub fn read(reply: &Reply, shown: &Shown<'_>, asks_for_all: bool) -> Reading {
    let choices = Choices::new(shown, asks_for_all || shown.item().right.len() > 1);
    // Fullwidth and circled letters become plain ones; what is not seen parts no words.
    let seen = thinking::without(&reply.text)
        .nfkc()
        .filter(|character| !is_unseen(*character));
    let text: String = seen.map(words::plain_digit).collect();
    let cut = reply.ending == ReplyEnding::Truncated;
    match stated(&choices, &text, cut) {
        Some(Stated::One(place)) => options(shown, std::iter::once(place)),
        // Another might have followed.
        Some(Stated::All(places)) if !cut => options(shown, places.in_order()),
        Some(Stated::Several) if !cut => Reading::Unparsed,
        _ => without_option(&choices, &text, reply.ending),
    }
}

/// The options that stand at places of what was shown.
fn options(shown: &Shown<'_>, places: impl Iterator<Item = usize>) -> Reading {
    let options = places.map(|place| shown.order().get(place).copied());
    match options.collect::<Option<Vec<usize>>>() {
        Some(mut options) => {
            options.sort_unstable();
            Reading::Options(options)
        }
        None => Reading::Unparsed,
    }
}

/// The answer that a reply makes of an item: right only where it names all right options and no other.
pub fn answer(
    model: &str,
    benchmark: &str,
    shown: &Shown<'_>,
    asks_for_all: bool,
    asked: Asked,
    reply: Reply,
) -> Answer {
    let reading = read(&reply, shown, asks_for_all);
    let item = shown.item();
    let outcome = match &reading {
        Reading::Options(options) if item.right == *options => Outcome::Right,
        Reading::Options(_) => Outcome::Wrong,
        Reading::Unparsed => Outcome::Unparsed,
        Reading::Refused => Outcome::Refused,
        Reading::Truncated => Outcome::Truncated,
    };
    Answer {
        model: model.to_owned(),
        benchmark: benchmark.to_owned(),
        task: item.task.clone(),
        item: item.key.clone(),
        log_probabilities: Vec::new(),
        option_tokens: Vec::new(),
        choices: match reading {
            Reading::Options(options) => options,
            _ => Vec::new(),
        },
        outcome,
        prompt_tokens: asked.prompt_tokens,
        seconds: asked.seconds,
        usage: None,
        reply: Some(reply),
        error: None,
    }
}

fn without_option(choices: &Choices, text: &str, ending: ReplyEnding) -> Reading {
    if ending == ReplyEnding::Filtered {
        return Reading::Refused;
    }
    let opening = text.char_indices().nth(OPENING).map_or(text.len(), |(place, _)| place);
    let cut = ending == ReplyEnding::Truncated;
    let mut refusals = choices.vocabulary.refusals(text).into_iter();
    if refusals.any(|place| !cut || place.start < opening) {
        Reading::Refused
    } else if cut {
        Reading::Truncated
    } else {
        Reading::Unparsed
    }
}

/// What the strongest words of a reply say.
fn stated(choices: &Choices, text: &str, cut: bool) -> Option<Stated> {
    agreed(finals(choices, text))
        .or_else(|| agreed(sentences(choices, text)))
        .or_else(|| lines(choices, text, cut))
        .or_else(|| agreed(bold(choices, text)))
        .or_else(|| if cut { None } else { texts(choices, text) })
}

/// What all places say, where they say the same.
fn agreed(places: Vec<Stated>) -> Option<Stated> {
    let first = *places.first()?;
    match places.iter().all(|place| *place == first) {
        true => Some(first),
        false => Some(Stated::Several),
    }
}

/// What stands in `\boxed{}` and after "final answer".
fn finals(choices: &Choices, text: &str) -> Vec<Stated> {
    let boxed = text
        .split("\\boxed")
        .skip(1)
        .filter_map(|after| choices.after_cue(after));
    boxed
        .chain(after_cues(choices, text, choices.vocabulary.finals(text)))
        .collect()
}

/// What sentences call the answer, before or after they name it.
fn sentences(choices: &Choices, text: &str) -> Vec<Stated> {
    let praised = choices.vocabulary.corrects(text).into_iter();
    let praised = praised.filter_map(|place| choices.before_praise(text.get(..place.start)?));
    after_cues(choices, text, choices.vocabulary.answers(text))
        .into_iter()
        .chain(praised)
        .collect()
}

fn after_cues(choices: &Choices, text: &str, cues: Vec<std::ops::Range<usize>>) -> Vec<Stated> {
    let mut stated = Vec::new();
    for cue in cues {
        let (Some(before), Some(after)) = (text.get(..cue.end), text.get(cue.end..)) else {
            continue;
        };
        // "answered", "الحلقة": the words go on.
        if words::joins(before, after) {
            continue;
        }
        let list = after.trim_start_matches([':', '：', '*', ' ']);
        if list.starts_with('\n') && lines(choices, list, false) == Some(Stated::Several) {
            // "Let us look at each answer:" and a list of all.
            continue;
        }
        stated.extend(choices.after_cue(after));
    }
    stated
}

/// The option that lines begin with. Where several do, the first counts if it stands in a paragraph of its own and
/// an explanation of the others follows.
fn lines(choices: &Choices, text: &str, cut: bool) -> Option<Stated> {
    let written: Vec<&str> = text.lines().map(str::trim).collect();
    let first = written.iter().position(|line| !line.is_empty())?;
    // A list of the options that was cut off looks as if it had fewer.
    let read = |(place, line): (usize, &&str)| match cut && place > first {
        true => None,
        false => choices.of_line(line),
    };
    let named: Vec<Option<Stated>> = written.iter().enumerate().map(read).collect();
    let places: Vec<Stated> = named.iter().copied().flatten().collect();
    let together = agreed(places.clone())?;
    if together != Stated::Several {
        return Some(together);
    }
    let lines_with_words = written.iter().filter(|line| !line.is_empty()).count();
    if let Some(all) = choices.together(&places).filter(|_| lines_with_words == places.len()) {
        return Some(all);
    }
    let alone = written.get(first + 1).is_none_or(|next| next.is_empty());
    let begins = named.get(first).copied().flatten()?;
    let mut after = written
        .iter()
        .zip(&named)
        .skip(first + 1)
        .filter(|(line, _)| !line.is_empty());
    let explained = after.next().is_some_and(|(_, named)| named.is_none());
    match alone && explained {
        true => Some(begins),
        false => Some(Stated::Several),
    }
}

/// What is set in bold.
fn bold(choices: &Choices, text: &str) -> Vec<Stated> {
    let mut parts = text.split("**");
    let mut before = String::from(parts.next().unwrap_or_default());
    let mut stated = Vec::new();
    while let (Some(inside), Some(after)) = (parts.next(), parts.next()) {
        let sentence = before.rsplit(['.', '\n', '。', '।']).next().unwrap_or_default();
        let denied = choices.vocabulary.denies_before(sentence) || choices.vocabulary.denies_after(after);
        if !denied {
            stated.extend(choices.of_line(inside));
        }
        before.push_str(inside);
        before.push_str(after);
    }
    stated
}

/// The one option whose text comes up.
fn texts(choices: &Choices, text: &str) -> Option<Stated> {
    match choices.texts_in(text).as_slice() {
        [] => None,
        [one] => Some(Stated::One(*one)),
        _ => Some(Stated::Several),
    }
}
