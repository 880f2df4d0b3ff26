//! An item as it is shown: in which order its options stand, and which letters stand before them.

use super::shots::{question_name, rank};
use super::{Order, Protocol};
use crate::benchmarks::Item;

/// An item with the order and the letters its options are shown in.
#[derive(Debug, Clone)]
pub struct Shown<'a> {
    item: &'a Item,
    /// For each place the option that stands there.
    order: Vec<usize>,
    /// For each place its letter.
    letters: Vec<String>,
}

impl<'a> Shown<'a> {
    /// Shows an item as a protocol says.
    pub fn new(item: &'a Item, protocol: &Protocol) -> Self {
        let mut order: Vec<usize> = (0..item.options.len()).collect();
        if let Order::Permuted { seed } = protocol.order {
            let name = question_name(item);
            order.sort_by_cached_key(|option| rank(seed, &format!("{option} {name}")));
        }
        let letters = (0..order.len()).map(|place| protocol.letters.at(place, &item.key.language));
        Self {
            item,
            letters: letters.collect(),
            order,
        }
    }

    pub fn item(&self) -> &'a Item {
        self.item
    }

    /// The options by their number in the item, in the order they are shown.
    pub fn order(&self) -> &[usize] {
        &self.order
    }

    /// The letters in the order they are shown.
    pub fn letters_in_order(&self) -> &[String] {
        &self.letters
    }

    /// The place an option is shown at, from 0.
    pub fn place(&self, option: usize) -> usize {
        let place = self.order.iter().position(|&there| there == option);
        place.unwrap_or(option)
    }

    /// The letter before an option.
    pub fn letter(&self, option: usize) -> String {
        self.letters.get(self.place(option)).cloned().unwrap_or_default()
    }

    /// The options' texts in the order they are shown.
    pub fn options_in_order(&self) -> Vec<&'a str> {
        let texts = self.order.iter().filter_map(|&option| self.item.options.get(option));
        texts.map(String::as_str).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::benchmarks::ItemFields;

    #[test]
    fn permuted_options_stand_alike_in_every_language_and_differently_for_other_seeds() {
        let item = |language: &str, question: &str| {
            let fields = ItemFields::asking(language, question, &["a", "b", "c", "d"]);
            let parallel = Some("q1".to_owned());
            Item::new(ItemFields { parallel, ..fields }).unwrap()
        };
        let permuted = |seed| Protocol {
            order: Order::Permuted { seed },
            ..Protocol::default()
        };
        let (english, arabic) = (item("en", "Why?"), item("ar", "لماذا؟"));
        let orders: std::collections::BTreeSet<Vec<usize>> = (0..50)
            .map(|seed| {
                let shown = Shown::new(&english, &permuted(seed));
                assert_eq!(shown.order(), Shown::new(&arabic, &permuted(seed)).order());
                let mut sorted = shown.order().to_vec();
                sorted.sort_unstable();
                assert_eq!(sorted, [0, 1, 2, 3]);
                shown.order().to_vec()
            })
            .collect();
        assert!(orders.len() > 15, "{orders:?}");
        let seed = (0..50)
            .find(|&seed| Shown::new(&english, &permuted(seed)).order()[0] == 2)
            .unwrap();
        let shown = Shown::new(&english, &permuted(seed));
        assert_eq!((shown.letter(2), shown.place(2)), ("A".to_owned(), 0));
        assert_eq!(shown.options_in_order()[0], "c");
    }
}
