"""Records which tokens the processors of `transformers` leave, and with which probabilities, in sampling.json.

    python make_sampling.py        (transformers 5.23, torch 2.15)
"""

import json
from pathlib import Path

import torch
from transformers import (
    LogitsProcessorList,
    MinPLogitsWarper,
    RepetitionPenaltyLogitsProcessor,
    TemperatureLogitsWarper,
    TopKLogitsWarper,
    TopPLogitsWarper,
)

SEEN = [3, 17, 17, 40]
DEFAULT = {"temperature": 1.0, "top_k": None, "top_p": 1.0, "min_p": 0.0, "repetition_penalty": 1.0, "seed": 0}
CASES = [
    {},
    {"temperature": 0.6},
    {"temperature": 1.7},
    {"top_k": 1},
    {"top_k": 7},
    {"top_p": 0.9},
    {"top_p": 0.2},
    {"top_p": 0.99, "temperature": 0.4},
    {"min_p": 0.05},
    {"repetition_penalty": 1.3},
    {"repetition_penalty": 0.8},
    {"top_k": 20, "top_p": 0.8, "temperature": 0.7, "repetition_penalty": 1.1},
    {"top_k": 50, "top_p": 0.95, "min_p": 0.1, "temperature": 1.2},
]


def processors(case):
    found = []
    if case["repetition_penalty"] != 1:
        found.append(RepetitionPenaltyLogitsProcessor(case["repetition_penalty"]))
    if case["temperature"] != 1:
        found.append(TemperatureLogitsWarper(case["temperature"]))
    if case["top_k"]:
        found.append(TopKLogitsWarper(case["top_k"]))
    if case["top_p"] != 1:
        found.append(TopPLogitsWarper(case["top_p"]))
    if case["min_p"]:
        found.append(MinPLogitsWarper(case["min_p"]))
    return LogitsProcessorList(found)


def main():
    torch.manual_seed(1)
    logits = (torch.randn(64) * 2).round(decimals=4)
    cases = []
    for changes in CASES:
        case = {**DEFAULT, **changes}
        left = processors(case)(torch.tensor([SEEN]), logits.clone()[None])[0]
        probabilities = left.double().softmax(-1)
        tokens = left.isfinite().nonzero()[:, 0].tolist()
        case.update(seen=SEEN, tokens=tokens, probabilities=[round(float(probabilities[t]), 7) for t in tokens])
        cases.append(case)
    golden = {"logits": [round(float(logit), 4) for logit in logits], "cases": cases}
    Path(__file__).with_name("sampling.json").write_text(json.dumps(golden, separators=(",", ":")) + "\n")


main()
