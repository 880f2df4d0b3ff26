//! The order in which answers are shown while nobody may know whose they are.

use sha2::{Digest as _, Sha256};

use super::statement::{ItemRef, RunModel};

/// Puts an item's answers into an order that only `seed` decides: the same after every start, another for every item,
/// and no hint at which model gave which. An answer that comes later leaves the order of the others.
pub fn blind_order(seed: u64, item: &ItemRef, answers: &mut [RunModel]) {
    answers.sort_by_cached_key(|given| {
        let texts = [
            item.benchmark.as_str(),
            item.key.language.tag(),
            &item.key.id,
            given.run.as_str(),
            &given.model,
        ];
        let mut hash = Sha256::new();
        hash.update(seed.to_le_bytes());
        for text in texts {
            hash.update((text.len() as u64).to_le_bytes());
            hash.update(text.as_bytes());
        }
        <[u8; 32]>::from(hash.finalize())
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::benchmarks::ItemKey;
    use crate::runs::RunId;

    fn item(id: usize) -> ItemRef {
        ItemRef {
            benchmark: "b".into(),
            key: ItemKey {
                language: "ar".parse().unwrap(),
                id: id.to_string(),
            },
        }
    }

    fn answers() -> Vec<RunModel> {
        let given = |model: &str| RunModel {
            run: RunId::parse("r").unwrap(),
            model: model.into(),
        };
        ["a", "b", "c"].map(given).to_vec()
    }

    #[test]
    fn every_place_is_as_likely_for_every_model_and_stays_what_it_was() {
        let mut first = [0_usize; 3];
        for id in 0..3000 {
            let (mut one, mut again) = (answers(), answers());
            again.reverse();
            blind_order(7, &item(id), &mut one);
            blind_order(7, &item(id), &mut again);
            assert_eq!(one, again);
            let place = one.iter().position(|given| given.model == "a").unwrap();
            first[place] += 1;
        }
        // Three standard deviations around a third.
        assert!(first.iter().all(|&count| (922..=1078).contains(&count)), "{first:?}");
    }

    #[test]
    fn another_seed_is_another_order_and_a_new_answer_moves_no_other() {
        let order = |seed: u64| {
            (0..20).map(move |id| {
                let mut answers = answers();
                blind_order(seed, &item(id), &mut answers);
                answers
            })
        };
        assert!(order(1).ne(order(2)));
        let mut more = answers();
        more.push(RunModel {
            run: RunId::parse("r2").unwrap(),
            model: "a".into(),
        });
        blind_order(1, &item(3), &mut more);
        more.retain(|given| given.run.as_str() == "r");
        assert_eq!(Some(more), order(1).nth(3));
    }
}
