"""llama.cpp behind the protocol of the benchmark `scoring`: a JSON request a line on standard input, the seconds
it took on standard output. See worker.rs for the same in front of Polyclinic's engine.

Run by the interpreter of an environment that has llama-cpp-python built from its sources; see main.rs.
"""

import ctypes
import json
import os
import sys
import time

import llama_cpp as llama

NO_LOG = llama.llama_log_callback(lambda level, text, data: None)


def resident():
    """The process's resident bytes."""
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


class Llama:
    def __init__(self, path, threads, context, sequences):
        model = llama.llama_model_default_params()
        model.n_gpu_layers = 0
        self.model = llama.llama_model_load_from_file(path.encode(), model)
        assert self.model, f"llama.cpp cannot load {path}"
        settings = llama.llama_context_default_params()
        settings.n_ctx = context
        settings.n_batch = 2048
        settings.n_ubatch = 512
        settings.n_seq_max = sequences
        settings.kv_unified = True
        settings.n_threads = settings.n_threads_batch = threads
        self.context = llama.llama_init_from_model(self.model, settings)
        assert self.context, "llama.cpp cannot make a context"
        self.memory = llama.llama_get_memory(self.context)
        # The prompt that sequence 0 holds between calls.
        self.kept = None
        self.batch = llama.llama_batch_init(2048, 0, 1)
        self.vocabulary = llama.llama_vocab_n_tokens(llama.llama_model_get_vocab(self.model))

    def run(self, parts):
        """Runs (sequence, first position, tokens) triples as one batch, with logits for the last token of each."""
        batch, at = self.batch, 0
        for sequence, first, tokens in parts:
            for place, token in enumerate(tokens):
                batch.token[at] = token
                batch.pos[at] = first + place
                batch.n_seq_id[at] = 1
                batch.seq_id[at][0] = sequence
                batch.logits[at] = place == len(tokens) - 1
                at += 1
        batch.n_tokens = at
        assert llama.llama_decode(self.context, batch) == 0, "llama.cpp cannot decode"
        # Waits for the result, as a caller that reads it would.
        logits = llama.llama_get_logits_ith(self.context, at - 1)
        return ctypes.cast(logits, ctypes.POINTER(ctypes.c_float))

    def prefill(self, prompt):
        self.kept = None
        llama.llama_memory_clear(self.memory, False)
        return self.run([(0, 0, prompt)])

    def generate(self, prompt, count):
        logits = self.prefill(prompt)
        started = time.perf_counter()
        for step in range(count):
            # Which token follows does not change the time; choosing it in Python would.
            token = 100 + int(abs(logits[0])) % 100
            logits = self.run([(0, len(prompt) + step, [token])])
        return time.perf_counter() - started

    def score(self, shared, own, at_once):
        """Scores items after a shared start that is computed before the clock runs."""
        if self.kept != shared:
            self.prefill(shared)
            self.kept = shared
        started = time.perf_counter()
        for first in range(0, len(own), at_once):
            group = own[first : first + at_once]
            for sequence in range(1, len(group) + 1):
                llama.llama_memory_seq_cp(self.memory, 0, sequence, -1, -1)
            self.run([(sequence, len(shared), item) for sequence, item in enumerate(group, 1)])
            for sequence in range(1, len(group) + 1):
                llama.llama_memory_seq_rm(self.memory, sequence, -1, -1)
        return time.perf_counter() - started


def main():
    llama.llama_log_set(NO_LOG, None)
    llama.llama_backend_init()
    engine = None
    print(json.dumps({"resident": resident()}), flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        started = time.perf_counter()
        match request["ask"]:
            case "load":
                engine = Llama(request["path"], request["threads"], request["context"], request["sequences"])
                engine.prefill([request["token"]])
                seconds = time.perf_counter() - started
            case "prefill":
                engine.prefill(request["prompt"])
                seconds = time.perf_counter() - started
            case "generate":
                seconds = engine.generate(request["prompt"], request["count"])
            case "score":
                seconds = engine.score(request["shared"], request["own"], request["at_once"])
        print(json.dumps({"seconds": seconds}), flush=True)


main()
