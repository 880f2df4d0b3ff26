"""Makes the golden values of the engine's tests with llama.cpp (llama-cpp-python 0.3.36, numpy).

    POLYCLINIC_WRITE_TINY=TINY cargo test --release --test engine_golden tiny
    python3 make_golden.py MODELS TINY QUESTIONS...

MODELS is a folder with the two packaged models, under the names below; TINY is a folder with the tiny random models
that the first command writes; QUESTIONS are folders of JSON Lines files. Written next to this script:

* tokens.json: for each model the ids of every text of `texts.json`, with special tokens read (`markup`)
  and not read (`plain`), without BOS.
* logits.json: for each model and prompt of `prompts.json` the prompt's ids (BOS as the model wants it) and where its
  logits lie, and how far llama.cpp is from itself there (`spread`: the divergence in nats when it keeps keys and
  values in single precision, or computes attention its other way); logits.f16 holds the logits of the last position over the whole vocabulary, little-endian half precision.

* tiny.json: for each tiny model (single-precision weights, so nothing is rounded) a prompt and its last logits.
* questions.json: for each model and file of QUESTIONS the SHA-256 of the ids (four bytes each) of its first 200
  lines, each line being context, question and options joined by line breaks, special tokens not read, without BOS.

llama.cpp runs its defaults: every token of a prompt in one batch, key-value cache in half precision, all cores.
The spread says what agreement can mean: activations are rounded to 8 bits, so the last digit of any sum is amplified
from layer to layer, and two right programs differ by about as much as llama.cpp does from itself.
"""

import hashlib
import json
import sys
from pathlib import Path

import llama_cpp
import numpy as np

MODELS = {
    "SmolLM2-135M-Instruct": "SmolLM2-135M-Instruct.Q4_1.gguf",
    "gemma-3-270m": "gemma-3-270m-Q4_K_M.gguf",
}
HERE = Path(__file__).parent


def last_logits(model, ids):
    model.reset()
    model.eval(ids)
    pointer = llama_cpp.llama_get_logits_ith(model.ctx, -1)
    return np.ctypeslib.as_array(pointer, shape=(model.n_vocab(),)).astype(np.float32).copy()


def divergence(p, q):
    """Of q from p, over the whole vocabulary, in nats."""
    p, q = (x.astype(np.float64) - x.max() for x in (p, q))
    p, q = (x - np.log(np.exp(x).sum()) for x in (p, q))
    return float((np.exp(p) * (p - q)).sum())


def load(path, **settings):
    return llama_cpp.Llama(str(path), n_ctx=2048, n_batch=2048, n_ubatch=2048, verbose=False, **settings)


def question_text(line):
    item = json.loads(line)
    parts = [item.get("context"), item["question"], *item["options"]]
    return "\n".join(part for part in parts if part)


def hash_of_ids(model, file):
    digest = hashlib.sha256()
    with open(file, encoding="utf-8") as lines:
        for line, _ in zip(lines, range(200)):
            ids = model.tokenize(question_text(line).encode(), add_bos=False, special=False)
            digest.update(np.array(ids, "<u4").tobytes())
    return digest.hexdigest()


def main(models, tiny, folders):
    texts = json.loads((HERE / "texts.json").read_text("utf-8"))
    prompts = json.loads((HERE / "prompts.json").read_text("utf-8"))
    tokens, logits, questions, blob = {}, {}, {}, b""
    for name, file in MODELS.items():
        model = load(models / file)
        tokens[name] = [
            {
                "text": text,
                "markup": model.tokenize(text.encode(), add_bos=False, special=True),
                "plain": model.tokenize(text.encode(), add_bos=False, special=False),
            }
            for text in texts
        ]
        files = sorted(file for folder in folders for file in Path(folder).glob("*.jsonl"))
        questions[name] = {file.name: hash_of_ids(model, file) for file in files}
        logits[name] = []
        for prompt in prompts:
            text = prompt["text"] * prompt.get("times", 1) + prompt.get("end", "")
            ids = model.tokenize(text.encode(), add_bos=True, special=True)
            values = last_logits(model, ids)
            place = {"offset": len(blob), "count": len(values)}
            logits[name].append({"name": prompt["name"], "ids": ids, **place, "spread": []})
            blob += values.astype("<f2").tobytes()
        exact = [np.frombuffer(blob, "<f2", entry["count"], entry["offset"]) for entry in logits[name]]
        for settings in ({"type_k": 0, "type_v": 0}, {"flash_attn": True}):
            model = load(models / file, **settings)
            for entry, values in zip(logits[name], exact):
                entry["spread"].append(round(divergence(values, last_logits(model, entry["ids"])), 5))
    tiny_logits = {}
    for file in sorted(tiny.glob("*.gguf")):
        # Flash attention would round to half precision.
        model = load(file, type_k=0, type_v=0, flash_attn=False)
        ids = [256] + [i * 7 % 250 for i in range(60)]
        tiny_logits[file.stem] = {"ids": ids, "logits": [float(x) for x in last_logits(model, ids)]}
    (HERE / "tiny.json").write_text(json.dumps(tiny_logits) + "\n", "utf-8")
    (HERE / "questions.json").write_text(json.dumps(questions, indent=1) + "\n", "utf-8")
    (HERE / "tokens.json").write_text(json.dumps(tokens, ensure_ascii=False, separators=(",", ":")) + "\n", "utf-8")
    (HERE / "logits.json").write_text(json.dumps(logits, separators=(",", ":")) + "\n", "utf-8")
    (HERE / "logits.f16").write_bytes(blob)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:])
