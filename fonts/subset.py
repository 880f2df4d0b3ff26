"""Cut the big fonts down: Chinese, Japanese and Korean to the characters of their national standards
and the words of medicine, the mathematical one to signs that stand in sentences.

Usage: subset.py SC.ttf JP.ttf KR.ttf MATH.ttf OUTPUT_FOLDER, with `fonttools` and Debian's
`unicode-data` installed. See README.md.
"""

import bz2
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


def general_standard():
    """China's table of general standard characters of 2013, from Unicode's database."""
    with bz2.open("/usr/share/unicode/Unihan_OtherMappings.txt.bz2", "rt") as mappings:
        entries = (line.split("\t") for line in mappings)
        return {chr(int(entry[0][2:], 16)) for entry in entries if entry[1:2] == ["kTGH"]}


def block(first, last):
    return set(map(chr, range(first, last + 1)))


FULL_WIDTH = block(0x3000, 0x303F) | block(0xFF00, 0xFFEF)
KANA = block(0x3040, 0x30FF) | block(0x31F0, 0x31FF)
HANGUL = block(0x1100, 0x11FF) | block(0x3130, 0x318F)
SYLLABLES = block(0xAC00, 0xD7A3)
# The radicals of illness and of flesh: names of diseases and organs too rare for the standards.
MEDICINE = block(0x7590, 0x7676) | block(0x8089, 0x81E2)
SMALL_FORMS = block(0xFE50, 0xFE6F)
# Fractions, arrows, operators, technical signs, shapes, and marks over symbols.
SIGNS = block(0x20D0, 0x20F0) | block(0x2150, 0x215F) | block(0x2190, 0x23FF) | block(0x25A0, 0x25FF)

CHARACTERS = {
    "NotoSansSC-Regular.ttf": FULL_WIDTH | standard("gb2312") | general_standard() | MEDICINE | SMALL_FORMS | KANA,
    "NotoSansJP-Regular.ttf": FULL_WIDTH | standard("euc_jp") | KANA,
    "NotoSansKR-Regular.ttf": FULL_WIDTH | HANGUL | SYLLABLES,
    "NotoSansMath-Regular.ttf": SIGNS,
}


def main(sources, folder):
    for (name, characters), source in zip(CHARACTERS.items(), sources, strict=True):
        listing = Path(folder) / f"{name}.txt"
        # Latin, Greek and Cyrillic letters come from Noto Sans, but for the dot between Chinese names.
        kept = {text for text in characters if text >= "\u1100" or text == "\u00b7"}
        listing.write_text("".join(sorted(kept)), encoding="utf-8")
        subprocess.run(
            [
                "pyftsubset",
                source,
                f"--text-file={listing}",
                f"--output-file={Path(folder) / name}",
                "--no-hinting",
                # Kana and Chinese characters are set solid, each in its square, so kerning stays out too.
                "--layout-features-=kern,palt,halt,vert,vrt2,vkna,vhal,valt,vpal,vkrn",
                "--notdef-outline",
            ],
            check=True,
        )
        listing.unlink()


if __name__ == "__main__":
    *fonts, output = sys.argv[1:]
    main(fonts, output)
