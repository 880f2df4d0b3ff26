"""Records what `transformers` writes, always taking the likeliest token, with the models of architectures.zip.zst.

    python3 make_generation.py        (torch 2.15, transformers 5.23, zstandard)

Written to generation.json: for each model its prompts with the tokens that follow, up to the end token or 30 tokens.
A repetition penalty of 1.5 keeps models without wisdom from saying one thing for ever. `phi3-long` crosses the length
from which on it turns by other factors. Where the second likeliest token came within 1e-4 of the logits' range, the
script fails: rounding might decide.
"""

import io
import json
import tempfile
import zipfile
from pathlib import Path

import torch
import zstandard
from transformers import AutoConfig, AutoModelForCausalLM

HERE = Path(__file__).parent
NAMES = ["llama", "gemma2", "gemma3", "mixtral", "qwen3", "phi3-long", "qwen3-moe"]
PROMPTS = [[1, 5, 9, 30], [1] + [place * place % 60 + 3 for place in range(30)], [1, 60, 61, 4, 17, 40, 33]]


def main():
    packed = zstandard.ZstdDecompressor(max_window_size=1 << 24).stream_reader((HERE / "architectures.zip.zst").open("rb"))
    with tempfile.TemporaryDirectory() as root:
        zipfile.ZipFile(io.BytesIO(packed.read())).extractall(root)
        golden = {}
        for name in NAMES:
            config = AutoConfig.from_pretrained(Path(root) / name)
            # Their own default may lie outside a tiny vocabulary.
            config.pad_token_id = 0
            model = AutoModelForCausalLM.from_pretrained(
                Path(root) / name, config=config, dtype=torch.float32, attn_implementation="eager"
            ).eval()
            golden[name] = [write(name, model, prompt) for prompt in PROMPTS]
    (HERE / "generation.json").write_text(json.dumps(golden, separators=(",", ":")) + "\n")


def write(name, model, prompt):
    with torch.no_grad():
        out = model.generate(
            torch.tensor([prompt]), do_sample=False, max_new_tokens=30, repetition_penalty=1.5, eos_token_id=2, pad_token_id=0,
            return_dict_in_generate=True, output_scores=True,
        )
    for logits in out.scores:
        best = logits[0].topk(2).values
        margin = float((best[0] - best[1]) / (logits.max() - logits.min()))
        assert margin > 1e-4, (name, margin)
    tokens = out.sequences[0, len(prompt):].tolist()
    ended = tokens[-1] == 2
    print(name, len(prompt), "+", len(tokens), "ended" if ended else "", len(set(tokens)), "different")
    return {"prompt": prompt, "tokens": tokens[:-1] if ended else tokens, "ended": ended}


main()
