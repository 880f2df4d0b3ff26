"""Writes lm_eval_prompts.json: the prompts that lm-evaluation-harness makes of hand-written documents.

For each task the documents in the shape of its own data set, the same as an item of ours, and what its
`fewshot_context` and `construct_requests` give, plain and as the messages of a chat. Run with lm_eval 0.4.13 and
`datasets` as `python3 tests/golden/lm_eval_prompts.py > tests/golden/lm_eval_prompts.json`.
"""
import json
import os
import sys

import datasets
from lm_eval import tasks
from lm_eval.api.task import ConfigurableTask
from lm_eval.tasks._yaml_loader import load_yaml

LETTERS = "ABCDE"
OPTIONS = [["Aorta", "Vena cava", "Portal vein", "Pulmonary artery"], ["7", "12", "5", "31"], ["Iron", "Zinc ", "Gold", "Lead"]]
QUESTIONS = [" Which vessel carries oxygenated blood?\n", "How many pairs of cranial nerves are there?", "Which element does haemoglobin bind?"]
ARABIC = ["أي وعاء يحمل الدم المؤكسج؟", "كم عدد أزواج الأعصاب القحفية؟", "أي عنصر يرتبط به الهيموغلوبين؟"]
ARABIC_OPTIONS = [["الأبهر", "الوريد الأجوف", "وريد الباب", "الشريان الرئوي"], ["7", "12", "5", "31"], ["الحديد", "الزنك", "الذهب", "الرصاص"]]
RIGHT = [0, 1, 0]
SUBJECT = "college_medicine"


def item(index, question, options, right=None, **more):
    return {"question": question, "options": options, "right": [RIGHT[index] if right is None else right], **more}


def pubmedqa(index):
    contexts = ["A study of 40 people.", "It found little."] if index else ["One abstract."]
    final = ["yes", "maybe", "no"]
    doc = {"QUESTION": QUESTIONS[index], "CONTEXTS": contexts, "final_decision": final[index]}
    options = ["yes", "no", "maybe"]
    return doc, item(index, QUESTIONS[index], options, options.index(final[index]), context="\n".join(contexts))


def medmcqa(index):
    options = OPTIONS[index]
    doc = {"question": QUESTIONS[index], **dict(zip(("opa", "opb", "opc", "opd"), options)), "cop": RIGHT[index]}
    return doc, item(index, QUESTIONS[index], options)


def medqa(index):
    doc = {"sent1": QUESTIONS[index], **{f"ending{n}": text for n, text in enumerate(OPTIONS[index])}, "label": RIGHT[index]}
    return doc, item(index, QUESTIONS[index], OPTIONS[index])


def mmlu(index):
    doc = {"question": QUESTIONS[index], "choices": OPTIONS[index], "answer": RIGHT[index], "subject": SUBJECT}
    return doc, item(index, QUESTIONS[index], OPTIONS[index], subject=SUBJECT)


def global_mmlu(index):
    options = ARABIC_OPTIONS[index]
    doc = {"question": ARABIC[index], **{f"option_{letter}": text for letter, text in zip("abcd", options)}, "answer": LETTERS[RIGHT[index]], "subject": "anatomy"}
    return doc, item(index, ARABIC[index], options, language="ar")


def arabicmmlu(index):
    options = ARABIC_OPTIONS[index] + ["غير ذلك"] * (index == 2)
    level, country = [("Univ", "UAE"), ("High", None), (None, "Jordan")][index]
    context = [None, "نص قصير.", None][index]
    doc = {"Question": ARABIC[index], "Context": context, "Level": level, "Country": country, "Subject": "Biology", "Answer Key": LETTERS[RIGHT[index]]}
    doc |= {f"Option {n + 1}": options[n] if n < len(options) else None for n in range(5)}
    extra = {name: value for name, value in (("Level", level), ("Country", country)) if value}
    return doc, item(index, ARABIC[index], options, language="ar", context=context, subject="Biology", extra=extra)


def oall(index):
    options = ARABIC_OPTIONS[index]
    doc = {"question": ARABIC[index], **dict(zip("ABCD", options)), "answer": LETTERS[RIGHT[index]], "subject": SUBJECT}
    return doc, item(index, ARABIC[index], options, language="ar", subject=SUBJECT)


def alghafa(index):
    options = ARABIC_OPTIONS[index]
    doc = {"query": ARABIC[index], **{f"sol{n + 1}": text for n, text in enumerate(options)}, "label": str(RIGHT[index])}
    return doc, item(index, ARABIC[index], options, language="ar")


