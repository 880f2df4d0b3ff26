"""Makes the golden values of `tests/parity.rs` with lm-evaluation-harness (lm_eval 0.4.13, llama-cpp-python 0.3.36).

    pip install lm_eval llama-cpp-python
    python lm_eval_parity.py written
    python lm_eval_parity.py DATA MODELS [--model NAME ...] [--task TASK ...] [--shots N ...] [--tokens-only]

DATA holds the real questions (`../shared/data`), MODELS the packaged GGUF files, those in f32 or both. The harness's own task configurations
make the prompts, choose the examples, score and print; only their dataset is replaced by rows of DATA in the shape their
hub repository has. llama.cpp answers, keys and values in half precision as by default.

A file `lm_eval/<model>.<task>.<shots>.json` is written for each combination that is not there yet; with `--tokens-only`
without log-likelihoods and results, which takes seconds instead of minutes, and the next call without it completes it. No word of a question is
in it: of each item the first 16 digits of the SHA-256 of the prompt, those of the token ids (context, then every
continuation, each a count and its ids, four bytes each), and the log-likelihoods, rounded to six digits before the harness
sees them so that its scores are made of the numbers written here.

`written` needs neither: the questions of `lm_eval/rows.jsonl`, which stand here in full, are asked of a model that is a hash.
`lm_eval/written.json` has every prompt and score, `lm_eval/files` what the harness saved of it with `--log_samples`.
"""

import argparse
import hashlib
import json
import math
import os
import shutil
import struct
import sys
import time
from pathlib import Path

os.environ.update(HF_HUB_OFFLINE="1", HF_DATASETS_OFFLINE="1", TOKENIZERS_PARALLELISM="false")

import datasets
import llama_cpp
import lm_eval.api.task
import numpy
from lm_eval.api.model import TemplateLM
from lm_eval.evaluator import simple_evaluate
from lm_eval.loggers import EvaluationTracker
from lm_eval.utils import make_table

HERE = Path(__file__).parent
MODELS = {
    "SmolLM2-135M-Instruct": "SmolLM2-135M-Instruct.Q4_1.gguf",
    "gemma-3-270m": "gemma-3-270m-q4_k_m.gguf",
    # The same weights written in f32 by `in_f32.py`.
    "SmolLM2-135M-Instruct-f32": "SmolLM2-135M-Instruct-f32.gguf",
    "gemma-3-270m-f32": "gemma-3-270m-f32.gguf",
}
ITEMS = 200
# Rows after the items are the pool of examples: a training split, or the five of a development split.
SUBJECTS = ["anatomy", "clinical_knowledge", "virology", "professional_medicine"]


def pubmedqa(row):
    return {
        "QUESTION": row["question"],
        "CONTEXTS": row["context"].split("\n"),
        "final_decision": row["options"][row["answer_index"]],
    }


def medmcqa(row):
    return {"question": row["question"], **dict(zip(["opa", "opb", "opc", "opd"], row["options"])), "cop": row["answer_index"]}


def medqa(row):
    endings = {f"ending{index}": option for index, option in enumerate(row["options"])}
    return {"sent1": row["question"], "sent2": "", **endings, "label": row["answer_index"]}


def headqa(row):
    answers = [{"aid": index + 1, "atext": option} for index, option in enumerate(row["options"])]
    return {"qtext": row["question"], "answers": answers, "ra": row["answer_index"] + 1}


def mmlu(row):
    return {"question": row["question"], "subject": row["subject"], "choices": row["options"], "answer": row["answer_index"]}


def global_mmlu(row):
    options = dict(zip(["option_a", "option_b", "option_c", "option_d"], row["options"]))
    return {"question": row["question"], "subject": row["subject"], **options, "answer": "ABCD"[row["answer_index"]]}


# Task of the harness: file of DATA, subject, shape of a document, split of the items, split of the examples.
TASKS = {
    "medmcqa": ("medmcqa.en", None, medmcqa, "validation", "train"),
    "medqa_4options": ("medqa_usmle.en", None, medqa, "test", "train"),
    "pubmedqa": ("pubmedqa.en", None, pubmedqa, "test", "train"),
}
for subject in SUBJECTS:
    TASKS[f"mmlu_{subject}"] = ("mmlu_med.en", subject, mmlu, "test", "dev")
    TASKS[f"global_mmlu_full_ar_{subject}"] = ("mmlu_med.ar", subject, global_mmlu, "test", "dev")


