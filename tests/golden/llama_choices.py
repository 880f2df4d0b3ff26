"""Counts how often Polyclinic's choices equal those of llama.cpp for the same prompts.

    pip install llama-cpp-python
    polyclinic run --workspace W --model M --benchmark B --limit 100
    polyclinic answers --workspace W > answers.jsonl
    python tests/golden/llama_choices.py answers.jsonl MODEL.gguf MODEL_NAME ITEMS.jsonl ...

Prompts are built here anew from assets/templates/letters.toml and tokenized by llama.cpp, so a fault in our
templates' code or tokenizer shows as well. Letters of several tokens are scored token by token. Zero-shot only.
"""

import json
import math
import sys
import tomllib
from pathlib import Path

import numpy
from llama_cpp import Llama

LETTERS = {"ar": ["أ", "ب", "ج", "د", "هـ"], "ru": ["А", "Б", "В", "Г", "Д"]}
TEMPLATES = tomllib.loads((Path(__file__).parents[2] / "assets/templates/letters.toml").read_text("utf-8"))


def prompt(item, protocol):
    words = TEMPLATES.get(item["language"], TEMPLATES["en"])
    latin = list("ABCDEFGHIJ")
    letters = latin if protocol.startswith("Latin") else LETTERS.get(item["language"], latin)
    letters = letters[: len(item["options"])]
    instruction = "" if "no instruction" in protocol else f"{words['instruction']}\n\n"
    context = f"{words['context']} {item['context']}\n" if item.get("context") else ""
    options = "".join(f"\n{letter}. {option}" for letter, option in zip(letters, item["options"]))
    text = f"{instruction}{context}{words['question']} {item['question']}{options}\n{words['answer']}"
    return text, [words["gap"] + letter for letter in letters]


def log_probabilities(model, text, continuations):
    """The summed log-probability of each continuation after the text."""
    tokenize = lambda whole: model.tokenize(whole.encode(), add_bos=True, special=False)
    bare = tokenize(text)
    wholes = [tokenize(text + continuation) for continuation in continuations]
    shared = len(bare)
    for whole in wholes:
        common = next((i for i, (a, b) in enumerate(zip(whole, bare)) if a != b), min(len(whole), len(bare)))
        shared = min(shared, common, len(whole) - 1)
    results = []
    model.reset()
    model.eval(bare[:shared])
    for whole in wholes:
        total = 0.0
        model.n_tokens = shared
        model._ctx.kv_cache_seq_rm(-1, shared, -1)
        logits = numpy.array(model.scores[shared - 1], dtype=numpy.float64)
        for place, token in enumerate(whole[shared:], start=shared + 1):
            shifted = logits - logits.max()
            total += float(shifted[token] - math.log(numpy.exp(shifted).sum()))
            if place < len(whole):
                model.eval([token])
                logits = numpy.array(model.scores[model.n_tokens - 1], dtype=numpy.float64)
        results.append(total)
    return results


def main():
    answers_file, gguf, name, *item_files = sys.argv[1:]
    answers = {}
    for line in open(answers_file, encoding="utf-8"):
        answer = json.loads(line)
        if answer["model"] == name:
            answers[answer["language"], answer["item"]] = answer
    model = Llama(gguf, n_ctx=4096, logits_all=True, verbose=False, n_threads=2)
    for item_file in item_files:
        same = asked = 0
        worst = 0.0
        for line in open(item_file, encoding="utf-8"):
            item = json.loads(line)
            ours = answers.get((item["language"], item["id"]))
            if ours is None:
                continue
            theirs = log_probabilities(model, *prompt(item, ours["protocol"]))
            choice = max(range(len(theirs)), key=lambda index: theirs[index])
            asked += 1
            same += choice == ours["choice_index"]
            worst = max(worst, max(abs(a - b) for a, b in zip(theirs, ours["log_probabilities"])))
            if choice != ours["choice_index"]:
                gap = sorted(theirs)[-1] - theirs[ours["choice_index"]]
                print(f"  differs on {item['id']}: llama.cpp prefers its own by {gap:.3f} nats")
        print(f"{item_file}: {same} of {asked} choices equal; largest difference of a log-probability {worst:.3f}")


main()
