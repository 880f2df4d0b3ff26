//! Solved examples: chosen once for a task, the same questions in every language and for every model.

use crate::benchmarks::Item;

/// A fixed order of candidates from which each item takes its examples.
///
/// Examples come from the owners' solved ones, or else the task's own items, leave-one-out: an item takes the first of the candidates
/// that are not itself (nor worded like it), so all items but the examples themselves share one prompt prefix.
#[derive(Debug)]
pub struct Shots<'a> {
    candidates: Vec<&'a Item>,
    shots: usize,
}

impl<'a> Shots<'a> {
    /// Candidates for `shots` examples out of one task's items in one language.
    pub fn choose(items: &[&'a Item], shots: usize, seed: u64) -> Self {
        let mut candidates = items.to_vec();
        if shots == 0 {
            candidates.clear();
        }
        // By hash and not by a shuffled position: where a language lacks a question, the others keep theirs.
        candidates.sort_by_cached_key(|item| (rank(seed, question_name(item)), item.key.id.clone()));
        Self { candidates, shots }
    }

    /// The examples to put before `item`; fewer than asked for where the task is too small.
    pub fn for_item(&self, item: &Item) -> Vec<&'a Item> {
        let candidates = self.candidates.iter().copied();
        let others =
            candidates.filter(|shot| question_name(shot) != question_name(item) && shot.question != item.question);
        others.take(self.shots).collect()
    }
}

/// What names a question in all its languages.
fn question_name(item: &Item) -> &str {
    item.parallel.as_deref().unwrap_or(&item.key.id)
}

/// A number that looks random for a name and a seed, and is the same on every machine (FNV-1a, then mixed).
fn rank(seed: u64, name: &str) -> u64 {
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

    fn names(shots: &[&Item]) -> Vec<String> {
        shots.iter().map(|shot| shot.parallel.clone().unwrap()).collect()
    }

    #[test]
    fn the_same_questions_in_every_language_and_none_is_its_own_example() {
        let english = items("en", 20);
        let arabic = items("ar", 20);
        let in_english = Shots::choose(&english.iter().collect::<Vec<_>>(), 5, 7);
        let in_arabic = Shots::choose(&arabic.iter().collect::<Vec<_>>(), 5, 7);
        for (left, right) in english.iter().zip(&arabic) {
            let shots = names(&in_english.for_item(left));
            assert_eq!(shots.len(), 5);
            assert_eq!(shots, names(&in_arabic.for_item(right)));
            assert!(!shots.contains(left.parallel.as_ref().unwrap()));
        }
    }

    #[test]
    fn seeds_choose_differently() {
        let english = items("en", 50);
        let references: Vec<&Item> = english.iter().collect();
        let first = names(&Shots::choose(&references, 5, 1).for_item(&english[0]));
        let second = names(&Shots::choose(&references, 5, 2).for_item(&english[0]));
        assert_ne!(first, second);
    }

    #[test]
    fn a_small_task_gives_what_it_has() {
        let english = items("en", 3);
        let references: Vec<&Item> = english.iter().collect();
        assert_eq!(Shots::choose(&references, 5, 1).for_item(&english[0]).len(), 2);
        assert!(Shots::choose(&references, 0, 1).for_item(&english[0]).is_empty());
    }
}
