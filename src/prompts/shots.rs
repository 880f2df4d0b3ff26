//! Solved examples: which ones each item is shown.

use super::python_random::PythonRandom;
use super::{Draw, Protocol, ShotsFrom};
use crate::benchmarks::Item;

/// The examples of each of `items`, the asked ones of a task in one language in their order; fewer than the protocol
/// says where the task is too small. They come from the owners' `examples`, or else from `all` of the task's items,
/// leave-one-out.
pub fn shots<'a>(
    items: &[&'a Item],
    all: &[&'a Item],
    examples: &[&'a Item],
    protocol: &Protocol,
) -> Vec<Vec<&'a Item>> {
    let from_examples = match protocol.shots_from {
        ShotsFrom::Examples => true,
        ShotsFrom::Items => false,
        ShotsFrom::Either => !examples.is_empty(),
    };
    let candidates = if from_examples { examples } else { all };
    let (count, seed) = (protocol.shots, protocol.seed);
    match protocol.draw {
        _ if count == 0 => items.iter().map(|_| Vec::new()).collect(),
        Draw::Seeded => {
            let mut candidates = candidates.to_vec();
            // By hash and not by a shuffled position: where a language lacks a question, the others keep theirs.
            candidates.sort_by_cached_key(|item| (rank(seed, question_name(item)), item.key.id.clone()));
            let draw = |item: &&Item| first(&candidates, item, count, !from_examples);
            items.iter().map(draw).collect()
        }
        // What the owners put first is shown to every item, whatever its wording: so does lm-evaluation-harness.
        Draw::First if from_examples => {
            let first: Vec<&Item> = candidates.iter().take(count).copied().collect();
            items.iter().map(|_| first.clone()).collect()
        }
        Draw::First => {
            let draw = |item: &&Item| first(candidates, item, count, true);
            items.iter().map(draw).collect()
        }
        Draw::LmEval => {
            let mut random = PythonRandom::new(seed);
            let draw = |item: &&Item| lm_eval(&mut random, candidates, item, count, !from_examples);
            items.iter().map(draw).collect()
        }
    }
}

/// The first of the candidates that are not the item itself nor worded like it, so all items but the examples
/// themselves share one prompt prefix.
fn first<'a>(candidates: &[&'a Item], item: &Item, count: usize, among_asked: bool) -> Vec<&'a Item> {
    // Owners number their examples anew, so that only among the asked ones a name tells the same question.
    let same =
        |shot: &Item| shot.question == item.question || (among_asked && question_name(shot) == question_name(item));
    let others = candidates.iter().filter(|shot| !same(shot));
    others.take(count).copied().collect()
}

/// As lm-evaluation-harness draws: from its examples so many; from the asked items themselves one more, less those
/// that are the item, and where copies of it leave too few, again from all others.
fn lm_eval<'a>(
    random: &mut PythonRandom,
    candidates: &[&'a Item],
    item: &Item,
    count: usize,
    among_asked: bool,
) -> Vec<&'a Item> {
    let at = |pool: &[&'a Item], places: Vec<usize>| -> Vec<&'a Item> {
        places
            .into_iter()
            .filter_map(|place| pool.get(place).copied())
            .collect()
    };
    let drawn = at(
        candidates,
        random.sample(candidates.len(), count + usize::from(among_asked)),
    );
    if !among_asked {
        return drawn;
    }
    let others = |items: Vec<&'a Item>| -> Vec<&'a Item> {
        let another = |other: &&Item| !is_copy(other, item);
        items.into_iter().filter(another).collect()
    };
    let mut kept = others(drawn);
    if kept.len() < count {
        let pool = others(candidates.to_vec());
        kept = at(&pool, random.sample(pool.len(), count));
    }
    kept.truncate(count);
    kept
}

/// Whether both say the same.
fn is_copy(left: &Item, right: &Item) -> bool {
    left.question == right.question
        && left.context == right.context
        && left.options == right.options
        && left.right == right.right
}

/// What names a question in all its languages.
pub(super) fn question_name(item: &Item) -> &str {
    item.parallel.as_deref().unwrap_or(&item.key.id)
}

