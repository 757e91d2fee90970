"""``python -m tests.e2e.poisoned ARGUMENTS``: Rasid, but for one source whose first article ends the process, however it does.

``POISON``: ``SOURCE:HOW``, where HOW is a signal's name, ``spin`` or ``bug``.
"""

import os
import signal
import sys

from crawler.article import Article
from crawler.outcome import Fate
from monitor import cli
from monitor.passes import Pass


def poisoned(real):  # type: ignore[no-untyped-def]
    source, how = os.environ["POISON"].split(":")

    def emit(self: Pass, article: Article) -> Fate:
        if article.source != source:
            return real(self, article)  # type: ignore[no-any-return]
        if how == "bug":
            raise ZeroDivisionError("a bug that one article brings out")
        os.kill(os.getpid(), signal.Signals[how])
        raise AssertionError("not reached")

    return emit


if __name__ == "__main__":
    Pass.emit = poisoned(Pass.emit)  # type: ignore[method-assign]
    sys.exit(cli.main())
