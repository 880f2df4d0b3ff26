//! A model in a folder, as it is published on the hub: `config.json`, the tensors in one `.safetensors` file or several,
//! and what turns text into tokens.
//!
//! As with GGUF, opening reads headers only, and nothing in them is believed before it is checked.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::ops::Range;
use std::path::{Path, PathBuf};

use memmap2::Mmap;
use safetensors::{Dtype, SafeTensorError, SafeTensors};
use serde_json::{Map, Value};

use super::gguf::TensorType;

/// What can be wrong with a model folder.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    #[error("cannot open {}", path.display())]
    Open {
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
    #[error("{} is {size} bytes long; no real one is, so it is not read", path.display())]
    TooLong { path: PathBuf, size: u64 },
    #[error("{} is not what it should be; fetch it again", path.display())]
    Json {
        path: PathBuf,
        #[source]
        source: serde_json::Error,
    },
    #[error("{}: {what}; fetch it again", path.display())]
    Index { path: PathBuf, what: String },
    #[error(
        "{} holds no model.safetensors and no model.safetensors.index.json; fetch the model's safetensors files, \
         weights in other forms cannot be read",
        path.display()
    )]
    NoWeights { path: PathBuf },
    #[error("{} is cut short or damaged: {source}; fetch it again", path.display())]
    Damaged { path: PathBuf, source: SafeTensorError },
    #[error("{}: the tensor '{name}' stands in another file too", path.display())]
    Twice { path: PathBuf, name: String },
    #[error("{}: the tensor '{name}' that the index promises is missing; fetch it again", path.display())]
    NotInShard { path: PathBuf, name: String },
}

/// Where a tensor lies and what shape it has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FolderTensor {
    /// The length of a row first, as in GGUF.
    pub dimensions: Vec<usize>,
    /// Or the name of a type that holds no plain numbers.
    pub kind: Result<TensorType, String>,
    shard: usize,
    bytes: Range<usize>,
}

/// An open model folder.
#[derive(Debug)]
pub struct ModelFolder {
    path: PathBuf,
    config: Map<String, Value>,
    shards: Vec<Mmap>,
    /// The names of the files behind `shards`.
    shard_names: Vec<String>,
    tensors: BTreeMap<String, FolderTensor>,
}

/// The file that says what kind of model a folder holds.
pub const CONFIG: &str = "config.json";
pub const TOKENIZER: &str = "tokenizer.json";
pub const TOKENIZER_CONFIG: &str = "tokenizer_config.json";
pub const CHAT_TEMPLATE: &str = "chat_template.jinja";
/// SentencePiece's own form, read where there is no [`TOKENIZER`].
pub const SENTENCE_PIECE: &str = "tokenizer.model";
pub const ADDED_TOKENS: &str = "added_tokens.json";
/// Says which tokens end a text.
pub const GENERATION_CONFIG: &str = "generation_config.json";
const INDEX: &str = "model.safetensors.index.json";
const SINGLE: &str = "model.safetensors";
/// Longer than any real one: the longest tokenizers take some 35 MB.
const LONGEST_JSON: u64 = 1 << 27;
const MOST_SHARDS: usize = 1 << 10;

impl ModelFolder {
    /// The folder a path stands for: itself where it is one, else that of the file, where a `config.json` lies beside it.
    pub fn find(path: &Path) -> Option<PathBuf> {
        let folder = match path.is_dir() {
            true => path.to_owned(),
            false => {
                let name = path.file_name()?.to_str()?;
                let belongs = name == CONFIG || name == INDEX || name.ends_with(".safetensors");
                path.parent().filter(|_| belongs)?.to_owned()
            }
        };
        folder.join(CONFIG).is_file().then_some(folder)
    }

    /// Reads the configuration and the headers of all weight files.
    pub fn open(path: &Path) -> Result<Self, FolderError> {
        let mut folder = Self {
            path: path.to_owned(),
            config: read_json(&path.join(CONFIG))?,
            shards: Vec::new(),
            shard_names: Vec::new(),
            tensors: BTreeMap::new(),
        };
        let promised = folder.promised()?;
        let files: BTreeSet<&str> = promised.values().map(String::as_str).collect();
        match files.is_empty() {
            true => folder.add_shard(SINGLE)?,
            false => files.into_iter().try_for_each(|file| folder.add_shard(file))?,
        }
        match promised.iter().find(|(name, _)| !folder.tensors.contains_key(*name)) {
            Some((name, file)) => Err(FolderError::NotInShard {
                path: path.join(file),
                name: name.clone(),
            }),
            None => Ok(folder),
        }
    }

    /// Which file the index says each tensor lies in; empty where there is a single file.
    fn promised(&self) -> Result<BTreeMap<String, String>, FolderError> {
        let path = self.path.join(INDEX);
        if !path.exists() {
            return match self.path.join(SINGLE).exists() {
                true => Ok(BTreeMap::new()),
                false => Err(FolderError::NoWeights {
                    path: self.path.clone(),
                }),
            };
        }
        let index = read_json(&path)?;
        let invalid = |what: &str| FolderError::Index {
            path: path.clone(),
            what: what.to_owned(),
        };
        let map = index.get("weight_map").and_then(Value::as_object);
        let map = map.ok_or_else(|| invalid("'weight_map' is missing"))?;
        let mut promised = BTreeMap::new();
        for (name, file) in map {
            // A name that leads elsewhere could have any file mapped.
            let plain = file
                .as_str()
                .filter(|file| Path::new(file).file_name().is_some_and(|name| name == *file));
            let plain = plain.ok_or_else(|| invalid("'weight_map' names something that is no file beside it"))?;
            promised.insert(name.clone(), plain.to_owned());
        }
        let files: BTreeSet<&String> = promised.values().collect();
        match files.len() {
            0 => Err(invalid("'weight_map' is empty")),
            1..=MOST_SHARDS => Ok(promised),
            _ => Err(invalid("'weight_map' names too many files")),
        }
    }

