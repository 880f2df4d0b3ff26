"""Trains small tokenizers of the kinds models are published with, and records how their own libraries cut texts.

    python3 make_tokenizers.py        (tokenizers 0.23.3, sentencepiece 0.2.3, zstandard)

Written to tokenizers.zip.zst: for each kind `NAME/tokenizer.json` or `NAME/tokenizer.model`, perhaps a
`NAME/tokenizer_config.json`, and `NAME/references.json` with a list of texts, each with the ids of the text as a
prompt in which special tokens count (`markup`) and in which they do not (`plain`).
"""

import io
import json
import random
import tempfile
import zipfile
from pathlib import Path

import sentencepiece
import zstandard
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

HERE = Path(__file__).parent
WORDS = """
the a patient with fever and cough is given aspirin which treatment best of following heart liver blood pressure
مريض يعاني من الحمى والسعال ما هو العلاج الأفضل القلب الكبد ضغط الدم في على إلى طِبّ
病人 发烧 咳嗽 最佳 治疗 心脏 肝 血压 el paciente tiene fiebre y tos día corazón hígado 12 345 2024 (A) [B] 50%
""".split()
TEXTS = [
    "",
    "the patient",
    " the  patient   has fever ",
    "مريض يعاني من الحمى، ما العلاج؟",
    "طِبٌّ وَصِحَّة",
    "病人发烧治疗",
    "x\ty\n\nz 12345 it's IT'S",
    "ﬁne ½ ﷺ Ⅳ ｆｕｌｌ e\u0301",
    "👩‍⚕️ \u200b ☤☤ ok",
    "<s>the patient</s> and <sep>fever<sep>",
    "[gMASK]<sop><|user|>\nthe <mask> heart",
    "▁the ▁▁ patient",
    "a<sep> b <sep>c",
    "<0x41> <unk> <pad>",
]


def corpus():
    chooser = random.Random(1)
    return [" ".join(chooser.choices(WORDS, k=chooser.randint(3, 9))) for _ in range(2000)]


def sentence_piece(folder, config=None, **options):
    (folder / "corpus.txt").write_text("\n".join(corpus()))
    sentencepiece.SentencePieceTrainer.train(
        input=str(folder / "corpus.txt"), model_prefix=str(folder / "tokenizer"), minloglevel=2, num_threads=1,
        **{"vocab_size": 420, "character_coverage": 1.0, **options},
    )
    (folder / "corpus.txt").unlink()
    (folder / "tokenizer.vocab").unlink()
    config = {"add_bos_token": False, **(config or {})}
    (folder / "tokenizer_config.json").write_text(json.dumps(config))
    model = sentencepiece.SentencePieceProcessor(model_file=str(folder / "tokenizer.model"))
    # SentencePiece itself knows no special tokens in text.
    return [{"text": text, "plain": model.encode(text)} for text in TEXTS]


def published(folder, tokenizer, trainer, prefix=(), added=(), config=None):
    tokenizer.train_from_iterator(corpus(), trainer)
    tokenizer.add_tokens([token for token in added if not token.special])
    tokenizer.add_special_tokens([token for token in added if token.special])
    if prefix:
        ids = [(token, tokenizer.token_to_id(token)) for token in prefix]
        tokenizer.post_processor = processors.TemplateProcessing(
            single=[*prefix, "$A"], pair=[*prefix, "$A", "$B"], special_tokens=ids
        )
    tokenizer.save(str(folder / "tokenizer.json"))
    if config:
        (folder / "tokenizer_config.json").write_text(json.dumps(config))
    entries = []
    for text in TEXTS:
        tokenizer.encode_special_tokens = False
        # Polyclinic puts no second prefix before a text that begins with it.
        markup = tokenizer.encode(text, add_special_tokens=not (prefix and text.startswith("".join(prefix)))).ids
        tokenizer.encode_special_tokens = True
        entries.append({"text": text, "markup": markup, "plain": tokenizer.encode(text).ids})
    return entries


SPECIAL = ["<unk>", "<s>", "</s>", "<pad>"]
BYTES = [f"<0x{byte:02X}>" for byte in range(256)]
LLAMA3 = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)


