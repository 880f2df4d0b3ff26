#!/usr/bin/env python3
"""Draws demo questions with our renderer and with headless Chromium, and puts the pictures side by side.

    tests/text/picture_beside_browser.py FOLDER [--only ar,ja]

For every text, light and dark, at one and two pixels per point: `FOLDER/<name>.png` with ours on the left
and Chromium's on the right, and a line on the terminal that compares how much ink the two put down. To be
looked at. Needs Chromium, cargo, a graphics driver (Debian's mesa-vulkan-drivers will do) and Pillow.
"""

import argparse
import functools
import html
import http.server
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import threading

from PIL import Image, ImageChops, ImageStat

import compare_with_browser as comparison
from compare_with_browser import FONTS, LINE_HEIGHT, ROOT, SIZE

WIDTH, MARGIN = 420, 16
# As `app::theme` has them.
THEMES = {"light": ((0x15, 0x19, 0x1E), (0xFF, 0xFF, 0xFF)), "dark": ((0xE9, 0xEC, 0xEF), (0x1C, 0x20, 0x25))}
# Language and the demo question of a picture; the mixed one is written here, as no demo question mixes scripts.
QUESTIONS = {"ar": ("ar", "q02"), "ja": ("ja", "q02"), "hi": ("hi", "q02"), "yo": ("yo", "q02")}
MIXED = (
    "ar",
    "يعطى الطفل Amoxicillin (250 mg) كل 8 ساعات لمدة 7–10 أيام؛ والضغط BP 150/95 mmHg.\n"
    "جُرْعَةٌ وَاحِدَةٌ: 12.5 mg/kg، أو ١٢ مل.",
)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--only", type=lambda text: text.split(","), default=[*QUESTIONS, "mixed"])
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        texts = {name: read_text(name) for name in arguments.only}
        asked = [
            {"id": f"{name}-{theme}-{scale}x", "text_of": name, "language": language, "text": text, "ink": ink,
             "ground": ground, "dark": theme == "dark", "scale": scale, "width": WIDTH, "margin": MARGIN}
            for name, (language, text) in texts.items()
            for theme, (ink, ground) in THEMES.items()
            for scale in (1, 2)
        ]
        draw_ours(asked, scratch)
        draw_theirs(asked, sizes(texts, scratch), scratch)
        print("| picture | ink, ours | Chromium | ours / Chromium | pixels that differ by more than a quarter "
              "| ours lower by px |")
        print("|---|---|---|---|---|---|")
        for one in asked:
            print(compare(one, scratch, arguments.folder))


def read_text(name):
    if name == "mixed":
        return MIXED
    language, wanted = QUESTIONS[name]
    with open(ROOT / "assets" / "questions" / f"{language}.jsonl") as file:
        item = next(item for item in map(json.loads, file) if item["id"] == wanted)
    return language, "\n".join([item["question"], *item["options"]])


def sizes(texts, scratch):
    """The stretches of every paragraph that our layout sets in another size."""
    items = [{"id": name, "language": language, "text": text} for name, (language, text) in texts.items()]
    found = {}
    for paragraphs in comparison.lay_out(items, scratch).values():
        for paragraph in paragraphs:
            found.setdefault(paragraph["id"], []).append(paragraph)
    return found


def draw_ours(asked, scratch):
    (scratch / "ours").mkdir()
    with open(scratch / "asked.jsonl", "w") as file:
        file.writelines(json.dumps(one) + "\n" for one in asked)
    environment = {
        **os.environ,
        "POLYCLINIC_TEXTS": str(scratch / "asked.jsonl"),
        "POLYCLINIC_PICTURES": str(scratch / "ours"),
    }
    command = ["cargo", "test", "--release", "--test", "text", "--", "--ignored", "--exact",
               "pictures::draws_what_the_browser_draws"]
    subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)


