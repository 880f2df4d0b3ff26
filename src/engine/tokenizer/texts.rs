//! Many short texts in one piece of memory, found by their number and by what they say.

use std::hash::{BuildHasher, RandomState};

use hashbrown::HashTable;

use crate::engine::TokenId;

/// The texts of a vocabulary. A string of its own for each, and a second as the key of a map, would take several
/// times the memory, and time to load.
#[derive(Debug, Default)]
pub(super) struct Texts {
    letters: String,
    /// Where each text ends in `letters`; it begins where the one before ends.
    ends: Vec<usize>,
    /// The numbers of the texts, by what they say.
    numbers: HashTable<TokenId>,
    hasher: RandomState,
}

impl Texts {
    /// Appends a text, which gets the next number. Of equal texts the last is found.
    pub fn push(&mut self, text: &str) {
        let number = self.ends.len() as TokenId;
        self.letters.push_str(text);
        self.ends.push(self.letters.len());
        let Self {
            letters, ends, hasher, ..
        } = self;
        let said = |number: &TokenId| part(letters, ends, *number);
        let hash = |number: &TokenId| hasher.hash_one(said(number));
        let equal = |number: &TokenId| said(number) == Some(text);
        let entry = self.numbers.entry(hasher.hash_one(Some(text)), equal, hash);
        entry.insert(number);
    }

    /// The text of a number.
    pub fn get(&self, number: TokenId) -> Option<&str> {
        part(&self.letters, &self.ends, number)
    }

    /// The number of a text.
    pub fn find(&self, text: &str) -> Option<TokenId> {
        let equal = |&number: &TokenId| self.get(number) == Some(text);
        self.numbers.find(self.hasher.hash_one(Some(text)), equal).copied()
    }

    /// How many texts there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }
}

fn part<'a>(letters: &'a str, ends: &[usize], number: TokenId) -> Option<&'a str> {
    let number = number as usize;
    let start = match number.checked_sub(1) {
        Some(before) => *ends.get(before)?,
        None => 0,
    };
    letters.get(start..*ends.get(number)?)
}

#[cfg(test)]
mod tests {
    use super::Texts;

    #[test]
    fn texts_are_found_by_number_and_by_what_they_say() {
        let mut texts = Texts::default();
        let long: Vec<String> = (0..5000).map(|number| format!("{number} حبة")).collect();
        long.iter().for_each(|text| texts.push(text));
        for (number, text) in long.iter().enumerate() {
            assert_eq!(texts.get(number as u32), Some(text.as_str()));
            assert_eq!(texts.find(text), Some(number as u32));
        }
        assert_eq!(
            (texts.get(5000), texts.find("5000 حبة"), texts.len()),
            (None, None, 5000)
        );
    }

    #[test]
    fn of_equal_texts_the_last_is_found() {
        let mut texts = Texts::default();
        ["a", "", "a", "b"].iter().for_each(|text| texts.push(text));
        assert_eq!(
            [texts.find("a"), texts.find(""), texts.find("b")],
            [Some(2), Some(1), Some(3)]
        );
        assert_eq!(texts.get(0), Some("a"));
    }
}
