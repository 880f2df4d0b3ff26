"""Cut the Chinese, Japanese and Korean fonts down to the characters of their national standards.

Usage: subset.py SC.ttf JP.ttf KR.ttf OUTPUT_FOLDER, with `fonttools` installed. See README.md.
"""

import subprocess
import sys
from pathlib import Path


def standard(codec, lead=range(0xA1, 0xFF)):
    """Every character of a two-byte national standard that Python has a codec for."""
    found = set()
    for first in lead:
        for second in range(0x40, 0xFF):
            try:
                found.add(bytes([first, second]).decode(codec))
            except UnicodeDecodeError:
                pass
    return {text for text in found if len(text) == 1}


COMMON = set(map(chr, range(0x3000, 0x3040))) | set(map(chr, range(0xFF00, 0xFFF0)))
KANA = set(map(chr, range(0x3040, 0x3100))) | set(map(chr, range(0x31F0, 0x3200)))
HANGUL = set(map(chr, range(0x1100, 0x1200))) | set(map(chr, range(0x3130, 0x3190)))
SYLLABLES = set(map(chr, range(0xAC00, 0xD7A4)))

CHARACTERS = {
    "NotoSansSC-Regular.ttf": standard("gb2312") | KANA,
    "NotoSansJP-Regular.ttf": standard("euc_jp") | KANA,
    "NotoSansKR-Regular.ttf": HANGUL | SYLLABLES,
}


def main(sources, folder):
    for (name, characters), source in zip(CHARACTERS.items(), sources, strict=True):
        listing = Path(folder) / f"{name}.txt"
        # Latin, Greek and Cyrillic letters come from Noto Sans, but for the dot between Chinese names.
        kept = {text for text in characters | COMMON if text >= "\u1100" or text == "\u00b7"}
        listing.write_text("".join(sorted(kept)), encoding="utf-8")
        subprocess.run(
            [
                "pyftsubset",
                source,
                f"--text-file={listing}",
                f"--output-file={Path(folder) / name}",
                "--no-hinting",
                "--layout-features-=vert,vrt2,vkna,vhal,valt,vpal,vkrn",
                "--notdef-outline",
            ],
            check=True,
        )
        listing.unlink()


if __name__ == "__main__":
    *fonts, output = sys.argv[1:]
    main(fonts, output)