def page(one, paragraphs):
    faces = "".join(
        f'@font-face {{ font-family: "{family}"; src: url("/fonts/{file}-Regular.ttf"); }}'
        for family, file in FONTS.items())
    families = ", ".join(f'"{family}"' for family in comparison.families(one["language"]))
    direction = "rtl" if one["language"] == "ar" else "ltr"
    body = "".join(f"<div>{spans(paragraph)}</div>" for paragraph in paragraphs)
    return f"""<!doctype html><meta charset="utf-8"><style>{faces}
    html {{ background: rgb{tuple(one["ground"])}; overflow: hidden; }}
    body {{ position: absolute; left: 0; margin: {MARGIN}px; width: {WIDTH}px; color: rgb{tuple(one["ink"])}; font: {SIZE}px/{LINE_HEIGHT}px {families};
      white-space: pre-wrap; line-break: strict; font-synthesis: none; text-spacing-trim: space-all; }}
    span {{ line-height: 0; }}
    </style><body lang="{one["language"]}" dir="{direction}">{body}"""


def spans(paragraph):
    text, at, parts = paragraph["text"].encode("utf-16-le"), 0, []
    cut = lambda start, end: html.escape(text[2 * start : 2 * end].decode("utf-16-le"))
    for start, end, size in paragraph["sizes"]:
        parts += [cut(at, start), f'<span style="font-size:{size}px">{cut(start, end)}</span>']
        at = end
    return "".join([*parts, cut(at, len(text) // 2)])


def draw_theirs(asked, paragraphs, scratch):
    (scratch / "theirs").mkdir()
    shutil.copytree(ROOT / "fonts", scratch / "fonts")
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        raise SystemExit("Chromium is not installed")
    handler = functools.partial(Quiet, directory=scratch)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    for one in asked:
        (scratch / "page.html").write_text(page(one, paragraphs[one["text_of"]]))
        with Image.open(scratch / "ours" / f"{one['id']}.png") as ours:
            width, height = (length // one["scale"] for length in ours.size)
        subprocess.run(
            # A window may not be narrower than 500 pixels, so it is wider, and cut.
            [program, *comparison.FLAGS, f"--user-data-dir={scratch / 'profile'}",
             f"--force-device-scale-factor={one['scale']}", f"--window-size={width + 200},{height + 200}",
             "--hide-scrollbars", "--virtual-time-budget=10000",
             f"--screenshot={scratch / 'theirs' / one['id']}.png",
             f"http://127.0.0.1:{server.server_port}/page.html"],
            check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    server.shutdown()


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


def compare(one, scratch, folder):
    ours = Image.open(scratch / "ours" / f"{one['id']}.png").convert("RGB")
    theirs = Image.open(scratch / "theirs" / f"{one['id']}.png").convert("RGB").crop((0, 0, *ours.size))
    # Half of a line's spare room is rounded to a pixel otherwise; what is compared is the glyphs.
    ours, lower = min((moved(ours, rows, one["ground"]) for rows in (-1, 0, 1)), key=lambda pair: apart(pair[0], theirs))
    both = Image.new("RGB", (2 * ours.width, ours.height))
    both.paste(ours, (0, 0))
    both.paste(theirs, (ours.width, 0))
    both.save(folder / f"{one['id']}.png")
    ground = Image.new("RGB", ours.size, tuple(one["ground"])).convert("L")
    inks = [ImageStat.Stat(ImageChops.difference(side.convert("L"), ground)).sum[0] / 255 for side in (ours, theirs)]
    return (f"| {one['id']} | {inks[0]:.0f} | {inks[1]:.0f} | {inks[0] / inks[1]:.3f} "
            f"| {100 * apart(ours, theirs):.2f}% | {lower} |")


def moved(picture, rows, ground):
    """A picture moved up, and by how much."""
    result = Image.new("RGB", picture.size, tuple(ground))
    result.paste(picture, (0, -rows))
    return result, rows


def apart(ours, theirs):
    """The share of pixels that differ by more than a quarter."""
    differing = ImageChops.difference(ours.convert("L"), theirs.convert("L")).point(lambda value: 255 * (value > 64))
    return ImageStat.Stat(differing).mean[0] / 255


if __name__ == "__main__":
    main()
