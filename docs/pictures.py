"""`make pictures`: photographs a digest in Chromium without a window.

docs/digest.png is the one that README shows. Beside it, for whoever changes the page: desktop, phone, dark and paper,
under var/pictures/. Takes the HTML digest to photograph; without one, the demo's newest (the demo is run if it was not).
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from tests.e2e.chromium import ABSENT, Chromium, found

_DEMO = Path("var/demo")
_PICTURES = Path("var/pictures")
_README = Path("docs/digest.png")


def main(arguments: list[str]) -> int:
    """Exit code: 0 made, 2 the browser or the digest is absent."""
    if found() is None:
        print(ABSENT, file=sys.stderr)
        return 2
    digest = Path(arguments[0]) if arguments else _demo()
    if digest is None or not digest.is_file():
        print(f"no digest to photograph: {digest or 'the demo made none'}", file=sys.stderr)
        return 2
    _PICTURES.mkdir(parents=True, exist_ok=True)
    made = [*_on_screens(digest), *_on_paper(digest)]
    print(f"{digest}:")
    for path in made:
        print(f"  {path} ({path.stat().st_size / 1024:.0f} KiB)")
    return 0


def _demo() -> Path | None:
    if not _digests():
        subprocess.run([sys.executable, "-m", "tests.newsroom.demo"], check=True)
    return next(iter(_digests()), None)


def _digests() -> list[Path]:
    """The demo's, newest first."""
    named = (path for path in _DEMO.rglob("*.html") if path.stem not in {"index", "latest"})
    return sorted(named, key=lambda path: path.stat().st_mtime, reverse=True)


def _on_screens(digest: Path) -> list[Path]:
    address = digest.resolve().as_uri()
    desktop, phone, dark = (_PICTURES / f"{name}.png" for name in ("desktop", "phone", "dark"))
    with Chromium() as browser:
        with browser.tab(address, width=1120, height=1180) as tab:
            tab.screenshot(_README)
            tab.screenshot(desktop, whole=True)
        with browser.tab(address, width=360, height=780, scale=2) as tab:
            tab.screenshot(phone)
        with browser.tab(address, width=1120, height=1180, dark=True) as tab:
            tab.screenshot(dark)
    return [_README, desktop, phone, dark]


def _on_paper(digest: Path) -> list[Path]:
    """The PDF, and its pages where poppler-utils is at hand."""
    paper = _PICTURES / "paper.pdf"
    with Chromium() as browser, browser.tab(digest.resolve().as_uri(), width=1120, height=1180) as tab:
        tab.print(paper)
    pdftoppm = shutil.which("pdftoppm")
    if pdftoppm is None:
        print("pdftoppm is not here (poppler-utils): the PDF stays a PDF", file=sys.stderr)
        return [paper]
    for old in _PICTURES.glob("paper-*.png"):
        old.unlink()
    command = [pdftoppm, "-r", "90", "-png", "-l", "12", str(paper), str(paper.with_suffix(""))]
    subprocess.run(command, check=True)  # noqa: S603
    return [paper, *sorted(_PICTURES.glob("paper-*.png"))]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
