#!/usr/bin/env python3
"""Compares our layout of real items with headless Chromium's: line breaks, and where clusters stand.

    tests/text/compare_with_browser.py FOLDER [--items 200] [--only ar,ja] [--differences FILE] [--table FILE]

FOLDER holds `<set>.<language>.jsonl` files of items (`question`, `options`). Question and options are
paragraphs of their own, laid out by both in 240, 420 and 700 pixels with the same font files, sizes and
break rules. Needs Chromium, cargo, and nothing but Python's standard library.

A line agrees when Chromium has one of the same first and last character. In the lines that agree, the
left edge of every cluster that is not blank is compared.
"""

import argparse
import collections
import http.server
import json
import os
import pathlib
import queue
import shutil
import subprocess
import sys
import tempfile
import threading
import unicodedata

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
WIDTHS = [240, 420, 700]
# As `style` in main.rs has them.
SIZE, LINE_HEIGHT = 16, 26
TOLERANCE = 0.5

# Which file of the folder each language is taken from.
SETS = {
    "ar": "mmlu_med", "en": "mmlu_med", "hi": "mmlu_med", "ja": "mmlu_med", "zh": "medqa_mcmle",
    "am": "mmlu_med", "ig": "mmlu_med", "zu": "mmlu_med", "es": "headqa",
}
# The family of each language's own script; what it lacks is taken from the others in the order of
# `fonts::BUNDLED`, as layout does.
OWN_FAMILY = {
    "ar": "Noto Sans Arabic", "hi": "Noto Sans Devanagari", "ja": "Noto Sans JP", "zh": "Noto Sans SC",
    "am": "Noto Sans Ethiopic",
}
FONTS = {
    "Noto Sans": "NotoSans", "Noto Sans Arabic": "NotoSansArabic", "Noto Sans Devanagari": "NotoSansDevanagari",
    "Noto Sans Armenian": "NotoSansArmenian", "Noto Sans Bengali": "NotoSansBengali",
    "Noto Sans Ethiopic": "NotoSansEthiopic", "Noto Sans Georgian": "NotoSansGeorgian",
    "Noto Sans Hebrew": "NotoSansHebrew", "Noto Sans Thai": "NotoSansThai", "Noto Sans Math": "NotoSansMath",
    "Noto Sans KR": "NotoSansKR", "Noto Sans SC": "NotoSansSC", "Noto Sans JP": "NotoSansJP",
    "Noto Emoji": "NotoEmoji",
}
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    # Advances as the font has them, not fitted to whole pixels.
    "--font-render-hinting=none", "--enable-font-subpixel-positioning",
]


def main():
    arguments = parse_arguments()
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        ours = lay_out(read_items(arguments), scratch)
        theirs, browser = ask_browser(ours, scratch)
    tables = {language: Table(ours[language], theirs[language]) for language in ours}
    report = render(tables, browser, arguments.items)
    print(report)
    if arguments.table:
        arguments.table.write_text(report + "\n")
    if arguments.differences:
        with open(arguments.differences, "w") as output:
            for language, table in tables.items():
                for line in table.differences:
                    output.write(f"{language}\t{line}\n")


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--items", type=int, default=200, help="of each language, evenly spread over its file")
    parser.add_argument("--only", type=lambda text: text.split(","), default=list(SETS))
    parser.add_argument("--differences", type=pathlib.Path, help="every line that differs goes to this file")
    parser.add_argument("--table", type=pathlib.Path, help="the table goes to this file too")
    return parser.parse_args()


