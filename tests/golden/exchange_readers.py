"""Shows the files we export to the readers of the programs they are for, and takes them in again.

    pip install lm_eval inspect_ai
    python exchange_readers.py POLYCLINIC WORKSPACE RUN

Exports a run, then
* lm-evaluation-harness: `lm_eval.utils` finds results and samples by their names, `make_table` prints the results, every
  hash is computed anew with its `hash_string`, its task hash among them, and acc and stderr with its own `mean` and
  `mean_stderr`; `datasets`, which its hub viewer reads samples with, loads them;
* inspect: `read_eval_log` validates both kinds of log, `list_eval_logs` finds them, `inspect log dump` prints them (its
  command within this process: starting it anew takes ten seconds a log);
* Polyclinic: both are imported into an empty workspace; n and right answers of every row must be those of the run.
A reader that is not installed is skipped, saying so.
"""

import csv
import io
import json
import subprocess
import sys
import tempfile
from pathlib import Path


def run(*command):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    assert done.returncode == 0, (command, done.returncode, done.stderr)
    return done.stdout


def check_lm_eval(folder):
    try:
        from lm_eval.api.metrics import mean, mean_stderr
        from lm_eval.utils import get_results_filenames, get_sample_results_filenames, hash_string, make_table
        import datasets
        import lm_eval.utils
    except ImportError as error:
        return print("skipped lm-evaluation-harness:", error)
    names = [str(path) for path in folder.rglob("*") if path.is_file()]
    samples_files = get_sample_results_filenames(names)
    for name in get_results_filenames(names):
        results = json.loads(Path(name).read_text("utf-8"))
        print(make_table(results))
        time = lm_eval.utils.get_file_datetime(Path(name).name).removesuffix(".json")
        for task, row in results["results"].items():
            wanted = Path(name).with_name(f"samples_{task}_{time}.jsonl")
            assert str(wanted) in samples_files, wanted
            assert lm_eval.utils.get_file_task_name(wanted.name) == task
            samples = [json.loads(line) for line in wanted.read_text("utf-8").splitlines()]
            assert len(samples) == row["sample_len"]
            joined = ""
            for sample in samples:
                document = json.dumps(sample["doc"], indent=2, ensure_ascii=False)
                assert sample["doc_hash"] == hash_string(document), sample["doc_id"]
                assert sample["prompt_hash"] == hash_string(sample["arguments"]["gen_args_0"]["arg_0"])
                assert sample["target_hash"] == hash_string(sample["target"])
                joined += sample["doc_hash"] + sample["prompt_hash"] + sample["target_hash"]
            assert results["task_hashes"][task] == hash_string(joined), task
            for metric in samples[0]["metrics"]:
                values = [sample[metric] for sample in samples]
                key = next(key for key in row if key.startswith(f"{metric},"))
                assert row[key] == mean(values), (task, metric)
                error = row[key.replace(metric, f"{metric}_stderr")]
                assert error == "N/A" if len(values) < 2 else abs(error - mean_stderr(values)) < 1e-15, (task, metric)
            with tempfile.TemporaryDirectory() as cache:
                loaded = datasets.load_dataset("json", data_files=str(wanted), split="train", cache_dir=cache)
                assert len(loaded) == len(samples)
        print(f"lm-evaluation-harness reads {name} and its {len(results['results'])} tasks")


def check_inspect(folder):
    try:
        from click.testing import CliRunner
        from inspect_ai._cli.main import inspect
        from inspect_ai.log import list_eval_logs, read_eval_log, read_eval_log_sample_summaries
    except ImportError as error:
        return print("skipped inspect:", error)
    listed = list_eval_logs(str(folder))
    files = [path for path in folder.iterdir() if path.suffix in (".eval", ".json")]
    assert len(listed) == len(files), (listed, files)
    for path in files:
        log = read_eval_log(str(path))
        assert log.samples and log.results.total_samples == len(log.samples)
        scored = [sample.scores["choice"].value for sample in log.samples if sample.scores]
        accuracy = log.results.scores[0].metrics["accuracy"].value
        assert accuracy == sum(value == "C" for value in scored) / len(scored)
        assert len(read_eval_log_sample_summaries(str(path))) == len(log.samples)
        printed = CliRunner().invoke(inspect, ["log", "dump", str(path)])
        assert printed.exit_code == 0, (path, printed.output)
        dumped = json.loads(printed.stdout)
        assert len(dumped["samples"]) == len(log.samples)
    print(f"inspect reads {len(files)} logs")


def counts(polyclinic, workspace, only):
    rows = csv.DictReader(io.StringIO(run(polyclinic, "compare", "--workspace", workspace, "--format", "csv")))
    rows = [row for row in rows if only is None or row["protocol"] in only]
    model = lambda row: row["model"].removesuffix(" (imported)")
    return sorted((model(row), row["task"], row["language"], row["n"], row["right"], row["accuracy"]) for row in rows)


def main(polyclinic, workspace, name):
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        answers = run(polyclinic, "answers", "--workspace", workspace, "--run", name).splitlines()
        protocols = {json.loads(line)["protocol"] for line in answers}
        expected = counts(polyclinic, workspace, protocols)
        for kind, check in [("lm-eval", check_lm_eval), ("inspect", check_inspect)]:
            files, there = folder / kind, folder / f"{kind}-workspace"
            run(polyclinic, "export", "--workspace", workspace, "--run", name, "--to", kind, "--into", files)
            check(files)
            run(polyclinic, "import-run", files, "--workspace", there)
            found = counts(polyclinic, there, None)
            assert found == expected, (kind, found, expected)
            print(f"imported again from {kind}: {len(found)} rows with the same numbers, {len(answers)} answers")


if __name__ == "__main__":
    main(*sys.argv[1:])
