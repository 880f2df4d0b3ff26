//! What sets one model architecture apart from another, in one table.
//!
//! GGUF names its tensors alike in every architecture, so one decoder runs them all. What differs from file to file
//! is in [`Settings`](super::settings::Settings).

pub use polyclinic_kernels::{Activation, RotaryLayout};

/// Where the norms of a block stand: of attention as of feed-forward.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Norms {
    Before,
    After,
    Around,
}

impl Norms {
    pub fn before(self) -> bool {
        matches!(self, Self::Before | Self::Around)
    }

    pub fn after(self) -> bool {
        matches!(self, Self::After | Self::Around)
    }
}

/// Norms on queries and keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HeadNorms {
    None,
    /// Each head by itself.
    Each,
    /// All heads of a token together.
    Together,
}

/// How a mixture of experts is steered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Routing {
    /// The weights of the chosen experts are made to sum to one, where the file does not say.
    pub renormalized: bool,
    /// One more expert sees every token, through a gate of its own.
    pub shared: bool,
}

/// What an architecture does in the same way in every file.
#[derive(Debug)]
pub struct Architecture {
    /// As in GGUF's `general.architecture`.
    pub name: &'static str,
    /// How GGUF lays out queries and keys.
    pub rotary: RotaryLayout,
    pub activation: Activation,
    pub norms: Norms,
    pub head_norms: HeadNorms,
    /// Embeddings are multiplied by the root of their width.
    pub scaled_embeddings: bool,
    /// Where a file has a sliding window: every so many layers the last sees everything; 0 where none does.
    pub whole_layer_every: usize,
    /// The rotary base of layers behind a sliding window, where it is their own.
    pub window_rotary_base: Option<f64>,
    /// Every so many layers the last does not turn queries and keys; 0 where all do.
    pub unturned_layer_every: usize,
    /// What holds for a file that has experts; without it such a file is refused.
    pub routing: Option<Routing>,
    /// The number of layers of the family's largest model, which scales attention by width over heads
    /// instead of the width of a head. GGUF does not say it otherwise.
    pub largest_layers: usize,
}

const PLAIN: Architecture = Architecture {
    name: "",
    rotary: RotaryLayout::Halves,
    activation: Activation::Silu,
    norms: Norms::Before,
    head_norms: HeadNorms::None,
    scaled_embeddings: false,
    whole_layer_every: 0,
    window_rotary_base: None,
    unturned_layer_every: 0,
    routing: None,
    largest_layers: 0,
};

const GEMMA: Architecture = Architecture {
    activation: Activation::Gelu,
    scaled_embeddings: true,
    ..PLAIN
};

/// Every architecture the decoder runs. Mistral, Mixtral and Falcon 3 are files of `llama`.
pub const ARCHITECTURES: [Architecture; 14] = [
    Architecture {
        name: "llama",
        rotary: RotaryLayout::Neighbours,
        routing: Some(Routing {
            renormalized: true,
            shared: false,
        }),
        ..PLAIN
    },
    Architecture { name: "qwen2", ..PLAIN },
    Architecture {
        name: "qwen2moe",
        routing: Some(Routing {
            renormalized: false,
            shared: true,
        }),
        ..PLAIN
    },
    Architecture {
        name: "qwen3",
        head_norms: HeadNorms::Each,
        ..PLAIN
    },
    Architecture {
        name: "qwen3moe",
        head_norms: HeadNorms::Each,
        routing: Some(Routing {
            renormalized: true,
            shared: false,
        }),
        ..PLAIN
    },
    Architecture { name: "gemma", ..GEMMA },
    Architecture {
        name: "gemma2",
        norms: Norms::Around,
        whole_layer_every: 2,
        largest_layers: 46,
        ..GEMMA
    },
    Architecture {
        name: "gemma3",
        norms: Norms::Around,
        head_norms: HeadNorms::Each,
        whole_layer_every: 6,
        window_rotary_base: Some(10_000.0),
        largest_layers: 62,
        ..GEMMA
    },
    Architecture { name: "phi3", ..PLAIN },
    Architecture {
        name: "internlm2",
        rotary: RotaryLayout::Neighbours,
        ..PLAIN
    },
    Architecture {
        name: "granite",
        rotary: RotaryLayout::Neighbours,
        ..PLAIN
    },
    Architecture {
        name: "smollm3",
        rotary: RotaryLayout::Neighbours,
        unturned_layer_every: 4,
        ..PLAIN
    },
    Architecture {
        name: "olmo2",
        norms: Norms::After,
        head_norms: HeadNorms::Together,
        ..PLAIN
    },
    Architecture {
        name: "glm4",
        rotary: RotaryLayout::Neighbours,
        norms: Norms::Around,
        ..PLAIN
    },
];

/// The architecture of this name.
pub fn find(name: &str) -> Option<&'static Architecture> {
    const { &ARCHITECTURES }
        .iter()
        .find(|architecture| architecture.name == name)
}

/// Whether the layer is the last of each `every`; none is where that is 0.
pub fn is_last_of(every: usize, layer: usize) -> bool {
    every > 0 && layer % every == every - 1
}
