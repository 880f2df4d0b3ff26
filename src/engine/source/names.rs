//! What the hub's models call their tensors, by GGUF's names, and what else sets their families apart.

use crate::engine::architecture::RotaryLayout;

/// A family of models as `config.json` names it.
#[derive(Debug)]
pub struct Family {
    /// As in `model_type`.
    pub model_type: &'static str,
    /// Its architecture by GGUF's name.
    pub architecture: &'static str,
    /// How its files lay out queries and keys; GGUF's converter brings most of `Neighbours` about.
    pub rotary: RotaryLayout,
    /// Norms are stored less one.
    pub norms_less_one: bool,
    /// The matrix of queries, keys and values keeps each key head with its queries.
    pub grouped_queries: bool,
    /// Names that differ from [`COMMON`].
    pub names: &'static [(&'static str, &'static str)],
    /// What holds where `config.json` does not say.
    pub defaults: &'static [(&'static str, f64)],
}

/// Names within the body (`model.` most often) and within a layer. An expert's number goes between.
const COMMON: &[(&str, &str)] = &[
    ("token_embd", "embed_tokens"),
    ("output_norm", "norm"),
    ("attn_norm", "input_layernorm"),
    ("attn_q", "self_attn.q_proj"),
    ("attn_k", "self_attn.k_proj"),
    ("attn_v", "self_attn.v_proj"),
    ("attn_qkv", "self_attn.qkv_proj"),
    ("attn_q_norm", "self_attn.q_norm"),
    ("attn_k_norm", "self_attn.k_norm"),
    ("attn_output", "self_attn.o_proj"),
    ("ffn_norm", "post_attention_layernorm"),
    ("ffn_gate", "mlp.gate_proj"),
    ("ffn_up", "mlp.up_proj"),
    ("ffn_down", "mlp.down_proj"),
    ("ffn_gate_inp", "mlp.gate"),
    ("ffn_gate.expert", "mlp.experts.{}.gate_proj"),
    ("ffn_up.expert", "mlp.experts.{}.up_proj"),
    ("ffn_down.expert", "mlp.experts.{}.down_proj"),
    ("ffn_gate_inp_shexp", "mlp.shared_expert_gate"),
    ("ffn_gate_shexp", "mlp.shared_expert.gate_proj"),
    ("ffn_up_shexp", "mlp.shared_expert.up_proj"),
    ("ffn_down_shexp", "mlp.shared_expert.down_proj"),
];

const AROUND: &[(&str, &str)] = &[
    ("ffn_norm", "pre_feedforward_layernorm"),
    ("post_attention_norm", "post_attention_layernorm"),
    ("post_ffw_norm", "post_feedforward_layernorm"),
];

const PLAIN: Family = Family {
    model_type: "",
    architecture: "",
    rotary: RotaryLayout::Halves,
    norms_less_one: false,
    grouped_queries: false,
    names: &[],
    defaults: &[("rms_norm_eps", 1e-6)],
};

