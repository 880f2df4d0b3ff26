"""Writes lm_eval_shots.json: which documents lm-evaluation-harness's default sampler shows before each of ten.

First drawn from examples of their own, then from the asked documents themselves. Run with lm_eval 0.4.13 as
`python3 tests/golden/lm_eval_shots.py > tests/golden/lm_eval_shots.json`.
"""
import json

from lm_eval.api.samplers import ContextSampler

DOCS = [{"id": number} for number in range(10)]


def draws(among_asked):
    sampler = ContextSampler(DOCS)
    sampler.set_rnd(1234)
    drawn = [sampler.sample(3, eval_doc=doc if among_asked else None) for doc in DOCS]
    return [[doc["id"] for doc in shots] for shots in drawn]


print(json.dumps([draws(False), draws(True)]))
