//! Names by number: each is kept once, however many answers it stands in.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;

/// Names numbered from 0 in the order they came.
#[derive(Debug, Clone)]
pub(super) struct Names<T> {
    names: Vec<T>,
    numbers: HashMap<T, u32>,
}

impl<T> Default for Names<T> {
    fn default() -> Self {
        Self {
            names: Vec::new(),
            numbers: HashMap::new(),
        }
    }
}

impl<T: Clone + Eq + Hash> Names<T> {
    /// The number of a name, a new one where it has none yet.
    pub(super) fn number<Q>(&mut self, name: &Q) -> u32
    where
        T: Borrow<Q>,
        Q: ToOwned<Owned = T> + Eq + Hash + ?Sized,
    {
        if let Some(number) = self.numbers.get(name) {
            return *number;
        }
        let number = self.names.len() as u32;
        self.names.push(name.to_owned());
        self.numbers.insert(name.to_owned(), number);
        number
    }

    /// The number of a name that has one.
    pub(super) fn find<Q>(&self, name: &Q) -> Option<u32>
    where
        T: Borrow<Q>,
        Q: Eq + Hash + ?Sized,
    {
        self.numbers.get(name).copied()
    }

    /// The name of a number.
    pub(super) fn name(&self, number: u32) -> Option<&T> {
        self.names.get(number as usize)
    }

    /// All of them, by number.
    pub(super) fn all(&self) -> &[T] {
        &self.names
    }
}