    fn add_shard(&mut self, file: &str) -> Result<(), FolderError> {
        let path = self.path.join(file);
        let open_error = |source| FolderError::Open {
            path: path.clone(),
            source,
        };
        let open = File::open(&path).map_err(open_error)?;
        // SAFETY: as for GGUF files: the map is read-only, and files in the model cache are only ever replaced.
        #[expect(
            unsafe_code,
            reason = "mapping a file is unsafe by nature; models are too large to read into memory"
        )]
        let map = unsafe { Mmap::map(&open) }.map_err(open_error)?;
        let damaged = |source| FolderError::Damaged {
            path: path.clone(),
            source,
        };
        let (header, metadata) = SafeTensors::read_metadata(&map).map_err(damaged)?;
        let start = header + size_of::<u64>();
        for (name, info) in metadata.tensors() {
            let ends = (
                info.data_offsets.0.checked_add(start),
                info.data_offsets.1.checked_add(start),
            );
            let (Some(from), Some(to)) = ends else {
                return Err(damaged(SafeTensorError::ValidationOverflow));
            };
            if to > map.len() || info.shape.contains(&0) {
                return Err(damaged(SafeTensorError::InvalidOffset(name)));
            }
            let kind = match info.dtype {
                Dtype::F32 => Ok(TensorType::F32),
                Dtype::F16 => Ok(TensorType::F16),
                Dtype::BF16 => Ok(TensorType::BF16),
                other => Err(other.to_string()),
            };
            let tensor = FolderTensor {
                dimensions: info.shape.iter().rev().copied().collect(),
                kind,
                shard: self.shards.len(),
                bytes: from..to,
            };
            if self.tensors.insert(name.clone(), tensor).is_some() {
                return Err(FolderError::Twice { path, name });
            }
        }
        self.shards.push(map);
        self.shard_names.push(file.to_owned());
        Ok(())
    }

    /// Where the folder lies.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What `config.json` says.
    pub fn config(&self) -> &Map<String, Value> {
        &self.config
    }

    /// The tensors by the names of their files.
    pub fn tensors(&self) -> &BTreeMap<String, FolderTensor> {
        &self.tensors
    }

    /// The bytes of a tensor, straight from the map.
    pub fn bytes(&self, tensor: &FolderTensor) -> &[u8] {
        let shard = self.shards.get(tensor.shard);
        shard
            .and_then(|shard| shard.get(tensor.bytes.clone()))
            .unwrap_or_default()
    }

    /// Gives back the memory of the parts that were read; they are read from the files again when asked for.
    pub fn let_go(&self) {
        self.shards.iter().for_each(super::let_go);
    }

    /// How long all weight files are together.
    pub fn size_in_bytes(&self) -> u64 {
        self.shards.iter().map(|shard| shard.len() as u64).sum()
    }

    /// Every file that the model's answers depend on.
    pub fn files(&self) -> Vec<PathBuf> {
        let texts = [
            CONFIG,
            GENERATION_CONFIG,
            TOKENIZER,
            TOKENIZER_CONFIG,
            SENTENCE_PIECE,
            ADDED_TOKENS,
            CHAT_TEMPLATE,
            INDEX,
        ];
        let texts = texts.map(|name| self.path.join(name)).into_iter();
        let shards = self.shard_names.iter().map(|name| self.path.join(name));
        texts.filter(|path| path.exists()).chain(shards).collect()
    }

    /// Another file of the folder that holds a JSON object, where there is one.
    pub fn json(&self, name: &str) -> Result<Option<Map<String, Value>>, FolderError> {
        let path = self.path.join(name);
        path.exists().then(|| read_json(&path)).transpose()
    }

    /// Another file of the folder, where there is one.
    pub fn text(&self, name: &str) -> Result<Option<String>, FolderError> {
        let path = self.path.join(name);
        path.exists().then(|| read_text(&path)).transpose()
    }

    /// A file of the folder, where it is there.
    pub fn bytes_of(&self, name: &str) -> Result<Option<Vec<u8>>, FolderError> {
        let path = self.path.join(name);
        path.exists().then(|| read_bytes(&path)).transpose()
    }

    /// Whether the folder has a file of this name.
    pub fn has(&self, name: &str) -> bool {
        self.path.join(name).exists()
    }
}

fn read_text(path: &Path) -> Result<String, FolderError> {
    String::from_utf8(read_bytes(path)?).map_err(|error| FolderError::Open {
        path: path.to_owned(),
        source: std::io::Error::new(std::io::ErrorKind::InvalidData, error),
    })
}

fn read_bytes(path: &Path) -> Result<Vec<u8>, FolderError> {
    let open_error = |source| FolderError::Open {
        path: path.to_owned(),
        source,
    };
    let size = std::fs::metadata(path).map_err(open_error)?.len();
    if size > LONGEST_JSON {
        return Err(FolderError::TooLong {
            path: path.to_owned(),
            size,
        });
    }
    std::fs::read(path).map_err(open_error)
}

fn read_json(path: &Path) -> Result<Map<String, Value>, FolderError> {
    serde_json::from_str(&read_text(path)?).map_err(|source| FolderError::Json {
        path: path.to_owned(),
        source,
    })
}
