"""Twenty faults of encoding over real pages: our ``decode`` beside the obvious alternatives, in one run.

``python -m tests.benchmarks.encodings``: a row a fault, a column a decoder, the number of pages whose Arabic
letters come out as they were; then the CPU time a page.
"""

from __future__ import annotations

import codecs
import html
import json
import os
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path

from crawler.charset import decode

DATA = Path(os.environ.get("RASID_DATA", "../shared/data"))
HTML = "text/html"
Served = tuple[bytes, str]
Decoder = Callable[[bytes, str], str]

_META = re.compile(r"<meta[^>]+charset[^>]*>", re.IGNORECASE)
_ARABIC = re.compile("[\u0621-\u064a]")


def _page(markup: str, meta: str | None) -> str:
    """The page with this declaration and no other."""
    bare = re.sub(r"<\?xml[^>]*\?>", "", _META.sub("", markup))
    tag = f'<meta http-equiv="Content-Type" content="text/html; charset={meta}">' if meta else ""
    return re.sub(r"(<head[^>]*>)", lambda m: m[1] + tag, bare, count=1, flags=re.IGNORECASE)


def _as(codec: str, meta: str | None = None, header: str | None = None) -> Callable[[str], Served]:
    def served(markup: str) -> Served:
        body = _page(markup, meta).encode(codec, "xmlcharrefreplace")
        return body, f"{HTML}; charset={header}" if header else HTML

    return served


def _with_a_bad_byte(meta: str | None) -> Callable[[str], Served]:
    def served(markup: str) -> Served:
        body = _page(markup, meta).encode()
        return body[: len(body) // 2] + b"\xff" + body[len(body) // 2 :], HTML

    return served


def _cut(markup: str) -> Served:
    body = _page(markup, None).encode().rstrip()[:60_001]
    return (body[:-1] if body[-1] > 127 else body), HTML


def _utf16(markup: str) -> Served:
    return codecs.BOM_UTF16_LE + _page(markup, None).encode("utf-16-le"), HTML


def _double(codec: str) -> Callable[[str], Served]:
    def served(markup: str) -> Served:
        body = _page(markup, "utf-8").encode()
        wrong = "".join(bytes([byte]).decode(codec, "ignore") or chr(byte) for byte in body)
        return wrong.encode(), f"{HTML}; charset=utf-8"

    return served


FAULTS: dict[str, Callable[[str], Served]] = {
    "cp1256, meta right": _as("cp1256", "windows-1256"),
    "cp1256, only the header right": _as("cp1256", None, "windows-1256"),
    "cp1256, undeclared": _as("cp1256"),
    "cp1256, meta says utf-8": _as("cp1256", "utf-8"),
    "cp1256, meta right, header says ISO-8859-1": _as("cp1256", "windows-1256", "ISO-8859-1"),
    "cp1256, meta right, header says utf-8": _as("cp1256", "windows-1256", "utf-8"),
    "cp1256, meta says iso-8859-1": _as("cp1256", "iso-8859-1"),
    "iso-8859-6, meta right": _as("iso-8859-6", "iso-8859-6"),
    "iso-8859-6, undeclared": _as("iso-8859-6"),
    "iso-8859-6, meta says windows-1256": _as("iso-8859-6", "windows-1256"),
    "utf-8, undeclared": _as("utf-8"),
    "utf-8, header says windows-1256": _as("utf-8", "utf-8", "windows-1256"),
    "utf-8, meta says windows-1256": _as("utf-8", "windows-1256"),
    "utf-8, header says ISO-8859-1": _as("utf-8", None, "ISO-8859-1"),
    "utf-8 with a bad byte, meta right": _with_a_bad_byte("utf-8"),
    "utf-8 with a bad byte, undeclared": _with_a_bad_byte(None),
    "utf-8 cut inside a letter": _cut,
    "utf-16-le with a mark": _utf16,
    "double-encoded through cp1252": _double("cp1252"),
    "double-encoded through cp1256": _double("cp1256"),
}


def _decoders() -> dict[str, Decoder]:
    import cchardet
    import charset_normalizer
    from w3lib.encoding import html_to_unicode

    def detected(body: bytes, _: str) -> str:
        return body.decode(cchardet.detect(body)["encoding"] or "utf-8", "replace")

    return {
        "rasid": decode,
        "w3lib": lambda body, content_type: html_to_unicode(content_type, body)[1],
        "cchardet": detected,
        "charset-normalizer": lambda body, _: str(charset_normalizer.from_bytes(body).best() or ""),
    }


def _letters(text: str) -> str:
    return "".join(_ARABIC.findall(html.unescape(text)))


def _right(got: str, want: str) -> bool:
    """The same Arabic letters, give or take the byte that was broken or cut off."""
    if abs(len(got) - len(want)) > 2:
        return False
    differing = sum(a != b for a, b in zip(got, want, strict=False))
    return got == want or differing <= 2 or got[-500:] == want[-500:]


def main() -> int:
    folder = DATA / "pages"
    if not (folder / "gold.json").exists():
        print(f"encodings: data not here ({folder})")
        return 0
    names = json.loads((folder / "gold.json").read_text("utf-8"))
    pages = {name: (folder / f"{name}.html").read_text("utf-8") for name in names}
    decoders = _decoders()
    seconds = dict.fromkeys(decoders, 0.0)
    totals = dict.fromkeys(decoders, 0)
    missed = []
    print(f"{len(pages)} pages; pages whose Arabic letters are right\n{'fault':46}", *(f"{d:>19}" for d in decoders))
    for fault, serve in FAULTS.items():
        row = []
        for name, reader in decoders.items():
            right = 0
            for page, markup in pages.items():
                body, content_type = serve(markup)
                want = body.decode("utf-8", "ignore") if serve is _cut else _page(markup, None)
                began = time.process_time()
                got = reader(body, content_type)
                seconds[name] += time.process_time() - began
                if _right(_letters(got), _letters(want)):
                    right += 1
                elif name == "rasid":
                    missed.append(f"{fault}: {page}")
            totals[name] += right
            row.append(right)
        print(f"{fault:46}", *(f"{right:>19}" for right in row))
    tries = len(FAULTS) * len(pages)
    print(f"{'share':46}", *(f"{totals[name] / tries:>19.3f}" for name in decoders))
    print(f"{'CPU ms a page':46}", *(f"{seconds[name] / tries * 1e3:>19.2f}" for name in decoders))
    print("missed by rasid:", "; ".join(missed) or "nothing")
    return 0


if __name__ == "__main__":
    sys.exit(main())
