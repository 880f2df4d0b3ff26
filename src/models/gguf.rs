//! A GGUF model file: what its header says, and the bytes of its tensors through a memory map.
//! A model may come in several files; see `parts`.
//!
//! Opening reads headers only and copies no list, so that a folder of models can be listed quickly.
//! The header comes from strangers: counts and lengths are checked before they are believed,
//! and every failure names the file and what to do.

mod labels;
mod parts;
mod reader;

use std::borrow::Cow;
use std::fs::File;
use std::path::{Path, PathBuf};

use labels::file_type_label;
use memmap2::Mmap;

use super::Summary;
pub use polyclinic_kernels::TensorType;
pub use reader::{Array, TensorInfo, Value};
use reader::{Header, Kind, Reader};

/// What can be wrong with a model file.
#[derive(Debug, thiserror::Error)]
pub enum GgufError {
    #[error("cannot open {}", path.display())]
    Open {
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
    #[error("{} is not a GGUF file: {looks}", path.display())]
    NotGguf { path: PathBuf, looks: String },
    #[error("{} is a GGUF file of version {version}; versions 2 and 3 can be read", path.display())]
    Version { path: PathBuf, version: u32 },
    #[error("{}: the header is damaged at byte {at}: {what}; fetch the file again", path.display())]
    Damaged { path: PathBuf, at: usize, what: String },
    #[error(
        "{}: the file ends inside its header, at byte {at}: {what}; it is cut short or damaged, fetch it again",
        path.display()
    )]
    HeaderEnds { path: PathBuf, at: usize, what: String },
    #[error(
        "{} is cut short: its header promises {needed} bytes, the file has {size}; {} bytes are missing, fetch it again",
        path.display(), needed - size
    )]
    Truncated { path: PathBuf, size: u64, needed: u64 },
    #[error("{}: the field '{key}' is missing, so the model cannot be used", path.display())]
    Missing { path: PathBuf, key: String },
    #[error("{}: the field '{key}' is {found}, expected {expected}", path.display())]
    WrongKind {
        path: PathBuf,
        key: String,
        expected: &'static str,
        found: String,
    },
    #[error("{} is missing, part {number} of {count} of the model; fetch it into the folder of the others", path.display())]
    NoPart { path: PathBuf, number: u32, count: u32 },
    #[error("{}: {what}; fetch all parts of the model into one folder under their own names", path.display())]
    WrongPart { path: PathBuf, what: String },
}

/// An open model file.
#[derive(Debug)]
pub struct GgufFile {
    path: PathBuf,
    map: Mmap,
    /// Of all parts together.
    header: Header,
    /// The files that tensors lie in besides this one, where the model comes in parts.
    others: Vec<GgufFile>,
}

impl GgufFile {
    /// Maps the file, with the others where it is one of the parts of a model, and reads their headers.
    pub fn open(path: &Path) -> Result<Self, GgufError> {
        Self::open_one(path)?.with_parts()
    }

