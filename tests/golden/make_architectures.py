"""Makes a tiny random model of every architecture, in the forms they are published in, and records what it answers.

    pip install torch==2.15.0 transformers==5.23.0 gguf==0.19.0 safetensors==0.8.0 zstandard llama-cpp-python==0.3.36
    python3 make_architectures.py

Written next to this script:

* architectures.zip.zst: for each model `NAME/config.json`, `NAME/*.safetensors` and, where GGUF knows the
  architecture, `NAME/f32.gguf` and `NAME/q8_0.gguf`. The members are stored and the whole is compressed, since the
  files repeat each other's weights.
* architectures.json: for each model its prompts, each with the logits of the last position as `transformers`
  computes them in single precision with plain attention.

Weights are odd multiples from -3 to 3 of powers of two: bfloat16 holds them exactly, so one reference serves every
form but the quantized one, and they compress well. `config.json` is rewritten to what the models' own repositories
say (`rope_theta`, `rope_scaling`), but for those named in `TODAY`, which keep what `transformers` writes.

The GGUF files follow llama.cpp's own converter, and llama.cpp reads them here: where its logits are further than
1e-4 of their range (Gemma: 1e-3, its GELU comes from a table) from those of `transformers`, this script fails. So
what the tests compare with is agreed by two programs, but where `LLAMA_CPP_LENGTHS` says why not.
"""

import contextlib
import io
import json
import math
import re
import tempfile
import zipfile
from pathlib import Path

import gguf
import llama_cpp
import numpy as np
import torch
import transformers
import zstandard
from gguf import MODEL_ARCH as ARCH
from safetensors.torch import load_file, save_file

HERE = Path(__file__).parent
VOCABULARY = 64
WINDOW = 8
#: Prompts shorter and longer than the window, and than the original context of stretched models.
LENGTHS = [5, 12, 40]

COMMON = dict(
    vocab_size=VOCABULARY,
    hidden_size=32,
    intermediate_size=32,
    num_hidden_layers=2,
    num_attention_heads=4,
    num_key_value_heads=2,
    max_position_embeddings=64,
    rms_norm_eps=1e-5,
    bos_token_id=1,
    eos_token_id=2,
    pad_token_id=0,
    tie_word_embeddings=False,
)
GEMMA = dict(head_dim=16, tie_word_embeddings=True, rms_norm_eps=1e-6)
EXPERTS = dict(num_experts=4, num_experts_per_tok=2, moe_intermediate_size=32)


def plain(base=10_000.0, **more):
    return dict(rope_parameters={"rope_type": "default", "rope_theta": base, **more})


def stretched(kind, base=10_000.0, **more):
    return dict(rope_parameters={"rope_type": kind, "rope_theta": base, **more})