def rows_of(data, file, subject, examples_split):
    """The items and the pool of examples."""
    lines = (data / f"{file}.jsonl").read_text("utf-8").splitlines()
    rows = [row for row in map(json.loads, lines) if subject in (None, row["subject"])]
    # Polyclinic refuses items two of whose options are the same, so they are not asked here either.
    rows = [row for row in rows if len({option.strip() for option in row["options"]}) == len(row["options"])]
    if examples_split == "dev":
        return rows[:-5][:ITEMS], rows[-5:]
    return rows[:ITEMS], rows[ITEMS : 2 * ITEMS]


class Gguf(TemplateLM):
    """A GGUF model through llama.cpp. What a prompt shares with the last one stays computed."""

    def __init__(self, path, threads, tokens_only):
        super().__init__()
        self.tokens_only = tokens_only
        self.model = llama_cpp.Llama(
            str(path), n_ctx=8192, n_batch=512, n_threads=threads, n_threads_batch=threads, swa_full=True,
            vocab_only=tokens_only, verbose=False
        )
        self.computed = []
        self.asked = []

    @property
    def eot_token_id(self):
        return self.model.token_eos()

    def tok_encode(self, string, add_special_tokens=None, **_):
        return self.model.tokenize(string.encode(), add_bos=add_special_tokens is not False, special=False)

    def next_log_probabilities(self, ids):
        shared = next((i for i, (a, b) in enumerate(zip(ids, self.computed)) if a != b), min(len(ids), len(self.computed)))
        shared = min(shared, len(ids) - 1)
        self.model.n_tokens = shared
        self.model._ctx.kv_cache_seq_rm(-1, shared, -1)
        self.model.eval(ids[shared:])
        self.computed = list(ids)
        pointer = llama_cpp.llama_get_logits_ith(self.model.ctx, -1)
        logits = numpy.ctypeslib.as_array(pointer, shape=(self.model.n_vocab(),)).astype(numpy.float64)
        logits -= logits.max()
        return logits - math.log(numpy.exp(logits).sum())

    def _loglikelihood_tokens(self, requests, **_):
        answers = []
        known = (None, None)
        for _, context, continuation in requests:
            self.asked.append((context, continuation))
            if self.tokens_only:
                answers.append((0.0, False))
                continue
            if known[0] != context:
                known = (context, self.next_log_probabilities(context))
            total = known[1][continuation[0]]
            for place in range(1, len(continuation)):
                total += self.next_log_probabilities(context + continuation[:place])[continuation[place]]
            answers.append((round(float(total), 6), False))
        return answers

    def loglikelihood_rolling(self, requests, disable_tqdm=False):
        raise NotImplementedError

    def generate_until(self, requests, disable_tqdm=False):
        raise NotImplementedError


class Hash(TemplateLM):
    """A model whose log-likelihoods are made of the hash of what it is asked."""

    eot_token_id = 0

    def tok_encode(self, string, add_special_tokens=None, **_):
        return list(string.encode())

    def _loglikelihood_tokens(self, requests, **_):
        values = (hashlib.sha256("\0".join(pair).encode()).digest() for pair, _, _ in requests)
        return [(-round(int.from_bytes(value[:4], "big") / 2**32 * 8, 6), False) for value in values]

    def loglikelihood_rolling(self, requests, disable_tqdm=False):
        raise NotImplementedError

    def generate_until(self, requests, disable_tqdm=False):
        raise NotImplementedError


# Task: shape of a document, language, split of the items, split of the examples.
WRITTEN = {
    "pubmedqa": (pubmedqa, "en", "test", "train"),
    "medmcqa": (medmcqa, "en", "validation", "train"),
    "medqa_4options": (medqa, "en", "test", "train"),
    "mmlu_anatomy": (mmlu, "en", "test", "dev"),
    "global_mmlu_full_ar_anatomy": (global_mmlu, "ar", "test", "dev"),
    "headqa_en": (headqa, "en", "test", "train"),
}