/// A number that looks random for a name and a seed, and is the same on every machine (FNV-1a, then mixed).
pub(super) fn rank(seed: u64, name: &str) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64 ^ seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    for byte in name.bytes() {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash ^ (hash >> 33)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::benchmarks::{ItemFields, ItemKey};

    fn items(language: &str, count: usize) -> Vec<Item> {
        (0..count)
            .map(|number| {
                let fields = ItemFields::asking(language, &format!("question {number}"), &["one", "two"]);
                let key = ItemKey {
                    id: format!("{language}-{number}"),
                    ..fields.key.clone()
                };
                let parallel = Some(format!("q{number}"));
                Item::new(ItemFields {
                    key,
                    parallel,
                    ..fields
                })
                .unwrap()
            })
            .collect()
    }

    fn protocol(shots: usize, seed: u64, draw: Draw) -> Protocol {
        Protocol {
            shots,
            seed,
            draw,
            ..Protocol::default()
        }
    }

    /// The names of the examples of each item, out of all items.
    fn names(items: &[Item], examples: &[Item], protocol: &Protocol) -> Vec<Vec<String>> {
        let items: Vec<&Item> = items.iter().collect();
        let examples: Vec<&Item> = examples.iter().collect();
        let name = |shot: &&Item| shot.parallel.clone().unwrap();
        let shots = shots(&items, &items, &examples, protocol);
        shots.iter().map(|shots| shots.iter().map(name).collect()).collect()
    }

    #[test]
    fn the_same_questions_in_every_language_and_none_is_its_own_example() {
        for draw in [Draw::Seeded, Draw::First, Draw::LmEval] {
            let protocol = protocol(5, 7, draw);
            let english = names(&items("en", 20), &[], &protocol);
            assert_eq!(english, names(&items("ar", 20), &[], &protocol));
            for (number, shots) in english.iter().enumerate() {
                assert_eq!(shots.len(), 5);
                assert!(!shots.contains(&format!("q{number}")), "{draw:?}");
            }
        }
    }

    #[test]
    fn seeds_choose_differently() {
        let items = items("en", 50);
        let first = names(&items, &[], &protocol(5, 1, Draw::Seeded));
        assert_ne!(first, names(&items, &[], &protocol(5, 2, Draw::Seeded)));
    }

    #[test]
    fn a_small_task_gives_what_it_has() {
        for draw in [Draw::Seeded, Draw::First, Draw::LmEval] {
            let three = items("en", 3);
            assert_eq!(names(&three, &[], &protocol(5, 1, draw))[0].len(), 2, "{draw:?}");
            assert!(names(&three, &[], &protocol(0, 1, draw))[0].is_empty());
        }
    }

    #[test]
    fn examples_of_the_owners_come_first_unless_somebody_says_otherwise() {
        let (asked, solved) = (items("en", 10), items("dev", 4));
        let first = protocol(2, 0, Draw::First);
        assert_eq!(names(&asked, &solved, &first)[9], ["q0", "q1"]);
        assert_eq!(names(&asked, &solved, &first)[0], ["q0", "q1"]);
        // Where the seed chooses, what is asked is not its own example, though the owners' have the same question.
        let seeded = Protocol {
            shots: 3,
            ..Protocol::default()
        };
        assert!(!names(&asked, &solved, &seeded)[0].contains(&"q0".to_owned()));
        assert!(
            names(&asked, &solved, &seeded)[9]
                .iter()
                .all(|name| ["q0", "q1", "q2", "q3"].contains(&&**name))
        );
        let none = Protocol {
            shots_from: ShotsFrom::Examples,
            ..first
        };
        assert!(names(&asked, &[], &none)[0].is_empty());
    }

    /// `ContextSampler` of lm_eval 0.4.13 over documents 0 to 9 (as examples and as the asked ones), 3 shots,
    /// seed 1234: `tests/golden/lm_eval_shots.py`.
    #[test]
    fn draws_are_those_of_lm_evaluation_harness() {
        let golden: Vec<Vec<Vec<usize>>> =
            serde_json::from_str(include_str!("../../tests/golden/lm_eval_shots.json")).unwrap();
        let named = |golden: &[Vec<usize>]| -> Vec<Vec<String>> {
            let name = |number: &usize| format!("q{number}");
            golden.iter().map(|shots| shots.iter().map(name).collect()).collect()
        };
        let protocol = protocol(3, 1234, Draw::LmEval);
        let (asked, solved) = (items("en", 10), items("en", 10));
        assert_eq!(names(&asked, &solved, &protocol), named(&golden[0]));
        assert_eq!(names(&asked, &[], &protocol), named(&golden[1]));
    }
}