#: The name in the archive: class of `transformers`, architecture of GGUF, settings.
MODELS = {
    "llama": ("Llama", ARCH.LLAMA, dict(tie_word_embeddings=True, **plain())),
    "llama-3.1": (
        "Llama",
        ARCH.LLAMA,
        stretched(
            "llama3",
            factor=8.0,
            low_freq_factor=1.0,
            high_freq_factor=4.0,
            original_max_position_embeddings=64,
        ),
    ),
    "llama-linear": ("Llama", ARCH.LLAMA, stretched("linear", factor=4.0)),
    "mistral": ("Mistral", ARCH.LLAMA, dict(sliding_window=None, head_dim=16, **plain(1e6))),
    "mistral-window": ("Mistral", None, dict(sliding_window=WINDOW, **plain())),
    "mixtral": (
        "Mixtral",
        ARCH.LLAMA,
        dict(num_local_experts=4, num_experts_per_tok=2, sliding_window=None, **plain(1e6)),
    ),
    "qwen2": ("Qwen2", ARCH.QWEN2, dict(use_sliding_window=False, sliding_window=WINDOW, **plain(1e6))),
    "qwen2-yarn": (
        "Qwen2",
        ARCH.QWEN2,
        dict(use_sliding_window=False, **stretched("yarn", factor=4.0, original_max_position_embeddings=16)),
    ),
    "qwen2-moe": (
        "Qwen2Moe",
        ARCH.QWEN2MOE,
        dict(shared_expert_intermediate_size=32, use_sliding_window=False, **EXPERTS, **plain(1e6)),
    ),
    "qwen3": ("Qwen3", ARCH.QWEN3, dict(head_dim=16, **plain(1e6))),
    "qwen3-moe": ("Qwen3Moe", ARCH.QWEN3MOE, dict(head_dim=16, norm_topk_prob=True, **EXPERTS, **plain(1e6))),
    "gemma": ("Gemma", ARCH.GEMMA, dict(**GEMMA, **plain())),
    "gemma2": (
        "Gemma2",
        ARCH.GEMMA2,
        dict(
            sliding_window=WINDOW,
            query_pre_attn_scalar=16,
            attn_logit_softcapping=5.0,
            final_logit_softcapping=3.0,
            **GEMMA,
            **plain(),
        ),
    ),
    "gemma3": (
        "Gemma3",
        ARCH.GEMMA3,
        dict(
            num_hidden_layers=6,
            sliding_window=WINDOW,
            query_pre_attn_scalar=16,
            **GEMMA,
            rope_parameters={
                "full_attention": {"rope_type": "linear", "factor": 8.0, "rope_theta": 1e6},
                "sliding_attention": {"rope_type": "default", "rope_theta": 10_000.0},
            },
        ),
    ),
    "phi3": ("Phi3", ARCH.PHI3, dict(sliding_window=WINDOW, **plain())),
    "phi3-long": (
        "Phi3",
        ARCH.PHI3,
        dict(
            sliding_window=None,
            original_max_position_embeddings=16,
            **stretched(
                "longrope",
                partial_rotary_factor=0.75,
                short_factor=[1.0, 1.1, 1.3],
                long_factor=[1.0, 2.5, 4.0],
                original_max_position_embeddings=16,
            ),
        ),
    ),
    "internlm2": ("Llama", ARCH.INTERNLM2, plain(1e6)),
    "granite": (
        "Granite",
        ARCH.GRANITE,
        dict(
            embedding_multiplier=3.0,
            residual_multiplier=0.5,
            logits_scaling=2.0,
            attention_multiplier=0.25,
            tie_word_embeddings=True,
            **plain(),
        ),
    ),
    "smollm3": ("SmolLM3", ARCH.SMOLLM3, dict(num_hidden_layers=4, tie_word_embeddings=True, **plain(2e6))),
    "olmo2": ("Olmo2", ARCH.OLMO2, plain(5e5)),
    "glm4": ("Glm4", ARCH.GLM4, dict(head_dim=8, attention_bias=True, **plain(partial_rotary_factor=0.5))),
}

#: Models whose config.json stays as this version of `transformers` writes it.
TODAY = {"gemma3", "qwen3", "glm4", "llama-linear"}
#: Stored otherwise than in bfloat16.
STORED = {"llama": torch.float32, "qwen2": torch.float16}
#: Stored in several files.
SHARDED = {"qwen3-moe": 3, "internlm2": 2}
#: Where llama.cpp answers otherwise than `transformers`, the lengths of prompts at which it does not: it looks past
#: Phi's window, and it picks long or short factors by the context it was opened with, not by the prompt.
LLAMA_CPP_LENGTHS = {"phi3": [5], "phi3-long": [40]}


def fill(model, seed):
    """Gives every weight a random value that bfloat16 holds."""
    random = np.random.default_rng(seed)
    for name, weight in model.named_parameters():
        if "norm" in name:
            middle, spread = (0.0 if model.config.model_type.startswith("gemma") else 1.0), 1 / 8
        elif weight.ndim == 1:
            middle, spread = 0.0, 1 / 8
        elif "embed" in name:
            middle, spread = 0.0, 1 / 8
        elif re.search("q_proj|k_proj|qkv|gate.weight|router", name):
            middle, spread = 0.0, 1 / 8
        else:
            middle, spread = 0.0, 1 / 16
        odd = random.integers(0, 4, tuple(weight.shape)) * 2 - 3
        weight.data = torch.tensor(middle + odd * spread, dtype=torch.float32)