pub const FAMILIES: [Family; 16] = [
    Family {
        model_type: "llama",
        architecture: "llama",
        ..PLAIN
    },
    Family {
        model_type: "mistral",
        architecture: "llama",
        ..PLAIN
    },
    Family {
        model_type: "mixtral",
        architecture: "llama",
        names: &[
            ("ffn_gate_inp", "block_sparse_moe.gate"),
            ("ffn_gate.expert", "block_sparse_moe.experts.{}.w1"),
            ("ffn_up.expert", "block_sparse_moe.experts.{}.w3"),
            ("ffn_down.expert", "block_sparse_moe.experts.{}.w2"),
        ],
        defaults: &[("rms_norm_eps", 1e-5)],
        ..PLAIN
    },
    Family {
        model_type: "qwen2",
        architecture: "qwen2",
        ..PLAIN
    },
    Family {
        model_type: "qwen2_moe",
        architecture: "qwen2moe",
        ..PLAIN
    },
    Family {
        model_type: "qwen3",
        architecture: "qwen3",
        defaults: &[("rms_norm_eps", 1e-6), ("head_dim", 128.0)],
        ..PLAIN
    },
    Family {
        model_type: "qwen3_moe",
        architecture: "qwen3moe",
        ..PLAIN
    },
    Family {
        model_type: "gemma",
        architecture: "gemma",
        norms_less_one: true,
        defaults: &[("rms_norm_eps", 1e-6), ("head_dim", 256.0)],
        ..PLAIN
    },
    Family {
        model_type: "gemma2",
        architecture: "gemma2",
        norms_less_one: true,
        names: AROUND,
        defaults: &[
            ("rms_norm_eps", 1e-6),
            ("head_dim", 256.0),
            ("query_pre_attn_scalar", 256.0),
            ("sliding_window", 4096.0),
            ("attn_logit_softcapping", 50.0),
            ("final_logit_softcapping", 30.0),
        ],
        ..PLAIN
    },
    // Within a model that also sees, the part that reads says little of itself.
    Family {
        model_type: "gemma3_text",
        architecture: "gemma3",
        norms_less_one: true,
        names: AROUND,
        defaults: &[
            ("vocab_size", 262_208.0),
            ("max_position_embeddings", 131_072.0),
            ("num_attention_heads", 8.0),
            ("num_key_value_heads", 4.0),
            ("rms_norm_eps", 1e-6),
            ("rope_theta", 1e6),
            ("rope_local_base_freq", 10_000.0),
            ("head_dim", 256.0),
            ("query_pre_attn_scalar", 256.0),
            ("sliding_window", 4096.0),
        ],
        ..PLAIN
    },
    Family {
        model_type: "phi3",
        architecture: "phi3",
        names: &[("ffn_up", "mlp.gate_up_proj")],
        defaults: &[("rms_norm_eps", 1e-5)],
        ..PLAIN
    },
    Family {
        model_type: "internlm2",
        architecture: "internlm2",
        grouped_queries: true,
        names: &[
            ("token_embd", "tok_embeddings"),
            ("attn_norm", "attention_norm"),
            ("attn_qkv", "attention.wqkv"),
            ("attn_output", "attention.wo"),
            ("ffn_norm", "ffn_norm"),
            ("ffn_gate", "feed_forward.w1"),
            ("ffn_up", "feed_forward.w3"),
            ("ffn_down", "feed_forward.w2"),
        ],
        ..PLAIN
    },
    Family {
        model_type: "granite",
        architecture: "granite",
        ..PLAIN
    },
    Family {
        model_type: "smollm3",
        architecture: "smollm3",
        defaults: &[("rms_norm_eps", 1e-6), ("rope_theta", 2e6)],
        ..PLAIN
    },
    Family {
        model_type: "olmo2",
        architecture: "olmo2",
        names: AROUND,
        defaults: &[("rms_norm_eps", 1e-5)],
        ..PLAIN
    },
    Family {
        model_type: "glm4",
        architecture: "glm4",
        rotary: RotaryLayout::Neighbours,
        names: &[
            ("ffn_up", "mlp.gate_up_proj"),
            ("post_attention_norm", "post_self_attn_layernorm"),
            ("post_ffw_norm", "post_mlp_layernorm"),
        ],
        defaults: &[("rms_norm_eps", 1.5625e-7), ("partial_rotary_factor", 0.5)],
        ..PLAIN
    },
];

impl Family {
    /// The family of a `model_type`.
    pub fn find(model_type: &str) -> Option<&'static Self> {
        const { &FAMILIES }
            .iter()
            .find(|family| family.model_type == model_type)
    }

    /// What the family calls a tensor within its body, by GGUF's name as in `blk.3.attn_q.weight`.
    pub fn name(&self, name: &str) -> Option<String> {
        let (stem, part) = name.rsplit_once('.')?;
        let Some(stem) = stem.strip_prefix("blk.") else {
            return Some(format!("{}.{part}", self.own_name(stem)?));
        };
        let (layer, role) = stem.split_once('.')?;
        let own = match role.split_once('.') {
            Some((role, expert)) => self.own_name(&format!("{role}.expert"))?.replace("{}", expert),
            None => self.own_name(role)?.to_owned(),
        };
        Some(format!("layers.{layer}.{own}.{part}"))
    }

    fn own_name(&self, role: &str) -> Option<&'static str> {
        let mut names = self.names.iter().chain(COMMON);
        names.find(|(name, _)| *name == role).map(|(_, own)| *own)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_files() {
        for (family, name, expected) in [
            ("llama", "token_embd.weight", "embed_tokens.weight"),
            ("qwen2", "blk.12.attn_q.bias", "layers.12.self_attn.q_proj.bias"),
            (
                "mixtral",
                "blk.0.ffn_down.3.weight",
                "layers.0.block_sparse_moe.experts.3.w2.weight",
            ),
            (
                "gemma2",
                "blk.1.ffn_norm.weight",
                "layers.1.pre_feedforward_layernorm.weight",
            ),
            ("internlm2", "blk.1.attn_qkv.weight", "layers.1.attention.wqkv.weight"),
        ] {
            assert_eq!(Family::find(family).unwrap().name(name).unwrap(), expected);
        }
        assert_eq!(Family::find("llama").unwrap().name("rope_freqs.weight"), None);
    }

    #[test]
    fn every_family_has_an_architecture() {
        for family in &FAMILIES {
            assert!(
                crate::engine::architecture::find(family.architecture).is_some(),
                "{}",
                family.model_type
            );
        }
    }
}
