"""Writes python_sample.json: what `random.Random(seed).sample(range(n), k)` gives, drawn one after the other.

Run as `python3 tests/golden/python_sample.py > tests/golden/python_sample.json`.
"""
import json
from random import Random

DRAWS = [(5, 2), (21, 4), (22, 4), (150, 4), (500, 4), (85, 6), (86, 6), (277, 6), (278, 6), (1273, 11), (100000, 3), (64, 5), (65536, 5)]
golden = []
for seed in (1234, 0, 1, 42, 2**31, 2**32 + 5):
    random = Random(seed)
    golden.append((seed, [(n, k, random.sample(range(n), k)) for n, k in DRAWS]))
print(json.dumps(golden))