def build(kind, settings, seed):
    config_class = getattr(transformers, "Gemma3TextConfig" if kind == "Gemma3" else f"{kind}Config")
    config = config_class(**{**COMMON, **settings})
    config._attn_implementation = "eager"
    model = getattr(transformers, f"{kind}ForCausalLM")(config)
    fill(model, seed)
    if config.tie_word_embeddings:
        model.tie_weights()
    return model.float().eval()


def prompts():
    return [[1] + [(7 * place * place + 3 * place + length) % (VOCABULARY - 3) + 3 for place in range(1, length)]
            for length in LENGTHS]


def logits(model, ids):
    with torch.no_grad():
        return model(torch.tensor([ids])).logits[0, -1].numpy()


def as_published(name, config):
    """What the configuration says in the models' own repositories."""
    for key in ("transformers_version", "dtype", "initializer_range", "use_cache", "layer_types", "pad_token_id"):
        config.pop(key, None)
    if config.get("head_dim", 1) is None:
        config.pop("head_dim")
    if name in TODAY:
        return config
    rotary = config.pop("rope_parameters")
    config["rope_theta"] = rotary.pop("rope_theta")
    if "partial_rotary_factor" in rotary:
        config["partial_rotary_factor"] = rotary.pop("partial_rotary_factor")
    config["rope_scaling"] = None
    if rotary.get("rope_type", "default") != "default":
        if rotary["rope_type"] == "longrope":
            config["original_max_position_embeddings"] = rotary.pop("original_max_position_embeddings")
            rotary["type"] = rotary.pop("rope_type")
        config["rope_scaling"] = rotary
    if name == "internlm2":
        config["model_type"], config["architectures"] = "internlm2", ["InternLM2ForCausalLM"]
        config["bias"] = config.pop("attention_bias")
        del config["mlp_bias"]
    return config


def internlm2(tensors):
    """Llama's tensors under InternLM2's names; it keeps each key head with its queries in one matrix."""
    names = {
        "model.embed_tokens": "model.tok_embeddings", "lm_head": "output", "self_attn.o_proj": "attention.wo",
        "mlp.gate_proj": "feed_forward.w1", "mlp.up_proj": "feed_forward.w3", "mlp.down_proj": "feed_forward.w2",
        "input_layernorm": "attention_norm", "post_attention_layernorm": "ffn_norm",
    }
    out = {}
    for name, tensor in tensors.items():
        if "q_proj" in name:
            parts = [tensors[name.replace("q_proj", part)] for part in ("q_proj", "k_proj", "v_proj")]
            groups = [part.reshape(COMMON["num_key_value_heads"], -1, part.shape[1]) for part in parts]
            joined = torch.cat(groups, 1).reshape(-1, tensor.shape[1]).contiguous()
            out[name.replace("self_attn.q_proj", "attention.wqkv")] = joined
        elif "k_proj" not in name and "v_proj" not in name:
            for old, new in names.items():
                name = name.replace(old, new)
            out[name] = tensor
    return out


def save(folder, name, model):
    """Writes config.json and the safetensors and returns the tensors by the names of `transformers`."""
    with contextlib.redirect_stderr(io.StringIO()):
        model.save_pretrained(folder)
    published = load_file(folder / "model.safetensors")
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(as_published(name, config), separators=(",", ":")))
    (folder / "generation_config.json").unlink(missing_ok=True)
    (folder / "model.safetensors").unlink()
    stored = internlm2(published) if name == "internlm2" else published
    stored = {key: tensor.to(STORED.get(name, torch.bfloat16)).contiguous() for key, tensor in stored.items()}
    count = SHARDED.get(name, 1)
    if count == 1:
        save_file(stored, folder / "model.safetensors", {"format": "pt"})
    else:
        keys, index = sorted(stored), {"metadata": {}, "weight_map": {}}
        for number in range(count):
            file = f"model-{number + 1:05}-of-{count:05}.safetensors"
            part = keys[number::count]
            save_file({key: stored[key] for key in part}, folder / file, {"format": "pt"})
            index["weight_map"].update(dict.fromkeys(part, file))
        (folder / "model.safetensors.index.json").write_text(json.dumps(index))
    return published


