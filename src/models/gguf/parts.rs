//! Models in several GGUF files, as llama.cpp splits them: `model-00001-of-00003.gguf` and so on.
//!
//! Each part says which it is and of how many. The first has the model's fields, and each has tensors of its own.

use std::io::ErrorKind;
use std::path::Path;

use super::{GgufError, GgufFile};
use crate::models::part_name::PartName;

/// Which part a file is, from 0 on.
const NUMBER: &str = "split.no";
/// How many parts the model has.
const COUNT: &str = "split.count";
/// How many tensors all parts have together.
const TENSORS: &str = "split.tensors.count";
/// More than any real model has; a larger count means damage.
const MOST_PARTS: u32 = 1 << 10;

/// Which part a file says it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Place {
    /// From 1 on, as in names.
    number: u32,
    count: u32,
}

impl GgufFile {
    /// The model that a file is a part of, by its first file; the file itself where it is a whole model.
    pub(super) fn with_parts(self) -> Result<Self, GgufError> {
        let Some(place) = self.place()? else {
            return Ok(self);
        };
        let name =
            PartName::of_path(&self.path).filter(|name| (name.number, name.total) == (place.number, place.count));
        let Some(name) = name else {
            let Place { number, count } = place;
            return Err(self.wrong_part(format!(
                "it is part {number} of {count}, and its name does not end in -{number:05}-of-{count:05}.gguf"
            )));
        };
        let open = |number| {
            let place = Place { number, ..place };
            Self::open_part(&self.path.with_file_name(name.numbered(number)), place)
        };
        let mut first = open(1)?;
        for number in 2..=place.count {
            first.join(open(number)?)?;
        }
        first.require_all_tensors()?;
        Ok(first)
    }

    /// Opens the file that should be a certain part.
    fn open_part(path: &Path, place: Place) -> Result<Self, GgufError> {
        let Place { number, count } = place;
        let part = Self::open_one(path).map_err(|error| match error {
            GgufError::Open { path, source } if source.kind() == ErrorKind::NotFound => {
                GgufError::NoPart { path, number, count }
            }
            error => error,
        })?;
        match part.place()? {
            Some(found) if found == place => Ok(part),
            Some(found) => Err(part.wrong_part(format!(
                "by its name it is part {number} of {count}, inside it says {} of {}",
                found.number, found.count
            ))),
            None => Err(part.wrong_part(format!(
                "by its name it is part {number} of {count}, inside it does not say so"
            ))),
        }
    }

    /// Which part the file says it is; `None` where it is a whole model.
    fn place(&self) -> Result<Option<Place>, GgufError> {
        let Some(count) = self.unsigned(COUNT)?.filter(|&count| count > 1) else {
            return Ok(None);
        };
        let number = self.required(NUMBER, self.unsigned(NUMBER)?)?;
        let plausible = u32::try_from(count).ok().filter(|&count| count <= MOST_PARTS);
        let place = plausible.and_then(|count| {
            let number = u32::try_from(number).ok().filter(|&number| number < count)?;
            Some(Place {
                number: number + 1,
                count,
            })
        });
        match place {
            Some(place) => Ok(Some(place)),
            None => Err(self.wrong_part(format!(
                "it says '{NUMBER}' is {number} and '{COUNT}' is {count}, which no part of a model can be"
            ))),
        }
    }

    /// Takes in the tensors of the next part.
    fn join(&mut self, mut part: Self) -> Result<(), GgufError> {
        let (promised, other) = (self.unsigned(TENSORS)?, part.unsigned(TENSORS)?);
        if other != promised {
            let says = |tensors: Option<u64>| tensors.map_or("no count".to_owned(), |count| count.to_string());
            return Err(part.wrong_part(format!(
                "it is of another model: it counts {} tensors in all parts, the first part {}",
                says(other),
                says(promised)
            )));
        }
        let number = self.others.len() + 1;
        for (name, mut tensor) in std::mem::take(&mut part.header.tensors) {
            tensor.part = number;
            if self.header.tensors.contains_key(&name) {
                return Err(part.wrong_part(format!(
                    "it is of another model: the tensor '{name}' stands in an earlier part too"
                )));
            }
            self.header.tensors.insert(name, tensor);
        }
        self.others.push(part);
        Ok(())
    }

    /// Parts of different models may have tensors apart, and too few or too many of them.
    fn require_all_tensors(&self) -> Result<(), GgufError> {
        let found = self.header.tensors.len() as u64;
        match self.unsigned(TENSORS)? {
            Some(promised) if promised != found => Err(self.wrong_part(format!(
                "it says that all parts have {promised} tensors, and those beside it have {found}"
            ))),
            _ => Ok(()),
        }
    }

    fn wrong_part(&self, what: String) -> GgufError {
        GgufError::WrongPart {
            path: self.path.clone(),
            what,
        }
    }
}