def written():
    """The questions of rows.jsonl under every task, without and with two examples."""
    rows = [json.loads(line) for line in (HERE / "lm_eval/rows.jsonl").read_text("utf-8").splitlines()]
    for row in rows:
        row["answer_index"] = "ABCD".index(row["answer"])
    entries = []
    shutil.rmtree(HERE / "lm_eval/files", ignore_errors=True)
    for shots in [0, 2]:
        tracker = EvaluationTracker(output_path=str(HERE / "lm_eval/files"))
        for task, (shape, language, items_split, examples_split) in WRITTEN.items():
            chosen = [row for row in rows if row["language"] == language]
            if task == "pubmedqa":
                # Three options: what the first letters stand for.
                chosen = [{**row, "options": ["yes", "no", "maybe"], "answer_index": row["answer_index"] % 3} for row in chosen]
            splits = {
                items_split: [shape(row) for row in chosen if "split" not in row],
                examples_split: [shape(row) for row in chosen if "split" in row],
            }
            splits = datasets.DatasetDict({name: datasets.Dataset.from_list(rows) for name, rows in splits.items()})
            lm_eval.api.task.datasets.load_dataset = lambda **_: splits
            saved = task in ("medmcqa", "pubmedqa", "headqa_en") and shots == 2
            found = simple_evaluate(
                Hash(), model_args={"model": "hash"}, tasks=[task], num_fewshot=shots, evaluation_tracker=tracker
            )
            samples = found.pop("samples")
            entries.append({
                "task": task,
                "shots": shots,
                "results": {key: value for key, value in found["results"][task].items() if "," in key},
                "table": make_table(found).splitlines(),
                "items": [
                    {
                        "prompt": sample["arguments"][0][0],
                        "continuations": [arguments[1] for arguments in sample["arguments"]],
                        "log_likelihoods": [answer[0] for answer in sample["filtered_resps"]],
                    }
                    for sample in samples[task]
                ],
            })
            if saved:
                tracker.save_results_aggregated(results=found, samples=samples)
                tracker.save_results_samples(task_name=task, samples=samples[task])
    text = json.dumps(entries, ensure_ascii=False, indent=1) + "\n"
    (HERE / "lm_eval/written.json").write_text(text, "utf-8")


def digits(data):
    return hashlib.sha256(data).hexdigest()[:16]


def hash_of_ids(pairs):
    parts = [pairs[0][0], *(continuation for _, continuation in pairs)]
    return digits(b"".join(struct.pack(f"<{len(part) + 1}I", len(part), *part) for part in parts))


def evaluate(model, task, data, shots):
    file, subject, shape, items_split, examples_split = TASKS[task]
    items, examples = rows_of(data, file, subject, examples_split)
    splits = {split: [shape(row) for row in rows] for split, rows in [(items_split, items), (examples_split, examples)]}
    # In place of the hub: whatever the task's configuration names, these are its rows.
    rows_there = datasets.DatasetDict({split: datasets.Dataset.from_list(rows) for split, rows in splits.items()})
    lm_eval.api.task.datasets.load_dataset = lambda **_: rows_there
    model.asked.clear()
    start = time.time()
    found = simple_evaluate(model, tasks=[task], num_fewshot=shots)
    seconds = time.time() - start
    samples = found["samples"][task]
    assert len(samples) == len(items)
    lines, place = [], 0
    for row, sample in zip(items, samples):
        pairs = model.asked[place : place + len(sample["arguments"])]
        place += len(pairs)
        values = [] if model.tokens_only else [answer[0] for answer in sample["filtered_resps"]]
        lines.append([row["id"], digits(sample["arguments"][0][0].encode()), hash_of_ids(pairs), values])
    head = {"task": task, "shots": shots, "file": file, "subject": subject}
    if not model.tokens_only:
        head["seconds"] = round(seconds)
        head["results"] = {key: value for key, value in found["results"][task].items() if "," in key}
        head["table"] = make_table(found).splitlines()
    return head, lines


def write(path, head, lines):
    text = json.dumps(head, indent=1)[:-2] + ',\n "items": [\n  '
    text += ",\n  ".join(json.dumps(line, separators=(",", ":")) for line in lines) + "\n ]\n}\n"
    path.write_text(text, "utf-8")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("data", type=Path)
    parser.add_argument("models", type=Path)
    parser.add_argument("--model", nargs="+", help="without it, those that are in MODELS")
    parser.add_argument("--task", nargs="+", default=list(TASKS))
    parser.add_argument("--shots", nargs="+", type=int, default=[0, 3])
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--tokens-only", action="store_true")
    arguments = parser.parse_args()
    for name in arguments.model or [name for name in MODELS if (arguments.models / MODELS[name]).exists()]:
        model = None
        for shots in arguments.shots:
            for task in arguments.task:
                path = HERE / "lm_eval" / f"{name}.{task}.{shots}.json"
                if path.exists() and (arguments.tokens_only or "results" in json.loads(path.read_text("utf-8"))):
                    continue
                model = model or Gguf(arguments.models / MODELS[name], arguments.threads, arguments.tokens_only)
                head, lines = evaluate(model, task, arguments.data, shots)
                write(path, {"model": name, **head}, lines)
                print(path.name, head.get("seconds"), head.get("results"), flush=True)


if __name__ == "__main__":
    written() if sys.argv[1:] == ["written"] else main()