    fn open_one(path: &Path) -> Result<Self, GgufError> {
        let open_error = |source| GgufError::Open {
            path: path.to_owned(),
            source,
        };
        let file = File::open(path).map_err(open_error)?;
        let length = file.metadata().map_err(open_error)?.len();
        if length == 0 {
            return Err(GgufError::NotGguf {
                path: path.to_owned(),
                looks: "it is empty".to_owned(),
            });
        }
        // SAFETY: the map is read-only. A file that another program shortens while it is mapped ends this process
        // with a bus error, as with every program that maps models; files in the model cache are only ever replaced
        // by renaming, which leaves an open map whole.
        #[expect(
            unsafe_code,
            reason = "mapping a file is unsafe by nature; models are too large to read into memory"
        )]
        let map = unsafe { Mmap::map(&file) }.map_err(open_error)?;
        let header = Self::read_header(path, &map)?;
        Ok(Self {
            path: path.to_owned(),
            map,
            header,
            others: Vec::new(),
        })
    }

    fn read_header(path: &Path, bytes: &[u8]) -> Result<Header, GgufError> {
        let path = path.to_owned();
        if !bytes.starts_with(b"GGUF") {
            let looks = describe_start(bytes).to_owned();
            return Err(GgufError::NotGguf { path, looks });
        }
        let mut reader = Reader::new(bytes);
        let header = reader
            .u32("magic")
            .and_then(|_| reader.u32("the version"))
            .map(|version| match version {
                2 | 3 => reader.header().map_err(Some),
                _ => Err(None),
            });
        let damage = match header {
            Ok(Ok(header)) => {
                let size = bytes.len() as u64;
                if header.needed_bytes > size {
                    return Err(GgufError::Truncated {
                        path,
                        size,
                        needed: header.needed_bytes,
                    });
                }
                return Ok(header);
            }
            Ok(Err(None)) => {
                let version = bytes
                    .get(4..8)
                    .map_or(0, |field| field.iter().rev().fold(0, |all, &b| all << 8 | u32::from(b)));
                return Err(GgufError::Version { path, version });
            }
            Ok(Err(Some(damage))) | Err(damage) => damage,
        };
        Err(match damage.ended {
            true => GgufError::HeaderEnds {
                path,
                at: damage.at,
                what: damage.what,
            },
            false => GgufError::Damaged {
                path,
                at: damage.at,
                what: damage.what,
            },
        })
    }

    /// Where the file lies; of a model in parts the first, which has the fields.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Every file of the model.
    pub fn files(&self) -> Vec<PathBuf> {
        self.parts().map(|part| part.path.clone()).collect()
    }

    fn parts(&self) -> impl Iterator<Item = &Self> {
        std::iter::once(self).chain(&self.others)
    }

    /// What a list of models shows.
    pub fn summary(&self) -> Result<Summary, GgufError> {
        let architecture = self.architecture()?.to_owned();
        let owned = |text: Option<&str>| text.map(str::to_owned);
        Ok(Summary {
            name: owned(self.text("general.name")?),
            parameters: self
                .header
                .tensors
                .values()
                .map(|tensor| tensor.elements() as u64)
                .sum(),
            quantization: self.quantization(),
            context_length: self.unsigned(&format!("{architecture}.context_length"))?,
            chat_template: owned(self.text("tokenizer.chat_template")?),
            licence: owned(self.text("general.license")?),
            tokenizer: owned(self.text("tokenizer.ggml.model")?),
            file_bytes: self.parts().map(|part| part.map.len() as u64).sum(),
            architecture,
        })
    }

    /// The name of the model's architecture, as in `llama`.
    pub fn architecture(&self) -> Result<&str, GgufError> {
        self.required("general.architecture", self.text("general.architecture")?)
    }

    fn quantization(&self) -> String {
        if let Some((Value::Unsigned(file_type), _)) = self.header.metadata.get("general.file_type")
            && let Some(label) = file_type_label(*file_type)
        {
            return label.to_owned();
        }
        let mut sizes = std::collections::BTreeMap::new();
        for tensor in self.header.tensors.values() {
            *sizes.entry(tensor.kind).or_insert(0) += tensor.size_in_bytes();
        }
        sizes
            .into_iter()
            .max_by_key(|&(_, size)| size)
            .map_or_else(String::new, |(kind, _)| kind.name.to_owned())
    }

    fn value(&self, key: &str) -> Option<&Value> {
        self.header.metadata.get(key).map(|(value, _)| value)
    }

    fn wrong_kind(&self, key: &str, expected: &'static str, value: &Value) -> GgufError {
        let found = value.describe().to_owned();
        GgufError::WrongKind {
            path: self.path.clone(),
            key: key.to_owned(),
            expected,
            found,
        }
    }

    /// Turns an absent field into an error that names it.
    pub fn required<T>(&self, key: &str, value: Option<T>) -> Result<T, GgufError> {
        value.ok_or_else(|| GgufError::Missing {
            path: self.path.clone(),
            key: key.to_owned(),
        })
    }

    /// A field that holds text.
    pub fn text(&self, key: &str) -> Result<Option<&str>, GgufError> {
        match self.value(key) {
            None => Ok(None),
            Some(Value::Text(text)) => Ok(Some(text)),
            Some(other) => Err(self.wrong_kind(key, "text", other)),
        }
    }

    /// A field that holds a whole number from 0 on.
    pub fn unsigned(&self, key: &str) -> Result<Option<u64>, GgufError> {
        match self.value(key) {
            None => Ok(None),
            Some(Value::Unsigned(number)) => Ok(Some(*number)),
            Some(&Value::Signed(number)) if number >= 0 => Ok(Some(number.unsigned_abs())),
            Some(other) => Err(self.wrong_kind(key, "a whole number from 0 on", other)),
        }
    }

    /// A field that holds a finite number.
    pub fn float(&self, key: &str) -> Result<Option<f64>, GgufError> {
        match self.value(key) {
            None => Ok(None),
            Some(Value::Float(number)) if number.is_finite() => Ok(Some(*number)),
            Some(other) => Err(self.wrong_kind(key, "a finite number", other)),
        }
    }

    /// A field that holds true or false.
    pub fn boolean(&self, key: &str) -> Result<Option<bool>, GgufError> {
        match self.value(key) {
            None => Ok(None),
            Some(Value::Bool(truth)) => Ok(Some(*truth)),
            Some(other) => Err(self.wrong_kind(key, "true or false", other)),
        }
    }

    fn list(&self, key: &str, expected: &'static str, kinds: &[Kind]) -> Result<Option<(&Array, &[u8])>, GgufError> {
        match self.value(key) {
            None => Ok(None),
            Some(Value::Array(array)) if kinds.contains(&array.kind) => {
                Ok(Some((array, self.map.get(array.bytes.clone()).unwrap_or_default())))
            }
            Some(other) => Err(self.wrong_kind(key, expected, other)),
        }
    }

    /// How many elements the list of a field has.
    pub fn list_length(&self, key: &str) -> Result<Option<usize>, GgufError> {
        match self.value(key) {
            None => Ok(None),
            Some(Value::Array(array)) => Ok(Some(array.length)),
            Some(other) => Err(self.wrong_kind(key, "a list", other)),
        }
    }

    /// A field that holds a list of texts.
    pub fn texts(&self, key: &str) -> Result<Option<impl Iterator<Item = Cow<'_, str>>>, GgufError> {
        let list = self.list(key, "a list of texts", &[Kind::Text])?;
        Ok(list.map(|(array, bytes)| Reader::texts(bytes, array.length)))
    }

    /// A field that holds a list of numbers.
    pub fn numbers(&self, key: &str) -> Result<Option<Vec<f64>>, GgufError> {
        let kinds = [Kind::F32, Kind::I32, Kind::U32, Kind::Bool];
        let Some((array, bytes)) = self.list(key, "a list of numbers", &kinds)? else {
            return Ok(None);
        };
        let kind = array.kind;
        let four = |chunk: &[u8]| -> [u8; 4] { std::array::from_fn(|i| chunk.get(i).copied().unwrap_or_default()) };
        let width = kind.width().unwrap_or(4);
        Ok(Some(
            bytes
                .chunks_exact(width)
                .map(|chunk| match kind {
                    Kind::F32 => f32::from_le_bytes(four(chunk)).into(),
                    Kind::I32 => i32::from_le_bytes(four(chunk)).into(),
                    _ => u32::from_le_bytes(four(chunk)).into(),
                })
                .collect(),
        ))
    }

    /// Every field whose name starts so, in order of names, with the bytes of its value.
    pub fn fields(&self, prefix: &str) -> impl Iterator<Item = (&str, &[u8])> {
        self.header
            .metadata
            .iter()
            .filter(move |(key, _)| key.starts_with(prefix))
            .map(|(key, (_, range))| (key.as_str(), self.map.get(range.clone()).unwrap_or_default()))
    }

    /// The tensors in order of names.
    pub fn tensors(&self) -> impl Iterator<Item = &TensorInfo> {
        self.header.tensors.values()
    }

    /// A tensor that may be absent.
    pub fn find_tensor(&self, name: &str) -> Option<&TensorInfo> {
        self.header.tensors.get(name)
    }

    /// The bytes of a tensor, straight from the map.
    pub fn bytes(&self, tensor: &TensorInfo) -> &[u8] {
        // Within the map by the check when opening; 64-bit offsets fit because the file was mapped.
        let range = tensor.bytes.start as usize..tensor.bytes.end as usize;
        let part = self.parts().nth(tensor.part);
        part.and_then(|part| part.map.get(range)).unwrap_or_default()
    }

    /// Gives back the memory of what was read; they are read from the file again when asked for.
    pub fn let_go(&self) {
        self.parts().for_each(|part| super::let_go(&part.map));
    }
}

/// What a file that is no GGUF file seems to be.
fn describe_start(bytes: &[u8]) -> &'static str {
    let start = bytes.get(..bytes.len().min(512)).unwrap_or_default();
    let text = std::str::from_utf8(start).or_else(|error| std::str::from_utf8(&start[..error.valid_up_to()]));
    if start.starts_with(b"FUGG") {
        "it is written for a big-endian machine"
    } else if start.starts_with(b"version https://git-lfs") {
        "it is a Git LFS pointer; fetch the file it points to"
    } else if start.starts_with(b"PK\x03\x04") {
        "it is a zip archive"
    } else if text.is_ok_and(|text| text.trim_start().starts_with('<')) {
        "it is a web page, perhaps the answer of a server that wanted a login"
    } else if text.is_ok_and(|text| text.len() + 4 > start.len() && !text.contains('\0')) {
        "it is a text file"
    } else {
        "it does not start with the letters GGUF"
    }
}