def llama2(folder):
    """Merges over a whole text with spaces written as letters, bytes for what is unknown: Llama 2, Mistral."""
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    tokenizer.pre_tokenizer = None
    tokenizer.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()])
    trainer = trainers.BpeTrainer(vocab_size=700, special_tokens=SPECIAL[:3] + BYTES, max_token_length=8, show_progress=False)
    return published(folder, tokenizer, trainer, ["<s>"], config={"bos_token": "<s>", "eos_token": "</s>"})


def metaspace(folder):
    """Words by `Metaspace`, a space in front of the first only: newer Llama 2 and Mistral files."""
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>", byte_fallback=True))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="first", split=False)
    tokenizer.decoder = decoders.Metaspace(prepend_scheme="first", split=False)
    trainer = trainers.BpeTrainer(vocab_size=700, special_tokens=SPECIAL[:3] + BYTES, max_token_length=8, show_progress=False)
    added = [AddedToken("<sep>", normalized=False), AddedToken("<mask>", lstrip=True, special=True)]
    config = {"bos_token": "<s>", "add_bos_token": True}
    return published(folder, tokenizer, trainer, ["<s>"], added, config)


def unigram(folder):
    """The best path, after NFKC: T5, XLM-R, ALLaM's like."""
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    tokenizer.decoder = decoders.Metaspace(prepend_scheme="always")
    trainer = trainers.UnigramTrainer(vocab_size=350, special_tokens=SPECIAL, unk_token="<unk>", show_progress=False)
    return published(folder, tokenizer, trainer, added=[AddedToken("<sep>", rstrip=True)])


def byte_level(folder, prefix, added, config=None, pattern=LLAMA3):
    tokenizer = Tokenizer(models.BPE())
    split = pre_tokenizers.Split(Regex(pattern), "isolated")
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([split, pre_tokenizers.ByteLevel(False, use_regex=False)])
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=500, initial_alphabet=alphabet, show_progress=False)
    return published(folder, tokenizer, trainer, prefix, added, config)


def special(*texts):
    return [AddedToken(text, special=True, normalized=False) for text in texts]


KINDS = {
    "llama2": llama2,
    "metaspace": metaspace,
    "unigram": unigram,
    "llama3": lambda folder: byte_level(folder, ["<s>"], special("<s>", "</s>"), {"bos_token": "<s>"}),
    "glm": lambda folder: byte_level(folder, ["[gMASK]", "<sop>"], special("[gMASK]", "<sop>", "<|user|>")),
    "qwen": lambda folder: byte_level(
        folder, [], [*special("</s>", "<pad>"), AddedToken("<sep>")], {"add_bos_token": False, "eos_token": "</s>"}
    ),
    "sentencepiece-bpe": lambda folder: sentence_piece(
        folder, model_type="bpe", byte_fallback=True, normalization_rule_name="identity", vocab_size=600,
        remove_extra_whitespaces=False,
    ),
    "sentencepiece-bpe-nfkc": lambda folder: sentence_piece(folder, model_type="bpe", user_defined_symbols=["<sep>"]),
    "sentencepiece-unigram": lambda folder: sentence_piece(folder, model_type="unigram", vocab_size=130),
    "sentencepiece-unigram-bytes": lambda folder: sentence_piece(
        folder, model_type="unigram", byte_fallback=True, normalization_rule_name="identity", vocab_size=380,
        add_dummy_prefix=False,
    ),
}


def main():
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as members, tempfile.TemporaryDirectory() as root:
        for name, make in KINDS.items():
            folder = Path(root) / name
            folder.mkdir()
            entries = make(folder)
            (folder / "references.json").write_text(json.dumps(entries))
            print(name, sum(len(entry["plain"]) for entry in entries), "tokens")
            for file in sorted(folder.iterdir()):
                members.writestr(zipfile.ZipInfo(f"{name}/{file.name}"), file.read_bytes())
    compressor = zstandard.ZstdCompressor(
        compression_params=zstandard.ZstdCompressionParameters.from_level(22, window_log=24, enable_ldm=True)
    )
    (HERE / "tokenizers.zip.zst").write_bytes(compressor.compress(archive.getvalue()))


main()
