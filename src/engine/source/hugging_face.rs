//! Models in folders of safetensors.

use std::borrow::Cow;
use std::path::Path;

use super::config::{Config, Problem};
use super::names::Family;
use super::{ModelFiles, Stored};
use crate::engine::EngineError;
use crate::engine::kernels::dequantize;
use crate::engine::settings::Settings;
use crate::engine::tokenizer::Tokenizer;
use crate::models::Summary;
use crate::models::gguf::TensorType;
use crate::models::safetensors::{FolderTensor, ModelFolder, SENTENCE_PIECE, TOKENIZER};

/// A model folder with what is needed to find its tensors.
#[derive(Debug)]
pub struct HuggingFaceModel {
    folder: ModelFolder,
    family: &'static Family,
    /// What stands before the names of the body's tensors.
    body: &'static str,
    /// The name of the head, where the model has one of its own.
    head: Option<&'static str>,
    groups: Groups,
}

/// The sizes of a matrix that keeps each key head with its queries.
#[derive(Debug)]
struct Groups {
    heads: usize,
    key_value_heads: usize,
    head_width: usize,
}

/// Of a model by itself, of one within a model that also sees (older and newer), and of a bare body.
const BODIES: [&str; 4] = ["model.", "language_model.model.", "model.language_model.", ""];
const HEADS: [&str; 3] = ["lm_head.weight", "language_model.lm_head.weight", "output.weight"];

impl HuggingFaceModel {
    /// Opens the folder and finds out what family it is.
    pub fn open(path: &Path) -> Result<Self, EngineError> {
        let folder = ModelFolder::open(path)?;
        let problem = |problem| settings_error(path, problem);
        let config = Config::new(folder.config()).map_err(problem)?;
        let embedding = config.family.name("token_embd.weight").unwrap_or_default();
        let has = |name: &str| folder.tensors().contains_key(name);
        let body = BODIES.into_iter().find(|body| has(&format!("{body}{embedding}")));
        let body = body.ok_or_else(|| EngineError::NoTensor {
            path: path.to_owned(),
            name: format!("model.{embedding}"),
        })?;
        let ties = config.ties_embeddings().map_err(problem)?;
        let head = HEADS.into_iter().find(|head| has(head)).filter(|_| ties != Some(true));
        if head.is_none() && ties == Some(false) {
            return Err(EngineError::NoTensor {
                path: path.to_owned(),
                name: "lm_head.weight".to_owned(),
            });
        }
        let groups = Groups {
            heads: config.heads().map_err(problem)?,
            key_value_heads: config.key_value_heads().map_err(problem)?,
            head_width: config.head_width().map_err(problem)?,
        };
        let family = config.family;
        Ok(Self {
            folder,
            family,
            body,
            head,
            groups,
        })
    }

    fn tensor(&self, name: &str) -> Option<(String, &FolderTensor)> {
        let own = match name {
            "output.weight" => self.head?.to_owned(),
            _ => format!("{}{}", self.body, self.family.name(name)?),
        };
        let tensor = self.folder.tensors().get(&own)?;
        Some((own, tensor))
    }

    fn adds_one(&self, name: &str) -> bool {
        self.family.norms_less_one && name.ends_with("norm.weight")
    }

    fn quantization(&self) -> &'static str {
        let embedding = self.tensor("token_embd.weight");
        embedding.map_or("", |(_, tensor)| tensor.kind.as_ref().map_or("", |kind| kind.name))
    }
}

fn settings_error(path: &Path, problem: Problem) -> EngineError {
    let path = path.to_owned();
    match problem {
        Problem::UnknownFamily { name, known } => EngineError::UnknownArchitecture { path, name, known },
        Problem::Other(what) => EngineError::Settings { path, what },
    }
}

impl ModelFiles for HuggingFaceModel {
    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn settings(&self) -> Result<Settings, EngineError> {
        let config = Config::new(self.folder.config());
        config
            .and_then(|config| config.settings())
            .map_err(|problem| settings_error(self.path(), problem))
    }

    fn find(&self, name: &str) -> Result<Option<Stored>, EngineError> {
        let Some((own, tensor)) = self.tensor(name) else {
            return Ok(None);
        };
        let kind = tensor.kind.as_ref().map_err(|kind| EngineError::TensorType {
            path: self.path().to_owned(),
            tensor: own,
            kind: kind.clone(),
        })?;
        let kind = if self.adds_one(name) { TensorType::F32 } else { *kind };
        Ok(Some(Stored {
            dimensions: tensor.dimensions.clone(),
            kind,
        }))
    }

    fn bytes(&self, name: &str) -> Cow<'_, [u8]> {
        let Some((_, tensor)) = self.tensor(name) else {
            return Cow::default();
        };
        let bytes = self.folder.bytes(tensor);
        if self.adds_one(name)
            && let Ok(kind) = &tensor.kind
            && let Ok(numbers) = dequantize(bytes, *kind)
        {
            return numbers.iter().flat_map(|number| (number + 1.0).to_le_bytes()).collect();
        }
        if self.family.grouped_queries && name.contains(".attn_qkv.") {
            return self.groups.spread(bytes).into();
        }
        bytes.into()
    }

    fn let_go(&self) {
        self.folder.let_go();
    }

    fn tokenizer(&self) -> Result<Tokenizer, EngineError> {
        Tokenizer::from_folder(&self.folder)
    }

    fn summary(&self) -> Result<Summary, EngineError> {
        let name = self.path().file_name();
        let tensors = self.folder.tensors().values();
        let config = Config::new(self.folder.config()).map_err(|problem| settings_error(self.path(), problem))?;
        let context = config
            .context_length()
            .map_err(|problem| settings_error(self.path(), problem))?;
        Ok(Summary {
            architecture: self.family.architecture.to_owned(),
            name: name.map(|name| name.to_string_lossy().into_owned()),
            parameters: tensors
                .map(|tensor| tensor.dimensions.iter().product::<usize>() as u64)
                .sum(),
            quantization: self.quantization().to_owned(),
            context_length: Some(context as u64),
            chat_template: Tokenizer::chat_template(&self.folder)?,
            licence: None,
            tokenizer: [TOKENIZER, SENTENCE_PIECE]
                .into_iter()
                .find(|name| self.folder.has(name))
                .map(str::to_owned),
            file_bytes: self.folder.size_in_bytes(),
        })
    }
}

impl Groups {
    /// Brings all queries first, then all keys, then all values. What does not divide so stays as it is.
    fn spread(&self, bytes: &[u8]) -> Vec<u8> {
        let rows = (self.heads + 2 * self.key_value_heads) * self.head_width;
        let shared = self.heads.checked_div(self.key_value_heads).unwrap_or(0);
        let row = bytes.len().checked_div(rows).unwrap_or(0);
        let (head, group) = (self.head_width * row, (shared + 2) * self.head_width * row);
        if group == 0 {
            return bytes.to_vec();
        }
        let mut spread = Vec::with_capacity(bytes.len());
        for part in [0..shared, shared..shared + 1, shared + 1..shared + 2] {
            for group in bytes.chunks_exact(group) {
                spread.extend_from_slice(group.get(part.start * head..part.end * head).unwrap_or_default());
            }
        }
        spread
    }
}