def permute(weight, heads):
    """From halves to neighbours, as llama.cpp's converter does it."""
    rows = weight.shape[0]
    return weight.reshape(heads, 2, rows // heads // 2, *weight.shape[1:]).swapaxes(1, 2).reshape(weight.shape)


def llama3_factors(config):
    rotary = config.rope_parameters
    low, high, factor = rotary["low_freq_factor"], rotary["high_freq_factor"], rotary["factor"]
    context, width = rotary["original_max_position_embeddings"], config.hidden_size // config.num_attention_heads
    factors = []
    for pair in range(width // 2):
        wavelength = 2 * math.pi * rotary["rope_theta"] ** (2 * pair / width)
        smooth = (context / wavelength - low) / (high - low)
        inside = 1 / ((1 - smooth) / factor + smooth)
        factors.append(1 if wavelength < context / high else factor if wavelength > context / low else inside)
    return factors


def gguf_tensors(arch, config, published):
    """The tensors by GGUF's names, changed as llama.cpp's converter changes them."""
    names = gguf.get_tensor_name_map(arch, config.num_hidden_layers)
    permuted = arch in (ARCH.LLAMA, ARCH.INTERNLM2, ARCH.GRANITE, ARCH.SMOLLM3)
    out, experts = {}, {}
    for name, tensor in published.items():
        value = tensor.numpy().astype(np.float32)
        expert = re.fullmatch(r"(.*\.experts)\.(\d+)\.(\w+)\.weight", name)
        if expert:
            experts.setdefault(f"{expert[1]}.{expert[3]}", {})[int(expert[2])] = value
            continue
        if permuted and "q_proj" in name:
            value = permute(value, config.num_attention_heads)
        if permuted and "k_proj" in name:
            value = permute(value, config.num_key_value_heads)
        if arch in (ARCH.GEMMA, ARCH.GEMMA2, ARCH.GEMMA3) and name.endswith("norm.weight"):
            value = value + 1
        stem, kind = name.rsplit(".", 1)
        out[f"{names.get_name(stem)}.{kind}"] = value
    for name, parts in experts.items():
        out[f"{names.get_name(name)}.weight"] = np.stack([parts[number] for number in range(len(parts))])
    rotary = config.rope_parameters
    if rotary.get("rope_type") == "llama3":
        out["rope_freqs.weight"] = np.array(llama3_factors(config), np.float32)
    if rotary.get("rope_type") == "longrope":
        out["rope_factors_long.weight"] = np.array(rotary["long_factor"], np.float32)
        out["rope_factors_short.weight"] = np.array(rotary["short_factor"], np.float32)
    return out


def write_fields(writer, arch, config):
    head = getattr(config, "head_dim", None)
    writer.add_block_count(config.num_hidden_layers)
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    if head:
        writer.add_key_length(head)
        writer.add_value_length(head)
    head = head or config.hidden_size // config.num_attention_heads
    rotary = config.rope_parameters
    if arch == ARCH.GEMMA3:
        writer.add_rope_freq_base_swa(rotary["sliding_attention"]["rope_theta"])
        rotary = rotary["full_attention"]
    writer.add_rope_freq_base(rotary["rope_theta"])
    if arch in (ARCH.LLAMA, ARCH.PHI3, ARCH.GLM4, ARCH.GRANITE, ARCH.SMOLLM3):
        writer.add_rope_dimension_count(int(head * rotary.get("partial_rotary_factor", 1.0)))
    kind = rotary["rope_type"]
    if kind in ("linear", "yarn"):
        writer.add_rope_scaling_type(gguf.RopeScalingType(kind))
        writer.add_rope_scaling_factor(rotary["factor"])
    if kind == "yarn":
        writer.add_rope_scaling_orig_ctx_len(rotary["original_max_position_embeddings"])
    if kind == "longrope":
        original = rotary["original_max_position_embeddings"]
        scale = config.max_position_embeddings / original
        writer.add_rope_scaling_orig_ctx_len(original)
        writer.add_rope_scaling_attn_factors(math.sqrt(1 + math.log(scale) / math.log(original)))
    if arch in (ARCH.GEMMA2, ARCH.GEMMA3, ARCH.PHI3):
        writer.add_sliding_window(config.sliding_window or 0)
    if arch == ARCH.GEMMA2:
        writer.add_attn_logit_softcapping(config.attn_logit_softcapping)
        writer.add_final_logit_softcapping(config.final_logit_softcapping)
    if hasattr(config, "num_experts_per_tok"):
        writer.add_expert_count(getattr(config, "num_experts", None) or config.num_local_experts)
        writer.add_expert_used_count(config.num_experts_per_tok)
    if hasattr(config, "moe_intermediate_size"):
        writer.add_expert_feed_forward_length(config.moe_intermediate_size)
    if hasattr(config, "shared_expert_intermediate_size"):
        writer.add_expert_shared_feed_forward_length(config.shared_expert_intermediate_size)
    if arch == ARCH.GRANITE:
        writer.add_embedding_scale(config.embedding_multiplier)
        writer.add_residual_scale(config.residual_multiplier)
        writer.add_attention_scale(config.attention_multiplier)
        writer.add_logit_scale(config.logits_scaling)


def write_gguf(path, arch, config, tensors, kind):
    writer = gguf.GGUFWriter(path, gguf.MODEL_ARCH_NAMES[arch])
    writer.add_file_type(gguf.LlamaFileType.ALL_F32 if kind == "F32" else gguf.LlamaFileType.MOSTLY_Q8_0)
    write_fields(writer, arch, config)
    # llama.cpp looks the line break up, and wants a merge.
    letters = [chr(0x21 + place) for place in range(VOCABULARY - 5)]
    tokens = ["<pad>", "<s>", "</s>", "\u010a", *letters, letters[0] + letters[1]]
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(tokens)
    writer.add_token_types([3, 3, 3] + [1] * (VOCABULARY - 3))
    writer.add_token_merges([f"{letters[0]} {letters[1]}"])
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    for name, value in tensors.items():
        quantize = kind != "F32" and value.ndim > 1 and "ffn_gate_inp" not in name
        number_type = gguf.GGMLQuantizationType.Q8_0 if quantize else gguf.GGMLQuantizationType.F32
        writer.add_tensor(name, gguf.quantize(value, number_type), raw_dtype=number_type)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def check_with_llama_cpp(path, name, entries):
    model = llama_cpp.Llama(str(path), n_ctx=256, verbose=False, flash_attn=False, type_k=0, type_v=0, n_threads=1)
    for entry in entries:
        if len(entry["ids"]) not in LLAMA_CPP_LENGTHS.get(name, LENGTHS):
            continue
        model.reset()
        model.eval(entry["ids"])
        pointer = llama_cpp.llama_get_logits_ith(model.ctx, -1)
        theirs = np.ctypeslib.as_array(pointer, shape=(VOCABULARY,))
        ours = np.array(entry["logits"])
        apart = float(np.abs(theirs - ours).max() / np.ptp(ours))
        print(f"{name}: {len(entry['ids'])} tokens, llama.cpp is {apart:.1e} of the range away")
        assert apart < (1e-3 if "gemma" in name else 1e-4), (name, apart)


def main():
    references, archive = {}, io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as members, tempfile.TemporaryDirectory() as root:
        for seed, (name, (kind, arch, settings)) in enumerate(MODELS.items()):
            folder = Path(root) / name
            model = build(kind, settings, seed)
            entries = [{"ids": ids, "logits": [round(float(x), 6) for x in logits(model, ids)]} for ids in prompts()]
            spread = [np.std(entry["logits"]) for entry in entries]
            print(f"{name}: logits spread by {min(spread):.2f} to {max(spread):.2f}")
            references[name] = entries
            published = save(folder, name, model)
            if arch is not None:
                tensors = gguf_tensors(arch, model.config, published)
                for number_type in ("F32", "Q8_0"):
                    write_gguf(folder / f"{number_type.lower()}.gguf", arch, model.config, tensors, number_type)
                check_with_llama_cpp(folder / "f32.gguf", name, entries)
            for file in sorted(folder.iterdir()):
                # A fixed date, so that the same models give the same archive.
                members.writestr(zipfile.ZipInfo(f"{name}/{file.name}"), file.read_bytes())
    compressor = zstandard.ZstdCompressor(
        compression_params=zstandard.ZstdCompressionParameters.from_level(22, window_log=24, enable_ldm=True)
    )
    (HERE / "architectures.zip.zst").write_bytes(compressor.compress(archive.getvalue()))
    (HERE / "architectures.json").write_text(json.dumps(references, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
