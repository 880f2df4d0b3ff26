//! Tiny models with random weights, written in milliseconds: for tests that need a model file and no wisdom.
//!
//! In a test: `#[path = "support/tiny_model.rs"] mod tiny_model;`, then
//! `tiny_model::write(&path, &tiny_model::Shape::llama())`.
//! The tokenizer is byte-level BPE without merges, one token a byte (256) and `<s>`, `</s>` behind them,
//! so any text in any script can be tokenized. The same shape gives the same bytes every time.

#![allow(dead_code, reason = "each test that includes this file uses a part of it")]

use std::path::{Path, PathBuf};

/// What to write.
#[derive(Debug, Clone)]
pub struct Shape {
    pub architecture: &'static str,
    pub layers: usize,
    pub width: usize,
    pub heads: usize,
    pub key_value_heads: usize,
    pub feed_forward: usize,
    pub context_length: u32,
    pub window: Option<u32>,
    /// Leaves every tokenizer field out.
    pub without_tokenizer: bool,
    pub chat_template: Option<&'static str>,
}

impl Shape {
    /// Two layers, 64 wide.
    pub fn llama() -> Self {
        Self {
            architecture: "llama",
            layers: 2,
            width: 64,
            heads: 4,
            key_value_heads: 2,
            feed_forward: 96,
            context_length: 4096,
            window: None,
            without_tokenizer: false,
            chat_template: None,
        }
    }

    /// As [`Shape::llama`], with biases.
    pub fn qwen2() -> Self {
        Self {
            architecture: "qwen2",
            ..Self::llama()
        }
    }

    /// Seven layers, so that one looks past the sliding window of 16 tokens.
    pub fn gemma3() -> Self {
        Self {
            architecture: "gemma3",
            layers: 7,
            window: Some(16),
            ..Self::llama()
        }
    }
}

/// How many tokens the tiny models have.
pub const VOCABULARY: usize = 258;

/// Writes the model.
pub fn write(path: &Path, shape: &Shape) {
    std::fs::write(path, bytes(shape)).unwrap();
}

/// The bytes of the model's file.
pub fn bytes(shape: &Shape) -> Vec<u8> {
    assemble(&fields(shape), &tensors(shape))
}

/// Writes the model in parts, as llama.cpp's splitter does, and says where they are.
pub fn write_parts(folder: &Path, name: &str, shape: &Shape, count: u16) -> Vec<PathBuf> {
    let tensors = tensors(shape);
    let mut rest = tensors.chunks(tensors.len().div_ceil(count.into()));
    let write = |number: u16| {
        let mut fields = match number {
            0 => fields(shape),
            _ => Fields::default(),
        };
        fields.short("split.no", number);
        fields.short("split.count", count);
        fields.integer("split.tensors.count", tensors.len() as i32);
        let path = folder.join(format!("{name}-{:05}-of-{count:05}.gguf", number + 1));
        std::fs::write(&path, assemble(&fields, rest.next().unwrap())).unwrap();
        path
    };
    (0..count).map(write).collect()
}

fn fields(shape: &Shape) -> Fields {
    let mut fields = Fields::default();
    let name = shape.architecture;
    fields.text("general.architecture", name);
    fields.text("general.name", &format!("Tiny {name}"));
    fields.unsigned("general.file_type", 0);
    for (field, value) in [
        ("block_count", shape.layers as u32),
        ("context_length", shape.context_length),
        ("embedding_length", shape.width as u32),
        ("feed_forward_length", shape.feed_forward as u32),
        ("attention.head_count", shape.heads as u32),
        ("attention.head_count_kv", shape.key_value_heads as u32),
    ] {
        fields.unsigned(&format!("{name}.{field}"), value);
    }
    if name == "gemma3" {
        fields.unsigned("gemma3.attention.key_length", (shape.width / shape.heads) as u32);
        fields.unsigned("gemma3.attention.value_length", (shape.width / shape.heads) as u32);
    }
    if let Some(window) = shape.window {
        fields.unsigned(&format!("{name}.attention.sliding_window"), window);
    }
    fields.float(&format!("{name}.attention.layer_norm_rms_epsilon"), 1e-5);
    fields.float(&format!("{name}.rope.freq_base"), 10_000.0);
    if !shape.without_tokenizer {
        fields.text("tokenizer.ggml.model", "gpt2");
        fields.text("tokenizer.ggml.pre", "gpt-2");
        fields.texts("tokenizer.ggml.tokens", &vocabulary());
        fields.texts("tokenizer.ggml.merges", &[]);
        let kinds = (0..VOCABULARY).map(|id| if id < 256 { 1 } else { 3 });
        fields.integers("tokenizer.ggml.token_type", &kinds.collect::<Vec<i32>>());
        fields.unsigned("tokenizer.ggml.bos_token_id", 256);
        fields.unsigned("tokenizer.ggml.eos_token_id", 257);
        fields.boolean("tokenizer.ggml.add_bos_token", true);
        if let Some(template) = shape.chat_template {
            fields.text("tokenizer.chat_template", template);
        }
    }
    fields
}

/// The letters byte-level BPE spells bytes with, then the two control tokens.
fn vocabulary() -> Vec<String> {
    let itself = |byte: u32| matches!(byte, 0x21..=0x7e | 0xa1..=0xac | 0xae..=0xff);
    let mut next = 0x100;
    let mut tokens: Vec<String> = (0..256u32)
        .map(|byte| {
            let code = if itself(byte) { byte } else { next };
            next += u32::from(!itself(byte));
            char::from_u32(code).unwrap().to_string()
        })
        .collect();
    tokens.extend(["<s>".to_owned(), "</s>".to_owned()]);
    tokens
}