def read_items(arguments):
    for language in arguments.only:
        path = arguments.folder / f"{SETS[language]}.{language}.jsonl"
        with open(path) as file:
            rows = [json.loads(line) for line in file]
        step = max(1, len(rows) // arguments.items)
        for row in rows[::step][: arguments.items]:
            yield {
                "id": row["id"],
                "language": language,
                "text": "\n".join([row["question"], *map(str, row["options"])]),
            }


def lay_out(items, scratch):
    """Our layouts, paragraph by paragraph, by language."""
    texts, layouts = scratch / "texts.jsonl", scratch / "layouts.jsonl"
    with open(texts, "w") as file:
        for item in items:
            file.write(json.dumps(item) + "\n")
    environment = {
        **os.environ,
        "POLYCLINIC_TEXTS": str(texts),
        "POLYCLINIC_LAYOUTS": str(layouts),
        "POLYCLINIC_WIDTHS": ",".join(map(str, WIDTHS)),
    }
    command = ["cargo", "test", "--release", "--test", "text", "--", "--ignored", "--exact",
               "browser::lays_out_for_the_browser"]
    subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
    paragraphs = collections.defaultdict(list)
    with open(layouts) as file:
        for line in file:
            paragraph = json.loads(line)
            paragraphs[paragraph["language"]].append(paragraph)
    return dict(paragraphs)


def ask_browser(paragraphs, scratch):
    """For each language, each paragraph and each width: line, left and right of every cluster."""
    results, events = {}, queue.Queue()
    plan = {
        "fonts": [[family, f"{file}-Regular.ttf"] for family, file in FONTS.items()],
        "widths": WIDTHS,
        "line_height": LINE_HEIGHT,
        "languages": [
            {
                "tag": language,
                "direction": "rtl" if language == "ar" else "ltr",
                "families": families(language),
            }
            for language in paragraphs
        ],
    }
    page = (HERE / "compare_with_browser.html").read_text()
    page = page.replace("SIZEpx", f"{SIZE}px").replace("LINEpx", f"{LINE_HEIGHT}px")

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            kind, _, name = self.path.strip("/").partition("/")
            if kind == "":
                self.answer(page.encode(), "text/html; charset=utf-8")
            elif kind == "plan":
                self.answer(json.dumps(plan).encode(), "application/json")
            elif kind == "paragraphs":
                asked = [{key: one[key] for key in ("text", "sizes", "clusters")} for one in paragraphs[name]]
                self.answer(json.dumps(asked).encode(), "application/json")
            elif kind == "fonts":
                self.answer((ROOT / "fonts" / pathlib.Path(name).name).read_bytes(), "font/ttf")
            else:
                self.send_error(404)

        def do_POST(self):
            kind, _, name = self.path.strip("/").partition("/")
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if kind == "results":
                results[name] = json.loads(body)
            else:
                events.put((kind, body.decode()))
            self.answer(b"", "text/plain")

        def answer(self, body, kind):
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        sys.exit("Chromium is not installed")
    browser = subprocess.Popen(
        [program, *FLAGS, f"--user-data-dir={scratch / 'profile'}", "--remote-debugging-port=0",
         f"http://127.0.0.1:{server.server_port}/"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )
    try:
        kind, message = events.get(timeout=900)
    finally:
        browser.terminate()
        browser.wait()
        server.shutdown()
    if kind != "done":
        sys.exit(f"the page failed: {message}")
    version = subprocess.run([program, "--version"], capture_output=True, text=True).stdout.split(" built")[0].strip()
    return results, version


def families(language):
    own = OWN_FAMILY.get(language, "Noto Sans")
    return list(dict.fromkeys([own, "Noto Sans", "Noto Sans Math", *FONTS]))


class Table:
    """What agrees in one language."""

    def __init__(self, ours, theirs):
        self.paragraphs = len(ours)
        self.lines = self.same_lines = 0
        # Lines that one side broke where the other's rules forbid it, and what follows from it.
        self.other_rules = 0
        self.clusters = self.close_clusters = 0
        self.offsets = []
        self.differences = []
        # Where the two first part within a paragraph, by what stands around the break.
        self.classes = collections.Counter()
        for paragraph, found in zip(ours, theirs, strict=True):
            for layout, place, width in zip(paragraph["layouts"], found, WIDTHS, strict=True):
                self.compare(Paragraph(paragraph, layout, place, width))

    def compare(self, paragraph):
        theirs = {start: end for start, end in paragraph.their_lines}
        kind = None
        for line in paragraph.our_lines:
            self.lines += 1
            start, end = line["start"], line["end"]
            if theirs.get(start) == end:
                self.same_lines += 1
                self.compare_places(paragraph, line)
                continue
            # A line that starts elsewhere only follows from the one before.
            if start in theirs:
                kind = paragraph.kind_of_difference(start, end, theirs[start])
                self.classes[kind] += 1
                self.differences.append(
                    f"{kind}\t{paragraph.width}\t{paragraph.around(end)}\t{paragraph.around(theirs[start])}"
                    f"\t{paragraph.id}")
            if kind != FIT:
                self.other_rules += 1

    def compare_places(self, paragraph, line):
        for start, left, right in line["clusters"]:
            spot = paragraph.places[start]
            if right - left <= 0.01 or spot is None or not paragraph.cut(start, start + 1).strip():
                continue
            offset = abs(spot[1] - left)
            self.clusters += 1
            self.offsets.append(offset)
            if offset <= TOLERANCE:
                self.close_clusters += 1
            else:
                self.differences.append(
                    f"place\t{paragraph.width}\t{paragraph.around(start)}\t{left:.2f} and {spot[1]:.2f}"
                    f"\t{paragraph.id}")


# The kind of difference where both may break at either place, and only widths decide.
FIT = "the same rules, another width"


class Paragraph:
    """One paragraph at one width, laid out by both."""

    def __init__(self, paragraph, layout, place, width):
        self.id = paragraph["id"]
        self.width = width
        self.text = paragraph["text"].encode("utf-16-le")
        self.our_lines = layout
        starts = paragraph["clusters"][::2]
        self.places = dict(zip(starts, place, strict=True))
        self.their_lines = self.lines_of_browser(starts, place)

    def cut(self, start, end):
        return self.text[2 * max(0, start) : 2 * end].decode("utf-16-le", "replace")

    def around(self, position):
        return repr(f"{self.cut(position - 8, position)}|{self.cut(position, position + 8)}")

    def lines_of_browser(self, starts, place):
        firsts, current = [0], 0
        for start, spot in zip(starts, place, strict=True):
            if spot is not None and spot[0] > current:
                current = spot[0]
                firsts.append(start)
        return list(zip(firsts, [*firsts[1:], len(self.text) // 2]))

    def kind_of_difference(self, start, ours, theirs):
        """Whose rules forbid the later of two breaks of a line, and what stands there."""
        if ours > theirs:
            # Chromium had room for as much as we put on the line, so it may not break there.
            end = self.blank_end(start, ours)
            room = sum(spot[2] - spot[1] for at, spot in self.places.items() if start <= at < end and spot)
            who = "only we break"
        else:
            end = self.blank_end(start, theirs)
            clusters = [one for line in self.our_lines for one in line["clusters"]]
            room = sum(right - left for at, left, right in clusters if start <= at < end)
            who = "only Chromium breaks"
        later = max(ours, theirs)
        # Both measure in fractions of a pixel of their own.
        return f"{who} {self.describe(later)}" if room <= self.width - 1 else FIT

    def blank_end(self, start, end):
        return start + len(self.cut(start, end).rstrip().encode("utf-16-le")) // 2

    def describe(self, position):
        before, after = self.cut(0, position).rstrip(" "), self.cut(position, position + 8)
        blank = self.cut(position - 1, position) == " "
        last, next_ = before[-1:], after[:1]
        if last in "([{“‘«¿¡" and blank:
            return "after an opening mark and a space"
        if blank and next_ in "!?:;,.)]}/”’»%":
            return "between a space and a closing mark"
        if last == "/":
            return "after a slash"
        if last in "-‐–" and next_.isdigit():
            return "between a hyphen and a digit"
        if last in "-‐–—":
            return "after a hyphen or dash"
        if last in QUOTES or next_ in QUOTES:
            return "beside a quotation mark"
        if "\u3040" <= next_ <= "\u30ff" or "\u4e00" <= next_ <= "\u9fff" or "\u3040" <= last <= "\u30ff":
            return f"between {name(last)} and {name(next_)}"
        return f"between {name(last)}{' and a space' if blank else ''} and {name(next_)}"


QUOTES = "\"'“”‘’«»„"


def name(character):
    """A character by its general category, or itself where it is a mark."""
    if not character:
        return "the end"
    category = unicodedata.category(character)
    return {"L": "a letter", "N": "a digit", "M": "a combining mark"}.get(category[0], character)


def render(tables, browser, items):
    rows = [
        f"{browser}, {items} items of each language, widths {', '.join(map(str, WIDTHS))} px",
        "",
        "| language | paragraphs | lines | same breaks | same, of lines under the same rules | clusters "
        "| within 0.5 px | median | greatest |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    classes = collections.Counter()
    for language, table in tables.items():
        offsets = sorted(table.offsets)
        middle, greatest = (offsets[len(offsets) // 2], offsets[-1]) if offsets else (0.0, 0.0)
        rows.append(
            f"| {language} | {table.paragraphs} | {table.lines} | {share(table.same_lines, table.lines)} "
            f"| {share(table.same_lines, table.lines - table.other_rules)} | {table.clusters} "
            f"| {share(table.close_clusters, table.clusters)} | {middle:.3f} px | {greatest:.2f} px |")
        classes.update(table.classes)
    rows += ["", "| where a line breaks otherwise | times |", "|---|---|"]
    rows += [f"| {kind} | {count} |" for kind, count in classes.most_common()]
    return "\n".join(rows)


def share(part, whole):
    return f"{100 * part / whole:.2f}%" if whole else "none"


if __name__ == "__main__":
    main()