def cmmlu(index):
    question = ["下列血管中运送含氧血液的是", "脑神经共有几对？", "血红蛋白结合的元素是"][index]
    options = [["主动脉", "腔静脉", "门静脉", "肺动脉"], ["7", "12", "5", "31"], ["铁", "锌", "金", "铅"]][index]
    doc = {"Question": question, **dict(zip("ABCD", options)), "Answer": LETTERS[RIGHT[index]]}
    return doc, item(index, question, options, language="zh", subject=SUBJECT)


def headqa(index):
    answers = [{"aid": n + 1, "atext": text} for n, text in enumerate(OPTIONS[index])]
    doc = {"qtext": QUESTIONS[index], "answers": answers, "ra": RIGHT[index] + 1}
    return doc, item(index, QUESTIONS[index], OPTIONS[index])


def kormedmcqa(index):
    question = ["산소가 풍부한 혈액을 운반하는 혈관은?", "뇌신경은 몇 쌍인가?", "헤모글로빈이 결합하는 원소는?"][index]
    options = [["대동맥", "대정맥", "문맥", "폐동맥", "폐정맥"], ["7", "12", "5", "31", "2"], ["철", "아연", "금", "납", "은"]][index]
    doc = {"question": question, **dict(zip("ABCDE", options)), "answer": RIGHT[index] + 1}
    return doc, item(index, question, options, language="ko")


def careqa(index):
    doc = {"question": QUESTIONS[index], **{f"op{n + 1}": text for n, text in enumerate(OPTIONS[index])}, "cop": RIGHT[index] + 1}
    return doc, item(index, QUESTIONS[index], OPTIONS[index])


TASKS = [
    ("pubmedqa", "pubmedqa", pubmedqa),
    ("medmcqa", "medmcqa", medmcqa),
    ("medqa", "medqa_4options", medqa),
    ("mmlu", "mmlu_college_medicine", mmlu),
    ("global-mmlu", "global_mmlu_full_ar_anatomy", global_mmlu),
    ("arabic-mmlu", "arabicmmlu_biology_high_school", arabicmmlu),
    ("oall-arabic-mmlu", "arabic_leaderboard_arabic_mmlu_college_medicine", oall),
    ("oall-arabic-exams", "arabic_exams", oall),
    ("oall-alghafa", "arabic_leaderboard_alghafa_mcq_exams_test_ar", alghafa),
    ("cmmlu", "cmmlu_college_medicine", cmmlu),
    ("headqa", "headqa_en", headqa),
    ("kormedmcqa", "kormedmcqa_doctor", kormedmcqa),
    ("careqa", "careqa_en", careqa),
]


class Local(ConfigurableTask):
    """A task whose documents are ours."""

    docs = []

    def download(self, dataset_kwargs=None, **kwargs):
        rows = datasets.Dataset.from_list(self.docs)
        splits = {self.config.test_split, self.config.fewshot_split, self.config.training_split, self.config.validation_split}
        self.dataset = {split: rows for split in splits if split}


def main():
    golden = []
    for protocol, task, make in TASKS:
        made = [make(index) for index in range(3)]
        Local.docs = [doc for doc, _ in made]
        config = load(task)
        config.pop("group", None)
        config["task"] = task
        # Shots are given by hand: the first two documents, before the third.
        config["fewshot_config"] = {**config.get("fewshot_config", {}), "sampler": "first_n"}
        configured = Local(config=config)
        doc = list(configured.test_docs())[2]
        chat = {}
        for shots in (0, 2):
            plain = configured.fewshot_context(doc, num_fewshot=shots)
            messages = lambda many: configured.fewshot_context(
                doc, num_fewshot=shots, system_instruction="Be brief.", apply_chat_template=True,
                fewshot_as_multiturn=many, chat_template=lambda messages, **_: messages)
            chat[str(shots)] = {"plain": plain, "one_turn": messages(False), "turns": messages(True)}
        requests = configured.construct_requests(doc, "", metadata=(None, None, None))
        scored = [request.args[1] for request in requests] if isinstance(requests, list) else []
        golden.append({"protocol": protocol, "task": task, "items": [own for _, own in made], "prompts": chat, "scored": scored})
    json.dump(golden, sys.stdout, ensure_ascii=False, indent=1)
    print()


def load(task):
    """The task's own configuration, with what it includes."""
    root = os.path.dirname(tasks.__file__)
    for folder, _, files in os.walk(root):
        for file in files:
            path = os.path.join(folder, file)
            if file.endswith(".yaml"):
                with open(path, encoding="utf-8") as text:
                    if f"{task}" not in text.read():
                        continue
                config = load_yaml(path, resolve_func=True)
                if config.get("task") == task:
                    return config
    raise SystemExit(f"no task {task}")


main()