/// Names, dimensions and numbers, all in single precision.
fn tensors(shape: &Shape) -> Vec<(String, Vec<usize>, Vec<f32>)> {
    let (width, inner) = (shape.width, shape.feed_forward);
    let key_width = shape.key_value_heads * (width / shape.heads);
    let mut state = 0x9e37_79b9_7f4a_7c15u64;
    let mut random = |count: usize, middle: f32, spread: f32| -> Vec<f32> {
        (0..count)
            .map(|_| {
                // xorshift64*
                state ^= state >> 12;
                state ^= state << 25;
                state ^= state >> 27;
                let unit = (state.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 40) as f32 / (1 << 24) as f32;
                middle + spread * (2.0 * unit - 1.0)
            })
            .collect()
    };
    let mut all = Vec::new();
    let mut matrix = |all: &mut Vec<_>, name: String, inputs: usize, outputs: usize| {
        let spread = (3.0 / inputs as f32).sqrt();
        all.push((name, vec![inputs, outputs], random(inputs * outputs, 0.0, spread)));
    };
    matrix(&mut all, "token_embd.weight".to_owned(), width, VOCABULARY);
    for layer in 0..shape.layers {
        for (name, inputs, outputs) in [
            ("attn_q", width, width),
            ("attn_k", width, key_width),
            ("attn_v", width, key_width),
            ("attn_output", width, width),
            ("ffn_gate", width, inner),
            ("ffn_up", width, inner),
            ("ffn_down", inner, width),
        ] {
            matrix(&mut all, format!("blk.{layer}.{name}.weight"), inputs, outputs);
        }
    }
    let mut vector = |all: &mut Vec<_>, name: String, length: usize, middle: f32| {
        all.push((name, vec![length], random(length, middle, 0.5)));
    };
    vector(&mut all, "output_norm.weight".to_owned(), width, 1.0);
    for layer in 0..shape.layers {
        let mut norms = vec![("attn_norm", width), ("ffn_norm", width)];
        if shape.architecture == "gemma3" {
            let head = width / shape.heads;
            norms.extend([("post_attention_norm", width), ("post_ffw_norm", width)]);
            norms.extend([("attn_q_norm", head), ("attn_k_norm", head)]);
        }
        for (name, length) in norms {
            vector(&mut all, format!("blk.{layer}.{name}.weight"), length, 1.0);
        }
        if shape.architecture == "qwen2" {
            for (name, length) in [("attn_q", width), ("attn_k", key_width), ("attn_v", key_width)] {
                vector(&mut all, format!("blk.{layer}.{name}.bias"), length, 0.0);
            }
        }
    }
    all
}

/// Metadata in the file's own form.
#[derive(Default)]
pub struct Fields {
    count: u64,
    bytes: Vec<u8>,
}

impl Fields {
    fn key(&mut self, key: &str, kind: u32) {
        self.count += 1;
        self.push_text(key);
        self.bytes.extend(kind.to_le_bytes());
    }

    fn push_text(&mut self, text: &str) {
        self.bytes.extend((text.len() as u64).to_le_bytes());
        self.bytes.extend(text.as_bytes());
    }

    pub fn unsigned(&mut self, key: &str, value: u32) {
        self.key(key, 4);
        self.bytes.extend(value.to_le_bytes());
    }

    pub fn short(&mut self, key: &str, value: u16) {
        self.key(key, 2);
        self.bytes.extend(value.to_le_bytes());
    }

    pub fn integer(&mut self, key: &str, value: i32) {
        self.key(key, 5);
        self.bytes.extend(value.to_le_bytes());
    }

    pub fn float(&mut self, key: &str, value: f32) {
        self.key(key, 6);
        self.bytes.extend(value.to_le_bytes());
    }

    pub fn boolean(&mut self, key: &str, value: bool) {
        self.key(key, 7);
        self.bytes.push(value.into());
    }

    pub fn text(&mut self, key: &str, value: &str) {
        self.key(key, 8);
        self.push_text(value);
    }

    fn list(&mut self, key: &str, kind: u32, length: usize) {
        self.key(key, 9);
        self.bytes.extend(kind.to_le_bytes());
        self.bytes.extend((length as u64).to_le_bytes());
    }

    pub fn texts(&mut self, key: &str, values: &[String]) {
        self.list(key, 8, values.len());
        for value in values {
            self.push_text(value);
        }
    }

    pub fn integers(&mut self, key: &str, values: &[i32]) {
        self.list(key, 5, values.len());
        self.bytes.extend(values.iter().flat_map(|value| value.to_le_bytes()));
    }
}

/// A file of these fields and tensors.
pub fn assemble(fields: &Fields, tensors: &[(String, Vec<usize>, Vec<f32>)]) -> Vec<u8> {
    const ALIGNMENT: usize = 32;
    let mut file = b"GGUF".to_vec();
    file.extend(3u32.to_le_bytes());
    file.extend((tensors.len() as u64).to_le_bytes());
    file.extend(fields.count.to_le_bytes());
    file.extend(&fields.bytes);
    let mut offset = 0;
    for (name, dimensions, values) in tensors {
        file.extend((name.len() as u64).to_le_bytes());
        file.extend(name.as_bytes());
        file.extend((dimensions.len() as u32).to_le_bytes());
        for &dimension in dimensions {
            file.extend((dimension as u64).to_le_bytes());
        }
        file.extend(0u32.to_le_bytes());
        file.extend((offset as u64).to_le_bytes());
        offset += (values.len() * 4).next_multiple_of(ALIGNMENT);
    }
    for (_, _, values) in tensors {
        file.resize(file.len().next_multiple_of(ALIGNMENT), 0);
        file.extend(values.iter().flat_map(|value| value.to_le_bytes()));
    }
    file
}
